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
# # 1 · Convolution by hand
#
# A convolution layer is a small calculation, done many times. Here you write it yourself, with
# NumPy only.
#
# **In this lesson you will**
#
# 1. count what flattening an image costs, and see what else it loses;
# 2. turn one window of an image into one number: dot product plus bias;
# 3. slide the window, and predict the shape of the map it makes;
# 4. reach through the depth of an image, and use many filters;
# 5. move in larger steps, the stride;
# 6. count the parameters of a convolution layer;
# 7. tell what networks compute from what mathematicians call convolution;
# 8. design a filter that finds edges, and run it on a picture;
# 9. measure how much faster the same calculation can be.
#
# About **75 minutes**, eleven exercises, 16 points. You need Python loops, and NumPy indexing.

# %% [markdown]
# **How an exercise works.** Write your answer where the cell says so and run it. Then run the check
# below it. A check tells you where your answer differs, and often why. Try as often as you like.
#
# `check.hint("name")` gives a hint, a bigger one every time. Any right answer counts: loops are as
# good as clever tricks. Only ready-made convolutions (`np.convolve`, SciPy, Keras) are left aside,
# because you are here to write one.

# %% tags=["setup"]
import numpy as np
from IPython.display import display

from cnncourse import check, figures
from cnncourse.data import load_mnist

# %% tags=["demo"]
digits = load_mnist()
digits

# %% [markdown]
# The pictures in this lesson are handwritten digits: 28 rows, 28 columns, one number a pixel. We
# scale them so that 0 is paper and 1 is ink.

# %% tags=["demo"]
seven = digits.x_test[0] / 255
figures.image_row([seven], [f"a {digits.y_test[0]}"], "A handwritten seven.")

# %% [markdown]
# ## 1.1 · Why not just flatten?
#
# A *dense* layer takes a row of numbers. To feed it an image, you can lay the image's rows end to
# end. This is called **flattening**. It works, and it has three problems.

# %% tags=["demo"]
figures.flattened(seven, pixel=(10, 12))

# %% [markdown]
# ### Problem one: the number of weights
#
# <div class="alert alert-info" style="color: #1f2933"><b>Unit, weight, bias.</b> A <i>unit</i> of a
# dense layer multiplies every input by a <i>weight</i> of its own, adds the products up, and adds
# one more number, the <i>bias</i>. Weights and biases are the layer's <i>parameters</i>: what
# training must find.</div>
#
# ### Exercise 1 · The price of flattening · 1 point
#
# An image of `height` × `width` × `channels` numbers is flattened and goes into a dense layer of
# `units` units. How many parameters does this layer have?


# %% exercise="dense_parameters"
def dense_parameters(height, width, channels, units):
    """Parameters of a dense layer on a flattened image, biases included.

    height, width, channels: the image's size; units: units of the layer.
    Returns a whole number.
    """
    # BEGIN SOLUTION
    inputs = height * width * channels
    return inputs * units + units
    # END SOLUTION


# %% check="dense_parameters"
check("dense_parameters", dense_parameters)

# %% [markdown]
# **Predict.** A small colour photograph has 150×150 pixels, red, green and blue. The layer has 256
# units. Thousands of parameters? Hundreds of thousands? Millions? Say a number, then run the cell.

# %% tags=["demo"]
if check.passed("dense_parameters"):
    print(f"{dense_parameters(150, 150, 3, 256):,}")

# %% [markdown]
# A million is a lot for one layer, and this is more. Remember the number: we come back to it in
# section 1.7.
#
# ### Exercise 2 · Flatten a batch · 1 point
#
# Images come in batches: an array of shape (N, H, W, C) holds N images. Textbooks that write a
# layer as $Wx + b$ want each image as a **column**. Flatten the batch so that column `j` holds
# image `j`, its numbers in reading order.


# %% exercise="flatten_batch"
def flatten_batch(images):
    """One column for each image.

    images: (N, H, W, C). Returns an array of shape (H * W * C, N).
    """
    # BEGIN SOLUTION
    return images.reshape(len(images), -1).T
    # END SOLUTION


