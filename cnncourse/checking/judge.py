"""Compare the answers that came out of the student's code with the right ones.

Runs in the grader, or in the notebook for the instant check; never needs the student's code.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from cnncourse.checking.collect import Answer
from cnncourse.checking.compare import Difference, compare, describe
from cnncourse.checking.diagnose import diagnose_error
from cnncourse.checking.exercise import Case, Exercise, Misconception
from cnncourse.checking.forbidden import forbidden_uses
from cnncourse.checking.verdict import Verdict, VerdictState

_NUMERIC = (int, float, np.ndarray, np.generic)


def judge(
    exercise: Exercise,
    cases: Sequence[Case],
    answers: Sequence[Answer],
    source: str | None = None,
) -> Verdict:
    """The verdict on one exercise.

    cases: as made by ``exercise.make_cases``. answers: one a case, as `collect` gives them.
    source: the student's cell, looked through for forbidden functions when it is given.
    """
    if len(answers) != len(cases):
        return _verdict(
            exercise, "error", 0, f"{len(answers)} answers came out for {len(cases)} cases."
        )
    if all(answer.state == "not attempted" for answer in answers):
        return _verdict(
            exercise, "not attempted", 0, "Nothing to check yet: fill in the cell above."
        )
    if source is not None and (uses := forbidden_uses(source, exercise.forbids)):
        name, line = uses[0]
        return _verdict(
            exercise,
            "failed",
            0,
            f"This exercise is by hand, and line {line} uses `{name}`.",
            hint="Write the arithmetic yourself: loops, slices and sums of NumPy arrays are fine.",
        )
    differences = [
        _difference(exercise, case, answer) for case, answer in zip(cases, answers, strict=True)
    ]
    points = _points(exercise, cases, differences)
    if all(difference is None for difference in differences):
        return _verdict(exercise, "passed", points, _praise(exercise, cases, answers))
    return _explain(exercise, cases, answers, differences, points)


def _difference(exercise: Exercise, case: Case, answer: Answer) -> Difference | None:
    if answer.state == "not attempted":
        return Difference("your function raises NotImplementedError here")
    if answer.state == "misused":
        return Difference(answer.error)
    if answer.state == "stopped":
        return Difference("your code was stopped before it gave an answer")
    if answer.state == "raised":
        code = f": `{answer.code}`" if answer.code else ""
        where = f" (line {answer.line} of your cell{code})" if answer.line else ""
        return Difference(f"your code raised {answer.error}{where}", diagnose_error(answer.error))
    if exercise.kind == "predictions":
        return _compare_predictions(exercise, case, answer.value)
    expected = exercise.answer(exercise.reference, case)
    if exercise.kind == "model":
        from cnncourse.checking.models import compare_models

        return compare_models(expected, answer.value)
    difference = compare(expected, answer.value, exercise.rtol, exercise.atol)
    if difference is not None and difference.unspoken and exercise.kind == "value":
        # The one value asked for is the answer: a wrong guess must not be told the right one.
        return replace(difference, sentence=difference.unspoken)
    return difference


def _compare_predictions(exercise: Exercise, case: Case, got: Any) -> Difference | None:
    truth = np.asarray(case.truth)
    try:
        labels = np.asarray(got)
    except ValueError:
        labels = np.empty(0)
    if got is None or labels.dtype.kind not in "biuf" or labels.shape != truth.shape:
        return Difference(
            f"expected one label for each of the {len(truth)} inputs, got {describe(got)}"
        )
    accuracy = float(np.mean(labels == truth))
    if accuracy >= exercise.threshold:
        return None
    return Difference(
        f"{accuracy:.1%} of the {len(truth)} hidden labels are right; "
        f"{exercise.threshold:.1%} are needed",
        "The form is right, so it is the labels themselves that need work.",
    )


def _points(
    exercise: Exercise, cases: Sequence[Case], differences: Sequence[Difference | None]
) -> float:
    missed = {c.part for c, d in zip(cases, differences, strict=True) if d is not None}
    return sum(points for part, points in exercise.parts.items() if part not in missed)


def _praise(exercise: Exercise, cases: Sequence[Case], answers: Sequence[Answer]) -> str:
    message = f"All {len(cases)} cases pass." if len(cases) > 1 else "Right."
    if exercise.kind == "predictions":
        shares = [np.mean(a.value == c.truth) for a, c in zip(answers, cases, strict=True)]
        message = (
            f"{min(shares):.1%} of the hidden labels are right; {exercise.threshold:.1%} pass."
        )
    if any(answer.changed_input for answer in answers):
        message += " (Your function writes into the array it is given; better leave it as it was.)"
    return message


def _explain(
    exercise: Exercise,
    cases: Sequence[Case],
    answers: Sequence[Answer],
    differences: Sequence[Difference | None],
    points: float,
) -> Verdict:
    wrong = [i for i, difference in enumerate(differences) if difference is not None]
    first = wrong[0]
    difference = differences[first]
    assert difference is not None
    state: VerdictState = "failed"
    if all(answers[i].state in ("raised", "stopped", "misused") for i in wrong):
        state = "error"
    if answers[first].state == "misused":
        return _verdict(exercise, state, points, difference.sentence)
    message = _sentence(cases[first], difference, len(cases), len(cases) - len(wrong))
    known = _recognise(exercise, cases, answers)
    hint = known.says if known else difference.clue
    if not hint and answers[first].changed_input:
        hint = (
            "Your function writes into the array it is given. A slice is no copy: changing it "
            "changes the array too."
        )
    if not hint and len(cases) > 1 and _always_the_same(answers):
        hint = (
            "Your answer is the same in every case: does your function use its inputs, or "
            "variables of the notebook?"
        )
    if not hint and answers[first].state == "returned" and difference.wrong is None:
        hint = f"The answer must be {exercise.accepts}." if exercise.accepts else ""
    return Verdict(
        exercise=exercise.name,
        state=state,
        points=points,
        max_points=exercise.points,
        message=message,
        hint=hint,
        misconception=known.name if known else "",
        wrong=_plane(difference),
    )


def _sentence(case: Case, difference: Difference, count: int, passed: int) -> str:
    text = difference.sentence
    if count == 1:
        return f"{text[:1].upper()}{text[1:]}."
    label = f" ({case.label})" if case.label else ""
    return f"{passed} of {count} cases pass. The first that does not{label}: {text}."


def _recognise(
    exercise: Exercise, cases: Sequence[Case], answers: Sequence[Answer]
) -> Misconception | None:
    """The misconception whose answers coincide with the student's in every case."""
    for known in exercise.misconceptions:
        pairs = zip(cases, answers, strict=True)
        if all(_coincides(exercise, known, case, answer) for case, answer in pairs):
            return known
    return None


