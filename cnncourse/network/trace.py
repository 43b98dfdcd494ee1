"""Which positions are really touched: exact, position by position, by walking the graph.

The spans of `cnncourse.network.receptive` say from where to where; a trace says which positions in
between (dilation leaves holes), on this image, with its borders.
"""

from dataclasses import dataclass

import numpy as np

from cnncourse.network.base import Window
from cnncourse.network.graph import Network, Node
from cnncourse.network.shapes import shape_text
from cnncourse.network.simple import Opaque, spatial

Runs = tuple[tuple[int, int], ...]


@dataclass(frozen=True, eq=False)
class Trace:
    """Positions of one layer that a position of another depends on, or feeds.

    mask: one boolean for each row and column. exact: false where the way leads through a layer of
    which it is not known what it reads (taken to read everything).
    """

    layer: str
    mask: np.ndarray
    exact: bool = True

    @property
    def touched(self) -> int:
        """How many positions."""
        return int(self.mask.sum())

    @property
    def rows(self) -> Runs:
        """The rows touched, as runs ``(first, last)``."""
        return _runs(np.any(self.mask, axis=1))

    @property
    def columns(self) -> Runs:
        """The columns touched, as runs ``(first, last)``."""
        return _runs(np.any(self.mask, axis=0))

    @property
    def box(self) -> tuple[tuple[int, int], tuple[int, int]] | None:
        """First and last row, first and last column; None where nothing is touched."""
        if not self.touched:
            return None
        rows, columns = self.rows, self.columns
        return (rows[0][0], rows[-1][1]), (columns[0][0], columns[-1][1])

    @property
    def coverage(self) -> float:
        """The share of the box that is touched: 1 where there are no holes."""
        if self.box is None:
            return 0.0
        (top, bottom), (left, right) = self.box
        return self.touched / ((bottom - top + 1) * (right - left + 1))

    def __repr__(self) -> str:
        if self.box is None:
            return f"Trace: nothing of {self.layer!r}"
        (top, bottom), (left, right) = self.box
        return (
            f"Trace: rows {top}–{bottom}, columns {left}–{right} of {self.layer!r}, "
            f"{self.touched} positions ({self.coverage:.0%} of them)"
        )


def reads(network: Network, layer: str, position: tuple[int, int]) -> Trace:
    """Which positions of the first input one output position of a layer reads.

    position: row and column, from (0, 0). Raises IndexError for a position that is not there,
    ValueError where the input size is not known.
    """
    target, source = network[layer], network.inputs[0]
    masks = {target: _point(layer, target, position)}
    exact = True
    for node in reversed(network.nodes):
        mask = masks.get(node)
        if mask is None or node is source:
            continue
        exact = exact and not isinstance(node.layer, Opaque)
        for each in node.inputs:
            back = _backward(mask, node, each)
            masks[each] = masks[each] | back if each in masks else back
    found = masks.get(source, np.zeros(_sizes(source), bool))
    return Trace(network.name_of(source), found, exact)


def feeds(network: Network, position: tuple[int, int], layer: str) -> Trace:
    """Which output positions of a layer read one position of the first input.

    position: row and column, from (0, 0). Raises IndexError for a position that is not there,
    ValueError where the input size is not known.
    """
    target = network[layer]
    found = spread(network, position).get(layer)
    return found or Trace(layer, np.zeros(_sizes(target), bool))


def spread(network: Network, position: tuple[int, int]) -> dict[str, Trace]:
    """What one position of the first input feeds, in every layer that depends on that input."""
    source = network.inputs[0]
    start = Trace(network.name_of(source), _point(network.name_of(source), source, position))
    traces = {source: start}
    for name, node in network:
        for each in node.inputs:
            if each in traces:
                mask = _forward(traces[each].mask, node, each)
                exact = traces[each].exact and not isinstance(node.layer, Opaque)
                if node in traces:
                    mask, exact = mask | traces[node].mask, exact and traces[node].exact
                traces[node] = Trace(name, mask, exact)
    return {trace.layer: trace for trace in traces.values()}


