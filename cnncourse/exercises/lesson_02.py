"""Lesson 2, "Layer shapes": its exercises, right answers and known mistakes.

Every reference is written out by hand on purpose: the tests change it token by token and expect
the cases to notice.
"""

from collections.abc import Sequence
from math import ceil

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from cnncourse.checking.exercise import Case, Exercise, Misconception
from cnncourse.exercises.by_hand import READY_MADE

LESSON = "02_layer_shapes"

Shape = tuple[int, int, int]
Layer = tuple[int | None, int, int, str]  # filters (None: pooling), window, stride, padding


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


def _draw(rng: np.random.Generator, low: int, high: int) -> int:
    return int(rng.integers(low, high))


def _times(array: np.ndarray) -> str:
    return "×".join(map(str, array.shape))


# What the mistakes below have in common -------------------------------------------------------


def _slide(row: np.ndarray, kernel: np.ndarray, before: int, after: int) -> np.ndarray:
    """The row with zeros at both ends, and a dot product at every pixel where the window fits."""
    return sliding_window_view(np.pad(row, (before, after)), len(kernel)) @ kernel


def _zeros_for_same(size: int, kernel: int, stride: int) -> int:
    return max((ceil(size / stride) - 1) * stride + kernel - size, 0)


# 1 · count the stops --------------------------------------------------------------------------


def _count_stops(size: int, kernel: int, stride: int) -> int:
    return (size - kernel) // stride + 1


def _stop_cases(rng: np.random.Generator) -> Sequence[Case]:
    random = (_draw(rng, 25, 40), _draw(rng, 4, 8), _draw(rng, 3, 5))
    return [
        Case((size, kernel, stride), label=f"{size} pixels, a window of {kernel}, stride {stride}")
        for size, kernel, stride in [(7, 3, 2), (8, 3, 2), (10, 4, 3), (5, 5, 2), (9, 2, 4), random]
    ]


COUNT_STOPS = Exercise(
    name="count_stops",
    title="Count the stops",
    lesson=LESSON,
    kind="function",
    cases=_stop_cases,
    reference=_count_stops,
    parts={"all": 1},
    alternatives={
        "list the starts": lambda size, kernel, stride: len(range(0, size - kernel + 1, stride)),
        "round down": lambda size, kernel, stride: np.floor((size - kernel) / stride) + 1,
        "round up": lambda size, kernel, stride: ceil((size - kernel + 1) / stride),
        "one formula": lambda size, kernel, stride: (size - kernel + stride) // stride,
    },
    misconceptions=[
        Misconception(
            "plus-one-forgotten",
            lambda size, kernel, stride: (size - kernel) // stride,
            "You counted the jumps. The stop before the first jump counts as well.",
            "A window as large as the row stops exactly once and never jumps. "
            "What does your formula give there?",
        ),
        Misconception(
            "not-rounded",
            lambda size, kernel, stride: (size - kernel) / stride + 1,
            "Part of a stop is left over. A jump that would end outside is not made: round down.",
            "In a row of 8, a window of 3 starts at 0, 2 and 4. After that one pixel is left, not "
            "enough for a jump of 2. Which Python operator divides and rounds down?",
        ),
        Misconception(
            "rounded-up",
            lambda size, kernel, stride: ceil((size - kernel) / stride) + 1,
            "You count a last window that sticks out of the row. Round down.",
            "Write down the starts for 8 pixels, a window of 3 and stride 2. "
            "Where would your last window end?",
        ),
        Misconception(
            "plus-one-before-dividing",
            lambda size, kernel, stride: (size - kernel + 1) // stride,
            "The +1 stands inside the division. Divide first, then add the first stop.",
            "n − k + 1 is right for stride 1. With a larger stride, jumps = (n − k) // s. "
            "And how many stops belong to that many jumps?",
        ),
        Misconception(
            "every-start-counts",
            lambda size, kernel, stride: ceil(size / stride),
            "You let the window start everywhere in the row. The last ones stick out at the end.",
            "The window needs k pixels from its start on. Which is the last pixel where it may "
            "start?",
        ),
        Misconception(
            "stride-ignored",
            lambda size, kernel, stride: size - kernel + 1,
            "That is the count for stride 1. With a larger stride the window skips starts.",
            "Of all starts 0, 1, 2, … only every s-th is used. How many of the starts 0 … 5 are "
            "left with stride 2?",
        ),
        Misconception(
            "windows-side-by-side",
            lambda size, kernel, stride: size // kernel,
            "You put windows side by side. The stride, not the window's width, sets the jump.",
            "Draw a row of 7 and a window of 3. Its second stop begins at pixel `stride`. "
            "Which pixels do the first two windows share when the stride is 2?",
        ),
    ],
    hints=[
        "List the starts for 8 pixels, a window of 3 and stride 2: 0, 2, … Where must you stop?",
        "The last start is at most size − kernel. How many jumps of `stride` fit into that?",
    ],
    accepts="a whole number",
)


# 2 · how many layers until the image is gone --------------------------------------------------


def _layers_until_gone() -> int:
    return round((28 - 2) / 2)


LAYERS_UNTIL_GONE = Exercise(
    name="layers_until_gone",
    title="Predict: when is the image gone?",
    lesson=LESSON,
    kind="value",
    cases=lambda rng: [Case()],
    reference=_layers_until_gone,
    parts={"all": 1},
    alternatives={
        "a NumPy integer": lambda: np.int64(13),
        "a float": lambda: 13.0,
        "one layer after the other": lambda: len(range(28, 2, -2)),
    },
    misconceptions=[
        Misconception(
            "down-to-nothing",
            lambda: 14,
            "One too many: you let a 3×3 window slide over a 2×2 map. It does not fit.",
            "The sizes are 28, 26, 24, … How large must a map be so that one more layer can be "
            "computed?",
        ),
        Misconception(
            "stopped-too-early",
            lambda: 12,
            "One more fits: after 12 layers the map is 4×4, and a 3×3 window fits into that.",
            "Write down the last few sizes: 8, 6, 4, … Which of them can still hold a window?",
        ),
        Misconception(
            "one-pixel-a-layer",
            lambda: 26,
            "You took one pixel off for every layer. A 3×3 window costs two: n − 3 + 1 = n − 2.",
            "One is lost at the left and one at the right. What is left of 28 after the first "
            "layer?",
        ),
        Misconception(
            "windows-side-by-side",
            lambda: 9,
            "You divided by 3, as if windows stood side by side. With stride 1 they overlap.",
            "A layer does not cut the image into windows: its map is n − 2 pixels wide. "
            "What is left of 28 after the first layer?",
        ),
        Misconception(
            "three-pixels-a-layer",
            lambda: 8,
            "You took three pixels off for every layer. A 3×3 window costs two: n − 3 + 1.",
            "A window of 3 in a row of 3 stops once, so one pixel is left, not none. "
            "What is left of 28 after the first layer?",
        ),
        Misconception(
            "one-pixel-left",
            lambda: 27,
            "You took one pixel off for every layer. A 3×3 window costs two: n − 3 + 1 = n − 2.",
            "Go on until no window fits, which is before a single pixel is left. "
            "What is left of 28 after the first layer?",
        ),
        Misconception(
            "halved-every-time",
            lambda: 4,
            "You halved the image every time: that would be a stride of 2. Here it is 1.",
            "With stride 1 the window stops at n − 3 + 1 places. What is left of 28 after the "
            "first layer?",
        ),
    ],
    hints=[
        "How many pixels does a row lose in one layer?",
        "A layer can be computed as long as its input has at least 3 rows and 3 columns.",
    ],
    accepts="a whole number",
)


