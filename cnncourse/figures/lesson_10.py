"""Measurements that were repeated: every run a dot, the mean a line."""

import math
from collections.abc import Mapping, Sequence

from cnncourse.figures.palette import BLUE, GREEN, GRID, ORANGE, PURPLE, VERMILION
from cnncourse.figures.picture import Picture, from_matplotlib

_COLOURS = (ORANGE, BLUE, GREEN, VERMILION, PURPLE)
_MARKERS = ("o", "s", "^", "D", "v")
_STYLES = ("-", "--", ":", "-.", (0, (5, 1)))

Runs = Mapping[str, Sequence[Sequence[float]]]


def repeated(
    x: Sequence[float],
    runs: Runs,
    *,
    across: str,
    up: str,
    log: bool = False,
    alt: str = "",
) -> Picture:
    """Lines through the means over x, with a dot for every single run.

    runs: name -> for each x the values of all runs. across, up: what the axes show, with units.
    log: the height is logarithmic, and the means are geometric. The description gives means and
    ranges unless `alt` is given.
    Raises ValueError when a line has another length than x, a place has no run, or a value cannot
    be drawn (not positive, when log).
    """
    _check(x, runs, log)
    import matplotlib.pyplot as plt

    figure, axis = plt.subplots(figsize=(6.4, 3.6), layout="constrained")
    for place, (name, values) in enumerate(runs.items()):
        colour = _COLOURS[place % len(_COLOURS)]
        marker = _MARKERS[place % len(_MARKERS)]
        dots = [(at, value) for at, several in zip(x, values, strict=True) for value in several]
        axis.plot(
            [at for at, _ in dots],
            [value for _, value in dots],
            marker,
            color=colour,
            markersize=5,
            alpha=0.65,
            markeredgewidth=0,
        )
        style = _STYLES[place % len(_STYLES)]
        means = [_mean(several, log) for several in values]
        axis.plot(x, means, linestyle=style, color=colour, linewidth=2)
        # The marker stands beside its line in the legend, for readers who do not see the colours.
        axis.plot([], [], marker=marker, linestyle=style, color=colour, label=name)
    if log:
        axis.set_yscale("log")
    else:
        axis.set_ylim(bottom=0)
    if len(x) <= 8:
        axis.set_xticks(list(x))
    axis.set_xlabel(across)
    axis.set_ylabel(up)
    axis.grid(color=GRID, alpha=0.35)
    axis.spines[["top", "right"]].set_visible(False)
    axis.legend(frameon=False)
    return from_matplotlib(figure, alt or _in_words(x, runs, across, up, log))


def _mean(values: Sequence[float], log: bool) -> float:
    if log:  # the middle of the dots as they are drawn
        return math.exp(sum(math.log(value) for value in values) / len(values))
    return float(sum(values) / len(values))


def _check(x: Sequence[float], runs: Runs, log: bool) -> None:
    if not runs or not len(x):
        raise ValueError("repeated needs at least one line and one place.")
    for name, values in runs.items():
        if len(values) != len(x):
            raise ValueError(f"repeated: {name!r} has {len(values)} places, x has {len(x)}.")
        for at, several in zip(x, values, strict=True):
            if not len(several):
                raise ValueError(f"repeated: {name!r} has no run at {at:g}.")
            if log and min(several) <= 0:
                raise ValueError(
                    f"repeated: a logarithmic axis shows numbers above 0, and {name!r} has "
                    f"{min(several):g} at {at:g}."
                )


def _in_words(x: Sequence[float], runs: Runs, across: str, up: str, log: bool) -> str:
    said = []
    for name, values in runs.items():
        points = [
            f"{_mean(several, log):.2g} ({min(several):.2g} to {max(several):.2g})"
            for several in values
        ]
        if len(points) > 8:
            points = [points[0], "…", points[-1]]
        said.append(f"{name}: {', '.join(points)}")
    places = f"{x[0]:g} to {x[-1]:g}" if len(x) > 8 else ", ".join(f"{at:g}" for at in x)
    return f"{up} against {across} ({places}), mean and range of the runs. {'; '.join(said)}."
