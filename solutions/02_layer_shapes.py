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
# # 2 · Layer shapes
#
# Most errors in a first network are errors of shape: a map that is one pixel too small, a layer
# that does not fit the one before. Shapes can be worked out with a pencil, before anything is
# trained. Here you learn how, and what the numbers cost.
#
# **In this lesson you will**
#
# 1. count how often a window stops, and see what stride and dilation do to the count;
# 2. see images shrink away, and stop that with zeros;
# 3. work out `valid` and `same` as TensorFlow does, also where `same` is lopsided;
# 4. see how windows overlap, and what a stride saves;
# 5. follow shapes and parameters through a whole network;
# 6. say why depth grows as width shrinks;
# 7. write a 1×1 convolution, and compute what it saves;
# 8. show that two layers with nothing in between are only one.
#
# About **65 minutes**, eleven exercises, 20 points. You need lesson 1: windows, channels, filters
# and stride.

# %% tags=["setup"]
import numpy as np
from IPython.display import display

from cnncourse import check, figures, ops, widgets, zoo
from cnncourse.data import load_mnist

# %% [markdown]
# ## 2.1 · Counting stops
#
# Every size in this lesson comes from one question: **how often does a window stop?** Rows and
# columns do not influence each other, so one row of pixels is enough to think about.
#
# A window of k pixels on a row of n starts at pixel 0, then s pixels further, and so on. It must
# end inside, so its last start is at most n − k. Let us list the starts:

# %% tags=["demo"]
n, k, s = 8, 3, 2
starts = list(range(0, n - k + 1, s))
print("starts:", starts, "  stops:", len(starts))

# %% [markdown]
# Point at an output, or walk to it with the keyboard, to see what it reads. Change the size and the
# stride: when does a pixel at the end go unread?

# %% tags=["demo"]
widgets.padding_explorer(size=8, kernel=3, stride=2, padding="valid")

# %% [markdown]
# Now without a list. From the first start to the last possible one there are n − k pixels. Jumps of
# s pixels fit into that ⌊(n − k)/s⌋ times: a jump that would end outside is not made. And the
# window also stood still *before* its first jump:
#
# $$\text{stops} = \left\lfloor \frac{n - k}{s} \right\rfloor + 1$$
#
# <div class="alert alert-info" style="color: #1f2933"><b>Floor and ceiling.</b> ⌊x⌋ rounds down,
# ⌈x⌉ rounds up: ⌊2.5⌋ is 2, ⌈2.5⌉ is 3. In Python, <code>a // b</code> divides and rounds
# down.</div>
#
# ### Exercise 1 · Count the stops · 1 point
#
# Write it. The window always fits at least once.


# %% exercise="count_stops"
def count_stops(size, kernel, stride):
    """How often a window stops on a row of pixels.

    size: pixels of the row; kernel: pixels of the window; stride: pixels of a jump.
    Returns a whole number.
    """
    # BEGIN SOLUTION
    return (size - kernel) // stride + 1
    # END SOLUTION


# %% check="count_stops"
check("count_stops", count_stops)

# %% [markdown]
# ## 2.2 · The image that shrinks away
#
# With stride 1 a 3×3 window stops n − 2 times: a layer costs two rows and two columns. That sounds
# harmless.
#
# ### Exercise 2 · Predict: when is the image gone? · 1 point
#
# A digit has 28×28 pixels. You stack layers with 3×3 kernels and stride 1, one on the map of the
# other. **How many layers can you stack** until no window fits any more?

# %% exercise="layers_until_gone"
# BEGIN SOLUTION
layers_until_gone = (28 - 2) // 2
# END SOLUTION

# %% check="layers_until_gone"
check("layers_until_gone", layers_until_gone)

# %% [markdown]
# Here is the whole story, counted by your function:

# %% tags=["demo"]
if check.passed("layers_until_gone") and check.passed("count_stops"):
    sizes = [28]
    while sizes[-1] >= 3:
        sizes.append(count_stops(sizes[-1], 3, 1))
    print(len(sizes) - 1, "layers:", " → ".join(map(str, sizes)))

