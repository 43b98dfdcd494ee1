"""From a key press to changed pixels: the explorers, and matplotlib in an Output, side by side.

    python benchmarks/widgets.py [--json] [--presses N]

A real JupyterLab and a real Chromium on this machine. A key is pressed in a control, the kernel
draws, the picture changes; the clock runs in the page, from the key's event to the first task after
the frame that painted the change. In every frame it is looked whether the picture is there: a frame
without one counts as blank. Contenders take turns, so that a busy moment hits all alike; only the
cell of the one whose turn it is can be seen. The first is one rectangle: no picture that a kernel
draws can be faster, so it tells how busy the machine is. A key in "row" moves the place that is
pointed at; a key in any other field changes a setting. Then an explorer shows a sketch first, which
looks the same and does not yet answer the pointer, and after a rest of 150 ms the whole drawing:
what is timed is the sketch. Between two presses the whole is always there.

At the end a key is held: ten presses a second for two seconds, three up, three down and so on. For
each press it is looked when the picture that belongs to it was painted, if it was; and after the
last one, when the drawing was there that answers the pointer.
"""

import contextlib
import json
import os
import platform
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import nbformat

TOKEN = "only-for-this-benchmark"
WARM_UP = 6  # presses before the clock starts
SETTLED = 300  # ms that a cell is on the page before a key: a reader's has been there for long
QUIET = [
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

SETUP = """import numpy as np
from cnncourse import widgets
numbers = np.random.default_rng(0).integers(0, 9, (32, 32))
kernel = np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]])"""
MATPLOTLIB = """import matplotlib.pyplot as plt, ipywidgets
from matplotlib.patches import Rectangle
row, output = ipywidgets.BoundedIntText(description="row", min=0, max=15), ipywidgets.Output()
image = numbers[:16, :16]
def draw(change=None):
    with output:
        from IPython.display import clear_output, display
        clear_output(wait=True)
        figure, (left, right) = plt.subplots(1, 2, figsize=(8, 4))
        for axis, values in ((left, image), (right, np.ones((14, 14)))):
            axis.imshow(values, cmap="gray")
            for (i, j), value in np.ndenumerate(values):
                axis.text(j, i, f"{value:g}", ha="center", va="center", color="tab:blue")
        left.add_patch(Rectangle((-0.5, row.value % 14 - 0.5), 3, 3, fill=False, color="orange"))
        display(figure)
        plt.close(figure)
row.observe(draw, "value")
draw()
ipywidgets.VBox([row, output])"""
SMALLEST = """import ipywidgets
first, shown = ipywidgets.BoundedIntText(description="row", min=0, max=15), ipywidgets.HTML()
def smallest(change=None):
    size = 20 + first.value
    shown.value = f'<svg width="90" height="20"><rect width="{size}" height="20"/></svg>'
first.observe(smallest, "value")
smallest()
ipywidgets.VBox([first, shown])"""
_WINDOW = "widgets.window_explorer(numbers[:16, :16], kernel)"
_POOLING = "widgets.pooling_explorer(numbers[:16, :16])"
# Name → a cell, and the number field in it that the key is pressed in.
CONTENDERS = {
    "one rectangle": (SMALLEST, "row"),
    "window 8×8": ("widgets.window_explorer(numbers[:8, :8], kernel)", "row"),
    "window 16×16": (_WINDOW, "row"),
    "window 16×16, stride": (_WINDOW, "stride"),
    "window 16×16, same": (f'{_WINDOW[:-1]}, padding="same")', "row"),
    "window 16×16, same, stride": (f'{_WINDOW[:-1]}, padding="same")', "stride"),
    "window 32×32": ("widgets.window_explorer(numbers, kernel)", "row"),
    "window 32×32, stride": ("widgets.window_explorer(numbers, kernel)", "stride"),
    "pooling 16×16": (_POOLING, "row"),
    "pooling 16×16, size": (_POOLING, "size"),
    "pooling two 16×16, size": (f"{_POOLING[:-1]}, shift=1)", "size"),
    "padding, size": ("widgets.padding_explorer()", "size"),
    "dilation, kernel": ("widgets.dilation_coverage()", "kernel"),
    "field vgg16": ('widgets.receptive_field_explorer("vgg16")', "row"),
    "matplotlib in Output 16×16": (MATPLOTLIB, "row"),
}

HELD = "window 16×16, stride"
ROUNDS, HELD_PRESSES, GAP = 3, 20, 0.1  # seconds between two presses of a held key

# The clock: armed before a press, started by the key, stopped after the frame with the change.
CLOCK = """() => {
    window.fieldOf = (place, label) => {
        const area = document.querySelectorAll('.jp-OutputArea-output')[place];
        return [...area.querySelectorAll('input[type=number]')].find(
            field => field.labels[0]?.textContent === label);
    };
    window.clockFor = (place, label) => {
        const area = document.querySelectorAll('.jp-OutputArea-output')[place];
        const shown = () => {
            const found = area.querySelector('svg, img');
            const box = found?.getBoundingClientRect();
            return !!box && box.width > 10 && box.height > 10
                && (found.tagName !== 'IMG' || (found.complete && found.naturalWidth > 0));
        };
        return new Promise((resolve, reject) => {
            let pressed = 0, changed = false, blank = 0, frames = 0, over = false;
            const field = window.fieldOf(place, label);
            field.addEventListener('keydown', e => { pressed = e.timeStamp; }, {once: true});
            const watch = new MutationObserver(list => {
                // A style element: the drawing stays, and another place of it is lit.
                const picture = e => e.nodeType === 1 && (e.matches('svg, img, figure, style')
                    || e.querySelector('svg, img, style'));
                if (list.some(m => [...m.addedNodes].some(picture))) changed = true;
            });
            watch.observe(area, {childList: true, subtree: true});
            const finish = () => {
                over = true;
                watch.disconnect();
                resolve({ms: performance.now() - pressed, blank, frames});
            };
            const frame = () => {
                if (over) return;
                frames += 1;
                if (!shown()) blank += 1;
                if (changed && shown()) {  // painted after this callback; a task comes after that
                    const channel = new MessageChannel();
                    channel.port1.onmessage = finish;
                    channel.port2.postMessage(0);
                } else requestAnimationFrame(frame);
            };
            requestAnimationFrame(frame);
            setTimeout(() => over || reject(new Error('no change after 10 s')), 10000);
        });
    };
}"""


# While a key is held: when each press came, and when each title of a map was painted, with the
# number of cells that answer the pointer.
RECORDER = """place => {
    const area = document.querySelectorAll('.jp-OutputArea-output')[place];
    const record = {pressed: [], painted: [], over: false};
    window.held = record;
    const press = e => record.pressed.push(e.timeStamp);
    area.addEventListener('keydown', press, true);
    let last = '';
    const frame = () => {
        if (record.over) return area.removeEventListener('keydown', press, true);
        const found = [...area.querySelectorAll('svg text')].find(
            text => text.textContent.startsWith('map '));
        const title = found?.textContent ?? '';
        const cells = area.querySelectorAll('.z.i rect').length;
        if (title + cells !== last) {
            last = title + cells;
            const channel = new MessageChannel();
            channel.port1.onmessage = () =>
                record.painted.push({ms: performance.now(), title, cells});
            channel.port2.postMessage(0);
        }
        requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
}"""

ALONE = """place => document.querySelectorAll('.jp-Notebook .jp-Cell').forEach((cell, index) => {
    cell.style.display = index === place ? '' : 'none';
})"""


@contextlib.contextmanager
def jupyter(folder: Path) -> Iterator[str]:
    """A JupyterLab with settings of its own; its address."""
    home = folder / "home"
    settings = home / "settings/@jupyterlab"
    for path, data in (
        (home / "config/jupyter_lab_config.json", {"LabApp": {"expose_app_in_browser": True}}),
        (
            settings / "notebook-extension/tracker.jupyterlab-settings",
            {"windowingMode": "none"},
        ),
        (
            settings / "apputils-extension/notification.jupyterlab-settings",
            {"fetchNews": "false"},
        ),
    ):
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(data))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("JUPYTER")},
        "HOME": str(home),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTER_TOKEN": TOKEN,
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += ["--ServerApp.ip=127.0.0.1", f"--port={port}"]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=quiet, stderr=quiet)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(240):
            if process.poll() is not None:
                raise click.ClickException("JupyterLab did not start.")
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{url}/api?token={TOKEN}", timeout=2).close()
                break
            time.sleep(0.25)
        yield url
    finally:
        process.terminate()
        process.wait(20)


