"""An executor whose processes give a submission little, so that a bomb is small."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context


def _limit() -> None:
    from cnncourse.grading.sandbox import limits

    limits.NUMPY = limits.Limits(
        memory=300 * limits.MB, disk=32 * limits.MB, tasks=40, processes=16
    )


def small(jobs: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_limit)
