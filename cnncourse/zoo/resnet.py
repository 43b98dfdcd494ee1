"""ResNet and its plain twins (He et al. 2016, Table 1 and Fig. 3)."""

from cnncourse.network import (
    Activation,
    Add,
    BatchNormalization,
    Conv2D,
    Dense,
    GlobalAveragePool2D,
    Input,
    Layer,
    MaxPool2D,
    Network,
    Node,
    ZeroPadding2D,
    branches,
    chain,
)
from cnncourse.network.shapes import Shape

BLOCKS = {
    18: (2, 2, 2, 2),
    34: (3, 4, 6, 3),
    50: (3, 4, 6, 3),
    101: (3, 4, 23, 3),
    152: (3, 8, 36, 3),
}
_FILTERS = (64, 128, 256, 512)


def resnet(
    depth: int = 50,
    stride_in: str = "1x1",
    input_shape: Shape = (224, 224, 3),
    classes: int = 1000,
) -> Network:
    """ResNet-18, 34, 50, 101 or 152, convolutions without bias, each with batch norm.

    stride_in: where a bottleneck halves the picture: in its first ``"1x1"`` convolution, as in the
    paper and in Keras, or in its ``"3x3"``, as in torchvision ("v1.5"): a different network under
    the same name. ResNet-18 and 34 have no bottleneck, and the choice changes nothing there.
    """
    if depth not in BLOCKS:
        raise ValueError(
            f"There is no ResNet-{depth}: choose one of {', '.join(map(str, BLOCKS))}."
        )
    if stride_in not in ("1x1", "3x3"):
        raise ValueError(f"stride_in must be '1x1' or '3x3': got {stride_in!r}.")
    variant = "-stride3x3" if stride_in == "3x3" and depth >= 50 else ""
    return _build(f"resnet{depth}{variant}", depth, True, stride_in, input_shape, classes)


def plain(depth: int = 34, input_shape: Shape = (224, 224, 3), classes: int = 1000) -> Network:
    """The plain network of 18 or 34 layers: ResNet's without the skip connections."""
    if depth not in (18, 34):
        raise ValueError(f"There is no plain-{depth}: the paper has plain-18 and plain-34.")
    return _build(f"plain{depth}", depth, False, "1x1", input_shape, classes)


def _build(
    name: str, depth: int, residual: bool, stride_in: str, input_shape: Shape, classes: int
) -> Network:
    x = chain(
        Input(input_shape, name="image"),
        ZeroPadding2D(3, name="conv1_pad"),
        *_conv(64, 7, 2, "conv1", padding="valid"),
        Activation("relu", name="conv1_relu"),
        ZeroPadding2D(1, name="pool1_pad"),
        MaxPool2D(3, 2, name="pool1_pool"),
    )
    for stage, (count, filters) in enumerate(zip(BLOCKS[depth], _FILTERS, strict=True), start=2):
        for index in range(1, count + 1):
            strides = 2 if index == 1 and stage > 2 else 1
            title = f"conv{stage}_block{index}"
            if depth < 50:
                path = _basic(filters, strides, title)
                width = filters
            else:
                path = _bottleneck(filters, strides, stride_in, title)
                width = 4 * filters
            x = _block(x, path, width, strides, title, residual)
    return Network(
        name,
        chain(
            x,
            GlobalAveragePool2D(name="avg_pool"),
            Dense(classes, activation="softmax", name="predictions"),
        ),
    )


def _block(x: Node, path: list[Layer], width: int, strides: int, name: str, residual: bool) -> Node:
    if not residual:
        x = chain(x, *path)
    elif strides > 1 or x.shape[-1] != width:  # option B: a projection where the shape changes
        shortcut = _conv(width, 1, strides, f"{name}_0")
        x = branches(x, shortcut, path, join=Add(name=f"{name}_add"))
    else:
        x = branches(x, [], path, join=Add(name=f"{name}_add"))
    return Activation("relu", name=f"{name}_out")(x)


def _conv(filters: int, kernel: int, strides: int, name: str, padding: str = "same") -> list[Layer]:
    layers: list[Layer] = []
    if kernel == 3 and strides == 2:  # "same" would pad only behind: the paper pads all around
        layers.append(ZeroPadding2D(1, name=f"{name}_pad"))
        padding = "valid"
    return [
        *layers,
        Conv2D(
            filters,
            kernel,
            strides=strides,
            padding=padding,
            use_bias=False,
            name=f"{name}_conv",
        ),
        BatchNormalization(name=f"{name}_bn"),
    ]


def _basic(filters: int, strides: int, name: str) -> list[Layer]:
    return [
        *_conv(filters, 3, strides, f"{name}_1"),
        Activation("relu", name=f"{name}_1_relu"),
        *_conv(filters, 3, 1, f"{name}_2"),
    ]


def _bottleneck(filters: int, strides: int, stride_in: str, name: str) -> list[Layer]:
    first, second = (strides, 1) if stride_in == "1x1" else (1, strides)
    return [
        *_conv(filters, 1, first, f"{name}_1"),
        Activation("relu", name=f"{name}_1_relu"),
        *_conv(filters, 3, second, f"{name}_2"),
        Activation("relu", name=f"{name}_2_relu"),
        *_conv(4 * filters, 1, 1, f"{name}_3"),
    ]
