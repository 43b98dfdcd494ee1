"""Which top-level names a cell defines and uses. Reads the text; runs nothing."""

import ast
import symtable
from functools import lru_cache


@lru_cache(maxsize=4096)
def parse(source: str) -> ast.Module | None:
    """The syntax tree of a cell, magics and shell lines translated, or None when it has none."""
    try:
        return ast.parse(python(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def python(source: str) -> str:
    """The source with magics and shell lines as the calls that they stand for."""
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        return str(TransformerManager().transform_cell(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return source


@lru_cache(maxsize=4096)
def defined(source: str) -> frozenset[str]:
    """Functions, classes, imports and assigned names at the top level."""
    tree = parse(source)
    found: set[str] = set()
    for node in tree.body if tree else []:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            found |= {(item.asname or item.name).split(".")[0] for item in node.names}
        else:
            stored = (n for n in ast.walk(node) if isinstance(n, ast.Name))
            found |= {n.id for n in stored if isinstance(n.ctx, ast.Store)}
    return frozenset(found)


@lru_cache(maxsize=4096)
def imported(source: str) -> frozenset[str]:
    """Names that an import at the top level gives a value."""
    tree = parse(source)
    lines = [n for n in (tree.body if tree else []) if isinstance(n, (ast.Import, ast.ImportFrom))]
    return frozenset((i.asname or i.name).split(".")[0] for n in lines for i in n.names)


@lru_cache(maxsize=4096)
def used(source: str) -> frozenset[str]:
    """Names that the source reads from outside: globals, not parameters or local variables."""
    tree = parse(source)
    if tree is None:
        return frozenset()
    try:
        tables = [symtable.symtable(ast.unparse(tree), "cell", "exec")]
    except (SyntaxError, ValueError, RecursionError):  # parses, and still does not compile
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


_SETTERS = ("setattr", "globals().update", "sys.modules.update")


@lru_cache(maxsize=4096)
def changes_others(statement: str) -> bool:
    """Whether it sets something in an object that is not its own: ``np.sum = …``, ``setattr``.

    Not what a method sets in its own object, or in one that the same statement has made.
    """
    tree = parse(statement)
    if tree is None:
        return False
    stored = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and not _read(n)}
    local = stored | {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in _SETTERS:
            return True
        if isinstance(node, ast.Attribute) and not _read(node) and _root(node) not in local:
            return True
        if isinstance(node, ast.Subscript) and not _read(node):
            held = ast.unparse(node.value)
            if held in ("globals()", "sys.modules") or held.endswith(".__dict__"):
                return True
    return False


@lru_cache(maxsize=4096)
def filled(statement: str) -> frozenset[str]:
    """Names into whose values it puts something: ``tools["x"] = …``, ``tools.append(…)``."""
    tree = parse(statement)
    found: set[str] = set()
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, (ast.Attribute, ast.Subscript)) and not _read(node):
            found.add(_root(node))
        elif (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Call)
            and isinstance(node.value.func, ast.Attribute)  # a method, not print
        ):
            found.add(_root(node.value.func))
    return frozenset(found)


def _read(node: ast.Name | ast.Attribute | ast.Subscript) -> bool:
    return isinstance(node.ctx, ast.Load)


def _root(node: ast.AST) -> str:
    """The name that a chain of attributes begins with."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""
