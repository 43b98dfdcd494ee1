"""Animals with four legs: cats and dogs of many breeds, and others that share parts with them.

What tells a cat from a dog is form: ears, muzzle, eyes, whiskers, tail and proportion. Coats,
poses, places and light are drawn alike for both.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from cnncourse.data.drawn.bodies import Body, creature
from cnncourse.data.drawn.chance import between, chance, pick
from cnncourse.data.drawn.coats import FUR, PATTERNS, Coat, draw_coat
from cnncourse.data.drawn.heads import Face
from cnncourse.data.drawn.parts import Colour, Part

Rng = np.random.Generator


def cat(rng: Rng) -> list[Part]:
    """A house cat, a long-haired one with a flat face, a slender one, or one with folded ears."""
    breed = pick(rng, ("house",) * 5 + ("long-haired",) * 2 + ("slender",) * 2 + ("folded",))
    u = _uniform(rng)
    face = Face(
        "pointed",
        ear_size=u(0.62, 0.95),
        ear_width=u(0.33, 0.44),
        ear_at=u(0.52, 0.66),
        ear_lean=u(0.05, 0.4),
        height=u(0.8, 0.95),
        jaw=u(0.8, 0.98),
        chin=u(0.4, 0.5),
        muzzle=u(0.12, 0.32),
        muzzle_width=u(0.28, 0.4),
        eye=u(0.19, 0.27),
        eye_at=u(0.38, 0.46),
        eye_tilt=u(0, 22),
        pupil="slit" if chance(rng, 0.7) else "round",
        nose=u(0.085, 0.12),
        whiskers=u(0.4, 0.8) if chance(rng, 0.7) else 0.0,
    )
    body = Body(
        leg=u(0.36, 0.52),
        leg_width=u(0.06, 0.085),
        length=u(0.9, 1.1),
        depth=u(0.33, 0.44),
        tuck=u(0.0, 0.07),
        head=u(0.24, 0.3),
        neck=u(0.1, 0.22),
        rise=u(30, 60),
        tail=pick(rng, ("thin", "thin", "hook", "hook", "sickle")),
        tail_length=u(0.75, 1.05),
        tail_width=u(0.04, 0.06),
    )
    coat = draw_coat(rng)
    if breed == "long-haired":
        face = replace(
            face, ear_size=u(0.42, 0.62), muzzle=u(0.08, 0.18), jaw=u(0.95, 1.05), chin=u(0.5, 0.6)
        )
        body = replace(body, tail="bush", tail_width=u(0.06, 0.09), leg=u(0.3, 0.42))
        coat = replace(coat, fluff=u(0.08, 0.15))
    elif breed == "slender":
        face = replace(
            face, ear_size=u(0.95, 1.15), jaw=u(0.62, 0.75), chin=u(0.3, 0.4), muzzle=u(0.25, 0.4)
        )
        body = replace(
            body, depth=u(0.28, 0.34), leg=u(0.5, 0.6), head=u(0.21, 0.25), neck=u(0.2, 0.3)
        )
        coat = replace(coat, fluff=0.0)
    elif breed == "folded":
        face = replace(
            face, ear="tipped", ear_size=u(0.42, 0.6), pupil="slit", whiskers=u(0.5, 0.8)
        )
    return creature(rng, face, body, coat)


def dog(rng: Rng) -> list[Part]:
    """A dog of one of eleven builds, from dachshund to greyhound."""
    u = _uniform(rng)
    breed = pick(rng, tuple(_DOGS))
    face = Face(
        "hanging",
        height=u(0.84, 1.02),
        jaw=u(0.7, 0.92),
        chin=u(0.36, 0.5),
        muzzle=u(0.6, 0.9),
        muzzle_width=u(0.38, 0.52),
        eye=u(0.135, 0.185),
        eye_at=u(0.34, 0.44),
        eye_tilt=u(-8, 10),
        pupil="slit" if chance(rng, 0.04) else "round",
        nose=u(0.16, 0.23),
        whiskers=u(0.2, 0.4) if chance(rng, 0.08) else 0.0,
        tongue=chance(rng, 0.3),
        ear_lean=u(-0.1, 0.5),
    )
    body = Body(
        leg=u(0.42, 0.56),
        leg_width=u(0.065, 0.09),
        length=u(0.9, 1.1),
        depth=u(0.38, 0.48),
        tuck=u(0.03, 0.1),
        head=u(0.22, 0.28),
        neck=u(0.2, 0.34),
        rise=u(40, 70),
        tail=pick(rng, ("sickle", "sickle", "thin")),
        tail_length=u(0.5, 0.8),
        tail_width=u(0.045, 0.065),
    )
    return creature(rng, *_DOGS[breed](rng, face, body, draw_coat(rng)))


Build = Callable[[Rng, Face, Body, Coat], tuple[Face, Body, Coat]]


def _uniform(rng: Rng) -> Callable[[float, float], float]:
    return lambda low, high: between(rng, low, high)


def _wolfish(rng: Rng, face: Face, body: Body, coat: Coat) -> tuple[Face, Body, Coat]:
    u = _uniform(rng)
    face = replace(
        face,
        ear="pointed",
        ear_size=u(0.6, 0.95),
        ear_width=u(0.24, 0.32),
        ear_at=u(0.42, 0.54),
        ear_lean=u(-0.05, 0.22),
        height=u(0.92, 1.06),
        jaw=u(0.6, 0.78),
        muzzle=u(0.75, 1.05),
    )
    return face, replace(body, tail=pick(rng, ("bush", "sickle")), tail_width=u(0.06, 0.08)), coat


def _retriever(rng: Rng, face: Face, body: Body, coat: Coat) -> tuple[Face, Body, Coat]:
    u = _uniform(rng)
    face = replace(face, ear_size=u(0.55, 0.8), ear_width=u(0.26, 0.36))
    return face, replace(body, tail=pick(rng, ("bush", "sickle", "thin"))), coat


def _hound(rng: Rng, face: Face, body: Body, coat: Coat) -> tuple[Face, Body, Coat]:
    u = _uniform(rng)
    return (
        replace(face, ear_size=u(0.85, 1.25), ear_width=u(0.28, 0.4)),
        body,
        replace(coat, fluff=0.0),
    )


def _terrier(rng: Rng, face: Face, body: Body, coat: Coat) -> tuple[Face, Body, Coat]:
    u = _uniform(rng)
    face = replace(
        face, ear="tipped", ear_size=u(0.55, 0.8), ear_width=u(0.3, 0.38), muzzle=u(0.5, 0.75)
    )
    return face, replace(body, tail=pick(rng, ("stub", "sickle")), tail_length=u(0.4, 0.55)), coat


def _pug(rng: Rng, face: Face, body: Body, coat: Coat) -> tuple[Face, Body, Coat]:
    u = _uniform(rng)
    face = replace(
        face,
        ear=pick(rng, ("tipped", "hanging")),
        ear_size=u(0.4, 0.55),
        ear_width=u(0.28, 0.34),
        jaw=u(0.95, 1.08),
        chin=u(0.55, 0.7),
        muzzle=u(0.46, 0.52),
        muzzle_width=u(0.5, 0.62),
        eye=u(0.17, 0.21),
    )
    return (
        face,
        replace(
            body,
            tail=pick(rng, ("curl", "stub")),
            tail_length=u(0.45, 0.6),
            leg=u(0.3, 0.4),
            depth=u(0.46, 0.54),
            neck=u(0.1, 0.18),
        ),
        coat,
    )


def _dachshund(rng: Rng, face: Face, body: Body, coat: Coat) -> tuple[Face, Body, Coat]:
    u = _uniform(rng)
    face = replace(face, ear_size=u(0.75, 1.0), ear_width=u(0.3, 0.38), muzzle=u(0.8, 1.05))
    return (
        face,
        replace(body, leg=u(0.16, 0.24), length=u(1.25, 1.5), depth=u(0.32, 0.38), tail="sickle"),
        coat,
    )


def _greyhound(rng: Rng, face: Face, body: Body, coat: Coat) -> tuple[Face, Body, Coat]:
    u = _uniform(rng)
    face = replace(
        face,
        ear="tipped",
        ear_size=u(0.4, 0.6),
        ear_width=u(0.24, 0.3),
        jaw=u(0.6, 0.72),
        chin=u(0.26, 0.36),
        muzzle=u(0.95, 1.25),
        muzzle_width=u(0.3, 0.38),
    )
    body = replace(
        body,
        leg=u(0.62, 0.76),
        tuck=u(0.14, 0.2),
        depth=u(0.38, 0.44),
        neck=u(0.34, 0.45),
        head=u(0.19, 0.23),
        leg_width=u(0.05, 0.065),
        tail="thin",
    )
    return face, body, replace(coat, fluff=0.0)


def _toy(rng: Rng, face: Face, body: Body, coat: Coat) -> tuple[Face, Body, Coat]:
    u = _uniform(rng)
    face = replace(
        face,
        ear="pointed",
        ear_size=u(0.75, 1.0),
        ear_width=u(0.32, 0.4),
        ear_at=u(0.6, 0.7),
        ear_lean=u(0.35, 0.65),
        jaw=u(0.66, 0.8),
        muzzle=u(0.55, 0.72),
        eye=u(0.16, 0.2),
        muzzle_width=u(0.34, 0.42),
    )
    return (
        face,
        replace(
            body,
            head=u(0.27, 0.32),
            depth=u(0.34, 0.4),
            tail=pick(rng, ("sickle", "curl")),
            tail_length=u(0.45, 0.6),
        ),
        coat,
    )


def _poodle(rng: Rng, face: Face, body: Body, coat: Coat) -> tuple[Face, Body, Coat]:
    u = _uniform(rng)
    face = replace(
        face,
        ear_size=u(0.7, 1.0),
        ear_width=u(0.34, 0.46),
        muzzle=u(0.7, 1.0),
        muzzle_width=u(0.3, 0.4),
    )
    return (
        face,
        replace(body, tail="tuft", tail_length=u(0.35, 0.5), leg=u(0.5, 0.62)),
        replace(coat, fluff=u(0.12, 0.18)),
    )


def _corgi(rng: Rng, face: Face, body: Body, coat: Coat) -> tuple[Face, Body, Coat]:
    face, body, coat = _wolfish(rng, face, body, coat)
    u = _uniform(rng)
    return (
        replace(face, ear_size=u(0.8, 1.0), ear_lean=u(0.15, 0.4)),
        replace(body, leg=u(0.18, 0.26), length=u(1.1, 1.3), tail="stub", tail_length=0.5),
        coat,
    )


def _spitz(rng: Rng, face: Face, body: Body, coat: Coat) -> tuple[Face, Body, Coat]:
    face, body, coat = _wolfish(rng, face, body, coat)
    u = _uniform(rng)
    return (
        replace(face, ear_size=u(0.45, 0.65), jaw=u(0.76, 0.88), muzzle_width=u(0.42, 0.52)),
        replace(body, tail="curl", tail_length=u(0.65, 0.85), tail_width=u(0.07, 0.1)),
        replace(coat, fluff=u(0.06, 0.15)),
    )


_DOGS: dict[str, Build] = {
    "shepherd": _wolfish,
    "retriever": _retriever,
    "hound": _hound,
    "terrier": _terrier,
    "pug": _pug,
    "dachshund": _dachshund,
    "greyhound": _greyhound,
    "toy": _toy,
    "poodle": _poodle,
    "corgi": _corgi,
    "spitz": _spitz,
}


def _coloured(
    rng: Rng, colours: tuple[Colour, ...], patterns: tuple[str, ...] = PATTERNS, share: float = 0.4
) -> Coat:
    """A coat in the animal's own colours in this share of the cases, else in any."""
    if chance(rng, share):
        return draw_coat(rng, colours, patterns)
    return draw_coat(rng, FUR, PATTERNS)


