"""Lesson 10, "ResNet": its exercises, right answers and known mistakes.

Every reference is written out by hand on purpose: the tests change it token by token and expect
the cases to notice. The Keras block is compared by its numbers, with weights filled by a rule, so
that judging it needs no Keras and every order of layers is right.
"""

from collections.abc import Callable, Sequence
from math import comb, prod
from typing import Any

import numpy as np

from cnncourse.checking.exercise import Case, Exercise, Misconception
from cnncourse.ops import conv2d
from cnncourse.training.filled import Filled, fill

LESSON = "10_resnet"


def _one_case(rng: np.random.Generator) -> Sequence[Case]:
    return [Case()]


def _halves(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Numbers from −4.5 to 4.5 in steps of a half, never 0."""
    values = rng.integers(1, 10, shape) / 2
    return np.asarray(values * rng.choice([-1, 1], shape))


def _relu(x: Any) -> np.ndarray:
    return np.maximum(x, 0)


# 1 · what degrades ----------------------------------------------------------------------------


def _what_degrades() -> str:
    return "c"


WHAT_DEGRADES = Exercise(
    name="what_degrades",
    title="What kind of failure is this?",
    lesson=LESSON,
    kind="value",
    cases=_one_case,
    reference=_what_degrades,
    parts={"all": 1},
    alternatives={"a capital letter": lambda: "C", "a space": lambda: " c "},
    misconceptions=[
        Misconception(
            "overfitting",
            lambda: "a",
            "Overfitting means good on the training images, bad on new ones. Look at the training "
            "loss.",
            "The figure shows the loss on the images that the network *learned from*. Is it small "
            "for the deepest plain network?",
        ),
        Misconception(
            "too-few-parameters",
            lambda: "b",
            "The deepest network has the most parameters of all, so room is not what it lacks.",
            "Each further block brings two kernels of its own. Could the deep network not copy "
            "the shallow one, and let its other layers pass everything on?",
        ),
        Misconception(
            "an-unlucky-draw",
            lambda: "d",
            "One bad run could be bad luck. Look at the dots: each is another random start.",
            "Three seeds were drawn for every depth. Does any deep plain run end below a shallow "
            "one?",
        ),
        Misconception(
            "depth-always-hurts",
            lambda: "e",
            "The residual networks are just as deep. Look at their line.",
            "Same depth, same number of weights, other wiring. What do the residual networks do as "
            "they get deeper?",
        ),
    ],
    hints=[
        "Look at the training loss: which failures leave it small?",
        "Compare the two networks of the same depth: they have the same number of weights.",
    ],
    accepts="one letter in quotes, from 'a' to 'e'",
)


# 2 · what is left to learn --------------------------------------------------------------------


def _residual_to_learn(x: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    return wanted - x


def _residual_cases(rng: np.random.Generator) -> Sequence[Case]:
    cases = []
    for shape, label in (((3, 4, 2), "a small change"), ((2, 5, 3), "another function")):
        x = _halves(rng, *shape)
        change = 0.25 * _halves(rng, *shape) if "small" in label else 3 * _halves(rng, *shape)
        cases.append(Case((x, x + change), label=f"{label}, shape {shape}"))
    x = _halves(rng, 4, 2, 3)
    cases.append(Case((x, x.copy()), label="the identity, shape (4, 2, 3)"))
    return cases


RESIDUAL_TO_LEARN = Exercise(
    name="residual_to_learn",
    title="What is left to learn",
    lesson=LESSON,
    kind="function",
    cases=_residual_cases,
    reference=_residual_to_learn,
    parts={"all": 1},
    alternatives={
        "subtract": lambda x, wanted: np.subtract(wanted, x),
        "number by number": lambda x, wanted: np.array(
            [h - v for h, v in zip(wanted.flat, x.flat, strict=True)]
        ).reshape(x.shape),
        "minus x, plus wanted, float32": lambda x, wanted: (-x + wanted).astype(np.float32),
    },
    misconceptions=[
        Misconception(
            "exchanged",
            lambda x, wanted: x - wanted,
            "The sign is turned round: yours is what to take away from the output, not from x.",
            "The block gives F(x) + x. Put your F into that sum: does the wanted output come out?",
        ),
        Misconception(
            "the-whole-function",
            lambda x, wanted: wanted,
            "That is H itself. The shortcut already brings x, so F must give only the rest.",
            "The block adds x to whatever its layers give. If they give all of H, what does the "
            "block give?",
        ),
        Misconception(
            "added",
            lambda x, wanted: wanted + x,
            "You added x. The block will add it once more, so take it away here.",
            "F(x) + x shall be H(x). Solve that for F(x): what happens to the x?",
        ),
        Misconception(
            "ratio",
            lambda x, wanted: wanted / x,
            "You divided. The shortcut adds x, and what undoes a sum is a difference.",
            "A block could multiply, too, but then one 0 in x would block the way. "
            "Which sign stands between F(x) and x in the block?",
        ),
        Misconception(
            "without-sign",
            lambda x, wanted: np.abs(wanted - x),
            "You left out the sign. F must be able to lower a value as well as raise it.",
            "Where the wanted output is below x, what must be added to x?",
        ),
        Misconception(
            "negative-part-cut",
            lambda x, wanted: _relu(wanted - x),
            "You cut off the negative part. That is why a block has no ReLU before its sum.",
            "F may be negative: it is added to x, and only the sum goes through ReLU. "
            "What would a block with your F do where H is smaller than x?",
        ),
    ],
    hints=["The block gives F(x) + x. Which F(x) makes this H(x)?"],
    accepts="a NumPy array of the shape of x",
)


# 3 · all weights zero -------------------------------------------------------------------------


def _zero_weights() -> tuple[str, str]:
    return "a", "b"


ZERO_WEIGHTS = Exercise(
    name="zero_weights",
    title="All weights zero",
    lesson=LESSON,
    kind="value",
    cases=_one_case,
    reference=_zero_weights,
    parts={"all": 1},
    alternatives={
        "a list": lambda: ["a", "b"],
        "capital letters": lambda: ("A", "B"),
        "an array": lambda: np.array(["a", "b"]),
    },
    misconceptions=[
        Misconception(
            "exchanged",
            lambda: ("b", "a"),
            "The two are exchanged. Which of them has a way around its layers?",
            "Weights of zero turn anything into zeros. In one of the two the input takes a second "
            "way, which has no weights. In which?",
        ),
        Misconception(
            "both-give-nothing",
            lambda: ("a", "a"),
            "The plain one is right. The residual block still adds x, and x is not multiplied.",
            "Write it down: F(x) = 0, and the block gives ReLU(F(x) + x). What is ReLU(x), when x "
            "is 0 or more?",
        ),
        Misconception(
            "both-pass-the-input",
            lambda: ("b", "b"),
            "The residual block is right. Two plain convolutions with zero weights pass nothing "
            "on.",
            "Each output is a sum of products with 0, plus a bias of 0. What is left of x?",
        ),
        Misconception(
            "the-sum-doubles",
            lambda: ("a", "c"),
            "F(x) is 0 here, not x, so nothing is doubled: 0 + x.",
            "Twice x would come out if F were the identity. What does F give with zero weights?",
        ),
        Misconception(
            "doubled-and-passed",
            lambda: ("b", "c"),
            "You took a convolution with zero weights for one that changes nothing.",
            "A weight of 0 multiplies to 0. Passing x on would need a 1 in the middle of the "
            "kernel, for each channel. What do zeros give?",
        ),
        Misconception(
            "an-average",
            lambda: ("d", "d"),
            "An average needs weights of 1/9. With zeros there is nothing to average.",
            "Multiply any window by zeros and add up. What comes out?",
        ),
    ],
    hints=["0 · anything is 0. Then look at where the shortcut enters."],
    accepts='two letters, such as ("c", "d")',
)


# 4 · a residual block by hand -----------------------------------------------------------------


def _same(x: np.ndarray, kernel: np.ndarray, bias: np.ndarray) -> np.ndarray:
    return conv2d(x, kernel, bias, padding="same")


def _residual_forward(
    x: np.ndarray,
    kernel_1: np.ndarray,
    bias_1: np.ndarray,
    kernel_2: np.ndarray,
    bias_2: np.ndarray,
) -> np.ndarray:
    inner = conv2d(x, kernel_1, bias_1, padding="same").clip(min=0)
    change = conv2d(inner, kernel_2, bias_2, padding="same")
    return np.asarray((change + x).clip(min=0))


def _residual_by_loops(
    x: np.ndarray,
    kernel_1: np.ndarray,
    bias_1: np.ndarray,
    kernel_2: np.ndarray,
    bias_2: np.ndarray,
) -> np.ndarray:
    def convolve(image: np.ndarray, kernel: np.ndarray, bias: np.ndarray) -> np.ndarray:
        padded = np.pad(image, ((1, 1), (1, 1), (0, 0)))
        result = np.zeros((*image.shape[:2], kernel.shape[3]))
        for i, j in np.ndindex(*image.shape[:2]):
            window = padded[i : i + 3, j : j + 3]
            result[i, j] = np.tensordot(window, kernel, axes=3) + bias
        return result

    inner = convolve(x, kernel_1, bias_1)
    inner[inner < 0] = 0
    result = convolve(inner, kernel_2, bias_2)
    result += x
    return np.where(result > 0, result, 0.0)


def _block_cases(rng: np.random.Generator) -> Sequence[Case]:
    cases = []
    for height, width, channels, inner in ((4, 5, 2, 3), (3, 6, 3, 2)):
        x = _halves(rng, height, width, channels)
        weights = (
            _halves(rng, 3, 3, channels, inner) / 4,
            _halves(rng, inner),
            _halves(rng, 3, 3, inner, channels) / 8,
            _halves(rng, channels),
        )
        label = f"{height}×{width}×{channels}, {inner} filters inside"
        cases.append(Case((x, *weights), label=label))
    return cases


def _wrong_block(
    *,
    between: Callable[[Any], Any] = _relu,
    join: Callable[[Any, Any], Any] = np.add,
    shortcut: Callable[[Any], Any] = lambda x: x,
    before: Callable[[Any], Any] = lambda f: f,
    after: Callable[[Any], Any] = _relu,
) -> Callable[..., np.ndarray]:
    """A block in which one of its steps is another."""

    def block(x: Any, kernel_1: Any, bias_1: Any, kernel_2: Any, bias_2: Any) -> np.ndarray:
        inner = between(_same(x, kernel_1, bias_1))
        change = before(_same(inner, kernel_2, bias_2))
        return np.asarray(after(join(change, shortcut(x))))

    return block


RESIDUAL_FORWARD = Exercise(
    name="residual_forward",
    title="A residual block by hand",
    lesson=LESSON,
    kind="function",
    cases=_block_cases,
    reference=_residual_forward,
    parts={"all": 2},
    alternatives={
        "loops": _residual_by_loops,
        "x first": _wrong_block(join=lambda change, x: x + change),
        "a batch of one, float32": lambda x, k1, b1, k2, b2: _relu(
            _same(_relu(_same(x[None], k1, b1)), k2, b2) + x[None]
        )[0].astype(np.float32),
        "ReLU as a product": lambda x, k1, b1, k2, b2: _wrong_block(
            between=lambda z: z * (z > 0), after=lambda z: z.clip(min=0)
        )(x, k1, b1, k2, b2),
    },
    misconceptions=[
        Misconception(
            "relu-before-the-sum",
            _wrong_block(before=_relu, after=lambda z: z),
            "You took ReLU before the sum. Then F can only raise values, never lower them.",
            "With ReLU on F(x), every output is at least x. In the slide's drawing, does the ReLU "
            "stand before the plus sign or behind it?",
        ),
        Misconception(
            "relu-before-and-behind",
            _wrong_block(before=_relu),
            "One ReLU too many: F(x) goes into the sum as it is, negative values too.",
            "There are two: between the convolutions, and behind the sum. Which of yours is the "
            "third?",
        ),
        Misconception(
            "concatenated",
            _wrong_block(join=lambda change, x: np.concatenate([change, x], axis=-1)),
            "You put F(x) and x side by side. A residual block adds them, number by number.",
            "Concatenating gives twice the channels; that is what Inception does with its "
            "branches. What shape must the result have, so that blocks can be stacked?",
        ),
        Misconception(
            "shortcut-forgotten",
            _wrong_block(join=lambda change, x: change),
            "That is a plain block: x never comes back. Add it before the last ReLU.",
            "The shortcut is the whole idea: F(x) + x. Where do you still have the x of the "
            "beginning?",
        ),
        Misconception(
            "last-relu-forgotten",
            _wrong_block(after=lambda z: z),
            "The sum is right. In this block it goes through ReLU once more.",
            "The slide has a ReLU behind the plus sign. Which numbers of your result change then?",
        ),
        Misconception(
            "relu-between-forgotten",
            _wrong_block(between=lambda z: z),
            "Between the two convolutions there must be a ReLU.",
            "Without it, the two convolutions together are only one larger one: nothing bends. "
            "What goes into your second convolution?",
        ),
        Misconception(
            "relu-on-the-shortcut",
            _wrong_block(shortcut=_relu),
            "You sent x through ReLU before adding it. The shortcut leaves x as it is.",
            "Nothing stands on the shortcut: that is why it is called identity. What do you add, "
            "where x is negative?",
        ),
        Misconception(
            "multiplied",
            _wrong_block(join=np.multiply),
            "You multiplied F(x) by x. The block adds.",
            "With a product, F(x) = 0 would wipe everything out; with a sum it passes x on. Which "
            "sign stands in the circle of the slide?",
        ),
        Misconception(
            "one-convolution-only",
            lambda x, k1, b1, k2, b2: _relu(_same(_same(x, k1, b1), k2, b2)) + _relu(x),
            "ReLU of a sum is not the sum of two ReLUs. Add first, then take ReLU once.",
            "Where F(x) = −3 and x = 5 the sum is 2. What do two ReLUs make of it?",
        ),
        Misconception(
            "x-twice",
            _wrong_block(join=lambda change, x: change + 2 * x),
            "x comes in twice. It is added once.",
            "Do you add x to the result of the second convolution, and once more behind it? "
            "Count the plus signs in the drawing.",
        ),
    ],
    forbids=("tensorflow", "tf", "keras", "torch"),
    hints=[
        'Four steps: `conv2d(…, padding="same")`, ReLU, the second `conv2d`, then add `x`.',
        "ReLU is `np.maximum(…, 0)`. You need it twice.",
    ],
    accepts="a NumPy array of the shape of x",
)


# 5 · the gradient's way back ------------------------------------------------------------------


def _gradient_through(slopes: Sequence[float], residual: bool) -> float:
    gradient = 1.0
    for slope in slopes:
        if residual:
            gradient *= 1 + slope
        else:
            gradient *= slope
    return gradient


def _gradient_cases(rng: np.random.Generator) -> Sequence[Case]:
    def slopes(count: int) -> list[float]:
        small = rng.permutation([0.5, -0.25, 0.3, 0.2, -0.4])[:count]
        return [float(slope) for slope in small]

    return [
        Case((slopes(count), residual), label=f"{count} {word} layers", part=word)
        for word, residual in (("plain", False), ("residual", True))
        for count in (2, 3, 5)
    ]


GRADIENT_THROUGH = Exercise(
    name="gradient_through",
    title="The gradient's way back",
    lesson=LESSON,
    kind="function",
    cases=_gradient_cases,
    reference=_gradient_through,
    parts={"plain": 1, "residual": 1},
    alternatives={
        "np.prod": lambda slopes, residual: np.prod(np.array(slopes) + (1 if residual else 0)),
        "math.prod": lambda slopes, residual: prod(residual + slope for slope in slopes),
        "run it and measure": lambda slopes, residual: (
            _run_scalar(slopes, residual, 2.0) - _run_scalar(slopes, residual, 1.0)
        ),
        "float32": lambda slopes, residual: np.float32(_gradient_through(slopes, residual)),
    },
    misconceptions=[
        Misconception(
            "slopes-added",
            lambda slopes, residual: sum(slopes) + residual,
            "You added the slopes. Layers one behind the other multiply: the chain rule.",
            "Take two layers with slope 0.5: an input of 1 becomes 0.5, then 0.25. "
            "How do you get 0.25 from 0.5 and 0.5?",
        ),
        Misconception(
            "one-shortcut-around-everything",
            lambda slopes, residual: prod(slopes) + residual,
            "You put one shortcut around the whole stack. Every layer has its own.",
            "One layer with a shortcut gives x + a·x, which is (1 + a)·x. What do two of them give "
            "one behind the other?",
        ),
        Misconception(
            "skip-ignored",
            lambda slopes, residual: prod(slopes),
            "Your plain stack is right. With a shortcut a layer gives x + a·x: another slope.",
            "How much does x + a·x change when x grows by 1?",
        ),
        Misconception(
            "skip-everywhere",
            lambda slopes, residual: prod(1 + slope for slope in slopes),
            "You gave the plain layers a shortcut, too. A plain layer is a·x, no more.",
            "`residual` says which of the two is meant. What is the slope of a·x?",
        ),
        Misconception(
            "exchanged",
            lambda slopes, residual: prod(slope + (not residual) for slope in slopes),
            "Plain and residual are exchanged.",
            "Which of the two has the shortcut, and so the 1?",
        ),
        Misconception(
            "last-layer-only",
            lambda slopes, residual: slopes[-1] + residual,
            "You used the last layer only. The gradient passes through all of them.",
            "Does `return` stand inside the loop, or is the product overwritten each time?",
        ),
        Misconception(
            "slope-times-one",
            lambda slopes, residual: prod(abs(slope) + residual for slope in slopes),
            "A slope can be negative, and its sign counts.",
            "With a = −0.25 the layer x + a·x gives 0.75·x. What does yours give?",
        ),
    ],
    hints=[
        "First one layer: what is the slope of a·x, and what is the slope of x + a·x?",
        "Layers behind each other: their slopes are multiplied.",
    ],
    accepts="one number",
)


def _run_scalar(slopes: Sequence[float], residual: bool, x: float) -> float:
    for slope in slopes:
        x = x + slope * x if residual else slope * x
    return x


# 6 · which shortcuts need a projection --------------------------------------------------------

_STAGES = (64, 128, 256, 512)


def _needs_projection(channels: int, blocks: Sequence[int], widths: Sequence[int]) -> list[bool]:
    needed = []
    for stage, width in enumerate(widths):
        for block in range(blocks[stage]):
            shrinks = stage > 0 and block == 0
            needed.append(shrinks or channels != width)
            channels = width
    return needed


def _projections(
    rule: Callable[[int, int, int, int, int], bool],
) -> Callable[[int, Sequence[int], Sequence[int]], list[bool]]:
    """Which blocks a wrong rule picks, from stage, block, count, channels before, and width."""

    def pick(channels: int, blocks: Sequence[int], widths: Sequence[int]) -> list[bool]:
        picked = []
        for stage, (count, width) in enumerate(zip(blocks, widths, strict=True)):
            for block in range(count):
                picked.append(bool(rule(stage, block, count, channels, width)))
                channels = width
        return picked

    return pick


def _projection_cases(rng: np.random.Generator) -> Sequence[Case]:
    a, b = (int(n) for n in rng.permutation([2, 3]))
    return [
        Case((64, [3, 4, 6, 3], list(_STAGES)), label="ResNet-34", part="basic blocks"),
        Case((8, [a, b, 1], [8, 16, 32]), label=f"{a}, {b} and 1 blocks", part="basic blocks"),
        Case((64, [3, 4, 6, 3], [256, 512, 1024, 2048]), label="ResNet-50", part="other widths"),
        Case((8, [b, 2, a], [8, 8, 16]), label="two stages of the same width", part="other widths"),
        Case((5, [a, b], [12, 12]), label="wider at once, then the same", part="other widths"),
    ]


NEEDS_PROJECTION = Exercise(
    name="needs_projection",
    title="Where the identity does not fit",
    lesson=LESSON,
    kind="function",
    cases=_projection_cases,
    reference=_needs_projection,
    parts={"basic blocks": 1, "other widths": 1},
    alternatives={
        "compare shapes": lambda channels, blocks, widths: _by_shapes(channels, blocks, widths),
        "a tuple of NumPy truth values": lambda channels, blocks, widths: tuple(
            np.bool_(v) for v in _needs_projection(channels, blocks, widths)
        ),
        "an array": lambda channels, blocks, widths: np.array(
            _needs_projection(channels, blocks, widths)
        ),
    },
    misconceptions=[
        Misconception(
            "identity-everywhere",
            _projections(lambda stage, block, count, before, width: False),
            "You let every shortcut be the identity. Where the shape changes, the sum is "
            "impossible.",
            "28×28×128 and 56×56×64 cannot be added; Keras raises an error on Add. In which "
            "blocks do input and output differ in shape?",
        ),
        Misconception(
            "every-block",
            _projections(lambda stage, block, count, before, width: True),
            "You gave every block a projection. Where the shape stays, the identity costs nothing.",
            "Inside a stage, what comes in has the shape of what goes out. Which blocks are left?",
        ),
        Misconception(
            "first-of-every-stage",
            _projections(lambda stage, block, count, before, width: block == 0),
            "The first stage keeps rows and columns. Is its first block's number of channels "
            "changed?",
            "In ResNet-34 64 channels come in and 64 go out: the identity fits. In ResNet-50 256 "
            "go out. What must you compare?",
        ),
        Misconception(
            "channels-only",
            _projections(lambda stage, block, count, before, width: before != width),
            "You compare channels only. A stride of 2 changes the shape as well.",
            "A later stage begins with stride 2, even if it is no wider. Can 8×8×16 be added to "
            "16×16×16?",
        ),
        Misconception(
            "stride-only",
            _projections(lambda stage, block, count, before, width: stage > 0 and block == 0),
            "You look at the stride only. A change of channels needs a projection, too.",
            "In ResNet-50 the first stage gets 64 channels and gives 256, with stride 1. Can these "
            "be added?",
        ),
        Misconception(
            "last-of-every-stage",
            _projections(
                lambda stage, block, count, before, width: (
                    (block == count - 1 and before != width) or (block == count - 1)
                )
            ),
            "You picked the last block of a stage. The change happens in the first.",
            "The stride of 2 stands in the first block of the new stage. What goes into the last "
            "block, and what comes out?",
        ),
        Misconception(
            "turned-round",
            lambda channels, blocks, widths: [
                not v for v in _needs_projection(channels, blocks, widths)
            ],
            "True and False are exchanged: True means that a projection is needed.",
            "Where input and output have the same shape, the identity will do. What do you answer "
            "there?",
        ),
    ],
    hints=[
        "Go through the blocks with two loops, and remember how many channels come in.",
        "Two things change a shape: other channels, and a stride of 2.",
    ],
    accepts="a list of True and False, one for each block",
)


def _by_shapes(channels: int, blocks: Sequence[int], widths: Sequence[int]) -> list[bool]:
    size, shape, needed = 2 ** len(blocks), (2 ** len(blocks), channels), []
    for stage, width in enumerate(widths):
        size = size // 2 if stage else size
        for _ in range(blocks[stage]):
            needed.append(shape != (size, width))
            shape = (size, width)
    return needed


# 7 · two kinds of shortcut --------------------------------------------------------------------


def _shortcut(x: np.ndarray, filters: int, stride: int, kernel: np.ndarray | None) -> np.ndarray:
    seen = x[::stride, ::stride]
    if kernel is not None:
        return seen @ kernel
    rows, columns, channels = seen.shape
    widened = np.zeros((rows, columns, filters))
    widened[:, :, :channels] = seen
    return widened


def _shortcut_by_loops(
    x: np.ndarray, filters: int, stride: int, kernel: np.ndarray | None
) -> np.ndarray:
    height, width, channels = x.shape
    if kernel is None:
        kernel = np.eye(channels, filters)
    result = np.zeros((len(range(0, height, stride)), len(range(0, width, stride)), filters))
    for i in range(result.shape[0]):
        for j in range(result.shape[1]):
            for n in range(filters):
                for c in range(channels):
                    result[i, j, n] += x[i * stride, j * stride, c] * kernel[c, n]
    return result


def _shortcut_variant(
    pick: Callable[[np.ndarray, int], np.ndarray] = lambda x, stride: x[::stride, ::stride],
    widen: Callable[[np.ndarray, int], np.ndarray] | None = None,
    project: Callable[[np.ndarray, np.ndarray], np.ndarray] = lambda seen, kernel: seen @ kernel,
) -> Callable[..., np.ndarray]:
    def shortcut(x: np.ndarray, filters: int, stride: int, kernel: Any) -> np.ndarray:
        seen = pick(x, stride)
        if kernel is not None:
            return project(seen, kernel)
        if widen:
            return widen(seen, filters)
        return np.concatenate([seen, np.zeros((*seen.shape[:2], filters - x.shape[2]))], axis=2)

    return shortcut


def _average(x: np.ndarray, stride: int) -> np.ndarray:
    rows, columns = (-(-side // stride) for side in x.shape[:2])
    result = np.zeros((rows, columns, x.shape[2]))
    for i, j in np.ndindex(rows, columns):
        window = x[i * stride : (i + 1) * stride, j * stride : (j + 1) * stride]
        result[i, j] = window.mean(axis=(0, 1))
    return result


def _shortcut_cases(rng: np.random.Generator) -> Sequence[Case]:
    cases = []
    for shape, filters, stride in (((3, 4, 2), 2, 1), ((5, 6, 2), 5, 2), ((4, 7, 3), 4, 1)):
        label = f"no kernel, {shape} to {filters} channels, stride {stride}"
        cases.append(
            Case((_halves(rng, *shape), filters, stride, None), label=label, part="option A")
        )
    for shape, filters, stride in (((4, 5, 3), 4, 1), ((7, 6, 2), 5, 2), ((6, 5, 4), 2, 2)):
        kernel = _halves(rng, shape[2], filters)
        label = f"1×1 kernel, {shape} to {filters} channels, stride {stride}"
        cases.append(
            Case((_halves(rng, *shape), filters, stride, kernel), label=label, part="option B")
        )
    return cases


SHORTCUT = Exercise(
    name="shortcut",
    title="Two kinds of shortcut",
    lesson=LESSON,
    kind="function",
    cases=_shortcut_cases,
    reference=_shortcut,
    parts={"option A": 1, "option B": 1},
    alternatives={
        "loops": _shortcut_by_loops,
        "np.pad and conv2d": lambda x, filters, stride, kernel: (
            np.pad(x[::stride, ::stride], ((0, 0), (0, 0), (0, filters - x.shape[2])))
            if kernel is None
            else conv2d(x, kernel[None, None], stride=stride)
        ),
        "project first, then pick": lambda x, filters, stride, kernel: np.tensordot(
            x, np.eye(x.shape[2], filters) if kernel is None else kernel, axes=1
        )[::stride, ::stride],
        "float32": lambda x, filters, stride, kernel: _shortcut(x, filters, stride, kernel).astype(
            np.float32
        ),
    },
    misconceptions=[
        Misconception(
            "stride-forgotten",
            _shortcut_variant(pick=lambda x, stride: x),
            "You forgot the stride on the shortcut: your result is as large as x.",
            "F(x) comes out with half the rows and columns. The shortcut must make the same step, "
            "or the two cannot be added. Which rows of x do you keep at stride 2?",
        ),
        Misconception(
            "stride-on-rows-only",
            _shortcut_variant(pick=lambda x, stride: x[::stride]),
            "You take every second row, but all columns.",
            "A stride moves in both directions. What belongs behind the comma of `x[::stride, …]`?",
        ),
        Misconception(
            "averaged",
            _shortcut_variant(pick=_average),
            "You averaged the pixels that a stride leaves out. A stride simply skips them.",
            "That is pooling; some later networks do it here. A 1×1 window with stride 2 looks at "
            "one pixel. Which one?",
        ),
        Misconception(
            "starts-at-the-second-pixel",
            _shortcut_variant(pick=lambda x, stride: x[stride - 1 :: stride, stride - 1 :: stride]),
            "Your steps begin one pixel too late: the first window stands on row 0, column 0.",
            "`x[1::2]` begins with row 1. With which row does the convolution begin?",
        ),
        Misconception(
            "zeros-in-front",
            _shortcut_variant(
                widen=lambda seen, filters: np.pad(
                    seen, ((0, 0), (0, 0), (filters - seen.shape[2], 0))
                )
            ),
            "The zero channels stand in front. Here they come behind the channels of x.",
            "Channel 0 of x shall stay channel 0. Which channels are new?",
        ),
        Misconception(
            "channels-repeated",
            _shortcut_variant(
                widen=lambda seen, filters: np.take(
                    seen, np.arange(filters) % seen.shape[2], axis=2
                )
            ),
            "You repeated the channels of x. The extra channels are zero.",
            "An identity that adds nothing: what x does not have, the shortcut leaves to F. Which "
            "number adds nothing?",
        ),
        Misconception(
            "no-new-channels",
            _shortcut_variant(widen=lambda seen, filters: seen),
            "Without a kernel your result keeps its channels. It must have `filters` of them.",
            "F(x) has `filters` channels. Fill up with channels of zeros, so that both can be "
            "added. How many are missing?",
        ),
        Misconception(
            "spread-by-a-sum",
            _shortcut_variant(
                project=lambda seen, kernel: seen.sum(axis=2, keepdims=True) * kernel.sum(axis=0)
            ),
            "A 1×1 convolution weighs every channel on its own before it adds them up.",
            "`kernel[c, n]` says how much channel c counts for output n. The sum over c comes "
            "last. Which NumPy operation is a table of such sums?",
        ),
        Misconception(
            "relu-on-the-shortcut",
            lambda x, filters, stride, kernel: _relu(_shortcut(x, filters, stride, kernel)),
            "There is no ReLU on the shortcut.",
            "ReLU comes once, behind the sum. What happens to negative numbers on your way?",
        ),
    ],
    forbids=("tensorflow", "tf", "keras", "torch"),
    hints=[
        "Start with the stride, it is the same for both: `x[::stride, ::stride]`.",
        "A 1×1 convolution is a matrix product over the channels: `@`.",
    ],
    accepts="a NumPy array of shape (rows, columns, filters)",
)


# 8 · the block in Keras -----------------------------------------------------------------------


def _filled_conv(x: np.ndarray, filters: int, side: int, stride: int = 1) -> np.ndarray:
    kernel = fill((side, side, x.shape[-1], filters))
    return conv2d(x, kernel, fill((filters,)), stride=stride, padding="same")


def _filled_block(
    *,
    join: Callable[[Any, Any], Any] = np.add,
    before: Callable[[Any], Any] = lambda z: z,
    after: Callable[[Any], Any] = _relu,
    between: Callable[[Any], Any] = _relu,
    projected: Callable[[Any], Any] = lambda z: z,
    strides: tuple[bool, bool, bool] = (True, False, True),
    projection: str = "where needed",
    side: int = 1,
    widths: tuple[bool, bool] = (True, True),
) -> Callable[[np.ndarray, int, int], np.ndarray]:
    """The block as Keras computes it, with a step changed. strides: of both layers, the shortcut.

    projection: "where needed", "never", "always". side: of its kernel.
    """

    def block(x: np.ndarray, filters: int, stride: int) -> np.ndarray:
        first, second, short = (stride if on else 1 for on in strides)
        change = between(_filled_conv(x, filters, 3, first))
        change = before(_filled_conv(change, filters, 3, second))
        way = x
        changes = stride != 1 or x.shape[-1] != filters
        if projection == "always" or (projection == "where needed" and changes):
            way = projected(_filled_conv(x, filters, side, short))
        return np.asarray(after(join(change, way)))

    return block


def _keras_block(
    *, shortcut_first: bool = False, layer_style: str = "arguments", subtle: str = ""
) -> Callable[[np.ndarray, int, int], np.ndarray]:
    """A right block in real Keras, in several styles."""

    def run(x: np.ndarray, filters: int, stride: int) -> np.ndarray:
        import keras
        from keras import layers

        def build(inputs: Any, filters: int, stride: int) -> Any:
            def project(x: Any) -> Any:
                if stride == 1 and x.shape[-1] == filters:
                    return x
                return layers.Conv2D(filters, 1, strides=stride, padding="same")(x)

            way = project(inputs) if shortcut_first else None
            if layer_style == "arguments":
                y = layers.Conv2D(filters, 3, stride, "same", activation="relu")(inputs)
            else:
                y = layers.Conv2D(filters, (3, 3), strides=(stride, stride), padding="same")(inputs)
                y = layers.ReLU()(y)
            y = layers.Conv2D(filters, 3, padding="same")(y)
            way = project(inputs) if way is None else way
            if layer_style == "arguments":
                return layers.Activation("relu")(layers.add([y, way]))
            return keras.ops.relu(way + y)

        return np.asarray(Filled(build)(x, filters, stride))

    return run


def _identity_or_error(x: np.ndarray, filters: int, stride: int) -> np.ndarray:
    if stride != 1 or x.shape[-1] != filters:
        raise ValueError("Inputs have incompatible shapes.")
    return _filled_block()(x, filters, stride)


def _stride_or_error(x: np.ndarray, filters: int, stride: int) -> np.ndarray:
    if stride != 1:
        raise ValueError("Inputs have incompatible shapes.")
    return _filled_block()(x, filters, stride)


def _channels_or_error(x: np.ndarray, filters: int, stride: int) -> np.ndarray:
    if stride != 1 and x.shape[-1] == filters:
        raise ValueError("Inputs have incompatible shapes.")
    return _filled_block()(x, filters, stride)


def _keras_cases(rng: np.random.Generator) -> Sequence[Case]:
    cases = []
    for shape, filters, stride, part in (
        ((2, 4, 5, 3), 3, 1, "identity"),
        ((1, 6, 7, 2), 4, 2, "projection"),
        ((2, 5, 4, 3), 2, 1, "projection"),
        ((1, 8, 5, 3), 3, 2, "projection"),
    ):
        x = _halves(rng, *shape).astype(np.float32)
        label = f"{shape[1]}×{shape[2]}×{shape[3]}, {filters} filters, stride {stride}"
        cases.append(Case((x, filters, stride), label=label, part=part))
    return cases


def _filled_reference(x: np.ndarray, filters: int, stride: int) -> np.ndarray:
    channels = x.shape[3]
    first, second = fill((3, 3, channels, filters)), fill((3, 3, filters, filters))
    bias = fill((filters,))
    inner = conv2d(x, first, bias, stride=stride, padding="same").clip(min=0)
    change = conv2d(inner, second, bias, padding="same")
    if stride > 1 or channels != filters:
        x = conv2d(x, fill((1, 1, channels, filters)), bias, stride=stride)
    return np.asarray((change + x).clip(min=0))


KERAS_BLOCK = Exercise(
    name="keras_block",
    title="The block in Keras",
    lesson=LESSON,
    kind="function",
    cases=_keras_cases,
    reference=_filled_reference,
    parts={"identity": 1, "projection": 2},
    alternatives={
        "activations as arguments": _keras_block(),
        "shortcut first, ReLU as a layer": _keras_block(shortcut_first=True, layer_style="layers"),
    },
    misconceptions=[
        Misconception(
            "identity-everywhere",
            _identity_or_error,
            "Add refuses two shapes that differ: where the shape changes, the identity cannot "
            "stay.",
            "Your first case passes; the others have another stride or other channels. Put a 1×1 "
            "convolution on the shortcut there. Which strides does it need?",
        ),
        Misconception(
            "stride-of-the-shortcut-forgotten",
            _stride_or_error,
            "You forgot the stride on the shortcut: its result is larger than F(x).",
            "The first 3×3 halves rows and columns; the 1×1 on the shortcut must do the same. "
            "What are the `strides` of each of your layers?",
        ),
        Misconception(
            "projection-for-channels-only",
            _channels_or_error,
            "Your shortcut looks at the channels only. A stride of 2 changes the shape as well.",
            "In the case that fails, channels and filters are equal and the stride is 2. Which "
            "shapes meet in your Add?",
        ),
        Misconception(
            "relu-on-the-projection",
            _filled_block(projected=_relu),
            "Your 1×1 on the shortcut has an activation. The shortcut is linear.",
            "With a ReLU the shortcut can only add. Which of your three Conv2D has "
            "`activation='relu'`?",
        ),
        Misconception(
            "projection-without-bias",
            _filled_block(projected=lambda z: z - fill(z.shape[-1:])),
            "Your 1×1 on the shortcut has no bias. Here all layers keep Keras's biases.",
            "Papers leave biases out where batch norm follows. There is none here. Did you write "
            "`use_bias=False`?",
        ),
        Misconception(
            "relu-before-the-sum",
            _filled_block(before=_relu, after=lambda z: z),
            "You took ReLU before the sum. Then F can only raise values, never lower them.",
            "Does your second Conv2D have `activation='relu'`? It belongs behind Add. Which layer "
            "comes last in your block?",
        ),
        Misconception(
            "relu-before-and-behind",
            _filled_block(before=_relu),
            "One ReLU too many: F(x) goes into the sum as it is, negative values too.",
            "Two ReLUs: between the convolutions, and behind the sum. Does your second Conv2D have "
            "an activation?",
        ),
        Misconception(
            "concatenated",
            _filled_block(join=lambda change, way: np.concatenate([change, way], axis=-1)),
            "You put F(x) and x side by side. A residual block adds them, number by number.",
            "Concatenate gives twice the channels. Which Keras layer adds?",
        ),
        Misconception(
            "concatenated-the-other-way",
            _filled_block(join=lambda change, way: np.concatenate([way, change], axis=-1)),
            "You put x and F(x) side by side. A residual block adds them, number by number.",
            "Concatenate gives twice the channels. Which Keras layer adds?",
        ),
        Misconception(
            "shortcut-forgotten",
            _filled_block(join=lambda change, way: change),
            "That is a plain block: the input never comes back.",
            "Keep the input under a name of its own, so that you still have it at the end. What "
            "goes into Add?",
        ),
        Misconception(
            "last-relu-forgotten",
            _filled_block(after=lambda z: z),
            "The sum is right. It goes through ReLU once more.",
            "`layers.ReLU()(…)` behind Add. Which numbers of your result change then?",
        ),
        Misconception(
            "relu-between-forgotten",
            _filled_block(between=lambda z: z),
            "Between the two convolutions there must be a ReLU.",
            "A Conv2D without an activation is linear. Which of the two needs `activation='relu'`?",
        ),
        Misconception(
            "always-a-projection",
            _filled_block(projection="always"),
            "You put a 1×1 convolution on every shortcut. Where the shape stays, x goes through "
            "as it is.",
            "The identity has no weights and cannot do harm. How can you tell from `x.shape`, "
            "`filters` and `stride` that it fits?",
        ),
        Misconception(
            "projection-3x3",
            _filled_block(side=3),
            "Your shortcut has a 3×3 convolution. It only has to change the shape: 1×1.",
            "A 3×3 costs nine times as much, and mixes neighbours on the way that should stay "
            "clear. Which kernel looks at one pixel only?",
        ),
        Misconception(
            "stride-in-the-second",
            _filled_block(strides=(False, True, True)),
            "Your stride stands in the second 3×3. In a basic block it stands in the first.",
            "The shapes fit either way, the numbers and the cost do not. Which of the two should "
            "work on the smaller picture?",
        ),
    ],
    hints=[
        'Two `layers.Conv2D(filters, 3, padding="same")`; the first has `strides=stride`.',
        "The shortcut: `x` itself, or `layers.Conv2D(filters, 1, strides=stride)(x)` where the "
        "shape changes. Then `layers.Add()` and `layers.ReLU()`.",
    ],
    rtol=1e-3,
    atol=1e-4,
    accepts="a Keras tensor: what your last layer gives",
)


# 9 · what a basic block costs -----------------------------------------------------------------


def _basic_block_cost(
    height: int, width: int, channels: int, filters: int, stride: int
) -> tuple[int, int]:
    positions = -(-height // stride) * -(-width // stride)
    first = positions * 3 * 3 * channels * filters
    second = positions * 3 * 3 * filters * filters
    shortcut = 0
    if stride > 1 or channels != filters:
        shortcut = positions * channels * filters
    return first + second, shortcut


def _cost_variant(
    *,
    times: int = 1,
    first_at: bool = True,
    second_in: str = "filters",
    shortcut_at: bool = True,
    shortcut_side: int = 1,
    shortcut: str = "where needed",
    extra: Callable[[int, int], int] = lambda positions, filters: 0,
    parameters: bool = False,
) -> Callable[..., tuple[int, int]]:
    """The cost with one thing counted another way. first_at, shortcut_at: at the output's size."""

    def cost(h: int, w: int, channels: int, filters: int, stride: int) -> tuple[int, int]:
        after = -(-h // stride) * -(-w // stride)
        before = h * w
        if parameters:
            after = before = 1
        inner = channels if second_in == "channels" else filters
        path = (after if first_at else before) * 9 * channels * filters
        path += after * 9 * inner * filters + extra(after, filters)
        short = 0
        changes = stride > 1 or channels != filters
        if shortcut == "always" or (shortcut == "where needed" and changes):
            short = (after if shortcut_at else before) * shortcut_side**2 * channels * filters
        return times * path, times * short

    return cost


def _cost_cases(rng: np.random.Generator) -> Sequence[Case]:
    odd = int(rng.integers(4, 8)) * 2 + 1
    sizes = [
        ((56, 56, 64, 64, 1), "identity shortcut"),
        ((6, odd, 5, 5, 1), "identity shortcut"),
        ((56, 56, 64, 128, 2), "projection shortcut"),
        ((odd, 8, 4, 6, 2), "projection shortcut"),
        ((6, 9, 3, 7, 1), "projection shortcut"),
        ((10, odd, 4, 4, 2), "projection shortcut"),
    ]
    return [
        Case(
            size,
            label=f"{size[0]}×{size[1]}×{size[2]}, {size[3]} filters, stride {size[4]}",
            part=part,
        )
        for size, part in sizes
    ]


BASIC_BLOCK_COST = Exercise(
    name="basic_block_cost",
    title="What a block costs",
    lesson=LESSON,
    kind="function",
    cases=_cost_cases,
    reference=_basic_block_cost,
    parts={"identity shortcut": 1, "projection shortcut": 2},
    alternatives={
        "windows counted": lambda height, width, channels, filters, stride: _by_windows(
            height, width, channels, filters, stride
        ),
        "NumPy integers": lambda *size: np.array(_basic_block_cost(*size)),
        "a list": lambda *size: list(_basic_block_cost(*size)),
    },
    misconceptions=[
        Misconception(
            "flops",
            _cost_variant(times=2),
            "You counted FLOPs: a multiplication and an addition. One mult-add is both at once.",
            "Papers call it FLOPs and count mult-adds, so always ask which. By how much are your "
            "numbers too large?",
        ),
        Misconception(
            "stride-of-the-shortcut-forgotten",
            _cost_variant(shortcut_at=False),
            "The path is right. The shortcut has the stride as well: it makes as few outputs.",
            "You charged the 1×1 for every position of the input. How many positions does its "
            "output have?",
        ),
        Misconception(
            "projection-forgotten",
            _cost_variant(shortcut="never"),
            "The path is right. Where the shape changes, the shortcut is a 1×1 convolution and "
            "costs.",
            "An identity is free; a projection is not. What does a 1×1 convolution from "
            "`channels` to `filters` cost at one position?",
        ),
        Misconception(
            "projection-always",
            _cost_variant(shortcut="always"),
            "You charged a projection to every block. Where the shape stays, the shortcut is free.",
            "With stride 1 and as many filters as channels, x is added as it is. How many "
            "multiplications does that take?",
        ),
        Misconception(
            "projection-3x3",
            _cost_variant(shortcut_side=3),
            "You counted the projection as 3×3. It is a 1×1 convolution: one weight per channel.",
            "Its kernel has 1·1·channels weights for each filter. By which factor is your number "
            "too large?",
        ),
        Misconception(
            "stride-on-the-second-layer",
            _cost_variant(first_at=False),
            "You let the first 3×3 run at the input's size. Its stride of 2 skips positions.",
            "What costs is the number of *outputs*: the window is used once for each. How many "
            "outputs has the first layer?",
        ),
        Misconception(
            "second-layer-reads-the-input",
            _cost_variant(second_in="channels"),
            "Your second 3×3 reads the block's input channels. It reads what the first one gives.",
            "The first layer has `filters` filters. How many channels come into the second?",
        ),
        Misconception(
            "parameters",
            _cost_variant(parameters=True),
            "You counted weights. Each weight is used at every output position: multiply.",
            "How many rows and columns does the output have?",
        ),
        Misconception(
            "biases-counted",
            _cost_variant(extra=lambda positions, filters: 2 * positions * filters),
            "You counted the biases, too. The convention here is mult-adds only.",
            "ResNet's convolutions have no bias at all: batch norm follows and shifts anyway. "
            "What remains?",
        ),
        Misconception(
            "both-in-one",
            lambda *size: (sum(_basic_block_cost(*size)), _basic_block_cost(*size)[1]),
            "Your first number includes the shortcut. Asked for are the path and the shortcut, "
            "apart.",
            "Return two numbers: the two 3×3 layers together, and the shortcut on its own.",
        ),
    ],
    hints=[
        "mult-adds of a convolution = output positions × (k · k · input channels) × filters.",
        "Output positions with stride s: ⌈height / s⌉ · ⌈width / s⌉, for the first layer, the "
        "second, and the shortcut.",
    ],
    accepts="two whole numbers",
)


def _by_windows(h: int, w: int, channels: int, filters: int, stride: int) -> tuple[int, int]:
    positions = len(range(0, h, stride)) * len(range(0, w, stride))
    path = positions * filters * 9 * (channels + filters)
    return path, positions * channels * filters * (stride != 1 or channels != filters)


# 10 · what the projections add ----------------------------------------------------------------


def _projection_work() -> int:
    return 28 * 28 * 64 * 128 + 14 * 14 * 128 * 256 + 7 * 7 * 256 * 512


PROJECTION_WORK = Exercise(
    name="projection_work",
    title="What the projections add",
    lesson=LESSON,
    kind="value",
    cases=_one_case,
    reference=_projection_work,
    parts={"all": 1},
    alternatives={
        "three times the same": lambda: 3 * 28 * 28 * 64 * 128,
        "a NumPy integer": lambda: np.int64(_projection_work()),
        "a float": lambda: float(_projection_work()),
    },
    misconceptions=[
        Misconception(
            "stride-forgotten",
            lambda: 4 * _projection_work(),
            "You forgot the stride of the shortcuts: four times too much.",
            "The first projection reads 56×56 positions, in steps of 2. How many outputs does it "
            "make?",
        ),
        Misconception(
            "one-projection",
            lambda: 28 * 28 * 64 * 128,
            "That is one projection. How many stages of ResNet-34 begin with another shape?",
            "Ask your `needs_projection` about ResNet-34 and count the True.",
        ),
        Misconception(
            "four-projections",
            lambda: _projection_work() + 56 * 56 * 64 * 64,
            "You gave the first stage a projection as well. Its shape stays 56×56×64.",
            "Pooling has already halved the picture, and 64 channels come in. Does the identity "
            "fit?",
        ),
        Misconception(
            "flops",
            lambda: 2 * _projection_work(),
            "You counted FLOPs, two for each mult-add. Asked for are mult-adds.",
            "A multiplication with its addition counts once. What is half of your number?",
        ),
        Misconception(
            "weights",
            lambda: 64 * 128 + 128 * 256 + 256 * 512,
            "Those are the weights. Each is used at every output position.",
            "The three outputs have 28×28, 14×14 and 7×7 positions. Multiply each by its own.",
        ),
        Misconception(
            "kernel-3x3",
            lambda: 9 * _projection_work(),
            "You counted 3×3 kernels. A projection is 1×1.",
            "One weight for each pair of input and output channel. By which factor are you too "
            "high?",
        ),
        Misconception(
            "every-block",
            lambda: (
                3 * 56 * 56 * 64 * 64
                + 4 * 28 * 28 * 128 * 128
                + 6 * 14 * 14 * 256 * 256
                + 3 * 7 * 7 * 512 * 512
            ),
            "You gave every block a projection. Thirteen of the sixteen are identities and free.",
            "Only where the shape changes is a projection needed. Which blocks are these?",
        ),
    ],
    hints=[
        "There are three, at the beginning of the last three stages. Your `basic_block_cost` gives "
        "each as its second number.",
        "All three cost the same: half the rows, half the columns, four times the weights.",
    ],
    accepts="one whole number: mult-adds",
)


# 11 · the bottleneck --------------------------------------------------------------------------


def _bottleneck_cost(
    height: int, width: int, channels: int, filters: int, stride: int, stride_in: str
) -> int:
    before = height * width
    after = -(-height // stride) * -(-width // stride)
    if stride_in == "1x1":
        before = after
    work = before * channels * filters
    work += after * 3 * 3 * filters * filters
    work += after * filters * 4 * filters
    if stride > 1 or channels != 4 * filters:
        work += after * channels * 4 * filters
    return work


def _bottleneck_variant(
    *,
    where: Callable[[str], str] = lambda stride_in: stride_in,
    middle_before: bool = False,
    shortcut_before: bool = False,
    shortcut: bool = True,
    wide: int = 4,
    times: int = 1,
    middle_wide: bool = False,
) -> Callable[..., int]:
    """The cost with one thing counted another way."""

    def cost(h: int, w: int, channels: int, filters: int, stride: int, stride_in: str) -> int:
        before, after = h * w, -(-h // stride) * -(-w // stride)
        first = after if where(stride_in) == "1x1" else before
        inner = wide * filters if middle_wide else filters
        work = first * channels * inner
        work += (before if middle_before and stride_in == "3x3" else after) * 9 * inner * inner
        work += after * inner * wide * filters
        if shortcut and (stride > 1 or channels != wide * filters):
            work += (before if shortcut_before else after) * channels * wide * filters
        return times * work

    return cost


def _bottleneck_cases(rng: np.random.Generator) -> Sequence[Case]:
    odd = int(rng.integers(4, 8)) * 2 + 1
    sizes: list[tuple[tuple, str]] = [
        ((56, 56, 256, 64, 1, "1x1"), "stride 1"),
        ((6, odd, 5, 3, 1, "3x3"), "stride 1"),
        ((56, 56, 256, 128, 2, "1x1"), "stride in the 1×1"),
        ((odd, 8, 12, 3, 2, "1x1"), "stride in the 1×1"),
        ((56, 56, 256, 128, 2, "3x3"), "stride in the 3×3"),
        ((8, odd, 8, 2, 2, "3x3"), "stride in the 3×3"),
    ]
    return [
        Case(
            size,
            label=f"{size[0]}×{size[1]}×{size[2]}, {size[3]} filters, stride {size[4]} in the "
            f"{size[5]}",
            part=part,
        )
        for size, part in sizes
    ]


BOTTLENECK_COST = Exercise(
    name="bottleneck_cost",
    title="The bottleneck, and where its stride stands",
    lesson=LESSON,
    kind="function",
    cases=_bottleneck_cases,
    reference=_bottleneck_cost,
    parts={"stride 1": 1, "stride in the 1×1": 1, "stride in the 3×3": 1},
    alternatives={
        "one sum": lambda h, w, channels, filters, stride, stride_in: (
            len(range(0, h, stride))
            * len(range(0, w, stride))
            * filters
            * (
                13 * filters
                + 4 * channels * (stride != 1 or channels != 4 * filters)
                + channels * (stride_in == "1x1")
            )
            + h * w * channels * filters * (stride_in == "3x3")
        ),
        "a NumPy integer": lambda *size: np.int64(_bottleneck_cost(*size)),
        "layer by layer": _bottleneck_variant(),
    },
    misconceptions=[
        Misconception(
            "stride-always-in-the-3x3",
            _bottleneck_variant(where=lambda stride_in: "3x3"),
            'You always put the stride into the 3×3. With "1x1" the first layer is already small.',
            '`stride_in` says which layer skips positions. With "1x1", how many outputs does the '
            "first layer make?",
        ),
        Misconception(
            "stride-always-in-the-1x1",
            _bottleneck_variant(where=lambda stride_in: "1x1"),
            'You always put the stride into the first 1×1. With "3x3" that layer sees all of it.',
            '`stride_in` says which layer skips positions. With "3x3", at how many positions '
            "does the first layer work?",
        ),
        Misconception(
            "the-two-exchanged",
            _bottleneck_variant(where=lambda stride_in: "3x3" if stride_in == "1x1" else "1x1"),
            "The two are exchanged: with the stride in the 3×3 the first layer works on the large "
            "picture.",
            "A stride acts on the *output* of its layer. If the 3×3 has it, how large is what the "
            "first 1×1 gives?",
        ),
        Misconception(
            "3x3-at-the-input-size",
            _bottleneck_variant(middle_before=True),
            "A layer with stride 2 works once for each *output*: a quarter of the positions.",
            "You charged the 3×3 for every position it could stand on. At how many does it stand?",
        ),
        Misconception(
            "not-widened",
            _bottleneck_variant(wide=1),
            "The last 1×1 widens again: it has 4 times `filters`.",
            "A bottleneck is narrow in the middle and wide at both ends. How many channels go out?",
        ),
        Misconception(
            "shortcut-forgotten",
            _bottleneck_variant(shortcut=False),
            "The three layers are right. Where the shape changes, the projection costs, too.",
            "It goes from `channels` to 4·`filters`, at the output's positions. When is it needed?",
        ),
        Misconception(
            "stride-of-the-shortcut-forgotten",
            _bottleneck_variant(shortcut_before=True),
            "The three layers are right. The projection has the stride as well.",
            "You charged it for every position of the input. How many outputs does it make?",
        ),
        Misconception(
            "flops",
            _bottleneck_variant(times=2),
            "You counted FLOPs, two for each mult-add. Asked for are mult-adds.",
            "A multiplication with its addition counts once. What is half of your number?",
        ),
        Misconception(
            "wide-in-the-middle",
            _bottleneck_variant(middle_wide=True),
            "Your 3×3 works on the wide channels. The first 1×1 makes them few: `filters`.",
            "That is the point of a bottleneck: the costly 3×3 sees few channels. How many does "
            "the first 1×1 leave?",
        ),
    ],
    hints=[
        "Three layers: 1×1 to `filters`, 3×3 to `filters`, 1×1 to 4·`filters`; and a projection "
        "where the shape changes.",
        "Only the first layer's number of positions depends on `stride_in`.",
    ],
    accepts="one whole number: mult-adds",
)


# 12 · two networks, one name ------------------------------------------------------------------


def _which_resnet50() -> str:
    return "d"


WHICH_RESNET50 = Exercise(
    name="which_resnet50",
    title="Two networks, one name",
    lesson=LESSON,
    kind="value",
    cases=_one_case,
    reference=_which_resnet50,
    parts={"all": 1},
    alternatives={"a capital letter": lambda: "D", "a space": lambda: "d "},
    misconceptions=[
        Misconception(
            "flops-for-mult-adds",
            lambda: "a",
            "FLOPs and mult-adds differ by a factor of 2. 4.089 is not twice 3.858.",
            "Divide the larger number by the smaller one. Which change makes about 6 %?",
        ),
        Misconception(
            "projections-left-out",
            lambda: "b",
            "Without the projections ResNet-50 has fewer mult-adds, but by another amount.",
            "Add up the `_0_conv` layers of `zoo.resnet(50).cost()`, and compare with the gap. "
            "Which of the two is larger?",
        ),
        Misconception(
            "batch-norm-and-biases",
            lambda: "c",
            "Batch norm and biases cost a few operations a value: far too few for 231 million.",
            "ResNet-50's outputs are about 11 million values. How many operations on each would "
            "the gap need?",
        ),
        Misconception(
            "another-input-size",
            lambda: "e",
            "Another input size changes all layers alike. Here only three layers differ.",
            "Compare `zoo.resnet(50)` with `zoo.resnet(50, stride_in='3x3')` layer by layer. Which "
            "layers differ?",
        ),
    ],
    hints=["Which of your two bottlenecks costs more: stride in the 1×1, or in the 3×3?"],
    accepts="one letter in quotes, from 'a' to 'e'",
)


# 13 · many ways through -----------------------------------------------------------------------


def _path_fields(blocks: int, kernel_size: int) -> list[int]:
    fields = []
    for taken in range(blocks + 1):
        fields.append(1 + taken * 2 * (kernel_size - 1))
    return fields


PATH_FIELDS = Exercise(
    name="path_fields",
    title="Many ways through",
    lesson=LESSON,
    kind="function",
    cases=lambda rng: [
        Case((blocks, kernel), label=f"{blocks} blocks of two {kernel}×{kernel}")
        for blocks, kernel in ((1, 3), (2, 5), (3, 3), (int(rng.integers(4, 7)), 7))
    ],
    reference=_path_fields,
    parts={"all": 1},
    alternatives={
        "range": lambda blocks, kernel_size: list(
            range(1, 2 + 2 * blocks * (kernel_size - 1), 2 * (kernel_size - 1))
        ),
        "every path walked": lambda blocks, kernel_size: sorted(
            {
                1 + sum(2 * (kernel_size - 1) for b in range(blocks) if path >> b & 1)
                for path in range(2**blocks)
            }
        ),
        "an array": lambda blocks, kernel_size: 1 + 2 * (kernel_size - 1) * np.arange(blocks + 1),
    },
    misconceptions=[
        Misconception(
            "largest-only",
            lambda blocks, kernel_size: [1 + 2 * blocks * (kernel_size - 1)],
            "That is the largest field. Ways that use a shortcut see less.",
            "At every block the way goes through the layers or around them. How much of the image "
            "sees a way that goes around them all?",
        ),
        Misconception(
            "no-way-around-everything",
            lambda blocks, kernel_size: [
                1 + 2 * taken * (kernel_size - 1) for taken in range(1, blocks + 1)
            ],
            "One way is missing: the one that takes every shortcut.",
            "Nothing but identities on that way: which window does it see?",
        ),
        Misconception(
            "one-layer-a-block",
            lambda blocks, kernel_size: [
                1 + taken * (kernel_size - 1) for taken in range(blocks + 1)
            ],
            "A block has two convolutions, and each widens the field.",
            "One block of two 3×3 sees 5×5, as two 3×3 in VGG do. What does yours say for one "
            "block?",
        ),
        Misconception(
            "layer-by-layer",
            lambda blocks, kernel_size: [
                1 + taken * (kernel_size - 1) for taken in range(2 * blocks + 1)
            ],
            "A shortcut goes around a whole block, never around a single layer of it.",
            "So a way takes both convolutions of a block, or none. Which of your sizes remain?",
        ),
        Misconception(
            "kernels-added",
            lambda blocks, kernel_size: [
                max(1, 2 * taken * kernel_size) for taken in range(blocks + 1)
            ],
            "Windows overlap: a further k×k layer adds k − 1, not k.",
            "Two 3×3 layers see 5×5, not 6×6. What is added by the second?",
        ),
        Misconception(
            "all-paths-listed",
            lambda blocks, kernel_size: [
                1 + 2 * taken * (kernel_size - 1)
                for taken in range(blocks + 1)
                for _ in range(comb(blocks, taken))
            ],
            "You listed every way. Ways of the same size count once here.",
            "With three blocks there are eight ways, and four sizes. Which sizes are they?",
        ),
        Misconception(
            "largest-first",
            lambda blocks, kernel_size: _path_fields(blocks, kernel_size)[::-1],
            "The right sizes, in reverse order: begin with the smallest.",
            "Which way sees least? It comes first.",
        ),
    ],
    hints=[
        "A way goes through 0, 1, 2 … or all of the blocks. What does each block add?",
        "A k×k layer with stride 1 widens the field by k − 1, and a block has two of them.",
    ],
    accepts="a list of whole numbers, the smallest first",
)


EXERCISES: tuple[Exercise, ...] = (
    WHAT_DEGRADES,
    RESIDUAL_TO_LEARN,
    ZERO_WEIGHTS,
    RESIDUAL_FORWARD,
    GRADIENT_THROUGH,
    NEEDS_PROJECTION,
    SHORTCUT,
    KERAS_BLOCK,
    BASIC_BLOCK_COST,
    PROJECTION_WORK,
    BOTTLENECK_COST,
    WHICH_RESNET50,
    PATH_FIELDS,
)
