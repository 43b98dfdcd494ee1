"""Tiny courses to build and to break. Their exercises are declared in tiny.py."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tiny import LESSON, POINTS, Fake

from cnncourse.authoring import Course, build_lesson
from cnncourse.authoring.declarations import CourseDeclarations
from cnncourse.cli import main


@pytest.fixture
def declared(monkeypatch: pytest.MonkeyPatch) -> Fake:
    """The tiny course's exercises, which the command sees in place of cnncourse's."""
    fake = Fake({"01_sums": dict(POINTS)})
    for method in ("points_of", "lesson_of", "declared_in", "lessons"):
        monkeypatch.setattr(
            CourseDeclarations, method, lambda _, *a, method=method: getattr(fake, method)(*a)
        )
    return fake


@pytest.fixture
def make_course(tmp_path: Path) -> Callable[..., Course]:
    """make_course("01_sums", text, folder="a") writes a course that has not been built."""

    def make(name: str = "01_sums", text: str = LESSON, folder: str = "course") -> Course:
        course = Course(tmp_path / folder)
        course.solutions.mkdir(parents=True, exist_ok=True)
        course.notebooks.mkdir(exist_ok=True)
        course.source(name).write_text(text, encoding="utf-8")
        return course

    return make


@pytest.fixture(scope="session")
def _template(tmp_path_factory: pytest.TempPathFactory) -> Course:
    course = Course(tmp_path_factory.mktemp("template"))
    course.solutions.mkdir()
    course.notebooks.mkdir()
    course.source("01_sums").write_text(LESSON, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNNCOURSE_PROFILE", "full")
        made = build_lesson(course, "01_sums", Fake({"01_sums": dict(POINTS)}))
    assert made.state == "executed" and not made.problems and not made.notes, made
    return course


@pytest.fixture
def built(_template: Course, tmp_path: Path) -> Course:
    """A course of one lesson, built; a copy, so that a test may spoil it. No kernel is started."""
    shutil.copytree(_template.root, tmp_path / "built")
    return Course(tmp_path / "built")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, declared: Fake) -> Callable[..., Result]:
    """run(course, "--check") calls `cnncourse build` in the course's folder."""

    def call(course: Course, *arguments: str) -> Result:
        monkeypatch.chdir(course.root)
        return CliRunner().invoke(main, ["build", *arguments])

    return call
