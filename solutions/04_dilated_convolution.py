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
# # 4 · Dilated convolution
#
# A 3×3 window sees nine neighbours, and rarely a whole object. Larger kernels see more, and cost
# more. Here is a third way: keep the nine weights, and move the pixels they meet apart.
#
# **In this lesson you will**
#
# 1. compute a dilated sum from its formula, and tell which pixels it reads;
# 2. predict how far a dilated kernel reaches, and how large its map is;
# 3. write dilated convolution in two dimensions;
# 4. show that more context needs no more parameters, and measure what it is worth on digits;
# 5. compute the receptive field of any stack of layers: kernels, strides, dilations;
# 6. find the holes that dilation leaves, and design a stack without any;
# 7. measure which pixels of the field really have a say;
# 8. choose between pooling and dilation.
#
# About **55 minutes**, ten exercises, 14 points. You need lesson 1; strides and pooling come from
# lessons 2 and 3.

# %% tags=["setup"]
import numpy as np
from IPython.display import display

from cnncourse import check, figures, widgets
from cnncourse.data import load_mnist

# %% [markdown]
# ## 4.1 · Take steps of size e
#
# You met the mathematician's convolution in lesson 1. In one dimension, for a signal $I$ and a
# kernel $k$, it reads
#
# $$(I * k)(t) = \sum_{\tau} I(t - \tau)\, k(\tau)$$
#
# The answer at place $t$ uses the values at $t$, $t-1$, $t-2$ … Now change one thing: walk through
# the signal in **steps of size e**.
#
# $$(I *_e k)(t) = \sum_{\tau} I(t - e\tau)\, k(\tau)$$
#
# The answer at $t$ now uses the values at $t$, $t-e$, $t-2e$ … With $e = 1$ nothing has changed.
#
# <div class="alert alert-info" style="color: #1f2933"><b>Dilated convolution</b> takes steps of
# size e through the image, and ordinary steps through the kernel. It is also called <i>atrous</i>
# convolution, from the French <i>à trous</i>, "with holes". The step is the <i>dilation</i> or
# <i>dilation rate</i>; most papers write d for it, and so do we from here on.</div>

# %% [markdown]
# ### Exercise 1 · One answer, letter by letter · 1 point
#
# Write the second formula. The kernel's weights are $k(0), k(1), \dots$; the `dilation` is $e$.


# %% exercise="lecture_sum"
def lecture_sum(signal, kernel, dilation, t):
    """The dilated convolution of a signal with a kernel, at one place.

    signal: (n,); kernel: (k,); dilation: the step e, 1 or more; t: the place.
    Every value that is needed lies inside the signal. Returns one number.
    """
    # BEGIN SOLUTION
    total = 0
    for tau in range(len(kernel)):
        total += signal[t - dilation * tau] * kernel[tau]
    return total
    # END SOLUTION


# %% check="lecture_sum"
check("lecture_sum", lecture_sum)

# %% [markdown]
# Small enough for a pencil. Signal 0, 10, 20, …, so each value names its place; three weights.

# %% tags=["demo"]
if check.passed("lecture_sum"):
    signal, weights = 10 * np.arange(9), [1, 2, 3]
    print("e = 1, t = 6:", lecture_sum(signal, weights, 1, 6), "= 60·1 + 50·2 + 40·3")
    print("e = 2, t = 6:", lecture_sum(signal, weights, 2, 6), "= 60·1 + 40·2 + 20·3")

# %% [markdown]
# ### The layer's plus
#
# A layer in a network has no minus. It lays the kernel on as it is (cross-correlation, lesson 1),
# and steps forwards:
#
# $$\text{output}(t) = \sum_{\tau} I(t + d\,\tau)\, k(\tau)$$
#
# The minus only turns the kernel around, and weights are learned anyway. What dilation does is the
# same in both: it spreads the values that are read.
#
# ### Exercise 2 · Predict: what does it read? · 1 point
#
# A layer has three weights, dilation 3, stride 1, and no padding. Which pixels does output 4 read?
# Give their positions, first to last; pixels and outputs are counted from 0.

