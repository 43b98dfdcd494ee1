"""Grade a whole class: one submission after another, each one recorded as soon as it is judged."""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace

from cnncourse.grading import autograded, results
from cnncourse.grading.course import Course, Person
from cnncourse.grading.gradebook import Book
from cnncourse.grading.grader import Assignment, Result, grade
from cnncourse.grading.kernel import Isolation


def grade_class(
    assignment: Assignment,
    course: Course,
    students: Sequence[str],
    seconds: float,
    isolation: Isolation = "sandbox",
) -> Iterator[Result]:
    """Results in the order of ``students``; whoever stops iterating keeps what was recorded.

    seconds: how long one cell may take. isolation: "none" runs it with the grader's own rights.
    """
    roster = course.roster()
    with Book(course, assignment) as book:
        book.register(roster)
        for student in students:
            folder = course.submission(student, assignment.name)
            result = grade(assignment, student, folder, seconds, isolation)
            if roster and student not in roster:
                result = replace(
                    result, anomalies=(*result.anomalies, "The student is not in roster.csv.")
                )
            target = course.autograded(student, assignment.name)
            autograded.write(result.notebook, target / f"{assignment.name}.ipynb")
            _keep_timestamp(course, student, assignment.name)
            book.record(result, roster.get(student, Person(student)))
            results.save(result, course.results(assignment.name))
            yield result


def _keep_timestamp(course: Course, student: str, assignment: str) -> None:
    stamp = course.submission(student, assignment) / "timestamp.txt"
    if stamp.is_file() and not stamp.is_symlink():
        shutil.copyfile(stamp, course.autograded(student, assignment) / "timestamp.txt")
