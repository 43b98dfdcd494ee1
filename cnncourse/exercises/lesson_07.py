"""Lesson 7, "Augmentation": its exercises, right answers and known mistakes.

Every reference is written out by hand on purpose: the tests change it token by token and expect
the cases to notice. Networks are described as plain data, so that judging them needs no Keras.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from cnncourse.checking.exercise import Case, Exercise, Misconception
from cnncourse.checking.models import Blueprint
from cnncourse.data import load_mnist
from cnncourse.exercises.blueprints import network

LESSON = "07_augmentation"

READY_MADE = ("tf", "tensorflow", "keras", "cnncourse", "scipy", "skimage", "cv2", "PIL")

Split = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def _one_case(rng: np.random.Generator) -> Sequence[Case]:
    return [Case()]


def _different_pixels(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Whole numbers from 1 to 255 that are all different, so that nothing trades places unseen."""
    return (rng.permutation(255)[: int(np.prod(shape))] + 1).reshape(shape).astype(np.uint8)


# 1 · mirror at random -------------------------------------------------------------------------


def _flip_batch(images: np.ndarray, draws: np.ndarray, training: bool) -> np.ndarray:
    result = images.copy()
    for k in range(len(images)):
        if training and draws[k] < 0.5:
            result[k] = images[k, :, ::-1]
    return result


def _flipped(
    images: np.ndarray, chosen: np.ndarray, turn: Callable[[np.ndarray], np.ndarray]
) -> np.ndarray:
    return np.array([turn(image) if yes else image for image, yes in zip(images, chosen)])  # noqa: B905


def _flip_cases(rng: np.random.Generator) -> Sequence[Case]:
    cases = []
    for count, training in ((5, True), (4, True), (3, False), (4, False)):
        images = _different_pixels(rng, count, 3, 4, 2)
        # Exactly one half occurs: it is not below one half. The first two differ.
        draws = np.array([0.9, 0.13, 0.5, 0.31, 0.77])[:count]
        what = "training" if training else "validation"
        label = f"{count} pictures of 3×4, {what}"
        cases.append(Case((images, draws, training), label=label))
    return cases


FLIP_BATCH = Exercise(
    name="flip_batch",
    title="Mirror at random",
    lesson=LESSON,
    kind="function",
    cases=_flip_cases,
    reference=_flip_batch,
    parts={"all": 2},
    alternatives={
        "where": lambda images, draws, training: (
            np.where((draws < 0.5)[:, None, None, None], images[:, :, ::-1], images)
            if training
            else images
        ),
        "by index": lambda images, draws, training: _flip_by_index(images, draws, training),
        "fliplr": lambda images, draws, training: [
            np.fliplr(image) if training and draw < 0.5 else image
            for image, draw in zip(images, draws, strict=True)
        ],
        "float32": lambda images, draws, training: _flip_batch(
            images.astype(np.float32), draws, training
        ),
    },
    misconceptions=[
        Misconception(
            "validation-augmented",
            lambda images, draws, training: _flip_batch(images, draws, True),
            "You mirror the validation pictures, too. They must be the same in every pass.",
            "Two measurements of one network would differ, though nothing has changed. Only "
            "training pictures are changed. Which argument tells you which they are?",
        ),
        Misconception(
            "upside-down",
            lambda images, draws, training: _flipped(
                images, training & (draws < 0.5), lambda image: image[::-1]
            ),
            "Your animals stand on their heads: you turned the rows around. Turn the columns.",
            "The axes of a picture are rows, columns, channels. Left and right trade places along "
            "which of them?",
        ),
        Misconception(
            "half-turn",
            lambda images, draws, training: _flipped(
                images, training & (draws < 0.5), lambda image: image[::-1, ::-1]
            ),
            "You turned rows *and* columns around: that is a half-turn. A mirror turns columns.",
            "After a half-turn the animal lies on its back. Which of the two `::-1` goes?",
        ),
        Misconception(
            "colours-turned-around",
            lambda images, draws, training: _flipped(
                images, training & (draws < 0.5), lambda image: image[..., ::-1]
            ),
            "You turned the channels around: red became blue. The columns are one axis earlier.",
            "The axes are (pictures, rows, columns, channels). How many colons stand before "
            "`::-1`?",
        ),
        Misconception(
            "one-draw-for-all",
            lambda images, draws, training: (
                images[:, :, ::-1] if training and draws[0] < 0.5 else images
            ),
            "The first draw decides for the whole batch. Every picture has a draw of its own.",
            "Then a batch would be all mirrored or not at all. Picture k belongs to draws[k]. "
            "How do you go through both together?",
        ),
        Misconception(
            "always-mirrored",
            lambda images, draws, training: images[:, :, ::-1] if training else images,
            "You mirror every picture. Half of them, by chance, should stay as they are.",
            "If all are mirrored, the network sees only the other side. Which pictures have a draw "
            "below 0.5?",
        ),
        Misconception(
            "the-other-half",
            lambda images, draws, training: _flipped(
                images, training & (draws >= 0.5), lambda image: image[:, ::-1]
            ),
            "You mirror the other half: a picture is mirrored when its draw is *below* 0.5.",
            "It would train just as well. But everyone has to agree, to be compared. Which way "
            "does your comparison point?",
        ),
        Misconception(
            "batch-turned-around",
            lambda images, draws, training: images[::-1] if training else images,
            "You turned the order of the pictures around. Now the labels no longer fit.",
            "The first axis counts pictures. Each picture stays in its place, and its columns are "
            "turned around. Which axis is that?",
        ),
    ],
    forbids=READY_MADE,
    hints=[
        "One picture, mirrored: `image[:, ::-1]`. All rows, the columns backwards.",
        "Copy the batch, go through its pictures, and write a mirrored one where the draw says so.",
        "If `training` is False, nothing is changed at all.",
    ],
    accepts="a NumPy array of the shape of `images`",
)


