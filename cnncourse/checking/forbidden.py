"""Which forbidden functions a student's source uses. Reads the text; runs nothing.

A name is the student's own where Python would take it for theirs: inside the function that has it
as a parameter or gives it a value, and at the top level below the line that defines it. Elsewhere
it is the library's, whatever another function calls its parameters.

Where an exercise forbids something, the back doors to it are forbidden too (`back_doors`).
"""

import ast
import bisect
import importlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import ModuleType

from cnncourse.checking import back_doors

_USUAL = {
    "np": "numpy",
    "tf": "tensorflow",
    "sp": "scipy",
    "plt": "matplotlib.pyplot",
    "ops": "cnncourse.ops",
    "zoo": "cnncourse.zoo",
    "figures": "cnncourse.figures",
    "widgets": "cnncourse.widgets",
    "check": "cnncourse.check",
    "layers": "keras.layers",
}
_INSIDE = {name: _USUAL[name] for name in ("np", "tf", "sp", "ops", "zoo")}  # `figures.x.ops`
_ROOMS = ("cnncourse.ops", "cnncourse.network", "cnncourse.zoo", "cnncourse.data")
_EVERYWHERE = "cnncourse.exercises"  # forbidden by the grader in every exercise
_UNREADABLE = "code too deep to read"
_ALIASES = 16  # libraries that one name may stand for
_DEPTH = 12  # names in a row that an alias may stand for
_LONGEST = 64  # names in a row, dots between
_INJECTS = re.compile(
    r"\b(exec|eval|get_ipython|__builtins__|user_ns|user_global_ns"
    r"|run_cell|run_cell_magic|run_line_magic)\b"
)
_OPTIONS = re.compile(r"(\s*-[a-zA-Z]\s*\d*\s+)*")
# Names that a lesson's cells have given a meaning: theirs only below a line that takes them over.
_TAKEN = frozenset([*_USUAL, *back_doors.LIBRARIES, "LADDER"])
_LIBRARIES = _TAKEN | back_doors.PLAIN_MODULES


def forbidden_uses(source: str, forbids: Sequence[str]) -> list[tuple[str, int]]:
    """``(name as written, line)`` for every use of a forbidden dotted name, in order.

    A name covers what lies below it: "scipy" covers ``scipy.signal.convolve2d``. Back doors count
    where anything is forbidden. Source that is not Python gives an empty list: running it will say
    so better. Source that Python cannot read for its depth is a use itself. Never raises.
    """
    banned = _Banned(forbids)
    found = _read(source)
    uses = {use.where: use.written for use in found.uses if banned.covers(use)}
    if set(forbids) - {_EVERYWHERE}:
        for where, word in found.doors:
            uses.setdefault(where, word)
    return [(_short(uses[where]), where[0]) for where in sorted(uses)]


def injects(source: str) -> bool:
    """Whether the source may give names a value that the text does not show: ``exec("…")``."""
    if not _INJECTS.search(source):
        return False
    return any(_INJECTS.search(word) for _, word in _read(source).doors)


Place = tuple[int, int]  # line and column


@dataclass(frozen=True)
class _Use:
    """A dotted name. full: what it may stand for; library: not the student's own."""

    written: str
    where: Place
    full: tuple[tuple[str, ...], ...]
    library: bool


@dataclass(frozen=True)
class _Found:
    uses: tuple[_Use, ...] = ()
    doors: tuple[tuple[Place, str], ...] = ()


