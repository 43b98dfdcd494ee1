"""Lesson 3's exercises: what the walk over all exercises does not know."""

from itertools import combinations
from typing import Any

import numpy as np
import pytest

from cnncourse import ops
from cnncourse.checking.exercise import Exercise
from cnncourse.exercises import lesson_03
from cnncourse.exercises.lesson_03 import EXERCISES

SEEDS = range(25)
RAISES = "raises"
EACH = pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)


def answers(exercise: Exercise, solve: Any, seed: int) -> list[Any]:
    """What a solver answers to every case; RAISES where it raises."""
    found = []
    for case in exercise.make_cases(seed):
        try:
            found.append(exercise.answer(solve, case))
        except Exception:
            found.append(RAISES)
    return found


def same(first: Any, second: Any) -> bool:
    first, second = np.asarray(first), np.asarray(second)
    if first.shape != second.shape or first.dtype.kind != second.dtype.kind:
        return bool(np.array_equal(first, second))
    if first.dtype.kind == "U":
        return bool(np.array_equal(first, second))
    return bool(np.allclose(first, second, rtol=1e-4, atol=1e-5, equal_nan=True))


@EACH
def test_no_two_answers_coincide_whatever_the_seed(exercise: Exercise) -> None:
    for seed in SEEDS:
        solvers = {"reference": exercise.reference} | {
            mistake.name: mistake.wrong for mistake in exercise.misconceptions
        }
        given = {name: answers(exercise, solve, seed) for name, solve in solvers.items()}
        for one, other in combinations(given, 2):
            assert not all(map(same, given[one], given[other])), (one, other, seed)


@EACH
def test_hints_are_short_and_go_on_with_a_question(exercise: Exercise) -> None:
    for mistake in exercise.misconceptions:
        assert len(mistake.says.split()) <= 25, mistake.name
        assert "?" in mistake.more, mistake.name
    assert exercise.hints


CATALOGUE = {  # where the known mistakes of lesson 3 are named
    "stride 1 by default": ("max_pool", "stride-one"),
    "maximum over channels": ("pool_layer", "channels-pooled-too"),
    "zeros padded before max": ("neighbourhood_pool", "zeros-win-the-maximum"),
    "average divides by k² at the edge": ("neighbourhood_pool", "nine-divides-always"),
    "RoI bins that leave the remainder out": ("roi_pool", "remainder-left-out"),
    "global average over the wrong axes": ("global_pool", "over-the-channels"),
}


@pytest.mark.parametrize("row", CATALOGUE)
def test_the_catalogue_is_covered(row: str) -> None:
    name, mistake = CATALOGUE[row]
    (exercise,) = [e for e in EXERCISES if e.name == name]
    assert mistake in [m.name for m in exercise.misconceptions]


def test_the_catalogue_s_signs() -> None:
    """Each mistake shows as it is described: sizes, corners, axes."""
    wrong = {(e.name, m.name): m.wrong for e in EXERCISES for m in e.misconceptions}
    assert wrong["max_pool", "stride-one"](np.zeros((7, 8)), 3).shape == (5, 6)
    equal = wrong["pool_layer", "channels-pooled-too"](
        np.arange(48.0).reshape(4, 6, 2), 2, 2, "max"
    )
    assert (equal[..., 0] == equal[..., 1]).all()
    dark, bright = -np.ones((4, 5)), np.ones((4, 5))
    edge = wrong["neighbourhood_pool", "zeros-win-the-maximum"](dark, "max")
    assert edge[0, 0] == 0 and edge[1, 1] == -1
    assert wrong["neighbourhood_pool", "nine-divides-always"](bright, "average")[0, 0] == 4 / 9
    assert wrong["global_pool", "over-the-channels"](np.ones((2, 3, 4, 5)), "max").shape == (
        2,
        3,
        4,
    )
    low = np.zeros((8, 4, 1))
    low[6:] = 1  # only the last rows are bright
    assert wrong["roi_pool", "remainder-left-out"](low, (0, 0, 8, 4), 3, 2).max() == 0


def test_references_agree_with_the_library() -> None:
    rng = np.random.default_rng(3)
    image = rng.normal(size=(9, 7, 3))
    library = {"max": ops.max_pool2d, "average": ops.average_pool2d, "l2": ops.l2_pool2d}
    for kind, pool in library.items():
        for size, stride in ((2, 2), (3, 2), (2, 3)):
            np.testing.assert_allclose(
                lesson_03.POOL_LAYER.reference(image, size, stride, kind),
                pool(image, size, stride=stride),
            )
    np.testing.assert_allclose(
        lesson_03.MAX_POOL.reference(image[..., 0], 2), ops.max_pool2d(image, 2)[..., 0]
    )
    for kind in ("max", "average"):
        np.testing.assert_allclose(
            lesson_03.NEIGHBOURHOOD_POOL.reference(image[..., 0], kind),
            library[kind](image, 3, stride=1, padding="same")[..., 0],
        )
    batch = rng.normal(size=(2, 5, 4, 3))
    np.testing.assert_allclose(
        lesson_03.GLOBAL_POOL.reference(batch, "average"), ops.global_average_pool2d(batch)
    )
    np.testing.assert_allclose(
        lesson_03.GLOBAL_POOL.reference(batch, "max"), ops.global_max_pool2d(batch)
    )
    for bins in ((2, 3), (4, 4), (6, 7)):
        np.testing.assert_allclose(
            lesson_03.ROI_POOL.reference(image, (1, 2, 9, 7), *bins),
            ops.roi_pool2d(image, bins, (1, 2, 9, 7)),
        )


def test_the_lecture_s_numbers() -> None:
    """26×26 maps become 13×13, 11×11 become 5×5; of 64 positions 16 stay."""
    pooled = lesson_03.MAX_POOL.reference(np.zeros((26, 26)), 2)
    assert pooled.shape == (13, 13)
    assert lesson_03.MAX_POOL.reference(np.zeros((11, 11)), 2).shape == (5, 5)
    assert lesson_03.MAX_POOL.reference(np.zeros((8, 8)), 2).size / 64 == 0.25
