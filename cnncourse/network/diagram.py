"""The graph of a network as an SVG picture: layers from top to bottom, branches side by side."""

import html
from dataclasses import dataclass

from cnncourse.network.graph import Network, Node
from cnncourse.network.shapes import shape_text

_WIDTH, _HEIGHT, _GAP_X, _GAP_Y, _MARGIN = 200, 34, 20, 22, 12
_NAME, _KIND = 30, 31  # letters that fit in a box: at font size 11 they measure up to 6.3
# Okabe and Ito's colours, lightened, by what a layer does.
_FILL = {
    "Conv2D": "#cfe3f3",
    "DepthwiseConv2D": "#cfe3f3",
    "SeparableConv2D": "#cfe3f3",
    "Dense": "#f6dcc4",
    "MaxPool2D": "#cdeae0",
    "AveragePool2D": "#cdeae0",
    "L2Pool2D": "#cdeae0",
    "GlobalAveragePool2D": "#cdeae0",
    "GlobalMaxPool2D": "#cdeae0",
    "Add": "#f3dbe9",
    "Multiply": "#f3dbe9",
    "Concatenate": "#f3dbe9",
}


@dataclass(frozen=True)
class Diagram:
    """An SVG picture with its description. Shown as the last value of a notebook cell."""

    svg: str
    alt: str

    def _repr_html_(self) -> str:
        label = html.escape(self.alt, quote=True)
        return (
            f'<figure role="group" aria-label="{label}" style="margin:0.5em 0;padding:8px;'
            f'background:#ffffff;border-radius:8px;display:inline-block;max-width:100%">'
            f"{self.svg}</figure>"
        )

    def __repr__(self) -> str:
        return f"Picture: {self.alt}"


@dataclass(frozen=True)
class _Way:
    """A place kept free in a row that a line from an earlier row passes through."""

    source: Node
    target: Node


_Slot = Node | _Way
_Places = dict[tuple[int, _Slot], float]


def diagram(network: Network) -> Diagram:
    """Boxes for layers with their type and output shape, lines for what each reads."""
    depth = _depths(network)
    rows = _rows(network, depth)
    centers = _centers(rows)
    left = min(centers.values()) - _WIDTH / 2 - _MARGIN
    wide = max(centers.values()) + _WIDTH / 2 + _MARGIN - left
    high = 2 * _MARGIN + len(rows) * (_HEIGHT + _GAP_Y) - _GAP_Y
    alt = (
        f"Diagram of {network.name}: {len(network)} layers from {shape_text(network.input_shape)} "
        f"to {shape_text(network.output_shape)}"
    )
    lines = [_line(source, node, depth, centers) for _, node in network for source in node.inputs]
    boxes = [
        _box(name, node, (centers[depth[node], node] - _WIDTH / 2, _top(depth[node])))
        for name, node in network
    ]
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{left:g} 0 {wide:g} {high:g}" '
        f'width="{wide:g}" style="max-width:100%;height:auto" role="img" '
        f'aria-label="{html.escape(alt, quote=True)}" '
        f'font-family="sans-serif" font-size="11" fill="#1f2933">'
        f"{''.join(lines)}{''.join(boxes)}</svg>"
    )
    return Diagram(svg, alt)


def _depths(network: Network) -> dict[Node, int]:
    """Each node's row: its distance from the input, the longest way."""
    depth: dict[Node, int] = {}
    for _, node in network:
        depth[node] = max((depth[each] + 1 for each in node.inputs), default=0)
    return depth


def _rows(network: Network, depth: dict[Node, int]) -> list[list[_Slot]]:
    """Boxes and ways of each row, in the order in which the network was declared."""
    rows: list[list[_Slot]] = [[] for _ in range(max(depth.values()) + 1)]
    for _, node in network:
        rows[depth[node]].append(node)
        for source in dict.fromkeys(node.inputs):
            for row in range(depth[source] + 1, depth[node]):
                rows[row].append(_Way(source, node))
    return rows


def _centers(rows: list[list[_Slot]]) -> _Places:
    """Where each slot's middle is: a row stands in the middle, each slot near what it continues."""
    places: _Places = {}
    for index, row in enumerate(rows):
        order = sorted(row, key=lambda slot: (_pull(slot, index, places), isinstance(slot, _Way)))
        boxes = [slot for slot in order if isinstance(slot, Node)]
        if len(boxes) == 1:  # one box in the middle, and lines past it on either side
            places[index, boxes[0]] = places[-1, boxes[0]] = 0.0
            middle = order.index(boxes[0])
            for count, slot in enumerate(order):
                if count != middle:
                    beside = count - middle - (0.5 if count > middle else -0.5)
                    side = _WIDTH / 2 if count > middle else -_WIDTH / 2
                    places[index, slot] = side + _GAP_X * beside
            continue
        for count, slot in enumerate(order):
            places[index, slot] = (count - (len(order) - 1) / 2) * (_WIDTH + _GAP_X)
            places[-1, slot] = places[index, slot]  # row −1: wherever the box stands
    return places


def _pull(slot: _Slot, row: int, places: _Places) -> float:
    """The mean place of what a slot continues in the rows above."""
    if isinstance(slot, _Way):
        above = places.get((row - 1, slot))
        return places[-1, slot.source] if above is None else above
    pulls = [
        places.get((row - 1, _Way(source, slot)), places[-1, source]) for source in slot.inputs
    ]
    return sum(pulls) / len(pulls) if pulls else 0.0


def _top(row: int) -> float:
    return _MARGIN + row * (_HEIGHT + _GAP_Y)


def _line(source: Node, target: Node, depth: dict[Node, int], centers: _Places) -> str:
    """From box to box, straight down through the ways kept free in between."""
    x, row = centers[depth[source], source], depth[source]
    path = [f"M{x:g} {_top(row) + _HEIGHT:g}"]
    for row in range(depth[source] + 1, depth[target] + 1):
        slot: _Slot = target if row == depth[target] else _Way(source, target)
        y, half = _top(row), _GAP_Y / 2
        along, before = centers[row, slot], x
        path.append(f"C{before:g} {y - half:g} {along:g} {y - half:g} {along:g} {y:g}")
        if slot is not target:
            path.append(f"V{y + _HEIGHT:g}")
        x = along
    return f'<path d="{"".join(path)}" fill="none" stroke="#52606d" stroke-width="1.2"/>'


def _box(name: str, node: Node, place: tuple[float, float]) -> str:
    x, y = place
    kind, fill = node.layer.kind, _FILL.get(node.layer.kind, "#eef1f4")
    shape = shape_text(node.shape)
    label = html.escape(f"{name}: {kind}, output {shape}", quote=True)
    what = f"{_shortened(kind, _KIND - len(f' → {shape}'))} → {shape}"
    middle = x + _WIDTH / 2
    return (
        f'<g tabindex="0" role="img" aria-label="{label}"><title>{label}</title>'
        f'<rect x="{x:g}" y="{y:g}" width="{_WIDTH}" height="{_HEIGHT}" rx="5" fill="{fill}" '
        f'stroke="#52606d"/>'
        f'<text x="{middle:g}" y="{y + 14:g}" text-anchor="middle">'
        f"{html.escape(_shortened(name, _NAME))}</text>"
        f'<text x="{middle:g}" y="{y + 27:g}" text-anchor="middle" fill="#52606d">'
        f"{html.escape(what)}</text></g>"
    )


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else text[: max(most - 1, 1)] + "…"
