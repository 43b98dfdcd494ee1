"""The package as it is installed without a clone: what is in the wheel, and that it works."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
LESSONS = sorted(path.name for path in (ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))

pytestmark = pytest.mark.slow


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    result = subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**os.environ, **environment},
        timeout=300,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def site(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel installed in a folder of its own, beside this environment's dependencies."""
    folder = tmp_path_factory.mktemp("site")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    run(*pip, "--no-index", "--no-deps", "--target", folder, wheel, cwd=folder)
    return folder


def test_wheel_holds_the_lessons_the_digits_and_the_licences(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {f"cnncourse/_lessons/{name}" for name in LESSONS} <= names
    assert "cnncourse/data/mnist.npz" in names
    licences = {name.rsplit("/", 1)[1] for name in names if "/licenses/" in name}
    assert licences == {"LICENSE", "LICENSE-TEXT"}


def test_wheel_holds_nothing_else(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"cnncourse"}
    lessons = {
        name.split("/", 2)[2]
        for name in zipfile.ZipFile(wheel).namelist()
        if name.startswith("cnncourse/_lessons/")
    }
    assert lessons - {".gitkeep"} == set(LESSONS)


def test_lab_from_the_installed_package_never_overwrites_work(site: Path, tmp_path: Path) -> None:
    assert LESSONS, "no lesson is built: run `cnncourse build`"
    program = "import cnncourse; print(cnncourse.__file__)"
    where = run(sys.executable, "-c", program, cwd=tmp_path, PYTHONPATH=str(site))
    assert Path(where.strip()).is_relative_to(site)

    command = [sys.executable, site / "bin" / "cnncourse", "lab", "--copy-only"]
    said = run(*command, cwd=tmp_path, PYTHONPATH=str(site))
    assert "Copied" in said
    assert sorted(path.name for path in tmp_path.glob("*.ipynb")) == LESSONS
    for name in LESSONS:
        assert (tmp_path / name).read_bytes() == (ROOT / "notebooks" / name).read_bytes()

    (tmp_path / LESSONS[0]).write_text("my answers")
    said = run(*command, cwd=tmp_path, PYTHONPATH=str(site))
    assert (tmp_path / LESSONS[0]).read_text() == "my answers"
    assert "Kept" in said
    assert "Copied" not in said
