"""Bodies of animals with four legs, in five poses. The ground is y = 0; a trunk is about 1 long."""

from dataclasses import dataclass, replace

import numpy as np

from cnncourse.data.drawn.chance import between, chance, pick, sign
from cnncourse.data.drawn.coats import Coat, dressed
from cnncourse.data.drawn.curves import closed, ellipse, limb
from cnncourse.data.drawn.heads import Face, front, profile
from cnncourse.data.drawn.parts import Part, darker, placed

POSES = (
    "portrait",
    "portrait",
    "portrait",
    "portrait",
    "sit",
    "sit",
    "perch",
    "stand",
    "stand",
    "lie",
)


@dataclass(frozen=True)
class Body:
    """The form of a body. leg: length; depth: of the chest; tuck: how far the waist is drawn in.

    tail: thin, hook, curl, sickle, bush, stub, tuft or fan. head: half its width. neck: length;
    rise: how steep the neck goes up, degrees. hoof: hooves for paws.
    """

    leg: float = 0.45
    leg_width: float = 0.075
    length: float = 1.0
    depth: float = 0.42
    tuck: float = 0.06
    head: float = 0.27
    neck: float = 0.3
    rise: float = 50.0
    tail: str = "thin"
    tail_length: float = 0.7
    tail_width: float = 0.045
    hoof: bool = False
    poses: tuple[str, ...] = POSES


def creature(rng: np.random.Generator, face: Face, body: Body, coat: Coat) -> list[Part]:
    """The whole animal in a pose drawn from those its body can take."""
    pose = pick(rng, body.poses)
    draw = {"portrait": _portrait, "sit": _sit, "perch": _perch, "stand": _stand, "lie": _lie}[pose]
    return draw(rng, face, body, coat)


def _head(
    rng: np.random.Generator,
    face: Face,
    coat: Coat,
    x: float,
    y: float,
    size: float,
    side: float = 0.5,
    tilt: float = 14,
) -> list[Part]:
    """A head at a place: a profile in this share of the cases, else more or less from the front."""
    angle = between(rng, -tilt, tilt)
    squeeze = between(rng, 0.9, 1.12)
    if chance(rng, side):
        return placed(profile(rng, face, coat), x, y, size, angle)
    turn = between(rng, -0.2, 1.0) if side else between(rng, -0.8, 0.8)
    return placed(front(rng, face, coat, turn), x, y, size, angle, squeeze=squeeze)


def _portrait(rng: np.random.Generator, face: Face, body: Body, coat: Coat) -> list[Part]:
    wide = between(rng, 0.75, 1.15) + 0.4 * (body.depth - 0.42)
    neck = [(-0.45, 0.3), (0.45, 0.3), (wide, 1.5), (wide, 6.0), (-wide, 6.0), (-wide, 1.5)]
    lean = between(rng, -0.3, 0.3)
    points = closed(neck) + np.array((lean, 0))
    parts = [replace(dressed(rng, coat, points, fluff=1.3, pattern=False), loose=True)]
    if coat.paws:
        bib = ellipse(0.6 * lean, 1.6, 0.45 * wide, 0.9)
        parts.append(replace(dressed(rng, coat, bib, colour=coat.pale, pattern=False), loose=True))
    return parts + _head(rng, face, coat, 0, 0, 1.0, side=0.25, tilt=18)


