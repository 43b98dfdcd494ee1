"""A bar chart with a name and a value at every bar."""

import math
from collections.abc import Callable, Sequence

from cnncourse.figures.palette import BLUE
from cnncourse.figures.picture import Picture
from cnncourse.figures.svg import canvas, number, rectangle, text

_LONG = 340  # pixels of the longest bar


def bars(
    names: Sequence[str],
    values: Sequence[float],
    alt: str,
    *,
    show: Callable[[float], str] = number,
    log: bool = False,
) -> Picture:
    """Horizontal bars, one a line.

    values: at least 0, or above 0 when log. show: from a value to the words beside its bar.
    log: every factor of ten has the same length, and the picture says so.
    Raises ValueError when names and values differ in number or a value cannot be drawn.
    """
    if len(names) != len(values) or not values:
        raise ValueError(f"bars got {len(names)} names and {len(values)} values.")
    if any(not math.isfinite(v) or v < 0 or (log and v == 0) for v in values):
        allowed = "above 0 on a logarithmic scale" if log else "0 or more"
        raise ValueError(f"bars can draw finite values {allowed}, not {list(values)}.")
    if log:
        floor = math.floor(math.log10(min(values)) - 0.3)
        lengths = [math.log10(value) - floor for value in values]
    else:
        lengths = list(values)
    longest = max(lengths) or 1
    left = 16 + 7.0 * max(map(len, names))
    parts = []
    for line, (name, value, length) in enumerate(zip(names, values, lengths, strict=True)):
        y = 8 + 30 * line
        width = max(length / longest * _LONG, 1.5)
        parts += [
            text(left - 8, y + 16, name, anchor="end"),
            rectangle(left, y, width, 22, fill=BLUE),
            text(left + width + 8, y + 16, show(value), anchor="start", weight="bold"),
        ]
    bottom = 8 + 30 * len(names)
    if log:
        parts.append(
            text(left, bottom + 12, "logarithmic: equal steps, equal factors", anchor="start")
        )
        bottom += 20
    room = 24 + 8.0 * max(len(show(value)) for value in values)
    return Picture(canvas(left + _LONG + room, bottom + 4, parts), alt)
