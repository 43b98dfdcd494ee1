"""Lesson 4, "Dilated convolution": its exercises, right answers and known mistakes.

Every reference is written out by hand on purpose: the tests change it token by token and expect
the cases to notice.
"""

import math
from collections.abc import Sequence
from itertools import product

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from cnncourse.checking.exercise import Case, Exercise, Misconception
from cnncourse.exercises.by_hand import READY_MADE

LESSON = "04_dilated_convolution"
Layers = Sequence[tuple[int, int, int]]  # (kernel size, stride, dilation), the input's end first


# Inputs --------------------------------------------------------------------------------------


def _numbers(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Whole numbers from −9 to 9: small enough to follow with a pencil."""
    return rng.integers(-9, 10, shape).astype(float)


def _distinct(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Numbers that all differ, none of them 0, so no flip, exchange or loss can hide."""
    size = int(np.prod(shape))
    values = np.arange(size) - size // 3
    return rng.permutation(np.where(values >= 0, values + 1, values)).reshape(shape).astype(float)


def _draw(rng: np.random.Generator, low: int, high: int) -> int:
    return int(rng.integers(low, high))


# What the mistakes below have in common -------------------------------------------------------


def _span(kernel_size: int, dilation: int) -> int:
    return dilation * (kernel_size - 1) + 1


def _spread(kernel: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """The kernel with zeros put between its weights, so that they lie this far apart."""
    height, width = kernel.shape
    result = np.zeros((_span(height, rows), _span(width, columns)))
    result[::rows, ::columns] = kernel
    return result


def _correlate(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Dot products at every place where the window fits: (H, W) and (kh, kw)."""
    return np.einsum("hwij,ij->hw", sliding_window_view(image, kernel.shape), kernel)


# 1 · the lecture's sum ------------------------------------------------------------------------


def _lecture_sum(signal: np.ndarray, kernel: np.ndarray, dilation: int, t: int) -> float:
    total = 0.0
    for tau in range(len(kernel)):
        total += signal[t - dilation * tau] * kernel[tau]
    return total


def _sum_cases(rng: np.random.Generator) -> Sequence[Case]:
    settings = [(15, 3, 2, 7), (12, 4, 1, 5), (40, 4, 3, 12), (35, 2, 4, 8)]
    return [
        Case(
            (_distinct(rng, length), _distinct(rng, weights), dilation, t),
            label=f"{weights} weights, dilation {dilation}, t = {t}",
        )
        for length, weights, dilation, t in settings
    ]


LECTURE_SUM = Exercise(
    name="lecture_sum",
    title="One answer, letter by letter",
    lesson=LESSON,
    kind="function",
    cases=_sum_cases,
    reference=_lecture_sum,
    parts={"all": 1},
    alternatives={
        "a sum of products": lambda signal, kernel, dilation, t: sum(
            signal[t - dilation * tau] * weight for tau, weight in enumerate(kernel)
        ),
        "indices, then a dot product": lambda signal, kernel, dilation, t: (
            signal[t - dilation * np.arange(len(kernel))] @ kernel
        ),
        "walk back through the past": lambda signal, kernel, dilation, t: np.dot(
            signal[: t + 1][::-1][::dilation][: len(kernel)], kernel
        ),
        "float32": lambda signal, kernel, dilation, t: np.float32(
            _lecture_sum(signal, kernel, dilation, t)
        ),
    },
    misconceptions=[
        Misconception(
            "forwards-instead-of-backwards",
            lambda signal, kernel, dilation, t: sum(
                signal[t + dilation * tau] * weight for tau, weight in enumerate(kernel)
            ),
            "You stepped forwards from t. The lecture's formula has a minus: it steps backwards.",
            "Your sum is what deep-learning libraries compute; the lesson comes to it next. Here, "
            "follow the letters. Which value does the second weight meet, when t = 7 and e = 2?",
        ),
        Misconception(
            "dilation-ignored",
            lambda signal, kernel, dilation, t: sum(
                signal[t - tau] * weight for tau, weight in enumerate(kernel)
            ),
            "That is the ordinary sum. Here each step back through the signal has size e.",
            "Only one place of the formula changes: τ becomes eτ inside I(…). "
            "Which values do three weights meet when t = 7 and e = 2?",
        ),
        Misconception(
            "dilation-taken-as-stride",
            lambda signal, kernel, dilation, t: sum(
                signal[dilation * t - tau] * weight for tau, weight in enumerate(kernel)
            ),
            "You multiplied t: that moves the window, a stride. Dilation multiplies τ.",
            "A stride moves the whole window further. Dilation moves the values inside one window "
            "apart. How far apart are the values that you read?",
        ),
        Misconception(
            "t-multiplied-too",
            lambda signal, kernel, dilation, t: sum(
                signal[dilation * (t - tau)] * weight for tau, weight in enumerate(kernel)
            ),
            "You multiplied all of t − τ. Only τ is multiplied: I(t − eτ).",
            "The first weight, τ = 0, must meet the value at t itself. Which value does it meet "
            "in your code?",
        ),
        Misconception(
            "weights-skipped",
            lambda signal, kernel, dilation, t: sum(
                signal[t - tau] * kernel[tau] for tau in range(0, len(kernel), dilation)
            ),
            "You skipped weights. Every weight is used; what is skipped are values of the signal.",
            "All k weights take part, whatever the dilation. "
            "In `range(…)`, which numbers does τ run through?",
        ),
        Misconception(
            "counted-from-one",
            lambda signal, kernel, dilation, t: sum(
                signal[t - dilation * (tau + 1)] * weight for tau, weight in enumerate(kernel)
            ),
            "You started one step too early. The first weight, τ = 0, meets the value at t.",
            "Put τ = 0 into I(t − eτ). Which value is that? And which one did your first weight "
            "meet?",
        ),
        Misconception(
            "not-summed",
            lambda signal, kernel, dilation, t: np.array(
                [signal[t - dilation * tau] * weight for tau, weight in enumerate(kernel)]
            ),
            "You return the products. The Σ in front adds them up to one number.",
            "There is one answer for each t. Which function adds up the values of a list?",
        ),
    ],
    forbids=READY_MADE,
    hints=[
        "Let τ run through 0, 1, … up to the last weight, and add up one product for each.",
        "For each τ the product is `signal[t - dilation * tau] * kernel[tau]`.",
    ],
    accepts="one number",
)


# 2 · which pixels are read --------------------------------------------------------------------


def _dilated_reads() -> tuple[int, ...]:
    place, dilation, weights = 4, 3, 3
    return tuple(place + dilation * tap for tap in range(weights))


DILATED_READS = Exercise(
    name="dilated_reads",
    title="Predict: what does it read?",
    lesson=LESSON,
    kind="value",
    cases=lambda rng: [Case()],
    reference=_dilated_reads,
    parts={"all": 1},
    alternatives={
        "a list": lambda: [4, 7, 10],
        "an array": lambda: np.array([4, 7, 10]),
        "a range": lambda: tuple(range(4, 11, 3)),
    },
    misconceptions=[
        Misconception(
            "dilation-ignored",
            lambda: (4, 5, 6),
            "Those three are neighbours: that is dilation 1, plain convolution.",
            "With dilation 3, how many places further than pixel 4 is the next one?",
        ),
        Misconception(
            "dilation-taken-as-stride",
            lambda: (12, 13, 14),
            "You moved the window by 3 for every output: a stride. Dilation leaves the start "
            "alone.",
            "With stride 1, output 4 starts at pixel 4. The dilation spreads the pixels inside "
            "the window. How far apart are they?",
        ),
        Misconception(
            "dilation-and-stride",
            lambda: (12, 15, 18),
            "The gaps are right, the start is not: with stride 1 output 4 starts at pixel 4.",
            "Output 0 starts at pixel 0, output 1 at pixel 1. Where does output 4 start?",
        ),
        Misconception(
            "three-holes-between",
            lambda: (4, 8, 12),
            "You left three pixels out each time. Dilation 3 means steps of 3, so two left out.",
            "Dilation 1 is plain convolution, with nothing left out. How many are left out with "
            "dilation 2? And with 3?",
        ),
        Misconception(
            "backwards",
            lambda: (4, 1, -2),
            "You stepped backwards, as the lecture's formula does. The layer's plus goes forwards.",
            "Put t = 4, e = 3 and τ = 0, 1, 2 into I(t + eτ). Which pixels are these?",
        ),
        Misconception(
            "centred-on-the-output",
            lambda: (1, 4, 7),
            "You put the kernel's middle at pixel 4. Without padding its first weight goes there.",
            "Output 0 has to fit: it reads pixel 0 first. Which pixel does output 4 read first?",
        ),
        Misconception(
            "whole-span",
            lambda: (4, 5, 6, 7, 8, 9, 10),
            "That is all it spans. It reads only as many pixels as it has weights.",
            "Three weights, three products. Which of these pixels are skipped?",
        ),
    ],
    hints=[
        "Output t reads I(t + eτ) for τ = 0, 1, 2. Put in t = 4 and e = 3.",
        "The first weight meets pixel 4. The next meets the pixel three places further on.",
    ],
    accepts="three whole numbers (first, second, third pixel)",
)


# 3 · effective kernel -------------------------------------------------------------------------


def _effective_kernel(kernel_size: int, dilation: int) -> int:
    return dilation * (kernel_size - 1) + 1


def _kernel_cases(rng: np.random.Generator) -> Sequence[Case]:
    settings = [(3, 2), (3, 1), (2, 5), (5, 3), (1, 4), (_draw(rng, 6, 9), _draw(rng, 9, 13))]
    return [Case(setting, label="kernel {}, dilation {}".format(*setting)) for setting in settings]


EFFECTIVE_KERNEL = Exercise(
    name="effective_kernel",
    title="How far does it reach?",
    lesson=LESSON,
    kind="function",
    cases=_kernel_cases,
    reference=_effective_kernel,
    parts={"all": 1},
    alternatives={
        "weights plus holes": lambda kernel_size, dilation: (
            kernel_size + (kernel_size - 1) * (dilation - 1)
        ),
        "count the places": lambda kernel_size, dilation: len(
            range((kernel_size - 1) * dilation + 1)
        ),
        "last minus first, plus one": lambda kernel_size, dilation: (
            int(np.ptp(dilation * np.arange(kernel_size))) + 1
        ),
        "a NumPy integer": lambda kernel_size, dilation: np.int64(
            dilation * kernel_size - dilation + 1
        ),
    },
    misconceptions=[
        Misconception(
            "one-hole-too-many",
            lambda kernel_size, dilation: kernel_size + (kernel_size - 1) * dilation,
            "You left out d pixels between two weights. Dilation d leaves out d − 1.",
            "Test a formula at d = 1: that must be the plain kernel, with no hole. "
            "What does yours give for a kernel of 3 and d = 1?",
        ),
        Misconception(
            "kernel-times-dilation",
            lambda kernel_size, dilation: kernel_size * dilation,
            "You multiplied the kernel by d. Only the steps between weights grow: one fewer.",
            "Three weights have two steps between them. How long are two steps of d, and which "
            "pixel is still missing?",
        ),
        Misconception(
            "plus-one-forgotten",
            lambda kernel_size, dilation: (kernel_size - 1) * dilation,
            "That is the distance from the first weight to the last. Both ends count.",
            "From pixel 0 to pixel 4 it is 4 steps. How many pixels are that?",
        ),
        Misconception(
            "one-gap-only",
            lambda kernel_size, dilation: kernel_size + dilation - 1,
            "You widened one gap. There is a gap between any two neighbouring weights.",
            "Draw five weights. How many gaps are between them?",
        ),
        Misconception(
            "added",
            lambda kernel_size, dilation: kernel_size + dilation,
            "You added kernel and dilation. Each step between two weights becomes d long.",
            "Test it at d = 1, which must give the plain kernel. What do you get for a kernel "
            "of 3?",
        ),
        Misconception(
            "dilation-ignored",
            lambda kernel_size, dilation: kernel_size,
            "That is the number of weights. They lie d apart, so they reach further.",
            "Draw three weights with d = 2: ● ○ ● ○ ●. From the first to the last, how many "
            "pixels?",
        ),
        Misconception(
            "roles-exchanged",
            lambda kernel_size, dilation: kernel_size * (dilation - 1) + 1,
            "You took one off the dilation. Take one off the kernel: k weights have k − 1 steps.",
            "Test it at d = 1, which must give the plain kernel. What do you get for a kernel "
            "of 3?",
        ),
        Misconception(
            "area",
            lambda kernel_size, dilation: _span(kernel_size, dilation) ** 2,
            "That is the area of a square kernel. Asked is one side.",
            "Count along one row: from the first weight to the last, both included. How many?",
        ),
    ],
    hints=[
        "Draw it: weights ●, skipped pixels ○. Three weights with dilation 2 are ● ○ ● ○ ●.",
        "The weights stand at 0, d, 2d, … Where stands the last? How many pixels up to there?",
    ],
    accepts="a whole number",
)


# 4 · sizes down a stack -----------------------------------------------------------------------


def _dilated_sizes() -> tuple[int, ...]:
    sizes, size, kernel_size = [], 28, 3
    for dilation in (1, 2, 4):
        size = size - (dilation * (kernel_size - 1) + 1) + 1
        sizes.append(size)
    return tuple(sizes)


DILATED_SIZES = Exercise(
    name="dilated_sizes",
    title="Predict: how large are the maps?",
    lesson=LESSON,
    kind="value",
    cases=lambda rng: [Case()],
    reference=_dilated_sizes,
    parts={"all": 1},
    alternatives={
        "a list": lambda: [26, 22, 14],
        "an array of floats": lambda: np.array([26.0, 22.0, 14.0]),
        "each layer takes 2d": lambda: tuple(28 - np.cumsum([2, 4, 8])),
    },
    misconceptions=[
        Misconception(
            "dilation-ignored",
            lambda: (26, 24, 22),
            "You let every layer take 2 pixels. A wider kernel fits at fewer places.",
            "With dilation 2 the kernel spans 5 pixels. At how many places does it fit into 26?",
        ),
        Misconception(
            "dilation-taken-as-stride",
            lambda: (26, 12, 3),
            "You divided by the dilation, as a stride would. Dilated windows still move by 1.",
            "The stride is 1 in all three layers, so neighbouring outputs start at neighbouring "
            "pixels. At how many places does a span of 5 fit into 26?",
        ),
        Misconception(
            "one-hole-too-many",
            lambda: (24, 18, 8),
            "Your kernels are too wide: dilation d leaves out d − 1 pixels between weights, not d.",
            "The first layer has dilation 1, plain convolution. What does 3×3 make of 28?",
        ),
        Misconception(
            "kernel-times-dilation",
            lambda: (26, 21, 10),
            "You took 3d for the kernel's span. It is d(k − 1) + 1: your `effective_kernel`.",
            "What does `effective_kernel(3, 2)` give?",
        ),
        Misconception(
            "plus-one-forgotten",
            lambda: (25, 20, 11),
            "One too few in each layer: the window at the very start counts as well.",
            "A kernel as wide as the image fits once. What does your rule give there?",
        ),
        Misconception(
            "each-from-the-input",
            lambda: (26, 24, 20),
            "Each of your layers starts from 28. The second gets the first one's map.",
            "The layers are stacked. How large is the input of the second layer?",
        ),
        Misconception(
            "size-kept",
            lambda: (28, 28, 28),
            "Padding would keep the size. Here there is none: windows must fit inside.",
            "How often does a window of 3 fit into a row of 28, one step at a time?",
        ),
        Misconception(
            "one-side-only",
            lambda: (27, 25, 21),
            "You took d pixels off. A kernel of three weights takes 2d, d at each end.",
            "Plain convolution with a kernel of 3 makes 26 of 28. What does your rule give?",
        ),
    ],
    hints=[
        "In lesson 1, a window of k fitted n − k + 1 times. Use the effective kernel for k.",
        "The effective kernels are 3, 5 and 9. The output of one layer is the next one's input.",
    ],
    accepts="three whole numbers, one for each layer",
)


# 5 · two dimensions ---------------------------------------------------------------------------


def _dilated_map(image: np.ndarray, kernel: np.ndarray, bias: float, dilation: int) -> np.ndarray:
    height, width = kernel.shape
    rows = image.shape[0] - dilation * (height - 1)
    columns = image.shape[1] - dilation * (width - 1)
    result = np.zeros((rows, columns)) + bias
    for i in range(height):
        for j in range(width):
            top, left = dilation * i, dilation * j
            result += kernel[i, j] * image[top : top + rows, left : left + columns]
    return result


def _dilated_by_windows(
    image: np.ndarray, kernel: np.ndarray, bias: float, dilation: int
) -> np.ndarray:
    height, width = (_span(side, dilation) for side in kernel.shape)
    result = np.zeros((image.shape[0] - height + 1, image.shape[1] - width + 1))
    for row, column in np.ndindex(*result.shape):
        window = image[row : row + height : dilation, column : column + width : dilation]
        result[row, column] = (window * kernel).sum() + bias
    return result


def _dilated_by_interleaving(
    image: np.ndarray, kernel: np.ndarray, bias: float, dilation: int
) -> np.ndarray:
    rows, columns = (
        n - _span(k, dilation) + 1 for n, k in zip(image.shape, kernel.shape, strict=True)
    )
    result = np.zeros((rows, columns))
    for i, j in product(range(min(dilation, rows)), range(min(dilation, columns))):
        result[i::dilation, j::dilation] = _correlate(image[i::dilation, j::dilation], kernel)
    return result + bias


def _dilated_cases(rng: np.random.Generator) -> Sequence[Case]:
    cases = []
    for part, settings in {
        "square kernel": [((9, 8), (3, 3), 2), ((6, 5), (3, 3), 1), ((7, 10), (2, 2), 3)],
        "rectangular kernel": [((9, 14), (2, 3), 4), ((15, 8), (4, 2), 3)],
    }.items():
        for image, kernel, dilation in settings:
            label = "image {}×{}, kernel {}×{}, dilation {}".format(*image, *kernel, dilation)
            bias = float(rng.integers(2, 9))
            args = (_numbers(rng, *image), _distinct(rng, *kernel), bias, dilation)
            cases.append(Case(args, label=label, part=part))
    return cases


DILATED_MAP = Exercise(
    name="dilated_map",
    title="A dilated feature map",
    lesson=LESSON,
    kind="function",
    cases=_dilated_cases,
    reference=_dilated_map,
    parts={"square kernel": 1, "rectangular kernel": 1},
    alternatives={
        "window by window": _dilated_by_windows,
        "zeros between the weights": lambda image, kernel, bias, dilation: (
            _correlate(image, _spread(kernel, dilation, dilation)) + bias
        ),
        "interleaved small images": _dilated_by_interleaving,
        "float32": lambda image, kernel, bias, dilation: _dilated_map(
            image, kernel, bias, dilation
        ).astype(np.float32),
        "nested lists": lambda image, kernel, bias, dilation: _dilated_map(
            image, kernel, bias, dilation
        ).tolist(),
    },
    misconceptions=[
        Misconception(
            "dilation-ignored",
            lambda image, kernel, bias, dilation: _correlate(image, kernel) + bias,
            "That is plain convolution: your windows read neighbours. Here pixels lie d apart.",
            "A slice takes every d-th pixel with a step: `image[start : stop : step]`. "
            "Where does the dilation come into your code?",
        ),
        Misconception(
            "dilation-taken-as-stride",
            lambda image, kernel, bias, dilation: (
                _correlate(image, kernel)[::dilation, ::dilation] + bias
            ),
            "You moved the window in steps of d: a stride. Dilation spreads the pixels inside it.",
            "With dilation the window still moves by one pixel, so the map stays large. How many "
            "rows has the map of 9 rows, a kernel of 3 and dilation 2?",
        ),
        Misconception(
            "image-thinned-out",
            lambda image, kernel, bias, dilation: (
                _correlate(image, _spread(kernel, dilation, dilation))[::dilation, ::dilation]
                + bias
            ),
            "The windows are right, but the map has only every d-th of them. Windows move by 1.",
            "`image[::d, ::d]` throws pixels away before the layer starts. Which windows start at "
            "row 1, and where are their answers?",
        ),
        Misconception(
            "one-hole-too-many",
            lambda image, kernel, bias, dilation: (
                _correlate(image, _spread(kernel, dilation + 1, dilation + 1)) + bias
            ),
            "You left out d pixels between two weights. Dilation d is a step of d: d − 1 left out.",
            "With dilation 1 it must equal plain convolution. What is the step in your code then?",
        ),
        Misconception(
            "rows-only",
            lambda image, kernel, bias, dilation: (
                _correlate(image, _spread(kernel, dilation, 1)) + bias
            ),
            "You spread the rows. The columns lie d apart too.",
            "The kernel's weight (i, j) meets the pixel d·i rows down and how many columns to the "
            "right?",
        ),
        Misconception(
            "columns-only",
            lambda image, kernel, bias, dilation: (
                _correlate(image, _spread(kernel, 1, dilation)) + bias
            ),
            "You spread the columns. The rows lie d apart too.",
            "The kernel's weight (i, j) meets the pixel how many rows down, and d·j columns to "
            "the right?",
        ),
        Misconception(
            "bias-omitted",
            lambda image, kernel, bias, dilation: _correlate(
                image, _spread(kernel, dilation, dilation)
            ),
            "The dot products are right. The bias is missing in every place.",
            "Compare expected and got: the difference is the same everywhere. "
            "Which number of your inputs is it?",
        ),
        Misconception(
            "kernel-flipped",
            lambda image, kernel, bias, dilation: (
                _correlate(image, _spread(kernel[::-1, ::-1], dilation, dilation)) + bias
            ),
            "Your kernel is turned by 180°. Layers step forwards and lay it on as it is.",
            "The minus belongs to the lecture's formula; a layer has a plus. Which weight must "
            "meet the window's top-left pixel?",
        ),
    ],
    forbids=READY_MADE,
    hints=[
        "How large is the map? Use `effective_kernel` for the rows and for the columns.",
        "The weight (i, j) meets the pixel (row + dilation·i, column + dilation·j).",
        "A whole dilated window in one slice: `image[row : row + span : dilation, …]`.",
    ],
    accepts="a NumPy array of shape (H − d·(kh − 1), W − d·(kw − 1))",
)


# 6 · parameters -------------------------------------------------------------------------------


def _dilated_parameters(kernel_size: int, dilation: int, channels: int, filters: int) -> int:
    return (kernel_size * kernel_size * channels + 1) * filters


def _parameter_cases(rng: np.random.Generator) -> Sequence[Case]:
    settings = [(3, 2, 4, 8), (3, 1, 1, 32), (5, 4, 2, 3), (4, _draw(rng, 5, 9), 3, 7)]
    return [
        Case(args, label="kernel {0}×{0}, dilation {1}, {2} channels, {3} filters".format(*args))
        for args in settings
    ]


DILATED_PARAMETERS = Exercise(
    name="dilated_parameters",
    title="The price of reach",
    lesson=LESSON,
    kind="function",
    cases=_parameter_cases,
    reference=_dilated_parameters,
    parts={"all": 1},
    alternatives={
        "weights, then biases": lambda kernel_size, dilation, channels, filters: (
            kernel_size**2 * channels * filters + filters
        ),
        "the size of real arrays": lambda kernel_size, dilation, channels, filters: (
            np.zeros((kernel_size, kernel_size, channels, filters)).size + np.zeros(filters).size
        ),
    },
    misconceptions=[
        Misconception(
            "parameters-grow-with-dilation",
            lambda kernel_size, dilation, channels, filters: (
                (_span(kernel_size, dilation) ** 2 * channels + 1) * filters
            ),
            "You counted the holes as weights. Nothing is learned for a pixel that is skipped.",
            "The kernel spans more pixels, but it still meets k×k of them. "
            "How many products does one channel of a 3×3 window have with dilation 2?",
        ),
        Misconception(
            "times-dilation",
            lambda kernel_size, dilation, channels, filters: (
                (kernel_size**2 * dilation * channels + 1) * filters
            ),
            "You multiplied the weights by d. Dilation moves the weights apart; it adds none.",
            "Look at your `dilated_map`: does the shape of `kernel` depend on `dilation`?",
        ),
        Misconception(
            "times-dilation-squared",
            lambda kernel_size, dilation, channels, filters: (
                (kernel_size**2 * dilation**2 * channels + 1) * filters
            ),
            "You multiplied the weights by d². Dilation moves the weights apart; it adds none.",
            "Look at your `dilated_map`: does the shape of `kernel` depend on `dilation`?",
        ),
        Misconception(
            "fewer-with-dilation",
            lambda kernel_size, dilation, channels, filters: (
                (math.ceil(kernel_size / dilation) ** 2 * channels + 1) * filters
            ),
            "You skipped weights. Dilation skips pixels; all k×k weights stay.",
            "A 3×3 kernel meets nine pixels, near ones or far ones. How many weights is that?",
        ),
        Misconception(
            "bias-omitted",
            lambda kernel_size, dilation, channels, filters: kernel_size**2 * channels * filters,
            "You counted the weights. Each filter also has a bias.",
            "How many biases do 32 filters have?",
        ),
        Misconception(
            "channels-forgotten",
            lambda kernel_size, dilation, channels, filters: (kernel_size**2 + 1) * filters,
            "You forgot the depth: a filter has k×k weights for every input channel.",
            "What shape has the array of all kernels, (k, k, …)? How many numbers does it hold?",
        ),
        Misconception(
            "one-bias-for-the-layer",
            lambda kernel_size, dilation, channels, filters: (
                kernel_size**2 * channels * filters + 1
            ),
            "You added one bias for the whole layer. Every filter has a bias of its own.",
            "Count one filter completely first. By what do you multiply to get the layer?",
        ),
        Misconception(
            "kernel-not-squared",
            lambda kernel_size, dilation, channels, filters: (kernel_size * channels + 1) * filters,
            "`kernel_size` is one side of the kernel. It has that many rows and columns.",
            "A 3×3 kernel on one channel has 9 weights. What does your formula give?",
        ),
    ],
    hints=[
        "Count what a filter has to learn: one weight for each pixel it reads, and one bias.",
        "One of the four inputs is of no use. Which?",
    ],
    accepts="a whole number",
)


# 7 · the field of a stack ---------------------------------------------------------------------


def _stack_field(layers: Layers) -> int:
    field = 1
    for kernel_size, stride, dilation in layers[::-1]:
        field = stride * (field - 1) + dilation * (kernel_size - 1) + 1
    return field


def _field_forwards(layers: Layers) -> int:
    field, jump = 1, 1
    for kernel_size, stride, dilation in layers:
        field += (_span(kernel_size, dilation) - 1) * jump
        jump *= stride
    return field


def _field_by_distances(layers: Layers) -> int:
    reads = {0}
    for kernel_size, stride, dilation in reversed(layers):
        reads = {p * stride + dilation * tap for p in reads for tap in range(kernel_size)}
    return max(reads) - min(reads) + 1


def _jump_too_early(layers: Layers) -> int:
    field, jump = 1, 1
    for kernel_size, stride, dilation in layers:
        jump *= stride
        field += (_span(kernel_size, dilation) - 1) * jump
    return field


def _wrong_way_round(layers: Layers) -> int:
    return _stack_field(layers[::-1])


def _jump_by_dilation(layers: Layers) -> int:
    field, jump = 1, 1
    for kernel_size, stride, dilation in layers:
        field += (kernel_size - 1) * jump
        jump *= stride * dilation
    return field


def _stride_not_taken_off(layers: Layers) -> int:
    field = 1
    for kernel_size, stride, dilation in reversed(layers):
        field = stride * field + _span(kernel_size, dilation) - 1
    return field


def _field_with_wide_kernels(layers: Layers) -> int:
    return _stack_field([(k + (k - 1) * d, s, 1) for k, s, d in layers])


def _plain(*kernels: int) -> list[tuple[int, int, int]]:
    return [(kernel, 1, 1) for kernel in kernels]


def _field_cases(rng: np.random.Generator) -> Sequence[Case]:
    conv, pool = (3, 1, 1), (2, 2, 1)
    random = [(_draw(rng, 2, 5), _draw(rng, 2, 4), _draw(rng, 2, 5)) for _ in range(2)]
    groups: dict[str, list[tuple[str, list[tuple[int, int, int]]]]] = {
        "stride 1": [
            ("three layers of 3", _plain(3, 3, 3)),
            ("layers of 5, 2 and 4", _plain(5, 2, 4)),
        ],
        "strides": [
            ("conv 3, pool 2, conv 3, pool 2, conv 3", [conv, pool, conv, pool, conv]),
            ("kernel 7 stride 2, kernel 3 stride 3", [(7, 2, 1), (3, 3, 1)]),
            ("one layer, kernel 4, stride 3", [(4, 3, 1)]),
        ],
        "dilations": [
            ("dilations 1, 2, 4", [(3, 1, 1), (3, 1, 2), (3, 1, 4)]),
            ("kernel 5 dilation 3, pool 2, kernel 2 dilation 4", [(5, 1, 3), pool, (2, 1, 4)]),
            ("strides and dilations", [(4, 3, 2), *random, (3, 1, 5)]),
        ],
    }
    return [
        Case((layers,), label=label, part=part)
        for part, stacks in groups.items()
        for label, layers in stacks
    ]


STACK_FIELD = Exercise(
    name="stack_field",
    title="The receptive field of a stack",
    lesson=LESSON,
    kind="function",
    cases=_field_cases,
    reference=_stack_field,
    parts={"stride 1": 1, "strides": 1, "dilations": 1},
    alternatives={
        "forwards, with the jump": _field_forwards,
        "follow every pixel": _field_by_distances,
        "in one formula": lambda layers: (
            1
            + sum(
                dilation * (kernel_size - 1) * math.prod(stride for _, stride, _ in layers[:i])
                for i, (kernel_size, _, dilation) in enumerate(layers)
            )
        ),
        "a NumPy integer": lambda layers: np.int64(_field_forwards(layers)),
    },
    misconceptions=[
        Misconception(
            "strides-ignored",
            lambda layers: 1 + sum(_span(k, d) - 1 for k, _, d in layers),
            "You left the strides out. Behind a stride of 2, one step is two pixels of the image.",
            "Neighbours in a map of stride 2 stand two pixels apart below. With which number does "
            "the recursion multiply r?",
        ),
        Misconception(
            "dilation-ignored",
            lambda layers: _stack_field([(k, s, 1) for k, s, _ in layers]),
            "You left the dilations out. A dilated layer reaches d(k − 1) + 1 pixels, not k.",
            "Use the effective kernel wherever the recursion says k̂. What is it for a kernel of 3 "
            "and dilation 4?",
        ),
        Misconception(
            "strides-and-dilations-ignored",
            lambda layers: 1 + sum(k - 1 for k, _, _ in layers),
            "That holds for plain layers of stride 1. Strides and dilations reach further.",
            "Take one step: r values of the last map, its stride s. The first and the last of "
            "their windows start how many pixels apart?",
        ),
        Misconception(
            "wrong-way-round",
            _wrong_way_round,
            "Right recursion, wrong direction: start at the last layer and go back to the image.",
            "A stride stretches everything that comes *after* it. Which layer of the list must "
            "your loop take first?",
        ),
        Misconception(
            "own-stride-counted",
            _jump_too_early,
            "You let a layer's stride stretch its own kernel. It stretches the layers after it.",
            "A single layer reads its effective kernel, whatever its stride. What does your code "
            "give for one layer with kernel 4 and stride 3?",
        ),
        Misconception(
            "dilation-kept-as-stride",
            _jump_by_dilation,
            "You treated dilation like a stride that later layers inherit. It widens its own layer "
            "only.",
            "A dilated layer keeps the map at full size, so the next layer's neighbours are "
            "neighbours again. What is k̂ of the dilated layer itself?",
        ),
        Misconception(
            "one-hole-too-many",
            _field_with_wide_kernels,
            "Your effective kernel is too wide: it must give k at dilation 1.",
            "Between two weights d − 1 pixels are left out. What does your code give for a "
            "kernel of 3 with dilation 1?",
        ),
        Misconception(
            "stride-not-taken-off",
            _stride_not_taken_off,
            "The recursion takes s off at the end: r windows have r − 1 steps between them.",
            "From the first window's start to the last one's it is (r − 1)·s pixels, then one "
            "whole kernel. What does your code give for one layer, kernel 4, stride 3?",
        ),
        Misconception(
            "kernels-added",
            lambda layers: sum(_span(k, d) for k, _, d in layers),
            "You added the kernels. Windows overlap: each layer adds one less than its kernel.",
            "Two layers of 3: the first output of the second reads three neighbouring windows. How "
            "many pixels do they cover together?",
        ),
        Misconception(
            "kernels-multiplied",
            lambda layers: math.prod(_span(k, d) for k, _, d in layers),
            "You multiplied the kernels. Neighbouring windows overlap, so the field grows by sums.",
            "Two layers of 3: the windows of three neighbours start at 0, 1 and 2. How many "
            "pixels do they cover together?",
        ),
    ],
    hints=[
        "Start with r = 1 behind the last layer. Then take the layers one by one, last one first.",
        "r values of a map need r windows. The first starts at 0, the last at (r − 1)·s and is k̂ "
        "long.",
        "One line in a loop over `reversed(layers)`: r = s·r + (k̂ − s).",
    ],
    accepts="a whole number",
)


# 8 · holes ------------------------------------------------------------------------------------


def _touched(kernel_size: int, dilations: Sequence[int]) -> list[int]:
    """The positions that one output reads, counted from the first."""
    reads = {0}
    for dilation in dilations:
        reads = {place + dilation * tap for place in reads for tap in range(kernel_size)}
    return sorted(reads)


def _holes() -> tuple[int, int]:
    read = np.array([True])
    for _ in range(3):
        longer = np.zeros(len(read) + 4, dtype=bool)
        for tap in range(3):
            longer[2 * tap : 2 * tap + len(read)] |= read
        read = longer
    return (len(read), int(read.sum()))


HOLES = Exercise(
    name="holes",
    title="Predict: does it see all of it?",
    lesson=LESSON,
    kind="value",
    cases=lambda rng: [Case()],
    reference=_holes,
    parts={"all": 1},
    alternatives={
        "a list": lambda: [13, 7],
        "an array": lambda: np.array([13, 7]),
        "every other one of 13": lambda: (13, len(range(0, 13, 2))),
    },
    misconceptions=[
        Misconception(
            "no-holes",
            lambda: (13, 13),
            "The span is right. But some positions inside are never read, in any layer.",
            "Every step of every layer is 2 long. Starting from position 0, can you ever come to "
            "position 1?",
        ),
        Misconception(
            "holes-counted",
            lambda: (13, 6),
            "Six are *left out*. Asked is how many are read.",
            "Read and left out together make up the span. What remains of 13?",
        ),
        Misconception(
            "paths-counted",
            lambda: (13, 27),
            "27 ways lead through three layers of three. Many of them end at the same position.",
            "More positions than the span has cannot be. Which positions can you reach with three "
            "steps of 0, 2 or 4 each?",
        ),
        Misconception(
            "weights-counted",
            lambda: (13, 9),
            "Nine is the number of weights in three layers. Paths through them meet again.",
            "The first layer reads 3 positions, for each of them the next reads 3, and some are "
            "the same. Which positions do two layers reach?",
        ),
        Misconception(
            "dilation-ignored",
            lambda: (7, 7),
            "That is a stack of plain layers. With dilation 2 every step is twice as long.",
            "Each layer adds d(k − 1) to the span. How much is that here?",
        ),
        Misconception(
            "last-layer-only",
            lambda: (13, 3),
            "Three is what a single layer reads. Each of those values reads three more.",
            "One layer reaches 0, 2 and 4. From each of them, where does the next layer get?",
        ),
        Misconception(
            "one-hole-too-many",
            lambda: (19, 7),
            "Your span is too wide: a kernel of 3 with dilation 2 reaches 5, so it adds 4.",
            "Use your `effective_kernel`. What does it give for a kernel of 3 and dilation 2?",
        ),
        Misconception(
            "kernels-added",
            lambda: (15, 7),
            "You added the effective kernels. Each layer adds one less than its kernel.",
            "What does your `stack_field` give for these three layers?",
        ),
        Misconception(
            "first-forgotten",
            lambda: (12, 6),
            "One too few, twice: the first position counts as well.",
            "From position 0 to position 12 it is twelve steps. How many positions are that? And "
            "how many of them are even?",
        ),
    ],
    hints=[
        "Your `stack_field` gives the first number.",
        "One layer reaches 0, 2, 4 from its first position. Write down where the next layer gets "
        "from each of these, and the third from there.",
    ],
    accepts="two whole numbers (span, positions read)",
)


# 9 · the widest stack without holes -----------------------------------------------------------


def _widest_stack() -> tuple[int, ...]:
    dilations, span = [], 1
    for _ in range(3):
        dilations.append(span)
        span = span * 3
    return tuple(dilations)


def _widest_by_trying() -> tuple[int, ...]:
    best: tuple[int, ...] = ()
    widest = 0
    for dilations in product(range(1, 15), repeat=3):
        reads = _touched(3, dilations)
        if sorted(dilations) == list(dilations) and len(reads) == reads[-1] + 1 > widest:
            best, widest = dilations, len(reads)
    return best


def _solid(*dilations: int) -> str:
    reads = len(_touched(3, dilations))
    return f"Right, no holes, and it spans {reads}. But a wider span without holes is possible."


_MORE_ROOM = (
    "With the first layers you can read a solid block of positions. The next layer reads three "
    "such blocks. How far apart may they stand, so that they just touch?"
)

WIDEST_STACK = Exercise(
    name="widest_stack",
    title="The widest stack without holes",
    lesson=LESSON,
    kind="value",
    cases=lambda rng: [Case()],
    reference=_widest_stack,
    parts={"all": 1},
    alternatives={
        "a list": lambda: [1, 3, 9],
        "an array": lambda: np.array([1, 3, 9]),
        "powers of the kernel": lambda: tuple(3**layer for layer in range(3)),
        "try them all": _widest_by_trying,
    },
    misconceptions=[
        Misconception(
            "doubling",
            lambda: (1, 2, 4),
            _solid(1, 2, 4),
            "Doubling is the classic choice, and it reads many positions twice or more. "
            + _MORE_ROOM,
        ),
        Misconception(
            "counting-up",
            lambda: (1, 2, 3),
            _solid(1, 2, 3),
            _MORE_ROOM,
        ),
        Misconception(
            "odd-numbers",
            lambda: (1, 3, 5),
            _solid(1, 3, 5),
            _MORE_ROOM,
        ),
        Misconception(
            "three-then-six",
            lambda: (1, 3, 6),
            _solid(1, 3, 6),
            _MORE_ROOM,
        ),
        Misconception(
            "two-then-seven",
            lambda: (1, 2, 7),
            _solid(1, 2, 7),
            "The third layer uses the room well. Could the second be wider? " + _MORE_ROOM,
        ),
        Misconception(
            "one-short",
            lambda: (1, 3, 8),
            "Very near: no holes, span 25. Two of the three blocks overlap by one position.",
            "Two layers with dilations 1 and 3 read a block of 9. How far apart may three such "
            "blocks stand, so that they just touch?",
        ),
        Misconception(
            "one-too-far",
            lambda: (1, 3, 10),
            "One too far: now the three blocks leave a hole between them.",
            "Two layers with dilations 1 and 3 read a block of 9. How far apart may three such "
            "blocks stand, so that they just touch?",
        ),
        Misconception(
            "powers-of-four",
            lambda: (1, 4, 16),
            "This leaves holes: dilations 1 and 4 read 0, 1, 2, then 4, 5, 6, and never 3.",
            "One plain layer reads a block of 3. How far apart may three such blocks stand, so "
            "that they just touch?",
        ),
        Misconception(
            "all-the-same",
            lambda: (9, 9, 9),
            "Nine everywhere spans a lot, and reads only every ninth position.",
            "A layer with dilation 1 closes the gaps of its neighbours. Where do you use one?",
        ),
        Misconception(
            "largest-first",
            lambda: (9, 3, 1),
            "These are the right three. Give the smallest first, as asked.",
            "The order of the layers does not change what is read. Can you say why?",
        ),
    ],
    hints=[
        "The first layer, with dilation 1, reads a solid block of 3 positions. The next reads "
        "three such blocks.",
        "Blocks of 3 touch when they stand 3 apart. How long is the block that two layers read?",
    ],
    accepts="three whole numbers, the smallest first",
)


# 10 · influence -------------------------------------------------------------------------------


def _influence(kernel_size: int, dilations: Sequence[int]) -> np.ndarray:
    shares = np.array([1.0])
    for dilation in dilations:
        longer = np.zeros(len(shares) + dilation * (kernel_size - 1))
        for tap in range(kernel_size):
            start = dilation * tap
            longer[start : start + len(shares)] += shares / kernel_size
        shares = longer
    return shares


def _influence_by_convolving(kernel_size: int, dilations: Sequence[int]) -> np.ndarray:
    shares = np.ones(1)
    for dilation in dilations:
        kernel = np.zeros(_span(kernel_size, dilation))
        kernel[::dilation] = 1 / kernel_size
        shares = np.convolve(shares, kernel)
    return shares


def _influence_by_paths(kernel_size: int, dilations: Sequence[int]) -> np.ndarray:
    span = 1 + (kernel_size - 1) * sum(dilations)
    counts = np.zeros(span)
    for taps in product(range(kernel_size), repeat=len(dilations)):
        counts[sum(d * tap for d, tap in zip(dilations, taps, strict=True))] += 1
    return counts / counts.sum()


def _field_of(kernel_size: int, dilations: Sequence[int]) -> int:
    return 1 + (kernel_size - 1) * sum(dilations)


def _flat_where_touched(kernel_size: int, dilations: Sequence[int]) -> np.ndarray:
    shares = np.zeros(_field_of(kernel_size, dilations))
    shares[_touched(kernel_size, dilations)] = 1 / len(_touched(kernel_size, dilations))
    return shares


def _layers_added(kernel_size: int, dilations: Sequence[int]) -> np.ndarray:
    """Each layer's taps around one centre, added up instead of passed on."""
    span = _field_of(kernel_size, dilations)
    shares = np.zeros(span)
    for dilation in dilations:
        width = _span(kernel_size, dilation)
        start = (span - width) // 2
        shares[start : start + width : dilation] += 1 / kernel_size / len(dilations)
    return shares


def _triangle(kernel_size: int, dilations: Sequence[int]) -> np.ndarray:
    span = _field_of(kernel_size, dilations)
    rising = np.minimum(np.arange(1, span + 1), np.arange(span, 0, -1))
    return np.asarray(rising / rising.sum())


def _influence_cases(rng: np.random.Generator) -> Sequence[Case]:
    # Spans of 5 and more layers tell a triangle, a parabola and a Gaussian apart.
    groups: dict[str, list[tuple[int, tuple[int, ...]]]] = {
        "plain layers": [(3, (1, 1)), (2, (1, 1, 1)), (4, (1, 1, 1))],
        "dilated layers": [(3, (1, 2, 4)), (3, (2, 2, 2)), (2, (1, 3)), (5, (_draw(rng, 2, 5), 1))],
    }
    return [
        Case(args, label=f"kernel {args[0]}, dilations {', '.join(map(str, args[1]))}", part=part)
        for part, group in groups.items()
        for args in group
    ]


INFLUENCE = Exercise(
    name="influence",
    title="Who has a say?",
    lesson=LESSON,
    kind="function",
    cases=_influence_cases,
    reference=_influence,
    parts={"plain layers": 1, "dilated layers": 1},
    alternatives={
        "convolve again and again": _influence_by_convolving,
        "count the paths": _influence_by_paths,
        "a list": lambda kernel_size, dilations: _influence(kernel_size, dilations).tolist(),
        "float32": lambda kernel_size, dilations: _influence(kernel_size, dilations).astype(
            np.float32
        ),
    },
    misconceptions=[
        Misconception(
            "every-position-alike",
            lambda kernel_size, dilations: np.full(
                _field_of(kernel_size, dilations), 1 / _field_of(kernel_size, dilations)
            ),
            "You gave every position the same share. Many paths lead to the middle, few to the "
            "ends.",
            "Two plain layers of 3: position 0 is read once, by the first window. How many of the "
            "three windows read position 2?",
        ),
        Misconception(
            "touched-positions-alike",
            _flat_where_touched,
            "The holes are right. But positions that are read do not all have the same share.",
            "Two plain layers of 3: position 0 is read once, by the first window. How many of the "
            "three windows read position 2?",
        ),
        Misconception(
            "paths-not-shares",
            lambda kernel_size, dilations: (
                _influence(kernel_size, dilations) * kernel_size ** len(dilations)
            ),
            "You counted paths, which is right in shape. Shares add up to 1.",
            "Each weight is 1/k, not 1. What is the product of the weights along one path?",
        ),
        Misconception(
            "largest-is-one",
            lambda kernel_size, dilations: (
                _influence(kernel_size, dilations) / _influence(kernel_size, dilations).max()
            ),
            "You scaled the largest share to 1. All shares together make 1.",
            "The shares of one plain layer of 3 are 1/3, 1/3, 1/3. What does your code give?",
        ),
        Misconception(
            "dilation-ignored",
            lambda kernel_size, dilations: _influence(kernel_size, (1,) * len(dilations)),
            "You left the dilations out: your steps are all 1 long.",
            "A layer with dilation d passes a share on to places 0, d, 2d, … further. Where in "
            "your code is the step?",
        ),
        Misconception(
            "layers-added",
            _layers_added,
            "You added the layers side by side. A layer passes on the shares of the one behind it.",
            "Each share is split into k parts, and these again in the next layer. After two plain "
            "layers of 3, how many parts are there in all?",
        ),
        Misconception(
            "triangle",
            _triangle,
            "A triangle is right for two plain layers only. With more, shares form a bell.",
            "Split the shares once more for each further layer. What do the shares 1, 2, 3, 2, 1 "
            "become after another layer of 3?",
        ),
        Misconception(
            "last-layer-only",
            lambda kernel_size, dilations: _influence(kernel_size, dilations[-1:]),
            "That is one layer alone. All of them pass shares on, one after the other.",
            "Where does your loop keep what it found, so that the next layer can use it?",
        ),
    ],
    hints=[
        "Begin with `np.array([1.0])`: the output has all of the influence on itself.",
        "For each layer, make a longer array of zeros. Add the old shares, divided by k, once for "
        "each weight, moved by 0, d, 2d, …",
        "`longer[start : start + len(shares)] += shares / kernel_size`",
    ],
    accepts="a NumPy array with one share for each position of the receptive field",
)


EXERCISES: tuple[Exercise, ...] = (
    LECTURE_SUM,
    DILATED_READS,
    EFFECTIVE_KERNEL,
    DILATED_SIZES,
    DILATED_MAP,
    DILATED_PARAMETERS,
    STACK_FIELD,
    HOLES,
    WIDEST_STACK,
    INFLUENCE,
)
