"""Feedback may show the hidden inputs; whoever hands in again meets others."""

import json

import pytest
from fake_course import EXERCISES, LESSON, RIGHT, FakeCourse, code, solved
from isolation import ISOLATION

import cnncourse.exercises
from cnncourse.grading.batch import Plan, grade_class

LOOK = """
import numpy as np
seen = []
def scaled(values, factor):
    seen.append([np.asarray(values).tolist(), int(factor)])
    return values
"""
SHOW = """
import json
for each in seen:
    print("SEEN", json.dumps(each))
"""
PARROT = """
import numpy as np
known = {known!r}
def scaled(values, factor):
    for seen, times in known:
        if np.array_equal(seen, values) and times == factor:
            return np.array(seen) * times
    return values
"""


@pytest.fixture
def fake(tmp_path, monkeypatch):
    monkeypatch.setattr(cnncourse.exercises, "lesson", lambda name: EXERCISES)
    return FakeCourse(tmp_path)


def run(fake, **plan):
    (result,) = grade_class(fake.assignment(), fake.course, ["ada"], Plan(30, ISOLATION, **plan))
    return result


def test_answers_to_inputs_that_were_printed_are_worth_nothing(fake):
    nosy = solved(**RIGHT | {"scaled": LOOK})
    nosy.cells.append(code(SHOW, "show"))
    fake.hand_in("ada", nosy)
    assert run(fake).verdicts[0].points == 0
    path = fake.course.autograded("ada", LESSON) / f"{LESSON}.ipynb"
    cells = json.loads(path.read_text("utf-8"))["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    printed = "".join("".join(output.get("text", "")) for output in outputs)
    lines = [line for line in printed.splitlines() if line.startswith("SEEN ")]
    known = [json.loads(line.removeprefix("SEEN ")) for line in lines]
    assert len(known) == 2
    fake.hand_in("ada", solved(**RIGHT | {"scaled": PARROT.format(known=known)}))
    again = run(fake)
    assert again.verdicts[0].points == 0
    assert [v.state for v in again.verdicts[1:]] == ["passed", "passed"]


def test_the_same_submission_meets_the_same_cases_again(fake):
    fake.hand_in(
        "ada", solved(**RIGHT | {"scaled": "def scaled(values, factor):\n    return values"})
    )
    first = run(fake)
    assert run(fake, regrade=True) == first
    partly = run(fake, regrade=True, exercise="scaled")
    assert partly == first and partly.anomalies == ()


def test_verdicts_of_two_gradings_are_marked_until_all_are_of_one(fake):
    fake.hand_in("ada", solved(**RIGHT))
    first = run(fake)
    fake.hand_in("ada", solved(**RIGHT | {"summed": "summed = 3"}))
    for _ in range(2):
        partly = run(fake, regrade=True, exercise="scaled")
        assert partly.points == 6 and partly.seed != first.seed
        assert "Some verdicts are of an earlier grading" in partly.anomalies[0]
    whole = run(fake)
    assert whole.points == 3 and whole.anomalies == ()


def test_every_byte_counts_and_every_student(fake):
    seeds = {
        fake.assignment().seed_of(who, raw) for who in ("ada", "bo") for raw in (b"1", b"1 ", b"2")
    }
    assert len(seeds) == 6
