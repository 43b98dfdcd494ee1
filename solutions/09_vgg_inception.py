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
# # 9 · VGG and Inception
#
# In 2014 two networks led the ImageNet competition: a thousand kinds of things on more than a
# million photographs. VGG is one idea, repeated. GoogLeNet is many ideas, put into one module. Both
# are described by a table in a paper, and a table can be checked. You will find out what the
# numbers mean, and which of them are wrong.
#
# **In this lesson you will**
#
# 1. turn the six columns of VGG's table into parameters (10 minutes);
# 2. find where the parameters sit, and where the work is done (10 minutes);
# 3. replace one large kernel by a stack of small ones, and say what is gained (10 minutes);
# 4. see a deep network refuse to learn, and start it from a shallow one (15 minutes);
# 5. put several receptive fields into one module, and see why its depth grows (10 minutes);
# 6. count what 1×1 reductions save (10 minutes);
# 7. count the layers of GoogLeNet, and the price of its head (10 minutes);
# 8. check the paper's table row by row, and find the rows that do not follow (10 minutes);
# 9. measure what auxiliary classifiers are for, and why nobody needs them now (10 minutes).
#
# About **95 minutes**, ten exercises, 20 points. You need shapes and parameters (lesson 2), pooling
# (lesson 3), receptive fields (lesson 4), and for the experiments the Keras of lesson 5.

# %% tags=["setup"]
import math
import textwrap

import numpy as np
from IPython.display import display

from cnncourse import check, figures, widgets, zoo

# %% [markdown]
# ## 9.1 · One idea, six columns
#
# VGG has one idea: **use 3×3 kernels only, and go deep.** A block is a few convolutions with zero
# padding, which keep the size of the maps. At its end, 2×2 max pooling halves height and width.
# Five blocks, then three dense layers. The paper tried six depths, a column each:
#
# | block | filters | A | B | C | D | E |
# |---|---|---|---|---|---|---|
# | 1 | 64 | 3 | 3 3 | 3 3 | 3 3 | 3 3 |
# | 2 | 128 | 3 | 3 3 | 3 3 | 3 3 | 3 3 |
# | 3 | 256 | 3 3 | 3 3 | 3 3 1 | 3 3 3 | 3 3 3 3 |
# | 4 | 512 | 3 3 | 3 3 | 3 3 1 | 3 3 3 | 3 3 3 3 |
# | 5 | 512 | 3 3 | 3 3 | 3 3 1 | 3 3 3 | 3 3 3 3 |
#
# A number is the side of a kernel. Behind the blocks, all have dense layers of 4096, 4096 and 1000
# units. The sixth column, A-LRN, is A with a normalisation that has nothing to learn. As data:

# %% tags=["setup"]
filters, units, image = (64, 128, 256, 512, 512), (4096, 4096, 1000), (224, 224, 3)
columns = {
    "A": [[3], [3], [3, 3], [3, 3], [3, 3]],
    "B": [[3, 3], [3, 3], [3, 3], [3, 3], [3, 3]],
    "C": [[3, 3], [3, 3], [3, 3, 1], [3, 3, 1], [3, 3, 1]],
    "D": [[3, 3], [3, 3], [3, 3, 3], [3, 3, 3], [3, 3, 3]],
    "E": [[3, 3], [3, 3], [3, 3, 3, 3], [3, 3, 3, 3], [3, 3, 3, 3]],
}

# %% [markdown]
# D is called VGG16 and E VGG19, after their layers with weights. Does that fit?

# %% tags=["demo"]
for name, blocks in columns.items():
    convolutions = sum(len(block) for block in blocks)
    print(f"{name}: {convolutions} convolutions + {len(units)} dense = {convolutions + len(units)}")

# %% [markdown]
# ### Exercise 1 · A column to parameters · 3 points
#
# Count the parameters of a column, biases included. One point for the convolutions, two for whole
# networks.
#
# **Predict first:** E has twice as many convolutions as A. Does it have twice as many parameters?


# %% exercise="vgg_parameters"
def vgg_parameters(blocks, filters, units, shape):
    """The parameters of a network like VGG, biases included.

    blocks: a list of blocks, each a list of kernel sides; all convolutions are padded with "same".
    filters: of the convolutions, a number for each block. After each block 2×2 max pooling halves
    height and width, rounded down. units: of the dense layers behind the flattened map, or ().
    shape: (height, width, channels) of the image. Returns a whole number.
    """
    # BEGIN SOLUTION
    height, width, channels = shape
    total = 0
    for kernels, count in zip(blocks, filters, strict=True):
        for side in kernels:
            total += (side * side * channels + 1) * count
            channels = count
        height, width = height // 2, width // 2
    inputs = height * width * channels
    for count in units:
        total += (inputs + 1) * count
        inputs = count
    return total
    # END SOLUTION


# %% check="vgg_parameters"
check("vgg_parameters", vgg_parameters)

# %% tags=["demo"]
if check.passed("vgg_parameters"):
    for name, blocks in columns.items():
        print(f"{name}: {vgg_parameters(blocks, filters, units, image):,}")

