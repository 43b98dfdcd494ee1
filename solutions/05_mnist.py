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
# # 5 · MNIST: a network that reads digits
#
# You know the parts: windows, filters, strides, pooling. Now you put them together, train the
# result on 60 000 handwritten digits, and look at what it has learned.
#
# **In this lesson you will**
#
# 1. prepare images and labels for a network;
# 2. follow shapes and count parameters through a whole network, by hand;
# 3. compute the loss by hand, and know what it must be before any training;
# 4. build and train the lecture's network, and compare it with a fully connected one;
# 5. read training curves, and tell loss from accuracy;
# 6. find out which digits are mistaken for which;
# 7. look at the filters and the feature maps;
# 8. measure what a shift of the image does to both networks;
# 9. have your network read digits that nobody has labelled for you.
#
# About **100 minutes**, twelve exercises, 24 points. The longest wait is one minute of training.
# You need lesson 1, and what padding and pooling are.

# %% tags=["setup"]
import numpy as np
from IPython.display import display

from cnncourse import check, figures
from cnncourse.data import as_inputs, load_mnist
from cnncourse.training import attempt, fit, profile, quietly, set_seeds

# %% [markdown]
# ## 1 · The data
#
# MNIST comes with the course, so nothing is downloaded.

# %% tags=["setup"]
digits = load_mnist()
digits

# %% [markdown]
# The **training set** is for learning. The **test set** is for measuring: the network never learns
# from it. Here are the first thirty training digits, with the labels that people gave them.

# %% tags=["demo"]
figures.image_grid(
    digits.x_train[:30],
    "Thirty handwritten digits in three rows, each with its label above.",
    titles=[str(label) for label in digits.y_train[:30]],
)

# %% [markdown]
# How often does each digit occur?

# %% tags=["demo"]
counts = np.bincount(digits.y_train)
figures.bars([f"digit {d}" for d in range(10)], counts.tolist(), "Training images of each digit.")

# %% [markdown]
# Not quite evenly. Whoever always answers "one" is right more than one time in ten:

# %% tags=["demo"]
print(f"always 1: {(digits.y_test == 1).mean():.1%} of the test digits")

# %% [markdown]
# ### Pixels
#
# A pixel is a whole number: 0 is paper, 255 is ink. Networks start with small random weights that
# are meant for inputs of about 1, so we divide.
#
# <div class="alert alert-info"><b>Channel axis.</b> A convolution reads images of shape
# (rows, columns, <i>channels</i>). A colour image has three channels, a grey one has one. The axis
# must be there even if its length is 1.</div>
#
# ### Exercise 1 · Prepare the images · 2 points
#
# `images` has the shape (N, H, W) and type `uint8`. Return an array of shape (N, H, W, 1) with
# numbers from 0 (paper) to 1 (ink). 255 always becomes 1, also in a dim image.


# %% exercise="prepare_images"
def prepare_images(images):
    """Images as a network reads them.

    images: (N, H, W) uint8, from 0 to 255.
    Returns (N, H, W, 1) float32, from 0 to 1.
    """
    # BEGIN SOLUTION
    return images[..., np.newaxis].astype("float32") / 255
    # END SOLUTION


# %% check="prepare_images"
check("prepare_images", prepare_images)

# %% [markdown]
# From here on the lesson calls `as_inputs` from the course's library, which does the same. So the
# later cells work even if yours is not finished.

# %% tags=["demo"]
if check.passed("prepare_images"):
    print(np.array_equal(prepare_images(digits.x_test), as_inputs(digits.x_test)))

# %% [markdown]
# ### Labels
#
# A label such as 3 is a name, not an amount: a 4 is not "more" than a 3. Ten numbers say it better,
# one for each class.
#
# <div class="alert alert-info"><b>One-hot.</b> A row with one number per class: 1 for the true
# class, 0 for the others. Label 3 of ten classes is 0 0 0 1 0 0 0 0 0 0.</div>
#
# ### Exercise 2 · One-hot labels · 1 point
#
# Turn a row of labels into a table with one row per label and one column per class.


