"""Read notebooks, a student's with distrust: any file gives cells or says what is wrong with it."""

import contextlib
import json
import logging
import os
import re
import stat
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

from cnncourse.checking.wire import printable
from cnncourse.grading import names

LARGEST = 50 * 2**20  # bytes; a lesson with every picture stored has about 2 MB
MOST_CODE = 250_000  # characters; a lesson solved has about 20,000
MOST_NOTES = 1_000_000  # characters of text cells; a lesson has about 20,000
MOST_CELLS = 2000  # a lesson has about 120
MOST_PARTS = 1_000_000  # of the JSON; a lesson with every picture stored has about 3,000
_STRING = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)


@dataclass(frozen=True)
class Cell:
    """What grading needs of a notebook's cell."""

    kind: str  # "code" | "markdown" | "raw"
    source: str
    id: str = ""
    grade_id: str = ""
    graded: bool = False  # an autograder-test cell
    solution: bool = False
    tags: frozenset[str] = frozenset()
    metadata: dict[str, Any] = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class Submission:
    """What a student handed in: cells, or a problem that leaves nothing to grade."""

    student: str
    cells: tuple[Cell, ...] = ()
    problem: str = ""
    anomalies: tuple[str, ...] = ()


@dataclass(frozen=True)
class Handed:
    """What lies in a submission's folder, before anybody looks into it: it travels as bytes.

    name: the notebook to grade, raw: its bytes. problem: why there is none, and then no bytes.
    """

    student: str
    name: str = ""
    raw: bytes = b""
    problem: str = ""
    anomalies: tuple[str, ...] = ()


def pick_up(student: str, assignment: str, folder: Path) -> Handed:
    """The notebook in a submission's folder, unread. Never raises for content."""
    try:
        return _pick_up(student, assignment, folder)
    except OSError as error:  # a folder that the grader may not look into
        return Handed(student, problem=f"{folder.name} cannot be read: {error.strerror}.")


def _pick_up(student: str, assignment: str, folder: Path) -> Handed:
    if folder.is_symlink():  # an archive can hold one, to another student's folder
        return Handed(student, problem=f"{folder.name} is a link, not a folder.")
    if not folder.is_dir():
        return Handed(student, problem=f"{folder.name} is no folder, but a file.")
    found = sorted(p for p in folder.iterdir() if p.suffix.lower() == ".ipynb")
    anomalies: list[str] = []
    named = [p for p in found if p.name == f"{assignment}.ipynb"]
    if not found:
        others = sorted(printable(p.name) for p in folder.iterdir() if not p.name.startswith("."))
        seen = f" It holds {', '.join(others[:5])}." if others else " The folder is empty."
        return Handed(student, problem=f"No notebook was handed in.{seen}")
    if not named and len(found) > 1:
        names = ", ".join(printable(p.name) for p in found[:5])
        return Handed(
            student,
            problem=f"{len(found)} notebooks were handed in ({names}), none named as the lesson.",
        )
    path = named[0] if named else found[0]
    name = printable(path.name)
    if len(found) > 1:
        rest = ", ".join(printable(p.name) for p in found if p != path)
        anomalies.append(f"More than one notebook: {name} was graded, {rest} was not.")
    elif not named:
        anomalies.append(f"The notebook was renamed to {name}; it was graded all the same.")
    try:
        return Handed(student, name, _bytes(path), anomalies=tuple(anomalies))
    except _Unreadable as error:
        return Handed(student, name, b"", f"{name} {error}", tuple(anomalies))
    except OSError as error:
        problem = f"{name} cannot be read: {error.strerror}."
        return Handed(student, name, b"", problem, tuple(anomalies))


