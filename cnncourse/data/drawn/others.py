"""Animals without fur, and things. Units are free: the scene fits every drawing into its frame."""

import numpy as np

from cnncourse.data.drawn.chance import between, chance, pick, sign
from cnncourse.data.drawn.coats import FUR, draw_coat, dressed, jittered
from cnncourse.data.drawn.curves import closed, ellipse, limb
from cnncourse.data.drawn.heads import INK
from cnncourse.data.drawn.parts import Colour, Mark, Part, darker, mixed

Rng = np.random.Generator
BRIGHT: tuple[Colour, ...] = (
    (206, 64, 56),
    (226, 140, 50),
    (232, 198, 80),
    (96, 160, 84),
    (70, 140, 170),
    (72, 92, 170),
    (150, 92, 160),
    (226, 140, 160),
    *FUR[2:9],
)


def _colour(rng: Rng) -> Colour:
    return jittered(rng, pick(rng, BRIGHT))


def _eye(x: float, y: float, r: float, iris: Colour = (240, 236, 226)) -> list[Part]:
    return [
        Part(ellipse(x, y, r), iris),
        Part(ellipse(x, y, 0.6 * r), INK),
        Part(ellipse(x + 0.2 * r, y - 0.25 * r, 0.2 * r), (250, 250, 250)),
    ]


def owl(rng: Rng) -> list[Part]:
    u = between
    coat = draw_coat(rng)
    parts: list[Part] = []
    wide = u(rng, 0.55, 0.75)
    for side in (-1, 1):
        parts.append(
            Part(limb([(side * 0.2, 1.0), (side * 0.22, 1.18)], [0.05, 0.08]), (206, 150, 60))
        )
    body = closed(
        [
            (0, -0.35),
            (wide, 0.0),
            (0.95 * wide, 0.6),
            (0.35, 1.08),
            (-0.35, 1.08),
            (-0.95 * wide, 0.6),
            (-wide, 0.0),
        ]
    )
    belly: tuple[Mark, ...] = ((ellipse(0, 0.6, 0.6 * wide, 0.5), coat.pale),)
    parts.append(dressed(rng, coat, body, extra=belly, shade=0.25))
    spread = chance(rng, 0.3)
    for side in (-1, 1):
        reach = u(rng, 0.9, 1.3) if spread else 0.0
        line = [
            (side * 0.9 * wide, 0.0),
            (side * (wide + 0.08 + 0.6 * reach), 0.35 - 0.5 * reach),
            (side * (0.8 * wide + reach), 0.85 - 0.6 * reach),
        ]
        parts.append(
            dressed(
                rng,
                coat,
                limb(line, [0.16, 0.2, 0.05]),
                colour=darker(coat.base, 0.15),
                pattern=False,
            )
        )
    tuft = chance(rng, 0.6)
    for side in (-1, 1):
        if tuft:
            parts.append(
                Part(
                    np.array([(side * 0.62, -0.55), (side * 0.68, -1.1), (side * 0.2, -0.85)]),
                    coat.base,
                )
            )
    parts.append(dressed(rng, coat, ellipse(0, -0.42, u(rng, 0.62, 0.72), 0.52), pattern=False))
    for side in (-1, 1):
        parts.append(Part(ellipse(side * 0.29, -0.42, 0.31, 0.33), coat.pale))
        parts += _eye(side * 0.27, -0.42, u(rng, 0.17, 0.21), (226, 180, 60))
    parts.append(Part(np.array([(-0.08, -0.32), (0.08, -0.32), (0, -0.1)]), (196, 140, 60)))
    return parts


