"""Networks written down as data, so that judging a Keras model needs no Keras."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from cnncourse.checking.models import Blueprint

Shape = tuple[int, ...]

_NO_SHAPE = {
    "dropout": ("Dropout", "rate"),
    "flip": ("RandomFlip", "mode"),
    "rotate": ("RandomRotation", "factor"),
    "zoom": ("RandomZoom", ""),  # Keras knows several ways to say the same zoom
    "rescale": ("Rescaling", "scale"),
}


def network(
    layers: Sequence[tuple],
    *,
    input_shape: Shape,
    loss: str,
    optimizer: str = "rmsprop",
    learning_rate: float = 0.001,
    metrics: Sequence[str] = ("accuracy",),
    compiled: bool = True,
) -> Blueprint:
    """A network as `describe_model` would describe the Keras model.

    layers: ("conv", kernel, filters, activation[, padding]), ("pool", window), ("flatten",),
    ("dense", units, activation), ("dropout", rate), ("flip", mode), ("rotate", factor), ("zoom",),
    ("rescale", scale). Convolutions move by 1, pooling by its window; both have Keras's defaults.
    """
    shape = input_shape
    described = [_layer("InputLayer", {}, shape, 0)]
    for kind, *rest in layers:
        name, config, shape, count = _described(kind, rest, shape)
        described.append(_layer(name, config, shape, count))
    total = sum(layer["parameters"] for layer in described)
    how = {
        "optimizer": optimizer,
        "learning_rate": learning_rate,
        "loss": loss,
        "from_logits": False,
        "metrics": list(metrics),
    }
    return Blueprint(
        {
            "layers": described,
            "input_shape": (None, *input_shape),
            "parameters": total,
            "trainable_parameters": total,
            "compiled": how if compiled else False,
        }
    )


def _described(kind: str, rest: list, shape: Shape) -> tuple[str, dict[str, Any], Shape, int]:
    """Class, configuration, output shape and number of parameters of one layer."""
    if kind == "conv":
        kernel, filters, activation, *more = rest
        padding = more[0] if more else "valid"
        cut = 0 if padding == "same" else kernel - 1
        config = {
            "filters": filters,
            "kernel_size": (kernel, kernel),
            "strides": (1, 1),
            "padding": padding,
            "dilation_rate": (1, 1),
            "groups": 1,
            "activation": activation,
            "use_bias": True,
        }
        count = (kernel * kernel * shape[2] + 1) * filters
        return "Conv2D", config, (shape[0] - cut, shape[1] - cut, filters), count
    if kind == "pool":
        window = (rest[0], rest[0])
        config = {"pool_size": window, "strides": window, "padding": "valid"}
        return "MaxPooling2D", config, (shape[0] // rest[0], shape[1] // rest[0], shape[2]), 0
    if kind == "flatten":
        return "Flatten", {}, (int(np.prod(shape)),), 0
    if kind == "dense":
        units, activation = rest
        config = {"units": units, "activation": activation, "use_bias": True}
        return "Dense", config, (*shape[:-1], units), (shape[-1] + 1) * units
    name, key = _NO_SHAPE[kind]
    value = (-rest[0], rest[0]) if kind == "rotate" else rest[0] if rest else None
    return name, {key: value} if key else {}, shape, 0


def _layer(name: str, config: dict[str, Any], shape: Shape, parameters: int) -> dict[str, Any]:
    return {
        "class": name,
        "config": config,
        "output_shape": (None, *shape),
        "parameters": parameters,
        "trainable": True,
    }
