"""Several lines over one axis: how a number changes with something that is varied."""

from collections.abc import Mapping, Sequence

from cnncourse.figures.palette import BLUE, GREEN, GRID, ORANGE, PURPLE, VERMILION
from cnncourse.figures.picture import Picture, from_matplotlib

_COLOURS = (ORANGE, BLUE, GREEN, VERMILION, PURPLE)
_MARKERS = ("o", "s", "^", "D", "v")


def curves(
    x: Sequence[float],
    lines: Mapping[str, Sequence[float]],
    *,
    across: str,
    up: str,
    alt: str = "",
    level: tuple[float, str] | None = None,
) -> Picture:
    """Lines with markers over the same x, each named at its right end.

    across, up: what the axes show, with units. level: a height to mark, and its name.
    The description lists all values unless `alt` says something better.
    Raises ValueError when a line has another length than x.
    """
    for name, values in lines.items():
        if len(values) != len(x):
            raise ValueError(f"curves: {name!r} has {len(values)} values for {len(x)} places.")
    if not lines or not len(x):
        raise ValueError("curves needs at least one line and one place.")
    import matplotlib.pyplot as plt

    figure, axis = plt.subplots(figsize=(6.2, 3.5), layout="constrained")
    for place, (name, values) in enumerate(lines.items()):
        colour = _COLOURS[place % len(_COLOURS)]
        marker = _MARKERS[place % len(_MARKERS)]
        axis.plot(x, values, marker=marker, color=colour, linewidth=2, label=name)
    if level:
        axis.axhline(level[0], color=GRID, linestyle=":")
        axis.annotate(
            level[1], (x[0], level[0]), textcoords="offset points", xytext=(0, 4), color="#52606d"
        )
    axis.set_xticks(list(x))
    axis.set_xlabel(across)
    axis.set_ylabel(up)
    axis.set_ylim(bottom=0)
    axis.grid(color=GRID, alpha=0.35)
    axis.spines[["top", "right"]].set_visible(False)
    axis.legend(frameon=False)
    return from_matplotlib(figure, alt or _in_words(x, lines, across, up))


def _in_words(
    x: Sequence[float], lines: Mapping[str, Sequence[float]], across: str, up: str
) -> str:
    said = [f"{name}: {', '.join(f'{v:.3g}' for v in values)}" for name, values in lines.items()]
    return f"{up} against {across} ({', '.join(f'{p:g}' for p in x)}). {'; '.join(said)}."
