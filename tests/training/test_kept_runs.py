"""A run kept in a folder goes on to the numbers of one that never stopped, or refuses."""

import errno
import os

import numpy as np
import pytest

from cnncourse.training import History, fit, keeping, set_seeds

pytestmark = pytest.mark.tensorflow
EPOCHS = 4


@pytest.fixture
def data(tmp_path):
    rng = np.random.default_rng(1)
    x = rng.integers(0, 256, size=(90, 6, 6, 1), dtype=np.uint8)
    return x, (x.mean(axis=(1, 2, 3)) > 127).astype(np.uint8)


@pytest.fixture
def mapped(data, tmp_path):
    x, y = data
    np.save(tmp_path / "x.npy", x)
    return np.load(tmp_path / "x.npy", mmap_mode="r"), y


def network(seed=3, units=4):
    import keras
    from keras import layers

    set_seeds(seed)
    model = keras.Sequential(
        [
            keras.Input((6, 6, 1)),
            layers.Rescaling(1 / 255),
            layers.Conv2D(units, 3),
            layers.BatchNormalization(),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model


def stop_in_epoch(model, number):
    """Interrupt in the middle of an epoch, after its first batches."""
    original = model.fit

    def fit_and_stop(*args, callbacks, initial_epoch, **kwargs):
        if initial_epoch == number:
            callbacks[0].on_train_batch_end = interrupt
        return original(*args, callbacks=callbacks, initial_epoch=initial_epoch, **kwargs)

    def interrupt(batch, logs=None):
        raise KeyboardInterrupt

    model.fit = fit_and_stop


@pytest.mark.parametrize("where", ["memory", "disk"])
@pytest.mark.parametrize("same_model", [False, True], ids=["after a crash", "after an interrupt"])
def test_a_run_goes_on_to_the_same_numbers(data, mapped, tmp_path, capsys, same_model, where):
    x, y = data if where == "memory" else mapped
    options = {"epochs": EPOCHS, "batch_size": 7, "validation": (x[:30], y[:30]), "seed": 5}
    whole_model = network()
    whole = fit(whole_model, x, y, **options)
    model = network()
    stop_in_epoch(model, 2)
    first = fit(model, x, y, **options, keep=tmp_path / "run")
    assert (first.epochs, first.stopped) == (2, True)
    assert History.load(tmp_path / "run").epochs == 2
    assert "Run the same call again to go on." in capsys.readouterr().out
    if same_model:
        del model.fit
    else:
        model = network(seed=99)  # fresh weights, as a notebook that is run again has
    rest = fit(model, x, y, **options, keep=tmp_path / "run")
    assert "2 of 4 epochs were kept in 'run'" in capsys.readouterr().out
    assert rest.history == whole.history
    for ours, theirs in zip(model.get_weights(), whole_model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert rest.seconds > first.seconds


def test_a_finished_run_is_read_and_can_be_made_longer(data, tmp_path, capsys):
    x, y = data
    first = fit(network(), x, y, epochs=2, seed=5, keep=tmp_path / "run")
    again = network(seed=8)
    assert fit(again, x, y, epochs=2, seed=5, keep=tmp_path / "run") == first
    assert "All 2 epochs were kept" in capsys.readouterr().out
    longer = fit(again, x, y, epochs=3, seed=5, keep=tmp_path / "run")
    assert longer.history == fit(network(), x, y, epochs=3, seed=5).history
    with pytest.raises(ValueError, match="has 3 epochs, more than the 1 asked for"):
        fit(again, x, y, epochs=1, seed=5, keep=tmp_path / "run")


def test_without_a_seed_the_run_brings_its_own(data, tmp_path):
    x, y = data
    set_seeds(1)
    model = network()
    stop_in_epoch(model, 1)
    fit(model, x, y, epochs=3, keep=tmp_path / "a")
    rest = fit(network(seed=4), x, y, epochs=3, keep=tmp_path / "a")
    seed = keeping._read(tmp_path / "a" / keeping.STATE)[0]["seed"]
    assert rest.history == fit(network(), x, y, epochs=3, seed=seed).history


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("network", "has another network"),
        ("compile", "has another setting in compile"),
        ("x", "has another training set"),
        ("y", "has another training set"),
        ("validation", "has another validation set"),
        ("batch_size", "has another batch size"),
        ("seed", "has the seed 5"),
    ],
)
def test_another_run_is_refused_and_nothing_is_touched(data, tmp_path, change, message):
    x, y = data
    options = {"epochs": 1, "batch_size": 30, "seed": 5, "keep": tmp_path / "run"}
    fit(network(), x, y, **options)
    model = network(units=5) if change == "network" else network()
    if change == "compile":
        model.compile("sgd", "binary_crossentropy", metrics=["accuracy"])
    if change == "x":
        x = x.copy()
        x[-1, -1, -1] ^= 1
    y = 1 - y if change == "y" else y
    options |= {
        "validation": {"validation": (x, y)},
        "batch_size": {"batch_size": 31},
        "seed": {"seed": 6},
    }.get(change, {})
    before = model.get_weights()
    state = (tmp_path / "run" / keeping.STATE).read_bytes()
    with pytest.raises(ValueError, match=message):
        fit(model, x, y, **options)
    assert (tmp_path / "run" / keeping.STATE).read_bytes() == state
    assert all((a == b).all() for a, b in zip(before, model.get_weights(), strict=True))


def test_folders_that_cannot_be_used(data, tmp_path):
    x, y = data
    model = network()
    (tmp_path / "essay.txt").write_text("mine")
    with pytest.raises(ValueError, match=r"holds 'essay.txt'.*new folder"):
        fit(model, x, y, epochs=1, keep=tmp_path)
    with pytest.raises(ValueError, match=r"essay.txt' is a file"):
        fit(model, x, y, epochs=1, keep=tmp_path / "essay.txt")
    with pytest.raises(OSError, match="cannot be made"):
        fit(model, x, y, epochs=1, keep=tmp_path / "essay.txt" / "run")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / keeping.STATE).write_bytes(b"PK half a file")
    with pytest.raises(ValueError, match=r"cannot be read.*Delete the folder"):
        fit(model, x, y, epochs=1, keep=tmp_path / "run")
    assert int(model.optimizer.iterations) == 0


