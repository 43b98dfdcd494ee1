"""The width and the resolution multiplier of MobileNet with controls."""

from numbers import Real
from typing import Any

from cnncourse import figures
from cnncourse.widgets.explorer import Choice, Control, Explorer, Number, State

_ALPHAS = (1.0, 0.9, 0.75, 0.6, 0.5, 0.35, 0.25, 0.1)


def mobilenet_explorer(alpha: Any = 1.0, resolution: Any = 224) -> Explorer:
    """MobileNets to choose by width multiplier and resolution: what they cost, how good they are.

    Arguments as `cnncourse.figures.mobilenet_explorer`. What cannot be drawn is said beside the
    controls, and the last good picture stays.
    """
    alphas: list[Any] = list(_ALPHAS)
    if alpha not in alphas:
        alphas.append(alpha)
        if isinstance(alpha, Real):
            alphas.sort(reverse=True)

    def draw(state: State, pins: bool) -> figures.Picture:
        return figures.mobilenet_explorer(state["alpha"], state["resolution"], controls=pins)

    controls: list[Control] = [
        Choice("alpha", alpha, [(str(each), each) for each in alphas], label="width α"),
        Number("resolution", resolution, low=32, high=1024, label="resolution (224 is ρ = 1)"),
    ]
    return Explorer("mobilenet_explorer", draw, controls)
