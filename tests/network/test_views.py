"""Tables and diagrams."""

import builtins
import xml.etree.ElementTree as ET

import pytest

from cnncourse import zoo


def test_the_table_stands_right_and_adds_up():
    lines = str(zoo.mnist().table()).splitlines()
    assert lines[0].split()[:4] == ["layer", "type", "output", "parameters"]
    conv2 = next(line for line in lines if line.startswith("conv2"))
    assert "64 × (3×3×32 + 1)" in conv2
    ends = {
        line.index(number) + len(number)
        for line, number in ((conv2, "18 496"), (lines[-4], "93 322"))
    }
    assert len(ends) == 1  # numbers end in the same column
    assert "'mac'" in lines[-2]


def test_receptive_fields_on_request():
    table = zoo.vgg("D").table(fields=True)
    assert table.header[-2:] == ("receptive field", "stride")
    row = next(row for row in table.rows if row[0] == "block5_pool")
    assert row[-2:] == ("212", "32")


def test_html_is_well_formed_and_right_aligned():
    html = zoo.cats_dogs().table(fields=True)._repr_html_()
    root = ET.fromstring(html.replace("<br>", "<br/>"))
    cells = root.findall("tbody/tr")
    assert len(cells) == 12
    assert "text-align:right" in cells[1].findall("td")[2].attrib["style"]
    assert root.find("tfoot/tr").findall("td")[2].text == "3 453 121"


def test_a_frame_without_pandas_says_how_to_get_it(monkeypatch):
    real = builtins.__import__

    def without(name, *args, **kwargs):
        if name == "pandas":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ImportError, match="pip install pandas"):
        zoo.mnist().table().frame()


@pytest.mark.parametrize("name", ["mnist", "inception-reduced", "resnet18", "googlenet-auxiliary"])
def test_a_diagram_is_svg_with_a_name_for_every_layer(name):
    network = zoo.get(name)
    picture = network.diagram()
    root = ET.fromstring(picture.svg)
    space = "{http://www.w3.org/2000/svg}"
    labels = [group.attrib["aria-label"] for group in root.iter(f"{space}g")]
    assert [label.split(":")[0] for label in labels] == list(network.names)
    edges = sum(len(node.inputs) for _, node in network)
    assert len(list(root.iter(f"{space}path"))) == edges
    assert network.name in picture.alt
    left, _, width, height = (float(value) for value in root.attrib["viewBox"].split())
    for box in root.iter(f"{space}rect"):
        assert left <= float(box.attrib["x"]) <= left + width - float(box.attrib["width"])
        assert 0 <= float(box.attrib["y"]) <= height - float(box.attrib["height"])


def test_a_network_shows_itself():
    network = zoo.mnist()
    assert repr(network) == "Network 'mnist': 28×28×1 -> 10, 9 layers"
    assert "<table" in network._repr_html_()


def test_the_guides_code_runs(root, capsys):
    names = {}
    blocks = (root / "docs" / "networks.md").read_text(encoding="utf-8").split("```python\n")[1:]
    for block in blocks:
        exec(block.split("```")[0], names)
    assert names["net"].cost().parameters == 2 * (64 * 9 * 64 + 64)
    assert "32 × (3×3×1 + 1)" in capsys.readouterr().out
