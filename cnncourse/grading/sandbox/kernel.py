"""Run a submission's cells in a sandbox of its own."""

import contextlib
import os
import secrets
import select
import signal
import socket
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from cnncourse.grading.kernel import (
    GRACE,
    KernelError,
    Libraries,
    Outcome,
    Outputs,
    Workplace,
)
from cnncourse.grading.sandbox import limits, parent
from cnncourse.grading.sandbox.bwrap import Bubblewrap, SandboxError
from cnncourse.grading.sandbox.limits import Limits
from cnncourse.grading.sandbox.messages import MessageError, Reader, send
from cnncourse.grading.sandbox.watchdog import Watchdog

_EVENTS = 2000  # of a cell that are looked at
_STRAYS = 50  # messages that answer nothing that was asked: all of them are forged


class SandboxKernel:
    """A process in a fresh sandbox. A context manager: leaving it ends everything inside.

    outbox: where `check` puts the answers, readable as long as the kernel is open.
    Raises KernelError when it does not start.
    """

    def __init__(
        self,
        place: Workplace,
        libraries: Libraries = "numpy",
        limit: Limits | None = None,
    ) -> None:
        self._libraries = libraries
        default = limits.TENSORFLOW if libraries == "tensorflow" else limits.NUMPY
        self._limits = limit or default
        self._sandbox = Bubblewrap(place.inbox, self._limits)
        self._channel: socket.socket | None = None
        self._descriptors: list[int] = []
        self._number = 0
        self._strays = 0
        self._watchdog: Watchdog | None = None
        self._reader: Reader | None = None

    def __enter__(self) -> "SandboxKernel":
        try:
            self._start()
        except BaseException as error:
            self._end()
            if isinstance(error, SandboxError):
                raise KernelError(str(error)) from error
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    @property
    def outbox(self) -> Path:
        return Path(f"/proc/self/fd/{self._descriptors[2]}")

    def run(self, code: str, seconds: float) -> Outcome:
        """Execute a cell; after ``seconds`` it is interrupted, and killed if that does not help."""
        assert self._channel is not None
        self._number = secrets.randbits(53)  # so that no reply can lie ready ahead of its request
        deadline = time.monotonic() + seconds
        try:
            self._channel.settimeout(max(seconds, 1))
            send(self._channel, {"id": self._number, "code": code})
            if (reply := self._reply(deadline)) is not None:
                return self._outcome(reply)
            signal.pidfd_send_signal(self._descriptors[0], signal.SIGINT)
            reply = self._reply(time.monotonic() + GRACE)
            if reply is None:
                self._sandbox.kill()
                return Outcome("timeout", alive=False)
            outcome = self._outcome(reply)
            return Outcome("timeout", outcome.outputs, alive=outcome.alive)
        except (EOFError, MessageError, OSError):
            # Ended, or talking nonsense: either way it cannot be used any more.
            self._sandbox.kill()
            return Outcome("died", alive=False, why=self._why())

    def _start(self) -> None:
        clean = parent.shared(self._libraries)
        self._sandbox.__enter__()
        self._channel, self._descriptors = clean.fork_into(self._sandbox, self._limits)
        self._reader = Reader(self._channel)
        self._watchdog = Watchdog(self._descriptors[1], self._limits, self._sandbox.kill)
        self._watchdog.start()

    def _reply(self, deadline: float) -> dict[str, Any] | None:
        """The answer to the last request, None when there is none in time.

        Raises EOFError when the process has ended, MessageError, OSError.
        """
        assert self._reader is not None
        while (message := self._reader.next(self._wait, deadline)) is not None:
            if message.get("id") == self._number:
                return message
            self._strays += 1
            if self._strays > _STRAYS:
                raise MessageError("It answers nothing that was asked.")
        return None

    def _wait(self, seconds: float) -> bool:
        assert self._channel is not None
        process, channel = self._descriptors[0], self._channel.fileno()
        poll = select.poll()  # unlike select, it takes any number of descriptor
        poll.register(process, select.POLLIN)
        poll.register(channel, select.POLLIN)
        ready = [number for number, _ in poll.poll(seconds * 1000)]
        if ready == [process]:
            raise EOFError  # a child of it may hold the channel open
        return bool(ready)

    def _outcome(self, reply: dict[str, Any]) -> Outcome:
        outputs = Outputs()
        events = reply.get("events")
        for event in events[:_EVENTS] if isinstance(events, list) else ():
            # Whatever a student's code sends by hand here can only spoil its own display.
            with contextlib.suppress(Exception):
                kind, content = event
                outputs.add(str(kind), content)
        if reply.get("state") == "left":
            return Outcome("left", outputs.kept, outputs.error, alive=False)
        return Outcome("done", outputs.kept, outputs.error)

    def _why(self) -> str:
        """What the watchdog ended it for; it may be a moment behind what it did."""
        return self._watchdog.why if self._watchdog is not None else ""

    def _end(self) -> None:
        self._sandbox.kill()
        if self._watchdog is not None:
            self._watchdog.stop()
        if self._channel is not None:
            self._channel.close()
        self._sandbox.close()
        for descriptor in self._descriptors:
            os.close(descriptor)
        self._descriptors = []