# %% [markdown]
# Eleven layers or nineteen, the count hardly moves. The course's library has the papers' printed
# numbers, and says how each agrees with counting. Here is Table 2 of VGG's paper:


# %% tags=["demo"]
from cnncourse.zoo import papers


def show(rows):
    """Published numbers beside counted ones, with the verdict and, where needed, the reason."""
    for row in rows:
        printed = f"{row.printed} {row.unit}"
        print(f"{row.row:18} {printed:>7} printed {row.counted_text:>11} counted: {row.verdict}")
        if row.verdict not in ("exact", "rounded"):
            print(textwrap.indent(textwrap.fill(row.reason, 66), " " * 19))


# %% tags=["demo"]
published = papers.check()
show([row for row in published if row.paper == papers.VGG])

# %% [markdown]
# All six follow. (Without biases, VGG16 has 138 344 128 parameters, and that rounds to 138 M as
# well: a table in millions cannot tell you whether biases were counted.)
#
# ## 9.2 · Where the parameters are, and where the work
#
# <div class="alert alert-info" style="color: #1f2933"><b>Mult-add.</b> A product and its place in a
# sum: what a layer does over and over. Papers measure work in mult-adds, without biases. Some count
# the two apart and call them FLOPs: twice as many.</div>
#
# A parameter is stored once. How often is it *used*? A weight of a convolution is used at **every
# position** of the map: H·W times. A weight of a dense layer is used once.
#
# ### Exercise 2 · A column to work · 2 points
#
# Count the mult-adds, those of the convolutions and those of the dense layers apart. One point for
# convolutions alone, one for whole networks.


# %% exercise="vgg_mult_adds"
def vgg_mult_adds(blocks, filters, units, shape):
    """The mult-adds of a network like VGG, without biases.

    blocks, filters, units, shape: as in vgg_parameters.
    Returns two whole numbers: (all convolutions, all dense layers).
    """
    # BEGIN SOLUTION
    height, width, channels = shape
    convolutions = 0
    for kernels, count in zip(blocks, filters, strict=True):
        for side in kernels:
            convolutions += height * width * side * side * channels * count
            channels = count
        height, width = height // 2, width // 2
    inputs, dense = height * width * channels, 0
    for count in units:
        dense += inputs * count
        inputs = count
    return convolutions, dense
    # END SOLUTION


# %% check="vgg_mult_adds"
check("vgg_mult_adds", vgg_mult_adds)

# %% [markdown]
# ### Exercise 3 · The dense layers' share of the work · 1 point
#
# Of VGG16's parameters, 89 % belong to its three dense layers. **Predict:** what share of its
# mult-adds? Write your guess down. Then compute it, in percent.

# %% exercise="dense_work_share"
# BEGIN SOLUTION
convolutions, dense = vgg_mult_adds(columns["D"], filters, units, image)
dense_work_share = 100 * dense / (convolutions + dense)
# END SOLUTION

# %% check="dense_work_share"
check("dense_work_share", dense_work_share)

# %% [markdown]
# Layer by layer, as the library counts it:

# %% tags=["demo"]
if check.passed("dense_work_share"):
    weighted = [layer for layer in zoo.get("vgg16").cost().layers if layer.parameters.value]
    stored = [layer.parameters.value for layer in weighted]
    worked = [layer.mult_adds.value for layer in weighted]
    names = [layer.name for layer in weighted]
    alt = "VGG16: fc1 alone holds 74.3 % of the parameters; the work lies in the convolutions."
    display(figures.two_shares(names, stored, worked, ("parameters", "mult-adds"), alt))

# %% [markdown]
# Two networks in one: a hard-working one with few weights (the convolutions) and a lazy one with
# many (the dense layers). The first two blocks do nearly a third of the work with a five-hundredth
# of the parameters:

# %% tags=["demo"]
if check.passed("dense_work_share"):
    for name, at in (("blocks 1, 2", (0, 4)), ("blocks 3, 4", (4, 10)), ("block 5", (10, 13))):
        kept, done = (sum(each[slice(*at)]) / sum(each) for each in (stored, worked))
        print(f"{name:12} {kept:5.1%} of the parameters, {done:5.1%} of the mult-adds")
    kept, done = (sum(each[13:]) / sum(each) for each in (stored, worked))
    print(f"dense layers {kept:5.1%} of the parameters, {done:5.1%} of the mult-adds")

# %% [markdown]
# So: to make a network *smaller*, look at its head. To save *work*, look at its convolutions, and
# at the early ones first: there the maps are large, and each weight is used most often.
#
# ### Two numbers that do not belong together
#
# The lecture gives VGG-19 19.6 billion mult-adds. The number comes from the paper on ResNet
# (lesson 10), which sets VGG-16 at 15.3 billion beside it. **Predict:** are both the sum of your
# two numbers?

# %% tags=["demo"]
if check.passed("vgg_mult_adds"):
    for name, column in (("VGG-16", "D"), ("VGG-19", "E")):
        sliding, dense_part = vgg_mult_adds(columns[column], filters, units, image)
        both = sliding + dense_part
        print(f"{name}: {sliding / 1e9:.3f} G in convolutions, {both / 1e9:.3f} G in all")

