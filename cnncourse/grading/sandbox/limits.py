"""How much a submission may use, and the part of it that the kernel of the system enforces."""

import contextlib
import resource
from dataclasses import dataclass

MB = 2**20


@dataclass(frozen=True)
class Limits:
    """What one submission may use, in bytes, seconds and numbers.

    memory: of all its processes, beyond what the libraries had when it began. disk: of all that it
    writes. tasks: processes and threads. cpu_seconds: of one process.
    """

    memory: int = 2048 * MB
    disk: int = 256 * MB
    answers: int = 96 * MB
    file_size: int = 256 * MB
    tasks: int = 64
    processes: int = 32
    open_files: int = 256
    cpu_seconds: int = 900


NUMPY = Limits()
TENSORFLOW = Limits(memory=4096 * MB, tasks=256, cpu_seconds=3600)


def apply(limits: Limits, binds_tasks: bool) -> None:
    """Set the limits of this process and its future children, for good.

    binds_tasks: whether the number of tasks of this user is counted for the sandbox alone.
    """
    used = _used()
    _set(resource.RLIMIT_CORE, 0)
    _set(resource.RLIMIT_FSIZE, limits.file_size)
    _set(resource.RLIMIT_NOFILE, limits.open_files)
    _set(resource.RLIMIT_MEMLOCK, MB)
    _set(resource.RLIMIT_CPU, limits.cpu_seconds)
    # Memory of its own; TensorFlow reserves address space that it never touches, so the limit on
    # addresses is wide, and there only for mappings that the first does not count.
    _set(resource.RLIMIT_DATA, used["VmData"] + limits.memory)
    _set(resource.RLIMIT_AS, used["VmSize"] + 4 * limits.memory)
    if binds_tasks:
        _set(resource.RLIMIT_NPROC, limits.tasks)
    for name in ("RLIMIT_MSGQUEUE", "RLIMIT_RTPRIO", "RLIMIT_NICE", "RLIMIT_SIGPENDING"):
        _set(getattr(resource, name), 1024 if name == "RLIMIT_SIGPENDING" else 0)


def _set(which: int, value: int) -> None:
    _, hard = resource.getrlimit(which)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(which, (value, value))


def _used() -> dict[str, int]:
    """Address space and private memory of this process, in bytes."""
    found = {"VmData": 0, "VmSize": 0}
    with contextlib.suppress(OSError), open("/proc/self/status") as file:  # noqa: PTH123
        for line in file:
            name, _, rest = line.partition(":")
            if name in found:
                found[name] = int(rest.split()[0]) * 1024
    return found
