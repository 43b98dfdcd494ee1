"""Lesson 9, "VGG and Inception": its exercises, right answers and known mistakes.

Every reference is written out by hand on purpose: the tests change it token by token and expect
the cases to notice. Networks are described as plain data, so that judging them needs no Keras.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from cnncourse.checking.exercise import Case, Exercise, Misconception

LESSON = "09_vgg_inception"

Shape = tuple[int, int, int]
Blocks = Sequence[Sequence[int]]  # the kernels' sides, block by block
# 1×1, 3×3 reduce, 3×3, 5×5 reduce, 5×5, pool projection; None where there is no such layer.
Widths = Sequence[Any]
COUNTERS = ("cnncourse.network", "cnncourse.zoo", "zoo", "network", "keras", "tensorflow", "tf")


def _draw(rng: np.random.Generator, low: int, high: int) -> int:
    return int(rng.integers(low, high))


# What the first two exercises have in common --------------------------------------------------

_VGG_D = ([3, 3], [3, 3], [3, 3, 3], [3, 3, 3], [3, 3, 3])
_VGG_FILTERS = (64, 128, 256, 512, 512)
_VGG_UNITS = (4096, 4096, 1000)
_VGG_IMAGE = (224, 224, 3)
# Blocks, filters, units, image: heights and widths that pooling has to round.
_SMALL = (([3], [5, 3]), (6, 7), (5, 9, 4), (13, 22, 3))


def _column(args: tuple) -> str:
    blocks, _, units, shape = args
    count = sum(map(len, blocks))
    layers = "convolution" if count == 1 else "convolutions"
    dense = f", {len(units)} dense" if units else ""
    return f"{count} {layers}{dense}, image {'×'.join(map(str, shape))}"


def _vgg_cases(rng: np.random.Generator) -> list[tuple[tuple, str]]:
    widths = (_draw(rng, 5, 9), _draw(rng, 9, 14), _draw(rng, 14, 19))
    return [
        ((([3],), (5,), (), (9, 12, 2)), "convolutions"),
        ((([3, 1], [5]), (4, 7), (), (11, 18, 3)), "convolutions"),
        ((([3], [1, 3, 3], [3]), widths, (), (25, 34, 2)), "convolutions"),
        (_SMALL, "whole networks"),
        ((([3, 1], [3]), widths[:2], (8,), (10, 15, 2)), "whole networks"),
        ((_VGG_D, _VGG_FILTERS, _VGG_UNITS, _VGG_IMAGE), "whole networks"),
    ]


def _column_cases(rng: np.random.Generator) -> Sequence[Case]:
    return [
        Case(args, label="VGG16" if args[0] is _VGG_D else _column(args), part=part)
        for args, part in _vgg_cases(rng)
    ]


Conv = Callable[[int, int, int, int, int], float]  # side, channels, filters, height, width
Unit = Callable[[int, int], float]  # inputs, units


def _walk(
    blocks: Blocks,
    filters: Sequence[int],
    units: Sequence[int],
    shape: Shape,
    conv: Conv,
    dense: Unit,
    *,
    inputs_of: Callable[[int, int, int], int] = lambda h, w, c: h * w * c,
    pool: Callable[[int], float] = lambda channels: 0,
    pool_first: bool = False,
    shrink: bool = True,
) -> tuple[float, float]:
    """Sums over the convolutions and over the dense layers, by rules that may be others."""
    height, width, channels = shape
    work = 0.0
    for kernels, count in zip(blocks, filters, strict=True):
        after = (height // 2, width // 2) if shrink else (height, width)
        for side in kernels:
            place = after if pool_first else (height, width)
            work += conv(side, channels, count, *place)
            channels = count
        work += pool(channels)
        height, width = after
    inputs, last = inputs_of(height, width, channels), 0.0
    for count in units:
        last += dense(inputs, count)
        inputs = count
    return work, last


# 1 · the parameters of a column ---------------------------------------------------------------


def _vgg_parameters(
    blocks: Blocks, filters: Sequence[int], units: Sequence[int], shape: Shape
) -> int:
    height, width, channels = shape
    total = 0
    for block in range(len(blocks)):
        for side in blocks[block]:
            total += (side**2 * channels + 1) * filters[block]
            channels = filters[block]
        height //= 2
        width //= 2
    inputs = height * width * channels
    for count in units:
        total += (inputs + 1) * count
        inputs = count
    return total


def _parameters(
    conv: Conv = lambda k, c, n, h, w: (k * k * c + 1) * n,
    dense: Unit = lambda m, n: (m + 1) * n,
    **rules: Any,
) -> Callable[..., int]:
    """A way to count a column's parameters in which some of the rules are others."""

    def count(blocks: Blocks, filters: Sequence[int], units: Sequence[int], shape: Shape) -> int:
        return int(sum(_walk(blocks, filters, units, shape, conv, dense, **rules)))

    return count


def _image_channels_everywhere(
    blocks: Blocks, filters: Sequence[int], units: Sequence[int], shape: Shape
) -> int:
    count = _parameters(lambda k, c, n, h, w: (k * k * shape[2] + 1) * n)
    return count(blocks, filters, units, shape)


def _every_dense_reads_the_map(
    blocks: Blocks, filters: Sequence[int], units: Sequence[int], shape: Shape
) -> int:
    below = _vgg_parameters(blocks, filters, (), shape)
    inputs = (shape[0] >> len(blocks)) * (shape[1] >> len(blocks)) * filters[-1]
    return below + sum((inputs + 1) * count for count in units)


