"""The controls: they draw what the figures draw, and refuse in a sentence beside the picture."""

import asyncio
import builtins
import html
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from cnncourse import figures, widgets
from cnncourse.network import Conv2D, Input, Network
from cnncourse.widgets.explorer import REST

VIEW = "application/vnd.jupyter.widget-view+json"
IMAGE = np.arange(42).reshape(6, 7) * 5 % 9
KERNEL = np.array([[1, 0, -2], [0, 3, 1]])
NET = Network.chain("net", Input((20, 20, 1)), Conv2D(4, 3, name="a"), Conv2D(4, 3, name="b"))

EVERY = {
    "window_explorer": lambda: widgets.window_explorer(IMAGE, KERNEL),
    "padding_explorer": lambda: widgets.padding_explorer(),
    "pooling_explorer": lambda: widgets.pooling_explorer(IMAGE),
    "dilation_coverage": lambda: widgets.dilation_coverage(),
    "receptive_field_explorer": lambda: widgets.receptive_field_explorer(NET),
}


@pytest.mark.parametrize("name", EVERY)
def test_a_cell_shows_the_controls_and_stores_the_still_picture(name):
    explorer = EVERY[name]()
    bundle = explorer._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html", VIEW}
    assert bundle["text/plain"] == repr(explorer) == repr(EVERY[name]())
    assert bundle["text/plain"].startswith(f"{name}: ")
    assert 'type="radio"' in bundle["text/html"]  # keys of its own, for readers without a kernel
    assert "<input" not in explorer.picture.body  # beside controls it needs none


@pytest.mark.parametrize("name", EVERY)
def test_the_same_arguments_give_the_same_still_picture(name):
    still = {
        "window_explorer": lambda: figures.window_explorer(IMAGE, KERNEL),
        "padding_explorer": figures.padding_explorer,
        "pooling_explorer": lambda: figures.pooling_explorer(IMAGE),
        "dilation_coverage": figures.dilation_coverage,
        "receptive_field_explorer": lambda: figures.receptive_field_explorer(NET),
    }[name]()
    assert EVERY[name]()._repr_mimebundle_()["text/html"] == still._repr_html_()


@pytest.mark.parametrize("name", EVERY)
def test_without_ipywidgets_the_still_picture_is_shown(name, monkeypatch):
    real = builtins.__import__

    def none(module, *rest, **more):
        if module.split(".")[0] == "ipywidgets":
            raise ImportError(module)
        return real(module, *rest, **more)

    explorer = EVERY[name]()
    monkeypatch.setattr(builtins, "__import__", none)
    assert set(explorer._repr_mimebundle_()) == {"text/plain", "text/html"}
    explorer.step()
    assert not explorer.message


@pytest.mark.parametrize("name", EVERY)
def test_stepping_goes_through_all_outputs_and_round(name):
    explorer = EVERY[name]()
    counts = explorer._counts(explorer.state)
    total = int(np.prod(list(counts.values())))
    seen = set()
    start = [explorer.state[each] for each in counts]
    for _ in range(total):
        seen.add(tuple(explorer.state[each] for each in counts))
        assert not explorer.step().message
    assert len(seen) == total
    assert [explorer.state[each] for each in counts] == start


@pytest.mark.parametrize(
    ("name", "bad", "words"),
    [
        ("window_explorer", {"stride": 0}, "Stride must be at least 1"),
        ("window_explorer", {"dilation": 9}, "does not fit"),
        ("window_explorer", {"row": 99}, "There is no output"),
        ("window_explorer", {"row": -1}, "at least 0"),
        ("window_explorer", {"point": "input", "row": 6}, "rows 0 to 5 and columns 0 to 6"),
        ("window_explorer", {"padding": "explicit", "top": 99}, "padding 106×8, is too large"),
        ("window_explorer", {"padding": "explicit", "top": -1}, "at least 0"),
        ("padding_explorer", {"point": "input", "at_input": 9}, "no input 9"),
        ("padding_explorer", {"padding": "explicit", "before": 90}, "too long"),
        ("pooling_explorer", {"point": "input", "row": -1}, "no input"),
        ("padding_explorer", {"kernel": 0}, "Kernel must be at least 1"),
        ("padding_explorer", {"size": 500}, "too long"),
        ("padding_explorer", {"at": 50}, "no output 50"),
        ("pooling_explorer", {"size": 10}, "does not fit"),
        ("pooling_explorer", {"kind": "roi", "bottom": 50}, "must satisfy"),
        ("dilation_coverage", {"d2": 0}, "Dilation must be at least 1"),
        ("dilation_coverage", {"d1": 90}, "too many"),
        ("receptive_field_explorer", {"layer": "c"}, "no layer in 'net' called 'c'"),
        ("receptive_field_explorer", {"column": 40}, "no position"),
    ],
)
def test_what_cannot_be_drawn_is_said_and_the_last_good_picture_stays(name, bad, words):
    explorer = EVERY[name]()
    explorer.widget()
    good = explorer.picture
    before = explorer.state
    explorer._update({**explorer.state, **bad}, moved=set(bad))
    assert explorer.message
    assert re.search(words, explorer.message)
    assert explorer.picture is good
    assert 'role="alert"' in explorer._words.value
    explorer.change(**before)
    assert not explorer.message
    assert explorer._words.value == ""
    assert explorer.picture == good