# %% check="flatten_batch"
check("flatten_batch", flatten_batch)

# %% [markdown]
# A tempting answer is `images.reshape(-1, N)`: it has the right shape. Here is what it does to four
# digits. Each picture is one column, folded back into 28×28.

# %% tags=["demo"]
batch = digits.x_test[:4]
mixed = batch.reshape(-1, 4).T.reshape(4, 28, 28)
titles = [f"image {n}" for n in range(4)] + [f"column {n}" for n in range(4)]
alt = "Four digits, and four columns of a wrong reshape: each shows all four digits, squeezed."
figures.image_row([*batch, *mixed], titles, alt, side=76)

# %% [markdown]
# Every column holds a quarter of *each* digit. The shape was right, the content was not. So: check
# values, not only shapes.

# %% [markdown]
# ### Problem two: neighbours are forgotten
#
# Let us train the simplest classifier there is on flattened digits: ten weighted sums, one for each
# digit; the largest wins. `learn` finds good weights by solving one system of equations (least
# squares; you need not follow it), `accuracy` counts how often the largest sum is right.


# %% tags=["demo"]
def learn(images, labels):
    """The weights (pixels, 10) that bring ten sums closest to 1 for the right digit, else 0."""
    rows = images.reshape(len(images), -1)
    squares = rows.T @ rows + 10 * np.eye(rows.shape[1])
    return np.linalg.solve(squares, rows.T @ np.eye(10)[labels])


# %% tags=["demo"]
def accuracy(weights, images, labels):
    """The share of images whose largest sum belongs to the right digit."""
    sums = images.reshape(len(images), -1) @ weights
    return np.mean(sums.argmax(axis=1) == labels)


# %% tags=["demo"]
train, test = digits.x_train[:10_000] / 255, digits.x_test / 255
weights = learn(train, digits.y_train[:10_000])
print(f"{accuracy(weights, test, digits.y_test):.1%} of 10,000 new digits are right")

# %% [markdown]
# Now shuffle the pixels, in *all* images in the same way. For you the digits are gone.

# %% tags=["demo"]
shuffle = np.random.default_rng(1).permutation(28 * 28)
train_shuffled, test_shuffled = (
    images.reshape(-1, 28 * 28)[:, shuffle].reshape(-1, 28, 28) for images in (train, test)
)

# %% tags=["demo"]
alt = "Three digits, and the same digits with their pixels shuffled: only noise is left to see."
titles = ["before"] * 3 + ["after"] * 3
figures.image_row([*test[:3], *test_shuffled[:3]], titles, alt, side=90)

# %% [markdown]
# **Predict.** The classifier is trained again, on shuffled digits, and tested on shuffled digits.
# Is it much worse, a little worse, or the same?

# %% tags=["demo"]
weights_shuffled = learn(train_shuffled, digits.y_train[:10_000])
print(f"{accuracy(weights_shuffled, test_shuffled, digits.y_test):.1%} are right, all shuffled")

# %% [markdown]
# Exactly the same. This is no compliment. It means that the classifier never used *where* pixels
# are, or which of them touch. Strokes, corners and loops are made of neighbours, and flattening
# throws that away: the **spatial context** is lost.

# %% [markdown]
# ### Problem three: a shift changes everything
#
# **Predict.** We take the classifier trained on proper digits and move the test digits to the
# right. By 2 pixels. You would hardly notice. How many digits in a hundred does it lose: 1, 5, or
# more?

# %% tags=["demo"]
shifts = range(5)
shares = [accuracy(weights, np.roll(test, shift, axis=2), digits.y_test) for shift in shifts]

# %% tags=["demo"]
alt = "Accuracy falls from more than 80 % to less than 30 % as the digits move 4 pixels right."
names = [f"{shift} pixels" for shift in shifts]
figures.bars(names, shares, alt, show=lambda share: f"{share:.1%}")

# %% [markdown]
# Guessing would give about 10 %. Each weight sits on one pixel and waits there; when the stroke
# moves on, it meets other weights. The network would have to learn each digit again for every
# place: **shift invariance** is lost.

