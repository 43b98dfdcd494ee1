"""The window explorer: what an output of a convolution reads, and what an input feeds."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnncourse import ops
from cnncourse.figures.explorers import board, follow
from cnncourse.figures.explorers.raster import greys, signed
from cnncourse.figures.palette import BLUE, INK, ORANGE, VERMILION
from cnncourse.figures.picture import Picture
from cnncourse.figures.svg import number
from cnncourse.ops.arguments import numeric
from cnncourse.ops.windows import pad

MODES = ("conv", "depthwise", "pointwise")
_SHOWN = 4  # channels and filters that are drawn; more are counted in words
_WRITTEN = 256  # sums that are written out; of larger maps only the pinned one
_GAP = 40


@dataclass(frozen=True, eq=False)
class Sliding:
    """A convolution with all that its picture needs. rows, columns: padded positions read.

    x: (H, W, C); padded: (H', W', C); w: (kh, kw, C, N), or (kh, kw, C, multiplier) depthwise;
    y: (rows, columns, maps).
    """

    x: np.ndarray
    padded: np.ndarray
    w: np.ndarray
    b: np.ndarray
    y: np.ndarray
    before: tuple[int, int]
    rows: list[list[int]]
    columns: list[list[int]]
    stride: tuple[int, int]
    dilation: tuple[int, int]
    mode: str
    flip: bool

    def source(self, index: int) -> int | None:
        """The channel that a map is made from; None for all."""
        return index // self.w.shape[3] if self.mode == "depthwise" else None

    def kernel(self, index: int) -> np.ndarray:
        """The weights of a map, (kh, kw, C) or (kh, kw, 1)."""
        if self.mode == "depthwise":
            channel, each = divmod(index, self.w.shape[3])
            return self.w[:, :, channel : channel + 1, each]
        return self.w[:, :, :, index]

    def read(self, place: tuple[int, int], index: int) -> np.ndarray:
        """The window of an output of a map, with its padding: shaped as `kernel`."""
        window = self.padded[np.ix_(self.rows[place[0]], self.columns[place[1]])]
        channel = self.source(index)
        return window if channel is None else window[:, :, channel : channel + 1]


def slide(
    image: Any,
    kernel: Any,
    *,
    bias: Any = 0,
    stride: Any = 1,
    padding: Any = "valid",
    dilation: Any = 1,
    flip: bool = False,
    mode: str = "conv",
) -> Sliding:
    """The convolution by `cnncourse.ops`. Arguments and errors as `window_explorer`."""
    if mode not in MODES:
        raise ValueError(f"mode must be one of {', '.join(map(repr, MODES))}, not {mode!r}.")
    x = numeric("image", image)
    if x.ndim not in (2, 3):
        raise ValueError(f"image must have shape (H, W) or (H, W, C), but its shape is {x.shape}.")
    x = x[..., None] if x.ndim == 2 else x
    w = _weights(numeric("kernel", kernel), x.shape[2], mode)
    turned = w[::-1, ::-1] if flip else w
    size, spans = x.shape[:2], w.shape[:2]
    rows, columns = ops.output_size_2d(size, spans, stride, padding, dilation)
    amounts = ops.pad_amounts_2d(size, spans, stride, padding, dilation)
    maps = w.shape[2] * w.shape[3] if mode == "depthwise" else w.shape[3]
    b = numeric("bias", bias)
    if b.shape not in ((), (1,), (maps,)):
        raise ValueError(
            f"bias must be one number or {maps}, one for each map, but its shape is {b.shape}."
        )
    b = np.broadcast_to(b, (maps,))
    convolve = ops.depthwise_conv2d if mode == "depthwise" else ops.conv2d
    y = convolve(x, turned, b, stride=stride, padding=amounts, dilation=dilation)
    steps = stride if isinstance(stride, tuple | list) else (stride, stride)
    gaps = dilation if isinstance(dilation, tuple | list) else (dilation, dilation)
    reads = [
        [[place * step + tap * gap for tap in range(k)] for place in range(count)]
        for count, step, gap, k in zip((rows, columns), steps, gaps, spans, strict=True)
    ]
    return Sliding(
        x,
        pad(x[None], amounts)[0],
        turned,
        b,
        y,
        (amounts[0][0], amounts[1][0]),
        reads[0],
        reads[1],
        (steps[0], steps[1]),
        (gaps[0], gaps[1]),
        mode,
        flip,
    )


def window_explorer(
    image: Any,
    kernel: Any,
    *,
    bias: Any = 0,
    stride: Any = 1,
    padding: Any = "valid",
    dilation: Any = 1,
    flip: bool = False,
    mode: str = "conv",
    at: tuple[int, int] | None = None,
    filter: int = 0,
    controls: bool = True,
) -> Picture:
    """Point at an output and see what it reads, with its sum; at an input, and see all it feeds.

    image: (H, W) or (H, W, C). kernel: (kh, kw), (kh, kw, C) or (kh, kw, C, N); for "depthwise"
    (kh, kw, C) has one filter a channel; for "pointwise" also (C, N). stride, padding, dilation: as
    `cnncourse.ops.conv2d`. flip: turn the kernel by 180°, a convolution as mathematics has it.
    at: row and column of the output shown first. filter: its map. controls: radio buttons in the
    picture; without them `at` stays pinned.
    Raises TypeError, ValueError or IndexError, naming what was given and what is allowed.
    """
    made = slide(
        image,
        kernel,
        bias=bias,
        stride=stride,
        padding=padding,
        dilation=dilation,
        flip=flip,
        mode=mode,
    )
    return draw(made, at=at, chosen=filter, controls=controls)


def draw(
    made: Sliding, *, at: tuple[int, int] | None = None, chosen: int = 0, controls: bool = True
) -> Picture:
    """The picture of a convolution. Raises IndexError for an output or a map that is not there."""
    rows, columns, maps = made.y.shape
    place = (0, 0) if at is None else at
    if not (0 <= place[0] < rows and 0 <= place[1] < columns):
        raise IndexError(
            f"There is no output {tuple(place)}: the map is {rows}×{columns}, counted from (0, 0)."
        )
    if not 0 <= chosen < maps:
        raise IndexError(f"There is no map {chosen}: there are {maps}, counted from 0.")
    first = min(max(chosen - _SHOWN + 1, 0), max(maps - _SHOWN, 0))
    drawn = list(range(first, min(first + _SHOWN, maps)))
    channels = list(range(min(made.x.shape[2], _SHOWN)))
    if made.mode == "depthwise":
        channels = sorted({made.source(index) or 0 for index in drawn})
    high, wide = made.padded.shape[:2]
    kh, kw = made.w.shape[:2]
    cell = board.cell_side(high, wide)
    small = cell if cell >= 20 else 24.0
    top, gap_y = 30.0, 26.0
    # Left to right: the channels, a column of kernels for each map, the maps.
    x_kernels = 8 + wide * cell + _GAP
    kernel_step = kw * small + 18
    columns_of_kernels = 1 if made.mode == "depthwise" else len(drawn)
    x_maps = x_kernels + columns_of_kernels * kernel_step - 18 + _GAP
    input_step = max(high * cell, kh * small) + gap_y
    map_step = rows * cell + gap_y
    tall_in = len(channels) * input_step - gap_y
    tall_out = len(drawn) * map_step - gap_y
    if made.mode == "depthwise":
        map_step = input_step = max(input_step, map_step)
        tall_in = tall_out = len(drawn) * map_step - gap_y
    tall = max(tall_in, tall_out)
    y_in, y_out = top + (tall - tall_in) / 2, top + (tall - tall_out) / 2

    name = follow.scope(
        made.padded.tobytes(),
        made.w.tobytes(),
        made.y.tobytes(),
        made.y.shape,
        made.mode,
        made.before,
        made.stride,
        place,
        chosen,
        controls,
    )
    pinned = None if controls else place
    style = follow.rules(
        name,
        made.rows,
        made.columns,
        (high, wide),
        at=pinned,
        step=(made.stride[0] * cell, made.stride[1] * cell),
    )
    several = len(drawn) > 1
    if several:
        sources = [made.source(index) for index in drawn]
        where = [None if s is None else channels.index(s) for s in sources]
        style += follow.choices(name, where, chosen=None if controls else drawn.index(chosen))

    parts = []
    for line, channel in enumerate(channels):
        parts += _input(made, channel, line, 8, y_in + line * input_step, cell)
    for column, index in enumerate(drawn):
        weights = made.kernel(index)
        if made.mode == "depthwise":
            y = y_in + column * input_step + (high * cell - kh * small) / 2
            parts.append(_kernel(weights[:, :, 0], x_kernels, y, small, f"kernel {index}"))
            continue
        for line, channel in enumerate(channels):
            title = "" if line else (f"filter {index}" if made.y.shape[2] > 1 else _title(made))
            y = y_in + line * input_step + (high * cell - kh * small) / 2
            x = x_kernels + column * kernel_step
            parts.append(_kernel(weights[:, :, channel], x, y, small, title))
    for line, index in enumerate(drawn):
        parts += _map(made, index, line, x_maps, y_out + line * map_step, cell, several)
    right = x_maps + max(columns * cell, 70)
    parts.append(
        board.words(x_maps - _GAP / 2, top + tall / 2 + 7, "=", size=20, bold=True, anchor="middle")
    )
    parts.append(
        board.words(
            x_kernels - _GAP / 2,
            top + tall / 2 + 7,
            "∗" if made.flip else "·",
            size=24,
            bold=True,
            anchor="middle",
        )
    )
    bottom = top + tall + 24
    told, lines, longest = _sums(made, drawn, place, bottom + 20, right)
    parts += _reads(made, bottom)
    parts += told
    left_out = []
    if made.x.shape[2] > len(channels) and made.mode != "depthwise":
        left_out.append(f"{made.x.shape[2] - len(channels)} more channels are added up, not drawn")
    if maps > len(drawn):
        left_out.append(f"{maps - len(drawn)} more maps are not drawn")
    height = bottom + 20 + 18 * lines
    if left_out:
        parts.append(board.words(8, height + 4, "; ".join(left_out) + ".", size=12))
        height += 20
    return Picture(
        board.figure(
            name,
            style,
            max(right + 8, longest, 500),
            height,
            parts,
            _pins(made, name, place, drawn, chosen) if controls else "",
        ),
        _alt(made, place, chosen),
    )


def _weights(kernel: np.ndarray, channels: int, mode: str) -> np.ndarray:
    """The kernel with Keras's four axes."""
    form = {
        "conv": "(kh, kw), (kh, kw, C) or (kh, kw, C, N)",
        "depthwise": "(kh, kw), (kh, kw, C) or (kh, kw, C, multiplier)",
        "pointwise": "(C, N) or (1, 1, C, N)",
    }[mode]
    if mode == "pointwise" and kernel.ndim == 2:
        kernel = kernel[None, None]
    if kernel.ndim == 2:
        kernel = np.repeat(kernel[..., None, None], channels, axis=2)
    elif kernel.ndim == 3:
        kernel = kernel[..., None]
    if kernel.ndim != 4 or (mode == "pointwise" and kernel.shape[:2] != (1, 1)):
        raise ValueError(f"For {mode!r} kernel must have shape {form}, not {kernel.shape}.")
    if kernel.shape[2] != channels:
        raise ValueError(
            f"The image has {channels} channel{'s' * (channels != 1)}, but the kernel has slices "
            f"for {kernel.shape[2]}: they must be as many."
        )
    return kernel


