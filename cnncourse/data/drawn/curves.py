"""Outlines as points: smooth closed curves, ellipses, tapering limbs, ruffled fur.

Every outline is an (N, 2) array of x, y with y pointing down; the units are the drawing's own.
"""

from collections.abc import Sequence

import numpy as np

Points = np.ndarray
Pairs = Sequence[Sequence[float]] | np.ndarray


def _spline_weights(steps: int) -> np.ndarray:
    """Catmull-Rom weights of four neighbouring points, (steps, 4)."""
    t = np.arange(steps) / steps
    return np.stack(
        [-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, t**3 - t**2], 1
    ) / np.float64(2)


_WEIGHTS = _spline_weights(6)


def closed(points: Pairs) -> Points:
    """A smooth closed curve through the points."""
    p = np.asarray(points, float)
    around = np.stack([np.roll(p, 1, 0), p, np.roll(p, -1, 0), np.roll(p, -2, 0)], 1)
    return np.einsum("sk,nkc->nsc", _WEIGHTS, around).reshape(-1, 2)


def path(points: Pairs) -> Points:
    """A smooth open curve from the first point to the last."""
    p = np.asarray(points, float)
    ends = np.concatenate([2 * p[:1] - p[1:2], p, 2 * p[-1:] - p[-2:-1]])
    around = np.stack([ends[:-3], ends[1:-2], ends[2:-1], ends[3:]], 1)
    return np.concatenate([np.einsum("sk,nkc->nsc", _WEIGHTS, around).reshape(-1, 2), p[-1:]])


_CIRCLE = np.stack([np.cos(np.arange(28) * np.pi / 14), np.sin(np.arange(28) * np.pi / 14)], 1)


def ellipse(x: float, y: float, rx: float, ry: float | None = None, angle: float = 0.0) -> Points:
    """An ellipse around (x, y); angle in degrees."""
    return turned(_CIRCLE * (rx, rx if ry is None else ry), angle) + np.array((x, y))


def turned(points: Points, angle: float) -> Points:
    """The points turned about the origin; degrees, clockwise on the screen."""
    if not angle:
        return points
    c, s = np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))
    return points @ np.array([[c, s], [-s, c]])


def limb(points: Pairs, radii: Sequence[float], cap: bool = True) -> Points:
    """A tapering stroke with round ends along a smooth path; one radius per given point."""
    centre = path(points)
    radius = np.interp(
        np.linspace(0, 1, len(centre)), np.linspace(0, 1, len(radii)), np.asarray(radii, float)
    )[:, None]
    along = np.gradient(centre, axis=0)
    along /= np.hypot(along[:, 0], along[:, 1])[:, None] + 1e-9
    normal = np.stack([-along[:, 1], along[:, 0]], 1)
    left, right = centre + normal * radius, (centre - normal * radius)[::-1]
    if not cap:
        return np.concatenate([left, right])
    half = np.linspace(0, np.pi, 7)[1:-1, None]
    end = centre[-1] + radius[-1] * (normal[-1] * np.cos(half) + along[-1] * np.sin(half))
    start = centre[0] - radius[0] * (normal[0] * np.cos(half) + along[0] * np.sin(half))
    return np.concatenate([left, end, right, start])


def ruffled(points: Points, amount: float, rng: np.random.Generator) -> Points:
    """The outline with tufts of fur: points pushed in and out along the normal."""
    if amount <= 0:
        return points
    ring = np.concatenate([points, points[:1]])
    lengths = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(ring, axis=0).T))])
    count = int(np.clip(lengths[-1] / max(0.9 * amount, 1e-3), 16, 90)) * 2
    at = np.linspace(0, lengths[-1], count, endpoint=False)
    p = np.stack([np.interp(at, lengths, ring[:, 0]), np.interp(at, lengths, ring[:, 1])], 1)
    along = np.roll(p, -1, 0) - np.roll(p, 1, 0)
    along /= np.hypot(along[:, 0], along[:, 1])[:, None] + 1e-9
    push = np.where(np.arange(count) % 2, 0.5, -0.5) * amount * rng.uniform(0.2, 1.0, count)
    return p + np.stack([-along[:, 1], along[:, 0]], 1) * push[:, None] + along * push[:, None]
