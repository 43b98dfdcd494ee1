"""Write results into nbgrader's own gradebook, through its own API, so that its tools show them."""

import sqlite3
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import quote

from cnncourse.checking.verdict import Verdict
from cnncourse.grading.backup import back_up
from cnncourse.grading.course import Course, CourseError, Person, make_private
from cnncourse.grading.grader import Assignment, Result
from cnncourse.grading.late import Rules, penalties
from cnncourse.grading.rebuild import role


class Book(AbstractContextManager["Book"]):
    """The gradebook of a course, open for one assignment.

    Manual grades, extra credit and manual comments are never touched. Before the first row
    changes, the file is copied. Raises CourseError when it cannot be opened or copied.
    """

    def __init__(self, course: Course, assignment: Assignment) -> None:
        self._backed_up = not course.gradebook.is_file()  # a new one needs no copy
        self._book: Any = _open(course)
        self._course = course
        self._assignment = assignment
        _before_each_flush(self._book, self._back_up)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._book.close()

    def register(self, roster: Mapping[str, Person]) -> None:
        """Record the assignment's cells and the class; a changed lesson changes them here too."""
        name = self._assignment.name
        self._book.update_or_create_assignment(name)
        self._book.update_or_create_notebook(
            name, name, kernelspec='{"name": "python3", "display_name": "Python 3"}'
        )
        for cell in self._assignment.cells:
            kind = role(cell)
            if kind == "check":
                points = float(cell.metadata["nbgrader"]["points"])
                self._book.update_or_create_grade_cell(
                    cell.grade_id, name, name, max_score=points, cell_type="code"
                )
            elif kind == "exercise":
                self._book.update_or_create_solution_cell(cell.grade_id, name, name)
            if cell.grade_id:
                self._book.update_or_create_source_cell(
                    cell.grade_id,
                    name,
                    name,
                    cell_type=cell.kind,
                    locked=kind != "exercise",
                    source=cell.source,
                    checksum=None,
                )
        self._drop_old_cells()
        for person in roster.values():
            self._add(person)

    def record(self, result: Result, person: Person, handed_in: datetime | None = None) -> None:
        """Points and messages of one submission. handed_in: when, in UTC without a zone."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # SQLAlchemy's, on how nbgrader adds a submission
            self._record(result, person, handed_in)

    def _record(self, result: Result, person: Person, handed_in: datetime | None) -> None:
        name, student = self._assignment.name, result.student
        self._add(person)
        submission = self._book.update_or_create_submission(name, student, timestamp=handed_in)
        (notebook,) = submission.notebooks
        self._fill_gaps(notebook)
        verdicts = {verdict.exercise: verdict for verdict in result.verdicts}
        for grade in notebook.grades:
            verdict = verdicts[grade.cell.name.removeprefix("check_")]
            if grade.auto_score != verdict.points:
                # A person's own grade stays, and is put before them again when ours changes.
                grade.needs_manual_grade = grade.manual_score is not None
                grade.auto_score = verdict.points
            elif grade.manual_score is None:
                grade.needs_manual_grade = False
        for comment in notebook.comments:
            if comment.cell.name in verdicts:
                comment.auto_comment = as_comment(verdicts[comment.cell.name])
        self._book.db.commit()

    def record_late_days(self, rules: Rules) -> None:
        """Due dates, and what every student loses for handing in late."""
        worth: dict[str, float] = {}
        for assignment in self._book.assignments:
            if assignment.name in rules.due:
                assignment.duedate = rules.due[assignment.name]
                worth[assignment.name] = float(assignment.max_score)
        for student in self._book.students:
            handed_in = {s.assignment.name: s for s in student.submissions}
            lost = penalties(
                rules,
                [(n, s.timestamp, worth[n]) for n, s in handed_in.items() if n in worth],
            )
            for name, points in lost.items():
                for notebook in handed_in[name].notebooks:
                    notebook.late_submission_penalty = points
        self._book.db.commit()

    def _back_up(self, session: Any, *_: object) -> None:
        """Called ahead of everything that this run writes."""
        changed = (entry for entry in session.dirty if session.is_modified(entry))
        if self._backed_up or not (session.new or session.deleted or any(changed)):
            return
        back_up(self._course)
        self._backed_up = True

    def _add(self, person: Person) -> None:
        known = {
            key: value
            for key in ("first_name", "last_name", "email")
            if (value := getattr(person, key))
        }
        self._book.update_or_create_student(person.id, **known)

    def _notebook(self) -> Any:
        return self._book.find_notebook(self._assignment.name, self._assignment.name)

    def _drop_old_cells(self) -> None:
        """Cells that the lesson no longer has, with the grades that were given for them."""
        marked = {cell.grade_id for cell in self._assignment.cells if cell.grade_id}
        notebook = self._notebook()
        old = [*notebook.grade_cells, *notebook.solution_cells, *notebook.source_cells]
        for cell in (cell for cell in old if cell.name not in marked):
            for entry in (*getattr(cell, "grades", ()), *getattr(cell, "comments", ())):
                self._book.db.delete(entry)
            self._book.db.delete(cell)
        self._book.db.commit()

    def _fill_gaps(self, notebook: Any) -> None:
        """Entries for cells that the lesson got after this submission was first graded."""
        from nbgrader.api import Comment, Grade

        graded = {grade.cell_id for grade in notebook.grades}
        commented = {comment.cell_id for comment in notebook.comments}
        for cell in notebook.notebook.grade_cells:
            if cell.id not in graded:
                Grade(cell_id=cell.id, cell=cell, notebook=notebook)
        for cell in notebook.notebook.solution_cells:
            if cell.id not in commented:
                Comment(cell_id=cell.id, cell=cell, notebook=notebook)
        self._book.db.commit()


@contextmanager
def open_gradebook(course: Course) -> Iterator[Any]:
    """nbgrader's `Gradebook` of a course, to read. Raises CourseError when it cannot be opened."""
    book = _open(course)
    try:
        yield book
    finally:
        book.close()


