"""The effective receptive field: how strongly each input really moves an output.

Source: Luo, Li, Urtasun and Zemel (2016), "Understanding the effective receptive field in deep
convolutional neural networks". The influence fades from the centre like a Gaussian and fills only
part of the theoretical field; for n layers of k×k uniform kernels, its variance along each axis is
n(k² − 1)/12.
"""

import operator
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, eq=False)
class EffectiveField:
    """Mean absolute gradient of one output position by each input position, rows × columns."""

    layer: str
    position: tuple[int, int]
    gradient: np.ndarray

    @property
    def center(self) -> tuple[float, float]:
        """The centre of mass of the influence."""
        return self._moment(0), self._moment(1)

    @property
    def variance(self) -> tuple[float, float]:
        """The variance of the influence around its centre, along rows and along columns."""
        return (
            self._moment(0, self.center[0]),
            self._moment(1, self.center[1]),
        )

    def _moment(self, axis: int, center: float | None = None) -> float:
        weight = self.gradient.sum(axis=1 - axis)
        places = np.arange(len(weight))
        values = places if center is None else (places - center) ** 2
        total = weight.sum()
        return float((weight * values).sum() / total) if total else float("nan")

    def __repr__(self) -> str:
        rows, columns = (spread**0.5 for spread in self.variance)
        return (
            f"Effective field of {self.layer!r} at {self.position}: centre "
            f"({self.center[0]:.1f}, {self.center[1]:.1f}), standard deviation {rows:.1f} × "
            f"{columns:.1f} input positions"
        )


def effective_field(
    model: Any,
    layer: str,
    position: tuple[int, int] | None = None,
    *,
    images: np.ndarray | None = None,
    samples: int = 16,
    seed: int = 0,
) -> EffectiveField:
    """How one output position of a Keras model's layer depends on the input, by gradients.

    position: row and column, the middle by default. images: ``(n, height, width, channels)`` to
    average over; random normal ones by default, ``samples`` of them. Raises ValueError for a layer
    that is not there or has no rows and columns, and for images that do not fit; IndexError for a
    position outside the layer's output.
    """
    import keras
    import tensorflow as tf

    from cnncourse.network.graph import near
    from cnncourse.network.shapes import shape_text

    names = [each.name for each in model.layers]
    if layer not in names:
        raise ValueError(near(layer, names, f"layer in {model.name!r}"))
    output = model.get_layer(layer).output
    if len(output.shape) != 4:
        raise ValueError(
            f"{layer!r} gives {output.shape[1:]}: it has no rows and columns. Choose a layer in "
            "front of Flatten or global pooling."
        )
    if len(model.inputs) != 1:
        raise ValueError(f"{model.name!r} has {len(model.inputs)} inputs; the field needs one.")
    wanted = tuple(model.inputs[0].shape[1:])
    if images is None and None in wanted:
        raise ValueError(f"The input size of {model.name!r} is not fixed: give images.")
    given = (samples, *wanted) if images is None else np.shape(images)
    fits = len(wanted) == 3 and len(given) == 4
    if not fits or any(b not in (None, a) for a, b in zip(given[1:], wanted, strict=True)):
        raise ValueError(
            f"Images of shape {given} do not fit {model.name!r}, whose input is "
            f"{shape_text(wanted)}: they must be (n, height, width, channels)."
        )
    part = keras.Model(model.inputs[0], output)
    rows, columns, channels = part.compute_output_shape(given)[1:]
    if position is None:
        position = rows // 2, columns // 2
    row, column = (operator.index(each) for each in position)
    if not (0 <= row < rows and 0 <= column < columns):
        raise IndexError(
            f"{layer!r} has no position {(row, column)}: its output is "
            f"{shape_text((rows, columns, channels))}, counted from (0, 0)."
        )
    if images is None:
        images = np.random.default_rng(seed).normal(size=given)
    inputs = tf.convert_to_tensor(images, dtype=part.inputs[0].dtype)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        values = part(inputs, training=False)
        target = tf.reduce_sum(values[:, row, column, :])
    gradient = tape.gradient(target, inputs)
    strength = tf.reduce_mean(tf.reduce_sum(tf.abs(gradient), axis=-1), axis=0)
    return EffectiveField(layer, (row, column), np.asarray(strength, dtype=float))
