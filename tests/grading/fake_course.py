"""A tiny lesson with three exercises, so that grading is tested without any real lesson."""

from collections.abc import Callable, Sequence
from pathlib import Path

import nbformat
import numpy as np
from nbformat import v4

from cnncourse.checking import Case, Exercise, Misconception
from cnncourse.grading.course import Course
from cnncourse.grading.grader import Assignment, load_assignment

LESSON = "90_small_sums"
SEED = 7


def _cases(rng: np.random.Generator) -> Sequence[Case]:
    return [
        Case((rng.normal(size=3), 2), label="three values", part="easy"),
        Case((rng.normal(size=(2, 4)), 3), label="a table", part="hard"),
    ]


def scale(values: np.ndarray, factor: float) -> np.ndarray:
    return values * factor


def total(values: np.ndarray, factor: float) -> float:
    return float((values * factor).sum())


def answer_of_all() -> int:
    return 42


EXERCISES = (
    Exercise(
        name="scaled",
        title="Scale",
        lesson=LESSON,
        kind="function",
        cases=_cases,
        reference=scale,
        parts={"easy": 1, "hard": 1},
        alternatives={"numpy": lambda values, factor: np.multiply(values, factor)},
        misconceptions=[
            Misconception(
                "added", lambda values, factor: values + factor, "You added; scaling multiplies."
            )
        ],
        forbids=("np.convolve",),
    ),
    Exercise(
        name="summed",
        title="Sum",
        lesson=LESSON,
        kind="function",
        cases=_cases,
        reference=total,
        parts={"easy": 1, "hard": 2},
        alternatives={},
        misconceptions=[],
    ),
    Exercise(
        name="the_answer",
        title="Answer",
        lesson=LESSON,
        kind="value",
        cases=lambda rng: [Case()],
        reference=answer_of_all,
        parts={"all": 1},
        alternatives={},
        misconceptions=[],
    ),
)

RIGHT = {
    "scaled": "def scaled(values, factor):\n    return values * factor",
    "summed": "def summed(values, factor):\n    return (values * factor).sum()",
    "the_answer": "the_answer = 42",
}
STUB = {
    "scaled": (
        'def scaled(values, factor):\n    """Scale."""\n    raise NotImplementedError("scale")'
    ),
    "summed": 'def summed(values, factor):\n    """Sum."""\n    raise NotImplementedError("sum")',
    "the_answer": "the_answer = ...  # your answer",
}


def _marks(**marks: object) -> dict[str, object]:
    return {"nbgrader": {"schema_version": 3, "task": False, "cell_type": "code", **marks}}


def code(
    source: str, id: str, tags: Sequence[str] = (), **metadata: object
) -> nbformat.NotebookNode:
    cell = v4.new_code_cell(source, metadata=metadata)
    cell.id = id
    if tags:
        cell.metadata["tags"] = list(tags)
    return cell


def released() -> nbformat.NotebookNode:
    """The student's notebook as the course releases it."""
    text = v4.new_markdown_cell("# Small sums")
    text.id = "title"
    cells = [
        text,
        code("import numpy as np\nfrom cnncourse import check", "setup", ["setup"]),
        code("raise RuntimeError('a demo never runs while grading')", "demo", ["demo"]),
    ]
    for exercise in EXERCISES:
        name = exercise.name
        solution = _marks(grade=False, solution=True, locked=False, grade_id=name)
        check = _marks(
            grade=True,
            solution=False,
            locked=True,
            grade_id=f"check_{name}",
            points=exercise.points,
        )
        cells.append(code(STUB[name], f"x-{name.replace('_', '-')}", **solution))
        cells.append(code(f'check("{name}", {name})', f"c-{name.replace('_', '-')}", **check))
    return v4.new_notebook(
        cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    )


def solved(**answers: str) -> nbformat.NotebookNode:
    """The released notebook with these answers written into it."""
    notebook = released()
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if name in answers:
            cell.source = answers[name]
    return notebook


def find(notebook: nbformat.NotebookNode, grade_id: str) -> int:
    """Where a marked cell stands."""
    ids = [c.metadata.get("nbgrader", {}).get("grade_id") for c in notebook.cells]
    return ids.index(grade_id)


class FakeCourse:
    """A course folder on disk with the small lesson in ``release/``."""

    def __init__(self, folder: Path) -> None:
        self.course = Course(folder)
        self.source = folder / "release" / LESSON / f"{LESSON}.ipynb"
        self.source.parent.mkdir(parents=True)
        nbformat.write(released(), self.source)

    def hand_in(
        self, student: str, content: nbformat.NotebookNode | bytes | None, name: str = LESSON
    ) -> Path:
        folder = self.course.submission(student, LESSON)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}.ipynb"
        if isinstance(content, bytes):
            path.write_bytes(content)
        elif content is not None:
            path.write_text(nbformat.writes(content), encoding="utf-8")
        return path

    def assignment(self) -> Assignment:
        return load_assignment(LESSON, self.source, EXERCISES, SEED)


Edit = Callable[[nbformat.NotebookNode], None]
