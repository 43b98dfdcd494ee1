"""From parts to pixels: painted at two to three times the size with Pillow, then made smaller."""

import numpy as np
from PIL import Image, ImageDraw

from cnncourse.data.drawn.chance import between, chance
from cnncourse.data.drawn.parts import Colour, Part, bounds, placed
from cnncourse.data.drawn.scenes import Light, before, behind, draw_light

Rng = np.random.Generator


def picture(rng: Rng, subject: list[Part], size: int) -> np.ndarray:
    """The subject in a place, in a light, in a frame: (size, size, 3) uint8."""
    light = draw_light(rng)
    colour, back = behind(rng)
    parts = _framed(rng, subject)
    front = before(rng)
    grain = rng.standard_normal((40, 40)).astype(np.float32)
    camera = np.random.Generator(np.random.SFC64(int(rng.integers(2**63))))

    scale = 3 if size < 120 else 2
    big = size * scale
    small = max(big // light.blur, 8)
    canvas = Image.new("RGB", (small, small), _ink(colour))
    _paint(canvas, back, light)
    if small != big:
        canvas = canvas.resize((big, big), Image.Resampling.BILINEAR)
    _shadow(rng, canvas, parts)
    _paint(canvas, parts, light)
    _paint(canvas, front, light)
    canvas = canvas.resize((size, size), Image.Resampling.BOX)
    return _lit(np.asarray(canvas, np.float32), light, grain, camera)


def _framed(rng: Rng, subject: list[Part]) -> list[Part]:
    """The subject mirrored, turned, scaled and moved into the frame; some stick out of it."""
    parts = placed(subject, angle=between(rng, -9, 9), flip=chance(rng, 0.5))
    left, top, right, bottom = bounds(parts)
    reach = max(right - left, bottom - top)
    bust = any(part.loose for part in parts)
    if chance(rng, 0.8):
        size = between(rng, 0.7, 0.98)
    else:
        size = between(rng, 0.98, 1.05 if bust else 1.2)
    scale = size / reach
    room = max(0.05, (1 - size) / 2 + 0.04)
    x = 0.5 + between(rng, -room, room)
    y = 0.52 + between(rng, -room, room)
    return placed(parts, x - scale * (left + right) / 2, y - scale * (top + bottom) / 2, scale)


def _ink(colour: Colour) -> tuple[int, int, int]:
    r, g, b = (min(max(round(float(c)), 0), 255) for c in colour)
    return (r, g, b)


def _paint(canvas: Image.Image, parts: list[Part], light: Light) -> None:
    draw = ImageDraw.Draw(canvas)
    size = canvas.width
    for part in parts:
        points = part.points * size
        if not part.marks and part.shade < 0.02:
            draw.polygon(points.ravel().tolist(), fill=_ink(part.colour))
        else:
            _paint_shaded(canvas, part, points, light)


def _paint_shaded(canvas: Image.Image, part: Part, points: np.ndarray, light: Light) -> None:
    """A part with marks and a darker side: painted on a tile of its own, cut out by its outline."""
    size = canvas.width
    low = np.maximum(np.floor(points.min(0)) - 1, 0).astype(int)
    high = np.minimum(np.ceil(points.max(0)) + 2, size).astype(int)
    width, height = (high - low).tolist()
    if width < 2 or height < 2:
        return
    outline = (points - low).ravel().tolist()
    mask = Image.new("L", (width, height))
    ImageDraw.Draw(mask).polygon(outline, fill=255)
    tile = Image.new("RGB", (width, height), _ink(part.colour))
    draw = ImageDraw.Draw(tile)
    for mark, colour in part.marks:
        draw.polygon((mark * size - low).ravel().tolist(), fill=_ink(colour))
    if part.shade >= 0.02:
        reach = 0.2 * float(min(points.max(0) - points.min(0)))
        c, s = np.cos(np.deg2rad(light.angle)), np.sin(np.deg2rad(light.angle))
        dark = Image.new("L", (width, height), round(255 * part.shade))
        step = ImageDraw.Draw(dark)
        for share in (0.35, 0.7, 1.0):  # three steps of a soft edge
            moved = points - low + (c * reach * share, s * reach * share)
            step.polygon(moved.ravel().tolist(), fill=round(255 * part.shade * (1 - share)))
        tile.paste(Image.new("RGB", (width, height), (26, 22, 34)), (0, 0), dark)
    canvas.paste(tile, tuple(low.tolist()), mask)


def _shadow(rng: Rng, canvas: Image.Image, parts: list[Part]) -> None:
    """A soft dark spot where the subject stands."""
    if any(part.loose for part in parts):
        return
    left, _, right, bottom = bounds(parts)
    strength = round(between(rng, 20, 110))
    small = Image.new("L", (32, 32))
    middle, reach = 16 * (left + right), 14 * (right - left)
    box = (middle - reach, 32 * bottom - 2.2, middle + reach, 32 * bottom + 1.6)
    ImageDraw.Draw(small).ellipse(box, fill=strength)
    mask = small.resize(canvas.size, Image.Resampling.BILINEAR)
    canvas.paste(Image.new("RGB", canvas.size, (20, 18, 24)), (0, 0), mask)


def _lit(image: np.ndarray, light: Light, grain: np.ndarray, camera: Rng) -> np.ndarray:
    """Light, haze, uneven exposure and the camera's noise."""
    size = len(image)
    soft = Image.fromarray(grain).resize((size, size), Image.Resampling.BILINEAR)
    c, s = np.cos(np.deg2rad(light.angle)), np.sin(np.deg2rad(light.angle))
    axis = np.linspace(-0.5, 0.5, size, dtype=np.float32)
    slope = 1 - light.fall * (0.5 - (axis[None] * c + axis[:, None] * s) / 1.42)
    slope = (slope * (1 + 0.035 * np.asarray(soft)))[..., None]
    image = image * (
        slope * np.asarray(light.colour, np.float32) * ((light.high - light.low) / 255)
    )
    image += light.low
    if light.noise > 0.5:
        image += camera.standard_normal(image.shape, dtype=np.float32) * light.noise
    return np.clip(image, 0, 255).astype(np.uint8)
