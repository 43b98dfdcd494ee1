"""The numbers of the report, and the page itself."""

import re
from html.parser import HTMLParser

import pytest

from cnncourse.grading import report
from cnncourse.grading.summary import histogram, summarize


def record(student, first, second, **more):
    states = {0: "failed", 2: "passed"}
    return {
        "student": student,
        "points": first + second,
        "max_points": 4,
        "anomalies": more.get("anomalies", []),
        "verdicts": [
            {
                "exercise": name,
                "state": states[points],
                "points": points,
                "max_points": 2,
                "message": "",
                "misconception": "bias-omitted" if name == "conv2d" and not points else "",
            }
            for name, points in (("conv2d", first), ("gone_exercise", second))
        ],
    }


RECORDS = [
    record("ada", 2, 2),
    record("<b>bo</b>", 0, 2, anomalies=["Odd & <i>strange</i>."]),
    record("eva", 0, 0),
]


def test_the_numbers():
    summary = summarize("01_some_lesson", RECORDS)
    assert (summary.median, summary.mean) == (2, 2)
    first, second = summary.exercises
    assert first.states == {"passed": 1, "failed": 2, "error": 0, "not attempted": 0}
    assert first.share == pytest.approx(1 / 3)
    assert second.title == "gone_exercise"  # no longer declared, and still reported
    (mistake,) = summary.mistakes
    assert mistake.count == 2 and mistake.says


def test_no_results_is_an_error():
    with pytest.raises(ValueError, match="no results"):
        summarize("01_some_lesson", [])


@pytest.mark.parametrize("most", [1, 4, 7.5, 16])
def test_every_submission_is_in_one_bin(most):
    points = [0, most * 0.3, most * 0.1, most * 0.999, most]
    bins = histogram(points, most)
    assert sum(count for _, _, count in bins) == len(points)
    assert bins[9][2] == 2 and bins[3][2] == 1 and bins[1][2] == 1


class _Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open: list[str] = []
        self.unnamed: list[str] = []

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag in ("svg", "img") and not (given.get("aria-label") or given.get("alt")):
            self.unnamed.append(tag)
        assert not ({"src", "href"} & set(given)), "the page must stand on its own"
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_startendtag(self, tag, attributes):
        pass


def test_the_page_is_whole_stands_alone_and_every_picture_has_words():
    text = report.page([summarize("01_some_lesson", RECORDS)])
    page = _Page()
    page.feed(text)
    assert page.open == [] and page.unnamed == []
    assert "<b>bo" not in text and "<i>" not in text
    assert "prefers-color-scheme: dark" in text
    assert not re.search(r"https?://", text)


def test_a_lesson_that_nobody_got_any_points_for():
    assert "0 of 4" in report.page([summarize("x", [record("eva", 0, 0)])])
