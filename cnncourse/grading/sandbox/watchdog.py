"""Watches what a sandbox uses in all, and ends it when that is too much.

The limits that the system keeps are per process; a submission may start many.
"""

import contextlib
import os
import threading
from collections.abc import Callable

from cnncourse.grading.sandbox.limits import MB, Limits

_EVERY = 0.05  # seconds


class Watchdog:
    """A thread that looks at a sandbox's processes until it is stopped.

    proc: the sandbox's own ``/proc``, which shows its processes and no others.
    why: the sentence's end for the student, once it has ended the sandbox.
    """

    def __init__(self, proc: int, limits: Limits, kill: Callable[[], None]) -> None:
        self.why = ""
        self._proc = proc
        self._limits = limits
        self._kill = kill
        self._before: int | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    def start(self) -> None:
        self._before = max((own for own, _ in self._sizes()), default=0)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(_EVERY):
            if why := self._excess():
                self.why = why
                self._kill()
                return

    def _excess(self) -> str:
        sizes = self._sizes()
        if len(sizes) > self._limits.processes:
            return f"it started more than {self._limits.processes} processes"
        # A child shares what its parent had, so only growth counts; shared memory counts once.
        before = self._before or 0
        own = sum(max(own - before, 0) for own, _ in sizes)
        shared = max((shared for _, shared in sizes), default=0)
        if own + shared > self._limits.memory:
            return f"it used more than {self._limits.memory // MB:,} MB of memory"
        return ""

    def _sizes(self) -> list[tuple[int, int]]:
        """(own, shared) memory of every process inside, in bytes."""
        found = []
        with contextlib.suppress(OSError):
            for name in os.listdir(self._proc):  # noqa: PTH208
                if name.isdigit():
                    found.append(self._size(name))
        return found

    def _size(self, name: str) -> tuple[int, int]:
        own = shared = 0
        with contextlib.suppress(OSError, ValueError):
            descriptor = os.open(f"{name}/status", os.O_RDONLY, dir_fd=self._proc)
            with open(descriptor, "rb") as file:  # noqa: PTH123
                for line in file:
                    if line.startswith((b"RssAnon:", b"VmSwap:")):
                        own += int(line.split()[1]) * 1024
                    elif line.startswith(b"RssShmem:"):
                        shared = int(line.split()[1]) * 1024
        return own, shared
