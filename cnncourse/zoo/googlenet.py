"""Inception modules and GoogLeNet (Szegedy et al. 2015, Fig. 2–3 and Table 1)."""

from collections.abc import Sequence

from cnncourse.network import (
    AveragePool2D,
    Concatenate,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePool2D,
    Input,
    LocalResponseNormalization,
    MaxPool2D,
    Network,
    Node,
    branches,
    chain,
)
from cnncourse.network.shapes import Shape

Widths = tuple[int, int, int, int, int, int]

# 1×1, 3×3 reduce, 3×3, 5×5 reduce, 5×5, pool projection (Table 1). None: a pool with stride 2.
MODULES: dict[str, Widths] = {
    "3a": (64, 96, 128, 16, 32, 32),
    "3b": (128, 128, 192, 32, 96, 64),
    "4a": (192, 96, 208, 16, 48, 64),
    "4b": (160, 112, 224, 24, 64, 64),
    "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128),
    "5a": (256, 160, 320, 32, 128, 128),
    "5b": (384, 192, 384, 48, 128, 128),
}


def _conv(filters: int, kernel: int, name: str, strides: int = 1) -> Conv2D:
    return Conv2D(filters, kernel, strides=strides, padding="same", activation="relu", name=name)


def _reduced(x: Node, widths: Sequence[int], name: str) -> Node:
    one, reduce3, three, reduce5, five, pool = widths
    return branches(
        x,
        [_conv(one, 1, f"{name}_1x1")],
        [_conv(reduce3, 1, f"{name}_3x3_reduce"), _conv(three, 3, f"{name}_3x3")],
        [_conv(reduce5, 1, f"{name}_5x5_reduce"), _conv(five, 5, f"{name}_5x5")],
        [
            MaxPool2D(3, 1, "same", name=f"{name}_pool"),
            _conv(pool, 1, f"{name}_pool_proj"),
        ],
        join=Concatenate(name=f"{name}_output"),
    )


def inception_module(
    reduced: bool = True,
    widths: Widths = MODULES["3a"],
    input_shape: Shape = (28, 28, 192),
    name: str = "inception",
) -> Network:
    """One Inception module, by default 3a: with 1×1 reductions (Fig. 2b) or naive (Fig. 2a).

    The naive module keeps the depth of its 3×3, 5×5 and 1×1 paths, and its pooling path hands on
    every input channel: that is why the depth only grows.
    """
    x = Input(input_shape, name="image")()
    if reduced:
        return Network(f"{name}-reduced", _reduced(x, widths, name))
    one, _, three, _, five, _ = widths
    joined = branches(
        x,
        [_conv(one, 1, f"{name}_1x1")],
        [_conv(three, 3, f"{name}_3x3")],
        [_conv(five, 5, f"{name}_5x5")],
        [MaxPool2D(3, 1, "same", name=f"{name}_pool")],
        join=Concatenate(name=f"{name}_output"),
    )
    return Network(f"{name}-naive", joined)


def _auxiliary(x: Node, name: str, classes: int) -> Node:
    return chain(
        x,
        AveragePool2D(5, 3, name=f"{name}_pool"),
        _conv(128, 1, f"{name}_conv"),
        Flatten(name=f"{name}_flatten"),
        Dense(1024, activation="relu", name=f"{name}_fc"),
        Dropout(0.7, name=f"{name}_dropout"),
        Dense(classes, activation="softmax", name=f"{name}_classifier"),
    )


def googlenet(
    auxiliary: bool = False,
    input_shape: Shape = (224, 224, 3),
    classes: int = 1000,
) -> Network:
    """GoogLeNet: 22 layers with weights, 7.0 M parameters; with auxiliary classifiers, 13.4 M.

    The auxiliary classifiers sit on 4a and 4d (§5) and are thrown away after training.
    """
    x = chain(
        Input(input_shape, name="image"),
        _conv(64, 7, "conv1_7x7_s2", strides=2),
        MaxPool2D(3, 2, "same", name="pool1_3x3_s2"),
        LocalResponseNormalization(name="pool1_lrn"),
        _conv(64, 1, "conv2_3x3_reduce"),
        _conv(192, 3, "conv2_3x3"),
        LocalResponseNormalization(name="conv2_lrn"),
        MaxPool2D(3, 2, "same", name="pool2_3x3_s2"),
    )
    extra: list[Node] = []
    for module, widths in MODULES.items():
        x = _reduced(x, widths, f"inception_{module}")
        if module in ("3b", "4e"):
            x = MaxPool2D(3, 2, "same", name=f"pool{module[0]}_3x3_s2")(x)
        if auxiliary and module in ("4a", "4d"):
            extra.append(_auxiliary(x, f"auxiliary{len(extra) + 1}", classes))
    x = chain(
        x,
        GlobalAveragePool2D(name="pool5"),
        Dropout(0.4, name="dropout"),
        Dense(classes, activation="softmax", name="classifier"),
    )
    return Network("googlenet-auxiliary" if auxiliary else "googlenet", x, *extra)
