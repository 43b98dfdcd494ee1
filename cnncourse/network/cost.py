"""Parameters, mult-adds and memory of every layer, each with its formula."""

import struct
from collections.abc import Iterable
from dataclasses import dataclass

from cnncourse.network.conventions import Convention, convention
from cnncourse.network.formula import Formula, Term, formula
from cnncourse.network.graph import Network, Node
from cnncourse.network.operations import elements, operations, parameters
from cnncourse.network.shapes import Shape, volume


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
    layers, instructions = [], []
    for name, node in network:
        counted, why = _work(node, chosen)
        instructions.extend(counted)
        count = parameters(node)
        frozen = not node.layer.trainable
        trainable = 0 if frozen else _trainable(node)
        size = volume(node.shape)
        layers.append(
            LayerCost(
                name=name,
                kind=node.layer.kind,
                output=node.shape,
                parameters=count,
                trainable=trainable,
                mult_adds=None if why else formula(counted),
                activations=None if size is None else _bytes(elements(node.shape), bytes_per_value),
                weights=Formula(
                    tuple(_bytes(term, bytes_per_value).terms[0] for term in count.terms)
                ),
                unknown=why,
            )
        )
    total = _add_up(instructions, single=chosen.single)
    return Cost(network.name, chosen, network.input_shape, tuple(layers), total, bytes_per_value)


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


def _bytes(term: Term, each: int) -> Formula:
    symbols = f"({term.symbols})" if " + " in term.symbols else term.symbols
    numbers = {**term.numbers, "bytes": each}
    return Formula((Term(f"{symbols} × bytes", numbers, term.value * each, term.factor),))


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