def _flip_by_index(images: np.ndarray, draws: np.ndarray, training: bool) -> np.ndarray:
    if not training:
        return images
    result, chosen = images.copy(), draws < 0.5
    result[chosen] = images[chosen][:, :, ::-1]
    return result


# 2 · move a picture ---------------------------------------------------------------------------


def _shift_picture(image: np.ndarray, down: int, right: int) -> np.ndarray:
    height, width, _ = image.shape
    rows = (np.arange(height) - down).clip(0, height - 1)
    columns = (np.arange(width) - right).clip(0, width - 1)
    return np.asarray(image[rows][:, columns])


def _shift_padded(image: np.ndarray, down: int, right: int, mode: Any = "edge") -> np.ndarray:
    height, width, _ = image.shape
    edge = max(abs(down), abs(right))
    padded = np.pad(image, ((edge, edge), (edge, edge), (0, 0)), mode=mode)
    top, left = edge - down, edge - right
    return padded[top : top + height, left : left + width]


def _shift_by_loops(image: np.ndarray, down: int, right: int) -> np.ndarray:
    height, width, _ = image.shape
    result = np.zeros_like(image)
    for row in range(height):
        for column in range(width):
            old_row = min(max(row - down, 0), height - 1)
            old_column = min(max(column - right, 0), width - 1)
            result[row, column] = image[old_row, old_column]
    return result


def _shift_cases(rng: np.random.Generator) -> Sequence[Case]:
    cases = []
    for shape, down, right in (
        ((4, 5, 3), 1, 0),
        ((5, 4, 2), 0, 2),
        ((6, 5, 3), -2, 1),
        ((5, 7, 2), 2, -3),
        ((4, 6, 3), -1, -2),
    ):
        image = _different_pixels(rng, *shape)
        label = f"a picture of {shape[0]}×{shape[1]}, down {down}, right {right}"
        cases.append(Case((image, down, right), label=label))
    return cases


SHIFT_PICTURE = Exercise(
    name="shift_picture",
    title="Move a picture",
    lesson=LESSON,
    kind="function",
    cases=_shift_cases,
    reference=_shift_picture,
    parts={"all": 2},
    alternatives={
        "pad and cut": _shift_padded,
        "loops": _shift_by_loops,
        "float32": lambda image, down, right: _shift_padded(image, down, right).astype(np.float32),
        "roll and repeat": lambda image, down, right: _roll_and_repeat(image, down, right),
    },
    misconceptions=[
        Misconception(
            "filled-with-black",
            lambda image, down, right: _shift_padded(image, down, right, "constant"),
            "You fill the gap with black. Here the edge of the picture is repeated.",
            "Black is paper for digits, but in a photograph it makes a frame that no camera makes, "
            "and the network might learn it. Which pixel is nearest to the gap?",
        ),
        Misconception(
            "comes-back-on-the-other-side",
            lambda image, down, right: np.roll(image, (down, right), axis=(0, 1)),
            "What leaves on one side comes back on the other: that is np.roll.",
            "The tail would grow out of the other edge. The gap shows the row, or the column, "
            "nearest to it. Which row fills the gap after moving down by 1?",
        ),
        Misconception(
            "edge-mirrored",
            lambda image, down, right: _shift_padded(image, down, right, "symmetric"),
            "You mirror the picture at its edge, which is Keras's default. The edge is repeated "
            "here.",
            "Keras calls the two fill_mode='reflect' and fill_mode='nearest'. In the second, how "
            "many different rows fill a gap of two?",
        ),
        Misconception(
            "opposite-direction",
            lambda image, down, right: _shift_padded(image, -down, -right),
            "Your picture moves the other way: down means towards larger row numbers.",
            "After moving down by 1, the new row 1 shows the old row 0. Which old row does new row "
            "r show?",
        ),
        Misconception(
            "rows-and-columns-exchanged",
            lambda image, down, right: _shift_padded(image, right, down),
            "Down and right are exchanged. The first number moves rows, axis 0.",
            "The axes of a picture are (rows, columns, channels). Which runs from top to bottom?",
        ),
        Misconception(
            "only-down",
            lambda image, down, right: _shift_padded(image, down, 0),
            "The picture moves down, but never right.",
            "Both happen at once. What do you do with the second number?",
        ),
        Misconception(
            "negative-ignored",
            lambda image, down, right: _shift_padded(image, max(down, 0), max(right, 0)),
            "A negative shift does nothing in your function. It moves up, or left.",
            "`np.clip(row - down, 0, height - 1)` is right for both signs. What is it for row 0 "
            "and down = −2?",
        ),
        Misconception(
            "the-picture-gets-smaller",
            lambda image, down, right: image[
                max(-down, 0) : image.shape[0] - max(down, 0),
                max(-right, 0) : image.shape[1] - max(right, 0),
            ],
            "You cut the picture smaller. It keeps its size; the gap is filled.",
            "The network wants pictures of one size. What stands in the rows that have become "
            "free?",
        ),
    ],
    forbids=READY_MADE,
    hints=[
        "The new pixel (row, column) shows the old pixel (row − down, column − right).",
        "If that lies outside, take the nearest pixel inside: "
        "`np.clip(row - down, 0, height - 1)`.",
    ],
    accepts="a NumPy array of the same shape (H, W, C)",
)


