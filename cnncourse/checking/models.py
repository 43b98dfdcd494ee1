"""A Keras model as plain data, and how two such descriptions differ.

Works on whatever model it is handed and imports neither Keras nor TensorFlow itself.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cnncourse.checking.compare import NO_RETURN, Difference
from cnncourse.checking.wire import Other

# What makes one layer of a class differ from another; names, seeds and initial values do not.
_CONFIG = (
    "units",
    "filters",
    "kernel_size",
    "pool_size",
    "strides",
    "padding",
    "dilation_rate",
    "groups",
    "depth_multiplier",
    "activation",
    "use_bias",
    "rate",
    "scale",
    "offset",
    "axis",
    "target_shape",
    "mode",
    "factor",
)
_ACCURACIES = {"acc", "accuracy", "categorical_accuracy", "sparse_categorical_accuracy"}
_SHORT_LOSSES = {"mse": "mean_squared_error", "mae": "mean_absolute_error"}
_ACTIVATION_LAYERS = {"ReLU": "relu", "Softmax": "softmax"}

Description = dict[str, Any]


@dataclass(frozen=True)
class Blueprint:
    """A network described without building it, where a Keras model could stand as well."""

    description: Description

    @property
    def layers(self) -> list[Description]:
        """The layers' descriptions, the input first."""
        return list(self.description["layers"])


def describe_model(model: Any) -> Description:
    """A Keras model as dicts, lists, texts and numbers, weights left out.

    Keys: ``layers`` (each with class, config, output_shape, parameters, trainable, and its own
    layers when it is a model), ``input_shape``, ``parameters``, ``trainable_parameters`` and
    ``compiled`` (optimizer, learning_rate, loss, from_logits, metrics; None before ``compile``,
    and in an expected network None for "either" and False for "not yet").
    Shapes hold None for the batch. A description is returned unchanged, a blueprint gives its own.

    Raises TypeError for anything that is not a Keras model.
    """
    if isinstance(model, Mapping) and "layers" in model:
        return dict(model)
    if isinstance(model, Blueprint):
        return dict(model.description)
    if not hasattr(model, "layers") or not hasattr(model, "get_compile_config"):
        raise TypeError(
            f"describe_model needs a Keras model, not {type(model).__name__}. "
            "Did the function return the model?"
        )
    return {
        "layers": [_layer(layer, bool(model.trainable)) for layer in model.layers],
        "input_shape": _shape(getattr(model, "input_shape", None)) if model.built else None,
        "parameters": int(model.count_params()) if model.built else None,
        "trainable_parameters": _count(model.trainable_weights) if model.built else None,
        "compiled": _compiled(model),
    }


def compare_models(expected: Any, got: Any) -> Difference | None:
    """None when two models are the same network, otherwise the first difference.

    Either may be a Keras model or a description. Equal: ``Sequential`` and functional models, an
    activation as an argument or as a layer of its own, softmax (sigmoid) in the last layer or
    ``from_logits=True`` in the loss, an optimizer by name or as an object.
    """
    if got is None:
        return Difference("expected a Keras model, got None", NO_RETURN)
    if isinstance(got, Other):
        return Difference(f"expected a Keras model, got an object of type {got.type_name}")
    right = _canonical(describe_model(expected))
    try:
        answer = _canonical(describe_model(got))
        return _compare_layers(right, answer) or _compare_compiled(right, answer)
    except Exception:  # a description may come from a stranger's process and hold anything
        return Difference(f"expected a Keras model, got an object of type {type(got).__name__}")


