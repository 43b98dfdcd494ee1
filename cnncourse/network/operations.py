"""What each layer does for one example, by kind of operation, each with its formula.

A convention (`cnncourse.network.conventions`) then says how much each kind counts for.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

from cnncourse.network.base import Layer
from cnncourse.network.formula import Formula, Term
from cnncourse.network.graph import Node
from cnncourse.network.merge import Concatenate, Pointwise, _Elementwise
from cnncourse.network.shapes import Shape, volume
from cnncourse.network.simple import (
    Activation,
    Augmentation,
    BatchNormalization,
    Cropping2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePool2D,
    GlobalMaxPool2D,
    Input,
    LayerNormalization,
    LocalResponseNormalization,
    Opaque,
    Rescaling,
    Reshape,
    UpSampling2D,
    ZeroPadding2D,
)
from cnncourse.network.sliding import (
    AveragePool2D,
    Conv2D,
    DepthwiseConv2D,
    L2Pool2D,
    MaxPool2D,
    SeparableConv2D,
)

Operations = Mapping[str, Term]
_NONE: Operations = {}
_AXES = ("height", "width", "channels")


def operations(node: Node, *, taps: bool = False) -> Operations | None:
    """Kinds of operation and how many of each; None where the layer's work is not known.

    taps: count also the taps of a convolution that land on values, not on padding.
    """
    layer = node.layer
    if isinstance(layer, Opaque) or volume(node.shape) is None:
        return None
    if any(volume(shape) is None for shape in node.input_shapes):
        return None
    counter = _COUNTERS.get(type(layer))
    if counter is not None:
        found = counter(node, layer)
        return {**found, **_landing(node, layer)} if taps else found
    if isinstance(layer, Pointwise):
        return {f"pointwise:{layer.class_name}": _elements(node.shape)}
    if isinstance(layer, _Elementwise):
        # Tools sum two at a time: where small inputs are spread, the first sums may be small ones.
        uneven = "-uneven" if len(node.inputs) > 2 and len({*node.input_shapes}) > 1 else ""
        kind = f"merge:{layer.kind.lower()}{uneven}"
        return {kind: _elements(node.shape, len(node.inputs) - 1)}
    return None


def parameters(node: Node) -> Formula:
    """All parameters of a node, trainable or not, with the formula."""
    if node.shares or not node.weights:
        return Formula()
    layer, (shape, *_) = node.layer, node.input_shapes or (node.shape,)
    if isinstance(layer, Opaque | Pointwise):
        count = sum(weight.shape[0] for weight in node.weights)
        return Formula((Term("recorded", {"recorded": count}, count),))
    channels = shape[-1] or 0
    match layer:
        case Conv2D():
            (rows, columns), *_ = layer.geometry
            text, numbers = _kernel(layer.filters, rows, columns, channels, layer.groups)
            value = layer.filters * (rows * columns * (channels // layer.groups) + layer.use_bias)
        case DepthwiseConv2D():
            (rows, columns), *_ = layer.geometry
            text = "channels × kernel_h×kernel_w"
            numbers = {"channels": channels, "kernel_h": rows, "kernel_w": columns}
            value = channels * rows * columns
            if layer.depth_multiplier > 1:
                text = "multiplier × " + text
                numbers["multiplier"] = layer.depth_multiplier
                value *= layer.depth_multiplier
            if layer.use_bias:
                text = text.replace("kernel_h×kernel_w", "(kernel_h×kernel_w + 1)")
                value += channels * layer.depth_multiplier
            return Formula((Term(text, numbers, value),))
        case SeparableConv2D():
            (rows, columns), *_ = layer.geometry
            deep = channels * layer.depth_multiplier
            depthwise = Term(
                "kernel_h×kernel_w × deep",
                {"kernel_h": rows, "kernel_w": columns, "deep": deep},
                rows * columns * deep,
            )
            bias = " + 1" if layer.use_bias else ""
            pointwise = Term(
                f"filters × (deep{bias})",
                {"filters": layer.filters, "deep": deep},
                layer.filters * (deep + layer.use_bias),
            )
            return Formula((depthwise, pointwise))
        case Dense():
            text, numbers = "units × inputs", {"units": layer.units, "inputs": channels}
            value = layer.units * (channels + layer.use_bias)
        case _:
            size = node.weights[0].shape[0]
            each = sum(weight.shape[0] for weight in node.weights) // size
            return Formula((Term("channels", {"channels": size}, size, each),))
    if layer.use_bias:
        head, tail = text.split(" × ", 1)
        text = f"{head} × ({tail} + 1)"
    return Formula((Term(text, numbers, value),))


def _kernel(filters: int, rows: int, columns: int, channels: int, groups: int) -> Any:
    text = "filters × kernel_h×kernel_w×channels"
    numbers = {"filters": filters, "kernel_h": rows, "kernel_w": columns, "channels": channels}
    if groups > 1:
        text += "/groups"
        numbers["groups"] = groups
    return text, numbers


def _elements(shape: Shape, times: int = 1) -> Term:
    """All values of a tensor: ``height×width×channels``."""
    numbers: dict[str, int] = {}
    value = 1
    names = _AXES if len(shape) == 3 else ("channels",) if len(shape) == 1 else ()
    for name, size in zip(names or "abcdefgh", shape, strict=False):
        numbers[name] = size  # type: ignore[assignment]
        value *= size or 0
    return Term("×".join(numbers), numbers, value, times)


def elements(shape: Shape) -> Term:
    """The number of values in a tensor of known shape."""
    return _elements(shape)


def _after(operations: dict[str, Term], node: Node, layer: Any) -> Operations:
    """Add the bias and the activation that come with a convolution or a dense layer."""
    if layer.use_bias:
        operations["bias"] = _elements(node.shape)
    operations.update(_activated(layer.activation, node.shape))
    return operations


def _activated(name: str | None, shape: Shape) -> Operations:
    if name in (None, "linear"):
        return _NONE
    values = _elements(shape)
    if name != "softmax":
        return {f"activation:{name}": values}
    # Each position takes a maximum and a sum over its channels: reductions, as in global pooling.
    channels = shape[-1] or 1
    positions = Term(f"({values.symbols})/channels", values.numbers, values.value // channels)
    found = {
        "activation:softmax": values,
        **_reductions("activation:softmax", (channels,), positions),
        "activation:softmax-position": positions,
    }
    if positions.value > 1:
        found["activation:softmax-positions"] = positions
    return found


def _reductions(kind: str, sizes: tuple[int, ...], times: Term) -> dict[str, Term]:
    """How many pairs are joined to reduce ``sizes`` to one value, as often as ``times`` says.

    "whole": all values to one. "tree": as XLA compiles it for a CPU. It first reduces pieces of 32
    by axis where an axis is longer, and fills the last piece up, so that it joins more pairs.
    """
    found = {}
    for part, pairs in (("whole", math.prod(sizes) - 1), ("tree", _tree(sizes))):
        symbols, numbers = f"{times.symbols} × pairs", {**times.numbers, "pairs": pairs}
        found[f"{kind}-{part}"] = Term(symbols, numbers, times.value * pairs)
    return found


_PIECE = 32


def _tree(sizes: tuple[int, ...]) -> int:
    if max(sizes) <= _PIECE:
        return math.prod(sizes) - 1
    rest = tuple(-(-size // _PIECE) for size in sizes)
    pieces, piece = math.prod(rest), math.prod(min(size, _PIECE) for size in sizes)
    return pieces * (piece - 1) + _tree(rest)


def _positions(node: Node) -> dict[str, int]:
    height, width = node.shape[0], node.shape[1]
    assert height is not None and width is not None  # operations() has looked
    return {"out_h": height, "out_w": width}


def _convolution(node: Node, layer: Conv2D) -> Operations:
    channels = node.inputs[0].shape[2] or 0
    (rows, columns), *_ = layer.geometry
    text, kernel = _kernel(layer.filters, rows, columns, channels, layer.groups)
    per_position = layer.filters * rows * columns * (channels // layer.groups)
    found = _taps(node, layer, text, kernel, per_position)
    if layer.groups > 1:  # some tools do not look into what Keras makes of it
        found["groups"] = _elements(node.shape)
    return _after(found, node, layer)


def _depthwise(node: Node, layer: DepthwiseConv2D) -> Operations:
    deep = node.shape[2] or 0
    (rows, columns), *_ = layer.geometry
    numbers = {"channels": deep, "kernel_h": rows, "kernel_w": columns}
    text = "channels × kernel_h×kernel_w"
    return _after(_taps(node, layer, text, numbers, deep * rows * columns), node, layer)


def _taps(
    node: Node, layer: Any, text: str, kernel: dict[str, int], per_position: int
) -> dict[str, Term]:
    out = _positions(node)
    count = out["out_h"] * out["out_w"] * per_position
    term = Term(f"out_h×out_w × {text}", {**out, **kernel}, count)
    return {"multiply-add": term, **_dilation(node, layer)}


def _dilation(node: Node, layer: Any) -> dict[str, Term]:
    """Some tools rearrange a dilated convolution, and count that."""
    return {"dilation": _elements(node.shape)} if layer.geometry[3] != (1, 1) else {}


def _landing(node: Node, layer: Any) -> dict[str, Term]:
    """The mult-adds that meet a value, not a zero of padding.

    "inside" leaves out the layer's own padding; "folded" a ZeroPadding2D in front as well, which
    a compiler melts into the convolution.
    """
    if isinstance(layer, Dense):
        term = _dense(node, layer)["multiply-add"]
        return {"multiply-add-inside": term, "multiply-add-folded": term}
    if isinstance(layer, SeparableConv2D):  # two convolutions in one: nobody has measured it
        return {"multiply-add-separable": _separable(node, layer)["multiply-add"]}
    if not isinstance(layer, Conv2D | DepthwiseConv2D):
        return {}
    depth = node.shape[2] or 0
    if isinstance(layer, Conv2D):
        depth *= (node.inputs[0].shape[2] or 0) // layer.groups
    found = {}
    for kind, borders in (("inside", _NO_BORDER), ("folded", _border_before(node))):
        inside = _inside(node, layer, borders)
        numbers = {"inside": inside, "depth": depth}
        found[f"multiply-add-{kind}"] = Term("inside × depth", numbers, inside * depth)
    return found


_NO_BORDER = ((0, 0), (0, 0))


def _border_before(node: Node) -> Any:
    layer = node.inputs[0].layer
    return layer.padding if isinstance(layer, ZeroPadding2D) else _NO_BORDER


def _inside(node: Node, layer: Any, borders: Any) -> int:
    """Pairs of an output position and a tap that lands on a value and not on padding."""
    count = 1
    for axis, window in enumerate(layer.windows(*node.input_shapes)):
        size, (first, last) = node.inputs[0].shape[axis] or 0, borders[axis]
        count *= _inside_axis(
            size, node.shape[axis] or 0, window.kernel, window.stride, window.dilation,
            window.before or 0, first, last,
        )  # fmt: skip
    return count


def _inside_axis(
    size: int, out: int, kernel: int, stride: int, dilation: int, before: int, first: int, last: int
) -> int:
    total = 0
    for tap in range(kernel):
        offset = tap * dilation - before  # output i reads i·stride + offset
        lowest = max(0, -((offset - first) // stride))
        highest = min(out - 1, (size - last - 1 - offset) // stride)
        total += max(0, highest - lowest + 1)
    return total


def _separable(node: Node, layer: SeparableConv2D) -> Operations:
    channels = node.inputs[0].shape[2] or 0
    deep = channels * layer.depth_multiplier
    (rows, columns), *_ = layer.geometry
    numbers = {
        **_positions(node),
        "kernel_h": rows,
        "kernel_w": columns,
        "deep": deep,
        "filters": layer.filters,
    }
    count = numbers["out_h"] * numbers["out_w"] * deep * (rows * columns + layer.filters)
    text = "out_h×out_w × deep×(kernel_h×kernel_w + filters)"
    found = {"multiply-add": Term(text, numbers, count), **_dilation(node, layer)}
    return _after(found, node, layer)


def _dense(node: Node, layer: Dense) -> Operations:
    inputs = node.inputs[0].shape[-1] or 0
    numbers = {"inputs": inputs, "units": layer.units}
    text, value = "inputs × units", inputs * layer.units
    positions = 1
    for size in node.shape[:-1]:
        positions *= size or 0
    if positions > 1:
        text, numbers["positions"] = "positions × " + text, positions
    term = Term(text, numbers, value * positions)
    kinds = dict.fromkeys(("multiply-add", "multiply-add-inside", "multiply-add-folded"), term)
    if positions > 1:  # some tools count the weights once, whatever their number of uses
        kinds["dense-positions"] = _elements(node.shape)
    return _after(kinds, node, layer)


def _batch_norm(node: Node, layer: BatchNormalization) -> Operations:
    channels = node.layer.weights(*node.input_shapes)[-1].shape[0]
    term = Term("channels", {"channels": channels}, channels)
    found = {"batch-norm-channel": term}  # each channel's scale and shift, computed once
    if layer.scale:
        found["batch-norm-scale"] = term
    if layer.center:
        found["batch-norm-center"] = term
    return {**found, **_normalised("batch-norm", node, layer, channels)}


def _layer_norm(node: Node, layer: LayerNormalization) -> Operations:
    return _normalised("layer-norm", node, layer, node.shape[-1] or 0)


def _normalised(kind: str, node: Node, layer: Any, channels: int) -> dict[str, Term]:
    """The values, and again by what is learned: PyTorch knows gamma and beta, or neither."""
    learned = layer.scale + layer.center
    how = ("bare", "half", "affine")[learned]
    return {
        kind: _elements(node.shape),
        f"{kind}-{how}": _elements(node.shape),
        f"{kind}-parameters": Term("channels", {"channels": channels}, channels, learned),
    }


def _pool(kind: str) -> Callable[[Node, Any], Operations]:
    def count(node: Node, layer: Any) -> Operations:
        (rows, columns), *_ = layer.geometry
        out = _elements(node.shape)
        area = rows * columns
        window = Term(
            f"{out.symbols} × pool_h×pool_w",
            {**out.numbers, "pool_h": rows, "pool_w": columns},
            out.value * area,
        )
        input_values = _elements(node.inputs[0].shape)
        found = {f"{kind}-window": window, f"{kind}-input": input_values, f"{kind}-output": out}
        found[f"{kind}-padding" if layer.padding == "same" else f"{kind}-whole"] = Term(
            f"{out.symbols} × (pool_h×pool_w - 1)", window.numbers, out.value * (area - 1)
        )
        return found

    return count


def _global(kind: str) -> Callable[[Node, Any], Operations]:
    def count(node: Node, layer: Any) -> Operations:
        rows, columns, _ = node.inputs[0].shape
        out = _elements((node.shape[-1],))
        return {
            f"{kind}-input": _elements(node.inputs[0].shape),
            **_reductions(kind, (rows or 1, columns or 1), out),
            f"{kind}-output": out,
        }

    return count


def _per_value(kind: str) -> Callable[[Node, Any], Operations]:
    return lambda node, layer: {kind: _elements(node.shape)}


def _nothing(node: Node, layer: Any) -> Operations:
    return _NONE


def _activation(node: Node, layer: Activation) -> Operations:
    return _activated(layer.activation, node.shape)


def _upsampling(node: Node, layer: UpSampling2D) -> Operations:
    return {
        "upsampling": _elements(node.shape),
        "upsampling-axis": Term("axes", {"axes": 2}, 2),
    }


_COUNTERS: dict[type[Layer], Callable[[Node, Any], Operations]] = {
    Conv2D: _convolution,
    DepthwiseConv2D: _depthwise,
    SeparableConv2D: _separable,
    Dense: _dense,
    BatchNormalization: _batch_norm,
    LayerNormalization: _layer_norm,
    LocalResponseNormalization: _per_value("local-response-norm"),
    Activation: _activation,
    MaxPool2D: _pool("max-pool"),
    AveragePool2D: _pool("average-pool"),
    L2Pool2D: _pool("l2-pool"),
    GlobalAveragePool2D: _global("global-average"),
    GlobalMaxPool2D: _global("global-max"),
    Rescaling: _per_value("rescaling"),
    UpSampling2D: _upsampling,
    ZeroPadding2D: lambda node, layer: {"pad": Term("pads", {"pads": 1}, 1)},
    **dict.fromkeys(
        (Input, Dropout, Augmentation, Flatten, Reshape, Cropping2D, Concatenate),
        _nothing,  # values are moved or left alone: measured, no tool counts it
    ),
}

__all__ = ["Operations", "elements", "operations", "parameters"]
