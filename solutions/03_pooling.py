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
# # 3 · Pooling
#
# A filter answers at every pixel. Most of these answers say the same as their neighbours. Pooling
# keeps fewer of them, and here you write it yourself, with NumPy only.
#
# **In this lesson you will**
#
# 1. pool an image by its largest numbers, with a pencil and with a program;
# 2. say what pooling keeps, what it drops, and what it has to learn;
# 3. write a pooling layer with three kinds of pooling: max, average, L2;
# 4. decide what happens at the image's edge;
# 5. measure what survives when the image moves;
# 6. compare pooling with a convolution that skips pixels;
# 7. work out how much of the image a small window sees after pooling;
# 8. count the weights that pooling saves, and choose how much to pool;
# 9. pool a whole map into one number;
# 10. pool regions of any size into an output of one size.
#
# About **50 minutes**, eleven exercises, 16 points. You need lessons 1 and 2.

# %% tags=["setup"]
import numpy as np
from IPython.display import display

from cnncourse import check, figures, ops, widgets
from cnncourse.data import load_mnist

# %% [markdown]
# ## 3.1 · Keep the strongest
#
# Here is the seven from lesson 1, and the map of a filter that looks for its leg. After the filter
# comes the ReLU: negative answers become 0.

# %% tags=["demo"]
digits = load_mnist()
seven = digits.x_test[0] / 255
leaning = np.array([[-1, 0, 2], [-1, 2, -1], [2, 0, -1]])
leg = np.maximum(ops.conv2d(seven[..., None], leaning[..., None, None], [0])[..., 0], 0)

# %% tags=["demo"]
alt = "A seven and the map of its leaning strokes: 26 by 26 answers, bright along the leg."
figures.image_row([seven, leg], ["a 7", "leaning strokes"], alt, side=150)

# %% [markdown]
# That makes 676 answers to one question: *is there a leaning stroke?* The next layer hardly needs
# to know at which pixel. It is enough to hear: *yes, about here, this strongly.*
#
# <div class="alert alert-info" style="color: #1f2933"><b>Pooling.</b> Cut the map into
# <i>windows</i> that stand side by side, and replace each window by one number. In <i>max
# pooling</i> this is the window's largest number.</div>
#
# In 2×2 pooling each window has two rows and two columns. Here is a table with its windows:

# %% tags=["demo"]
from cnncourse.figures.lesson_03 import boxed, tiled

table = [[1, 5, 2, 0, 3, 1], [4, 2, 7, 1, 0, 2], [-3, -1, 0, 6, 8, 2], [-2, -4, 3, 5, 1, 9]]
alt = "A table of 4 rows and 6 columns, cut into windows of 2 by 2: two rows of three windows."
tiled(table, 2, alt)

# %% [markdown]
# ### Exercise 1 · With a pencil · 1 point
#
# Max-pool this table with 2×2 windows. Write the result as a list of rows: `[[…], […]]`.

# %% exercise="pooled_table"
# BEGIN SOLUTION
pooled_table = [[5, 7, 3], [-1, 6, 9]]
# END SOLUTION

# %% check="pooled_table"
check("pooled_table", pooled_table)

# %% [markdown]
# Point at a number on the right to see its window. Point at one on the left to see where it goes.

# %% tags=["demo"]
if check.passed("pooled_table"):
    display(widgets.pooling_explorer(table))

# %% [markdown]
# Every number feeds exactly **one** window. So the windows start as far apart as they are wide: the
# stride *equals* the window's size. That is the usual choice in pooling, and what Keras does if you
# say nothing.
#
# ### Exercise 2 · Max pooling · 2 points
#
# Write it for an image with one channel. Windows that do not fit completely are left out. One point
# for images that the window divides evenly, one for those with a remainder.


# %% exercise="max_pool"
def max_pool(image, size):
    """The largest number of each window, windows side by side.

    image: (H, W); size: rows and columns of the window.
    Returns an array of shape (H // size, W // size).
    """
    # BEGIN SOLUTION
    rows, columns = image.shape[0] // size, image.shape[1] // size
    result = np.zeros((rows, columns))
    for row in range(rows):
        for column in range(columns):
            top, left = row * size, column * size
            result[row, column] = image[top : top + size, left : left + size].max()
    return result
    # END SOLUTION


