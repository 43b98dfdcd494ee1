"""What is special about lesson 11: the lecture's figures, its model, its catalogue."""

import pytest

from cnncourse import zoo
from cnncourse.checking.collect import collect
from cnncourse.checking.judge import judge
from cnncourse.checking.models import describe_model
from cnncourse.exercises import get, lesson

LAYER = (3, 512, 512, 14)


def verdict(name, answer, seed=3):
    exercise = get(name)
    cases = exercise.make_cases(seed)
    return judge(exercise, cases, collect(answer, cases, exercise.kind))


def test_the_lectures_figures():
    assert get("ordinary_work").reference(*LAYER) == 462_422_016
    assert get("separable_work").reference(*LAYER) == 52_283_392
    assert get("work_ratio").reference(3, 64, 128) == pytest.approx(0.1189, abs=5e-5)
    rows = [get("thin_layer").reference(*LAYER, 0.75, rho) for rho in (1, 10 / 14)]
    assert [round(work / 1e6, 1) for work, _ in rows] == [29.6, 15.1]
    assert rows[0][1] == rows[1][1] == 150_912


def test_the_misprint_is_what_counting_gives():
    cost = zoo.mobilenet().cost()
    share = 100 * cost["conv1"].mult_adds.value / cost.mult_adds
    assert get("misprint").reference() == round(share, 2)


@pytest.mark.parametrize("answer", [1.9, 1.91, 1.9056, 100 - 94.86 - 3.06 - 0.18])
def test_both_ways_to_the_misprint_are_right(answer):
    assert verdict("misprint", answer).state == "passed"


@pytest.mark.parametrize("answer", [1.88, 1.93, 1.2, 2, 191])
def test_other_numbers_are_no_correction(answer):
    result = verdict("misprint", answer)
    assert (result.state, result.points) == ("failed", 0)
    assert "1.91" not in result.text


def test_alpha_and_rho_earn_their_points_apart():
    right = get("thin_layer").reference

    def without_rho(kernel, channels, filters, size, alpha, rho):
        return right(kernel, channels, filters, size, alpha, 1.0)

    result = verdict("thin_layer", without_rho)
    assert (result.points, result.misconception) == (1, "rho-ignored")


@pytest.mark.tensorflow
def test_the_block_described_by_hand_is_keras_description():
    exercise = get("separable_block")
    built = describe_model(exercise.alternatives["functional"]())
    by_hand = describe_model(exercise.reference())
    assert built["layers"][1:] == by_hand["layers"][1:]
    for key in ("input_shape", "parameters", "trainable_parameters"):
        assert built[key] == by_hand[key]


@pytest.mark.tensorflow
def test_a_separable_layer_of_keras_is_recognised():
    import keras
    from keras import layers

    def build():
        return keras.Sequential(
            [
                keras.Input((15, 20, 24)),
                layers.SeparableConv2D(40, 3, strides=2, padding="same", use_bias=False),
                layers.BatchNormalization(),
                layers.ReLU(),
            ]
        )

    assert verdict("separable_block", build).misconception == "separable-layer"


@pytest.mark.tensorflow
def test_relu_inside_the_convolutions_comes_before_batch_norm():
    import keras
    from keras import layers

    def build():
        return keras.Sequential(
            [
                keras.Input((15, 20, 24)),
                layers.DepthwiseConv2D(
                    3, strides=2, padding="same", use_bias=False, activation="relu"
                ),
                layers.BatchNormalization(),
                layers.Conv2D(40, 1, use_bias=False, activation="relu"),
                layers.BatchNormalization(),
            ]
        )

    assert verdict("separable_block", build).misconception == "relu-before-batch-norm"


@pytest.mark.parametrize(
    ("exercise", "misconception"),
    [
        ("separable_map", "depthwise-only"),
        ("work_ratio", "depthwise-only"),
        ("work_ratio", "channels-for-filters"),
        ("separable_work", "channels-and-filters-exchanged"),
        ("block_parameters", "channels-and-filters-exchanged"),
        ("block_parameters", "bias-counted"),
        ("thin_layer", "alpha-once"),
        ("thin_layer", "rho-not-squared"),
        ("thin_layer", "rho-changes-parameters"),
        ("time_and_work", "mult-adds-are-latency"),
    ],
)
def test_the_known_mistakes_of_the_lesson_are_there(exercise, misconception):
    assert misconception in [known.name for known in get(exercise).misconceptions]


def test_the_exercises_of_the_lesson():
    declared = lesson("11_mobilenet")
    assert len(declared) == 12
    assert sum(exercise.points for exercise in declared) == 20
