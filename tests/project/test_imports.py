"""The floors of the house: what imports what, and what a plain ``import cnncourse`` costs."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PACKAGE = ROOT / "cnncourse"
# From the ground up. A room imports only from rooms on floors below its own.
FLOORS = (
    ("ops",),
    ("network",),
    ("zoo", "data"),
    ("checking", "figures", "training"),
    ("exercises", "widgets"),
    ("authoring", "grading"),
    ("cli",),
)
FLOOR = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
# Imported inside the functions that use them, never when a module is loaded.
HEAVY = ("tensorflow", "keras", "matplotlib.pyplot", "dask", "distributed", "nbgrader")


def sources() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def imported(nodes: Iterator[ast.AST], package: str) -> Iterator[tuple[str, int]]:
    """Dotted names of the modules that import statements name, and their lines."""
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = package.split(".")
                base = ".".join([*parents[: len(parents) - node.level + 1], *filter(None, [base])])
            for alias in node.names:
                yield f"{base}.{alias.name}", node.lineno


def when_loaded(tree: ast.AST) -> Iterator[ast.AST]:
    """The nodes that run when a module is imported: not function bodies, not TYPE_CHECKING."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            continue
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        yield child
        yield from when_loaded(child)


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).parent.parts)


def test_every_room_has_a_floor() -> None:
    rooms = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert rooms <= set(FLOOR), "a new room: give it a floor in DESIGN and in FLOORS"


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_down(path: Path) -> None:
    parts = path.relative_to(PACKAGE).parts
    if len(parts) == 1:
        return  # cnncourse itself offers `check` and runs the command: the doors, not a room
    room = parts[0]
    tree = ast.parse(path.read_text(encoding="utf-8"))
    wrong = []
    for name, line in imported(ast.walk(tree), dotted(path)):
        parts_of_name = name.split(".")
        if parts_of_name[0] != "cnncourse" or len(parts_of_name) == 1:
            continue
        other = {"check": "exercises"}.get(parts_of_name[1], parts_of_name[1])
        if other in FLOOR and other != room and FLOOR[other] >= FLOOR[room]:
            wrong.append(f"{path.name}:{line} imports {name}")
    assert not wrong, f"{room} may import only from rooms below it"


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_heavy_modules_are_imported_where_they_are_used(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    wrong = [
        f"{path.name}:{line} imports {name}"
        for name, line in imported(when_loaded(tree), dotted(path))
        if any(name == heavy or name.startswith(heavy + ".") for heavy in HEAVY)
    ]
    assert not wrong


@pytest.mark.parametrize(
    "statement",
    ["import cnncourse", "from cnncourse import check", "import cnncourse.ops, cnncourse.data"],
)
def test_import_is_light(statement: str) -> None:
    program = f"import sys; {statement}; print(*sys.modules, sep='\\n')"
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    loaded = set(result.stdout.split())
    assert not loaded.intersection([*HEAVY, "scipy", "nbconvert", "nbclient", "jupyterlab"])


def test_plain_import_takes_no_array_library() -> None:
    program = "import sys, cnncourse; print(*sys.modules, sep='\\n')"
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert "numpy" not in result.stdout.split()
