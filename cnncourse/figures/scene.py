"""A picture drawn by program, with edges in all directions, for filters to find."""

import numpy as np


def drawn_scene(side: int = 96) -> np.ndarray:
    """A house, a sun and a hill in grey: (side, side) floats from 0, black, to 1, white.

    Raises ValueError for a side below 32, where the parts would run together.
    """
    if side < 32:
        raise ValueError(f"drawn_scene needs a side of 32 pixels or more, not {side}.")
    y, x = np.mgrid[:side, :side] / side
    scene = np.full((side, side), 0.55)
    scene[y > 0.78 + 0.06 * np.sin(7 * x)] = 0.25  # a hill
    scene[(x - 0.78) ** 2 + (y - 0.22) ** 2 < 0.12**2] = 1.0  # the sun
    scene[(abs(x - 0.36) < 0.2) & (y > 0.45) & (y < 0.82)] = 0.85  # the walls
    scene[(y > 0.22) & (y < 0.45) & (abs(x - 0.36) < (y - 0.22) * 1.1)] = 0.1  # the roof
    scene[(abs(x - 0.28) < 0.05) & (y > 0.54) & (y < 0.66)] = 0.2  # a window
    scene[(abs(x - 0.45) < 0.05) & (y > 0.58) & (y < 0.82)] = 0.35  # the door
    return scene
