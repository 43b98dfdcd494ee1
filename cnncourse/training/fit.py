"""Keras's ``fit`` with a progress bar and an estimate; an interrupt keeps the work."""

import time
from typing import Any

from cnncourse.training.backend import quietly
from cnncourse.training.history import History
from cnncourse.training.progress import Bar
from cnncourse.training.seeds import set_seeds

# Batches handed to TensorFlow at a time. It changes no number and saves a tenth of the time on
# two cores; more would make the bar and the interrupt sluggish.
_STEPS_AT_A_TIME = 20
_ORDER = ("loss", "accuracy", "val_loss", "val_accuracy")


def fit(
    model: Any,
    x: Any,
    y: Any,
    *,
    epochs: int,
    batch_size: int = 64,
    validation: tuple[Any, Any] | None = None,
    seed: int | None = None,
) -> History:
    """Train a compiled Keras model and return what was measured.

    x: one input a row. y: one label a row. validation: (x, y) to measure after every epoch.
    seed: for the order of the examples (the first weights are drawn when the model is made).
    Stopping by hand keeps what the network has learned and returns the epochs that were finished.

    Raises ValueError, before any work, when the model is not compiled, x and y have different
    lengths, or epochs or batch_size is not a whole number above zero.
    """
    _check(model, x, y, epochs, batch_size, validation)
    if seed is not None:
        set_seeds(seed)
    with quietly():
        import keras

    steps = -(-len(x) // batch_size)
    bar = Bar(epochs * steps)
    measured: dict[str, list[float]] = {}

    class Watch(keras.callbacks.Callback):
        """Moves the bar and notes the numbers."""

        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            bar.words = f"epoch {epoch + 1} of {epochs}"
            self.start = epoch * steps

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            bar.reach(self.start + batch + 1)

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            bar.reach(self.start + steps)
            for name, value in (logs or {}).items():
                measured.setdefault(name, []).append(float(value))

    before = model.steps_per_execution
    _take(model, min(_STEPS_AT_A_TIME, steps))
    started = time.perf_counter()
    stopped = False
    try:
        model.fit(
            x,
            y,
            epochs=epochs,
            batch_size=batch_size,
            validation_data=validation,
            verbose=0,
            callbacks=[Watch()],
        )
    except KeyboardInterrupt:
        stopped = True
    finally:
        bar.close()
        _take(model, before)
    names = sorted(measured, key=lambda name: (*_ORDER, name).index(name))
    history = History(
        {name: measured[name] for name in names}, time.perf_counter() - started, stopped
    )
    if stopped:
        print(
            f"Stopped by hand after {history.epochs} of {epochs} epochs. The network keeps what "
            "it has learned; make it anew to start again."
        )
    return history


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
    for name, value in (("epochs", epochs), ("batch_size", batch_size)):
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise ValueError(f"{name} must be a whole number above zero, not {value!r}.")
    if validation is not None and (not isinstance(validation, tuple) or len(validation) != 2):
        raise ValueError("validation must be a pair (x, y), or None.")
    for inputs, labels, what in ((x, y, "training"), (*(validation or ((), ())), "validation")):
        if len(inputs) != len(labels):
            raise ValueError(
                f"Every {what} input needs one label: "
                f"there are {len(inputs)} inputs and {len(labels)} labels."
            )
    if len(x) == 0:
        raise ValueError("There is nothing to train on: x has no rows.")
