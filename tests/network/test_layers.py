"""Shapes are checked when a network is declared, and errors say what to do."""

import pytest

from cnncourse.network import (
    Add,
    Augmentation,
    BatchNormalization,
    Concatenate,
    Conv2D,
    Cropping2D,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    GlobalAveragePool2D,
    Input,
    L2Pool2D,
    MaxPool2D,
    Multiply,
    Network,
    Rescaling,
    Reshape,
    SeparableConv2D,
    ShapeError,
    UpSampling2D,
    ZeroPadding2D,
    branches,
    chain,
    parse_shape,
)


def image(height=12, width=9, channels=4):
    return Input((height, width, channels))


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        # What Keras 3.15 gives for an input of 12×9×4.
        (Conv2D(8, 3), (10, 7, 8)),
        (Conv2D(8, (3, 5), strides=(2, 1)), (5, 5, 8)),
        (Conv2D(8, 3, strides=2, padding="same"), (6, 5, 8)),
        (Conv2D(8, 3, dilation_rate=2), (8, 5, 8)),
        (Conv2D(8, 3, groups=2, padding="same"), (12, 9, 8)),
        (DepthwiseConv2D(3, depth_multiplier=2), (10, 7, 8)),
        (SeparableConv2D(5, 3, strides=2), (5, 4, 5)),
        (MaxPool2D(), (6, 4, 4)),
        (MaxPool2D(3, 2, "same"), (6, 5, 4)),
        (L2Pool2D(2), (6, 4, 4)),
        (GlobalAveragePool2D(), (4,)),
        (GlobalAveragePool2D(keepdims=True), (1, 1, 4)),
        (ZeroPadding2D(((1, 2), (3, 0))), (15, 12, 4)),
        (Cropping2D(((1, 2), (3, 0))), (9, 6, 4)),
        (UpSampling2D((2, 3)), (24, 27, 4)),
        (Flatten(), (432,)),
        (Reshape((36, -1)), (36, 12)),
        (Dense(7), (12, 9, 7)),
    ],
)
def test_output_shapes(layer, shape):
    assert chain(image(), layer).shape == shape


def test_a_window_that_does_not_fit_names_the_layer_what_came_in_and_the_need():
    with pytest.raises(ShapeError, match=r"'block1_conv1'.*5×4×3.*7 rows and 7 columns.*same"):
        chain(Input((5, 4, 3)), Conv2D(64, 7, name="block1_conv1"))


def test_dilation_counts_in_what_the_window_needs():
    with pytest.raises(ShapeError, match="spans 9×9"):
        chain(Input((8, 8, 3)), Conv2D(64, 3, dilation_rate=4))


def test_a_convolution_behind_flatten_is_refused():
    with pytest.raises(
        ShapeError, match=r"'late'.*588.*height × width × channels.*front of Flatten"
    ):
        chain(Input((14, 14, 3)), Flatten(), Conv2D(8, 3, name="late"))


def test_groups_must_divide_the_channels():
    with pytest.raises(ShapeError, match="3 groups"):
        chain(image(), Conv2D(9, 3, groups=3))
    with pytest.raises(ValueError, match="10 filters"):
        Conv2D(10, 3, groups=3)


def test_branches_of_different_shape_do_not_add():
    x = chain(image(), Conv2D(8, 3, padding="same"))
    with pytest.raises(ShapeError, match=r"'sum'.*12×9×16 and 12×9×8.*same shape"):
        branches(x, [Conv2D(16, 1)], [], join=Add(name="sum"))


def test_concatenation_needs_the_same_rows_and_columns():
    x = image()()
    joined = branches(x, [Conv2D(8, 1)], [MaxPool2D(3, 1, "same")], join=Concatenate())
    assert joined.shape == (12, 9, 12)
    with pytest.raises(ShapeError, match="rows and columns"):
        branches(x, [Conv2D(8, 3)], [], join=Concatenate())


def test_multiply_stretches_one_position_over_all():
    x = image()()
    scaled = branches(x, [], [GlobalAveragePool2D(keepdims=True)], join=Multiply())
    assert scaled.shape == (12, 9, 4)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Conv2D(0, 3), "filters"),
        (lambda: Conv2D(8, "3"), "kernel_size"),
        (lambda: Conv2D(8, 3, padding="full"), "ZeroPadding2D"),
        (lambda: Conv2D(8, 3, strides=(1, 2, 3)), "strides"),
        (lambda: Input((0, 3, 3)), "positive"),
        (lambda: Dense(2.5), "units"),
        (lambda: Add()(image()()), "two inputs"),
        (lambda: Conv2D(8, 3)("image"), "another layer"),
        (lambda: Network("empty"), "output"),
    ],
)
def test_bad_arguments_are_refused_with_a_reason(make, says):
    with pytest.raises((ValueError, TypeError), match=says):
        make()


def test_layers_get_keras_names_and_no_name_twice():
    network = Network.chain("two", image(), Conv2D(4, 3), Conv2D(4, 3), MaxPool2D(name="pool"))
    assert network.names[1:] == ("conv2d", "conv2d_1", "pool")
    with pytest.raises(ValueError, match="'pool'"):
        Network.chain("twice", image(), MaxPool2D(name="pool"), MaxPool2D(name="pool"))
    with pytest.raises(KeyError, match="conv2d"):
        network["conv2d_7"]


