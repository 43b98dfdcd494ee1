"""The gradebook and the seed as files: who may read them, and the copy before every change."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from fake_course import EXERCISES, LESSON, FakeCourse, find, released
from isolation import ISOLATION

import cnncourse.exercises
from cnncourse.grading.backup import back_up
from cnncourse.grading.batch import Plan, grade_class
from cnncourse.grading.course import Course, CourseError
from cnncourse.grading.gradebook import open_gradebook

STUDENTS = ("ada", "bo", "eva")


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """A gradebook, which takes nbgrader some seconds to make."""
    course = Course(tmp_path_factory.mktemp("empty"))
    with open_gradebook(course):
        return course.gradebook


@pytest.fixture
def fake(tmp_path, monkeypatch, empty):
    """A class that handed in nothing worth running."""
    monkeypatch.setattr(cnncourse.exercises, "lesson", lambda name: EXERCISES)
    fake = FakeCourse(tmp_path)
    shutil.copy(empty, fake.course.gradebook)
    for student in STUDENTS:
        fake.hand_in(student, b"")
    return fake


def run(fake):
    return list(grade_class(fake.assignment(), fake.course, STUDENTS, Plan(9, ISOLATION)))


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o7777


@pytest.fixture
def usual_umask():
    before = os.umask(0o022)
    yield
    os.umask(before)


def test_a_new_one_is_what_nbgrader_makes(tmp_path, empty, monkeypatch):
    """The same tables and the same version, which nbgrader asks ``alembic`` for."""
    from nbgrader.api import Gradebook

    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    Gradebook(f"sqlite:///{tmp_path / 'theirs.db'}").close()
    tables = "select name, replace(sql, char(10), '') from sqlite_master order by name"
    for query in ("select version_num from alembic_version", tables):
        found = []
        for path in (tmp_path / "theirs.db", empty):
            with closing(sqlite3.connect(path)) as book:
                found.append(book.execute(query).fetchall())
        assert found[0] and found[0] == found[1]


# Who may read them


def test_what_is_new_is_for_its_owner_alone(tmp_path, usual_umask):
    course = Course(tmp_path)
    course.seed()
    with open_gradebook(course):
        pass
    copy = back_up(course)
    assert mode(tmp_path / ".cnncourse") == 0o700
    assert mode(tmp_path / ".cnncourse" / "seed.json") == 0o600
    assert mode(course.gradebook) == mode(copy) == 0o600
    assert not list(tmp_path.glob("*.partial"))


def test_a_group_that_shares_the_folder_shares_what_is_in_it(tmp_path, usual_umask):
    course = Course(tmp_path)
    (tmp_path / ".cnncourse").mkdir()
    (tmp_path / ".cnncourse").chmod(0o2770)
    seed = course.seed()
    with open_gradebook(course):
        pass
    assert mode(tmp_path / ".cnncourse") == 0o2770
    assert mode(tmp_path / ".cnncourse" / "seed.json") == 0o660
    assert mode(course.gradebook) == mode(back_up(course)) == 0o660
    assert course.seed() == seed


def test_what_was_open_to_everybody_is_closed_but_for_the_gradebook(fake, usual_umask):
    private = fake.course.folder / ".cnncourse"
    private.mkdir(mode=0o755)
    (private / "seed.json").write_text('{"seed": 11}')
    fake.course.gradebook.chmod(0o664)
    assert fake.course.seed() == 11
    run(fake)
    assert mode(private) == 0o750 and mode(private / "seed.json") == 0o640
    assert mode(fake.course.gradebook) == 0o664


def test_a_seed_of_somebody_elses_is_said(fake, monkeypatch):
    fake.course.seed()

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_text", refuse)
    with pytest.raises(CourseError, match="belongs to somebody else"):
        fake.course.seed()


# The copy before every change


def copies(fake) -> list[Path]:
    return sorted(fake.course.backups.glob("*.db"))


def penalties(path: Path) -> list[float]:
    with sqlite3.connect(path) as book:
        query = "select late_submission_penalty from submitted_notebook"
        return [penalty for (penalty,) in book.execute(query)]


def test_only_a_new_due_date_copies_the_gradebook_once(fake):
    for student in STUDENTS:
        stamp = fake.course.submission(student, LESSON) / "timestamp.txt"
        stamp.write_text("2026-10-07 20:00:00 UTC")
    run(fake)
    before = copies(fake)
    rules = f"[due]\n{LESSON} = 2026-10-05T20:00:00Z\n[late]\npenalty = 0.25\n"
    (fake.course.folder / "course.toml").write_text(rules)
    run(fake)
    run(fake)
    (copy,) = set(copies(fake)) - set(before)
    assert penalties(fake.course.gradebook) == [3, 3, 3]
    assert not any(penalties(copy))


def test_a_changed_lesson_copies_the_gradebook_first(fake):
    run(fake)
    before = copies(fake)
    lesson = released()
    lesson.cells[find(lesson, "scaled")].source += "\n"  # a source cell, and no result, changes
    fake.source.write_text(json.dumps(lesson))
    run(fake)
    (copy,) = set(copies(fake)) - set(before)
    with sqlite3.connect(copy) as book:
        assert book.execute("select count(*) from grade").fetchone() == (9,)


def test_without_a_copy_nothing_changes(fake, monkeypatch):
    run(fake)
    before = fake.course.gradebook.read_bytes()
    fake.hand_in("bo", b"changed")
    fake.course.backups.rename(fake.course.backups.with_name("elsewhere"))
    fake.course.backups.write_text("in the way")
    with pytest.raises(OSError):
        run(fake)
    assert fake.course.gradebook.read_bytes() == before


# Killed with -9, at the worst of moments

# What the killed process does first: at the moment it is nobody's to clean up after it.
_DIES = """
import os, signal, sqlite3, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from fake_course import EXERCISES
import cnncourse.exercises
cnncourse.exercises.lesson = lambda name: EXERCISES
def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
{moment}
from cnncourse.cli import main
main(sys.argv[1:])
"""
MOMENTS = {
    "while the gradebook is copied": """
