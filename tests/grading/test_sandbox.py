"""Attacks that run for real, inside the sandbox. Every bomb has a limit far below the machine's."""

import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from fake_course import LESSON, RIGHT, FakeCourse, code, solved
from isolation import NO_SANDBOX

from cnncourse.grading.kernel import Outcome, Workplace

if NO_SANDBOX:
    pytest.skip(NO_SANDBOX, allow_module_level=True)

from cnncourse.grading.grader import grade
from cnncourse.grading.sandbox import parent, view
from cnncourse.grading.sandbox.bwrap import SandboxError
from cnncourse.grading.sandbox.kernel import SandboxKernel
from cnncourse.grading.sandbox.limits import MB, Limits
from cnncourse.grading.sandbox.problem import problem

pytestmark = pytest.mark.sandbox
ROOT = Path(__file__).parents[2]


@contextmanager
def sandbox(**limits):
    """A kernel with limits that cannot hurt the machine that tests it."""
    chosen = {"memory": 300 * MB, "disk": 8 * MB, "tasks": 16, "processes": 12} | limits
    with Workplace() as place:
        (place.inbox / "question.txt").write_text("inputs only")
        with SandboxKernel(place, limit=Limits(**chosen)) as kernel:
            yield kernel


@pytest.fixture(scope="module")
def shared():
    """One kernel for the attacks that leave no traces."""
    with sandbox() as kernel:
        yield kernel


def text(outcome: Outcome) -> str:
    assert outcome.state == "done" and not outcome.error, outcome
    return "".join(output.get("text", "") for output in outcome.outputs)


def see(kernel, source: str, seconds: float = 30) -> str:
    return text(kernel.run(textwrap.dedent(source), seconds)).strip()


