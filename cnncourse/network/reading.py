"""From any functional or sequential Keras model to a network.

Layers that are not described in this package (Lambda, custom layers, rare ones) become `Opaque`:
their shape and parameter count are what Keras recorded, their work is unknown, and totals say so.
"""

import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from cnncourse.network import merge, simple, sliding
from cnncourse.network.base import Layer
from cnncourse.network.graph import Network, Node, place
from cnncourse.network.shapes import Shape, ShapeError


def load(path: str | Path) -> Network:
    """Read a ``.keras`` file, in Keras's safe mode only: nothing in the file is executed.

    Raises FileNotFoundError, or ValueError where the file is damaged or cannot be read without its
    own code (a Lambda layer holds Python; a custom layer is not known here).
    """
    path = Path(path)
    config = _config(path)
    import keras
    from keras.src.saving.serialization_lib import SafeModeScope

    from cnncourse.network.building import _own_layers

    _own_layers()  # so that our own two layers are known
    try:
        # The scope, for keras.config.enable_unsafe_deserialization() would win over the argument.
        with SafeModeScope(True):
            model = keras.saving.load_model(path, compile=False, safe_mode=True)
    except Exception as error:
        lambdas, custom = _code_in(config, keras.saving.get_registered_object)
        if lambdas or custom:
            what = [f"the Lambda layer {name!r} is Python code" for name in lambdas]
            what += [f"Keras knows no class {name!r}" for name in custom]
            reason = f"{', and '.join(what)}."
        else:
            reason = str(error).strip().split("\n")[0]
        raise ValueError(
            f"{path.name!r} cannot be read in safe mode, and others are not used: {reason} If you "
            "trust the file, build or load the model in Python and read it with from_keras(model)."
        ) from error
    return from_keras(model)


def _config(path: Path) -> Any:
    """What the file says of its layers. Raises as `load`."""
    if not path.exists():
        raise FileNotFoundError(f"There is no file {str(path)!r}.")
    if not path.is_file():
        raise ValueError(f"{str(path)!r} is a folder, and not a .keras file.")
    if path.suffix != ".keras":
        raise ValueError(
            f"{path.name!r} is not a .keras file. Older formats (.h5, SavedModel) can hold code; "
            "save the model again with model.save('name.keras')."
        )
    try:
        with zipfile.ZipFile(path) as archive:
            return json.loads(archive.read("config.json"))
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, RuntimeError) as error:
        raise ValueError(
            f"{path.name!r} is not a whole .keras file ({error}). It may have been cut short: save "
            "it again with model.save('name.keras')."
        ) from None


def _code_in(config: Any, registered: Callable[[str], Any]) -> tuple[list[str], list[str]]:
    """Lambda layers by name, and classes that are neither Keras's nor registered."""
    lambdas, custom = [], []
    waiting = [config]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            waiting.extend(reversed(each.values()))
            kind, module = each.get("class_name"), each.get("module")
            if not isinstance(kind, str) or "config" not in each:
                continue
            if kind == "Lambda":
                inner = each["config"] if isinstance(each["config"], dict) else {}
                lambdas.append(str(inner.get("name", kind)))
            elif str(module).split(".")[0] != "keras" and kind != "function":
                known = registered(str(each.get("registered_name") or kind))
                if known is None and kind not in custom:
                    custom.append(kind)
        elif isinstance(each, list):
            waiting.extend(reversed(each))
    return lambdas, custom


def from_keras(model: Any, name: str | None = None) -> Network:
    """Read a functional or sequential Keras model; models inside it are opened up.

    Layer names stay; those of an inner model get its name in front (``vgg16.block1_conv1``).
    Raises ValueError for a model that has no graph: subclassed, or sequential and not built.
    """
    graph = _graph(model)
    if graph is None:
        what = type(model).__name__
        how = (
            "build it first: give it an Input, or call model.build((None, 224, 224, 3))"
            if what == "Sequential"
            else "only functional and sequential models keep a graph of their layers"
        )
        raise ValueError(f"{what} {getattr(model, 'name', '')!r} cannot be read: {how}.")
    reader = _Reader()
    outputs = reader.read(graph, prefix="", given=None)
    return Network(name or model.name, outputs)