# %% exercise="dilated_reads"
# BEGIN SOLUTION
dilated_reads = (4, 4 + 3, 4 + 2 * 3)
# END SOLUTION

# %% check="dilated_reads"
check("dilated_reads", dilated_reads)

# %% [markdown]
# Here is the whole layer. Point at an output to see what it reads; point at a pixel to see *every*
# output that it feeds. Then change the dilation.

# %% tags=["demo"]
if check.passed("dilated_reads"):
    row = np.array([[3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8]])
    display(widgets.window_explorer(row, np.array([[1, 2, -1]]), dilation=3, at=(0, 4)))

# %% [markdown]
# Two outputs side by side read *different* pixels: output 4 and output 5 share none. Remember that.
#
# **Dilation is not stride.** A stride moves the *window* in larger steps, so there are fewer
# outputs. Dilation moves the *pixels inside a window* apart; the window itself still moves by one.

# %% [markdown]
# ## 4.2 · How far does it reach?
#
# Draw the weights as ● and skipped pixels as ○:
#
# | kernel of 3 | | reaches |
# |---|---|---|
# | dilation 1 | ● ● ● | 3 pixels |
# | dilation 2 | ● ○ ● ○ ● | ? |
# | dilation 3 | ● ○ ○ ● ○ ○ ● | ? |
#
# <div class="alert alert-info" style="color: #1f2933"><b>Effective kernel.</b> How many pixels a
# dilated kernel spans along one side, from its first weight to its last, both included. Often
# written k̂.</div>
#
# ### Exercise 3 · How far does it reach? · 1 point
#
# Find the formula. A good test of any formula with a dilation: for d = 1 it must give plain
# convolution. (A few texts count from 0 and call plain convolution "dilation 0". Keras, and this
# course, count from 1.)


# %% exercise="effective_kernel"
def effective_kernel(kernel_size, dilation):
    """How many pixels a dilated kernel spans along one side.

    kernel_size: weights a side; dilation: 1 or more. Returns a whole number.
    """
    # BEGIN SOLUTION
    return dilation * (kernel_size - 1) + 1
    # END SOLUTION


# %% check="effective_kernel"
check("effective_kernel", effective_kernel)

# %% [markdown]
# Everything that you know about sizes stays true, with the effective kernel $\hat{k}$ in place of
# $k$. With n pixels, stride s and no padding there are
#
# $$\left\lfloor \frac{n - \hat{k}}{s} \right\rfloor + 1$$
#
# outputs. To keep the size at stride 1, a layer needs $\hat{k} - 1 = d\,(k - 1)$ zeros, half of
# them at each end.
#
# ### Exercise 4 · Predict: how large are the maps? · 1 point
#
# A digit of 28×28 goes through three layers of 3×3, one after the other, with dilations 1, 2 and 4.
# Stride 1, no padding. How many rows has the map after each of them?

# %% exercise="dilated_sizes"
# BEGIN SOLUTION
dilated_sizes = (28 - 2, 28 - 2 - 4, 28 - 2 - 4 - 8)
# END SOLUTION

# %% check="dilated_sizes"
check("dilated_sizes", dilated_sizes)

# %% [markdown]
# ## 4.3 · In two dimensions
#
# Rows and columns are spread alike. Nine weights meet nine pixels, d apart: the dots below, on a
# handwritten seven.

# %% tags=["demo"]
digits = load_mnist()
seven = digits.x_test[0] / 255

# %% tags=["demo"]
alt = "A seven, three times: the nine pixels that a 3×3 window reads with dilation 1, 2 and 4."
titles = ["d = 1 spans 3×3", "d = 2 spans 5×5", "d = 4 spans 9×9"]
figures.dilated_dots(seven, (1, 2, 4), titles, alt)

