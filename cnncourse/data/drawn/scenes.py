"""What is around the animal: a room or a landscape behind it, something in front, and the light."""

from dataclasses import dataclass

import numpy as np

from cnncourse.data.drawn.chance import between, chance, pick
from cnncourse.data.drawn.coats import FUR, jittered
from cnncourse.data.drawn.curves import closed, ellipse, limb, ruffled
from cnncourse.data.drawn.others import BRIGHT
from cnncourse.data.drawn.parts import Colour, Part, darker, mixed

Rng = np.random.Generator


@dataclass(frozen=True)
class Light:
    """angle: where it comes from, degrees. colour: a factor for each channel. low, high: the range
    that black and white are squeezed into. fall: how much darker the far corner is. noise: of the
    camera, grey levels. blur: of the background, as a divisor of its size.
    """

    angle: float
    colour: Colour
    low: float
    high: float
    fall: float
    noise: float
    blur: int


def draw_light(rng: Rng) -> Light:
    """Daylight or lamp light, bright or dim, hard or hazy."""
    warm = between(rng, -0.12, 0.14)
    low = between(rng, 0, 40)
    return Light(
        between(rng, 0, 360),
        (1 + warm, 1 + between(rng, -0.04, 0.04), 1 - warm),
        low,
        between(rng, 185, 290),
        between(rng, 0, 0.32),
        between(rng, 0, 6),
        pick(rng, (1, 2, 3, 4, 6)),
    )


def behind(rng: Rng) -> tuple[Colour, list[Part]]:
    """The colour of the backdrop and the parts on it, in a frame from (0, 0) to (1, 1)."""
    place = pick(rng, ("room", "room", "garden", "garden", "street", "plain", "paper"))
    colour = _soft(rng)
    if place == "plain":
        return colour, _clutter(rng, 3)
    if place == "paper":
        return colour, _wallpaper(rng, colour)
    horizon = between(rng, 0.35, 0.8)
    if place == "room":
        return colour, _room(rng, colour, horizon)
    if place == "garden":
        return _sky(rng), _garden(rng, horizon)
    return _sky(rng), _street(rng, horizon)


def _soft(rng: Rng) -> Colour:
    """A wall's colour; often one that fur can have, so that the animal may melt into it."""
    if chance(rng, 0.25):
        return jittered(rng, pick(rng, FUR), 24)
    return mixed(jittered(rng, pick(rng, BRIGHT), 24), (210, 206, 198), between(rng, 0.2, 0.8))


def _sky(rng: Rng) -> Colour:
    return jittered(
        rng, pick(rng, ((176, 206, 226), (220, 226, 226), (232, 200, 170), (120, 150, 190))), 20
    )


def _box(left: float, top: float, right: float, bottom: float) -> np.ndarray:
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)])


def _room(rng: Rng, wall: Colour, horizon: float) -> list[Part]:
    u = between
    floor = _soft(rng)
    parts = [
        Part(_box(0, horizon, 1, 1), floor),
        Part(_box(0, horizon - 0.02, 1, horizon + 0.01), darker(floor, 0.3)),
    ]
    if chance(rng, 0.4):
        step = u(rng, 0.1, 0.25)
        parts += [
            Part(_box(0, y, 1, y + 0.006), darker(floor, 0.25)) for y in np.arange(horizon, 1, step)
        ]
    if chance(rng, 0.5):
        x, y, w = u(rng, -0.1, 0.8), u(rng, 0, 0.2), u(rng, 0.2, 0.4)
        parts += [
            Part(_box(x, y, x + w, y + w), (240, 236, 226)),
            Part(_box(x + 0.02, y + 0.02, x + w - 0.02, y + w - 0.02), _sky(rng)),
        ]
        parts.append(Part(_box(x + w / 2 - 0.01, y, x + w / 2 + 0.01, y + w), (240, 236, 226)))
    if chance(rng, 0.5):
        x, w, h = u(rng, -0.2, 0.8), u(rng, 0.3, 0.7), u(rng, 0.15, 0.4)
        sofa = _soft(rng)
        parts.append(
            Part(
                closed(
                    [
                        (x, horizon + 0.1),
                        (x, horizon - h),
                        (x + w, horizon - h),
                        (x + w, horizon + 0.1),
                    ]
                ),
                sofa,
                shade=0.2,
            )
        )
    if chance(rng, 0.4):
        parts.append(
            Part(
                ellipse(u(rng, 0.2, 0.8), u(rng, 0.85, 1), u(rng, 0.3, 0.6), u(rng, 0.08, 0.16)),
                _soft(rng),
            )
        )
    return parts + _clutter(rng, 2)


