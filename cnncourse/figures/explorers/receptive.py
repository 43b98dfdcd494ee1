"""The receptive field explorer: any layer of any network, drawn back onto an image."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnncourse.figures.explorers import board, follow
from cnncourse.figures.explorers.raster import greys, image_tag
from cnncourse.figures.palette import BLUE, GREEN, GRID, INK, ORANGE, PURPLE, SKY, VERMILION
from cnncourse.figures.picture import Picture
from cnncourse.figures.scene import drawn_scene
from cnncourse.figures.svg import rectangle
from cnncourse.network import EffectiveField, Network, ReceptiveField, receptive_fields, shape_text
from cnncourse.network.base import POINT
from cnncourse.network.cost import Cost
from cnncourse.network.formula import grouped
from cnncourse.network.graph import Node
from cnncourse.network.receptive import Interval, last_spatial
from cnncourse.ops.arguments import pair

_SIDE = 320.0  # pixels of the image's longer side
_ROWS = 30  # layers in the table
_PALE = 0.22  # how dark the image stays under a heat map
_PATHS = (BLUE, GREEN, VERMILION, PURPLE, SKY, INK)

Box = tuple[Interval, Interval]  # first and last row, first and last column


@dataclass(frozen=True)
class Seen:
    """A layer's line: what one of its positions sees, and what it costs with the layers beside it.

    box: of the position in the middle of what the chosen output sees, unclipped; None where it is
    not known. beside: how many layers without a line of their own are counted here. complete:
    whether all their mult-adds are known.
    """

    name: str
    kind: str
    output: str
    field: ReceptiveField
    position: tuple[int, int]
    box: Box | None
    parameters: int
    mult_adds: int
    complete: bool
    beside: int


def as_network(network: Any) -> Network:
    """A `Network` from a zoo name, a `Network` or a Keras model.

    Raises ValueError for a name that the zoo does not have or a model that cannot be read,
    TypeError for anything else.
    """
    if isinstance(network, Network):
        return network
    if isinstance(network, str):
        from cnncourse import zoo

        try:
            return zoo.get(network)
        except KeyError as error:
            raise ValueError(str(error.args[0])) from None
    if is_keras(network):
        from cnncourse.network import from_keras

        if type(network).__name__ == "Sequential" and not hasattr(network, "inputs"):
            raise ValueError(
                f"Sequential {network.name!r} has no input shape yet: give it an Input in front, "
                "or build it, model.build((None, height, width, channels))."
            )
        return from_keras(network)
    raise TypeError(
        "network must be a name from the zoo, a Network or a Keras model, not "
        f"{type(network).__name__}."
    )


def is_keras(network: Any) -> bool:
    """Whether it is a Keras model, which has weights; known without importing Keras."""
    return hasattr(network, "layers") and hasattr(network, "get_layer")


def spatial_layers(network: Network) -> list[str]:
    """The layers whose output has rows and columns, from the input on."""
    return [name for name, node in network if len(node.shape) == 3]


def receptive_field_explorer(
    network: Any,
    layer: str | None = None,
    *,
    image: Any = None,
    at: tuple[int, int] | None = None,
    effective: Any = None,
    controls: bool = True,
) -> Picture:
    """What one position of a layer sees of an image, layer by layer, with what each layer costs.

    network: a zoo name, a `Network` or a Keras model. layer: its name; the last with rows and
    columns if left out. image: (H, W) or (H, W, 3), stretched over the input; a drawn scene if left
    out. at: row and column of the position; the middle if left out.
    effective: True draws the influence that each input has, measured on the Keras model; another
    Keras model or an `EffectiveField` gives its own; {"before training": model} gives it a title.
    Where branches meet, each path's field is drawn, and their union. Point at a line of the table
    to see that layer's field. Costs of layers without a line are counted with a line near them.
    Raises TypeError, ValueError, KeyError or IndexError, naming what was given and what is allowed.
    """
    net = as_network(network)
    if not spatial_layers(net):
        raise ValueError(
            f"No layer of {net.name!r} has rows and columns: receptive fields are those of "
            f"pictures, and its input is {shape_text(net.input_shape)}."
        )
    chosen = last_spatial(net) if layer is None else layer
    node = net[chosen]
    if len(node.shape) != 3:
        raise ValueError(
            f"{chosen!r} gives {shape_text(node.shape)}, without rows and columns: choose a layer "
            f"in front of it, such as {last_spatial(net)!r}."
        )
    if len(net.input_shape) != 3:
        raise ValueError(
            f"The first input of {net.name!r} is {shape_text(net.input_shape)}, without rows and "
            "columns: there is no picture to draw a field on."
        )
    if None in net.input_shape:
        raise ValueError(
            f"The input of {net.name!r} is {shape_text(net.input_shape)}: give it a size, "
            "network.with_input((224, 224, 3))."
        )
    fields = receptive_fields(net)
    if chosen not in fields:
        raise ValueError(f"{chosen!r} does not depend on the first input.")
    count_rows, count_columns = node.shape[0] or 1, node.shape[1] or 1
    place = (
        (count_rows // 2, count_columns // 2) if at is None else pair("at", at, 0, "(row, column)")
    )
    fields[chosen].interval(place)  # refuses a position that is not there
    lines = _lines(net, chosen, place, fields)
    branches = _branches(net, chosen, place, fields)
    ground = _ground(image, net)
    measured = _measured(effective, network, net, chosen, place)
    return _draw(net, lines, branches, place, ground, measured, controls)


def moved(network: Network, before: str, place: tuple[int, int], after: str) -> tuple[int, int]:
    """The position of a layer that looks at the middle of what a place of another layer sees.

    Raises KeyError for a layer that is not there or has no field.
    """
    fields = receptive_fields(network)
    counts = [count or 1 for count in network[before].shape[:2]]
    inside = [min(max(at, 0), count - 1) for at, count in zip(place, counts, strict=True)]
    seen = _box(fields[before], (inside[0], inside[1]))
    return _nearest(fields[after], network[after].shape[:2], seen)


def _measured(
    effective: Any, network: Any, net: Network, chosen: str, place: tuple[int, int]
) -> tuple[str, EffectiveField] | None:
    """The influence to draw, with its title; None where none is asked for."""
    if isinstance(effective, Mapping):
        if len(effective) != 1:
            raise ValueError(
                f"effective must be one model with its title, but {len(effective)} were given."
            )
        ((title, source),) = effective.items()
    else:
        title, source = "", effective
    if source is None or source is False:
        return None
    source = network if source is True else source
    if isinstance(source, EffectiveField):
        if (source.layer, source.position) != (chosen, place):
            raise ValueError(
                f"The measured field is that of {source.layer!r} at {source.position}, and the "
                f"picture that of {chosen!r} at {place}: measure it there."
            )
        found = source
    elif is_keras(source):
        from cnncourse.figures.explorers.effective import influence  # it draws with this module

        found = influence(source, chosen, place)
    else:
        raise ValueError(
            "Influence is measured on a Keras model, with its weights, and "
            f"{net.name!r} is a description without: give the model, such as network.to_keras()."
        )
    if found.gradient.shape != net.input_shape[:2]:
        raise ValueError(
            f"The influence was measured on {'×'.join(map(str, found.gradient.shape))} positions, "
            f"and the input of {net.name!r} is {shape_text(net.input_shape)}."
        )
    return title, found


def _lines(
    net: Network, chosen: str, place: tuple[int, int], fields: dict[str, ReceptiveField]
) -> list[Seen]:
    """The layers on the way to the chosen one that change the field or cost something, and that.

    Together they count every layer on the way, each once.
    """
    behind = _ancestors(net, chosen)
    cost = net.cost()
    units = _units([node for node in net.nodes if node in behind])
    target = _box(fields[chosen], place)
    listed = _listed(net, net[chosen], units, fields, cost)
    lines: list[Seen] = []
    waiting: list[str] = []  # layers without a line are counted with the next one
    for head, members in units.items():
        waiting += [net.name_of(each) for each in members]
        if head not in listed:
            continue
        node = net[chosen] if net[chosen] in members else head
        name = net.name_of(node)
        field = fields[name]
        position = place if name == chosen else _nearest(field, node.shape[:2], target)
        counted = [cost[each] for each in waiting]
        lines.append(
            Seen(
                name,
                node.layer.kind,
                shape_text(node.shape),
                field,
                position,
                _box(field, position),
                sum(each.parameters.value for each in counted),
                sum(each.mult_adds.value for each in counted if each.mult_adds),
                all(each.mult_adds is not None for each in counted),
                len(waiting) - 1,
            )
        )
        waiting = []
    return lines


def _units(nodes: Sequence[Node]) -> dict[Node, list[Node]]:
    """Layers with what only follows them position by position: batch norm, activation, dropout."""
    head: dict[Node, Node] = {}
    units: dict[Node, list[Node]] = {}
    for node in nodes:
        follows = (
            len(node.inputs) == 1
            and bool(node.inputs[0].inputs)  # an input stands alone
            and node.shape == node.inputs[0].shape
            and node.layer.windows(*node.input_shapes) == (POINT, POINT)
            and all(len(weight.shape) == 1 for weight in node.weights)
        )
        head[node] = head[node.inputs[0]] if follows else node
        units.setdefault(head[node], []).append(node)
    return units


def _listed(
    net: Network,
    chosen: Node,
    units: dict[Node, list[Node]],
    fields: dict[str, ReceptiveField],
    cost: Cost,
) -> set[Node]:
    """The units with a line: if too many, those that every path goes through, or evenly some."""
    heads = list(units)
    index = {node: k for k, members in enumerate(units.values()) for node in members}
    last_use = [0] * len(heads)
    for members in units.values():
        for node in members:
            for source in node.inputs:
                last_use[index[source]] = max(last_use[index[source]], index[node])
    found, narrow, far = [], [], 0
    for k, (head, members) in enumerate(units.items()):
        name = net.name_of(head)
        if name in fields and len(head.shape) == 3:
            costs = [cost[net.name_of(each)] for each in members]
            sources = [net.name_of(each) for each in head.inputs]
            same = [s for s in sources if s in fields and _same(fields[s], fields[name])]
            if (
                chosen in members
                or len(same) < max(len(sources), 1)
                or any(each.parameters.value or each.mult_adds is None for each in costs)
                or any(each.mult_adds.value for each in costs if each.mult_adds)
            ):
                found.append(head)
                if far <= k:
                    narrow.append(head)
        far = max(far, last_use[k])
    if len(found) > _ROWS and len(narrow) >= _ROWS // 3:
        found = narrow
    if len(found) > _ROWS:
        picks = np.linspace(0, len(found) - 1, _ROWS).round().astype(int)
        found = [found[k] for k in picks.tolist()]
    return set(found)


def _ancestors(net: Network, name: str) -> set[Node]:
    found: set[Node] = set()
    waiting = [net[name]]
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting.extend(node.inputs)
    return found


def _same(one: ReceptiveField, other: ReceptiveField) -> bool:
    """Whether two fields differ at most in where they begin, as behind a layer of zeros."""
    return (one.size, one.stride, one.aligned) == (other.size, other.stride, other.aligned)


def _box(field: ReceptiveField, place: tuple[int, int]) -> Box | None:
    try:
        return field.interval(place, clip=False)
    except ValueError:
        return None


def _nearest(
    field: ReceptiveField, counts: Sequence[int | None], target: Box | None
) -> tuple[int, int]:
    """The position of a layer that looks at the middle of the target."""
    found = []
    for axis, (along, count) in enumerate(zip((field.rows, field.columns), counts, strict=True)):
        last = (count or 1) - 1
        if target is None or along.center is None or not along.stride:
            found.append(last // 2)
            continue
        middle = sum(target[axis]) / 2
        found.append(int(min(max(round((middle - along.center) / along.stride), 0), last)))
    return found[0], found[1]


def _branches(
    net: Network, chosen: str, place: tuple[int, int], fields: dict[str, ReceptiveField]
) -> list[tuple[str, Box]]:
    """The paths that meet at the chosen layer, each with what its position sees."""
    node = net[chosen]
    while len(node.inputs) == 1 and node.input_shapes[0][:2] == node.shape[:2]:
        window = node.layer.windows(*node.input_shapes)
        if any(each.span > 1 or each.whole for each in window):
            break
        node = node.inputs[0]  # batch norm, activation: the join lies in front of them
    if len(node.inputs) < 2:
        return []
    found = []
    for each in node.inputs:
        name = net.name_of(each)
        box = (
            _box(fields[name], place)
            if name in fields and each.shape[:2] == node.shape[:2]
            else None
        )
        if box is not None:
            found.append((name, box))
    return found


def _ground(image: Any, net: Network) -> np.ndarray:
    """The image as greys or colours from 0 to 255."""
    height, width = net.input_shape[0] or 1, net.input_shape[1] or 1
    if image is None:
        scene = drawn_scene(max(32, min(160, max(height, width))))
        return greys(scene, low=0, high=1)
    array = np.asarray(image)
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] != 3) or not array.size:
        raise ValueError(
            f"image must have shape (H, W) or (H, W, 3), but its shape is {array.shape}."
        )
    if array.dtype == np.uint8:
        return array
    top = float(array.max())
    return greys(array, low=min(0.0, float(array.min())), high=top if top > 1 else 1.0)


def _draw(
    net: Network,
    lines: Sequence[Seen],
    branches: Sequence[tuple[str, Box]],
    place: tuple[int, int],
    ground: np.ndarray,
    measured: tuple[str, EffectiveField] | None,
    controls: bool,
) -> Picture:
    height, width = net.input_shape[0] or 1, net.input_shape[1] or 1
    last = len(lines) - 1
    heat = None if measured is None else (measured[0], measured[1].gradient.tobytes())
    name = follow.scope(
        "field", net.name, net.input_shape, lines, branches, controls, ground.tobytes(), heat
    )
    style = f".{name} .z rect{{fill:{ORANGE};fill-opacity:0;cursor:pointer;outline:none}}"
    style += f".{name} .z rect:is(:hover,:focus){{stroke:{BLUE};stroke-width:2}}"
    style += follow.shows(name, "a", len(lines), at=None if controls else last)
    boxes = [line.box for line in lines if line.box] + [box for _, box in branches]
    boxes.append(((0, height - 1), (0, width - 1)))
    low_y, high_y = min(b[0][0] for b in boxes), max(b[0][1] for b in boxes) + 1
    low_x, high_x = min(b[1][0] for b in boxes), max(b[1][1] for b in boxes) + 1
    # A field far larger than its image must not shrink the image to nothing.
    low_y, high_y = max(low_y, -height), min(high_y, 2 * height)
    low_x, high_x = max(low_x, -width), min(high_x, 2 * width)
    scale = _SIDE / max(high_y - low_y, high_x - low_x)
    x0, y0 = 8 - low_x * scale, 30 - low_y * scale
    wide, tall = (high_x - low_x) * scale, (high_y - low_y) * scale

    def outline(box: Box, colour: str, *, line: float = 2.5, css: str = "", dash: str = "") -> str:
        (top, bottom), (left, right) = box
        top, left = max(top, low_y), max(left, low_x)
        bottom, right = min(bottom + 1, high_y), min(right + 1, high_x)
        return board.frame(
            x0 + left * scale,
            y0 + top * scale,
            max((right - left) * scale, 2),
            max((bottom - top) * scale, 2),
            colour,
            line=line,
            css=css,
            dash=dash,
        )

    chosen = lines[-1]
    parts = [
        board.words(8, 18, f"{net.name}, input {height}×{width}", bold=True),
        rectangle(8, 30, wide, tall, fill="#e2e8f0"),
        image_tag(_under(ground, measured), x0, y0, width * scale, height * scale),
        board.frame(x0, y0, width * scale, height * scale, INK, line=1.5),
    ]
    for index, line in enumerate(lines):
        if line.box:
            colour = ORANGE if index == last else BLUE
            parts.append(outline(line.box, "#ffffff", line=5, css=f"sa{index}"))
            parts.append(outline(line.box, colour, line=3, css=f"sa{index}"))
    y = 30 + tall + 20
    if measured is not None:
        rows, columns = _middle(measured[1])
        parts.append(outline((rows, columns), GREEN, line=2.5, dash="6 3"))
        parts += _heat_key(8, y, measured)
        y += 62
    if chosen.box and len(branches) > 1:
        parts.append(board.words(8, y, "paths that meet:", size=12, bold=True))
        for index, (label, box) in enumerate(branches):
            colour = _PATHS[index % len(_PATHS)]
            dash = ("", "7 3", "2 3", "9 3 2 3", "1 2", "12 4")[index % 6]
            parts.append(outline(box, colour, line=2.5, dash=dash))
            y += 17
            broken = f' stroke-dasharray="{dash}"' if dash else ""
            parts.append(f'<path d="M10 {y - 4:g}h24" stroke="{colour}" stroke-width="3"{broken}/>')
            parts.append(board.words(40, y, f"{label}: {_size(box)}", size=12))
        parts.append(board.words(8, y + 17, f"together: {_size(chosen.box)}", size=12))
        y += 38
    table, right, bottom = _table(lines, 8 + max(wide, 260) + 26)
    parts += table
    for index, line in enumerate(lines):
        said = _label(line)
        parts.append(board.words(8, max(y, bottom) + 12, said, css=f"sa{index}", colour=INK))
    y = max(y, bottom) + 34
    for line_of_text, colour in _remarks(lines[-1], height, width):
        parts.append(
            board.words(8, y, line_of_text, colour=colour, bold=colour == VERMILION, size=12.5)
        )
        y += 19
    labels = [_label(line) for line in lines]
    pins = board.pins("layer", "a", f"{name}a", labels, last, [line.name for line in lines])
    body = board.figure(name, style, right, y, parts, pins if controls else "")
    return Picture(body, _alt(net, lines, branches, measured, height, width))


def _under(ground: np.ndarray, measured: tuple[str, EffectiveField] | None) -> np.ndarray:
    """The image, or where influence is measured, a pale one with the influence in blue on it."""
    if measured is None:
        return ground
    from cnncourse.figures.explorers.effective import heat

    blue = heat(measured[1].gradient)
    size = [max(a, b) for a, b in zip(ground.shape[:2], blue.shape[:2], strict=True)]
    below, above = (_stretched(each, size) / 255 for each in (ground, blue))
    if below.ndim == 2:
        below = below[..., None]
    return np.rint(255 * (1 - _PALE * (1 - below)) * above).astype(np.uint8)


def _stretched(array: np.ndarray, size: Sequence[int]) -> np.ndarray:
    rows, columns = (
        np.arange(new) * old // new for new, old in zip(size, array.shape[:2], strict=True)
    )
    return np.asarray(array[rows][:, columns])


def _middle(field: EffectiveField) -> Box:
    from cnncourse.figures.explorers.effective import middle

    return middle(field.gradient)


def _heat_key(x: float, y: float, measured: tuple[str, EffectiveField]) -> list[str]:
    """What the colours and the green box of a measured field mean, on three lines."""
    from cnncourse.figures.explorers.effective import heat_scale

    title, field = measured
    said = f"influence, measured {title}".rstrip()
    green = f'<path d="M{x + 2:g} {y + 34:g}h24" stroke="{GREEN}" stroke-width="3"'
    return [
        board.words(x, y, said, size=12, bold=True),
        heat_scale(x, y + 8, "most (square roots)"),
        f'{green} stroke-dasharray="6 3"/>',
        board.words(x + 32, y + 38, f"95 % of it in {_size(_middle(field))}", size=12),
    ]


def _table(lines: Sequence[Seen], x: float) -> tuple[list[str], float, float]:
    """A line for each layer: sizes and costs. Its parts, its right and its lower end."""
    names = max(90.0, 7.4 * max(len(_named(line)) for line in lines) + 24)
    columns = [
        ("layer", x, ""),
        ("output", x + names + 76, "end"),
        ("parameters", x + names + 166, "end"),
        ("mult-adds", x + names + 284, "end"),
        ("field", x + names + 342, "end"),
        ("stride", x + names + 394, "end"),
    ]
    right = columns[-1][1] + 10
    parts = [board.words(at, 24, title, size=12, bold=True, anchor=a) for title, at, a in columns]
    y, step = 46.0, 19.0
    for index, line in enumerate(lines):
        base = y + index * step
        values = (
            _named(line),
            line.output,
            grouped(line.parameters),
            _work(line.mult_adds, line.complete),
            _both(line.field.size),
            _both(line.field.stride),
        )
        bold = index == len(lines) - 1  # the chosen one
        for (_, at, anchor), value in zip(columns, values, strict=True):
            parts.append(board.words(at, base, value, size=12, anchor=anchor, bold=bold))
        parts.append(
            f'<rect class="sa{index}" x="{x - 6:g}" y="{base - 14:g}" width="{right - x:g}" '
            f'height="{step:g}" fill="{ORANGE}" fill-opacity=".22"/>'
        )
    parts.append('<g class="z za">')
    for index, line in enumerate(lines):
        parts.append(
            f'<rect class="a{index}" x="{x - 6:g}" y="{y + index * step - 14:g}" '
            f'width="{right - x:g}" height="{step:g}" tabindex="-1" role="img" '
            f'aria-label="{_label(line)}"/>'
        )
    parts.append("</g>")
    base = y + len(lines) * step + 4
    parts.append(f'<path d="M{x - 6:g} {base - 15:g}H{right - 6:g}" stroke="{GRID}"/>')
    sums = zip((columns[0], *columns[2:4]), ("total", *_totals(lines)), strict=True)
    for (_, at, anchor), value in sums:
        parts.append(board.words(at, base, value, size=12, anchor=anchor, bold=True))
    said = _listing(lines)
    if said:
        base += step
        parts.append(board.words(x, base, said, size=11.5, colour=board.DIM))
    return parts, right + 8, base + 12


def _totals(lines: Sequence[Seen]) -> tuple[str, str]:
    """Parameters and mult-adds of all layers up to the chosen one."""
    return (
        grouped(sum(line.parameters for line in lines)),
        _work(sum(line.mult_adds for line in lines), all(line.complete for line in lines)),
    )


def _work(mult_adds: int, complete: bool) -> str:
    if complete:
        return grouped(mult_adds)
    return f"≥ {grouped(mult_adds)}" if mult_adds else "?"


def _listing(lines: Sequence[Seen]) -> str:
    """How many layers have no line, and where they are counted; nothing where all have one."""
    more = max(line.beside for line in lines)
    if not more:
        return ""
    every = sum(1 + line.beside for line in lines)
    others = f"{more} others are" if more > 1 else "another one is"
    return f"{len(lines)} of {every} layers are listed. +{more}: {others} counted with it."


def _named(line: Seen) -> str:
    return _short(line.name) + (f" +{line.beside}" if line.beside else "")


def _short(name: str) -> str:
    return name if len(name) <= 26 else "…" + name[-25:]


def _label(line: Seen) -> str:
    if line.box is None:
        return f"{line.name} {line.position}: its field is not known"
    (top, bottom), (left, right) = line.box
    return (
        f"{_short(line.name)} {line.position} sees {_size(line.box)}: rows {_span(top, bottom)}, "
        f"columns {_span(left, right)}"
    )


def _span(first: int, last: int) -> str:
    return f"{first} to {last}".replace("-", "−") if first < 0 else f"{first}–{last}"


def _size(box: Box) -> str:
    return "×".join(str(last - first + 1) for first, last in box)


def _both(pair: tuple[int | None, int | None]) -> str:
    texts = ["?" if each is None else str(each) for each in pair]
    return texts[0] if texts[0] == texts[1] else "×".join(texts)


def exceeds(box: Box, height: int, width: int) -> bool:
    """Whether a field spans more than the whole image, along either axis."""
    return any(
        last - first + 1 > size for (first, last), size in zip(box, (height, width), strict=True)
    )


def _remarks(line: Seen, height: int, width: int) -> list[tuple[str, str]]:
    said = []
    if line.box is not None:
        if exceeds(line.box, height, width):
            said.append(
                (
                    f"Its field, {_size(line.box)}, is larger than the image, {height}×{width}: "
                    "the rest is padding.",
                    VERMILION,
                )
            )
        else:
            inside = [
                max(0, min(last, size - 1) - max(first, 0) + 1)
                for (first, last), size in zip(line.box, (height, width), strict=True)
            ]
            share = 100 * math.prod(inside) / (height * width)
            words = "less than 1 %" if share < 1 else f"{share:.0f} %"
            said.append((f"That is {words} of the image.", ""))
    if line.field.aligned is False:
        said.append((f"Misaligned: {line.field.reason}.", VERMILION))
    elif line.field.aligned is None:
        said.append((f"Alignment not known: {line.field.reason}.", ""))
    return said


def _alt(
    net: Network,
    lines: Sequence[Seen],
    branches: Sequence[tuple[str, Box]],
    measured: tuple[str, EffectiveField] | None,
    height: int,
    width: int,
) -> str:
    line = lines[-1]
    said = [f"{net.name}: {_label(line)} of a {height}×{width} image."]
    if len(branches) > 1:
        paths = ", ".join(f"{name} {_size(box)}" for name, box in branches)
        said.append(f"Paths that meet there: {paths}.")
    said += [words for words, _ in _remarks(line, height, width)]
    if measured is not None:
        title, field = measured
        (top, bottom), (left, right) = box = _middle(field)
        said.append(
            f"Influence, measured {title}".rstrip() + f", as a heat map: 95 % of it in "
            f"{_size(box)}, rows {_span(top, bottom)}, columns {_span(left, right)}."
        )
    parameters, work = _totals(lines)
    said.append(f"Up to there: {parameters} parameters, {work} mult-adds.")
    every = sum(1 + line.beside for line in lines)
    if every > len(lines):
        said.append(f"{len(lines)} of {every} layers are listed, the others counted with them.")
    return " ".join(said)