def _tail(rng: np.random.Generator, body: Body, coat: Coat, x: float, y: float) -> list[Part]:
    """A tail that starts at (x, y) and goes left."""
    n, w = body.tail_length, body.tail_width
    kind = body.tail
    lift = between(rng, -0.25, 0.5)
    taper = [1.0, 1.0, 0.9, 0.7]
    if kind == "thin":  # an S that may hang or rise
        line = [
            (0, 0),
            (-0.35, 0.12 - 0.5 * lift),
            (-0.65, -0.5 * lift),
            (-0.85, -0.25 - lift),
            (-0.8, -0.45 - lift),
        ]
    elif kind == "hook":  # straight up, the tip bent over
        line = [(0, 0), (-0.15, -0.45), (-0.12, -0.85), (-0.02, -1.0), (0.1, -0.92)]
    elif kind == "curl":  # rolled up over the back
        line = [(0, 0), (-0.22, -0.3), (0.0, -0.55), (0.22, -0.42), (0.14, -0.22)]
        taper = [0.9, 1.2, 1.2, 0.6]
    elif kind == "sickle":
        line = [(0, 0), (-0.3, -0.18), (-0.52, -0.5), (-0.5, -0.8)]
        taper = [1.2, 1.1, 0.8, 0.25]
    elif kind == "bush":
        line = [(0, 0), (-0.3, 0.1 - 0.4 * lift), (-0.7, 0.1 - lift), (-0.95, 0.05 - lift)]
        taper = [0.7, 1.6, 2.4, 2.1, 0.4]
    elif kind == "fan":  # upright behind the back, a squirrel's
        line = [(0, 0), (-0.4, -0.3), (-0.35, -0.9), (-0.55, -1.25)]
        taper = [1.0, 2.3, 3.2, 2.6, 1.0]
    elif kind == "tuft":
        line = [(0, 0), (-0.14, 0.2), (-0.16, 0.7), (-0.2, 0.95)]
        taper = [1.0, 0.8, 0.8, 1.6, 1.2]
    elif kind == "mane":  # a horse's: long hair
        line = [(0, 0), (-0.2, 0.2), (-0.25, 0.7), (-0.2, 1.0)]
        taper = [0.8, 1.8, 2.2, 0.6]
    else:  # stub
        line = [(0, 0), (-0.1, -0.06), (-0.18, -0.1)]
        taper = [1.4, 1.3, 0.8]
    points = np.array(line) * n + (x, y)
    radii = [w * each for each in taper]
    part = dressed(
        rng,
        coat,
        limb(points, radii),
        colour=coat.tail,
        pattern=False,
        fluff=1.3 if kind in ("bush", "fan") else 0.5,
        shade=0.15,
    )
    tip = limb(points[-2:], [radii[-1] * 1.02] * 2)
    if coat.pattern in ("bib", "stripes") and kind not in ("stub", "tuft"):
        part = Part(
            part.points,
            part.colour,
            (*part.marks, (tip, coat.pale if coat.pattern == "bib" else coat.dark)),
            part.shade,
        )
    return [part]


def _leg(
    rng: np.random.Generator,
    body: Body,
    coat: Coat,
    line: list[tuple[float, float]],
    far: bool,
    thigh: float = 1.5,
) -> list[Part]:
    w = body.leg_width
    colour = darker(coat.base, 0.24) if far else coat.base
    parts = [
        dressed(
            rng,
            coat,
            limb(line, [thigh * w, 1.05 * w, 0.8 * w]),
            colour=colour,
            fluff=0.5,
            pattern=not far,
            shade=0.15,
        )
    ]
    x, y = line[-1]
    paw = darker(coat.paw, 0.24) if far else coat.paw
    if body.hoof:
        foot = np.array([(-0.9 * w, -0.8 * w), (0.8 * w, -0.8 * w), (1.2 * w, w), (-1.1 * w, w)])
        parts.append(Part(foot + np.array((x, y)), (58, 48, 44)))
    else:
        parts.append(Part(ellipse(x + 0.45 * w, y + 0.25 * w, 1.4 * w, 0.85 * w), paw, shade=0.15))
    return parts


