"""The same class graded by `nbgrader autograde` and by `cnncourse grade`, in one run.

    python benchmarks/grading.py [--json] [--numpy N] [--keras N]
    python benchmarks/grading.py --class-of 3000 [--json]

nbgrader is given the lesson with its check cells ending in the points that the check gives, which
it takes as partial credit; the submissions are the example class's honest ones, again and again
under other names. Both run as commands, with everything they have to start; ours with the sandbox
on and one process for each processor. Points are compared for every submission and exercise. The
quick profile makes the training in a lesson short for both.

--class-of grades that many submissions of lesson 1, the whole example class over and over, by
`cnncourse grade` alone, and watches the memory of all its processes.
"""

import itertools
import json
import os
import platform
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import click
import nbformat

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "grading" / "submitted"
LESSONS = {"numpy": "01_convolution_by_hand", "keras": "05_mnist"}
# Right, differently right, partly right, wrong: nothing that only one of the two can grade.
HONEST = ("amara", "bao", "chiara", "dmitri", "farid", "jun", "kofi", "pavel")


def notebooks(lesson: str) -> list[Path]:
    """Honest submissions of a lesson: the example class's, or its solution."""
    found = [EXAMPLES / name / lesson / f"{lesson}.ipynb" for name in HONEST]
    there = [path for path in found if path.is_file()]
    return there or [ROOT / "solutions" / f"{lesson}.ipynb"]


def hand_in(folder: Path, lesson: str, count: int, sources: list[Path]) -> None:
    for number, source in zip(range(count), itertools.cycle(sources), strict=False):
        target = folder / "submitted" / f"student{number:04d}" / lesson
        target.mkdir(parents=True)
        shutil.copyfile(source, target / source.name)


def nbgrader_course(folder: Path, lesson: str) -> None:
    """An nbgrader course with the lesson, whose checks give points in nbgrader's way."""
    notebook = nbformat.read(ROOT / "solutions" / f"{lesson}.ipynb", as_version=4)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.source = cell.source.rstrip() + ".points"
            cell.outputs = []
    source = folder / "source" / lesson
    source.mkdir(parents=True)
    nbformat.write(notebook, source / f"{lesson}.ipynb")
    (folder / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.course_id = 'benchmark'\nc.Execute.timeout = 600\n"
    )
    run([sys.executable, "-m", "nbgrader", "generate_assignment", lesson], folder)


def environment() -> dict[str, str]:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    # As REFERENCE and nbgrader's users have it: nothing of TensorFlow's on stderr.
    return {
        **os.environ,
        "PATH": path,
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CNNCOURSE_PROFILE": "quick",
        "CNNCOURSE_DATA": "shipped",
    }


def run(command: list[str], folder: Path) -> float:
    """Seconds that a command took. Raises ClickException with its last lines when it fails."""
    start = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True)
    if done.returncode:
        raise click.ClickException(f"{' '.join(command[1:])} failed:\n{done.stderr[-2000:]}")
    return time.perf_counter() - start


def points(gradebook: Path) -> dict[tuple[str, str], float]:
    """(student, check) → points, as a gradebook has them."""
    query = (
        "select s.student_id, b.name, g.auto_score from grade g join base_cell b on b.id=g.cell_id "
        "join submitted_notebook n on n.id=g.notebook_id "
        "join submitted_assignment s on s.id=n.assignment_id"
    )
    with sqlite3.connect(gradebook) as book:
        return {(student, name): score or 0 for student, name, score in book.execute(query)}


def compare(kind: str, count: int) -> dict[str, Any]:
    """Both graders on one class: submissions a minute, their ratio, and where points differ."""
    lesson = LESSONS[kind]
    with tempfile.TemporaryDirectory() as name:
        theirs, ours = Path(name) / "nbgrader", Path(name) / "cnncourse"
        for folder in (theirs, ours):
            folder.mkdir()
            hand_in(folder, lesson, count, notebooks(lesson))
        nbgrader_course(theirs, lesson)
        say(f"{lesson}: {count} submissions by nbgrader autograde …")
        slow = run([sys.executable, "-m", "nbgrader", "autograde", lesson], theirs)
        say(f"  {slow:.0f} s. The same by cnncourse grade …")
        fast = run(grade(lesson, ours), ROOT)
        say(f"  {fast:.1f} s.")
        left, right = points(theirs / "gradebook.db"), points(ours / "gradebook.db")
    return {
        "lesson": lesson,
        "submissions": count,
        "nbgrader_per_minute": round(60 * count / slow, 1),
        "cnncourse_per_minute": round(60 * count / fast, 1),
        "ratio": round(slow / fast, 1),
        "points_compared": len(left),
        "points_differ": sorted(
            f"{student} {check}"
            for student, check in left
            if left[student, check] != right.get((student, check))
        ),
    }


