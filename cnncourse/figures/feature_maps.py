"""Many small pictures on one sheet: digits, filters, feature maps."""

import html
from collections.abc import Sequence

import numpy as np

from cnncourse.figures.palette import GRID, INK
from cnncourse.figures.picture import Picture, from_matplotlib


def image_grid(
    images: np.ndarray,
    alt: str,
    *,
    titles: Sequence[str] | None = None,
    columns: int = 10,
    size: float = 0.85,
) -> Picture:
    """Images in rows, ink dark on white paper, with a short title above each if given.

    images: (N, H, W), all on the scale from 0 to the largest value. size: inches a picture.
    Raises ValueError for other shapes, or a title too many or too few.
    """
    images = _sheet(images, "image_grid")
    if titles is not None and len(titles) != len(images):
        raise ValueError(f"image_grid got {len(titles)} titles for {len(images)} images.")
    top = float(images.max()) or 1
    return _draw(images, alt, titles, columns, size, "gray_r", (0, top), framed=True)


def filter_grid(kernels: np.ndarray, alt: str, *, columns: int = 16) -> Picture:
    """The filters of a layer: orange weighs for, purple against, white not at all.

    kernels: (kh, kw, N) for one input channel, as Keras keeps them. All on one scale.
    """
    sheet = _sheet(np.moveaxis(np.asarray(kernels), -1, 0), "filter_grid")
    limit = float(np.abs(sheet).max()) or 1
    return _draw(sheet, alt, None, columns, 0.55, "PuOr_r", (-limit, limit))


def feature_maps(maps: np.ndarray, alt: str, *, columns: int = 16, caption: str = "") -> Picture:
    """What the filters of a layer answer to one image: dark is nothing, bright is much.

    maps: (H, W, N). Every map on a scale of its own, because strong filters would hide weak ones.
    caption: a line below all.
    """
    sheet = _sheet(np.moveaxis(np.asarray(maps, dtype=float), -1, 0), "feature_maps")
    low = sheet.min(axis=(1, 2), keepdims=True)
    span = sheet.max(axis=(1, 2), keepdims=True) - low
    scaled = (sheet - low) / np.where(span > 0, span, 1)
    return _draw(scaled, alt, None, columns, 0.55, "viridis", (0, 1), caption=caption)


def _sheet(images: np.ndarray, name: str) -> np.ndarray:
    images = np.asarray(images)
    if images.ndim != 3 or not images.size:
        raise ValueError(f"{name} needs three axes and at least one picture, not {images.shape}.")
    return images


def _draw(
    images: np.ndarray,
    alt: str,
    titles: Sequence[str] | None,
    columns: int,
    size: float,
    colours: str,
    limits: tuple[float, float],
    framed: bool = False,
    caption: str = "",
) -> Picture:
    """One axes for all pictures: a hundred small axes would take seconds."""
    import matplotlib.pyplot as plt

    count, height, width = images.shape
    columns = min(columns, count)
    rows = -(-count // columns)
    tall = height / width  # every picture is 1 wide
    step = tall + (0.28 if titles is not None else 0.08)
    figure, axis = plt.subplots(
        figsize=(columns * size * 1.06, rows * size * step), layout="constrained"
    )
    for place, image in enumerate(images):
        row, column = divmod(place, columns)
        left, top = column * 1.06, row * step
        axis.imshow(
            image,
            cmap=colours,
            vmin=limits[0],
            vmax=limits[1],
            extent=(left, left + 1, top + tall, top),
            interpolation="nearest",
        )
        if framed:
            axis.add_patch(
                plt.Rectangle((left, top), 1, tall, fill=False, edgecolor=GRID, linewidth=0.6)
            )
        if titles is not None:
            axis.text(
                left + 0.5,
                top - 0.04,
                titles[place],
                ha="center",
                va="bottom",
                fontsize=8,
                color=INK,
            )
    axis.set_xlim(-0.02, columns * 1.06 - 0.04)
    axis.set_ylim((rows - 1) * step + tall + 0.02, tall - step if titles is not None else -0.02)
    axis.set_axis_off()
    picture = from_matplotlib(figure, alt)
    if not caption:
        return picture
    style = f"font:12px system-ui,sans-serif;color:{INK};padding:0 8px"
    return Picture(f'{picture.body}<div style="{style}">{html.escape(caption)}</div>', alt)
