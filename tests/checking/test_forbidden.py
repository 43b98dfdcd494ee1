"""Forbidden functions are found however they are imported, and only they."""

import time

import pytest

from cnncourse.checking.forbidden import forbidden_uses, injects
from cnncourse.exercises.by_hand import READY_MADE

FORBIDS = ["np.convolve", "scipy", "tf", "cnncourse.ops", "np.lib.stride_tricks"]
USES = {
    "y = np.convolve(x, k)": "np.convolve",
    "import numpy\ny = numpy.convolve(x, k)": "numpy.convolve",
    "import numpy as N\ny = N.convolve(x, k)": "N.convolve",
    "from numpy import convolve as c\ny = c(x, k)": "c",
    "import scipy.signal\nscipy.signal.convolve2d(x, k)": "scipy.signal.convolve2d",
    "from scipy import signal\nsignal.convolve(x, k)": "signal.convolve",
    "from scipy.signal import convolve2d": "scipy.signal.convolve2d",
    "tf.nn.conv2d(x, k)": "tf.nn.conv2d",
    "from tensorflow import nn\nnn.conv2d(x)": "nn.conv2d",
    "from cnncourse import ops\nops.conv2d(x, k)": "ops.conv2d",
    "from cnncourse.ops import conv2d\nconv2d(x, k)": "conv2d",
    "f = np.convolve\nf(x, k)": "np.convolve",
    "w = np.lib.stride_tricks.sliding_window_view(x, 3)": (
        "np.lib.stride_tricks.sliding_window_view"
    ),
}


@pytest.mark.parametrize(("source", "name"), USES.items())
def test_found(source: str, name: str) -> None:
    assert name in [used for used, _ in forbidden_uses(source, FORBIDS)]


@pytest.mark.parametrize(
    "source",
    [
        "def convolve(x): return x\nconvolve(1)",
        "x.convolve()",
        "np.convolved",
        "def f(tf):\n    return tf + 1",
        "tf = 0\nfor _ in range(3):\n    tf += 1",
        "'np.convolve'",
        "# np.convolve(x)\n",
        "np.sum(x)",
        "not python (",
        "",
    ],
)
def test_left_alone(source: str) -> None:
    assert forbidden_uses(source, FORBIDS) == []


def test_the_line_is_the_students() -> None:
    assert forbidden_uses("\n\nx = 1\ny = np.convolve(x, x)\n", FORBIDS) == [("np.convolve", 4)]


