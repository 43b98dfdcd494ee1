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
# # 6 · Cats and dogs from scratch
#
# Sixty thousand digits made life easy. Now you have a thousand colour pictures, and two classes
# that even look alike: four legs, fur, two eyes. A network that starts from nothing will do what
# a lazy pupil does. It learns the exercises by heart.
#
# **In this lesson you will**
#
# 1. get pictures into a network: decode, rescale, shuffle, batch;
# 2. work out the steps of an epoch;
# 3. count the lecture's 3 453 121 parameters, and see why more layers can mean fewer parameters;
# 4. compute the loss of a yes-or-no question;
# 5. build the lecture's network and train it on small data;
# 6. measure overfitting: how much, and since when;
# 7. write dropout, and see what it changes;
# 8. match predictions with labels, and find out how that goes wrong;
# 9. have your network tell apart animals that nobody has labelled for you.
#
# About **95 minutes**, ten exercises, 21 points. You need lesson 5.

# %% tags=["setup"]
import logging
from functools import partial

import numpy as np
from IPython.display import display

from cnncourse import check, figures, zoo
from cnncourse.data import load_cats_dogs
from cnncourse.figures.lesson_06 import photo_sheet, run_dots
from cnncourse.training import attempt, fit, profile, quietly, set_seeds

# %% tags=["setup"]
logging.getLogger("tensorflow").setLevel(logging.ERROR)  # its advice on speed is not for us
size = 64  # pixels a side; the lecture has 150, which takes six times as long
if profile() == "full":
    per_class, epochs, seeds = 1000, 13, (2, 3, 1)
else:  # for tests and grading
    per_class, epochs, seeds = 1000, 12, (2,)

# %% [markdown]
# ## 1 · The pictures
#
# Where do they come from? The course looks for real photographs on your machine. If there are none,
# it draws cats and dogs by program. **Every figure says which of the two it shows.**

# %% tags=["setup", "nbval-ignore-output"]
animals = load_cats_dogs(size=size, per_class=per_class)
animals

# %% [markdown]
# (To use photographs, run `cnncourse data fetch cats-dogs` in a terminal, or name a folder of your
# own: `load_cats_dogs("my/pictures")`. The cells below stay the same; the numbers will differ.)

# %% tags=["demo", "nbval-ignore-output"]
titles = [animals.names[label] for label in animals.y_train[:24]]
alt = f"Twenty-four training pictures ({animals.caption}): " + ", ".join(titles) + "."
photo_sheet(animals.x_train[:24], alt, titles=titles, caption=animals.caption)

# %% [markdown]
# Breed, pose, distance, light, background: everything varies, and something may stand in front. The
# label is one number: 0 for a cat, 1 for a dog.
#
# <div class="alert alert-info" style="color: #1f2933"><b>Training, validation, test.</b> The
# network learns from the <i>training</i> set. You look at the <i>validation</i> set again and again
# to choose: how many epochs, dropout or not. By choosing, you learn from it, too. So there is a
# third part, the <i>test</i> set, that is looked at once, at the end.</div>

# %% [markdown]
# ## 2 · From files to batches
#
# A photograph lies on the disk as a file of a few kilobytes, squeezed by a format such as JPEG. A
# network needs numbers. Four steps lie between:
#
# | step | before | after |
# |---|---|---|
# | decode | bytes of a file | whole numbers 0 to 255, (rows, columns, 3) |
# | resize | any size | one size for all |
# | rescale | 0 to 255 | 0 to 1 |
# | batch | single pictures | (20, rows, columns, 3), shuffled |

# %% [markdown]
# How much is squeezed? Here one picture is packed as JPEG and decoded again.

# %% tags=["demo", "nbval-ignore-output"]
import io

from PIL import Image

file = io.BytesIO()
Image.fromarray(animals.x_train[0]).save(file, "jpeg")
decoded = np.asarray(Image.open(file))
print(f"{len(file.getvalue()):,} bytes in the file, {decoded.size:,} numbers {decoded.shape}")