def duck(rng: Rng) -> list[Part]:
    """A bird with a flat beak, seen from the side."""
    u = between
    coat = draw_coat(rng)
    parts: list[Part] = []
    if chance(rng, 0.6):
        for x in (-0.05, 0.12):
            parts.append(
                Part(
                    limb([(x, 0.3), (x + 0.02, 0.62), (x + 0.14, 0.64)], [0.03, 0.03, 0.04]),
                    (226, 140, 50),
                )
            )
    body = closed(
        [
            (-0.85, -0.2),
            (-0.45, -0.12),
            (0.2, -0.3),
            (0.55, 0.0),
            (0.3, 0.36),
            (-0.3, 0.38),
            (-0.7, 0.1),
        ]
    )
    parts.append(dressed(rng, coat, body, belly=True, shade=0.25))
    high = u(rng, 0.5, 0.9)
    head = (0.5 + u(rng, 0, 0.15), -high)
    parts.append(
        dressed(
            rng,
            coat,
            limb([(0.35, -0.05), (0.42, -0.5 * high), head], [0.26, 0.15, 0.17]),
            pattern=False,
        )
    )
    long = u(rng, 0.22, 0.42)
    parts.append(
        Part(
            limb(
                [(head[0] + 0.15, head[1] + 0.04), (head[0] + 0.15 + long, head[1] + 0.1)],
                [0.09, u(rng, 0.03, 0.07)],
            ),
            (226, 150, 50),
        )
    )
    parts.append(
        dressed(
            rng,
            coat,
            ellipse(*head, 0.24, 0.22),
            colour=pick(rng, (coat.base, coat.dark)),
            pattern=False,
        )
    )
    parts += _eye(head[0] + 0.08, head[1] - 0.05, 0.06)
    parts.append(
        dressed(
            rng,
            coat,
            closed([(-0.6, -0.05), (0.1, -0.18), (0.25, 0.05), (-0.15, 0.22)]),
            colour=darker(coat.base, 0.18),
            pattern=False,
        )
    )
    return parts


def fish(rng: Rng) -> list[Part]:
    u = between
    base, fin = _colour(rng), _colour(rng)
    long, high = u(rng, 0.8, 1.1), u(rng, 0.3, 0.6)
    tail = np.array(
        [
            (-0.75 * long, 0),
            (-1.25 * long, -0.75 * high),
            (-1.1 * long, 0),
            (-1.25 * long, 0.75 * high),
        ]
    )
    parts = [Part(tail, fin, shade=0.15)]
    parts.append(Part(closed([(-0.4, -0.6 * high), (0.0, -1.5 * high), (0.35, -0.6 * high)]), fin))
    body = closed(
        [
            (long, 0.05),
            (0.5 * long, -0.75 * high),
            (-0.1, -high),
            (-0.8 * long, -0.15),
            (-0.8 * long, 0.15),
            (-0.1, high),
            (0.5 * long, 0.8 * high),
        ]
    )
    coat = draw_coat(rng, (base,), ("plain", "stripes", "spots", "patches"))
    parts.append(dressed(rng, coat, body, fluff=0, shade=0.25))
    parts.append(Part(closed([(0.1, 0.1), (-0.3, 0.5 * high), (-0.25, 0.05)]), fin, shade=0.1))
    parts += _eye(0.62 * long, -0.15, 0.1)
    parts.append(Part(limb([(0.98 * long, 0.12), (0.8 * long, 0.2)], [0.02, 0.02]), INK))
    return parts


def butterfly(rng: Rng) -> list[Part]:
    u = between
    base, second = _colour(rng), _colour(rng)
    parts: list[Part] = []
    fold = u(rng, 0.55, 1.0)
    a, b = u(rng, 0.7, 1.0), u(rng, 0.5, 0.8)
    for side in (-1, 1):
        low = closed(
            np.array(
                [(0.05, 0.05), (0.6 * b, 0.1), (0.85 * b, 0.5), (0.4 * b, 0.85 * b), (0.1, 0.4)]
            )
            * (side * fold, 1)
        )
        high = closed(
            np.array([(0.05, 0.05), (0.5, -0.75 * a), (a, -0.8 * a), (a, -0.2), (0.5, 0.12)])
            * (side * fold, 1)
        )
        for ring, one, two in ((low, second, base), (high, base, second)):
            centre = ring.mean(0)
            marks = (
                (centre + (ring - centre) * 0.62, mixed(one, two, 0.6)),
                (ellipse(centre[0] + side * 0.1, centre[1], 0.1), (244, 240, 230)),
            )
            parts.append(Part(ring, one, marks, 0.12))
        parts.append(
            Part(
                limb([(0, -0.4), (side * 0.12, -0.7), (side * 0.26, -0.9)], [0.018, 0.015, 0.02]),
                INK,
            )
        )
    parts.append(Part(limb([(0, -0.42), (0, 0.0), (0, 0.6)], [0.08, 0.09, 0.04]), (64, 52, 48)))
    return parts


