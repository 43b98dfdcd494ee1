"""Put a student's own cells into the released notebook, so that nothing else they did to it counts.

Every cell comes from the source. Of the submission only these are taken over: solution cells, extra
cells, and edited cells that are neither checks nor set-up. A deleted, copied, moved or edited check
cell therefore changes nothing.
"""

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from cnncourse.grading import names
from cnncourse.grading.notebooks import Cell

Role = Literal["text", "setup", "demo", "plain", "exercise", "check", "extra", "note"]
_CODE = ("setup", "demo", "plain", "exercise", "extra")
_CHECK_CALL = re.compile(r"""\A\s*check\(\s*["'](\w+)["']\s*,[^\n]*\)\s*\Z""")


@dataclass(frozen=True)
class Step:
    """A cell of the rebuilt notebook.

    own: the text is the student's. run: it is executed. template: the source cell it stands for.
    """

    role: Role
    source: str
    run: bool
    exercise: str = ""
    own: bool = False
    template: Cell | None = None


@dataclass(frozen=True)
class Rebuilt:
    """The notebook to run, each exercise's own source, and what was irregular, in sentences."""

    steps: tuple[Step, ...]
    sources: Mapping[str, str]
    anomalies: tuple[str, ...]


@dataclass
class _Taken:
    """What the submission holds for each source cell, and the cells that are theirs alone."""

    copies: dict[int, list[Cell]] = field(default_factory=dict)
    extras: dict[int, list[Cell]] = field(default_factory=dict)
    order: list[int] = field(default_factory=list)
    anomalies: list[str] = field(default_factory=list)
    unmarked: int = 0


def rebuild(source: Sequence[Cell], submitted: Sequence[Cell]) -> Rebuilt:
    """The source with the student's cells in it."""
    index = _Index(source)
    taken = _sort_out(index, submitted)
    _promote(index, taken)
    steps: list[Step] = [_extra(cell) for cell in taken.extras.get(-1, ())]
    for position, cell in enumerate(source):
        copies = taken.copies.get(position, [])
        steps += _steps(index, position, cell, copies, taken.anomalies)
        steps += [_extra(extra) for extra in taken.extras.get(position, ())]
    steps = _rest_demos(steps)
    _describe(index, taken, submitted)
    return Rebuilt(tuple(steps), _sources(index, steps), tuple(dict.fromkeys(taken.anomalies)))


class _Index:
    """The source's cells by every name that a copy of them may still carry."""

    def __init__(self, source: Sequence[Cell]) -> None:
        self.cells = list(source)
        self.roles = [role(cell) for cell in source]
        self.by_grade = {c.grade_id: i for i, c in enumerate(source) if c.grade_id}
        self.by_id = {c.id: i for i, c in enumerate(source) if c.id}
        self.by_text = {
            (c.kind, tidy(c.source)): i for i, c in enumerate(source) if c.source.strip()
        }
        self.exercises: dict[str, int] = {}
        self.checks: dict[str, int] = {}
        self.answers: dict[str, frozenset[str]] = {}  # the names that a check is called with
        for i, cell in enumerate(source):
            if self.roles[i] == "check":
                name = exercise_of(cell)
                self.checks[name] = i
                self.answers[name] = names.used(cell.source) - {"check"} or frozenset({name})
            elif self.roles[i] == "exercise":
                self.exercises[cell.grade_id] = i

    def answers_defined(self, cell: Cell) -> list[str]:
        """The exercises whose answer this cell defines."""
        found = names.defined(cell.source)
        return [n for n, wanted in self.answers.items() if wanted & found and n in self.exercises]

    def find(self, cell: Cell) -> int | None:
        """The source cell of which this is a copy, edited or not."""
        position = self.by_grade.get(cell.grade_id) if cell.grade_id else None
        if position is None and cell.id:
            position = self.by_id.get(cell.id)
        if position is None and cell.source.strip():
            position = self.by_text.get((cell.kind, tidy(cell.source)))
        if position is None and cell.kind == "code" and (call := _CHECK_CALL.match(cell.source)):
            position = self.checks.get(call.group(1))
        if position is not None and self.roles[position] == "check":
            # An answer written into a copy of a check cell is an answer.
            answered = self.answers_defined(cell)
            return self.exercises[answered[0]] if answered else position
        if position is not None and self.roles[position] == "exercise":
            return position
        if position is not None and self.cells[position].kind != cell.kind:
            return None
        return position


def role(cell: Cell) -> Role:
    """What a source cell is for."""
    if cell.kind != "code":
        return "text"
    if cell.graded and not cell.solution:
        return "check"
    if cell.solution:
        return "exercise"
    if "setup" in cell.tags:
        return "setup"
    return "demo" if "demo" in cell.tags else "plain"


def exercise_of(check: Cell) -> str:
    """The exercise that a check cell belongs to."""
    return check.grade_id.removeprefix("check_")


