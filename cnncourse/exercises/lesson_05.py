"""Lesson 5, "MNIST": its exercises, right answers and known mistakes.

Every reference is written out by hand on purpose: the tests change it token by token and expect
the cases to notice. Networks are described as plain data, so that judging them needs no Keras.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from cnncourse.checking.exercise import Case, Exercise, Misconception
from cnncourse.checking.models import Blueprint
from cnncourse.data import distort, load_mnist

LESSON = "05_mnist"

Shape = tuple[int, ...]
Layers = Sequence[tuple]


# 1 · prepare the images -----------------------------------------------------------------------


def _prepare_images(images: np.ndarray) -> np.ndarray:
    return images[:, :, :, np.newaxis].astype(np.float32) / 255


def _prepare_by_loops(images: np.ndarray) -> np.ndarray:
    count, height, width = images.shape
    prepared = np.zeros((count, height, width, 1), np.float32)
    for n in range(count):
        for i in range(height):
            for j in range(width):
                prepared[n, i, j, 0] = float(images[n, i, j]) / 255
    return prepared


def _prepare_cases(rng: np.random.Generator) -> Sequence[Case]:
    cases = []
    for shape, brightest in (((2, 3, 4), 255), ((3, 5, 2), 200), ((1, 4, 3), 255)):
        # All pixels differ, so that nothing can trade places unnoticed; 0 and the largest occur.
        # No dark grey: else the negative of the image would have the same pixels.
        grey = np.linspace(0, brightest, int(np.prod(shape)) + 3).round().astype(np.uint8)
        pixels = np.delete(grey, [1, 2, 3])
        images = rng.permutation(pixels).reshape(shape)
        label = f"{shape[0]} images of {shape[1]}×{shape[2]}, brightest pixel {brightest}"
        cases.append(Case((images,), label=label))
    return cases


PREPARE_IMAGES = Exercise(
    name="prepare_images",
    title="Prepare the images",
    lesson=LESSON,
    kind="function",
    cases=_prepare_cases,
    reference=_prepare_images,
    parts={"all": 2},
    alternatives={
        "loops": _prepare_by_loops,
        "reshape": lambda images: images.reshape((*images.shape, 1)).astype("float32") / 255,
        "expand_dims, float64": lambda images: np.expand_dims(images, -1) / 255,
        "multiply": lambda images: np.float32(1 / 255) * images[..., None].astype(np.float32),
        "stack": lambda images: np.stack([images], axis=-1) / np.float32(255),
        "float16": lambda images: (images[..., None] / 255).astype(np.float16),
    },
    misconceptions=[
        Misconception(
            "not-divided",
            lambda images: images[..., None].astype(np.float32),
            "The channel axis is there, but the pixels still run from 0 to 255.",
            "Look at the maximum of your result. Networks start with weights made for inputs of "
            "about 1; with 255 the first loss is several times too large. What must you divide by, "
            "so that white becomes 1?",
        ),
        Misconception(
            "channel-axis-missing",
            lambda images: images / 255,
            "The values are right. The channel axis is missing: a grey image has one channel.",
            "`Conv2D` reads (images, rows, columns, channels): four axes, even if the last one has "
            "length 1. Compare `your_result.shape` with that list. Which axis is not there?",
        ),
        Misconception(
            "channels-first",
            lambda images: images[:, None] / 255,
            "There are four axes, but the channel comes second. In this course it comes last.",
            "Some libraries put channels first; Keras, as we use it, has them last: (images, rows, "
            "columns, channels). Where does `np.newaxis` have to stand in the brackets?",
        ),
        Misconception(
            "batch-axis-added",
            lambda images: images[None] / 255,
            "You added an axis in front. That makes one batch of batches, not a channel.",
            "The first axis already counts the images. The new axis holds the channels of a pixel. "
            "On which side of the columns does it belong?",
        ),
        Misconception(
            "ink-and-paper-exchanged",
            lambda images: 1 - images[..., None] / 255,
            "Black and white are exchanged: 0 became 1, and 255 became 0.",
            "The digits are white on black, and stay so. Show an image before and after. What does "
            "a pixel of 0 become, if you only divide?",
        ),
        Misconception(
            "divided-by-its-own-maximum",
            lambda images: images[..., None] / images.max(),
            "You divided by the brightest pixel found. Then the same grey means different numbers.",
            "A batch of dim images would come out as bright as any other, and one image would "
            "change with its neighbours. Which number is white in *every* uint8 image?",
        ),
        Misconception(
            "divided-by-256",
            lambda images: images[..., None] / 256,
            "There are 256 grey levels, but they are numbered from 0: the largest is 255.",
            "With 256, white becomes 0.996. Small, and still not 1. Which number must be divided "
            "by itself to give 1?",
        ),
        Misconception(
            "whole-number-division",
            lambda images: images[..., None] // 255,
            "All greys became 0: `//` (or an integer array) cuts the fractions off.",
            "uint8 holds whole numbers only. Change the type first, or divide with `/`. What is "
            "`100 // 255`, and what is `100 / 255`?",
        ),
        Misconception(
            "minus-one-to-one",
            lambda images: images[..., None] / 127.5 - 1,
            "Your pixels run from −1 to 1. That can work too, but here 0 to 1 is asked.",
            "The same preparation must be used for training and for every later prediction, so a "
            "course has to agree on one. Black is 0 here. What is white?",
        ),
        Misconception(
            "rows-and-columns-exchanged",
            lambda images: images.transpose(0, 2, 1)[..., None] / 255,
            "Rows and columns have traded places: every digit lies on its side.",
            "Add the axis and leave the others where they are. On 28×28 images this mistake keeps "
            "the shape, so only a picture shows it. Which axis of the input has length H?",
        ),
    ],
    forbids=("as_inputs", "cnncourse.data", "tf", "tensorflow", "keras"),
    hints=[
        "Two things are asked: one more axis at the end, and numbers from 0 to 1.",
        "`images[..., np.newaxis]` adds an axis of length 1; "
        "`.astype('float32')` changes the type.",
    ],
    accepts="a NumPy array of shape (N, H, W, 1)",
)


# 2 · one-hot labels ---------------------------------------------------------------------------


def _one_hot_labels(labels: np.ndarray, classes: int) -> np.ndarray:
    rows = np.zeros((len(labels), classes))
    for row, label in enumerate(labels):
        rows[row, label] = 1
    return rows


def _wrap_one_hot(labels: np.ndarray, classes: int, offset: int = 0) -> np.ndarray:
    return np.eye(classes)[(labels.astype(int) + offset) % classes]


def _one_hot_cases(rng: np.random.Generator) -> Sequence[Case]:
    cases = []
    # The largest class never occurs; 0 and a repeated label always do; no square results.
    for classes, label_set in ((5, [3, 0, 1, 3, 2, 0, 2]), (10, [7, 8, 0, 7, 5, 1]), (4, [2, 0])):
        labels = rng.permutation(label_set).astype(np.uint8)
        cases.append(Case((labels, classes), label=f"{len(labels)} labels, {classes} classes"))
    return cases


ONE_HOT_LABELS = Exercise(
    name="one_hot_labels",
    title="One-hot labels",
    lesson=LESSON,
    kind="function",
    cases=_one_hot_cases,
    reference=_one_hot_labels,
    parts={"all": 1},
    alternatives={
        "rows of the identity": lambda labels, classes: np.eye(classes)[labels],
        "comparison": lambda labels, classes: (labels[:, None] == np.arange(classes)).astype(
            np.float32
        ),
        "fancy index": lambda labels, classes: _scatter(labels, classes),
        "integers": lambda labels, classes: np.eye(classes, dtype=int)[labels],
        "nested lists": lambda labels, classes: [
            [1 if c == label else 0 for c in range(classes)] for label in labels
        ],
    },
    misconceptions=[
        Misconception(
            "classes-in-rows",
            lambda labels, classes: np.eye(classes)[labels].T,
            "You have one row per class. Keras wants one row per image.",
            "Row 0 belongs to the first image and says which digit it is. Exchange the two axes. "
            "How long is one row, then?",
        ),
        Misconception(
            "as-many-columns-as-labels-seen",
            lambda labels, classes: np.eye(int(labels.max()) + 1)[labels],
            "You made columns up to the largest label seen. There must be one per class.",
            "A batch need not hold every digit, and the network always has the same number of "
            "outputs. Which argument says how many?",
        ),
        Misconception(
            "counted-from-one",
            lambda labels, classes: _wrap_one_hot(labels, classes, -1),
            "The ones stand one column too far left. Label 0 belongs to column 0.",
            "Python counts from 0, and so do the labels: nothing has to be subtracted. Where does "
            "your function put the 1 for label 0?",
        ),
        Misconception(
            "label-in-place-of-one",
            lambda labels, classes: np.eye(classes)[labels] * labels[:, None],
            "You wrote the label itself into its column. A one-hot row holds a single 1.",
            "Each row is a target of probabilities: all of it on one class. What do the numbers of "
            "one row have to add up to?",
        ),
        Misconception(
            "zero-and-one-exchanged",
            lambda labels, classes: 1 - np.eye(classes)[labels],
            "Zeros and ones are exchanged: only the true class gets the 1.",
            "Start from zeros everywhere and change one number in each row. Which one?",
        ),
        Misconception(
            "only-a-new-axis",
            lambda labels, classes: labels[:, None],
            "You turned the labels into a column. One-hot means one column per class.",
            "With 10 classes, label 3 becomes ten numbers: 0 0 0 1 0 0 0 0 0 0. What does label 0 "
            "become?",
        ),
        Misconception(
            "all-images-in-one-row",
            lambda labels, classes: np.eye(classes)[labels].sum(axis=0),
            "You counted how often each label occurs. Every image needs a row of its own.",
            "The sum over the rows is the count, so you are one step too far. Which shape has the "
            "result for 7 labels and 5 classes?",
        ),
    ],
    forbids=("tf", "tensorflow", "keras", "to_categorical", "one_hot"),
    hints=[
        "Start from `np.zeros((number of labels, classes))`.",
        "Go through the labels with `enumerate` and set one number in each row.",
    ],
    accepts="a NumPy array of shape (number of labels, classes)",
)


def _scatter(labels: np.ndarray, classes: int) -> np.ndarray:
    rows = np.zeros((labels.size, classes), np.float32)
    rows[np.arange(labels.size), labels] = 1
    return rows


# 3 · follow the shape -------------------------------------------------------------------------

_LECTURE = (
    ("conv", 3, 32),
    ("pool", 2),
    ("conv", 3, 64),
    ("pool", 2),
    ("conv", 3, 64),
    ("flatten",),
    ("dense", 64),
    ("dense", 10),
)
_SMALL = (("conv", 4, 5), ("pool", 3), ("conv", 2, 3), ("flatten",), ("dense", 7), ("dense", 4))


def _trace_shapes(shape: Shape, layers: Layers) -> list[Shape]:
    shapes: list[Shape] = []
    for kind, *sizes in layers:
        if kind == "conv":
            height, width, channels = shape
            kernel, filters = sizes
            shape = (height - kernel + 1, width - kernel + 1, filters)
        elif kind == "pool":
            height, width, channels = shape
            (window,) = sizes
            shape = (height // window, width // window, channels)
        elif kind == "flatten":
            height, width, channels = shape
            shape = (height * width * channels,)
        else:
            shape = tuple(sizes)
        shapes.append(shape)
    return shapes


def _traced(
    conv: Callable[[Shape, int, int], Shape] | None = None,
    pool: Callable[[Shape, int], Shape] | None = None,
    flatten: Callable[[Shape], Shape] | None = None,
) -> Callable[[Shape, Layers], list[Shape]]:
    """A way to follow shapes in which some of the rules are others."""

    def trace(shape: Shape, layers: Layers) -> list[Shape]:
        shapes: list[Shape] = []
        for kind, *sizes in layers:
            right = _trace_shapes(shape, [(kind, *sizes)])[0]
            if kind == "conv" and conv:
                right = conv(shape, sizes[0], sizes[1])
            elif kind == "pool" and pool:
                right = pool(shape, sizes[0])
            elif kind == "flatten" and flatten:
                right = flatten(shape)
            shape = right
            shapes.append(shape)
        return shapes

    return trace


def _trace_cases(rng: np.random.Generator) -> Sequence[Case]:
    height, width = (int(n) for n in rng.permutation([14, 19]))
    return [
        Case(((13, 10, 2), [("conv", 4, 5)]), label="one convolution", part="single layers"),
        Case(((7, 8, 3), [("pool", 2)]), label="one pooling layer", part="single layers"),
        Case(((3, 5, 4), [("flatten",)]), label="flatten", part="single layers"),
        Case(((28, 28, 1), list(_LECTURE)), label="the lecture's network", part="networks"),
        Case(((height, width, 2), list(_SMALL)), label="a smaller network", part="networks"),
    ]


TRACE_SHAPES = Exercise(
    name="trace_shapes",
    title="Follow the shape",
    lesson=LESSON,
    kind="function",
    cases=_trace_cases,
    reference=_trace_shapes,
    parts={"single layers": 1, "networks": 1},
    alternatives={
        "lists": lambda shape, layers: [list(s) for s in _trace_shapes(shape, layers)],
        "a tuple of tuples": lambda shape, layers: tuple(_trace_shapes(shape, layers)),
        "NumPy numbers": lambda shape, layers: [
            tuple(np.int64(n) for n in s) for s in _trace_shapes(shape, layers)
        ],
        "arrays": lambda shape, layers: [np.array(s) for s in _trace_shapes(shape, layers)],
        "layer by layer": _traced(
            conv=lambda s, k, n: (len(range(s[0] - k + 1)), len(range(s[1] - k + 1)), n),
            pool=lambda s, k: (int(s[0] / k), int(s[1] / k), s[2]),
            flatten=lambda s: (int(np.prod(s)),),
        ),
    },
    misconceptions=[
        Misconception(
            "same-padding-assumed",
            _traced(conv=lambda s, k, n: (s[0], s[1], n)),
            "You let the convolution keep its size. Without padding it loses the border.",
            "Keras's default is padding='valid': the window stays inside the image. At how many "
            "places does a window of 3 fit into a row of 28?",
        ),
        Misconception(
            "plus-one-forgotten",
            _traced(conv=lambda s, k, n: (s[0] - k, s[1] - k, n)),
            "Your maps are one too small: the + 1 is missing.",
            "A window as large as the image fits once, not zero times. What does your formula give "
            "for size 3 and kernel 3?",
        ),
        Misconception(
            "filters-times-channels",
            _traced(conv=lambda s, k, n: (s[0] - k + 1, s[1] - k + 1, n * s[2])),
            "You made a map for every pair of filter and channel. A filter adds its channels up.",
            "One filter reaches through all channels and gives one map. How many maps do 5 filters "
            "give on an image with 2 channels?",
        ),
        Misconception(
            "channels-kept",
            _traced(conv=lambda s, k, n: (s[0] - k + 1, s[1] - k + 1, s[2])),
            "Your convolution keeps the channels it gets. It makes one map per filter.",
            "Pooling keeps the depth; a convolution sets it. Which number of the layer says how "
            "deep its output is?",
        ),
        Misconception(
            "pool-rounds-up",
            _traced(pool=lambda s, k: (-(-s[0] // k), -(-s[1] // k), s[2])),
            "Your pooling rounds up. A window that does not fit whole is left out.",
            "11 rows in windows of 2 make 5 whole windows; the last row is dropped. What is left "
            "of 7 rows?",
        ),
        Misconception(
            "pool-moves-by-one",
            _traced(pool=lambda s, k: (s[0] - k + 1, s[1] - k + 1, s[2])),
            "You moved the pooling window by one pixel. Pooling windows do not overlap here.",
            "`MaxPooling2D(2)` moves by its own size. Into how many blocks of 2 do 26 rows fall?",
        ),
        Misconception(
            "pool-shrinks-the-depth",
            _traced(pool=lambda s, k: (s[0] // k, s[1] // k, s[2] // k)),
            "You pooled the channels too. Pooling shrinks rows and columns; the depth stays.",
            "Each map is pooled on its own. How many maps come out, if 32 go in?",
        ),
        Misconception(
            "flatten-forgets-channels",
            _traced(flatten=lambda s: (s[0] * s[1],)),
            "Flatten keeps every number. You counted the positions, not their channels.",
            "A 3×3 map with 64 channels holds more than 9 numbers. How many?",
        ),
    ],
    forbids=("tf", "tensorflow", "keras", "cnncourse"),
    hints=[
        "Keep one variable for the current shape and replace it at every layer.",
        "Convolution: size − kernel + 1, and the depth becomes the number of filters. "
        "Pooling: size // window, and the depth stays.",
        "`for kind, *sizes in layers` splits ('conv', 3, 32) into 'conv' and [3, 32].",
    ],
    accepts="a list with one shape for each layer, such as [(26, 26, 32), (13, 13, 32)]",
)


# 4 · count the parameters ---------------------------------------------------------------------


def _trace_parameters(shape: Shape, layers: Layers) -> list[int]:
    shapes = [shape, *_trace_shapes(shape, layers)]
    counts = []
    for number in range(len(layers)):
        kind, *sizes = layers[number]
        count = 0
        if kind == "conv":
            _, _, channels = shapes[number]
            kernel, filters = sizes
            count = (kernel**2 * channels + 1) * filters
        elif kind == "dense":
            (inputs,), (units,) = shapes[number], sizes
            count = (inputs + 1) * units
        counts.append(count)
    return counts


def _counted(
    conv: Callable[[int, int, int, Shape], int] = lambda k, c, n, out: (k * k * c + 1) * n,
    dense: Callable[[int, int], int] = lambda m, n: (m + 1) * n,
    pool: Callable[[int, int], int] = lambda k, c: 0,
    flatten: Callable[[Shape], int] = lambda shape: 0,
) -> Callable[[Shape, Layers], list[int]]:
    """A way to count in which some of the rules are others."""

    def count(shape: Shape, layers: Layers) -> list[int]:
        counts = []
        for (kind, *sizes), after in zip(layers, _trace_shapes(shape, layers), strict=True):
            if kind == "conv":
                counts.append(conv(sizes[0], shape[2], sizes[1], after))
            elif kind == "pool":
                counts.append(pool(sizes[0], shape[2]))
            elif kind == "flatten":
                counts.append(flatten(shape))
            else:
                counts.append(dense(shape[0], sizes[0]))
            shape = after
        return counts

    return count


def _count_cases(rng: np.random.Generator) -> Sequence[Case]:
    units = int(rng.integers(6, 12))
    height, width = (int(n) for n in rng.permutation([15, 20]))
    return [
        Case(((9, 8, 2), [("conv", 3, 5)]), label="one convolution", part="convolution"),
        Case(((6, 7, 4), [("conv", 2, 3)]), label="another convolution", part="convolution"),
        Case(((5,), [("dense", units)]), label="one dense layer", part="dense"),
        Case(((28, 28, 1), list(_LECTURE)), label="the lecture's network", part="networks"),
        Case(((height, width, 2), list(_SMALL)), label="a smaller network", part="networks"),
    ]


TRACE_PARAMETERS = Exercise(
    name="trace_parameters",
    title="The parameter table",
    lesson=LESSON,
    kind="function",
    cases=_count_cases,
    reference=_trace_parameters,
    parts={"convolution": 1, "dense": 1, "networks": 1},
    alternatives={
        "with the shapes of exercise 3": _counted(),
        "a tuple": lambda shape, layers: tuple(_trace_parameters(shape, layers)),
        "an array": lambda shape, layers: np.array(_trace_parameters(shape, layers)),
        "weights and biases apart": _counted(
            conv=lambda k, c, n, out: k * k * c * n + n, dense=lambda m, n: m * n + n
        ),
        "floats": lambda shape, layers: [float(n) for n in _trace_parameters(shape, layers)],
    },
    misconceptions=[
        Misconception(
            "biases-omitted",
            _counted(conv=lambda k, c, n, out: k * k * c * n, dense=lambda m, n: m * n),
            "Your weights are counted right. The biases are missing.",
            "Every filter and every unit adds one number of its own after its sum. How many of "
            "them do 32 filters have?",
        ),
        Misconception(
            "convolution-bias-omitted",
            _counted(conv=lambda k, c, n, out: k * k * c * n),
            "Dense layers are right. In a convolution every filter has a bias, too.",
            "The lecture writes 32 × (3×3×1 + 1). What is the + 1?",
        ),
        Misconception(
            "input-channels-forgotten",
            _counted(conv=lambda k, c, n, out: (k * k + 1) * n),
            "You counted flat kernels. A kernel reaches through all channels of its input.",
            "The second convolution of the lecture sees 32 maps, so one of its kernels has 3×3×32 "
            "weights. How many has one kernel of the third?",
        ),
        Misconception(
            "bias-for-every-channel",
            _counted(conv=lambda k, c, n, out: (k * k + 1) * c * n),
            "You gave a filter a bias for each channel. It has one, added after the sum.",
            "A filter adds up all its channels to a single number, then adds its bias. How many "
            "biases do 5 filters have on 2 channels?",
        ),
        Misconception(
            "one-bias-for-the-layer",
            _counted(conv=lambda k, c, n, out: k * k * c * n + 1, dense=lambda m, n: m * n + 1),
            "You added one bias for the layer. Every filter, and every unit, has its own.",
            "Count one filter completely, weights and bias, then multiply by the number of "
            "filters. Where do the brackets go?",
        ),
        Misconception(
            "counted-at-every-position",
            _counted(conv=lambda k, c, n, out: (k * k * c + 1) * n * out[0] * out[1]),
            "You counted a filter again at each place. Its weights are shared by all places.",
            "That sharing is the point of a convolution: the same 3×3 weights look everywhere. "
            "Does the count depend on the size of the image?",
        ),
        Misconception(
            "kernel-not-squared",
            _counted(conv=lambda k, c, n, out: (k * c + 1) * n),
            "A kernel has rows and columns: its size counts twice.",
            "A kernel of size 3 covers 3×3 pixels. How many weights is that on one channel?",
        ),
        Misconception(
            "pooling-has-weights",
            _counted(pool=lambda k, c: k * k * c),
            "You gave pooling weights. It only picks the largest number; nothing is learned.",
            "A parameter is a number that training changes. Which numbers could training change in "
            "'take the maximum of four'?",
        ),
        Misconception(
            "flatten-counted-as-weights",
            _counted(flatten=lambda shape: int(np.prod(shape))),
            "You counted the numbers that pass through flatten. They are data, not parameters.",
            "Flatten writes the maps into one row; it computes nothing. What could it learn?",
        ),
        Misconception(
            "dense-bias-per-input",
            _counted(dense=lambda m, n: m * (n + 1)),
            "In the dense layer you counted a bias per input. There is one per unit.",
            "The bias is added to a unit's sum. So put the + 1 on the other side: (inputs + 1) × "
            "units. What gives the lecture's last layer, 64 inputs and 10 units?",
        ),
    ],
    forbids=("tf", "tensorflow", "keras", "cnncourse"),
    hints=[
        "One filter first: kernel × kernel × input channels weights, and one bias.",
        "A dense unit has one weight for each input, and one bias.",
        "You need the shape in front of each layer; your function from exercise 3 knows it.",
    ],
    accepts="a list with one whole number for each layer",
)


# 5 · the input of the network -----------------------------------------------------------------


def _network_input() -> Shape:
    return (28, 28, 1)


def _one_case(rng: np.random.Generator) -> Sequence[Case]:
    return [Case()]


NETWORK_INPUT = Exercise(
    name="network_input",
    title="What goes in",
    lesson=LESSON,
    kind="value",
    cases=_one_case,
    reference=_network_input,
    parts={"all": 1},
    alternatives={
        "a list": lambda: [28, 28, 1],
        "an array": lambda: np.array([28, 28, 1]),
        "the shape of an image": lambda: np.zeros((28, 28, 1)).shape,
    },
    misconceptions=[
        Misconception(
            "no-channel-axis",
            lambda: (28, 28),
            "The channel axis is missing. Conv2D wants rows, columns and channels.",
            "Keras would stop with 'expected min_ndim=4, found ndim=3': it counts the batch as "
            "well. How many channels has a grey image?",
        ),
        Misconception(
            "batch-inside",
            lambda: (60000, 28, 28, 1),
            "That is the shape of the whole set. Input describes one image; Keras adds the batch.",
            "The network must work for 60 000 images, for 64, and for one. Leave the number of "
            "images out. What remains?",
        ),
        Misconception(
            "any-batch-inside",
            lambda: (None, 28, 28, 1),
            "None stands for the batch. Input describes one image; Keras adds the batch itself.",
            "Keras prints shapes with the batch in front, and asks for them without it. Leave the "
            "first entry out. What remains?",
        ),
        Misconception(
            "batch-of-one-inside",
            lambda: (1, 28, 28, 1),
            "The first 1 is a batch of one image. Input describes the image; Keras adds the batch.",
            "Rows, columns, channels: three numbers are enough. Which of your four is none of "
            "these?",
        ),
        Misconception(
            "batch-size-inside",
            lambda: (64, 28, 28, 1),
            "You put the batch size in. Input describes one image; Keras adds the batch itself.",
            "In the summary Keras writes None in front: any number of images. What is the shape of "
            "a single one?",
        ),
        Misconception(
            "flattened",
            lambda: (784,),
            "That is a flattened image. A convolution needs the rows and columns kept apart.",
            "(784,) fits the dense baseline. A window of 3×3 pixels needs neighbours above and "
            "below. What is the shape before flattening, with its channel?",
        ),
        Misconception(
            "channels-first",
            lambda: (1, 28, 28),
            "The channel comes last in this course: rows, columns, channels.",
            "Keras would take this for an image one pixel high with 28 channels. Which order do "
            "your prepared images have?",
        ),
        Misconception(
            "three-channels",
            lambda: (28, 28, 3),
            "Three channels are for colour. These digits are grey.",
            "Each pixel is one number. What is the last number of `prepare_images(x).shape`?",
        ),
    ],
    hints=["Take the shape of the prepared training set, and leave the number of images out."],
    accepts="a tuple of whole numbers: the shape of one image",
)


# 6 · build the network ------------------------------------------------------------------------


def _network(
    layers: Sequence[tuple],
    *,
    loss: str = "sparse_categorical_crossentropy",
    optimizer: str = "rmsprop",
    metrics: Sequence[str] = ("accuracy",),
    compiled: bool = True,
    input_shape: Shape = (28, 28, 1),
) -> Blueprint:
    """A network as `describe_model` would describe the Keras model.

    layers: ("conv", kernel, filters, activation[, padding]), ("pool", window), ("flatten",),
    ("dense", units, activation).
    """
    shape: Shape = input_shape
    described = [_layer("InputLayer", {}, shape, 0)]
    for kind, *rest in layers:
        if kind == "conv":
            kernel, filters, activation, *more = rest
            padding = more[0] if more else "valid"
            cut = 0 if padding == "same" else kernel - 1
            count = (kernel * kernel * shape[2] + 1) * filters
            shape = (shape[0] - cut, shape[1] - cut, filters)
            config = {
                "filters": filters,
                "kernel_size": (kernel, kernel),
                "strides": (1, 1),
                "padding": padding,
                "dilation_rate": (1, 1),
                "groups": 1,
                "activation": activation,
                "use_bias": True,
            }
            described.append(_layer("Conv2D", config, shape, count))
        elif kind == "pool":
            shape = (shape[0] // rest[0], shape[1] // rest[0], shape[2])
            window = (rest[0], rest[0])
            config = {"pool_size": window, "strides": window, "padding": "valid"}
            described.append(_layer("MaxPooling2D", config, shape, 0))
        elif kind == "flatten":
            shape = (int(np.prod(shape)),)
            described.append(_layer("Flatten", {}, shape, 0))
        else:
            units, activation = rest
            count = (shape[-1] + 1) * units
            shape = (*shape[:-1], units)
            config = {"units": units, "activation": activation, "use_bias": True}
            described.append(_layer("Dense", config, shape, count))
    total = sum(layer["parameters"] for layer in described)
    how = {
        "optimizer": optimizer,
        "learning_rate": 0.001,
        "loss": loss,
        "from_logits": False,
        "metrics": list(metrics),
    }
    return Blueprint(
        {
            "layers": described,
            "input_shape": (None, *input_shape),
            "parameters": total,
            "trainable_parameters": total,
            "compiled": how if compiled else False,
        }
    )


def _layer(name: str, config: dict[str, Any], shape: Shape, parameters: int) -> dict[str, Any]:
    return {
        "class": name,
        "config": config,
        "output_shape": (None, *shape),
        "parameters": parameters,
        "trainable": True,
    }


def _build_convnet() -> Blueprint:
    return _network(
        [
            ("conv", 3, 32, "relu"),
            ("pool", 2),
            ("conv", 3, 64, "relu"),
            ("pool", 2),
            ("conv", 3, 64, "relu"),
            ("flatten",),
            ("dense", 64, "relu"),
            ("dense", 10, "softmax"),
        ],
        loss="sparse_categorical_crossentropy",
        optimizer="rmsprop",
        metrics=["accuracy"],
    )


def _changed(*changes: tuple[int, tuple | None], **compile_options: Any) -> Blueprint:
    """The convnet with some layers replaced, or left out where None is given."""
    layers: list[tuple | None] = [
        ("conv", 3, 32, "relu"),
        ("pool", 2),
        ("conv", 3, 64, "relu"),
        ("pool", 2),
        ("conv", 3, 64, "relu"),
        ("flatten",),
        ("dense", 64, "relu"),
        ("dense", 10, "softmax"),
    ]
    for place, layer in changes:
        layers[place] = layer
    return _network([layer for layer in layers if layer is not None], **compile_options)


def _keras_convnet(style: str) -> Any:
    """The same network written in another way; imports Keras when it is called."""
    import keras
    from keras import layers

    keras_loss: Any = "sparse_categorical_crossentropy"
    optimizer: Any = "rmsprop"
    hidden: str | None = "relu"
    last: str | None = "softmax"
    if style == "logits":
        last, keras_loss = None, keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    if style == "objects":
        optimizer = keras.optimizers.RMSprop(learning_rate=0.001)
        keras_loss = keras.losses.SparseCategoricalCrossentropy()
    if style == "activation layers":
        hidden, last = None, None
    stack = [
        layers.Conv2D(32, (3, 3), activation=hidden),
        *([layers.Activation("relu")] if hidden is None else []),
        layers.MaxPooling2D((2, 2)),
        layers.Conv2D(64, 3, activation=hidden),
        *([layers.ReLU()] if hidden is None else []),
        layers.MaxPooling2D(pool_size=2, strides=2),
        layers.Conv2D(64, 3, strides=1, padding="valid", activation=hidden),
        *([layers.ReLU()] if hidden is None else []),
        layers.Flatten(),
        layers.Dense(64, activation=hidden),
        *([layers.ReLU()] if hidden is None else []),
        layers.Dense(10, activation=last),
        *([layers.Softmax()] if style == "activation layers" else []),
    ]
    inputs = keras.Input((28, 28, 1))
    if style == "functional":
        outputs = inputs
        for layer in stack:
            outputs = layer(outputs)
        model = keras.Model(inputs, outputs)
    else:
        model = keras.Sequential([inputs, *stack])
    model.compile(optimizer=optimizer, loss=keras_loss, metrics=["accuracy"])
    return model


BUILD_CONVNET = Exercise(
    name="build_convnet",
    title="Build the lecture's network",
    lesson=LESSON,
    kind="model",
    cases=_one_case,
    reference=_build_convnet,
    parts={"all": 3},
    alternatives={
        "Sequential": lambda: _keras_convnet("sequential"),
        "functional": lambda: _keras_convnet("functional"),
        "activations as layers": lambda: _keras_convnet("activation layers"),
        "softmax inside the loss": lambda: _keras_convnet("logits"),
        "optimizer and loss as objects": lambda: _keras_convnet("objects"),
    },
    misconceptions=[
        Misconception(
            "softmax-missing",
            lambda: _changed((7, ("dense", 10, "linear"))),
            "The softmax is missing, and the loss was not told: it takes the scores for "
            "probabilities.",
            "Keras would not complain. The first loss would be around 6 to 12 in place of 2.3, "
            "because raw scores are cut off as if they were probabilities. Give the last layer "
            "its activation. What do its ten numbers add up to then?",
        ),
        Misconception(
            "loss-wants-one-hot",
            lambda: _changed(loss="categorical_crossentropy"),
            "Loss and labels do not fit: categorical_crossentropy wants one-hot rows, your labels "
            "are numbers.",
            "Two pairs fit: whole numbers with sparse_categorical_crossentropy, one-hot rows with "
            "categorical_crossentropy. Here the labels stay whole numbers. Which loss is it?",
        ),
        Misconception(
            "binary-loss",
            lambda: _changed(loss="binary_crossentropy"),
            "binary_crossentropy is for yes-or-no questions. Here one of ten classes is right.",
            "It would judge ten separate questions ('is it a 0?', 'is it a 1?', …). Softmax gives "
            "one answer out of ten. Which loss fits whole-number labels?",
        ),
        Misconception(
            "squared-error",
            lambda: _changed(loss="mean_squared_error"),
            "A squared error measures distances between numbers. Labels are names: 4 is not "
            "nearly 5.",
            "Cross entropy asks only how probable the true class was. Which cross entropy fits "
            "labels that are whole numbers?",
        ),
        Misconception(
            "sigmoid-at-the-end",
            lambda: _changed((7, ("dense", 10, "sigmoid"))),
            "Sigmoid gives ten separate answers. Softmax shares one probability among ten classes.",
            "An image holds exactly one digit, so the ten numbers must add up to 1. Which "
            "activation does that?",
        ),
        Misconception(
            "one-output-unit",
            lambda: _changed((7, ("dense", 1, "softmax"))),
            "One softmax unit always says 1. Ten classes need ten units.",
            "Softmax divides by the sum of all units; with one unit that is the number itself. How "
            "many units, so that every digit has one?",
        ),
        Misconception(
            "padding-same",
            lambda: _changed(
                (0, ("conv", 3, 32, "relu", "same")),
                (2, ("conv", 3, 64, "relu", "same")),
                (4, ("conv", 3, 64, "relu", "same")),
            ),
            "You padded the convolutions. The lecture's network uses none: padding='valid'.",
            "Its maps shrink from 28 to 26 to 13 to 11 to 5 to 3. Leave the padding at Keras's "
            "default. How many numbers does Flatten hand on then?",
        ),
        Misconception(
            "second-pooling-missing",
            lambda: _changed((3, None)),
            "The second pooling layer is missing, so the maps stay large.",
            "Without it Flatten hands on 9×9×64 numbers in place of 3×3×64. Which layer grows "
            "ninefold by that?",
        ),
        Misconception(
            "pooling-after-every-convolution",
            lambda: _network(
                [
                    ("conv", 3, 32, "relu"),
                    ("pool", 2),
                    ("conv", 3, 64, "relu"),
                    ("pool", 2),
                    ("conv", 3, 64, "relu"),
                    ("pool", 2),
                    ("flatten",),
                    ("dense", 64, "relu"),
                    ("dense", 10, "softmax"),
                ]
            ),
            "You pooled once too often: the third convolution goes straight into Flatten.",
            "3×3 maps pooled by 2 leave one single position. How many numbers would Flatten hand "
            "on, and how many should it?",
        ),
        Misconception(
            "relu-forgotten",
            lambda: _changed(
                (0, ("conv", 3, 32, "linear")),
                (2, ("conv", 3, 64, "linear")),
                (4, ("conv", 3, 64, "linear")),
            ),
            "Your convolutions have no activation. Give each of them relu.",
            "Without it, only max pooling keeps the stack from being one linear filter. Keras's "
            "default activation is none at all. Where do you name it?",
        ),
        Misconception(
            "dense-relu-forgotten",
            lambda: _changed((6, ("dense", 64, "linear"))),
            "The hidden dense layer has no activation. Give it relu.",
            "Two dense layers with nothing between them compute no more than one. What stands "
            "between them in the lecture's code?",
        ),
        Misconception(
            "flatten-missing",
            lambda: _changed((5, None)),
            "Flatten is missing: your dense layers act at each of the 3×3 positions.",
            "A Dense layer works on the last axis only. The output would be (None, 3, 3, 10): nine "
            "answers an image. Which layer turns (3, 3, 64) into 576?",
        ),
        Misconception(
            "dense-network",
            lambda: _network([("flatten",), ("dense", 512, "relu"), ("dense", 10, "softmax")]),
            "That is the fully connected baseline. Here the convolutional network is asked.",
            "Go through the table of exercise 4 line by line. Which layer comes first?",
        ),
        Misconception(
            "not-compiled",
            lambda: _changed(compiled=False),
            "All layers are right. The model still has to be compiled.",
            "Layers say what is computed; `compile` says what is minimised, how, and what is "
            "reported. Which three arguments does the lecture give it?",
        ),
        Misconception(
            "adam",
            lambda: _changed(optimizer="adam"),
            "Adam would do well too. The lecture uses rmsprop, and so do the numbers below.",
            "To compare two results, change one thing at a time. Which argument of `compile` is "
            "it?",
        ),
        Misconception(
            "accuracy-not-measured",
            lambda: _changed(metrics=[]),
            "Everything is right but the report: ask for metrics=['accuracy'].",
            "The loss is what training lowers; the accuracy is what people read. Which argument of "
            "`compile` takes a list?",
        ),
    ],
    forbids=("cnncourse", "zoo"),
    hints=[
        "The eight layers stand in the table: conv, pool, conv, pool, conv, flatten, dense, dense.",
        "Keras names: `Conv2D(filters, kernel, activation=...)`, `MaxPooling2D(window)`, "
        "`Flatten()`, `Dense(units, activation=...)`.",
        "Your labels are whole numbers, so the loss is 'sparse_categorical_crossentropy'.",
    ],
    accepts="a function that returns the compiled Keras model",
)


# 7 · cross entropy ----------------------------------------------------------------------------


def _cross_entropy(probabilities: np.ndarray, labels: np.ndarray) -> float:
    total = 0.0
    for image in range(len(labels)):
        total -= np.log(probabilities[image, labels[image]])
    return total / len(labels)


def _of_truth(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    return probabilities[np.arange(len(labels)), labels]


def _probabilities(rng: np.random.Generator, count: int, classes: int) -> np.ndarray:
    """Rows that add up to 1, with nothing near 0."""
    rows = rng.uniform(0.3, 3.0, (count, classes))
    return np.asarray(rows / rows.sum(axis=1, keepdims=True))


def _entropy_cases(rng: np.random.Generator) -> Sequence[Case]:
    return [
        Case(
            (np.full((3, 10), 0.1), np.array([7, 0, 4])),
            label="ten classes, all equally likely",
            part="uniform guess",
        ),
        Case(
            (np.full((5, 4), 0.25), np.array([1, 3, 0, 3, 2])),
            label="four classes, all equally likely",
            part="uniform guess",
        ),
        Case(
            (_probabilities(rng, 4, 3), rng.permutation([2, 0, 1, 2])),
            label="4 images, 3 classes",
            part="any prediction",
        ),
        Case(
            (_probabilities(rng, 3, 6), rng.permutation([5, 1, 0])),
            label="3 images, 6 classes",
            part="any prediction",
        ),
    ]


CROSS_ENTROPY = Exercise(
    name="cross_entropy",
    title="The loss by hand",
    lesson=LESSON,
    kind="function",
    cases=_entropy_cases,
    reference=_cross_entropy,
    parts={"uniform guess": 1, "any prediction": 1},
    alternatives={
        "vectorised": lambda p, y: -np.log(_of_truth(p, y)).mean(),
        "one-hot": lambda p, y: float(-(np.eye(p.shape[1])[y] * np.log(p)).sum() / len(y)),
        "float32": lambda p, y: np.float32(-np.log(_of_truth(p.astype(np.float32), y)).mean()),
        "log of 1/p": lambda p, y: np.mean([np.log(1 / p[i, c]) for i, c in enumerate(y)]),
        "with Keras's small number": lambda p, y: -np.log(_of_truth(p, y) + 1e-7).mean(),
    },
    misconceptions=[
        Misconception(
            "sign-forgotten",
            lambda p, y: np.log(_of_truth(p, y)).mean(),
            "The sign is missing: the log of a probability is negative, a loss is not.",
            "log(1) is 0 and log(0.1) is −2.3. Training makes the loss small, so worse answers "
            "must have larger losses. What do you put in front?",
        ),
        Misconception(
            "sum-not-mean",
            lambda p, y: -np.log(_of_truth(p, y)).sum(),
            "You added the images up. The loss is their mean.",
            "With a sum, twice as many images would look twice as bad. What do you divide by?",
        ),
        Misconception(
            "base-ten",
            lambda p, y: -np.log10(_of_truth(p, y)).mean(),
            "That is the logarithm to base 10. Keras uses the natural one, np.log.",
            "A uniform guess among ten gives exactly 1 in base 10 and 2.303 with the natural "
            "logarithm. Which of the two have you seen as a first loss?",
        ),
        Misconception(
            "base-two",
            lambda p, y: -np.log2(_of_truth(p, y)).mean(),
            "That is in bits, the logarithm to base 2. Keras uses the natural one, np.log.",
            "Bits are a fine unit, 1.44 times larger. To compare your number with Keras's, which "
            "function must it be?",
        ),
        Misconception(
            "largest-in-place-of-true",
            lambda p, y: -np.log(p.max(axis=1)).mean(),
            "You took the largest probability. The loss asks for that of the true class.",
            "A network that is very sure and wrong must have a large loss. With the maximum it "
            "would have a small one. Where do the labels come in?",
        ),
        Misconception(
            "averaged-over-all-entries",
            lambda p, y: -np.log(_of_truth(p, y)).sum() / p.size,
            "You divided by images times classes. Divide by the number of images.",
            "Each image gives one number: −log of its true class. How many such numbers are there?",
        ),
        Misconception(
            "all-classes-summed",
            lambda p, y: -np.log(p).sum(axis=1).mean(),
            "You added up all classes of a row. Only the true class counts.",
            "In the one-hot form every other term is multiplied by 0. Which entry of "
            "`probabilities[0]` remains, if `labels[0]` is 7?",
        ),
        Misconception(
            "log-of-the-mean",
            lambda p, y: -np.log(_of_truth(p, y).mean()),
            "You averaged first and took the log afterwards. Each image has its own log.",
            "One image at 0.001 must hurt; in the mean of the probabilities it hides. Which of the "
            "two steps has to come first?",
        ),
        Misconception(
            "log-forgotten",
            lambda p, y: (1 - _of_truth(p, y)).mean(),
            "You measured how much is missing to 1. The cross entropy takes the logarithm.",
            "1 − p is at most 1, however wrong the answer. −log p has no bound. What is it for "
            "p = 0.1?",
        ),
    ],
    forbids=("tf", "tensorflow", "keras", "sklearn", "scipy"),
    hints=[
        "For one image: find the probability of its true class, `row[label]`, and take −log.",
        "Then the mean over all images. `np.log` is the natural logarithm.",
    ],
    accepts="one number",
)


# 8 · loss and accuracy ------------------------------------------------------------------------


def _compare_epochs(
    before: np.ndarray, after: np.ndarray, labels: np.ndarray
) -> tuple[float, float]:
    images = np.arange(len(labels))
    loss_before = -np.log(before[images, labels]).mean()
    loss_after = -np.log(after[images, labels]).mean()
    accuracy_before = (before.argmax(axis=1) == labels).mean()
    accuracy_after = (after.argmax(axis=1) == labels).mean()
    return loss_after - loss_before, accuracy_after - accuracy_before


def _loss(p: np.ndarray, y: np.ndarray) -> float:
    return float(-np.log(_of_truth(p, y)).mean())


def _accuracy(p: np.ndarray, y: np.ndarray) -> float:
    return float((p.argmax(axis=1) == y).mean())


def _changes(before: np.ndarray, after: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    return _loss(after, y) - _loss(before, y), _accuracy(after, y) - _accuracy(before, y)


def _rows(
    true: Sequence[float] | np.ndarray, labels: np.ndarray, other: Sequence[float]
) -> np.ndarray:
    """Predictions among four classes: this much for the true one, that much for the next one."""
    rows = np.zeros((len(labels), 4))
    for row, (label, p, q) in enumerate(zip(labels, true, other, strict=True)):
        rows[row] = (1 - p - q) / 2
        rows[row, label] = p
        rows[row, (label + 1) % 4] = q
    return rows


def _epochs_cases(rng: np.random.Generator) -> Sequence[Case]:
    labels = rng.permutation([0, 1, 2, 3, 1])
    small = rng.uniform(0, 0.02, 5)
    unsure = _rows(0.4 + small, labels, [0.3, 0.45, 0.3, 0.46, 0.3])  # 3 of 5 right, never sure
    good = _rows(0.8 - small, labels, [0.1] * 5)
    # 4 of 5 right, one badly wrong: loss and accuracy both rise. And the mirror image of that.
    bold = _rows(
        np.array([0.5, 0.5, 0.5, 0.5, 0.001]) + small / 10, labels, [0.2, 0.2, 0.2, 0.2, 0.9]
    )
    return [
        Case((unsure, good, labels), label="loss falls", part="usual"),
        Case((good, unsure, labels), label="loss rises", part="usual"),
        Case((unsure, bold, labels), label="one image badly wrong", part="surprising"),
        Case((bold, unsure, labels), label="the same, backwards", part="surprising"),
    ]


COMPARE_EPOCHS = Exercise(
    name="compare_epochs",
    title="Loss up, accuracy down?",
    lesson=LESSON,
    kind="function",
    cases=_epochs_cases,
    reference=_compare_epochs,
    parts={"usual": 1, "surprising": 1},
    alternatives={
        "helper functions": lambda before, after, labels: _changes(before, after, labels),
        "a list": lambda before, after, labels: list(_changes(before, after, labels)),
        "an array": lambda before, after, labels: np.array(_changes(before, after, labels)),
        "float32": lambda before, after, labels: tuple(
            np.float32(v) for v in _changes(before, after, labels)
        ),
    },
    misconceptions=[
        Misconception(
            "loss-up-means-accuracy-down",
            lambda before, after, labels: (
                _loss(after, labels) - _loss(before, labels),
                -np.sign(_loss(after, labels) - _loss(before, labels))
                * abs(_accuracy(after, labels) - _accuracy(before, labels)),
            ),
            "You let the accuracy fall whenever the loss rises. They can rise together.",
            "The loss asks how probable the true class was; the accuracy only whether it came "
            "first. One image that is very sure and wrong moves the loss a lot. By how much does "
            "it move the accuracy?",
        ),
        Misconception(
            "before-minus-after",
            lambda before, after, labels: tuple(-v for v in _changes(before, after, labels)),
            "Both signs are turned around. A change is after minus before.",
            "If the loss goes from 2 to 1, it changed by −1. Which of the two do you have to "
            "subtract?",
        ),
        Misconception(
            "accuracy-first",
            lambda before, after, labels: _changes(before, after, labels)[::-1],
            "Both numbers are right, in the wrong order: the loss comes first.",
            "Read the return line of the docstring once more. Which of the two is named first?",
        ),
        Misconception(
            "after-only",
            lambda before, after, labels: (_loss(after, labels), _accuracy(after, labels)),
            "You returned the state after the epoch. The change is asked.",
            "Compute the same two numbers for `before`. What do you do with the two pairs?",
        ),
        Misconception(
            "ratio-not-difference",
            lambda before, after, labels: (
                _loss(after, labels) / _loss(before, labels),
                _accuracy(after, labels) / _accuracy(before, labels),
            ),
            "You divided after by before. The difference is asked.",
            "With a ratio, 'no change' would be 1; with a difference it is 0. Which operation is "
            "it?",
        ),
        Misconception(
            "images-counted",
            lambda before, after, labels: (
                _changes(before, after, labels)[0],
                _changes(before, after, labels)[1] * len(labels),
            ),
            "You counted right answers. Accuracy is their share of all images.",
            "3 right answers of 5 are 0.6. What is missing after the sum?",
        ),
        Misconception(
            "confidence-for-accuracy",
            lambda before, after, labels: (
                _changes(before, after, labels)[0],
                float(_of_truth(after, labels).mean() - _of_truth(before, labels).mean()),
            ),
            "You averaged the probability of the true class. Accuracy asks only if it came first.",
            "0.5 for the true class and 0.2 for the next is simply right: it counts 1. Which NumPy "
            "function finds the place of the largest number in a row?",
        ),
    ],
    forbids=("tf", "tensorflow", "keras", "sklearn", "scipy"),
    hints=[
        "You have `cross_entropy` already: use it twice.",
        "Accuracy: `probabilities.argmax(axis=1)` is the predicted label of every row; compare "
        "it with `labels` and take the mean.",
    ],
    accepts="two numbers: the change of the loss and the change of the accuracy",
)


# 9 · confusion matrix -------------------------------------------------------------------------


def _confusion_matrix(labels: np.ndarray, predictions: np.ndarray, classes: int) -> np.ndarray:
    counts = np.zeros((classes, classes), int)
    for image in range(len(labels)):
        counts[labels[image], predictions[image]] += 1
    return counts


def _each_pair_once(labels: np.ndarray, predictions: np.ndarray, classes: int) -> np.ndarray:
    counts = np.zeros((classes, classes), int)
    counts[labels, predictions] += 1
    return counts


def _confusion_cases(rng: np.random.Generator) -> Sequence[Case]:
    cases = []
    # Class 0 and repeated pairs always occur, the last class never; nothing is symmetric.
    for classes, pairs in (
        (4, [(0, 0), (0, 0), (0, 2), (1, 1), (2, 1), (2, 1), (2, 2), (1, 0), (2, 2)]),
        (6, [(4, 4), (4, 4), (4, 1), (0, 3), (0, 3), (0, 0), (3, 3)]),
        (10, [(8, 3), (8, 3), (3, 5), (0, 0), (7, 7), (7, 7), (7, 2), (1, 7)]),
    ):
        shuffled = rng.permutation(pairs)
        cases.append(
            Case(
                (shuffled[:, 0].copy(), shuffled[:, 1].copy(), classes),
                label=f"{len(pairs)} images, {classes} classes",
            )
        )
    return cases


CONFUSION_MATRIX = Exercise(
    name="confusion_matrix",
    title="Who is taken for whom",
    lesson=LESSON,
    kind="function",
    cases=_confusion_cases,
    reference=_confusion_matrix,
    parts={"all": 2},
    alternatives={
        "np.add.at": lambda labels, predictions, classes: _add_at(labels, predictions, classes),
        "bincount": lambda labels, predictions, classes: np.bincount(
            labels * classes + predictions, minlength=classes * classes
        ).reshape(classes, classes),
        "one-hot product": lambda labels, predictions, classes: (
            np.eye(classes)[labels].T @ np.eye(classes)[predictions]
        ),
        "comparisons": lambda labels, predictions, classes: [
            [int(((labels == r) & (predictions == c)).sum()) for c in range(classes)]
            for r in range(classes)
        ],
    },
    misconceptions=[
        Misconception(
            "transposed",
            lambda labels, predictions, classes: _confusion_matrix(labels, predictions, classes).T,
            "Rows and columns are exchanged: here a row is a true digit, a column a prediction.",
            "Both conventions exist, so a matrix needs its axes named. Row 8, column 3 shall count "
            "eights that were taken for threes. Which index comes first?",
        ),
        Misconception(
            "each-pair-once",
            _each_pair_once,
            "Every pair counts once, however often it occurs: `+= 1` with index arrays does not "
            "add repeats.",
            "NumPy writes all places in one go, so a repeated place gets a single 1. A loop over "
            "the images counts them all. How does `zip` help here?",
        ),
        Misconception(
            "shares-not-counts",
            lambda labels, predictions, classes: (
                _confusion_matrix(labels, predictions, classes) / len(labels)
            ),
            "You divided by the number of images. Counts are asked.",
            "Shares are useful too, but a count shows how many images to look at. What should all "
            "the numbers add up to?",
        ),
        Misconception(
            "only-mistakes",
            lambda labels, predictions, classes: (
                _confusion_matrix(labels, predictions, classes) * (1 - np.eye(classes, dtype=int))
            ),
            "The diagonal is empty. Right answers are counted too.",
            "The diagonal holds the images whose prediction is the truth; from it the accuracy can "
            "be read. What is its sum, divided by the number of images?",
        ),
        Misconception(
            "only-right-answers",
            lambda labels, predictions, classes: (
                _confusion_matrix(labels, predictions, classes) * np.eye(classes, dtype=int)
            ),
            "Only the diagonal is filled. The mistakes are what this matrix is for.",
            "An image of label 8 taken for a 3 belongs into row 8, column 3. Does your function "
            "compare the two before it counts?",
        ),
        Misconception(
            "classes-not-seen-left-out",
            lambda labels, predictions, classes: _confusion_matrix(
                labels, predictions, int(max(labels.max(), predictions.max())) + 1
            ),
            "A class that does not occur is left out. It keeps its row and column of zeros.",
            "Matrices of different days can only be compared if they have the same size. Which "
            "argument gives it?",
        ),
        Misconception(
            "counted-from-one",
            lambda labels, predictions, classes: np.roll(
                _confusion_matrix(labels, predictions, classes), (-1, -1), (0, 1)
            ),
            "Everything is one row and one column off. Digit 0 belongs into row 0.",
            "Labels start at 0, as Python's indices do. What have you subtracted?",
        ),
    ],
    forbids=("sklearn", "scipy", "tf", "tensorflow", "keras"),
    hints=[
        "Start from a table of zeros, `np.zeros((classes, classes), int)`.",
        "Go through labels and predictions together, and add 1 in the right place.",
    ],
    accepts="a NumPy array of shape (classes, classes)",
)


def _add_at(labels: np.ndarray, predictions: np.ndarray, classes: int) -> np.ndarray:
    counts = np.zeros((classes, classes), np.int32)
    np.add.at(counts, (labels, predictions), 1)
    return counts


# 10 · shift the images ------------------------------------------------------------------------


def _shift_images(images: np.ndarray, down: int, right: int) -> np.ndarray:
    _, height, width = images.shape
    shifted = np.zeros_like(images)
    for row in range(height):
        for column in range(width):
            if 0 <= row - down < height and 0 <= column - right < width:
                shifted[:, row, column] = images[:, row - down, column - right]
    return shifted


def _shift_padded(images: np.ndarray, down: int, right: int) -> np.ndarray:
    _, height, width = images.shape
    edge = max(abs(down), abs(right))
    padded = np.pad(images, ((0, 0), (edge, edge), (edge, edge)))
    top, left = edge - down, edge - right
    return padded[:, top : top + height, left : left + width]


def _shift_sliced(images: np.ndarray, down: int, right: int) -> np.ndarray:
    _, height, width = images.shape
    shifted = np.zeros_like(images)
    if abs(down) < height and abs(right) < width:
        shifted[
            :,
            max(down, 0) : height + min(down, 0),
            max(right, 0) : width + min(right, 0),
        ] = images[
            :,
            max(-down, 0) : height + min(-down, 0),
            max(-right, 0) : width + min(-right, 0),
        ]
    return shifted


def _shift_repeating(images: np.ndarray, down: int, right: int) -> np.ndarray:
    _, height, width = images.shape
    rows = np.clip(np.arange(height) - down, 0, height - 1)
    columns = np.clip(np.arange(width) - right, 0, width - 1)
    return np.asarray(images[:, rows][:, :, columns])


def _shift_cases(rng: np.random.Generator) -> Sequence[Case]:
    cases = []
    for shape, down, right in (
        ((2, 4, 5), 1, 0),
        ((3, 5, 4), 0, 2),
        ((2, 6, 5), -2, 1),
        ((4, 5, 7), 2, -3),
        ((1, 3, 4), 3, 0),
    ):
        pixels = rng.permutation(np.arange(1, 256))[: int(np.prod(shape))]
        images = pixels.reshape(shape).astype(np.uint8)
        label = f"{shape[0]} images of {shape[1]}×{shape[2]}, down {down}, right {right}"
        cases.append(Case((images, down, right), label=label))
    return cases


SHIFT_IMAGES = Exercise(
    name="shift_images",
    title="Move the digits",
    lesson=LESSON,
    kind="function",
    cases=_shift_cases,
    reference=_shift_images,
    parts={"all": 2},
    alternatives={
        "pad and cut": _shift_padded,
        "two slices": _shift_sliced,
        "float32": lambda images, down, right: _shift_padded(images, down, right).astype(
            np.float32
        ),
        "roll and blank": lambda images, down, right: _roll_and_blank(images, down, right),
    },
    misconceptions=[
        Misconception(
            "comes-back-on-the-other-side",
            lambda images, down, right: np.roll(images, (down, right), axis=(1, 2)),
            "What leaves on one side comes back on the other: that is np.roll. Black must come in.",
            "Roll is nearly right. The rows and columns that came around have to be blanked. Which "
            "rows are that after moving down by 1?",
        ),
        Misconception(
            "opposite-direction",
            lambda images, down, right: _shift_padded(images, -down, -right),
            "Your digits move the other way: down means towards larger row numbers.",
            "Moving down by 1, the new row 1 shows the old row 0. Which row does the new row 0 "
            "show?",
        ),
        Misconception(
            "rows-and-columns-exchanged",
            lambda images, down, right: _shift_padded(images, right, down),
            "Down and right are exchanged. The first number moves rows, axis 1.",
            "The axes are (images, rows, columns). Which axis runs from top to bottom?",
        ),
        Misconception(
            "edge-repeated",
            _shift_repeating,
            "The edge is smeared along. Where nothing was, 0 comes in.",
            "Digits stand on black paper. Start from zeros and copy only the part that is still "
            "inside. How large is that part after moving down by 2?",
        ),
        Misconception(
            "only-down",
            lambda images, down, right: _shift_padded(images, down, 0),
            "The images move down, but never right.",
            "Both shifts happen at once. What do you do with the second number?",
        ),
        Misconception(
            "negative-ignored",
            lambda images, down, right: _shift_padded(images, max(down, 0), max(right, 0)),
            "A negative shift does nothing in your function. It moves up, or left.",
            "Slices such as `images[:, :-down]` change their meaning when down is negative or 0. "
            "Which rows are left over after moving *up* by 2?",
        ),
        Misconception(
            "the-picture-gets-smaller",
            lambda images, down, right: images[
                :,
                max(-down, 0) : images.shape[1] - max(down, 0),
                max(-right, 0) : images.shape[2] - max(right, 0),
            ],
            "You cut the image smaller. It keeps its size; black fills the gap.",
            "The network expects 28×28 pixels. Make an array of zeros of that shape first. Where "
            "does the piece that you cut go?",
        ),
    ],
    forbids=("scipy", "skimage", "cv2", "tf", "tensorflow", "keras"),
    hints=[
        "Start with `np.zeros_like(images)`: black pictures of the same shape.",
        "New pixel (row, column) shows old pixel (row − down, column − right), if there is one.",
        "Try `down=1, right=0` on paper with a 3×3 image; then `down=-1`.",
    ],
    accepts="a NumPy array of the same shape (N, H, W)",
)


def _roll_and_blank(images: np.ndarray, down: int, right: int) -> np.ndarray:
    moved = np.roll(images, (down, right), axis=(1, 2))
    moved[:, slice(0, down) if down > 0 else slice(images.shape[1] + down, None)] = 0
    moved[:, :, slice(0, right) if right > 0 else slice(images.shape[2] + right, None)] = 0
    return moved


# 11 · what a shift does -----------------------------------------------------------------------


def _shift_effect() -> str:
    return "d"


SHIFT_EFFECT = Exercise(
    name="shift_effect",
    title="What a shift does",
    lesson=LESSON,
    kind="value",
    cases=_one_case,
    reference=_shift_effect,
    parts={"all": 1},
    alternatives={"a capital letter": lambda: "D", "with a space": lambda: " d "},
    misconceptions=[
        Misconception(
            "a-convnet-does-not-care",
            lambda: "a",
            "“A convnet does not care about a shift” is often said. Look at the curve: it falls.",
            "A shifted input gives shifted feature maps. Pooling forgives a pixel or two; after "
            "Flatten every position has weights of its own. Which layer of the network ties a "
            "feature to its place?",
        ),
        Misconception(
            "only-the-dense-network-suffers",
            lambda: "b",
            "The fully connected network does suffer. Look at the other curve, too.",
            "Read both curves at a shift of 4 pixels. Is the convnet's still at its left end?",
        ),
        Misconception(
            "both-suffer-alike",
            lambda: "c",
            "Both fall, but not alike. Compare the two curves at 2 pixels.",
            "Put a ruler on the figure where the shift is 2. Which network has lost more, and what "
            "in the other one could have helped?",
        ),
        Misconception(
            "the-convnet-suffers-more",
            lambda: "e",
            "The other way around: compare the two curves at 2 pixels.",
            "One of the networks looks for the same small patterns everywhere. Which one is it, "
            "and which curve is its own?",
        ),
    ],
    hints=["Run the cell above and read both curves at 0, 2 and 6 pixels."],
    accepts='one letter, such as "a"',
)


# 12 · classify --------------------------------------------------------------------------------


def _hidden_truth(case: Case) -> Any:
    return case.truth


def _classify_cases(rng: np.random.Generator) -> Sequence[Case]:
    digits = load_mnist()
    chosen = rng.choice(len(digits.x_test), 300, replace=False)
    images = distort(digits.x_test[chosen], rng)
    truth = digits.y_test[chosen].astype(np.int64)
    return [Case((images,), label="300 digits nobody has seen", truth=truth)]


def _mostly_right(case: Case) -> np.ndarray:
    """Nine of ten labels right, as a real network would have them."""
    labels = np.array(case.truth)
    labels[::10] = (labels[::10] + 3) % 10
    return labels


CLASSIFY = Exercise(
    name="classify",
    title="Read digits nobody has labelled",
    lesson=LESSON,
    kind="predictions",
    cases=_classify_cases,
    reference=_hidden_truth,
    parts={"all": 3},
    alternatives={
        "nine of ten right": _mostly_right,
        "a list": lambda case: [int(label) for label in case.truth],
        "uint8": lambda case: np.asarray(case.truth, np.uint8),
        "floats": lambda case: np.asarray(case.truth, np.float32),
    },
    misconceptions=[
        Misconception(
            "always-zero",
            lambda case: np.zeros(len(case.truth), int),
            "Every label is 0. Is the argmax taken along the ten classes?",
            "A column of probabilities has one entry, and its argmax is always 0. Print the shape "
            "of what `predict` returns. Along which axis do the ten classes lie?",
        ),
        Misconception(
            "counted-from-one",
            lambda case: np.asarray(case.truth) + 1,
            "Your labels are one too large. Column 0 belongs to digit 0.",
            "argmax gives the column's number, and columns are numbered from 0. What have you "
            "added?",
        ),
        Misconception(
            "one-hot-returned",
            lambda case: np.eye(10)[case.truth],
            "You returned ten numbers an image. The label is the place of the largest.",
            "`predict` gives probabilities of shape (N, 10). `argmax(axis=1)` turns each row into "
            "one label. What shape has the result?",
        ),
        Misconception(
            "best-image-for-each-digit",
            lambda case: np.eye(10)[case.truth].argmax(axis=0),
            "You got ten answers: for each digit its best image. Take the argmax along the other "
            "axis.",
            "Axis 0 counts images, axis 1 classes. The argmax makes its axis disappear. Which axis "
            "must disappear, so that one answer an image is left?",
        ),
        Misconception(
            "most-frequent-digit",
            lambda case: np.full(
                len(case.truth), np.bincount(np.asarray(case.truth), minlength=10).argmax()
            ),
            "Every image got the same label. Does the network really see the images?",
            "Check the input: prepared as for training? And the training: did the accuracy rise "
            "above 10 %? What does `np.bincount(classify(x_test[:100]))` show?",
        ),
        Misconception(
            "order-lost",
            lambda case: np.sort(np.asarray(case.truth)),
            "The right digits, in another order. Answer k belongs to image k.",
            "Something has sorted or shuffled the images or the labels on the way. Which step of "
            "your function could change the order?",
        ),
    ],
    threshold=0.85,
    hints=[
        "Prepare the images as for training, call `convnet.predict(..., verbose=0)`, and take the "
        "place of the largest probability in each row.",
        "Below 85 %? Look at what the network was trained on, and for how long.",
    ],
    accepts="one label from 0 to 9 for each image, in a NumPy array of shape (N,)",
)

EXERCISES: tuple[Exercise, ...] = (
    PREPARE_IMAGES,
    ONE_HOT_LABELS,
    TRACE_SHAPES,
    TRACE_PARAMETERS,
    NETWORK_INPUT,
    CROSS_ENTROPY,
    BUILD_CONVNET,
    COMPARE_EPOCHS,
    CONFUSION_MATRIX,
    SHIFT_IMAGES,
    SHIFT_EFFECT,
    CLASSIFY,
)