# %% [markdown]
# "Take a weighted sum at the dots": this is all that a dilated layer does.
#
# ### Exercise 5 · A dilated feature map · 2 points
#
# Write it for one channel and one filter, as networks do (no flip). The weight in row `i`, column
# `j` of the kernel meets the pixel `dilation·i` rows down and `dilation·j` columns to the right of
# the window's corner. One point for square kernels, one for rectangular ones.


# %% exercise="dilated_map"
def dilated_map(image, kernel, bias, dilation):
    """One dilated filter on an image with one channel, at all places where it fits.

    image: (H, W); kernel: (kh, kw); bias: a number; dilation: 1 or more, for rows and columns.
    Returns an array of shape (H - dilation * (kh - 1), W - dilation * (kw - 1)).
    """
    # BEGIN SOLUTION
    tall, wide = (effective_kernel(side, dilation) for side in kernel.shape)
    rows, columns = image.shape[0] - tall + 1, image.shape[1] - wide + 1
    result = np.zeros((rows, columns))
    for row in range(rows):
        for column in range(columns):
            window = image[row : row + tall : dilation, column : column + wide : dilation]
            result[row, column] = (window * kernel).sum() + bias
    return result
    # END SOLUTION


# %% check="dilated_map"
check("dilated_map", dilated_map)

# %% [markdown]
# Watch it at work. Find a pixel that feeds nine outputs, and look where they lie. Then try dilation
# 1 and 3.

# %% tags=["demo"]
table = np.random.default_rng(4).integers(0, 5, (9, 10))
cross = np.array([[1, -2, 1], [-2, 3, -2], [1, -2, 1]])
widgets.window_explorer(table, cross, bias=1, dilation=2, at=(1, 2))

# %% [markdown]
# ### A kernel with holes
#
# Here is another way to see it. Put d − 1 zeros between the weights, and use plain convolution:

# %% tags=["demo"]
wide_kernel = np.zeros((5, 5))
wide_kernel[::2, ::2] = np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]])
print(wide_kernel.astype(int))

# %% tags=["demo"]
if check.passed("dilated_map"):
    plain = dilated_map(seven, wide_kernel, 0, 1)
    dilated = dilated_map(seven, wide_kernel[::2, ::2], 0, 2)
    print("5×5 with zeros, plain, equals 3×3 with dilation 2:", np.allclose(plain, dilated))

# %% [markdown]
# The numbers are the same; the work is not. The kernel with holes multiplies 25 pixels a window, 16
# of them by zero. The dilated one multiplies nine.

# %% [markdown]
# ## 4.4 · More context, no more parameters
#
# ### Exercise 6 · The price of reach · 1 point
#
# A dilated layer has `filters` filters of `kernel_size` × `kernel_size` on `channels` channels. How
# many parameters must it learn?


# %% exercise="dilated_parameters"
def dilated_parameters(kernel_size, dilation, channels, filters):
    """Parameters of a dilated convolution layer, biases included.

    kernel_size: weights a side; dilation: 1 or more; channels: of the image; filters: how many.
    Returns a whole number.
    """
    # BEGIN SOLUTION
    return (kernel_size * kernel_size * channels + 1) * filters
    # END SOLUTION


# %% check="dilated_parameters"
check("dilated_parameters", dilated_parameters)

# %% tags=["demo"]
if check.passed("dilated_parameters") and check.passed("effective_kernel"):
    print("64 filters on 64 channels. Span, parameters dilated, parameters of a full kernel:")
    for d in (1, 2, 4, 8):
        side = effective_kernel(3, d)
        full = dilated_parameters(side, 1, 64, 64)
        print(f"{side:>2}×{side:<2}  {dilated_parameters(3, d, 64, 64):>7,}  {full:>9,}")

# %% [markdown]
# ### What is context worth?
#
# An experiment. One 3×3 window, in the middle of the digit, reads nine pixels. Ten filters, one for
# each digit, weigh them; the largest answer wins. How often can nine pixels tell the digit? And
# does it help to move them apart? `learn` and `accuracy` are those of lesson 1, with a bias.


