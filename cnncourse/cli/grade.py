"""``cnncourse grade``: grade a class."""

import json
import math
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

    from cnncourse.grading.batch import Plan
    from cnncourse.grading.course import Course
    from cnncourse.grading.grader import Assignment, Result
    from cnncourse.grading.kernel import Isolation, Libraries

_MARKS = {"passed": "✓", "failed": "✗", "not attempted": "○", "error": "!"}


@click.command()
@click.argument("assignment")
@click.option(
    "--course",
    "folder",
    type=click.Path(path_type=Path),
    default=Path("grading"),
    show_default=True,
    metavar="DIR",
    help="Course folder in nbgrader's layout.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="How long one cell may take.",
)
@click.option("--student", metavar="NAME", help="Grade this student only.")
@click.option(
    "--unsafe",
    is_flag=True,
    help="Run without a sandbox: student code may then do whatever you may. Marked in each result.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="How many submissions to grade at a time.  [default: one for each processor]",
)
@click.option("--dask", metavar="ADDRESS", help="Grade on the Dask cluster of this scheduler.")
@click.option("--regrade", is_flag=True, help="Grade again what is graded already.")
@click.option("--exercise", metavar="NAME", help="Change the verdicts of this exercise only.")
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON.")
def command(
    assignment: str,
    folder: Path,
    timeout: float,
    student: str | None,
    unsafe: bool,
    jobs: int | None,
    dask: str | None,
    regrade: bool,
    exercise: str | None,
    as_json: bool,
) -> None:
    """Grade every submission of ASSIGNMENT, for example 01_convolution_by_hand.

    Reads DIR/submitted/STUDENT/ASSIGNMENT/*.ipynb; writes DIR/gradebook.db and DIR/autograded/.
    What is graded already, and has not changed, is not graded again: after an interruption the same
    command goes on.
    """
    from cnncourse.grading.batch import Plan, libraries
    from cnncourse.grading.course import Course, CourseError

    if math.isnan(timeout):
        raise click.BadParameter("nan is not a number of seconds.", param_hint="--timeout")
    course = Course(folder)
    try:
        prepared, students = _prepare(assignment, course, student)
        _known(exercise, prepared)
        isolation = _isolation(unsafe, course)
        plan = Plan(timeout, isolation, regrade or bool(exercise), exercise or "")
        executor, jobs = _executor(jobs, dask, len(students), libraries(prepared, plan))
        done = _grade(prepared, course, students, plan, executor, jobs)
    except (CourseError, ValueError, OSError) as error:
        raise click.ClickException(str(error)) from None
    if as_json:
        from cnncourse.grading import results

        # In ASCII, so that no terminal's or pipe's encoding can refuse it.
        click.echo(json.dumps([results.as_json(r) for r in done], indent=1))
    elif done:
        _show(prepared, course, done)
    if len(done) < len(students):
        click.echo(
            f"Stopped: {len(done)} of {len(students)} submissions are graded and recorded. "
            "Run the same command again for the others.",
            err=True,
        )
        sys.exit(130)


def _prepare(name: str, course: "Course", student: str | None) -> "tuple[Assignment, list[str]]":
    """Everything that can be wrong is found here, before any work."""
    from cnncourse.grading.course import CourseError, find_exercises, find_source
    from cnncourse.grading.grader import load_assignment
    from cnncourse.grading.late import read_rules, read_times

    name = Path(name).name.removesuffix(".ipynb")
    source = find_source(name, course)
    exercises = find_exercises(name)
    students = course.students(name)
    if student is not None:
        if student not in students:
            raise CourseError(
                f"{student!r} handed in nothing for {name}. These did: {', '.join(students)}."
            )
        students = [student]
    course.roster()
    read_rules(course.folder)
    read_times(course)
    return load_assignment(name, source, exercises, course.seed()), students


def _known(exercise: str | None, assignment: "Assignment") -> None:
    names = [each.name for each in assignment.exercises]
    if exercise and exercise not in names:
        from cnncourse.grading.course import CourseError

        raise CourseError(
            f"{assignment.name} has no exercise {exercise!r}. It has {', '.join(names)}."
        )


def _executor(
    jobs: int | None, address: str | None, submissions: int, libraries: "Libraries | None"
) -> "tuple[Callable[[], Executor], int]":
    from cnncourse.grading import executors

    if address:
        return executors.dask(address)
    jobs = min(jobs or executors.usual_jobs(), submissions)
    return executors.local(jobs, libraries), jobs


def _isolation(unsafe: bool, course: "Course") -> "Isolation":
    """The sandbox, or what the instructor insists on. There is no third way."""
    if unsafe:
        click.echo("NOT ISOLATED: student code runs with all your rights (--unsafe).", err=True)
        return "none"
    from cnncourse.grading.sandbox.problem import problem

    if why := problem(course.folder):
        raise click.ClickException(why)
    return "sandbox"


def _grade(
    assignment: "Assignment",
    course: "Course",
    students: list[str],
    plan: "Plan",
    executor: "Callable[[], Executor]",
    jobs: int,
) -> "list[Result]":
    from tqdm import tqdm

    from cnncourse.grading.batch import grade_class

    done: list[Result] = []
    # `kill` ends a run as Ctrl-C does: with the kernels ended and the gradebook closed.
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        # disable=None: no bar where stderr is a file.
        with tqdm(total=len(students), unit="submission", disable=None, file=sys.stderr) as bar:
            bar.set_description("Grading")
            for result in grade_class(assignment, course, students, plan, executor, jobs):
                done.append(result)
                bar.update()
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, before)
    return sorted(done, key=lambda result: result.student)


def _show(assignment: "Assignment", course: "Course", done: "list[Result]") -> None:
    from cnncourse.grading.gradebook import absent

    roster = course.roster()
    width = max([len(r.student) for r in done] + [7])
    count = f"{len(done)} submission{'s' if len(done) != 1 else ''}"
    click.echo(f"{assignment.name}: {count}, {assignment.max_points:g} points\n")
    if any(result.isolation != "isolated" for result in done):
        click.echo("Not isolated: these submissions ran with all your rights (--unsafe).\n")
    click.echo(f"{'student':<{width}}  points  exercises")
    for result in done:
        marks = " ".join(_MARKS[verdict.state] for verdict in result.verdicts)
        click.echo(f"{result.student:<{width}}  {result.points:>6g}  {marks}")
        for anomaly in result.anomalies:
            click.echo(click.style(f"{'':<{width}}          {anomaly}", dim=True))
    for person in absent(roster, course.students(assignment.name)):
        click.echo(f"{person.id:<{width}}       –  nothing handed in")
    click.echo("\n✓ passed   ✗ failed   ○ not attempted   ! error; exercises in order:")
    click.echo(click.wrap_text(", ".join(e.name for e in assignment.exercises), width=96))
    click.echo(
        f"\nThe grades are in {course.gradebook}. Next:\n"
        f"  cnncourse report {assignment.name} --course {course.folder}     "
        "what the class understood\n"
        f"  cnncourse feedback {assignment.name} --course {course.folder}   "
        "a page for each student"
    )
