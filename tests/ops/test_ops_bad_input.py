"""What conv2d and its relatives say when they cannot work: what was given, what is allowed."""

import numpy as np
import pytest

from cnncourse import ops

X = np.ones((2, 5, 6, 3))
W = np.ones((3, 3, 3, 4))

BAD_ARRAYS = [
    (None, TypeError, "None was given"),
    ("photo.png", TypeError, "array of numbers.*of type str"),
    (["a", "b"], TypeError, "array of numbers"),
    (np.array([None, 1], object), TypeError, "entries are of type object"),
    (np.array(["2024-01-01"], "M8[D]"), TypeError, "datetime64"),
    ([[1, 2], [3]], ValueError, "ragged"),
    (np.ones((0, 5, 6, 3)), ValueError, "empty"),
    ([], ValueError, "empty"),
    (1.0, ValueError, "shape"),
    (np.ones(7), ValueError, r"shape is \(7,\)"),
    (np.ones((5, 6)), ValueError, r"shape is \(5, 6\)"),
    (np.ones((1, 2, 5, 6, 3)), ValueError, r"shape is \(1, 2, 5, 6, 3\)"),
]


@pytest.mark.parametrize(("value", "error", "words"), BAD_ARRAYS)
@pytest.mark.parametrize("function", [ops.conv2d, *ops.LADDER.values(), ops.depthwise_conv2d])
def test_bad_images_and_kernels(function, value, error, words):
    with pytest.raises(error, match=words):
        function(value, W)
    with pytest.raises(error, match=words):
        function(X, value)


def test_a_missing_channel_axis_is_recognised():
    with pytest.raises(ValueError, match=r"add its axis: x\[\.\.\., None\]"):
        ops.conv2d(np.ones((28, 28)), W)


@pytest.mark.parametrize("bias", ["text", None, [], np.ones(3), np.ones((4, 1)), 1.0])
def test_bad_bias(bias):
    if bias is None:
        ops.conv2d(X, W, bias)
        return
    with pytest.raises((TypeError, ValueError), match=r"^b "):
        ops.conv2d(X, W, bias)


@pytest.mark.parametrize(
    ("keywords", "error", "words"),
    [
        ({"stride": 0}, ValueError, "stride must be at least 1, but 0"),
        ({"stride": -1}, ValueError, "stride must be at least 1, but -1"),
        ({"stride": (1, 0)}, ValueError, r"stride\[1\] must be at least 1"),
        ({"stride": 1.5}, TypeError, "stride must be an integer.*1.5.*float"),
        ({"stride": 2.0}, TypeError, "stride must be an integer.*float"),
        ({"stride": True}, TypeError, "stride must be an integer.*bool"),
        ({"stride": np.bool_(True)}, TypeError, "stride must be an integer"),
        ({"stride": "2"}, TypeError, "stride must be an integer.*str"),
        ({"stride": None}, TypeError, "stride must be an integer.*NoneType"),
        ({"stride": (1, 1, 1)}, ValueError, r"\(vertical, horizontal\).*3 entries"),
        ({"dilation": 0}, ValueError, "dilation must be at least 1"),
        ({"dilation": 1.0}, TypeError, "dilation must be an integer"),
        ({"padding": -1}, ValueError, "padding must be at least 0"),
        ({"padding": ((0, -1), (0, 0))}, ValueError, r"padding\[1\] must be at least 0"),
        ({"padding": "causal"}, ValueError, '\'causal\' is unknown: use "valid", "same"'),
        ({"padding": None}, TypeError, 'padding must not be None: use "valid"'),
        ({"padding": 1.0}, TypeError, "padding must be an integer"),
        ({"padding": False}, TypeError, "padding must be an integer"),
        ({"padding": (1, 1, 1, 1)}, ValueError, "4 entries"),
        ({"groups": 2}, ValueError, "groups must divide.*2 does not divide both 3 and 4"),
        ({"groups": 0}, ValueError, "groups must be at least 1"),
        ({"groups": 1.0}, TypeError, "groups must be an integer"),
        ({"dilation": 3}, ValueError, "Along the height.*spans 7 positions"),
    ],
)
def test_bad_keywords(keywords, error, words):
    with pytest.raises(error, match=words):
        ops.conv2d(X, W, **keywords)
    if "groups" not in keywords:
        with pytest.raises(error, match=words):
            ops.conv2d_seven_loops(X, W, **keywords)
        with pytest.raises(error, match=words):
            ops.depthwise_conv2d(X, W, **keywords)


def test_channels_must_match():
    with pytest.raises(ValueError, match=r"x has 3 channels but w expects 4: .*third axis of w"):
        ops.conv2d(X, np.ones((3, 3, 4, 5)))
    with pytest.raises(ValueError, match="x has 1 channel but w expects 3"):
        ops.conv2d(X[..., :1], W)
    with pytest.raises(ValueError, match="expects 3 in each of 2 groups, 6 in all"):
        ops.conv2d(np.ones((5, 5, 4)), W, groups=2)
    with pytest.raises(ValueError, match="x has 2 channels but w expects 3: a depthwise kernel"):
        ops.depthwise_conv2d(X[..., :2], W)


def test_the_kernel_must_fit():
    with pytest.raises(ValueError, match=r"Along the width: A kernel of 7 does not fit .* 6"):
        ops.conv2d(X, np.ones((5, 7, 3, 1)))
    assert ops.conv2d(X, np.ones((5, 7, 3, 1)), padding=(0, 1)).shape == (2, 1, 2, 1)
    with pytest.raises(ValueError, match="w is empty"):
        ops.conv2d(X, np.ones((0, 3, 3, 1)))


def test_separable_checks_both_kernels_before_any_work():
    depth = np.ones((3, 3, 3, 2))
    with pytest.raises(ValueError, match="gives 6 channels but pointwise expects 3"):
        ops.separable_conv2d(X, depth, np.ones((3, 4)))
    with pytest.raises(ValueError, match=r"pointwise must have shape \(1, 1, channels, filters\)"):
        ops.separable_conv2d(X, depth, np.ones((2, 1, 6, 4)))
    with pytest.raises(ValueError, match="4 filters"):
        ops.separable_conv2d(X, depth, np.ones((6, 4)), np.ones(6))
    with pytest.raises(ValueError, match=r"w must have shape \(1, 1, channels, filters\)"):
        ops.pointwise_conv2d(X, W)


@pytest.mark.parametrize("function", [ops.convolve2d, ops.cross_correlate2d])
def test_single_kernels(function):
    image = X[0, ..., 0]
    with pytest.raises(ValueError, match=r"kernel must have shape.*use conv2d"):
        function(image, W)
    with pytest.raises(ValueError, match="image must have shape"):
        function(image[0], image)
    with pytest.raises(ValueError, match="does not fit"):
        function(image, np.ones((6, 6)))
    with pytest.raises(ValueError, match="'reflect' is unknown"):
        function(image, np.ones((2, 2)), padding="reflect")
    with pytest.raises(TypeError, match="kernel must be an array"):
        function(image, None)


def test_im2col_checks_its_arguments():
    with pytest.raises(ValueError, match="kernel must be at least 1"):
        ops.im2col(X, 0)
    with pytest.raises(ValueError, match="Along the height"):
        ops.im2col(X, 6)
