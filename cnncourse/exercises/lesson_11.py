"""Lesson 11, "MobileNet": its exercises, right answers and known mistakes.

Every reference is written out by hand on purpose: the tests change it token by token and expect
the cases to notice. Channels and filters differ everywhere, so that M and N cannot be exchanged.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from cnncourse.checking.exercise import Case, Exercise, Misconception
from cnncourse.checking.models import Blueprint
from cnncourse.exercises.by_hand import READY_MADE

LESSON = "11_mobilenet"

Shape = tuple[int, ...]

_ARGUMENTS = "kernel {}, {} channels, {} filters, map {}×{}"


# Inputs --------------------------------------------------------------------------------------


def _distinct(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Numbers that all differ and do not add up to 0, so no flip or exchange can hide."""
    size = int(np.prod(shape))
    return (rng.permutation(size) - size // 3).reshape(shape).astype(float)


def _layers(rng: np.random.Generator) -> list[tuple[int, int, int, int]]:
    """Sizes of layers (kernel, channels, filters, map), none of them like another."""
    m, n, size = (int(each) for each in rng.permutation([6, 7, 9, 10, 11])[:3])
    return [(3, 4, 5, 7), (5, 8, 3, 6), (3, 512, 1024, 7), (7, m, n, size)]


def _one_case(rng: np.random.Generator) -> Sequence[Case]:
    return [Case()]


# 1 · the work of an ordinary layer ------------------------------------------------------------


def _ordinary_work(kernel: int, channels: int, filters: int, size: int) -> int:
    return kernel * kernel * channels * filters * size * size


def _work_cases(rng: np.random.Generator) -> Sequence[Case]:
    return [
        Case((k, m, n, f), label=_ARGUMENTS.format(k, m, n, f, f)) for k, m, n, f in _layers(rng)
    ]


ORDINARY_WORK = Exercise(
    name="ordinary_work",
    title="The work of an ordinary layer",
    lesson=LESSON,
    kind="function",
    cases=_work_cases,
    reference=_ordinary_work,
    parts={"all": 1},
    alternatives={
        "one output at a time": lambda kernel, channels, filters, size: (
            (size * size * filters) * (kernel**2 * channels)
        ),
        "loops over filters": lambda kernel, channels, filters, size: sum(
            kernel**2 * channels * size**2 for _ in range(filters)
        ),
        "a NumPy product": lambda kernel, channels, filters, size: np.prod(
            [kernel, kernel, channels, filters, size, size]
        ),
    },
    misconceptions=[
        Misconception(
            "positions-forgotten",
            lambda kernel, channels, filters, size: kernel**2 * channels * filters,
            "That is the number of weights. Each weight is used again at every position.",
            "A filter slides: at each of D_F × D_F places it does the same multiplications anew. "
            "How many places are there?",
        ),
        Misconception(
            "map-not-squared",
            lambda kernel, channels, filters, size: kernel**2 * channels * filters * size,
            "The map has rows and columns: its side counts twice.",
            "A map of side 7 has 49 positions. By what did you multiply?",
        ),
        Misconception(
            "kernel-not-squared",
            lambda kernel, channels, filters, size: kernel * channels * filters * size**2,
            "The kernel has rows and columns: its side counts twice.",
            "A 3×3 window has nine numbers in every channel. How many does yours have?",
        ),
        Misconception(
            "channels-forgotten",
            lambda kernel, channels, filters, size: kernel**2 * filters * size**2,
            "The input channels are missing: a filter reaches through all of them.",
            "A 3×3 window on 4 channels holds 36 numbers, and each is multiplied by a weight. "
            "Which letter of the lecture's formula is not in yours?",
        ),
        Misconception(
            "filters-forgotten",
            lambda kernel, channels, filters, size: kernel**2 * channels * size**2,
            "That is the work of one filter. The layer has N of them.",
            "Every filter makes a map of its own, from scratch. How much more work are ten filters "
            "than one?",
        ),
        Misconception(
            "bias-counted",
            lambda kernel, channels, filters, size: (kernel**2 * channels + 1) * filters * size**2,
            "You counted the bias. It is added, not multiplied, and the papers leave it out.",
            "A mult-add is one multiplication together with its addition. MobileNet's layers have "
            "no bias at all: batch norm follows. What is left without the + 1?",
        ),
        Misconception(
            "flops",
            lambda kernel, channels, filters, size: 2 * kernel**2 * channels * filters * size**2,
            "You counted multiplications and additions separately: twice the mult-adds.",
            "A mult-add is a pair: multiply, and add to the running sum. Some tools count the two "
            "as two FLOPs. Which does this lesson's table count?",
        ),
        Misconception(
            "without-padding",
            lambda kernel, channels, filters, size: (
                kernel**2 * channels * filters * (size - kernel + 1) ** 2
            ),
            "You let the map shrink. Here D_F is the side of the output map already.",
            "The formula counts outputs, and of those there are D_F × D_F for each filter. What "
            "must not be subtracted?",
        ),
    ],
    hints=[
        "How many multiplications make one number of the output?",
        "And how many numbers has the output: rows × columns × filters?",
    ],
    accepts="a whole number",
)


# 2 · depthwise by hand ------------------------------------------------------------------------


def _depthwise_map(image: np.ndarray, kernels: np.ndarray) -> np.ndarray:
    kh, kw, channels = kernels.shape
    rows, columns = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    result = np.zeros((rows, columns, channels))
    for row in range(rows):
        for column in range(columns):
            window = image[row : row + kh, column : column + kw]
            for c in range(channels):
                result[row, column, c] += (window[:, :, c] * kernels[:, :, c]).sum()
    return result


def _windows(image: np.ndarray, kernels: np.ndarray) -> np.ndarray:
    """(H', W', C, kh, kw)"""
    return sliding_window_view(image, kernels.shape[:2], axis=(0, 1))


def _depthwise_einsum(image: np.ndarray, kernels: np.ndarray) -> np.ndarray:
    return np.einsum("hwcij,ijc->hwc", _windows(image, kernels), kernels)


def _depthwise_loops(image: np.ndarray, kernels: np.ndarray) -> np.ndarray:
    kh, kw, channels = kernels.shape
    shape = (image.shape[0] - kh + 1, image.shape[1] - kw + 1, channels)
    result = np.zeros(shape)
    for y, x, c in np.ndindex(*shape):
        for i, j in np.ndindex(kh, kw):
            result[y, x, c] += image[y + i, x + j, c] * kernels[i, j, c]
    return result


def _map_cases(rng: np.random.Generator) -> Sequence[Case]:
    return [
        Case(
            (_distinct(rng, *image) / 2, _distinct(rng, *kernel, image[2])),
            label=f"image {image[0]}×{image[1]}×{image[2]}, kernels {kernel[0]}×{kernel[1]}",
        )
        for image, kernel in (((5, 6, 3), (3, 3)), ((4, 7, 2), (2, 3)), ((6, 5, 4), (3, 2)))
    ]


DEPTHWISE_MAP = Exercise(
    name="depthwise_map",
    title="Every channel for itself",
    lesson=LESSON,
    kind="function",
    cases=_map_cases,
    reference=_depthwise_map,
    parts={"all": 2},
    alternatives={
        "einsum": _depthwise_einsum,
        "five loops": _depthwise_loops,
        "channel by channel": lambda image, kernels: np.stack(
            [
                np.einsum(
                    "hwij,ij->hw",
                    sliding_window_view(image[..., c], kernels.shape[:2]),
                    kernels[..., c],
                )
                for c in range(image.shape[2])
            ],
            axis=-1,
        ),
        "float32": lambda image, kernels: _depthwise_einsum(image, kernels).astype(np.float32),
    },
    misconceptions=[
        Misconception(
            "channels-summed",
            lambda image, kernels: _depthwise_einsum(image, kernels).sum(axis=-1),
            "You added the channels up: that is an ordinary filter. Depthwise keeps them apart.",
            "Three channels in, three maps out. Over which axes may `.sum` run, so that the "
            "channels survive?",
        ),
        Misconception(
            "channels-summed-axis-kept",
            lambda image, kernels: _depthwise_einsum(image, kernels).sum(axis=-1, keepdims=True),
            "You added the channels up into one map. Depthwise gives one map for each channel.",
            "The sum runs over the window's rows and columns only. Which axes are these in a "
            "window of shape (kh, kw, C)?",
        ),
        Misconception(
            "one-kernel-for-all",
            lambda image, kernels: np.einsum(
                "hwcij,ij->hwc", _windows(image, kernels), kernels[..., 0]
            ),
            "Every channel got the first kernel. Each has a kernel of its own.",
            "Channel c is read by `kernels[:, :, c]`. What stands in your third index?",
        ),
        Misconception(
            "every-kernel-on-every-channel",
            lambda image, kernels: np.einsum("hwcij,ijn->hwn", _windows(image, kernels), kernels),
            "Every kernel read all channels. Kernel c belongs to channel c alone.",
            "C kernels on C channels would be C × C pairs; depthwise uses only C of them. Which?",
        ),
        Misconception(
            "first-channel-only",
            lambda image, kernels: _depthwise_einsum(image, kernels)[..., :1],
            "Only the first channel was read. The result has a map for each channel.",
            "Does `return` stand inside the loop over channels, or is an index fixed at 0?",
        ),
        Misconception(
            "kernel-flipped",
            lambda image, kernels: _depthwise_einsum(image, kernels[::-1, ::-1]),
            "You turned the kernels by 180°. Networks lay them on the window as they are.",
            "What networks call convolution is cross-correlation (lesson 1). Which weight meets "
            "the window's top-left number?",
        ),
        Misconception(
            "averaged",
            lambda image, kernels: (
                _depthwise_einsum(image, kernels) / (kernels.shape[0] * kernels.shape[1])
            ),
            "You took the mean over the window. A dot product is the sum.",
            "Nothing divides in a convolution. Which function did you use in place of `.sum`?",
        ),
        Misconception(
            "channels-first",
            lambda image, kernels: np.moveaxis(_depthwise_einsum(image, kernels), -1, 0),
            "The values are right. The channels must come last: (rows, columns, channels).",
            "`np.stack(maps)` puts the new axis in front. Which `axis` puts it at the end?",
        ),
    ],
    forbids=READY_MADE,
    hints=[
        "Write the map of one channel as in lesson 1. Then do it for each channel.",
        "With a window of shape (kh, kw, C), `(window * kernels).sum(axis=(0, 1))` has one number "
        "for each channel.",
    ],
    accepts="a NumPy array of shape (H − kh + 1, W − kw + 1, C)",
)


# 3 · a separable convolution ------------------------------------------------------------------


def _separable_map(image: np.ndarray, kernels: np.ndarray, mixing: np.ndarray) -> np.ndarray:
    kh, kw, _ = kernels.shape
    rows, columns = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    result = np.zeros((rows, columns, mixing.shape[1]))
    for row in range(rows):
        for column in range(columns):
            window = image[row : row + kh, column : column + kw]
            for n in range(mixing.shape[1]):
                weights = kernels * mixing[:, n]
                result[row, column, n] += (window * weights).sum()
    return result


def _separable_loops(image: np.ndarray, kernels: np.ndarray, mixing: np.ndarray) -> np.ndarray:
    maps = _depthwise_loops(image, kernels)
    result = np.zeros((*maps.shape[:2], mixing.shape[1]))
    for y, x, n in np.ndindex(*result.shape):
        for m in range(mixing.shape[0]):
            result[y, x, n] += maps[y, x, m] * mixing[m, n]
    return result


def _separable_whole(image: np.ndarray, kernels: np.ndarray, mixing: np.ndarray) -> np.ndarray:
    """As one ordinary convolution with the kernels multiplied out."""
    whole = np.einsum("ijm,mn->ijmn", kernels, mixing)
    return np.einsum("hwmij,ijmn->hwn", _windows(image, kernels), whole)


def _separable_cases(rng: np.random.Generator) -> Sequence[Case]:
    cases = []
    for image, kernel, filters in (
        ((5, 6, 4), (3, 3), 2),
        ((5, 7, 2), (3, 4), 5),
        ((6, 5, 4), (3, 2), 4),  # as many filters as channels: a transposition fits
    ):
        channels = image[2]
        arrays = (
            _distinct(rng, *image) / 2,
            _distinct(rng, *kernel, channels),
            _distinct(rng, channels, filters),
        )
        label = (
            f"image {image[0]}×{image[1]}×{channels}, kernels {kernel[0]}×{kernel[1]}, "
            f"{filters} filters"
        )
        cases.append(Case(arrays, label=label))
    return cases


SEPARABLE_MAP = Exercise(
    name="separable_map",
    title="Depthwise, then pointwise",
    lesson=LESSON,
    kind="function",
    cases=_separable_cases,
    reference=_separable_map,
    parts={"all": 2},
    alternatives={
        "two steps": lambda image, kernels, mixing: _depthwise_einsum(image, kernels) @ mixing,
        "loops": _separable_loops,
        "one ordinary convolution": _separable_whole,
        "tensordot, float32": lambda image, kernels, mixing: np.tensordot(
            _depthwise_einsum(image, kernels), mixing, axes=1
        ).astype(np.float32),
    },
    misconceptions=[
        Misconception(
            "depthwise-only",
            lambda image, kernels, mixing: _depthwise_einsum(image, kernels),
            "That is the depthwise half: M maps. The pointwise half, which mixes them, is missing.",
            "Depthwise alone never lets one channel meet another. `mixing` has shape (M, N): what "
            "does a row of M numbers become when it is multiplied by it?",
        ),
        Misconception(
            "pointwise-only",
            lambda image, kernels, mixing: (
                image[kernels.shape[0] - 1 :, kernels.shape[1] - 1 :] @ mixing
            ),
            "You mixed the image's channels. First each channel is filtered by its own kernel.",
            "Depthwise comes first and looks at neighbours. Where do `kernels` come in?",
        ),
        Misconception(
            "mixing-per-channel-summed",
            lambda image, kernels, mixing: (
                _depthwise_einsum(image, kernels).sum(axis=-1, keepdims=True) * mixing.sum(axis=0)
            ),
            "You added the maps up first and multiplied then. Each map has its own weight first.",
            "Output n is Σ over m of map_m × mixing[m, n]. Which comes first, the product or the "
            "sum?",
        ),
        Misconception(
            "maps-added-without-weights",
            lambda image, kernels, mixing: np.repeat(
                _depthwise_einsum(image, kernels).sum(axis=-1, keepdims=True),
                mixing.shape[1],
                axis=-1,
            ),
            "All your maps are the same: the weights in `mixing` are not used.",
            "Filter n has a weight for each of the M maps. Which column of `mixing` holds them?",
        ),
        Misconception(
            "relu-between",
            lambda image, kernels, mixing: (
                np.maximum(_depthwise_einsum(image, kernels), 0) @ mixing
            ),
            "You put a ReLU between the halves. MobileNet has one there; this exercise has not.",
            "Section 5 comes to it, with batch norm. Here only the two convolutions count. What "
            "happens to negative numbers in your code?",
        ),
        Misconception(
            "kernels-flipped",
            lambda image, kernels, mixing: _depthwise_einsum(image, kernels[::-1, ::-1]) @ mixing,
            "You turned the kernels by 180°. Networks lay them on the window as they are.",
            "What networks call convolution is cross-correlation (lesson 1). Which weight meets "
            "the window's top-left number?",
        ),
        Misconception(
            "mean-over-channels",
            lambda image, kernels, mixing: (
                _depthwise_einsum(image, kernels) @ mixing / mixing.shape[0]
            ),
            "You took the mean over the channels. A 1×1 filter adds them up.",
            "Nothing divides in a convolution. Where does your code divide by M?",
        ),
        Misconception(
            "ordinary-filters-per-channel",
            lambda image, kernels, mixing: (
                np.einsum("hwcij,ijm->hwm", _windows(image, kernels), kernels) @ mixing
            ),
            "Your first half read all channels with each kernel. Kernel m belongs to channel m "
            "alone.",
            "That first half is an ordinary convolution, and costs as much. Does your "
            "`depthwise_map` pass its check?",
        ),
    ],
    forbids=READY_MADE,
    hints=[
        "Your `depthwise_map` is the first half.",
        "The second half is a 1×1 convolution: at every position, M numbers become N.",
        "`maps @ mixing` multiplies the last axis of (rows, columns, M) with (M, N).",
    ],
    accepts="a NumPy array of shape (H − kh + 1, W − kw + 1, N)",
)


# 4 · the work of a separable layer ------------------------------------------------------------


def _separable_work(kernel: int, channels: int, filters: int, size: int) -> int:
    depthwise = kernel * kernel * channels * size * size
    pointwise = channels * filters * size * size
    return depthwise + pointwise


SEPARABLE_WORK = Exercise(
    name="separable_work",
    title="The work of a separable layer",
    lesson=LESSON,
    kind="function",
    cases=_work_cases,
    reference=_separable_work,
    parts={"all": 1},
    alternatives={
        "factored": lambda kernel, channels, filters, size: (
            channels * size**2 * (kernel**2 + filters)
        ),
        "the ordinary work times the ratio": lambda kernel, channels, filters, size: round(
            kernel**2 * channels * filters * size**2 * (1 / filters + 1 / kernel**2)
        ),
        "a NumPy integer": lambda kernel, channels, filters, size: np.int64(
            (kernel**2 + filters) * channels * size**2
        ),
    },
    misconceptions=[
        Misconception(
            "depthwise-only",
            lambda kernel, channels, filters, size: kernel**2 * channels * size**2,
            "That is the depthwise half. The pointwise half, the larger one, is missing.",
            "After depthwise there are M maps that never met. What does mixing M maps into N cost "
            "at each position?",
        ),
        Misconception(
            "pointwise-only",
            lambda kernel, channels, filters, size: channels * filters * size**2,
            "That is the pointwise half. The depthwise half is missing.",
            "Each channel is filtered by a kernel of its own first. How many multiplications a "
            "position and channel?",
        ),
        Misconception(
            "channels-and-filters-exchanged",
            lambda kernel, channels, filters, size: (
                (kernel**2 * filters + channels * filters) * size**2
            ),
            "M and N are exchanged: depthwise runs on the *input* channels, M.",
            "The depthwise half comes first, when there are still M maps. How many kernels does it "
            "need?",
        ),
        Misconception(
            "multiplied-not-added",
            lambda kernel, channels, filters, size: (
                kernel**2 * channels * size**2 * channels * filters * size**2
            ),
            "You multiplied the halves. They are done one after the other: their work adds up.",
            "Washing takes an hour, drying takes an hour. How long do both take?",
        ),
        Misconception(
            "kernel-in-both-halves",
            lambda kernel, channels, filters, size: (
                kernel**2 * channels * size**2 + kernel**2 * channels * filters * size**2
            ),
            "Your second half has k×k kernels. Pointwise is 1×1: one weight a channel and filter.",
            "The neighbours were looked at in the first half. How many numbers of each map does a "
            "1×1 filter read?",
        ),
        Misconception(
            "positions-forgotten",
            lambda kernel, channels, filters, size: kernel**2 * channels + channels * filters,
            "That is the number of weights. Each is used again at every position.",
            "Both halves slide over the whole map. How many positions are there?",
        ),
        Misconception(
            "positions-in-one-half-only",
            lambda kernel, channels, filters, size: (
                kernel**2 * channels * size**2 + channels * filters
            ),
            "The pointwise half slides over all positions, too.",
            "M numbers become N at *each* of the D_F × D_F positions. Which factor is missing?",
        ),
        Misconception(
            "bias-counted",
            lambda kernel, channels, filters, size: (
                ((kernel**2 + 1) * channels + (channels + 1) * filters) * size**2
            ),
            "You counted biases. They are added, not multiplied, and MobileNet has none.",
            "Batch norm follows each half and shifts the maps itself. What is left without the "
            "two + 1?",
        ),
    ],
    hints=[
        "Two halves, added: depthwise, then pointwise.",
        "Depthwise: like an ordinary layer of one filter. Pointwise: an ordinary layer with k = 1.",
    ],
    accepts="a whole number",
)


# 5 · the ratio --------------------------------------------------------------------------------


def _work_ratio(kernel: int, channels: int, filters: int) -> float:
    return 1 / filters + 1 / (kernel * kernel)


def _ratio_cases(rng: np.random.Generator) -> Sequence[Case]:
    sizes = [(3, 64, 128), (5, 8, 3), (3, 512, 512), tuple(int(n) for n in rng.permutation(4) + 4)]
    return [
        Case((k, m, n), label=f"kernel {k}, {m} channels, {n} filters") for k, m, n, *_ in sizes
    ]


WORK_RATIO = Exercise(
    name="work_ratio",
    title="What is left of the work",
    lesson=LESSON,
    kind="function",
    cases=_ratio_cases,
    reference=_work_ratio,
    parts={"all": 1},
    alternatives={
        "both counts, divided": lambda kernel, channels, filters: (
            (kernel**2 * channels + channels * filters) / (kernel**2 * channels * filters)
        ),
        "one fraction": lambda kernel, channels, filters: (
            (kernel**2 + filters) / (filters * kernel**2)
        ),
        "float32": lambda kernel, channels, filters: np.float32(1 / filters + 1 / kernel**2),
    },
    misconceptions=[
        Misconception(
            "channels-for-filters",
            lambda kernel, channels, filters: 1 / channels + 1 / kernel**2,
            "You took 1/M. Divide both counts again: it is M that cancels, and N stays.",
            "D_K²·M·D_F² divided by D_K²·M·N·D_F²: strike out what stands above and below. Which "
            "letter is left? (At M = N nobody would notice.)",
        ),
        Misconception(
            "depthwise-only",
            lambda kernel, channels, filters: 1 / filters,
            "That is the share of the depthwise half. The pointwise half is missing.",
            "M·N·D_F² divided by D_K²·M·N·D_F²: what is left of that? It is the larger part.",
        ),
        Misconception(
            "pointwise-only",
            lambda kernel, channels, filters: 1 / kernel**2,
            "That is the share of the pointwise half. The depthwise half is missing.",
            "It is small when there are many filters, but not 0. D_K²·M·D_F² divided by "
            "D_K²·M·N·D_F² gives what?",
        ),
        Misconception(
            "upside-down",
            lambda kernel, channels, filters: 1 / (1 / filters + 1 / kernel**2),
            "Upside down: that says how many times less. Asked is what is left.",
            "A separable layer needs less work, so the ratio is below 1 as soon as N is large. "
            "Which count stands above the line?",
        ),
        Misconception(
            "kernel-not-squared",
            lambda kernel, channels, filters: 1 / filters + 1 / kernel,
            "D_K is the side of the kernel; the ratio has its square.",
            "A 3×3 kernel has nine weights a channel, a 1×1 kernel one. What is left of the work "
            "when one takes the place of nine?",
        ),
        Misconception(
            "multiplied",
            lambda kernel, channels, filters: 1 / (filters * kernel**2),
            "You multiplied the two shares. The halves are done one after the other: add.",
            "Both halves have a share of the ordinary work, 1/N and 1/D_K². Which sign stands "
            "between them?",
        ),
        Misconception(
            "what-is-saved",
            lambda kernel, channels, filters: 1 - 1 / filters - 1 / kernel**2,
            "That is the share that is saved. Asked is the share that is left.",
            "Separable work divided by ordinary work. What is 1 minus your answer?",
        ),
    ],
    hints=["Divide `separable_work` by `ordinary_work`, on paper, and strike out what cancels."],
    accepts="a number",
)


# 6 · parameters of a block --------------------------------------------------------------------


def _block_parameters(kernel: int, channels: int, filters: int) -> int:
    depthwise = kernel * kernel * channels
    pointwise = channels * filters
    norms = 4 * channels + 4 * filters
    return depthwise + pointwise + norms


def _block_cases(rng: np.random.Generator) -> Sequence[Case]:
    drawn = (5, *(int(n) for n in rng.permutation([6, 7, 9, 11])[:2]))
    return [
        Case((k, m, n), label=f"kernel {k}, {m} channels, {n} filters")
        for k, m, n in ((3, 4, 5), (3, 64, 128), (5, 8, 3), drawn)
    ]


BLOCK_PARAMETERS = Exercise(
    name="block_parameters",
    title="The parameters of a block",
    lesson=LESSON,
    kind="function",
    cases=_block_cases,
    reference=_block_parameters,
    parts={"all": 2},
    alternatives={
        "half by half": lambda kernel, channels, filters: (
            (kernel**2 + 4) * channels + (channels + 4) * filters
        ),
        "the sizes of real arrays": lambda kernel, channels, filters: (
            np.zeros((kernel, kernel, channels)).size
            + np.zeros((channels, filters)).size
            + np.zeros((4, channels)).size
            + np.zeros((4, filters)).size
        ),
        "a NumPy integer": lambda kernel, channels, filters: np.int64(
            channels * (kernel**2 + filters + 4) + 4 * filters
        ),
    },
    misconceptions=[
        Misconception(
            "bias-counted",
            lambda kernel, channels, filters: (kernel**2 + 5) * channels + (channels + 5) * filters,
            "You gave the convolutions biases. In front of batch norm they have none.",
            "Batch norm subtracts the mean, and with it any bias; then it adds a number of its "
            "own. What would the bias still do?",
        ),
        Misconception(
            "batch-norm-forgotten",
            lambda kernel, channels, filters: kernel**2 * channels + channels * filters,
            "The weights are right. Batch norm has parameters, too: four for each channel.",
            "γ and β are learned, mean and variance are kept. How many channels does each of the "
            "two batch norms see?",
        ),
        Misconception(
            "weights-with-bias-no-norm",
            lambda kernel, channels, filters: (kernel**2 + 1) * channels + (channels + 1) * filters,
            "You counted biases in place of batch norm. Here it is the other way round.",
            "The convolutions have no bias, and each batch norm has four numbers for each of its "
            "channels. What must be added to the bare weights?",
        ),
        Misconception(
            "two-numbers-a-channel",
            lambda kernel, channels, filters: (kernel**2 + 2) * channels + (channels + 2) * filters,
            "You counted γ and β. Batch norm also keeps a mean and a variance.",
            "They are not trained by the gradient, but they are stored, and Keras counts them as "
            "non-trainable parameters. How many numbers a channel is that in all?",
        ),
        Misconception(
            "one-batch-norm",
            lambda kernel, channels, filters: (
                kernel**2 * channels + channels * filters + 4 * filters
            ),
            "You counted the batch norm at the end. There is one after each half.",
            "The order is depthwise, batch norm, ReLU, pointwise, batch norm, ReLU. How many "
            "channels does the first one see?",
        ),
        Misconception(
            "channels-and-filters-exchanged",
            lambda kernel, channels, filters: (
                kernel**2 * filters + channels * filters + 4 * channels + 4 * filters
            ),
            "M and N are exchanged: depthwise has a kernel for each *input* channel.",
            "For 64 channels, 128 filters and 3×3 kernels the bare weights are 8 768, not 9 344. "
            "How many depthwise kernels are there?",
        ),
        Misconception(
            "ordinary-layer",
            lambda kernel, channels, filters: (
                kernel**2 * channels * filters + 4 * channels + 4 * filters
            ),
            "You counted an ordinary convolution's weights: a kernel for each pair of channels.",
            "Depthwise has one kernel for each channel, pointwise one number for each pair. What "
            "is that together?",
        ),
        Misconception(
            "depthwise-only",
            lambda kernel, channels, filters: kernel**2 * channels + 4 * channels + 4 * filters,
            "The pointwise weights are missing, and they are most of the block.",
            "Each of the N filters has one weight for each of the M maps. How many is that?",
        ),
    ],
    hints=[
        "Four layers have parameters: two convolutions and two batch norms.",
        "Batch norm has γ, β, mean and variance for each of its channels.",
    ],
    accepts="a whole number",
)


# 7 · build a block ----------------------------------------------------------------------------

_BLOCK_INPUT = (15, 20, 24)


def _depthwise(strides: int = 2, *, bias: bool = False, padding: str = "same") -> tuple:
    return ("depthwise", 3, strides, padding, bias, "linear")


def _pointwise(filters: int = 40, *, strides: int = 1, bias: bool = False) -> tuple:
    return ("conv", 1, filters, strides, "valid", bias, "linear")


def _block(*layers: tuple) -> Blueprint:
    """A network as `describe_model` would describe the Keras model."""
    shape: Shape = _BLOCK_INPUT
    described = [_layer("InputLayer", {}, shape, 0)]
    trainable = 0
    for kind, *rest in layers:
        before = shape
        config: dict[str, Any] = {}
        learned = count = 0
        if kind in ("conv", "depthwise", "separable"):
            kernel, *given = rest
            filters = before[2] if kind == "depthwise" else given.pop(0)
            strides, padding, bias, activation = given
            cut = 0 if padding == "same" else kernel - 1
            shape = (
                (before[0] - cut - 1) // strides + 1,
                (before[1] - cut - 1) // strides + 1,
                filters,
            )
            config = {
                "kernel_size": (kernel, kernel),
                "strides": (strides, strides),
                "padding": padding,
                "dilation_rate": (1, 1),
                "activation": activation,
                "use_bias": bias,
            }
            one_each = kernel * kernel * before[2]
            if kind == "conv":
                config |= {"filters": filters, "groups": 1}
                count = one_each * filters
            else:
                config["depth_multiplier"] = 1
                count = one_each
            if kind == "separable":
                config["filters"] = filters
                count += before[2] * filters
            count += filters * bias
            learned = count
        elif kind == "norm":
            config = {"axis": -1, "scale": True}
            count, learned = 4 * shape[2], 2 * shape[2]
        trainable += learned
        described.append(_layer(_CLASSES[kind], config, shape, count))
    return Blueprint(
        {
            "layers": described,
            "input_shape": (None, *_BLOCK_INPUT),
            "parameters": sum(layer["parameters"] for layer in described),
            "trainable_parameters": trainable,
            "compiled": None,
        }
    )


_CLASSES = {
    "conv": "Conv2D",
    "depthwise": "DepthwiseConv2D",
    "separable": "SeparableConv2D",
    "norm": "BatchNormalization",
    "relu": "ReLU",
}


def _layer(name: str, config: dict[str, Any], shape: Shape, parameters: int) -> dict[str, Any]:
    return {
        "class": name,
        "config": config,
        "output_shape": (None, *shape),
        "parameters": parameters,
        "trainable": True,
    }


def _separable_block() -> Blueprint:
    return _block(
        _depthwise(),
        ("norm",),
        ("relu",),
        _pointwise(),
        ("norm",),
        ("relu",),
    )


def _keras_block(style: str) -> Any:
    """The same block written in another way; imports Keras when it is called."""
    import keras
    from keras import layers

    def relu() -> Any:
        return layers.Activation("relu") if style == "activations" else layers.ReLU()

    padding = "same" if style == "activations" else "valid"
    stack = [
        layers.DepthwiseConv2D((3, 3), strides=(2, 2), padding="same", use_bias=False),
        layers.BatchNormalization(),
        relu(),
        layers.Conv2D(40, (1, 1), padding=padding, use_bias=False),
        layers.BatchNormalization(),
        relu(),
    ]
    inputs = keras.Input(_BLOCK_INPUT)
    if style == "functional":
        outputs = inputs
        for layer in stack:
            outputs = layer(outputs)
        return keras.Model(inputs, outputs)
    return keras.Sequential([inputs, *stack])


SEPARABLE_BLOCK = Exercise(
    name="separable_block",
    title="Build the block",
    lesson=LESSON,
    kind="model",
    cases=_one_case,
    reference=_separable_block,
    parts={"all": 3},
    alternatives={
        "Sequential": lambda: _keras_block("sequential"),
        "functional": lambda: _keras_block("functional"),
        "Activation layers, padding same in the 1×1": lambda: _keras_block("activations"),
    },
    misconceptions=[
        Misconception(
            "nothing-between-the-halves",
            lambda: _block(_depthwise(), _pointwise(), ("norm",), ("relu",)),
            "Batch norm and ReLU stand after *each* half, not only at the end.",
            "Without a ReLU between them, the halves are together one weighted sum, as in lesson "
            "1. Which two layers belong between depthwise and pointwise?",
        ),
        Misconception(
            "separable-layer",
            lambda: _block(("separable", 3, 40, 2, "same", False, "linear"), ("norm",), ("relu",)),
            "Keras's SeparableConv2D has nothing between its halves. MobileNet has batch norm and "
            "ReLU.",
            "Use two layers, DepthwiseConv2D and a 1×1 Conv2D. What goes between them?",
        ),
        Misconception(
            "biases-kept",
            lambda: _block(
                _depthwise(bias=True),
                ("norm",),
                ("relu",),
                _pointwise(bias=True),
                ("norm",),
                ("relu",),
            ),
            "The convolutions have biases. In front of batch norm they are useless: "
            "use_bias=False.",
            "Batch norm subtracts the mean, and any bias with it. Which argument leaves it out?",
        ),
        Misconception(
            "stride-in-the-pointwise",
            lambda: _block(
                _depthwise(1),
                ("norm",),
                ("relu",),
                _pointwise(strides=2),
                ("norm",),
                ("relu",),
            ),
            "The stride is in the 1×1 half: it would skip three of four positions unseen.",
            "A 3×3 window with stride 2 still reads every pixel; a 1×1 window does not. In which "
            "half do the positions become fewer?",
        ),
        Misconception(
            "relu-before-batch-norm",
            lambda: _block(
                _depthwise(),
                ("relu",),
                ("norm",),
                _pointwise(),
                ("relu",),
                ("norm",),
            ),
            "ReLU stands before batch norm. In MobileNet batch norm comes first.",
            "The lecture's figure reads, from top to bottom: convolution, BN, ReLU. "
            "(`activation='relu'` in a convolution puts it right behind, too.) What is your order?",
        ),
        Misconception(
            "stride-forgotten",
            lambda: _block(_depthwise(1), ("norm",), ("relu",), _pointwise(), ("norm",), ("relu",)),
            "The map keeps its size. Asked is a stride of 2 in the depthwise half.",
            "15 rows shall become 8. Which argument of DepthwiseConv2D does that?",
        ),
        Misconception(
            "padding-valid",
            lambda: _block(
                _depthwise(padding="valid"),
                ("norm",),
                ("relu",),
                _pointwise(),
                ("norm",),
                ("relu",),
            ),
            "Without padding the edge is lost: 15 rows give 7. Asked is padding='same'.",
            "Keras's default is 'valid'. In which of the two halves does it matter?",
        ),
        Misconception(
            "batch-norm-missing",
            lambda: _block((*_depthwise()[:-1], "relu"), (*_pointwise()[:-1], "relu")),
            "ReLU is there, batch norm is not. It stands between convolution and ReLU.",
            "Without batch norm and without biases nothing could shift a map. Which layer is "
            "missing, twice?",
        ),
        Misconception(
            "pointwise-first",
            lambda: _block(_pointwise(), ("norm",), ("relu",), _depthwise(), ("norm",), ("relu",)),
            "Your halves are exchanged: the depthwise one comes first.",
            "First every channel looks at its neighbours, and the stride makes the map small; then "
            "the 1×1 mixes. Which half does less work in that order?",
        ),
        Misconception(
            "last-relu-missing",
            lambda: _block(_depthwise(), ("norm",), ("relu",), _pointwise(), ("norm",)),
            "The last ReLU is missing: *each* half ends with batch norm and ReLU.",
            "Compare the end of your block with the lecture's figure. How many layers has it?",
        ),
        Misconception(
            "ordinary-convolution",
            lambda: _block(("conv", 3, 40, 2, "same", False, "linear"), ("norm",), ("relu",)),
            "That is the ordinary block: its 3×3 filters reach through all channels.",
            "Take it apart: a 3×3 depthwise layer, then a 1×1 convolution. How many layers will "
            "the block have?",
        ),
    ],
    hints=[
        "Six layers: depthwise, batch norm, ReLU, pointwise, batch norm, ReLU.",
        "`layers.DepthwiseConv2D(3, strides=…, padding=…, use_bias=…)` and `layers.Conv2D(…, 1, "
        "…)`.",
    ],
)


# 8 · a thinner layer on a smaller picture -----------------------------------------------------


def _thin_layer(
    kernel: int, channels: int, filters: int, size: int, alpha: float, rho: float
) -> tuple[int, int]:
    m, n = round(alpha * channels), round(alpha * filters)
    side = round(rho * size)
    weights = kernel * kernel * m + m * n
    return weights * side * side, weights


def _thin(
    work: Callable[..., float], weights: Callable[..., float] | None = None
) -> Callable[..., tuple[float, float]]:
    """A wrong answer from the thinned numbers: k, M, N, F as given, and m, n, f thinned."""

    def answer(
        kernel: int, channels: int, filters: int, size: int, alpha: float, rho: float
    ) -> tuple[float, float]:
        m, n, f = alpha * channels, alpha * filters, rho * size
        numbers = (kernel, channels, filters, size, m, n, f, alpha, rho)
        right = kernel**2 * m + m * n
        found = work(*numbers), right if weights is None else weights(*numbers)
        return round(found[0], 6), round(found[1], 6)

    return answer


def _thin_cases(rng: np.random.Generator) -> Sequence[Case]:
    drawn = int(rng.choice([24, 40, 56]))
    settings = [
        ("α", (3, 32, 64, 12, 0.75, 1.0)),
        ("α", (5, drawn, 16, 10, 0.25, 1.0)),
        ("ρ", (3, 32, 64, 14, 0.5, 0.5)),
        ("ρ", (3, 48, 16, 20, 1.0, 0.75)),
        ("ρ", (5, drawn, 80, 10, 0.75, 0.4)),
    ]
    return [
        Case(
            given,
            label=_ARGUMENTS.format(*given[:4], given[3]) + f", α {given[4]:g}, ρ {given[5]:g}",
            part=part,
        )
        for part, given in settings
    ]


THIN_LAYER = Exercise(
    name="thin_layer",
    title="Thinner, and smaller",
    lesson=LESSON,
    kind="function",
    cases=_thin_cases,
    reference=_thin_layer,
    parts={"α": 1, "ρ": 1},
    alternatives={
        "the lecture's formula": lambda kernel, channels, filters, size, alpha, rho: (
            kernel**2 * (alpha * channels) * (rho * size) ** 2
            + (alpha * channels) * (alpha * filters) * (rho * size) ** 2,
            kernel**2 * alpha * channels + alpha * channels * alpha * filters,
        ),
        "whole numbers, cut off": lambda kernel, channels, filters, size, alpha, rho: _thin_cut(
            kernel, channels, filters, size, alpha, rho
        ),
        "an array": lambda *given: np.array(_thin_layer(*given)),
    },
    misconceptions=[
        Misconception(
            "alpha-once",
            _thin(
                lambda k, M, N, F, m, n, f, alpha, rho: (k**2 * m + m * N) * f**2,
                lambda k, M, N, F, m, n, f, alpha, rho: k**2 * m + m * N,
            ),
            "α counts once in your answer. The outputs are thinned, too: N becomes αN.",
            "The output channels are the next layer's input channels, and α thins every layer. "
            "How often does α stand in the pointwise product?",
        ),
        Misconception(
            "alpha-squared-everywhere",
            _thin(
                lambda k, M, N, F, m, n, f, alpha, rho: alpha**2 * (k**2 * M + M * N) * f**2,
                lambda k, M, N, F, m, n, f, alpha, rho: alpha**2 * (k**2 * M + M * N),
            ),
            "α² is right for the pointwise half, and too much for the depthwise half.",
            "Depthwise has only M in it, not N. By what does its work shrink?",
        ),
        Misconception(
            "outputs-only",
            _thin(
                lambda k, M, N, F, m, n, f, alpha, rho: (k**2 * M + M * n) * f**2,
                lambda k, M, N, F, m, n, f, alpha, rho: k**2 * M + M * n,
            ),
            "You thinned the outputs. The inputs are thinned, too: M becomes αM.",
            "They are the outputs of the layer before, and α thins every layer. Where does M stand "
            "in the formula?",
        ),
        Misconception(
            "alpha-ignored",
            _thin(
                lambda k, M, N, F, m, n, f, alpha, rho: (k**2 * M + M * N) * f**2,
                lambda k, M, N, F, m, n, f, alpha, rho: k**2 * M + M * N,
            ),
            "α changes nothing in your answer. It thins both M and N.",
            "With α = 0.5 a layer of 32 inputs and 64 outputs has 16 and 32. Put these into the "
            "formula. What comes out?",
        ),
        Misconception(
            "rho-not-squared",
            _thin(lambda k, M, N, F, m, n, f, alpha, rho: (k**2 * m + m * n) * rho * F**2),
            "ρ shrinks rows *and* columns: it counts twice.",
            "Half as wide and half as high is a quarter of the area. What does your answer say for "
            "ρ = 0.5?",
        ),
        Misconception(
            "rho-ignored",
            _thin(lambda k, M, N, F, m, n, f, alpha, rho: (k**2 * m + m * n) * F**2),
            "ρ changes nothing in your answer. It shrinks the map, rows and columns.",
            "D_F becomes ρ·D_F. How many positions has the smaller map?",
        ),
        Misconception(
            "rho-changes-parameters",
            _thin(
                lambda k, M, N, F, m, n, f, alpha, rho: (k**2 * m + m * n) * f**2,
                lambda k, M, N, F, m, n, f, alpha, rho: (k**2 * m + m * n) * rho**2,
            ),
            "The work is right. ρ does not change the parameters: a kernel fits any picture.",
            "The same 3×3 weights slide over a small map as over a large one; they slide less far. "
            "Which of your two numbers may contain ρ?",
        ),
        Misconception(
            "rho-changes-parameters-once",
            _thin(
                lambda k, M, N, F, m, n, f, alpha, rho: (k**2 * m + m * n) * f**2,
                lambda k, M, N, F, m, n, f, alpha, rho: (k**2 * m + m * n) * rho,
            ),
            "The work is right. ρ does not change the parameters: a kernel fits any picture.",
            "The same 3×3 weights slide over a small map as over a large one; they slide less far. "
            "Which of your two numbers may contain ρ?",
        ),
        Misconception(
            "answers-exchanged",
            _thin(
                lambda k, M, N, F, m, n, f, alpha, rho: k**2 * m + m * n,
                lambda k, M, N, F, m, n, f, alpha, rho: (k**2 * m + m * n) * f**2,
            ),
            "Both numbers are right, in the wrong order: mult-adds first, then parameters.",
            "Read the docstring's last line again. Which of the two is the larger one?",
        ),
        Misconception(
            "ordinary-layer",
            _thin(
                lambda k, M, N, F, m, n, f, alpha, rho: k**2 * m * n * f**2,
                lambda k, M, N, F, m, n, f, alpha, rho: k**2 * m * n,
            ),
            "That is an ordinary layer, thinned. This one is separable.",
            "Two halves, added: depthwise and pointwise. What do they cost with αM, αN and ρD_F?",
        ),
        Misconception(
            "depthwise-only",
            _thin(
                lambda k, M, N, F, m, n, f, alpha, rho: k**2 * m * f**2,
                lambda k, M, N, F, m, n, f, alpha, rho: k**2 * m,
            ),
            "The pointwise half is missing, and it is the larger one.",
            "Mixing αM maps into αN costs αM·αN at each position. What is the sum of both halves?",
        ),
    ],
    hints=[
        "First the new sizes: αM channels, αN filters, a map of ρD_F × ρD_F.",
        "Then the two formulas you have: the work, and the bare weights.",
    ],
    accepts="two numbers: (mult-adds, parameters)",
)


def _thin_cut(
    kernel: int, channels: int, filters: int, size: int, alpha: float, rho: float
) -> tuple[int, int]:
    m, n, side = int(alpha * channels), int(alpha * filters), int(rho * size)
    return (kernel**2 * m + m * n) * side**2, kernel**2 * m + m * n


# 9 · a misprint -------------------------------------------------------------------------------


def _misprint() -> float:
    return 1.91


MISPRINT = Exercise(
    name="misprint",
    title="Find the misprint",
    lesson=LESSON,
    kind="value",
    cases=_one_case,
    reference=_misprint,
    parts={"all": 1},
    alternatives={
        "from the others": lambda: 100 - 94.86 - 3.06 - 0.18,
        "counted": lambda: 100 * 10838016 / 568740352,
        "an array": lambda: np.array(1.9),
    },
    misconceptions=[
        Misconception(
            "as-printed",
            lambda: 1.19,
            "That is what is printed. With it the column adds up to 99.29.",
            "Four kinds of layer do all of the work, so their shares make 100. What is missing?",
        ),
        Misconception(
            "only-what-is-missing",
            lambda: 0.71,
            "That is what the column lacks. Add it to the printed number.",
            "The right share takes the place of 1.19, so that the column makes 100. What is it?",
        ),
        Misconception(
            "a-fraction",
            lambda: 0.0191,
            "The right digits, as a fraction. The table prints per cent.",
            "The other rows read 94.86, 3.06 and 0.18. How would this row read?",
        ),
        Misconception(
            "another-row",
            lambda: 3.77,
            "You corrected the depthwise row. Count it: its 3.06 % is right.",
            "Each row can be counted from the network. For which one does the count differ?",
        ),
        Misconception(
            "the-dense-row",
            lambda: 0.89,
            "You corrected the dense row. Count it: its 0.18 % is right.",
            "1 024 × 1 000 mult-adds of 568.7 million: what share is that? Which row is left?",
        ),
        Misconception(
            "the-pointwise-row",
            lambda: 95.57,
            "You corrected the 1×1 row. Count it: its 94.86 % is right.",
            "Each row can be counted from the network. For which one does the count differ?",
        ),
        Misconception(
            "parameters-column",
            lambda: 0.02,
            "That is this row's share of the parameters. The misprint is among the mult-adds.",
            "Add up the column of mult-adds. What must its third row be, to make 100?",
        ),
    ],
    rtol=6e-3,  # 1.90 from the rounded rows, 1.9056 counted
    hints=[
        "Shares add up to 100. Which of the two columns does not?",
        "Then count: which row differs from what the network gives?",
    ],
    accepts="a number, in per cent",
)


# 10 · work for each number moved --------------------------------------------------------------


def _intensity(kernel: int, channels: int, filters: int, size: int) -> tuple[float, float]:
    positions = size * size
    depthwise = kernel * kernel * channels * positions
    pointwise = channels * filters * positions
    moved_first = channels * positions + kernel * kernel * channels + channels * positions
    moved_second = channels * positions + channels * filters + filters * positions
    return depthwise / moved_first, pointwise / moved_second


def _two_intensities(moved: Callable[[int, int, int], float]) -> Callable[..., tuple[float, float]]:
    """A wrong answer. moved: from (inputs, weights, outputs) to the numbers moved."""

    def answer(kernel: int, channels: int, filters: int, size: int) -> tuple[float, float]:
        area, taps = size * size, kernel * kernel
        first = taps * channels * area / moved(channels * area, taps * channels, channels * area)
        second = (
            channels * filters * area / moved(channels * area, channels * filters, filters * area)
        )
        return first, second

    return answer


INTENSITY = Exercise(
    name="intensity",
    title="Work for each number moved",
    lesson=LESSON,
    kind="function",
    cases=_work_cases,
    reference=_intensity,
    parts={"all": 2},
    alternatives={
        "a common factor left out": lambda kernel, channels, filters, size: (
            kernel**2 * size**2 / (2 * size**2 + kernel**2),
            channels * filters * size**2 / ((channels + filters) * size**2 + channels * filters),
        ),
        "an array": lambda *given: np.array(_intensity(*given)),
        "a list of float32": lambda *given: [np.float32(value) for value in _intensity(*given)],
    },
    misconceptions=[
        Misconception(
            "weights-not-moved",
            _two_intensities(lambda x, w, y: x + y),
            "You counted the maps. The weights come from memory, too.",
            "On small maps with many channels the weights are most of what is moved. How many has "
            "each half?",
        ),
        Misconception(
            "outputs-not-moved",
            _two_intensities(lambda x, w, y: x + w),
            "You counted what is read. The outputs are written, and that is moving, too.",
            "Each output goes back to memory once. How many are there in each half?",
        ),
        Misconception(
            "inputs-not-moved",
            _two_intensities(lambda x, w, y: w + y),
            "The inputs are missing: they are read from memory first.",
            "The first half reads M maps, and so does the second. How many numbers is that?",
        ),
        Misconception(
            "weights-only",
            _two_intensities(lambda x, w, y: w),
            "You divided by the weights alone. Inputs and outputs are moved as well.",
            "Dividing by the weights gives the number of positions, for every layer. What else "
            "passes between memory and processor?",
        ),
        Misconception(
            "upside-down",
            lambda kernel, channels, filters, size: tuple(
                1 / value for value in _intensity(kernel, channels, filters, size)
            ),
            "Upside down: that is numbers moved for each mult-add.",
            "Intensity is high when much is computed with little traffic. Which count stands "
            "above the line?",
        ),
        Misconception(
            "halves-exchanged",
            lambda kernel, channels, filters, size: _intensity(kernel, channels, filters, size)[
                ::-1
            ],
            "Both numbers are right, in the wrong order: depthwise first.",
            "The depthwise half is the one with few mult-adds for each number. Which is it?",
        ),
        Misconception(
            "read-for-every-window",
            lambda kernel, channels, filters, size: (
                kernel**2 / (2 * kernel**2 + 1),
                channels * filters / (channels + channels * filters + filters),
            ),
            "You read inputs and weights anew at every position. Count each number once.",
            "A processor keeps what it has just read in its cache, if it can. How many *different* "
            "numbers are there?",
        ),
        Misconception(
            "bytes",
            lambda kernel, channels, filters, size: tuple(
                value / 4 for value in _intensity(kernel, channels, filters, size)
            ),
            "You divided by bytes. Asked is mult-adds for each *number* moved.",
            "A float32 has 4 bytes, so your answers are a quarter. What do you leave out?",
        ),
    ],
    hints=[
        "Three amounts are moved in each half: its inputs, its weights, its outputs.",
        "The outputs of the first half are the inputs of the second: M maps.",
    ],
    accepts="two numbers: (depthwise, pointwise)",
)


# 11 · what mult-adds say ----------------------------------------------------------------------


def _time_and_work() -> str:
    return "c"


TIME_AND_WORK = Exercise(
    name="time_and_work",
    title="What mult-adds do not say",
    lesson=LESSON,
    kind="value",
    cases=_one_case,
    reference=_time_and_work,
    parts={"all": 1},
    alternatives={"a capital letter": lambda: "C", "with a space": lambda: " c "},
    misconceptions=[
        Misconception(
            "mult-adds-are-latency",
            lambda: "a",
            "Mult-adds are no seconds. You measured: the time fell by much less than the work.",
            "A processor also waits for numbers to arrive. Look at the two ratios above: which is "
            "the larger?",
        ),
        Misconception(
            "parameters-are-latency",
            lambda: "b",
            "Parameters say how much must be stored. They do not say how often they are used.",
            "A dense layer uses each weight once for an image, a convolution at every position. "
            "Which measured ratio did the parameters foretell?",
        ),
        Misconception(
            "separable-is-slower",
            lambda: "d",
            "The whole network is faster, as you measured. It is only less so than its mult-adds "
            "promise.",
            "Compare the seconds of VGG-16 and MobileNet above. Which one waits longer?",
        ),
        Misconception(
            "no-relation",
            lambda: "e",
            "There is a relation: less work of the *same kind* is less time.",
            "α and ρ change the amount of work and not its kind. What would you expect of α = 0.5?",
        ),
    ],
    hints=[
        "Put the two measured ratios beside each other: work, and seconds.",
        "Then think of the intensity of the depthwise half.",
    ],
    accepts='one letter, such as "a"',
)


# 12 · the front -------------------------------------------------------------------------------


def _pareto_front(costs: Sequence[float], accuracies: Sequence[float]) -> list[bool]:
    front = []
    for i in range(len(costs)):
        beaten = False
        for j in range(len(costs)):
            no_worse = costs[j] <= costs[i] and accuracies[j] >= accuracies[i]
            if no_worse and (costs[j] < costs[i] or accuracies[j] > accuracies[i]):
                beaten = True
        front.append(not beaten)
    return front


def _front_sorted(costs: Sequence[float], accuracies: Sequence[float]) -> np.ndarray:
    """From cheap to dear, keeping what is better than all before; equals stand or fall together."""
    x, y = np.asarray(costs, float), np.asarray(accuracies, float)
    front = np.zeros(len(x), bool)
    best = -np.inf
    for cost in np.unique(x):
        here = x == cost
        top = y[here].max()
        if top > best:
            front[here & (y == top)] = True
            best = top
    return front


def _front_by(beats: Callable[[float, float, float, float], bool]) -> Callable[..., list[bool]]:
    """A wrong answer: on the front is what no other network beats in this sense."""

    def answer(costs: Sequence[float], accuracies: Sequence[float]) -> list[bool]:
        points = list(zip(costs, accuracies, strict=True))
        return [
            not any(beats(*other, *point) for i, other in enumerate(points) if i != j)
            for j, point in enumerate(points)
        ]

    return answer


def _front_cases(rng: np.random.Generator) -> Sequence[Case]:
    points = [(41, 50.6), (149, 63.7), (76, 60.2), (720, 57.2), (307, 65.3), (325, 68.4)]
    ties = [(100, 60.0), (100, 55.0), (200, 60.0), (50, 40.0), (300, 70.0), (300, 70.0), (20, 45.0)]
    some = [(int(c), float(a)) for c, a in zip(rng.permutation(9), rng.permutation(9), strict=True)]
    cases = []
    for label, networks in (
        ("six networks", points),
        ("equal costs, equal accuracies", ties),
        ("nine networks", [*some, (20, 3.5), (9, 8.5)]),
    ):
        order = rng.permutation(len(networks))
        costs = np.array([networks[i][0] for i in order], float)
        accuracies = np.array([networks[i][1] for i in order], float)
        cases.append(Case((costs, accuracies), label=label))
    return cases


PARETO_FRONT = Exercise(
    name="pareto_front",
    title="Which networks are worth a look",
    lesson=LESSON,
    kind="function",
    cases=_front_cases,
    reference=_pareto_front,
    parts={"all": 2},
    alternatives={
        "sorted by cost": _front_sorted,
        "a table of comparisons": lambda costs, accuracies: (
            ~(
                (costs[None] <= costs[:, None])
                & (accuracies[None] >= accuracies[:, None])
                & ((costs[None] < costs[:, None]) | (accuracies[None] > accuracies[:, None]))
            ).any(axis=1)
        ),
        "any, in one line": lambda costs, accuracies: [
            not any(
                c <= cost and a >= accuracy and (c, a) != (cost, accuracy)
                for c, a in zip(costs, accuracies, strict=True)
            )
            for cost, accuracy in zip(costs, accuracies, strict=True)
        ],
    },
    misconceptions=[
        Misconception(
            "both-strictly",
            _front_by(lambda c, a, cost, accuracy: c < cost and a > accuracy),
            "A network as good at the same cost, and better elsewhere, beats as well. Ties count.",
            "Same accuracy, half the cost: nobody would choose the dear one. Where does your "
            "comparison need a ≤ or ≥, and what must still be strict?",
        ),
        Misconception(
            "equal-beats-equal",
            _front_by(lambda c, a, cost, accuracy: c <= cost and a >= accuracy),
            "Two networks with the same cost and accuracy beat each other, so both are gone.",
            "To beat, a network must be better in at least one of the two. Which condition is "
            "missing?",
        ),
        Misconception(
            "best-only",
            lambda costs, accuracies: accuracies == accuracies.max(),
            "Only the most accurate network is left. The front has a best one for every budget.",
            "A phone may afford 100 million mult-adds. Which network would you take for it?",
        ),
        Misconception(
            "cheapest-only",
            lambda costs, accuracies: costs == costs.min(),
            "Only the cheapest network is left. A dearer one belongs to the front if it is better.",
            "Who may spend more wants more accuracy for it. Which networks give that?",
        ),
        Misconception(
            "accuracy-upside-down",
            _front_by(
                lambda c, a, cost, accuracy: (
                    c <= cost and a <= accuracy and (c < cost or a < accuracy)
                ),
            ),
            "You took low accuracy for good. Cost shall be low, accuracy high.",
            "To beat: no dearer, and no *worse*. Which sign belongs between the accuracies?",
        ),
        Misconception(
            "beaten-ones-marked",
            lambda costs, accuracies: [not on for on in _pareto_front(costs, accuracies)],
            "You marked the networks that are beaten. Mark those that are not.",
            "True means: nothing is both cheaper and better. What does `not` do?",
        ),
        Misconception(
            "cheaper-or-better",
            _front_by(lambda c, a, cost, accuracy: c < cost or a > accuracy),
            "To be beaten takes one network that is cheaper *and* better, not one of the two.",
            "Almost every network is dearer than some other. Does that alone rule it out?",
        ),
        Misconception(
            "accuracy-for-each-mult-add",
            lambda costs, accuracies: (
                accuracies / np.maximum(costs, 1) >= np.median(accuracies / np.maximum(costs, 1))
            ),
            "You ranked by accuracy divided by cost. The front compares both, and divides nothing.",
            "Points for each mult-add favour tiny networks that guess. Which networks does *no* "
            "other one beat in both?",
        ),
    ],
    hints=[
        "Take one network, and ask of each other one: does it beat this one?",
        "It beats if it is no dearer, no worse, and in one of the two really better.",
    ],
    accepts="one True or False for each network",
)


EXERCISES: tuple[Exercise, ...] = (
    ORDINARY_WORK,
    DEPTHWISE_MAP,
    SEPARABLE_MAP,
    SEPARABLE_WORK,
    WORK_RATIO,
    BLOCK_PARAMETERS,
    SEPARABLE_BLOCK,
    THIN_LAYER,
    MISPRINT,
    INTENSITY,
    TIME_AND_WORK,
    PARETO_FRONT,
)
