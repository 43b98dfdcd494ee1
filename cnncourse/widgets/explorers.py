"""The explorers with controls. Each draws with the function of its name in `cnncourse.figures`."""

import contextlib
import functools
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from cnncourse import figures
from cnncourse.figures.explorers import pooling, receptive, sliding, window
from cnncourse.figures.explorers.effective import influence
from cnncourse.ops.arguments import integer, pair
from cnncourse.widgets.explorer import (
    REFUSALS,
    Choice,
    Control,
    Explorer,
    Number,
    State,
    refused,
)

_KERNELS = {
    "blur 3×3": np.ones((3, 3)) / 9,
    "blur 5×5": np.ones((5, 5)) / 25,
    "left edges": np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]),
    "top edges": np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]]),
    "sharpen": np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
}


def _in_words(build: Callable[..., Explorer]) -> Callable[..., Explorer]:
    """Arguments from which not even the controls can be made give a sentence, no traceback."""

    @functools.wraps(build)
    def careful(*given: Any, **named: Any) -> Explorer:
        try:
            return build(*given, **named)
        except REFUSALS as error:
            if isinstance(error, TypeError) and "argument" in str(error):
                raise  # a call with the wrong number of arguments, or an unknown name
            return refused(build.__name__, error)

    return careful


@_in_words
def window_explorer(
    image: Any,
    kernel: Any,
    *,
    bias: Any = 0,
    stride: Any = 1,
    padding: Any = "valid",
    dilation: Any = 1,
    flip: bool = False,
    mode: str = "conv",
    at: tuple[int, int] | None = None,
    at_input: tuple[int, int] | None = None,
    filter: int = 0,
) -> Explorer:
    """A window that slides: change the stride, the padding, the dilation and the output shown.

    Arguments as `cnncourse.figures.window_explorer`. What cannot be drawn is said beside the
    controls, and the last good picture stays.
    """
    given = np.asarray(kernel)
    plain = given.ndim == 2 and np.ndim(image) == 2 and mode == "conv"
    kernels: dict[str, Any] = {"yours": kernel, **(_KERNELS if plain else {})}
    controls = _place(at, at_input)
    if plain:
        controls.append(Choice("kernel", "yours", [(name, name) for name in kernels]))
    if mode != "pointwise":
        controls += [
            _number("stride", stride),
            *_padding(padding, ("top", "bottom"), ("left", "right")),
            _number("dilation", dilation),
        ]
    if given.ndim == 3 and mode != "pointwise":
        controls.append(Choice("mode", mode, [("conv", "conv"), ("depthwise", "depthwise")]))
    if mode != "pointwise":
        turned = [("as it is", False), ("turned by 180°", True)]
        controls.append(Choice("flip", bool(flip), turned, label="kernel is"))
    maps = given.shape[-1] if given.ndim == 4 or (mode == "pointwise" and given.ndim == 2) else 1
    if maps > 1 or given.ndim == 3:
        controls.append(Number("filter", filter, label="map", place=True))

    def settings(state: State) -> dict[str, Any]:
        return {
            "bias": bias,
            "stride": state.get("stride", stride),
            "padding": _amounts(state, padding, ("top", "bottom"), ("left", "right")),
            "dilation": state.get("dilation", dilation),
            "flip": state.get("flip", flip),
            "mode": state.get("mode", mode),
        }

    recent = _Recent()

    def slide(state: State) -> sliding.Sliding:
        """The convolution; kept while only the place changes, for a step has to be quick."""
        chosen = settings(state)
        named = state.get("kernel", "yours")
        key = [named, *chosen.values()]
        return recent.get(key, lambda: sliding.slide(image, kernel=kernels[named], **chosen))

    def draw(state: State, pins: bool) -> figures.Picture:
        chosen = state.get("filter", filter)
        return window.draw(slide(state), **_spot(state), chosen=chosen, controls=pins)

    def counts(state: State) -> dict[str, int | range]:
        made = slide(state)
        rows, columns, filters = made.y.shape
        found: dict[str, int | range] = {"row": rows, "column": columns}
        if state["point"] == "input":
            found = {axis.name: axis.places for axis in window.axes(made)}
        return {"filter": filters, **found} if "filter" in state else found

    return Explorer("window_explorer", draw, controls, counts=counts)


