"""The window explorer: what an output of a convolution reads, and what an input feeds."""

import functools
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnncourse.figures.explorers import board, follow
from cnncourse.figures.explorers.follow import Spot
from cnncourse.figures.explorers.raster import greys, signed
from cnncourse.figures.explorers.sliding import Sliding, slide
from cnncourse.figures.explorers.sums import written_sum
from cnncourse.figures.palette import BLUE, INK, ORANGE, VERMILION
from cnncourse.figures.picture import Picture, pinned
from cnncourse.figures.svg import number

_SHOWN = 4  # channels and filters that are drawn; more are counted in words
_WRITTEN = 256  # sums that are written out; of larger maps only the pinned one
_GAP = 40  # pixels between tables side by side, room for a sign
_TOP, _BETWEEN = 30.0, 26.0  # pixels above the tables, and between tables one below the other


def window_explorer(
    image: Any,
    kernel: Any,
    *,
    bias: Any = 0,
    stride: Any = 1,
    padding: Any = "valid",
    dilation: Any = 1,
    flip: bool = False,
    mode: str = "conv",
    at: tuple[int, int] | None = None,
    at_input: tuple[int, int] | None = None,
    filter: int = 0,
    controls: bool = True,
) -> Picture:
    """Point at an output and see what it reads, with its sum; at an input, and see all it feeds.

    image: (H, W) or (H, W, C). kernel: (kh, kw), (kh, kw, C) or (kh, kw, C, N); for "depthwise"
    (kh, kw, C) has one filter a channel; for "pointwise" also (C, N). stride, padding, dilation: as
    `cnncourse.ops.conv2d`. flip: turn the kernel by 180°, a convolution as mathematics has it.
    at: row and column of the output shown first. at_input: instead an input, counted in the image,
    and all that it feeds; padding above and left is below 0. filter: the map. controls: radio
    buttons in the picture; without them what is shown first stays pinned.
    Raises TypeError, ValueError or IndexError, naming what was given and what is allowed.
    """
    made = slide(
        image,
        kernel,
        bias=bias,
        stride=stride,
        padding=padding,
        dilation=dilation,
        flip=flip,
        mode=mode,
    )
    return draw(made, at=at, at_input=at_input, chosen=filter, controls=controls)


@dataclass(frozen=True)
class _Sheet:
    """All of a picture that a step to the next output leaves as it is.

    y_sums, lines: where the sums stand, and how many lines they take.
    """

    drawn: Sequence[int]
    channels: Sequence[int]
    cell: float
    parts: Sequence[board.Part]
    width: float
    y_sums: float
    lines: int
    written: bool  # whether every sum is written out; else only the pinned one


def draw(
    made: Sliding,
    *,
    at: tuple[int, int] | None = None,
    at_input: tuple[int, int] | None = None,
    chosen: int = 0,
    controls: bool = True,
) -> Picture:
    """The picture of a convolution. Raises IndexError for a place or a map that is not there."""
    maps = made.y.shape[2]
    place = board.output_place(at, made.y.shape[:2])
    spot = Spot(*place) if at_input is None else board.input_spot(at_input, axes(made))
    if not 0 <= chosen < maps:
        raise IndexError(f"There is no map {chosen}: there are {maps}, counted from 0.")
    first = min(max(chosen - _SHOWN + 1, 0), max(maps - _SHOWN, 0))
    if (first, controls) not in made.memory:
        made.memory[first, controls] = _sheet(made, first, live=not controls)
    sheet: _Sheet = made.memory[first, controls]
    alt = _alt(made, spot, chosen)
    if controls:
        return Picture(_whole(made, sheet, place, spot, chosen), alt)
    if ("drawing", first) not in made.memory:
        made.memory["drawing", first] = _drawing(made, sheet)
    pin = _pin(made, sheet, spot, chosen)
    silent = sheet.written or spot.at_input
    note = "" if silent else board.note(_written(made, place, chosen))
    sketch = functools.partial(_drawing, made, sheet, spot)
    return pinned(made.memory["drawing", first], pin, note, alt, sketch)