def fox(rng: Rng) -> list[Part]:
    u = _uniform(rng)
    face = Face(
        "pointed",
        u(0.8, 1.05),
        u(0.34, 0.44),
        u(0.5, 0.62),
        u(0.1, 0.35),
        u(0.8, 0.9),
        u(0.6, 0.78),
        u(0.2, 0.3),
        u(0.8, 1.1),
        u(0.22, 0.3),
        u(0.15, 0.2),
        eye_tilt=u(8, 25),
        pupil=pick(rng, ("slit", "round")),
        nose=u(0.12, 0.16),
        markings="cheeks",
    )
    body = Body(
        u(0.4, 0.5),
        u(0.05, 0.065),
        u(0.95, 1.1),
        u(0.32, 0.38),
        u(0.04, 0.09),
        u(0.22, 0.26),
        u(0.15, 0.24),
        u(25, 50),
        "bush",
        u(0.95, 1.25),
        u(0.08, 0.11),
    )
    return creature(
        rng,
        face,
        body,
        replace(_coloured(rng, ((206, 110, 50), (190, 96, 48)), ("bib",)), paws=True),
    )


def bear(rng: Rng) -> list[Part]:
    u = _uniform(rng)
    face = Face(
        "round",
        u(0.28, 0.38),
        ear_at=u(0.62, 0.76),
        height=u(0.86, 0.98),
        jaw=u(0.9, 1.0),
        chin=u(0.48, 0.6),
        muzzle=u(0.5, 0.75),
        muzzle_width=u(0.4, 0.5),
        eye=u(0.1, 0.14),
        eye_at=u(0.3, 0.38),
        nose=u(0.16, 0.22),
    )
    body = Body(
        u(0.34, 0.44),
        u(0.12, 0.15),
        u(0.95, 1.1),
        u(0.56, 0.68),
        0.0,
        u(0.26, 0.31),
        u(0.08, 0.16),
        u(10, 35),
        "stub",
        0.4,
        0.07,
    )
    return creature(
        rng, face, body, _coloured(rng, ((92, 62, 44), (52, 46, 46), (236, 230, 220)), ("plain",))
    )


