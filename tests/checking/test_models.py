"""Networks as plain data: read off Keras models, and compared in words."""

import subprocess
import sys

import numpy as np
import pytest

from cnncourse.checking.models import Blueprint, compare_models, describe_model
from cnncourse.checking.wire import Other, read, write

pytestmark = pytest.mark.tensorflow


@pytest.fixture(scope="module")
def keras():
    return pytest.importorskip("keras")


def small(
    keras, *, loss="sparse_categorical_crossentropy", optimizer="rmsprop", units=3, **options
):
    model = keras.Sequential(
        [
            keras.Input((8, 7, 2)),
            keras.layers.Conv2D(4, (3, 2), strides=2, activation="relu", **options),
            keras.layers.Flatten(),
            keras.layers.Dropout(0.25),
            keras.layers.Dense(units, activation="softmax"),
        ]
    )
    model.compile(optimizer, loss, metrics=["accuracy"])
    return model


def test_description(keras):
    described = describe_model(small(keras))
    assert [layer["class"] for layer in described["layers"]] == [
        "Conv2D",
        "Flatten",
        "Dropout",
        "Dense",
    ]
    conv = described["layers"][0]
    assert conv["output_shape"] == (None, 3, 3, 4)
    assert conv["parameters"] == (3 * 2 * 2 + 1) * 4
    assert conv["config"]["strides"] == (2, 2)
    assert described["layers"][2]["config"]["rate"] == 0.25
    assert described["input_shape"] == (None, 8, 7, 2)
    assert described["parameters"] == described["trainable_parameters"] == 52 + 37 * 3
    assert described["compiled"]["optimizer"] == "rmsprop"
    assert described["compiled"]["learning_rate"] == pytest.approx(0.001)
    assert described["compiled"]["loss"] == "sparse_categorical_crossentropy"
    assert described["compiled"]["metrics"] == ["accuracy"]


def test_description_survives_the_wire(keras, tmp_path):
    described = describe_model(small(keras))
    write(tmp_path / "model.npz", described)
    assert read(tmp_path / "model.npz") == described


def test_not_compiled_and_not_built(keras):
    model = keras.Sequential([keras.layers.Dense(3)])
    described = describe_model(model)
    assert described["compiled"] is None
    assert described["parameters"] is None
    built = small(keras)
    assert "no input shape" in compare_models(built, model).sentence


def test_a_model_inside_a_model(keras):
    base = keras.Sequential([keras.Input((4, 4, 1)), keras.layers.Conv2D(2, 3)])
    model = keras.Sequential([keras.Input((4, 4, 1)), base, keras.layers.Flatten()])
    described = describe_model(model)
    assert described["layers"][0]["layers"][0]["config"]["filters"] == 2
    base.trainable = False
    frozen = compare_models(described, model)
    assert "trainable" in frozen.sentence


def test_equal_in_other_words(keras):
    plain = small(keras)
    objects = small(
        keras,
        optimizer=keras.optimizers.RMSprop(0.001),
        loss=keras.losses.SparseCategoricalCrossentropy(),
    )
    function = small(keras, loss=keras.losses.sparse_categorical_crossentropy)
    assert compare_models(plain, objects) is None
    assert compare_models(plain, function) is None
    assert compare_models(plain, describe_model(plain)) is None
    assert compare_models(Blueprint(describe_model(plain)), plain) is None


def test_one_layer_in_two_ways(keras):
    def model(*layers):
        return keras.Sequential([keras.Input((6, 5, 4)), *layers])

    norms = [model(keras.layers.BatchNormalization(axis=axis)) for axis in (-1, 3, 1)]
    assert compare_models(norms[0], norms[1]) is None
    assert "axis" in compare_models(norms[0], norms[2]).sentence
    for bias in (True, False):
        depthwise = model(keras.layers.DepthwiseConv2D(3, depth_multiplier=2, use_bias=bias))
        grouped, half = (
            model(keras.layers.Conv2D(8, 3, groups=groups, use_bias=bias)) for groups in (4, 2)
        )
        assert compare_models(depthwise, grouped) is None
        assert "expected DepthwiseConv2D, got Conv2D" in compare_models(depthwise, half).sentence


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"units": 5}, "layer 4 (Dense): expected units 3, got 5"),
        ({"padding": "same"}, "layer 1 (Conv2D): expected padding 'valid', got 'same'"),
        ({"loss": "mse"}, "got 'mean_squared_error'"),
        ({"optimizer": "adam"}, "compile: expected optimizer 'rmsprop', got 'adam'"),
    ],
)
def test_differences_in_words(keras, change, sentence):
    assert sentence in compare_models(small(keras), small(keras, **change)).sentence


def test_another_learning_rate(keras):
    other = small(keras, optimizer=keras.optimizers.RMSprop(0.01))
    assert "learning rate 0.001, got 0.01" in compare_models(small(keras), other).sentence


def test_layers_too_many_or_too_few(keras):
    model = describe_model(small(keras))
    shorter = {**model, "layers": model["layers"][:-1]}
    assert compare_models(model, shorter).sentence == "expected 4 layers, got 3"


@pytest.mark.parametrize(
    "answer",
    [
        None,
        3,
        "model",
        np.zeros(3),
        Other("Series"),
        {"layers": 5},
        {"layers": [1], "compiled": None},
        {"layers": [{"class": np.ones(2), "config": 3}], "compiled": 3, "input_shape": 1},
    ],
)
def test_whatever_a_stranger_sends_is_compared_calmly(keras, answer):
    assert compare_models(describe_model(small(keras)), answer).sentence


def test_describing_something_else_is_an_error():
    with pytest.raises(TypeError, match="needs a Keras model, not list"):
        describe_model([1])


def test_descriptions_need_no_keras():
    code = (
        "import sys; from cnncourse.exercises.lesson_05 import BUILD_CONVNET as e;"
        "from cnncourse.checking.models import compare_models;"
        "assert compare_models(e.reference(), e.reference()) is None;"
        "assert all(compare_models(e.reference(), m.wrong()) for m in e.misconceptions);"
        "print([m for m in ('keras', 'tensorflow') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
