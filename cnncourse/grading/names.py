"""Which top-level names a cell defines and uses. Reads the text; runs nothing.

What was found out about a text is kept, as the lesson's own cells come with every submission.
"""

import ast
import re
import symtable
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

_HELD = 400_000  # characters of texts that are remembered; their syntax trees take far more
MOST_WORK = 1_000_000  # characters to read over again, as magics are translated one by one
_MOST_MAGICS = 500  # of a cell; IPython gives up there
_MAGIC = re.compile(r"^[ \t]*[%!?,;/]|=[ \t]*[%!]|\?", re.MULTILINE)

_T = TypeVar("_T")


class TooManyMagics(Exception):
    """Translating them would take minutes."""


def _kept(function: Callable[[str], _T]) -> Callable[[str], _T]:
    """Remember what a function found for a text, until it is too much: then forget it all."""
    found: dict[str, _T] = {}
    held = 0

    def ask(text: str) -> _T:
        nonlocal held
        if (known := found.get(text)) is not None:
            return known
        answer = function(text)
        if held > _HELD:
            found.clear()
            held = 0
        found[text] = answer
        held += len(text)
        return answer

    return ask


def parse(source: str) -> ast.Module | None:
    """The syntax tree of a cell, magics and shell lines translated, or None when it has none.

    Raises TooManyMagics.
    """
    return _tree(python(source))


@_kept
def python(source: str) -> str:
    """The source with magics and shell lines as the calls that they stand for.

    Raises TooManyMagics.
    """
    if _tree(source) is not None and "In [" not in source:
        return source  # magics are no Python; a prompt that was copied with its line can be
    if magic_work(source) > MOST_WORK:
        raise TooManyMagics("A cell has too many magics to be read")
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        return str(TransformerManager().transform_cell(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError, RuntimeError):
        return source


def magic_work(source: str) -> int:
    """How many characters it takes to translate its magics: each one reads the whole again."""
    if _tree(source) is not None:
        return 0
    return len(source) * min(sum(1 for _ in _MAGIC.finditer(source)), _MOST_MAGICS)


@_kept
def _tree(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


@_kept
def defined(source: str) -> frozenset[str]:
    """Functions, classes, imports and assigned names at the top level."""
    tree = parse(source)
    parts = (_defined(node, ast.walk(node)) for node in (tree.body if tree else ()))
    return frozenset[str]().union(*parts)


@_kept
def used(source: str) -> frozenset[str]:
    """Names that the source reads from outside: globals, not parameters or local variables."""
    return _used(python(source)) if parse(source) else frozenset()


@dataclass(frozen=True)
class Statement:
    """One statement at the top level of a cell. lines: the cell's."""

    node: ast.stmt
    lines: Sequence[str] = field(repr=False)

    @cached_property
    def text(self) -> str:
        """The statement without its comments."""
        try:
            return ast.unparse(self.node)
        except (RecursionError, ValueError):  # thousands of terms, or a number of thousand digits
            return "\n".join(self.lines[self.node.lineno - 1 : self.node.end_lineno])

    @cached_property
    def _nodes(self) -> tuple[ast.AST, ...]:
        return tuple(ast.walk(self.node))

    @cached_property
    def defined(self) -> frozenset[str]:
        """As `defined` of a source."""
        return _defined(self.node, self._nodes)

    @cached_property
    def used(self) -> frozenset[str]:
        """As `used` of a source."""
        return _used(self.text)

    @cached_property
    def imported(self) -> frozenset[str]:
        """Names that an import gives a value."""
        return self.defined if isinstance(self.node, (ast.Import, ast.ImportFrom)) else frozenset()

    @cached_property
    def filled(self) -> frozenset[str]:
        """Names into whose values it puts something: ``tools["x"] = …``, ``tools.append(…)``."""
        found: set[str] = set()
        for node in self._nodes:
            if isinstance(node, (ast.Attribute, ast.Subscript)) and not _read(node):
                found.add(_root(node))
            elif (
                isinstance(node, ast.Expr)
                and isinstance(node.value, ast.Call)
                and isinstance(node.value.func, ast.Attribute)  # a method, not print
            ):
                found.add(_root(node.value.func))
        return frozenset(found)

    @cached_property
    def changes_others(self) -> bool:
        """Whether it sets something in an object that is not its own: ``np.sum = …``, ``setattr``.

        Not what a method sets in its own object, or in one that the same statement has made.
        """
        local = {n.id for n in self._nodes if isinstance(n, ast.Name) and not _read(n)}
        local |= {n.arg for n in self._nodes if isinstance(n, ast.arg)}
        for node in self._nodes:
            if isinstance(node, ast.Call) and _is_setter(node.func):
                return True
            if isinstance(node, ast.Attribute) and not _read(node) and _root(node) not in local:
                return True
            if isinstance(node, ast.Subscript) and not _read(node) and _is_namespace(node.value):
                return True
        return False


@_kept
def statements(source: str) -> tuple[Statement, ...]:
    """The statements of a cell; none when it has no syntax tree."""
    tree = parse(source)
    if tree is None:
        return ()
    lines = re.split("\r\n?|\n", python(source))
    return tuple(Statement(node, lines) for node in tree.body)


def _defined(node: ast.stmt, nodes: Iterable[ast.AST]) -> frozenset[str]:
    """nodes: the statement and all that it consists of."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return frozenset({node.name})
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return frozenset((item.asname or item.name).split(".")[0] for item in node.names)
    names = (n for n in nodes if isinstance(n, ast.Name))
    return frozenset(n.id for n in names if isinstance(n.ctx, ast.Store))


def _used(text: str) -> frozenset[str]:
    try:
        tables = [symtable.symtable(text, "cell", "exec")]
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # parses, but does not compile
        return frozenset()
    found: set[str] = set()
    while tables:
        table = tables.pop()
        tables += table.get_children()
        top = table.get_type() == "module"
        found |= {
            s.get_name()
            for s in table.get_symbols()
            if s.is_referenced() and (top or s.is_global())
        }
    return frozenset(found)


def _is_setter(node: ast.expr) -> bool:
    """``setattr``, ``globals().update`` or ``sys.modules.update``."""
    if isinstance(node, ast.Name):
        return node.id == "setattr"
    if not isinstance(node, ast.Attribute) or node.attr != "update":
        return False
    return _is_globals(node.value) or _is_modules(node.value)


def _is_namespace(node: ast.expr) -> bool:
    """``globals()``, ``sys.modules`` or ``….__dict__``."""
    named = isinstance(node, ast.Attribute) and node.attr == "__dict__"
    return named or _is_globals(node) or _is_modules(node)


def _is_globals(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "globals"
        and not node.args
        and not node.keywords
    )


def _is_modules(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and node.attr == "modules"
        and isinstance(node.value, ast.Name)
        and node.value.id == "sys"
    )


def _read(node: ast.Name | ast.Attribute | ast.Subscript) -> bool:
    return isinstance(node.ctx, ast.Load)


def _root(node: ast.AST) -> str:
    """The name that a chain of attributes begins with."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""
