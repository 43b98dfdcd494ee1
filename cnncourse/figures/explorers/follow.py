"""What lights up when a reader points at a cell: style rules, so that no kernel is asked.

Windows of convolution and pooling are separable: which rows an output reads depends on its row
alone, which columns on its column alone. So a rule for each row and each column says everything,
and a cell lights up where a lit row meets a lit column. Cells are ``<g class="R2"><rect
class="C5"/></g>`` inside ``<g class="z i">`` (inputs) or ``<g class="z o">`` (outputs); texts that
show with an output are ``<g class="R2"><text class="C5"/></g>`` inside ``<g class="t">``.

What is pointed at wins over what has the focus, and that over what is pinned: by radio buttons in
the picture (one tab stop for the rows and one for the columns, arrow keys move), or by a `Spot`.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cnncourse.figures.palette import BLUE, ORANGE

Reads = Sequence[Sequence[int]]  # for each output: the inputs that it reads, along one axis


@dataclass(frozen=True)
class Spot:
    """What is pointed at: an output, or an input, which is counted with its padding."""

    row: int
    column: int
    at_input: bool = False

    def reads(self, rows: Reads, columns: Reads) -> tuple[Sequence[int], Sequence[int]]:
        """Rows and columns of inputs that light up: what an output reads, or the input itself."""
        if self.at_input:
            return (self.row,), (self.column,)
        return rows[self.row], columns[self.column]

    def feeds(self, rows: Reads, columns: Reads) -> tuple[Sequence[int], Sequence[int]]:
        """Rows and columns of outputs that light up: what an input feeds, or the output itself."""
        if self.at_input:
            return feeding(rows, self.row), feeding(columns, self.column)
        return (self.row,), (self.column,)


def feeding(reads: Reads, place: int) -> list[int]:
    """The outputs that read an input, along one axis."""
    return [output for output, taps in enumerate(reads) if place in taps]


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
    cell: the side of a cell. pins: radio buttons pin, of class ``pR0 … pC0 …`` an output, of class
    ``piR0 … piC0 …`` an input, and `OUTPUT` and `INPUT` say which of the two; without them `pinned`
    does. step: what has the class ``w`` moves by so many pixels for each output.
    """
    root = f".{name}"
    lines = [ground(name, cell)]
    if pins:
        lines += [
            f"{root}{_idle('.z')}:has({INPUT}:checked){{--h:{BLUE}}}",
            f"{root}:has({INPUT}:checked) .for-output,"
            f"{root}:has({OUTPUT}:checked) .for-input{{display:none}}",
        ]
    for axis, (letter, reads) in enumerate((("R", rows), ("C", columns))):
        join = _JOIN[axis]
        for output, taps in enumerate(reads):
            pin = (OUTPUT, f".p{letter}{output}") if pins else None
            shown = _when(root, f".o{join}.{letter}{output}", pin)
            lines.append(_rule(shown, *_reading(axis, output, taps, step[axis])))
        for place, outputs in enumerate(fed(reads, inputs[axis])):
            pin = (INPUT, f".pi{letter}{place}") if pins else None
            shown = _when(root, f".i{join}.{letter}{place}", pin)
            lines.append(_rule(shown, _fed(axis, place, outputs), _light(letter)))
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
    name: str, at: Spot, rows: Reads, columns: Reads, step: tuple[float, float] = (0, 0)
) -> str:
    """The few rules that pin what `at` says; apart from `rules`, for a step changes only these."""
    shown = f".{name}{_idle('.z')}"
    style = f"{shown}{{--h:{BLUE}}}" if at.at_input else ""
    for axis, (place, reads) in enumerate(((at.row, rows), (at.column, columns))):
        if reads and at.at_input:
            what = _fed(axis, place, feeding(reads, place))
            style += _rule(shown, what, _light("RC"[axis]))
        elif reads:
            style += _rule(shown, *_reading(axis, place, reads[place], step[axis]))
    return style


OUTPUT, INPUT = ".pP0", ".pP1"  # the radio buttons that say what the others are about
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


