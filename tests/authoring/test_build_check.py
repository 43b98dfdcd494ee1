"""`cnncourse build --check`: one tampering each, and the words that name it. Starts no kernel."""

import json
from collections.abc import Callable
from typing import Any

import nbformat
import pytest
from click.testing import Result
from nbformat import NotebookNode
from nbformat.v4 import new_output
from tiny import LESSON, Fake

from cnncourse.authoring import Course, read_notebook, to_text

Run = Callable[..., Result]
FILE = "solutions/01_sums.py"


def refuses(result: Result, *words: str) -> None:
    assert result.exit_code == 1, result.output
    for word in words:
        assert word in result.output, result.output
    assert "Traceback" not in result.output


def edit(course: Course, old: str, new: str) -> None:
    """Change the lesson's text."""
    text = course.source("01_sums").read_text(encoding="utf-8")
    assert old in text
    course.source("01_sums").write_text(text.replace(old, new, 1), encoding="utf-8")


def tamper(course: Course, where: str, change: Callable[[NotebookNode], Any]) -> None:
    """Change a stored notebook; where: "solution" or "student"."""
    path = getattr(course, where)("01_sums")
    notebook = read_notebook(path)
    change(notebook)
    path.write_text(to_text(notebook), encoding="utf-8")


def cell(notebook: NotebookNode, grade_id: str) -> NotebookNode:
    return next(c for c in notebook.cells if c.id == grade_id)


def test_a_built_course_is_in_order(built: Course, run: Run) -> None:
    result = run(built, "--check")
    assert result.exit_code == 0, result.output
    assert result.output == "1 lesson: everything is up to date.\n"
    assert run(built, "1", "--check").exit_code == 0
    assert run(built, "notebooks/01_sums.ipynb", "--check").exit_code == 0


# --- the lesson's text -------------------------------------------------------------------------

TEXTS = [
    # what changes in the text, and the words that must be said
    pytest.param("Add them up.", "Add both.", ["is stale", "cnncourse build"], id="stale"),
    pytest.param(
        '# %% check="answer"\ncheck("answer", answer)',
        '# %% exercise="total"\n# BEGIN SOLUTION\nx = 1\n# END SOLUTION',
        ["exercise 'total'", "grade_id 'total' is used more than once"],
        id="grade-id-twice",
    ),
    pytest.param(
        '# %% check="total"\ncheck("total", total)',
        "# %%\n1",
        ["exercise 'total'", "has no check cell"],
        id="no-check",
    ),
    pytest.param(
        '# %% exercise="answer"\n# BEGIN SOLUTION\nsix = 6\nanswer = six * 7\n# END SOLUTION',
        "# %%\nanswer = 42",
        ["check of 'answer'", "has no exercise cell"],
        id="no-exercise",
    ),
    pytest.param(
        '# %% exercise="answer"\n',
        '# %% exercise="anwser"\n',
        ["exercise 'anwser'", "not declared in cnncourse.exercises"],
        id="unknown-name",
    ),
    pytest.param(
        "A sum · 2 points",
        "A sum · 3 points",
        ["exercise 'total'", "the heading says 3 points, cnncourse.exercises 2"],
        id="points",
    ),
    pytest.param(
        "An answer · 1 point", "An answer · 1 points", ["write '1 point'"], id="points-unit"
    ),
    pytest.param(
        "# # 1 · Sums",
        "# # 1 · Sums\n#\n# Two exercises, 4 points.",
        ["says 'Two exercises, 4 points'; it has two, with 3 points"],
        id="points-in-all",
    ),
    pytest.param(
        "# # 1 · Sums",
        "# # 1 · Sums\n#\n# About 5 minutes, three exercises, 3 points.",
        ["says 'three exercises, 3 points'; it has two, with 3 points"],
        id="exercises-in-all",
    ),
    pytest.param(
        "### Exercise 2 ·", "### Exercise 3 ·", ["'Exercise 3' is number 2"], id="numbering"
    ),
    pytest.param(
        "### Exercise 2 · An", "### Exercise 2: An", ["is not of the form"], id="heading-form"
    ),
    pytest.param(
        "### Exercise 2 · An answer · 1 point",
        "An answer",
        ["exercise 'answer'", "has no heading"],
        id="no-heading",
    ),
    pytest.param(
        "Add them up.",
        "Add them up.\n# ### Exercise 2 · Lost · 1 point",
        ["has 2 exercise headings above it"],
        id="heading-too-many",
    ),
    pytest.param(
        "# It was the sum.",
        "# ### Exercise 3 · Lost · 1 point",
        ["the last exercise heading has no exercise cell"],
        id="heading-at-the-end",
    ),
    pytest.param(
        "![Two beads beside three beads]", "![]", ["line 11", "no alt text"], id="alt-markdown"
    ),
    pytest.param("# It was the sum.", '# <img src="x.png">', ["no alt attribute"], id="alt-html"),
    pytest.param(
        "    # END SOLUTION", "    # END", ["exercise 'total'", "'# END SOLUTION'"], id="markers"
    ),
    pytest.param(
        "math.floor(2.5)",
        "# BEGIN SOLUTION\nmath.floor(2.5)\n# END SOLUTION",
        ["in a cell that is no exercise"],
        id="markers-elsewhere",
    ),
    pytest.param(
        'check("total", total)',
        'check("totals", total)',
        ["check of 'total'", 'calls check("totals", …)'],
        id="check-of-another",
    ),
    pytest.param(
        'check("total", total)',
        'check("total", math.fsum)',
        ["check of 'total'", "its exercise cell defines total"],
        id="checks-something-else",
    ),
    pytest.param(
        'check("total", total)',
        'check("total", lambda *a: total(*a) + bias)',
        ["check of 'total'", "uses 'bias', which no cell above it defines"],
        id="check-uses-unknown",
    ),
    pytest.param(
        "math.floor(2.5)",
        "def again(a, b):\n    first_the_one_then_the_other = a + b\n"
        "    return first_the_one_then_the_other",
        ["exercise 'total'", "its solution can be read in the student's version"],
        id="leak",
    ),
    pytest.param(
        "# It was the sum.",
        "# ```\n# six = 6\n# answer = six * 7\n# ```",
        ["exercise 'answer'", "its solution can be read"],
        id="leak-in-markdown",
    ),
    pytest.param('tags=["demo"]', 'tags=["dmeo"]', ["tag 'dmeo' is not known"], id="tag"),
    pytest.param('tags=["demo"]', 'tag="demo"', ["'tag' in the '# %%' line"], id="key"),
    pytest.param("exercise=\"total\"", "exercise=total", ["not known"], id="quotes"),
    pytest.param(
        'exercise="total"',
        'exercise="total" tags=["demo"]',
        ["exercise 'total'", "it would not be graded"],
        id="exercise-as-demo",
    ),
    pytest.param(
        "# %% [markdown]\n# ### Exercise 2",
        '# %% tags=["demo"]\nseven = 7\n\n# %%\nseven + 1\n\n# %% [markdown]\n# ### Exercise 2',
        ["needs 'seven', which only the demo cell of line"],
        id="demo-needed",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "words"), TEXTS)
