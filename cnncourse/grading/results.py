"""Results as plain JSON: for the command's output and, one file a student, for the report."""

import json
from pathlib import Path
from typing import Any

from cnncourse.checking.verdict import Verdict
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
    if same(result, load_one(result.student, folder)):
        return
    record = {**_record(result), "seconds": round(result.seconds, 2)}
    text = json.dumps(record, indent=1, ensure_ascii=False) + "\n"
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f".{result.student}.partial"
    partial.write_text(text, encoding="utf-8")
    partial.replace(folder / f"{result.student}.json")


def same(result: Result, stored: dict[str, Any] | None) -> bool:
    """Whether a stored result says the same, however long it took."""
    if stored is None:
        return False
    return _record(result) == {key: stored[key] for key in stored if key != "seconds"}


def load_one(student: str, folder: Path) -> dict[str, Any] | None:
    """The stored result of a student, or None; also where the file is damaged."""
    try:
        record = json.loads((folder / f"{student}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return record if isinstance(record, dict) else None


def verdicts(record: dict[str, Any]) -> tuple[Verdict, ...]:
    """The verdicts of a stored result."""
    return tuple(
        Verdict(
            each["exercise"],
            each["state"],
            each["points"],
            each["max_points"],
            each["message"],
            misconception=each.get("misconception", ""),
        )
        for each in record["verdicts"]
    )


def _record(result: Result) -> dict[str, Any]:
    record = as_json(result)
    for shown, verdict in zip(record["verdicts"], result.verdicts, strict=True):
        shown["misconception"] = verdict.misconception
    return {**record, "seed": result.seed}


def load(folder: Path) -> list[dict[str, Any]]:
    """Every stored result of an assignment, by student."""
    paths = sorted(folder.glob("*.json")) if folder.is_dir() else []
    return [json.loads(path.read_text(encoding="utf-8")) for path in paths]


def number(value: float) -> float | int:
    """Points without a needless ".0"."""
    return int(value) if float(value).is_integer() else float(value)
