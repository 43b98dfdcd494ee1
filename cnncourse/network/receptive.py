"""Receptive fields: which part of the input one value of a layer can depend on.

The arithmetic of Araujo, Norris and Sim (2019, "Computing receptive fields of convolutional neural
networks", Distill), carried forward through the graph, branch by branch. Along one axis output
``i`` sees ``size`` inputs from ``i·stride − padding`` on. Behind a window of span k̂ = d(k − 1) + 1,
stride s and p zeros in front: size + (k̂ − 1)·stride, stride·s, and padding + p·stride. Positions
in the padding count as seen; `Trace` has what is really touched.
"""

import dataclasses
from collections.abc import Container, Sequence
from dataclasses import dataclass, replace

import numpy as np

from cnncourse.network.base import POINT, Window
from cnncourse.network.graph import Network, Node
from cnncourse.network.shapes import Shape, shape_text
from cnncourse.network.simple import Opaque, spatial

Interval = tuple[int, int]


@dataclass(frozen=True)
class AxisField:
    """The receptive field along one axis, before any clipping to the image.

    size: how many input positions one output spans (the most of any output, where they differ;
    None where it depends on an input size that is not known). By the formula padding between the
    layers counts; where the outputs have ``spans`` of their own, it is left out.
    stride, padding: where the span of output ``i`` starts: ``i·stride − padding``; None where no
    one number holds for all outputs, or where it depends on an input size that is not known.
    aligned: whether all paths through the graph agree on stride and centre; None: not known.
    reason: why not. spans: first and last input of each output, where they follow no formula.
    offset: the padding as a known part and the layers that add one which is not known. Paths with
    the same such layers can be compared all the same.
    """

    size: int | None
    stride: int | None
    padding: int | None
    aligned: bool | None = True
    reason: str = ""
    spans: tuple[np.ndarray, np.ndarray] | None = dataclasses.field(default=None, compare=False)
    offset: tuple[int, tuple[str, ...]] = dataclasses.field(default=(0, ()), repr=False)

    def __post_init__(self) -> None:
        if self.padding is not None:
            object.__setattr__(self, "offset", (self.padding, ()))

    @property
    def start(self) -> int | None:
        """The first input that output 0 sees; negative in the padding."""
        if self.spans is not None:
            return int(self.spans[0][0])
        return None if self.padding is None else -self.padding

    @property
    def center(self) -> float | None:
        """The middle of what output 0 sees, as an input position (``start + (size − 1)/2``)."""
        if self.start is None or self.size is None:
            return None
        size = self.size
        if self.spans is not None:
            size = int(self.spans[1][0] - self.spans[0][0]) + 1
        return self.start + (size - 1) / 2

    def interval(self, output: int) -> Interval:
        """First and last input that an output spans, unclipped: the hull over all paths.

        Raises ValueError where it is not known.
        """
        if self.spans is not None:
            return int(self.spans[0][output]), int(self.spans[1][output])
        if self.size is None or self.stride is None or self.padding is None:
            raise ValueError(f"The interval is not known: {self.reason or 'give an input size'}.")
        start = output * self.stride - self.padding
        return start, start + self.size - 1

    def outputs(self, position: int, count: int) -> tuple[int, ...]:
        """The outputs, of ``count``, whose span holds an input position."""
        inside = []
        for output in range(count):
            first, last = self.interval(output)
            if first <= position <= last:
                inside.append(output)
        return tuple(inside)


IDENTITY = AxisField(1, 1, 0)
_FAR = np.iinfo(np.int64).max // 4  # beyond any image, and a difference of two does not overflow


