"""What every layer description is: a frozen value that can say its output, weights and window."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar

from cnncourse.network.shapes import Shape, ShapeError, shapes_text
from cnncourse.ops import output_size, pad_amounts

if TYPE_CHECKING:
    from cnncourse.network.graph import Node

Pair = tuple[int, int]


@dataclass(frozen=True)
class Weight:
    """One weight tensor: its name, its shape, and whether training moves it."""

    name: str
    shape: tuple[int, ...]
    trainable: bool = True


def recorded(trainable: int, fixed: int) -> tuple[Weight, ...]:
    """Weights of which only Keras's count is known."""
    counts = ((trainable, True), (fixed, False))
    return tuple(Weight("recorded by Keras", (count,), moves) for count, moves in counts if count)


@dataclass(frozen=True)
class Window:
    """What one output position reads along one axis of the layer's input.

    Output ``i`` reads ``i·stride − before + t·dilation`` for ``t = 0 … kernel − 1``. ``before`` is
    the padding in front: negative for a crop, None where it depends on an input size not known.
    ``repeat`` copies each input position that many times first (upsampling). ``whole`` reads
    everything: global pooling, flattening, or a layer of which nothing is known.
    """

    kernel: int = 1
    stride: int = 1
    dilation: int = 1
    before: int | None = 0
    repeat: int = 1
    whole: bool = False

    @property
    def span(self) -> int:
        """From the first to the last tap: ``dilation·(kernel − 1) + 1``."""
        return self.dilation * (self.kernel - 1) + 1


POINT = Window()
WHOLE = Window(whole=True)


def pair(value: Any, what: str, *, least: int = 1) -> Pair:
    """A number or two numbers as ``(rows, columns)``. Raises ValueError."""
    values = (value, value) if isinstance(value, int) else value
    if (
        isinstance(values, Sequence)
        and len(values) == 2
        and all(isinstance(each, int) and each >= least for each in values)
    ):
        return (values[0], values[1])
    raise ValueError(
        f"{what} must be one whole number or two, each at least {least}: got {value!r}."
    )


def whole_number(value: Any, what: str, *, least: int = 1) -> None:
    """Raise ValueError unless the value is a whole number that is large enough."""
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise ValueError(f"{what} must be a whole number of at least {least}: got {value!r}.")


def check_padding(padding: Any, label: str) -> None:
    """Raise ValueError unless the padding is one of the two that Keras layers know."""
    if padding not in ("valid", "same"):
        raise ValueError(
            f"{label}: padding must be 'valid' or 'same': got {padding!r}. "
            "For anything else put a ZeroPadding2D in front."
        )


@dataclass(frozen=True)
class Layer:
    """A layer as data. Call it on nodes to place it in a graph: ``Conv2D(64, 3)(x)``."""

    name: str = field(default="", kw_only=True)
    trainable: bool = field(default=True, kw_only=True)

    takes: ClassVar[str] = "one input"

    @property
    def kind(self) -> str:
        """The layer's type as a table shows it."""
        return type(self).__name__

    def __call__(self, *inputs: "Node | Layer | Sequence[Node | Layer]") -> "Node":
        """Place the layer behind one node, or behind several (``Add()(a, b)``).

        Raises ShapeError where the shapes do not fit, naming this layer.
        """
        from cnncourse.network.graph import place

        return place(self, inputs)

    def output(self, *shapes: Shape) -> Shape:
        """The output shape for these input shapes. Raises ShapeError."""
        (shape,) = self.expect(shapes)
        return shape

    def weights(self, *shapes: Shape) -> tuple[Weight, ...]:
        """The weight tensors that the layer has behind such an input."""
        return ()

    def windows(self, *shapes: Shape) -> tuple[Window, Window]:
        """What an output position reads, by rows and by columns."""
        return (POINT, POINT)

    def expect(self, shapes: Sequence[Shape], count: int = 1, rank: int | None = None) -> Any:
        """The shapes back, once their number and rank are right. Raises ShapeError."""
        if len(shapes) != count:
            self.refuse(shapes, f"it needs {self.takes}, and {len(shapes)} came in")
        for shape in shapes:
            if rank is not None and len(shape) != rank:
                wanted = "height × width × channels" if rank == 3 else f"{rank} axes"
                hint = " Put it in front of Flatten." if rank == 3 and len(shape) == 1 else ""
                self.refuse(shapes, f"it needs {wanted}.{hint}")
        return tuple(shapes)

    def refuse(self, shapes: Sequence[Shape], need: str) -> None:
        """Raise the ShapeError: this layer, what came in, what it needs."""
        message = f"{self.label} cannot take {shapes_text(shapes)}: {need}"
        raise ShapeError(message.rstrip(".") + ".")

    @property
    def label(self) -> str:
        """How an error calls the layer: type and name, or its settings while it has no name."""
        return f"{self.kind} {self.name!r}" if self.name else repr(self)

    def __repr__(self) -> str:
        shown = []
        for each in dataclasses.fields(self):
            value = getattr(self, each.name)
            if each.default is dataclasses.MISSING and not each.kw_only:
                shown.append(repr(value))
            elif value != each.default:
                shown.append(f"{each.name}={value!r}")
        return f"{self.kind}({', '.join(shown)})"


@lru_cache(maxsize=8192)
def slide(size: int, kernel: int, stride: int, padding: str, dilation: int) -> int:
    """How many positions a window has along one axis (0 where it does not fit)."""
    try:
        return max(int(output_size(size, kernel, stride, padding, dilation)), 0)
    except ValueError:
        return 0


@lru_cache(maxsize=8192)
def padding_before(
    size: int | None, kernel: int, stride: int, padding: str, dilation: int
) -> int | None:
    """Zeros in front of an axis; None where "same" depends on a size that is not known."""
    if padding == "valid":
        return 0
    if size is not None:
        return int(pad_amounts(size, kernel, stride, padding, dilation)[0])
    # "same" depends on the size only through its remainder by the stride: try each of them.
    large = stride * (kernel * dilation + 1)
    amounts = {
        int(pad_amounts(large + rest, kernel, stride, padding, dilation)[0])
        for rest in range(stride)
    }
    return amounts.pop() if len(amounts) == 1 else None
