"""A real JupyterLab and a real browser, both on this machine only."""

import ctypes
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from lab import Server

TOKEN = "only-for-this-test"
QUIET = [  # nothing that calls home
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """``cnncourse lab`` in an empty folder, as a student starts it."""
    home = tmp_path_factory.mktemp("home")
    folder = tmp_path_factory.mktemp("work")
    port = _free_port()
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("JUPYTER")},
        "HOME": str(home),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTER_TOKEN": TOKEN,
        "CNNCOURSE_PROFILE": "quick",
    }
    # Commands by name for the tests, and every cell in the page instead of those in view.
    _write(home / "config/jupyter_lab_config.json", {"LabApp": {"expose_app_in_browser": True}})
    _write(
        home / "settings/@jupyterlab/notebook-extension/tracker.jupyterlab-settings",
        {"windowingMode": "none"},
    )
    _write(
        home / "settings/@jupyterlab/apputils-extension/notification.jupyterlab-settings",
        {"fetchNews": "false"},  # or its question covers a corner of every picture
    )
    command = [sys.executable, "-m", "cnncourse", "lab", "--no-browser", "--port", str(port)]
    log = (home / "server.log").open("wb")
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_until_up(url, process, home / "server.log")
        yield Server(url, folder)
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def _write(path: Path, data: dict) -> None:
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(data))


def _wait_until_up(url: str, process: subprocess.Popen, log: Path) -> None:
    for _ in range(240):
        if process.poll() is not None:
            pytest.fail(f"JupyterLab ended:\n{log.read_text()[-2000:]}")
        try:
            urllib.request.urlopen(f"{url}/api?token={TOKEN}", timeout=2).close()
            return
        except OSError:
            time.sleep(0.25)
    pytest.fail(f"JupyterLab did not come up:\n{log.read_text()[-2000:]}")


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    """Headless Chromium, the system's own."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium)")
    try:
        ctypes.CDLL("libatomic.so.1")
    except OSError:
        if sys.platform == "linux":
            pytest.skip("Playwright needs libatomic.so.1 (Debian: apt-get install libatomic1)")
    from playwright.sync_api import sync_playwright

    arguments = [*QUIET, "--no-sandbox"] if os.geteuid() == 0 else QUIET
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=arguments)
        yield running
        running.close()


@pytest.fixture
def page(browser, server: Server) -> Iterator[object]:
    """A page that records its errors and any request that would leave this machine."""
    context = browser.new_context(viewport={"width": 1280, "height": 1400})
    page = context.new_page()
    errors: list[str] = []
    page.goto(f"{server.url}/api/status?token={TOKEN}")  # sets the cookie that logs us in
    page.on("pageerror", lambda error: errors.append(f"page error: {error}"))
    page.on(
        "request",
        lambda request: (
            errors.append(f"request to {request.url}")
            if not request.url.startswith((server.url, "data:", "blob:"))
            else None
        ),
    )
    yield page
    context.close()
    assert not errors, errors