# %% tags=["demo"]
def nine_pixels(images, dilation):
    """What a 3×3 window in the middle reads: images (N, 28, 28) give rows (N, 9)."""
    places = 14 + dilation * np.array([-1, 0, 1])
    return images[:, places[:, None], places].reshape(len(images), -1)


# %% tags=["demo"]
def learn(rows, labels):
    """Weights and biases (numbers + 1, 10) that bring ten sums closest to 1 or 0."""
    rows = np.c_[rows, np.ones(len(rows))]
    squares = rows.T @ rows + np.eye(rows.shape[1])
    return np.linalg.solve(squares, rows.T @ np.eye(10)[labels])


# %% tags=["demo"]
def accuracy(weights, rows, labels):
    """The share of images whose largest sum belongs to the right digit."""
    sums = np.c_[rows, np.ones(len(rows))] @ weights
    return np.mean(sums.argmax(axis=1) == labels)


# %% tags=["demo"]
train, labels = digits.x_train[:10_000] / 255, digits.y_train[:10_000]
test, right = digits.x_test / 255, digits.y_test
scores = {}
for d in (1, 2, 3, 4, 6, 8, 10, 12):
    scores[d] = accuracy(learn(nine_pixels(train, d), labels), nine_pixels(test, d), right)

# %% [markdown]
# **Predict.** Guessing gives 10 %. What do nine neighbours give, d = 1? Which dilation is best:
# 2, 4, 8, or 12? And what happens at 12? (Look at the dots on the seven again.)

# %% tags=["demo"]
best = max(scores, key=scores.get)
alt = f"Accuracy by dilation: {scores[1]:.0%} at 1, {scores[best]:.0%} at {best}, then it falls."
names = [f"dilation {d}, spans {2 * d + 1}" for d in scores]
figures.bars(names, list(scores.values()), alt, show=lambda share: f"{share:.0%}")

# %% [markdown]
# From 39 % to 53 %, with not one parameter more: neighbours say nearly the same thing, and pixels
# further apart say more. But too far apart, and the window looks past the digit at empty paper.
#
# And the holes? They have a price. A full 9×9 kernel reads all of what dilation 4 spans:

# %% tags=["demo"]
full_train, full_test = (x[:, 10:19, 10:19].reshape(len(x), -1) for x in (train, test))
full = accuracy(learn(full_train, labels), full_test, right)
print(f"3×3, dilation 4:  9 weights a filter, {scores[4]:.0%} right")
print(f"9×9, plain:      81 weights a filter, {full:.0%} right")

# %% [markdown]
# Nine times the weights buy the pixels in the holes. There is a cheaper way to fill holes: a second
# layer. So we need to know what a *stack* of layers sees.

# %% [markdown]
# ## 4.5 · The receptive field of a stack
#
# <div class="alert alert-info" style="color: #1f2933"><b>Receptive field.</b> The part of the image
# that one value of a layer can depend on. We give its side in pixels, from the first to the
# last.</div>
#
# Start at the end, with one value, and walk **back** to the image. Suppose you need r neighbouring
# values of a layer's map. Each comes from a window of $\hat{k}$ values in the map before. The first
# window starts at 0. The last one starts r − 1 strides further on, at (r − 1)·s, and is $\hat{k}$
# long:
#
# $$r \;\leftarrow\; (r - 1)\,s + \hat{k} \;=\; s\,r + (\hat{k} - s), \qquad
# \hat{k} = d\,(k - 1) + 1$$
#
# Begin with r = 1 and apply this for each layer, the **last layer first**.

