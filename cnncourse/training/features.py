"""A network's answers to many images, computed once and kept."""

import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from cnncourse.data.kept import keep, key, open_kept
from cnncourse.data.places import cache_folder
from cnncourse.training import fingerprint
from cnncourse.training.backend import quietly
from cnncourse.training.progress import Bar

Preprocess = Callable[[np.ndarray], Any]


def extract_features(
    base: Any,
    images: np.ndarray,
    *,
    preprocess: Preprocess | None = None,
    batch_size: int = 32,
    cache: bool = True,
) -> np.ndarray:
    """What a network answers to every image, in inference mode.

    base: a Keras model with one input and one output. images: (N, rows, columns, channels), may be
    memory-mapped. preprocess: makes of a batch of images what the base was trained to read.
    cache: keep the result on the disk, and read it from there when images, network (layers and
    weights), and what preprocess does to the first images are all the same.

    Returns float32 (N, ...), for a convolutional base (N, rows, columns, channels); a read-only
    memory map when it is kept.

    Raises ValueError, before any work, when the images do not fit the base, and DataError when the
    disk takes no more.
    """
    _check(base, images, preprocess, batch_size)
    sizes = tuple(int(size) for size in _probe(base, images, preprocess).shape[1:])
    shape = (len(images), *sizes)
    said = f"{len(images)} images through {base.name} → {'×'.join(map(str, sizes))}"
    if not cache:
        features = np.empty(shape, np.float32)
        _compute(base, images, preprocess, batch_size, features)
        print(f"{said}, not kept")
        return features
    folder = cache_folder() / "features" / _key(base, images, preprocess)
    if kept := open_kept(folder):
        print(f"{said}, from the cache")
        return kept[0]["features"]

    def make(draft: Path) -> dict[str, Any]:
        file = draft / "features.npy"
        into = np.lib.format.open_memmap(file, mode="w+", dtype=np.float32, shape=shape)
        _reserve(file)
        _compute(base, images, preprocess, batch_size, into)
        into.flush()
        return {"network": base.name, "images": len(images)}

    arrays, _ = keep(folder, make, needs=4 * int(np.prod(shape)))
    print(f"{said}, computed and kept")
    return arrays["features"]


def _reserve(file: Path) -> None:
    """Have the disk set the whole file aside: one that fills up under a map kills the process."""
    if hasattr(os, "posix_fallocate"):
        with file.open("rb+") as opened:
            os.posix_fallocate(opened.fileno(), 0, file.stat().st_size)


def _compute(
    base: Any, images: np.ndarray, preprocess: Preprocess | None, batch_size: int, into: np.ndarray
) -> None:
    with quietly():
        import tensorflow as tf

    # Not `predict`: for a model that was never compiled it may choose XLA, slow on a processor. And
    # traced for any number of images, once.
    batch_of_any = tf.TensorSpec((None, *_prepared(images[:1], preprocess).shape[1:]), tf.float32)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The structure of `inputs`")  # Model([x], y) called on x
        forward = tf.function(lambda batch: base(batch, training=False)).get_concrete_function(
            batch_of_any
        )
    bar = Bar(len(images), "image")
    bar.words = f"through {base.name}"
    try:
        for start in range(0, len(images), batch_size):
            batch = _prepared(images[start : start + batch_size], preprocess)
            into[start : start + len(batch)] = forward(tf.convert_to_tensor(batch)).numpy()
            bar.reach(start + len(batch))
    finally:
        bar.close()


def _prepared(images: np.ndarray, preprocess: Preprocess | None) -> np.ndarray:
    batch = np.array(images)  # a copy: many a preprocess changes its argument
    return np.asarray(batch if preprocess is None else preprocess(batch), np.float32)


def _probe(base: Any, images: np.ndarray, preprocess: Preprocess | None) -> Any:
    """The base's answer to one image: the shape of the rest, or a clear error."""
    with quietly():
        import tensorflow as tf

    prepared = _prepared(images[:1], preprocess)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "The structure of `inputs`")
            return base(tf.convert_to_tensor(prepared), training=False)
    except Exception as problem:
        raise ValueError(
            f"{base.name!r} cannot read these images: it takes {_input_shape(base)}, and one "
            f"prepared image has the shape {prepared.shape}. ({type(problem).__name__})"
        ) from problem


def _key(base: Any, images: np.ndarray, preprocess: Preprocess | None) -> str:
    """A name for these features: it changes with everything that they depend on.

    What `preprocess` is called says nothing about what it does; so it is asked to prepare an image
    with all grey levels, and the first images.
    """
    size = int(np.prod(images.shape[1:]))
    ramp = (np.arange(size) * 7 % 256).reshape(1, *images.shape[1:]).astype(images.dtype)
    return key(
        images=fingerprint.of_array(images),
        network=fingerprint.of_architecture(base, with_trainable=False),
        weights=fingerprint.of_weights(base),
        preprocess=[
            fingerprint.of_array(_prepared(probe, preprocess)) for probe in (ramp, images[:2])
        ],
    )


def _check(base: Any, images: Any, preprocess: Any, batch_size: int) -> None:
    if not hasattr(base, "layers") or not getattr(base, "built", False):
        raise ValueError(
            f"extract_features needs a Keras model that knows its input, not {type(base).__name__}."
        )
    if not hasattr(base, "inputs") or len(base.inputs) != 1 or len(base.outputs) != 1:
        raise ValueError(f"{base.name!r} must have one input and one output.")
    if not isinstance(images, np.ndarray) or images.ndim < 2:
        raise ValueError(
            "images must be an array with one image a row, (N, rows, columns, channels)."
        )
    if len(images) == 0:
        raise ValueError("There are no images: the array has no rows.")
    if preprocess is not None and not callable(preprocess):
        raise ValueError("preprocess must be a function of a batch of images, or None.")
    if isinstance(batch_size, bool) or not isinstance(batch_size, int) or batch_size < 1:
        raise ValueError(f"batch_size must be a whole number above zero, not {batch_size!r}.")
    takes = _input_shape(base)
    if preprocess is None and not _fits(images.shape[1:], takes):
        raise ValueError(
            f"{base.name!r} takes images of {takes}, and these are {tuple(images.shape[1:])}."
        )


def _input_shape(base: Any) -> tuple[int | None, ...]:
    return tuple(base.inputs[0].shape[1:])


def _fits(shape: tuple[int, ...], takes: tuple[int | None, ...]) -> bool:
    return len(shape) == len(takes) and all(
        size is None or size == given for given, size in zip(shape, takes, strict=True)
    )
