"""Loss and accuracy epoch by epoch: points for training, lines for validation."""

from collections.abc import Mapping, Sequence
from typing import Any

from cnncourse.figures.palette import BLUE, GREEN, GRID, INK, ORANGE, PURPLE, VERMILION
from cnncourse.figures.picture import Picture, from_matplotlib

_COLOURS = (ORANGE, BLUE, GREEN, VERMILION, PURPLE)
_MARKERS = ("o", "s", "^", "D", "v")  # shapes too, for readers who do not see the colours
_STYLES = ("-", "--", ":", "-.", (0, (5, 1)))


def histories(
    runs: Mapping[str, Any],
    *,
    alt: str = "",
    metrics: Sequence[str] = ("loss", "accuracy"),
    validation: str = "validation",
) -> Picture:
    """Training runs side by side, one panel a metric.

    runs: name -> what `fit` returned, or any mapping such as {"loss": [...], "val_loss": [...]}.
    metrics: the panels; a metric's points are drawn where it was measured on training data, and a
    line where ``val_`` was measured. validation: what the line is called in the legend.
    Raises ValueError when there is no run, or no run has one of the metrics.
    """
    measured = {name: getattr(run, "history", run) for name, run in runs.items()}
    _check(measured, metrics)
    import matplotlib.pyplot as plt
    from matplotlib.ticker import MaxNLocator

    figure, axes = plt.subplots(
        1, len(metrics), figsize=(4.4 * len(metrics), 3.3), squeeze=False, layout="constrained"
    )
    for axis, metric in zip(axes[0], metrics, strict=True):
        for place, (name, run) in enumerate(measured.items()):
            colour = _COLOURS[place % len(_COLOURS)]
            if points := run.get(metric):
                axis.plot(
                    range(1, len(points) + 1),
                    points,
                    _MARKERS[place % len(_MARKERS)],
                    color=colour,
                    label=f"{name}, training",
                )
            if line := run.get(f"val_{metric}"):
                axis.plot(
                    range(1, len(line) + 1),
                    line,
                    linestyle=_STYLES[place % len(_STYLES)],
                    color=colour,
                    linewidth=2,
                    label=f"{name}, {validation}",
                )
        axis.set_title(metric, color=INK)
        axis.set_xlabel("epoch")
        axis.xaxis.set_major_locator(MaxNLocator(integer=True))
        axis.grid(color=GRID, alpha=0.35)
        axis.spines[["top", "right"]].set_visible(False)
    handles, labels = axes[0][0].get_legend_handles_labels()
    figure.legend(
        handles, labels, loc="outside lower center", ncols=2, frameon=False, fontsize="small"
    )
    return from_matplotlib(figure, alt or _in_words(measured, metrics, validation))


def _check(measured: Mapping[str, Any], metrics: Sequence[str]) -> None:
    if not measured:
        raise ValueError('histories needs at least one run, such as {"convnet": history}.')
    for metric in metrics:
        if not any(run.get(metric) or run.get(f"val_{metric}") for run in measured.values()):
            known = sorted({name for run in measured.values() for name in run})
            raise ValueError(f"No run has measured {metric!r}; there are {', '.join(known)}.")


def _in_words(measured: Mapping[str, Any], metrics: Sequence[str], validation: str) -> str:
    parts = []
    for name, run in measured.items():
        said = []
        for metric in metrics:
            for key, words in ((metric, "training"), (f"val_{metric}", validation)):
                if values := run.get(key):
                    said.append(f"{words} {metric} from {values[0]:.3g} to {values[-1]:.3g}")
        epochs = max((len(values) for values in run.values()), default=0)
        word = "epoch" if epochs == 1 else "epochs"
        parts.append(f"{name}, {epochs} {word}: {', '.join(said)}")
    return "Curves by epoch. " + "; ".join(parts) + "."
