"""Where a course keeps its files, and what is there to be graded."""

import contextlib
import csv
import difflib
import json
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

import cnncourse
from cnncourse.checking.exercise import Exercise
from cnncourse.checking.wire import printable


class CourseError(ValueError):
    """The course cannot be graded as it stands; the message says what to do."""


@dataclass(frozen=True)
class Person:
    """A line of the roster."""

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""


@dataclass(frozen=True)
class Course:
    """A folder in nbgrader's layout: ``submitted/STUDENT/ASSIGNMENT/*.ipynb`` and the rest."""

    folder: Path

    @property
    def gradebook(self) -> Path:
        return self.folder / "gradebook.db"

    @property
    def submitted(self) -> Path:
        return self.folder / "submitted"

    def submission(self, student: str, assignment: str) -> Path:
        return self.submitted / student / assignment

    def autograded(self, student: str, assignment: str) -> Path:
        return self.folder / "autograded" / student / assignment

    def feedback(self, student: str, assignment: str) -> Path:
        return self.folder / "feedback" / student / assignment

    def results(self, assignment: str) -> Path:
        return self.folder / ".cnncourse" / "results" / assignment

    def graded(self, assignment: str) -> Path:
        """Every result by the hash of what it depends on."""
        return self.folder / ".cnncourse" / "graded" / assignment

    @property
    def backups(self) -> Path:
        return self.folder / ".cnncourse" / "backups"

    def students(self, assignment: str) -> list[str]:
        """Who handed something in, in alphabetical order.

        Raises CourseError, saying what is expected, when there is nothing.
        """
        expected = f"{self.submitted}/STUDENT/{assignment}/{assignment}.ipynb"
        if not self.submitted.is_dir():
            raise CourseError(
                f"There is no folder {self.submitted}. Submissions are expected as {expected} "
                "(nbgrader's layout); --course names another course folder."
            )
        found = [
            folder.name
            for folder in self.submitted.iterdir()
            if not folder.name.startswith(".") and _is_there(folder / assignment)
        ]
        if not found:
            raise CourseError(
                f"Nobody has handed in {assignment} yet. Submissions are expected as {expected}."
            )
        for name in found:
            if name != printable(name):
                raise CourseError(
                    f"The name of the folder {name!r} in {self.submitted} holds characters that "
                    "cannot be stored or shown. Rename it."
                )
        return sorted(found)

    def roster(self) -> dict[str, Person]:
        """The class by student id, from ``roster.csv`` (id, first_name, last_name, email)."""
        path = self.folder / "roster.csv"
        if not path.is_file():
            return {}
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
        if rows and "id" not in rows[0]:
            raise CourseError(
                f"{path} needs a first line with the columns id, first_name, last_name, email; "
                f"it has {', '.join(map(str, rows[0]))}."
            )
        people = {}
        for row in rows:
            text = {key: (row.get(key) or "").strip() for key in Person.__dataclass_fields__}
            if text["id"]:
                people[text["id"]] = Person(**text)
        return people

    def seed(self) -> int:
        """The secret seed of the hidden cases; made on the first grading and kept."""
        folder = self.private()
        path = folder / "seed.json"
        if path.is_file():
            try:
                text = path.read_text(encoding="utf-8")
                keep_from_others(path)
                return int(json.loads(text)["seed"])
            except PermissionError:
                raise CourseError(
                    f"{path} belongs to somebody else, and you may not read it. For a course that "
                    "several people grade, docs/grading.md says how to share it."
                ) from None
            except (ValueError, KeyError, TypeError):
                raise CourseError(
                    f'{path} should hold {{"seed": a whole number}}. Restore it, or delete it to '
                    "draw a new seed (every grade is then made anew with new hidden cases)."
                ) from None
        seed = secrets.randbits(63)
        partial = path.with_suffix(".partial")
        make_private(partial, folder)
        partial.write_text(json.dumps({"seed": seed}) + "\n", encoding="utf-8")
        partial.replace(path)
        return seed

    def private(self) -> Path:
        """The folder ``.cnncourse``, made when needed: its owner's, or as the owner shares it."""
        folder = self.folder / ".cnncourse"
        if folder.is_dir():
            keep_from_others(folder)
        else:
            folder.mkdir(parents=True)
            folder.chmod(0o700)
        return folder


def make_private(path: Path, folder: Path) -> None:
    """Make an empty file for its owner alone, and for the group if that may enter the folder."""
    path.unlink(missing_ok=True)
    path.touch(0o600, exist_ok=False)
    path.chmod(0o600 | folder.stat().st_mode & 0o060)


def keep_from_others(path: Path) -> None:
    """Take from everybody else what an earlier version gave; owner and group keep theirs."""
    mode = path.stat().st_mode
    if mode & 0o007:
        with contextlib.suppress(PermissionError):  # another instructor's
            path.chmod(stat.S_IMODE(mode) & ~0o007)


def _is_there(path: Path) -> bool:
    """Whether something is handed in there; what may not be looked at is."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def find_source(assignment: str, course: Course) -> Path:
    """The released student notebook that a submission is rebuilt from.

    The course's own ``release/`` wins, then the ``notebooks/`` of the clone around the current
    folder or the package, then the lessons inside the installed package.

    Raises CourseError with the near names when no such lesson exists.
    """
    known: list[str] = []
    for folder in _released(assignment, course):
        path = folder / f"{assignment}.ipynb"
        if path.is_file():
            return path
    for folder in _released("*", course):
        known += [p.stem for p in folder.glob("*.ipynb") if p.stem not in known]
    if not known:
        raise CourseError(
            "No released lessons were found. Run this inside a clone whose notebooks/ is built "
            "(cnncourse build), or install the package with its lessons."
        )
    near = difflib.get_close_matches(assignment, known, n=3, cutoff=0.3) or sorted(known)
    raise CourseError(f"There is no assignment {assignment!r}. Did you mean {' or '.join(near)}?")


def find_exercises(assignment: str) -> tuple[Exercise, ...]:
    """The exercises of an assignment. Raises CourseError when it has none."""
    from cnncourse import exercises

    try:
        return exercises.lesson(assignment)
    except exercises.UnknownExercise as error:
        raise CourseError(f"{assignment!r} has no graded exercises. {error}") from None


def _released(assignment: str, course: Course) -> list[Path]:
    package = Path(cnncourse.__file__).resolve().parent
    here = Path.cwd()
    clones = [base for base in (here, *here.parents, package.parent) if _is_clone(base)]
    candidates = sorted((course.folder / "release").glob(assignment))
    candidates += [base / "notebooks" for base in clones] + [package / "_lessons"]
    return [folder for folder in candidates if folder.is_dir()]


def _is_clone(folder: Path) -> bool:
    return (folder / "notebooks").is_dir() and (folder / "solutions").is_dir()
