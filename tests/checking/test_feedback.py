"""What a student reads: numbers with enough digits, clues that do not mislead."""

import numpy as np
import pytest

from cnncourse.checking.collect import collect
from cnncourse.checking.compare import compare
from cnncourse.checking.judge import judge
from cnncourse.checking.models import compare_models
from cnncourse.exercises import get


def verdict(name, answer):
    exercise = get(name)
    cases = exercise.make_cases()
    return judge(exercise, cases, collect(answer, cases, exercise.kind))


@pytest.mark.parametrize(
    ("right", "answer", "told"),
    [
        (320, 320.0001, "expected 320, got 320.0001"),
        (17280256, 17280256.5, "expected 17280256, got 17280256.5"),
        (3453121, 3453120.6, "got 3453120.6"),
        (3, 4.0, "expected 3, got 4.0"),
        (np.array([320, 1]), np.array([320.0001, 1]), "at [0] expected 320, got 320.0001"),
    ],
)
def test_two_numbers_that_differ_are_printed_so_that_they_do(right, answer, told):
    assert told in compare(right, answer).sentence


def test_a_model_that_is_not_returned():
    told = verdict("build_convnet", lambda: None)
    assert told.state == "failed" and "expected a keras model, got none" in told.text.lower()
    assert "Is a `return` missing at the end?" in told.text
    other = verdict("build_convnet", lambda: 7)
    assert "an object of type int" in other.text and "a int" not in other.text
    assert compare_models({"layers": []}, None).clue


def test_nearly_right_is_not_off_by_zero():
    told = verdict("edge_kernel", [[-1, 0, 1.00001]] * 3)
    assert "off by the same" not in told.text and "Close, but not equal" in told.text


def test_true_and_false_for_numbers():
    told = verdict("one_hot_labels", lambda labels, k: np.asarray(labels)[:, None] == np.arange(k))
    assert "of True and False" in told.text and "Numbers are wanted" in told.text


def test_too_few_right_labels_are_no_matter_of_type():
    exercise = get("classify")
    (case,) = exercise.make_cases()
    labels = np.where(np.arange(len(case.truth)) % 5, case.truth, (case.truth + 1) % 10)
    told = verdict("classify", lambda images, labels=labels: labels)
    assert "hidden labels are right" in told.text and "The form is right" in told.text
    assert "must be" not in told.text


def test_ink_and_paper():
    told = verdict("prepare_images", lambda images: 1 - images[..., None] / 255)
    assert told.misconception == "ink-and-paper-exchanged"


@pytest.mark.parametrize("batch", [None, 1, 64, 60000])
def test_a_batch_inside_the_input_is_recognised(batch):
    told = verdict("network_input", (batch, 28, 28, 1))
    assert told.misconception.endswith("inside")


def test_parameters_that_do_not_fit_are_shown_where_they_stand():
    import linecache

    name = "/tmp/ipykernel_1/1.py"
    lines = ["# my answer\n", "def conv2d(image):\n", "    return 1\n"]
    linecache.cache[name] = (sum(map(len, lines)), None, lines, name)
    space = {}
    exec(compile("".join(lines), name, "exec"), space)
    told = verdict("conv2d", space["conv2d"])
    assert "line 2 of your cell: `def conv2d(image):`" in told.text
    assert "those of the exercise, in the same order" in told.text


def test_below_timed_magic_lines_are_counted_with_it():
    space = {}
    exec(compile("def depth_map(*_):\n    return [][0]\n", "<timed exec>", "exec"), space)
    told = verdict("depth_map", space["depth_map"])
    assert "(line 3 of your cell)" in told.text
