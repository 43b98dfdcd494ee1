"""Lesson 3's pictures: what stands in them, and what they refuse."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest

from cnncourse.figures.lesson_03 import boxed, tiled

SVG = "{http://www.w3.org/2000/svg}"


def test_a_table_shows_its_numbers_and_its_windows() -> None:
    root = ET.fromstring(tiled(np.arange(24).reshape(4, 6), 2, "A table.").body)
    assert [t.text for t in root.iter(f"{SVG}text")] == [str(n) for n in range(24)]
    framed = [r for r in root.iter(f"{SVG}rect") if r.get("stroke-width") == "2"]
    assert len(framed) == 6


def test_windows_that_do_not_tile_are_refused() -> None:
    with pytest.raises(ValueError, match="do not tile"):
        tiled(np.zeros((4, 5)), 2, "A table.")


def test_boxes_lie_where_their_pixels_are() -> None:
    picture = boxed([np.eye(10)], [[(2, 4, 5, 9), None]], ["image"], "An image.", side=100)
    rim, frame = [
        r for r in ET.fromstring(picture.body).iter(f"{SVG}rect") if r.get("stroke-width") != "1"
    ]
    for rectangle in (rim, frame):
        place = [float(rectangle.get(name, "")) for name in ("x", "y", "width", "height")]
        assert place == [8 + 40, 26 + 20, 50, 30]


def test_the_same_place_in_the_list_has_the_same_colour() -> None:
    picture = boxed(
        [np.eye(4), np.eye(4)],
        [[(0, 0, 1, 1), (0, 0, 2, 2)], [None, (0, 0, 2, 2)]],
        ["a", "b"],
        "Two.",
    )
    strokes = [
        r.get("stroke")
        for r in ET.fromstring(picture.body).iter(f"{SVG}rect")
        if r.get("stroke-width") == "3"
    ]
    assert strokes[0] != strokes[1] == strokes[2]


def test_lists_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="2 images, 1 lists of boxes and 2 titles"):
        boxed([np.eye(4), np.eye(4)], [[]], ["a", "b"], "Two.")
    with pytest.raises(ValueError, match="has shape"):
        boxed([np.zeros((4, 4, 3))], [[]], ["a"], "One.")
