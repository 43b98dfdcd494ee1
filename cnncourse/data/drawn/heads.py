"""Heads of animals with fur, from the front and from the side. One unit is half a head's width."""

from dataclasses import dataclass

import numpy as np

from cnncourse.data.drawn.chance import between
from cnncourse.data.drawn.coats import Coat, dressed
from cnncourse.data.drawn.curves import closed, ellipse, limb, path
from cnncourse.data.drawn.parts import Colour, Mark, Part, darker, mixed

INK: Colour = (34, 28, 30)


@dataclass(frozen=True)
class Face:
    """The form of a head.

    ear: pointed, tipped, hanging, round, long or side. ear_size: length; ear_width: half the base;
    ear_at: how far from the middle; ear_lean: outwards. muzzle: length, about 0.2 for a flat face
    and 1.2 for a long one. pupil: slit or round. crown: height above the eyes, jaw: width below.
    """

    ear: str
    ear_size: float = 0.8
    ear_width: float = 0.35
    ear_at: float = 0.58
    ear_lean: float = 0.25
    height: float = 0.92
    jaw: float = 0.85
    chin: float = 0.45
    muzzle: float = 0.3
    muzzle_width: float = 0.45
    eye: float = 0.2
    eye_at: float = 0.42
    eye_tilt: float = 8.0
    pupil: str = "round"
    nose: float = 0.13
    snout: bool = False
    whiskers: float = 0.0
    tongue: bool = False
    horns: str = ""
    markings: str = ""


def front(rng: np.random.Generator, face: Face, coat: Coat, turn: float = 0.0) -> list[Part]:
    """A head seen from the front; turn, −1 to 1, moves the features to a side."""
    parts: list[Part] = []
    high = face.height
    in_front = face.ear in ("hanging", "side")
    ears = [part for side in (-1, 1) for part in _ear(rng, face, coat, side, turn)]
    if not in_front:
        parts += ears
    parts += _horns(face, coat)
    half = [(0.5, -0.9 * high), (0.93, -0.42 * high), (0.98, 0.1 * high)]
    half += [(face.jaw, 0.5 * high), (face.chin, 0.88 * high)]
    ring = [(0.0, -high), *half, (0.0, high), *[(-x, y) for x, y in reversed(half)]]
    parts.append(dressed(rng, coat, closed(ring), shade=0.2, extra=_markings(face, coat, turn)))
    middle = turn * (0.22 + 0.3 * face.muzzle)
    wide = face.muzzle_width
    tall = 0.26 + 0.19 * face.muzzle
    below = 0.35 * high + 0.19 * face.muzzle
    pale = coat.dark if coat.pattern == "points" else coat.pale
    if face.snout:
        pale = coat.inner
    if face.muzzle > 0.45:  # the bridge of a long nose, lit from above
        bridge = limb([(0.6 * middle, -0.3), (middle, below)], [0.24, 0.7 * wide])
        parts.append(Part(bridge, mixed(coat.base, coat.pale, 0.3), shade=0.1))
    if face.tongue:
        parts.append(
            Part(
                limb([(middle, below + 0.5 * tall), (middle, below + 1.75 * tall)], [0.14, 0.17]),
                (222, 112, 122),
            )
        )
    if face.muzzle < 0.45 and not face.snout:  # two puffs of whisker pads and a small chin
        parts.append(
            Part(ellipse(middle, below + 0.8 * tall, 0.5 * wide, 0.5 * tall), pale, shade=0.12)
        )
        for side in (-1, 1):
            puff = ellipse(
                middle + side * 0.5 * wide, below + 0.25 * tall, 0.62 * wide, 0.75 * tall
            )
            parts.append(Part(puff, pale))
    else:
        parts.append(Part(ellipse(middle, below, wide, tall), pale, shade=0.18))
    parts += _eyes(face, coat, turn)
    parts += _nose(rng, face, coat, middle, below, tall)
    if in_front:
        parts += ears
    return parts


