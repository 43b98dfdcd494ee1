"""Pooling against Keras, PyTorch's definitions, and by hand."""

import numpy as np
import pytest

from cnncourse import ops

POOLS = (ops.max_pool2d, ops.average_pool2d, ops.l2_pool2d)


def brute_force(x, reduce, size, stride, amounts):
    """Each window cut out of the image by hand: what lies outside is never there."""
    (top, bottom), (left, right) = amounts
    height, width, _ = x.shape
    answer = []
    for i in range(-top, height + bottom - size[0] + 1, stride[0]):
        row = []
        for j in range(-left, width + right - size[1] + 1, stride[1]):
            row.append(reduce(x[max(i, 0) : i + size[0], max(j, 0) : j + size[1]]))
        answer.append(row)
    return np.array(answer)


REDUCE = {
    ops.max_pool2d: lambda window: window.max(axis=(0, 1)),
    ops.average_pool2d: lambda window: window.mean(axis=(0, 1)),
    ops.l2_pool2d: lambda window: np.sqrt((window**2).sum(axis=(0, 1))),
}


@pytest.mark.parametrize("pool", POOLS)
def test_random_windows_against_brute_force(pool):
    rng = np.random.default_rng(1)
    for _ in range(60):
        size, stride = (tuple(rng.integers(1, 5, 2).tolist()) for _ in range(2))
        height, width = (int(rng.integers(k, k + 9)) for k in size)
        x = rng.standard_normal((2, height, width, 3)) - 3  # zeros would win every maximum
        sides = tuple((int(rng.integers(k)), int(rng.integers(k))) for k in size)
        padding = [sides, "valid", "same"][rng.integers(3)]
        amounts = ops.pad_amounts_2d((height, width), size, stride, padding)
        expected = [brute_force(image, REDUCE[pool], size, stride, amounts) for image in x]
        got = pool(x, size, stride=stride, padding=padding)
        np.testing.assert_allclose(got, expected, rtol=1e-12, atol=1e-12)
        np.testing.assert_array_equal(pool(x[0], size, stride=stride, padding=padding), got[0])


@pytest.mark.tensorflow
def test_agrees_with_keras(tf):
    rng = np.random.default_rng(2)
    x = (rng.standard_normal((2, 7, 8, 3)) - 2).astype(np.float32)
    layers = tf.keras.layers
    for size, stride in ((2, None), (3, 2), ((2, 3), (3, 1))):
        for padding in ("valid", "same"):
            for layer, ours in (
                (layers.MaxPooling2D, ops.max_pool2d),
                (layers.AveragePooling2D, ops.average_pool2d),
            ):
                expected = layer(size, stride, padding)(x).numpy()
                got = ours(x, size, stride=stride, padding=padding)
                assert got.dtype == np.float32
                np.testing.assert_allclose(got, expected, rtol=1e-6)
    for keepdims in (False, True):
        for layer, ours in (
            (layers.GlobalMaxPooling2D, ops.global_max_pool2d),
            (layers.GlobalAveragePooling2D, ops.global_average_pool2d),
        ):
            expected = layer(keepdims=keepdims)(x).numpy()
            np.testing.assert_allclose(ours(x, keepdims=keepdims), expected, rtol=1e-6)


def test_the_lectures_numbers():
    x = np.random.default_rng(3).standard_normal((28, 28, 5))
    pooled = ops.max_pool2d(x)
    assert pooled.shape == (14, 14, 5)
    assert pooled.size / x.size == 0.25


def test_what_is_padded_never_counts():
    x = -np.ones((3, 3, 1))
    assert (ops.max_pool2d(x, 3, stride=1, padding="same") == -1).all()
    assert (ops.average_pool2d(-x, 3, stride=1, padding="same") == 1).all()
    assert ops.l2_pool2d(-x, 3, stride=1, padding="same")[0, 0, 0] == 2  # √4


def test_l2_is_the_root_of_the_sum():
    assert ops.l2_pool2d(np.array([[[3.0], [4.0]]]), (1, 2)).item() == 5
    assert ops.l2_pool2d(np.array([[[3j], [4.0]]]), (1, 2)).item() == 5


@pytest.mark.parametrize(
    ("dtype", "maximum", "average"),
    [
        ("float16", "float16", "float16"),
        ("float32", "float32", "float32"),
        ("float64", "float64", "float64"),
        ("uint8", "uint8", "float64"),
        ("int32", "int32", "float64"),
        ("bool", "bool", "float64"),
    ],
)
def test_dtypes(dtype, maximum, average):
    x = np.full((5, 5, 2), 1 if dtype == "bool" else 100, dtype)
    for padding in ("valid", "same"):
        assert ops.max_pool2d(x, 3, stride=2, padding=padding).dtype == maximum
        assert (ops.max_pool2d(x, 3, stride=2, padding=padding) == x[0, 0, 0]).all()
        mean = ops.average_pool2d(x, 3, stride=2, padding=padding)
        assert mean.dtype == average
        assert (mean == x[0, 0, 0]).all()
        assert ops.l2_pool2d(x, 3, padding=padding).dtype == average
    assert ops.global_max_pool2d(x).dtype == maximum
    assert ops.global_average_pool2d(x).dtype == average
    assert ops.roi_pool2d(x, 2).dtype == maximum


def test_float16_is_added_up_in_float32():
    x = np.full((100, 100, 1), 100, np.float16)  # the sum, 10⁶, is beyond float16
    assert ops.average_pool2d(x, 100).item() == 100
    assert ops.global_average_pool2d(x).item() == 100


