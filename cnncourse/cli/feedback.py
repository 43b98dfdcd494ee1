"""``cnncourse feedback``: a page for each student."""

from pathlib import Path

import click


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
@click.option("--student", metavar="NAME", default="*", help="This student only.")
def command(assignment: str, folder: Path, student: str) -> None:
    """Write DIR/feedback/STUDENT/ASSIGNMENT/ASSIGNMENT.html for every graded submission.

    The pages are nbgrader's: `nbgrader generate_feedback` in DIR makes the same ones.
    """
    from cnncourse.grading.course import Course, CourseError
    from cnncourse.grading.feedback import write_feedback

    name = Path(assignment).name.removesuffix(".ipynb")
    try:
        pages = write_feedback(name, Course(folder), student)
    except CourseError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{len(pages)} pages of feedback are in {folder / 'feedback'}.")
    click.echo("Give each student their own, or run `nbgrader release_feedback` in that folder.")
