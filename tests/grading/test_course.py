"""The command, nbgrader's gradebook, its export and its feedback."""

import json
import sqlite3

import pytest
from click.testing import CliRunner
from fake_course import EXERCISES, LESSON, RIGHT, FakeCourse, solved
from isolation import FLAGS

import cnncourse.exercises
from cnncourse.cli import main
from cnncourse.grading.course import CourseError
from cnncourse.grading.work import Task

WRONG = RIGHT | {"scaled": "def scaled(values, factor):\n    return values + factor"}
SHOUT = RIGHT | {"scaled": "def scaled(values, factor):\n    raise ValueError('<b>bold</b>')"}


@pytest.fixture
def fake(tmp_path, monkeypatch):
    def lesson(name):
        if name == LESSON:
            return EXERCISES
        raise cnncourse.exercises.UnknownExercise(f"There is no lesson called {name!r}.")

    monkeypatch.setattr(cnncourse.exercises, "lesson", lesson)
    fake = FakeCourse(tmp_path)
    (tmp_path / "roster.csv").write_text(
        "id,first_name,last_name,email\nada,Ada,Obi,ada@example.org\nbo,Bo,Li,\neva,Eva,Ruiz,\n"
    )
    return fake


def invoke(fake, *args):
    return CliRunner().invoke(main, [*args, "--course", str(fake.course.folder)])


def graded(fake) -> list[dict]:
    outcome = invoke(fake, "grade", *FLAGS, LESSON, "--json")
    assert outcome.exit_code == 0, outcome.output
    return json.loads(outcome.stdout)


def dump(fake) -> dict[str, list]:
    with sqlite3.connect(fake.course.gradebook) as database:
        names = [
            n for (n,) in database.execute("select name from sqlite_master where type='table'")
        ]
        return {n: sorted(map(repr, database.execute(f'select * from "{n}"'))) for n in names}


def rows(fake) -> dict[str, tuple[float, float]]:
    """Score and maximum by student, as nbgrader's own CSV export gives them."""
    from nbgrader.api import Gradebook
    from nbgrader.plugins.export import CsvExportPlugin

    path = fake.course.folder / "grades.csv"
    with Gradebook(f"sqlite:///{fake.course.gradebook}") as book:
        CsvExportPlugin(to=str(path)).export(book)
    head, *lines = [line.split(",") for line in path.read_text().splitlines()]
    at = {name: number for number, name in enumerate(head)}
    return {
        line[at["student_id"]]: (float(line[at["score"]]), float(line[at["max_score"]]))
        for line in lines
    }


def test_a_class_from_submissions_to_nbgraders_export_and_feedback(fake):
    fake.hand_in("ada", solved(**RIGHT))
    fake.hand_in("bo", solved(**SHOUT))
    fake.hand_in("zoe", b"not a notebook")

    first = graded(fake)
    assert [(r["student"], r["points"], r["max_points"]) for r in first] == [
        ("ada", 6, 6),
        ("bo", 4, 6),
        ("zoe", 0, 6),
    ]
    assert set(first[0]) == {
        "student",
        "points",
        "max_points",
        "verdicts",
        "anomalies",
        "isolation",
    }
    assert set(first[0]["verdicts"][0]) == {"exercise", "state", "points", "max_points", "message"}
    assert any("roster" in sentence for sentence in first[2]["anomalies"])
    assert rows(fake) == {"ada": (6, 6), "bo": (4, 6), "eva": (0, 6), "zoe": (0, 6)}

    # Grading again changes nothing: not a byte of a file, not a row of the gradebook.
    paths = [p for p in fake.course.folder.rglob("*") if p.is_file() and p.suffix != ".db"]
    files = {path: path.read_bytes() for path in paths}
    before = dump(fake)
    assert graded(fake) == first
    assert dump(fake) == before
    assert {path: path.read_bytes() for path in paths} == files

    outcome = invoke(fake, "feedback", LESSON)
    assert outcome.exit_code == 0, outcome.output
    page = (fake.course.feedback("bo", LESSON) / f"{LESSON}.html").read_text()
    assert "Score: 4.0 / 6.0" in page
    assert "scaled: error, 0 of 2 points" in page
    assert "<b>bold</b>" not in page and "bold" in page
    assert "not JSON" in (fake.course.feedback("zoe", LESSON) / f"{LESSON}.html").read_text()


