"""What lights up when a reader points at a cell: style rules, so that no kernel is asked.

Windows of convolution and pooling are separable: which rows an output reads depends on its row
alone, which columns on its column alone. So a rule for each row and each column says everything,
and a cell lights up where a lit row meets a lit column. Cells are ``<g class="R2"><rect
class="C5"/></g>`` inside ``<g class="z i">`` (inputs) or ``<g class="z o">`` (outputs); texts that
show with an output are ``<g class="R2"><text class="C5"/></g>`` inside ``<g class="t">``.

What is pointed at wins over what has the focus, and that over what is pinned: by radio buttons in
the picture (one tab stop for the rows and one for the columns, arrow keys move), or by `at`.
"""

import hashlib
from collections.abc import Iterable, Sequence

from cnncourse.figures.palette import BLUE, ORANGE

Reads = Sequence[Sequence[int]]  # for each output: the inputs that it reads, along one axis


def fed(reads: Reads, inputs: int) -> list[list[int]]:
    """For each input the outputs that read it: `reads` the other way round."""
    found: list[list[int]] = [[] for _ in range(inputs)]
    for output, taps in enumerate(reads):
        for place in taps:
            found[place].append(output)
    return found


def scope(*parts: object) -> str:
    """A class name for one picture, the same whenever the same picture is drawn."""
    return "x" + hashlib.sha256(repr(parts).encode()).hexdigest()[:8]


def rules(
    name: str,
    rows: Reads,
    columns: Reads,
    inputs: tuple[int, int],
    *,
    cell: float,
    pins: bool = True,
    step: tuple[float, float] = (0, 0),
) -> str:
    """The style rules of a picture of class `name`.

    rows, columns: what each output reads. inputs: how many rows and columns of inputs there are.
    cell: the side of a cell. pins: radio buttons of class ``pR0 … pC0 …`` pin; without them
    `pinned` does. step: what has the class ``w`` moves by so many pixels for each output.
    """
    root = f".{name}"
    lines = [ground(name, cell)]
    for axis, (letter, reads) in enumerate((("R", rows), ("C", columns))):
        join, light = _JOIN[axis], _light(letter)
        for output, taps in enumerate(reads):
            pin = f".p{letter}{output}" if pins else None
            shown = _when(root, f".o{_JOIN[axis]}.{letter}{output}", pin)
            lines.append(_rule(shown, *_reading(axis, output, taps, step[axis])))
        for place, outputs in enumerate(fed(reads, inputs[axis])):
            own = f".{letter}{place}"
            body = [f".o{join}.{letter}{output}" for output in outputs]
            body += [f".i{join}{own}", f".i{letter}{place}"]
            lines.append(_rule(_when(root, f".i{join}{own}", None), body, light))
    return "".join(lines)


def ground(name: str, cell: float) -> str:
    """The rules of a picture of class `name` that say nothing of places; a sketch has no others."""
    root = f".{name}"
    lines = [
        f"{root} .z rect{{width:{cell:g}px;height:{cell:g}px;fill:var(--h,{ORANGE});"
        "fill-opacity:calc(.6*var(--r,0)*var(--c,0)*var(--q,1));cursor:pointer;outline:none}",
        f"{root}:hover:has(.i:hover),{root}:focus-within:not(:has(.z:hover)):has(.i :focus)"
        f"{{--h:{BLUE}}}",
        f"{root} .z rect:hover,{root} .z rect:focus{{stroke:{BLUE};stroke-width:3}}",
        f"{root} .t>g,{root} .t>g>text,{root} .t>g>path,{root} .n>text,{root} .w{{display:none}}",
        f"{root} .w{{transform:translate(var(--tx,0),var(--ty,0));pointer-events:none}}",
    ]
    return "".join(lines)


def pinned(
    name: str, at: tuple[int, int], rows: Reads, columns: Reads, step: tuple[float, float] = (0, 0)
) -> str:
    """The few rules that pin the output `at`; apart from `rules`, for a step changes only these."""
    shown = f".{name}{_idle('.z')}"
    return "".join(
        _rule(shown, *_reading(axis, at[axis], reads[at[axis]], step[axis]))
        for axis, reads in enumerate((rows, columns))
        if reads
    )


_JOIN = (">", ">g>")  # from a table to its rows, and to the cells of its columns


def _light(letter: str) -> str:
    return f"--{letter.lower()}:1;display:inline"