# %% tags=["demo"]
show([row for row in published if row.row.startswith("VGG-")])

# %% [markdown]
# 15.3 leaves the dense layers out; 19.6 counts them. Each is right, and the pair misleads: it makes
# VGG-16 look a little cheaper than it is. **A count needs its convention.** You will meet this
# again.

# %% [markdown]
# ## 9.3 · Why 3×3?
#
# Earlier networks had kernels of 5×5, 7×7, even 11×11: to see more at once. Stack two 3×3 layers
# instead. How far does a value of the second layer see? The picture counts, for each pixel, the
# ways by which it reaches one value:

# %% tags=["demo"]
figures.dilation_coverage((1, 1), 3)

# %% [markdown]
# ### Exercise 4 · A stack or one kernel · 2 points
#
# Take a stack of layers with stride 1, each from C channels to C channels, and **one** layer that
# sees just as far. Give the side of the field, and the parameters of both. One point for two layers
# of 3×3, one for other stacks.


# %% exercise="stack_or_one"
def stack_or_one(side, layers, channels):
    """A stack of convolutions against a single one with the same receptive field.

    side: of the stack's kernels; layers: of the stack; channels: before and after every layer.
    Returns three whole numbers: the side of the field, the parameters of the stack, and those of
    the single layer, biases included.
    """
    # BEGIN SOLUTION
    field = 1 + layers * (side - 1)
    stack = layers * (side * side * channels + 1) * channels
    single = (field * field * channels + 1) * channels
    return field, stack, single
    # END SOLUTION


# %% check="stack_or_one"
check("stack_or_one", stack_or_one)

# %% tags=["demo"]
if check.passed("stack_or_one"):
    for depth in (2, 3, 4):
        field, stack, single = stack_or_one(3, depth, 256)
        print(f"{depth} × 3×3: {stack:,} parameters   1 × {field}×{field}: {single:,}", end="   ")
        print(f"{single / stack - 1:.0%} more")

# %% [markdown]
# The paper says it for three layers: a 7×7 layer needs 81 % more. The stack has a second
# advantage. Behind each of its layers stands a ReLU, so it is **three** nonlinear steps where the
# large kernel is one. (Without ReLUs in between, the stack would be a 7×7 kernel, and not even any
# 7×7 kernel: lesson 2, "Something in between".)
#
# <details><summary>And the work? (Think first, then open.)</summary>
#
# Both ways give maps of the same size, so every weight is used equally often. Mult-adds stand to
# each other as the weights do: 49 to 27.
#
# </details>

# %% [markdown]
# ## 9.4 · Deep is hard to start
#
# Nineteen layers were a lot in 2014, because deep networks did not start to learn. VGG's authors
# helped themselves:
#
# 1. train A, which is shallow enough to start from random weights;
# 2. copy its first and last layers into a deeper column, and draw only the layers *between* anew;
# 3. train on.
#
# <div class="alert alert-info" style="color: #1f2933"><b>Gradual training.</b> Train a shallow
# network, add layers, train again; often the trained layers are frozen at first, and unfrozen at
# the end. The search is narrower, so it converges better; for the same reason it may miss a better
# solution. Lesson 8 has it in full.</div>
#
# Does it work? Let us try it on VGG in miniature: digits of 14×14 pixels, three blocks of 8, 16 and
# 32 filters. With one convolution a block it has 3 of them, with three it has 9. Weights start at
# random and small, and the optimizer is plain gradient descent with momentum, as in the paper.

# %% tags=["demo"]
from cnncourse.data import as_inputs, load_mnist
from cnncourse.training import fit, profile, quietly, set_seeds

with quietly():  # without TensorFlow's start-up lines
    import keras
    import tensorflow as tf
    from keras import layers

# %% tags=["demo"]
if profile() == "full":
    seeds, count, epochs = (1, 2, 3), 6000, 2
else:  # too little to learn much, for tests and grading
    seeds, count, epochs = (1,), 1500, 1


def halved(images):
    """Digits of 28×28 as inputs of 14×14: the mean of every 2×2 block."""
    return as_inputs(images).reshape(-1, 14, 2, 14, 2).mean(axis=(2, 4))[..., None]


# %% tags=["demo"]
digits = load_mnist()
x_train, y_train = halved(digits.x_train[:count]), digits.y_train[:count]
x_test, y_test = halved(digits.x_test[:2000]), digits.y_test[:2000]


# %% tags=["demo"]
def convolution(filters, name):
    """3×3 with `same`, small random weights and no activation: that stands behind it."""
    start = keras.initializers.RandomNormal(stddev=0.05)
    return layers.Conv2D(filters, 3, padding="same", kernel_initializer=start, name=name)


def miniature(per_block, norm=False, auxiliary=False):
    """VGG in miniature. Its answers: (N, classifiers, 10), the classifier at the end first."""
    image = x = keras.Input((14, 14, 1))
    answers = []
    for block, filters in enumerate((8, 16, 32), start=1):
        for index in range(1, per_block + 1):
            x = convolution(filters, f"block{block}_conv{index}")(x)
            x = layers.ReLU()(layers.BatchNormalization()(x) if norm else x)
        x = layers.MaxPooling2D()(x)
        if block == 3 or auxiliary:
            classifier = layers.Dense(10, activation="softmax", name=f"classifier{block}")
            answers.insert(0, classifier(layers.Flatten()(x)))
    return keras.Model(image, keras.ops.stack(answers, axis=1))


