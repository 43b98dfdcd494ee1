"""Every pathology gets its documented grade, and no attack gains, reads or spoils anything."""

import json
import os
import shutil
import socket
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
from isolation import NO_SANDBOX
from small_limits import small

from cnncourse.grading import hostile_class
from cnncourse.grading.batch import Plan, grade_class
from cnncourse.grading.course import Course, find_exercises, find_source
from cnncourse.grading.grader import load_assignment

LESSON = hostile_class.LESSON
FOLDER = Path(__file__).parents[2] / "grading" / "hostile"
EXPECTED = json.loads((FOLDER / "EXPECTED.json").read_text(encoding="utf-8"))
SECRET = "sesame-2718281828"
SECONDS = 4  # for a cell


def test_the_committed_tables_are_fresh(tmp_path):
    hostile_class.write_table(tmp_path)
    for name in ("EXPECTED.json", "README.md"):
        assert (tmp_path / name).read_text("utf-8") == (FOLDER / name).read_text("utf-8"), (
            "Run python -m cnncourse.grading.hostile_class: grading/hostile is stale."
        )


def test_the_submissions_are_the_same_each_time(tmp_path):
    targets = hostile_class.Targets(port=7)
    for name in ("first", "second"):
        hostile_class.write(tmp_path / name, targets)
    first, second = (_tree(tmp_path / name) for name in ("first", "second"))
    assert first == second


