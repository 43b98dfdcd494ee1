"""Convolutions against TensorFlow, SciPy, the definition, and the laws they obey."""

import sys
from subprocess import check_call

import numpy as np
import pytest
from scipy import signal

from cnncourse import ops

FLOATS = (np.float32, np.float64)


def normal(rng, *shape, dtype=np.float64):
    return rng.standard_normal(shape).astype(dtype)


def close(got, expected, rtol=1e-5):
    """Relative to the largest number, which is what rounding in a sum of products scales with."""
    got, expected = np.asarray(got), np.asarray(expected)
    assert got.shape == expected.shape
    assert got.dtype == expected.dtype
    np.testing.assert_allclose(got, expected, rtol=0, atol=rtol * np.abs(expected).max())


def configuration(rng):
    """A random convolution: (shape of x, shape of w, keywords, explicit padding or word)."""
    kh, kw = rng.integers(1, 6, 2).tolist()
    dilation = tuple(rng.integers(1, 4, 2).tolist()) if rng.random() < 0.4 else (1, 1)
    stride = tuple(rng.integers(1, 4, 2).tolist())
    groups = int(rng.choice([1, 1, 2, 3]))
    channels = groups * int(rng.integers(1, 4))
    filters = groups * int(rng.integers(1, 4))
    extent = [d * (k - 1) + 1 for k, d in zip((kh, kw), dilation, strict=True)]
    height, width = (e + int(rng.integers(0, 9)) for e in extent)
    pads = tuple(tuple(rng.integers(0, 4, 2).tolist()) for _ in range(2))
    padding = [pads, "valid", "same"][rng.integers(3)]
    return (
        (int(rng.integers(1, 4)), height, width, channels),
        (kh, kw, channels // groups, filters),
        {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups},
    )


def dense_kernel(w, groups):
    """The ordinary kernel that a grouped one stands for: zeros between the groups."""
    kh, kw, channels, filters = w.shape
    dense = np.zeros((kh, kw, channels * groups, filters), w.dtype)
    for f in range(filters):
        g = f // (filters // groups)
        dense[:, :, g * channels : (g + 1) * channels, f] = w[..., f]
    return dense


@pytest.mark.tensorflow
def test_two_hundred_random_convolutions_agree_with_tensorflow(tf):
    rng = np.random.default_rng(20240)
    compared = 0
    for _ in range(330):
        x_shape, w_shape, keywords = configuration(rng)
        dtype = FLOATS[rng.integers(2)]
        x, w = normal(rng, *x_shape, dtype=dtype), normal(rng, *w_shape, dtype=dtype)
        b = normal(rng, w_shape[-1], dtype=dtype)
        stride, padding, dilation = (keywords[k] for k in ("stride", "padding", "dilation"))
        # TensorFlow has no kernel on a CPU for stride with dilation: there the definition judges.
        if max(stride) > 1 and max(dilation) > 1:
            dense = dense_kernel(w.astype(np.float64), keywords["groups"])
            expected = ops.conv2d_window_loops(
                x, dense, b, stride=stride, padding=padding, dilation=dilation
            ).astype(dtype)
        else:
            dense = dense_kernel(w, keywords["groups"])
            word = padding.upper() if isinstance(padding, str) else [(0, 0), *padding, (0, 0)]
            sums = tf.nn.conv2d(x, dense, strides=stride, padding=word, dilations=dilation)
            expected = (sums + b).numpy()
            compared += 1
        close(ops.conv2d(x, w, b, **keywords), expected)
    assert compared >= 200


@pytest.mark.tensorflow
@pytest.mark.parametrize("padding", ["valid", "same"])
def test_layers_agree_with_keras(tf, padding):
    rng = np.random.default_rng(7)
    x = normal(rng, 2, 9, 8, 6, dtype=np.float32)
    layers = tf.keras.layers
    for layer, ours in (
        (layers.Conv2D(9, (3, 2), 2, padding=padding, groups=3), ops.conv2d),
        (layers.DepthwiseConv2D((2, 3), 2, padding, depth_multiplier=2), ops.depthwise_conv2d),
        (layers.SeparableConv2D(5, 3, 2, padding, depth_multiplier=2), ops.separable_conv2d),
    ):
        layer.build(x.shape)
        weights = [normal(rng, *v.shape, dtype=np.float32) for v in layer.weights]
        layer.set_weights(weights)
        keywords = {"stride": 2, "padding": padding}
        if ours is ops.conv2d:
            keywords["groups"] = 3
        close(ours(x, *weights, **keywords), layer(x).numpy())


@pytest.mark.parametrize("groups", [1, 2, 4])
@pytest.mark.parametrize("batch", [True, False])
def test_stride_with_dilation_against_seven_loops(groups, batch):
    rng = np.random.default_rng(groups)
    x, w, b = normal(rng, 2, 8, 7, 4), normal(rng, 3, 2, 4 // groups, 8), normal(rng, 8)
    x = x if batch else x[1]
    keywords = {"stride": (2, 3), "padding": ((0, 2), (1, 0)), "dilation": (2, 1)}
    expected = ops.conv2d_seven_loops(x, dense_kernel(w, groups), b, **keywords)
    close(ops.conv2d(x, w, b, groups=groups, **keywords), expected, 1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.complex128])
def test_conv2d_sums_scipys_correlations(dtype):
    rng = np.random.default_rng(3)
    x, w = normal(rng, 7, 9, 3).astype(dtype), normal(rng, 3, 4, 3, 2).astype(dtype)
    expected = sum(
        np.stack([signal.correlate2d(x[..., c], w[:, :, c, f], "valid") for f in range(2)], -1)
        for c in range(3)
    )
    close(ops.conv2d(x, w), expected)


@pytest.mark.parametrize("kernel", [(3, 3), (1, 5), (5, 3), (2, 4), (1, 1)])
@pytest.mark.parametrize("dtype", [np.float64, np.complex128, np.int64])
def test_flipped_or_not_as_scipy(kernel, dtype):
    rng = np.random.default_rng(5)
    if dtype == np.int64:
        image, k = rng.integers(-9, 9, (7, 8)), rng.integers(-9, 9, kernel)
    else:
        image, k = normal(rng, 7, 8).astype(dtype), normal(rng, *kernel).astype(dtype)
    if dtype == np.complex128:
        image, k = image + 1j * image[::-1], k + 2j * k[:, ::-1]
    odd = all(size % 2 for size in kernel)
    for padding in ("valid", "full", *(["same"] if odd else [])):
        close(ops.convolve2d(image, k, padding=padding), signal.convolve2d(image, k, padding))
        close(
            ops.cross_correlate2d(image, k, padding=padding), signal.correlate2d(image, k, padding)
        )
    stack = np.stack([image, image.T[:7].repeat(2, 1)[:, :8]], -1)
    for c in range(2):
        close(ops.convolve2d(stack, k)[..., c], ops.convolve2d(stack[..., c], k))
        close(ops.convolve2d(stack[None], k)[0, ..., c], ops.convolve2d(stack[..., c], k))


def test_convolution_is_correlation_with_the_rotated_kernel():
    rng = np.random.default_rng(6)
    image, k = normal(rng, 6, 5), normal(rng, 3, 2)
    close(ops.convolve2d(image, k), ops.cross_correlate2d(image, np.rot90(k, 2)))
    assert not np.allclose(ops.convolve2d(image, k), ops.cross_correlate2d(image, k))
    full = ops.convolve2d(image, k, padding="full")
    close(full, ops.convolve2d(np.pad(k, ((5, 5), (4, 4))), image), 1e-12)  # commutative


def test_pointwise_and_separable_are_special_cases():
    rng = np.random.default_rng(8)
    x, depth, point, b = (normal(rng, *s) for s in ((6, 5, 3), (3, 2, 3, 2), (6, 4), (4,)))
    close(ops.pointwise_conv2d(x, point[:3], b, stride=2), x[::2, ::2] @ point[:3] + b, 1e-12)
    close(ops.pointwise_conv2d(x, point[None, None, :3]), x @ point[:3], 1e-12)
    joint = np.einsum("abcm,cmf->abcf", depth, point.reshape(3, 2, 4))
    close(ops.separable_conv2d(x, depth, point, b, padding=1), ops.conv2d(x, joint, b, padding=1))


def test_convolution_is_linear_and_moves_with_its_input():
    rng = np.random.default_rng(9)
    x, y, w = normal(rng, 8, 9, 2), normal(rng, 8, 9, 2), normal(rng, 3, 3, 2, 4)
    close(ops.conv2d(2 * x - y, w), 2 * ops.conv2d(x, w) - ops.conv2d(y, w), 1e-12)
    close(ops.conv2d(x[1:, 2:], w), ops.conv2d(x, w)[1:, 2:], 1e-12)


@pytest.mark.parametrize("name", ops.LADDER)
def test_every_rung_agrees_with_conv2d(name):
    rng = np.random.default_rng(10)
    rung = ops.LADDER[name]
    x, w, b = normal(rng, 2, 7, 8, 3), normal(rng, 3, 2, 3, 4), normal(rng, 4)
    for keywords in (
        {},
        {"stride": (2, 1), "padding": "same"},
        {"stride": (1, 3), "padding": ((1, 0), (2, 3)), "dilation": (2, 3)},
    ):
        close(rung(x, w, b, **keywords), ops.conv2d(x, w, b, **keywords), 1e-12)
        close(rung(x[0], w, **keywords), ops.conv2d(x[0], w, **keywords), 1e-12)
    half = rung(x.astype(np.float16), w.astype(np.float16))
    assert half.dtype == np.float16
    with pytest.raises(ValueError, match="x has 3 channels but w expects 4"):
        rung(x, np.ones((3, 3, 4, 1)))


def test_im2col_has_a_row_for_each_window():
    x = np.arange(24.0).reshape(3, 4, 2)
    rows = ops.im2col(x, (2, 3), stride=(1, 1))
    assert rows.shape == (4, 12)
    np.testing.assert_array_equal(rows[1], x[0:2, 1:4].ravel())
    w = np.arange(24.0).reshape(2, 3, 2, 2)
    close((rows @ w.reshape(12, 2)).reshape(2, 2, 2), ops.conv2d(x, w), 1e-12)
    rows[:] = 0
    assert x[0, 0, 1] == 1


def test_large_inputs_are_cut_into_blocks_without_seams(monkeypatch):
    rng = np.random.default_rng(11)
    for channels in (1, 3):
        x, w = normal(rng, 5, 9, 8, channels), normal(rng, 3, 3, channels, 2)
        whole = ops.conv2d(x, w)
        for size in (1, 1000, 3000, 5000, 20_000):
            monkeypatch.setattr(sys.modules["cnncourse.ops.convolution"], "BLOCK_BYTES", size)
            close(ops.conv2d(x, w), whole, 1e-12)
        monkeypatch.undo()


@pytest.mark.parametrize(
    ("x", "w", "expected"),
    [
        ("float16", "float16", "float16"),
        ("float32", "float32", "float32"),
        ("float64", "float64", "float64"),
        ("uint8", "float32", "float32"),
        ("float32", "float64", "float64"),
        ("uint8", "uint8", "int64"),
        ("bool", "bool", "int64"),
        ("int32", "uint16", "int64"),
        ("uint64", "int8", "float64"),
        ("complex64", "float32", "complex64"),
        (">f4", ">f4", "float32"),
    ],
)
def test_dtypes(x, w, expected):
    image, kernel = np.ones((4, 5, 2), x), np.ones((3, 3, 2, 2), w)
    for got in (
        ops.conv2d(image, kernel),
        ops.conv2d(image, kernel[:, :, :1], groups=2),
        ops.depthwise_conv2d(image, kernel)[..., :2],
        ops.conv2d_sliding_windows(image, kernel),
    ):
        assert got.dtype == np.dtype(expected)
        assert np.isin(got, [9, 18]).all()


def test_a_photograph_does_not_overflow():
    photograph = np.full((3, 3, 1), 255, np.uint8)
    assert ops.conv2d(photograph, photograph[..., None]).item() == 9 * 255 * 255
    half = np.full((64, 64, 1), 0.1, np.float16)
    total = ops.conv2d(half, np.ones((64, 64, 1, 1), np.float16)).item()
    assert total == pytest.approx(409.5, rel=1e-3)  # added up in float16: off by a percent


def test_lists_are_arrays():
    got = ops.conv2d([[[1], [2]], [[3], [4]]], [[[[1]], [[10]]], [[[100]], [[1000]]]], [5])
    assert got.tolist() == [[[4326]]]


def test_not_a_number_and_infinity_stay_where_they_are_seen():
    x, w = np.ones((5, 6, 1)), np.ones((2, 2, 1, 1))
    for value in (np.nan, np.inf):
        x[1, 1] = value
        seen = np.zeros((4, 5), bool)
        seen[:2, :2] = True
        for got in (ops.conv2d(x, w), ops.depthwise_conv2d(x.repeat(2, -1), w.repeat(2, 2))):
            for channel in np.moveaxis(got, -1, 0):
                np.testing.assert_array_equal(~np.isfinite(channel), seen)
                np.testing.assert_array_equal(channel[~seen], 4)


def test_any_memory_layout_is_read_and_none_is_written():
    rng = np.random.default_rng(12)
    x, w, b = normal(rng, 2, 7, 8, 4), normal(rng, 3, 3, 2, 4), normal(rng, 4)
    keywords = {"groups": 2, "padding": 1}
    expected = ops.conv2d(x, w, b, **keywords)
    for view in (
        np.asfortranarray(x),
        x[:, ::-1][:, ::-1].copy()[:, ::1],
        np.repeat(x, 2, 2)[:, :, ::2],
    ):
        close(ops.conv2d(view, w, b, **keywords), expected, 1e-12)
    flipped = ops.conv2d(x[:, ::-1, ::-1], w[::-1, ::-1], b, **keywords)
    close(flipped[:, ::-1, ::-1], expected, 1e-12)
    copies = [a.copy() for a in (x, w, b)]
    for array in (x, w, b):
        array.flags.writeable = False
    out = ops.conv2d(x, w, b, **keywords)
    close(out, expected, 1e-12)
    out[:] = 0  # the answer is the caller's own
    for array, copy in zip((x, w, b), copies, strict=True):
        np.testing.assert_array_equal(array, copy)


def test_a_one_by_one_kernel_gives_a_new_array():
    x = np.ones((3, 3, 1))
    ops.conv2d(x, np.ones((1, 1, 1, 1)))[:] = 5
    ops.depthwise_conv2d(x, np.ones((1, 1, 1, 1)))[:] = 5
    assert (x == 1).all()


def test_importing_ops_imports_numpy_alone():
    heavy = "tensorflow keras scipy matplotlib IPython nbgrader"
    code = f"import sys, cnncourse.ops; assert not set('{heavy}'.split()) & set(sys.modules)"
    check_call([sys.executable, "-c", code])