def test_a_fault_in_the_text(built: Course, run: Run, old: str, new: str, words: list[str]) -> None:
    edit(built, old, new)
    refuses(run(built, "--check"), FILE, *words)


def test_the_check_stands_after_its_exercise(built: Course, run: Run) -> None:
    start = LESSON.index('# %% exercise="total"')
    middle = LESSON.index('# %% check="total"')
    end = LESSON.index("# %% [markdown]\n# ### Exercise 2")
    text = LESSON[:start] + LESSON[middle:end] + LESSON[start:middle] + LESSON[end:]
    built.source("01_sums").write_text(text, encoding="utf-8")
    refuses(run(built, "--check"), "check of 'total'", "stands before its exercise")


def test_a_declared_exercise_is_missing(built: Course, run: Run, declared: Fake) -> None:
    declared.declared["01_sums"]["product"] = 1.0
    refuses(run(built, "--check"), FILE, "declares for it: 'product'")


def test_an_exercise_of_another_lesson(built: Course, run: Run, declared: Fake) -> None:
    del declared.declared["01_sums"]["answer"]
    declared.declared["02_more"] = {"answer": 1.0}
    refuses(run(built, "--check"), "exercise 'answer'", "declares it for 02_more")
    assert "solutions/02_more.py: is missing" in run(built, "--check").output
    assert "02_more.py" not in run(built, "1", "--check").output  # asked for one lesson only


def test_a_grade_id_in_two_lessons(built: Course, run: Run) -> None:
    built.source("02_more").write_text(LESSON, encoding="utf-8")
    refuses(
        run(built, "02", "--check"),
        "solutions/02_more.py, exercise 'total'",
        "grade_id 'total' is also used in solutions/01_sums.py",
    )


def test_points_that_changed_make_the_notebooks_stale(
    built: Course, run: Run, declared: Fake
) -> None:
    declared.declared["01_sums"]["total"] = 4.0
    edit(built, "A sum · 2 points", "A sum · 4 points")
    refuses(run(built, "--check"), "solutions/01_sums.ipynb is stale", "notebooks/01_sums.ipynb is")


def test_line_ends_do_not_make_a_lesson_stale(built: Course, run: Run) -> None:
    path = built.source("01_sums")
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert run(built, "--check").exit_code == 0


