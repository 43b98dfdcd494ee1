"""Compare an answer with what was expected, and say where and how it differs."""

import numbers
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnncourse.checking.diagnose import diagnose_number, diagnose_shape, diagnose_values
from cnncourse.checking.wire import Other, printable

NO_RETURN = "Is a `return` missing at the end?"


@dataclass(frozen=True)
class Difference:
    """The first place where an answer differs.

    sentence: what differs and where. clue: what the difference looks like, when it looks like
    something. wrong: a boolean array, True where values differ, when shapes agree. unspoken:
    the sentence for a question whose answer must not be given away, "" when it says nothing of it.
    """

    sentence: str
    clue: str = ""
    index: tuple[int, ...] = ()
    wrong: np.ndarray | None = None
    unspoken: str = ""


def _missed(
    right: str,
    got: str,
    clue: str = "",
    index: tuple[int, ...] = (),
    wrong: np.ndarray | None = None,
) -> Difference:
    place = f"at [{', '.join(map(str, index))}] " if index else ""
    sentence = f"{place}expected {right}, got {got}"
    return Difference(sentence, clue, index, wrong, f"{place}{got} is not right")


def compare(expected: Any, got: Any, rtol: float = 1e-4, atol: float = 1e-5) -> Difference | None:
    """None when the answer is right, otherwise how it differs.

    Lists stand for arrays, NumPy scalars and 0-d arrays for numbers, float32 for float64. Whole
    numbers compare exactly; numbers with a fraction within ``atol + rtol·|expected|`` (and a
    millionth of the largest value, so that sums in float32 pass). NaN equals NaN.
    """
    if expected is None:
        return None if got is None else _missed("None", describe(got))
    if got is None:
        return _missed(describe(expected), "None", NO_RETURN)
    if isinstance(got, Other):
        return _missed(describe(expected), _article(got.type_name))
    if isinstance(expected, dict):
        return _compare_dicts(expected, got, rtol, atol)
    if isinstance(expected, str):
        return _compare_texts(expected, got)
    if isinstance(expected, (tuple, list)) and not _is_numeric(expected):
        return _compare_items(expected, got, rtol, atol)
    return _compare_numbers(expected, got, rtol, atol)


def describe(value: Any) -> str:
    """A value in a few words: "an array of shape (4, 5)", "the number 3", "(2, 3)"."""
    if isinstance(value, Other):
        return _article(value.type_name)
    if isinstance(value, np.ndarray) and value.ndim:
        kind = "" if value.dtype.kind in "biufc" else f" and dtype {value.dtype}"
        return f"an array of shape {value.shape}{kind}"
    if isinstance(value, (tuple, list)):
        text = repr(tuple(_plain(v) for v in value)) if len(value) <= 6 else ""
        if not text or len(text) > 60:
            return f"a {type(value).__name__} of {len(value)} values"
        return text if isinstance(value, tuple) else f"[{text[1:-1].rstrip(',')}]"
    if isinstance(value, dict):
        return f"a dict with {len(value)} entries"
    if isinstance(value, str):
        return repr(value if len(value) <= 60 else value[:57] + "…")
    if value is None or isinstance(value, (numbers.Number, np.generic, np.ndarray)):
        return number(value)
    return _article(type(value).__name__)


def number(value: Any) -> str:
    """A number short enough to read: six significant digits, whole numbers in full."""
    value = _plain(value)
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, (int, np.integer)):
        return str(value)
    if isinstance(value, complex):
        return f"{value:.6g}"
    if isinstance(value, float):
        return f"{value:.6g}" if not value.is_integer() or abs(value) >= 1e15 else f"{value:.1f}"
    return printable(str(value)[:60])


def _compare_texts(expected: str, got: Any) -> Difference | None:
    if not isinstance(_plain(got), str):
        return _missed(f"a text such as {expected!r}", describe(got))
    if str(got).strip().casefold() == expected.strip().casefold():
        return None
    return Difference(f"{describe(str(got))} is not the answer")


def _compare_items(expected: Any, got: Any, rtol: float, atol: float) -> Difference | None:
    if isinstance(got, np.ndarray) and got.ndim:
        got = list(got)
    if not isinstance(got, (tuple, list)):
        return Difference(f"expected {len(expected)} values, got {describe(got)}")
    if len(got) != len(expected):
        return Difference(f"expected {len(expected)} values, got {len(got)}")
    for position, (e, g) in enumerate(zip(expected, got, strict=True)):
        difference = compare(e, g, rtol, atol)
        if difference is not None:
            return Difference(
                f"value {position}: {difference.sentence}",
                difference.clue,
                (position, *difference.index),
                difference.wrong,
                difference.unspoken and f"value {position}: {difference.unspoken}",
            )
    return None