def _stand(rng: np.random.Generator, face: Face, body: Body, coat: Coat) -> list[Part]:
    L, d, leg = body.length, body.depth, body.leg
    y = -leg - 0.42 * d
    step = between(rng, 0.0, 0.22) * (0.4 + leg)
    crouch = between(rng, -0.04, 0.04)
    rump, chest = -0.5 * L, 0.5 * L
    parts: list[Part] = []
    parts += _tail(rng, body, coat, rump - 0.04, y - 0.25 * d)

    def fore(x: float, swing: float, far: bool) -> list[Part]:
        return _leg(
            rng,
            body,
            coat,
            [(x, y + 0.1), (x + 0.3 * swing, y * 0.45), (x + swing, -body.leg_width)],
            far,
        )

    def hind(x: float, swing: float, far: bool) -> list[Part]:
        hock = (x - 0.1 + 0.6 * swing, -0.36 * leg)
        return _leg(
            rng,
            body,
            coat,
            [
                (x, y + 0.08),
                (x + 0.05 + 0.3 * swing, -0.75 * leg),
                hock,
                (x - 0.05 + swing, -body.leg_width),
            ],
            far,
            2.2,
        )

    parts += fore(chest - 0.04, -step, True) + hind(rump + 0.2, step, True)
    ring = [
        (rump - 0.06, y - 0.1 * d),
        (rump + 0.12, y - 0.48 * d),
        (0, y - 0.46 * d + crouch),
        (chest - 0.08, y - 0.5 * d),
        (chest + 0.1, y - 0.05),
        (chest - 0.02, y + 0.46 * d),
        (0.05, y + (0.5 * d - 0.4 * body.tuck)),
        (rump + 0.32, y + 0.46 * d - body.tuck),
        (rump + 0.02, y + 0.3 * d),
    ]
    angle = np.deg2rad(body.rise + between(rng, -25, 15))
    head = (
        chest - 0.02 + (body.neck + 0.4 * body.head) * np.cos(angle),
        y - 0.3 * d - (body.neck + 0.4 * body.head) * np.sin(angle),
    )
    neck = limb([(chest - 0.12, y - 0.05), head], [0.42 * d, 0.62 * body.head + 0.1 * d])
    back = dressed(rng, coat, neck, pattern=False, fluff=1.2)
    parts.append(dressed(rng, coat, closed(ring), belly=True, shade=0.28))
    parts += [back]
    parts += hind(rump + 0.1, -0.7 * step, False) + fore(chest - 0.12, 0.9 * step, False)
    return parts + _head(
        rng, face, coat, head[0] + 0.1 * body.head, head[1] - 0.15 * body.head, body.head, side=0.55
    )


def _sit(rng: np.random.Generator, face: Face, body: Body, coat: Coat) -> list[Part]:
    """Sitting, seen from the front."""
    d = body.depth
    high = 0.45 + 0.75 * body.leg
    wide = 0.72 * d
    flip = sign(rng)
    tail = placed(_tail(rng, body, coat, 0, 0), -flip * 0.75 * wide, -0.1, 0.85, flip=flip < 0)
    hips = closed(
        [
            (0, -0.75 * high),
            (0.85 * wide, -0.45 * high),
            (1.15 * wide, -0.12),
            (0.8 * wide, 0.02),
            (-0.8 * wide, 0.02),
            (-1.15 * wide, -0.12),
            (-0.85 * wide, -0.45 * high),
        ]
    )
    trunk = closed(
        [
            (0, -high - 0.1),
            (0.5 * wide, -0.95 * high),
            (0.72 * wide, -0.55 * high),
            (0.55 * wide, -0.1),
            (0, -0.03),
            (-0.55 * wide, -0.1),
            (-0.72 * wide, -0.55 * high),
            (-0.5 * wide, -0.95 * high),
        ]
    )
    parts = [*tail, dressed(rng, coat, hips)]
    for side in (-1, 1):
        parts.append(Part(ellipse(side * 1.0 * wide, -0.03, 0.17, 0.075), coat.paw, shade=0.15))
    bib = ((ellipse(0, -0.75 * high, 0.42 * wide, 0.4 * high), coat.pale),) if coat.paws else ()
    parts.append(dressed(rng, coat, trunk, extra=bib, fluff=1.2))
    for side in (-1, 1):
        x = side * 0.32 * wide
        parts += _leg(
            rng, body, coat, [(1.1 * x, -0.55 * high), (x, -0.25 * high), (x, -0.03)], False, 1.2
        )
    y = -high - 0.55 * body.head - 0.25 * body.neck
    neck = limb([(0, -0.85 * high), (0, y)], [0.42 * wide + 0.08, 0.62 * body.head])
    parts.append(dressed(rng, coat, neck, pattern=False))
    return parts + _head(rng, face, coat, 0, y, body.head * 1.05, side=0.15)


