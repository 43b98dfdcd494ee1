"""What is special about lesson 6: its figures, its model, its hidden pictures, its catalogue."""

import math

import numpy as np
import pytest

from cnncourse.checking.collect import collect
from cnncourse.checking.judge import judge
from cnncourse.checking.models import compare_models, describe_model
from cnncourse.exercises import get, lesson

ROWS = [896, 18_496, 73_856, 147_584, 3_211_776, 513]


def verdict(name, answer, seed=3):
    exercise = get(name)
    cases = exercise.make_cases(seed)
    return judge(exercise, cases, collect(answer, cases, exercise.kind))


def test_the_lectures_figures():
    assert get("parameter_rows").reference(150, [32, 64, 128, 128], 512) == ROWS
    assert sum(ROWS) == 3_453_121
    assert get("steps_per_epoch").reference(2000, 20) == 100
    assert get("steps_per_epoch").reference(1000, 20) == 50
    half = np.full(4, 0.5)
    assert get("binary_cross_entropy").reference(half, [1, 0, 0, 1]) == pytest.approx(math.log(2))


def test_the_network_described_by_hand_has_the_lectures_figures():
    described = describe_model(get("build_cats_dogs").reference())
    assert described["parameters"] == 3_453_121
    assert [layer["parameters"] for layer in described["layers"] if layer["parameters"]] == ROWS


@pytest.mark.tensorflow
def test_the_networks_described_by_hand_are_keras_descriptions():
    for name in ("build_cats_dogs", "build_augmented"):
        exercise = get(name)
        built = describe_model(exercise.alternatives["functional"]())
        assert built["parameters"] == describe_model(exercise.reference())["parameters"]
        assert compare_models(exercise.reference(), built) is None


@pytest.mark.tensorflow
def test_wrong_networks_described_by_hand_are_what_keras_builds():
    import keras

    def network(units=1, activation="sigmoid", rate=1e-4, loss="binary_crossentropy", drop=False):
        model = keras.Sequential([keras.Input((150, 150, 3))])
        for filters in (32, 64, 128, 128):
            model.add(keras.layers.Conv2D(filters, 3, activation="relu"))
            model.add(keras.layers.MaxPooling2D())
        model.add(keras.layers.Flatten())
        if drop:
            model.add(keras.layers.Dropout(0.5))
        model.add(keras.layers.Dense(512, activation="relu"))
        model.add(keras.layers.Dense(units, activation=activation))
        model.compile(keras.optimizers.RMSprop(rate), loss, metrics=["accuracy"])
        return model

    for name, built in {
        "one-softmax-unit": network(activation="softmax"),
        "learning-rate-left-alone": network(rate=1e-3),
        "dropout-already": network(drop=True),
        "two-softmax-units": network(2, "softmax", loss="sparse_categorical_crossentropy"),
    }.items():
        assert verdict("build_cats_dogs", lambda built=built: built).misconception == name


def test_the_animals_to_tell_apart_are_nobodys(monkeypatch):
    from cnncourse.data import draw_images

    monkeypatch.setenv("CNNCOURSE_DATA", "shipped")
    case = get("tell_apart").make_cases(5)[0]
    (images,) = case.args
    assert images.shape == (400, 64, 64, 3)
    assert images.dtype == np.uint8
    assert case.truth.sum() == 200
    known = {image.tobytes() for image in draw_images(("cat", "dog"), 40, size=64)[0]}
    assert not any(image.tobytes() in known for image in images)
    other = get("tell_apart").make_cases(6)[0]
    assert not np.array_equal(other.args[0], images)


@pytest.mark.parametrize(("right", "state"), [(220, "passed"), (219, "failed"), (200, "failed")])
def test_the_threshold_is_55_percent(right, state, monkeypatch):
    monkeypatch.setenv("CNNCOURSE_DATA", "shipped")
    truth = get("tell_apart").make_cases(3)[0].truth

    def tell_apart(images):
        labels = truth.copy()
        labels[right:] = 1 - labels[right:]
        return labels

    assert verdict("tell_apart", tell_apart).state == state


def test_dropout_agrees_with_its_definition_on_average():
    rng = np.random.default_rng(1)
    values = rng.normal(size=(400, 500))
    dropped = get("drop_out").reference(values, 0.2, rng.random(values.shape))
    assert np.mean(dropped == 0) == pytest.approx(0.2, abs=0.01)
    assert dropped.mean() == pytest.approx(values.mean(), abs=0.01)


@pytest.mark.parametrize(
    ("exercise", "misconception"),
    [
        ("steps_per_epoch", "copied-from-the-lecture"),
        ("build_cats_dogs", "one-softmax-unit"),
        ("tell_apart", "always-a-dog"),
        ("in_file_order", "left-shuffled"),
        ("drop_out", "rate-is-what-is-kept"),
        ("validation_above", "it-is-a-bug"),
    ],
)
def test_the_catalogue_is_covered(exercise, misconception):
    assert misconception in [m.name for m in get(exercise).misconceptions]


def test_points_of_the_lesson():
    assert sum(exercise.points for exercise in lesson("06_cats_dogs")) == 21
