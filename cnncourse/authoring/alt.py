"""Which pictures of a notebook say nothing to a reader who cannot see them."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from nbformat import NotebookNode

_MARKDOWN_IMAGE = re.compile(r"!\[(?P<alt>[^\]]*)\]\s*(?:\((?P<target>[^)]*)\)|\[[^\]]*\])")
_CODE = re.compile(r"^(```|~~~).*?^\1|`[^`\n]+`", re.MULTILINE | re.DOTALL)
_RASTER = ("image/png", "image/jpeg", "image/gif", "image/webp")


def missing_alt(notebook: NotebookNode) -> Iterator[tuple[int, str]]:
    """Cell index and description of every picture without alt text, in text and in outputs."""
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            for found in markdown_without_alt(cell.source):
                yield index, found
        for output in cell.get("outputs", []):
            for found in output_without_alt(output):
                yield index, found


def markdown_without_alt(text: str) -> list[str]:
    """The pictures of a markdown text that have no alt text. Code in it is not looked at."""
    prose = _CODE.sub("", text)
    found = [
        f"the image ![]({match['target'] or ''}) has no alt text between the brackets"
        for match in _MARKDOWN_IMAGE.finditer(prose)
        if not match["alt"].strip()
    ]
    return found + html_without_alt(prose)


def output_without_alt(output: NotebookNode) -> list[str]:
    """The pictures of a cell's output that have no alt text."""
    found = []
    data, metadata = output.get("data", {}), output.get("metadata", {})
    for kind in _RASTER:
        own = metadata.get(kind, {})
        alt = (own.get("alt") if isinstance(own, dict) else None) or metadata.get("alt") or ""
        if kind in data and not str(alt).strip():
            found.append(
                f"the output's {kind} has no alt text; use cnncourse.figures.from_matplotlib"
            )
    if "image/svg+xml" in data:
        found += html_without_alt(_text(data["image/svg+xml"]))
    if "text/html" in data:
        found += html_without_alt(_text(data["text/html"]))
    return found


def html_without_alt(text: str) -> list[str]:
    """The <img> and <svg> elements of an HTML text that no alt text describes.

    An <img> has an alt attribute. An <svg> has an aria-label, a <title>, or stands in an element
    that has an aria-label. aria-hidden="true" on either says that it is decoration.
    """
    reader = _Pictures()
    reader.feed(text)
    reader.close()
    return reader.finish()


def _text(value: str | list[str]) -> str:
    return value if isinstance(value, str) else "".join(value)


class _Pictures(HTMLParser):
    _VOID = frozenset(
        {
            "area",
            "base",
            "br",
            "col",
            "embed",
            "hr",
            "img",
            "input",
            "link",
            "meta",
            "source",
            "wbr",
        }
    )

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.open: list[tuple[str, bool]] = []  # element, and whether it is described
        self.pending = 0  # depth of the <svg> that still lacks a description; 0 for none

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._start(tag, dict(attrs))
        if tag not in self._VOID:
            self._push(tag, dict(attrs))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._start(tag, dict(attrs))
        if tag == "svg" and not self._covered(dict(attrs)):
            self.found.append(_SVG)

    def _start(self, tag: str, attributes: dict[str, str | None]) -> None:
        if tag == "img" and not (attributes.get("alt") or "").strip() and not _hidden(attributes):
            source = (attributes.get("src") or "")[:40]
            self.found.append(f"<img src={source!r}> has no alt attribute")

    def _push(self, tag: str, attributes: dict[str, str | None]) -> None:
        covered = self._covered(attributes)
        self.open.append((tag, covered))
        if tag == "svg" and not covered and not self.pending:
            self.pending = len(self.open)
        if tag == "title" and self.pending:
            self.pending = 0

    def _covered(self, attributes: dict[str, str | None]) -> bool:
        own = bool(
            (attributes.get("aria-label") or attributes.get("aria-labelledby") or "").strip()
        )
        return own or _hidden(attributes) or (bool(self.open) and self.open[-1][1])

    def handle_endtag(self, tag: str) -> None:
        depth = len(self.open)
        while depth and self.open[depth - 1][0] != tag:
            depth -= 1
        if not depth:
            return
        if self.pending and depth <= self.pending:
            self.found.append(_SVG)
            self.pending = 0
        del self.open[depth - 1 :]

    def finish(self) -> list[str]:
        return self.found + ([_SVG] if self.pending else [])


_SVG = "an <svg> has no aria-label, no <title>, and no described element around it"


def _hidden(attributes: dict[str, str | None]) -> bool:
    return attributes.get("aria-hidden") == "true" or attributes.get("role") == "presentation"