# %% [markdown]
# ## 1.2 · One window, one number
#
# Here is the idea that repairs all three. Look at the image through a small **window**, say 3×3
# pixels. Compare the window with a small table of weights. Then move the window, and **keep the
# same weights**.
#
# * Few weights: 9, not 784.
# * Neighbours stay together: a window is made of neighbours.
# * A stroke that moves meets the same weights at its new place.
#
# <div class="alert alert-info" style="color: #1f2933"><b>Kernel, filter.</b> The small table of
# weights is the <i>kernel</i>. A kernel with its bias is a <i>filter</i>. Using the same filter at
# every place is called <i>weight sharing</i>.</div>

# %% [markdown]
# How do you compare a window with a kernel? Multiply number by number, each with the one at its own
# place. Add up all products. Add the bias. Flatten both, and this is a **dot product**:
# $\;\text{answer} = \sum_{i,j} \text{window}_{ij}\,\text{kernel}_{ij} + \text{bias}$.
#
# Large when the window looks like the kernel, small or negative when it does not.

# %% tags=["demo"]
window = np.array([[0, 3, 1], [2, 1, 0], [1, 0, 2]])
kernel = np.array([[0, 1, 2], [-1, 0, 1], [1, -2, 0]])
figures.slide_window(window, kernel, bias=1)

# %% [markdown]
# ### Exercise 3 · One window, one number · 1 point
#
# Write this calculation. The window and the kernel have the same shape. You will use your function
# again for windows that are not square, and for deep ones: best let it take any shape.


# %% exercise="window_product"
def window_product(window, kernel, bias):
    """Dot product of a window with a kernel, plus the bias.

    window: an array; kernel: an array of the same shape; bias: a number. Returns one number.
    """
    # BEGIN SOLUTION
    return (window * kernel).sum() + bias
    # END SOLUTION


# %% check="window_product"
check("window_product", window_product)

# %% [markdown]
# ## 1.3 · Slide the window
#
# Now put the window at every place where it fits, one pixel further each time. The answers form a
# new picture, the **feature map**.
#
# Point at a number of the map to see the window it came from.

# %% tags=["demo"]
small = np.array([[0, 3, 1, 0, 2], [2, 1, 0, 1, 3], [1, 0, 2, 3, 1], [0, 2, 1, 0, 0]])
figures.slide_window(small, kernel, bias=1)

# %% [markdown]
# The map is smaller than the image: at the edge, windows would stick out. (Lesson 2 shows what can
# be done about that.)
#
# ### Exercise 4 · Predict the shape · 1 point
#
# An image has 30 rows and 40 columns. A kernel of 5 rows and 3 columns slides over it, one pixel at
# a time. Which shape does the map have? Give `(rows, columns)`.

# %% exercise="map_shape"
# BEGIN SOLUTION
map_shape = (30 - 5 + 1, 40 - 3 + 1)
# END SOLUTION

# %% check="map_shape"
check("map_shape", map_shape)

# %% [markdown]
# ### Exercise 5 · Slide the window · 2 points
#
# Write the whole map. Two loops and your `window_product` are enough. One point for square kernels,
# one for rectangular ones.


# %% exercise="feature_map"
def feature_map(image, kernel, bias):
    """One filter on an image with one channel.

    image: (H, W); kernel: (kh, kw); bias: a number.
    Returns an array of shape (H - kh + 1, W - kw + 1).
    """
    # BEGIN SOLUTION
    kh, kw = kernel.shape
    rows, columns = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    result = np.zeros((rows, columns))
    for row in range(rows):
        for column in range(columns):
            window = image[row : row + kh, column : column + kw]
            result[row, column] = window_product(window, kernel, bias)
    return result
    # END SOLUTION


# %% check="feature_map"
check("feature_map", feature_map)

# %% [markdown]
# Try it on the seven. This kernel is a little picture of a stroke that leans like the seven's leg.

# %% tags=["demo"]
leaning = np.array([[-1, 0, 2], [-1, 2, -1], [2, 0, -1]])
if check.passed("feature_map"):
    here = np.array(feature_map(seven, leaning, 0))
    alt = "A seven, a leaning kernel, and its map: bright along the leg of the seven."
    display(figures.filter_bank(seven, [leaning], [here], ["leaning stroke"], alt))

