"""Networks that somebody has trained already: VGG16 on ImageNet, and a small VGG for everyone."""

import os
import warnings
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from cnncourse.network.shapes import Shape
from cnncourse.zoo.small_vgg import WeightsError, check_shape, small_vgg_base

VGG16_FILES = (
    "vgg16_imagenet_notop.weights.h5",
    "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5",
)
_MEANS = (103.939, 116.779, 123.68)  # of ImageNet's blue, green and red
_CHOICES = ("auto", "vgg16", "small")
_GET = "`cnncourse.zoo.borrow(shape, 'vgg16')` with a network downloads them once (59 MB)"


@dataclass(frozen=True, eq=False)
class Borrowed:
    """A trained base and how to feed it.

    model: a Keras model from prepared pictures to features. trained_on: what it has seen. source:
    one sentence saying which network this is, for every figure and table made with it.
    """

    model: Any
    name: str
    trained_on: str
    source: str

    def preprocess(self, images: np.ndarray) -> np.ndarray:
        """Pictures (N, height, width, 3), 0 to 255, as the base was trained to see them: float32.

        VGG16: blue first, ImageNet's mean colour taken off. The small VGG: −1 to 1.
        """
        images = np.asarray(images)
        if images.ndim != 4 or images.shape[-1] != 3:
            raise ValueError(
                f"preprocess takes pictures of shape (N, height, width, 3), not {images.shape}."
            )
        values = images.astype(np.float32)
        if self.name == "VGG16":
            return values[..., ::-1] - np.array(_MEANS, np.float32)
        return values / np.float32(127.5) - np.float32(1)

    def preprocessing_layer(self) -> Any:
        """The same as a Keras layer without parameters, to put in front of the base in a model."""
        import keras

        if self.name == "VGG16":
            return _imagenet_layer()(name="preprocess")
        return keras.layers.Rescaling(1 / 127.5, offset=-1, name="preprocess")

    def __repr__(self) -> str:
        height, width, channels = self.model.output_shape[1:]
        return (
            f"{self.source} {self.model.count_params():,} parameters; "
            f"features {height}×{width}×{channels}."
        )


def borrow(input_shape: Shape, which: str = "auto") -> Borrowed:
    """A trained base for pictures of this shape, at least 32 pixels a side.

    which: "vgg16", trained on ImageNet's photographs (downloaded by Keras where it is not at hand);
    "small", our own, trained on drawn animals and things; "auto": VGG16 if its weights are at hand
    (``CNNCOURSE_DATA``, or Keras's cache), else the small one, and it says so. Never downloads in
    "auto". Raises ValueError for other words and shapes, WeightsError when there are no weights.
    """
    if which not in _CHOICES:
        raise ValueError(f"which must be one of {', '.join(map(repr, _CHOICES))}, not {which!r}.")
    check_shape(input_shape)
    if which == "auto":
        which = "small" if _shipped_only() or _at_hand() is None else "vgg16"
        if which == "small":
            print(
                "VGG16's ImageNet weights are not at hand: borrowing the small VGG trained on "
                f"drawn animals and things. {_GET}."
            )
    if which == "vgg16":
        return Borrowed(
            vgg16_base("imagenet", input_shape),
            "VGG16",
            "ImageNet: 1.3 million photographs of 1000 kinds, cats and dogs among them",
            "VGG16 trained on ImageNet's photographs (Simonyan and Zisserman 2015).",
        )
    return Borrowed(
        small_vgg_base(input_shape),
        "small VGG",
        "drawn animals and things, no cats, no dogs",
        "Small VGG trained on drawn animals and things, no cats, no dogs.",
    )


