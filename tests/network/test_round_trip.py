"""Every network of the zoo becomes a Keras model and comes back the same."""

import pytest
from keras_models import cheap_weights

from cnncourse import zoo
from cnncourse.network import Augmentation, Network, Rescaling, from_keras

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