VGG_PARAMETERS = Exercise(
    name="vgg_parameters",
    title="A column to parameters",
    lesson=LESSON,
    kind="function",
    cases=_column_cases,
    reference=_vgg_parameters,
    parts={"convolutions": 1, "whole networks": 2},
    alternatives={
        "rules apart": _parameters(),
        "weights and biases apart": _parameters(
            lambda k, c, n, h, w: k * k * c * n + n, lambda m, n: m * n + n
        ),
        "a NumPy integer": lambda *args: np.int64(_vgg_parameters(*args)),
        "a float": lambda *args: float(_vgg_parameters(*args)),
    },
    misconceptions=[
        Misconception(
            "biases-omitted",
            _parameters(lambda k, c, n, h, w: k * k * c * n, lambda m, n: m * n),
            "The weights are right. The biases are missing, of the filters and of the units.",
            "For VGG16 that gives 138 344 128, which also rounds to the paper's 138 M: the table "
            "cannot tell. How many biases does a layer of 64 filters have?",
        ),
        Misconception(
            "pooling-has-weights",
            _parameters(pool=lambda c: (4 * c + 1) * c),
            "You gave pooling weights, as if it were a 2×2 convolution. It takes a maximum.",
            "To take the largest of four numbers, nothing has to be learned. What does a pooling "
            "layer change, if not the number of parameters?",
        ),
        Misconception(
            "pooling-has-four-parameters",
            _parameters(pool=lambda c: 4),
            "You counted the four cells of each pooling window. Pooling has no parameters.",
            "A window is not a kernel: no number is multiplied by a weight there. What must "
            "training find in a layer that takes the largest of four numbers?",
        ),
        Misconception(
            "positions-forgotten-at-flatten",
            _parameters(inputs_of=lambda h, w, c: c),
            "The first dense layer reads the whole flattened map, not one number a channel.",
            "In VGG16 the last map is 7×7×512. Flattening keeps all of it. How many inputs does "
            "that make?",
        ),
        Misconception(
            "image-not-shrunk",
            _parameters(shrink=False),
            "You flattened a map as large as the image. Each of the blocks halves it first.",
            "After five blocks, 224 pixels have become 112, 56, 28, 14, 7. What does your code do "
            "with height and width at the end of a block?",
        ),
        Misconception(
            "every-dense-reads-the-map",
            _every_dense_reads_the_map,
            "Only the first dense layer reads the map. The next one reads the units before it.",
            "fc2 of VGG16 has 4096 inputs, because fc1 has 4096 units. What must change after each "
            "dense layer in your loop?",
        ),
        Misconception(
            "image-channels-everywhere",
            _image_channels_everywhere,
            "Every convolution of yours reads the image's channels. It reads the layer before it.",
            "The C of a layer is the N of the layer before. After 64 filters, how deep is one "
            "kernel?",
        ),
        Misconception(
            "channels-forgotten",
            _parameters(lambda k, c, n, h, w: (k * k + 1) * n),
            "You counted flat kernels. A kernel reaches through all channels of its input.",
            "k·k·C weights and one bias for each filter. What is C in the second block of VGG?",
        ),
        Misconception(
            "every-kernel-3x3",
            _parameters(lambda k, c, n, h, w: (9 * c + 1) * n),
            "You took 3×3 everywhere. Column C of the table has 1×1 kernels, too.",
            "The numbers in `blocks` are the kernels' sides. How many weights does a 1×1 kernel "
            "have on 256 channels?",
        ),
        Misconception(
            "side-not-squared",
            _parameters(lambda k, c, n, h, w: (k * c + 1) * n),
            "A kernel of side k has k·k weights in each channel. You counted k.",
            "Draw a 3×3 kernel. How many weights does it have on one channel?",
        ),
        Misconception(
            "weights-at-every-position",
            _parameters(lambda k, c, n, h, w: (k * k * c + 1) * n * h * w),
            "You counted the weights again at every position. A filter's weights are shared.",
            "The same filter slides over the whole map. Do you need more weights for a larger "
            "image?",
        ),
    ],
    forbids=COUNTERS,
    hints=[
        "Keep three numbers as you go: height, width, and the channels that the next layer reads.",
        "A convolution adds (k·k·C + 1)·N and then C becomes N. At the end of a block, height and "
        "width are halved (rounded down).",
        "Behind the blocks: inputs = height · width · channels. Each dense layer adds "
        "(inputs + 1) · units, and then inputs = units.",
    ],
    accepts="a whole number",
)


# 2 · the work of a column ---------------------------------------------------------------------


def _vgg_mult_adds(
    blocks: Blocks, filters: Sequence[int], units: Sequence[int], shape: Shape
) -> tuple[int, int]:
    height, width, channels = shape
    sliding = 0
    for block in range(len(blocks)):
        for side in blocks[block]:
            sliding += height * width * side**2 * channels * filters[block]
            channels = filters[block]
        height //= 2
        width //= 2
    inputs, dense = height * width * channels, 0
    for count in units:
        dense += inputs * count
        inputs = count
    return sliding, dense


def _work(
    conv: Conv = lambda k, c, n, h, w: h * w * k * k * c * n,
    dense: Unit = lambda m, n: m * n,
    **rules: Any,
) -> Callable[..., tuple[int, int]]:
    """A way to count a column's work in which some of the rules are others."""

    def count(
        blocks: Blocks, filters: Sequence[int], units: Sequence[int], shape: Shape
    ) -> tuple[int, int]:
        first, second = _walk(blocks, filters, units, shape, conv, dense, **rules)
        return int(first), int(second)

    return count


def _dense_at_every_position(
    blocks: Blocks, filters: Sequence[int], units: Sequence[int], shape: Shape
) -> tuple[int, int]:
    sliding, dense = _vgg_mult_adds(blocks, filters, units, shape)
    return sliding, dense * shape[0] * shape[1]


