"""`cnncourse build`: the same bytes every time, nothing run twice, nothing lost when it fails."""

import ast
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from tiny import LESSON, Fake

from cnncourse.authoring import CellFailed, Course, execute, read_notebook, verdicts, write_text
from cnncourse.authoring.execution import kernel_environment

Run = Callable[..., Result]


def files(course: Course) -> dict[str, bytes]:
    return {
        str(path.relative_to(course.root)): path.read_bytes()
        for path in sorted(course.root.rglob("*"))
        if path.is_file()
    }


@pytest.mark.slow
def test_the_same_text_gives_the_same_bytes(
    built: Course,
    make_course: Callable[..., Course],
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CNNCOURSE_PROFILE", "full")
    other = make_course(folder="another place")
    first = run(other)
    assert first.exit_code == 0, first.output
    assert "executed" in first.output
    assert files(other) == files(built)
    again = run(other, "1", "--force")
    assert "executed" in again.output and files(other) == files(built)
    assert run(other, "--check").exit_code == 0


def test_an_unchanged_lesson_is_not_executed(
    built: Course, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files(built)
    times = {path: path.stat().st_mtime_ns for path in built.root.rglob("*.ipynb")}
    _no_kernel(monkeypatch)
    result = run(built)
    assert result.exit_code == 0, result.output
    assert result.output.startswith("01_sums  unchanged")
    assert files(built) == before
    assert times == {path: path.stat().st_mtime_ns for path in built.root.rglob("*.ipynb")}


def test_only_the_students_notebook_is_mended_without_a_kernel(
    built: Course, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files(built)
    built.student("01_sums").write_text("{}")
    _no_kernel(monkeypatch)
    assert "stubs written" in run(built).output
    assert files(built) == before


def test_no_execute_leaves_the_instructors_notebook_alone(
    built: Course, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = built.solution("01_sums").read_bytes()
    text = LESSON.replace("Add them up.", "Add both.")
    built.source("01_sums").write_text(text, encoding="utf-8")
    _no_kernel(monkeypatch)
    result = run(built, "--no-execute")
    assert result.exit_code == 0 and "stubs written" in result.output
    assert "Add both." in built.student("01_sums").read_text(encoding="utf-8")
    assert built.solution("01_sums").read_bytes() == before
    assert "solutions/01_sums.ipynb is stale" in run(built, "--check").output


def test_a_failing_cell_is_named_and_nothing_is_written(built: Course, run: Run) -> None:
    before = files(built)
    text = LESSON.replace("math.floor(2.5)", "x = 1\nmath.floor(x / 0)")
    built.source("01_sums").write_text(text, encoding="utf-8")
    line = text.splitlines().index("math.floor(x / 0)") + 1
    result = run(built)
    assert result.exit_code == 1
    said = f"solutions/01_sums.py:{line}: the cell failed with ZeroDivisionError: division by zero"
    assert said in result.output
    assert "    math.floor(x / 0)" in result.output
    assert "\x1b" not in result.output
    after = files(built)
    assert after.pop("solutions/01_sums.py") and before.pop("solutions/01_sums.py")
    assert after == before


def test_a_solution_that_fails_its_check_is_not_written(built: Course, run: Run) -> None:
    before = files(built)
    text = LESSON.replace("six = 6", "six = 7")
    built.source("01_sums").write_text(text, encoding="utf-8")
    result = run(built)
    assert result.exit_code == 1
    assert "check of 'answer': the solution does not pass its own check" in result.output
    assert "answer: failed" in result.output
    before["solutions/01_sums.py"] = text.encode()
    assert files(built) == before


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("# END SOLUTION", "# END", "'# END SOLUTION'"),
        ('check="answer"', 'check="total"', "used more than once"),
        ('exercise="total"', 'exercise="totals"', "not declared"),
        ('exercise="total"', 'exercise="to tal"', "snake_case"),
        ('exercise="total"', 'exercise="total" check="total"', "a cell of its own"),
        ('tags=["demo"]', 'tags="demo"', "must be a list"),
        ("# %% [markdown] tags", "# %% [raw] tags", "a lesson has code and markdown"),
    ],
)
def test_what_cannot_be_built_is_said_before_anything_runs(
    built: Course, run: Run, monkeypatch: pytest.MonkeyPatch, old: str, new: str, words: str
) -> None:
    before = files(built)
    text = LESSON.replace(old, new, 1)
    assert text != LESSON
    built.source("01_sums").write_text(text, encoding="utf-8")
    _no_kernel(monkeypatch)
    result = run(built)
    assert result.exit_code == 1
    assert words in result.output and "solutions/01_sums.py" in result.output
    before["solutions/01_sums.py"] = text.encode()
    assert files(built) == before


def test_one_broken_lesson_does_not_stop_the_others(
    built: Course, run: Run, declared: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    built.source("00_broken").write_text('# %% exercise="nothing"\n1\n', encoding="utf-8")
    _no_kernel(monkeypatch)
    result = run(built)
    assert result.exit_code == 1
    assert "00_broken  failed" in result.output and "01_sums    unchanged" in result.output


def test_rules_that_do_not_stop_a_build_are_noted(
    built: Course, run: Run, declared: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    declared.declared["01_sums"]["later"] = 1.0
    _no_kernel(monkeypatch)
    result = run(built)
    assert result.exit_code == 0
    said = "note: solutions/01_sums.py: lacks what cnncourse.exercises declares for it: 'later'"
    assert said in result.output


def test_exercises_that_cannot_be_imported(built: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    from cnncourse import exercises
    from cnncourse.cli import main

    def broken() -> tuple[str, ...]:
        raise ZeroDivisionError("half-written")

    monkeypatch.setattr(exercises, "names", broken)
    monkeypatch.chdir(built.root)
    result = CliRunner().invoke(main, ["build", "--check"])
    assert result.exit_code == 1
    assert "cnncourse/exercises: cannot be imported: ZeroDivisionError" in result.output


def test_an_interrupted_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.ipynb"
    assert write_text(path, "old\n") and not write_text(path, "old\n")

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_text(path, "new\n")
    assert path.read_text() == "old\n" and list(tmp_path.iterdir()) == [path]
    umask = os.umask(0)
    os.umask(umask)
    assert path.stat().st_mode & 0o777 == 0o666 & ~umask


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT")
def test_an_interrupted_build_leaves_everything_as_it_was(
    make_course: Callable[..., Course],
) -> None:
    text = "# %%\nimport os, time\nopen('pid', 'w').write(f'{os.getpid()}.')\ntime.sleep(60)\n"
    course = make_course("01_slow", text)
    course.solution("01_slow").write_text("old")
    command = [sys.executable, "-c", "from cnncourse.cli import main; main(['build'])"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=course.root, stdout=pipe, stderr=pipe, text=True) as run:
        note = course.solutions / "pid"
        end = time.monotonic() + 60
        while not (note.exists() and note.read_text().endswith(".")):
            assert time.monotonic() < end and run.poll() is None
            time.sleep(0.05)
        kernel = int(note.read_text().rstrip("."))
        run.send_signal(signal.SIGINT)
        _, errors = run.communicate(timeout=60)
    assert run.returncode != 0 and "Traceback" not in errors
    note.unlink()
    assert files(course) == {
        "solutions/01_slow.py": text.encode(),
        "solutions/01_slow.ipynb": b"old",
    }
    for _ in range(100):  # the kernel has gone, too
        try:
            os.kill(kernel, 0)
        except ProcessLookupError:
            break
        time.sleep(0.1)
    else:
        pytest.fail("the kernel outlived its build")


def test_an_unfilled_students_notebook_runs_to_its_end(built: Course) -> None:
    notebook = read_notebook(built.student("01_sums"))
    ran = execute(notebook, folder=built.notebooks, profile="quick")
    assert verdicts(ran) == {"total": "not attempted", "answer": "not attempted"}
    assert all(c.execution_count for c in ran.cells if c.cell_type == "code")
    assert verdicts(notebook) == {"total": "", "answer": ""}  # the argument is left as it was


def test_what_differs_between_runs_is_not_kept(tmp_path: Path) -> None:
    import nbformat

    cells = [
        "import os, sys\nfor n in range(3):\n    print(n, flush=True)\nprint('e', file=sys.stderr)",
        "import ipywidgets\nipywidgets.IntText(3)",
        "os.environ['CNNCOURSE_PROFILE'], os.environ['TF_CPP_MIN_LOG_LEVEL'], os.getcwd()",
        "print('a\\rb')",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    seen: list[int] = []
    ran = execute(notebook, folder=tmp_path, profile="quick", on_cell=seen.append)
    streams, widget, environment, progress = (cell.outputs for cell in ran.cells)
    assert [o.text for o in streams if o.name == "stdout"] == ["0\n1\n2\n"]
    assert list(widget[0].data) == ["text/plain"]
    # Read, not compared as text: a long folder's name is shown on lines of its own.
    shown = ast.literal_eval(environment[0].data["text/plain"])
    assert shown == ("quick", "3", str(tmp_path))
    assert progress[0].text == "b\n"
    assert seen == [0, 1, 2, 3]
    assert "widgets" not in ran.metadata and "execution" not in ran.cells[0].metadata


def test_a_cell_that_does_not_end(tmp_path: Path) -> None:
    import nbformat

    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell("#"),
            nbformat.v4.new_code_cell("import time\ntime.sleep(60)"),
        ]
    )
    with pytest.raises(CellFailed, match="longer than 1 s") as caught:
        execute(notebook, folder=tmp_path, timeout=1)
    assert caught.value.cell == 1 and caught.value.name == "Timeout"


def test_a_kernel_that_dies(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    import nbformat

    code = "import os\nos.write(2, b'last words')\nos.abort()"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    with pytest.raises(CellFailed, match="the kernel died"):
        execute(notebook, folder=tmp_path)
    assert capfd.readouterr().err == ""


def test_the_kernels_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNCOURSE_INBOX", "/somewhere")
    monkeypatch.delenv("CNNCOURSE_PROFILE", raising=False)
    monkeypatch.delenv("TF_ENABLE_ONEDNN_OPTS", raising=False)
    found = kernel_environment(None, tmp_path)
    assert found["CNNCOURSE_PROFILE"] == "full"
    assert found["TF_CPP_MIN_LOG_LEVEL"] == "3" and found["TF_ENABLE_ONEDNN_OPTS"] == "1"
    assert "CNNCOURSE_INBOX" not in found  # a build judges; only grading collects
    monkeypatch.setenv("CNNCOURSE_PROFILE", "quick")
    assert kernel_environment(None, tmp_path)["CNNCOURSE_PROFILE"] == "quick"


def test_a_quick_build_gives_way_to_a_full_one(
    built: Course, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    _no_kernel(monkeypatch)
    monkeypatch.setenv("CNNCOURSE_PROFILE", "quick")
    assert "unchanged" in run(built).output  # a full run is good enough for a quick build
    path = built.solution("01_sums")
    text = path.read_text(encoding="utf-8").replace('"profile": "full"', '"profile": "quick"')
    path.write_text(text, encoding="utf-8")
    assert "unchanged" in run(built).output
    monkeypatch.setenv("CNNCOURSE_PROFILE", "full")
    assert isinstance(run(built).exception, AssertionError)  # it wanted to execute


def test_a_clone_elsewhere_is_up_to_date(built: Course, run: Run, tmp_path: Path) -> None:
    shutil.copytree(built.root, tmp_path / "clone")
    assert run(Course(tmp_path / "clone"), "--check").exit_code == 0


def _no_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a kernel was about to start")

    monkeypatch.setattr("cnncourse.authoring.build.execute", refuse)
