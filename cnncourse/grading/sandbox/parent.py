"""The grader's end of the clean parent process: start it, ask it for a child in a sandbox.

The processes of one run on one machine share a parent: the libraries are imported once.
"""

import atexit
import contextlib
import json
import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from dataclasses import asdict
from pathlib import Path

import cnncourse
from cnncourse.grading.kernel import Libraries
from cnncourse.grading.sandbox import view
from cnncourse.grading.sandbox.bwrap import Bubblewrap, SandboxError
from cnncourse.grading.sandbox.limits import Limits

_PASSED_ON = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TF_ENABLE_ONEDNN_OPTS")
_IMPORTING = 300.0  # seconds that importing the libraries may take on a busy machine
_FORKING = 60.0

_START = (
    "import json, sys; sys.dont_write_bytecode = True; sys.path[:] = json.loads(sys.argv[3]); "
    "from cnncourse.grading.sandbox import zygote; zygote.main(int(sys.argv[1]), sys.argv[2])"
)


class Line:
    """A clean parent's channel, on which children are asked for. Safe to use from several threads.

    Each request brings a socket for its own answer, so several processes can share one parent.
    """

    def __init__(self, channel: socket.socket) -> None:
        self.channel = channel
        self._lock = threading.Lock()
        channel.settimeout(_FORKING)

    def alive(self) -> bool:
        """Whether the other end is open."""
        poll = select.poll()
        poll.register(self.channel, 0)  # closed is told all the same
        return not poll.poll(0)

    def fork_into(self, sandbox: Bubblewrap, limits: Limits) -> tuple[socket.socket, list[int]]:
        """A channel to a new process inside, and its pidfd, its ``/proc`` and its outbox.

        Raises SandboxError.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        request = {
            "user": sandbox.user,
            "folder": view.WORK,
            "limits": asdict(limits),
            "environment": _student_environment(),
        }
        try:
            with theirs, self._lock:
                passed = [theirs.fileno(), sandbox.pidfd]
                socket.send_fds(self.channel, [json.dumps(request).encode()], passed)
            ours.settimeout(self._patience())
            return ours, _received(ours)
        except (OSError, ValueError) as error:
            ours.close()
            raise SandboxError(f"No process could be started in the sandbox: {error}.") from error
        except BaseException:
            ours.close()
            raise

    def close(self) -> None:
        self.channel.close()

    def _patience(self) -> float:
        return _IMPORTING  # it may be a lent one that is still importing


class Parent(Line):
    """A clean parent that this process started. Raises SandboxError.

    It imports its libraries meanwhile: `wait` before anything is asked of it here.
    """

    def __init__(self, libraries: Libraries) -> None:
        self._home = tempfile.mkdtemp(prefix="cnn-")
        self._ready = False
        channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        number = theirs.fileno()
        super().__init__(channel)
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-c", _START, str(number), libraries, _paths()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(number,),
                env=_environment(self._home),
                cwd="/",
                start_new_session=True,  # Ctrl-C is for the grader alone
            )
        finally:
            theirs.close()

    def wait(self) -> None:
        """Until the libraries are there. Raises SandboxError."""
        if self._ready:
            return
        self.channel.settimeout(_IMPORTING)
        try:
            hello = json.loads(self.channel.recv(65536) or b"{}")
        except (OSError, ValueError) as error:
            hello = {"error": f"{type(error).__name__}: {error}"}
        if "ready" not in hello:
            self.close()
            why = hello.get("error", "it ended at once")
            raise SandboxError(f"The process that holds the libraries did not start: {why}.")
        self.channel.settimeout(_FORKING)
        self._ready = True

    @property
    def pid(self) -> int:
        return self._process.pid

    def alive(self) -> bool:
        return self._process.poll() is None

    def close(self) -> None:
        """End the process; its children are the sandboxes' and end with them."""
        super().close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(0.5)
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self._home, ignore_errors=True)

    def _patience(self) -> float:
        return _FORKING


_parents: dict[tuple[int, str], Line] = {}
_making = threading.Lock()


def shared(libraries: Libraries) -> Line:
    """This process's parent with these libraries, started when it is first needed.

    Raises SandboxError.
    """
    with _making:
        found = _current(libraries)
        if isinstance(found, Parent):
            found.wait()
        return found


def begin(libraries: Libraries) -> socket.socket:
    """Start this process's parent if it has none, without waiting. Returns what `borrow` takes.

    Raises OSError.
    """
    with _making:
        return _current(libraries).channel


def borrow(libraries: Libraries, channel: socket.socket) -> None:
    """Use the parent that another process began, for as long as there is one."""
    with _making:
        _parents[os.getpid(), libraries] = Line(channel)


def _current(libraries: Libraries) -> Line:
    key = (os.getpid(), libraries)
    found = _parents.get(key)
    if found is not None and not found.alive():
        found.close()
        found = None
    if found is None:
        found = _parents[key] = Parent(libraries)
    return found


@atexit.register
def close_all() -> None:
    """End the parents that this process started."""
    for key in [key for key in _parents if key[0] == os.getpid()]:
        _parents.pop(key).close()


def _received(channel: socket.socket) -> list[int]:
    """The first message of a new child, with three descriptors."""
    data, descriptors, _, _ = socket.recv_fds(channel, 4096, 3)
    message = json.loads(data[4:] or b"{}")
    if "ready" in message and len(descriptors) == 3:
        return descriptors
    for descriptor in descriptors:
        os.close(descriptor)
    raise OSError(message.get("error", "it ended at once"))


def _paths() -> str:
    """Where the child may import from: libraries and this package, not the current folder."""
    folders = view.library_folders()
    package = Path(cnncourse.__file__).resolve().parent.parent
    wanted = [p for p in sys.path if any(Path(p).is_relative_to(f) for f in folders) or _usual(p)]
    return json.dumps([*wanted, *([] if str(package) in wanted else [str(package)])])


def _usual(path: str) -> bool:
    return path.startswith("/usr/")


def _environment(home: str) -> dict[str, str]:
    passed = {key: os.environ[key] for key in _PASSED_ON if key in os.environ}
    return passed | {
        "HOME": home,
        "IPYTHONDIR": f"{home}/ipython",
        "MPLCONFIGDIR": f"{home}/matplotlib",
        "MPLBACKEND": "agg",
        "PYTHONHASHSEED": "0",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        # One submission, one core: several run beside each other.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "TF_NUM_INTRAOP_THREADS": "1",
        "TF_NUM_INTEROP_THREADS": "1",
        "CNNCOURSE_DATA": "shipped",
        "CNNCOURSE_OFFLINE": "1",
    }


def _student_environment() -> dict[str, str]:
    """The whole environment of the student's process. Nothing in it says what is graded, or how."""
    home = view.HOME
    passed = _environment(home)
    passed["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"])
    return passed | {
        "CNNCOURSE_INBOX": view.INBOX,
        "CNNCOURSE_OUTBOX": view.OUTBOX,
        "CNNCOURSE_PROFILE": "quick",
        "USER": "student",
        "TMPDIR": "/tmp",
        "JUPYTER_CONFIG_DIR": f"{home}/jupyter",
        "JUPYTER_DATA_DIR": f"{home}/jupyter",
        "JUPYTER_RUNTIME_DIR": f"{home}/runtime",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
