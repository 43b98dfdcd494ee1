"""What can be wrong with the notebooks that lie in the course: stale, failed, unreadable."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from nbformat import NotebookNode

from cnncourse.authoring.alt import missing_alt
from cnncourse.authoring.course import Course
from cnncourse.authoring.lesson import Lesson, LessonError, Problem
from cnncourse.authoring.notebooks import (
    read_notebook,
    solution_notebook,
    student_notebook,
    student_source,
    to_text,
    without_outputs,
)
from cnncourse.authoring.source_rules import leak_problems, signature_problems

_HEADLINE = re.compile(r"^\S \w+: (passed|failed|not attempted|error), ")
_ADDRESS = re.compile(r"\b0x[0-9a-f]{6,}\b")
_KERNEL_FILE = re.compile(r"ipykernel_\d+")
BUILD = "run `cnncourse build`"


def stored_problems(course: Course, lesson: Lesson, points: Mapping[str, float]) -> list[Problem]:
    """The problems of a lesson's two notebooks as they lie on disk."""
    return [
        *_solution_problems(course, lesson, points),
        *_student_problems(course, lesson, points),
    ]


def stale(stored: NotebookNode, expected: NotebookNode) -> str:
    """How a stored notebook differs, outputs aside, from what its source gives; "" if not."""
    if stored.metadata.get("cnncourse", {}).get("source_sha256") != (
        expected.metadata.cnncourse.source_sha256
    ):
        return "the lesson has changed since the notebook was built"
    if to_text(without_outputs(stored)) == to_text(without_outputs(expected)):
        return ""
    for index, (have, want) in enumerate(zip(stored.cells, expected.cells, strict=False)):
        for part in ("cell_type", "source", "metadata", "id"):
            if have.get(part) != want.get(part):
                name = want.metadata.get("nbgrader", {}).get("grade_id", "")
                cell = f"cell {index} ('{name}')" if name else f"cell {index}"
                return f"the {part} of {cell} is not what the lesson gives"
    if len(stored.cells) != len(expected.cells):
        return f"it has {len(stored.cells)} cells, the lesson {len(expected.cells)}"
    return "its metadata are not what the lesson gives"


def verdicts(notebook: NotebookNode) -> dict[str, str]:
    """Exercise -> the state that its executed check shows; "" when it shows none."""
    found = {}
    for cell in notebook.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if grade_id.startswith("check_") and cell.metadata.nbgrader.get("grade"):
            states = [
                match[1]
                for output in cell.get("outputs", [])
                for match in [_HEADLINE.match(output.get("data", {}).get("text/plain", ""))]
                if match
            ]
            found[grade_id.removeprefix("check_")] = states[-1] if states else ""
    return found


def output_problems(lesson: Lesson, executed: NotebookNode, folder: Path) -> Iterator[Problem]:
    """What is wrong with the outputs of an executed solution notebook."""
    for cell, made in zip(lesson.cells, executed.cells, strict=False):
        place = lesson.place(cell)
        for output in made.get("outputs", []):
            if output.output_type == "error":
                message = f"its stored output is an error ({output.ename}: {output.evalue})."
                yield Problem(place, message)
            if cell.check and output.get("name") == "stderr":
                message = "prints to stderr, for which nbgrader gives no points."
                yield Problem(place, message)
            for text in _texts(output):
                if address := _ADDRESS.search(text):
                    message = (
                        f"its output shows the memory address {address[0]}, another in every run."
                    )
                    yield Problem(place, message)
                if path := _machine(text, folder):
                    message = f"its output shows a path of this machine ({path})."
                    yield Problem(place, message)
    for name, state in verdicts(executed).items():
        if state != "passed":
            said = f"is {state!r}" if state else "shows no verdict"
            message = f"the solution does not pass its own check: it {said}."
            yield Problem(f"{lesson.file}, check of '{name}'", message)
    for index, found in missing_alt(executed):
        if executed.cells[index].cell_type == "code" and index < len(lesson.cells):
            yield Problem(lesson.place(lesson.cells[index]), f"{found}.")


def _solution_problems(
    course: Course, lesson: Lesson, points: Mapping[str, float]
) -> Iterator[Problem]:
    path = course.solution(lesson.name)
    place = f"solutions/{path.name}"
    if not path.exists():
        yield Problem(lesson.file, f"has not been built: {place} is missing; {BUILD}.")
        return
    try:
        stored = read_notebook(path)
    except LessonError as error:
        yield error.problem
        return
    if reason := stale(stored, solution_notebook(lesson, points)):
        yield Problem(lesson.file, f"{place} is stale: {reason}; {BUILD}.")
        return
    if any(
        cell.cell_type == "code" and cell.source.strip() and cell.execution_count is None
        for cell in stored.cells
    ):
        yield Problem(lesson.file, f"{place} has not been executed; {BUILD} --force.")
        return
    profile = stored.metadata.cnncourse.get("profile")
    if profile != "full":
        message = (
            f"{place} was executed with CNNCOURSE_PROFILE={profile}; "
            "run `CNNCOURSE_PROFILE=full cnncourse build`."
        )
        yield Problem(lesson.file, message)
    yield from output_problems(lesson, stored, course.root)


def _student_problems(
    course: Course, lesson: Lesson, points: Mapping[str, float]
) -> Iterator[Problem]:
    path = course.student(lesson.name)
    place = f"notebooks/{path.name}"
    if not path.exists():
        yield Problem(lesson.file, f"has not been built: {place} is missing; {BUILD}.")
        return
    try:
        stored = read_notebook(path)
        expected = student_notebook(lesson, points)
    except LessonError as error:
        yield error.problem
        return
    cells = {_grade_id(cell): cell.source for cell in stored.cells if _grade_id(cell)}
    for cell in lesson.exercise_cells():
        where = f"{place}, exercise '{cell.exercise}'"
        own = cells.get(cell.exercise)
        if own is None:
            yield Problem(where, f"the cell is missing; {BUILD}.")
            continue
        stub = student_source(lesson, cell)
        yield from signature_problems(where, own, stub)
        others = [
            (f"cell {index}", other.source)
            for index, other in enumerate(stored.cells)
            if _grade_id(other) != cell.exercise
        ]
        yield from leak_problems(where, cell, others, own, stub)
    if any(cell.get("outputs") or cell.get("execution_count") for cell in stored.cells):
        yield Problem(lesson.file, f"{place} has outputs; a student opens it empty; {BUILD}.")
    if reason := stale(stored, expected):
        yield Problem(lesson.file, f"{place} is stale: {reason}; {BUILD}.")
    elif path.read_text(encoding="utf-8") != to_text(expected):
        yield Problem(lesson.file, f"{place} is not as it was built; {BUILD}.")


def _grade_id(cell: NotebookNode) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def _texts(output: NotebookNode) -> Iterator[str]:
    for value in (output.get("text", ""), *output.get("data", {}).values()):
        text = "".join(value) if isinstance(value, list) else value
        if isinstance(text, str):
            yield re.sub(r"data:[\w/+.-]+;base64,[A-Za-z0-9+/=]+", "", text)


def _machine(text: str, folder: Path) -> str:
    for path in (str(folder), str(Path.home())):
        if len(path) > 4 and path in text:
            return path
    found = _KERNEL_FILE.search(text)
    return found[0] if found else ""
