"""Lesson 4's pictures: the pixels that a dilated window reads, and who has how much influence."""

from collections.abc import Sequence

import numpy as np

from cnncourse.figures.explorers.raster import image_tag
from cnncourse.figures.palette import BLUE, GRID, INK, VERMILION
from cnncourse.figures.picture import Picture
from cnncourse.figures.svg import canvas, rectangle, text

_SIDE = 224.0  # pixels on the page, the longer side of an image
_GAP = 24.0


def dilated_dots(
    image: np.ndarray, dilations: Sequence[int], titles: Sequence[str], alt: str, *, kernel: int = 3
) -> Picture:
    """The same image for each dilation, with a dot on every pixel that the middle window reads.

    image: (H, W), ink on paper; kernel: weights a side, an odd number. Raises ValueError when a
    window does not fit around the middle, or a title is missing.
    """
    image = np.asarray(image, dtype=float)
    if image.ndim != 2 or len(dilations) != len(titles) or not len(dilations):
        raise ValueError(
            f"dilated_dots needs an image (H, W), not shape {image.shape}, and a title for each "
            f"dilation, not {len(titles)} for {len(dilations)}."
        )
    reach = [dilation * (kernel // 2) for dilation in dilations]
    middle = [side // 2 for side in image.shape]
    room = min(min(m, side - 1 - m) for m, side in zip(middle, image.shape, strict=True))
    if kernel % 2 == 0 or max(reach) > room or min(dilations) < 1:
        raise ValueError(
            f"A kernel of {kernel} with dilations {tuple(dilations)} must be odd and reach at "
            f"most {room} pixels from the middle of a {image.shape} image."
        )
    scale = _SIDE / max(image.shape)
    height, width = (side * scale for side in image.shape)
    grey = _greys(image)
    parts: list[str] = []
    x = 8.0
    for far, dilation, title in zip(reach, dilations, titles, strict=True):
        parts += [
            text(x, 18, title, anchor="start", size=12.5),
            image_tag(grey, x, 28, width, height),
            rectangle(x, 28, width, height, stroke=GRID),
        ]
        top, left = 28 + (middle[0] - far) * scale, x + (middle[1] - far) * scale
        side = (2 * far + 1) * scale
        parts.append(rectangle(left, top, side, side, stroke=VERMILION, line=1.5))
        for row in range(-far, far + 1, dilation):
            for column in range(-far, far + 1, dilation):
                cx = x + (middle[1] + column + 0.5) * scale
                cy = 28 + (middle[0] + row + 0.5) * scale
                parts.append(
                    f'<circle cx="{cx:g}" cy="{cy:g}" r="{max(scale * 0.4, 2.2):g}" '
                    f'fill="{VERMILION}" stroke="#ffffff" stroke-width="0.5"/>'
                )
        x += max(width, 7.6 * len(title)) + _GAP
    return Picture(canvas(x - _GAP + 8, 28 + height + 8, parts), alt)


def influence_chart(shares: Sequence[np.ndarray], titles: Sequence[str], alt: str) -> Picture:
    """Shares of influence along one axis as columns, and below them the same for rows × columns.

    shares: one array (span,) for each title, at least 0. All are drawn on one scale of positions,
    so a longer field is a wider picture; each has a scale of heights of its own. Raises ValueError
    for arrays of another shape, negative shares, or a title too many or too few.
    """
    rows = [np.asarray(each, dtype=float) for each in shares]
    if len(rows) != len(titles) or not rows:
        raise ValueError(f"influence_chart got {len(rows)} arrays and {len(titles)} titles.")
    if any(row.ndim != 1 or not row.size or row.min() < 0 or not row.max() for row in rows):
        raise ValueError("influence_chart draws arrays (span,) of shares, 0 or more, not all 0.")
    step = min(11.0, 640 / sum(map(len, rows)))
    tall = 90.0
    parts: list[str] = []
    x, bottom = 8.0, 0.0
    for row, title in zip(rows, titles, strict=True):
        width = step * len(row)
        parts.append(text(x, 18, title, anchor="start", size=12.5, weight="bold"))
        for place, share in enumerate(row):
            high = share / row.max() * tall
            parts.append(
                rectangle(x + place * step + 0.5, 30 + tall - high, step - 1, high, fill=BLUE)
            )
        parts.append(f'<path d="M{x:g} {30 + tall:g}h{width:g}" stroke="{INK}"/>')
        parts.append(text(x, 46 + tall, f"{len(row)} positions", anchor="start", size=11.5))
        y = 58 + tall
        both = np.outer(row, row)
        light, dark = np.array((255, 255, 255)), np.array((0, 80, 140))
        colours = light + (dark - light) * (both / both.max())[..., None]
        parts += [
            image_tag(colours, x, y, width, width),
            rectangle(x, y, width, width, stroke=VERMILION, line=1.5),
        ]
        x += max(width, 8.2 * len(title), 80) + _GAP
        bottom = max(bottom, y + width)
    return Picture(canvas(x - _GAP + 8, bottom + 8, parts), alt)


def _greys(image: np.ndarray) -> np.ndarray:
    """Values as greys from 0 to 255, (H, W, 3), a little pale so that dots stand out."""
    low, high = float(image.min()), float(image.max())
    scaled = (image - low) / (high - low or 1.0)
    return np.repeat((scaled * 215)[..., None], 3, axis=2)