@pytest.mark.parametrize(
    "broken",
    [
        lambda: widgets.window_explorer(IMAGE, np.ones((9, 9))),
        lambda: widgets.window_explorer(IMAGE, KERNEL, stride=0),
        lambda: widgets.window_explorer(IMAGE[0], KERNEL),
        lambda: widgets.window_explorer(IMAGE, KERNEL, at=99),
        lambda: widgets.window_explorer(IMAGE, KERNEL, at=(1, 2, 3)),
        lambda: widgets.window_explorer(IMAGE, KERNEL, at="here"),
        lambda: widgets.window_explorer(IMAGE, KERNEL, at_input=(1, 2, 3)),
        lambda: widgets.window_explorer(IMAGE, KERNEL, stride="2"),
        lambda: widgets.window_explorer(IMAGE, KERNEL, padding=((1, 0), 2, 3)),
        lambda: widgets.window_explorer(IMAGE, KERNEL, padding=((1, -1), (0, 0))),
        lambda: widgets.window_explorer(np.ones((224, 224)), KERNEL),
        lambda: widgets.padding_explorer(padding=(1, 2, 3)),
        lambda: widgets.padding_explorer(at="x"),
        lambda: widgets.padding_explorer(at_input="x"),
        lambda: widgets.dilation_coverage(at="x"),
        lambda: widgets.pooling_explorer(np.ones((96, 96))),
        lambda: widgets.pooling_explorer(IMAGE, at=(1, 2, 3)),
        lambda: widgets.padding_explorer(2, 5, padding="valid"),
        lambda: widgets.pooling_explorer(IMAGE, "median"),
        lambda: widgets.pooling_explorer(5),
        lambda: widgets.pooling_explorer(IMAGE, "roi", region=(1, 2, 3)),
        lambda: widgets.dilation_coverage(()),
        lambda: widgets.receptive_field_explorer(NET, "c"),
        lambda: widgets.receptive_field_explorer("vgg61"),
        lambda: widgets.receptive_field_explorer(5),
    ],
)
def test_a_bad_call_gives_a_sentence_and_no_traceback(broken):
    explorer = broken()
    assert explorer.message
    assert explorer.picture.alt.startswith("No picture: ")
    assert explorer._repr_mimebundle_()["text/html"]
    explorer.step()


def test_a_call_with_an_unknown_name_stays_an_error():
    with pytest.raises(TypeError, match="unexpected keyword"):
        widgets.window_explorer(IMAGE, KERNEL, strides=2)


def test_a_bad_call_can_be_put_right_with_the_controls():
    explorer = widgets.window_explorer(IMAGE, KERNEL, stride=0)
    assert "stride 2" in explorer.change(stride=2).picture.alt


def test_controls_move_the_picture_and_the_picture_moves_the_controls():
    explorer = widgets.window_explorer(IMAGE, KERNEL)
    explorer.widget()
    explorer._boxes["row"].value = 3
    assert "output (3, 0) reads rows 3–4" in explorer.picture.alt
    assert "output (3, 0) reads rows 3–4" in explorer._pinned.value
    explorer.step()
    assert explorer._boxes["column"].value == 1
    explorer._boxes["stride"].value = 3  # fewer outputs: the place stays inside
    assert explorer._boxes["row"].value == 1
    assert "output (1, 1)" in explorer.picture.alt


@pytest.mark.parametrize("name", ["window_explorer", "pooling_explorer"])
def test_a_step_sends_the_place_and_no_drawing(name):
    explorer = EVERY[name]()
    explorer.widget()
    drawn, pinned = explorer._drawn.value, explorer._pinned.value
    explorer.step()
    assert explorer._drawn.value == drawn
    assert explorer._pinned.value != pinned
    assert len(explorer._pinned.value) < 3000
    assert explorer.picture.alt in html.unescape(explorer._pinned.value)
    explorer.change(stride=3)
    assert explorer._drawn.value != drawn


