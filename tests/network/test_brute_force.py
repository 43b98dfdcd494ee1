"""Receptive fields against brute force: change one input pixel, see which outputs move.

Keras computes; our masks and spans must say the same. Kernels are random and positive, biases zero
and max pooling is replaced by average pooling, so that no influence cancels or is masked. Networks
are made one channel wide: geometry does not depend on width.
"""

import dataclasses

import numpy as np
import pytest
from keras_models import positive_weights

from cnncourse import zoo
from cnncourse.network import (
    Activation,
    Add,
    AveragePool2D,
    Concatenate,
    Conv2D,
    Cropping2D,
    DepthwiseConv2D,
    GlobalAveragePool2D,
    Input,
    LocalResponseNormalization,
    MaxPool2D,
    Multiply,
    Network,
    SeparableConv2D,
    UpSampling2D,
    ZeroPadding2D,
    branches,
    chain,
)
from cnncourse.network.receptive import last_spatial, receptive_fields
from cnncourse.network.trace import spread

pytestmark = pytest.mark.tensorflow

keras = pytest.importorskip("keras")


def thin(network):
    """The same geometry, one channel wide, and with nothing that hides an influence."""

    def change(layer):
        if isinstance(layer, Conv2D | SeparableConv2D):
            more = {"groups": 1} if isinstance(layer, Conv2D) else {}
            return dataclasses.replace(layer, filters=1, **more)
        if isinstance(layer, MaxPool2D):
            return AveragePool2D(layer.pool_size, layer.strides, layer.padding, name=layer.name)
        if isinstance(layer, LocalResponseNormalization):
            return Activation("linear", name=layer.name)
        return layer

    return network.upto(last_spatial(network)).map(change)


def compare(network, pixels, every_output=False, grey=0.0):
    """Every layer's moved outputs, for each pixel, against `feeds`, `reads` and the spans."""
    network = thin(network)
    model = _double(network)
    positive_weights(model)
    names = [name for name, node in network if len(node.shape) == 3 and node.inputs]
    outputs = keras.Model(model.input, [model.get_layer(name).output for name in names])
    shape = network.input_shape
    images = np.full((len(pixels) + 1, *shape), grey)
    for image, pixel in zip(images, pixels, strict=False):
        image[pixel] += 1.0
    values = outputs(images, training=False)
    values = values if isinstance(values, list) else [values]
    fields = receptive_fields(network)
    spreads = [spread(network, pixel) for pixel in pixels]
    for name, value in zip(names, values, strict=True):
        value = np.asarray(value)
        moved = (value[:-1] != value[-1]).any(axis=-1)  # the last image is the unchanged one
        field = fields[name]
        for pixel, mask, said in zip(pixels, moved, spreads, strict=True):
            said = said[name].mask
            np.testing.assert_array_equal(mask, said, err_msg=f"{name} moved by {pixel}")
            for axis, along in enumerate((field.rows, field.columns)):
                for output in np.flatnonzero(mask.any(axis=1 - axis)):
                    first, last = along.interval(int(output))
                    assert first <= pixel[axis] <= last, (name, pixel)
        if every_output:  # all pixels were tried: the span must also be as small as it can be
            for position in np.ndindex(moved.shape[1:]):
                touched = np.zeros(shape[:2], bool)
                for pixel, mask in zip(pixels, moved, strict=True):
                    touched[pixel] = mask[position]
                trace = network.reads(name, position)
                np.testing.assert_array_equal(touched, trace.mask, err_msg=f"{name} {position}")
                if trace.box is not None and field.aligned is not None:
                    (top, bottom), (left, right) = field.interval(position)
                    assert (top, bottom) == trace.box[0], (name, position)
                    assert (left, right) == trace.box[1], (name, position)


def _double(network):
    before = keras.config.floatx()
    keras.config.set_floatx("float64")  # 50 layers of 3×3 exceed the range of float32
    try:
        return network.to_keras()
    finally:
        keras.config.set_floatx(before)


def every_pixel(network):
    return list(np.ndindex(network.input_shape[:2]))


def some_pixels(network, count=10, seed=0):
    height, width = network.input_shape[:2]
    rng = np.random.default_rng(seed)
    drawn = zip(rng.integers(height, size=count), rng.integers(width, size=count), strict=True)
    corners = [(0, 0), (0, width - 1), (height - 1, 0), (height - 1, width - 1)]
    return [*corners, *((int(row), int(column)) for row, column in drawn)]


