"""Curves that grow while a network trains, drawn without a flicker.

One output of the notebook is updated in place. It holds plain SVG of one fixed size, which a
browser shows at once: a PNG would be empty, and the page would jump, until it is decoded.
"""

import html
import math
import time
from collections.abc import Mapping, Sequence
from typing import Any

from cnncourse.training.progress import in_notebook

_WIDTH, _HEIGHT = 300, 210
_LEFT, _TOP, _BOTTOM = 48, 26, 34
_INK, _GRID, _POINTS, _LINE = "#1f2933", "#d0d7de", "#E69F00", "#0072B2"
_SECONDS = 0.5  # between two drawings

Measured = Mapping[str, Sequence[float]]


class Curves:
    """Loss and metrics by epoch: points for training, lines for validation."""

    def __init__(self, epochs: int) -> None:
        self.epochs = epochs
        self.handle: Any = None
        self.drawn = -math.inf

    def draw(self, measured: Measured, *, now: bool = False) -> None:
        """Show what was measured so far, at most twice a second unless ``now``.

        Outside a notebook nothing is drawn.
        """
        if not in_notebook() or not (now or time.monotonic() - self.drawn >= _SECONDS):
            return
        from IPython.display import display

        self.drawn = time.monotonic()
        data = {"text/plain": words(measured), "text/html": picture(measured, self.epochs)}
        if self.handle is None:
            self.handle = display(data, raw=True, display_id=True)
        else:
            self.handle.update(data, raw=True)


def words(measured: Measured) -> str:
    """The curves in one sentence."""
    last = [f"{name} {values[-1]:.3g}" for name, values in measured.items() if values]
    done = max((len(values) for values in measured.values()), default=0)
    return f"Curves after {done} epochs" + (f": {', '.join(last)}." if last else ".")


def picture(measured: Measured, epochs: int) -> str:
    """The curves as HTML of a size that depends on nothing.

    measured: name -> one number an epoch. epochs: how long the run will be.
    """
    metrics = [name for name in measured if not name.startswith("val_")][:2] or ["loss"]
    panels = "".join(
        f'<g transform="translate({place * _WIDTH},0)">{_panel(name, measured, epochs)}</g>'
        for place, name in enumerate(metrics)
    )
    label = html.escape(words(measured), quote=True)
    return (
        f'<svg role="img" aria-label="{label}" xmlns="http://www.w3.org/2000/svg" '
        f'width="{2 * _WIDTH}" height="{_HEIGHT}" viewBox="0 0 {2 * _WIDTH} {_HEIGHT}" '
        'style="display:block;max-width:100%;background:#ffffff;border-radius:8px" '
        f'font-family="system-ui, sans-serif" font-size="12" fill="{_INK}">{panels}</svg>'
    )


def _panel(name: str, measured: Measured, epochs: int) -> str:
    training, validation = measured.get(name, ()), measured.get(f"val_{name}", ())
    low, high, step = _scale([*training, *validation], name)
    right, floor = _WIDTH - 12, _HEIGHT - _BOTTOM

    def x(epoch: int) -> float:
        return _LEFT + 8 + (right - _LEFT - 16) * (epoch - 1) / max(1, epochs - 1)

    def y(value: float) -> float:
        return floor - (floor - _TOP) * (value - low) / (high - low)

    parts = [f'<text x="{_LEFT}" y="16" font-weight="600">{html.escape(name)}</text>']
    for tick in range(round((high - low) / step) + 1):
        value = low + tick * step
        parts.append(
            f'<path d="M{_LEFT} {y(value):.1f}H{right}" stroke="{_GRID}"/>'
            f'<text x="{_LEFT - 6}" y="{y(value) + 4:.1f}" text-anchor="end">{value:.4g}</text>'
        )
    for epoch in sorted({1, epochs}):
        parts.append(
            f'<text x="{x(epoch):.1f}" y="{floor + 15}" text-anchor="middle">{epoch}</text>'
        )
    parts.append(
        f'<circle cx="{_LEFT + 46}" cy="{floor + 24}" r="3.5" fill="{_POINTS}"/>'
        f'<text x="{_LEFT + 54}" y="{floor + 28}">training</text>'
        f'<path d="M{_LEFT + 120} {floor + 24}h18" stroke="{_LINE}" stroke-width="2"/>'
        f'<text x="{_LEFT + 142}" y="{floor + 28}">validation</text>'
    )
    finite = [(x(n), y(v)) for n, v in enumerate(validation, start=1) if math.isfinite(v)]
    if finite:
        line = " ".join(f"{across:.1f},{up:.1f}" for across, up in finite)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{_LINE}" stroke-width="2"/>')
        across, up = finite[-1]
        parts.append(f'<circle cx="{across:.1f}" cy="{up:.1f}" r="2" fill="{_LINE}"/>')
    parts += [
        f'<circle cx="{x(n):.1f}" cy="{y(v):.1f}" r="3.5" fill="{_POINTS}"/>'
        for n, v in enumerate(training, start=1)
        if math.isfinite(v)
    ]
    return "".join(parts)


def _scale(values: Sequence[float], name: str) -> tuple[float, float, float]:
    """Lowest and highest value of an axis, and the step between its lines: 1, 2 or 5 tenths."""
    finite = [value for value in values if math.isfinite(value)] or [0.0, 1.0]
    share = "acc" in name and min(finite) >= 0 and max(finite) <= 1
    low, high = (min(finite), 1.0) if share else (min(0.0, *finite), max(finite))
    spread = max(high - low, 1e-6)
    step = next(
        size * 10.0**power
        for power in range(math.floor(math.log10(spread)) - 1, 12)
        for size in (1, 2, 5)
        if spread / (size * 10.0**power) <= 4.5
    )
    low = math.floor(low / step + 1e-9) * step
    high = max(math.ceil(high / step - 1e-9) * step, low + step)
    return low, high, step
