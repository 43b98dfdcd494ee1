"""Keras models in, Keras models out: layer types, strangers' files, other counters."""

import numpy as np
import pytest
from keras_models import cheap_weights, profiled

from cnncourse import zoo
from cnncourse.network import (
    BatchNormalization,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Flatten,
    Input,
    L2Pool2D,
    LocalResponseNormalization,
    MaxPool2D,
    Network,
    SeparableConv2D,
    effective_field,
    from_keras,
    load,
)

pytestmark = pytest.mark.tensorflow

keras = pytest.importorskip("keras")
layers = keras.layers


def sequential(*stack, shape=(13, 10, 6)):
    return keras.Sequential([keras.Input(shape), *stack])


def strange():
    @keras.saving.register_keras_serializable("test_reading")
    class Double(layers.Layer):
        def build(self, shape):
            self.scale = self.add_weight(shape=(shape[-1],), name="scale")

        def call(self, x):
            return 2 * x * self.scale

    return sequential(
        layers.Conv2D(4, 3, name="conv"),
        layers.Lambda(lambda x: x[:, ::2], output_shape=(6, 8, 4), name="every_other_row"),
        Double(name="double"),
        layers.Conv2D(5, 3, name="last"),
    )


@pytest.mark.parametrize(
    "layer",
    [
        lambda: layers.Conv2D(8, (3, 2), strides=(2, 1), padding="same", groups=2),
        lambda: layers.Conv2D(8, 3, dilation_rate=2, use_bias=False),
        lambda: layers.DepthwiseConv2D(3, depth_multiplier=2, strides=2),
        lambda: layers.SeparableConv2D(5, 3, depth_multiplier=2, padding="same"),
        lambda: layers.MaxPooling2D(3, 2, "same"),
        lambda: layers.AveragePooling2D((2, 3)),
        lambda: layers.GlobalMaxPooling2D(keepdims=True),
        lambda: layers.BatchNormalization(scale=False),
        lambda: layers.LayerNormalization(),
        lambda: layers.ZeroPadding2D(((1, 2), (3, 0))),
        lambda: layers.Cropping2D(((1, 2), (3, 0))),
        lambda: layers.UpSampling2D((2, 3)),
        lambda: layers.Reshape((26, -1)),
        lambda: layers.Dense(7),
        lambda: layers.SpatialDropout2D(0.2),
        lambda: layers.PReLU(),
        lambda: layers.ReLU(6.0),
    ],
)
def test_each_layer_agrees_with_keras(layer):
    model = sequential(layer())
    network = from_keras(model)
    assert network.cost().complete
    assert network.output_shape == model.output_shape[1:]
    assert network.cost().parameters == model.count_params()


def test_layers_of_this_package_agree_with_keras():
    network = Network.chain(
        "all",
        Input((21, 20, 6)),
        Conv2D(8, (3, 2), groups=2),
        DepthwiseConv2D(3, depth_multiplier=2),
        SeparableConv2D(5, 3, depth_multiplier=2),
        BatchNormalization(),
        LocalResponseNormalization(),
        L2Pool2D(2),
        MaxPool2D(3, 2, "same"),
        Flatten(),
        Dense(4),
    )
    model = network.to_keras()
    assert [tuple(layer.output.shape[1:]) for layer in model.layers] == [
        node.shape for _, node in network
    ]
    counts = [layer.count_params() for layer in model.layers]
    assert counts == [layer.parameters.value for layer in network.cost().layers]


def test_l2_pooling_is_the_root_of_the_mean_of_squares():
    model = Network.chain("l2", Input((2, 2, 1)), L2Pool2D(2)).to_keras()
    values = np.array([3.0, 4.0, 0.0, 0.0]).reshape(1, 2, 2, 1)
    assert float(np.asarray(model(values)).item()) == pytest.approx(2.5)


def test_lambda_and_custom_layers_are_read_as_far_as_it_goes():
    model = strange()
    network = from_keras(model)
    cost = network.cost()
    assert [node.layer.kind for _, node in network][1:] == ["Conv2D", "Lambda", "Double", "Conv2D"]
    assert cost.parameters == model.count_params() == 220 + 4 + 185
    assert [name for name, _ in cost.unknown] == ["every_other_row", "double"]
    assert cost.mult_adds == 11 * 8 * 4 * 54 + 4 * 6 * 5 * 36  # both convolutions, no more
    assert network.receptive_field("last").aligned is not True
    assert "Lambda" in str(network.table())


