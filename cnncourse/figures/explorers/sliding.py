"""A convolution with all that its picture needs, computed by `cnncourse.ops`."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from cnncourse import ops
from cnncourse.figures.explorers import board
from cnncourse.ops.arguments import numeric, pair
from cnncourse.ops.windows import pad

MODES = ("conv", "depthwise", "pointwise")


@dataclass(frozen=True, eq=False)
class Sliding:
    """A convolution with all that its picture needs. rows, columns: padded positions read.

    x: (H, W, C); padded: (H', W', C); w: (kh, kw, C, N), or (kh, kw, C, multiplier) depthwise;
    y: (rows, columns, maps).
    """

    x: np.ndarray
    padded: np.ndarray
    w: np.ndarray
    b: np.ndarray
    y: np.ndarray
    before: tuple[int, int]
    rows: list[list[int]]
    columns: list[list[int]]
    stride: tuple[int, int]
    dilation: tuple[int, int]
    mode: str
    flip: bool
    memory: dict[Any, Any] = field(default_factory=dict, repr=False)  # what a step leaves alone

    @cached_property
    def fingerprint(self) -> tuple[Any, ...]:
        """What tells two pictures apart."""
        arrays = [(each.tobytes(), each.shape) for each in (self.padded, self.w, self.y)]
        return (*arrays, self.before, self.stride, self.dilation, self.mode)

    def source(self, index: int) -> int | None:
        """The channel that a map is made from; None for all."""
        return index // self.w.shape[3] if self.mode == "depthwise" else None

    def kernel(self, index: int) -> np.ndarray:
        """The weights of a map, (kh, kw, C) or (kh, kw, 1)."""
        if self.mode == "depthwise":
            channel, each = divmod(index, self.w.shape[3])
            return self.w[:, :, channel : channel + 1, each]
        return self.w[:, :, :, index]

    def read(self, place: tuple[int, int], index: int) -> np.ndarray:
        """The window of an output of a map, with its padding: shaped as `kernel`."""
        window = self.padded[np.ix_(self.rows[place[0]], self.columns[place[1]])]
        channel = self.source(index)
        return window if channel is None else window[:, :, channel : channel + 1]


def slide(
    image: Any,
    kernel: Any,
    *,
    bias: Any = 0,
    stride: Any = 1,
    padding: Any = "valid",
    dilation: Any = 1,
    flip: bool = False,
    mode: str = "conv",
) -> Sliding:
    """The convolution by `cnncourse.ops`. Arguments and errors as `window_explorer`."""
    if mode not in MODES:
        raise ValueError(f"mode must be one of {', '.join(map(repr, MODES))}, not {mode!r}.")
    x = numeric("image", image)
    if x.ndim not in (2, 3):
        raise ValueError(f"image must have shape (H, W) or (H, W, C), but its shape is {x.shape}.")
    x = x[..., None] if x.ndim == 2 else x
    w = _weights(numeric("kernel", kernel), x.shape[2], mode)
    turned = w[::-1, ::-1] if flip else w
    size, spans = x.shape[:2], w.shape[:2]
    rows, columns = ops.output_size_2d(size, spans, stride, padding, dilation)
    amounts = ops.pad_amounts_2d(size, spans, stride, padding, dilation)
    board.small_enough(size, (size[0] + sum(amounts[0]), size[1] + sum(amounts[1])))
    maps = w.shape[2] * w.shape[3] if mode == "depthwise" else w.shape[3]
    b = numeric("bias", bias)
    if b.shape not in ((), (1,), (maps,)):
        raise ValueError(
            f"bias must be one number or {maps}, one for each map, but its shape is {b.shape}."
        )
    b = np.broadcast_to(b, (maps,))
    convolve = ops.depthwise_conv2d if mode == "depthwise" else ops.conv2d
    y = convolve(x, turned, b, stride=stride, padding=amounts, dilation=dilation)
    steps, gaps = pair("stride", stride), pair("dilation", dilation)
    reads = [
        [[place * step + tap * gap for tap in range(k)] for place in range(count)]
        for count, step, gap, k in zip((rows, columns), steps, gaps, spans, strict=True)
    ]
    return Sliding(
        x,
        pad(x[None], amounts)[0],
        turned,
        b,
        y,
        (amounts[0][0], amounts[1][0]),
        reads[0],
        reads[1],
        steps,
        gaps,
        mode,
        flip,
    )


def _weights(kernel: np.ndarray, channels: int, mode: str) -> np.ndarray:
    """The kernel with Keras's four axes."""
    form = {
        "conv": "(kh, kw), (kh, kw, C) or (kh, kw, C, N)",
        "depthwise": "(kh, kw), (kh, kw, C) or (kh, kw, C, multiplier)",
        "pointwise": "(C, N) or (1, 1, C, N)",
    }[mode]
    if mode == "pointwise" and kernel.ndim == 2:
        kernel = kernel[None, None]
    if kernel.ndim == 2:
        kernel = np.repeat(kernel[..., None, None], channels, axis=2)
    elif kernel.ndim == 3:
        kernel = kernel[..., None]
    if kernel.ndim != 4 or (mode == "pointwise" and kernel.shape[:2] != (1, 1)):
        raise ValueError(f"For {mode!r} kernel must have shape {form}, not {kernel.shape}.")
    if kernel.shape[2] != channels:
        raise ValueError(
            f"The image has {channels} channel{'s' * (channels != 1)}, but the kernel has slices "
            f"for {kernel.shape[2]}: they must be as many."
        )
    return kernel