def _compare_layers(right: Description, answer: Description) -> Difference | None:
    if answer["parameters"] is None and right["parameters"] is not None:
        return Difference("the model has no input shape yet, so its layers have no weights")
    if answer["input_shape"] != right["input_shape"]:
        return Difference(
            f"expected the input shape {right['input_shape']}, got {answer['input_shape']}"
        )
    for number, (r, a) in enumerate(zip(right["layers"], answer["layers"], strict=False), start=1):
        place = f"layer {number}"
        if a["class"] != r["class"]:
            return Difference(f"{place}: expected {r['class']}, got {a['class']}")
        for key, value in r["config"].items():
            if not _equal(value, a["config"].get(key)):
                return Difference(
                    f"{place} ({r['class']}): expected {key} {_words(value)}, "
                    f"got {_words(a['config'].get(key))}"
                )
        if "layers" in r and (inner := _compare_layers(r, a)):
            return Difference(f"{place} ({r['class']}), {inner.sentence}")
        for key in ("output_shape", "parameters", "trainable"):
            if a[key] != r[key]:
                name = key.replace("_", " ")
                return Difference(f"{place} ({r['class']}): expected {name} {r[key]}, got {a[key]}")
    if len(answer["layers"]) != len(right["layers"]):
        return Difference(f"expected {len(right['layers'])} layers, got {len(answer['layers'])}")
    return None


def _compare_compiled(right: Description, answer: Description) -> Difference | None:
    if right["compiled"] is None:  # an exercise that does not ask for it
        return None
    if right["compiled"] is False:
        return Difference("the model is compiled") if answer["compiled"] else None
    if not answer["compiled"]:
        return Difference("the layers are right, and the model is not compiled")
    for key, value in right["compiled"].items():
        got = answer["compiled"].get(key)
        if key == "metrics":
            missing = [name for name in value if name not in (got or [])]
            if missing:
                return Difference(f"compile: the metric {missing[0]!r} is missing")
        elif not _equal(value, got):
            name = key.replace("_", " ")
            return Difference(f"compile: expected {name} {_words(value)}, got {_words(got)}")
    return None


def _canonical(model: Description) -> Description:
    """The description with equal ways of saying one thing made the same."""
    layers: list[Description] = []
    for layer in model["layers"]:
        activation = _ACTIVATION_LAYERS.get(layer["class"])
        if layer["class"] == "Activation":
            activation = layer["config"].get("activation")
        if layer["class"] == "InputLayer":
            continue
        if activation and layers and layers[-1]["config"].get("activation") == "linear":
            config = {**layers[-1]["config"], "activation": activation}
            layers[-1] = {**layers[-1], "config": config}
        else:
            layers.append(_plainest(layer, activation))
    compiled = model["compiled"]
    if compiled and compiled["from_logits"]:
        # Keras puts the softmax into the loss; with a softmax layer as well it only warns.
        inside = "sigmoid" if compiled["loss"] == "binary_crossentropy" else "softmax"
        compiled = {**compiled, "from_logits": False}
        if layers and layers[-1]["config"].get("activation") == "linear":
            config = {**layers[-1]["config"], "activation": inside}
            layers[-1] = {**layers[-1], "config": config}
    return {**model, "layers": layers, "compiled": compiled}


def _plainest(layer: Description, activation: str | None) -> Description:
    """A layer as it is written most often.

    An activation under one name; a 1×1 window without padding, as it never needs any; batch norm's
    axis from the end; a convolution with a group for each channel as a depthwise one.
    """
    config = layer["config"]
    if activation:  # behind batch norm, say, which has no activation of its own
        return {**layer, "class": "Activation", "config": {"activation": activation}}
    if layer["class"] == "Conv2D" and tuple(config.get("kernel_size", ())) == (1, 1):
        return {**layer, "config": {**config, "padding": "valid"}}
    if layer["class"] == "BatchNormalization" and (axis := config.get("axis", -1)) > 0:
        return {**layer, "config": {**config, "axis": axis - len(layer["output_shape"])}}
    if layer["class"] == "Conv2D" and _is_depthwise(layer):
        each = config["filters"] // config["groups"]
        config = {**config, "depth_multiplier": each}
        return {**layer, "class": "DepthwiseConv2D", "config": config}
    return layer