# %% [markdown]
# **Predict.** We move the seven 4 pixels to the right. What happens to the map?

# %% tags=["demo"]
if check.passed("feature_map"):
    there = np.array(feature_map(np.roll(seven, 4, axis=1), leaning, 0))
    alt = "Two maps of the seven: the second is the first, moved to the right by 4 pixels."
    display(figures.image_row([here, there], ["its map", "the moved map"], alt, signed=True))
    print("the same numbers, 4 pixels further:", np.allclose(there[:, 4:], here[:, :-4]))

# %% [markdown]
# The map moves along and keeps its numbers. Nothing has to be learned again.
#
# <div class="alert alert-info" style="color: #1f2933"><b>Equivariant, invariant.</b> When the input
# moves and the output moves along, the layer is <i>equivariant</i>. When the output stays the same,
# it is <i>invariant</i>. Convolution gives the first, away from the image's edges. A whole network
# gets some of the second, from layers to come, and never all of it: lesson 5 measures how
# much.</div>

# %% [markdown]
# Sharing has one more gift. A weight of a dense layer learns from one pixel of each image. A shared
# weight learns from every window:

# %% tags=["demo"]
windows = (28 - 3 + 1) * (28 - 3 + 1)
print(f"windows that a 3×3 filter sees: {windows} a digit, {60_000 * windows:,} in 60,000 digits")

# %% [markdown]
# It is as if you had more data.

# %% [markdown]
# ## 1.4 · Through the depth
#
# A colour image has shape (H, W, 3). Deep inside a network, an "image" can have 512 channels. A
# filter always reaches through **all** of them: its kernel is as deep as the image, (kh, kw, C).
# The products of all channels are added up into *one* number, and the bias is added once.

# %% tags=["demo"]
colour_window = np.array([[[2, 0, 1], [1, 3, 0]], [[0, 1, 2], [3, 1, 1]]])
colour_kernel = np.array([[[1, -1, 0], [0, 2, 1]], [[-2, 1, 1], [1, 0, -1]]])
figures.depth_sum(colour_window, colour_kernel, bias=2)

# %% [markdown]
# ### Exercise 6 · Through the full depth · 2 points
#
# **Predict first:** the image is (H, W, 3) and there is one filter. How many axes does the map
# have?
#
# Then write it. If your `window_product` loops over rows and columns only, it now needs a third
# loop, for the channels, or `.sum()`. One point without a bias, one with.


# %% exercise="depth_map"
def depth_map(image, kernel, bias):
    """One filter on an image with several channels.

    image: (H, W, C); kernel: (kh, kw, C); bias: a number.
    Returns an array of shape (H - kh + 1, W - kw + 1): one map, no channel axis.
    """
    # BEGIN SOLUTION
    kh, kw, _ = kernel.shape
    rows, columns = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    result = np.zeros((rows, columns))
    for row in range(rows):
        for column in range(columns):
            window = image[row : row + kh, column : column + kw]
            result[row, column] = window_product(window, kernel, bias)
    return result
    # END SOLUTION


# %% check="depth_map"
check("depth_map", depth_map)

# %% [markdown]
# ## 1.5 · Many filters
#
# One filter looks for one thing. A layer has many: one for upright strokes, one for level ones, one
# for corners, and so on. Each makes its own map, and the maps are stacked like channels. So the
# output looks like an image again, and the next layer can take it as its input.
#
# The kernels of N filters are kept in one array of shape **(kh, kw, C, N)**, as Keras does it, and
# their biases in one of shape (N,).
#
# ### Exercise 7 · Many filters · 2 points
#
# Write the layer. One point without biases, one with.


# %% exercise="filter_maps"
def filter_maps(image, kernels, biases):
    """Many filters on an image with several channels.

    image: (H, W, C); kernels: (kh, kw, C, N); biases: (N,).
    Returns an array of shape (H - kh + 1, W - kw + 1, N): one map for each filter.
    """
    # BEGIN SOLUTION
    filters = range(kernels.shape[-1])
    maps = [depth_map(image, kernels[..., n], biases[n]) for n in filters]
    return np.stack(maps, axis=-1)
    # END SOLUTION


