"""Every exercise accepts right answers, names wrong ones, and kills mutants of its reference."""

import signal
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

import pytest
from mutants import mutants
from survivors import SURVIVORS

from cnncourse import exercises
from cnncourse.checking.collect import collect, from_plain, to_plain
from cnncourse.checking.exercise import PUBLIC_SEED, Exercise
from cnncourse.checking.judge import judge
from cnncourse.checking.verdict import Verdict

SEEDS = (PUBLIC_SEED, 1, 99)  # the public one, and two that a grader might draw
EVERY = [pytest.param(exercises.get(name), id=name) for name in exercises.names()]


def grade(exercise: Exercise, solve: Callable[..., Any], seed: int = PUBLIC_SEED) -> Verdict:
    """The verdict on an answer, by the same way that a student's takes."""
    cases = exercise.make_cases(seed)
    if exercise.kind == "value":
        answers = collect(solve(), cases, exercise.kind)
    elif exercise.kind == "predictions":
        answers = [a for c in cases for a in collect(lambda *_, c=c: solve(c), [c], exercise.kind)]
    else:
        answers = collect(solve, cases, exercise.kind)
    return judge(exercise, cases, from_plain(to_plain(answers)))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("exercise", EVERY)
def test_reference_and_alternatives_pass(exercise: Exercise, seed: int) -> None:
    assert exercise.alternatives, "an exercise needs at least one other right answer"
    for name, solve in {"reference": exercise.reference, **exercise.alternatives}.items():
        verdict = grade(exercise, solve, seed)
        assert verdict.state == "passed", f"{name}: {verdict!r}"
        assert verdict.points == exercise.points


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("exercise", EVERY)
def test_misconceptions_fail_and_are_named(exercise: Exercise, seed: int) -> None:
    assert len(exercise.misconceptions) >= 4
    for known in exercise.misconceptions:
        verdict = grade(exercise, known.wrong, seed)
        assert verdict.state in ("failed", "error"), f"{known.name} passes: {verdict!r}"
        assert verdict.points < exercise.points
        assert verdict.misconception == known.name, f"{known.name} is taken for {verdict!r}"
        assert known.says in verdict.text


@pytest.mark.parametrize("exercise", EVERY)
def test_words_of_the_hints(exercise: Exercise) -> None:
    for known in exercise.misconceptions:
        assert len(known.says.split()) <= 25, known.name
        assert len(f"{known.says} {known.more}".split()) <= 160, known.name
        assert known.more, f"{known.name} has no next step"


@pytest.mark.parametrize("exercise", EVERY)
def test_unfilled_is_not_attempted(exercise: Exercise) -> None:
    def stub(*args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError

    cases = exercise.make_cases()
    answer = ... if exercise.kind == "value" else stub
    verdict = judge(exercise, cases, collect(answer, cases, exercise.kind))
    assert (verdict.state, verdict.points) == ("not attempted", 0)


@pytest.mark.parametrize("exercise", EVERY)
def test_trivial_answers_earn_nothing(exercise: Exercise) -> None:
    """None, 0, an empty list, a text and an array of zeros are never worth a point."""
    import numpy as np

    for value in (None, 0, [], "?", np.zeros((3, 3))):
        cases = exercise.make_cases()
        answer = value if exercise.kind == "value" else lambda *a, v=value, **k: v
        verdict = judge(exercise, cases, collect(answer, cases, exercise.kind))
        assert verdict.points == 0, f"{value!r} earns {verdict.points}"
        assert verdict.message


@contextmanager
def time_limit(seconds: int) -> Any:
    """Ends a mutant that never ends."""

    def stop(*_: Any) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize(
    "exercise", [p for p in EVERY if p.values[0].kind in ("function", "value")]
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_mutants_of_the_reference_are_killed(exercise: Exercise) -> None:
    planted = mutants(exercise.reference)
    alive = []
    for mutant in planted:
        try:
            with time_limit(5):
                verdict = grade(exercise, mutant.function)
        except Exception:
            continue  # a value that cannot be computed is not an answer
        if verdict.state == "passed":
            alive.append(f"line {mutant.line}: {mutant.change}")
    justified = SURVIVORS.get(exercise.name, {})
    assert not [m for m in alive if m not in justified], "unexplained survivors"
    assert sorted(justified) == sorted(set(alive)), "a listed survivor is dead: take it off"
    assert len(alive) <= 0.05 * len(planted), f"{len(alive)} of {len(planted)} survive: {alive}"