def _garden(rng: Rng, horizon: float) -> list[Part]:
    u = between
    grass = jittered(
        rng,
        pick(
            rng, ((110, 150, 76), (150, 160, 90), (170, 150, 110), (226, 228, 232), (200, 180, 140))
        ),
        24,
    )
    parts: list[Part] = []
    for _ in range(2):
        x = u(rng, 0, 1)
        parts.append(
            Part(
                ellipse(x, horizon + 0.1, u(rng, 0.3, 0.7), u(rng, 0.15, 0.35)),
                jittered(rng, mixed(grass, (120, 150, 150), 0.4), 20),
            )
        )
    for _ in range(int(rng.random() * 4)):
        x, r = u(rng, 0, 1), u(rng, 0.07, 0.2)
        parts.append(
            Part(limb([(x, horizon + 0.05), (x, horizon - r)], [0.02, 0.02]), (104, 80, 60))
        )
        parts.append(
            Part(
                ruffled(ellipse(x, horizon - r - 0.1, r, r * u(rng, 0.8, 1.5)), 0.03, rng),
                jittered(rng, (84, 128, 72), 30),
                shade=0.2,
            )
        )
    parts.append(Part(_box(0, horizon, 1, 1), grass))
    for _ in range(int(rng.random() * 25)):
        x, y = u(rng, 0, 1), u(rng, horizon, 1)
        parts.append(
            Part(
                np.array(
                    [
                        (x - 0.008, y),
                        (x + u(rng, -0.02, 0.02), y - u(rng, 0.03, 0.08)),
                        (x + 0.008, y),
                    ]
                ),
                darker(grass, u(rng, -0.2, 0.3)),
            )
        )
    return parts + _clutter(rng, 1)


def _street(rng: Rng, horizon: float) -> list[Part]:
    u = between
    parts: list[Part] = []
    x = u(rng, -0.2, 0)
    while x < 1:
        w, top = u(rng, 0.15, 0.4), u(rng, 0.0, 0.5) * horizon
        wall = _soft(rng)
        parts.append(Part(_box(x, top, x + w, horizon), wall))
        for y in np.arange(top + 0.05, horizon - 0.08, 0.14):
            for at in np.arange(x + 0.03, x + w - 0.06, 0.11):
                parts.append(Part(_box(at, y, at + 0.05, y + 0.07), darker(wall, 0.35)))
        x += w + u(rng, 0, 0.1)
    road = jittered(rng, pick(rng, ((150, 148, 150), (196, 186, 170), (110, 108, 112))))
    return [
        *parts,
        Part(_box(0, horizon, 1, 1), road),
        Part(_box(0, horizon, 1, horizon + 0.04), darker(road, -0.3)),
        *_clutter(rng, 2),
    ]


def _wallpaper(rng: Rng, colour: Colour) -> list[Part]:
    u = between
    second = mixed(colour, _soft(rng), u(rng, 0.2, 0.6))
    step = u(rng, 0.08, 0.22)
    kind = pick(rng, ("bars", "dots", "checks", "slants"))
    at = np.arange(0, 1.2, step)
    if kind == "bars":
        return [Part(_box(x, 0, x + step / 2, 1), second) for x in at]
    if kind == "slants":
        return [
            Part(
                np.array([(x, 0), (x + step / 2, 0), (x + step / 2 - 0.6, 1), (x - 0.6, 1)]), second
            )
            for x in np.arange(0, 1.8, step)
        ]
    if kind == "dots":
        return [
            Part(ellipse(x + (step / 2 if row % 2 else 0), y, 0.22 * step), second)
            for row, y in enumerate(at)
            for x in at
        ]
    return [
        Part(_box(x, y, x + step, y + step), second)
        for i, x in enumerate(at)
        for j, y in enumerate(at)
        if (i + j) % 2
    ]