# %% [markdown]
# `norm` puts batch norm behind every convolution. `auxiliary` adds a classifier behind each early
# block; that is for section 9.9, as is the 0.3 in the loss. With one classifier, the loss is the
# cross entropy that you know.


# %% tags=["demo"]
def loss(labels, answers):
    """The cross entropy of the last classifier, plus 0.3 times that of each early one."""
    each = keras.losses.sparse_categorical_crossentropy(labels, answers)
    return each[:, 0] + 0.3 * keras.ops.sum(each[:, 1:], axis=1)


def train(model, epochs):
    """Train on the small digits; returns the share of test digits that it reads right."""
    model.compile(keras.optimizers.SGD(0.05, momentum=0.9, clipnorm=1.0), loss)
    labels = np.repeat(y_train[:, None], model.output_shape[1], axis=1)
    fit(model, x_train, labels, epochs=epochs, batch_size=32)
    answers = model.predict(x_test, batch_size=500, verbose=0)[:, 0]
    return float((answers.argmax(axis=1) == y_test).mean())


# %% [markdown]
# To grow a network, train it with one convolution a block. Then make the next one, and hand over
# every layer that both have. The layers between are new:


# %% tags=["demo"]
def hand_over(shallow, deep):
    """Give the deep network the weights of every layer that the shallow one has, too."""
    for layer in shallow.layers:
        if layer.weights:
            deep.get_layer(layer.name).set_weights(layer.get_weights())


# %% [markdown]
# **Predict.** After six epochs, how many of a hundred digits does the deep network read that starts
# from random weights? And the grown one, after two epochs at each of its three depths?


# %% tags=["demo"]
def grow(epochs):
    """Train one convolution a block; put in a second, train; and a third, train."""
    network, reached = miniature(1), []
    reached.append(train(network, epochs))
    for per_block in (2, 3):
        shallow, network = network, miniature(per_block)
        hand_over(shallow, network)
        reached.append(train(network, epochs))
    return reached


# %% tags=["demo", "nbval-ignore-output"]
ways = ("3 layers", "9 layers", "9 layers, grown", "9 layers, batch norm")
accuracy = {way: [] for way in ways}
for seed in seeds:
    set_seeds(seed)
    reached = grow(epochs)
    accuracy["3 layers"].append(reached[0])
    accuracy["9 layers, grown"].append(reached[-1])
    accuracy["9 layers"].append(train(miniature(3), 3 * epochs))
    accuracy["9 layers, batch norm"].append(train(miniature(3, norm=True), epochs))

# %% tags=["demo", "nbval-ignore-output"]
across = "accuracy on test digits, a dot for each seed"
figures.seed_dots(accuracy, across=across, level=(0.1, "guessing"))

# %% [markdown]
# The deep network from random weights does not learn at all: it still guesses when the others are
# done, with every seed. Grown from a shallow one, the *same* network learns. So it was not too
# large, and could say what is asked; it could not be **started**.
#
# It did not become better than the shallow one, either: three convolutions are enough for digits,
# and this lesson trains for seconds only. And the last row shows why nobody grows networks any
# more: with batch norm the deep network starts by itself. Section 9.9 looks into it.
#
# <details><summary>What else helps?</summary>
#
# The paper itself says in a note that a better choice of the first random weights would have done
# it: larger for layers with few inputs, so that the numbers neither shrink nor grow from layer to
# layer (Glorot and Bengio 2010; He and others 2015). Keras starts that way unless told otherwise.
#
# </details>

# %% [markdown]
# ## 9.5 · Several fields in one module
#
# How large should a kernel be? A face fills one photograph and is a dot in the next. GoogLeNet's
# answer: **do not choose.** An *Inception module* looks at the same map with windows of 1×1, 3×3
# and 5×5 side by side, adds a pooling path, and lays all results behind each other.
#
# <div class="alert alert-info" style="color: #1f2933"><b>Concatenate.</b> To lay maps of equal
# height and width behind each other. Nothing is added up: 64 maps and 128 maps are 192
# maps.</div>
#
# All paths have stride 1 and zero padding, or their maps would not fit. This is the naive form of
# the module called 3a:

# %% tags=["demo"]
zoo.inception_module(reduced=False).diagram()

# %% [markdown]
# Which pixels of the map can a value depend on? It depends on the path: each has its own field, and
# the module's output holds all of them. Below, one place in the middle of a 9×9 map, path by path,
# then how many of the four paths read each pixel. **Predict** the last one.

# %% tags=["demo"]
module = zoo.inception_module(reduced=False).with_input((9, 9, 192))
paths = ("1x1", "3x3", "5x5", "pool")
seen = [module.reads(f"inception_{path}", (4, 4)).mask.astype(float) for path in paths]
alt = "Windows of 1, 3, 5 and 3 pixels a side, and their union: 5×5, read most in the middle."
figures.image_row([*seen, sum(seen)], [*paths, "together"], alt, side=110)

