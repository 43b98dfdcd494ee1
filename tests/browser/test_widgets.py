"""Every explorer by keys and by pointer: in JupyterLab, in Notebook 7, and in an exported page."""

import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
from lab import ARTIFACTS, Server, open_notebook, run_all, screenshot

from cnncourse import figures

pytestmark = [pytest.mark.browser, pytest.mark.slow]
TOKEN = "only-for-this-test"

CELLS = {
    "setup": """import numpy as np
from cnncourse import figures, widgets
image = np.arange(42).reshape(6, 7) * 5 % 9
kernel = np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]])""",
    "window": "widgets.window_explorer(image, kernel)",
    "padding": "widgets.padding_explorer()",
    "pooling": "widgets.pooling_explorer(image)",
    "dilation": "widgets.dilation_coverage()",
    "field": 'widgets.receptive_field_explorer("vgg16", "block2_conv1")',
    "mobilenet": "widgets.mobilenet_explorer()",
    "still window": "figures.window_explorer(image, kernel, at=(0, 1))",
    "channels": """colours = np.stack([image, image.T.reshape(6, 7), 8 - image], axis=-1)
widgets.window_explorer(colours, np.random.default_rng(0).integers(-2, 3, (3, 3, 3, 2)))""",
    "depthwise": """widgets.window_explorer(
    colours, np.random.default_rng(1).integers(-2, 3, (3, 3, 3)), mode="depthwise")""",
    "pointwise": """widgets.window_explorer(
    colours, np.random.default_rng(2).integers(-2, 3, (3, 2)), mode="pointwise")""",
    "still dilation": "figures.dilation_coverage((2, 2, 2))",
    "still padding": "figures.padding_explorer(8)",
    "still pooling": "figures.pooling_explorer(image, shift=1)",
    "branches": 'figures.receptive_field_explorer("googlenet", "inception_3a_output")',
    "too large": 'figures.receptive_field_explorer("googlenet")',
    "still channels": "figures.window_explorer(colours[:4, :5], np.ones((3, 3, 3, 2)))",
    "still mobilenet": "figures.mobilenet_explorer(0.5, 160)",
}
ORDER = [name for name in CELLS if name != "setup"]
LIVE = [name for name in ORDER if CELLS[name].startswith(("widgets", "colours"))]


def _notebook(folder: Path) -> Path:
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in CELLS.values()]
    )
    notebook.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    path = folder / "widgets.ipynb"
    nbformat.write(notebook, path)
    return path


def _area(page: Any, name: str) -> Any:
    """The output of a cell."""
    return page.locator(".jp-OutputArea-output").nth(ORDER.index(name))


def _shows(area: Any, words: str) -> None:
    """Wait until the picture is described by words that contain these."""
    from playwright.sync_api import expect

    figure = area.get_by_role("group", name=re.compile(re.escape(words)))
    expect(figure.and_(area.locator("figure"))).to_be_visible(timeout=15_000)


def _refused(area: Any, words: str) -> None:
    from playwright.sync_api import expect

    expect(area.get_by_role("alert")).to_contain_text(words, timeout=15_000)


def _type(area: Any, label: str, value: int) -> None:
    field = area.get_by_label(label, exact=True)
    field.fill(str(value))
    field.press("Enter")


def _lit(area: Any, kind: str) -> list[tuple[int, int]]:
    """Which cells of the first table of inputs "i" or outputs "o" are lit."""
    found = area.locator(f".z.{kind}").first.evaluate(
        """table => [...table.querySelectorAll('rect')]
            .filter(cell => parseFloat(getComputedStyle(cell).fillOpacity) > 0.1)
            .map(cell => [cell.parentNode.className.baseVal, cell.className.baseVal])"""
    )
    return [(int(row[1:]), int(column[1:])) for row, column in found]


def _is_lit(area: Any, kind: str, expected: list[tuple[int, int]]) -> None:
    """The words beside a drawing may come a moment before it."""
    deadline = time.monotonic() + 15
    while (found := _lit(area, kind)) != expected and time.monotonic() < deadline:
        area.page.wait_for_timeout(50)
    assert found == expected