def _coincides(exercise: Exercise, known: Misconception, case: Case, answer: Answer) -> bool:
    try:
        value = exercise.answer(known.wrong, case)
    except Exception as error:
        return answer.state == "raised" and _error_name(answer) == type(error).__name__
    if answer.state != "returned":
        return False
    if value is None or answer.value is None:
        return value is answer.value
    if exercise.kind == "model":
        from cnncourse.checking.models import compare_models

        return compare_models(value, answer.value) is None
    if exercise.kind == "predictions" and _alike(value, answer.value, case.truth):
        return True
    return compare(value, answer.value, exercise.rtol, exercise.atol) is None


def _always_the_same(answers: Sequence[Answer]) -> bool:
    if any(a.state != "returned" or not isinstance(a.value, _NUMERIC) for a in answers):
        return False
    return all(np.array_equal(a.value, answers[0].value) for a in answers)


def _error_name(answer: Answer) -> str:
    return answer.error.split(":")[0].split(" in ")[0]


def _alike(value: Any, got: Any, truth: Any) -> bool:
    """Whether predictions make the same mistake: the same odd shape, or nearly the same labels.

    No network reproduces a mistake to the last label, as a formula does.
    """
    try:
        value, got, truth = np.asarray(value), np.asarray(got), np.asarray(truth)
    except ValueError:
        return False
    if value.shape != got.shape or got.dtype.kind not in "biuf":
        return False
    return value.shape != truth.shape or bool(np.mean(value == got) >= 0.9)


def _plane(difference: Difference) -> np.ndarray | None:
    """The rows × columns of the mask that hold the first difference.

    Channels-last: of (H, W, C) the channel, of (N, H, W, C) the image and the channel.
    """
    wrong, index = difference.wrong, difference.index
    if wrong is None or wrong.ndim == 0 or wrong.size < 2:
        return None
    index = index[-wrong.ndim :]
    if wrong.ndim == 1:
        return wrong[np.newaxis]
    if wrong.ndim == 2:
        return wrong
    if wrong.ndim == 3:
        return wrong[:, :, index[2]]
    if wrong.ndim == 4:
        return wrong[index[0], :, :, index[3]]
    return None


def _verdict(
    exercise: Exercise, state: VerdictState, points: float, message: str, hint: str = ""
) -> Verdict:
    return Verdict(exercise.name, state, points, exercise.points, message, hint)
