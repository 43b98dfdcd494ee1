"""The papers' own tables, compared with counting, row by row.

`PUBLISHED` holds what the papers print. `check` counts the same thing and says how the two compare:
exact, rounded, truncated, another convention (named), or an error in the paper (with the reason).
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from cnncourse.network import Conv2D, Cost, DepthwiseConv2D, Input, Network
from cnncourse.zoo.googlenet import googlenet
from cnncourse.zoo.mobilenet import mobilenet
from cnncourse.zoo.resnet import plain, resnet
from cnncourse.zoo.vgg import vgg

VGG = "Simonyan and Zisserman 2015, Very deep convolutional networks, arXiv:1409.1556"
GOOGLENET = "Szegedy et al. 2015, Going deeper with convolutions, arXiv:1409.4842"
RESNET = "He et al. 2016, Deep residual learning, arXiv:1512.03385"
MOBILENET = "Howard et al. 2017, MobileNets, arXiv:1704.04861"
LECTURE = "the lecture's slides"  # a number that stands in no paper

_UNITS = {"G": 10**9, "M": 10**6, "K": 10**3, "%": 1}

Count = Callable[[], float]


@dataclass(frozen=True)
class Published:
    """One number in a paper, and how to count it.

    printed, unit: as in the paper ("3.6", "G"). count: the number by the usual convention (conv and
    dense mult-adds; weights without batch norm). others: further conventions by name. note: what
    is known about a number that no counting gives.
    """

    paper: str
    table: str
    row: str
    quantity: str
    printed: str
    unit: str
    count: Count
    others: Mapping[str, Count] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class Comparison:
    """A published number beside the counted one. verdict: see the module; reason: a sentence."""

    paper: str
    table: str
    row: str
    quantity: str
    printed: str
    unit: str
    counted: float
    verdict: str
    reason: str

    @property
    def counted_text(self) -> str:
        """The counted number in the paper's unit, with two digits more than the paper has."""
        digits = _decimals(self.printed) + 2
        return f"{self.counted / _UNITS[self.unit]:.{digits}f} {self.unit}"


def compare(entry: Published) -> Comparison:
    """Count what the paper counted and say how the numbers agree."""
    counted = entry.count()
    verdict, reason = _verdict(entry, counted)
    return Comparison(
        entry.paper,
        entry.table,
        entry.row,
        entry.quantity,
        entry.printed,
        entry.unit,
        counted,
        verdict,
        reason,
    )


def check() -> tuple[Comparison, ...]:
    """Every published number, compared."""
    return tuple(compare(entry) for entry in PUBLISHED)


def _verdict(entry: Published, counted: float) -> tuple[str, str]:
    unit = _UNITS[entry.unit]
    how = _agreement(entry.printed, counted / unit)
    if how in ("exact", "rounded"):
        return how, f"{entry.printed} {entry.unit} is the count, {how}."
    others = {name: count() / unit for name, count in entry.others.items()}
    for name, value in others.items():
        if _agreement(entry.printed, value) in ("exact", "rounded"):
            return "other convention", f"{name}: {value:.5g} {entry.unit}."
    if how:
        return how, f"{counted / unit:.6g} {entry.unit} with its last digits cut off."
    for name, value in others.items():
        if _agreement(entry.printed, value):
            return "other convention", f"{name}: {value:.6g} {entry.unit}, cut off."
    where = "slide" if entry.paper == LECTURE else "paper"
    return f"error in the {where}", entry.note or "No counting of the paper's own network gives it."


def _agreement(printed: str, value: float) -> str:
    """How a printed number stands to a value: exact, rounded, truncated, or not at all ("")."""
    published, exact = Decimal(printed), Decimal(repr(value))
    step = Decimal(1).scaleb(-_decimals(printed))
    if exact == published:
        return "exact"
    if exact.quantize(step, ROUND_HALF_UP) == published:
        return "rounded"
    scale = 10 ** _decimals(printed)
    return "truncated" if Decimal(math.floor(exact * scale)) / scale == published else ""


def _decimals(printed: str) -> int:
    return len(printed.partition(".")[2])


@cache
def _cost(make: Callable[..., Network], *arguments: object) -> Cost:
    return make(*arguments).cost()


def _work(make: Callable[..., Network], *arguments: object) -> Count:
    return lambda: _cost(make, *arguments).mult_adds


def _weights(make: Callable[..., Network], *arguments: object) -> Count:
    """Parameters without batch norm's."""

    def count() -> int:
        layers = _cost(make, *arguments).layers
        return sum(each.parameters.value for each in layers if each.kind != "BatchNormalization")

    return count