def _block(rows: range, columns: range) -> list[tuple[int, int]]:
    return [(row, column) for row in rows for column in columns]


def _cell(area: Any, kind: str, row: int, column: int) -> Any:
    return area.locator(f".z.{kind} .R{row} .C{column}").first


def test_every_explorer_in_jupyterlab(page: Any, server: Server) -> None:
    _notebook(server.folder)
    open_notebook(page, server.url, "widgets.ipynb")
    run_all(page)
    assert page.locator(".jp-OutputArea-output").count() == len(ORDER)
    _window(page)
    _padding(page)
    _pooling(page)
    _dilation(page)
    _field(page)
    _mobilenet(page)
    _still(page)
    _still_mobilenet(page)
    _still_inputs(page)
    _several_channels(page)
    _accessible(page)
    _keep_pictures(page)
    _accessible(page, dark=True)


def _window(page: Any) -> None:
    area = _area(page, "window")
    _shows(area, "output (0, 0) reads rows 0–2, columns 0–2")
    row = area.get_by_label("row", exact=True)
    row.focus()
    row.press("ArrowUp")
    _shows(area, "output (1, 0) reads rows 1–3, columns 0–2")
    _is_lit(area, "i", _block(range(1, 4), range(3)))
    _is_lit(area, "o", [(1, 0)])
    _type(area, "stride", 0)
    _refused(area, "Stride must be at least 1")
    _shows(area, "output (1, 0) reads rows 1–3")  # the last good picture
    _type(area, "stride", 2)
    _shows(area, "with stride 2 and gives a map of 2×3; output (1, 0) reads rows 2–4")
    assert area.get_by_role("alert").count() == 0
    area.get_by_label("padding", exact=True).select_option("same")
    _shows(area, "padding 0 above, 1 below, 1 left, 1 right")
    _type(area, "dilation", 9)
    _shows(area, "dilation 9")
    area.get_by_label("padding", exact=True).select_option("valid")
    _refused(area, "does not fit")
    _type(area, "dilation", 1)
    _type(area, "stride", 1)
    area.get_by_label("kernel is", exact=True).select_option("turned by 180°")
    _shows(area, "kernel, turned by 180°")
    area.get_by_label("kernel is", exact=True).select_option("as it is")
    _type(area, "row", 99)
    _refused(area, "There is no output (99, 0)")
    _type(area, "row", 3)
    step = area.get_by_role("button", name="step")
    step.focus()
    step.press("Enter")
    _shows(area, "output (3, 1)")
    play = area.get_by_role("button", name="play")
    play.click()
    _shows(area, "output (3, 3)")
    area.get_by_role("button", name="pause").click()
    page.mouse.move(0, 0)
    _window_input(page, area)
    # What is pointed at wins, and it needs no kernel.
    _type(area, "row", 0)
    _type(area, "column", 0)
    _shows(area, "output (0, 0)")
    _cell(area, "o", 2, 3).hover()
    _is_lit(area, "i", _block(range(2, 5), range(3, 6)))
    assert area.get_by_text("Output row 2 reads rows 2–4").is_visible()
    _cell(area, "i", 1, 2).hover()
    _is_lit(area, "o", _block(range(2), range(3)))  # every output that it feeds
    assert area.get_by_text("Input column 2 feeds columns 0–2").is_visible()
    _cell(area, "o", 3, 1).click()  # a click pins
    page.mouse.move(0, 0)
    _is_lit(area, "i", _block(range(3, 6), range(1, 4)))
    area.get_by_label("row", exact=True).focus()
    _is_lit(area, "i", _block(range(3), range(3)))


def _choose(page: Any, area: Any, label: str, *keys: str) -> None:
    """In a list, by keys. JupyterLab keeps the bare arrow keys; Space or Enter opens it."""
    area.get_by_label(label, exact=True).focus()
    for key in ("Space", *keys, "Enter"):
        page.keyboard.press(key)
        page.wait_for_timeout(100)


