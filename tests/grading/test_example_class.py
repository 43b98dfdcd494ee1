"""The committed example class is fresh, and every submission gets its documented grade."""

import json
import shutil
from pathlib import Path

import pytest
from isolation import ISOLATION

from cnncourse.exercises import lesson
from cnncourse.grading import example_class
from cnncourse.grading.course import Course, find_exercises, find_source
from cnncourse.grading.grader import grade, load_assignment

LESSON = example_class.LESSON
FOLDER = Path(__file__).parents[2] / "grading"
EXPECTED = json.loads((FOLDER / "EXPECTED.json").read_text(encoding="utf-8"))


def test_the_committed_class_is_fresh(tmp_path):
    paths = example_class.write(tmp_path)
    stale = [
        str(path.relative_to(tmp_path))
        for path in paths
        if not (FOLDER / path.relative_to(tmp_path)).is_file()
        or (FOLDER / path.relative_to(tmp_path)).read_bytes() != path.read_bytes()
    ]
    assert not stale, f"Run python -m cnncourse.grading.example_class: {stale[:3]} are stale."
    there = {p.relative_to(FOLDER) for p in (FOLDER / "submitted").rglob("*") if p.is_file()}
    assert there <= {path.relative_to(tmp_path) for path in paths}


def test_writing_twice_changes_nothing(tmp_path):
    first = {path: path.read_bytes() for path in example_class.write(tmp_path)}
    assert first == {path: path.read_bytes() for path in example_class.write(tmp_path)}


def test_the_class_has_every_misconception_of_the_lesson():
    met = {
        (exercise, name)
        for expected in EXPECTED.values()
        for exercise, name in expected["misconceptions"].items()
    }
    assert met == {(e.name, m.name) for e in lesson(LESSON) for m in e.misconceptions}


@pytest.fixture(scope="module")
def assignment(tmp_path_factory):
    course = Course(tmp_path_factory.mktemp("course"))
    source = find_source(LESSON, Course(FOLDER))
    return load_assignment(LESSON, source, find_exercises(LESSON), seed=course.seed())


@pytest.mark.slow
@pytest.mark.parametrize("student", sorted(EXPECTED))
def test_every_submission_gets_its_documented_grade(assignment, student, tmp_path):
    folder = tmp_path / LESSON
    shutil.copytree(FOLDER / "submitted" / student / LESSON, folder)
    result = grade(assignment, student, folder, 5 if student == "wanjiru" else 30, ISOLATION)
    expected = EXPECTED[student]
    assert {v.exercise: v.state for v in result.verdicts} == expected["states"]
    assert (result.points, result.max_points) == (expected["points"], expected["max_points"])
    met = {v.exercise: v.misconception for v in result.verdicts if v.misconception}
    assert met == expected["misconceptions"]
    assert all(verdict.message for verdict in result.verdicts)
