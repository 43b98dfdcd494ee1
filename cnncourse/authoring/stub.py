"""From a solved exercise cell to what the student sees: signatures stay, answers go.

Solutions stand between the comment lines ``# BEGIN SOLUTION`` and ``# END SOLUTION``, as in
nbgrader. nbgrader replaces them by one fixed text; here the student keeps the signature and the
docstring, and the error of an unwritten function says which exercise it belongs to.
"""

import ast
import io
import re
import tokenize
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

BEGIN, END = "BEGIN SOLUTION", "END SOLUTION"
_FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
_DEFINITION = (*_FUNCTION, ast.ClassDef)
ANSWER = "# your answer"


class StubError(ValueError):
    """An exercise cell that cannot be turned into a student's version; says why."""


@dataclass(frozen=True)
class Region:
    """The lines between two markers. `begin` and `end` are the markers' own lines, 1-based."""

    begin: int
    end: int

    def holds(self, node: ast.stmt) -> bool:
        return self.begin < _first_line(node) and (node.end_lineno or 0) < self.end

    def touches(self, node: ast.stmt) -> bool:
        return _first_line(node) < self.end and self.begin < (node.end_lineno or 0)


def regions(source: str) -> list[Region]:
    """The solution regions of a cell, in order. Raises StubError for unpaired or nested markers."""
    found = []
    begin = 0
    for number, line in enumerate(source.splitlines(), 1):
        marker = BEGIN if BEGIN in line else END if END in line else ""
        if not marker:
            continue
        if not line.lstrip().startswith("#"):
            raise StubError(
                f"line {number} of the cell: '{marker}' must be a comment line of its own."
            )
        if marker == BEGIN:
            if begin:
                raise StubError(
                    f"'# {BEGIN}' in lines {begin} and {number} with no '# {END}' between."
                )
            begin = number
        elif not begin:
            raise StubError(f"'# {END}' in line {number} of the cell has no '# {BEGIN}' before it.")
        else:
            found.append(Region(begin, number))
            begin = 0
    if begin:
        raise StubError(f"'# {BEGIN}' in line {begin} of the cell has no '# {END}' after it.")
    return found


def stub(source: str, keep: Collection[str], task: Callable[[str], str]) -> str:
    """The student's version of an exercise cell.

    source: the solved cell. keep: the names that the check uses; of a region outside functions only
    these stay. task: from a function's qualified name to the text of its NotImplementedError.

    A region inside a function becomes one ``raise``; functions and classes inside a region keep
    signature and docstring; other names become ``name = ...  # your answer``. Everything outside
    the markers is kept as it is. Raises StubError when the cell cannot be turned into a stub.
    """
    found = regions(source)
    if not found:
        raise StubError(
            f"has no '# {BEGIN}' … '# {END}' lines: nothing is left for the student to do."
        )
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        raise StubError(
            f"line {error.lineno} of the cell is not plain Python ({error.msg}); "
            "an exercise cell has no magics."
        ) from None
    lines = source.splitlines()
    out: list[str] = []
    position = 0
    for region in found:
        out += lines[position : region.begin - 1]
        out += _replacement(source, tree, region, keep, task)
        position = region.end
    out += lines[position:]
    text = "\n".join(out).strip("\n")
    try:
        ast.parse(text)
    except SyntaxError as error:
        raise StubError(
            f"what the student would see is not Python ({error.msg}, line {error.lineno} of it)."
        ) from None
    return text


def _replacement(
    source: str,
    tree: ast.Module,
    region: Region,
    keep: Collection[str],
    task: Callable[[str], str],
) -> list[str]:
    held, parents = _statements(tree, region)
    indent = " " * held[0].col_offset
    path = [node.name for node in parents if isinstance(node, _DEFINITION)]
    if any(isinstance(node, _FUNCTION) for node in parents):
        return [f"{indent}{_raise(task, path)}"]
    out: list[str] = []
    in_class = bool(parents) and isinstance(parents[-1], ast.ClassDef)
    named: set[str] = set()
    for node in held:
        if isinstance(node, _DEFINITION):
            if in_class or node.name in keep:
                if out:
                    out += ["", ""] if not indent else [""]
                out += _definition(source, node, path, task)
                named.add(node.name)
            continue
        for name in _stored([node]):
            if (in_class or name in keep) and name not in named:
                out.append(f"{indent}{name} = ...  {ANSWER}")
                named.add(name)
    if not out and parents:
        out.append(f"{indent}...  {ANSWER}")  # the body of an `if` or `with` cannot be empty
    return out


def _statements(tree: ast.Module, region: Region) -> tuple[list[ast.stmt], list[ast.AST]]:
    """The statements between the markers and the blocks around them, outermost first."""
    lost = StubError(
        f"the markers in lines {region.begin} and {region.end} of the cell must stand around "
        "whole statements of one block."
    )

    def look(
        body: Sequence[ast.stmt], parents: list[ast.AST]
    ) -> tuple[list[ast.stmt], list[ast.AST]]:
        held = [node for node in body if region.holds(node)]
        cut = [node for node in body if region.touches(node) and not region.holds(node)]
        if not cut:
            return held, parents
        if held or len(cut) > 1:
            raise lost
        for inner in _bodies(cut[0]):
            if any(region.touches(node) for node in inner):
                return look(inner, [*parents, cut[0]])
        return [], parents

    held, parents = look(tree.body, [])
    if not held:
        raise lost
    # A statement such as `else:` has no node of its own, so make sure that no block was cut in two.
    for parent in parents:
        if len([body for body in _bodies(parent) if any(region.touches(n) for n in body)]) > 1:
            raise lost
    return held, parents