# %% [markdown]
# Two plain layers of 3×3: r = 1, then 1 + 2 = 3, then 3 + 2 = 5. Now put a 2×2 pooling layer with
# stride 2 between them. Last layer: r = 3. Pooling: 2·3 + (2 − 2) = 6. First layer: 6 + 2 = 8.
#
# ### Exercise 7 · The receptive field of a stack · 3 points
#
# Write it for any stack. Pooling layers count like convolutions: kernel size and stride. One point
# for plain layers, one for strides, one for dilations.


# %% exercise="stack_field"
def stack_field(layers):
    """The receptive field of one value behind a stack of layers, one side of it.

    layers: a list of (kernel_size, stride, dilation), the first layer first.
    Returns a whole number.
    """
    # BEGIN SOLUTION
    field = 1
    for kernel_size, stride, dilation in reversed(layers):
        field = stride * field + effective_kernel(kernel_size, dilation) - stride
    return field
    # END SOLUTION


# %% check="stack_field"
check("stack_field", stack_field)

# %% [markdown]
# **Predict.** Lesson 5's network is conv 3, pool 2, conv 3, pool 2, conv 3. Is its field nearer to
# 9 or to 18?

# %% tags=["demo"]
if check.passed("stack_field"):
    conv, pool = (3, 1, 1), (2, 2, 1)
    print("conv, pool, conv, pool, conv:", stack_field([conv, pool, conv, pool, conv]))
    print("the same without strides:    ", stack_field([conv, (2, 1, 1), conv, (2, 1, 1), conv]))

# %% [markdown]
# Each stride doubles the reach of *all* layers behind it. That is how pooling brings context.
#
# ### Doubling without pooling
#
# Dilation can do the same, if it doubles from layer to layer: d = 1, 2, 4, 8 … (Yu and Koltun,
# 2016.)
#
# **Predict.** Plain 3×3 layers see 3, 5, 7, 9 … pixels. How far do eight layers see, with dilations
# 1, 2, 4, …, 128: about 50, about 250, or about 500 pixels?

# %% tags=["demo"]
if check.passed("stack_field"):
    for n in (1, 2, 3, 4, 8):
        plain, doubling = [(3, 1, 1)] * n, [(3, 1, 2**i) for i in range(n)]
        print(f"{n} layers: plain {stack_field(plain):>2}, doubling {stack_field(doubling):>3}")

# %% [markdown]
# n plain layers see 2n + 1 pixels, and doubling ones $2^{n+1} - 1$: the field grows
# **exponentially** with the number of layers, and so with the number of parameters. With `same`
# padding every map stays as large as the image.

# %% [markdown]
# On a real image: point at a layer in the table to see what one of its values can depend on. One
# 3×3 window sees a bit of a stroke. Three layers later a value sees the seven's bend with its bar
# and most of its leg, enough context to tell it from a one.

# %% tags=["demo"]
from cnncourse.network import Conv2D, Input, Network

layers = [Conv2D(8, 3, padding="same", dilation_rate=d, name=f"dilation_{d}") for d in (1, 2, 4)]
doubling = Network.chain("doubling", Input((28, 28, 1)), *layers)
widgets.receptive_field_explorer(doubling, image=seven, at=(13, 14))

# %% [markdown]
# ## 4.6 · Holes
#
# A receptive field says how far a value sees. Does it see everything *inside*?
#
# ### Exercise 8 · Predict: does it see all of it? · 1 point
#
# Three layers, each with kernels of 3 a side and **dilation 2**. Along one side: how many positions
# does the field span, and how many of them are really read? Give `(span, read)`.

# %% exercise="holes"
# BEGIN SOLUTION
holes = (13, 7)
# END SOLUTION

# %% check="holes"
check("holes", holes)

# %% tags=["demo"]
if check.passed("holes"):
    display(widgets.dilation_coverage((2, 2, 2)))

# %% [markdown]
# In two dimensions that is 7·7 = 49 of 13·13 = 169 pixels: the layer has a field of 13×13 and is
# blind to more than two thirds of it.
#
# Why? With dilation 2 everywhere, an even place only ever reads even places. The image falls apart
# into four thinned-out images, which never meet. You can check it with your own map: dilation 2,
# then every other answer, equals plain convolution on every other pixel.

