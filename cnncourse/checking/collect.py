"""Call the student's code on the cases and note what came out. Knows no right answer.

This is the half of a check that runs beside the student's code; `judge` is the other half.
"""

import linecache
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal

import numpy as np

from cnncourse.checking.exercise import Case, Kind, copy_plain
from cnncourse.checking.wire import Other, WireError, plain, printable, type_name

State = Literal["returned", "raised", "not attempted", "misused", "stopped"]
_STATES = ("returned", "raised", "not attempted", "misused", "stopped")


@dataclass(frozen=True)
class Answer:
    """What the student's code gave for one case.

    value: what it returned. error: "IndexError: …" in one line when it raised; `line` and `code`
    say where in the student's own cell. changed_input: it wrote into an array it was given.
    """

    state: State
    value: Any = None
    error: str = ""
    line: int = 0
    code: str = ""
    changed_input: bool = False


def collect(answer: Any, inputs: Sequence[Case], kind: Kind) -> list[Answer]:
    """The student's answers, one for each case, in order.

    Their exceptions become answers; an interrupt ends the collection with "stopped".
    """
    if answer is Ellipsis or (answer is None and kind != "function"):
        return [Answer("not attempted")] * len(inputs)
    if kind == "value":
        return [Answer("returned", plain(answer))] * len(inputs)
    if kind == "model":
        return _collect_model(answer, len(inputs))
    if not callable(answer):
        sentence = (
            f"check wants your function itself, and was given {_name(answer)}. Leave out the "
            "parentheses; if the name stands for something else by now, run the function's cell."
        )
        return [Answer("misused", error=sentence)] * len(inputs)
    answers: list[Answer] = []
    for case in inputs:
        answers.append(_call(answer, case))
        if answers[-1].state == "stopped":
            break
    return answers + [Answer("stopped")] * (len(inputs) - len(answers))


def to_plain(answers: Sequence[Answer]) -> list[dict[str, Any]]:
    """Answers as plain values for `wire.write`."""
    return [dict(vars(answer)) for answer in answers]


def from_plain(data: Any) -> list[Answer]:
    """Answers as read by `wire.read`. Raises WireError when they are not answers."""
    if not isinstance(data, list) or not all(isinstance(item, dict) for item in data):
        raise WireError("The answer file holds no list of answers.")
    answers = []
    for item in data:
        state = item.get("state")
        texts = [item.get("error"), item.get("code")]
        line = item.get("line")
        if state not in _STATES or not all(isinstance(t, str) for t in texts):
            raise WireError("The answer file holds something that is not an answer.")
        answers.append(
            Answer(
                state=state,
                value=item.get("value"),
                error=printable(str(texts[0])[:500]),
                line=line if isinstance(line, int) and 0 <= line < 10**6 else 0,
                code=printable(str(texts[1])[:200]),
                changed_input=item.get("changed_input") is True,
            )
        )
    return answers


def _call(function: Callable[..., Any], case: Case, keep: bool = False) -> Answer:
    args, kwargs = copy_plain((case.args, dict(case.kwargs)))
    try:
        value = function(*args, **kwargs)
    except KeyboardInterrupt:
        return Answer("stopped")
    except NotImplementedError as error:
        if _is_stub(error, function):
            return Answer("not attempted")
        return _raised(error, function)
    except BaseException as error:  # sys.exit() in a student's function must not end the check
        return _raised(error, function)
    changed = not _same(plain((args, kwargs)), plain((case.args, dict(case.kwargs))))
    # Without a copy, an answer that is (a view of) one array reused in every call would be lost.
    return Answer("returned", value if keep else plain(value), changed_input=changed)


def _collect_model(answer: Any, count: int) -> list[Answer]:
    from cnncourse.checking.models import describe_model

    if callable(answer) and not hasattr(answer, "layers"):
        # A function that builds the model: call it as any other answer.
        built = _call(answer, Case(), keep=True)
        if built.state != "returned":
            return [built] * count
        answer = built.value
    if answer is None:
        return [Answer("returned", None)] * count
    if not hasattr(answer, "layers"):
        return [Answer("returned", Other(type_name(answer)))] * count
    try:
        return [Answer("returned", describe_model(answer))] * count
    except Exception as error:
        return [_raised(error, None)] * count


def _raised(error: BaseException, function: Callable[..., Any] | None) -> Answer:
    line, code, helper = _student_line(error.__traceback__, function)
    kind = type_name(error) + (f" in `{helper}`" if helper else "")
    first = _first_line(error)
    return Answer("raised", error=f"{kind}: {first}" if first else kind, line=line, code=code)


def _first_line(error: BaseException) -> str:
    try:
        return printable((str(error).strip().splitlines() or [""])[0][:300])
    except BaseException:  # its own __str__ failed
        return ""


def _is_stub(error: NotImplementedError, function: Callable[..., Any]) -> bool:
    """Whether the function raises it itself: a helper that is still a stub is another matter."""
    code = getattr(function, "__code__", None)
    frames = list(traceback.walk_tb(error.__traceback__))
    return code is None or frames[-1][0].f_code is code


def _student_line(
    trace: TracebackType | None, function: Callable[..., Any] | None
) -> tuple[int, str, str]:
    """Line and text of the deepest line in the function's own cell, and the helper it called.

    The helper is the student's function in which the exception arose, "" when it is this one.
    """
    here = getattr(getattr(function, "__code__", None), "co_filename", None)
    frames = [f for f in traceback.extract_tb(trace) if f.filename == here or is_cell(f.filename)]
    if not frames or frames[-1].lineno is None:
        return _where_it_begins(trace, function)
    # "Line 2 of your cell" must be a line of the cell that is checked, not of an earlier one.
    last = next((f for f in reversed(frames) if f.filename == here), frames[-1])
    line = (last.lineno or 0) + (last.filename == _TIMED)
    deepest = frames[-1].name
    helper = deepest if deepest.isidentifier() and deepest != frames[0].name else ""
    return line, linecache.getline(last.filename, line).strip()[:120], helper


def _where_it_begins(
    trace: TracebackType | None, function: Callable[..., Any] | None
) -> tuple[int, str, str]:
    """The line of its `def`, where the function was not even entered: its parameters do not fit."""
    code = getattr(function, "__code__", None)
    entered = trace is not None and trace.tb_next is not None
    if code is None or entered or not is_cell(code.co_filename):
        return 0, "", ""
    line = code.co_firstlineno
    return line, linecache.getline(code.co_filename, line).strip()[:120], ""


_TIMED = "<timed exec>"  # a cell below %%time: its lines are counted without that one


def is_cell(filename: str) -> bool:
    """Whether code of that file name was typed into a notebook's cell."""
    return "ipykernel_" in filename or filename.startswith("<ipython-input")


def _name(value: Any) -> str:
    name = type_name(value)
    return f"an {name}" if name[:1].lower() in "aeiou" else f"a {name}"


def _same(first: Any, second: Any) -> bool:
    if isinstance(first, np.ndarray) or isinstance(second, np.ndarray):
        return (
            isinstance(first, np.ndarray)
            and isinstance(second, np.ndarray)
            and first.shape == second.shape
            and first.dtype == second.dtype
            and first.tobytes() == second.tobytes()
        )
    if isinstance(first, (tuple, list)) and isinstance(second, (tuple, list)):
        return len(first) == len(second) and all(map(_same, first, second))
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        return first.keys() == second.keys() and all(_same(first[k], second[k]) for k in first)
    return bool(first == second) or (first is second)
