"""What the project needs is written once, and every other place that names it agrees."""

import importlib.util
import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NEEDED = [Requirement(line) for line in PROJECT["dependencies"]]
DEVELOPED_WITH = [
    Requirement(line) for lines in PROJECT["optional-dependencies"].values() for line in lines
]
# The machines the course runs on, as far as the requirements tell them apart.
MACHINES = [
    {
        "python_version": version,
        "python_full_version": f"{version}.9",
        "platform_system": system,
        "sys_platform": platform,
        "os_name": "nt" if system == "Windows" else "posix",
        "platform_machine": machine,
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
    }
    for version in ("3.11", "3.12", "3.13")
    for system, platform, machine in (
        ("Linux", "linux", "x86_64"),
        ("Linux", "linux", "aarch64"),
        ("Darwin", "darwin", "arm64"),
        ("Windows", "win32", "AMD64"),
    )
]


def pins() -> list[Requirement]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def described(requirement: Requirement) -> tuple[str, str, str]:
    name = canonicalize_name(requirement.name)
    return name, str(requirement.specifier), str(requirement.marker or "")


def test_constraints_are_exact_and_name_no_index() -> None:
    for pin in pins():
        assert pin.url is None
        assert re.fullmatch(r"==[^*,]+", str(pin.specifier)), f"{pin} is not one exact version"
    assert "://" not in (ROOT / "constraints.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("needed", [*NEEDED, *DEVELOPED_WITH], ids=str)
def test_every_requirement_is_pinned_once_on_every_machine(needed: Requirement) -> None:
    name = canonicalize_name(needed.name)
    for machine in MACHINES:
        if needed.marker and not needed.marker.evaluate(machine):
            continue
        found = [
            pin
            for pin in pins()
            if canonicalize_name(pin.name) == name
            and (pin.marker is None or pin.marker.evaluate(machine))
        ]
        assert len(found) == 1, f"{name} on {machine}: run `make constraints`"
        version = str(found[0].specifier).removeprefix("==")
        assert needed.specifier.contains(version), f"{found[0]} is not in {needed}"


def test_conda_environment_repeats_the_requirements() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    conda, (pip,) = (
        [entry for entry in environment["dependencies"] if isinstance(entry, str)],
        [entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict)],
    )
    assert pip[0] == "--constraint constraints.txt"
    assert pip[-1] == "."
    there = {described(Requirement(line)) for line in pip[1:-1]}
    here = {described(requirement) for requirement in NEEDED}
    assert there == here, "copy [project] dependencies of pyproject.toml into environment.yml"

    python = Requirement(next(entry for entry in conda if entry.startswith("python")))
    assert python.specifier == SpecifierSet(PROJECT["requires-python"])


def test_every_dependency_has_its_reason() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    given = re.findall(r"^\| `([\w.-]+)`(?:, `([\w.-]+)`)* \| (.+) \|$", text, flags=re.MULTILINE)
    reasons = {name for *names, reason in given if reason.strip() for name in names if name}
    wanted = {requirement.name for requirement in [*NEEDED, *DEVELOPED_WITH]}
    assert wanted - reasons == set(), "give one reason in CONTRIBUTING.md"
    assert reasons - wanted == set(), "these are no longer needed: take them out of CONTRIBUTING.md"


def test_set_up_asks_for_the_same_pythons() -> None:
    spec = importlib.util.spec_from_file_location("prepare", ROOT / "tools" / "prepare.py")
    assert spec is not None and spec.loader is not None
    prepare = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(prepare)
    asked = SpecifierSet(PROJECT["requires-python"])
    for minor in range(8, 20):
        allowed = prepare.OLDEST <= (3, minor) <= prepare.NEWEST
        assert asked.contains(f"3.{minor}.1") == allowed
    named = {
        classifier.rsplit(" ", 1)[1]
        for classifier in PROJECT["classifiers"]
        if "Python :: 3." in classifier
    }
    assert named == {f"3.{minor}" for minor in range(prepare.OLDEST[1], prepare.NEWEST[1] + 1)}