# %% check="filter_maps"
check("filter_maps", filter_maps)

# %% [markdown]
# Channels are **summed**, filters are **stacked**. Say it aloud once; it prevents the most common
# mistake with convolution layers.

# %% [markdown]
# ## 1.6 · Stride
#
# The window need not stop at every pixel. With a **stride** of 2 it jumps two pixels at a time,
# down and to the right, and the map gets about half as many rows and columns. The window itself
# stays whole: only its *starts* are further apart.

# %% [markdown]
# **Predict.** An image of 7 rows and 8 columns, a kernel of 3×3, stride 2. Which shape has the map?
# Decide, then look.

# %% tags=["demo"]
wide = np.random.default_rng(6).integers(0, 4, (7, 8))
figures.slide_window(wide, kernel, bias=1, stride=2)

# %% [markdown]
# Three rows: the window stops at rows 0, 2 and 4. And three columns: it stops at columns 0, 2 and
# 4, because one more jump would end outside. The eighth column is never seen. In general, with n
# pixels, a kernel of k and stride s:
#
# $$\text{stops} = \left\lfloor \frac{n - k}{s} \right\rfloor + 1$$
#
# ### Exercise 8 · A whole convolution layer · 3 points
#
# Everything together: depth, many filters, biases, stride. One point for stride 1, two for larger
# strides.


# %% exercise="conv2d"
def conv2d(image, kernels, biases, stride):
    """A convolution layer: depth, many filters, biases and stride.

    image: (H, W, C); kernels: (kh, kw, C, N); biases: (N,); stride: a whole number, 1 or more.
    Returns an array of shape ((H - kh) // stride + 1, (W - kw) // stride + 1, N).
    """
    # BEGIN SOLUTION
    kh, kw, _, filters = kernels.shape
    rows = (image.shape[0] - kh) // stride + 1
    columns = (image.shape[1] - kw) // stride + 1
    result = np.zeros((rows, columns, filters))
    for row in range(rows):
        for column in range(columns):
            top, left = row * stride, column * stride
            window = image[top : top + kh, left : left + kw]
            for n in range(filters):
                result[row, column, n] = window_product(window, kernels[..., n], biases[n])
    return result
    # END SOLUTION


# %% check="conv2d"
check("conv2d", conv2d)

# %% [markdown]
# This is what `Conv2D` computes in Keras, and you wrote it. Here are its maps of the seven, for
# strides 1, 2 and 3:

# %% tags=["demo"]
if check.passed("conv2d"):
    image, kernels = seven[..., None], leaning[..., None, None]
    maps = [np.array(conv2d(image, kernels, [0], s))[..., 0] for s in (1, 2, 3)]
    titles = ["stride {}: {}×{}".format(s, *m.shape) for s, m in zip((1, 2, 3), maps, strict=True)]
    alt = "Three maps of the seven: the larger the stride, the coarser the map."
    display(figures.image_row(maps, titles, alt, signed=True))

# %% [markdown]
# ## 1.7 · What does a layer cost?
#
# Parameters must be found by training, stored in a file, and sent to every phone that runs the
# network. So we count them.
#
# ### Exercise 9 · The price of a convolution layer · 1 point
#
# An image of `height` × `width` × `channels` goes into a convolution layer of `filters` filters,
# each with a kernel of `kernel_size` × `kernel_size`. How many parameters does the layer have? Be
# careful: not every number you are given matters.


# %% exercise="conv_parameters"
def conv_parameters(height, width, channels, kernel_size, filters):
    """Parameters of a convolution layer, biases included.

    height, width, channels: the image's size; kernel_size: the side of the square kernel;
    filters: how many filters. Returns a whole number.
    """
    # BEGIN SOLUTION
    weights = kernel_size * kernel_size * channels
    return (weights + 1) * filters
    # END SOLUTION


# %% check="conv_parameters"
check("conv_parameters", conv_parameters)

# %% [markdown]
# The photograph of section 1.1 again, 150×150 in colour. This time 256 filters of 3×3, beside 256
# dense units:

