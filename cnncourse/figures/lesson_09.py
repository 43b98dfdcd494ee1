"""Lesson 9's pictures: shares side by side, runs over several seeds, gradients layer by layer."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from cnncourse.figures.palette import BLUE, GRID, INK, ORANGE, VERMILION
from cnncourse.figures.picture import Picture
from cnncourse.figures.svg import canvas, rectangle, text

_HALF = 230.0  # pixels of the longest bar on either side
_AXIS = 420.0  # pixels from 0 to 1
_TALL = 190.0  # pixels of a panel
_STEP = 17.0  # pixels from layer to layer
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def two_shares(
    names: Sequence[str],
    left: Sequence[float],
    right: Sequence[float],
    titles: tuple[str, str],
    alt: str,
) -> Picture:
    """What each name has of two sums, as bars back to back, in percent of either sum.

    left, right: amounts, 0 or more, not all 0, in any unit. Raises ValueError for other numbers,
    or when names, left and right differ in length.
    """
    sides = [np.asarray(side, dtype=float) for side in (left, right)]
    if not names or any(side.shape != (len(names),) for side in sides):
        lengths = " and ".join(str(side.size) for side in sides)
        raise ValueError(f"two_shares got {len(names)} names and {lengths} amounts.")
    if any(not np.isfinite(side).all() or side.min() < 0 or not side.sum() for side in sides):
        raise ValueError("two_shares draws finite amounts, 0 or more, that are not all 0.")
    shares = [100 * side / side.sum() for side in sides]
    scale = _HALF / max(share.max() for share in shares)
    gutter = 24 + 7.0 * max(map(len, names))
    middle = 64 + _HALF + gutter / 2
    edges = middle - gutter / 2, middle + gutter / 2
    parts = [
        text(edges[0], 18, titles[0], anchor="end", weight="bold"),
        text(edges[1], 18, titles[1], anchor="start", weight="bold"),
    ]
    for line, (name, one, other) in enumerate(zip(names, *shares, strict=True)):
        y = 30 + 22.0 * line
        wide, broad = max(one * scale, 1.0), max(other * scale, 1.0)
        parts += [
            text(middle, y + 13, name, size=12),
            rectangle(edges[0] - wide, y, wide, 17, fill=ORANGE),
            rectangle(edges[1], y, broad, 17, fill=BLUE),
            text(edges[0] - wide - 6, y + 13, _percent(one), anchor="end", size=12),
            text(edges[1] + broad + 6, y + 13, _percent(other), anchor="start", size=12),
        ]
    return Picture(canvas(2 * middle, 36 + 22.0 * len(names), parts), alt)


def seed_dots(
    runs: Mapping[str, Sequence[float]],
    *,
    across: str,
    level: tuple[float, str] | None = None,
    alt: str = "",
) -> Picture:
    """One line of dots for each way of training, one dot for each seed, between 0 and 1.

    across: what the axis shows. level: a value to mark, and its name. The description lists all
    values unless `alt` says something better. Raises ValueError for values outside 0 to 1.
    """
    values = {name: [float(value) for value in row] for name, row in runs.items()}
    if not values or any(not row for row in values.values()):
        raise ValueError("seed_dots needs at least one way of training, with a value for a seed.")
    if any(not 0 <= value <= 1 for row in values.values() for value in row):
        raise ValueError(f"seed_dots draws values from 0 to 1, not {values}.")
    start = 20 + 7.2 * max(map(len, values))
    bottom = 34 + 30.0 * len(values)
    parts = []
    for tick in range(0, 101, 20):
        x = start + _AXIS * tick / 100
        parts += [
            f'<path d="M{x:g} 26V{bottom:g}" stroke="{GRID}" stroke-opacity="0.5"/>',
            text(x, bottom + 17, f"{tick} %", size=12),
        ]
    if level:
        x = start + _AXIS * level[0]
        parts += [
            f'<path d="M{x:g} 26V{bottom:g}" stroke="{VERMILION}" stroke-dasharray="4 3"/>',
            text(x, 18, level[1], size=12),
        ]
    for line, (name, row) in enumerate(values.items()):
        y = 48 + 30.0 * line
        parts.append(text(start - 12, y + 5, name, anchor="end"))
        for value in row:
            parts.append(
                f'<circle cx="{start + _AXIS * value:.1f}" cy="{y:g}" r="6" fill="{BLUE}" '
                f'fill-opacity="0.65" stroke="{INK}" stroke-width="0.8"/>'
            )
    parts.append(text(start + _AXIS / 2, bottom + 37, across))
    said = "; ".join(f"{name}: {', '.join(f'{v:.0%}' for v in row)}" for name, row in runs.items())
    return Picture(canvas(start + _AXIS + 28, bottom + 46, parts), alt or f"{across}. {said}.")


def gradient_panels(
    norms: Mapping[str, np.ndarray], *, up: str = "gradient norm", alt: str = ""
) -> Picture:
    """A panel for each network: the gradient's norm at every layer, a dot for each seed.

    norms: (seeds, layers), above 0; all panels share one logarithmic scale. Lines join the medians.
    The description gives the medians of the first and the last layer unless `alt` says more.
    Raises ValueError for arrays of another shape, or values that are not above 0.
    """
    panels = {name: np.asarray(rows, dtype=float) for name, rows in norms.items()}
    if not panels or any(rows.ndim != 2 or not rows.size for rows in panels.values()):
        raise ValueError("gradient_panels draws arrays (seeds, layers), one for each network.")
    if any(not np.isfinite(rows).all() or rows.min() <= 0 for rows in panels.values()):
        raise ValueError("gradient_panels has a logarithmic scale: all norms must be above 0.")
    low = math.floor(min(math.log10(rows.min()) for rows in panels.values()))
    high = math.ceil(max(math.log10(rows.max()) for rows in panels.values()))
    high = max(high, low + 1)

    def height(norm: float) -> float:
        return 32 + _TALL * (high - math.log10(norm)) / (high - low)

    parts = []
    left = 62.0
    for name, rows in panels.items():
        wide = _STEP * (rows.shape[1] + 1)
        parts.append(text(left, 18, name, anchor="start", weight="bold"))
        for power in range(low, high + 1):
            y = height(10.0**power)
            parts.append(f'<path d="M{left:g} {y:.1f}h{wide:g}" stroke="{GRID}" opacity="0.5"/>')
            if left < 63:
                label = "10" + str(power).translate(_RAISED)
                parts.append(text(left - 6, y + 4, label, anchor="end", size=11.5))
        places = [left + _STEP * (layer + 1) for layer in range(rows.shape[1])]
        medians = " ".join(
            f"{x:g},{height(norm):.1f}"
            for x, norm in zip(places, np.median(rows, axis=0), strict=True)
        )
        parts.append(f'<polyline points="{medians}" fill="none" stroke="{ORANGE}"/>')
        for x, column in zip(places, rows.T, strict=True):
            parts += [
                f'<circle cx="{x:g}" cy="{height(norm):.1f}" r="3.4" fill="{BLUE}" '
                'fill-opacity="0.7"/>'
                for norm in column
            ]
        parts += [
            text(places[0], 32 + _TALL + 16, "1", size=11.5),
            text(places[-1], 32 + _TALL + 16, str(rows.shape[1]), size=11.5),
            text(left + wide / 2, 32 + _TALL + 33, "layer", size=12),
        ]
        left += max(wide, 7.6 * len(name)) + 22
    parts.append(text(8, 32 + _TALL + 33, up, anchor="start", size=12))
    said = "; ".join(
        f"{name}: {np.median(rows[:, 0]):.1g} at the first layer, "
        f"{np.median(rows[:, -1]):.1g} at the last"
        for name, rows in panels.items()
    )
    return Picture(canvas(left, 32 + _TALL + 44, parts), alt or f"Medians of the {up}. {said}.")


def _percent(share: float) -> str:
    return f"{share:.1f} %" if share >= 0.05 else f"{share:.2g} %"