# %% [markdown]
# So without a remedy a network on digits ends after 13 layers. Those of lesson 10 have more than a
# hundred.
#
# There is a second loss, which hits even the first layer. **Predict:** how many 3×3 windows read
# the pixel in the very corner of an image? And how many read a pixel in the middle?


# %% tags=["demo"]
def count_reads(size, padding):
    """How many 3×3 windows, stride 1, read each pixel of a square image."""
    padded = np.zeros((size + 2 * padding, size + 2 * padding), dtype=int)
    for row, column in np.ndindex(len(padded) - 2, len(padded) - 2):
        padded[row : row + 3, column : column + 3] += 1
    return padded[padding : padding + size, padding : padding + size]


# %% tags=["demo"]
print(count_reads(7, padding=0))

# %% [markdown]
# A corner is read once, the middle nine times. What stands at the edge hardly counts.
#
# ### The remedy: zeros
#
# Put a frame of zeros around the image before the window slides. With one zero at each side, a 3×3
# window can centre on every pixel, the corner included.
#
# <div class="alert alert-info" style="color: #1f2933"><b>Zero padding.</b> Zeros added around the
# image (or map) before a layer slides over it. They are not learned and not part of the image: the
# window just has something to stand on.</div>

# %% tags=["demo"]
print(count_reads(7, padding=1))

# %% [markdown]
# Now the corner is read four times instead of once, and the map has as many pixels as the image.
#
# With p zeros at each end, the row has n + 2p pixels, and everything else stays:
# ⌊(n + 2p − k)/s⌋ + 1 stops.

# %% [markdown]
# ### One more dial: dilation
#
# The weights of a kernel need not lie side by side.
#
# <div class="alert alert-info" style="color: #1f2933"><b>Dilation.</b> With a dilation of d, the
# pixels that a window reads lie d apart. With d = 1 they are neighbours. A kernel of 3 with
# d = 2 reads ● ○ ● ○ ●.</div>
#
# How wide is such a window? Between k weights there are k − 1 steps of d pixels, and the last
# weight takes one pixel itself: it **spans** d(k − 1) + 1 pixels. What it is good for is lesson 4's
# topic; for shapes, the span simply takes the place of k.

# %% tags=["demo"]
widgets.padding_explorer(size=11, kernel=3, stride=2, padding="valid", dilation=2)

# %% [markdown]
# ### Exercise 3 · All four dials · 2 points
#
# Put it together: kernel, stride, padding, dilation. One point for padding, one for dilation. Your
# `count_stops` still does the counting: what do you hand to it?


# %% exercise="output_size"
def output_size(size, kernel, stride, padding, dilation):
    """How often a window stops on a padded row.

    size: pixels of the row; kernel: weights of the window; stride: pixels of a jump;
    padding: zeros at each end of the row; dilation: pixels from one weight to the next.
    Returns a whole number.
    """
    # BEGIN SOLUTION
    span = dilation * (kernel - 1) + 1
    return count_stops(size + 2 * padding, span, stride)
    # END SOLUTION


# %% check="output_size"
check("output_size", output_size)

# %% [markdown]
# **Predict.** With stride 1 and no dilation: how many zeros at each side keep the size for a kernel
# of 3? Of 5? Of 7? And what about a kernel of 4?

# %% tags=["demo"]
if check.passed("output_size"):
    for kernel in (3, 5, 7, 4):
        sizes = {p: output_size(28, kernel, 1, p, 1) for p in (1, 2, 3)}
        print(f"kernel {kernel}:", *(f"padding {p} gives {n}" for p, n in sizes.items()), sep="   ")

# %% [markdown]
# A row loses k − 1 pixels, so k − 1 zeros must come back: half of them at each end, (k − 1)/2. For
# an even kernel that is no whole number. One end must get more.

