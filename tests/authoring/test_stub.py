"""From solutions to stubs: the signature stays, the answer goes."""

import ast
import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncourse.authoring.stub import StubError, defined_names, regions, signatures, stub


def task(name: str) -> str:
    return f"Exercise 1: write {name} here."


def make(source: str, *keep: str) -> str:
    return stub(textwrap.dedent(source).strip("\n"), set(keep), task)


def test_a_body_becomes_an_error_that_names_the_exercise() -> None:
    made = make(
        '''
        import numpy as np


        @np.vectorize
        def add(a: int, *more, b=2, **rest) -> int:
            """Sum.

            Two lines.
            """
            # BEGIN SOLUTION
            if a:
                b = 1
            return a + b
            # END SOLUTION


        given = 3
        ''',
        "add",
    )
    assert made == textwrap.dedent(
        '''\
        import numpy as np


        @np.vectorize
        def add(a: int, *more, b=2, **rest) -> int:
            """Sum.

            Two lines.
            """
            raise NotImplementedError("Exercise 1: write add here.")


        given = 3'''
    )


def test_a_value_keeps_its_name_and_loses_the_steps() -> None:
    made = make(
        "# BEGIN SOLUTION\nsteps = 3\nanswer = steps * 2\n# END SOLUTION", "answer", "check"
    )
    assert made == "answer = ...  # your answer"


@pytest.mark.parametrize(
    "line",
    [
        "answer: int = 4",
        "answer, other = 1, 2",
        "answer = other = 2",
        "[answer, *other] = 1, 2",
        "answer = lambda: 3",
        "for answer in range(3): pass",
        "if True:\n    answer = 3\nelse:\n    answer = 4",
        "with open('x') as answer: pass",
        "(answer := 3)",
        "answer = 3; answer += 1",
    ],
)
def test_every_way_of_binding_a_name(line: str) -> None:
    made = make(f"# BEGIN SOLUTION\n{line}\n# END SOLUTION", "answer")
    assert made == "answer = ...  # your answer"


def test_several_functions_in_one_region_and_helpers_gone() -> None:
    made = make(
        '''
        # BEGIN SOLUTION
        def helper(x):
            return x


        @staticmethod
        def first(
            x,  # a comment with a colon: here
            y={1: 2},
        ):
            """One."""
            return helper(x)


        def second(x): return 2
        # END SOLUTION
        ''',
        "first",
        "second",
    )
    assert "helper" not in made
    assert made == textwrap.dedent(
        '''\
        @staticmethod
        def first(
            x,  # a comment with a colon: here
            y={1: 2},
        ):
            """One."""
            raise NotImplementedError("Exercise 1: write first here.")


        def second(x):
            raise NotImplementedError("Exercise 1: write second here.")'''
    )


def test_methods_and_classes() -> None:
    inside = make(
        """
        class Layer:
            size = 3

            def call(self, x):
                # BEGIN SOLUTION
                return x
                # END SOLUTION

            def other(self):
                return 1
        """,
        "Layer",
    )
    assert 'NotImplementedError("Exercise 1: write Layer.call here.")' in inside
    assert "return 1" in inside and "size = 3" in inside
    around = make(
        '''
        # BEGIN SOLUTION
        class Layer(Base, metaclass=Meta):
            """A layer."""

            width: int
            secret = 3

            def __init__(self, n):
                self.n = n

            async def call(self, x): return x
        # END SOLUTION
        ''',
        "Layer",
    )
    assert "secret" not in around and "self.n = n" not in around
    assert "class Layer(Base, metaclass=Meta):" in around and '"""A layer."""' in around
    assert "width: int" in around and "async def call(self, x):" in around
    empty = make("# BEGIN SOLUTION\nclass A:\n    x = 1\n# END SOLUTION", "A")
    assert empty == "class A:\n    ...  # your answer"


def test_two_regions_in_one_cell() -> None:
    made = make(
        """
        def one():
            # BEGIN SOLUTION
            return 1
            # END SOLUTION


        # BEGIN SOLUTION
        two = 2
        # END SOLUTION
        print(two)
        """,
        "one",
        "two",
    )
    assert "write one here" in made and "two = ...  # your answer\nprint(two)" in made


def test_a_region_in_a_block_leaves_a_body() -> None:
    made = make("if True:\n    # BEGIN SOLUTION\n    x = 1\n    # END SOLUTION", "y")
    assert made == "if True:\n    ...  # your answer"


def test_nested_functions_are_the_students_affair() -> None:
    made = make(
        """
        def outer(x):
            # BEGIN SOLUTION
            def inner(y):
                return y
            return inner(x)
            # END SOLUTION
        """,
        "outer",
    )
    assert "inner" not in made and list(signatures(made)) == ["outer"]


