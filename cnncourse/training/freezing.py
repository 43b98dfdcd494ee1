"""Which layers train: freeze and unfreeze by a layer's name, and see the result as a table."""

import difflib
import html
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class TrainableRow:
    """One layer that has weights. path: its name behind those of the networks it is in."""

    path: str
    kind: str
    parameters: int
    trainable_parameters: int
    tensors: int  # that train: a dense layer has two, weights and biases

    @property
    def trains(self) -> bool:
        """Whether training moves any of it."""
        return self.trainable_parameters > 0


@dataclass(frozen=True, repr=False)
class TrainableTable:
    """What of a network trains, layer by layer. Prints as a table, and as HTML in a notebook."""

    rows: tuple[TrainableRow, ...]
    notes: tuple[str, ...] = ()

    @property
    def parameters(self) -> int:
        """All parameters."""
        return sum(row.parameters for row in self.rows)

    @property
    def trainable_parameters(self) -> int:
        """Parameters that training moves."""
        return sum(row.trainable_parameters for row in self.rows)

    @property
    def tensors(self) -> int:
        """Weight tensors that training moves: ``len(model.trainable_variables)``."""
        return sum(row.tensors for row in self.rows)

    def __repr__(self) -> str:
        width = max((len(row.path) for row in self.rows), default=0)
        lines = [
            f"{row.path:<{width}}  {row.parameters:>12,}  {_word(row)}".rstrip()
            for row in self.rows
        ]
        return "\n".join([*lines, self._sum(), *self.notes])

    def _repr_html_(self) -> str:
        cells = "".join(
            f"<tr><td style='text-align:left'>{html.escape(row.path)}</td>"
            f"<td style='text-align:left'>{row.kind}</td><td>{row.parameters:,}</td>"
            f"<td style='text-align:left'>{_word(row)}</td></tr>"
            for row in self.rows
        )
        notes = "".join(f"<br>{html.escape(note)}" for note in self.notes)
        return (
            "<table><thead><tr><th style='text-align:left'>layer</th>"
            "<th style='text-align:left'>kind</th><th>parameters</th>"
            f"<th style='text-align:left'></th></tr></thead><tbody>{cells}</tbody></table>"
            f"<p>{html.escape(self._sum())}{notes}</p>"
        )

    def _sum(self) -> str:
        return (
            f"{self.trainable_parameters:,} of {self.parameters:,} parameters train, "
            f"in {self.tensors} tensors."
        )


def set_trainable(model: Any, from_layer: str | None = None) -> TrainableTable:
    """Let a layer and all behind it train, and freeze all before it; None freezes everything.

    model: a Keras model that knows its input shape. Layers of networks inside it are found too: by
    name, or by path ("vgg16/block5_conv1") where a name occurs twice. The network that holds the
    layer is switched on as well: under a frozen one nothing trains, whatever its layers say.

    A model must be compiled after this; one that was compiled before keeps its old state.

    Raises ValueError, before any change, for an unknown name (with names like it), for a name that
    occurs twice, and for a model that has no weights yet.
    """
    if not hasattr(model, "layers"):
        raise ValueError(f"set_trainable needs a Keras model, not {type(model).__name__}.")
    if not model.built:
        raise ValueError(
            "This model has no weights yet: begin it with keras.Input(shape), or call it once."
        )
    layers = list(_leaves(model))
    first = len(layers) if from_layer is None else _find(model, layers, from_layer)
    compiled = bool(getattr(model, "compiled", False))
    before = [layer.trainable for _, layer in layers]
    for network in _networks(model):
        network.trainable = from_layer is not None
    for place, (_, layer) in enumerate(layers):
        layer.trainable = place >= first
    changed = before != [layer.trainable for _, layer in layers]
    return TrainableTable(_rows(model), tuple(_notes(layers, changed, compiled)))


def trainable(model: Any) -> TrainableTable:
    """What of a network trains as it stands; nothing is changed.

    Under a network that is frozen itself nothing trains, whatever its layers say. For a network
    *inside* it Keras 3 asks the layers alone: there its own switch only sets theirs.
    """
    return TrainableTable(_rows(model))


def _rows(model: Any) -> tuple[TrainableRow, ...]:
    on = bool(model.trainable)
    return tuple(_row(path, layer, on) for path, layer in _leaves(model) if layer.weights)


Leaf = tuple[str, Any]  # path, layer


def _leaves(model: Any, prefix: str = "") -> Iterator[Leaf]:
    """The layers in order; networks inside are opened."""
    for layer in model.layers:
        if getattr(layer, "layers", None):
            yield from _leaves(layer, f"{prefix}{layer.name}/")
        else:
            yield f"{prefix}{layer.name}", layer


def _networks(model: Any) -> Iterator[Any]:
    """The network and all networks in it, from the outside in."""
    yield model
    for layer in model.layers:
        if getattr(layer, "layers", None):
            yield from _networks(layer)


def _find(model: Any, layers: list[Leaf], name: str) -> int:
    """The place of the first layer that a name or path means."""
    paths = [path for path, _ in layers]
    # A network inside is meant by its name, too: it begins with its first layer.
    starts = {path: place for place, path in reversed(list(enumerate(paths)))}
    for place, path in reversed(list(enumerate(paths))):
        parts = path.split("/")
        starts |= {"/".join(parts[:depth]): place for depth in range(1, len(parts))}
    found = {place for path, place in starts.items() if path == name or path.endswith(f"/{name}")}
    if len(found) == 1:
        return found.pop()
    if found:
        where = ", ".join(repr(paths[place]) for place in sorted(found))
        raise ValueError(f"{name!r} occurs more than once. Give the path: {where}.")
    known = [path.split("/")[-1] for path in sorted(starts, key=starts.__getitem__)]
    near = difflib.get_close_matches(name, dict.fromkeys(known), n=3, cutoff=0.5)
    listed = ", ".join(repr(each) for each in near or list(dict.fromkeys(known))[:30])
    raise ValueError(
        f"There is no layer {name!r} in {model.name!r}. "
        + (f"Did you mean {listed}?" if near else f"There are {listed}.")
    )


def _row(path: str, layer: Any, switched_on: bool) -> TrainableRow:
    moving = layer.trainable_weights if switched_on else []
    return TrainableRow(
        path, type(layer).__name__, layer.count_params(), _count(moving), len(moving)
    )


def _count(weights: Any) -> int:
    total = 0
    for weight in weights:
        size = 1
        for side in weight.shape:
            size *= int(side)
        total += size
    return total


def _notes(layers: list[Leaf], changed: bool, compiled: bool) -> Iterator[str]:
    if changed and compiled:
        yield "This model was compiled before. Call compile again, or the change is not noticed."
    elif changed:
        yield "Compile the model that you train after this, not before."
    norms = [layer for _, layer in layers if type(layer).__name__ == "BatchNormalization"]
    moving = sum(layer.trainable for layer in norms)
    if moving:
        yield (
            f"{moving} batch normalisation layers train: their running means follow the new "
            "images. Small batches make them noisy."
        )
    elif norms:
        yield (
            f"The {len(norms)} batch normalisation layers are frozen: Keras then leaves their "
            "running means alone, in training too."
        )


def _word(row: TrainableRow) -> str:
    return "trains" if row.trains else "frozen"