def tidy(source: str) -> str:
    """Source without the white space that editors add or take away."""
    return "\n".join(line.rstrip() for line in source.strip("\n").split("\n"))


def _sort_out(index: _Index, submitted: Sequence[Cell]) -> _Taken:
    taken, anchor = _Taken(), -1
    for cell in submitted:
        position = index.find(cell)
        if position is None:
            if cell.source.strip():
                taken.extras.setdefault(anchor, []).append(cell)
            continue
        anchor = position
        taken.order.append(position)
        taken.copies.setdefault(position, []).append(cell)
        if index.cells[position].grade_id and not cell.grade_id:
            taken.unmarked += 1
    return taken


def _promote(index: _Index, taken: _Taken) -> None:
    """Answers that stand in an extra cell, while the exercise's own cell is empty or gone.

    A cell may answer several exercises: it then stands in the place of each.
    """
    extras = [c for cells in taken.extras.values() for c in cells if c.kind == "code"]
    solutions = [c for p in index.exercises.values() for c in taken.copies.get(p, ())]
    found: list[str] = []
    promoted: list[Cell] = []
    for name, position in index.exercises.items():
        stub, copies = index.cells[position], taken.copies.get(position, [])
        if any(_written(copy, stub) for copy in copies):
            continue
        answers = [cell for cell in extras if name in index.answers_defined(cell)]
        if not answers and not any(tidy(copy.source) == tidy(stub.source) for copy in copies):
            answers = [cell for cell in solutions if name in index.answers_defined(cell)]
        if answers:
            taken.copies[position] = [*copies, *answers]
            promoted += answers
            found.append(name)
    for anchor, cells in taken.extras.items():
        taken.extras[anchor] = [c for c in cells if not any(c is p for p in promoted)]
    if found:
        which = ", ".join(found)
        taken.anomalies.append(
            f"Answers stood in cells of their own and were graded there: {which}."
        )


def _written(copy: Cell, original: Cell) -> bool:
    """Whether a copy holds something that the student wrote: not the stub, not only comments."""
    if tidy(copy.source) == tidy(original.source):
        return False
    tree = names.parse(copy.source)
    return bool(copy.source.strip()) and (tree is None or bool(tree.body))


def _steps(
    index: _Index, position: int, cell: Cell, copies: list[Cell], anomalies: list[str]
) -> list[Step]:
    kind = index.roles[position]
    own = [copy for copy in copies if _written(copy, cell)]
    if kind == "text":
        notes = [c for c in copies if tidy(c.source) != tidy(cell.source) and c.source.strip()]
        return [Step("text", cell.source, False, template=cell), *(_extra(c) for c in notes)]
    if kind == "check":
        return [Step("check", cell.source, True, exercise_of(cell), template=cell)]
    if kind == "setup":
        # Theirs runs too, after ours: an import they added there must not cost them their points.
        step = Step("setup", cell.source, True, template=cell)
        return [step, *(Step("extra", c.source, True, own=True) for c in own)]
    if kind == "exercise":
        text = _join(cell.grade_id, own, anomalies) if own else cell.source
        return [Step("exercise", text, True, cell.grade_id, bool(own), cell)]
    if not own:
        return [Step(kind, cell.source, kind == "plain", template=cell)]
    first, *more = own
    steps = [Step(kind, first.source, True, own=True, template=cell)]
    return steps + [_extra(copy) for copy in more]


def _join(name: str, parts: list[Cell], anomalies: list[str]) -> str:
    """One text of the pieces and copies of a solution cell; in a copy, what comes last counts."""
    if any(part.kind != "code" for part in parts):
        anomalies.append(f"The cell of {name!r} was turned into text; it was graded as code.")
    if len(parts) == 1:
        return parts[0].source
    anomalies.append(f"The cell of {name!r} was split or copied; {len(parts)} pieces were joined.")
    joined = "\n".join(part.source for part in parts)
    if names.parse(joined) is None:
        sound = [part.source for part in parts if names.parse(part.source) is not None]
        if sound:
            return "\n".join(sound)
    return joined


def _rest_demos(steps: Sequence[Step]) -> list[Step]:
    """Of the demos only those run that define what an answer needs."""
    needed: set[str] = set()
    for step in steps:
        if step.own and step.role in ("exercise", "extra", "plain"):
            needed |= names.used(step.source)
    chosen = [s.run and (s.role != "demo" or bool(_new_names(s) & needed)) for s in steps]
    # Then the lesson's own demos, as far as an answer leans on a name that only they define.
    wanted = [n for s in steps if s.own and s.role == "exercise" for n in names.used(s.source)]
    seen: set[str] = set()
    while wanted:
        name = wanted.pop()
        if name in seen:
            continue
        seen.add(name)
        makers = [i for i, s in enumerate(steps) if s.role in _CODE and name in _defines(s)]
        if not any(chosen[i] for i in makers):
            for i in makers:
                chosen[i] = True
        wanted += [n for i in makers if chosen[i] for n in names.used(steps[i].source)]
    return [replace(step, run=run) for step, run in zip(steps, chosen, strict=True)]


