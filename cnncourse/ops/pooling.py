"""Pooling: fewer positions, the same channels, and no weights.

Images are (H, W, C) or (N, H, W, C). A window of `size` positions moves by `stride`, which is its
own size unless told otherwise. What is padded never counts: not for the maximum, not in the
average. Not-a-number passes through as in NumPy. Arguments are never modified.
"""

from typing import Any

import numpy as np

from cnncourse.ops.arguments import images, numeric, pair, working_dtype
from cnncourse.ops.geometry import Pair, bin_edges, output_size_2d, pad_amounts_2d
from cnncourse.ops.windows import pad, taps


def max_pool2d(
    x: Any, size: int | Pair = 2, *, stride: int | Pair | None = None, padding: Any = "valid"
) -> np.ndarray:
    """The largest number in each window. The dtype of `x` stays.

    x: (H, W, C) or (N, H, W, C), real numbers. size, stride: an int or (vertical, horizontal);
    stride None means `size`. padding: as `conv2d`, on each side less than `size`.
    Raises TypeError or ValueError, naming what was given and what is allowed, before any work.
    """
    x = _real(images("x", x))
    size, stride, amounts = _grid(x, size, stride, padding)
    seen = [view for _, view in taps(pad(_batch(x), amounts, _lowest(x.dtype)), size, stride)]
    largest = seen[0].copy()
    for view in seen[1:]:
        np.maximum(largest, view, out=largest)
    return largest.reshape(x.shape[:-3] + largest.shape[1:])


def average_pool2d(
    x: Any, size: int | Pair = 2, *, stride: int | Pair | None = None, padding: Any = "valid"
) -> np.ndarray:
    """The mean of each window; at the edge, of those of its positions that lie in the image.

    Arguments and errors as `max_pool2d`. Floating dtypes stay; integers and booleans give float64.
    """
    x = images("x", x)
    size, stride, amounts = _grid(x, size, stride, padding)
    numbers = _batch(_floating(x))
    inside = np.ones((1, *x.shape[-3:-1], 1), numbers.real.dtype)
    sums = _sum_of_taps(pad(numbers, amounts), size, stride)
    sums /= _sum_of_taps(pad(inside, amounts), size, stride)
    return _finish(sums, x)


def l2_pool2d(
    x: Any, size: int | Pair = 2, *, stride: int | Pair | None = None, padding: Any = "valid"
) -> np.ndarray:
    """The length of each window taken as a vector: the square root of the *sum* of its squares.

    Some texts divide by the number of positions first; that is this result over √(kh · kw).
    Arguments and errors as `max_pool2d`. Floating dtypes stay; integers and booleans give float64.
    Source: Sermanet et al., Convolutional neural networks applied to house numbers (2012), §2.2,
    with p = 2 and equal weights.
    """
    x = images("x", x)
    size, stride, amounts = _grid(x, size, stride, padding)
    numbers = _batch(_floating(x))
    squares = (numbers * numbers.conj()).real
    return _finish(np.sqrt(_sum_of_taps(pad(squares, amounts), size, stride)), x)


def global_max_pool2d(x: Any, *, keepdims: bool = False) -> np.ndarray:
    """The largest number of each channel: (N, H, W, C) to (N, C), (H, W, C) to (C,).

    keepdims: keep height and width as axes of length 1. Raises as `max_pool2d`.
    """
    return _real(images("x", x)).max(axis=(-3, -2), keepdims=keepdims)


def global_average_pool2d(x: Any, *, keepdims: bool = False) -> np.ndarray:
    """The mean of each channel: (N, H, W, C) to (N, C), (H, W, C) to (C,).

    keepdims: keep height and width as axes of length 1. dtypes and errors as `average_pool2d`.
    Source: Lin et al., Network in network (2014), §3.2.
    """
    return images("x", x).mean(axis=(-3, -2), keepdims=keepdims)


