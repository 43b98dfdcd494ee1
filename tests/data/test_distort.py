"""Distorted digits stay digits, and differ from all that ship."""

import numpy as np
import pytest

from cnncourse.data import distort, load_mnist

NOTHING = {"turn": 0, "scale": 0, "slant": 0, "shift": 0, "noise": 0}


def test_no_distortion_changes_nothing():
    images = load_mnist().x_test[:5]
    assert np.array_equal(distort(images, np.random.default_rng(1), **NOTHING), images)


def test_same_seed_same_pictures_and_the_input_is_kept():
    images = load_mnist().x_test[:4]
    before = images.copy()
    first, second = (distort(images, np.random.default_rng(3)) for _ in range(2))
    assert np.array_equal(first, second)
    assert np.array_equal(images, before)
    assert first.dtype == np.uint8
    assert first.shape == images.shape
    assert not (first == images).all(axis=(1, 2)).any()


def test_a_turn_keeps_the_middle_and_the_ink():
    image = np.zeros((1, 9, 9), np.uint8)
    image[0, 3:6, 3:6] = 200
    turned = distort(image, np.random.default_rng(5), **NOTHING | {"turn": 45})
    assert turned[0, 4, 4] == 200
    assert int(turned.sum()) == pytest.approx(int(image.sum()), rel=0.1)


def test_a_shift_brings_black_in():
    image = np.full((1, 7, 8), 255, np.uint8)
    moved = distort(image, np.random.default_rng(4), **NOTHING | {"shift": 3})
    assert moved.min() == 0
    assert moved[0, 3, 4] == 255


def test_other_arrays_are_refused():
    with pytest.raises(ValueError, match=r"shape \(28, 28\)"):
        distort(np.zeros((28, 28), np.uint8), np.random.default_rng(0))
    with pytest.raises(ValueError, match="float64"):
        distort(np.zeros((2, 28, 28)), np.random.default_rng(0))
