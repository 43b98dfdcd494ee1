"""When it was handed in: a student's own timestamp.txt with distrust, times.csv without."""

import os
import shutil
import signal
import sqlite3
from datetime import datetime

import pytest
from fake_course import EXERCISES, LESSON, FakeCourse
from isolation import ISOLATION

import cnncourse.exercises
from cnncourse.grading.batch import Plan, grade_class
from cnncourse.grading.course import Course, CourseError
from cnncourse.grading.gradebook import open_gradebook
from cnncourse.grading.late import read_moment, read_times

LATE = "2026-10-07 20:00:00 UTC"  # two days late


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """A gradebook, which takes nbgrader some seconds to make."""
    course = Course(tmp_path_factory.mktemp("empty"))
    with open_gradebook(course):
        return course.gradebook


@pytest.fixture
def fake(tmp_path, monkeypatch, empty):
    """A class that handed in nothing worth running, with a due date."""
    monkeypatch.setattr(cnncourse.exercises, "lesson", lambda name: EXERCISES)
    fake = FakeCourse(tmp_path)
    shutil.copy(empty, fake.course.gradebook)
    for student in ("ada", "bo"):
        fake.hand_in(student, b"")
    (tmp_path / "course.toml").write_text(
        f"[due]\n{LESSON} = 2026-10-05T20:00:00Z\n[late]\npenalty = 0.25\n"
    )
    return fake


@pytest.fixture(autouse=True)
def patience():
    """Whoever waits for a pipe would wait for ever."""

    def stop(*_):
        raise TimeoutError("still waiting")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(60)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def stamp(fake, student="bo"):
    return fake.course.submission(student, LESSON) / "timestamp.txt"


def run(fake) -> dict[str, tuple[str, ...]]:
    """What was unusual about the time, by student."""
    students = fake.course.students(LESSON)
    found = grade_class(fake.assignment(), fake.course, students, Plan(9, ISOLATION))
    return {r.student: tuple(a for a in r.anomalies if "on time" in a) for r in found}


def times(fake) -> dict[str, str | None]:
    with sqlite3.connect(fake.course.gradebook) as book:
        return dict(book.execute("select student_id, timestamp from submitted_assignment"))


def link_to_another(path):
    (path.parents[2] / "ada" / LESSON / "timestamp.txt").write_text(LATE)
    path.symlink_to(path.parents[2] / "ada" / LESSON / "timestamp.txt")


ODD = {
    "a pipe": os.mkfifo,
    "a link to what never ends": lambda path: path.symlink_to("/dev/zero"),
    "a link to another's": link_to_another,
    "a folder": lambda path: path.mkdir(),
    "empty": lambda path: path.touch(),
    "bytes": lambda path: path.write_bytes(b"\xff\xfe\x00"),
    "long": lambda path: path.write_text(LATE + " " * 2000),
    "words": lambda path: path.write_text("yesterday"),
    "a day of the month": lambda path: path.write_text("5"),
}


def test_an_odd_timestamp_stops_nobody_is_not_read_and_is_told(fake):
    for student, make in ODD.items():
        fake.hand_in(student, b"")
        make(stamp(fake, student))
    said, known = run(fake), times(fake)
    assert said["bo"] == () and said["ada"] == ()
    for student in ODD:
        (sentence,) = said[student]
        assert "timestamp.txt" in sentence and sentence.endswith("It counts as handed in on time.")
        assert known[student] is None
        assert not (fake.course.autograded(student, LESSON) / "timestamp.txt").exists()
    assert known["ada"] and known["bo"] is None


def test_without_a_due_date_nobody_needs_a_time(fake):
    (fake.course.folder / "course.toml").unlink()
    os.mkfifo(stamp(fake))
    assert run(fake) == {"ada": (), "bo": ()}


def test_nbgraders_tools_get_the_time_in_our_words(fake):
    stamp(fake).write_text("2026-10-07 22:00:00 +0200")
    run(fake)
    path = fake.course.autograded("bo", LESSON) / "timestamp.txt"
    from nbgrader.utils import parse_utc

    assert parse_utc(path.read_text().strip()) == datetime(2026, 10, 7, 20)
    changed = path.stat().st_mtime_ns
    run(fake)
    assert path.stat().st_mtime_ns == changed
    stamp(fake).unlink()
    run(fake)
    assert not path.exists() and times(fake)["bo"] is None


def test_what_is_not_there_is_no_time_and_nothing_odd(fake):
    assert run(fake) == {"ada": (), "bo": ()}


@pytest.mark.parametrize(
    "text",
    [
        "2026-10-07 20:00:00 UTC",  # nbgrader collect
        "2026-10-07 20:00:00",  # nbgrader zip_collect
        "2026-10-07 20:00:00.000000 UTC",
        "2026-10-07T20:00Z",
        "2026-10-07T22:00:00+02:00",
        "2026-10-07 22:00:00 +0200",
        "2026-10-07 22:00:00 Europe/Berlin",
    ],
)
def test_times_are_understood(text):
    assert read_moment(text) == datetime(2026, 10, 7, 20)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "7 October 2026",
        "2026-10-07",
        "2026-13-07 20:00",
        "2026-10-07 20:00 Nowhere/Else",
        "2026-10-07 20:00 /etc/passwd",
        "2026-10-07 20:00 Europe",
        "0001-01-01 00:00 +14:00",
        "2026-10-07 20:00 +99:00",
        "２０２６-10-07 20:00",
    ],
)
def test_what_is_no_time_is_said(text):
    with pytest.raises(ValueError, match=r"^is "):
        read_moment(text)


def test_times_from_a_list_are_believed_and_students_files_are_not(fake):
    stamp(fake).write_text("2026-10-01 00:00:00 UTC")  # their own, and early
    stamp(fake, "ada").write_text("2026-10-01 00:00:00 UTC")
    (fake.course.folder / "times.csv").write_text(
        f"id,assignment,time\nbo,{LESSON},2026-10-07T22:00:00+02:00\n"
    )
    said = run(fake)
    assert times(fake) == {"ada": None, "bo": "2026-10-07 20:00:00.000000"}
    assert said["bo"] == () and "times.csv has no time for it" in said["ada"][0]
    # Of other lessons the list says nothing.
    (fake.course.folder / "times.csv").write_text("id,assignment,time\nbo,other,2026-10-07 20:00\n")
    assert run(fake) == {"ada": (), "bo": ()}
    assert set(times(fake).values()) == {"2026-10-01 00:00:00.000000"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("student,when\nbo,2026-10-07 20:00\n", "columns id, assignment, time"),
        ("id,assignment,time\nbo,one,2026-10-07 20:00\nbo,two,noon\n", "line 3: 'noon' is no date"),
        ("id,assignment,time\nbo\n", "line 2: '' is no date"),
        ("id,assignment,time\nbo,one,\xff\n", "is no CSV file"),
    ],
)
def test_a_list_that_cannot_be_meant_is_refused(fake, text, words):
    (fake.course.folder / "times.csv").write_bytes(text.encode("latin-1"))
    with pytest.raises(CourseError, match=words):
        read_times(fake.course)