# %% [markdown]
# The union is the largest of them, 5×5, and the next layer finds *in different channels* what was
# seen at different scales. Choose a layer, and a place:

# %% tags=["demo"]
widgets.receptive_field_explorer(
    zoo.inception_module().with_input((14, 14, 192)), "inception_output", at=(6, 7)
)

# %% [markdown]
# ### Exercise 5 · What comes out of a module · 2 points
#
# Give the shape behind the concatenation. In the naive module the pooled maps are laid there as
# they are; later they pass a 1×1 layer with `projection` filters first. One point for each kind.


# %% exercise="module_shape"
def module_shape(shape, one, three, five, projection):
    """The shape behind an Inception module.

    shape: (height, width, channels) of its input; one, three, five: filters of the 1×1, 3×3 and
    5×5 layers; projection: filters of the 1×1 layer behind the pooling, or None where there is
    none. All layers, the pooling too, have stride 1 and "same". Returns (height, width, depth).
    """
    # BEGIN SOLUTION
    height, width, channels = shape
    pooled = channels if projection is None else projection
    return height, width, one + three + five + pooled
    # END SOLUTION


# %% check="module_shape"
check("module_shape", module_shape)

# %% [markdown]
# Now stack naive modules. GoogLeNet has nine, and these are their widths: 1×1, 3×3 reduce, 3×3,
# 5×5 reduce, 5×5, projection. **Predict:** 192 maps go in. How many come out of the ninth module?

# %% tags=["demo"]
from cnncourse.zoo.googlenet import MODULES

if check.passed("module_shape"):
    naive, paper = [192], [192]
    for one, _, three, _, five, projection in MODULES.values():
        naive.append(module_shape((28, 28, naive[-1]), one, three, five, None)[2])
        paper.append(module_shape((28, 28, paper[-1]), one, three, five, projection)[2])
    print("naive:            ", " → ".join(map(str, naive)))
    print("with a projection:", " → ".join(map(str, paper)))

# %% [markdown]
# The naive module hands on **everything it gets**, and adds its own maps: its depth can only grow.
# A kernel reaches through the full depth, so each module costs more than the last. With the
# projection, the widths alone decide.
#
# ## 9.6 · Reduce first
#
# A 1×1 layer changes the depth and nothing else (lesson 2). Put one *before* each expensive window,
# and one behind the pooling:

# %% tags=["demo"]
zoo.inception_module().diagram()

# %% [markdown]
# ### Exercise 6 · The work of a module · 3 points
#
# Count the mult-adds of a module. `None` stands for a layer that is not there, so one function
# counts both kinds: a point for naive modules, two for reduced ones.


# %% exercise="module_mult_adds"
def module_mult_adds(shape, widths):
    """The mult-adds of an Inception module, without biases.

    shape: (height, width, channels) of its input; widths: (one, reduce3, three, reduce5, five,
    projection), the filters of its six layers; reduce3, reduce5 and projection are None where the
    layer is not there. Returns a whole number.
    """
    # BEGIN SOLUTION
    height, width, channels = shape
    one, reduce3, three, reduce5, five, projection = widths
    total = height * width * channels * one
    for reduce, count, side in ((reduce3, three, 3), (reduce5, five, 5)):
        if reduce is None:
            total += height * width * side * side * channels * count
        else:
            total += height * width * channels * reduce
            total += height * width * side * side * reduce * count
    if projection is not None:
        total += height * width * channels * projection
    return total
    # END SOLUTION


# %% check="module_mult_adds"
check("module_mult_adds", module_mult_adds)

# %% tags=["demo"]
if check.passed("module_mult_adds"):
    reduced = module_mult_adds((28, 28, 192), (64, 96, 128, 16, 32, 32))
    direct = module_mult_adds((28, 28, 192), (64, None, 128, None, 32, None))
    print(f"mult-adds of 3a:  {direct:,} naive, {reduced:,} reduced: {direct / reduced:.1f} to 1")
    both = [zoo.inception_module(reduced).cost().parameters for reduced in (False, True)]
    print(f"parameters of 3a: {both[0]:,} naive, {both[1]:,} reduced: {both[0] / both[1]:.1f} to 1")

# %% [markdown]
# And for all nine modules, where the naive ones also drag their growing depth along?

# %% tags=["demo"]
if check.passed("module_mult_adds") and check.passed("module_shape"):
    total = {"naive": 0, "reduced": 0}
    for (name, widths), deep, thin in zip(MODULES.items(), naive, paper, strict=False):
        side = {"3": 28, "4": 14, "5": 7}[name[0]]
        one, _, three, _, five, _ = widths
        plain = (one, None, three, None, five, None)
        total["naive"] += module_mult_adds((side, side, deep), plain)
        total["reduced"] += module_mult_adds((side, side, thin), widths)
    print({kind: f"{work / 1e9:.2f} G" for kind, work in total.items()}, end=" ")
    print(f"{total['naive'] / total['reduced']:.0f} times fewer")