# %% exercise="one_hot_labels"
def one_hot_labels(labels, classes):
    """One row per label, with a 1 in the label's column and 0 elsewhere.

    labels: (N,) whole numbers from 0 to classes - 1.
    Returns (N, classes).
    """
    # BEGIN SOLUTION
    rows = np.zeros((len(labels), classes))
    rows[np.arange(len(labels)), labels] = 1
    return rows
    # END SOLUTION


# %% check="one_hot_labels"
check("one_hot_labels", one_hot_labels)

# %% [markdown]
# Keras calls this `to_categorical`, and the lecture uses it. You can also leave the labels as whole
# numbers, if you name the loss that fits:
#
# | labels | loss |
# |---|---|
# | one-hot rows | `categorical_crossentropy` |
# | whole numbers | `sparse_categorical_crossentropy` |
#
# Both compute the same number. We take the second: it needs no table of 60 000 × 10.

# %% [markdown]
# ## 2 · The network on paper
#
# This is the lecture's network. Read it from top to bottom, as an image passes through it.
#
# | layer | what it does |
# |---|---|
# | convolution 3×3, 32 filters, relu | looks for 32 small patterns |
# | max pooling 2×2 | keeps the strongest answer of every block |
# | convolution 3×3, 64 filters, relu | looks for patterns of patterns |
# | max pooling 2×2 | again |
# | convolution 3×3, 64 filters, relu | patterns of patterns of patterns |
# | flatten | writes everything into one row |
# | dense, 64 units, relu | weighs all of it |
# | dense, 10 units, softmax | one probability for each digit |
#
# No padding, stride 1.

# %% [markdown]
# <div class="alert alert-info"><b>Softmax.</b> Makes ten scores into ten positive numbers that add
# up to 1, so that they can be read as probabilities. The largest score keeps the largest
# share.</div>

# %% [markdown]
# ### Exercise 3 · Follow the shape · 2 points
#
# Here a network is a list of tuples: `("conv", kernel, filters)`, `("pool", window)`,
# `("flatten",)` and `("dense", units)`. Convolutions have square kernels, stride 1 and no padding.
# Pooling moves by its own window.
#
# Return the shape behind each layer.


