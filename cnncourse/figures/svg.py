"""The few SVG shapes that the course's pictures are made of, as text."""

import functools
import html
from collections.abc import Callable, Sequence

import numpy as np

from cnncourse.figures.palette import GRID, INK

CELL = 30  # pixels, the side of a cell with a number in it


@functools.lru_cache(maxsize=4096)  # the same few pixels and weights, in hundreds of sums
def number(value: float) -> str:
    """A number as a reader writes it: a real minus sign, no needless digits."""
    rounded = round(float(value), 2)
    text = f"{rounded:g}" if abs(rounded) < 1e6 else f"{rounded:.3g}"
    return "0" if text in ("0", "-0") else text.replace("-", "−")


def text(
    x: float,
    y: float,
    words: str,
    *,
    size: float = 13,
    anchor: str = "middle",
    colour: str = INK,
    weight: str = "normal",
) -> str:
    """Words at a place. anchor: "start", "middle" or "end"."""
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" text-anchor="{anchor}" fill="{colour}" '
        f'font-weight="{weight}">{html.escape(words)}</text>'
    )


def rectangle(
    x: float,
    y: float,
    width: float,
    height: float,
    *,
    fill: str = "none",
    stroke: str = "none",
    line: float = 1,
    opacity: float = 1,
) -> str:
    """A rectangle. opacity: of its fill."""
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="{fill}" '
        f'fill-opacity="{opacity:g}" stroke="{stroke}" stroke-width="{line:g}"/>'
    )


def grid(
    values: np.ndarray,
    x: float,
    y: float,
    *,
    cell: float = CELL,
    fill: Callable[[float], str] = lambda value: "none",
    size: float = 13,
) -> str:
    """A table of numbers, (rows, columns), with its top-left corner at (x, y)."""
    parts = []
    for (row, column), value in np.ndenumerate(values):
        left, top = x + column * cell, y + row * cell
        parts.append(rectangle(left, top, cell, cell, fill=fill(value), stroke=GRID))
        parts.append(text(left + cell / 2, top + cell / 2 + size * 0.36, number(value), size=size))
    return "".join(parts)


def canvas(width: float, height: float, parts: Sequence[str], *, css_class: str = "") -> str:
    """The parts as one self-contained SVG that shrinks with its page."""
    name = f' class="{css_class}"' if css_class else ""
    return (
        f'<svg{name} xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}" height="{height:g}" style="display:block;max-width:100%;height:auto" '
        f'font-family="system-ui, sans-serif">{"".join(parts)}</svg>'
    )