@_in_words
def padding_explorer(
    size: int = 7,
    kernel: int = 3,
    stride: int = 2,
    padding: Any = "same",
    dilation: int = 1,
    *,
    at: int | None = None,
    at_input: int | None = None,
) -> Explorer:
    """A row of positions and its padding: change the size and watch where the odd zero goes.

    Arguments as `cnncourse.figures.padding_explorer`.
    """
    controls: list[Control] = [
        Number("size", size),
        Number("kernel", kernel),
        Number("stride", stride),
        *_padding(padding, ("before", "after")),
        Number("dilation", dilation),
        _pointing(at_input),
        Number("at", _index("at", at), label="output", place=True, only=("point", "output")),
        Number(
            "at_input",
            _index("at_input", at_input),
            label="input",
            place=True,
            only=("point", "input"),
        ),
    ]

    def settings(state: State) -> dict[str, Any]:
        names = ("size", "kernel", "stride", "dilation")
        amounts = _amounts(state, padding, ("before", "after"))
        return {"padding": amounts, **{name: state[name] for name in names}}

    def draw(state: State, pins: bool) -> figures.Picture:
        place = {"at": state["at"]}
        if state["point"] == "input":
            place = {"at_input": state["at_input"]}
        return figures.padding_explorer(**settings(state), **place, controls=pins)

    def counts(state: State) -> dict[str, int | range]:
        from cnncourse.ops import output_size, pad_amounts

        if state["point"] == "output":
            return {"at": output_size(**settings(state))}
        before, after = pad_amounts(**settings(state))
        return {"at_input": range(-before, state["size"] + after)}

    return Explorer("padding_explorer", draw, controls, counts=counts)


@_in_words
def pooling_explorer(
    image: Any,
    kind: str = "max",
    size: Any = 2,
    stride: Any = None,
    region: Any = None,
    shift: int = 0,
    *,
    at: tuple[int, int] | None = None,
    at_input: tuple[int, int] | None = None,
) -> Explorer:
    """Pooling: change kind, window and stride, move the input or the region.

    Arguments as `cnncourse.figures.pooling_explorer`. A stride of 0 stands for the window's size.
    """
    x = np.asarray(image)
    high, wide = x.shape[:2] if x.ndim >= 2 else (1, 1)
    box = (0, 0, high, wide) if region is None else tuple(region)
    if len(box) != 4:
        raise ValueError(f"region must be (row0, col0, row1, col1), not {box}.")
    if kind not in pooling.KINDS:
        pooling.pool(image, kind)  # refuses it in words
    controls: list[Control] = [
        Choice("kind", kind, [(each, each) for each in pooling.KINDS]),
        _number("size", size),
        Choice("stride", stride or 0, _strides(stride)),
        Number("shift", shift, low=-99),
        *_place(at, at_input),
        *(
            Number(name, value, label=f"region {name}", only=("kind", "roi"))
            for name, value in zip(("top", "left", "bottom", "right"), box, strict=True)
        ),
    ]

    def arguments(state: State) -> dict[str, Any]:
        roi = state["kind"] == "roi"
        edges = tuple(state[name] for name in ("top", "left", "bottom", "right"))
        return {
            "kind": state["kind"],
            "size": state["size"],
            "stride": None if roi else state["stride"] or None,
            "region": edges if roi else None,
        }

    recent = _Recent()

    def pooled(state: State) -> tuple[pooling.Pooled, pooling.Pooled | None]:
        """The pooling, and that of the moved image; kept while only the place changes."""
        chosen = {**arguments(state), "shift": state["shift"]}
        return recent.get([*chosen.values()], lambda: pooling.pools(image, **chosen))

    def draw(state: State, pins: bool) -> figures.Picture:
        return pooling.draw(*pooled(state), state["shift"], **_spot(state), controls=pins)

    def counts(state: State) -> dict[str, int]:
        made = pooled(state)[0]
        rows, columns = (made.x if state["point"] == "input" else made.y).shape[:2]
        return {"row": rows, "column": columns}

    return Explorer("pooling_explorer", draw, controls, counts=counts)


