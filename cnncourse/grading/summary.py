"""What a class did, in numbers: from stored results to the rows of the report."""

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

STATES = ("passed", "failed", "error", "not attempted")


@dataclass(frozen=True)
class Mistake:
    """A misconception that occurred: how often, and the sentence that explains it."""

    exercise: str
    name: str
    says: str
    count: int


@dataclass(frozen=True)
class ExerciseSummary:
    """How one exercise went. share: the mean of the points earned, from 0 to 1."""

    name: str
    title: str
    max_points: float
    states: dict[str, int]
    share: float


@dataclass(frozen=True)
class ClassSummary:
    """How an assignment went. students: name, points and the state of each exercise."""

    assignment: str
    max_points: float
    points: tuple[float, ...]
    exercises: tuple[ExerciseSummary, ...]
    mistakes: tuple[Mistake, ...]
    anomalies: tuple[tuple[str, tuple[str, ...]], ...]
    students: tuple[tuple[str, float, tuple[str, ...]], ...]

    @property
    def median(self) -> float:
        return statistics.median(self.points)

    @property
    def mean(self) -> float:
        return statistics.fmean(self.points)


def summarize(assignment: str, records: Sequence[dict[str, Any]]) -> ClassSummary:
    """The summary of an assignment's stored results. Raises ValueError when there are none."""
    if not records:
        raise ValueError(f"There are no results of {assignment}.")
    names = list(dict.fromkeys(v["exercise"] for r in records for v in r["verdicts"]))
    return ClassSummary(
        assignment=assignment,
        max_points=max(r["max_points"] for r in records),
        points=tuple(r["points"] for r in records),
        exercises=tuple(_exercise(name, records) for name in names),
        mistakes=_mistakes(records),
        anomalies=tuple((r["student"], tuple(r["anomalies"])) for r in records if r["anomalies"]),
        students=tuple(
            (r["student"], r["points"], tuple(v["state"] for v in r["verdicts"])) for r in records
        ),
    )


def histogram(points: Sequence[float], max_points: float) -> list[tuple[float, float, int]]:
    """``(from, to, count)`` of ten equal bins; the last holds its upper edge."""
    width = (max_points or 1) / 10
    counts = Counter(min(int(value / width + 1e-9), 9) for value in points)
    return [(i * width, (i + 1) * width, counts[i]) for i in range(10)]


def _exercise(name: str, records: Sequence[dict[str, Any]]) -> ExerciseSummary:
    verdicts = [v for r in records for v in r["verdicts"] if v["exercise"] == name]
    counts = Counter(v["state"] for v in verdicts)
    most = max(v["max_points"] for v in verdicts)
    return ExerciseSummary(
        name=name,
        title=_declared(name, "title") or name,
        max_points=most,
        states={state: counts[state] for state in STATES},
        share=sum(v["points"] for v in verdicts) / (most * len(verdicts)) if most else 0.0,
    )


def _mistakes(records: Sequence[dict[str, Any]]) -> tuple[Mistake, ...]:
    seen = Counter(
        (v["exercise"], v["misconception"])
        for r in records
        for v in r["verdicts"]
        if v.get("misconception")
    )
    return tuple(
        Mistake(exercise, name, _says(exercise, name), count)
        for (exercise, name), count in sorted(seen.items(), key=lambda item: (-item[1], item[0]))
    )


def _declared(exercise: str, what: str) -> Any:
    """A field of an exercise's declaration, or None for one that is gone from the course."""
    from cnncourse import exercises

    try:
        return getattr(exercises.get(exercise), what)
    except exercises.UnknownExercise:
        return None


def _says(exercise: str, name: str) -> str:
    known = _declared(exercise, "misconceptions") or ()
    return next((m.says for m in known if m.name == name), "")
