"""Lesson 9's exercises: what the walk over all exercises does not know."""

from itertools import combinations

import numpy as np
import pytest

from cnncourse import zoo
from cnncourse.checking.collect import collect
from cnncourse.checking.judge import judge
from cnncourse.exercises import get, lesson, lesson_09
from cnncourse.exercises.lesson_09 import EXERCISES
from cnncourse.zoo import papers
from cnncourse.zoo.googlenet import MODULES

VGG_D = get("vgg_parameters").make_cases()[-1].args
IMAGE = (224, 224, 3)
COLUMNS = {
    "A": [[3], [3], [3, 3], [3, 3], [3, 3]],
    "B": [[3, 3]] * 5,
    "C": [[3, 3], [3, 3], [3, 3, 1], [3, 3, 1], [3, 3, 1]],
    "D": [[3, 3], [3, 3], [3, 3, 3], [3, 3, 3], [3, 3, 3]],
    "E": [[3, 3], [3, 3], [3, 3, 3, 3], [3, 3, 3, 3], [3, 3, 3, 3]],
}


def mistake(exercise, name):
    return next(m for m in get(exercise).misconceptions if m.name == name).wrong


def answers(exercise, solve, cases):
    """What it answers for every case, as text, or the name of its error."""
    found = []
    for case in cases:
        try:
            value = exercise.answer(solve, case)
            if isinstance(value, (tuple, list)):
                found.append([x if isinstance(x, str) else float(x) for x in value])
            else:
                found.append(value if isinstance(value, str) else float(value))
        except Exception as error:
            found.append(type(error).__name__)
    return found


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
@pytest.mark.parametrize("seed", range(25))
def test_no_two_answers_coincide_whatever_the_seed(exercise, seed):
    cases = exercise.make_cases(seed)
    solvers = {"reference": exercise.reference} | {
        known.name: known.wrong for known in exercise.misconceptions
    }
    given = {name: answers(exercise, solve, cases) for name, solve in solvers.items()}
    for one, other in combinations(given, 2):
        assert given[one] != given[other], (one, other)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_hints_go_on_with_a_question(exercise):
    for known in exercise.misconceptions:
        assert "?" in known.more, known.name
    assert exercise.hints


@pytest.mark.parametrize(
    ("exercise", "misconception"),
    [
        ("vgg_parameters", "biases-omitted"),
        ("dense_work_share", "most-parameters-so-most-work"),
        ("vgg_mult_adds", "positions-forgotten"),
        ("module_mult_adds", "positions-forgotten"),
        ("module_shape", "maximum-taken"),
        ("module_shape", "added-map-by-map"),
        ("vgg_parameters", "pooling-has-weights"),
        ("vgg_parameters", "pooling-has-four-parameters"),
        ("head_parameters", "pooling-has-parameters"),
        ("weighted_depth", "pooling-counted"),
    ],
)
def test_the_catalogue_is_covered(exercise, misconception):
    assert mistake(exercise, misconception)


def test_points_of_the_lesson():
    assert sum(exercise.points for exercise in lesson("09_vgg_inception")) == 20


def test_the_wrong_answers_have_the_catalogues_numbers():
    assert mistake("vgg_parameters", "biases-omitted")(*VGG_D) == 138_344_128
    assert mistake("module_shape", "maximum-taken")((28, 28, 192), 64, 128, 32, 32)[2] == 128
    assert get("module_shape").reference((28, 28, 192), 64, 128, 32, 32)[2] == 256
    weights = mistake("vgg_mult_adds", "positions-forgotten")(*VGG_D)
    assert sum(weights) == 138_344_128


@pytest.mark.parametrize("column", COLUMNS)
def test_columns_agree_with_networks_as_data(column):
    _, filters, units, image = VGG_D
    cost = zoo.vgg(column).cost()
    asked = (COLUMNS[column], filters, units, image)
    assert get("vgg_parameters").reference(*asked) == cost.parameters
    sliding, dense = get("vgg_mult_adds").reference(*asked)
    assert sliding + dense == cost.mult_adds
    for kind, work in (("Conv2D", sliding), ("Dense", dense)):
        assert sum(each.mult_adds.value for each in cost.layers if each.kind == kind) == work


def test_the_dense_layers_share():
    layers = zoo.get("vgg16").cost().layers
    dense = sum(each.mult_adds.value for each in layers if each.kind == "Dense")
    whole = sum(each.mult_adds.value for each in layers)
    assert get("dense_work_share").reference() == pytest.approx(100 * dense / whole)