# %% [markdown]
# And once the numbers are 32-bit fractions, each takes four bytes. All 4000 pictures of the
# lecture, at 150×150:

# %% tags=["demo"]
print(f"{4000 * 150 * 150 * 3 * 4 / 1e9:.2f} GB")

# %% [markdown]
# That is why pictures are rescaled batch by batch, on their way into the network, not all at once.
# (The full Kaggle set has 25 000.)
#
# ### Exercise 1 · One batch · 2 points
#
# `order` is the shuffled order for this epoch: first comes picture `order[0]`, then `order[1]`, and
# so on. Return batch number `number`, counted from 0: its pictures, from 0 to 1, and their labels.
# The last batch holds what is left.


# %% exercise="take_batch"
def take_batch(images, labels, order, number, batch_size):
    """One batch of an epoch.

    images: (N, H, W, 3) uint8. labels: (N,) 0 or 1. order: (N,) the numbers 0 to N - 1, shuffled.
    number: which batch, from 0. batch_size: pictures in a full batch.
    Returns two arrays: pictures (n, H, W, 3) from 0 to 1, and labels (n,).
    """
    # BEGIN SOLUTION
    chosen = order[number * batch_size : (number + 1) * batch_size]
    return images[chosen] / np.float32(255), labels[chosen]
    # END SOLUTION


# %% check="take_batch"
check("take_batch", take_batch)

# %% tags=["demo", "nbval-ignore-output"]
if check.passed("take_batch"):
    order = np.random.default_rng(0).permutation(len(animals.x_train))
    pictures, labels = take_batch(animals.x_train, animals.y_train, order, 0, 8)
    labels = list(map(int, labels))
    alt = f"A batch of eight pictures ({animals.caption}) with the labels {labels}."
    titles = [str(label) for label in labels]
    display(photo_sheet(pictures, alt, titles=titles, caption=animals.caption))

# %% [markdown]
# ### How many batches?
#
# The lecture's generator hands out batches for ever. It shuffles and starts again whenever it is
# through. So Keras had to be told how many batches make an epoch: `steps_per_epoch=100`, and
# `validation_steps=50`. These numbers are not to be copied. They follow from the data.
#
# ### Exercise 2 · Steps per epoch · 1 point
#
# How many steps does an epoch need, so that every picture is seen once? The last batch may be
# smaller.


