"""From a network to a trainable Keras model. TensorFlow is imported when `to_keras` is called."""

from collections.abc import Callable
from functools import cache
from typing import Any

from cnncourse.network import merge, simple, sliding
from cnncourse.network.base import Layer
from cnncourse.network.graph import Network, Node


def to_keras(network: Network, *, dtype: str | None = None) -> Any:
    """A Keras model with the network's layer names, shapes and parameters, freshly initialised.

    dtype: of weights and computation, Keras's default without one. Raises ValueError for a layer
    of which only the numbers are known (`Opaque`, `Pointwise`), or that Keras does not take.
    """
    import keras

    made: dict[Node, Any] = {}
    layers: dict[Node, Any] = {}
    for name, node in network:
        if isinstance(node.layer, simple.Input):
            made[node] = keras.Input(node.layer.shape, name=name, dtype=dtype)
            continue
        if node.shares:
            layers[node] = layers[node.shares]  # one layer, called again: the same weights
        else:
            layers[node] = keras_layer(node.layer, name, dtype=dtype)
        inputs = [made[each] for each in node.inputs]
        made[node] = layers[node](inputs if len(inputs) > 1 else inputs[0])
    ends = [made[node] for node in network.outputs]
    starts = [made[node] for node in network.inputs]
    return keras.Model(
        starts if len(starts) > 1 else starts[0],
        ends if len(ends) > 1 else ends[0],
        name=network.name.replace("-", "_").replace(".", "_"),
    )


def keras_layer(layer: Layer, name: str, *, dtype: str | None = None) -> Any:
    """The Keras layer for a description."""
    import keras

    make = _MAKERS.get(type(layer))
    if make is None:
        raise ValueError(
            f"{layer.kind} {name!r} cannot be built: only its shape and parameter count are known."
        )
    try:
        built = make(keras.layers, layer, {"name": name, "dtype": dtype})
    except (ValueError, TypeError) as error:  # strides and dilation at once, an own activation
        reason = str(error).strip().split("\n")[0]
        raise ValueError(f"{layer.kind} {name!r} cannot be built in Keras: {reason}") from None
    built.trainable = layer.trainable
    return built


def _window(layer: Any) -> dict[str, Any]:
    shared = ("strides", "padding", "activation", "use_bias", "dilation_rate")
    return {name: getattr(layer, name) for name in shared if hasattr(layer, name)}


def _pool(kind: str) -> Callable[..., Any]:
    return lambda keras, layer, common: getattr(keras, kind)(
        layer.pool_size, layer.strides, layer.padding, **common
    )


def _plain(kind: str, *names: str) -> Callable[..., Any]:
    def make(keras: Any, layer: Any, common: Any) -> Any:
        return getattr(keras, kind)(**{name: getattr(layer, name) for name in names}, **common)

    return make


@cache
def _own_layers() -> dict[str, Any]:
    """The two layers of the lecture that Keras does not have."""
    import keras
    import tensorflow as tf

    @keras.saving.register_keras_serializable("cnncourse")
    class LocalResponseNormalization(keras.layers.Layer):
        def __init__(
            self,
            depth_radius: int = 2,
            bias: float = 2.0,
            alpha: float = 1e-4,
            beta: float = 0.75,
            **common: Any,
        ) -> None:
            super().__init__(**common)
            self.settings = {
                "depth_radius": depth_radius,
                "bias": bias,
                "alpha": alpha,
                "beta": beta,
            }

        def call(self, inputs: Any) -> Any:
            single = tf.cast(inputs, tf.float32)  # TensorFlow has no float64 kernel for it
            return tf.cast(tf.nn.lrn(single, **self.settings), inputs.dtype)

        def compute_output_shape(self, input_shape: Any) -> Any:
            return input_shape

        def get_config(self) -> dict[str, Any]:
            return {**super().get_config(), **self.settings}

    @keras.saving.register_keras_serializable("cnncourse")
    class L2Pool2D(keras.layers.AveragePooling2D):
        def call(self, inputs: Any) -> Any:
            return keras.ops.sqrt(super().call(keras.ops.square(inputs)))

    return {
        "LocalResponseNormalization": LocalResponseNormalization,
        "L2Pool2D": L2Pool2D,
    }


_MAKERS: dict[type[Layer], Callable[[Any, Any, dict[str, Any]], Any]] = {
    sliding.Conv2D: lambda keras, layer, common: keras.Conv2D(
        layer.filters, layer.kernel_size, groups=layer.groups, **_window(layer), **common
    ),
    sliding.DepthwiseConv2D: lambda keras, layer, common: keras.DepthwiseConv2D(
        layer.kernel_size, depth_multiplier=layer.depth_multiplier, **_window(layer), **common
    ),
    sliding.SeparableConv2D: lambda keras, layer, common: keras.SeparableConv2D(
        layer.filters,
        layer.kernel_size,
        depth_multiplier=layer.depth_multiplier,
        **_window(layer),
        **common,
    ),
    sliding.MaxPool2D: _pool("MaxPooling2D"),
    sliding.AveragePool2D: _pool("AveragePooling2D"),
    sliding.L2Pool2D: lambda keras, layer, common: _own_layers()["L2Pool2D"](
        layer.pool_size, layer.strides, layer.padding, **common
    ),
    simple.Dense: _plain("Dense", "units", "activation", "use_bias"),
    simple.BatchNormalization: _plain("BatchNormalization", "center", "scale", "axis"),
    simple.LayerNormalization: _plain("LayerNormalization", "center", "scale"),
    simple.LocalResponseNormalization: lambda keras, layer, common: _own_layers()[
        "LocalResponseNormalization"
    ](layer.depth_radius, layer.bias, layer.alpha, layer.beta, **common),
    simple.Activation: _plain("Activation", "activation"),
    simple.Dropout: _plain("Dropout", "rate"),
    simple.Rescaling: _plain("Rescaling", "scale", "offset"),
    simple.Augmentation: lambda keras, layer, common: getattr(keras, layer.transform)(
        **dict(layer.settings), **common
    ),
    simple.Flatten: _plain("Flatten"),
    simple.Reshape: _plain("Reshape", "target_shape"),
    simple.GlobalAveragePool2D: _plain("GlobalAveragePooling2D", "keepdims"),
    simple.GlobalMaxPool2D: _plain("GlobalMaxPooling2D", "keepdims"),
    simple.ZeroPadding2D: _plain("ZeroPadding2D", "padding"),
    simple.Cropping2D: _plain("Cropping2D", "cropping"),
    simple.UpSampling2D: _plain("UpSampling2D", "size"),
    merge.Concatenate: _plain("Concatenate"),
    **{
        each: _plain(each.__name__)
        for each in (
            merge.Add,
            merge.Multiply,
            merge.Subtract,
            merge.Average,
            merge.Maximum,
            merge.Minimum,
        )
    },
}
