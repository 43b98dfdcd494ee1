"""Training tells the truth about itself: profile, seeds, history, interrupt, arguments."""

import os

import numpy as np
import pytest

from cnncourse.training import History, attempt, fit, profile, quietly, set_seeds


def test_profile_is_full_unless_asked(monkeypatch):
    monkeypatch.delenv("CNNCOURSE_PROFILE", raising=False)
    assert profile() == "full"
    monkeypatch.setenv("CNNCOURSE_PROFILE", "quick")
    assert profile() == "quick"


def test_an_unknown_profile_says_what_is_allowed(monkeypatch):
    monkeypatch.setenv("CNNCOURSE_PROFILE", "fast")
    with pytest.raises(ValueError, match=r"'fast'.*'full'.*'quick'"):
        profile()


@pytest.mark.parametrize("seed", [-1, 1.5, "5", None, True, 2**32])
def test_a_wrong_seed(seed):
    with pytest.raises(ValueError, match="whole number"):
        set_seeds(seed)


def test_history_reads_as_keras_does_and_prints_the_same_every_time():
    history = History({"loss": [2.0, 1.0], "accuracy": [0.5, 0.75]}, seconds=3.2)
    assert history["loss"] == [2.0, 1.0]
    assert history.history["accuracy"][-1] == 0.75
    assert repr(history) == "History of 2 epochs: loss 1.0000 · accuracy 0.7500"
    assert history == History(history.history, seconds=9.9)
    with pytest.raises(KeyError, match="'acc' was not measured; there are loss, accuracy"):
        history["acc"]


def test_history_of_a_run_stopped_at_once():
    assert repr(History({}, stopped=True)) == "History of 0 epochs, stopped by hand"


class Compiled:
    """Stands for a compiled model; `fit` must refuse before it touches anything else."""

    compiled = True


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"epochs": 0}, "epochs must be a whole number above zero, not 0"),
        ({"epochs": 2.0}, "epochs must be"),
        ({"batch_size": -3}, "batch_size must be"),
        ({"y": [1, 2, 3]}, "there are 2 inputs and 3 labels"),
        ({"validation": ([1], [1, 2])}, "Every validation input"),
        ({"validation": 0.2}, "must be a pair"),
        ({"x": [], "y": []}, "nothing in the training set"),
        ({"model": object()}, "needs a compiled model"),
    ],
)
def test_wrong_arguments_are_refused_before_any_work(change, message):
    arguments = {"model": Compiled(), "x": [1, 2], "y": [1, 2], "epochs": 1} | change
    with pytest.raises(ValueError, match=message):
        fit(**arguments)


@pytest.fixture
def small():
    """A tiny network and data that it can learn."""
    keras = pytest.importorskip("keras")
    set_seeds(3)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, activation="softmax")])
    model.compile("rmsprop", "sparse_categorical_crossentropy", metrics=["accuracy"])
    x = np.random.default_rng(1).normal(size=(90, 4)).astype("float32")
    return model, x, x[:, :3].argmax(axis=1)


@pytest.mark.tensorflow
def test_fit_measures_every_epoch(small, capsys):
    model, x, y = small
    history = fit(model, x, y, epochs=3, batch_size=7, validation=(x, y), seed=1)
    assert history.epochs == 3
    assert set(history.history) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    assert history["loss"][2] < history["loss"][0]
    assert history.seconds > 0
    captured = capsys.readouterr()
    assert captured.out == ""  # no terminal, no bar
    assert captured.err == ""


@pytest.mark.tensorflow
def test_same_seed_same_numbers(small):
    import keras

    _, x, y = small

    def run():
        set_seeds(8)
        model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, activation="softmax")])
        model.compile("rmsprop", "sparse_categorical_crossentropy")
        return fit(model, x, y, epochs=2, batch_size=7, seed=2)

    assert run() == run()


@pytest.mark.tensorflow
def test_stopping_by_hand_keeps_what_was_done(small, capsys):
    model, x, y = small

    original = model.fit

    def fit_and_stop(*args, callbacks, **kwargs):
        if kwargs["initial_epoch"] == 2:
            raise KeyboardInterrupt
        return original(*args, callbacks=callbacks, **kwargs)

    model.fit = fit_and_stop
    history = fit(model, x, y, epochs=5, batch_size=30)
    assert history.stopped
    assert history.epochs == 2
    assert "Stopped by hand after 2 of 5 epochs." in capsys.readouterr().out


def test_the_bar_counts_and_leaves_nothing(monkeypatch, capsys):
    from cnncourse.training import progress

    monkeypatch.setattr(progress.sys.stdout, "isatty", lambda: True, raising=False)
    bar = progress.Bar(10)
    bar.words = "epoch 1 of 1"
    bar.reach(4)
    bar.reach(2)
    assert bar.n == 4
    bar.display()
    bar.close()
    bar.close()
    out = capsys.readouterr().out
    assert "epoch 1 of 1 · batch 4 of 10" in out
    assert out.endswith("\r")


@pytest.mark.tensorflow
def test_no_batch_is_skipped_before_or_after_other_calls(small):
    model, x, y = small
    first = model.evaluate(x, y, batch_size=10, verbose=0)
    model.fit(x, y, batch_size=10, verbose=0)
    assert int(model.optimizer.iterations) == 9
    history = fit(model, x, y, epochs=2, batch_size=10, validation=(x, y))
    assert int(model.optimizer.iterations) == 9 + 2 * 9
    loss, accuracy = model.evaluate(x, y, batch_size=10, verbose=0)
    assert accuracy == pytest.approx((model.predict(x, verbose=0).argmax(axis=1) == y).mean())
    assert accuracy == pytest.approx(history["val_accuracy"][-1])
    assert loss < first[0]


def test_attempt_waits_for_what_is_not_written(capsys):
    def build_it():
        raise NotImplementedError("Exercise 7")

    assert attempt(build_it) is None
    assert capsys.readouterr().out == "This cell wakes up when build_it is written.\n"
    assert attempt(lambda: 5) == 5
    with pytest.raises(ZeroDivisionError):
        attempt(lambda: 1 / 0)


def test_quietly_silences_compiled_code_and_nothing_after_it(capfd):
    with quietly():
        os.write(2, b"advice from a library")
    os.write(2, b"heard")
    assert capfd.readouterr().err == "heard"
    with pytest.raises(ImportError), quietly():
        raise ImportError
    os.write(2, b"again")
    assert capfd.readouterr().err == "again"
