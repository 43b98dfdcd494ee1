"""Set-up, as far as it can be tested without installing anything."""

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def prepare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """tools/prepare.py with a folder of its own in place of the repository."""
    spec = importlib.util.spec_from_file_location("prepare", ROOT / "tools" / "prepare.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in module.INPUTS:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    venv = tmp_path / ".venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "python").symlink_to(sys.executable)
    monkeypatch.setattr(module, "ROOT", str(tmp_path))
    monkeypatch.setattr(module, "VENV", str(venv))
    monkeypatch.setattr(module, "VENV_PYTHON", str(venv / "bin" / "python"))
    monkeypatch.setattr(module, "STAMP", str(venv / ".installed"))
    monkeypatch.setattr(module, "LOG", str(venv / "install.log"))
    return module


def test_installs_once_and_again_only_when_the_requirements_change(
    prepare: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    installed: list[str] = []
    monkeypatch.setattr(prepare, "install", lambda: installed.append("now"))
    monkeypatch.setattr(prepare, "works", lambda python: True)
    prepare.prepare_venv()
    prepare.prepare_venv()
    assert len(installed) == 1

    os.utime(tmp_path / "pyproject.toml")  # a checkout touches files without changing them
    prepare.prepare_venv()
    assert len(installed) == 1

    with (tmp_path / "constraints.txt").open("a") as file:
        file.write("# newer\n")
    prepare.prepare_venv()
    assert len(installed) == 2


def test_a_failed_installation_is_tried_again(
    prepare: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def failing(command: list[str], log: str, doing: str, environment: object = None) -> int:
        Path(log).write_text("no index for you\n")
        return 1

    monkeypatch.setattr(prepare, "works", lambda python: True)
    monkeypatch.setattr(prepare, "run", failing)
    for _ in range(2):
        with pytest.raises(SystemExit):
            prepare.prepare_venv()
        said = capsys.readouterr().out
        assert "no index for you" in said
        assert "run the same command again" in said


@pytest.mark.parametrize("version", [(3, 8), (3, 10), (3, 14)])
def test_a_wrong_python_is_named(
    prepare: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    version: tuple[int, int],
) -> None:
    monkeypatch.setattr(prepare.sys, "version_info", (*version, 0))
    with pytest.raises(SystemExit) as stop:
        prepare.prepare_venv()
    assert stop.value.code == 1
    said = capsys.readouterr().out
    assert "3.11 to 3.13" in said
    assert f"Python {version[0]}.{version[1]}" in said
    assert "make PYTHON=" in said


def no_library(name: str) -> None:
    raise OSError(f"{name}: cannot open shared object file")


def test_missing_programs_are_named_to_who_may_not_install(
    prepare: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(prepare.shutil, "which", lambda name: None)
    monkeypatch.setattr(prepare.ctypes, "CDLL", no_library)
    prepare.prepare_system()
    said = capsys.readouterr().out
    assert "sudo apt-get install bubblewrap chromium libatomic1" in said
    assert "skipped" in said


def test_programs_that_are_there_are_left_alone(
    prepare: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(prepare.shutil, "which", lambda name: "/usr/bin/" + name)
    prepare.prepare_system()
    assert capsys.readouterr().out == ""


def test_uv_gets_the_index_that_pip_is_set_up_with(
    prepare: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("UV_DEFAULT_INDEX", raising=False)
    monkeypatch.delenv("UV_INDEX_URL", raising=False)
    monkeypatch.setenv("PIP_INDEX_URL", "file:///an/index")
    assert prepare.uv_environment()["UV_DEFAULT_INDEX"] == "file:///an/index"
    monkeypatch.setenv("UV_DEFAULT_INDEX", "file:///another")
    assert prepare.uv_environment()["UV_DEFAULT_INDEX"] == "file:///another"


def test_the_demo_gets_its_sandbox_and_no_browser(
    prepare: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On a bare machine the example class could not be graded."""
    asked: list[list[str]] = []
    monkeypatch.setattr(prepare.shutil, "which", lambda name: None)
    monkeypatch.setattr(prepare, "apt_install", lambda names, log: asked.append(names) or True)
    prepare.prepare_system(("bwrap",))
    assert asked == [["bubblewrap"]]
    assert capsys.readouterr().out == ""
    makefile = (ROOT / "Makefile").read_text()
    assert "\ndemo: venv sandbox " in makefile and "prepare.py sandbox" in makefile