class _Banned:
    """The forbidden names of an exercise, ready to be compared."""

    def __init__(self, forbids: Sequence[str]) -> None:
        self._names = set(forbids) | {_full(name) for name in forbids}
        self._longest = max((name.count(".") + 1 for name in self._names), default=1)
        pairs = [name.split(".") for name in self._names if name.count(".") == 1]
        # `np.ma.convolve` is as ready-made as `np.convolve`.
        self._numpy = {last for first, last in pairs if first == "numpy"}
        rooms = [name for name in _ROOMS if name in self._names and "cnncourse" not in self._names]
        self._course = frozenset().union(*map(_public, rooms))

    def covers(self, use: _Use) -> bool:
        return any(self._covers(parts, use.library) for parts in use.full)

    def _covers(self, parts: tuple[str, ...], library: bool) -> bool:
        first, rest = parts[0], parts[1:]
        if library and first == "numpy" and not self._numpy.isdisjoint(rest):
            return True
        if library and first == "cnncourse" and not self._course.isdisjoint(rest):
            return True
        for start in range(0 if library else 1, len(parts)):
            # On something of the student's own `.ops` may be anything, and `.np.convolve` is not.
            names = parts[start : start + self._longest]
            begin = names[0] if start == 0 else _INSIDE.get(names[0], names[0])
            for count in range(1 if library else 2, len(names) + 1):
                if ".".join((begin, *names[1:count])) in self._names:
                    return True
        return False


@lru_cache(maxsize=8)
def _public(room: str) -> frozenset[str]:
    """The names that a room of this package offers, modules apart."""
    module = importlib.import_module(room)
    shown = {n: v for n, v in vars(module).items() if not n.startswith("_")}
    return frozenset(n for n, v in shown.items() if not isinstance(v, ModuleType))


@lru_cache(maxsize=64)
def _read(source: str) -> _Found:
    """Every dotted name and every back door of a source.

    Remembered: a notebook's helpers are read once for each of its exercises.
    """
    try:
        return _Reader(ast.parse(source)).found()
    except (SyntaxError, ValueError):
        return _Found()
    except (RecursionError, MemoryError):
        return _Found(doors=(((1, 0), _UNREADABLE),))


@dataclass(eq=False)
class _Name:
    """What a name of one scope stands for.

    own: something of the student's. full: libraries. since: at the top level, the first line that
    gives it a value. open_from, spans: where it surely has one. defined: by a function or a class.
    followers: its other names, and the part of it that they stand for.
    """

    own: bool = False
    full: set[tuple[str, ...]] = field(default_factory=set)
    since: "Place | None" = None
    open_from: "Place | None" = None
    spans: "list[tuple[Place, Place]]" = field(default_factory=list)
    defined: bool = False
    deleted: bool = False
    followers: "list[tuple[_Name, tuple[str, ...]]]" = field(default_factory=list)


@dataclass(eq=False)
class _Scope:
    """A function, a class, a comprehension or the top level, and the names it gives a value."""

    kind: str
    outer: "_Scope | None" = None
    names: dict[str, _Name] = field(default_factory=dict)
    elsewhere: dict[str, str] = field(default_factory=dict)  # by `global` and `nonlocal`


_Chain = ast.Attribute | ast.Name
_Block = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_TOO_MANY: tuple[str, ...] = ("?",)  # an alias of more than can be followed


