# ---
# jupyter:
#   jupytext:
#     formats: py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 7 · Augmentation: more pictures from few
#
# A cat that looks to the left is still a cat when it looks to the right. You know that; a network
# does not, until it has seen both. So show it both. You need no camera for that, only a mirror.
#
# **In this lesson you will**
#
# 1. mirror, move and change the contrast of pictures, by hand;
# 2. use Keras's layers for the same, and tell them what you mean;
# 3. say what must *not* be changed: some labels, the validation set, anything before the split;
# 4. count the pictures of an epoch, and measure what augmentation costs;
# 5. put augmentation into the network, and see it in the curves;
# 6. repair the digit reader of lesson 5, which lost its way when digits moved.
#
# About **85 minutes**, ten exercises, 19 points. You need lesson 6.

# %% tags=["setup"]
import logging

import numpy as np
from IPython.display import display

from cnncourse import check, figures, zoo
from cnncourse.data import as_inputs, load_cats_dogs, load_mnist
from cnncourse.figures.lesson_06 import photo_sheet, run_dots
from cnncourse.training import fit, profile, quietly, set_seeds

# %% tags=["setup"]
logging.getLogger("tensorflow").setLevel(logging.ERROR)  # its advice on speed is not for us
size = 64
if profile() == "full":
    per_class, epochs, seeds, every = 1000, 9, (1, 2, 3), 10
else:  # for tests and grading
    per_class, epochs, seeds, every = 200, 3, (1,), 5

# %% tags=["setup"]
with quietly():  # without TensorFlow's start-up lines
    import keras
    from keras import layers

# %% [markdown]
# The pictures are those of lesson 6: photographs if there are any on your machine, else animals
# drawn by program.

# %% tags=["demo", "nbval-ignore-output"]
animals = load_cats_dogs(size=size, per_class=per_class)
animals

# %% tags=["demo"]
x_train, x_validation = (
    part.astype("float32") / 255 for part in (animals.x_train, animals.x_validation)
)
y_train, y_validation = animals.y_train, animals.y_validation

# %% [markdown]
# ## 1 · One picture, many pictures
#
# <div class="alert alert-info" style="color: #1f2933"><b>Data augmentation.</b> Change each
# training picture at random, in ways that keep its label, every time it is shown.</div>
#
# You write three changes by hand. The chance is left outside: the random numbers are arguments, so
# that it is clear what must come out.
#
# ### Exercise 1 · Mirror at random · 2 points
#
# Picture `k` of a batch is mirrored, left against right, when `draws[k]` is below 0.5. All this
# happens in training only; otherwise the pictures come back as they are.


# %% exercise="flip_batch"
def flip_batch(images, draws, training):
    """Each picture mirrored, or not, as its draw says.

    images: (N, H, W, C). draws: (N,) numbers from 0 to 1. training: True or False.
    Returns an array of the shape of `images`.
    """
    # BEGIN SOLUTION
    result = images.copy()
    if training:
        chosen = draws < 0.5
        result[chosen] = images[chosen][:, :, ::-1]
    return result
    # END SOLUTION


# %% check="flip_batch"
check("flip_batch", flip_batch)

# %% [markdown]
# One picture, eight epochs. In training it comes now this way, now that:

# %% tags=["demo", "nbval-ignore-output"]
one = x_train[3]
if check.passed("flip_batch"):
    draws = np.random.default_rng(1).random(8)
    variants = flip_batch(np.repeat(one[None], 8, axis=0), draws, training=True)
    titles = [f"epoch {k}" for k in range(1, 9)]
    alt = f"One picture ({animals.caption}) in eight epochs, mirrored in about half of them."
    display(photo_sheet(variants, alt, titles=titles, caption=animals.caption))

# %% [markdown]
# ### Exercise 2 · Move a picture · 2 points
#
# In lesson 5 you moved digits, and black came in. A photograph has no black paper around it. Here
# the gap is filled with the **nearest pixel**: the edge is repeated.


# %% exercise="shift_picture"
def shift_picture(image, down, right):
    """The picture moved by whole pixels, its edge repeated into the gap.

    image: (H, W, C). down, right: whole numbers; negative ones move up, or left.
    Returns an array of the same shape.
    """
    # BEGIN SOLUTION
    rows = np.clip(np.arange(image.shape[0]) - down, 0, image.shape[0] - 1)
    columns = np.clip(np.arange(image.shape[1]) - right, 0, image.shape[1] - 1)
    return image[rows][:, columns]
    # END SOLUTION


