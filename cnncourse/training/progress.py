"""tqdm's counting and estimate, shown where the reader looks.

tqdm writes to stderr, which nbgrader takes for failure, or makes a widget whose stored form has
random names. This bar updates one output of a notebook, or one line of a terminal, and when it is
done nothing of it remains: stored notebooks stay the same from run to run.
"""

import html
import sys
from typing import Any

from tqdm import tqdm


class Bar(tqdm):
    """A progress bar, at most two drawings a second.

    total: how many steps there are, None while nobody knows. unit: what a step is called.
    """

    def __init__(self, total: int | None, unit: str = "batch") -> None:
        self.words = "starting"
        self.step = unit
        self.handle: Any = None
        # gui: tqdm keeps the clock and the smoothed rate and leaves the drawing to `display`.
        super().__init__(total=total, gui=True, mininterval=0.5, miniters=1)
        self.display()

    def reach(self, step: int) -> None:
        """Move the bar to a step; it never moves back."""
        self.update(max(0, step - self.n))

    def display(self, msg: str | None = None, pos: int | None = None) -> None:
        """Draw the bar as it stands."""
        of = f" of {self.total}" if self.total else ""
        text = f"{self.words} · {self.step} {self.n}{of} · {self._remaining()}"
        if in_notebook():
            self._show(text)
        elif sys.stdout.isatty():
            print(f"\r{text:<78.78}", end="", flush=True)

    def close(self) -> None:
        """Take the bar away."""
        if self.disable:
            return
        super().close()
        if self.handle is not None:
            self.handle.update({"text/plain": "", "text/html": ""}, raw=True)
        elif sys.stdout.isatty():
            print("\r" + " " * 78 + "\r", end="", flush=True)

    def _remaining(self) -> str:
        rate = self.format_dict["rate"]
        if not rate or not self.total:
            return "estimating the time"
        return f"about {tqdm.format_interval((self.total - self.n) / rate)} left"

    def _extent(self) -> str:
        return f'max="{self.total}" value="{self.n}"' if self.total else ""

    def _show(self, text: str) -> None:
        from IPython.display import display

        body = (
            '<label style="font-family:var(--jp-ui-font-family,sans-serif)">'
            f"<progress {self._extent()} "
            f'style="width:16em;vertical-align:middle"></progress> {html.escape(text)}</label>'
        )
        data = {"text/plain": text, "text/html": body}
        if self.handle is None:
            self.handle = display(data, raw=True, display_id=True)
        else:
            self.handle.update(data, raw=True)


def in_notebook() -> bool:
    """Whether a notebook shows what is displayed."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return shell is not None and hasattr(shell, "kernel")
