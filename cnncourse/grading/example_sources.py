"""Write an exercise's declared answers, right and wrong, as a student would have written them.

The text comes from the lesson's module: the function or lambda that an `Exercise` names, and the
helpers it needs, without their underscores and type annotations.
"""

import ast
import importlib
import inspect
import re
from functools import cache

from cnncourse.checking.exercise import Exercise

REFERENCE = "reference"


def answer_source(exercise: Exercise, which: str) -> str:
    """The cell that gives this answer.

    which: "reference", or the name of an alternative or of a misconception.
    Raises KeyError when the exercise declares no such answer.
    """
    module = _module(str(exercise.cases.__module__))
    node = module.answers[exercise.name][which]
    if isinstance(node, ast.Name):
        body: ast.stmt = _named(module.functions[node.id], exercise)
    else:
        assert isinstance(node, ast.Lambda)
        body = _from_lambda(node, exercise)
    helpers, imports = module.needs(body)
    parts = ["\n".join(imports)] if imports else []
    parts += [ast.unparse(_plain(module.functions[name])) for name in helpers]
    parts.append(ast.unparse(_plain(body)))
    return _public("\n\n\n".join(parts), [*helpers], exercise)


class _Module:
    """A lesson's module as text: its functions, its imports, and where each answer stands."""

    def __init__(self, source: str) -> None:
        self.tree = ast.parse(source)
        self.functions = {n.name: n for n in self.tree.body if isinstance(n, ast.FunctionDef)}
        self.imports: dict[str, str] = {}
        self.answers: dict[str, dict[str, ast.expr]] = {}
        for node in self.tree.body:
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                self._note_imports(node)
            value = getattr(node, "value", None)
            if isinstance(value, ast.Call) and ast.unparse(value.func) == "Exercise":
                self._note_answers(value)

    def needs(self, body: ast.stmt) -> tuple[list[str], list[str]]:
        """The helper functions that a statement calls, deepest first, and the imports."""
        helpers: list[str] = []
        imports: list[str] = []
        self._visit(body, helpers, imports)
        return helpers, imports

    def _visit(self, node: ast.AST, helpers: list[str], imports: list[str]) -> None:
        for name in (n.id for n in ast.walk(node) if isinstance(n, ast.Name)):
            if name in self.functions and name not in helpers:
                self._visit(_plain(self.functions[name]), helpers, imports)
                helpers.append(name)
            line = self.imports.get(name)
            if line and name != "np" and line not in imports:
                imports.append(line)

    def _note_imports(self, node: ast.Import | ast.ImportFrom) -> None:
        for item in node.names:
            single: ast.stmt
            if isinstance(node, ast.Import):
                single = ast.Import([item])
            else:
                single = ast.ImportFrom(node.module, [item], node.level)
            self.imports[item.asname or item.name] = ast.unparse(single)

    def _note_answers(self, call: ast.Call) -> None:
        fields = {keyword.arg: keyword.value for keyword in call.keywords}
        found = {REFERENCE: fields["reference"]}
        others, known = fields["alternatives"], fields["misconceptions"]
        assert isinstance(others, ast.Dict) and isinstance(known, ast.List)
        for key, value in zip(others.keys, others.values, strict=True):
            assert key is not None
            found[ast.literal_eval(key)] = value
        for item in known.elts:
            assert isinstance(item, ast.Call)
            found[ast.literal_eval(item.args[0])] = item.args[1]
        self.answers[ast.literal_eval(fields["name"])] = found


@cache
def _module(name: str) -> _Module:
    return _Module(inspect.getsource(importlib.import_module(name)))


def _named(function: ast.FunctionDef, exercise: Exercise) -> ast.stmt:
    if exercise.kind == "function":
        return _renamed(function, exercise.name)
    last = function.body[-1]
    if len(function.body) == 1 and isinstance(last, ast.Return) and last.value is not None:
        return _assignment(exercise.name, last.value)
    return _assignment(exercise.name, ast.Call(ast.Name(function.name, ast.Load()), [], []))


def _from_lambda(node: ast.Lambda, exercise: Exercise) -> ast.stmt:
    if exercise.kind == "function":
        text = (
            f"def {exercise.name}({ast.unparse(node.args)}):\n    return {ast.unparse(node.body)}"
        )
        return ast.parse(text).body[0]
    return _assignment(exercise.name, node.body)


def _assignment(name: str, value: ast.expr) -> ast.stmt:
    return ast.parse(f"{name} = {ast.unparse(value)}").body[0]


def _renamed(function: ast.FunctionDef, name: str) -> ast.stmt:
    text = ast.unparse(function).replace(f"def {function.name}(", f"def {name}(", 1)
    return ast.parse(text).body[0]


def _plain(node: ast.stmt) -> ast.stmt:
    """A copy without type annotations and docstring."""
    copy = ast.parse(ast.unparse(node)).body[0]
    for inner in ast.walk(copy):
        if isinstance(inner, ast.arg):
            inner.annotation = None
        elif isinstance(inner, ast.FunctionDef):
            inner.returns = None
            if ast.get_docstring(inner) is not None and len(inner.body) > 1:
                inner.body = inner.body[1:]
    return copy


def _public(text: str, helpers: list[str], exercise: Exercise) -> str:
    """Helpers under names that a student would give, apart from the exercises' own."""
    from cnncourse import exercises

    for helper in helpers:
        name = helper.lstrip("_")
        if name in exercises.names() or name == exercise.name:
            name = f"plain_{name}"
        text = re.sub(rf"\b{re.escape(helper)}\b", name, text)
    return text