def test_a_custom_layer_is_not_taken_for_the_keras_layer_of_its_name():
    class Dense(layers.Layer):
        def call(self, x):
            return x

    network = from_keras(sequential(Dense(name="mine")))
    assert network.cost().unknown[0][0] == "mine"


def test_a_strangers_file_is_loaded_in_safe_mode_only(tmp_path):
    path = tmp_path / "stranger.keras"
    strange().save(path)
    with pytest.raises(ValueError, match="safe mode"):
        load(path)
    sequential(layers.Conv2D(4, 3)).save(tmp_path / "good.keras")
    assert load(tmp_path / "good.keras").cost().parameters == 220
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "none.keras")
    (tmp_path / "old.h5").write_bytes(b"")
    with pytest.raises(ValueError, match="can hold code"):
        load(tmp_path / "old.h5")


def test_what_cannot_be_read_without_the_files_code_is_named(tmp_path):
    strange().save(tmp_path / "stranger.keras")

    class Mine(layers.Layer):
        pass

    sequential(layers.Conv2D(4, 3), Mine()).save(tmp_path / "mine.keras")
    with pytest.raises(ValueError, match=r"Lambda layer 'every_other_row' is Python code"):
        load(tmp_path / "stranger.keras")
    with pytest.raises(ValueError, match=r"Keras knows no class 'Mine'.*If you trust") as refused:
        load(tmp_path / "mine.keras")
    assert "unsafe" not in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 cut short"])
def test_a_file_that_is_no_archive_is_said_to_be_none(tmp_path, content):
    (tmp_path / "bad.keras").write_bytes(content)
    with pytest.raises(ValueError, match=r"'bad\.keras' is not a whole .keras file"):
        load(tmp_path / "bad.keras")
    (tmp_path / "folder.keras").mkdir()
    with pytest.raises(ValueError, match="is a folder"):
        load(tmp_path / "folder.keras")


def test_safe_mode_holds_where_the_session_has_switched_it_off(tmp_path):
    ran = tmp_path / "ran"
    code = f"lambda x: (__import__('pathlib').Path({str(ran)!r}).touch(), x)[1]"
    evil = sequential(layers.Lambda(eval(code)))
    ran.unlink(missing_ok=True)
    evil.save(tmp_path / "evil.keras")
    ran.unlink(missing_ok=True)
    from keras.src.saving import serialization_lib

    with serialization_lib.SafeModeScope(None):
        keras.config.enable_unsafe_deserialization()
        with pytest.raises(ValueError, match="safe mode"):
            load(tmp_path / "evil.keras")
        assert not ran.exists()
        keras.saving.load_model(tmp_path / "evil.keras")
        assert ran.exists()  # so the file would have


def test_an_unknown_layer_is_not_given_a_shape_that_was_recorded_for_another_input():
    model = sequential(
        layers.Conv2D(8, 3, padding="same"),
        layers.Conv2DTranspose(8, 2, strides=2, name="up"),
        layers.Conv2D(8, 3, padding="same"),
        shape=(64, 64, 3),
    )
    network = from_keras(model)
    assert network.output_shape == (128, 128, 8)
    assert network.with_input((64, 64, 3)).cost().mult_adds == network.cost().mult_adds
    words = "'up' cannot take 32×32×8: Keras recorded 128×128×8 for 64×64×8, and what it makes of"
    with pytest.raises(ValueError, match=words):
        network.with_input((32, 32, 3))
    anywhere = from_keras(
        sequential(
            layers.Conv2DTranspose(8, 2, strides=2), layers.Conv2D(8, 3), shape=(None, None, 3)
        )
    )
    grown = anywhere.with_input((32, 32, 3))
    assert grown.output_shape == (None, None, 8) and not grown.cost().complete


