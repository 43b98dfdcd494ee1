"""Any file gives cells or one sentence."""

import json

import nbformat
import pytest
from fake_course import LESSON, RIGHT, FakeCourse, solved

from cnncourse.grading import notebooks
from cnncourse.grading.notebooks import read_submission


@pytest.fixture
def fake(tmp_path):
    return FakeCourse(tmp_path)


def read(fake):
    return read_submission("a", LESSON, fake.course.submission("a", LESSON))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"  \n", "is empty"),
        (b"<html>", "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        (b'{"cells": [', "not JSON"),
        (b"[1, 2]", "no cells"),
        (b'{"a": 1}', "no cells"),
        (b'{"cells": 3, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}', "cannot be read"),
        (b"[" * 100_000, "not JSON"),
    ],
)
def test_what_is_no_notebook_is_said_in_a_sentence(fake, content, sentence):
    fake.hand_in("a", content)
    submission = read(fake)
    assert sentence in submission.problem
    assert submission.problem in submission.anomalies


def test_a_missing_notebook(fake):
    path = fake.hand_in("a", None)
    (path.parent / "notes.txt").write_text("sorry")
    assert "notes.txt" in read(fake).problem


def test_a_renamed_notebook_is_read(fake):
    fake.hand_in("a", solved(**RIGHT), name="final final")
    submission = read(fake)
    assert submission.cells and "renamed" in submission.anomalies[0]


def test_of_two_notebooks_the_named_one_is_read(fake):
    fake.hand_in("a", b"junk", name="copy")
    fake.hand_in("a", solved(**RIGHT))
    submission = read(fake)
    assert submission.cells and "copy.ipynb was not" in submission.anomalies[0]


def test_of_two_others_none_is_read(fake):
    fake.hand_in("a", solved(**RIGHT), name="one")
    fake.hand_in("a", solved(**RIGHT), name="two")
    assert "none named as the lesson" in read(fake).problem


def test_a_link_is_not_followed(fake, tmp_path):
    path = fake.hand_in("a", None)
    path.symlink_to(fake.source)
    assert "link" in read(fake).problem


def test_a_link_in_place_of_the_folder_is_not_followed(fake):
    fake.hand_in("b", solved(**RIGHT))
    theirs = fake.hand_in("a", None).parent
    theirs.rmdir()
    theirs.symlink_to(fake.course.submission("b", LESSON))
    submission = read(fake)
    assert not submission.cells and "is a link" in submission.problem


def test_a_giant_is_refused(fake, monkeypatch):
    monkeypatch.setattr(notebooks, "LARGEST", 100)
    fake.hand_in("a", solved(**RIGHT))
    assert "are allowed" in read(fake).problem


def test_a_byte_order_mark_is_no_problem(fake):
    text = nbformat.writes(solved(**RIGHT))
    fake.hand_in("a", b"\xef\xbb\xbf" + text.encode())
    assert not read(fake).problem


def test_format_3_is_converted(fake):
    old = nbformat.convert(solved(**RIGHT), 3)
    fake.hand_in("a", nbformat.writes(old, version=3).encode())
    submission = read(fake)
    assert RIGHT["scaled"] in [cell.source for cell in submission.cells]
    assert "old format 3" in submission.anomalies[0]


def test_odd_cells_are_read_as_far_as_they_go(fake):
    data = json.loads(nbformat.writes(solved(**RIGHT)))
    data["nbformat"] = 99
    data["cells"] += [7, {"cell_type": "code"}, {"source": None, "metadata": []}]
    fake.hand_in("a", json.dumps(data).encode())
    submission = read(fake)
    assert RIGHT["scaled"] in [cell.source for cell in submission.cells]


def test_half_characters_are_replaced(fake):
    fake.hand_in("a", solved(**RIGHT))
    path = fake.course.submission("a", LESSON) / f"{LESSON}.ipynb"
    path.write_text(path.read_text().replace("* factor", "* factor # \\ud800"))
    assert any("# ?" in cell.source for cell in read(fake).cells)


def test_more_code_than_can_be_read_is_refused(fake):
    fake.hand_in("a", solved(**RIGHT | {"scaled": "x = 1\n" * 200_000}))
    assert "characters of code" in read(fake).problem


def test_a_file_where_a_folder_belongs(fake):
    folder = fake.course.submission("a", LESSON)
    folder.parent.mkdir(parents=True)
    folder.write_text("oops")
    assert "no folder" in read(fake).problem
    assert fake.course.students(LESSON) == ["a"]