# %% [markdown]
# ## 2.3 · `valid` and `same`
#
# In Keras you rarely count zeros. You choose a word:
#
# | `padding=` | zeros | size of the map |
# |---|---|---|
# | `"valid"` | none | ⌊(n − span)/s⌋ + 1 |
# | `"same"` | as many as it takes | ⌈n/s⌉ |
#
# `same` with stride 1 keeps the size; hence its name. **With a larger stride it does not.**
#
# Why ⌈n/s⌉? Cut the row into blocks of s pixels; the last block may be incomplete. Every block gets
# one stop. So a row of 7 with stride 2 has four stops, however wide the kernel is: for the shapes
# of a network you then need only the strides.

# %% tags=["demo"]
for size in (6, 7, 8):
    blocks = [list(range(start, min(start + 2, size))) for start in range(0, size, 2)]
    print(f"{size} pixels, stride 2: {len(blocks)} stops", blocks)

# %% [markdown]
# ### How many zeros?
#
# No more than needed. There are ⌈n/s⌉ stops, so the last window starts (⌈n/s⌉ − 1)·s pixels after
# the first, and from there it needs k pixels:
#
# $$\text{zeros} = \max\big( (\lceil n/s \rceil - 1)\, s + k - n,\; 0 \big)$$
#
# The left end gets half of them, rounded **down**; the right end gets the rest. So an odd zero
# stands at the right (and, for columns, at the bottom).
#
# **Predict,** for a kernel of 3 and stride 2: on which sides are zeros when the row has 7 pixels?
# And 8? Then change the size and watch the zeros move.

# %% tags=["demo"]
widgets.padding_explorer(size=7, kernel=3, stride=2, padding="same")

# %% [markdown]
# ### Exercise 4 · How many zeros does `same` add? · 2 points
#
# Write it, without dilation. One point for stride 1, one for larger strides.


# %% exercise="same_padding"
def same_padding(size, kernel, stride):
    """The zeros that "same" adds to a row, as TensorFlow does it.

    size: pixels of the row; kernel: pixels of the window; stride: pixels of a jump.
    Returns (before, after), two whole numbers.
    """
    # BEGIN SOLUTION
    stops = (size + stride - 1) // stride
    zeros = max((stops - 1) * stride + kernel - size, 0)
    return zeros // 2, zeros - zeros // 2
    # END SOLUTION


# %% check="same_padding"
check("same_padding", same_padding)

# %% [markdown]
# Below, kernel and stride stay the same; only the image grows. **Predict:** do the zeros stay?

# %% tags=["demo"]
if check.passed("same_padding"):
    for size in range(9, 16):
        print(f"{size:2} pixels, kernel 4, stride 3: (before, after) =", same_padding(size, 4, 3))

# %% [markdown]
# They come and go. So a layer may pad one photograph evenly and the next one lopsidedly. It is also
# why the same weights can give shifted maps in another library: with `padding=1`, PyTorch always
# puts one zero at *each* end.
#
# **Predict.** The row is 1 2 3 4 5 6, the kernel 1 1 1, the stride 2. Which three numbers come out
# with `same`? Which with one zero at each end? Use a pencil; the next check tells.
#
# ### Exercise 5 · A row with `same`, by hand · 2 points
#
# Now compute it: one row, one kernel, no bias. One point for stride 1, one for larger strides.


# %% exercise="same_row"
def same_row(row, kernel, stride):
    """A convolution layer on a single row with padding "same".

    row: (n,); kernel: (k,), not flipped; stride: a whole number, 1 or more.
    Returns an array of shape (ceil(n / stride),).
    """
    # BEGIN SOLUTION
    padded = np.pad(row, same_padding(len(row), len(kernel), stride))
    starts = range(0, len(padded) - len(kernel) + 1, stride)
    return np.array([padded[start : start + len(kernel)] @ kernel for start in starts])
    # END SOLUTION


# %% check="same_row"
check("same_row", same_row)

# %% tags=["demo"]
if check.passed("same_row"):
    row, ones = np.arange(1, 7), np.ones(3)
    print("same:                  ", same_row(row, ones, 2))
    windows = [np.pad(row, 1)[start : start + 3] for start in (0, 2, 4)]
    print("one zero at each end:  ", np.array([window @ ones for window in windows]))

