"""Grade a whole class: a map over submissions, whose results one writer puts into the gradebook."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from dataclasses import dataclass, replace
from typing import Any

from cnncourse.grading import autograded, results
from cnncourse.grading.alone import alone
from cnncourse.grading.course import Course, CourseError, Person
from cnncourse.grading.executors import Inline
from cnncourse.grading.gradebook import Book
from cnncourse.grading.grader import Assignment, Result, unforeseen
from cnncourse.grading.kernel import ISOLATIONS, Isolation, Libraries, libraries_for
from cnncourse.grading.late import Rules, Times, read_rules, read_times, record_late_days
from cnncourse.grading.notebooks import Handed, pick_up
from cnncourse.grading.store import Store, key_of
from cnncourse.grading.work import Task, from_bytes, get_ready, without_notebook, work

_TRIES = 3  # for a submission whose worker was killed under it
_STOP = 3  # submissions that could not be run before any that could: the machine's trouble
_AHEAD = 2  # submissions with the executor for each that it runs; more would only take memory


@dataclass(frozen=True)
class Plan:
    """How a class is to be graded.

    seconds: how long one cell may take. isolation: "none" runs with the grader's own rights.
    regrade: also what is graded already. exercise: the only one whose verdict may change.
    """

    seconds: float = 60
    isolation: Isolation = "sandbox"
    regrade: bool = False
    exercise: str = ""


def grade_class(
    assignment: Assignment,
    course: Course,
    students: Sequence[str],
    plan: Plan,
    executor: Callable[[], Executor] = Inline,
    jobs: int = 1,
) -> Iterator[Result]:
    """Results as they come, each one recorded, without their notebooks.

    executor: makes the executor; called again when its processes were killed. jobs: how many
    submissions it runs at a time. Whoever stops iterating keeps what was recorded.
    """
    store = Store(course.graded(assignment.name))
    roster, rules, times = course.roster(), read_rules(course.folder), read_times(course)
    with contextlib.ExitStack() as stack:
        stack.enter_context(alone(course))
        if not _all_stored(assignment, course, students, plan, store):
            executor = stack.enter_context(_begun(executor, assignment, plan, jobs))
        book = stack.enter_context(Book(course, assignment))
        merge = _Merge(assignment, course, book, plan, roster, rules, times)
        book.register(roster)
        for result in _results(assignment, course, students, plan, store, executor, jobs):
            yield merge(result)
        record_late_days(book, rules)
        if set(students) >= set(course.students(assignment.name)):
            # Whoever handed in again, or was graded by an older version, has two.
            store.keep_only({key_of(_task(assignment, course, s, plan)) for s in students})


def libraries(assignment: Assignment, plan: Plan) -> Libraries | None:
    """What the sandboxes of a lesson find imported; None where there are no sandboxes."""
    if plan.isolation == "none":
        return None
    return libraries_for(cell.source for cell in assignment.cells)


def _all_stored(
    assignment: Assignment, course: Course, students: Sequence[str], plan: Plan, store: Store
) -> bool:
    keys = (key_of(_task(assignment, course, student, plan)) for student in students)
    return not plan.regrade and all(store.has(key) for key in keys)


@contextlib.contextmanager
def _begun(
    executor: Callable[[], Executor], assignment: Assignment, plan: Plan, jobs: int
) -> Iterator[Callable[[], Executor]]:
    """Makes the same executor, the first of which gets ready already: opening a gradebook takes
    seconds, and so do a worker's imports."""
    begun = [executor()]
    with contextlib.suppress(BrokenExecutor):
        for _ in range(jobs):
            begun[0].submit(get_ready, assignment.name, libraries(assignment, plan))
    try:
        yield lambda: begun.pop() if begun else executor()
    finally:
        for unused in begun:
            unused.shutdown(wait=False, cancel_futures=True)


def _results(
    assignment: Assignment,
    course: Course,
    students: Sequence[str],
    plan: Plan,
    store: Store,
    executor: Callable[[], Executor],
    jobs: int,
) -> Iterator[Result]:
    """From the store what is there, the rest from the executor, stored before it is given out."""
    waiting: list[tuple[str, int]] = []
    for student in students:
        key = key_of(_task(assignment, course, student, plan))
        if plan.regrade:
            store.forget(key)
        if (found := _stored(store, key)) is not None:
            yield found
        else:
            waiting.append((student, 1))
    waiting.reverse()
    while waiting:
        with contextlib.suppress(BrokenExecutor), _closing(executor()) as pool:
            yield from _through(pool, assignment, course, plan, store, waiting, jobs)