# Each reaches something ready-made, or opens a back door to it, without saying so plainly.
DETOURS = [
    'def _unused(exec): pass\nexec("1")',
    "def _unused(np): pass\nnp.convolve(1)",
    "def _unused(ops): pass\ndef f(): return ops.conv2d",
    "for ops in []: pass\nops.conv2d(1)",
    "def f(): return ops.conv2d\nq = f()\ndef ops(): pass",
    'exec("1")\nexec = None',
    "exec = exec",
    'if False: exec = 1\nexec("1")',
    'def g():\n    global exec\n    exec = 1\nexec("2")',
    'exec = 1\ndel exec\nexec("2")',
    'class A:\n    exec("1")\n    exec = 1',
    "class A:\n    q = np.convolve\n    np = 1",
    "from numpy import *\nconvolve(1)",
    "from cnncourse import *\nops.conv2d",
    "import h",
    'import cnncourse as c\nc.__dict__["ops"]',
    "import cnncourse\nvars(cnncourse)",
    '__builtins__.__import__("x")',
    "import pkgutil",
    'get_ipython().run_cell("x")',
    'get_ipython().run_line_magic("run", "h.py")',
    'get_ipython().system("python h.py")',
    'get_ipython().run_line_magic("timeit", "np.convolve(1,2)")',
    'get_ipython().ev("x")',
    "from IPython import get_ipython as g",
    "import runpy",
    'import os\nos.system("x")',
    "from os import popen",
    'import operator\noperator.attrgetter("x")',
    "from operator import attrgetter",
    "import sys\nsys.modules",
    "n = np\nn.convolve",
    "n = m = np\nk = m\nk.convolve",
    "n, = [np]",
    "f(np)",
    "(lambda m: m.convolve)(np.ma)",
    "np.ma.convolve",
    "np.ma.core.np.convolve",
    "m = np.ma.core\nm.convolve",
    "np._core.multiarray.correlate",
    "from numpy.ma import convolve as c",
    "from numpy import ma as c\nc.convolve",
    "np.sum.__globals__",
    "match np.sum:\n    case object(__globals__=g): pass",
    "figures.explorers.sliding.ops.conv2d",
    "from cnncourse.figures.explorers.sliding import ops",
    "from cnncourse.figures.explorers import sliding as s\ns.ops",
    "q = s2(figures.explorers.sliding)",
    "from cnncourse.network.base import output_size",
    "import dataclasses\ndataclasses.sys",
    "import enum\nenum.bltns",
    "import random\nrandom._os",
    "[].__class__",
    "object.__subclasses__()",
    'open("x")',
    'np.load("x")',
    "np.lib.npyio.np",
    "x.ctypes.y",
    "np.polymul",
    "Out[3]",
    "_.conv2d",
    "_12",
    "try: pass\nexcept Exception as e: e.__traceback__",
    "e.tb_frame",
    "from . import ops",
    '__package__ = "cnncourse"',
    "def f(x, q=np): return q.convolve",
    'def f(x): \n    np = __import__("numpy")',
    "import numpy.fft",
    "import string\nstring.Formatter()",
    "import typing\ntyping.get_type_hints(f)",
    "images.sum(np)[0].ops",
    "g().ops.conv2d",
    "a = np\na = 3\na.convolve",
    "import numpy\n(numpy if 1 else 0).convolve",
    "layers.Conv2D(1)",
    "LADDER",
    'import timeit\ntimeit.timeit("x")',
    "from keras import ops as o",
    'async def f(): return eval("1")',
    "@getattr\ndef f(): pass",
    "class A(metaclass=eval): pass",
    "f\"{exec('1')}\"",
    'np.testing.runstring("x", {})',
    "m = np.testing\nm.runstring",
    "def f(np=np): return np.convolve",
    'def f():\n    def g(exec): pass\n    exec("1")',
    '[exec for exec in []]\nexec("1")',
    "from PIL import ImageFilter",
    "import PIL.ImageFilter",
    'with open("x") as f: pass',
    "import os.path\nos.path.os.system",
    "print((n := np).convolve)",
]