def _in_a_loop_of_its_own(read):
    """Run a coroutine as a kernel does; in a thread, for a browser test may have left a loop."""
    with ThreadPoolExecutor(1) as threads:
        threads.submit(lambda: asyncio.run(read())).result()


@pytest.mark.parametrize("name", ["window_explorer", "pooling_explorer"])
def test_a_setting_shows_a_sketch_and_at_rest_the_whole(name):
    explorer = EVERY[name]()
    explorer.widget()
    sent = []
    explorer._drawn.observe(lambda change: sent.append(change["new"]), "value")

    async def read() -> None:
        explorer.change(stride=3)
        explorer.change(stride=2)
        explorer.step()
        explorer.change(row=99)  # refused: the last good picture stays, and is still finished
        assert explorer.message
        assert all(explorer.picture.drawing not in html for html in sent)
        await asyncio.sleep(REST * 2)
        explorer.change(row=1)
        await asyncio.sleep(REST * 2)

    _in_a_loop_of_its_own(read)
    *sketches, last = sent
    assert len(sketches) == 3  # two settings and a step before there was a rest
    assert explorer.picture.drawing in last  # sent once
    cells = [html.count('<rect class="C') for html in sent]
    assert max(cells[:-1]) < cells[-1] / 3
    assert explorer._drawn.value == last


def test_back_at_a_setting_before_the_rest_the_whole_stays():
    explorer = EVERY["window_explorer"]()
    explorer.widget()

    async def read() -> None:
        explorer.change(stride=2)
        explorer.change(stride=1)
        await asyncio.sleep(REST * 2)

    _in_a_loop_of_its_own(read)
    assert explorer.picture.drawing in explorer._drawn.value


def test_large_maps_write_out_the_place_that_is_pinned():
    image = np.arange(20 * 20).reshape(20, 20) % 7
    window = widgets.window_explorer(image, np.ones((2, 2)), at=(3, 4))
    window.widget()
    assert "·1 + " in window._pinned.value
    pooled = widgets.pooling_explorer(image, size=1, at=(3, 4))
    pooled.widget()
    assert "max(" in pooled._pinned.value


def test_two_of_the_same_picture_are_pinned_apart():
    first, second = (widgets.window_explorer(IMAGE, KERNEL) for _ in range(2))
    first.widget(), second.widget()
    assert first.picture.drawing == second.picture.drawing
    assert first._own != second._own
    assert f".{first._own}{{" in first._pinned.value


def test_the_region_shows_only_for_regions_of_interest():
    explorer = widgets.pooling_explorer(IMAGE)
    explorer.widget()
    edges = [explorer._boxes[name] for name in ("top", "left", "bottom", "right")]
    assert {box.layout.display for box in edges} == {"none"}
    explorer.change(kind="roi")
    assert {box.layout.display for box in edges} == {None}


@pytest.mark.parametrize("name", ["window_explorer", "padding_explorer", "pooling_explorer"])
def test_an_input_is_pointed_at_from_its_controls_and_stepped_through(name):
    explorer = EVERY[name]()
    explorer.widget()
    drawn = explorer._drawn.value
    explorer._boxes["point"].value = "input"
    assert "feeds output" in explorer.picture.alt
    if name != "padding_explorer":
        assert explorer._drawn.value == drawn  # only the place is sent
    size = 9 if name == "padding_explorer" else IMAGE.size  # 7 and one zero on either side
    seen = set()
    for _ in range(size):
        assert not explorer.step().message
        seen.add(
            re.search(
                r"(?:input|padding) (\(.*?\)|\S+)", explorer.picture.alt.split(". ")[-1].lower()
            )[1]
        )
    again = explorer.step().picture.alt
    assert len(seen) == size
    explorer._boxes["point"].value = "output"
    assert "reads" in explorer.picture.alt
    assert "feeds output" in again


def test_padding_is_pointed_at_below_0_and_left_again():
    explorer = widgets.window_explorer(IMAGE, KERNEL, padding=2, at_input=(-2, 8))
    explorer.widget()
    assert explorer._boxes["row"].value == -2
    assert "padding (−2, 8), value 0, feeds output rows 0, columns 8" in explorer.picture.alt
    explorer.change(padding=0)
    assert "input (0, 6)" in explorer.picture.alt
    explorer.change(padding=2, row=-1)
    explorer.change(point="output")
    assert "output (0, 6)" in explorer.picture.alt
    assert explorer._boxes["row"].min == 0


