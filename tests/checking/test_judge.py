"""Verdicts on a toy exercise: states, points, messages, and what they never do."""

from typing import Any

import numpy as np
import pytest
from toy import WINDOW_SUMS, stride_ignored, windows

from cnncourse.checking import Case, Exercise
from cnncourse.checking.collect import collect
from cnncourse.checking.judge import judge
from cnncourse.checking.verdict import Verdict


def verdict(answer: object, source: str | None = None, seed: int = 7) -> Verdict:
    cases = WINDOW_SUMS.make_cases(seed)
    return judge(WINDOW_SUMS, cases, collect(answer, cases, "function"), source)


def test_right_answers_pass_with_all_points() -> None:
    for answer in (
        windows,
        lambda *a, **k: windows(*a, **k).tolist(),
        lambda *a, **k: windows(*a, **k).astype(np.float32),
        lambda *a, **k: [np.float64(v) for v in windows(*a, **k)],
    ):
        got = verdict(answer)
        assert (got.state, got.points, got.max_points) == ("passed", 3, 3)


def test_partial_credit_and_the_misconception_by_name() -> None:
    got = verdict(stride_ignored)
    assert (got.state, got.points, got.misconception) == ("failed", 2, "stride-ignored")
    assert "2 of 3 cases pass" in got.message
    assert "(stride 2)" in got.message
    assert "expected shape (3,), got (6,)" in got.message
    assert got.hint == "The stride is not used."


def test_the_first_difference_has_index_expected_and_got() -> None:
    def wrong(x: np.ndarray, k: int, stride: int = 1) -> np.ndarray:
        out = windows(x, k, stride)
        out[1] += 5
        return out

    got = verdict(wrong)
    cases = WINDOW_SUMS.make_cases(7)
    right = windows(*cases[0].args)[1]
    assert f"at [1] expected {right:.6g}, got {right + 5:.6g}" in got.message
    assert got.wrong is not None and got.wrong.tolist() == [[False, True] + [False] * 4]
    assert "· x · · · ·" in repr(got)
    assert "1 of 6 values" in got._repr_html_()


def test_an_exception_is_the_students_one_line_with_their_line() -> None:
    def broken(x: np.ndarray, k: int, stride: int = 1) -> np.ndarray:
        y = x[:3]
        return y[17]

    got = verdict(broken)
    assert got.state == "error"
    assert "IndexError: index 17 is out of bounds" in got.message
    assert "`return y[17]`" in got.message
    assert "Traceback" not in got.text and "collect.py" not in got.text


def test_an_exception_in_the_library_points_at_the_students_call() -> None:
    def broken(x: np.ndarray, k: int, stride: int = 1) -> np.ndarray:
        return np.concatenate([x.reshape(1, -1), x])

    got = verdict(broken)
    assert "`return np.concatenate" in got.message


@pytest.mark.parametrize("error", [SystemExit(3), RecursionError("deep"), ValueError("a\nb")])
def test_whatever_is_raised_becomes_a_verdict(error: BaseException) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise error

    got = verdict(broken)
    assert got.state == "error" and type(error).__name__ in got.message
    assert got.points == 0


def test_an_interrupt_ends_the_check() -> None:
    calls = []

    def endless(*args: object, **kwargs: object) -> None:
        calls.append(1)
        raise KeyboardInterrupt

    got = verdict(endless)
    assert got.state == "error" and "stopped" in got.message and len(calls) == 1


def test_not_attempted() -> None:
    def stub(x: np.ndarray, k: int, stride: int = 1) -> np.ndarray:
        raise NotImplementedError("write it here")

    assert verdict(stub).state == "not attempted"
    assert verdict(...).state == "not attempted"


def test_half_attempted_is_not_unattempted() -> None:
    def half(x: np.ndarray, k: int, stride: int = 1) -> np.ndarray:
        if stride > 1:
            raise NotImplementedError
        return windows(x, k)

    got = verdict(half)
    assert (got.state, got.points) == ("failed", 2)


def test_the_result_of_a_call_instead_of_the_function() -> None:
    got = verdict(np.zeros(3))
    assert got.state == "error" and "the function itself" in got.message.replace("your ", "the ")


def test_a_forgotten_return() -> None:
    got = verdict(lambda *a, **k: None)
    assert "`return` missing" in got.hint


@pytest.mark.parametrize("value", ["text", {"a": 1}, object(), [[1, 2], [3]], np.array([{}])])
def test_an_answer_of_the_wrong_type_is_described(value: object) -> None:
    got = verdict(lambda *a, **k: value)
    assert got.state == "failed" and got.points == 0 and "expected" in got.message


def test_forbidden_functions_are_found_in_the_source() -> None:
    got = verdict(windows, "def f(x, k):\n    return np.convolve(x, np.ones(k))\n")
    assert (got.state, got.points) == ("failed", 0)
    assert "line 2 uses `np.convolve`" in got.message


