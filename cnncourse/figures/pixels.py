"""Images and feature maps drawn pixel by pixel, with titles, beside the filters that made them."""

import base64
import io
from collections.abc import Sequence
from typing import Any

import numpy as np

from cnncourse.figures.palette import BLUE, GRID, ORANGE
from cnncourse.figures.picture import Picture
from cnncourse.figures.svg import canvas, grid, rectangle, text

_SIDE = 120  # pixels, the longer side of an image on the page
_GAP = 16


def image_row(
    images: Sequence[np.ndarray],
    titles: Sequence[str],
    alt: str,
    *,
    signed: bool = False,
    side: float = _SIDE,
) -> Picture:
    """Images side by side, each under its title.

    images: arrays (H, W). signed: feature maps with negative values, drawn orange above 0, white
    at 0 and purple below, all on one scale; otherwise black paper and white ink, each on its own.
    Raises ValueError for arrays that are not (H, W) or a title too many or too few.
    """
    if len(images) != len(titles) or not len(images):
        raise ValueError(f"image_row got {len(images)} images and {len(titles)} titles.")
    limit = max(float(np.abs(image).max()) for image in images)
    parts: list[str] = []
    x, bottom = 8.0, 0.0
    for image, title in zip(images, titles, strict=True):
        drawn, width, height = _image(image, x, 26, side, limit if signed else None)
        parts += [text(x, 18, title, anchor="start", size=12.5), drawn]
        x += max(width, 7.6 * len(title)) + _GAP
        bottom = max(bottom, 26 + height)
    if signed:
        parts.append(_legend(8, bottom + 12))
        x, bottom = max(x, 290), bottom + 26
    return Picture(canvas(x - _GAP + 8, bottom + 8, parts), alt)


def filter_bank(
    image: np.ndarray,
    kernels: Sequence[np.ndarray],
    maps: Sequence[np.ndarray],
    names: Sequence[str],
    alt: str,
    *,
    side: float = _SIDE,
) -> Picture:
    """An image, some filters with their numbers, and below each filter the map it makes.

    image: (H, W); kernels: arrays (kh, kw); maps: arrays (H', W'), drawn on one scale, orange
    above 0 and purple below. Raises ValueError when the lengths differ.
    """
    if not len(kernels) == len(maps) == len(names):
        raise ValueError(
            f"filter_bank got {len(kernels)} kernels, {len(maps)} maps and {len(names)} names."
        )
    limit = max(float(np.abs(map_).max()) for map_ in maps)
    cell = 24
    y_map = 30 + max(kernel.shape[0] for kernel in kernels) * cell + 14
    drawn, width, height = _image(image, 8, y_map, side, None)
    parts = [text(8, y_map - 8, "image", anchor="start", size=12.5), drawn]
    x, bottom = 8 + width + 2 * _GAP, y_map + height
    for kernel, map_, name in zip(kernels, maps, names, strict=True):
        drawn, width, height = _image(map_, x, y_map, side, limit)
        parts += [
            text(x, 18, name, anchor="start", size=12.5, weight="bold"),
            grid(kernel, x, 28, cell=cell, size=11),
            drawn,
        ]
        x += max(width, 8 * len(name), kernel.shape[1] * cell) + _GAP
        bottom = max(bottom, y_map + height)
    parts.append(_legend(8, bottom + 12))
    return Picture(canvas(max(x, 290), bottom + 34, parts), alt)


