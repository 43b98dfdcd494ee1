"""Drawings are the same every time, balanced and varied, and only form tells cats from dogs."""

import hashlib
import subprocess
import sys

import numpy as np
import pytest

from cnncourse.data import KINDS, draw_images
from cnncourse.data.drawn import draw_image, many

PAIR = ("cat", "dog")


@pytest.fixture(scope="module")
def pair() -> tuple[np.ndarray, np.ndarray]:
    return draw_images(PAIR, 240, size=32, seed=3)


def test_kinds_take_turns_and_labels_say_which():
    images, labels = draw_images(("dog", "boat", "cat"), 2, size=40, seed=1)
    assert images.shape == (6, 40, 40, 3)
    assert images.dtype == labels.dtype == np.uint8
    assert labels.tolist() == [0, 1, 2, 0, 1, 2]
    assert np.array_equal(images[4], draw_image("boat", 1, 40, seed=1))


def test_one_kind_and_none_at_all():
    images, labels = draw_images("owl", 1, size=16)
    assert images.shape == (1, 16, 16, 3)
    assert labels.tolist() == [0]
    images, labels = draw_images(PAIR, 0)
    assert images.shape == (0, 150, 150, 3)
    assert len(labels) == 0


def test_the_same_seed_draws_the_same_bytes_in_another_process():
    images, _ = draw_images(("cat", "dog", "house"), 2, size=64, seed=11)
    code = (
        "import hashlib; from cnncourse.data import draw_images; "
        "x, _ = draw_images(('cat', 'dog', 'house'), 2, size=64, seed=11); "
        "print(hashlib.sha256(x.tobytes()).hexdigest())"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == hashlib.sha256(images.tobytes()).hexdigest()


def test_more_pictures_begin_with_the_same_ones_and_cores_change_nothing(pair, monkeypatch):
    images, labels = pair
    fewer, _ = draw_images(PAIR, 5, size=32, seed=3)
    assert np.array_equal(images[:10], fewer)
    monkeypatch.setattr(many, "_cores", lambda: 1)
    alone, same = draw_images(PAIR, 240, size=32, seed=3)
    assert np.array_equal(images, alone)
    assert np.array_equal(labels, same)


def test_a_helper_that_cannot_start_or_dies_is_replaced(pair, monkeypatch):
    monkeypatch.setattr(many, "_cores", lambda: 2)
    for executable in ("/nowhere/python", "/bin/false"):
        monkeypatch.setattr(many.sys, "executable", executable)
        again, _ = draw_images(PAIR, 240, size=32, seed=3)
        assert np.array_equal(again, pair[0])


def test_progress_reaches_the_end():
    calls = []
    draw_images(PAIR, 30, size=16, progress=lambda done, total: calls.append((done, total)))
    assert calls[-1] == (60, 60)
    assert [done for done, _ in calls] == sorted(done for done, _ in calls)


def test_seeds_pictures_and_kinds_differ():
    ones = [draw_image(kind, i, 24, seed) for kind in PAIR for i in (0, 1) for seed in (0, 1)]
    assert len({one.tobytes() for one in ones}) == len(ones)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_fills_a_good_part_of_the_picture(kind):
    for index in range(3):
        image = draw_image(kind, index, 48)
        assert image.std() > 8  # something is there


def test_there_are_enough_other_kinds():
    assert KINDS[:2] == PAIR
    assert len(KINDS) == len(set(KINDS)) >= 18


def test_size_only_scales_the_picture():
    large, small = (draw_image("cat", 2, size).astype(float) for size in (128, 64))
    halved = large.reshape(64, 2, 64, 2, 3).mean((1, 3))
    assert np.abs(halved - small).mean() < 12
    assert np.corrcoef(halved.ravel(), small.ravel())[0, 1] > 0.93


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((["wolf"], 1), "cannot draw 'wolf'. It knows cat, dog"),
        (([], 1), "at least one kind"),
        ((PAIR, -1), "per_kind must be a whole number from 0"),
        ((PAIR, 1, 8), "size must be a whole number from 16 to 1024, not 8"),
        ((PAIR, 1, 64.0), r"not 64\.0"),
        ((PAIR, 1, 64, -1), "seed must be"),
        ((PAIR, True), "not True"),
    ],
)
def test_bad_calls_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        draw_images(*arguments)


def _held_out(features: np.ndarray, labels: np.ndarray) -> float:
    """The share of held-out pictures that a linear rule gets right (ridge regression, 5 folds)."""
    features = (features - features.mean(0)) / (features.std(0) + 1e-9)
    features = np.column_stack([features, np.ones(len(features))])
    signs, fold = 2.0 * labels - 1, np.arange(len(labels)) // 2 % 5
    right = 0
    for held in range(5):
        x, y = features[fold != held], signs[fold != held]
        weights = np.linalg.solve(x.T @ x + 30 * np.eye(x.shape[1]), x.T @ y)
        right += int(((features[fold == held] @ weights > 0) == (signs[fold == held] > 0)).sum())
    return right / len(labels)


def test_no_trivial_statistic_tells_cats_from_dogs(pair):
    images, labels = pair
    values = images.astype(float)
    colour = np.column_stack([values.mean((1, 2)), values.std((1, 2))])
    thumbnails = values.reshape(-1, 8, 4, 8, 4, 3).mean((2, 4)).reshape(len(labels), -1)
    edges = np.column_stack([np.abs(np.diff(values, axis=a)).mean((1, 2, 3)) for a in (1, 2)])
    for features in (colour, thumbnails, edges):
        assert _held_out(features, labels) < 0.62


def test_cats_and_dogs_stand_in_the_same_places(pair):
    images, labels = pair
    border = np.concatenate(
        [images[:, :2].reshape(len(images), -1, 3), images[:, -2:].reshape(len(images), -1, 3)], 1
    )
    means = border.reshape(len(images), -1).mean(1)
    gap = abs(means[labels == 0].mean() - means[labels == 1].mean())
    assert gap < 2.5 * means.std() * np.sqrt(2 / 240)
