"""The pictures of lesson 11 say what they show, and quote what the paper prints."""

import re
from xml.etree import ElementTree

import pytest

from cnncourse import figures, zoo
from cnncourse.figures.explorers.mobilenet import ALPHAS, RESOLUTIONS, count
from cnncourse.figures.lesson_11 import Spot, cost_accuracy, layer_stacks, separable_weights
from cnncourse.zoo.mobilenet_accuracy import TRAINED, published
from cnncourse.zoo.papers import MOBILENET, PUBLISHED


def labels(picture):
    return re.findall(r'role="img" aria-label="(α [^"]*)"', picture.body)


def shown(picture):
    return ["".join(e.itertext()) for e in ElementTree.fromstring(picture.body).iter()]


@pytest.mark.parametrize(("kernel", "channels", "filters"), [(3, 4, 6), (2, 5, 1), (8, 1, 3)])
def test_a_square_for_every_weight(kernel, channels, filters):
    picture = separable_weights(kernel, channels, filters)
    ordinary = kernel**2 * channels * filters
    both = kernel**2 * channels + channels * filters
    assert f"ordinary: {ordinary} weights" in picture.body
    assert f"separable: {both} weights in all" in picture.body
    # A table of k×k squares for each pair and each channel, a single square for each pair.
    assert picture.body.count("<rect") == channels * filters + channels + channels * filters
    assert f"{ordinary} weights" in picture.alt
    assert f"together {both}" in picture.alt


@pytest.mark.parametrize("sizes", [(0, 2, 2), (3, 9, 2), (3, 2, 40)])
def test_weights_that_cannot_be_told_apart_are_refused(sizes):
    with pytest.raises(ValueError, match="from 1 to 8"):
        separable_weights(*sizes)


def test_stacks_of_layers():
    picture = layer_stacks({"one": ["a & b"], "two": ["c", "d", "e"]}, "Two stacks.")
    assert picture.body.count("<rect") == 4
    assert "a &amp; b" in picture.body
    with pytest.raises(ValueError, match="at least one layer"):
        layer_stacks({"empty": []}, "Nothing.")


def test_accuracy_against_cost_needs_an_answer_for_every_spot():
    spots = [Spot("a", 10, 50, "x"), Spot("b", 20, 60, "y")]
    assert cost_accuracy(spots, [True, False], "Two spots.").alt == "Two spots."
    for front in ([True], [False, False]):
        with pytest.raises(ValueError, match="for each spot"):
            cost_accuracy(spots, front, "Two spots.")


def test_what_is_quoted_agrees_with_the_paper_check_and_with_counting():
    entries = {
        (entry.table, entry.row, entry.quantity): float(entry.printed)
        for entry in PUBLISHED
        if entry.paper == MOBILENET
    }
    for each in TRAINED:
        if each.table in ("Table 4", "Table 6", "Table 7"):
            row = each.name.replace("1.0 ", "1 ") if each.table == "Table 6" else each.name
            assert entries[each.table, row, "mult-adds"] == each.mult_adds
            assert entries[each.table, row, "parameters"] == each.parameters
        if each.alpha:
            point = count(each.alpha, each.resolution)
            assert 0 <= point.work / 1e6 - each.mult_adds < 1 or round(point.work / 1e6) == round(
                each.mult_adds
            )
            assert point.weights / 1e6 == pytest.approx(each.parameters, abs=0.05)


def test_published_only_where_the_paper_prints_it():
    known = {(a, r) for a in ALPHAS for r in RESOLUTIONS if published(a, r)}
    assert len(known) == 8
    assert published(0.5, 160).accuracy == 60.2
    assert published(0.75, 192) is None


@pytest.mark.parametrize(("alpha", "resolution"), [(1.0, 224), (0.5, 160), (0.3, 97)])
def test_the_count_by_kind_is_the_networks_count(alpha, resolution):
    point, network = count(alpha, resolution), zoo.mobilenet(alpha, resolution)
    assert point.work == network.cost().mult_adds
    norms = [each for each in network.cost().layers if each.kind == "BatchNormalization"]
    assert point.weights == network.cost().parameters - sum(n.parameters.value for n in norms)


def test_the_explorer_labels_every_network():
    picture = figures.mobilenet_explorer(0.5, 160)
    said = labels(picture)
    assert len(said) == 16
    assert picture.body.count('type="radio"') == 16
    assert said[0] == (
        "α 1 at 224×224: 569 M mult-adds, 4.21 M parameters, accuracy 70.6 % (Table 6)"
    )
    assert sum("not published" in label for label in said) == 8
    assert "α 0.5 at 160×160" in picture.alt
    assert "accuracy 60.2 % (Table 9)" in picture.alt


def test_resolution_leaves_parameters_alone():
    said = labels(figures.mobilenet_explorer())
    found = [re.search(r"α (\S+) at .*, (\S+) M parameters", label).groups() for label in said]
    assert len(set(found)) == 4


def test_a_network_of_ones_own_gets_its_row_and_column():
    picture = figures.mobilenet_explorer(0.6, 200, controls=False)
    assert len(labels(picture)) == 25
    assert 'type="radio"' not in picture.body
    assert "α = 0.6" in shown(picture)
    assert "200×200" in shown(picture)
    assert "α 0.6 at 200×200" in picture.alt
    assert picture.alt.endswith("accuracy not published.")


@pytest.mark.parametrize(
    ("alpha", "resolution", "kind", "words"),
    [
        ("thin", 224, TypeError, "alpha must be a number"),
        (True, 224, TypeError, "alpha must be a number"),
        (float("nan"), 224, TypeError, "alpha must be a number"),
        (0, 224, ValueError, "from 0.05 to 4"),
        (9, 224, ValueError, "from 0.05 to 4"),
        (1, 31, ValueError, "at least 32"),
        (1, 4096, ValueError, "from 32 to 1024"),
        (1, 160.0, TypeError, "must be an integer"),
    ],
)
def test_the_explorer_refuses_in_words(alpha, resolution, kind, words):
    with pytest.raises(kind, match=words):
        figures.mobilenet_explorer(alpha, resolution)