@dataclass(frozen=True)
class ReceptiveField:
    """What one value of a layer sees: rows first, then columns. See `AxisField`."""

    network: str
    layer: str
    input: Shape
    output: Shape
    rows: AxisField
    columns: AxisField

    @property
    def size(self) -> tuple[int | None, int | None]:
        """Input positions spanned, by rows and columns."""
        return self.rows.size, self.columns.size

    @property
    def stride(self) -> tuple[int | None, int | None]:
        """How far the field moves from one output to the next."""
        return self.rows.stride, self.columns.stride

    @property
    def padding(self) -> tuple[int | None, int | None]:
        """How far output (0, 0) reaches beyond the top and the left edge."""
        return self.rows.padding, self.columns.padding

    @property
    def start(self) -> tuple[int | None, int | None]:
        """The first position that output (0, 0) sees."""
        return self.rows.start, self.columns.start

    @property
    def center(self) -> tuple[float | None, float | None]:
        """The middle of what output (0, 0) sees."""
        return self.rows.center, self.columns.center

    @property
    def aligned(self) -> bool | None:
        """Whether all paths agree on stride and centre; None where the input size decides."""
        if False in (self.rows.aligned, self.columns.aligned):
            return False
        return None if None in (self.rows.aligned, self.columns.aligned) else True

    @property
    def reason(self) -> str:
        """Why the paths do not agree, or why that is not known."""
        return self.rows.reason or self.columns.reason

    def interval(
        self, position: tuple[int, int], *, clip: bool = True
    ) -> tuple[Interval, Interval]:
        """First and last row, first and last column that an output position sees.

        clip: keep to the image. Raises IndexError for a position outside the output.
        """
        found = []
        axes = zip(
            (self.rows, self.columns),
            position,
            spatial(self.output),
            spatial(self.input),
            strict=True,
        )
        for axis, index, count, size in axes:
            if index < 0 or (count is not None and index >= count):
                raise IndexError(
                    f"{self.layer!r} has no position {position}: its output is "
                    f"{shape_text(self.output)}, counted from (0, 0)."
                )
            first, last = axis.interval(index)
            if clip:
                first, last = max(first, 0), last if size is None else min(last, size - 1)
            found.append((first, last))
        return found[0], found[1]

    def outputs(self, position: tuple[int, int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Rows and columns of the outputs whose span holds an input position."""
        counts = spatial(self.output)
        if None in counts:
            raise ValueError("Which outputs there are depends on the input size: give one.")
        (row, column), (rows, columns) = position, counts
        return self.rows.outputs(row, rows or 0), self.columns.outputs(column, columns or 0)

    def __repr__(self) -> str:
        def both(values: Sequence[object]) -> str:
            texts = ["?" if value is None else str(value) for value in values]
            return texts[0] if texts[0] == texts[1] else "×".join(texts)

        state = {True: "aligned", False: "misaligned", None: "alignment not known"}[self.aligned]
        why = f": {self.reason}" if self.reason else ""
        return (
            f"Receptive field of {self.layer!r}: size {both(self.size)}, stride "
            f"{both(self.stride)}, padding {both(self.padding)}, {state}{why}"
        )


def receptive_field(
    network: Network, layer: str | None = None, *, source: str | None = None
) -> ReceptiveField:
    """The field of one layer; without a name, of the last layer that still has rows and columns.

    source: with respect to which input; the first one by default. Raises KeyError that lists near
    names, ValueError where the layer does not depend on that input.
    """
    fields = receptive_fields(network, source=source)
    if layer is None:
        return fields[last_spatial(network, fields)]
    network[layer]  # a wrong name lists the near ones
    if layer not in fields:
        start = source or network.name_of(network.inputs[0])
        raise ValueError(f"{layer!r} does not depend on {start!r}: name another input as source.")
    return fields[layer]


def last_spatial(network: Network, among: Container[str] | None = None) -> str:
    """The last layer whose output has more than one position, or the last layer there is."""
    known = [(name, node) for name, node in network if among is None or name in among]
    for name, node in reversed(known):
        if len(node.shape) == 3 and node.shape[:2] != (1, 1):
            return name
    return known[-1][0]


def receptive_fields(network: Network, *, source: str | None = None) -> dict[str, ReceptiveField]:
    """The field of every layer with respect to one input, by layer name.

    source: that input; the first one by default. A layer that does not depend on it is left out.
    Raises ValueError where the input is neither a picture nor a vector.
    """
    start = network[source] if source else network.inputs[0]
    if len(start.shape) not in (1, 3):
        raise ValueError(
            f"{network.name_of(start)!r} is {shape_text(start.shape)}: receptive fields are those "
            "of pictures, height × width × channels."
        )
    axes: dict[Node, tuple[AxisField, AxisField]] = {start: (IDENTITY, IDENTITY)}
    found = {}
    for name, node in network:
        if node is not start:
            sources = [each for each in node.inputs if each in axes]
            if not sources:
                continue
            axes[node] = _behind(network, name, node, sources, axes)
        rows, columns = axes[node]
        found[name] = ReceptiveField(network.name, name, start.shape, node.shape, rows, columns)
    return found


def _behind(
    network: Network,
    name: str,
    node: Node,
    sources: Sequence[Node],
    axes: dict[Node, tuple[AxisField, AxisField]],
) -> tuple[AxisField, AxisField]:
    """The field of a node from those of the nodes that it reads."""
    counts = spatial(node.shape)
    sizes = [spatial(source.shape) for source in sources]
    square = counts[0] == counts[1] and all(
        axes[source][0] is axes[source][1] and size[0] == size[1]
        for source, size in zip(sources, sizes, strict=True)
    )
    if isinstance(node.layer, Opaque):
        why = f"what {node.layer.kind} {name!r} reads is not known"

        def along(axis: int) -> AxisField:
            field, size = axes[sources[0]][axis], sizes[0][axis]
            found = _through(field, Window(whole=True), size, counts[axis], name)
            return replace(found, aligned=None, reason=field.reason or why)

    elif len(node.inputs) > 1:  # another input may stretch the only path that comes from this one
        names = [network.name_of(source) for source in sources]

        def along(axis: int) -> AxisField:
            fields = [axes[source][axis] for source in sources]
            return _merge(name, names, fields, [size[axis] for size in sizes], counts[axis])

    else:
        (source,) = sources
        windows = node.layer.windows(*node.input_shapes)
        square = square and windows[0] == windows[1]

        def along(axis: int) -> AxisField:
            return _through(axes[source][axis], windows[axis], sizes[0][axis], counts[axis], name)

    rows = along(0)
    return rows, rows if square else along(1)


def _through(
    field: AxisField, window: Window, size: int | None, count: int | None, name: str
) -> AxisField:
    """The field behind a window: over ``size`` positions, at ``count`` outputs."""
    if window == POINT and (field.spans is None or size == count):
        return field
    if window.whole:
        # Global pooling, Flatten: one window over all positions, as in a fully convolutional net.
        if size is None or count is None:
            why = field.reason or "it spans the whole input, whose size is not known"
            unsure = field.aligned and None
            found = replace(field, size=None, aligned=unsure, reason=why, spans=None)
            # A new shape of more positions may turn out to be the shape that came in.
            return found if count == 1 else replace(found, stride=None, padding=None)
        if field.spans is not None or count > 1:
            return _everything(field, size, count, name)
        window, count = Window(kernel=size), 1
    if window.repeat > 1:
        return _repeat(field, window.repeat, size, name)
    if field.spans is not None:
        return _slide_spans(field, window, size or 0, count or 0)
    if field.stride is None:
        # No formula, and no spans for want of an input size. How much the fields of neighbours
        # overlap is not known. One position alone sees what it saw, unless shifting by zeros or a
        # crop leaves nothing but padding on a small image.
        kept = window.span == 1 and window.before == 0
        return field if kept else replace(field, size=None)
    known, unknown = field.offset
    reason = field.reason
    if window.before is None:
        unknown = (*unknown, name)
        reason = reason or f"the padding of {name!r} depends on the input size"
    else:
        known += window.before * field.stride
    return AxisField(
        None if field.size is None else field.size + (window.span - 1) * field.stride,
        field.stride * window.stride,
        None if unknown else known,
        field.aligned,
        reason,
        offset=(known, unknown),
    )


def _everything(field: AxisField, size: int, count: int, name: str) -> AxisField:
    """Every one of ``count`` outputs sees what all positions together see."""
    spans = _spans(field, size)
    if spans is None:
        return AxisField(None, None, None, field.aligned and None, field.reason)
    first, last = (np.full(count, side) for side in (spans[0].min(), spans[1].max()))
    reason = field.reason or ("" if count == 1 else f"every position of {name!r} sees the same")
    return _hull(first, last, field.aligned if count == 1 else False, reason)


def _repeat(field: AxisField, times: int, size: int | None, name: str) -> AxisField:
    """Behind upsampling no formula holds: ``times`` neighbours see the same inputs."""
    why = field.reason or f"{name!r} repeats each position {times} times"
    spans = _spans(field, size)
    if spans is None:
        return AxisField(field.size, None, None, False, why)
    first, last = (np.repeat(side, times) for side in spans)
    return _hull(first, last, False, why)


def _spans(field: AxisField, count: int | None) -> tuple[np.ndarray, np.ndarray] | None:
    """First and last input of each of ``count`` outputs, or None where that is not known.

    An output that sees only padding is left out of any hull: from `_FAR` on to far in front.
    """
    if field.spans is not None:
        first, last = field.spans
        blind = last < first
        return np.where(blind, _FAR, first), np.where(blind, -_FAR, last)
    if count is None or field.size is None or field.stride is None or field.padding is None:
        return None
    first = np.arange(count) * field.stride - field.padding
    return first, first + field.size - 1


def _slide_spans(field: AxisField, window: Window, size: int, count: int) -> AxisField:
    """Behind a window, output by output: from the earliest to the latest of what its taps see."""
    spans = _spans(field, size)
    assert spans is not None
    firsts, lasts = spans
    taps = np.arange(window.kernel) * window.dilation - (window.before or 0)
    reads = np.arange(count)[:, None] * window.stride + taps
    there = (reads >= 0) & (reads < size)  # a tap on padding sees nothing
    reads = reads.clip(0, size - 1)
    first = np.where(there, firsts[reads], _FAR).min(axis=1)
    last = np.where(there, lasts[reads], -_FAR).max(axis=1)
    return _hull(first, last, field.aligned, field.reason)


def _hull(first: np.ndarray, last: np.ndarray, aligned: bool | None, reason: str) -> AxisField:
    """The field of outputs that each see from first to last: nothing is from 0 to −1."""
    blind = last < first
    first, last = np.where(blind, 0, first), np.where(blind, -1, last)
    size = int((last - first).max()) + 1
    padding = -int(first[0]) if len(first) == 1 else None  # no stride, but a start
    return AxisField(size, None, padding, aligned, reason, (first, last))


def _merge(
    name: str,
    names: Sequence[str],
    fields: Sequence[AxisField],
    sizes: Sequence[int | None],
    count: int | None,
) -> AxisField:
    """The field where branches meet: aligned when stride and centre agree, else their hull."""
    one = fields[0]
    same_size = all(size == count for size in sizes)
    if same_size and all(
        field is one
        or (field == one and one.stride is not None and field.spans is None and one.spans is None)
        for field in fields[1:]
    ):
        return one
    flags = [field.aligned for field in fields]
    reason = _settled(fields) or next((field.reason for field in fields if field.reason), "")
    aligned = False if False in flags else None if None in flags else True
    strides = {field.stride for field in fields}
    if not same_size:  # 1×1 stretched over all positions
        lone = names[next(i for i, size in enumerate(sizes) if size != count)]
        spread = f"at {name!r} every position sees all that {lone!r} sees"
        if None in sizes:  # which may turn out to be 1 too: then nothing is stretched
            spread += ", if there is more than one"
            return AxisField(None, None, None, aligned and None, _settled(fields) or spread)
        reason = reason or spread
    elif all(field.spans is None for field in fields):
        if len(strides) == 1 and None not in strides:
            return _merge_formulas(name, names, fields, aligned, reason)
        if len(strides - {None}) > 1:
            listed = " and ".join(
                f"{'?' if field.stride is None else field.stride} ({label!r})"
                for field, label in zip(fields, names, strict=True)
            )
            aligned = False
            reason = _settled(fields) or f"at {name!r} paths with strides {listed} meet"
    spans = []
    for field, size in zip(fields, sizes, strict=True):
        known = _spans(field, size)
        if known is None or count is None:
            return AxisField(None, None, None, aligned and None, reason)
        spans.append(tuple(np.broadcast_to(side, (count,)) for side in known))
    first = np.minimum.reduce([pair[0] for pair in spans])
    last = np.maximum.reduce([pair[1] for pair in spans])
    return _hull(first, last, False, reason or f"the paths that meet at {name!r} do not agree")


def _settled(fields: Sequence[AxisField]) -> str:
    """Why paths already disagree: it comes before what else is not known."""
    return next((field.reason for field in fields if field.aligned is False), "")


def _merge_formulas(
    name: str,
    names: Sequence[str],
    fields: Sequence[AxisField],
    aligned: bool | None,
    reason: str,
) -> AxisField:
    """Paths of one stride: the largest where their centres agree, else from first to last."""
    sizes = [field.size for field in fields if field.size is not None]
    stride, (_, unknown) = fields[0].stride, fields[0].offset
    if len(sizes) < len(fields) or any(field.offset[1] != unknown for field in fields):
        reason = reason or f"the fields that meet at {name!r} depend on the input size"
        return AxisField(None, stride, None, aligned and None, reason, offset=(0, (name,)))
    paddings = [field.offset[0] for field in fields]
    ends = [size - padding for size, padding in zip(sizes, paddings, strict=True)]
    before, behind = max(paddings), max(ends)
    centers = [end - padding for end, padding in zip(ends, paddings, strict=True)]  # doubled, + 1
    if len(set(centers)) > 1:
        low, high = centers.index(min(centers)), centers.index(max(centers))
        aligned = False
        places = [f"{(centers[each] - 1) / 2:g}" for each in (low, high)]
        if unknown:  # only how far apart they lie is known
            places = ["one place", f"{(centers[high] - centers[low]) / 2:g} further on"]
        reason = _settled(fields) or (
            f"at {name!r} the path through {names[low]!r} is centred on {places[0]} and the "
            f"path through {names[high]!r} on {places[1]}"
        )
    padding = None if unknown else before
    return AxisField(before + behind, stride, padding, aligned, reason, offset=(before, unknown))