def grade(lesson: str, course: Path) -> list[str]:
    return [sys.executable, "-m", "cnncourse", "grade", lesson, "--course", str(course)]


def large(count: int) -> dict[str, Any]:
    """Many submissions of lesson 1 in one run: the time, and the memory of all processes."""
    lesson = LESSONS["numpy"]
    everybody = sorted(EXAMPLES.glob(f"*/{lesson}"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number, source in zip(range(count), itertools.cycle(everybody), strict=False):
            shutil.copytree(source, folder / "submitted" / f"student{number:04d}" / lesson)
        say(f"{lesson}: {count} submissions by cnncourse grade …")
        command = [*grade(lesson, folder), "--timeout", "10"]
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL)
        memory = Memory(process.pid)
        memory.start()
        if process.wait():
            raise click.ClickException("cnncourse grade failed.")
        seconds = time.perf_counter() - start
        memory.stop()
        graded = {student for student, _ in points(folder / "gradebook.db")}
    half = len(memory.taken) // 2
    return {
        "lesson": lesson,
        "submissions": count,
        "graded": len(graded),
        "minutes": round(seconds / 60, 1),
        "per_minute": round(60 * count / seconds),
        "peak_memory_mb": round(max(memory.taken)),
        "memory_mb_first_half": round(max(memory.taken[:half])),
        "memory_mb_second_half": round(max(memory.taken[half:])),
    }


class Memory(threading.Thread):
    """The memory of a process and of all below it, once a second, shared parts counted once."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.taken: list[float] = []
        self._pid = pid
        self._ended = threading.Event()

    def run(self) -> None:
        import psutil

        while not self._ended.wait(1):
            total = 0.0
            try:
                tree = [psutil.Process(self._pid)]
                tree += tree[0].children(recursive=True)
            except psutil.Error:
                continue
            for process in tree:
                try:
                    total += process.memory_full_info().pss / 2**20
                except (psutil.Error, OSError):
                    continue
            self.taken.append(total)

    def stop(self) -> None:
        self._ended.set()
        self.join()


def say(words: str) -> None:
    click.echo(words, err=True)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
@click.option("--numpy", "numpy_size", default=24, show_default=True, help="Class of lesson 1.")
@click.option("--keras", "keras_size", default=16, show_default=True, help="Class of lesson 5.")
@click.option("--class-of", type=int, metavar="N", help="Grade N submissions of lesson 1 instead.")
def main(as_json: bool, numpy_size: int, keras_size: int, class_of: int | None) -> None:
    """Grade one class twice, by nbgrader and by us, or one very large class."""
    report: dict[str, Any] = {
        "machine": {
            "cpus": os.cpu_count(),
            "python": platform.python_version(),
            "load": round(os.getloadavg()[0], 1),
        }
    }
    if class_of:
        report["large"] = large(class_of)
    else:
        sizes = {"numpy": numpy_size, "keras": keras_size}
        report["classes"] = [compare(kind, count) for kind, count in sizes.items() if count]
    if as_json:
        click.echo(json.dumps(report, indent=1))
        return
    for row in report.get("classes", ()):
        differ = len(row["points_differ"])
        click.echo(
            f"{row['lesson']}: nbgrader {row['nbgrader_per_minute']} a minute, cnncourse "
            f"{row['cnncourse_per_minute']} a minute: {row['ratio']} times as many. "
            f"{row['points_compared']} scores compared, {differ} differ."
        )
    if row := report.get("large"):
        click.echo(
            f"{row['lesson']}: {row['graded']} of {row['submissions']} submissions in "
            f"{row['minutes']} minutes ({row['per_minute']} a minute), at most "
            f"{row['peak_memory_mb']} MB (first half {row['memory_mb_first_half']}, second half "
            f"{row['memory_mb_second_half']})."
        )


if __name__ == "__main__":
    main()
