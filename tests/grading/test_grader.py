"""Submissions run for real, each in its own process: what they do there, what they get for it."""

import contextlib
import queue
import time
from pathlib import Path

import nbformat
import numpy as np
import pytest
from fake_course import EXERCISES, LESSON, RIGHT, FakeCourse, code, find, released, solved
from isolation import ISOLATION
from jupyter_client.blocking import BlockingKernelClient

from cnncourse.grading.grader import Result, grade
from cnncourse.grading.kernel import Workplace
from cnncourse.grading.plain import PlainKernel

PATCHES = """
import sys, numpy as np, numpy.testing
import cnncourse, cnncourse.checking.collect as collect
np.testing.assert_allclose = lambda *a, **k: None
np.allclose = np.array_equal = lambda *a, **k: True
class Always:
    def __eq__(self, other): return True
    state, points = "passed", 99
cnncourse.check = lambda *a, **k: Always()
check = cnncourse.check
"""


@pytest.fixture
def fake(tmp_path):
    return FakeCourse(tmp_path)


def run(fake, notebook, seconds=20.0) -> Result:
    fake.hand_in("a", notebook)
    return grade(fake.assignment(), "a", fake.course.submission("a", LESSON), seconds, ISOLATION)


def states(result: Result) -> list[str]:
    return [verdict.state for verdict in result.verdicts]


def test_right_answers_get_every_point_whatever_they_print(fake):
    noisy = RIGHT | {
        "scaled": "import sys, warnings\nprint('hm', file=sys.stderr)\nwarnings.warn('odd')\n"
        + RIGHT["scaled"]
    }
    result = run(fake, solved(**noisy))
    assert (result.points, result.max_points, result.anomalies) == (6, 6, ())


def test_the_released_notebook_is_not_attempted(fake):
    result = run(fake, released())
    assert states(result) == ["not attempted"] * 3
    assert result.points == 0


def test_a_misconception_is_named_and_parts_give_their_points(fake):
    result = run(
        fake,
        solved(
            scaled="def scaled(values, factor):\n    return values + factor",
            summed="def summed(values, factor):\n    return sum(values * factor)",
            the_answer="the_answer = 41",
        ),
    )
    assert states(result) == ["failed"] * 3
    assert result.verdicts[0].misconception == "added"
    assert [verdict.points for verdict in result.verdicts] == [0, 1, 0]


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("exit()", "exit()"),
        ("import os\nos._exit(0)", "ended the Python process"),
        ("import sys\nsys.exit(0)", "SystemExit"),
        ("def scaled(values, factor)\n    return 1", "SyntaxError"),
        ("x = 1 / 0\n" + RIGHT["scaled"], "ZeroDivisionError: division by zero (line 1)"),
        ("wrong_name = 1", "NameError"),
        ("def scaled(values, factor):\n    import os\n    os._exit(0)", "when the check called it"),
        ("scaled = input('?')", "StdinNotImplementedError"),
    ],
)
def test_one_bad_cell_does_not_cost_the_other_marks(fake, source, says):
    result = run(fake, solved(**RIGHT | {"scaled": source}))
    assert states(result) == ["error", "passed", "passed"]
    assert says in result.verdicts[0].message


@pytest.mark.parametrize(
    "source",
    [
        "while True: pass",
        "def scaled(values, factor):\n    while True: pass",
        "import time\ndef scaled(values, factor):\n    while True:\n        try:\n"
        "            time.sleep(9)\n        except BaseException:\n            pass",
    ],
)
def test_a_loop_without_end_is_stopped(fake, source):
    result = run(fake, solved(**RIGHT | {"scaled": source}), seconds=3)
    assert states(result) == ["error", "passed", "passed"]
    assert "did not finish within 3 seconds" in result.verdicts[0].message


def test_a_mishap_in_an_extra_cell_costs_nothing(fake):
    notebook = solved(**RIGHT)
    notebook.cells.insert(3, code("import os\nos._exit(1)", "mine"))
    result = run(fake, notebook)
    assert result.points == 6
    assert "An extra cell" in result.anomalies[0]


def test_patching_the_tools_gains_nothing(fake):
    wrong = {name: source + "  # wrong" for name, source in RIGHT.items()}
    wrong["scaled"] = PATCHES + "def scaled(values, factor):\n    return values + factor"
    wrong["the_answer"] = "class A:\n    __eq__ = lambda *a: True\nthe_answer = A()"
    result = run(fake, solved(**wrong))
    assert states(result) == ["failed", "passed", "failed"]  # what is right counts all the same
    assert result.points == 3


@pytest.mark.parametrize(
    "forgery",
    [
        "open(out, 'wb').write(b'PK junk')",
        "os.symlink('/etc/passwd', out)",
        "os.mkdir(out)",
        "os.mkfifo(out)",
        "np.savez(open(out, 'wb'), structure=np.array([{}], dtype=object))",
    ],
)
def test_forged_answers_are_errors(fake, forgery):
    # The forger replaces what `check` calls to write, so that only the forgery is left.
    source = (
        "import os, numpy as np\nfrom cnncourse.checking import wire\n"
        "def forge(path, value):\n"
        "    out = os.path.join(os.environ['CNNCOURSE_OUTBOX'], 'scaled.npz')\n"
        f"    if str(path) == out: {forgery}\n"
        "    else: original(path, value)\n"
        "original, wire.write = wire.write, forge\n" + RIGHT["scaled"]
    )
    result = run(fake, solved(**RIGHT | {"scaled": source}))
    assert states(result) == ["error", "passed", "passed"]
    assert "could not be read" in result.verdicts[0].message


