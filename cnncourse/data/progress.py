"""A progress bar with an estimate that leaves nothing behind when it is done.

tqdm keeps the clock. It would write to stderr, which nbgrader takes for failure, or make a widget
whose stored form has random names; this bar updates one output of a notebook, or one line of a
terminal, and is then taken away, so stored notebooks are the same from run to run.
"""

import html
import sys
from typing import Any

from tqdm import tqdm


class Bar(tqdm):
    """A bar for a known number of things, drawn at most twice a second. A context manager.

    words: what is being done ("decoding"). unit: what is counted ("pictures"); "bytes" are shown in
    MB. start: how many were there already; they do not count for the estimate.
    """

    def __init__(self, total: int, words: str, unit: str, start: int = 0) -> None:
        self.words, self.counted = words, unit
        self.handle: Any = None
        # gui: tqdm keeps the clock and the smoothed rate and leaves the drawing to `display`.
        super().__init__(total=total, initial=start, gui=True, mininterval=0.5, miniters=1)
        self.display()

    def reach(self, done: int) -> None:
        """Move the bar to a count; it never moves back."""
        self.update(max(0, done - self.n))

    def display(self, msg: str | None = None, pos: int | None = None) -> None:
        """Draw the bar as it stands."""
        text = f"{self.words} · {self._count()} · {self._remaining()}"
        if _in_notebook():
            self._show(text)
        elif sys.stdout is not None and sys.stdout.isatty():
            print(f"\r{text:<78.78}", end="", flush=True)

    def close(self) -> None:
        """Take the bar away."""
        if self.disable:
            return
        super().close()
        if self.handle is not None:
            self.handle.update({"text/plain": "", "text/html": ""}, raw=True)
        elif sys.stdout is not None and sys.stdout.isatty():
            print("\r" + " " * 78 + "\r", end="", flush=True)

    def _count(self) -> str:
        if self.counted == "bytes":
            return f"{self.n / 1e6:.1f} of {self.total / 1e6:.1f} MB"
        return f"{self.n} of {self.total} {self.counted}"

    def _remaining(self) -> str:
        rate = self.format_dict["rate"]
        if not rate:
            return "estimating the time"
        return f"about {tqdm.format_interval((self.total - self.n) / rate)} left"

    def _show(self, text: str) -> None:
        from IPython.display import display

        body = (
            '<label style="font-family:var(--jp-ui-font-family,sans-serif)">'
            f'<progress max="{self.total}" value="{self.n}" '
            f'style="width:16em;vertical-align:middle"></progress> {html.escape(text)}</label>'
        )
        data = {"text/plain": text, "text/html": body}
        if self.handle is None:
            self.handle = display(data, raw=True, display_id=True)
        else:
            self.handle.update(data, raw=True)


def _in_notebook() -> bool:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return shell is not None and hasattr(shell, "kernel")
