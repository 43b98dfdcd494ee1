"""What can be wrong with a lesson's text, found without running it."""

import ast
import builtins
import re
import symtable
from collections import Counter
from collections.abc import Iterator, Sequence

from cnncourse.authoring.alt import markdown_without_alt
from cnncourse.authoring.declarations import Declarations
from cnncourse.authoring.lesson import TAGS, Lesson, LessonCell, LessonError, Problem, parse
from cnncourse.authoring.notebooks import checked_names, student_source
from cnncourse.authoring.stub import (
    BEGIN,
    END,
    defined_names,
    normal_lines,
    signatures,
    solution_lines,
)

_LONG_ENOUGH = 24  # characters of a single line that nobody writes twice by chance


def points_of(lesson: Lesson, declared: Declarations) -> dict[str, float]:
    """The points of a lesson's exercises. Raises LessonError for a name that is not declared."""
    found = {}
    for cell in lesson.cells:
        name = cell.exercise or cell.check
        if name:
            try:
                found[name] = declared.points_of(name)
            except KeyError as error:
                raise LessonError(Problem(lesson.place(cell), _unknown(name, error))) from None
    return found


def blocking_problems(lesson: Lesson, declared: Declarations) -> list[Problem]:
    """The problems that leave nothing sensible to build."""
    found = [*_repeats(lesson), *_unknown_names(lesson, declared)]
    return found or _stub_errors(lesson)


def lesson_problems(lesson: Lesson, declared: Declarations) -> list[Problem]:
    """Every rule that a lesson's text breaks."""
    stubs = _stub_errors(lesson)
    found = [
        *_keys_and_tags(lesson),
        *_repeats(lesson),
        *_pairs(lesson),
        *_unknown_names(lesson, declared),
        *_declared(lesson, declared),
        *_headings(lesson, declared),
        *_told(lesson),
        *_checks(lesson),
        *stubs,
        *_pictures(lesson),
        *_demos(lesson),
    ]
    if not stubs:
        found += _stubs(lesson)
    return found


def course_problems(lessons: Sequence[Lesson]) -> list[Problem]:
    """What is wrong between lessons: a name that two of them use."""
    owners: dict[str, Lesson] = {}
    found = []
    for lesson in lessons:
        for cell in lesson.cells:
            if cell.name and owners.setdefault(cell.name, lesson) is not lesson:
                message = (
                    f"grade_id '{cell.name}' is also used in {owners[cell.name].file}; "
                    "names are unique in the course."
                )
                found.append(Problem(lesson.place(cell), message))
    return found


def undeclared_lessons(known: Sequence[str], declared: Declarations) -> list[Problem]:
    """Lessons that have exercises and no text."""
    return [
        Problem(f"solutions/{name}.py", f"is missing, but cnncourse.exercises has {names}.")
        for name in declared.lessons()
        if name not in known
        for names in [", ".join(repr(item) for item in declared.declared_in(name))]
    ]


def signature_problems(place: str, student: str, expected: str) -> list[Problem]:
    """Where a student's cell has another interface than the stub that its solution gives."""
    try:
        given, wanted = signatures(student), signatures(expected)
    except SyntaxError as error:
        return [Problem(place, f"the student's cell is not Python ({error.msg}).")]
    found = []
    for name, signature in wanted.items():
        if name not in given:
            found.append(Problem(place, f"the student's cell lacks {signature}."))
        elif given[name] != signature:
            message = f"the stub reads {given[name]}, its solution {signature}."
            found.append(Problem(place, message))
    return found


def leak_problems(
    place: str, cell: LessonCell, others: Sequence[tuple[str, str]], own: str, expected: str
) -> list[Problem]:
    """Where a solution's text can be read in the student's version.

    others: (place, source) of the student's other cells. own: the student's version of this cell.
    expected: what that should be; its lines, signatures among them, are the student's to see.
    """
    found = []
    shown = set(normal_lines(own)) - set(normal_lines(expected))
    for block in solution_lines(cell.source):
        telling = [line for line in block if len(line) >= _LONG_ENOUGH]
        leaked = [line for line in telling if line in shown]
        if leaked:
            message = f"the solution's {leaked[0]!r} stands in the student's cell."
            found.append(Problem(place, message))
        if len(block) < 2 and not telling:
            continue  # `return x` may well stand somewhere else
        for where, source in others:
            if _contains(normal_lines(source), block):
                message = f"its solution can be read in the student's version, {where}."
                found.append(Problem(place, message))
    return found


def _contains(lines: list[str], block: list[str]) -> bool:
    size = len(block)
    return any(lines[i : i + size] == block for i in range(len(lines) - size + 1))


