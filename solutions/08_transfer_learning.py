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
# # 8 · Transfer learning: borrowed eyes
#
# A thousand pictures are few, and lessons 6 and 7 had nothing else. But somebody else has trained a
# network on a million pictures, and gives it away. Its layers know edges, then fur, then eyes. Why
# learn that again?
#
# **In this lesson you will**
#
# 1. borrow a trained network, and feed it as it was fed in its training;
# 2. look at what its layers answer to a picture;
# 3. use it to turn pictures into features, once, and train a small top on them;
# 4. put it into your own network as a frozen layer;
# 5. measure what happens to its weights when it is not frozen, and learn what really freezes;
# 6. fine-tune its last block, in five steps;
# 7. find out which layers to borrow when the new task is near, and when it is far;
# 8. grow a network gradually, and weigh what that is worth;
# 9. compare everything in one table.
#
# About **110 minutes**, thirteen exercises, 26 points. You need lessons 5 and 6.

# %% tags=["setup"]
import time

import numpy as np
from IPython.display import display

from cnncourse import check, figures, zoo
from cnncourse.data import load_cats_dogs, load_mnist
from cnncourse.figures.lesson_06 import photo_sheet, run_dots
from cnncourse.figures.lesson_08 import block_switches, results_table
from cnncourse.training import (
    extract_features,
    fit,
    grow_gradually,
    profile,
    quietly,
    set_seeds,
    set_trainable,
)

with quietly():
    import keras
    from keras import layers

# %% tags=["setup"]
size = 64  # pixels a side; the lecture has 150
if profile() == "full":
    per_class, epochs, seeds = 1000, 12, (1, 2, 3)
else:  # for tests and grading
    per_class, epochs, seeds = 400, 10, (1,)

# %% [markdown]
# ## 1 · Somebody else's network
#
# **VGG16** (2014) was trained for weeks on ImageNet: 1.4 million photographs with labels, a
# thousand kinds of animals and things. Keras can give you the part of it that sees, without the
# dense layers that decide among the thousand kinds. This part is the **convolutional base**.
#
# `include_top=False` is Keras's way to say it. Here it is as the lecture has it, for pictures of
# 150×150. For counting, the weights do not matter, so these are random.

# %% tags=["demo"]
conv_base = zoo.vgg16_base(weights=None, input_shape=(150, 150, 3))
print(f"{conv_base.count_params():,} parameters, output {conv_base.output_shape[1:]}")

# %% [markdown]
# VGG16 is not the only one. All families of networks that Keras has with weights from ImageNet
# (lessons 9 to 11 open some of them):

# %% tags=["demo", "nbval-ignore-output"]
families = [name for name in dir(keras.applications) if name[0].isupper()]
print(f"{len(families)} networks, among them")
print(", ".join(name for name in families if not name.startswith(("ConvNeXt", "Efficient"))))

# %% [markdown]
# And this is the base that you borrow today. If VGG16's weights are on your machine, it is VGG16.
# If not, it is a small VGG with the same five blocks and the same layer names, which comes with the
# course. **Every result below depends on which of the two it is.**

# %% tags=["setup", "nbval-ignore-output"]
borrowed = zoo.borrow((size, size, 3))
base = borrowed.model
borrowed_weights = base.get_weights()  # to put back after experiments
borrowed

# %% tags=["setup", "nbval-ignore-output"]
animals = load_cats_dogs(size=size, per_class=per_class)
shown = f"{animals.caption}, {borrowed.name}"
animals

# %% [markdown]
# ### Feed it what it knows
#
# A borrowed network must get its pictures **as in its own training**. VGG16's had their channels in
# the order blue, green, red (so the library of those days read files), and from every channel the
# mean over ImageNet was taken away:
#
# | channel | mean |
# |---|---|
# | red | 123.68 |
# | green | 116.779 |
# | blue | 103.939 |
#
# There was no division by 255. In Keras this preparation is `vgg16.preprocess_input`. Forget it,
# and nothing complains. (Section 3 shows what it costs.)
#
# ### Exercise 1 · The input that VGG16 knows · 2 points
#
# Our pictures have red first and run from 0 to 255. Prepare them for VGG16.


# %% exercise="vgg_preprocess"
def vgg_preprocess(images):
    """Pictures as VGG16 was trained to read them.

    images: (N, H, W, 3) uint8: red, green, blue from 0 to 255.
    Returns (N, H, W, 3) with fractions: blue, green, red, each less its mean.
    """
    # BEGIN SOLUTION
    means = np.array([103.939, 116.779, 123.68], np.float32)
    return images[..., ::-1].astype("float32") - means
    # END SOLUTION


# %% check="vgg_preprocess"
check("vgg_preprocess", vgg_preprocess)

# %% tags=["demo"]
if check.passed("vgg_preprocess"):
    extremes = np.zeros((1, 1, 2, 3), np.uint8)
    extremes[0, 0, 1] = 255
    prepared = vgg_preprocess(extremes)
    keras_says = keras.applications.vgg16.preprocess_input(extremes.astype("float32"))
    print(f"from {prepared.min():.0f} to {prepared.max():.0f}")
    print("the same as Keras:", np.allclose(prepared, keras_says))

# %% [markdown]
# From here on, `borrowed.preprocess` does what *your* base needs. (The small VGG was trained on −1
# to 1.) The preparation belongs to a network as its weights do.

# %% [markdown]
# ## 2 · What its layers see
#
# One animal, and what the base answers to it, layer by layer. Bright is a strong answer.

# %% tags=["demo", "nbval-ignore-output"]
picture = animals.x_test[:1]
alt = f"One test picture ({animals.caption})."
photo_sheet(picture, alt, side=150, caption=animals.caption)