def _window_input(page: Any, area: Any) -> None:
    """By keys alone: an input and every output that it feeds, and padding whose ends differ."""
    _type(area, "row", 1)
    _type(area, "column", 2)
    _choose(page, area, "point at", "ArrowDown")
    _shows(area, "input (1, 2), value 0, feeds output rows 0–1, columns 0–2")
    _is_lit(area, "i", [(1, 2)])
    _is_lit(area, "o", _block(range(2), range(3)))
    assert area.get_by_text("Input row 1 feeds rows 0–1").is_visible()
    area.get_by_label("row", exact=True).focus()
    page.keyboard.press("ArrowUp")
    _shows(area, "input (2, 2), value 8, feeds output rows 0–2")
    _is_lit(area, "o", _block(range(3), range(3)))
    assert not area.get_by_label("zeros left", exact=True).is_visible()
    area.get_by_label("padding", exact=True).select_option("explicit")
    _type(area, "zeros left", 2)
    _shows(area, "padding 0 above, 1 below, 2 left, 1 right")
    column = area.get_by_label("column", exact=True)
    column.focus()
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    _shows(area, "padding (2, −1), value 0, feeds output rows 0–2, columns 0–1")
    _is_lit(area, "i", [(2, 1)])
    step = area.get_by_role("button", name="step")
    step.focus()
    step.press("Enter")
    _shows(area, "input (2, 0)")
    _type(area, "zeros left", 70)
    _refused(area, "too large to draw")
    _type(area, "zeros left", 1)
    _cell(area, "o", 0, 0).hover()  # the pointer wins over the input that is pinned
    _is_lit(area, "i", _block(range(3), range(3)))
    orange = "getComputedStyle(e).fill"
    assert _cell(area, "o", 0, 0).evaluate(f"e => {orange}") == "rgb(230, 159, 0)"
    page.mouse.move(0, 0)
    assert _cell(area, "o", 0, 0).evaluate(f"e => {orange}") == "rgb(0, 114, 178)"
    screenshot(page, "widget-point-at-input")
    area.get_by_label("padding", exact=True).select_option("valid")
    _choose(page, area, "point at", "ArrowUp")
    _shows(area, "output (2, 0)")


NUMBERS = np.random.default_rng(0).integers(0, 9, (18, 17))
COLOURS = np.random.default_rng(1).integers(0, 9, (9, 8, 3))
WEIGHTS = np.random.default_rng(2).integers(-2, 3, (3, 2, 3))
EDGES = np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]])
# What is drawn, and the output that is shown.
SKETCHED = {
    "window": (figures.window_explorer, (NUMBERS, EDGES), {"at": (3, 2), "padding": "same"}),
    "few outputs": (figures.window_explorer, (NUMBERS, EDGES), {"at": (1, 2), "stride": 4}),
    "dilated": (figures.window_explorer, (NUMBERS[:8, :9], EDGES), {"dilation": 2, "stride": 2}),
    "small": (figures.window_explorer, (NUMBERS[:6, :6], EDGES), {"at": (3, 3), "flip": True}),
    "maps": (figures.window_explorer, (COLOURS, WEIGHTS[..., None] * [1, -1]), {"filter": 1}),
    "depthwise": (figures.window_explorer, (COLOURS, WEIGHTS), {"mode": "depthwise", "filter": 2}),
    "pooling": (figures.pooling_explorer, (NUMBERS[:9, :9],), {"at": (2, 3), "shift": 1}),
    "channels": (figures.pooling_explorer, (COLOURS, "l2", 3, 2), {"at": (1, 1)}),
    "region": (figures.pooling_explorer, (NUMBERS, "roi", (3, 2), None, (1, 2, 12, 9)), {}),
    "input": (
        figures.window_explorer,
        (NUMBERS, EDGES),
        {"at_input": (5, 3), "padding": "same", "stride": 2},
    ),
    "padding": (figures.window_explorer, (NUMBERS, EDGES), {"at_input": (-1, 3), "padding": 1}),
    "input of maps": (
        figures.window_explorer,
        (COLOURS, WEIGHTS[..., None] * [1, -1]),
        {"at_input": (3, 2)},
    ),
    "input of depthwise": (
        figures.window_explorer,
        (COLOURS, WEIGHTS),
        {"mode": "depthwise", "filter": 2, "at_input": (3, 2)},
    ),
    "input of pooling": (figures.pooling_explorer, (COLOURS, "l2", 3, 2), {"at_input": (2, 4)}),
}


