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
# # 11 · MobileNet: how cheap can a network be?
#
# VGG-16 needs fifteen billion multiplications to look at one picture. A phone has a small battery
# and a user who waits. MobileNet takes the convolution apart into two cheap halves, and does nearly
# as well with a small part of the work.
#
# **In this lesson you will**
#
# 1. count the work of an ordinary convolution layer;
# 2. write the two halves by hand, depthwise and pointwise, and see what they can and cannot do;
# 3. derive what is left of the work, 1/N + 1/D_K², and check it by counting;
# 4. put batch norm and ReLU in their places, and build the block in Keras;
# 5. make a network thinner (α) and its pictures smaller (ρ), and say what each saves;
# 6. check the paper's tables number by number, and find a misprint;
# 7. train a separable and an ordinary network side by side, three times each;
# 8. measure why mult-adds are not seconds;
# 9. weigh accuracy against cost, and find the networks that are worth a look.
#
# About **100 minutes**, twelve exercises, 20 points. The longest wait is about a minute of
# training. You need lessons 1, 2 and 5.

# %% tags=["setup"]
import numpy as np
from IPython.display import display

from cnncourse import check, figures, widgets, zoo
from cnncourse.data import as_inputs, load_mnist
from cnncourse.network import from_keras
from cnncourse.training import attempt, fit, profile, quietly, set_seeds

# %% [markdown]
# ## 1 · What an ordinary layer costs
#
# This lesson uses the letters of the MobileNet paper, as the lecture does:
#
# | letter | what it is | in code |
# |---|---|---|
# | $D_K$ | side of the kernel, 3 in MobileNet | `kernel` |
# | $M$ | channels that come in | `channels` |
# | $N$ | filters, so channels that go out | `filters` |
# | $D_F$ | side of the map (padding keeps it, stride 1) | `size` |
#
# <div class="alert alert-info" style="color: #1f2933"><b>Mult-add.</b> One multiplication and the
# addition that follows it, counted as one. Also called MAC. It is the usual measure of a network's
# <i>work</i>. Adding a bias is no mult-add, and is left out.</div>

# %% [markdown]
# ### Exercise 1 · The work of an ordinary layer · 1 point
#
# Every number of the output is one filter on one window. How many mult-adds does the layer do?


# %% exercise="ordinary_work"
def ordinary_work(kernel, channels, filters, size):
    """Mult-adds of an ordinary convolution layer, biases left out.

    kernel: side of the kernel; channels: in; filters: how many; size: side of the output map.
    Returns a whole number.
    """
    # BEGIN SOLUTION
    each_output = kernel * kernel * channels
    outputs = filters * size * size
    return each_output * outputs
    # END SOLUTION


# %% check="ordinary_work"
check("ordinary_work", ordinary_work)

# %% [markdown]
# The lecture's example is a layer from the middle of MobileNet: 3×3 kernels, 512 channels in, 512
# out, a map of 14×14. **Predict:** thousands, millions, or billions of mult-adds?

# %% tags=["demo"]
if check.passed("ordinary_work"):
    print(f"{ordinary_work(3, 512, 512, 14):,} mult-adds")

# %% [markdown]
# And a network has dozens of layers. In the formula
#
# $$D_K \cdot D_K \cdot M \cdot N \cdot D_F \cdot D_F$$
#
# everything is *multiplied*: looking at neighbours ($D_K^2$) and mixing channels ($M \cdot N$).
# MobileNet does the two one after the other.

# %% [markdown]
# ## 2 · Two halves
#
# ### Depthwise: every channel for itself
#
# An ordinary filter reaches through all channels and adds them up. A **depthwise** convolution has
# one flat kernel for each channel. It looks at neighbours and never mixes channels: three channels
# in, three maps out.
#
# Point at a number of a map. From which channel does it come?

# %% tags=["demo"]
numbers = np.random.default_rng(11)
patch, flat = numbers.integers(0, 4, (5, 5, 3)), numbers.integers(-1, 2, (3, 3, 3))
widgets.window_explorer(patch, flat, mode="depthwise")

# %% [markdown]
# ### Exercise 2 · Every channel for itself · 2 points
#
# Write it: stride 1, no padding, no bias.


# %% exercise="depthwise_map"
def depthwise_map(image, kernels):
    """A depthwise convolution: channel c of the image with kernel c, and no sum over channels.

    image: (H, W, C); kernels: (kh, kw, C).
    Returns an array of shape (H - kh + 1, W - kw + 1, C).
    """
    # BEGIN SOLUTION
    kh, kw, channels = kernels.shape
    rows, columns = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    result = np.zeros((rows, columns, channels))
    for row in range(rows):
        for column in range(columns):
            window = image[row : row + kh, column : column + kw]
            result[row, column] = (window * kernels).sum(axis=(0, 1))
    return result
    # END SOLUTION


# %% check="depthwise_map"
check("depthwise_map", depthwise_map)

# %% [markdown]
# ### Pointwise: mix the channels
#
# A 1×1 convolution, the **pointwise** half, is the opposite. It sees no neighbours. At every
# position it makes N new numbers out of the M numbers there, each a weighted sum.