def _bodies(node: ast.AST) -> list[list[ast.stmt]]:
    bodies = [getattr(node, field, []) for field in ("body", "orelse", "finalbody")]
    for field in ("handlers", "cases"):
        bodies += [inner.body for inner in getattr(node, field, [])]
    return [body for body in bodies if isinstance(body, list) and body]


def _definition(
    source: str, node: ast.stmt, path: Sequence[str], task: Callable[[str], str]
) -> list[str]:
    """A function or class of the solution with everything but its interface removed."""
    assert isinstance(node, _DEFINITION)
    lines = source.splitlines()
    start = _first_line(node)
    stop, column = _colon(source, node)
    out = [*lines[start - 1 : stop - 1], lines[stop - 1][: column + 1]]
    indent = " " * (node.col_offset + 4)
    here = [*path, node.name]
    if ast.get_docstring(node, clean=False) is not None:
        text = ast.get_source_segment(source, node.body[0]) or ""
        out += f"{indent}{text}".splitlines()
    if isinstance(node, _FUNCTION):
        return [*out, f"{indent}{_raise(task, here)}"]
    size = len(out)
    for inner in node.body:
        if isinstance(inner, _DEFINITION):
            out += [*([""] if len(out) > size else []), *_definition(source, inner, here, task)]
        elif isinstance(inner, ast.AnnAssign) and inner.value is None:
            out.append(f"{indent}{ast.get_source_segment(source, inner)}")
    return out if len(out) > size else [*out, f"{indent}...  {ANSWER}"]


def _colon(source: str, node: ast.stmt) -> tuple[int, int]:
    """Line (1-based) and column of the colon that ends a definition's header."""
    depth = 0
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.start < (node.lineno, 0) or token.type != tokenize.OP:
            continue
        depth += (token.string in "([{") - (token.string in ")]}")
        if token.string == ":" and depth == 0:
            return token.start
    raise AssertionError("a parsed definition has a colon")  # pragma: no cover


def _raise(task: Callable[[str], str], path: Sequence[str]) -> str:
    text = task(".".join(path)).replace("\\", "\\\\").replace('"', '\\"')
    return f'raise NotImplementedError("{text}")'


def _first_line(node: ast.stmt) -> int:
    decorators = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _stored(nodes: Sequence[ast.AST]) -> list[str]:
    """The names that statements bind in their own scope, in order and each once."""
    names: dict[str, None] = {}

    def visit(node: ast.AST) -> None:
        if isinstance(node, _DEFINITION):
            names.setdefault(node.name)
            return
        if isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                names.setdefault(alias.asname or alias.name.split(".")[0])
            return
        if isinstance(
            node, ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
        ):
            return
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.setdefault(node.id)
        for child in ast.iter_child_nodes(node):
            visit(child)

    for node in nodes:
        visit(node)
    return list(names)


def defined_names(tree: ast.AST) -> list[str]:
    """The names that a cell binds at its top level: functions, classes, imports, assignments."""
    return _stored(getattr(tree, "body", []))


def signatures(source: str) -> dict[str, str]:
    """Qualified name of each function and class of a cell -> its signature in a comparable form.

    Functions inside functions are the student's own affair and not listed.
    """
    found: dict[str, str] = {}

    def visit(body: Sequence[ast.stmt], prefix: str) -> None:
        for node in body:
            if isinstance(node, _FUNCTION):
                kind = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
                decorators = "".join(f"@{ast.unparse(item)} " for item in node.decorator_list)
                returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
                arguments = ast.unparse(node.args)
                found[prefix + node.name] = f"{decorators}{kind} {node.name}({arguments}){returns}"
            elif isinstance(node, ast.ClassDef):
                decorators = "".join(f"@{ast.unparse(item)} " for item in node.decorator_list)
                bases = ", ".join(ast.unparse(item) for item in [*node.bases, *node.keywords])
                found[prefix + node.name] = f"{decorators}class {node.name}({bases})"
                visit(node.body, f"{prefix}{node.name}.")
            else:
                for inner in _bodies(node):
                    visit(inner, prefix)

    visit(ast.parse(source).body, "")
    return found


def solution_lines(source: str) -> list[list[str]]:
    """For each region the statements' lines without blanks and comments: what must not leak."""
    lines = source.splitlines()
    return [normal_lines("\n".join(lines[r.begin : r.end - 1])) for r in regions(source)]


def normal_lines(text: str) -> list[str]:
    """Lines without white space, comments, docstrings' quotes or empty lines, to compare texts."""
    bare = (re.sub(r"\s+", "", re.sub(r"(^|\s)#.*$", "", line)) for line in text.splitlines())
    return [line for line in bare if line]