def _perch(rng: np.random.Generator, face: Face, body: Body, coat: Coat) -> list[Part]:
    """Sitting, seen from the side."""
    d = body.depth
    high = 0.4 + 0.8 * body.leg
    low = chance(rng, 0.7) and body.tail in ("thin", "bush", "sickle", "tuft", "mane")
    tail = _tail(rng, body, coat, 0, 0)
    if low:
        tail = placed(tail, -0.36, -0.08, 0.9, angle=-12 if body.tail == "sickle" else 0)
    else:
        tail = placed(tail, -0.36, -0.14, 0.9)
    ring = [
        (-0.48, -0.12),
        (-0.42, -0.5 * high),
        (-0.08, -0.95 * high),
        (0.2, -1.08 * high),
        (0.42 * d + 0.22, -0.8 * high),
        (0.3, -0.35 * high),
        (0.2, -0.02),
        (-0.3, 0.0),
    ]
    parts = [
        *tail,
        *_leg(rng, body, coat, [(0.24, -0.6 * high), (0.3, -0.3 * high), (0.33, -0.03)], True, 1.2),
    ]
    parts.append(dressed(rng, coat, closed(ring), belly=True, shade=0.26))
    parts += _leg(
        rng, body, coat, [(0.2, -0.65 * high), (0.22, -0.3 * high), (0.22, -0.03)], False, 1.4
    )
    parts.append(dressed(rng, coat, ellipse(-0.2, -0.2, 0.27, 0.21), fluff=0.5, shade=0.2))
    parts.append(Part(ellipse(-0.02, -0.04, 0.17, 0.06), coat.paw, shade=0.15))
    angle = np.deg2rad(body.rise + between(rng, 0, 25))
    head = (
        0.24 + 0.5 * body.neck * np.cos(angle),
        -1.05 * high - 0.45 * body.head - 0.45 * body.neck * np.sin(angle),
    )
    neck = limb([(0.18, -0.85 * high), head], [0.42 * d, 0.62 * body.head])
    parts.append(dressed(rng, coat, neck, pattern=False))
    return parts + _head(rng, face, coat, head[0] + 0.05, head[1], body.head, side=0.5)


def _lie(rng: np.random.Generator, face: Face, body: Body, coat: Coat) -> list[Part]:
    L, d = body.length, body.depth
    tail = placed(_tail(rng, body, coat, 0, 0), -0.5 * L, -0.1, 0.9)
    ring = [
        (-0.55 * L, -0.1),
        (-0.5 * L, -0.62 * d),
        (-0.2 * L, -0.85 * d),
        (0.15 * L, -0.86 * d),
        (0.45 * L, -0.95 * d),
        (0.55 * L, -0.4 * d),
        (0.5 * L, 0.0),
        (-0.4 * L, 0.02),
    ]
    parts = [*tail, dressed(rng, coat, closed(ring), belly=True, shade=0.28)]
    parts.append(dressed(rng, coat, ellipse(-0.3 * L, -0.4 * d, 0.25 * L, 0.4 * d, -15), fluff=0.5))
    reach = 0.15 + 0.45 * body.leg
    w = body.leg_width
    for y, far in ((-0.13, True), (-0.05, False)):
        colour = darker(coat.base, 0.2) if far else coat.base
        x = 0.4 * L + reach + (0.06 if far else 0)
        parts.append(
            dressed(
                rng,
                coat,
                limb([(0.35 * L, y - 0.02), (x, y)], [1.3 * w, 0.9 * w]),
                colour=colour,
                pattern=False,
                fluff=0.4,
            )
        )
        parts.append(Part(ellipse(x, y + 0.01, 1.5 * w, w), coat.paw, shade=0.15))
    parts.append(Part(ellipse(-0.14 * L, -0.04, 0.15, 0.055), coat.paw, shade=0.15))
    head = (0.5 * L + 0.3 * body.neck, -0.85 * d - 0.5 * body.head - 0.35 * body.neck)
    neck = limb([(0.36 * L, -0.5 * d), head], [0.42 * d, 0.62 * body.head])
    parts.append(dressed(rng, coat, neck, pattern=False))
    return parts + _head(rng, face, coat, head[0], head[1], body.head, side=0.4)
