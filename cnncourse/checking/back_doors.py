"""Words through which Python reaches a function that the text does not name.

An answer by hand has no use for any of them. Three rules stand behind the lists:

* text that is run, and objects that are looked up by their name or by what holds them;
* files: an answer gets its arrays as arguments;
* modules: they stand to the left of a dot, and are not handed on.
"""

import re
from pathlib import Path

import cnncourse


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Builtins, and what IPython keeps of other cells' results.
BUILTINS = _words(
    "exec eval compile __import__ getattr vars globals locals open breakpoint get_ipython "
    "In Out _ __ ___ _i _ii _iii _ih _oh _dh"
)
_KEPT = re.compile(r"_i?\d+")

# Attributes that no answer needs, whatever they stand on …
_ANYWHERE = _words(
    "builtins bltns importlib import_module sys os subprocess pickle ctypes inspect "
    "f_globals f_locals f_builtins f_back tb_frame gi_frame gi_code cr_frame ag_frame "
    "run_cell run_cell_magic run_line_magic user_ns user_global_ns"
)
# … and on anything that is not the student's own: a library keeps the libraries that it uses.
_ONLIBRARIES = _words(
    "exec eval open imread gc types code codeop marshal runpy pkgutil io codecs copyreg shutil "
    "pathlib tempfile multiprocessing concurrent threading asyncio shelve traceback weakref "
    "attrgetter methodcaller Formatter get_type_hints get_ipython"
)
_PLAIN_DUNDERS = _words(
    "__init__ __name__ __doc__ __version__ __call__ __len__ __iter__ __next__ __getitem__ "
    "__setitem__ __contains__ __add__ __sub__ __mul__ __matmul__ __truediv__ __floordiv__ "
    "__mod__ __pow__ __neg__ __abs__ __eq__ __ne__ __lt__ __le__ __gt__ __ge__ __int__ __float__ "
    "__str__ __repr__ __enter__ __exit__ __post_init__ __file__"
)

# Of a few libraries only a part, or all but a part.
_ONLY = {
    "sys": "stdout stderr maxsize float_info version version_info getsizeof exit executable "
    "setrecursionlimit getrecursionlimit platform",
    "os": "path sep cpu_count getcwd",
    "timeit": "default_timer",
    "IPython": "display",
    "numpy.lib": "stride_tricks scimath array_utils",
}
_PARTS = {name: _words(parts) for name, parts in _ONLY.items()}
_NOT_OF_NUMPY = _words(
    "load fromfile memmap loadtxt genfromtxt fromregex DataSource open_memmap read_array "
    "ctypeslib f2py distutils core lookfor source runstring measure rundocs"
)
_NOT_OF_COURSE = frozenset(["grading", "authoring", "wire"])

# What may be imported. A file beside the notebook may not: it is no part of the answer.
LIBRARIES = _words(
    "numpy matplotlib mpl_toolkits IPython ipywidgets PIL tqdm cnncourse scipy tensorflow keras "
    "torch sklearn skimage cv2 pandas seaborn plotly"
)
PLAIN_MODULES = _words(
    "__future__ abc array bisect calendar cmath collections contextlib copy dataclasses datetime "
    "decimal enum fractions functools heapq itertools json logging math numbers operator os "
    "pprint random re statistics string struct sys textwrap time timeit typing warnings"
)
_MODULES_OF_NUMPY = _words(
    "numpy.ma numpy.ma.core numpy.ma.extras numpy.lib numpy.lib.stride_tricks numpy.lib.scimath "
    "numpy.linalg numpy.polynomial numpy.fft numpy.char numpy.rec numpy.matlib "
    "numpy.emath numpy.strings numpy.typing"
)

# Magics that run none of the student's code, and those whose text is read with the rest.
_PLAIN_MAGICS = _words(
    "matplotlib config precision pip conda pwd ls who whos autoreload pprint html markdown "
    "latex svg javascript"
)
TIMERS = frozenset(["time", "timeit", "capture"])
_INSTALLS = re.compile(r"\s*(\S*python\S* -m )?(pip|conda|mamba|uv) [\w\s.,=<>\[\]-]*")


def is_builtin(name: str) -> bool:
    """Whether a name that nothing gives a value leads elsewhere."""
    return name in BUILTINS or bool(_KEPT.fullmatch(name)) or is_hidden(name)


def is_hidden(name: str) -> bool:
    """Whether it is one of Python's own names between underscores, the plain ones apart."""
    return name.startswith("__") and name.endswith("__") and name not in _PLAIN_DUNDERS


def by_attribute(name: str, library: bool) -> bool:
    """Whether an attribute of that name leads elsewhere. library: of something not their own."""
    return is_hidden(name) or name in _ANYWHERE or (library and name in _ONLIBRARIES)


def by_part(full: tuple[str, ...]) -> str:
    """The part of a library, named in full, that leads elsewhere; "" where there is none."""
    first, rest = full[0], full[1:]
    for base, parts in _PARTS.items():
        words = tuple(base.split("."))
        if full[: len(words)] == words and len(full) > len(words):
            return "" if full[len(words)] in parts else full[len(words)]
    if first == "numpy":
        if "testing" in rest and rest[-1] != "testing" and not rest[-1].startswith("assert_"):
            return rest[-1]
        return next((p for p in rest if p in _NOT_OF_NUMPY), "")
    if first == "cnncourse":
        return next((p for p in rest if p in _NOT_OF_COURSE), "")
    return ""


def may_import(package: str) -> bool:
    """Whether an answer may import it: a library, or a module of Python that opens nothing."""
    return package in LIBRARIES or package in PLAIN_MODULES


def is_module(full: str) -> bool:
    """Whether a dotted name is known to be a module."""
    if full in _MODULES_OF_NUMPY or full in LIBRARIES or full in PLAIN_MODULES:
        return True
    words = full.split(".")
    if words[0] != "cnncourse" or not all(word.isidentifier() for word in words):
        return full in ("matplotlib.pyplot", "keras.layers")
    place = Path(cnncourse.__file__).parent.joinpath(*words[1:])
    return place.is_dir() or place.with_suffix(".py").is_file()


def is_plain_magic(kind: str, words: list[str]) -> bool:
    """Whether a magic or a shell line, as the call it stands for, opens nothing."""
    if kind in ("system", "getoutput"):
        return bool(words) and bool(_INSTALLS.fullmatch(words[0]))
    if words[:1] == ["load_ext"]:
        return words[1:] == ["autoreload"]
    return bool(words) and words[0] in _PLAIN_MAGICS
