"""What a class did, in numbers: from stored results to the rows of the report."""

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

STATES = ("passed", "failed", "error", "not attempted")


@dataclass(frozen=True)
class Mistake:
    """A misconception that occurred: how often, and the sentence that explains it.

    student, example: whose answer shows it, and the answer; empty when it is not at hand.
    """

    exercise: str
    name: str
    says: str
    count: int
    student: str = ""
    example: str = ""


@dataclass(frozen=True)
class ExerciseSummary:
    """How one exercise went. share: the mean of the points earned, from 0 to 1.

    discrimination: the point-biserial correlation between passing it and the points of all other
    exercises (Lord and Novick 1968, section 15.3); None when it says nothing, because everybody or
    nobody passed or all others are equal.
    """

    name: str
    title: str
    max_points: float
    states: dict[str, int]
    share: float
    discrimination: float | None = None


@dataclass(frozen=True)
class ClassSummary:
    """How an assignment went. students: name, points and the state of each exercise.

    seconds: what each submission took, where it is recorded. isolation: how many ran how.
    """

    assignment: str
    max_points: float
    points: tuple[float, ...]
    exercises: tuple[ExerciseSummary, ...]
    mistakes: tuple[Mistake, ...]
    anomalies: tuple[tuple[str, tuple[str, ...]], ...]
    students: tuple[tuple[str, float, tuple[str, ...]], ...]
    seconds: tuple[tuple[str, float], ...] = ()
    isolation: tuple[tuple[str, int], ...] = ()

    @property
    def median(self) -> float:
        return statistics.median(self.points)

    @property
    def mean(self) -> float:
        return statistics.fmean(self.points)


def summarize(
    assignment: str,
    records: Sequence[dict[str, Any]],
    examples: Mapping[tuple[str, str], tuple[str, str]] | None = None,
) -> ClassSummary:
    """The summary of an assignment's stored results. Raises ValueError when there are none.

    examples: (exercise, misconception) → whose answer shows it, and the answer.
    """
    if not records:
        raise ValueError(f"There are no results of {assignment}.")
    names = list(dict.fromkeys(v["exercise"] for r in records for v in r["verdicts"]))
    return ClassSummary(
        assignment=assignment,
        max_points=max(r["max_points"] for r in records),
        points=tuple(r["points"] for r in records),
        exercises=tuple(_exercise(name, records) for name in names),
        mistakes=_mistakes(records, examples or {}),
        anomalies=tuple((r["student"], tuple(r["anomalies"])) for r in records if r["anomalies"]),
        students=tuple(
            (r["student"], r["points"], tuple(v["state"] for v in r["verdicts"])) for r in records
        ),
        seconds=tuple((r["student"], r["seconds"]) for r in records if "seconds" in r),
        isolation=tuple(Counter(r.get("isolation", "not recorded") for r in records).items()),
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
        discrimination=_discrimination(name, records),
    )


def _discrimination(name: str, records: Sequence[dict[str, Any]]) -> float | None:
    passed, others = [], []
    for record in records:
        for verdict in record["verdicts"]:
            if verdict["exercise"] == name:
                passed.append(float(verdict["state"] == "passed"))
                others.append(float(record["points"] - verdict["points"]))
    if len(set(passed)) < 2 or len(set(others)) < 2:
        return None
    # With a column of 0 and 1, Pearson's correlation is the point-biserial one.
    return statistics.correlation(passed, others)


def _mistakes(
    records: Sequence[dict[str, Any]], examples: Mapping[tuple[str, str], tuple[str, str]]
) -> tuple[Mistake, ...]:
    seen = Counter(
        (v["exercise"], v["misconception"])
        for r in records
        for v in r["verdicts"]
        if v.get("misconception")
    )
    return tuple(
        Mistake(
            exercise,
            name,
            _says(exercise, name),
            count,
            *examples.get((exercise, name), ("", "")),
        )
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
