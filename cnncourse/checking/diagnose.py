"""What a wrong array looks like, for errors that no misconception explains."""

import numpy as np


def diagnose_shape(right: np.ndarray, answer: np.ndarray) -> str:
    """A sentence about two different shapes, or nothing."""
    if sorted(right.shape) == sorted(answer.shape):
        return "The same sizes in another order: are two axes swapped?"
    if right.ndim != answer.ndim:
        if [size for size in answer.shape if size != 1] == list(right.shape):
            return "Your answer has more axes than expected: drop those of length 1."
        axes = f"{answer.ndim} axis" if answer.ndim == 1 else f"{answer.ndim} axes"
        more = "more" if answer.ndim > right.ndim else "fewer"
        return f"Your answer has {more} axes than expected: {axes}, not {right.ndim}."
    steps = [a - r for r, a in zip(right.shape, answer.shape, strict=True)]
    off = [axis for axis, step in enumerate(steps) if step]
    if all(abs(steps[axis]) == 1 for axis in off):
        which = "axis" if len(off) == 1 else "axes"
        names = " and ".join(map(str, off))
        word = "large" if steps[off[0]] > 0 else "small"
        if right.ndim == 3 and off == [2]:  # channels or filters: no window slides there
            return f"One too {word} along axis 2: from which axis does that size come?"
        return (
            f"One too {word} along {which} {names}: check the +1 in the size formula, and from "
            "which axis each size comes."
        )
    if right.size == answer.size:
        return "The right number of values in another shape."
    return ""


def diagnose_values(right: np.ndarray, answer: np.ndarray) -> str:
    """A sentence about two arrays of one shape with different values, or nothing."""
    right = right.astype(np.complex128 if "c" in right.dtype.kind else np.float64)
    whole = answer.dtype.kind in "iu"
    if answer.dtype.kind == "u" and right.min() < 0 and _wrapped(right, answer):
        return f"Negative numbers cannot be kept in an array of dtype {answer.dtype}."
    answer = answer.astype(right.dtype)
    nans = int(np.isnan(answer).sum() - np.isnan(right).sum())
    if nans == answer.size:
        return "Every value is NaN: does a function that you call forget its `return`?"
    if nans > 0:
        return f"{nans} of the {answer.size} values are NaN (not a number)."
    with np.errstate(all="ignore"):
        return _pattern(right, answer, whole)


def _pattern(right: np.ndarray, answer: np.ndarray, whole: bool) -> str:
    def same(a: np.ndarray, b: np.ndarray) -> bool:
        return a.shape == b.shape and bool(np.allclose(a, b, rtol=1e-3, atol=1e-4))

    if not answer.any():
        return "Every value is 0: is the result ever written into the output?"
    if whole and np.isrealobj(right) and same(np.trunc(right), answer):
        return "The fractions are cut off: does the output array have an integer dtype?"
    if same(right, answer):
        return "Close, but not equal: is something rounded on the way?"
    if right.size > 1:
        offset, factor = (answer - right).flat, (answer / right).flat
        if same(answer - right, np.full_like(right, offset[0])):
            return f"Every value is off by the same {offset[0]:.4g}."
        finite = np.isfinite(answer / right)
        if finite.any() and abs(factor[0]) < 1e9 and same(answer, right * factor[0]):
            return f"Every value is {factor[0]:.4g} times what it should be."
    if right.ndim >= 2 and same(right.swapaxes(0, 1), answer):
        return "Rows and columns are swapped."
    for axis in range(right.ndim):
        if same(np.flip(right, axis), answer):
            return f"The values are in reverse order along axis {axis}."
    unwritten = _unwritten(right, answer)
    if unwritten:
        return unwritten
    if right.size > 3 and same(np.sort(right, axis=None), np.sort(answer, axis=None)):
        return "The right values, in the wrong places."
    return ""


def _wrapped(right: np.ndarray, answer: np.ndarray) -> bool:
    largest = 2 ** (8 * answer.dtype.itemsize)
    return largest < 2**53 and bool(np.array_equal(np.mod(np.trunc(right), largest), answer))


def _unwritten(right: np.ndarray, answer: np.ndarray) -> str:
    """A sentence about an answer that is right except for places that are still 0."""
    wrong = ~np.isclose(answer, right, rtol=1e-3, atol=1e-4)
    if answer[wrong].any() or wrong.all():
        return ""
    for axis, size in enumerate(right.shape):
        others = tuple(a for a in range(right.ndim) if a != axis)
        filled = np.flatnonzero(np.any(answer != 0, axis=others))
        if size > 2 and filled.tolist() == [0]:
            return (
                f"Only the first entry along axis {axis} is filled, the rest is 0: does `return` "
                "stand inside a loop?"
            )
    inner = answer[tuple(slice(-1) for _ in answer.shape[:2])]
    outer = wrong[tuple(slice(-1) for _ in answer.shape[:2])]
    if right.ndim >= 2 and inner.size and not outer.any():
        return "The last row or column is still 0: does a loop end one step too early?"
    return "Some places are still 0: does your code write into each of them?"


def diagnose_number(right: object, answer: object) -> str:
    """A sentence about two different numbers, or nothing."""
    whole = isinstance(right, float | np.floating) and isinstance(answer, int | np.integer)
    if whole and np.isfinite(right) and int(right) == int(answer):  # type: ignore[call-overload]
        return "The fraction is cut off: leave out `int` and `//`."
    return ""


def diagnose_error(error: str) -> str:
    """What to look at first after "IndexError: …", in a sentence, or nothing."""
    kind, _, text = error.partition(":")
    name = kind.split(" in ")[0]
    if name == "NotImplementedError":
        return "A function that yours calls is still to be written: its exercise comes first."
    if name == "NameError":
        return "Is the name misspelt, or has the cell that defines it not been run?"
    if name == "IndexError" and "out of bounds" in text:
        return "Which index grows too large, and where should its loop end?"
    if name == "ValueError" and "could not be broadcast" in text:
        return "Two arrays of different shapes meet. Print their shapes just before that line."
    if name == "ValueError" and "to unpack" in text:
        return "How many axes has the array? Print its `.shape`: you need a name for each."
    if name == "TypeError" and "'float' object cannot be interpreted as an integer" in text:
        return "Sizes and indices are whole numbers: `//` divides without a fraction, `/` does not."
    if name == "TypeError" and "argument" in text and "()" in text:
        return "Are the parameters of your function those of the exercise, in the same order?"
    return ""