# %% check="shift_picture"
check("shift_picture", shift_picture)

# %% tags=["demo", "nbval-ignore-output"]
if check.passed("shift_picture"):
    moves = [(0, 0), (12, 0), (-12, 0), (0, 12), (0, -12), (8, 8)]
    moved = [shift_picture(one, down, right) for down, right in moves]
    titles = [f"{down}, {right}" for down, right in moves]
    alt = f"One picture ({animals.caption}) moved down and right, its edge smeared into the gap."
    display(photo_sheet(np.array(moved), alt, titles=titles, caption=animals.caption))

# %% [markdown]
# ### Exercise 3 · Change the contrast · 2 points
#
# More contrast: what is brighter than the mean becomes brighter, what is darker becomes darker.
# For each **channel**: take its mean, and multiply every pixel's distance from the mean by the
# factor. Then cut off at 0 and 1. Factor 1 changes nothing.


# %% exercise="change_contrast"
def change_contrast(image, factor):
    """Distances from each channel's mean, multiplied by the factor.

    image: (H, W, C), numbers from 0 to 1. factor: below 1 for less contrast, above 1 for more.
    Returns an array of the same shape, from 0 to 1.
    """
    # BEGIN SOLUTION
    mean = image.mean(axis=(0, 1))
    return np.clip((image - mean) * factor + mean, 0, 1)
    # END SOLUTION


# %% check="change_contrast"
check("change_contrast", change_contrast)

# %% tags=["demo", "nbval-ignore-output"]
if check.passed("change_contrast"):
    factors = [0, 0.4, 0.7, 1, 1.5, 2.5]
    variants = np.array([change_contrast(one, factor) for factor in factors])
    alt = f"One picture ({animals.caption}), from one grey to glaring as the factor grows."
    titles = [f"{factor}" for factor in factors]
    display(photo_sheet(variants, alt, titles=titles, caption=animals.caption))

# %% [markdown]
# ### The same as layers
#
# Turning and zooming need to read between pixels. Keras has layers for all of it. They draw their
# own random numbers.
#
# | layer | does |
# |---|---|
# | `RandomFlip("horizontal")` | mirrors half of the pictures |
# | `RandomRotation(0.1)` | turns by up to 0.1 of a full turn, either way |
# | `RandomTranslation(0.2, 0.2)` | moves by up to 0.2 of the height, 0.2 of the width |
# | `RandomZoom(0.2)` | makes larger or smaller by up to 0.2 |
# | `RandomContrast((0.5, 0.5))` | contrast between 1 − 0.5 and 1 + 0.5 |

# %% [markdown]
# Mind the units, they are shares.
#
# ### Exercise 4 · Degrees for Keras · 1 point
#
# Chollet's book turns pictures by up to 40 degrees, `rotation_range=40` in the older interface.
# Which factor does `RandomRotation` need for a number of degrees?


# %% exercise="rotation_factor"
def rotation_factor(degrees):
    """The factor of keras.layers.RandomRotation that turns by up to so many degrees either way."""
    # BEGIN SOLUTION
    return degrees / 360
    # END SOLUTION


# %% check="rotation_factor"
check("rotation_factor", rotation_factor)

# %% tags=["demo"]
if check.passed("rotation_factor"):
    print(f"40 degrees: {rotation_factor(40):.3f}")

# %% [markdown]
# And look at what a layer has understood. With one number, this Keras only *raises* the contrast:

# %% tags=["demo"]
for wanted in (0.5, (0.5, 0.5)):
    lower, upper = layers.RandomContrast(wanted).factor
    print(f"RandomContrast({wanted}): from {1 - lower} to {1 + upper}")

# %% [markdown]
# **Look at augmented pictures before you train on them.** Each row is one layer, eight times:

# %% tags=["demo", "nbval-ignore-output"]
set_seeds(3)
changes = {
    "flip": layers.RandomFlip("horizontal"),
    "rotation": layers.RandomRotation(0.1),
    "translation": layers.RandomTranslation(0.2, 0.2),
    "zoom": layers.RandomZoom(0.2),
    "contrast": layers.RandomContrast((0.5, 0.5), value_range=(0, 1)),
}