from cnncourse.grading import backup
class Half:
    def __init__(self, path):
        self.book = real(path)
    def backup(self, copy):
        self.book.backup(copy.book, pages=1, progress=die)
    def close(self): pass
real, backup.sqlite3.connect = backup.sqlite3.connect, Half
""",
    "before a submission is recorded": """
from cnncourse.grading.gradebook import Book
Book.record = die
""",
    "inside the transaction": """
from cnncourse.grading.gradebook import Book
from sqlalchemy import event
made = Book.__init__
def init(self, *arguments):
    made(self, *arguments)
    event.listen(self._book.db, "after_flush_postexec", die)
Book.__init__ = init
""",
    "after the gradebook, before the result": """
from cnncourse.grading import results
results.save = die
""",
}


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS)
def test_a_merge_killed_with_9_leaves_a_gradebook_that_opens_and_is_taken_up(fake, moment):
    fake.course.seed()
    run(fake)
    for student in STUDENTS:
        fake.hand_in(student, b"not JSON")
    script = _DIES.format(tests=str(Path(__file__).parent), moment=moment)
    command = [sys.executable, "-c", script, "grade", LESSON, "--course", str(fake.course.folder)]
    command += ["--jobs", "1", *(["--unsafe"] if ISOLATION == "none" else [])]
    killed = subprocess.run(command, capture_output=True, text=True)
    assert killed.returncode == -9, killed.stderr
    with sqlite3.connect(fake.course.gradebook) as book:
        assert book.execute("pragma integrity_check").fetchone() == ("ok",)
    assert len(run(fake)) == 3
    with sqlite3.connect(fake.course.gradebook) as book:
        said = [text for (text,) in book.execute("select auto_comment from comment") if text]
    assert len(said) == 9 and all("it is not JSON" in text for text in said)
    for copy in copies(fake):
        with sqlite3.connect(copy) as book:
            assert book.execute("pragma integrity_check").fetchone() == ("ok",)
