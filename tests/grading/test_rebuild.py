"""What is taken over from a submission, and what is not. No kernel is started."""

import time
from copy import deepcopy

import pytest
from fake_course import RIGHT, STUB, code, find, released, solved
from nbformat import v4

from cnncourse.grading.notebooks import _cell
from cnncourse.grading.rebuild import Rebuilt, Step, rebuild


def build(notebook) -> Rebuilt:
    return rebuild([_cell(c) for c in released().cells], [_cell(c) for c in notebook.cells])


def step(rebuilt: Rebuilt, role: str, name: str = "") -> Step:
    (found,) = [s for s in rebuilt.steps if s.role == role and s.exercise == name]
    return found


def checks(rebuilt: Rebuilt) -> list[str]:
    return [s.source for s in rebuilt.steps if s.role == "check"]


ALL_CHECKS = [
    'check("scaled", scaled)',
    'check("summed", summed)',
    'check("the_answer", the_answer)',
]


def test_a_plain_submission_is_taken_as_it_is():
    rebuilt = build(solved(**RIGHT))
    assert rebuilt.anomalies == ()
    assert step(rebuilt, "exercise", "scaled").source == RIGHT["scaled"]
    assert checks(rebuilt) == ALL_CHECKS


def test_the_released_notebook_itself_gives_the_stubs_and_runs_no_demo():
    rebuilt = build(released())
    assert rebuilt.anomalies == ()
    assert step(rebuilt, "exercise", "scaled").source == STUB["scaled"]
    assert not step(rebuilt, "demo").run


def test_deleted_check_cells_come_back():
    notebook = solved(**RIGHT)
    del notebook.cells[find(notebook, "check_scaled")]
    rebuilt = build(notebook)
    assert checks(rebuilt) == ALL_CHECKS
    assert "deleted" in rebuilt.anomalies[0]


def test_a_duplicated_check_cell_runs_once():
    notebook = solved(**RIGHT)
    position = find(notebook, "check_scaled")
    notebook.cells.insert(position, deepcopy(notebook.cells[position]))
    rebuilt = build(notebook)
    assert checks(rebuilt) == ALL_CHECKS
    assert "2 times" in rebuilt.anomalies[0]


def test_an_edited_check_cell_does_not_count():
    notebook = solved(**RIGHT)
    notebook.cells[find(notebook, "check_scaled")].source = "print('passed')"
    rebuilt = build(notebook)
    assert checks(rebuilt) == ALL_CHECKS
    assert "edited" in rebuilt.anomalies[0]


def test_an_answer_written_over_a_check_cell_is_an_answer():
    notebook = released()
    notebook.cells[find(notebook, "check_scaled")].source = RIGHT["scaled"]
    rebuilt = build(notebook)
    assert step(rebuilt, "exercise", "scaled").source == RIGHT["scaled"]
    assert checks(rebuilt) == ALL_CHECKS


def test_the_pieces_of_a_split_cell_are_joined():
    notebook = solved(scaled="def scaled(values, factor):")
    position = find(notebook, "scaled")
    other = deepcopy(notebook.cells[position])
    other.id, other.source = "half", "    return values * factor"
    notebook.cells.insert(position + 1, other)
    rebuilt = build(notebook)
    assert step(rebuilt, "exercise", "scaled").source == RIGHT["scaled"]
    assert "2 pieces" in rebuilt.anomalies[0]


def test_a_copy_of_the_stub_does_not_undo_the_answer():
    notebook = solved(**RIGHT)
    position = find(notebook, "scaled")
    copy = deepcopy(notebook.cells[position])
    copy.source = STUB["scaled"]
    notebook.cells.insert(position + 1, copy)
    assert step(build(notebook), "exercise", "scaled").source == RIGHT["scaled"]


def test_of_copies_that_do_not_fit_together_the_sound_ones_count():
    notebook = solved(scaled="def scaled(values,")
    position = find(notebook, "scaled")
    copy = deepcopy(notebook.cells[position])
    copy.source = RIGHT["scaled"]
    notebook.cells.insert(position + 1, copy)
    assert step(build(notebook), "exercise", "scaled").source == RIGHT["scaled"]