@pytest.mark.parametrize("name", SKETCHED)
def test_a_sketch_looks_like_the_whole(browser: Any, name: str) -> None:
    """An explorer shows it for a moment after a setting: nobody should see it go."""
    draw, given, more = SKETCHED[name]
    picture = draw(*given, **more, controls=False)
    sketch = picture.sketch()
    assert len(sketch) < 0.8 * len(picture.drawing)
    page = browser.new_page(viewport={"width": 1100, "height": 1500})
    try:
        seen = []
        for drawing in (picture.drawing, sketch):
            pin = f"<style>.own{{{picture.pin}}}</style>{picture.note}"
            page.set_content(f'<body><div class="own">{drawing}{pin}</div></body>')
            seen.append(page.screenshot())
            lit = page.locator("svg").evaluate(
                """svg => [...svg.querySelectorAll('.z rect')]
                    .filter(cell => parseFloat(getComputedStyle(cell).fillOpacity) > 0.1).length"""
            )
            assert lit >= 2  # an input and an output, at the least
        (ARTIFACTS / "sketches").mkdir(parents=True, exist_ok=True)
        (ARTIFACTS / "sketches" / f"{name}.png").write_bytes(seen[1])
        assert seen[0] == seen[1]
    finally:
        page.close()


def _padding(page: Any) -> None:
    area = _area(page, "padding")
    _shows(area, "A row of 7 positions")
    size = area.get_by_label("size", exact=True)
    size.focus()
    size.press("ArrowUp")
    _shows(area, "0 added before, 1 after, 4 outputs. The odd position is added after")
    _type(area, "kernel", 0)
    _refused(area, "at least 1")
    _type(area, "kernel", 3)
    _type(area, "size", 500)
    _refused(area, "too long to draw")
    _type(area, "size", 9)
    _shows(area, "A row of 9 positions")
    area.locator(".z.i .C3").first.hover()
    _is_lit(area, "o", [(0, 1)])
    page.mouse.move(0, 0)
    _choose(page, area, "point at", "ArrowDown")
    assert not area.get_by_label("output", exact=True).is_visible()
    place = area.get_by_label("input", exact=True)
    place.focus()
    for _ in range(3):
        place.press("ArrowUp")
    _shows(area, "Input 3 feeds outputs 1–2")
    _is_lit(area, "o", [(0, 1), (0, 2)])
    area.get_by_label("padding", exact=True).select_option("explicit")
    _type(area, "zeros before", 3)
    _shows(area, "3 added before, 1 after")
    _type(area, "zeros before", 99)
    _refused(area, "too long to draw")
    _type(area, "zeros before", 2)
    _shows(area, "2 added before, 1 after, 5 outputs. Input 3 feeds output 2")


