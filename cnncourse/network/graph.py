"""Layers placed in a directed graph. Shapes are inferred and checked as each layer is placed."""

import difflib
import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from cnncourse.network.base import Layer, Weight
from cnncourse.network.shapes import Shape, ShapeError, shape_text
from cnncourse.network.simple import Input

if TYPE_CHECKING:
    from cnncourse.network.conventions import Convention
    from cnncourse.network.cost import Cost
    from cnncourse.network.diagram import Diagram
    from cnncourse.network.receptive import ReceptiveField
    from cnncourse.network.table import Table
    from cnncourse.network.trace import Trace

_placed = itertools.count()


@dataclass(frozen=True, eq=False)
class Node:
    """A layer in its place: the nodes it reads and the shape it gives.

    shares: the earlier node whose weights this one uses again, where a layer is called twice.
    """

    layer: Layer
    inputs: tuple["Node", ...]
    shape: Shape
    shares: "Node | None" = None
    order: int = field(default_factory=lambda: next(_placed))

    @cached_property
    def input_shapes(self) -> tuple[Shape, ...]:
        """The shapes that come in."""
        return tuple(node.shape for node in self.inputs)

    @cached_property
    def weights(self) -> tuple[Weight, ...]:
        """The weight tensors that belong to this place; none where they are another's."""
        return () if self.shares else self.layer.weights(*self.input_shapes)

    def __repr__(self) -> str:
        return f"{self.layer.label} -> {shape_text(self.shape)}"


def place(layer: Layer, inputs: Sequence[Any], shares: Node | None = None) -> Node:
    """The layer behind these nodes. An ``Input`` may stand for its own node. Raises ShapeError."""
    flat: list[Any] = []
    for each in inputs:
        flat.extend(each if isinstance(each, list | tuple) else [each])
    nodes = []
    for each in flat:
        if isinstance(each, Input):
            each = _begin(each)
        if not isinstance(each, Node):
            raise TypeError(
                f"{layer.label} was called on {each!r}. It needs the result of another layer, "
                "beginning with Input((height, width, channels))."
            )
        nodes.append(each)
    if isinstance(layer, Input) and not nodes:
        return _begin(layer)
    shape = layer.output(*(node.shape for node in nodes))
    if any(size is not None and size < 1 for size in shape):
        raise ShapeError(f"{layer.label} would give {shape_text(shape)}, which holds nothing.")
    return Node(layer, tuple(nodes), shape, shares)


_beginnings: WeakValueDictionary[int, Node] = WeakValueDictionary()


def _begin(layer: Input) -> Node:
    """The one node of an input, however often it is used: two paths from it are no two inputs."""
    node = _beginnings.get(id(layer))
    if node is None:
        node = _beginnings[id(layer)] = Node(layer, (), layer.output())
    return node


def chain(start: Node | Input, *layers: Layer) -> Node:
    """One layer behind the other: ``chain(Input((28, 28, 1)), Conv2D(32, 3), MaxPool2D())``."""
    node = _begin(start) if isinstance(start, Input) else start
    for layer in layers:
        node = place(layer, [node])
    return node


def branches(start: Node, *paths: Sequence[Layer], join: Layer) -> Node:
    """Several chains side by side behind one node, then joined.

    An empty path is the node itself: ``branches(x, [Conv2D(64, 3, padding="same")], [],
    join=Add())`` is a residual block.
    """
    return place(join, [chain(start, *path) for path in paths])


