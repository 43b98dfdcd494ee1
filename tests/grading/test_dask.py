"""The same class on a Dask cluster: a scheduler and two workers, one of them killed half-way."""

import subprocess
import sys
import time

import pytest
from isolation import ISOLATION, NO_SANDBOX
from test_batch import FEW, gradebook, real_assignment, real_course, told

from cnncourse.grading import executors
from cnncourse.grading.batch import Plan, grade_class

WORKER = """
import asyncio, sys
from distributed import Worker

async def main():
    async with Worker(sys.argv[1], nthreads=1, name=sys.argv[2], dashboard=False) as worker:
        await worker.finished()

asyncio.run(main())
"""
SCHEDULER = """
import asyncio, sys
from distributed import Scheduler

async def main():
    async with Scheduler(host="127.0.0.1", port=0, dashboard=False) as scheduler:
        print(scheduler.address, flush=True)
        await scheduler.finished()

asyncio.run(main())
"""


@pytest.fixture
def cluster(tmp_path):
    """The address, and the workers' processes. They have a folder of their own, and no course."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    started = []

    def start(code, *arguments):
        process = subprocess.Popen(
            [sys.executable, "-c", code, *arguments],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        started.append(process)
        return process

    address = start(SCHEDULER).stdout.readline().strip()
    workers = [start(WORKER, address, name) for name in ("one", "two")]
    yield address, workers
    for process in reversed(started):
        process.kill()
        process.wait()


@pytest.mark.slow
@pytest.mark.skipif(bool(NO_SANDBOX), reason=str(NO_SANDBOX))
def test_a_cluster_that_loses_a_worker_gives_the_same_grades(cluster, tmp_path):
    address, workers = cluster
    alone = real_course(tmp_path / "alone")
    plan = Plan(30, ISOLATION)
    list(grade_class(real_assignment(alone), alone, FEW, plan))

    course = real_course(tmp_path / "course")
    executor, jobs = executors.dask(address)
    assert jobs >= 1
    found = grade_class(real_assignment(course), course, FEW, plan, executor, max(jobs, 2))
    next(found)
    workers[0].kill()
    time.sleep(0.1)
    list(found)
    assert workers[1].poll() is None
    assert told(course) == told(alone)
    assert gradebook(course) == gradebook(alone)


def test_an_address_without_a_scheduler_is_said(monkeypatch):
    monkeypatch.setattr(executors, "PATIENCE", 1)
    with pytest.raises(ValueError, match=r"No Dask cluster answers at tcp://127\.0\.0\.1:9"):
        executors.dask("tcp://127.0.0.1:9")