# %% tags=["demo"]
if check.passed("conv_parameters") and check.passed("dense_parameters"):
    print(f"dense layer        {dense_parameters(150, 150, 3, 256):>12,}")
    print(f"convolution layer  {conv_parameters(150, 150, 3, 3, 256):>12,}")

# %% [markdown]
# And a picture ten times as wide and ten times as high? The dense layer needs a hundred times as
# many weights. The convolution layer stays as it is.

# %% [markdown]
# Lesson 5 trains a network with three convolution layers. Here are their parameters, before we have
# built it:

# %% tags=["demo"]
if check.passed("conv_parameters"):
    for size in [(28, 28, 1, 3, 32), (13, 13, 32, 3, 64), (5, 5, 64, 3, 64)]:
        print("image {}×{}×{}, kernels of {}, filters {}:".format(*size), conv_parameters(*size))

# %% [markdown]
# ## 1.8 · A word that means two things
#
# Mathematicians had the word *convolution* first. Theirs runs through the image backwards:
#
# $$(I * k)(x, y) = \sum_{i,j} I(x - i,\; y - j)\; k(i, j)$$
#
# Because of the two minus signs the *last* weight of the kernel meets the *first* pixel of the
# window. That is the same as turning the kernel by 180° (flipping rows and columns) and sliding it
# as before. (Where an index x − i or y − j lies outside the image, the window does not fit.)
#
# <div class="alert alert-info" style="color: #1f2933"><b>Cross-correlation.</b> What you have
# written so far, without the flip, is called <i>cross-correlation</i> in mathematics. Deep-learning
# libraries compute it, and call it convolution. So does this course.</div>

# %% [markdown]
# ### Exercise 10 · The mathematician's convolution · 1 point
#
# Write true convolution for one channel, without a bias, at all places where the window fits.


# %% exercise="true_convolution"
def true_convolution(image, kernel):
    """True convolution: the kernel is flipped in both directions before it slides.

    image: (H, W); kernel: (kh, kw). Returns an array of shape (H - kh + 1, W - kw + 1).
    """
    # BEGIN SOLUTION
    return feature_map(image, kernel[::-1, ::-1], 0)
    # END SOLUTION


# %% check="true_convolution"
check("true_convolution", true_convolution)

# %% [markdown]
# The flip shows best on an image with a single bright pixel. **Predict:** which of the two
# calculations draws the kernel as it is, and which draws it turned?

# %% tags=["demo"]
if check.passed("feature_map") and check.passed("true_convolution"):
    dot = np.pad([[1]], 2)
    corner = np.array([[3, 2, 0], [2, 0, 0], [0, 0, -1]])
    drawn = [corner, true_convolution(dot, corner), feature_map(dot, corner, 0)]
    titles = ["kernel", "true convolution", "cross-correlation"]
    alt = "A kernel; its true convolution with a dot, the same; its cross-correlation, turned."
    display(figures.image_row(drawn, titles, alt, signed=True))

# %% [markdown]
# True convolution stamps the kernel onto the dot; cross-correlation stamps it turned.
#
# Does it matter for a network? No: the weights are *learned*. If the layer flipped its kernels,
# training would simply find flipped weights. It matters when *you* choose the kernel, or compare
# your result with `scipy.signal.convolve2d`.

# %% [markdown]
# ## 1.9 · Find the edges
#
# An **edge** is a place where bright and dark meet. To find upright edges, compare the right side
# of a window with its left side:
#
# $$\text{answer} = (\text{sum of the right column}) - (\text{sum of the left column})$$
#
# In a flat area the sides are equal and the answer is 0. Where it gets brighter to the right, it is
# positive: exactly 3 when a window has 1s in its right column and 0s elsewhere.
#
# ### Exercise 11 · Design an edge filter · 1 point
#
# Which 3×3 kernel gives this answer, with a bias of 0? (No flip: use cross-correlation, as networks
# do.)

# %% exercise="edge_kernel"
# BEGIN SOLUTION
edge_kernel = np.array([[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]])
# END SOLUTION

