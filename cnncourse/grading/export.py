"""Grades as other systems read them: from the gradebook, with what people changed there by hand."""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cnncourse.grading import results
from cnncourse.grading.course import Course, CourseError
from cnncourse.grading.gradebook import open_gradebook


@dataclass(frozen=True)
class Part:
    """One exercise of a submission. automatic: the points before anybody changed them by hand."""

    exercise: str
    points: float
    max_points: float
    automatic: float
    message: str


@dataclass(frozen=True)
class Grade:
    """One student's grade of one assignment. handed_in: whether there is a submission at all.

    raw: the points, manual ones and extra credit included; penalty: taken off for being late.
    """

    assignment: str
    student: str
    first_name: str
    last_name: str
    email: str
    handed_in: bool
    due: datetime | None
    timestamp: datetime | None
    raw: float
    penalty: float
    max_points: float
    parts: tuple[Part, ...]

    @property
    def score(self) -> float:
        return max(0.0, self.raw - self.penalty)


def read_grades(course: Course, assignment: str) -> list[Grade]:
    """The grades of everybody in the gradebook, by student.

    Raises CourseError when the assignment was never graded.
    """
    if not course.gradebook.is_file():
        raise _nothing(assignment, course)
    from nbgrader.api import MissingEntry

    with open_gradebook(course) as book:
        try:
            entry = book.find_assignment(assignment)
        except MissingEntry:
            raise _nothing(assignment, course) from None
        grades = []
        for student in sorted(book.students, key=lambda person: str(person.id)):
            try:
                submission = book.find_submission(assignment, student.id)
            except MissingEntry:
                submission = None
            grades.append(_grade(entry, student, submission))
    return grades


def export(form: str, grades: Sequence[Grade], course: Course) -> dict[str, str]:
    """The files of a format: their names and texts. Raises KeyError for an unknown format."""
    return FORMATS[form](grades, course)


def write(files: Mapping[str, str], folder: Path) -> list[Path]:
    """Write files whole or not at all; their paths."""
    written = []
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{path.name}.partial")
        with partial.open("w", encoding="utf-8", newline="") as file:
            file.write(text)
        partial.replace(path)
        written.append(path)
    return written


def _nbgrader(grades: Sequence[Grade], course: Course) -> dict[str, str]:
    """The columns of nbgrader's own CSV, which it writes with ``nbgrader export``."""
    columns = ["assignment", "duedate", "timestamp", "student_id", "last_name", "first_name"]
    columns += ["email", "raw_score", "late_submission_penalty", "score", "max_score"]
    rows = [
        [
            *(grade.assignment, grade.due or "", grade.timestamp or "", grade.student),
            *(grade.last_name, grade.first_name, grade.email),
            *(grade.raw, grade.penalty, grade.score, grade.max_points),
        ]
        for grade in grades
    ]
    return {f"{_name(grades)}-nbgrader.csv": _table(columns, rows)}


def _canvas(grades: Sequence[Grade], course: Course) -> dict[str, str]:
    """Canvas's gradebook CSV: a row of possible points, then a row a student.

    Canvas finds people by "SIS User ID" or "SIS Login ID": the id that the roster has.
    """
    name = _name(grades)
    columns = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", name]
    rows: list[list[Any]] = [["    Points Possible", "", "", "", "", grades[0].max_points]]
    for grade in grades:
        person = ", ".join(part for part in (grade.last_name, grade.first_name) if part)
        points = grade.score if grade.handed_in else ""
        rows.append([person or grade.student, "", grade.student, grade.student, "", points])
    return {f"{name}-canvas.csv": _table(columns, rows)}


def _moodle(grades: Sequence[Grade], course: Course) -> dict[str, str]:
    """The columns of Moodle's grade export, which its grade import reads."""
    name = _name(grades)
    columns = ["First name", "Last name", "ID number", "Email address"]
    columns += [f"Assignment: {name} (Real)", f"Assignment: {name} (Feedback)"]
    rows = [
        [
            *(grade.first_name, grade.last_name, grade.student, grade.email),
            grade.score if grade.handed_in else "-",  # Moodle's sign for no grade
            "\n".join(f"{part.exercise}: {part.message}" for part in grade.parts),
        ]
        for grade in grades
    ]
    return {f"{name}-moodle.csv": _table(columns, rows)}


