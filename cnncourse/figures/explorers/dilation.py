"""Dilation coverage: what a stack of dilated layers touches, and what it never sees."""

from collections.abc import Sequence

import numpy as np

from cnncourse import ops
from cnncourse.figures.explorers import board, follow
from cnncourse.figures.explorers.raster import image_tag
from cnncourse.figures.palette import BLUE, GRID, ORANGE, VERMILION
from cnncourse.figures.picture import Picture
from cnncourse.figures.svg import rectangle
from cnncourse.ops.arguments import integer

_MOST = 63  # positions that can still be told apart


def paths(dilations: Sequence[int], kernel: int) -> list[np.ndarray]:
    """How many ways lead from the last output to each position of each layer.

    From the output, one position, down to the input; position 0 is the first that is spanned.
    """
    counts = [np.ones(1, dtype=int)]
    for dilation in reversed(dilations):
        taps = np.zeros(ops.effective_kernel(kernel, dilation), dtype=int)
        taps[::dilation] = 1
        counts.append(np.convolve(counts[-1], taps))
    return counts


def dilation_coverage(
    dilations: Sequence[int] = (1, 2, 4),
    kernel: int = 3,
    *,
    at: int | None = None,
    controls: bool = True,
) -> Picture:
    """One output of a stack of layers, drawn back to the input: touched, spanned, never seen.

    dilations: of each layer, the first layer first. kernel: weights a side. at: the input position
    shown first, counted from the first that is spanned; the middle one if left out.
    Raises TypeError or ValueError for what cannot be drawn, IndexError for a position outside.
    """
    dilations = [integer("dilation", each) for each in dilations]
    kernel = integer("kernel", kernel)
    if not dilations:
        raise ValueError("dilations needs at least one layer, such as (1, 2, 4).")
    span = 1 + sum(ops.effective_kernel(kernel, each) - 1 for each in dilations)
    if span > _MOST:
        raise ValueError(
            f"Dilations {tuple(dilations)} with kernel {kernel} span {span} positions, too many "
            f"to draw: at most {_MOST}."
        )
    counts = paths(dilations, kernel)
    chosen = span // 2 if at is None else integer("at", at, 0)
    if chosen >= span:
        raise IndexError(f"There is no position {chosen}: the stack spans {span}, from 0.")
    cell = 30.0 if span <= 21 else 22.0 if span <= 31 else 14.0
    name = follow.scope("dilation", dilations, kernel, chosen, controls)
    style = f".{name} .z rect{{fill-opacity:0;cursor:pointer;outline:none}}"
    style += f".{name} .z rect:is(:hover,:focus){{stroke:{BLUE};stroke-width:3}}"
    style += follow.shows(name, "a", span, at=None if controls else chosen)
    top, step, left = 40.0, cell + 44, 132.0
    layers = len(dilations)
    wide = left + span * cell
    parts = [board.words(8, 18, "One output, drawn back to the input", bold=True)]

    def centre(level: int, place: int) -> tuple[float, float]:
        indent = (span - len(counts[level])) / 2
        return left + (indent + place + 0.5) * cell, top + level * step + cell / 2

    edges = _edges(dilations, kernel, counts)
    for level, links in enumerate(edges):
        path = "".join(_edge(centre(level, a), centre(level + 1, b), cell) for a, b in links)
        parts.append(f'<path d="{path}" stroke="{GRID}" stroke-width="1"/>')
    for place in range(span):
        thick = "".join(
            _edge(centre(level, a), centre(level + 1, b), cell)
            for level, links in enumerate(_through(edges, place))
            for a, b in links
        )
        parts.append(f'<path class="sa{place}" d="{thick}" stroke="{ORANGE}" stroke-width="2.5"/>')
    for level, ways in enumerate(counts):
        y = top + level * step
        named = (
            "output" if level == 0 else "input" if level == layers else f"layer {layers - level}"
        )
        parts.append(board.words(8, y + cell / 2 - 2, named, bold=True))
        if level < layers:
            said = f"reads with d = {dilations[layers - level - 1]}"
            parts.append(board.words(8, y + cell / 2 + 14, said, size=11))
        for place, count in enumerate(ways.tolist()):
            x = centre(level, place)[0] - cell / 2
            seen = count > 0
            parts.append(
                rectangle(
                    x + 1,
                    y + 1,
                    cell - 2,
                    cell - 2,
                    fill="#cfe5f5" if seen else "#ffffff",
                    stroke=BLUE if seen else GRID,
                )
            )
            if seen and level == layers and cell >= 20:
                parts.append(
                    board.words(
                        x + cell / 2, y + cell / 2 + 4, str(count), size=11, anchor="middle"
                    )
                )
            if not seen and level == layers:
                a, b = x + cell * 0.3, x + cell * 0.7
                c, d = y + cell * 0.3, y + cell * 0.7
                parts.append(
                    f'<path d="M{a:g} {c:g}L{b:g} {d:g}M{b:g} {c:g}L{a:g} {d:g}" '
                    f'stroke="{VERMILION}" stroke-width="2"/>'
                )
    y = top + layers * step
    labels = [_label(place, count) for place, count in enumerate(counts[-1].tolist())]
    parts.append('<g class="z za">')
    for place, label in enumerate(labels):
        parts.append(
            f'<rect class="a{place}" x="{left + place * cell:g}" y="{y:g}" width="{cell:g}" '
            f'height="{cell:g}" tabindex="-1" role="img" aria-label="{label}"/>'
        )
    parts.append("</g>")
    y += cell + 22
    for place, label in enumerate(labels):
        parts.append(board.words(left, y, label.capitalize(), css=f"sa{place}"))
    square, side = _square(counts[-1], wide + 30, top + 14)
    parts += square
    y = max(y + 26, top + side + 62)
    facts = _facts(dilations, kernel, counts)
    for line in facts:
        parts.append(board.words(8, y, line))
        y += 20
    longest = max(wide + 30 + side + 60, 16 + 7.2 * max(map(len, facts)))
    pins = board.pins("input position", "a", f"{name}a", labels, chosen) if controls else ""
    body = board.figure(name, style, longest, y - 6, parts, pins)
    return Picture(body, f"{_alt(dilations, kernel, counts)} {labels[chosen].capitalize()}.")