def open_up(handed: Handed) -> Submission:
    """The cells of what was handed in, whatever state it is in. Never raises for content."""
    anomalies = list(handed.anomalies)
    if handed.problem:
        return _problem(handed.student, handed.problem, anomalies)
    try:
        cells, notes = _parse(handed.raw)
        _refuse_too_much(cells)
        cells, cut = _shortened(cells)
    except _Unreadable as error:
        return _problem(handed.student, f"{handed.name} {error}", anomalies)
    return Submission(handed.student, cells, "", (*anomalies, *notes, *cut))


def read_submission(student: str, assignment: str, folder: Path) -> Submission:
    """The notebook in a submission's folder, whatever state it is in. Never raises for content."""
    return open_up(pick_up(student, assignment, folder))


@contextlib.contextmanager
def open_plain(path: Path) -> Iterator[BinaryIO]:
    """Open a file of a student's to read: a regular one, behind no link, without ever waiting.

    Raises SpecialFile for a link, a pipe or a device, and OSError.
    """
    if not stat.S_ISREG(path.lstat().st_mode):
        raise SpecialFile("is a link or a special file")
    # Should it have been exchanged meanwhile: no link is followed, no pipe waited for. (Not on
    # Windows, where nobody grades.)
    careful = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    with open(path, "rb", opener=lambda name, flags: os.open(name, flags | careful)) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise SpecialFile("is a link or a special file")
        yield file


class SpecialFile(ValueError):
    """What lies there is no regular file."""


def read_source(path: Path) -> tuple[Any, tuple[Cell, ...]]:
    """A released notebook: the nbformat notebook and its cells."""
    return source_from(path.read_text(encoding="utf-8"))


def source_from(text: str) -> tuple[Any, tuple[Cell, ...]]:
    """A released notebook's text: the nbformat notebook and its cells."""
    import nbformat

    notebook = nbformat.reads(text, as_version=4)
    return notebook, tuple(_cell(cell) for cell in notebook.cells)


def read_file(path: Path) -> tuple[tuple[Cell, ...], list[str]]:
    """A student's notebook file: its cells, and what was unusual.

    Raises ValueError, saying what is wrong with the file, when it is no notebook.
    """
    try:
        return _parse(_bytes(path))
    except _Unreadable as error:
        raise ValueError(f"{printable(path.name)} {error}") from None


def _refuse_too_much(cells: Sequence[Cell]) -> None:
    """What would keep the grader busy for minutes, and no lesson needs."""
    code = [cell.source for cell in cells if cell.kind == "code"]
    if (characters := sum(map(len, code))) > MOST_CODE:
        raise _Unreadable(f"has {characters:,} characters of code; {MOST_CODE:,} are allowed.")
    if sum(map(names.magic_work, code)) > names.MOST_WORK:
        raise _Unreadable("has too many magics and shell lines (%, !, ?) to be read.")


def _shortened(cells: Sequence[Cell]) -> tuple[tuple[Cell, ...], list[str]]:
    """The cells with no more notes than anybody reads, and a sentence if some were longer.

    Some programs paste pictures into a text cell's own text; that is no reason to refuse it.
    """
    left, found = MOST_NOTES, list(cells)
    for number, cell in enumerate(cells):
        if cell.kind != "code":
            if len(cell.source) > left:
                found[number] = replace(cell, source=cell.source[:left])
            left = max(left - len(cell.source), 0)
    cut = found != list(cells)
    return tuple(found), [f"Text cells were cut to {MOST_NOTES:,} characters."] if cut else []


class _Unreadable(ValueError):
    pass


def _problem(student: str, sentence: str, anomalies: list[str] | None = None) -> Submission:
    return Submission(student, (), sentence, (*(anomalies or []), sentence))


def _bytes(path: Path) -> bytes:
    try:
        with open_plain(path) as file:
            size = os.fstat(file.fileno()).st_size
            if size > LARGEST:
                raise _Unreadable(
                    f"has {size / 2**20:.0f} MB; {LARGEST / 2**20:.0f} MB are allowed. Clear its "
                    "outputs and hand it in again."
                )
            return file.read(LARGEST)
    except SpecialFile as error:
        raise _Unreadable(f"{error}, not a notebook.") from None


