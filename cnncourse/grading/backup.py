"""Copies of the gradebook from before it changes."""

import contextlib
import sqlite3
import time
from datetime import UTC, datetime
from pathlib import Path

from cnncourse.grading.course import Course, CourseError, make_private

KEPT = 10
_FORGOTTEN = 3600  # seconds after which an unfinished copy is a killed run's


def back_up(course: Course) -> Path | None:
    """A consistent copy of the gradebook as it stands, by time; the oldest beyond `KEPT` go.

    None when there is no gradebook yet. Raises CourseError when it cannot be copied.
    """
    if not course.gradebook.is_file():
        return None
    private, folder = course.private(), course.backups
    folder.mkdir(exist_ok=True)
    path = folder / f"gradebook-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}.db"
    partial = path.with_suffix(".partial")
    make_private(partial, private)
    # SQLite's own way of copying: right even while another program writes.
    try:
        with (
            contextlib.closing(sqlite3.connect(course.gradebook)) as book,
            contextlib.closing(sqlite3.connect(partial)) as copy,
        ):
            book.backup(copy)
    except sqlite3.Error as error:
        raise CourseError(
            f"{course.gradebook} was not changed: it could not be copied into {folder} ({error})."
        ) from None
    partial.replace(path)
    for old in sorted(folder.glob("gradebook-*.db"))[:-KEPT]:
        old.unlink(missing_ok=True)
    for left in folder.glob("gradebook-*.partial*"):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - left.stat().st_mtime > _FORGOTTEN:
                left.unlink()
    return path
