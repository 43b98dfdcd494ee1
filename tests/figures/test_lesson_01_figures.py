"""The pictures of lesson 1: what they say is what NumPy computes, and bad input is refused."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from cnncourse import figures
from cnncourse.figures.svg import number

IMAGE = np.arange(35).reshape(5, 7) % 4
KERNEL = np.array([[1, 0, -2], [0, 3, 1]])


def elements(picture):
    return ElementTree.fromstring(picture.body)


def texts(picture):
    return ["".join(e.itertext()) for e in elements(picture).iter() if e.tag.endswith("text")]


@pytest.mark.parametrize("stride", [1, 2, 3])
def test_every_place_of_the_map_tells_its_window_and_its_number(stride):
    picture = figures.slide_window(IMAGE, KERNEL, 2, stride=stride)
    labels = [e.get("aria-label") for e in elements(picture).iter() if e.get("tabindex") == "0"]
    expected = []
    for row in range((5 - 2) // stride + 1):
        for column in range((7 - 3) // stride + 1):
            top, left = row * stride, column * stride
            answer = (IMAGE[top : top + 2, left : left + 3] * KERNEL).sum() + 2
            expected.append(
                f"output ({row}, {column}) reads rows {top}–{top + 1}, "
                f"columns {left}–{left + 2}: {number(answer)}"
            )
    assert labels == expected


def test_a_sum_is_written_out_and_right():
    picture = figures.slide_window(IMAGE, KERNEL, -2)
    sums = [words for words in texts(picture) if " = " in words]
    assert len(sums) == 4 * 5
    for words in sums:
        left, right = words.replace("−", "-").replace("·", "*").replace("bias ", "").split(" = ")
        assert re.fullmatch(r"[\d\s()+*-]+", left)
        assert eval(left) == float(right)


def test_depth_adds_up():
    rng = np.random.default_rng(0)
    window, kernel = rng.integers(-3, 4, (2, 3, 4)), rng.integers(-3, 4, (2, 3, 4))
    picture = figures.depth_sum(window, kernel, -1)
    assert texts(picture)[-1].endswith(f" = {number((window * kernel).sum() - 1)}")


def test_flattened_neighbours_are_a_row_apart():
    picture = figures.flattened(np.zeros((6, 9)), (2, 4))
    assert {"22", "31"} <= set(texts(picture))
    assert "9 places apart" in picture.alt


def test_bars_are_as_long_as_their_values():
    picture = figures.bars(["one", "four"], [1, 4], "A bar and one four times as long.")
    long = [float(e.get("width")) for e in elements(picture).iter() if e.tag.endswith("rect")]
    assert long[1] == pytest.approx(4 * long[0])


def test_pictures_are_the_same_every_time():
    def draw():
        scene = figures.drawn_scene(40)
        return figures.filter_bank(scene, [KERNEL], [scene - 0.5], ["a"], "A scene and its map.")

    assert draw() == draw()


def test_the_scene_is_between_black_and_white():
    scene = figures.drawn_scene(64)
    assert scene.shape == (64, 64)
    assert (scene.min(), scene.max()) == (0.1, 1.0)


@pytest.mark.parametrize(
    "draw",
    [
        lambda: figures.slide_window(IMAGE[0], KERNEL),
        lambda: figures.slide_window(KERNEL, IMAGE),
        lambda: figures.slide_window(IMAGE, KERNEL, stride=0),
        lambda: figures.depth_sum(KERNEL, KERNEL),
        lambda: figures.depth_sum(np.zeros((2, 2, 3)), np.zeros((2, 2, 2))),
        lambda: figures.image_row([IMAGE], ["a", "b"], "x"),
        lambda: figures.image_row([], [], "x"),
        lambda: figures.image_row([IMAGE[None]], ["a"], "x"),
        lambda: figures.filter_bank(IMAGE, [KERNEL], [], ["a"], "x"),
        lambda: figures.flattened(IMAGE, (4, 0)),
        lambda: figures.flattened(IMAGE[0], (0, 0)),
        lambda: figures.bars(["a"], [], "x"),
        lambda: figures.bars(["a"], [-1], "x"),
        lambda: figures.bars(["a"], [0], "x", log=True),
        lambda: figures.bars(["a"], [np.nan], "x"),
        lambda: figures.drawn_scene(8),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_words(draw):
    with pytest.raises(ValueError, match=r"\w+ \w+ \w+"):
        draw()


@pytest.mark.parametrize(
    ("value", "text"), [(-2, "−2"), (0.25, "0.25"), (-0.001, "0"), (3.0, "3"), (1e9, "1e+09")]
)
def test_numbers_as_a_reader_writes_them(value, text):
    assert number(value) == text