def _reading(axis: int, output: int, taps: Sequence[int], step: float) -> tuple[list[str], str]:
    """What lights up with an output, along one axis, and how."""
    letter, join = "RC"[axis], _JOIN[axis]
    what = [f".i{join}.{letter}{tap}" for tap in taps]
    what += [f"{kind}{join}.{letter}{output}" for kind in (".o", ".t")]
    what += [f".o{letter}{output}", ".w"]
    return what, f"{_light(letter)};{('--ty', '--tx')[axis]}:{output * step:g}px"


def choices(name: str, maps: Sequence[int | None], *, pins: bool = True) -> str:
    """Rules for several maps: which of them is meant, and whose sum is written out.

    maps: for each map the channel it is made from, None for all channels. Maps have the classes
    ``o m0 …``, channels ``i h0 …``, texts ``f0 …``; radio buttons ``pF0 …`` pin, or `chosen`.
    """
    root = f".{name}"
    lines = [unchosen(name, maps)]
    for index, channel in enumerate(maps):
        shown = _when(root, f".m{index}", f".pF{index}" if pins else None)
        lines.append(_mapped(shown, index, channel))
        if channel is not None:
            shown = _when(root, f".h{channel}", None)
            lines.append(_rule(shown, [f".m{index}", f".h{channel}"], "--q:1"))
    return "".join(lines)


def unchosen(name: str, maps: Sequence[int | None]) -> str:
    """What of `choices` says nothing of places: no map is meant."""
    root = f".{name}"
    none = f"{root} .o{{--q:0}}{root} :is({_listed('f', range(len(maps)))}){{display:none}}"
    if any(channel is not None for channel in maps):
        return f"{none}{root} .i{{--q:0}}"
    return f"{none}{root}:has(.i:hover) .o,{root}:has(.i :focus) .o{{--q:1}}"


def chosen(name: str, index: int, channel: int | None) -> str:
    """The rules that pin a map made from a channel, or from all: apart from `choices`."""
    return _mapped(f".{name}{_idle('.z')}", index, channel)


def _mapped(shown: str, index: int, channel: int | None) -> str:
    own = [f".m{index}", *([] if channel is None else [f".h{channel}"])]
    return _rule(shown, own, "--q:1") + _rule(shown, [f".f{index}"], "display:inline")


def shows(name: str, letter: str, count: int, *, at: int | None = None) -> str:
    """Rules for one list of things to point at, classes ``z`` with ``a0 …`` for letter "a".

    What has the class ``sa0`` is drawn while ``a0`` is meant, and not otherwise. Radio buttons
    ``pa0 …`` pin, or `at`.
    """
    root = f".{name}"
    lines = [f"{root} .s{letter}{index}{{display:none}}" for index in range(count)]
    for index in range(count):
        pin = f".p{letter}{index}" if at is None else ("" if index == at else None)
        shown = _when(root, f".{letter}{index}", pin, f".z{letter}")
        lines.append(_rule(shown, [f".s{letter}{index}"], "display:inline"))
    return "".join(lines)


def _listed(letter: str, places: Iterable[int]) -> str:
    return ",".join(f".{letter}{place}" for place in places)


def _when(root: str, cells: str, pin: str | None, zone: str = ".z") -> str:
    """The picture while such a cell is pointed at, has the focus, or is pinned.

    pin: the radio button that pins it, "" for always, None for never. zone: all such cells.
    ``:hover`` and ``:focus-within`` come first: while they are false, no ``:has`` is looked into,
    which would take a hundred milliseconds for a large picture. One ``:is`` behind the class: so a
    browser sees from the class alone that the rules of one picture do not concern another.
    """
    conditions = [
        f":hover:has({cells}:hover)",
        f":focus-within:not(:hover:has({zone}:hover)):has({cells}:focus-within)",
    ]
    if pin is not None:
        checked = f":has({pin}:checked)" if pin else ""
        conditions.append(f"{_idle(zone)}{checked}")
    return f"{root}:is({','.join(conditions)})"


def _idle(zone: str) -> str:
    """While nothing in a zone is pointed at or has the focus."""
    return f":not(:hover:has({zone}:hover),:focus-within:has({zone} :focus))"


def _rule(shown: str, what: Sequence[str], body: str) -> str:
    """Nested, so that a browser finds the rules of an element by its class."""
    return f"{shown}{{{','.join(what)}{{{body}}}}}"
