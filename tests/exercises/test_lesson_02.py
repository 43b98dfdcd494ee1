"""Lesson 2's exercises: what the walk over all exercises does not know."""

from itertools import combinations

import numpy as np
import pytest

from cnncourse import network, ops, zoo
from cnncourse.checking.collect import collect
from cnncourse.checking.judge import judge
from cnncourse.exercises import lesson_02
from cnncourse.exercises.lesson_02 import EXERCISES


def answers(exercise, solve, cases):
    """What it answers for every case: plain arrays, or the name of its error."""
    found = []
    for case in cases:
        try:
            value = exercise.answer(solve, case)
        except Exception as error:
            found.append([np.array(type(error).__name__)])
        else:
            parts = value if isinstance(value, (tuple, list)) else [value]
            found.append([np.asarray(part) for part in parts])
    return found


def same(first, second):
    return len(first) == len(second) and all(
        one.shape == other.shape
        and one.dtype.kind in "biuf"
        and other.dtype.kind in "biuf"
        and np.allclose(one, other, rtol=1e-4, atol=1e-5)
        for one, other in zip(first, second, strict=True)
    )


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
@pytest.mark.parametrize("seed", range(25))
def test_no_two_answers_coincide_whatever_the_seed(exercise, seed):
    cases = exercise.make_cases(seed)
    solvers = {"reference": exercise.reference} | {
        mistake.name: mistake.wrong for mistake in exercise.misconceptions
    }
    given = {name: answers(exercise, solve, cases) for name, solve in solvers.items()}
    for one, other in combinations(given, 2):
        assert not all(map(same, given[one], given[other])), (one, other)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_hints_go_on_with_a_question(exercise):
    for mistake in exercise.misconceptions:
        assert "?" in mistake.more, mistake.name
    assert exercise.hints


CATALOGUE = {  # the rows of MISTAKES.md for lesson 2
    "floor((n − k)/s), the +1 forgotten": ("count_stops", "plus-one-forgotten"),
    "not floored": ("count_stops", "not-rounded"),
    "same keeps n at any stride": ("same_row", "size-kept-at-any-stride"),
    "same padded symmetrically": ("same_row", "padded-alike-on-both-sides"),
    "(k² + 1)·N: input channels forgotten": ("chain_parameters", "input-channels-forgotten"),
    "1×1 taken as one scalar per channel": ("pointwise", "one-number-per-channel"),
}


def mistake(exercise, name):
    exercise = next(e for e in EXERCISES if e.name == exercise)
    return next(m for m in exercise.misconceptions if m.name == name).wrong


@pytest.mark.parametrize("row", CATALOGUE)
def test_the_catalogue_is_covered(row):
    assert mistake(*CATALOGUE[row])


def test_the_row_that_tells_same_from_symmetric():
    row, ones = np.arange(1, 7), np.ones(3)
    assert lesson_02.SAME_ROW.reference(row, ones, 2).tolist() == [6, 12, 11]
    assert mistake("same_row", "padded-alike-on-both-sides")(row, ones, 2).tolist() == [3, 9, 15]


def test_a_symmetric_answer_is_recognised_in_the_words_of_the_lesson():
    exercise = lesson_02.SAME_ROW

    def student(row, kernel, stride):
        pad = (len(kernel) - 1) // 2
        row = np.concatenate([np.zeros(pad), row, np.zeros(pad)])
        stops = (len(row) - len(kernel)) // stride + 1
        return [row[i * stride : i * stride + len(kernel)] @ kernel for i in range(stops)]

    cases = exercise.make_cases()
    verdict = judge(exercise, cases, collect(student, cases, exercise.kind))
    assert verdict.misconception == "padded-alike-on-both-sides"
    assert verdict.points == 1  # for stride 1 it is right


def test_sizes_agree_with_the_library():
    for size in range(5, 16):
        for kernel in range(1, 6):
            for stride in range(1, 5):
                setting = (size, kernel, stride)
                assert lesson_02.COUNT_STOPS.reference(*setting) == ops.output_size(*setting)
                pads = ops.pad_amounts(*setting, "same")
                assert lesson_02.SAME_PADDING.reference(*setting) == pads
                for alternative in lesson_02.SAME_PADDING.alternatives.values():
                    assert tuple(alternative(*setting)) == pads, setting
    for padding, dilation in [(0, 2), (1, 1), (2, 3), (3, 2)]:
        for stride in (1, 2, 3):
            got = lesson_02.OUTPUT_SIZE.reference(12, 3, stride, padding, dilation)
            assert got == ops.output_size(12, 3, stride, padding, dilation)


def test_rows_and_pixels_agree_with_the_library():
    rng = np.random.default_rng(5)
    for size, width, stride in [(7, 3, 2), (8, 3, 2), (11, 4, 3), (8, 3, 4), (9, 5, 1)]:
        row, kernel = rng.normal(size=size), rng.normal(size=width)
        whole = ops.conv2d(
            row[None, :, None], kernel[None, :, None, None], stride=(1, stride), padding="same"
        )
        np.testing.assert_allclose(
            lesson_02.SAME_ROW.reference(row, kernel, stride), whole[0, :, 0], rtol=1e-5
        )
    image, kernels, biases = (rng.normal(size=s) for s in [(4, 5, 3), (1, 1, 3, 2), 2])
    np.testing.assert_allclose(
        lesson_02.POINTWISE.reference(image, kernels, biases),
        ops.conv2d(image, kernels, biases),
        rtol=1e-5,
    )


def test_chains_agree_with_networks_as_data():
    layers = lesson_02.LECTURE_NET
    shapes = lesson_02.CHAIN_SHAPES.reference((150, 150, 3), layers)
    counts = lesson_02.CHAIN_PARAMETERS.reference(3, layers)
    counted = zoo.get("cats-dogs").cost().layers[1:9]
    assert shapes == [layer.output for layer in counted]
    assert counts == [layer.parameters.value for layer in counted]
    assert counts == [896, 0, 18_496, 0, 73_856, 0, 147_584, 0]  # the lecture's own


def test_a_reduction_s_saving_agrees_with_counting():
    def work(*layers):
        net = network.Network.chain("net", network.Input((28, 28, 256)), *layers)
        return net.cost().mult_adds

    direct = work(network.Conv2D(256, 3, padding="same"))
    reduced = work(network.Conv2D(64, 1), network.Conv2D(256, 3, padding="same"))
    assert (direct, reduced) == (462_422_016, 128_450_560)
    got = lesson_02.REDUCTION_SAVING.reference(28, 28, 256, 64, 256, 3)
    assert got == pytest.approx(direct / reduced)


def test_two_pointwise_layers_are_one():
    rng = np.random.default_rng(6)
    first, a, second, b = (rng.normal(size=s) for s in [(3, 5), 5, (5, 2), 2])
    weights, biases = lesson_02.COLLAPSE.reference(first, a, second, b)
    image = rng.normal(size=(4, 6, 3))
    np.testing.assert_allclose((image @ first + a) @ second + b, image @ weights + biases)
