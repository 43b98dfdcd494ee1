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
    record("<b>bo<b>", 0, 2, anomalies=["Odd & <i>strange</i>."]),
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


def test_how_an_exercise_tells_apart_is_scipys_point_biserial_correlation():
    import numpy as np
    from scipy.stats import pointbiserialr

    rng = np.random.default_rng(3)
    scores = rng.choice([0, 2], (40, 2))
    records = [record(str(n), int(a), int(b)) for n, (a, b) in enumerate(scores)]
    first, second = summarize("01_some_lesson", records).exercises
    passed, other = scores[:, 0] == 2, scores[:, 1]
    assert first.discrimination == pytest.approx(pointbiserialr(passed, other).statistic)
    assert second.discrimination == pytest.approx(
        pointbiserialr(scores[:, 1] == 2, scores[:, 0]).statistic
    )


def test_what_tells_nothing_is_not_given_a_number():
    everybody = [record("a", 2, 0), record("b", 2, 2)]
    first, second = summarize("01_some_lesson", everybody).exercises
    assert first.discrimination is None
    assert second.discrimination is None


@pytest.mark.parametrize(
    ("records", "words"),
    [
        ([record("a", 2, 0), record("b", 2, 2)], "Everybody passes <code>conv2d</code>"),
        ([record("a", 0, 0), record("b", 0, 2)], "Nobody passes <code>conv2d</code>"),
        ([record("a", 0, 2), record("b", 2, 0)], "do worse elsewhere"),
        ([record("a", 0, 0), record("b", 2, 2)], "passed by some and not by others"),
    ],
)
def test_exercises_to_think_about(records, words):
    assert words in report.page([summarize("01_some_lesson", records)])


def test_isolation_and_time_are_said():
    records = [
        record("a", 0, 2) | {"isolation": "isolated", "seconds": 1.5},
        record("b", 2, 2) | {"isolation": "not isolated", "seconds": 9.0},
    ]
    page = report.page([summarize("01_some_lesson", records)])
    assert "Not all were isolated" in page and "1 not isolated" in page
    assert "5.2 s (median)" in page and "9.0 s" in page
    page = report.page([summarize("01_some_lesson", records[:1])])
    assert "Every submission ran in a sandbox" in page and "Not all" not in page


def test_a_misconception_is_shown_with_an_answer_and_never_as_markup():
    answer = "def conv2d(x):\n    return '<script>evil</script>'"
    summary = summarize("01_some_lesson", RECORDS, {("conv2d", "bias-omitted"): ("eva", answer)})
    page = report.page([summary])
    assert "an answer that shows it (eva)" in page
    assert "<script>" not in page and "&lt;script&gt;" in page


def test_the_example_is_the_shortest_answer_that_was_graded(tmp_path):
    import nbformat

    from cnncourse.grading.course import Course
    from cnncourse.grading.examples import examples

    course = Course(tmp_path)
    for student, source in (("eva", "x = 1\n" * 50), ("<b>bo<b>", "short = 1")):
        cell = nbformat.v4.new_code_cell(source)
        cell.metadata["nbgrader"] = {"grade_id": "conv2d", "solution": True}
        folder = course.autograded(student, "01_some_lesson")
        folder.mkdir(parents=True)
        notebook = nbformat.v4.new_notebook(cells=[cell])
        nbformat.write(notebook, folder / "01_some_lesson.ipynb")
    found = examples(course, "01_some_lesson", RECORDS)
    assert found == {("conv2d", "bias-omitted"): ("<b>bo<b>", "short = 1")}
    (course.autograded("<b>bo<b>", "01_some_lesson") / "01_some_lesson.ipynb").write_text("")
    student, source = examples(course, "01_some_lesson", RECORDS)["conv2d", "bias-omitted"]
    assert student == "eva" and source.endswith("…") and source.count("\n") == 30