def _markings(face: Face, coat: Coat, turn: float) -> tuple[Mark, ...]:
    marks: list[Mark] = []
    at = 0.22 * turn
    if face.markings == "mask":
        for side in (-1, 1):
            marks.append((ellipse(side * 0.5 + at, -0.02, 0.48, 0.3, side * 20), coat.dark))
    elif face.markings == "blaze" or (coat.pattern == "bib"):
        marks.append((limb([(at, -1.0), (at, 0.5)], [0.1, 0.3]), coat.pale))
    elif face.markings == "cheeks":
        for side in (-1, 1):
            marks.append((ellipse(side * 0.75 + at, 0.55, 0.55, 0.5), coat.pale))
    if coat.pattern == "points":
        marks.append((ellipse(at, 0.25, 0.62, 0.72), coat.dark))
    if coat.pattern == "stripes":
        for x in (-0.25, 0.0, 0.25):
            marks.append((limb([(x + at, -1.0), (0.8 * x + at, -0.5)], [0.07, 0.03]), coat.dark))
    return tuple(marks)


def _ear(rng: np.random.Generator, face: Face, coat: Coat, side: int, turn: float) -> list[Part]:
    size, wide, high = face.ear_size, face.ear_width, face.height
    near = 1 - 0.25 * turn * side
    x = side * face.ear_at * near + 0.08 * turn
    y = -high * (1 - 0.42 * face.ear_at**2)
    wobble = between(rng, -0.06, 0.06)
    outer, inner = coat.ear, coat.inner
    if face.ear == "round":
        return [
            Part(ellipse(x, y, size * near, size), outer, shade=0.2),
            Part(ellipse(x, y + 0.05, 0.6 * size * near, 0.6 * size), inner),
        ]
    if face.ear == "long":
        tip = (x + side * (face.ear_lean * size), y - size)
        shape = [wide * 0.6, wide, wide * 0.8, wide * 0.25]
        line = [(x, y + 0.3), (0.6 * x + 0.4 * tip[0], 0.55 * y + 0.45 * tip[1]), tip]
        return [
            dressed(rng, coat, limb(line, shape), colour=outer, fluff=0.5, pattern=False),
            Part(limb(line, [0.5 * r for r in shape]), inner),
        ]
    if face.ear == "side":
        start, tip = (
            (side * 0.8, -0.55 * high),
            (side * (0.85 + size), -0.55 * high + face.ear_lean),
        )
        middle = ((start[0] + tip[0]) / 2, (start[1] + tip[1]) / 2 - 0.12)
        shape = [0.5 * wide, wide, 0.8 * wide, 0.15 * wide]
        return [
            dressed(rng, coat, limb([start, middle, tip], shape), colour=outer, pattern=False),
            Part(limb([start, middle, tip], [0.45 * r for r in shape]), inner),
        ]
    if face.ear == "hanging":
        top = (side * (face.ear_at + 0.1) * near, -0.72 * high)
        knee = (side * (0.98 + 0.1 * size) * near, -0.62 * high + wobble)
        end = (side * (1.0 + face.ear_lean * 0.3) * near, -0.62 * high + size)
        shape = [0.6 * wide, wide, 1.1 * wide, 0.75 * wide]
        middle = ((knee[0] + end[0]) / 2 + side * 0.05, (knee[1] + end[1]) / 2)
        return [
            dressed(
                rng,
                coat,
                limb([top, knee, middle, end], shape),
                colour=darker(outer, 0.12),
                fluff=1.2,
                pattern=False,
            )
        ]
    lean = side * face.ear_lean
    peak = np.array([x + lean * size, y - size + wobble])
    out, into = (
        np.array([x + side * wide, y + 0.42 * high]),
        np.array([x - side * 1.15 * wide, y + 0.05]),
    )
    bulge = (out + peak) / 2 + (side * 0.1 * wide, -0.05)
    ring = np.array(
        [out, bulge, peak, (into + peak) / 2 + (-side * 0.06 * wide, -0.02), into, (x, y + 0.5)]
    )
    centre = np.array([x, y + 0.12])
    parts = [dressed(rng, coat, ring, colour=outer, fluff=0.4, pattern=False, shade=0.1)]
    parts.append(Part(centre + (ring[:5] - centre) * 0.62, inner))
    if face.ear == "tipped":  # the tip bends over, forwards and out
        left, right = peak + (out - peak) * 0.52, peak + (into - peak) * 0.52
        fold = np.array(
            [
                left,
                (peak + left) / 2,
                (peak + right) / 2,
                right,
                (left + right) / 2 + (side * 0.28 * size, 0.42 * size),
            ]
        )
        parts = [Part(np.array([out, left, right, into, (x, y + 0.5)]), outer, shade=0.1)]
        parts.append(Part(closed(fold), darker(outer, 0.18)))
    return parts


