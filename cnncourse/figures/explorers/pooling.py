"""The pooling explorer: what each window keeps, and what of it survives a shift of the input."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cnncourse import ops
from cnncourse.figures.explorers import board, follow
from cnncourse.figures.explorers.follow import Spot
from cnncourse.figures.explorers.raster import greys
from cnncourse.figures.palette import BLUE, GREEN, ORANGE
from cnncourse.figures.picture import Picture, pinned
from cnncourse.figures.svg import number
from cnncourse.ops.arguments import integer, numeric, pair

KINDS = ("max", "average", "l2", "roi")
_SHOWN = 3  # channels that are drawn
_WRITTEN = 256  # outputs whose working is written out
_GAP = 70


@dataclass(frozen=True, eq=False)
class Pooled:
    """A pooling with all that its picture needs. x: (H, W, C), y: (rows, columns, C)."""

    x: np.ndarray
    y: np.ndarray
    rows: list[list[int]]
    columns: list[list[int]]
    kind: str
    step: tuple[int, int] | None  # None where the windows differ in size
    region: tuple[int, int, int, int] | None
    memory: dict[int, str] = field(default_factory=dict, repr=False)  # shift -> its drawing


def pool(
    image: Any, kind: str = "max", size: Any = 2, stride: Any = None, region: Any = None
) -> Pooled:
    """The pooling by `cnncourse.ops`. Arguments and errors as `pooling_explorer`."""
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(map(repr, KINDS))}, not {kind!r}.")
    x = numeric("image", image)
    if x.ndim not in (2, 3):
        raise ValueError(f"image must have shape (H, W) or (H, W, C), but its shape is {x.shape}.")
    x = x[..., None] if x.ndim == 2 else x
    height, width = x.shape[:2]
    board.small_enough((height, width), (height, width))
    if kind == "roi":
        box = (0, 0, height, width) if region is None else tuple(region)
        if max(pair("size", size)) > board.MOST:
            raise ValueError(f"size {size} is too large to draw: at most {board.MOST} a side.")
        y = ops.roi_pool2d(x, size, box)
        rows, columns = (
            [list(range(low + first, low + last)) for first, last in ops.bin_edges(high - low, n)]
            for low, high, n in (
                (box[0], box[2], y.shape[0]),
                (box[1], box[3], y.shape[1]),
            )
        )
        return Pooled(x, y, rows, columns, kind, None, (box[0], box[1], box[2], box[3]))
    if region is not None:
        raise ValueError(f'A region goes with kind "roi", not with {kind!r}.')
    operation = {"max": ops.max_pool2d, "average": ops.average_pool2d, "l2": ops.l2_pool2d}[kind]
    y = operation(x, size, stride=stride)
    spans = pair("size", size)
    steps = spans if stride is None else pair("stride", stride)
    rows, columns = (
        [list(range(place * step, place * step + span)) for place in range(count)]
        for count, step, span in zip(y.shape[:2], steps, spans, strict=True)
    )
    return Pooled(x, y, rows, columns, kind, steps, None)


def moved(image: np.ndarray, shift: int) -> np.ndarray:
    """An image (H, W, C) moved right by `shift` columns, or left if below 0; zeros come in."""
    shift = integer("shift", shift, -image.shape[1])
    other = np.zeros_like(image)
    if shift >= 0:
        other[:, shift:] = image[:, : image.shape[1] - shift]
    else:
        other[:, :shift] = image[:, -shift:]
    return other


def pooling_explorer(
    image: Any,
    kind: str = "max",
    size: Any = 2,
    stride: Any = None,
    region: Any = None,
    shift: int = 0,
    *,
    at: tuple[int, int] | None = None,
    at_input: tuple[int, int] | None = None,
    controls: bool = True,
) -> Picture:
    """Point at an output and see the window that it sums up; at an input, and see where it goes.

    image: (H, W) or (H, W, C). kind: "max", "average", "l2" or "roi". size: the window; for "roi"
    the size of the output. stride: the size of the window unless told otherwise. region: for
    "roi", (row0, col0, row1, col1), ends excluded. shift: also pool the image moved by so many
    columns, and mark what stays. at: the output shown first. at_input: instead an input, and all
    that it feeds.
    Raises TypeError, ValueError or IndexError, naming what was given and what is allowed.
    """
    made, other = pools(image, kind, size, stride, region, shift)
    return draw(made, other, shift, at=at, at_input=at_input, controls=controls)


def pools(
    image: Any, kind: str, size: Any, stride: Any, region: Any, shift: int
) -> tuple[Pooled, Pooled | None]:
    """The pooling of an image and, unless `shift` is 0, of the image moved by so many columns."""
    made = pool(image, kind, size, stride, region)
    other = pool(moved(made.x, shift), kind, size, stride, region) if shift else None
    return made, other


def draw(
    made: Pooled,
    other: Pooled | None = None,
    shift: int = 0,
    *,
    at: tuple[int, int] | None = None,
    at_input: tuple[int, int] | None = None,
    controls: bool = True,
) -> Picture:
    """The picture of a pooling; `other` is that of the image moved by `shift` columns."""
    place = board.output_place(at, made.y.shape)
    spot = Spot(*place) if at_input is None else board.input_spot(at_input, _axes(made))
    alt = _alt(made, other, shift, spot)
    if controls:
        return Picture(_drawing(made, other, shift, (place, spot)), alt)
    if shift not in made.memory:
        made.memory[shift] = _drawing(made, other, shift)
    pin = follow.pinned(_scope(made, shift), spot, made.rows, made.columns, _step(made))
    silent = _all_written(made) or spot.at_input
    note = "" if silent else board.note(_workings(made, other, place))
    sketch = functools.partial(_drawing, made, other, shift, None, spot)
    return pinned(made.memory[shift], pin, note, alt, sketch)


def _axes(made: Pooled) -> tuple[board.Axis, board.Axis]:
    high, wide = made.x.shape[:2]
    return board.Axis("row", made.rows, high), board.Axis("column", made.columns, wide)


def _scope(made: Pooled, shift: int, first: tuple[board.Place, Spot] | None = None) -> str:
    numbers = made.x.tobytes(), made.x.shape, made.y.tobytes(), made.y.shape
    return follow.scope("pool", numbers, made.kind, made.rows, made.columns, shift, first)


def _step(made: Pooled) -> tuple[float, float]:
    """Pixels from the window of an output to the next one."""
    cell = board.cell_side(*made.x.shape[:2])
    return (0.0, 0.0) if made.step is None else (made.step[0] * cell, made.step[1] * cell)


def _all_written(made: Pooled) -> bool:
    return made.y.shape[0] * made.y.shape[1] <= _WRITTEN


def _workings(made: Pooled, other: Pooled | None, place: tuple[int, int]) -> list[str]:
    """How an output came about, and the same output of the image that was moved."""
    moved = [] if other is None else ["moved: " + working(other, place, 0)]
    return [working(made, place, 0), *moved]


def _drawing(
    made: Pooled,
    other: Pooled | None,
    shift: int,
    first: tuple[board.Place, Spot] | None = None,
    alone: Spot | None = None,
) -> str:
    """The drawing: with radio buttons, an output and a spot `first`; or without, the same for all.

    alone: without radio buttons, and a sketch: with what is seen at this spot, and nothing else.
    """
    rows, columns, channels = made.y.shape
    height, width = made.x.shape[:2]
    cell = board.cell_side(height, width)
    name = _scope(made, shift, first)
    live = first is None
    style = (
        follow.ground(name, cell)
        if alone
        else follow.rules(
            name,
            made.rows,
            made.columns,
            (height, width),
            cell=cell,
            pins=not live,
            step=_step(made),
        )
    )
    if channels > 1:
        style += f".{name} .f0{{display:inline}}"
    x_out = 8 + width * cell + _GAP
    top, gap = 28.0, 28.0
    parts: list[board.Part] = []
    y = top
    pairs = [(made, channel, False) for channel in range(min(channels, _SHOWN))]
    if other is not None:
        pairs += [(other, channel, True) for channel in range(min(channels, _SHOWN))]
    for line, (each, channel, second) in enumerate(pairs):
        parts += _pair(each, made, channel, second, shift, line, y, cell, x_out, live)
        y += height * cell + gap
    right = x_out + max(columns * cell, 90)
    y -= 4
    parts += board.readings(_axes(made), y)
    longest = right
    workings: list[list[str]] = []
    said_lines = 1 if other is None else 2
    for i in range(rows):
        workings.append([])
        for j in range(columns):
            sums = [f"= {number(made.y[i, j, 0])}"]
            if _all_written(made) or (first and (i, j) == first[0]):
                sums = _workings(made, other, (i, j))
                longest = max(longest, *(16 + 7.0 * len(each) for each in sums))
            workings[i].append(board.shown(f"C{j}", sums, 8, y + 20))
    parts.append(board.texts(workings))
    y += 20 + 18 * said_lines
    for fact in _facts(made, other, shift):
        parts.append(board.words(8, y + 4, fact, size=12.5))
        longest = max(longest, 16 + 6.9 * len(fact))
        y += 18
    radios = board.spots(name, _axes(made), *first) if first else ""
    drawn = board.drawn(parts, alone)
    return board.figure(name, style, max(right + 8, longest, 520), y, drawn, radios)


def _pair(
    each: Pooled,
    first: Pooled,
    channel: int,
    second: bool,
    shift: int,
    line: int,
    y: float,
    cell: float,
    x_out: float,
    live: bool,
) -> list[board.Part]:
    """An image and what is pooled from it, side by side. live: the explorer names the cells."""
    height, width, channels = each.x.shape
    rows, columns = each.y.shape[:2]
    values, pooled = each.x[:, :, channel], each.y[:, :, channel]
    low, high = float(first.x.min()), max(float(first.x.max()), float(pooled.max()))
    named = f"channel {channel}" if channels > 1 else "image"
    if second:
        named += f", moved {'right' if shift > 0 else 'left'} by {abs(shift)}"
    size = f" {height}×{width}" if line == 0 else ""
    y_out = y + (height - rows) * cell / 2
    sharp = cell < 20

    def shade(array: np.ndarray) -> np.ndarray:
        grey = greys(array, low=low, high=high).astype(float)
        return grey if sharp else 205 + grey * 50 / 255

    feeds_rows, feeds_columns = follow.fed(each.rows, height), follow.fed(each.columns, width)

    def of_input(i: int, j: int) -> str:
        feeds = board.feeds(feeds_rows[i], feeds_columns[j])
        return f"input ({i}, {j}), {number(values[i, j])}, {feeds}"

    def of_output(i: int, j: int) -> str:
        return f"{_label(each, (i, j))}: {number(pooled[i, j])}"

    small = height * width <= 400 and line == 0
    spoken = of_input if small and not live else None
    parts: list[board.Part] = [
        board.words(8, y - 8, named + size, bold=True),
        board.ground(shade(values), 8, y, cell),
        board.words(
            x_out - _GAP / 2, y + height * cell / 2 - 8, each.kind, size=12, anchor="middle"
        ),
        board.words(x_out - _GAP / 2, y + height * cell / 2 + 10, "→", size=22, anchor="middle"),
        board.words(x_out, y_out - 8, f"pooled {rows}×{columns}", bold=True),
        board.ground(shade(pooled), x_out, y_out, cell),
    ]
    if each.region:
        row0, col0, row1, col1 = each.region
        parts.append(
            board.frame(
                8 + col0 * cell, y + row0 * cell, (col1 - col0) * cell, (row1 - row0) * cell, BLUE
            )
        )
    if second:
        same = np.isclose(pooled, first.y[:, :, channel])
        side = cell - 6
        marks = "".join(
            f"M{x_out + j * cell + 3:g} {y_out + i * cell + 3:g}h{side:g}v{side:g}h{-side:g}z"
            for i, j in np.argwhere(same)
        )
        parts.append(f'<path d="{marks}" fill="none" stroke="{GREEN}" stroke-width="2.5"/>')

    def read(at: Spot) -> tuple[Sequence[int], Sequence[int]]:
        return at.reads(each.rows, each.columns)

    def fed(at: Spot) -> tuple[Sequence[int], Sequence[int]]:
        return at.feeds(each.rows, each.columns)

    parts.append(board.cells("i", 8, y, height, width, cell, spoken, pins=small, lit=read))
    heard, shape = None if live else of_output, (rows, columns)
    parts.append(board.cells("o", x_out, y_out, *shape, cell, heard, pins=True, lit=fed))
    if each.step:
        kh, kw = len(each.rows[0]), len(each.columns[0])
        parts.append(board.frame(8, y, kw * cell, kh * cell, ORANGE, css="w"))
    parts.append(board.digits(values, 8, y, cell))
    parts.append(board.digits(pooled, x_out, y_out, cell))
    return parts


def working(made: Pooled, place: tuple[int, int], channel: int) -> str:
    """How an output came about: "max(1, 3, 2, 0) = 3"."""
    window = made.x[np.ix_(made.rows[place[0]], made.columns[place[1]], [channel])].ravel()
    values = [number(value) for value in window.tolist()]
    if len(values) > 16:
        values = [*values[:12], "…"]
    answer = number(made.y[(*place, channel)])
    if made.kind == "average":
        return f"({' + '.join(_bracket(v) for v in values)}) / {window.size} = {answer}"
    if made.kind == "l2":
        return f"√({' + '.join(_bracket(v) + '²' for v in values)}) = {answer}"
    return f"max({', '.join(values)}) = {answer}"


def _bracket(value: str) -> str:
    return f"({value})" if value.startswith("−") else value


def _label(made: Pooled, place: tuple[int, int]) -> str:
    return (
        f"output ({place[0]}, {place[1]}) reads rows {board.runs(made.rows[place[0]])}, "
        f"columns {board.runs(made.columns[place[1]])}"
    )


def survivors(made: Pooled, other: Pooled) -> tuple[int, int, int, int]:
    """Pooled values that stay, of how many; input values that stay, of how many."""
    pooled, inputs = np.isclose(made.y, other.y), np.isclose(made.x, other.x)
    return int(pooled.sum()), pooled.size, int(inputs.sum()), inputs.size


def _facts(made: Pooled, other: Pooled | None, shift: int) -> list[str]:
    (height, width, channels), (rows, columns) = made.x.shape, made.y.shape[:2]
    before, behind = height * width, rows * columns
    depth = f", {channels} channels stay {channels}" if channels > 1 else ""
    if made.region:
        box = made.region
        lines = [
            f"A region of {box[2] - box[0]}×{box[3] - box[1]} becomes {rows}×{columns}{depth}."
        ]
    else:
        share = f"{100 * (1 - behind / before):.0f} % fewer" if behind <= before else "more"
        lines = [f"{before} positions become {behind}: {share}{depth}, no weights."]
    if other is not None:
        kept, of, same, total = survivors(made, other)
        lines.append(
            f"Moved by {abs(shift)}: {kept} of {of} pooled values stay the same (framed), "
            f"{same} of {total} input values do."
        )
    return lines


def _place(made: Pooled, spot: Spot) -> str:
    """What is shown first: an output and what it reads, or an input and what it feeds."""
    place = spot.row, spot.column
    if not spot.at_input:
        return f"{_label(made, place)}, value {number(made.y[(*place, 0)])}"
    feeds = board.feeds(*spot.feeds(made.rows, made.columns))
    return f"input {place}, value {number(made.x[(*place, 0)])}, {feeds}"


def _alt(made: Pooled, other: Pooled | None, shift: int, spot: Spot) -> str:
    height, width, channels = made.x.shape
    rows, columns = made.y.shape[:2]
    depth = f"×{channels}" if channels > 1 else ""
    kind = {"max": "Max", "average": "Average", "l2": "L2", "roi": "Region-of-interest"}[made.kind]
    where = f" of region {made.region}" if made.region else ""
    said = (
        f"{kind} pooling{where} turns a {height}×{width}{depth} image into "
        f"{rows}×{columns}{depth}; {_place(made, spot)}."
    )
    if other is not None:
        kept, of, same, total = survivors(made, other)
        way = "right" if shift > 0 else "left"
        said += (
            f" Below, the image moved {way} by {abs(shift)}: {kept} of {of} pooled values stay the "
            f"same, {same} of {total} input values."
        )
    return said
