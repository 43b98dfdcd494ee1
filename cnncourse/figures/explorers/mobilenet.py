"""The MobileNet explorer: what the width and the resolution multiplier do to work and size."""

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

from cnncourse.figures.explorers import board, follow
from cnncourse.figures.palette import BLUE, GREEN, GRID, INK, ORANGE, PURPLE
from cnncourse.figures.picture import Picture
from cnncourse.figures.svg import rectangle
from cnncourse.ops.arguments import integer
from cnncourse.zoo.mobilenet import mobilenet
from cnncourse.zoo.mobilenet_accuracy import Trained, published

ALPHAS = (1.0, 0.75, 0.5, 0.25)  # the paper's
RESOLUTIONS = (224, 192, 160, 128)
_LARGEST = 1024  # pixels a side; larger inputs teach nothing new
_COLUMN, _ROW = 92.0, 44.0
_LONG = 500.0  # pixels of the longest bar
_KINDS = {"pointwise 1×1": BLUE, "depthwise 3×3": ORANGE, "first 3×3": GREEN, "dense": PURPLE}


@dataclass(frozen=True)
class Point:
    """A MobileNet in numbers. mult_adds, parameters: by kind of layer, batch norm left out.

    trained: what the paper prints for it, if it does.
    """

    alpha: float
    resolution: int
    mult_adds: dict[str, int]
    parameters: dict[str, int]
    trained: Trained | None

    @property
    def work(self) -> int:
        """All mult-adds."""
        return sum(self.mult_adds.values())

    @property
    def weights(self) -> int:
        """All parameters but batch norm's."""
        return sum(self.parameters.values())


@functools.cache
def count(alpha: float, resolution: int) -> Point:
    """Count a MobileNet. Raises ValueError for a multiplier or a size that makes no network."""
    network = mobilenet(alpha, resolution)
    mult_adds, parameters = dict.fromkeys(_KINDS, 0), dict.fromkeys(_KINDS, 0)
    for layer in network.cost().layers:
        kind = _kind(layer.name)
        if kind and layer.mult_adds:
            mult_adds[kind] += layer.mult_adds.value
            parameters[kind] += layer.parameters.value
    return Point(alpha, resolution, mult_adds, parameters, published(alpha, resolution))


def _kind(name: str) -> str:
    if name.endswith(("_bn", "_relu")):
        return ""
    if name.startswith("conv_pw"):
        return "pointwise 1×1"
    if name.startswith("conv_dw"):
        return "depthwise 3×3"
    return {"conv1": "first 3×3", "predictions": "dense"}.get(name, "")


def mobilenet_explorer(
    alpha: float = 1.0, resolution: int = 224, *, controls: bool = True
) -> Picture:
    """MobileNets by width (rows) and resolution (columns): work, size, and the paper's accuracy.

    alpha: the width multiplier. resolution: pixels a side; ρ is resolution / 224. Together they say
    which network is shown first; the paper's sixteen stand beside it. Point at any of them.
    Mult-adds and parameters are counted; accuracies are quoted from the paper's tables, or "not
    published". Raises TypeError or ValueError, naming what was given and what is allowed.
    """
    if isinstance(alpha, bool) or not isinstance(alpha, Real) or not math.isfinite(alpha):
        raise TypeError(f"alpha must be a number such as 0.5, not {alpha!r}.")
    if not 0.05 <= alpha <= 4:
        raise ValueError(f"alpha must be from 0.05 to 4 (1 is the full width), not {alpha!r}.")
    resolution = integer("resolution", resolution, 32)
    if resolution > _LARGEST:
        raise ValueError(f"resolution must be from 32 to {_LARGEST}, not {resolution}.")
    alphas = sorted({*ALPHAS, float(alpha)}, reverse=True)
    sizes = sorted({*RESOLUTIONS, resolution}, reverse=True)
    points = [count(a, size) for a in alphas for size in sizes]
    chosen = alphas.index(float(alpha)) * len(sizes) + sizes.index(resolution)
    return _draw(points, alphas, sizes, chosen, controls)