def _eyes(face: Face, coat: Coat, turn: float) -> list[Part]:
    parts: list[Part] = []
    for side in (-1, 1):
        near = 1 - 0.22 * turn * side
        x = side * face.eye_at * near + 0.24 * turn
        y, r = -0.12 * face.height, face.eye
        tilt = -side * face.eye_tilt
        if face.pupil == "slit":
            parts.append(Part(ellipse(x, y, 1.22 * r * near, 0.96 * r, tilt), darker(INK, -0.05)))
            parts.append(
                Part(
                    ellipse(x, y, 1.05 * r * near, 0.82 * r, tilt),
                    mixed(coat.eye, (235, 225, 140), 0.3),
                )
            )
            parts.append(Part(ellipse(x, y, 0.32 * r, 0.76 * r), INK))
        else:
            parts.append(Part(ellipse(x, y, 1.1 * r * near, 0.95 * r, tilt), darker(INK, -0.05)))
            parts.append(Part(ellipse(x, y, 0.85 * r * near, 0.78 * r), coat.eye))
            parts.append(Part(ellipse(x, y, 0.55 * r * near, 0.55 * r), INK))
        parts.append(Part(ellipse(x + 0.25 * r, y - 0.3 * r, 0.22 * r), (250, 250, 250)))
    return parts


def _nose(
    rng: np.random.Generator, face: Face, coat: Coat, x: float, y: float, tall: float
) -> list[Part]:
    n = face.nose
    parts: list[Part] = []
    if face.snout:
        for side in (-1, 1):
            parts.append(
                Part(
                    ellipse(x + side * 0.4 * face.muzzle_width, y, 0.09, 0.13),
                    darker(coat.inner, 0.5),
                )
            )
        return parts
    top = y - 0.55 * tall
    if face.muzzle > 0.45:
        ring = [
            (0, -0.75 * n),
            (0.9 * n, -0.6 * n),
            (1.1 * n, 0.1 * n),
            (0, 0.85 * n),
            (-1.1 * n, 0.1 * n),
            (-0.9 * n, -0.6 * n),
        ]
    else:
        ring = [
            (-n, -0.55 * n),
            (0, -0.7 * n),
            (n, -0.55 * n),
            (0.25 * n, 0.6 * n),
            (-0.25 * n, 0.6 * n),
        ]
    bottom = top + 1.5 * n + 0.25 * tall
    reach = 0.5 * face.muzzle_width
    mouth = [(x - reach, bottom + 0.3 * tall), (x - 0.5 * reach, bottom + 0.42 * tall), (x, bottom)]
    for side in (-1, 1):
        line = [((px - x) * side + x, py) for px, py in mouth]
        parts.append(Part(limb(line, [0.015, 0.03, 0.025], cap=False), mixed(INK, coat.base, 0.25)))
    parts.append(
        Part(limb([(x, top), (x, bottom)], [0.022, 0.022], cap=False), mixed(INK, coat.base, 0.25))
    )
    parts.append(Part(closed(ring) * (1, 1) + (x, top), coat.nose))
    parts.append(
        Part(
            ellipse(x - 0.25 * n, top - 0.3 * n, 0.22 * n, 0.12 * n),
            mixed(coat.nose, (255, 255, 255), 0.5),
        )
    )
    if face.whiskers:
        shade = (250, 248, 244) if sum(coat.base) < 480 else (110, 100, 96)
        for side in (-1, 1):
            for k in (-1, 0, 1):
                start = (x + side * 0.3 * face.muzzle_width, y + 0.1 * k)
                end = (
                    x + side * (0.5 + face.whiskers),
                    y + 0.28 * k - 0.04 + between(rng, -0.05, 0.05),
                )
                bend = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2 - 0.05)
                parts.append(
                    Part(limb([start, bend, end], [0.018, 0.014, 0.006], cap=False), shade)
                )
    return parts


