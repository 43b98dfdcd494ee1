"""``cnncourse build``: the notebooks from the lessons' text."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from cnncourse.authoring.course import Course
    from cnncourse.authoring.declarations import Declarations
    from cnncourse.authoring.lesson import Problem


@click.command(name="build")
@click.argument("lessons", nargs=-1, metavar="[LESSON]...")
@click.option("--check", is_flag=True, help="Run nothing; fail when anything is stale or wrong.")
@click.option("--force", is_flag=True, help="Execute lessons even when their text is unchanged.")
@click.option("--no-execute", is_flag=True, help="Write the students' notebooks only.")
def command(lessons: tuple[str, ...], check: bool, force: bool, no_execute: bool) -> None:
    """Turn solutions/NN_name.py into its two notebooks.

    A LESSON is a number (1, 05), a name (05_mnist) or a path to one of its files; all lessons when
    none is given. solutions/NN_name.ipynb is executed and holds the answers;
    notebooks/NN_name.ipynb is what a student opens. CNNCOURSE_PROFILE=quick makes
    training short while you write.
    """
    from cnncourse.authoring.course import find_course
    from cnncourse.authoring.declarations import CourseDeclarations
    from cnncourse.authoring.lesson import LessonError

    if check and (force or no_execute):
        raise click.UsageError(
            "--check runs nothing; it goes with neither --force nor --no-execute."
        )
    if force and no_execute:
        raise click.UsageError("--force and --no-execute contradict each other; choose one.")
    try:
        course = find_course(Path.cwd())
        names = course.choose(lessons)
    except LessonError as error:
        raise click.ClickException(str(error)) from None
    declared = CourseDeclarations()
    try:
        failed = (
            _check(course, declared, names if lessons else None)
            if check
            else _build(course, names, declared, force=force, run=not no_execute)
        )
    except LessonError as error:
        raise click.ClickException(str(error)) from None
    if failed:
        sys.exit(1)


def _check(course: "Course", declared: "Declarations", names: list[str] | None) -> bool:
    from cnncourse.authoring.build import check_course

    problems = check_course(course, declared, names)
    lessons = _count(course.lessons() if names is None else names)
    for problem in problems:
        click.echo(str(problem), err=True)
    if problems:
        things = "problem" if len(problems) == 1 else "problems"
        click.echo(f"{len(problems)} {things} in {lessons}.", err=True)
    else:
        click.echo(f"{lessons}: everything is up to date.")
    return bool(problems)


def _build(
    course: "Course", names: list[str], declared: "Declarations", *, force: bool, run: bool
) -> bool:
    from tqdm import tqdm

    from cnncourse.authoring.build import build_lesson

    failures: list[Problem] = []
    width = max((len(name) for name in names), default=0)
    for name in names:
        with tqdm(desc=name, unit="cell", leave=False, disable=None) as bar:

            def step(done: int, cells: int, bar: "tqdm" = bar) -> None:
                bar.total = cells
                bar.update(done - bar.n)

            built = build_lesson(course, name, declared, force=force, run=run, on_cell=step)
        click.echo(f"{name:<{width}}  {built.state:<13} {built.seconds:6.1f} s")
        for note in built.notes:
            click.echo(f"  note: {note}", err=True)
        for problem in built.problems:
            click.echo(f"  {problem}", err=True)
        failures += built.problems
    for stray in course.strays():
        click.echo(f"  note: {stray}", err=True)
    return bool(failures)


def _count(names: list[str]) -> str:
    return "1 lesson" if len(names) == 1 else f"{len(names)} lessons"