# %% check="max_pool"
check("max_pool", max_pool)

# %% [markdown]
# **Predict.** The map of the seven's leg, pooled by 2, by 4 and by 8: until when will you still see
# where the leg is?

# %% tags=["demo"]
if check.passed("max_pool"):
    maps = [leg] + [np.array(max_pool(leg, size)) for size in (2, 4, 8)]
    titles = ["{}×{}".format(*map_.shape) for map_ in maps]
    alt = "The map of the leg, pooled more and more: a thin line, a thick one, blocks, nine blocks."
    display(figures.image_row(maps, titles, alt, side=130))

# %% [markdown]
# The answer grows coarser, and it never disappears: what is strong stays strong. Note that 26 is
# not a multiple of 4 or of 8. The last two rows and columns are not in the last two maps.

# %% [markdown]
# ## 3.2 · What goes, what stays
#
# A layer gets a whole stack of maps, one for each filter. Pooling treats every map **on its own**.
#
# ### Exercise 3 · What goes, what stays · 1 point
#
# **Predict.** A stack of 24 rows, 36 columns and 16 channels goes through 2×2 max pooling. What
# comes out, and how many parameters has the pooling layer? Give
# `(rows, columns, channels, parameters)`.

# %% exercise="pool_summary"
# BEGIN SOLUTION
pool_summary = (12, 18, 16, 0)
# END SOLUTION

# %% check="pool_summary"
check("pool_summary", pool_summary)

# %% [markdown]
# Look through your `max_pool`: there is nothing in it that could be learned. Now count positions:

# %% tags=["demo"]
if check.passed("max_pool"):
    for height, width in [(24, 36), (26, 26), (13, 13)]:
        rows, columns = np.shape(max_pool(np.zeros((height, width)), 2))
        share = rows * columns / (height * width)
        print(f"{height}×{width} positions become {rows}×{columns}: {share:.0%} stay")

# %% [markdown]
# **2×2 pooling keeps 25 % of the positions**, a reduction by 75 %; a little more goes where a row
# is left over. What pooling does, in one line: *it samples rows and columns down, keeps the depth,
# and learns nothing.*

# %% [markdown]
# ## 3.3 · Other ways to sum up a window
#
# | pooling | keeps of a window | for 3, 4, 0, 0 |
# |---|---|---|
# | max | the largest number: *is it there?* | 4 |
# | average | the mean: *how much of it is there?* | (3 + 4 + 0 + 0) / 4 = 1.75 |
# | L2 | the length, $\sqrt{x_1^2 + x_2^2 + \dots}$ | √(9 + 16 + 0 + 0) = 5 |
#
# <div class="alert alert-info" style="color: #1f2933"><b>L2: which one?</b> In this course L2
# pooling is the root of the <i>sum</i> of squares, the length of the window as a vector. Some
# libraries take the root of the <i>mean</i> of squares. For a window of 2×2 that is half as much.
# When you compare numbers, find out which one you have.</div>
#
# **Predict.** For a window without negative numbers, is max, average or L2 the largest? And the
# smallest? Then change the kind below and see.

# %% tags=["demo"]
strong = np.array([[3, 4, 1, 1, 0, 6], [0, 0, 1, 1, 0, 0], [2, 2, 5, 0, 8, 6], [2, 2, 5, 0, 0, 0]])
widgets.pooling_explorer(strong, "l2")

# %% [markdown]
# Average ≤ max ≤ L2, as long as no number is negative. In a flat window average and max are equal;
# when one number stands alone, max and L2 are.
#
# ### Exercise 4 · A pooling layer · 3 points
#
# Now a whole layer: all channels, a stride of its own, three kinds. One point for each kind. The
# stride may be smaller than the window (windows overlap) or larger (pixels are skipped).


