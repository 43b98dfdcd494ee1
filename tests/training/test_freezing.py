"""set_trainable against Keras's own counts, on networks and networks inside networks."""

import numpy as np
import pytest

from cnncourse.training import fit, set_trainable, trainable

pytestmark = pytest.mark.tensorflow


def counted(model):
    return sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)


@pytest.fixture(scope="module")
def vgg16():
    import keras

    return keras.applications.VGG16(weights=None, include_top=False, input_shape=(150, 150, 3))


@pytest.mark.parametrize(
    ("from_layer", "parameters", "tensors"),
    [
        ("block5_conv1", 7_079_424, 6),
        ("block5_conv3", 2_359_808, 2),
        ("block4_pool", 7_079_424, 6),
        ("block1_conv1", 14_714_688, 26),
        ("block5_pool", 0, 0),
        (None, 0, 0),
    ],
)
def test_vgg16_from_a_layer_on(vgg16, from_layer, parameters, tensors):
    table = set_trainable(vgg16, from_layer)
    assert table.trainable_parameters == parameters == counted(vgg16)
    assert table.tensors == tensors == len(vgg16.trainable_variables)
    assert table.parameters == 14_714_688


def test_the_base_inside_another_network(vgg16):
    import keras
    from keras import layers

    model = keras.Sequential(
        [vgg16, layers.Flatten(), layers.Dense(256, activation="relu"), layers.Dense(1)]
    )
    head = 2_097_408 + 257
    set_trainable(vgg16)
    assert counted(model) == head == trainable(model).trainable_parameters
    assert trainable(model).tensors == 4  # two for each dense layer
    table = set_trainable(model, "block5_conv1")
    assert table.trainable_parameters == counted(model) == 7_079_424 + head
    assert table.parameters == 16_812_353
    assert {row.path for row in table.rows if row.trains} >= {"vgg16/block5_conv1"}
    assert set_trainable(model, "vgg16/block5_conv2").trainable_parameters == counted(model)
    assert counted(model) == 2 * 2_359_808 + head
    assert set_trainable(model, "vgg16").trainable_parameters == 16_812_353
    assert set_trainable(model).trainable_parameters == counted(model) == 0


def test_under_a_frozen_network_nothing_trains(vgg16):
    import keras

    set_trainable(vgg16, "block5_conv1")
    vgg16.trainable = False
    vgg16.get_layer("block5_conv1").trainable = True
    assert trainable(vgg16).trainable_parameters == counted(vgg16) == 0
    # Inside another network Keras 3 asks the layers, not the network that holds them.
    outer = keras.Sequential([vgg16])
    assert trainable(outer).trainable_parameters == counted(outer) == 2_359_808
    assert set_trainable(vgg16, "block5_conv1").trainable_parameters == counted(vgg16) > 0


def test_an_unknown_name_is_answered_with_names_like_it(vgg16):
    before = counted(vgg16)
    with pytest.raises(ValueError, match=r"no layer 'block5_conv'.*'block5_conv1'"):
        set_trainable(vgg16, "block5_conv")
    with pytest.raises(ValueError, match=r"no layer 'top'.*There are 'input_layer"):
        set_trainable(vgg16, "top")
    assert counted(vgg16) == before


def test_a_name_that_occurs_twice_needs_its_path():
    import keras
    from keras import layers

    def base(name):
        return keras.Sequential([keras.Input((5,)), layers.Dense(5, name="inner")], name=name)

    model = keras.Sequential([keras.Input((5,)), base("first"), base("second")])
    with pytest.raises(ValueError, match="'first/inner', 'second/inner'"):
        set_trainable(model, "inner")
    assert set_trainable(model, "second/inner").trainable_parameters == 30 == counted(model)


def test_what_is_not_a_built_model():
    import keras

    with pytest.raises(ValueError, match="needs a Keras model, not str"):
        set_trainable("vgg16", "block5_conv1")
    with pytest.raises(ValueError, match="no weights yet"):
        set_trainable(keras.Sequential([keras.layers.Dense(2)]), None)


def test_compile_again_is_said_and_the_frozen_part_stays():
    import keras
    from keras import layers

    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(3, 3, name="below"),
            layers.BatchNormalization(name="norm"),
            layers.Flatten(),
            layers.Dense(1, name="top"),
        ]
    )
    model.compile("sgd", "mse")
    table = set_trainable(model, "top")
    assert "Call compile again" in repr(table)
    assert "1 batch normalisation layers are frozen" in repr(table)
    assert "below" in table._repr_html_()
    assert repr(trainable(model)).splitlines()[-1] == "109 of 151 parameters train, in 2 tensors."
    x = np.random.default_rng(1).normal(5, 2, size=(40, 8, 8, 1)).astype("float32")
    y = x.mean(axis=(1, 2, 3))
    with pytest.raises(ValueError, match="after the model was compiled"):
        fit(model, x, y, epochs=1)
    model.compile("sgd", "mse")
    before = [weight.numpy() for weight in model.layers[0].weights + model.layers[1].weights]
    fit(model, x, y, epochs=1)
    after = [weight.numpy() for weight in model.layers[0].weights + model.layers[1].weights]
    for old, new in zip(before, after, strict=True):
        np.testing.assert_array_equal(old, new)  # the running mean and variance as well
    assert "1 batch normalisation layers train" in repr(set_trainable(model, "norm"))
    assert set_trainable(model, "norm").notes[-1].startswith("1 batch")
