"""Gradual training: each stage trains its new layers only, the last one all of them."""

import numpy as np
import pytest

from cnncourse.training import grow_gradually

pytestmark = pytest.mark.tensorflow


def grow(seen=None, **change):
    from keras import layers

    def block(filters):
        return lambda: [layers.Conv2D(filters, 3, padding="same", activation="relu")]

    def compiled(model, unfrozen):
        model.compile("sgd", "mse")
        if seen is not None:
            seen.append((unfrozen, [layer.get_weights() for layer in model.layers[1:]]))

    rng = np.random.default_rng(1)
    x = rng.normal(size=(24, 5, 5, 2)).astype("float32")
    arguments = {
        "input_shape": (5, 5, 2),
        "blocks": [block(3), block(4), block(5)],
        "head": lambda: [layers.GlobalAveragePooling2D(), layers.Dense(1)],
        "x": x,
        "y": x.mean(axis=(1, 2, 3)),
        "compile": compiled,
        "epochs": 1,
        "final_epochs": 2,
        "batch_size": 6,
        "seed": 4,
    } | change
    return grow_gradually(**arguments)


def test_stages_train_what_is_new():
    seen = []
    grown = grow(seen)
    counts = [9 * 2 * 3 + 3, 9 * 3 * 4 + 4, 9 * 4 * 5 + 5]
    assert [stage.trainable_parameters for stage in grown.stages] == [
        counts[0] + 4,
        counts[1] + 5,
        counts[2] + 6,
        sum(counts) + 6,
    ]
    assert [stage.parameters for stage in grown.stages][-1] == grown.model.count_params()
    assert [unfrozen for unfrozen, _ in seen] == [False, False, False, True]
    # What block 1 has learned in stage 1 is what stage 2 begins with, and leaves alone.
    first_in_two, first_in_three, first_in_four = (weights[0] for _, weights in seen[1:])
    for early, late in zip(first_in_two, first_in_three, strict=True):
        np.testing.assert_array_equal(early, late)
    for kept, ended in zip(first_in_four, grown.model.layers[1].get_weights(), strict=True):
        assert (kept != ended).any()  # all unfrozen at last
    assert [stage.history.epochs for stage in grown.stages] == [1, 1, 1, 2]
    assert grown.history.epochs == 5
    assert [stage.name for stage in grown.stages] == [
        "block 1",
        "block 2 on frozen ones",
        "block 3 on frozen ones",
        "all unfrozen",
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"blocks": [list]}, "at least two blocks, not 1"),
        ({"epochs": 0}, "epochs must be a whole number"),
        ({"final_epochs": 1.5}, "final_epochs must be"),
    ],
)
def test_wrong_arguments_of_growing(change, message):
    with pytest.raises(ValueError, match=message):
        grow(**change)