def _compare_dicts(expected: dict, got: Any, rtol: float, atol: float) -> Difference | None:
    if not isinstance(got, dict):
        return Difference(f"expected {describe(expected)}, got {describe(got)}")
    for key, value in expected.items():
        if key not in got:
            return Difference(f"the entry {key!r} is missing")
        if value is None and got[key] is None:
            continue
        difference = compare(value, got[key], rtol, atol)
        if difference is not None:
            return Difference(f"{key}: {difference.sentence}", difference.clue)
    extra = [key for key in got if key not in expected]
    return Difference(f"the entry {extra[0]!r} is not expected") if extra else None


def _compare_numbers(expected: Any, got: Any, rtol: float, atol: float) -> Difference | None:
    if type(expected) is int and type(got) is int and expected == got:
        return None  # however many digits: NumPy's integers end at 64 bits
    right = np.asarray(expected)
    try:
        answer = np.asarray(got)
    except ValueError:
        return _missed(describe(expected), "a list with rows of different lengths")
    if answer.dtype.kind not in "biufc":
        return _missed(describe(expected), describe(got))
    if (answer.dtype.kind == "b") != (right.dtype.kind == "b"):
        clue = (
            "Numbers are wanted, not True and False: `.astype(float)` makes 1 and 0 of them."
            if answer.dtype.kind == "b"
            else "True and False are wanted, not numbers."
        )
        which = describe(got) + (
            " of True and False" if answer.dtype.kind == "b" and answer.ndim else ""
        )
        return _missed(describe(expected), which, clue)
    if answer.shape != right.shape:
        return _shape_difference(expected, right, got, answer)
    wrong = np.asarray(~close(right, answer, rtol, atol))
    if not wrong.any():
        return None
    if right.ndim == 0:
        clue = diagnose_number(right[()], answer[()])
        return _missed(*_both(right[()], answer[()]), clue, (), wrong)
    index = tuple(int(i) for i in np.argwhere(wrong)[0])
    clue = diagnose_values(right, answer)
    return _missed(*_both(right[index], answer[index]), clue, index, wrong)


def _both(right: Any, answer: Any) -> tuple[str, str]:
    """Two numbers that differ, with as many digits as it takes to see that."""
    expected, got = number(right), number(answer)
    value = _plain(answer)
    whole = isinstance(_plain(right), int)
    if isinstance(value, float) and not value.is_integer() and (whole or expected == got):
        got = f"{value:.12g}"
    return (expected, got) if expected != got else (repr(_plain(right)), repr(value))


def _shape_difference(expected: Any, right: np.ndarray, got: Any, answer: np.ndarray) -> Difference:
    if right.ndim == 0:
        return Difference(f"expected one number, got {describe(got)}")
    if isinstance(expected, (tuple, list)) and answer.ndim == right.ndim == 1:
        return Difference(f"expected {right.size} values, got {answer.size}")
    if answer.ndim == 0:
        return _missed(describe(expected), describe(got))
    return Difference(
        f"expected shape {right.shape}, got {answer.shape}", diagnose_shape(right, answer)
    )


def close(right: np.ndarray, answer: np.ndarray, rtol: float, atol: float) -> np.ndarray:
    """Where two arrays of one shape agree, elementwise."""
    if right.dtype.kind in "biu" and answer.dtype.kind in "biu":
        return np.asarray(right == answer)
    finite = np.abs(right[np.isfinite(right)])
    largest = float(finite.max()) if finite.size else 0.0
    if right.dtype.kind in "biu":  # 3.0 is 3, 3.0001 is not
        rtol, atol, largest = 1e-9, 1e-9, 0.0
    elif answer.dtype.kind in "fc" and answer.dtype.itemsize <= 2:
        rtol = max(rtol, 5e-3)  # float16 keeps three digits
    return np.isclose(answer, right, rtol=rtol, atol=atol + 1e-6 * largest, equal_nan=True)


def _is_numeric(values: Any) -> bool:
    return bool(values) and all(
        isinstance(v, (numbers.Number, np.generic)) and not isinstance(v, (bool, np.bool_))
        for v in values
    )


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    return value.item() if isinstance(value, np.generic) else value


def _article(name: str) -> str:
    return f"an object of type {name}"