def rabbit(rng: Rng) -> list[Part]:
    u = _uniform(rng)
    face = Face(
        "long",
        u(1.1, 1.7),
        u(0.2, 0.28),
        u(0.3, 0.48),
        u(-0.1, 0.35),
        u(0.9, 1.0),
        u(0.78, 0.92),
        u(0.4, 0.5),
        u(0.15, 0.35),
        u(0.26, 0.36),
        u(0.18, 0.25),
        u(0.46, 0.56),
        nose=u(0.08, 0.11),
        whiskers=u(0.3, 0.6) if chance(rng, 0.6) else 0.0,
    )
    if chance(rng, 0.25):
        face = replace(face, ear="hanging", ear_size=u(1.0, 1.4), ear_width=u(0.24, 0.3))
    body = Body(
        u(0.2, 0.28),
        u(0.07, 0.09),
        u(0.75, 0.9),
        u(0.42, 0.52),
        0.0,
        u(0.26, 0.31),
        u(0.05, 0.12),
        u(30, 60),
        "stub",
        0.6,
        0.08,
        poses=("portrait", "sit", "perch", "perch", "lie"),
    )
    return creature(
        rng, face, body, _coloured(rng, ((236, 230, 222), (168, 144, 120), (120, 116, 118)))
    )


def mouse(rng: Rng) -> list[Part]:
    u = _uniform(rng)
    face = Face(
        "round",
        u(0.5, 0.72),
        ear_at=u(0.7, 0.85),
        height=u(0.8, 0.92),
        jaw=u(0.66, 0.8),
        chin=u(0.24, 0.34),
        muzzle=u(0.4, 0.7),
        muzzle_width=u(0.18, 0.26),
        eye=u(0.13, 0.19),
        nose=u(0.08, 0.12),
        whiskers=u(0.4, 0.8) if chance(rng, 0.7) else 0.0,
    )
    body = Body(
        u(0.14, 0.2),
        u(0.045, 0.06),
        u(0.8, 0.95),
        u(0.38, 0.48),
        0.0,
        u(0.25, 0.3),
        0.05,
        u(10, 40),
        "thin",
        u(1.0, 1.3),
        u(0.02, 0.03),
    )
    return creature(
        rng, face, body, _coloured(rng, ((148, 142, 140), (176, 150, 124)), ("plain", "bib"))
    )


