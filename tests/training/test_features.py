"""Features are what the base answers; the cache changes with everything that they depend on."""

import errno
import os

import numpy as np
import pytest

from cnncourse.data.places import DataError
from cnncourse.training import extract_features, set_seeds, set_trainable

pytestmark = pytest.mark.tensorflow


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("CNNCOURSE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "features"


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(2).integers(0, 256, size=(11, 8, 6, 3), dtype=np.uint8)


def make_base(seed=1, stride=2):
    import keras
    from keras import layers

    set_seeds(seed)
    inputs = keras.Input((8, 6, 3))
    x = layers.Conv2D(4, 3, strides=stride, activation="relu")(inputs)
    x = layers.BatchNormalization()(x)
    x = layers.Dropout(0.5)(x)
    return keras.Model(inputs, x, name="tiny")


def centred(images):
    images = images.astype("float32")
    images -= 100  # in place, as Keras's own preprocess_input does
    return images


def test_features_are_the_answers_of_the_base(images, capsys):
    base = make_base()
    expected = base.predict(centred(images), verbose=0)
    for cache in (False, True, True):
        features = extract_features(base, images, preprocess=centred, batch_size=4, cache=cache)
        np.testing.assert_allclose(features, expected, rtol=1e-5, atol=1e-6)
        assert features.dtype == np.float32
    lines = capsys.readouterr().out.splitlines()
    said = "11 images through tiny → 3×2×4"
    assert lines == [f"{said}, not kept", f"{said}, computed and kept", f"{said}, from the cache"]
    with pytest.raises(ValueError, match="read-only"):
        features[0] = 0


def test_a_new_network_with_the_same_weights_finds_them(images, capsys, tmp_path):
    extract_features(make_base(), images)
    np.save(tmp_path / "images.npy", images)
    same = np.load(tmp_path / "images.npy", mmap_mode="r")
    again = make_base()  # Keras has given its layers other names
    set_trainable(again)
    extract_features(again, same)
    assert "from the cache" in capsys.readouterr().out.splitlines()[1]


def test_anything_else_is_computed_anew(images, capsys):
    import keras

    extract_features(make_base(), images)
    other = images.copy()
    other[-1, -1, -1, -1] ^= 1
    extract_features(make_base(), other)
    extract_features(make_base(), images[::-1])
    extract_features(make_base(seed=7), images)
    extract_features(make_base(stride=1), images)
    extract_features(make_base(), images, preprocess=centred)
    extract_features(make_base(), images, preprocess=lambda batch: batch / 255)
    extract_features(make_base(), images, preprocess=lambda batch: batch / 254)
    base = make_base()
    extract_features(keras.Model(base.inputs, base.layers[1].output), images)
    weights = base.get_weights()
    weights[-1] = weights[-1] + 0.5  # a running variance
    base.set_weights(weights)
    extract_features(base, images)
    assert "from the cache" not in capsys.readouterr().out


def test_a_damaged_or_half_written_file_is_never_read(images, cache, capsys):
    base = make_base()
    whole = np.array(extract_features(base, images))
    (file,) = cache.rglob("*.npy")
    data = bytearray(file.read_bytes())
    data[-3] ^= 1
    file.write_bytes(data)
    np.testing.assert_array_equal(extract_features(base, images), whole)
    file.write_bytes(bytes(data[:-40]))
    np.testing.assert_array_equal(extract_features(base, images), whole)
    assert "from the cache" not in capsys.readouterr().out
    np.testing.assert_array_equal(extract_features(base, images), whole)


def test_an_interrupt_leaves_nothing(images, cache):
    calls = []

    def slow(batch):
        calls.append(len(batch))
        if len(calls) == 5:  # two probes of the key, one of the shape, then the work
            raise KeyboardInterrupt
        return centred(batch)

    with pytest.raises(KeyboardInterrupt):
        extract_features(make_base(), images, preprocess=slow, batch_size=4)
    assert not list(cache.rglob("*.npy"))


def test_no_room_is_said_before_any_work(images, cache, monkeypatch):
    import shutil

    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=10))
    with pytest.raises(DataError, match=r"is full.*CNNCOURSE_CACHE"):
        extract_features(make_base(), images)
    assert not list(cache.rglob("*.npy"))
    assert len(extract_features(make_base(), images, cache=False)) == 11


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"base": "vgg16"}, "needs a Keras model"),
        ({"images": [1, 2]}, "must be an array"),
        ({"images": np.zeros((0, 8, 6, 3), np.uint8)}, "no images"),
        ({"images": np.zeros((2, 6, 8, 3), np.uint8)}, r"takes images of \(8, 6, 3\)"),
        ({"images": np.zeros((2, 8, 6), np.uint8)}, r"these are \(8, 6\)"),
        ({"preprocess": 3}, "must be a function"),
        ({"preprocess": lambda batch: batch[:, :2]}, "cannot read these images"),
        ({"batch_size": 0}, "whole number above zero"),
    ],
)
def test_wrong_arguments_of_the_extraction(images, cache, change, message):
    arguments = {"base": make_base(), "images": images} | change
    with pytest.raises(ValueError, match=message):
        extract_features(arguments.pop("base"), arguments.pop("images"), **arguments)
    assert not cache.exists()


def test_a_disk_that_fills_up_is_said_before_anything_is_mapped(images, cache, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "no room")

    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(DataError, match=r"is full.*Nothing half-written was kept"):
        extract_features(make_base(), images)
    assert not list(cache.glob("*/features.npy"))