def axes(made: Sliding) -> tuple[board.Axis, board.Axis]:
    """Its rows and its columns: what the words say, and how many places there are."""
    high, wide = made.padded.shape[:2]
    return (
        board.Axis("row", made.rows, high, made.before[0]),
        board.Axis("column", made.columns, wide, made.before[1]),
    )


def _whole(made: Sliding, sheet: _Sheet, place: tuple[int, int], spot: Spot, chosen: int) -> str:
    """The picture with its own radio buttons, the place checked."""
    name = follow.scope(made.fingerprint, place, spot, chosen, True)
    more, width, lines = [], sheet.width, sheet.lines
    if not sheet.written:
        said = _written(made, place, chosen)
        drawn = board.shown(f"C{place[1]}", said, 8, sheet.y_sums + 18)
        more.append(
            f'<g class="t f{sheet.drawn.index(chosen)}"><g class="R{place[0]}">{drawn}</g></g>'
        )
        width, lines = max(width, 16 + 7.1 * max(map(len, said))), 1 + len(said)
    radios = board.spots(name, axes(made), place, spot)
    if len(sheet.drawn) > 1:
        labels, names = [f"map {index}" for index in sheet.drawn], list(map(str, sheet.drawn))
        radios += board.pins("map", "F", f"{name}F", labels, sheet.drawn.index(chosen), names)
    return _figure(made, sheet, name, more, width, lines, radios)


def _drawing(made: Sliding, sheet: _Sheet, alone: Spot | None = None) -> str:
    """The picture without any place: the same for every step. alone: a sketch, for this spot."""
    return _figure(made, sheet, _scope(made, sheet), [], sheet.width, sheet.lines, "", alone)


def _scope(made: Sliding, sheet: _Sheet) -> str:
    return follow.scope(made.fingerprint, sheet.drawn)


def _figure(
    made: Sliding,
    sheet: _Sheet,
    name: str,
    more: Sequence[str],
    width: float,
    lines: int,
    radios: str,
    alone: Spot | None = None,
) -> str:
    parts = [*board.drawn(sheet.parts, alone), *more]
    style = follow.ground(name, sheet.cell) if alone else _rules(made, sheet, name, bool(radios))
    if len(sheet.drawn) > 1:
        sources = _sources(made, sheet)
        style += (
            follow.unchosen(name, sources)
            if alone
            else follow.choices(name, sources, pins=bool(radios))
        )
    height = sheet.y_sums + 18 * lines
    if left_out := _left_out(made, sheet):
        parts.append(board.words(8, height + 4, left_out, size=12))
        height += 20
    return board.figure(name, style, width, height, parts, radios)


def _rules(made: Sliding, sheet: _Sheet, name: str, pins: bool) -> str:
    return follow.rules(
        name,
        made.rows,
        made.columns,
        made.padded.shape[:2],
        cell=sheet.cell,
        pins=pins,
        step=_step(made, sheet),
    )


def _pin(made: Sliding, sheet: _Sheet, spot: Spot, chosen: int) -> str:
    """The rules that a step changes."""
    name = _scope(made, sheet)
    style = follow.pinned(name, spot, made.rows, made.columns, _step(made, sheet))
    if len(sheet.drawn) > 1:
        index = sheet.drawn.index(chosen)
        style += follow.chosen(name, index, _sources(made, sheet), spot.at_input)
    return style


def _step(made: Sliding, sheet: _Sheet) -> tuple[float, float]:
    return made.stride[0] * sheet.cell, made.stride[1] * sheet.cell


def _sources(made: Sliding, sheet: _Sheet) -> list[int | None]:
    """For each map drawn the drawn channel it is made from; None for all."""
    sources = [made.source(index) for index in sheet.drawn]
    return [None if s is None else sheet.channels.index(s) for s in sources]


def _written(made: Sliding, place: tuple[int, int], chosen: int) -> list[str]:
    return written_sum(
        made.read(place, chosen), made.kernel(chosen), made.b[chosen], made.y[(*place, chosen)]
    )


