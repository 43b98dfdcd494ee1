"""The same convolution four times, each faster than the one before: a lesson climbs these.

Every rung has the arguments and the result of `conv2d`, without groups: see there. The rungs also
serve each other as references, the slowest being the plainest.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from cnncourse.ops.arguments import images, pair
from cnncourse.ops.geometry import Pair, effective_kernel, output_size_2d, pad_amounts_2d
from cnncourse.ops.plan import prepare
from cnncourse.ops.windows import pad, windows


def conv2d_seven_loops(
    x: Any,
    w: Any,
    b: Any = None,
    *,
    stride: int | Pair = 1,
    padding: Any = "valid",
    dilation: int | Pair = 1,
) -> np.ndarray:
    """The definition, one product at a time. Arguments, result and errors as `conv2d`."""
    plan = prepare(x, w, b, stride, padding, dilation)
    x, w, (sh, sw), (dh, dw) = plan.x, plan.w, plan.stride, plan.dilation
    count, rows, columns, filters = plan.shape
    kh, kw, channels, _ = w.shape
    sums = np.zeros(plan.shape, x.dtype)
    for n in range(count):
        for i in range(rows):
            for j in range(columns):
                for f in range(filters):
                    for p in range(kh):
                        for q in range(kw):
                            for c in range(channels):
                                pixel = x[n, i * sh + p * dh, j * sw + q * dw, c]
                                sums[n, i, j, f] += pixel * w[p, q, c, f]
    return plan.finish(sums)


def conv2d_window_loops(
    x: Any,
    w: Any,
    b: Any = None,
    *,
    stride: int | Pair = 1,
    padding: Any = "valid",
    dilation: int | Pair = 1,
) -> np.ndarray:
    """Three loops over windows; NumPy multiplies and adds inside each.

    Arguments, result and errors as `conv2d`.
    """
    plan = prepare(x, w, b, stride, padding, dilation)
    x, w, (sh, sw), (dh, dw) = plan.x, plan.w, plan.stride, plan.dilation
    count, rows, columns, _ = plan.shape
    height, width = effective_kernel(w.shape[0], dh), effective_kernel(w.shape[1], dw)
    sums = plan.empty()
    for n in range(count):
        for i in range(rows):
            for j in range(columns):
                top, left = i * sh, j * sw
                window = x[n, top : top + height : dh, left : left + width : dw]
                sums[n, i, j] = (window[..., None] * w).sum(axis=(0, 1, 2))
    return plan.finish(sums)


def conv2d_sliding_windows(
    x: Any,
    w: Any,
    b: Any = None,
    *,
    stride: int | Pair = 1,
    padding: Any = "valid",
    dilation: int | Pair = 1,
) -> np.ndarray:
    """No loop: a view of all windows, contracted with the kernel over (kh, kw, Cin).

    Arguments, result and errors as `conv2d`.
    """
    plan = prepare(x, w, b, stride, padding, dilation)
    view = windows(plan.x, plan.w.shape[:2], plan.stride, plan.dilation)
    return plan.finish(np.tensordot(view, plan.w, axes=3))


def conv2d_im2col(
    x: Any,
    w: Any,
    b: Any = None,
    *,
    stride: int | Pair = 1,
    padding: Any = "valid",
    dilation: int | Pair = 1,
) -> np.ndarray:
    """Every window becomes a row, every filter a column: convolution is one matrix product.

    Arguments, result and errors as `conv2d`, which does the same in blocks that fit the cache.
    """
    plan = prepare(x, w, b, stride, padding, dilation)
    view = windows(plan.x, plan.w.shape[:2], plan.stride, plan.dilation)
    filters = plan.w.shape[-1]
    weights = plan.w.reshape(-1, filters)  # (kh·kw·Cin, Cout)
    patches = view.reshape(-1, len(weights))  # (N·rows·columns, kh·kw·Cin)
    return plan.finish((patches @ weights).reshape(plan.shape))


def im2col(
    x: Any,
    kernel: int | Pair,
    *,
    stride: int | Pair = 1,
    padding: Any = "valid",
    dilation: int | Pair = 1,
) -> np.ndarray:
    """The matrix that `conv2d_im2col` multiplies: a row for each window, in reading order.

    x: (H, W, Cin) or (N, H, W, Cin). kernel: its size, an int or (vertical, horizontal).
    Returns a copy, (N · rows · columns, kh · kw · Cin), in the dtype of `x`. Errors as `conv2d`.
    """
    x = images("x", x)
    kernel, stride, dilation = (
        pair("kernel", kernel),
        pair("stride", stride),
        pair("dilation", dilation),
    )
    output_size_2d(x.shape[-3:-1], kernel, stride, padding, dilation)
    amounts = pad_amounts_2d(x.shape[-3:-1], kernel, stride, padding, dilation)
    batch = x if x.ndim == 4 else x[None]
    view = windows(pad(batch, amounts), kernel, stride, dilation)
    return view.reshape(-1, kernel[0] * kernel[1] * x.shape[-1]).copy()


LADDER: dict[str, Callable[..., np.ndarray]] = {
    "seven loops": conv2d_seven_loops,
    "window loops": conv2d_window_loops,
    "sliding windows": conv2d_sliding_windows,
    "im2col": conv2d_im2col,
}
