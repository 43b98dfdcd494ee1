"""nbgrader's own code reads our notebooks and agrees with what they say."""

import copy

import pytest
from nbformat import NotebookNode
from tiny import LESSON

from cnncourse.authoring import Course, read_lesson, read_notebook, solution_notebook

nbgrader = pytest.importorskip("nbgrader")


@pytest.fixture
def notebooks(built: Course) -> tuple[NotebookNode, NotebookNode]:
    """The instructor's notebook and the student's."""
    return read_notebook(built.solution("01_sums")), read_notebook(built.student("01_sums"))


def test_its_validator_accepts_both(notebooks: tuple[NotebookNode, NotebookNode]) -> None:
    from nbgrader.nbgraderformat import MetadataValidator

    for notebook in notebooks:
        MetadataValidator().validate_nb(notebook)
        before = copy.deepcopy(notebook)
        assert MetadataValidator().upgrade_notebook_metadata(notebook) == before


def test_it_sees_the_cells_that_we_mean(notebooks: tuple[NotebookNode, NotebookNode]) -> None:
    from nbgrader.utils import determine_grade, is_grade, is_locked, is_solution

    for notebook in notebooks:
        kinds = {
            cell.metadata.nbgrader.grade_id: (is_solution(cell), is_grade(cell), is_locked(cell))
            for cell in notebook.cells
            if "nbgrader" in cell.metadata
        }
        assert kinds == {
            "total": (True, False, False),
            "check_total": (False, True, True),
            "answer": (True, False, False),
            "check_answer": (False, True, True),
        }
    graded = [c for c in notebooks[1].cells if is_grade(c)]
    assert [determine_grade(cell)[1] for cell in graded] == [2.0, 1.0]


def test_checksums_are_those_of_a_release(notebooks: tuple[NotebookNode, NotebookNode]) -> None:
    from nbgrader.preprocessors import CheckCellMetadata, ComputeChecksums, LockCells
    from nbgrader.validator import Validator

    solution, student = notebooks
    assert not any("checksum" in cell.metadata.get("nbgrader", {}) for cell in solution.cells)
    released = copy.deepcopy(student)
    for step in (LockCells(), CheckCellMetadata(), ComputeChecksums()):
        released, _ = step.preprocess(released, {})
    assert released == student  # these steps of `nbgrader generate_assignment` find nothing to do
    assert Validator()._get_changed_cells(student) == []
    assert Validator()._get_type_changed_cells(student) == []


def test_its_clear_solutions_agrees_on_the_structure(built: Course) -> None:
    from nbgrader.preprocessors import ClearSolutions

    ours = read_notebook(built.student("01_sums"))
    lesson = read_lesson(built.source("01_sums"))
    theirs, _ = ClearSolutions().preprocess(
        solution_notebook(lesson, {"total": 2.0, "answer": 1.0}), {}
    )
    assert [cell.id for cell in theirs.cells] == [cell.id for cell in ours.cells]
    cleared = {
        cell.id
        for cell, solved in zip(
            theirs.cells,
            solution_notebook(lesson, {"total": 2.0, "answer": 1.0}).cells,
            strict=True,
        )
        if cell.source != solved.source
    }
    stubbed = {
        cell.id
        for cell, theirs_ in zip(ours.cells, theirs.cells, strict=True)
        if cell.source != theirs_.source
    }
    assert cleared == stubbed == {"total", "answer"}
    # Outside the solutions the texts are the same; the signature and docstring too.
    total = next(cell for cell in theirs.cells if cell.id == "total").source.splitlines()
    mine = next(cell for cell in ours.cells if cell.id == "total").source.splitlines()
    assert total[:2] == mine[:2] and "NotImplementedError" in total[-1]
    assert "BEGIN SOLUTION" in LESSON