VGG_MULT_ADDS = Exercise(
    name="vgg_mult_adds",
    title="A column to work",
    lesson=LESSON,
    kind="function",
    cases=_column_cases,
    reference=_vgg_mult_adds,
    parts={"convolutions": 1, "whole networks": 1},
    alternatives={
        "rules apart": _work(),
        "a list": lambda *args: list(_vgg_mult_adds(*args)),
        "an array": lambda *args: np.array(_vgg_mult_adds(*args)),
        "floats": lambda *args: tuple(map(float, _vgg_mult_adds(*args))),
    },
    misconceptions=[
        Misconception(
            "positions-forgotten",
            _work(lambda k, c, n, h, w: k * k * c * n),
            "That is the number of weights. Each of them is used at every position of the map.",
            "A 3×3 kernel stops at 224·224 places of VGG's first map and multiplies at each. "
            "Which two numbers are missing in your product?",
        ),
        Misconception(
            "biases-counted-at-each-place",
            _work(lambda k, c, n, h, w: h * w * (k * k * c + 1) * n, lambda m, n: (m + 1) * n),
            "You counted the biases too. They are added, not multiplied.",
            "Papers count multiplications that are followed by an addition. Which part of "
            "(k·k·C + 1)·N are they?",
        ),
        Misconception(
            "counted-after-pooling",
            _work(pool_first=True),
            "You halved the map before you counted the block. Pooling comes after its layers.",
            "VGG's first two layers work on 224×224 places. When do 112×112 begin?",
        ),
        Misconception(
            "never-halved",
            _work(shrink=False),
            "Your maps stay as large as the image. At the end of each block pooling halves them.",
            "That is why late layers are cheap though they have many weights. What happens to "
            "height and width after a block?",
        ),
        Misconception(
            "multiplications-and-additions-apart",
            _work(lambda k, c, n, h, w: 2 * h * w * k * k * c * n, lambda m, n: 2 * m * n),
            "You counted multiplications and additions apart: that is twice the mult-adds.",
            "One mult-add is a product and its place in the sum. By what must you divide?",
        ),
        Misconception(
            "dense-at-every-position",
            _dense_at_every_position,
            "The convolutions are right. A dense layer does not slide: it has no positions.",
            "Each weight of a dense layer is used once. How many multiplications is that for 4096 "
            "inputs and 1000 units?",
        ),
        Misconception(
            "exchanged",
            lambda *args: _vgg_mult_adds(*args)[::-1],
            "The two numbers are exchanged: convolutions first, dense layers second.",
            "Compare the order of your `return` with the docstring. Which of the two is 0 when "
            "there are no dense layers?",
        ),
        Misconception(
            "positions-forgotten-at-flatten",
            _work(inputs_of=lambda h, w, c: c),
            "The first dense layer reads the whole flattened map, not one number a channel.",
            "In VGG16 the last map is 7×7×512. How many inputs does flattening make of it?",
        ),
        Misconception(
            "side-not-squared",
            _work(lambda k, c, n, h, w: h * w * k * c * n),
            "A window of side k has k·k numbers in each channel. You counted k.",
            "How many products does one 3×3 window on one channel need?",
        ),
    ],
    forbids=COUNTERS,
    hints=[
        "Start from `vgg_parameters`: the walk through the blocks is the same.",
        "A convolution uses each of its k·k·C·N weights at height · width places; with zero "
        "padding the map keeps its size inside a block.",
        "A dense layer uses each weight once. Keep the two sums apart.",
    ],
    accepts="two whole numbers: (convolutions, dense layers)",
)


# 3 · the share of the dense layers ------------------------------------------------------------


def _dense_work_share() -> float:
    sliding, dense = _vgg_mult_adds(_VGG_D, _VGG_FILTERS, _VGG_UNITS, _VGG_IMAGE)
    return 100 * dense / (sliding + dense)


DENSE_WORK_SHARE = Exercise(
    name="dense_work_share",
    title="The dense layers' share of the work",
    lesson=LESSON,
    kind="value",
    cases=lambda rng: [Case()],
    reference=_dense_work_share,
    parts={"all": 1},
    alternatives={
        "one digit": lambda: 0.8,
        "a NumPy number": lambda: np.float32(0.79917),
        "the other way round": lambda: 100 - 99.2008,
    },
    misconceptions=[
        Misconception(
            "most-parameters-so-most-work",
            lambda: 100 * 123_642_856 / 138_357_544,
            "That is their share of the *parameters*. A dense weight is used once an image.",
            "A weight of the first convolution is used 224·224 times. Ask `vgg_mult_adds`, not "
            "`vgg_parameters`. Which of its two numbers do you need?",
        ),
        Misconception(
            "as-a-fraction",
            lambda: _dense_work_share() / 100,
            "That is the share as a fraction. Asked for is a percentage.",
            "A half is 50 %. What is your number in percent?",
        ),
        Misconception(
            "share-of-the-convolutions",
            lambda: 100 - _dense_work_share(),
            "That is the share of the convolutions. Asked for is that of the dense layers.",
            "The two add up to 100 %. What is left for the dense layers?",
        ),
        Misconception(
            "compared-with-the-convolutions",
            lambda: 100 * 123_633_664 / 15_346_630_656,
            "You divided by the work of the convolutions. A share is a part of the whole.",
            "The whole is convolutions plus dense layers. What must stand below the line?",
        ),
        Misconception(
            "layers-counted",
            lambda: 100 * 3 / 16,
            "Three of sixteen layers are dense, but layers do not all cost the same.",
            "Count multiplications: `vgg_mult_adds` gives them for VGG16. What is the second "
            "number, divided by the sum?",
        ),
    ],
    hints=[
        "`vgg_mult_adds(*vgg16)` gives (convolutions, dense).",
        "100 · dense / (convolutions + dense)",
    ],
    rtol=5e-3,
    accepts="a number of percent, such as 12.5",
)


# 4 · a stack against one kernel ---------------------------------------------------------------


def _stack_or_one(side: int, layers: int, channels: int) -> tuple[int, int, int]:
    field = layers * (side - 1) + 1
    stacked = layers * (side**2 * channels + 1) * channels
    single = (field**2 * channels + 1) * channels
    return field, stacked, single


def _stack_one_by_one(side: int, layers: int, channels: int) -> list[int]:
    field, stacked = 1, 0
    for _ in range(layers):
        field += side - 1
        stacked += side * side * channels * channels + channels
    return [field, stacked, field * field * channels * channels + channels]


def _stack_cases(rng: np.random.Generator) -> Sequence[Case]:
    sizes = [
        (3, 2, 5, "two 3×3"),
        (3, 2, 256, "two 3×3"),
        (3, 3, 7, "other stacks"),
        (5, 2, 3, "other stacks"),
        (3, 4, _draw(rng, 10, 30), "other stacks"),
        (7, 3, 2, "other stacks"),
    ]
    return [
        Case((side, n, c), label=f"{n} layers of {side}×{side}, {c} channels", part=part)
        for side, n, c, part in sizes
    ]


def _with_field(
    field: Callable[[int, int], int],
) -> Callable[[int, int, int], tuple[int, int, int]]:
    def solve(side: int, layers: int, channels: int) -> tuple[int, int, int]:
        seen = field(side, layers)
        stacked = _stack_or_one(side, layers, channels)[1]
        return seen, stacked, (seen**2 * channels + 1) * channels

    return solve


