"""Borrowed networks: the right shapes and weights, and errors that say what to do."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from cnncourse import zoo
from cnncourse.zoo import borrowed, small_vgg

pytestmark = pytest.mark.tensorflow

_PLACES = (os.environ.get("CNNCOURSE_DATA", ""), Path(__file__).parents[3] / "shared" / "data")
FILE = next(
    (
        Path(place) / borrowed.VGG16_FILES[0]
        for place in _PLACES
        if place and (Path(place) / borrowed.VGG16_FILES[0]).is_file()
    ),
    None,
)
needs_file = pytest.mark.skipif(
    FILE is None, reason=f"no {borrowed.VGG16_FILES[0]} in CNNCOURSE_DATA or ../shared/data"
)


@pytest.fixture(autouse=True)
def nothing_at_hand(monkeypatch, tmp_path):
    """No test looks into the user's folders or at the network."""
    monkeypatch.delenv("CNNCOURSE_DATA", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("CNNCOURSE_OFFLINE", "1")


def test_the_small_vgg_is_a_vgg():
    model = zoo.small_vgg_base((64, 96, 3))
    convolutions = [f"block{b}_conv{c}" for b in range(1, 6) for c in (1, 2)]
    names = [layer.name for layer in model.layers]
    assert [name for name in names if "conv" in name] == convolutions
    assert names[-1] == "block5_pool"
    assert model.output_shape == (None, 2, 3, 192)
    assert 300_000 < model.count_params() < 1_500_000
    assert model.count_params() == small_vgg.small_vgg().cost().parameters


def test_the_shipped_weights_are_small_finite_and_on_record():
    record = zoo.small_vgg_record()
    assert small_vgg.WEIGHTS.stat().st_size < 4_000_000
    assert not {"cat", "dog"} & set(record["kinds"])
    assert len(record["kinds"]) >= 16
    assert "no cats, no dogs" in record["name"]
    assert record["held-out accuracy"] > 10 / len(record["kinds"])
    assert record["parameters"] == zoo.small_vgg_base().count_params()
    assert record == json.loads(small_vgg.RECORD.read_text())
    for array in small_vgg.read_weights(small_vgg.WEIGHTS).values():
        assert array.dtype == np.float32
        assert np.isfinite(array).all()


def test_fresh_weights_differ_from_shipped_ones():
    fresh, shipped = zoo.small_vgg_base(weights=None), zoo.small_vgg_base()
    assert not np.array_equal(fresh.get_weights()[0], shipped.get_weights()[0])
    again = zoo.small_vgg_base()
    assert all(
        np.array_equal(a, b)
        for a, b in zip(shipped.get_weights(), again.get_weights(), strict=True)
    )


def test_its_features_tell_cats_from_dogs_though_it_never_saw_one():
    from cnncourse.data import draw_images

    base = zoo.borrow((64, 64, 3), "small")
    images, labels = draw_images(("cat", "dog"), 250, size=64, seed=5)
    features = base.model.predict(base.preprocess(images), verbose=0).reshape(500, -1)
    plain = images.reshape(500, 8, 8, 8, 8, 3).mean((2, 4)).reshape(500, -1)
    borrowed_right, plain_right = (_linear(each, labels) for each in (features, plain))
    assert borrowed_right > 0.68
    assert borrowed_right > plain_right + 0.08


def _linear(features: np.ndarray, labels: np.ndarray) -> float:
    """Held-out accuracy of a ridge regression on the first 350 rows."""
    features = (features - features.mean(0)) / (features.std(0) + 1e-6)
    x, y = features[:350], 2.0 * labels[:350] - 1
    kernel = x @ x.T + 0.5 * x.shape[1] * np.eye(len(x))
    scores = features[350:] @ (x.T @ np.linalg.solve(kernel, y))
    return float(np.mean((scores > 0) == (labels[350:] == 1)))


@pytest.mark.parametrize("shape", [(31, 64, 3), (64, 64), (64, 64, 1), (64.0, 64, 3), "64", None])
@pytest.mark.parametrize("make", [zoo.borrow, zoo.small_vgg_base])
def test_other_shapes_are_refused(make, shape):
    with pytest.raises(ValueError, match="at least 32 pixels"):
        make(shape)
    with pytest.raises(ValueError, match="at least 32 pixels"):
        zoo.vgg16_base(None, shape)


def test_another_word_is_refused():
    with pytest.raises(ValueError, match="'auto', 'vgg16', 'small', not 'vgg19'"):
        zoo.borrow((64, 64, 3), "vgg19")


def test_vgg16_without_weights_has_the_lectures_numbers():
    model = zoo.vgg16_base(None)
    assert model.count_params() == 14_714_688
    assert model.output_shape == (None, 4, 4, 512)
    assert model.get_layer("block5_conv1").output.shape == (None, 9, 9, 512)


def test_auto_falls_back_and_says_so(capsys):
    base = zoo.borrow((64, 64, 3))
    said = capsys.readouterr().out
    assert "borrowing the small VGG trained on drawn animals and things" in said
    assert "'vgg16'" in said
    assert base.name == "small VGG"
    assert "no cats, no dogs" in base.trained_on
    assert base.source in repr(base)
    assert "2×2×192" in repr(base)


def test_shipped_means_the_small_one_even_with_weights_at_hand(monkeypatch, tmp_path, capsys):
    models = tmp_path / "keras" / "models"
    models.mkdir(parents=True)
    (models / borrowed.VGG16_FILES[1]).write_bytes(b"never opened")
    monkeypatch.setenv("CNNCOURSE_DATA", "shipped")
    assert zoo.borrow((32, 32, 3)).name == "small VGG"
    with pytest.raises(zoo.WeightsError, match=r"only what comes with the package.*'small'"):
        zoo.borrow((32, 32, 3), "vgg16")


def test_offline_without_weights():
    with pytest.raises(zoo.WeightsError, match=r"CNNCOURSE_OFFLINE forbids.*CNNCOURSE_DATA"):
        zoo.vgg16_base("imagenet")


def test_a_download_that_fails(monkeypatch):
    import keras

    def fails(**_):
        raise Exception("URL fetch failure on https://example.org: None -- timed out")

    monkeypatch.setenv("CNNCOURSE_OFFLINE", "0")
    monkeypatch.setattr(keras.applications, "VGG16", fails)
    with pytest.raises(zoo.WeightsError, match=r"timed out.*Try again.*'small'"):
        zoo.borrow((64, 64, 3), "vgg16")


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(zoo.WeightsError, match=r"no file.*weights='imagenet'"):
        zoo.vgg16_base(tmp_path / "vgg.h5")


@pytest.mark.parametrize("name", ["vgg.h5", "vgg.weights.h5", "vgg.txt"])
def test_a_file_that_is_no_weights_file(tmp_path, name):
    (tmp_path / name).write_bytes(b"not a network" * 50)
    with pytest.raises(zoo.WeightsError, match="is not VGG16's convolutional base, or is damaged"):
        zoo.vgg16_base(tmp_path / name, (32, 32, 3))


@pytest.mark.parametrize("name", ["other.weights.h5", "other.h5"])
def test_another_networks_weights(tmp_path, name):
    zoo.small_vgg_base(weights=None).save_weights(tmp_path / "other.weights.h5")
    (tmp_path / "other.weights.h5").rename(tmp_path / name)
    with pytest.raises(zoo.WeightsError, match="notop"):
        zoo.vgg16_base(tmp_path / name, (32, 32, 3))


@needs_file
def test_the_imagenet_weights_are_keras_own(monkeypatch):
    import keras

    monkeypatch.setenv("CNNCOURSE_DATA", str(FILE.parent))
    base = zoo.borrow((64, 64, 3))  # auto: at hand
    assert base.name == "VGG16"
    assert "ImageNet" in repr(base)
    assert base.model.count_params() == 14_714_688
    theirs = keras.applications.VGG16(weights=None, include_top=False, input_shape=(64, 64, 3))
    theirs.load_weights(FILE)
    images = np.random.default_rng(2).integers(0, 256, (3, 64, 64, 3), np.uint8)
    expected = theirs(keras.applications.vgg16.preprocess_input(images.astype("float32")))
    found = base.model(base.preprocess(images))
    assert np.allclose(found, expected, atol=1e-3)
    by_path = zoo.vgg16_base(FILE, (64, 64, 3))
    assert np.array_equal(by_path.get_weights()[-1], theirs.get_weights()[-1])


@needs_file
def test_a_truncated_weights_file(tmp_path):
    with FILE.open("rb") as whole:
        (tmp_path / "cut.weights.h5").write_bytes(whole.read(2_000_000))
    with pytest.raises(zoo.WeightsError, match=r"damaged.*Delete it"):
        zoo.vgg16_base(tmp_path / "cut.weights.h5", (32, 32, 3))


@pytest.mark.parametrize("name", ["VGG16", "small VGG"])
def test_preprocessing_is_the_same_in_and_outside_a_model(name, tmp_path):
    import keras

    base = borrowed.Borrowed(zoo.small_vgg_base((32, 32, 3)), name, "", "")
    images = np.random.default_rng(1).integers(0, 256, (2, 5, 7, 3), np.uint8)
    outside = base.preprocess(images)
    assert outside.dtype == np.float32
    layer = base.preprocessing_layer()
    assert np.allclose(layer(images), outside, atol=1e-4)
    model = keras.Sequential([keras.Input((5, 7, 3)), layer])
    assert model.count_params() == 0
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert np.allclose(loaded.predict(images, verbose=0), outside, atol=1e-4)
    if name == "VGG16":
        keras_own = keras.applications.vgg16.preprocess_input(images.astype("float32"))
        assert np.allclose(outside, keras_own, atol=1e-4)
    else:
        assert outside.min() >= -1
        assert outside.max() <= 1


def test_preprocess_refuses_other_arrays():
    base = borrowed.Borrowed(None, "small VGG", "", "")
    with pytest.raises(ValueError, match=r"not \(5, 7, 3\)"):
        base.preprocess(np.zeros((5, 7, 3), np.uint8))


def test_bad_small_weights(tmp_path):
    arrays = small_vgg.read_weights(small_vgg.WEIGHTS)
    missing = dict(list(arrays.items())[1:])
    wrong = arrays | {"block1_conv1/bias": np.zeros(3)}
    more = arrays | {"dense/kernel": np.zeros(3)}
    for name, content, message in (
        ("missing", missing, "block1_conv1/kernel is missing or has another shape"),
        ("wrong", wrong, "block1_conv1/bias"),
        ("more", more, "more arrays"),
    ):
        file = tmp_path / f"{name}.npz"
        np.savez(file, **content)
        with pytest.raises(zoo.WeightsError, match=message):
            zoo.small_vgg_base(weights=file)
    (tmp_path / "cut.npz").write_bytes(small_vgg.WEIGHTS.read_bytes()[:5000])
    with pytest.raises(zoo.WeightsError, match=r"cannot be read.*train_small_vgg"):
        zoo.small_vgg_base(weights=tmp_path / "cut.npz")
    with pytest.raises(zoo.WeightsError, match="no small VGG in"):
        zoo.small_vgg_base(weights=tmp_path / "nothing.npz")
