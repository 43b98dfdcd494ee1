"""Every network of the zoo becomes a Keras model and comes back the same."""

import pytest
from keras_models import cheap_weights, profiled

from cnncourse import zoo
from cnncourse.network import (
    Activation,
    Add,
    Augmentation,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalMaxPool2D,
    Input,
    L2Pool2D,
    Network,
    Rescaling,
    UpSampling2D,
    from_keras,
)
from cnncourse.network.conventions import CONVENTIONS

pytestmark = pytest.mark.tensorflow

keras = pytest.importorskip("keras")


@pytest.mark.parametrize("name", [*zoo.names(), "mobilenet-0.5-160"])
def test_to_keras_and_back(name):
    network = zoo.get(name)
    with cheap_weights(keras):
        model = network.to_keras()
    cost = network.cost()
    assert {layer.name for layer in model.layers} == set(network.names)
    assert model.count_params() == cost.parameters
    assert sum(int(weight.value.shape.num_elements()) for weight in model.trainable_weights) == (
        cost.trainable
    )
    for layer in model.layers:
        assert tuple(layer.output.shape[1:]) == network[layer.name].shape, layer.name
    back = from_keras(model)
    for convention in ("mac", "thop", "tf-profiler"):
        ours, theirs = network.cost(convention), back.cost(convention)
        assert theirs.mult_adds == ours.mult_adds
        assert theirs.complete == ours.complete
        assert theirs.activations_bytes == ours.activations_bytes
        assert {each.name: (each.output, each.parameters) for each in theirs.layers} == {
            each.name: (each.output, each.parameters) for each in ours.layers
        }
    keras.backend.clear_session()


@pytest.mark.parametrize("name", ["googlenet", "resnet18", "resnet50-stride3x3"])
def test_every_convention_counts_the_same_after_keras(name):
    network = zoo.get(name)
    with cheap_weights(keras):
        back = from_keras(network.to_keras())
    for convention in CONVENTIONS:  # XLA's carry the rounding of 32 bits, which order can change
        ours, theirs = network.cost(convention), back.cost(convention)
        assert theirs.mult_adds == ours.mult_adds, convention
        assert dict(theirs.unknown) == dict(ours.unknown), convention
    keras.backend.clear_session()


@pytest.mark.parametrize(
    ("layer", "count"),
    [
        (L2Pool2D(2), 1052),
        (L2Pool2D(3, 2, "same"), 2084),
        (BatchNormalization(), 1168),
        (BatchNormalization(scale=False), 1164),
        (BatchNormalization(center=False), 1168),
        (BatchNormalization(center=False, scale=False), 1164),
        (UpSampling2D((3, 2)), 2),
        (Dense(3, activation="sigmoid"), 3861),
        (Conv2D(8, 3, activation="tanh"), 57_816),
    ],
)
def test_tensorflows_profiler_of_one_layer(layer, count):
    network = Network.chain("one", Input((13, 11, 4)), layer)
    cost = network.cost("tf-profiler")
    assert profiled(network.to_keras()) == cost.mult_adds == count
    assert cost.complete


@pytest.mark.parametrize(
    "layer", [GlobalMaxPool2D(), Activation("sigmoid"), Activation("tanh"), Flatten(), Dropout(0.5)]
)
def test_what_tensorflows_profiler_leaves_out(layer):
    # Behind a sum of 60 values, as it reports nothing of a graph that has nothing to count.
    x = Input((5, 4, 3))()
    network = Network("one", layer(Add()(x, x)))
    cost = network.cost("tf-profiler")
    assert profiled(network.to_keras()) == cost.mult_adds == 60
    assert cost.complete


def test_tensorflows_profiler_does_not_see_into_grouped_convolutions():
    network = Network.chain("grouped", Input((13, 11, 4)), Conv2D(8, 3, groups=2))
    assert profiled(network.to_keras()) == 792  # the bias, and nothing of 28 512 for mult-adds
    assert not network.cost("tf-profiler").complete


def test_tensorflows_profiler_of_cats_and_dogs():
    with cheap_weights(keras):
        model = zoo.cats_dogs().to_keras()
    cost = zoo.cats_dogs().cost("tf-profiler")
    assert profiled(model) == cost.mult_adds == 474_606_721
    assert cost.complete


def test_the_lectures_tables_come_out_of_keras():
    def counts(network):
        return [layer.count_params() for layer in network.to_keras().layers if layer.weights]

    assert counts(zoo.mnist()) == [320, 18_496, 36_928, 36_928, 650]
    expected = [896, 18_496, 73_856, 147_584, 3_211_776, 513]
    assert counts(zoo.cats_dogs()) == expected
    assert counts(zoo.cats_dogs(dropout=0.5)) == expected


def test_a_model_from_the_zoo_trains():
    model = zoo.mnist((28, 28, 1)).to_keras()
    model.compile("rmsprop", "sparse_categorical_crossentropy")
    images = keras.random.normal((8, 28, 28, 1))
    history = model.fit(images, keras.ops.arange(8), epochs=3, verbose=0)
    assert history.history["loss"][-1] < history.history["loss"][0]


def test_frozen_layers_stay_frozen():
    network = zoo.vgg("D", (32, 32, 3), top=False)
    frozen = network.map(
        lambda layer: (
            type(layer)(**{**layer.__dict__, "trainable": False})
            if layer.name.startswith(("block1", "block2", "block3", "block4"))
            else layer
        )
    )
    model = frozen.to_keras()
    assert len(model.trainable_weights) == 6  # block 5: three kernels and three biases
    assert from_keras(model).cost().trainable == frozen.cost().trainable == 3 * 2_359_808


def test_rescaling_and_augmentation_survive():
    start = zoo.cats_dogs(input_shape=(64, 64, 3)).nodes[0].layer
    network = Network.chain(
        "prepared",
        start,
        Rescaling(1 / 255),
        Augmentation("RandomFlip", (("mode", "horizontal"),)),
    )
    back = from_keras(network.to_keras())
    assert [node.layer.kind for _, node in back] == ["Input", "Rescaling", "RandomFlip"]
    assert back.nodes[1].layer.scale == 1 / 255
    assert dict(back.nodes[2].layer.settings)["mode"] == "horizontal"
    assert back.cost().mult_adds == 0
