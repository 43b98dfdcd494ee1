"""Gradual training: a shallow network first, then deeper ones on top of what it has learned."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from cnncourse.training.backend import quietly
from cnncourse.training.fit import fit
from cnncourse.training.history import History

MakeLayers = Callable[[], Sequence[Any]]


@dataclass(frozen=True)
class Stage:
    """One training of a growing network."""

    name: str
    trainable_parameters: int
    parameters: int
    history: History


@dataclass(frozen=True)
class Grown:
    """The whole network, and how it grew."""

    model: Any
    stages: tuple[Stage, ...]

    @property
    def history(self) -> History:
        """All stages, one after the other."""
        joined = self.stages[0].history
        for stage in self.stages[1:]:
            joined = joined + stage.history
        return joined


def grow_gradually(
    input_shape: tuple[int, ...],
    blocks: Sequence[MakeLayers],
    head: MakeLayers,
    x: Any,
    y: Any,
    *,
    compile: Callable[[Any, bool], Any],
    epochs: int,
    final_epochs: int | None = None,
    batch_size: int = 64,
    validation: Any = None,
    seed: int | None = None,
) -> Grown:
    """Train a shallow network, freeze it, add a block, retrain, ..., and unfreeze all at last.

    input_shape: of one input. blocks: functions that each return the new layers of one block, the
    first one nearest to the input. head: the same for the layers on top; every stage gets new
    ones, since they must fit what is below. compile: called with each stage's model and whether all
    of it trains now (the last stage: a smaller learning rate is wise there). epochs: of each stage;
    final_epochs: of the last one, with everything unfrozen. The rest is as in `fit`.

    Source: Simonyan and Zisserman 2015 (section 3.1) began their deep networks with the layers of a
    shallow one; there nothing was frozen.

    Raises ValueError, before any work, with fewer than two blocks or wrong epochs.
    """
    if len(blocks) < 2:
        raise ValueError(f"Growing needs at least two blocks, not {len(blocks)}.")
    for name, value in (("epochs", epochs), ("final_epochs", final_epochs or epochs)):
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise ValueError(f"{name} must be a whole number above zero, not {value!r}.")
    with quietly():
        import keras

    def train(name: str, model: Any, unfrozen: bool, epochs: int) -> Stage:
        compile(model, unfrozen)
        moving = sum(int(weight.size) for weight in _arrays(model.trainable_weights))
        history = fit(
            model,
            x,
            y,
            epochs=epochs,
            batch_size=batch_size,
            validation=validation,
            seed=seed,
        )
        return Stage(name, moving, model.count_params(), history)

    inputs = keras.Input(input_shape)
    grown: list[Any] = []
    stages = []
    below = inputs
    for number, make in enumerate(blocks, start=1):
        for layer in grown:
            layer.trainable = False
        new = list(make())
        for layer in new:
            below = layer(below)
        grown += new
        top = below
        for layer in head():
            top = layer(top)
        model = keras.Model(inputs, top)
        name = "block 1" if number == 1 else f"block {number} on frozen ones"
        stages.append(train(name, model, False, epochs))
        if stages[-1].history.stopped:
            return Grown(model, tuple(stages))
    for layer in grown:
        layer.trainable = True
    stages.append(train("all unfrozen", model, True, final_epochs or epochs))
    return Grown(model, tuple(stages))


def _arrays(weights: Any) -> list[Any]:
    return [weight.numpy() for weight in weights]
