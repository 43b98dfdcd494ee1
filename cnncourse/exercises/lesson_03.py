"""Lesson 3, "Pooling": its exercises, right answers and known mistakes.

Every reference is written out by hand on purpose: the tests change it token by token and expect
the cases to notice. Results start as not-a-number, so that a place never written shows.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import ceil, floor
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from cnncourse.checking.exercise import Case, Exercise, Misconception
from cnncourse.exercises.by_hand import READY_MADE

LESSON = "03_pooling"

Region = tuple[int, int, int, int]


# Inputs --------------------------------------------------------------------------------------


def _distinct(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Whole numbers that all differ, most of them negative: a stray 0 wins many a maximum."""
    size = int(np.prod(shape))
    return (rng.permutation(size) - 2 * size // 3).reshape(shape).astype(float)


def _slopes(rng: np.random.Generator, height: int, width: int, channels: int) -> np.ndarray:
    """Channels that rise or fall along both axes: the largest number sits at an edge of its bin."""
    row, column = np.mgrid[:height, :width]
    signs = np.array([[1, 1], [-1, 1], [1, -1], [-1, -1]])[rng.permutation(4)[:channels]]
    slopes = 20.0 * signs[:, 0] * row[..., None] + 30.0 * signs[:, 1] * column[..., None]
    return slopes + rng.integers(0, 8, (height, width, channels)) - 100


# What the mistakes below have in common -------------------------------------------------------


def _windows(image: np.ndarray, size: int, stride: int) -> np.ndarray:
    """All windows that fit: (H, W, …) gives (H', W', …, size, size)."""
    return sliding_window_view(image, (size, size), axis=(0, 1))[::stride, ::stride]


def _filled_up(image: np.ndarray, size: int, value: float) -> np.ndarray:
    """(H, W) with rows and columns of `value` added until `size` divides both."""
    return np.pad(image, [(0, -n % size) for n in image.shape], constant_values=value)


def _length(windows: np.ndarray) -> np.ndarray:
    """The root of the sum of squares of each window."""
    return np.sqrt((windows**2).sum(axis=(-2, -1)))


def _squash(windows: np.ndarray, kind: str) -> np.ndarray:
    """One number for each window (…, size, size)."""
    if kind == "max":
        return windows.max(axis=(-2, -1))
    return windows.mean(axis=(-2, -1)) if kind == "average" else _length(windows)


# 1 · a table by hand --------------------------------------------------------------------------

TABLE = np.array(
    [[1, 5, 2, 0, 3, 1], [4, 2, 7, 1, 0, 2], [-3, -1, 0, 6, 8, 2], [-2, -4, 3, 5, 1, 9]]
)


def _pooled_table() -> list[list[int]]:
    return [[5, 7, 3], [-1, 6, 9]]


POOLED_TABLE = Exercise(
    name="pooled_table",
    title="With a pencil",
    lesson=LESSON,
    kind="value",
    cases=lambda rng: [Case()],
    reference=_pooled_table,
    parts={"all": 1},
    alternatives={
        "an array": lambda: np.array([[5, 7, 3], [-1, 6, 9]]),
        "tuples": lambda: ((5, 7, 3), (-1, 6, 9)),
        "computed": lambda: TABLE.reshape(2, 2, 3, 2).max(axis=(1, 3)),
    },
    misconceptions=[
        Misconception(
            "window-moved-by-one",
            lambda: _windows(TABLE, 2, 1).max(axis=(2, 3)).tolist(),
            "You moved the window by one column and one row. In pooling, windows stand side by "
            "side.",
            "The windows are the boxes in the picture: they tile the table and share no number. "
            "How many boxes are there in a row?",
        ),
        Misconception(
            "output-of-two-by-two",
            lambda: TABLE.reshape(2, 2, 2, 3).max(axis=(1, 3)).tolist(),
            "You made an output of 2×2. In “2×2 pooling” it is the window that is 2×2.",
            "The window's size is fixed, and the output gets as many places as windows fit. How "
            "many windows of two columns stand side by side in six columns?",
        ),
        Misconception(
            "negative-becomes-zero",
            lambda: [[5, 7, 3], [0, 6, 9]],
            "One window has only negative numbers. Its largest is negative too, not 0.",
            "Zero is not in that window, so it cannot be the answer. Which of −3, −1, −2 and −4 is "
            "the largest?",
        ),
        Misconception(
            "largest-without-sign",
            lambda: [[5, 7, 3], [-4, 6, 9]],
            "You compared sizes without the sign. −1 is larger than −4.",
            "Largest means furthest to the right on the number line. In which order do −4, −3, −2 "
            "and −1 stand there?",
        ),
        Misconception(
            "averaged",
            lambda: TABLE.reshape(2, 2, 3, 2).mean(axis=(1, 3)).tolist(),
            "You averaged the windows. Max pooling keeps the largest number.",
            "Averaging comes in section 3.3. Nothing is added up here: which number of the first "
            "window survives?",
        ),
        Misconception(
            "smallest",
            lambda: TABLE.reshape(2, 2, 3, 2).min(axis=(1, 3)).tolist(),
            "You kept the smallest number of each window. Max pooling keeps the largest.",
            "A large number in a feature map says “here it is”. Which number of a window should "
            "the next layer hear about?",
        ),
    ],
    hints=[
        "There are six windows: two rows of three.",
        "The first window holds 1, 5, 4 and 2.",
    ],
    accepts="two rows of three numbers",
)


# 2 · max pooling ------------------------------------------------------------------------------


def _max_pool(image: np.ndarray, size: int) -> np.ndarray:
    rows = image.shape[0] // size
    columns = image.shape[1] // size
    result = np.full((rows, columns), np.nan)
    for row in range(rows):
        for column in range(columns):
            top, left = row * size, column * size
            result[row, column] = image[top : top + size, left : left + size].max()
    return result


def _max_by_comparing(image: np.ndarray, size: int) -> np.ndarray:
    rows, columns = image.shape[0] // size, image.shape[1] // size
    result = image[: rows * size : size, : columns * size : size].copy()
    for i in range(size):
        for j in range(size):
            seen = image[i : rows * size : size, j : columns * size : size]
            result = np.where(seen > result, seen, result)
    return result


def _max_by_reshape(image: np.ndarray, size: int) -> np.ndarray:
    rows, columns = image.shape[0] // size, image.shape[1] // size
    whole = image[: rows * size, : columns * size]
    return np.asarray(whole.reshape(rows, size, columns, size).max(axis=(1, 3)))


def _reshaped_in_reading_order(image: np.ndarray, size: int) -> np.ndarray:
    rows, columns = image.shape[0] // size, image.shape[1] // size
    whole = image[: rows * size, : columns * size]
    return np.asarray(whole.reshape(rows, columns, size * size).max(axis=2))


def _max_pool_cases(rng: np.random.Generator) -> Sequence[Case]:
    cases = []
    for part, settings in {
        "divides evenly": [((4, 6), 2), ((6, 9), 3)],
        "with a remainder": [((5, 7), 2), ((8, 7), 3)],
    }.items():
        for (height, width), size in settings:
            image = _distinct(rng, height, width)
            image[:size, :size] -= 2 * image.size  # a window without a positive number …
            image[height // size * size :] -= 2 * image.size  # … and so are the leftovers
            image[:, width // size * size :] -= 2 * image.size
            label = f"image {height}×{width}, window {size}×{size}"
            cases.append(Case((image, size), label=label, part=part))
    return cases


MAX_POOL = Exercise(
    name="max_pool",
    title="Max pooling",
    lesson=LESSON,
    kind="function",
    cases=_max_pool_cases,
    reference=_max_pool,
    parts={"divides evenly": 1, "with a remainder": 1},
    alternatives={
        "comparing, one place of the window at a time": _max_by_comparing,
        "reshape": _max_by_reshape,
        "sliding windows, float32": lambda image, size: _squash(
            _windows(image, size, size), "max"
        ).astype(np.float32),
        "nested lists": lambda image, size: _max_by_reshape(image, size).tolist(),
    },
    misconceptions=[
        Misconception(
            "stride-one",
            lambda image, size: _squash(_windows(image, size, 1), "max"),
            "You moved the window by one pixel. In pooling the stride equals the window's size.",
            "Your output is nearly as large as the image; pooling is there to make it small. Where "
            "does the second window start when the first covers columns 0 and 1?",
        ),
        Misconception(
            "zeros-padded",
            lambda image, size: _max_by_reshape(_filled_up(image, size, 0.0), size),
            "You filled up the edge with zeros. Windows that do not fit are left out here.",
            "The zeros even win where the image is negative, and report what is not there. How "
            "many windows of 2 fit into a row of 7?",
        ),
        Misconception(
            "leftover-kept",
            lambda image, size: _max_by_reshape(_filled_up(image, size, -np.inf), size),
            "You kept windows that stick out at the edge. Here only whole windows count.",
            "That is a fair choice, and libraries offer it. This exercise, like Keras by default, "
            "drops the rest. How do `7 / 2` and `7 // 2` differ?",
        ),
        Misconception(
            "starts-at-zero",
            lambda image, size: np.maximum(_max_by_reshape(image, size), 0),
            "Your search for the largest number starts at 0. A window may be all negative.",
            "Start with a number of the window itself, or with `-np.inf`, or use `.max()`. What is "
            "the largest of −7, −3 and −9?",
        ),
        Misconception(
            "averaged",
            lambda image, size: _squash(_windows(image, size, size), "average"),
            "You averaged each window. Max pooling keeps the largest number.",
            "Nothing is added up in max pooling. Which method of a NumPy array picks where `mean` "
            "mixes?",
        ),
        Misconception(
            "smallest",
            lambda image, size: _windows(image, size, size).min(axis=(2, 3)),
            "You kept the smallest number of each window. Keep the largest.",
            "If you compare by hand, look at the direction of your `<`. Which of two numbers do "
            "you put into the result?",
        ),
        Misconception(
            "reading-order",
            _reshaped_in_reading_order,
            "Right shape, wrong windows: your reshape cuts the rows into pieces, not into squares.",
            "`reshape` takes numbers in reading order, so a piece holds neighbours of one row "
            "only. A square needs rows and columns apart: `reshape(rows, size, columns, size)`. "
            "Over which two of these axes do you take the maximum?",
        ),
        Misconception(
            "leftover-not-cut-off",
            lambda image, size: image.reshape(
                image.shape[0] // size, size, image.shape[1] // size, size
            ).max(axis=(1, 3)),
            "Your reshape is right for images that the window divides. Cut off what is left over "
            "first.",
            "`reshape` uses every number, and here some must go. Rows first: of 7 rows and windows "
            "of 2, `image[:6]` stays. How do you compute that 6?",
        ),
        Misconception(
            "one-direction-only",
            lambda image, size: _windows(image, size, size).max(axis=3)[..., 0],
            "You looked at the first row of each window only.",
            "A window has `size` rows and `size` columns, and any of its numbers may be the "
            "largest. What is the shape of your window?",
        ),
        Misconception(
            "always-two",
            lambda image, size: _max_by_reshape(image, 2),
            "You always pool by 2. Use `size`: the window may be 3×3.",
            "Look for a 2 in your code. Which of them should be `size`?",
        ),
    ],
    forbids=READY_MADE,
    hints=[
        "How many windows fit into the height? `//` divides and drops the rest.",
        "Window (row, column) starts at pixel (row × size, column × size).",
        "`image[top : top + size, left : left + size].max()`, in two loops.",
    ],
    accepts="a NumPy array of shape (H // size, W // size)",
)


# 3 · what a pooling layer keeps ---------------------------------------------------------------


def _pool_summary() -> tuple[int, int, int, int]:
    return (12, 18, 16, 0)


POOL_SUMMARY = Exercise(
    name="pool_summary",
    title="What goes, what stays",
    lesson=LESSON,
    kind="value",
    cases=lambda rng: [Case()],
    reference=_pool_summary,
    parts={"all": 1},
    alternatives={
        "a list, computed": lambda: [24 // 2, 36 // 2, 16, 0],
        "an array": lambda: np.array([12, 18, 16, 0]),
        "floats": lambda: (24 / 2, 36 / 2, 16.0, 0.0),
    },
    misconceptions=[
        Misconception(
            "channels-pooled-too",
            lambda: (12, 18, 8, 0),
            "You halved the channels as well. Pooling shrinks rows and columns; the depth stays.",
            "Each channel is pooled on its own, as if the others were not there. How many maps go "
            "in, and how many come out?",
        ),
        Misconception(
            "each-side-quartered",
            lambda: (6, 9, 16, 0),
            "A quarter of the positions is left, not a quarter of each side.",
            "A 2×2 window halves the rows and halves the columns. What is a half of a half?",
        ),
        Misconception(
            "stride-one",
            lambda: (23, 35, 16, 0),
            "You moved the window by one. In pooling the stride equals the window's size.",
            "Windows of 2 stand side by side. How many of them fit into 24 rows?",
        ),
        Misconception(
            "rows-only",
            lambda: (12, 36, 16, 0),
            "You halved the rows only. The window is two columns wide as well.",
            "Look at your `max_pool` of a 4×6 image. What is its shape?",
        ),
        Misconception(
            "weights-of-a-convolution",
            lambda: (12, 18, 16, (2 * 2 * 16 + 1) * 16),
            "You counted the weights of a convolution. Pooling has none: nothing is multiplied.",
            "Look at your `max_pool`. Which of its numbers would training have to find?",
        ),
        Misconception(
            "weights-of-one-window",
            lambda: (12, 18, 16, 2 * 2),
            "The window has four places, but no weights. Nothing is learned in pooling.",
            "Taking the largest needs no number but the image's own. What would a weight in your "
            "`max_pool` be multiplied with?",
        ),
        Misconception(
            "weights-for-every-channel",
            lambda: (12, 18, 16, 2 * 2 * 16),
            "You gave every channel four weights. Pooling has none: nothing is learned.",
            "Look at your `max_pool`. Which of its numbers would training have to find?",
        ),
    ],
    hints=[
        "Rows and columns first: how many windows fit?",
        "For the last number, look through your `max_pool` for anything that could be learned.",
    ],
    accepts="four whole numbers (rows, columns, channels, parameters)",
)


# 4 · a whole pooling layer --------------------------------------------------------------------


def _pool_layer(image: np.ndarray, size: int, stride: int, kind: str) -> np.ndarray:
    rows = (image.shape[0] - size) // stride + 1
    columns = (image.shape[1] - size) // stride + 1
    result = np.full((rows, columns, image.shape[2]), np.nan)
    for row in range(rows):
        for column in range(columns):
            top, left = row * stride, column * stride
            window = image[top : top + size, left : left + size]
            window = window.reshape(size * size, image.shape[2])
            if kind == "max":
                result[row, column] = window.max(axis=0)
            elif kind == "average":
                result[row, column] = window.mean(axis=0)
            else:
                result[row, column] = np.sqrt((window**2).sum(axis=0))
    return result


def _layer_of_windows(image: np.ndarray, size: int, stride: int, kind: str) -> np.ndarray:
    return _squash(_windows(image, size, stride), kind)


def _layer_by_loops(image: np.ndarray, size: int, stride: int, kind: str) -> np.ndarray:
    height, width, channels = image.shape
    result = np.zeros(((height - size) // stride + 1, (width - size) // stride + 1, channels))
    for row, column, c in np.ndindex(*result.shape):
        numbers = [
            float(image[row * stride + i, column * stride + j, c])
            for i in range(size)
            for j in range(size)
        ]
        if kind == "max":
            result[row, column, c] = max(numbers)
        elif kind == "average":
            result[row, column, c] = sum(numbers) / len(numbers)
        else:
            result[row, column, c] = sum(x * x for x in numbers) ** 0.5
    return result


def _over_channels_too(image: np.ndarray, size: int, stride: int, kind: str) -> np.ndarray:
    windows = _windows(image, size, stride)
    flat = windows.reshape(*windows.shape[:2], 1, size, -1)
    return np.repeat(_squash(flat, kind), image.shape[2], axis=2)


def _other_length(
    length: Callable[[np.ndarray], np.ndarray],
) -> Callable[[np.ndarray, int, int, str], np.ndarray]:
    """A pooling layer whose L2 pooling is another calculation."""

    def layer(image: np.ndarray, size: int, stride: int, kind: str) -> np.ndarray:
        windows = _windows(image, size, stride)
        return length(windows) if kind == "l2" else _squash(windows, kind)

    return layer


def _sum_for_average(image: np.ndarray, size: int, stride: int, kind: str) -> np.ndarray:
    windows = _windows(image, size, stride)
    return windows.sum(axis=(-2, -1)) if kind == "average" else _squash(windows, kind)


def _whole_numbers(image: np.ndarray, size: int, stride: int, kind: str) -> np.ndarray:
    return np.trunc(_layer_of_windows(image, size, stride, kind)).astype(np.int64)


def _layer_cases(rng: np.random.Generator) -> Sequence[Case]:
    shapes = [((6, 8, 3), 2, 2), ((7, 8, 2), 3, 2), ((7, 5, 4), 2, 3)]
    cases = []
    for kind in ("max", "average", "l2"):
        for shape, size, stride in shapes:
            image = _distinct(rng, *shape)
            if size == 3:
                image = image.astype(np.int64)  # an output of the same dtype cuts fractions off
            label = f"{kind}, image {'×'.join(map(str, shape))}, window {size}, stride {stride}"
            cases.append(Case((image, size, stride, kind), label=label, part=kind))
    return cases


POOL_LAYER = Exercise(
    name="pool_layer",
    title="A pooling layer",
    lesson=LESSON,
    kind="function",
    cases=_layer_cases,
    reference=_pool_layer,
    parts={"max": 1, "average": 1, "l2": 1},
    alternatives={
        "sliding windows": _layer_of_windows,
        "plain loops": _layer_by_loops,
        "norm for L2, float32": lambda image, size, stride, kind: (
            np.linalg.norm(_windows(image, size, stride), axis=(-2, -1))
            if kind == "l2"
            else _squash(_windows(image, size, stride), kind)
        ).astype(np.float32),
    },
    misconceptions=[
        Misconception(
            "channels-pooled-too",
            _over_channels_too,
            "All your channels are equal: you pooled over the depth too. Pool each channel alone.",
            "`window.max()` looks at the whole block, all channels together, and NumPy writes its "
            "one number into every channel. `window.max(axis=(0, 1))` goes over rows and columns "
            "only. What is the shape of each of the two?",
        ),
        Misconception(
            "one-channel-left",
            lambda image, size, stride, kind: _over_channels_too(image, size, stride, kind)[..., 0],
            "You pooled the channels away. The depth of the output equals that of the input.",
            "A convolution adds channels up; pooling treats each alone. Over which axes of a "
            "window (rows, columns, channels) should you go?",
        ),
        Misconception(
            "stride-is-the-window",
            lambda image, size, stride, kind: _layer_of_windows(image, size, size, kind),
            "You moved by the window's size. That is usual, but here the stride is given.",
            "Windows of 3 with stride 2 overlap by one column. Where do the first three of them "
            "start?",
        ),
        Misconception(
            "stride-one",
            lambda image, size, stride, kind: _layer_of_windows(image, size, 1, kind),
            "You moved the window by one pixel. Move it by `stride`.",
            "The stride decides where windows start, and how many there are. At which pixel does "
            "the second window start?",
        ),
        Misconception(
            "l2-is-a-mean",
            _other_length(lambda w: np.sqrt((w**2).mean(axis=(-2, -1)))),
            "Your L2 pooling divides by the number of places first. Here it takes the sum.",
            "Both forms are in use; this course takes the root of the sum of squares, the length "
            "of a vector. By which factor do the two differ for a 2×2 window?",
        ),
        Misconception(
            "root-forgotten",
            _other_length(lambda w: (w**2).sum(axis=(-2, -1))),
            "Your sum of squares is right. The square root is missing.",
            "A length of 5 comes from 3² + 4² = 25. Which NumPy function takes the last step?",
        ),
        Misconception(
            "summed-before-squaring",
            _other_length(lambda w: np.abs(w.sum(axis=(-2, -1)))),
            "You added up first and squared then. Square each number, then add up.",
            "√((3 − 4)²) is 1, and √(3² + 4²) is 5. In which order do your brackets work?",
        ),
        Misconception(
            "absolute-values-added",
            _other_length(lambda w: np.abs(w).sum(axis=(-2, -1))),
            "You took the root of every square, which is the size of each number. Add up, then "
            "take one root.",
            "The root of a sum is not the sum of roots: √(9 + 16) is 5, not 7. Around what does "
            "your `sqrt` close its bracket?",
        ),
        Misconception(
            "l2-through-the-channels",
            _other_length(
                lambda w: np.repeat(
                    np.sqrt((w**2).sum(axis=(-3, -2, -1)))[..., None], w.shape[2], axis=2
                )
            ),
            "Max and average are right. Your L2 adds up the channels too: its channels are all "
            "equal.",
            "`np.linalg.norm(window)` and `.sum()` go through the whole block. With "
            "`axis=(0, 1)` they go over rows and columns only. Which shape should come out of one "
            "window?",
        ),
        Misconception(
            "average-not-divided",
            _sum_for_average,
            "Your average is a sum. Divide by the number of places in a window.",
            "A window of ones has the average 1. What does your function give for it?",
        ),
        Misconception(
            "fractions-cut-off",
            _whole_numbers,
            "Your output holds whole numbers only, so fractions are cut off.",
            "`np.zeros_like(image)` takes over the image's type, and an image may hold integers. "
            "`np.zeros(shape)` holds floats. Which one do you use?",
        ),
    ],
    forbids=READY_MADE,
    hints=[
        "Start from `max_pool`: the windows now start at row × stride, and there are "
        "(H − size) // stride + 1 of them.",
        "`.max(axis=(0, 1))` and `.mean(axis=(0, 1))` go over rows and columns and keep channels.",
        "L2: `np.sqrt((window**2).sum(axis=(0, 1)))`.",
    ],
    accepts="a NumPy array of shape (rows, columns, C)",
)


# 5 · the neighbourhood of every pixel ---------------------------------------------------------


def _neighbourhood(image: np.ndarray, kind: str) -> np.ndarray:
    height, width = image.shape
    padded = np.pad(image, 1, constant_values=np.nan)
    result = np.full((height, width), np.nan)
    for row in range(height):
        for column in range(width):
            window = padded[row : row + 3, column : column + 3]
            result[row, column] = np.nanmax(window) if kind == "max" else np.nanmean(window)
    return result


def _neighbourhood_by_slices(
    before: int, after: int, clip: bool = True
) -> Callable[[np.ndarray, str], np.ndarray]:
    """Windows from `before` pixels above and left of a place up to `after` (excluded)."""

    def pool(image: np.ndarray, kind: str) -> np.ndarray:
        result = np.empty(image.shape)
        for row, column in np.ndindex(*image.shape):
            top, left = row - before, column - before
            if clip:
                top, left = max(top, 0), max(left, 0)
            window = image[top : row + after, left : column + after]
            if kind == "max":
                result[row, column] = window.max()  # raises for an empty window, as NumPy does
            else:
                result[row, column] = window.mean() if window.size else np.nan
        return result

    return pool


def _neighbourhood_padded(**padding: Any) -> Callable[[np.ndarray, str], np.ndarray]:
    return lambda image, kind: _squash(_windows(np.pad(image, 1, **padding), 3, 1), kind)


def _either(
    largest: Callable[[np.ndarray, str], np.ndarray],
    average: Callable[[np.ndarray, str], np.ndarray],
) -> Callable[[np.ndarray, str], np.ndarray]:
    return lambda image, kind: (largest if kind == "max" else average)(image, kind)


def _neighbourhood_cases(rng: np.random.Generator) -> Sequence[Case]:
    dark = [-1 - rng.permutation(h * w).reshape(h, w).astype(float) for h, w in ((4, 5), (5, 3))]
    mixed = [_distinct(rng, 3, 5) + 2, _distinct(rng, 6, 4) - 3]
    return [
        Case((image, kind), label=f"{kind}, image {image.shape[0]}×{image.shape[1]}", part=kind)
        for kind, images in {
            "max": [dark[0], mixed[0], dark[1]],
            "average": [*mixed, dark[0]],
        }.items()
        for image in images
    ]


NEIGHBOURHOOD_POOL = Exercise(
    name="neighbourhood_pool",
    title="At the edge",
    lesson=LESSON,
    kind="function",
    cases=_neighbourhood_cases,
    reference=_neighbourhood,
    parts={"max": 1, "average": 1},
    alternatives={
        "slices kept inside the image": _neighbourhood_by_slices(1, 2),
        "−∞ around it; sums and counts": _either(
            _neighbourhood_padded(constant_values=-np.inf),
            lambda image, kind: (
                _windows(np.pad(image, 1), 3, 1).sum(axis=(2, 3))
                / _windows(np.pad(np.ones(image.shape), 1), 3, 1).sum(axis=(2, 3))
            ),
        ),
        "nested lists": lambda image, kind: _neighbourhood(image, kind).tolist(),
    },
    misconceptions=[
        Misconception(
            "zeros-count",
            _neighbourhood_padded(constant_values=0.0),
            "You put zeros around the image, and they count. What lies outside must not.",
            "A zero wins the maximum where the image is negative, and it pulls every average at "
            "the edge towards 0. What should the corner of an image of ones be, and what is it "
            "with you?",
        ),
        Misconception(
            "zeros-win-the-maximum",
            _either(
                _neighbourhood_padded(constant_values=0.0),
                _neighbourhood_by_slices(1, 2),
            ),
            "The average is right. For the maximum you put zeros around: they win where all is "
            "negative.",
            "The edge of your result shows 0, a number that is not in the image. What could you "
            "put around instead that never wins a maximum?",
        ),
        Misconception(
            "nine-divides-always",
            _either(
                _neighbourhood_by_slices(1, 2),
                _neighbourhood_padded(constant_values=0.0),
            ),
            "The maximum is right. At the edge your average divides by 9, but fewer pixels are "
            "there.",
            "In a corner only 4 of the 9 places lie in the image, so ones average to 4/9 with you. "
            "By what must you divide there?",
        ),
        Misconception(
            "edge-left-out",
            lambda image, kind: _squash(_windows(image, 3, 1), kind),
            "You left out the edge. Here every pixel gets an answer, from what it can see.",
            "Let the window stick out, and use the part of it that lies in the image. How many "
            "pixels does a corner's window have?",
        ),
        Misconception(
            "edge-repeated",
            _neighbourhood_padded(mode="edge"),
            "You repeated the edge pixels outside, so they count several times in the average.",
            "The maximum does not mind a repeated pixel; the average does. How many different "
            "pixels should the corner's average have?",
        ),
        Misconception(
            "slice-below-zero",
            _neighbourhood_by_slices(1, 2, clip=False),
            "At row or column 0 your slice starts at −1, which for Python is the other end.",
            "`image[-1:2]` starts at the last row and is empty. Keep the start inside: "
            "`max(row - 1, 0)`. Does the stop need the same care?",
        ),
        Misconception(
            "end-excluded",
            _neighbourhood_by_slices(1, 1),
            "Your window ends at the pixel itself: a slice leaves its stop out.",
            "`row - 1 : row + 1` holds two rows. Which stop gives the row above, the row itself "
            "and the row below?",
        ),
        Misconception(
            "window-not-centred",
            _neighbourhood_by_slices(0, 3),
            "Your window starts at the pixel. Here the pixel is in the middle.",
            "The window reaches one row up and one row down. At which row does the window of row "
            "5 start?",
        ),
    ],
    forbids=READY_MADE,
    hints=[
        "The window of (row, column) goes from row − 1 to row + 1, both included.",
        "A start below 0 must become 0. A stop beyond the end does no harm: Python cuts it off.",
        "`image[max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2]`",
    ],
    accepts="a NumPy array of the image's shape",
)


# 6 · how far it may move ----------------------------------------------------------------------


def _safe_shift(position: int, size: int) -> int:
    return size - 1 - position % size


def _safe_by_trying(position: int, size: int) -> int:
    def pooled(place: int) -> int:
        row = np.zeros(10 * size + position)
        row[place] = 9
        return int(row[: len(row) // size * size].reshape(-1, size).max(axis=1).argmax())

    steps = 0
    while pooled(position + steps + 1) == pooled(position):
        steps += 1
    return steps


def _safe_cases(rng: np.random.Generator) -> Sequence[Case]:
    settings = [(5, 4), (2, 4), (7, 2), (3, 5), (6, 6)]
    settings.append((int(rng.integers(9, 15)), 8))
    return [
        Case((position, size), label=f"a dot at {position}, windows of {size}")
        for position, size in settings
    ]


SAFE_SHIFT = Exercise(
    name="safe_shift",
    title="How far may it move?",
    lesson=LESSON,
    kind="function",
    cases=_safe_cases,
    reference=_safe_shift,
    parts={"all": 1},
    alternatives={
        "trying": _safe_by_trying,
        "the end of its window": lambda position, size: (
            (position // size + 1) * size - 1 - position
        ),
        "counting down": lambda position, size: np.int64(-(position + 1) % size),
    },
    misconceptions=[
        Misconception(
            "wherever-it-is",
            lambda position, size: size - 1,
            "That holds for a dot at the start of its window. Others have less room.",
            "Windows stay where they are; only the dot moves. If it already sits at the end of "
            "its window, how far can it go?",
        ),
        Misconception(
            "room-on-the-left",
            lambda position, size: position % size,
            "That is the room on the dot's left. It moves to the right.",
            "The remainder says how far into its window the dot sits. How many places come after "
            "it?",
        ),
        Misconception(
            "one-too-far",
            lambda position, size: size - position % size,
            "One too many: after that step the dot is in the next window.",
            "Try a window of 2 and a dot at place 1. Where is the dot after one step?",
        ),
        Misconception(
            "half-a-window",
            lambda position, size: size // 2,
            "Half a window is true on average. Here the place of this dot is known.",
            "Draw a row of eight places and windows of four. A dot at place 3 and one at place 4: "
            "how far can each go?",
        ),
        Misconception(
            "a-whole-window",
            lambda position, size: size,
            "A shift by a whole window always lands in the next window.",
            "A dot at place 0 with windows of 4: at which place does it leave its window?",
        ),
        Misconception(
            "nothing-survives",
            lambda position, size: 0,
            "You say that every shift shows. Within its window the dot may move freely.",
            "Max pooling reports that there is a 9 in the window, not where. Which places share a "
            "window with place 4, for windows of 4?",
        ),
        Misconception(
            "number-of-the-window",
            lambda position, size: position // size,
            "`//` tells which window the dot is in. You need how far into it: the remainder.",
            "`%` gives the remainder: 5 % 4 is 1, so the dot at 5 is the second of its window. How "
            "many places are left then?",
        ),
    ],
    hints=[
        "Windows of 4 cover places 0–3, 4–7, 8–11 … A dot at 5 may go as far as 7.",
        "`position % size` says how many places of the window lie before the dot.",
    ],
    accepts="a whole number",
)


# 7 · pooling or stride ------------------------------------------------------------------------


def _kept_answers() -> tuple[float, float, float]:
    return (1, 1 / 4, 8 / 4)


KEPT_ANSWERS = Exercise(
    name="kept_answers",
    title="A lone answer",
    lesson=LESSON,
    kind="value",
    cases=lambda rng: [Case()],
    reference=_kept_answers,
    parts={"all": 1},
    alternatives={
        "a list": lambda: [1.0, 0.25, 2],
        "an array": lambda: np.array([1, 0.25, 2]),
        "counted": lambda: (36 / 36, sum(r % 2 == c % 2 == 0 for r, c in np.ndindex(6, 6)) / 36, 2),
    },
    misconceptions=[
        Misconception(
            "one-axis-only",
            lambda: (1, 1 / 2, 2),
            "Stride 2 skips every other row and every other column too.",
            "Half of the rows stay, and in each of them half of the columns. What share of all "
            "places is that?",
        ),
        Misconception(
            "one-axis-only-in-both",
            lambda: (1, 1 / 2, 4),
            "Two rows and two columns: both the stride and the average work along two axes.",
            "A 2×2 window has how many places, and how many of them hold the 8? And which share of "
            "all places lies in a kept row and in a kept column?",
        ),
        Misconception(
            "positions-are-answers",
            lambda: (1 / 4, 1 / 4, 2),
            "Max pooling drops 75 % of the positions, but never the largest number of a window.",
            "Every place belongs to one window, and the 8 wins its window. Where could it get "
            "lost?",
        ),
        Misconception(
            "stride-loses-nothing",
            lambda: (1, 1, 2),
            "A stride skips places, and a lone answer at a skipped place is gone.",
            "Keep rows and columns 0, 2, 4 and so on. What is left of an 8 at row 1, column 1?",
        ),
        Misconception(
            "share-that-is-lost",
            lambda: (1, 3 / 4, 2),
            "Three quarters is the share of places that stride 2 skips. Asked is what it keeps.",
            "Of a 2×2 block, stride 2 keeps only the top-left place. How many of four are that?",
        ),
        Misconception(
            "average-keeps-the-largest",
            lambda: (1, 1 / 4, 8),
            "An average mixes: the 8 shares its window with three zeros.",
            "(8 + 0 + 0 + 0) divided by the number of places: what is left?",
        ),
        Misconception(
            "percent",
            lambda: (100, 25, 2),
            "These are percentages. Give shares between 0 and 1.",
            "“Always” is a share of 1. What is 25 % as a share?",
        ),
    ],
    hints=[
        "Look at one 2×2 block of the map, and put the 8 at each of its four places in turn.",
        "Stride 2 keeps the top-left place of each block.",
    ],
    accepts="three numbers: a share, a share, and what is left of the 8",
)


# 8 · multiple scales --------------------------------------------------------------------------


def _covered(kernel: int, size: int, pools: int) -> int:
    return kernel * size**pools


def _covered_step_by_step(kernel: int, size: int, pools: int) -> int:
    for _ in range(pools):
        kernel = kernel * size
    return kernel


def _covered_cases(rng: np.random.Generator) -> Sequence[Case]:
    settings = [(3, 2, 1), (3, 2, 3), (5, 3, 2), (4, 5, 0)]
    settings.append((int(rng.integers(6, 10)), 4, 3))
    return [
        Case(setting, label="a window of {} after pooling by {}, {} times".format(*setting))
        for setting in settings
    ]


COVERED_PIXELS = Exercise(
    name="covered_pixels",
    title="A small window sees more",
    lesson=LESSON,
    kind="function",
    cases=_covered_cases,
    reference=_covered,
    parts={"all": 1},
    alternatives={
        "step by step": _covered_step_by_step,
        "a NumPy integer": lambda kernel, size, pools: np.int64(kernel) * np.power(size, pools),
    },
    misconceptions=[
        Misconception(
            "window-unchanged",
            lambda kernel, size, pools: kernel,
            "You counted places of the pooled map. Asked is how many pixels of the image they "
            "cover.",
            "Each place of the pooled map stands for a whole window of the image. How many pixels "
            "wide is that window?",
        ),
        Misconception(
            "pools-added",
            lambda kernel, size, pools: kernel * size * pools,
            "You multiplied by the number of poolings. Each pooling multiplies anew.",
            "After one 2×2 pooling a place covers 2 pixels, after a second one 2 of those. How "
            "many are that after three?",
        ),
        Misconception(
            "one-pooling-only",
            lambda kernel, size, pools: kernel * size,
            "That is right for one pooling. Here there are `pools` of them.",
            "The second pooling works on places that are already `size` pixels wide. How wide is "
            "one of its windows, in pixels?",
        ),
        Misconception(
            "pools-put-on-top",
            lambda kernel, size, pools: kernel + pools * size,
            "You added the pooling windows. Pooling widens every place, so it multiplies.",
            "Three places side by side, each 2 pixels wide: how wide are they together?",
        ),
        Misconception(
            "distance-of-the-places",
            lambda kernel, size, pools: (kernel - 1) * size**pools + 1,
            "You measured from the first pixel to where the last place starts. That place is wide "
            "too.",
            "This formula fits a stride that skips pixels. A pooled place looks at all pixels of "
            "its window. How many pixels does the last place add?",
        ),
        Misconception(
            "area-instead-of-width",
            lambda kernel, size, pools: (kernel * size**pools) ** 2,
            "That is the area in pixels. Asked is the width.",
            "A window of 3×3 places is 3 places wide. How many pixels are these 3 places?",
        ),
    ],
    hints=[
        "After one 2×2 pooling, one place is 2 pixels wide. How wide are three?",
        "Every further pooling multiplies the width of a place by `size` once more.",
    ],
    accepts="a whole number",
)


# 9 · the dense layer afterwards ---------------------------------------------------------------


def _dense_after_pooling(height: int, width: int, channels: int, units: int, pools: int) -> int:
    for _ in range(pools):
        height = height // 2
        width = width // 2
    return (height * width * channels + 1) * units


def _dense_with(
    side: Callable[[int], float],
) -> Callable[[int, int, int, int, int], float]:
    """The same count when each pooling does something else to a side."""

    def count(height: int, width: int, channels: int, units: int, pools: int) -> float:
        h: float = height
        w: float = width
        for _ in range(pools):
            h, w = side(h), side(w)  # type: ignore[arg-type]
        return (h * w * channels + 1) * units

    return count


def _dense_after_cases(rng: np.random.Generator) -> Sequence[Case]:
    sizes = [(12, 10, 3, 5, 1), (26, 22, 4, 7, 2), (15, 22, 8, 3, 3)]
    sizes.append((31, 45, int(rng.integers(5, 9)), int(rng.integers(10, 15)), 2))
    return [
        Case(
            size,
            label="maps {}×{}×{}, {} units, {} poolings".format(*size),
        )
        for size in sizes
    ]


DENSE_AFTER_POOLING = Exercise(
    name="dense_after_pooling",
    title="A cheaper dense layer",
    lesson=LESSON,
    kind="function",
    cases=_dense_after_cases,
    reference=_dense_after_pooling,
    parts={"all": 1},
    alternatives={
        "dividing once, by all poolings": lambda height, width, channels, units, pools: (
            (height // 2**pools) * (width // 2**pools) * channels * units + units
        ),
        "pooling real arrays": lambda height, width, channels, units, pools: (
            np.zeros((height, width, channels))[
                2**pools - 1 :: 2**pools, 2**pools - 1 :: 2**pools
            ].size
            * units
            + units
        ),
    },
    misconceptions=[
        Misconception(
            "pooling-ignored",
            lambda height, width, channels, units, pools: (height * width * channels + 1) * units,
            "That is the count without pooling. The dense layer sees the pooled maps.",
            "Pool the sizes first, then count as in lesson 1. How large are 12×10 maps after one "
            "2×2 pooling?",
        ),
        Misconception(
            "one-pooling-only",
            lambda height, width, channels, units, pools: (
                ((height // 2) * (width // 2) * channels + 1) * units
            ),
            "You pooled once. Here the maps are pooled `pools` times.",
            "Each pooling halves the sides again. How often must your halving run?",
        ),
        Misconception(
            "half-the-positions",
            lambda height, width, channels, units, pools: (
                (height * width // 2**pools * channels + 1) * units
            ),
            "Each pooling left you half of the positions. A quarter stays: both sides are halved.",
            "A map of 4×4 has 16 positions. How many has it after one 2×2 pooling?",
        ),
        Misconception(
            "each-side-quartered",
            lambda height, width, channels, units, pools: (
                ((height // 4**pools) * (width // 4**pools) * channels + 1) * units
            ),
            "You divided each side by four. Each side is halved; that makes a quarter of the "
            "positions.",
            "A 4×4 map becomes 2×2: from 16 positions to 4. What would it become with your rule?",
        ),
        Misconception(
            "channels-pooled-too",
            lambda height, width, channels, units, pools: (
                ((height // 2**pools) * (width // 2**pools) * max(channels // 2**pools, 1) + 1)
                * units
            ),
            "You halved the channels too. Pooling keeps the depth.",
            "Rows and columns shrink; every channel is pooled on its own. How many channels come "
            "out of a pooling layer that gets 8?",
        ),
        Misconception(
            "rounded-up",
            _dense_with(lambda n: -(-n // 2)),
            "You kept a window at the edge that does not fit. Halves are rounded down.",
            "A row of 15 has room for 7 windows of 2; the last pixel is dropped. What is "
            "`15 // 2`?",
        ),
        Misconception(
            "not-rounded",
            _dense_with(lambda n: n / 2),
            "Half a row is no row: round down after each pooling.",
            "A row of 15 has room for 7 windows of 2; the last pixel is dropped. Which operator "
            "divides and drops the rest?",
        ),
        Misconception(
            "bias-omitted",
            lambda height, width, channels, units, pools: (
                (height // 2**pools) * (width // 2**pools) * channels * units
            ),
            "The weights are right. Each unit also has a bias.",
            "You met this in lesson 1: one more number for every unit. How many biases do 5 units "
            "have?",
        ),
        Misconception(
            "one-bias-for-the-layer",
            lambda height, width, channels, units, pools: (
                (height // 2**pools) * (width // 2**pools) * channels * units + 1
            ),
            "You added one bias for the whole layer. Every unit has a bias of its own.",
            "Count one unit completely first: its weights and its bias. By what do you multiply "
            "then?",
        ),
    ],
    hints=[
        "Two steps: how large are the maps after all poolings, and what does a dense layer on "
        "them cost?",
        "Halve height and width in a loop, with `//`. The channels stay.",
        "A unit has one weight for each number that comes in, and one bias.",
    ],
    accepts="a whole number",
)


# 10 · global pooling --------------------------------------------------------------------------


def _global_pool(maps: np.ndarray, kind: str) -> np.ndarray:
    positions = maps.reshape(len(maps), maps.shape[1] * maps.shape[2], maps.shape[3])
    if kind == "max":
        return np.asarray(positions.max(axis=1))
    return np.asarray(positions.mean(axis=1))


def _over(axes: Any, keepdims: bool = False) -> Callable[[np.ndarray, str], np.ndarray]:
    """Global pooling over other axes."""

    def pool(maps: np.ndarray, kind: str) -> np.ndarray:
        squash = np.max if kind == "max" else np.mean
        return np.asarray(squash(maps, axis=axes, keepdims=keepdims))

    return pool


def _global_by_loops(maps: np.ndarray, kind: str) -> np.ndarray:
    result = np.zeros((maps.shape[0], maps.shape[3]))
    for n in range(maps.shape[0]):
        for c in range(maps.shape[3]):
            numbers = maps[n, :, :, c]
            result[n, c] = numbers.max() if kind == "max" else numbers.sum() / numbers.size
    return result


def _global_cases(rng: np.random.Generator) -> Sequence[Case]:
    return [
        Case(
            (_distinct(rng, *shape), kind),
            label=f"{kind}, {shape[0]} images of {shape[1]}×{shape[2]}×{shape[3]}",
        )
        for shape, kind in [
            ((2, 3, 4, 5), "average"),
            ((3, 4, 2, 6), "max"),
            ((4, 2, 5, 3), "average"),
            ((1, 5, 3, 2), "max"),
        ]
    ]


GLOBAL_POOL = Exercise(
    name="global_pool",
    title="One number for each map",
    lesson=LESSON,
    kind="function",
    cases=_global_cases,
    reference=_global_pool,
    parts={"all": 1},
    alternatives={
        "over axes 1 and 2": _over((1, 2)),
        "loops": _global_by_loops,
        "one axis after the other, float32": lambda maps, kind: (
            maps.max(axis=1).max(axis=1) if kind == "max" else maps.mean(axis=2).mean(axis=1)
        ).astype(np.float32),
    },
    misconceptions=[
        Misconception(
            "over-the-channels",
            _over(3),
            "You pooled over the channels and kept the positions. Keep the channels instead.",
            "Your result has shape (N, H, W): one number for every place. Wanted is one for every "
            "map. Which two of the four axes must disappear?",
        ),
        Misconception(
            "first-two-axes",
            _over((0, 1)),
            "You pooled over images and rows. The first axis counts the images.",
            "With a batch, rows and columns are axes 1 and 2. What is `maps.shape[0]`?",
        ),
        Misconception(
            "images-mixed",
            _over((0, 1, 2)),
            "You pooled all images into one. Each image needs an answer of its own.",
            "The first axis tells images apart and must survive. Which shape do you expect for 2 "
            "images with 5 channels?",
        ),
        Misconception(
            "all-into-one",
            _over((1, 2, 3)),
            "You pooled the channels as well: one number for each image. Keep one for each map.",
            "Every channel looks for something else, and mixing them forgets what. Which axis "
            "holds the channels?",
        ),
        Misconception(
            "rows-only",
            _over(1),
            "You pooled over the rows only. Go over the columns too.",
            "Your result still has a column axis. Which second axis belongs into `axis=(…)`?",
        ),
        Misconception(
            "axes-kept",
            _over((1, 2), keepdims=True),
            "Right numbers, but two axes of length 1 are left over.",
            "Wanted is the shape (N, C). Which argument keeps the axes, and what is its default?",
        ),
        Misconception(
            "always-average",
            lambda maps, kind: maps.mean(axis=(1, 2)),
            'You always take the average. `kind` may also be `"max"`.',
            "The axes are right. Which of the two inputs have you not used?",
        ),
        Misconception(
            "not-divided",
            lambda maps, kind: maps.max(axis=(1, 2)) if kind == "max" else maps.sum(axis=(1, 2)),
            "The maximum is right. Your average is a sum: divide by the number of positions.",
            "A map of ones has the average 1, however large it is. What does your function give?",
        ),
    ],
    forbids=READY_MADE,
    hints=[
        "Four axes: images, rows, columns, channels. Two must go. Which?",
        "`maps.mean(axis=(…, …))` averages over two axes at once.",
    ],
    accepts="a NumPy array of shape (N, C)",
)


# 11 · regions of interest ---------------------------------------------------------------------


def _roi_pool(image: np.ndarray, region: Region, rows: int, columns: int) -> np.ndarray:
    row0, col0, row1, col1 = region
    part = image[row0:row1, col0:col1]
    height, width, channels = part.shape
    result = np.full((rows, columns, channels), np.nan)
    for i in range(rows):
        for j in range(columns):
            top, bottom = floor(i * height / rows), ceil((i + 1) * height / rows)
            left, right = floor(j * width / columns), ceil((j + 1) * width / columns)
            for c in range(channels):
                result[i, j, c] = part[top:bottom, left:right, c].max()
    return result


Bins = Callable[[int, int], list[tuple[int, int]]]


def _our_bins(length: int, count: int) -> list[tuple[int, int]]:
    return [(i * length // count, -(-(i + 1) * length // count)) for i in range(count)]


def _bins_without_rest(length: int, count: int) -> list[tuple[int, int]]:
    step = length // count
    return [(i * step, (i + 1) * step) for i in range(count)]


def _last_bin_larger(length: int, count: int) -> list[tuple[int, int]]:
    return [*_bins_without_rest(length, count)[:-1], ((count - 1) * (length // count), length)]


def _bins_without_overlap(length: int, count: int) -> list[tuple[int, int]]:
    return [(i * length // count, (i + 1) * length // count) for i in range(count)]


def _bins_rounded(length: int, count: int) -> list[tuple[int, int]]:
    borders = np.rint(np.linspace(0, length, count + 1)).astype(int).tolist()
    return list(pairwise(borders))


def _bins_rounded_up(length: int, count: int) -> list[tuple[int, int]]:
    step = -(-length // count)
    return [(i * step, (i + 1) * step) for i in range(count)]


def _roi(
    image: np.ndarray,
    region: Region,
    rows: int,
    columns: int,
    *,
    bins: Bins = _our_bins,
    squash: Callable[..., Any] = np.max,
) -> np.ndarray:
    """RoI pooling with other bins or another way to make one number of them."""
    row0, col0, row1, col1 = region
    part = image[row0:row1, col0:col1]
    across = bins(part.shape[1], columns)
    return np.array(
        [
            [squash(part[a:b, c:d], axis=(0, 1)) for c, d in across]
            for a, b in bins(part.shape[0], rows)
        ]
    )


def _roi_by_integers(image: np.ndarray, region: Region, rows: int, columns: int) -> np.ndarray:
    row0, col0, row1, col1 = map(int, region)
    return _roi(image[row0:row1, col0:col1], (0, 0, row1 - row0, col1 - col0), rows, columns)


def _roi_over_channels(image: np.ndarray, region: Region, rows: int, columns: int) -> np.ndarray:
    pooled = _roi(image, region, rows, columns)
    return np.repeat(pooled.max(axis=2, keepdims=True), image.shape[2], axis=2)


def _roi_cases(rng: np.random.Generator) -> Sequence[Case]:
    cases = []
    for part, settings in {
        "divides evenly": [((9, 11, 3), (1, 2, 7, 10), (3, 4)), ((8, 7, 2), (2, 0, 6, 6), (2, 3))],
        "with a remainder": [
            ((9, 11, 3), (0, 1, 8, 6), (3, 2)),
            ((10, 9, 2), (3, 2, 8, 8), (3, 4)),
            ((7, 9, 4), (2, 4, 4, 9), (3, 3)),
        ],
    }.items():
        for shape, region, (rows, columns) in settings:
            label = (
                f"a region of {region[2] - region[0]}×{region[3] - region[1]}, "
                f"output {rows}×{columns}"
            )
            args = (_slopes(rng, *shape), region, rows, columns)
            cases.append(Case(args, label=label, part=part))
    return cases


ROI_POOL = Exercise(
    name="roi_pool",
    title="Regions of any size",
    lesson=LESSON,
    kind="function",
    cases=_roi_cases,
    reference=_roi_pool,
    parts={"divides evenly": 1, "with a remainder": 1},
    alternatives={
        "whole-number arithmetic": _roi_by_integers,
        "lists of bins, float32": lambda image, region, rows, columns: _roi(
            image, region, rows, columns
        ).astype(np.float32),
        "nested lists": lambda image, region, rows, columns: _roi(
            image, region, rows, columns
        ).tolist(),
    },
    misconceptions=[
        Misconception(
            "remainder-left-out",
            lambda image, region, rows, columns: _roi(
                image, region, rows, columns, bins=_bins_without_rest
            ),
            "Your bins leave the remainder out: the last rows or columns are never seen.",
            "Bins of `height // rows` cover 6 of 8 rows when there are 3 bins. Take the floor of "
            "each start and the ceiling of each stop instead. Where does the last bin end then?",
        ),
        Misconception(
            "last-bin-takes-the-rest",
            lambda image, region, rows, columns: _roi(
                image, region, rows, columns, bins=_last_bin_larger
            ),
            "Your last bin takes the whole remainder. Here it is spread over all bins.",
            "Nothing is lost with you, but the last bin can be twice as large as the others. The "
            "starts are ⌊i · height / rows⌋. What are they for 8 rows and 3 bins?",
        ),
        Misconception(
            "stops-rounded-down",
            lambda image, region, rows, columns: _roi(
                image, region, rows, columns, bins=_bins_without_overlap
            ),
            "You rounded the stops down. Starts are rounded down, stops up, so bins may overlap.",
            "With 8 rows and 3 bins the first bin ends at 2⅔. Row 2 belongs partly to it, so it is "
            "included. Which stop includes row 2?",
        ),
        Misconception(
            "rounded-to-the-nearest",
            lambda image, region, rows, columns: _roi(
                image, region, rows, columns, bins=_bins_rounded
            ),
            "You rounded the borders to the nearest row. Starts are rounded down, stops up.",
            "Then a row that belongs to two bins is seen by both. With 8 rows and 3 bins, the "
            "first border is at 2⅔. Where does bin 0 stop, and where does bin 1 start?",
        ),
        Misconception(
            "bins-rounded-up",
            lambda image, region, rows, columns: _roi(
                image, region, rows, columns, bins=_bins_rounded_up
            ),
            "All your bins have the length rounded up, so the last ones run out of rows.",
            "Round each start and each stop, not the length of a bin. Where does bin 1 of 3 start "
            "in 8 rows, before rounding?",
        ),
        Misconception(
            "end-included",
            lambda image, region, rows, columns: _roi(
                image, (region[0], region[1], region[2] + 1, region[3] + 1), rows, columns
            ),
            "Your region is one row and one column too large: `row1` and `col1` are excluded.",
            "It works as a Python slice: `image[2:6]` has four rows. Do you add 1 to the stops?",
        ),
        Misconception(
            "rows-and-columns-exchanged",
            lambda image, region, rows, columns: _roi(
                image, (region[1], region[0], region[3], region[2]), rows, columns
            ),
            "You exchanged rows and columns of the region. Rows come first here.",
            "Many detection libraries write (x0, y0, x1, y1), columns first. This course writes "
            "(row0, col0, row1, col1). Which of the four numbers slice the first axis?",
        ),
        Misconception(
            "region-ignored",
            lambda image, region, rows, columns: _roi(
                image, (0, 0, image.shape[0], image.shape[1]), rows, columns
            ),
            "You pooled the whole image. Cut out the region first.",
            "`image[row0:row1, col0:col1]` is the region. Which height and width do your bins "
            "share out?",
        ),
        Misconception(
            "places-not-moved",
            lambda image, region, rows, columns: _roi(
                image, (0, 0, region[2] - region[0], region[3] - region[1]), rows, columns
            ),
            "Your bins have the right size but start in the image's corner, not in the region's.",
            "Bins count from the region's corner. Cut the region out first, or add `row0` and "
            "`col0` to every start and stop. Which do you prefer?",
        ),
        Misconception(
            "averaged",
            lambda image, region, rows, columns: _roi(image, region, rows, columns, squash=np.mean),
            "You averaged each bin. RoI pooling keeps the largest number.",
            "It is max pooling with windows whose size depends on the region. Which method "
            "belongs in the place of `mean`?",
        ),
        Misconception(
            "channels-pooled-too",
            _roi_over_channels,
            "All your channels are equal: you pooled over the depth too. Pool each channel alone.",
            "`window.max()` goes over all axes, `window.max(axis=(0, 1))` over rows and columns. "
            "Which shape has each of the two?",
        ),
    ],
    forbids=READY_MADE,
    hints=[
        "Cut the region out first. From then on it is the whole world.",
        "Bin i of the rows goes from ⌊i · height / rows⌋ to ⌈(i + 1) · height / rows⌉, excluded.",
        "`math.floor` and `math.ceil` round; or, in whole numbers, `i * height // rows` and "
        "`-(-(i + 1) * height // rows)`.",
    ],
    accepts="a NumPy array of shape (rows, columns, C)",
)


EXERCISES: tuple[Exercise, ...] = (
    POOLED_TABLE,
    MAX_POOL,
    POOL_SUMMARY,
    POOL_LAYER,
    NEIGHBOURHOOD_POOL,
    SAFE_SHIFT,
    KEPT_ANSWERS,
    COVERED_PIXELS,
    DENSE_AFTER_POOLING,
    GLOBAL_POOL,
    ROI_POOL,
)