# %% tags=["demo", "nbval-ignore-output"]
copies = np.repeat(one[None], 8, axis=0)
rows = [np.asarray(layer(copies, training=True)) for layer in changes.values()]
titles = [name for name in changes for _ in range(8)]
alt = f"One picture ({animals.caption}) changed eight times by each of: {', '.join(changes)}."
photo_sheet(np.concatenate(rows), alt, titles=titles, side=80, caption=animals.caption)

# %% [markdown]
# At the edges you see Keras's way to fill a gap: it *mirrors* the picture there
# (`fill_mode="reflect"`). Yours was `"nearest"`.

# %% [markdown]
# ## 2 · What must not be changed
#
# ### Labels that do not survive
#
# An augmented picture keeps its label. So only changes are allowed after which a person would still
# say the same.

# %% tags=["demo"]
digits = load_mnist()
six = digits.x_train[np.flatnonzero(digits.y_train == 6)[0]]
two = digits.x_train[np.flatnonzero(digits.y_train == 2)[0]]
turned = np.array([six, six[::-1, ::-1], two, two[:, ::-1]])
titles = ["label 6", "still 6?", "label 2", "still 2?"]
alt = "A six, which after a half-turn reads as a nine, and a two, which in the mirror is no digit."
figures.image_grid(turned, alt, titles=titles, size=1.1)

# %% [markdown]
# ### Exercise 5 · Which changes keep the label? · 1 point
#
# You train a network that reads handwritten **digits**. Which of these changes are safe for all
# ten?
#
# * **a** Mirror left against right.
# * **b** Turn by up to 10 degrees.
# * **c** Turn by half a turn.
# * **d** Move by up to 2 pixels.
# * **e** Mirror top against bottom.
# * **f** Make 10 % larger or smaller.
#
# Write the letters of the safe ones in alphabetical order, such as `"ae"`.


# %% exercise="safe_for_digits"
# BEGIN SOLUTION
safe_for_digits = "bdf"
# END SOLUTION

# %% check="safe_for_digits"
check("safe_for_digits", safe_for_digits)

# %% [markdown]
# For cats and dogs a mirror is fine. Turning them upside down is not wrong, but useless: nobody
# takes such photographs. And if the question were "does it look to the left?", even the mirror
# would be a mistake. **It depends on the question.**

# %% [markdown]
# ### Validation and test stay as they are
#
# They tell how the network does on pictures as they come. Keras's layers know: they work in `fit`,
# and do nothing in `evaluate` and `predict`.

# %% tags=["demo"]
flip = layers.RandomFlip("horizontal", seed=1)
pair = np.arange(2 * 4 * 4 * 3, dtype="float32").reshape(2, 4, 4, 3)
twice = [np.asarray(flip(pair, training=False)) for _ in range(2)]
print("outside training, two passes agree:", np.array_equal(*twice))
print("and nothing is changed:", np.array_equal(twice[0], pair))

# %% [markdown]
# But called on its own, without a word about training, such a layer *does* change pictures:

# %% tags=["demo"]
many = np.repeat(pair, 20, axis=0)
print("a bare call changes nothing:", np.array_equal(np.asarray(flip(many)), many))

# %% [markdown]
# So whoever maps a layer over a data set must not map it over the validation set.

# %% [markdown]
# ### First split, then augment
#
# Somebody makes the data set twice as large at once, by moving each picture one pixel to the right.
# Then he shuffles and splits. His classifier is the simplest there is: a new picture gets the label
# of the training picture that is **nearest**, pixel by pixel.


# %% tags=["demo"]
def nearest(train, labels, new):
    """For every new picture the label of the training picture with the most similar pixels."""
    flat, rows = train.reshape(len(train), -1), new.reshape(len(new), -1)
    # Squared distances, but for the new picture's own square: it is the same for all.
    distances = (flat**2).sum(axis=1) - 2 * rows @ flat.T
    return labels[distances.argmin(axis=1)]


# %% tags=["demo"]
x, y = x_train[:400], y_train[:400]
doubled = np.concatenate([x, np.roll(x, 1, axis=2)])
labels = np.concatenate([y, y])
mixed = np.random.default_rng(2).permutation(len(doubled))

