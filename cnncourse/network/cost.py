"""Parameters, mult-adds and memory of every layer, each with its formula."""

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from cnncourse.network.conventions import Convention, convention
from cnncourse.network.formula import Formula, Term, formula
from cnncourse.network.graph import Network, Node
from cnncourse.network.operations import elements, operations, parameters
from cnncourse.network.shapes import Shape, volume
from cnncourse.network.simple import ZeroPadding2D


@dataclass(frozen=True)
class LayerCost:
    """What one layer costs, for one example. mult_adds, activations: None where not known.

    parameters: all of them. trainable: those that training moves. mult_adds: in the convention's
    unit. activations, weights: bytes of the output and of the weights. unknown: why, if so.
    """

    name: str
    kind: str
    output: Shape
    parameters: Formula
    trainable: int
    mult_adds: Formula | None
    activations: Formula | None
    weights: Formula
    unknown: str = ""


@dataclass(frozen=True)
class Cost:
    """A network's cost by layer and in all.

    mult_adds and activations_bytes count what is known; where `complete` is false they are "at
    least", and `unknown` names the layers and reasons.
    """

    network: str
    convention: Convention
    input: Shape
    layers: tuple[LayerCost, ...]
    mult_adds: int
    bytes_per_value: int = 4

    @property
    def parameters(self) -> int:
        """All parameters."""
        return sum(layer.parameters.value for layer in self.layers)

    @property
    def trainable(self) -> int:
        """Parameters that training moves."""
        return sum(layer.trainable for layer in self.layers)

    @property
    def non_trainable(self) -> int:
        """Parameters that training leaves: frozen layers, moving averages."""
        return self.parameters - self.trainable

    @property
    def activations_bytes(self) -> int:
        """Bytes of all layers' outputs for one example, as training keeps them."""
        return sum(layer.activations.value for layer in self.layers if layer.activations)

    @property
    def weights_bytes(self) -> int:
        """Bytes of all weights."""
        return self.parameters * self.bytes_per_value

    @property
    def unknown(self) -> tuple[tuple[str, str], ...]:
        """Layers that could not be counted, with the reason."""
        return tuple((layer.name, layer.unknown) for layer in self.layers if layer.unknown)

    @property
    def complete(self) -> bool:
        """Whether every layer's work is known."""
        return not self.unknown

    def __getitem__(self, name: str) -> LayerCost:
        for layer in self.layers:
            if layer.name == name:
                return layer
        from cnncourse.network.graph import near

        raise KeyError(
            near(name, [layer.name for layer in self.layers], f"layer in {self.network!r}")
        )

    def __repr__(self) -> str:
        least = "" if self.complete else "at least "
        return (
            f"Cost of {self.network!r}: {self.parameters:,} parameters, "
            f"{least}{self.mult_adds:,} {self.convention.unit} ({self.convention.name})"
        )


def cost(
    network: Network, convention_name: str | Convention = "mac", *, bytes_per_value: int = 4
) -> Cost:
    """Count a network for one example by a convention (`cnncourse.network.conventions`).

    bytes_per_value: 4 for float32, 2 for bfloat16. Raises ValueError for an unknown convention.
    """
    chosen = convention(convention_name)
    layers, instructions = [], {}
    seen: dict[object, _Counted] = {}  # deep networks repeat the same block many times
    for name, node in network:
        key = _key(node)
        found = seen.get(key)
        if found is None:
            found = seen[key] = _count(node, chosen, bytes_per_value)
        instructions[node] = found.instructions
        layers.append(LayerCost(name, *found.columns))
    order = _from_the_outputs(network) if chosen.single else network.nodes
    terms = (term for node in order for term in instructions[node])
    total = _add_up(terms, single=chosen.single)
    return Cost(network.name, chosen, network.input_shape, tuple(layers), total, bytes_per_value)


class _Counted(NamedTuple):
    """All of a `LayerCost` but the name, and the instructions of the layer one by one."""

    columns: tuple[Any, ...]
    instructions: list[Term]


def _key(node: Node) -> object:
    """What a layer's cost depends on: its settings but not its name, and what comes in."""
    settings = tuple(value for field, value in node.layer.__dict__.items() if field != "name")
    before = node.inputs[0].layer if node.inputs else None
    padded = before.padding if isinstance(before, ZeroPadding2D) else None
    return type(node.layer), settings, node.input_shapes, node.shape, node.shares, padded


def _count(node: Node, chosen: Convention, each: int) -> _Counted:
    counted, why = _work(node, chosen)
    count, size = parameters(node), volume(node.shape)
    columns = (
        node.layer.kind,
        node.shape,
        count,
        _trainable(node) if node.layer.trainable else 0,
        None if why else formula(counted),
        None if size is None else Formula((_bytes(elements(node.shape), each),)),
        Formula(tuple(_bytes(term, each) for term in count.terms)),
        why,
    )
    return _Counted(columns, counted)


def _work(node: Node, chosen: Convention) -> tuple[list[Term], str]:
    """The instructions that count, and why the count is unknown ("" where it is known)."""
    found = operations(node, taps=chosen.taps)
    if found is None:
        if None in node.shape or any(None in shape for shape in node.input_shapes):
            return [], "its size depends on the input size, which is not known"
        return [], f"{node.layer.kind} is not a layer that can be counted"
    terms: list[Term] = []
    for kind, term in found.items():
        factors = chosen.instructions(kind)
        if factors is None:
            return [], f"what {chosen.name!r} counts for {kind} is not established"
        terms.extend(term.times(factor) for factor in factors if factor)
    return terms, ""


def _trainable(node: Node) -> int:
    return sum(volume(weight.shape) or 0 for weight in node.weights if weight.trainable)


def _bytes(term: Term, each: int) -> Term:
    symbols = f"({term.symbols})" if " + " in term.symbols else term.symbols
    numbers = {**term.numbers, "bytes": each}
    return Term(f"{symbols} × bytes", numbers, term.value * each, term.factor)


def _from_the_outputs(network: Network) -> list[Node]:
    """Each node behind its inputs, depth first from the outputs: the order in which XLA counts.

    It depends on the graph alone, not on the order in which the layers were written down. In single
    precision another order rounds to another total.
    """
    order: dict[Node, None] = {}
    ways = list(reversed(network.outputs))
    while ways:
        node = ways[-1]
        before = next((each for each in node.inputs if each not in order), None)
        if before is not None:
            ways.append(before)
        else:
            order[ways.pop()] = None
    return list(order)


def _add_up(terms: Iterable[Term], *, single: bool) -> int:
    if not single:
        return sum(term.total for term in terms)
    total = 0.0
    for term in terms:  # the tool's own counter is a 32-bit float
        total = _float32(total + _float32(term.total))
    return int(total)


def _float32(value: float) -> float:
    rounded: float = struct.unpack("f", struct.pack("f", value))[0]
    return rounded
