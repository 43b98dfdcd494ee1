"""Layers without a window: inputs, dense layers, normalisation, activations, new shapes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cnncourse.network.base import (
    WHOLE,
    Layer,
    Pair,
    Weight,
    Window,
    pair,
    recorded,
    whole_number,
)
from cnncourse.network.shapes import Shape, shape_text, shapes_text, volume


@dataclass(frozen=True, repr=False)
class Input(Layer):
    """Where a network begins. Rows and columns may be None: not yet known."""

    shape: Shape

    def __post_init__(self) -> None:
        shape = tuple(self.shape) if isinstance(self.shape, Sequence) else ()
        good = shape and all(size is None or (isinstance(size, int) and size > 0) for size in shape)
        if not good:
            raise ValueError(
                f"An input shape is positive whole numbers (or None) without the batch: "
                f"(224, 224, 3) or (784,). Got {self.shape!r}."
            )
        object.__setattr__(self, "shape", shape)

    def output(self, *shapes: Shape) -> Shape:
        if shapes:
            self.refuse(shapes, "an input is where a network begins, nothing goes into it")
        return self.shape


@dataclass(frozen=True, repr=False)
class Dense(Layer):
    """A fully connected layer over the last axis: ``units`` weighted sums."""

    units: int
    activation: str | None = None
    use_bias: bool = True

    def __post_init__(self) -> None:
        whole_number(self.units, f"{self.label}: units")

    def output(self, *shapes: Shape) -> Shape:
        (shape,) = self.expect(shapes)
        if shape[-1] is None:
            self.refuse(
                shapes, "its weights need a fixed number of inputs. Give the network an input size"
            )
        return (*shape[:-1], self.units)

    def weights(self, *shapes: Shape) -> tuple[Weight, ...]:
        inputs = shapes[0][-1]
        assert inputs is not None  # output() has refused it
        kernel = Weight("kernel", (inputs, self.units))
        return (kernel, Weight("bias", (self.units,))) if self.use_bias else (kernel,)


@dataclass(frozen=True, repr=False)
class BatchNormalization(Layer):
    """Normalise each channel by its mean and variance (Ioffe and Szegedy 2015)."""

    center: bool = True
    scale: bool = True
    axis: int = -1

    def output(self, *shapes: Shape) -> Shape:
        (shape,) = self.expect(shapes)
        if not (1 <= self.axis <= len(shape) or -len(shape) <= self.axis < 0):
            self.refuse(shapes, f"it has no axis {self.axis} (the batch is axis 0)")
        return shape

    def weights(self, *shapes: Shape) -> tuple[Weight, ...]:
        axis = self.axis if self.axis < 0 else self.axis - 1
        channels = shapes[0][axis]
        if channels is None:
            self.refuse(shapes, "it needs to know the number of channels")
            raise AssertionError
        learned = [Weight("gamma", (channels,))] * self.scale
        learned += [Weight("beta", (channels,))] * self.center
        moving = [Weight("moving_mean", (channels,), False)]
        return (*learned, *moving, Weight("moving_variance", (channels,), False))


@dataclass(frozen=True, repr=False)
class LayerNormalization(Layer):
    """Normalise each position over its channels (Ba, Kiros and Hinton 2016)."""

    center: bool = True
    scale: bool = True

    def weights(self, *shapes: Shape) -> tuple[Weight, ...]:
        channels = shapes[0][-1] or 0
        learned = [Weight("gamma", (channels,))] * self.scale
        return (*learned, *[Weight("beta", (channels,))] * self.center)


@dataclass(frozen=True, repr=False)
class LocalResponseNormalization(Layer):
    """Divide each value by its neighbours' energy (Krizhevsky et al. 2012, §3.3)."""

    depth_radius: int = 2
    bias: float = 2.0
    alpha: float = 1e-4
    beta: float = 0.75


@dataclass(frozen=True, repr=False)
class Activation(Layer):
    """A function of each value (softmax: of each position's channels)."""

    activation: str


@dataclass(frozen=True, repr=False)
class Dropout(Layer):
    """Sets a share of the values to zero, while training only (Srivastava et al. 2014)."""

    rate: float = 0.5

    def __post_init__(self) -> None:
        if not isinstance(self.rate, int | float) or not 0 <= self.rate < 1:
            raise ValueError(f"{self.label}: rate must lie in [0, 1): got {self.rate!r}.")


