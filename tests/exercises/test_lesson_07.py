"""What is special about lesson 7: its hidden digits, its layers, its catalogue."""

import numpy as np
import pytest

from cnncourse.checking.collect import collect
from cnncourse.checking.judge import judge
from cnncourse.data import load_mnist
from cnncourse.exercises import get, lesson


def verdict(name, answer, seed=3):
    exercise = get(name)
    cases = exercise.make_cases(seed)
    return judge(exercise, cases, collect(answer, cases, exercise.kind))


@pytest.mark.tensorflow
def test_by_hand_is_what_the_layers_do():
    from keras import layers

    images = np.random.default_rng(2).random((1, 6, 8, 3)).astype("float32")
    factor = 1.5  # both limits there: nothing is left to chance
    contrast = layers.RandomContrast((-0.5, 0.5), value_range=(0, 1))
    contrast.factor = (-0.5, 0.5)
    by_hand = get("change_contrast").reference(images[0], factor)
    np.testing.assert_allclose(np.asarray(contrast(images, training=True))[0], by_hand, atol=1e-5)
    mirrored = get("flip_batch").reference(images, np.array([0.1]), True)
    flip = layers.RandomFlip("horizontal", seed=1)
    seen = [np.asarray(flip(images, training=True)) for _ in range(20)]
    assert any(np.array_equal(one, mirrored) for one in seen)
    assert any(np.array_equal(one, images) for one in seen)


@pytest.mark.tensorflow
def test_a_rotation_of_the_factor_for_90_degrees_is_a_quarter_turn():
    from keras import layers

    factor = get("rotation_factor").reference(90)
    image = np.random.default_rng(2).random((1, 7, 7, 1)).astype("float32")
    turned = np.asarray(layers.RandomRotation((factor, factor))(image, training=True))[0]
    turns = [np.rot90(image[0], k) for k in (1, 3)]
    assert any(np.allclose(turned, turn, atol=1e-4) for turn in turns)


def test_the_digits_to_read_are_moved():
    case = get("read_moved").make_cases(5)[0]
    (images,) = case.args
    assert images.shape == (300, 28, 28)
    known = {image.tobytes() for image in load_mnist().x_test}
    still = sum(image.tobytes() in known for image in images)
    assert still < 20
    assert np.bincount(case.truth, minlength=10).min() > 10


def test_pictures_of_both_sets_are_strangers():
    for case in get("split_then_mirror").make_cases(4):
        pictures, _, test, _ = get("split_then_mirror").reference(*case.args)
        seen = {picture.tobytes() for picture in pictures}
        seen |= {np.ascontiguousarray(picture[:, ::-1]).tobytes() for picture in pictures}
        assert not any(picture.tobytes() in seen for picture in test)


@pytest.mark.parametrize(
    ("exercise", "misconception"),
    [
        ("pictures_seen", "times-the-transforms"),
        ("flip_batch", "validation-augmented"),
        ("safe_for_digits", "half-turn-allowed"),
        ("safe_for_digits", "mirror-allowed"),
        ("split_then_mirror", "augment-then-split"),
    ],
)
def test_the_catalogue_is_covered(exercise, misconception):
    assert misconception in [m.name for m in get(exercise).misconceptions]


def test_points_of_the_lesson():
    assert sum(exercise.points for exercise in lesson("07_augmentation")) == 19


def test_a_right_and_a_wrong_choice_of_changes():
    assert verdict("safe_for_digits", "BDF").state == "passed"
    wrong = verdict("safe_for_digits", "bcdf")
    assert wrong.state == "failed"
    assert "bdf" not in wrong.text.replace("bcdf", "")
