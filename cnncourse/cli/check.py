"""``cnncourse check``: look at a notebook before it is handed in."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from cnncourse.grading.presubmit import Report


@click.command()
@click.argument("notebook", type=click.Path(path_type=Path))
@click.option("--lesson", metavar="NAME", help="Which lesson it is.  [default: by its exercises]")
@click.option("--json", "as_json", is_flag=True, help="Print what is found as JSON.")
def command(notebook: Path, lesson: str | None, as_json: bool) -> None:
    """Say what will be graded in NOTEBOOK, what is missing, and what is damaged.

    It runs nothing and does not say whether an answer is right: the check cells in the notebook do.
    Ends with 0 when every exercise is attempted, with 1 when something is left.
    """
    from cnncourse.grading.course import Course, CourseError, find_exercises, find_source
    from cnncourse.grading.presubmit import look_at

    try:
        name = lesson or _lesson_of(notebook)
        source = find_source(name, Course(Path("grading")))
        report = look_at(notebook, source, find_exercises(name))
    except (CourseError, ValueError, OSError) as error:
        raise click.ClickException(str(error)) from None
    if as_json:
        click.echo(json.dumps(_as_json(report), indent=1))
    else:
        _show(report, notebook)
    if not report.ready:
        sys.exit(1)


def _lesson_of(notebook: Path) -> str:
    from cnncourse import exercises
    from cnncourse.grading.notebooks import read_file
    from cnncourse.grading.presubmit import guess_lesson

    if not notebook.exists():
        raise ValueError(f"There is no file {notebook}. Save the notebook, then name its path.")
    if notebook.is_dir():
        raise ValueError(f"{notebook} is a folder. Name the notebook in it.")
    cells, _ = read_file(notebook)
    lessons = exercises.lessons()
    if notebook.stem in lessons:
        return notebook.stem
    if found := guess_lesson(cells, lessons):
        return found
    raise ValueError(
        f"{notebook.name} holds no exercise of the course. Is it the right file? "
        f"--lesson names one of {', '.join(lessons)}."
    )


def _show(report: "Report", notebook: Path) -> None:
    width = max(len(look.exercise) for look in report.looks)
    click.echo(f"{notebook.name}: lesson {report.lesson}\n")
    for look in report.looks:
        mark, said = "✓", "will be graded"
        if not look.attempted:
            mark, said = "○", "not attempted"
        elif look.problem:
            mark, said = "!", f"will get no points: {look.problem}"
        points = f"{look.points:g} point{'s' if look.points != 1 else ''}"
        click.echo(f"  {mark} {look.exercise:<{width}}  {points:>9}  {said}")
    if report.notes:
        click.echo("\nUnusual:")
        for note in report.notes:
            click.echo(f"  {note}")
    graded = [look for look in report.looks if look.attempted and not look.problem]
    total = sum(look.points for look in report.looks)
    click.echo(
        f"\n{len(graded)} of {len(report.looks)} exercises will be graded, "
        f"{sum(look.points for look in graded):g} of {total:g} points can be earned."
    )
    click.echo(
        "Ready to hand in. Whether the answers are right, the check cells in the notebook say."
        if report.ready
        else "You can hand it in as it is; what is not attempted gets no points."
    )


def _as_json(report: "Report") -> dict[str, object]:
    return {
        "lesson": report.lesson,
        "ready": report.ready,
        "exercises": [
            {
                "exercise": look.exercise,
                "points": look.points,
                "attempted": look.attempted,
                "problem": look.problem,
            }
            for look in report.looks
        ],
        "notes": list(report.notes),
    }
