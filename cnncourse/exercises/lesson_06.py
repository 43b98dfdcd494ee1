"""Lesson 6, "Cats and dogs from scratch": its exercises, right answers and known mistakes.

Every reference is written out by hand on purpose: the tests change it token by token and expect
the cases to notice. Networks are described as plain data, so that judging them needs no Keras.
"""

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from cnncourse.checking.exercise import Case, Exercise, Misconception
from cnncourse.checking.models import Blueprint
from cnncourse.exercises.blueprints import network

LESSON = "06_cats_dogs"

READY_MADE = ("tf", "tensorflow", "keras", "cnncourse", "scipy", "sklearn")

Batch = tuple[np.ndarray, np.ndarray]


def _one_case(rng: np.random.Generator) -> Sequence[Case]:
    return [Case()]


# 1 · one batch --------------------------------------------------------------------------------


def _take_batch(
    images: np.ndarray, labels: np.ndarray, order: np.ndarray, number: int, batch_size: int
) -> Batch:
    chosen = order[number * batch_size : (number + 1) * batch_size]
    return images[chosen].astype(np.float32) / 255, labels[chosen]


def _batch_by_loop(
    images: np.ndarray, labels: np.ndarray, order: np.ndarray, number: int, batch_size: int
) -> tuple[list, list]:
    inputs, truth = [], []
    for place in range(number * batch_size, min((number + 1) * batch_size, len(order))):
        inputs.append(images[order[place]] * (1 / 255))
        truth.append(int(labels[order[place]]))
    return inputs, truth


def _batched(
    choose: Callable[[np.ndarray, int, int], Any] = lambda order, number, size: order[
        number * size : (number + 1) * size
    ],
    scale: Callable[[np.ndarray], np.ndarray] = lambda images: images / 255,
    of: Callable[[np.ndarray, int, int], Any] | None = None,
) -> Callable[..., Batch]:
    """A way to take a batch with another choice, another scale, or other labels."""

    def take(
        images: np.ndarray, labels: np.ndarray, order: np.ndarray, number: int, batch_size: int
    ) -> Batch:
        chosen = choose(order, number, batch_size)
        truth = labels[(of or choose)(order, number, batch_size)]
        return scale(images[chosen]), truth

    return take


def _in_file_order(order: np.ndarray, number: int, size: int) -> np.ndarray:
    return np.arange(len(order))[number * size : (number + 1) * size]


def _batch_cases(rng: np.random.Generator) -> Sequence[Case]:
    cases = []
    # In no batch do the labels in file order equal the labels that belong to the pictures.
    order, truth = np.array([5, 2, 6, 0, 3, 1, 4]), np.array([1, 0, 1, 1, 0, 1, 0])
    for number, size, name in ((0, 3, "first"), (1, 3, "second"), (2, 3, "last"), (1, 4, "last")):
        labels = (truth if rng.integers(2) else 1 - truth).astype(np.uint8)
        pixels = rng.permutation(np.linspace(0, 255, 7 * 2 * 4 * 3).round())
        images = pixels.reshape(7, 2, 4, 3).astype(np.uint8)
        label = f"the {name} batch of {size}, from 7 pictures"
        part = "last batch" if name == "last" else "full batch"
        cases.append(Case((images, labels, order, number, size), label=label, part=part))
    return cases