def test_the_process_sees_neither_seed_nor_gradebook_nor_environment(fake, monkeypatch):
    monkeypatch.setenv("SOME_TOKEN", "secret")
    notebook = solved(**RIGHT)
    look = (
        "import os\nprint(sorted(os.environ))\nprint(os.getcwd(), os.listdir('.'))\n"
        "print(os.listdir(os.environ['CNNCOURSE_INBOX']))"
    )
    notebook.cells.insert(3, code(look, "look"))
    result = run(fake, notebook)
    text = "".join(
        output.text
        for cell in result.notebook.cells
        if cell.id != "x"
        for output in cell.get("outputs", [])
        if output.output_type == "stream"
    )
    assert "SOME_TOKEN" not in text and "CNNCOURSE_OUTBOX" in text
    assert str(fake.course.folder) not in text and "[]" in text
    assert "scaled.npz" in text


def test_the_hidden_cases_are_inputs_only_and_not_the_public_ones(fake):
    hidden = fake.assignment().questions("ada")["scaled"]
    public = EXERCISES[0].make_cases()
    assert not np.array_equal(hidden[0].args[0], public[0].args[0])


def test_every_student_gets_hidden_cases_of_their_own_and_always_the_same(fake):
    ada, again, bo = (fake.assignment().questions(name)["scaled"] for name in ("ada", "ada", "bo"))
    assert np.array_equal(ada[0].args[0], again[0].args[0])
    assert not np.array_equal(ada[0].args[0], bo[0].args[0])


def test_no_markup_of_a_student_reaches_the_page(fake):
    notebook = solved(**RIGHT)
    bad = (
        "from IPython.display import HTML, display\n"
        "display(HTML('<script>evil</script>'))\n"
        "display({'image/png': '\"><script>evil</script>'}, raw=True)"
    )
    notebook.cells.insert(3, code(bad, "bad"))
    result = run(fake, notebook)
    shown = [
        output["data"]
        for cell in result.notebook.cells
        for output in cell.get("outputs", [])
        if "data" in output
    ]
    assert "evil" not in "".join(str(data.get("text/html")) for data in shown)
    assert "evil" not in "".join(str(data.get("image/png")) for data in shown)


def test_a_check_cell_shows_its_verdict_in_text_and_html(fake):
    result = run(fake, solved(**RIGHT))
    nbformat.validate(result.notebook)
    cell = result.notebook.cells[find(result.notebook, "check_scaled")]
    (output,) = cell.outputs
    assert "scaled: passed, 2 of 2 points" in output["data"]["text/plain"]
    assert "scaled: passed, 2 of 2 points" in output["data"]["text/html"]


def test_nothing_of_a_plain_process_is_left_running():
    start = (
        "import subprocess\n"
        "for own in (False, True): subprocess.Popen(['sleep', '63.25'], start_new_session=own)"
    )
    with Workplace() as place:
        with PlainKernel(place) as kernel:
            assert kernel.run(start, 20).state == "done"
            assert len(_sleeping("63.25")) == 2
        deadline = time.monotonic() + 10
        while _sleeping("63.25") and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not _sleeping("63.25")
    assert not place.path.exists()


def test_a_plain_process_is_ready_only_when_its_outputs_arrive(monkeypatch):
    """The channel of outputs loses what is sent before it connects: here, to two questions."""
    questions = []
    ask, receive = BlockingKernelClient.kernel_info, BlockingKernelClient.get_iopub_msg

    def counted(client, **how):
        questions.append(ask(client, **how))
        return questions[-1]

    def late(client, **how):
        message = receive(client, **how)
        if len(questions) < 3:
            raise queue.Empty
        return message

    monkeypatch.setattr(BlockingKernelClient, "kernel_info", counted)
    monkeypatch.setattr(BlockingKernelClient, "get_iopub_msg", late)
    with Workplace() as place, PlainKernel(place) as kernel:
        assert len(questions) >= 3
        assert kernel.run("x = 1", 5).state == "done"


def _sleeping(seconds: str) -> list[Path]:
    """The processes of this machine that sleep so long."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (entry / "cmdline").read_bytes() == f"sleep\0{seconds}\0".encode():
                found.append(entry)
    return found


def test_a_flood_of_output_is_cut(fake):
    notebook = solved(**RIGHT)
    notebook.cells.insert(3, code("for i in range(10**5): print('x' * 100)", "flood"))
    result = run(fake, notebook)
    assert result.points == 6
    assert len(str(result.notebook)) < 200_000


def test_an_unforeseen_failure_is_an_anomaly_not_the_end(fake, monkeypatch):
    import cnncourse.grading.grader as grader

    def broken(*_):
        raise RuntimeError("unforeseen")

    monkeypatch.setattr(grader, "execute", broken)
    result = run(fake, solved(**RIGHT))
    assert states(result) == ["error"] * 3
    assert "unforeseen" in result.anomalies[0]


def test_the_declarations_are_no_answer(fake):
    text = "from cnncourse import exercises\n" + RIGHT["scaled"]
    result = run(fake, solved(**RIGHT | {"scaled": text}))
    assert states(result)[0] == "failed" and "cnncourse.exercises" in result.verdicts[0].message
