"""Which top-level names a cell defines and uses. Reads the text; runs nothing."""

import ast
from functools import lru_cache


@lru_cache(maxsize=4096)
def parse(source: str) -> ast.Module | None:
    """The syntax tree of a cell, magics and shell lines translated, or None when it has none."""
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        return ast.parse(TransformerManager().transform_cell(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


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


def used(source: str) -> frozenset[str]:
    """Every name that is read anywhere in the source."""
    tree = parse(source)
    nodes = ast.walk(tree) if tree else ()
    return frozenset(n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load))
