"""The padding explorer: one row, its padding on either side, and where each window stands."""

from typing import Any

from cnncourse import ops
from cnncourse.figures.explorers import board, follow
from cnncourse.figures.explorers.follow import Spot
from cnncourse.figures.palette import BLUE, GREEN, GRID, INK, ORANGE, VERMILION
from cnncourse.figures.picture import Picture
from cnncourse.figures.svg import rectangle
from cnncourse.ops.arguments import integer

_MOST = 40  # positions in a row that can still be told apart
_CELL = 30


def padding_explorer(
    size: int = 7,
    kernel: int = 3,
    stride: int = 2,
    padding: Any = "same",
    dilation: int = 1,
    *,
    at: int | None = None,
    at_input: int | None = None,
    controls: bool = True,
) -> Picture:
    """A row of `size` positions, what is added on either side, and what each output reads.

    padding: "valid", "same", a number, or (before, after), as `cnncourse.ops.pad_amounts`. Below
    stand the amounts for sizes near it: "same" puts the odd zero after. at: the output shown first.
    at_input: instead a position of the input and all that it feeds; padding before it is below 0.
    Raises TypeError, ValueError or IndexError, naming what was given and what is allowed.
    """
    outputs = ops.output_size(size, kernel, stride, padding, dilation)
    before, after = ops.pad_amounts(size, kernel, stride, padding, dilation)
    padded = before + size + after
    if padded > _MOST:
        raise ValueError(
            f"A row of {padded} positions is too long to draw: at most {_MOST} with the padding."
        )
    chosen = 0 if at is None else integer("at", at, 0)
    if chosen >= outputs:
        raise IndexError(f"There is no output {chosen}: there are {outputs}, counted from 0.")
    spot = Spot(0, chosen)
    if at_input is not None:
        place = integer("at_input", at_input, -before)
        if place >= size + after:
            raise IndexError(f"There is no input {place}: the last is {size + after - 1}.")
        spot = Spot(0, place + before, True)
    reads = [[j * stride + t * dilation for t in range(kernel)] for j in range(outputs)]
    name = follow.scope("padding", size, reads, before, after, chosen, spot, controls, padding)
    cell = float(_CELL) if padded <= 24 else 22.0
    style = f".{name} .z{{--r:1}}.{name} .t>.R0{{display:inline!important}}"
    style += follow.rules(name, [], reads, (0, padded), cell=cell, pins=controls)
    style += "" if controls else follow.pinned(name, spot, [], reads)
    x, y_in, y_out = 8.0, 52.0, 150.0
    extent = ops.effective_kernel(kernel, dilation)
    parts = [
        board.words(x, 18, _title(size, before, after, outputs), bold=True),
        board.words(x, 40, "input", size=12),
        board.words(x, y_out + cell + 18, "output", size=12),
    ]
    numbers = []
    for place in range(padded):
        inside = before <= place < before + size
        left = x + place * cell
        fill = "#dbeafe" if inside else "#eef1f4"
        parts.append(rectangle(left, y_in, cell, cell, fill=fill, stroke=GRID))
        said = str(place - before) if inside else "0"
        colour = INK if inside else board.DIM
        numbers.append(
            board.words(
                left + cell / 2, y_in + cell / 2 + 4, said, size=11, colour=colour, anchor="middle"
            )
        )
    parts.append(board.frame(x + before * cell, y_in, size * cell, cell, INK, line=2))
    feeds = follow.fed(reads, padded)
    unread = [place for place in range(padded) if not feeds[place]]
    if unread:
        path = "".join(
            f"M{x + place * cell + 3:g} {y_in + cell + 6:g}h{cell - 6:g}" for place in unread
        )
        parts.append(f'<path d="{path}" stroke="{VERMILION}" stroke-width="3"/>')
        parts.append(board.words(x + unread[-1] * cell, y_in + cell + 24, "never read", size=11))
    paths = []
    centres = [x + (j * stride + extent / 2) * cell for j in range(outputs)]
    for j, (taps, centre) in enumerate(zip(reads, centres, strict=True)):
        path = "".join(
            f"M{centre:g} {y_out:g}L{x + (tap + 0.5) * cell:g} {y_in + cell:g}" for tap in taps
        )
        paths.append(f'<path class="C{j}" d="{path}"/>')
        parts.append(rectangle(centre - cell / 2, y_out, cell, cell, fill="#d1f0e4", stroke=GRID))
        numbers.append(board.words(centre, y_out + cell / 2 + 4, str(j), size=11, anchor="middle"))
    lines = (
        f'<g class="t" stroke="{ORANGE}" stroke-width="2.5"><g class="R0">{"".join(paths)}</g></g>'
    )
    parts.append(lines)

    def label(place: int) -> str:
        kind = "input" if before <= place < before + size else "padding"
        those = f"output{'s' * (len(feeds[place]) > 1)} {board.runs(feeds[place])}"
        said = those if feeds[place] else "no output"
        return f"{kind} {place - before} feeds {said}".replace("-", "−")

    def reading(j: int) -> str:
        return f"output {j} reads positions {board.runs([tap - before for tap in reads[j]])}"

    parts.append(board.cells("i", x, y_in, 1, padded, cell, lambda _, place: label(place)).whole)
    parts.append(_outputs(centres, y_out, cell, [reading(j) for j in range(outputs)]))
    parts.append(f'<g style="pointer-events:none">{"".join(numbers)}</g>')
    y = y_out + cell + 40
    parts.append('<g class="n">')
    for j in range(outputs):
        parts.append(board.words(x, y, reading(j).capitalize(), css=f"oC{j}"))
    for place in range(padded):
        parts.append(board.words(x, y, label(place).capitalize(), css=f"iC{place}"))
    parts.append("</g>")
    table, width, height = _neighbours(size, kernel, stride, padding, dilation, x, y + 26)
    parts.append(table)
    read, fed = [reading(j) for j in range(outputs)], [label(place) for place in range(padded)]
    wide = max(x + padded * cell + 8, width, 16 + 7.4 * len(_title(size, before, after, outputs)))
    shown = fed[spot.column] if spot.at_input else read[chosen]
    alt = _alt(size, kernel, stride, padding, dilation, before, after, outputs)
    pins = _pins(name, read, fed, chosen, spot, before) if controls else ""
    return Picture(
        board.figure(name, style, wide, y + 26 + height, parts, pins),
        f"{alt} {shown.capitalize()}.",
    )


