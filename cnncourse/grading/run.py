"""Run a rebuilt notebook and bring out the answers, losing none to another cell's misbehaviour."""

import contextlib
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cnncourse.checking import wire
from cnncourse.checking.collect import Answer, from_plain
from cnncourse.checking.exercise import Case, Exercise
from cnncourse.grading.kernel import (
    Budget,
    Isolation,
    Kernel,
    KernelError,
    Outcome,
    Workplace,
    open_kernel,
)
from cnncourse.grading.rebuild import Rebuilt, Step

_STARTS = 3  # tries to start one
RESTARTS = 8  # kernels that one submission may use up
SET_UP = 60  # seconds that the lesson's set-up cell has, whatever a cell's limit
BUDGET = 5  # a whole notebook may take this many times a cell's limit

# The lesson's own `check`, whatever the student's cells have put in its place. What crosses the
# boundary are answers only, so a replaced one could not gain a point; it would only lose some.
_FRESH_CHECK = "from cnncourse.exercises.check import check\n"


@dataclass
class Execution:
    """What came out: answers, or for an exercise without any, one sentence on why.

    outputs: by the step's position. incidents: what happened outside the exercises' own cells.
    """

    answers: dict[str, list[Answer]] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    outputs: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    incidents: list[str] = field(default_factory=list)


def execute(
    rebuilt: Rebuilt,
    exercises: Sequence[Exercise],
    questions: Mapping[str, Sequence[Case]],
    seconds: float,
    isolation: Isolation = "sandbox",
) -> Execution:
    """Run the notebook's cells one by one, each for at most ``seconds``.

    A cell that ends the kernel is left out, and the others are run once more without it.
    Raises KernelError when no kernel starts.
    """
    from cnncourse.exercises.check import write_questions

    with Workplace() as place:
        for exercise in exercises:
            cases = tuple(questions[exercise.name])
            path = place.inbox / f"{exercise.name}.npz"
            write_questions(path, exercise.kind, cases)
            path.chmod(0o644)  # whatever the grader's umask
        attempt = _Attempt(rebuilt.steps, seconds)
        own = [step.template.source for step in rebuilt.steps if step.template is not None]
        for _ in range(RESTARTS):
            with _started(lambda: open_kernel(place, isolation, own)) as kernel:
                if attempt.run(kernel):
                    break
        else:
            attempt.give_up(f"its cells ended the kernel {RESTARTS} times")
        return attempt.result


@contextlib.contextmanager
def _started(make: Callable[[], AbstractContextManager[Kernel]]) -> Iterator[Kernel]:
    """A kernel; a machine that is short of something for a moment gets a second chance."""
    for left in reversed(range(_STARTS)):
        with contextlib.ExitStack() as stack:
            try:
                kernel = stack.enter_context(make())
            except KernelError:
                if not left:
                    raise
                time.sleep(0.5)
                continue
            yield kernel
            return


