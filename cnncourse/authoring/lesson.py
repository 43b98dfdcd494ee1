"""A lesson as its author writes it: one text file of cells in jupytext's percent format."""

import ast
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TAGS = frozenset({"setup", "demo", "reveal", "nbval-ignore-output", "nbval-check-output"})
KEYS = frozenset({"exercise", "check", "tags", "title"})
HEADING = re.compile(
    r"^### Exercise (?P<number>\d+) · (?P<title>\S.*?)"
    r" · (?P<points>\d+(?:\.\d+)?) (?P<unit>points?)$"
)
_LOOKS_LIKE_HEADING = re.compile(r"^#+\s*Exercise\s+\d", re.IGNORECASE)
_MARKER = re.compile(r"^#\s*%%(?!%)")


@dataclass(frozen=True)
class Problem:
    """Something an author must put right. `place` names the lesson's file and the spot in it."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


class LessonError(Exception):
    """A lesson that cannot be built. Carries the `Problem` to show."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass(frozen=True)
class Heading:
    """The line that opens an exercise: "### Exercise 2 · One window, one number · 2 points"."""

    number: int
    title: str
    points: float
    unit: str


@dataclass(frozen=True)
class LessonCell:
    """One cell. `line` is where its "# %%" stands in the file (1-based; 0 when unknown)."""

    index: int
    kind: str
    source: str
    line: int
    exercise: str = ""
    check: str = ""
    tags: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The grade_id of an exercise or check cell; empty for every other cell."""
        return self.exercise or (f"check_{self.check}" if self.check else "")

    def headings(self) -> list[Heading]:
        """The well-formed exercise headings of a markdown cell."""
        if self.kind != "markdown":
            return []
        found = (HEADING.match(line.rstrip()) for line in self.source.splitlines())
        return [
            Heading(int(m["number"]), m["title"], float(m["points"]), m["unit"]) for m in found if m
        ]

    def malformed_headings(self) -> list[str]:
        """Lines that mean to be exercise headings and are not in the agreed form."""
        if self.kind != "markdown":
            return []
        return [
            line
            for line in self.source.splitlines()
            if _LOOKS_LIKE_HEADING.match(line) and not HEADING.match(line.rstrip())
        ]


@dataclass(frozen=True)
class Lesson:
    """A lesson's cells, and the text they were read from."""

    name: str
    path: Path
    text: str
    cells: tuple[LessonCell, ...]

    @property
    def file(self) -> str:
        """The path as people write it: "solutions/01_convolution_by_hand.py"."""
        return f"{self.path.parent.name}/{self.path.name}"

    @property
    def sha256(self) -> str:
        """The fingerprint of the text; line ends do not count."""
        return hashlib.sha256("\n".join(self.text.splitlines()).encode()).hexdigest()

    def place(self, cell: LessonCell) -> str:
        """Where a cell stands, in words."""
        if cell.exercise:
            return f"{self.file}, exercise '{cell.exercise}'"
        if cell.check:
            return f"{self.file}, check of '{cell.check}'"
        return f"{self.file}, line {cell.line}" if cell.line else f"{self.file}, cell {cell.index}"

    def exercise_cells(self) -> list[LessonCell]:
        return [cell for cell in self.cells if cell.exercise]

    def check_cells(self, name: str) -> list[LessonCell]:
        return [cell for cell in self.cells if cell.check == name]

    def heading_of(self, exercise: LessonCell) -> Heading | None:
        """The last heading between the exercise before this one and this cell."""
        heading = None
        for cell in self.cells[: exercise.index]:
            if cell.exercise:
                heading = None
            for found in cell.headings():
                heading = found
        return heading


def read_lesson(path: Path) -> Lesson:
    """The lesson in the file `path`. Raises LessonError when it cannot be read as a lesson."""
    import jupytext

    file = f"{path.parent.name}/{path.name}"
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise LessonError(Problem(file, f"is not UTF-8 text ({error}).")) from None
    try:
        notebook = jupytext.reads(text, fmt="py:percent")
    except Exception as error:  # jupytext raises many kinds, from YAML's to its own
        for number, line in enumerate(text.splitlines(), 1):
            if _MARKER.match(line) and re.search(r"\btags=(?!\[)", line):
                message = 'tags must be a list: tags=["setup"].'
                raise LessonError(Problem(f"{file}, line {number}", message)) from None
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        message = f"jupytext cannot read it as a py:percent notebook ({reason})."
        raise LessonError(Problem(file, message)) from None
    lines = _marker_lines(text, len(notebook.cells))
    cells = tuple(
        _cell(file, index, cell, line)
        for index, (cell, line) in enumerate(zip(notebook.cells, lines, strict=True))
    )
    return Lesson(path.stem, path, text, cells)


def _cell(file: str, index: int, cell: Any, line: int) -> LessonCell:
    metadata = dict(cell.metadata)
    metadata.pop("lines_to_next_cell", None)
    metadata.pop("lines_to_end_of_cell_marker", None)
    place = f"{file}, line {line}" if line else f"{file}, cell {index}"
    if cell.cell_type not in ("code", "markdown"):
        raise LessonError(
            Problem(place, f"a {cell.cell_type} cell; a lesson has code and markdown.")
        )
    names = {}
    for key in ("exercise", "check"):
        value = metadata.get(key, "")
        if not isinstance(value, str) or (key in metadata and not value.isidentifier()):
            message = f'{key}={value!r} must be a snake_case name in quotes: {key}="conv2d".'
            raise LessonError(Problem(place, message))
        names[key] = value
    if names["exercise"] and names["check"]:
        message = (
            "a cell is either the exercise or its check; write the check in a cell of its own."
        )
        raise LessonError(Problem(place, message))
    if (names["exercise"] or names["check"]) and cell.cell_type != "code":
        raise LessonError(Problem(place, "exercises and checks are code cells."))
    tags = metadata.get("tags", [])
    extra = [key for key in metadata if key not in KEYS]
    if "=" in str(metadata.get("title", "")):  # `exercise=conv2d` without quotes is read as a title
        extra.append(str(metadata["title"]))
    return LessonCell(
        index=index,
        kind=cell.cell_type,
        source=cell.source,
        line=line,
        tags=tuple(tags),
        extra=tuple(extra),
        **names,
    )


def _marker_lines(text: str, count: int) -> list[int]:
    """The line of each cell's "# %%"; zeros when text and cells cannot be matched up."""
    found = [n for n, line in enumerate(text.splitlines(), 1) if _MARKER.match(line)]
    return found if len(found) == count else [0] * count


def parse(source: str) -> ast.Module | None:
    """The cell's syntax tree, magics blanked out; None when it is not plain Python."""
    plain = "\n".join(
        "" if line.lstrip().startswith(("%", "!", "?")) else line for line in source.splitlines()
    )
    try:
        return ast.parse(plain)
    except SyntaxError:
        return None