def test_the_students_arrays_stay_as_they_are() -> None:
    cases = WINDOW_SUMS.make_cases(7)
    before = [case.args[0].copy() for case in cases]

    def destroys(x: np.ndarray, k: int, stride: int = 1) -> np.ndarray:
        out = windows(x, k, stride)
        x[:] = 0
        return out

    got = judge(WINDOW_SUMS, cases, collect(destroys, cases, "function"))
    assert got.state == "passed" and "writes into the array" in got.message
    assert all(np.array_equal(b, c.args[0]) for b, c in zip(before, cases, strict=True))


def test_one_array_reused_in_every_call_is_not_confused() -> None:
    buffer = np.empty(8)

    def reuses(x: np.ndarray, k: int, stride: int = 1) -> np.ndarray:
        right = windows(x, k, stride)
        buffer[: len(right)] = right
        return buffer[: len(right)]

    assert verdict(reuses).state == "passed"


def test_too_few_answers() -> None:
    cases = WINDOW_SUMS.make_cases()
    assert judge(WINDOW_SUMS, cases, []).state == "error"


def test_html_is_escaped() -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise ValueError("<script>alert(1)</script>")

    assert "<script>" not in verdict(broken)._repr_html_()


def test_an_exception_gets_no_lecture_on_types() -> None:
    def broken(x: np.ndarray, k: int, stride: int = 1) -> np.ndarray:
        return windows(x, k, stride) if stride == 2 else x[99]

    assert "must be" not in verdict(broken).text


def value_exercise(right: object) -> Exercise:
    return Exercise(
        name="a_value",
        title="A value",
        lesson="00_toy",
        kind="value",
        cases=lambda rng: [Case()],
        reference=lambda: right,
        parts={"all": 1},
        alternatives={},
        misconceptions=[],
        accepts="one whole number",
    )


@pytest.mark.parametrize(
    ("right", "got"),
    [(26, 30), (26, "x"), ((26, 38), (30, 40)), ((26, 38), 988.5), (np.eye(3) * 26, np.eye(3))],
)
def test_a_wrong_value_is_not_told_the_right_one(right: object, got: object) -> None:
    exercise = value_exercise(right)
    cases = exercise.make_cases()
    said = judge(exercise, cases, collect(got, cases, "value"))
    assert said.state == "failed" and "is not right" in said.message
    assert "expected" not in said.message and "26" not in said.text and "38" not in said.message


def test_a_wrong_number_gets_no_lecture_on_types() -> None:
    exercise = value_exercise(26)
    cases = exercise.make_cases()
    assert judge(exercise, cases, collect(30, cases, "value")).hint == ""
    assert "whole number" in judge(exercise, cases, collect([30, 2], cases, "value")).hint


def helper(x: np.ndarray) -> np.ndarray:
    raise NotImplementedError("Exercise 3: write helper here.")


def test_a_helper_that_is_still_a_stub_is_not_this_exercise_unattempted() -> None:
    def uses_it(x: np.ndarray, k: int, stride: int = 1) -> np.ndarray:
        return helper(x)

    got = verdict(uses_it)
    assert got.state == "error" and "in `helper`" in got.message
    assert "its exercise comes first" in got.hint


def test_the_line_is_one_of_the_cell_that_is_checked() -> None:
    cells: dict[str, Any] = {}
    exec(compile("def earlier(a, b):\n    return a * b", "<ipython-input-1>", "exec"), cells)
    code = "def later(x, k, stride=1):\n    y = x\n    return earlier(x, x[:2])"
    exec(compile(code, "<ipython-input-2>", "exec"), cells)
    got = verdict(cells["later"])
    assert "ValueError in `earlier`: operands" in got.message and "(line 3 of" in got.message
    assert "Print their shapes" in got.hint


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (NameError("name 'heigth' is not defined"), "misspelt"),
        (IndexError("index 4 is out of bounds for axis 1 with size 3"), "loop end"),
        (ValueError("too many values to unpack (expected 2)"), "How many axes"),
        (TypeError("'float' object cannot be interpreted as an integer"), "`//`"),
        (KeyError("x"), ""),
    ],
)
def test_common_exceptions_get_a_hint(error: Exception, words: str) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise error

    got = verdict(broken)
    assert words in got.hint if words else not got.hint


def test_a_wrong_answer_that_writes_into_its_input_hears_of_it() -> None:
    def destroys(x: np.ndarray, k: int, stride: int = 1) -> np.ndarray:
        out = []
        for i in range(0, len(x) - k + 1, stride):
            window = x[i : i + k]
            window *= 2
            out.append(window.sum() / 2)
        return np.array(out)

    got = verdict(destroys)
    assert got.state == "failed" and "A slice is no copy" in got.hint


def test_an_answer_that_never_changes_is_asked_for_its_inputs() -> None:
    assert "the same in every case" in verdict(lambda *a, **k: np.arange(3.0) ** 2 - 7).hint
