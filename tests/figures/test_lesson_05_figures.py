"""The pictures of lesson 5 say what they show, and refuse what they cannot draw."""

import numpy as np
import pytest

from cnncourse.figures import confusion, curves, feature_maps, filter_grid, histories, image_grid
from cnncourse.training import History

RUN = {
    "loss": [0.5, 0.2],
    "accuracy": [0.8, 0.95],
    "val_loss": [0.4, 0.3],
    "val_accuracy": [0.9, 0.91],
}


def shown(picture):
    body = picture._repr_html_()
    assert "data:image/png;base64," in body
    assert picture.alt
    return picture.alt


def test_histories_describe_first_and_last_epoch():
    alt = shown(histories({"convnet": History(RUN), "dense": RUN}))
    assert (
        "convnet, 2 epochs: training loss from 0.5 to 0.2, validation loss from 0.4 to 0.3" in alt
    )
    assert "dense, 2 epochs" in alt


def test_histories_without_validation():
    alt = shown(histories({"a": {"loss": [1.0]}}, metrics=["loss"]))
    assert alt == "Curves by epoch. a, 1 epoch: training loss from 1 to 1."


def test_histories_refuse_what_was_not_measured():
    with pytest.raises(ValueError, match="at least one run"):
        histories({})
    with pytest.raises(ValueError, match=r"'accuracy'; there are loss"):
        histories({"a": {"loss": [1.0]}})


def test_curves():
    alt = shown(
        curves(
            [0, 1], {"a": [0.9, 0.5]}, across="shift (pixels)", up="accuracy", level=(0.1, "guess")
        )
    )
    assert alt == "accuracy against shift (pixels) (0, 1). a: 0.9, 0.5."
    with pytest.raises(ValueError, match="'a' has 1 values for 2 places"):
        curves([0, 1], {"a": [1]}, across="x", up="y")
    with pytest.raises(ValueError, match="at least one"):
        curves([0, 1], {}, across="x", up="y")


def test_confusion_names_the_worst():
    counts = np.diag([5, 6, 7])
    counts[2, 0] = 4
    counts[0, 1] = 1
    alt = shown(confusion(counts, ["cat", "dog", "owl"]))
    assert alt.startswith("Confusion matrix of 23 images, 5 of them wrong.")
    assert "Most often owl taken for cat: 4; cat taken for dog: 1." in alt


def test_confusion_without_mistakes():
    assert shown(confusion(np.eye(3, dtype=int))).endswith("0 of them wrong.")


@pytest.mark.parametrize("counts", [np.ones((2, 3), int), np.ones((2, 2)), np.ones(4, int)])
def test_confusion_refuses_other_tables(counts):
    with pytest.raises(ValueError, match="square table of whole numbers"):
        confusion(counts)


def test_grids():
    rng = np.random.default_rng(1)
    shown(image_grid(rng.integers(0, 255, (7, 5, 4)), "seven", titles=list("abcdefg"), columns=3))
    shown(filter_grid(rng.normal(size=(3, 3, 5)), "five filters"))
    shown(feature_maps(rng.normal(size=(6, 4, 5)), "five maps"))
    shown(feature_maps(np.zeros((6, 4, 2)), "two maps that are zero"))
    said = feature_maps(np.zeros((6, 4, 2)), "two maps", caption="drawn animals")
    assert said.body != feature_maps(np.zeros((6, 4, 2)), "two maps").body
    with pytest.raises(ValueError, match="1 titles for 2 images"):
        image_grid(np.zeros((2, 3, 3)), "x", titles=["a"])
    with pytest.raises(ValueError, match="three axes"):
        image_grid(np.zeros((3, 3)), "x")


def test_same_numbers_same_picture():
    images = np.arange(32).reshape(2, 4, 4)
    assert image_grid(images, "a") == image_grid(images, "a")