def _roll_and_repeat(image: np.ndarray, down: int, right: int) -> np.ndarray:
    moved = np.roll(image, (down, right), axis=(0, 1))
    if down > 0:
        moved[:down] = moved[down]
    elif down < 0:
        moved[down:] = moved[down - 1]
    if right > 0:
        moved[:, :right] = moved[:, [right]]
    elif right < 0:
        moved[:, right:] = moved[:, [right - 1]]
    return moved


# 3 · change the contrast ----------------------------------------------------------------------


def _change_contrast(image: np.ndarray, factor: float) -> np.ndarray:
    result = np.empty_like(image)
    for channel in range(image.shape[2]):
        values = image[:, :, channel]
        mean = values.mean()
        result[:, :, channel] = ((values - mean) * factor + mean).clip(0, 1)
    return result


def _spread(image: np.ndarray, factor: float, middle: Any) -> np.ndarray:
    return np.asarray(np.clip((image - middle) * factor + middle, 0, 1))


def _channel_means(image: np.ndarray) -> np.ndarray:
    return np.asarray(image.mean(axis=(0, 1)))


def _contrast_cases(rng: np.random.Generator) -> Sequence[Case]:
    cases = []
    for shape, factor in (((3, 4, 3), 0.6), ((4, 3, 2), 1.4), ((2, 5, 3), 2.5), ((3, 3, 2), 0.25)):
        # Channels of different brightness; the largest factor goes beyond 0 and 1.
        image = rng.uniform(0.02, 0.45, shape) + np.linspace(0, 0.5, shape[2])
        cases.append(Case((image, factor), label=f"a picture of {shape}, factor {factor}"))
    return cases


CHANGE_CONTRAST = Exercise(
    name="change_contrast",
    title="Change the contrast",
    lesson=LESSON,
    kind="function",
    cases=_contrast_cases,
    reference=_change_contrast,
    parts={"all": 2},
    alternatives={
        "vectorised": lambda image, factor: _spread(image, factor, _channel_means(image)),
        "minimum and maximum": lambda image, factor: np.minimum(
            np.maximum(image * factor + _channel_means(image) * (1 - factor), 0), 1
        ),
        "float32": lambda image, factor: _spread(
            image.astype(np.float32), factor, _channel_means(image).astype(np.float32)
        ),
        "keepdims": lambda image, factor: _spread(
            image, factor, image.mean(axis=(0, 1), keepdims=True)
        ),
    },
    misconceptions=[
        Misconception(
            "brightness-multiplied",
            lambda image, factor: np.clip(image * factor, 0, 1),
            "You made the whole picture brighter or darker. Contrast is the distance from the "
            "mean.",
            "With a factor below 1 the picture should turn grey, not black. Which number stays as "
            "it is, whatever the factor?",
        ),
        Misconception(
            "brightness-added",
            lambda image, factor: np.clip(image + factor - 1, 0, 1),
            "You added the same amount everywhere: that is brightness.",
            "More contrast makes bright pixels brighter and dark ones *darker*. What do you have "
            "to multiply?",
        ),
        Misconception(
            "one-mean-for-all-channels",
            lambda image, factor: _spread(image, factor, image.mean()),
            "You took one mean for the whole picture. Each channel has its own.",
            "A red picture would lose its colour. `image.mean(axis=(0, 1))` has one number a "
            "channel. Over which axes does it not average?",
        ),
        Misconception(
            "mean-of-every-pixel",
            lambda image, factor: _spread(image, factor, image.mean(axis=2, keepdims=True)),
            "You took the mean of each pixel's colours. That changes how colourful it is.",
            "The mean goes over all rows and columns of a channel. Which axes are these?",
        ),
        Misconception(
            "middle-grey-in-place-of-the-mean",
            lambda image, factor: _spread(image, factor, 0.5),
            "You measured from 0.5. Measure from the mean of each channel.",
            "A dark picture would become darker still with more contrast. What is the mean of a "
            "dark picture?",
        ),
        Misconception(
            "not-clipped",
            lambda image, factor: (image - _channel_means(image)) * factor + _channel_means(image),
            "Some pixels fall below 0 or rise above 1. No picture has such pixels.",
            "Blacker than black is black. Which NumPy function keeps numbers between two limits?",
        ),
        Misconception(
            "mean-not-added-back",
            lambda image, factor: np.clip((image - _channel_means(image)) * factor, 0, 1),
            "You subtracted the mean and did not add it back: half of the picture is black.",
            "With factor 1 the picture must stay as it is. Does yours?",
        ),
        Misconception(
            "one-plus-factor",
            lambda image, factor: _spread(image, 1 + factor, _channel_means(image)),
            "You multiplied by 1 + factor. Here the factor itself is the contrast: 1 changes "
            "nothing.",
            "Keras's layer draws a number around 1 and multiplies by that. What must factor 1 do?",
        ),
    ],
    forbids=READY_MADE,
    hints=[
        "The mean of each channel: `image.mean(axis=(0, 1))`, one number for each channel.",
        "(pixel − mean) · factor + mean, then `np.clip(..., 0, 1)`.",
    ],
    accepts="a NumPy array of the shape of `image`, with numbers from 0 to 1",
)


# 4 · what a layer wants -----------------------------------------------------------------------


def _rotation_factor(degrees: float) -> float:
    return degrees / 360


def _rotation_cases(rng: np.random.Generator) -> Sequence[Case]:
    angle = int(rng.integers(5, 30))
    return [
        Case((40,), label="40 degrees, as in Chollet's book"),
        Case((angle,), label=f"{angle} degrees"),
        Case((180,), label="upside down and everything between"),
    ]


