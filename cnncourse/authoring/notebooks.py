"""A lesson as two notebooks: the instructor's, with the answers, and the student's, with stubs.

Nothing in them depends on when or where they were built: cell ids are derived from the cells, the
metadata hold no versions or times. nbgrader's metadata follow its schema 3.
"""

import ast
import copy
import hashlib
import os
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from cnncourse.authoring.lesson import Lesson, LessonCell, LessonError, Problem, parse
from cnncourse.authoring.stub import StubError, stub

_KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
_LANGUAGE = {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"}


def solution_notebook(lesson: Lesson, points: Mapping[str, float]) -> NotebookNode:
    """The instructor's notebook, not yet executed. points: exercise -> points."""
    return _notebook(lesson, [_cell(cell, cell.source, points) for cell in lesson.cells])


def student_notebook(lesson: Lesson, points: Mapping[str, float]) -> NotebookNode:
    """The student's notebook: solutions replaced by stubs, checksums as nbgrader releases them.

    Raises LessonError for an exercise cell that cannot be turned into a stub.
    """
    from nbgrader.utils import compute_checksum

    cells = []
    for cell in lesson.cells:
        source = student_source(lesson, cell) if cell.exercise else cell.source
        made = _cell(cell, source, points)
        if "nbgrader" in made.metadata:
            made.metadata.nbgrader.checksum = compute_checksum(made)
            made.metadata.deletable = False
            if cell.check:
                made.metadata.editable = False
        if "reveal" in cell.tags:
            made.metadata.jupyter = {"source_hidden": True}
        cells.append(made)
    return _notebook(lesson, cells)


def student_source(lesson: Lesson, cell: LessonCell) -> str:
    """What the student sees of an exercise cell. Raises LessonError when that cannot be made."""
    heading = lesson.heading_of(cell)
    opening = f"Exercise {heading.number}: write" if heading else "Write"

    def task(name: str) -> str:
        return f"{opening} {name} here, then run the check below."

    keep = {name for check in lesson.check_cells(cell.exercise) for name in checked_names(check)}
    try:
        return stub(cell.source, keep, task)
    except StubError as error:
        raise LessonError(Problem(lesson.place(cell), str(error))) from None


def checked_names(check: LessonCell) -> list[str]:
    """The names that a check cell hands to check(): ["conv2d"] for ``check("conv2d", conv2d)``."""
    tree = parse(check.source)
    names: dict[str, None] = {}
    for call in ast.walk(tree) if tree else ():
        if (
            isinstance(call, ast.Call)
            and isinstance(call.func, ast.Name)
            and call.func.id == "check"
        ):
            for argument in [*call.args, *(keyword.value for keyword in call.keywords)]:
                for node in ast.walk(argument):
                    if isinstance(node, ast.Name):
                        names.setdefault(node.id)
    return list(names)


def without_outputs(notebook: NotebookNode) -> NotebookNode:
    """A copy with outputs, execution counts and the record of the execution cleared."""
    clean: NotebookNode = copy.deepcopy(notebook)
    for cell in clean.cells:
        if cell.cell_type == "code":
            cell.outputs = []
            cell.execution_count = None
    clean.metadata.get("cnncourse", {}).pop("profile", None)
    return clean


def to_text(notebook: NotebookNode) -> str:
    """The notebook as a file's text: sorted keys, indent 1, a newline at the end."""
    nbformat.validate(notebook)
    return str(nbformat.writes(notebook)).rstrip("\n") + "\n"


def read_notebook(path: Path) -> NotebookNode:
    """The notebook in a file. Raises LessonError when it is not one."""
    try:
        notebook: NotebookNode = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
        nbformat.validate(notebook)
    except Exception as error:  # JSON's, nbformat's and jsonschema's errors: all mean the same here
        place = f"{path.parent.name}/{path.name}"
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        message = f"is not a valid notebook ({reason}); run `cnncourse build`."
        raise LessonError(Problem(place, message)) from None
    return notebook


def write_text(path: Path, text: str) -> bool:
    """Write a file in one step; True when its content changed. A cut-off run harms nothing."""
    data = text.encode()
    if path.exists() and path.read_bytes() == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)  # mkstemp makes private files; a notebook is not one
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return True


def _notebook(lesson: Lesson, cells: list[NotebookNode]) -> NotebookNode:
    seen: Counter[str] = Counter()
    for cell, made in zip(lesson.cells, cells, strict=True):
        made.id = _cell_id(cell, seen)
    metadata = {
        "cnncourse": {"lesson": lesson.name, "source_sha256": lesson.sha256},
        "kernelspec": dict(_KERNEL),
        "language_info": dict(_LANGUAGE),
    }
    return nbformat.v4.new_notebook(cells=cells, metadata=metadata)


def _cell(cell: LessonCell, source: str, points: Mapping[str, float]) -> NotebookNode:
    metadata: dict[str, Any] = {}
    if cell.tags:
        metadata["tags"] = list(cell.tags)
    if cell.kind == "markdown":
        return nbformat.v4.new_markdown_cell(source, metadata=metadata)
    if cell.name:
        metadata["nbgrader"] = {
            "cell_type": "code",
            "grade": bool(cell.check),
            "grade_id": cell.name,
            "locked": bool(cell.check),
            "schema_version": 3,
            "solution": bool(cell.exercise),
            "task": False,
        }
        if cell.check:
            value = float(points[cell.check])
            metadata["nbgrader"]["points"] = int(value) if value.is_integer() else value
    return nbformat.v4.new_code_cell(source, metadata=metadata)


def _cell_id(cell: LessonCell, seen: Counter[str]) -> str:
    """The same cell gets the same id in both notebooks and in every build."""
    if cell.name and len(cell.name) <= 64:
        return cell.name
    key = f"{cell.kind}\0{cell.name}\0{cell.source}"
    seen[key] += 1
    return hashlib.sha256(f"{key}\0{seen[key]}".encode()).hexdigest()[:12]
