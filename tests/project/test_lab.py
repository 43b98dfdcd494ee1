"""`cnncourse lab`: lessons arrive, and a student's work is never overwritten."""

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cnncourse.cli import lab

FIRST, SECOND = "01_first.ipynb", "02_second.ipynb"


@pytest.fixture
def release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A release of two lessons, beside files that are no lessons."""
    folder = tmp_path / "release"
    (folder / ".ipynb_checkpoints").mkdir(parents=True)
    for name in (FIRST, SECOND):
        (folder / name).write_text(f"{name}, first release")
    (folder / "notes.ipynb").write_text("no lesson")
    (folder / ".ipynb_checkpoints" / FIRST).write_text("no lesson")
    monkeypatch.setattr(lab, "lessons_folder", lambda: folder)
    return folder


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "my work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def copy() -> Result:
    result = CliRunner().invoke(lab.command, ["--copy-only"])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def lessons(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.glob("*.ipynb")}


def test_copies_the_lessons_and_nothing_else(release: Path, work: Path) -> None:
    result = copy()
    assert result.exit_code == 0
    assert lessons(work) == {name: f"{name}, first release" for name in (FIRST, SECOND)}
    assert f"Copied    {FIRST}, {SECOND}" in result.output
    assert "Kept" not in result.output
    assert not list(work.glob("*.part"))


def test_a_second_run_keeps_everything(release: Path, work: Path) -> None:
    copy()
    (work / FIRST).write_text("my answers")
    (work / SECOND).unlink()
    result = copy()
    assert lessons(work) == {FIRST: "my answers", SECOND: f"{SECOND}, first release"}
    assert f"Kept      {FIRST}" in result.output
    assert f"Copied    {SECOND}" in result.output
    assert "has changed since" not in result.output


def test_a_new_release_replaces_only_untouched_copies(release: Path, work: Path) -> None:
    copy()
    (work / FIRST).write_text("my answers")
    for name in (FIRST, SECOND):
        (release / name).write_text(f"{name}, second release")
    result = copy()
    assert lessons(work) == {FIRST: "my answers", SECOND: f"{SECOND}, second release"}
    assert f"Refreshed {SECOND}" in result.output
    assert f"{FIRST} has changed since" in result.output

    (work / FIRST).rename(work / "01_mine.ipynb")  # what the message advises
    copy()
    assert lessons(work)[FIRST] == f"{FIRST}, second release"
    assert lessons(work)["01_mine.ipynb"] == "my answers"


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"01_first.ipynb": 7}', None])
def test_without_a_good_record_everything_is_kept(
    release: Path, work: Path, damage: str | None
) -> None:
    copy()
    record = work / lab._RECORD
    assert json.loads(record.read_text()).keys() == {FIRST, SECOND}
    if damage is None:
        record.unlink()
    else:
        record.write_text(damage)
    (release / FIRST).write_text("second release")
    copy()
    assert lessons(work)[FIRST] == f"{FIRST}, first release"


def test_a_link_or_a_folder_in_the_way_is_kept(release: Path, work: Path) -> None:
    (work / FIRST).symlink_to("nowhere")
    (work / SECOND).mkdir()
    result = copy()
    assert result.exit_code == 0
    assert f"Kept      {FIRST}, {SECOND}" in result.output
    assert not (work / "nowhere").exists()


def test_refuses_the_course_s_own_folder(release: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(release)
    result = copy()
    assert result.exit_code == 1
    assert "a folder of your own" in result.output


def test_says_when_the_folder_cannot_be_written(
    release: Path, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, data: bytes) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(lab, "_replace", refuse)  # root may write anywhere, so mode bits won't do
    result = copy()
    assert result.exit_code == 1
    assert "Permission denied" in result.output
    assert str(work) in result.output
    assert "Change to a folder of your own" in result.output


def test_says_when_there_are_no_lessons(work: Path, tmp_path: Path) -> None:
    package = tmp_path / "site-packages" / "cnncourse"
    package.mkdir(parents=True)
    with pytest.raises(FileNotFoundError, match="cnncourse build"):
        lab.lessons_folder(package)


def test_an_installed_package_brings_its_lessons(tmp_path: Path) -> None:
    package = tmp_path / "site-packages" / "cnncourse"
    (package / "_lessons").mkdir(parents=True)
    (package / "_lessons" / FIRST).touch()
    (tmp_path / "site-packages" / "notebooks").mkdir()  # somebody else's
    (tmp_path / "site-packages" / "notebooks" / FIRST).touch()
    assert lab.lessons_folder(package) == package / "_lessons"


def test_jupyterlab_listens_on_this_machine_only(
    release: Path, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import jupyterlab.labapp

    started: list[list[str]] = []
    monkeypatch.setattr(jupyterlab.labapp, "main", started.append)
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    result = CliRunner().invoke(lab.command, ["--no-browser", "--port", "9999"])
    assert result.exit_code == 0, result.output
    (options,) = started
    assert "--ServerApp.ip=127.0.0.1" in options
    assert "--ServerApp.open_browser=False" in options
    assert "--ServerApp.port=9999" in options
    assert f"--ServerApp.root_dir={work}" in options
    assert not any("allow_root" in option for option in options)
