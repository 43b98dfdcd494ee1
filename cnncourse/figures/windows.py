"""A window that slides: every place of a feature map shows which pixels it was made from."""

import numpy as np

from cnncourse.figures.palette import BLUE, INK, ORANGE, VERMILION
from cnncourse.figures.picture import Picture
from cnncourse.figures.svg import CELL, canvas, grid, number, rectangle, text

_GAP = 46  # pixels between two tables, room for a sign
_TOP = 30  # pixels above the tables, room for their names

# Hover and focus live in the picture itself: no kernel is asked, and exported pages keep them.
_STYLE = """<style>
.cnn-slide .place{outline:none;cursor:pointer}
.cnn-slide .more{opacity:0;pointer-events:none}
.cnn-slide .first .more,.cnn-slide .place:hover .more,.cnn-slide .place:focus .more{opacity:1}
.cnn-slide:has(.place:hover) .place:not(:hover) .more,
.cnn-slide:has(.place:focus):not(:has(.place:hover)) .place:not(:focus) .more{opacity:0}
</style>"""


def slide_window(
    image: np.ndarray, kernel: np.ndarray, bias: float = 0.0, *, stride: int = 1
) -> Picture:
    """Image, kernel and map as tables of numbers; a place of the map shows its window and its sum.

    image: (H, W), kernel: (kh, kw), small enough to read. Point at a place of the map, or reach it
    with the Tab key. Raises ValueError when the shapes do not fit or the stride is below 1.
    """
    image, kernel = np.asarray(image, dtype=float), np.asarray(kernel, dtype=float)
    _check(image, kernel, stride)
    (height, width), (kh, kw) = image.shape, kernel.shape
    rows, columns = (height - kh) // stride + 1, (width - kw) // stride + 1
    x_kernel = 10 + width * CELL + _GAP
    x_map = x_kernel + kw * CELL + _GAP
    tall = max(height * CELL, kh * CELL + 40, rows * CELL)  # 40: the bias stands below the kernel
    right = x_map + max(columns * CELL, 90) + 10
    middle = _TOP + tall / 2
    y_image, y_kernel, y_map = (middle - n * CELL / 2 for n in (height, kh, rows))
    parts = [
        _STYLE,
        text(10, y_image - 12, f"image {height}×{width}", anchor="start", weight="bold"),
        text(x_kernel, y_kernel - 12, f"kernel {kh}×{kw}", anchor="start", weight="bold"),
        text(x_map, y_map - 12, f"map {rows}×{columns}", anchor="start", weight="bold"),
        grid(image, 10, y_image),
        grid(kernel, x_kernel, y_kernel, fill=_sign),
        text(x_kernel - _GAP / 2, middle + 8, "·", size=28, weight="bold"),
        text(x_map - _GAP / 2, middle + 6, "=", size=20, weight="bold"),
        text(x_kernel, y_kernel + kh * CELL + 20, f"bias {number(bias)}", anchor="start"),
    ]
    for row in range(rows):
        for column in range(columns):
            top, left = row * stride, column * stride
            window = image[top : top + kh, left : left + kw]
            parts.append(
                _place(
                    window,
                    kernel,
                    bias,
                    (row, column),
                    (top, left),
                    (x_map, y_map),
                    y_image,
                    _TOP + tall + 30,
                )
            )
    hint = "Point at a place of the map, or walk through it with Tab."
    parts.append(text(10, _TOP + tall + 54, hint, anchor="start", size=12))
    alt = (
        f"A {kh}×{kw} kernel slides over a {height}×{width} image"
        f"{f' with stride {stride}' if stride > 1 else ''} and gives a {rows}×{columns} map; "
        "each place of the map shows the window it was made from and the sum of products."
    )
    widest = max(right, 10 + 7.4 * len(_sum(image[:kh, :kw], kernel, bias)) + 20)
    return Picture(canvas(widest, _TOP + tall + 66, parts, css_class="cnn-slide"), alt)


