"""The parts that the explorers are made of: tables of cells, frames, pins, and runs in words."""

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from cnncourse.figures.explorers.raster import image_tag
from cnncourse.figures.palette import CARD, GRID, INK
from cnncourse.figures.svg import number

_KEYS = 'data-lm-suppress-shortcuts="true"'  # JupyterLab leaves the arrow keys to such an element
DIM = "#52606d"  # words that matter less; 7:1 on the card
Place = tuple[int, int]  # row and column of an output


@dataclass(frozen=True)
class Pointed:
    """A part of a drawing with something for every place that can be pointed at.

    whole: all of it. lit: what of it an output shows, alone; looks the same and draws faster.
    """

    whole: str
    lit: Callable[[Place], str]


Part = str | Pointed


def drawn(parts: Sequence[Part], at: Place | None = None) -> list[str]:
    """The parts, whole, or with nothing that answers a pointer: only what the output `at` shows."""
    return [
        part if isinstance(part, str) else part.whole if at is None else part.lit(at)
        for part in parts
    ]


def words(
    x: float,
    y: float,
    said: str,
    *,
    size: float = 13,
    bold: bool = False,
    colour: str = "",
    css: str = "",
    anchor: str = "",
) -> str:
    """A line of text. css: its class. anchor: "middle" or "end" instead of the start."""
    more = f' font-size="{size:g}"' if size != 13 else ""
    more += ' font-weight="bold"' if bold else ""
    more += f' fill="{colour}"' if colour else ""
    more += f' class="{css}"' if css else ""
    more += f' text-anchor="{anchor}"' if anchor else ""
    return f'<text x="{x:g}" y="{y:g}"{more}>{html.escape(said)}</text>'


def cell_side(*sizes: int) -> float:
    """Pixels of a cell, so that the widest table stays on the page; below 20 without numbers."""
    widest = max(sizes)
    return 30 if widest <= 10 else 24 if widest <= 18 else max(6.0, round(420 / widest))


def ground(colours: np.ndarray, x: float, y: float, cell: float) -> str:
    """Coloured ground for a table: one picture and one path for all its cells."""
    rows, columns = colours.shape[:2]
    colour = image_tag(colours, x, y, columns * cell, rows * cell)
    return colour + lines(x, y, rows, columns, cell)


def digits(values: np.ndarray, x: float, y: float, cell: float) -> str:
    """The numbers of a table (rows, columns), where its cells have room for them."""
    if cell < 20:
        return ""
    said = [[number(value) for value in row] for row in values.tolist()]
    longest = max(len(text) for row in said for text in row)
    size = min(13.0, cell * 0.45, round(1.65 * (cell - 2) / longest, 1))
    base = y + cell / 2 + size * 0.36
    middles = [f"{x + (j + 0.5) * cell:g}" for j in range(values.shape[1])]
    drawn = "".join(_line(row, middles, f"{base + i * cell:g}") for i, row in enumerate(said))
    style = 'style="pointer-events:none"'  # the cell below is what is pointed at
    return f'<g text-anchor="middle" font-size="{size:g}" {style}>{drawn}</g>'


def _line(said: Sequence[str], middles: Sequence[str], y: str) -> str:
    """A row of numbers: as one text where each is a single character, which draws faster."""
    if all(len(each) == 1 for each in said):
        return f'<text x="{" ".join(middles)}" y="{y}">{"".join(said)}</text>'
    return "".join(
        f'<text x="{x}" y="{y}">{each}</text>' for x, each in zip(middles, said, strict=True)
    )


def lines(x: float, y: float, rows: int, columns: int, cell: float, colour: str = GRID) -> str:
    """The lines between the cells of a table, as one path."""
    width, height = columns * cell, rows * cell
    path = "".join(f"M{x:g} {y + i * cell:g}h{width:g}" for i in range(rows + 1))
    path += "".join(f"M{x + j * cell:g} {y:g}v{height:g}" for j in range(columns + 1))
    thin = 1 if cell >= 20 else 0.5
    return f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{thin:g}"/>'


def cells(
    css: str,
    x: float,
    y: float,
    rows: int,
    columns: int,
    cell: float,
    label: Callable[[int, int], str] | None,
    *,
    pins: bool = False,
    lit: Callable[[Place], tuple[Sequence[int], Sequence[int]]] = lambda at: ((), ()),
) -> Pointed:
    """The cells that a reader points at, over a table. css: "i" or "o", and further classes.

    label: what a cell is called. Such a cell, or with `pins` any, takes the focus when it is
    clicked, which pins it. lit: which rows and columns of cells light up with an output.
    """
    focus = ' tabindex="-1"' if pins or label else ""

    def some(which_rows: Sequence[int], which_columns: Sequence[int]) -> str:
        parts = [f'<g class="z {css}" transform="translate({x:g} {y:g})">']
        for i in which_rows:
            parts.append(f'<g class="R{i}" transform="translate(0 {i * cell:g})">')
            for j in which_columns:
                named = ""
                if label:
                    named = f' role="img" aria-label="{html.escape(label(i, j), quote=True)}"'
                parts.append(f'<rect class="C{j}" x="{j * cell:g}"{focus}{named}/>')
            parts.append("</g>")
        parts.append("</g>")
        return "".join(parts)

    return Pointed(some(range(rows), range(columns)), lambda at: some(*lit(at)))