@pytest.mark.parametrize(
    ("layer", "kind"),
    [
        (lambda: layers.ReLU(max_value=4.0), "ReLU"),
        (lambda: layers.ReLU(negative_slope=0.1), "ReLU"),
        (lambda: layers.LeakyReLU(0.3), "LeakyReLU"),
        (lambda: layers.SpatialDropout2D(0.3), "SpatialDropout2D"),
        (lambda: layers.Softmax(axis=1), "Softmax"),
    ],
)
def test_a_variant_is_not_taken_for_the_usual_one(layer, kind):
    """What is built from the description would be another function."""
    network = from_keras(sequential(layer()))
    (_, _), (name, node) = network
    assert node.layer.kind == kind and "activation" not in repr(node.layer)
    with pytest.raises(ValueError, match=f"{kind} '{name}' cannot be built"):
        network.to_keras()


@pytest.mark.parametrize(
    "layer",
    [
        Conv2D(4, 3, strides=2, dilation_rate=2, name="odd"),
        Conv2D(4, 3, activation="LeakyRELU", name="odd"),
    ],
)
def test_what_keras_does_not_take_is_said_with_the_layers_name(layer):
    network = Network.chain("n", Input((9, 9, 1)), layer)
    assert network.cost().complete
    with pytest.raises(ValueError, match="Conv2D 'odd' cannot be built in Keras"):
        network.to_keras()


def test_the_zoos_own_layers_load_from_a_file(tmp_path):
    network = Network.chain(
        "own", Input((8, 8, 3)), Conv2D(4, 3), LocalResponseNormalization(), L2Pool2D(2)
    )
    network.to_keras().save(tmp_path / "own.keras")
    back = load(tmp_path / "own.keras")
    assert list(back.names) == list(network.names)
    assert back.cost().complete


def test_a_model_inside_a_model_is_opened_up():
    base = keras.Sequential(
        [keras.Input((20, 20, 3)), layers.Conv2D(4, 3, name="conv")], name="base"
    )
    base.trainable = False
    model = sequential(base, layers.Flatten(), layers.Dense(2), shape=(20, 20, 3))
    network = from_keras(model)
    assert "base.conv" in network.names
    cost = network.cost()
    assert cost.parameters == model.count_params()
    assert cost.trainable == 18 * 18 * 4 * 2 + 2


def test_the_transfer_model_of_the_lecture():
    with cheap_weights(keras):
        base = keras.applications.VGG16(weights=None, include_top=False, input_shape=(150, 150, 3))
        top = [layers.Flatten(), layers.Dense(256), layers.Dense(1)]
        model = keras.Sequential([keras.Input((150, 150, 3)), base, *top])
    cost = from_keras(model).cost()
    assert cost.parameters == 16_812_353
    assert [layer.parameters.value for layer in cost.layers[-2:]] == [2_097_408, 257]


def test_a_shared_layer_is_counted_once_and_works_twice():
    shared = layers.Conv2D(4, 3, padding="same", name="shared")
    image = keras.Input((8, 8, 4))
    model = keras.Model(image, layers.Add()([shared(image), shared(shared(image))]))
    network = from_keras(model)
    cost = network.cost()
    assert cost.parameters == model.count_params() == 148
    assert cost.mult_adds % (64 * 4 * 36) == 0
    assert cost.mult_adds // (64 * 4 * 36) == sum(
        node.layer.kind == "Conv2D" for _, node in network
    )
    assert network.to_keras().count_params() == 148


def test_an_inner_model_used_twice_shares_its_weights():
    base = keras.Sequential([keras.Input((9, 9, 3)), layers.Conv2D(8, 3), layers.Flatten()])
    left, right = keras.Input((9, 9, 3)), keras.Input((9, 9, 3))
    model = keras.Model([left, right], layers.Subtract()([base(left), base(right)]))
    cost = from_keras(model).cost()
    assert cost.parameters == model.count_params() == 224
    assert cost.mult_adds == 2 * 7 * 7 * 8 * 27


def test_models_that_are_not_of_pictures_are_read_too():
    words = keras.Input((None,), dtype="int32")
    model = keras.Model(words, layers.Dense(3)(layers.LSTM(8)(layers.Embedding(100, 8)(words))))
    cost = from_keras(model).cost()
    assert (cost.parameters, cost.complete) == (model.count_params(), False)


