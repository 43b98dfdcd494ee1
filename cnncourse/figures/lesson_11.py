"""Lesson 11's pictures: weights of two kinds of layer, stacks of layers, accuracy against cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cnncourse.figures.palette import BLUE, CARD, GREEN, GRID, INK, ORANGE, PURPLE, VERMILION
from cnncourse.figures.picture import Picture, from_matplotlib
from cnncourse.figures.svg import canvas, rectangle, text

_CELL = 11.0
_MOST = 8  # channels and filters that can still be told apart


def separable_weights(kernel: int, channels: int, filters: int) -> Picture:
    """Every weight of an ordinary layer, beside those of a separable one, as little squares.

    kernel: weights a side. Raises ValueError for more than 8 channels, filters or weights a side.
    """
    if not (1 <= kernel <= _MOST and 1 <= channels <= _MOST and 1 <= filters <= _MOST):
        raise ValueError(
            f"separable_weights draws from 1 to {_MOST} weights a side, channels and filters, not "
            f"{kernel}, {channels} and {filters}."
        )
    side = kernel * _CELL
    step = side + 9
    top = 62.0
    left = 92.0
    ordinary = kernel * kernel * channels * filters
    depthwise, pointwise = kernel * kernel * channels, channels * filters
    parts = [text(left, 18, f"ordinary: {ordinary} weights", anchor="start", weight="bold")]
    parts += [text(left + n * step + side / 2, 52, f"filter {n}", size=9.5) for n in range(filters)]
    for m in range(channels):
        y = top + m * step
        parts.append(text(8, y + side / 2 + 4, f"channel {m}", anchor="start", size=12))
        for n in range(filters):
            parts.append(_squares(left + n * step, y, kernel, kernel, BLUE))
    x = left + max(filters * step, 150) + 34
    parts += [
        text(x, 18, f"depthwise: {depthwise}", anchor="start", weight="bold"),
        text(x, 52, "one a channel", anchor="start", size=9.5),
    ]
    x_point = x + max(step, 120) + 20
    parts += [
        text(x_point, 18, f"pointwise: {pointwise}", anchor="start", weight="bold"),
        text(x_point, 52, f"{filters} filters of 1×1", anchor="start", size=9.5),
    ]
    for m in range(channels):
        y = top + m * step
        parts.append(_squares(x, y, kernel, kernel, ORANGE))
        for n in range(filters):
            parts.append(_squares(x_point + n * 20, y + side / 2 - _CELL / 2, 1, 1, GREEN))
    bottom = top + channels * step
    total = depthwise + pointwise
    parts.append(
        text(x, bottom + 14, f"separable: {total} weights in all", anchor="start", weight="bold")
    )
    width = max(x_point + filters * 20, x_point + 110, x + 230) + 10
    alt = (
        f"An ordinary layer of {filters} filters on {channels} channels has a {kernel}×{kernel} "
        f"kernel for each pair, {ordinary} weights. A separable layer has one for each channel, "
        f"{depthwise} weights, and {channels}×{filters} = {pointwise} weights of 1×1, together "
        f"{total}."
    )
    return Picture(canvas(width, bottom + 26, parts), alt)


def layer_stacks(stacks: Mapping[str, Sequence[str]], alt: str) -> Picture:
    """Layers as boxes, from top to bottom, one column for each stack.

    Raises ValueError when there is no stack, or one without layers.
    """
    if not stacks or not all(stacks.values()):
        raise ValueError("layer_stacks needs at least one stack, each with at least one layer.")
    fills = {"conv": "#d9ecf9", "depthwise": "#fdecc8", "pointwise": "#d1f0e4"}
    wide, high, gap = 178.0, 30.0, 16.0
    parts = []
    tallest = max(map(len, stacks.values()))
    for column, (title, layers) in enumerate(stacks.items()):
        x = 12 + column * (wide + 46)
        middle = x + wide / 2
        parts.append(text(middle, 18, title, weight="bold"))
        for row, layer in enumerate(layers):
            y = 34 + row * (high + gap)
            word = next((w for w in ("depthwise", "pointwise", "conv") if w in layer.lower()), "")
            if row:
                parts.append(_arrow(middle, y - gap, gap))
            parts += [
                rectangle(x, y, wide, high, fill=fills.get(word, CARD), stroke=INK),
                text(middle, y + 20, layer),
            ]
    width = 24 + len(stacks) * (wide + 46) - 46
    return Picture(canvas(width, 34 + tallest * (high + gap), parts), alt)


@dataclass(frozen=True)
class Spot:
    """A network in the picture of accuracy against cost. series: which networks belong together."""

    name: str
    cost: float
    accuracy: float
    series: str


def cost_accuracy(spots: Sequence[Spot], front: Sequence[bool], alt: str) -> Picture:
    """Accuracy (%) against millions of mult-adds, logarithmic, with the front drawn as steps.

    front: for each spot whether no other is both better and cheaper. Raises ValueError when the
    two differ in length or nothing is on the front.
    """
    if len(spots) != len(front) or not any(front):
        raise ValueError(
            f"cost_accuracy needs a True or False for each spot, and at least one True: "
            f"{len(spots)} spots, {len(front)} values."
        )
    import matplotlib.pyplot as plt

    figure, axis = plt.subplots(figsize=(7.6, 4.6), layout="constrained")
    best = sorted((spot.cost, spot.accuracy) for spot, on in zip(spots, front, strict=True) if on)
    axis.step(
        [cost for cost, _ in best],
        [accuracy for _, accuracy in best],
        where="post",
        color=GRID,
        linewidth=4,
        alpha=0.6,
        label="front: nothing is better and cheaper",
        zorder=1,
    )
    styles = [(BLUE, "o"), (GREEN, "s"), (VERMILION, "D"), (PURPLE, "^"), (ORANGE, "v")]
    for place, series in enumerate(dict.fromkeys(spot.series for spot in spots)):
        colour, marker = styles[place % len(styles)]
        members = [spot for spot in spots if spot.series == series]
        axis.scatter(
            [spot.cost for spot in members],
            [spot.accuracy for spot in members],
            color=colour,
            marker=marker,
            s=46,
            label=series,
            zorder=3,
        )
    for spot in spots:
        axis.annotate(
            spot.name,
            (spot.cost, spot.accuracy),
            textcoords="offset points",
            xytext=(6, -11),
            fontsize=8,
            color=INK,
        )
    axis.set_xscale("log")
    axis.set_xlim(min(s.cost for s in spots) / 1.5, max(s.cost for s in spots) * 2.6)
    axis.set_xlabel("mult-adds (millions), each step a factor of ten")
    axis.set_ylabel("ImageNet accuracy (%)")
    axis.grid(color=GRID, alpha=0.35)
    axis.spines[["top", "right"]].set_visible(False)
    axis.legend(frameon=False, loc="lower right", fontsize=8.5)
    return from_matplotlib(figure, alt)


def _squares(x: float, y: float, rows: int, columns: int, colour: str) -> str:
    width, height = columns * _CELL, rows * _CELL
    lines = "".join(f"M{x:g} {y + i * _CELL:g}h{width:g}" for i in range(rows + 1))
    lines += "".join(f"M{x + j * _CELL:g} {y:g}v{height:g}" for j in range(columns + 1))
    return (
        rectangle(x, y, width, height, fill=colour, opacity=0.45)
        + f'<path d="{lines}" fill="none" stroke="{colour}"/>'
    )


def _arrow(x: float, y: float, length: float) -> str:
    tip = y + length
    return (
        f'<path d="M{x:g} {y:g}V{tip - 5:g}" stroke="{INK}" stroke-width="1.5"/>'
        f'<path d="M{x - 4:g} {tip - 6:g}L{x:g} {tip:g}L{x + 4:g} {tip - 6:g}z" fill="{INK}"/>'
    )