def test_explicit_padding_has_a_field_for_each_end_while_it_is_chosen():
    explorer = widgets.window_explorer(IMAGE, KERNEL, padding=((1, 0), (0, 2)))
    explorer.widget()
    ends = [explorer._boxes[name] for name in ("top", "bottom", "left", "right")]
    assert [box.value for box in ends] == [1, 0, 0, 2]
    assert {box.layout.display for box in ends} == {None}
    assert explorer._boxes["padding"].value == "explicit"
    explorer._boxes["bottom"].value = 3
    assert "padding 1 above, 3 below, 0 left, 2 right" in explorer.picture.alt
    explorer.change(padding="same")
    assert {box.layout.display for box in ends} == {"none"}
    assert "padding 0 above, 1 below, 1 left, 1 right" in explorer.picture.alt
    row = widgets.padding_explorer(padding=(0, 2))
    assert "0 added before, 2 after" in row.picture.alt
    assert "4 added before, 2 after" in row.change(before=4).picture.alt
    assert "1 added before, 1 after" in row.change(padding="same").picture.alt
    fresh = widgets.padding_explorer().change(padding="explicit")
    assert "0 added before, 1 after" in fresh.picture.alt


@pytest.mark.parametrize("name", EVERY)
def test_a_screen_reader_hears_what_every_change_shows(name):
    explorer = EVERY[name]()
    explorer.widget()
    heard = {explorer._pinned.value}
    for _ in range(3):
        explorer.step()
        heard.add(explorer._pinned.value)
        assert 'role="status" style=' in explorer._pinned.value
        assert f">{html.escape(explorer.picture.alt)}</span>" in explorer._pinned.value
    assert len(heard) == 4


def test_one_change_draws_once(monkeypatch):
    explorer = widgets.window_explorer(IMAGE, KERNEL)
    explorer.widget()
    drawn = []
    draw = explorer._draw
    monkeypatch.setattr(explorer, "_draw", lambda *given: drawn.append(1) or draw(*given))
    explorer._boxes["row"].value = 3
    explorer._boxes["stride"].value = 2
    assert len(drawn) == 2


def test_going_back_to_a_setting_computes_nothing_and_shows_what_a_fresh_explorer_shows(
    monkeypatch,
):
    from cnncourse.figures.explorers import sliding

    image, kernel = np.arange(64).reshape(8, 8) % 7, np.eye(3)
    explorer = widgets.window_explorer(image, kernel)
    calls = []
    compute = sliding.slide
    monkeypatch.setattr(
        sliding, "slide", lambda *given, **named: calls.append(named) or compute(*given, **named)
    )
    for stride in (2, 1, 2, 3, 2, 1):
        explorer.change(stride=stride)
        fresh = widgets.window_explorer(image, kernel, stride=stride)
        assert explorer.picture == fresh.picture
    own = [call["stride"] for call in calls]
    assert own == [2, 2, 1, 2, 3, 3, 2, 1], "the explorer's own 2 and 3, and each fresh one's"


def test_an_unknown_control_is_named():
    with pytest.raises(ValueError, match="no control 'colour': it has point"):
        widgets.window_explorer(IMAGE, KERNEL).change(colour=1)


def test_arguments_as_pairs_and_explicit_padding_have_a_place_among_the_controls():
    explorer = widgets.window_explorer(
        IMAGE, KERNEL, stride=(1, 2), padding=((1, 0), (0, 2)), dilation=(1, 2)
    )
    assert not explorer.message
    explorer.widget()
    assert "stride 1×2" in explorer.picture.alt
    assert "padding 1 above, 0 below, 0 left, 2 right" in explorer.picture.alt


def test_ipywidgets_is_not_imported_until_something_is_shown():
    code = (
        "import sys; from cnncourse import widgets; e = widgets.padding_explorer(); e.step(); "
        "print([m for m in ('ipywidgets', 'tensorflow', 'matplotlib') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_keras_model_of_ones_own_can_be_explored():
    import keras

    model = keras.Sequential(
        [
            keras.Input((20, 20, 1)),
            keras.layers.Conv2D(4, 3, name="a"),
            keras.layers.MaxPooling2D(2, name="pool"),
            keras.layers.Conv2D(4, 3, name="b"),
        ]
    )
    explorer = widgets.receptive_field_explorer(model)
    assert not explorer.message
    assert "b (" in explorer.picture.alt
    assert "sees 8×8" in explorer.picture.alt  # 3, then 2 a step of 1, then 2 steps of 2
    assert "sees 3×3" in explorer.change(layer="a", row=0, column=0).picture.alt
    assert "no layer" in explorer.change(layer="c").message