def pig(rng: Rng) -> list[Part]:
    u = _uniform(rng)
    face = Face(
        pick(rng, ("tipped", "side", "pointed")),
        u(0.45, 0.65),
        u(0.28, 0.36),
        u(0.6, 0.72),
        u(0.1, 0.5),
        u(0.86, 0.96),
        u(0.88, 1.0),
        u(0.5, 0.62),
        u(0.5, 0.75),
        u(0.38, 0.46),
        u(0.1, 0.14),
        snout=True,
    )
    body = Body(
        u(0.24, 0.34),
        u(0.08, 0.1),
        u(1.0, 1.15),
        u(0.54, 0.64),
        0.0,
        u(0.26, 0.32),
        u(0.05, 0.1),
        u(5, 30),
        "curl",
        u(0.28, 0.36),
        u(0.025, 0.035),
        True,
    )
    return creature(
        rng,
        face,
        body,
        replace(
            _coloured(rng, ((236, 178, 172), (226, 160, 150)), ("plain", "spots", "patches")),
            fluff=0.0,
        ),
    )


def cow(rng: Rng) -> list[Part]:
    u = _uniform(rng)
    face = Face(
        "side",
        u(0.55, 0.75),
        u(0.2, 0.26),
        ear_lean=u(-0.1, 0.35),
        height=u(1.0, 1.15),
        jaw=u(0.7, 0.82),
        chin=u(0.44, 0.55),
        muzzle=u(0.8, 1.1),
        muzzle_width=u(0.5, 0.62),
        eye=u(0.13, 0.17),
        eye_at=u(0.5, 0.6),
        snout=True,
        horns="horns" if chance(rng, 0.6) else "",
    )
    body = Body(
        u(0.42, 0.54),
        u(0.075, 0.095),
        u(1.15, 1.3),
        u(0.52, 0.62),
        0.0,
        u(0.22, 0.26),
        u(0.2, 0.3),
        u(20, 45),
        "tuft",
        u(0.5, 0.65),
        u(0.03, 0.04),
        True,
        ("portrait", "stand", "stand", "lie"),
    )
    return creature(
        rng,
        face,
        body,
        replace(
            _coloured(
                rng, ((238, 234, 228), (120, 72, 46), (48, 44, 46)), ("patches", "patches", "plain")
            ),
            fluff=0.0,
        ),
    )


