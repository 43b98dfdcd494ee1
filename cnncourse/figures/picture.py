"""A picture that always carries its description."""

import base64
import html
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cnncourse.figures.palette import CARD

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Picture:
    """An HTML or SVG picture and the sentence that says what it shows.

    Shown as the last value of a notebook cell. Its text form is the description alone, so stored
    outputs compare equal between runs. It stands on a white card, readable in dark themes too.

    Raises ValueError when the description is empty.
    """

    body: str
    alt: str

    def __post_init__(self) -> None:
        if not self.alt.strip():
            raise ValueError("A picture needs alt text: one sentence that says what it shows.")

    def __repr__(self) -> str:
        return f"Picture: {self.alt}"

    def _repr_html_(self) -> str:
        return card(self.body, f'aria-label="{html.escape(self.alt, quote=True)}"')


@dataclass(frozen=True)
class Pinned(Picture):
    """A picture in two parts, so that a step of an explorer sends only the small one.

    drawing: what stays from step to step. pin: the style rules of the place that is shown.
    note: HTML about that place, below the drawing; may be empty. sketch: makes a drawing that looks
    the same for that place and is quicker to show, but does not answer the pointer. `pinned` makes
    one.
    """

    drawing: str = ""
    pin: str = ""
    note: str = ""
    sketch: Callable[[], str] = field(default=str, compare=False, repr=False)


def pinned(drawing: str, pin: str, note: str, alt: str, sketch: Callable[[], str]) -> Pinned:
    """A `Pinned`, whole as a `Picture` and in its parts."""
    return Pinned(f"{drawing}<style>{pin}</style>{note}", alt, drawing, pin, note, sketch)


def card(body: str, label: str) -> str:
    """A picture's white card. label: the attribute that names it, as HTML."""
    return (
        f'<figure role="group" {label} style="margin:0.5em 0;padding:8px;'
        f'background:{CARD};border-radius:8px;display:inline-block;max-width:100%">'
        f"{body}</figure>"
    )


def from_matplotlib(figure: "Figure", alt: str, *, dpi: int = 110) -> Picture:
    """A matplotlib figure as a `Picture`; the figure is closed, so it is not shown twice.

    alt: what the figure shows, in one sentence. dpi: pixels per inch.
    """
    import matplotlib.pyplot as plt

    buffer = io.BytesIO()
    # No metadata: the same picture gives the same bytes on the same machine.
    figure.savefig(buffer, format="png", dpi=dpi, bbox_inches="tight", metadata={"Software": None})
    plt.close(figure)
    data = base64.b64encode(buffer.getvalue()).decode("ascii")
    label = html.escape(alt, quote=True)
    return Picture(
        f'<img alt="{label}" style="max-width:100%" src="data:image/png;base64,{data}">', alt
    )
