"""When it was handed in, and late days: so many are free, each further one costs points.

``course.toml`` in the course's folder says how; without it nothing is taken off:

    [due]
    01_convolution_by_hand = 2026-10-05T23:59:00+02:00
    [late]
    free_days = 3     # for each student, in the whole course
    penalty = 0.1     # of an assignment's points, for each further day that has begun

Times come from ``times.csv`` beside it (id, assignment, time) for the assignments that it names,
and from the ``timestamp.txt`` in a submission's folder for the others.
"""

import csv
import math
import re
import tomllib
import zoneinfo
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from cnncourse.grading.course import Course, CourseError
from cnncourse.grading.notebooks import SpecialFile, open_plain

if TYPE_CHECKING:
    from cnncourse.grading.gradebook import Book

_LONGEST = 1024  # bytes of a timestamp.txt
_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?) ?([A-Za-z0-9_+:/-]{0,40})",
    re.ASCII,
)


@dataclass(frozen=True)
class Rules:
    """When assignments are due (UTC without a zone, as in nbgrader), what late days cost."""

    due: Mapping[str, datetime]
    free_days: int = 0
    penalty: float = 0.0


def read_rules(folder: Path) -> Rules:
    """The rules of a course. Raises CourseError, saying where, for what cannot be meant."""
    path = folder / "course.toml"
    if not path.is_file():
        return Rules({})
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CourseError(f"{path} is not TOML: {error}.") from None
    due, late = data.get("due", {}), data.get("late", {})
    if odd := sorted({*data} - {"due", "late"} | {*late} - {"free_days", "penalty"}):
        raise CourseError(f"{path} says {', '.join(odd)}, which means nothing here.")
    for name, moment in due.items():
        if not isinstance(moment, datetime):
            raise CourseError(
                f"{path}: {name} is due at {moment!r}; write a date and a time, such as "
                "2026-10-05T23:59:00+02:00 (without a zone it is UTC)."
            )
    days, penalty = late.get("free_days", 0), late.get("penalty", 0.0)
    if isinstance(days, bool) or not isinstance(days, int) or days < 0:
        raise CourseError(f"{path}: free_days is a whole number from 0, not {days!r}.")
    if isinstance(penalty, bool) or not isinstance(penalty, int | float) or not 0 <= penalty <= 1:
        raise CourseError(f"{path}: penalty is a share of the points, 0 to 1, not {penalty!r}.")
    moments = {name: _utc(moment) for name, moment in due.items()}
    return Rules(moments, days, float(penalty))


@dataclass(frozen=True)
class Times:
    """When submissions came in (UTC without a zone): by assignment and student, from a list.

    Of an assignment in the list no submission's own file is believed.
    """

    course: Course
    listed: Mapping[str, Mapping[str, datetime]]

    def of(self, student: str, assignment: str) -> tuple[datetime | None, str]:
        """When one was handed in, or None; then also what is odd about that, or ""."""
        if (listed := self.listed.get(assignment)) is not None:
            found = listed.get(student)
            return found, "" if found else "times.csv has no time for it."
        return _stamp(self.course.submission(student, assignment))


def read_times(course: Course) -> Times:
    """The list of a course, if it has one. Raises CourseError, saying where, for no time."""
    path = course.folder / "times.csv"
    listed: dict[str, dict[str, datetime]] = {}
    if not path.is_file():
        return Times(course, listed)
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
    except (UnicodeDecodeError, csv.Error) as error:
        raise CourseError(f"{path} is no CSV file in UTF-8: {error}.") from None
    if rows and not {"id", "assignment", "time"} <= set(rows[0]):
        raise CourseError(
            f"{path} needs a first line with the columns id, assignment, time; it has "
            f"{', '.join(map(str, rows[0]))}."
        )
    for number, row in enumerate(rows, 2):
        student, name, time = ((row[key] or "").strip() for key in ("id", "assignment", "time"))
        try:
            listed.setdefault(name, {})[student] = read_moment(time)
        except ValueError as error:
            raise CourseError(f"{path}, line {number}: {time!r} {error}.") from None
    return Times(course, listed)


def read_moment(text: str) -> datetime:
    """A time as people and nbgrader write it, in UTC. Raises ValueError, to follow the text."""
    found = _MOMENT.fullmatch(text)
    if not found:
        raise ValueError("is no date and time such as 2026-10-05T23:59:00+02:00")
    day, clock, zone = found.groups()
    if zone.upper() in ("", "Z", "UTC", "GMT"):
        zone = "+00:00"
    try:
        if zone[0] in "+-":
            return _utc(datetime.fromisoformat(f"{day}T{clock}{zone}"))
        place = zoneinfo.ZoneInfo(zone)
        return _utc(datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=place))
    except (KeyError, OSError):
        raise ValueError("is in a time zone that is not known here") from None
    except (ValueError, OverflowError):
        raise ValueError("is no time that there is") from None


def _stamp(folder: Path) -> tuple[datetime | None, str]:
    """The time in the ``timestamp.txt`` that nbgrader's collecting leaves, read with distrust."""
    try:
        if folder.is_symlink():
            return None, ""  # no submission either
        with open_plain(folder / "timestamp.txt") as file:
            raw = file.read(_LONGEST + 1)
        if len(raw) > _LONGEST:
            return None, "Its timestamp.txt is too long for a time."
        return read_moment(raw.decode("utf-8").strip()), ""
    except (FileNotFoundError, NotADirectoryError):
        return None, ""
    except SpecialFile as error:
        return None, f"Its timestamp.txt {error}."
    except UnicodeDecodeError:
        return None, "Its timestamp.txt is no text."
    except ValueError as error:
        return None, f"What its timestamp.txt says {error}."
    except OSError as error:
        return None, f"Its timestamp.txt cannot be read: {error.strerror}."


def penalties(
    rules: Rules, handed_in: Sequence[tuple[str, datetime | None, float]]
) -> dict[str, float]:
    """The points that one student loses, by assignment. Free days go to what was due first.

    handed_in: assignment, when, and the points that it is worth at most.
    """
    free, lost = rules.free_days, {}
    for name, moment, points in sorted(
        handed_in, key=lambda each: rules.due.get(each[0], datetime.max)
    ):
        late = days_late(rules.due.get(name), moment)
        spent = min(free, late)
        free -= spent
        lost[name] = min(points, (late - spent) * rules.penalty * points)
    return lost


def days_late(due: datetime | None, moment: datetime | None) -> int:
    """Days that have begun since it was due; 0 when either time is unknown."""
    if due is None or moment is None or moment <= due:
        return 0
    return math.ceil((moment - due) / timedelta(days=1))


def record_late_days(book: "Book", rules: Rules) -> None:
    """Bring due dates and penalties in the gradebook up to date, of every assignment in it."""
    if rules.due:
        book.record_late_days(rules)


def _utc(moment: datetime) -> datetime:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).replace(tzinfo=None)
