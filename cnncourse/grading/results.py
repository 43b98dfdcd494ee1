"""Results as plain JSON: for the command's output and, one file a student, for the report."""

import json
from pathlib import Path
from typing import Any

from cnncourse.grading.grader import Result


def as_json(result: Result) -> dict[str, Any]:
    """The object that ``cnncourse grade --json`` prints for a submission."""
    return {
        "student": result.student,
        "points": number(result.points),
        "max_points": number(result.max_points),
        "verdicts": [
            {
                "exercise": verdict.exercise,
                "state": verdict.state,
                "points": number(verdict.points),
                "max_points": number(verdict.max_points),
                "message": verdict.text,
            }
            for verdict in result.verdicts
        ],
        "anomalies": list(result.anomalies),
        "isolation": result.isolation,
    }


def save(result: Result, folder: Path) -> None:
    """Store a result whole or not at all; the same result leaves the file as it is."""
    record = as_json(result)
    for shown, verdict in zip(record["verdicts"], result.verdicts, strict=True):
        shown["misconception"] = verdict.misconception
    text = json.dumps(record, indent=1, ensure_ascii=False) + "\n"
    path = folder / f"{result.student}.json"
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f".{result.student}.partial"
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


def load(folder: Path) -> list[dict[str, Any]]:
    """Every stored result of an assignment, by student."""
    paths = sorted(folder.glob("*.json")) if folder.is_dir() else []
    return [json.loads(path.read_text(encoding="utf-8")) for path in paths]


def number(value: float) -> float | int:
    """Points without a needless ".0"."""
    return int(value) if float(value).is_integer() else float(value)