def test_operators_between_layers_are_understood():
    image = keras.Input((9, 9, 3))
    x = layers.Conv2D(4, 3)(image)
    model = keras.Model(image, keras.ops.relu(x * 2.0 + 1.0) + x)
    network = from_keras(model)
    assert network.cost().complete
    assert network.receptive_field().size == (3, 3)


def test_a_model_for_any_input_size():
    model = keras.applications.VGG16(weights=None, include_top=False, input_shape=(None, None, 3))
    network = from_keras(model)
    field = network.receptive_field()
    assert (field.size[0], field.stride[0], field.padding[0]) == (212, 32, 90)
    assert network.cost().parameters == 14_714_688
    assert not network.cost().complete
    assert network.with_input((150, 150, 3)).output_shape == (4, 4, 512)


def test_models_without_a_graph_are_refused_with_the_reason():
    class Subclassed(keras.Model):
        def call(self, x):
            return x

    with pytest.raises(ValueError, match="functional and sequential"):
        from_keras(Subclassed())
    with pytest.raises(ValueError, match="build it first"):
        from_keras(keras.Sequential([layers.Conv2D(4, 3)]))


@pytest.mark.parametrize("name", ["MobileNet", "ResNet50", "VGG16"])
def test_what_tensorflows_profiler_reports(name):
    top = {"include_top": False, "pooling": "avg"} if name == "VGG16" else {"classes": 10}
    with cheap_weights(keras):
        model = getattr(keras.applications, name)(weights=None, input_shape=(64, 64, 3), **top)
    cost = from_keras(model).cost("tf-profiler")
    assert cost.complete
    assert cost.mult_adds == profiled(model)


@pytest.mark.parametrize(
    "layer",
    [
        lambda: layers.Conv2D(8, 3, strides=2, padding="same", activation="softmax"),
        lambda: layers.DepthwiseConv2D(3, depth_multiplier=2, padding="same"),
        lambda: layers.SeparableConv2D(5, 3, depth_multiplier=2),
        lambda: layers.MaxPooling2D(3, 2, "same"),
        lambda: layers.AveragePooling2D(3, 2),
        lambda: layers.BatchNormalization(),
        lambda: layers.Rescaling(0.5, 1.0),
        lambda: layers.Dense(7),
        lambda: layers.ZeroPadding2D(2),
    ],
)
def test_what_tensorflows_profiler_reports_of_one_layer(layer):
    model = sequential(layer())
    cost = from_keras(model).cost("tf-profiler")
    assert cost.complete
    assert cost.mult_adds == (profiled(model) if cost.mult_adds else 0)


def test_tensorflow_rearranges_dilated_convolutions_and_that_is_not_counted():
    network = from_keras(sequential(layers.Conv2D(8, 3, dilation_rate=2)))
    assert network.cost("mac").complete
    assert "dilation" in network.cost("tf-profiler").unknown[0][1]


def test_the_effective_field_is_a_gaussian_of_known_width():
    # Luo et al. 2016: n layers of k×k uniform kernels, stride 1: variance n(k² − 1)/12.
    count, kernel = 6, 3
    stack = [layers.Conv2D(1, kernel, use_bias=False, name=f"c{i}") for i in range(count)]
    model = sequential(*stack, shape=(41, 41, 1))
    for layer in stack:
        layer.kernel.assign(np.ones(layer.kernel.shape))
    field = effective_field(model, f"c{count - 1}", samples=2)
    assert field.variance == pytest.approx((count * (kernel**2 - 1) / 12,) * 2, rel=1e-5)
    assert field.center == pytest.approx((20, 20))
    with pytest.raises(ValueError, match="c5"):
        effective_field(model, "c55")


def test_the_effective_field_lies_inside_the_theoretical_one():
    network = zoo.get("resnet18").with_input((64, 64, 3))
    name = "conv3_block1_out"
    field = effective_field(network.to_keras(), name, (3, 4), samples=2)
    trace = network.reads(name, (3, 4))
    assert not (field.gradient[~trace.mask] != 0).any()
    assert (field.gradient[trace.mask] != 0).mean() > 0.9
