"""Run a notebook in a fresh kernel and keep the outputs that a reader needs."""

import copy
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_FRAME = re.compile(r"Cell In\[\d+\], line (\d+)")
_WIDGET = "application/vnd.jupyter.widget-view+json"


class CellFailed(Exception):
    """A cell raised, ran too long, or took its kernel down.

    cell: its index in the notebook. source: its text. name, value: of the error. line: the line of
    the cell where it happened (1-based; 0 when unknown). traceback: plain text.
    """

    def __init__(
        self, cell: int, source: str, name: str, value: str, line: int = 0, traceback: str = ""
    ) -> None:
        super().__init__(f"cell {cell}: {name}: {value}")
        self.cell, self.source = cell, source
        self.name, self.value = name, value
        self.line, self.traceback = line, traceback


def execute(
    notebook: NotebookNode,
    *,
    folder: Path,
    profile: str | None = None,
    timeout: float = 3600,
    on_cell: Callable[[int], None] | None = None,
) -> NotebookNode:
    """A copy of `notebook` with the outputs of a run from top to bottom.

    folder: where the kernel starts. profile: "full" or "quick"; from CNNCOURSE_PROFILE, else
    "full", when left out. timeout: seconds a cell may take. on_cell: called with each code cell's
    index as it starts. Raises CellFailed at the first cell that fails.
    """
    from jupyter_client.kernelspec import NoSuchKernel
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    ran: NotebookNode = copy.deepcopy(notebook)
    language = copy.deepcopy(ran.metadata.get("language_info"))
    running = 0

    def starts(cell: NotebookNode, cell_index: int) -> None:
        nonlocal running
        running = cell_index
        if on_cell:
            on_cell(cell_index)

    client = NotebookClient(
        ran,
        kernel_name="python3",
        timeout=timeout,
        startup_timeout=120,
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,
        on_cell_execute=starts,
        resources={"metadata": {"path": str(folder)}},
    )

    def source() -> str:
        return str(ran.cells[running].source) if ran.cells else ""

    with tempfile.TemporaryDirectory(prefix="cnncourse-") as settings:
        # The kernel process's own stderr: advice on transports, and last words when it crashes.
        log = Path(settings) / "kernel.log"
        environment = kernel_environment(profile, Path(settings) / "ipython")
        try:
            with log.open("wb") as stderr, _interruptible(client):
                client.execute(env=environment, stderr=stderr)
        except CellExecutionError as error:
            trace = _ANSI.sub("", error.traceback)
            frame = _FRAME.search(trace)
            line = int(frame[1]) if frame else 0
            raise CellFailed(running, source(), error.ename, error.evalue, line, trace) from None
        except CellTimeoutError:
            reason = f"the cell ran longer than {timeout:g} s"
            raise CellFailed(running, source(), "Timeout", reason) from None
        except DeadKernelError:
            reason = "the kernel died: out of memory, or a crash in compiled code"
            words = log.read_text(encoding="utf-8", errors="replace")
            raise CellFailed(running, source(), "DeadKernel", reason, 0, words) from None
        except NoSuchKernel:
            reason = "no 'python3' kernel here; install ipykernel into this environment"
            raise CellFailed(running, source(), "NoSuchKernel", reason) from None
    if language is not None:
        ran.metadata["language_info"] = language
    return _tidy(ran)


@contextmanager
def _interruptible(client: Any) -> Iterator[None]:
    """Ctrl-C as KeyboardInterrupt again.

    nbclient takes SIGINT and SIGTERM itself, shuts the kernel down, and then stumbles over the
    missing kernel with whatever error comes first. Its pending clean-up tells that it was a signal.
    """
    try:
        yield
    except Exception:
        if getattr(client, "_async_cleanup_kernel_future", None) is not None:
            raise KeyboardInterrupt from None
        raise


def profile_name() -> str:
    """The profile that a build runs with: CNNCOURSE_PROFILE, else "full"."""
    return os.environ.get("CNNCOURSE_PROFILE") or "full"


def kernel_environment(profile: str | None, settings: Path) -> dict[str, str]:
    """The environment of a kernel whose outputs should not depend on who runs it.

    settings: an own folder in place of the user's IPython settings, so that no start-up file runs.
    """
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("CNNCOURSE_INBOX", "CNNCOURSE_OUTBOX", "PYTHONSTARTUP")
    }
    return environment | {
        "CNNCOURSE_PROFILE": profile or profile_name(),
        "CNNCOURSE_DATA": "shipped",  # no photographs that only this machine has
        "IPYTHONDIR": str(settings),
        "PYTHONHASHSEED": "0",
        # TensorFlow's start-up lines would stand in the lesson, and nbgrader gives no points to
        # a cell that prints to stderr.
        "TF_CPP_MIN_LOG_LEVEL": "3",
        # On, as in the Makefile: training is up to 1.6 times faster. Last digits then depend on the
        # processor, so a cell that shows a trained number is tagged nbval-ignore-output.
        "TF_ENABLE_ONEDNN_OPTS": os.environ.get("TF_ENABLE_ONEDNN_OPTS", "1"),
    }


def _tidy(notebook: NotebookNode) -> NotebookNode:
    """Without what differs between runs and means nothing in a file: live widgets and their ids."""
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if "data" in output:
                output.data.pop(_WIDGET, None)
                output.get("metadata", {}).pop(_WIDGET, None)
    return notebook