def _sizes(node: Node) -> tuple[int, int]:
    rows, columns = spatial(node.shape)
    if rows is None or columns is None:
        raise ValueError(
            "Positions can only be traced on an input of known size: "
            "network.with_input((224, 224, 3))."
        )
    return rows, columns


def _point(name: str, node: Node, position: tuple[int, int]) -> np.ndarray:
    mask = np.zeros(_sizes(node), bool)
    if len(position) != len(mask.shape):
        raise IndexError(f"A position of {name!r} is a row and a column: got {tuple(position)}.")
    if not all(0 <= at < size for at, size in zip(position, mask.shape, strict=True)):
        raise IndexError(
            f"{name!r} has no position {tuple(position)}: its shape is {shape_text(node.shape)}, "
            "counted from (0, 0)."
        )
    mask[position] = True
    return mask


def _backward(mask: np.ndarray, node: Node, source: Node) -> np.ndarray:
    """The positions of ``source`` that the marked positions of ``node`` read."""
    sizes = _sizes(source)
    if isinstance(node.layer, Opaque):  # taken to read everything
        return np.full(sizes, bool(mask.any()))
    if len(node.inputs) > 1:
        for axis, size in enumerate(sizes):
            if size < mask.shape[axis]:  # 1×1 stretched over all positions
                mask = np.any(mask, axis=axis, keepdims=True)
        return mask
    windows = node.layer.windows(*node.input_shapes)
    for axis, (window, size) in enumerate(zip(windows, sizes, strict=True)):
        mask = np.moveaxis(_axis_back(np.moveaxis(mask, axis, 0), window, size), 0, axis)
    return mask


def _axis_back(mask: np.ndarray, window: Window, size: int) -> np.ndarray:
    if window == Window() and len(mask) == size:  # padding behind changes the size alone
        return mask
    if window.whole:
        return np.broadcast_to(np.any(mask, axis=0, keepdims=True), (size, *mask.shape[1:]))
    if window.repeat > 1:
        return np.any(mask.reshape(size, window.repeat, *mask.shape[1:]), axis=1)
    back = np.zeros((size, *mask.shape[1:]), bool)
    for outputs, inputs in _taps(window, len(mask), size):
        back[inputs] |= mask[outputs]
    return back


def _forward(mask: np.ndarray, node: Node, source: Node) -> np.ndarray:
    """The positions of ``node`` that read the marked positions of ``source``."""
    sizes = _sizes(node)
    if isinstance(node.layer, Opaque):
        return np.full(sizes, bool(mask.any()))
    if len(node.inputs) > 1:
        return np.broadcast_to(mask, sizes)
    windows = node.layer.windows(*node.input_shapes)
    for axis, (window, size) in enumerate(zip(windows, sizes, strict=True)):
        mask = np.moveaxis(_axis_on(np.moveaxis(mask, axis, 0), window, size), 0, axis)
    return mask


def _axis_on(mask: np.ndarray, window: Window, size: int) -> np.ndarray:
    if window == Window() and len(mask) == size:  # padding behind changes the size alone
        return mask
    if window.whole:
        return np.broadcast_to(np.any(mask, axis=0, keepdims=True), (size, *mask.shape[1:]))
    if window.repeat > 1:
        return np.repeat(mask, window.repeat, axis=0)
    front = np.zeros((size, *mask.shape[1:]), bool)
    for outputs, inputs in _taps(window, size, len(mask)):
        front[outputs] |= mask[inputs]
    return front


def _taps(window: Window, outputs: int, size: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """For each tap of the window: the outputs whose tap lands on the input, and where it lands."""
    pairs = []
    for tap in range(window.kernel):
        inputs = np.arange(outputs) * window.stride - (window.before or 0) + tap * window.dilation
        inside = (inputs >= 0) & (inputs < size)
        pairs.append((np.flatnonzero(inside), inputs[inside]))
    return pairs


def _runs(line: np.ndarray) -> Runs:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], line, [False]]).astype(np.int8)))
    return tuple((int(a), int(b) - 1) for a, b in zip(edges[::2], edges[1::2], strict=True))