def _open(course: Course) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from nbgrader.api import Gradebook

        def opened(path: Path) -> Any:
            # In the database's address "?" would begin options, and %41 be an A.
            return Gradebook(f"sqlite:///{quote(str(path.resolve()))}")

        try:
            if not course.gradebook.exists():
                partial = course.gradebook.with_suffix(".partial")
                make_private(partial, course.private())
                _mark_version(partial)
                opened(partial).close()
                partial.replace(course.gradebook)
            return opened(course.gradebook)
        except Exception as error:  # SQLAlchemy's many, and the system's
            first = (str(error).splitlines() or [""])[0][:200]
            raise CourseError(
                f"{course.gradebook} cannot be opened as nbgrader's gradebook: {first}. After "
                "an upgrade of nbgrader run `nbgrader db upgrade` in that folder. Restore a "
                "damaged file, or move it away and grade everything again."
            ) from None


def _mark_version(path: Path) -> None:
    """Write into a new gradebook of which version of nbgrader it is.

    nbgrader would ask ``alembic`` by name, which is not found when the environment is not
    activated, and takes seconds.
    """
    from alembic.script import ScriptDirectory
    from nbgrader.dbutil import ALEMBIC_DIR

    version = ScriptDirectory(ALEMBIC_DIR).get_current_head()
    with closing(sqlite3.connect(path)) as book, book:
        book.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        book.execute("INSERT INTO alembic_version (version_num) VALUES (?)", (version,))


def _before_each_flush(book: Any, call: Callable[..., None]) -> None:
    from sqlalchemy import event

    event.listen(book.db, "before_flush", call)


def as_comment(verdict: Verdict) -> str:
    """A verdict as nbgrader's comment, which its pages show as Markdown.

    Text from a student (an exception's message) is kept from becoming HTML there.
    """
    lines = [verdict.headline, *verdict.text.splitlines()]
    return "\n\n".join(line.replace("<", "\\<") for line in lines if line.strip())


def absent(roster: Mapping[str, Person], students: Iterable[str]) -> list[Person]:
    """Who is in the class and handed nothing in."""
    present = set(students)
    return [person for person in roster.values() if person.id not in present]
