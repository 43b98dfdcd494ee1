"""The course's exercises, one module a lesson, and the student's `check`."""

from cnncourse.exercises.check import check
from cnncourse.exercises.registry import UnknownExercise, get, lesson, lessons, names

__all__ = ["UnknownExercise", "check", "get", "lesson", "lessons", "names"]