@_in_words
def dilation_coverage(
    dilations: tuple[int, ...] = (1, 2, 4), kernel: int = 3, *, at: int | None = None
) -> Explorer:
    """A stack of dilated layers: change each dilation and see what is never read.

    Arguments as `cnncourse.figures.dilation_coverage`.
    """
    names = [f"d{number}" for number in range(1, len(tuple(dilations)) + 1)]
    controls: list[Control] = [
        Number("kernel", kernel),
        *(
            Number(name, dilation, label=f"dilation {name[1:]}")
            for name, dilation in zip(names, dilations, strict=True)
        ),
    ]

    def stack(state: State) -> list[int]:
        return [state[name] for name in names]

    def span(state: State) -> int:
        from cnncourse.ops import effective_kernel

        return 1 + sum(effective_kernel(state["kernel"], d) - 1 for d in stack(state))

    start = {each.name: each.value for each in controls}
    try:
        middle = span(start) // 2
    except (ValueError, TypeError):
        middle = 0
    controls.append(Number("at", _index("at", at, middle), label="input", place=True))

    def draw(state: State, pins: bool) -> figures.Picture:
        return figures.dilation_coverage(
            stack(state), state["kernel"], at=state["at"], controls=pins
        )

    return Explorer("dilation_coverage", draw, controls, counts=lambda state: {"at": span(state)})