def test_text_that_is_no_lesson(built: Course, run: Run) -> None:
    built.source("01_sums").write_bytes(b"# %%\n\xff")
    refuses(run(built, "--check"), FILE, "not UTF-8")


# --- the stored notebooks ----------------------------------------------------------------------


@pytest.mark.parametrize("where", ["solution", "student"])
def test_a_notebook_is_missing(built: Course, run: Run, where: str) -> None:
    getattr(built, where)("01_sums").unlink()
    refuses(run(built, "--check"), FILE, "has not been built", "run `cnncourse build`")


@pytest.mark.parametrize("folder", ["solutions", "notebooks"])
def test_a_notebook_without_a_source(built: Course, run: Run, folder: str) -> None:
    (built.root / folder / "09_old.ipynb").write_text("{}")
    refuses(run(built, "--check"), f"{folder}/09_old.ipynb", "without a source")


def test_a_source_with_an_odd_name(built: Course, run: Run) -> None:
    (built.solutions / "Extra.py").write_text("")
    refuses(run(built, "--check"), "solutions/Extra.py", "not a lesson's name")


@pytest.mark.parametrize("text", ["{", "{}", "[]", '{"cells": 3}'])
@pytest.mark.parametrize("where", ["solution", "student"])
def test_a_damaged_notebook(built: Course, run: Run, where: str, text: str) -> None:
    getattr(built, where)("01_sums").write_text(text)
    refuses(run(built, "--check"), "01_sums.ipynb", "not a valid notebook")


@pytest.mark.parametrize("where", ["solution", "student"])
@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda nb: nb.cells.pop(), "cells, the lesson"),
        (lambda nb: nb.cells[0].update(source="# Mine"), "the source of cell 0"),
        (lambda nb: nb.cells[1].metadata.update(tags=[]), "the metadata of cell 1"),
        (lambda nb: cell(nb, "total").metadata.nbgrader.update(locked=True), "('total')"),
        (lambda nb: cell(nb, "check_total").metadata.nbgrader.update(points=9), "('check_total')"),
        (lambda nb: nb.metadata.update(author="me"), "its metadata"),
        (lambda nb: nb.metadata.cnncourse.update(source_sha256="0"), "the lesson has changed"),
        (lambda nb: nb.cells[0].update(id="mine"), "the id of cell 0"),
    ],
    ids=["cell-gone", "text", "tags", "nbgrader", "points", "metadata", "hash", "id"],
)
def test_an_edited_notebook(
    built: Course, run: Run, where: str, change: Callable[[NotebookNode], Any], word: str
) -> None:
    tamper(built, where, change)
    refuses(run(built, "--check"), FILE, "is stale", word, "run `cnncourse build`")


def test_a_stub_with_another_signature(built: Course, run: Run) -> None:
    def change(notebook: NotebookNode) -> None:
        stub = cell(notebook, "total")
        stub.source = stub.source.replace("b: float = 0", "c: float = 0")

    tamper(built, "student", change)
    refuses(
        run(built, "--check"),
        "notebooks/01_sums.ipynb, exercise 'total'",
        "the stub reads def total(a: float, c: float=0) -> float, "
        "its solution def total(a: float, b: float=0) -> float",
    )


def test_a_stub_without_its_function(built: Course, run: Run) -> None:
    tamper(built, "student", lambda nb: cell(nb, "total").update(source="pass"))
    refuses(run(built, "--check"), "exercise 'total'", "lacks def total(a: float")
    tamper(built, "student", lambda nb: cell(nb, "total").update(source="def"))
    refuses(run(built, "--check"), "exercise 'total'", "is not Python")


def test_a_solution_in_the_students_notebook(built: Course, run: Run) -> None:
    solved = next(c for c in read_notebook(built.solution("01_sums")).cells if c.id == "total")
    tamper(built, "student", lambda nb: cell(nb, "total").update(source=solved.source))
    refuses(
        run(built, "--check"), "notebooks/01_sums.ipynb, exercise 'total'", "the solution's 'first"
    )
    tamper(built, "student", lambda nb: nb.cells[-1].update(source="six = 6\nanswer = six * 7"))
    refuses(run(built, "--check"), "exercise 'answer'", "its solution can be read")


def test_a_long_signature_between_the_markers_is_no_leak(built: Course, run: Run) -> None:
    header = "def total(a: float, b: float = 0) -> float:\n"
    edit(built, header, "# BEGIN SOLUTION\n" + header)
    edit(built, "    # BEGIN SOLUTION\n", "")
    edit(built, "    # END SOLUTION\n", "# END SOLUTION\n")
    assert run(built, "--no-execute").exit_code == 0
    result = run(built, "--check")
    assert "is stale" in result.output and "stands in" not in result.output, result.output
    assert "1 problem in" in result.output


