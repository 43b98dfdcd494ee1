"""The graph of a network as an SVG picture: layers from top to bottom, branches side by side."""

import html
from dataclasses import dataclass

from cnncourse.network.graph import Network, Node
from cnncourse.network.shapes import shape_text

_WIDTH, _HEIGHT, _GAP_X, _GAP_Y, _MARGIN = 200, 34, 20, 22, 12
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


def diagram(network: Network) -> Diagram:
    """Boxes for layers with their type and output shape, lines for what each reads."""
    rows = _rows(network)
    places = _places(network, rows)
    wide = max(x for x, _ in places.values()) + _WIDTH + _MARGIN
    high = max(y for _, y in places.values()) + _HEIGHT + _MARGIN
    alt = (
        f"Diagram of {network.name}: {len(network)} layers from {shape_text(network.input_shape)} "
        f"to {shape_text(network.output_shape)}"
    )
    lines = [_line(places[source], places[node]) for _, node in network for source in node.inputs]
    boxes = [_box(name, node, places[node]) for name, node in network]
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:g} {high:g}" width="{wide:g}" '
        f'style="max-width:100%;height:auto" role="img" '
        f'aria-label="{html.escape(alt, quote=True)}" '
        f'font-family="sans-serif" font-size="11" fill="#1f2933">'
        f"{''.join(lines)}{''.join(boxes)}</svg>"
    )
    return Diagram(svg, alt)


def _rows(network: Network) -> list[list[Node]]:
    """Nodes by their distance from the input, the longest way."""
    depth: dict[Node, int] = {}
    for _, node in network:
        depth[node] = max((depth[each] + 1 for each in node.inputs), default=0)
    rows: list[list[Node]] = [[] for _ in range(max(depth.values()) + 1)]
    for _, node in network:
        rows[depth[node]].append(node)
    return rows


def _places(network: Network, rows: list[list[Node]]) -> dict[Node, tuple[float, float]]:
    """The upper left corner of every box: each row centred, each node near what it reads."""
    widest = max(map(len, rows))
    # A line that passes rows by (a skip connection) runs beside the boxes: leave room for it.
    centre = _MARGIN + (widest * (_WIDTH + _GAP_X) - _GAP_X) / 2
    places: dict[Node, tuple[float, float]] = {}
    for index, row in enumerate(rows):
        order = sorted(
            row,
            key=lambda node: (
                sum(places[each][0] for each in node.inputs) / max(len(node.inputs), 1)
            ),
        )
        left = centre - (len(row) * (_WIDTH + _GAP_X) - _GAP_X) / 2
        for column, node in enumerate(order):
            places[node] = (
                left + column * (_WIDTH + _GAP_X),
                _MARGIN + index * (_HEIGHT + _GAP_Y),
            )
    return places


def _line(source: tuple[float, float], target: tuple[float, float]) -> str:
    x1, y1 = source[0] + _WIDTH / 2, source[1] + _HEIGHT
    x2, y2 = target[0] + _WIDTH / 2, target[1]
    if y2 - y1 <= _GAP_Y:
        path = f"M{x1:g} {y1:g}L{x2:g} {y2:g}"
    else:  # past the rows in between, around their right side
        side = max(source[0], target[0]) + _WIDTH + _GAP_X / 2
        path = (
            f"M{x1:g} {y1:g}C{x1:g} {y1 + _GAP_Y:g} {side:g} {y1:g} {side:g} {y1 + _GAP_Y:g}"
            f"L{side:g} {y2 - _GAP_Y:g}C{side:g} {y2:g} {x2:g} {y2 - _GAP_Y:g} {x2:g} {y2:g}"
        )
    return f'<path d="{path}" fill="none" stroke="#52606d" stroke-width="1.2"/>'


def _box(name: str, node: Node, place: tuple[float, float]) -> str:
    x, y = place
    kind, fill = node.layer.kind, _FILL.get(node.layer.kind, "#eef1f4")
    shape = shape_text(node.shape)
    label = html.escape(f"{name}: {kind}, output {shape}", quote=True)
    shown = name if len(name) <= 30 else name[:29] + "…"
    return (
        f'<g tabindex="0" role="img" aria-label="{label}"><title>{label}</title>'
        f'<rect x="{x:g}" y="{y:g}" width="{_WIDTH}" height="{_HEIGHT}" rx="5" fill="{fill}" '
        f'stroke="#52606d"/>'
        f'<text x="{x + _WIDTH / 2:g}" y="{y + 14:g}" text-anchor="middle">'
        f"{html.escape(shown)}</text>"
        f'<text x="{x + _WIDTH / 2:g}" y="{y + 27:g}" text-anchor="middle" fill="#52606d">'
        f"{html.escape(kind)} → {shape}</text></g>"
    )
