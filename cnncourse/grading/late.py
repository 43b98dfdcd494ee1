"""Late days: so many are free in the whole course, each further one costs a share of the points.

``course.toml`` in the course's folder says how; without it nothing is taken off:

    [due]
    01_convolution_by_hand = 2026-10-05T23:59:00+02:00
    [late]
    free_days = 3     # for each student, in the whole course
    penalty = 0.1     # of an assignment's points, for each further day that has begun
"""

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from cnncourse.grading.course import Course, CourseError

if TYPE_CHECKING:
    from cnncourse.grading.gradebook import Book


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


def record_late_days(book: "Book", course: Course) -> None:
    """Bring due dates and penalties in the gradebook up to date, of every assignment in it."""
    rules = read_rules(course.folder)
    if rules.due:
        book.record_late_days(rules)


def _utc(moment: datetime) -> datetime:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).replace(tzinfo=None)