# %% exercise="pool_layer"
def pool_layer(image, size, stride, kind):
    """A pooling layer. Each channel is pooled on its own.

    image: (H, W, C); size: rows and columns of the window; stride: a whole number, 1 or more;
    kind: "max", "average" or "l2" (the root of the sum of squares).
    Returns an array of shape ((H - size) // stride + 1, (W - size) // stride + 1, C).
    """
    # BEGIN SOLUTION
    rows = (image.shape[0] - size) // stride + 1
    columns = (image.shape[1] - size) // stride + 1
    result = np.zeros((rows, columns, image.shape[2]))
    for row in range(rows):
        for column in range(columns):
            top, left = row * stride, column * stride
            window = image[top : top + size, left : left + size]
            if kind == "max":
                result[row, column] = window.max(axis=(0, 1))
            elif kind == "average":
                result[row, column] = window.mean(axis=(0, 1))
            else:
                result[row, column] = np.sqrt((window**2).sum(axis=(0, 1)))
    return result
    # END SOLUTION


# %% check="pool_layer"
check("pool_layer", pool_layer)

# %% [markdown]
# The three kinds on the house from lesson 1, in 8×8 windows:

# %% tags=["demo"]
house = figures.drawn_scene()
if check.passed("pool_layer"):
    kinds = ["max", "average", "l2"]
    maps = [np.array(pool_layer(house[..., None], 8, 8, kind))[..., 0] for kind in kinds]
    alt = "The house, and pooled to 12 by 12: in max the roof shrinks and the sun becomes a block."
    display(figures.image_row([house, *maps], ["house", *kinds], alt, side=130))

# %% [markdown]
# Look at the dark roof and at the bright sun: under max the roof shrinks, and the sun grows into a
# block. Max pooling favours what is *bright*. On a picture that is a whim; on a feature map it is
# the point, for there bright means *found*.

# %% [markdown]
# ## 3.4 · At the edge
#
# So far, windows that stick out were dropped. Sometimes the output must keep the image's size.
# GoogLeNet, in lesson 9, pools 3×3 windows around **every** pixel, with stride 1. Then the windows
# at the edge do stick out, and one has to say what counts there.
#
# In a convolution we pad with zeros. **Predict:** all numbers of an image are −1. We pad with zeros
# and take the maximum of each 3×3 window. What do we find at the edge?

# %% tags=["demo"]
dark = -np.ones((4, 6), int)
with_zeros = np.pad(dark, 1)
np.array([[with_zeros[i : i + 3, j : j + 3].max() for j in range(6)] for i in range(4)])

# %% [markdown]
# A frame of zeros: numbers that are nowhere in the image. So, in pooling, **what lies outside never
# counts**: not for the maximum, and, in Keras, not in the average. (PyTorch's average counts the
# padded zeros unless it is told not to. We go with Keras.)
#
# ### Exercise 5 · At the edge · 2 points
#
# For every pixel, pool the 3×3 window around it. At the edge use only those of the nine pixels that
# lie in the image. One point for max, one for average.


# %% exercise="neighbourhood_pool"
def neighbourhood_pool(image, kind):
    """Pool the 3×3 window around every pixel; what lies outside the image does not count.

    image: (H, W); kind: "max" or "average". Returns an array of the same shape.
    """
    # BEGIN SOLUTION
    result = np.zeros(image.shape)
    for row in range(image.shape[0]):
        for column in range(image.shape[1]):
            top, left = max(row - 1, 0), max(column - 1, 0)
            window = image[top : row + 2, left : column + 2]
            result[row, column] = window.max() if kind == "max" else window.mean()
    return result
    # END SOLUTION


# %% check="neighbourhood_pool"
check("neighbourhood_pool", neighbourhood_pool)

# %% [markdown]
# The average of an image of ones should be 1 everywhere, in the corners too:

# %% tags=["demo"]
if check.passed("neighbourhood_pool"):
    print(neighbourhood_pool(np.ones((3, 4)), "average"))

# %% [markdown]
# ## 3.5 · What survives a shift
#
# Max pooling reports *that* there is something in a window, not *where* in the window. So a small
# move may go unnoticed. May: it depends on where the windows' borders are.
#
# Here is a small picture, and the same picture moved right by one pixel. **Predict:** how many of
# the 16 pooled numbers stay the same? Then look for the frames.