def test_a_deleted_solution_cell_is_not_attempted():
    notebook = solved(**RIGHT)
    del notebook.cells[find(notebook, "scaled")]
    rebuilt = build(notebook)
    assert step(rebuilt, "exercise", "scaled").source == STUB["scaled"]
    assert "not attempted" in rebuilt.anomalies[0]


@pytest.mark.parametrize("text", ["", "   \n", "# I will do this tomorrow"])
def test_an_emptied_solution_cell_is_not_attempted(text):
    assert step(build(solved(scaled=text)), "exercise", "scaled").source == STUB["scaled"]


def test_wiped_metadata_and_ids_do_not_matter():
    notebook = solved(**RIGHT)
    for number, cell in enumerate(notebook.cells):
        cell.metadata.clear()
        cell.id = f"new-{number}"
    rebuilt = build(notebook)
    for name, source in RIGHT.items():
        assert step(rebuilt, "exercise", name).source == source
    assert checks(rebuilt) == ALL_CHECKS


def test_an_answer_in_a_cell_of_its_own_is_found():
    notebook = released()
    notebook.cells.append(code(RIGHT["scaled"], "mine"))
    rebuilt = build(notebook)
    assert step(rebuilt, "exercise", "scaled").source == RIGHT["scaled"]
    assert not [s for s in rebuilt.steps if s.role == "extra"]
    assert "cells of their own" in rebuilt.anomalies[0]


def test_the_order_is_restored():
    notebook = solved(**RIGHT)
    notebook.cells.reverse()
    rebuilt = build(notebook)
    assert checks(rebuilt) == ALL_CHECKS
    assert any("order" in sentence for sentence in rebuilt.anomalies)


def test_extra_cells_stay_in_their_place():
    notebook = solved(scaled="def scaled(values, factor):\n    return helper(values, factor)")
    helper = "def helper(values, factor):\n    return np.convolve(values, factor)\nprint('hi')"
    notebook.cells.insert(find(notebook, "scaled"), code(helper, "helper"))
    rebuilt = build(notebook)
    roles = [s.role for s in rebuilt.steps]
    assert roles.index("extra") < roles.index("exercise")
    # What a helper does, the exercise does: the judge looks at both for forbidden functions.
    assert "np.convolve" in rebuilt.sources["scaled"]
    assert "hi" not in rebuilt.sources["scaled"]
    assert "np.convolve" not in rebuilt.sources["summed"]


def test_an_import_added_to_the_setup_cell_still_works():
    notebook = solved(**RIGHT)
    notebook.cells[1].source = "import math"
    rebuilt = build(notebook)
    assert step(rebuilt, "setup").source == released().cells[1].source
    assert step(rebuilt, "extra").source == "import math"


def test_an_edited_demo_runs_only_when_an_answer_needs_it():
    notebook = solved(**RIGHT)
    notebook.cells[2].source = "values = 1\nraise RuntimeError('played with')"
    assert not step(build(notebook), "demo").run  # `values` is a parameter there, no global
    notebook.cells[2].source = "def helper(): ..."
    assert not step(build(notebook), "demo").run
    notebook.cells[find(notebook, "scaled")].source = "def scaled(v, f):\n    return helper()"
    assert step(build(notebook), "demo").run


def test_a_demo_of_an_older_release_does_not_run():
    notebook = solved(**RIGHT)
    notebook.cells[2] = code("train_for_an_hour()", "old", ["demo"])
    assert [s.run for s in build(notebook).steps if s.role == "demo"] == [False, False]


def test_text_of_a_student_is_kept_as_a_note():
    notebook = solved(**RIGHT)
    notebook.cells.insert(2, v4.new_markdown_cell("I think <script>alert(1)</script>"))
    assert step(build(notebook), "note").source.startswith("I think")


def test_another_lessons_notebook_is_noticed():
    other = v4.new_notebook(cells=[code("print('lesson 2')", "z")])
    assert "another lesson" in build(other).anomalies[0]


def test_an_empty_notebook_is_all_stubs():
    rebuilt = build(v4.new_notebook())
    assert checks(rebuilt) == ALL_CHECKS