def _graph(model: Any) -> Any:
    """The functional graph of a model, or None."""
    inner = getattr(model, "_functional", None)  # what a built Sequential keeps
    graph = inner if inner is not None else model
    return graph if hasattr(graph, "_nodes_by_depth") else None


class _Reader:
    """Walks a model's nodes in order and places a layer for each."""

    def __init__(self) -> None:
        self.first_use: dict[int, Node] = {}
        self.taken: set[str] = set()

    def read(self, graph: Any, prefix: str, given: list[Node] | None) -> list[Node]:
        """The graph's output nodes; ``given`` stand for its inputs where it is an inner model."""
        made: dict[int, Node] = {}
        for tensor, node in zip(graph.inputs, given or [], strict=bool(given)):
            made[id(tensor)] = node
        for depth in sorted(graph._nodes_by_depth, reverse=True):
            for step in graph._nodes_by_depth[depth]:
                if step.is_input:
                    for tensor in step.output_tensors:
                        if id(tensor) not in made:
                            made[id(tensor)] = self._input(step, tensor, prefix)
                else:
                    inputs = [made[id(tensor)] for tensor in step.input_tensors]
                    results = self._place(step, inputs, prefix)
                    for tensor, node in zip(step.output_tensors, results, strict=True):
                        made[id(tensor)] = node
        return [made[id(tensor)] for tensor in graph.outputs]

    def _input(self, step: Any, tensor: Any, prefix: str) -> Node:
        layer = simple.Input(_shape(tensor), name=self._name(prefix + step.operation.name))
        return place(layer, [])

    def _place(self, step: Any, inputs: list[Node], prefix: str) -> list[Node]:
        operation = step.operation
        inner = _graph(operation)
        if inner is not None:
            return self.read(inner, f"{prefix}{operation.name}.", inputs)
        shapes = [_shape(tensor) for tensor in step.output_tensors]
        first = self.first_use.get(id(operation))
        nodes = []
        for index, shape in enumerate(shapes):
            name = self._name(prefix + operation.name)
            layer = describe(operation, name, shape, len(inputs)) if len(shapes) == 1 else None
            if layer is None:
                layer = _opaque(operation, name, shape, inputs, count=index == 0)
            node = self._check(layer, operation, inputs, shape, first)
            first = first or node
            nodes.append(node)
        self.first_use.setdefault(id(operation), nodes[0])
        return nodes

    def _check(
        self, layer: Layer, operation: Any, inputs: list[Node], shape: Shape, first: Node | None
    ) -> Node:
        """Our node, if it has the shape that Keras recorded; else the layer is taken as opaque."""
        shares = first if first is not None and first.layer.kind == layer.kind else None
        try:
            node = place(layer, inputs, shares)
            if node.shape == shape and _same_count(node, operation):
                return node
        except (ShapeError, IndexError):
            pass
        opaque = _opaque(operation, layer.name, shape, inputs, count=first is None)
        return place(opaque, inputs, shares)

    def _name(self, name: str) -> str:
        free, count = name, 1
        while free in self.taken:
            free, count = f"{name}_{count}", count + 1
        self.taken.add(free)
        return free


def _same_count(node: Node, operation: Any) -> bool:
    """Whether we see as many parameters as Keras; not asked of a place that shares its weights."""
    if node.shares or not hasattr(operation, "count_params"):
        return True
    ours = sum(_volume(weight.shape) for weight in node.weights)
    return bool(ours == operation.count_params())


def _shape(tensor: Any) -> Shape:
    return tuple(tensor.shape[1:])


def _volume(shape: Any) -> int:
    count = 1
    for size in shape:
        count *= size
    return count


def _opaque(
    operation: Any, name: str, shape: Shape, inputs: Sequence[Node], *, count: bool = True
) -> simple.Opaque:
    moving, fixed = _recorded(operation) if count else (0, 0)
    came_in = tuple(node.shape for node in inputs)
    return simple.Opaque(type(operation).__name__, shape, moving, fixed, came_in, name=name)


