"""Lesson 8: the lecture's numbers, and what Keras really does with its switches."""

import numpy as np
import pytest

from cnncourse import exercises, zoo
from cnncourse.checking.models import compare_models
from cnncourse.exercises import lesson_08


def test_the_lectures_numbers():
    count = exercises.get("head_on_features").reference
    assert count(150, 150, 512, 256) == (4, 4, 2_097_408, 257)
    base = zoo.vgg("D", (150, 150, 3), top=False)
    assert base.cost().parameters == 14_714_688
    assert 14_714_688 + 2_097_408 + 257 == 16_812_353


def test_the_cache_saves_as_many_times_as_there_are_epochs():
    count = exercises.get("images_through_base").reference
    loop, cached, augmented = (
        count(2000, 1000, 30, way) for way in ("in the loop", "cached", "cached, augmented")
    )
    assert loop == 30 * cached
    assert augmented == 61_000


def one_fit(program):
    import keras
    from keras import layers

    base = keras.Sequential([keras.Input((6, 6, 1)), layers.Conv2D(2, 3), layers.Conv2D(2, 3)])
    model = keras.Sequential([base, layers.Flatten(), layers.Dense(1)])
    x, y = np.ones((8, 6, 6, 1)), np.full(8, 5.0)
    before = program(base, model, lambda: model.fit(x, y, verbose=0))
    return sum((old != new).any() for old, new in zip(before, model.get_weights(), strict=True))


def program_a(base, model, train):
    base.trainable = False
    model.compile("sgd", "mse")
    before = model.get_weights()
    train()
    return before


def program_b(base, model, train):
    model.compile("sgd", "mse")
    train()
    base.trainable = False
    before = model.get_weights()
    train()
    return before


def program_c(base, model, train):
    model.trainable = False
    for layer in model.layers:
        layer.trainable = True
    model.compile("sgd", "mse")
    before = model.get_weights()
    train()
    return before


def program_d(base, model, train):
    base.trainable = True
    base.layers[0].trainable = False
    model.compile("sgd", "mse")
    before = model.get_weights()
    train()
    return before


@pytest.mark.tensorflow
@pytest.mark.filterwarnings("ignore:The model does not have any trainable weights")
def test_what_really_trains_is_what_keras_trains():
    programs = (program_a, program_b, program_c, program_d)
    answer = exercises.get("really_trains").reference()
    assert tuple(one_fit(program) for program in programs) == answer


@pytest.mark.tensorflow
def test_a_base_under_its_own_switch():
    """A frozen base whose layers were switched on again trains nothing, and is refused."""
    base = zoo.small_vgg_base(lesson_08.SHAPE, weights=None)
    base.trainable = False
    for layer in base.layers[-3:]:
        layer.trainable = True
    assert not base.trainable_variables
    difference = compare_models(lesson_08.OPEN_BLOCK5.reference(), base)
    assert difference is not None
    assert "trainable" in difference.sentence


@pytest.mark.tensorflow
def test_the_frozen_model_is_told_from_the_frozen_base():
    model = lesson_08._keras_transfer("sequential")
    expected = lesson_08.BUILD_TRANSFER.reference()
    assert compare_models(expected, model) is None
    model.trainable = False
    assert compare_models(expected, model) is not None


@pytest.mark.tensorflow
def test_preprocessing_is_keras_own():
    import keras

    images = np.random.default_rng(1).integers(0, 256, (2, 5, 4, 3), dtype=np.uint8)
    keras_says = keras.applications.vgg16.preprocess_input(images.astype("float32"))
    ours = exercises.get("vgg_preprocess").reference(images)
    np.testing.assert_allclose(ours, keras_says, rtol=1e-5)