# %% [markdown]
# Three numbers each, and none of them agrees. A shape check would have noticed nothing.
#
# In two dimensions, rows and columns are padded by the same rule, each for itself. Here are both,
# on an image of 6×7. **Predict:** which edge gets no zeros?

# %% tags=["demo"]
patch = np.random.default_rng(2).integers(1, 5, (6, 7))
corner = np.array([[3, 1, 2], [-1, -2, 1], [1, -2, -3]])
widgets.window_explorer(patch, corner, stride=2, padding="same")

# %% [markdown]
# The top: six rows are even, so their one zero stands at the bottom. Seven columns are odd and get
# one at each side.

# %% [markdown]
# ## 2.4 · Windows overlap
#
# With stride 1, a window and its neighbour share most of their pixels. **Predict:** of the nine
# pixels of a 3×3 window, how many does the window one step to the right read again? And how many
# outputs does one pixel in the middle feed?
#
# Point at a pixel of the *image* below: all outputs that read it light up.

# %% tags=["demo"]
widgets.window_explorer(patch, corner, stride=1, padding="same", at=(2, 3))

# %% [markdown]
# Six of nine are shared, and a pixel feeds nine outputs. Neighbouring outputs say nearly the same
# thing twice, and there are many of them. A larger stride shares less and stores less:

# %% tags=["demo"]
if check.passed("count_stops"):
    for stride in (1, 2, 3):
        stops, shared = count_stops(28, 3, stride), 3 * max(3 - stride, 0)
        print(f"stride {stride}: {stops}×{stops} = {stops**2} outputs, neighbours share {shared}")

# %% [markdown]
# Overlap is no waste in itself: it makes sure that no corner or stroke falls between two windows.
# So networks mostly keep stride 1 while they look for things, and make the maps smaller now and
# then: with a stride of 2, or with a pooling layer.
#
# <div class="alert alert-info" style="color: #1f2933"><b>Pooling.</b> A layer without weights that
# takes, say, the largest number of each window, in every channel by itself. Lesson 3 is about it.
# For shapes you need only this: its window slides like any other, and the depth stays as it
# was.</div>

# %% [markdown]
# ## 2.5 · Through a whole network
#
# We write a layer as four things: **(filters, window, stride, padding)**. Pooling has no filters,
# so there we put `None`. These are the first eight layers of the network for cats & dogs from the
# lecture; its images have shape (150, 150, 3).

# %% tags=["demo"]
cats_dogs = []
for filters in (32, 64, 128, 128):
    cats_dogs += [(filters, 3, 1, "valid"), (None, 2, 2, "valid")]
cats_dogs

# %% [markdown]
# ### Exercise 6 · Shapes through a network · 3 points
#
# Give the shape after every layer. One point for `valid`, one for `same`, one for networks with
# pooling.


