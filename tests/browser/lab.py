"""What a person does in JupyterLab, in a few words."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[2]
ARTIFACTS = REPOSITORY / "artifacts"  # screenshots, for a person to look at


@dataclass(frozen=True)
class Server:
    """A running JupyterLab: its address and the folder it serves."""

    url: str
    folder: Path


def open_notebook(page: Any, url: str, name: str) -> None:
    """Open a notebook in a fresh workspace and wait until its kernel is idle."""
    page.goto(f"{url}/lab/tree/{name}?reset")
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    wait_until_idle(page)


def wait_until_idle(page: Any, timeout: int = 120) -> None:
    """Wait until the notebook's own kernel is connected and has nothing to do."""
    page.wait_for_function(
        """() => {
            const kernel = window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel;
            return kernel?.connectionStatus === 'connected' && kernel?.status === 'idle';
        }""",
        timeout=timeout * 1000,
    )


def run_all(page: Any, timeout: int = 180) -> None:
    """Run every cell, and wait until the last has run."""
    # Not awaited: the command's promise ends only when every cell has run.
    page.evaluate(
        """() => {
            const {commands, shell} = window.jupyterapp;
            shell.activateById(shell.currentWidget.id);
            window.finished = false;
            commands.execute('notebook:run-all-cells').finally(() => { window.finished = true; });
        }"""
    )
    page.wait_for_function("() => window.finished", timeout=timeout * 1000)
    wait_until_idle(page, timeout)


def screenshot(page: Any, name: str) -> None:
    """Keep a picture for a person to look at."""
    ARTIFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTIFACTS / f"{name}.png")
