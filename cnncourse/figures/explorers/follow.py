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
    at: tuple[int, int] | None = None,
    step: tuple[float, float] = (0, 0),
) -> str:
    """The style rules of a picture of class `name`.

    rows, columns: what each output reads. inputs: how many rows and columns of inputs there are.
    at: the output pinned for good; without it radio buttons of class ``pR0 … pC0 …`` pin.
    step: what has the class ``w`` moves along by so many pixels for each output.
    """
    root = f".{name}"
    lines = [
        f"{root} .z rect{{fill:var(--h,{ORANGE});"
        "fill-opacity:calc(.6*var(--r,0)*var(--c,0)*var(--q,1));cursor:pointer;outline:none}",
        f"{root}:has(.i:hover),{root}:not(:has(.z:hover)):has(.i :focus){{--h:{BLUE}}}",
        f"{root} .z rect:is(:hover,:focus){{stroke:{BLUE};stroke-width:3}}",
        f"{root} :is(.t>g,.t>g>*,.n>*,.w){{display:none}}",
        f"{root} .w{{transform:translate(var(--tx,0),var(--ty,0));pointer-events:none}}",
    ]
    for axis, (letter, reads) in enumerate((("R", rows), ("C", columns))):
        join, told = (">", ">") if letter == "R" else (" ", ">g>")
        light = f"--{letter.lower()}:1;display:inline"
        move = "--ty" if letter == "R" else "--tx"
        for output, taps in enumerate(reads):
            own = f".{letter}{output}"
            pin = f".p{letter}{output}" if at is None else ("" if output == at[axis] else None)
            cells = _cells("i", join, letter, taps)
            body = f"{cells}.o{join}{own},.t{told}{own},.n>.o{letter}{output},.w"
            shown = _when(root, f".o{join}{own}", pin)
            lines.append(f"{shown} :is({body}){{{light};{move}:{output * step[axis]:g}px}}")
        for place, outputs in enumerate(fed(reads, inputs[axis])):
            own = f".{letter}{place}"
            shown = _when(root, f".i{join}{own}", None)
            body = f"{_cells('o', join, letter, outputs)}.i{join}{own},.n>.i{letter}{place}"
            lines.append(f"{shown} :is({body}){{{light}}}")
    return "".join(lines)


def choices(name: str, maps: Sequence[int | None], *, chosen: int | None = None) -> str:
    """Rules for several maps: which of them is meant, and whose sum is written out.

    maps: for each map the channel it is made from, None for all channels. Maps have the classes
    ``o m0 …``, channels ``i h0 …``, texts ``f0 …``; radio buttons ``pF0 …`` pin, or `chosen`.
    """
    root = f".{name}"
    alone = any(channel is not None for channel in maps)
    lines = [f"{root} .o{{--q:0}}{root} :is({_listed('f', range(len(maps)))}){{display:none}}"]
    if alone:
        lines.append(f"{root} .i{{--q:0}}")
    else:
        lines.append(f"{root}:has(.i:hover) .o,{root}:has(.i :focus) .o{{--q:1}}")
    for index, channel in enumerate(maps):
        pin = f".pF{index}" if chosen is None else ("" if index == chosen else None)
        shown = _when(root, f".m{index}", pin)
        own = f".m{index}" + (f",.h{channel}" if channel is not None else "")
        lines.append(f"{shown} :is({own}){{--q:1}}{shown} .f{index}{{display:inline}}")
        if channel is not None:
            shown = _when(root, f".h{channel}", None)
            lines.append(f"{shown} :is(.m{index},.h{channel}){{--q:1}}")
    return "".join(lines)


def shows(name: str, letter: str, count: int, *, at: int | None = None) -> str:
    """Rules for one list of things to point at, classes ``z`` with ``a0 …`` for letter "a".

    What has the class ``sa0`` is drawn while ``a0`` is meant, and not otherwise. Radio buttons
    ``pa0 …`` pin, or `at`.
    """
    root = f".{name}"
    lines = [f"{root} :is({_listed('s' + letter, range(count))}){{display:none}}"] if count else []
    for index in range(count):
        own = f".{letter}{index}"
        pin = f".p{letter}{index}" if at is None else ("" if index == at else None)
        shown = _when(root, own, pin, f".z{letter}")
        lines.append(f"{shown} .s{letter}{index}{{display:inline}}")
    return "".join(lines)


def _listed(letter: str, places: Iterable[int]) -> str:
    return ",".join(f".{letter}{place}" for place in places)


def _when(root: str, cells: str, pin: str | None, zone: str = ".z") -> str:
    """The picture while such a cell is pointed at, has the focus, or is pinned.

    pin: the radio button that pins it, "" for always, None for never. zone: all such cells.
    """
    conditions = [f":has({cells}:hover)", f":not(:has({zone}:hover)):has({cells}:focus-within)"]
    if pin is not None:
        checked = f":has({pin}:checked)" if pin else ""
        conditions.append(f":not(:has({zone}:hover,{zone} :focus)){checked}")
    return f"{root}:is({','.join(conditions)})"


def _cells(kind: str, join: str, letter: str, places: Iterable[int]) -> str:
    chosen = _listed(letter, places)
    return f".{kind}{join}:is({chosen})," if chosen else ""