def _keys_and_tags(lesson: Lesson) -> Iterator[Problem]:
    for cell in lesson.cells:
        place = lesson.place(cell)
        for key in cell.extra:
            message = (
                f"'{key}' in the '# %%' line is not known; there are exercise=\"…\", check=\"…\""
                + (" and tags=[…].")
            )
            yield Problem(place, message)
        for tag in cell.tags:
            if tag not in TAGS:
                message = f"tag '{tag}' is not known; there are {', '.join(sorted(TAGS))}."
                yield Problem(place, message)
        if cell.name and ("demo" in cell.tags or "reveal" in cell.tags):
            message = (
                "an exercise or check cannot be tagged demo or reveal: it would not be graded."
            )
            yield Problem(place, message)
        if not cell.exercise and any(
            BEGIN in line or END in line for line in cell.source.splitlines()
        ):
            message = (
                f"'# {BEGIN}' or '# {END}' in a cell that is no exercise; write exercise=\"…\"."
            )
            yield Problem(place, message)


def _repeats(lesson: Lesson) -> list[Problem]:
    count = Counter(cell.name for cell in lesson.cells if cell.name)
    found = []
    for cell in lesson.cells:
        if count.pop(cell.name, 0) > 1:
            places = [f"line {c.line}" for c in lesson.cells if c.name == cell.name]
            message = f"grade_id '{cell.name}' is used more than once ({', '.join(places)})."
            found.append(Problem(lesson.place(cell), message))
    return found


def _pairs(lesson: Lesson) -> Iterator[Problem]:
    where = {cell.exercise: cell for cell in reversed(lesson.exercise_cells())}
    for cell in lesson.cells:
        if cell.exercise and not lesson.check_cells(cell.exercise):
            message = f"has no check cell; add one that begins '# %% check=\"{cell.exercise}\"'."
            yield Problem(lesson.place(cell), message)
        if cell.check and cell.check not in where:
            message = f"has no exercise cell; add one that begins '# %% exercise=\"{cell.check}\"'."
            yield Problem(lesson.place(cell), message)
        elif cell.check and cell.index < where[cell.check].index:
            yield Problem(lesson.place(cell), "stands before its exercise.")


def _unknown_names(lesson: Lesson, declared: Declarations) -> list[Problem]:
    found = {}
    for cell in lesson.cells:
        name = cell.exercise or cell.check
        if name and name not in found:
            try:
                declared.points_of(name)
            except KeyError as error:
                found[name] = Problem(lesson.place(cell), _unknown(name, error))
    return list(found.values())


def _unknown(name: str, error: KeyError) -> str:
    said = str(error)
    detail = said if " " in said else f"there is no exercise called '{name}'."
    return f"not declared in cnncourse.exercises: {detail}"


def _declared(lesson: Lesson, declared: Declarations) -> Iterator[Problem]:
    here = [cell.exercise for cell in lesson.exercise_cells()]
    missing = [repr(name) for name in declared.declared_in(lesson.name) if name not in here]
    if missing:
        message = f"lacks what cnncourse.exercises declares for it: {', '.join(missing)}."
        yield Problem(lesson.file, message)
    for cell in lesson.exercise_cells():
        try:
            owner = declared.lesson_of(cell.exercise)
        except KeyError:
            continue
        if owner != lesson.name:
            yield Problem(lesson.place(cell), f"cnncourse.exercises declares it for {owner}.")


def _headings(lesson: Lesson, declared: Declarations) -> Iterator[Problem]:
    form = '"### Exercise 2 · One window, one number · 2 points"'
    number = 0
    waiting = 0  # headings since the last exercise cell
    for cell in lesson.cells:
        for line in cell.malformed_headings():
            yield Problem(lesson.place(cell), f"the heading {line!r} is not of the form {form}.")
        for heading in cell.headings():
            number += 1
            waiting += 1
            if heading.number != number:
                message = f"'Exercise {heading.number}' is number {number} of this lesson."
                yield Problem(lesson.place(cell), message)
            if (heading.unit == "point") != (heading.points == 1):
                message = f"'{heading.points:g} {heading.unit}': write '1 point', else 'points'."
                yield Problem(lesson.place(cell), message)
        if cell.exercise:
            if waiting != 1:
                message = (
                    f"has no heading of its own above it; write {form}."
                    if not waiting
                    else f"has {waiting} exercise headings above it; one of them has no exercise."
                )
                yield Problem(lesson.place(cell), message)
            waiting = 0
            named = lesson.heading_of(cell)
            try:
                points = declared.points_of(cell.exercise)
            except KeyError:
                continue
            if named and named.points != points:
                message = (
                    f"the heading says {named.points:g} points, cnncourse.exercises {points:g}."
                )
                yield Problem(lesson.place(cell), message)
    if waiting:
        yield Problem(lesson.file, "the last exercise heading has no exercise cell below it.")


_TOLD = re.compile(r"\b(\w+) exercises?, (\d+) points?\b")
_NUMBERS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty"
)


def _told(lesson: Lesson) -> Iterator[Problem]:
    """What the introduction says of all exercises: "eleven exercises, 16 points"."""
    headings = [heading for cell in lesson.cells for heading in cell.headings()]
    points = sum(heading.points for heading in headings)
    count = len(headings)
    word = dict(enumerate(_NUMBERS.split(), start=1)).get(count, str(count))
    for cell in lesson.cells:
        for said in _TOLD.finditer(cell.source) if cell.kind == "markdown" else ():
            if said[1].lower() not in (word, str(count)) or float(said[2]) != points:
                message = f"says {said[0]!r}; it has {word}, with {points:g} points."
                yield Problem(lesson.place(cell), message)