ROTATION_FACTOR = Exercise(
    name="rotation_factor",
    title="Degrees for Keras",
    lesson=LESSON,
    kind="function",
    cases=_rotation_cases,
    reference=_rotation_factor,
    parts={"all": 1},
    alternatives={
        "by way of radians": lambda degrees: np.deg2rad(degrees) / (2 * np.pi),
        "rounded": lambda degrees: round(degrees / 360, 6),
        "float32": lambda degrees: np.float32(degrees / 360),
    },
    misconceptions=[
        Misconception(
            "degrees-as-they-are",
            lambda degrees: degrees,
            "The layer does not count in degrees. Its unit is a full turn: 1 is 360°.",
            "Keras refuses factors above 1 for that reason. Which part of a full turn are 90°?",
        ),
        Misconception(
            "radians",
            np.deg2rad,
            "Those are radians. The layer's unit is a full turn: 1 is 360°.",
            "With 0.7 the layer turns by up to 252°: your cats stand on their heads. Which part "
            "of a full turn are 40°?",
        ),
        Misconception(
            "part-of-a-half-turn",
            lambda degrees: degrees / 180,
            "You divided by a half-turn. The unit is a full turn, 360°.",
            "A factor of 0.5 means up to half a turn either way. Which factor means a quarter?",
        ),
        Misconception(
            "percent",
            lambda degrees: degrees / 100,
            "You took the degrees as per cent. The unit is a full turn, 360°.",
            "0.4 would be 144° either way. How many degrees has a full turn?",
        ),
        Misconception(
            "both-directions-shared",
            lambda degrees: degrees / 720,
            "You halved the angle. The factor already holds for either direction.",
            "RandomRotation(0.1) turns by up to 36° to the left *or* to the right. Which factor "
            "does that for 40°?",
        ),
    ],
    forbids=READY_MADE,
    hints=["A factor of 1 is a full turn, 360°. Which factor is 1°?"],
    accepts="one number",
)


# 5 · changes that keep the label --------------------------------------------------------------


def _safe_for_digits() -> str:
    return "bdf"


SAFE_FOR_DIGITS = Exercise(
    name="safe_for_digits",
    title="Which changes keep the label?",
    lesson=LESSON,
    kind="value",
    cases=_one_case,
    reference=_safe_for_digits,
    parts={"all": 1},
    alternatives={"capital letters": lambda: "BDF", "with a space": lambda: "bdf "},
    misconceptions=[
        Misconception(
            "everything-allowed",
            lambda: "abcdef",
            "Not every change keeps the label. Take a pencil: what becomes of a 6, of a 2?",
            "A cat in the mirror is a cat. A digit in the mirror is often no digit at all, and on "
            "its head it may be another one. Which letters turn figures around?",
        ),
        Misconception(
            "half-turn-allowed",
            lambda: "bcdf",
            "After a half-turn a 6 is a 9, and its label still says 6.",
            "The network would be taught that both look alike. Small turns are fine, because "
            "nobody writes a 6 at 180°. Which letter has to go?",
        ),
        Misconception(
            "mirror-allowed",
            lambda: "abdf",
            "In the mirror a 2 looks like an S, and a 3 like an E. Nobody writes such digits.",
            "What serves photographs need not serve digits: ask whether a person would still give "
            "the same label. Which letter has to go?",
        ),
        Misconception(
            "upside-down-allowed",
            lambda: "bdef",
            "Mirrored from top to bottom, a 6 looks much like a mirrored 9, and 4 like nothing.",
            "0, 1, 3 and 8 survive it, the others do not, and a layer cannot choose. Which letter "
            "has to go?",
        ),
        Misconception(
            "all-mirrors-allowed",
            lambda: "abcef",
            "You kept mirrors and half-turns. They make other digits, or none.",
            "Write a 6 on paper and turn it around. Then ask: which changes does handwriting make "
            "by itself?",
        ),
        Misconception(
            "only-the-shift",
            lambda: "d",
            "A shift is safe. Two more are: what does handwriting vary by itself?",
            "People write a bit askew, a bit larger or smaller, and the digit stays the same. "
            "Which letters are these?",
        ),
        Misconception(
            "the-dangerous-ones",
            lambda: "ace",
            "You named those that are *not* safe. Asked are those that keep the label.",
            "You have understood it. Which letters are left?",
        ),
    ],
    hints=[
        "Write 2, 4, 6 on paper and do each change. Would a friend still read the same digit?",
        "Three of the six are safe.",
    ],
    accepts='letters in alphabetical order, such as "ae"',
)


# 6 · how many pictures ------------------------------------------------------------------------


