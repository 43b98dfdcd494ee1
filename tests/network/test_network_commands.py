"""The commands cost, receptive-field and papers."""

import json
import os
import re
import subprocess
import sys

import pytest
from click.testing import CliRunner

from cnncourse.cli import main


def run(*arguments):
    return CliRunner().invoke(main, arguments)


def data(*arguments):
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def test_cost_as_json():
    found = data("cost", "mnist", "--json")
    assert found["network"] == "mnist"
    assert (found["convention"], found["input"]) == ("mac", [28, 28, 1])
    row = found["layers"][3]
    assert (row["name"], row["type"], row["output"]) == ("conv2", "Conv2D", [11, 11, 64])
    assert (row["parameters"], row["mult_adds"]) == (18_496, 2_230_272)
    assert row["formula"].endswith("64 × (3×3×32 + 1) = 18 496")
    totals = found["totals"]
    assert (totals["parameters"], totals["trainable"]) == (93_322, 93_322)
    assert totals["complete"] is True
    assert totals["activations_bytes"] == sum(each["activations_bytes"] for each in found["layers"])


def test_cost_with_another_input_and_convention():
    found = data("cost", "mobilenet", "--input", "160x160x3", "--convention", "flops", "--json")
    assert found["totals"]["mult_adds"] == 2 * 290_675_200 or (
        round(found["totals"]["mult_adds"] / 2e6, 2) == 290.68
    )
    assert (
        data("cost", "mobilenet-1-160", "--json")["totals"]["mult_adds"] * 2
        == (found["totals"]["mult_adds"])
    )


def test_cost_as_text():
    result = run("cost", "vgg16")
    assert "138 357 544" in result.output
    assert "15 470 264 320" in result.output


def test_receptive_field_as_json():
    found = data("receptive-field", "vgg16", "--layer", "block5_pool", "--json")
    assert found["size"] == [212, 212]
    assert (found["stride"], found["padding"], found["aligned"]) == ([32, 32], [90, 90], True)
    assert found["layer"] == "block5_pool"
    assert found["input"] == [224, 224, 3]
    assert data("receptive-field", "resnet50", "--json")["size"] == [483, 483]
    free = data("receptive-field", "googlenet", "--input", "?x?x3", "--layer", "pool5", "--json")
    assert free["input"] == [None, None, 3]


def test_every_field():
    assert len(data("receptive-field", "mnist", "--all", "--json")) == 9
    assert "aligned" in run("receptive-field", "mnist").output


def test_papers():
    rows = data("papers", "--json")
    row = next(row for row in rows if row["row"] == "34-layer")
    assert (row["printed"], row["verdict"]) == ("3.6", "other convention")
    assert "1.91" in run("papers").output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("cost", "vgg61"), "vgg16"),
        (("cost", "vgg16", "--input", "224"), "224x224x3"),
        (("cost", "vgg16", "--input", "16x16x3"), "block5_pool"),
        (("cost", "vgg16", "--convention", "macc"), "mac"),
        (("cost", "missing.keras"), "no file"),
        (("receptive-field", "vgg16", "--layer", "block5_pol"), "block5_pool"),
    ],
)
def test_mistakes_are_explained_without_a_traceback(arguments, says):
    result = run(*arguments)
    assert result.exit_code == 2
    assert says in result.output
    assert "Traceback" not in result.output


def test_the_command_imports_nothing_heavy():
    # That is what makes it quick; benchmarks/networks.py measures how quick.
    code = (
        "import sys; from cnncourse.cli import main\n"
        "try: main(['cost', 'vgg16'])\n"
        "except SystemExit: pass\n"
        "heavy = {'tensorflow', 'keras', 'matplotlib', 'pandas'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "138 357 544" in done.stdout


def in_terminal(*arguments, columns=80, **environment):
    """What a command shows in a terminal of so many columns, as lines without colours, and raw."""
    fcntl, termios = pytest.importorskip("fcntl"), pytest.importorskip("termios")
    import pty
    import struct

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    others = ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR")
    settings = {key: value for key, value in os.environ.items() if key not in others}
    settings |= {"TERM": "xterm-256color", "PYTHONUTF8": "1"} | environment
    command = [sys.executable, "-m", "cnncourse", *arguments]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=settings) as run:
        os.close(theirs)
        shown = b""
        while True:
            try:
                more = os.read(ours, 65536)
            except OSError:  # Linux's way to say that the other end is closed
                break
            if not more:
                break
            shown += more
    os.close(ours)
    assert run.returncode == 0, shown.decode()
    raw = shown.decode().replace("\r\n", "\n")
    return re.sub(r"\x1b\[[0-9;]*m", "", raw).splitlines(), raw


@pytest.mark.parametrize("columns", [80, 140])
def test_cost_fits_the_terminal(columns):
    lines, raw = in_terminal("cost", "vgg16", columns=columns)
    assert max(map(len, lines)) <= columns
    row = next(line for line in lines if line.startswith("fc1"))
    assert row.split()[:6] == ["fc1", "Dense", "4096", "102", "764", "544"]
    assert ("4096 × (25088 + 1)" in row) == (columns == 140)
    assert next(line for line in lines if line.startswith("total")).split()[1:4] == [
        "138",
        "357",
        "544",
    ]
    assert ("\x1b[36m" in raw) == (columns == 140)  # the formulas' colour
    if columns == 140:
        assert "\x1b[36m" not in in_terminal("cost", "vgg16", columns=140, NO_COLOR="1")[1]


def test_receptive_fields_and_papers_fit_the_terminal():
    lines, _ = in_terminal("receptive-field", "googlenet", "--input", "?x?x3", "--all")
    assert max(map(len, lines)) <= 80
    row = next(line for line in lines if line.startswith("conv2_3x3 "))
    assert row.split() == ["conv2_3x3", "?×?×192", "19", "4", "?", "aligned"]
    assert "depends on the input size" in " ".join(" ".join(lines[-3:]).split())
    assert (
        in_terminal("receptive-field", "vgg16")[0]
        == run("receptive-field", "vgg16").output.split("\n")[:1]
    )
    lines, _ = in_terminal("papers")
    assert max(map(len, lines)) <= 80
    row = next(line for line in lines if "34-layer" in line)
    assert row.split()[-2:] == ["other", "convention"]


def test_a_pipe_gets_the_whole_plain_text():
    result = run("cost", "vgg16")
    from cnncourse import zoo

    assert result.output == f"{zoo.get('vgg16').table()}\n"


@pytest.mark.tensorflow
def test_a_keras_file(tmp_path):
    keras = pytest.importorskip("keras")
    good, bad = tmp_path / "good.keras", tmp_path / "bad.keras"
    stack = [keras.Input((12, 12, 3)), keras.layers.Conv2D(4, 3, name="conv")]
    keras.Sequential(stack).save(good)
    keras.Sequential([*stack, keras.layers.Lambda(lambda x: x + 1)]).save(bad)
    found = data("cost", str(good), "--input", "20x20x3", "--json")
    assert found["layers"][1]["output"] == [18, 18, 4]
    assert data("receptive-field", str(good), "--json")["size"] == [3, 3]
    refused = run("cost", str(bad))
    assert refused.exit_code == 2
    assert "safe mode" in refused.output


def test_a_file_does_not_hide_a_network_of_the_zoo(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mnist").touch()
    (tmp_path / "model").touch()
    assert data("cost", "mnist", "--json")["totals"]["parameters"] == 93_322
    assert "'model' is not a .keras file" in run("cost", "model").output