def _pooling(page: Any) -> None:
    area = _area(page, "pooling")
    _shows(area, "Max pooling turns a 6×7 image into 3×3")
    _choose(page, area, "kind", "ArrowDown")
    _shows(area, "Average pooling")
    _cell(area, "o", 1, 2).hover()
    _is_lit(area, "i", _block(range(2, 4), range(4, 6)))
    _cell(area, "i", 5, 1).hover()
    _is_lit(area, "o", [(2, 0)])
    page.mouse.move(0, 0)
    _choose(page, area, "point at", "ArrowDown")
    _shows(area, "input (0, 0), value 0, feeds output rows 0, columns 0")
    area.get_by_label("column", exact=True).focus()
    for _ in range(6):
        page.keyboard.press("ArrowUp")
    _shows(area, "input (0, 6), value 3, feeds no output")
    _is_lit(area, "i", [(0, 6)])
    _is_lit(area, "o", [])
    step = area.get_by_role("button", name="step")
    step.focus()
    step.press("Enter")
    _shows(area, "input (1, 0)")
    _is_lit(area, "o", [(0, 0)])
    _choose(page, area, "point at", "ArrowUp")
    area.get_by_role("button", name="play").click()
    _shows(area, "output (1, 1) reads rows 2–3, columns 2–3")
    area.get_by_role("button", name="pause").click()
    _type(area, "shift", 1)
    _shows(area, "moved right by 1")
    _type(area, "size", 9)
    _refused(area, "does not fit")
    _type(area, "size", 2)
    area.get_by_label("kind", exact=True).select_option("roi")
    _shows(area, "Region-of-interest pooling")
    _type(area, "region bottom", 99)
    _refused(area, "must satisfy")
    _type(area, "region bottom", 5)
    _shows(area, "region (0, 0, 5, 7)")
    _cell(area, "o", 1, 0).hover()
    _is_lit(area, "i", _block(range(2, 5), range(4)))
    _cell(area, "i", 2, 3).hover()  # bins share a row and a column
    _is_lit(area, "o", _block(range(2), range(2)))
    _cell(area, "i", 5, 3).hover()  # outside the region
    _is_lit(area, "o", [])
    page.mouse.move(0, 0)


def _dilation(page: Any) -> None:
    area = _area(page, "dilation")
    _shows(area, "touches every one of them")
    for layer in (1, 2, 3):
        _type(area, f"dilation {layer}", 2)
    _shows(area, "spans 13 input positions and touches 7 of them")
    _type(area, "dilation 1", 0)
    _refused(area, "at least 1")
    _type(area, "dilation 1", 2)
    area.locator(".z.za .a1").hover()
    assert area.get_by_text("Input 1 is never seen").is_visible()


def _field(page: Any) -> None:
    area = _area(page, "field")
    _shows(area, "block2_conv1 (56, 56) sees 10×10")
    area.get_by_label("layer", exact=True).select_option("block5_conv3")
    _shows(area, "sees 196×196")
    _type(area, "row", 99)
    _refused(area, "has no position (99,")
    _type(area, "row", 0)
    _shows(area, "block5_conv3 (0, 7)")  # the column that sees what 56 of 112 saw
    area.locator(".z.za .a1").hover()
    assert area.locator("text.sa1").is_visible()


def _mobilenet(page: Any) -> None:
    area = _area(page, "mobilenet")
    _shows(area, "α 1 at 224×224: 569 M mult-adds, 4.21 M parameters, accuracy 70.6 % (Table 6)")
    area.get_by_label("width α", exact=True).select_option("0.5")
    _shows(area, "α 0.5 at 224×224: 149 M mult-adds, 1.32 M parameters, accuracy 63.7 % (Table 6)")
    resolution = area.get_by_label("resolution (224 is ρ = 1)", exact=True)
    resolution.focus()
    resolution.press("ArrowUp")
    _shows(area, "4 widths and 5 resolutions. α 0.5 at 225×225")
    _type(area, "resolution (224 is ρ = 1)", 160)
    _shows(area, "α 0.5 at 160×160: 76.5 M mult-adds, 1.32 M parameters, accuracy 60.2 % (Table 9)")
    _type(area, "resolution (224 is ρ = 1)", 9)
    _shows(area, "α 0.5 at 32×32")  # the smallest that the field takes
    _type(area, "resolution (224 is ρ = 1)", 160)
    _shows(area, "α 0.5 at 160×160")
    area.locator(".z.za .a15").hover()  # α 0.25 at 128
    assert area.locator("g.sa15").is_visible()
    assert not area.locator("g.sa10").is_visible()
    page.mouse.move(0, 0)


def _still_mobilenet(page: Any) -> None:
    """Without a kernel: an arrow key goes on to the next network."""
    area = _area(page, "still mobilenet")
    assert area.locator("g.sa10").is_visible()
    area.get_by_label("α 0.5 at 160×160").and_(area.locator("input")).focus()
    page.keyboard.press("ArrowRight")
    assert area.locator("g.sa11").is_visible()
    assert area.get_by_text("α = 0.5, ρ = 0.571: accuracy not published").is_visible()
    assert not area.locator("g.sa10").is_visible()


