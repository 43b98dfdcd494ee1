"""The parts that the explorers are made of: tables of cells, frames, pins, and runs in words."""

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnncourse.figures.explorers.follow import Reads, Spot, fed
from cnncourse.figures.explorers.raster import image_tag
from cnncourse.figures.palette import CARD, GRID, INK
from cnncourse.figures.svg import number
from cnncourse.ops.arguments import pair

_KEYS = 'data-lm-suppress-shortcuts="true"'  # JupyterLab leaves the arrow keys to such an element
DIM = "#52606d"  # words that matter less; 7:1 on the card
MOST = 64  # rows or columns of cells; more would be megabytes, and no one could point at them
Place = tuple[int, int]  # row and column of an output


@dataclass(frozen=True)
class Pointed:
    """A part of a drawing with something for every place that can be pointed at.

    whole: all of it. lit: what of it is seen at one spot; looks the same and draws faster.
    """

    whole: str
    lit: Callable[[Spot], str]


Part = str | Pointed


def drawn(parts: Sequence[Part], at: Spot | None = None) -> list[str]:
    """The parts, whole, or with nothing that answers a pointer: only what is seen at a spot."""
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
    lit: Callable[[Spot], tuple[Sequence[int], Sequence[int]]] = lambda at: ((), ()),
) -> Pointed:
    """The cells that a reader points at, over a table. css: "i" or "o", and further classes.

    label: what a cell is called. Such a cell, or with `pins` any, takes the focus when it is
    clicked, which pins it. lit: which rows and columns of cells light up at a spot.
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


def texts(said: Sequence[Sequence[str]]) -> Pointed:
    """Texts for the outputs (rows, columns), by `shown`: that of the output meant is seen."""
    whole = "".join(f'<g class="R{i}">{"".join(row)}</g>' for i, row in enumerate(said))

    def lit(at: Spot) -> str:
        own = "" if at.at_input else f'<g class="R{at.row}">{said[at.row][at.column]}</g>'
        return f'<g class="t">{own}</g>'

    return Pointed(f'<g class="t">{whole}</g>', lit)


@dataclass(frozen=True)
class Axis:
    """The rows or the columns. reads: what each output reads. before: zeros before the image."""

    name: str
    reads: Reads
    inputs: int
    before: int = 0

    @property
    def letter(self) -> str:
        return self.name[0].upper()

    def of_outputs(self) -> list[str]:
        """For each output what it reads, as counted in the image."""
        return [
            f"output {self.name} {k} reads {self.name}s {runs([t - self.before for t in taps])}"
            for k, taps in enumerate(self.reads)
        ]

    def of_inputs(self) -> list[str]:
        """For each input, with the padding, what it feeds."""
        return [
            f"input {self.name} {counted} feeds {self.name}s {runs(outputs)}"
            for counted, outputs in zip(self.counted(), fed(self.reads, self.inputs), strict=True)
        ]

    def counted(self) -> list[str]:
        """The inputs as counted in the image: padding before it is below 0."""
        return [_sign(place) for place in self.places]

    @property
    def places(self) -> range:
        return range(-self.before, self.inputs - self.before)


def readings(axes: Sequence[Axis], y: float) -> list[Part]:
    """A line of sentences about the row and the column: those that are meant are seen."""
    parts: list[Part] = ['<g class="n">']
    for x, axis in zip((8.0, 262.0), axes, strict=True):
        parts.append(_readings(axis, x, y))
    return [*parts, "</g>"]


def _readings(axis: Axis, x: float, y: float) -> Pointed:
    own, fed = (
        [
            words(x, y, f"{said[:1].upper()}{said[1:]}", css=f"{kind}{axis.letter}{index}")
            for index, said in enumerate(sentences)
        ]
        for kind, sentences in (("o", axis.of_outputs()), ("i", axis.of_inputs()))
    )

    def lit(at: Spot) -> str:
        return (fed if at.at_input else own)[at.row if axis.letter == "R" else at.column]

    return Pointed("".join(own + fed), lit)


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


def small_enough(size: Place, padded: Place) -> None:
    """Raises ValueError for an image that has too many cells to draw, with its padding."""
    if max(padded) > MOST:
        more = "" if padded == size else f", with its padding {padded[0]}×{padded[1]},"
        raise ValueError(
            f"An image of {size[0]}×{size[1]}{more} is too large to draw: at most {MOST} a side. "
            f"Crop it, as image[:{MOST // 2}, :{MOST // 2}] does, or shrink it, as "
            "image[::4, ::4] does."
        )


def output_place(at: Any, shape: tuple[int, ...]) -> Place:
    """The output shown first, (0, 0) unless told otherwise. Raises IndexError for one not there."""
    place = (0, 0) if at is None else pair("at", at, 0, "(row, column)")
    if place[0] >= shape[0] or place[1] >= shape[1]:
        raise IndexError(
            f"There is no output {place}: there are {shape[0]}×{shape[1]}, counted from (0, 0)."
        )
    return place


def input_spot(at: Any, axes: Sequence[Axis]) -> Spot:
    """An input, given as counted in the image. Raises IndexError for one that is not there."""
    place = pair("at_input", at, -999, "(row, column)")
    row, column = (index + axis.before for index, axis in zip(place, axes, strict=True))
    if not (0 <= row < axes[0].inputs and 0 <= column < axes[1].inputs):
        rows, columns = (
            f"{axis.name}s {_sign(axis.places[0])} to {_sign(axis.places[-1])}" for axis in axes
        )
        raise IndexError(f"There is no input {place}: there are {rows} and {columns}.")
    return Spot(row, column, True)


def feeds(rows: Sequence[int], columns: Sequence[int]) -> str:
    """What an input feeds, in words."""
    if not rows or not columns:
        return "feeds no output"
    return f"feeds output rows {runs(rows)}, columns {runs(columns)}"


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
    css: str = "",
) -> str:
    """Radio buttons that pin a row or a column: one tab stop, arrow keys move.

    letter: "R" or "C" for an output, "iR" or "iC" for an input. labels: what each is called.
    names: what stands beside each. css: the class of them all.
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
    own = f' class="{css}"' if css else ""
    return (
        f'<fieldset{own} style="border:0;margin:2px 0;padding:0;min-width:0">'
        f'<legend style="float:left;padding:0;margin-right:.6em">{html.escape(legend)}</legend>'
        f"{''.join(buttons)}</fieldset>"
    )


def pointing(name: str, at_input: bool) -> str:
    """Radio buttons that say whether the others, `pins`, are about an output or an input."""
    kinds = "output", "input"
    return pins("point at", "P", f"{name}P", kinds, int(at_input), kinds)


def spots(name: str, axes: Sequence[Axis], place: Place, at: Spot) -> str:
    """All radio buttons for rows and columns. place: the output checked; at: what is shown first.

    Of outputs and inputs only those that are meant are seen: three tab stops.
    """
    drawn = pointing(name, at.at_input)
    for axis, output in zip(axes, place, strict=True):
        said, own = axis.of_outputs(), f"output {axis.name}"
        drawn += pins(own, axis.letter, f"{name}{axis.letter}", said, output, css="for-output")
    inputs = (at.row, at.column) if at.at_input else tuple(axis.before for axis in axes)
    for axis, index in zip(axes, inputs, strict=True):
        letter, own, names = f"i{axis.letter}", f"input {axis.name}", axis.counted()
        said, group = axis.of_inputs(), f"{name}{letter}"
        drawn += pins(own, letter, group, said, index, names, css="for-input")
    return drawn


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