STACK_OR_ONE = Exercise(
    name="stack_or_one",
    title="A stack or one kernel",
    lesson=LESSON,
    kind="function",
    cases=_stack_cases,
    reference=_stack_or_one,
    parts={"two 3×3": 1, "other stacks": 1},
    alternatives={
        "layer by layer": _stack_one_by_one,
        "an array": lambda side, layers, channels: np.array(_stack_or_one(side, layers, channels)),
        "floats": lambda *args: tuple(float(n) for n in _stack_or_one(*args)),
    },
    misconceptions=[
        Misconception(
            "sides-added",
            _with_field(lambda side, layers: side * layers),
            "You added the sides up. Windows of neighbouring layers overlap.",
            "Two 3×3 layers: the second window reads three places, and each of those saw three "
            "pixels, of which two are shared. How many different pixels is that?",
        ),
        Misconception(
            "sides-multiplied",
            _with_field(lambda side, layers: side**layers),
            "You multiplied the sides. With stride 1 each layer only adds its side minus one.",
            "The field grows 1, 3, 5, 7 … for 3×3. How much does each layer add?",
        ),
        Misconception(
            "biases-omitted",
            lambda k, n, c: ((k - 1) * n + 1, n * k * k * c * c, ((k - 1) * n + 1) ** 2 * c * c),
            "Field and weights are right. The biases are missing.",
            "Every filter has one bias, in the stack and in the single layer. How many filters has "
            "a layer that keeps C channels?",
        ),
        Misconception(
            "one-filter-only",
            lambda k, n, c: (
                (k - 1) * n + 1,
                n * (k * k * c + 1),
                ((k - 1) * n + 1) ** 2 * c + 1,
            ),
            "You counted one filter a layer. C channels come out, so there are C filters.",
            "k·k·C + 1 is one filter. By what must you multiply?",
        ),
        Misconception(
            "one-channel-only",
            lambda k, n, c: (
                (k - 1) * n + 1,
                n * (k * k + 1) * c,
                (((k - 1) * n + 1) ** 2 + 1) * c,
            ),
            "You counted flat kernels. Each filter reaches through all C channels.",
            "A 3×3 kernel on C channels has 9·C weights. Where is the second C in your product?",
        ),
        Misconception(
            "stack-counted-once",
            lambda k, n, c: (
                (k - 1) * n + 1,
                (k * k * c + 1) * c,
                (((k - 1) * n + 1) ** 2 * c + 1) * c,
            ),
            "You counted one layer of the stack. There are several, each with its own weights.",
            "Two layers share nothing. How many times must a layer's parameters be counted?",
        ),
        Misconception(
            "small-kernel-for-both",
            lambda k, n, c: ((k - 1) * n + 1, n * (k * k * c + 1) * c, (k * k * c + 1) * c),
            "Your single layer has the small kernel. It must see as much as the stack does.",
            "Two 3×3 layers see 5×5. Which side must one layer have to see the same?",
        ),
        Misconception(
            "exchanged",
            lambda k, n, c: tuple(_stack_or_one(k, n, c)[i] for i in (0, 2, 1)),
            "The two counts are exchanged: the stack comes first.",
            "The docstring gives the order: field, stack, single. Which of the two is smaller for "
            "3×3?",
        ),
        Misconception(
            "field-as-an-area",
            lambda k, n, c: (((k - 1) * n + 1) ** 2, *_stack_or_one(k, n, c)[1:]),
            "The counts are right. Give the field as its side, not as its area.",
            "A window of 5×5 has a side of 5. What is the root of your first number?",
        ),
    ],
    forbids=COUNTERS,
    hints=[
        "Draw one row. The last layer reads `side` places of the layer below. How many pixels do "
        "these see together?",
        "Each layer adds side − 1 to the field, which begins with 1.",
        "A layer from C to C channels with kernels of side k has (k·k·C + 1)·C parameters.",
    ],
    accepts="three whole numbers: (field, parameters of the stack, parameters of one layer)",
)


# 5 · what concatenation does ------------------------------------------------------------------


def _module_shape(
    shape: Shape, one: int, three: int, five: int, projection: int | None
) -> tuple[int, int, int]:
    height, width, channels = shape
    pooled = channels if projection is None else projection
    return height, width, one + three + five + pooled


def _module_cases(rng: np.random.Generator) -> Sequence[Case]:
    random = [_draw(rng, 10 * n, 10 * n + 9) for n in (1, 3, 2)]
    sizes: list[tuple] = [
        ((28, 28, 192), 64, 128, 32, None),
        ((7, 9, 5), 2, 6, 3, None),
        ((12, 8, _draw(rng, 60, 90)), *random, None),
        ((28, 28, 192), 64, 128, 32, 32),
        ((7, 9, 15), 4, 6, 3, 2),
        ((14, 11, 50), *random, _draw(rng, 5, 9)),
    ]
    return [
        Case(
            args,
            label=f"{args[1]}, {args[2]} and {args[3]} filters on {'×'.join(map(str, args[0]))}, "
            + ("naive" if args[4] is None else f"pooling projected to {args[4]}"),
            part="naive" if args[4] is None else "with a projection",
        )
        for args in sizes
    ]


def _module_by_joining(
    shape: Shape, one: int, three: int, five: int, projection: int | None
) -> list[int]:
    depths = [one, three, five, shape[2] if projection is None else projection]
    maps = [np.zeros((*shape[:2], depth), np.int8) for depth in depths]
    return list(np.concatenate(maps, axis=2).shape)


def _joined(
    depth: Callable[[Shape, int, int, int, int | None], float],
    place: Callable[[int], int] = lambda n: n,
) -> Callable[..., tuple[int, int, float]]:
    def solve(
        shape: Shape, one: int, three: int, five: int, projection: int | None
    ) -> tuple[int, int, float]:
        return place(shape[0]), place(shape[1]), depth(shape, one, three, five, projection)

    return solve


def _pool_depth(shape: Shape, projection: int | None) -> int:
    return shape[2] if projection is None else projection


def _right_depth(shape: Shape, a: int, b: int, c: int, projection: int | None) -> int:
    return a + b + c + _pool_depth(shape, projection)


