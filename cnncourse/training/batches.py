"""What can be trained on: arrays, memory maps, and data sets of batches."""

import random
from typing import Any

import numpy as np

from cnncourse.training.backend import quietly


def is_dataset(x: Any) -> bool:
    """Whether this is a data set that brings its own batches: tf.data's or a PyDataset."""
    if isinstance(x, (np.ndarray, list, tuple)) or hasattr(x, "shape"):
        return False
    return hasattr(x, "element_spec") or hasattr(x, "num_batches")


def batches_of(dataset: Any) -> int | None:
    """How many batches a data set has; None when it does not know.

    Raises ValueError for one that never ends, or is empty.
    """
    if hasattr(dataset, "element_spec"):
        count = int(dataset.cardinality())
        if count == -1:
            raise ValueError(
                "This data set never ends, so neither would an epoch. Say how many batches an "
                "epoch has: dataset.take(steps)."
            )
        known = None if count < 0 else count
    else:
        known = dataset.num_batches
        known = None if known is None else int(known)
    if known == 0:
        raise ValueError("There is nothing to train on: the data set has no batches.")
    return known


def from_disk(x: Any) -> bool:
    """Whether Keras would have to copy an array from the disk into memory to use it."""
    while isinstance(x, np.ndarray):
        if isinstance(x, np.memmap):
            return True
        x = x.base
    return False


def rows(x: np.ndarray, y: Any, batch_size: int, shuffle: bool) -> Any:
    """A Keras PyDataset over arrays on the disk that reads one batch at a time.

    shuffle: a new order, drawn from Python's random state as it is now (`set_seeds` sets it).
    """
    with quietly():
        import keras

    labels = np.asarray(y)
    order = np.arange(len(x))
    if shuffle:
        np.random.default_rng(random.getrandbits(64)).shuffle(order)

    class Rows(keras.utils.PyDataset):
        """Batches in the order drawn."""

        def __len__(self) -> int:
            return -(-len(order) // batch_size)

        def __getitem__(self, batch: int) -> tuple[np.ndarray, np.ndarray]:
            chosen = order[batch * batch_size : (batch + 1) * batch_size]
            # Neighbours on the disk are read together, then put into the order drawn.
            sorted_rows, back = np.unique(chosen, return_inverse=True)
            return np.asarray(x[sorted_rows])[back], labels[chosen]

    return Rows()