# %% exercise="chain_shapes"
def chain_shapes(shape, layers):
    """The shape after every layer of a network without branches.

    shape: (height, width, channels) of the image; layers: a sequence of
    (filters, window, stride, padding), where filters is None for pooling and padding is
    "valid" or "same". Returns a list with one (height, width, channels) for every layer.
    """
    # BEGIN SOLUTION
    height, width, channels = shape
    shapes = []
    for filters, window, stride, padding in layers:
        if padding == "same":
            height, width = -(-height // stride), -(-width // stride)  # rounded up
        else:
            height = count_stops(height, window, stride)
            width = count_stops(width, window, stride)
        if filters is not None:
            channels = filters
        shapes.append((height, width, channels))
    return shapes
    # END SOLUTION


# %% check="chain_shapes"
check("chain_shapes", chain_shapes)

# %% tags=["demo"]
if check.passed("chain_shapes"):
    for layer, shape in zip(cats_dogs, chain_shapes((150, 150, 3), cats_dogs), strict=True):
        print("pooling    " if layer[0] is None else "convolution", shape)

# %% [markdown]
# ### What must be learned
#
# A filter of k×k reaches through all C channels of its input and has a bias: k·k·C + 1 parameters.
# N filters have N times as many. And the C of a layer is the N of the layer before.
#
# ### Exercise 7 · Parameters through a network · 2 points
#
# Give the number of parameters of every layer. One point for convolutions, one for networks with
# pooling.


# %% exercise="chain_parameters"
def chain_parameters(channels, layers):
    """The parameters of every layer of a network without branches, biases included.

    channels: of the image; layers: as in chain_shapes.
    Returns a list with one whole number for every layer.
    """
    # BEGIN SOLUTION
    counts = []
    for filters, window, _, _ in layers:
        if filters is None:
            counts.append(0)
        else:
            counts.append((window * window * channels + 1) * filters)
            channels = filters
    return counts
    # END SOLUTION


# %% check="chain_parameters"
check("chain_parameters", chain_parameters)

# %% [markdown]
# Compare with the whole network as the course's library counts it. It ends in dense layers, as in
# lesson 1: the convolutions find features, the dense layers decide, cat or dog. **Predict:** which
# layer has the most parameters?

# %% tags=["demo"]
if check.passed("chain_parameters"):
    print(chain_parameters(3, cats_dogs))
    display(zoo.get("cats-dogs").table())

# %% [markdown]
# More than nine of ten parameters sit in the first dense layer, because it reads a flattened map of
# 7×7×128. Smaller maps would make it cheaper: one more reason to shrink them.

# %% [markdown]
# ## 2.6 · Depth grows as width shrinks
#
# Look at the shapes again: the maps get smaller, and there are more of them. That is the plan of
# nearly every network. A small map knows less about *where*, and more channels know more about
# *what*: depth makes up for the numbers that shrinking costs. A rule of thumb says: keep about as
# many as before.
#
# ### Exercise 8 · Predict: as many numbers as before · 1 point
#
# The output of a layer is 56×56×64. The next layer has stride 2 and `same`, so its maps are 28×28.
# **How many filters** must it have so that its output holds as many numbers?

# %% exercise="filters_to_balance"
# BEGIN SOLUTION
filters_to_balance = 64 * 56 * 56 // (28 * 28)
# END SOLUTION

# %% check="filters_to_balance"
check("filters_to_balance", filters_to_balance)

# %% [markdown]
# Do real networks go that far? VGG16, from lesson 9, reads images of 224×224. We take the last
# convolution of each of its five blocks.
#
# **Predict:** from block to block, do its numbers stay equal, or do they become fewer?

# %% tags=["demo"]
vgg16 = zoo.get("vgg16").cost().layers
blocks = [layer for layer in vgg16 if layer.name in ("block1_conv2", "block2_conv2")]
blocks += [layer for layer in vgg16 if layer.name.endswith("_conv3")]
[layer.output for layer in blocks]

# %% tags=["demo"]
names = [layer.name[:6] for layer in blocks]
numbers = [int(np.prod(layer.output)) for layer in blocks]
alt = "Numbers in the outputs of VGG16's blocks: each block holds half of the one before, or less."
figures.bars(names, numbers, alt, show=lambda count: f"{count:,} numbers")

# %% [markdown]
# Half as many each time (a quarter in the last block). VGG16 only *doubles* its depth, where four
# times would keep the balance. What it keeps is something else:

# %% tags=["demo"]
work = [layer.mult_adds.value / 1e6 for layer in blocks]
alt = "Multiplications of the same five layers: four are equal, the last needs a quarter."
figures.bars(names, work, alt, show=lambda count: f"{count:,.0f} million multiplications")

# %% [markdown]
# The **work** stays the same. A layer needs H·W · k·k·C · N multiplications. Half the height and
# half the width make a quarter; twice the channels in and twice the filters make four times. The
# weights, k·k·C·N with no image in them, are what grows: fourfold wherever the depth doubles.

# %% [markdown]
# ## 2.7 · 1×1 convolution
#
# Can a window be a single pixel? It has no neighbours to compare, so is it of any use? Remember
# that a filter reaches through the **full depth**. A pixel is C numbers. A 1×1 filter is C weights:
# it *mixes the channels* of each pixel into one new number, the same way at every place. N filters
# give N channels. So of the shape a 1×1 layer changes the depth, and nothing else.
#
# You know one already: a colour pixel becomes grey by adding red, green and blue with three
# weights.
#
# ### Exercise 9 · A 1×1 convolution · 2 points
#
# Write it. One point without biases, one with.


# %% exercise="pointwise"
def pointwise(image, kernels, biases):
    """A convolution layer with 1×1 kernels and stride 1.

    image: (H, W, C); kernels: (1, 1, C, N); biases: (N,).
    Returns an array of shape (H, W, N).
    """
    # BEGIN SOLUTION
    height, width, _ = image.shape
    result = np.zeros((height, width, len(biases)))
    for row in range(height):
        for column in range(width):
            for n, bias in enumerate(biases):
                result[row, column, n] = image[row, column] @ kernels[0, 0, :, n] + bias
    return result
    # END SOLUTION


# %% check="pointwise"
check("pointwise", pointwise)

# %% [markdown]
# Try it: three digits are the three channels of one image. Two filters mix them. **Predict** what
# you will see: the first filter has weights 1, 1, 1; the second 1, −1, 0.

# %% tags=["demo"]
digits = load_mnist()
three = np.stack(list(digits.x_test[:3] / 255), axis=-1)
mix = np.array([[1, 1], [1, -1], [1, 0]]).reshape(1, 1, 3, 2)

# %% tags=["demo"]
if check.passed("pointwise"):
    mixed = pointwise(three, mix, np.zeros(2))
    drawn = [*np.moveaxis(three, -1, 0), *np.moveaxis(mixed, -1, 0)]
    titles = ["channel 0", "channel 1", "channel 2", "1, 1, 1", "1, −1, 0"]
    alt = "Three digits, their sum with all three overlaid, and the first minus the second."
    display(figures.image_row(drawn, titles, alt, signed=True, side=110))

# %% [markdown]
# ### What it saves
#
# Deep in a network, maps are small and many: say 28×28×256. A layer with 256 filters of 3×3 reads
# windows of 3·3·256 numbers. **Reduce first**: a 1×1 layer brings 256 channels down to 64, and the
# 3×3 layer then reads only 3·3·64.
#
# | way | layer | places | numbers in a window | filters |
# |---|---|---|---|---|
# | direct | 3×3 | 28·28 | 3·3·256 | 256 |
# | reduced | 1×1 | 28·28 | 1·1·256 | 64 |
# | | 3×3 | 28·28 | 3·3·64 | 256 |
#
# Multiply along a line to get a layer's multiplications. All layers have stride 1 and `same`.
#
# ### Exercise 10 · What a reduction saves · 2 points
#
# **Predict first:** a quarter of the channels, and one layer more. Is it four times less work?
#
# Then write the factor: multiplications of the direct way, divided by those of the reduced way.


# %% exercise="reduction_saving"
def reduction_saving(height, width, channels, reduced, filters, kernel):
    """How many times fewer multiplications a layer needs after a 1×1 reduction.

    height, width, channels: of the input; reduced: channels after the 1×1 layer;
    filters: of the last layer; kernel: the side of its square window.
    Returns a factor: direct / reduced.
    """
    # BEGIN SOLUTION
    places = height * width
    direct = places * kernel**2 * channels * filters
    reduction = places * channels * reduced
    convolution = places * kernel**2 * reduced * filters
    return direct / (reduction + convolution)
    # END SOLUTION


# %% check="reduction_saving"
check("reduction_saving", reduction_saving)

# %% tags=["demo"]
if check.passed("reduction_saving"):
    for reduced in (128, 64, 32, 16):
        factor = reduction_saving(28, 28, 256, reduced, 256, 3)
        print(f"256 → {reduced:3} channels, then 3×3: {factor:4.1f} times fewer multiplications")

# %% [markdown]
# Not quite four times for 64 channels: the 1×1 layer takes its share. But it also has weights to
# learn, so the network decides *which* mixtures to keep. GoogLeNet and ResNet (lessons 9 and 10)
# are built on this.

# %% [markdown]
# ## 2.8 · Something in between
#
# A 1×1 layer turns a pixel p, a row of C numbers, into p @ A + a: weights A, biases a. A second
# one makes (p @ A + a) @ B + b. Two layers, more parameters: a better network?
#
# ### Exercise 11 · Two layers in one · 2 points
#
# Find **one** 1×1 layer that does the same to every pixel. Multiply out, and write its weights and
# its biases. (Weights have shape (C, N) here, without the two axes of length 1.)


# %% exercise="collapse"
def collapse(first, first_bias, second, second_bias):
    """The one 1×1 layer that equals two, one after the other.

    first: (C, M); first_bias: (M,); second: (M, N); second_bias: (N,).
    Returns (weights, biases) of shapes (C, N) and (N,).
    """
    # BEGIN SOLUTION
    return first @ second, first_bias @ second + second_bias
    # END SOLUTION


# %% check="collapse"
check("collapse", collapse)

# %% [markdown]
# So the second layer was of no use. The same holds for larger kernels: two 3×3 convolutions in a
# row are one 5×5 convolution, as lesson 1 showed. However many layers you stack, you get *one*.
#
# Unless something stands between them that is not a weighted sum, such as **ReLU**, which sets
# negative numbers to 0. Here is the house of lesson 1 and its edge map, positive at one wall and
# negative at the other. The first layer makes two channels, the map and its negative. The second
# adds the two channels.
#
# **Predict:** what comes out without ReLU in between? And with it?

# %% tags=["demo"]
house = figures.drawn_scene()
upright = np.array([[-1, 0, 1]] * 3)[:, :, None, None]
edges = ops.conv2d(house[:, :, None], upright)
split, add = np.array([[1, -1]]), np.array([[1], [1]])

# %% tags=["demo"]
plain = edges @ split @ add
with_relu = np.maximum(edges @ split, 0) @ add
titles = ["edge map", "two layers", "with ReLU between"]
alt = "An edge map with both signs; after two plain layers nothing; with ReLU all edges positive."
maps = [array[:, :, 0] for array in (edges, plain, with_relu)]
figures.image_row(maps, titles, alt, signed=True, side=170)

# %% [markdown]
# Without ReLU the two channels cancel: nothing is left. With ReLU, the network finds *both* kinds
# of edges, |x| from two weighted sums. No single layer can do that. This is why a nonlinearity
# stands between the layers of every network.

# %% [markdown]
# ## What you can do now
#
# You can now
#
# 1. count stops: ⌊(n + 2p − span)/s⌋ + 1, where the span is d(k − 1) + 1 (sections 2.1 and 2.2);
# 2. say how fast images shrink, why their edges count less, and stop both with zeros (section 2.2);
# 3. tell `valid` from `same`: ⌈n/s⌉ outputs, an odd zero at the end (section 2.3);
# 4. say what neighbouring windows share, and what a stride saves (section 2.4);
# 5. follow shapes and parameters, (k·k·C + 1)·N, through a network (section 2.5);
# 6. explain why depth grows as width shrinks, and what stays equal (section 2.6);
# 7. use a 1×1 convolution to mix channels, and compute what a reduction saves (section 2.7);
# 8. show why layers need a nonlinearity between them (section 2.8).
#
# **Next:** lesson 3 makes maps smaller without weights: pooling.

# %% [markdown]
# ## Further reading
#
# * Dumoulin and Visin, *A guide to convolution arithmetic for deep learning* (2016): chapter 2, all
#   combinations of padding and stride, with pictures; section 5.1, dilation.
# * Goodfellow, Bengio, Courville, *Deep Learning* (2016): section 9.5, variants of the basic
#   convolution function, with zero padding.
# * Lin, Chen, Yan, *Network in network* (2014): section 3.1, where 1×1 convolutions come from.
# * Szegedy and others, *Going deeper with convolutions* (2015): section 4, reduction with 1×1
#   layers in GoogLeNet.
# * Simonyan and Zisserman, *Very deep convolutional networks for large-scale image recognition*
#   (2015): section 2, the shapes of VGG.
