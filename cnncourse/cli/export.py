"""``cnncourse export``: grades for another system."""

from pathlib import Path

import click

_FORMATS = ("nbgrader", "canvas", "moodle", "gradescope", "json")


@click.command()
@click.argument("assignment")
@click.option(
    "--format",
    "form",
    type=click.Choice(_FORMATS),
    default="nbgrader",
    show_default=True,
    help="Who is to read it.",
)
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
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Where to write.  [default: DIR/export]",
)
def command(assignment: str, form: str, folder: Path, output: Path | None) -> None:
    """Write the grades of ASSIGNMENT as CSV or JSON.

    Points given by hand and penalties for being late are in them. For gradescope there is a
    results.json for each student; every other format is one file.
    """
    from cnncourse.grading.course import Course, CourseError
    from cnncourse.grading.export import export, read_grades, write

    name = Path(assignment).name.removesuffix(".ipynb")
    course = Course(folder)
    try:
        grades = read_grades(course, name)
        if not grades:
            raise CourseError(f"Nobody is in {course.gradebook} yet.")
        paths = write(export(form, grades, course), output or folder / "export")
    except (CourseError, OSError) as error:
        raise click.ClickException(str(error)) from None
    if not paths:
        click.echo(f"Nobody has handed in {name}; nothing was written.")
        return
    where = paths[0] if len(paths) == 1 else f"{len(paths)} files in {paths[0].parent.parent}"
    click.echo(f"Written for {form}: {where}")
