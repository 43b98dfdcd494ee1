"""For every misconception that was met, one answer that shows it."""

from collections.abc import Sequence
from typing import Any

from cnncourse.grading.course import Course

_LINES = 30  # of an answer; longer ones are cut


def examples(
    course: Course, assignment: str, records: Sequence[dict[str, Any]]
) -> dict[tuple[str, str], tuple[str, str]]:
    """(exercise, misconception) → the student's id and their cell, of the shortest such answer."""
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for record in records:
        met = {v["exercise"]: v["misconception"] for v in record["verdicts"]}
        met = {exercise: name for exercise, name in met.items() if name}
        if not met:
            continue
        cells = _cells(course, assignment, record["student"])
        for exercise, name in met.items():
            source = cells.get(exercise, "").strip()
            known = found.get((exercise, name))
            if source and (known is None or len(source) < len(known[1])):
                found[exercise, name] = record["student"], source
    return {key: (student, _cut(source)) for key, (student, source) in found.items()}


def _cells(course: Course, assignment: str, student: str) -> dict[str, str]:
    """The exercises' cells of the notebook that was graded."""
    from cnncourse.grading.notebooks import read_file

    try:
        path = course.autograded(student, assignment) / f"{assignment}.ipynb"
        cells, _ = read_file(path)
    except (OSError, ValueError):
        return {}
    return {cell.grade_id: cell.source for cell in cells if cell.solution}


def _cut(source: str) -> str:
    lines = source.splitlines()
    return "\n".join(lines if len(lines) <= _LINES else [*lines[:_LINES], "…"])
