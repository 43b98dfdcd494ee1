"""Lesson 1, "Convolution by hand": its exercises, right answers and known mistakes.

Every reference is written out by hand on purpose: the tests change it token by token and expect
the cases to notice.
"""

from collections.abc import Sequence

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from cnncourse.checking.exercise import Case, Exercise, Misconception
from cnncourse.exercises.by_hand import READY_MADE

LESSON = "01_convolution_by_hand"


# Inputs --------------------------------------------------------------------------------------


def _numbers(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Whole numbers from −9 to 9: small enough to follow with a pencil."""
    return rng.integers(-9, 10, shape).astype(float)


def _distinct(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Numbers that all differ and do not add up to 0, so no flip or exchange can hide."""
    size = int(np.prod(shape))
    return (rng.permutation(size) - size // 3).reshape(shape).astype(float)


def _bias(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Numbers that all differ and are never 0."""
    size = int(np.prod(shape))
    return (rng.permutation(size) + rng.integers(2, 6)).reshape(shape).astype(float)


def _halves(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """The same in steps of a half: an answer kept in whole numbers cannot be right."""
    return _numbers(rng, *shape) / 2


def _times(array: np.ndarray) -> str:
    return "×".join(map(str, array.shape))


# What the mistakes below have in common -------------------------------------------------------


def _correlate(image: np.ndarray, kernels: np.ndarray, stride: int = 1) -> np.ndarray:
    """Dot products without a bias: (H, W, C) and (kh, kw, C, N) give (H', W', N)."""
    windows = sliding_window_view(image, kernels.shape[:2], axis=(0, 1))
    return np.einsum("hwcij,ijcn->hwn", windows[::stride, ::stride], kernels)


def _correlate_flat(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """The same for one channel and one filter: (H, W) and (kh, kw) give (H', W')."""
    return _correlate(image[:, :, None], kernel[:, :, None, None])[:, :, 0]


def _correlate_deep(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """The same for one filter through all channels: (H, W, C) and (kh, kw, C) give (H', W')."""
    return _correlate(image, kernel[:, :, :, None])[:, :, 0]


# 1 · the weights of a dense layer -------------------------------------------------------------


def _dense_parameters(height: int, width: int, channels: int, units: int) -> int:
    return (height * width * channels + 1) * units


def _dense_cases(rng: np.random.Generator) -> Sequence[Case]:
    sizes = [(5, 4, 3, 2), (28, 28, 1, 10), tuple(int(n) for n in rng.permutation(range(6, 10)))]
    return [
        Case(size, label=f"a {size[0]}×{size[1]}×{size[2]} image, {size[3]} units")
        for size in sizes
    ]


DENSE_PARAMETERS = Exercise(
    name="dense_parameters",
    title="The price of flattening",
    lesson=LESSON,
    kind="function",
    cases=_dense_cases,
    reference=_dense_parameters,
    parts={"all": 1},
    alternatives={
        "weights, then biases": lambda height, width, channels, units: (
            units * np.prod([height, width, channels]) + units
        ),
        "one unit at a time": lambda height, width, channels, units: sum(
            height * width * channels + 1 for _ in range(units)
        ),
        "the size of real arrays": lambda height, width, channels, units: (
            np.zeros((height, width, channels, units)).size + np.zeros(units).size
        ),
    },
    misconceptions=[
        Misconception(
            "bias-omitted",
            lambda height, width, channels, units: height * width * channels * units,
            "You counted the weights. Each unit also has a bias.",
            "A unit computes a weighted sum plus one number of its own. Add those numbers to your "
            "count. How many biases does a layer of 10 units have?",
        ),
        Misconception(
            "one-bias-for-the-layer",
            lambda height, width, channels, units: height * width * channels * units + 1,
            "You added one bias for the whole layer. Every unit has a bias of its own.",
            "Count one unit completely first: its weights and its bias. Then multiply. "
            "By what, to get the whole layer?",
        ),
        Misconception(
            "channels-forgotten",
            lambda height, width, channels, units: (height * width + 1) * units,
            "You counted pixels. A colour pixel is several numbers, and each number has a weight.",
            "Flattening keeps every number of the image. How many numbers are there in a 2×2 "
            "image with red, green and blue?",
        ),
        Misconception(
            "one-unit-only",
            lambda height, width, channels, units: height * width * channels + 1,
            "That is the count for one unit. The layer has more of them.",
            "Units share nothing: each has its own full set of weights. "
            "What do ten units need, if one needs 785 parameters?",
        ),
        Misconception(
            "inputs-and-units-added",
            lambda height, width, channels, units: height * width * channels + units,
            "You added inputs and units. Every unit is connected with every input: multiply.",
            "Draw three inputs and two units, and all the lines between them. How many lines do "
            "you see? And how many biases come on top?",
        ),
        Misconception(
            "bias-for-every-weight",
            lambda height, width, channels, units: 2 * height * width * channels * units,
            "You gave every weight a bias. There is one bias for each unit.",
            "The bias is added once, after the sum over all inputs. Write the formula of one unit "
            "with three inputs: how many numbers does it have to learn?",
        ),
        Misconception(
            "bias-for-every-input",
            lambda height, width, channels, units: height * width * channels * (units + 1),
            "You gave every input a bias. Biases belong to the units: one each.",
            "An input is a number of the image; nothing is added to it. Write the formula of one "
            "unit with three inputs: how often does a bias stand in it?",
        ),
    ],
    hints=[
        "Start with one unit. It has one weight for every number in the image, and one bias.",
        "An image of height × width × channels holds that many numbers. Units share nothing.",
    ],
    accepts="a whole number",
)


# 2 · flatten a batch --------------------------------------------------------------------------


def _flatten_batch(images: np.ndarray) -> np.ndarray:
    return np.stack([image.ravel() for image in images], axis=1)


def _flatten_by_loops(images: np.ndarray) -> np.ndarray:
    number, height, width, channels = images.shape
    result = np.zeros((height * width * channels, number))
    for n in range(number):
        row = 0
        for i in range(height):
            for j in range(width):
                for c in range(channels):
                    result[row, n] = images[n, i, j, c]
                    row += 1
    return result


def _flatten_cases(rng: np.random.Generator) -> Sequence[Case]:
    shapes = [(5, 3, 4, 1), (4, 3, 2, 5), (3, 5, 4, 2)]
    return [
        Case((batch,), label=f"{shape[0]} images of {shape[1]}×{shape[2]}×{shape[3]}")
        for shape in shapes
        for batch in [_distinct(rng, *shape) / 2]
    ]


FLATTEN_BATCH = Exercise(
    name="flatten_batch",
    title="Flatten a batch",
    lesson=LESSON,
    kind="function",
    cases=_flatten_cases,
    reference=_flatten_batch,
    parts={"all": 1},
    alternatives={
        "reshape and transpose": lambda images: images.reshape(len(images), -1).T,
        "loops": _flatten_by_loops,
        "move the images last": lambda images: np.moveaxis(images, 0, -1).reshape(-1, len(images)),
        "float32": lambda images: images.reshape(len(images), -1).T.astype(np.float32),
        "nested lists": lambda images: images.reshape(len(images), -1).T.tolist(),
    },
    misconceptions=[
        Misconception(
            "images-mixed",
            lambda images: images.reshape(-1, len(images)),
            "Right shape, but the images are mixed: reshape(-1, m) deals the numbers out in turn.",
            "`reshape` never moves a number in memory; it only cuts the same long row in other "
            "places. Make one row per image first, then turn rows into columns. Which operation "
            "exchanges rows and columns?",
        ),
        Misconception(
            "images-in-rows",
            lambda images: images.reshape(len(images), -1),
            "Every image is flattened well, but stands in a row. Here it shall be a column.",
            "You are one step away. What does `.T` do to your result?",
        ),
        Misconception(
            "pixels-reordered",
            lambda images: images.T.reshape(-1, len(images)),
            "Each column holds one image, but its numbers come in another order.",
            "`images.T` turns *all* axes around, so channels come first and rows last. Flatten "
            "each image as it is, then transpose that table. What is `images.T.shape` for "
            "2 images of 3×4×1?",
        ),
        Misconception(
            "first-channel-only",
            lambda images: images[..., 0].reshape(len(images), -1).T,
            "Only the first channel is left. Flattening keeps every number of the image.",
            "A column needs height × width × channels numbers. How many does a 2×2 colour image "
            "have?",
        ),
        Misconception(
            "one-long-row",
            lambda images: images.ravel(),
            "You flattened the batch too. The images must stay apart, one column for each.",
            "The result has two axes: numbers of an image × images. Which axis of the input tells "
            "the images apart, and so must survive?",
        ),
    ],
    hints=[
        "What is the length of one column? And how many columns are there?",
        "Take one image out with `images[0]` and flatten it with `.ravel()`. `np.stack` puts "
        "vectors side by side; its `axis` decides whether they become rows or columns.",
    ],
    accepts="a NumPy array of shape (H·W·C, N)",
)


# 3 · one window, one number -------------------------------------------------------------------


def _window_product(window: np.ndarray, kernel: np.ndarray, bias: float) -> float:
    return (window * kernel).sum() + bias


def _window_by_loops(window: np.ndarray, kernel: np.ndarray, bias: float) -> float:
    total = bias
    for i in range(kernel.shape[0]):
        for j in range(kernel.shape[1]):
            total += float(window[i, j]) * float(kernel[i, j])
    return total


def _window_cases(rng: np.random.Generator) -> Sequence[Case]:
    return [
        Case(
            (_numbers(rng, size, size), _distinct(rng, size, size), float(_bias(rng, 1)[0]) + 0.5),
            label=f"a {size}×{size} window",
        )
        for size in (3, 2, 5, 4)
    ]


WINDOW_PRODUCT = Exercise(
    name="window_product",
    title="One window, one number",
    lesson=LESSON,
    kind="function",
    cases=_window_cases,
    reference=_window_product,
    parts={"all": 1},
    alternatives={
        "two loops": _window_by_loops,
        "dot product of two rows": lambda window, kernel, bias: (
            window.ravel() @ kernel.ravel() + bias
        ),
        "einsum": lambda window, kernel, bias: np.einsum("ij,ij->", window, kernel) + bias,
        "float32": lambda window, kernel, bias: np.float32((window * kernel).sum() + bias),
        "an array without axes": lambda window, kernel, bias: np.asarray(
            np.vdot(window, kernel) + bias
        ),
    },
    misconceptions=[
        Misconception(
            "bias-on-every-product",
            lambda window, kernel, bias: (window * kernel + bias).sum(),
            "You added the bias to every product. It is added once, after the sum.",
            "Your answer is too large by (number of products − 1) × bias. Move one bracket. "
            "What should the answer be when the window is all zeros?",
        ),
        Misconception(
            "bias-omitted",
            lambda window, kernel, bias: (window * kernel).sum(),
            "The sum of products is right. The bias is missing.",
            "A filter's answer is its dot product plus one number of its own. "
            "What should the answer be when the window is all zeros?",
        ),
        Misconception(
            "matrix-product",
            lambda window, kernel, bias: (window @ kernel).sum() + bias,
            "`@` and `np.dot` multiply matrices: rows with columns. Here each number meets the one "
            "at its own place.",
            "Multiply with `*`, element by element, and add up. Or flatten both first: then `@` "
            "is the dot product you want. Which numbers of the window may the kernel's top-left "
            "weight touch?",
        ),
        Misconception(
            "not-summed",
            lambda window, kernel, bias: window * kernel + bias,
            "You return the products. A window gives one number: their sum.",
            "Add up all products, over both axes, then the bias. "
            "Into how many pixels of the map does one window go?",
        ),
        Misconception(
            "matrix-product-not-summed",
            lambda window, kernel, bias: window @ kernel + bias,
            "`@` and `np.dot` make a dot product of two rows of numbers. Of two tables they make a "
            "matrix product.",
            "Flatten both first, or multiply place by place with `*` and add up. "
            "How many numbers shall come out of one window?",
        ),
        Misconception(
            "summed-over-one-axis",
            lambda window, kernel, bias: (window * kernel).sum(axis=0) + bias,
            "You added up over one axis only, as Python's own `sum` does.",
            "`(...).sum()` of a NumPy array, or `np.sum`, adds up over all axes. "
            "How many numbers shall come out of one window?",
        ),
        Misconception(
            "first-row-only",
            lambda window, kernel, bias: (window[0] * kernel[0]).sum() + bias,
            "You stop after the first row. Does `return` stand inside a loop?",
            "A `return` ends the function at once. How far must it be indented to come after "
            "both loops?",
        ),
        Misconception(
            "last-product-only",
            lambda window, kernel, bias: window[-1, -1] * kernel[-1, -1] + bias,
            "Only the last product is left: each one replaced the one before.",
            "`total = ...` forgets, `total += ...` adds. Which of them stands in your loop?",
        ),
        Misconception(
            "averaged",
            lambda window, kernel, bias: (window * kernel).mean() + bias,
            "You took the mean of the products. A dot product is their sum.",
            "The kernel itself decides how much each product counts; nothing divides. "
            "Which kernel would turn a sum into a mean?",
        ),
        Misconception(
            "kernel-flipped",
            lambda window, kernel, bias: (window * kernel[::-1, ::-1]).sum() + bias,
            "You flipped the kernel. Here the kernel is laid on the window as it is.",
            "The flip belongs to the mathematician's convolution; section 1.8 comes to it. Which "
            "weight must meet the window's top-left number here?",
        ),
    ],
    forbids=READY_MADE,
    hints=[
        "Three steps: multiply place by place, add everything up, add the bias.",
        "`window * kernel` multiplies place by place. `.sum()` adds up over all axes.",
    ],
    accepts="one number",
)


# 4 · predict the shape of a map ---------------------------------------------------------------


def _map_shape() -> tuple[int, int]:
    return (30 - 5 + 1, 40 - 3 + 1)


MAP_SHAPE = Exercise(
    name="map_shape",
    title="Predict the shape",
    lesson=LESSON,
    kind="value",
    cases=lambda rng: [Case()],
    reference=_map_shape,
    parts={"all": 1},
    alternatives={
        "a list": lambda: [26, 38],
        "an array": lambda: np.array([26, 38]),
        "the shape of real windows": lambda: sliding_window_view(np.zeros((30, 40)), (5, 3)).shape[
            :2
        ],
    },
    misconceptions=[
        Misconception(
            "same-size",
            lambda: (30, 40),
            "That is the image's size. A window that must fit inside cannot start at every pixel.",
            "Lay a 5×3 window on the last row of the image: it sticks out. Which is the last row "
            "where it can start?",
        ),
        Misconception(
            "plus-one-forgotten",
            lambda: (25, 37),
            "One too few: the window at the very start counts as well.",
            "A window as large as the image fits exactly once. What does your rule give there?",
        ),
        Misconception(
            "sides-exchanged",
            lambda: (28, 36),
            "You took the kernel's height from the width. Shapes are (rows, columns).",
            "Work on rows first: 30 rows in the image, 5 in the kernel. "
            "How many places can the window's top row have?",
        ),
        Misconception(
            "rows-and-columns-exchanged",
            lambda: (38, 26),
            "Both numbers are right, in the wrong order: rows come first.",
            "An image of 30 rows and 40 columns has shape (30, 40). "
            "Which of your numbers belongs to the 30 rows?",
        ),
        Misconception(
            "one-too-many",
            lambda: (27, 39),
            "One too many: your last window sticks out by one pixel.",
            "A window as large as the image fits exactly once. What does your rule give there?",
        ),
        Misconception(
            "windows-side-by-side",
            lambda: (6, 13),
            "You put windows side by side. Here they overlap: each step is one pixel.",
            "Slide a window of 5 over a row of 7 one pixel at a time. Where does it start? "
            "How many starts are that?",
        ),
        Misconception(
            "half-the-kernel",
            lambda: (28, 39),
            "You took half a kernel off. The window loses room at both ends.",
            "The window's middle can come within 2 rows of the top edge, and within 2 of the "
            "bottom edge. How many rows are left in all?",
        ),
    ],
    hints=[
        "Try it small: how often does a window of 3 fit into a row of 5, one step at a time?",
        "A window of k starts at pixel 0 and, at the latest, at pixel n − k.",
    ],
    accepts="two whole numbers (rows, columns)",
)


# 5 · slide the window -------------------------------------------------------------------------


def _feature_map(image: np.ndarray, kernel: np.ndarray, bias: float) -> np.ndarray:
    height, width = kernel.shape
    rows = image.shape[0] - height + 1
    columns = image.shape[1] - width + 1
    result = np.zeros((rows, columns)) + bias
    for row in range(rows):
        for column in range(columns):
            window = image[row : row + height, column : column + width]
            result[row, column] += (window * kernel).sum()
    return result


def _feature_map_by_taps(image: np.ndarray, kernel: np.ndarray, bias: float) -> np.ndarray:
    rows, columns = (n - k + 1 for n, k in zip(image.shape, kernel.shape, strict=True))
    result = np.full((rows, columns), bias)
    for (i, j), weight in np.ndenumerate(kernel):
        result += weight * image[i : i + rows, j : j + columns]
    return result


def _tiles(image: np.ndarray, kernel: np.ndarray, bias: float) -> np.ndarray:
    height, width = kernel.shape
    return _correlate_flat(image, kernel)[::height, ::width] + bias


def _left_at_zero(image: np.ndarray, kernel: np.ndarray, bias: float) -> np.ndarray:
    valid = _correlate_flat(image, kernel) + bias
    result = np.zeros(image.shape)
    result[: valid.shape[0], : valid.shape[1]] = valid
    return result


def _last_stops_left_at_zero(image: np.ndarray, kernel: np.ndarray, bias: float) -> np.ndarray:
    result = _correlate_flat(image, kernel) + bias
    result[-1], result[:, -1] = 0, 0
    return result


def _first_row_only(image: np.ndarray, kernel: np.ndarray, bias: float) -> np.ndarray:
    result = _correlate_flat(image, kernel) + bias
    result[1:] = 0
    return result


def _map_cases(rng: np.random.Generator) -> Sequence[Case]:
    cases = []
    for part, shapes in {
        "square kernel": [((5, 7), (3, 3)), ((6, 4), (2, 2))],
        "rectangular kernel": [((7, 5), (2, 4)), ((4, 8), (3, 2))],
    }.items():
        for image, kernel in shapes:
            label = f"image {image[0]}×{image[1]}, kernel {kernel[0]}×{kernel[1]}"
            args = (_numbers(rng, *image), _distinct(rng, *kernel), float(_bias(rng, 1)[0]) + 0.5)
            cases.append(Case(args, label=label, part=part))
    return cases


FEATURE_MAP = Exercise(
    name="feature_map",
    title="Slide the window",
    lesson=LESSON,
    kind="function",
    cases=_map_cases,
    reference=_feature_map,
    parts={"square kernel": 1, "rectangular kernel": 1},
    alternatives={
        "one weight at a time": _feature_map_by_taps,
        "sliding windows": lambda image, kernel, bias: (
            np.tensordot(sliding_window_view(image, kernel.shape), kernel, axes=2) + bias
        ),
        "einsum, float32": lambda image, kernel, bias: (
            np.einsum("hwij,ij->hw", sliding_window_view(image, kernel.shape), kernel) + bias
        ).astype(np.float32),
        "nested lists": lambda image, kernel, bias: _feature_map(image, kernel, bias).tolist(),
    },
    misconceptions=[
        Misconception(
            "bias-omitted",
            lambda image, kernel, bias: _correlate_flat(image, kernel),
            "The dot products are right. The bias is missing in every place.",
            "Take what you got away from what was expected. "
            "Which of the three inputs is this number?",
        ),
        Misconception(
            "bias-on-every-product",
            lambda image, kernel, bias: _correlate_flat(image, kernel) + bias * kernel.size,
            "You added the bias to every product. It is added once for each window.",
            "With a bias above 0 your map is too large everywhere. "
            "Does your `+ bias` stand before or after the sum?",
        ),
        Misconception(
            "kernel-flipped",
            lambda image, kernel, bias: _correlate_flat(image, kernel[::-1, ::-1]) + bias,
            "Your kernel is turned by 180°. Networks lay it on the window as it is.",
            "Check your indices: does the kernel's top-left weight meet the window's top-left "
            "pixel? Section 1.8 shows where the turned kernel belongs.",
        ),
        Misconception(
            "windows-side-by-side",
            _tiles,
            "Your windows stand side by side. Move the window by one pixel, so windows overlap.",
            "How many places has a window of 3 in a row of 5, when each step is one pixel?",
        ),
        Misconception(
            "last-window-missed",
            lambda image, kernel, bias: _correlate_flat(image, kernel)[:-1, :-1] + bias,
            "Your loops stop one step early: the last row and column of the map are missing.",
            "A window of k fits n − k + 1 times. Try n = k: how many places must it have, "
            "and how many has yours?",
        ),
        Misconception(
            "rest-left-at-zero",
            _left_at_zero,
            "Your map is as large as the image. Windows fit in fewer places; the rest stayed zero.",
            "Use the shape you predicted: the image's side minus the kernel's, plus 1. "
            "Which line creates the array for your result?",
        ),
        Misconception(
            "last-stops-left-at-zero",
            _last_stops_left_at_zero,
            "The map has the right size, but its last row and column are still 0.",
            "`range(n)` ends at n − 1. How many rows has your result, and how many does your loop "
            "visit?",
        ),
        Misconception(
            "first-row-only",
            _first_row_only,
            "Only the first row is filled. Does `return` stand inside the loop?",
            "A `return` ends the function at once. How far must it be indented to come after "
            "both loops?",
        ),
        Misconception(
            "one-long-list",
            lambda image, kernel, bias: (_correlate_flat(image, kernel) + bias).ravel(),
            "All numbers are right, but they stand in one long row. A map has rows and columns.",
            "Make an array of zeros of the map's shape first, and write each number to its place. "
            "Which two indices does that place have?",
        ),
        Misconception(
            "averaged",
            lambda image, kernel, bias: _correlate_flat(image, kernel) / kernel.size + bias,
            "You took the mean over the window. A dot product is a sum.",
            "Nothing divides: the kernel's weights alone decide how much each pixel counts. "
            "Where does your code use `mean`, or divide?",
        ),
    ],
    forbids=READY_MADE,
    hints=[
        "Make an array of zeros of the predicted shape. Then fill it with two loops.",
        "The window at (row, column) is `image[row : row + kh, column : column + kw]`.",
        "You have a function for one window already: `window_product`.",
    ],
    accepts="a NumPy array of shape (H − kh + 1, W − kw + 1)",
)


# 6 · depth ------------------------------------------------------------------------------------


def _depth_map(image: np.ndarray, kernel: np.ndarray, bias: float) -> np.ndarray:
    height, width, _ = kernel.shape
    rows = image.shape[0] - height + 1
    columns = image.shape[1] - width + 1
    result = np.zeros((rows, columns)) + bias
    for row in range(rows):
        for column in range(columns):
            window = image[row : row + height, column : column + width]
            result[row, column] += (window * kernel).sum()
    return result


def _depth_by_channels(image: np.ndarray, kernel: np.ndarray, bias: float) -> np.ndarray:
    result = np.full(_correlate_flat(image[..., 0], kernel[..., 0]).shape, bias)
    for c in range(image.shape[-1]):
        result += _correlate_flat(image[..., c], kernel[..., c])
    return result


def _per_channel(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """One map for each channel, (H', W', C): what depth must add up."""
    channels = range(image.shape[-1])
    return np.stack([_correlate_flat(image[..., c], kernel[..., c]) for c in channels], axis=-1)


def _depth_cases(rng: np.random.Generator) -> Sequence[Case]:
    cases = []
    for part, shapes in {
        "without bias": [((5, 6, 2), (3, 2, 2)), ((4, 5, 3), (2, 2, 3))],
        "with bias": [((6, 4, 3), (2, 3, 3)), ((5, 7, 4), (3, 3, 4))],
    }.items():
        for image, kernel in shapes:
            bias = float(_bias(rng, 1)[0]) if part == "with bias" else 0.0
            args = (_halves(rng, *image), _distinct(rng, *kernel), bias)
            label = f"image {_times(args[0])}, kernel {_times(args[1])}, {part}"
            cases.append(Case(args, label=label, part=part))
    return cases


DEPTH_MAP = Exercise(
    name="depth_map",
    title="Through the full depth",
    lesson=LESSON,
    kind="function",
    cases=_depth_cases,
    reference=_depth_map,
    parts={"without bias": 1, "with bias": 1},
    alternatives={
        "a sum over channels": _depth_by_channels,
        "einsum": lambda image, kernel, bias: (
            np.einsum(
                "hwcij,ijc->hw",
                sliding_window_view(image, kernel.shape[:2], axis=(0, 1)),
                kernel,
            )
            + bias
        ),
        "windows through all axes, float32": lambda image, kernel, bias: (
            np.tensordot(sliding_window_view(image, kernel.shape)[:, :, 0], kernel, axes=3) + bias
        ).astype(np.float32),
    },
    misconceptions=[
        Misconception(
            "one-map-per-channel",
            lambda image, kernel, bias: _per_channel(image, kernel) + bias,
            "You made one map per channel. A filter adds its channels up into a single map.",
            "The filter is as deep as the image, so one window is a small block of numbers. "
            "How many numbers come out when a whole block meets a whole kernel?",
        ),
        Misconception(
            "channels-averaged",
            lambda image, kernel, bias: _per_channel(image, kernel).mean(axis=-1) + bias,
            "You averaged over the channels. A filter adds them up.",
            "Each channel has its own weights in the kernel, so nothing needs dividing. "
            "By which factor is your dot product too small for three channels?",
        ),
        Misconception(
            "bias-for-every-channel",
            lambda image, kernel, bias: (_per_channel(image, kernel) + bias).sum(axis=-1),
            "You added the bias once per channel. A filter has a single bias.",
            "Add up the channels first, and then the bias. If you call a function of yours for "
            "each channel: which bias should you hand to it?",
        ),
        Misconception(
            "bias-omitted",
            lambda image, kernel, bias: _correlate_deep(image, kernel),
            "The sum through the depth is right. The bias is missing.",
            "Add it once to every place of the map. "
            "Does it matter here whether you add it inside the loop or at the end?",
        ),
        Misconception(
            "bias-on-every-product",
            lambda image, kernel, bias: _correlate_deep(image, kernel) + bias * kernel.size,
            "You added the bias to every product. It is added once for each window.",
            "With a bias above 0 your map is too large everywhere. "
            "Does your `+ bias` stand before or after the sum?",
        ),
        Misconception(
            "first-channel-only",
            lambda image, kernel, bias: _per_channel(image, kernel)[..., 0] + bias,
            "You used the first channel only. The kernel reaches through all of them.",
            "A window is `image[row : row + kh, column : column + kw]`: without a third index it "
            "keeps all channels. What is its shape?",
        ),
        Misconception(
            "last-channel-only",
            lambda image, kernel, bias: _per_channel(image, kernel)[..., -1] + bias,
            "Only the last channel is left: each one replaced the one before.",
            "`=` forgets, `+=` adds. Which of them stands in your loop over channels? "
            "(Then take care that the bias is added once.)",
        ),
        Misconception(
            "list-of-channel-maps",
            lambda image, kernel, bias: np.moveaxis(_per_channel(image, kernel), -1, 0) + bias,
            "You made a list of maps, one per channel. A filter adds them up into a single map.",
            "Add the maps place by place: NumPy arrays of one shape add with `+`. "
            "And how often shall the bias be added then?",
        ),
        Misconception(
            "strongest-channel",
            lambda image, kernel, bias: _per_channel(image, kernel).max(axis=-1) + bias,
            "You kept the largest channel. A filter adds all channels up.",
            "Taking the largest is pooling's job, and it comes in lesson 3. "
            "Which NumPy function adds up where `max` picks?",
        ),
        Misconception(
            "kernel-flipped",
            lambda image, kernel, bias: _correlate_deep(image, kernel[::-1, ::-1]) + bias,
            "Your kernel is turned by 180°. Networks lay it on the window as it is.",
            "Check your indices: does the kernel's top-left weight meet the window's top-left "
            "pixel, in every channel?",
        ),
    ],
    forbids=READY_MADE,
    hints=[
        "Start from `feature_map`. What changes when window and kernel have a third axis?",
        "`.sum()` without an axis adds up over height, width and channels at once.",
    ],
    accepts="a NumPy array of shape (H − kh + 1, W − kw + 1), with no channel axis",
)


# 7 · many filters -----------------------------------------------------------------------------


def _filter_maps(image: np.ndarray, kernels: np.ndarray, biases: np.ndarray) -> np.ndarray:
    height, width, _, filters = kernels.shape
    rows = image.shape[0] - height + 1
    columns = image.shape[1] - width + 1
    result = np.zeros((rows, columns, filters)) + biases
    for row in range(rows):
        for column in range(columns):
            window = image[row : row + height, column : column + width]
            for n in range(filters):
                result[row, column, n] += (window * kernels[:, :, :, n]).sum()
    return result


def _all_apart(image: np.ndarray, kernels: np.ndarray) -> np.ndarray:
    """One map for each channel of each filter: (H', W', N, C)."""
    filters = range(kernels.shape[-1])
    return np.stack([_per_channel(image, kernels[..., n]) for n in filters], axis=2)


def _one_map_per_channel(image: np.ndarray, kernels: np.ndarray, biases: np.ndarray) -> np.ndarray:
    maps = _all_apart(image, kernels) + biases[:, None]
    return maps.reshape(*maps.shape[:2], -1)


def _layer_cases(rng: np.random.Generator) -> Sequence[Case]:
    cases = []
    for part, shapes in {
        "without bias": [((5, 6, 2), (3, 2, 2, 3)), ((4, 5, 3), (2, 2, 3, 2))],
        "with bias": [((6, 5, 3), (3, 3, 3, 2)), ((5, 6, 2), (2, 3, 2, 4))],
    }.items():
        for image, kernels in shapes:
            filters = kernels[-1]
            biases = _bias(rng, filters) if part == "with bias" else np.zeros(filters)
            args = (_halves(rng, *image), _distinct(rng, *kernels), biases)
            label = f"image {_times(args[0])}, kernels {_times(args[1])}, {part}"
            cases.append(Case(args, label=label, part=part))
    return cases


FILTER_MAPS = Exercise(
    name="filter_maps",
    title="Many filters",
    lesson=LESSON,
    kind="function",
    cases=_layer_cases,
    reference=_filter_maps,
    parts={"without bias": 1, "with bias": 1},
    alternatives={
        "stack one map per filter": lambda image, kernels, biases: np.stack(
            [_depth_map(image, kernels[..., n], biases[n]) for n in range(kernels.shape[-1])],
            axis=-1,
        ),
        "sliding windows": lambda image, kernels, biases: _correlate(image, kernels) + biases,
        "tensordot, float32": lambda image, kernels, biases: (
            np.tensordot(
                sliding_window_view(image, kernels.shape[:2], axis=(0, 1)),
                kernels.transpose(2, 0, 1, 3),
                axes=3,
            )
            + biases
        ).astype(np.float32),
    },
    misconceptions=[
        Misconception(
            "bias-omitted",
            lambda image, kernels, biases: _correlate(image, kernels),
            "The dot products are right. Each filter's bias is missing.",
            "Every filter has one bias, added everywhere in its own map. "
            "Which bias belongs to map number n?",
        ),
        Misconception(
            "one-bias-for-all",
            lambda image, kernels, biases: _correlate(image, kernels) + biases[0],
            "You used the first bias for all maps. Each filter has its own.",
            "The first map is right, the others differ by a constant. "
            "Which index must the bias have inside your loop over filters?",
        ),
        Misconception(
            "bias-on-every-product",
            lambda image, kernels, biases: (
                _correlate(image, kernels) + biases * kernels[..., 0].size
            ),
            "You added the bias to every product. It is added once for each window.",
            "With a bias above 0 every map is too large. "
            "Does your `+ biases[n]` stand before or after the sum?",
        ),
        Misconception(
            "one-map-per-channel",
            _one_map_per_channel,
            "You kept one map per channel. Each filter adds its channels up into one map.",
            "There should be as many maps as filters, however many channels the image has. "
            "Your last axis is filters × channels. Over which axis is a sum missing?",
        ),
        Misconception(
            "channels-kept-apart",
            lambda image, kernels, biases: _all_apart(image, kernels) + biases[:, None],
            "Your result still has an axis for channels. Each filter adds its channels up.",
            "The answer has three axes: rows, columns, filters. "
            "Over which of your four axes is a sum missing?",
        ),
        Misconception(
            "filters-added-up",
            lambda image, kernels, biases: (_correlate(image, kernels) + biases).sum(axis=-1),
            "You added the filters up. Filters stay apart: one map for each.",
            "Channels are summed, filters are stacked. Which of the kernels' four axes must still "
            "be there in the result?",
        ),
        Misconception(
            "filters-first",
            lambda image, kernels, biases: (_correlate(image, kernels) + biases).transpose(2, 0, 1),
            "All numbers are right, but the filters come first. Here they are the last axis.",
            "The result shall look like an image again: rows, columns, channels. What does "
            "`np.stack` do with `axis=-1`?",
        ),
        Misconception(
            "maps-mixed",
            lambda image, kernels, biases: np.moveaxis(
                _correlate(image, kernels) + biases, -1, 0
            ).reshape(_correlate(image, kernels).shape),
            "Right shape, but the maps are mixed: `reshape` deals the numbers out in turn.",
            "It is the trap of `flatten_batch` again: `reshape` moves no axis. "
            "What do `np.stack` with `axis=-1`, or `np.moveaxis`, do instead?",
        ),
        Misconception(
            "channels-averaged",
            lambda image, kernels, biases: _correlate(image, kernels) / kernels.shape[2] + biases,
            "You averaged over the channels. A filter adds them up.",
            "Compare with your `depth_map`: what does it do with the channels?",
        ),
        Misconception(
            "kernel-flipped",
            lambda image, kernels, biases: _correlate(image, kernels[::-1, ::-1]) + biases,
            "Your kernels are turned by 180°. Networks lay them on the window as they are.",
            "Check your indices: does a kernel's top-left weight meet the window's top-left pixel?",
        ),
    ],
    forbids=READY_MADE,
    hints=[
        "Filter n is `kernels[:, :, :, n]`, or shorter `kernels[..., n]`, with bias `biases[n]`.",
        "You have a function for one filter already: `depth_map`. Put its maps side by side.",
    ],
    accepts="a NumPy array of shape (H − kh + 1, W − kw + 1, N)",
)


# 8 · stride -----------------------------------------------------------------------------------


def _conv2d(image: np.ndarray, kernels: np.ndarray, biases: np.ndarray, stride: int) -> np.ndarray:
    height, width, _, filters = kernels.shape
    rows = (image.shape[0] - height) // stride + 1
    columns = (image.shape[1] - width) // stride + 1
    result = np.zeros((rows, columns, filters)) + biases
    for row in range(rows):
        for column in range(columns):
            top, left = row * stride, column * stride
            window = image[top : top + height, left : left + width]
            for n in range(filters):
                result[row, column, n] += (window * kernels[:, :, :, n]).sum()
    return result


def _conv2d_matrix(
    image: np.ndarray, kernels: np.ndarray, biases: np.ndarray, stride: int
) -> np.ndarray:
    windows = sliding_window_view(image, kernels.shape[:2], axis=(0, 1))[::stride, ::stride]
    rows, columns = windows.shape[:2]
    table = windows.transpose(0, 1, 3, 4, 2).reshape(rows * columns, -1)
    filters = kernels.shape[-1]
    return (table @ kernels.reshape(-1, filters) + biases).reshape(rows, columns, filters)


def _crop(image: np.ndarray, kernels: np.ndarray, biases: np.ndarray, stride: int) -> np.ndarray:
    rows, columns, _ = _correlate(image, kernels, stride).shape
    return _correlate(image, kernels)[:rows, :columns] + biases


def _dilated(image: np.ndarray, kernels: np.ndarray, biases: np.ndarray, stride: int) -> np.ndarray:
    height, width, channels, filters = kernels.shape
    spread = np.zeros(((height - 1) * stride + 1, (width - 1) * stride + 1, channels, filters))
    spread[::stride, ::stride] = kernels
    return _correlate(image, spread) + biases


def _gaps_left_at_zero(
    image: np.ndarray, kernels: np.ndarray, biases: np.ndarray, stride: int
) -> np.ndarray:
    dense = _correlate(image, kernels) + biases
    result = np.zeros(dense.shape)
    result[::stride, ::stride] = dense[::stride, ::stride]
    return result


def _plus_one_forgotten(
    image: np.ndarray, kernels: np.ndarray, biases: np.ndarray, stride: int
) -> np.ndarray:
    return _correlate(image, kernels, stride)[:-1, :-1] + biases


def _stride_cases(rng: np.random.Generator) -> Sequence[Case]:
    cases = []
    for part, settings in {
        "stride 1": [((5, 6, 2), (3, 2, 2, 3), 1)],
        "larger strides": [
            ((7, 8, 2), (3, 3, 2, 3), 2),
            ((8, 11, 3), (2, 3, 3, 2), 3),
            ((9, 7, 1), (3, 2, 1, 2), 2),
        ],
    }.items():
        for image, kernels, stride in settings:
            args = (
                _numbers(rng, *image),
                _distinct(rng, *kernels),
                _bias(rng, kernels[-1]) + 0.5,
                stride,
            )
            label = f"image {_times(args[0])}, kernels {_times(args[1])}, stride {stride}"
            cases.append(Case(args, label=label, part=part))
    return cases


CONV2D = Exercise(
    name="conv2d",
    title="A whole convolution layer",
    lesson=LESSON,
    kind="function",
    cases=_stride_cases,
    reference=_conv2d,
    parts={"stride 1": 1, "larger strides": 2},
    alternatives={
        "every stride-th place of the dense map": lambda image, kernels, biases, stride: (
            _filter_maps(image, kernels, biases)[::stride, ::stride]
        ),
        "one matrix product": _conv2d_matrix,
        "einsum, float32": lambda image, kernels, biases, stride: (
            _correlate(image, kernels, stride) + biases
        ).astype(np.float32),
    },
    misconceptions=[
        Misconception(
            "stride-not-in-the-slice",
            _crop,
            "The shape is right, but the window still moves one pixel at a time: that is a crop.",
            "Your loops count places of the *result*. The window for place (1, 1) starts at pixel "
            "(stride, stride). Which index of your slice lacks the stride?",
        ),
        Misconception(
            "stride-ignored",
            lambda image, kernels, biases, stride: _correlate(image, kernels) + biases,
            "You ignored the stride: the window stops at every pixel.",
            "With stride 2 the window jumps two pixels at a time. How often does a window of 3 "
            "fit into a row of 7 then?",
        ),
        Misconception(
            "stride-on-rows-only",
            lambda image, kernels, biases, stride: _correlate(image, kernels)[::stride] + biases,
            "The stride moves your rows, but not your columns.",
            "The window jumps the same distance down and to the right. "
            "Which of your two loops lacks the stride?",
        ),
        Misconception(
            "pixels-skipped",
            lambda image, kernels, biases, stride: (
                _correlate(image[::stride, ::stride], kernels) + biases
            ),
            "You took pixels out of the image. The window still sees every pixel; only its starts "
            "are further apart.",
            "In `image[::stride, ::stride]` neighbours are lost before the kernel sees them. "
            "From which array may you take every stride-th row instead?",
        ),
        Misconception(
            "gaps-left-at-zero",
            _gaps_left_at_zero,
            "Your map has the size for stride 1, with gaps. The stops stand close together.",
            "Stop number r starts at pixel r × stride, and goes to row r of the result. "
            "How many rows does the result need then?",
        ),
        Misconception(
            "stride-inside-the-window",
            _dilated,
            "You skip pixels inside the window. The stride moves the window, which stays whole.",
            "Weights with gaps between them are *dilation*, lesson 4's topic. Where may the stride "
            "stand in `image[top : top + kh]`, and where not?",
        ),
        Misconception(
            "plus-one-forgotten",
            _plus_one_forgotten,
            "One row and one column too few: the window at the start counts too.",
            "With n pixels, a window of k and stride s there are ⌊(n − k)/s⌋ jumps. "
            "How many stops does that make, the first one included?",
        ),
        Misconception(
            "bias-omitted",
            lambda image, kernels, biases, stride: _correlate(image, kernels, stride),
            "The windows are right. The biases are missing.",
            "Every filter adds its own bias to its whole map. Which line adds `biases[n]`?",
        ),
        Misconception(
            "bias-on-every-product",
            lambda image, kernels, biases, stride: (
                _correlate(image, kernels, stride) + biases * kernels[..., 0].size
            ),
            "You added the bias to every product. It is added once for each window.",
            "Each map is too large by (k²C − 1) times its bias. "
            "Does your `+ biases[n]` stand before or after the sum?",
        ),
        Misconception(
            "one-map-per-channel",
            lambda image, kernels, biases, stride: _one_map_per_channel(image, kernels, biases)[
                ::stride, ::stride
            ],
            "You kept one map per channel. Each filter adds its channels up into one map.",
            "There should be as many maps as filters. Over which axis is a sum missing?",
        ),
        Misconception(
            "channels-averaged",
            lambda image, kernels, biases, stride: (
                _correlate(image, kernels, stride) / kernels.shape[2] + biases
            ),
            "You averaged over the channels. A filter adds them up.",
            "Compare with your `depth_map`: what does it do with the channels?",
        ),
        Misconception(
            "kernel-flipped",
            lambda image, kernels, biases, stride: (
                _correlate(image, kernels[::-1, ::-1], stride) + biases
            ),
            "Your kernels are turned by 180°. Networks lay them on the window as they are.",
            "Check your indices: does a kernel's top-left weight meet the window's top-left pixel?",
        ),
    ],
    forbids=READY_MADE,
    hints=[
        "How large is the result? Count the jumps that fit, and add the stop before the first.",
        "Place (row, column) of the result looks at the window that starts at pixel "
        "(row × stride, column × stride).",
        "With stride 1 it must equal `filter_maps`. Try that first.",
    ],
    accepts="a NumPy array of shape (⌊(H − kh)/s⌋ + 1, ⌊(W − kw)/s⌋ + 1, N)",
)


# 9 · parameters of a layer --------------------------------------------------------------------


def _conv_parameters(height: int, width: int, channels: int, kernel_size: int, filters: int) -> int:
    return (kernel_size * kernel_size * channels + 1) * filters


def _parameter_cases(rng: np.random.Generator) -> Sequence[Case]:
    random = (*(int(n) for n in rng.permutation(range(20, 30))[:2]), 4, 7, int(rng.integers(8, 16)))
    sizes = [(28, 28, 1, 3, 32), (13, 11, 2, 5, 3), random]
    return [
        Case(
            size,
            label=f"image {size[0]}×{size[1]}×{size[2]}, {size[4]} filters {size[3]}×{size[3]}",
        )
        for size in sizes
    ]


CONV_PARAMETERS = Exercise(
    name="conv_parameters",
    title="The price of a convolution layer",
    lesson=LESSON,
    kind="function",
    cases=_parameter_cases,
    reference=_conv_parameters,
    parts={"all": 1},
    alternatives={
        "weights, then biases": lambda height, width, channels, kernel_size, filters: (
            kernel_size**2 * channels * filters + filters
        ),
        "the size of real arrays": lambda height, width, channels, kernel_size, filters: (
            np.zeros((kernel_size, kernel_size, channels, filters)).size + np.zeros(filters).size
        ),
        "a NumPy integer": lambda height, width, channels, kernel_size, filters: np.int64(
            filters * (channels * kernel_size**2 + 1)
        ),
    },
    misconceptions=[
        Misconception(
            "weights-per-pixel",
            lambda height, width, channels, kernel_size, filters: (
                (kernel_size**2 * channels + 1) * height * width * filters
            ),
            "You counted the weights again at every pixel. All places share one set.",
            "The same kernel slides over the whole image, so nothing new is learned for a new "
            "place. Does your `conv2d` need more kernels for a larger image?",
        ),
        Misconception(
            "weights-per-window",
            lambda height, width, channels, kernel_size, filters: (
                (kernel_size**2 * channels + 1)
                * (height - kernel_size + 1)
                * (width - kernel_size + 1)
                * filters
            ),
            "You counted the weights again for every window. All windows share one set.",
            "The number of windows gives the work to do, not the numbers to learn. Does your "
            "`conv2d` need more kernels for a larger image?",
        ),
        Misconception(
            "channels-forgotten",
            lambda height, width, channels, kernel_size, filters: (kernel_size**2 + 1) * filters,
            "You forgot the depth: a filter has k×k weights for *every* input channel.",
            "Look at the shape of `kernels` in `conv2d`: (kh, kw, C, N). "
            "How many numbers does such an array hold?",
        ),
        Misconception(
            "bias-omitted",
            lambda height, width, channels, kernel_size, filters: (
                kernel_size**2 * channels * filters
            ),
            "You counted the weights. Each filter also has a bias.",
            "`conv2d` takes two arrays of parameters: `kernels` and `biases`. "
            "What is the shape of the second?",
        ),
        Misconception(
            "one-bias-for-the-layer",
            lambda height, width, channels, kernel_size, filters: (
                kernel_size**2 * channels * filters + 1
            ),
            "You added one bias for the whole layer. Every filter has a bias of its own.",
            "Count one filter completely first: its weights and its bias. "
            "By what do you multiply to get the layer?",
        ),
        Misconception(
            "bias-for-every-channel",
            lambda height, width, channels, kernel_size, filters: (
                (kernel_size**2 + 1) * channels * filters
            ),
            "You gave each channel of a filter a bias. A filter has one, after the sum.",
            "In `depth_map`, how often did you add the bias to the sum over channels?",
        ),
        Misconception(
            "kernel-not-squared",
            lambda height, width, channels, kernel_size, filters: (
                (kernel_size * channels + 1) * filters
            ),
            "`kernel_size` is one side of the kernel. The kernel has that many rows and columns.",
            "A 3×3 kernel on one channel has 9 weights. What does your formula give?",
        ),
        Misconception(
            "dense-layer",
            lambda height, width, channels, kernel_size, filters: (
                (height * width * channels + 1) * filters
            ),
            "That is the count of a dense layer. A filter has only as many weights as its kernel.",
            "The kernel sees one window at a time, and is used again at every place. "
            "How many numbers has one kernel?",
        ),
        Misconception(
            "only-biases-multiplied",
            lambda height, width, channels, kernel_size, filters: (
                kernel_size**2 * channels + filters
            ),
            "You multiplied only the bias by the number of filters. Is a pair of brackets missing?",
            "Each filter has its own weights and its own bias: (weights + bias) × filters. "
            "What does Python multiply first in `a + 1 * b`?",
        ),
        Misconception(
            "one-filter-only",
            lambda height, width, channels, kernel_size, filters: kernel_size**2 * channels + 1,
            "That is the count for one filter. The layer has more of them.",
            "Filters share nothing with each other. What do 32 filters need, if one needs 10 "
            "parameters?",
        ),
    ],
    hints=[
        "Start with one filter: how many weights, how many biases?",
        "Two of the five inputs are of no use. Which?",
    ],
    accepts="a whole number",
)


# 10 · true convolution ------------------------------------------------------------------------


def _true_convolution(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    height, width = kernel.shape
    rows = image.shape[0] - height + 1
    columns = image.shape[1] - width + 1
    result = np.zeros((rows, columns))
    for row in range(rows):
        for column in range(columns):
            window = image[row : row + height, column : column + width]
            result[row, column] += (window * kernel[::-1, ::-1]).sum()
    return result


def _true_by_definition(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    height, width = kernel.shape
    result = np.zeros((image.shape[0] - height + 1, image.shape[1] - width + 1))
    for x, y in np.ndindex(*result.shape):
        for i, j in np.ndindex(height, width):
            result[x, y] += image[x + height - 1 - i, y + width - 1 - j] * kernel[i, j]
    return result


def _true_full(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    height, width = kernel.shape
    padded = np.pad(image, ((height - 1, height - 1), (width - 1, width - 1)))
    return _correlate_flat(padded, kernel[::-1, ::-1])


def _true_wrapped(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    height, width = kernel.shape
    result = np.zeros((image.shape[0] - height + 1, image.shape[1] - width + 1))
    for x, y in np.ndindex(*result.shape):
        for i, j in np.ndindex(height, width):
            result[x, y] += image[x - i, y - j] * kernel[i, j]
    return result


def _true_cases(rng: np.random.Generator) -> Sequence[Case]:
    return [
        Case(
            (_halves(rng, *image), _distinct(rng, *kernel)),
            label=f"image {image[0]}×{image[1]}, kernel {kernel[0]}×{kernel[1]}",
        )
        for image, kernel in [((5, 6), (3, 3)), ((6, 4), (2, 3)), ((4, 7), (3, 2))]
    ]


TRUE_CONVOLUTION = Exercise(
    name="true_convolution",
    title="The mathematician's convolution",
    lesson=LESSON,
    kind="function",
    cases=_true_cases,
    reference=_true_convolution,
    parts={"all": 1},
    alternatives={
        "the formula, letter by letter": _true_by_definition,
        "flip, then slide": lambda image, kernel: _feature_map(image, np.flip(kernel), 0.0),
        "half a turn, sliding windows, float32": lambda image, kernel: (
            np.tensordot(sliding_window_view(image, kernel.shape), np.rot90(kernel, 2), axes=2)
        ).astype(np.float32),
    },
    misconceptions=[
        Misconception(
            "kernel-not-flipped",
            _correlate_flat,
            "That is cross-correlation, what networks compute. True convolution flips the kernel.",
            "In the formula the image's index runs backwards while the kernel's runs forwards. "
            "Which weight must meet the window's top-left pixel?",
        ),
        Misconception(
            "flipped-up-down-only",
            lambda image, kernel: _correlate_flat(image, kernel[::-1]),
            "You flipped the rows. The columns have to be flipped too.",
            "Both indices carry a minus in the formula. How do you reverse the second axis in "
            "`kernel[::-1, ...]`?",
        ),
        Misconception(
            "flipped-left-right-only",
            lambda image, kernel: _correlate_flat(image, kernel[:, ::-1]),
            "You flipped the columns. The rows have to be flipped too.",
            "Both indices carry a minus in the formula. How do you reverse the first axis in "
            "`kernel[..., ::-1]`?",
        ),
        Misconception(
            "image-flipped",
            lambda image, kernel: _correlate_flat(image[::-1, ::-1], kernel),
            "You flipped the image. Flip the kernel; the image stays as it is.",
            "With a flipped image the map comes out upside down. "
            "Where would a bright pixel at the top appear in your map?",
        ),
        Misconception(
            "map-flipped",
            lambda image, kernel: _correlate_flat(image, kernel)[::-1, ::-1],
            "Your map is upside down. Flip the kernel only, not the result, and not the image.",
            "Flipping the result moves the picture, and leaves every dot product as it was. "
            "(Flipping image *and* kernel does the same.) "
            "Which array has to be turned before the loops begin?",
        ),
        Misconception(
            "formula-wraps-around",
            _true_wrapped,
            "Your indices become negative, and Python counts those from the far end.",
            "x − i leaves the image when x is small. Start where the window fits: at the top-left "
            "stop the kernel's *last* weight meets pixel 0. What must be added to x − i?",
        ),
        Misconception(
            "signs-changed",
            lambda image, kernel: _correlate_flat(image, -kernel),
            "You changed the signs of the weights. The flip changes their places.",
            "The minus signs in the formula stand at the indices: they turn the order around. "
            "Which weight goes to the top-left corner?",
        ),
        Misconception(
            "full-size",
            _true_full,
            "Your flip is right, but your map includes windows that stick out of the image.",
            "Keep the windows that fit completely, as in `feature_map`. What shape has the map "
            "of a 5×6 image and a 3×3 kernel then?",
        ),
    ],
    forbids=READY_MADE,
    hints=[
        "It is `feature_map` with a bias of 0 and one small change to the kernel.",
        "`a[::-1]` runs through the rows backwards. After a comma come the columns.",
    ],
    accepts="a NumPy array of shape (H − kh + 1, W − kw + 1)",
)


# 11 · an edge filter --------------------------------------------------------------------------


def _edge_kernel() -> np.ndarray:
    return np.array([[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]])


EDGE_KERNEL = Exercise(
    name="edge_kernel",
    title="Design an edge filter",
    lesson=LESSON,
    kind="value",
    cases=lambda rng: [Case()],
    reference=_edge_kernel,
    parts={"all": 1},
    alternatives={
        "a list of lists": lambda: [[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]],
        "an outer product": lambda: np.outer(np.ones(3), [-1.0, 0.0, 1.0]),
        "float32": lambda: np.array([[-1, 0, 1]] * 3, dtype=np.float32),
    },
    misconceptions=[
        Misconception(
            "bright-side-exchanged",
            lambda: -_edge_kernel(),
            "The sides are exchanged: yours answers +3 where the image gets darker to the right.",
            "Networks lay the kernel on the window as it is, without a flip. Lay yours on a "
            "window whose right column is 1 and the rest 0: what comes out?",
        ),
        Misconception(
            "axes-exchanged",
            lambda: _edge_kernel().T,
            "Yours compares top with bottom. Here compare left with right.",
            "Kernels are written row by row. Lay yours on a window whose right column is 1 and "
            "the rest 0: what comes out?",
        ),
        Misconception(
            "axes-and-sides-exchanged",
            lambda: -_edge_kernel().T,
            "Yours compares bottom with top. Here compare left with right, bright on the right.",
            "Kernels are written row by row. Lay yours on a window whose right column is 1 and "
            "the rest 0: what comes out?",
        ),
        Misconception(
            "sobel",
            lambda: np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]),
            "That is Sobel's filter, a fine edge detector. Here all three rows count alike.",
            "Sobel's middle row counts double, so it answers 4 at an edge of height 1. "
            "Which rows give +3?",
        ),
        Misconception(
            "middle-row-only",
            lambda: np.array([[0, 0, 0], [-1, 0, 1], [0, 0, 0]]),
            "Only the middle row looks at the image. All three rows shall compare left and right.",
            "Yours answers +1 at the edge; asked for is +3. What do the other two rows add?",
        ),
        Misconception(
            "flat-areas-answer",
            lambda: np.array([[0, 0, 1], [0, 0, 1], [0, 0, 1]]),
            "Yours finds bright columns, and answers in flat bright areas too.",
            "In a flat area all nine pixels are equal, and the answer shall be 0. "
            "What must the nine weights add up to?",
        ),
        Misconception(
            "middle-beside-right",
            lambda: np.array([[0, -1, 1], [0, -1, 1], [0, -1, 1]]),
            "Yours compares the right column with the middle one. Asked for is the left one.",
            "The middle column plays no part in the formula. Which weight leaves a pixel out?",
        ),
        Misconception(
            "all-ones",
            lambda: np.ones((3, 3)),
            "All ones add the window up: that blurs. An edge filter compares two sides.",
            "A comparison is a difference, so some weights are negative. "
            "Which side gets −1, when the bright side is on the right?",
        ),
    ],
    hints=[
        "The answer at a window shall be: sum of its right column minus sum of its left column.",
        "The middle column plays no part.",
    ],
    accepts="nine numbers: a 3×3 array, or a list of three rows",
)


EXERCISES: tuple[Exercise, ...] = (
    DENSE_PARAMETERS,
    FLATTEN_BATCH,
    WINDOW_PRODUCT,
    MAP_SHAPE,
    FEATURE_MAP,
    DEPTH_MAP,
    FILTER_MAPS,
    CONV2D,
    CONV_PARAMETERS,
    TRUE_CONVOLUTION,
    EDGE_KERNEL,
)
