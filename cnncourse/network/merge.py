"""Layers where branches of a network come together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from cnncourse.network.base import Layer, Weight, recorded
from cnncourse.network.shapes import Shape


@dataclass(frozen=True, repr=False)
class _Elementwise(Layer):
    takes: ClassVar[str] = "two inputs or more"

    def output(self, *shapes: Shape) -> Shape:
        if len(shapes) < 2:
            self.refuse(shapes, f"it needs {self.takes}")
        rank = max(len(shape) for shape in shapes)
        wide = [(1,) * (rank - len(shape)) + shape for shape in shapes]
        return tuple(self._axis(sizes, shapes) for sizes in zip(*wide, strict=True))

    def _axis(self, sizes: Sequence[int | None], shapes: Sequence[Shape]) -> int | None:
        """One axis of the result: equal sizes, where 1 stretches as in NumPy's broadcasting."""
        known = {size for size in sizes if size not in (None, 1)}
        if len(known) > 1:
            self.refuse(
                shapes,
                "all of them need the same shape. A 1×1 convolution (with strides) changes depth "
                "and size",
            )
        if known:
            return known.pop()
        return None if None in sizes else 1


class Add(_Elementwise):
    """The sum, value by value: where a residual block ends (He et al. 2016, §3.2)."""


class Multiply(_Elementwise):
    """The product, value by value; 1×1×C scales every position of its channel."""


class Subtract(_Elementwise):
    """The difference, value by value."""


class Average(_Elementwise):
    """The mean, value by value."""


class Maximum(_Elementwise):
    """The larger, value by value."""


class Minimum(_Elementwise):
    """The smaller, value by value."""


@dataclass(frozen=True, repr=False)
class Pointwise(_Elementwise):
    """A function of each value alone, or of the values at one place, known by its name only.

    Its parameters are Keras's own count. It holds no convolution and no dense layer.
    """

    class_name: str
    trainable_parameters: int = 0
    fixed_parameters: int = 0

    takes: ClassVar[str] = "one input or more"

    @property
    def kind(self) -> str:
        return self.class_name

    def output(self, *shapes: Shape) -> Shape:
        return shapes[0] if len(shapes) == 1 else super().output(*shapes)

    def weights(self, *shapes: Shape) -> tuple[Weight, ...]:
        return recorded(self.trainable_parameters, self.fixed_parameters)


@dataclass(frozen=True, repr=False)
class Concatenate(Layer):
    """Inputs side by side along the channels: where an Inception module ends."""

    takes: ClassVar[str] = "two inputs or more"

    def output(self, *shapes: Shape) -> Shape:
        if len(shapes) < 2:
            self.refuse(shapes, f"it needs {self.takes}")
        heads = {shape[:-1] for shape in shapes if None not in shape[:-1]}
        if len(heads) > 1 or len({len(shape) for shape in shapes}) > 1:
            self.refuse(
                shapes, "all of them need the same rows and columns; only the channels may differ"
            )
        head = heads.pop() if heads else shapes[0][:-1]
        depths = [shape[-1] for shape in shapes]
        total = None if None in depths else sum(depth for depth in depths if depth is not None)
        return (*head, total)