def _draw(
    points: Sequence[Point],
    alphas: Sequence[float],
    sizes: Sequence[int],
    chosen: int,
    controls: bool,
) -> Picture:
    name = follow.scope("mobilenet", alphas, sizes, chosen, controls)
    style = f".{name} .z rect{{fill:{ORANGE};fill-opacity:0;cursor:pointer;outline:none}}"
    style += f".{name} .z rect:is(:hover,:focus){{stroke:{BLUE};stroke-width:3}}"
    style += follow.shows(name, "a", len(points), at=None if controls else chosen)
    left, top = 78.0, 66.0
    right, bottom = left + len(sizes) * _COLUMN, top + len(alphas) * _ROW
    parts = [
        board.words(8, 18, "MobileNet: mult-adds, and the paper's accuracy", bold=True),
        board.words(8, 56, "width α", size=12),
        board.words(right + 78, 38, "parameters", size=12, bold=True, anchor="middle"),
        board.words(right + 78, 54, "at any resolution", size=11, anchor="middle"),
    ]
    for column, size in enumerate(sizes):
        x = left + (column + 0.5) * _COLUMN
        parts.append(board.words(x, 38, f"{size}×{size}", bold=True, anchor="middle"))
        parts.append(board.words(x, 54, f"ρ = {_short(size / 224)}", size=11, anchor="middle"))
    most = max(point.work for point in points)
    for row, each in enumerate(alphas):
        y = top + row * _ROW
        parts.append(board.words(8, y + 27, f"α = {_short(each)}", bold=True))
        weights = points[row * len(sizes)].weights
        parts.append(
            board.words(right + 78, y + 27, _millions(weights), bold=True, anchor="middle")
        )
    spots = [
        (left + column * _COLUMN, top + row * _ROW)
        for row in range(len(alphas))
        for column in range(len(sizes))
    ]
    for point, (x, y) in zip(points, spots, strict=True):
        shade = 0.08 + 0.42 * point.work / most
        parts.append(rectangle(x, y, _COLUMN, _ROW, fill="#56B4E9", opacity=shade, stroke=GRID))
        middle = x + _COLUMN / 2
        parts.append(board.words(middle, y + 19, _millions(point.work), bold=True, anchor="middle"))
        said = f"{point.trained.accuracy:g} %" if point.trained else "not published"
        colour = INK if point.trained else board.DIM
        parts.append(board.words(middle, y + 35, said, size=11, colour=colour, anchor="middle"))
    for index, (x, y) in enumerate(spots):
        parts.append(board.frame(x + 1.5, y + 1.5, _COLUMN - 3, _ROW - 3, ORANGE, css=f"sa{index}"))
    parts.append('<g class="z za">')
    labels = [_label(point) for point in points]
    for index, ((x, y), label) in enumerate(zip(spots, labels, strict=True)):
        parts.append(
            f'<rect class="a{index}" x="{x:g}" y="{y:g}" width="{_COLUMN:g}" height="{_ROW:g}" '
            f'tabindex="-1" role="img" aria-label="{label}"/>'
        )
    parts.append("</g>")
    full = count(1.0, 224)
    y = bottom + 30
    longest = max(most, full.work), max(max(point.weights for point in points), full.weights)
    for index, point in enumerate(points):
        parts.append(f'<g class="sa{index}">{_details(point, full, y, longest)}</g>')
    y += 150
    parts += _legend(y)
    names = [f"{_short(point.alpha)}·{point.resolution}" for point in points]
    pins = board.pins("α · resolution", "a", f"{name}a", labels, chosen, names)
    body = board.figure(name, style, max(right + 140, 620), y + 12, parts, pins if controls else "")
    return Picture(
        body, f"MobileNets of {len(alphas)} widths and {len(sizes)} resolutions. {labels[chosen]}."
    )


def _details(point: Point, full: Point, y: float, longest: tuple[int, int]) -> str:
    """The chosen network in words, and two bars: its work and its size, by kind of layer."""
    rho = point.resolution / 224
    square = (point.alpha * rho) ** 2
    work, weights = point.work / full.work, point.weights / full.weights
    parts = [
        board.words(
            8,
            y,
            f"α = {_short(point.alpha)}, ρ = {_short(rho)}: {_accuracy(point)}",
            bold=True,
        ),
        board.words(
            8,
            y + 26,
            f"{_millions(point.work)} mult-adds: {work:.1%} of the full network (α²ρ² = "
            f"{square:.1%})",
        ),
        _bar(list(point.mult_adds.values()), longest[0], y + 32),
        board.words(
            8,
            y + 84,
            f"{_millions(point.weights)} parameters: {weights:.1%} of the full network (α² = "
            f"{point.alpha**2:.1%})",
        ),
        _bar(list(point.parameters.values()), longest[1], y + 90),
    ]
    return "".join(parts)


def _bar(values: Sequence[int], longest: int, y: float) -> str:
    parts = []
    x = 8.0
    for value, colour in zip(values, _KINDS.values(), strict=True):
        width = value / longest * _LONG
        parts.append(rectangle(x, y, width, 20, fill=colour))
        x += width
    parts.append(rectangle(8, y, _LONG, 20, stroke=GRID))
    return "".join(parts)


def _legend(y: float) -> list[str]:
    parts = []
    x = 8.0
    for kind, colour in _KINDS.items():
        parts.append(rectangle(x, y - 11, 13, 13, fill=colour))
        parts.append(board.words(x + 18, y, kind, size=12))
        x += 40 + 7.0 * len(kind)
    return parts


def _label(point: Point) -> str:
    return (
        f"α {_short(point.alpha)} at {point.resolution}×{point.resolution}: "
        f"{_millions(point.work)} mult-adds, {_millions(point.weights)} parameters, "
        f"{_accuracy(point)}"
    )


def _accuracy(point: Point) -> str:
    if point.trained is None:
        return "accuracy not published"
    return f"accuracy {point.trained.accuracy:g} % ({point.trained.table})"


def _millions(number: int) -> str:
    """Millions in three digits: "569 M", "76.2 M", "1.32 M"."""
    value = number / 1e6
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:.{digits}f} M"


def _short(value: Any) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")
