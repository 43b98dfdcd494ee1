"""Networks as data: declare one, or read it from Keras, and ask for its cost and receptive fields.

    net = Network.chain("small", Input((28, 28, 1)), Conv2D(32, 3), Flatten(), Dense(10))
    print(net.table())

Nothing here imports TensorFlow, except `from_keras`, `Network.to_keras` and `effective_field`.
"""

from typing import TYPE_CHECKING, Any

from cnncourse.network.base import Layer, Weight, Window
from cnncourse.network.conventions import CONVENTIONS, Convention
from cnncourse.network.cost import Cost, LayerCost, cost
from cnncourse.network.formula import Formula
from cnncourse.network.graph import Network, Node, branches, chain
from cnncourse.network.merge import (
    Add,
    Average,
    Concatenate,
    Maximum,
    Minimum,
    Multiply,
    Pointwise,
    Subtract,
)
from cnncourse.network.shapes import ShapeError, parse_shape, shape_text
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

if TYPE_CHECKING:
    from cnncourse.network.building import to_keras as to_keras
    from cnncourse.network.effective import EffectiveField as EffectiveField
    from cnncourse.network.effective import effective_field as effective_field
    from cnncourse.network.reading import from_keras as from_keras
    from cnncourse.network.reading import load as load
    from cnncourse.network.receptive import ReceptiveField as ReceptiveField
    from cnncourse.network.receptive import receptive_field as receptive_field
    from cnncourse.network.receptive import receptive_fields as receptive_fields
    from cnncourse.network.trace import Trace as Trace

_LAZY = {
    "EffectiveField": "effective",
    "effective_field": "effective",
    "from_keras": "reading",
    "load": "reading",
    "ReceptiveField": "receptive",
    "receptive_field": "receptive",
    "receptive_fields": "receptive",
    "to_keras": "building",
    "Trace": "trace",
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    value = getattr(importlib.import_module(f"{__name__}.{_LAZY[name]}"), name)
    globals()[name] = value  # the function, not the module of the same name
    return value


__all__ = [
    "CONVENTIONS",
    "Activation",
    "Add",
    "Augmentation",
    "Average",
    "AveragePool2D",
    "BatchNormalization",
    "Concatenate",
    "Conv2D",
    "Convention",
    "Cost",
    "Cropping2D",
    "Dense",
    "DepthwiseConv2D",
    "Dropout",
    "EffectiveField",
    "Flatten",
    "Formula",
    "GlobalAveragePool2D",
    "GlobalMaxPool2D",
    "Input",
    "L2Pool2D",
    "Layer",
    "LayerCost",
    "LayerNormalization",
    "LocalResponseNormalization",
    "MaxPool2D",
    "Maximum",
    "Minimum",
    "Multiply",
    "Network",
    "Node",
    "Opaque",
    "Pointwise",
    "ReceptiveField",
    "Rescaling",
    "Reshape",
    "SeparableConv2D",
    "ShapeError",
    "Subtract",
    "Trace",
    "UpSampling2D",
    "Weight",
    "Window",
    "ZeroPadding2D",
    "branches",
    "chain",
    "cost",
    "effective_field",
    "from_keras",
    "load",
    "parse_shape",
    "receptive_field",
    "receptive_fields",
    "shape_text",
    "to_keras",
]
