"""One grader at a time in a course: two would write one gradebook."""

import contextlib
import os
from collections.abc import Iterator

from cnncourse.grading.course import Course, CourseError


@contextlib.contextmanager
def alone(course: Course) -> Iterator[None]:
    """Hold the course for as long as the block runs. Whoever is killed lets go of it.

    Raises CourseError while another process holds it. Where the system or the disk knows no such
    locks, nothing is held.
    """
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(ImportError):
            import fcntl

            descriptor = os.open(course.private(), os.O_RDONLY | os.O_DIRECTORY)
            stack.callback(os.close, descriptor)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise CourseError(
                    f"Another run is grading in {course.folder}. Wait for its end, or end it; "
                    "then run the same command again."
                ) from None
            except OSError:  # a network's disk
                pass
        yield
