"""What grading needs of a process that runs cells: its interface, its folder, its outcomes."""

import base64
import json
import re
import struct
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from cnncourse.checking.wire import printable

# "sandbox": under bubblewrap. "none": a process that may do what the grader may.
Isolation = Literal["sandbox", "none"]
ISOLATIONS: dict[str, str] = {"sandbox": "isolated", "none": "not isolated"}
# What a submission finds imported.
Libraries = Literal["numpy", "tensorflow"]

GRACE = 2.0  # seconds that an interrupted cell has to stop
_TEXT_LIMIT = 20_000  # characters of output kept for each cell
_IMAGE_LIMIT = 2_000_000
_IMAGES = 8
_ITEMS = 2000
ALL_TEXT = 4_000_000  # characters kept for all cells of a submission together
ALL_IMAGES = 16_000_000
_PIXELS = 50_000_000  # in a picture: a small file can stand for one that no browser opens
_PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
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
    why: of a process that was ended from outside, for what ("it used more than …").
    """

    state: Literal["done", "timeout", "died", "left"]
    outputs: list[dict[str, Any]] = field(default_factory=list)
    error: str = ""
    alive: bool = True
    why: str = ""


class Kernel(Protocol):
    """A running process for cells. outbox: where `check` puts its answers."""

    @property
    def outbox(self) -> Path: ...

    def run(self, code: str, seconds: float) -> Outcome: ...


class Workplace:
    """The private folder of one submission. The inbox holds the questions."""

    def __init__(self) -> None:
        # Short on purpose: a kernel's sockets lie in it, and their paths may have 107 characters.
        self._folder = tempfile.TemporaryDirectory(prefix="cnn-", ignore_cleanup_errors=True)
        self.path = Path(self._folder.name)
        self.inbox = self.path / "inbox"
        self.inbox.mkdir(mode=0o755)

    def __enter__(self) -> "Workplace":
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()


def open_kernel(
    place: Workplace, isolation: Isolation, sources: Sequence[str]
) -> AbstractContextManager[Kernel]:
    """A fresh process for the cells of one submission. Raises KernelError when it is entered.

    sources: the lesson's own code.
    """
    if isolation == "none":
        from cnncourse.grading.plain import PlainKernel

        return PlainKernel(place)
    from cnncourse.grading.sandbox.kernel import SandboxKernel

    return SandboxKernel(place, libraries_for(sources))


def libraries_for(sources: Iterable[str]) -> Libraries:
    """Which libraries should be there already for a lesson's own code."""
    heavy = any(_HEAVY.search(source) for source in sources)
    return "tensorflow" if heavy else "numpy"


_HEAVY = re.compile(r"\b(tensorflow|keras|to_keras|from_keras|cnncourse\.training)\b")


class Outputs:
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
            self._keep({"output_type": "stream", "name": name, "text": text})

    def _display(self, data: dict[str, Any]) -> None:
        kept: dict[str, Any] = {}
        image = data.get("image/png")
        if isinstance(image, str) and len(image) < _IMAGE_LIMIT and _is_png(image):
            self._images += 1
            if self._images <= _IMAGES:
                kept["image/png"] = image
        text = self._cut(str(data.get("text/plain", "")))
        if text:
            kept["text/plain"] = text
        if kept:
            self._keep({"output_type": "display_data", "data": kept, "metadata": {}})

    def _error(self, content: dict[str, Any]) -> None:
        name = printable(str(content.get("ename", "Error"))[:80])
        value = str(content.get("evalue", ""))[:4000]
        first = printable((value.strip().splitlines() or [""])[0][:300])
        trace = [self._cut(str(line)) for line in content.get("traceback", [])[:50]]
        lines = _LINE.findall(_ANSI.sub("", "\n".join(trace)))
        where = f" (line {lines[-1]})" if lines else ""
        self.error = (f"{name}: {first}" if first else name) + where
        self._keep({"output_type": "error", "ename": name, "evalue": first, "traceback": trace})

    def _keep(self, output: dict[str, Any]) -> None:
        if len(self.kept) < _ITEMS:
            self.kept.append(output)

    def _cut(self, text: str) -> str:
        left = max(_TEXT_LIMIT - self._characters, 0)
        self._characters += len(text)
        kept = text[:left].encode("utf-8", "replace").decode("utf-8")  # half characters: not stored
        if len(text) <= left:
            return kept
        return kept + "\n… (more output was left out)\n" if left > 0 else ""


class Budget:
    """What all cells of a submission may show together; each has its own limits besides."""

    def __init__(self) -> None:
        self._text, self._images = ALL_TEXT, ALL_IMAGES
        self._used: dict[int, tuple[int, int]] = {}  # by cell: characters of text, of pictures

    def keep(self, cell: int, outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The outputs that fit, and a line that says so where some do not.

        cell: which one; what it showed in an earlier run no longer counts.
        """
        before, before_images = self._used.pop(cell, (0, 0))
        text = self._text = self._text + before
        images = self._images = self._images + before_images
        kept = []
        for output in outputs:
            image = len(output.get("data", {}).get("image/png", ""))
            words = len(json.dumps(output)) - image  # each output costs more than what it says
            if words <= self._text and image <= self._images:
                kept.append(output)
                self._text, self._images = self._text - words, self._images - image
        self._used[cell] = text - self._text, images - self._images
        if len(kept) < len(outputs):
            kept.append({"output_type": "stream", "name": "stdout", "text": _MORE})
        return kept


_MORE = (
    f"… (more output was left out: all cells together may show {ALL_TEXT // 10**6} MB of text and "
    f"{ALL_IMAGES // 10**6} MB of pictures)\n"
)


def _is_png(image: str) -> bool:
    """Whether it is base64 of what begins as a PNG picture, of a size that can be looked at."""
    if not _BASE64.match(image):
        return False
    try:
        head = base64.b64decode(image[:32])
    except ValueError:
        return False
    if len(head) < 24 or not head.startswith(_PNG):
        return False
    width, height = struct.unpack(">II", head[16:24])
    return 0 < width * height <= _PIXELS
