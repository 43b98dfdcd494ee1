"""Layers that slide a window: convolutions and pooling."""

from dataclasses import dataclass

from cnncourse.network.base import (
    Layer,
    Pair,
    Weight,
    Window,
    check_padding,
    padding_before,
    pair,
    slide,
    whole_number,
)
from cnncourse.network.shapes import Shape


@dataclass(frozen=True, repr=False)
class _Sliding(Layer):
    """Shared by every layer with a window: where it fits, and what it reads."""

    @property
    def geometry(self) -> tuple[Pair, Pair, str, Pair]:
        """Kernel, strides, padding and dilation."""
        raise NotImplementedError

    def positions(self, shape: Shape) -> tuple[int | None, int | None]:
        """How many rows and columns of outputs. Raises ShapeError where there would be none."""
        kernel, strides, padding, dilation = self.geometry
        sizes: list[int | None] = []
        for size, k, s, d in zip(shape[:2], kernel, strides, dilation, strict=True):
            count = None if size is None else slide(size, k, s, padding, d)
            if count == 0:
                spans = [(a - 1) * b + 1 for a, b in zip(kernel, dilation, strict=True)]
                self.refuse(
                    [shape],
                    f"its window spans {spans[0]}×{spans[1]}, so it needs at least {spans[0]} rows "
                    f"and {spans[1]} columns. Use padding='same', a smaller window or a larger "
                    "input",
                )
            sizes.append(count)
        return sizes[0], sizes[1]

    def windows(self, *shapes: Shape) -> tuple[Window, Window]:
        kernel, strides, padding, dilation = self.geometry
        rows, columns = (
            Window(k, s, d, padding_before(size, k, s, padding, d))
            for size, k, s, d in zip(shapes[0][:2], kernel, strides, dilation, strict=True)
        )
        return rows, columns


@dataclass(frozen=True, repr=False)
class _Convolution(_Sliding):
    def _channels(self, shapes: tuple[Shape, ...]) -> tuple[Shape, int]:
        (shape,) = self.expect(shapes, rank=3)
        if shape[2] is None:
            self.refuse([shape], "it needs to know the number of channels")
        return shape, shape[2]


