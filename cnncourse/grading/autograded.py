"""The notebook that one reads afterwards: rebuilt, run, and with the verdicts in their places."""

import hashlib
from collections.abc import Sequence
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
    """An nbformat notebook with nbgrader's marks, the student's cells and each check's verdict."""
    from nbformat import v4

    by_name = {verdict.exercise: verdict for verdict in verdicts}
    cells = []
    for position, step in enumerate(rebuilt.steps):
        if step.role in ("text", "note"):
            cell = v4.new_markdown_cell(_quoted(step.source) if step.own else step.source)
        else:
            outputs = [_output(o) for o in execution.outputs.get(position, ())]
            if step.role == "check":
                outputs = [_shown(by_name[step.exercise])]
            cell = v4.new_code_cell(step.source, outputs=outputs)
        cell.id = _cell_id(step, position)
        cell.metadata.update(step.template.metadata if step.template else {})
        cells.append(cell)
    kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return v4.new_notebook(cells=cells, metadata={"kernelspec": kernelspec})


def write(notebook: Any, path: Path) -> None:
    """Write a notebook whole or not at all, and not when it is there already as it is."""
    import nbformat

    text = nbformat.writes(notebook, version=4) + "\n"
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


def _output(output: dict[str, Any]) -> Any:
    from nbformat import v4

    fields = {key: value for key, value in output.items() if key != "output_type"}
    return v4.new_output(output["output_type"], **fields)


def _shown(verdict: Verdict) -> Any:
    from nbformat import v4

    data = {"text/plain": repr(verdict), "text/html": verdict._repr_html_()}
    return v4.new_output("display_data", data=data)


def _quoted(text: str) -> str:
    """A student's note as an indented block: shown as written, never as HTML of theirs."""
    return "**The student's note:**\n\n" + "\n".join(f"    {line}" for line in text.splitlines())


def _cell_id(step: Step, position: int) -> str:
    if step.template is not None and step.template.id:
        return step.template.id
    return hashlib.sha256(f"{position}\0{step.source}".encode()).hexdigest()[:12]