def snail(rng: Rng) -> list[Part]:
    u = between
    skin, shell = jittered(rng, pick(rng, FUR[3:8])), _colour(rng)
    parts = [
        Part(
            limb(
                [(-0.95, 0.4), (-0.3, 0.32), (0.55, 0.32), (0.85, 0.0), (0.95, -0.3)],
                [0.05, 0.13, 0.14, 0.14, 0.15],
            ),
            skin,
            shade=0.2,
        )
    ]
    for x in (0.9, 1.08):
        parts.append(Part(limb([(x, -0.35), (x + 0.12, -0.72)], [0.035, 0.03]), skin))
        parts += _eye(x + 0.12, -0.75, 0.06)
    r = u(rng, 0.5, 0.65)
    parts.append(Part(ellipse(-0.12, 0.28 - r, r * 1.05, r), shell, shade=0.3))
    turns = np.linspace(0, 4.6 * np.pi, 40)
    spiral = np.stack([np.cos(turns), np.sin(turns)], 1) * (r * 0.85 * (1 - turns / 16))[
        :, None
    ] + (-0.12, 0.28 - r)
    parts.append(Part(limb(spiral, [0.05, 0.03]), darker(shell, 0.4)))
    return parts


def car(rng: Rng) -> list[Part]:
    u = between
    paint = _colour(rng)
    cabin = u(rng, 0.35, 0.5)
    front_end, back_end = u(rng, 0.45, 0.75), u(rng, -0.8, -0.45)
    parts = [
        Part(
            closed(
                [
                    (back_end, -0.3),
                    (back_end + 0.2, -0.35 - cabin),
                    (front_end - 0.35, -0.35 - cabin),
                    (front_end, -0.3),
                ]
            ),
            paint,
            shade=0.15,
        )
    ]
    glass = np.array(
        [
            (back_end + 0.12, -0.32),
            (back_end + 0.26, -0.28 - cabin),
            (front_end - 0.4, -0.28 - cabin),
            (front_end - 0.1, -0.32),
        ]
    )
    parts.append(Part(glass, (176, 206, 220)))
    parts.append(Part(limb([(0.0, -0.28 - cabin), (0.0, -0.3)], [0.035, 0.035]), paint))
    parts.append(
        Part(
            closed(
                [
                    (-1.05, 0.15),
                    (-1.05, -0.25),
                    (-0.5, -0.36),
                    (0.5, -0.36),
                    (1.05, -0.2),
                    (1.1, 0.15),
                ]
            ),
            paint,
            shade=0.28,
        )
    )
    for x in (-0.6, 0.62):
        r = u(rng, 0.2, 0.26)
        parts += [
            Part(ellipse(x, 0.16, r), (40, 38, 42)),
            Part(ellipse(x, 0.16, 0.5 * r), (190, 190, 192)),
        ]
    parts.append(Part(ellipse(1.0, -0.1, 0.07, 0.09), (250, 236, 170)))
    return parts


def house(rng: Rng) -> list[Part]:
    u = between
    wall, roof, door = _colour(rng), _colour(rng), _colour(rng)
    wide, high, top = u(rng, 0.6, 1.0), u(rng, 0.6, 1.1), u(rng, 0.4, 0.8)
    parts: list[Part] = []
    if chance(rng, 0.6):
        x = u(rng, -0.5, 0.4) * wide
        parts.append(Part(_box(x, -high - 0.9 * top, x + 0.2, -high), darker(wall, 0.3)))
    parts.append(Part(_box(-wide, -high, wide, 0), wall, shade=0.18))
    parts.append(
        Part(
            np.array(
                [
                    (-wide - 0.15, -high),
                    (0 if chance(rng, 0.7) else -0.5 * wide, -high - top),
                    (0.45 * wide if chance(rng, 0.3) else 0, -high - top),
                    (wide + 0.15, -high),
                ]
            ),
            roof,
            shade=0.15,
        )
    )
    x = u(rng, -0.5, 0.3) * wide
    parts.append(Part(_box(x, -0.5, x + 0.28, 0), door))
    for at in (-0.72, 0.42):
        if abs(at * wide - x) > 0.3:
            parts += [
                Part(
                    _box(at * wide, -0.8 * high, at * wide + 0.3, -0.8 * high + 0.3),
                    (246, 240, 226),
                ),
                Part(
                    _box(
                        at * wide + 0.03, -0.8 * high + 0.03, at * wide + 0.27, -0.8 * high + 0.27
                    ),
                    (150, 190, 210),
                ),
            ]
    return parts


def _box(left: float, top: float, right: float, bottom: float) -> np.ndarray:
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)])


