"""Pictures for transfer learning: which blocks train, and what every approach costs."""

import html
from collections.abc import Sequence

from cnncourse.figures.palette import BLUE, GRID, INK, ORANGE
from cnncourse.figures.picture import Picture
from cnncourse.figures.svg import canvas, rectangle, text

_WIDE, _HIGH, _GAP = 86, 54, 12


def block_switches(open_from: int | None, *, blocks: int = 5, alt: str = "") -> Picture:
    """A base's blocks and the top in a row: frozen ones empty, trained ones filled.

    open_from: the first block that trains; None when only the top does.
    Raises ValueError when there is no such block.
    """
    if open_from is not None and not 1 <= open_from <= blocks:
        raise ValueError(f"open_from must be a block from 1 to {blocks}, or None: {open_from!r}.")
    first = blocks + 1 if open_from is None else open_from
    parts = []
    for number in range(1, blocks + 2):
        x = 8 + (number - 1) * (_WIDE + _GAP)
        trains = number >= first
        top = number == blocks + 1
        fill = (ORANGE if top else BLUE) if trains else "none"
        parts.append(
            rectangle(x, 8, _WIDE, _HIGH, fill=fill, stroke=INK if trains else GRID, line=2)
        )
        colour = "#ffffff" if trains and not top else INK
        parts.append(
            text(x + _WIDE / 2, 32, "new top" if top else f"block {number}", colour=colour)
        )
        parts.append(
            text(x + _WIDE / 2, 50, "trains" if trains else "frozen", size=12, colour=colour)
        )
        if not top:
            parts.append(text(x + _WIDE + _GAP / 2, 40, "→", size=12))
    frozen = "Nothing is" if first == 1 else f"Blocks 1 to {min(first - 1, blocks)} are"
    said = "the new top trains" if first > blocks else f"block {first} and all behind it train"
    width = 16 + (blocks + 1) * (_WIDE + _GAP) - _GAP
    return Picture(canvas(width, _HIGH + 16, parts), alt or f"{frozen} frozen; {said}.")


def results_table(
    rows: Sequence[tuple[str, float, int, float]], source: str, *, alt: str = ""
) -> Picture:
    """Approaches side by side: accuracy on the test set, parameters trained, seconds.

    rows: (name, accuracy from 0 to 1, parameters, seconds). source: what was measured on what; it
    stands below the table. Raises ValueError without rows.
    """
    if not rows:
        raise ValueError("results_table needs at least one row (name, accuracy, parameters, s).")
    right = 'style="text-align:right;padding:3px 14px"'
    left = 'style="text-align:left;padding:3px 14px"'
    plain = 'style="background:transparent"'  # a dark page would stripe the rows in black
    body = "".join(
        f"<tr {plain}><th scope='row' {left}>{html.escape(name)}</th>"
        f"<td {right}>{accuracy:.1%}</td><td {right}>{parameters:,}</td>"
        f"<td {right}>{seconds:.0f}</td></tr>"
        for name, accuracy, parameters, seconds in rows
    )
    head = (
        f"<tr {plain}><th {left}>approach</th><th {right}>test accuracy</th>"
        f"<th {right}>parameters trained</th><th {right}>seconds</th></tr>"
    )
    words = "; ".join(
        f"{name}: {accuracy:.1%}, {parameters:,} parameters, {seconds:.0f} s"
        for name, accuracy, parameters, seconds in rows
    )
    return Picture(
        f'<table style="color:{INK};border-collapse:collapse"><thead>{head}</thead>'
        f"<tbody>{body}</tbody></table>"
        f'<div style="color:{INK};padding:4px 14px;font-size:12px">{html.escape(source)}</div>',
        alt or f"Every approach. {words}. {source}",
    )
