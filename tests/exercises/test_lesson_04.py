"""Lesson 4's exercises: what the walk over all exercises does not know."""

from itertools import combinations

import numpy as np
import pytest

from cnncourse.exercises import lesson_04
from cnncourse.exercises.lesson_04 import EXERCISES


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


CATALOGUE = {  # the rows of MISTAKES.md for lesson 4
    "effective kernel k + (k − 1)d": ("effective_kernel", "one-hole-too-many"),
    "dilation taken as stride": ("dilated_map", "dilation-taken-as-stride"),
    "parameters grow with d": ("dilated_parameters", "parameters-grow-with-dilation"),
    "receptive field without strides": ("stack_field", "strides-ignored"),
    "receptive field without dilation": ("stack_field", "dilation-ignored"),
    "every pixel weighs alike": ("influence", "every-position-alike"),
}


def wrong(exercise_name, mistake_name):
    """What a student with this mistake would write."""
    exercise = next(e for e in EXERCISES if e.name == exercise_name)
    return next(m.wrong for m in exercise.misconceptions if m.name == mistake_name)


@pytest.mark.parametrize(("exercise", "mistake"), CATALOGUE.values(), ids=list(CATALOGUE))
def test_the_catalogue_is_covered(exercise, mistake):
    assert callable(wrong(exercise, mistake))


def test_the_catalogue_s_numbers():
    effective = lesson_04.EFFECTIVE_KERNEL.reference
    assert (effective(3, 2), wrong("effective_kernel", "one-hole-too-many")(3, 2)) == (5, 7)
    field = lesson_04.STACK_FIELD.reference
    conv, pool = (3, 1, 1), (2, 2, 1)
    with_pools = [conv, pool, conv, pool, conv]
    assert (field(with_pools), wrong("stack_field", "strides-ignored")(with_pools)) == (18, 9)
    doubling = [(3, 1, d) for d in (1, 2, 4)]
    assert (field(doubling), wrong("stack_field", "dilation-ignored")(doubling)) == (15, 7)


def test_fields_agree_with_the_library():
    from cnncourse.network import Conv2D, Input, MaxPool2D, Network, receptive_field

    rng = np.random.default_rng(4)
    for _ in range(5):
        layers = [tuple(int(n) for n in rng.integers(1, 5, 3)) for _ in range(3)]
        chain = [
            Conv2D(2, kernel, strides=stride if dilation == 1 else 1, dilation_rate=dilation)
            for kernel, stride, dilation in layers
        ]
        layers = [(k, s if d == 1 else 1, d) for k, s, d in layers]
        net = Network.chain("stack", Input((199, 199, 1)), *chain, MaxPool2D(2))
        expected = lesson_04.STACK_FIELD.reference([*layers, (2, 2, 1)])
        last = next(reversed([name for name, _ in net]))
        assert receptive_field(net, last).size == (expected, expected)


def test_maps_agree_with_the_library():
    from cnncourse import ops

    rng = np.random.default_rng(5)
    image, kernel = rng.normal(size=(13, 11)), rng.normal(size=(3, 2))
    for dilation in (1, 2, 3):
        np.testing.assert_allclose(
            lesson_04.DILATED_MAP.reference(image, kernel, 0.5, dilation),
            ops.conv2d(
                image[..., None], kernel[..., None, None], np.array([0.5]), dilation=dilation
            )[..., 0],
            rtol=1e-6,
        )


def test_influence_has_the_variance_of_luo_and_others():
    share = lesson_04.INFLUENCE.reference
    for kernel, dilations in [(3, (1,) * 6), (5, (1, 1)), (3, (1, 2, 4)), (2, (3, 1))]:
        shares = share(kernel, dilations)
        places = np.arange(len(shares))
        mean = (shares * places).sum()
        variance = (shares * (places - mean) ** 2).sum()
        assert shares.sum() == pytest.approx(1)
        assert variance == pytest.approx((kernel**2 - 1) / 12 * sum(d * d for d in dilations))


def test_what_stacks_touch():
    assert lesson_04.HOLES.reference() == (13, 7)
    assert len(lesson_04._touched(3, (1, 2, 4))) == 15
    assert lesson_04._touched(3, (1, 3, 9)) == list(range(27))
    assert lesson_04.WIDEST_STACK.alternatives["try them all"]() == (1, 3, 9)