# 3 · output size with every dial --------------------------------------------------------------


def _output_size(size: int, kernel: int, stride: int, padding: int, dilation: int) -> int:
    span = (kernel - 1) * dilation + 1
    return (size + 2 * padding - span) // stride + 1


def _output_by_counting(size: int, kernel: int, stride: int, padding: int, dilation: int) -> int:
    stops, start = 0, -padding
    while start + dilation * (kernel - 1) < size + padding:
        stops, start = stops + 1, start + stride
    return stops


def _output_cases(rng: np.random.Generator) -> Sequence[Case]:
    random = (_draw(rng, 25, 40), _draw(rng, 4, 6), _draw(rng, 3, 5), _draw(rng, 1, 4), 3)
    sizes = {
        "padding": [(7, 3, 1, 1, 1), (8, 3, 2, 1, 1), (9, 5, 3, 2, 1), (11, 4, 2, 3, 1)],
        "dilation": [(12, 3, 1, 0, 2), (13, 4, 2, 2, 3), (10, 3, 3, 1, 4), random],
    }
    return [
        Case(
            args,
            label="{} pixels, kernel {}, stride {}, padding {}, dilation {}".format(*args),
            part=part,
        )
        for part, group in sizes.items()
        for args in group
    ]


def _padded_stops(size: int, span: int, stride: int, padding: int) -> int:
    return (size + 2 * padding - span) // stride + 1