def write_notebook(path: Path) -> None:
    cells = [nbformat.v4.new_code_cell(SETUP)]
    cells += [nbformat.v4.new_code_cell(source) for source, _ in CONTENDERS.values()]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "", "language": "python"}
    nbformat.write(notebook, path)


def run_all(page: Any, url: str) -> None:
    """Open the notebook, run it, and put the clock into the page."""
    page.goto(f"{url}/lab/tree/benchmark.ipynb?token={TOKEN}&reset")
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    idle = """() => {
        const kernel = window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel;
        return kernel?.connectionStatus === 'connected' && kernel?.status === 'idle';
    }"""
    page.wait_for_function(idle, timeout=120_000)
    page.evaluate(
        """() => {
            window.finished = false;
            window.jupyterapp.commands.execute('notebook:run-all-cells')
                .finally(() => { window.finished = true; });
        }"""
    )
    page.wait_for_function("() => window.finished", timeout=180_000)
    page.wait_for_function(idle, timeout=120_000)
    page.wait_for_timeout(1500)
    page.evaluate(CLOCK)


def press(page: Any, place: int, label: str, up: bool) -> dict[str, float]:
    """One press in a field of the place-th output: milliseconds, frames, blank frames."""
    page.evaluate(ALONE, place + 1)  # the first cell imports
    page.evaluate("([place, label]) => window.fieldOf(place, label).focus()", [place, label])
    page.wait_for_timeout(SETTLED)
    page.evaluate(
        "([place, label]) => { window.measured = window.clockFor(place, label); }", [place, label]
    )
    page.keyboard.press("ArrowUp" if up else "ArrowDown")
    return dict(page.evaluate("() => window.measured"))


