"""Histories as files: whole, equal to what was measured, and never mistaken for something else."""

import pytest

from cnncourse.training import History
from cnncourse.training.files import write_whole


def test_a_history_comes_back(tmp_path):
    history = History({"loss": [2.0, 1.5], "val_loss": [2.5, float("inf")]}, 3.25, stopped=True)
    loaded = History.load(history.save(tmp_path / "run.json"))
    assert loaded == history
    assert loaded.seconds == 3.25
    assert [each.name for each in tmp_path.iterdir()] == ["run.json"]


def test_where_there_is_no_history(tmp_path):
    with pytest.raises(ValueError, match="no folder"):
        History({}).save(tmp_path / "away" / "run.json")
    with pytest.raises(ValueError, match=r"There is no history in .*history\.save"):
        History.load(tmp_path / "run.json")
    with pytest.raises(ValueError, match="no history"):
        History.load(tmp_path)


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"history": {"loss": 3}}', '{"history": []}'])
def test_another_file_is_no_history(tmp_path, text):
    path = tmp_path / "notes.json"
    path.write_text(text)
    with pytest.raises(ValueError, match="is not a history"):
        History.load(path)


def test_one_run_after_the_other():
    first = History({"loss": [3.0, 2.0], "val_loss": [4.0, 3.0]}, 1.0)
    second = History({"loss": [1.0], "accuracy": [0.5], "val_loss": [2.0]}, 2.0, stopped=True)
    assert (first + second).history == {"loss": [3.0, 2.0, 1.0], "val_loss": [4.0, 3.0, 2.0]}
    assert (first + second).seconds == 3.0
    assert (first + second).stopped
    assert (History({}) + first).history == first.history
    with pytest.raises(TypeError):
        first + 1


def test_a_file_is_whole_or_as_it_was(tmp_path):
    path = tmp_path / "state"
    path.write_bytes(b"old")

    def half(file):
        file.write(b"ne")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_whole(path, half)
    assert path.read_bytes() == b"old"
    write_whole(path, lambda file: file.write(b"new"))
    assert path.read_bytes() == b"new"
    assert [each.name for each in tmp_path.iterdir()] == ["state"]