MODULE_SHAPE = Exercise(
    name="module_shape",
    title="What comes out of a module",
    lesson=LESSON,
    kind="function",
    cases=_module_cases,
    reference=_module_shape,
    parts={"naive": 1, "with a projection": 1},
    alternatives={
        "join real maps": _module_by_joining,
        "an array": lambda *args: np.array(_module_shape(*args)),
        "a NumPy number inside": lambda shape, one, three, five, projection: (
            shape[0],
            shape[1],
            np.sum([one, three, five, _pool_depth(shape, projection)]),
        ),
    },
    misconceptions=[
        Misconception(
            "maximum-taken",
            _joined(lambda s, a, b, c, p: max(a, b, c, _pool_depth(s, p))),
            "You took the deepest path. Concatenation keeps the maps of all paths.",
            "64 maps laid behind 128 maps are 192 maps: none is dropped, none is merged. What do "
            "four paths give together?",
        ),
        Misconception(
            "added-map-by-map",
            _joined(lambda s, a, b, c, p: b),
            "That is the depth after *adding* maps, as if the other paths fell on the 3×3's.",
            "Adding would need equal depths, and keeps them (lesson 10 does it). Concatenation "
            "lays maps behind each other. How many are there in all?",
        ),
        Misconception(
            "pooling-path-forgotten",
            _joined(lambda s, a, b, c, p: a + b + c),
            "You forgot the path with pooling. It has maps, too.",
            "Pooling keeps the depth: one map out for each map in. How many maps does this path "
            "hand on, with and without the 1×1 behind it?",
        ),
        Misconception(
            "pooling-path-has-one-map",
            _joined(lambda s, a, b, c, p: a + b + c + (1 if p is None else p)),
            "Pooling works on each map by itself, so it hands on as many as it gets, not one.",
            "On 192 maps, max pooling makes 192 maps. In the naive module nothing reduces them. "
            "What is the depth then?",
        ),
        Misconception(
            "projection-added-to-the-pooled",
            _joined(lambda s, a, b, c, p: a + b + c + s[2] + (p or 0)),
            "The pooled maps go *into* the 1×1 layer. Only its own maps come out.",
            "A path is one layer after the other: pooling, then 1×1 with `projection` filters. "
            "How deep is the end of the path?",
        ),
        Misconception(
            "projection-ignored",
            _joined(lambda s, a, b, c, p: a + b + c + s[2]),
            "For the naive module that is right. A projection replaces the pooled depth.",
            "A 1×1 layer with 32 filters makes 32 maps out of 192. Which of the two numbers "
            "leaves the path?",
        ),
        Misconception(
            "pooling-halves-the-module",
            _joined(_right_depth, lambda n: n // 2),
            "The depth is right. The pooling here has stride 1, so the maps keep their size.",
            "Maps can only be laid behind each other if they have the same height and width. What "
            "would the 1×1 path have to do otherwise?",
        ),
        Misconception(
            "windows-lose-the-border",
            _joined(_right_depth, lambda n: n - 4),
            "The depth is right. All paths pad with zeros (`same`), so no border is lost.",
            "Without padding, 1×1, 3×3 and 5×5 would give maps of three sizes. Could they be "
            "laid behind each other?",
        ),
        Misconception(
            "depths-multiplied",
            _joined(lambda s, a, b, c, p: a * b * c * _pool_depth(s, p)),
            "You multiplied the depths. Maps laid behind each other are added up.",
            "2 maps and 3 maps are 5 maps. What are 64, 128, 32 and those of the pooling path?",
        ),
    ],
    forbids=COUNTERS,
    hints=[
        "Four paths: 1×1, 3×3, 5×5, pooling. How many maps does each of them make?",
        "Pooling with stride 1 makes as many maps as it gets. With a projection, a 1×1 layer "
        "follows it.",
    ],
    accepts="a shape: (height, width, depth)",
)


# 6 · the work of a module ---------------------------------------------------------------------


def _module_mult_adds(shape: Shape, widths: Widths) -> int:
    height, width, channels = shape
    one, reduce3, three, reduce5, five, projection = widths
    place = channels * one
    for reduce, filters, side in [(reduce3, three, 3), (reduce5, five, 5)]:
        read = channels
        if reduce is not None:
            place += channels * reduce
            read = reduce
        place += side**2 * read * filters
    if projection is not None:
        place += channels * projection
    return height * width * place


def _module_rules(
    *,
    reducing: Callable[[int, int, int], float] = lambda c, r, side: c * r,
    reads: Callable[[int, int | None], int] = lambda c, r: c if r is None else r,
    window: Callable[[int], int] = lambda side: side * side,
    projecting: Callable[[int, int], float] = lambda c, p: c * p,
    pooling: Callable[[int], float] = lambda c: 0,
    places: Callable[[int, int], int] = lambda h, w: h * w,
    bias: int = 0,
    first: bool = True,
) -> Callable[[Shape, Widths], float]:
    """A way to count a module's work in which some of the rules are others."""

    def count(shape: Shape, widths: Widths) -> float:
        height, width, channels = shape
        one, reduce3, three, reduce5, five, projection = widths
        work: float = (channels + bias) * (one or 0) if first else 0
        for reduce, filters, side in ((reduce3, three, 3), (reduce5, five, 5)):
            if reduce is not None:
                work += reducing(channels, reduce, side) + bias * reduce
            work += (window(side) * reads(channels, reduce) + bias) * (filters or 0)
        if projection is not None:
            work += projecting(channels, projection) + bias * projection
        return places(height, width) * (work + pooling(channels))

    return count


def _work_cases(rng: np.random.Generator) -> Sequence[Case]:
    random = [_draw(rng, 10 * n, 10 * n + 9) for n in (2, 1, 4, 5, 3, 6)]
    naive = (random[0], None, random[2], None, random[4], None)
    sizes: list[tuple[Shape, Widths, str]] = [
        ((28, 28, 192), (64, None, 128, None, 32, None), "naive"),
        ((5, 8, 7), (3, None, 4, None, 2, None), "naive"),
        ((6, 11, 40), naive, "naive"),
        ((28, 28, 192), (64, 96, 128, 16, 32, 32), "reduced"),
        ((9, 4, 20), (3, 6, 5, 2, 7, 4), "reduced"),
        ((6, 11, 70), tuple(random), "reduced"),
    ]
    return [
        Case((shape, widths), label=f"{part}, on {'×'.join(map(str, shape))}", part=part)
        for shape, widths, part in sizes
    ]


MODULE_MULT_ADDS = Exercise(
    name="module_mult_adds",
    title="The work of a module",
    lesson=LESSON,
    kind="function",
    cases=_work_cases,
    reference=_module_mult_adds,
    parts={"naive": 1, "reduced": 2},
    alternatives={
        "rules apart": _module_rules(),
        "layer by layer": lambda shape, widths: sum(
            shape[0] * shape[1] * side * side * (shape[2] if read is None else read) * filters
            for side, read, filters in (
                (1, None, widths[0]),
                (1, None, widths[1] or 0),
                (3, widths[1], widths[2]),
                (1, None, widths[3] or 0),
                (5, widths[3], widths[4]),
                (1, None, widths[5] or 0),
            )
        ),
        "a float": lambda shape, widths: float(_module_mult_adds(shape, widths)),
    },
    misconceptions=[
        Misconception(
            "positions-forgotten",
            _module_rules(places=lambda h, w: 1),
            "That is the number of weights. Each is used at every position of the map.",
            "The kernels stop at height · width places. Which factor is missing?",
        ),
        Misconception(
            "reduction-for-free",
            _module_rules(reducing=lambda c, r, side: 0),
            "You left out the work of the reducing 1×1 layers. They are cheap, not free.",
            "The 3×3 path has two layers: 1×1 from C to `reduce3`, then 3×3. What does the first "
            "one cost at one place?",
        ),
        Misconception(
            "still-all-channels",
            _module_rules(reads=lambda c, r: c),
            "Your 3×3 and 5×5 still read all channels. After the reduction there are fewer.",
            "A layer reads what the layer before it wrote. How deep is the map behind the "
            "reducing 1×1?",
        ),
        Misconception(
            "projection-forgotten",
            _module_rules(projecting=lambda c, p: 0),
            "The 1×1 layer behind the pooling is missing.",
            "Four paths, and in the reduced module each has a 1×1 layer. What does the one behind "
            "the pooling read, and how many filters has it?",
        ),
        Misconception(
            "pooling-counted",
            _module_rules(pooling=lambda c: 9 * c),
            "You counted the pooling's windows. A maximum multiplies nothing.",
            "Mult-adds are products with weights. Does a pooling window have any?",
        ),
        Misconception(
            "sides-not-squared",
            _module_rules(window=lambda side: side),
            "A window of side k has k·k numbers in each channel. You counted k.",
            "How many products does one 5×5 window on one channel need?",
        ),
        Misconception(
            "biases-counted",
            _module_rules(bias=1),
            "You counted the biases too. They are added, not multiplied.",
            "What is left of (k·k·C + 1)·N when only multiplications count?",
        ),
        Misconception(
            "reducing-with-large-windows",
            _module_rules(reducing=lambda c, r, side: side * side * c * r),
            "You gave the reducing layers the large windows, too. Their window is one pixel.",
            "Reduce first, with 1×1, and then slide 3×3 over the thin map. Which layer has the "
            "9 in it?",
        ),
        Misconception(
            "first-path-forgotten",
            _module_rules(first=False),
            "The path that is only a 1×1 layer is missing.",
            "Go through the four paths of the drawing from left to right. Which of them have you "
            "counted?",
        ),
        Misconception(
            "multiplications-and-additions-apart",
            lambda shape, widths: 2 * _module_mult_adds(shape, widths),
            "You counted multiplications and additions apart: that is twice the mult-adds.",
            "One mult-add is a product and its place in the sum. By what must you divide?",
        ),
    ],
    forbids=COUNTERS,
    hints=[
        "Count what happens at one place, then multiply by height · width.",
        "At one place: 1×1 costs C·one. The 3×3 costs 9·(channels that it reads)·three, and its "
        "reduction, if there is one, C·reduce3.",
        "`if reduce3 is None:` tells the naive module from the reduced one.",
    ],
    accepts="a whole number",
)


# 7 · how many layers --------------------------------------------------------------------------

_WEIGHTED = {"conv", "dense"}
_REDUCED_MODULE = [["conv"], ["conv", "conv"], ["conv", "conv"], ["pool", "conv"]]
_STEM = ["conv", "pool", "norm", "conv", "conv", "norm", "pool"]
GOOGLENET_PARTS = [
    *_STEM,
    *[_REDUCED_MODULE] * 2,
    "pool",
    *[_REDUCED_MODULE] * 5,
    "pool",
    *[_REDUCED_MODULE] * 2,
    "pool",
    "dropout",
    "dense",
]


def _weighted_depth(parts: Sequence) -> int:
    depth = 0
    for part in parts:
        if isinstance(part, str):
            depth += part in _WEIGHTED
        else:
            depth += max(_weighted_depth(branch) for branch in part)
    return depth


def _depth(
    weight: Callable[[str], int] = lambda part: int(part in _WEIGHTED),
    join: Callable[[list[int]], float] = max,
) -> Callable[[Sequence], float]:
    """A way to count layers in which a layer's weight or the choice of path is another."""

    def count(parts: Sequence) -> float:
        total: float = 0
        for part in parts:
            if isinstance(part, str):
                total += weight(part)
            else:
                total += join([count(branch) for branch in part])  # type: ignore[misc]
        return total

    return count


def _paths(parts: Sequence) -> list[int]:
    """The weighted layers of every way through."""
    ways = [0]
    for part in parts:
        if isinstance(part, str):
            ways = [way + (part in _WEIGHTED) for way in ways]
        else:
            inner = {n for branch in part for n in _paths(branch)}
            ways = sorted({way + n for way in ways for n in inner})
    return ways


def _depth_cases(rng: np.random.Generator) -> Sequence[Case]:
    extra = ["conv"] * _draw(rng, 3, 6)
    longest = ["conv", "norm", *extra, "pool"]
    cases: list[tuple[list, str, str]] = [
        (["conv", "pool", "conv", "norm", "pool", "dense", "dropout", "dense"], "a chain", "chain"),
        (["conv", *extra, "norm", "pool", "pool", "dense"], "a longer chain", "chain"),
        (["conv", [["conv"], longest, ["pool", "conv", "conv"]], "dense"], "one module", "modules"),
        (
            [[["conv", [["conv"], ["conv", "conv", "conv"]]], ["pool"]], "conv", "norm", "dense"],
            "a module in a module",
            "modules",
        ),
        (GOOGLENET_PARTS, "GoogLeNet", "modules"),
    ]
    return [Case((parts,), label=label, part=part) for parts, label, part in cases]


WEIGHTED_DEPTH = Exercise(
    name="weighted_depth",
    title="Count the layers",
    lesson=LESSON,
    kind="function",
    cases=_depth_cases,
    reference=_weighted_depth,
    parts={"chain": 1, "modules": 1},
    alternatives={
        "every way through": lambda parts: max(_paths(parts)),
        "rules apart": _depth(),
        "a NumPy integer": lambda parts: np.int64(_weighted_depth(parts)),
    },
    misconceptions=[
        Misconception(
            "every-branch-added",
            _depth(join=sum),
            "You added all branches up. They stand side by side; only the longest makes it deeper.",
            "Depth is the number of layers on one way from the image to the answer. Which way "
            "through a module is the longest?",
        ),
        Misconception(
            "shortest-branch",
            _depth(join=min),
            "You took the shortest way through. Depth is counted along the longest.",
            "An Inception module has a path with one layer and paths with two. Which one counts?",
        ),
        Misconception(
            "module-counts-once",
            _depth(join=lambda inner: 1),
            "You counted a module as one layer. There are layers inside.",
            "On its longest way a module has a 1×1 layer and then a 3×3 or a 5×5. How many is "
            "that?",
        ),
        Misconception(
            "pooling-counted",
            _depth(lambda part: int(part in _WEIGHTED or part == "pool")),
            "You counted pooling layers. They have no parameters, and the question is about those.",
            "The paper says it too: 22 layers with parameters, or 27 if pooling counts. Which "
            "names in the list have something to learn?",
        ),
        Misconception(
            "everything-counted",
            _depth(lambda part: 1),
            "You counted every part. Pooling, normalisation and dropout have nothing to learn.",
            "Only convolutions and dense layers have weights here. How do you tell them from the "
            "rest?",
        ),
        Misconception(
            "dense-forgotten",
            _depth(lambda part: int(part == "conv")),
            "You counted convolutions only. Dense layers have weights as well.",
            "The 16 of VGG16 are 13 convolutions and 3 dense layers. What is missing in yours?",
        ),
        Misconception(
            "widest-module",
            _depth(join=len),
            "You counted the branches of a module. They are its width, not its depth.",
            "Four branches side by side make a module wide. How many layers follow *each other* "
            "in it?",
        ),
        Misconception(
            "modules-ignored",
            _depth(join=lambda inner: 0),
            "You passed over the modules. A list inside the list is a module: look into it.",
            "`isinstance(part, str)` tells a layer from a module. What has to happen for a module?",
        ),
    ],
    forbids=COUNTERS,
    hints=[
        "Go through the parts and add up. A text is a layer; anything else is a list of branches.",
        "A branch is a list of parts again. Which function counts the layers of such a list?",
        "`max(weighted_depth(branch) for branch in part)`",
    ],
    accepts="a whole number",
)


# 8 · the head ---------------------------------------------------------------------------------


def _head_parameters(shape: Shape, units: Sequence[int], pooled: bool) -> int:
    height, width, channels = shape
    inputs = channels
    if not pooled:
        inputs = height * width * channels
    total = 0
    for count in units:
        total += (inputs + 1) * count
        inputs = count
    return total


def _head(
    start: Callable[[int, int, int, bool], int] = lambda h, w, c, p: c if p else h * w * c,
    bias: int = 1,
    pool: Callable[[int, int, int], int] = lambda h, w, c: 0,
    *,
    chained: bool = True,
) -> Callable[[Shape, Sequence[int], bool], int]:
    """A way to count a head's parameters in which some of the rules are others."""

    def count(shape: Shape, units: Sequence[int], pooled: bool) -> int:
        inputs = start(*shape, pooled)
        total = pool(*shape) if pooled else 0
        for each in units:
            total += (inputs + bias) * each
            inputs = each if chained else inputs
        return total

    return count


def _head_cases(rng: np.random.Generator) -> Sequence[Case]:
    shape = (_draw(rng, 3, 6), _draw(rng, 6, 9), _draw(rng, 10, 15))
    cases: list[tuple[Shape, tuple[int, ...], bool]] = [
        ((7, 7, 512), (4096, 4096, 1000), False),
        ((2, 3, 5), (4, 6), False),
        (shape, (9, 8), False),
        ((7, 7, 1024), (1000,), True),
        ((2, 3, 5), (4, 6), True),
        (shape, (9, 8), True),
    ]
    return [
        Case(
            (size, units, pooled),
            label=f"{'×'.join(map(str, size))}, {'pooled' if pooled else 'flattened'}, "
            f"units {', '.join(map(str, units))}",
            part="pooled" if pooled else "flattened",
        )
        for size, units, pooled in cases
    ]


HEAD_PARAMETERS = Exercise(
    name="head_parameters",
    title="The price of a head",
    lesson=LESSON,
    kind="function",
    cases=_head_cases,
    reference=_head_parameters,
    parts={"flattened": 1, "pooled": 1},
    alternatives={
        "rules apart": _head(),
        "weights and biases apart": lambda shape, units, pooled: (
            sum(
                before * after
                for before, after in zip(
                    [int(np.prod(shape[2:] if pooled else shape)), *units], units, strict=False
                )
            )
            + sum(units)
        ),
        "a float": lambda *args: float(_head_parameters(*args)),
    },
    misconceptions=[
        Misconception(
            "pooling-ignored",
            _head(lambda h, w, c, p: h * w * c),
            "With flattening it is right. Global pooling makes one number of each whole map.",
            "1024 maps of 7×7 become 1024 numbers. How many inputs does the dense layer have then?",
        ),
        Misconception(
            "channels-averaged-away",
            _head(lambda h, w, c, p: h * w if p else h * w * c),
            "You averaged over the channels. Global average pooling averages over the places.",
            "What stays is *what* was found (the channels), not *where*. Which axes go?",
        ),
        Misconception(
            "pooled-by-halves",
            _head(lambda h, w, c, p: (h // 2) * (w // 2) * c if p else h * w * c),
            "That would be a 2×2 pooling. *Global* means one window over the whole map.",
            "A window as large as the map stops once. How many numbers does a map become?",
        ),
        Misconception(
            "pooling-has-parameters",
            _head(pool=lambda h, w, c: h * w * c),
            "You gave the pooling weights. An average has nothing to learn.",
            "All places weigh alike, always. Which parameters could training change there?",
        ),
        Misconception(
            "pooled-to-one-number",
            _head(lambda h, w, c, p: 1 if p else h * w * c),
            "You averaged everything into a single number. Each map keeps its own average.",
            "A single number could not tell a cat from a car. How many maps are there, and how "
            "many averages?",
        ),
        Misconception(
            "biases-omitted",
            _head(bias=0),
            "The weights are right. Each unit has a bias as well.",
            "How many biases has a layer of 1000 units?",
        ),
        Misconception(
            "always-pooled",
            _head(lambda h, w, c, p: c),
            "With pooling it is right. Flattening keeps all places of all maps.",
            "7×7×512 flattened is how many numbers?",
        ),
        Misconception(
            "every-layer-reads-the-map",
            _head(chained=False),
            "Only the first dense layer reads the map. The next reads the units before it.",
            "What are the inputs of the second dense layer?",
        ),
    ],
    forbids=COUNTERS,
    hints=[
        "What differs is only the number of inputs of the first dense layer.",
        "Flattened: height · width · channels. Pooled: one average for each map.",
    ],
    accepts="a whole number",
)


# 9 · the rows that do not follow --------------------------------------------------------------


def _odd_rows(table: Sequence[tuple[str, int, float]]) -> list[str]:
    odd = []
    for name, printed, counted in table:
        if printed not in {math.floor(counted), math.floor(counted + 0.5)}:
            odd.append(name)
    return odd


def _flagged(
    wrong: Callable[[int, float], bool],
) -> Callable[[Sequence[tuple[str, int, float]]], list[str]]:
    return lambda table: [name for name, printed, counted in table if wrong(printed, counted)]


def _odd_cases(rng: np.random.Generator) -> Sequence[Case]:
    base = _draw(rng, 200, 400)
    tables: list[tuple[str, list[tuple[str, int, float]]]] = [
        ("rounded or not", [("a", 13, 12.7), ("b", 12, 12.3), ("c", 13, 12.3), ("d", 16, 12.7)]),
        (
            "cut off or not",
            [("stem", 31, 31.9), ("mixed", 30, 31.9), ("deep", 880, 879.8), ("head", 19, 20.0)],
        ),
        (
            "large and small numbers",
            [
                ("first", base, base + 0.6),
                ("second", base + 2, base + 0.6),
                ("third", 4, 3.2),
                ("fourth", base - 1, base + 0.1),
                ("fifth", 8, 8.0),
                ("sixth", 1000, 1004.4),
            ],
        ),
        ("one bad row", [("x", 1, 1.4), ("y", 2, 1.4), ("z", 2, 1.6)]),
    ]
    return [Case((table,), label=label) for label, table in tables]


ODD_ROWS = Exercise(
    name="odd_rows",
    title="The rows that do not follow",
    lesson=LESSON,
    kind="function",
    cases=_odd_cases,
    reference=_odd_rows,
    parts={"all": 2},
    alternatives={
        "cut off or rounded": lambda table: [
            name
            for name, printed, counted in table
            if printed not in (int(counted), round(counted))
        ],
        "by distance": lambda table: tuple(
            name for name, printed, counted in table if not -1 < printed - counted <= 0.5
        ),
        "an array": lambda table: np.array(_odd_rows(table)),
    },
    misconceptions=[
        Misconception(
            "cut-off-is-odd",
            _flagged(lambda p, c: p != math.floor(c + 0.5)),
            "You accept rounded numbers only. A number with its digits cut off is right as well.",
            "73.6 printed as 73 is careless, and still follows from the table. Which second whole "
            "number must be allowed?",
        ),
        Misconception(
            "rounding-is-odd",
            _flagged(lambda p, c: p != math.floor(c)),
            "You accept cut-off numbers only. A rounded number is right as well.",
            "99.85 printed as 100 follows from the table. Which second whole number must be "
            "allowed?",
        ),
        Misconception(
            "exactly-equal",
            _flagged(lambda p, c: p != c),
            "You ask for exact equality. The paper prints whole millions.",
            "127.9 cannot be printed as a whole number. Which whole numbers may stand for it?",
        ),
        Misconception(
            "within-one",
            _flagged(lambda p, c: abs(p - c) >= 1),
            "You allow one in either direction. 12.3 never becomes 13, neither rounded nor cut.",
            "Up, only half a unit is fair. Down, less than a whole one. Is your test the same on "
            "both sides?",
        ),
        Misconception(
            "within-a-percent",
            _flagged(lambda p, c: abs(p - c) > 0.01 * c),
            "You allow a percentage. That is too much for large numbers, too little for small.",
            "1000 for 1004.4 is no rounding, though it is less than 1 % off. Which two whole "
            "numbers are fair?",
        ),
        Misconception(
            "the-good-rows",
            _flagged(lambda p, c: p in (math.floor(c), math.floor(c + 0.5))),
            "Those are the rows that do follow. Asked for are the others.",
            "Your test is right, its answer is turned round. Where does a `not` belong?",
        ),
        Misconception(
            "counted-not-named",
            lambda table: len(_odd_rows(table)),
            "You counted the odd rows. Asked for are their names.",
            "Collect `name` in a list. What does your loop add up in its place?",
        ),
        Misconception(
            "numbers-not-names",
            lambda table: [i for i, row in enumerate(table) if row[0] in _odd_rows(table)],
            "You gave the rows' places. Asked for are their names.",
            "A row is (name, printed, counted). Which of the three do you collect?",
        ),
        Misconception(
            "only-when-too-large",
            _flagged(lambda p, c: p > math.floor(c + 0.5)),
            "You notice numbers that are too large only. A number can also be too small.",
            "30 printed for 31.9 is odd, too. What is the smallest whole number that is fair?",
        ),
        Misconception(
            "only-when-too-small",
            _flagged(lambda p, c: p < math.floor(c)),
            "You notice numbers that are too small only. A number can also be too large.",
            "16 printed for 12.7 is odd, too. What is the largest whole number that is fair?",
        ),
    ],
    hints=[
        "12.7 may be printed as 13 (rounded) or as 12 (cut off). 12.3 may only be printed as 12.",
        "`math.floor(counted)` and `math.floor(counted + 0.5)` are the two fair numbers.",
    ],
    accepts="a list of the rows' names, in the order of the table",
)


# 10 · why batch normalisation replaced them ---------------------------------------------------


def _why_unneeded() -> str:
    return "c"


WHY_UNNEEDED = Exercise(
    name="why_unneeded",
    title="Why they are no longer needed",
    lesson=LESSON,
    kind="value",
    cases=lambda rng: [Case()],
    reference=_why_unneeded,
    parts={"all": 1},
    alternatives={
        "a capital": lambda: "C",
        "with a blank": lambda: " c",
    },
    misconceptions=[
        Misconception(
            "more-weights",
            lambda: "a",
            "Batch norm adds two numbers a channel, far fewer parameters than the classifiers had.",
            "GoogLeNet's two auxiliary classifiers have 6.4 million parameters. Look at the bars: "
            "what changed by factors of thousands?",
        ),
        Misconception(
            "kept-for-prediction",
            lambda: "b",
            "The classifiers are taken off after training: they never helped a prediction.",
            "They exist for their gradients alone. In which layers of the figure did these arrive?",
        ),
        Misconception(
            "gradient-shortened",
            lambda: "d",
            "The way is as long as before: batch norm takes no layer away.",
            "The gradient still passes every layer. What does each normalisation do to the size "
            "of the numbers on the way?",
        ),
        Misconception(
            "less-overfitting",
            lambda: "e",
            "It may do that as well, but the figure was measured before any training.",
            "Overfitting shows on test data after training. What is compared in the figure?",
        ),
    ],
    hints=[
        "Compare the first layer in the three panels: plain, with classifiers, with batch norm."
    ],
    accepts='a letter, such as "a"',
)


EXERCISES: tuple[Exercise, ...] = (
    VGG_PARAMETERS,
    VGG_MULT_ADDS,
    DENSE_WORK_SHARE,
    STACK_OR_ONE,
    MODULE_SHAPE,
    MODULE_MULT_ADDS,
    WEIGHTED_DEPTH,
    HEAD_PARAMETERS,
    ODD_ROWS,
    WHY_UNNEEDED,
)