def running(mark: str) -> list[int]:
    """Processes of this machine whose command line holds a mark."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                line = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if mark.encode() in line:
                found.append(int(entry.name))
    return found


# What it may not reach


def test_there_is_no_network(shared):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        said = see(
            shared,
            f"""
            import socket
            for address in ("127.0.0.1", {port}), ("1.1.1.1", 53):
                try:
                    socket.create_connection(address, timeout=2)
                    print("CONNECTED")
                except OSError as error:
                    print(type(error).__name__)
            print(sorted(name for _, name in socket.if_nameindex()))
            """,
        )
    assert "CONNECTED" not in said
    assert said.splitlines()[-1] == "['lo']"


def test_sockets_that_lead_around_the_network_namespace_are_refused(shared):
    said = see(
        shared,
        """
        import socket
        for family in ("AF_VSOCK", "AF_ALG", "AF_PACKET", "AF_TIPC"):
            try:
                socket.socket(getattr(socket, family), socket.SOCK_STREAM)
                print("OPENED", family)
            except (OSError, AttributeError) as error:
                print("refused")
        """,
    )
    assert "OPENED" not in said


def test_home_gradebook_and_references_are_not_there(shared, tmp_path):
    gradebook = tmp_path / "gradebook.db"
    gradebook.write_text("secret")
    paths = [
        *(gradebook, tmp_path, Path.home() / ".bashrc", ROOT / "solutions", ROOT / "tests"),
        *(ROOT / "grading", ROOT / "notebooks", ROOT / ".git", "/etc/shadow", "/var", "/home"),
        *(ROOT / "cnncourse/exercises/lesson_01.py", ROOT / "cnncourse/grading"),
        *(ROOT / "cnncourse/exercises/__pycache__", ROOT / "cnncourse/authoring", "/sys"),
    ]
    said = see(
        shared,
        f"""
        import os
        print([p for p in {[str(p) for p in paths]} if os.path.lexists(p)])
        bad = []
        for folder, _, files in os.walk("/"):
            if folder.startswith(("/proc", "/usr", "/sys")) or "site-packages" in folder:
                continue
            bad += [f for f in files if f.endswith((".db", ".ipynb")) or "seed.json" in f
                    or f.startswith("lesson_") and "exercises" in folder]
        print(bad)
        """,
    )
    assert said.splitlines() == ["[]", "[]"]


def test_a_clone_below_a_system_folder_is_not_seen_through_it(monkeypatch):
    monkeypatch.setattr(view, "_SYSTEM", (*view._SYSTEM, str(ROOT)))
    with sandbox() as kernel:
        folders = [str(ROOT / name) for name in ("solutions", "tests", "cnncourse/grading")]
        said = see(
            kernel,
            f"import os; print(sum((os.listdir(f) for f in {folders} if os.path.exists(f)), []))",
        )
    assert said == "[]"


def test_the_system_the_libraries_and_the_inbox_are_read_only(shared):
    said = see(
        shared,
        f"""
        import numpy, os
        for path in ("/x", "/usr/x", "/etc/passwd", "/inbox/question.txt", "/inbox/y", "/dev/x",
                     numpy.__file__, {str(ROOT / "cnncourse/__init__.py")!r}, "/proc/sys/kernel/x",
                     "/proc/self/oom_score_adj"):
            try:
                open(path, "a").write("x")
                print("WROTE", path)
            except OSError:
                pass
        print(open("/inbox/question.txt").read())
        """,
    )
    assert said == "inputs only"


def test_the_declarations_cannot_be_imported_however_it_is_tried(shared):
    said = see(
        shared,
        """
        import importlib, pkgutil, sys, gc
        import cnncourse.exercises as room
        for name in ("exercises.lesson_01", "grading.grader", "grading.course", "authoring"):
            try:
                importlib.import_module("cnncourse." + name)
                print("IMPORTED", name)
            except ImportError:
                pass
        print([m.name for m in pkgutil.iter_modules(room.__path__)])
        print([n for n in sys.modules if "lesson_" in n and "exercises" in n])
        """,
    )
    assert said.splitlines() == ["['by_hand', 'check', 'registry']", "[]"]


def test_the_memory_that_is_inherited_holds_libraries_only(shared):
    said = see(
        shared,
        """
        import gc, sys
        from cnncourse.checking.exercise import Case, Exercise
        gc.unfreeze()
        print(len([o for o in gc.get_objects() if isinstance(o, (Exercise, Case))]))
        print([n for n in sys.modules if n.startswith(("cnncourse.grading", "nbgrader", "nbformat"))
               and "sandbox" not in n])
        """,
    )
    assert said.splitlines() == ["0", "['cnncourse.grading']"]


def test_hints_and_verdicts_are_not_given_there(shared):
    said = see(
        shared,
        """
        from cnncourse import check, exercises
        print(check.hint("conv2d"))
        print(check.passed("conv2d"), exercises.names())
        """,
    )
    assert "not given" in said and "False ()" in said


def test_it_sees_its_own_processes_only(shared):
    said = see(
        shared,
        """
        import os
        print(len([n for n in os.listdir("/proc") if n.isdigit()]))
        for pid in (1, 2):
            try:
                os.kill(pid, 0)
                print("may signal", pid)
            except PermissionError:
                pass
        """,
    )
    assert said.splitlines()[0] == "3"  # bubblewrap's first, the one that holds it open, itself
    if os.geteuid() == 0:
        assert "may signal" not in said


def test_it_has_no_capabilities_and_can_gain_none(shared):
    said = see(
        shared,
        """
        import ctypes, os
        status = dict(l.split(":", 1) for l in open("/proc/self/status").read().splitlines())
        print(*(int(status[k], 16) for k in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")))
        print(status["NoNewPrivs"].strip(), status["Seccomp"].strip())
        print(os.getuid() != 0 and os.getresuid() == (os.getuid(),) * 3)
        libc = ctypes.CDLL(None, use_errno=True)
        calls = {
            "setuid": lambda: libc.setuid(0),
            "unshare user": lambda: libc.unshare(0x10000000),
            "mount": lambda: libc.mount(b"none", b"/tmp", b"tmpfs", 0, None),
            "ptrace": lambda: libc.ptrace(0, 0, 0, 0),
            "chroot": lambda: libc.chroot(b"/tmp"),
            "memfd": lambda: libc.memfd_create(b"x", 0),
            "shmget": lambda: libc.shmget(0, 4096, 0o1600),
        }
        print([name for name, call in calls.items() if call() != -1])
        """,
    )
    assert said.splitlines() == ["0 0 0 0 0", "1 2", "True", "[]"]


def test_it_inherits_no_descriptor_and_no_environment(monkeypatch):
    monkeypatch.setenv("SOME_TOKEN", "secret")
    with Path(__file__).open() as held, sandbox() as kernel:
        os.set_inheritable(held.fileno(), True)
        said = see(
            kernel,
            """
            import os
            numbers = [n for n in range(4096) if os.path.lexists(f"/proc/self/fd/{n}")]
            print(numbers, [os.readlink(f"/proc/self/fd/{n}").split(":")[0] for n in numbers])
            print("SOME_TOKEN" in os.environ, b"SOME_TOKEN" in open("/proc/1/environ", "rb").read()
                  if os.access("/proc/1/environ", os.R_OK) else False)
            """,
        )
    first, second = said.splitlines()
    assert first == "[0, 1, 2, 3] ['/dev/null', '/dev/null', '/dev/null', 'socket']"
    assert second == "False False"


def test_two_sandboxes_do_not_see_each_other():
    with sandbox() as first, sandbox() as second:
        mark = "import os, socket; open('/tmp/mark', 'w').write('1'); open('/dev/shm/mark', 'w')"
        see(first, f"{mark}; s = socket.socket(socket.AF_UNIX); s.bind('\\0mark'); s.listen()")
        said = see(
            second,
            """
            import os, socket
            print(os.path.exists("/tmp/mark"), os.path.exists("/dev/shm/mark"))
            try:
                socket.socket(socket.AF_UNIX).connect("\\0mark")
            except ConnectionRefusedError:
                print("nobody there")
            """,
        )
        assert said.splitlines() == ["False False", "nobody there"]
        if os.geteuid() == 0:
            assert see(first, "print(os.getuid())") != see(second, "print(os.getuid())")


# What it may not use up


def test_a_fork_bomb_meets_the_limit_of_tasks():
    bomb = """
        import os, time
        made = 0
        try:
            for _ in range(200):
                if os.fork() == 0:
                    time.sleep(60)
                    os._exit(0)
                made += 1
        except BlockingIOError:
            print(0 < made < 12)
        """
    with sandbox(tasks=12, processes=50) as kernel:
        assert see(kernel, bomb) == "True"


def test_too_many_processes_end_the_sandbox():
    bomb = "import os, time\nfor _ in range(40):\n    if os.fork() == 0: time.sleep(60)\n"
    with sandbox(tasks=60, processes=8) as kernel:
        outcome = kernel.run(f"{bomb}time.sleep(20)", 30)
    assert (outcome.state, outcome.alive) == ("died", False)
    assert outcome.why == "it started more than 8 processes"


def test_a_memory_bomb_in_one_process_is_a_memory_error():
    with sandbox(memory=100 * MB) as kernel:
        outcome = kernel.run("b = bytearray(200 * 2**20)", 30)
        assert outcome.error.startswith("MemoryError")
        assert see(kernel, "print('alive')") == "alive"


@pytest.mark.parametrize(
    "bomb",
    [
        "import os, time\nfor _ in range(6):\n    if os.fork() == 0:\n"
        "        b = b'x' * (50 * 2**20); time.sleep(60)\ntime.sleep(20)",
        "import mmap, time\nm = [mmap.mmap(-1, 50 * 2**20) for _ in range(6)]\n"
        "for part in m:\n    part.write(b'x' * (50 * 2**20))\ntime.sleep(20)",
    ],
)
def test_a_memory_bomb_in_many_pieces_ends_the_sandbox(bomb):
    with sandbox(memory=150 * MB) as kernel:
        outcome = kernel.run(bomb, 30)
    assert (outcome.state, outcome.alive) == ("died", False)
    assert outcome.why == "it used more than 150 MB of memory"


@pytest.mark.parametrize("folder", ["/tmp", "/tmp/work", "/outbox", "/dev/shm"])
def test_a_full_disk_is_an_error_of_the_one_who_fills_it(folder):
    fill = f"""
        import errno
        try:
            for n in range(64):
                open("{folder}/" + str(n), "wb").write(b"x" * 2**20)
        except OSError as error:
            print(errno.errorcode[error.errno], n < 20)
        """
    with sandbox(disk=8 * MB, answers=8 * MB) as kernel:
        assert see(kernel, fill) == "ENOSPC True"


def test_a_giant_file_and_too_many_files_are_refused():
    with sandbox(file_size=1 * MB, open_files=20) as kernel:
        outcome = kernel.run("open('/tmp/big', 'wb').write(b'x' * 2 * 2**20)", 10)
        assert "File too large" in outcome.error
        outcome = kernel.run("held = [open('/dev/null') for _ in range(100)]", 10)
        assert "Too many open files" in outcome.error


def test_processor_time_is_limited():
    with sandbox(cpu_seconds=1) as kernel:
        outcome = kernel.run("while True: pass", 30)
    assert (outcome.state, outcome.alive) == ("died", False)


@pytest.mark.parametrize(
    "flood",
    [
        "for _ in range(200): print('x' * 2**20)",
        "import sys\nfor _ in range(200): sys.stderr.write('x' * 2**20)",
        "import os\nfor _ in range(200): os.write(1, b'x' * 2**20)",
        "import subprocess\nsubprocess.run('head -c 200000000 /dev/zero', shell=True)",
        "from IPython.display import display\nfor _ in range(20):"
        " display({'text/plain': 'x' * 10**7}, raw=True)",
        "for n in range(300_000): print(n)",
    ],
)
def test_two_hundred_megabytes_of_output_are_cut(shared, flood):
    outcome = shared.run(flood, 60)
    assert outcome.state == "done" and not outcome.error
    assert len(str(outcome.outputs)) < 25_000


@pytest.mark.parametrize(
    "forgery",
    [
        "b'\\xff' * 2**16",
        "b'\\x00\\x00\\x00\\x02[]'",
        "b'\\x00\\x00\\x00\\x05{\"a\":'",
        "b'\\x00\\x00\\x10\\x00' + b'[' * 4096",
    ],
)
def test_nonsense_on_the_channel_ends_the_kernel_and_nothing_else(forgery):
    with sandbox() as kernel:
        outcome = kernel.run(f"import os, time\nos.write(3, {forgery})\ntime.sleep(5)", 20)
        assert (outcome.state, outcome.alive) == ("died", False)


def test_a_forged_reply_cannot_bring_in_more_than_text_and_pictures():
    forged = """
        import json, os, traceback
        events = [["display_data", {"data": {"text/html": "<script>", "image/png": "<script>"}}],
                  ["stream", {"name": "stdout", "text": "x" * 10**6}], ["stream", None], 7,
                  ["error", {"ename": "E", "evalue": "v", "traceback": ["t" * 10**6] * 100}]]
        frames = [frame for frame, _ in traceback.walk_stack(None)]
        (asked,) = {f.f_locals["request"]["id"] for f in frames if f.f_code.co_name == "serve"}
        data = json.dumps({"id": asked, "state": "done", "events": events}).encode()
        os.write(3, len(data).to_bytes(4, "big") + data[:10])
        for start in range(10, len(data), 65536):
            os.write(3, data[start:start + 65536])
        """
    with sandbox() as kernel:
        outcome = kernel.run(textwrap.dedent(forged), 30)
        assert "script" not in str(outcome.outputs)
        assert len(str(outcome.outputs)) < 50_000


def test_no_reply_can_lie_ready_ahead_of_its_request():
    """Else what is asked next would count as done before it is begun."""
    ahead = """
        import json, os
        for number in range(40):
            data = json.dumps({"id": number, "state": "done", "events": []}).encode()
            os.write(3, len(data).to_bytes(4, "big") + data)
        """
    with sandbox() as kernel:
        assert kernel.run(textwrap.dedent(ahead), 30).state == "done"
        assert see(kernel, "import time; time.sleep(0.5); print('after')") == "after"


# However it ends


@pytest.mark.parametrize(
    "end",
    [
        "import os; os._exit(0)",
        "import ctypes; ctypes.string_at(0)",
        "import os; os.kill(os.getpid(), 9)",
        "import os; os.abort()",
        "import os; os.close(3)",
        "import os; os.closerange(0, 100)",
    ],
)
def test_an_end_of_its_own_is_seen_at_once(end):
    with sandbox() as kernel:
        start = time.monotonic()
        outcome = kernel.run(end, 30)
        assert (outcome.state, outcome.alive) == ("died", False)
        assert time.monotonic() - start < 15


def test_killing_everything_in_reach_ends_only_itself():
    with sandbox() as other:
        with sandbox() as kernel:
            kernel.run(
                "import os, signal\nos.kill(-1, signal.SIGKILL)\nos.kill(os.getppid(), 9)", 5
            )
        assert see(other, "print('alive')") == "alive"
    assert parent.shared("numpy").alive()


def test_an_end_is_seen_although_a_child_holds_the_channel():
    source = "import os, time\nif os.fork() == 0:\n    time.sleep(50)\nos._exit(0)"
    with sandbox() as kernel:
        assert kernel.run(source, 20).state == "died"


def test_a_fork_that_comes_back_from_the_cell_does_not_answer():
    with sandbox() as kernel:
        assert see(kernel, "import os; pid = os.fork(); print(pid > 0)") == "True"
        assert see(kernel, "print('one')") == "one"


def test_a_loop_is_interrupted_and_one_that_swallows_it_is_ended():
    swallow = "import time\nwhile True:\n    try: time.sleep(60)\n    except BaseException: pass"
    ignore = "import signal\nsignal.signal(2, signal.SIG_IGN)\nwhile True: pass"
    with sandbox() as kernel:
        outcome = kernel.run("x = 1\nwhile True: pass", 1)
        assert (outcome.state, outcome.alive) == ("timeout", True)
        assert see(kernel, "print(x)") == "1"
        outcome = kernel.run(swallow, 1)
        assert (outcome.state, outcome.alive) == ("timeout", False)
    with sandbox() as kernel:
        outcome = kernel.run(ignore, 1)
        assert (outcome.state, outcome.alive) == ("timeout", False)


def test_nothing_is_left_running():
    source = """
        import os, subprocess, time
        subprocess.Popen(["sleep", "61.4142"])
        subprocess.Popen(["sleep", "61.4142"], start_new_session=True, env={})
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                os.execve("/usr/bin/sleep", ["sleep", "61.4142"], {})
            os._exit(0)
        time.sleep(0.3)
        print(len([n for n in os.listdir("/proc") if n.isdigit()]) >= 6)
        """
    with sandbox() as kernel:
        assert see(kernel, source) == "True"
        assert len(running("61.4142")) == 3
    assert not running("61.4142")


def test_killing_the_grader_leaves_nothing_behind():
    grader = """
        import sys, time
        from cnncourse.grading.kernel import Workplace
        from cnncourse.grading.sandbox import parent
        from cnncourse.grading.sandbox.kernel import SandboxKernel
        with Workplace() as place, SandboxKernel(place) as kernel:
            kernel.run("import subprocess; p = subprocess.Popen(['sleep', '62.7182'])", 10)
            print(parent.shared("numpy").pid, flush=True)
            time.sleep(60)
        """
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(grader)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        clean = int(process.stdout.readline())
        assert running("62.7182")
    finally:
        process.kill()
        process.wait()
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and (running("62.7182") or _alive(clean)):
        time.sleep(0.1)
    assert not running("62.7182") and not _alive(clean)


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_a_dead_parent_is_replaced():
    before = parent.shared("numpy")
    os.kill(before.pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while before.alive() and time.monotonic() < deadline:
        time.sleep(0.02)
    with sandbox() as kernel:
        assert see(kernel, "print('alive')") == "alive"
    assert parent.shared("numpy").pid != before.pid


# What must work all the same


def test_pictures_threads_and_processes_work(shared):
    outcome = shared.run(
        textwrap.dedent(
            """
            import io, subprocess, threading
            from concurrent.futures import ThreadPoolExecutor
            import matplotlib.pyplot as plt, numpy as np
            from IPython.display import Image, display
            figure, axes = plt.subplots()
            axes.plot([1, 2]); axes.set_title("a title")
            file = io.BytesIO(); figure.savefig(file)
            display(Image(file.getvalue()))
            with ThreadPoolExecutor(2) as pool:
                print(sum(pool.map(abs, range(-3, 0))))
            print(subprocess.run(["echo", "hi"], capture_output=True, text=True).stdout)
            print((np.ones((300, 300)) @ np.ones((300, 300))).sum())
            """
        ),
        30,
    )
    assert outcome.state == "done" and not outcome.error, outcome
    assert any("image/png" in output.get("data", {}) for output in outcome.outputs)
    assert text(Outcome("done", outcome.outputs)).split() == ["6", "hi", "27000000.0"]


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("!echo hi", "hi"),
        ("lines = !echo one; echo two\nprint(list(lines))", "['one', 'two']"),
        ("!cat /dev/zero | head -c 1000000 | tr '\\0' x | wc -c", "1000000"),
        ("%%writefile helper.py\nx = 7", "Writing helper.py"),
        ("import helper; print(helper.x)", "7"),
        ("import asyncio\nawait asyncio.sleep(0)\nprint('awaited')", "awaited"),
        ("%timeit -n 1 -r 1 pass", "per loop"),
        ("%cd -q /\nimport os; print(os.getcwd())", "/"),
    ],
)
def test_what_a_notebook_can_do_a_graded_one_can(shared, source, shown):
    assert shown in see(shared, source)


@pytest.mark.tensorflow
def test_keras_trains_in_a_forked_child():
    source = """
        import keras, numpy as np
        keras.utils.set_random_seed(0)
        model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(3, "relu"),
                                  keras.layers.Dense(1)])
        model.compile("sgd", "mse")
        x = np.random.default_rng(0).normal(size=(256, 4))
        history = model.fit(x, x.sum(1), epochs=5, verbose=0).history["loss"]
        print(history[-1] < history[0], model.predict(x[:2], verbose=0).shape)
        """
    with Workplace() as place, SandboxKernel(place, "tensorflow") as kernel:
        assert see(kernel, source, 120) == "True (2, 1)"
        bomb = kernel.run("b = bytearray(6 * 2**30)", 30)
        assert bomb.error.startswith("MemoryError")
        assert see(kernel, "print(model.predict(x[:3], verbose=0).shape)", 60) == "(3, 1)"


# A whole submission


@pytest.mark.parametrize(
    "spoil",
    [
        "import shutil, os\nfor f in ('/inbox', '/outbox', '/tmp'): shutil.rmtree(f, True)",
        "import os\nos.chmod('/tmp', 0) if os.getuid() else None",
        "import os\nfor n in range(99):\n    open(f'/outbox/{n}', 'wb').write(b'x' * 2**20)",
        "import os\nfor n in ('scaled', 'summed', 'the_answer'):\n"
        "    os.mkdir(f'/outbox/{n}.npz')\n    open(f'/outbox/{n}.npz/x', 'w')",
        "import os\nos.chdir('/')",
        "import os\nos.environ.clear()",
        "import threading, time\nthreading.Thread(target=time.sleep, args=(99,)).start()",
        "import builtins\ndel builtins.print",
    ],
)
def test_a_spoilt_workplace_costs_no_answer(tmp_path, spoil):
    fake = FakeCourse(tmp_path)
    notebook = solved(**RIGHT)
    notebook.cells.insert(3, code(spoil, "spoil"))
    fake.hand_in("a", notebook)
    result = grade(fake.assignment(), "a", fake.course.submission("a", LESSON), 20)
    expected = 0 if "environ" in spoil else 6  # a check that does not know where to look
    assert (result.points, result.isolation) == (expected, "isolated")


def test_the_student_is_told_what_ended_their_cell(tmp_path, monkeypatch):
    monkeypatch.setattr("cnncourse.grading.sandbox.limits.NUMPY", Limits(memory=100 * MB))
    fake = FakeCourse(tmp_path)
    bomb = "import mmap, time\nm = mmap.mmap(-1, 2**28)\nfor _ in range(128): m.write(b'x' * 2**20)"
    fake.hand_in("a", solved(**RIGHT | {"scaled": f"{bomb}\ntime.sleep(9)"}))
    result = grade(fake.assignment(), "a", fake.course.submission("a", LESSON), 20)
    assert [v.state for v in result.verdicts] == ["error", "passed", "passed"]
    assert "Your cell was stopped: it used more than 100 MB of memory" in result.verdicts[0].message


def test_a_kernel_that_does_not_start_is_tried_again(tmp_path, monkeypatch):
    made = []
    start = SandboxKernel._start

    def flaky(self):
        made.append(self)
        if len(made) == 1:
            raise SandboxError("no memory for a moment")
        start(self)

    monkeypatch.setattr(SandboxKernel, "_start", flaky)
    fake = FakeCourse(tmp_path)
    fake.hand_in("a", solved(**RIGHT))
    result = grade(fake.assignment(), "a", fake.course.submission("a", LESSON), 20)
    assert result.points == 6 and len(made) == 2


# Where there is no sandbox


def test_without_bubblewrap_the_way_out_is_said(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    said = problem()
    assert "apt install bubblewrap" in said and "--unsafe" in said and "docs/sandbox.md" in said


def test_bubblewraps_own_complaint_is_passed_on(tmp_path, monkeypatch):
    broken = tmp_path / "bwrap"
    broken.write_text(
        "#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n"
    )
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    said = problem()
    assert "No permissions to create new namespace" in said and "--unsafe" in said


def test_on_another_system_the_container_is_named(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert "container" in problem() and "Linux" in problem()


def test_a_course_among_the_libraries_is_refused(tmp_path):
    assert "Move it elsewhere" in problem(Path(sys.prefix) / "course")
    assert problem(tmp_path / "course") == ""


def test_unsafe_is_written_into_every_result(tmp_path):
    fake = FakeCourse(tmp_path)
    fake.hand_in("a", solved(**RIGHT))
    folder = fake.course.submission("a", LESSON)
    assert grade(fake.assignment(), "a", folder, 60, "none").isolation == "not isolated"
    fake.hand_in("b", b"junk")
    folder = fake.course.submission("b", LESSON)
    assert grade(fake.assignment(), "b", folder, 60, "none").isolation == "not isolated"
