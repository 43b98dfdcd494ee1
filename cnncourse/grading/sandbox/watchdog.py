"""Watches what a sandbox uses in all, and ends it when that is too much.

The limits that the system keeps are per process; a submission may start many.
"""

import contextlib
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from cnncourse.grading.sandbox.limits import MB, Limits

_EVERY = 0.05  # seconds
# What the system calls memory that processes share and no file system has a name for.
_NAMELESS = ("/dev/zero", "/SYSV", "/memfd:")


class _Size(NamedTuple):
    """What a process has, in bytes: memory of its own, and addresses that are not for such."""

    own: int = 0
    mapped: int = 0


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
        self._before = _Size()
        self._shared_before = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    def start(self) -> None:
        sizes = [_Size(), *self._sizes().values()]
        self._before = _Size(max(size.own for size in sizes), max(size.mapped for size in sizes))
        self._shared_before = _shared_by_all()
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
        # A child shares what its parent had, so only growth counts.
        own = sum(max(size.own - self._before.own, 0) for size in sizes.values())
        mapped = sum(max(size.mapped - self._before.mapped, 0) for size in sizes.values())
        hidden = _shared_by_all() - self._shared_before
        limit = self._limits.memory
        if max(own + mapped, hidden) > limit and self._exactly(sizes, own, hidden) > limit:
            return f"it used more than {limit // MB:,} MB of memory"
        return ""

    def _exactly(self, sizes: dict[str, _Size], own: int, hidden: int) -> int:
        """Bytes used, each page and each piece of shared memory once. Slower: milliseconds.

        hidden: by how much the whole machine's shared memory grew. Of what a process has let go
        (``munmap`` of a part, ``madvise``) nothing else tells, so whoever has nameless shared
        memory answers for that growth.
        """
        private, nameless = 0, False
        pieces: dict[tuple[str, str], int] = {}
        for name, size in sizes.items():
            try:
                private += self._private(name)
                for piece, end, path in self._shared(name):
                    pieces[piece] = max(pieces.get(piece, 0), end)
                    nameless = nameless or path.startswith(_NAMELESS)
            except (FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
                continue
            except (OSError, ValueError):  # a system that does not show it
                private += max(size.own - self._before.own, 0)
                pieces[name, ""] = max(size.mapped - self._before.mapped, 0)
        shared = sum(pieces.values())
        return min(own, private) + (max(shared, hidden) if nameless else shared)

    def _private(self, name: str) -> int:
        """Its part of the memory that is in no file; a page that n processes have is an n-th."""
        wanted = ("Pss_Anon:", "SwapPss:")
        lines = self._read(f"{name}/smaps_rollup").splitlines()
        return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(wanted))

    def _shared(self, name: str) -> Iterator[tuple[tuple[str, str], int, str]]:
        """The shared memory in its addresses: which piece, up to where, and what it is called."""
        for line in self._read(f"{name}/maps").splitlines():
            addresses, rights, offset, device, inode, *path = line.split(maxsplit=5)
            if rights.endswith("s"):
                start, _, end = addresses.partition("-")
                length = int(end, 16) - int(start, 16)
                yield (device, inode), int(offset, 16) + length, path[0] if path else ""

    def _sizes(self) -> dict[str, _Size]:
        """Every process inside, by its number."""
        found = {}
        with contextlib.suppress(OSError):
            for name in os.listdir(self._proc):  # noqa: PTH208
                if name.isdigit():
                    found[name] = self._size(name)
        return found

    def _size(self, name: str) -> _Size:
        seen = dict.fromkeys(("VmSize", "VmData", "RssAnon", "VmSwap"), 0)
        with contextlib.suppress(OSError, ValueError):
            for line in self._read(f"{name}/status").splitlines():
                key, _, rest = line.partition(":")
                if key in seen:
                    seen[key] = int(rest.split()[0]) * 1024
        return _Size(seen["RssAnon"] + seen["VmSwap"], seen["VmSize"] - seen["VmData"])

    def _read(self, path: str) -> str:
        descriptor = os.open(path, os.O_RDONLY, dir_fd=self._proc)
        with open(descriptor, encoding="utf-8", errors="replace") as file:  # noqa: PTH123
            return file.read()


def _shared_by_all() -> int:
    """Bytes of shared memory on the whole machine, 0 where it is not told."""
    with contextlib.suppress(OSError, ValueError):
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("Shmem:"):
                return int(line.split()[1]) * 1024
    return 0