def _defines(step: Step) -> frozenset[str]:
    return names.defined(step.source)


def _new_names(step: Step) -> frozenset[str]:
    original = names.defined(step.template.source) if step.template else frozenset[str]()
    return names.defined(step.source) - original if step.own else frozenset[str]()


def _extra(cell: Cell) -> Step:
    if cell.kind == "code":
        return Step("demo" if "demo" in cell.tags else "extra", cell.source, True, own=True)
    return Step("note", cell.source, False, own=True)


def _describe(index: _Index, taken: _Taken, submitted: Sequence[Cell]) -> None:
    """The irregularities that matter to whoever looks at the submission by hand."""
    say = taken.anomalies.append
    known = [p for p in (*index.exercises.values(), *index.checks.values()) if p in taken.copies]
    if submitted and not known:
        say("None of the lesson's exercises are in this notebook: is it another lesson's?")
        return
    for name, position in index.exercises.items():
        if position not in taken.copies:
            say(f"The cell of {name!r} was deleted; it counts as not attempted.")
    for name, position in index.checks.items():
        copies = taken.copies.get(position, [])
        if not copies:
            say(f"The check cell of {name!r} was deleted; it was put back.")
        elif any(tidy(c.source) != tidy(index.cells[position].source) for c in copies):
            say(f"The check cell of {name!r} was edited; the lesson's own was run.")
        if len(copies) > 1:
            say(f"The check cell of {name!r} was there {len(copies)} times; it was run once.")
    for position, kind in enumerate(index.roles):
        if kind == "setup" and any(
            _written(c, index.cells[position]) for c in taken.copies.get(position, ())
        ):
            say("The set-up cell was edited; the lesson's own was run, and theirs after it.")
    gone = [
        i
        for i, kind in enumerate(index.roles)
        if kind in ("setup", "plain") and i not in taken.copies
    ]
    if gone:
        say(f"{len(gone)} of the lesson's other code cells were deleted; they were put back.")
    if taken.unmarked:
        say(f"{taken.unmarked} cells had lost nbgrader's marks; they were recognised all the same.")
    firsts = list(dict.fromkeys(p for p in taken.order if index.roles[p] != "text"))
    if firsts != sorted(firsts):
        say("Cells stood in another order; the lesson's order was restored.")


def _sources(index: _Index, steps: Sequence[Step]) -> dict[str, str]:
    """For each exercise the student's own text: the cell, and the helpers it leans on elsewhere.

    What changes a library or the builtins belongs to every answer: any of them may lean on it.
    """
    answers = frozenset().union(*index.answers.values())
    own = [s for s in steps if s.own and s.role in ("extra", "plain", "demo", "exercise")]
    helpers = [s.source for s in own if s.role != "exercise"]
    for step in own:
        if step.role == "exercise":
            # A helper in another exercise's cell, but not that exercise's answer.
            helpers += [t for t in _statements(step.source) if not names.defined(t) & answers]
    patches = [t for s in own for t in _statements(s.source) if names.changes_others(t)]
    found = {}
    for step in steps:
        if step.role == "exercise":
            text = _own_text(index, step, helpers) if step.own else step.source
            if step.own and patches:
                wanted = frozenset().union(*map(names.used, patches))
                text = _with_helpers("\n".join([text, *patches]), wanted, helpers)
            found[step.exercise] = text
    return found


def _own_text(index: _Index, step: Step, helpers: Sequence[str]) -> str:
    """The cell as it is; of a cell that answers several exercises, what belongs to this one."""
    answers = index.answers.get(step.exercise, frozenset())
    if names.defined(step.source) & (frozenset().union(*index.answers.values()) - answers):
        return _with_helpers("", answers, [step.source, *helpers])
    return _with_helpers(names.python(step.source), names.used(step.source), helpers)


def _with_helpers(source: str, wanted: frozenset[str], helpers: Sequence[str]) -> str:
    statements = [node for text in helpers for node in _statements(text)]
    imported = {name for text in statements for name in names.imported(text)}
    makers: dict[str, list[int]] = {}
    for number, text in enumerate(statements):
        for name in names.defined(text) | (names.filled(text) - imported):
            makers.setdefault(name, []).append(number)
    seen, queue, more = set[int](), sorted(wanted), [source]
    while queue:
        for number in makers.pop(queue.pop(), ()):
            if number not in seen:
                seen.add(number)
                more.append(statements[number])
                queue += names.used(statements[number])
    return "\n".join(more)


def _statements(source: str) -> list[str]:
    tree = names.parse(source)
    try:
        return [ast.unparse(node) for node in tree.body] if tree else []
    except (RecursionError, ValueError):  # thousands of terms, or a number of thousands of digits
        return []