TAKE_BATCH = Exercise(
    name="take_batch",
    title="One batch",
    lesson=LESSON,
    kind="function",
    cases=_batch_cases,
    reference=_take_batch,
    parts={"full batch": 1, "last batch": 1},
    alternatives={
        "picture by picture": _batch_by_loop,
        "float64": _batched(),
        "a list": lambda *given: list(_take_batch(*given)),
        "shuffled first": lambda images, labels, order, number, size: (
            images[order][number * size : number * size + size].astype("float32") / 255,
            labels[order][number * size : number * size + size].astype(float),
        ),
    },
    misconceptions=[
        Misconception(
            "labels-in-file-order",
            _batched(of=_in_file_order),
            "The pictures are shuffled and their labels are not: cats are called dogs.",
            "Nothing would complain. The network would learn noise, and its accuracy would stay at "
            "50 %. Both must be picked by the same numbers. Which ones?",
        ),
        Misconception(
            "order-not-used",
            _batched(_in_file_order),
            "You took the pictures in the order of the files. `order` says which come first.",
            "On the disk all cats come before all dogs. A batch of cats only teaches the network "
            "to say cat. Picture `order[0]` is the first of the epoch. Which is the second?",
        ),
        Misconception(
            "not-divided",
            _batched(scale=lambda images: images.astype(np.float32)),
            "The right pictures, and their pixels still run from 0 to 255.",
            "Look at the maximum of a batch. The first weights are made for inputs of about 1. "
            "What do you divide by, so that white becomes 1?",
        ),
        Misconception(
            "divided-by-its-own-maximum",
            _batched(scale=lambda images: images / images.max()),
            "You divided by the brightest pixel of the batch. White is 255 in every batch.",
            "A picture would get other numbers in another batch, and others again when it is "
            "tested. Which number is the same for all?",
        ),
        Misconception(
            "whole-number-division",
            _batched(scale=lambda images: images // 255),
            "All pixels but pure white became 0: `//` cuts the fraction off.",
            "uint8 holds whole numbers only. What is `100 // 255`, and what is `100 / 255`?",
        ),
        Misconception(
            "starts-at-its-number",
            _batched(lambda order, number, size: order[number : number + size]),
            "Batch 1 must start where batch 0 ends. Yours starts one picture further.",
            "With batches of 3, batch 0 has places 0, 1, 2 of the order. At which place does batch "
            "1 start? And batch `number`?",
        ),
        Misconception(
            "counted-from-one",
            _batched(lambda order, number, size: order[(number - 1) * size : number * size]),
            "You count batches from 1. Here the first is number 0.",
            "For number 0 your slice ends at 0, so it is empty. Where does it have to end?",
        ),
        Misconception(
            "last-batch-filled-up",
            _batched(
                lambda order, number, size: order[
                    np.arange(number * size, (number + 1) * size) % len(order)
                ]
            ),
            "You filled the last batch up from the start of the order. It may be smaller.",
            "Those pictures would count twice in this epoch. A slice that reaches beyond the end "
            "stops by itself. What is `np.arange(7)[6:9]`?",
        ),
        Misconception(
            "last-batch-dropped",
            _batched(
                lambda order, number, size: (
                    order[number * size : (number + 1) * size]
                    if (number + 1) * size <= len(order)
                    else order[:0]
                )
            ),
            "Your last batch is empty because it is not full. It has the pictures that are left.",
            "Seven pictures in batches of three: 3, 3 and 1. Dropping the last one wastes data, "
            "and you have little. What is left for it?",
        ),
    ],
    forbids=READY_MADE,
    hints=[
        "First the numbers of the pictures: a slice of `order`. It starts at number · batch_size.",
        "`images[chosen]` and `labels[chosen]` pick both by the same numbers.",
        "At last divide the pictures by 255. Return both: `return inputs, truth`.",
    ],
    accepts="two arrays: the pictures (n, H, W, 3) from 0 to 1, and their labels (n,)",
)


# 2 · steps per epoch --------------------------------------------------------------------------


def _steps_per_epoch(images: int, batch_size: int) -> int:
    return -(-images // batch_size)


def _steps_cases(rng: np.random.Generator) -> Sequence[Case]:
    size = int(rng.integers(7, 13))
    full = int(rng.integers(4, 9))
    return [
        Case((2000, 20), label="the lecture: 2000 pictures, batches of 20"),
        Case((1000, 20), label="validation: 1000 pictures, batches of 20"),
        Case((2000, 32), label="2000 pictures, batches of 32"),
        Case((full * size + 1, size), label="one picture more than full batches"),
        Case((full * size - 1, size), label="one picture fewer than full batches"),
        Case((5, 8), label="fewer pictures than a batch"),
    ]


STEPS_PER_EPOCH = Exercise(
    name="steps_per_epoch",
    title="Steps per epoch",
    lesson=LESSON,
    kind="function",
    cases=_steps_cases,
    reference=_steps_per_epoch,
    parts={"all": 1},
    alternatives={
        "ceil": lambda images, batch_size: int(np.ceil(images / batch_size)),
        "a float": lambda images, batch_size: np.ceil(images / batch_size),
        "with the remainder": lambda images, batch_size: (
            images // batch_size + (images % batch_size > 0)
        ),
        "counted": lambda images, batch_size: len(range(0, images, batch_size)),
    },
    misconceptions=[
        Misconception(
            "copied-from-the-lecture",
            lambda images, batch_size: 100,
            "100 belongs to the lecture's 2000 pictures and batches of 20. Yours may differ.",
            "With fewer pictures the data would run out in the middle of an epoch; with more, part "
            "of them would never be seen. How do 2000 and 20 give 100?",
        ),
        Misconception(
            "last-batch-forgotten",
            lambda images, batch_size: images // batch_size,
            "You round down: the pictures of the last, smaller batch are never seen.",
            "2000 pictures in batches of 32 are 62 full batches, and 16 pictures are left. How "
            "many steps does it take to see them, too?",
        ),
        Misconception(
            "always-one-more",
            lambda images, batch_size: images // batch_size + 1,
            "When the batches come out even, you ask for one step too many: the data run out.",
            "2000 pictures in batches of 20 need exactly 100 steps. When is there one more?",
        ),
        Misconception(
            "fraction-left",
            lambda images, batch_size: images / batch_size,
            "A step is a whole batch or a smaller one. There is no half step.",
            "62.5 batches are 62 full ones and one with the rest. How many steps is that?",
        ),
        Misconception(
            "rounded",
            lambda images, batch_size: int(images / batch_size + 0.5),
            "You round to the nearest number. One picture left over needs a step, too.",
            "With 1 picture left, rounding goes down and drops it. In which direction must you "
            "always round?",
        ),
        Misconception(
            "pictures-in-place-of-steps",
            lambda images, batch_size: images,
            "That is the number of pictures. One step takes a whole batch.",
            "In one step the network sees `batch_size` pictures. How many times until all are "
            "seen?",
        ),
        Misconception(
            "divided-the-wrong-way",
            lambda images, batch_size: -(-batch_size // images),
            "You divided the batch size by the pictures. The other way around.",
            "How often does a batch of 20 fit into 2000 pictures?",
        ),
    ],
    forbids=READY_MADE,
    hints=[
        "How often does the batch fit into the pictures? And what if some are left over?",
        "`//` rounds down, `%` gives what is left over. Or `np.ceil`.",
    ],
    accepts="one whole number",
)


# 3 · the parameters, row by row ---------------------------------------------------------------


def _parameter_rows(size: int, filters: Sequence[int], units: int) -> list[int]:
    rows, channels = [], 3
    for count in filters:
        rows.append((3 * 3 * channels + 1) * count)
        size = (size - 2) // 2
        channels = count
    rows.append((size * size * channels + 1) * units)
    rows.append(units + 1)
    return rows


def _counted(
    conv: Callable[[int, int, int], int] = lambda channels, count, size: (9 * channels + 1) * count,
    smaller: Callable[[int], int] = lambda size: (size - 2) // 2,
    dense: Callable[[int, int, int], int] = lambda size, channels, units: (
        (size * size * channels + 1) * units
    ),
    last: Callable[[int], int] = lambda units: units + 1,
    colours: int = 3,
) -> Callable[[int, Sequence[int], int], list[int]]:
    """A way to count in which some of the rules are others."""

    def count_rows(size: int, filters: Sequence[int], units: int) -> list[int]:
        rows, channels = [], colours
        for count in filters:
            rows.append(conv(channels, count, size))
            size, channels = smaller(size), count
        return [*rows, dense(size, channels, units), last(units)]

    return count_rows


def _rows_cases(rng: np.random.Generator) -> Sequence[Case]:
    even, odd = 2 * int(rng.integers(7, 11)), 2 * int(rng.integers(7, 11)) + 1
    return [
        Case((even, [5], 4), label=f"one block on {even}×{even}", part="one block"),
        Case((odd, [4], 7), label=f"one block on {odd}×{odd}", part="one block"),
        Case((150, [32, 64, 128, 128], 512), label="the lecture's network", part="deeper"),
        Case((47, [6, 4, 7], 5), label="three blocks on 47×47", part="deeper"),
        Case((64, [8, 16, 16], 10), label="three blocks on 64×64", part="deeper"),
    ]


PARAMETER_ROWS = Exercise(
    name="parameter_rows",
    title="The parameters, row by row",
    lesson=LESSON,
    kind="function",
    cases=_rows_cases,
    reference=_parameter_rows,
    parts={"one block": 1, "deeper": 2},
    alternatives={
        "with functions": _counted(),
        "weights and biases apart": _counted(
            conv=lambda c, n, s: 9 * c * n + n,
            dense=lambda s, c, u: s**2 * c * u + u,
            last=lambda u: u * 1 + 1,
        ),
        "an array": lambda size, filters, units: np.array(_parameter_rows(size, filters, units)),
        "a tuple of floats": lambda size, filters, units: tuple(
            float(n) for n in _parameter_rows(size, filters, units)
        ),
    },
    misconceptions=[
        Misconception(
            "grey-picture",
            _counted(colours=1),
            "You counted one channel in the first layer. A photograph has three: red, green, blue.",
            "The digits of lesson 5 were grey, and the first layer had 320 parameters. Here it "
            "has 896. What is the difference per filter?",
        ),
        Misconception(
            "biases-omitted",
            _counted(
                conv=lambda c, n, s: 9 * c * n,
                dense=lambda s, c, u: s * s * c * u,
                last=lambda u: u,
            ),
            "The weights are right. The biases are missing in every row.",
            "Each filter and each unit adds one number of its own. How many is that in a layer of "
            "32 filters?",
        ),
        Misconception(
            "convolution-keeps-the-size",
            _counted(smaller=lambda size: size // 2),
            "You halve the size, and forget that the 3×3 window loses the border first.",
            "Without padding 150 becomes 148, and pooling makes 74 of it. What comes after the "
            "next convolution?",
        ),
        Misconception(
            "pooling-forgotten",
            _counted(smaller=lambda size: size - 2),
            "Your maps only lose their border. After each convolution they are pooled: halved.",
            "The dense layer would get 142·142·128 numbers in place of 7·7·128. Which step of a "
            "block is missing?",
        ),
        Misconception(
            "pooling-rounds-up",
            _counted(smaller=lambda size: (size - 1) // 2),
            "Your pooling rounds up. A window that does not fit whole is left out.",
            "15 rows in pairs are 7 pairs, and the last row is dropped. What is left of 17 rows "
            "after a 3×3 convolution and pooling?",
        ),
        Misconception(
            "flatten-forgets-the-maps",
            _counted(dense=lambda s, c, u: (s * s + 1) * u),
            "Flatten hands on every number of every map. You counted one map only.",
            "The lecture's last maps are 7×7, and there are 128 of them: 6272 numbers. What did "
            "you multiply?",
        ),
        Misconception(
            "maps-averaged",
            _counted(dense=lambda s, c, u: (c + 1) * u),
            "You gave the dense layer one number a map. Flatten hands on every position.",
            "One number a map would be global average pooling: a good idea, which comes with "
            "lesson 9. How many numbers have 128 maps of 7×7?",
        ),
        Misconception(
            "two-output-units",
            _counted(last=lambda units: 2 * (units + 1)),
            "You counted two output units. Cat or dog is one question: one unit answers it.",
            "The unit gives the probability of a dog; a cat is what is left to 1. How many weights "
            "and biases does one unit have?",
        ),
        Misconception(
            "counted-at-every-place",
            _counted(conv=lambda c, n, size: (9 * c + 1) * n * (size - 2) * (size - 2)),
            "You counted a filter anew at every place. Its weights are shared by all places.",
            "The same nine weights per channel look everywhere. Does the first row depend on the "
            "size of the picture?",
        ),
        Misconception(
            "filters-forgotten-in-the-next-layer",
            _counted(conv=lambda c, n, s: 10 * n),
            "You counted flat kernels. A kernel reaches through all maps of the layer below.",
            "The second layer of the lecture sees 32 maps, so one of its kernels has 3·3·32 "
            "weights. How many has one of the third?",
        ),
    ],
    forbids=READY_MADE,
    hints=[
        "Keep two variables, the size and the number of channels, and change both after a block.",
        "A block: (3·3·channels + 1)·filters parameters; then the size is (size − 2) // 2.",
        "Dense: (size·size·channels + 1)·units. The last unit: units + 1.",
    ],
    accepts="a list of whole numbers: one for each convolution, then the two dense layers",
)


# 4 · the lecture's network --------------------------------------------------------------------

_LAYERS: tuple[tuple, ...] = (
    ("conv", 3, 32, "relu"),
    ("pool", 2),
    ("conv", 3, 64, "relu"),
    ("pool", 2),
    ("conv", 3, 128, "relu"),
    ("pool", 2),
    ("conv", 3, 128, "relu"),
    ("pool", 2),
    ("flatten",),
    ("dense", 512, "relu"),
    ("dense", 1, "sigmoid"),
)


def _changed(*changes: tuple[int, tuple | None], **compile_options: Any) -> Blueprint:
    """The lecture's network with some layers replaced, or left out where None is given."""
    layers: list[tuple | None] = list(_LAYERS)
    for place, layer in changes:
        layers[place] = layer
    options: dict[str, Any] = {"loss": "binary_crossentropy", "learning_rate": 1e-4}
    options |= compile_options
    return network(
        [layer for layer in layers if layer is not None], input_shape=(150, 150, 3), **options
    )


def _keras_cats_dogs(style: str) -> Any:
    """The same network written in another way; imports Keras when it is called."""
    import keras
    from keras import layers

    logits = style == "logits"
    stack: list[Any] = []
    for filters in (32, 64, 128, 128):
        if style == "activation layers":
            stack += [layers.Conv2D(filters, (3, 3)), layers.ReLU()]
        else:
            stack.append(layers.Conv2D(filters, 3, activation="relu"))
        stack.append(layers.MaxPooling2D((2, 2)))
    stack += [layers.Flatten(), layers.Dense(512, activation="relu")]
    stack.append(layers.Dense(1, activation=None if logits else "sigmoid"))
    inputs = keras.Input((150, 150, 3))
    if style == "functional":
        outputs = inputs
        for layer in stack:
            outputs = layer(outputs)
        model = keras.Model(inputs, outputs)
    else:
        model = keras.Sequential([inputs, *stack])
    model.compile(
        optimizer=keras.optimizers.RMSprop(learning_rate=1e-4),
        loss=keras.losses.BinaryCrossentropy(from_logits=logits)
        if logits or style == "objects"
        else "binary_crossentropy",
        metrics=["acc"] if style == "as in the lecture" else ["accuracy"],
    )
    return model


BUILD_CATS_DOGS = Exercise(
    name="build_cats_dogs",
    title="Build the lecture's network",
    lesson=LESSON,
    kind="model",
    cases=_one_case,
    reference=lambda: _changed(),
    parts={"all": 3},
    alternatives={
        "as in the lecture": lambda: _keras_cats_dogs("as in the lecture"),
        "functional": lambda: _keras_cats_dogs("functional"),
        "activations as layers": lambda: _keras_cats_dogs("activation layers"),
        "sigmoid inside the loss": lambda: _keras_cats_dogs("logits"),
        "the loss as an object": lambda: _keras_cats_dogs("objects"),
    },
    misconceptions=[
        Misconception(
            "one-softmax-unit",
            lambda: _changed((10, ("dense", 1, "softmax"))),
            "One softmax unit always says 1: every picture is a dog. Take sigmoid.",
            "Softmax divides each unit by the sum of all units. With a single unit that is the "
            "number divided by itself. Nothing can be learned, and nothing complains. Which "
            "activation turns *one* number into a probability?",
        ),
        Misconception(
            "two-softmax-units",
            lambda: _changed((10, ("dense", 2, "softmax")), loss="sparse_categorical_crossentropy"),
            "Two softmax units can learn this, too. The lecture asks one question with one unit.",
            "One unit with sigmoid says how probable a dog is; a cat is the rest to 1. The last "
            "layer then has 513 parameters. How many has yours?",
        ),
        Misconception(
            "two-sigmoid-units",
            lambda: _changed((10, ("dense", 2, "sigmoid"))),
            "You have two output units. Is it a dog? That is one question: one unit.",
            "The labels are single numbers, 0 or 1. Which shape must the answers have, to be "
            "compared with them?",
        ),
        Misconception(
            "relu-at-the-end",
            lambda: _changed((10, ("dense", 1, "relu"))),
            "The last unit must give a probability. Relu gives any number from 0 up.",
            "The loss takes the logarithm of p and of 1 − p, so p must lie between 0 and 1. Which "
            "activation squeezes every number into that range?",
        ),
        Misconception(
            "no-activation-at-the-end",
            lambda: _changed((10, ("dense", 1, "linear"))),
            "The last unit has no activation, and the loss takes its scores for probabilities.",
            "Either give the unit its sigmoid, or tell the loss with `from_logits=True`. Which of "
            "the two does the lecture?",
        ),
        Misconception(
            "loss-for-many-classes",
            lambda: _changed(loss="categorical_crossentropy"),
            "categorical_crossentropy compares rows of classes. One unit needs the binary one.",
            "On a row with a single entry it has nothing to compare, and the loss says nothing. "
            "Which loss is for yes-or-no questions?",
        ),
        Misconception(
            "loss-for-numbered-classes",
            lambda: _changed(loss="sparse_categorical_crossentropy"),
            "That was the loss for ten classes. One sigmoid unit needs binary_crossentropy.",
            "It looks up the probability in column `label`. Your output has one column. What would "
            "it look up for a dog, label 1?",
        ),
        Misconception(
            "squared-error",
            lambda: _changed(loss="mean_squared_error"),
            "Squared error hardly punishes a sure mistake. The lecture uses binary_crossentropy.",
            "For a dog called a cat with p = 0.01 the squared error is 0.98 and the cross entropy "
            "4.6. Which one makes the network change its mind?",
        ),
        Misconception(
            "learning-rate-left-alone",
            lambda: _changed(learning_rate=1e-3),
            "The optimizer runs at its usual 0.001. The lecture takes steps of 1e-4.",
            'The text `"rmsprop"` has no room for a learning rate. '
            "`keras.optimizers.RMSprop(learning_rate=...)` has. What stands in the lecture?",
        ),
        Misconception(
            "adam",
            lambda: _changed(optimizer="adam"),
            "Adam would do well too. The lecture uses RMSprop.",
            "To compare two results, change one thing at a time. Which class in `keras.optimizers` "
            "is asked?",
        ),
        Misconception(
            "one-block-missing",
            lambda: _changed((6, None), (7, None)),
            "You have three blocks. The lecture has four: 32, 64, 128 and 128 filters.",
            "Count the pooling layers: 150 → 74 → 36 → 17 → 7. Which block is missing?",
        ),
        Misconception(
            "last-block-with-256",
            lambda: _changed((6, ("conv", 3, 256, "relu"))),
            "The last convolution has 128 filters again, not 256.",
            "Doubling would go on as in VGG, and double the largest layer, too. How many "
            "parameters has the dense layer with 128 maps of 7×7?",
        ),
        Misconception(
            "no-relu-in-the-convolutions",
            lambda: _changed(
                *((i, ("conv", 3, n, "linear")) for i, n in ((0, 32), (2, 64), (4, 128), (6, 128)))
            ),
            "Your convolutions have no activation. Give each of them relu.",
            "Keras's default is none at all. Where do you name it?",
        ),
        Misconception(
            "padding-same",
            lambda: _changed(
                *(
                    (i, ("conv", 3, n, "relu", "same"))
                    for i, n in ((0, 32), (2, 64), (4, 128), (6, 128))
                )
            ),
            "You padded the convolutions. The lecture's network does not.",
            "Then 150 → 75 → 37 → 18 → 9, and the dense layer grows from 7·7 to 9·9 places. Which "
            "argument do you leave out?",
        ),
        Misconception(
            "flatten-missing",
            lambda: _changed((8, None)),
            "Flatten is missing: your dense layers act at each of the 7×7 places.",
            "The output would be (None, 7, 7, 1): 49 answers a picture. Which layer makes one row "
            "of 6272 numbers?",
        ),
        Misconception(
            "dropout-already",
            lambda: network(
                [*_LAYERS[:9], ("dropout", 0.5), *_LAYERS[9:]],
                input_shape=(150, 150, 3),
                loss="binary_crossentropy",
                learning_rate=1e-4,
            ),
            "That is the network with dropout. It comes in section 7; first without.",
            "You will want to see what dropout changes. What has to be trained before that?",
        ),
        Misconception(
            "not-compiled",
            lambda: _changed(compiled=False),
            "All layers are right. The model still has to be compiled.",
            "Which three arguments does the lecture give to `compile`?",
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
        "Four blocks of Conv2D and MaxPooling2D, then Flatten, Dense(512), Dense(1).",
        "All convolutions and the first dense layer have relu, the last unit sigmoid.",
        "`model.compile(optimizer=keras.optimizers.RMSprop(learning_rate=1e-4), "
        "loss='binary_crossentropy', metrics=['accuracy'])`",
    ],
    accepts="a function that returns the compiled Keras model",
)


# 5 · the loss of one unit ---------------------------------------------------------------------


def _binary_cross_entropy(probabilities: np.ndarray, labels: np.ndarray) -> float:
    total = 0.0
    for picture in range(len(labels)):
        if labels[picture] == 1:
            total -= np.log(probabilities[picture])
        else:
            total -= np.log(1 - probabilities[picture])
    return total / len(labels)


def _of_truth(p: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.where(y == 1, p, 1 - p)


def _binary_cases(rng: np.random.Generator) -> Sequence[Case]:
    mixed = rng.permutation([1, 0, 0, 1, 0])
    # Nobody is sure of the truth by the same amount, so that no two mistakes agree.
    near = np.where(mixed == 1, 1.0, 0.0) * 0.5 + rng.uniform(0.1, 0.35, 5)
    return [
        Case(
            (np.full(4, 0.5), np.array([1, 0, 0, 1])),
            label="a network that knows nothing",
            part="knows nothing",
        ),
        Case(
            (np.array([0.5, 0.5, 0.5]), np.array([0, 0, 1])),
            label="the same, three pictures",
            part="knows nothing",
        ),
        Case((near, mixed), label="five pictures", part="any prediction"),
        Case(
            (np.array([0.97, 0.9, 0.2]), np.array([1, 0, 0])),
            label="sure and wrong about one cat",
            part="any prediction",
        ),
        Case((np.array([0.7, 0.4]), np.array([0, 0])), label="two cats", part="any prediction"),
    ]


BINARY_CROSS_ENTROPY = Exercise(
    name="binary_cross_entropy",
    title="The loss of a yes-or-no question",
    lesson=LESSON,
    kind="function",
    cases=_binary_cases,
    reference=_binary_cross_entropy,
    parts={"knows nothing": 1, "any prediction": 1},
    alternatives={
        "where": lambda p, y: -np.log(_of_truth(p, y)).mean(),
        "the formula": lambda p, y: -(y * np.log(p) + (1 - y) * np.log(1 - p)).mean(),
        "float32": lambda p, y: np.float32(-np.log(_of_truth(p.astype(np.float32), y)).mean()),
        "with Keras's small number": lambda p, y: (
            -np.mean(y * np.log(p + 1e-7) + (1 - y) * np.log(1 - p + 1e-7))
        ),
        "a sum": lambda p, y: sum(np.log(1 / q) for q in _of_truth(p, y)) / len(y),
    },
    misconceptions=[
        Misconception(
            "cats-cost-nothing",
            lambda p, y: -(y * np.log(p)).mean(),
            "Only dogs count in your loss. A cat called a dog must cost something, too.",
            "For label 0 the probability of the truth is 1 − p. As it stands, a network that "
            "always says dog has no loss at all. Which second term is missing?",
        ),
        Misconception(
            "dogs-only",
            lambda p, y: -np.log(p).mean(),
            "You took −log p for every picture. For a cat the truth has the probability 1 − p.",
            "p is the probability of a dog. If p is 0.1 and it is a cat, the network is right. "
            "Should its loss be large or small?",
        ),
        Misconception(
            "cats-and-dogs-exchanged",
            lambda p, y: -np.log(_of_truth(p, 1 - y)).mean(),
            "Cats and dogs are exchanged: p belongs to label 1.",
            "A sure and right answer must cost almost nothing. What does yours charge for p = 0.9 "
            "and label 1?",
        ),
        Misconception(
            "sign-forgotten",
            lambda p, y: np.log(_of_truth(p, y)).mean(),
            "The sign is missing: the log of a probability is negative, a loss is not.",
            "Training makes the loss small, so worse answers must have larger losses. What do you "
            "put in front?",
        ),
        Misconception(
            "sum-not-mean",
            lambda p, y: -np.log(_of_truth(p, y)).sum(),
            "You added the pictures up. The loss is their mean.",
            "With a sum, a larger batch would look worse. What do you divide by?",
        ),
        Misconception(
            "base-two",
            lambda p, y: -np.log2(_of_truth(p, y)).mean(),
            "That is the logarithm to base 2. Keras uses the natural one, np.log.",
            "In bits, knowing nothing costs exactly 1; with the natural logarithm 0.693. Which of "
            "them does Keras print?",
        ),
        Misconception(
            "squared-error",
            lambda p, y: np.square(p - y).mean(),
            "That is the squared error. Cross entropy takes the logarithm.",
            "A squared error is at most 1, however sure the mistake. How large can −log p become?",
        ),
        Misconception(
            "distance-to-the-truth",
            lambda p, y: np.abs(p - y).mean(),
            "That is how much is missing to 1. The cross entropy takes the logarithm.",
            "First find the probability of the truth: p or 1 − p. Which function comes next?",
        ),
        Misconception(
            "log-of-the-mean",
            lambda p, y: -np.log(_of_truth(p, y).mean()),
            "You averaged first and took the log afterwards. Each picture has its own log.",
            "One picture at 0.01 must hurt; in the mean of the probabilities it hides. Which step "
            "comes first?",
        ),
    ],
    forbids=READY_MADE,
    hints=[
        "What is the probability of the truth? p for a dog (label 1), 1 − p for a cat (label 0).",
        "`np.where(labels == 1, probabilities, 1 - probabilities)`, then −log, then the mean.",
    ],
    accepts="one number",
)


# 6 · measure overfitting ----------------------------------------------------------------------


def _measure_overfitting(
    accuracy: Sequence[float], val_accuracy: Sequence[float], val_loss: Sequence[float]
) -> tuple[int, float]:
    best = int(np.argmin(val_loss)) + 1
    return best, accuracy[-1] - val_accuracy[-1]


def _overfitting_cases(rng: np.random.Generator) -> Sequence[Case]:
    cases = []
    # The lowest validation loss, the highest validation accuracy and the last epoch all differ;
    # so do the gaps there.
    for epochs, lowest, highest in ((8, 3, 5), (6, 1, 4), (10, 6, 2)):
        steps = np.arange(epochs)
        val_loss = 0.5 + 0.04 * np.abs(steps - lowest) + rng.uniform(0, 0.01, epochs)
        val_accuracy = 0.74 - 0.02 * np.abs(steps - highest) + rng.uniform(0, 0.005, epochs)
        accuracy = np.linspace(0.55, 0.97, epochs) + rng.uniform(0, 0.01, epochs)
        given = tuple([round(float(v), 4) for v in run] for run in (accuracy, val_accuracy))
        loss = [round(float(v), 4) for v in val_loss]
        cases.append(Case((*given, loss), label=f"{epochs} epochs"))
    return cases


MEASURE_OVERFITTING = Exercise(
    name="measure_overfitting",
    title="How much, and since when",
    lesson=LESSON,
    kind="function",
    cases=_overfitting_cases,
    reference=_measure_overfitting,
    parts={"all": 2},
    alternatives={
        "index": lambda accuracy, val_accuracy, val_loss: (
            val_loss.index(min(val_loss)) + 1,
            accuracy[-1] - val_accuracy[-1],
        ),
        "a list": lambda *runs: list(_measure_overfitting(*runs)),
        "an array": lambda *runs: np.array(_measure_overfitting(*runs)),
        "sorted": lambda accuracy, val_accuracy, val_loss: (
            min((loss, epoch) for epoch, loss in enumerate(val_loss, start=1))[1],
            np.subtract(accuracy, val_accuracy)[-1],
        ),
    },
    misconceptions=[
        Misconception(
            "epochs-counted-from-zero",
            lambda accuracy, val_accuracy, val_loss: (
                int(np.argmin(val_loss)),
                accuracy[-1] - val_accuracy[-1],
            ),
            "The gap is right. Epochs are counted from 1, as in the figure; `argmin` starts at 0.",
            "If the first epoch is the best, the answer is 1. What do you have to add?",
        ),
        Misconception(
            "epoch-of-the-best-accuracy",
            lambda accuracy, val_accuracy, val_loss: (
                int(np.argmax(val_accuracy)) + 1,
                accuracy[-1] - val_accuracy[-1],
            ),
            "The gap is right. The epoch you found has the best accuracy; the lowest *loss* is "
            "asked.",
            "Overfitting shows in the loss first: the network becomes too sure. Which of the three "
            "lists do you have to search?",
        ),
        Misconception(
            "epoch-of-the-highest-loss",
            lambda accuracy, val_accuracy, val_loss: (
                int(np.argmax(val_loss)) + 1,
                accuracy[-1] - val_accuracy[-1],
            ),
            "You found the epoch with the highest validation loss. The lowest is the best.",
            "For a loss, small is good. Which function finds the place of the smallest?",
        ),
        Misconception(
            "last-epoch-is-best",
            lambda accuracy, val_accuracy, val_loss: (
                len(val_loss),
                accuracy[-1] - val_accuracy[-1],
            ),
            "You returned the last epoch. After the best one the validation loss rises again.",
            "More training is not always better: that is what overfitting means. Where is the "
            "smallest number in `val_loss`?",
        ),
        Misconception(
            "gap-upside-down",
            lambda accuracy, val_accuracy, val_loss: (
                int(np.argmin(val_loss)) + 1,
                val_accuracy[-1] - accuracy[-1],
            ),
            "The epoch is right. The gap is training minus validation, so that overfitting is "
            "positive.",
            "The network does better on pictures it has learned from. Which of the two must come "
            "first?",
        ),
        Misconception(
            "gap-at-the-best-epoch",
            lambda accuracy, val_accuracy, val_loss: (
                int(np.argmin(val_loss)) + 1,
                accuracy[int(np.argmin(val_loss))] - val_accuracy[int(np.argmin(val_loss))],
            ),
            "The epoch is right. The gap is asked after the *last* epoch.",
            "At the best epoch the network has not yet learned much by heart. Which index is the "
            "last one?",
        ),
        Misconception(
            "gap-of-the-best",
            lambda accuracy, val_accuracy, val_loss: (
                int(np.argmin(val_loss)) + 1,
                max(accuracy) - max(val_accuracy),
            ),
            "You compared the best of both. They come from different epochs; take the last.",
            "A gap is between two numbers of one and the same network. Which index do both need?",
        ),
        Misconception(
            "gap-of-the-means",
            lambda accuracy, val_accuracy, val_loss: (
                int(np.argmin(val_loss)) + 1,
                float(np.mean(accuracy) - np.mean(val_accuracy)),
            ),
            "The epoch is right. You averaged the gap over all epochs; the last one is asked.",
            "In the mean the first epochs hide what happens at the end. Which index is the last?",
        ),
    ],
    forbids=READY_MADE,
    hints=[
        "`np.argmin(val_loss)` is the place of the lowest loss, counted from 0.",
        "The last number of a list is `accuracy[-1]`.",
    ],
    accepts="two numbers: the epoch, counted from 1, and the gap",
)


# 7 · dropout ----------------------------------------------------------------------------------


def _drop_out(values: np.ndarray, rate: float, draws: np.ndarray) -> np.ndarray:
    kept = draws >= rate
    return values * kept / (1 - rate)


def _drop_by_loop(values: np.ndarray, rate: float, draws: np.ndarray) -> np.ndarray:
    dropped = np.zeros(values.shape)
    for place in np.ndindex(*values.shape):
        if draws[place] >= rate:
            dropped[place] = values[place] / (1 - rate)
    return dropped


def _drop_cases(rng: np.random.Generator) -> Sequence[Case]:
    cases = []
    for shape, rate in (((2, 5), 0.2), ((3, 4), 0.5), ((4, 3), 0.75), ((2, 6), 0.4)):
        count = int(np.prod(shape))
        # Evenly spread and far from the rate: every share of places is dropped as it should be.
        draws = (np.arange(count) + 0.47) / count
        draws[np.flatnonzero(draws > rate)[0]] = rate  # exactly the rate: it is kept
        draws = rng.permutation(draws).reshape(shape)
        values = rng.permutation(np.arange(1, 13)[:count] * 0.6 - 2.2).reshape(shape)
        cases.append(Case((values, rate, draws), label=f"{shape[0]}×{shape[1]}, rate {rate}"))
    return cases


DROP_OUT = Exercise(
    name="drop_out",
    title="Drop out",
    lesson=LESSON,
    kind="function",
    cases=_drop_cases,
    reference=_drop_out,
    parts={"all": 2},
    alternatives={
        "loops": _drop_by_loop,
        "where": lambda values, rate, draws: np.where(draws < rate, 0, values / (1 - rate)),
        "float32": lambda values, rate, draws: (
            values * (draws >= rate) / np.float32(1 - rate)
        ).astype(np.float32),
        "in two steps": lambda values, rate, draws: _drop_in_two_steps(values, rate, draws),
    },
    misconceptions=[
        Misconception(
            "rate-is-what-is-kept",
            lambda values, rate, draws: values * (draws < rate) / rate,
            "You keep a share of `rate`. The rate says how much is *dropped*.",
            "With rate 0.2 one value in five becomes 0, not four in five. Some old texts and "
            "programs mean the share that is kept: always look it up. Which places have "
            "draws < rate?",
        ),
        Misconception(
            "the-wrong-places-dropped",
            lambda values, rate, draws: values * (draws < rate) / (1 - rate),
            "You drop where you should keep: the places with draws < rate become 0.",
            "A draw lies below 0.2 in one case of five. So which comparison marks a fifth of the "
            "places?",
        ),
        Misconception(
            "not-made-larger",
            lambda values, rate, draws: values * (draws >= rate),
            "The right values are dropped. What is kept has to grow, so that the sum stays.",
            "The next layer adds everything up. With half of it gone, the sum would be half as "
            "large in training as in use. By what must the rest be divided?",
        ),
        Misconception(
            "made-smaller",
            lambda values, rate, draws: values * (draws >= rate) * (1 - rate),
            "You made the kept values smaller. They have to make up for the dropped ones.",
            "With rate 0.75 a quarter is left, and must be four times as large. Do you multiply by "
            "1 − rate, or divide?",
        ),
        Misconception(
            "divided-by-the-rate",
            lambda values, rate, draws: values * (draws >= rate) / rate,
            "You divided by the rate. Divide by the share that is left, 1 − rate.",
            "With rate 0.5 both are the same, which hides this mistake. With rate 0.2, four of "
            "five are left. What factor makes up for one missing in five?",
        ),
        Misconception(
            "always-doubled",
            lambda values, rate, draws: values * (draws >= rate) * 2,
            "You always double what is left. That is right for rate 0.5 only.",
            "With rate 0.75 one value in four is left. How much larger must it be?",
        ),
        Misconception(
            "nothing-dropped",
            lambda values, rate, draws: values * (1 - rate),
            "You scaled all values and dropped none. Some must become 0, others stay.",
            "Scaling everything adds no noise, so nothing is gained. What tells `draws`?",
        ),
        Misconception(
            "whole-columns-dropped",
            lambda values, rate, draws: values * (draws[0] >= rate) / (1 - rate),
            "You dropped the same places in every row. Each picture of the batch draws its own.",
            "A row is one picture. `draws` has a number for each value of each picture. Which "
            "shape must your mask have?",
        ),
    ],
    forbids=READY_MADE,
    hints=[
        "`draws >= rate` is True where a value is kept.",
        "A value times True is the value, times False 0.",
        "Of N values, N·(1 − rate) are left: divide what is left by 1 − rate.",
    ],
    accepts="a NumPy array of the shape of `values`",
)


def _drop_in_two_steps(values: np.ndarray, rate: float, draws: np.ndarray) -> np.ndarray:
    result = values.astype(float)
    result[draws < rate] = 0
    return result * (1 / (1 - rate))


# 8 · validation above training ----------------------------------------------------------------


def _validation_above() -> str:
    return "c"


VALIDATION_ABOVE = Exercise(
    name="validation_above",
    title="Validation above training",
    lesson=LESSON,
    kind="value",
    cases=_one_case,
    reference=_validation_above,
    parts={"all": 1},
    alternatives={"a capital letter": lambda: "C", "with a space": lambda: " c "},
    misconceptions=[
        Misconception(
            "it-is-a-bug",
            lambda: "a",
            "“Validation above training is a bug” is often said. With dropout it is expected.",
            "Ask how each number is measured. While training, half of the features are switched "
            "off. And when the validation set is read?",
        ),
        Misconception(
            "sets-exchanged",
            lambda: "b",
            "Nothing is exchanged: later in the run the points do lie above the lines.",
            "If the two were exchanged, they would be so in every epoch. What is different between "
            "the two measurements while the network still learns fast?",
        ),
        Misconception(
            "validation-pictures-are-easier",
            lambda: "d",
            "Both sets come from the same pile, shuffled: neither is easier.",
            "If the validation pictures were easier, the line would lie above the points to the "
            "end. Look at the last epochs, and ask which of the two dropout makes worse.",
        ),
        Misconception(
            "dropout-at-validation-too",
            lambda: "e",
            "Dropout works in training only; in `evaluate` and `predict` every feature is there.",
            "If both were measured with dropout, both would suffer alike. Which of the two is "
            "measured with the whole network?",
        ),
    ],
    hints=[
        "Which features take part when a point is measured? Which when a line is?",
        "A point is also the mean over an epoch, in which the network was still learning.",
    ],
    accepts='one letter, such as "a"',
)


# 9 · back into file order ---------------------------------------------------------------------


def _in_order(scores: np.ndarray, order: np.ndarray) -> np.ndarray:
    result = np.zeros_like(scores)
    for place in range(len(order)):
        result[order[place]] = scores[place]
    return result


def _order_cases(rng: np.random.Generator) -> Sequence[Case]:
    cases = []
    for count in (5, 6, 9):
        # One long cycle: read backwards it is another order, and no picture keeps its place.
        ring = rng.permutation(count)
        order = np.empty(count, int)
        order[ring] = np.roll(ring, 1)
        scores = rng.permutation(np.linspace(0.05, 0.95, count)).round(3)
        cases.append(Case((scores, order), label=f"{count} pictures"))
    return cases


IN_FILE_ORDER = Exercise(
    name="in_file_order",
    title="Whose score is it?",
    lesson=LESSON,
    kind="function",
    cases=_order_cases,
    reference=_in_order,
    parts={"all": 2},
    alternatives={
        "argsort": lambda scores, order: scores[np.argsort(order)],
        "write by index": lambda scores, order: _write_by_index(scores, order),
        "a dict": lambda scores, order: [
            dict(zip(order.tolist(), scores.tolist(), strict=True))[n] for n in range(len(order))
        ],
        "sorted pairs": lambda scores, order: np.array(
            [score for _, score in sorted(zip(order.tolist(), scores.tolist(), strict=True))]
        ),
    },
    misconceptions=[
        Misconception(
            "left-shuffled",
            lambda scores, order: scores,
            "The scores are still shuffled. Compared with ordered labels they are worth nothing.",
            "A network that is right in nine of ten pictures would seem to guess. The first score "
            "belongs to picture `order[0]`. Where must it stand?",
        ),
        Misconception(
            "order-used-backwards",
            lambda scores, order: scores[order],
            "You shuffled the scores a second time. `scores[order]` reads where you must *write*.",
            "Score 0 belongs to picture order[0], so it goes *to* place order[0]. On which side of "
            "the equals sign must `[order]` stand?",
        ),
        Misconception(
            "sorted-by-score",
            lambda scores, order: np.sort(scores),
            "You sorted the scores by size. They must stand in the order of the pictures.",
            "After sorting, nobody knows whose score is whose. Which number says which picture a "
            "score belongs to?",
        ),
        Misconception(
            "turned-around",
            lambda scores, order: scores[::-1],
            "You turned the list around. The order was not simply backwards.",
            "`order` says for each score which picture it belongs to. How do you use it?",
        ),
        Misconception(
            "the-order-returned",
            lambda scores, order: np.argsort(order),
            "Those are places, not scores. One step is missing.",
            "`np.argsort(order)` says where the score of each picture stands. What do you do with "
            "these places?",
        ),
    ],
    forbids=READY_MADE,
    hints=[
        "Score k belongs to picture `order[k]`. Start with an empty array and write each score "
        "into its place.",
        "In a loop: `result[order[k]] = scores[k]`.",
    ],
    accepts="a NumPy array with one score for each picture",
)


def _write_by_index(scores: np.ndarray, order: np.ndarray) -> np.ndarray:
    result = np.empty(len(scores), np.float32)
    result[order] = scores
    return result


# 10 · tell them apart -------------------------------------------------------------------------

SIDE = 64  # pixels: the lesson trains on pictures of this size
HIDDEN = 400


def _hidden_truth(case: Case) -> Any:
    return case.truth


def _hidden_pictures(rng: np.random.Generator) -> Sequence[Case]:
    """Animals drawn for this check alone; the test photographs where the lesson has photographs."""
    from cnncourse.data import load_cats_dogs, photographs_at_hand

    if photographs_at_hand() is None:
        images, labels = _drawn(int(rng.integers(1, 2**31)))  # 0 draws the lesson's own pictures
    else:
        animals = load_cats_dogs("photographs", size=SIDE)
        images, labels = animals.x_test[:HIDDEN], animals.y_test[:HIDDEN]
    order = rng.permutation(len(images))
    label = f"{len(images)} pictures nobody has seen"
    return [Case((images[order],), label=label, truth=labels[order].astype(np.int64))]


@functools.lru_cache(maxsize=4)  # drawing takes a second or two, and a check is tried again
def _drawn(seed: int) -> tuple[np.ndarray, np.ndarray]:
    from cnncourse.data import draw_images

    return draw_images(("cat", "dog"), HIDDEN // 2, size=SIDE, seed=seed)


def _three_of_four(case: Case) -> np.ndarray:
    """Three of four labels right, as a real network would have them."""
    labels = np.array(case.truth)
    labels[::4] = 1 - labels[::4]
    return labels


TELL_APART = Exercise(
    name="tell_apart",
    title="Tell them apart",
    lesson=LESSON,
    kind="predictions",
    cases=_hidden_pictures,
    reference=_hidden_truth,
    parts={"all": 3},
    alternatives={
        "three of four right": _three_of_four,
        "a list": lambda case: [int(label) for label in case.truth],
        "True for a dog": lambda case: np.asarray(case.truth) == 1,
        "floats": lambda case: np.asarray(case.truth, np.float32),
    },
    misconceptions=[
        Misconception(
            "always-a-cat",
            lambda case: np.zeros(len(case.truth), int),
            "Every answer is 0, cat. Do you take an argmax of a single column?",
            "One unit gives one number a picture, and the argmax of one number is always 0. Above "
            "which probability do you call it a dog?",
        ),
        Misconception(
            "always-a-dog",
            lambda case: np.ones(len(case.truth), int),
            "Every answer is 1, dog. Softmax with one unit does that; so do undivided pixels.",
            "Print some probabilities. All exactly 1: look at the last layer's activation, and at "
            "the maximum of what you hand to `predict`. Was it divided as in training?",
        ),
        Misconception(
            "cats-and-dogs-exchanged",
            lambda case: 1 - np.asarray(case.truth),
            "Cats and dogs are exchanged: nearly every answer is the opposite of the truth.",
            "The network gives the probability of a *dog*, label 1. Which way does your comparison "
            "with 0.5 point?",
        ),
        Misconception(
            "one-column-in-place-of-a-row",
            lambda case: np.asarray(case.truth)[:, None],
            "`predict` gives a column, shape (N, 1). One label a picture is asked: shape (N,).",
            "`[:, 0]` takes the column out. Which shape does it leave?",
        ),
        Misconception(
            "two-columns",
            lambda case: np.stack([1 - np.asarray(case.truth), case.truth], axis=1),
            "You returned two numbers a picture. One label is asked: 0 for a cat, 1 for a dog.",
            "Where is the larger of the two? `argmax(axis=1)` turns each row into one label.",
        ),
        Misconception(
            "order-lost",
            lambda case: np.sort(np.asarray(case.truth)),
            "All cats first, then all dogs: answer k no longer belongs to picture k.",
            "Something has sorted or shuffled the pictures or the answers. Which step of your "
            "function could change the order?",
        ),
    ],
    threshold=0.55,
    hints=[
        "Divide by 255 as in training, call `convnet.predict(..., verbose=0)`, and take the column "
        "`[:, 0]`.",
        "A dog where the probability is above 0.5. Answers are 0 and 1, not probabilities.",
        "Near 50 %? Look at the curves: has the validation accuracy left 50 % in training?",
    ],
    accepts="one label, 0 or 1, for each picture, in a NumPy array of shape (N,)",
)

EXERCISES: tuple[Exercise, ...] = (
    TAKE_BATCH,
    STEPS_PER_EPOCH,
    PARAMETER_ROWS,
    BINARY_CROSS_ENTROPY,
    BUILD_CATS_DOGS,
    MEASURE_OVERFITTING,
    DROP_OUT,
    VALIDATION_ABOVE,
    IN_FILE_ORDER,
    TELL_APART,
)
