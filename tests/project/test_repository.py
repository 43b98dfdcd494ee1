"""The files beside the code: what they promise is there, and nothing of one machine is in them."""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
TARGETS = set(
    re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
)
GUIDES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def prose(guide: Path) -> str:
    """A guide's text without its code: an example's link or picture is not the guide's own."""
    text = guide.read_text(encoding="utf-8")
    text = re.sub(r"^(`{3,}).*?^\1\s*$", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`\n]*`", "", text)


def tracked() -> list[Path]:
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def test_ci_runs_the_test_command_of_the_readme() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    text = script.read_text(encoding="utf-8")
    assert "set -euo pipefail" in text
    assert text.rstrip().endswith("make test")
    assert "\nmake test " in README


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_guides_name_commands_that_exist(guide: Path) -> None:
    text = guide.read_text(encoding="utf-8")
    named = set(re.findall(r"(?:^|`)make ([a-z]+)\b", text, flags=re.MULTILINE))
    assert named <= TARGETS


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_links_lead_somewhere(guide: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", prose(guide))
    missing = [link for link in links if "://" not in link and not (guide.parent / link).exists()]
    assert not missing


def test_pictures_have_alt_text() -> None:
    for guide in GUIDES:
        for alt in re.findall(r"!\[([^\]]*)\]", prose(guide)):
            assert len(alt.split()) >= 4, f"{guide.name}: describe the picture"


def test_table_of_lessons_is_true() -> None:
    from cnncourse import exercises

    rows = re.findall(
        r"^\| \[(\w+)\]\(notebooks/\1\.ipynb\) \| [^|]+ "
        r"\| (\d+) \| (\d+) \| (\d+) min \| \d+ s \|$",
        README,
        flags=re.MULTILINE,
    )
    told = {name: (int(count), float(points)) for name, count, points, _ in rows}
    minutes = {name: f"{time} minutes" for name, _, _, time in rows}
    there = {}
    for path in (ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"):
        declared = exercises.lesson(path.stem)
        there[path.stem] = (len(declared), sum(exercise.points for exercise in declared))
        said = minutes.get(path.stem, "")
        assert said in path.read_text(encoding="utf-8"), f"{path.stem} does not say {said!r}"
    assert told == there, "lesson: (exercises, points)"


def test_help_lists_every_command() -> None:
    listed = subprocess.run(
        ["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    for target in TARGETS - {"venv", "sandbox", "system"}:
        assert f"  make {target} " in listed


def test_no_file_names_a_machine_or_an_index() -> None:
    # Put together here, so that this file does not hold them.
    hosts = ["pypi" + ".org", "pythonhosted" + ".org", "deb.debian" + ".org", "npmjs" + ".org"]
    places = ["/" + "root/", "/" + "home/", "/" + "work/main", "/" + "Users/"]
    found = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {word}" for word in hosts + places if word in text]
    assert not found


def test_no_file_is_large() -> None:
    limit = 12 * 1024 * 1024  # MNIST, the largest, is 9 MB
    assert [path for path in tracked() if path.stat().st_size > limit] == []
