"""A picture with controls: a change draws it anew, and what cannot be drawn is said in words."""

import asyncio
import contextlib
import html
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import Any

from cnncourse.figures import Picture
from cnncourse.figures.picture import Pinned, card

State = dict[str, Any]
_VIEW = "application/vnd.jupyter.widget-view+json"
REFUSALS = (ValueError, TypeError, IndexError, KeyError)  # what the figures raise, in sentences
# For ears alone: a screen reader says it when it changes.
_UNSEEN = "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)"
_PAUSE = 0.7  # seconds a step stays while playing
REST = 0.15  # seconds without a change after which a sketch gives way to the whole drawing


@dataclass(frozen=True)
class Number:
    """A whole number to type, or to change with the arrow keys.

    place: of an output or an input that is pointed at; it is kept inside when another control makes
    fewer of them.
    only: (control, value) with which alone this one means something; else it is hidden.
    """

    name: str
    value: int
    low: int = 0
    high: int = 999
    label: str = ""
    place: bool = False
    only: tuple[str, Any] | None = None


@dataclass(frozen=True)
class Choice:
    """One of a few values, by the words that stand for them."""

    name: str
    value: Any
    options: Sequence[tuple[str, Any]]
    label: str = ""


Control = Number | Choice


class Explorer:
    """A picture and the controls that change it. Show it as the last value of a cell.

    Without ipywidgets, without a kernel and in an exported page the still picture stands in its
    place. `change` does from code what the controls do; `picture`, `state` and `message` say where
    it stands: the last good picture, the controls' values, and why they could not be drawn, if so.
    """

    def __init__(
        self,
        name: str,
        draw: Callable[[State, bool], Picture],
        controls: Sequence[Control],
        *,
        counts: Callable[[State], Mapping[str, int | range]] | None = None,
    ) -> None:
        """draw: the picture of a state, with pins of its own or without.

        counts: how many values each control with `place` has, from 0, or which, where padding is
        below 0; they are stepped through, the last one fastest.
        """
        self.name = name
        self.state: State = {each.name: each.value for each in controls}
        self.message = ""
        self._draw, self._counts = draw, counts or (lambda state: {})
        self._controls = tuple(controls)
        self._view: Any = None
        self._boxes: dict[str, Any] = {}
        self._following = True
        self._complete: str | None = ""  # the drawing on the page, None while that is a sketch
        self._awaited: asyncio.TimerHandle | None = None
        try:
            self._still = draw(self.state, True)
            self.picture = draw(self.state, False)
        except REFUSALS as refused:
            self.message = _sentence(refused)
            self._still = self.picture = _refusal(self.message)

    def change(self, **values: Any) -> "Explorer":
        """Set controls by name, as a reader does. Raises ValueError for one that is not there."""
        for name in values:
            if name not in self.state:
                raise ValueError(
                    f"{self.name} has no control {name!r}: it has {', '.join(self.state)}."
                )
        self._update({**self.state, **values}, moved=set(values))
        return self

    def step(self) -> "Explorer":
        """Go on to the next place, row by row, and from the last to the first."""
        values = {}
        for name, among in reversed(list(self._places(self.state).items())):
            last = self.state[name] >= among.stop - 1
            values[name] = among.start if last else self.state[name] + 1
            if not last:
                break
        return self.change(**values)

    def _update(self, state: State, moved: set[str]) -> None:
        places = {each.name for each in self._controls if isinstance(each, Number) and each.place}
        if moved - places:
            for name, among in self._places(state).items():
                if name not in moved:
                    state[name] = max(among.start, min(state[name], among.stop - 1))
        self.state = state
        try:
            picture = self._draw(state, False)
        except REFUSALS as refused:
            self.message = _sentence(refused)
        else:
            self.picture, self.message = picture, ""
        if self._view is not None:
            self._show()

    def _places(self, state: State) -> dict[str, range]:
        """The values that each control of a place can have; none where nothing can be drawn."""
        try:
            counts = self._counts(state)
        except REFUSALS:
            return {}
        return {
            name: count if isinstance(count, range) else range(max(count, 1))
            for name, count in counts.items()
        }

    def __repr__(self) -> str:
        return f"{self.name}: {self._still.alt}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        bundle = {"text/plain": repr(self), "text/html": self._still._repr_html_()}
        with contextlib.suppress(ImportError):  # without ipywidgets the still picture is shown
            bundle[_VIEW] = self.widget()._repr_mimebundle_()[_VIEW]
        return bundle

    def widget(self) -> Any:
        """The ipywidgets box. Raises ImportError without ipywidgets."""
        if self._view is None:
            import ipywidgets

            for each in self._controls:
                self._boxes[each.name] = box = _box(ipywidgets, each, self.state[each.name])
                box.observe(self._typed, "value")
            bar = list(self._boxes.values())
            if self._places(self.state):
                bar += self._play_buttons(ipywidgets)
            self._words = ipywidgets.HTML()
            self._drawn, self._pinned = ipywidgets.HTML(), ipywidgets.HTML()
            row = ipywidgets.HBox(bar, layout={"flex_flow": "row wrap", "align_items": "center"})
            self._view = ipywidgets.VBox([row, self._words, self._drawn, self._pinned])
            # A class of its own: what is pinned here is not pinned in another of the same picture.
            self._own = f"cnncourse-{uuid.uuid4().hex[:12]}"
            self._view.add_class(self._own)
            self._show()
        return self._view

    def _play_buttons(self, ipywidgets: Any) -> list[Any]:
        narrow = {"width": "5.5em"}
        step = ipywidgets.Button(description="step", tooltip="Next place", layout=narrow)
        step.on_click(lambda _: self.step())
        play = ipywidgets.ToggleButton(description="play", tooltip="Step on and on", layout=narrow)

        async def run() -> None:
            while play.value:
                self.step()
                await asyncio.sleep(_PAUSE)

        def toggled(event: Any) -> None:
            play.description = "pause" if play.value else "play"
            if play.value:
                # Kept: the loop itself holds tasks only weakly.
                self._task = asyncio.get_running_loop().create_task(run())

        play.observe(toggled, "value")
        return [step, play]

    def _typed(self, event: Any) -> None:
        if self._following:
            self.change(**{event["owner"].cnncourse_name: event["new"]})

    def _show(self) -> None:
        """Bring controls, words and picture up to date; only what differs is sent."""
        self._following = False  # setting a control from here is no change by the reader
        places = self._places(self.state)
        for each in self._controls:
            box, value = self._boxes[each.name], self.state[each.name]
            if each.name in places:
                box.min = places[each.name].start
            if _offered(each, value) and box.value != value:
                box.value = value
            if isinstance(each, Number) and each.only:
                name, wanted = each.only
                box.layout.display = None if self.state[name] == wanted else "none"
        self._following = True
        self._words.value = _message(self.message) if self.message else ""
        name, picture = f"{self._own}-alt", self.picture
        said = (
            f'<span id="{name}" role="status" style="{_UNSEEN}">{html.escape(picture.alt)}</span>'
        )
        label = f'aria-labelledby="{name}"'
        if isinstance(picture, Pinned):
            self._show_pinned(picture, said, label)
        else:
            self._pinned.value, self._drawn.value = said, card(picture.body, label)

    def _show_pinned(self, picture: Pinned, said: str, label: str) -> None:
        """Send what differs: after a step the pin; after a setting a sketch, and the whole at rest.

        For a browser a sketch is half the work, so the change is seen sooner. said: for a screen
        reader; label: the attribute that names the picture by it.
        """
        if self._awaited is not None:
            self._awaited.cancel()
            self._awaited = None
        # First: it says nothing about a picture that is not yet there.
        self._pinned.value = f"<style>.{self._own}{{{picture.pin}}}</style>{picture.note}{said}"

        def whole() -> None:
            self._awaited, self._complete = None, picture.drawing
            self._drawn.value = card(picture.drawing, label)

        loop = _running_loop()
        if loop is None or self._complete in ("", picture.drawing):  # "": there is no picture yet
            whole()
        else:
            self._complete = None
            self._drawn.value = card(picture.sketch(), label)
            self._awaited = loop.call_later(REST, whole)


