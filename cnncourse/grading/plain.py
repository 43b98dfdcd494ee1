"""A plain process for one submission: what `--unsafe` grades in, ended whatever happens."""

import contextlib
import os
import queue
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

import cnncourse
from cnncourse.grading.kernel import GRACE, KernelError, Outcome, Outputs, Workplace

# What a student's process may see of ours. Nothing here tells it what is being graded, or how.
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "SYSTEMROOT")


class PlainKernel:
    """A running IPython kernel, not isolated: it may read, write and reach what the grader may.

    A context manager: leaving it ends the process and its children.

    Raises KernelError when it does not start.
    """

    def __init__(self, place: Workplace) -> None:
        self._place = place
        self._group = 0
        self._sockets = Path(tempfile.mkdtemp(prefix="k", dir=place.path))
        self._manager: Any = None
        self._client: Any = None
        self.outbox, self._home = place.path / "outbox", place.path / "home"
        self._work = place.path / "work"

    def __enter__(self) -> "PlainKernel":
        try:
            self._start()
        except BaseException as error:
            self._end()
            if isinstance(error, Exception):
                raise KernelError(f"A kernel could not be started: {error}") from error
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def run(self, code: str, seconds: float) -> Outcome:
        """Execute a cell; after ``seconds`` it is interrupted, and killed if that does not help."""
        outputs = Outputs()
        request = self._client.execute(code, allow_stdin=False, stop_on_error=False)
        if self._drain(request, time.monotonic() + seconds, outputs):
            return self._reply(request, outputs)
        if not self._manager.is_alive():
            return Outcome("died", outputs.kept, alive=False)
        self._manager.interrupt_kernel()
        stopped = self._drain(request, time.monotonic() + GRACE, outputs)
        return Outcome("timeout", outputs.kept, alive=stopped and self._manager.is_alive())

    def _start(self) -> None:
        from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
        from jupyter_client.manager import KernelManager

        class _OurPython(KernelSpecManager):
            """This Python, whatever kernel the student's notebook names."""

            def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
                launch = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
                return KernelSpec(argv=launch, display_name="Python 3", language="python")

        for folder in (self.outbox, self._home, self._work):
            folder.mkdir(exist_ok=True)
        manager = KernelManager(kernel_spec_manager=_OurPython(), kernel_name="python3")
        manager.connection_file = str(self._sockets / "connection.json")
        if os.name == "posix":
            manager.transport = "ipc"  # no port, so nothing else on the machine can reach it
            manager.ip = str(self._sockets / "s")
        self._manager = manager
        manager.start_kernel(
            cwd=str(self._work),
            env=self._environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._group = getattr(manager.provisioner, "pgid", None) or 0
        self._client = manager.client()
        self._client.start_channels(hb=False, stdin=False, control=False)
        self._await_ready(time.monotonic() + 60)

    def _environment(self) -> dict[str, str]:
        """The whole environment of the student's process."""
        passed = {key: os.environ[key] for key in _PASSED_ON if key in os.environ}
        home = str(self._home)
        package = Path(cnncourse.__file__).resolve().parent.parent
        if package.name != "site-packages":
            passed["PYTHONPATH"] = str(package)  # a clone that is used without installing it
        return passed | {
            "CNNCOURSE_INBOX": str(self._place.inbox),
            "CNNCOURSE_OUTBOX": str(self.outbox),
            "CNNCOURSE_PROFILE": "quick",
            "CNNCOURSE_DATA": "shipped",
            "CNNCOURSE_OFFLINE": "1",
            "HOME": home,
            "TMPDIR": str(self._work),
            "IPYTHONDIR": f"{home}/ipython",
            "JUPYTER_CONFIG_DIR": f"{home}/jupyter",
            "JUPYTER_DATA_DIR": f"{home}/jupyter",
            "JUPYTER_RUNTIME_DIR": f"{home}/runtime",
            "MPLCONFIGDIR": f"{home}/matplotlib",
            "MPLBACKEND": "agg",
            "PYTHONHASHSEED": "0",
            "PYTHONDONTWRITEBYTECODE": "1",
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "TF_ENABLE_ONEDNN_OPTS": os.environ.get("TF_ENABLE_ONEDNN_OPTS", "1"),
        }

    def _await_ready(self, deadline: float) -> None:
        """Ask until an answer comes on both channels.

        The channel of outputs drops what is sent before it is connected, and the end of a
        short cell with it; so a question whose end is not seen there is asked again.
        """
        asked: set[str] = set()
        answered = heard = False
        while time.monotonic() < deadline:
            asked.add(self._client.kernel_info())
            again = time.monotonic() + 1
            while time.monotonic() < again:
                if not answered:
                    answered = self._answers(self._client.get_shell_msg, asked) is not None
                elif not heard:
                    status = self._answers(self._client.get_iopub_msg, asked)
                    heard = status is not None and status.get("execution_state") == "idle"
                if answered and heard:
                    return
            if not self._manager.is_alive():
                raise RuntimeError("it ended at once")
        raise RuntimeError("it did not answer within a minute")

    @staticmethod
    def _answers(channel: Callable[..., dict[str, Any]], asked: set[str]) -> dict[str, Any] | None:
        """The content of the next message, if it answers what was asked."""
        try:
            message = channel(timeout=0.25)
        except queue.Empty:
            return None
        content: dict[str, Any] = message.get("content", {})
        return content if message.get("parent_header", {}).get("msg_id") in asked else None

    def _drain(self, request: str, deadline: float, outputs: "Outputs") -> bool:
        """Read messages until the cell is done (True), the time is over or the kernel is dead."""
        while (left := deadline - time.monotonic()) > 0:
            try:
                message = self._client.get_iopub_msg(timeout=min(left, 0.25))
            except queue.Empty:
                if not self._manager.is_alive():
                    return False
                continue
            if message.get("parent_header", {}).get("msg_id") != request:
                continue
            kind, content = message.get("msg_type"), message.get("content", {})
            if kind == "status" and content.get("execution_state") == "idle":
                return True
            # Whatever a student's code sends by hand here can only spoil its own display.
            with contextlib.suppress(Exception):
                outputs.add(str(kind), content)
        return False

    def _reply(self, request: str, outputs: "Outputs") -> Outcome:
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            try:
                message = self._client.get_shell_msg(timeout=0.25)
            except queue.Empty:
                if not self._manager.is_alive():
                    return Outcome("died", outputs.kept, outputs.error, alive=False)
                continue
            if message.get("parent_header", {}).get("msg_id") != request:
                continue
            payload = message.get("content", {}).get("payload") or []
            if any(isinstance(p, dict) and p.get("source") == "ask_exit" for p in payload):
                return Outcome("left", outputs.kept, outputs.error, alive=False)
            break
        return Outcome("done", outputs.kept, outputs.error)

    def _end(self) -> None:
        """End the process group that was started here, and take the channels down."""
        if self._group and hasattr(os, "killpg"):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._group, signal.SIGKILL)
        with contextlib.suppress(Exception):
            if self._client is not None:
                self._client.stop_channels()
        with contextlib.suppress(Exception):
            if self._manager is not None and self._manager.has_kernel:
                self._manager.shutdown_kernel(now=True)
        _end_marked(str(self._place.path))


def _end_marked(mark: str) -> None:
    """End processes that left the kernel's group, known by our folder in their environment."""
    wanted = mark.encode()
    for _ in range(5):
        found = [pid for pid in _own_processes() if wanted in _environment(pid)]
        if not found:
            return
        for pid in found:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.02)


def _own_processes() -> list[int]:
    try:
        numbers = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    except OSError:  # no /proc on this system: the process group is all there is
        return []
    return [number for number in numbers if number != os.getpid()]


def _environment(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return b""
