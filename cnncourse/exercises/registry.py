"""Find an exercise by its name or its lesson."""

import difflib
import importlib
import pkgutil
from functools import cache

from cnncourse.checking.exercise import Exercise


class UnknownExercise(KeyError):
    """No exercise or lesson has that name; the message lists the near ones."""

    def __str__(self) -> str:
        return str(self.args[0])

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows: the sentence alone, no stack of the course's own code."""
        return [str(self)]


@cache
def _all() -> dict[str, Exercise]:
    import cnncourse.exercises as room

    found: dict[str, Exercise] = {}
    modules = (m.name for m in pkgutil.iter_modules(room.__path__))
    for name in sorted(n for n in modules if n.startswith("lesson_")):
        for exercise in importlib.import_module(f"{room.__name__}.{name}").EXERCISES:
            if exercise.name in found:
                raise ValueError(f"Two exercises are called {exercise.name!r}.")
            found[exercise.name] = exercise
    return found


def get(name: str) -> Exercise:
    """The exercise of that name. Raises UnknownExercise with the near names."""
    if not isinstance(name, str):
        raise UnknownExercise(f'The exercise\'s name comes first, in quotes: "{names()[0]}".')
    if name in _all():
        return _all()[name]
    raise UnknownExercise(_unknown("exercise", name, names()))


def lesson(name: str) -> tuple[Exercise, ...]:
    """A lesson's exercises in order. Raises UnknownExercise with the near names."""
    found = tuple(exercise for exercise in _all().values() if exercise.lesson == name)
    if not found:
        raise UnknownExercise(_unknown("lesson", name, lessons()))
    return found


def lessons() -> tuple[str, ...]:
    """The names of the lessons that have exercises, in order."""
    return tuple(dict.fromkeys(exercise.lesson for exercise in _all().values()))


def names() -> tuple[str, ...]:
    """The names of all exercises, in order."""
    return tuple(_all())


def _unknown(what: str, name: object, known: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(str(name), known, n=3, cutoff=0.4) or list(known)
    return f"There is no {what} called {name!r}. Did you mean {' or '.join(map(repr, near))}?"