def _tree(folder):
    """Every file below, links as what they say."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            found[path.relative_to(folder)] = os.readlink(path)  # noqa: PTH115
        elif path.is_file():
            found[path.relative_to(folder)] = path.read_bytes()
    return found


class Graded:
    """What is known after the class was graded."""

    def __init__(self, course, results, before, after, connections, processes):
        self.course = course
        self.results = {result.student: result for result in results}
        self.order = [result.student for result in results]
        self.before, self.after = before, after
        self.connections = connections
        self.processes = processes

    def outputs(self, student):
        path = self.course.autograded(student, LESSON) / f"{LESSON}.ipynb"
        cells = json.loads(path.read_text("utf-8"))["cells"]
        return [output for cell in cells for output in cell.get("outputs", [])]


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    if NO_SANDBOX:
        pytest.skip(NO_SANDBOX)
    course = Course(tmp_path_factory.mktemp("hostile"))
    home = Path(tempfile.mkdtemp(prefix=".cnncourse-canary-", dir=Path.home()))
    aside = Path(tempfile.mkdtemp(prefix="cnncourse-canary-"))
    patch = pytest.MonkeyPatch()
    patch.setenv("SOME_TOKEN", SECRET)
    try:
        for folder in (course.folder, home, aside):
            (folder / "CANARY").write_text(SECRET)
        with _listener() as (port, connections):
            targets = hostile_class.Targets(str(course.folder), str(home), port, SECRET)
            students = hostile_class.write(course.folder, targets)
            course.seed()
            # With a due date, so that times are looked at, and nobody is late.
            (course.folder / "course.toml").write_text(f"[due]\n{LESSON} = 2099-01-01T00:00:00Z\n")
            before = _watched(course, home, aside)
            there = _processes()
            source = find_source(LESSON, course)
            assignment = load_assignment(LESSON, source, find_exercises(LESSON), course.seed())
            plan = Plan(seconds=SECONDS)
            results = list(grade_class(assignment, course, students, plan, lambda: small(2), 2))
            after = _watched(course, home, aside)
            left = [line for pid, line in _processes().items() if pid not in there]
        yield Graded(course, results, before, after, connections, (left, targets.mark))
    finally:
        patch.undo()
        shutil.rmtree(home)
        shutil.rmtree(aside)


@contextmanager
def _listener():
    """A server on this machine, and who connected to it."""
    connections = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept():
            while True:
                try:
                    connections.append(server.accept()[1])
                except OSError:
                    return

        threading.Thread(target=accept, daemon=True).start()
        yield server.getsockname()[1], connections
        socket.create_connection(server.getsockname()).close()  # it does listen
        while not connections:
            threading.Event().wait(0.01)
        connections.pop()
        server.shutdown(socket.SHUT_RDWR)


def _watched(course, home, aside):
    """What no submission may change: canaries, submissions, the seed; and marks in /tmp."""
    found = {folder: _tree(folder) for folder in (home, aside, course.submitted)}
    found["course"] = {p.name for p in course.folder.iterdir()}
    found["seed"] = (course.folder / ".cnncourse/seed.json").read_bytes()
    found["canary"] = (course.folder / "CANARY").read_bytes()
    places = (Path("/tmp"), Path("/dev/shm"))
    found["marks"] = [p for place in places for p in place.glob("*-86399.75")]
    return found


def _processes():
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            found[int(entry.name)] = line
    return found


pytestmark = [pytest.mark.sandbox, pytest.mark.slow]


def test_the_batch_completes(graded):
    assert sorted(graded.order) == sorted(EXPECTED)


@pytest.mark.parametrize("student", EXPECTED)
def test_the_grade_is_the_documented_one(graded, student):
    result, expected = graded.results[student], EXPECTED[student]
    said = {verdict.exercise: verdict.text for verdict in result.verdicts}
    assert {v.exercise: v.state for v in result.verdicts} == expected["states"], said
    assert result.points == expected["points"]
    assert result.max_points == expected["max_points"]
    for exercise, piece in expected["messages"].items():
        assert piece in said[exercise]
    assert all(said.values())
    found = list(result.anomalies)
    for piece in expected["anomalies"]:
        found.remove(next((a for a in found if piece in a), f"none of {found} says {piece!r}"))
    assert not found
    assert result.isolation == "isolated"


@pytest.mark.parametrize("student", [s for s in EXPECTED if EXPECTED[s]["answers"] == "wrong"])
def test_no_attack_gains_a_mark(graded, student):
    honest = {v.exercise: v.points for v in graded.results["honest-but-wrong"].verdicts}
    for verdict in graded.results[student].verdicts:
        assert verdict.points <= honest[verdict.exercise], verdict


@pytest.mark.parametrize("student", EXPECTED)
def test_nothing_was_found_and_no_script_comes_back(graded, student):
    outputs = graded.outputs(student)
    said = json.dumps(outputs)
    assert hostile_class.LOOT not in said
    assert SECRET not in said
    kinds = {kind for output in outputs for kind in output.get("data", {})}
    assert kinds <= {"text/plain", "image/png", "text/html"}
    assert "<script" not in said and "onerror" not in said and "onload" not in said


@pytest.mark.parametrize("member", [m for m in hostile_class.members() if m.cell and m.ran])
def test_the_attack_was_really_tried(graded, member):
    assert hostile_class.RAN in json.dumps(graded.outputs(member.id))


def test_honest_students_are_not_affected(graded):
    first, *others = (
        [(v.exercise, v.state, v.points, v.text) for v in graded.results[f"honest-{n}"].verdicts]
        for n in (1, 2, 3)
    )
    assert all(other == first for other in others)


def test_nothing_outside_was_written(graded):
    added = graded.after["course"] - graded.before["course"]
    assert added <= {"gradebook.db", "autograded"}
    graded.after["course"] = graded.before["course"]
    assert graded.after == graded.before


def test_nobody_connected(graded):
    assert graded.connections == []


def test_no_process_is_left(graded):
    left, mark = graded.processes
    assert not [line for line in left if mark in line or "bwrap" in line or "zygote" in line]


def test_the_gradebook_says_the_same(graded):
    from cnncourse.grading import results

    stored = {r["student"]: r["points"] for r in results.load(graded.course.results(LESSON))}
    assert stored == {student: EXPECTED[student]["points"] for student in EXPECTED}
