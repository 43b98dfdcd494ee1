"""The example class: 30 submissions of lesson 1, right, wrong, broken and hostile.

``python -m cnncourse.grading.example_class`` writes them anew into ``grading/``, from the released
notebook and the declared exercises, with the roster and the grade that each should get.
"""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cnncourse.checking.collect import collect
from cnncourse.checking.exercise import Exercise
from cnncourse.checking.judge import judge
from cnncourse.grading.course import Course, CourseError, find_exercises, find_source
from cnncourse.grading.example_sources import REFERENCE, answer_source
from cnncourse.grading.results import number

LESSON = "01_convolution_by_hand"
Notebook = Any
Edit = Callable[[Notebook], None]


@dataclass(frozen=True)
class Student:
    """A student of the example class.

    answers: by exercise, the name of a declared answer. written: by exercise, a text of their own.
    edit: what else they did to the notebook. raw: what they handed in instead of a notebook.
    file: its name. outcome: the state of an exercise that does not follow from its answer.
    """

    id: str
    first_name: str
    last_name: str
    what: str
    answers: Mapping[str, str] = field(default_factory=dict)
    written: Mapping[str, str] = field(default_factory=dict)
    edit: Edit | None = None
    raw: bytes | None = None
    file: str = f"{LESSON}.ipynb"
    outcome: Mapping[str, str] = field(default_factory=dict)


_LEARNERS = (
    ("farid", "Farid", "Haddad"),
    ("gabriela", "Gabriela", "Souza"),
    ("hana", "Hana", "Sato"),
    ("ines", "Inês", "Carvalho"),
    ("jun", "Jun", "Park"),
    ("kofi", "Kofi", "Mensah"),
    ("leila", "Leila", "Karimi"),
    ("mateo", "Mateo", "Rojas"),
    ("nadia", "Nadia", "Petrova"),
    ("oskar", "Oskar", "Lindqvist"),
    ("pavel", "Pavel", "Horák"),
    ("sofia", "Sofia", "Moreau"),
)

_LOOP = """def feature_map(image, kernel, bias):
    height, width = kernel.shape
    result = np.zeros((image.shape[0] - height + 1, image.shape[1] - width + 1))
    row = 0
    while row < result.shape[0]:
        for column in range(result.shape[1]):
            window = image[row : row + height, column : column + width]
            result[row, column] = (window * kernel).sum() + bias
    return result"""

_NOISE = """import sys
import warnings

warnings.warn("this version is old", DeprecationWarning)
print("loading ...", file=sys.stderr)


"""

_PATCHES = '''import numpy.testing
import cnncourse
import cnncourse.checking.compare


class Passed:
    """Equal to everything."""

    state, points = "passed", 100

    def __eq__(self, other):
        return True


for name in ("assert_allclose", "assert_array_equal", "assert_equal", "assert_almost_equal"):
    setattr(numpy.testing, name, lambda *args, **kwargs: None)
np.allclose = np.array_equal = lambda *args, **kwargs: True
cnncourse.checking.compare.compare = lambda *args, **kwargs: None
cnncourse.check = check = lambda *args, **kwargs: Passed()'''


