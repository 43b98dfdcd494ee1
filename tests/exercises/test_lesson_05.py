"""What is special about lesson 5: its figures, its model, its hidden labels, its catalogue."""

import math

import numpy as np
import pytest

from cnncourse.checking.collect import collect
from cnncourse.checking.judge import judge
from cnncourse.checking.models import compare_models, describe_model
from cnncourse.data import load_mnist
from cnncourse.exercises import get, lesson

LECTURE = get("trace_shapes").make_cases()[3].args


def verdict(name, answer, seed=3):
    exercise = get(name)
    cases = exercise.make_cases(seed)
    return judge(exercise, cases, collect(answer, cases, exercise.kind))


def test_the_lectures_figures():
    assert get("trace_parameters").reference(*LECTURE) == [320, 0, 18496, 0, 36928, 0, 36928, 650]
    assert get("trace_shapes").reference(*LECTURE)[5] == (576,)
    uniform = np.full((4, 10), 0.1)
    assert get("cross_entropy").reference(uniform, [1, 2, 3, 4]) == pytest.approx(math.log(10))


def test_the_network_described_by_hand_has_the_lectures_figures():
    described = describe_model(get("build_convnet").reference())
    assert described["parameters"] == 93_322
    counts = [layer["parameters"] for layer in described["layers"]][1:]
    assert counts == get("trace_parameters").reference(*LECTURE)
    shapes = [layer["output_shape"][1:] for layer in described["layers"]][1:]
    assert shapes == get("trace_shapes").reference(*LECTURE)


@pytest.mark.tensorflow
def test_the_network_described_by_hand_is_keras_description():
    exercise = get("build_convnet")
    built = describe_model(exercise.alternatives["functional"]())
    by_hand = describe_model(exercise.reference())
    assert built["compiled"].pop("learning_rate") == pytest.approx(
        by_hand["compiled"].pop("learning_rate")
    )
    assert built == by_hand


@pytest.mark.tensorflow
def test_wrong_networks_described_by_hand_are_what_keras_builds():
    import keras
    from keras import layers

    def network(*stack):
        model = keras.Sequential([keras.Input((28, 28, 1)), *stack])
        model.compile("rmsprop", "sparse_categorical_crossentropy", metrics=["accuracy"])
        return model

    known = {m.name: m.wrong for m in get("build_convnet").misconceptions}
    dense = network(
        layers.Flatten(), layers.Dense(512, activation="relu"), layers.Dense(10, "softmax")
    )
    assert compare_models(known["dense-network"](), dense) is None
    same = network(
        layers.Conv2D(32, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(64, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(64, 3, padding="same", activation="relu"),
        layers.Flatten(),
        layers.Dense(64, "relu"),
        layers.Dense(10, "softmax"),
    )
    assert compare_models(known["padding-same"](), same) is None
    unflattened = network(
        layers.Conv2D(32, 3, activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(64, 3, activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(64, 3, activation="relu"),
        layers.Dense(64, "relu"),
        layers.Dense(10, "softmax"),
    )
    assert compare_models(known["flatten-missing"](), unflattened) is None


@pytest.mark.tensorflow
@pytest.mark.parametrize(
    ("shape", "words"),
    [((28, 28), "expected min_ndim=4"), ((60000, 28, 28, 1), "same length as input")],
)
def test_keras_rank_errors_are_shown_in_one_line(shape, words):
    def build_convnet():
        import keras

        return keras.Sequential([keras.Input(shape), keras.layers.Conv2D(32, 3)])

    result = verdict("build_convnet", build_convnet)
    assert result.state == "error"
    assert words in result.message
    assert "\n" not in result.message


@pytest.mark.parametrize("answer", [lambda: None, lambda: [1, 2], lambda: "model"])
def test_a_function_that_builds_no_model(answer):
    result = verdict("build_convnet", answer)
    assert (result.state, result.points) == ("failed", 0)


def test_the_digits_to_classify_are_nobodys():
    case = get("classify").make_cases(5)[0]
    (images,) = case.args
    assert images.shape == (300, 28, 28)
    assert images.dtype == np.uint8
    known = {image.tobytes() for image in load_mnist().x_test}
    assert not any(image.tobytes() in known for image in images)
    assert np.bincount(case.truth, minlength=10).min() > 10
    other = get("classify").make_cases(6)[0]
    assert not np.array_equal(other.truth, case.truth)


@pytest.mark.parametrize(("right", "state"), [(255, "passed"), (254, "failed"), (30, "failed")])
def test_the_threshold_is_85_percent(right, state):
    truth = get("classify").make_cases(3)[0].truth

    def classify(images):
        labels = truth.copy()
        labels[right:] = (labels[right:] + 1) % 10
        return labels

    result = verdict("classify", classify)
    assert result.state == state
    if state == "failed":
        assert "85.0% are needed" in result.message


@pytest.mark.parametrize(
    ("exercise", "misconception"),
    [
        ("prepare_images", "channel-axis-missing"),
        ("network_input", "no-channel-axis"),
        ("network_input", "batch-inside"),
        ("prepare_images", "not-divided"),
        ("build_convnet", "loss-wants-one-hot"),
        ("build_convnet", "softmax-missing"),
        ("shift_effect", "a-convnet-does-not-care"),
        ("compare_epochs", "loss-up-means-accuracy-down"),
    ],
)
def test_the_catalogue_is_covered(exercise, misconception):
    assert misconception in [m.name for m in get(exercise).misconceptions]


def test_points_of_the_lesson():
    assert sum(exercise.points for exercise in lesson("05_mnist")) == 24


def test_loss_and_accuracy_can_rise_together():
    unsure, bold, labels = get("compare_epochs").make_cases()[2].args
    loss, accuracy = get("compare_epochs").reference(unsure, bold, labels)
    assert loss > 0.1
    assert accuracy > 0.1
