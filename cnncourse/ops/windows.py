"""Looking at padded images through a sliding window, without copying a pixel."""

from collections.abc import Iterator

import numpy as np

from cnncourse.ops.geometry import Pair, effective_kernel


def pad(x: np.ndarray, amounts: tuple[Pair, Pair], value: float = 0) -> np.ndarray:
    """Images (N, H, W, C) with `value` around them; `amounts` is ((top, bottom), (left, right))."""
    if not any(amounts[0] + amounts[1]):
        return x
    return np.pad(x, ((0, 0), *amounts, (0, 0)), constant_values=value)


def windows(x: np.ndarray, kernel: Pair, stride: Pair, dilation: Pair) -> np.ndarray:
    """Every window of (N, H, W, C) as a read-only view (N, rows, columns, kh, kw, C)."""
    (sh, sw), (dh, dw) = stride, dilation
    extent = effective_kernel(kernel[0], dh), effective_kernel(kernel[1], dw)
    view = np.lib.stride_tricks.sliding_window_view(x, extent, axis=(1, 2))
    return view[:, ::sh, ::sw, :, ::dh, ::dw].transpose(0, 1, 2, 4, 5, 3)


def taps(
    x: np.ndarray, kernel: Pair, stride: Pair, dilation: Pair = (1, 1)
) -> Iterator[tuple[Pair, np.ndarray]]:
    """((a, b), what kernel position (a, b) sees) for each position: views (N, rows, columns, C).

    The same numbers as `windows`, the other way round: few long arrays instead of many short ones.
    """
    view = windows(x, kernel, stride, dilation)
    for a in range(kernel[0]):
        for b in range(kernel[1]):
            yield (a, b), view[:, :, :, a, b]