def _without(kind: str, make: Callable[..., Network], *arguments: object) -> Count:
    """Mult-adds without the layers whose type or name says so."""

    def count() -> int:
        cost = _cost(make, *arguments)
        return sum(
            layer.mult_adds.value
            for layer in cost.layers
            if layer.mult_adds and layer.kind != kind and not layer.name.endswith(kind)
        )

    return count


def _vgg() -> list[Published]:
    printed = {"A": "133", "A-LRN": "133", "B": "133", "C": "134", "D": "138", "E": "144"}
    rows = [
        Published(VGG, "Table 2", name, "parameters", number, "M", _weights(vgg, name))
        for name, number in printed.items()
    ]
    # He et al. quote the work of VGG; the pair mixes two conventions.
    for name, title, number in (("D", "VGG-16", "15.3"), ("E", "VGG-19", "19.6")):
        rows.append(
            Published(
                RESNET,
                "§3.3 and §4.1",
                title,
                "mult-adds",
                number,
                "G",
                _work(vgg, name),
                {"without the dense layers": _without("Dense", vgg, name)},
            )
        )
    return rows


_GOOGLENET_ROWS = {
    "convolution 7×7/2": ("conv1_", "2.7", "34"),
    "convolution 3×3/1": ("conv2_3", "112", "360"),
    "inception (3a)": ("inception_3a", "159", "128"),
    "inception (3b)": ("inception_3b", "380", "304"),
    "inception (4a)": ("inception_4a", "364", "73"),
    "inception (4b)": ("inception_4b", "437", "88"),
    "inception (4c)": ("inception_4c", "463", "100"),
    "inception (4d)": ("inception_4d", "580", "119"),
    "inception (4e)": ("inception_4e", "840", "170"),
    "inception (5a)": ("inception_5a", "1072", "54"),
    "inception (5b)": ("inception_5b", "1388", "71"),
    "linear": ("classifier", "1000", "1"),
}
_GOOGLENET_NOTES = {
    "convolution 7×7/2": "7×7×3×64 weights are 9 408, and 112×112 times that is 118 M. Both "
    "printed numbers fit (7 + 7)×3×64 = 2 688 weights, a kernel of separate rows and columns.",
    "inception (5a)": "Both printed numbers fit 1 072 K weights on 7×7 positions, with K = 1024: "
    "5.3 % more than the 1 042 432 that the widths in the same row give.",
}


def _googlenet() -> list[Published]:
    rows = []
    for row, (prefix, parameters, work) in _GOOGLENET_ROWS.items():
        note = _GOOGLENET_NOTES.get(row, "The widths in the same row do not give it.")
        rows.append(
            Published(
                GOOGLENET,
                "Table 1",
                row,
                "parameters",
                parameters,
                "K",
                _module(prefix, bias=False),
                {
                    "K = 1024": _module(prefix, bias=False, kilo=1024),
                    "K = 1024, with biases": _module(prefix, bias=True, kilo=1024),
                },
                note,
            )
        )
        rows.append(
            Published(
                GOOGLENET, "Table 1", row, "mult-adds", work, "M", _module_work(prefix), note=note
            )
        )
    rows.append(
        Published(
            LECTURE,
            "GoogLeNet",
            "GoogLeNet",
            "parameters",
            "5",
            "M",
            _weights(googlenet),
            note="With biases or without it is 7.0 M; without the dense layer it is nearly 6.",
        )
    )
    return rows


def _module(prefix: str, *, bias: bool, kilo: int = 1000) -> Count:
    def count() -> float:
        network = googlenet()
        total = 0
        for name, node in network:
            if name.startswith(prefix):
                total += sum(
                    math.prod(weight.shape)
                    for weight in node.weights
                    if bias or weight.name != "bias"
                )
        return total * 1000 / kilo

    return count


def _module_work(prefix: str) -> Count:
    def count() -> int:
        layers = _cost(googlenet).layers
        return sum(
            each.mult_adds.value
            for each in layers
            if each.mult_adds and each.name.startswith(prefix)
        )

    return count