def _horns(face: Face, coat: Coat) -> list[Part]:
    parts: list[Part] = []
    bone: Colour = (222, 208, 176)
    high = face.height
    for side in (-1, 1):
        if face.horns == "horns":
            line = [
                (side * 0.5, -0.8 * high),
                (side * 0.85, -1.1 * high),
                (side * 0.8, -1.5 * high),
            ]
            parts.append(Part(limb(line, [0.15, 0.11, 0.03]), bone, shade=0.2))
        elif face.horns == "antlers":
            wood = (150, 112, 76)
            line = [
                (side * 0.35, -0.85 * high),
                (side * 0.75, -1.5 * high),
                (side * 0.7, -2.2 * high),
            ]
            parts.append(Part(limb(line, [0.1, 0.08, 0.03]), wood))
            for k in (0.35, 0.6):
                at = path(line)[int(k * 12)]
                parts.append(
                    Part(limb([at, at + np.array((side * 0.42, -0.42))], [0.07, 0.02]), wood)
                )
        elif face.horns == "stubs":
            parts.append(
                Part(
                    limb([(side * 0.3, -0.9 * high), (side * 0.32, -1.4 * high)], [0.07, 0.05]),
                    bone,
                )
            )
            parts.append(Part(ellipse(side * 0.32, -1.42 * high, 0.12), (96, 70, 50)))
    return parts


def profile(rng: np.random.Generator, face: Face, coat: Coat) -> list[Part]:
    """A head seen from the side, looking right."""
    parts: list[Part] = []
    long = 0.42 + 1.05 * face.muzzle
    tip = 0.3 + 0.22 * face.muzzle_width
    ear_x, lean = -0.28, -0.3 * face.ear_lean
    size, wide = face.ear_size, face.ear_width
    far = [(ear_x + 0.38, -0.7), (ear_x + 0.4 + lean, -0.8 - 0.9 * size), (ear_x + 0.75, -0.55)]
    if face.ear in ("pointed", "tipped"):
        parts.append(Part(np.array(far), darker(coat.ear, 0.25)))
    elif face.ear == "long":
        parts.append(
            Part(
                limb([(0.0, -0.6), (lean + 0.1, -0.9 - size)], [wide, 0.3 * wide]),
                darker(coat.ear, 0.25),
            )
        )
    elif face.ear == "round":
        parts.append(Part(ellipse(0.3, -0.85, 0.7 * size, 0.8 * size), darker(coat.ear, 0.25)))
    parts += _side_horns(face)
    skull = ellipse(0, 0, 0.98, 0.94 * face.height + 0.04)
    snout = limb([(0.2, 0.22), (long, 0.36)], [0.66, tip])
    pale = coat.dark if coat.pattern == "points" else coat.pale
    if face.tongue:
        parts.append(Part(limb([(long, 0.5), (long + 0.08, 0.95)], [0.13, 0.13]), (222, 112, 122)))
    parts.append(
        dressed(rng, coat, snout, colour=mixed(coat.base, pale, 0.35), fluff=0.4, pattern=False)
    )
    marks: tuple[Mark, ...] = ()
    if face.markings == "mask":
        marks = ((ellipse(0.45, -0.05, 0.6, 0.26), coat.dark),)
    parts.append(dressed(rng, coat, skull, fluff=0.8, extra=marks))
    parts.append(
        Part(
            limb([(0.35, 0.32), (long, 0.42)], [0.42, 0.85 * tip]),
            mixed(coat.base, pale, 0.85),
            shade=0.12,
        )
    )
    if face.snout:
        parts.append(Part(ellipse(long + 0.8 * tip, 0.38, 0.14, 0.85 * tip), coat.inner))
    else:
        n = face.nose
        parts.append(
            Part(ellipse(long + 0.85 * tip, 0.38 - 0.5 * tip, 1.15 * n, 0.95 * n), coat.nose)
        )
    mouth = [(long + 0.7 * tip, 0.52), (0.75 * long, 0.6), (0.42 * long, 0.52)]
    parts.append(Part(limb(mouth, [0.02, 0.03, 0.02], cap=False), INK))
    r = face.eye
    parts.append(Part(ellipse(0.42, -0.14, 0.85 * r, 0.95 * r, -face.eye_tilt), darker(INK, -0.05)))
    parts.append(Part(ellipse(0.44, -0.14, 0.66 * r, 0.78 * r), coat.eye))
    pupil = ellipse(
        0.48,
        -0.14,
        0.2 * r if face.pupil == "slit" else 0.46 * r,
        0.68 * r if face.pupil == "slit" else 0.5 * r,
    )
    parts += [Part(pupil, INK), Part(ellipse(0.5, -0.14 - 0.3 * r, 0.2 * r), (250, 250, 250))]
    if face.whiskers:
        shade = (250, 248, 244) if sum(coat.base) < 480 else (110, 100, 96)
        for k in (-1, 0, 1):
            line = [
                (0.7 * long, 0.45),
                (0.6 * long - 0.2, 0.55 + 0.12 * k),
                (0.5 * long - 0.35 - 0.6 * face.whiskers, 0.6 + 0.3 * k),
            ]
            parts.append(Part(limb(line, [0.018, 0.014, 0.006], cap=False), shade))
    parts += _side_ear(rng, face, coat, ear_x, lean)
    return parts