def vgg16_base(weights: str | Path | None = "imagenet", input_shape: Shape = (150, 150, 3)) -> Any:
    """VGG16 without its dense layers, as Keras makes it: 14 714 688 parameters.

    weights: "imagenet": from ``CNNCOURSE_DATA``, Keras's cache or Keras's download, in this order;
    the path of an .h5 file; or None for fresh ones. input_shape: (height, width, 3), each side at
    least 32; 150×150 gives features of 4×4×512. Expects pictures from
    `Borrowed.preprocess`. Raises ValueError for another shape, WeightsError for lack of weights.
    """
    check_shape(input_shape)
    file: Path | None = None
    if weights == "imagenet":
        if _shipped_only():
            raise WeightsError(
                "CNNCOURSE_DATA is 'shipped': only what comes with the package is used, and "
                "VGG16's weights do not. Unset it, or borrow the small VGG: "
                "zoo.borrow(shape, 'small')."
            )
        file = _at_hand()
        if file is None:
            _may_download()
    elif weights is not None:
        file = Path(weights).expanduser()
        if not file.is_file():
            raise WeightsError(
                f"There is no file {file}. Name an .h5 file with VGG16's weights, or use "
                "weights='imagenet' (Keras downloads 59 MB), or weights=None for fresh ones."
            )
    import keras

    fetch = weights == "imagenet" and file is None
    try:
        model = keras.applications.VGG16(
            weights="imagenet" if fetch else None, include_top=False, input_shape=tuple(input_shape)
        )
    except Exception as error:  # Keras raises plain Exception for a failed download
        if not fetch:
            raise
        raise WeightsError(
            f"VGG16's ImageNet weights could not be downloaded: {error}. Try again with a network, "
            f"or put {VGG16_FILES[0]} into the folder that CNNCOURSE_DATA names, or borrow the "
            "small VGG: zoo.borrow(shape, 'small')."
        ) from error
    if file is not None:
        _load(model, file)
    return model


def _load(model: Any, file: Path) -> None:
    """Put the file's weights into the model; every layer must have got some."""
    kernels = [weight for weight in model.weights if weight.name == "kernel"]
    before = [float(abs(kernel.numpy()).sum()) for kernel in kernels]
    reason = ""
    try:
        with warnings.catch_warnings():  # Keras only warns of layers that the file does not have
            warnings.simplefilter("ignore")
            model.load_weights(file)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        reason = str(error).strip().split("\n")[0] or type(error).__name__
    else:
        after = [float(abs(kernel.numpy()).sum()) for kernel in kernels]
        if any(old == new for old, new in zip(before, after, strict=True)):
            reason = "it lacks some of the 13 convolutions."
    if reason:
        raise WeightsError(
            f"{file.name} is not VGG16's convolutional base, or is damaged: {reason} "
            "Delete it and get it again, or name another file. A base has no dense layers: "
            "its file name says 'notop'."
        )


def _at_hand() -> Path | None:
    """VGG16's weights in the folder that CNNCOURSE_DATA names, else in Keras's cache."""
    named = os.environ.get("CNNCOURSE_DATA", "").strip()
    places = [] if not named or _shipped_only() else [Path(named).expanduser()]
    # Keras's own place, asked for without importing Keras.
    home = os.environ.get("KERAS_HOME", "").strip()
    places.append((Path(home) if home else Path.home() / ".keras") / "models")
    for place in places:
        for name in VGG16_FILES:
            if (place / name).is_file():
                return place / name
    return None


def _may_download() -> None:
    offline = os.environ.get("CNNCOURSE_OFFLINE", "").strip().lower()
    if offline not in ("", "0", "no", "off", "false"):
        raise WeightsError(
            "VGG16's ImageNet weights are not at hand, and CNNCOURSE_OFFLINE forbids the network. "
            f"Unset it, or put {VGG16_FILES[0]} into the folder that CNNCOURSE_DATA names, or "
            "borrow the small VGG: zoo.borrow(shape, 'small')."
        )


def _shipped_only() -> bool:
    return os.environ.get("CNNCOURSE_DATA", "").strip().lower() == "shipped"


@cache
def _imagenet_layer() -> Any:
    import keras

    @keras.saving.register_keras_serializable("cnncourse")
    class ImageNetColours(keras.layers.Layer):
        """Red, green, blue (0 to 255) to blue, green, red around ImageNet's mean."""

        def call(self, inputs: Any) -> Any:
            values = keras.ops.flip(keras.ops.cast(inputs, self.compute_dtype), -1)
            return values - keras.ops.convert_to_tensor(_MEANS, self.compute_dtype)

        def compute_output_shape(self, input_shape: Any) -> Any:
            return input_shape

    return ImageNetColours
