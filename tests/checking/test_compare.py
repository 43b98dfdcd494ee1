"""What counts as right, and what is said when it is not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncourse.checking.compare import compare
from cnncourse.checking.wire import Other

RIGHT = [
    (3, 3),
    (3, np.int64(3)),
    (3, np.array(3)),
    (3, 3.0),
    (0.5, np.float32(0.5)),
    (1 / 3, np.float32(1 / 3)),
    (True, np.True_),
    ("same", " Same "),
    ((4, 5), [4, 5]),
    ((4, 5), np.array([4, 5])),
    ([1.5, 2.5], (1.5, 2.5)),
    (np.ones((2, 3)), [[1, 1, 1], [1, 1, 1]]),
    (np.array([1.0, np.nan]), np.array([1.0, np.nan])),
    (np.array([1.0, np.inf]), np.array([1.0, np.inf])),
    ({"a": 1, "b": None}, {"b": None, "a": 1}),
    ((np.ones(2), "x"), [np.ones(2), "x"]),
    ((None, 28, 28, 1), (None, 28, 28, 1)),
    (np.array([1, 2]), np.array([1.0, 2.0])),
]
WRONG = [
    (3, 4, "expected 3, got 4"),
    (3, 3.5, "expected 3, got 3.5"),
    (3, "3", "got '3'"),
    (3, None, "got None"),
    (3, [3, 4], "one number"),
    (3, np.ones((1, 1)), "one number, got an array of shape (1, 1)"),
    (1, True, "expected 1, got True"),
    (True, 1, "expected True"),
    ("same", "valid", "'valid' is not the answer"),
    ("same", 5, "a text"),
    ((4, 5), (5, 4), "at [0] expected 4, got 5"),
    ((4, 5), (4, 5, 6), "expected 2 values, got 3"),
    ((4, 5), 4, "expected (4, 5), got 4"),
    (np.ones((2, 3)), np.ones((3, 2)), "expected shape (2, 3), got (3, 2)"),
    (np.ones((2, 3)), [[1, 2], [3]], "different lengths"),
    (np.ones(2), np.array([1.0, np.nan]), "at [1] expected 1.0, got nan"),
    (np.array([1, 2]), np.array([1, 3]), "at [1] expected 2, got 3"),
    ({"a": 1}, {"a": 2}, "a: expected 1, got 2"),
    ({"a": 1}, {}, "'a' is missing"),
    ({"a": 1}, {"a": 1, "b": 2}, "'b' is not expected"),
    ((np.ones(2), "x"), [np.zeros(2), "x"], "value 0: at [0] expected 1.0, got 0.0"),
    ((28, None), (28, 28), "value 1: expected None, got 28"),
    (3, Other("Sequential"), "an object of type Sequential"),
    (np.ones(2), Other("generator"), "generator"),
]


@pytest.mark.parametrize(("expected", "got"), RIGHT)
def test_right(expected: object, got: object) -> None:
    assert compare(expected, got) is None


@pytest.mark.parametrize(("expected", "got", "words"), WRONG)
def test_wrong(expected: object, got: object, words: str) -> None:
    difference = compare(expected, got)
    assert difference is not None and words in difference.sentence


BASE = np.arange(1.0, 13).reshape(3, 4) ** 2 / 7
CLUES = [
    (BASE.T, "swapped"),
    (BASE[:, :3], "One too small along axis 1"),
    (np.pad(BASE, ((0, 1), (0, 1))), "One too large along axes 0 and 1"),
    (BASE[..., None], "more axes"),
    (BASE.reshape(4, 3).reshape(2, 6), "another shape"),
    (BASE + 2.5, "off by the same 2.5"),
    (BASE * 4, "4 times"),
    (np.zeros((3, 4)), "Every value is 0"),
    (BASE.astype(int), "integer dtype"),
    (BASE[::-1], "reverse order along axis 0"),
    (np.where(BASE > 5, np.nan, BASE), "NaN"),
    (np.roll(BASE, 1), "in the wrong places"),
    (np.where(np.arange(3)[:, None] < 1, BASE, 0), "stand inside a loop"),
    (np.pad(BASE[:-1, :-1], ((0, 1), (0, 1))), "one step too early"),
    (np.where(np.arange(4) == 2, 0, BASE), "Some places are still 0"),
    (np.full((3, 4), np.nan), "forget its `return`"),
    (BASE.ravel(), "1 axis, not 2"),
]


@pytest.mark.parametrize(("got", "words"), CLUES)
def test_clues(got: np.ndarray, words: str) -> None:
    difference = compare(BASE, got)
    assert difference is not None and words in difference.clue


def test_more_clues() -> None:
    signed = np.array([[-3.0, 5.0, 300.0]])
    difference = compare(signed, np.array([[253, 5, 44]], dtype=np.uint8))
    assert difference is not None and "Negative numbers" in difference.clue
    difference = compare(np.ones((3, 5, 2)), np.ones((3, 5, 3)))
    assert difference is not None and "from which axis" in difference.clue
    assert "+1" not in difference.clue  # no window slides along filters
    difference = compare(2.5, 2)
    assert difference is not None and "cut off" in difference.clue


@pytest.mark.parametrize("got", [30, (30, 38), "26, 38", [1, [2, 3]], {26, 38}, compare])
def test_a_difference_can_be_told_without_the_answer(got: object) -> None:
    difference = compare((26, 38), got)
    assert difference is not None and "26, 38)" not in difference.unspoken
    assert "expected" not in difference.unspoken and "is not right" in difference.unspoken
    assert " at 0x" not in difference.sentence


@given(st.integers(1, 4), st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_any_single_change_is_found_where_it_is(rows: int, columns: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    right = rng.normal(size=(rows, columns))
    index = (int(rng.integers(rows)), int(rng.integers(columns)))
    answer = right.astype(np.float32)
    assert compare(right, answer) is None
    answer[index] += 0.1
    difference = compare(right, answer)
    assert difference is not None and difference.index == index
    assert difference.wrong is not None and difference.wrong.sum() == 1
