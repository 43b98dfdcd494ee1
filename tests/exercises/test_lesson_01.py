"""Lesson 1's exercises: what the walk over all exercises does not know."""

from itertools import combinations

import numpy as np
import pytest
from scipy import signal

from cnncourse.exercises import lesson_01
from cnncourse.exercises.lesson_01 import EXERCISES


def same(first, second):
    first, second = np.asarray(first), np.asarray(second)
    return first.shape == second.shape and np.allclose(first, second, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
@pytest.mark.parametrize("seed", range(25))
def test_no_two_answers_coincide_whatever_the_seed(exercise, seed):
    cases = exercise.make_cases(seed)
    solvers = {"reference": exercise.reference} | {
        mistake.name: mistake.wrong for mistake in exercise.misconceptions
    }
    answers = {
        name: [exercise.answer(solve, case) for case in cases] for name, solve in solvers.items()
    }
    for one, other in combinations(answers, 2):
        assert not all(map(same, answers[one], answers[other])), (one, other)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_a_mistake_costs_points_whatever_the_seed(exercise):
    for seed in range(25):
        for mistake in exercise.misconceptions:
            wrong = {
                case.part
                for case in exercise.make_cases(seed)
                if not same(
                    exercise.answer(mistake.wrong, case), exercise.answer(exercise.reference, case)
                )
            }
            assert wrong, (mistake.name, seed)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_hints_are_short_and_go_on_with_a_question(exercise):
    for mistake in exercise.misconceptions:
        assert len(mistake.says.split()) <= 25, mistake.name
        assert len(f"{mistake.says} {mistake.more}".split()) <= 160, mistake.name
        assert "?" in mistake.more, mistake.name
    assert len(exercise.misconceptions) >= 4
    assert exercise.hints


CATALOGUE = {  # the rows of MISTAKES.md for lesson 1
    "bias added to every product": "bias-on-every-product",
    "bias omitted": "bias-omitted",
    "one map per channel": "one-map-per-channel",
    "channels averaged": "channels-averaged",
    "stride not used in the slice": "stride-not-in-the-slice",
    "kernel flipped": "kernel-flipped",
    "weights counted per position": "weights-per-pixel",
    "flatten by reshape(-1, m)": "images-mixed",
}


def test_the_catalogue_is_covered():
    names = {mistake.name for exercise in EXERCISES for mistake in exercise.misconceptions}
    assert set(CATALOGUE.values()) <= names


def test_the_crop_has_the_right_shape_and_the_wrong_values():
    exercise = lesson_01.CONV2D
    crop = next(m for m in exercise.misconceptions if m.name == "stride-not-in-the-slice").wrong
    for case in exercise.make_cases():
        right, wrong = exercise.answer(exercise.reference, case), exercise.answer(crop, case)
        assert right.shape == wrong.shape
        assert same(right, wrong) == (case.part == "stride 1")


WITH_FRACTIONS = [e for e in EXERCISES if e.kind == "function" and "parameters" not in e.name]


@pytest.mark.parametrize("exercise", WITH_FRACTIONS, ids=lambda e: e.name)
def test_whole_numbers_earn_nothing(exercise):
    """`np.zeros(shape, dtype=int)` would show its fault only on the pictures of the lesson."""
    for seed in range(10):
        for part in exercise.parts:
            answers = [
                exercise.answer(exercise.reference, case)
                for case in exercise.make_cases(seed)
                if case.part == part
            ]
            assert any(not same(np.trunc(answer), answer) for answer in answers), (seed, part)


def test_stops_are_rounded_down():
    """Neither `round` nor `ceil` gives the right number of stops in every case."""
    sides = [
        (n, k, case.args[3])
        for case in lesson_01.CONV2D.make_cases()
        for n, k in zip(case.args[0].shape[:2], case.args[1].shape[:2], strict=True)
    ]
    for rule in (round, np.ceil):
        assert any(rule((n - k) / s) != (n - k) // s for n, k, s in sides), rule


def test_references_agree_with_scipy():
    rng = np.random.default_rng(3)
    image, kernel = rng.normal(size=(9, 7)), rng.normal(size=(3, 2))
    np.testing.assert_allclose(
        lesson_01.TRUE_CONVOLUTION.reference(image, kernel),
        signal.convolve2d(image, kernel, mode="valid"),
    )
    np.testing.assert_allclose(
        lesson_01.FEATURE_MAP.reference(image, kernel, 0.5),
        signal.correlate2d(image, kernel, mode="valid") + 0.5,
    )


def test_the_whole_layer_agrees_with_the_library():
    from cnncourse import ops

    rng = np.random.default_rng(4)
    image, kernels = rng.normal(size=(9, 7, 3)), rng.normal(size=(3, 2, 3, 4))
    biases = rng.normal(size=4)
    for stride in (1, 2, 3):
        np.testing.assert_allclose(
            lesson_01.CONV2D.reference(image, kernels, biases, stride),
            ops.conv2d(image, kernels, biases, stride=stride),
            rtol=1e-6,
        )


def test_the_lecture_s_numbers():
    count = lesson_01.CONV_PARAMETERS.reference
    assert count(28, 28, 1, 3, 32) == 320
    assert count(13, 13, 32, 3, 64) == 18_496
    assert lesson_01.DENSE_PARAMETERS.reference(150, 150, 3, 256) == 17_280_256