def _still(page: Any) -> None:
    """A picture without any kernel: arrow keys move between its own radio buttons."""
    area = _area(page, "still window")
    active = "() => window.jupyterapp.shell.currentWidget.content.activeCellIndex"
    _is_lit(area, "i", _block(range(3), range(1, 4)))
    area.get_by_label("output row 0 reads rows 0–2").focus()
    before = page.evaluate(active)
    page.keyboard.press("ArrowDown")
    _is_lit(area, "i", _block(range(1, 4), range(1, 4)))
    page.keyboard.press("ArrowRight")
    _is_lit(area, "i", _block(range(2, 5), range(1, 4)))
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    _is_lit(area, "i", _block(range(2, 5), range(2, 5)))
    assert page.evaluate(active) == before  # JupyterLab left the keys to the picture
    stops = area.evaluate(
        """area => new Set([...area.querySelectorAll('input, [tabindex="0"], button, select')]
            .filter(e => e.checkVisibility()).map(e => e.name || e)).size"""
    )
    assert stops <= 4


def _still_inputs(page: Any) -> None:
    """Without any kernel, by keys alone: what an input feeds, and back to the outputs."""
    area = _area(page, "still window")
    assert not area.get_by_label("input row 0 feeds rows 0").is_visible()
    area.get_by_label("output", exact=True).focus()
    page.keyboard.press("ArrowRight")
    _is_lit(area, "i", [(0, 0)])
    _is_lit(area, "o", [(0, 0)])
    for _ in range(2):
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowDown")
    _is_lit(area, "i", [(1, 1)])
    _is_lit(area, "o", _block(range(2), range(2)))
    assert area.get_by_text("Input row 1 feeds rows 0–1").is_visible()
    screenshot(page, "widget-still-input")
    area.get_by_label("input", exact=True).focus()
    page.keyboard.press("ArrowLeft")
    _is_lit(area, "i", _block(range(2, 5), range(2, 5)))  # as `_still` left it
    area = _area(page, "still padding")
    area.get_by_label("output", exact=True).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    _is_lit(area, "o", [(0, 0), (0, 1)])
    area = _area(page, "still channels")
    area.get_by_label("output", exact=True).focus()
    page.keyboard.press("ArrowRight")
    maps = area.locator(".z.o").evaluate_all(
        """tables => tables.map(table => [...table.querySelectorAll('rect')]
            .filter(cell => parseFloat(getComputedStyle(cell).fillOpacity) > 0.1).length)"""
    )
    assert maps == [1, 1]  # an input feeds every map


def _several_channels(page: Any) -> None:
    area = _area(page, "channels")
    _shows(area, "gives 2 maps of 4×5")
    _type(area, "map", 1)
    _shows(area, "in map 1")
    _type(area, "map", 5)
    _refused(area, "There is no map 5")
    _type(area, "map", 0)
    area = _area(page, "pointwise")
    _shows(area, "A 1×1 pointwise kernel")
    assert area.get_by_label("stride", exact=True).count() == 0
    _type(area, "map", 1)
    _type(area, "row", 2)
    _shows(area, "output (2, 0) reads rows 2, columns 0, value")
    _is_lit(area, "i", [(2, 0)])
    _choose(page, area, "point at", "ArrowDown")
    _shows(area, "in channel 0, feeds output rows 2, columns 0")
    _choose(page, area, "point at", "ArrowUp")
    area = _area(page, "depthwise")
    _shows(area, "depthwise kernel")
    area.locator(".z.o.m1 .R1 .C1").hover()
    lit = area.evaluate(
        """area => {
            const lit = cell => parseFloat(getComputedStyle(cell).fillOpacity) > 0.1;
            const tables = [...area.querySelectorAll('.z.i')];
            return tables.map(table => [...table.querySelectorAll('rect')].filter(lit).length);
        }"""
    )
    assert lit == [0, 9, 0]


