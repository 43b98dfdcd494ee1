"""Put a student's own cells into the released notebook, so that nothing else they did to it counts.

Every cell comes from the source. Of the submission only these are taken over: solution cells, extra
cells, and edited cells that are neither checks nor set-up. A deleted, copied, moved or edited check
cell therefore changes nothing.
"""

import ast
import builtins
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from cnncourse.checking.forbidden import injects
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
    answered = {id(cell): set(index.answers_defined(cell)) for cell in (*extras, *solutions)}
    found: list[str] = []
    promoted: set[int] = set()
    for name, position in index.exercises.items():
        stub, copies = index.cells[position], taken.copies.get(position, [])
        if any(_written(copy, stub) for copy in copies):
            continue
        answers = [cell for cell in extras if name in answered[id(cell)]]
        if not answers and not any(tidy(copy.source) == tidy(stub.source) for copy in copies):
            answers = [cell for cell in solutions if name in answered[id(cell)]]
        if answers:
            taken.copies[position] = [*copies, *answers]
            promoted |= {id(cell) for cell in answers}
            found.append(name)
    for anchor, cells in taken.extras.items():
        taken.extras[anchor] = [cell for cell in cells if id(cell) not in promoted]
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
    makers = _makers(names.defined(s.source) if s.role in _CODE else () for s in steps)
    wanted = [n for s in steps if s.own and s.role == "exercise" for n in names.used(s.source)]
    followed: set[int] = set()
    while wanted:
        making = makers.pop(wanted.pop(), [])
        if not any(chosen[i] for i in making):
            for i in making:
                chosen[i] = True
        leant = [i for i in making if chosen[i] and i not in followed]
        followed.update(leant)
        wanted += [n for i in leant for n in names.used(steps[i].source)]
    return [replace(step, run=run) for step, run in zip(steps, chosen, strict=True)]


def _makers(defined: Iterable[Iterable[str]]) -> dict[str, list[int]]:
    """By name, the numbers of those that define it. Made once: looking for each takes squares."""
    found: dict[str, list[int]] = {}
    for number, made in enumerate(defined):
        for name in made:
            found.setdefault(name, []).append(number)
    return found


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

    What changes a library or the builtins belongs to every answer: any of them may lean on it. So
    does what runs hidden text. Of the lesson's own cells the imports count that an answer uses.
    """
    answers = frozenset().union(*index.answers.values())
    own = [s for s in steps if s.own and s.role in ("extra", "plain", "demo", "exercise")]
    statements = [t for s in own if s.role != "exercise" for t in names.statements(s.source)]
    for step in own:
        if step.role == "exercise":
            # Other answers too: what one may use, another that calls it may not.
            several = len(names.defined(step.source) & answers) > 1
            parts = names.statements(step.source)
            statements += [t for t in parts if not (several and t.defined & answers)]
    helpers = _Helpers(statements)
    every = [t for s in own for t in names.statements(s.source)]
    patches = [t for t in every if _reaches_everywhere(t)]
    patched = frozenset[str]().union(*(t.used for t in patches))
    given = _Helpers([t for s in steps if not s.own for t in _imports(s)])
    seen = frozenset(dir(builtins)).union(*(_given(s) for s in steps if s.role in _CODE))
    merged: dict[str, _Helpers] = {}
    found = {}
    for step in steps:
        if step.role != "exercise":
            continue
        text = step.source
        mine = index.answers.get(step.exercise, frozenset())
        if step.own and names.defined(text) & (answers - mine):
            # A cell that answers several exercises: what belongs to this one.
            if text not in merged:
                merged[text] = _Helpers([*names.statements(text), *statements])
            text = merged[text].add_to("", mine)
        elif step.own:
            text = helpers.add_to(names.python(text), names.used(text))
        if step.own and patches:
            text = helpers.add_to("\n".join([text, *(t.text for t in patches)]), patched)
        if step.own and names.used(text) - seen:
            # A name that no cell is seen to give: any of their cells may have given it.
            text = "\n".join([text, *(t.text for t in statements)])
        if step.own:
            text = given.add_to(text, names.used(text) - names.defined(text))
        found[step.exercise] = text
    return found


def _reaches_everywhere(statement: names.Statement) -> bool:
    """Whether what a statement does may show in any answer."""
    if isinstance(statement.node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return statement.changes_others
    if isinstance(statement.node, ast.Delete):  # gives nobody anything
        return False
    if statement.text.startswith(("sys.stdout = ", "sys.stderr = ")):  # where print goes
        return False
    return statement.changes_others or injects(statement.text)


def _imports(step: Step) -> list[names.Statement]:
    """What a lesson's own cell imports, each name by itself."""
    found: list[ast.stmt] = []
    for node in _outside_functions(step):
        if isinstance(node, ast.Import):
            found += [ast.Import([item]) for item in node.names]
        elif isinstance(node, ast.ImportFrom):
            found += [ast.ImportFrom(node.module, [item], node.level) for item in node.names]
    return [t for node in found for t in names.statements(ast.unparse(node))]


def _given(step: Step) -> set[str]:
    """The names to which a cell may be seen to give a value, wherever at its top level."""
    found = set(names.defined(step.source))
    for node in _outside_functions(step):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            found |= {(item.asname or item.name).split(".")[0] for item in node.names}
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
            found |= {n for g in ast.walk(node) if isinstance(g, ast.Global) for n in g.names}
        elif isinstance(named := getattr(node, "name", None), str):
            found.add(named)  # of an exception, or of a pattern
    return found


def _outside_functions(step: Step) -> Iterator[ast.AST]:
    """The parts of a cell, those inside functions and classes apart."""
    tree = names.parse(step.source) if step.role in _CODE else None
    todo: list[ast.AST] = list(tree.body) if tree else []
    while todo:
        node = todo.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            todo += ast.iter_child_nodes(node)


class _Helpers:
    """Statements that an answer may lean on, by the names that they define."""

    def __init__(self, statements: Sequence[names.Statement]) -> None:
        self._statements = statements
        imported = frozenset[str]().union(*(t.imported for t in statements))
        self._makers = _makers(t.defined | (t.filled - imported) for t in statements)

    def add_to(self, source: str, wanted: frozenset[str]) -> str:
        """The source with the statements that make the wanted names, and what those lean on."""
        seen, known = set[int](), set(wanted)
        queue, more = sorted(wanted), [source]
        while queue:
            for number in self._makers.get(queue.pop(), ()):
                if number not in seen:
                    seen.add(number)
                    more.append(self._statements[number].text)
                    queue += sorted(self._statements[number].used - known)
                    known |= self._statements[number].used
        return "\n".join(more)