def _through(
    pool: Executor,
    assignment: Assignment,
    course: Course,
    plan: Plan,
    store: Store,
    waiting: list[tuple[str, int]],
    jobs: int,
) -> Iterator[Result]:
    """Take from `waiting` until it is empty; what was under way when the pool broke goes back."""
    running: dict[Future[bytes], tuple[Task, int, str]] = {}
    broken: BrokenExecutor | None = None
    most = jobs * _AHEAD if jobs > 1 else 1
    failures, answered = 0, False
    while running or (waiting and not broken):
        while waiting and not broken and len(running) < most:
            student, tried = waiting[-1]
            task = _task(assignment, course, student, plan)
            try:
                future = pool.submit(work, task.to_bytes())
            except BrokenExecutor as error:
                broken = error
                break
            waiting.pop()
            running[future] = task, tried, key_of(task)
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            task, tried, key = running.pop(future)
            try:
                answer = future.result()
            except Exception as error:
                # A process was killed, and which submission it was under cannot be known.
                broken = error if isinstance(error, BrokenExecutor) else broken
                if tried < _TRIES:
                    waiting.append((task.handed.student, tried + 1))
                    continue
                yield _given_up(assignment, task.handed, plan, error)
                failures += 1
                if failures >= _STOP and not answered:
                    raise CourseError(
                        f"{failures} submissions could not be run at all, so the run was stopped: "
                        f"{error}. When that is put right, run the same command again."
                    ) from None
                continue
            answered = True
            store.put(key, answer)
            yield from_bytes(answer)
    if broken:
        raise broken


def _given_up(assignment: Assignment, handed: Handed, plan: Plan, error: Exception) -> Result:
    """A result for now. It is not stored, so the next run tries again."""
    trouble = f"It could not be graded in {_TRIES} tries ({type(error).__name__})."
    return replace(
        unforeseen(assignment, handed.student, trouble),
        isolation=ISOLATIONS[plan.isolation],
        seed=assignment.seed_of(handed.student, handed.raw),
    )


def _task(assignment: Assignment, course: Course, student: str, plan: Plan) -> Task:
    folder = course.submission(student, assignment.name)
    handed = pick_up(student, assignment.name, folder)
    return Task(
        assignment.name, assignment.text, assignment.seed, handed, plan.seconds, plan.isolation
    )


def _stored(store: Store, key: str) -> Result | None:
    data = store.get(key)
    if data is None:
        return None
    try:
        return from_bytes(data)
    except ValueError:  # somebody else's file: it is made anew
        return None


@contextlib.contextmanager
def _closing(pool: Executor) -> Iterator[Executor]:
    """The executor, whose queue is dropped when the run is interrupted."""
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()


class _Merge:
    """The one writer: gradebook, notebook and result of each submission, in that order.

    The result's own file comes last, so that whatever is cut off is done again.
    """

    def __init__(
        self,
        assignment: Assignment,
        course: Course,
        book: Book,
        plan: Plan,
        roster: dict[str, Person],
        rules: Rules,
        times: Times,
    ) -> None:
        self._assignment, self._course, self._book = assignment, course, book
        self._plan, self._roster = plan, roster
        self._rules, self._times = rules, times

    def __call__(self, result: Result) -> Result:
        course, name = self._course, self._assignment.name
        if self._roster and result.student not in self._roster:
            result = _with(result, "The student is not in roster.csv.")
        handed_in, trouble = self._times.of(result.student, name)
        if trouble and name in self._rules.due:
            result = _with(result, f"{trouble} It counts as handed in on time.")
        folder = course.results(name)
        before = results.load_one(result.student, folder)
        if self._plan.exercise and before is not None:
            result = _only(self._plan.exercise, result, before)
        target = course.autograded(result.student, name)
        autograded.write(result.notebook, target / f"{name}.ipynb")
        autograded.write_time(handed_in, target)
        person = self._roster.get(result.student, Person(result.student))
        self._book.record(result, person, handed_in)
        results.save(result, folder)
        return without_notebook(result)


def _with(result: Result, anomaly: str) -> Result:
    return replace(result, anomalies=(*result.anomalies, anomaly))


_MIXED = "Some verdicts are of an earlier grading, with other hidden inputs (--exercise)."


def _only(exercise: str, result: Result, before: dict[str, Any]) -> Result:
    """The result of before, but for the verdict of one exercise."""
    kept = {verdict.exercise: verdict for verdict in results.verdicts(before)}
    if before.get("seed") != result.seed or _MIXED in before.get("anomalies", ()):
        result = _with(result, _MIXED)
    verdicts = tuple(
        verdict if verdict.exercise == exercise else kept.get(verdict.exercise, verdict)
        for verdict in result.verdicts
    )
    return replace(result, verdicts=verdicts)