def _title(made: Sliding) -> str:
    kh, kw = made.w.shape[:2]
    return f"kernel {kh}×{kw}" + (", turned" if made.flip else "")


def _input(made: Sliding, channel: int, line: int, x: float, y: float, cell: float) -> list[str]:
    """One channel with its padding, its cells and the window that moves over it."""
    high, wide = made.padded.shape[:2]
    height, width, channels = made.x.shape
    top, left = made.before
    values = made.padded[:, :, channel]
    inner = greys(made.x[:, :, channel]).astype(float)
    if cell >= 20:  # numbers stand on it: light greys only
        inner = 205 + inner * 50 / 255
    shades = np.full((high, wide, 3), (226, 232, 240), float)
    shades[top : top + height, left : left + width] = inner[..., None]
    size = f"{height}×{width}"
    title = f"image {size}" if channels == 1 else f"channel {channel}" + f", {size}" * (line == 0)
    if (high, wide) != (height, width) and line == 0:
        title += f" + padding = {high}×{wide}"
    parts = [
        board.words(x, y - 8, title, bold=True),
        board.ground(shades, x, y, cell),
    ]
    if (high, wide) != (height, width):
        parts.append(
            board.frame(x + left * cell, y + top * cell, width * cell, height * cell, INK, line=2)
        )

    def label(i: int, j: int) -> str:
        row, column = i - top, j - left
        feeds = (
            f"feeds output rows {board.runs(fed_rows[i])}, columns {board.runs(fed_columns[j])}"
            if fed_rows[i] and fed_columns[j]
            else "feeds no output"
        )
        inside = 0 <= row < height and 0 <= column < width
        kind = "input" if inside else "padding"
        return f"{kind} ({row}, {column}), {number(values[i, j])}, {feeds}".replace("-", "−")

    fed_rows = follow.fed(made.rows, high)
    fed_columns = follow.fed(made.columns, wide)
    spoken = label if high * wide <= 400 and line == 0 else None
    parts.append(board.cells(f"i h{line}", x, y, high, wide, cell, spoken))
    parts.append(_moving(made, channel, x, y, cell))
    parts.append(board.digits(values, x, y, cell))
    return parts


