"""Digits that nobody has seen: the bundled ones, turned, scaled, slanted, shifted and speckled."""

import numpy as np


def distort(
    images: np.ndarray,
    rng: np.random.Generator,
    *,
    turn: float = 10.0,
    scale: float = 0.1,
    slant: float = 0.1,
    shift: float = 1.0,
    noise: float = 12.0,
) -> np.ndarray:
    """Each image changed a little, every one in its own way.

    images: (N, H, W) uint8. turn: at most so many degrees either way. scale: at most this share
    larger or smaller. slant: columns moved per row. shift: at most so many pixels. noise: standard
    deviation, in grey levels of 255. Returns (N, H, W) uint8; black comes in at the edges.

    Every output pixel looks up its place in the input and mixes the four pixels around it.
    Raises ValueError for other shapes or types.
    """
    images = np.asarray(images)
    if images.ndim != 3 or images.dtype != np.uint8:
        raise ValueError(
            f"distort needs images of shape (N, H, W) and type uint8, "
            f"not shape {images.shape} and type {images.dtype}."
        )
    count, height, width = images.shape
    rows, columns = _places(count, height, width, rng, turn, scale, slant, shift)
    changed = _look_up(images.astype(np.float32), rows, columns)
    changed += rng.normal(0, noise, changed.shape).astype(np.float32)
    return np.clip(np.round(changed), 0, 255).astype(np.uint8)


def _places(
    count: int,
    height: int,
    width: int,
    rng: np.random.Generator,
    turn: float,
    scale: float,
    slant: float,
    shift: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Where every output pixel looks in its input: two arrays (N, H, W), in pixels."""

    def draw(limit: float) -> np.ndarray:
        return rng.uniform(-limit, limit, (count, 1, 1))

    angle, size, lean = np.deg2rad(draw(turn)), 1 + draw(scale), draw(slant)
    down, right = draw(shift), draw(shift)
    y, x = np.mgrid[:height, :width].astype(float)
    y, x = y - (height - 1) / 2 - down, x - (width - 1) / 2 - right
    x = x + lean * y
    rows = (np.cos(angle) * y + np.sin(angle) * x) / size + (height - 1) / 2
    columns = (np.cos(angle) * x - np.sin(angle) * y) / size + (width - 1) / 2
    return rows, columns


def _look_up(images: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Bilinear interpolation; outside the image is 0."""
    padded = np.pad(images, ((0, 0), (1, 2), (1, 2)))
    rows = np.clip(rows, -1, images.shape[1]) + 1
    columns = np.clip(columns, -1, images.shape[2]) + 1
    top, left = np.floor(rows).astype(int), np.floor(columns).astype(int)
    below, beside = rows - top, columns - left
    n = np.arange(len(images))[:, None, None]
    mixed = (1 - below) * ((1 - beside) * padded[n, top, left] + beside * padded[n, top, left + 1])
    mixed += below * (
        (1 - beside) * padded[n, top + 1, left] + beside * padded[n, top + 1, left + 1]
    )
    return np.asarray(mixed, dtype=np.float32)
