"""Convolution, depthwise and separable convolution, and what mathematics calls a convolution.

Images are (H, W, Cin) or (N, H, W, Cin); kernels are Keras's, (kh, kw, Cin // groups, Cout). As
everywhere in deep learning, `conv2d` does not flip its kernel: it is a cross-correlation.

dtypes: NumPy's promotion of the arguments; float32 stays float32, float16 is added up in float32,
integers and booleans give int64 (uint64: float64), so a uint8 photograph cannot overflow.
Not-a-number and infinity pass through as in NumPy. Arguments are never modified.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from cnncourse.ops.arguments import bias, images, kernel, numeric
from cnncourse.ops.geometry import Pair
from cnncourse.ops.plan import Plan, prepare
from cnncourse.ops.windows import taps, windows

# Patches are gathered and multiplied in blocks: small enough to stay in the last-level cache and to
# bound the memory, large enough that BLAS's threads, which wait for each other, seldom meet.
BLOCK_BYTES = 1 << 23


def conv2d(
    x: Any,
    w: Any,
    b: Any = None,
    *,
    stride: int | Pair = 1,
    padding: Any = "valid",
    dilation: int | Pair = 1,
    groups: int = 1,
) -> np.ndarray:
    """Slide the kernel `w` over `x`: at each position, multiply, add up, and add the bias.

    x: (H, W, Cin) or (N, H, W, Cin). w: (kh, kw, Cin // groups, Cout). b: (Cout,) or None.
    stride, dilation: an int or (vertical, horizontal).
    padding: ``"valid"``, ``"same"`` (TensorFlow's: the odd zero goes after), an int,
    (vertical, horizontal), or ((top, bottom), (left, right)).
    groups: channels and filters are cut into this many groups that do not see each other.
    Returns (rows, columns, Cout) or (N, rows, columns, Cout).
    Raises TypeError or ValueError, naming what was given and what is allowed, before any work.

    Source: Chellapilla et al., High performance convolutional neural networks for document
    processing (2006), on unrolling: unfold the windows, then one matrix product.
    """
    plan = prepare(x, w, b, stride, padding, dilation, groups)
    if 1 < plan.groups == plan.x.shape[-1]:
        return plan.finish(_sum_of_taps(plan))
    view = windows(plan.x, plan.w.shape[:2], plan.stride, plan.dilation)
    sums = [
        _gather_and_multiply(part, w)
        for part, w in zip(
            np.split(view, plan.groups, axis=-1),
            np.split(plan.w, plan.groups, axis=-1),
            strict=True,
        )
    ]
    return plan.finish(sums[0] if len(sums) == 1 else np.concatenate(sums, axis=-1))


def depthwise_conv2d(
    x: Any,
    w: Any,
    b: Any = None,
    *,
    stride: int | Pair = 1,
    padding: Any = "valid",
    dilation: int | Pair = 1,
) -> np.ndarray:
    """Filter each channel by itself: a convolution with as many groups as channels.

    x: (H, W, Cin) or (N, H, W, Cin). w: (kh, kw, Cin, multiplier). b: (Cin * multiplier,) or None.
    Returns (…, rows, columns, Cin * multiplier); filter m of channel c is at c * multiplier + m.
    Everything else, and what it raises, as `conv2d`.
    """
    x = images("x", x)
    w = kernel("w", w, "(kernel height, kernel width, channels, depth multiplier)")
    channels = x.shape[-1]
    if w.shape[2] != channels:
        raise ValueError(
            f"x has {channels} channel{'s' * (channels != 1)} but w expects {w.shape[2]}: a "
            f"depthwise kernel has a filter for each channel, and the shape of w is {w.shape}."
        )
    w = w.reshape(*w.shape[:2], 1, -1)
    return conv2d(x, w, b, stride=stride, padding=padding, dilation=dilation, groups=channels)


def pointwise_conv2d(x: Any, w: Any, b: Any = None, *, stride: int | Pair = 1) -> np.ndarray:
    """Mix the channels at each position: a convolution with a 1×1 kernel.

    x: (H, W, Cin) or (N, H, W, Cin). w: (1, 1, Cin, Cout) or (Cin, Cout). b: (Cout,) or None.
    Returns (…, rows, columns, Cout). Raises as `conv2d`. Source: Lin et al., Network in network
    (2014), §3.
    """
    return conv2d(x, _pointwise_kernel("w", w), b, stride=stride)


def separable_conv2d(
    x: Any,
    depthwise: Any,
    pointwise: Any,
    b: Any = None,
    *,
    stride: int | Pair = 1,
    padding: Any = "valid",
    dilation: int | Pair = 1,
) -> np.ndarray:
    """First filter each channel by itself, then mix the channels.

    x: (H, W, Cin) or (N, H, W, Cin). depthwise: (kh, kw, Cin, multiplier).
    pointwise: (1, 1, Cin * multiplier, Cout) or (Cin * multiplier, Cout).
    b: (Cout,), added at the end, or None.
    Everything else, and what it raises, as `conv2d`.
    Source: Howard et al., MobileNets (2017), §3.1.
    """
    depthwise = kernel(
        "depthwise", depthwise, "(kernel height, kernel width, channels, depth multiplier)"
    )
    pointwise = _pointwise_kernel("pointwise", pointwise)
    between = depthwise.shape[2] * depthwise.shape[3]
    if pointwise.shape[2] != between:
        raise ValueError(
            f"the depthwise step gives {between} channels but pointwise expects "
            f"{pointwise.shape[2]}: its shape is {pointwise.shape}."
        )
    if b is not None:
        b = bias(b, pointwise.shape[3])
    filtered = depthwise_conv2d(x, depthwise, stride=stride, padding=padding, dilation=dilation)
    return conv2d(filtered, pointwise, b)


def cross_correlate2d(image: Any, kernel: Any, *, padding: Any = "valid") -> np.ndarray:
    """Slide one kernel over each channel as it is: what deep learning calls a convolution.

    image: (H, W), (H, W, C) or (N, H, W, C). kernel: (kh, kw), conjugated where it is complex.
    padding: as `conv2d`, or ``"full"``: every position where kernel and image touch.
    Returns the same rank. Agrees with scipy.signal.correlate2d; only for ``"same"`` with an even
    kernel does SciPy put the odd zero before, where this follows TensorFlow.
    """
    return _slide(image, _matrix(kernel).conj(), padding)


def convolve2d(image: Any, kernel: Any, *, padding: Any = "valid") -> np.ndarray:
    """Convolution as mathematics defines it: slide the kernel rotated by 180°.

    Arguments and result as `cross_correlate2d`; agrees with scipy.signal.convolve2d. Flipping makes
    the operation commutative and associative; a network that learns its kernels does not need it.
    """
    return _slide(image, _matrix(kernel)[::-1, ::-1], padding)


def _pointwise_kernel(name: str, value: Any) -> np.ndarray:
    array = numeric(name, value)
    if array.ndim == 2:
        array = array[None, None]
    if array.ndim != 4 or array.shape[:2] != (1, 1):
        raise ValueError(
            f"{name} must have shape (1, 1, channels, filters) or (channels, filters), but its "
            f"shape is {array.shape}."
        )
    return array


def _gather_and_multiply(view: np.ndarray, w: np.ndarray) -> np.ndarray:
    """im2col and one matrix product, block by block. view: (N, rows, columns, kh, kw, C)."""
    count, rows, columns, *window = view.shape
    matrix = w.reshape(-1, w.shape[-1])
    sums = np.empty((count, rows, columns, w.shape[-1]), view.dtype)
    for block in _blocks(count, rows, columns * len(matrix) * view.itemsize):
        part = view[block]
        if window[-1] > 1:
            patches = part.reshape(-1, len(matrix))
        else:  # With one channel a patch is kw numbers at a time: gather long columns instead.
            patches = part.transpose(3, 4, 5, 0, 1, 2).reshape(len(matrix), -1).T
        # A block of `sums` is contiguous: this reshape is a view, and the product lands in it.
        np.matmul(patches, matrix, out=sums[block].reshape(-1, matrix.shape[1]))
    return sums


def _blocks(count: int, rows: int, row_bytes: int) -> Iterator[tuple[slice, slice]]:
    """Cut `count` images of `rows` rows into (images, rows) whose patches fill a block."""
    fit = max(1, BLOCK_BYTES // row_bytes)
    step_images, step_rows = max(1, fit // rows), -(-rows // -(-rows // fit))  # equal blocks
    for n in range(0, count, step_images):
        for i in range(0, rows, step_rows):
            yield slice(n, n + step_images), slice(i, i + step_rows)


def _sum_of_taps(plan: Plan) -> np.ndarray:
    """One multiply-add of whole images for each position of a depthwise kernel."""
    channels = plan.groups
    sums = np.zeros((*plan.shape[:3], channels, plan.shape[3] // channels), plan.x.dtype)
    for (a, b), seen in taps(plan.x, plan.w.shape[:2], plan.stride, plan.dilation):
        sums += seen[..., None] * plan.w[a, b].reshape(channels, -1)
    return sums.reshape(plan.shape)


def _matrix(kernel: Any) -> np.ndarray:
    kernel = numeric("kernel", kernel)
    if kernel.ndim != 2:
        raise ValueError(
            f"kernel must have shape (height, width), but its shape is {kernel.shape}. For kernels "
            "with channels and filters use conv2d."
        )
    return kernel


def _slide(image: Any, kernel: np.ndarray, padding: Any) -> np.ndarray:
    image = numeric("image", image)
    if image.ndim not in (2, 3, 4):
        raise ValueError(
            "image must have shape (height, width), (height, width, channels) or (images, height, "
            f"width, channels), but its shape is {image.shape}."
        )
    if isinstance(padding, str) and padding.lower() == "full":
        padding = tuple(size - 1 for size in kernel.shape)
    x = image[..., None] if image.ndim == 2 else image
    w = np.broadcast_to(kernel[..., None, None], (*kernel.shape, x.shape[-1], 1))
    answer = depthwise_conv2d(x, w, padding=padding)
    return answer[..., 0] if image.ndim == 2 else answer
