"""A class in parallel, interrupted, killed and taken up again: the same grades, none made twice."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import psutil
import pytest
from fake_course import EXERCISES, LESSON, RIGHT, FakeCourse, solved
from isolation import FLAGS, ISOLATION, NO_SANDBOX

import cnncourse.exercises
from cnncourse.grading import batch, executors, results
from cnncourse.grading.batch import Plan, grade_class
from cnncourse.grading.course import Course, CourseError, find_exercises, find_source
from cnncourse.grading.grader import load_assignment
from cnncourse.grading.kernel import KernelError
from cnncourse.grading.late import Rules, days_late, penalties, read_rules
from cnncourse.grading.store import Store

REAL = "01_convolution_by_hand"
EXAMPLES = Path(__file__).parents[2] / "grading"
FEW = ("amara", "farid", "priya", "umar", "zofia")
PLAN = Plan(30, ISOLATION)


def real_course(folder: Path, students=FEW) -> Course:
    """Some of the example class in a course of its own, always with the same seed."""
    for student in students:
        shutil.copytree(EXAMPLES / "submitted" / student, folder / "submitted" / student)
    (folder / ".cnncourse").mkdir()
    (folder / ".cnncourse" / "seed.json").write_text('{"seed": 11}')
    return Course(folder)


def real_assignment(course: Course):
    source = find_source(REAL, Course(EXAMPLES))
    return load_assignment(REAL, source, find_exercises(REAL), course.seed())


def told(course: Course, lesson: str = REAL) -> dict:
    """What is recorded of everybody, but for the time it took."""
    records = results.load(course.results(lesson))
    return {r["student"]: {k: v for k, v in r.items() if k != "seconds"} for r in records}


def gradebook(course: Course) -> list[tuple]:
    query = (
        "select s.student_id, b.name, g.auto_score from grade g join base_cell b on b.id=g.cell_id "
        "join submitted_notebook n on n.id=g.notebook_id "
        "join submitted_assignment s on s.id=n.assignment_id order by 1, 2"
    )
    with sqlite3.connect(course.gradebook) as book:
        return list(book.execute(query))


@pytest.fixture(scope="module")
def serial(tmp_path_factory):
    """The class graded in one process, without any interruption."""
    course = real_course(tmp_path_factory.mktemp("serial"))
    list(grade_class(real_assignment(course), course, FEW, PLAN))
    return course


@pytest.fixture
def fake(tmp_path, monkeypatch):
    monkeypatch.setattr(cnncourse.exercises, "lesson", lambda name: EXERCISES)
    fake = FakeCourse(tmp_path)
    for student in ("ada", "bo", "eva"):
        fake.hand_in(student, solved(**RIGHT))
    return fake


@pytest.fixture
def counted(monkeypatch):
    """How often a submission is really graded."""
    calls = []
    work = batch.work
    monkeypatch.setattr(batch, "work", lambda task: calls.append(1) or work(task))
    return calls


def run(fake, students=("ada", "bo", "eva"), plan=PLAN, **more):
    return list(grade_class(fake.assignment(), fake.course, students, plan, **more))


@pytest.mark.slow
def test_processes_give_what_one_process_gives(serial, tmp_path):
    course = real_course(tmp_path)
    assignment = real_assignment(course)
    list(grade_class(assignment, course, FEW, PLAN, executors.local(2), 2))
    assert told(course) == told(serial)
    assert gradebook(course) == gradebook(serial)


def command_line(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:  # a sandbox that has ended meanwhile
        return ""


@pytest.mark.slow
@pytest.mark.skipif(bool(NO_SANDBOX), reason=str(NO_SANDBOX))
def test_processes_share_one_parent_and_do_without_when_it_is_killed(serial, tmp_path):
    from cnncourse.grading.sandbox import parent

    course = real_course(tmp_path)
    pools = []

    def pool():
        pools.append(executors.local(2, "numpy")())
        return pools[-1]

    found = grade_class(real_assignment(course), course, FEW, PLAN, pool, 2)
    next(found)
    shared = parent.shared("numpy")
    workers = [psutil.Process(pid) for pid in pools[0]._processes]
    below = [command_line(child) for worker in workers for child in worker.children(recursive=True)]
    assert len(workers) == 2 and not [line for line in below if "zygote" in line]
    os.kill(shared.pid, signal.SIGKILL)
    list(found)
    assert len(pools) == 1 and told(course) == told(serial)


@pytest.mark.slow
def test_a_worker_that_is_killed_costs_nobody_a_point(serial, tmp_path):
    course = real_course(tmp_path)
    pools = []

    def pool():
        made = executors.local(2)()
        pools.append(made)
        return made

    found = grade_class(real_assignment(course), course, FEW, PLAN, pool, 2)
    next(found)
    os.kill(next(iter(pools[0]._processes)), signal.SIGKILL)
    list(found)
    assert len(pools) > 1
    assert told(course) == told(serial)


@pytest.mark.slow
@pytest.mark.skipif(bool(NO_SANDBOX), reason=str(NO_SANDBOX))
def test_a_grader_killed_with_9_is_taken_up_where_it_was(serial, tmp_path):
    course = real_course(tmp_path)
    command = [sys.executable, "-m", "cnncourse", "grade", REAL, "--course", str(tmp_path)]
    command += ["--jobs", "2", "--timeout", "30"]
    store = course.graded(REAL)
    quiet = subprocess.DEVNULL
    first = subprocess.Popen(command, stdout=quiet, stderr=quiet, cwd=EXAMPLES.parent)
    for _ in range(2400):
        if len(list(store.glob("*.json"))) >= 2 or first.poll() is not None:
            break
        time.sleep(0.05)
    first.kill()
    first.wait()
    before = {path.name: path.stat().st_mtime_ns for path in store.glob("*.json")}
    assert len(before) >= 2
    subprocess.run(command, check=True, stdout=quiet, cwd=EXAMPLES.parent)
    after = {path.name: path.stat().st_mtime_ns for path in store.glob("*.json")}
    assert len(after) == len(FEW)
    assert {name: after[name] for name in before} == before  # none of them a second time
    assert told(course) == told(serial)
    assert gradebook(course) == gradebook(serial)


def test_what_is_graded_is_not_graded_again(fake, counted):
    run(fake)
    book = gradebook(fake.course)
    assert len(counted) == 3
    assert [result.points for result in run(fake)] == [6, 6, 6]
    assert len(counted) == 3
    assert gradebook(fake.course) == book
    fake.hand_in("bo", solved(**RIGHT | {"the_answer": "the_answer = 41"}))
    assert {r.student: r.points for r in run(fake)} == {"ada": 6, "bo": 5, "eva": 6}
    assert len(counted) == 4
    assert len(list(fake.course.graded(LESSON).glob("*.json"))) == 3  # the old one is gone


def test_between_store_and_gradebook_nothing_is_lost(fake, counted, monkeypatch):
    def cut_off(*_):
        raise RuntimeError("the power is gone")

    with monkeypatch.context() as patch:
        patch.setattr(batch.Book, "record", cut_off)
        with pytest.raises(RuntimeError):
            run(fake)
    assert len(counted) == 1
    run(fake)
    assert len(counted) == 3
    assert len(gradebook(fake.course)) == 9


def test_a_damaged_file_in_the_store_is_made_anew(fake, counted):
    run(fake)
    first = sorted(fake.course.graded(LESSON).glob("*.json"))[0]
    for junk in (b"", b"{}", b"\x00\xff", b'{"student": 1}'):
        first.write_bytes(junk)
        assert [result.points for result in run(fake)] == [6, 6, 6]
    assert len(counted) == 7


def test_one_student_or_one_exercise_again(fake, counted):
    fake.hand_in("bo", solved(**RIGHT | {"the_answer": "the_answer = 41"}))
    run(fake)
    run(fake, ("bo",), Plan(30, ISOLATION, regrade=True))
    assert len(counted) == 4
    # Of a changed submission only one verdict is taken over.
    fake.hand_in("bo", solved(the_answer="the_answer = 42"))
    again = run(fake, ("bo",), Plan(30, ISOLATION, regrade=True, exercise="the_answer"))
    assert {v.exercise: v.points for v in again[0].verdicts} == {
        "scaled": 2,
        "summed": 3,
        "the_answer": 1,
    }


def test_a_submission_that_kills_its_worker_again_and_again_is_given_up(fake):
    class Broken(ThreadPoolExecutor):
        def submit(self, fn, *given):
            future = super().submit(fn, *given)
            if isinstance(given[0], bytes) and b'"student": "bo"' in given[0]:
                future = super().submit(self._fail)
            return future

        @staticmethod
        def _fail():
            raise OSError("killed")

    found = {r.student: r for r in run(fake, executor=lambda: Broken(1), jobs=2)}
    assert (found["ada"].points, found["eva"].points) == (6, 6)
    assert found["bo"].points == 0
    assert "could not be graded in 3 tries" in found["bo"].anomalies[0]
    # It is not stored as a grade: the next run, with whole processes, makes it good.
    assert [result.points for result in run(fake)] == [6, 6, 6]


def test_a_machine_on_which_nothing_runs_stops_the_run_and_stores_no_zeros(fake, monkeypatch):
    def none(*_):
        raise KernelError("bubblewrap is gone")

    with monkeypatch.context() as patch:
        patch.setattr(batch, "work", none)
        with pytest.raises(CourseError, match="bubblewrap is gone"):
            run(fake)
    assert not list(fake.course.graded(LESSON).glob("*.json"))
    assert [result.points for result in run(fake)] == [6, 6, 6]


def test_the_seed_of_each_grade_is_recorded_and_makes_it_again(fake):
    run(fake)
    seeds = {name: record["seed"] for name, record in told(fake.course, LESSON).items()}
    assert len(set(seeds.values())) == 3
    raw = (fake.course.submission("ada", LESSON) / f"{LESSON}.ipynb").read_bytes()
    assert seeds["ada"] == fake.assignment().seed_of("ada", raw)


def test_the_gradebook_is_copied_before_it_changes_and_not_otherwise(fake):
    run(fake)
    run(fake)
    copies = len(list(fake.course.backups.glob("*.db")))
    fake.hand_in("bo", solved())
    before = gradebook(fake.course)
    run(fake)
    found = sorted(fake.course.backups.glob("*.db"))
    assert len(found) == copies + 1
    with sqlite3.connect(found[-1]) as copy:
        scores = list(copy.execute("select auto_score from grade"))
    assert sorted(scores) == sorted((score,) for _, _, score in before)


def test_the_store_is_whole_whatever_was_left_in_it(tmp_path):
    store = Store(tmp_path / "store")
    assert store.get("a") is None
    store.put("a", b"1")
    (store.folder / ".b.1.partial").write_bytes(b"half")
    store.put("c", b"2")
    store.keep_only({"a"})
    assert [path.name for path in store.folder.iterdir()] == ["a.json"]


RULES = Rules({"one": datetime(2026, 10, 1), "two": datetime(2026, 10, 8)}, 3, 0.1)


@pytest.mark.parametrize(
    ("one", "two", "lost"),
    [
        (datetime(2026, 10, 1), datetime(2026, 10, 8), (0, 0)),  # in time
        (datetime(2026, 10, 3, 1), datetime(2026, 10, 8), (0, 0)),  # 3 days have begun
        (datetime(2026, 10, 5), datetime(2026, 10, 8), (1, 0)),  # a fourth one
        (datetime(2026, 10, 3), datetime(2026, 10, 10), (0, 2)),  # 2 free, then 1 of 2
        (datetime(2027, 10, 3), None, (10, 0)),  # never below no points
    ],
)
def test_free_days_are_for_the_whole_course(one, two, lost):
    found = penalties(RULES, [("two", two, 20), ("one", one, 10), ("other", one, 5)])
    assert (found["one"], found["two"], found["other"]) == pytest.approx((*lost, 0))


def test_days_are_counted_as_they_begin():
    due = datetime(2026, 10, 1, 23, 59)
    assert days_late(due, datetime(2026, 10, 1, 23, 59)) == 0
    assert days_late(due, datetime(2026, 10, 2, 0, 0)) == 1
    assert days_late(due, datetime(2026, 10, 2, 23, 59)) == 1
    assert days_late(None, due) == days_late(due, None) == 0


def test_late_days_reach_nbgraders_gradebook(fake):
    (fake.course.folder / "course.toml").write_text(
        f"[due]\n{LESSON} = 2026-10-05T22:00:00+02:00\n[late]\nfree_days = 1\npenalty = 0.25\n"
    )
    stamp = fake.course.submission("bo", LESSON) / "timestamp.txt"
    stamp.write_text("2026-10-07 20:00:00 UTC")  # two days after 20:00 UTC
    run(fake)
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{fake.course.gradebook}") as book:
        assert book.find_assignment(LESSON).duedate == datetime(2026, 10, 5, 20)
        assert book.find_submission(LESSON, "bo").late_submission_penalty == 1.5
        assert book.find_submission(LESSON, "ada").late_submission_penalty == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[due", "is not TOML"),
        ("[due]\nx = 5", "write a date and a time"),
        ("[late]\nfree_days = -1", "whole number from 0"),
        ("[late]\npenalty = 10", "share of the points"),
        ("[late]\npenalties = 1", "means nothing here"),
    ],
)
def test_rules_that_cannot_be_meant_are_refused(tmp_path, text, words):
    (tmp_path / "course.toml").write_text(text)
    with pytest.raises(CourseError, match=words):
        read_rules(tmp_path)


def test_options_that_name_nothing_are_refused(fake):
    from click.testing import CliRunner

    from cnncourse.cli import main

    command = ["grade", *FLAGS, LESSON, "--course", str(fake.course.folder)]
    done = CliRunner().invoke(main, [*command, "--exercise", "scales"])
    assert "has no exercise 'scales'. It has scaled, summed" in done.output
    done = CliRunner().invoke(main, [*command, "--jobs", "0"])
    assert done.exit_code == 2


def test_workers_begin_before_the_gradebook_and_end_when_it_cannot_be_opened(fake):
    fake.course.gradebook.write_bytes(b"no database at all, and longer than a header is")
    pools = []

    def pool():
        pools.append(executors.local(2)())
        return pools[-1]

    with pytest.raises(CourseError, match="cannot be opened"):
        run(fake, executor=pool, jobs=2)
    assert len(pools) == 1
    with pytest.raises(RuntimeError, match="after shutdown"):
        pools[0].submit(print)
    assert not fake.course.graded(LESSON).exists()


def test_two_runs_in_one_course_do_not_meet(fake, tmp_path):
    first = grade_class(fake.assignment(), fake.course, ("ada", "bo", "eva"), PLAN)
    next(first)
    with pytest.raises(CourseError, match="Another run is grading in"):
        run(fake)
    assert len(list(first)) == 2
    assert [result.points for result in run(fake)] == [6, 6, 6]


_BROKEN = """
import os, signal, time
from concurrent.futures import BrokenExecutor
from cnncourse.grading.executors import local

if __name__ == "__main__":
    pool = local(2)()
    waiting = [pool.submit(time.sleep, 0.2) for _ in range(2)]
    waiting += [pool.submit(len, b" " * 10**6) for _ in range(8)]
    for process in list(pool._processes):
        os.kill(process, signal.SIGKILL)
    try:
        [each.result() for each in waiting]
    except BrokenExecutor:
        pool.shutdown(wait=False, cancel_futures=True)
    print("done", flush=True)
"""


def test_a_run_ends_although_its_workers_were_killed_while_work_was_on_its_way(tmp_path):
    script = tmp_path / "broken.py"
    script.write_text(_BROKEN)
    run = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, timeout=120, check=True
    )
    assert run.stdout == "done\n"


def test_nobody_waits_for_workers_when_all_is_graded(fake):
    run(fake)
    made = []
    run(fake, executor=lambda: made.append(1))
    assert not made


def test_a_pool_is_made_of_fresh_processes():
    pool = executors.local(2)()
    assert isinstance(pool, ProcessPoolExecutor)
    assert pool._mp_context.get_start_method() == "spawn"
    assert isinstance(executors.local(1)(), executors.Inline)
