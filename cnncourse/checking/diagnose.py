"""What a wrong array looks like, for errors that no misconception explains."""

import numpy as np


def diagnose_shape(right: np.ndarray, answer: np.ndarray) -> str:
    """A sentence about two different shapes, or nothing."""
    if sorted(right.shape) == sorted(answer.shape):
        return "The same sizes in another order: are two axes swapped?"
    if right.ndim != answer.ndim:
        more = "more" if answer.ndim > right.ndim else "fewer"
        return f"Your answer has {more} axes than expected."
    steps = [a - r for r, a in zip(right.shape, answer.shape, strict=True)]
    off = [axis for axis, step in enumerate(steps) if step]
    if all(abs(steps[axis]) == 1 for axis in off):
        which = "axis" if len(off) == 1 else "axes"
        names = " and ".join(map(str, off))
        word = "large" if steps[off[0]] > 0 else "small"
        return f"One too {word} along {which} {names}: check the +1 in the size formula."
    if right.size == answer.size:
        return "The right number of values in another shape."
    return ""


def diagnose_values(right: np.ndarray, answer: np.ndarray) -> str:
    """A sentence about two arrays of one shape with different values, or nothing."""
    right = right.astype(np.complex128 if "c" in right.dtype.kind else np.float64)
    whole = answer.dtype.kind in "iu"
    answer = answer.astype(right.dtype)
    nans = int(np.isnan(answer).sum() - np.isnan(right).sum())
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
    if right.size > 3 and same(np.sort(right, axis=None), np.sort(answer, axis=None)):
        return "The right values, in the wrong places."
    return ""