def _is_depthwise(layer: Description) -> bool:
    """Whether each filter of a convolution in groups sees a single channel."""
    config = layer["config"]
    if config.get("groups", 1) < 2 or not layer["parameters"]:
        return False
    height, width = config["kernel_size"]
    each = height * width + (1 if config["use_bias"] else 0)
    return bool(layer["parameters"] == each * config["filters"])


def _layer(layer: Any, switched_on: bool = True) -> Description:
    """One layer. Trainable is what training would move: nothing when the whole model is frozen
    (`switched_on` False), whatever its layers say; a network inside moves when any of its layers
    does, whatever its own switch says; and the switch of a layer without weights means nothing.
    """
    config = layer.get_config() if not hasattr(layer, "layers") else {}
    described: Description = {
        "class": type(layer).__name__,
        "config": {key: _plain(config[key]) for key in _CONFIG if key in config},
        "output_shape": _output_shape(layer),
        "parameters": int(layer.count_params()) if layer.built else None,
        "trainable": (switched_on and bool(layer.trainable)) or not layer.weights,
    }
    if hasattr(layer, "layers"):
        inner = [_layer(each, switched_on) for each in layer.layers]
        moved = [each["trainable"] for each in inner if each["parameters"]]
        described |= {
            "layers": inner,
            "trainable": any(moved) or not moved,
            "input_shape": _shape(getattr(layer, "input_shape", None)) if layer.built else None,
        }
    return described


def _compiled(model: Any) -> Description | None:
    if not model.compiled:
        return None
    config = model.get_compile_config() or {}
    optimizer = model.optimizer
    rate = getattr(optimizer, "_learning_rate", None)
    loss, from_logits = _loss(model.loss)
    return {
        "optimizer": type(optimizer).__name__.lower(),
        "learning_rate": type(rate).__name__
        if hasattr(rate, "get_config") and not hasattr(rate, "numpy")
        else float(optimizer.learning_rate),
        "loss": loss,
        "from_logits": from_logits,
        "metrics": [_metric(metric) for metric in config.get("metrics") or []],
    }


def _loss(loss: Any) -> tuple[str | None, bool]:
    if loss is None:
        return None, False
    if isinstance(loss, str):
        name = _snake(loss)
    elif hasattr(loss, "get_config"):
        return _snake(type(loss).__name__), bool(loss.get_config().get("from_logits", False))
    else:
        name = getattr(loss, "__name__", type(loss).__name__)
    return _SHORT_LOSSES.get(name, name), False


def _metric(metric: Any) -> str:
    if isinstance(metric, Mapping):  # as Keras serialises an object or a function
        inner = metric.get("config")
        name = inner if isinstance(inner, str) else _snake(str(metric.get("class_name")))
    else:
        name = str(metric)
    return "accuracy" if name in _ACCURACIES else name


def _output_shape(layer: Any) -> Any:
    try:
        return _shape(layer.output.shape)
    except (AttributeError, ValueError):  # several outputs, or not built
        return None


def _shape(shape: Any) -> Any:
    if shape is None or isinstance(shape, (list, dict)):
        return None
    return tuple(None if size is None else int(size) for size in shape)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):  # an object or a function, serialised
        name = value.get("class_name")
        inner = value.get("config")
        return inner if name == "function" else _ACTIVATION_LAYERS.get(str(name), str(name))
    if isinstance(value, (tuple, list)):
        return tuple(_plain(item) for item in value)
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return str(value)


def _count(weights: Any) -> int:
    total = 0
    for weight in weights:
        size = 1
        for side in weight.shape:
            size *= int(side)
        total += size
    return total


def _equal(right: Any, answer: Any) -> bool:
    if isinstance(right, float) and isinstance(answer, (int, float)):
        return abs(right - answer) <= 1e-4 * abs(right)  # learning rates are kept in float32
    if isinstance(right, tuple) and isinstance(answer, (tuple, list)):
        return list(right) == list(answer)
    return bool(right == answer)


def _words(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    return repr(value) if isinstance(value, str) else str(value)


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