def _moving(made: Sliding, channel: int, x: float, y: float, cell: float) -> str:
    """The outline of the window at output (0, 0), with the weights where there is room."""
    (kh, kw), (dh, dw) = made.w.shape[:2], made.dilation
    marks = []
    for a, b in itertools.product(range(kh), range(kw)):
        left, top = x + b * dw * cell, y + a * dh * cell
        if dh > 1 or dw > 1:
            marks.append(f"M{left:g} {top:g}h{cell:g}v{cell:g}h{-cell:g}z")
    tall, wide = ((kh - 1) * dh + 1) * cell, ((kw - 1) * dw + 1) * cell
    outline = f"M{x:g} {y:g}h{wide:g}v{tall:g}h{-wide:g}z"
    parts = [
        f'<path d="{outline}" fill="none" stroke="{ORANGE}" stroke-width="3"/>',
        f'<path d="{"".join(marks)}" fill="none" stroke="{ORANGE}" stroke-width="2"/>'
        if marks
        else "",
    ]
    if cell >= 30 and made.y.shape[2] == 1:
        weights = made.kernel(0)[:, :, channel]
        for (a, b), weight in np.ndenumerate(weights):
            colour = VERMILION if weight < 0 else BLUE
            corner = x + (b * dw + 1) * cell - 2, y + (a * dh + 1) * cell - 3
            said = f"×{number(weight)}"
            if len(said) <= 5:
                parts.append(
                    f'<text x="{corner[0]:g}" y="{corner[1]:g}" fill="{colour}">{said}</text>'
                )
    return f'<g class="w" font-size="8.5" text-anchor="end">{"".join(parts)}</g>'