@dataclass(frozen=True, repr=False)
class Conv2D(_Convolution):
    """A convolution: ``filters`` kernels of ``kernel_size`` over every channel of its group."""

    filters: int
    kernel_size: int | Pair
    strides: int | Pair = 1
    padding: str = "valid"
    dilation_rate: int | Pair = 1
    groups: int = 1
    activation: str | None = None
    use_bias: bool = True

    def __post_init__(self) -> None:
        whole_number(self.filters, f"{self.label}: filters")
        whole_number(self.groups, f"{self.label}: groups")
        _pairs(self, "kernel_size", "strides", "dilation_rate")
        check_padding(self.padding, self.label)
        if self.filters % self.groups:
            raise ValueError(
                f"{self.label}: {self.filters} filters cannot be shared out among {self.groups} "
                "groups evenly. Choose filters that groups divides."
            )

    @property
    def geometry(self) -> tuple[Pair, Pair, str, Pair]:
        return self.kernel_size, self.strides, self.padding, self.dilation_rate  # type: ignore[return-value]

    def output(self, *shapes: Shape) -> Shape:
        shape, channels = self._channels(shapes)
        if channels % self.groups:
            self.refuse(
                shapes, f"its {self.groups} groups need a number of channels that they divide"
            )
        return (*self.positions(shape), self.filters)

    def weights(self, *shapes: Shape) -> tuple[Weight, ...]:
        _, channels = self._channels(shapes)
        kernel = Weight("kernel", (*self.geometry[0], channels // self.groups, self.filters))
        return (kernel, Weight("bias", (self.filters,))) if self.use_bias else (kernel,)


@dataclass(frozen=True, repr=False)
class DepthwiseConv2D(_Convolution):
    """A convolution of each channel on its own, with ``depth_multiplier`` kernels a channel."""

    kernel_size: int | Pair
    strides: int | Pair = 1
    padding: str = "valid"
    depth_multiplier: int = 1
    dilation_rate: int | Pair = 1
    activation: str | None = None
    use_bias: bool = True

    def __post_init__(self) -> None:
        whole_number(self.depth_multiplier, f"{self.label}: depth_multiplier")
        _pairs(self, "kernel_size", "strides", "dilation_rate")
        check_padding(self.padding, self.label)

    @property
    def geometry(self) -> tuple[Pair, Pair, str, Pair]:
        return self.kernel_size, self.strides, self.padding, self.dilation_rate  # type: ignore[return-value]

    def output(self, *shapes: Shape) -> Shape:
        shape, channels = self._channels(shapes)
        return (*self.positions(shape), channels * self.depth_multiplier)

    def weights(self, *shapes: Shape) -> tuple[Weight, ...]:
        _, channels = self._channels(shapes)
        kernel = Weight("kernel", (*self.geometry[0], channels, self.depth_multiplier))
        bias = Weight("bias", (channels * self.depth_multiplier,))
        return (kernel, bias) if self.use_bias else (kernel,)


@dataclass(frozen=True, repr=False)
class SeparableConv2D(_Convolution):
    """A depthwise, then a 1×1 convolution, as one layer (Howard et al. 2017, §3.1)."""

    filters: int
    kernel_size: int | Pair
    strides: int | Pair = 1
    padding: str = "valid"
    dilation_rate: int | Pair = 1
    depth_multiplier: int = 1
    activation: str | None = None
    use_bias: bool = True

    def __post_init__(self) -> None:
        whole_number(self.filters, f"{self.label}: filters")
        whole_number(self.depth_multiplier, f"{self.label}: depth_multiplier")
        _pairs(self, "kernel_size", "strides", "dilation_rate")
        check_padding(self.padding, self.label)

    @property
    def geometry(self) -> tuple[Pair, Pair, str, Pair]:
        return self.kernel_size, self.strides, self.padding, self.dilation_rate  # type: ignore[return-value]

    def output(self, *shapes: Shape) -> Shape:
        shape, _ = self._channels(shapes)
        return (*self.positions(shape), self.filters)

    def weights(self, *shapes: Shape) -> tuple[Weight, ...]:
        _, channels = self._channels(shapes)
        kernels = (
            Weight("depthwise_kernel", (*self.geometry[0], channels, self.depth_multiplier)),
            Weight("pointwise_kernel", (1, 1, channels * self.depth_multiplier, self.filters)),
        )
        return (*kernels, Weight("bias", (self.filters,))) if self.use_bias else kernels


@dataclass(frozen=True, repr=False)
class _Pool(_Sliding):
    pool_size: int | Pair = 2
    strides: int | Pair | None = None
    padding: str = "valid"

    def __post_init__(self) -> None:
        if self.strides is None:  # as in Keras: regions that touch and do not overlap
            object.__setattr__(self, "strides", self.pool_size)
        _pairs(self, "pool_size", "strides")
        check_padding(self.padding, self.label)

    @property
    def geometry(self) -> tuple[Pair, Pair, str, Pair]:
        return self.pool_size, self.strides, self.padding, (1, 1)  # type: ignore[return-value]

    def output(self, *shapes: Shape) -> Shape:
        (shape,) = self.expect(shapes, rank=3)
        return (*self.positions(shape), shape[2])


class MaxPool2D(_Pool):
    """The largest value of each region."""


class AveragePool2D(_Pool):
    """The mean of each region; padding does not count."""


class L2Pool2D(_Pool):
    """The root of the mean of squares of each region: between the mean and the maximum."""


def _pairs(layer: Layer, *names: str) -> None:
    for name in names:
        value = pair(getattr(layer, name), f"{layer.label}: {name}")
        object.__setattr__(layer, name, value)