# %% tags=["demo"]
if check.passed("dilated_map"):
    thinned = dilated_map(seven[::2, ::2], cross, 0, 1)
    dilated = np.array(dilated_map(seven, cross, 0, 2))
    print("the same:", np.allclose(dilated[::2, ::2], thinned))

# %% [markdown]
# <div class="alert alert-info" style="color: #1f2933"><b>Gridding.</b> The pattern of holes that
# equal dilations leave. Neighbouring outputs are then made from different pixels, and the map can
# look like a chessboard.</div>
#
# Now dilations 1, 2, 4. **Predict:** how many holes are in the 15 positions? Then try others:
# which dilations leave holes?

# %% tags=["demo"]
widgets.dilation_coverage((1, 2, 4))

# %% [markdown]
# Not one hole: the first layer, with dilation 1, joins what the others left apart. The number in
# each position says in how many **ways** it is reached. Some positions are reached once, others
# up to three times.
#
# ### Exercise 9 · The widest stack without holes · 1 point
#
# Three layers, kernels of 3 a side. Choose the dilations so that the span is **as large as
# possible** and no position inside is left out. The smallest dilation first.

# %% exercise="widest_stack"
# BEGIN SOLUTION
widest_stack = (1, 3, 9)
# END SOLUTION

# %% check="widest_stack"
check("widest_stack", widest_stack)

# %% tags=["demo"]
if check.passed("widest_stack"):
    display(widgets.dilation_coverage(tuple(widest_stack)))

# %% [markdown]
# Each position is reached in exactly one way, so no wider stack can do it: three layers of three
# have 3·3·3 = 27 ways, and each position needs one. Practice prefers some overlap, because a
# position that is reached once depends on a single product of weights.

# %% [markdown]
# ## 4.7 · Who has a say?
#
# The receptive field tells which pixels *can* matter. How much does each one matter? Take the
# simplest case: every weight of a kernel is 1/k, so a layer takes averages. Then ask for the
# **influence** of each pixel on one output.
#
# **Predict.** Ten plain layers of 3 have a field of 21 pixels. Does each pixel have 1/21 of the
# influence?

# %% [markdown]
# Go back from the output, as before. The output has all of the influence: shares `[1]`. The last
# layer splits it into k equal parts, d apart: for k = 3, d = 1 the shares are 1/3, 1/3, 1/3. The
# layer before splits each of *those* into k parts again. Where parts meet, they add up.
#
# ### Exercise 10 · Who has a say? · 2 points
#
# Write it along one axis. One point for plain layers, one for dilated ones.


# %% exercise="influence"
def influence(kernel_size, dilations):
    """The share of influence that each position of the receptive field has on one output.

    kernel_size: weights a side, all 1/kernel_size; dilations: one for each layer.
    Returns an array with one share for each position of the field, holes included; sum 1.
    """
    # BEGIN SOLUTION
    shares = np.array([1.0])
    for dilation in dilations:
        longer = np.zeros(len(shares) + dilation * (kernel_size - 1))
        for tap in range(kernel_size):
            start = dilation * tap
            longer[start : start + len(shares)] += shares / kernel_size
        shares = longer
    return shares
    # END SOLUTION


# %% check="influence"
check("influence", influence)

# %% tags=["demo"]
if check.passed("influence"):
    stacks = {"one layer": (1,), "three": (1,) * 3, "ten plain layers": (1,) * 10}
    alt = "Influence is flat behind one layer, and a bell behind three and ten; ends fade to none."
    shares = [influence(3, dilations) for dilations in stacks.values()]
    display(figures.influence_chart(shares, list(stacks), alt))