def test_regrading_after_a_change_updates_and_keeps_what_a_person_gave(fake):
    from nbgrader.api import Gradebook

    fake.hand_in("ada", solved(**WRONG))
    assert graded(fake)[0]["points"] == 4
    with Gradebook(f"sqlite:///{fake.course.gradebook}") as book:
        grade = book.find_grade("check_scaled", LESSON, LESSON, "ada")
        assert grade.needs_manual_grade is False
        assert "You added" in book.find_comment("scaled", LESSON, LESSON, "ada").comment
        book.find_grade("check_summed", LESSON, LESSON, "ada").manual_score = 0.5
        book.db.commit()

    fake.hand_in("ada", solved(**RIGHT))
    assert graded(fake)[0]["points"] == 6
    with Gradebook(f"sqlite:///{fake.course.gradebook}") as book:
        assert book.find_grade("check_scaled", LESSON, LESSON, "ada").score == 2
        assert book.find_grade("check_summed", LESSON, LESSON, "ada").score == 0.5
        assert "pass" in book.find_comment("scaled", LESSON, LESSON, "ada").comment


def test_the_seed_is_drawn_once_and_kept(fake):
    assert fake.course.seed() == fake.course.seed()
    (fake.course.folder / ".cnncourse" / "seed.json").write_text("?")
    with pytest.raises(CourseError, match="seed"):
        fake.course.seed()


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["grade", "90_small_sum"], "Did you mean 90_small_sums"),
        (["grade", LESSON], "submitted/STUDENT"),
        (["feedback", LESSON], "first run cnncourse grade"),
        (["report", LESSON], "first run cnncourse grade"),
        (["grade", LESSON, "--timeout", "0"], "timeout"),
    ],
)
def test_what_is_missing_is_said_before_any_work(fake, args, says):
    outcome = invoke(fake, *args)
    assert outcome.exit_code != 0
    assert says in outcome.output.replace("\n", " ")
    assert not fake.course.gradebook.exists()


def test_a_damaged_gradebook_is_said_in_words(fake):
    fake.hand_in("ada", b"")
    fake.course.gradebook.write_bytes(b"this is no database, but long enough to look like one" * 99)
    outcome = invoke(fake, "grade", *FLAGS, LESSON)
    assert outcome.exit_code == 1
    assert "cannot be opened as nbgrader's gradebook" in outcome.output


def test_an_unknown_student_is_answered_with_those_there_are(fake):
    fake.hand_in("ada", solved(**RIGHT))
    outcome = invoke(fake, "grade", *FLAGS, LESSON, "--student", "adda")
    assert outcome.exit_code == 1
    assert "These did: ada" in outcome.output


def test_ctrl_c_keeps_what_was_graded(fake, monkeypatch):
    import cnncourse.grading.batch as batch

    fake.hand_in("ada", b"")
    fake.hand_in("bo", solved(**RIGHT))
    original = batch.work

    def interrupted(task):
        if Task.from_bytes(task).handed.student == "bo":
            raise KeyboardInterrupt
        return original(task)

    monkeypatch.setattr(batch, "work", interrupted)
    outcome = invoke(fake, "grade", *FLAGS, LESSON)
    assert outcome.exit_code == 130
    assert "1 of 2 submissions" in outcome.output
    assert rows(fake)["ada"] == (0, 6)


def test_a_timeout_that_is_no_number_is_refused(fake):
    fake.hand_in("ada", solved(**RIGHT))
    outcome = invoke(fake, "grade", *FLAGS, LESSON, "--timeout", "nan")
    assert outcome.exit_code == 2 and "nan" in outcome.stderr


def test_a_folder_name_that_cannot_be_stored_is_refused_before_any_work(fake):
    fake.hand_in("ada", solved(**RIGHT))
    (fake.course.submitted / "e\udcffva" / LESSON).mkdir(parents=True)
    outcome = invoke(fake, "grade", *FLAGS, LESSON, "--json")
    assert outcome.exit_code == 1 and "Rename it" in outcome.stderr


def test_any_folder_name_will_do_for_a_course(fake, tmp_path):
    fake.hand_in("ada", b"")
    odd = tmp_path.rename(tmp_path.with_name(f"{tmp_path.name} ü?#%41"))
    outcome = CliRunner().invoke(main, ["grade", LESSON, "--course", str(odd)])
    assert outcome.exit_code == 0 and (odd / "gradebook.db").is_file()