def _sheet(made: Sliding, first: int, live: bool) -> _Sheet:
    """Left to right: the channels, a column of kernels for each map, the maps.

    live: cells without names. An explorer says the name of the one that its controls point at, and
    hundreds of names would take most of what a change of a setting has to send.
    """
    rows, columns, maps = made.y.shape
    drawn = list(range(first, min(first + _SHOWN, maps)))
    channels = list(range(min(made.x.shape[2], _SHOWN)))
    alone = made.mode == "depthwise"
    if alone:
        channels = sorted({made.source(index) or 0 for index in drawn})
    high, wide = made.padded.shape[:2]
    kh, kw = made.w.shape[:2]
    cell = board.cell_side(high, wide)
    small = cell if cell >= 20 else 24.0
    x_kernels = 8 + wide * cell + _GAP
    kernel_step = max(kw * small + 18, 66 if maps > 1 else 0)  # room for the filters' names
    x_maps = x_kernels + (1 if alone else len(drawn)) * kernel_step - 18 + _GAP
    input_step = max(high * cell, kh * small) + _BETWEEN
    map_step = max(rows * cell + _BETWEEN, input_step if alone else 0)
    tall_in = len(channels) * input_step - _BETWEEN
    tall_out = len(drawn) * map_step - _BETWEEN
    tall = max(tall_in, tall_out)
    y_in, y_out = _TOP + (tall - tall_in) / 2, _TOP + (tall - tall_out) / 2

    parts: list[board.Part] = []
    for line, channel in enumerate(channels):
        parts += _input(made, channel, line, 8, y_in + line * input_step, cell, live)
    for column, index in enumerate(drawn):
        weights = made.kernel(index)
        if alone:
            y = y_out + column * map_step + (high * cell - kh * small) / 2
            parts.append(_kernel(weights[:, :, 0], x_kernels, y, small, f"kernel {index}"))
            continue
        for line, channel in enumerate(channels):
            title = "" if line else (f"filter {index}" if maps > 1 else _title(made))
            y = y_in + line * input_step + (high * cell - kh * small) / 2
            x = x_kernels + column * kernel_step
            parts.append(_kernel(weights[:, :, channel], x, y, small, title))
    for line, index in enumerate(drawn):
        parts += _map(made, index, line, x_maps, y_out + line * map_step, cell, live)
    y = _TOP + tall / 2 + 7
    sign = "∗" if made.flip else "·"
    parts += [
        board.words(x_maps - _GAP / 2, y, "=", size=20, bold=True, anchor="middle"),
        board.words(x_kernels - _GAP / 2, y, sign, size=24, bold=True, anchor="middle"),
    ]
    bottom = _TOP + tall + 24
    written = rows * columns * len(drawn) <= _WRITTEN
    sums, lines, longest = _sums(made, drawn, bottom + 20, written)
    parts += [*board.readings(axes(made), bottom), *sums]
    width = max(x_maps + max(columns * cell, 70) + 8, longest, 520)
    return _Sheet(drawn, channels, cell, parts, width, bottom + 20, lines, written)


def _left_out(made: Sliding, sheet: _Sheet) -> str:
    said = []
    channels, maps = made.x.shape[2] - len(sheet.channels), made.y.shape[2] - len(sheet.drawn)
    if channels and made.mode != "depthwise":
        said.append(f"{channels} more channels are added up, not drawn")
    if maps:
        said.append(f"{maps} more maps are not drawn")
    return "; ".join(said) + "." if said else ""


def _title(made: Sliding) -> str:
    kh, kw = made.w.shape[:2]
    return f"kernel {kh}×{kw}" + (", turned" if made.flip else "")


