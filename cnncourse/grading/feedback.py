"""A page of feedback for each student, made by nbgrader from the gradebook and autograded/."""

import logging
import warnings
from pathlib import Path

from cnncourse.grading.course import Course, CourseError


def write_feedback(assignment: str, course: Course, student: str = "*") -> list[Path]:
    """Make ``feedback/STUDENT/ASSIGNMENT/ASSIGNMENT.html`` for every graded submission.

    student: one student's id, or "*" for all. Raises CourseError when nothing is graded yet.
    """
    graded = sorted(
        path.parent.parent.name
        for path in (course.folder / "autograded").glob(f"{student}/{assignment}/*.ipynb")
    )
    if not course.gradebook.is_file() or not graded:
        raise CourseError(
            f"Nothing of {assignment} is graded yet for {course.folder}: "
            f"first run cnncourse grade {assignment} --course {course.folder}."
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _generate(assignment, course, student)
    return [course.feedback(who, assignment) / f"{assignment}.html" for who in graded]


def _generate(assignment: str, course: Course, student: str) -> None:
    from nbgrader.converters import GenerateFeedback
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config

    log = logging.getLogger("cnncourse.feedback")
    log.setLevel(logging.ERROR)
    config = Config()
    config.HTMLExporter.embed_images = True
    # The page is for reading: it needs neither a formula service nor anything else from afar.
    folder = CourseDirectory(
        root=str(course.folder.resolve()),
        assignment_id=assignment,
        student_id=student,
        notebook_id=assignment,
        config=config,
    )
    converter = GenerateFeedback(coursedir=folder, force=True, config=config)
    converter.log = log
    converter.start()
