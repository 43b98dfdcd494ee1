"""A kernel for one submission: a process in a private folder, ended whatever happens."""

import contextlib
import os
import queue
import re
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

import cnncourse
from cnncourse.checking.wire import printable

# What a student's process may see of ours. Nothing here tells it what is being graded, or how.
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "SYSTEMROOT")
_GRACE = 2.0  # seconds that an interrupted cell has to stop
_TEXT_LIMIT = 20_000  # characters of output kept for each cell
_IMAGE_LIMIT = 2_000_000
_IMAGES = 8
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*\Z")
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_LINE = re.compile(r"Cell In\[\d+\], line (\d+)")


class KernelError(RuntimeError):
    """The kernel could not be started: the machine's trouble, not the student's."""


@dataclass(frozen=True)
class Outcome:
    """What happened to a cell.

    state: "done" (also when it raised), "timeout", "died" (the process ended), "left" (``exit()``).
    alive: whether the kernel can run more. error: "NameError: … (line 3)" when the cell raised.
    """

    state: Literal["done", "timeout", "died", "left"]
    outputs: list[dict[str, Any]] = field(default_factory=list)
    error: str = ""
    alive: bool = True


class Workplace:
    """The private folder of one submission: inbox, outbox, home and working directory."""

    def __init__(self) -> None:
        # Short on purpose: the kernel's sockets lie in it, and their paths may have 107 characters.
        self._folder = tempfile.TemporaryDirectory(prefix="cnn-", ignore_cleanup_errors=True)
        self.path = Path(self._folder.name)
        self.inbox, self.outbox = self.path / "inbox", self.path / "outbox"
        self.work, self.home = self.path / "work", self.path / "home"
        for folder in (self.inbox, self.outbox, self.work, self.home):
            folder.mkdir()

    def __enter__(self) -> "Workplace":
        return self

    def __exit__(self, *_: object) -> None:
        _end_marked(str(self.path))
        self._folder.cleanup()

    def environment(self) -> dict[str, str]:
        """The whole environment of the student's process."""
        passed = {key: os.environ[key] for key in _PASSED_ON if key in os.environ}
        home = str(self.home)
        package = Path(cnncourse.__file__).resolve().parent.parent
        if package.name != "site-packages":
            passed["PYTHONPATH"] = str(package)  # a clone that is used without installing it
        return passed | {
            "CNNCOURSE_INBOX": str(self.inbox),
            "CNNCOURSE_OUTBOX": str(self.outbox),
            "CNNCOURSE_PROFILE": "quick",
            "CNNCOURSE_DATA": "shipped",
            "HOME": home,
            "TMPDIR": str(self.work),
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


class Kernel:
    """A running IPython kernel. A context manager: leaving it ends the process and its children.

    Raises KernelError when it does not start.
    """

    def __init__(self, place: Workplace) -> None:
        self._place = place
        self._group = 0
        self._sockets = Path(tempfile.mkdtemp(prefix="k", dir=place.path))
        self._manager: Any = None
        self._client: Any = None

    def __enter__(self) -> "Kernel":
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
        outputs = _Outputs()
        request = self._client.execute(code, allow_stdin=False, stop_on_error=False)
        if self._drain(request, time.monotonic() + seconds, outputs):
            return self._reply(request, outputs)
        if not self._manager.is_alive():
            return Outcome("died", outputs.kept, alive=False)
        self._manager.interrupt_kernel()
        stopped = self._drain(request, time.monotonic() + _GRACE, outputs)
        return Outcome("timeout", outputs.kept, alive=stopped and self._manager.is_alive())

    def _start(self) -> None:
        from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
        from jupyter_client.manager import KernelManager

        class _OurPython(KernelSpecManager):
            """This Python, whatever kernel the student's notebook names."""

            def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
                launch = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
                return KernelSpec(argv=launch, display_name="Python 3", language="python")

        manager = KernelManager(kernel_spec_manager=_OurPython(), kernel_name="python3")
        manager.connection_file = str(self._sockets / "connection.json")
        if os.name == "posix":
            manager.transport = "ipc"  # no port, so nothing else on the machine can reach it
            manager.ip = str(self._sockets / "s")
        self._manager = manager
        manager.start_kernel(
            cwd=str(self._place.work),
            env=self._place.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._group = getattr(manager.provisioner, "pgid", None) or 0
        self._client = manager.client()
        self._client.start_channels(hb=False, stdin=False, control=False)
        self._await_ready(time.monotonic() + 60)

    def _await_ready(self, deadline: float) -> None:
        request = self._client.kernel_info()
        while time.monotonic() < deadline:
            try:
                message = self._client.get_shell_msg(timeout=0.5)
            except queue.Empty:
                if not self._manager.is_alive():
                    raise RuntimeError("it ended at once") from None
                continue
            if message["parent_header"].get("msg_id") == request:
                return
        raise RuntimeError("it did not answer within a minute")

    def _drain(self, request: str, deadline: float, outputs: "_Outputs") -> bool:
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

    def _reply(self, request: str, outputs: "_Outputs") -> Outcome:
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


class _Outputs:
    """The part of a cell's output that is kept: plain text and PNG pictures, within limits.

    HTML and scripts that a student's code writes never reach the instructor's browser.
    """

    def __init__(self) -> None:
        self.kept: list[dict[str, Any]] = []
        self.error = ""
        self._characters = 0
        self._images = 0

    def add(self, kind: str, content: dict[str, Any]) -> None:
        if kind == "stream":
            self._stream(
                "stderr" if content.get("name") == "stderr" else "stdout", str(content["text"])
            )
        elif kind in ("display_data", "execute_result"):
            self._display(content.get("data", {}))
        elif kind == "error":
            self._error(content)

    def _stream(self, name: str, text: str) -> None:
        text = self._cut(text)
        last = self.kept[-1] if self.kept else {}
        if last.get("name") == name and text:
            last["text"] += text
        elif text:
            self.kept.append({"output_type": "stream", "name": name, "text": text})

    def _display(self, data: dict[str, Any]) -> None:
        kept: dict[str, Any] = {}
        image = data.get("image/png")
        if isinstance(image, str) and len(image) < _IMAGE_LIMIT and _BASE64.match(image):
            self._images += 1
            if self._images <= _IMAGES:
                kept["image/png"] = image
        text = self._cut(str(data.get("text/plain", "")))
        if text:
            kept["text/plain"] = text
        if kept:
            self.kept.append({"output_type": "display_data", "data": kept, "metadata": {}})

    def _error(self, content: dict[str, Any]) -> None:
        name = printable(str(content.get("ename", "Error"))[:80])
        value = str(content.get("evalue", ""))
        first = printable((value.strip().splitlines() or [""])[0][:300])
        trace = [self._cut(str(line)) for line in content.get("traceback", [])][:50]
        lines = _LINE.findall(_ANSI.sub("", "\n".join(trace)))
        where = f" (line {lines[-1]})" if lines else ""
        self.error = (f"{name}: {first}" if first else name) + where
        self.kept.append(
            {"output_type": "error", "ename": name, "evalue": first, "traceback": trace}
        )

    def _cut(self, text: str) -> str:
        text = text.encode("utf-8", "replace").decode("utf-8")  # half characters cannot be stored
        left = _TEXT_LIMIT - self._characters
        self._characters += len(text)
        if len(text) <= left:
            return text
        return text[:left] + "\n… (more output was left out)\n" if left > 0 else ""


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