# %% check="edge_kernel"
check("edge_kernel", edge_kernel)

# %% [markdown]
# Now a picture: a house, drawn by program, with edges in all directions. Besides your kernel we try
# it turned on its side, and two that look for slopes.

# %% tags=["demo"]
house = figures.drawn_scene()
rising = np.array([[1, 1, 0], [1, 0, -1], [0, -1, -1]])
names = ["your kernel", "on its side", "slope /", "slope \\"]

# %% tags=["demo"]
if check.passed("edge_kernel") and check.passed("conv2d"):
    upright = np.array(edge_kernel)
    bank = [upright, upright.T, rising, rising[:, ::-1]]
    maps = conv2d(house[..., None], np.stack(bank, axis=-1)[:, :, None], np.zeros(4), 1)
    alt = "A drawn house and four edge filters: each map shows the edges of one direction."
    display(figures.filter_bank(house, bank, list(np.moveaxis(maps, -1, 0)), names, alt, side=150))

# %% [markdown]
# Look at the left and the right wall. One is orange, the other purple: the sign says on which side
# the light is. And the roof's level bottom? Your kernel does not see it at all; its sister, turned
# on its side, does.
#
# **Predict**, then run the same bank on a digit: which strokes of the seven will each filter show?

# %% tags=["demo"]
if check.passed("edge_kernel") and check.passed("conv2d"):
    maps = conv2d(seven[..., None], np.stack(bank, axis=-1)[:, :, None], np.zeros(4), 1)
    alt = "The seven and its edge maps: the level filter shows the bar, the rising one the leg."
    display(figures.filter_bank(seven, bank, list(np.moveaxis(maps, -1, 0)), names, alt))

# %% [markdown]
# You designed this filter. A network *learns* its filters, and the first layer's often turn out to
# be edge filters, much like these.

# %% [markdown]
# ### One more thing: a nonlinearity
#
# After a convolution layer a network puts a simple rule that is not a weighted sum. The most common
# one keeps positive answers and sets negative ones to 0.
#
# <div class="alert alert-info" style="color: #1f2933"><b>ReLU</b>, short for <i>rectified linear
# unit</i>: <code>np.maximum(x, 0)</code>.</div>

# %% tags=["demo"]
if check.passed("edge_kernel") and check.passed("feature_map"):
    upright = np.array(edge_kernel)
    before = feature_map(house, upright, 0)
    pair, titles = [before, np.maximum(before, 0)], ["edge map", "after ReLU"]
    alt = "The edge map of the house, and the same after ReLU: only positive edges are left."
    display(figures.image_row(pair, titles, alt, signed=True, side=150))

# %% [markdown]
# Why bother? Without it, a second layer would add nothing new: two convolutions in a row are again
# *one* convolution, with a larger kernel. See for yourself. Two 3×3 kernels, one after the other,
# equal one 5×5 kernel:

# %% tags=["demo"]
needed = ["edge_kernel", "feature_map", "true_convolution"]
if all(check.passed(name) for name in needed):
    once = np.array(feature_map(house, upright, 0))
    twice = feature_map(once, rising, 0)
    both = np.array(true_convolution(np.pad(upright, 2), rising))
    print("kernel of both together:", both.shape)
    print("the same map:", np.allclose(feature_map(house, both, 0), twice))

# %% tags=["demo"]
if all(check.passed(name) for name in needed):
    with_relu = feature_map(np.maximum(once, 0), rising, 0)
    print("the same map with ReLU between:", np.allclose(feature_map(house, both, 0), with_relu))

# %% [markdown]
# With ReLU in between, the two layers do something that no single convolution can.

# %% [markdown]
# ## 1.10 · The ladder: the same numbers, faster
#
# Your `conv2d` is right. Is it fast? The course's library holds four versions. They give the same
# numbers; they differ in who does the looping.
#
# | rung | Python loops over | NumPy does |
# |---|---|---|
# | seven loops | all seven axes, down to a window's channels | one product at a time |
# | window loops | images, rows, columns | a window with all filters |
# | sliding windows | nothing | all windows at once, multiplied by the kernels and summed |
# | im2col | nothing | one matrix product |

