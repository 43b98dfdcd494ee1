"""A folder that the grader may not look into costs its owner's submission, and nobody else's."""

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from fake_course import EXERCISES, LESSON, FakeCourse
from isolation import ISOLATION

import cnncourse.exercises
from cnncourse.grading.batch import Plan, grade_class
from cnncourse.grading.gradebook import open_gradebook
from cnncourse.grading.notebooks import pick_up

_NOBODY = 65534


@pytest.fixture
def fake(monkeypatch):
    """A course that an ordinary user can work in, where pytest's own folders are root's."""
    monkeypatch.setattr(cnncourse.exercises, "lesson", lambda name: EXERCISES)
    folder = Path(tempfile.mkdtemp(prefix="cnncourse-unreadable-"))
    fake = FakeCourse(folder)
    for student in ("ada", "bo", "eva"):
        fake.hand_in(student, b"")
    yield fake
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o700)
    shutil.rmtree(folder)


@contextlib.contextmanager
def ordinary_user(folder):
    """Without root's right to read everything, which a folder's mode would not stop."""
    if os.geteuid() != 0:
        yield
        return
    for path in (folder, *folder.rglob("*")):
        os.chown(path, _NOBODY, _NOBODY)
    try:
        os.seteuid(_NOBODY)
    except OSError as error:
        pytest.skip(f"root here cannot become an ordinary user: {error}")
    try:
        yield
    finally:
        os.seteuid(0)


@contextlib.contextmanager
def closed(folder, mode=0):
    folder.chmod(mode)
    try:
        list(folder.iterdir())
    except PermissionError:
        yield
    else:
        pytest.skip("this user may read a folder of mode 0")
    finally:
        folder.chmod(0o700)


def test_the_folder_of_a_submission(fake):
    folder = fake.course.submission("bo", LESSON)
    with ordinary_user(fake.course.folder), closed(folder):
        handed = pick_up("bo", LESSON, folder)
    assert handed.problem == f"{LESSON} cannot be read: Permission denied."


def test_the_folder_of_a_student(fake):
    with ordinary_user(fake.course.folder), closed(fake.course.submitted / "bo"):
        assert fake.course.students(LESSON) == ["ada", "bo", "eva"]
        assert (
            "cannot be read" in pick_up("bo", LESSON, fake.course.submission("bo", LESSON)).problem
        )


def test_the_class_goes_on(fake):
    (fake.course.folder / "course.toml").write_text(f"[due]\n{LESSON} = 2026-10-05T20:00:00Z\n")
    with open_gradebook(fake.course):  # made here: nbgrader's helper may be root's alone
        pass
    with ordinary_user(fake.course.folder), closed(fake.course.submission("bo", LESSON)):
        found = grade_class(
            fake.assignment(), fake.course, fake.course.students(LESSON), Plan(9, ISOLATION)
        )
        said = {result.student: " ".join(result.anomalies) for result in found}
    assert list(said) == ["ada", "bo", "eva"]
    assert "is empty" in said["ada"] and "cannot be read: Permission denied" in said["bo"]


def test_a_disk_that_fails_under_one_folder(fake, monkeypatch):
    broken = fake.course.submission("bo", LESSON)
    look = Path.iterdir

    def fails(path):
        if path == broken:
            raise OSError(5, "Input/output error")
        return look(path)

    monkeypatch.setattr(Path, "iterdir", fails)
    assert "Input/output error" in pick_up("bo", LESSON, broken).problem