def _input(
    made: Sliding, channel: int, line: int, x: float, y: float, cell: float, live: bool
) -> list[board.Part]:
    """One channel with its padding, its cells and the window that moves over it."""
    high, wide = made.padded.shape[:2]
    height, width, channels = made.x.shape
    top, left = made.before
    values = made.padded[:, :, channel]
    inner = greys(made.x[:, :, channel]).astype(float)
    if cell >= 20:  # numbers stand on it: light greys only
        inner = 205 + inner * 50 / 255
    shades = np.full((high, wide, 3), (226, 232, 240), float)
    shades[top : top + height, left : left + width] = inner[..., None]
    size = f"{height}×{width}"
    title = f"image {size}" if channels == 1 else f"channel {channel}" + f", {size}" * (line == 0)
    if (high, wide) != (height, width) and line == 0:
        title += f" + padding = {high}×{wide}"
    parts: list[board.Part] = [
        board.words(x, y - 8, title, bold=True),
        board.ground(shades, x, y, cell),
    ]
    if (high, wide) != (height, width):
        parts.append(
            board.frame(x + left * cell, y + top * cell, width * cell, height * cell, INK, line=2)
        )

    def label(i: int, j: int) -> str:
        feeds = board.feeds(fed_rows[i], fed_columns[j])
        return _input_label(made, Spot(i, j, True), number(values[i, j]), feeds)

    fed_rows, fed_columns = follow.fed(made.rows, high), follow.fed(made.columns, wide)
    small = high * wide <= 400 and line == 0
    spoken = label if small and not live else None

    def lit(at: Spot) -> tuple[Sequence[int], Sequence[int]]:
        return at.reads(made.rows, made.columns)

    parts.append(board.cells(f"i h{line}", x, y, high, wide, cell, spoken, pins=small, lit=lit))
    parts.append(_moving(made, channel, x, y, cell))
    parts.append(board.digits(values, x, y, cell))
    return parts


def _moving(made: Sliding, channel: int, x: float, y: float, cell: float) -> str:
    """The outline of the window at output (0, 0), with the weights where there is room."""
    (kh, kw), (dh, dw) = made.w.shape[:2], made.dilation
    marks = []
    for a, b in itertools.product(range(kh), range(kw)):
        left, top = x + b * dw * cell, y + a * dh * cell
        if dh > 1 or dw > 1:
            marks.append(f"M{left:g} {top:g}h{cell:g}v{cell:g}h{-cell:g}z")
    tall, wide = ((kh - 1) * dh + 1) * cell, ((kw - 1) * dw + 1) * cell
    outline = f"M{x:g} {y:g}h{wide:g}v{tall:g}h{-wide:g}z"
    parts = [
        f'<path d="{outline}" fill="none" stroke="{ORANGE}" stroke-width="3"/>',
        f'<path d="{"".join(marks)}" fill="none" stroke="{ORANGE}" stroke-width="2"/>'
        if marks
        else "",
    ]
    if cell >= 30 and made.y.shape[2] == 1:
        weights = made.kernel(0)[:, :, channel]
        for (a, b), weight in np.ndenumerate(weights):
            colour = VERMILION if weight < 0 else BLUE
            corner = x + (b * dw + 1) * cell - 2, y + (a * dh + 1) * cell - 3
            said = f"×{number(weight)}"
            if len(said) <= 5:
                parts.append(
                    f'<text x="{corner[0]:g}" y="{corner[1]:g}" fill="{colour}">{said}</text>'
                )
    return f'<g class="w" font-size="8.5" text-anchor="end">{"".join(parts)}</g>'


def _kernel(weights: np.ndarray, x: float, y: float, cell: float, title: str) -> str:
    named = board.words(x, y - 8, title, bold=True) if title else ""
    colours = signed(weights, strength=0.3)
    return named + board.ground(colours, x, y, cell) + board.digits(weights, x, y, cell)


def _map(
    made: Sliding, index: int, line: int, x: float, y: float, cell: float, live: bool
) -> list[board.Part]:
    rows, columns, maps = made.y.shape
    values = made.y[:, :, index]
    full = 1.0 if cell < 20 else 0.3
    title = f"map {rows}×{columns}" if maps == 1 else f"map {index}, {rows}×{columns}"

    def label(i: int, j: int) -> str:
        return f"{_label(made, (i, j))}: {number(values[i, j])}"

    def lit(at: Spot) -> tuple[Sequence[int], Sequence[int]]:
        return at.feeds(made.rows, made.columns)

    heard = None if live else label
    return [
        board.words(x, y - 8, title, bold=True),
        board.ground(signed(values, strength=full), x, y, cell),
        board.cells(f"o m{line}", x, y, rows, columns, cell, heard, pins=True, lit=lit),
        board.digits(values, x, y, cell),
    ]