def image(height, width=None):
    return Input((height, width or height, 1), name="image")


@pytest.mark.parametrize("size", [11, 12])
@pytest.mark.parametrize(
    "layers",
    [
        [Conv2D(1, 3), Conv2D(1, (2, 5), strides=(2, 1))],
        [Conv2D(1, 3, dilation_rate=2), Conv2D(1, 2, dilation_rate=3)],
        [Conv2D(1, 3, strides=2, padding="same"), Conv2D(1, 3, padding="same")],
        [Conv2D(1, 4, strides=3, padding="same"), Conv2D(1, 2, strides=2, padding="same")],
        [Conv2D(1, 3, dilation_rate=3, padding="same"), MaxPool2D(3, 2, "same")],
        [DepthwiseConv2D(3), SeparableConv2D(1, 2, strides=2)],
        [ZeroPadding2D(((2, 0), (0, 1))), Conv2D(1, 3, strides=2)],
        [Cropping2D(((1, 0), (2, 1))), Conv2D(1, 3, padding="same")],
        [
            UpSampling2D(2),
            ZeroPadding2D(((0, 2), (0, 1))),
            Conv2D(1, 3),
            Cropping2D(((0, 1), (0, 2))),
        ],
    ],
    ids=lambda layers: " ".join(layer.kind for layer in layers),
)
def test_chains(layers, size):
    network = Network.chain("chain", image(size, size + 1), *layers)
    compare(network, every_pixel(network))


def residual(size):
    x = chain(image(size), Conv2D(1, 3, padding="same"))
    return branches(
        x,
        [Conv2D(1, 3, strides=2, padding="same"), Conv2D(1, 3, padding="same")],
        [Conv2D(1, 1, strides=2, padding="same")],
        join=Add(),
    )


def inception(size):
    return branches(
        image(size)(),
        [Conv2D(1, 1)],
        [Conv2D(1, (1, 5), padding="same")],
        [Conv2D(1, 3, padding="same", dilation_rate=2)],
        [MaxPool2D(3, 1, "same")],
        join=Concatenate(),
    )


def squeeze(size):
    x = chain(image(size), Conv2D(1, 3, strides=2))
    gate = [GlobalAveragePool2D(keepdims=True), Conv2D(1, 1)]
    return Conv2D(1, 3, padding="same")(branches(x, [], gate, join=Multiply()))


def upsampled(size):
    x = chain(image(size), Conv2D(1, 2, strides=2, padding="same"), UpSampling2D(2))
    return chain(x, Conv2D(1, 3, padding="same"))


@pytest.mark.parametrize("size", [9, 10])
@pytest.mark.parametrize("make", [residual, inception, squeeze, upsampled])
def test_branches(make, size):
    network = Network(make.__name__, make(size))
    # A product of zeros hides influence: a squeezed branch is tried on a grey image.
    compare(network, every_pixel(network), grey=1.0 if make is squeeze else 0.0)


@pytest.mark.parametrize("size", [13, 14])
def test_spans_are_as_small_as_they_can_be(size):
    network = Network.chain(
        "exact", image(size), Conv2D(1, 3), MaxPool2D(2), Conv2D(1, 2, strides=2)
    )
    compare(network, every_pixel(network), every_output=True)


SIZES = {"mnist": 28, "cats-dogs": 64, "cats-dogs-dropout": 64, "inception-naive": 12}


@pytest.mark.parametrize("name", [name for name in zoo.names() if name != "mnist-dense"])
def test_the_zoo(name):
    network = zoo.get(name)
    size = SIZES.get(name, 12 if name.startswith("inception") else 64)
    if name.startswith("vgg"):
        network = network.upto("block5_pool")
    if name.startswith("googlenet"):
        network = network.upto("inception_5b_output")
    if name.startswith("cats"):
        network = network.upto("pool4")
    small = network.with_input((size, size, network.input_shape[2]))
    compare(small, some_pixels(small))
    keras.backend.clear_session()


@pytest.mark.parametrize("size", [65, 70])
def test_the_zoo_at_odd_sizes(size):
    for name in ("googlenet", "resnet18", "mobilenet"):
        network = zoo.get(name)
        network = network.upto(last_spatial(network)).with_input((size, size - 3, 3))
        compare(network, some_pixels(network, 6))
