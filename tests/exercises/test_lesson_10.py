"""What is special about lesson 10: the paper's networks, the Keras block, its catalogue."""

import numpy as np
import pytest

from cnncourse import zoo
from cnncourse.checking.collect import collect
from cnncourse.checking.judge import judge
from cnncourse.exercises import get, lesson
from cnncourse.training.filled import Filled, fill

STAGES = (3, 4, 6, 3)


def verdict(name, answer, seed=3):
    exercise = get(name)
    cases = exercise.make_cases(seed)
    return judge(exercise, cases, collect(answer, cases, exercise.kind))


def test_basic_blocks_add_up_to_resnet_34():
    block = get("basic_block_cost").reference
    path = shortcuts = 0
    size, channels = 56, 64
    for stage, (count, filters) in enumerate(zip(STAGES, (64, 128, 256, 512), strict=True)):
        for index in range(count):
            stride = 2 if stage and not index else 1
            layers, way = block(size, size, channels, filters, stride)
            path, shortcuts = path + layers, shortcuts + way
            size, channels = size // stride, filters
    rest = 112 * 112 * 64 * 49 * 3 + 512 * 1000
    assert path + rest == zoo.plain(34).cost().mult_adds
    assert path + shortcuts + rest == zoo.resnet(34).cost().mult_adds
    assert shortcuts == get("projection_work").reference()


@pytest.mark.parametrize("stride_in", ["1x1", "3x3"])
def test_bottlenecks_add_up_to_resnet_50(stride_in):
    block = get("bottleneck_cost").reference
    total, size, channels = 112 * 112 * 64 * 49 * 3 + 2048 * 1000, 56, 64
    for stage, (count, filters) in enumerate(zip(STAGES, (64, 128, 256, 512), strict=True)):
        for index in range(count):
            stride = 2 if stage and not index else 1
            total += block(size, size, channels, filters, stride, stride_in)
            size, channels = size // stride, 4 * filters
    assert total == zoo.resnet(50, stride_in=stride_in).cost().mult_adds


@pytest.mark.parametrize(("depth", "wide"), [(34, 1), (50, 4)])
def test_projections_are_where_the_zoo_has_them(depth, wide):
    widths = [wide * filters for filters in (64, 128, 256, 512)]
    needed = get("needs_projection").reference(64, STAGES, widths)
    names = [
        f"conv{stage + 2}_block{index + 1}"
        for stage, count in enumerate(STAGES)
        for index in range(count)
    ]
    layers = {layer.name for layer in zoo.resnet(depth).cost().layers}
    assert needed == [f"{name}_0_conv" in layers for name in names]


def test_the_longest_way_is_the_receptive_field_of_the_stack():
    from cnncourse.network import Add, Conv2D, Input, Network, branches, chain

    x = chain(Input((40, 40, 2)))
    for _ in range(3):
        x = branches(
            x, [Conv2D(2, 3, padding="same"), Conv2D(2, 3, padding="same")], [], join=Add()
        )
    field = Network("stack", x).receptive_field()
    assert get("path_fields").reference(3, 3)[-1] == field.size[0] == 13


@pytest.mark.tensorflow
@pytest.mark.parametrize(
    ("wrong", "misconception"),
    [
        ("identity", "identity-everywhere"),
        ("stride", "stride-of-the-shortcut-forgotten"),
        ("concatenate", "concatenated"),
        ("relu", "relu-before-the-sum"),
        ("always", "always-a-projection"),
        ("plain", "shortcut-forgotten"),
    ],
)
def test_wrong_blocks_in_real_keras_are_recognised(wrong, misconception):
    from keras import layers

    def keras_block(x, filters, stride):
        y = layers.Conv2D(filters, 3, strides=stride, padding="same", activation="relu")(x)
        y = layers.Conv2D(filters, 3, padding="same")(y)
        way = x
        changes = stride != 1 or x.shape[-1] != filters
        if wrong == "always" or (changes and wrong != "identity"):
            way = layers.Conv2D(filters, 1, strides=1 if wrong == "stride" else stride)(x)
        if wrong == "plain":
            return layers.ReLU()(y)
        if wrong == "concatenate":
            return layers.ReLU()(layers.Concatenate()([y, way]))
        if wrong == "relu":
            return layers.Add()([layers.ReLU()(y), way])
        return layers.ReLU()(layers.Add()([y, way]))

    result = verdict("keras_block", Filled(keras_block))
    assert result.misconception == misconception, result


@pytest.mark.tensorflow
def test_a_block_that_adds_the_wrong_thing_fails():
    from keras import layers

    def keras_block(x, filters, stride):
        y = layers.Conv2D(filters, 3, strides=stride, padding="same", activation="relu")(x)
        y = layers.Conv2D(filters, 3, padding="same")(y)
        return layers.ReLU()(layers.Add()([y, y]))

    assert verdict("keras_block", Filled(keras_block)).points == 0


def test_an_unwritten_block_is_not_attempted():
    def keras_block(x, filters, stride):
        raise NotImplementedError

    assert verdict("keras_block", Filled(keras_block)).state == "not attempted"


@pytest.mark.tensorflow
def test_a_block_without_return_is_told_so():
    result = verdict("keras_block", Filled(lambda x, filters, stride: None))
    assert result.state == "error"
    assert "not NoneType" in result.message


def test_filling_tells_places_apart():
    kernel = fill((3, 3, 2, 4))
    assert kernel.shape == (3, 3, 2, 4)
    assert np.unique(kernel).size == kernel.size
    assert kernel.min() < 0 < kernel.max()
    assert not np.allclose(kernel, kernel[::-1])
    assert np.array_equal(kernel, fill((3, 3, 2, 4)))


@pytest.mark.parametrize(
    ("exercise", "misconception"),
    [
        ("residual_forward", "concatenated"),
        ("residual_forward", "relu-before-the-sum"),
        ("needs_projection", "identity-everywhere"),
        ("keras_block", "identity-everywhere"),
        ("basic_block_cost", "flops"),
        ("basic_block_cost", "stride-of-the-shortcut-forgotten"),
        ("bottleneck_cost", "stride-always-in-the-3x3"),
        ("shortcut", "stride-forgotten"),
        ("what_degrades", "overfitting"),
    ],
)
def test_the_catalogue_is_covered(exercise, misconception):
    assert misconception in [m.name for m in get(exercise).misconceptions]


def test_a_relu_before_the_sum_never_lowers_a_number():
    exercise = get("residual_forward")
    wrong = {m.name: m.wrong for m in exercise.misconceptions}["relu-before-the-sum"]
    for case in exercise.make_cases():
        assert (wrong(*case.args) >= case.args[0]).all()
        assert not (exercise.reference(*case.args) >= case.args[0]).all()


def test_points_of_the_lesson():
    assert sum(exercise.points for exercise in lesson("10_resnet")) == 23