def _clutter(rng: Rng, most: int) -> list[Part]:
    u = between
    parts: list[Part] = []
    for _ in range(int(rng.random() * (most + 1))):
        colour = _soft(rng)
        x, y, r = u(rng, 0, 1), u(rng, 0.1, 1), u(rng, 0.04, 0.16)
        kind = pick(rng, ("ball", "box", "blob", "stick"))
        if kind == "ball":
            parts.append(Part(ellipse(x, y, r), colour, shade=0.25))
        elif kind == "box":
            parts.append(Part(_box(x - r, y - r, x + r * u(rng, 0.5, 2), y + r), colour, shade=0.2))
        elif kind == "blob":
            parts.append(
                Part(
                    closed(ellipse(x, y, r)[::4] + rng.uniform(-r, r, (7, 2)) * 0.5),
                    colour,
                    shade=0.2,
                )
            )
        else:
            parts.append(
                Part(
                    limb([(x, y), (x + u(rng, -0.2, 0.2), y - u(rng, 0.1, 0.5))], [0.02, 0.015]),
                    colour,
                )
            )
    return parts


def before(rng: Rng) -> list[Part]:
    """Something that hides a part of the animal, in three pictures of ten."""
    if not chance(rng, 0.3):
        return []
    u = between
    kind = pick(rng, ("grass", "fence", "ball", "leaf", "cloth", "box"))
    colour = _soft(rng)
    if kind == "grass":
        green = jittered(rng, (100, 144, 70), 30)
        low = u(rng, 0.86, 1.0)
        return [
            Part(
                np.array(
                    [
                        (x - 0.012, 1.02),
                        (x + u(rng, -0.05, 0.05), low - u(rng, 0.02, 0.2)),
                        (x + 0.012, 1.02),
                    ]
                ),
                darker(green, u(rng, -0.2, 0.3)),
            )
            for x in rng.uniform(0, 1, 26)
        ]
    if kind == "fence":
        step, w, top = u(rng, 0.22, 0.4), u(rng, 0.015, 0.035), u(rng, 0.3, 0.75)
        posts = [Part(_box(x, top, x + w, 1), colour) for x in np.arange(u(rng, 0, step), 1, step)]
        return [*posts, Part(_box(0, top + 0.06, 1, top + 0.06 + w), darker(colour, 0.1))]
    if kind == "ball":
        x, y, r = u(rng, 0, 1), u(rng, 0.72, 1.0), u(rng, 0.06, 0.14)
        colour = jittered(rng, pick(rng, BRIGHT))
        return [
            Part(
                ellipse(x, y, r), colour, ((ellipse(x, y, 0.35 * r, r), darker(colour, -0.4)),), 0.3
            )
        ]
    if kind == "leaf":
        side = 0 if chance(rng, 0.5) else 1
        parts = []
        for _ in range(4):
            y = u(rng, 0.1, 1)
            tip = (abs(side - u(rng, 0.15, 0.4)), y + u(rng, -0.2, 0.2))
            middle = (abs(side - 0.12), (y + tip[1]) / 2 - 0.05)
            parts.append(
                Part(
                    limb([(side, y), middle, tip], [0.02, 0.05, 0.005]),
                    jittered(rng, (84, 130, 76), 30),
                    shade=0.15,
                )
            )
        return parts
    if kind == "cloth":
        y = u(rng, 0.78, 0.95)
        wave = [(x, y + u(rng, -0.04, 0.04)) for x in (0, 0.25, 0.5, 0.75, 1)]
        return [Part(np.array([*wave, (1, 1.02), (0, 1.02)]), colour, shade=0.1)]
    x, w = u(rng, -0.1, 0.8), u(rng, 0.15, 0.4)
    return [Part(_box(x, u(rng, 0.72, 0.9), x + w, 1.02), colour, shade=0.15)]