def _accessible(page: Any, dark: bool = False) -> None:
    """No serious or critical violation that axe can find in the outputs, nor in a refusal."""
    import axe_playwright_python

    folder = Path(axe_playwright_python.__file__).parent
    page.add_script_tag(path=folder / "axe.min.js")
    if dark:
        _theme(page, "JupyterLab Dark")
        _type(_area(page, "window"), "stride", 0)
        _refused(_area(page, "window"), "Stride must be at least 1")
        screenshot(page, "widget-refusal-Dark")
    found = page.evaluate(
        "async () => (await axe.run({include: ['.jp-OutputArea-output']})).violations"
    )
    worst = [
        (each["id"], node["html"][:160])
        for each in found
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]
    assert not worst, worst[:5]


def _theme(page: Any, theme: str) -> None:
    page.evaluate(
        "t => window.jupyterapp.commands.execute('apputils:change-theme', {theme: t})", theme
    )
    page.wait_for_timeout(1000)


def _keep_pictures(page: Any) -> None:
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        _theme(page, theme)
        # Without controls there is the white card alone, the same in both.
        for name in ORDER if theme.endswith("Dark") else LIVE:
            area = _area(page, name)
            area.scroll_into_view_if_needed()
            ARTIFACTS.mkdir(exist_ok=True)
            area.screenshot(path=ARTIFACTS / f"widget-{name.replace(' ', '-')}-{theme[11:]}.png")


def test_an_exported_page_needs_no_kernel_and_no_network(browser: Any, tmp_path: Path) -> None:
    """What a reader without a kernel gets: the still pictures, with pointing and arrow keys."""
    from cnncourse.authoring.execution import execute

    path = _notebook(tmp_path)
    ran = execute(nbformat.read(path, as_version=4), folder=tmp_path)
    nbformat.write(ran, path)
    command = [sys.executable, "-m", "nbconvert", "--to", "html", "--log-level=ERROR", str(path)]
    subprocess.run(command, check=True, timeout=120)
    page = browser.new_context(offline=True, viewport={"width": 1100, "height": 1400}).new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(path.with_suffix(".html").as_uri(), wait_until="domcontentloaded")
    areas = page.locator(".jp-OutputArea-output")
    assert areas.count() == len(ORDER)
    for name in ORDER:
        assert _area(page, name).locator("figure svg").first.is_visible(), name
    area = _area(page, "window")
    area.get_by_label("output row 0 reads rows 0–2").focus()
    page.keyboard.press("ArrowDown")
    _is_lit(area, "i", _block(range(1, 4), range(3)))
    _cell(area, "i", 1, 2).hover()
    _is_lit(area, "o", _block(range(2), range(3)))
    ours = [error for error in errors if "require" not in error and "MathJax" not in error]
    assert not ours, ours


def test_notebook_7_shows_and_drives_an_explorer(browser: Any, server: Server) -> None:
    # A page of its own: Notebook 7 itself leaves errors behind (a file browser it does not have).
    context = browser.new_context(viewport={"width": 1280, "height": 1400})
    page = context.new_page()
    away: list[str] = []
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((server.url, "data:", "blob:"))
            else away.append(request.url)
        ),
    )
    _notebook(server.folder)
    page.goto(f"{server.url}/notebooks/widgets.ipynb?token={TOKEN}")
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    page.wait_for_timeout(3000)  # its kernel starts; it does not show its application
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    area = _area(page, "window")
    _shows(area, "output (0, 0) reads rows 0–2")
    row = area.get_by_label("row", exact=True)
    row.focus()
    row.press("ArrowUp")
    _shows(area, "output (1, 0) reads rows 1–3")
    area = _area(page, "still window")
    area.get_by_label("output row 0 reads rows 0–2").focus()
    page.keyboard.press("ArrowDown")
    _is_lit(area, "i", _block(range(1, 4), range(1, 4)))
    screenshot(page, "notebook7-widgets")
    context.close()
    assert not away, away