# %% [markdown]
# The last rung has a simple secret. Write every window as a *row* of a table, and every filter as a
# *column* of another. Then all dot products together are **one matrix product**, what computers do
# best.

# %% tags=["demo"]
from cnncourse.ops import LADDER, im2col

rng = np.random.default_rng(10)
image, kernels = rng.normal(size=(28, 28, 8)), rng.normal(size=(3, 3, 8, 16))
biases = rng.normal(size=16)

# %% tags=["demo"]
print("26·26 windows of 3·3·8 numbers, as rows:", im2col(image, 3).shape)
print("16 filters, as columns:", kernels.reshape(-1, 16).shape)

# %% [markdown]
# First make sure that they agree:

# %% tags=["demo"]
answers = [solve(image, kernels, biases) for solve in LADDER.values()]
print("all four agree:", all(np.allclose(answers[0], other) for other in answers))
if check.passed("conv2d"):
    print("and so does yours:", np.allclose(answers[0], conv2d(image, kernels, biases, 1)))

# %% [markdown]
# **Predict.** How many times faster is the last rung than the first? 10×, 100×, 1000×, more? Then
# measure, on your own machine:

# %% tags=["demo", "nbval-ignore-output"]
from time import perf_counter


def fastest(solve, *inputs):
    """Seconds of the fastest run among at least two, as many as fit into one second."""
    runs, start = [], perf_counter()
    while len(runs) < 2 or perf_counter() - start < 1:
        before = perf_counter()
        solve(*inputs)
        runs.append(perf_counter() - before)
    return min(runs)


# %% tags=["demo", "nbval-ignore-output"]
times = {name: fastest(solve, image, kernels, biases) for name, solve in LADDER.items()}
if check.passed("conv2d"):
    times["yours"] = fastest(conv2d, image, kernels, biases, 1)


# %% tags=["demo", "nbval-ignore-output"]
def against_slowest(seconds):
    return f"{1000 * seconds:.2f} ms, {max(times.values()) / seconds:,.0f}× as fast"


ranking = dict(sorted(times.items(), key=lambda item: -item[1]))
alt = "The time of each version of the same convolution, from seven loops down to the fastest."
figures.bars(list(ranking), list(ranking.values()), alt, show=against_slowest, log=True)

# %% [markdown]
# The number of multiplications is the same in all of them. What changes is how much Python stands
# between two of them.

# %% [markdown]
# ## What you can do now
#
# You can now
#
# 1. count the parameters of a dense layer on an image, and show by experiment that flattening
#    forgets neighbours and breaks with a shift (section 1.1);
# 2. compute a filter's answer at one window: dot product plus bias, the bias once (section 1.2);
# 3. slide a filter and predict its map's shape, n − k + 1 (section 1.3);
# 4. sum over channels and stack filters (sections 1.4 and 1.5);
# 5. use a stride: ⌊(n − k)/s⌋ + 1 stops, windows that start s pixels apart (section 1.6);
# 6. count a convolution layer's parameters, (k·k·C + 1)·N, whatever the size of the image (section
#    1.7);
# 7. tell cross-correlation, which networks compute, from true convolution, which flips the kernel
#    (section 1.8);
# 8. design an edge filter, read its map, and say why a nonlinearity follows (section 1.9);
# 9. explain why one matrix product beats seven loops (section 1.10).
#
# **Next:** lesson 2 asks what happens at the image's edge, and how large the outputs get.

# %% [markdown]
# ## Further reading
#
# * Goodfellow, Bengio, Courville, *Deep Learning* (2016): section 9.1, the convolution operation,
#   and 9.2, why it helps.
# * Dumoulin and Visin, *A guide to convolution arithmetic for deep learning* (2016): chapter 2,
#   with pictures of strides.
# * LeCun, Bottou, Bengio, Haffner, *Gradient-based learning applied to document recognition*
#   (1998): section II.A, convolutional networks; the digits of this lesson come from there.
# * Chellapilla, Puri, Simard, *High performance convolutional neural networks for document
#   processing* (2006): the section on unrolling convolution, where im2col comes from.
