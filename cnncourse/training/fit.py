"""Keras's ``fit`` with a progress bar, live curves, and a run that survives an interrupt."""

import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from cnncourse.training.backend import quietly
from cnncourse.training.batches import batches_of, from_disk, is_dataset, rows
from cnncourse.training.curves import Curves
from cnncourse.training.history import History
from cnncourse.training.keeping import Kept, about_run, open_kept
from cnncourse.training.progress import Bar
from cnncourse.training.seeds import set_seeds

# Batches handed to TensorFlow at a time. It changes no number and saves a tenth of the time on
# two cores; more would make the bar and the interrupt sluggish. (One at a time, Keras 3.15 takes a
# step too many at the end of a data set that does not know its length.)
_STEPS_AT_A_TIME = 20
_ORDER = ("loss", "accuracy", "val_loss", "val_accuracy")


def fit(
    model: Any,
    x: Any,
    y: Any = None,
    *,
    epochs: int,
    batch_size: int = 64,
    validation: Any = None,
    seed: int | None = None,
    curves: bool = False,
    keep: str | Path | None = None,
) -> History:
    """Train a compiled Keras model and return what was measured.

    x: one input a row; y: one label a row. Memory-mapped arrays are read batch by batch. Or x is a
    finite tf.data or Keras data set of (inputs, labels) batches, and y is left out; batch_size is
    then the data set's own.
    validation: (x, y), or a data set, to measure after every epoch.
    seed: for the order of the examples (the first weights are drawn when the model is made). It
    draws the order of each epoch anew, so that a run that goes on sees what it would have seen.
    curves: show loss and accuracy in the notebook as they grow.
    keep: a folder to keep the run in after every epoch. After an interrupt or a crash the same call
    goes on from there, to the numbers of a run that never stopped: weights, optimizer, dropout and
    order are kept. (What a data set of your own shuffles is not known here and starts again.)

    Stopping by hand keeps what the network has learned and returns the epochs that were finished.

    Raises ValueError, before any work, when the model is not compiled, or layers were frozen or
    unfrozen since; x and y have different lengths; epochs or batch_size is not a whole number above
    zero; or the folder holds another run. Raises OSError when the disk takes no more.
    """
    _check(model, x, y, epochs, batch_size, validation)
    steps = batches_of(x) if is_dataset(x) else -(-len(x) // batch_size)
    kept, done = None, History({})
    if keep is not None:
        kept = open_kept(keep, about_run(model, x, y, validation, batch_size), seed)
        done, seed = _go_on(kept, model, epochs)
    if seed is not None:
        set_seeds(seed)
    with quietly():
        import keras

    bar = Bar(None if steps is None else epochs * steps)
    measured = {name: list(values) for name, values in done.history.items()}
    live = Curves(epochs)
    if curves:
        live.draw(measured, now=True)

    class Watch(keras.callbacks.Callback):
        """Moves the bar and notes the numbers."""

        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            bar.words = f"epoch {epoch + 1} of {epochs}"
            self.start = epoch * steps if steps else bar.n

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            bar.reach(self.start + batch + 1)

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            if steps:
                bar.reach(self.start + steps)
            for name, value in (logs or {}).items():
                measured.setdefault(name, []).append(float(value))

    def history(stopped: bool = False) -> History:
        names = sorted(measured, key=lambda name: (*_ORDER, name).index(name))
        seconds = done.seconds + time.perf_counter() - started
        return History({name: measured[name] for name in names}, seconds, stopped)

    before = model.steps_per_execution
    _take(model, min(_STEPS_AT_A_TIME, steps or _STEPS_AT_A_TIME))
    watch = Watch()
    bar.reach(done.epochs * (steps or 0))
    started = time.perf_counter()
    stopped = False
    try:
        for epoch in range(done.epochs, epochs):
            if seed is not None:
                set_seeds(_of_epoch(seed, epoch))
            with warnings.catch_warnings():
                # The end of a data set of unknown length is no reason to warn.
                warnings.filterwarnings("ignore", "Your input ran out of data")
                model.fit(
                    **_training(x, y, batch_size),
                    initial_epoch=epoch,
                    epochs=epoch + 1,
                    validation_data=_validation(validation, batch_size),
                    verbose=0,
                    callbacks=[watch],
                )
            if kept is not None:
                kept.save(model, history())
            if curves:
                live.draw(measured, now=epoch + 1 == epochs)
    except KeyboardInterrupt:
        stopped = True
    finally:
        bar.close()
        _take(model, before)
    result = history(stopped)
    if curves and stopped:
        live.draw(measured, now=True)
    if stopped:
        print(
            f"Stopped by hand after {result.epochs} of {epochs} epochs. "
            + (
                "Run the same call again to go on."
                if kept is not None
                else "The network keeps what it has learned; make it anew to start again."
            )
        )
    return result


def _go_on(kept: Kept, model: Any, epochs: int) -> tuple[History, int]:
    """What a kept run has done, put into the model, and its seed."""
    done = kept.load(model)
    if done.epochs > epochs:
        raise ValueError(
            f"The run kept in {str(kept.folder)!r} has {done.epochs} epochs, more than the "
            f"{epochs} asked for. Ask for {done.epochs} or more, or name another folder."
        )
    if done.epochs:
        how = "All" if done.epochs == epochs else f"{done.epochs} of"
        print(f"{how} {epochs} epochs were kept in {kept.folder.name!r}: no need to repeat them.")
    return done, kept.seed


def _of_epoch(seed: int, epoch: int) -> int:
    """A seed for one epoch, the same however the run got there."""
    return int(np.random.SeedSequence([seed, epoch]).generate_state(1)[0])


def _training(x: Any, y: Any, batch_size: int) -> dict[str, Any]:
    """The training set as Keras's ``fit`` takes it."""
    if hasattr(x, "element_spec"):
        return {"x": x, "shuffle": False}  # it shuffles itself, or Keras warns that it cannot
    if is_dataset(x):
        return {"x": x}
    if from_disk(x):
        return {"x": rows(x, y, batch_size, shuffle=True), "shuffle": False}
    return {"x": x, "y": y, "batch_size": batch_size}


def _validation(validation: Any, batch_size: int) -> Any:
    if isinstance(validation, tuple) and from_disk(validation[0]):
        return rows(validation[0], validation[1], batch_size, shuffle=False)
    return validation


def _take(model: Any, steps: int) -> None:
    """Set the number of batches at a time.

    Keras keeps compiled functions made for the old number, and with them it would silently skip
    all but one batch of each group; so they are dropped.
    """
    model.steps_per_execution = steps
    model.train_function = model.test_function = model.predict_function = None


def _check(model: Any, x: Any, y: Any, epochs: int, batch_size: int, validation: Any) -> None:
    if not getattr(model, "compiled", False):
        raise ValueError(
            "fit needs a compiled model: call "
            "model.compile(optimizer=..., loss=..., metrics=['accuracy']) first."
        )
    # Keras 3 notes what was trainable when it compiled, and says nothing when that has changed:
    # the optimizer would go on with the old layers.
    for layer, trains in getattr(model, "_compiled_trainable_state", {}).items():
        if layer.trainable != trains:
            now = "unfrozen" if layer.trainable else "frozen"
            raise ValueError(
                f"The layer {layer.name!r} was {now} after the model was compiled, so the "
                "optimizer does not know. Call model.compile(...) again, then fit."
            )
    for name, value in (("epochs", epochs), ("batch_size", batch_size)):
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise ValueError(f"{name} must be a whole number above zero, not {value!r}.")
    pair = isinstance(validation, tuple) and len(validation) == 2
    if validation is not None and not pair and not is_dataset(validation):
        raise ValueError("validation must be a pair (x, y), a data set of batches, or None.")
    pairs = [] if not pair else [(*validation, "validation")]
    if is_dataset(x):
        if y is not None:
            raise ValueError("A data set brings its labels with it: leave y out.")
    elif y is None:
        raise ValueError("Labels are missing: fit(model, x, y, ...), one label for each row of x.")
    else:
        pairs.insert(0, (x, y, "training"))
    for inputs, labels, what in pairs:
        if len(inputs) != len(labels):
            raise ValueError(
                f"Every {what} input needs one label: "
                f"there are {len(inputs)} inputs and {len(labels)} labels."
            )
        if len(inputs) == 0:
            raise ValueError(f"There is nothing in the {what} set: it has no rows.")
