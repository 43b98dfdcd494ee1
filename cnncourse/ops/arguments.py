"""Checks on what a caller hands in: say what was given and what is allowed, before any work."""

import operator
from typing import Any

import numpy as np


def integer(name: str, value: Any, minimum: int = 1) -> int:
    """`value` as an int of at least `minimum`.

    Raises TypeError for anything but an integer (True and 2.0 are none), ValueError below that.
    """
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    try:
        if isinstance(value, bool | np.bool_):
            raise TypeError
        number = operator.index(value)
    except TypeError:
        raise TypeError(
            f"{name} must be an integer of at least {minimum}, but {value!r} is of type "
            f"{type(value).__name__}."
        ) from None
    if number < minimum:
        raise ValueError(f"{name} must be at least {minimum}, but {number} was given.")
    return number


def pair(
    name: str, value: Any, minimum: int = 1, axes: str = "(vertical, horizontal)"
) -> tuple[int, int]:
    """`value` as two ints, which `axes` names: an int stands for both. Raises as `integer` does."""
    if not isinstance(value, tuple | list):
        number = integer(name, value, minimum)
        return number, number
    if len(value) != 2:
        raise ValueError(
            f"{name} must be one integer or a pair {axes}, but {value!r} has {len(value)} entries."
        )
    vertical, horizontal = value
    return integer(f"{name}[0]", vertical, minimum), integer(f"{name}[1]", horizontal, minimum)


def numeric(name: str, value: Any) -> np.ndarray:
    """`value` as an array of numbers; a copy is made only when it was no array.

    Raises TypeError when its entries are not numbers, ValueError when it is ragged or empty.
    """
    if value is None:
        raise TypeError(f"{name} must be an array of numbers, but None was given.")
    try:
        array = np.asarray(value)
    except ValueError:
        raise ValueError(
            f"{name} is ragged: its rows differ in length. All rows and all channels of an array "
            "must have the same length."
        ) from None
    if array.dtype.kind not in "biufc":
        raise TypeError(
            f"{name} must be an array of numbers, but its entries are of type "
            f"{array.dtype.type.__name__.rstrip('_')}. "
            "Convert them first, for example with np.asarray(..., dtype=np.float32)."
        )
    if array.size == 0:
        raise ValueError(f"{name} is empty: its shape {array.shape} holds no number at all.")
    return array


def images(name: str, value: Any) -> np.ndarray:
    """`value` as one image (H, W, C) or a batch (N, H, W, C).

    Raises as `numeric` does, or ValueError for another rank.
    """
    array = numeric(name, value)
    if array.ndim not in (3, 4):
        fix = f" For one channel, add its axis: {name}[..., None]." if array.ndim == 2 else ""
        raise ValueError(
            f"{name} must have shape (height, width, channels) or (images, height, width, "
            f"channels), but its shape is {array.shape}.{fix}"
        )
    return array


def kernel(name: str, value: Any, axes: str) -> np.ndarray:
    """`value` as an array with the four axes that `axes` names, such as "(kh, kw, Cin, Cout)".

    Raises as `numeric` does, or ValueError for another rank.
    """
    array = numeric(name, value)
    if array.ndim != 4:
        raise ValueError(f"{name} must have shape {axes}, but its shape is {array.shape}.")
    return array


def bias(value: Any, filters: int) -> np.ndarray:
    """`value` as an array (filters,). Raises as `numeric` does, or ValueError for another shape."""
    array = numeric("b", value)
    if array.shape != (filters,):
        raise ValueError(
            f"b must hold one number for each of the {filters} filters, shape ({filters},), but "
            f"its shape is {array.shape}."
        )
    return array


def result_dtype(*arrays: np.ndarray) -> np.dtype:
    """The dtype of a sum of products of `arrays`: NumPy's promotion, wide enough to count.

    Floating and complex dtypes stay as they are. Integers and booleans become int64 (with uint64:
    float64), because nine products of a uint8 image with itself already need 20 bits.
    """
    common = np.result_type(*(array.dtype for array in arrays))
    return np.result_type(common, np.int64) if common.kind in "biu" else common


def working_dtype(dtype: np.dtype) -> np.dtype:
    """The dtype to add up in: float16 sums are kept in float32 and rounded once, at the end."""
    return np.dtype(np.float32) if dtype == np.float16 else dtype