# %% tags=["demo"]
weights = numbers.integers(-1, 3, (3, 2))
widgets.window_explorer(patch, weights, mode="pointwise", at=(2, 3))

# %% [markdown]
# ### Exercise 3 · Depthwise, then pointwise · 2 points
#
# Together the two halves are a **separable** convolution. Write it, without anything in between.


# %% exercise="separable_map"
def separable_map(image, kernels, mixing):
    """A separable convolution: depthwise with `kernels`, then pointwise with `mixing`.

    image: (H, W, M); kernels: (kh, kw, M); mixing: (M, N).
    Returns an array of shape (H - kh + 1, W - kw + 1, N).
    """
    # BEGIN SOLUTION
    maps = depthwise_map(image, kernels)
    return maps @ mixing
    # END SOLUTION


# %% check="separable_map"
check("separable_map", separable_map)

# %% [markdown]
# Is something lost? Nothing stands between the halves, so both together are *one* ordinary
# convolution. Its weight for row i, column j, channel m and filter n is a product of two:
#
# $$W_{ijmn} = K_{ijm} \cdot P_{mn}$$

# %% tags=["demo"]
from cnncourse.ops import conv2d as ready_conv2d

if check.passed("separable_map"):
    whole = flat[:, :, :, None] * weights
    same = np.allclose(separable_map(patch, flat, weights), ready_conv2d(patch, whole))
    print(f"ordinary kernels of shape {whole.shape}; the same maps: {same}")

# %% [markdown]
# So a separable layer is an ordinary layer that is not free. In an ordinary layer, filter 0 may
# look for upright edges in channel 2, and filter 1 for level edges there. In a separable layer all
# filters share **one** view of channel 2; they only weigh it differently.
#
# Count the weights: every little square is one.

# %% tags=["demo"]
from cnncourse.figures.lesson_11 import Spot, cost_accuracy, layer_stacks, separable_weights

separable_weights(kernel=3, channels=4, filters=6)

# %% [markdown]
# ## 3 · What is left of the work
#
# ### Exercise 4 · The work of a separable layer · 1 point
#
# The halves are done one after the other. How many mult-adds do both need?


# %% exercise="separable_work"
def separable_work(kernel, channels, filters, size):
    """Mult-adds of a separable convolution layer: its depthwise and its pointwise half.

    Arguments as in ordinary_work. Returns a whole number.
    """
    # BEGIN SOLUTION
    depthwise = kernel * kernel * channels * size * size
    pointwise = channels * filters * size * size
    return depthwise + pointwise
    # END SOLUTION


# %% check="separable_work"
check("separable_work", separable_work)

# %% [markdown]
# **Predict.** The lecture's layer again, 3×3, 512 to 512, 14×14. The ordinary one needed 462
# million. Half of that? A tenth?

# %% tags=["demo"]
if check.passed("ordinary_work") and check.passed("separable_work"):
    layer = (3, 512, 512, 14)
    print(f"ordinary   {ordinary_work(*layer):>12,}")
    print(f"separable  {separable_work(*layer):>12,}")

# %% [markdown]
# ### The ratio, derived
#
# Divide the two, and strike out what stands above and below the line:
#
# $$\frac{D_K^2 \cdot M \cdot D_F^2 + M \cdot N \cdot D_F^2}{D_K^2 \cdot M \cdot N \cdot D_F^2}
# \;=\; \frac{D_K^2 \cdot M \cdot D_F^2}{D_K^2 \cdot M \cdot N \cdot D_F^2}
# + \frac{M \cdot N \cdot D_F^2}{D_K^2 \cdot M \cdot N \cdot D_F^2} \;=\; \;?$$
#
# ### Exercise 5 · What is left of the work · 1 point
#
# Work the two fractions out on paper. The size of the map cancels, and something else does, too.


# %% exercise="work_ratio"
def work_ratio(kernel, channels, filters):
    """Separable work divided by ordinary work.

    Returns a number, below 1 when the separable layer is cheaper.
    """
    # BEGIN SOLUTION
    return 1 / filters + 1 / kernel**2
    # END SOLUTION


# %% check="work_ratio"
check("work_ratio", work_ratio)

# %% [markdown]
# A derivation can go wrong, so we count as well. Layers of several sizes: the formula beside the
# two counts.

# %% tags=["demo"]
if all(check.passed(name) for name in ("ordinary_work", "separable_work", "work_ratio")):
    for k, m, n, f in [(3, 512, 512, 14), (3, 64, 128, 56), (5, 64, 128, 56), (3, 64, 2, 56)]:
        counted = separable_work(k, m, n, f) / ordinary_work(k, m, n, f)
        ratio = work_ratio(k, m, n)
        print(f"kernel {k}, {m:>3} to {n:>3}: {ratio:.4f}, counted {counted:.4f}")

# %% [markdown]
# With many filters 1/N hardly counts, and 1/D_K² is left: for 3×3 kernels the work falls to a bit
# more than a ninth, "between 8 and 9 times less" as the paper says. With two filters there is
# little to gain.
#
# Which half is the larger one now?

