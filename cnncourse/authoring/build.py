"""Build lessons: read, check the text, execute what has changed, write both notebooks."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode

from cnncourse.authoring.course import Course
from cnncourse.authoring.declarations import Declarations
from cnncourse.authoring.execution import CellFailed, execute, profile_name
from cnncourse.authoring.lesson import Lesson, LessonError, Problem, read_lesson
from cnncourse.authoring.notebooks import (
    read_notebook,
    solution_notebook,
    student_notebook,
    to_text,
    write_text,
)
from cnncourse.authoring.source_rules import (
    blocking_problems,
    course_problems,
    lesson_problems,
    points_of,
    undeclared_lessons,
)
from cnncourse.authoring.stored_rules import output_problems, stale, stored_problems, verdicts


@dataclass(frozen=True)
class Built:
    """What became of one lesson.

    state: "executed", "unchanged", "stubs written" or "failed". seconds: of wall clock.
    problems: why it failed. notes: rules it breaks that do not stop a build.
    """

    lesson: str
    state: str
    seconds: float = 0.0
    problems: Sequence[Problem] = field(default=())
    notes: Sequence[Problem] = field(default=())


def build_lesson(
    course: Course,
    name: str,
    declared: Declarations,
    *,
    force: bool = False,
    run: bool = True,
    on_cell: Callable[[int, int], None] | None = None,
) -> Built:
    """Build one lesson's two notebooks.

    force: execute even when nothing changed. run: False writes the student's notebook only.
    on_cell: called with (cells done, cells) while the lesson runs. Nothing is written when the
    lesson cannot be built or a cell of it fails.
    """
    start = time.perf_counter()
    try:
        lesson = read_lesson(course.source(name))
        blocking = blocking_problems(lesson, declared)
        if blocking:
            return Built(name, "failed", time.perf_counter() - start, blocking)
        points = points_of(lesson, declared)
        student = to_text(student_notebook(lesson, points))
        notes = lesson_problems(lesson, declared)
        if not run:
            changed = write_text(course.student(name), student)
            state = "stubs written" if changed else "unchanged"
            return Built(name, state, time.perf_counter() - start, (), notes)
        fresh = solution_notebook(lesson, points)
        if not force and _up_to_date(course.solution(name), fresh):
            executed = None
        else:
            executed = _executed(course, lesson, fresh, on_cell)
            notes = [*notes, *output_problems(lesson, executed, course.root)]
            write_text(course.solution(name), to_text(executed))
        changed = write_text(course.student(name), student)
    except LessonError as error:
        return Built(name, "failed", time.perf_counter() - start, [error.problem])
    state = "executed" if executed else "stubs written" if changed else "unchanged"
    return Built(name, state, time.perf_counter() - start, (), notes)


def check_course(
    course: Course, declared: Declarations, names: Sequence[str] | None = None
) -> list[Problem]:
    """Everything that is wrong with the course, or with the lessons `names`; runs nothing.

    Names used twice are looked for in the whole course. Files that belong to no lesson, and lessons
    that lack their text, are reported for the whole course only.
    """
    whole = names is None
    names = course.lessons() if names is None else names
    lessons: dict[str, Lesson] = {}
    found: list[Problem] = []
    for name in course.lessons():
        try:
            lessons[name] = read_lesson(course.source(name))
        except LessonError as error:
            if name in names:
                found.append(error.problem)
    for name in names:
        if name not in lessons:
            continue
        lesson = lessons[name]
        problems = lesson_problems(lesson, declared)
        found += problems
        if not blocking_problems(lesson, declared):
            found += stored_problems(course, lesson, points_of(lesson, declared))
    files = {lesson.file for name, lesson in lessons.items() if name in names}
    between = course_problems(list(lessons.values()))
    found += [p for p in between if any(p.place.startswith(file) for file in files)]
    if whole:
        found += course.strays()
        found += undeclared_lessons(course.lessons(), declared)
    return list(dict.fromkeys(found))


def _up_to_date(path: Path, fresh: NotebookNode) -> bool:
    """Whether the stored notebook came from the same text and ran to its end."""
    if not path.exists():
        return False
    try:
        stored = read_notebook(path)
    except LessonError:
        return False
    if stale(stored, fresh):
        return False
    ran_with = stored.metadata.cnncourse.get("profile")
    if ran_with != "full" and ran_with != profile_name():
        return False
    states = set(verdicts(stored).values())
    return states <= {"passed"} and not any(
        output.output_type == "error" for cell in stored.cells for output in cell.get("outputs", [])
    )


def _executed(
    course: Course,
    lesson: Lesson,
    fresh: NotebookNode,
    on_cell: Callable[[int, int], None] | None,
) -> NotebookNode:
    def step(index: int) -> None:
        if on_cell:
            on_cell(index, len(fresh.cells))

    try:
        executed = execute(fresh, folder=course.solutions, on_cell=step)
    except CellFailed as failed:
        raise LessonError(_failure(lesson, failed)) from None
    executed.metadata.cnncourse.profile = profile_name()
    for name, state in verdicts(executed).items():
        if state != "passed":
            raise LessonError(_unpassed(lesson, executed, name))
    return executed


def _failure(lesson: Lesson, failed: CellFailed) -> Problem:
    cell = lesson.cells[failed.cell]
    place = lesson.place(cell)
    if cell.line and failed.line:
        place = f"{lesson.file}:{cell.line + failed.line}" + (
            f" ({cell.name})" if cell.name else ""
        )
    shown = failed.source.splitlines()
    text = "\n".join(f"    {line}" for line in shown[:12])
    if len(shown) > 12:
        text += f"\n    … {len(shown) - 12} more lines"
    message = f"the cell failed with {failed.name}: {failed.value}\n{text}"
    tail = failed.traceback.splitlines()[-16:]
    if tail:
        message += "\n\n" + "\n".join(f"    | {line}" for line in tail)
    return Problem(place, message)


def _unpassed(lesson: Lesson, executed: NotebookNode, name: str) -> Problem:
    cell = next(c for c in executed.cells if c.get("id") == f"check_{name}")
    said = "\n".join(
        f"    {line}"
        for output in cell.outputs
        for line in output.get("data", {}).get("text/plain", output.get("text", "")).splitlines()
    )
    message = "the solution does not pass its own check:\n" + (said or "    it shows no verdict")
    return Problem(f"{lesson.file}, check of '{name}'", message)
