"""What the authoring room needs to know of the exercises, and where it learns it."""

from collections.abc import Sequence
from typing import Any, Protocol

from cnncourse.authoring.lesson import LessonError, Problem


class Declarations(Protocol):
    """The declared exercises, by name."""

    def points_of(self, name: str) -> float:
        """The points of an exercise. Raises KeyError, with the message to show, when unknown."""

    def lesson_of(self, name: str) -> str:
        """The lesson of an exercise. Raises KeyError when unknown."""

    def declared_in(self, lesson: str) -> Sequence[str]:
        """The names of a lesson's exercises in order; empty for a lesson without any."""

    def lessons(self) -> Sequence[str]:
        """The lessons that have exercises."""


class CourseDeclarations:
    """The exercises of `cnncourse.exercises`. Raises LessonError when they cannot be imported."""

    def points_of(self, name: str) -> float:
        return float(self._room().get(name).points)

    def lesson_of(self, name: str) -> str:
        return str(self._room().get(name).lesson)

    def declared_in(self, lesson: str) -> Sequence[str]:
        room = self._room()
        if lesson not in room.lessons():
            return ()
        return [exercise.name for exercise in room.lesson(lesson)]

    def lessons(self) -> Sequence[str]:
        return list(self._room().lessons())

    def _room(self) -> Any:
        try:
            from cnncourse import exercises

            exercises.names()  # imports every lesson's module
        except Exception as error:  # whatever a half-written module raises
            message = f"cannot be imported: {type(error).__name__}: {error}"
            raise LessonError(Problem("cnncourse/exercises", message)) from error
        return exercises