@pytest.mark.parametrize("place", ["extra", "first"])
def test_one_cell_may_answer_every_exercise(place):
    notebook = released()
    text = "\n\n".join(RIGHT.values())
    if place == "extra":
        notebook.cells.insert(3, code(text, "mine"))
    else:
        notebook.cells[find(notebook, "scaled")].source = text
        for name in ("summed", "the_answer"):
            del notebook.cells[find(notebook, name)]
    rebuilt = build(notebook)
    for name in RIGHT:
        assert step(rebuilt, "exercise", name).source == text
        assert rebuilt.sources[name].strip() == RIGHT[name]
    assert not any("not attempted" in anomaly for anomaly in rebuilt.anomalies)


def _with_demos(notebook):
    notebook.cells[2:3] = [
        code("sizes = [1, 2]", "demo", ["demo"]),
        code("largest = max(sizes)", "demo2", ["demo"]),
        code("raise RuntimeError", "demo3", ["demo"]),
    ]
    return notebook


def _demos_run(notebook) -> list[bool]:
    source = [_cell(c) for c in _with_demos(released()).cells]
    rebuilt = rebuild(source, [_cell(c) for c in notebook.cells])
    return [s.run for s in rebuilt.steps if s.role == "demo"]


def test_demos_run_as_far_as_an_answer_leans_on_them():
    notebook = _with_demos(solved(**RIGHT | {"the_answer": "the_answer = largest * 21"}))
    assert _demos_run(notebook) == [True, True, False]
    notebook.cells.insert(2, code("largest = 2", "mine"))
    assert _demos_run(notebook) == [False, False, False]


def test_a_magic_does_not_hide_what_is_forbidden():
    notebook = solved(**RIGHT | {"scaled": "%pwd\n" + RIGHT["scaled"]})
    compile(build(notebook).sources["scaled"], "cell", "exec")


def test_a_long_chain_of_helpers_is_followed_in_no_time():
    chain = "\n".join(f"x{n} = x{n - 1}" for n in range(1, 3000))
    notebook = solved(**RIGHT | {"the_answer": "the_answer = x2999"})
    notebook.cells.insert(2, code(chain + "\ny = " + "+".join("1" * 20_000), "mine"))
    notebook.cells.insert(2, code(chain, "mine2"))
    start = time.monotonic()
    assert "x1 = x0" in build(notebook).sources["the_answer"]
    assert time.monotonic() - start < 10


@pytest.mark.parametrize(
    ("elsewhere", "answer"),
    [
        ("import numpy as n\nn.mine = n.convolve", "np.mine"),
        ("setattr(np, 'mine', np.convolve)", "np.mine"),
        ("import builtins\nbuiltins.mine = np.convolve", "mine"),
        ("tools = {}\ntools['mine'] = np.convolve", "tools['mine']"),
        ("tools = []\ntools.append(np.convolve)", "tools[0]"),
    ],
)
def test_what_is_put_aside_for_an_answer_belongs_to_its_source(elsewhere, answer):
    notebook = solved(**RIGHT | {"scaled": f"scaled = {answer}"})
    notebook.cells.insert(2, code(elsewhere, "aside"))
    assert "np.convolve" in _sources_of(notebook)["scaled"].replace("n.convolve", "np.convolve")


def test_a_helper_in_another_answers_cell_belongs_to_the_source_but_not_that_answer():
    other = f"mine = np.convolve\n{RIGHT['summed']}"
    found = _sources_of(solved(**RIGHT | {"scaled": "scaled = mine", "summed": other}))
    assert "np.convolve" in found["scaled"] and "def summed" not in found["scaled"]
    assert "np.convolve" not in _sources_of(solved(**RIGHT | {"summed": other}))["scaled"]


def test_experiments_elsewhere_do_not_belong_to_an_answer():
    answer = f"print('here')\n{RIGHT['scaled']}\nplt = 1"
    notebook = solved(**RIGHT | {"scaled": answer})
    experiment = (
        "import matplotlib.pyplot as plt\nprint(np.convolve([1], [1]))\n"
        "plt.plot(np.convolve([1], [1]))\nresults = {}\nresults['x'] = np.convolve([1], [1])"
    )
    notebook.cells.insert(2, code(experiment, "experiment"))
    assert "convolve" not in _sources_of(notebook)["scaled"]


def _sources_of(notebook):
    return build(notebook).sources