def tree(rng: Rng) -> list[Part]:
    u = between
    leaf = jittered(
        rng,
        pick(rng, ((88, 140, 70), (120, 160, 70), (206, 130, 50), (60, 110, 84), (226, 150, 160))),
    )
    parts = [
        Part(
            limb([(0, 0), (u(rng, -0.06, 0.06), -0.5), (0, -0.9)], [0.13, 0.09, 0.07]),
            (116, 82, 58),
            shade=0.25,
        )
    ]
    if chance(rng, 0.4):
        for k in range(3):
            wide, y = 0.7 - 0.17 * k, -0.45 - 0.42 * k
            parts.append(
                Part(
                    np.array([(-wide, y), (0, y - 0.75), (wide, y)]),
                    darker(leaf, 0.1 - 0.06 * k),
                    shade=0.2,
                )
            )
        return parts
    coat = draw_coat(rng, (leaf,), ("plain", "spots"))
    for _ in range(5):
        parts.append(
            dressed(
                rng,
                coat,
                ellipse(
                    u(rng, -0.42, 0.42), u(rng, -1.5, -0.85), u(rng, 0.3, 0.48), u(rng, 0.28, 0.42)
                ),
                shade=0.2,
            )
        )
    return parts


def cup(rng: Rng) -> list[Part]:
    u = between
    colour = _colour(rng)
    wide, low, high = u(rng, 0.45, 0.6), u(rng, 0.3, 0.5), u(rng, 0.7, 1.1)
    handle = limb(
        [
            (wide - 0.05, -0.8 * high),
            (wide + 0.32, -0.75 * high),
            (wide + 0.28, -0.35 * high),
            (low + 0.02, -0.25 * high),
        ],
        [0.06, 0.06],
    )
    parts = [Part(handle, darker(colour, 0.15))]
    coat = draw_coat(rng, (colour,), ("plain", "stripes", "spots"))
    parts.append(
        dressed(
            rng,
            coat,
            closed(
                [
                    (-wide, -high),
                    (0, -high),
                    (wide, -high),
                    (wide, -0.6 * high),
                    (low, 0),
                    (0, 0.04),
                    (-low, 0),
                    (-wide, -0.6 * high),
                ]
            ),
            fluff=0,
            shade=0.3,
        )
    )
    parts += [
        Part(ellipse(0, -high, wide, 0.13), darker(colour, -0.4)),
        Part(ellipse(0, -high + 0.02, 0.86 * wide, 0.09), (92, 60, 40)),
    ]
    return parts


def flower(rng: Rng) -> list[Part]:
    u = between
    petal, heart = _colour(rng), (236, 190, 70)
    count = 5 + int(rng.random() * 5)
    parts = [
        Part(
            limb([(0, 0), (u(rng, -0.15, 0.15), 0.7), (u(rng, -0.1, 0.1), 1.5)], [0.05, 0.05]),
            (88, 136, 70),
        )
    ]
    for side in (-1, 1):
        parts.append(
            Part(
                limb(
                    [(0, 1.1), (side * 0.3, 0.85), (side * 0.6, u(rng, 0.7, 1.0))],
                    [0.04, 0.13, 0.02],
                ),
                (100, 150, 76),
                shade=0.15,
            )
        )
    long, wide, start = u(rng, 0.35, 0.5), u(rng, 0.13, 0.24), u(rng, 0, 60)
    for k in range(count):
        angle = start + 360 * k / count
        x, y = np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))
        parts.append(
            Part(
                ellipse(0.42 * x, 0.42 * y, long, wide, angle),
                darker(petal, u(rng, -0.1, 0.1)),
                shade=0.12,
            )
        )
    parts.append(Part(ellipse(0, 0, u(rng, 0.18, 0.3)), heart, shade=0.25))
    return parts


def boat(rng: Rng) -> list[Part]:
    u = between
    hull, sail = _colour(rng), mixed(_colour(rng), (250, 248, 240), 0.6)
    high = u(rng, 1.0, 1.5)
    parts = [Part(limb([(0, -0.1), (0, -high - 0.1)], [0.03, 0.025]), (110, 80, 56))]
    parts.append(
        Part(
            closed([(0.06, -0.2), (0.06, -high), (0.35, -0.6 * high), (u(rng, 0.7, 0.9), -0.22)]),
            sail,
            shade=0.15,
        )
    )
    if chance(rng, 0.7):
        parts.append(
            Part(
                np.array([(-0.06, -0.22), (-0.06, -0.85 * high), (-0.7, -0.22)]),
                darker(sail, 0.08),
                shade=0.1,
            )
        )
    parts.append(
        Part(
            closed(
                [(-1.0, -0.14), (0.0, -0.1), (1.1, -0.2), (0.8, 0.2), (0.0, 0.32), (-0.75, 0.22)]
            ),
            hull,
            shade=0.3,
        )
    )
    if chance(rng, 0.5):
        parts.append(
            Part(
                np.array([(0, -high - 0.1), (sign(rng) * 0.25, -high - 0.02), (0, -high + 0.06)]),
                _colour(rng),
            )
        )
    return parts
