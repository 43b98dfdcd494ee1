"""The hostile class: one submission of lesson 1 for every way that a submission can go wrong.

``python -m cnncourse.grading.hostile_class`` writes what each should get into ``grading/hostile/``.
The submissions themselves are written where they are graded: they follow from the released lesson
and from what they are aimed at, byte for byte. Grade them in a sandbox only: they mean it.
"""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from cnncourse.checking.exercise import Exercise
from cnncourse.grading import example_class
from cnncourse.grading.course import Course, CourseError, find_exercises, find_source
from cnncourse.grading.example_sources import REFERENCE, answer_source
from cnncourse.grading.results import number

LESSON = example_class.LESSON
ALL = "*"  # every exercise
RAN = "the attack ran to its end"
LOOT = "LOOT:"  # what an attack prints before whatever it got hold of
Notebook = Any


@dataclass(frozen=True)
class Targets:
    """What the attacks are aimed at, on the machine that grades.

    course, home: folders with something to read and to spoil. port: of this machine, where somebody
    listens. secret: a text in the grader's environment. mark: on every process that is left behind.
    """

    course: str = "/srv/course"
    home: str = "/root"
    port: int = 9
    secret: str = "what-nobody-knows"
    mark: str = "86399.75"


@dataclass(frozen=True)
class Hostile:
    """A submission of the hostile class.

    base: whether its answers are right or wrong; of an attack they are wrong, so that whatever
    points it gets more than they deserve, it stole. cell: an extra cell, ahead of the answers.
    written: by exercise (or all), a text of its own; ``{answer}`` stands for the base's, ``{name}``
    for the exercise. edit: what else was done to the notebook. files: what was handed in instead.
    link: what the notebook is a link to. beside: puts more into the folder. states: of exercises,
    where they do not follow from the base; points are 0 then, unless passed. says: by exercise, a
    piece of the message. anomalies: a piece of each, no others. ran: whether the extra cell comes
    to its end.
    """

    id: str
    group: str
    what: str
    base: Literal["right", "wrong"] = "right"
    cell: str = ""
    written: Mapping[str, str] = field(default_factory=dict)
    edit: Callable[[Notebook], None] | None = None
    files: Callable[[Notebook], Mapping[str, bytes]] | None = None
    link: str = ""
    beside: Callable[[Path], None] | None = None
    states: Mapping[str, str] = field(default_factory=dict)
    says: Mapping[str, str] = field(default_factory=dict)
    anomalies: Sequence[str] = ()
    ran: bool = True


def members() -> list[Hostile]:
    """The whole class, honest students at the start, in the middle and at the end."""
    from cnncourse.grading.hostile_code import ATTACKS
    from cnncourse.grading.hostile_files import HANDED_IN

    others = [*HANDED_IN, *ATTACKS]
    middle = len(others) // 2
    honest = [Hostile(f"honest-{n}", "honest", "everything right") for n in (1, 2, 3)]
    wrong = Hostile("honest-but-wrong", "honest", "everything wrong, without any trick", "wrong")
    return [honest[0], wrong, *others[:middle], honest[1], *others[middle:], honest[2]]


def expected(exercises: Sequence[Exercise]) -> dict[str, dict[str, Any]]:
    """The grade that each should get, worked out without any notebook."""
    return {member.id: _expected(member, exercises) for member in members()}


def write(folder: Path, targets: Targets) -> list[str]:
    """Write the submissions into ``folder/submitted``; the students' ids, in the class's order."""
    import nbformat

    course = Course(folder)
    exercises = find_exercises(LESSON)
    released = nbformat.read(find_source(LESSON, course), as_version=4)
    answers = {
        "right": {e.name: answer_source(e, REFERENCE) for e in exercises},
        "wrong": {e.name: answer_source(e, e.misconceptions[0].name) for e in exercises},
    }
    for member in members():
        place = course.submission(member.id, LESSON)
        place.mkdir(parents=True, exist_ok=True)
        if member.beside:
            member.beside(place)
        if member.link:
            (place / f"{LESSON}.ipynb").symlink_to(_aimed(member.link, targets))
            continue
        notebook = _notebook(member, answers[member.base], released, targets)
        for name, content in _files(member, notebook).items():
            (place / name).write_bytes(content)
    return [member.id for member in members()]


def write_table(folder: Path) -> None:
    """Write ``EXPECTED.json`` and the readable table."""
    grades = expected(find_exercises(LESSON))
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(grades, indent=1, ensure_ascii=False) + "\n"
    (folder / "EXPECTED.json").write_text(text, encoding="utf-8")
    (folder / "README.md").write_text(_readme(grades), encoding="utf-8")


