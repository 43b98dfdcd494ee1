"""A student takes a lesson in JupyterLab: runs it, is wrong, is right."""

import json
from typing import Any

import nbformat
import pytest
from lab import REPOSITORY, Server, open_notebook, run_all, screenshot

from cnncourse import exercises

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LESSON = "01_convolution_by_hand"


def _fill(page: Any, name: str, source: str) -> None:
    """Write a source into the exercise's cell, as typing it would."""
    page.evaluate(
        f"""() => {{
            const cells = window.jupyterapp.shell.currentWidget.content.widgets;
            const cell = cells.find(c => (c.model.getMetadata('nbgrader') || {{}}).grade_id
                                         === {json.dumps(name)});
            cell.model.sharedModel.setSource({json.dumps(source)});
        }}"""
    )


def _verdict(page: Any, name: str) -> str:
    card = page.locator("[role=status]").filter(has_text=f"{name}:").first
    return str(card.inner_text())


def _solution(name: str, lesson: str = LESSON) -> str:
    path = REPOSITORY / "solutions" / f"{lesson}.ipynb"
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == name:
            return str(cell.source)
    raise AssertionError(f"no solution cell for {name}")


def test_a_student_takes_lesson_one(page: Any, server: Server) -> None:
    open_notebook(page, server.url, f"{LESSON}.ipynb")
    run_all(page)
    declared = exercises.lesson(LESSON)
    cards = page.locator("[role=status]").all_inner_texts()
    assert len(cards) == len(declared)
    assert all("not attempted" in card for card in cards)
    assert page.locator('[data-mime-type="application/vnd.jupyter.stderr"]').count() == 0

    functions = [e.name for e in declared if e.kind == "function"]
    wrong = _solution(functions[0]).split("\n")[0] + "\n    return None"
    _fill(page, functions[0], wrong)
    for name in functions[1:]:
        _fill(page, name, _solution(name))
    run_all(page)
    assert "failed, 0 of" in _verdict(page, functions[0])
    assert "return" in _verdict(page, functions[0])
    for name in functions[1:]:
        assert ": passed," in _verdict(page, name)
    _keep_pictures(page)


@pytest.mark.parametrize("lesson", ["02_layer_shapes", "03_pooling", "04_dilated_convolution"])
def test_a_lesson_with_explorers_filled_in(page: Any, server: Server, lesson: str) -> None:
    """Every exercise right, every figure and explorer there, in a real JupyterLab."""
    open_notebook(page, server.url, f"{lesson}.ipynb")
    declared = [exercise.name for exercise in exercises.lesson(lesson)]
    for name in declared:
        _fill(page, name, _solution(name, lesson))
    run_all(page)
    for name in declared:
        assert ": passed," in _verdict(page, name)
    assert page.locator('[data-mime-type="application/vnd.jupyter.stderr"]').count() == 0
    assert page.locator(".jupyter-widgets input[type=number]").count()
    unnamed = page.locator("figure:not([aria-label]):not([aria-labelledby])")
    assert unnamed.count() == 0
    _keep_pictures(page, lesson)


def _keep_pictures(page: Any, lesson: str = LESSON) -> None:
    """The whole lesson, light and dark."""
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        page.evaluate(
            "t => window.jupyterapp.commands.execute('apputils:change-theme', {theme: t})", theme
        )
        page.wait_for_timeout(1500)
        height = page.evaluate(
            "() => document.querySelector('.jp-WindowedPanel-outer').scrollHeight"
        )
        for part, top in enumerate(range(0, min(height, 40_000), 1250)):
            page.evaluate(
                "y => document.querySelector('.jp-WindowedPanel-outer').scrollTo(0, y)", top
            )
            page.wait_for_timeout(150)
            screenshot(page, f"{lesson}-{theme[11:].lower()}-{part:02d}")