def _parse(raw: bytes) -> tuple[tuple[Cell, ...], list[str]]:
    if not raw.strip():
        raise _Unreadable("is empty.")
    try:
        # UTF-8, UTF-16 or UTF-32, as JSON may be
        text = raw.decode(json.detect_encoding(raw), "surrogatepass")
        if _parts(text) > MOST_PARTS:
            raise _Unreadable(
                f"has more than {MOST_PARTS:,} parts. Clear its outputs and hand it in again."
            )
        data = json.loads(text)
    except _Unreadable:
        raise
    except (ValueError, RecursionError):
        raise _Unreadable(
            "is not a notebook: it is not JSON. It may have been cut off while it was saved."
        ) from None
    if not isinstance(data, dict) or not ("cells" in data or "worksheets" in data):
        raise _Unreadable("is JSON, but not a notebook: it has no cells.")
    if (count := _count(data)) > MOST_CELLS:
        raise _Unreadable(f"has {count:,} cells; {MOST_CELLS:,} are allowed.")
    version, notes = data.get("nbformat"), []
    if version in (1, 2, 3):
        notes.append(f"The notebook has the old format {version}; it was converted.")
    elif version != 4:
        notes.append(f"The notebook has the unknown format {printable(str(version)[:40])}.")
    try:
        cells = _upgraded(data, version).cells
        return tuple(_cell(cell) for cell in cells), notes
    except Exception as error:  # nbformat raises whatever a damaged structure provokes
        cells = data.get("cells")
        if not isinstance(cells, list):
            name = type(error).__name__
            raise _Unreadable(f"is damaged: its cells cannot be read ({name}).") from None
        notes.append("The notebook is damaged; the cells that can be read were graded.")
        return tuple(_cell(cell) for cell in cells if isinstance(cell, dict)), notes


def _parts(text: str) -> int:
    """How many values JSON has, roughly, before it is read: each takes far more than its text."""
    marks = "[{,"
    count = sum(map(text.count, marks))
    if count > MOST_PARTS:  # they may stand in texts
        count = sum(map(_STRING.sub("", text).count, marks))
    return count


def _count(data: dict[str, Any]) -> int:
    """How many cells it has, before anything is done with them."""
    sheets = data.get("worksheets")
    holders = [data, *(sheets if isinstance(sheets, list) else ())]
    lists = [holder.get("cells") for holder in holders if isinstance(holder, dict)]
    return sum(len(cells) for cells in lists if isinstance(cells, list))


def _upgraded(data: dict[str, Any], version: Any) -> Any:
    import nbformat

    if version not in (1, 2, 3, 4):
        raise ValueError(f"nbformat {version!r}")
    log = logging.getLogger("traitlets")
    level = log.level
    log.setLevel(logging.CRITICAL)  # nbformat reports every small irregularity there
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return nbformat.reads(json.dumps(data), as_version=4)
    finally:
        log.setLevel(level)


def _cell(cell: Any) -> Cell:
    metadata = cell.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    marks = metadata.get("nbgrader")
    marks = marks if isinstance(marks, dict) else {}
    tags = metadata.get("tags")
    tags = tags if isinstance(tags, list) else []
    return Cell(
        kind=str(cell.get("cell_type", "raw")),
        source=_text(cell.get("source", cell.get("input", ""))),
        id=str(cell.get("id") or ""),
        grade_id=str(marks.get("grade_id") or ""),
        graded=marks.get("grade") is True,
        solution=marks.get("solution") is True,
        tags=frozenset(str(tag) for tag in tags),
        metadata=dict(metadata),
    )


def _text(source: Any) -> str:
    if isinstance(source, list):
        source = "".join(str(line) for line in source)
    text = str(source or "").replace("\r\n", "\n")
    return text.encode("utf-8", "replace").decode("utf-8")  # half characters cannot be stored