def itself(at: Place) -> tuple[Sequence[int], Sequence[int]]:
    """In a table of outputs, the cell that lights up with an output: its own."""
    return at[:1], at[1:]


def texts(said: Sequence[Sequence[str]]) -> Pointed:
    """Texts for the outputs (rows, columns), by `shown`: that of the output meant is seen."""
    whole = "".join(f'<g class="R{i}">{"".join(row)}</g>' for i, row in enumerate(said))
    return Pointed(
        f'<g class="t">{whole}</g>',
        lambda at: f'<g class="t"><g class="R{at[0]}">{said[at[0]][at[1]]}</g></g>',
    )


def readings(
    letter: str, x: float, y: float, outputs: Sequence[str], inputs: Sequence[str]
) -> Pointed:
    """Sentences about each row, "R", or column, "C": the one that is meant is seen."""
    own = [words(x, y, said, css=f"o{letter}{index}") for index, said in enumerate(outputs)]
    fed = [words(x, y, said, css=f"i{letter}{index}") for index, said in enumerate(inputs)]
    return Pointed("".join(own + fed), lambda at: own[at["RC".index(letter)]])


def frame(
    x: float,
    y: float,
    width: float,
    height: float,
    colour: str,
    *,
    line: float = 3,
    css: str = "",
    dash: str = "",
) -> str:
    """An outline. css: "w" for one that moves along with the output shown."""
    more = f' class="{css}"' if css else ""
    more += f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<rect{more} x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="none" '
        f'stroke="{colour}" stroke-width="{line:g}"/>'
    )


def runs(places: Sequence[int]) -> str:
    """Sorted places in words: "2–4", "0, 2, 4", "none"."""
    if not places:
        return "none"
    if len(places) > 1 and list(places) == list(range(places[0], places[-1] + 1)):
        to = "–" if places[0] >= 0 else " to "  # "−1–1" would be hard to read
        return f"{_sign(places[0])}{to}{_sign(places[-1])}"
    return ", ".join(_sign(place) for place in places)


def pins(
    legend: str,
    letter: str,
    group: str,
    labels: Sequence[str],
    chosen: int,
    names: Sequence[str] = (),
) -> str:
    """Radio buttons that pin a row or a column: one tab stop, arrow keys move.

    letter: "R" or "C". labels: what each is called. names: what stands beside each.
    """
    buttons = []
    for index, label in enumerate(labels):
        checked = ' checked="checked"' if index == chosen else ""
        shown = names[index] if names else str(index)
        buttons.append(
            '<label style="display:inline-flex;align-items:center;margin-right:.5em">'
            f'<input type="radio" name="{group}" class="p{letter}{index}" {_KEYS} '
            f'aria-label="{html.escape(label, quote=True)}"{checked} style="margin:0 2px 0 0"/>'
            f"{html.escape(shown)}</label>"
        )
    return (
        '<fieldset style="border:0;margin:2px 0;padding:0;min-width:0">'
        f'<legend style="float:left;padding:0;margin-right:.6em">{html.escape(legend)}</legend>'
        f"{''.join(buttons)}</fieldset>"
    )


def note(said: Sequence[str]) -> str:
    """Lines of text below a drawing, on a card of their own."""
    return (
        f'<div style="font:13px system-ui,sans-serif;color:{INK};background:{CARD};'
        'border-radius:8px;padding:4px 16px;display:inline-block">'
        f"{'<br>'.join(html.escape(line) for line in said)}</div>"
    )


def shown(css: str, said: Sequence[str], x: float, y: float) -> str:
    """Lines of text, 18 pixels apart, of a class that shows them or not."""
    if len(said) == 1:
        return f'<text class="{css}" x="{x:g}" y="{y:g}">{said[0]}</text>'
    spans = "".join(
        f'<tspan x="{x:g}" y="{y + 18 * line:g}">{each}</tspan>' for line, each in enumerate(said)
    )
    return f'<text class="{css}">{spans}</text>'


def figure(
    name: str, style: str, width: float, height: float, parts: Sequence[str], controls: str = ""
) -> str:
    """Style, drawing and pins as one body of a `Picture`, self-contained and well-formed.

    A form of its own keeps the radio buttons of two pictures apart; ``dialog`` sends nothing
    anywhere.
    """
    outside = (
        f'<div style="font:13px system-ui,sans-serif;color:{INK}">{controls}</div>'
        if controls
        else ""
    )
    return (
        f'<form method="dialog" class="{name}" '
        f'style="margin:0;color-scheme:light"><style>{style}</style>'
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}" height="{height:g}" style="display:block;max-width:100%;height:auto" '
        f'font-family="system-ui, sans-serif" font-size="13" fill="{INK}">{"".join(parts)}</svg>'
        f"{outside}</form>"
    )


def _sign(place: int) -> str:
    return str(place).replace("-", "−")