# %% tags=["demo", "nbval-ignore-output"]
first, rest = mixed[: len(x) // 2], mixed[len(x) // 2 :]
right = np.mean(nearest(doubled[rest], labels[rest], doubled[first]) == labels[first])
print(f"augmented, then split: {right:.0%} of the test pictures right ({animals.caption})")

# %% [markdown]
# Marvellous! **Predict**, before you publish: what will it be if he splits first?

# %% tags=["demo", "nbval-ignore-output"]
cut = 3 * len(x) // 4
kept = np.concatenate([x[:cut], np.roll(x[:cut], 1, axis=2)])
right = np.mean(nearest(kept, np.concatenate([y[:cut]] * 2), x[cut:]) == y[cut:])
print(f"split, then augmented: {right:.0%} of the test pictures right ({animals.caption})")

# %% [markdown]
# Hardly better than tossing a coin. The first number was a **leak**: for most test pictures, the
# same picture, one pixel further, sat in the training set, label included.
#
# ### Exercise 6 · Split, then augment · 2 points
#
# The first `test_count` pictures of `order` are for the test, the others for training. Then double
# the training set: its pictures, followed by their mirror images (left against right).


# %% exercise="split_then_mirror"
def split_then_mirror(images, labels, order, test_count):
    """A training set with mirror images, and a test set left as it is.

    images: (N, H, W, C). labels: (N,). order: (N,) the numbers 0 to N - 1, shuffled.
    Returns four arrays: training pictures, training labels, test pictures, test labels.
    """
    # BEGIN SOLUTION
    test, train = order[:test_count], order[test_count:]
    pictures = np.concatenate([images[train], images[train][:, :, ::-1]])
    return pictures, np.concatenate([labels[train]] * 2), images[test], labels[test]
    # END SOLUTION


# %% check="split_then_mirror"
check("split_then_mirror", split_then_mirror)

# %% [markdown]
# ## 3 · How many pictures?
#
# With layers nothing is doubled. Each picture is changed **on its way in**, anew in every epoch,
# and the changed one takes its place.
#
# **Predict.** 2000 pictures, batches of 20. You mirror, turn, move, zoom and change the contrast.
# How many steps has an epoch?
#
# ### Exercise 7 · How many pictures? · 2 points
#
# Count the steps of an epoch, the pictures that pass through the network in an epoch, and in the
# whole training.


# %% exercise="pictures_seen"
def pictures_seen(images, batch_size, transforms, epochs):
    """Steps and pictures of a training run with random augmentation layers.

    images: in the training set. batch_size: pictures in a full batch. transforms: how many
    augmentation layers there are. epochs: of the training.
    Returns three whole numbers: steps an epoch, pictures an epoch, pictures in all.
    """
    # BEGIN SOLUTION
    steps = -(-images // batch_size)
    return steps, images, images * epochs
    # END SOLUTION


# %% check="pictures_seen"
check("pictures_seen", pictures_seen)

# %% tags=["demo"]
if check.passed("pictures_seen"):
    steps, epoch, whole = pictures_seen(2000, 20, 5, 30)
    print(f"{steps} steps, {epoch:,} pictures an epoch, {whole:,} in 30 epochs")

# %% [markdown]
# As many as without augmentation. What grows is their **variety**: the network hardly ever sees
# the same pixels twice. But variants of one cat are still one cat. Two thousand cats would be
# better.

# %% [markdown]
# ## 4 · Inside the network
#
# The layers can stand in front of the convolutions, as part of the network. Then a saved network
# brings its preparation along, and reads raw pixels.
#
# | layer | |
# |---|---|
# | `RandomFlip` | horizontal |
# | `RandomRotation` | 0.1 |
# | `RandomZoom` | 0.2 |
# | `Rescaling` | 1/255: from here on 0 to 1 |
# | the network of lesson 6 | with `Dropout(0.5)` between Flatten and Dense(512) |
#
# ### Exercise 8 · Augmentation inside the network · 3 points
#
# Build it for colour pictures of `size` × `size` raw pixels, layers in this order. Compile as in
# lesson 6: RMSprop with 1e-4, binary cross entropy, `metrics=["accuracy"]`.


# %% exercise="build_augmented"
def build_augmented(size=150):
    """The lecture's network with augmentation and dropout, compiled and untrained.

    size: rows, and columns, of a colour picture with pixels from 0 to 255. Returns a Keras model.
    """
    # BEGIN SOLUTION
    model = keras.Sequential(
        [
            keras.Input((size, size, 3)),
            layers.RandomFlip("horizontal"),
            layers.RandomRotation(0.1),
            layers.RandomZoom(0.2),
            layers.Rescaling(1 / 255),
        ]
    )
    for filters in (32, 64, 128, 128):
        model.add(layers.Conv2D(filters, 3, activation="relu"))
        model.add(layers.MaxPooling2D(2))
    model.add(layers.Flatten())
    model.add(layers.Dropout(0.5))
    model.add(layers.Dense(512, activation="relu"))
    model.add(layers.Dense(1, activation="sigmoid"))
    model.compile(
        optimizer=keras.optimizers.RMSprop(learning_rate=1e-4),
        loss="binary_crossentropy",
        metrics=["accuracy"],
    )
    return model
    # END SOLUTION


# %% check="build_augmented"
check("build_augmented", build_augmented)

# %% tags=["demo"]
if check.passed("build_augmented"):
    print(f"{build_augmented().count_params():,} parameters: augmentation learns nothing")

# %% [markdown]
# ### What it changes
#
# To see the effect of augmentation alone, we leave dropout out, and train the plain network of
# lesson 6 with and without the three layers in front. Same settings, several seeds each.


# %% tags=["demo"]
def train(augmented, seed):
    """The network of lesson 6 at our size, with or without augmentation; returns its history."""
    set_seeds(seed)
    front = []
    if augmented:
        front = [
            layers.RandomFlip("horizontal"),
            layers.RandomRotation(0.1),
            layers.RandomZoom(0.2),
        ]
    plain = zoo.cats_dogs(input_shape=(size, size, 3)).to_keras()
    model = keras.Sequential([keras.Input((size, size, 3)), *front, plain])
    optimizer = keras.optimizers.RMSprop(learning_rate=5e-4)
    model.compile(optimizer, "binary_crossentropy", metrics=["accuracy"])
    unseen = (x_validation, y_validation)
    return fit(model, x_train, y_train, epochs=epochs, batch_size=20, validation=unseen)


# %% tags=["demo", "nbval-ignore-output"]
plain = [train(False, seed) for seed in seeds]

# %% tags=["demo", "nbval-ignore-output"]
augmented = [train(True, seed) for seed in seeds]

# %% tags=["demo", "nbval-ignore-output"]
figures.histories(
    {f"{animals.caption}, as they are": plain[0], f"{animals.caption}, augmented": augmented[0]}
)

# %% [markdown]
# Every seed, after the last epoch:

# %% tags=["demo", "nbval-ignore-output"]
gaps = {
    name: [run["accuracy"][-1] - run["val_accuracy"][-1] for run in runs]
    for name, runs in {"as they are": plain, "augmented": augmented}.items()
}
run_dots(gaps, f"gap after epoch {epochs}, one dot a seed ({animals.caption})")

# %% [markdown]
# ### Exercise 9 · What augmentation does · 1 point
#
# Read the figures, and choose:
#
# * **a** The training accuracy rises faster, because there is more to learn from.
# * **b** The training accuracy rises more slowly, and the gap to validation is smaller.
# * **c** Nothing changes; it only takes longer.
# * **d** An epoch shows more pictures, so fewer epochs are needed.
# * **e** The validation curve gets noisy, because the validation pictures are changed, too.


# %% exercise="augmentation_effect"
# BEGIN SOLUTION
augmentation_effect = "b"
# END SOLUTION

# %% check="augmentation_effect"
check("augmentation_effect", augmentation_effect)

# %% [markdown]
# A smaller gap is no goal in itself. What you want are better answers on new pictures. Compare the
# two *lines*: after so few epochs the augmented network may well be behind, because learning has
# become harder. It needs more of them. Where the plain network would only overfit further, the
# augmented one can go on: Chollet's book trains it for 100 epochs.

# %% [markdown]
# ### What it costs
#
# The changes are computed for every picture, in every epoch:

# %% tags=["demo", "nbval-ignore-output"]
for name, runs in {"as they are": plain, "augmented": augmented}.items():
    seconds = [run.seconds / run.epochs for run in runs]
    print(f"{name:<12} {min(seconds):.2f} seconds an epoch of {len(x_train):,} {animals.caption}")

# %% [markdown]
# Nothing is added to the network in use: outside training the layers do nothing.

# %% [markdown]
# ## 5 · Digits that move
#
# In lesson 5 you measured what a shift does to the digit reader: its accuracy fell with every
# pixel, and soon steeply. The reason was that it had only ever seen digits in the middle. You can
# now repair it.


# %% tags=["setup"]
def digit_network(*front):
    """The digit reader of lesson 5, compiled, with layers of your choice in front."""
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            *front,
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(64, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile("rmsprop", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


# %% tags=["setup", "nbval-ignore-output"]
mnist = load_mnist()
x_digits, y_digits = as_inputs(mnist.x_train[::every]), mnist.y_train[::every]
print(f"{len(x_digits):,} digits to train on")

# %% tags=["demo", "nbval-ignore-output"]
set_seeds(1)
centred = digit_network()
fit(centred, x_digits, y_digits, epochs=6)

# %% [markdown]
# ### Exercise 10 · Read digits that have been moved · 3 points
#
# The check moves 300 test digits by up to **4 pixels** in any direction. At least 75 % must be
# right. Make a network with `digit_network(...)` and the right layer in front, train it for six
# epochs as above, and write the function that reads.
#
# Digits are black around: `fill_mode="constant"` fills with 0.


# %% exercise="read_moved" tags=["nbval-ignore-output"]
# BEGIN SOLUTION
set_seeds(1)
reader = digit_network(layers.RandomTranslation(0.2, 0.2, fill_mode="constant"))
fit(reader, x_digits, y_digits, epochs=6)


# END SOLUTION
def read_moved(images):
    """The digit on every image.

    images: (N, 28, 28) uint8, from 0 to 255. Returns (N,) whole numbers from 0 to 9.
    """
    # BEGIN SOLUTION
    return reader.predict(as_inputs(images), verbose=0).argmax(axis=1)
    # END SOLUTION


# %% check="read_moved" tags=["nbval-ignore-output"]
check("read_moved", read_moved)

# %% [markdown]
# **Predict.** Sketch the curve of lesson 5 again, accuracy against shift, and beside it that of
# your new reader.

# %% tags=["demo", "nbval-ignore-output"]
accuracy = {"centred digits": [], "moved digits": []}
if check.passed("read_moved"):
    for k in range(8):
        moved = np.pad(digits.x_test[::5], ((0, 0), (0, 0), (k, 0)))[:, :, :28]
        guess = centred.predict(as_inputs(moved), verbose=0).argmax(axis=1)
        accuracy["centred digits"].append(np.mean(guess == digits.y_test[::5]))
        accuracy["moved digits"].append(np.mean(read_moved(moved) == digits.y_test[::5]))

# %% tags=["demo", "nbval-ignore-output"]
if check.passed("read_moved"):
    across, up = "shift to the right (pixels)", "accuracy on the test set"
    display(figures.curves(range(8), accuracy, across=across, up=up, level=(0.1, "guessing")))

# %% [markdown]
# The same network, the same number of parameters. What it learned to bear is what it was shown. And
# beyond what it was shown, it falls again.

# %% [markdown]
# **Now play.** Train a reader with `RandomFlip()` in front. What happens to sixes and nines? Give
# the cats wild augmentation (a factor of 0.5 everywhere): is more always better? Look at the
# pictures first.

# %% [markdown]
# ## What you can do now
#
# You can now
#
# 1. mirror, move and change the contrast of pictures in NumPy (section 1);
# 2. use RandomFlip, RandomRotation, RandomTranslation, RandomZoom and RandomContrast, in their own
#    units, and look at what they do (section 1);
# 3. say which changes keep a label, leave validation and test alone, and split before you augment
#    (section 2);
# 4. count: an epoch has as many pictures as before, new variants each time (section 3), and each
#    costs a little time (section 4);
# 5. put augmentation into a network, and read its effect in the curves: slower points, a smaller
#    gap (section 4);
# 6. make a network bear what it will meet, by showing it in training (section 5).
#
# **Next:** lesson 8. More than any mirror helps a network that has seen many other pictures.

# %% [markdown]
# ## Further reading
#
# * Chollet, *Deep Learning with Python* (2017): section 5.2.5, augmentation for cats and dogs.
# * Goodfellow, Bengio, Courville, *Deep Learning* (2016): section 7.4, dataset augmentation.
# * Krizhevsky, Sutskever, Hinton, *ImageNet classification with deep convolutional neural networks*
#   (2012): section 4.1, crops, mirrors and colours.
# * Simard, Steinkraus, Platt, *Best practices for convolutional neural networks applied to visual
#   document analysis* (2003): section 2, digits, distorted.
# * Shorten, Khoshgoftaar, *A survey on image data augmentation for deep learning* (2019): the
#   section on geometric changes, and when they are safe.