@dataclass(frozen=True, repr=False)
class Rescaling(Layer):
    """``x · scale + offset``, for every value alike."""

    scale: float | tuple[float, ...] = 1.0
    offset: float | tuple[float, ...] = 0.0

    def __post_init__(self) -> None:
        for name in ("scale", "offset"):
            value = getattr(self, name)
            if isinstance(value, Sequence) and not isinstance(value, str):
                object.__setattr__(self, name, value := tuple(value))
            numbers = value if isinstance(value, tuple) else (value,)
            if not all(isinstance(each, int | float) for each in numbers):
                raise ValueError(
                    f"{self.label}: {name} must be a number, or one a channel: got {value!r}."
                )


@dataclass(frozen=True, repr=False)
class Augmentation(Layer):
    """A random change of the picture while training (``RandomFlip``…); the identity afterwards.

    settings: the arguments of the Keras layer of that name, as pairs.
    """

    transform: str
    settings: tuple[tuple[str, Any], ...] = ()

    def __post_init__(self) -> None:
        pairs = tuple((str(key), _frozen(value)) for key, value in dict(self.settings).items())
        object.__setattr__(self, "settings", pairs)

    @property
    def kind(self) -> str:
        return self.transform


def _frozen(value: Any) -> Any:
    """A list as a tuple, also within: what a frozen description holds can be compared."""
    return tuple(map(_frozen, value)) if isinstance(value, list | tuple) else value


@dataclass(frozen=True, repr=False)
class Flatten(Layer):
    """All values in one row."""

    def output(self, *shapes: Shape) -> Shape:
        (shape,) = self.expect(shapes)
        return (volume(shape),)

    def windows(self, *shapes: Shape) -> tuple[Window, Window]:
        return (WHOLE, WHOLE)


@dataclass(frozen=True, repr=False)
class Reshape(Layer):
    """The same values in another shape; one size may be −1."""

    target_shape: tuple[int, ...]

    def __post_init__(self) -> None:
        value = self.target_shape
        sizes = tuple(value) if isinstance(value, Sequence) and not isinstance(value, str) else ()
        good = sizes and all(isinstance(size, int) and (size > 0 or size == -1) for size in sizes)
        if not good or sizes.count(-1) > 1:
            raise ValueError(
                f"{self.label}: target_shape must be whole numbers of at least 1, one of which may "
                f"be -1 (what is left): got {value!r}."
            )
        object.__setattr__(self, "target_shape", sizes)

    def output(self, *shapes: Shape) -> Shape:
        (shape,) = self.expect(shapes)
        have, fixed = volume(shape), math.prod(size for size in self.target_shape if size != -1)
        if have is None:
            return tuple(None if size == -1 else size for size in self.target_shape)
        if have % fixed or (-1 not in self.target_shape and have != fixed):
            wanted = "×".join(map(str, self.target_shape))
            self.refuse(shapes, f"{have} values do not fill {wanted}")
        return tuple(have // fixed if size == -1 else size for size in self.target_shape)

    def windows(self, *shapes: Shape) -> tuple[Window, Window]:
        output = self.output(*shapes)
        # With a size not known, rows may change although both are None: the depth must stay.
        sure = None not in spatial(output) or shapes[0][-1] == output[-1]
        if sure and spatial(shapes[0]) == spatial(output):
            return super().windows(*shapes)  # (1024,) to 1×1×1024 keeps every position
        return (WHOLE, WHOLE)


@dataclass(frozen=True, repr=False)
class _GlobalPool(Layer):
    keepdims: bool = False

    def output(self, *shapes: Shape) -> Shape:
        (shape,) = self.expect(shapes, rank=3)
        return (1, 1, shape[2]) if self.keepdims else (shape[2],)

    def windows(self, *shapes: Shape) -> tuple[Window, Window]:
        return (WHOLE, WHOLE)


class GlobalAveragePool2D(_GlobalPool):
    """The mean of each channel over all positions (Lin, Chen and Yan 2014)."""


class GlobalMaxPool2D(_GlobalPool):
    """The maximum of each channel over all positions."""


Border = tuple[Pair, Pair]


def _border(value: Any, what: str) -> Border:
    """``((top, bottom), (left, right))`` from one number, two, or two pairs, as in Keras."""
    if isinstance(value, int):
        value = (value, value)
    if isinstance(value, Sequence) and len(value) == 2:
        rows, columns = (pair(each, what, least=0) for each in value)
        return rows, columns
    raise ValueError(f"{what} must be a number, (rows, columns) or two pairs: got {value!r}.")


@dataclass(frozen=True, repr=False)
class ZeroPadding2D(Layer):
    """Zeros around the picture: ``((top, bottom), (left, right))``."""

    padding: Any = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "padding", _border(self.padding, f"{self.label}: padding"))

    def output(self, *shapes: Shape) -> Shape:
        (shape,) = self.expect(shapes, rank=3)
        grown = (
            None if size is None else size + sum(more)
            for size, more in zip(shape[:2], self.padding, strict=True)
        )
        return (*grown, shape[2])

    def windows(self, *shapes: Shape) -> tuple[Window, Window]:
        rows, columns = (Window(before=before) for before, _ in self.padding)
        return rows, columns