# %% exercise="trace_shapes"
def trace_shapes(shape, layers):
    """The shape behind every layer.

    shape: (rows, columns, channels) of the input, or (inputs,) for a dense layer.
    layers: a list such as [("conv", 3, 32), ("pool", 2), ("flatten",), ("dense", 10)].
    Returns a list of tuples, one for each layer.
    """
    # BEGIN SOLUTION
    shapes = []
    for kind, *sizes in layers:
        if kind == "conv":
            kernel, filters = sizes
            shape = (shape[0] - kernel + 1, shape[1] - kernel + 1, filters)
        elif kind == "pool":
            shape = (shape[0] // sizes[0], shape[1] // sizes[0], shape[2])
        elif kind == "flatten":
            shape = (shape[0] * shape[1] * shape[2],)
        else:
            shape = (sizes[0],)
        shapes.append(shape)
    return shapes
    # END SOLUTION


# %% check="trace_shapes"
check("trace_shapes", trace_shapes)

# %% [markdown]
# **Predict.** Which layer of the lecture's network has the most parameters? The first, which sees
# the image? The last, which decides? Choose one before you count.
#
# ### Exercise 4 · The parameter table · 3 points
#
# Same arguments. Return how many parameters each layer has, weights and biases together. Your
# `trace_shapes` is welcome here.


# %% exercise="trace_parameters"
def trace_parameters(shape, layers):
    """How many parameters every layer has.

    shape, layers: as in trace_shapes.
    Returns a list of whole numbers, one for each layer.
    """
    # BEGIN SOLUTION
    counts = []
    for (kind, *sizes), after in zip(layers, trace_shapes(shape, layers), strict=True):
        if kind == "conv":
            kernel, filters = sizes
            counts.append((kernel * kernel * shape[2] + 1) * filters)
        elif kind == "dense":
            counts.append((shape[0] + 1) * sizes[0])
        else:
            counts.append(0)
        shape = after
    return counts
    # END SOLUTION


# %% check="trace_parameters"
check("trace_parameters", trace_parameters)

# %% [markdown]
# With both functions the whole table takes a few lines:

# %% tags=["demo"]
lecture = [
    ("conv", 3, 32),
    ("pool", 2),
    ("conv", 3, 64),
    ("pool", 2),
    ("conv", 3, 64),
    ("flatten",),
    ("dense", 64),
    ("dense", 10),
]

# %% tags=["demo"]
if check.passed("trace_shapes") and check.passed("trace_parameters"):
    shapes = trace_shapes((28, 28, 1), lecture)
    numbers = trace_parameters((28, 28, 1), lecture)
    for layer, shape, number in zip(lecture, shapes, numbers, strict=True):
        print(f"{layer[0]:<8} {shape!s:<14} {number:>7,}")
    print(f"{'in all':<23} {sum(numbers):>7,}")

# %% [markdown]
# The third convolution and the first dense layer tie: 64 filters that read 3×3×64 numbers, and 64
# units that read 3·3·64. But the convolution uses its weights at nine places, the dense layer once.
#
# Now a network without convolutions: flatten the image, 512 dense units, 10 outputs.

# %% tags=["demo"]
if check.passed("trace_parameters"):
    plain = [("flatten",), ("dense", 512), ("dense", 10)]
    print(f"{sum(trace_parameters((28, 28, 1), plain)):,} parameters")

# %% [markdown]
# Four times as many. Will it read better? In section 4 the two compete.

# %% [markdown]
# ### Exercise 5 · What goes in · 1 point
#
# Keras wants to know the shape of *one* input, `keras.Input(network_input)`. It adds the batch
# itself.


# %% exercise="network_input"
# BEGIN SOLUTION
network_input = (28, 28, 1)
# END SOLUTION

# %% check="network_input"
check("network_input", network_input)

# %% [markdown]
# ## 3 · What training makes small
#
# Training needs one number that says how bad the answers are.
#
# <div class="alert alert-info"><b>Cross entropy.</b> Take the probability that the network gave to
# the <i>true</i> class, and its negative natural logarithm: −log p. Then the mean over all images.
# Sure and right costs almost nothing; sure and wrong costs a lot.</div>

# %% tags=["demo"]
for p in (1.0, 0.9, 0.5, 0.1, 0.001):
    print(f"true class gets {p:<5}   loss {np.log(1 / p):.3f}")

# %% [markdown]
# ### Exercise 6 · The loss by hand · 2 points
#
# Compute the cross entropy of a table of predictions. The labels are whole numbers.


# %% exercise="cross_entropy"
def cross_entropy(probabilities, labels):
    """The mean of -log(probability of the true class).

    probabilities: (N, classes), every row adds up to 1. labels: (N,) whole numbers.
    Returns one number.
    """
    # BEGIN SOLUTION
    of_truth = probabilities[np.arange(len(labels)), labels]
    return -np.log(of_truth).mean()
    # END SOLUTION


# %% check="cross_entropy"
check("cross_entropy", cross_entropy)

# %% [markdown]
# **Predict.** A network that has learned nothing gives every digit about 1/10. What is its loss?

# %% tags=["demo"]
if check.passed("cross_entropy"):
    know_nothing = np.full((5, 10), 1 / 10)
    print(f"{cross_entropy(know_nothing, [3, 1, 4, 1, 5]):.4f}   log 10 = {np.log(10):.4f}")

# %% [markdown]
# Remember **2.3**. It is the first thing to look at in any ten-class training: a fresh network
# whose loss is far from log 10 has a mistake in it. You will see two such mistakes soon.

# %% [markdown]
# ## 4 · Build and train
#
# Loading Keras takes about ten seconds.

# %% tags=["setup"]
with quietly():  # without TensorFlow's start-up lines
    import keras
    from keras import layers

# %% [markdown]
# <div class="alert alert-info"><b>Batch, epoch.</b> The network sees 64 images at a time, a
# <i>batch</i>, and moves its weights a little after each. Once through the whole training set is an
# <i>epoch</i>.</div>

# %% tags=["setup"]
if profile() == "full":
    every_train, every_test, epochs = 1, 1, 5
else:  # every tenth image, for tests and grading
    every_train, every_test, epochs = 10, 10, 3

# %% tags=["setup"]
x_train, y_train = as_inputs(digits.x_train[::every_train]), digits.y_train[::every_train]
x_test, y_test = as_inputs(digits.x_test[::every_test]), digits.y_test[::every_test]

# %% [markdown]
# ### The fully connected network
#
# We fix the seed, so that you get our numbers, or nearly. Another seed gives others: that is worth
# trying later.

# %% tags=["demo"]
set_seeds(2)
dense_net = keras.Sequential(
    [
        keras.Input((28, 28, 1)),
        layers.Flatten(),
        layers.Dense(512, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ]
)

# %% [markdown]
# `compile` says what is made small (the loss), how (the optimizer), and what to report.

# %% tags=["demo"]
dense_net.compile(optimizer="rmsprop", loss="sparse_categorical_crossentropy", metrics=["accuracy"])

# %% tags=["demo", "nbval-ignore-output"]
dense_history = fit(
    dense_net, x_train, y_train, epochs=epochs, batch_size=128, validation=(x_test, y_test)
)
dense_history

# %% [markdown]
# `val_accuracy` is the accuracy on the test set, measured after each epoch. We look at it and
# choose nothing by it. (Whoever chooses by it needs a third set. That is lesson 6.)

# %% [markdown]
# ### Exercise 7 · Build the lecture's network · 3 points
#
# Write a function that returns the network of section 2, compiled: optimizer `"rmsprop"`, the
# cross entropy for labels that are whole numbers, and `metrics=["accuracy"]`. It is a function, so
# that each call gives a fresh, untrained network.


# %% exercise="build_convnet"
def build_convnet():
    """The lecture's convolutional network for 28×28 digits, compiled and untrained.

    Returns a Keras model. Layers: layers.Conv2D, layers.MaxPooling2D, layers.Flatten, layers.Dense.
    """
    # BEGIN SOLUTION
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
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
    # END SOLUTION


# %% check="build_convnet"
check("build_convnet", build_convnet)

# %% [markdown]
# Does Keras count as you did?

# %% tags=["demo"]
if check.passed("build_convnet"):
    print(f"{build_convnet().count_params():,} parameters")

# %% [markdown]
# ### The first loss
#
# Before any training: is the loss about log 10?

# %% tags=["demo", "nbval-ignore-output"]
if check.passed("build_convnet"):
    set_seeds(2)
    fresh = build_convnet()
    loss, accuracy = fresh.evaluate(x_test, y_test, batch_size=500, verbose=0)
    print(f"loss {loss:.2f}, accuracy {accuracy:.1%}, log 10 = {np.log(10):.2f}")

# %% [markdown]
# **Predict.** What would it be if we forgot to divide by 255?

# %% tags=["demo", "nbval-ignore-output"]
if check.passed("build_convnet"):
    loss, accuracy = fresh.evaluate(255 * x_test, y_test, batch_size=500, verbose=0)
    print(f"pixels from 0 to 255: loss {loss:.2f}, accuracy {accuracy:.1%}")

# %% [markdown]
# And without softmax, when the loss still expects probabilities?

# %% tags=["demo", "nbval-ignore-output"]
if check.passed("build_convnet"):
    fresh.layers[-1].activation = keras.activations.linear
    fresh.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    loss, accuracy = fresh.evaluate(x_test, y_test, batch_size=500, verbose=0)
    print(f"no softmax: loss {loss:.2f}, accuracy {accuracy:.1%}")

# %% [markdown]
# Neither mistake raises an error, and the accuracy shows nothing yet. The first loss tells.

# %% [markdown]
# ### Train
#
# Your network, the lecture's settings: batches of 64, five epochs. About a minute on two cores. You
# can stop it with ■; what it has learned until then stays.

# %% tags=["setup", "nbval-ignore-output"]
set_seeds(2)
convnet = attempt(build_convnet)
if convnet is not None:
    convnet_history = fit(
        convnet, x_train, y_train, epochs=epochs, batch_size=64, validation=(x_test, y_test)
    )
    print(convnet_history)

# %% [markdown]
# The two side by side:

# %% tags=["demo", "nbval-ignore-output"]
if convnet is not None:
    for name, model in {"fully connected": dense_net, "convolutional": convnet}.items():
        loss, accuracy = model.evaluate(x_test, y_test, batch_size=500, verbose=0)
        error = (accuracy * (1 - accuracy) / len(x_test)) ** 0.5
        print(f"{name:<16} {model.count_params():>8,} parameters   {accuracy:.2%} ± {error:.2%}")

# %% [markdown]
# The lecture has 97.8 % and 99.1 %. Put the other way: of a hundred digits, the dense network gets
# about two wrong, and the convnet one, with a quarter of the parameters.
#
# <div class="alert alert-info"><b>±</b> The test set is a sample. With N images and accuracy a,
# chance alone moves the result by about √(a(1 − a)/N). A difference of a percent is real here; a
# difference of a tenth of a percent need not be.</div>

# %% [markdown]
# ## 5 · Reading the curves
#
# Points are measured on the training set, lines on the test set.

# %% tags=["demo", "nbval-ignore-output"]
if convnet is not None:
    curves = figures.histories(
        {"fully connected": dense_history, "convnet": convnet_history}, validation="test"
    )
    display(curves)

# %% [markdown]
# Two things to see:
#
# * In the first epoch a point can lie *above* its line (for the loss). That is no bug: the point is
#   the mean over the epoch, while the network was still learning. The line is measured after it.
# * Later the points keep falling and the lines do not. The network begins to learn its training
#   images by heart: **overfitting**.

# %% [markdown]
# ### Loss is not accuracy
#
# **Predict.** From one epoch to the next the test loss goes *up*. Does the accuracy go down?
#
# ### Exercise 8 · Loss up, accuracy down? · 2 points
#
# `before` and `after` are the predictions of one network for the same images, an epoch apart. By
# how much did the loss change, and the accuracy? The predicted class is the most probable one.


# %% exercise="compare_epochs"
def compare_epochs(before, after, labels):
    """How loss and accuracy changed, after minus before.

    before, after: (N, classes) probabilities. labels: (N,) whole numbers.
    Returns two numbers: (change of the cross entropy, change of the accuracy).
    """
    # BEGIN SOLUTION
    changes = cross_entropy(after, labels) - cross_entropy(before, labels)
    right_before = (before.argmax(axis=1) == labels).mean()
    right_after = (after.argmax(axis=1) == labels).mean()
    return changes, right_after - right_before
    # END SOLUTION


# %% check="compare_epochs"
check("compare_epochs", compare_epochs)

# %% [markdown]
# Five images, two classes; the true class is always 0. Here is its probability, image by image, in
# two epochs. Look at the numbers first: in which epoch are more images right?

# %% tags=["demo"]
labels = np.zeros(5, int)
hesitant = np.array([0.55, 0.55, 0.55, 0.45, 0.45])
bold = np.array([0.60, 0.60, 0.60, 0.60, 0.01])

# %% tags=["demo"]
if check.passed("compare_epochs"):
    loss, accuracy = compare_epochs(
        np.stack([hesitant, 1 - hesitant], axis=1), np.stack([bold, 1 - bold], axis=1), labels
    )
    print(f"loss {loss:+.3f}, accuracy {accuracy:+.1%}")

# %% [markdown]
# Loss *and* accuracy went up. One image got very wrong and costs a lot; another tipped over to the
# right side, and that is all the accuracy sees. So a rising test loss warns of overconfidence; it
# does not say that more digits are misread.
#
# Does it happen in your own training?

# %% tags=["demo", "nbval-ignore-output"]
if convnet is not None:
    changes = zip(
        np.diff(convnet_history["val_loss"]), np.diff(convnet_history["val_accuracy"]), strict=True
    )
    for epoch, (loss, accuracy) in enumerate(changes, start=2):
        print(f"epoch {epoch}: test loss {loss:+.4f}, test accuracy {accuracy:+.2%}")

# %% [markdown]
# ## 6 · The mistakes
#
# 99 % is one number. Which digits are taken for which?
#
# <div class="alert alert-info"><b>Confusion matrix.</b> A table of counts. Here a <i>row</i> is the
# true digit and a <i>column</i> the predicted one. (Some books exchange the two: look at the
# axes.)</div>
#
# ### Exercise 9 · Who is taken for whom · 2 points
#
# Count. A class that does not occur keeps its row and its column of zeros.


# %% exercise="confusion_matrix"
def confusion_matrix(labels, predictions, classes):
    """How many images of every true class got every predicted class.

    labels, predictions: (N,) whole numbers from 0 to classes - 1.
    Returns (classes, classes) counts: rows are true classes, columns predicted ones.
    """
    # BEGIN SOLUTION
    counts = np.zeros((classes, classes), int)
    for label, prediction in zip(labels, predictions, strict=True):
        counts[label, prediction] += 1
    return counts
    # END SOLUTION


# %% check="confusion_matrix"
check("confusion_matrix", confusion_matrix)

# %% tags=["demo", "nbval-ignore-output"]
if convnet is not None:
    probabilities = convnet.predict(x_test, batch_size=500, verbose=0)
    predicted = probabilities.argmax(axis=1)
    print(f"{(predicted != y_test).sum()} mistakes in {len(y_test):,}")

# %% tags=["demo", "nbval-ignore-output"]
if convnet is not None and check.passed("confusion_matrix"):
    display(figures.confusion(confusion_matrix(y_test, predicted, 10)))

# %% [markdown]
# The right answers are grey, so that the mistakes can be seen. Is the matrix symmetric? Should it
# be?

# %% [markdown]
# ### The most confident mistakes
#
# Sorted by the probability that the network gave to its wrong answer:

# %% tags=["demo", "nbval-ignore-output"]
if convnet is not None:
    wrong = np.flatnonzero(predicted != y_test)
    sure = probabilities[wrong, predicted[wrong]]
    worst = wrong[np.argsort(-sure)][:20]

# %% tags=["demo", "nbval-ignore-output"]
if convnet is not None:
    titles = [f"{y_test[i]} read {predicted[i]}" for i in worst]
    alt = (
        "The test digits that the network misread with most confidence: " + ", ".join(titles) + "."
    )
    display(figures.image_grid(x_test[worst, :, :, 0], alt, titles=titles))

# %% [markdown]
# Some of them you would misread, too; some labels may be wrong. And some are plain, and still
# misread, with a probability near 1. **A softmax output is not how sure the network should be.**

# %% [markdown]
# ## 7 · Inside
#
# ### Filters
#
# The first layer has 32 filters of 3×3 weights. Orange counts for, purple against.

# %% tags=["demo", "nbval-ignore-output"]
if convnet is not None:
    convolutions = [layer for layer in convnet.layers if isinstance(layer, layers.Conv2D)]
    kernels = convolutions[0].get_weights()[0][:, :, 0]
    display(figures.filter_grid(kernels, "The 32 filters of the first layer, 3×3 weights each."))

# %% [markdown]
# Nobody drew them. Some look like the edge filters you made by hand in lesson 1: orange on one side
# and purple on the other. Others are hard to name.

# %% [markdown]
# ### Feature maps
#
# What do they answer to this digit?

# %% tags=["demo"]
figures.image_grid(digits.x_test[:1], "A handwritten seven.", size=1.2)

# %% tags=["demo", "nbval-ignore-output"]
if convnet is not None:
    look = keras.Model(convnet.inputs[0], [layer.output for layer in convolutions])
    first, second, third = (np.asarray(maps)[0] for maps in look(x_test[:1]))
    print(first.shape, second.shape, third.shape)

# %% [markdown]
# The first layer, 32 maps of 26×26. Bright is a strong answer.

# %% tags=["demo", "nbval-ignore-output"]
if convnet is not None:
    display(figures.feature_maps(first, "32 maps of the seven: edges and strokes, still readable."))

# %% [markdown]
# The second layer, 64 maps of 11×11, after one pooling:

# %% tags=["demo", "nbval-ignore-output"]
if convnet is not None:
    display(figures.feature_maps(second, "64 coarser maps: each lights up at parts of the seven."))

# %% [markdown]
# The third layer, 64 maps of 3×3:

# %% tags=["demo", "nbval-ignore-output"]
if convnet is not None:
    display(figures.feature_maps(third, "64 maps of nine cells; the seven can no longer be seen."))

# %% [markdown]
# On the way in, the maps get smaller and more numerous, and tell less about *where* and more about
# *what*. Dark maps are filters that found nothing in a seven: relu made them 0.

# %% [markdown]
# ### What one cell uses
#
# By the rule of lesson 4 each of the nine cells can read 18×18 pixels. How much does each pixel
# count? The gradient tells: by how much the cell changes with the pixel, here as the mean over 64
# test digits. The orange box is the rule, 18×18 for the middle cell.
#
# **Predict.** Where in the box are the strong pixels before any training: all over, or in the
# middle? And after it?

# %% tags=["demo", "nbval-ignore-output"]
if convnet is not None:
    set_seeds(2)
    untrained = keras.models.clone_model(convnet)
    models, last = {"before training": untrained, "after training": convnet}, convolutions[-1].name
    display(figures.effective_field(models, last, images=x_test[:64]))

# %% [markdown]
# Before: a hill in the middle, from which more paths lead to the cell. Training changes its shape,
# because some paths now count for more than others.

# %% [markdown]
# ## 8 · Move the digit
#
# A convolution looks for its pattern everywhere. So it is often said that "a convnet does not care
# about a shift". You can measure that.
#
# ### Exercise 10 · Move the digits · 2 points
#
# Move all images by the same number of rows and columns. They keep their size: what leaves is lost,
# and 0 (paper) comes in.


# %% exercise="shift_images"
def shift_images(images, down, right):
    """The images moved by whole pixels, 0 where nothing was.

    images: (N, H, W). down, right: whole numbers; negative ones move up, or left.
    Returns an array of the same shape.
    """
    # BEGIN SOLUTION
    _, height, width = images.shape
    edge = max(abs(down), abs(right))
    padded = np.pad(images, ((0, 0), (edge, edge), (edge, edge)))
    top, left = edge - down, edge - right
    return padded[:, top : top + height, left : left + width]
    # END SOLUTION


# %% check="shift_images"
check("shift_images", shift_images)

# %% [markdown]
# **Predict.** Sketch two curves: the accuracy of both networks when all test digits are moved to
# the right by 0, 1, 2, … 6 pixels. Do they stay level? Which falls first?

# %% tags=["demo"]
if check.passed("shift_images"):
    moved = np.concatenate([shift_images(digits.x_test[:1], 0, k) for k in range(7)])
    alt = "A seven, moved to the right by 0 to 6 pixels. You read it without effort in all seven."
    display(figures.image_grid(moved, alt, titles=[f"{k} px" for k in range(7)]))

# %% tags=["demo", "nbval-ignore-output"]
if convnet is not None and check.passed("shift_images"):
    accuracy = {"fully connected": [], "convnet": []}
    for k in range(7):
        inputs = np.array(shift_images(x_test[..., 0], 0, k))[..., np.newaxis]
        for name, model in (("fully connected", dense_net), ("convnet", convnet)):
            accuracy[name].append(model.evaluate(inputs, y_test, batch_size=500, verbose=0)[1])

# %% tags=["demo", "nbval-ignore-output"]
if convnet is not None and check.passed("shift_images"):
    across, up = "shift to the right (pixels)", "accuracy on the test set"
    display(figures.curves(range(7), accuracy, across=across, up=up, level=(0.1, "guessing")))

# %% [markdown]
# ### Exercise 11 · What a shift does · 1 point
#
# Read your figure, and choose:
#
# * **a** The convnet stays level: it does not care about a shift.
# * **b** The fully connected network falls; the convnet stays level.
# * **c** Both fall, and alike.
# * **d** Both fall steeply; the convnet holds out a pixel or two longer.
# * **e** Both fall; the convnet falls first.


# %% exercise="shift_effect"
# BEGIN SOLUTION
shift_effect = "d"
# END SOLUTION

# %% check="shift_effect"
check("shift_effect", shift_effect)

# %% [markdown]
# <details><summary>Why? (Think first, then open.)</summary>
#
# A convolution is *equivariant*: move the input, and its map moves along. That is not
# *invariance*, where the answer stays the same. Pooling gives a little of it, about a pixel each
# time. But Flatten and the dense layers behind it have separate weights for every position, and
# they have only ever seen digits in the middle. What helps is to show them moved digits: lesson 7.
#
# </details>

# %% [markdown]
# ## 9 · Digits that nobody has labelled
#
# At last a real test. The check draws 300 test digits, and turns, scales, slants and shifts each of
# them a little. When your work is graded, only the judge knows their labels. Such as these:

# %% tags=["demo"]
from cnncourse.data import distort

samples = distort(digits.x_test[:20], np.random.default_rng(5))
figures.image_grid(samples, "Twenty test digits, slightly turned, scaled, slanted and speckled.")

# %% [markdown]
# ### Exercise 12 · Read digits nobody has labelled · 3 points
#
# Write a function that takes raw images, as they come, and returns one label for each. Use your
# trained `convnet`. At least 85 % must be right.
#
# `model.predict(inputs, verbose=0)` gives a table of probabilities, one row for each image.


# %% exercise="classify"
def classify(images):
    """The digit on every image.

    images: (N, 28, 28) uint8, from 0 to 255.
    Returns (N,) whole numbers from 0 to 9.
    """
    # BEGIN SOLUTION
    probabilities = convnet.predict(as_inputs(images), verbose=0)
    return probabilities.argmax(axis=1)
    # END SOLUTION


# %% check="classify" tags=["nbval-ignore-output"]
check("classify", classify)

# %% [markdown]
# How good is it really? You can make such digits yourself, and here you know the labels:

# %% tags=["demo", "nbval-ignore-output"]
if check.passed("classify"):
    harder = distort(digits.x_test, np.random.default_rng(6))
    print(f"plain test digits:     {np.mean(classify(digits.x_test) == digits.y_test):.1%}")
    print(f"distorted test digits: {np.mean(classify(harder) == digits.y_test):.1%}")

# %% [markdown]
# A person reads both alike. The network makes more mistakes: it has never seen a digit turned or
# speckled. What would you add to its training set? (Lesson 7.)

# %% [markdown]
# **Now play.** Leave a pooling layer out. Take 8 filters in place of 32. Train with another seed.
# Write down what you expect, then run it. What changes the accuracy by more than its ±?

# %% [markdown]
# ## What you can do now
#
# You can now
#
# 1. prepare images (channel axis, 0 to 1) and labels (one-hot, or whole numbers with the sparse
#    loss) for a network (section 1);
# 2. follow shapes and count the parameters of a whole network: (k·k·C + 1)·N and (inputs + 1)·units
#    (section 2);
# 3. compute a cross entropy, and check that a fresh ten-class network starts near log 10 ≈ 2.3
#    (section 3);
# 4. build and train a convnet in Keras, and say with ± by how much it beats a dense network
#    (section 4);
# 5. read curves, and explain how loss and accuracy can rise together (section 5);
# 6. make a confusion matrix and find the confident mistakes (section 6);
# 7. show filters and feature maps, from edges to parts (section 7);
# 8. say what a shift does, and why equivariant is not invariant (section 8);
# 9. use a trained network on new images, prepared as for training (section 9).
#
# **Next:** lesson 6 takes on photographs of cats and dogs, with far fewer images, and overfitting
# in earnest.

# %% [markdown]
# ## Further reading
#
# * LeCun, Bottou, Bengio, Haffner, *Gradient-based learning applied to document recognition*
#   (1998): section III.A describes MNIST, section II.B a network much like this one.
# * Chollet, *Deep Learning with Python* (2017): section 2.1, the fully connected network, and
#   section 5.1, this convnet.
# * Goodfellow, Bengio, Courville, *Deep Learning* (2016): section 9.3, pooling and invariance, and
#   6.2.2, softmax and its loss.
# * Azulay and Weiss, *Why do deep convolutional networks generalize so poorly to small image
#   transformations?* (2019): sections 1 to 3, what a shift of a pixel can do to large networks.
# * Guo, Pleiss, Sun, Weinberger, *On calibration of modern neural networks* (2017): sections 1 and
#   2, why a probability near 1 need not mean what it says.