def _pictures_seen(
    images: int, batch_size: int, transforms: int, epochs: int
) -> tuple[int, int, int]:
    steps = -(-images // batch_size)
    return steps, images, images * epochs


def _steps(images: int, batch_size: int) -> int:
    return -(-images // batch_size)


def _seen_cases(rng: np.random.Generator) -> Sequence[Case]:
    size, full = int(rng.integers(6, 11)), int(rng.integers(3, 7))
    return [
        Case((2000, 20, 5, 30), label="2000 pictures, batches of 20, 5 kinds of change, 30 epochs"),
        Case((1000, 32, 3, 20), label="1000 pictures, batches of 32, 3 kinds of change, 20 epochs"),
        Case((full * size + 2, size, 4, 7), label="a last batch of two pictures"),
    ]


PICTURES_SEEN = Exercise(
    name="pictures_seen",
    title="How many pictures?",
    lesson=LESSON,
    kind="function",
    cases=_seen_cases,
    reference=_pictures_seen,
    parts={"all": 2},
    alternatives={
        "a list": lambda *given: list(_pictures_seen(*given)),
        "ceil": lambda images, batch_size, transforms, epochs: (
            np.ceil(images / batch_size),
            images,
            epochs * images,
        ),
        "an array": lambda *given: np.array(_pictures_seen(*given)),
    },
    misconceptions=[
        Misconception(
            "times-the-transforms",
            lambda images, batch_size, transforms, epochs: (
                _steps(images * transforms, batch_size),
                images * transforms,
                images * transforms * epochs,
            ),
            "You multiplied by the kinds of change. Each picture is still shown once an epoch.",
            "It passes through all the layers and comes out as *one* picture, a new one in every "
            "epoch. How many pictures has an epoch, if the set has 2000?",
        ),
        Misconception(
            "pictures-times-transforms-same-steps",
            lambda images, batch_size, transforms, epochs: (
                _steps(images, batch_size),
                images * transforms,
                images * transforms * epochs,
            ),
            "The steps are right. So steps times batch size cannot be `images × transforms`.",
            "100 steps of 20 pictures are 2000 pictures, whatever the layers do to them. Which "
            "argument does not matter?",
        ),
        Misconception(
            "originals-and-changed-ones",
            lambda images, batch_size, transforms, epochs: (
                _steps(2 * images, batch_size),
                2 * images,
                2 * images * epochs,
            ),
            "You counted the picture and its changed copy. The changed one takes its place.",
            "Nothing is added to the set; each picture is changed on its way in. How many come "
            "out, if 2000 go in?",
        ),
        Misconception(
            "last-batch-counted-full",
            lambda images, batch_size, transforms, epochs: (
                _steps(images, batch_size),
                _steps(images, batch_size) * batch_size,
                _steps(images, batch_size) * batch_size * epochs,
            ),
            "You counted the last batch as full. It may hold fewer pictures.",
            "1000 pictures in batches of 32 make 32 steps; 32·32 is 1024. How many pictures are "
            "there?",
        ),
        Misconception(
            "last-batch-forgotten",
            lambda images, batch_size, transforms, epochs: (
                images // batch_size,
                images,
                images * epochs,
            ),
            "The pictures are right. The last, smaller batch takes a step, too: round up.",
            "1000 pictures in batches of 32 are 31 full batches and 8 pictures. How many steps?",
        ),
        Misconception(
            "epochs-forgotten",
            lambda images, batch_size, transforms, epochs: (
                _steps(images, batch_size),
                images,
                images,
            ),
            "An epoch is right. In the whole training the set passes by `epochs` times.",
            "With augmentation each pass shows new variants. How many pictures has the network "
            "seen after 30 epochs of 2000?",
        ),
        Misconception(
            "transforms-in-the-total",
            lambda images, batch_size, transforms, epochs: (
                _steps(images, batch_size),
                images,
                images * epochs * transforms,
            ),
            "An epoch is right. The total is only that, times the epochs.",
            "Every epoch shows as many pictures as there are in the set. What does the number of "
            "changes have to do with it?",
        ),
    ],
    forbids=READY_MADE,
    hints=[
        "A step takes one batch. How many pictures pass by in all steps of an epoch?",
        "One of the four arguments does not matter.",
    ],
    accepts="three whole numbers: steps an epoch, pictures an epoch, pictures in all",
)


# 7 · split first ------------------------------------------------------------------------------


def _split_then_mirror(
    images: np.ndarray, labels: np.ndarray, order: np.ndarray, test_count: int
) -> Split:
    test, train = order[:test_count], order[test_count:]
    inputs = np.concatenate([images[train], images[train][:, :, ::-1]])
    truth = np.concatenate([labels[train], labels[train]])
    return inputs, truth, images[test], labels[test]


def _mirrored(images: np.ndarray) -> np.ndarray:
    return np.concatenate([images, images[:, :, ::-1]])


def _twice(labels: np.ndarray) -> np.ndarray:
    return np.concatenate([labels, labels])


def _augment_then_split(
    images: np.ndarray, labels: np.ndarray, order: np.ndarray, test_count: int
) -> Split:
    doubled = np.concatenate([order, order + len(order)])
    test, train = doubled[:test_count], doubled[test_count:]
    return _mirrored(images)[train], _twice(labels)[train], images[test], labels[test]


def _split_cases(rng: np.random.Generator) -> Sequence[Case]:
    cases = []
    for order, test_count in (([3, 0, 5, 2, 4, 1], 2), ([2, 4, 1, 0, 3], 1)):
        count = len(order)
        images = _different_pixels(rng, count, 2, 4, 3)
        labels = rng.permutation([1, 0, 0, 1, 0, 1][:count])
        # In file order the labels would be others, and repeated one by one as well.
        while len(set(labels[order[:2]])) < 2 or len(set(labels[order[test_count:][:2]])) < 2:
            labels = rng.permutation(labels)
        label = f"{count} pictures, {test_count} for the test"
        cases.append(Case((images, labels, np.array(order), test_count), label=label))
    return cases


SPLIT_THEN_MIRROR = Exercise(
    name="split_then_mirror",
    title="Split, then augment",
    lesson=LESSON,
    kind="function",
    cases=_split_cases,
    reference=_split_then_mirror,
    parts={"all": 2},
    alternatives={
        "lists": lambda *given: list(_split_then_mirror(*given)),
        "stacked": lambda images, labels, order, test_count: (
            np.vstack([images[order[test_count:]], np.flip(images[order[test_count:]], axis=2)]),
            np.tile(labels[order[test_count:]], 2),
            images[order[:test_count]],
            labels[order[:test_count]],
        ),
        "shuffled first": lambda images, labels, order, test_count: (
            _mirrored(images[order][test_count:]),
            _twice(labels[order][test_count:]),
            images[order][:test_count],
            labels[order][:test_count],
        ),
        "floats": lambda images, labels, order, test_count: tuple(
            part.astype(np.float32)
            for part in _split_then_mirror(images, labels, order, test_count)
        ),
    },
    misconceptions=[
        Misconception(
            "augment-then-split",
            _augment_then_split,
            "You augmented, then split: a test picture's mirror image is in the training set.",
            "Then the network has seen nearly the same photograph, and the test says too much. "
            "Which step must come first?",
        ),
        Misconception(
            "test-set-augmented",
            lambda images, labels, order, test_count: (
                _mirrored(images[order[test_count:]]),
                _twice(labels[order[test_count:]]),
                _mirrored(images[order[:test_count]]),
                _twice(labels[order[:test_count]]),
            ),
            "You mirrored the test pictures, too. A test set stays as it is.",
            "It shall tell how the network does on pictures as people take them. Which of the two "
            "parts is for learning?",
        ),
        Misconception(
            "not-mirrored",
            lambda images, labels, order, test_count: (
                images[order[test_count:]],
                labels[order[test_count:]],
                images[order[:test_count]],
                labels[order[:test_count]],
            ),
            "The split is right. The mirror images of the training pictures are missing.",
            "The training set becomes twice as long: first the pictures, then their mirror "
            "images. Which function puts two arrays behind each other?",
        ),
        Misconception(
            "only-mirror-images",
            lambda images, labels, order, test_count: (
                images[order[test_count:]][:, :, ::-1],
                labels[order[test_count:]],
                images[order[:test_count]],
                labels[order[:test_count]],
            ),
            "Your training set has only the mirror images. It needs the pictures, too.",
            "First the pictures, then their mirror images. How long is the training set then?",
        ),
        Misconception(
            "labels-not-doubled",
            lambda images, labels, order, test_count: (
                _mirrored(images[order[test_count:]]),
                labels[order[test_count:]],
                images[order[:test_count]],
                labels[order[:test_count]],
            ),
            "There are twice as many pictures, and as many labels as before.",
            "A cat in the mirror is a cat: each mirror image has the label of its picture. How "
            "long must the labels be?",
        ),
        Misconception(
            "labels-repeated-one-by-one",
            lambda images, labels, order, test_count: (
                _mirrored(images[order[test_count:]]),
                np.repeat(labels[order[test_count:]], 2),
                images[order[:test_count]],
                labels[order[:test_count]],
            ),
            "Each label stands twice in a row, but the pictures come first, then all mirrors.",
            "`np.repeat` gives a a b b, `np.tile` gives a b a b. In which order are your pictures?",
        ),
        Misconception(
            "order-not-used",
            lambda images, labels, order, test_count: (
                _mirrored(images[test_count:]),
                _twice(labels[test_count:]),
                images[:test_count],
                labels[:test_count],
            ),
            "You split in the order of the files. `order` says who comes first.",
            "On the disk all cats come before all dogs, so the test would be all cats. Which "
            "pictures are `order[:test_count]`?",
        ),
        Misconception(
            "upside-down",
            lambda images, labels, order, test_count: (
                np.concatenate([images[order[test_count:]], images[order[test_count:]][:, ::-1]]),
                _twice(labels[order[test_count:]]),
                images[order[:test_count]],
                labels[order[:test_count]],
            ),
            "Your mirror images stand on their heads. Turn the columns around, axis 2.",
            "The axes are (pictures, rows, columns, channels). How many colons stand before "
            "`::-1`?",
        ),
        Misconception(
            "training-and-test-exchanged",
            lambda images, labels, order, test_count: (
                _mirrored(images[order[:test_count]]),
                _twice(labels[order[:test_count]]),
                images[order[test_count:]],
                labels[order[test_count:]],
            ),
            "Training and test are exchanged: the first `test_count` of the order are for the "
            "test.",
            "Return training pictures, their labels, test pictures, their labels. Which slice of "
            "`order` is which?",
        ),
    ],
    forbids=READY_MADE,
    hints=[
        "First the two lists of numbers: `order[:test_count]` and `order[test_count:]`.",
        "`images[train][:, :, ::-1]` are the mirror images of the training pictures.",
        "`np.concatenate([first, second])` puts one array behind the other. Labels too.",
    ],
    accepts="four arrays: training pictures, training labels, test pictures, test labels",
)


# 8 · augmentation inside the network ----------------------------------------------------------

_LAYERS: tuple[tuple, ...] = (
    ("flip", "horizontal"),
    ("rotate", 0.1),
    ("zoom",),
    ("rescale", 1 / 255),
    ("conv", 3, 32, "relu"),
    ("pool", 2),
    ("conv", 3, 64, "relu"),
    ("pool", 2),
    ("conv", 3, 128, "relu"),
    ("pool", 2),
    ("conv", 3, 128, "relu"),
    ("pool", 2),
    ("flatten",),
    ("dropout", 0.5),
    ("dense", 512, "relu"),
    ("dense", 1, "sigmoid"),
)


def _stacked(layers: Sequence[tuple], **compile_options: Any) -> Blueprint:
    options: dict[str, Any] = {"loss": "binary_crossentropy", "learning_rate": 1e-4}
    options |= compile_options
    return network(layers, input_shape=(150, 150, 3), **options)


def _changed(*changes: tuple[int, tuple | None], **compile_options: Any) -> Blueprint:
    """The augmented network with some layers replaced, or left out where None is given."""
    layers: list[tuple | None] = list(_LAYERS)
    for place, layer in changes:
        layers[place] = layer
    return _stacked([layer for layer in layers if layer is not None], **compile_options)


def _keras_augmented(style: str) -> Any:
    """The same network written in another way; imports Keras when it is called."""
    import keras
    from keras import layers

    zoom = (-0.2, 0.2) if style == "limits" else 0.2
    turn = (-0.1, 0.1) if style == "limits" else 0.1
    stack: list[Any] = [
        layers.RandomFlip("horizontal"),
        layers.RandomRotation(turn, fill_mode="nearest" if style == "limits" else "reflect"),
        layers.RandomZoom(zoom, seed=3),
        layers.Rescaling(1.0 / 255),
    ]
    for filters in (32, 64, 128, 128):
        stack += [layers.Conv2D(filters, (3, 3), activation="relu"), layers.MaxPooling2D()]
    stack += [layers.Flatten(), layers.Dropout(0.5), layers.Dense(512, activation="relu")]
    stack.append(layers.Dense(1, activation="sigmoid"))
    inputs = keras.Input((150, 150, 3))
    if style == "functional":
        outputs = inputs
        for layer in stack:
            outputs = layer(outputs)
        model = keras.Model(inputs, outputs)
    else:
        model = keras.Sequential([inputs, *stack])
    model.compile(keras.optimizers.RMSprop(1e-4), "binary_crossentropy", metrics=["accuracy"])
    return model


BUILD_AUGMENTED = Exercise(
    name="build_augmented",
    title="Augmentation inside the network",
    lesson=LESSON,
    kind="model",
    cases=_one_case,
    reference=lambda: _changed(),
    parts={"all": 3},
    alternatives={
        "Sequential": lambda: _keras_augmented("sequential"),
        "functional": lambda: _keras_augmented("functional"),
        "lower and upper limits": lambda: _keras_augmented("limits"),
    },
    misconceptions=[
        Misconception(
            "cats-on-their-heads",
            lambda: _changed((0, ("flip", "horizontal_and_vertical"))),
            "Left to itself, RandomFlip also turns pictures upside down. Say 'horizontal'.",
            "Nobody photographs a dog standing on its head; such pictures only make the task "
            "harder. What is the first argument of RandomFlip?",
        ),
        Misconception(
            "vertical-flip",
            lambda: _changed((0, ("flip", "vertical"))),
            "A vertical flip turns the picture upside down. Left and right: 'horizontal'.",
            "The word tells the direction in which pixels move. In which direction do they move in "
            "a mirror on the wall?",
        ),
        Misconception(
            "rotation-in-radians",
            lambda: _changed((1, ("rotate", float(np.deg2rad(36))))),
            "You gave the angle in radians. The layer's unit is a full turn: 36° are 0.1.",
            "0.63 of a turn is 226°. What did your function of exercise 4 say?",
        ),
        Misconception(
            "full-turns",
            lambda: _changed((1, ("rotate", 1.0))),
            "A factor of 1 is a full turn: your cats lie in every direction.",
            "The factor is a share of 360°. Which share are 36°?",
        ),
        Misconception(
            "rescaling-forgotten",
            lambda: _changed((3, None)),
            "Rescaling is missing: the convolutions get pixels up to 255.",
            "The network reads raw pixels, and somewhere they must become numbers from 0 to 1. "
            "Which layer does that?",
        ),
        Misconception(
            "rescaling-first",
            lambda: _stacked([_LAYERS[3], *_LAYERS[:3], *_LAYERS[4:]]),
            "Rescaling first works as well with these layers. Here it comes behind them.",
            "A layer such as RandomContrast has to know where white is; it expects 255. Which "
            "order does the table give?",
        ),
        Misconception(
            "augmentation-missing",
            lambda: _changed((0, None), (1, None), (2, None)),
            "The network is right, but nothing is augmented. Three layers are missing in front.",
            "They stand between Input and Rescaling. Which three does the table name?",
        ),
        Misconception(
            "augmentation-behind-the-convolutions",
            lambda: _stacked([*_LAYERS[3:12], *_LAYERS[:3], *_LAYERS[12:]]),
            "You turn and mirror feature maps. It is the picture that should be changed.",
            "The filters would still see the same pictures in every epoch. Where does the picture "
            "come in?",
        ),
        Misconception(
            "dropout-missing",
            lambda: _changed((13, None)),
            "Dropout(0.5) between Flatten and the dense layer is missing.",
            "The lecture adds augmentation to the network with dropout. What does lesson 6 put "
            "behind Flatten?",
        ),
        Misconception(
            "zoom-missing",
            lambda: _changed((2, None)),
            "RandomZoom is missing.",
            "The table names three changes: mirror, turn, zoom. In which line does the third "
            "belong?",
        ),
        Misconception(
            "learning-rate-left-alone",
            lambda: _changed(learning_rate=1e-3),
            "The optimizer runs at its usual 0.001. The lecture takes steps of 1e-4.",
            "To compare with lesson 6, only one thing may change. How do you write RMSprop with a "
            "learning rate?",
        ),
        Misconception(
            "not-compiled",
            lambda: _changed(compiled=False),
            "All layers are right. The model still has to be compiled.",
            "RMSprop at 1e-4, binary cross entropy, accuracy: as in lesson 6. Which call is it?",
        ),
    ],
    forbids=("cnncourse", "zoo"),
    hints=[
        "First the four new layers, in the order of the table, then the network of lesson 6 with "
        "Dropout(0.5) behind Flatten.",
        'layers.RandomFlip("horizontal"), layers.RandomRotation(0.1), layers.RandomZoom(0.2), '
        "layers.Rescaling(1 / 255)",
        "Compile as in lesson 6: RMSprop(learning_rate=1e-4), 'binary_crossentropy'.",
    ],
    accepts="a function that returns the compiled Keras model",
)


# 9 · what augmentation does -------------------------------------------------------------------


def _augmentation_effect() -> str:
    return "b"


AUGMENTATION_EFFECT = Exercise(
    name="augmentation_effect",
    title="What augmentation does",
    lesson=LESSON,
    kind="value",
    cases=_one_case,
    reference=_augmentation_effect,
    parts={"all": 1},
    alternatives={"a capital letter": lambda: "B", "with a space": lambda: " b "},
    misconceptions=[
        Misconception(
            "training-accuracy-rises-faster",
            lambda: "a",
            "Look at the points: with augmentation the training accuracy rises more slowly.",
            "Every epoch shows new variants, so nothing can be learned by heart. What does that do "
            "to the points, and what to the distance from points to line?",
        ),
        Misconception(
            "nothing-changes",
            lambda: "c",
            "Compare the last epoch of both runs: the distance between points and line differs.",
            "Measure the gap of exercise 6 in lesson 6 for both. Which one is smaller?",
        ),
        Misconception(
            "more-pictures-an-epoch",
            lambda: "d",
            "An epoch has as many pictures as before; exercise 7 counted them.",
            "Each picture is replaced by a variant, not joined by one. What has changed between "
            "one epoch and the next?",
        ),
        Misconception(
            "validation-gets-noisy",
            lambda: "e",
            "Validation pictures are never changed; the layers do nothing outside training.",
            "Predict twice with the same network: you get the same numbers. Which of the two "
            "measurements does augmentation make harder?",
        ),
    ],
    hints=["Look at the distance between points and line at the right end of both figures."],
    accepts='one letter, such as "a"',
)


# 10 · digits that have been moved -------------------------------------------------------------

FARTHEST = 4  # pixels, either way


def _hidden_truth(case: Case) -> Any:
    return case.truth


def _moved_cases(rng: np.random.Generator) -> Sequence[Case]:
    digits = load_mnist()
    chosen = rng.choice(len(digits.x_test), 300, replace=False)
    images = np.zeros((300, 28, 28), np.uint8)
    for place, image in enumerate(digits.x_test[chosen]):
        down, right = rng.integers(-FARTHEST, FARTHEST + 1, 2)
        padded = np.pad(image, FARTHEST)
        top, left = FARTHEST - down, FARTHEST - right
        images[place] = padded[top : top + 28, left : left + 28]
    truth = digits.y_test[chosen].astype(np.int64)
    return [Case((images,), label="300 digits, moved", truth=truth)]


def _mostly_right(case: Case) -> np.ndarray:
    """Nineteen of twenty labels right, as a real network would have them."""
    labels = np.array(case.truth)
    labels[::20] = (labels[::20] + 3) % 10
    return labels


READ_MOVED = Exercise(
    name="read_moved",
    title="Read digits that have been moved",
    lesson=LESSON,
    kind="predictions",
    cases=_moved_cases,
    reference=_hidden_truth,
    parts={"all": 3},
    alternatives={
        "nineteen of twenty right": _mostly_right,
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
            "mirrored-in-training",
            lambda case: np.asarray([0, 1, 5, 3, 4, 2, 9, 7, 8, 6])[case.truth],
            "6 and 9 are exchanged, and 2 and 5. Was the network trained on flipped digits?",
            "A flipped 6 keeps its label, so the network learns that a 9 is a 6. Which layers does "
            "your augmentation have?",
        ),
        Misconception(
            "one-hot-returned",
            lambda case: np.eye(10)[case.truth],
            "You returned ten numbers an image. The label is the place of the largest.",
            "`predict` gives probabilities of shape (N, 10). `argmax(axis=1)` turns each row into "
            "one label. What shape has the result?",
        ),
        Misconception(
            "counted-from-one",
            lambda case: np.asarray(case.truth) + 1,
            "Your labels are one too large. Column 0 belongs to digit 0.",
            "argmax gives the column's number, and columns are numbered from 0. What have you "
            "added?",
        ),
        Misconception(
            "order-lost",
            lambda case: np.sort(np.asarray(case.truth)),
            "The right digits, in another order. Answer k belongs to image k.",
            "Something has sorted or shuffled the images or the labels on the way. Which step of "
            "your function could change the order?",
        ),
    ],
    threshold=0.75,
    hints=[
        "Below 75 %? A network that has only seen digits in the middle fails here. Which layer "
        "shows it moved digits while it learns?",
        "layers.RandomTranslation(0.2, 0.2, fill_mode='constant') moves by up to a fifth of the "
        "height and of the width, and fills with 0.",
        "`reader.predict(as_inputs(images), verbose=0).argmax(axis=1)`",
    ],
    accepts="one label from 0 to 9 for each image, in a NumPy array of shape (N,)",
)

EXERCISES: tuple[Exercise, ...] = (
    FLIP_BATCH,
    SHIFT_PICTURE,
    CHANGE_CONTRAST,
    ROTATION_FACTOR,
    SAFE_FOR_DIGITS,
    SPLIT_THEN_MIRROR,
    PICTURES_SEEN,
    BUILD_AUGMENTED,
    AUGMENTATION_EFFECT,
    READ_MOVED,
)
