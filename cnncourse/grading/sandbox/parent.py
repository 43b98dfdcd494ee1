"""The grader's end of the clean parent process: start it, ask it for a child in a sandbox."""

import atexit
import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Literal

import cnncourse
from cnncourse.grading.sandbox import view
from cnncourse.grading.sandbox.bwrap import Bubblewrap, SandboxError
from cnncourse.grading.sandbox.limits import Limits

Libraries = Literal["numpy", "tensorflow"]

_PASSED_ON = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TF_ENABLE_ONEDNN_OPTS")
_IMPORTING = 300.0  # seconds that importing the libraries may take on a busy machine
_FORKING = 60.0

_START = (
    "import json, sys; sys.dont_write_bytecode = True; sys.path[:] = json.loads(sys.argv[3]); "
    "from cnncourse.grading.sandbox import zygote; zygote.main(int(sys.argv[1]), sys.argv[2])"
)


class Parent:
    """A running clean parent. Safe to use from several threads. Raises SandboxError."""

    def __init__(self, libraries: Libraries) -> None:
        self._lock = threading.Lock()
        self._home = tempfile.mkdtemp(prefix="cnn-")
        self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        number = theirs.fileno()
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
        self._channel.settimeout(_IMPORTING)
        try:
            hello = json.loads(self._channel.recv(65536) or b"{}")
        except (OSError, ValueError) as error:
            hello = {"error": f"{type(error).__name__}: {error}"}
        if "ready" not in hello:
            self.close()
            why = hello.get("error", "it ended at once")
            raise SandboxError(f"The process that holds the libraries did not start: {why}.")
        self._channel.settimeout(_FORKING)

    @property
    def pid(self) -> int:
        return self._process.pid

    def alive(self) -> bool:
        return self._process.poll() is None

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
                socket.send_fds(self._channel, [json.dumps(request).encode()], passed)
            ours.settimeout(_FORKING)
            return ours, _received(ours)
        except (OSError, ValueError) as error:
            ours.close()
            raise SandboxError(f"No process could be started in the sandbox: {error}.") from error
        except BaseException:
            ours.close()
            raise

    def close(self) -> None:
        """End the process; its children are the sandboxes' and end with them."""
        self._channel.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(0.5)
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self._home, ignore_errors=True)


_parents: dict[tuple[int, str], Parent] = {}
_making = threading.Lock()


def shared(libraries: Libraries) -> Parent:
    """This process's parent with these libraries, started when it is first needed.

    Raises SandboxError.
    """
    key = (os.getpid(), libraries)
    with _making:
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