def _fed(axis: int, place: int, outputs: Sequence[int]) -> list[str]:
    """What lights up with an input, along one axis."""
    letter, join = "RC"[axis], _JOIN[axis]
    what = [f".o{join}.{letter}{output}" for output in outputs]
    return [*what, f".i{join}.{letter}{place}", f".i{letter}{place}"]


def choices(name: str, maps: Sequence[int | None], *, pins: bool = True) -> str:
    """Rules for several maps: which of them is meant, and whose sum is written out.

    maps: for each map the channel it is made from, None for all channels. Maps have the classes
    ``o m0 …``, channels ``i h0 …``, texts ``f0 …``; radio buttons ``pF0 …`` pin, or `chosen`.
    """
    root = f".{name}"
    lines = [unchosen(name, maps)]
    for index, channel in enumerate(maps):
        shown = _when(root, f".m{index}", (f".pF{index}",) if pins else None)
        lines.append(_mapped(shown, index, channel))
        pin = (INPUT, f".pF{index}") if pins else None
        if channel is not None:
            shown = _when(root, f".h{channel}", pin)
            lines.append(_rule(shown, _made(maps, channel), "--q:1"))
    if pins and None in maps:
        lines.append(_rule(f"{root}{_idle('.z')}:has({INPUT}:checked)", [".o"], "--q:1"))
    return "".join(lines)


def unchosen(name: str, maps: Sequence[int | None]) -> str:
    """What of `choices` says nothing of places: no map is meant."""
    root = f".{name}"
    none = f"{root} .o{{--q:0}}{root} :is({_listed('f', range(len(maps)))}){{display:none}}"
    if any(channel is not None for channel in maps):
        return f"{none}{root} .i{{--q:0}}"
    return f"{none}{root}:has(.i:hover) .o,{root}:has(.i :focus) .o{{--q:1}}"


def chosen(name: str, index: int, maps: Sequence[int | None], at_input: bool = False) -> str:
    """The rules that pin a map; apart from `choices`. at_input: all maps made from its channel."""
    shown = f".{name}{_idle('.z')}"
    channel = maps[index]
    if not at_input:
        return _mapped(shown, index, channel)
    return _rule(shown, [".o"] if channel is None else _made(maps, channel), "--q:1")


def _made(maps: Sequence[int | None], channel: int) -> list[str]:
    """A channel and the maps that are made from it."""
    own = [f".m{index}" for index, source in enumerate(maps) if source == channel]
    return [*own, f".h{channel}"]


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
        pin = (f".p{letter}{index}",) if at is None else (() if index == at else None)
        shown = _when(root, f".{letter}{index}", pin, f".z{letter}")
        lines.append(_rule(shown, [f".s{letter}{index}"], "display:inline"))
    return "".join(lines)


def _listed(letter: str, places: Iterable[int]) -> str:
    return ",".join(f".{letter}{place}" for place in places)


def _when(root: str, cells: str, pin: Sequence[str] | None, zone: str = ".z") -> str:
    """The picture while such a cell is pointed at, has the focus, or is pinned.

    pin: the radio buttons that pin it, none for always, None for never. zone: all such cells.
    ``:hover`` and ``:focus-within`` come first: while they are false, no ``:has`` is looked into,
    which would take a hundred milliseconds for a large picture. One ``:is`` behind the class: so a
    browser sees from the class alone that the rules of one picture do not concern another.
    """
    conditions = [
        f":hover:has({cells}:hover)",
        f":focus-within:not(:hover:has({zone}:hover)):has({cells}:focus-within)",
    ]
    if pin is not None:
        checked = "".join(f":has({button}:checked)" for button in pin)
        conditions.append(f"{_idle(zone)}{checked}")
    return f"{root}:is({','.join(conditions)})"


def _idle(zone: str) -> str:
    """While nothing in a zone is pointed at or has the focus."""
    return f":not(:hover:has({zone}:hover),:focus-within:has({zone} :focus))"


def _rule(shown: str, what: Sequence[str], body: str) -> str:
    """Nested, so that a browser finds the rules of an element by its class."""
    return f"{shown}{{{','.join(what)}{{{body}}}}}"