# %% tags=["demo", "nbval-ignore-output"]
names = ["block1_conv2", "block3_conv2", "block5_conv2"]
look = keras.Model(base.input, [base.get_layer(name).output for name in names])
answers = [np.asarray(maps)[0] for maps in look(borrowed.preprocess(picture))]
for name, maps in zip(names, answers, strict=True):
    rows, columns, count = maps.shape
    print(f"{name}: {count} maps of {rows}×{columns}, {(maps == 0).mean():.0%} of it 0")

# %% tags=["demo", "nbval-ignore-output"]
alt = f"Block 1 ({shown}): the animal, edges and patches."
figures.feature_maps(answers[0][..., :16], alt, caption=f"block 1, 16 of its maps ({shown})")

# %% tags=["demo", "nbval-ignore-output"]
alt = f"Block 3 ({shown}): coarser, parts light up."
figures.feature_maps(answers[1][..., :32], alt, caption=f"block 3, 32 of its maps ({shown})")

# %% tags=["demo", "nbval-ignore-output"]
alt = f"Block 5 ({shown}): a few cells each."
figures.feature_maps(answers[2][..., :48], alt, caption=f"block 5, 48 of its maps ({shown})")

# %% [markdown]
# As with the digits: deeper maps say less about *where* and more about *what*. Block 1 would do for
# any picture in the world. Block 5 looks for what its own training asked for.

# %% [markdown]
# ## 3 · Features, once
#
# The first way to borrow: send every picture through the base **once**, keep what comes out, and
# forget the pictures. What comes out are the **features**.
#
# <div class="alert alert-info" style="color: #1f2933"><b>Representation learning.</b> Pixels are a
# poor description of an animal: move it a little, and all of them change. A trained base describes
# it by better numbers. To find such numbers is called learning a <i>representation</i>.</div>
#
# `extract_features` does it and keeps the result on the disk. The next time, it reads it there,
# unless the pictures, the network or the preparation have changed.

# %% tags=["setup", "nbval-ignore-output"]
features, features_validation, features_test = (
    extract_features(base, images, preprocess=borrowed.preprocess)
    for images in (animals.x_train, animals.x_validation, animals.x_test)
)
y_train, y_validation, y_test = animals.y_train, animals.y_validation, animals.y_test

# %% [markdown]
# ### Exercise 2 · Count the new top · 2 points
#
# On the features sits a new top: Flatten, a dense layer, and one unit for the answer. VGG's
# convolutions are padded and keep the size; each of its five blocks ends with a 2×2 pooling.
#
# Return four numbers: rows and columns of the features, the parameters of the dense layer, and
# those of the last unit.


# %% exercise="head_on_features"
def head_on_features(height, width, channels, units):
    """Features and parameters of a dense top on a VGG base.

    height, width: of the picture. channels: of block 5. units: of the dense layer.
    Returns (rows, columns, parameters of the dense layer, parameters of the last unit).
    """
    # BEGIN SOLUTION
    rows, columns = height // 32, width // 32
    return rows, columns, (rows * columns * channels + 1) * units, units + 1
    # END SOLUTION


# %% check="head_on_features"
check("head_on_features", head_on_features)

# %% tags=["demo"]
if check.passed("head_on_features"):
    rows, columns, dense, last = head_on_features(150, 150, 512, 256)
    print(f"{rows}×{columns}×512 features; {dense:,} + {last} parameters in the top")

# %% [markdown]
# ### How good are they, without any training?
#
# If features describe animals well, then cats lie near cats. So take the **mean** of all cats, the
# mean of all dogs, and call a new picture by the nearer one. There is nothing to train.
#
# ### Exercise 3 · The nearest mean · 2 points
#
# Label each new row by the class whose mean is nearer (the usual straight distance: the root of the
# sum of squared differences).


# %% exercise="nearest_mean"
def nearest_mean(features, labels, new):
    """The class whose mean is nearer, for every new row.

    features: (N, D) known rows. labels: (N,) 0 or 1. new: (M, D).
    Returns (M,) labels, 0 or 1.
    """
    # BEGIN SOLUTION
    means = np.stack([features[labels == label].mean(axis=0) for label in (0, 1)])
    distances = np.linalg.norm(new[:, np.newaxis] - means, axis=2)
    return distances.argmin(axis=1)
    # END SOLUTION


# %% check="nearest_mean"
check("nearest_mean", nearest_mean)

# %% tags=["demo", "nbval-ignore-output"]
if check.passed("nearest_mean"):
    for name, known, new in (
        ("pixels", animals.x_train / 255, animals.x_test / 255),
        ("features", features, features_test),
    ):
        flat, flat_new = known.reshape(len(known), -1), new.reshape(len(new), -1)
        right = (nearest_mean(flat, y_train, flat_new) == y_test).mean()
        print(f"nearest mean of {name}: {right:.1%} of the test pictures ({shown})")

# %% [markdown]
# The same simple rule, once on pixels, once on features. The difference is what the base brings.
#
# And if the base is fed wrongly, with pixels divided by 255 and nothing else?

# %% tags=["demo", "nbval-ignore-output"]
if check.passed("nearest_mean"):
    wrong, wrong_test = (
        extract_features(base, images, preprocess=lambda raw: raw / np.float32(255))
        for images in (animals.x_train, animals.x_test)
    )
    flat, flat_new = wrong.reshape(len(wrong), -1), wrong_test.reshape(len(wrong_test), -1)
    right = (nearest_mean(flat, y_train, flat_new) == y_test).mean()
    print(f"nearest mean of features, fed wrongly: {right:.1%} ({shown})")

