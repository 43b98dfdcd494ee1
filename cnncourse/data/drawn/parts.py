"""A drawing is a list of parts, each an outline with a colour, painted in order."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from cnncourse.data.drawn.curves import Points, turned

Colour = tuple[float, float, float]
Mark = tuple[Points, Colour]


@dataclass(frozen=True)
class Part:
    """One painted shape. marks: shapes painted inside it and cut off at its outline.

    shade: how much darker its side away from the light is, 0 to 1. loose: goes on outside the
    frame, as a bust does, and does not count when the drawing is fitted into it.
    """

    points: Points
    colour: Colour
    marks: tuple[Mark, ...] = ()
    shade: float = 0.0
    loose: bool = False


def placed(
    parts: Iterable[Part],
    x: float = 0.0,
    y: float = 0.0,
    scale: float = 1.0,
    angle: float = 0.0,
    flip: bool = False,
    squeeze: float = 1.0,
) -> list[Part]:
    """The parts scaled, mirrored, turned and moved, in this order. squeeze: width over height."""
    stretch = np.array([-scale * squeeze if flip else scale * squeeze, scale])

    def move(points: Points) -> Points:
        return turned(points * stretch, angle) + np.array((x, y))

    return [
        replace(
            part,
            points=move(part.points),
            marks=tuple((move(points), colour) for points, colour in part.marks),
        )
        for part in parts
    ]


def bounds(parts: Iterable[Part]) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of the drawing, without its loose parts."""
    points = np.concatenate([part.points for part in parts if not part.loose])
    return (*points.min(0), *points.max(0))


def mixed(a: Colour, b: Colour, share: float) -> Colour:
    """Colour a with so much of b in it."""
    r, g, blue = (u + (v - u) * share for u, v in zip(a, b, strict=True))
    return (r, g, blue)


def darker(colour: Colour, share: float) -> Colour:
    """The colour towards black; a negative share goes towards white."""
    return mixed(colour, (0, 0, 0) if share > 0 else (255, 255, 255), abs(share))
