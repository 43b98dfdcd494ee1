"""Lesson 8, "Transfer learning": its exercises, right answers and known mistakes.

Every reference is written out by hand on purpose: the tests change it token by token and expect
the cases to notice. Networks are described as plain data, so that judging them needs no Keras.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from cnncourse.checking.exercise import Case, Exercise, Misconception
from cnncourse.checking.models import Blueprint, Description
from cnncourse.exercises.blueprints import network

LESSON = "08_transfer_learning"

SIDE = 64  # pixels: the lesson's pictures
HIDDEN = 300  # pictures in the last check
SHAPE = (64, 96, 3)  # what the networks to be built in this lesson read


def _one_case(rng: np.random.Generator) -> Sequence[Case]:
    return [Case()]


# 1 · prepare the pictures as VGG16 had them -----------------------------------------------------

_MEANS = (103.939, 116.779, 123.68)  # blue, green, red, over ImageNet's training pictures


def _vgg_preprocess(images: np.ndarray) -> np.ndarray:
    blue = images[..., 2] - 103.939
    green = images[..., 1] - 116.779
    red = images[..., 0] - 123.68
    return np.stack([blue, green, red], axis=-1)


def _preprocess_by_loops(images: np.ndarray) -> np.ndarray:
    count, height, width, _ = images.shape
    prepared = np.zeros(images.shape, np.float32)
    for n in range(count):
        for i in range(height):
            for j in range(width):
                red, green, blue = (float(value) for value in images[n, i, j])
                prepared[n, i, j] = blue - _MEANS[0], green - _MEANS[1], red - _MEANS[2]
    return prepared


def _preprocess_cases(rng: np.random.Generator) -> Sequence[Case]:
    cases = []
    for shape in ((2, 3, 4, 3), (1, 5, 2, 3)):
        # All values differ, so that nothing can trade places unnoticed; 0 and 255 occur.
        pixels = np.linspace(0, 255, int(np.prod(shape))).round().astype(np.uint8)
        images = rng.permutation(pixels).reshape(shape)
        cases.append(Case((images,), label=f"{shape[0]} pictures of {shape[1]}×{shape[2]}"))
    return cases


VGG_PREPROCESS = Exercise(
    name="vgg_preprocess",
    title="The input that VGG16 knows",
    lesson=LESSON,
    kind="function",
    cases=_preprocess_cases,
    reference=_vgg_preprocess,
    parts={"all": 2},
    alternatives={
        "loops": _preprocess_by_loops,
        "reversed channels": lambda images: images[..., ::-1].astype(np.float32) - _MEANS,
        "float64": lambda images: images[..., ::-1].astype(float) - np.array(_MEANS),
        "stack": lambda images: np.stack(
            [images[..., 2 - c].astype(np.float32) - _MEANS[c] for c in range(3)], axis=-1
        ),
        "means first": lambda images: (images - np.array(_MEANS[::-1]))[..., ::-1],
    },
    misconceptions=[
        Misconception(
            "divided-by-255",
            lambda images: images / np.float32(255),
            "Dividing by 255 suits your own networks. VGG16 was trained on 0 to 255 minus a mean.",
            "Look at minimum and maximum: yours run from 0 to 1, the network knows about −124 to "
            "151. To it, your pictures are all the same grey. Which two steps did its training "
            "have in place of the division?",
        ),
        Misconception(
            "divided-then-shifted",
            lambda images: (images[..., ::-1] - np.array(_MEANS)) / 255,
            "Order and means are right, but you also divided by 255. VGG16's input stays large.",
            "With the division every number is 255 times too small. How far from 0 may a number "
            "be, if 0 to 255 is shifted by about 110?",
        ),
        Misconception(
            "channels-not-reversed",
            lambda images: images - np.array(_MEANS[::-1]),
            "The means are right, but the channels still come red first. VGG16 has blue first.",
            "The photographs were once read with a library that gives blue, green, red. A network "
            "fed red for blue sees orange cats as blue ones. How do you reverse the last axis?",
        ),
        Misconception(
            "means-of-the-other-order",
            lambda images: images[..., ::-1] - np.array(_MEANS[::-1]),
            "You reversed the channels, and then took red's mean from blue.",
            "Each channel loses its own mean: blue 103.939, green 116.779, red 123.68. In which "
            "order do the means have to stand once the picture is blue first?",
        ),
        Misconception(
            "only-the-means",
            lambda images: images - np.array(_MEANS),
            "The means stand in the order blue, green, red, and your channels do not.",
            "You subtracted blue's mean from red. Reverse the channels of the picture first. Which "
            "index runs over the channels?",
        ),
        Misconception(
            "only-reversed",
            lambda images: images[..., ::-1].astype(np.float32),
            "The order is right: blue, green, red. The means are still in.",
            "VGG16's training pictures had 0 for their mean, channel by channel. What has to be "
            "subtracted?",
        ),
        Misconception(
            "mirrored",
            lambda images: images[:, :, ::-1] - np.array(_MEANS),
            "You mirrored the picture: that is the axis of columns, not of channels.",
            "The axes are (pictures, rows, columns, channels). `[..., ::-1]` reverses the last "
            "one. Which one did yours reverse?",
        ),
        Misconception(
            "minus-one-to-one",
            lambda images: images / 127.5 - 1,
            "−1 to 1 is what other networks were trained on (MobileNet, and our small VGG).",
            "Every borrowed network comes with its own preparation. It is part of the network, as "
            "its weights are. What did VGG16 see?",
        ),
        Misconception(
            "means-of-these-pictures",
            lambda images: images[..., ::-1] - images[..., ::-1].mean(axis=(0, 1, 2)),
            "You subtracted the mean of these pictures. It must be ImageNet's, always the same.",
            "With a mean of its own, a batch of dark pictures would look like a batch of bright "
            "ones. Which three numbers are given in the text?",
        ),
        Misconception(
            "means-added",
            lambda images: images[..., ::-1] + np.array(_MEANS),
            "The means were added. They have to be subtracted.",
            "After it, the middle of all pictures should be 0. What is 117 + 117, and what is "
            "117 − 117?",
        ),
        Misconception(
            "whole-number-underflow",
            lambda images: images[..., ::-1] - np.array(_MEANS).astype(np.uint8),
            "Small values became large ones: whole numbers from 0 to 255 cannot be negative.",
            "In uint8, 3 − 103 is 156. Change the type of the pictures first. Which type has "
            "negative numbers and fractions?",
        ),
    ],
    forbids=("tf", "tensorflow", "keras", "preprocess_input", "zoo", "cnncourse"),
    hints=[
        "Two steps: reverse the last axis, then subtract three numbers.",
        "`images[..., ::-1].astype('float32')` has blue first.",
    ],
    accepts="a NumPy array of the same shape, with fractions",
)


# 2 · what the base hands over -------------------------------------------------------------------


def _head_on_features(
    height: int, width: int, channels: int, units: int
) -> tuple[int, int, int, int]:
    for _pool in range(5):
        height = height // 2
        width = width // 2
    numbers = height * width * channels
    return height, width, (numbers + 1) * units, units + 1


def _head(
    sides: Callable[[int, int], tuple[int, int]] = lambda h, w: (h // 32, w // 32),
    dense: Callable[[int, int, int, int], int] = lambda h, w, c, u: (h * w * c + 1) * u,
    last: Callable[[int, int, int, int], int] = lambda h, w, c, u: u + 1,
) -> Callable[[int, int, int, int], tuple[int, int, int, int]]:
    """A way to count in which some of the rules are others."""

    def count(height: int, width: int, channels: int, units: int) -> tuple[int, int, int, int]:
        h, w = sides(height, width)
        return h, w, dense(h, w, channels, units), last(h, w, channels, units)

    return count


def _head_cases(rng: np.random.Generator) -> Sequence[Case]:
    odd = [(97, 161, 192, 40), (127, 66, 12, 7)]
    height, width, channels, units = odd[int(rng.integers(2))]
    return [
        Case((150, 150, 512, 256), label="the lecture: VGG16 at 150×150", part="lecture"),
        Case((height, width, channels, units), label=f"{height}×{width}", part="other sizes"),
        Case((64, 96, 20, 3), label="64×96", part="other sizes"),
    ]


HEAD_ON_FEATURES = Exercise(
    name="head_on_features",
    title="Count the new top",
    lesson=LESSON,
    kind="function",
    cases=_head_cases,
    reference=_head_on_features,
    parts={"lecture": 1, "other sizes": 1},
    alternatives={
        "one division by 32": _head(),
        "a list": lambda h, w, c, u: list(_head_on_features(h, w, c, u)),
        "NumPy numbers": lambda h, w, c, u: np.array(_head_on_features(h, w, c, u)),
        "multiplied out": _head(dense=lambda h, w, c, u: h * w * c * u + u),
    },
    misconceptions=[
        Misconception(
            "rounded-up",
            _head(sides=lambda h, w: (-(-h // 32), -(-w // 32))),
            "Your maps are rounded up. A pooling window that does not fit is left out.",
            "150 → 75 → 37: the last row of 75 has no partner. Which division of Python's drops "
            "the rest?",
        ),
        Misconception(
            "four-poolings",
            _head(sides=lambda h, w: (h // 16, w // 16)),
            "You halved four times. The base ends behind the pooling of block 5.",
            "Follow the lecture's picture: 150, 75, 37, 18, 9, and one more. How many blocks are "
            "there?",
        ),
        Misconception(
            "biases-forgotten",
            _head(dense=lambda h, w, c, u: h * w * c * u, last=lambda h, w, c, u: u),
            "The weights are right, and the biases are missing: one for each unit.",
            "A unit computes weights · inputs + bias. How many biases have 256 units?",
        ),
        Misconception(
            "positions-forgotten",
            _head(dense=lambda h, w, c, u: (c + 1) * u),
            "You counted one number a channel. Flatten keeps every position of every channel.",
            "4×4 positions with 512 channels are 8192 numbers. (Averaging each channel first, "
            "GlobalAveragePooling2D, would leave 512.) How many inputs has a unit?",
        ),
        Misconception(
            "height-taken-twice",
            _head(sides=lambda h, w: (h // 32, h // 32)),
            "You used the height for both sides. Pictures need not be square.",
            "The lecture's are square, so that nobody notices. What are height and width in the "
            "other cases?",
        ),
        Misconception(
            "sides-exchanged",
            _head(sides=lambda h, w: (w // 32, h // 32)),
            "Height and width have traded places.",
            "Rows come first everywhere in this course. Which argument is the number of rows?",
        ),
        Misconception(
            "divided-from-left-to-right",
            lambda h, w, c, u: (h // 32, w // 32, (h // 32 * w // 32 * c + 1) * u, u + 1),
            "`h // 32 * w // 32` goes from left to right: it multiplies before it divides again.",
            "For 150×150 that is 4 · 150 // 32 = 18, not 4 · 4. Where do parentheses belong, or "
            "which names could you give to the two sides first?",
        ),
        Misconception(
            "last-unit-reads-the-features",
            _head(last=lambda h, w, c, u: h * w * c + 1),
            "The last unit reads the dense layer in front of it, not the features.",
            "Layers stand in a row: features, dense units, one unit. How many numbers arrive at "
            "the last one?",
        ),
        Misconception(
            "two-units-for-two-classes",
            _head(last=lambda h, w, c, u: 2 * (u + 1)),
            "You counted two units at the end. For yes or no, one is enough.",
            "One sigmoid unit gives p for dog, and 1 − p for cat. How many parameters has it?",
        ),
    ],
    forbids=("tf", "tensorflow", "keras", "zoo", "cnncourse"),
    hints=[
        "Halve height and width five times, rounding down each time.",
        "A dense layer has (inputs + 1) · units parameters.",
    ],
    accepts="four whole numbers: rows, columns, parameters of the dense layer, of the last unit",
)


# 3 · the nearest mean ---------------------------------------------------------------------------


def _nearest_mean(features: np.ndarray, labels: np.ndarray, new: np.ndarray) -> list[int]:
    answers = []
    for row in new:
        distances = []
        for label in (0, 1):
            mean = features[labels == label].mean(axis=0)
            # The squared distance without the square of the row, which is the same for both.
            distances.append(mean @ mean - 2 * (row @ mean))
        answers.append(distances.index(min(distances)))
    return answers


def _distances(
    features: np.ndarray,
    labels: np.ndarray,
    new: np.ndarray,
    middle: Callable[..., Any] = np.mean,
    power: int = 2,
) -> np.ndarray:
    """From every new row to the middle of every class, (new rows, 2)."""
    middles = np.stack([middle(features[labels == k], axis=0) for k in (0, 1)])
    return (np.abs(new[:, None] - middles[None]) ** power).sum(axis=2)


def _nearest_example(features: np.ndarray, labels: np.ndarray, new: np.ndarray) -> np.ndarray:
    return labels[((new[:, None] - features[None]) ** 2).sum(axis=2).argmin(axis=1)]


def _largest_product(features: np.ndarray, labels: np.ndarray, new: np.ndarray) -> np.ndarray:
    middles = np.stack([features[labels == k].mean(axis=0) for k in (0, 1)])
    return (new @ middles.T).argmax(axis=1)


def _mean_cases(rng: np.random.Generator) -> Sequence[Case]:
    cases = []
    for count, sizes in ((3, (4, 9)), (5, (7, 3))):
        # Skewed like features behind relu, so that means, medians and single neighbours disagree;
        # and some features are larger for cats, others for dogs.
        scales = [np.linspace(2.5, 0.8, count), np.linspace(0.6, 2.9, count)]
        features = np.concatenate(
            [rng.gamma(0.6, 1.0, (sizes[k], count)) * scales[k] for k in (0, 1)]
        ).astype(np.float32)
        labels = np.repeat([0, 1], sizes)
        order = rng.permutation(len(labels))
        new = (rng.gamma(0.8, 1.6, (60, count))).astype(np.float32)
        cases.append(
            Case((features[order], labels[order], new), label=f"{count} features, 60 pictures")
        )
    return cases


NEAREST_MEAN = Exercise(
    name="nearest_mean",
    title="The nearest mean",
    lesson=LESSON,
    kind="function",
    cases=_mean_cases,
    reference=_nearest_mean,
    parts={"all": 2},
    alternatives={
        "all distances at once": lambda f, y, new: _distances(f, y, new).argmin(axis=1),
        "norm": lambda f, y, new: np.array(
            [
                np.linalg.norm(new - f[y == 0].mean(axis=0), axis=1)
                > np.linalg.norm(new - f[y == 1].mean(axis=0), axis=1)
            ]
        )[0].astype(int),
        "a list": lambda f, y, new: _distances(f, y, new).argmin(axis=1).tolist(),
        "float64": lambda f, y, new: (
            _distances(f.astype(float), y, new.astype(float)).argmin(axis=1).astype(np.float64)
        ),
    },
    misconceptions=[
        Misconception(
            "the-farther-one",
            lambda f, y, new: _distances(f, y, new).argmax(axis=1),
            "You chose the mean that is farther away, or exchanged 0 and 1.",
            "A small distance says: alike. Dog is 1. For which comparison of the two distances is "
            "the answer 1?",
        ),
        Misconception(
            "nearest-example",
            _nearest_example,
            "You took the label of the nearest single picture. Asked is the nearest class mean.",
            "Average the features of all cats, and of all dogs, before you measure. How many "
            "distances does one new picture need then?",
        ),
        Misconception(
            "largest-product",
            _largest_product,
            "You took the larger dot product. A long mean wins that without being near.",
            "Subtract, square, add up: that is a distance. Which of the two means is longer here?",
        ),
        Misconception(
            "medians",
            lambda f, y, new: _distances(f, y, new, middle=np.median).argmin(axis=1),
            "You took the medians of the classes. Asked are the means.",
            "Features behind relu have many zeros, so median and mean differ. Which function adds "
            "up and divides?",
        ),
        Misconception(
            "absolute-differences",
            lambda f, y, new: _distances(f, y, new, power=1).argmin(axis=1),
            "You added up absolute differences. Asked is the straight distance: squares.",
            "The length of a vector is √(a² + b² + …). What do you do with the differences before "
            "you add them?",
        ),
        Misconception(
            "differences-not-squared",
            lambda f, y, new: np.array(
                [
                    (new - f[y == 1].mean(axis=0)).sum(axis=1)
                    < (new - f[y == 0].mean(axis=0)).sum(axis=1)
                ]
            )[0].astype(int),
            "You added up the differences themselves. Plus and minus cancel.",
            "A picture that is 5 too large in one feature and 5 too small in another is far away. "
            "What makes both differences positive?",
        ),
        Misconception(
            "comparison-returned",
            lambda f, y, new: _distances(f, y, new)[:, 1] < _distances(f, y, new)[:, 0],
            "True and False are the answers to a comparison. Asked are labels, 0 or 1.",
            "`.astype(int)` turns True into 1. Does your comparison ask for the dog, label 1?",
        ),
        Misconception(
            "distances-returned",
            lambda f, y, new: np.sqrt(_distances(f, y, new)),
            "You returned the distances. Asked is one label for each picture.",
            "Two numbers a picture are one too many: which of them is smaller? `argmin` along one "
            "of the axes tells. Along which?",
        ),
    ],
    forbids=("tf", "tensorflow", "keras", "sklearn", "scipy", "cnncourse"),
    hints=[
        "`features[labels == 0].mean(axis=0)` is the mean of the cats: one number a feature.",
        "Measure both distances for each new row; the smaller one decides.",
    ],
    accepts="one label, 0 or 1, for each row of new",
)


# 4 · how often the base runs --------------------------------------------------------------------


def _images_through_base(training: int, validation: int, epochs: int, way: str) -> int:
    if way == "in the loop":
        return epochs * (training + validation)
    if way == "cached":
        return training + validation
    return epochs * training + validation


def _passes(
    loop: Callable[[int, int, int], int] = lambda t, v, e: e * (t + v),
    cached: Callable[[int, int, int], int] = lambda t, v, e: t + v,
    augmented: Callable[[int, int, int], int] = lambda t, v, e: e * t + v,
) -> Callable[[int, int, int, str], int]:
    rules = {"in the loop": loop, "cached": cached, "cached, augmented": augmented}
    return lambda training, validation, epochs, way: rules[way](training, validation, epochs)


def _passes_cases(rng: np.random.Generator) -> Sequence[Case]:
    training, validation = int(rng.integers(300, 400)), int(rng.integers(100, 200))
    ways = ("in the loop", "cached", "cached, augmented")
    return [
        Case(
            (*numbers, way),
            label=f"{numbers[0]} + {numbers[1]} pictures, {numbers[2]} epochs, {way}",
            part="augmented" if "augmented" in way else "plain",
        )
        for numbers in ((2000, 1000, 30), (training, validation, 7))
        for way in ways
    ]


IMAGES_THROUGH_BASE = Exercise(
    name="images_through_base",
    title="How often the base runs",
    lesson=LESSON,
    kind="function",
    cases=_passes_cases,
    reference=_images_through_base,
    parts={"plain": 1, "augmented": 1},
    alternatives={
        "a table": _passes(),
        "counted": _passes(
            loop=lambda t, v, e: sum(t + v for _ in range(e)),
            augmented=lambda t, v, e: sum([t] * e) + v,
        ),
        "NumPy number": lambda t, v, e, way: np.int64(_images_through_base(t, v, e, way)),
        "a float": lambda t, v, e, way: float(_images_through_base(t, v, e, way)),
    },
    misconceptions=[
        Misconception(
            "validation-forgotten",
            _passes(lambda t, v, e: e * t, lambda t, v, e: t, lambda t, v, e: e * t),
            "You left the validation pictures out. They pass the base as well.",
            "After each epoch the network answers the validation set; cached, once. What has to "
            "be added?",
        ),
        Misconception(
            "cache-saves-nothing",
            _passes(cached=lambda t, v, e: e * (t + v), augmented=lambda t, v, e: e * (t + v)),
            "You let cached pictures pass in every epoch. The cache is there to avoid that.",
            "A frozen base gives the same answer to the same picture every time. How often does "
            "one have to ask?",
        ),
        Misconception(
            "augmented-pictures-cached",
            _passes(augmented=lambda t, v, e: t + v),
            "You cached augmented pictures. They are new in every epoch, so their features are.",
            "A cache helps when the same question comes again. A picture that was turned by "
            "another angle is another question. What about the validation pictures?",
        ),
        Misconception(
            "validation-augmented",
            _passes(augmented=lambda t, v, e: e * (t + v)),
            "Validation pictures are not augmented: once through the base is enough for them.",
            "Only training pictures are changed at random (lesson 7). How often does the base see "
            "the others?",
        ),
        Misconception(
            "epochs-forgotten",
            _passes(loop=lambda t, v, e: t + v, augmented=lambda t, v, e: t + v),
            "You counted one epoch. In the loop the base runs again in every epoch.",
            "fit sends each batch through the whole model, frozen layers as well. By which number "
            "do you multiply?",
        ),
        Misconception(
            "validation-only-once-in-the-loop",
            _passes(loop=lambda t, v, e: e * t + v),
            "In the loop, the validation pictures pass the base after every epoch, not once.",
            "The curve of the validation accuracy has one point an epoch. What does each point "
            "cost?",
        ),
    ],
    hints=[
        "In the loop: every picture in every epoch. Cached: every picture once.",
        "Augmented: the training pictures change in each epoch, the validation pictures never.",
    ],
    accepts="a whole number of pictures",
)


# 5 · the frozen base as a layer -----------------------------------------------------------------

_FILTERS = (16, 32, 64, 128, 192)  # of the small VGG


def _base(trains: Callable[[str], bool]) -> Description:
    """The small VGG without its top; a layer trains where its name says so."""
    layers: list[tuple] = []
    names = [""]
    for block, filters in enumerate(_FILTERS, start=1):
        for index in (1, 2):
            layers.append(("conv", 3, filters, "relu", "same"))
            names.append(f"block{block}_conv{index}")
        layers.append(("pool", 2))
        names.append(f"block{block}_pool")
    description = network(layers, input_shape=SHAPE, loss="").description
    described = [
        {**layer, "trainable": not layer["parameters"] or trains(name)}
        for name, layer in zip(names, description["layers"], strict=True)
    ]
    return {**description, "layers": described, "compiled": None}


def _transfer(
    trains: Callable[[str], bool] = lambda name: False,
    *,
    head: Sequence[tuple] = (("flatten",), ("dense", 256, "relu"), ("dense", 1, "sigmoid")),
    head_trains: bool = True,
    loss: str = "binary_crossentropy",
    learning_rate: float = 1e-4,
    optimizer: str = "rmsprop",
    compiled: bool = True,
) -> Blueprint:
    """The base as one layer, and a new top."""
    base = _base(trains)
    features = base["layers"][-1]["output_shape"]
    moved = [layer["trainable"] for layer in base["layers"] if layer["parameters"]]
    as_layer = {
        "class": "Functional",
        "config": {},
        "output_shape": features,
        "parameters": base["parameters"],
        "trainable": any(moved),
        "layers": base["layers"],
        "input_shape": base["input_shape"],
    }
    top = network(
        head,
        input_shape=features[1:],
        loss=loss,
        optimizer=optimizer,
        learning_rate=learning_rate,
        compiled=compiled,
    ).description
    above = [
        {**layer, "trainable": head_trains or not layer["parameters"]}
        for layer in top["layers"][1:]
    ]
    return Blueprint(
        {
            "layers": [base["layers"][0], as_layer, *above],
            "input_shape": base["input_shape"],
            "parameters": base["parameters"] + top["parameters"],
            "trainable_parameters": None,
            "compiled": top["compiled"],
        }
    )


def _build_transfer() -> Blueprint:
    return _transfer()


def _keras_transfer(style: str) -> Any:
    """The same network written in another way; imports Keras when it is called."""
    import keras
    from keras import layers

    from cnncourse.zoo.small_vgg import small_vgg_base

    base = small_vgg_base(SHAPE, weights=None)
    if style == "layer by layer":
        for layer in base.layers:
            layer.trainable = False
    else:
        base.trainable = False
    if style == "functional":
        inputs = keras.Input(SHAPE)
        outputs = layers.Flatten()(base(inputs, training=False))
        outputs = layers.Dense(256, activation="relu")(outputs)
        model = keras.Model(inputs, layers.Dense(1, activation="sigmoid")(outputs))
    else:
        model = keras.Sequential(
            [
                base,
                layers.Flatten(),
                layers.Dense(256, activation="relu"),
                layers.Dense(1, activation="sigmoid"),
            ]
        )
    optimizer = keras.optimizers.RMSprop(learning_rate=1e-4)
    model.compile(optimizer, loss="binary_crossentropy", metrics=["accuracy"])
    return model


BUILD_TRANSFER = Exercise(
    name="build_transfer",
    title="A frozen base with a new top",
    lesson=LESSON,
    kind="model",
    cases=_one_case,
    reference=_build_transfer,
    parts={"all": 3},
    alternatives={
        "Sequential": lambda: _keras_transfer("sequential"),
        "functional": lambda: _keras_transfer("functional"),
        "frozen layer by layer": lambda: _keras_transfer("layer by layer"),
    },
    misconceptions=[
        Misconception(
            "not-frozen",
            lambda: _transfer(lambda name: True),
            "All layers are there, and the base is not frozen: everything would train.",
            "The new top begins with random weights, so its first gradients are noise. Through an "
            "open base they run on into the borrowed weights. Which line stops them?",
        ),
        Misconception(
            "everything-frozen",
            lambda: _transfer(head_trains=False),
            "You froze the new top as well: nothing is left to learn.",
            "Freeze the base, not the model that holds it. Of which of the two did you set "
            "`trainable`?",
        ),
        Misconception(
            "averaged-in-place-of-flattened",
            lambda: _transfer(head=(("dense", 256, "relu"), ("dense", 1, "sigmoid"))),
            "Flatten is missing: your dense layers act at every position of the maps.",
            "The base gives (2, 3, 192), and the answer must be one number a picture. Which layer "
            "writes everything into one row?",
        ),
        Misconception(
            "softmax-of-one-unit",
            lambda: _transfer(head=(("flatten",), ("dense", 256, "relu"), ("dense", 1, "softmax"))),
            "Softmax of a single unit is always 1. A yes-or-no unit needs sigmoid.",
            "Softmax makes its numbers add up to 1. With one number, what must it be? Which "
            "activation gives a probability for one unit?",
        ),
        Misconception(
            "two-softmax-units",
            lambda: _transfer(
                head=(("flatten",), ("dense", 256, "relu"), ("dense", 2, "softmax")),
                loss="sparse_categorical_crossentropy",
            ),
            "Two softmax units work too. The lecture has one unit with sigmoid.",
            "One number is enough for yes or no. Which loss belongs to it?",
        ),
        Misconception(
            "relu-missing",
            lambda: _transfer(
                head=(("flatten",), ("dense", 256, "linear"), ("dense", 1, "sigmoid"))
            ),
            "The dense layer of 256 units has no relu: two linear layers in a row are one.",
            "Without an activation between them, the second layer adds nothing. Which argument is "
            "missing?",
        ),
        Misconception(
            "one-dense-layer",
            lambda: _transfer(head=(("flatten",), ("dense", 1, "sigmoid"))),
            "The dense layer with 256 units is missing.",
            "A single unit on the features can work, and is worth a try. Here the lecture's top is "
            "asked: Flatten, 256 units, one unit. Where does the layer go?",
        ),
        Misconception(
            "learning-rate-of-the-name",
            lambda: _transfer(learning_rate=1e-3),
            "Everything is right but the learning rate: `'rmsprop'` by name has 0.001.",
            "`keras.optimizers.RMSprop(learning_rate=...)` takes another one. Which is asked?",
        ),
        Misconception(
            "loss-for-ten-classes",
            lambda: _transfer(loss="sparse_categorical_crossentropy"),
            "Loss and last unit do not fit: one sigmoid unit belongs to binary_crossentropy.",
            "sparse_categorical_crossentropy expects one probability for each class. How many "
            "numbers does your network give?",
        ),
        Misconception(
            "not-compiled",
            lambda: _transfer(compiled=False),
            "The layers are right. The model is not compiled yet.",
            "Compile last, when everything that shall be frozen is frozen. Which three arguments "
            "does it need?",
        ),
    ],
    hints=[
        "`base = make_base()`, then `base.trainable = False`, then a Sequential that begins with "
        "base.",
        "`keras.Sequential([base, layers.Flatten(), ...])`, and compile at the end.",
    ],
    accepts="a function that returns a compiled Keras model",
)


# 6 · how far weights move -----------------------------------------------------------------------


def _weights_moved(before: Sequence[np.ndarray], after: Sequence[np.ndarray]) -> list[float]:
    moved = []
    for place in range(len(before)):
        old = before[place]
        new = after[place]
        step = np.sqrt((new**2 - 2 * new * old + old**2).sum())
        moved.append(float(step / np.sqrt((old**2).sum())))
    return moved


def _each(rule: Callable[[np.ndarray, np.ndarray], Any]) -> Callable[..., list[Any]]:
    return lambda before, after: [rule(o, n) for o, n in zip(before, after, strict=True)]


def _moved_cases(rng: np.random.Generator) -> Sequence[Case]:
    cases = []
    for shapes in ([(2, 3, 4), (5,), (3, 2)], [(7,), (2, 2)]):
        before = [rng.normal(0.3, 2, shape) for shape in shapes]
        after = [old + rng.normal(0.4, 0.5 + k, old.shape) for k, old in enumerate(before)]
        cases.append(Case((before, after), label=f"{len(shapes)} tensors"))
    stayed = [rng.normal(size=(3, 2)), rng.normal(size=4)]
    cases.append(Case((stayed, [stayed[0], 3 * stayed[1]]), label="one stays, one triples"))
    return cases


WEIGHTS_MOVED = Exercise(
    name="weights_moved",
    title="How far weights move",
    lesson=LESSON,
    kind="function",
    cases=_moved_cases,
    reference=_weights_moved,
    parts={"all": 2},
    alternatives={
        "norm": _each(lambda o, n: np.linalg.norm(n - o) / np.linalg.norm(o)),
        "an array": lambda b, a: np.array(_weights_moved(b, a)),
        "flattened": _each(
            lambda o, n: np.linalg.norm(n.ravel() - o.ravel()) / np.linalg.norm(o.ravel())
        ),
        "root of a ratio": _each(lambda o, n: (np.square(n - o).sum() / np.square(o).sum()) ** 0.5),
        "means of squares": _each(
            lambda o, n: float(np.sqrt(np.mean((n - o) ** 2) / np.mean(o**2)))
        ),
    },
    misconceptions=[
        Misconception(
            "not-divided",
            _each(lambda o, n: np.linalg.norm(n - o)),
            "That is the distance itself. Asked is its share of the old length.",
            "A step of 1 is nothing for weights of length 100, and everything for weights of "
            "length 1. By what do you divide?",
        ),
        Misconception(
            "divided-by-the-new-length",
            _each(lambda o, n: np.linalg.norm(n - o) / np.linalg.norm(n)),
            "You divided by the length of the new weights. Compare with what was there before.",
            "'Moved by half its length' means the old length. Which of the two arguments is it?",
        ),
        Misconception(
            "lengths-compared",
            _each(lambda o, n: abs(np.linalg.norm(n) - np.linalg.norm(o)) / np.linalg.norm(o)),
            "You compared the lengths. Weights can turn around and keep their length.",
            "Subtract first, then take the length of the difference. What would yours say about "
            "weights that changed their sign?",
        ),
        Misconception(
            "sums-compared",
            _each(lambda o, n: abs((n - o).sum()) / abs(o.sum())),
            "You added the differences up: plus and minus cancel.",
            "A length squares each number before it adds. Which function of NumPy does it for you?",
        ),
        Misconception(
            "absolute-values",
            _each(lambda o, n: np.abs(n - o).sum() / np.abs(o).sum()),
            "You added absolute values. Asked is the length: root of the sum of squares.",
            "Both measure how far. The usual length is √(a² + b² + …). What do you do with each "
            "number before you add?",
        ),
        Misconception(
            "root-forgotten",
            _each(lambda o, n: ((n - o) ** 2).sum() / (o**2).sum()),
            "You have the square of it: the root is missing.",
            "Weights that tripled moved by 2 old lengths, not by 4. Where does the root belong?",
        ),
        Misconception(
            "mean-of-the-shares",
            _each(lambda o, n: np.abs((n - o) / o).mean()),
            "You averaged the change of each number. A number near 0 then counts most.",
            "Take the length of the whole difference, and of the whole old tensor, and divide "
            "once. How many divisions has one tensor?",
        ),
        Misconception(
            "all-in-one",
            lambda b, a: float(
                np.sqrt(sum(((n - o) ** 2).sum() for o, n in zip(b, a, strict=True)))
                / np.sqrt(sum((o**2).sum() for o in b))
            ),
            "You made one number of all tensors. Asked is one for each.",
            "The interesting question is which layers moved. How long must your list be?",
        ),
    ],
    forbids=("tf", "tensorflow", "keras", "cnncourse"),
    hints=[
        "For each pair: the length of (new − old), divided by the length of old.",
        "`np.linalg.norm` of an array with more than two axes: `ravel()` it first, or square, add "
        "up, and take the root.",
    ],
    accepts="a list with one number for each tensor",
)


# 7 · what really trains -------------------------------------------------------------------------


def _really_trains() -> tuple[int, int, int, int]:
    return (2, 6, 0, 4)


REALLY_TRAINS = Exercise(
    name="really_trains",
    title="What really trains",
    lesson=LESSON,
    kind="value",
    cases=_one_case,
    reference=_really_trains,
    parts={"all": 2},
    alternatives={
        "a list": lambda: [2, 6, 0, 4],
        "an array": lambda: np.array([2, 6, 0, 4]),
        "floats": lambda: (2.0, 6.0, 0.0, 4.0),
    },
    misconceptions=[
        Misconception(
            "frozen-at-once",
            lambda: (2, 2, 0, 4),
            "In B the base was frozen after the network had been compiled and trained.",
            "Keras has made its training step by then, and goes on with it. It says nothing. What "
            "has to be called again?",
        ),
        Misconception(
            "layers-decide",
            lambda: (2, 6, 6, 4),
            "In C the model itself is frozen: under it nothing trains, whatever its layers say.",
            "`trainable` of the model is the main switch. Setting it sets all switches below; "
            "setting those does not move it back. In which order must they be set?",
        ),
        Misconception(
            "top-survives",
            lambda: (2, 6, 2, 4),
            "In C it is the whole model that is frozen, its top as well.",
            "Look at the name before `.trainable`: base, or model? What is left to train under a "
            "frozen model?",
        ),
        Misconception(
            "both-at-once",
            lambda: (2, 2, 6, 4),
            "Two things to look at again: freezing after training (B), and the main switch (C).",
            "B: the training step is made when the network is compiled and first trained. C: a "
            "frozen model keeps all its layers frozen. What follows for the two?",
        ),
        Misconception(
            "one-tensor-a-layer",
            lambda: (1, 3, 0, 2),
            "You counted layers. Every convolution and dense layer has two tensors.",
            "There is a matrix (or kernel) of weights, and a vector of biases. `len("
            "model.trainable_variables)` counts both. By what do you multiply?",
        ),
        Misconception(
            "everything-always",
            lambda: (6, 6, 6, 6),
            "You counted all tensors everywhere. Frozen ones do not train.",
            "In A the base is frozen before compile, as it should be. How many tensors are left "
            "for the dense layer?",
        ),
        Misconception(
            "first-layer-only",
            lambda: (2, 6, 0, 2),
            "In D only the first convolution is frozen. The second one trains with the top.",
            "Go through the layers for D: first convolution frozen, second convolution, dense "
            "layer. How many tensors have the last two?",
        ),
    ],
    hints=[
        "Two tensors a layer: three layers have six.",
        "B: what was compiled and trained before does not notice a switch.",
        "C: under a frozen model nothing trains.",
    ],
    accepts="four whole numbers, for A, B, C and D",
)


# 8 · batch norm in a frozen base ----------------------------------------------------------------


def _running_mean(
    start: np.ndarray, batches: Sequence[np.ndarray], momentum: float, trainable: bool
) -> np.ndarray:
    mean = start
    if trainable:
        for batch in batches:
            flat = batch.reshape(batch.size // len(start), len(start))
            mean = momentum * mean + (1 - momentum) * flat.mean(axis=0)
    return mean


def _running(
    rule: Callable[[np.ndarray, np.ndarray, float], Any], *, frozen_too: bool = False
) -> Callable[..., Any]:
    """A way to keep the mean: rule(mean so far, batch, momentum) -> the new mean."""

    def run(
        start: np.ndarray, batches: Sequence[np.ndarray], momentum: float, trainable: bool
    ) -> Any:
        mean = start
        if trainable or frozen_too:
            for batch in batches:
                mean = rule(mean, batch, momentum)
        return mean

    return run


def _by_channel(batch: np.ndarray) -> np.ndarray:
    return np.asarray(batch.mean(axis=(0, 1, 2)))


def _running_cases(rng: np.random.Generator) -> Sequence[Case]:
    def question(count: int, trainable: bool) -> Case:
        start = rng.normal(0, 2, 4)
        batches = [rng.normal(3, 1, (2 + k, 3, 5, 4)) + np.arange(4) for k in range(count)]
        momentum = float(rng.choice([0.9, 0.8]))
        how = "trains" if trainable else "frozen"
        return Case(
            (start, batches, momentum, trainable),
            label=f"{count} batches, momentum {momentum:g}, {how}",
            part=how,
        )

    return [question(1, True), question(3, True), question(2, False), question(3, False)]


RUNNING_MEAN = Exercise(
    name="running_mean",
    title="Batch normalisation in a frozen base",
    lesson=LESSON,
    kind="function",
    cases=_running_cases,
    reference=_running_mean,
    parts={"trains": 1, "frozen": 1},
    alternatives={
        "reshape": _running(
            lambda m, b, p: p * m + (1 - p) * b.reshape(-1, b.shape[-1]).mean(axis=0)
        ),
        "a step towards": _running(lambda m, b, p: m + (1 - p) * (_by_channel(b) - m)),
        "a list": lambda *question: list(_running_mean(*question)),
        "float32": lambda *question: np.asarray(_running_mean(*question), np.float32),
    },
    misconceptions=[
        Misconception(
            "frozen-and-still-drifting",
            _running(lambda m, b, p: p * m + (1 - p) * _by_channel(b), frozen_too=True),
            "In a frozen layer the running mean stays. Yours drifts to the new pictures.",
            "The frozen weights behind it were learned for the old mean. A base in which only the "
            "weights stand still, and the means move, is no longer the one you borrowed. What "
            "must be returned when `trainable` is False?",
        ),
        Misconception(
            "momentum-exchanged",
            _running(lambda m, b, p: (1 - p) * m + p * _by_channel(b)),
            "You gave most weight to the new batch. Momentum 0.9 means that 0.9 of the old stays.",
            "A running mean should not jump with every batch. Which of the two gets the large "
            "share?",
        ),
        Misconception(
            "last-batch",
            _running(lambda m, b, p: _by_channel(b)),
            "You kept the last batch's mean alone. A running mean remembers.",
            "Mix: momentum · old + (1 − momentum) · new. What is `old` for the second batch?",
        ),
        Misconception(
            "one-mean-for-all-channels",
            _running(lambda m, b, p: p * m + (1 - p) * b.mean()),
            "You averaged over all channels together. Each channel has a mean of its own.",
            "Average over pictures, rows and columns: three of the four axes. Which one stays?",
        ),
        Misconception(
            "start-forgotten",
            _running(lambda m, b, p: (1 - p) * _by_channel(b)),
            "The old mean is gone: you left out momentum · old.",
            "Both parts together make the new mean; their shares add up to 1. Which part is "
            "missing?",
        ),
        Misconception(
            "shares-above-one",
            _running(lambda m, b, p: m + (1 - p) * _by_channel(b)),
            "The old mean must be multiplied by the momentum, or the mean grows without end.",
            "With a share of 1 for the old and 0.1 for the new, constant pictures of brightness 1 "
            "give 1.1, 1.2, 1.3 … Which shares add up to 1?",
        ),
        Misconception(
            "training-frozen",
            lambda start, batches, momentum, trainable: _running_mean(
                start, batches, momentum, not trainable
            ),
            "The two cases are exchanged: yours stands still while training.",
            "`trainable` True means that the running mean follows the pictures. Which branch "
            "loops?",
        ),
    ],
    forbids=("tf", "tensorflow", "keras", "cnncourse"),
    hints=[
        "Frozen: return `start`. Otherwise go through the batches.",
        "`batch.mean(axis=(0, 1, 2))` has one number a channel.",
    ],
    accepts="one number for each channel",
)


# 9 · five steps ---------------------------------------------------------------------------------


def _fine_tuning_order() -> str:
    return "ceabd"


FINE_TUNING_ORDER = Exercise(
    name="fine_tuning_order",
    title="Five steps",
    lesson=LESSON,
    kind="value",
    cases=_one_case,
    reference=_fine_tuning_order,
    parts={"all": 1},
    alternatives={"capitals": lambda: "CEABD", "with a space": lambda: "ceabd "},
    misconceptions=[
        Misconception(
            "frozen-after-training",
            lambda: "caebd",
            "The base is frozen too late: the new top has already been trained on an open one.",
            "The first gradients from a random top do the damage. What must have happened before "
            "the first of them?",
        ),
        Misconception(
            "frozen-before-adding",
            lambda: "ecabd",
            "That works just as well. The lecture adds the new layers first, and then freezes.",
            "Nothing is trained before both are done, so these two may trade places. Only one "
            "order can be asked: which letter adds?",
        ),
        Misconception(
            "unfrozen-before-training",
            lambda: "cebad",
            "You unfreeze before the new top is trained: its random gradients reach the base.",
            "The top must have stopped guessing before the base may follow it. Which step makes it "
            "stop?",
        ),
        Misconception(
            "trained-without-the-top",
            lambda: "eacbd",
            "You train the new top before it is there.",
            "Add first, then freeze, then train. Which letter adds?",
        ),
        Misconception(
            "together-before-unfreezing",
            lambda: "ceadb",
            "Training together comes after unfreezing, or the base stays as it was.",
            "A layer that is frozen while you train learns nothing. Which of the last two steps "
            "opens it?",
        ),
        Misconception(
            "backwards",
            lambda: "dbaec",
            "That is the right order, backwards.",
            "You end with the step that trains the top and the open layers together. Which one "
            "begins?",
        ),
    ],
    hints=[
        "Begin with the step that adds the new layers.",
        "Two of the steps train. What must be done before each of them?",
    ],
    accepts='five letters in one text, such as "abcde"',
)


# 10 · open block 5 ------------------------------------------------------------------------------


def _in_block_5(name: str) -> bool:
    return name.startswith("block5")


def _open_block5() -> Blueprint:
    return Blueprint(_base(lambda name: name.startswith("block5")))


def _opened(trains: Callable[[str], bool]) -> Callable[[], Blueprint]:
    return lambda: Blueprint(_base(trains))


def _keras_open(style: str) -> Any:
    from cnncourse.zoo.small_vgg import small_vgg_base

    base = small_vgg_base(SHAPE, weights=None)
    if style == "backwards":
        for layer in base.layers[:-3]:
            layer.trainable = False
        return base
    if style == "by name":
        for layer in base.layers:
            layer.trainable = _in_block_5(layer.name)
        return base
    base.trainable = True
    reached = False
    for layer in base.layers:
        if layer.name == "block5_conv1":
            reached = True
        layer.trainable = reached
    return base


OPEN_BLOCK5 = Exercise(
    name="open_block5",
    title="Open block 5",
    lesson=LESSON,
    kind="model",
    cases=_one_case,
    reference=_open_block5,
    parts={"all": 3},
    alternatives={
        "the lecture's loop": lambda: _keras_open("loop"),
        "by the block's name": lambda: _keras_open("by name"),
        "all but the last three": lambda: _keras_open("backwards"),
    },
    misconceptions=[
        Misconception(
            "only-block5-conv1",
            _opened(lambda name: name == "block5_conv1"),
            "Only block5_conv1 trains. The layers behind it should train as well.",
            "In VGG16 that would be 2 359 808 parameters in place of 7 079 424. From the named "
            "layer *on*: a variable that becomes True there must stay True. Does yours?",
        ),
        Misconception(
            "one-layer-late",
            _opened(lambda name: name == "block5_conv2"),
            "block5_conv1 is still frozen: you open the layers behind it only.",
            "In the loop, the switch must be turned before the layer's `trainable` is set. Which "
            "of the two `if` comes first?",
        ),
        Misconception(
            "below-in-place-of-above",
            _opened(lambda name: not _in_block_5(name)),
            "It is the other way round: you froze block 5 and opened everything before it.",
            "The first blocks know edges, and edges stay edges. Block 5 knows what the old task "
            "needed. Which end may change?",
        ),
        Misconception(
            "all-open",
            _opened(lambda name: True),
            "All layers train. Nothing was frozen, or everything was opened again afterwards.",
            "`base.trainable = True` sets every layer; it belongs before the loop. What does your "
            "loop set for the layers of block 1?",
        ),
        Misconception(
            "nothing-open",
            _opened(lambda name: False),
            "Nothing trains. The base itself is frozen, or the name was never met.",
            "Under a frozen model nothing trains, whatever its layers say: set `base.trainable = "
            "True` first, then freeze the lower layers. And the name is 'block5_conv1': is it "
            "spelled so?",
        ),
        Misconception(
            "from-block-4",
            _opened(lambda name: name.startswith(("block4", "block5"))),
            "You opened block 4 as well. Asked is block 5.",
            "More open layers learn more, and overfit more: a thousand pictures are few. At which "
            "name must the switch turn?",
        ),
    ],
    hints=[
        "`base = make_base()`, `base.trainable = True`, then a loop over `base.layers`.",
        "Remember in a variable whether block5_conv1 has been met, as the lecture does.",
    ],
    accepts="a function that returns the base, a Keras model",
)


# 11 · the learning rate -------------------------------------------------------------------------


def _fine_tuning_rate() -> str:
    return "b"


FINE_TUNING_RATE = Exercise(
    name="fine_tuning_rate",
    title="How large a step",
    lesson=LESSON,
    kind="value",
    cases=_one_case,
    reference=_fine_tuning_rate,
    parts={"all": 1},
    alternatives={"a capital letter": lambda: "B", "with a space": lambda: " b "},
    misconceptions=[
        Misconception(
            "as-before",
            lambda: "a",
            "The rate that suited random weights is too large for weights that are good already.",
            "A random top has far to go; a trained block has not. What does a large step do to a "
            "network that stands near the bottom of a valley?",
        ),
        Misconception(
            "larger",
            lambda: "c",
            "A larger step would not adapt the borrowed weights, it would replace them.",
            "Look at the curve with the large rate: where does it begin, and where does it end?",
        ),
        Misconception(
            "zero",
            lambda: "d",
            "With rate 0 nothing moves: that is freezing, and no fine-tuning.",
            "Fine-tuning wants small changes, not none. Which of the answers is small?",
        ),
        Misconception(
            "does-not-matter",
            lambda: "e",
            "Adam adapts its steps, but the learning rate still scales each of them.",
            "Every weight moves by about the learning rate in each step, whatever its gradient. "
            "How far is that after a hundred steps?",
        ),
    ],
    hints=["Run the experiment below and compare the two lines behind the vertical break."],
    accepts='one letter, such as "a"',
)


# 12 · which layers to borrow --------------------------------------------------------------------


def _borrow_depth() -> str:
    return "c"


BORROW_DEPTH = Exercise(
    name="borrow_depth",
    title="Where to cut",
    lesson=LESSON,
    kind="value",
    cases=_one_case,
    reference=_borrow_depth,
    parts={"all": 1},
    alternatives={"a capital letter": lambda: "C", "with a space": lambda: " c"},
    misconceptions=[
        Misconception(
            "always-the-last",
            lambda: "a",
            "The last block answers the old task's questions. Far away, nobody asks those.",
            "'Is there fur, an eye, a wheel?' helps with animals. What would help with X-rays: "
            "that, or edges and textures?",
        ),
        Misconception(
            "exchanged",
            lambda: "b",
            "It is the other way round: the closer the task, the higher you may cut.",
            "High layers are special, low layers are general. Which of the two travels far?",
        ),
        Misconception(
            "does-not-matter",
            lambda: "d",
            "The blocks do not carry alike: compare the two lines of your figure.",
            "For the same pictures, block 2 and block 5 gave different accuracies. In which "
            "order, near and far?",
        ),
        Misconception(
            "nothing-to-borrow",
            lambda: "e",
            "Even far away, the first blocks beat random weights: edges are everywhere.",
            "In your figure, does any block do worse than guessing on the far task? What do the "
            "lower ones know that is of use?",
        ),
    ],
    hints=["The first blocks answer to edges and colours, the last to parts of what they know."],
    accepts='one letter, such as "a"',
)


# 13 · animals that nobody has labelled ----------------------------------------------------------


def _hidden_truth(case: Case) -> Any:
    return case.truth


def _hidden_pictures(rng: np.random.Generator) -> Sequence[Case]:
    """Animals drawn for this check alone; the test photographs where the lesson has photographs."""
    from cnncourse.data import draw_images, load_cats_dogs, photographs_at_hand

    if photographs_at_hand() is None:
        seed = int(rng.integers(1, 2**31))  # 0 draws the lesson's own pictures
        images, labels = draw_images(("cat", "dog"), HIDDEN // 2, size=SIDE, seed=seed)
    else:
        animals = load_cats_dogs("photographs", size=SIDE)
        images, labels = animals.x_test[:HIDDEN], animals.y_test[:HIDDEN]
    order = rng.permutation(len(images))
    label = f"{len(images)} pictures nobody has seen"
    return [Case((images[order],), label=label, truth=labels[order].astype(np.int64))]


def _mostly_right(case: Case) -> np.ndarray:
    """Six of seven labels right, as a real network would have them."""
    labels = np.array(case.truth)
    labels[::7] = 1 - labels[::7]
    return labels


TELL_BORROWED = Exercise(
    name="tell_borrowed",
    title="Tell them apart, with borrowed eyes",
    lesson=LESSON,
    kind="predictions",
    cases=_hidden_pictures,
    reference=_hidden_truth,
    parts={"all": 3},
    alternatives={
        "six of seven right": _mostly_right,
        "a list": lambda case: [int(label) for label in case.truth],
        "True for a dog": lambda case: np.asarray(case.truth) == 1,
        "floats": lambda case: np.asarray(case.truth, np.float32),
    },
    misconceptions=[
        Misconception(
            "always-a-cat",
            lambda case: np.zeros(len(case.truth), int),
            "Every answer is 0, cat. Is the input prepared as the base expects it?",
            "Unprepared pictures all look alike to the base, and one unit has no argmax but 0. "
            "Print minimum and maximum of what goes in, and of what comes out. Above which "
            "probability is it a dog?",
        ),
        Misconception(
            "always-a-dog",
            lambda case: np.ones(len(case.truth), int),
            "Every answer is 1, dog. Is the input prepared as the base expects it?",
            "A base that is fed other numbers than in its training may answer anything. Which "
            "function prepared the training pictures?",
        ),
        Misconception(
            "cats-and-dogs-exchanged",
            lambda case: 1 - np.asarray(case.truth),
            "You have them exchanged: the unit gives the probability of 1, which is dog.",
            "Nearly everything is wrong, so the network knows its animals well. What does a "
            "probability of 0.9 say?",
        ),
        Misconception(
            "order-lost",
            lambda case: np.sort(np.asarray(case.truth)),
            "Answer k must belong to picture k. Yours have been sorted or shuffled on the way.",
            "Features come back in the order of the pictures. Which step of your function changes "
            "the order?",
        ),
        Misconception(
            "probabilities-for-two-classes",
            lambda case: np.stack([1 - case.truth, case.truth], axis=1).astype(float),
            "You returned two numbers a picture. One label is asked, 0 or 1.",
            "Compare the probability of dog with one half. What shape has the result then?",
        ),
    ],
    threshold=0.75,
    hints=[
        "Three steps, as in training: preprocess, base, top. Then compare with one half.",
        "`predict` of the top gives (N, 1); `[:, 0]` makes a row of it.",
    ],
    accepts="one label, 0 or 1, for each picture, in a NumPy array of shape (N,)",
)

EXERCISES: tuple[Exercise, ...] = (
    VGG_PREPROCESS,
    HEAD_ON_FEATURES,
    NEAREST_MEAN,
    IMAGES_THROUGH_BASE,
    BUILD_TRANSFER,
    WEIGHTS_MOVED,
    REALLY_TRAINS,
    RUNNING_MEAN,
    FINE_TUNING_ORDER,
    OPEN_BLOCK5,
    FINE_TUNING_RATE,
    BORROW_DEPTH,
    TELL_BORROWED,
)
