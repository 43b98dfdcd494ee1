"""Keras's own models, read and counted."""

import pytest
from keras_models import cheap_weights

from cnncourse.network import from_keras
from cnncourse.network.shapes import shape_text

pytestmark = [pytest.mark.tensorflow, pytest.mark.slow]

keras = pytest.importorskip("keras")

# Model -> mult-adds at 224×224 where REFERENCE states them; the others are built small.
FIGURES = {
    "MobileNet": 568_740_352,
    "VGG16": 15_470_264_320,
    "ResNet50": 3_857_973_248,
}
PARAMETERS = {"MobileNet": 4_253_864, "VGG16": 138_357_544, "ResNet50": 25_636_712}
NAMES = [
    *FIGURES,
    "VGG19",
    "ResNet101",
    "ResNet152",
    "ResNet50V2",
    "ResNet101V2",
    "Xception",
    "InceptionV3",
    "InceptionResNetV2",
    "MobileNetV2",
    "MobileNetV3Small",
    "MobileNetV3Large",
    "DenseNet121",
    "DenseNet169",
    "NASNetMobile",
    "EfficientNetB0",
    "EfficientNetB1",
    "EfficientNetB2",
    "EfficientNetV2B0",
    "EfficientNetV2B1",
    "EfficientNetV2B2",
    "EfficientNetV2S",
    "ConvNeXtTiny",
]


@pytest.mark.parametrize("name", NAMES)
def test_read_from_keras(name):
    size = 224 if name in FIGURES or name == "NASNetMobile" else 96
    with cheap_weights(keras):
        model = getattr(keras.applications, name)(weights=None, input_shape=(size, size, 3))
    network = from_keras(model)
    cost = network.cost()
    assert cost.parameters == model.count_params()
    trainable = sum(weight.value.shape.num_elements() for weight in model.trainable_weights)
    assert cost.trainable == trainable
    assert cost.complete, cost.unknown  # conv and dense layers are all understood
    compared = 0
    for layer in model.layers:
        if layer.name in network.names and not hasattr(layer, "layers"):
            assert network[layer.name].shape == tuple(layer.output.shape[1:]), layer.name
            compared += 1
    inner = sum(hasattr(layer, "layers") for layer in model.layers)
    assert compared == len(model.layers) - inner, shape_text(network.output_shape)
    fields = network.receptive_field()
    assert fields.size[0] is not None
    if name in FIGURES:
        assert cost.mult_adds == FIGURES[name]
        assert cost.parameters == PARAMETERS[name]
        lowered = {  # JAX 0.4.38's cost analysis of the same Keras 3.15 models, exactly as printed
            "MobileNet": 1_156_202_368,
            "VGG16": 29_971_351_552,
            "ResNet50": 7_449_400_320,
        }
        assert network.cost("xla-lowered").mult_adds == lowered[name]
        last = {"MobileNet": (315, 32, 126), "VGG16": (212, 32, 90), "ResNet50": (483, 32, 241)}
        assert (fields.size[0], fields.stride[0], fields.padding[0]) == last[name]
    if name == "InceptionV3":  # batch norm without gamma; TensorFlow's profiler of the same model
        profiler = network.cost("tf-profiler")
        assert (profiler.mult_adds, profiler.complete) == (684_662_576, True)
    keras.backend.clear_session()


def test_at_least_twenty_five_models():
    assert len(set(NAMES)) >= 25
