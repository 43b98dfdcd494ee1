"""What a submission may cost the trusted half: memory, disk and time, however it is written."""

import base64
import json
import struct
import textwrap
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from fake_course import EXERCISES, LESSON, RIGHT, FakeCourse, code, released, solved
from isolation import ISOLATION, NO_SANDBOX

from cnncourse.grading import kernel, notebooks
from cnncourse.grading import work as working
from cnncourse.grading.grader import Result, grade
from cnncourse.grading.kernel import Budget, Outputs, Workplace
from cnncourse.grading.notebooks import Cell, Handed, _cell, open_up
from cnncourse.grading.rebuild import rebuild
from cnncourse.grading.sandbox import messages
from cnncourse.grading.work import Task, from_bytes, work

in_the_sandbox = pytest.mark.skipif(bool(NO_SANDBOX), reason=NO_SANDBOX or "")


@pytest.fixture
def fake(tmp_path):
    return FakeCourse(tmp_path)


def run(fake, notebook, seconds=30.0) -> Result:
    fake.hand_in("a", notebook)
    return grade(fake.assignment(), "a", fake.course.submission("a", LESSON), seconds, ISOLATION)


def png(size: int, width: int = 3, height: int = 2) -> str:
    """Base64 of what begins as a picture, of ``size`` bytes."""
    head = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + struct.pack(">II", width, height)
    return base64.b64encode(head + bytes(size - len(head))).decode()


# What cells show


FLOOD = """
import base64, struct
from IPython.display import publish_display_data
head = b"\\x89PNG\\r\\n\\x1a\\n\\0\\0\\0\\rIHDR" + struct.pack(">II", 3, 2)
for n in range(8):
    publish_display_data({"image/png": base64.b64encode(head + bytes(1_450_000)).decode()})
"""


def test_pictures_are_limited_for_all_cells_together(fake):
    notebook = solved(**RIGHT)
    for number in range(6):
        notebook.cells.append(code(FLOOD, f"f{number}"))
    result = run(fake, notebook)
    assert result.points == 6
    shown = [output for cell in result.notebook.cells for output in cell.get("outputs", [])]
    pictures = [o.data["image/png"] for o in shown if "image/png" in o.get("data", {})]
    assert 0 < sum(map(len, pictures)) <= 16_000_000
    assert sum("more output was left out: all cells" in o.get("text", "") for o in shown) == 5


def test_text_is_limited_for_all_cells_together():
    budget, kept = Budget(), []
    for number in range(1000):
        outputs = Outputs()
        outputs.add("stream", {"name": "stdout", "text": "x" * 15_000})
        kept += budget.keep(number, outputs.kept)
    assert 3_900_000 < len(json.dumps(kept)) < 4_500_000
    assert "more output was left out" in kept[-1]["text"]


def test_what_a_cell_showed_in_an_earlier_run_does_not_count_twice():
    budget = Budget()
    outputs = [{"output_type": "display_data", "data": {"image/png": png(1_200_000)}}] * 8
    for _ in range(10):
        assert budget.keep(0, outputs) == outputs


def test_small_outputs_count_for_what_they_take():
    outputs = Outputs()
    for number in range(100_000):
        outputs.add("stream", {"name": ("stdout", "stderr")[number % 2], "text": "x"})
    assert len(outputs.kept) == 2000
    outputs.add("error", {"ename": "E", "evalue": "v", "traceback": []})
    assert outputs.error == "E: v"
    budget = Budget()
    assert sum(len(budget.keep(n, outputs.kept)) for n in range(200)) < 100_000


@pytest.mark.parametrize(
    "image",
    [
        "A" * 1000,
        base64.b64encode(b"\xff\xd8\xff\xe0" + bytes(1000)).decode(),  # JPEG under PNG's name
        base64.b64encode(b"<svg onload='x'>" * 9).decode(),
        png(1000)[:20],
        png(1000, 60_000, 60_000),
        "<script>",
        png(1000) + "<script>",
    ],
)
def test_what_is_no_picture_is_dropped(image):
    outputs = Outputs()
    outputs.add("display_data", {"data": {"image/png": image, "text/plain": "said"}})
    (kept,) = outputs.kept
    assert kept["data"] == {"text/plain": "said"}


def test_a_picture_is_kept():
    outputs = Outputs()
    outputs.add("display_data", {"data": {"image/png": png(1000)}})
    assert outputs.kept[0]["data"] == {"image/png": png(1000)}


def test_an_error_of_millions_of_lines_is_cut_before_it_is_split():
    outputs = Outputs()
    start = time.monotonic()
    said = {"ename": "E", "evalue": "a\n" * 10**7, "traceback": "t" * 10**7}
    outputs.add("error", said)
    assert outputs.error == "E: a"
    assert len(outputs.kept[0]["traceback"]) == 50
    assert time.monotonic() - start < 1


