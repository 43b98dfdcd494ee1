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
# # 10 · ResNet: a way around
#
# VGG went from 11 layers to 19 and got better. So why not 34, or 152? Because at some depth a
# network gets *worse*, and not for the reason you may think. One plus sign repairs it.
#
# **In this lesson you will**
#
# 1. see by experiment that a deeper plain network can learn its own training images worse;
# 2. say what a residual block learns, F(x) = H(x) − x, and why that is easier;
# 3. write a residual block by hand;
# 4. measure how far gradients reach, with and without shortcuts;
# 5. make shortcuts fit where the shape changes, with zeros or with a projection;
# 6. build the block in Keras;
# 7. count what VGG-19, plain-34 and ResNet-34 cost, and check the paper's numbers;
# 8. count a bottleneck, and find two networks that share one name;
# 9. see what many ways through a network do to its receptive field.
#
# About **110 minutes**, thirteen exercises, 23 points. You need lessons 1 and 2, and the Keras of
# lesson 5. The longest wait is about two minutes of training.

# %% tags=["setup"]
import numpy as np
from IPython.display import display

from cnncourse import check, figures, zoo
from cnncourse.data import as_inputs, load_mnist
from cnncourse.network import Activation, Add, Conv2D, Input, Network, branches, chain
from cnncourse.ops import conv2d
from cnncourse.training import fit, profile, quietly, set_seeds
from cnncourse.training.filled import Filled
from cnncourse.zoo import papers

with quietly():
    import keras
    import tensorflow as tf
    from keras import layers

# %% [markdown]
# ## 1 · Deeper is not better
#
# We train small networks of three depths on small digits: 3 000 images, 14×14 pixels, 8 channels
# in every layer. So two cores can train eighteen networks in about a minute and a half.

# %% tags=["demo"]
digits = load_mnist()
count = 3000 if profile() == "full" else 300
large = as_inputs(digits.x_train[:count])
x_small = large.reshape(count, 14, 2, 14, 2, 1).mean(axis=(2, 4))
y_small = digits.y_train[:count]

# %% tags=["demo"]
figures.image_grid(
    x_small[:20, :, :, 0],
    "Twenty handwritten digits, small and coarse, and still easy to read.",
    titles=[str(label) for label in y_small[:20]],
)

# %% [markdown]
# Two families, with the same layers and the same number of weights. Read the code: the families
# differ in one line.
#
# * **plain**: 3×3 convolutions with ReLU, one after the other, as in VGG;
# * **residual**: the same, and after every second convolution the input of the pair is *added*.


# %% tags=["demo"]
def pair(x, residual, name, first, second):
    """Two 3×3 convolutions; their input is added when residual. first, second: their weights."""
    y = layers.Conv2D(8, 3, padding="same", activation="relu", kernel_initializer=first)(x)
    y = layers.Conv2D(8, 3, padding="same", kernel_initializer=second)(y)
    if residual:
        y = layers.Add()([y, x])
    return layers.ReLU(name=name)(y)


# %% tags=["demo"]
def network(pairs, residual, first="he_normal", second=None):
    """A network of 2·pairs + 2 layers with weights for 14×14 digits."""
    second = second or ("zeros" if residual else "he_normal")
    x = start = keras.Input((14, 14, 1))
    x = layers.Conv2D(8, 3, strides=2, padding="same", activation="relu")(x)
    for number in range(pairs):
        x = pair(x, residual, f"pair_{number}", first, second)
    return keras.Model(start, layers.Dense(10, activation="softmax")(layers.Flatten()(x)))


# %% tags=["demo"]
for pairs in (2, 8, 16):
    plain, residual = network(pairs, False), network(pairs, True)
    print(
        f"{2 * pairs + 2:>2} layers: plain {plain.count_params():,} parameters, "
        f"residual {residual.count_params():,}"
    )

# %% [markdown]
# The plain networks get the first weights that are best for ReLU (He's). The residual ones begin
# with zeros in the second convolution of each pair; section 2 tells why.
#
# **Predict.** All networks see the same images five times. Which has the lowest loss *on these
# training images* in the end: 6, 18 or 34 layers? Plain or residual? Sketch two lines.

# %% tags=["demo"]
if profile() == "full":
    seeds, epochs, depths = (0, 1, 2), 5, (2, 8, 16)
else:  # to see that the code runs; it shows nothing about depth
    seeds, epochs, depths = (0,), 1, (1, 2, 4)