def _recorded(operation: Any) -> tuple[int, int]:
    """How many parameters Keras counts: those of the kind that training moves, and the others."""

    def total(weights: Any) -> int:
        return sum(_volume(weight.shape) for weight in weights)

    fixed = total(getattr(operation, "non_trainable_variables", ()))
    weights = total(getattr(operation, "weights", ()))
    moving = total(getattr(operation, "trainable_weights", ()))
    return (
        (moving, weights - moving)
        if getattr(operation, "trainable", True)
        else (max(weights - fixed, 0), min(fixed, weights))
    )


def describe(layer: Any, name: str, shape: Shape, inputs: int = 1) -> Layer | None:
    """The description of a Keras layer or operation, or None where there is none.

    Only classes of Keras's own are read by their class name: a custom ``Dense`` is not a Dense.
    """
    module = type(layer).__module__ or ""
    package = getattr(type(layer), "_api_export_path", "") or ""
    ours = module.startswith("cnncourse.")
    if not (module.startswith("keras.") or ours or str(package).startswith("keras.")):
        return None
    if getattr(layer, "data_format", None) == "channels_first":
        return None
    kind = type(layer).__name__
    common: dict[str, Any] = {"name": name}
    common["trainable"] = bool(getattr(layer, "trainable", True))
    if kind in _POINTWISE or (inputs == 1 and kind in _ARITHMETIC):
        moving, fixed = _recorded(layer)
        return merge.Pointwise(kind, moving, fixed, **common)
    read = _READERS.get(kind)
    return None if read is None else read(layer, common, shape)


# Keras's own layers and operations that work on each value, or each place, alone.
_POINTWISE = frozenset(
    {
        "CustomScaleLayer",
        "ELU",
        "GaussianDropout",
        "GaussianNoise",
        "HardSigmoid",
        "HardSwish",
        "Identity",
        "LayerScale",
        "LeakyReLU",
        "Normalization",
        "PReLU",
        "Relu",
        "Relu6",
        "Sigmoid",
        "Silu",
        "SpatialDropout2D",
        "StochasticDepth",
        "Tanh",
    }
)
_ARITHMETIC = frozenset(
    {"Add", "Divide", "Maximum", "Minimum", "Multiply", "Subtract", "TrueDivide"}
)


def _activation(layer: Any) -> str | None:
    function = getattr(layer, "activation", None)
    name = getattr(function, "__name__", type(function).__name__)
    return None if function is None or name == "linear" else str(name)


def _conv(layer: Any) -> dict[str, Any]:
    return {
        "kernel_size": tuple(layer.kernel_size),
        "strides": tuple(layer.strides),
        "padding": layer.padding,
        "dilation_rate": tuple(layer.dilation_rate),
        "activation": _activation(layer),
        "use_bias": layer.use_bias,
    }


def _relu(layer: Any, common: dict[str, Any], shape: Shape) -> Layer:
    usual = not layer.negative_slope and not layer.threshold
    name = {None: "relu", 6.0: "relu6"}.get(layer.max_value) if usual else None
    return simple.Activation(name, **common) if name else merge.Pointwise("ReLU", **common)


def _softmax(layer: Any, common: dict[str, Any], shape: Shape) -> Layer | None:
    return simple.Activation("softmax", **common) if layer.axis in (-1, len(shape)) else None


def _pool(kind: Callable[..., Layer]) -> Callable[..., Layer]:
    return lambda layer, common, shape: kind(
        tuple(layer.pool_size), tuple(layer.strides), layer.padding, **common
    )


def _same_arguments(kind: Callable[..., Layer], *names: str) -> Callable[..., Layer]:
    return lambda layer, common, shape: kind(
        **{name: getattr(layer, name) for name in names}, **common
    )


def _upsampling(layer: Any, common: dict[str, Any], shape: Shape) -> Layer | None:
    if layer.interpolation != "nearest":
        return None
    return simple.UpSampling2D(tuple(layer.size), **common)


def _concatenate(layer: Any, common: dict[str, Any], shape: Shape) -> Layer | None:
    return merge.Concatenate(**common) if layer.axis in (-1, len(shape)) else None