# %% tags=["demo"]
if check.passed("separable_work"):
    depthwise = 3 * 3 * 512 * 14 * 14
    names, halves = ["depthwise", "pointwise"], [depthwise, separable_work(3, 512, 512, 14)]
    halves[1] -= depthwise
    alt = "Mult-adds of the two halves of a separable layer: nearly all are in the pointwise half."
    display(figures.bars(names, halves, alt, show=lambda n: f"{n / 1e6:.1f} million"))

# %% [markdown]
# Looking at neighbours has become nearly free. Mixing channels is what is left to pay.

# %% [markdown]
# ## 4 · Batch norm and ReLU
#
# So far the halves stood side by side without anything between. In MobileNet each half gets its own
# batch norm and its own ReLU:

# %% tags=["demo"]
rest = ["batch norm", "ReLU"]
layer_stacks(
    {
        "ordinary": ["3×3 convolution", *rest],
        "separable": ["3×3 depthwise", *rest, "1×1 pointwise", *rest],
    },
    "Left: convolution, batch norm, ReLU. Right: depthwise convolution, batch norm, ReLU, "
    "pointwise convolution, batch norm, ReLU.",
)

# %% [markdown]
# <div class="alert alert-info" style="color: #1f2933"><b>Batch norm.</b> For each channel it
# subtracts the mean and divides by the standard deviation (of the batch in training; of what it has
# seen on average later), then multiplies by a learned number γ and adds a learned number β. So it
# stores four numbers for each channel: γ, β, mean, variance. Training by gradient moves the first
# two.</div>
#
# Whatever bias a convolution adds, batch norm subtracts again with the mean. So the convolutions in
# front of it have **no bias**.

# %% [markdown]
# ### Exercise 6 · The parameters of a block · 2 points
#
# A block is the right column above: six layers. How many parameters does it have in all, those that
# batch norm stores included?


# %% exercise="block_parameters"
def block_parameters(kernel, channels, filters):
    """Parameters of depthwise, batch norm, ReLU, pointwise, batch norm, ReLU; no biases.

    Returns a whole number: everything that is stored, trained or not.
    """
    # BEGIN SOLUTION
    depthwise = kernel * kernel * channels + 4 * channels
    pointwise = channels * filters + 4 * filters
    return depthwise + pointwise
    # END SOLUTION


# %% check="block_parameters"
check("block_parameters", block_parameters)

# %% [markdown]
# A whole MobileNet is a first ordinary convolution, 13 such blocks, and a dense layer. Here is the
# list of its blocks: filters, and stride. With your function its parameters take three lines.

# %% tags=["demo"]
from itertools import pairwise

from cnncourse.zoo.mobilenet import BLOCKS

print(*BLOCKS)

# %% tags=["demo"]
if check.passed("block_parameters"):
    sizes = [32, *(filters for filters, stride in BLOCKS)]
    blocks = sum(block_parameters(3, m, n) for m, n in pairwise(sizes))
    first, dense = 3 * 3 * 3 * 32 + 4 * 32, (1024 + 1) * 1000
    print(f"{first + blocks + dense:,} parameters by hand")
    print(f"{zoo.mobilenet().cost().parameters:,} counted by the course's library")

# %% [markdown]
# That is also what Keras says for its own MobileNet. VGG-16 has 138 million.

# %% [markdown]
# Loading Keras takes about ten seconds.

# %% tags=["setup"]
with quietly():  # without TensorFlow's start-up lines
    import keras
    from keras import layers

# %% [markdown]
# ### Exercise 7 · Build the block · 3 points
#
# Write a function that returns the block as a Keras model, not compiled. Its input is a map of 15
# rows, 20 columns and 24 channels. Kernel 3×3, padding `"same"`, and a **stride of 2**, so that 8
# rows and 10 columns are left; 40 filters. Only one of the two halves should have the stride: the
# one that still sees every pixel.