# %% tags=["demo"]
lines = ["00000000", "09999980", "00000970", "00009600", "00095000", "00950000", "00900000", "00"]
small = np.array([[int(mark) for mark in line.ljust(8, "0")] for line in lines])
widgets.pooling_explorer(small, size=2, shift=1)

# %% [markdown]
# Twelve of 16 stay, but seven of these are just dark. Of the nine numbers with ink, five stay.
# Where a stroke moves *within* its window, nothing happens; where it crosses a border, something
# does.

# %% [markdown]
# ### Exercise 6 · How far may it move? · 1 point
#
# A row is dark, but for one bright dot at `position` (counted from 0). It is max-pooled with
# windows of `size`, side by side, the first one at 0. By how many pixels can the dot move to the
# **right** before the pooled row changes? (The row is long enough.)


# %% exercise="safe_shift"
def safe_shift(position, size):
    """The largest shift to the right that leaves the max-pooled row as it is.

    position: where the dot is, from 0; size: the window. Returns a whole number.
    """
    # BEGIN SOLUTION
    return size - 1 - position % size
    # END SOLUTION


# %% check="safe_shift"
check("safe_shift", safe_shift)

# %% [markdown]
# A dot at the start of a window has room, one at the end has none. Now with real digits. This pools
# a whole stack of images at once, without loops:


# %% tags=["demo"]
def pool_all(images, size):
    """Max pooling of images (N, H, W) whose sides `size` divides."""
    n, height, width = images.shape
    blocks = images.reshape(n, height // size, size, width // size, size)
    return blocks.max(axis=(2, 4))


# %% [markdown]
# We move 2000 digits to the right by one pixel. Then we ask: of all places that held ink, how many
# still hold the same number (within 0.1)? **Predict** it for no pooling, and for windows of 2, 4,
# 7, 14 and 28.

# %% tags=["demo"]
test = digits.x_test / 255


def survivors(size, shift):
    """The share of inked places of the pooled digits that a shift does not change."""
    before = pool_all(test[:2000], size)
    after = pool_all(np.roll(test[:2000], shift, axis=2), size)
    return np.mean(abs(after - before)[before > 0.5] < 0.1)


# %% tags=["demo"]
sizes = [1, 2, 4, 7, 14, 28]
names = ["no pooling"] + [f"{size}×{size}" for size in sizes[1:]]
shares = [survivors(size, shift=1) for size in sizes]
alt = (
    "After a shift of one pixel: the larger the window, the more of the pooled digit is unchanged."
)
figures.bars(names, shares, alt, show=lambda share: f"{share:.0%}")

# %% [markdown]
# The larger the window, the less a small move matters. At 28×28 nothing changes at all: one window
# holds the whole image, wherever the digit is.
#
# But a move by a whole window does not disappear. It becomes a move by one place:

# %% tags=["demo"]
pooled = pool_all(test[:1], 4)
moved = pool_all(np.roll(test[:1], 4, axis=2), 4)
print("the same numbers, one place further:", np.array_equal(moved[:, :, 1:], pooled[:, :, :-1]))

# %% [markdown]
# So how much does pooling help a classifier that meets moved digits? Here is lesson 1's simplest
# classifier again: ten weighted sums, found by least squares, the largest wins.


# %% tags=["demo"]
def learn(images, labels):
    """The weights (pixels, 10) that bring ten sums closest to 1 for the right digit, else 0."""
    rows = images.reshape(len(images), -1)
    squares = rows.T @ rows + 10 * np.eye(rows.shape[1])
    return np.linalg.solve(squares, rows.T @ np.eye(10)[labels])


# %% tags=["demo"]
def accuracy(weights, images):
    """The share of the test digits whose largest sum belongs to the right digit."""
    sums = images.reshape(len(images), -1) @ weights
    return np.mean(sums.argmax(axis=1) == digits.y_test)


# %% tags=["demo"]
train, labels = digits.x_train[:10_000] / 255, digits.y_train[:10_000]
weights = {size: learn(pool_all(train, size), labels) for size in sizes}

# %% [markdown]
# **Predict.** Without pooling and with 2×2 pooling: which accuracy does the classifier have on
# digits moved by 0, 1 and 2 pixels?

# %% tags=["demo"]
for shift in (0, 1, 2):
    there = np.roll(test, shift, axis=2)
    plain, pooled = (accuracy(weights[size], pool_all(there, size)) for size in (1, 2))
    print(f"moved by {shift}:  no pooling {plain:.1%}   2×2 pooling {pooled:.1%}")

# %% [markdown]
# It helps, and it helps *little*: "a network with pooling does not care about shifts" is a myth.
# Real networks pool several times, between layers that learn. Lesson 5 measures what they forgive.

# %% [markdown]
# ## 3.6 · Pooling, or a stride?
#
# There is another way to make maps smaller: a convolution with stride 2. It computes only every
# second answer in every second row. Does it matter which way you take?
#
# ### Exercise 7 · A lone answer · 1 point
#
# **Predict.** A feature map with an even number of rows and columns is zero everywhere, except for
# one **8** somewhere. It is reduced to a quarter of its positions in three ways. Give three
# numbers:
#
# * max pooling, 2×2: in what share of all possible places does the 8 survive? (0: never, 1: always)
# * stride 2, keeping rows and columns 0, 2, 4, …: in what share of all places does it survive?
# * average pooling, 2×2: what number is left of the 8?

# %% exercise="kept_answers"
# BEGIN SOLUTION
kept_answers = (1, 1 / 4, 2)
# END SOLUTION

# %% check="kept_answers"
check("kept_answers", kept_answers)

# %% [markdown]
# Now an experiment. Into every second of 1000 noisy pictures we plant a small plus, somewhere. A
# filter of the same shape looks for it. Do *you* see which pictures have one?

# %% tags=["demo"]
rng = np.random.default_rng(3)
plus = np.array([[-1, 1, -1], [1, 1, 1], [-1, 1, -1]])
noisy = rng.normal(size=(1000, 26, 26))
for image in noisy[1::2]:
    row, column = rng.integers(0, 24, 2)
    image[row : row + 3, column : column + 3] += 1.7 * plus

# %% tags=["demo"]
alt = "Two noisy pictures that look alike."
figures.image_row(noisy[8:10], ["no plus", "a plus"], alt, side=150)

# %% tags=["demo"]
answers = ops.conv2d(noisy[..., None], plus[:, :, None, None], [0])[..., 0]
alt = "The filter's answers to both: the second has one place that stands out."
titles = ["answers: no plus", "answers: a plus"]
figures.image_row(answers[8:10], titles, alt, signed=True, side=150)

# %% [markdown]
# Each picture gives 24×24 = 576 answers. We keep 36 of them, in three ways. Then the decision is as
# simple as can be: *if the largest number is above a limit, there is a plus.* The best limit is
# found by trying.


# %% tags=["demo"]
def right_decisions(maps):
    """The share of pictures judged rightly, with the best limit for the largest number."""
    largest = maps.max(axis=(1, 2))
    has_plus = np.arange(len(maps)) % 2 == 1
    return max(np.mean((largest > limit) == has_plus) for limit in largest)


# %% [markdown]
# **Predict.** Guessing gives 50 %. All 576 answers allow about 93 %. What do 36 of them allow, from
# max pooling, from stride 4, from average pooling?

# %% tags=["demo"]
ways = {
    "all 576 answers": answers,
    "max pooling": ops.max_pool2d(answers[..., None], 4)[..., 0],
    "stride 4": answers[:, ::4, ::4],
    "average pooling": ops.average_pool2d(answers[..., None], 4)[..., 0],
}

# %% tags=["demo"]
shares = [right_decisions(maps) for maps in ways.values()]
alt = "Right decisions: max pooling is as good as all answers; stride and average are near chance."
figures.bars(list(ways), shares, alt, show=lambda share: f"{share:.0%}")

# %% [markdown]
# Max pooling loses nothing here: the largest of the largest *is* the largest. A stride looks at one
# place in sixteen, and the average drowns one strong answer among fifteen weak ones.
#
# Could another kernel save the stride? Averages of a filter's answers are again weighted sums of
# pixels: *one* convolution, with a larger kernel and stride 4. So the lower two bars are both
# strided convolutions. A maximum is no weighted sum, and no convolution computes it.
#
# That is why the classic networks (LeNet, AlexNet, VGG) sample down by pooling: it retains
# **whether the feature is there**. The honest other half: our rule asks only for the largest
# answer, which is just what max pooling keeps. And when a network *learns* its strided
# convolutions, with nonlinearities and layers to come, it can do as well (Springenberg et al., see
# below). ResNet and MobileNet, in lessons 10 and 11, mostly use strides.

# %% [markdown]
# ## 3.7 · Small windows see more
#
# Filters stay small, 3×3 mostly. Yet a network must find noses *and* faces. Pooling helps: on a
# pooled map the same 3×3 window covers more of the image.

# %% tags=["demo"]
images = [house] + [ops.max_pool2d(house[..., None], size)[..., 0] for size in (4, 16)]
frames = [
    [(57, 25, 60, 28), (52, 20, 64, 32), (32, 0, 80, 48)],
    [None, (13, 5, 16, 8)],
    [None, None, (2, 0, 5, 3)],
]
titles = ["96×96: 3 pixels", "pooled by 4: 12 pixels", "pooled by 16: 48 pixels"]
alt = "A 3 by 3 window on the house, on the house pooled by 4 and by 16, and what each covers."
boxed(images, frames, titles, alt, side=192)

# %% [markdown]
# In the left picture you see what each of the three windows covers: a spot, a window of
# the house, most of the house.
#
# <div class="alert alert-info" style="color: #1f2933"><b>Multiple scales.</b> To look at an image
# at several <i>scales</i> means to look for small and for large things in it. Early layers see
# details; layers behind pooling see larger parts, with filters that are no larger.</div>
#
# ### Exercise 8 · A small window sees more · 1 point
#
# Maps are pooled `pools` times, each time in windows of `size`×`size` side by side. Then a window
# of `kernel`×`kernel` looks at the result. How many pixels wide is the part of the image that it
# covers?


# %% exercise="covered_pixels"
def covered_pixels(kernel, size, pools):
    """How many pixels of the image a window covers, along one side, after pooling.

    kernel: places of the window, along one side; size: the pooling window; pools: how often.
    Returns a whole number.
    """
    # BEGIN SOLUTION
    return kernel * size**pools
    # END SOLUTION


# %% check="covered_pixels"
check("covered_pixels", covered_pixels)

# %% tags=["demo"]
if check.passed("covered_pixels"):
    for pools in range(6):
        print(
            f"2×2 poolings: {pools}   a 3×3 window covers {covered_pixels(3, 2, pools):>2} pixels"
        )

# %% [markdown]
# Convolutions in between add a little more. Lesson 4 counts that too.

# %% [markdown]
# ## 3.8 · How much pooling?
#
# Behind the maps there is usually a dense layer, and it has a weight for every number that comes
# in. Fewer numbers, fewer weights.
#
# ### Exercise 9 · A cheaper dense layer · 1 point
#
# Maps of `height` × `width` × `channels` are pooled `pools` times with 2×2 windows (leftover rows
# and columns are dropped each time), flattened, and go into a dense layer of `units` units. How
# many parameters has the dense layer? Biases count.


# %% exercise="dense_after_pooling"
def dense_after_pooling(height, width, channels, units, pools):
    """Parameters of a dense layer behind 2×2 poolings, biases included.

    height, width, channels: the maps before pooling; units: units of the layer;
    pools: how many times the maps are pooled. Returns a whole number.
    """
    # BEGIN SOLUTION
    for _ in range(pools):
        height, width = height // 2, width // 2
    return (height * width * channels + 1) * units
    # END SOLUTION


# %% check="dense_after_pooling"
check("dense_after_pooling", dense_after_pooling)

# %% [markdown]
# **Predict.** 148×148 maps with 32 channels and a dense layer of 512 units: how many parameters
# without pooling? And by which factor does each pooling divide them?

# %% tags=["demo"]
if check.passed("dense_after_pooling"):
    for pools in range(5):
        print(
            f"poolings: {pools}   parameters: {dense_after_pooling(148, 148, 32, 512, pools):>11,}"
        )

# %% [markdown]
# Each pooling saves three quarters, roughly. Fewer weights mean less memory, less to compute, and
# less danger of learning the training images by heart. So, pool as much as you can? Let us measure
# it, with the classifier of section 3.5: trained on 10,000 digits, tested on 10,000 others.
#
# **Predict.** Which window gives the best accuracy? From which one on is it ruined?

# %% tags=["demo"]
names = [f"{size}×{size}, {weights[size].size:,} weights" for size in sizes]
shares = [accuracy(weights[size], pool_all(test, size)) for size in sizes]
alt = "Accuracy by window: 2 by 2 is best with a quarter of the weights; 14 and 28 are near chance."
figures.bars(names, shares, alt, show=lambda share: f"{share:.1%}")

# %% [markdown]
# With 2×2 windows a quarter of the weights is enough, and does even slightly better. With large
# ones hardly anything moves when the digit moves (section 3.5), because hardly anything is left:
# the strokes of all digits fill the same few windows.
#
# **The amount of pooling is a design choice**: too little is costly and fussy about places, too
# much is blind. Nobody can compute the right amount. One tries some, on images kept for that.
#
# <div class="alert alert-info" style="color: #1f2933"><b>Hyperparameter.</b> A number that you
# choose before training, such as the size of a window, the stride, the number of filters. Training
# finds <i>parameters</i>; people choose <i>hyperparameters</i>.</div>

# %% [markdown]
# ## 3.9 · Global pooling
#
# At the very end of many networks, 28×28 windows come back, so to speak: each whole map is pooled
# into **one** number. *Is my feature anywhere in the image?* That is not blind, for by then there
# are hundreds of maps, each for something else: one for wheels, one for windows, one for fur.
#
# ### Exercise 10 · One number for each map · 1 point
#
# Write global pooling for a batch of images.


# %% exercise="global_pool"
def global_pool(maps, kind):
    """One number for each map of each image.

    maps: (N, H, W, C), N images with C channels; kind: "average" or "max".
    Returns an array of shape (N, C).
    """
    # BEGIN SOLUTION
    if kind == "max":
        return maps.max(axis=(1, 2))
    return maps.mean(axis=(1, 2))
    # END SOLUTION


# %% check="global_pool"
check("global_pool", global_pool)

# %% [markdown]
# Two gifts come with it. The output has C numbers, **however large the image is**. And the dense
# layer behind it becomes small. In lesson 8 a network ends in maps of 4×4×512, followed by 256
# dense units. Flattened, or pooled globally:

# %% tags=["demo"]
if check.passed("global_pool") and check.passed("dense_after_pooling"):
    pooled = np.array(global_pool(np.zeros((1, 4, 4, 512)), "average"))
    print(f"flattened        {dense_after_pooling(4, 4, 512, 256, pools=0):>10,} parameters")
    print(
        f"pooled globally  {dense_after_pooling(1, 1, pooled.size, 256, pools=0):>10,} parameters"
    )

# %% [markdown]
# ## 3.10 · Regions of any size
#
# One program marks a cat in a photograph, a small one and a large one. A dense layer shall say for
# each mark whether it is a cat, and it wants a fixed number of inputs. But the marked regions have
# all sizes.
#
# <div class="alert alert-info" style="color: #1f2933"><b>RoI pooling.</b> RoI means <i>region of
# interest</i>. The <b>output's</b> size is fixed, say 2×3; the region's size is not. The region is
# shared out to 2×3 <i>bins</i>, and the largest number of each bin is kept. The windows' size
# follows from the region's.</div>
#
# Try other regions. **Predict:** what happens to the bins when the region has 5 rows and the output
# 2?

# %% tags=["demo"]
heights = np.random.default_rng(8).integers(0, 10, (8, 9))
widgets.pooling_explorer(heights, "roi", size=(2, 3), region=(1, 2, 6, 9))

# %% [markdown]
# Five rows cannot be shared out to two bins evenly: each would get 2½. No row may be lost, so the
# middle row goes to *both*. In general, of `height` rows, bin `i` of `rows` gets
#
# $$\text{from}\ \left\lfloor \frac{i \cdot \text{height}}{\text{rows}} \right\rfloor
# \ \text{up to, not including,}\
# \left\lceil \frac{(i + 1) \cdot \text{height}}{\text{rows}} \right\rceil$$
#
# (⌊ ⌋ rounds down, ⌈ ⌉ rounds up), counted from the region's first row. The columns likewise.
#
# ### Exercise 11 · Regions of any size · 2 points
#
# Write RoI pooling. A region is `(row0, col0, row1, col1)`, and `row1` and `col1` are **not** part
# of it, as in a Python slice. One point for regions that the output divides evenly, one for those
# with a remainder.


# %% exercise="roi_pool"
def roi_pool(image, region, rows, columns):
    """The largest number of each bin of a region, channel by channel.

    image: (H, W, C); region: (row0, col0, row1, col1), row1 and col1 excluded;
    rows, columns: the output's size. Returns an array of shape (rows, columns, C).
    """
    # BEGIN SOLUTION
    row0, col0, row1, col1 = region
    part = image[row0:row1, col0:col1]
    height, width, channels = part.shape
    result = np.zeros((rows, columns, channels))
    for i in range(rows):
        for j in range(columns):
            top, bottom = i * height // rows, int(np.ceil((i + 1) * height / rows))
            left, right = j * width // columns, int(np.ceil((j + 1) * width / columns))
            result[i, j] = part[top:bottom, left:right].max(axis=(0, 1))
    return result
    # END SOLUTION


# %% check="roi_pool"
check("roi_pool", roi_pool)

# %% [markdown]
# Three regions of the house: the sun, the roof, the whole house. Three sizes in, one size out:

# %% tags=["demo"]
regions = [(8, 62, 34, 88), (20, 10, 44, 60), (20, 8, 80, 60)]
if check.passed("roi_pool"):
    pooled = [np.array(roi_pool(house[..., None], region, 12, 12))[..., 0] for region in regions]
    sizes_in = [f"{row1 - row0}×{col1 - col0} → 12×12" for row0, col0, row1, col1 in regions]
    alt = "Three regions framed on the house, and the three outputs, all of 12 by 12."
    display(boxed([house, *pooled], [regions, [], [], []], ["house", *sizes_in], alt))

# %% [markdown]
# ## What you can do now
#
# You can now
#
# 1. max-pool an image, with a pencil and with a program (section 3.1);
# 2. say what pooling does: fewer rows and columns (2×2 keeps 25 % of the positions), the same
#    depth, no parameters; the stride normally equals the window (section 3.2);
# 3. write max, average and L2 pooling, and say which L2 you mean (section 3.3);
# 4. pool at the edge, where what lies outside never counts (section 3.4);
# 5. say what a shift does: within its window nothing, over a border something, by a whole window a
#    move by one place (section 3.5);
# 6. explain why max pooling retains whether a feature is there, and a stride may miss it (section
#    3.6);
# 7. work out what a small window covers after pooling: k · sᵖ pixels (section 3.7);
# 8. count the weights saved, and treat the amount of pooling as a choice to be tried (section 3.8);
# 9. pool whole maps into one number each (section 3.9);
# 10. pool a region of any size to a fixed one, with no row left out (section 3.10).
#
# **Next:** lesson 4 lets a filter see more *without* pooling, by leaving holes in it.

# %% [markdown]
# ## Further reading
#
# * Goodfellow, Bengio, Courville, *Deep Learning* (2016): section 9.3, pooling.
# * Boureau, Ponce, LeCun, *A theoretical analysis of feature pooling in visual recognition* (2010):
#   when max beats average, and when not.
# * Krizhevsky, Sutskever, Hinton, *ImageNet classification with deep convolutional neural networks*
#   (2012): section 3.4, windows of 3 with stride 2 that overlap.
# * Lin, Chen, Yan, *Network in network* (2014): section 3.2, global average pooling.
# * Springenberg, Dosovitskiy, Brox, Riedmiller, *Striving for simplicity: the all convolutional
#   net* (2015): section 2, learned strides in place of pooling.
# * Girshick, *Fast R-CNN* (2015): section 2.1, the RoI pooling layer.
# * Zhang, *Making convolutional networks shift-invariant again* (2019): section 3, what pooling
#   does to shifts, and a repair.