def horse(rng: Rng) -> list[Part]:
    u = _uniform(rng)
    face = Face(
        "pointed",
        u(0.5, 0.7),
        u(0.18, 0.24),
        u(0.38, 0.5),
        u(0.0, 0.25),
        u(1.1, 1.25),
        u(0.6, 0.7),
        u(0.36, 0.46),
        u(1.4, 1.8),
        u(0.36, 0.46),
        u(0.14, 0.18),
        u(0.5, 0.6),
        nose=0.1,
        markings=pick(rng, ("blaze", "")),
    )
    body = Body(
        u(0.66, 0.8),
        u(0.06, 0.075),
        u(1.05, 1.2),
        u(0.44, 0.52),
        u(0.03, 0.08),
        u(0.17, 0.21),
        u(0.5, 0.62),
        u(45, 65),
        "mane",
        u(0.55, 0.7),
        u(0.05, 0.07),
        True,
        ("portrait", "stand", "stand", "stand", "lie"),
    )
    return creature(
        rng,
        face,
        body,
        replace(
            _coloured(
                rng, ((116, 70, 44), (70, 50, 42), (190, 140, 90)), ("plain", "patches", "points")
            ),
            fluff=0.0,
        ),
    )


def sheep(rng: Rng) -> list[Part]:
    u = _uniform(rng)
    face = Face(
        "side",
        u(0.5, 0.7),
        u(0.16, 0.22),
        ear_lean=u(0.0, 0.4),
        height=u(1.0, 1.1),
        jaw=u(0.66, 0.76),
        chin=u(0.36, 0.46),
        muzzle=u(0.6, 0.85),
        muzzle_width=u(0.34, 0.42),
        eye=u(0.13, 0.17),
        eye_at=u(0.46, 0.56),
        nose=u(0.1, 0.13),
        horns=pick(rng, ("", "", "horns")),
    )
    body = Body(
        u(0.26, 0.36),
        u(0.055, 0.07),
        u(0.9, 1.05),
        u(0.6, 0.72),
        0.0,
        u(0.2, 0.24),
        u(0.1, 0.18),
        u(20, 45),
        "stub",
        0.6,
        0.09,
        True,
        ("portrait", "stand", "stand", "lie"),
    )
    return creature(
        rng,
        face,
        body,
        replace(
            _coloured(rng, ((240, 234, 222), (216, 206, 190), (70, 62, 60)), ("plain",)),
            fluff=u(0.16, 0.24),
        ),
    )