# %% exercise="separable_block"
def separable_block():
    """A MobileNet block with stride 2, from (15, 20, 24) to (8, 10, 40).

    Returns a Keras model. Layers: layers.DepthwiseConv2D, layers.Conv2D,
    layers.BatchNormalization, layers.ReLU.
    """
    # BEGIN SOLUTION
    return keras.Sequential(
        [
            keras.Input((15, 20, 24)),
            layers.DepthwiseConv2D(3, strides=2, padding="same", use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Conv2D(40, 1, use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(),
        ]
    )
    # END SOLUTION


# %% check="separable_block"
check("separable_block", separable_block)

# %% tags=["demo"]
block = attempt(separable_block)
if block is not None and check.passed("block_parameters"):
    print(f"{block.count_params():,} parameters; by hand {block_parameters(3, 24, 40):,}")

# %% [markdown]
# ## 5 · Thinner, and smaller
#
# Sometimes even MobileNet is too large. It comes with two knobs.
#
# * The **width multiplier** α makes every layer thinner: M channels become αM, N become αN.
# * The **resolution multiplier** ρ makes the pictures smaller: a side $D_F$ becomes $ρD_F$, in
#   every layer.
#
# **Predict.** α = 0.5 halves the channels. Does it halve the work? Does ρ = 0.5 halve the
# parameters?
#
# ### Exercise 8 · Thinner, and smaller · 2 points
#
# A separable layer with α and ρ: count its work, and its bare weights (no biases, no batch norm).
# All sizes come out whole. One point for α alone, one for ρ.


# %% exercise="thin_layer"
def thin_layer(kernel, channels, filters, size, alpha, rho):
    """Work and weights of a separable layer, made thinner by alpha and smaller by rho.

    kernel, channels, filters, size: as in ordinary_work, before the multipliers.
    Returns two numbers: (mult-adds, parameters).
    """
    # BEGIN SOLUTION
    m, n = alpha * channels, alpha * filters
    side = rho * size
    parameters = kernel**2 * m + m * n
    return parameters * side**2, parameters
    # END SOLUTION


# %% check="thin_layer"
check("thin_layer", thin_layer)

# %% [markdown]
# Table 3 of the paper does this step by step, for the layer you know. ρ = 0.714 makes 10 out of 14.

# %% tags=["demo"]
if check.passed("ordinary_work") and check.passed("thin_layer"):
    plain = 3 * 3 * 512 * 512
    counts = {"ordinary": (ordinary_work(3, 512, 512, 14), plain)}
    for alpha, rho in [(1, 1), (0.75, 1), (0.75, 10 / 14)]:
        counts[f"α {alpha}, ρ {rho:.3f}"] = thin_layer(3, 512, 512, 14, alpha, rho)
    for name, (work, size) in counts.items():
        print(f"{name:<16}{work / 1e6:7.2f} M mult-adds   {size / 1e6:.3f} M parameters")

# %% [markdown]
# And here is what the paper prints, with what the course counts. The last column compares the two:
# *exact*, *rounded*, *truncated* (digits cut off), *another convention*, or an *error*.

# %% tags=["demo"]
from cnncourse.zoo.papers import MOBILENET, PUBLISHED, compare


def paper(table):
    """Print a table of the MobileNet paper beside what is counted, with a verdict."""
    rows = [compare(r) for r in PUBLISHED if (r.paper, r.table) == (MOBILENET, table)]
    for row in rows:
        number = f"{row.printed} {row.unit}"
        print(f"{row.row:<20} {row.quantity:<11}{number:>8}{row.counted_text:>13}  {row.verdict}")
        if row.verdict not in ("exact", "rounded"):
            print(f"{'':<10}{row.reason}")


# %% tags=["demo"]
paper("Table 3")

# %% [markdown]
# <details><summary>Both knobs in one formula (open it when yours passes)</summary>
#
# $$D_K^2 \cdot αM \cdot (ρD_F)^2 \;+\; αM \cdot αN \cdot (ρD_F)^2$$
#
# </details>
#
# The two knobs save different things:
#
# | | work | parameters |
# |---|---|---|
# | α | about α² (pointwise α², depthwise only α) | about α² |
# | ρ | ρ² | nothing: the same kernels slide over less |

# %% [markdown]
# ### Turn the knobs
#
# The whole network now. Rows are widths, columns resolutions. Point at a field, or choose your own
# α and resolution above.
#
# Accuracies cannot be counted; they were measured by the paper's authors, and stand only where the
# paper prints them.
#
# **Predict first:** which is cheaper, α = 0.5 at 224 pixels, or α = 1 at 128? And which is better?

# %% tags=["demo"]
widgets.mobilenet_explorer(alpha=0.5, resolution=160)

# %% [markdown]
# Two things to find:
#
# * Walk down a column. The parameters fall by *less* than α². Which colour does not shrink with
#   α²? (The dense layer has 1 000 outputs, whatever α is.)
# * Walk along a row. The lower bar does not move.

# %% [markdown]
# ## 6 · The paper's tables, checked
#
# ### Is the separable network worse?
#
# Table 4: the same network, with ordinary and with separable convolutions. First the accuracies, as
# printed:

# %% tags=["demo"]
from cnncourse.zoo.mobilenet_accuracy import TRAINED


def printed(*tables):
    """Print what the paper gives for every network of these tables."""
    for each in TRAINED:
        if each.table in tables:
            print(
                f"{each.table}  {each.name:<20} {each.accuracy} %  {each.mult_adds:>6,} M mult-adds"
            )


# %% tags=["demo"]
printed("Table 4")
full = TRAINED[0].accuracy, next(t.accuracy for t in TRAINED if t.name == "1.0 MobileNet-224")
print(f"Table 4  MobileNet (as in Table 6) {full[1]} %: {full[0] - full[1]:.1f} points less")

# %% [markdown]
# About one point of accuracy, for less than an eighth of the work and a seventh of the parameters.
# Do the counts hold?

# %% tags=["demo"]
paper("Table 4")

# %% [markdown]
# All but one are rounded. 4866 leaves the dense layer out, while 569 in the line below has it in:
# two conventions in one column. The difference is small here. It is a reminder that **a count
# without its convention means little**.
#
# ### α and ρ

# %% tags=["demo"]
paper("Table 6")

# %% tags=["demo"]
paper("Table 7")

# %% [markdown]
# 290 is cut off: 290.68 should have become 291. And 149, where we count 149.50? Look closer:

# %% tags=["demo"]
print(f"{zoo.mobilenet(0.5).cost().mult_adds:,}")

# %% [markdown]
# That is just below the half, so 149 is rounded as it should be. And what the two knobs cost in
# accuracy:

# %% tags=["demo"]
printed("Table 6", "Table 7")

# %% [markdown]
# Down to α = 0.5 it goes gently. At α = 0.25 the network is too thin, and loses 13 points at once.
#
# Is it better to make a network thinner or shallower? Table 5: α = 0.75, against leaving out five
# of the 13 blocks.

# %% tags=["demo"]
paper("Table 5")
printed("Table 5")

# %% [markdown]
# At about the same cost, the thinner network has 68.4 %, the shallower one 65.3 %.

# %% [markdown]
# ### A misprint
#
# Table 2 says where MobileNet's work and its parameters are, in per cent:
#
# | kind of layer | mult-adds | parameters |
# |---|---|---|
# | 1×1 convolution | 94.86 | 74.59 |
# | 3×3 depthwise | 3.06 | 1.06 |
# | 3×3 ordinary (the first layer) | 1.19 | 0.02 |
# | dense | 0.18 | 24.33 |
#
# ### Exercise 9 · Find the misprint · 1 point
#
# One of the eight numbers is wrong. What should stand there, in per cent? Two ways lead there: add
# up, or count. (`zoo.mobilenet().cost()` has a row for each layer: `.layers[1].mult_adds.value`.)

# %% exercise="misprint"
# BEGIN SOLUTION
first_layer = 3 * 3 * 3 * 32 * 112 * 112
misprint = round(100 * first_layer / zoo.mobilenet().cost().mult_adds, 2)
# END SOLUTION

# %% check="misprint"
check("misprint", misprint)

# %% tags=["demo"]
if check.passed("misprint"):
    paper("Table 2")

# %% [markdown]
# Two digits were exchanged, and thousands have read over it. When you build on a number, count it.

# %% [markdown]
# ## 7 · Side by side
#
# Does it work, when you train it yourself? Two small networks for digits, alike but for one thing:
# their three middle layers are ordinary in one, separable in the other.

# %% tags=["demo"]
digits = load_mnist()
every, epochs, seeds = (6, 3, (1, 2, 3)) if profile() == "full" else (30, 1, (1,))
x_train, y_train = as_inputs(digits.x_train[::every]), digits.y_train[::every]
x_test, y_test = as_inputs(digits.x_test[::2]), digits.y_test[::2]


# %% tags=["demo"]
def normed(x, convolution):
    """Convolution, batch norm, ReLU. (The momentum suits a short training.)"""
    return layers.ReLU()(layers.BatchNormalization(momentum=0.9)(convolution(x)))


# %% tags=["demo"]
def middle(x, filters, strides, separable):
    """One layer of the middle, of either kind."""
    how = {"strides": strides, "padding": "same", "use_bias": False}
    if not separable:
        return normed(x, layers.Conv2D(filters, 3, **how))
    x = normed(x, layers.DepthwiseConv2D(3, **how))
    return normed(x, layers.Conv2D(filters, 1, use_bias=False))


# %% tags=["demo"]
def small_net(separable):
    """A network for digits, compiled and untrained."""
    inputs = keras.Input((28, 28, 1))
    x = normed(inputs, layers.Conv2D(24, 3, strides=2, padding="same", use_bias=False))
    for filters, strides in [(48, 1), (96, 2), (96, 1)]:
        x = middle(x, filters, strides, separable)
    x = layers.GlobalAveragePooling2D()(x)
    model = keras.Model(inputs, layers.Dense(10, activation="softmax")(x))
    steps = epochs * len(x_train) // 64  # the rate falls to 0, so that the end does not jump
    rate = keras.optimizers.schedules.CosineDecay(0.004, steps)
    optimizer = keras.optimizers.Adam(rate)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


# %% tags=["demo"]
kinds = {"ordinary": False, "separable": True}
costs = {name: from_keras(small_net(separable)).cost() for name, separable in kinds.items()}
for name, cost in costs.items():
    print(f"{name:<10} {cost.parameters:>8,} parameters {cost.mult_adds:>11,} mult-adds")

# %% [markdown]
# A seventh of the parameters, an eighth of the work. **Predict:** how much accuracy does that cost?
# And will the separable network train eight times faster?
#
# Each is trained three times, with three seeds. One training alone proves little: the next one
# comes out differently.
#
# <div class="alert alert-info" style="color: #1f2933"><b>Processor seconds.</b> How long the cores
# worked for us, added up over all cores. Unlike the time on the clock, it hardly depends on what
# else the machine is doing. With two cores and nothing else to do, you wait about half as
# long.</div>

# %% tags=["demo", "nbval-ignore-output"]
from time import process_time

runs, models = {name: [] for name in kinds}, {}
for seed in seeds:
    for name, separable in kinds.items():
        set_seeds(seed)
        models[name] = small_net(separable)
        start = process_time()
        fit(models[name], x_train, y_train, epochs=epochs, batch_size=64)
        seconds = process_time() - start
        right = models[name].evaluate(x_test, y_test, batch_size=500, verbose=0)[1]
        runs[name].append((right, seconds))
        print(f"seed {seed}  {name:<10} {right:.2%} right, trained in {seconds:.0f} s")

# %% tags=["demo", "nbval-ignore-output"]
for name, results in runs.items():
    accuracies, times = np.array(results).T
    print(
        f"{name:<10} {accuracies.mean():.2%} right (from {accuracies.min():.2%} to "
        f"{accuracies.max():.2%}), {np.median(times):.0f} s (from {times.min():.0f} to "
        f"{times.max():.0f})"
    )

# %% [markdown]
# Compare within each seed, and compare the ranges. In all our trainings the ordinary network was
# ahead, by a bit less than a point. For ImageNet, Table 4 says 1.1. Whether a point is a high price
# for an eighth of the work depends on where the network is to run.
#
# But look at the seconds: an eighth of the work, and nothing like an eighth of the time. Part of
# that is the start, which takes some seconds for either. What about a network that only *reads*? We
# measure each network several times and keep the best: disturbances can only make it slower.


# %% tags=["demo"]
def reading_time(model, images, repeats=5, least=0.3):
    """Processor seconds for one batch: the best of several measurements of about 0.3 s."""
    model.predict_on_batch(images)  # the first time takes longer
    start = process_time()
    model.predict_on_batch(images)
    once = max(process_time() - start, 0.001)  # some clocks tick slowly
    rounds = max(1, round(least / once))
    times = []
    for _ in range(repeats):
        start = process_time()
        for _ in range(rounds):
            model.predict_on_batch(images)
        times.append((process_time() - start) / rounds)
    return min(times)


# %% tags=["demo", "nbval-ignore-output"]
reading = {name: reading_time(model, x_test[:1000]) for name, model in models.items()}
for name, seconds in reading.items():
    rate = costs[name].mult_adds * 1000 / seconds / 1e9
    print(f"{name:<10} 1 000 digits in {seconds:.3f} s: {rate:.0f} billion mult-adds a second")

# %% [markdown]
# All four together: how many times less does the separable network need?

# %% tags=["demo", "nbval-ignore-output"]
ordinary, separable = costs.values()
medians = [np.median([seconds for _, seconds in results]) for results in runs.values()]
times_less = {
    "parameters": ordinary.parameters / separable.parameters,
    "mult-adds": ordinary.mult_adds / separable.mult_adds,
    "seconds to train": medians[0] / medians[1],
    "seconds to read": reading["ordinary"] / reading["separable"],
}
alt = "How many times less the separable network needs: far fewer mult-adds, not far less time."
figures.bars(list(times_less), list(times_less.values()), alt, show=lambda n: f"{n:.1f} times less")

# %% [markdown]
# ## 8 · Mult-adds are not seconds
#
# Now the large ones: VGG-16 and MobileNet, without their dense layers, with random weights (the
# time does not depend on what the weights are), on random pictures.

# %% tags=["demo", "nbval-ignore-output"]
side, batch = (128, 8) if profile() == "full" else (64, 2)
vgg = keras.applications.VGG16(weights=None, include_top=False, input_shape=(side, side, 3))
mobile = keras.applications.MobileNet(weights=None, include_top=False, input_shape=(side, side, 3))

# %% tags=["demo"]
for name, model in {"VGG-16": vgg, "MobileNet": mobile}.items():
    shape = from_keras(model).with_input((128, 128, 3))
    print(f"{name:<10} {shape.cost().mult_adds:>14,} mult-adds for a picture of 128×128")

# %% [markdown]
# **Predict.** 27 times fewer mult-adds. How many times faster?

# %% tags=["demo", "nbval-ignore-output"]
pictures = numbers.normal(size=(batch, side, side, 3)).astype("float32")
slow, fast = reading_time(vgg, pictures), reading_time(mobile, pictures)
work = from_keras(vgg).cost().mult_adds / from_keras(mobile).cost().mult_adds
print(f"VGG-16     {slow / batch:.4f} processor seconds a picture")
print(f"MobileNet  {fast / batch:.4f} processor seconds a picture")
print(f"{work:.0f} times fewer mult-adds, {slow / fast:.0f} times faster")

# %% [markdown]
# Your numbers depend on your machine. On ours MobileNet is twelve or thirteen times faster: many
# times, and about half of what its mult-adds promise. Why? Look at single layers: the one of Table
# 3, and its two halves.

# %% tags=["demo", "nbval-ignore-output"]
maps = numbers.normal(size=(16, 14, 14, 512)).astype("float32")
parts = {
    "ordinary 3×3": layers.Conv2D(512, 3, padding="same", use_bias=False),
    "depthwise 3×3": layers.DepthwiseConv2D(3, padding="same", use_bias=False),
    "pointwise 1×1": layers.Conv2D(512, 1, use_bias=False),
}


# %% tags=["demo", "nbval-ignore-output"]
def alone(layer):
    """A network of this one layer."""
    return keras.Sequential([keras.Input((14, 14, 512)), layer])


# %% tags=["demo", "nbval-ignore-output"]
alone_times = {name: reading_time(alone(layer), maps) for name, layer in parts.items()}
rates = [
    from_keras(alone(layer)).cost().mult_adds * len(maps) / alone_times[name] / 1e9
    for name, layer in parts.items()
]

# %% tags=["demo", "nbval-ignore-output"]
alt = "Mult-adds a second of three layers; the depthwise layer does the fewest by far."
figures.bars(list(parts), rates, alt, show=lambda rate: f"{rate:.1f} billion a second")

# %% [markdown]
# A depthwise mult-add takes several times as long as another one. What does the processor do all
# the time? Compare with a ReLU on the same maps. It does no mult-add at all: it reads every number,
# and writes it or a zero.

# %% tags=["demo", "nbval-ignore-output"]
alone_times["ReLU"] = reading_time(alone(layers.ReLU()), maps)
alt = "Milliseconds of each layer: ReLU, without any mult-add, is not much faster than depthwise."
milliseconds = [1000 * seconds for seconds in alone_times.values()]
figures.bars(list(alone_times), milliseconds, alt, show=lambda ms: f"{ms:.1f} milliseconds")

# %% [markdown]
# A layer that only moves numbers takes most of the depthwise layer's time. So little of it is
# spent on mult-adds.
#
# <div class="alert alert-info" style="color: #1f2933"><b>Arithmetic intensity.</b> Mult-adds for
# each number that must be moved between memory and processor. Where it is low, the processor waits
# for memory; where it is high, memory waits for the processor.</div>

# %% [markdown]
# ### Exercise 10 · Work for each number moved · 2 points
#
# For each half: its mult-adds, divided by the numbers moved. Count each *different* number once:
# the inputs and the weights are read, the outputs are written. The map keeps its size.


# %% exercise="intensity"
def intensity(kernel, channels, filters, size):
    """Mult-adds for each number moved, in both halves of a separable layer.

    Arguments as in ordinary_work. Returns two numbers: (depthwise, pointwise).
    """
    # BEGIN SOLUTION
    area = size * size
    read_and_written = channels * area + kernel**2 * channels + channels * area
    depthwise = kernel**2 * channels * area / read_and_written
    read_and_written = channels * area + channels * filters + filters * area
    pointwise = channels * filters * area / read_and_written
    return depthwise, pointwise
    # END SOLUTION


# %% check="intensity"
check("intensity", intensity)

# %% tags=["demo"]
if check.passed("intensity"):
    moved = 2 * 512 * 14 * 14 + 3 * 3 * 512 * 512
    values = [3 * 3 * 512 * 512 * 14 * 14 / moved, *intensity(3, 512, 512, 14)]
    alt = "Mult-adds for each number moved: depthwise has about 4, the others more than 100."
    display(figures.bars(list(parts), values, alt))

# %% [markdown]
# Each number that the depthwise half fetches is used about four times, then it is gone. In the
# other layers it is used more than a hundred times.
#
# And the depthwise half is never more than $D_K^2/2$, however many channels there are. Try it:

# %% tags=["demo"]
if check.passed("intensity"):
    for channels in (8, 64, 512):
        depthwise, pointwise = intensity(3, channels, channels, 56)
        print(f"{channels:>3} channels: depthwise {depthwise:.2f}, pointwise {pointwise:>6.1f}")

# %% [markdown]
# ### Exercise 11 · What mult-adds do not say · 1 point
#
# Look at what you have measured, and choose:
#
# * **a** Mult-adds say the time: 27 times fewer means 27 times faster.
# * **b** Parameters say the time: a network with fewer weights is faster in the same proportion.
# * **c** Fewer mult-adds help, by less than their ratio says: the cheap layers wait for memory.
# * **d** Separable networks are slower than ordinary ones, in spite of fewer mult-adds.
# * **e** Mult-adds and time have nothing to do with each other.


# %% exercise="time_and_work"
# BEGIN SOLUTION
time_and_work = "c"
# END SOLUTION

# %% check="time_and_work"
check("time_and_work", time_and_work)

# %% [markdown]
# <details><summary>So is the count useless? (Think first, then open.)</summary>
#
# No. It is exact, it is the same on every machine, and it needs no machine. Between networks of the
# same kind it says much: α and ρ change how much is done, hardly what kind of work it is. Between
# different kinds of layer it can mislead. Who cares about seconds measures seconds, on the machine
# that will run the network.
#
# </details>

# %% [markdown]
# ## 9 · Accuracy against cost
#
# Which network should you take? There is no best one: a better one may cost more. But some are
# plainly *not* worth a look, because another is better **and** cheaper.
#
# <div class="alert alert-info" style="color: #1f2933"><b>Pareto front.</b> A network <i>beats</i>
# another if it costs no more and is no worse, and is really better in at least one of the two. The
# networks that nobody beats are the Pareto front.</div>
#
# ### Exercise 12 · Which networks are worth a look · 2 points


# %% exercise="pareto_front"
def pareto_front(costs, accuracies):
    """Which networks are on the Pareto front: low cost, high accuracy.

    costs, accuracies: (N,) numbers, one for each network.
    Returns N values True or False, in the same order.
    """
    # BEGIN SOLUTION
    front = []
    for cost, accuracy in zip(costs, accuracies, strict=True):
        no_worse = (costs <= cost) & (accuracies >= accuracy)
        better = (costs < cost) | (accuracies > accuracy)
        front.append(not (no_worse & better).any())
    return front
    # END SOLUTION


# %% check="pareto_front"
check("pareto_front", pareto_front)

# %% [markdown]
# Here are all networks for which the paper prints an accuracy: MobileNets, and four famous others.

# %% tags=["demo"]
printed("Table 8", "Table 9")

# %% [markdown]
# **Predict:** VGG-16 has 71.5 %, almost the best. Is it on the front?


# %% tags=["demo"]
def series(network):
    """What belongs together in the picture."""
    if "MobileNet" not in network.name:
        return "other networks"
    return {"Table 6": "width α", "Table 7": "resolution"}.get(network.table, "other MobileNets")


# %% tags=["demo"]
if check.passed("pareto_front"):
    spots = [
        Spot(t.name.replace(" MobileNet", ""), t.mult_adds, t.accuracy, series(t)) for t in TRAINED
    ]
    work, right = np.array([(spot.cost, spot.accuracy) for spot in spots]).T
    front = [bool(on) for on in pareto_front(work, right)]
    print("beaten:", ", ".join(s.name for s, on in zip(spots, front, strict=True) if not on))

# %% tags=["demo"]
if check.passed("pareto_front"):
    alt = (
        "ImageNet accuracy against millions of mult-adds. MobileNets of many widths and "
        "resolutions form the front from 50.6 % at 41 million to 71.7 % at 4866 million; VGG-16, "
        "GoogLeNet, AlexNet, SqueezeNet and the shallow MobileNet lie below it."
    )
    display(cost_accuracy(spots, front, alt))

# %% [markdown]
# VGG-16 is beaten: MobileNet's twin with ordinary convolutions is a little better and three times
# cheaper. GoogLeNet is beaten by MobileNet itself. The shallow MobileNet is beaten as well, by one
# that sees smaller pictures.
#
# How much more do the famous ones cost?

# %% tags=["demo"]
table = {each.name: each for each in TRAINED}
pairs = [("VGG-16", "1.0 MobileNet-224"), ("GoogLeNet", "1.0 MobileNet-224")]
pairs += [("AlexNet", "0.5 MobileNet-160"), ("SqueezeNet", "0.5 MobileNet-160")]
for big, small in pairs:
    work = table[big].mult_adds / table[small].mult_adds
    size = table[big].parameters / table[small].parameters
    points = table[small].accuracy - table[big].accuracy
    print(
        f"{small}: {big} has {work:.1f}× its mult-adds, {size:.2f}× its parameters, "
        f"and {-points:+.1f} points"
    )

# %% [markdown]
# Keep two cautions in mind. The cost here is mult-adds, and you know now what they are not: with
# *seconds* on your own machine the front may look different. And the networks were trained by
# different people in different years; part of the difference is the training.

# %% [markdown]
# **Now play.** Give `small_net` twice the width when it is separable, so that both cost about the
# same. Which wins then? Leave the ReLU between the halves out: does it matter? Write down what you
# expect, then run three seeds.

# %% [markdown]
# ## What you can do now
#
# You can now
#
# 1. count the work of an ordinary layer, $D_K^2 \cdot M \cdot N \cdot D_F^2$ (section 1);
# 2. write depthwise and pointwise convolution, and say what a separable layer gives up: all filters
#    share one view of each channel (section 2);
# 3. derive 1/N + 1/D_K², and check it by counting (section 3);
# 4. place batch norm and ReLU after each half, leave the biases out, and build the block (section
#    4);
# 5. say what α and ρ save: both about the square in work, α also in parameters, ρ nothing there
#    (section 5);
# 6. check a published table by counting, and name what does not follow (section 6);
# 7. compare two networks over several seeds, and look at the spread before the mean (section 7);
# 8. say why mult-adds are not seconds, with the arithmetic intensity of each half (section 8);
# 9. find the Pareto front of networks (section 9).
#
# This is the last lesson. You began with one window and one number.

# %% [markdown]
# ## Further reading
#
# * Howard et al., *MobileNets: Efficient convolutional neural networks for mobile vision
#   applications* (2017): section 3.1 the separable convolution and its cost, 3.2 the network, 3.3
#   and 3.4 the two multipliers, 4.1 and 4.2 the tables of this lesson.
# * Chollet, *Xception: Deep learning with depthwise separable convolutions* (2017): section 1, how
#   Inception modules lead to the same idea; section 4.7, whether a nonlinearity belongs between the
#   halves.
# * Sandler et al., *MobileNetV2: Inverted residuals and linear bottlenecks* (2018): section 3, the
#   next step: ResNet's shortcuts joined with separable convolutions.
# * Williams, Waterman and Patterson, *Roofline: An insightful visual performance model for
#   multicore architectures* (2009): section 3, work and traffic in one picture.
# * Ma, Zhang, Zheng and Sun, *ShuffleNet V2: Practical guidelines for efficient CNN architecture
#   design* (2018): sections 1 and 2, networks with equal mult-adds and very different speed.
