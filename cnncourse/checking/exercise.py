"""What an exercise is: its cases, its right answer, other right answers and known wrong ones."""

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

Kind = Literal["function", "value", "model", "predictions"]
PUBLIC_SEED = 2014  # the student's instant check always asks the same questions


@dataclass(frozen=True)
class Case:
    """One input of an exercise.

    label: a few words the student reads ("stride 2, 7×5×3").
    part: the part of the points this case belongs to.
    truth: the hidden right answer of a "predictions" case; it never leaves the grader.
    """

    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    label: str = ""
    part: str = "all"
    truth: Any = None


@dataclass(frozen=True)
class Misconception:
    """A known wrong answer and what a good teaching assistant says about it.

    wrong: called as the reference is called; returns what a student with this mistake would.
    says: the first line of the hint, at most 25 words. more: a next step and a question.
    """

    name: str
    wrong: Callable[..., Any]
    says: str
    more: str = ""


@dataclass(frozen=True)
class Exercise:
    """An exercise, declared once for the check, the grader, the tests and the report.

    kind: "function" is called on every case; "value" and "model" are one answer; "predictions"
    is called on every case and judged by its accuracy against ``case.truth``.
    reference and alternatives: called with a case's arguments ("function"), with nothing
    ("value", "model") or with the case itself ("predictions"); so is every misconception.
    parts: points for each part; a part is earned when all of its cases pass.
    forbids: dotted names that the student's source may not use ("np.convolve", "scipy").
    rtol, atol: tolerance for numbers with a fraction. threshold: the accuracy that passes.
    accepts: one sentence on what an answer must be, for answers of the wrong type.
    """

    name: str
    title: str
    lesson: str
    kind: Kind
    cases: Callable[[np.random.Generator], Sequence[Case]]
    reference: Callable[..., Any]
    parts: Mapping[str, float]
    alternatives: Mapping[str, Callable[..., Any]]
    misconceptions: Sequence[Misconception]
    forbids: Sequence[str] = ()
    hints: Sequence[str] = ()
    rtol: float = 1e-4
    atol: float = 1e-5
    threshold: float = 0.0
    accepts: str = ""

    def __post_init__(self) -> None:
        if not self.name.isidentifier():
            raise ValueError(f"An exercise's name must be an identifier, not {self.name!r}.")
        if not self.parts or min(self.parts.values()) <= 0:
            raise ValueError(f"Exercise {self.name!r}: every part needs points above zero.")
        names = [m.name for m in self.misconceptions]
        if len(set(names)) != len(names):
            raise ValueError(f"Exercise {self.name!r}: a misconception's name repeats in {names}.")

    @property
    def points(self) -> float:
        """What the whole exercise is worth."""
        return sum(self.parts.values())

    def make_cases(self, seed: int = PUBLIC_SEED) -> tuple[Case, ...]:
        """The cases for a seed: the same seed gives the same questions.

        Raises ValueError when cases and parts do not fit together.
        """
        rng = np.random.default_rng([seed, zlib.crc32(self.name.encode())])
        cases = tuple(self.cases(rng))
        if {case.part for case in cases} != set(self.parts):
            raise ValueError(
                f"Exercise {self.name!r}: cases belong to {sorted({c.part for c in cases})}, "
                f"points to {sorted(self.parts)}."
            )
        return cases

    def answer(self, solve: Callable[..., Any], case: Case) -> Any:
        """What ``solve`` (the reference, an alternative, a misconception) answers for a case."""
        if self.kind in ("value", "model"):
            return solve()
        if self.kind == "predictions":
            return solve(case)
        args, kwargs = copy_plain((case.args, dict(case.kwargs)))
        return solve(*args, **kwargs)


def copy_plain(value: Any) -> Any:
    """A deep copy of nested tuples, lists, dicts and arrays; other values as they are."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, tuple):
        return tuple(copy_plain(item) for item in value)
    if isinstance(value, list):
        return [copy_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: copy_plain(item) for key, item in value.items()}
    return value