def _notebook(
    member: Hostile, answers: Mapping[str, str], released: Notebook, targets: Targets
) -> Notebook:
    from nbformat import v4

    notebook = deepcopy(released)
    for name, answer in answers.items():
        text = member.written.get(name, member.written.get(ALL, "{answer}"))
        text = text.replace("{answer}", answer).replace("{name}", name)
        notebook.cells[position(notebook, name)].source = _aimed(text, targets)
    if member.cell:
        end = f'\nprint("{RAN}")' if member.ran else ""
        cell = v4.new_code_cell(_aimed(member.cell, targets) + end)
        cell.id = "attack"
        notebook.cells.insert(position(notebook, "dense_parameters"), cell)
    if member.edit:
        member.edit(notebook)
    return notebook


def _files(member: Hostile, notebook: Notebook) -> Mapping[str, bytes]:
    if member.files:
        return member.files(notebook)
    return {f"{LESSON}.ipynb": as_bytes(notebook)}


def as_bytes(notebook: Notebook) -> bytes:
    """A notebook file, whatever its version; nothing about it is repaired."""
    return (json.dumps(notebook, ensure_ascii=True, indent=1) + "\n").encode()


def position(notebook: Notebook, grade_id: str) -> int:
    """Where a cell that bears nbgrader's mark stands."""
    marks = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in notebook.cells]
    return marks.index(grade_id)


def _aimed(text: str, targets: Targets) -> str:
    for name, value in asdict(targets).items():
        # Backwards too: who searches the memory for a text must not find only the own search.
        text = text.replace(f"@{name}@", str(value)).replace(f"@{name[::-1]}@", str(value)[::-1])
    return text


def _expected(member: Hostile, exercises: Sequence[Exercise]) -> dict[str, Any]:
    which = {
        e.name: REFERENCE if member.base == "right" else e.misconceptions[0].name for e in exercises
    }
    honest = example_class.Student("", "", "", "", which)
    grade = example_class.expected(honest, exercises)
    states = dict(grade["states"])
    points = {e.name: _points(e, which[e.name]) for e in exercises}
    says = {n: s for n, s in member.says.items() if n != ALL}
    for exercise in exercises:
        name = exercise.name
        if state := member.states.get(name, member.states.get(ALL)):
            states[name] = state
            points[name] = exercise.points if state == "passed" else 0
        if ALL in member.says:
            says.setdefault(name, member.says[ALL])
    return {
        "group": member.group,
        "what": member.what,
        "answers": member.base,
        "points": number(sum(points.values())),
        "max_points": grade["max_points"],
        "states": states,
        "messages": says,
        "anomalies": list(member.anomalies),
    }


def _points(exercise: Exercise, which: str) -> float:
    """What an honest answer gets."""
    honest = example_class.Student("", "", "", "", {exercise.name: which})
    return float(example_class.expected(honest, [exercise])["points"])


def _readme(grades: Mapping[str, Mapping[str, Any]]) -> str:
    most = next(iter(grades.values()))["max_points"]
    parts: list[str] = []
    for group in dict.fromkeys(grade["group"] for grade in grades.values()):
        parts.append(f"\n## {group[:1].upper()}{group[1:]}\n")
        parts.append(f"| submission | what it does | its answers | points of {most} | is told |")
        parts.append("|---|---|---|---|---|")
        for id, grade in grades.items():
            if grade["group"] == group:
                told = "; ".join(dict.fromkeys([*grade["messages"].values(), *grade["anomalies"]]))
                told = told.replace("|", "\\|")
                parts.append(
                    f"| {id} | {grade['what']} | {grade['answers']} | {grade['points']} | {told} |"
                )
    return _README.format(count=len(grades), table="\n".join(parts))


_README = """# A hostile class

{count} submissions of lesson 1 that are damaged, out of order, or meant to do harm, and what each
gets. `EXPECTED.json` has the same with the state of every exercise.
`python -m cnncourse.grading.hostile_class` writes both from `cnncourse/grading/hostile_*.py`;
a test fails when they are stale. The submissions are not stored: another test writes them, the same
bytes each time for the same targets, grades them in the sandbox with honest students among them,
and looks afterwards whether anything was read, written, reached or left running.

An attack's own answers are wrong where it could gain something, so that every point above
`honest-but-wrong`'s would be stolen. None is.
{table}
"""


if __name__ == "__main__":
    try:
        write_table(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("grading/hostile"))
    except CourseError as error:
        sys.exit(f"Error: {error}")
