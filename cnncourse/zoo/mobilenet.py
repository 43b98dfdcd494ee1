"""MobileNet v1 (Howard et al. 2017, Table 1)."""

from cnncourse.network import (
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Dropout,
    GlobalAveragePool2D,
    Input,
    Layer,
    Network,
    ZeroPadding2D,
)

# Filters and stride of each separable block; the shallow variant drops the five 14×14×512 blocks.
BLOCKS = (
    (64, 1),
    (128, 2),
    (128, 1),
    (256, 2),
    (256, 1),
    (512, 2),
    *[(512, 1)] * 5,
    (1024, 2),
    (1024, 1),
)
_SHALLOW = (*BLOCKS[:6], *BLOCKS[11:])


def mobilenet(
    alpha: float = 1.0,
    resolution: int = 224,
    shallow: bool = False,
    separable: bool = True,
    classes: int = 1000,
) -> Network:
    """MobileNet with width multiplier ``alpha`` and resolution multiplier ``resolution / 224``.

    shallow: without the five blocks of 14×14×512 (Table 5). separable: false gives the twin with
    ordinary 3×3 convolutions (Table 4). Parameters do not depend on the resolution.
    """
    if not 1 / 32 <= alpha <= 4:  # the first layer has 32 filters
        raise ValueError(
            f"alpha must lie between 1/32 and 4 (1, 0.75, 0.5, 0.25 in the paper): got {alpha!r}."
        )
    if resolution < 32:
        raise ValueError(f"MobileNet halves the picture five times: {resolution} is less than 32.")
    layers: list[Layer] = _normalised(
        Conv2D(int(32 * alpha), 3, strides=2, padding="same", use_bias=False, name="conv1"), "conv1"
    )
    for index, (filters, strides) in enumerate(_SHALLOW if shallow else BLOCKS, start=1):
        width = int(filters * alpha)
        if separable:
            if strides == 2:  # as in Keras: zeros behind, which is "same" for an even size
                layers.append(ZeroPadding2D(((0, 1), (0, 1)), name=f"conv_pad_{index}"))
            depthwise = DepthwiseConv2D(
                3,
                strides=strides,
                padding="valid" if strides == 2 else "same",
                use_bias=False,
                name=f"conv_dw_{index}",
            )
            pointwise = Conv2D(width, 1, use_bias=False, name=f"conv_pw_{index}")
            layers += _normalised(depthwise, f"conv_dw_{index}")
            layers += _normalised(pointwise, f"conv_pw_{index}")
        else:
            whole = Conv2D(
                width, 3, strides=strides, padding="same", use_bias=False, name=f"conv_{index}"
            )
            layers += _normalised(whole, f"conv_{index}")
    name = "mobilenet" + ("-shallow" if shallow else "") + ("" if separable else "-conv")
    if alpha != 1 or resolution != 224:
        name += f"-{alpha:g}-{resolution}"
    return Network.chain(
        name,
        Input((resolution, resolution, 3), name="image"),
        *layers,
        GlobalAveragePool2D(name="global_average_pooling"),
        Dropout(0.001, name="dropout"),
        Dense(classes, activation="softmax", name="predictions"),
    )


def _normalised(layer: Layer, name: str) -> list[Layer]:
    return [
        layer,
        BatchNormalization(name=f"{name}_bn"),
        Activation("relu6", name=f"{name}_relu"),
    ]
