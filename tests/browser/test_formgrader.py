"""nbgrader's own formgrader opens the gradebook that `cnncourse grade` writes."""

import json
import os
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import TOKEN, _free_port, _wait_until_up
from lab import REPOSITORY, Server, screenshot

from cnncourse.grading.sandbox.problem import problem

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LESSON = "01_convolution_by_hand"
STUDENTS = ("amara", "elif")


@pytest.fixture(scope="module")
def formgrader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A JupyterLab opened on a graded course folder, as docs/instructors.md says."""
    course = tmp_path_factory.mktemp("course")
    home = tmp_path_factory.mktemp("home")
    for student in STUDENTS:
        shutil.copytree(
            REPOSITORY / "grading" / "submitted" / student, course / "submitted" / student
        )
    shutil.copyfile(REPOSITORY / "grading/nbgrader_config.py", course / "nbgrader_config.py")
    unsafe = ["--unsafe"] if problem() else []
    command = [sys.executable, "-m", "cnncourse", "grade", LESSON, *unsafe]
    command += ["--course", str(course), "--jobs", "1"]
    subprocess.run(command, check=True, cwd=REPOSITORY, stdout=subprocess.DEVNULL)
    port = _free_port()
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("JUPYTER")},
        "HOME": str(home),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTER_TOKEN": TOKEN,
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += ["--ServerApp.ip=127.0.0.1", f"--port={port}"]
    log = (home / "server.log").open("wb")
    process = subprocess.Popen(command, cwd=course, env=environment, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_until_up(url, process, home / "server.log")
        yield Server(url, course)
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def _recorded(course: Path, student: str) -> dict[str, Any]:
    path = course / ".cnncourse" / "results" / LESSON / f"{student}.json"
    return dict(json.loads(path.read_text()))


def test_it_knows_points_and_messages_and_takes_points_by_hand(
    browser: Any, formgrader: Server
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 1400})
    page = context.new_page()
    page.goto(f"{formgrader.url}/api/status?token={TOKEN}")
    page.goto(f"{formgrader.url}/formgrader/gradebook/{LESSON}/{LESSON}")
    page.get_by_text("Submission #1").wait_for(timeout=60_000)
    assert page.get_by_text("Submission #2").is_visible()

    found = _submissions(formgrader)
    for student in STUDENTS:
        recorded = _recorded(formgrader.folder, student)
        assert (found[student]["score"], found[student]["max_score"]) == (
            recorded["points"],
            recorded["max_points"],
        )
    failed = next(
        verdict
        for verdict in _recorded(formgrader.folder, "elif")["verdicts"]
        if verdict["state"] == "failed"
    )
    page.goto(f"{formgrader.url}/formgrader/submissions/{found['elif']['id']}/")
    boxes = page.locator("input.score")
    boxes.first.wait_for(timeout=60_000)
    assert boxes.count() == len(_recorded(formgrader.folder, "elif")["verdicts"])
    said = failed["message"].splitlines()[0][:40]
    comments = page.locator("textarea.comment")
    comments.first.wait_for()
    shown = [
        comments.nth(place).get_attribute("placeholder") or comments.nth(place).input_value()
        for place in range(comments.count())
    ]
    assert any(said in words for words in [*shown, page.locator("body").inner_text()])
    screenshot(page, "formgrader")

    # A point by hand: it is in the gradebook, and grading again leaves it there.
    box = boxes.first
    with page.expect_response(
        lambda response: "/api/grade/" in response.url and response.request.method == "PUT"
    ):
        box.fill("0.5")
        box.press("Tab")
    unsafe = ["--unsafe"] if problem() else []
    command = [sys.executable, "-m", "cnncourse", "grade", LESSON, *unsafe, "--regrade"]
    command += ["--course", str(formgrader.folder), "--jobs", "1"]
    subprocess.run(command, check=True, cwd=REPOSITORY, stdout=subprocess.DEVNULL)
    before, after = found["elif"]["score"], _submissions(formgrader)["elif"]["score"]
    assert after == before - 0.5  # the first exercise is right and worth 1 point
    context.close()


def _submissions(server: Server) -> dict[str, Any]:
    """What the formgrader's pages ask its server for, by student."""
    request = urllib.request.Request(
        f"{server.url}/formgrader/api/submitted_notebooks/{LESSON}/{LESSON}",
        headers={"Authorization": f"token {TOKEN}"},
    )
    with urllib.request.urlopen(request, timeout=60) as reply:
        return {each["student"]: each for each in json.load(reply) if each["student"] in STUDENTS}
