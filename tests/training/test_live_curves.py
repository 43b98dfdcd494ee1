"""Live curves: one output of one size, updated in place."""

import re
import xml.etree.ElementTree as ET

import pytest

from cnncourse.authoring.alt import html_without_alt
from cnncourse.training import curves

RUN = {
    "loss": [0.9, 0.5, 0.3],
    "accuracy": [0.5, 0.7, 0.9],
    "val_loss": [1.0, 0.6, float("nan")],
    "val_accuracy": [0.55, 0.6, 0.65],
}


def part(name, epochs):
    return {key: values[:epochs] for key, values in RUN.items() if name in key}


@pytest.mark.parametrize("epochs", [0, 1, 3])
def test_the_picture_keeps_its_size_from_before_the_first_epoch(epochs):
    tree = ET.fromstring(curves.picture(part("", epochs), 3))
    assert (tree.get("width"), tree.get("height")) == ("600", "210")
    assert not html_without_alt(curves.picture(RUN, 3))


def test_points_are_training_and_lines_validation():
    text = curves.picture(RUN, 3)
    (loss_line, accuracy_line) = re.findall(r'<polyline points="([^"]+)"', text)
    assert len(loss_line.split()) == 2  # what is not a number has no place
    assert len(accuracy_line.split()) == 3
    points = re.findall(r'<circle cx="[\d.]+" cy="([\d.]+)" r="3.5" fill="#E69F00"/>', text)
    assert len(points) == 2 * (1 + 3)  # one in each legend
    heights = [float(height) for height in points[1:4]]
    assert heights == sorted(heights)  # a falling loss goes down the page


@pytest.mark.parametrize(
    ("values", "name", "axis"),
    [
        ([0.52, 0.97], "accuracy", (0.4, 1.0, 0.2)),
        ([0.13, 0.69], "loss", (0.0, 0.8, 0.2)),
        ([7.0], "loss", (0.0, 8.0, 2.0)),
        ([], "loss", (0.0, 1.0, 0.5)),
        ([float("inf"), 3.0], "loss", (0.0, 3.0, 1.0)),
        ([1.0], "accuracy", None),
        ([0.0], "loss", None),
    ],
)
def test_axes_end_on_round_numbers(values, name, axis):
    low, high, step = curves._scale(values, name)
    assert low < high
    assert 1 <= round((high - low) / step) <= 6
    assert all(low <= value <= high for value in values if value < 1e9)
    if axis:
        assert (low, high, step) == pytest.approx(axis)


class Handle:
    """Stands for the output of a notebook."""

    def __init__(self):
        self.updates = []

    def update(self, data, raw):
        self.updates.append(data)


def test_one_output_is_updated_and_not_too_often(monkeypatch):
    import IPython.display

    handle = Handle()
    shown = []
    monkeypatch.setattr(curves, "in_notebook", lambda: True)
    monkeypatch.setattr(IPython.display, "display", lambda data, **how: shown.append(how) or handle)
    live = curves.Curves(3)
    live.draw({}, now=True)
    live.draw(part("", 1))  # too soon after the last one
    assert not handle.updates
    live.draw(part("", 2), now=True)
    assert shown == [{"raw": True, "display_id": True}]
    assert handle.updates[0]["text/plain"].startswith("Curves after 2 epochs: loss 0.5")


def test_outside_a_notebook_nothing_is_drawn(capsys):
    curves.Curves(2).draw(RUN, now=True)
    assert capsys.readouterr().out == ""