def deer(rng: Rng) -> list[Part]:
    u = _uniform(rng)
    face = Face(
        "side",
        u(0.7, 0.95),
        u(0.2, 0.27),
        ear_lean=u(-0.5, 0.0),
        height=u(0.95, 1.1),
        jaw=u(0.62, 0.74),
        chin=u(0.3, 0.4),
        muzzle=u(0.8, 1.1),
        muzzle_width=u(0.28, 0.36),
        eye=u(0.16, 0.21),
        eye_at=u(0.5, 0.58),
        nose=u(0.13, 0.17),
        horns="antlers" if chance(rng, 0.6) else "",
    )
    body = Body(
        u(0.68, 0.82),
        u(0.045, 0.058),
        u(0.9, 1.05),
        u(0.36, 0.44),
        u(0.06, 0.12),
        u(0.18, 0.22),
        u(0.36, 0.48),
        u(50, 75),
        "stub",
        0.55,
        0.06,
        True,
        ("portrait", "stand", "stand", "lie"),
    )
    return creature(
        rng,
        face,
        body,
        replace(_coloured(rng, ((178, 120, 72), (150, 100, 64)), ("plain", "spots")), fluff=0.0),
    )


def raccoon(rng: Rng) -> list[Part]:
    u = _uniform(rng)
    face = Face(
        "round",
        u(0.3, 0.42),
        ear_at=u(0.66, 0.8),
        height=u(0.8, 0.9),
        jaw=u(0.85, 1.0),
        chin=u(0.28, 0.38),
        muzzle=u(0.5, 0.75),
        muzzle_width=u(0.28, 0.36),
        eye=u(0.13, 0.17),
        nose=u(0.13, 0.17),
        whiskers=0.4 if chance(rng, 0.4) else 0.0,
        markings="mask",
    )
    body = Body(
        u(0.3, 0.38),
        u(0.065, 0.085),
        u(0.9, 1.05),
        u(0.42, 0.5),
        0.0,
        u(0.24, 0.28),
        u(0.06, 0.14),
        u(15, 40),
        "bush",
        u(0.8, 1.0),
        u(0.07, 0.09),
    )
    return creature(
        rng,
        face,
        body,
        replace(
            _coloured(rng, ((150, 146, 142), (120, 112, 104)), ("stripes",)), fluff=u(0.05, 0.12)
        ),
    )


def squirrel(rng: Rng) -> list[Part]:
    u = _uniform(rng)
    face = Face(
        "pointed",
        u(0.5, 0.75),
        u(0.18, 0.26),
        u(0.5, 0.62),
        u(0.0, 0.3),
        u(0.82, 0.92),
        u(0.74, 0.88),
        u(0.34, 0.44),
        u(0.25, 0.42),
        u(0.24, 0.32),
        u(0.17, 0.23),
        u(0.46, 0.56),
        nose=u(0.08, 0.11),
        whiskers=0.4 if chance(rng, 0.4) else 0.0,
    )
    body = Body(
        u(0.2, 0.28),
        u(0.055, 0.07),
        u(0.75, 0.9),
        u(0.38, 0.46),
        0.0,
        u(0.22, 0.27),
        u(0.05, 0.12),
        u(30, 60),
        "fan",
        u(0.8, 1.05),
        u(0.07, 0.09),
        poses=("portrait", "perch", "perch", "sit", "stand", "lie"),
    )
    return creature(
        rng, face, body, _coloured(rng, ((182, 92, 48), (128, 120, 116)), ("bib", "plain"))
    )


def giraffe(rng: Rng) -> list[Part]:
    u = _uniform(rng)
    face = Face(
        "side",
        u(0.55, 0.7),
        u(0.17, 0.22),
        ear_lean=u(-0.2, 0.2),
        height=u(1.1, 1.25),
        jaw=u(0.6, 0.7),
        chin=u(0.36, 0.46),
        muzzle=u(1.1, 1.4),
        muzzle_width=u(0.36, 0.44),
        eye=u(0.15, 0.19),
        eye_at=u(0.5, 0.6),
        nose=0.1,
        horns="stubs",
    )
    body = Body(
        u(0.85, 1.0),
        u(0.055, 0.07),
        u(0.9, 1.0),
        u(0.44, 0.52),
        u(0.04, 0.1),
        u(0.16, 0.19),
        u(1.0, 1.3),
        u(65, 82),
        "tuft",
        u(0.5, 0.6),
        u(0.025, 0.035),
        True,
        ("portrait", "stand", "stand", "stand"),
    )
    return creature(
        rng,
        face,
        body,
        replace(
            _coloured(rng, ((226, 184, 110), (212, 164, 90)), ("patches", "spots"), 0.7), fluff=0.0
        ),
    )