def _kernel(weights: np.ndarray, x: float, y: float, cell: float, title: str) -> str:
    named = board.words(x, y - 8, title, bold=True) if title else ""
    colours = signed(weights, strength=0.3)
    return named + board.ground(colours, x, y, cell) + board.digits(weights, x, y, cell)


def _map(
    made: Sliding, index: int, line: int, x: float, y: float, cell: float, several: bool
) -> list[str]:
    rows, columns, maps = made.y.shape
    values = made.y[:, :, index]
    full = 1.0 if cell < 20 else 0.3
    title = f"map {rows}×{columns}" if maps == 1 else f"map {index}, {rows}×{columns}"

    def label(i: int, j: int) -> str:
        return f"{_label(made, (i, j))}: {number(values[i, j])}"

    return [
        board.words(x, y - 8, title, bold=True),
        board.ground(signed(values, strength=full), x, y, cell),
        board.cells(f"o m{line}", x, y, rows, columns, cell, label),
        board.digits(values, x, y, cell),
    ]


def _label(made: Sliding, place: tuple[int, int]) -> str:
    """What an output reads, as counted in the image."""
    rows = [row - made.before[0] for row in made.rows[place[0]]]
    columns = [column - made.before[1] for column in made.columns[place[1]]]
    return (
        f"output ({place[0]}, {place[1]}) reads rows {board.runs(rows)}, "
        f"columns {board.runs(columns)}"
    )


def _reads(made: Sliding, y: float) -> list[str]:
    """The line below: what is read or fed, in two halves, for rows and for columns."""
    parts = ['<g class="n">']
    for kind, letter, x, reads, before in (
        ("o", "R", 8.0, made.rows, made.before[0]),
        ("o", "C", 270.0, made.columns, made.before[1]),
    ):
        axis = "row" if letter == "R" else "column"
        for index, taps in enumerate(reads):
            places = board.runs([tap - before for tap in taps])
            said = f"Output {axis} {index} reads {axis}s {places}"
            parts.append(board.words(x, y, said, css=f"{kind}{letter}{index}"))
        size = made.padded.shape[0 if letter == "R" else 1]
        for index, outputs in enumerate(follow.fed(reads, size)):
            said = f"Input {axis} {index - before} feeds {axis}s {board.runs(outputs)}"
            parts.append(board.words(x, y, said.replace("-", "−"), css=f"i{letter}{index}"))
    parts.append("</g>")
    return parts


def _sums(
    made: Sliding, drawn: Sequence[int], pinned: tuple[int, int], y: float, room: float
) -> tuple[list[str], int, float]:
    """The sums of products, one shown at a time; how many lines they take, and how wide."""
    rows, columns = made.y.shape[:2]
    everywhere = rows * columns * len(drawn) <= _WRITTEN
    parts, most, widest = [], 1, room
    for line, index in enumerate(drawn):
        parts.append(f'<g class="f{line}"><g class="t">')
        for i in range(rows):
            parts.append(f'<g class="R{i}">')
            for j in range(columns):
                if everywhere or (i, j) == pinned:
                    said = written_sum(
                        made.read((i, j), index),
                        made.kernel(index),
                        made.b[index],
                        made.y[i, j, index],
                    )
                else:
                    said = [f"= {number(made.y[i, j, index])}"]
                most = max(most, len(said))
                widest = max(widest, 16 + 7.1 * max(map(len, said)))
                spans = "".join(
                    f'<tspan x="8" y="{y + 18 * k:g}">{text}</tspan>' for k, text in enumerate(said)
                )
                parts.append(f'<text class="C{j}">{spans}</text>')
            parts.append("</g>")
        parts.append("</g></g>")
    return parts, most, widest


