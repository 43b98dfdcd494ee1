"""Copies of the gradebook from before a merge."""

import contextlib
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from cnncourse.grading.course import Course

KEPT = 10


def back_up(course: Course) -> Path | None:
    """A consistent copy of the gradebook as it stands, by time; the oldest beyond `KEPT` go.

    None when there is no gradebook yet.
    """
    if not course.gradebook.is_file():
        return None
    folder = course.backups
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"gradebook-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}.db"
    partial = path.with_suffix(".partial")
    # SQLite's own way of copying: right even while another program writes.
    with (
        contextlib.closing(sqlite3.connect(course.gradebook)) as book,
        contextlib.closing(sqlite3.connect(partial)) as copy,
    ):
        book.backup(copy)
    partial.replace(path)
    for old in sorted(folder.glob("gradebook-*.db"))[:-KEPT]:
        old.unlink()
    return path