def _pins(name: str, read: list[str], fed: list[str], output: int, spot: Spot, before: int) -> str:
    """Radio buttons for the outputs and for the inputs, of which one kind is seen."""
    place = spot.column if spot.at_input else before
    counted = [str(each - before).replace("-", "−") for each in range(len(fed))]
    return (
        board.pointing(name, spot.at_input)
        + board.pins("output", "C", f"{name}C", read, output, css="for-output")
        + board.pins("input", "iC", f"{name}iC", fed, place, counted, css="for-input")
    )


def _outputs(centres: list[float], y: float, cell: float, labels: list[str]) -> str:
    drawn = "".join(
        f'<rect class="C{j}" x="{centre - cell / 2:g}" y="{y:g}" width="{cell:g}" '
        f'height="{cell:g}" tabindex="-1" role="img" aria-label="{label}"/>'
        for j, (centre, label) in enumerate(zip(centres, labels, strict=True))
    )
    return f'<g class="z o"><g class="R0">{drawn}</g></g>'


def _title(size: int, before: int, after: int, outputs: int) -> str:
    return f"{size} positions, {before} added before and {after} after: {outputs} outputs"


def _neighbours(
    size: int, kernel: int, stride: int, padding: Any, dilation: int, x: float, y: float
) -> tuple[str, float, float]:
    """The amounts for sizes around this one, as a table; with its width and height."""
    rows: list[list[str]] = [["size", "before", "after", "outputs"]]
    first = max(1, size - 3)
    for n in range(first, first + 8):
        try:
            pads = ops.pad_amounts(n, kernel, stride, padding, dilation)
            count = str(ops.output_size(n, kernel, stride, padding, dilation))
        except ValueError:
            count, pads = "–", ops.pad_amounts(n, kernel, stride, padding, dilation)
        rows.append([str(n), str(pads[0]), str(pads[1]), count])
    step, parts = 46.0, []
    for column, entries in enumerate(rows):
        left = x + 64 + (column - 1) * step if column else x
        if entries[0] == str(size):
            parts.append(board.frame(left - 2, y - 15, step - 6, 84, BLUE, line=2))
        for line, entry in enumerate(entries):
            odd = column and line in (1, 2) and entries[1] != entries[2]
            parts.append(
                board.words(
                    left if not column else left + step / 2 - 5,
                    y + 20 * line,
                    entry,
                    size=12,
                    bold=bool(odd) or not line,
                    colour=GREEN if odd and line == 2 else "",
                    anchor="middle" if column else "",
                )
            )
    return "".join(parts), x + 64 + 8 * step, 76


def _alt(
    size: int,
    kernel: int,
    stride: int,
    padding: Any,
    dilation: int,
    before: int,
    after: int,
    outputs: int,
) -> str:
    gap = f", dilation {dilation}" if dilation > 1 else ""
    word = f"padding {padding!r}" if isinstance(padding, str) else f"padding {before} + {after}"
    uneven = " The odd position is added after." if padding == "same" and after > before else ""
    return (
        f"A row of {size} positions with kernel {kernel}, stride {stride}{gap} and {word}: "
        f"{before} added before, {after} after, {outputs} outputs.{uneven}"
    )
