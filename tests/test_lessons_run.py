"""The course's own notebooks: up to date, runnable unfilled, and reproducible."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LESSONS = sorted(path.stem for path in (ROOT / "solutions").glob("[0-9][0-9]_*.py"))


def test_every_lesson_is_up_to_date_and_keeps_the_rules() -> None:
    """What `cnncourse build --check` says; mend it with `cnncourse build`."""
    from cnncourse.authoring import check_course, find_course
    from cnncourse.authoring.declarations import CourseDeclarations

    problems = check_course(find_course(ROOT), CourseDeclarations())
    assert not problems, "\n" + "\n".join(map(str, problems))


@pytest.mark.slow
@pytest.mark.parametrize("lesson", LESSONS)
def test_a_students_notebook_runs_unfilled(lesson: str, tmp_path: Path) -> None:
    """Every cell runs, and every check says "not attempted" instead of failing."""
    from cnncourse.authoring import execute, read_notebook, verdicts

    notebook = read_notebook(ROOT / "notebooks" / f"{lesson}.ipynb")
    ran = execute(notebook, folder=tmp_path, profile="quick", timeout=600)
    states = verdicts(ran)
    assert states == dict.fromkeys(states, "not attempted")
    noisy = [
        cell.id
        for cell in ran.cells
        for output in cell.get("outputs", [])
        if output.get("name") == "stderr" and cell.id.startswith("check_")
    ]
    assert not noisy, "a check that prints to stderr gets no points from nbgrader"


@pytest.mark.slow
@pytest.mark.parametrize("lesson", LESSONS)
def test_a_solution_gives_its_stored_outputs_again(lesson: str) -> None:
    """nbval runs the instructor's notebook and compares, but for cells tagged nbval-ignore-output.

    Training is short (CNNCOURSE_PROFILE=quick), so cells that train carry that tag.
    """
    environment = os.environ | {
        "CNNCOURSE_PROFILE": "quick",
        "CNNCOURSE_DATA": "shipped",
        "PYTHONHASHSEED": "0",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": os.environ.get("TF_ENABLE_ONEDNN_OPTS", "1"),
    }
    command = [
        *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--color=no"),
        *("--nbval", "--nbval-sanitize-with", str(ROOT / "tests" / "nbval.cfg")),
        *("--nbval-cell-timeout", "900", f"solutions/{lesson}.ipynb"),
    ]
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]


_AS_LISTS = """
import functools as _functools


def _as_lists(function):
    @_functools.wraps(function)
    def answer(*arguments, **named):
        given = function(*arguments, **named)
        return given.tolist() if isinstance(given, np.ndarray) else given

    return answer


{name} = _as_lists({name})
"""


@pytest.mark.slow
@pytest.mark.parametrize("lesson", [name for name in LESSONS if name[:2] in ("01", "03", "04")])
def test_a_lesson_goes_on_with_an_answer_in_nested_lists(lesson: str, tmp_path: Path) -> None:
    """A check takes lists for arrays; the cells after it must not stumble over them."""
    import nbformat

    from cnncourse.authoring import execute, read_notebook, verdicts

    notebook = read_notebook(ROOT / "solutions" / f"{lesson}.ipynb")
    cells = []
    for cell in notebook.cells:
        cells.append(cell)
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if f"def {name}(" in cell.source:
            cells.append(nbformat.v4.new_code_cell(_AS_LISTS.format(name=name), id=f"{name}-lists"))
    assert len(cells) > len(notebook.cells) + 5
    notebook.cells = cells
    ran = execute(notebook, folder=tmp_path, profile="quick", timeout=600)
    states = verdicts(ran)
    assert states == dict.fromkeys(states, "passed")
