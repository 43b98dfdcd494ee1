"""A confusion matrix in which the mistakes can be seen beside the many right answers."""

from collections.abc import Sequence

import numpy as np

from cnncourse.figures.palette import BLUE, GRID, INK
from cnncourse.figures.picture import Picture, from_matplotlib


def confusion(counts: np.ndarray, names: Sequence[str] | None = None, *, alt: str = "") -> Picture:
    """A table of counts, a row for every true class, coloured by its mistakes.

    counts: (classes, classes) whole numbers, rows true, columns predicted. The diagonal is grey:
    on one colour scale it would drown the mistakes. Raises ValueError for other arrays.
    """
    counts = np.asarray(counts)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or counts.dtype.kind not in "iu":
        raise ValueError(
            "confusion needs a square table of whole numbers, "
            f"not shape {counts.shape} and type {counts.dtype}."
        )
    classes = len(counts)
    names = [str(c) for c in range(classes)] if names is None else list(names)
    if len(names) != classes:
        raise ValueError(f"confusion got {len(names)} names for {classes} classes.")
    import matplotlib.pyplot as plt
    from matplotlib.colors import LinearSegmentedColormap

    mistakes = np.where(np.eye(classes, dtype=bool), 0, counts)
    figure, axis = plt.subplots(
        figsize=(1.2 + 0.52 * classes, 0.9 + 0.46 * classes), layout="constrained"
    )
    colours = LinearSegmentedColormap.from_list("mistakes", ["#ffffff", BLUE])
    top = max(int(mistakes.max()), 1)
    axis.imshow(mistakes, cmap=colours, vmin=0, vmax=top, aspect="auto")
    for row, column in np.ndindex(classes, classes):
        count = int(counts[row, column])
        if row == column:
            axis.add_patch(
                plt.Rectangle((column - 0.5, row - 0.5), 1, 1, color="#e4e7eb", zorder=1)
            )
        if count:
            dark = row != column and count > 0.55 * top
            axis.text(
                column,
                row,
                str(count),
                ha="center",
                va="center",
                fontsize=9,
                color="white" if dark else INK,
            )
    axis.set_xticks(range(classes), names)
    axis.set_yticks(range(classes), names)
    axis.set_xticks(np.arange(classes + 1) - 0.5, minor=True)
    axis.set_yticks(np.arange(classes + 1) - 0.5, minor=True)
    axis.grid(which="minor", color=GRID, alpha=0.4, linewidth=0.6)
    axis.tick_params(which="both", length=0)
    axis.set_xlabel("predicted")
    axis.set_ylabel("true")
    return from_matplotlib(figure, alt or _in_words(counts, mistakes, names))


def _in_words(counts: np.ndarray, mistakes: np.ndarray, names: Sequence[str]) -> str:
    total, wrong = int(counts.sum()), int(mistakes.sum())
    words = f"Confusion matrix of {total} images, {wrong} of them wrong."
    worst = np.argsort(mistakes, axis=None, kind="stable")[::-1][:3]
    said = [
        f"{names[row]} taken for {names[column]}: {mistakes[row, column]}"
        for row, column in (np.unravel_index(place, mistakes.shape) for place in worst)
        if mistakes[row, column]
    ]
    return f"{words} Most often {'; '.join(said)}." if said else words