def _label(made: Sliding, place: tuple[int, int]) -> str:
    """What an output reads, as counted in the image."""
    rows = [row - made.before[0] for row in made.rows[place[0]]]
    columns = [column - made.before[1] for column in made.columns[place[1]]]
    return (
        f"output ({place[0]}, {place[1]}) reads rows {board.runs(rows)}, "
        f"columns {board.runs(columns)}"
    )


def _input_label(made: Sliding, spot: Spot, value: str, feeds: str) -> str:
    """What an input is called, its value, and what it feeds: `board.feeds`."""
    row, column = spot.row - made.before[0], spot.column - made.before[1]
    height, width = made.x.shape[:2]
    kind = "input" if 0 <= row < height and 0 <= column < width else "padding"
    return f"{kind} ({row}, {column}), {value}, {feeds}".replace("-", "−")


def _sums(
    made: Sliding, drawn: Sequence[int], y: float, written: bool
) -> tuple[list[board.Part], int, float]:
    """The sums of products, one shown at a time; how many lines they take, and how wide.

    written: the products of every output, or its value alone.
    """
    rows, columns = made.y.shape[:2]
    parts: list[board.Part] = []
    most, widest = 1, 0.0
    for line, index in enumerate(drawn):
        kernel, bias = made.kernel(index), float(made.b[index])
        sums: list[list[str]] = []
        for i in range(rows):
            sums.append([])
            for j in range(columns):
                value = float(made.y[i, j, index])
                said = [f"output ({i}, {j}) = {number(value)}"]
                if written:
                    said = written_sum(made.read((i, j), index), kernel, bias, value)
                most = max(most, len(said))
                widest = max(widest, 16 + 7.1 * max(map(len, said)))
                sums[i].append(board.shown(f"C{j}", said, 8, y))
        parts += [f'<g class="f{line}">', board.texts(sums), "</g>"]
    return parts, most, widest


def _place(made: Sliding, spot: Spot, chosen: int) -> str:
    """What is shown first: an output and what it reads, or an input and what it feeds."""
    place, several = (spot.row, spot.column), made.y.shape[2] > 1
    if not spot.at_input:
        value = f"value {number(made.y[(*place, chosen)])}"
        return f"{_label(made, place)}, {value}{f' in map {chosen}' if several else ''}"
    channel = made.source(chosen) or 0
    value = f"value {number(made.padded[(*place, channel)])}"
    if made.x.shape[2] > 1:
        value += f" in channel {channel}"
    feeds = board.feeds(*spot.feeds(made.rows, made.columns))
    return _input_label(made, spot, value, feeds)


def _alt(made: Sliding, spot: Spot, chosen: int) -> str:
    kh, kw, channels, _ = made.w.shape
    rows, columns, maps = made.y.shape
    settings = []
    if max(made.stride) > 1:
        settings.append(f"stride {_both(made.stride)}")
    if max(made.dilation) > 1:
        settings.append(f"dilation {_both(made.dilation)}")
    if made.padded.shape != made.x.shape:
        (top, left), (high, wide) = made.before, made.padded.shape[:2]
        height, width = made.x.shape[:2]
        settings.append(
            f"padding {top} above, {high - height - top} below, {left} left, "
            f"{wide - width - left} right"
        )
    kind = {"conv": "", "depthwise": " depthwise", "pointwise": " pointwise"}[made.mode]
    turned = ", turned by 180°," if made.flip else ""
    depth = f"×{channels}" if channels > 1 else ""
    height, width = made.x.shape[:2]
    return (
        f"A {kh}×{kw}{kind} kernel{turned} slides over a {height}×{width}{depth} image"
        f"{' with ' + ', '.join(settings) if settings else ''} and gives "
        f"{f'{maps} maps of' if maps > 1 else 'a map of'} {rows}×{columns}; "
        f"{_place(made, spot, chosen)}."
    )


def _both(pair: tuple[int, int]) -> str:
    return str(pair[0]) if pair[0] == pair[1] else f"{pair[0]}×{pair[1]}"
