"""Receptive fields in JupyterLab: a model's influence under its box, and long tables."""

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from lab import ARTIFACTS, Server, open_notebook, run_all

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CELLS = {
    "setup": """import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np
from cnncourse import figures, widgets
keras.utils.set_random_seed(1)
model = keras.Sequential([
    keras.Input((28, 28, 1)),
    keras.layers.Conv2D(8, 3, padding="same", activation="relu", name="conv1"),
    keras.layers.BatchNormalization(name="norm1"),
    keras.layers.MaxPooling2D(2, name="pool"),
    keras.layers.Conv2D(8, 5, padding="same", activation="relu", name="conv2"),
    keras.layers.Conv2D(8, 5, padding="same", activation="relu", name="conv3"),
    keras.layers.Flatten(),
    keras.layers.Dense(10, activation="softmax"),
], name="small")
before = keras.models.clone_model(model)
before.set_weights(model.get_weights())
images = np.random.default_rng(0).random((64, 28, 28, 1))
model.compile("adam", "sparse_categorical_crossentropy")
_ = model.fit(images, np.arange(64) % 10, epochs=20, verbose=0)""",
    "model": "widgets.receptive_field_explorer(model)",
    "trained": """widgets.receptive_field_explorer(
    model, "conv2", effective={"before training": before, "after training": model})""",
    "effective": 'figures.effective_field({"before training": before, "after training": model})',
    "mobilenet": 'widgets.receptive_field_explorer("mobilenet")',
    "resnet": 'widgets.receptive_field_explorer("resnet50")',
    "still": 'figures.receptive_field_explorer(model, "conv3", at=(2, 9), effective=True)',
    "dense": """widgets.receptive_field_explorer(
    keras.Sequential([keras.Input((8,)), keras.layers.Dense(3)], name="mine"))""",
}
ORDER = [name for name in CELLS if name != "setup"]


def _notebook(folder: Path) -> None:
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS.values()]
    notebook = nbformat.v4.new_notebook(cells=cells)
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook.metadata["kernelspec"] = kernel
    nbformat.write(notebook, folder / "fields.ipynb")


def _area(page: Any, name: str) -> Any:
    return page.locator(".jp-OutputArea-output").nth(ORDER.index(name))


def _shows(area: Any, words: str, timeout: int = 30_000) -> None:
    """Wait until the picture is described by words that contain these."""
    from playwright.sync_api import expect

    figure = area.get_by_role("group", name=re.compile(re.escape(words)))
    expect(figure.and_(area.locator("figure"))).to_be_visible(timeout=timeout)


def _refused(area: Any, words: str) -> None:
    from playwright.sync_api import expect

    expect(area.get_by_role("alert").first).to_contain_text(words, timeout=15_000)


def _type(area: Any, label: str, value: int) -> None:
    field = area.get_by_label(label, exact=True)
    field.fill(str(value))
    field.press("Enter")


def test_fields_and_influence_in_jupyterlab(page: Any, server: Server) -> None:
    _notebook(server.folder)
    open_notebook(page, server.url, "fields.ipynb")
    run_all(page)
    assert page.locator(".jp-OutputArea-output").count() == len(ORDER)
    _measured(page)
    _before_and_after(page)
    _mobilenet(page)
    _refused(_area(page, "dense"), "No layer of 'mine' has rows and columns")
    for each in ("before training", "after training"):
        _shows(_area(page, "effective"), f"{each}: conv3 (7, 7), theoretical field 20×20")
    _shows(_area(page, "still"), "conv3 (2, 9) sees 20×20")
    _keep_pictures(page)


def _measured(page: Any) -> None:
    area = _area(page, "model")
    _shows(area, "conv3 (7, 7) sees 20×20")
    assert area.locator("text", has_text="influence, measured").count() == 0
    area.get_by_label("effective field", exact=True).focus()
    for key in ("Space", "ArrowDown", "Enter"):
        page.keyboard.press(key)
        page.wait_for_timeout(250)
    _shows(area, "Influence, measured, as a heat map: 95 % of it in")
    assert area.locator("text", has_text="influence, measured").is_visible()
    row = area.get_by_label("row", exact=True)
    row.focus()
    row.press("ArrowUp")
    _shows(area, "conv3 (8, 7) sees 20×20")
    _type(area, "row", 14)
    _refused(area, "'conv3' has no position (14, 7): its output is 14×14×8")
    _type(area, "row", 3)
    _shows(area, "conv3 (3, 7) sees 20×20")
    area.get_by_label("layer", exact=True).select_option("conv1")
    _shows(area, "conv1 (6, 14) sees 3×3")  # where conv3 (3, 7) looks
    _shows(area, "That is 1 % of the image. Influence")
    area.get_by_label("layer", exact=True).select_option("conv3")
    _shows(area, "conv3 (3, 7) sees 20×20")
    area.locator(".z.za .a1").hover()
    assert area.locator("text.sa1").is_visible()
    page.mouse.move(0, 0)


def _before_and_after(page: Any) -> None:
    area = _area(page, "trained")
    _shows(area, "conv2 (7, 7) sees 12×12")
    for title in ("before training", "after training"):
        area.get_by_label("effective field", exact=True).select_option(title)
        _shows(area, f"Influence, measured {title}, as a heat map")


def _mobilenet(page: Any) -> None:
    area = _area(page, "mobilenet")
    _shows(area, "28 of 86 layers are listed")
    area.locator(".z.za .a3").hover()
    assert area.locator("text.sa3").is_visible()  # conv_pw_1, with most of the work
    assert "conv_pw_1 " in area.locator("text.sa3").text_content()
    page.mouse.move(0, 0)


def _keep_pictures(page: Any) -> None:
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        page.evaluate(
            "t => window.jupyterapp.commands.execute('apputils:change-theme', {theme: t})", theme
        )
        page.wait_for_timeout(1000)
        for name in ORDER:
            area = _area(page, name)
            area.scroll_into_view_if_needed()
            ARTIFACTS.mkdir(exist_ok=True)
            area.screenshot(path=ARTIFACTS / f"field-{name}-{theme[11:]}.png")
