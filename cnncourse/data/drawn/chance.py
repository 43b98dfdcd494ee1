"""Small ways of drawing numbers."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

Item = TypeVar("Item")


def pick(rng: np.random.Generator, items: Sequence[Item]) -> Item:
    """One of the items, each as likely."""
    return items[int(rng.random() * len(items))]


def chance(rng: np.random.Generator, share: float) -> bool:
    """True in this share of the cases."""
    return bool(rng.random() < share)


def between(rng: np.random.Generator, low: float, high: float) -> float:
    """A number from low to high, each as likely."""
    return float(low + (high - low) * rng.random())


def sign(rng: np.random.Generator) -> int:
    """−1 or 1."""
    return 1 if rng.random() < 0.5 else -1