@dataclass(frozen=True, eq=False, repr=False)
class Network:
    """A network as data: nodes in the order they were placed, with a name for each.

    Made from its output node, or several; the inputs are found by walking back. Layers without a
    name get Keras's: ``conv2d``, ``conv2d_1``, … Raises ValueError where a name is used twice.
    """

    name: str
    outputs: tuple[Node, ...]
    nodes: tuple[Node, ...]
    names: tuple[str, ...]

    def __init__(self, name: str, *outputs: Node | Sequence[Node]) -> None:
        flat = [
            node for each in outputs for node in (each if isinstance(each, Sequence) else [each])
        ]
        if not flat or not all(isinstance(node, Node) for node in flat):
            raise TypeError(
                f"Network({name!r}, …) needs its output: the last node of a chain or of several."
            )
        nodes = _reachable(flat)
        for attribute, value in (
            ("name", name),
            ("outputs", tuple(flat)),
            ("nodes", nodes),
            ("names", _names(nodes)),
        ):
            object.__setattr__(self, attribute, value)

    @staticmethod
    def chain(name: str, start: Input, *layers: Layer) -> "Network":
        """A network without branches."""
        return Network(name, chain(start, *layers))

    @property
    def inputs(self) -> tuple[Node, ...]:
        """The nodes where the network begins."""
        return tuple(node for node in self.nodes if isinstance(node.layer, Input))

    @property
    def input_shape(self) -> Shape:
        """The shape of the first input."""
        return self.inputs[0].shape

    @property
    def output_shape(self) -> Shape:
        """The shape of the first output."""
        return self.outputs[0].shape

    def __len__(self) -> int:
        return len(self.nodes)

    def __iter__(self) -> Iterator[tuple[str, Node]]:
        return zip(self.names, self.nodes, strict=True)

    @cached_property
    def _by_name(self) -> dict[str, Node]:
        return dict(self)

    @cached_property
    def _by_node(self) -> dict[Node, str]:
        return {node: name for name, node in self}

    def __getitem__(self, name: str) -> Node:
        """The node of that name. Raises KeyError that lists the near names."""
        try:
            return self._by_name[name]
        except KeyError:
            raise KeyError(near(name, self.names, f"layer in {self.name!r}")) from None

    def name_of(self, node: Node) -> str:
        """What the node is called in this network."""
        return self._by_node[node]

    def __repr__(self) -> str:
        ways = " and ".join(shape_text(node.shape) for node in self.inputs)
        ends = " and ".join(shape_text(node.shape) for node in self.outputs)
        return f"Network {self.name!r}: {ways} -> {ends}, {len(self.nodes)} layers"

    def __str__(self) -> str:
        return str(self.table())

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()

    def map(
        self, change: Callable[[Layer], Layer] = lambda layer: layer, *, name: str | None = None
    ) -> "Network":
        """The same graph with each layer exchanged for ``change(layer)``; shapes are checked anew.

        Names stay. ``change`` returns the layer itself where nothing is to be done.
        """
        new: dict[Node, Node] = {}
        for label, node in self:
            layer = change(node.layer)
            if layer.name != label:
                layer = renamed(layer, label)
            shares = new[node.shares] if node.shares else None
            if isinstance(layer, Input):  # a new node: the order of the nodes stays
                new[node] = Node(layer, (), layer.output())
            else:
                new[node] = place(layer, [new[each] for each in node.inputs], shares)
        return Network(name or self.name, [new[node] for node in self.outputs])

    def with_input(self, shape: Shape | Mapping[str, Shape]) -> "Network":
        """The same network for another input: its shape, or shapes by the inputs' names.

        Raises ShapeError naming the layer in trouble; ValueError where it has several inputs and
        one shape; KeyError that lists the inputs.
        """
        names = [self.name_of(node) for node in self.inputs]
        if not isinstance(shape, Mapping):
            if len(names) > 1:
                listed = ", ".join(
                    f"{self.name_of(n)!r} {shape_text(n.shape)}" for n in self.inputs
                )
                raise ValueError(
                    f"{self.name!r} has {len(names)} inputs: {listed}. Say which one has another "
                    f"shape: network.with_input({{{names[0]!r}: (224, 224, 3)}})."
                )
            shape = {names[0]: shape}
        for name in shape:
            if name not in names:
                raise KeyError(near(name, names, f"input of {self.name!r}"))
        other = {id(self[name].layer): Input(tuple(size)) for name, size in shape.items()}
        return self.map(lambda layer: other.get(id(layer), layer))

    def upto(self, layer: str) -> "Network":
        """The part of the network that this layer depends on."""
        self[layer]  # a wrong name is told before any work
        return Network(self.name, self.map()[layer])  # map() writes the names down: they stay

    def cost(self, convention: "str | Convention" = "mac", *, bytes_per_value: int = 4) -> "Cost":
        """Parameters, mult-adds and memory of each layer; see `cnncourse.network.cost.cost`."""
        from cnncourse.network.cost import cost

        return cost(self, convention, bytes_per_value=bytes_per_value)

    def receptive_field(
        self, layer: str | None = None, *, source: str | None = None
    ) -> "ReceptiveField":
        """What one value of a layer sees of the input; the last layer with positions by default."""
        from cnncourse.network.receptive import receptive_field

        return receptive_field(self, layer, source=source)

    def reads(self, layer: str, position: tuple[int, int]) -> "Trace":
        """Exactly which input positions one output position of a layer reads."""
        from cnncourse.network.trace import reads

        return reads(self, layer, position)

    def feeds(self, position: tuple[int, int], layer: str) -> "Trace":
        """Exactly which output positions of a layer read one input position."""
        from cnncourse.network.trace import feeds

        return feeds(self, position, layer)

    def table(self, convention: str = "mac", *, fields: bool = False) -> "Table":
        """The network as a table: text, HTML in a notebook, ``.frame()`` for pandas."""
        from cnncourse.network.table import table

        return table(self, convention, fields=fields)

    def diagram(self) -> "Diagram":
        """The graph as an SVG picture."""
        from cnncourse.network.diagram import diagram

        return diagram(self)

    def to_keras(self) -> Any:
        """A trainable Keras model with the same layer names and parameters. Imports TensorFlow."""
        from cnncourse.network.building import to_keras

        return to_keras(self)