def hold(page: Any, place: int, label: str) -> dict[str, Any]:
    """A key held in the stride of a 16×16 window: when each press came, and what was painted."""
    page.evaluate(ALONE, place + 1)
    page.evaluate("([place, label]) => window.fieldOf(place, label).focus()", [place, label])
    page.wait_for_timeout(1000)
    page.evaluate(RECORDER, place)
    start = time.perf_counter()
    for turn in range(HELD_PRESSES):
        page.keyboard.press("ArrowUp" if turn % 6 < 3 else "ArrowDown")
        time.sleep(max(0.0, start + (turn + 1) * GAP - time.perf_counter()))
    page.wait_for_timeout(1500)
    return dict(page.evaluate("() => { window.held.over = true; return window.held; }"))


def held_summary(rounds: list[dict[str, Any]]) -> dict[str, float]:
    """How many presses were seen and after how long, and how soon the last drawing was whole."""
    seen: list[float] = []
    whole: list[float] = []
    presses = 0
    for record in rounds:
        stride, at = 1, 0
        for turn, pressed in enumerate(record["pressed"]):
            stride += 1 if turn % 6 < 3 else -1
            title = f"map {13 // stride + 1}×{13 // stride + 1}"
            presses += 1
            for index, paint in enumerate(record["painted"][at:], at):
                if paint["title"] == title and 0 < paint["ms"] - pressed < 500:
                    seen.append(paint["ms"] - pressed)
                    at = index + 1
                    break
        last = record["painted"][-1]
        if last["title"] != title or last["cells"] != 256:
            raise click.ClickException(f"A held key ended at {last}, not at {title} and whole.")
        whole.append(last["ms"] - pressed)
    return {
        "presses": presses,
        "seen": len(seen),
        "median_ms": round(statistics.median(seen), 1),
        "slowest_ms": round(max(seen), 1),
        "whole_ms": round(statistics.median(whole), 1),
    }


def measure(presses: int) -> tuple[dict[str, dict[str, float]], dict[str, float]]:
    """Name of the contender → median and 95th percentile in ms, blank frames; and a held key."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        raise click.ClickException("Chromium is not installed (Debian: apt-get install chromium).")
    arguments = [*QUIET, "--no-sandbox"] if os.geteuid() == 0 else QUIET
    found: dict[str, list[dict[str, float]]] = {name: [] for name in CONTENDERS}
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        write_notebook(folder / "benchmark.ipynb")
        with jupyter(folder) as url:
            browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
            page = browser.new_context(viewport={"width": 1280, "height": 1400}).new_page()
            run_all(page, url)
            for turn in range(WARM_UP + presses):
                for place, (contender, (_, label)) in enumerate(CONTENDERS.items()):
                    took = press(page, place, label, up=turn % 6 < 3)
                    if turn >= WARM_UP:
                        found[contender].append(took)
            place = list(CONTENDERS).index(HELD)
            value = "([place, label]) => Number(window.fieldOf(place, label).value)"
            rounds = []
            for _ in range(ROUNDS):
                while page.evaluate(value, [place, "stride"]) > 1:
                    press(page, place, "stride", up=False)
                rounds.append(hold(page, place, "stride"))
            browser.close()
    return {name: _summary(taken) for name, taken in found.items()}, held_summary(rounds)


def _summary(taken: list[dict[str, float]]) -> dict[str, float]:
    times = sorted(each["ms"] for each in taken)
    return {
        "median_ms": round(statistics.median(times), 1),
        "p95_ms": round(statistics.quantiles(times, n=20, method="inclusive")[-1], 1),
        "slowest_ms": round(times[-1], 1),
        "blank_frames": int(sum(each["blank"] for each in taken)),
        "presses": len(taken),
    }


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
@click.option("--presses", default=60, show_default=True, help="Key presses a contender.")
def main(as_json: bool, presses: int) -> None:
    """Measure how long a key press takes to change the picture in JupyterLab."""
    found, held = measure(presses)
    last = found["matplotlib in Output 16×16"]["median_ms"]
    ratio = round(last / found["window 16×16"]["median_ms"], 1)
    load = round(os.getloadavg()[0], 1)
    if as_json:
        report = {
            "machine": {"cpus": os.cpu_count(), "python": platform.python_version(), "load": load},
            "contenders": found,
            "matplotlib_over_svg_16x16": ratio,
            "held": {HELD: held},
        }
        click.echo(json.dumps(report, ensure_ascii=False, indent=1))
        return
    for name, row in found.items():
        click.echo(
            f"{name:28s} median {row['median_ms']:6.1f} ms   95 % {row['p95_ms']:6.1f} ms   "
            f"blank frames {row['blank_frames']}"
        )
    click.echo(
        f"{HELD}, key held: {held['seen']} of {held['presses']} presses seen, median "
        f"{held['median_ms']} ms, slowest {held['slowest_ms']} ms; whole drawing "
        f"{held['whole_ms']} ms after the last press"
    )
    click.echo(f"matplotlib takes {ratio} times as long at 16×16. Load of the machine: {load}.")


if __name__ == "__main__":
    main()