def flattened(image: np.ndarray, pixel: tuple[int, int]) -> Picture:
    """An image and the same image as one row; a pixel and the one below it marked in both.

    image: (H, W). pixel: (row, column), not in the last row. Raises ValueError otherwise.
    """
    image = np.asarray(image)
    if image.ndim != 2:
        raise ValueError(f"flattened needs an image (H, W), not shape {image.shape}.")
    (height, width), (row, column) = image.shape, pixel
    if not (0 <= row < height - 1 and 0 <= column < width):
        raise ValueError(
            f"Pixel {pixel} has no pixel below it in an image of {height}×{width}: "
            f"rows go from 0 to {height - 2}, columns from 0 to {width - 1}."
        )
    strip = image.reshape(1, -1)
    scale, long = 168 / max(height, width), 760
    drawn, image_width, image_height = _image(image, 8, 8, 168, None)
    y = 8 + image_height + 44
    uri = _png(strip, None)
    parts = [
        drawn,
        f'<image href="{uri}" x="8" y="{y:g}" width="{long}" height="26" '
        'preserveAspectRatio="none" style="image-rendering:pixelated"/>',
        rectangle(8, y, long, 26, stroke=GRID),
    ]
    places = []
    for r, colour in ((row, ORANGE), (row + 1, BLUE)):
        place = r * width + column
        places.append(place)
        x_pixel, y_pixel = 8 + column * scale, 8 + r * scale
        x_strip = 8 + (place + 0.5) * long / strip.size
        parts += [
            f'<path d="M{x_pixel + scale / 2:g} {y_pixel + scale:g} L{x_strip:g} {y:g}" '
            f'stroke="{colour}" stroke-width="1.5" fill="none"/>',
            rectangle(x_pixel, y_pixel, scale, scale, stroke=colour, line=2.5),
            rectangle(x_strip - 1.5, y - 3, 3, 32, fill=colour),
            text(x_strip, y + 44, str(place), anchor="end" if r == row else "start", size=12.5),
        ]
    for line, words in enumerate(
        (
            f"Pixels ({row}, {column}) and ({row + 1}, {column}) touch.",
            f"In the row of {strip.size} they stand {places[1] - places[0]} places apart.",
        )
    ):
        parts.append(text(8 + image_width + 24, 60 + 22 * line, words, anchor="start", size=14))
    alt = (
        f"A {height}×{width} image above its flattened row of {strip.size} numbers: "
        f"two pixels that touch in the image stand {places[1] - places[0]} places apart in the row."
    )
    return Picture(canvas(long + 16, y + 56, parts), alt)


def _image(
    image: np.ndarray, x: float, y: float, side: float, limit: float | None
) -> tuple[str, float, float]:
    """An image as an SVG element, with its width and height on the page."""
    image = np.asarray(image)
    if image.ndim != 2:
        raise ValueError(f"An image drawn here has shape (H, W), not {image.shape}.")
    scale = side / max(image.shape)
    height, width = (scale * n for n in image.shape)
    drawn = (
        f'<image href="{_png(image, limit)}" x="{x:g}" y="{y:g}" width="{width:g}" '
        f'height="{height:g}" preserveAspectRatio="none" style="image-rendering:pixelated"/>'
    )
    return drawn + rectangle(x, y, width, height, stroke=GRID), width, height


def _png(values: np.ndarray, limit: float | None) -> str:
    """One PNG pixel a value, as a data address. limit: the value at the ends of a signed scale."""
    from matplotlib import image as matplotlib_image

    values = np.asarray(values, dtype=float)
    if limit is None:
        colours, low, high = "gray", float(values.min()), float(values.max())
    else:
        colours, low, high = "PuOr_r", -limit, limit
    if low == high:
        low, high = low - 1, high + 1
    file = io.BytesIO()
    unsigned: dict[str, Any] = {"Software": None}  # same picture, same bytes on the same machine
    matplotlib_image.imsave(
        file, values, cmap=colours, vmin=low, vmax=high, format="png", metadata=unsigned
    )
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode('ascii')}"


def _legend(x: float, y: float) -> str:
    scale = np.linspace(-1, 1, 41)[None]
    return (
        text(x, y + 10, "below 0", anchor="start", size=11)
        + f'<image href="{_png(scale, 1.0)}" x="{x + 54:g}" y="{y:g}" width="140" height="12" '
        'preserveAspectRatio="none"/>'
        + rectangle(x + 54, y, 140, 12, stroke=GRID)
        + text(x + 200, y + 10, "above 0", anchor="start", size=11)
    )
