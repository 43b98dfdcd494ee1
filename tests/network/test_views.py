"""Tables and diagrams."""

import builtins
import io
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest
from rich.console import Console

from cnncourse import zoo
from cnncourse.network import Conv2D, Input, Network, Opaque


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
    with pytest.raises(ImportError, match="pip install pandas") as refused:
        zoo.mnist().table().frame()
    assert "pip install 'cnncourse[pandas]'" in str(refused.value)


def strange():
    """A network with a layer that nobody can count, and with names that rich could mistake."""
    return Network.chain(
        "strange",
        Input((8, 8, 3), name="image"),
        Conv2D(4, 3, name="[bold]conv"),
        Opaque("Lambda", (8, 8, 4), 5, 2, name="mystery"),
        Conv2D(2, 3, name="a" * 70),
    )


def in_terminal(table, width, **settings):
    console = Console(width=width, record=True, file=io.StringIO(), **settings)
    console.print(table)
    return console.export_text().splitlines()


@pytest.mark.parametrize("width", [80, 140])
@pytest.mark.parametrize("name", ["vgg16", "mobilenet", "resnet50", "googlenet", "vgg-a-lrn"])
def test_it_fits_a_terminal(name, width):
    network = zoo.get(name)
    table = network.table()
    lines = in_terminal(table, width)
    assert max(map(len, lines)) <= width
    begin, end = (number for number, line in enumerate(lines) if line.startswith("──"))
    rows = lines[begin + 1 : end]
    assert [row.split()[0] for row in rows] == list(network.names)  # each in one line, in full
    for row, layer in zip(rows, table.rows, strict=True):
        assert f"  {layer[3]}  " in row  # parameters
        assert layer[5] in row
        assert layer[2] in row
    titles = lines[0].split()
    assert titles[:4] == ["layer", "type", "output", "parameters"]
    assert "mult-adds" in titles
    total = lines[end + 1]
    assert total.startswith("total")
    assert table.total[3] in total
    assert table.total[5] in total
    # What there is no room for is said; formulas are shown where there is room.
    assert ("formula" in titles) == (width == 140)
    assert any("Too narrow to show: formula" in line for line in lines) == (width == 80)


def test_numbers_stand_right_in_a_terminal_as_well():
    lines = in_terminal(zoo.get("vgg16").table(fields=True), 140)
    assert max(map(len, lines)) <= 140
    line, total = (next(each for each in lines if each.startswith(name)) for name in ("fc1", "tot"))
    assert line.index("102 760 448") + 11 == total.index("15 470 264 320") + 14
    last = next(each for each in lines if each.startswith("block5_pool"))
    assert last.split()[-2:] == ["212", "32"]


def test_what_is_not_known_is_marked_in_a_terminal():
    table = strange().table()
    lines = in_terminal(table, 80)
    assert max(map(len, lines)) <= 80
    assert next(line for line in lines if line.startswith("mystery")).split()[-1] == "?"
    assert "≥ 6 480" in next(line for line in lines if line.startswith("total"))
    assert any(line.startswith("At least, for not known: mystery (") for line in lines)
    assert any(line.startswith("[bold]conv") for line in lines)  # a name is no markup
    # A name that is too long goes on in the next line: nothing of it is lost.
    assert sum(line.split()[0].count("a") for line in lines if line[:3] == "aaa") == 70
    dim = Console(width=80, file=io.StringIO(), force_terminal=True, color_system="standard")
    dim.print(table)
    assert "\x1b[2m" in dim.file.getvalue()


@pytest.mark.parametrize("width", [66, 50, 40, 30])
def test_numbers_are_whole_in_a_narrow_terminal(width):
    table = zoo.mnist().table()
    lines = in_terminal(table, width)
    assert max(map(len, lines)) <= width
    for layer in table.rows:
        line = next(line for line in lines if line.startswith(layer[0]))
        assert layer[3] in line
        assert layer[5] in line


def test_a_program_gets_plain_text_even_from_repr(monkeypatch):
    table = zoo.mnist().table()
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.delattr(sys, "ps1", raising=False)  # IPython, in another test, has set it
    assert repr(table) == str(table)
    monkeypatch.setattr(sys, "ps1", ">>> ", raising=False)  # now somebody types
    monkeypatch.setenv("COLUMNS", "60")
    assert "Too narrow to show: formula, activations." in repr(table)


def test_rich_and_pandas_are_imported_only_when_asked_for():
    code = (
        "import sys\nfrom cnncourse import zoo\n"
        "table = zoo.mnist().table(); str(table), repr(table), table._repr_html_()\n"
        "sys.exit(', '.join({'rich', 'pandas'} & set(sys.modules)) or None)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def numbers(column):
    import pandas

    return [None if value is pandas.NA else value for value in column]


@pytest.mark.parametrize("make", [lambda: zoo.get("vgg16"), strange], ids=["vgg16", "strange"])
def test_a_frame_has_the_numbers_of_the_cost(make):
    pytest.importorskip("pandas")
    network = make()
    cost, frame = network.cost("flops"), network.table("flops").frame()
    assert list(frame.index) == [layer.name for layer in cost.layers]
    assert list(frame["type"]) == [layer.kind for layer in cost.layers]
    assert list(frame["output"]) == [layer.output for layer in cost.layers]
    for name in ("parameters", "mult_adds", "activations_bytes", "weights_bytes"):
        counts = [getattr(layer, name.removesuffix("_bytes")) for layer in cost.layers]
        assert str(frame[name].dtype) == "Int64"
        assert numbers(frame[name]) == [None if each is None else each.value for each in counts]
    assert numbers(frame["trainable"]) == [layer.trainable for layer in cost.layers]
    assert frame["parameters"].sum() == cost.parameters
    assert frame["weights_bytes"].sum() == cost.weights_bytes
    assert frame["mult_adds"].sum() == cost.mult_adds  # the known ones, as in the table
    assert frame.attrs == {"network": network.name, "convention": "flops", "unit": "FLOPs"}


def test_a_frames_formulas_and_gaps():
    pandas = pytest.importorskip("pandas")
    frame = strange().table(fields=True).frame()
    assert frame.loc["[bold]conv", "formula"] == "4 × (3×3×3 + 1)"
    assert frame.loc["[bold]conv", "mult_adds_formula"] == "6×6 × 4 × 3×3×3"
    assert frame.loc["mystery", "mult_adds"] is pandas.NA
    assert pandas.isna(frame.loc["mystery", "mult_adds_formula"])
    assert frame.loc["mystery", "activations_bytes"] == 8 * 8 * 4 * 4
    wide = zoo.get("vgg16").table(fields=True).frame()
    columns = ["receptive_field_rows", "stride_rows", "receptive_field_columns", "stride_columns"]
    assert list(wide.loc["block5_pool", columns]) == [212, 32, 212, 32]
    assert str(wide["stride_rows"].dtype) == "Int64"


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
