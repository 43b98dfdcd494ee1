"""Which forbidden functions a student's source uses. Reads the text; runs nothing."""

import ast
from collections.abc import Sequence
from functools import lru_cache

_USUAL = {"np": "numpy", "tf": "tensorflow", "sp": "scipy", "plt": "matplotlib.pyplot"}


def forbidden_uses(source: str, forbids: Sequence[str]) -> list[tuple[str, int]]:
    """``(name as written, line)`` for every use of a forbidden dotted name, in order.

    A name covers what lies below it: "scipy" covers ``scipy.signal.convolve2d``. Source that is
    not Python gives an empty list: running it will say so better.
    """
    banned = {_full(name, _USUAL) for name in forbids}
    found = [(name, line) for full, name, line in _names(source) if _covered(full, banned)]
    return sorted(_outermost(found), key=lambda use: use[1])


@lru_cache(maxsize=64)
def _names(source: str) -> tuple[tuple[str, str, int], ...]:
    """Every dotted name that the source uses: in full, as written, and its line.

    Remembered: a notebook's helpers are read once for each of its exercises.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return ()
    aliases = dict(_USUAL)
    found: list[tuple[str, str, int]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for item in node.names:
                name = item.asname or item.name.split(".")[0]
                aliases[name] = item.name if item.asname else name
                found.append((item.name, item.name, node.lineno))
        elif isinstance(node, ast.ImportFrom) and node.module:
            for item in node.names:
                full = f"{node.module}.{item.name}"
                aliases[item.asname or item.name] = full
                found.append((full, full, node.lineno))
    own = _names_of_their_own(tree)
    for node in ast.walk(tree):
        if isinstance(node, (ast.Attribute, ast.Name)):
            written = _dotted(node)
            if written and written.split(".")[0] not in own:
                found.append((_full(written, aliases), written, node.lineno))
    return tuple(found)


def _names_of_their_own(tree: ast.AST) -> set[str]:
    """Names that the source gives a value itself: a counter called ``ops`` is no library."""
    stored = {
        n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    return stored | {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}


def _covered(full: str, banned: set[str]) -> bool:
    parts = full.split(".")
    return any(".".join(parts[: n + 1]) in banned for n in range(len(parts)))


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
