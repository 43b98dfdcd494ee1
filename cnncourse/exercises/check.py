"""`check`: the student's call. It judges at once, or only collects when a grader runs it."""

import inspect
import linecache
import os
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnncourse.checking import collect, wire
from cnncourse.checking.exercise import Case
from cnncourse.checking.verdict import Verdict


@dataclass(frozen=True)
class Collected:
    """What a check returns in a graded run: the verdict is made elsewhere."""

    exercise: str

    def __repr__(self) -> str:
        return f"Answer for {self.exercise!r} collected."


@dataclass(frozen=True)
class Hint:
    """One hint, and how many there are."""

    text: str
    position: int
    count: int

    def __repr__(self) -> str:
        return f"Hint {self.position} of {self.count}: {self.text}"


class Check:
    """``check("name", answer)`` checks an exercise; ``check.hint("name")`` gives a hint.

    Nothing that the student holds is changed: the function is called on copies.
    """

    def __init__(self) -> None:
        self._verdicts: dict[str, Verdict] = {}
        self._hints: dict[str, tuple[str, int]] = {}

    def __repr__(self) -> str:
        return 'check("exercise", your_answer)  ·  check.hint("exercise")'

    def __call__(self, name: str, answer: Any = ...) -> Verdict | Collected:
        """The verdict on an answer: a function, a value, a model.

        Raises UnknownExercise (with the near names) for a name that the course does not have.
        """
        inbox, outbox = os.environ.get("CNNCOURSE_INBOX"), os.environ.get("CNNCOURSE_OUTBOX")
        if inbox and outbox:
            return _collect_for_grading(name, answer, Path(inbox), Path(outbox))
        from cnncourse.checking.judge import judge
        from cnncourse.exercises.registry import get

        exercise = get(name)
        cases = exercise.make_cases()
        try:
            answers = collect.collect(answer, cases, exercise.kind)
            verdict = judge(exercise, cases, answers, source=_source(answer))
        except Exception as error:  # an object that behaves as no answer should
            sentence = f"The answer could not be judged ({wire.type_name(error)})."
            verdict = Verdict(name, "error", 0, exercise.points, sentence, exercise.accepts)
        self._verdicts[name] = verdict
        return verdict

    def hint(self, name: str) -> Hint:
        """The next hint: first on the mistake that the last check recognised, then in general."""
        if os.environ.get("CNNCOURSE_INBOX"):
            return Hint("Hints are not given while a notebook is graded.", 1, 1)
        from cnncourse.exercises.registry import get

        exercise = get(name)
        verdict = self._verdicts.get(name)
        known = verdict.misconception if verdict else ""
        texts = [t for m in exercise.misconceptions if m.name == known for t in (m.says, m.more)]
        texts = [text for text in (*texts, *exercise.hints) if text]
        if not texts:
            return Hint("Read the exercise once more, and try the smallest case by hand.", 1, 1)
        seen, position = self._hints.get(name, ("", 0))
        position = position % len(texts) + 1 if seen == known else 1
        self._hints[name] = (known, position)
        return Hint(texts[position - 1], position, len(texts))

    def passed(self, name: str) -> bool:
        """Whether this exercise has passed its check since the kernel started.

        Prints a line when it has not, for cells that build on an exercise.
        """
        verdict = self._verdicts.get(name) if isinstance(name, str) else None
        if verdict is not None and verdict.state == "passed":
            return True
        print(f"This cell wakes up when check({name!r}, …) passes.")
        return False


def _collect_for_grading(name: str, answer: Any, inbox: Path, outbox: Path) -> Collected:
    questions = wire.read(inbox / f"{name}.npz")
    cases = [Case(args=q["args"], kwargs=q["kwargs"]) for q in questions["cases"]]
    answers = collect.collect(answer, cases, questions["kind"])
    wire.write(outbox / f"{name}.npz", collect.to_plain(answers))
    return Collected(name)


def write_questions(path: Path, kind: str, cases: tuple[Case, ...]) -> None:
    """What a graded run may see of an exercise: its kind and its inputs, no label and no truth."""
    inputs = [{"args": case.args, "kwargs": dict(case.kwargs)} for case in cases]
    wire.write(path, {"kind": kind, "cases": inputs})


def _source(answer: Any) -> str | None:
    """The student's cell, as the grader reads it; elsewhere the function, its lines numbered so."""
    try:
        filename = inspect.getsourcefile(answer) or ""
        if collect.is_cell(filename):
            return "".join(linecache.getlines(filename))
        lines, first = inspect.getsourcelines(answer)
    except Exception:  # no file, or an object that answers to any attribute
        return None
    return "\n" * max(first - 1, 0) + textwrap.dedent("".join(lines))


check = Check()