@dataclass(frozen=True, repr=False)
class Cropping2D(Layer):
    """Rows and columns taken off: ``((top, bottom), (left, right))``."""

    cropping: Any = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "cropping", _border(self.cropping, f"{self.label}: cropping"))

    def output(self, *shapes: Shape) -> Shape:
        (shape,) = self.expect(shapes, rank=3)
        rest = tuple(
            None if size is None else size - sum(less)
            for size, less in zip(shape[:2], self.cropping, strict=True)
        )
        if any(size is not None and size < 1 for size in rest):
            need = " and ".join(str(sum(less) + 1) for less in self.cropping)
            self.refuse(shapes, f"it needs at least {need} rows and columns to leave anything")
        return (*rest, shape[2])

    def windows(self, *shapes: Shape) -> tuple[Window, Window]:
        rows, columns = (Window(before=-before) for before, _ in self.cropping)
        return rows, columns


@dataclass(frozen=True, repr=False)
class UpSampling2D(Layer):
    """Each position repeated ``size`` times by rows and columns (``"nearest"`` only)."""

    size: int | Pair = 2

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", pair(self.size, f"{self.label}: size"))

    def output(self, *shapes: Shape) -> Shape:
        (shape,) = self.expect(shapes, rank=3)
        rows, columns = (
            None if size is None else size * times
            for size, times in zip(shape[:2], self._times, strict=True)
        )
        return (rows, columns, shape[2])

    def windows(self, *shapes: Shape) -> tuple[Window, Window]:
        rows, columns = (Window(repeat=times) for times in self._times)
        return rows, columns

    @property
    def _times(self) -> Pair:
        return self.size  # type: ignore[return-value]


@dataclass(frozen=True, repr=False)
class Opaque(Layer):
    """A layer that is not described here (Lambda, a custom layer): only what Keras recorded of it.

    Its parameters are Keras's own count; its work is unknown, and so is what its outputs read.
    recorded_for: what came in when Keras recorded the shape.
    """

    class_name: str
    shape: Shape
    trainable_parameters: int = 0
    fixed_parameters: int = 0
    recorded_for: tuple[Shape, ...] | None = None

    @property
    def kind(self) -> str:
        return self.class_name

    def output(self, *shapes: Shape) -> Shape:
        if self.recorded_for is not None and not all(map(_fits, self.recorded_for, shapes)):
            self.refuse(
                shapes,
                f"Keras recorded {shape_text(self.shape)} for {shapes_text(self.recorded_for)}, "
                "and what it makes of anything else is not known. Build the model for that input "
                "in Keras, and read it again",
            )
        return self.shape

    def weights(self, *shapes: Shape) -> tuple[Weight, ...]:
        return recorded(self.trainable_parameters, self.fixed_parameters)

    def windows(self, *shapes: Shape) -> tuple[Window, Window]:
        return (WHOLE, WHOLE)


def _fits(recorded: Shape, shape: Shape) -> bool:
    return len(recorded) == len(shape) and all(
        size is None or size == now for size, now in zip(recorded, shape, strict=True)
    )


def spatial(shape: Shape) -> tuple[int | None, int | None]:
    """Rows and columns of a tensor; a vector is one position."""
    return (shape[0], shape[1]) if len(shape) == 3 else (1, 1)
