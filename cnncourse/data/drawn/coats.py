"""Colours and patterns of fur. Cats and dogs draw from the same coats, so colour tells nothing."""

from dataclasses import dataclass

import numpy as np

from cnncourse.data.drawn.chance import between, chance, pick
from cnncourse.data.drawn.curves import Points, closed, ellipse, limb, ruffled
from cnncourse.data.drawn.parts import Colour, Mark, Part, darker, mixed

FUR: tuple[Colour, ...] = (
    (52, 48, 50),
    (92, 88, 92),
    (148, 146, 150),
    (196, 192, 188),
    (238, 234, 226),
    (226, 206, 170),
    (214, 160, 98),
    (206, 120, 56),
    (160, 96, 52),
    (112, 72, 48),
    (78, 54, 42),
)
EYES: tuple[Colour, ...] = (
    (96, 60, 30),
    (140, 94, 40),
    (196, 160, 50),
    (120, 150, 60),
    (90, 140, 110),
    (90, 140, 190),
)
NOSES: tuple[Colour, ...] = ((40, 32, 34), (64, 44, 42), (196, 120, 116), (128, 78, 72))
PATTERNS = ("plain", "plain", "bib", "bib", "stripes", "patches", "spots", "points", "saddle")


@dataclass(frozen=True)
class Coat:
    """What an animal wears. pale: muzzle, chest and paws; dark: stripes, patches, points."""

    base: Colour
    pale: Colour
    dark: Colour
    inner: Colour
    nose: Colour
    eye: Colour
    pattern: str = "plain"
    fluff: float = 0.0
    paws: bool = False
    ears_dark: bool = False

    @property
    def ear(self) -> Colour:
        return self.dark if self.ears_dark else self.base

    @property
    def paw(self) -> Colour:
        if self.pattern == "points":
            return self.dark
        return self.pale if self.paws else self.base

    @property
    def tail(self) -> Colour:
        return self.dark if self.pattern == "points" else self.base


def jittered(rng: np.random.Generator, colour: Colour, amount: float = 14) -> Colour:
    """The colour, a little different."""
    light = between(rng, -amount, amount)
    r, g, b = (min(max(c + light + between(rng, -5, 5), 8), 250) for c in colour)
    return (r, g, b)


def draw_coat(
    rng: np.random.Generator,
    colours: tuple[Colour, ...] = FUR,
    patterns: tuple[str, ...] = PATTERNS,
    fluff: tuple[float, float] = (0.0, 0.11),
) -> Coat:
    """A coat with base colour, pattern and eyes drawn from what is allowed."""
    base = jittered(rng, pick(rng, colours))
    bright = sum(base) / 3
    dark = (
        darker(base, between(rng, 0.35, 0.6)) if bright > 90 else mixed(base, (150, 120, 95), 0.5)
    )
    if chance(rng, 0.3):
        dark = jittered(rng, pick(rng, colours))
    pale = mixed(base, (246, 240, 230), between(rng, 0.45, 0.95))
    pattern = pick(rng, patterns)
    return Coat(
        base,
        pale,
        dark,
        mixed(base, (222, 150, 142), between(rng, 0.4, 0.8)),
        jittered(rng, pick(rng, NOSES), 8),
        jittered(rng, pick(rng, EYES), 8),
        pattern,
        between(rng, *fluff) if chance(rng, 0.7) else 0.0,
        pattern == "bib" or chance(rng, 0.2),
        pattern == "points" or chance(rng, 0.2),
    )


def dressed(
    rng: np.random.Generator,
    coat: Coat,
    points: Points,
    *,
    colour: Colour | None = None,
    fluff: float = 1.0,
    pattern: bool = True,
    belly: bool = False,
    shade: float = 0.22,
    extra: tuple[Mark, ...] = (),
) -> Part:
    """A part of the animal in its coat. belly: a paler underside where the coat has one."""
    marks: list[Mark] = []
    low, high = points.min(0), points.max(0)
    size = high - low
    if pattern and coat.pattern in ("stripes", "patches", "spots", "saddle"):
        marks += _pattern(rng, coat, low, size)
    if belly and (coat.pattern in ("bib", "stripes", "saddle")):
        x = (low[0] + high[0]) / 2
        marks.append((ellipse(x, high[1], 0.45 * size[0], 0.28 * size[1]), coat.pale))
    marks += extra
    outline = ruffled(points, coat.fluff * fluff, rng)
    return Part(outline, colour or coat.base, tuple(marks), shade)


def _pattern(rng: np.random.Generator, coat: Coat, low: Points, size: Points) -> list[Mark]:
    marks: list[Mark] = []
    if coat.pattern == "stripes":
        count = 4 + int(rng.random() * 4)
        across = size[0] >= size[1]
        for index in range(count):
            at = (index + between(rng, 0.2, 0.8)) / count
            lean = between(rng, -0.12, 0.12)
            reach = between(rng, 0.45, 0.75)
            if across:
                line = [(at, -0.05), (at + lean, reach / 2), (at + lean / 2, reach)]
            else:
                start, end = (-0.05, reach) if index % 2 else (1.05, 1 - reach)
                line = [(start, at), ((start + end) / 2, at + lean), (end, at + lean / 2)]
            width = 0.3 * min(size) / count
            marks.append(
                (limb(low + np.array(line) * size, [width, 0.9 * width, 0.1 * width]), coat.dark)
            )
    elif coat.pattern == "patches":
        for index in range(3):
            x, y = low + size * rng.uniform(0.05, 0.95, 2)
            r = min(size) * between(rng, 0.18, 0.42)
            ring = ellipse(0, 0, 1)[::4] * rng.uniform(0.7, 1.3, (7, 1)) * (r * 1.2, r)
            marks.append((closed(ring + np.array((x, y))), coat.dark if index % 3 else coat.pale))
    elif coat.pattern == "spots":
        for _ in range(14):
            x, y = low + size * rng.uniform(0, 1, 2)
            r = min(size) * between(rng, 0.03, 0.075)
            marks.append((ellipse(x, y, r * 1.2, r), coat.dark))
    elif coat.pattern == "saddle":
        x = low[0] + size[0] / 2
        marks.append((ellipse(x, low[1], 0.46 * size[0], 0.5 * size[1]), coat.dark))
    return marks
