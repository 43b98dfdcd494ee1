"""What a forked process gives up, for good, before any code of a student runs in it."""

import contextlib
import fcntl
import os
from collections.abc import Sequence
from pathlib import Path

from cnncourse.grading.sandbox import limits, seccomp, system


def join(pidfd: int) -> None:
    """Enter the namespaces of an empty sandbox. The caller's next child is the first inside.

    Raises OSError.
    """
    system.setns(pidfd, system.CLONE_NEWUSER)
    # Seen from the namespace just joined, and so its own: none may be made below it.
    # Where this is read-only, as in some containers, the filter of system calls refuses it.
    with contextlib.suppress(OSError):
        Path("/proc/sys/user/max_user_namespaces").write_text("0")
    system.setns(
        pidfd,
        system.CLONE_NEWNS
        | system.CLONE_NEWPID
        | system.CLONE_NEWNET
        | system.CLONE_NEWIPC
        | system.CLONE_NEWUTS,
    )
    with contextlib.suppress(OSError):  # bubblewrap makes one only where the system has them
        system.setns(pidfd, system.CLONE_NEWCGROUP)
    os.chdir("/")


def give_up_everything(user: int | None, limit: limits.Limits, kept: Sequence[int]) -> None:
    """Descriptors but ``kept`` (which become 3, 4, …), capabilities, rights; set the limits.

    user: whom to become; None to stay the user that the grader is. Raises OSError.
    """
    os.setsid()
    os.umask(0o022)
    null = os.open("/dev/null", os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    moved = [fcntl.fcntl(number, fcntl.F_DUPFD, 100) for number in kept]
    for target, number in enumerate(moved, start=3):
        os.dup2(number, target)
    os.closerange(3 + len(kept), 65536)
    limits.apply(limit, binds_tasks=user is not None or _counts_tasks_by_namespace())
    system.drop_bounding_set()
    if user is not None:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    system.drop_capabilities()
    system.prctl(system.PR_SET_NO_NEW_PRIVS, 1)
    seccomp.install()


def _counts_tasks_by_namespace() -> bool:
    """Since Linux 5.14; before, the same user's processes elsewhere would use up the limit."""
    major, minor = os.uname().release.split(".")[:2]
    return (int(major), int("".join(c for c in minor if c.isdigit()) or 0)) >= (5, 14)
