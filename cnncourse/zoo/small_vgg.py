"""A small VGG of our own, trained on drawn animals and things, with no cats and no dogs among them.

``tools/train_small_vgg.py`` trained it; ``small_vgg_drawn.json`` beside the weights says on what,
with which seed, and how well. Where ImageNet's weights are not to be had, the lessons borrow it.
"""

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from cnncourse.network import Conv2D, Input, MaxPool2D, Network
from cnncourse.network.shapes import Shape

FILTERS = (16, 32, 64, 128, 192)
WEIGHTS = Path(__file__).with_name("small_vgg_drawn.npz")
RECORD = WEIGHTS.with_suffix(".json")


class WeightsError(RuntimeError):
    """A trained network's weights cannot be had. The message says what to do about it."""


def small_vgg(input_shape: Shape = (64, 64, 3)) -> Network:
    """Five blocks of two 3×3 convolutions and a pool, with VGG16's layer names and no dense layers.

    VGG's idea (Simonyan and Zisserman 2015, Table 1) with 16 to 192 filters. input_shape: (height,
    width, 3), each side at least 32, for five pools halve it five times.
    """
    layers: list[Conv2D | MaxPool2D] = []
    for block, filters in enumerate(FILTERS, start=1):
        for index in (1, 2):
            name = f"block{block}_conv{index}"
            layers.append(Conv2D(filters, 3, padding="same", activation="relu", name=name))
        layers.append(MaxPool2D(name=f"block{block}_pool"))
    return Network.chain("small-vgg", Input(input_shape, name="image"), *layers)


def small_vgg_base(input_shape: Shape = (64, 64, 3), weights: str | Path | None = "drawn") -> Any:
    """The small VGG as a Keras model that turns pictures (values −1 to 1) into features.

    Returns features of (height // 32, width // 32, 192). weights: "drawn" for those that ship with
    the package, a path of another .npz from tools/train_small_vgg.py, or None for fresh ones.
    Raises ValueError for another shape, WeightsError for weights that are missing or damaged.
    """
    check_shape(input_shape)
    arrays = None if weights is None else read_weights(WEIGHTS if weights == "drawn" else weights)
    model = small_vgg(tuple(input_shape)).to_keras()
    if arrays is not None:
        model.set_weights([arrays[name] for name in _names()])
    return model


def small_vgg_record() -> dict[str, Any]:
    """How the shipped weights were made: seed, data, epochs, accuracy."""
    record: dict[str, Any] = json.loads(RECORD.read_text())
    return record


def check_shape(shape: Shape, smallest: int = 32) -> None:
    """Refuse an input shape that a base of five blocks cannot take."""
    sides = tuple(shape) if isinstance(shape, tuple | list) else ()
    good = len(sides) == 3 and sides[2] == 3
    if not good or any(type(side) is not int or side < smallest for side in sides[:2]):
        raise ValueError(
            f"input_shape must be (height, width, 3) with sides of at least {smallest} pixels, "
            f"not {shape!r}."
        )


def read_weights(file: str | Path) -> dict[str, np.ndarray]:
    """The arrays of a small VGG's .npz as float32, by name: ``block1_conv1/kernel`` and so on."""
    file = Path(file)
    again = "Train it anew with `python tools/train_small_vgg.py`" + (
        " or install cnncourse again." if file == WEIGHTS else "."
    )
    if not file.is_file():
        raise WeightsError(f"There is no small VGG in {file}. {again}")
    try:
        with np.load(file, allow_pickle=False) as archive:
            arrays = {name: archive[name].astype(np.float32) for name in archive.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise WeightsError(f"{file.name} cannot be read: {error}. {again}") from error
    shapes = _names()
    wrong = sorted(
        name for name in shapes if name not in arrays or arrays[name].shape != shapes[name]
    )
    if wrong or len(arrays) != len(shapes):
        what = f"{wrong[0]} is missing or has another shape" if wrong else "it holds more arrays"
        raise WeightsError(f"{file.name} holds no small VGG: {what}. {again}")
    return arrays


def _names() -> dict[str, tuple[int, ...]]:
    """Array names and shapes in the model's order."""
    shapes: dict[str, tuple[int, ...]] = {}
    before = 3
    for block, filters in enumerate(FILTERS, start=1):
        for index in (1, 2):
            shapes[f"block{block}_conv{index}/kernel"] = (3, 3, before, filters)
            shapes[f"block{block}_conv{index}/bias"] = (filters,)
            before = filters
    return shapes