def refused(name: str, error: BaseException) -> Explorer:
    """An explorer that has nothing to explore: a sentence in place of the picture."""

    def draw(state: State, pins: bool) -> Picture:
        raise error

    return Explorer(name, draw, [])


def _running_loop() -> asyncio.AbstractEventLoop | None:
    """The kernel's loop. Plain Python has none, and then nothing can be done later."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _offered(control: Control, value: Any) -> bool:
    """Whether a control can show a value; one that came from code may be no number at all."""
    if isinstance(control, Number):
        return isinstance(value, Integral) and not isinstance(value, bool)
    return value in [option for _, option in control.options]


def _box(ipywidgets: Any, control: Control, value: Any) -> Any:
    label = control.label or control.name
    style = {"description_width": "initial"}
    if isinstance(control, Number):
        box = ipywidgets.BoundedIntText(
            value=value if _offered(control, value) else control.low,
            min=control.low,
            max=control.high,
            description=label,
            style=style,
            layout={"width": f"{len(label) * 0.6 + 5.5:.1f}em"},
        )
    else:
        longest = max(len(words) for words, _ in control.options)
        box = ipywidgets.Dropdown(
            options=list(control.options),
            value=value,
            description=label,
            style=style,
            layout={"width": f"{(len(label) + longest) * 0.6 + 3.5:.1f}em"},
        )
    box.cnncourse_name = control.name
    return box


def _sentence(error: BaseException) -> str:
    """What an error says; a KeyError's text without its quotes."""
    said = str(error.args[0]) if error.args else type(error).__name__
    return said[:1].upper() + said[1:]


def _message(words: str) -> str:
    return (
        '<div role="alert" style="background:#fff4ec;color:#7a2e00;border-left:4px solid #D55E00;'
        'border-radius:4px;padding:4px 10px;line-height:1.5;max-width:60em">'
        f"{html.escape(words)}</div>"
    )


def _refusal(words: str) -> Picture:
    return Picture(_message(words), f"No picture: {words}")