def roi_pool2d(x: Any, size: int | Pair, regions: Any = None) -> np.ndarray:
    """Max pooling to a fixed output `size`, whatever the size of the region of interest.

    x: (H, W, C) or (N, H, W, C), real numbers. size: rows and columns of the output.
    regions: None for the whole image, one (row0, col0, row1, col1), or an array (R, 4) of them, in
    positions of `x`; row1 and col1 are excluded, as in a Python slice.
    The region is shared out by `bin_edges`: the bins cover it without a remainder, and overlap by a
    position where it does not divide evenly, or is smaller than the output.
    Returns (…, rows, columns, C), or for an array of regions (…, R, rows, columns, C), in the
    dtype of `x`.
    Raises TypeError or ValueError for regions that are not integers, are empty or leave the image.
    Source: Girshick, Fast R-CNN (2015), §2.1.
    """
    x = _real(images("x", x))
    rows, columns = pair("size", size)
    height, width = x.shape[-3:-1]
    boxes = _regions((0, 0, height, width) if regions is None else regions, height, width)
    pooled = np.empty(
        (*x.shape[:-3], len(boxes.reshape(-1, 4)), rows, columns, x.shape[-1]), x.dtype
    )
    for r, (row0, col0, row1, col1) in enumerate(boxes.reshape(-1, 4)):
        region = x[..., row0:row1, col0:col1, :]
        for i, (top, bottom) in enumerate(bin_edges(row1 - row0, rows)):
            for j, (left, right) in enumerate(bin_edges(col1 - col0, columns)):
                window = region[..., top:bottom, left:right, :]
                pooled[..., r, i, j, :] = window.max(axis=(-3, -2))
    return pooled if boxes.ndim == 2 else pooled[..., 0, :, :, :]


def _grid(
    x: np.ndarray, size: Any, stride: Any, padding: Any
) -> tuple[Pair, Pair, tuple[Pair, Pair]]:
    """The checked size, stride and padding of a pooling window."""
    size = pair("size", size)
    stride = size if stride is None else pair("stride", stride)
    output_size_2d(x.shape[-3:-1], size, stride, padding)
    amounts = pad_amounts_2d(x.shape[-3:-1], size, stride, padding)
    for length, sides in zip(size, amounts, strict=True):
        if max(sides) >= length:
            raise ValueError(
                f"padding must be less than the window, but {max(sides)} was given for a window of "
                f"{length}: some windows would lie outside the image."
            )
    return size, stride, amounts


def _sum_of_taps(x: np.ndarray, size: Pair, stride: Pair) -> np.ndarray:
    views = [view for _, view in taps(x, size, stride)]
    sums = views[0].copy()
    for view in views[1:]:
        sums += view
    return sums


def _batch(x: np.ndarray) -> np.ndarray:
    return x if x.ndim == 4 else x[None]


def _floating(x: np.ndarray) -> np.ndarray:
    """Wide enough to add up in: float32 for float16, float64 for integers and booleans."""
    work = np.dtype(np.float64) if x.dtype.kind in "biu" else working_dtype(x.dtype)
    return x.astype(work, copy=False)


def _finish(sums: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Back to the precision of `x`, and off with the batch axis if we put it on."""
    answer = sums.astype(np.float16) if x.dtype == np.float16 else sums
    return answer if x.ndim == 4 else answer[0]


def _lowest(dtype: np.dtype) -> Any:
    """What never wins a maximum."""
    if dtype.kind == "f":
        return -np.inf
    return False if dtype.kind == "b" else np.iinfo(dtype).min


def _real(x: np.ndarray) -> np.ndarray:
    if x.dtype.kind == "c":
        raise TypeError(
            f"x must be real: complex numbers ({x.dtype}) have no largest one. Pool np.abs(x)."
        )
    return x


def _regions(regions: Any, height: int, width: int) -> np.ndarray:
    """`regions` as an integer array (4,) or (R, 4) that stays in the image."""
    boxes = numeric("regions", regions)
    if boxes.dtype.kind not in "iu":
        raise TypeError(
            f"regions must be integers, but they are of type {boxes.dtype}. Choose how to round "
            "them: np.floor for the start, np.ceil for the end keeps all of the region."
        )
    if boxes.ndim not in (1, 2) or boxes.shape[-1] != 4:
        raise ValueError(
            "regions must be (row0, col0, row1, col1) or an array of shape (R, 4), but the shape "
            f"is {boxes.shape}."
        )
    for box in boxes.reshape(-1, 4).tolist():
        row0, col0, row1, col1 = box
        if not (0 <= row0 < row1 <= height and 0 <= col0 < col1 <= width):
            raise ValueError(
                f"region {tuple(box)} must satisfy 0 ≤ row0 < row1 ≤ {height} and "
                f"0 ≤ col0 < col1 ≤ {width} for an image of {height}×{width}; row1 and col1 are "
                "excluded."
            )
    return boxes