OUTPUT_SIZE = Exercise(
    name="output_size",
    title="All four dials",
    lesson=LESSON,
    kind="function",
    cases=_output_cases,
    reference=_output_size,
    parts={"padding": 1, "dilation": 1},
    alternatives={
        "count one by one": _output_by_counting,
        "stops of a longer row": lambda size, kernel, stride, padding, dilation: _count_stops(
            size + padding + padding, kernel + (kernel - 1) * (dilation - 1), stride
        ),
        "a NumPy number": lambda size, kernel, stride, padding, dilation: (
            np.floor((size + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1
        ),
    },
    misconceptions=[
        Misconception(
            "plus-one-forgotten",
            lambda size, kernel, stride, padding, dilation: (
                (size + 2 * padding - (kernel - 1) * dilation - 1) // stride
            ),
            "You counted the jumps. The stop before the first jump counts as well.",
            "Call your `count_stops` with the longer row and the wider window: then the +1 is "
            "already there. What does a window as wide as the row give?",
        ),
        Misconception(
            "not-rounded",
            lambda size, kernel, stride, padding, dilation: (
                (size + 2 * padding - (kernel - 1) * dilation - 1) / stride + 1
            ),
            "Part of a stop is left over. A jump that would end outside is not made: round down.",
            "Which Python operator divides and rounds down?",
        ),
        Misconception(
            "padding-at-one-end",
            lambda size, kernel, stride, padding, dilation: _padded_stops(
                size - padding, (kernel - 1) * dilation + 1, stride, padding
            ),
            "You added the zeros once. They stand at both ends of the row.",
            "With a padding of 1, a row of 7 becomes a row of 9. What length does your formula "
            "use?",
        ),
        Misconception(
            "padding-ignored",
            lambda size, kernel, stride, padding, dilation: _padded_stops(
                size, (kernel - 1) * dilation + 1, stride, 0
            ),
            "You left the padding out. The zeros make the row longer, so the window stops oftener.",
            "With `padding` zeros at each end, how long is the row that the window slides over?",
        ),
        Misconception(
            "padding-after-dividing",
            lambda size, kernel, stride, padding, dilation: (
                _padded_stops(size, (kernel - 1) * dilation + 1, stride, 0) + 2 * padding
            ),
            "You added the zeros to the stops. They lengthen the row; the stride then jumps on it.",
            "Lengthen the row first, then count the stops on it. "
            "How many more stops do 2 more pixels give when the stride is 2?",
        ),
        Misconception(
            "dilation-ignored",
            lambda size, kernel, stride, padding, dilation: _padded_stops(
                size, kernel, stride, padding
            ),
            "You left the dilation out. Weights that lie apart reach further.",
            "Draw three weights with dilation 2: ● ○ ● ○ ●. How many pixels do they span?",
        ),
        Misconception(
            "kernel-times-dilation",
            lambda size, kernel, stride, padding, dilation: _padded_stops(
                size, kernel * dilation, stride, padding
            ),
            "You multiplied the kernel by the dilation. Only the gaps between weights grow.",
            "Three weights have two steps between them, and the last weight takes one pixel: "
            "● ○ ● ○ ●. How many pixels is that, and how many do you get?",
        ),
        Misconception(
            "gaps-added-once-more",
            lambda size, kernel, stride, padding, dilation: _padded_stops(
                size, kernel + (kernel - 1) * dilation, stride, padding
            ),
            "Your window is too wide: the weights themselves are counted twice.",
            "Dilation 1 must be the plain kernel. What does your formula for the span give for a "
            "kernel of 3 with dilation 1?",
        ),
        Misconception(
            "dilation-taken-as-stride",
            lambda size, kernel, stride, padding, dilation: _padded_stops(
                size, kernel, stride * dilation, padding
            ),
            "You let the dilation move the window. It spreads the weights; the stride moves them.",
            "Dilation changes how wide the window is. Does it change how far the next window "
            "starts from this one?",
        ),
        Misconception(
            "stride-ignored",
            lambda size, kernel, stride, padding, dilation: _padded_stops(
                size, (kernel - 1) * dilation + 1, 1, padding
            ),
            "You left the stride out: that is the count for stride 1.",
            "How did `count_stops` use the stride?",
        ),
    ],
    hints=[
        "Two small changes to `count_stops`: the row is longer, and the window is wider.",
        "The row has size + 2 · padding pixels.",
        "Between the first and the last weight there are kernel − 1 steps of `dilation` pixels.",
    ],
    accepts="a whole number",
)


# 4 · zeros for "same" -------------------------------------------------------------------------


def _same_padding(size: int, kernel: int, stride: int) -> tuple[int, int]:
    stops = (size + stride - 1) // stride
    zeros = max([(stops - 1) * stride + kernel - size, 0])
    return zeros // 2, zeros - zeros // 2


def _same_by_search(size: int, kernel: int, stride: int) -> list[int]:
    zeros = 0
    while size + zeros < kernel or (size + zeros - kernel) // stride + 1 < ceil(size / stride):
        zeros += 1
    return [zeros // 2, (zeros + 1) // 2]


def _same_cases(rng: np.random.Generator) -> Sequence[Case]:
    random = (_draw(rng, 15, 30), 2 * _draw(rng, 3, 6), 2)
    sizes = {
        "stride 1": [(7, 3, 1), (6, 4, 1), (9, 5, 1), (5, 2, 1)],
        "larger strides": [(7, 3, 2), (8, 3, 2), (10, 5, 3), (9, 2, 5), (11, 7, 3), random],
    }
    return [
        Case(args, label="{} pixels, kernel {}, stride {}".format(*args), part=part)
        for part, group in sizes.items()
        for args in group
    ]


def _half(zeros: int) -> tuple[int, int]:
    return zeros // 2, zeros - zeros // 2


SAME_PADDING = Exercise(
    name="same_padding",
    title="How many zeros does `same` add?",
    lesson=LESSON,
    kind="function",
    cases=_same_cases,
    reference=_same_padding,
    parts={"stride 1": 1, "larger strides": 1},
    alternatives={
        "add zeros until it fits": _same_by_search,
        "an array": lambda size, kernel, stride: np.array(
            _half(_zeros_for_same(size, kernel, stride))
        ),
        "by the remainder": lambda size, kernel, stride: _half(
            max(kernel - (size % stride or stride), 0)
        ),
    },
    misconceptions=[
        Misconception(
            "stride-ignored",
            lambda size, kernel, stride: _half(kernel - 1),
            "k − 1 zeros are right for stride 1. A larger stride needs fewer.",
            "The last window starts at (stops − 1) · stride and reaches k pixels far. "
            "How far is that beyond the end of the row?",
        ),
        Misconception(
            "alike-on-both-sides",
            lambda size, kernel, stride: ((kernel - 1) // 2, (kernel - 1) // 2),
            "You put the same number at both ends. An odd number of zeros cannot be shared evenly.",
            "Count the zeros that are needed in all: with stride 1 they are k − 1. For a kernel "
            "of 4 that is 3. Which end gets the third?",
        ),
        Misconception(
            "half-the-kernel-at-each-end",
            lambda size, kernel, stride: (kernel // 2, kernel // 2),
            "You put k // 2 zeros at both ends. That fits odd kernels with stride 1 only.",
            "First count the zeros that are needed in all, then share them. How many are needed "
            "for a kernel of 4 with stride 1?",
        ),
        Misconception(
            "odd-zero-before",
            lambda size, kernel, stride: _half(_zeros_for_same(size, kernel, stride))[::-1],
            "The number is right, the ends are exchanged: the odd zero stands after the row.",
            "TensorFlow rounds down for the left end and puts the rest at the right. "
            "Where do 3 zeros go?",
        ),
        Misconception(
            "all-at-the-end",
            lambda size, kernel, stride: (0, _zeros_for_same(size, kernel, stride)),
            "The number is right, but all zeros stand at the end. Half of them go to the front.",
            "Share them: the front gets half, rounded down. What gets the end?",
        ),
        Misconception(
            "total-at-each-end",
            lambda size, kernel, stride: (_zeros_for_same(size, kernel, stride),) * 2,
            "You put all the zeros at each end. They are shared between the two.",
            "Together the two numbers must be the total. With 7 pixels, a kernel of 3 and stride "
            "1, two zeros are needed in all: how many at each end?",
        ),
        Misconception(
            "rounded-up-at-both-ends",
            lambda size, kernel, stride: ((_zeros_for_same(size, kernel, stride) + 1) // 2,) * 2,
            "You rounded up at both ends, which is one zero too many when the number is odd.",
            "Give the left end half, rounded down, and the right end what remains. "
            "What is that for 3 zeros?",
        ),
        Misconception(
            "below-zero",
            lambda size, kernel, stride: _half((ceil(size / stride) - 1) * stride + kernel - size),
            "Fewer than 0 zeros? When the last window ends inside the row, nothing is added.",
            "A stride larger than the kernel can leave pixels unread at the end. That is fine. "
            "Which function keeps a number from falling below 0?",
        ),
        Misconception(
            "stops-rounded-down",
            lambda size, kernel, stride: _half(
                max((size // stride - 1) * stride + kernel - size, 0)
            ),
            "You rounded the number of stops down. `same` has ⌈n/s⌉ stops: round up.",
            "A row of 7 with stride 2 has starts 0, 2, 4 and 6. How many are these, and how many "
            "does 7 // 2 give?",
        ),
        Misconception(
            "as-many-outputs-as-pixels",
            lambda size, kernel, stride: _half((size - 1) * stride + kernel - size),
            "You pad until there are n stops. With stride s, `same` has only ⌈n/s⌉.",
            "`same` keeps the size when the stride is 1. With stride 2 the map is half as wide, "
            "zeros or not. How many stops has a row of 7 with stride 2?",
        ),
    ],
    hints=[
        "First the number of stops: size / stride, rounded up.",
        "The last window starts (stops − 1) · stride pixels after the first and spans `kernel` "
        "pixels. How long must the row be for that? What is missing?",
        "Never fewer than 0. Left: half, rounded down. Right: the rest.",
    ],
    accepts="two whole numbers (before, after)",
)


# 5 · a row with "same", by hand ---------------------------------------------------------------


def _same_row(row: np.ndarray, kernel: np.ndarray, stride: int) -> np.ndarray:
    size, width = len(row), len(kernel)
    stops = (size + stride - 1) // stride
    before = max([((stops - 1) * stride + width - size) // 2, 0])
    result = np.zeros(stops)
    for stop in range(stops):
        for tap in range(width):
            place = stop * stride + tap - before
            if 0 <= place < size:  # elsewhere there are zeros, which add nothing
                result[stop] += row[place] * kernel[tap]
    return result


def _same_by_zeros(row: np.ndarray, kernel: np.ndarray, stride: int) -> list[float]:
    before, after = _same_padding(len(row), len(kernel), stride)
    padded = [0.0] * before + row.tolist() + [0.0] * after
    starts = range(0, len(padded) - len(kernel) + 1, stride)
    return [float(np.dot(padded[start : start + len(kernel)], kernel)) for start in starts]


def _same_with(
    row: np.ndarray, kernel: np.ndarray, stride: int, before: int, after: int
) -> np.ndarray:
    return _slide(row, kernel, before, after)[::stride]


def _same_edges(row: np.ndarray, kernel: np.ndarray, stride: int) -> np.ndarray:
    padding = _same_padding(len(row), len(kernel), stride)
    padded = np.pad(row, padding, mode="edge")
    return (sliding_window_view(padded, len(kernel)) @ kernel)[::stride]


def _same_cropped(row: np.ndarray, kernel: np.ndarray, stride: int) -> np.ndarray:
    padding = _same_padding(len(row), len(kernel), stride)
    return _slide(row, kernel, *padding)[: ceil(len(row) / stride)]


def _row_cases(rng: np.random.Generator) -> Sequence[Case]:
    cases = [
        Case((np.arange(1.0, 7.0), np.ones(3), 2), label="1…6 with 1 1 1, stride 2", part="stride")
    ]
    for part, sizes in {
        "stride 1": [(5, 3, 1), (8, 5, 1)],
        "stride": [(7, 3, 2), (8, 3, 2), (10, 5, 3), (8, 3, 4)],
    }.items():
        for size, width, stride in sizes:
            # No 0 at the ends: what is padded there must be told from what is repeated.
            row = np.where(np.arange(size) % (size - 1), _numbers(rng, size), _bias(rng, size))
            label = f"{size} pixels, kernel {width}, stride {stride}"
            cases.append(Case((row, _distinct(rng, width), stride), label=label, part=part))
    return cases


SAME_ROW = Exercise(
    name="same_row",
    title="A row with `same`, by hand",
    lesson=LESSON,
    kind="function",
    cases=_row_cases,
    reference=_same_row,
    parts={"stride 1": 1, "stride": 1},
    alternatives={
        "zeros, then slices": _same_by_zeros,
        "np.pad and sliding windows": lambda row, kernel, stride: _same_with(
            row, kernel, stride, *_same_padding(len(row), len(kernel), stride)
        ),
        "float32": lambda row, kernel, stride: _same_row(row, kernel, stride).astype(np.float32),
    },
    misconceptions=[
        Misconception(
            "padded-alike-on-both-sides",
            lambda row, kernel, stride: _same_with(
                row, kernel, stride, len(kernel) // 2, len(kernel) // 2
            ),
            "Right shape, shifted values: you padded for stride 1. The stride changes the zeros.",
            "1…6 with 1 1 1 and stride 2 gives 6 12 11: the first window is 1 2 3, with no zero "
            "before it. What does your `same_padding` say for 6, 3, 2?",
        ),
        Misconception(
            "odd-zero-before",
            lambda row, kernel, stride: _same_with(
                row, kernel, stride, *_same_padding(len(row), len(kernel), stride)[::-1]
            ),
            "The odd zero stands before the row in your code. It belongs after it.",
            "Which of the two numbers of `same_padding` comes first, and which is larger?",
        ),
        Misconception(
            "all-zeros-after",
            lambda row, kernel, stride: _same_with(
                row, kernel, stride, 0, _zeros_for_same(len(row), len(kernel), stride)
            ),
            "You put all zeros after the row. Half of them, rounded down, go before it.",
            "With stride 1 and a kernel of 3, the middle weight must meet the first pixel for the "
            "first output. What stands to its left?",
        ),
        Misconception(
            "size-kept-at-any-stride",
            lambda row, kernel, stride: _same_with(
                row, kernel, 1, *_same_padding(len(row), len(kernel), 1)
            ),
            "You kept n outputs. `same` keeps the size with stride 1 only; in general ⌈n/s⌉.",
            "Zeros do not stop the window from jumping. How many starts 0, s, 2s, … lie in the "
            "row?",
        ),
        Misconception(
            "no-padding",
            lambda row, kernel, stride: _same_with(row, kernel, stride, 0, 0),
            "That is `valid`: no zeros, and windows at the edges are missing.",
            "`same` gives ⌈n/s⌉ outputs. How many zeros does that take, and at which ends?",
        ),
        Misconception(
            "edge-repeated",
            _same_edges,
            "You padded with the pixel at the edge. Zero padding adds zeros.",
            "Repeating the edge is another way to pad, and some programs for photographs do it. "
            "Which values does `np.pad` add when you name no mode?",
        ),
        Misconception(
            "stride-not-in-the-slice",
            _same_cropped,
            "The number of outputs is right, but the window still moves one pixel at a time.",
            "Your loop counts outputs. The window of output number 1 starts at pixel `stride`. "
            "Which index of your slice lacks the stride?",
        ),
        Misconception(
            "kernel-flipped",
            lambda row, kernel, stride: _same_with(
                row, kernel[::-1], stride, *_same_padding(len(row), len(kernel), stride)
            ),
            "Your kernel is reversed. Networks lay it on the window as it is.",
            "Does the kernel's first weight meet the window's first pixel in your code?",
        ),
    ],
    forbids=READY_MADE,
    hints=[
        "You know how many zeros to add, and where: `same_padding`.",
        "`np.pad(row, (before, after))` adds them. Then slide as in lesson 1.",
        "Output number i looks at the padded row from i × stride on.",
    ],
    accepts="a NumPy array of shape (⌈n/s⌉,)",
)


# 6 · shapes through a chain of layers ---------------------------------------------------------


def _chain_shapes(shape: Shape, layers: Sequence[Layer]) -> list[Shape]:
    height, width, channels = shape
    shapes = []
    for filters, window, stride, padding in layers:
        if padding == "same":
            height = (height + stride - 1) // stride
            width = (width + stride - 1) // stride
        else:
            height = (height - window) // stride + 1
            width = (width - window) // stride + 1
        if filters is not None:
            channels = filters
        shapes.append((height, width, channels))
    return shapes


def _chain_by_steps(shape: Shape, layers: Sequence[Layer]) -> list[list[int]]:
    shapes = [list(shape)]
    for filters, window, stride, padding in layers:
        extra = window - 1 if padding == "same" else 0
        sides = [len(range(0, n + extra - window + 1, stride)) for n in shapes[-1][:2]]
        shapes.append([*sides, filters or shapes[-1][2]])
    return shapes[1:]


def _chain_with(shape, layers, *, valid=None, same=None, depth=None):  # type: ignore[no-untyped-def]
    """The chain with one rule exchanged for a wrong one."""
    valid = valid or (lambda n, window, stride: (n - window) // stride + 1)
    same = same or (lambda n, window, stride: -(-n // stride))
    depth = depth or (lambda before, filters: before if filters is None else filters)
    height, width, channels = shape
    shapes = []
    for filters, window, stride, padding in layers:
        rule = same if padding == "same" else valid
        height, width = rule(height, window, stride), rule(width, window, stride)
        channels = depth(channels, filters)
        shapes.append((height, width, channels))
    return shapes


LECTURE_NET: tuple[Layer, ...] = tuple(
    layer
    for filters in (32, 64, 128, 128)
    for layer in ((filters, 3, 1, "valid"), (None, 2, 2, "valid"))
)


def _chain_cases(rng: np.random.Generator) -> Sequence[Case]:
    first, second = _draw(rng, 5, 9), _draw(rng, 10, 20)
    return [
        Case(
            ((18, 25, 3), ((4, 3, 1, "valid"), (first, 5, 2, "valid"), (second, 2, 3, "valid"))),
            label="three layers, valid",
            part="valid",
        ),
        Case(
            ((13, 10, 2), ((7, 3, 1, "same"), (5, 3, 2, "same"), (second, 4, 3, "same"))),
            label="three layers, same",
            part="same",
        ),
        Case(
            ((31, 22, 3), ((first, 5, 2, "same"), (6, 3, 1, "valid"), (second, 2, 2, "same"))),
            label="same and valid, mixed",
            part="same",
        ),
        Case(((150, 150, 3), LECTURE_NET), label="the cats & dogs network", part="with pooling"),
        Case(
            ((40, 33, 1), ((first, 3, 1, "same"), (None, 2, 2, "valid"), (None, 3, 2, "same"))),
            label="two pooling layers in a row",
            part="with pooling",
        ),
    ]


CHAIN_SHAPES = Exercise(
    name="chain_shapes",
    title="Shapes through a network",
    lesson=LESSON,
    kind="function",
    cases=_chain_cases,
    reference=_chain_shapes,
    parts={"valid": 1, "same": 1, "with pooling": 1},
    alternatives={
        "lists, counted": _chain_by_steps,
        "an array": lambda shape, layers: np.array(_chain_shapes(shape, layers)),
        "a tuple of tuples": lambda shape, layers: tuple(_chain_shapes(shape, layers)),
    },
    misconceptions=[
        Misconception(
            "plus-one-forgotten",
            lambda shape, layers: _chain_with(
                shape, layers, valid=lambda n, window, stride: (n - window) // stride
            ),
            "With `valid` your maps are too small: the stop before the first jump counts as well.",
            "You have a function that counts stops: `count_stops`. What does it give for 18 "
            "pixels, a window of 3 and stride 1?",
        ),
        Misconception(
            "not-rounded",
            lambda shape, layers: _chain_with(
                shape,
                layers,
                valid=lambda n, window, stride: (n - window) / stride + 1,
                same=lambda n, window, stride: n / stride,
            ),
            "A map cannot have a fraction of a row. `valid` rounds down, `same` rounds up.",
            "Use whole-number division: `a // b` rounds down. How do you round up with it?",
        ),
        Misconception(
            "same-keeps-the-size",
            lambda shape, layers: _chain_with(shape, layers, same=lambda n, window, stride: n),
            "`same` keeps the size with stride 1 only. With stride s it is ⌈n/s⌉.",
            "Zeros at the edges do not stop the window from jumping. "
            "How many stops has a row of 13 with `same` and stride 2?",
        ),
        Misconception(
            "same-rounded-down",
            lambda shape, layers: _chain_with(
                shape, layers, same=lambda n, window, stride: n // stride
            ),
            "With `same` the size is n/s rounded up. You rounded down.",
            "A row of 13 with stride 2 has starts 0, 2, …, 12. How many are these?",
        ),
        Misconception(
            "padding-ignored",
            lambda shape, layers: _chain_with(
                shape, layers, same=lambda n, window, stride: (n - window) // stride + 1
            ),
            "You used the rule for `valid` everywhere. With `same` the size is ⌈n/s⌉.",
            "Each layer says which rule it follows, in its last entry. Where do you look at it?",
        ),
        Misconception(
            "depth-multiplied",
            lambda shape, layers: _chain_with(
                shape,
                layers,
                depth=lambda before, filters: before if filters is None else before * filters,
            ),
            "You multiplied channels and filters. A layer's depth is its number of filters.",
            "Channels are summed, filters are stacked. What is the depth after 4 filters on a "
            "colour image?",
        ),
        Misconception(
            "depth-never-changes",
            lambda shape, layers: _chain_with(shape, layers, depth=lambda before, filters: before),
            "Your depth stays that of the image. After a convolution it is the number of filters.",
            "Each filter makes one map, and the maps are stacked. How many maps do 32 filters "
            "make?",
        ),
        Misconception(
            "pooling-flattens-depth",
            lambda shape, layers: _chain_with(
                shape, layers, depth=lambda before, filters: 1 if filters is None else filters
            ),
            "After pooling you have a single channel. Pooling keeps the depth as it was.",
            "Each map is pooled on its own. How many maps come out when 32 go in?",
        ),
        Misconception(
            "every-layer-on-the-image",
            lambda shape, layers: [
                step for layer in layers for step in _chain_with(shape, [layer])
            ],
            "Every layer of yours starts from the image. It must start from the layer before it.",
            "Keep the shape in a variable and let every layer change it. What is the input of "
            "the second layer?",
        ),
        Misconception(
            "image-included",
            lambda shape, layers: [shape, *_chain_shapes(shape, layers)],
            "Your list begins with the image itself. Give one shape for every layer.",
            "Shapes come *after* layers. How many shapes are there for three layers?",
        ),
        Misconception(
            "last-shape-only",
            lambda shape, layers: _chain_shapes(shape, layers)[-1],
            "You give the last shape only. Give a list: one shape for every layer.",
            "Append the shape to a list inside the loop. How many entries has the list in the end?",
        ),
        Misconception(
            "height-and-width-exchanged",
            lambda shape, layers: [(w, h, c) for h, w, c in _chain_shapes(shape, layers)],
            "Height and width are exchanged. Shapes are (rows, columns, channels).",
            "The image has more rows than columns, or the other way round. "
            "Which of the two must come first?",
        ),
    ],
    forbids=READY_MADE,
    hints=[
        "Keep `height, width, channels` in variables and go through the layers with a `for` loop.",
        "`valid`: use `count_stops`. `same`: n / stride, rounded up. Do it for rows and columns.",
        "Pooling has `filters` of None and leaves the channels as they were.",
    ],
    accepts="a list with one shape (height, width, channels) for every layer",
)


# 7 · parameters of a chain --------------------------------------------------------------------


def _chain_parameters(channels: int, layers: Sequence[Layer]) -> list[int]:
    counts = []
    for filters, window, _, _ in layers:
        if filters is None:
            counts.append(0)
        else:
            counts.append((window * window * channels + 1) * filters)
            channels = filters
    return counts


def _parameters_of_arrays(channels: int, layers: Sequence[Layer]) -> np.ndarray:
    counts = []
    for filters, window, _, _ in layers:
        kernels = np.zeros((window, window, channels, filters or 0))
        counts.append(kernels.size + kernels.shape[-1])
        channels = filters or channels
    return np.array(counts)


def _parameters_with(channels, layers, *, one_layer, pooling=lambda window, before: 0, carry=True):  # type: ignore[no-untyped-def]
    """The counts with one rule exchanged for a wrong one."""
    counts = []
    for filters, window, _, _ in layers:
        if filters is None:
            counts.append(pooling(window, channels))
        else:
            counts.append(one_layer(window, channels, filters))
            channels = filters if carry else channels
    return counts


def _right(window: int, before: int, filters: int) -> int:
    return (window**2 * before + 1) * filters


def _chain_parameter_cases(rng: np.random.Generator) -> Sequence[Case]:
    first, second = _draw(rng, 5, 9), _draw(rng, 10, 20)
    return [
        Case(
            (3, ((4, 3, 1, "valid"), (first, 5, 2, "same"))),
            label="two layers on a colour image",
            part="convolutions",
        ),
        Case(
            (2, ((first, 1, 1, "same"), (second, 2, 3, "valid"), (6, 3, 2, "same"))),
            label="three layers on two channels",
            part="convolutions",
        ),
        Case((3, LECTURE_NET), label="the cats & dogs network", part="with pooling"),
        Case(
            (5, ((None, 3, 2, "same"), (second, 4, 1, "same"), (None, 2, 2, "valid"))),
            label="pooling first",
            part="with pooling",
        ),
    ]


CHAIN_PARAMETERS = Exercise(
    name="chain_parameters",
    title="Parameters through a network",
    lesson=LESSON,
    kind="function",
    cases=_chain_parameter_cases,
    reference=_chain_parameters,
    parts={"convolutions": 1, "with pooling": 1},
    alternatives={
        "the size of real arrays": _parameters_of_arrays,
        "a tuple": lambda channels, layers: tuple(_chain_parameters(channels, layers)),
        "weights, then biases": lambda channels, layers: _parameters_with(
            channels,
            layers,
            one_layer=lambda window, before, filters: window**2 * before * filters + filters,
        ),
    },
    misconceptions=[
        Misconception(
            "input-channels-forgotten",
            lambda channels, layers: _parameters_with(
                channels,
                layers,
                one_layer=lambda window, before, filters: (window**2 + 1) * filters,
            ),
            "You forgot the depth: a filter has k×k weights for *every* channel that comes in.",
            "A filter on 32 channels is a block of 3×3×32 weights. What does your formula count?",
        ),
        Misconception(
            "always-the-image-s-channels",
            lambda channels, layers: _parameters_with(
                channels, layers, one_layer=_right, carry=False
            ),
            "The first layer is right. The later ones do not read the image but the layer before.",
            "How many channels does the second layer see, when the first has 32 filters?",
        ),
        Misconception(
            "own-filters-as-depth",
            lambda channels, layers: _parameters_with(
                channels,
                layers,
                one_layer=lambda window, before, filters: (window**2 * filters + 1) * filters,
            ),
            "You took the layer's own filters as its depth. A kernel is as deep as its *input*.",
            "Look at the shape of kernels in lesson 1: (kh, kw, C, N). Which of these two comes "
            "from the layer before?",
        ),
        Misconception(
            "bias-omitted",
            lambda channels, layers: _parameters_with(
                channels,
                layers,
                one_layer=lambda window, before, filters: window**2 * before * filters,
            ),
            "You counted the weights. Each filter also has a bias.",
            "A layer has two arrays of parameters, kernels and biases. What is the shape of the "
            "second?",
        ),
        Misconception(
            "one-bias-a-layer",
            lambda channels, layers: _parameters_with(
                channels,
                layers,
                one_layer=lambda window, before, filters: window**2 * before * filters + 1,
            ),
            "You added one bias for the whole layer. Every filter has its own.",
            "Count one filter completely first, then multiply. By what?",
        ),
        Misconception(
            "bias-for-every-channel",
            lambda channels, layers: _parameters_with(
                channels,
                layers,
                one_layer=lambda window, before, filters: (window**2 + 1) * before * filters,
            ),
            "You gave each channel of a filter a bias. A filter has one, after the sum.",
            "Channels are summed before the bias is added. How often is it added, then?",
        ),
        Misconception(
            "window-not-squared",
            lambda channels, layers: _parameters_with(
                channels,
                layers,
                one_layer=lambda window, before, filters: (window * before + 1) * filters,
            ),
            "`window` is one side. The kernel has that many rows and columns.",
            "A 3×3 kernel on one channel has 9 weights. What does your formula give?",
        ),
        Misconception(
            "pooling-has-weights",
            lambda channels, layers: _parameters_with(
                channels, layers, one_layer=_right, pooling=lambda window, before: window**2
            ),
            "You gave pooling weights. It has nothing to learn: 0 parameters.",
            "Pooling takes, say, the largest number of a window. Which numbers would training "
            "have to find for that?",
        ),
        Misconception(
            "none-as-a-number",
            lambda channels, layers: _parameters_with(
                channels,
                layers,
                one_layer=_right,
                pooling=lambda window, before: _right(window, before, None),  # type: ignore[arg-type]
            ),
            "Pooling has filters of None, and None cannot be multiplied. Such a layer has 0.",
            "Ask first whether `filters` is None. Which number do you append then, and how many "
            "channels does the next layer see?",
        ),
        Misconception(
            "pooling-left-out",
            lambda channels, layers: [
                count for count in _chain_parameters(channels, layers) if count
            ],
            "Your list has no entry for pooling layers. Give one number for every layer, also 0.",
            "How many numbers belong to a network of four convolutions and four pooling layers?",
        ),
        Misconception(
            "one-total",
            lambda channels, layers: sum(_chain_parameters(channels, layers)),
            "You added everything up. Give a list: one number for every layer.",
            "Append each layer's number to a list instead of adding it. What does the list look "
            "like for two layers?",
        ),
    ],
    hints=[
        "One filter first: how many weights, when its input has C channels? Then its bias.",
        "After every convolution, the number of channels is that layer's number of filters.",
        "Two of the four entries of a layer do not matter here.",
    ],
    accepts="a list with one whole number for every layer",
)


# 8 · as many numbers as before ----------------------------------------------------------------


def _filters_to_balance() -> int:
    return 64 * 2 * 2


FILTERS_TO_BALANCE = Exercise(
    name="filters_to_balance",
    title="Predict: as many numbers as before",
    lesson=LESSON,
    kind="value",
    cases=lambda rng: [Case()],
    reference=_filters_to_balance,
    parts={"all": 1},
    alternatives={
        "a NumPy integer": lambda: np.int64(256),
        "numbers over positions": lambda: 56 * 56 * 64 / (28 * 28),
    },
    misconceptions=[
        Misconception(
            "doubled",
            lambda: 128,
            "You doubled the depth. But both sides are halved, so only a quarter of the places is "
            "left.",
            "56·56 places become 28·28. How many times fewer is that?",
        ),
        Misconception(
            "unchanged",
            lambda: 64,
            "With as many filters as before, a quarter of the numbers is left.",
            "Work out 56·56·64 and 28·28·64. What is missing to make them equal?",
        ),
        Misconception(
            "halved",
            lambda: 32,
            "The maps shrink, so the depth must grow, not shrink.",
            "Work out 56·56·64 and 28·28·32. Which one is larger, and how many times?",
        ),
        Misconception(
            "wrong-way",
            lambda: 16,
            "Four is the right factor, used the wrong way: fewer places need more filters.",
            "28·28·N shall be 56·56·64. Is N larger or smaller than 64?",
        ),
        Misconception(
            "all-numbers",
            lambda: 56 * 56 * 64,
            "That is how many numbers there are. Asked for is the number of filters.",
            "Every filter makes a map of 28·28 numbers. How many such maps hold as many?",
        ),
    ],
    hints=[
        "How many numbers has an output of 56×56×64? And one of 28×28×N?",
        "28·28 is a quarter of 56·56.",
    ],
    accepts="a whole number",
)


# 9 · 1×1 convolution --------------------------------------------------------------------------


def _pointwise(image: np.ndarray, kernels: np.ndarray, biases: np.ndarray) -> np.ndarray:
    height, width, _ = image.shape
    _, _, _, filters = kernels.shape
    result = np.zeros((height, width, filters)) + biases
    for row in range(height):
        for column in range(width):
            pixel = image[row : row + 1, column : column + 1]
            for n in range(filters):
                result[row, column, n] += (pixel * kernels[:, :, :, n]).sum()
    return result


def _pointwise_by_maps(image: np.ndarray, kernels: np.ndarray, biases: np.ndarray) -> np.ndarray:
    maps = []
    for n, bias in enumerate(biases):
        weights = kernels[0, 0, :, n]
        maps.append(sum(image[:, :, c] * weight for c, weight in enumerate(weights)) + bias)
    return np.stack(maps, axis=-1)


def _scalar_per_channel(image: np.ndarray, kernels: np.ndarray, biases: np.ndarray) -> np.ndarray:
    weights = kernels[0, 0]
    filters = range(weights.shape[1])
    return np.stack([image[:, :, n] * weights[n, n] + biases[n] for n in filters], axis=-1)


def _one_weight_each(image: np.ndarray, kernels: np.ndarray, biases: np.ndarray) -> np.ndarray:
    return image.sum(axis=-1, keepdims=True) * kernels[0, 0, 0] + biases


def _pointwise_cases(rng: np.random.Generator) -> Sequence[Case]:
    cases = []
    for part, shapes in {
        "without bias": [((3, 4, 3), 2), ((4, 2, 5), 3)],
        "with bias": [((2, 5, 4), 3), ((5, 3, 6), 2)],
    }.items():
        for image, filters in shapes:
            biases = _bias(rng, filters) if part == "with bias" else np.zeros(filters)
            args = (_numbers(rng, *image), _distinct(rng, 1, 1, image[2], filters), biases)
            label = f"image {_times(args[0])}, kernels {_times(args[1])}, {part}"
            cases.append(Case(args, label=label, part=part))
    return cases


POINTWISE = Exercise(
    name="pointwise",
    title="A 1×1 convolution",
    lesson=LESSON,
    kind="function",
    cases=_pointwise_cases,
    reference=_pointwise,
    parts={"without bias": 1, "with bias": 1},
    alternatives={
        "a sum over channels": _pointwise_by_maps,
        "one matrix product": lambda image, kernels, biases: image @ kernels[0, 0] + biases,
        "einsum, float32": lambda image, kernels, biases: (
            np.einsum("hwc,ijcn->hwn", image, kernels) + biases
        ).astype(np.float32),
        "nested lists": lambda image, kernels, biases: (
            np.tensordot(image, kernels[0, 0], axes=1) + biases
        ).tolist(),
    },
    misconceptions=[
        Misconception(
            "one-number-per-channel",
            _scalar_per_channel,
            "You scaled channel n by one number. A 1×1 filter mixes *all* channels of a pixel.",
            "The kernel has shape (1, 1, C, N): one filter has C weights, one for every channel. "
            "Which channels go into map number 0?",
        ),
        Misconception(
            "channels-scaled-not-summed",
            lambda image, kernels, biases: image[..., None] * kernels[0, 0] + biases,
            "You multiplied, but did not add up: each filter sums its channels into one number.",
            "Your result has an axis for channels and one for filters. Over which is the sum "
            "missing?",
        ),
        Misconception(
            "same-weight-for-all-channels",
            _one_weight_each,
            "You added the channels up first, then weighted the sum. Each channel has its weight.",
            "Adding up first gives all channels the same weight. Multiply each by its own, then "
            "add. Which index of `kernels` counts the channels?",
        ),
        Misconception(
            "bias-omitted",
            lambda image, kernels, biases: image @ kernels[0, 0],
            "The sums over channels are right. Each filter's bias is missing.",
            "A 1×1 convolution is a convolution like any other. What does a filter have besides "
            "its weights?",
        ),
        Misconception(
            "bias-for-every-channel",
            lambda image, kernels, biases: image @ kernels[0, 0] + biases * image.shape[2],
            "You added the bias once for every channel. It is added once, after the sum.",
            "Your maps are too large by (C − 1) times their bias. Does your `+ biases[n]` stand "
            "before or after the sum?",
        ),
        Misconception(
            "channels-averaged",
            lambda image, kernels, biases: image @ kernels[0, 0] / image.shape[2] + biases,
            "You averaged over the channels. A filter adds them up.",
            "The weights alone decide how much each channel counts. Where does your code divide?",
        ),
        Misconception(
            "weights-reshaped",
            lambda image, kernels, biases: (
                image @ kernels[0, 0].reshape(kernels.shape[:1:-1]).T + biases
            ),
            "Right shape, but the weights are mixed up: `reshape` does not turn a table.",
            "Filter n is `kernels[0, 0, :, n]`. To turn rows into columns there is `.T`. "
            "Do you need to turn anything at all?",
        ),
        Misconception(
            "first-channel-only",
            lambda image, kernels, biases: image[..., :1] * kernels[0, 0, 0] + biases,
            "You used the first channel only. The filter reaches through all of them.",
            "The window is one pixel, and a pixel is C numbers. How many weights does one filter "
            "need for it?",
        ),
    ],
    forbids=READY_MADE,
    hints=[
        "The window is a single pixel: `image[row, column]`, with C numbers.",
        "The weights of filter n are `kernels[0, 0, :, n]`, as many as the pixel has numbers.",
        "One number of the output is the dot product of these two, plus `biases[n]`.",
    ],
    accepts="a NumPy array of shape (H, W, N)",
)


# 10 · what a reduction saves ------------------------------------------------------------------


def _reduction_saving(
    height: int, width: int, channels: int, reduced: int, filters: int, kernel: int
) -> float:
    direct = height * width * kernel * kernel * channels * filters
    reduction = height * width * channels * reduced
    convolution = height * width * kernel * kernel * reduced * filters
    return direct / (reduction + convolution)


def _work(height: int, width: int, channels: int, filters: int, kernel: int) -> int:
    return height * width * kernel**2 * channels * filters


def _saving_cases(rng: np.random.Generator) -> Sequence[Case]:
    random = (_draw(rng, 10, 20), _draw(rng, 20, 30), _draw(rng, 40, 60), _draw(rng, 5, 9), 33, 3)
    sizes = [(28, 28, 256, 64, 256, 3), (5, 7, 6, 2, 4, 3), (9, 4, 12, 5, 8, 2), random]
    return [
        Case(args, label="{}×{}×{} to {}, then {} filters of {n}×{n}".format(*args, n=args[-1]))
        for args in sizes
    ]


def _inverted(h: int, w: int, c: int, r: int, f: int, k: int) -> float:
    return 1 / _reduction_saving(h, w, c, r, f, k)


def _with_biases(h: int, w: int, c: int, r: int, f: int, k: int) -> float:
    return (k * k * c + 1) * f / ((c + 1) * r + (k * k * r + 1) * f)


REDUCTION_SAVING = Exercise(
    name="reduction_saving",
    title="What a reduction saves",
    lesson=LESSON,
    kind="function",
    cases=_saving_cases,
    reference=_reduction_saving,
    parts={"all": 2},
    alternatives={
        "places cancel": lambda height, width, channels, reduced, filters, kernel: (
            kernel**2 * channels * filters / (reduced * (channels + kernel**2 * filters))
        ),
        "a NumPy number": lambda height, width, channels, reduced, filters, kernel: (
            np.float64(_work(height, width, channels, filters, kernel))
            / (
                _work(height, width, channels, reduced, 1)
                + _work(height, width, reduced, filters, kernel)
            )
        ),
    },
    misconceptions=[
        Misconception(
            "reduction-for-free",
            lambda h, w, c, r, f, k: c / r,
            "You left out the work of the 1×1 layer itself. It is cheap, but not free.",
            "The reduced way has two layers: 1×1 first, k×k after it. Add the multiplications of "
            "both. How many does the 1×1 layer need at one place?",
        ),
        Misconception(
            "upside-down",
            _inverted,
            "Your fraction stands upside down: how many times *fewer* is old work over new work.",
            "A saving is a factor above 1 here. Which of the two ways needs more?",
        ),
        Misconception(
            "difference",
            lambda h, w, c, r, f, k: (
                _work(h, w, c, f, k) - _work(h, w, c, r, 1) - _work(h, w, r, f, k)
            ),
            "You subtracted. Asked for is how many times fewer multiplications: divide.",
            "Old work over new work. What does 'three times fewer' mean as a fraction?",
        ),
        Misconception(
            "share-saved",
            lambda h, w, c, r, f, k: 1 - _inverted(h, w, c, r, f, k),
            "That is the share that is saved. Asked for is the factor: old work over new work.",
            "Saving three quarters means a factor of 4. How do you get from one to the other?",
        ),
        Misconception(
            "kernel-not-squared",
            lambda h, w, c, r, f, k: k * c * f / (c * r + k * r * f),
            "A window of k×k has k·k numbers in every channel. You counted k.",
            "How many multiplications does one 3×3 window on one channel need?",
        ),
        Misconception(
            "still-all-channels",
            lambda h, w, c, r, f, k: (
                _work(h, w, c, f, k) / (_work(h, w, c, r, 1) + _work(h, w, c, f, k))
            ),
            "Your k×k layer still reads all channels. After the reduction there are fewer.",
            "The second layer reads what the 1×1 layer wrote. How many channels are that?",
        ),
        Misconception(
            "both-kernels-large",
            lambda h, w, c, r, f, k: c * f / (c * r + r * f),
            "You gave the reducing layer k×k windows too. Its window is a single pixel.",
            "At one place the reducing layer multiplies C numbers for each of its filters. "
            "Where does a k come in?",
        ),
        Misconception(
            "parameters-compared",
            _with_biases,
            "You compared parameters, biases included. Asked for are multiplications.",
            "A bias is added, not multiplied. What is left of your formulas without biases?",
        ),
        Misconception(
            "one-output-channel",
            lambda h, w, c, r, f, k: k * k * c / (c * r + k * k * r),
            "You counted the large windows for one filter. There are `filters` of them.",
            "Every filter goes through every window. By what must you multiply the work of one?",
        ),
    ],
    hints=[
        "A layer's multiplications: places × (numbers in a window) × filters.",
        "Directly: every window holds kernel · kernel · channels numbers.",
        "With the reduction: first windows of 1·1·channels for `reduced` filters, then windows of "
        "kernel · kernel · reduced for `filters` filters.",
    ],
    accepts="one number, a factor",
)


# 11 · two layers without a nonlinearity -------------------------------------------------------


def _collapse(
    first: np.ndarray, first_bias: np.ndarray, second: np.ndarray, second_bias: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    channels, between = first.shape
    weights = np.zeros((channels, len(second_bias)))
    biases = np.zeros(len(second_bias)) + second_bias
    for m in range(between):
        weights += np.outer(first[:, m], second[m])
        biases += first_bias[m] * second[m]
    return weights, biases


def _collapse_by_probing(
    first: np.ndarray, first_bias: np.ndarray, second: np.ndarray, second_bias: np.ndarray
) -> list[np.ndarray]:
    def both(pixel: np.ndarray) -> np.ndarray:
        return np.asarray((pixel @ first + first_bias) @ second + second_bias)

    biases = both(np.zeros(len(first)))
    return [both(np.eye(len(first))) - biases, biases]


def _collapse_cases(rng: np.random.Generator) -> Sequence[Case]:
    return [
        Case(
            (
                _distinct(rng, channels, between),
                _bias(rng, between),
                _distinct(rng, between, filters),
                _bias(rng, filters) + 1,
            ),
            label=f"{channels} channels to {between} to {filters}",
        )
        for channels, between, filters in [(3, 2, 4), (4, 3, 3), (2, 5, 3)]
    ]


COLLAPSE = Exercise(
    name="collapse",
    title="Two layers in one",
    lesson=LESSON,
    kind="function",
    cases=_collapse_cases,
    reference=_collapse,
    parts={"all": 2},
    alternatives={
        "matrix products": lambda first, first_bias, second, second_bias: (
            first @ second,
            first_bias @ second + second_bias,
        ),
        "try pixels": _collapse_by_probing,
        "float32": lambda first, first_bias, second, second_bias: (
            (first @ second).astype(np.float32),
            np.dot(first_bias, second) + second_bias,
        ),
    },
    misconceptions=[
        Misconception(
            "first-bias-lost",
            lambda first, first_bias, second, second_bias: (first @ second, second_bias),
            "The weights are right. The first layer's bias got lost: it goes through layer two.",
            "Multiply out (p · A + a) · B + b. What happens to a?",
        ),
        Misconception(
            "second-bias-lost",
            lambda first, first_bias, second, second_bias: (first @ second, first_bias @ second),
            "The weights are right. The second layer's own bias is missing.",
            "Multiply out (p · A + a) · B + b. Which terms do not contain the pixel p?",
        ),
        Misconception(
            "biases-just-added",
            lambda first, first_bias, second, second_bias: (
                first @ second,
                first_bias + second_bias,
            ),
            "You added the two biases. The first one still goes through the second layer.",
            "The biases have different lengths when the layers have different numbers of filters. "
            "What turns numbers of the first layer into numbers of the second?",
        ),
        Misconception(
            "first-bias-summed",
            lambda first, first_bias, second, second_bias: (
                first @ second,
                first_bias.sum() + second_bias,
            ),
            "You added up the first biases. The second layer weighs each of them.",
            "To the second layer the first biases are inputs like others. What does it do with "
            "inputs?",
        ),
        Misconception(
            "weights-transposed",
            lambda first, first_bias, second, second_bias: (
                (first @ second).T,
                first_bias @ second + second_bias,
            ),
            "All numbers are right, but the table of weights is turned: rows are channels.",
            "Like the two given tables, the answer has a row for every channel and a column for "
            "every filter. In which order must the two be multiplied?",
        ),
        Misconception(
            "weights-only",
            lambda first, first_bias, second, second_bias: first @ second,
            "You give the weights. The one layer also has biases: return both.",
            "`return weights, biases` gives two arrays. What comes out of the two layers for a "
            "pixel of zeros?",
        ),
        Misconception(
            "relu-between",
            lambda first, first_bias, second, second_bias: (
                np.maximum(first, 0) @ second,
                np.maximum(first_bias, 0) @ second + second_bias,
            ),
            "You set negative weights to 0. ReLU acts on answers, and here there is none.",
            "Two layers with nothing in between: every number passes as it is. Which line can go?",
        ),
    ],
    hints=[
        "For one pixel p (a row of C numbers) the first layer gives p @ first + first_bias. "
        "Put that into the second layer.",
        "Multiply out: (p @ A + a) @ B + b. Which part holds p? Which part does not?",
    ],
    accepts="two arrays: weights of shape (C, N) and biases of shape (N,)",
)


EXERCISES: tuple[Exercise, ...] = (
    COUNT_STOPS,
    LAYERS_UNTIL_GONE,
    OUTPUT_SIZE,
    SAME_PADDING,
    SAME_ROW,
    CHAIN_SHAPES,
    CHAIN_PARAMETERS,
    FILTERS_TO_BALANCE,
    POINTWISE,
    REDUCTION_SAVING,
    COLLAPSE,
)
