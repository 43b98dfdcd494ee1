"""Which forbidden functions a student's source uses. Reads the text; runs nothing."""

import ast
from collections.abc import Sequence

_USUAL = {"np": "numpy", "tf": "tensorflow", "sp": "scipy", "plt": "matplotlib.pyplot"}


def forbidden_uses(source: str, forbids: Sequence[str]) -> list[tuple[str, int]]:
    """``(name as written, line)`` for every use of a forbidden dotted name, in order.

    A name covers what lies below it: "scipy" covers ``scipy.signal.convolve2d``. Source that is
    not Python gives an empty list: running it will say so better.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return []
    banned = {_full(name, _USUAL) for name in forbids}
    aliases, found = dict(_USUAL), []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for item in node.names:
                name = item.asname or item.name.split(".")[0]
                aliases[name] = item.name if item.asname else name
                found += _hits(item.name, item.name, node.lineno, banned)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for item in node.names:
                full = f"{node.module}.{item.name}"
                aliases[item.asname or item.name] = full
                found += _hits(full, full, node.lineno, banned)
    own = _names_of_their_own(tree)
    for node in ast.walk(tree):
        if isinstance(node, (ast.Attribute, ast.Name)):
            written = _dotted(node)
            if written and written.split(".")[0] not in own:
                found += _hits(_full(written, aliases), written, node.lineno, banned)
    return sorted(_outermost(found), key=lambda use: use[1])


def _names_of_their_own(tree: ast.AST) -> set[str]:
    """Names that the source gives a value itself: a counter called ``ops`` is no library."""
    stored = {
        n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    return stored | {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}


def _hits(full: str, written: str, line: int, banned: set[str]) -> list[tuple[str, int]]:
    parts = full.split(".")
    prefixes = {".".join(parts[: n + 1]) for n in range(len(parts))}
    return [(written, line)] if prefixes & banned else []


def _dotted(node: ast.expr) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def _full(name: str, aliases: dict[str, str]) -> str:
    first, _, rest = name.partition(".")
    first = aliases.get(first, first)
    return f"{first}.{rest}" if rest else first


def _outermost(found: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """One entry a use: of ``np.convolve`` and the ``np`` inside it, the longer."""
    unique = list(dict.fromkeys(found))
    return [
        (name, line)
        for name, line in unique
        if not any(o != name and o.startswith(name + ".") and at == line for o, at in unique)
    ]
