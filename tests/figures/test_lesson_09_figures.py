"""The pictures of lesson 9 say what they show, and refuse what they cannot draw."""

import re

import numpy as np
import pytest

from cnncourse.figures import gradient_panels, seed_dots, two_shares


def widths(body, colour):
    return [float(w) for w in re.findall(rf'width="([\d.]+)" height="17" fill="{colour}"', body)]


def test_shares_are_of_their_own_sum():
    picture = two_shares(["conv", "dense"], [1, 3], [90, 10], ("stored", "used"), "Two shares.")
    for words in ("stored", "used", "conv", "dense", "25.0 %", "75.0 %", "90.0 %", "10.0 %"):
        assert words in picture.body
    assert repr(picture) == "Picture: Two shares."


def test_bars_have_one_scale_on_both_sides():
    picture = two_shares(["a", "b"], [1, 3], [90, 10], ("left", "right"), "Bars.")
    left, right = widths(picture.body, "#E69F00"), widths(picture.body, "#0072B2")
    assert [bar / right[0] for bar in left] == pytest.approx([25 / 90, 75 / 90], rel=1e-3)
    assert right[1] / right[0] == pytest.approx(1 / 9, rel=1e-3)


@pytest.mark.parametrize(
    ("left", "right"),
    [([1], [1, 2]), ([1, -1], [1, 2]), ([0, 0], [1, 2]), ([1, np.nan], [1, 2])],
)
def test_shares_refuse_what_is_no_amount(left, right):
    with pytest.raises(ValueError, match="two_shares"):
        two_shares(["a", "b"], left, right, ("l", "r"), "x")


def test_a_dot_for_every_seed():
    runs = {"deep": [0.1, 0.12, 0.1], "grown": [0.8, 0.9]}
    picture = seed_dots(runs, across="accuracy", level=(0.1, "guessing"))
    assert picture.body.count("<circle") == 5
    assert "guessing" in picture.body
    assert picture.alt == "accuracy. deep: 10%, 12%, 10%; grown: 80%, 90%."
    centres = [float(x) for x in re.findall(r'cx="([\d.]+)"', picture.body)]
    assert centres[4] - centres[3] == pytest.approx(42, abs=0.2)


@pytest.mark.parametrize("runs", [{}, {"a": []}, {"a": [1.2]}, {"a": [float("nan")]}])
def test_dots_refuse_what_is_no_share(runs):
    with pytest.raises(ValueError, match="seed_dots"):
        seed_dots(runs, across="accuracy")


def test_panels_share_a_logarithmic_scale():
    rows = {"plain": np.full((3, 4), 1e-6), "norm": np.full((3, 6), 10.0)}
    picture = gradient_panels(rows)
    assert picture.body.count("<circle") == 3 * 4 + 3 * 6
    assert "10⁻⁶" in picture.body
    assert "10¹" in picture.body
    heights = sorted({float(y) for y in re.findall(r'cy="([\d.]+)"', picture.body)})
    assert heights == [32, 32 + 190]
    assert "plain: 1e-06 at the first layer" in picture.alt


@pytest.mark.parametrize(
    "rows", [np.zeros((2, 3)), np.ones(3), np.ones((0, 3)), np.full((1, 1), -1)]
)
def test_panels_refuse_what_has_no_logarithm(rows):
    with pytest.raises(ValueError, match="gradient_panels"):
        gradient_panels({"plain": rows})


def test_panels_refuse_nothing():
    with pytest.raises(ValueError, match="gradient_panels"):
        gradient_panels({})