def renamed(layer: Layer, name: str) -> Layer:
    """The layer under another name (without checking its settings again)."""
    copy: Layer = object.__new__(type(layer))
    copy.__dict__.update(layer.__dict__)
    copy.__dict__["name"] = name
    return copy


def near(name: str, known: Sequence[str], what: str) -> str:
    """The sentence for a wrong name: what was asked, the near ones, or all of a few."""
    close = difflib.get_close_matches(name, known, n=4, cutoff=0.5)
    if close:
        return f"There is no {what} called {name!r}. Near: {', '.join(close)}."
    listed = ", ".join(known[:40]) + (", …" if len(known) > 40 else "")
    return f"There is no {what} called {name!r}. There are: {listed}."


def _reachable(outputs: Sequence[Node]) -> tuple[Node, ...]:
    """Every node the outputs depend on, in the order they were placed, which is topological."""
    seen: set[Node] = set()
    waiting = list(outputs)
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            waiting.extend(node.inputs)
    return tuple(sorted(seen, key=lambda node: node.order))


def _names(nodes: Sequence[Node]) -> tuple[str, ...]:
    given = [node.layer.name for node in nodes if node.layer.name]
    if len(set(given)) < len(given):
        twice = sorted({name for name in given if given.count(name) > 1})
        raise ValueError(
            f"Two layers are called {', '.join(map(repr, twice))}. Rename one of each."
        )
    taken, names = set(given), []
    for node in nodes:
        name = node.layer.name
        if not name:
            stem = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", node.layer.kind)
            stem = {"Conv2D": "conv2d"}.get(node.layer.kind, stem.lower().replace("2_d", "2d"))
            tries = itertools.chain([stem], (f"{stem}_{count}" for count in itertools.count(1)))
            name = next(each for each in tries if each not in taken)
            taken.add(name)
        names.append(name)
    return tuple(names)