def written_sum(window: np.ndarray, kernel: np.ndarray, bias: float, answer: float) -> list[str]:
    """A sum of products in lines: one for each channel, and the sum of those and the bias."""
    kh, kw, channels = kernel.shape
    ended = f" + bias {_bracket(bias)} = {number(answer)}"
    if channels == 1:
        if kh * kw <= 12:
            return [_products(window, kernel, 0) + ended]
        if kh <= 5:
            lines = [_products(window[a : a + 1], kernel[a : a + 1], 0) for a in range(kh)]
            return [line + " +" for line in lines[:-1]] + [lines[-1] + ended]
    sums = (window * kernel).sum(axis=(0, 1)).tolist()
    lines = []
    if channels <= _SHOWN:
        for channel, total in enumerate(sums):
            body = (
                _products(window, kernel, channel)
                if kh * kw <= 12
                else f"{kh * kw} products add up to"
            )
            lines.append(f"channel {channel}: {body} = {number(total)}".replace("to =", "to"))
    shown = " + ".join(_bracket(total) for total in sums[:8])
    more = f" + … ({channels - 8} more channels)" if channels > 8 else ""
    return [*lines, shown + more + ended]


def _products(window: np.ndarray, kernel: np.ndarray, channel: int) -> str:
    pixels, weights = window[:, :, channel].ravel().tolist(), kernel[:, :, channel].ravel().tolist()
    return " + ".join(
        f"{_bracket(pixel)}·{_bracket(weight)}"
        for pixel, weight in zip(pixels, weights, strict=True)
    )


def _bracket(value: float) -> str:
    return f"({number(value)})" if value < 0 else number(value)


def _pins(
    made: Sliding, name: str, place: tuple[int, int], drawn: Sequence[int], chosen: int
) -> str:
    controls = ""
    for letter, axis, reads, before, at in (
        ("R", "row", made.rows, made.before[0], place[0]),
        ("C", "column", made.columns, made.before[1], place[1]),
    ):
        labels = [
            f"output {axis} {index} reads {axis}s {board.runs([tap - before for tap in taps])}"
            for index, taps in enumerate(reads)
        ]
        controls += board.pins(f"output {axis}", letter, f"{name}{letter}", labels, at)
    if len(drawn) > 1:
        labels = [f"map {index}" for index in drawn]
        names = [str(index) for index in drawn]
        at_map = drawn.index(chosen)
        controls += board.pins("map", "F", f"{name}F", labels, at_map, names)
    return controls


def _alt(made: Sliding, place: tuple[int, int], chosen: int) -> str:
    kh, kw, channels, _ = made.w.shape
    rows, columns, maps = made.y.shape
    settings = []
    if max(made.stride) > 1:
        settings.append(f"stride {_both(made.stride)}")
    if max(made.dilation) > 1:
        settings.append(f"dilation {_both(made.dilation)}")
    if made.padded.shape != made.x.shape:
        (top, left), (high, wide) = made.before, made.padded.shape[:2]
        height, width = made.x.shape[:2]
        settings.append(
            f"padding {top} above, {high - height - top} below, {left} left, "
            f"{wide - width - left} right"
        )
    kind = {"conv": "", "depthwise": " depthwise", "pointwise": " pointwise"}[made.mode]
    turned = ", turned by 180°," if made.flip else ""
    depth = f"×{channels}" if channels > 1 else ""
    height, width = made.x.shape[:2]
    return (
        f"A {kh}×{kw}{kind} kernel{turned} slides over a {height}×{width}{depth} image"
        f"{' with ' + ', '.join(settings) if settings else ''} and gives "
        f"{f'{maps} maps of' if maps > 1 else 'a map of'} {rows}×{columns}; {_label(made, place)}, "
        f"value {number(made.y[(*place, chosen)])}"
        f"{f' in map {chosen}' if maps > 1 else ''}."
    )


def _both(pair: tuple[int, int]) -> str:
    return str(pair[0]) if pair[0] == pair[1] else f"{pair[0]}×{pair[1]}"