def test_outputs_in_the_students_notebook(built: Course, run: Run) -> None:
    output = new_output("stream", name="stdout", text="5")
    tamper(built, "student", lambda nb: nb.cells[1].update(outputs=[output]))
    refuses(run(built, "--check"), "notebooks/01_sums.ipynb has outputs")


def test_another_layout_of_the_students_file(built: Course, run: Run) -> None:
    path = built.student("01_sums")
    path.write_text(json.dumps(json.loads(path.read_text())), encoding="utf-8")
    refuses(run(built, "--check"), "notebooks/01_sums.ipynb is not as it was built")


def _shown(**data: str) -> list[NotebookNode]:
    return [new_output("display_data", data={k.replace("_", "/"): v for k, v in data.items()})]


@pytest.mark.parametrize(
    ("outputs", "words"),
    [
        (
            [new_output("error", ename="ValueError", evalue="no", traceback=[])],
            ["is an error (ValueError: no)"],
        ),
        (_shown(image_png="aGk="), ["image/png has no alt text"]),
        (_shown(image_jpeg="aGk="), ["image/jpeg has no alt text"]),
        (_shown(text_html="<img src='x'>"), ["has no alt attribute"]),
        (_shown(text_html="<p><svg></svg></p>"), ["an <svg> has no aria-label"]),
        (_shown(text_plain="<A at 0x7f12ab34cd56>"), ["memory address 0x7f12ab34cd56"]),
        (
            [new_output("stream", name="stdout", text="/tmp/ipykernel_123/1.py:3: Warning")],
            ["path of this machine"],
        ),
    ],
    ids=["error", "png", "jpeg", "img", "svg", "address", "path"],
)
def test_a_stored_output(
    built: Course, run: Run, outputs: list[NotebookNode], words: list[str]
) -> None:
    tamper(built, "solution", lambda nb: nb.cells[1].update(outputs=outputs))
    refuses(run(built, "--check"), f"{FILE}, line 16", *words)


def test_the_course_folder_in_an_output(built: Course, run: Run) -> None:
    output = new_output("stream", name="stdout", text=f"read {built.root}/solutions/x")
    tamper(built, "solution", lambda nb: nb.cells[1].update(outputs=[output]))
    refuses(run(built, "--check"), "path of this machine")


def test_a_stored_check_that_does_not_pass(built: Course, run: Run) -> None:
    failed = new_output(
        "execute_result", data={"text/plain": "✗ total: failed, 0 of 2 points"}, execution_count=3
    )
    tamper(built, "solution", lambda nb: cell(nb, "check_total").update(outputs=[failed]))
    refuses(run(built, "--check"), "check of 'total'", "it is 'failed'")
    tamper(built, "solution", lambda nb: cell(nb, "check_total").update(outputs=[]))
    refuses(run(built, "--check"), "check of 'total'", "it shows no verdict")


def test_stderr_in_a_check(built: Course, run: Run) -> None:
    noise = new_output("stream", name="stderr", text="W0000 something")
    tamper(built, "solution", lambda nb: cell(nb, "check_total").outputs.append(noise))
    refuses(run(built, "--check"), "check of 'total'", "prints to stderr")


def test_a_notebook_that_was_not_executed(built: Course, run: Run) -> None:
    def change(notebook: NotebookNode) -> None:
        notebook.cells[1].execution_count = None

    tamper(built, "solution", change)
    refuses(run(built, "--check"), "has not been executed")


def test_a_notebook_of_a_quick_run(built: Course, run: Run) -> None:
    tamper(built, "solution", lambda nb: nb.metadata.cnncourse.update(profile="quick"))
    refuses(run(built, "--check"), "CNNCOURSE_PROFILE=quick")


# --- the command -------------------------------------------------------------------------------


def test_no_course_here(tmp_path: Any, run: Run) -> None:
    result = run(Course(tmp_path), "--check")
    refuses(result, "Run this inside a clone of the course")


def test_no_such_lesson(built: Course, run: Run) -> None:
    refuses(run(built, "07", "--check"), "no such lesson", "there: 01_sums")


def test_a_folder_below_the_root_will_do(
    built: Course, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = built.notebooks / "data" / "more"
    deep.mkdir(parents=True)
    assert run(Course(deep), "--check").exit_code == 0


@pytest.mark.parametrize("options", [("--check", "--force"), ("--force", "--no-execute")])
def test_options_that_contradict(built: Course, run: Run, options: tuple[str, ...]) -> None:
    assert run(built, *options).exit_code == 2


def test_the_format_is_the_one_nbformat_writes(built: Course) -> None:
    for path in (built.solution("01_sums"), built.student("01_sums")):
        text = path.read_text(encoding="utf-8")
        notebook = nbformat.reads(text, as_version=4)
        assert notebook.nbformat_minor == 5
        assert text == nbformat.writes(notebook) + "\n" or text == nbformat.writes(notebook)