def test_the_lowest_integer_is_a_number_like_any_other():
    x = np.full((3, 3, 1), -128, np.int8)
    assert (ops.max_pool2d(x, 2, padding="same") == -128).all()
    assert (ops.max_pool2d(np.full((3, 3, 1), -np.inf), 2, padding="same") == -np.inf).all()


@pytest.mark.parametrize("pool", POOLS)
def test_not_a_number_stays_in_its_window(pool):
    x = np.ones((4, 4, 1))
    x[0, 0] = np.nan
    assert np.isnan(pool(x)).ravel().tolist() == [True, False, False, False]
    x[0, 0] = np.inf
    assert np.isinf(pool(x)).ravel().tolist() == [True, False, False, False]


@pytest.mark.parametrize("pool", [*POOLS, ops.global_max_pool2d, ops.global_average_pool2d])
def test_inputs_are_read_only(pool):
    x = np.random.default_rng(4).standard_normal((2, 6, 4, 3))
    expected = pool(x)
    copy = x.copy()
    x.flags.writeable = False
    pool(x)[:] = 7
    np.testing.assert_array_equal(x, copy)
    np.testing.assert_allclose(pool(np.asfortranarray(x)), expected, rtol=1e-14)
    np.testing.assert_allclose(pool(x[::-1])[::-1], expected, rtol=1e-14)
    if pool in POOLS:
        y = np.ones((2, 2, 1))
        pool(y, 1)[:] = 7
        assert (y == 1).all()


def test_roi_has_a_fixed_output_for_any_input():
    rng = np.random.default_rng(5)
    for _ in range(30):
        height, width = rng.integers(1, 20, 2)
        x = rng.standard_normal((height, width, 2)) - 9
        pooled = ops.roi_pool2d(x, (3, 4))
        assert pooled.shape == (3, 4, 2)
        np.testing.assert_array_equal(pooled.max(axis=(0, 1)), x.max(axis=(0, 1)))


def test_roi_bins_by_hand():
    x = np.arange(35.0).reshape(5, 7, 1)
    # Rows 1–4 of 5, columns 2–6 of 7; 2 bins of 5 columns share the middle one, column 4.
    pooled = ops.roi_pool2d(x, (3, 2), (1, 2, 4, 7))
    np.testing.assert_array_equal(pooled[..., 0], [[11, 13], [18, 20], [25, 27]])
    # A region smaller than the output repeats its pixels.
    np.testing.assert_array_equal(ops.roi_pool2d(x, 2, (0, 0, 1, 1)).ravel(), [0, 0, 0, 0])
    # The last row and column are seen although 5 and 7 do not divide by 2.
    assert ops.roi_pool2d(x, 2)[-1, -1, 0] == 34
    # Where the region divides evenly, RoI pooling is max pooling.
    np.testing.assert_array_equal(
        ops.roi_pool2d(x, 2, (0, 0, 4, 6)), ops.max_pool2d(x[:4, :6], (2, 3))
    )


def test_roi_shapes():
    x = np.random.default_rng(6).standard_normal((2, 8, 9, 3))
    regions = np.array([[0, 0, 8, 9], [2, 3, 7, 5]])
    pooled = ops.roi_pool2d(x, (2, 3), regions)
    assert pooled.shape == (2, 2, 2, 3, 3)
    for n in range(2):
        for r in range(2):
            np.testing.assert_array_equal(pooled[n, r], ops.roi_pool2d(x[n], (2, 3), regions[r]))
    assert ops.roi_pool2d(x[0], 2, regions[:1]).shape == (1, 2, 2, 3)


X = np.ones((5, 6, 2))


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: ops.max_pool2d(X, 7), ValueError, "Along the height: A kernel of 7"),
        (lambda: ops.max_pool2d(X, 0), ValueError, "size must be at least 1"),
        (lambda: ops.max_pool2d(X, 2.0), TypeError, "size must be an integer.*float"),
        (lambda: ops.max_pool2d(X, (2, 2, 2)), ValueError, "3 entries"),
        (lambda: ops.max_pool2d(X, stride=0), ValueError, "stride must be at least 1"),
        (lambda: ops.max_pool2d(X, padding=2), ValueError, "less than the window"),
        (lambda: ops.average_pool2d(X, padding=-1), ValueError, "at least 0"),
        (lambda: ops.l2_pool2d(X, padding="half"), ValueError, "'half' is unknown"),
        (lambda: ops.max_pool2d(X[0]), ValueError, r"shape is \(6, 2\).*x\[\.\.\., None\]"),
        (lambda: ops.max_pool2d(X * 1j), TypeError, "no largest one"),
        (lambda: ops.global_max_pool2d(X * 1j), TypeError, "no largest one"),
        (lambda: ops.global_average_pool2d(None), TypeError, "None"),
        (lambda: ops.average_pool2d(X[:0]), ValueError, "empty"),
        (lambda: ops.roi_pool2d(X, 2, (0, 0, 6, 6)), ValueError, "row1 ≤ 5"),
        (lambda: ops.roi_pool2d(X, 2, (-1, 0, 5, 6)), ValueError, "0 ≤ row0"),
        (lambda: ops.roi_pool2d(X, 2, (2, 0, 2, 6)), ValueError, "excluded"),
        (lambda: ops.roi_pool2d(X, 2, (0.0, 0, 2, 6)), TypeError, "regions must be integers"),
        (lambda: ops.roi_pool2d(X, 2, (0, 0, 2)), ValueError, r"shape is \(3,\)"),
        (lambda: ops.roi_pool2d(X, 0), ValueError, "size must be at least 1"),
    ],
)
def test_bad_arguments_are_explained(call, error, words):
    with pytest.raises(error, match=words):
        call()