# %% [markdown]
# Far from flat. Many ways lead to the middle, and only one to each end: behind ten layers the
# outermost pixel has a share of $1/3^{10}$. The frame is the theoretical field; at its
# edges, pixels have hardly any say.
#
# <div class="alert alert-info" style="color: #1f2933"><b>Effective receptive field.</b> The part of
# the theoretical field that has a noticeable influence. It is shaped like a Gaussian bell (Luo and
# others, 2016).</div>

# %% [markdown]
# ### How wide is the bell?
#
# The places of k equal parts have variance (k² − 1)/12. Splitting again and again **adds**
# variances, as in a random walk, so n plain layers have
#
# $$\text{variance} = n\,\frac{k^2 - 1}{12}, \qquad
# \text{standard deviation } \sigma = \sqrt{n\,\frac{k^2 - 1}{12}}$$
#
# along each axis; a dilation multiplies its layer's variance by d². Check it against your shares:


# %% tags=["demo"]
def spread(shares):
    """The standard deviation of the places, weighted by their shares."""
    places = np.arange(len(shares))
    return np.sqrt((shares * (places - shares @ places) ** 2).sum())


# %% tags=["demo"]
if check.passed("influence"):
    print("layers  field  4σ measured  4σ by formula  4σ / field")
    for n in (1, 5, 10, 20, 50, 100):
        shares = influence(3, (1,) * n)
        wide, formula = 4 * spread(shares), 4 * np.sqrt(n * (3**2 - 1) / 12)
        row = f"{n:>6}  {len(shares):>5}  {wide:>11.1f}  {formula:>13.1f}"
        print(f"{row}  {wide / len(shares):>10.0%}")

# %% [markdown]
# Of a bell about 95 % lies within 4σ. (One layer is no bell yet: three equal weights, and 4σ sticks
# out beyond them.) The field grows like n, the bell only like √n. So the deeper the stack, the
# smaller the part that counts: a hundred layers span 201 pixels, and 33 of them have nearly all of
# the say.

# %% [markdown]
# Equal weights are a simplification. **Predict:** with *random* weights, positive and negative, is
# it a bell again? We take 2,000 random stacks of ten layers, square each influence so that signs do
# not cancel, and average the shares.

# %% tags=["demo"]
rng = np.random.default_rng(7)
average = np.zeros(21)
for _ in range(2000):
    stack = np.ones(1)
    for weights in rng.normal(size=(10, 3)):
        stack = np.convolve(stack, weights)
    average += stack**2 / (stack**2).sum() / 2000

# %% tags=["demo"]
if check.passed("influence"):
    alt = "Two bells: influence with equal weights, and a slightly wider one with random weights."
    pair = [influence(3, (1,) * 10), average]
    display(figures.influence_chart(pair, ["equal weights", "random weights"], alt))

# %% [markdown]
# A bell again, a little wider. Training can widen it further, since a network may learn to use the
# edges (Luo and others saw this happen). `figures.effective_field` measures it for any Keras model.
#
# ### And with dilation?
#
# **Predict.** Dilations 1, 2, 4 against three plain layers: a wider bell, or another shape? And
# 1, 3, 9, where each position is reached once?

# %% tags=["demo"]
if check.passed("influence"):
    stacks = {
        "1, 1, 1": (1, 1, 1),
        "2, 2, 2": (2, 2, 2),
        "1, 2, 4": (1, 2, 4),
        "1, 3, 9": (1, 3, 9),
    }
    shares = [influence(3, dilations) for dilations in stacks.values()]
    alt = "1, 1, 1: a narrow bell. 2, 2, 2: gaps. 1, 2, 4: a wide, rough hill. 1, 3, 9: flat."
    display(figures.influence_chart(shares, list(stacks), alt))

# %% [markdown]
# Three layers each, 27 weights each. Dilation reaches the outer positions with far more influence,
# and with 1, 3, 9 the field is flat: there, for once, every pixel weighs alike.

# %% [markdown]
# ## 4.8 · Pooling or dilation?
#
# Both bring context without parameters. They pay in different ways. Compare two stacks of three 3×3
# layers on 28×28 pixels, padded so that convolutions keep the size.