def test_quotes_in_the_task_are_safe() -> None:
    made = stub(
        "def f():\n    # BEGIN SOLUTION\n    return 1\n    # END SOLUTION",
        {"f"},
        lambda _: 'a "b" \\',
    )
    with pytest.raises(NotImplementedError, match='a "b"'):
        scope: dict = {}
        exec(made, scope)
        scope["f"]()


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("x = 1", "nothing is left for the student"),
        ("# BEGIN SOLUTION\nx = 1", "no '# END SOLUTION' after it"),
        ("x = 1\n# END SOLUTION", "no '# BEGIN SOLUTION' before it"),
        ("# BEGIN SOLUTION\n# BEGIN SOLUTION\nx = 1\n# END SOLUTION", "between"),
        ("x = 1  # BEGIN SOLUTION\n# END SOLUTION", "a comment line of its own"),
        ("# BEGIN SOLUTION\n# nothing\n# END SOLUTION", "whole statements"),
        ("x = [\n# BEGIN SOLUTION\n1,\n# END SOLUTION\n]", "whole statements"),
        (
            "if a:\n    # BEGIN SOLUTION\n    x = 1\nelse:\n    x = 2\n    # END SOLUTION",
            "whole statements",
        ),
        ("def f():\n    # BEGIN SOLUTION\n    return 1\nx = 2\n# END SOLUTION", "whole statements"),
        ("# BEGIN SOLUTION\n%time x = 1\n# END SOLUTION", "not plain Python"),
        ("# BEGIN SOLUTION\nx = (\n# END SOLUTION", "not plain Python"),
    ],
)
def test_a_cell_that_cannot_be_a_stub_says_why(source: str, says: str) -> None:
    with pytest.raises(StubError, match=says):
        stub(source, {"x", "f"}, task)


_NAMES = st.sampled_from(["a", "b", "stride", "kernel", "x1"])
_HINTS = st.sampled_from(["", ": int", ": 'np.ndarray'", ": dict[str, list[int]]"])
_DEFAULTS = st.sampled_from(["", "=None", "=(1, 2)", "={'a': 1}", "=lambda q: q", "='x:y'"])


@st.composite
def _functions(draw: st.DrawFn) -> str:
    """A solved function with a random signature, the markers inside or around it."""
    names = draw(st.lists(_NAMES, unique=True, max_size=4))
    plain: list[str] = []
    defaulted = False
    for name in names:
        default = draw(_DEFAULTS)
        defaulted = defaulted or bool(default)
        plain.append(name + draw(_HINTS) + (default or ("=0" if defaulted else "")))
    if names and draw(st.booleans()):
        plain.insert(draw(st.integers(1, len(plain))), "/")
    plain.append(draw(st.sampled_from(["*rest", "*, only=1", "*, only", "**options"])))
    separator = draw(st.sampled_from([", ", ",\n    "]))
    lines = draw(st.lists(st.sampled_from(["@decorate", "@decorate(1, 'b')"]), max_size=2))
    kind = draw(st.sampled_from(["def", "async def"]))
    returns = draw(st.sampled_from(["", " -> int", " -> 'a: b'", " -> dict[str, int]"]))
    lines.append(f"{kind} target({separator.join(plain)}){returns}:")
    document = draw(
        st.sampled_from(["", '    """One line."""', '    r"""Two\n\n    lines: yes."""'])
    )
    lines += [document] if document else []
    body = [
        "    secret_value = 1  # why: because",
        "    def helper(z):",
        "        return z + secret_value",
        "    return helper(secret_value)",
    ]
    if draw(st.booleans()):
        return "\n".join(["# BEGIN SOLUTION", *lines, *body, "# END SOLUTION"])
    return "\n".join([*lines, "    # BEGIN SOLUTION", *body, "    # END SOLUTION"])


@settings(max_examples=150, deadline=None)
@given(_functions())
def test_any_signature_survives_and_no_solution_does(source: str) -> None:
    made = stub(source, {"target"}, task)
    assert signatures(made) == signatures(source)
    assert defined_names(ast.parse(made)) == ["target"]
    assert "secret_value" not in made and not regions(made)
    old, new = ast.parse(source).body[0], ast.parse(made).body[0]
    assert isinstance(old, ast.FunctionDef | ast.AsyncFunctionDef)
    assert isinstance(new, ast.FunctionDef | ast.AsyncFunctionDef)
    assert ast.get_docstring(old, clean=False) == ast.get_docstring(new, clean=False)
    assert isinstance(new.body[-1], ast.Raise)