# %% [markdown]
# One module gains a factor of about two, in work and in parameters. Nine of them gain far more,
# because depth no longer piles up.
#
# The reduction is not free of loss: 192 channels squeezed through 16 cannot carry everything. But
# the squeezing is *learned*, and behind it stands another ReLU.
#
# ## 9.7 · Twenty-two layers, one of them dense
#
# "A 22 layers deep network", says the paper. Let us count. A network is a list here. A text is a
# layer: `"conv"`, `"dense"`, `"pool"`, `"norm"` or `"dropout"`. A list inside the list is a module:
# its **branches** side by side, and each branch is again a list of such parts.

# %% tags=["demo"]
inception = [["conv"], ["conv", "conv"], ["conv", "conv"], ["pool", "conv"]]
stem = ["conv", "pool", "norm", "conv", "conv", "norm", "pool"]
head = ["pool", "dropout", "dense"]
google = [*stem, *[inception] * 2, "pool", *[inception] * 5, "pool", *[inception] * 2, *head]

# %% [markdown]
# ### Exercise 7 · Count the layers · 2 points
#
# Depth is the number of layers with parameters along the **longest** way through. Only `"conv"` and
# `"dense"` have any. One point for chains, one for networks with modules (also modules within
# modules).


# %% exercise="weighted_depth"
def weighted_depth(parts):
    """The number of layers with parameters along the longest way through a network.

    parts: a list; a text is a layer, a list is a module: a list of branches, each a list of parts.
    Returns a whole number.
    """
    # BEGIN SOLUTION
    depth = 0
    for part in parts:
        if isinstance(part, str):
            depth += part in ("conv", "dense")
        else:
            depth += max(weighted_depth(branch) for branch in part)
    return depth
    # END SOLUTION


# %% check="weighted_depth"
check("weighted_depth", weighted_depth)

# %% tags=["demo"]
if check.passed("weighted_depth"):
    every = [layer for layer in zoo.get("googlenet").cost().layers if layer.parameters.value]
    pools = google.count("pool")
    depth = weighted_depth(google)
    print(
        f"GoogLeNet: {depth} layers deep, {depth + pools} with its {pools} pooling layers;", end=" "
    )
    print(f"{len(every)} layers with parameters in all branches together")

# %% [markdown]
# 22, and 27 with pooling: both are in the paper.
#
# ### The head
#
# VGG flattens a map of 7×7×512 and sends it through three dense layers. GoogLeNet takes the
# **average of each map** (global average pooling, lesson 3) and has a single dense layer.
#
# ### Exercise 8 · The price of a head · 2 points
#
# Count the parameters of both kinds, biases included. One point for flattened heads, one for pooled
# ones. **Predict first:** what would VGG's head cost on GoogLeNet's last map, 7×7×1024?


# %% exercise="head_parameters"
def head_parameters(shape, units, pooled):
    """The parameters of a network's head, biases included.

    shape: (height, width, channels) of the last map; units: of the dense layers, in order;
    pooled: True for global average pooling before them, False for flattening.
    Returns a whole number.
    """
    # BEGIN SOLUTION
    height, width, channels = shape
    inputs = channels if pooled else height * width * channels
    total = 0
    for count in units:
        total += (inputs + 1) * count
        inputs = count
    return total
    # END SOLUTION


# %% check="head_parameters"
check("head_parameters", head_parameters)

# %% tags=["demo"]
if check.passed("head_parameters"):
    last, classes = (7, 7, 1024), (1000,)
    print(f"VGG's head on it:     {head_parameters(last, (4096, 4096, 1000), False):>11,}")
    print(f"one layer, flattened: {head_parameters(last, classes, False):>11,}")
    print(f"one layer, pooled:    {head_parameters(last, classes, True):>11,}")

# %% [markdown]
# ### How many parameters has GoogLeNet?
#
# The lecture says about 5 million. The paper's table can be added up. And we can count.
# **Predict:** do they agree?

# %% tags=["demo"]
column = [row for row in published if row.paper == papers.GOOGLENET and row.unit == "K"]
printed = sum(float(row.printed) for row in column) / 1000
weights, whole = sum(row.counted for row in column) / 1e6, zoo.get("googlenet").cost().parameters
print(f"the paper's column, added up: {printed:.1f} M")
print(f"counted without biases:       {weights:.2f} M")
print(f"counted with biases:          {whole / 1e6:.2f} M")
print(f"… without the dense layer:    {(whole - 1_025_000) / 1e6:.2f} M")

# %% [markdown]
# No count rounds to 5, and the paper check says so:

# %% tags=["demo"]
show([row for row in published if row.paper == papers.LECTURE])

# %% [markdown]
# Where may it come from? The paper's introduction says "12 times fewer
# parameters" than the winner of 2012, AlexNet, which has about 60 million:

# %% tags=["demo"]
print(f"60 M / 12 = {60 / 12:.0f} M")
print(f"60 M / {whole / 1e6:.1f} M = {60e6 / whole:.1f} times fewer")

# %% [markdown]
# 5 M fits that sentence, and the sentence does not fit the network: it is nearer nine times. The
# point stands all the same: a twentieth of VGG16's parameters, and a better result that year.
#
# ## 9.8 · Checking the table
#
# The paper's Table 1 gives for every row the parameters and the operations. Here are the
# operations, in millions, as printed, beside the count. (One operation is a mult-add: the only
# reading with which most rows fit.)

