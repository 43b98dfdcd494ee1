"""Where a course's lessons and notebooks lie."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cnncourse.authoring.lesson import LessonError, Problem

_NAME = re.compile(r"^\d\d_[a-z0-9_]+$")


@dataclass(frozen=True)
class Course:
    """A clone of the course. `root` is the folder that holds solutions/ and notebooks/."""

    root: Path

    @property
    def solutions(self) -> Path:
        return self.root / "solutions"

    @property
    def notebooks(self) -> Path:
        return self.root / "notebooks"

    def lessons(self) -> list[str]:
        """The names of the lessons that have a source, in order."""
        return sorted(path.stem for path in self.solutions.glob("*.py") if _NAME.match(path.stem))

    def source(self, lesson: str) -> Path:
        return self.solutions / f"{lesson}.py"

    def solution(self, lesson: str) -> Path:
        return self.solutions / f"{lesson}.ipynb"

    def student(self, lesson: str) -> Path:
        return self.notebooks / f"{lesson}.ipynb"

    def choose(self, wanted: Sequence[str]) -> list[str]:
        """The lessons that `wanted` names: "01", "1", "01_mnist" or a path to one of its files.

        Nothing wanted means all. Raises LessonError for a word that fits no lesson.
        """
        known = self.lessons()
        chosen = []
        for word in wanted:
            stem = Path(word).stem
            number = f"{int(stem):02d}_" if stem.isdecimal() else ""
            fits = [n for n in known if n == stem or (number and n.startswith(number))]
            if not fits:
                lessons = ", ".join(known) or "none yet"
                raise LessonError(
                    Problem(word, f"no such lesson in solutions/ (there: {lessons}).")
                )
            chosen += fits
        return sorted(set(chosen)) if wanted else known

    def strays(self) -> list[Problem]:
        """Files that belong to no lesson: notebooks without a source, sources with an odd name."""
        known = set(self.lessons())
        found = []
        for folder in (self.solutions, self.notebooks):
            for path in sorted(folder.glob("*.ipynb")):
                if path.stem not in known:
                    message = (
                        f"a notebook without a source: solutions/{path.stem}.py is missing. "
                        "Delete the notebook, or bring its source back."
                    )
                    found.append(Problem(f"{folder.name}/{path.name}", message))
        for path in sorted(self.solutions.glob("*.py")):
            if path.stem not in known:
                message = "not a lesson's name: two digits, '_' and lower-case words (05_mnist.py)."
                found.append(Problem(f"solutions/{path.name}", message))
        return found


def find_course(start: Path) -> Course:
    """The course that the folder `start` lies in. Raises LessonError when there is none."""
    for folder in (start, *start.parents):
        if (folder / "solutions").is_dir():
            return Course(folder)
    message = (
        "no course here. Run this inside a clone of the course: "
        "a folder with solutions/ in it, or one below it."
    )
    raise LessonError(Problem(str(start), message))
