"""The explorers with controls. Each draws with the function of its name in `cnncourse.figures`."""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from cnncourse import figures
from cnncourse.figures.explorers import pooling, receptive, sliding, window
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
    filter: int = 0,
) -> Explorer:
    """A window that slides: change the stride, the padding, the dilation and the output shown.

    Arguments as `cnncourse.figures.window_explorer`. What cannot be drawn is said beside the
    controls, and the last good picture stays.
    """
    given = np.asarray(kernel)
    plain = given.ndim == 2 and np.ndim(image) == 2 and mode == "conv"
    kernels: dict[str, Any] = {"yours": kernel, **(_KERNELS if plain else {})}
    row, column = at or (0, 0)
    controls: list[Control] = [
        Number("row", row, place=True),
        Number("column", column, place=True),
    ]
    if plain:
        controls.append(Choice("kernel", "yours", [(name, name) for name in kernels]))
    if mode != "pointwise":
        controls += [
            _number("stride", stride),
            _padding(padding),
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
            "padding": state.get("padding", padding),
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
        place = state["row"], state["column"]
        chosen = state.get("filter", filter)
        return window.draw(slide(state), at=place, chosen=chosen, controls=pins)

    def counts(state: State) -> dict[str, int]:
        rows, columns, filters = slide(state).y.shape
        found = {"row": rows, "column": columns}
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
) -> Explorer:
    """A row of positions and its padding: change the size and watch where the odd zero goes.

    Arguments as `cnncourse.figures.padding_explorer`.
    """
    controls: list[Control] = [
        Number("size", size),
        Number("kernel", kernel),
        Number("stride", stride),
        _padding(padding),
        Number("dilation", dilation),
        Number("at", at or 0, label="output", place=True),
    ]

    def draw(state: State, pins: bool) -> figures.Picture:
        return figures.padding_explorer(**state, controls=pins)

    def counts(state: State) -> dict[str, int]:
        from cnncourse.ops import output_size

        names = ("size", "kernel", "stride", "padding", "dilation")
        return {"at": output_size(*(state[name] for name in names))}

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
) -> Explorer:
    """Pooling: change kind, window and stride, move the input or the region.

    Arguments as `cnncourse.figures.pooling_explorer`. A stride of 0 stands for the window's size.
    """
    x = np.asarray(image)
    row, column = at or (0, 0)
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
        Number("row", row, place=True),
        Number("column", column, place=True),
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
        place = state["row"], state["column"]
        return pooling.draw(*pooled(state), state["shift"], at=place, controls=pins)

    def counts(state: State) -> dict[str, int]:
        rows, columns = pooled(state)[0].y.shape[:2]
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
    controls.append(Number("at", middle if at is None else at, label="input", place=True))

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
) -> Explorer:
    """A network's receptive fields: choose a layer and a position, and see them on the image.

    Arguments as `cnncourse.figures.receptive_field_explorer`.
    """
    net = receptive.as_network(network)
    names = receptive.spatial_layers(net)
    start = receptive.last_spatial(net) if layer is None else layer
    rows, columns = _sizes(net, start)
    row, column = at or (rows // 2, columns // 2)
    options = names if start in names else [start, *names]
    controls: list[Control] = [
        Choice("layer", start, [(name, name) for name in options]),
        Number("row", row, place=True),
        Number("column", column, place=True),
    ]

    def draw(state: State, pins: bool) -> figures.Picture:
        place = state["row"], state["column"]
        return figures.receptive_field_explorer(
            net, state["layer"], image=image, at=place, controls=pins
        )

    def counts(state: State) -> dict[str, int]:
        rows, columns = _sizes(net, state["layer"])
        return {"row": rows, "column": columns}

    return Explorer("receptive_field_explorer", draw, controls, counts=counts)


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


def _padding(value: Any) -> Choice:
    options: list[tuple[str, Any]] = [("valid", "valid"), ("same", "same")]
    options += [(f"{n} a side", n) for n in range(4)]
    if value not in [each for _, each in options]:
        options.append((str(value), value))
    return Choice("padding", value, options)


def _strides(value: Any) -> list[tuple[str, Any]]:
    options: list[tuple[str, Any]] = [("window", 0), *((str(n), n) for n in range(1, 7))]
    if value is not None and value not in [each for _, each in options]:
        options.append((str(value), value))
    return options
