"""Pictures for pooling: a table cut into windows, and images with boxes on them."""

from collections.abc import Sequence

import numpy as np

from cnncourse.figures.explorers.raster import greys, image_tag
from cnncourse.figures.palette import BLUE, GREEN, GRID, INK, ORANGE
from cnncourse.figures.picture import Picture
from cnncourse.figures.svg import CELL, canvas, grid, rectangle, text

Box = tuple[int, int, int, int]

_COLOURS = (ORANGE, BLUE, GREEN)


def tiled(table: np.ndarray, size: int, alt: str) -> Picture:
    """A table of numbers with a frame around each window of size × size, side by side.

    table: (H, W), small enough to read. Raises ValueError when `size` does not divide H and W.
    """
    table = np.asarray(table)
    if table.ndim != 2 or any(n % size for n in table.shape):
        raise ValueError(f"Windows of {size}×{size} do not tile a table of shape {table.shape}.")
    height, width = table.shape
    parts = []
    for row in range(0, height, size):
        for column in range(0, width, size):
            tint = "#fdf3dc" if (row + column) // size % 2 else "#e3f0f8"
            x, y, side = 8 + column * CELL, 8 + row * CELL, size * CELL
            parts.append(rectangle(x, y, side, side, fill=tint))
    parts.append(grid(table, 8, 8))
    for row in range(0, height, size):
        for column in range(0, width, size):
            x, y, side = 8 + column * CELL, 8 + row * CELL, size * CELL
            parts.append(rectangle(x, y, side, side, stroke=INK, line=2))
    return Picture(canvas(width * CELL + 16, height * CELL + 16, parts), alt)


def boxed(
    images: Sequence[np.ndarray],
    boxes: Sequence[Sequence[Box | None]],
    titles: Sequence[str],
    alt: str,
    *,
    side: float = 150,
) -> Picture:
    """Images side by side under their titles, black paper and white ink, with frames on them.

    images: arrays (H, W), the longer side drawn `side` pixels long. boxes: for each image any
    number of (row0, col0, row1, col1) in its own pixels, ends excluded. The first box of every
    image has the same colour, and so on; None leaves a colour out. Raises ValueError when the
    lengths differ.
    """
    if not len(images) == len(boxes) == len(titles) or not len(images):
        raise ValueError(
            f"boxed got {len(images)} images, {len(boxes)} lists of boxes and {len(titles)} titles."
        )
    parts: list[str] = []
    x, bottom = 8.0, 0.0
    for image, frames, title in zip(images, boxes, titles, strict=True):
        if image.ndim != 2:
            raise ValueError(f"An image drawn here has shape (H, W), not {image.shape}.")
        scale = side / max(image.shape)
        height, width = (scale * n for n in image.shape)
        parts += [
            text(x, 18, title, anchor="start", size=12.5),
            image_tag(greys(image), x, 26, width, height),
            rectangle(x, 26, width, height, stroke=GRID),
        ]
        for place, box in enumerate(frames):
            if box is not None:
                parts += _frame(box, x, 26, scale, _COLOURS[place % len(_COLOURS)])
        x += max(width, 7.4 * len(title)) + 20
        bottom = max(bottom, 26 + height)
    return Picture(canvas(x - 12, bottom + 8, parts), alt)


def _frame(box: Box, x: float, y: float, scale: float, colour: str) -> list[str]:
    """A coloured frame with a white rim, to be seen on dark and on light."""
    row0, col0, row1, col1 = box
    left, top, wide, tall = (scale * n for n in (col0, row0, col1 - col0, row1 - row0))
    return [
        rectangle(x + left, y + top, wide, tall, stroke="#ffffff", line=5),
        rectangle(x + left, y + top, wide, tall, stroke=colour, line=3),
    ]
