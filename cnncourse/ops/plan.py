"""What every way to compute a convolution starts from: checked, padded, in the right dtype."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from cnncourse.ops.arguments import (
    bias,
    images,
    integer,
    kernel,
    pair,
    result_dtype,
    working_dtype,
)
from cnncourse.ops.geometry import Pair, output_size_2d, pad_amounts_2d
from cnncourse.ops.windows import pad


@dataclass(frozen=True)
class Plan:
    """A convolution that is ready to be computed.

    x: padded images (N, H, W, Cin). w: kernel (kh, kw, Cin // groups, Cout). b: (Cout,) or None.
    shape: of the output, (N, rows, columns, Cout). `finish` turns the sums into the answer.
    """

    x: np.ndarray
    w: np.ndarray
    b: np.ndarray | None
    stride: Pair
    dilation: Pair
    groups: int
    shape: tuple[int, int, int, int]
    dtype: np.dtype
    batched: bool

    def empty(self) -> np.ndarray:
        """Room for the sums."""
        return np.empty(self.shape, self.x.dtype)

    def finish(self, sums: np.ndarray) -> np.ndarray:
        """Add the bias, round to the answer's dtype, and take off the batch axis we put on."""
        if self.b is not None:
            sums += self.b
        answer = sums.astype(self.dtype, copy=False)
        return answer if self.batched else answer[0]


def prepare(
    x: Any,
    w: Any,
    b: Any = None,
    stride: Any = 1,
    padding: Any = "valid",
    dilation: Any = 1,
    groups: Any = 1,
) -> Plan:
    """Check the arguments of a convolution and pad its images. Raises as `conv2d` says."""
    x = images("x", x)
    w = kernel("w", w, "(kernel height, kernel width, channels, filters)")
    stride, dilation = pair("stride", stride), pair("dilation", dilation)
    groups = integer("groups", groups)
    channels, filters = x.shape[-1], w.shape[-1]
    _check_channels(channels, w, groups)
    if b is not None:
        b = bias(b, filters)

    size, window = x.shape[-3:-1], w.shape[:2]
    rows, columns = output_size_2d(size, window, stride, padding, dilation)
    amounts = pad_amounts_2d(size, window, stride, padding, dilation)
    batch = x if x.ndim == 4 else x[None]
    dtype = result_dtype(x, w) if b is None else result_dtype(x, w, b)
    work = working_dtype(dtype)
    return Plan(
        x=pad(batch.astype(work, copy=False), amounts),
        w=w.astype(work, copy=False),
        b=None if b is None else b.astype(work, copy=False),
        stride=stride,
        dilation=dilation,
        groups=groups,
        shape=(len(batch), rows, columns, filters),
        dtype=dtype,
        batched=x.ndim == 4,
    )


def _check_channels(channels: int, w: np.ndarray, groups: int) -> None:
    expected, filters = w.shape[2:]
    if channels % groups or filters % groups:
        raise ValueError(
            f"groups must divide the channels of x and the filters of w, but {groups} does not "
            f"divide both {channels} and {filters}."
        )
    if channels != expected * groups:
        per_group = f" in each of {groups} groups, {expected * groups} in all" if groups > 1 else ""
        raise ValueError(
            f"x has {channels} channel{'s' * (channels != 1)} but w expects {expected}{per_group}: "
            f"the third axis of w, shape {w.shape}, must equal the last axis of x"
            f"{' divided by groups' if groups > 1 else ''}."
        )