def _side_ear(
    rng: np.random.Generator, face: Face, coat: Coat, x: float, lean: float
) -> list[Part]:
    size, wide = face.ear_size, face.ear_width
    if face.ear == "round":
        return [
            Part(ellipse(x, -0.7, 0.75 * size, 0.95 * size), coat.ear, shade=0.2),
            Part(ellipse(x + 0.03, -0.68, 0.45 * size, 0.6 * size), coat.inner),
        ]
    if face.ear == "long":
        line = [(x, -0.5), (x - 0.2 + lean, -0.7 - 0.5 * size), (x - 0.1 + 3 * lean, -0.75 - size)]
        return [
            dressed(
                rng,
                coat,
                limb(line, [wide, 1.1 * wide, 0.3 * wide]),
                colour=coat.ear,
                pattern=False,
            ),
            Part(limb(line, [0.5 * wide, 0.55 * wide, 0.1 * wide]), coat.inner),
        ]
    if face.ear == "hanging":
        line = [(x + 0.1, -0.62), (x - 0.12, -0.5 + 0.4 * size), (x - 0.05, -0.5 + size)]
        return [
            dressed(
                rng,
                coat,
                limb(line, [0.8 * wide, 1.3 * wide, 0.9 * wide]),
                colour=darker(coat.ear, 0.14),
                fluff=1.2,
                pattern=False,
            )
        ]
    if face.ear == "side":
        line = [(x, -0.6), (x - 0.35, -0.75), (x - 0.4 - 0.8 * size, -0.7 + 0.5 * face.ear_lean)]
        return [
            dressed(
                rng,
                coat,
                limb(line, [0.6 * wide, wide, 0.2 * wide]),
                colour=darker(coat.ear, 0.1),
                pattern=False,
            )
        ]
    tip = np.array([x - 0.05 + lean, -0.78 - size])
    back, fore = np.array([x - 1.1 * wide, -0.5]), np.array([x + 1.2 * wide, -0.68])
    ring = np.array(
        [back, (back + tip) / 2 + (-0.06, 0), tip, (fore + tip) / 2 + (0.05, 0), fore, (x, -0.3)]
    )
    if face.ear == "tipped":
        left, right = tip + (back - tip) * 0.5, tip + (fore - tip) * 0.5
        fold = closed(
            [left, (left + tip) / 2, (right + tip) / 2, right, right + np.array((0.3, 0.4)) * size]
        )
        return [
            Part(np.array([back, left, right, fore, (x, -0.3)]), coat.ear, shade=0.1),
            Part(fold, darker(coat.ear, 0.2)),
        ]
    centre = np.array([x, -0.6])
    return [
        dressed(rng, coat, ring, colour=coat.ear, fluff=0.4, pattern=False, shade=0.1),
        Part(centre + (ring[:5] - centre) * 0.6, coat.inner),
    ]


def _side_horns(face: Face) -> list[Part]:
    if face.horns == "horns":
        return [
            Part(
                limb([(0.0, -0.8), (0.3, -1.2), (0.25, -1.6)], [0.15, 0.11, 0.03]), (222, 208, 176)
            )
        ]
    if face.horns == "antlers":
        wood = (150, 112, 76)
        line = [(0.0, -0.8), (-0.3, -1.5), (-0.1, -2.2)]
        return [
            Part(limb(line, [0.1, 0.08, 0.03]), wood),
            Part(limb([(-0.25, -1.35), (0.2, -1.7)], [0.07, 0.02]), wood),
            Part(limb([(-0.28, -1.6), (-0.75, -1.9)], [0.07, 0.02]), wood),
        ]
    return []
