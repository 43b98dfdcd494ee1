"""The process that a student's cells run in: an IPython shell that reports what the cells show.

Whatever this process says is a stranger's word: the grader checks it and believes no more than
that something was shown.
"""

import base64
import builtins
import contextlib
import io
import os
import signal
import socket
import subprocess
import sys
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.text import SList
from traitlets import Type
from traitlets.config import Config

from cnncourse.grading.sandbox import messages

_TEXT = 30_000  # characters of a cell's output that travel; the grader keeps fewer
_IMAGES = 16_000_000  # characters of pictures
_ITEMS = 2000

_shell: "Shell"


class _Recorder:
    """What the running cell shows, as far as it is kept."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self.events: list[list[Any]] = []
        self._text, self._pictures = _TEXT, _IMAGES

    def stream(self, name: str, text: str) -> None:
        if not (text := self._cut(text)):
            return
        last = self.events[-1] if self.events else None
        if last and last[0] == "stream" and last[1]["name"] == name:
            last[1]["text"] += text
        else:
            self._add("stream", {"name": name, "text": text})

    def display(self, data: dict[str, Any]) -> None:
        kept = {}
        image = data.get("image/png")
        if isinstance(image, bytes):
            image = base64.b64encode(image).decode()
        if isinstance(image, str) and len(image) <= self._pictures:
            self._pictures -= len(image)
            kept["image/png"] = image
        if text := self._cut(str(data.get("text/plain", ""))):
            kept["text/plain"] = text
        if kept:
            self._add("display_data", {"data": kept})

    def error(self, name: str, value: str, trace: list[str]) -> None:
        lines = [line[:4000] for line in trace[:50]]
        self._add("error", {"ename": name[:80], "evalue": value[:1000], "traceback": lines})

    def _cut(self, text: str) -> str:
        kept = text[: self._text]
        self._text -= len(kept)
        return kept

    def _add(self, kind: str, content: dict[str, Any]) -> None:
        if len(self.events) < _ITEMS:
            self.events.append([kind, content])


recorder = _Recorder()


class _Stream(io.TextIOBase):
    """A ``sys.stdout`` that forgets what is too much, so that a flood costs nothing."""

    encoding = "utf-8"
    errors = "replace"

    def __init__(self, name: str) -> None:
        self.name = name

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        recorder.stream(self.name, text)
        return len(text)


class _Publisher(DisplayPublisher):
    def publish(self, data: Any, *_: Any, **__: Any) -> None:
        self._validate_data(data)
        recorder.display(data)

    def clear_output(self, wait: bool = False) -> None:
        recorder.events.clear()


class _Hook(DisplayHook):
    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        recorder.display(format_dict)


class Shell(InteractiveShell):
    """IPython without a terminal, a history or questions to the user."""

    display_pub_class = Type(_Publisher)
    displayhook_class = Type(_Hook)
    left = False

    def ask_exit(self) -> None:
        """What ``exit()`` calls."""
        self.left = True

    def _showtraceback(self, etype: Any, evalue: Any, stb: Any) -> None:
        try:
            value = str(evalue)
        except BaseException:  # its own __str__ failed
            value = ""
        recorder.error(str(getattr(etype, "__name__", "Error")), value, [str(s) for s in stb])

    def system(self, cmd: str) -> None:
        """What ``!command`` calls: IPython's own wants a terminal, and here is none."""
        self.user_ns["_exit_code"] = self._through_shell(self.var_expand(cmd, depth=1), sys.stdout)

    def getoutput(self, cmd: str, split: bool = True, depth: int = 0) -> Any:
        """What ``lines = !command`` calls."""
        kept = io.StringIO()
        self._through_shell(self.var_expand(cmd, depth=depth + 1), kept)
        return SList(kept.getvalue().splitlines()) if split else kept.getvalue()

    def _through_shell(self, command: str, target: Any) -> int:
        with subprocess.Popen(
            command, shell=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        ) as process:
            assert process.stdout is not None
            while more := process.stdout.read(65536):
                target.write(more.decode("utf-8", "replace"))
        return process.returncode

    def _tee(self, channel: str) -> Any:
        """No second copy of all that is printed, which IPython keeps without a limit."""
        return contextlib.nullcontext()

    def init_virtualenv(self) -> None:
        """The environment is the one that was set up before the fork."""


def prepare() -> None:
    """Make the shell, before the fork: a part of the libraries, with nothing run in it."""
    global _shell
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    _shell = Shell.instance(config=config)
    # HTML and SVG never reach the instructor's page; making them would only cost time.
    assert _shell.display_formatter is not None
    _shell.display_formatter.active_types = ["text/plain", "image/png"]


def serve(channel: socket.socket) -> None:
    """Run the cells that the grader sends until it closes the channel."""
    own = os.getpid()
    sys.stdout, sys.stderr, sys.stdin = _Stream("stdout"), _Stream("stderr"), io.StringIO()
    builtins.input = _no_input
    sys.path.append("")  # the working folder, last: a file there must not stand for a library
    import getpass

    getpass.getpass = _no_input
    while True:
        try:
            request = messages.receive(channel)
        except (OSError, EOFError, ValueError):
            return
        recorder.clear()
        _run(str(request["code"]))
        if os.getpid() != own:  # a fork that came back from the cell: not who was asked
            os._exit(0)
        state = "left" if _shell.left else "done"
        events, recorder.events = recorder.events, []
        messages.send(channel, {"id": request["id"], "state": state, "events": events})
        if _shell.left:
            return


def _run(code: str) -> None:
    """Run one cell; it can be interrupted, and nothing else here can."""
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            _shell.run_cell(code, store_history=True)
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
    except KeyboardInterrupt:
        with contextlib.suppress(BaseException):
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        recorder.error("KeyboardInterrupt", "", [])
    except BaseException as error:
        recorder.error(type(error).__name__, "", [])


def _no_input(*_: Any, **__: Any) -> str:
    raise StdinNotImplementedError("A graded notebook cannot ask questions: nobody is there.")
