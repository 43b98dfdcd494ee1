"""``cnncourse report``: what a class understood, on one page."""

from pathlib import Path

import click


@click.command()
@click.argument("assignment", required=False)
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
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where to write the page.  [default: DIR/report.html]",
)
def command(assignment: str | None, folder: Path, output: Path | None) -> None:
    """Write one HTML page on ASSIGNMENT, or on everything that is graded.

    It shows the points, how each exercise went, the misconceptions met and what to look at by hand.
    """
    from cnncourse.grading import report, results
    from cnncourse.grading.course import Course
    from cnncourse.grading.examples import examples
    from cnncourse.grading.summary import summarize

    course = Course(folder)
    if assignment:
        names = [Path(assignment).name.removesuffix(".ipynb")]
    else:
        stored = course.results("any").parent
        names = sorted(p.name for p in stored.iterdir()) if stored.is_dir() else []
    found = {name: records for name in names if (records := results.load(course.results(name)))}
    if not found:
        what = names[0] if assignment else "ASSIGNMENT"
        raise click.ClickException(
            f"Nothing is graded yet in {folder}: first run cnncourse grade {what} "
            f"--course {folder}."
        )
    target = output or folder / "report.html"
    target.parent.mkdir(parents=True, exist_ok=True)
    page = report.page(
        [
            summarize(name, records, examples(course, name, records))
            for name, records in found.items()
        ]
    )
    target.write_text(page, encoding="utf-8")
    click.echo(f"The report is {target}. Open it in a browser.")