def test_a_full_disk_says_what_to_do_and_the_last_state_stays(data, tmp_path, monkeypatch):
    x, y = data
    options = {"epochs": 2, "seed": 5, "keep": tmp_path / "run"}
    plain = np.savez
    calls = []

    def full(file, **arrays):
        calls.append(1)
        if len(calls) == 2:
            file.write(b"half")
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        plain(file, **arrays)

    monkeypatch.setattr(keeping.np, "savez", full)
    with pytest.raises(
        OSError, match=r"No space left.*Make room there and run the same call again"
    ):
        fit(network(), x, y, **options)
    assert sorted(each.name for each in (tmp_path / "run").iterdir()) == [
        "history.json",
        "kept.npz",
    ]
    rest = fit(network(seed=2), x, y, **options)
    assert rest.history == fit(network(), x, y, epochs=2, seed=5).history


def test_data_sets_of_batches(data):
    import tensorflow as tf

    x, y = data
    dataset = tf.data.Dataset.from_tensor_slices((x, y)).batch(20)
    model = network()
    history = fit(model, dataset, epochs=2, validation=dataset.take(2))
    assert history.epochs == 2
    assert "val_loss" in history.history
    assert int(model.optimizer.iterations) == 2 * 5
    unknown = dataset.filter(lambda a, b: True)
    assert fit(model, unknown, epochs=1).epochs == 1
    assert int(model.optimizer.iterations) == 3 * 5
    with pytest.raises(ValueError, match=r"never ends.*take"):
        fit(model, dataset.repeat(), epochs=1)
    with pytest.raises(ValueError, match="no batches"):
        fit(model, dataset.take(0), epochs=1)
    with pytest.raises(ValueError, match="leave y out"):
        fit(model, dataset, y, epochs=1)
    with pytest.raises(ValueError, match="Labels are missing"):
        fit(model, x, epochs=1)


def test_a_memory_map_is_read_batch_by_batch(mapped):
    from cnncourse.training.batches import from_disk, rows

    x, y = mapped
    assert from_disk(x)
    assert from_disk(x[10:20])
    assert not from_disk(np.array(x))
    set_seeds(1)
    batches = list(rows(x, y, 20, True))[:5]
    assert [len(labels) for _, labels in batches] == [20, 20, 20, 20, 10]
    seen = np.concatenate([inputs for inputs, _ in batches])
    labels = np.concatenate([labels for _, labels in batches])
    order = [next(i for i in range(90) if (x[i] == image).all()) for image in seen]
    assert sorted(order) == list(range(90))
    assert order != sorted(order)
    np.testing.assert_array_equal(labels, y[order])
    plain = network().evaluate(np.array(x), y, verbose=0)
    assert network().evaluate(rows(x, y, 7, False), verbose=0) == pytest.approx(plain)


def test_layers_frozen_after_compiling_are_refused(data):
    x, y = data
    model = network()
    model.layers[1].trainable = False
    with pytest.raises(ValueError, match=r"'conv2d.*' was frozen after .*\(\.\.\.\) again"):
        fit(model, x, y, epochs=1)
    model.compile("adam", "binary_crossentropy")
    kernel = model.layers[1].get_weights()[0]
    fit(model, x, y, epochs=1)
    np.testing.assert_array_equal(model.layers[1].get_weights()[0], kernel)
    model.layers[1].trainable = True
    with pytest.raises(ValueError, match="was unfrozen after"):
        fit(model, x, y, epochs=1)


def test_a_network_that_does_not_know_its_input_cannot_be_kept(data, tmp_path):
    import keras

    model = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match=r"begin it with keras.Input"):
        fit(model, *data, epochs=1, keep=tmp_path / "run")
    assert not (tmp_path / "run").exists()