class _Reader:
    """Goes once through a tree, without recursion, and then through the names it found."""

    def __init__(self, tree: ast.Module) -> None:
        self._top = _Scope("module")
        self._direct = {id(node) for node in tree.body}
        self._chains: list[tuple[_Chain, _Scope, bool]] = []
        self._aliases: list[tuple[_Name, _Chain, _Scope]] = []
        self._doors: list[tuple[Place, str]] = []
        self._uses: list[_Use] = []
        self._stars: dict[tuple[str, ...], None] = {}
        self._calls: list[Place] = []  # at the top level: what was defined above may run there
        self._modules: set[tuple[str, ...]] = set()
        self._free: dict[str, _Name] = {}
        self._todo: list[tuple[ast.AST, _Scope]] = []
        self._queue(tree.body, self._top)
        while self._todo:
            self._visit(*self._todo.pop())
        self._calls.sort()
        self._some_stars = list(self._stars)[:_ALIASES]
        self._follow()

    def found(self) -> _Found:
        for chain, scope, bare in self._chains:
            self._look(chain, scope, bare)
        return _Found(tuple(self._uses), tuple(self._doors))

    # What stands where ----------------------------------------------------------------------------

    def _queue(self, nodes: Iterable[ast.AST], scope: _Scope) -> None:
        self._todo.extend((node, scope) for node in reversed(list(nodes)))

    def _visit(self, node: ast.AST, scope: _Scope) -> None:
        if isinstance(node, (ast.Attribute, ast.Name)):
            self._visit_chain(node, scope)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            self._visit_import(node, scope)
        elif isinstance(node, _Block):
            self._visit_block(node, scope)
        elif isinstance(node, _COMPREHENSIONS):
            self._queue(ast.iter_child_nodes(node), _Scope("comprehension", scope))
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            kind = "global" if isinstance(node, ast.Global) else "nonlocal"
            scope.elsewhere.update(dict.fromkeys(node.names, kind))
        elif isinstance(node, ast.Call):
            if scope.kind != "function":
                self._calls.append(_place(node))
            if not self._visit_magic(node, scope):
                self._queue(ast.iter_child_nodes(node), scope)
        else:
            self._visit_other(node, scope)

    def _visit_other(self, node: ast.AST, scope: _Scope) -> None:
        children = list(ast.iter_child_nodes(node))
        if isinstance(node, ast.MatchClass):
            for word in node.kwd_attrs:  # `case object(x=y)` reads an attribute
                if word.startswith("_") or back_doors.by_attribute(word, library=True):
                    self._doors.append((_place(node), word))
        elif isinstance(node, ast.keyword) and node.arg == "allow_pickle":
            self._doors.append((_place(node), node.arg))
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if id(node) in self._direct and node.value is not None:
                self._span(targets, _end(node), None)
            value = node.value
            if isinstance(value, _Chain) and all(isinstance(t, ast.Name) for t in targets):
                # Another name for the same thing.
                for target in targets:
                    assert isinstance(target, ast.Name)
                    home = self._home(target.id, scope, _place(target))
                    self._aliases.append((home, value, scope))
                self._visit_chain(value, scope, bare=False)
                children = [c for c in children if c is not value and c not in targets]
        elif isinstance(node, ast.For) and id(node) in self._direct:
            self._span([node.target], _place(node.body[0]), _end(node.body[-1]))
        elif isinstance(node, ast.With) and id(node) in self._direct:
            targets = [item.optional_vars for item in node.items if item.optional_vars]
            self._span(targets, _place(node.body[0]), _end(node.body[-1]))
        named = getattr(node, "name", None) or getattr(node, "rest", None)
        if isinstance(named, str):  # of an exception, or of a pattern
            self._home(named, scope, _place(node)).own = True
        self._queue(children, scope)

    def _visit_chain(self, node: _Chain, scope: _Scope, bare: bool = True) -> None:
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            if back_doors.is_hidden(node.id):
                self._doors.append((_place(node), node.id))
            home = self._home(node.id, scope, _place(node))
            home.own = True
            home.deleted = home.deleted or isinstance(node.ctx, ast.Del)
            return
        self._chains.append((node, scope, bare and isinstance(node.ctx, ast.Load)))
        base: ast.expr = node
        while isinstance(base, ast.Attribute):
            base = base.value
        if not isinstance(base, ast.Name):
            self._queue([base], scope)

    def _visit_import(self, node: ast.Import | ast.ImportFrom, scope: _Scope) -> None:
        where = _place(node)
        above: tuple[str, ...] = ()
        if isinstance(node, ast.ImportFrom):
            if node.level or not node.module:
                self._doors.append((where, "from ."))
                return
            above = tuple(node.module.split("."))
        for item in node.names:
            name, star = tuple(item.name.split(".")), item.name == "*"
            full = above if star else (*above, *name)
            if not back_doors.may_import(full[0]):
                self._doors.append((where, ".".join(full)))
            self._note(".".join(full), where, {full}, library=True)
            if star:
                self._stars[full] = None
                if len(self._stars) > _ALIASES:
                    self._doors.append((where, ".".join(full)))
                continue
            given = item.asname or name[0]
            meant = full if item.asname or above else full[:1]
            if not above:
                self._modules.add(meant)
            home = self._home(given, scope, where)
            home.full.add(meant if len(home.full) < _ALIASES else _TOO_MANY)
            if id(node) in self._direct:
                _open(home, where)

    def _visit_block(self, node: _Block, scope: _Scope) -> None:
        if not isinstance(node, ast.Lambda):
            home = self._home(node.name, scope, _place(node))
            home.own = True
            if id(node) in self._direct:
                home.defined = True
                _open(home, _place(node))
        outside: list[ast.AST] = list(getattr(node, "decorator_list", ()))
        if isinstance(node, ast.ClassDef):
            outside += [*node.bases, *node.keywords]
            inner = _Scope("class", scope)
        else:
            inner = _Scope("function", scope)
            given = node.args
            every = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
            for argument in every:
                if argument is not None:
                    self._home(argument.arg, inner).own = True
                    outside += [argument.annotation] if argument.annotation else []
            outside += [*given.defaults, *(d for d in given.kw_defaults if d)]
            if not isinstance(node, ast.Lambda) and node.returns:
                outside.append(node.returns)
        if outside and scope.kind != "function":
            self._calls.append(_place(node))
        self._queue(node.body if isinstance(node.body, list) else [node.body], inner)
        self._queue(outside, scope)

    def _visit_magic(self, node: ast.Call, scope: _Scope) -> bool:
        """Whether this is a magic that opens nothing; the code it times is read with the rest."""
        call = node.func
        if not (isinstance(call, ast.Attribute) and isinstance(call.value, ast.Call)):
            return False
        maker = call.value.func
        if not (isinstance(maker, ast.Name) and maker.id == "get_ipython") or node.keywords:
            return False
        words = [a.value for a in node.args if isinstance(a, ast.Constant)]
        texts = [word for word in words if isinstance(word, str)]
        if len(texts) != len(node.args):
            return False
        if call.attr.endswith("_magic") and texts and texts[0] in back_doors.TIMERS:
            for text in texts[2 if texts[0] == "capture" else 1 :]:
                self._visit_text(text, node, scope)
            return True
        return back_doors.is_plain_magic(call.attr, texts)

    def _visit_text(self, text: str, node: ast.Call, scope: _Scope) -> None:
        options = _OPTIONS.match(text)
        try:
            body = ast.parse(text[options.end() if options else 0 :].strip()).body
        except (SyntaxError, ValueError):
            self._doors.append((_place(node), "get_ipython"))
            return
        for part in body:
            for inner in ast.walk(part):
                ast.copy_location(inner, node)
        self._queue(body, scope)

    # Whose a name is ------------------------------------------------------------------------------

    def _home(self, name: str, scope: _Scope, where: Place | None = None) -> _Name:
        """The name to which a scope gives a value there."""
        at: _Scope | None = scope
        if scope.elsewhere.get(name) == "global":
            at = self._top
        elif scope.elsewhere.get(name) == "nonlocal":
            at = scope.outer
            while at is not None and (name not in at.names or at.kind == "class"):
                at = at.outer
        found = (at or self._top).names.setdefault(name, _Name())
        if where is not None:
            found.since = min(found.since or where, where)
        return found

    def _span(self, targets: Sequence[ast.expr], start: Place, end: Place | None) -> None:
        for target in targets:
            for node in ast.walk(target):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    home = self._top.names.setdefault(node.id, _Name())
                    if end is None:
                        _open(home, start)
                    else:
                        home.spans.append((start, end))

    def _meant(self, name: str, scope: _Scope, where: Place) -> list[_Name]:
        """What a name may stand for at a place, the library's included where it is not theirs."""
        at: _Scope = scope
        deferred = False
        while at.outer is not None:
            deferred = deferred or at.kind == "function"
            if at.elsewhere.get(name) == "global":
                deferred = True
                break
            if name in at.names and name not in at.elsewhere:
                if at.kind != "class":
                    return [at.names[name]]
                if at is scope and not _protected(name):
                    return [at.names[name]]
            at = at.outer
        found = self._top.names.get(name)
        if found is None:
            return [self._library(name)]
        if self._theirs(found, name, where, deferred):
            return [found]
        return [found, self._library(name)]

    def _theirs(self, found: _Name, name: str, where: Place, deferred: bool) -> bool:
        if not _protected(name):
            given = found.since is not None and found.since < where
            return found.defined or given or deferred
        if found.deleted:
            return False
        if found.open_from is not None:
            if found.open_from < where:
                return True
            at = bisect.bisect_right(self._calls, where)
            if deferred and (at == len(self._calls) or self._calls[at] > found.open_from):
                return True
        at = bisect.bisect_left(found.spans, (where, where)) - 1  # they are in order, side by side
        return at >= 0 and where <= found.spans[at][1]

    def _library(self, name: str) -> _Name:
        """A name that the source gives no value."""
        if name not in self._free:
            full = {tuple(_USUAL.get(name, name).split("."))}
            full |= {(*star, name) for star in self._some_stars}
            self._free[name] = _Name(full=full)
        return self._free[name]

    def _follow(self) -> None:
        """Give every alias what it is another name for."""
        todo: list[_Name] = []
        for home, chain, scope in self._aliases:
            parts = _parts(chain)
            sources = self._meant(parts[0], scope, _place(chain)) if parts[0] else []
            known = [s for s in sources if s.own or s.full != {(parts[0],)} or parts[0] in _TAKEN]
            home.own = home.own or len(known) < len(sources) or not sources
            todo += known
            for source in known:
                home.own = home.own or source.own
                source.followers.append((home, tuple(parts[1:])))
        todo = [source for source in dict.fromkeys(todo) if source.full]
        while todo:
            source = todo.pop()
            for home, rest in source.followers:
                longer = ((*full, *rest) for full in source.full)
                new = {full if len(full) <= _DEPTH else _TOO_MANY for full in longer} - home.full
                if len(home.full) + len(new) > _ALIASES:
                    new = {_TOO_MANY} - home.full
                if new:
                    home.full |= new
                    todo.append(home)

    # What it comes to -----------------------------------------------------------------------------

    def _look(self, chain: _Chain, scope: _Scope, bare: bool) -> None:
        where, parts = _place(chain), _parts(chain)
        written = ".".join(parts)
        if not parts[0]:  # of a call's result, of an item
            self._note(written, where, {("", *parts[1:])}, library=True)
            return
        names = self._meant(parts[0], scope, where)
        if back_doors.is_builtin(parts[0]) and self._free.get(parts[0]) in names:
            self._doors.append((where, parts[0]))
        known: set[tuple[str, ...]] = {full for name in names for full in name.full}
        if _TOO_MANY in known or len(parts) > _LONGEST:
            self._doors.append((where, written))
            return
        fulls = {(*full, *parts[1:]) for full in known} or {(*parts,)}
        self._note(written, where, fulls, library=bool(known))
        modules = fulls & self._modules if known else set()
        if bare and known and (modules or any(back_doors.is_module(".".join(f)) for f in fulls)):
            self._doors.append((where, f"{written} as a value"))

    def _note(self, written: str, where: Place, fulls: set[tuple[str, ...]], library: bool) -> None:
        self._uses.append(_Use(written, where, tuple(sorted(fulls)), library))
        for full in fulls:
            private = library and full[0] in _LIBRARIES
            for word in full[1:]:
                hidden = private and word.startswith("_") and not word.startswith("__")
                if hidden or back_doors.by_attribute(word, library):
                    self._doors.append((where, written))
                    break
            if library and back_doors.by_part(full):
                self._doors.append((where, written))


def _open(home: _Name, start: Place) -> None:
    home.open_from = min(home.open_from or start, start)


def _protected(name: str) -> bool:
    return name in _TAKEN or back_doors.is_builtin(name)


def _place(node: ast.AST) -> Place:
    return getattr(node, "lineno", 1), getattr(node, "col_offset", 0)


def _end(node: ast.stmt) -> Place:
    return node.end_lineno or node.lineno, node.end_col_offset or 0


def _parts(node: ast.expr) -> list[str]:
    """The names of a chain from left to right; the first is "" where it begins with no name."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return [node.id if isinstance(node, ast.Name) else "", *reversed(parts)]


def _full(name: str) -> str:
    first, dot, rest = name.partition(".")
    return _USUAL.get(first, first) + dot + rest


def _short(word: str) -> str:
    return word if len(word) <= 60 else f"{word[:59]}…"
