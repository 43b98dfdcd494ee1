"""What a student is told before handing in, and that nothing hidden is in it."""

import json

import nbformat
import pytest
from click.testing import CliRunner
from fake_course import EXERCISES, LESSON, RIGHT, STUB, code, find, released, solved

import cnncourse.exercises
import cnncourse.grading.course
from cnncourse.cli import main


@pytest.fixture
def check(tmp_path, monkeypatch):
    source = tmp_path / "source" / f"{LESSON}.ipynb"
    source.parent.mkdir()
    nbformat.write(released(), source)
    monkeypatch.setattr(cnncourse.exercises, "lessons", lambda: (LESSON,))
    monkeypatch.setattr(cnncourse.exercises, "lesson", lambda name: EXERCISES)
    monkeypatch.setattr(cnncourse.grading.course, "find_source", lambda name, course: source)

    def run(notebook, name=LESSON, *more):
        path = tmp_path / f"{name}.ipynb"
        if isinstance(notebook, str):
            path.write_text(notebook)
        else:
            nbformat.write(notebook, path)
        return CliRunner().invoke(main, ["check", str(path), *more])

    return run


def test_a_solved_notebook_is_ready(check):
    done = check(solved(**RIGHT))
    assert done.exit_code == 0, done.output
    assert "3 of 3 exercises will be graded, 6 of 6 points" in done.output
    assert "Ready to hand in" in done.output
    assert "Unusual" not in done.output


def test_a_fresh_notebook_is_not_attempted(check):
    done = check(released())
    assert done.exit_code == 1
    assert done.output.count("not attempted") == 4  # three exercises and the last line
    assert "0 of 3 exercises" in done.output


@pytest.mark.parametrize(
    "source",
    [
        STUB["scaled"] + "\n# I will come back to this",
        "def scaled(values, factor):\n    raise NotImplementedError",
        "# nothing",
        "",
    ],
)
def test_what_only_looks_like_an_attempt_is_none(check, source):
    done = check(solved(**RIGHT | {"scaled": source}), LESSON, "--json")
    first = json.loads(done.output)["exercises"][0]
    assert (first["exercise"], first["attempted"]) == ("scaled", False)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("def scaled(values, factor)\n    return 1", "cannot read line 1"),
        ("import numpy as np\nscaled = np.convolve", "uses np.convolve"),
    ],
)
def test_what_would_get_no_points_is_said(check, source, words):
    done = check(solved(**RIGHT | {"scaled": source}))
    assert done.exit_code == 1
    assert words in done.output


def test_damage_is_named_with_what_the_grader_does(check):
    notebook = solved(**RIGHT)
    del notebook.cells[find(notebook, "check_summed")]
    notebook.cells[find(notebook, "check_scaled")].source = "print('passed')"
    done = check(notebook, "my copy")
    assert "The check cell of 'summed' was deleted; it was put back." in done.output
    assert "The check cell of 'scaled' was edited" in done.output
    assert f"hand it in as {LESSON}.ipynb" in done.output
    assert done.exit_code == 0  # nothing is missing


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("no json", "is not a notebook: it is not JSON"),
        ("", "is empty"),
        ('{"a": 1}', "it has no cells"),
        (
            nbformat.writes(nbformat.v4.new_notebook(cells=[code("x = 1", "a")])),
            "holds no exercise of the course",
        ),
    ],
)
def test_another_file_is_said_to_be_one(check, content, words):
    done = check(content, "other")
    assert done.exit_code == 1
    assert words in done.output
    assert "Traceback" not in done.output


def test_no_file_at_all(tmp_path):
    done = CliRunner().invoke(main, ["check", str(tmp_path / "none.ipynb")])
    assert "There is no file" in done.output
    done = CliRunner().invoke(main, ["check", str(tmp_path)])
    assert "is a folder" in done.output


def test_nothing_is_run_and_nothing_hidden_is_said(check, tmp_path):
    trap = tmp_path / "ran"
    notebook = solved(**RIGHT | {"the_answer": f"open({str(trap)!r}, 'w')\nthe_answer = 1"})
    done = check(notebook)
    assert not trap.exists()
    assert "42" not in done.output  # the right answer
    for exercise in EXERCISES:
        for misconception in exercise.misconceptions:
            assert misconception.says not in done.output