# %% tags=["demo"]
if check.passed("stack_field"):
    pooled, dilated = [conv, pool, conv, pool, conv], [(3, 1, d) for d in (1, 2, 4)]
    places = {"pooling": (28**2, 14**2, 7**2), "dilation": (28**2,) * 3}
    for name, stack in {"pooling": pooled, "dilation": dilated}.items():
        side = int(places[name][-1] ** 0.5)
        print(f"{name:>8}: field {stack_field(stack)}, last map {side}×{side}, ", end="")
        print(f"windows to compute {sum(places[name]):,}")

# %% [markdown]
# Nearly the same field, and the same parameters. Pooling computes less than half as many windows,
# and ends with a coarse map of 7×7. Dilation keeps an answer for **every pixel**, and pays for it
# with work and memory.
#
# A picture of the difference: the same 3×3 kernel, which likes strokes that lean, with about the
# same reach.

# %% tags=["demo"]
leaning = np.array([[-1, 0, 2], [-1, 2, -1], [2, 0, -1]])
if check.passed("dilated_map"):
    small = seven.reshape(14, 2, 14, 2).max(axis=(1, 3))
    pair = [dilated_map(small, leaning, 0, 1), dilated_map(seven, leaning, 0, 2)]
    titles = ["pooled by 2, then plain: 12×12", "dilation 2: 24×24"]
    alt = "The seven's maps: after pooling coarse, with dilation fine, the same leg in both."
    display(figures.image_row(pair, titles, alt, signed=True, side=190))

# %% [markdown]
# | you want | use | because |
# |---|---|---|
# | one answer for the whole image: which digit is it? | pooling | cheap, forgives small shifts |
# | an answer for every pixel: which pixels are road? | dilation | keeps the resolution |
# | a long memory in sound or text | dilation | the field doubles with every layer |
#
# In Keras it is one argument: `Conv2D(64, 3, dilation_rate=2)`. Keras refuses a stride above 1 and
# a dilation above 1 in the same layer.

# %% [markdown]
# ## What you can do now
#
# You can now
#
# 1. compute $\sum_\tau I(t - e\tau)\,k(\tau)$, and say which pixels a dilated layer reads (section
#    4.1);
# 2. give the effective kernel, d(k − 1) + 1, and the size of the map (section 4.2);
# 3. write dilated convolution, and explain it as a kernel with holes (section 4.3);
# 4. say why the parameters stay (k·k·C + 1)·N, and what wider context was worth on digits (section
#    4.4);
# 5. compute a receptive field backwards, r ← s·r + (k̂ − s), and double it from layer to layer
#    (section 4.5);
# 6. find the holes of equal dilations, and avoid them (section 4.6);
# 7. tell the theoretical field from the effective one, a bell with variance n(k² − 1)/12 (section
#    4.7);
# 8. choose: pooling for one answer, dilation for an answer at every pixel (section 4.8).
#
# **Next:** lesson 5 puts convolution and pooling to work, and trains a network on all of MNIST.

# %% [markdown]
# ## Further reading
#
# * Yu and Koltun, *Multi-scale context aggregation by dilated convolutions* (2016): section 2,
#   dilated convolutions and the stack that doubles; section 3, context for every pixel.
# * Araujo, Norris and Sim, *Computing receptive fields of convolutional neural networks* (Distill,
#   2019): "Single-path networks" for the recursion, "Arbitrary computation graphs" for branches.
# * Luo, Li, Urtasun and Zemel, *Understanding the effective receptive field in deep convolutional
#   neural networks* (2016): section 2 on the bell; the experiments on what training changes.
# * Wang and others, *Understanding convolution for semantic segmentation* (2018): the section on
#   hybrid dilated convolution, for gridding and how to avoid it.
# * Dumoulin and Visin, *A guide to convolution arithmetic for deep learning* (2016): chapter 5,
#   dilated convolutions, with pictures.
