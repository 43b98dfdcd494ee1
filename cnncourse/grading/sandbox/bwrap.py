"""An empty sandbox: namespaces and file systems that bubblewrap makes, with nothing in it yet."""

import contextlib
import json
import os
import secrets
import select
import shutil
import signal
import subprocess
import time
from pathlib import Path
from types import TracebackType

from cnncourse.grading.sandbox import view
from cnncourse.grading.sandbox.limits import Limits

_PATIENCE = 30.0  # seconds that making a sandbox may take on a busy machine
# Far from people's, containers' and subordinate numbers, and below 2**31 for old tools.
_FIRST_USER, _USERS = 2_010_000_000, 130_000_000


class SandboxError(RuntimeError):
    """The sandbox could not be made: the machine's trouble, not the student's."""


class Bubblewrap:
    """A running, empty sandbox. A context manager: leaving it ends all that is in it.

    user: the number that student code should take, None to stay who the grader is.
    pidfd: refers to the first process inside; joining its namespaces is joining the sandbox.
    Raises SandboxError.
    """

    def __init__(self, inbox: Path, limits: Limits) -> None:
        self._inbox = inbox
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self.user = _free_user() if os.geteuid() == 0 else None
        self.pidfd = -1

    def __enter__(self) -> "Bubblewrap":
        try:
            self._start()
        except BaseException as error:
            self.close()
            if isinstance(error, OSError | ValueError):
                raise SandboxError(f"bubblewrap could not make a sandbox: {error}.") from error
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def kill(self) -> None:
        """End every process inside, at once. May be called from any thread, and again."""
        if self.pidfd >= 0:
            with contextlib.suppress(ProcessLookupError, OSError):
                signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)

    def close(self) -> None:
        """End every process inside and wait until none is left."""
        self.kill()
        if self._process is not None:
            if self.pidfd < 0:
                self._process.kill()
            for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
                if stream is not None:
                    with contextlib.suppress(OSError):
                        stream.close()
            # The first process inside ends only after all others have.
            self._process.wait()
        if self.pidfd >= 0:
            os.close(self.pidfd)
            self.pidfd = -1

    def _start(self) -> None:
        users = self._inbox.parent / "passwd"
        number = os.getuid() if self.user is None else self.user
        users.write_text(f"student:x:{number}:{number}:student:{view.HOME}:/bin/sh\n")
        users.chmod(0o644)
        told, tell = os.pipe()  # bubblewrap tells who the first process is
        awaited, proceed = os.pipe()  # and waits until its users are mapped
        try:
            command = _command(tell, awaited if self.user is not None else None)
            command += view.arguments(self._inbox, self._limits, users)
            # `cat` keeps the sandbox open, says when it stands, and ends if the grader is gone.
            self._process = subprocess.Popen(
                [*command, "--", "cat"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                pass_fds=(tell, awaited),
                env={"PATH": "/usr/bin:/bin"},
            )
            os.close(tell)
            tell = -1
            first = self._first_process(told)
            self.pidfd = os.pidfd_open(first)
            if self.user is not None:
                _map_users(first, self.user)
                os.write(proceed, b"1")
            self._await_standing()
        finally:
            for descriptor in (told, tell, awaited, proceed):
                if descriptor >= 0:
                    os.close(descriptor)

    def _first_process(self, told: int) -> int:
        text, deadline = b"", time.monotonic() + _PATIENCE
        while True:
            with contextlib.suppress(ValueError):
                return int(json.loads(text)["child-pid"])
            if not _readable(told, deadline) or not (more := os.read(told, 4096)):
                raise SandboxError(self._complaint("it did not start"))
            text += more

    def _await_standing(self) -> None:
        assert self._process is not None
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None
        with contextlib.suppress(BrokenPipeError):
            stdin.write(b".")
            stdin.flush()
        if not _readable(stdout.fileno(), time.monotonic() + _PATIENCE) or not stdout.read(1):
            raise SandboxError(self._complaint("the sandbox did not come up"))

    def _complaint(self, otherwise: str) -> str:
        assert self._process is not None
        said = b""
        if self._process.stderr is not None and _readable(
            self._process.stderr.fileno(), time.monotonic() + 1
        ):
            said = os.read(self._process.stderr.fileno(), 2000)
        text = said.decode("utf-8", "replace").strip() or otherwise
        return f"bubblewrap could not make a sandbox: {text}"


def _command(tell: int, await_users: int | None) -> list[str]:
    program = shutil.which("bwrap") or "bwrap"
    made = [program, "--unshare-all", "--unshare-user", "--die-with-parent", "--new-session"]
    made += ["--hostname", "notebook", "--info-fd", str(tell), "--clearenv"]
    if await_users is not None:
        made += ["--userns-block-fd", str(await_users)]
    return made


def _readable(descriptor: int, deadline: float) -> bool:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(max(deadline - time.monotonic(), 0) * 1000))


def _free_user() -> int | None:
    """A user number that nobody has; None where this root has no other users to give."""
    largest = max(_ranges("uid"), key=lambda r: r[1], default=(0, 1))
    start, count = largest
    if start <= _FIRST_USER and start + count >= _FIRST_USER + _USERS:
        return _FIRST_USER + secrets.randbelow(_USERS)
    if count < 1000:
        return None
    quarter = count // 4
    return start + count - quarter + secrets.randbelow(quarter - 10)


def _ranges(kind: str) -> list[tuple[int, int]]:
    try:
        lines = Path(f"/proc/self/{kind}_map").read_text().splitlines()
    except OSError:
        return []
    return [(int(line.split()[0]), int(line.split()[2])) for line in lines]


def _map_users(process: int, user: int) -> None:
    """Root, to make the mounts, and one user without any rights, for the student's code."""
    for kind in ("uid", "gid"):
        Path(f"/proc/{process}/{kind}_map").write_text(f"0 0 1\n{user} {user} 1\n")
