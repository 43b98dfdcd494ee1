"""Predictions: judged by accuracy, and their mistakes recognised without being exact."""

import dataclasses

import numpy as np
from toy import WINDOW_SUMS

from cnncourse.checking import Case, Misconception, Verdict
from cnncourse.checking.collect import collect
from cnncourse.checking.judge import judge

LABELS = np.arange(50) % 10
TABLE = np.eye(10)[LABELS]
READ = dataclasses.replace(
    WINDOW_SUMS,
    kind="predictions",
    cases=lambda rng: [Case((TABLE,), truth=LABELS)],
    parts={"all": 2},
    threshold=0.85,
    misconceptions=[
        Misconception("probabilities", lambda case: case.args[0], "Those are probabilities."),
        Misconception("wrong-axis", lambda case: case.args[0].argmax(0), "The other axis."),
        Misconception("one-off", lambda case: (case.truth + 1) % 10, "One too many."),
    ],
)


def verdict(answer: object) -> Verdict:
    cases = READ.make_cases()
    return judge(READ, cases, collect(answer, cases, "predictions"))


def _spoil(labels: np.ndarray, count: int) -> np.ndarray:
    labels = labels.copy()
    labels[:count] = (labels[:count] + 5) % 10
    return labels


def test_the_accuracy_is_said_either_way() -> None:
    assert verdict(lambda table: _spoil(LABELS, 5)).message.startswith("90.0% of the hidden")
    low = verdict(lambda table: _spoil(LABELS, 20))
    assert low.state == "failed" and low.points == 0
    assert "60.0% of the 50 hidden labels are right; 85.0% are needed" in low.message


def test_a_mistake_is_recognised_although_no_network_repeats_it_exactly() -> None:
    noise = np.random.default_rng(1).random((50, 10))
    assert verdict(lambda table: noise).misconception == "probabilities"
    assert verdict(lambda table: noise.argmax(0)).misconception == "wrong-axis"
    assert verdict(lambda table: _spoil(LABELS + 1, 2) % 10).misconception == "one-off"
    assert verdict(lambda table: noise.argmax(1)).misconception == ""


def test_what_is_no_row_of_labels_is_described() -> None:
    for value in (None, "7", 7, [[1], [2, 3]], object()):
        got = verdict(lambda table, v=value: v)
        assert got.state == "failed" and "one label for each of the 50 inputs" in got.message
