"""The lecture's convnet for photographs of cats and dogs."""

from cnncourse.network import Conv2D, Dense, Dropout, Flatten, Input, Layer, MaxPool2D, Network
from cnncourse.network.shapes import Shape


def cats_dogs(dropout: float = 0.0, input_shape: Shape = (150, 150, 3)) -> Network:
    """Four convolutions with pooling and two dense layers: 3 453 121 parameters.

    dropout: the share of flattened features dropped while training; 0 leaves the layer out, the
    lecture's second version has 0.5.
    """
    layers: list[Layer] = []
    for index, filters in enumerate((32, 64, 128, 128), start=1):
        layers.append(Conv2D(filters, 3, activation="relu", name=f"conv{index}"))
        layers.append(MaxPool2D(name=f"pool{index}"))
    layers.append(Flatten(name="flatten"))
    if dropout:
        layers.append(Dropout(dropout, name="dropout"))
    return Network.chain(
        "cats-dogs-dropout" if dropout else "cats-dogs",
        Input(input_shape, name="image"),
        *layers,
        Dense(512, activation="relu", name="dense1"),
        Dense(1, activation="sigmoid", name="dense2"),
    )
