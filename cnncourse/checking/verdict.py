"""What a check says: a state, points, a message, and a picture of where an array is wrong."""

import html
from dataclasses import dataclass
from typing import Literal

import numpy as np

VerdictState = Literal["passed", "failed", "not attempted", "error"]
_MARKS = {"passed": "✓", "failed": "✗", "not attempted": "○", "error": "!"}
_COLOURS = {
    "passed": "#009E73",
    "failed": "#D55E00",
    "not attempted": "#7b8794",
    "error": "#CC79A7",
}
_LARGEST = 24  # cells a side of the picture; larger arrays are shown by blocks


@dataclass(frozen=True)
class Verdict:
    """The outcome of one exercise.

    message: what happened and where, in plain text. hint: what a teaching assistant would say.
    misconception: the name of the known wrong answer it coincides with, or "".
    wrong: True where the answer differs in the first failing case (rows, columns), or None.
    """

    exercise: str
    state: VerdictState
    points: float
    max_points: float
    message: str
    hint: str = ""
    misconception: str = ""
    wrong: np.ndarray | None = None

    @property
    def text(self) -> str:
        """Message and hint, as feedback shows them."""
        return f"{self.message}\n{self.hint}".strip()

    @property
    def headline(self) -> str:
        """One line: mark, exercise, state and points."""
        score = f"{self.points:g} of {self.max_points:g}"
        word = "point" if self.max_points == 1 else "points"
        return f"{_MARKS[self.state]} {self.exercise}: {self.state}, {score} {word}"

    @property
    def _next_step(self) -> str:
        again = self.state in ("failed", "error")
        return f'Stuck? Run check.hint("{self.exercise}")' if again else ""

    def __repr__(self) -> str:
        lines = [self.headline]
        lines += [f"  {line}" for line in (*self.text.splitlines(), self._next_step) if line]
        if self.wrong is not None:
            lines += [
                "",
                *(f"  {row}" for row in _text_grid(self.wrong)),
                "  (x differs, · agrees)",
            ]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        colour = _COLOURS[self.state]
        body = "".join(
            f'<div style="margin-top:4px">{_marked(line)}</div>'
            for line in self.message.splitlines()
        )
        if self.hint:
            body += f'<div style="margin-top:6px"><strong>Hint.</strong> {_marked(self.hint)}</div>'
        if self.wrong is not None:
            body += _html_grid(self.wrong)
        if self._next_step:
            body += f'<div style="margin-top:6px;font-size:12px">{self._next_step}</div>'
        return (
            f'<div role="status" style="border-left:6px solid {colour};padding:8px 12px;'
            "margin:4px 0;border-radius:4px;max-width:46em;line-height:1.45;"
            "background:var(--jp-layout-color2,#f2f4f6);color:var(--jp-ui-font-color1,#1f2933);"
            'font-family:var(--jp-ui-font-family,sans-serif);font-size:14px">'
            f'<strong><span aria-hidden="true" style="color:{colour}">{_MARKS[self.state]}</span> '
            f"{html.escape(self.headline[2:])}</strong>{body}</div>"
        )


def _marked(text: str) -> str:
    """Escaped text in which `code` between backticks is set as code."""
    parts = html.escape(text).split("`")
    return "".join(
        f"<code>{part}</code>" if odd % 2 and odd < len(parts) - 1 else part
        for odd, part in enumerate(parts)
    )


def _blocks(wrong: np.ndarray) -> np.ndarray:
    """The mask itself, or its blocks when it is larger than the picture: wrong if any cell is."""
    for axis in (0, 1):
        size = wrong.shape[axis]
        if size > _LARGEST:
            edges = np.linspace(0, size, _LARGEST, endpoint=False).astype(int)
            wrong = np.logical_or.reduceat(wrong, edges, axis=axis)
    return wrong


def _text_grid(wrong: np.ndarray) -> list[str]:
    return [" ".join("x" if cell else "·" for cell in row) for row in _blocks(wrong)]


def _html_grid(wrong: np.ndarray) -> str:
    """A small grid: a filled square with a cross where the answer differs."""
    blocks = _blocks(wrong)
    rows, columns = blocks.shape
    size = 14
    label = f"Map of the output: {int(wrong.sum())} of {wrong.size} values differ."
    cells = []
    for r, c in np.ndindex(rows, columns):
        x, y = c * size + 1, r * size + 1
        fill = _COLOURS["failed"] if blocks[r, c] else "none"
        cells.append(
            f'<rect x="{x}" y="{y}" width="{size - 2}" height="{size - 2}" fill="{fill}" '
            'stroke="#7b8794" stroke-width="1"/>'
        )
        if blocks[r, c]:
            cells.append(
                f'<path d="M{x + 3} {y + 3}l{size - 8} {size - 8}m0 -{size - 8}l-{size - 8} '
                f'{size - 8}" stroke="#fff" stroke-width="1.5"/>'
            )
    return (
        f'<div style="margin-top:8px"><svg role="img" aria-label="{label}" '
        f'width="{columns * size}" height="{rows * size}">{"".join(cells)}</svg>'
        f'<div style="font-size:12px">Where it differs: {int(wrong.sum())} of {wrong.size} '
        "values (filled)</div></div>"
    )