def _layer_norm(layer: Any, common: dict[str, Any], shape: Shape) -> Layer | None:
    axis = layer.axis if isinstance(layer.axis, int) else tuple(layer.axis)
    if axis not in (-1, len(shape), (-1,), (len(shape),)):
        return None
    return simple.LayerNormalization(layer.center, layer.scale, **common)


def _batch_norm(layer: Any, common: dict[str, Any], shape: Shape) -> Layer:
    axis = -1 if layer.axis in (-1, len(shape)) else layer.axis
    return simple.BatchNormalization(layer.center, layer.scale, axis, **common)


def _rescaling(layer: Any, common: dict[str, Any], shape: Shape) -> Layer:
    return simple.Rescaling(_number(layer.scale), _number(layer.offset), **common)


def _number(value: Any) -> Any:
    return value if isinstance(value, int | float) else tuple(float(each) for each in value)


def _augmentation(layer: Any, common: dict[str, Any], shape: Shape) -> Layer:
    config = layer.get_config()
    drop = ("name", "trainable", "dtype")
    settings = tuple(
        (key, tuple(value) if isinstance(value, list) else value)
        for key, value in sorted(config.items())
        if key not in drop and isinstance(value, str | int | float | list | tuple | type(None))
    )
    return simple.Augmentation(type(layer).__name__, settings, **common)


def _reshape(layer: Any, common: dict[str, Any], shape: Shape) -> Layer | None:
    return None if None in shape else simple.Reshape(shape, **common)  # type: ignore[arg-type]


def _merged(kind: Callable[..., Layer]) -> Callable[..., Layer]:
    return lambda layer, common, shape: kind(**common)


_READERS: Mapping[str, Callable[[Any, dict[str, Any], Shape], Layer | None]] = {
    "Conv2D": lambda layer, common, shape: sliding.Conv2D(
        layer.filters, groups=layer.groups, **_conv(layer), **common
    ),
    "DepthwiseConv2D": lambda layer, common, shape: sliding.DepthwiseConv2D(
        depth_multiplier=layer.depth_multiplier, **_conv(layer), **common
    ),
    "SeparableConv2D": lambda layer, common, shape: sliding.SeparableConv2D(
        layer.filters, depth_multiplier=layer.depth_multiplier, **_conv(layer), **common
    ),
    "Dense": lambda layer, common, shape: simple.Dense(
        layer.units, _activation(layer), layer.use_bias, **common
    ),
    "MaxPooling2D": _pool(sliding.MaxPool2D),
    "AveragePooling2D": _pool(sliding.AveragePool2D),
    "L2Pool2D": _pool(sliding.L2Pool2D),
    "GlobalAveragePooling2D": _same_arguments(simple.GlobalAveragePool2D, "keepdims"),
    "GlobalMaxPooling2D": _same_arguments(simple.GlobalMaxPool2D, "keepdims"),
    "BatchNormalization": _batch_norm,
    "LayerNormalization": _layer_norm,
    "LocalResponseNormalization": lambda layer, common, shape: simple.LocalResponseNormalization(
        **layer.settings, **common
    ),
    "Activation": lambda layer, common, shape: simple.Activation(
        _activation(layer) or "linear", **common
    ),
    "ReLU": _relu,
    "Softmax": _softmax,
    "Dropout": _same_arguments(simple.Dropout, "rate"),
    "Rescaling": _rescaling,
    "Flatten": _same_arguments(simple.Flatten),
    "Reshape": _reshape,
    "ZeroPadding2D": _same_arguments(simple.ZeroPadding2D, "padding"),
    "Cropping2D": _same_arguments(simple.Cropping2D, "cropping"),
    "UpSampling2D": _upsampling,
    "Concatenate": _concatenate,
    "Add": _merged(merge.Add),
    "Multiply": _merged(merge.Multiply),
    "Subtract": _merged(merge.Subtract),
    "Average": _merged(merge.Average),
    "Maximum": _merged(merge.Maximum),
    "Minimum": _merged(merge.Minimum),
    **dict.fromkeys(
        (
            "RandomFlip",
            "RandomRotation",
            "RandomZoom",
            "RandomTranslation",
            "RandomContrast",
            "RandomBrightness",
        ),
        _augmentation,
    ),
}
