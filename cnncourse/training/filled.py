"""Compare Keras layers by their numbers: fill every weight by a rule, then run them.

Random weights differ from run to run, and their order depends on the order in which layers are
made. A rule that looks at a weight's shape only gives the same numbers for every right answer.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnncourse.training.backend import quietly


def fill(shape: tuple[int, ...]) -> np.ndarray:
    """The numbers for a weight of that shape: all differ, of both signs, small for large kernels.

    shape: such as (3, 3, 16, 32) for a kernel. Returns an array of that shape.
    """
    places = np.arange(1, int(np.prod(shape)) + 1)
    fan_in = max(1, int(np.prod(shape[:-1])))
    return np.asarray(np.sin(1.7 * places) / np.sqrt(fan_in)).reshape(shape)


@dataclass(frozen=True)
class Filled:
    """A function that puts Keras layers on an input, as one that turns images into numbers.

    build: called with a Keras input and the settings; returns a Keras tensor. The call
    ``Filled(build)(images, *settings)`` takes images (N, H, W, C), makes the network, fills its
    weights by `fill` (variances: 1 and more) and returns what it gives, as a NumPy array.
    Raises TypeError when `build` returns no Keras tensor; its own exceptions pass.
    """

    build: Callable[..., Any]

    def __call__(self, images: np.ndarray, *settings: Any) -> np.ndarray:
        with quietly():
            import keras

        images = np.asarray(images, dtype=np.float32)
        start = keras.Input(images.shape[1:])
        end = self.build(start, *settings)
        if not isinstance(end, keras.KerasTensor):
            raise TypeError(
                f"the function must return what its last layer gives, not {type(end).__name__}"
            )
        model = keras.Model(start, end)
        for weight in model.weights:
            numbers = fill(tuple(weight.shape))
            weight.assign(1 + numbers**2 if weight.name == "moving_variance" else numbers)
        return np.asarray(model(images, training=False))