# %% tags=["demo"]
def train(pairs, residual, seed):
    """Loss and accuracy on the training images, averaged over the last epoch."""
    set_seeds(seed)
    model = network(pairs, residual)
    how = keras.optimizers.Adam(0.003)
    model.compile(how, "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = fit(model, x_small, y_small, epochs=epochs, batch_size=100)
    return float(history["loss"][-1]), float(history["accuracy"][-1])


# %% [markdown]
# Three seeds: every network is trained three times, from other random weights and with the images
# in another order. Whoever reports one run reports luck.

# %% tags=["demo", "nbval-ignore-output"]
results = {"plain": [], "residual": []}
for pairs in depths:
    for name, runs in results.items():
        runs.append([train(pairs, name == "residual", seed) for seed in seeds])
        said = "   ".join(f"{loss:.3f} ({right:.0%})" for loss, right in runs[-1])
        print(f"{2 * pairs + 2:>2} layers, {name:<8}  loss (right): {said}")

# %% tags=["demo", "nbval-ignore-output"]
layer_counts = [2 * pairs + 2 for pairs in depths]
losses = {
    name: [[loss for loss, _ in runs] for runs in results[name]] for name in ("plain", "residual")
}
figures.repeated(layer_counts, losses, across="layers", up="training loss in the last epoch")

# %% [markdown]
# Every dot is one training, the lines are the means. The dots of 34 plain layers lie above *all*
# dots of 6 plain layers, and below each of them lie all residual dots of that depth.
#
# ### Exercise 1 · What kind of failure is this? · 1 point
#
# The plain network of 34 layers does worse than the one of 6. Choose the best description:
#
# * **a** It overfits: it has learned its training images by heart.
# * **b** It has too few parameters for the task.
# * **c** It could do better: training does not find the good weights.
# * **d** The random first weights were unlucky.
# * **e** Depth as such does harm, in any network.

# %% exercise="what_degrades"
# BEGIN SOLUTION
what_degrades = "c"
# END SOLUTION

# %% check="what_degrades"
check("what_degrades", what_degrades)

# %% [markdown]
# <div class="alert alert-info" style="color: #1f2933"><b>Degradation.</b> From some depth on, more
# layers make the <i>training</i> error larger. It is a failure of training, not of the data. He and
# others (2016) saw it with 18 and 34 layers on ImageNet, and with 20 to 110 layers on small
# photographs.</div>

# %% [markdown]
# ### It cannot be worse, on paper
#
# Why must good weights exist for the deep plain network? Take a trained shallow one, and put
# further pairs behind it that pass on what they get. A kernel with a single 1 in its middle, for
# the channel's own filter, does that; ReLU does no harm, because what comes in is never negative.

# %% tags=["demo"]
identity_kernel = np.zeros((3, 3, 8, 8))
identity_kernel[1, 1] = np.eye(8)


# %% tags=["demo"]
def deepen(shallow, deep, kernel):
    """Copy the shallow network's weights into the deep one; `kernel` into all pairs left over."""
    *taken, last = [layer for layer in shallow.layers if layer.weights]
    *given, last_given = [layer for layer in deep.layers if layer.weights]
    for old, new in zip([*taken, last], [*given[: len(taken)], last_given], strict=True):
        new.set_weights(old.get_weights())
    for new in given[len(taken) :]:
        new.set_weights([kernel, np.zeros(8)])


# %% tags=["demo"]
set_seeds(0)
shallow, deep = network(2, residual=False), network(16, residual=False)
deepen(shallow, deep, identity_kernel)
print("34 layers give what 6 gave:", np.allclose(deep(x_small[:50]), shallow(x_small[:50])))

# %% [markdown]
# So a plain network of 34 layers that is as good as the one of 6 *exists*. Training, which starts
# from random weights, does not find it. He and others suspect that passing something on unchanged,
# layer after layer, is hard to learn.

# %% [markdown]
# ## 2 · Learn the difference
#
# Call what two layers should compute **H(x)**. He and others ask them for something else: only the
# difference from x,
#
# $$F(x) = H(x) - x, \qquad \text{so that the block gives} \quad F(x) + x = H(x).$$
#
# <div class="alert alert-info" style="color: #1f2933"><b>Residual, shortcut.</b> F(x) is the
# <i>residual</i>: what remains to be added. The way on which x travels around the layers is the
# <i>shortcut</i>, or <i>skip connection</i>. It has no weights.</div>


# %% tags=["demo"]
def block_of(residual):
    """One pair of layers as a network description."""
    x = chain(Input((56, 56, 64), name="x"))
    path = [
        Conv2D(64, 3, padding="same", name="conv_1"),
        Activation("relu", name="relu_1"),
        Conv2D(64, 3, padding="same", name="conv_2"),
    ]
    end = branches(x, path, [], join=Add(name="sum")) if residual else chain(x, *path)
    return Network("block", chain(end, Activation("relu", name="relu_2")))


# %% [markdown]
# A plain pair, and the slide's building block. `[]` in the code is the shortcut: a branch with no
# layer in it.

# %% tags=["demo"]
display(block_of(residual=False).diagram(), block_of(residual=True).diagram())

# %% [markdown]
# ### Exercise 2 · What is left to learn · 1 point
#
# `x` goes into a block, and `wanted` shall come out (before the last ReLU). What must the layers
# give?


# %% exercise="residual_to_learn"
def residual_to_learn(x, wanted):
    """What F must give, so that the block gives what is wanted.

    x, wanted: arrays of the same shape. Returns an array of that shape.
    """
    # BEGIN SOLUTION
    return wanted - x
    # END SOLUTION


# %% check="residual_to_learn"
check("residual_to_learn", residual_to_learn)

# %% [markdown]
# ### Exercise 3 · All weights zero · 1 point
#
# All weights and biases of both convolutions are 0. The input x comes out of a ReLU, so no number
# in it is negative. **Predict** what a plain pair gives, and what a residual block gives:
#
# * **a** zeros everywhere
# * **b** x, unchanged
# * **c** twice x
# * **d** the mean of every window
#
# Answer with two letters, the plain pair first, such as `("c", "d")`.

# %% exercise="zero_weights"
# BEGIN SOLUTION
zero_weights = ("a", "b")
# END SOLUTION

# %% check="zero_weights"
check("zero_weights", zero_weights)

# %% [markdown]
# Try it: an untrained residual network of 6 layers, and one of 34 with the same first layers, where
# all further pairs hold zeros.

# %% tags=["demo"]
if check.passed("zero_weights"):
    zeros = np.zeros((3, 3, 8, 8))
    for name, residual in (("plain", False), ("residual", True)):
        set_seeds(0)
        shallow, deep = network(2, residual), network(16, residual)
        deepen(shallow, deep, zeros)
        same = np.allclose(deep(x_small[:50]), shallow(x_small[:50]))
        print(f"{name:<8}  with 28 layers of zeros added, the answers are the same: {same}")

# %% [markdown]
# For a residual block, "do nothing" is the easiest thing there is: zeros. That is why our residual
# networks start with zeros: on the first day of training each behaves like a shallow network, and
# then every block adds what helps. For a plain pair, "do nothing" is one special setting of all its
# weights.

# %% [markdown]
# ### Is it really easier?
#
# One pair, alone, has a small task: give back its input, slightly changed. Both kinds start from
# the *same random* weights (no zeros this time). The task is drawn from three seeds.


# %% tags=["demo"]
def learn_a_small_change(residual, seed):
    """The share of the wanted output that is missed, after every epoch."""
    rng = np.random.default_rng(seed)
    kernel, change = rng.normal(0, 0.5, (3, 3, 1, 8)), rng.normal(0, 0.04, (3, 3, 8, 8))
    x = np.maximum(conv2d(x_small[:300], kernel, stride=2, padding="same"), 0)
    wanted = np.maximum(x + conv2d(x, change, padding="same"), 0)
    set_seeds(seed)
    start = keras.Input((7, 7, 8))
    y = layers.Conv2D(8, 3, padding="same", activation="relu", kernel_initializer="he_normal")(
        start
    )
    y = layers.Conv2D(8, 3, padding="same", kernel_initializer="he_normal")(y)
    y = layers.Add()([y, start]) if residual else y
    model = keras.Model(start, layers.ReLU()(y))
    model.compile(keras.optimizers.Adam(0.003), "mse")
    history = fit(model, x, wanted, epochs=15 if profile() == "full" else 2, batch_size=30)
    return np.array(history["loss"]) / np.mean(wanted**2)


# %% tags=["demo", "nbval-ignore-output"]
missed = {
    name: np.transpose([learn_a_small_change(name == "residual", seed) for seed in range(3)])
    for name in ("plain", "residual")
}
epochs_shown = range(1, len(missed["plain"]) + 1)
figures.repeated(
    epochs_shown, missed, across="epoch", up="share of the output that is missed", log=True
)

# %% [markdown]
# From the first epoch on and for every seed, the residual pair misses less. It has to learn only
# the change.

# %% [markdown]
# ## 3 · A residual block by hand
#
# The slide's block, step by step: 3×3 convolution, ReLU, 3×3 convolution, **add x**, ReLU. The last
# ReLU comes *after* the sum. Both convolutions pad, so that shapes stay.
#
# ### Exercise 4 · A residual block by hand · 2 points
#
# Use `conv2d(x, kernel, bias, padding="same")`: it is the convolution of lesson 1, with the padding
# of lesson 2.


# %% exercise="residual_forward"
def residual_forward(x, kernel_1, bias_1, kernel_2, bias_2):
    """A residual block with an identity shortcut.

    x: (H, W, C). kernel_1: (3, 3, C, N), bias_1: (N,). kernel_2: (3, 3, N, C), bias_2: (C,).
    Returns an array of shape (H, W, C).
    """
    # BEGIN SOLUTION
    inner = np.maximum(conv2d(x, kernel_1, bias_1, padding="same"), 0)
    change = conv2d(inner, kernel_2, bias_2, padding="same")
    return np.maximum(change + x, 0)
    # END SOLUTION


# %% check="residual_forward"
check("residual_forward", residual_forward)

# %% [markdown]
# **Predict.** What goes wrong if the second ReLU stands *before* the sum? Think of what F may still
# do to a number. Then look at a row of numbers that passes through ten blocks:

# %% tags=["demo"]
rng = np.random.default_rng(3)
right = wrong = np.maximum(rng.normal(1, 1, (6, 7, 4)), 0)
for _ in range(10):
    weights = rng.normal(0, 0.15, (3, 3, 4, 4)), rng.normal(0, 0.15, (3, 3, 4, 4))
    changes = [
        conv2d(np.maximum(conv2d(x, weights[0], padding="same"), 0), weights[1], padding="same")
        for x in (right, wrong)
    ]
    right, wrong = np.maximum(changes[0] + right, 0), np.maximum(changes[1], 0) + wrong
    print(f"mean with ReLU behind the sum {right.mean():5.2f}, before it {wrong.mean():5.2f}")

# %% [markdown]
# With the ReLU in front of the sum, a block can only add. Numbers grow from block to block, and
# nothing can ever be taken back.

# %% [markdown]
# ## 4 · The gradient's way back
#
# Training sends a gradient backwards through all layers. Each layer multiplies it by its slope.
# Take the smallest network there is, one number wide:
#
# * a plain layer gives $a\,x$;
# * a residual layer gives $x + a\,x$.
#
# ### Exercise 5 · The gradient's way back · 2 points
#
# The layers stand one behind the other. If the input grows by 1, by how much does the output grow?
# One point for plain stacks, one for residual ones.


# %% exercise="gradient_through"
def gradient_through(slopes, residual):
    """The slope of a whole stack of layers.

    slopes: the number a of every layer, first to last. residual: True when every layer has a
    shortcut. Returns one number.
    """
    # BEGIN SOLUTION
    gradient = 1.0
    for slope in slopes:
        gradient *= 1 + slope if residual else slope
    return gradient
    # END SOLUTION


# %% check="gradient_through"
check("gradient_through", gradient_through)

# %% [markdown]
# **Predict.** Thirty layers, each with a slope of 0.3, or −0.1, or 0.1 in turn. What arrives at the
# first layer?

# %% tags=["demo"]
if check.passed("gradient_through"):
    slopes = [0.3, -0.1, 0.1] * 10
    print(f"plain:    {gradient_through(slopes, False):.1e}")
    print(f"residual: {gradient_through(slopes, True):.1f}")

# %% [markdown]
# Multiply the brackets of $(1 + a_1)(1 + a_2)(1 + a_3)\dots$ out, and there is always a 1: the way
# that takes every shortcut. Along it the gradient comes through whole, whatever the layers do.
#
# <div class="alert alert-info" style="color: #1f2933"><b>Vanishing gradient.</b> Many factors below
# 1, multiplied: the first layers hear next to nothing of the error, and hardly learn.</div>
#
# Now real networks, untrained, of thirty pairs. We measure how strong the gradient of the loss is
# behind each pair.


# %% tags=["demo"]
def gradient_by_pair(seed, residual, *weights):
    """The norm of the loss's gradient behind every pair of an untrained network."""
    set_seeds(seed)
    model = network(30, residual, *weights)
    ends = [layer.output for layer in model.layers if layer.name.startswith("pair")]
    look = keras.Model(model.inputs[0], [*ends, model.output])
    with tf.GradientTape() as tape:
        *maps, answers = look(x_small[:200])
        loss = keras.ops.mean(keras.losses.sparse_categorical_crossentropy(y_small[:200], answers))
    return [float(tf.norm(gradient)) for gradient in tape.gradient(loss, maps)]


# %% tags=["demo"]
usual = ("glorot_uniform", "glorot_uniform")
kinds = {
    "plain, Keras's usual weights": (False, *usual),
    "plain, He's weights": (False,),
    "residual, Keras's usual weights": (True, *usual),
    "residual, F starts at 0": (True,),
}

# %% tags=["demo"]
norms = {
    name: np.transpose([gradient_by_pair(seed, *kind) for seed in range(3)])
    for name, kind in kinds.items()
}

# %% tags=["demo"]
figures.repeated(
    range(1, 31),
    norms,
    across="pair of layers, first to last",
    up="norm of the gradient",
    log=True,
    alt="The gradient's norm by depth, three seeds. Plain networks lose it on the way from the "
    "last pair to the first: ten powers of ten with Keras's usual weights, about two with He's. "
    "In the residual networks it does not fade: it stays level, or grows.",
)

# %% [markdown]
# Read it from right to left, as the gradient travels. In the plain networks it fades, with Keras's
# usual first weights by more than ten powers of ten. In the residual networks it never fades; with
# random weights it even grows. Where F starts at 0, it travels along the shortcuts alone and stays
# level: every pair hears the error equally well.
#
# **Is that the whole story?** No. He and others put batch normalisation behind every convolution.
# It keeps gradients healthy in plain networks, too (their section 4.1), and these *still* degrade.
# So shortcuts help with vanishing gradients, as the slide says, and beyond that they make the good
# weights easier to find, as in section 2.

# %% [markdown]
# ## 5 · When the shape changes
#
# x and F(x) can be added only if their shapes are equal. In ResNet-34 most blocks keep the shape.
# But each stage after the first halves rows and columns, in the *first* 3×3 of its first block
# (stride 2), and doubles the channels.
#
# ### Exercise 6 · Where the identity does not fit · 2 points
#
# Which blocks need something else than the identity? `blocks` says how many blocks each stage has,
# `widths` how many channels its blocks give. One point for networks such as ResNet-34, one for
# others.


# %% exercise="needs_projection"
def needs_projection(channels, blocks, widths):
    """For every block, whether its output's shape differs from its input's.

    channels: how many come into the first block. blocks: such as [3, 4, 6, 3].
    widths: such as [64, 128, 256, 512]. Every stage but the first begins with stride 2.
    Returns a list of True and False, one for each block.
    """
    # BEGIN SOLUTION
    needed = []
    for stage, (number, width) in enumerate(zip(blocks, widths, strict=True)):
        for block in range(number):
            halves = stage > 0 and block == 0
            needed.append(halves or channels != width)
            channels = width
    return needed
    # END SOLUTION


# %% check="needs_projection"
check("needs_projection", needs_projection)

# %% tags=["demo"]
if check.passed("needs_projection"):
    for name, widths in (("34", [64, 128, 256, 512]), ("50", [256, 512, 1024, 2048])):
        needed = needs_projection(64, [3, 4, 6, 3], widths)
        print(f"ResNet-{name}: {sum(needed)} of {len(needed)} blocks, {needed}")

# %% [markdown]
# These are the dotted shortcuts in the slide's long drawing. The paper tries two ways to make them
# fit:
#
# * **Option A**: skip every second row and column, and fill up with channels of zeros. No weights.
# * **Option B**: a 1×1 convolution with stride 2, called a *projection*. It has weights.
#
# ### Exercise 7 · Two kinds of shortcut · 2 points
#
# Write both. Without a kernel it is option A (with stride 1 and as many filters as channels that is
# the identity). New channels come *behind* those of x.


# %% exercise="shortcut"
def shortcut(x, filters, stride, kernel):
    """What a shortcut brings to the sum.

    x: (H, W, C). filters: channels of the result, at least C without a kernel.
    stride: 1 or 2. kernel: None, or the weights of a 1×1 convolution, (C, filters).
    Returns an array of shape (rows, columns, filters).
    """
    # BEGIN SOLUTION
    seen = x[::stride, ::stride]
    if kernel is not None:
        return seen @ kernel
    missing = filters - x.shape[2]
    return np.pad(seen, ((0, 0), (0, 0), (0, missing)))
    # END SOLUTION


# %% check="shortcut"
check("shortcut", shortcut)

# %% tags=["demo"]
if check.passed("shortcut"):
    x = np.random.default_rng(0).normal(size=(56, 56, 64))
    kernel = np.random.default_rng(1).normal(size=(64, 128))
    print("into the second stage of ResNet-34:", x.shape)
    print(
        "option A:",
        np.shape(shortcut(x, 128, 2, None)),
        " option B:",
        np.shape(shortcut(x, 128, 2, kernel)),
    )

# %% [markdown]
# Both throw three quarters of the positions away: a 1×1 window with stride 2 never sees them.
# Option B did slightly better in the paper (Table 3: 24.52 % errors against 25.03 %), and it is
# what ResNet-50 and its larger sisters use.

# %% [markdown]
# ## 6 · The block in Keras
#
# In Keras, layers are called on tensors, and a tensor can be used twice: that is all a shortcut
# needs.
#
# ### Exercise 8 · The block in Keras · 3 points
#
# Write the block with `layers.Conv2D`, `layers.Add` and `layers.ReLU`, biases as Keras makes them,
# no batch norm. Where the shape changes, the shortcut is a 1×1 `Conv2D`, without an activation. One
# point for identity shortcuts, two for the others.
#
# (`Filled` in the check builds your block, fills all weights by a rule, and runs it on numbers. So
# the order in which you make the layers does not matter, only what the block computes.)


# %% exercise="keras_block"
def keras_block(x, filters, stride):
    """A residual block on a Keras tensor.

    x: a Keras tensor (images, rows, columns, channels); x.shape[-1] is its number of channels.
    filters: of both 3×3 convolutions. stride: of the first one. Returns a Keras tensor.
    """
    # BEGIN SOLUTION
    y = layers.Conv2D(filters, 3, strides=stride, padding="same", activation="relu")(x)
    y = layers.Conv2D(filters, 3, padding="same")(y)
    if stride != 1 or x.shape[-1] != filters:
        x = layers.Conv2D(filters, 1, strides=stride)(x)
    return layers.ReLU()(layers.Add()([y, x]))
    # END SOLUTION


# %% check="keras_block"
check("keras_block", Filled(keras_block))

# %% [markdown]
# With your block, a network like ResNet-34 takes one loop:

# %% tags=["demo"]
if check.passed("keras_block"):
    start = keras.Input((224, 224, 3))
    x = layers.Conv2D(64, 7, strides=2, padding="same", activation="relu")(start)
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    for stage, blocks in enumerate([3, 4, 6, 3]):
        for block in range(blocks):
            x = keras_block(x, 64 * 2**stage, 2 if stage and block == 0 else 1)
    x = layers.GlobalAveragePooling2D()(x)
    mine = keras.Model(start, layers.Dense(1000, activation="softmax")(x))
    print(f"{mine.count_params():,} parameters, last maps {mine.layers[-3].output.shape[1:]}")

# %% [markdown]
# Count the layers that have weights and lie on the long way: 1 + 2·16 + 1.

# %% tags=["demo"]
print("layers with weights:", 1 + 2 * sum([3, 4, 6, 3]) + 1)

# %% [markdown]
# ## 7 · What it costs
#
# <div class="alert alert-info" style="color: #1f2933"><b>Mult-adds and FLOPs.</b> A <i>mult-add</i>
# is one multiplication with the addition that follows. Strictly, a FLOP is one floating-point
# operation, so a mult-add is two FLOPs. The ResNet paper says FLOPs and counts mult-adds
# ("multiply-adds", its section 3.3). The slides follow it.</div>
#
# **Predict.** VGG-19 has 19 layers, ResNet-34 has 34. Which costs more, and by what factor?

# %% tags=["demo"]
vgg19, plain34, resnet34 = zoo.vgg("E"), zoo.plain(34), zoo.resnet(34)
for net in (vgg19, plain34, resnet34):
    cost = net.cost()
    print(
        f"{net.name:<9} {cost.mult_adds / 1e9:7.3f} G mult-adds  "
        f"{cost.parameters / 1e6:6.1f} M parameters"
    )

# %% [markdown]
# VGG-19 costs more than five times as much. Its first layers run 64 filters over 224×224 positions.
# ResNet goes down to 56×56 at once, and has one dense layer in place of three.
#
# Do the slide's figures hold? This is the course's paper check: what the paper prints, what we
# count, and the verdict.


# %% tags=["demo"]
def show(rows):
    """What the ResNet paper prints, what we count, and how the two agree."""
    for row in papers.check():
        if row.paper == papers.RESNET and row.row in rows:
            said = "" if row.verdict in ("exact", "rounded") else f": {row.reason}"
            print(
                f"{row.row:<9} {row.printed:>5} G  counted {row.counted_text}  {row.verdict}{said}"
            )


# %% tags=["demo"]
show(["VGG-19", "plain-34", "34-layer"])

# %% [markdown]
# 19.6 and plain-34's 3.6 are right. ResNet-34, counted as it is built today, has 3.664 G, which
# rounds to 3.7. What makes the difference? To find out, count a block.
#
# ### Exercise 9 · What a block costs · 3 points
#
# A basic block has two 3×3 convolutions (no biases). Count mult-adds, for the path and for the
# shortcut apart. With stride 1 and as many filters as channels, the shortcut is the identity; else
# it is a projection. Output positions: rows and columns divided by the stride, rounded up.


# %% exercise="basic_block_cost"
def basic_block_cost(height, width, channels, filters, stride):
    """Mult-adds of a basic block.

    height, width, channels: of the input. filters: of both convolutions.
    stride: of the first convolution, and of the shortcut.
    Returns two whole numbers: (both 3×3 convolutions, the shortcut).
    """
    # BEGIN SOLUTION
    positions = -(-height // stride) * -(-width // stride)
    path = positions * 9 * (channels * filters + filters * filters)
    changes = stride != 1 or channels != filters
    return path, positions * channels * filters if changes else 0
    # END SOLUTION


# %% check="basic_block_cost"
check("basic_block_cost", basic_block_cost)

# %% tags=["demo"]
if check.passed("basic_block_cost"):
    for size in [(56, 56, 64, 64, 1), (56, 56, 64, 128, 2), (28, 28, 128, 128, 1)]:
        path, way = basic_block_cost(*size)
        print(f"{size!s:<23} path {path:>11,}   shortcut {way:>9,}")

# %% [markdown]
# ### Exercise 10 · What the projections add · 1 point
#
# How many mult-adds do all projections of ResNet-34 need together? The input of its first stage is
# 56×56×64; the stages give 64, 128, 256 and 512 channels. Compute it.

# %% exercise="projection_work"
# BEGIN SOLUTION
projection_work = 28 * 28 * 64 * 128 + 14 * 14 * 128 * 256 + 7 * 7 * 256 * 512
# END SOLUTION

# %% check="projection_work"
check("projection_work", projection_work)

# %% tags=["demo"]
if check.passed("projection_work"):
    with_them = resnet34.cost().mult_adds
    print(f"ResNet-34 with projections:    {with_them / 1e9:.4f} G")
    print(f"ResNet-34 without projections: {(with_them - projection_work) / 1e9:.4f} G")
    print(f"plain-34:                      {plain34.cost().mult_adds / 1e9:.4f} G")

# %% [markdown]
# Without projections ResNet-34 costs exactly what plain-34 costs: option A is free. That is the
# network for which 3.6 is right. A number in a paper belongs to one exact network; half a per cent
# is enough to tell which.
#
# And if someone tells you ResNet-34 has 7.3 "GFLOPs"? Then multiplications and additions were
# counted apart:

# %% tags=["demo"]
print(f"{resnet34.cost('flops').mult_adds / 1e9:.2f} G FLOPs, strictly counted")

# %% [markdown]
# ## 8 · Bottlenecks, and two networks with one name
#
# From 50 layers on, a block has three layers: a 1×1 that makes channels few, a 3×3 that works on
# the few, and a 1×1 that makes them four times as many again. It is the 1×1 reduction that you know
# from Inception.

# %% tags=["demo"]
wide = chain(Input((56, 56, 256), name="x"))
path = [
    Conv2D(64, 1, use_bias=False, activation="relu", name="narrow_1x1"),
    Conv2D(64, 3, padding="same", use_bias=False, activation="relu", name="work_3x3"),
    Conv2D(256, 1, use_bias=False, name="widen_1x1"),
]
bottleneck = Network(
    "bottleneck", Activation("relu", name="relu")(branches(wide, path, [], join=Add(name="sum")))
)
display(bottleneck.diagram())

# %% tags=["demo"]
for layer in bottleneck.cost().layers:
    if layer.mult_adds.value:
        print(f"{layer.name:<11} {layer.mult_adds}")
print(
    f"in all {bottleneck.cost().mult_adds:,}; two 3×3 on 256 channels: {2 * 56**2 * 9 * 256**2:,}"
)

# %% [markdown]
# Seventeen times cheaper than two 3×3 on the wide channels. The price of one such block is about
# that of a basic block on 64 channels, and its shortcut carries 256.
#
# Where does a bottleneck make its step of 2? There are two answers:
#
# * in the **first 1×1**, as in the paper, and in Keras;
# * in the **3×3**, as in PyTorch's torchvision and many others ("ResNet v1.5").
#
# ### Exercise 11 · The bottleneck, and where its stride stands · 3 points
#
# Count the mult-adds of a whole bottleneck block, its projection included where one is needed. One
# point for stride 1, one for each place of the stride.


# %% exercise="bottleneck_cost"
def bottleneck_cost(height, width, channels, filters, stride, stride_in):
    """Mult-adds of a bottleneck block: 1×1 to filters, 3×3 to filters, 1×1 to 4·filters.

    height, width, channels: of the input. stride: 1 or 2. stride_in: "1x1" when the first layer
    makes the step, "3x3" when the second does. The projection always has the stride.
    Returns a whole number.
    """
    # BEGIN SOLUTION
    after = -(-height // stride) * -(-width // stride)
    first = after if stride_in == "1x1" else height * width
    work = first * channels * filters
    work += after * 9 * filters * filters
    work += after * filters * 4 * filters
    if stride != 1 or channels != 4 * filters:
        work += after * channels * 4 * filters
    return work
    # END SOLUTION


# %% check="bottleneck_cost"
check("bottleneck_cost", bottleneck_cost)

# %% tags=["demo"]
if check.passed("bottleneck_cost"):
    for stride_in in ("1x1", "3x3"):
        print(stride_in, f"{bottleneck_cost(56, 56, 256, 128, 2, stride_in):,}")

# %% [markdown]
# ### Exercise 12 · Two networks, one name · 1 point
#
# You read in one place that ResNet-50 takes 3.858 G, and in another 4.089 G. Both count with care.
# Why do they differ?
#
# * **a** One counts mult-adds, the other FLOPs.
# * **b** One leaves the projections out.
# * **c** One counts batch norm and biases.
# * **d** One network has its strides in the first 1×1, the other in the 3×3.
# * **e** The images have another size.

# %% exercise="which_resnet50"
# BEGIN SOLUTION
which_resnet50 = "d"
# END SOLUTION

# %% check="which_resnet50"
check("which_resnet50", which_resnet50)

# %% [markdown]
# Layer by layer: which ones differ?

# %% tags=["demo"]
if check.passed("which_resnet50"):
    here, there = zoo.resnet(50).cost(), zoo.resnet(50, stride_in="3x3").cost()
    for layer in here.layers:
        if layer.kind == "Conv2D" and layer.mult_adds.value != there[layer.name].mult_adds.value:
            other = there[layer.name].mult_adds.value
            print(f"{layer.name}: {layer.mult_adds.value:,} or {other:,}")
    print(f"in all: {here.mult_adds / 1e9:.3f} G or {there.mult_adds / 1e9:.3f} G")
    print(f"the same parameters: {here.parameters == there.parameters}")

# %% [markdown]
# The same weights fit into both networks, and both are called ResNet-50. So never quote the cost of
# "ResNet-50": say which.
#
# The paper's whole column (Table 1), checked:

# %% tags=["demo"]
show([f"{depth}-layer" for depth in (18, 34, 50, 101, 152)])

# %% [markdown]
# And the same five with the stride in the 3×3:

# %% tags=["demo"]
for depth in (18, 34, 50, 101, 152):
    one, other = (zoo.resnet(depth, stride_in=place).cost().mult_adds for place in ("1x1", "3x3"))
    print(f"ResNet-{depth:<3}  first 1×1 {one / 1e9:7.3f} G   3×3 {other / 1e9:7.3f} G")

# %% [markdown]
# ResNet-18 and 34 have no bottleneck, so nothing changes there. ResNet-152, eight times as deep as
# VGG-19, costs little more than half as much as VGG-19.

# %% [markdown]
# ## 9 · Many ways through
#
# At every block, a signal goes through the layers or around them. So a residual network is a bundle
# of many networks, short and long.
#
# ### Exercise 13 · Many ways through · 1 point
#
# `blocks` residual blocks stand one behind the other, each with two k×k convolutions of stride 1.
# Every way through them has its own receptive field. List the sizes that occur, each once, the
# smallest first.


# %% exercise="path_fields"
def path_fields(blocks, kernel_size):
    """The receptive field sizes of all ways through a stack of residual blocks.

    blocks: how many. kernel_size: k, of both convolutions of a block.
    Returns a list of whole numbers, the smallest first.
    """
    # BEGIN SOLUTION
    return [1 + taken * 2 * (kernel_size - 1) for taken in range(blocks + 1)]
    # END SOLUTION


# %% check="path_fields"
check("path_fields", path_fields)

# %% [markdown]
# Two blocks on a 24×24 image. Where branches meet, the figure draws what *each* way sees, and all
# of it together. Point at a line of the table.

# %% tags=["demo"]
x = chain(Input((24, 24, 8), name="image"))
for number in (1, 2):
    path = [
        Conv2D(8, 3, padding="same", activation="relu", name=f"block{number}_conv1"),
        Conv2D(8, 3, padding="same", name=f"block{number}_conv2"),
    ]
    x = Activation("relu", name=f"block{number}_out")(
        branches(x, path, [], join=Add(name=f"block{number}_sum"))
    )
two_blocks = Network("two residual blocks", x)
figures.receptive_field_explorer(two_blocks, "block2_sum")

# %% [markdown]
# The whole ResNet-34: the longest way sees far more than the image. The one that takes all
# shortcuts sees a small patch: there are only the 7×7, with stride 2, and the 3×3 pooling. (A 1×1
# projection adds nothing to the field.)

# %% tags=["demo"]
print(resnet34.receptive_field())
print("on an image of", resnet34.input_shape)
print("by the shortcuts alone:", 7 + 2 * (3 - 1), "pixels a side")

# %% [markdown]
# How many ways are there, and how long are they? Each of the 16 blocks is taken or not:

# %% tags=["demo"]
from math import comb

ways = [comb(16, taken) for taken in range(17)]
print(f"{sum(ways):,} ways")
figures.bars(
    [f"{taken} blocks" for taken in range(17)],
    ways,
    "The number of ways through ResNet-34 by how many of its 16 blocks they take: most take about "
    "half, hardly any take all or none.",
)

# %% [markdown]
# Most ways take about half of the blocks. Veit and others (2016) found that most of the gradient
# travels on even shorter ones: a very deep residual network learns like a crowd of shallow ones.

# %% [markdown]
# **Now play.** Put the second ReLU before the sum in `pair` and train again. Leave out every other
# shortcut. Start the residual networks from He's weights and not from zeros (what happens to the
# first loss?). Write down what you expect, then run it.

# %% [markdown]
# ## What you can do now
#
# You can now
#
# 1. show degradation by experiment, and say why it is not overfitting: the *training* loss rises
#    with depth, for every seed (section 1);
# 2. write F(x) = H(x) − x, and say why "do nothing" is easy for a residual block: zeros
#    (section 2);
# 3. compute a residual block by hand, with the ReLU behind the sum (section 3);
# 4. explain by a product how gradients vanish, and how 1 + a keeps them; and that this is not the
#    whole story (section 4);
# 5. find the blocks whose shape changes, and make the shortcut fit by zeros or by a 1×1 projection,
#    with its stride (section 5);
# 6. build the block in Keras (section 6);
# 7. count VGG-19 (19.6 G), plain-34 and ResNet-34 (3.6 G), and say which ResNet-34 the 3.6 is
#    (section 7);
# 8. count a bottleneck, and ask "stride in the 1×1 or in the 3×3?" when you read "ResNet-50"
#    (section 8);
# 9. say which receptive fields the ways through a residual network have (section 9).
#
# **Next:** lesson 11 makes networks small enough for a telephone: MobileNet.

# %% [markdown]
# ## Further reading
#
# * He, Zhang, Ren, Sun, *Deep residual learning for image recognition* (2016): section 1 and figure
#   1, degradation; 3.1 and 3.2, the block; 3.3, the networks; table 1, the costs; 4.1, gradients
#   and options A, B and C.
# * He, Zhang, Ren, Sun, *Identity mappings in deep residual networks* (2016): section 2, why the
#   shortcut should be left clear; section 4, ReLU before or behind.
# * Veit, Wilber, Belongie, *Residual networks behave like ensembles of relatively shallow networks*
#   (2016): sections 3 and 5, the many ways.
# * Goyal and others, *Accurate, large minibatch SGD* (2017): section 5.1, starting blocks at zero.
# * He, Zhang, Ren, Sun, *Delving deep into rectifiers* (2015): section 2.2, first weights for ReLU.
# * Araujo, Norris, Sim, *Computing receptive fields of convolutional neural networks* (2019): the
#   part on architectures with more than one path.