def test_layers_are_values():
    assert Conv2D(8, 3) == Conv2D(8, (3, 3))
    assert len({Conv2D(8, 3), Conv2D(8, (3, 3)), Conv2D(8, 5)}) == 2
    with pytest.raises(AttributeError):
        Conv2D(8, 3).filters = 4


def test_an_unknown_input_size_stays_unknown_until_it_matters():
    network = Network.chain("any", Input((None, None, 3)), Conv2D(8, 3), GlobalAveragePool2D())
    assert network["conv2d"].shape == (None, None, 8)
    assert network.output_shape == (8,)
    with pytest.raises(ShapeError, match="input size"):
        chain(Input((None, None, 3)), Flatten(), Dense(10, name="fc"))
    assert network.with_input((10, 11, 3))["conv2d"].shape == (8, 9, 8)


def test_another_input_checks_every_shape_again():
    network = Network.chain("n", image(), Conv2D(8, 5, name="first"), Conv2D(8, 5, name="second"))
    assert network.with_input((20, 20, 4)).output_shape == (12, 12, 8)
    with pytest.raises(ShapeError, match="'second'"):
        network.with_input((7, 7, 4))


def test_shapes_from_text():
    assert parse_shape("224x225x3") == (224, 225, 3)
    assert parse_shape("?x?x3") == (None, None, 3)
    for text in ("224", "axbxc", "0x1x2"):
        with pytest.raises(ValueError, match="224x224x3"):
            parse_shape(text)


def test_an_input_that_is_used_twice_is_one_input():
    """As in Keras: i = Input(…), and two layers called on i."""
    i = Input((9, 9, 1))
    network = Network("n", Add()(Conv2D(1, 1)(i), Conv2D(1, 5, padding="same")(i)))
    assert len(network.inputs) == 1 and network.receptive_field().size == (5, 5)
    named = Input((9, 9, 1), name="image")
    network = Network("n", Add()(Conv2D(1, 1)(named), Conv2D(1, 5, padding="same")(named())))
    assert network.names[0] == "image" and network.with_input((7, 7, 1)).output_shape == (7, 7, 1)
    two = Network("two", Add()(Conv2D(1, 1)(Input((9, 9, 1))), Conv2D(1, 1)(Input((9, 9, 1)))))
    assert len(two.inputs) == 2


def test_another_shape_for_one_of_several_inputs():
    picture, extra = Input((64, 64, 3), name="picture"), Input((10,), name="extra")
    seen = chain(Conv2D(4, 3)(picture), GlobalAveragePool2D())
    network = Network("both", Concatenate()(seen, Dense(4)(extra)))
    with pytest.raises(ValueError, match=r"2 inputs: 'picture' 64×64×3, 'extra' 10\. Say which"):
        network.with_input((32, 32, 3))
    other = network.with_input({"picture": (32, 32, 3)})
    assert [node.shape for node in other.inputs] == [(32, 32, 3), (10,)]
    assert other.names == network.names
    with pytest.raises(KeyError, match=r"no input of 'both' called 'pictures'\. Near: picture"):
        network.with_input({"pictures": (32, 32, 3)})


@pytest.mark.parametrize(
    ("declare", "words"),
    [
        (lambda: Reshape((-1, -1), name="r"), "Reshape 'r': target_shape must be whole numbers"),
        (lambda: Reshape((0,), name="r"), "Reshape 'r': target_shape"),
        (lambda: Reshape("ab", name="r"), "Reshape 'r': target_shape"),
        (lambda: Rescaling("a", name="s"), "Rescaling 's': scale must be a number"),
        (lambda: Dropout("a", name="d"), "Dropout 'd': rate must lie in"),
        (lambda: Conv2D(-1, 3, name="q"), "Conv2D 'q': filters must be .* got -1"),
        (lambda: Conv2D(1, 3, padding="full", name="q"), "Conv2D 'q': padding must be"),
        (lambda: MaxPool2D(0, name="p"), "MaxPool2D 'p': pool_size"),
        (lambda: UpSampling2D(0, name="u"), "UpSampling2D 'u': size"),
        (lambda: BatchNormalization(axis=7, name="b")(image()), "'b' cannot take .* no axis 7"),
        (lambda: BatchNormalization(axis=0, name="b")(image()), "'b' cannot take .* no axis 0"),
    ],
)
def test_what_cannot_be_meant_is_refused_when_it_is_declared(declare, words):
    with pytest.raises(ValueError, match=words):
        declare()


def test_lists_are_taken_as_the_tuples_that_they_mean():
    layers = (Rescaling([1.0, 2.0, 3.0, 4.0]), Augmentation("RandomFlip", [("mode", "horizontal")]))
    network = Network.chain("lists", image(), *layers, Reshape([36, 12]))
    assert network.cost().complete and network.output_shape == (36, 12)
    assert layers[0] == Rescaling((1.0, 2.0, 3.0, 4.0))
