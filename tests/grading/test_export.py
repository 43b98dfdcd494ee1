"""Grades for other systems: their documented columns, and what a person changed by hand."""

import csv
import io
import json

import pytest
from click.testing import CliRunner
from fake_course import EXERCISES, LESSON, RIGHT, FakeCourse, solved
from isolation import FLAGS

import cnncourse.exercises
from cnncourse.cli import main

WRONG = RIGHT | {"scaled": "def scaled(values, factor):\n    return values + factor"}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Two who handed in, one with a point by hand, and one who did not."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cnncourse.exercises, "lesson", lambda name: EXERCISES)
        folder = tmp_path_factory.mktemp("course")
        fake = FakeCourse(folder)
        (folder / "roster.csv").write_text(
            'id,first_name,last_name,email\nada,Ada,"Obi, Jr.",ada@example.org\nbo,Bo,Lí,\neva,,,\n'
        )
        fake.hand_in("ada", solved(**RIGHT))
        fake.hand_in("bo", solved(**WRONG))
        done = CliRunner().invoke(main, ["grade", *FLAGS, LESSON, "--course", str(folder)])
        assert done.exit_code == 0, done.output
        from nbgrader.api import Gradebook

        with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as book:
            submission = book.find_submission(LESSON, "bo")
            (notebook,) = submission.notebooks
            grade = next(g for g in notebook.grades if g.name == "check_scaled")
            assert grade.auto_score == 0
            grade.manual_score = 1.5
            book.db.commit()
        yield fake.course


def exported(course, form, folder):
    command = ["export", LESSON, "--format", form, "--course", str(course.folder)]
    done = CliRunner().invoke(main, [*command, "--output", str(folder)])
    assert done.exit_code == 0, done.output
    return sorted(path for path in folder.rglob("*") if path.is_file())


def table(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_nbgraders_columns_and_scores_are_its_own(course, tmp_path):
    from nbgrader.api import Gradebook
    from nbgrader.plugins.export import CsvExportPlugin

    (ours,) = exported(course, "nbgrader", tmp_path / "ours")
    with Gradebook(f"sqlite:///{course.gradebook}") as book:
        CsvExportPlugin(to=str(tmp_path / "theirs.csv")).export(book)
    theirs = (tmp_path / "theirs.csv").read_text()
    assert ours.read_text().splitlines()[0] == theirs.splitlines()[0]
    # Theirs puts no quotes round a name with a comma in it; ours can be read back.
    theirs = theirs.replace("Obi, Jr.", '"Obi, Jr."')
    assert sorted(theirs.splitlines()) == sorted(ours.read_text().splitlines())
    assert [row["score"] for row in table(ours.read_text())] == ["6.0", "5.5", "0.0"]


def test_canvas_reads_points_possible_and_then_a_row_a_student(course, tmp_path):
    (path,) = exported(course, "canvas", tmp_path)
    rows = list(csv.reader(io.StringIO(path.read_text())))
    assert rows[0] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", LESSON]
    assert rows[1][0].strip() == "Points Possible"
    assert rows[1][-1] == "6.0"
    assert rows[2] == ["Obi, Jr., Ada", "", "ada", "ada", "", "6.0"]
    assert rows[3][-1] == "5.5"
    assert rows[4] == ["eva", "", "eva", "eva", "", ""]  # nothing handed in: no grade, not 0


def test_moodle_maps_people_by_their_id_number(course, tmp_path):
    (path,) = exported(course, "moodle", tmp_path)
    ada, bo, eva = table(path.read_text())
    assert list(ada)[:4] == ["First name", "Last name", "ID number", "Email address"]
    assert ada["ID number"] == "ada"
    assert ada[f"Assignment: {LESSON} (Real)"] == "6.0"
    assert bo["Last name"] == "Lí"
    assert "You added; scaling multiplies." in bo[f"Assignment: {LESSON} (Feedback)"]
    assert eva[f"Assignment: {LESSON} (Real)"] == "-"


def test_gradescope_gets_its_results_json_for_each_who_handed_in(course, tmp_path):
    paths = exported(course, "gradescope", tmp_path)
    assert [path.parent.name for path in paths] == ["ada", "bo"]
    assert {path.name for path in paths} == {"results.json"}
    record = json.loads(paths[1].read_text())
    assert record["score"] == 5.5
    assert [test["name"] for test in record["tests"]] == [each.name for each in EXERCISES]
    assert sum(test["score"] for test in record["tests"]) == 5.5
    assert record["tests"][0]["max_score"] == 2
    assert record["tests"][0]["status"] == "failed"
    assert record["tests"][1]["status"] == "passed"
    allowed = {"hidden", "after_due_date", "after_published", "visible"}
    assert {test["visibility"] for test in record["tests"]} <= allowed


def test_json_keeps_what_the_grader_gave_beside_what_counts(course, tmp_path):
    (path,) = exported(course, "json", tmp_path)
    ada, bo, eva = json.loads(path.read_text())
    assert (ada["score"], bo["score"], eva["score"]) == (6, 5.5, 0)
    assert (ada["handed_in"], eva["handed_in"]) == (True, False)
    scaled = next(part for part in bo["exercises"] if part["exercise"] == "scaled")
    assert (scaled["points"], scaled["automatic_points"]) == (1.5, 0)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["export", "91_nothing"], "first run cnncourse grade 91_nothing"),
        (["export", LESSON, "--format", "excel"], "'nbgrader', 'canvas', 'moodle', 'gradescope'"),
    ],
)
def test_what_cannot_be_exported_is_said(course, arguments, words):
    done = CliRunner().invoke(main, [*arguments, "--course", str(course.folder)])
    assert done.exit_code != 0
    assert words in done.output
    assert "Traceback" not in done.output


def test_a_course_without_grades_gets_no_gradebook(tmp_path):
    done = CliRunner().invoke(main, ["export", LESSON, "--course", str(tmp_path)])
    assert "has no grades" in done.output
    assert not list(tmp_path.iterdir())
