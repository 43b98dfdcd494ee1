"""The notebook that one reads afterwards: rebuilt, run, and with the verdicts in their places."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnncourse.checking.verdict import Verdict
from cnncourse.grading.rebuild import Rebuilt, Step
from cnncourse.grading.run import Execution

if TYPE_CHECKING:
    from cnncourse.grading.grader import Assignment


def compose(
    assignment: "Assignment",
    rebuilt: Rebuilt,
    execution: Execution,
    verdicts: Sequence[Verdict],
) -> Any:
    """An nbformat notebook with nbgrader's marks, the student's cells and each check's verdict.

    Made as plain data: nbformat's own makers validate every cell, half of a submission's time.
    """
    from nbformat import from_dict

    by_name = {verdict.exercise: verdict for verdict in verdicts}
    cells: list[dict[str, Any]] = []
    for position, step in enumerate(rebuilt.steps):
        cell: dict[str, Any] = {
            "id": _cell_id(step, position),
            "metadata": dict(step.template.metadata) if step.template else {},
        }
        if step.role in ("text", "note"):
            text = _quoted(step.source) if step.own else step.source
            cell |= {"cell_type": "markdown", "source": text}
        else:
            outputs = list(execution.outputs.get(position, ()))
            if step.role == "check":
                outputs = [_shown(by_name[step.exercise])]
            cell |= {"cell_type": "code", "source": step.source}
            cell |= {"execution_count": None, "outputs": outputs}
        cells.append(cell)
    kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernelspec}}
    return from_dict({**notebook, "cells": cells})


def write(notebook: Any, path: Path) -> None:
    """Write a notebook whole or not at all, and not when it is there already as it is."""
    from nbformat.v4 import writes_json

    text = writes_json(notebook) + "\n"
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


def write_time(moment: datetime | None, folder: Path) -> None:
    """``timestamp.txt`` for nbgrader, in our words: on a student's own its tools may stumble."""
    path = folder / "timestamp.txt"
    if moment is None:
        path.unlink(missing_ok=True)
        return
    text = f"{moment.isoformat(' ')} UTC\n"
    if not (path.is_file() and path.read_text(encoding="utf-8", errors="replace") == text):
        path.unlink(missing_ok=True)  # whatever lay there, also a link
        path.write_text(text, encoding="utf-8")


def _shown(verdict: Verdict) -> dict[str, Any]:
    data = {"text/plain": repr(verdict), "text/html": verdict._repr_html_()}
    return {"output_type": "display_data", "data": data, "metadata": {}}


def _quoted(text: str) -> str:
    """A student's note as an indented block: shown as written, never as HTML of theirs."""
    return "**The student's note:**\n\n" + "\n".join(f"    {line}" for line in text.splitlines())


def _cell_id(step: Step, position: int) -> str:
    if step.template is not None and step.template.id:
        return step.template.id
    return hashlib.sha256(f"{position}\0{step.source}".encode()).hexdigest()[:12]
