"""The student's call: names, hints, and what a graded run may see."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cnncourse import check, exercises
from cnncourse.checking import wire
from cnncourse.checking.collect import from_plain
from cnncourse.checking.exercise import Exercise
from cnncourse.exercises.check import Check, write_questions
from cnncourse.exercises.registry import UnknownExercise

FUNCTIONS = [e for e in map(exercises.get, exercises.names()) if e.kind == "function"]


@pytest.fixture
def exercise() -> Iterator[Exercise]:
    yield FUNCTIONS[0]


def test_an_unknown_name_lists_the_near_ones(exercise: Exercise) -> None:
    with pytest.raises(UnknownExercise) as error:
        check(exercise.name + "s", None)
    assert repr(exercise.name) in str(error.value)


def test_a_hint_names_the_recognised_mistake_first(exercise: Exercise) -> None:
    mine = Check()
    known = exercise.misconceptions[0]
    assert mine(exercise.name, known.wrong).misconception == known.name
    assert mine.hint(exercise.name).text == known.says
    assert mine.hint(exercise.name).text == known.more


def test_hints_come_round(exercise: Exercise) -> None:
    mine = Check()
    first = mine.hint(exercise.name)
    rounds = [mine.hint(exercise.name).text for _ in range(first.count)]
    assert rounds[-1] == first.text


def test_passed_is_remembered(exercise: Exercise, capsys: pytest.CaptureFixture[str]) -> None:
    mine = Check()
    assert not mine.passed(exercise.name)
    assert "wakes up" in capsys.readouterr().out
    mine(exercise.name, exercise.reference)
    assert mine.passed(exercise.name)


def test_a_graded_run_collects_and_judges_nothing(
    exercise: Exercise, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = exercise.make_cases(5)
    write_questions(tmp_path / f"{exercise.name}.npz", exercise.kind, cases)
    monkeypatch.setenv("CNNCOURSE_INBOX", str(tmp_path))
    monkeypatch.setenv("CNNCOURSE_OUTBOX", str(tmp_path / "out"))
    (tmp_path / "out").mkdir()
    assert "collected" in repr(check(exercise.name, exercise.reference))
    answers = from_plain(wire.read(tmp_path / "out" / f"{exercise.name}.npz"))
    assert [a.state for a in answers] == ["returned"] * len(cases)


def test_a_graded_run_imports_no_right_answer(exercise: Exercise, tmp_path: Path) -> None:
    """Neither declarations nor the judge are in the student's process."""
    write_questions(tmp_path / f"{exercise.name}.npz", exercise.kind, exercise.make_cases(5))
    code = (
        "import os, sys\n"
        f"os.environ['CNNCOURSE_INBOX'] = os.environ['CNNCOURSE_OUTBOX'] = {str(tmp_path)!r}\n"
        "from cnncourse import check\n"
        f"check({exercise.name!r}, lambda *a, **k: 0)\n"
        "print([m for m in sys.modules if 'lesson_' in m or m.endswith('checking.judge')])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_questions_hold_no_truth(tmp_path: Path) -> None:
    for name in exercises.names():
        exercise = exercises.get(name)
        path = tmp_path / f"{name}.npz"
        write_questions(path, exercise.kind, exercise.make_cases(5))
        questions = wire.read(path)
        assert set(questions) == {"kind", "cases"}
        assert all(set(case) == {"args", "kwargs"} for case in questions["cases"])


class Hostile:
    """Answers to nothing, not even to its name."""

    def __getattr__(self, name: str) -> object:
        raise RuntimeError(name)

    def __call__(self, *args: object) -> "Hostile":
        return self

    def __str__(self) -> str:
        raise RuntimeError

    __repr__ = __str__


class Endless(Hostile):
    def __getattr__(self, name: str) -> "Endless":
        return Endless()


@pytest.mark.parametrize("name", ["feature_map", "map_shape"])
def test_no_answer_makes_the_check_itself_fail(name: str) -> None:
    for answer in (Hostile(), Endless(), Hostile, len, lambda *args: Hostile()):
        verdict = Check()(name, answer)
        assert verdict.state in ("failed", "error")
        assert repr(verdict) and verdict._repr_html_()


@pytest.mark.parametrize("name", [len, 5, None, ["conv2d"]], ids=type)
def test_a_check_without_a_name_says_what_comes_first(name: object) -> None:
    with pytest.raises(UnknownExercise, match="in quotes") as error:
        check(name, len)  # type: ignore[arg-type]
    assert error.value._render_traceback_() == [str(error.value)]


def test_a_forbidden_import_above_the_function_is_seen() -> None:
    """The whole cell counts, as in a graded run."""
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    cell = (
        "from scipy.signal import correlate2d\n"
        "def feature_map(image, kernel, bias):\n"
        "    return correlate2d(image, kernel, 'valid') + bias\n"
    )
    shell.run_cell(cell)
    verdict = check("feature_map", shell.user_ns["feature_map"])
    assert verdict.state == "failed" and "by hand" in verdict.message
    assert "scipy" in verdict.message or "correlate2d" in verdict.message