# %% [markdown]
# Compare it with the line above.
#
# ### A trained top
#
# Now the lecture's top on the features. It is small, and its inputs are ready, so an epoch is
# short, and you can afford a run for each of several seeds.


# %% tags=["setup"]
def make_top(seed):
    set_seeds(seed)
    top = keras.Sequential(
        [
            keras.Input(features.shape[1:]),
            layers.Flatten(),
            layers.Dense(256, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(1, activation="sigmoid"),
        ],
        name="top",
    )
    top.compile(keras.optimizers.Adam(5e-4), "binary_crossentropy", metrics=["accuracy"])
    return top


# %% tags=["setup"]
def train_top(seed):
    top = make_top(seed)
    validation = (features_validation, y_validation)
    history = fit(top, features, y_train, epochs=epochs, batch_size=32, validation=validation)
    return top, history


# %% tags=["setup", "nbval-ignore-output"]
runs = {seed: train_top(seed) for seed in seeds}
top, top_history = runs[seeds[0]]
top_accuracy = [run.evaluate(features_test, y_test, verbose=0)[1] for run, _ in runs.values()]

# %% tags=["demo", "nbval-ignore-output"]
display(figures.histories({f"top on features ({shown})": top_history}))
for seed, accuracy in zip(seeds, top_accuracy, strict=True):
    print(f"seed {seed}: {accuracy:.1%} of the test pictures ({shown})")

# %% [markdown]
# The lecture reports 96 % for VGG16 on photographs of cats and dogs. (ImageNet has cats and dogs
# in it, over a hundred breeds of dogs alone. A base that has never seen either, as our small one,
# has to make do with what it learned on other animals. And at 64×64, as here, VGG16 itself sees
# less than at the lecture's 150×150.)

# %% [markdown]
# ### What the cache saves
#
# ### Exercise 4 · How often the base runs · 2 points
#
# The base does nearly all the work. So count the pictures that pass through it, for three ways:
#
# * `"in the loop"`: the base is part of the network; every epoch trains and then validates;
# * `"cached"`: features are extracted once, before training;
# * `"cached, augmented"`: as cached, wherever that is possible, but the training pictures are
#   augmented anew in every epoch.


# %% exercise="images_through_base"
def images_through_base(training, validation, epochs, way):
    """How many pictures pass through the base in all.

    training, validation: pictures in the two sets. epochs: how many.
    way: "in the loop", "cached" or "cached, augmented". Returns a whole number.
    """
    # BEGIN SOLUTION
    if way == "in the loop":
        return epochs * (training + validation)
    if way == "cached":
        return training + validation
    return epochs * training + validation
    # END SOLUTION


# %% check="images_through_base"
check("images_through_base", images_through_base)

# %% tags=["demo"]
if check.passed("images_through_base"):
    for way in ("in the loop", "cached", "cached, augmented"):
        print(f"{way:<18} {images_through_base(2000, 1000, 30, way):>7,} pictures")

# %% [markdown]
# So the cache saves a factor of the number of epochs, and **augmentation gives it away again**: a
# picture turned by another angle has other features. The lecture augments, and pays: its base runs
# in the loop. We cache.

# %% [markdown]
# ## 4 · The base as a layer
#
# The second way: put the base into the network, as if it were one layer. Then pictures go in, and
# can be augmented on their way. The network is larger and slower than a top on features. The
# lecture's:

# %% tags=["demo"]
lecture = keras.Sequential(
    [
        conv_base,
        layers.Flatten(),
        layers.Dense(256, activation="relu"),
        layers.Dense(1, activation="sigmoid"),
    ]
)
print(f"{lecture.count_params():,} parameters, {len(lecture.trainable_variables)} tensors train")

# %% [markdown]
# Sixteen million parameters, for two thousand pictures? No: the base is **frozen**.

# %% tags=["demo"]
conv_base.trainable = False
moving = sum(int(np.prod(tensor.shape)) for tensor in lecture.trainable_variables)
print(f"frozen: {moving:,} parameters in {len(lecture.trainable_variables)} tensors train")

# %% tags=["demo"]
for tensor in lecture.trainable_variables:
    print(tensor.name, tuple(tensor.shape))

# %% [markdown]
# Two tensors for each dense layer: the matrix of weights (`kernel`) and the vector of biases.
#
# ### Exercise 5 · A frozen base with a new top · 3 points
#
# Build such a network on a small VGG. `make_base()` gives a fresh one for pictures of 64×96. Put
# the lecture's top on it: Flatten, 256 units with relu, one unit with sigmoid. Freeze the base.
# Compile with RMSprop at a learning rate of 1e-4, binary cross entropy, and the accuracy.


# %% tags=["setup"]
def make_base():
    return zoo.small_vgg_base((64, 96, 3), weights=None)


# %% exercise="build_transfer"
def build_transfer():
    """A frozen base with a new dense top, compiled.

    Returns a Keras model for pictures of (64, 96, 3).
    """
    # BEGIN SOLUTION
    base = make_base()
    base.trainable = False
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
    # END SOLUTION


# %% check="build_transfer"
check("build_transfer", build_transfer)

# %% tags=["demo"]
if check.passed("build_transfer"):
    built = build_transfer()
    print(f"{built.count_params():,} parameters, {len(built.trainable_variables)} tensors train")

# %% [markdown]
# With a frozen base the two ways compute the same. So we may train the top on features, and then
# set it on the base:

# %% tags=["setup"]
x_train, x_validation, x_test = (
    borrowed.preprocess(images)
    for images in (animals.x_train, animals.x_validation, animals.x_test)
)
whole = keras.Sequential([base, top])

# %% tags=["demo", "nbval-ignore-output"]
by_pictures = whole.predict(x_test[:50], verbose=0)
by_features = top.predict(features_test[:50], verbose=0)
print(f"largest difference: {np.abs(by_pictures - by_features).max():.1e}")

# %% [markdown]
# ## 5 · Why freeze?
#
# A new top starts with random weights. Its first answers are nonsense, and so are its first
# gradients. If the base is open, they run through it. What do they do there?
#
# To see it you need a measure: how far have weights moved, compared with how long they were?
#
# ### Exercise 6 · How far weights move · 2 points
#
# For each tensor: the length of the change, divided by the length before. The **length** of a
# tensor is the root of the sum of its squares.


# %% exercise="weights_moved"
def weights_moved(before, after):
    """How far each tensor has moved, as a share of its old length.

    before, after: lists of arrays, in the same order and of the same shapes.
    Returns a list of numbers: 0 for a tensor that stayed.
    """
    # BEGIN SOLUTION
    return [
        float(np.sqrt(((new - old) ** 2).sum() / (old**2).sum()))
        for old, new in zip(before, after, strict=True)
    ]
    # END SOLUTION


# %% check="weights_moved"
check("weights_moved", weights_moved)

# %% [markdown]
# Now the experiment: a random top and an open base, two epochs of RMSprop at its usual rate. And
# the same with a frozen base.
#
# **Predict.** By how much will the kernels of the open base have moved: 1 %, 10 %, or more?

# %% tags=["demo", "nbval-ignore-output"]
kernels = [i for i, weight in enumerate(base.weights) if weight.name == "kernel"]
afterwards, scores = {}, {}
for way in ("open", "frozen"):
    base.set_weights(borrowed_weights)
    set_trainable(base, None if way == "frozen" else "block1_conv1")
    new_top = make_top(seeds[0])
    both = keras.Sequential([base, new_top])
    both.compile(keras.optimizers.RMSprop(1e-3), "binary_crossentropy", metrics=["accuracy"])
    validation = (x_validation, y_validation)
    history = fit(both, x_train, y_train, epochs=2, batch_size=32, validation=validation)
    afterwards[way], scores[way] = base.get_weights(), history["val_accuracy"][-1]
base.set_weights(borrowed_weights)

# %% tags=["demo", "nbval-ignore-output"]
for way, score in scores.items():
    print(f"{way:<6} validation accuracy {score:.1%} ({shown})")
if check.passed("weights_moved"):
    before = [borrowed_weights[i] for i in kernels]
    moved = weights_moved(before, [afterwards["open"][i] for i in kernels])
    names = [layer.name for layer in base.layers if layer.weights]
    alt = f"How far each kernel of an open base moved in two epochs ({shown}), "
    alt += ", ".join(f"{n} {m:.0%}" for n, m in zip(names, moved, strict=True)) + "."
    display(figures.bars(names, moved, alt, show="{:.0%}".format))

# %% tags=["demo"]
if check.passed("weights_moved"):
    still = weights_moved(before, [afterwards["frozen"][i] for i in kernels])
    print(f"frozen: {max(still):.0%}")

# %% [markdown]
# The frozen base has not moved by a digit. The open one has, in every layer, driven by a top that
# knew nothing; compare the two accuracies. "Freeze, so as not to destroy the weights" means this.

# %% [markdown]
# ### What really freezes
#
# Freezing goes wrong silently. Four programs, all with a base of two convolutions and a top of one
# dense layer. Each layer has two tensors. How many tensors does the **last** `fit` train?
#
# ```python
# # A
# base.trainable = False
# model.compile("sgd", "mse")
# model.fit(x, y)
#
# # B
# model.compile("sgd", "mse")
# model.fit(x, y)
# base.trainable = False
# model.fit(x, y)
#
# # C
# model.trainable = False
# for layer in model.layers:
#     layer.trainable = True
# model.compile("sgd", "mse")
# model.fit(x, y)
#
# # D
# base.trainable = True
# base.layers[0].trainable = False   # the first convolution
# model.compile("sgd", "mse")
# model.fit(x, y)
# ```
#
# ### Exercise 7 · What really trains · 2 points
#
# Predict four numbers, for A, B, C and D.

# %% exercise="really_trains"
# BEGIN SOLUTION
really_trains = (2, 6, 0, 4)
# END SOLUTION

# %% check="really_trains"
check("really_trains", really_trains)


# %% [markdown] tags=["reveal"]
# Let Keras answer: train each program, and count the tensors that have changed.


# %% tags=["demo"]
def tensors_changed(program):
    inner = keras.Sequential(
        [keras.Input((6, 6, 1)), layers.Conv2D(2, 3), layers.Conv2D(2, 3)], name="base"
    )
    model = keras.Sequential([inner, layers.Flatten(), layers.Dense(1)])
    x, y = np.ones((8, 6, 6, 1)), np.full(8, 5.0)
    before = program(inner, model, lambda: model.fit(x, y, verbose=0))
    return sum((old != new).any() for old, new in zip(before, model.get_weights(), strict=True))


# %% tags=["demo"]
def program_a(base, model, train):
    base.trainable = False
    model.compile("sgd", "mse")
    before = model.get_weights()
    train()
    return before


def program_b(base, model, train):
    model.compile("sgd", "mse")
    train()
    base.trainable = False
    before = model.get_weights()
    train()
    return before


# %% tags=["demo"]
import warnings


def program_c(base, model, train):
    model.trainable = False
    for layer in model.layers:
        layer.trainable = True
    model.compile("sgd", "mse")
    before = model.get_weights()
    with warnings.catch_warnings():  # Keras warns that there is nothing to train
        warnings.simplefilter("ignore")
        train()
    return before


def program_d(base, model, train):
    base.trainable = True
    base.layers[0].trainable = False
    model.compile("sgd", "mse")
    before = model.get_weights()
    train()
    return before


# %% tags=["demo"]
if check.passed("really_trains"):
    for program in (program_a, program_b, program_c, program_d):
        print(program.__name__, tensors_changed(program))

# %% [markdown] tags=["reveal"]
# **B** is the trap: a model that has been compiled and fitted goes on as before, and nothing tells
# you. So: **first the switches, then compile, then fit**, and again after every change of a switch.
# (The course's own `fit` refuses a model whose switches have changed.) **C** is the
# other trap. A model that is frozen itself has nothing to train, whatever its layers say. (Of a
# network *inside* another one Keras 3 asks only the layers. So set the switches from the outside
# in, and look at the number of tensors.)

# %% [markdown]
# ### A layer that learns without gradients
#
# VGG16 is older than **batch normalisation**; ResNet and MobileNet are full of it (lessons 10 and
# 11). Such a layer subtracts a mean and divides by a spread. While it trains, it keeps a *running*
# mean of what it sees:
#
# $$\text{mean} \leftarrow m \cdot \text{mean} + (1 - m) \cdot \text{mean of this batch}$$
#
# with one mean for every channel, and a momentum m such as 0.9. No gradient is needed for that. So
# in a base that is only *half* frozen, the means drift to the new pictures, while the frozen
# weights behind them expect the old ones.
#
# ### Exercise 8 · Batch normalisation in a frozen base · 2 points
#
# Follow the running mean through some batches. Keras's rule: a layer that is not trainable leaves
# it alone.


# %% exercise="running_mean"
def running_mean(start, batches, momentum, trainable):
    """The running mean after all batches.

    start: (C,) the mean before. batches: a list of arrays (N, H, W, C). momentum: the share of the
    old mean that stays. trainable: whether the layer trains.
    Returns (C,).
    """
    # BEGIN SOLUTION
    mean = start
    if trainable:
        for batch in batches:
            mean = momentum * mean + (1 - momentum) * batch.mean(axis=(0, 1, 2))
    return mean
    # END SOLUTION


# %% check="running_mean"
check("running_mean", running_mean)

# %% tags=["demo"]
if check.passed("running_mean"):
    brighter = [np.full((8, 4, 4, 1), 3.0)] * 20
    for trainable in (True, False):
        (mean,) = running_mean(np.zeros(1), brighter, 0.9, trainable)
        print(f"trainable {trainable}: from 0 to {mean:.2f}")

# %% [markdown]
# ## 6 · Fine-tuning
#
# The base knows what its own training asked for. Its last block could be a little better for *our*
# animals. Now that the top no longer guesses, its gradients may go a little way down.
#
# ### Exercise 9 · Five steps · 1 point
#
# Bring the lecture's five steps into order. (Two of them could trade places without harm; the
# lecture adds before it freezes.)
#
# * **a** train the new layers;
# * **b** unfreeze the top layers of the base;
# * **c** add your own layers on top of the trained base;
# * **d** train your layers and the unfrozen ones together;
# * **e** freeze the trained base.
#
# Answer with a text of five letters.

# %% exercise="fine_tuning_order"
# BEGIN SOLUTION
fine_tuning_order = "ceabd"
# END SOLUTION

# %% check="fine_tuning_order"
check("fine_tuning_order", fine_tuning_order)

# %% [markdown]
# ### Exercise 10 · Open block 5 · 3 points
#
# The lecture goes through the layers one by one. From the layer named `block5_conv1` on, they
# train; those before it are frozen. Every layer has a `name` and a switch `trainable`.
#
# Return a base from `make_base()` with its switches set. It need not be compiled.


# %% exercise="open_block5"
def open_block5():
    """A base in which block 5 trains, and everything before it is frozen.

    Returns the base, a Keras model.
    """
    # BEGIN SOLUTION
    base = make_base()
    base.trainable = True
    reached = False
    for layer in base.layers:
        if layer.name == "block5_conv1":
            reached = True
        layer.trainable = reached
    return base
    # END SOLUTION


# %% check="open_block5"
check("open_block5", open_block5)

# %% [markdown]
# The course has a function for it, with a table. For VGG16:

# %% tags=["demo"]
set_trainable(conv_base, "block5_conv1")

# %% tags=["demo"]
display(block_switches(open_from=5))

# %% [markdown]
# Three convolutions of block 5 train, not only the one that is named: 7 079 424 parameters.
#
# ### Exercise 11 · How large a step · 1 point
#
# The top was trained at some learning rate. Block 5 is good already. Which rate do you take for
# training both together?
#
# * **a** the same rate as before: it worked;
# * **b** a much smaller one: the weights are near something good;
# * **c** a larger one, so that the borrowed weights adapt faster;
# * **d** rate 0;
# * **e** any: Adam finds its own step.
#
# Predict. Then run the experiment below, and answer.

# %% exercise="fine_tuning_rate"
# BEGIN SOLUTION
fine_tuning_rate = "b"
# END SOLUTION

# %% check="fine_tuning_rate"
check("fine_tuning_rate", fine_tuning_rate)

# %% [markdown]
# Here the five steps are done in full. One trick saves most of the time: what lies **below** block
# 5 is frozen, so its answers never change, and can be cached as well. What trains is then a short
# network: block 5 and the top.

# %% tags=["setup", "nbval-ignore-output"]
layer_names = [layer.name for layer in base.layers]
below = keras.Model(base.input, base.get_layer("block4_pool").output, name="below_block5")
middle, middle_validation, middle_test = (
    extract_features(below, images, preprocess=borrowed.preprocess)
    for images in (animals.x_train, animals.x_validation, animals.x_test)
)


# %% tags=["setup"]
def fine_tune(seed, rate, epochs):
    base.set_weights(borrowed_weights)
    top = keras.models.clone_model(runs[seed][0])  # steps 1 to 3: added, frozen, trained
    top.set_weights(runs[seed][0].get_weights())
    set_trainable(base, "block5_conv1")  # step 4
    inputs = keras.Input(middle.shape[1:])
    outputs = inputs
    for name in layer_names[layer_names.index("block5_conv1") :]:
        outputs = base.get_layer(name)(outputs)
    model = keras.Model(inputs, top(outputs))
    model.compile(keras.optimizers.Adam(rate), "binary_crossentropy", metrics=["accuracy"])
    validation = (middle_validation, y_validation)
    history = fit(model, middle, y_train, epochs=epochs, batch_size=32, validation=validation)
    return model, top, history


# %% [markdown]
# First at a rate twenty times that of the top, then at the same rate, then at a tenth of it.

# %% tags=["demo", "nbval-ignore-output"]
large, same = 1e-2, 5e-4
_, _, too_fast = fine_tune(seeds[0], large, 8)
_, _, as_before = fine_tune(seeds[0], same, 8)

# %% tags=["setup", "nbval-ignore-output"]
small, tuned_accuracy, tuned_seconds = 5e-5, [], []
for seed in reversed(seeds):  # the first seed's network is the last, and stays
    model, tuned_top, tuned_history = fine_tune(seed, small, epochs)
    tuned_accuracy.insert(0, model.evaluate(middle_test, y_test, verbose=0)[1])
    tuned_seconds.insert(0, runs[seed][1].seconds + tuned_history.seconds)  # the top's as well
tuned = keras.Sequential([base, tuned_top])  # for the first seed: pictures in, answer out
tuned_parameters = sum(int(np.prod(tensor.shape)) for tensor in model.trainable_variables)

# %% tags=["demo", "nbval-ignore-output"]
figures.histories(
    {
        f"rate {large:g} ({shown})": top_history + too_fast,
        f"rate {small:g}": top_history + tuned_history,
    },
    metrics=("accuracy",),
)

# %% [markdown]
# The break is where block 5 was opened. At the large rate the accuracy breaks down: what was
# borrowed is gone. At the small rate nothing breaks, and the training accuracy goes on to rise. And
# at the top's own rate?

# %% tags=["demo", "nbval-ignore-output"]
figures.histories(
    {
        f"rate {same:g} ({shown})": top_history + as_before,
        f"rate {small:g}": top_history + tuned_history,
    }
)

# %% [markdown]
# Look at the lines of the *loss*. At the top's rate block 5 soon knows the training pictures by
# heart, and is too sure of itself with new ones. The small rate delays that.
#
# Does fine-tuning help on *new* pictures? Each dot is one seed: the share of the test pictures that
# it gets **wrong**.

# %% tags=["demo", "nbval-ignore-output"]
run_dots(
    {
        "frozen base": [1 - accuracy for accuracy in top_accuracy],
        "block 5 fine-tuned": [1 - accuracy for accuracy in tuned_accuracy],
    },
    f"wrong on the test set ({shown})",
    show="{:.1%}".format,
)

# %% [markdown]
# The lecture goes from 96 % right to 97 %. That is a small step, compared with what the frozen base
# brought. From one or two dots you cannot tell it from luck: compare it with their spread. Where
# the two ticks stand close together, the honest answer is: fine-tuning brought nothing you can see.

# %% [markdown]
# ## 7 · Which layers to borrow
#
# You need not borrow all five blocks. Cut the base after block 2, 3, 4 or 5, and fit the simplest
# top of all on what comes out there: a linear one. Its best weights can be computed (least squares
# with a pull towards 0), so no seed has a say. We do it for two tasks:
#
# * **near**: the cats and dogs;
# * **far**: handwritten digits, drawn in ink on paper, which look like nothing the base has seen.
#
# **Predict.** Where does each of the two lines have its highest point?


# %% tags=["demo"]
def as_pictures(digits):
    doubled = np.kron(digits, np.ones((1, 2, 2), np.uint8))  # 28 → 56 pixels
    edge = (size - 56) // 2
    padded = np.pad(doubled, ((0, 0), (edge, edge), (edge, edge)))
    return np.repeat(padded[..., np.newaxis], 3, axis=3)


# %% tags=["demo"]
untouched = keras.models.clone_model(base)
untouched.set_weights(borrowed_weights)
digits = load_mnist()
count = 500 if profile() == "full" else 200
near = (animals.x_train[:count], y_train[:count], animals.x_test[:count], y_test[:count])
far = (
    as_pictures(digits.x_train[:count]),
    digits.y_train[:count],
    as_pictures(digits.x_test[:count]),
    digits.y_test[:count],
)


# %% tags=["demo"]
def linear_accuracy(known, labels, new, new_labels):
    known, new = known.reshape(len(known), -1), new.reshape(len(new), -1)
    middle = known.mean(axis=0)
    known, new = known - middle, new - middle
    targets = np.eye(labels.max() + 1)[labels]
    alike = known @ known.T  # how alike any two pictures are
    pull = 0.1 * np.trace(alike) / len(alike) * np.eye(len(alike))
    scores = new @ known.T @ np.linalg.solve(alike + pull, targets - targets.mean(axis=0))
    return (scores.argmax(axis=1) == new_labels).mean()


# %% tags=["demo", "nbval-ignore-output"]
blocks, near_line, far_line = (2, 3, 4, 5), [], []
for number in blocks:
    output = untouched.get_layer(f"block{number}_pool").output
    cut = keras.Model(untouched.input, output, name=f"blocks_1_to_{number}")
    for line, (x, y, x_new, y_new) in ((near_line, near), (far_line, far)):
        answers = [
            extract_features(cut, part, preprocess=borrowed.preprocess) for part in (x, x_new)
        ]
        line.append(linear_accuracy(answers[0], y, answers[1], y_new))

# %% tags=["demo", "nbval-ignore-output"]
across, up = "cut after block", f"accuracy on new pictures ({borrowed.name})"
lines = {f"near: {animals.caption}": near_line, "far: digits": far_line}
figures.curves(blocks, lines, across=across, up=up)

# %% [markdown]
# ### Exercise 12 · Where to cut · 1 point
#
# Your new task is far from what the base was trained on. What do you borrow?
#
# * **a** always all blocks: the last layer knows most;
# * **b** more blocks than for a near task;
# * **c** fewer: the lower blocks, whose edges and textures are in every picture;
# * **d** it makes no difference;
# * **e** nothing: a base from another task is of no use there.

# %% exercise="borrow_depth"
# BEGIN SOLUTION
borrow_depth = "c"
# END SOLUTION

# %% check="borrow_depth"
check("borrow_depth", borrow_depth)

# %% [markdown] tags=["reveal"]
# Compare the last step, from block 4 to block 5. In our runs the far line fell by more than the
# near one, with the small VGG as with VGG16: what block 5 adds is made for its own task.

# %% [markdown]
# ## 8 · Gradual training
#
# What if there is nothing to borrow? Then you can borrow **from yourself**:
#
# 1. train a shallow network;
# 2. freeze what it has learned;
# 3. add layers, and retrain;
# 4. unfreeze everything, and retrain.
#
# VGG's authors began their deep networks like this, with the layers of a shallow one. (They did not
# freeze them, and found later that good first weights do as well.) The hope: each step searches a
# small space, and so finds its way. The price: what was frozen early was made for a shallow
# network, and the deep one has to live with it until the last step.


# %% tags=["demo"]
def block(filters):
    return lambda: [layers.Conv2D(filters, 3, activation="relu"), layers.MaxPooling2D()]


def head():
    return [layers.Flatten(), layers.Dense(64, activation="relu"), layers.Dense(1, "sigmoid")]


def compile_with(model, everything):
    rate = 3e-4 if everything else 1e-3
    model.compile(keras.optimizers.Adam(rate), "binary_crossentropy", metrics=["accuracy"])


# %% tags=["demo", "nbval-ignore-output"]
own = tuple(part / np.float32(255) for part in (animals.x_train, animals.x_validation))
own_test = animals.x_test / np.float32(255)
each, last = (3, 4) if profile() == "full" else (1, 1)
set_seeds(1)
grown = grow_gradually(
    (size, size, 3),
    [block(16), block(32), block(64)],
    head,
    own[0],
    y_train,
    compile=compile_with,
    epochs=each,
    final_epochs=last,
    batch_size=32,
    validation=(own[1], y_validation),
)
for stage in grown.stages:
    print(f"{stage.name:<24} {stage.trainable_parameters:>9,} of {stage.parameters:,} train")
print(f"trained on {len(y_train):,} {animals.caption}")

# %% [markdown]
# The same network, all layers at once, for as many epochs, at the same rates:


# %% tags=["demo"]
def train_at_once(model):
    parts = []
    for everything, count in ((False, 3 * each), (True, last)):
        compile_with(model, everything)
        unseen = (own[1], y_validation)
        parts.append(fit(model, own[0], y_train, epochs=count, batch_size=32, validation=unseen))
    return parts[0] + parts[1]


# %% tags=["demo", "nbval-ignore-output"]
set_seeds(1)
scratch = keras.models.clone_model(grown.model)
at_once = train_at_once(scratch)

# %% tags=["demo", "nbval-ignore-output"]
figures.histories({f"gradually ({animals.caption})": grown.history, "at once": at_once})

# %% [markdown]
# Look at the steps in the gradual curve, and at where both end. One run each: a difference of a few
# points decides nothing. (Why has the *shallowest* stage the most parameters? Lesson 6, section 3.)
#
# **Advantage:** each stage searches a small space: few layers learn at a time, and they stand on
# ones that already work. So it converges more easily. **Disadvantage:** the space of solutions is
# limited, so the error at the end may be larger. With today's ways to start and to normalise
# networks (lessons 9 and 10) it is less common. Unfreezing step by step, as in fine-tuning, is what
# remained of it.

# %% [markdown]
# ## 9 · Everything in one table
#
# Three ways are still missing: dropout (lesson 6), augmentation (lesson 7), and the frozen base as
# a layer, with augmented pictures (section 4). One run each.


# %% tags=["demo"]
def changes():
    return [layers.RandomFlip("horizontal"), layers.RandomRotation(0.05), layers.RandomZoom(0.1)]


def own_network(*front, dropout=0.0):
    middle = [layer for make in (block(16), block(32), block(64)) for layer in make()]
    flatten, *dense = head()
    behind = [*middle, flatten, layers.Dropout(dropout), *dense]
    return keras.Sequential([keras.Input((size, size, 3)), *front, *behind])


# %% tags=["demo", "nbval-ignore-output"]
set_seeds(1)
dropping = own_network(dropout=0.5)
dropped = train_at_once(dropping)
set_seeds(1)
changing = own_network(*changes(), dropout=0.5)
augmented = train_at_once(changing)

# %% tags=["demo", "nbval-ignore-output"]
set_seeds(1)
untouched.trainable = False
raw, top_layers = keras.Input((size, size, 3), dtype="uint8"), make_top(1).layers
front = [*changes(), borrowed.preprocessing_layer()]
in_loop = keras.Sequential([raw, *front, untouched, *top_layers])
in_loop.compile(keras.optimizers.Adam(5e-4), "binary_crossentropy", metrics=["accuracy"])
passes = 4 if profile() == "full" else 1
unseen = (animals.x_validation, y_validation)
looped = fit(in_loop, animals.x_train, y_train, epochs=passes, batch_size=32, validation=unseen)


# %% tags=["demo"]
def row(name, model, pictures, history):
    trained = sum(int(np.prod(tensor.shape)) for tensor in model.trainable_variables)
    return name, model.evaluate(pictures, y_test, verbose=0)[1], trained, history.seconds


# %% tags=["demo", "nbval-ignore-output"]
several = f"{len(seeds)} seeds" if len(seeds) > 1 else "1 seed"
top_seconds = np.mean([history.seconds for _, history in runs.values()])
rows = [
    row("from scratch", scratch, own_test, at_once),
    row("… gradually", grown.model, own_test, grown.history),
    row("… with dropout", dropping, own_test, dropped),
    row("… with dropout and augmentation", changing, own_test, augmented),
    row("frozen base as a layer, augmented", in_loop, animals.x_test, looped),
    (f"top on cached features ({several})", np.mean(top_accuracy), top.count_params(), top_seconds),
    (
        f"top, then block 5 ({several})",
        np.mean(tuned_accuracy),
        tuned_parameters,
        np.mean(tuned_seconds),
    ),
]
results_table(rows, f"{animals.caption}; borrowed: {borrowed.source}")

# %% tags=["demo", "nbval-ignore-output"]
sample, pictures = animals.x_train[:300], len(y_train) + len(y_validation) + len(y_test)
started = time.perf_counter()
extract_features(untouched, sample, preprocess=borrowed.preprocess, cache=False)
seconds = (time.perf_counter() - started) * pictures / len(sample)
print(f"extraction: about {seconds:.0f} s more for all {pictures:,} pictures, once")
print(f"features are {features[0].size:,} numbers a picture, pixels {animals.x_train[0].size:,}")

# %% [markdown]
# Read it by its columns. Which approach trains fewest parameters? Which takes least time? Which is
# best? Means over several seeds count; of single runs, a few points mean nothing. (The networks
# from scratch had few epochs; augmented pictures need many more. The page `docs/results.md` has
# longer runs of every way, with several seeds, on drawn animals and on photographs.) The lecture's
# story is this table: with few pictures, what you borrow counts for more than what you train.

# %% [markdown]
# ### Exercise 13 · Tell them apart, with borrowed eyes · 3 points
#
# New animals, and only the judge knows what they are. `images` come as they are, from 0 to 255. At
# least 75 % must be right.
#
# You have `borrowed.preprocess`, `tuned` (pictures in, probability of dog out), or `base` and
# `tuned_top` one by one.


# %% exercise="tell_borrowed"
def tell_borrowed(images):
    """Cat or dog, for every picture.

    images: (N, 64, 64, 3) uint8, from 0 to 255.
    Returns (N,) labels: 0 for a cat, 1 for a dog.
    """
    # BEGIN SOLUTION
    probabilities = tuned.predict(borrowed.preprocess(images), verbose=0)[:, 0]
    return (probabilities > 0.5).astype(int)
    # END SOLUTION


# %% check="tell_borrowed" tags=["nbval-ignore-output"]
check("tell_borrowed", tell_borrowed)

# %% [markdown]
# **Now play.** Open block 4 as well. Fine-tune at the top's rate, 5e-4: what does the validation
# loss say? Train the top on 50 pictures instead of 1000: how much is left? Draw other animals with
# `cnncourse.data.draw_images` and let the base tell foxes from bears.

# %% [markdown]
# ## What you can do now
#
# You can now
#
# 1. borrow a trained network, and feed it as in its training: blue first and means for VGG16
#    (section 1);
# 2. look at its feature maps, from edges to parts (section 2);
# 3. extract features once, and train a small top on them (section 3);
# 4. put a frozen base into your own network, and say which tensors train: two for each dense layer
#    (section 4);
# 5. measure what an untrained top does to an open base, and freeze in the right order: switches,
#    compile, fit (section 5);
# 6. fine-tune block 5 in five steps, with a small learning rate (section 6);
# 7. cut lower when the new task is farther (section 7);
# 8. grow a network gradually, and name what it gains and what it costs (section 8);
# 9. compare approaches by accuracy, parameters and seconds (section 9).
#
# **Next:** lesson 9 takes VGG apart, and then a network with fewer parameters that is better.

# %% [markdown]
# ## Further reading
#
# * Yosinski, Clune, Bengio, Lipson, *How transferable are features in deep neural networks?*
#   (2014): section 4, which layers travel, and how far.
# * Simonyan and Zisserman, *Very deep convolutional networks for large-scale image recognition*
#   (2015): section 2, the network, and 3.1, how deep ones were begun with a shallow one.
# * Chollet, *Deep Learning with Python* (2017): section 5.3, the same experiment on photographs.
# * Zeiler and Fergus, *Visualizing and understanding convolutional networks* (2014): section 4,
#   what layers answer to.
# * Ioffe and Szegedy, *Batch normalization* (2015): section 3.1, the running mean.
