"""VGG (Simonyan and Zisserman 2015, Table 1): six depths of one idea."""

from cnncourse.network import (
    Conv2D,
    Dense,
    Flatten,
    Input,
    Layer,
    LocalResponseNormalization,
    MaxPool2D,
    Network,
)
from cnncourse.network.shapes import Shape

_FILTERS = (64, 128, 256, 512, 512)
# Kernel sizes of the convolutions in each of the five blocks.
_KERNELS = {
    "A": ((3,), (3,), (3, 3), (3, 3), (3, 3)),
    "B": ((3, 3), (3, 3), (3, 3), (3, 3), (3, 3)),
    "C": ((3, 3), (3, 3), (3, 3, 1), (3, 3, 1), (3, 3, 1)),
    "D": ((3, 3), (3, 3), (3, 3, 3), (3, 3, 3), (3, 3, 3)),
    "E": ((3, 3), (3, 3), (3, 3, 3, 3), (3, 3, 3, 3), (3, 3, 3, 3)),
}
_KERNELS["A-LRN"] = _KERNELS["A"]
CONFIGURATIONS = ("A", "A-LRN", "B", "C", "D", "E")


def vgg(
    configuration: str = "D",
    input_shape: Shape = (224, 224, 3),
    classes: int = 1000,
    top: bool = True,
) -> Network:
    """One of the configurations A, A-LRN, B, C, D (VGG-16) and E (VGG-19), with Keras's names.

    top: with the three dense layers; without, the network ends at ``block5_pool``.
    """
    name = str(configuration).upper()
    if name not in _KERNELS:
        raise ValueError(
            f"VGG has no configuration {configuration!r}. Choose {', '.join(CONFIGURATIONS)}."
        )
    layers: list[Layer] = []
    for block, (filters, kernels) in enumerate(zip(_FILTERS, _KERNELS[name], strict=True), start=1):
        for index, kernel in enumerate(kernels, start=1):
            layers.append(
                Conv2D(
                    filters,
                    kernel,
                    padding="same",
                    activation="relu",
                    name=f"block{block}_conv{index}",
                )
            )
            if name == "A-LRN" and block == 1:
                layers.append(LocalResponseNormalization(name="block1_lrn"))
        layers.append(MaxPool2D(name=f"block{block}_pool"))
    if top:
        layers += [
            Flatten(name="flatten"),
            Dense(4096, activation="relu", name="fc1"),
            Dense(4096, activation="relu", name="fc2"),
            Dense(classes, activation="softmax", name="predictions"),
        ]
    title = {"D": "vgg16", "E": "vgg19"}.get(name, f"vgg-{name.lower()}")
    return Network.chain(title, Input(input_shape, name="image"), *layers)
