"""Output sizes, padding amounts and bins, against brute force and their definitions."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cnncourse import ops

small = st.integers(1, 12)


@given(size=st.integers(1, 40), kernel=small, stride=small, dilation=st.integers(1, 4), pad=small)
def test_output_size_counts_the_windows(size, kernel, stride, dilation, pad):
    extent = ops.effective_kernel(kernel, dilation)
    assume(extent <= size + 2 * pad)
    starts = [i for i in range(0, size + 2 * pad, stride) if i + extent <= size + 2 * pad]
    assert ops.output_size(size, kernel, stride, pad, dilation) == len(starts)
    assert ops.output_size(size, kernel, stride, (2 * pad, 0), dilation) == len(starts)


@given(size=st.integers(1, 40), kernel=small, stride=small, dilation=st.integers(1, 4))
def test_same_is_tensorflows(size, kernel, stride, dilation):
    before, after = ops.pad_amounts(size, kernel, stride, "same", dilation)
    assert ops.output_size(size, kernel, stride, "same", dilation) == -(-size // stride)
    assert after - before in (0, 1)
    if before + after:  # never a zero more than the last window reads
        last = (-(-size // stride) - 1) * stride + ops.effective_kernel(kernel, dilation)
        assert size + before + after == last


def test_same_is_not_symmetric():
    assert ops.pad_amounts(6, 3, 2, "same") == (0, 1)
    x = np.arange(1.0, 7).reshape(1, 6, 1)
    ones = np.ones((1, 3, 1, 1))
    assert ops.conv2d(x, ones, stride=2, padding="same").ravel().tolist() == [6, 12, 11]


def test_keras_spellings_of_padding():
    assert ops.pad_amounts(7, 3, 1, "SAME") == (1, 1)
    assert ops.pad_amounts(7, 3, 1, "Valid") == (0, 0)
    assert ops.pad_amounts(7, 3, 1, np.int64(2)) == (2, 2)


def test_two_axes_are_two_times_one():
    arguments = ((7, 8), (3, 2), (2, 1), ((1, 0), (0, 2)), (1, 3))
    assert ops.pad_amounts_2d(*arguments) == ((1, 0), (0, 2))
    assert ops.output_size_2d(*arguments) == (
        ops.output_size(7, 3, 2, (1, 0)),
        ops.output_size(8, 2, 1, (0, 2), 3),
    )
    assert ops.pad_amounts_2d((7, 8), 3, 1, (1, 2)) == ((1, 1), (2, 2))
    assert ops.output_size_2d((150, 150), 3) == (148, 148)


@given(size=st.integers(1, 60), bins=st.integers(1, 20))
def test_bins_leave_nothing_out(size, bins):
    edges = ops.bin_edges(size, bins)
    assert len(edges) == bins
    assert edges[0][0] == 0 and edges[-1][1] == size
    assert all(start < stop for start, stop in edges)
    assert set().union(*(range(*edge) for edge in edges)) == set(range(size))
    if size % bins == 0:
        assert all(stop - start == size // bins for start, stop in edges)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ((5, 6), ValueError, "kernel of 6 does not fit in an input of 5"),
        ((5, 3, 1, 0, 3), ValueError, "dilation 3 spans 7 positions"),
        ((0, 1), ValueError, "size must be at least 1"),
        ((5, 0), ValueError, "kernel must be at least 1"),
        ((5, 3, 0), ValueError, "stride must be at least 1"),
        ((5, 3, -1), ValueError, "-1 was given"),
        ((5, 3, 1.0), TypeError, "stride must be an integer.*float"),
        ((5, 3, True), TypeError, "stride must be an integer.*bool"),
        ((5, 3, 1, "causal"), ValueError, '"valid", "same"'),
        ((5, 3, 1, None), TypeError, "padding must not be None"),
        ((5, 3, 1, -1), ValueError, "padding must be at least 0"),
        ((5, 3, 1, (1, -2)), ValueError, r"padding\[1\] must be at least 0"),
        ((5, 3, 1, (1, 2, 3)), ValueError, r"\(before, after\).*3 entries"),
        ((5, 3, 1, 0.5), TypeError, "padding must be an integer"),
        ((5, 3, 1, 0, 0), ValueError, "dilation must be at least 1"),
        (("5", 3), TypeError, "size must be an integer.*str"),
    ],
)
def test_bad_geometry_is_explained(arguments, error, words):
    with pytest.raises(error, match=words):
        ops.output_size(*arguments)


def test_the_axis_is_named():
    with pytest.raises(ValueError, match="Along the width: A kernel of 6"):
        ops.output_size_2d((9, 5), (3, 6))
    with pytest.raises(ValueError, match="Along the height: A kernel of 6"):
        ops.output_size_2d((5, 9), (6, 3))
    with pytest.raises(ValueError, match="top, bottom"):
        ops.output_size_2d((5, 9), 3, 1, (1, 2, 3, 4))
