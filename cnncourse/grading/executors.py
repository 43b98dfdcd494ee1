"""Where submissions are graded: in this process, in several on this machine, or on a cluster."""

import contextlib
import os
import socket
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from typing import Any

from cnncourse.grading.kernel import Libraries

PATIENCE = 60  # seconds that a scheduler and its first worker may take to answer


class Inline(Executor):
    """Runs what it is given at once, in this process: no second one to start."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


def local(jobs: int, libraries: Libraries | None = None) -> Callable[[], Executor]:
    """Makes an executor of so many processes on this machine.

    libraries: which ones their sandboxes are to have; imported once, for all of them together.
    """
    if jobs == 1:
        return Inline
    return lambda: _pool(jobs, libraries)


def usual_jobs() -> int:
    """A process for each processor that this one may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def dask(address: str) -> tuple[Callable[[], Executor], int]:
    """Makes an executor on a Dask cluster, and says how many submissions it runs at a time.

    A worker that is lost has its submissions graded by another. Raises ValueError when dask is
    not installed, or no scheduler answers at the address, or it has no workers.
    """
    try:
        from distributed import Client
    except ImportError:
        raise ValueError(
            "--dask needs the package distributed: pip install 'cnncourse[dask]', here and on "
            "every worker."
        ) from None
    try:
        client = Client(address, timeout=PATIENCE)
        client.wait_for_workers(1, timeout=PATIENCE)
    except (OSError, TimeoutError, ValueError) as error:
        raise ValueError(f"No Dask cluster answers at {address}: {error}.") from None
    threads = sum(client.nthreads().values())
    return lambda: _Cluster(client), max(threads, 1)


class _Cluster(Executor):
    """Dask's executor, which leaves its client open, and a client that closes with it."""

    def __init__(self, client: Any) -> None:
        self._client = client
        # Another try is another sandbox: nothing is left of the one before.
        self._executor = client.get_executor(pure=False, retries=2)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = self._executor.submit(fn, *args, **kwargs)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._executor.shutdown(wait=wait and not cancel_futures)
        self._client.close()


class _Pool(ProcessPoolExecutor):
    """A pool that ends although a process was killed while it was given something large.

    Python before 3.11.5 (Debian 12 has 3.11.2) then waits for ever to write to nobody
    (python/cpython#94777); this is how the newer ones put it right.
    """

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        if getattr(self, "_broken", False):
            with contextlib.suppress(AttributeError, OSError):
                self._call_queue._reader.close()  # type: ignore[attr-defined]
        super().shutdown(wait, cancel_futures=cancel_futures)


def _pool(jobs: int, libraries: Libraries | None) -> Executor:
    import multiprocessing

    channel = None
    if libraries is not None:
        from cnncourse.grading.sandbox import parent

        with contextlib.suppress(OSError):  # each starts its own, and says what is wrong
            channel = parent.begin(libraries)
    # A fresh process: a fork would take along the gradebook that this one has open.
    context = multiprocessing.get_context("spawn")
    return _Pool(jobs, mp_context=context, initializer=_begin, initargs=(libraries, channel))


def _begin(libraries: Libraries | None, channel: socket.socket | None) -> None:
    """Ctrl-C is for the process that hands out the work; when that one ends, so does this one."""
    import signal
    import sys

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        from cnncourse.grading.sandbox.system import PR_SET_PDEATHSIG, prctl

        # Without it, processes whose parent was killed with -9 would wait for ever.
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if libraries is not None and channel is not None:
        from cnncourse.grading.sandbox import parent

        parent.borrow(libraries, channel)