def _edges(
    dilations: Sequence[int], kernel: int, counts: Sequence[np.ndarray]
) -> list[list[tuple[int, int]]]:
    """For each step down: from which touched position to which."""
    edges = []
    for level, dilation in enumerate(reversed(dilations)):
        above = np.flatnonzero(counts[level]).tolist()
        edges.append([(a, a + tap * dilation) for a in above for tap in range(kernel)])
    return edges


def _through(edges: list[list[tuple[int, int]]], place: int) -> list[list[tuple[int, int]]]:
    """Those of the links on a way to one position of the input."""
    found: list[list[tuple[int, int]]] = []
    wanted = {place}
    for links in reversed(edges):
        kept = [(a, b) for a, b in links if b in wanted]
        found.append(kept)
        wanted = {a for a, _ in kept}
    return found[::-1]


def _edge(a: tuple[float, float], b: tuple[float, float], cell: float) -> str:
    return f"M{a[0]:g} {a[1] + cell / 2:g}L{b[0]:g} {b[1] - cell / 2:g}"


def _label(place: int, count: int) -> str:
    if not count:
        return f"input {place} is never seen"
    return f"input {place} is seen in {count} way{'s' * (count > 1)}"


def _square(ways: np.ndarray, x: float, y: float) -> tuple[list[str], float]:
    """The same in two dimensions: touched positions of a square, dark on light."""
    seen = (ways > 0).astype(int)
    both = np.outer(seen, seen)
    span = len(ways)
    side = float(max(3, 150 // span) * span)
    colours = np.where(both[..., None] > 0, np.array((86, 160, 211)), np.array((255, 255, 255)))
    return [
        board.words(x, y - 8, "in two dimensions", bold=True),
        image_tag(colours, x, y, side, side),
        board.lines(x, y, span, span, side / span),
        board.words(x, y + side + 18, f"{int(both.sum())} of {span * span} seen", size=12),
    ], side


def _facts(dilations: Sequence[int], kernel: int, counts: Sequence[np.ndarray]) -> list[str]:
    ways, layers = counts[-1], len(dilations)
    span, seen = len(ways), int((ways > 0).sum())
    plain = layers * (kernel - 1) + 1
    holes = "no holes" if seen == span else f"{span - seen} never seen"
    return [
        f"Spans {span} positions a side and touches {seen}: {holes}.",
        f"Weights in 2-D, one channel: {layers} × {kernel}² = {layers * kernel**2}; "
        f"without dilation as many span {plain}; one kernel of {span}×{span} has {span**2}.",
    ]


def _alt(dilations: Sequence[int], kernel: int, counts: Sequence[np.ndarray]) -> str:
    ways = counts[-1]
    span, seen = len(ways), int((ways > 0).sum())
    unseen = board.runs(np.flatnonzero(ways == 0).tolist())
    rest = "every one of them" if seen == span else f"{seen} of them; never seen: {unseen}"
    listed = ", ".join(map(str, dilations))
    layers = f"{len(dilations)} layers of kernel {kernel} with dilations {listed}"
    if len(dilations) == 1:
        layers = f"One layer of kernel {kernel} with dilation {listed}"
    return f"{layers}: an output spans {span} input positions and touches {rest}."