def _gradescope(grades: Sequence[Grade], course: Course) -> dict[str, str]:
    """What a Gradescope autograder writes, ``results.json``, for each who handed in."""
    files = {}
    for grade in grades:
        if not grade.handed_in:
            continue
        tests = [
            {
                "name": part.exercise,
                "number": str(number),
                "score": part.points,
                "max_score": part.max_points,
                "status": "passed" if part.points >= part.max_points else "failed",
                "output": part.message,
                "output_format": "text",
                "visibility": "after_published",
            }
            for number, part in enumerate(grade.parts, start=1)
        ]
        record = {
            "score": grade.score,
            "output": f"{grade.score:g} of {grade.max_points:g} points",
            "output_format": "text",
            "visibility": "after_published",
            "stdout_visibility": "hidden",
            "tests": tests,
        }
        name = f"{grade.assignment}-gradescope/{grade.student}/results.json"
        files[name] = json.dumps(record, indent=1, ensure_ascii=False) + "\n"
    return files


def _json(grades: Sequence[Grade], course: Course) -> dict[str, str]:
    """Everything: the grade that counts, and what the grader found."""
    found = {r["student"]: r for r in results.load(course.results(_name(grades)))}
    records = [
        {
            "student": grade.student,
            "first_name": grade.first_name,
            "last_name": grade.last_name,
            "email": grade.email,
            "assignment": grade.assignment,
            "handed_in": grade.handed_in,
            "timestamp": grade.timestamp.isoformat() if grade.timestamp else None,
            "raw_score": results.number(grade.raw),
            "late_submission_penalty": results.number(grade.penalty),
            "score": results.number(grade.score),
            "max_score": results.number(grade.max_points),
            "exercises": [
                {
                    "exercise": part.exercise,
                    "points": results.number(part.points),
                    "automatic_points": results.number(part.automatic),
                    "max_points": results.number(part.max_points),
                    "message": part.message,
                }
                for part in grade.parts
            ],
            "anomalies": found.get(grade.student, {}).get("anomalies", []),
        }
        for grade in grades
    ]
    text = json.dumps(records, indent=1, ensure_ascii=False) + "\n"
    return {f"{_name(grades)}.json": text}


FORMATS: dict[str, Callable[[Sequence[Grade], Course], dict[str, str]]] = {
    "nbgrader": _nbgrader,
    "canvas": _canvas,
    "moodle": _moodle,
    "gradescope": _gradescope,
    "json": _json,
}


def _grade(entry: Any, student: Any, submission: Any) -> Grade:
    return Grade(
        assignment=str(entry.name),
        student=str(student.id),
        first_name=student.first_name or "",
        last_name=student.last_name or "",
        email=student.email or "",
        handed_in=submission is not None,
        due=entry.duedate,
        timestamp=submission.timestamp if submission else None,
        raw=float(submission.score) if submission else 0.0,
        penalty=float(submission.late_submission_penalty or 0) if submission else 0.0,
        max_points=float(entry.max_score),
        parts=_parts(submission) if submission else (),
    )


def _parts(submission: Any) -> tuple[Part, ...]:
    """The exercises in the order of their names in the gradebook, with what the comment says."""
    found = []
    for notebook in submission.notebooks:
        said = {comment.name: comment.comment or "" for comment in notebook.comments}
        for grade in notebook.grades:
            exercise = str(grade.name).removeprefix("check_")
            found.append(
                Part(
                    exercise,
                    float(grade.score),
                    float(grade.max_score),
                    float(grade.auto_score or 0),
                    said.get(exercise, "").replace("\n\n", "\n").replace("\\<", "<"),
                )
            )
    return tuple(found)


def _table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()


def _name(grades: Sequence[Grade]) -> str:
    return grades[0].assignment


def _nothing(assignment: str, course: Course) -> CourseError:
    return CourseError(
        f"{assignment} has no grades in {course.gradebook}: first run cnncourse grade "
        f"{assignment} --course {course.folder}."
    )
