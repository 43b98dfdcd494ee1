"""What a student may know before handing in: what will be graded, what is missing, what is odd.

It reads the notebook and runs nothing, with the grader's own rebuilding, and knows no hidden input.
"""

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cnncourse.checking.exercise import Exercise
from cnncourse.checking.forbidden import forbidden_uses
from cnncourse.grading import names
from cnncourse.grading.notebooks import Cell, read_file, read_source
from cnncourse.grading.rebuild import Rebuilt, exercise_of, rebuild, role, tidy


@dataclass(frozen=True)
class Look:
    """One exercise of a notebook. problem: why it would get no points as it stands, or ""."""

    exercise: str
    title: str
    points: float
    attempted: bool
    problem: str = ""


@dataclass(frozen=True)
class Report:
    """What the grader would see. notes: what is unusual and how the grader deals with it."""

    lesson: str
    looks: tuple[Look, ...]
    notes: tuple[str, ...]

    @property
    def ready(self) -> bool:
        """Every exercise is attempted and nothing stands in its way."""
        return all(look.attempted and not look.problem for look in self.looks)


def look_at(path: Path, source: Path, exercises: Sequence[Exercise]) -> Report:
    """The report on a notebook file. Raises ValueError when it cannot be read as a notebook."""
    cells, notes = read_file(path)
    _, released = read_source(source)
    made = rebuild(released, cells)
    stubs = {c.grade_id: c.source for c in released if role(c) == "exercise"}
    declared = {exercise.name: exercise for exercise in exercises}
    order = dict.fromkeys(exercise_of(cell) for cell in released if role(cell) == "check")
    looks = tuple(_look(declared[name], made, stubs[name]) for name in order)
    if path.stem != source.stem:
        notes = [*notes, f"It is named {path.name}; hand it in as {source.name}."]
    return Report(source.stem, looks, (*notes, *made.anomalies))


def guess_lesson(cells: Sequence[Cell], lessons: Sequence[str]) -> str:
    """The lesson whose exercises a notebook has; "" when none of them is there."""
    from cnncourse import exercises

    marks = {cell.grade_id for cell in cells} | {
        name for cell in cells if cell.kind == "code" for name in names.defined(cell.source)
    }
    found = {
        lesson: sum(exercise.name in marks for exercise in exercises.lesson(lesson))
        for lesson in lessons
    }
    best = max(found, key=lambda lesson: found[lesson], default="")
    return best if best and found[best] else ""


def _look(exercise: Exercise, made: Rebuilt, stub: str) -> Look:
    step = next(s for s in made.steps if s.exercise == exercise.name and s.role == "exercise")
    attempted = step.own and tidy(step.source) != tidy(stub) and not _still_open(step.source)
    problem = _broken(step.source) if attempted else ""
    if attempted and not problem:
        uses = forbidden_uses(made.sources[exercise.name], exercise.forbids)
        if uses:
            problem = f"it uses {uses[0][0]}, which this exercise does not allow"
    return Look(exercise.name, exercise.title, exercise.points, attempted, problem)


def _still_open(source: str) -> bool:
    """Whether the cell still raises NotImplementedError, or leaves ``...`` as its answer."""
    tree = names.parse(source)
    if tree is None:
        return False
    values = [node.value for node in tree.body if isinstance(node, ast.Assign)]
    if values and all(isinstance(v, ast.Constant) and v.value is Ellipsis for v in values):
        return len(values) == len(tree.body)
    bodies = [n.body for n in tree.body if isinstance(n, ast.FunctionDef)]
    return bool(bodies) and all(_raises_not_implemented(body) for body in bodies)


def _raises_not_implemented(body: Sequence[object]) -> bool:
    """Whether a function does nothing but raise it, below its docstring."""
    rest = [
        node
        for node in body
        if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    ]
    return (
        len(rest) == 1
        and isinstance(rest[0], ast.Raise)
        and "NotImplementedError" in ast.unparse(rest[0])
    )


def _broken(source: str) -> str:
    """Why Python cannot read the cell: its sentence and the line."""
    try:
        ast.parse(names.python(source))
    except SyntaxError as error:
        return f"Python cannot read line {error.lineno}: {error.msg}"
    except (ValueError, RecursionError, MemoryError) as error:
        return f"Python cannot read it: {error}"
    return ""