@_in_words
def receptive_field_explorer(
    network: Any,
    layer: str | None = None,
    *,
    image: Any = None,
    at: tuple[int, int] | None = None,
    effective: Any = None,
) -> Explorer:
    """A network's receptive fields: choose a layer and a position, and see them on the image.

    Arguments as `cnncourse.figures.receptive_field_explorer`. A Keras model has a control that
    draws the influence measured at the position. effective: True shows it from the start; several
    models with titles, {"before training": a copy, "after training": model}, are there to choose.
    """
    net = receptive.as_network(network)
    names = receptive.spatial_layers(net)
    start = receptive.last_spatial(net) if layer is None else layer
    rows, columns = _sizes(net, start)
    row, column = at or (rows // 2, columns // 2)
    options = names if start in names else [start, *names]
    several = isinstance(effective, Mapping)
    shown = not several and effective not in (None, False)
    sources: dict[str, Any] = dict(effective) if several else {}
    if shown or (receptive.is_keras(network) and not several):
        sources = {"measured": effective if shown and effective is not True else network}
    controls: list[Control] = [
        Choice("layer", start, [(name, name) for name in options]),
        Number("row", row, place=True),
        Number("column", column, place=True),
    ]
    if sources:
        first = "measured" if shown else "not shown"
        titles = [(each, each) for each in ("not shown", *sources)]
        controls.append(Choice("effective", first, titles, label="effective field"))
    recent = _Recent()

    def measured(state: State) -> Any:
        """The influence to draw; kept while the weights stay, for to measure takes a while."""
        chosen = state.get("effective")
        if chosen not in sources:
            return None
        model, title = sources[chosen], chosen if several else ""
        if not receptive.is_keras(model):
            return {title: model}  # measured before, or refused in drawing
        from cnncourse.training import fingerprint

        layer, place = state["layer"], (state["row"], state["column"])
        key = [chosen, layer, place, fingerprint.of_weights(model)]
        return {title: recent.get(key, lambda: influence(model, layer, place))}

    def draw(state: State, pins: bool) -> figures.Picture:
        place = state["row"], state["column"]
        return figures.receptive_field_explorer(
            net,
            state["layer"],
            image=image,
            at=place,
            effective=measured(state),
            controls=pins,
        )

    def counts(state: State) -> dict[str, int]:
        rows, columns = _sizes(net, state["layer"])
        return {"row": rows, "column": columns}

    return _Fields(net, draw, controls, counts)


class _Fields(Explorer):
    """The eye stays where it was on the image when another layer is chosen."""

    def __init__(self, network: Any, draw: Any, controls: list[Control], counts: Any) -> None:
        self._network = network
        super().__init__("receptive_field_explorer", draw, controls, counts=counts)

    def _update(self, state: State, moved: set[str]) -> None:
        if "layer" in moved and state["layer"] != self.state["layer"]:
            seen = self.state["row"], self.state["column"]
            with contextlib.suppress(*REFUSALS):  # a layer that cannot be drawn: said in drawing
                found = receptive.moved(self._network, self.state["layer"], seen, state["layer"])
                here = dict(zip(("row", "column"), found, strict=True))
                state.update({name: at for name, at in here.items() if name not in moved})
        super()._update(state, moved)


class _Recent:
    """What was made for the last few settings: readers go back and forth between two of them."""

    _MOST = 8

    def __init__(self) -> None:
        self._kept: list[tuple[list[Any], Any]] = []

    def get(self, key: list[Any], make: Callable[[], Any]) -> Any:
        """What belongs to a key, made now if it is not there. What `make` raises is not kept."""
        for at, (known, made) in enumerate(self._kept):
            if known == key:
                self._kept.append(self._kept.pop(at))
                return made
        made = make()
        self._kept = [*self._kept[1 - self._MOST :], (key, made)]
        return made


def _sizes(net: Any, layer: str) -> tuple[int, int]:
    if layer not in net.names:
        return 1, 1
    shape = net[layer].shape
    return (shape[0] or 1, shape[1] or 1) if len(shape) == 3 else (1, 1)


def _number(name: str, value: Any) -> Control:
    """A number, or where a pair was given, that pair or a number."""
    if isinstance(value, tuple | list):
        words = "×".join(map(str, value))
        return Choice(name, value, [(words, value), *((str(n), n) for n in range(1, 5))])
    return Number(name, value)


def _pointing(at_input: Any) -> Choice:
    """Whether the place is that of an output or of an input."""
    start = "output" if at_input is None else "input"
    return Choice("point", start, [(each, each) for each in ("output", "input")], label="point at")


def _place(at: Any, at_input: Any) -> list[Control]:
    """What is pointed at, and its row and column."""
    given = at if at_input is None else at_input
    row, column = (0, 0) if given is None else pair("at", given, -999, "(row, column)")
    return [
        _pointing(at_input),
        Number("row", row, place=True),
        Number("column", column, place=True),
    ]


def _index(name: str, value: Any, start: int = 0) -> int:
    """A place along one axis, or where it is left out, `start`."""
    return start if value is None else integer(name, value, -999)


def _spot(state: State) -> dict[str, Any]:
    """The place as an argument of the figure."""
    name = "at_input" if state["point"] == "input" else "at"
    return {name: (state["row"], state["column"])}


_EXPLICIT = "explicit"
_ENDS = {"top": "zeros above", "bottom": "zeros below"}  # the others: "zeros left"


def _padding(value: Any, *axes: tuple[str, str]) -> list[Control]:
    """Padding by a word, as many a side, or a number for each end of each axis."""
    options: list[tuple[str, Any]] = [("valid", "valid"), ("same", "same")]
    options += [(f"{n} a side", n) for n in range(4)]
    options.append((_EXPLICIT, _EXPLICIT))
    ends = _ends(value, len(axes))
    if ends is not None:
        value = _EXPLICIT
    elif value not in [each for _, each in options]:
        options.append((str(value), value))
    start = ends or [(0, 1)] * len(axes)
    return [
        Choice("padding", value, options),
        *(
            Number(
                name, amount, label=_ENDS.get(name, f"zeros {name}"), only=("padding", _EXPLICIT)
            )
            for names, amounts in zip(axes, start, strict=True)
            for name, amount in zip(names, amounts, strict=True)
        ),
    ]


def _ends(value: Any, axes: int) -> list[tuple[int, int]] | None:
    """Before and after along each axis, where padding was given as pairs; else None."""
    if not isinstance(value, tuple | list):
        return None
    if axes == 1:
        return [pair("padding", value, 0, "(before, after)")]
    if len(value) != 2:
        return None  # refused in words where it is drawn
    return [pair("padding", each, 0, "(before, after)") for each in value]


def _amounts(state: State, given: Any, *axes: tuple[str, str]) -> Any:
    """The padding that the controls say, as `cnncourse.ops` takes it."""
    if state.get("padding") != _EXPLICIT:
        return state.get("padding", given)
    ends = tuple((state[before], state[after]) for before, after in axes)
    return ends[0] if len(ends) == 1 else ends


def _strides(value: Any) -> list[tuple[str, Any]]:
    options: list[tuple[str, Any]] = [("window", 0), *((str(n), n) for n in range(1, 7))]
    if value is not None and value not in [each for _, each in options]:
        options.append((str(value), value))
    return options
