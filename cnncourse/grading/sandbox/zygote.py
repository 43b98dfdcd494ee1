"""The process that has imported the libraries, and forks one child for each sandbox.

It has done nothing else: it holds no declaration of an exercise, no seed, no answer of anybody, so
a child can find none in the memory that it inherits. It runs no student code and keeps no state
between children.
"""

import array
import contextlib
import gc
import importlib
import json
import os
import shutil
import signal
import socket
import sys
from typing import Any, NoReturn

from cnncourse.grading.sandbox import hardening
from cnncourse.grading.sandbox.limits import Limits

NUMPY = (
    "numpy",
    "matplotlib.pyplot",
    "matplotlib.font_manager",
    "matplotlib.backends.backend_agg",
    "PIL.PngImagePlugin",
    "ipywidgets",
    "IPython.display",
    "cnncourse.data",
    "cnncourse.figures",
    "cnncourse.network",
    "cnncourse.ops",
    "cnncourse.widgets",
    "cnncourse.zoo",
    "cnncourse.checking.collect",
    "cnncourse.checking.models",
    "cnncourse.exercises.check",
)
TENSORFLOW = (*NUMPY, "tensorflow", "keras", "cnncourse.training")


def main(control: int, libraries: str) -> None:
    """Serve requests on a socket until its other end is closed or whoever started us is gone."""
    channel = socket.socket(fileno=control)
    parent = os.getppid()
    home = os.environ["HOME"]  # made for this process
    try:
        _serve(channel, libraries, parent)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _serve(channel: socket.socket, libraries: str, parent: int) -> None:
    try:
        for name in TENSORFLOW if libraries == "tensorflow" else NUMPY:
            importlib.import_module(name)
        if libraries == "tensorflow":
            _unpack_digits()
        from cnncourse.grading.sandbox import student

        student.prepare()
    except BaseException as error:
        channel.send(json.dumps({"error": f"{type(error).__name__}: {error}"[:500]}).encode())
        raise
    gc.collect()
    gc.freeze()  # a child that collects garbage must not copy all of the libraries' memory
    channel.send(json.dumps({"ready": True}).encode())
    channel.settimeout(2)
    while os.getppid() == parent:
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        try:
            data, descriptors, _, _ = socket.recv_fds(channel, 65536, 2)
        except TimeoutError:
            continue
        if not data:
            return
        _fork(json.loads(data), descriptors, channel)


def _unpack_digits() -> None:
    """Decode MNIST, public data of the package, which each submission to lesson 5 would do anew."""
    from cnncourse.data import load_mnist

    digits = load_mnist()
    for part in (digits.x_train, digits.y_train, digits.x_test, digits.y_test):
        assert not part.flags.writeable


def _fork(request: dict[str, Any], descriptors: list[int], control: socket.socket) -> None:
    if os.fork() == 0:
        control.close()
        _leave(_go_between, request, *descriptors)
    for descriptor in descriptors:
        os.close(descriptor)


def _leave(function: Any, *arguments: Any) -> NoReturn:
    """Call it in a forked process, which never returns to the code that forked it."""
    try:
        function(*arguments)
    except BaseException:
        os._exit(1)
    os._exit(0)


def _go_between(request: dict[str, Any], channel_number: int, pidfd: int) -> None:
    """Enter the sandbox, fork the process that the student gets, wait for its end.

    It runs no code of theirs, and they cannot see it: it is no part of the sandbox's processes.
    """
    channel = socket.socket(fileno=channel_number)
    try:
        hardening.join(pidfd)
        shown = [os.open(path, os.O_RDONLY | os.O_DIRECTORY) for path in ("/proc", "/outbox")]
        done, tell = os.pipe()
        child = os.fork()
        if child == 0:
            _leave(_become_student, request, channel, tell)
        os.close(tell)
        complaint = os.read(done, 1000).decode("utf-8", "replace")
        os.close(done)
        if complaint != "ready":
            raise OSError(complaint or "the process ended at once")
        _announce(channel, {"ready": True}, [os.pidfd_open(child), *shown])
    except OSError as error:
        _announce(channel, {"error": str(error)[:500]}, [])
        raise
    channel.close()
    os.closerange(0, 65536)
    os.waitpid(child, 0)


def _announce(channel: socket.socket, message: dict[str, Any], descriptors: list[int]) -> None:
    data = json.dumps(message).encode()
    passed = array.array("i", descriptors)
    extra = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, passed)] if descriptors else []
    channel.sendmsg([len(data).to_bytes(4, "big") + data], extra)


def _become_student(request: dict[str, Any], channel: socket.socket, tell: int) -> None:
    try:
        os.environ.clear()
        os.environ.update(request["environment"])
        os.chdir(request["folder"])
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        limits = Limits(**request["limits"])
        hardening.give_up_everything(request["user"], limits, [channel.detach(), tell])
    except BaseException as error:
        os.write(tell, f"{type(error).__name__}: {error}"[:500].encode())
        raise
    os.write(4, b"ready")
    os.close(4)
    from cnncourse.grading.sandbox import student

    student.serve(socket.socket(fileno=3))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
