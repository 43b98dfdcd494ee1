"""The pictures of lesson 4 say what they show, and refuse what they cannot draw."""

import numpy as np
import pytest

from cnncourse.figures import dilated_dots, influence_chart

IMAGE = np.arange(13 * 15.0).reshape(13, 15)


def test_a_dot_for_every_pixel_that_is_read():
    picture = dilated_dots(IMAGE, (1, 3), ["near", "far"], "Dots on an image.")
    assert picture.body.count("<circle") == 2 * 9
    assert "near" in picture.body
    assert "far" in picture.body
    assert repr(picture) == "Picture: Dots on an image."


def test_dots_lie_a_dilation_apart():
    one, two = (dilated_dots(IMAGE, (d,), ["d"], "Dots.").body for d in (1, 2))
    columns = [
        sorted({float(part.split('"')[1]) for part in body.split("<circle ")[1:]})
        for body in (one, two)
    ]
    steps = [np.diff(places)[0] for places in columns]
    assert steps[1] == pytest.approx(2 * steps[0], rel=1e-3)


@pytest.mark.parametrize(
    ("image", "dilations", "titles"),
    [
        (IMAGE, (7,), ["too far"]),
        (IMAGE, (0,), ["no step"]),
        (IMAGE, (1, 2), ["one title"]),
        (IMAGE[0], (1,), ["a row"]),
    ],
)
def test_dots_refuse_what_does_not_fit(image, dilations, titles):
    with pytest.raises(ValueError, match=r"dilated_dots|must be odd"):
        dilated_dots(image, dilations, titles, "Dots.")


def test_influence_has_a_column_for_every_position():
    shares = [np.array([1, 2, 1]) / 4, np.array([1, 0, 1, 0, 1]) / 3]
    picture = influence_chart(shares, ["bell", "holes"], "Two shapes of influence.")
    assert "3 positions" in picture.body
    assert "5 positions" in picture.body
    assert picture.body.count('height="90"') == 1 + 3  # the highest columns


@pytest.mark.parametrize("shares", [[], [np.array([-1.0, 2])], [np.zeros(3)], [np.ones((2, 2))]])
def test_influence_refuses_what_is_no_share(shares):
    with pytest.raises(ValueError, match="influence_chart"):
        influence_chart(shares, ["x"], "Nothing.")