# %% exercise="steps_per_epoch"
def steps_per_epoch(images, batch_size):
    """Batches until every picture has been seen once.

    images: how many there are. batch_size: pictures in a full batch. Returns a whole number.
    """
    # BEGIN SOLUTION
    return -(-images // batch_size)
    # END SOLUTION


# %% check="steps_per_epoch"
check("steps_per_epoch", steps_per_epoch)

# %% tags=["demo"]
if check.passed("steps_per_epoch"):
    print("lecture, training:  ", steps_per_epoch(2000, 20))
    print("lecture, validation:", steps_per_epoch(1000, 20))
    print("a copied 100 with 500 pictures asks for", 100 * 20, "pictures: they run out")
    print("a copied 100 with 12 500 pictures leaves", 12_500 - 100 * 20, "unseen in every epoch")

# %% [markdown]
# Today you hand Keras arrays, or a `tf.data` pipeline such as
# `keras.utils.image_dataset_from_directory` makes from folders of files, and it counts the steps
# itself. (The lecture's `ImageDataGenerator` and `fit_generator` come from older versions.) Our
# pictures are small and few, so we rescale them all now.

# %% tags=["setup"]
x_train, x_validation, x_test = (
    part.astype("float32") / 255 for part in (animals.x_train, animals.x_validation, animals.x_test)
)
y_train, y_validation, y_test = animals.y_train, animals.y_validation, animals.y_test

# %% [markdown]
# ## 3 · A deeper network, on paper
#
# The network for digits had two pooling layers. A picture of 150×150 has 29 times as many pixels as
# a digit, so the lecture goes **deeper**: four blocks, each a 3×3 convolution and a pooling layer.
#
# | layer | filters or units |
# |---|---|
# | convolution 3×3, relu, then max pooling 2×2 | 32 |
# | convolution 3×3, relu, then max pooling 2×2 | 64 |
# | convolution 3×3, relu, then max pooling 2×2 | 128 |
# | convolution 3×3, relu, then max pooling 2×2 | 128 |
# | flatten | |
# | dense, relu | 512 |
# | dense, sigmoid | 1 |
#
# No padding, stride 1, as before.

# %% [markdown]
# **Predict.** Somebody wants a smaller network and leaves three of the four blocks out. Does it get
# fewer parameters?
#
# ### Exercise 3 · The parameters, row by row · 3 points
#
# Return the number of parameters of every convolution, of the dense layer, and of the last unit.
# The picture is `size` × `size` in **three** colours, `filters` lists the blocks. One point for a
# single block, two for more.


# %% exercise="parameter_rows"
def parameter_rows(size, filters, units):
    """The parameters of a network of blocks, layer by layer.

    size: rows, and columns, of a colour picture. filters: of each block's 3×3 convolution, such as
    [32, 64]; each block ends in 2×2 pooling. units: of the dense layer. One output unit follows.
    Returns a list of whole numbers: one for each convolution, then the two dense layers.
    """
    # BEGIN SOLUTION
    rows, channels = [], 3
    for count in filters:
        rows.append((3 * 3 * channels + 1) * count)
        size, channels = (size - 2) // 2, count
    rows.append((size * size * channels + 1) * units)
    rows.append(units + 1)
    return rows
    # END SOLUTION


# %% check="parameter_rows"
check("parameter_rows", parameter_rows)

# %% [markdown]
# The lecture's table has 896, 18 496, 73 856, 147 584, 3 211 776, 513, in all 3 453 121. Yours:

# %% tags=["demo"]
if check.passed("parameter_rows"):
    rows = parameter_rows(150, [32, 64, 128, 128], 512)
    names = ["convolution 1", "convolution 2", "convolution 3", "convolution 4", "dense", "output"]
    for name, count in zip(names, rows, strict=True):
        print(f"{name:<14} {count:>9,}")
    print(f"{'in all':<14} {sum(rows):>9,}")

# %% [markdown]
# And the course's library, which counts any network, with the shapes the lecture shows:

# %% tags=["demo"]
zoo.cats_dogs().table()

# %% [markdown]
# Now your prediction. One block, two, three, four, five; everything else stays:

# %% tags=["demo"]
if check.passed("parameter_rows"):
    blocks = [32, 64, 128, 128, 128]
    totals = [sum(parameter_rows(150, blocks[:depth], 512)) for depth in range(1, 6)]
    depths = ["1 block", "2 blocks", "3 blocks", "4 blocks", "5 blocks"]
    alt = "Parameters at 150×150, falling from 90 million with one block to 0.7 million with five."
    display(figures.bars(depths, totals, alt, show=lambda total: f"{total / 1e6:.1f} million"))

# %% [markdown]
# The *shallow* network is the giant. Each block halves the maps, so less reaches the dense layer,
# and nearly all parameters sit there. This is why a larger picture needs a deeper network. It also
# lets the last convolutions see more of the picture (lesson 4):

# %% tags=["demo"]
for layer in ("pool1", "pool2", "pool3", "pool4"):
    field = zoo.cats_dogs().receptive_field(layer)
    print(f"behind {layer}: one number has seen {field.rows.size}×{field.columns.size} pixels")

# %% [markdown]
# ## 4 · One question, one unit
#
# Ten digits needed ten units and softmax. Cat or dog is a single question, "is it a dog?", and one
# unit answers it.
#
# <div class="alert alert-info" style="color: #1f2933"><b>Sigmoid.</b> σ(z) = 1/(1 + e<sup>−z</sup>)
# squeezes any score into a probability between 0 and 1. A score of 0 becomes 0.5: no idea. We read
# it as the probability of a <i>dog</i>; a cat is the rest to 1.</div>

# %% tags=["demo"]
scores = np.array([-6, -2, 0, 2, 6])
for score, p in zip(scores, 1 / (1 + np.exp(-scores)), strict=True):
    print(f"score {score:>2}:  dog {p:.3f}   cat {1 - p:.3f}")

# %% [markdown]
# **Predict.** What would *softmax* make of these scores, with one unit only?

# %% tags=["demo"]
for score in scores:
    p = np.exp([score]) / np.exp([score]).sum()  # softmax: each unit's share of all units
    print(f"score {score:>2}:  dog {p[0]:.3f}")

# %% [markdown]
# Always 1. A single unit has all there is to share, so every picture is a dog, whatever is learned.
# Keras trains such a network without complaint. Its accuracy stays at 50 %.

# %% [markdown]
# ### The loss
#
# As in lesson 5: −log of the probability that the network gave to the *truth*. For a dog this is p,
# for a cat 1 − p.
#
# ### Exercise 4 · The loss of a yes-or-no question · 2 points
#
# Compute the binary cross entropy, the mean over all pictures.


# %% exercise="binary_cross_entropy"
def binary_cross_entropy(probabilities, labels):
    """The mean of -log(probability of the truth).

    probabilities: (N,) that it is a dog. labels: (N,) 1 for a dog, 0 for a cat.
    Returns one number.
    """
    # BEGIN SOLUTION
    of_truth = np.where(labels == 1, probabilities, 1 - probabilities)
    return -np.log(of_truth).mean()
    # END SOLUTION


# %% check="binary_cross_entropy"
check("binary_cross_entropy", binary_cross_entropy)

# %% [markdown]
# **Predict.** For ten digits a network that knew nothing started at log 10 ≈ 2.30. And here?

# %% tags=["demo"]
if check.passed("binary_cross_entropy"):
    know_nothing = np.full(6, 0.5)
    loss = binary_cross_entropy(know_nothing, np.array([1, 0, 0, 1, 0, 1]))
    print(f"{loss:.4f}   log 2 = {np.log(2):.4f}")

# %% [markdown]
# **0.69** is the number to remember. A loss that stays there has learned nothing.

# %% [markdown]
# ### Build it
#
# Loading Keras takes about ten seconds.

# %% tags=["setup"]
with quietly():  # without TensorFlow's start-up lines
    import keras
    from keras import layers

# %% [markdown]
# ### Exercise 5 · Build the lecture's network · 3 points
#
# Write a function that returns the network of section 3, compiled: RMSprop with the learning rate
# 1e-4, binary cross entropy, and `metrics=["accuracy"]`. The size of the picture is an argument;
# the check asks for 150.


# %% exercise="build_cats_dogs"
def build_cats_dogs(size=150):
    """The lecture's network for cats and dogs, compiled and untrained.

    size: rows, and columns, of a colour picture. Returns a Keras model that gives the probability
    of a dog. Layers: layers.Conv2D, layers.MaxPooling2D, layers.Flatten, layers.Dense.
    """
    # BEGIN SOLUTION
    model = keras.Sequential([keras.Input((size, size, 3))])
    for filters in (32, 64, 128, 128):
        model.add(layers.Conv2D(filters, 3, activation="relu"))
        model.add(layers.MaxPooling2D(2))
    model.add(layers.Flatten())
    model.add(layers.Dense(512, activation="relu"))
    model.add(layers.Dense(1, activation="sigmoid"))
    model.compile(
        optimizer=keras.optimizers.RMSprop(learning_rate=1e-4),
        loss="binary_crossentropy",
        metrics=["accuracy"],
    )
    return model
    # END SOLUTION


# %% check="build_cats_dogs"
check("build_cats_dogs", build_cats_dogs)

# %% [markdown]
# Does Keras count as you did? And at our size?

# %% tags=["demo"]
if check.passed("build_cats_dogs"):
    print(f"at 150×150: {build_cats_dogs().count_params():,} parameters")
    print(f"at {size}×{size}: {build_cats_dogs(size).count_params():,}")

# %% [markdown]
# ## 5 · Train
#
# Two changes to the lecture's settings, so that you wait a minute or two and not half an hour:
# smaller pictures, and fewer epochs with larger steps.

# %% tags=["setup"]
rate = 1e-3  # the lecture: 1e-4, for 30 epochs of twice as many steps

# %% tags=["demo", "nbval-ignore-output"]
if check.passed("steps_per_epoch"):
    print(f"{steps_per_epoch(len(x_train), 20)} steps an epoch, {epochs} epochs")

# %% tags=["setup", "nbval-ignore-output"]
set_seeds(seeds[0])
convnet = attempt(partial(build_cats_dogs, size))
if convnet is not None:
    convnet.optimizer.learning_rate = rate
    history = fit(
        convnet,
        x_train,
        y_train,
        epochs=epochs,
        batch_size=20,
        validation=(x_validation, y_validation),
    )
    print(history)

# %% [markdown]
# ### The curves
#
# As in the lecture: points are measured on the training set, lines on the validation set.
#
# **Predict.** Where will the points end, where the lines? Sketch both before you look.

# %% tags=["demo", "nbval-ignore-output"]
if convnet is not None:
    display(figures.histories({f"{animals.caption}, no dropout": history}))

# %% [markdown]
# The points go where you want them. The lines do not follow. The loss shows it best. On the
# training pictures it falls to the end. On new pictures it falls, then turns and **climbs**, in
# jumps: the network has become sure of its mistakes.
#
# <div class="alert alert-info" style="color: #1f2933"><b>Overfitting.</b> The network improves on
# the pictures it learns from and not on others: it remembers single pictures in place of what cats
# have in common. With few pictures and many parameters there is always room for that.</div>

# %% tags=["demo"]
parameters = zoo.cats_dogs(input_shape=(size, size, 3)).cost().parameters
print(f"{parameters:,} parameters for {len(x_train):,} pictures: {parameters // len(x_train)} each")

# %% [markdown]
# ## 6 · Overfitting, measured
#
# ### Exercise 6 · How much, and since when · 2 points
#
# From the curves of a run, find two numbers: the epoch with the **lowest validation loss**, counted
# from 1, and the **gap** after the last epoch, training accuracy minus validation accuracy.


# %% exercise="measure_overfitting"
def measure_overfitting(accuracy, val_accuracy, val_loss):
    """Since when a run overfits, and how much.

    accuracy, val_accuracy, val_loss: lists, one number for each epoch.
    Returns two numbers: (epoch of the lowest validation loss, gap after the last epoch).
    """
    # BEGIN SOLUTION
    best = int(np.argmin(val_loss)) + 1
    return best, accuracy[-1] - val_accuracy[-1]
    # END SOLUTION


# %% check="measure_overfitting"
check("measure_overfitting", measure_overfitting)

# %% tags=["demo", "nbval-ignore-output"]
if convnet is not None and check.passed("measure_overfitting"):
    runs = (history["accuracy"], history["val_accuracy"], history["val_loss"])
    best, gap = measure_overfitting(*runs)
    print(f"{animals.caption}: best epoch {best} of {history.epochs}, gap {gap:.0%}")

# %% [markdown]
# The lecture's network overfits as well, after a few epochs. What helps?
#
# * **More data.** Best of all, and often not to be had. Lesson 7 makes some.
# * **Stop early**, at the epoch you have just found.
# * **Make remembering harder.** That is dropout.

# %% [markdown]
# ## 7 · Dropout
#
# <div class="alert alert-info" style="color: #1f2933"><b>Dropout.</b> In every training step, set
# a random share of a layer's outputs to 0. This share is the <i>rate</i>. What is left is made
# larger, so that the sum stays the same on average. Outside training nothing is dropped.</div>
#
# A unit can no longer rely on one detail ("there was a red cushion in picture 312"): next time that
# detail may be missing. It has to look for several signs of a cat.
#
# ### Exercise 7 · Drop out · 2 points
#
# `draws` holds a random number between 0 and 1 for each value. Where it is **below** the rate, the
# value becomes 0. The others are divided by the share that is kept.


# %% exercise="drop_out"
def drop_out(values, rate, draws):
    """Dropout, with the random numbers given.

    values: (N, units). rate: the share to drop, from 0 to below 1. draws: (N, units) from 0 to 1.
    Returns an array of the shape of `values`.
    """
    # BEGIN SOLUTION
    return np.where(draws < rate, 0, values / (1 - rate))
    # END SOLUTION


# %% check="drop_out"
check("drop_out", drop_out)

# %% [markdown]
# **Predict.** A layer of ones goes through dropout with rate 0.2. How many zeros are there? How
# large are the others? What is the mean?

# %% tags=["demo"]
if check.passed("drop_out"):
    draws = np.random.default_rng(4).random((100, 500))
    for share in (0.2, 0.5, 0.8):
        out = np.array(drop_out(np.ones((100, 500)), share, draws))
        zeros, largest, mean = np.mean(out == 0), out.max(), out.mean()
        print(f"rate {share}: {zeros:.1%} zeros, largest {largest:.2f}, mean {mean:.2f}")

# %% [markdown]
# Keras's layer, asked twice: once as in training, once as in use.

# %% tags=["demo"]
layer = layers.Dropout(0.2, seed=4)
ones = np.ones((100, 500), "float32")
for training in (True, False):
    out = np.asarray(layer(ones, training=training))
    print(f"training={training!s:<5}  zeros {np.mean(out == 0):.2f}, largest {out.max():.2f}")

# %% [markdown]
# The lecture puts `Dropout(0.5)` between Flatten and the dense layer. It adds no parameters. We
# train with and without it, each time with several seeds: a single run can be luck.


# %% tags=["demo"]
def train(dropout, seed):
    """The lecture's network at our size, trained; returns its history and itself."""
    set_seeds(seed)
    model = zoo.cats_dogs(dropout, input_shape=(size, size, 3)).to_keras()
    optimizer = keras.optimizers.RMSprop(learning_rate=rate)
    model.compile(optimizer, "binary_crossentropy", metrics=["accuracy"])
    unseen = (x_validation, y_validation)
    run = fit(model, x_train, y_train, epochs=epochs, batch_size=20, validation=unseen)
    return run, model


# %% tags=["demo", "nbval-ignore-output"]
plain = [train(0, seed)[0] for seed in seeds[0 if convnet is None else 1 :]]
if convnet is not None:
    plain.insert(0, history)  # your own run

# %% tags=["demo", "nbval-ignore-output"]
runs = [train(0.5, seed) for seed in seeds]
dropped = [run for run, _ in runs]
with_dropout = runs[0][1]

# %% tags=["demo", "nbval-ignore-output"]
figures.histories(
    {f"{animals.caption}, no dropout": plain[0], f"{animals.caption}, dropout 0.5": dropped[0]}
)

# %% [markdown]
# The points with dropout climb more slowly: remembering has become harder. The gap, for every seed:

# %% tags=["demo", "nbval-ignore-output"]
gaps = {
    name: [run["accuracy"][-1] - run["val_accuracy"][-1] for run in runs]
    for name, runs in {"no dropout": plain, "dropout 0.5": dropped}.items()
}
run_dots(gaps, f"gap after epoch {epochs}, one dot a seed ({animals.caption})")

# %% [markdown]
# And the lowest validation loss that each run reached:

# %% tags=["demo", "nbval-ignore-output"]
for name, runs in {"no dropout": plain, "dropout 0.5": dropped}.items():
    lowest = [min(run["val_loss"]) for run in runs]
    print(f"{name:<12}", ", ".join(f"{loss:.3f}" for loss in lowest), f"({animals.caption})")

# %% [markdown]
# Dropout narrows the gap. It works no wonders: a smaller gap comes mostly from lower points, and
# what the network has not seen it cannot know.

# %% [markdown]
# ### Exercise 8 · Validation above training · 1 point
#
# Look at the first epochs of a run with dropout. Often the line, validation, lies **above** the
# points, training accuracy. What is it?
#
# * **a** A bug: no network can be better on new pictures.
# * **b** Training and validation set have been exchanged.
# * **c** No bug: the points are measured with half of the features missing, and while the network
#   still learns; the line with all of them, after the epoch.
# * **d** The validation pictures happen to be easier.
# * **e** Dropout is at work in both, and has hit the training set harder.


# %% exercise="validation_above"
# BEGIN SOLUTION
validation_above = "c"
# END SOLUTION

# %% check="validation_above"
check("validation_above", validation_above)

# %% [markdown]
# Test it: one trained network, the training pictures, once with half of the features dropped, as
# the points are measured, and once with all of them, as the lines are. **Predict:** which is more?


# %% tags=["demo"]
def right_with(model, dropping):
    hits = 0
    for start in range(0, len(x_train), 100):
        some = slice(start, start + 100)
        answers = np.asarray(model(x_train[some], training=dropping))[:, 0] > 0.5
        hits += (answers == y_train[some]).sum()
    return hits / len(x_train)


# %% tags=["demo", "nbval-ignore-output"]
if check.passed("validation_above"):
    for name, dropping in (("half of the features", True), ("all of them", False)):
        print(f"{name:<21} {right_with(with_dropout, dropping):.1%} ({animals.caption})")

# %% [markdown]
# The same weights and the same pictures: a point says less of a network with dropout than the
# network can do.

# %% [markdown]
# ## 8 · Whose score is it?
#
# Now look at single pictures. Here an old trap waits: a pipeline that shuffles. It hands out the
# pictures in a new order, you collect the predictions, and compare them with the labels in the
# order of the files.
#
# ### Exercise 9 · Whose score is it? · 2 points
#
# The pictures went through the network in a shuffled order: `scores[k]` belongs to picture
# `order[k]`. Put the scores back into the order of the files.


# %% exercise="in_file_order"
def in_file_order(scores, order):
    """The scores in the order of the files: first that of picture 0, then of picture 1, …

    scores: (N,), scores[k] belongs to picture order[k]. order: (N,) the numbers 0 to N - 1.
    Returns (N,).
    """
    # BEGIN SOLUTION
    result = np.empty_like(scores)
    result[order] = scores
    return result
    # END SOLUTION


# %% check="in_file_order"
check("in_file_order", in_file_order)

# %% [markdown]
# **Predict.** Your network reads the validation set, shuffled. How good does it seem to be, if the
# scores stay shuffled?

# %% tags=["demo", "nbval-ignore-output"]
if convnet is not None and check.passed("in_file_order"):
    order = np.random.default_rng(8).permutation(len(x_validation))
    scores = convnet.predict(x_validation[order], verbose=0)[:, 0]
    for name, answer in (("shuffled", scores), ("in order", in_file_order(scores, order))):
        right = np.mean((np.array(answer) > 0.5) == y_validation)
        print(f"{name}: {right:.1%} of the {animals.caption} right")

# %% [markdown]
# Shuffled: a coin toss, from a network that is far better than that. If a confusion matrix looks
# like chance and the accuracy during training did not, suspect the order first.

# %% [markdown]
# ### The worst mistakes
#
# Validation pictures about which the network was sure, and wrong:

# %% tags=["demo", "nbval-ignore-output"]
if convnet is not None:
    p = convnet.predict(x_validation, verbose=0)[:, 0]
    of_truth = np.where(y_validation == 1, p, 1 - p)
    worst = np.argsort(of_truth)[:16]

# %% tags=["demo", "nbval-ignore-output"]
if convnet is not None:
    titles = [f"{animals.names[y_validation[i]]}, {of_truth[i]:.0%}" for i in worst]
    alt = f"The sixteen worst mistakes ({animals.caption}), with the truth and the probability "
    alt += "that the network gave to it: " + "; ".join(titles) + "."
    caption = f"The truth, and the probability that it got; {animals.caption}"
    display(photo_sheet(animals.x_validation[worst], alt, titles=titles, caption=caption))
    missed = (p > 0.5) != y_validation
    cats, dogs = (int((missed & (y_validation == kind)).sum()) for kind in (0, 1))
    print(f"in all {cats} cats taken for dogs, {dogs} dogs taken for cats ({animals.caption})")

# %% [markdown]
# What do they have in common? Are they all of one kind? Then the network leans to the other:
# compare the two counts. Far away, cut off, hidden, dark? Write down what you would change in the
# *data*. Some of it comes in lesson 7.

# %% [markdown]
# ## 9 · Animals that nobody has labelled
#
# ### Exercise 10 · Tell them apart · 3 points
#
# Write a function that takes raw pictures and returns a label for each: 0 for a cat, 1 for a dog.
# Use your trained `convnet`. The pictures come as they are, `uint8` from 0 to 255, and as large as
# those in `x_train`. At least 55 % of 400 must be right: more than a coin gives, and less than a
# network that has learned something.


# %% exercise="tell_apart"
def tell_apart(images):
    """Cat or dog?

    images: (N, H, W, 3) uint8, from 0 to 255. Returns (N,): 0 for a cat, 1 for a dog.
    """
    # BEGIN SOLUTION
    probabilities = convnet.predict(images.astype("float32") / 255, verbose=0)[:, 0]
    return (probabilities > 0.5).astype(int)
    # END SOLUTION


# %% check="tell_apart" tags=["nbval-ignore-output"]
check("tell_apart", tell_apart)

# %% [markdown]
# At last the test set, once:

# %% tags=["demo", "nbval-ignore-output"]
if check.passed("tell_apart"):
    right = np.mean(tell_apart(animals.x_test) == y_test)
    error = (right * (1 - right) / len(y_test)) ** 0.5
    print(f"{right:.1%} ± {error:.1%} of {len(y_test)} test pictures ({animals.caption})")

# %% [markdown]
# From scratch, on so few pictures, this is what there is. Lesson 7 makes many out of each of them,
# and looks at what that does to the gap. Lesson 8 borrows a network that has seen many others.

# %% [markdown]
# **Now play.** Leave blocks out, and look at parameters and gap. Try dropout 0.2 and 0.8. Put it
# behind the dense layer. Take half of the pictures (`per_class=500`). Write down what you expect,
# then run it. What changes the result by more than another seed does?

# %% [markdown]
# ## What you can do now
#
# You can now
#
# 1. take a picture from file to batch: decode, resize, rescale, shuffle (sections 1 and 2);
# 2. compute the steps of an epoch: pictures / batch size, rounded up (section 2);
# 3. count the lecture's network row by row, and say why deeper can be smaller (section 3);
# 4. compute binary cross entropy, and know that 0.69 means "no idea" (section 4);
# 5. build the network with one sigmoid unit, RMSprop 1e-4 and binary cross entropy, and train it
#    (sections 4 and 5);
# 6. say since when a run overfits, and how much (section 6);
# 7. write dropout, scale included, and explain why validation may lie above training (section 7);
# 8. keep predictions and labels in one order (section 8);
# 9. use the network on new pictures, and the test set once (section 9).
#
# **Next:** lesson 7 makes more pictures out of those you have.

# %% [markdown]
# ## Further reading
#
# * Chollet, *Deep Learning with Python* (2017): section 5.2, this network on the photographs of
#   Kaggle's *Dogs vs. Cats*.
# * Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov, *Dropout: a simple way to prevent
#   neural networks from overfitting* (2014): sections 1 and 2, the idea; 7.3, its rate. Its *p* is
#   the share that is kept.
# * Goodfellow, Bengio, Courville, *Deep Learning* (2016): sections 5.2, capacity and overfitting;
#   7.8, early stopping; 7.12, dropout.
# * Zhang, Bengio, Hardt, Recht, Vinyals, *Understanding deep learning requires rethinking
#   generalization* (2017): section 2, networks that learn random labels by heart.