# What an honest student may write beside an answer by hand.
_HONEST = """def convolve(image, kernel):
    return image
convolve(1,2)
# ----
from numpy import *
def convolve(image, kernel): return sum(image)
convolve(1,2)
# ----
from numpy import *
x = zeros((3,3)) + exp(pi)
# ----
ops = 0
for _ in range(3):
    ops += 1
print(ops)
# ----
def f(image, ops):
    return image * ops
# ----
def f(x):
    ops = []
    for a in x: ops.append(a)
    return ops
# ----
for ops in range(3):
    print(ops)
# ----
def f(layers):
    for layer in layers: layer.kernel
# ----
layers = [1]
layers.append(2)
# ----
import numpy as np
import math, itertools
from functools import reduce
from typing import Any
def f(x: np.ndarray) -> "Any": return math.prod(x.shape)
# ----
import os
import sys
print(sys.version)
# ----
def f(x):
    for _ in range(3): x = x + 1
    return x
# ----
for i, _ in enumerate([1]): print(_)
# ----
class Window:
    def __init__(self, x): self.x = x; self.ops = 0
    def __len__(self): return 1
    def convolve(self): return self.x
w = Window(1)
w.convolve(); w.ops
# ----
get_ipython().run_line_magic('matplotlib', 'inline')
# ----
get_ipython().run_line_magic('timeit', '-n 10 f(x)')
# ----
get_ipython().run_cell_magic('time', '', 'y = f(x)\\n')
# ----
get_ipython().system('pip install numpy')
# ----
import matplotlib.pyplot as plt
plt.imshow(x); plt.show()
# ----
from cnncourse import check, figures
check("conv2d", conv2d)
figures.image_row([x], ["a"], "b")
# ----
np.testing.assert_allclose(a, b)
# ----
rng = np.random.default_rng(0)
rng.normal(size=3)
# ----
x = np.lib.stride_tricks.sliding_window_view(x, (3,3))
np.einsum("ij,ij", x, x); np.linalg.norm(x)
# ----
image = image.T
image = image.T
# ----
try:
    f()
except ValueError as error:
    print(error)
# ----
def f(*args, **kwargs):
    'doc: exec, getattr, np.convolve'
    return lambda np: np
# ----
if __name__ == "__main__": f()
# ----
match x:
    case [a, *rest]: print(a, rest)
    case {"k": v, **others}: print(v)
# ----
def outer():
    total = 0
    def inner():
        nonlocal total
        total += 1
    return inner
# ----
from numpy.lib.stride_tricks import as_strided
# ----
from numpy.typing import NDArray
def f(x: NDArray): return x
"""


@pytest.mark.parametrize("source", DETOURS)
def test_no_detour_is_missed(source: str) -> None:
    assert forbidden_uses(source, READY_MADE)


@pytest.mark.parametrize("source", _HONEST.split("# ----\n"))
def test_honest_code_is_left_alone(source: str) -> None:
    assert forbidden_uses(source, READY_MADE) == []


@pytest.mark.parametrize("source", DETOURS)
def test_where_nothing_is_forbidden_there_are_no_back_doors(source: str) -> None:
    assert forbidden_uses(source, []) == []


@pytest.mark.parametrize(
    "source",
    [
        "x = " + "+".join(["1"] * 20_000),
        "x = " + "not " * 20_000 + "1",
        "x" + ".a" * 20_000,
        "x" + "[0]" * 20_000,
        "(" * 20_000 + ")" * 20_000,
        "x = 1\0",
        "x = '\ud800'",
        "\ufeffx = 1",
        "x = 0x" + "f" * 20_000,
    ],
    ids=range(9),
)
def test_odd_sources_raise_nothing(source: str) -> None:
    forbidden_uses(source, READY_MADE)
    injects("exec\n" + source)


def test_what_is_too_deep_to_read_is_refused() -> None:
    assert forbidden_uses("x = " + "+".join(["1"] * 20_000), READY_MADE)


LONG = {
    "uses": lambda n: "def g():\n" + "".join(f" ops.a{i}\n" for i in range(n)),
    "aliases": lambda n: "x0 = np\n" + "".join(f"x{i + 1} = x{i}\n" for i in range(n)),
    "one alias": lambda n: "".join(f"x = np.a{i}\n" for i in range(n)) + "x.q\n" * n,
    "loops": lambda n: "for ops in x: pass\n" * n + "ops.a\n" * n,
    "stars": lambda n: "from numpy import *\n" * n + "".join(f"a{i}\n" for i in range(n)),
    "imports": lambda n: "".join(f"from numpy import a{i} as x\n" for i in range(n)) + "x.q\n" * n,
    "functions": lambda n: "def f():\n global exec\n exec()\n" * n,
}


@pytest.mark.parametrize("make", LONG.values(), ids=LONG)
def test_long_sources_are_read_in_linear_time(make) -> None:  # type: ignore[no-untyped-def]
    def seconds(lines: int) -> float:
        start = time.process_time()
        forbidden_uses(make(lines), READY_MADE)
        return time.process_time() - start

    seconds(100)
    assert seconds(8000) < 1 + 20 * seconds(1000)