def _resnet() -> list[Published]:
    rows = [
        Published(
            RESNET,
            "Table 1",
            f"{depth}-layer",
            "mult-adds",
            printed,
            "G",
            _work(resnet, depth),
            # Only the projection shortcuts end in "_0_conv": option A has none of them.
            {"without the projection shortcuts": _without("_0_conv", resnet, depth)}
            if depth < 50
            else {},
        )
        for depth, printed in ((18, "1.8"), (34, "3.6"), (50, "3.8"), (101, "7.6"), (152, "11.3"))
    ]
    rows.append(Published(RESNET, "Fig. 3", "plain-34", "mult-adds", "3.6", "G", _work(plain, 34)))
    return rows


def _layer(kind: str, width: int = 512, size: int = 14) -> Network:
    start = Input((size, size, width))
    if kind == "conv":
        return Network.chain(kind, start, Conv2D(width, 3, padding="same", use_bias=False))
    return Network.chain(
        kind,
        start,
        DepthwiseConv2D(3, padding="same", use_bias=False),
        Conv2D(width, 1, use_bias=False),
    )


def _share(quantity: str, kind: str) -> Count:
    """The per cent of MobileNet's weights or mult-adds in layers of one kind, without biases."""

    def is_kind(name: str) -> str:
        if name.startswith("conv_pw"):
            return "1×1"
        if name.startswith("conv_dw"):
            return "depthwise"
        return "3×3" if name == "conv1" else "dense"

    def count() -> float:
        sums: dict[str, int] = {}
        cost, network = _cost(mobilenet), mobilenet()
        for layer in cost.layers:
            kernels = [weight for weight in network[layer.name].weights if "kernel" in weight.name]
            if kernels and layer.mult_adds:
                amount = layer.mult_adds.value
                if quantity == "parameters":
                    amount = sum(math.prod(weight.shape) for weight in kernels)
                sums[is_kind(layer.name)] = sums.get(is_kind(layer.name), 0) + amount
        return 100 * sums[kind] / sum(sums.values())

    return count


def _mobilenet() -> list[Published]:
    rows = []

    def add(table: str, row: str, make: Callable[..., Network], *arguments: object) -> Callable:
        def both(work: str, weights: str, others: Mapping[str, Count] | None = None) -> None:
            for quantity, printed, count, more in (
                ("mult-adds", work, _work(make, *arguments), others or {}),
                ("parameters", weights, _weights(make, *arguments), {}),
            ):
                rows.append(Published(MOBILENET, table, row, quantity, printed, "M", count, more))

        return both

    shares = {
        "1×1": ("Conv 1×1", "94.86", "74.59"),
        "depthwise": ("Conv DW 3×3", "3.06", "1.06"),
        "3×3": ("Conv 3×3", "1.19", "0.02"),
        "dense": ("Fully connected", "0.18", "24.33"),
    }
    for kind, (row, work, weights) in shares.items():
        for quantity, printed in (("mult-adds", work), ("parameters", weights)):
            note = "1.91 with its digits swapped: the printed column sums to 99.29, not to 100."
            known = note if printed == "1.19" else ""
            count = _share(quantity, kind)
            rows.append(
                Published(MOBILENET, "Table 2", row, quantity, printed, "%", count, note=known)
            )
    add("Table 3", "Convolution", _layer, "conv")("462", "2.36")
    add("Table 3", "Depthwise separable", _layer, "separable")("52.3", "0.27")
    add("Table 3", "α = 0.75", _layer, "separable", 384)("29.6", "0.15")
    add("Table 3", "ρ = 0.714", _layer, "separable", 384, 10)("15.1", "0.15")
    full = (1.0, 224, False, False)
    without = {"without the dense layer": _without("Dense", mobilenet, *full)}
    add("Table 4", "Conv MobileNet", mobilenet, *full)("4866", "29.3", without)
    add("Table 4", "MobileNet", mobilenet)("569", "4.2")
    add("Table 5", "0.75 MobileNet", mobilenet, 0.75)("325", "2.6")
    add("Table 5", "Shallow MobileNet", mobilenet, 1.0, 224, True)("307", "2.9")
    for alpha, work, weights in (
        (1.0, "569", "4.2"),
        (0.75, "325", "2.6"),
        (0.5, "149", "1.3"),
        (0.25, "41", "0.5"),
    ):
        add("Table 6", f"{alpha:g} MobileNet-224", mobilenet, alpha)(work, weights)
    for size, work in ((224, "569"), (192, "418"), (160, "290"), (128, "186")):
        add("Table 7", f"1.0 MobileNet-{size}", mobilenet, 1.0, size)(work, "4.2")
    return rows


PUBLISHED: tuple[Published, ...] = (*_vgg(), *_googlenet(), *_resnet(), *_mobilenet())