def depth_sum(window: np.ndarray, kernel: np.ndarray, bias: float = 0.0) -> Picture:
    """How a window through all channels becomes one number: products, a sum a channel, one sum.

    window and kernel: (kh, kw, C). Raises ValueError when their shapes differ.
    """
    window, kernel = np.asarray(window, dtype=float), np.asarray(kernel, dtype=float)
    if window.ndim != 3 or window.shape != kernel.shape:
        raise ValueError(
            "depth_sum needs a window and a kernel of the same shape (kh, kw, C), "
            f"not {window.shape} and {kernel.shape}."
        )
    kh, kw, channels = window.shape
    sums = (window * kernel).sum(axis=(0, 1))
    step = kh * CELL + 24
    x_kernel = 90 + kw * CELL + _GAP
    x_products = x_kernel + kw * CELL + _GAP
    x_sum = x_products + kw * CELL + 34
    parts = [
        text(90, 18, "window", anchor="start", weight="bold"),
        text(x_kernel, 18, "kernel", anchor="start", weight="bold"),
        text(x_products, 18, "products", anchor="start", weight="bold"),
        text(x_sum, 18, "sum", anchor="start", weight="bold"),
    ]
    for channel in range(channels):
        y = _TOP + channel * step
        middle = y + kh * CELL / 2
        parts += [
            text(10, middle + 5, f"channel {channel}", anchor="start"),
            grid(window[:, :, channel], 90, y),
            text(x_kernel - _GAP / 2, middle + 6, "×", size=18, weight="bold"),
            grid(kernel[:, :, channel], x_kernel, y, fill=_sign),
            text(x_products - _GAP / 2, middle + 6, "=", size=18, weight="bold"),
            grid(window[:, :, channel] * kernel[:, :, channel], x_products, y),
            text(x_sum, middle + 6, number(sums[channel]), size=17, anchor="start", colour=INK),
        ]
    y = _TOP + channels * step + 10
    total = " + ".join(_bracket(value) for value in sums)
    line = f"{total} + bias {_bracket(bias)} = {number(sums.sum() + bias)}"
    parts.append(text(10, y, line, size=16, anchor="start", weight="bold"))
    alt = (
        f"A window through {channels} channels: each channel is multiplied with its slice of the "
        f"kernel and summed, the sums {', '.join(map(number, sums))} and the bias {number(bias)} "
        f"add up to one number, {number(sums.sum() + bias)}."
    )
    return Picture(canvas(max(x_sum + 60, 10 + 9.2 * len(line)), y + 14, parts), alt)


def _check(image: np.ndarray, kernel: np.ndarray, stride: int) -> None:
    if image.ndim != 2 or kernel.ndim != 2:
        raise ValueError(
            f"slide_window needs an image (H, W) and a kernel (kh, kw), "
            f"not shapes {image.shape} and {kernel.shape}."
        )
    if any(k > n or k < 1 for n, k in zip(image.shape, kernel.shape, strict=True)):
        raise ValueError(f"A {kernel.shape} kernel does not fit into a {image.shape} image.")
    if stride < 1:
        raise ValueError(f"The stride must be 1 or more, not {stride}.")


def _place(
    window: np.ndarray,
    kernel: np.ndarray,
    bias: float,
    place: tuple[int, int],
    start: tuple[int, int],
    origin: tuple[float, float],
    y_image: float,
    y_sum: float,
) -> str:
    """One number of the map with what it shows when pointed at."""
    (row, column), (top, left), (kh, kw) = place, start, kernel.shape
    x, y = origin[0] + column * CELL, origin[1] + row * CELL
    answer = (window * kernel).sum() + bias
    label = (
        f"output ({row}, {column}) reads rows {top}–{top + kh - 1}, "
        f"columns {left}–{left + kw - 1}: {number(answer)}"
    )
    x_window, y_window = 10 + left * CELL, y_image + top * CELL
    more = [
        rectangle(
            x_window, y_window, kw * CELL, kh * CELL, fill=ORANGE, opacity=0.25, stroke=ORANGE
        ),
        rectangle(x_window, y_window, kw * CELL, kh * CELL, stroke=ORANGE, line=3),
        rectangle(x + 1.5, y + 1.5, CELL - 3, CELL - 3, stroke=ORANGE, line=3),
        text(10, y_sum, _sum(window, kernel, bias), anchor="start"),
    ]
    for (i, j), weight in np.ndenumerate(kernel):
        corner_x, corner_y = x_window + j * CELL + CELL - 3, y_window + i * CELL + CELL - 3
        colour = VERMILION if weight < 0 else BLUE
        more.append(
            text(corner_x, corner_y, f"×{number(weight)}", size=8.5, anchor="end", colour=colour)
        )
    first = " first" if place == (0, 0) else ""
    return (
        f'<g class="place{first}" tabindex="0" role="img" aria-label="{label}">'
        + grid(np.array([[answer]]), x, y, fill=lambda _: "#ffffff")
        + f'<g class="more">{"".join(more)}</g></g>'
    )


def _sum(window: np.ndarray, kernel: np.ndarray, bias: float) -> str:
    """The sum written out: "1·2 + 0·(−1) + bias 1 = 3"."""
    products = " + ".join(
        f"{_bracket(pixel)}·{_bracket(weight)}"
        for pixel, weight in zip(window.ravel(), kernel.ravel(), strict=True)
    )
    answer = number((window * kernel).sum() + bias)
    return f"{products} + bias {_bracket(bias)} = {answer}"


def _bracket(value: float) -> str:
    return f"({number(value)})" if value < 0 else number(value)


def _sign(value: float) -> str:
    """A light tint for a weight: its sign at a glance, its number still dark on light."""
    if value == 0:
        return "#ffffff"
    return "#fbe3d3" if value < 0 else "#d9ecf9"
