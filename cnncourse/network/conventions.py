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
    has established it, so that a total becomes "at least". unknown: kinds that nobody has
    established, whatever the factors say. single: the tool adds up in single precision,
    instruction by instruction, and its total carries that rounding.
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


Factors = dict[str, int | tuple[int, ...]]

# What each layer is counted by; a convention picks from the parts, and the others are 0 for it.
_PARTS = {
    "multiply-add": ("inside", "folded"),
    "batch-norm": ("channel", "scale", "center", "parameters", "affine", "half", "bare"),
    "layer-norm": ("parameters", "affine", "half", "bare"),
    **dict.fromkeys(
        ("max-pool", "average-pool", "l2-pool"), ("window", "input", "output", "whole")
    ),
    **dict.fromkeys(("global-average", "global-max"), ("input", "output", "whole", "tree")),
    "activation:softmax": ("position", "positions", "whole", "tree"),
    "upsampling": ("axis",),
}


def _zero(*kinds: str) -> Factors:
    """These kinds with all their parts at 0: what a tool is known to leave out."""
    return {
        name: 0 for kind in kinds for name in (kind, *(f"{kind}-{p}" for p in _PARTS.get(kind, ())))
    }


# Layers that hand on what comes in once training is over: no tool sees an operation.
_IDENTITIES = tuple(
    f"pointwise:{kind}"
    for kind in ("GaussianDropout", "GaussianNoise", "Identity", "SpatialDropout2D")
)

_MERGES = tuple(
    f"merge:{kind}{uneven}"
    for kind in ("add", "multiply", "subtract", "average", "maximum", "minimum")
    for uneven in ("", "-uneven")
)

# torchinfo 1.8.0, fvcore 0.1.5 and thop 0.1.1, by their source. They see PyTorch's modules or
# operators, and leave out of the total those that they have no rule for: these are among them. The
# softmax at a network's end belongs to the loss in PyTorch, so that the tools do not meet it.
_TORCH: Factors = {
    **_zero("batch-norm", "layer-norm", "max-pool", "global-average", "global-max", "upsampling"),
    **_zero("multiply-add", "average-pool", "max-pool-padding", "average-pool-padding"),
    **_zero(*_IDENTITIES, *_MERGES, "activation:softmax"),
    **_zero("bias", "dilation", "groups", "dense-positions"),
    **_zero("local-response-norm", "rescaling", "pad"),
    **_zero(
        *(
            f"activation:{name}"
            for name in (
                "relu", "relu6", "leaky_relu", "elu", "selu", "sigmoid", "tanh", "softplus",
                "softsign", "silu", "gelu", "hard_sigmoid", "hard_silu",
            )
        )
    ),
    "multiply-add": 1,
}  # fmt: skip

# XLA's cost analysis, measured op by op with JAX 0.4.38 and Keras 3.15 on a CPU.
_XLA: Factors = {
    **_zero("multiply-add", "batch-norm", "max-pool", "average-pool"),
    **_zero("global-average", "global-max", "activation:softmax", "upsampling"),
    **_zero(*_IDENTITIES, "groups", "dense-positions"),
    "bias": 1,
    "batch-norm-channel": (1, 1, 1),
    "batch-norm-scale": 1,
    "batch-norm-center": 1,
    "batch-norm": (1, 1),
    "activation:relu": 1,
    "activation:softmax": (1, 1),
    "activation:softmax-position": 1,
    "max-pool-whole": 1,
    "max-pool-padding": 1,
    "average-pool-whole": 1,
    "average-pool-output": 1,
    "global-average-output": 1,
}


# PyTorch's norms learn a scale and a shift, or neither: there is no rule for one alone.
_HALF = frozenset({"batch-norm-half", "layer-norm-half"})

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
        {
            **_TORCH,
            **_zero("l2-pool", "l2-pool-padding"),  # nothing without weights counts
            "bias": 1,
            "batch-norm-parameters": 1,
            "layer-norm-parameters": 1,
        },
        rest=None,
        unknown=frozenset({"dense-positions"}),  # it counts such weights once, not at each place
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
            **_TORCH,
            "batch-norm-affine": 2,
            "batch-norm-bare": 1,
            "layer-norm-affine": 5,
            "layer-norm-bare": 4,
            "global-average-input": 1,  # adaptive_avg_pool2d; avg_pool2d has no entry
            "upsampling": 1,
        },
        rest=None,
        unknown=_HALF,
        aliases=("bn2",),
    ),
    Convention(
        "thop",
        "Mult-adds, four for each batch norm value, sums and divisions of means, as thop counts.",
        {
            **_TORCH,
            "batch-norm-affine": 4,
            "batch-norm-bare": 2,
            "layer-norm-affine": 4,
            "layer-norm-bare": 2,
            "average-pool-output": 1,
            "global-average-input": 1,
            "global-average-output": 1,
            "upsampling": 1,
        },
        rest=None,
        unknown=_HALF,
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
            # Measured with TensorFlow 2.21 and Keras 3.15 on a CPU. What it has no entry for is 0.
            **_zero("multiply-add", "batch-norm", "max-pool", "average-pool", "l2-pool"),
            **_zero("max-pool-padding", "average-pool-padding", "l2-pool-padding"),
            **_zero("global-average", "global-max", "activation:softmax", "upsampling"),
            **_zero(*_IDENTITIES, "dense-positions", "pad"),
            **_zero("activation:relu", "activation:relu6", "activation:sigmoid", "activation:tanh"),
            "multiply-add": 2,
            "bias": 1,
            "batch-norm": 2,
            "batch-norm-channel": 5,
            "batch-norm-scale": 1,  # but none for a shift: without beta the mean is negated
            "activation:softmax": 5,
            "max-pool-window": 1,
            "average-pool-window": 1,
            "l2-pool-window": 1,
            "l2-pool-input": 1,  # the squares; the roots have no entry
            "global-average-input": 1,
            "upsampling-axis": 1,  # the new size of each axis, one product
            "merge:add": 1,
            "merge:multiply": 1,
            "merge:subtract": 1,
            "rescaling": 2,
        },
        rest=None,
        unit="FLOPs",
        aliases=("tensorflow-profiler", "tensorflow", "keras-flops"),
    ),
    Convention(
        "xla-compiled",
        "XLA's cost analysis after compiling: padding folded away, ReLU6 one operation.",
        {
            **_XLA,
            "multiply-add-folded": 2,
            "activation:relu6": 1,
            "activation:softmax-tree": (1, 1),
            "global-average-tree": 1,
            "global-max-tree": 1,
            "pad": 0,
        },
        rest=None,
        # At many positions, it computes twice what the maximum and the sum read.
        unknown=frozenset({"activation:softmax-positions"}),
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
            "activation:softmax-whole": (1, 1),
            "global-average-whole": 1,
            "global-max-whole": 1,
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
