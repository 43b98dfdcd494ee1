"""Downloads go on where they stopped, and what is wrong with them is said."""

import hashlib
import os
import random
import signal
import socket
import subprocess
import sys
import time

import pytest
from loopback import Loopback

from cnncourse.data import DataError
from cnncourse.data.download import download, downloaded

DATA = random.Random(0).randbytes(3_000_000)
SHA = hashlib.sha256(DATA).hexdigest()


@pytest.fixture(autouse=True)
def online(monkeypatch):
    monkeypatch.setenv("CNNCOURSE_OFFLINE", "0")
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture
def target(tmp_path):
    return tmp_path / "new" / "pictures.zip"


def bring(server, target, length=3_000_000):
    return download(server.url, target, length, pause=0.001, timeout=10)


def test_whole(target):
    with Loopback(DATA) as server:
        assert bring(server, target) == SHA
    assert target.read_bytes() == DATA
    assert [file.name for file in target.parent.iterdir()] == ["pictures.zip"]
    assert server.asked == [None]


def test_a_cut_connection_goes_on(target):
    with Loopback(DATA, cuts=[1_000_000, 500_000]) as server:
        assert bring(server, target) == SHA
    assert server.asked == [None, "bytes=1000000-", "bytes=1500000-"]


def test_a_second_call_goes_on(target):
    with Loopback(DATA, cuts=[1_000_000], answers=[200, *[503] * 4]) as server:
        with pytest.raises(DataError, match=r"answers 503.*Try again later"):
            bring(server, target)
        assert downloaded(target) == 1_000_000
        assert not target.exists()
        assert bring(server, target) == SHA
    assert server.asked[-1] == "bytes=1000000-"


def test_a_server_without_ranges_starts_anew(target):
    with Loopback(DATA, ranges=False, cuts=[1_000_000, 2_000_000]) as server:
        assert bring(server, target) == SHA
    assert target.read_bytes() == DATA


def test_a_server_that_cannot_tell_versions_apart_starts_anew(target):
    with Loopback(DATA, etag="", cuts=[1_000_000]) as server:
        assert bring(server, target) == SHA
    assert server.asked == [None, None]


def test_another_file_meanwhile_starts_anew(target):
    other = random.Random(1).randbytes(len(DATA))
    with Loopback(DATA, cuts=[1_000_000], answers=[200, *[503] * 4]) as server:
        with pytest.raises(DataError):
            bring(server, target)
        server.data, server.etag = other, '"two"'
        bring(server, target)
    assert target.read_bytes() == other


def test_all_of_it_came_but_it_was_stopped_before_the_name(target):
    target.parent.mkdir()
    target.with_name("pictures.zip.part").write_bytes(DATA)
    with Loopback(DATA) as server:
        assert bring(server, target) == SHA
    assert server.asked == []


def test_a_leftover_that_is_too_long_is_dropped(target):
    target.parent.mkdir()
    target.with_name("pictures.zip.part").write_bytes(DATA + b"more")
    with Loopback(DATA) as server:
        assert bring(server, target) == SHA


def test_a_rest_that_is_not_there_starts_anew(target):
    with Loopback(DATA, cuts=[1_000_000], answers=[200, 416]) as server:
        assert bring(server, target) == SHA
    assert server.asked == [None, "bytes=1000000-", None]


def test_another_length_is_refused_before_anything_is_written(target):
    with Loopback(DATA) as server, pytest.raises(DataError, match=r"3000000 bytes and should have"):
        bring(server, target, len(DATA) + 5)
    assert downloaded(target) == 0


def test_a_login_page_is_refused(target):
    with Loopback(b"<html>Log in") as server, pytest.raises(DataError, match=r"asks to log in"):
        bring(server, target)
    assert not target.exists()


def test_a_connection_that_always_breaks(target):
    with (
        Loopback(DATA, cuts=[700_000, 0, 0, 0, 0]) as server,
        pytest.raises(DataError, match=r"breaks off.*0\.7 of 3\.0 MB are here.*again"),
    ):
        bring(server, target)
    assert downloaded(target) == 700_000


@pytest.mark.parametrize("code", [403, 404])
def test_gone(target, code):
    with Loopback(DATA, answers=[code] * 9) as server:
        with pytest.raises(DataError, match=rf"answers {code}.*photographs of your own.*drawn"):
            bring(server, target)
        assert len(server.asked) == 1, "asking again is no use"


def test_busy_for_a_moment(target):
    with Loopback(DATA, answers=[503, 429]) as server:
        assert bring(server, target) == SHA


def test_no_network(target):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}/x.zip"
    with pytest.raises(DataError, match=r"cannot be reached.*online.*run the same command again"):
        download(url, target, 10, pause=0.001)
    with pytest.raises(DataError, match=r"cannot be reached.*source='drawn'"):
        download("http://nowhere.invalid/x.zip", target, 10, pause=0.001)


def test_offline_by_order(target, monkeypatch):
    monkeypatch.setenv("CNNCOURSE_OFFLINE", "1")
    with Loopback(DATA) as server:
        with pytest.raises(DataError, match=r"CNNCOURSE_OFFLINE forbids.*Unset it, or copy"):
            bring(server, target)
        assert server.asked == []


def test_a_silent_server_is_given_up(target):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/x.zip"
        with pytest.raises(DataError, match=r"timed out"):
            download(url, target, 10, pause=0.001, timeout=0.05)


def test_no_room(target, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda path: type("", (), {"free": 1000})())
    with Loopback(DATA) as server, pytest.raises(DataError, match=r"is full\. About 3 MB"):
        bring(server, target)


@pytest.mark.skipif(sys.platform == "win32", reason="needs RLIMIT_FSIZE")
def test_the_disk_is_full_in_the_middle(target):
    # A limit on a file's size fails in the middle of writing, as a full disk does.
    code = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from cnncourse.data.download import download\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))\n"
        "download(sys.argv[1], Path(sys.argv[2]), 3_000_000)"
    )
    with Loopback(DATA) as server:
        run = subprocess.run(
            [sys.executable, "-c", code, server.url, str(target)], capture_output=True, text=True
        )
        assert "DataError: The disk" in run.stderr.splitlines()[-1]
        assert bring(server, target) == SHA, "with room, it goes on"
        assert server.asked[-1] not in (None, "bytes=0-")


def test_killed_in_the_middle_it_goes_on(target):
    code = (
        "import sys; from pathlib import Path; from cnncourse.data.download import download\n"
        "download(sys.argv[1], Path(sys.argv[2]), 3_000_000)"
    )
    slow = Slow(DATA)
    with slow as server:
        process = subprocess.Popen([sys.executable, "-c", code, server.url, str(target)])
        deadline = time.monotonic() + 60
        while downloaded(target) < 500_000 and time.monotonic() < deadline:
            time.sleep(0.01)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        had = downloaded(target)
        assert 500_000 <= had < 3_000_000
        slow.let_go.set()
        assert bring(server, target) == SHA
    assert server.asked[-1] == f"bytes={had}-"


class Slow(Loopback):
    """Sends the first megabyte and then nothing until it is let go."""

    def __init__(self, data):
        import threading

        super().__init__(data)
        self.let_go = threading.Event()

    def answer(self, request):
        if not self.let_go.is_set() and not self.asked:
            self.asked.append(None)
            request.send_response(200)
            request.send_header("ETag", self.etag)
            request.send_header("Content-Length", str(len(self.data)))
            request.end_headers()
            request.wfile.write(self.data[:1_000_000])
            request.wfile.flush()
            self.let_go.wait(60)
        else:
            super().answer(request)