# %% tags=["demo"]
operations = [
    (row.row, int(row.printed), row.counted / 1e6)
    for row in published
    if row.paper == papers.GOOGLENET and row.unit == "M"
]
for name, number, counted in operations:
    print(f"{name:18} {number:>5} {counted:8.2f}")

# %% [markdown]
# ### Exercise 9 · The rows that do not follow · 2 points
#
# Find the rows that do not follow from counting. Be fair: 12.7 may be printed as 13 (rounded) or as
# 12 (cut off); 12.3 only as 12.


# %% exercise="odd_rows"
def odd_rows(table):
    """The names of the rows whose printed number is neither the rounded nor the cut-off count.

    table: a list of rows (name, printed, counted): a text, a whole number, a number.
    Returns a list of names, in the order of the table.
    """
    # BEGIN SOLUTION
    names = []
    for name, printed, counted in table:
        if printed not in (math.floor(counted), math.floor(counted + 0.5)):
            names.append(name)
    return names
    # END SOLUTION


# %% check="odd_rows"
check("odd_rows", odd_rows)

# %% tags=["demo"]
if check.passed("odd_rows"):
    found = odd_rows(operations)
    print(f"{len(operations) - len(found)} of {len(operations)} rows follow. Not: {found}")

# %% [markdown]
# Ten rows of twelve, to the million: so the convention is right, and your count is, too. Two rows
# cannot come from the architecture that the same table describes. Look at the first: 7×7 kernels on
# three channels, 64 filters, 112×112 places.
#
# **Predict:** by what factor is the printed 34 M too small?

# %% tags=["demo"]
if check.passed("odd_rows"):
    weights, places = 7 * 7 * 3 * 64, 112 * 112
    print(f"7×7: {weights:,} weights, {weights * places / 1e6:.1f} M mult-adds")
    weights = (7 + 7) * 3 * 64
    print(f"14 in place of 49: {weights:,} weights, {weights * places / 1e6:.1f} M mult-adds")

# %% [markdown]
# Both printed numbers, 2.7 K and 34 M, fit a kernel with 14 weights a channel in place of 49. No
# more can be known from the paper. For 5a there is a clue as well, in the column of parameters:

# %% tags=["demo"]
if check.passed("odd_rows"):
    row = next(row for row in column if row.row == "inception (5a)")
    printed = int(row.printed) * 1024
    print(f"5a: {row.printed} K weights printed, {row.counted / 1000:.1f} K counted")
    print(f"printed, with K = 1024, on 49 places: {printed * 49 / 1e6:.1f} M mult-adds")

# %% [markdown]
# That fits the printed 54 M. So both numbers of 5a agree with each other, and not with the widths
# in the same row.
#
# What about the parameters? A fairer test allows K = 1024 and biases. The library tries these
# conventions, and says which one fits, or that none does:

# %% tags=["demo"]
show(column)

# %% [markdown]
# Here most rows do not follow, and by a few percent only: four fit with K = 1024, one of them with
# biases, and no single convention fits them all. Operations and parameters seem to have been
# written down at different times. **A published table is a measurement like any other: it can be
# off.** What can be recounted should be.
#
# And here is the verdict on the operations in the library's words:

# %% tags=["demo"]
show([row for row in published if row.paper == papers.GOOGLENET and row.unit == "M"])

# %% [markdown]
# ## 9.9 · Helpers for the gradient
#
# In section 9.4 the deep network did not start. GoogLeNet has 22 layers and was not grown. It had
# helpers: two **auxiliary classifiers**, small heads behind the modules 4a and 4d. Each tries to
# name the image from there on, and its loss is added to the main one, times 0.3. After training
# they are thrown away.

# %% tags=["demo"]
with_helpers = zoo.get("googlenet-auxiliary").cost().parameters
print(f"{whole / 1e6:.1f} M parameters, in training {with_helpers / 1e6:.1f} M")

# %% [markdown]
# What for? First the bare facts. The deep miniature again, from random weights, now with a
# classifier behind each of its first two blocks. It trains for as long as the one that guessed.

# %% tags=["demo", "nbval-ignore-output"]
accuracy["9 layers, classifiers"] = []
for seed in seeds:
    set_seeds(seed)
    accuracy["9 layers, classifiers"].append(train(miniature(3, auxiliary=True), 3 * epochs))
figures.seed_dots(accuracy, across=across, level=(0.1, "guessing"))

# %% [markdown]
# It starts! And only its last classifier was asked: the helpers are no part of the answer. To see
# what they do, look at the **gradient**: how strongly the loss asks each layer's weights to change.

# %% [markdown]
# <div class="alert alert-info" style="color: #1f2933"><b>Vanishing gradient.</b> On its way back,
# the gradient is multiplied by every layer's weights, and on the way forward so were the maps. If
# each layer makes the numbers smaller, little arrives at either end.</div>