def test_a_giant_result_is_refused_before_it_is_written(fake, monkeypatch):
    monkeypatch.setattr(working, "LARGEST", 20_000)
    monkeypatch.setattr("cnncourse.grading.course.find_exercises", lambda name: EXERCISES)
    notebook = solved(**RIGHT)
    notebook.cells.append(code("print('x' * 19_000)", "much"))
    path = fake.hand_in("a", notebook)
    assignment = fake.assignment()
    task = Task(LESSON, assignment.text, 7, Handed("a", LESSON, path.read_bytes()), 20, ISOLATION)
    data = work(task.to_bytes())
    result = from_bytes(data)
    assert len(data) < 20_000
    assert [verdict.state for verdict in result.verdicts] == ["error"] * 3
    assert "20,000 are stored at most" in result.anomalies[0]


# What is handed in


def opened(cells, **more):
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells} | more
    return open_up(Handed("a", "x.ipynb", json.dumps(notebook).encode()))


def written(source, kind="code"):
    cell = {"cell_type": kind, "metadata": {}, "source": source}
    return cell | ({"outputs": [], "execution_count": None} if kind == "code" else {})


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ([written("1")] * 2001, "has 2,001 cells; 2,000 are allowed"),
        ([{}] * 2001, "has 2,001 cells"),
        ([written("x = 1\n" * 10_000)] * 5, "has 300,000 characters of code; 250,000 are allowed"),
        ([written("%a\n" * 400 + f"x = {n}\n" * 300) for n in range(9)], "too many magics"),
    ],
)
def test_more_than_any_lesson_needs_is_refused_at_once(cells, says):
    start = time.monotonic()
    submission = opened(cells)
    assert says in submission.problem
    assert time.monotonic() - start < 5


def test_json_of_a_million_parts_is_refused_before_it_is_read(monkeypatch):
    raw = b'{"nbformat": 4, "metadata": {}, "cells": [' + b"[]," * 600_000 + b"[]]}"
    monkeypatch.setattr(notebooks.json, "loads", lambda text: pytest.fail("it was read"))
    assert "has more than 1,000,000 parts" in open_up(Handed("a", "x.ipynb", raw)).problem


def test_a_million_commas_in_a_text_are_no_parts():
    told = {"output_type": "stream", "name": "stdout", "text": '[1, "\\" 2],' * 600_000}
    submission = opened([written("x = 1") | {"outputs": [told]}])
    assert (submission.problem, len(submission.cells)) == ("", 1)


def test_a_quotation_without_end_is_counted_in_no_time():
    start = time.monotonic()
    open_up(Handed("a", "x.ipynb", b'{"a": "' + b'[,\\"' * 5_000_000))
    assert time.monotonic() - start < 10


def test_giant_notes_are_cut_and_the_rest_is_graded():
    submission = opened([written("x" * 3_000_000, "markdown"), written("y", "markdown")])
    assert (submission.problem, submission.anomalies) == (
        "",
        ("Text cells were cut to 1,000,000 characters.",),
    )
    assert [len(cell.source) for cell in submission.cells] == [1_000_000, 0]


def test_an_ordinary_lesson_is_far_below_every_limit():
    for path in (Path(__file__).parents[2] / "notebooks").glob("*.ipynb"):
        raw = path.read_bytes()
        cells = open_up(Handed("a", path.name, raw)).cells
        assert 0 < len(cells) < notebooks.MOST_CELLS / 10
        assert sum(len(c.source) for c in cells if c.kind == "code") < notebooks.MOST_CODE / 5
        assert notebooks._parts(raw.decode()) < notebooks.MOST_PARTS / 10


# What is rebuilt


RIGHT_SCALED = RIGHT["scaled"] + "\n"
MANY = {
    "names that many cells could define": (
        "\n".join(f"a{n}" for n in range(400)),
        [str(n) for n in range(8000)],
    ),
    "a chain of helpers": ("a0", ["\n".join(f"a{n} = a{n + 1}" for n in range(15_000))]),
}


@pytest.mark.parametrize("kind", MANY)
def test_rebuilding_takes_no_squares(kind):
    answer, extras = MANY[kind]
    cells = [_cell(cell) for cell in solved(scaled=RIGHT_SCALED + answer).cells]
    cells += [Cell("code", source, id=f"n{n}") for n, source in enumerate(extras)]
    start = time.process_time()
    rebuild([_cell(cell) for cell in released().cells], cells)
    assert time.process_time() - start < 6


def test_a_statement_too_deep_to_write_out_hides_no_helper():
    deep = "x = " + "+".join(["1"] * 1000) + "\nimport numpy as np\nhelper = np.convolve"
    cells = [_cell(cell) for cell in solved(scaled=f"{RIGHT_SCALED}y = helper").cells]
    cells.append(Cell("code", deep, id="deep"))
    rebuilt = rebuild([_cell(cell) for cell in released().cells], cells)
    assert "np.convolve" in rebuilt.sources["scaled"]


# What the process in the sandbox reports


def message(data: bytes) -> dict:
    return messages.decode(data, messages.MOST_PARTS)


