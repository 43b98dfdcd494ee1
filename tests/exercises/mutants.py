"""Small faults planted in a function's source, one at a time, as a typing error would."""

import ast
import copy
import inspect
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

_ARITHMETIC = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Add, ast.FloorDiv),
    ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Mult, ast.Div),
    ast.Pow: (ast.Mult,),
    ast.Mod: (ast.FloorDiv,),
    ast.MatMult: (),
}
_COMPARE = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt,),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt,),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
}
_CALLS = {
    "max": ("min", "mean"),
    "min": ("max",),
    "sum": ("max", "mean"),
    "mean": ("sum", "max"),
    "argmax": ("argmin",),
    "ceil": ("floor",),
    "floor": ("ceil",),
    "zeros": ("ones",),
    "flipud": ("fliplr",),
    "maximum": ("minimum",),
}


@dataclass(frozen=True)
class Mutant:
    """A changed function: what was changed, where, and the function itself."""

    change: str
    line: int
    function: Callable[..., Any]


def mutants(function: Callable[..., Any]) -> list[Mutant]:
    """Every mutant of a function that is different code and still compiles."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    definition = tree.body[0]
    assert isinstance(definition, ast.FunctionDef)
    original = ast.unparse(_bare(definition))
    found: dict[str, Mutant] = {}
    for change, line, mutated in _changes(_bare(definition)):
        text = ast.unparse(ast.fix_missing_locations(mutated))
        if text == original or text in found:
            continue
        scope = dict(function.__globals__)
        exec(compile(text, f"<mutant of {function.__name__}>", "exec"), scope)
        found[text] = Mutant(change, line, scope[definition.name])
    return list(found.values())


def _bare(definition: ast.FunctionDef) -> ast.FunctionDef:
    """Without docstring, annotations, defaults and decorators: nothing there computes."""
    bare = copy.deepcopy(definition)
    if ast.get_docstring(bare) is not None:
        bare.body = bare.body[1:]
    bare.returns, bare.decorator_list = None, []
    for argument in [*bare.args.args, *bare.args.kwonlyargs]:
        argument.annotation = None
    return bare


def _changes(tree: ast.FunctionDef) -> Iterator[tuple[str, int, ast.FunctionDef]]:
    for number, node in enumerate(ast.walk(tree)):
        for change, edit in _edits(node):
            mutated = copy.deepcopy(tree)
            target = next(n for i, n in enumerate(ast.walk(mutated)) if i == number)
            edit(target)
            yield change, getattr(node, "lineno", 0), mutated


def _edits(node: ast.AST) -> Iterator[tuple[str, Callable[[Any], None]]]:
    if isinstance(node, (ast.BinOp, ast.AugAssign)):
        for operator in _ARITHMETIC.get(type(node.op), ()):
            yield (
                f"{type(node.op).__name__} → {operator.__name__}",
                lambda n, o=operator: setattr(n, "op", o()),
            )
    if isinstance(node, ast.BinOp) and type(node.op) in (ast.Sub, ast.Div, ast.FloorDiv):
        yield "operands swapped", _swap
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield "sign lost", lambda n: setattr(n, "op", ast.UAdd())
    if isinstance(node, ast.Compare):
        for operator in _COMPARE.get(type(node.ops[0]), ()):
            yield (
                f"{type(node.ops[0]).__name__} → {operator.__name__}",
                lambda n, o=operator: n.ops.__setitem__(0, o()),
            )
    if isinstance(node, ast.BoolOp):
        other = ast.Or if isinstance(node.op, ast.And) else ast.And
        yield f"→ {other.__name__}", lambda n: setattr(n, "op", other())
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield f"{node.value} → {not node.value}", lambda n: setattr(n, "value", not n.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        for step in (1, -1):
            yield (
                f"{node.value} → {node.value + step}",
                lambda n, s=step: setattr(n, "value", n.value + s),
            )
    if isinstance(node, ast.Attribute) and node.attr in _CALLS:
        for name in _CALLS[node.attr]:
            yield f".{node.attr} → .{name}", lambda n, v=name: setattr(n, "attr", v)
    if isinstance(node, ast.Tuple) and len(node.elts) >= 2 and isinstance(node.ctx, ast.Load):
        for i in range(len(node.elts) - 1):
            yield "neighbours swapped", lambda n, i=i: _exchange(n.elts, i, i + 1)
    if isinstance(node, ast.Call) and len(node.args) >= 2:
        yield "arguments swapped", lambda n: _exchange(n.args, 0, 1)
    if isinstance(node, ast.Call):
        for i, keyword in enumerate(node.keywords):
            yield f"{keyword.arg}= dropped", lambda n, i=i: n.keywords.pop(i)
    if isinstance(node, ast.Slice) and node.step is not None:
        yield "step dropped", lambda n: setattr(n, "step", None)
    body = getattr(node, "body", None)
    if isinstance(body, list):
        for i, statement in enumerate(body):
            if not isinstance(statement, (ast.Return, ast.Import, ast.ImportFrom, ast.Pass)):
                yield "statement dropped", lambda n, i=i: n.body.__setitem__(i, ast.Pass())


def _swap(node: Any) -> None:
    node.left, node.right = node.right, node.left


def _exchange(items: list[Any], i: int, j: int) -> None:
    items[i], items[j] = items[j], items[i]