class _Attempt:
    def __init__(self, steps: Sequence[Step], seconds: float) -> None:
        self.result = Execution()
        self._steps = steps
        self._seconds = seconds
        self._deadline = time.monotonic() + BUDGET * seconds
        self._left_out: set[int] = set()
        self._shown = Budget()
        self._errors: dict[str, str] = {}  # what an exercise's own cell raised

    def run(self, kernel: Kernel) -> bool:
        """Run what is still to be run; False when the kernel did not survive it."""
        for position, step in enumerate(self._steps):
            if not step.run or position in self._left_out or self._settled(step):
                continue
            left = self._deadline - time.monotonic()
            if left <= 0:
                self.give_up(f"the notebook had used its {BUDGET * self._seconds:g} seconds")
                return True
            if step.role == "setup":
                outcome = self._set_up(kernel, position, step)
            else:
                outcome = self._run_cell(kernel, position, step, min(self._seconds, left))
            if not outcome.alive:
                return False
        return True

    def _set_up(self, kernel: Kernel, position: int, step: Step) -> Outcome:
        """The lesson's own imports: a slow machine must not take that time from the student."""
        start = time.monotonic()
        outcome = self._run_cell(kernel, position, step, max(self._seconds, SET_UP))
        self._deadline += time.monotonic() - start
        return outcome

    def give_up(self, why: str) -> None:
        for step in self._steps:
            if step.role == "check" and not self._settled(step):
                self.result.problems[step.exercise] = f"This was not reached: {why}."

    def _settled(self, step: Step) -> bool:
        """Whether a check has had its turn already, in a kernel that ended later."""
        done = step.exercise in self.result.answers or step.exercise in self.result.problems
        return step.role == "check" and done

    def _run_cell(self, kernel: Kernel, position: int, step: Step, seconds: float) -> Outcome:
        if step.role == "check":
            _empty(kernel.outbox)
        code = _FRESH_CHECK + step.source if step.role == "check" else step.source
        outcome = kernel.run(code, seconds)
        self.result.outputs[position] = self._shown.keep(position, outcome.outputs)
        if outcome.state != "done":
            self._left_out.add(position)
            self._note(step, _sentence(step, outcome, seconds))
        elif step.role == "check":
            self._read(kernel, step, outcome)
        elif step.role == "exercise" and outcome.error:
            self._errors[step.exercise] = outcome.error
        return outcome

    def _note(self, step: Step, sentence: str) -> None:
        if step.exercise:
            self.result.problems[step.exercise] = sentence
        else:
            self.result.incidents.append(f"{sentence} It was left out.")

    def _read(self, kernel: Kernel, step: Step, outcome: Outcome) -> None:
        path = kernel.outbox / f"{step.exercise}.npz"
        try:
            self.result.answers[step.exercise] = from_plain(wire.read(path))
        except FileNotFoundError:
            self.result.problems[step.exercise] = self._silence(step, outcome)
        except wire.WireError as error:
            self.result.problems[step.exercise] = f"The answer could not be read. {error}"

    def _silence(self, step: Step, outcome: Outcome) -> str:
        if raised := self._errors.get(step.exercise):
            return f"No answer came out: your cell stopped with {raised}."
        if outcome.error:
            return f"No answer came out: the check stopped with {outcome.error}."
        return "No answer came out: the check wrote none."


def _sentence(step: Step, outcome: Outcome, seconds: float) -> str:
    cell = {
        "exercise": "Your cell",
        "check": "Your code, when the check called it,",
        "setup": "The lesson's set-up cell",
    }.get(step.role, "An extra cell")
    first = next((line.strip() for line in step.source.splitlines() if line.strip()), "")
    if step.role not in ("exercise", "check", "setup"):
        cell = f"{cell} (it begins `{wire.printable(first[:60])}`)"
    if outcome.state == "timeout":
        return f"{cell} did not finish within {seconds:.3g} seconds."
    if outcome.state == "left":
        return f"{cell} called exit() or quit(), which ends the notebook."
    if outcome.why:
        return f"{cell} was stopped: {outcome.why}."
    return f"{cell} ended the Python process (os._exit, a crash, or too much memory)."


def _empty(outbox: Path) -> None:
    """Take away what lies there, so that an answer read afterwards is this check's own.

    Answers are read as they come: whatever is lost or planted here costs one exercise at most.
    """
    with contextlib.suppress(OSError):
        descriptor = os.open(outbox, os.O_RDONLY | os.O_DIRECTORY)
        try:
            for name in os.listdir(descriptor):  # noqa: PTH208
                _remove(name, descriptor)
        finally:
            os.close(descriptor)


def _remove(name: str, folder: int) -> None:
    try:
        os.unlink(name, dir_fd=folder)
    except OSError:  # a folder
        with contextlib.suppress(OSError):
            shutil.rmtree(name, dir_fd=folder)  # follows no links
