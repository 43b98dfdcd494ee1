"""The pictures of lesson 10 say what they show, and refuse what they cannot draw."""

import pytest

from cnncourse.figures import repeated

DEPTHS = [6, 18]
RUNS = {"plain": [[0.2, 0.4], [0.5, 0.7]], "residual": [[0.25, 0.35], [0.1, 0.2]]}


def test_repeated_tells_means_and_ranges():
    picture = repeated(DEPTHS, RUNS, across="layers", up="training loss")
    assert "data:image/png;base64," in picture._repr_html_()
    assert picture.alt == (
        "training loss against layers (6, 18), mean and range of the runs. "
        "plain: 0.3 (0.2 to 0.4), 0.6 (0.5 to 0.7); "
        "residual: 0.3 (0.25 to 0.35), 0.15 (0.1 to 0.2)."
    )


def test_repeated_over_many_places_tells_the_first_and_the_last():
    values = [[10.0**-n] for n in range(12)]
    picture = repeated(range(1, 13), {"gradient": values}, across="pair", up="norm", log=True)
    assert "(1 to 12)" in picture.alt
    assert "gradient: 1 (1 to 1), …, 1e-11 (1e-11 to 1e-11)" in picture.alt


def test_means_on_a_logarithmic_axis_are_geometric():
    alt = repeated([1], {"a": [[1.0, 100.0]]}, across="x", up="y", log=True).alt
    assert "a: 10 (1 to 1e+02)" in alt


def test_repeated_takes_a_description():
    assert repeated(DEPTHS, RUNS, across="x", up="y", alt="Two lines.").alt == "Two lines."


@pytest.mark.parametrize(
    ("x", "runs", "log", "words"),
    [
        ([], {"a": []}, False, "at least one line and one place"),
        ([1], {}, False, "at least one line and one place"),
        ([1, 2], {"a": [[1.0]]}, False, "'a' has 1 places, x has 2"),
        ([1, 2], {"a": [[1.0], []]}, False, "'a' has no run at 2"),
        ([1], {"a": [[1.0, 0.0]]}, True, "numbers above 0, and 'a' has 0 at 1"),
    ],
)
def test_repeated_refuses(x, runs, log, words):
    with pytest.raises(ValueError, match=words):
        repeated(x, runs, across="x", up="y", log=log)
