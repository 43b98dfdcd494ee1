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
