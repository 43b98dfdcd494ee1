"""From a lesson's text to its notebooks: ``cnncourse build``, and what it is made of."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnncourse.authoring.build import build_lesson, check_course
    from cnncourse.authoring.course import Course, find_course
    from cnncourse.authoring.execution import CellFailed, execute
    from cnncourse.authoring.lesson import LessonError, read_lesson
    from cnncourse.authoring.notebooks import (
        read_notebook,
        solution_notebook,
        student_notebook,
        to_text,
        write_text,
    )
    from cnncourse.authoring.stored_rules import verdicts

__all__ = [
    "CellFailed",
    "Course",
    "LessonError",
    "build_lesson",
    "check_course",
    "execute",
    "find_course",
    "read_lesson",
    "read_notebook",
    "solution_notebook",
    "student_notebook",
    "to_text",
    "verdicts",
    "write_text",
]

_HOMES = {
    "build": ("build_lesson", "check_course"),
    "course": ("Course", "find_course"),
    "execution": ("CellFailed", "execute"),
    "lesson": ("LessonError", "read_lesson"),
    "notebooks": (
        "read_notebook",
        "solution_notebook",
        "student_notebook",
        "to_text",
        "write_text",
    ),
    "stored_rules": ("verdicts",),
}


def __getattr__(name: str) -> Any:
    # nbformat and jupytext take a second to import, which only those who build should pay.
    import importlib

    for module, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
