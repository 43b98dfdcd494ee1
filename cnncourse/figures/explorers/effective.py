"""The effective field: how strongly each input moves an output, under the theoretical box."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from cnncourse.figures.explorers import board
from cnncourse.figures.explorers.raster import image_tag
from cnncourse.figures.explorers.receptive import as_network
from cnncourse.figures.palette import BLUE, GREEN, INK, ORANGE
from cnncourse.figures.picture import Picture
from cnncourse.network import EffectiveField, Network, receptive_fields
from cnncourse.network.receptive import last_spatial

_SIDE = 260.0  # pixels of a map's longer side
_GAP = 36.0
_SHARE = 0.95
_LOW, _HIGH = np.array((255.0, 255.0, 255.0)), np.array((8.0, 48.0, 107.0))


def effective_field(
    model: Any,
    layer: str | None = None,
    *,
    network: Any = None,
    at: tuple[int, int] | None = None,
    images: Any = None,
    samples: int = 16,
    seed: int = 0,
) -> Picture:
    """Heat maps of influence on one position of a layer, each under its theoretical box.

    model: a Keras model; a `Network` or a zoo name, built with fresh weights; an `EffectiveField`
    measured before, whose box is then that of `network`; or a mapping from titles to any of these,
    such as {"before training": field, "after": model}. layer: the last with rows and columns if
    left out. at: row and column, the middle if left out. images, samples, seed: as
    `cnncourse.network.effective_field`. Imports TensorFlow unless all fields are measured.
    Raises ValueError or TypeError for what cannot be measured.
    """
    several = model if isinstance(model, Mapping) else {"": model}
    if not several:
        raise ValueError("effective_field needs at least one model or measured field.")
    if network is not None:
        net = as_network(network)
    else:
        sources = [each for each in several.values() if not isinstance(each, EffectiveField)]
        if not sources:
            raise ValueError(
                "A measured field does not know its network: give network=…, whose box is drawn."
            )
        net = as_network(sources[0])
    measured = {
        title: _measure(each, net, layer, at, images, samples, seed)
        for title, each in several.items()
    }
    return draw(measured, net)


def draw(measured: Mapping[str, EffectiveField], network: Network) -> Picture:
    """The maps of measured fields, side by side. Raises KeyError for a layer that is not there."""
    fields = receptive_fields(network)
    parts: list[str] = []
    x, bottom, said = 8.0, 0.0, []
    for title, found in measured.items():
        box = fields[found.layer].interval(found.position, clip=False)
        height, width = found.gradient.shape
        scale = _SIDE / max(height, width)
        across, down = width * scale, height * scale
        (top, low), (left, right) = middle(found.gradient)
        (box_top, box_low), (box_left, box_right) = [
            (max(first, 0), min(last, size - 1))
            for (first, last), size in zip(box, (height, width), strict=True)
        ]
        name = f"{found.layer} {found.position}"
        y = 48.0
        parts += [
            board.words(x, 18, title or name, bold=True),
            board.words(x, 38, name if title else f"input {height}×{width}", size=12),
            image_tag(heat(found.gradient), x, y, across, down),
            board.frame(x, y, across, down, INK, line=1),
            _outline(x, y, scale, (box_top, box_low), (box_left, box_right), ORANGE, ""),
            _outline(x, y, scale, (top, low), (left, right), GREEN, "6 3"),
        ]
        lines = [
            (f"theoretical field {_size(box)}", ORANGE, ""),
            (f"{_SHARE:.0%} of the influence in {low - top + 1}×{right - left + 1}", GREEN, "6 3"),
        ]
        for k, (words, colour, dash) in enumerate(lines):
            y_line = y + down + 20 + 18 * k
            broken = f' stroke-dasharray="{dash}"' if dash else ""
            parts.append(
                f'<path d="M{x:g} {y_line - 4:g}h20" stroke="{colour}" stroke-width="3"{broken}/>'
            )
            parts.append(board.words(x + 28, y_line, words, size=12))
        said.append(
            f"{f'{title}: ' if title else ''}{name}, theoretical field {_size(box)}, "
            f"{_SHARE:.0%} of the influence within {low - top + 1}×{right - left + 1}"
        )
        bottom = max(bottom, y + down + 44)
        x += max(across, 250.0) + _GAP
    parts.append(heat_scale(8, bottom + 6))
    wide, tall = max(x - _GAP + 8, 390), bottom + 24
    body = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:g} {tall:g}" '
        f'width="{wide:g}" height="{tall:g}" font-family="system-ui, sans-serif" '
        f'font-size="13" fill="{INK}" style="display:block;max-width:100%;height:auto">'
        f"{''.join(parts)}</svg>"
    )
    alt = f"Effective receptive fields of {network.name} as heat maps. " + "; ".join(said) + "."
    return Picture(body, alt)


def middle(gradient: np.ndarray, share: float = _SHARE) -> tuple[tuple[int, int], tuple[int, int]]:
    """First and last row, first and last column of a box with at least that share of the influence.

    Half of what may be left out is cut off at either end, along each axis on its own.
    """
    found = []
    for axis in (1, 0):
        along = np.cumsum(gradient.sum(axis=axis))
        if along[-1] <= 0:
            found.append((0, len(along) - 1))
            continue
        cut = (1 - share) / 4 * along[-1]  # two axes, two ends
        first = int(np.searchsorted(along, cut, side="right"))
        last = int(np.searchsorted(along, along[-1] - cut, side="left"))
        found.append((first, last))
    return found[0], found[1]


def _measure(
    model: Any,
    net: Network,
    layer: str | None,
    at: tuple[int, int] | None,
    images: Any,
    samples: int,
    seed: int,
) -> EffectiveField:
    if isinstance(model, EffectiveField):
        return model
    from cnncourse.network import effective_field as measure

    if isinstance(model, str | Network):
        import keras

        keras.utils.set_random_seed(seed)
        model = as_network(model).to_keras()
    chosen = layer or last_spatial(net)
    return measure(model, chosen, at, images=images, samples=samples, seed=seed)


def influence(model: Any, layer: str, at: tuple[int, int]) -> EffectiveField:
    """The field of one position of a Keras model's layer; of fewer samples for a large input.

    Raises as `cnncourse.network.effective_field`.
    """
    from cnncourse.network import effective_field as measure

    size = math.prod(each or 1 for each in as_network(model).input_shape[:2])
    return measure(model, layer, at, samples=16 if size <= 64 * 64 else 4)


def heat(gradient: np.ndarray) -> np.ndarray:
    """From white, nothing, to dark blue, the most. Square roots, or only the peak would be seen."""
    top = float(gradient.max()) or 1.0
    part = np.sqrt((gradient / top).clip(0, 1))[..., None]
    return np.rint(_LOW + part * (_HIGH - _LOW)).astype(np.uint8)


def _outline(
    x: float,
    y: float,
    scale: float,
    rows: tuple[int, int],
    columns: tuple[int, int],
    colour: str,
    dash: str,
) -> str:
    return board.frame(
        x + columns[0] * scale,
        y + rows[0] * scale,
        (columns[1] - columns[0] + 1) * scale,
        (rows[1] - rows[0] + 1) * scale,
        colour,
        line=2.5,
        dash=dash,
    )


def _size(box: tuple[tuple[int, int], tuple[int, int]]) -> str:
    return "×".join(str(last - first + 1) for first, last in box)


def heat_scale(x: float, y: float, most: str = "most influence (square-root scale)") -> str:
    """What the colours of a heat map mean."""
    ramp = heat(np.linspace(0, 1, 48)[None])
    return (
        board.words(x, y + 10, "none", size=11)
        + image_tag(ramp, x + 34, y, 120, 12)
        + board.frame(x + 34, y, 120, 12, BLUE, line=0.5)
        + board.words(x + 160, y + 10, most, size=11)
    )