@pytest.mark.parametrize("unit", [b"[],", b"{},", b"1,", b'"",', b"["])
def test_a_message_of_millions_of_parts_is_refused_before_it_is_read(unit, monkeypatch):
    data = b'{"id": 1, "events": [' + unit * (messages.LARGEST // 2 // len(unit)) + b"1]}"
    monkeypatch.setattr(messages.json, "loads", lambda *a, **k: pytest.fail("it was read"))
    with pytest.raises(messages.MessageError, match="parts"):
        message(data)


def test_the_most_that_an_honest_cell_reports_is_read():
    events = [["stream", {"name": "stdout", "text": "1,"}]] * 2000
    events.append(["error", {"ename": "E", "evalue": "", "traceback": ["[1, 2]," * 570] * 50}])
    events.append(["display_data", {"data": {"image/png": "A" * 16_000_000}}])
    reply = {"id": 1, "state": "done", "events": events}
    assert message(json.dumps(reply).encode()) == reply


@contextmanager
def sandbox(**limits):
    from cnncourse.grading.sandbox.kernel import SandboxKernel
    from cnncourse.grading.sandbox.limits import MB, Limits

    chosen = {"memory": 200 * MB, "disk": 8 * MB, "tasks": 24, "processes": 16} | limits
    with Workplace() as place, SandboxKernel(place, limit=Limits(**chosen)) as opened:
        yield opened


@in_the_sandbox
@pytest.mark.sandbox
def test_messages_that_nobody_asked_for_end_the_kernel():
    spam = """
        import os
        for _ in range(1000):
            data = b'{"id": 77}'
            os.write(3, len(data).to_bytes(4, "big") + data)
        """
    with sandbox() as opened:
        outcome = opened.run(textwrap.dedent(spam), 30)
    assert (outcome.state, outcome.alive) == ("died", False)


# Memory that processes share

SHARED = """
import ctypes, mmap, os, time
def fill(part):
    ctypes.memset((ctypes.c_char * len(part)).from_buffer(part), 1, len(part))
    return part
"""
HIDDEN = {
    "each child has a piece of its own": """
for _ in range(10):
    if os.fork() == 0:
        kept = fill(mmap.mmap(-1, 40 * 2**20)); time.sleep(20)
time.sleep(10)
""",
    "the pages are let go, the piece is kept": """
kept = []
for _ in range(10):
    kept.append(fill(mmap.mmap(-1, 40 * 2**20))); kept[-1].madvise(mmap.MADV_DONTNEED)
time.sleep(10)
""",
    "all of each piece but a page is let go": """
system = ctypes.CDLL(None)
system.mmap.restype = ctypes.c_void_p
size = 4 * 2**20
for _ in range(100):
    there = system.mmap(None, ctypes.c_size_t(size), 3, 0x21, -1, ctypes.c_long(0))
    ctypes.memset(there, 1, size)
    system.munmap(ctypes.c_void_p(there + 4096), ctypes.c_size_t(size - 4096))
time.sleep(10)
""",
}


@in_the_sandbox
@pytest.mark.sandbox
@pytest.mark.parametrize("way", HIDDEN)
def test_shared_memory_counts_however_it_is_held(way):
    with sandbox() as opened:
        outcome = opened.run(SHARED + HIDDEN[way], 20)
    assert (outcome.state, outcome.why) == ("died", "it used more than 200 MB of memory")


@in_the_sandbox
@pytest.mark.sandbox
@pytest.mark.parametrize(
    "data", ["b'x' * (100 * 2**20)", "fill(mmap.mmap(-1, 100 * 2**20))"], ids=["own", "shared"]
)
def test_what_children_only_read_counts_once(data):
    honest = f"""
data = {data}
children = []
for _ in range(6):
    if (child := os.fork()) == 0:
        sum(data[::4096]); time.sleep(0.5); os._exit(0)
    children.append(child)
for child in children: os.waitpid(child, 0)
print("fine")
"""
    with sandbox() as opened:
        outcome = opened.run(SHARED + honest.replace("sum(data", "max(data"), 20)
    assert (outcome.state, outcome.error) == ("done", ""), outcome
    assert outcome.outputs[0]["text"] == "fine\n"


@in_the_sandbox
@pytest.mark.sandbox
def test_where_the_system_does_not_show_maps_the_addresses_count(monkeypatch):
    from cnncourse.grading.sandbox.watchdog import Watchdog

    def refused(*_):
        raise PermissionError

    monkeypatch.setattr(Watchdog, "_private", refused)
    with sandbox() as opened:
        outcome = opened.run(SHARED + HIDDEN["each child has a piece of its own"], 20)
    assert outcome.why == "it used more than 200 MB of memory"


def test_limits_are_what_the_guide_says():
    assert (kernel.ALL_TEXT, kernel.ALL_IMAGES) == (4_000_000, 16_000_000)
    assert (notebooks.MOST_CELLS, notebooks.MOST_CODE) == (2000, 250_000)