def _checks(lesson: Lesson) -> Iterator[Problem]:
    for cell in lesson.cells:
        if not cell.check:
            continue
        place = lesson.place(cell)
        asked = [name for name in _asked(cell) if name]
        if asked != [cell.check]:
            said = " and ".join(f'check("{name}", …)' for name in asked) or "no check at all"
            message = f'the cell must call check("{cell.check}", …) once, and calls {said}.'
            yield Problem(place, message)
        mine: set[str] = set()
        for exercise in lesson.exercise_cells():
            if exercise.exercise == cell.check:
                mine |= set(defined_names(parse(exercise.source) or ast.Module([], [])))
        given = checked_names(cell)
        if mine and not mine & set(given):
            names = ", ".join(sorted(mine))
            message = (
                f"checks {', '.join(given) or 'nothing'}, but its exercise cell defines {names}."
            )
            yield Problem(place, message)
        above: set[str] = set()
        for other in lesson.cells[: cell.index]:
            if other.kind == "code" and "demo" not in other.tags:
                above |= set(defined_names(parse(other.source) or ast.Module([], [])))
        for name in given:
            if name not in above | mine and not hasattr(builtins, name):
                yield Problem(place, f"uses '{name}', which no cell above it defines.")


def _asked(check: LessonCell) -> list[str]:
    """The first arguments of the cell's calls of check()."""
    tree = parse(check.source)
    return [
        str(call.args[0].value) if call.args and isinstance(call.args[0], ast.Constant) else ""
        for call in (ast.walk(tree) if tree else ())
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "check"
    ]


def _stub_errors(lesson: Lesson) -> list[Problem]:
    found = []
    for cell in lesson.exercise_cells():
        try:
            student_source(lesson, cell)
        except LessonError as error:
            found.append(error.problem)
    return found


def _stubs(lesson: Lesson) -> Iterator[Problem]:
    """The stubs against their solutions, and solutions against all that the student sees."""
    sources = {
        cell.index: student_source(lesson, cell) if cell.exercise else cell.source
        for cell in lesson.cells
    }
    for cell in lesson.exercise_cells():
        place = lesson.place(cell)
        solved = signatures(cell.source)
        for name, signature in signatures(sources[cell.index]).items():
            if solved.get(name) != signature:
                message = f"the stub reads {signature}, its solution {solved.get(name)}."
                yield Problem(place, message)
        left = defined_names(ast.parse(sources[cell.index]))
        for check in lesson.check_cells(cell.exercise):
            missing = set(checked_names(check)) & set(defined_names(ast.parse(cell.source)))
            for name in sorted(missing - set(left)):
                yield Problem(place, f"the check uses '{name}', which the stub no longer defines.")
        others = [
            (_where(lesson, other), sources[other.index])
            for other in lesson.cells
            if other is not cell
        ]
        own = sources[cell.index]
        yield from leak_problems(place, cell, others, own, own)


def _where(lesson: Lesson, cell: LessonCell) -> str:
    if cell.name:
        return f"in cell '{cell.name}'"
    return f"in the cell of line {cell.line}" if cell.line else f"in cell {cell.index}"


def _pictures(lesson: Lesson) -> Iterator[Problem]:
    for cell in lesson.cells:
        if cell.kind == "markdown":
            for found in markdown_without_alt(cell.source):
                yield Problem(lesson.place(cell), f"{found}; say in one sentence what it shows.")


def _demos(lesson: Lesson) -> Iterator[Problem]:
    """Graded runs leave demo cells out, so nothing else may need what they define."""
    shown: dict[str, LessonCell] = {}
    graded: set[str] = set()
    for cell in lesson.cells:
        if cell.kind != "code":
            continue
        names = set(defined_names(parse(cell.source) or ast.Module([], [])))
        if "demo" in cell.tags:
            for name in names:
                shown.setdefault(name, cell)
            continue
        for name in sorted(_global_names(cell.source)):
            if name in shown and name not in graded | names:
                message = (
                    f"needs '{name}', which only the demo cell of line {shown[name].line} defines; "
                    "grading does not run demo cells."
                )
                yield Problem(lesson.place(cell), message)
        graded |= names


def _global_names(source: str) -> set[str]:
    """The names that a cell looks up outside its functions' own variables."""
    tree = parse(source)
    if tree is None:
        return set()
    found: set[str] = set()

    def visit(table: symtable.SymbolTable) -> None:
        for symbol in table.get_symbols():
            if symbol.is_referenced() and (table.get_type() == "module" or symbol.is_global()):
                found.add(symbol.get_name())
        for child in table.get_children():
            visit(child)

    visit(symtable.symtable(ast.unparse(tree), "cell", "exec"))
    return found
