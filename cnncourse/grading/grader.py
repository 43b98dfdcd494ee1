"""Grade one submission: rebuild, run, judge. Whatever it holds, it gets a defined grade."""

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cnncourse.checking.exercise import Case, Exercise
from cnncourse.checking.judge import judge
from cnncourse.checking.verdict import Verdict
from cnncourse.grading.kernel import ISOLATIONS, Isolation, KernelError
from cnncourse.grading.notebooks import Cell, Handed, Submission, open_up, pick_up, source_from
from cnncourse.grading.rebuild import Rebuilt, exercise_of, rebuild, role
from cnncourse.grading.run import Execution, execute


@dataclass(frozen=True)
class Assignment:
    """What every submission of a lesson is graded against.

    text: the released notebook as a file holds it. seed: the course's secret one, from which every
    student's own hidden cases are drawn.
    """

    name: str
    text: str
    cells: tuple[Cell, ...]
    exercises: tuple[Exercise, ...]
    seed: int

    def seed_of(self, student: str, raw: bytes = b"") -> int:
        """The seed of a submission's hidden cases. raw: the notebook's file as it was handed in.

        Feedback may show what the cases were (student code can print them), so whoever changes a
        byte meets others.
        """
        words = f"{self.seed}\0{self.name}\0{student}\0{hashlib.sha256(raw).hexdigest()}"
        return int.from_bytes(hashlib.sha256(words.encode()).digest()[:8], "big") >> 1

    def questions(self, student: str, raw: bytes = b"") -> dict[str, Sequence[Case]]:
        """A submission's hidden cases by exercise."""
        seed = self.seed_of(student, raw)
        return {exercise.name: exercise.make_cases(seed) for exercise in self.exercises}

    @property
    def max_points(self) -> float:
        return sum(exercise.points for exercise in self.exercises)


@dataclass(frozen=True)
class Result:
    """A graded submission: verdicts in the lesson's order, and what to look at by hand.

    isolation: "isolated" or "not isolated", how the student's code was run. seed: of the hidden
    cases, with which the grade can be made again. seconds: how long it took.
    notebook: the rebuilt notebook with the verdicts in it, as nbformat gives it.
    """

    student: str
    verdicts: tuple[Verdict, ...]
    anomalies: tuple[str, ...]
    isolation: str = ISOLATIONS["sandbox"]
    seed: int = 0
    notebook: Any = field(default=None, compare=False)
    seconds: float = field(default=0.0, compare=False)

    @property
    def points(self) -> float:
        return sum(verdict.points for verdict in self.verdicts)

    @property
    def max_points(self) -> float:
        return sum(verdict.max_points for verdict in self.verdicts)


def load_assignment(
    name: str, source: Path, exercises: Sequence[Exercise], seed: int
) -> Assignment:
    """Read the released notebook.

    Raises ValueError when the notebook and the declared exercises do not fit together.
    """
    return make_assignment(name, source.read_text(encoding="utf-8"), exercises, seed, str(source))


def make_assignment(
    name: str, text: str, exercises: Sequence[Exercise], seed: int, where: str = "The notebook"
) -> Assignment:
    """As `load_assignment`, from the notebook's text. where: what the error calls it."""
    _, cells = source_from(text)
    declared = {exercise.name: exercise for exercise in exercises}
    checked = [exercise_of(cell) for cell in cells if role(cell) == "check"]
    if set(checked) != set(declared):
        odd = sorted(set(checked) ^ set(declared))
        raise ValueError(
            f"{where} and the exercises of {name!r} disagree on {', '.join(odd)}. "
            "Build the course again: cnncourse build."
        )
    ordered = tuple(declared[n] for n in dict.fromkeys(checked))
    return Assignment(name, text, cells, ordered, seed)


def grade(
    assignment: Assignment,
    student: str,
    folder: Path,
    seconds: float = 60,
    isolation: Isolation = "sandbox",
) -> Result:
    """The result of the submission in a folder. Arguments as `grade_handed`."""
    return grade_handed(assignment, pick_up(student, assignment.name, folder), seconds, isolation)


def grade_handed(
    assignment: Assignment,
    handed: Handed,
    seconds: float = 60,
    isolation: Isolation = "sandbox",
) -> Result:
    """The result of one submission. Never raises for what a submission holds.

    seconds: how long one cell may take. isolation: "none" runs it with the grader's own rights.
    Raises KernelError when no process can be started for it: that is the machine's trouble.
    """
    start = time.monotonic()
    try:
        submission = open_up(handed)
        if submission.problem:
            result = _without_answers(assignment, submission)
        else:
            result = _with_answers(assignment, submission, handed.raw, seconds, isolation)
    except KernelError:
        raise
    except Exception as error:
        # One submission that we failed to foresee must not stop the class.
        trouble = f"Grading stopped with {type(error).__name__}: {str(error)[:200]}."
        result = unforeseen(assignment, handed.student, trouble)
    return replace(
        result,
        isolation=ISOLATIONS[isolation],
        seed=assignment.seed_of(handed.student, handed.raw),
        seconds=time.monotonic() - start,
    )


def unforeseen(assignment: Assignment, student: str, trouble: str) -> Result:
    """The result of a submission that our own code failed on, for a person to look at."""
    return _without_answers(
        assignment,
        Submission(
            student,
            problem=f"{trouble} Ask your instructor to grade this by hand.",
            anomalies=(f"{trouble} Grade it again, or by hand.",),
        ),
    )


def _without_answers(assignment: Assignment, submission: Submission) -> Result:
    from cnncourse.grading.autograded import compose

    rebuilt = rebuild(assignment.cells, ())
    verdicts = tuple(_error(e, submission.problem) for e in assignment.exercises)
    notebook = compose(assignment, rebuilt, Execution(), verdicts)
    return Result(submission.student, verdicts, submission.anomalies, notebook=notebook)


def _with_answers(
    assignment: Assignment,
    submission: Submission,
    raw: bytes,
    seconds: float,
    isolation: Isolation,
) -> Result:
    from cnncourse.grading.autograded import compose

    rebuilt = rebuild(assignment.cells, submission.cells)
    questions = assignment.questions(submission.student, raw)
    execution = execute(rebuilt, assignment.exercises, questions, seconds, isolation)
    verdicts = tuple(
        _verdict(exercise, questions[exercise.name], rebuilt, execution)
        for exercise in assignment.exercises
    )
    anomalies = (*submission.anomalies, *rebuilt.anomalies, *execution.incidents)
    notebook = compose(assignment, rebuilt, execution, verdicts)
    unique = tuple(dict.fromkeys(anomalies))
    return Result(submission.student, verdicts, unique, notebook=notebook)


def _verdict(
    exercise: Exercise, cases: Sequence[Case], rebuilt: Rebuilt, execution: Execution
) -> Verdict:
    name = exercise.name
    if name in execution.problems:
        return _error(exercise, execution.problems[name])
    if name not in execution.answers:
        return _error(exercise, "No answer came out.")
    # The answers' own declarations are no help to lean on. (Which is not to say out of reach.)
    forbids = (*exercise.forbids, "cnncourse.exercises")
    try:
        return judge(
            replace(exercise, forbids=forbids),
            cases,
            execution.answers[name],
            source=rebuilt.sources.get(name),
        )
    except Exception as error:  # an answer that no comparison foresaw
        return _error(exercise, f"The answer could not be judged ({type(error).__name__}).")


def _error(exercise: Exercise, message: str) -> Verdict:
    return Verdict(exercise.name, "error", 0, exercise.points, message)
