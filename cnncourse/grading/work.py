"""One submission as bytes there and back: what a worker gets, and what it gives.

A worker is a trusted process, here or on another machine. It needs this package and nothing else:
no shared disk, and no gradebook. Student code runs only in the sandbox that it starts.
"""

import base64
import contextlib
import json
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, cast

from cnncourse.checking.verdict import Verdict
from cnncourse.grading.grader import (
    Assignment,
    Result,
    grade_handed,
    make_assignment,
    unforeseen,
)
from cnncourse.grading.kernel import Isolation, Libraries
from cnncourse.grading.notebooks import Handed

LARGEST = 40_000_000  # bytes of a result; what may be shown, and the code, come to about 25 MB


@dataclass(frozen=True)
class Task:
    """Everything that a grade depends on, but for this package itself.

    seconds: how long one cell may take.
    """

    assignment: str
    source: str
    seed: int
    handed: Handed
    seconds: float
    isolation: Isolation

    def to_bytes(self) -> bytes:
        handed = self.handed
        record = {
            "assignment": self.assignment,
            "source": self.source,
            "seed": self.seed,
            "seconds": self.seconds,
            "isolation": self.isolation,
            "student": handed.student,
            "name": handed.name,
            "raw": base64.b64encode(handed.raw).decode("ascii"),
            "problem": handed.problem,
            "anomalies": list(handed.anomalies),
        }
        return json.dumps(record, sort_keys=True).encode()

    @staticmethod
    def from_bytes(data: bytes) -> "Task":
        record = json.loads(data)
        handed = Handed(
            record["student"],
            record["name"],
            base64.b64decode(record["raw"]),
            record["problem"],
            tuple(record["anomalies"]),
        )
        return Task(
            record["assignment"],
            record["source"],
            record["seed"],
            handed,
            record["seconds"],
            record["isolation"],
        )


def get_ready(assignment: str, libraries: Libraries | None) -> None:
    """What the first submission would have to wait for. A failure here is met again there."""
    with contextlib.suppress(Exception):
        if libraries is not None:
            from cnncourse.grading.sandbox import kernel, parent  # noqa: F401

            parent.begin(libraries)
        from cnncourse.grading import autograded  # noqa: F401
        from cnncourse.grading.course import find_exercises

        find_exercises(assignment)


def work(task: bytes) -> bytes:
    """Grade one submission. This is what an executor is given to call."""
    asked = Task.from_bytes(task)
    found = _assignment(asked.assignment, asked.source, asked.seed)
    result = grade_handed(found, asked.handed, asked.seconds, asked.isolation)
    data = to_bytes(result)
    if len(data) > LARGEST:
        trouble = f"Its result has {len(data):,} bytes; {LARGEST:,} are stored at most."
        small = unforeseen(found, result.student, trouble)
        isolation, seed, seconds = result.isolation, result.seed, result.seconds
        data = to_bytes(replace(small, isolation=isolation, seed=seed, seconds=seconds))
    return data


def to_bytes(result: Result) -> bytes:
    """A result with its notebook. The picture of where an array differs is in the notebook."""
    record = {
        "student": result.student,
        "verdicts": [
            {
                "exercise": verdict.exercise,
                "state": verdict.state,
                "points": verdict.points,
                "max_points": verdict.max_points,
                "message": verdict.message,
                "hint": verdict.hint,
                "misconception": verdict.misconception,
            }
            for verdict in result.verdicts
        ],
        "anomalies": list(result.anomalies),
        "isolation": result.isolation,
        "seed": result.seed,
        "seconds": round(result.seconds, 3),
        "notebook": result.notebook,
    }
    return json.dumps(record).encode()


def from_bytes(data: bytes) -> Result:
    """The result that `to_bytes` wrote. Raises ValueError for anything else."""
    try:
        record: dict[str, Any] = json.loads(data)
        verdicts = tuple(Verdict(**verdict) for verdict in record["verdicts"])
        return Result(
            record["student"],
            verdicts,
            tuple(record["anomalies"]),
            record["isolation"],
            record["seed"],
            _notebook(record["notebook"]),
            record["seconds"],
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"This is no stored result ({error}).") from None


def without_notebook(result: Result) -> Result:
    """What the lists of a long run keep: thousands of notebooks would fill the memory."""
    return replace(result, notebook=None)


def _notebook(record: Any) -> Any:
    from nbformat import from_dict

    return None if record is None else cast(Any, from_dict(record))


@lru_cache(maxsize=4)
def _assignment(name: str, source: str, seed: int) -> Assignment:
    from cnncourse.grading.course import find_exercises

    return make_assignment(name, source, find_exercises(name), seed)