def test_a_share_to_one_digit_passes_and_a_near_one_does_not():
    exercise = get("dense_work_share")
    cases = exercise.make_cases()
    for value, state in ((0.8, "passed"), (0.799, "passed"), (0.81, "failed"), (0.75, "failed")):
        assert judge(exercise, cases, collect(value, cases, exercise.kind)).state == state


def test_a_stack_agrees_with_receptive_fields():
    from cnncourse.network import Conv2D, Input, Network

    for side, layers, channels in ((3, 2, 5), (3, 3, 4), (5, 2, 3)):
        field, stacked, single = get("stack_or_one").reference(side, layers, channels)
        start = Input((40, 40, channels))
        many = [Conv2D(channels, side, padding="same", name=f"c{n}") for n in range(layers)]
        stack = Network.chain("stack", start, *many)
        one = Network.chain("one", start, Conv2D(channels, field, padding="same"))
        assert stack.receptive_field().size == (field, field)
        assert (stack.cost().parameters, one.cost().parameters) == (stacked, single)


@pytest.mark.parametrize("reduced", [True, False])
def test_modules_agree_with_networks_as_data(reduced):
    for name, widths in MODULES.items():
        module = zoo.inception_module(reduced, widths, (9, 7, 50), name=f"m{name}")
        one, _, three, _, five, projection = widths
        given = widths if reduced else (one, None, three, None, five, None)
        assert get("module_mult_adds").reference((9, 7, 50), given) == module.cost().mult_adds
        shape = ((9, 7, 50), one, three, five, projection if reduced else None)
        assert get("module_shape").reference(*shape) == module.output_shape


def test_googlenet_is_22_layers_deep():
    """Counted along the zoo's own graph, and in the lesson's list."""
    google = zoo.googlenet()
    depth = {}
    for node in google.nodes:
        below = max((depth[each] for each in node.inputs), default=0)
        depth[node] = below + (node.layer.kind in ("Conv2D", "Dense"))
    assert depth[google.outputs[0]] == 22
    assert get("weighted_depth").reference(lesson_09.GOOGLENET_PARTS) == 22
    assert mistake("weighted_depth", "pooling-counted")(lesson_09.GOOGLENET_PARTS) == 27
    assert mistake("weighted_depth", "every-branch-added")(lesson_09.GOOGLENET_PARTS) == 58


def test_heads_agree_with_networks_as_data():
    layers = {each.name: each.parameters.value for each in zoo.get("vgg16").cost().layers}
    flattened = get("head_parameters").reference((7, 7, 512), (4096, 4096, 1000), False)
    assert flattened == layers["fc1"] + layers["fc2"] + layers["predictions"]
    google = {each.name: each.parameters.value for each in zoo.googlenet().cost().layers}
    assert get("head_parameters").reference((7, 7, 1024), (1000,), True) == google["classifier"]


def test_the_rows_of_googlenets_table_that_do_not_follow():
    table = [
        (row.row, int(row.printed), row.counted / 1e6)
        for row in papers.check()
        if row.paper == papers.GOOGLENET and row.unit == "M"
    ]
    assert len(table) == 12
    assert get("odd_rows").reference(table) == ["convolution 7×7/2", "inception (5a)"]
    verdicts = {
        row.row
        for row in papers.check()
        if row.paper == papers.GOOGLENET and row.unit == "M" and row.verdict.startswith("error")
    }
    assert verdicts == {"convolution 7×7/2", "inception (5a)"}


def test_a_row_near_a_half_is_never_asked():
    """Rounding a half up and rounding it to even are both fair, so no case may tell them apart."""
    for seed in range(25):
        for case in get("odd_rows").make_cases(seed):
            (table,) = case.args
            assert all(abs(counted % 1 - 0.5) > 1e-3 for _, _, counted in table)


def test_partial_credit():
    exercise = get("module_mult_adds")

    def naive_only(shape, widths):
        height, width, channels = shape
        one, _, three, _, five, _ = widths
        return height * width * channels * (one + 9 * three + 25 * five)

    cases = exercise.make_cases()
    verdict = judge(exercise, cases, collect(naive_only, cases, exercise.kind))
    assert (verdict.state, verdict.points) == ("failed", 1)
    assert np.isclose(exercise.points, 3)
