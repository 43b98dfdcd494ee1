"""By which convention a network's work is counted. A count without its convention means nothing.

MobileNet at 224×224 has at least these answers, in millions: 568.740, 568.741, 568.763, 573.784,
578.876, 588.962, 1137.481, 1147.688, 1150.990, 1156.202. Each is one of the conventions below.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cnncourse.network.graph import near


@dataclass(frozen=True)
class Convention:
    """What each kind of operation counts for.

    factors: kind → how often it counts, as one instruction or as several. rest: what every other
    kind counts for: 0 where the convention leaves it out by its own definition, None where nobody
    has established it, so that a total becomes "at least". single: the tool adds up in
    single precision, instruction by instruction, and its total carries that rounding.
    """

    name: str
    says: str
    factors: Mapping[str, int | tuple[int, ...]]
    rest: int | None = 0
    unknown: frozenset[str] = frozenset()
    single: bool = False
    unit: str = "mult-adds"
    aliases: tuple[str, ...] = field(default=())

    @property
    def taps(self) -> bool:
        """Whether taps on padding are left out, so that the others must be counted."""
        return any(self.factors.get(f"multiply-add-{kind}") for kind in ("inside", "folded"))

    def instructions(self, kind: str) -> tuple[int, ...] | None:
        """How often an operation of this kind counts, instruction by instruction; None: unknown."""
        if kind in self.unknown:
            return None
        factor = self.factors.get(kind, self.rest)
        return (factor,) if isinstance(factor, int) else factor


_WINDOWS: dict[str, int | tuple[int, ...]] = {
    **{f"multiply-add-{kind}": 0 for kind in ("inside", "folded")},
    **{
        f"{pool}-{part}": 0
        for pool in ("max-pool", "average-pool", "l2-pool", "global-average", "global-max")
        for part in ("window", "input", "output", "whole")
    },
    "batch-norm-parameters": 0,
    "batch-norm-channel": 0,
}

# XLA's cost analysis, measured op by op with JAX 0.4.38 and Keras 3.15 on a CPU.
_XLA: dict[str, int | tuple[int, ...]] = {
    **_WINDOWS,
    "multiply-add": 0,
    "bias": 1,
    "batch-norm-channel": (1, 1, 1, 1, 1),
    "batch-norm": (1, 1),
    "activation:relu": 1,
    "activation:softmax": (1, 1, 1, 1),
    "max-pool-whole": 1,
    "max-pool-padding": 1,
    "average-pool-whole": 1,
    "average-pool-output": 1,
    "global-average-input": 1,
}

_ALL = (
    Convention(
        "mac",
        "Mult-adds of convolutions and dense layers, no bias, no batch norm. What papers count.",
        {"multiply-add": 1},
        aliases=("mult-adds", "macs", "conv+fc"),
    ),
    Convention(
        "mac+bias",
        "Mult-adds, and one for each bias added.",
        {"multiply-add": 1, "bias": 1},
    ),
    Convention(
        "torchinfo",
        "Mult-adds and biases, and one for each learned number of batch norm, as torchinfo counts.",
        {"multiply-add": 1, "bias": 1, "batch-norm-parameters": 1},
        aliases=("mac+bias+bn-parameters",),
    ),
    Convention(
        "mac+bias+bn",
        "Mult-adds and biases, and one for each value that batch norm scales and shifts.",
        {"multiply-add": 1, "bias": 1, "batch-norm": 1},
    ),
    Convention(
        "fvcore",
        "Mult-adds, two for each value of batch norm, one for each averaged, as fvcore counts.",
        {
            "multiply-add": 1,
            "batch-norm": 2,
            "average-pool-input": 1,
            "global-average-input": 1,
        },
        aliases=("bn2",),
    ),
    Convention(
        "thop",
        "Mult-adds, four for each batch norm value, sums and divisions of means, as thop counts.",
        {
            "multiply-add": 1,
            "batch-norm": 4,
            "average-pool-output": 1,
            "global-average-input": 1,
            "global-average-output": 1,
        },
        aliases=("bn4",),
    ),
    Convention(
        "flops",
        "Two operations for each mult-add of convolutions and dense layers.",
        {"multiply-add": 2},
        unit="FLOPs",
        aliases=("2xmac", "2×mac"),
    ),
    Convention(
        "tf-profiler",
        "What TensorFlow's profiler reports for the model's graph (keras-flops, model-profiler).",
        {
            **_WINDOWS,
            "multiply-add": 2,
            "bias": 1,
            "batch-norm": 2,
            "batch-norm-channel": 6,
            "activation:softmax": 5,
            "activation:relu": 0,  # the profiler has no entry for Relu and Relu6
            "activation:relu6": 0,
            "max-pool-window": 1,
            "average-pool-window": 1,
            "max-pool-padding": 0,
            "average-pool-padding": 0,
            "global-average-input": 1,
            "merge:add": 1,
            "merge:multiply": 1,
            "merge:subtract": 1,
            "rescaling": 2,
            "pad": 0,
        },
        rest=None,
        unit="FLOPs",
        aliases=("tensorflow-profiler", "tensorflow", "keras-flops"),
    ),
    Convention(
        "xla-compiled",
        "XLA's cost analysis after compiling: padding folded away, ReLU6 one operation.",
        {**_XLA, "multiply-add-folded": 2, "activation:relu6": 1, "pad": 0},
        rest=None,
        single=True,
        unit="FLOPs",
        aliases=("xla",),
    ),
    Convention(
        "xla-lowered",
        "XLA's cost analysis before compiling: explicit padding counts, ReLU6 two operations.",
        {
            **_XLA,
            "multiply-add-inside": 2,
            "activation:relu6": (1, 1),
            "merge:add": 1,
            "pad": 1,
        },
        rest=None,
        single=True,
        unit="FLOPs",
    ),
)

CONVENTIONS: Mapping[str, Convention] = {each.name: each for each in _ALL}
_BY_ALIAS = {alias: each for each in _ALL for alias in (each.name, *each.aliases)}


def convention(name: str | Convention) -> Convention:
    """The convention of that name. Raises ValueError that lists them."""
    if isinstance(name, Convention):
        return name
    try:
        return _BY_ALIAS[name.lower().replace("_", "-")]
    except KeyError:
        raise ValueError(near(name, list(CONVENTIONS), "counting convention")) from None
