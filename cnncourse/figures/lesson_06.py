"""Pictures for small data: sheets of colour photographs, and one dot for every training run."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from cnncourse.figures.explorers.raster import image_tag
from cnncourse.figures.palette import BLUE, GREEN, GRID, INK, ORANGE, PURPLE, VERMILION
from cnncourse.figures.picture import Picture
from cnncourse.figures.svg import canvas, rectangle, text

_COLOURS = (ORANGE, BLUE, GREEN, VERMILION, PURPLE)
_LONG = 360  # pixels from the lowest to the highest value


def photo_sheet(
    images: np.ndarray,
    alt: str,
    *,
    titles: Sequence[str] | None = None,
    columns: int = 8,
    side: float = 88,
    caption: str = "",
) -> Picture:
    """Colour pictures in rows, with a short title above each if given.

    images: (N, H, W, 3), uint8 from 0 to 255 or numbers from 0 to 1 (others are cut off there).
    side: width of a picture on the page. caption: a line below all. Raises ValueError for other
    shapes, or a title too many or too few.
    """
    images = np.asarray(images)
    if images.ndim != 4 or images.shape[-1] != 3 or not len(images):
        raise ValueError(f"photo_sheet needs pictures (N, H, W, 3), not {images.shape}.")
    if titles is not None and len(titles) != len(images):
        raise ValueError(f"photo_sheet got {len(titles)} titles for {len(images)} pictures.")
    if images.dtype != np.uint8:
        images = np.rint(images.clip(0, 1) * 255).astype(np.uint8)
    head = 20 if titles is not None else 0
    tall = side * images.shape[1] / images.shape[2]
    step = tall + head + 8
    parts = []
    for place, image in enumerate(images):
        row, column = divmod(place, columns)
        x, y = 8 + column * (side + 8), 8 + row * step + head
        if titles is not None:
            parts.append(text(x + side / 2, y - 5, titles[place], size=12))
        parts += [image_tag(image, x, y, side, tall), rectangle(x, y, side, tall, stroke=GRID)]
    rows = -(-len(images) // columns)
    width = 8 + min(columns, len(images)) * (side + 8)
    height = 8 + rows * step
    if caption:
        parts.append(text(8, height + 12, caption, anchor="start", size=12))
        width, height = max(width, 16 + 7 * len(caption)), height + 20
    return Picture(canvas(width, height, parts), alt)


def run_dots(
    groups: Mapping[str, Sequence[float]],
    across: str,
    *,
    alt: str = "",
    show: Callable[[float], str] = "{:.0%}".format,
) -> Picture:
    """One dot for every run, a line of dots for every group, and a tick at each group's mean.

    groups: name -> one number a run. across: what the axis shows. show: a number in words. The
    axis holds 0. The description lists all values unless `alt` says something better.
    Raises ValueError when there is no group, or a group without runs.
    """
    if not groups or any(not len(values) for values in groups.values()):
        raise ValueError("run_dots needs at least one group, and one number in every group.")
    numbers = [float(value) for values in groups.values() for value in values]
    low, high = min(0.0, *numbers), max(0.0, *numbers)
    scale = _LONG / ((high - low) or 1)
    left = 24 + 7.2 * max(map(len, groups))

    def x(value: float) -> float:
        return left + (value - low) * scale

    bottom = 16 + 34 * len(groups)
    parts = [
        rectangle(left, bottom, _LONG, 1, fill=GRID),
        rectangle(x(0), 8, 1, bottom - 8, fill=GRID),
        text(left + _LONG / 2, bottom + 40, across, size=13),
    ]
    for value in sorted({0.0, low, high}):
        if value == 0 or abs(x(value) - x(0)) > 40:  # else it would stand on top of the 0
            parts.append(text(x(value), bottom + 18, show(value), size=12))
    for place, (name, values) in enumerate(groups.items()):
        y, colour = 30 + 34 * place, _COLOURS[place % len(_COLOURS)]
        mean = sum(map(float, values)) / len(values)
        parts.append(text(left - 12, y + 5, name, anchor="end", size=13))
        parts += [
            f'<circle cx="{x(float(value)):g}" cy="{y}" r="6" fill="{colour}" fill-opacity="0.8" '
            f'stroke="{INK}" stroke-width="0.7"/>'
            for value in values
        ]
        parts.append(rectangle(x(mean) - 1, y - 12, 2, 24, fill=INK))
    said = [f"{name}: {', '.join(map(show, values))}" for name, values in groups.items()]
    return Picture(
        canvas(left + _LONG + 32, bottom + 50, parts), alt or f"{across}. {'; '.join(said)}."
    )
