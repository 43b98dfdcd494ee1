"""The verdicts on the published tables."""

import math

import pytest

from cnncourse.zoo import googlenet
from cnncourse.zoo.papers import GOOGLENET, LECTURE, PUBLISHED, Published, check, compare


@pytest.fixture(scope="module")
def verdicts():
    return {(row.table, row.row, row.quantity, row.paper[:4]): row for row in check()}


def find(verdicts, table, row, quantity):
    (found,) = [each for key, each in verdicts.items() if key[:3] == (table, row, quantity)]
    return found


@pytest.mark.parametrize(
    ("table", "row", "quantity", "verdict"),
    [
        ("Table 2", "D", "parameters", "rounded"),
        ("§3.3 and §4.1", "VGG-16", "mult-adds", "other convention"),
        ("§3.3 and §4.1", "VGG-19", "mult-adds", "rounded"),
        ("Table 1", "34-layer", "mult-adds", "other convention"),
        ("Table 1", "50-layer", "mult-adds", "truncated"),
        ("Table 1", "152-layer", "mult-adds", "rounded"),
        ("Fig. 3", "plain-34", "mult-adds", "rounded"),
        ("Table 1", "convolution 7×7/2", "parameters", "error in the paper"),
        ("Table 1", "convolution 7×7/2", "mult-adds", "error in the paper"),
        ("Table 1", "inception (3b)", "mult-adds", "rounded"),
        ("Table 1", "inception (4a)", "mult-adds", "truncated"),
        ("Table 1", "inception (5a)", "mult-adds", "error in the paper"),
        ("Table 2", "Conv 3×3", "mult-adds", "error in the paper"),
        ("GoogLeNet", "GoogLeNet", "parameters", "error in the slide"),
        ("Table 2", "Conv 1×1", "mult-adds", "rounded"),
        ("Table 3", "ρ = 0.714", "mult-adds", "rounded"),
        ("Table 4", "Conv MobileNet", "mult-adds", "other convention"),
        ("Table 4", "MobileNet", "mult-adds", "rounded"),
        ("Table 5", "Shallow MobileNet", "parameters", "rounded"),
        ("Table 7", "1.0 MobileNet-160", "mult-adds", "truncated"),
        ("Table 7", "1.0 MobileNet-128", "mult-adds", "rounded"),
    ],
)
def test_verdicts(verdicts, table, row, quantity, verdict):
    assert find(verdicts, table, row, quantity).verdict == verdict


def test_the_reasons_name_the_convention_or_the_slip(verdicts):
    reason = find(verdicts, "Table 1", "34-layer", "mult-adds").reason
    assert "projection" in reason and "3.6445" in reason
    assert "99.29" in find(verdicts, "Table 2", "Conv 3×3", "mult-adds").reason
    assert "dense" in find(verdicts, "§3.3 and §4.1", "VGG-16", "mult-adds").reason


def test_the_numbers_in_the_note_on_inception_5a(verdicts):
    reason = find(verdicts, "Table 1", "inception (5a)", "mult-adds").reason
    module = [node for name, node in googlenet() if name.startswith("inception_5a")]
    weights = sum(
        math.prod(weight.shape)
        for node in module
        for weight in node.weights
        if "kernel" in weight.name
    )
    assert f"{weights:,}".replace(",", " ") in reason
    # 1 072 K printed, and 54 M: only with K = 1024 does the one give the other.
    assert [round(1072 * kilo * 7 * 7 / 1e6) for kilo in (1000, 1024)] == [53, 54]
    assert "K = 1024" in reason
    assert f"{100 * (1072 * 1024 / weights - 1):.1f} %" in reason


def test_googlenets_column_of_weights_adds_up_to_six_point_eight_million():
    rows = [entry for entry in PUBLISHED if entry.paper == GOOGLENET and entry.unit == "K"]
    assert sum(float(entry.printed) for entry in rows) == pytest.approx(6797.7)


def test_mobilenet_table_3_to_the_digit(verdicts):
    for row, work, weights in (
        ("Convolution", 462.42e6, 2.359e6),
        ("Depthwise separable", 52.28e6, 0.267e6),
        ("α = 0.75", 29.58e6, 0.151e6),
        ("ρ = 0.714", 15.09e6, 0.151e6),
    ):
        assert find(verdicts, "Table 3", row, "mult-adds").counted == pytest.approx(work, rel=3e-4)
        assert find(verdicts, "Table 3", row, "parameters").counted == pytest.approx(
            weights, rel=2e-3
        )


def test_only_googlenets_columns_and_one_percentage_are_wrong():
    wrong = [(row.paper[:4], row.quantity) for row in check() if row.verdict.startswith("error")]
    assert wrong.count(("Szeg", "mult-adds")) == 2  # conv1 and 5a
    assert wrong.count(("Howa", "mult-adds")) == 1  # 1.19 for 1.91
    assert {paper for paper, _ in wrong} == {"Szeg", "Howa", "the "}  # and a slide


@pytest.mark.parametrize(
    ("printed", "count", "verdict"),
    [
        ("569", 569_000_000, "exact"),
        ("569", 568_740_352, "rounded"),
        ("290", 290_680_000, "truncated"),
        ("100", 568_740_352, "error in the paper"),
    ],
)
def test_kinds_of_agreement(printed, count, verdict):
    entry = Published("p", "t", "r", "mult-adds", printed, "M", lambda: count)
    assert compare(entry).verdict == verdict


def test_every_row_cites_a_paper_with_a_number_to_look_it_up():
    assert len(PUBLISHED) > 60
    cited = [entry for entry in PUBLISHED if entry.paper != LECTURE]
    assert len(cited) == len(PUBLISHED) - 1  # the slide's 5 M parameters of GoogLeNet
    assert all("arXiv:" in entry.paper and entry.table for entry in cited)