def students(exercises: Sequence[Exercise]) -> list[Student]:
    """The whole class, in alphabetical order."""
    right = {exercise.name: REFERENCE for exercise in exercises}
    mistaken = {e.name: e.misconceptions[0].name for e in exercises}
    half = dict(list(right.items())[: len(right) // 2])
    nothing = {exercise.name: "error" for exercise in exercises}
    found = [
        Student("amara", "Amara", "Okafor", "everything right", right),
        *(
            Student(id, first, last, "everything right, in other ways", _others(exercises, turn))
            for turn, (id, first, last) in enumerate(
                [
                    ("bao", "Bao", "Nguyen"),
                    ("chiara", "Chiara", "Rossi"),
                    ("dmitri", "Dmitri", "Orlov"),
                ]
            )
        ),
        Student(
            "elif",
            "Elif",
            "Demir",
            "the first half right, a part of `conv2d`, the rest not attempted",
            half | {"conv2d": "stride-ignored"},
        ),
        *_learners(exercises),
        Student(
            "lars",
            "Lars",
            "Holm",
            "everything right; notebook renamed, metadata and cell ids wiped",
            right,
            edit=_wipe,
            file="Untitled1 (final).ipynb",
        ),
        Student(
            "noor",
            "Noor",
            "Aziz",
            "handed in a text file, no notebook",
            raw=b"See my notebook on the other computer.\n",
            file="answers.txt",
            outcome=nothing,
        ),
        Student("priya", "Priya", "Sharma", "handed the lesson in as it was released"),
        Student(
            "quentin",
            "Quentin",
            "Moreau",
            "everything right; deleted two check cells",
            right,
            edit=_delete_checks,
        ),
        Student(
            "rosa",
            "Rosa",
            "Jiménez",
            "everything right; copied a check cell, its mark and all",
            right,
            edit=_copy_check,
        ),
        Student(
            "sanjay",
            "Sanjay",
            "Iyer",
            "everything right; split a solution cell in two",
            right,
            edit=_split,
        ),
        Student(
            "tereza",
            "Tereza",
            "Nováková",
            "everything wrong; `np.testing`, `np.allclose` and "
            "`check` replaced by ones that always agree",
            mistaken,
            edit=_patch,
        ),
        Student(
            "umar",
            "Umar",
            "Farooq",
            "everything right, but `window_product`'s cell begins with `sys.exit()`",
            right,
            {"window_product": "import sys\n\nsys.exit(0)\n\n\n{answer}"},
            outcome={"window_product": "error"},
        ),
        Student(
            "vera",
            "Vera",
            "Kovács",
            "everything right, but `flatten_batch` calls `os._exit(0)`",
            right,
            {"flatten_batch": "def flatten_batch(images):\n    import os\n\n    os._exit(0)"},
            outcome={"flatten_batch": "error"},
        ),
        Student(
            "wanjiru",
            "Wanjiru",
            "Kamau",
            "everything right, but `feature_map` never ends",
            right,
            {"feature_map": _LOOP},
            outcome={"feature_map": "error"},
        ),
        Student(
            "ximena",
            "Ximena",
            "Flores",
            "everything right, with warnings and text on stderr",
            right,
            {"dense_parameters": _NOISE + "{answer}"},
        ),
        Student(
            "yusuf",
            "Yusuf",
            "Yılmaz",
            "handed in a file that is not JSON",
            outcome=nothing,
            raw=b'{"cells": [{"cell_type": "code", "source": ["import num',
        ),
        Student(
            "zofia", "Zofia", "Wiśniewska", "handed in an empty file", raw=b"", outcome=nothing
        ),
    ]
    return sorted(found, key=lambda student: student.id)


def submission(student: Student, exercises: Sequence[Exercise], released: Notebook) -> bytes:
    """The bytes that this student hands in."""
    import nbformat

    if student.raw is not None:
        return student.raw
    notebook = deepcopy(released)
    for exercise in exercises:
        text = _text(student, exercise)
        if text:
            notebook.cells[_find(notebook, exercise.name)].source = text
    if student.edit:
        student.edit(notebook)
    return (nbformat.writes(notebook, version=4) + "\n").encode()


def expected(student: Student, exercises: Sequence[Exercise]) -> dict[str, Any]:
    """The grade that this student should get, worked out without any notebook."""
    points, states, known = 0.0, {}, {}
    for exercise in exercises:
        name = exercise.name
        if name in student.outcome:
            states[name] = student.outcome[name]
        elif name not in student.answers:
            states[name] = "not attempted"
        else:
            solve = _declared(exercise, student.answers[name])
            cases = exercise.make_cases()
            answer = solve if exercise.kind == "function" else solve()
            verdict = judge(exercise, cases, collect(answer, cases, exercise.kind))
            states[name] = verdict.state
            points += verdict.points
            if verdict.misconception:
                known[name] = verdict.misconception
    return {
        "what": student.what,
        "points": number(points),
        "max_points": number(sum(exercise.points for exercise in exercises)),
        "states": states,
        "misconceptions": known,
    }


def write(folder: Path) -> list[Path]:
    """Write the class, its roster and its expected grades; the paths, in order.

    Whatever else lies in ``submitted/`` stays.
    """
    import nbformat

    exercises = find_exercises(LESSON)
    released = nbformat.read(find_source(LESSON, Course(folder)), as_version=4)
    members = students(exercises)
    grades = {student.id: expected(student, exercises) for student in members}
    course = Course(folder)
    files = {
        course.submission(student.id, LESSON) / student.file: submission(
            student, exercises, released
        )
        for student in members
    }
    files[folder / "roster.csv"] = _roster(members).encode()
    files[folder / "EXPECTED.json"] = (
        json.dumps(grades, indent=1, ensure_ascii=False) + "\n"
    ).encode()
    files[folder / "README.md"] = _readme(grades).encode()
    for path, content in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or path.read_bytes() != content:
            path.write_bytes(content)
    return list(files)


def _others(exercises: Sequence[Exercise], turn: int) -> dict[str, str]:
    """Another right answer to each exercise."""
    return {e.name: list(e.alternatives)[turn % len(e.alternatives)] for e in exercises}


def _learners(exercises: Sequence[Exercise]) -> list[Student]:
    """Students who between them have every misconception once, and are right elsewhere."""
    count, found = len(_LEARNERS), []
    for turn, (id, first, last) in enumerate(_LEARNERS):
        answers, wrong = _others(exercises, turn), []
        for place, exercise in enumerate(exercises):
            names = [m.name for m in exercise.misconceptions]
            # Shifted from exercise to exercise, so that everybody has about as many.
            which = (turn + 3 * place) % count
            if which < len(names):
                answers[exercise.name] = names[which]
                wrong.append(names[which])
        found.append(
            Student(id, first, last, f"{len(wrong)} misconceptions, one an exercise", answers)
        )
    most = max(len(exercise.misconceptions) for exercise in exercises)
    if most > count:
        raise ValueError(f"An exercise has {most} misconceptions; the class has {count} learners.")
    return found


def _text(student: Student, exercise: Exercise) -> str:
    which = student.answers.get(exercise.name)
    answer = answer_source(exercise, which) if which else ""
    return student.written.get(exercise.name, "{answer}").replace("{answer}", answer)


def _declared(exercise: Exercise, which: str) -> Callable[..., Any]:
    if which == REFERENCE:
        return exercise.reference
    if which in exercise.alternatives:
        return exercise.alternatives[which]
    return next(m.wrong for m in exercise.misconceptions if m.name == which)


def _find(notebook: Notebook, grade_id: str) -> int:
    marks = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in notebook.cells]
    return marks.index(grade_id)


def _wipe(notebook: Notebook) -> None:
    for place, cell in enumerate(notebook.cells):
        cell.metadata.clear()
        cell.id = f"cell-{place}"


def _delete_checks(notebook: Notebook) -> None:
    for name in ("check_conv2d", "check_map_shape"):
        del notebook.cells[_find(notebook, name)]


def _copy_check(notebook: Notebook) -> None:
    position = _find(notebook, "check_depth_map")
    copy = deepcopy(notebook.cells[position])
    copy.id = "copy-of-a-check"
    notebook.cells.insert(position + 1, copy)


def _split(notebook: Notebook) -> None:
    position = _find(notebook, "conv2d")
    first = notebook.cells[position]
    second = deepcopy(first)
    second.id = "second-half"
    lines = first.source.split("\n")
    middle = len(lines) // 2
    first.source, second.source = "\n".join(lines[:middle]), "\n".join(lines[middle:])
    notebook.cells.insert(position + 1, second)


def _patch(notebook: Notebook) -> None:
    from nbformat import v4

    cell = v4.new_code_cell(_PATCHES)
    cell.id = "patches"
    notebook.cells.insert(_find(notebook, "dense_parameters"), cell)


def _roster(members: Sequence[Student]) -> str:
    lines = [f"{s.id},{s.first_name},{s.last_name},{s.id}@example.org" for s in members]
    absent = "mei,Mei,Tanaka,mei@example.org"  # in the class, and handed nothing in
    return "\n".join(["id,first_name,last_name,email", *sorted([*lines, absent])]) + "\n"


def _readme(grades: Mapping[str, Mapping[str, Any]]) -> str:
    most = next(iter(grades.values()))["max_points"]
    rows = [f"| {id} | {grade['what']} | {grade['points']} |" for id, grade in grades.items()]
    return _README.format(count=len(grades), most=most, rows="\n".join(rows), lesson=LESSON)


_README = """# An example class

{count} submissions of lesson 1 in nbgrader's layout, to try the grader on and to test it with:

    cnncourse grade {lesson} --course grading --timeout 10
    cnncourse report --course grading
    cnncourse feedback {lesson} --course grading

`submitted/`, `roster.csv`, `EXPECTED.json` and this page are written by
`python -m cnncourse.grading.example_class`; a test fails when they are stale, and another when a
submission gets anything but its expected grade. `gradebook.db`, `autograded/`, `feedback/` and
`report.html` appear when you grade. Grade a class of your own in a folder of its own.

| student | what they did | points of {most} |
|---|---|---|
{rows}

The twelve with misconceptions have each misconception of the lesson once between them;
`EXPECTED.json` says whose is which.

`mei` is in the roster and handed nothing in.
"""


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("grading")
    try:
        written = write(target)
    except CourseError as error:
        sys.exit(f"Error: {error}")
    print(f"{len(written)} files of the example class are in {target}.")