# %% tags=["demo"]
def gradient_norms(model, images, labels):
    """The length of the loss's gradient at every convolution's kernel, from the first on."""
    kernels = [w for w in model.trainable_weights if "conv" in w.path and w.name == "kernel"]
    with tf.GradientTape() as tape:
        answers = model(images, training=True)
        mean = tf.reduce_mean(loss(np.repeat(labels[:, None], answers.shape[1], axis=1), answers))
    return [float(tf.norm(gradient)) for gradient in tape.gradient(mean, kernels)]


# %% [markdown]
# Three networks of twelve convolutions, four a block, before any training: plain; with a classifier
# behind each of the first two blocks; with batch norm behind every convolution. **Predict** for
# each: at which layers is the gradient large?

# %% tags=["demo", "nbval-ignore-output"]
kinds = {"plain": {}, "with classifiers": {"auxiliary": True}, "with batch norm": {"norm": True}}
norms = {}
for kind, options in kinds.items():
    norms[kind] = []
    for seed in seeds:
        set_seeds(seed)
        norms[kind].append(gradient_norms(miniature(4, **options), x_train[:256], y_train[:256]))

# %% tags=["demo", "nbval-ignore-output"]
figures.gradient_panels({kind: np.array(rows) for kind, rows in norms.items()})

# %% [markdown]
# The scale is logarithmic: a line is a factor of ten.
#
# * **Plain:** in every layer about a millionth of what batch norm gives. The maps vanish on the way
#   forward, the gradient on the way back, and each layer suffers from both.
# * **With classifiers:** the first layers, *before* the first helper, get hundreds of times more.
#   The last ones, behind both helpers, get nothing from them.
# * **With batch norm:** all layers get a gradient that can be used, and without helpers.
#
# Batch norm rescales each map to mean 0 and spread 1 before the ReLU, in every layer: however small
# the weights, the numbers do not shrink on the way.
#
# ### Exercise 10 · Why they are no longer needed · 1 point
#
# Read your figure. Why do networks with batch norm do without auxiliary classifiers?
#
# * **a** Batch norm has so many parameters that the classifiers' are not missed.
# * **b** The classifiers were needed to predict; batch norm makes better predictions.
# * **c** The classifiers carried a gradient to the early layers; with batch norm it arrives anyway.
# * **d** Batch norm makes the way from the loss to the early layers shorter.
# * **e** The classifiers were against overfitting, and batch norm prevents that.


# %% exercise="why_unneeded"
# BEGIN SOLUTION
why_unneeded = "c"
# END SOLUTION

# %% check="why_unneeded"
check("why_unneeded", why_unneeded)

# %% [markdown]
# A fair word of doubt: the same authors wrote a year later that the helpers had hardly helped, and
# acted more like a regulariser (Szegedy and others 2016, section 4). A gradient that arrives is
# necessary. Whether it was what GoogLeNet lacked is another question.
#
# There is a further way to carry a gradient to the early layers: build a short cut into the
# network itself. That is lesson 10.

# %% [markdown]
# **Now play.** Grow the miniature in smaller steps, or straight from 3 to 9 layers. Replace the
# small weights by Keras's own (leave `kernel_initializer` out) and measure the gradients again.
# Write down what you expect first.

# %% [markdown]
# ## What you can do now
#
# You can now
#
# 1. turn a column of VGG's table into parameters: 133 to 144 million (section 9.1);
# 2. say where the parameters sit (in the dense layers) and where the work is done (in the
#    convolutions; the early ones use each weight most), and ask for a count's convention (section
#    9.2);
# 3. replace one large kernel by a stack of 3×3, with fewer parameters and more nonlinear steps
#    (section 9.3);
# 4. start a deep network from a shallow one, and say when that helps (section 9.4);
# 5. say what concatenation does to the depth, and which fields meet in a module (section 9.5);
# 6. count the work of an Inception module, and what its 1×1 layers save (section 9.6);
# 7. count 22 layers, and compare a pooled head with a flattened one (section 9.7);
# 8. check a published table, and name what does not follow: two of GoogLeNet's rows of operations,
#    and "5 million parameters" (sections 9.7 and 9.8);
# 9. measure gradients layer by layer, and explain why batch norm replaced auxiliary classifiers
#    (section 9.9).
#
# **Next:** lesson 10 goes from 22 layers to 152, with one line of code.

# %% [markdown]
# ## Further reading
#
# * Simonyan and Zisserman, *Very deep convolutional networks for large-scale image recognition*
#   (2015): section 2.1 and Tables 1 and 2, the columns; 2.3, why 3×3; 3.1, how A was grown into the
#   deeper ones.
# * Szegedy and others, *Going deeper with convolutions* (2015): section 4, the module; section 5
#   and Table 1, GoogLeNet and its auxiliary classifiers.
# * Lin, Chen, Yan, *Network in network* (2014): section 3.2, global average pooling.
# * Ioffe and Szegedy, *Batch normalization* (2015): section 3, and 4.2, Inception trained with it.
# * Szegedy and others, *Rethinking the Inception architecture* (2016): section 3.1, factorising
#   kernels; section 4, a second look at auxiliary classifiers.
# * Glorot and Bengio, *Understanding the difficulty of training deep feedforward neural networks*
#   (2010): section 4, how numbers shrink from layer to layer, and first weights that prevent it.
