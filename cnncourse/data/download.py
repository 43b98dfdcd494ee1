"""Download a file that goes on where it stopped.

pooch, the usual library for this, begins every download anew (its HTTPDownloader opens the file
with "w+b"), which is no help on the connections where downloads break off. What it would leave to
us, names and checksums, is the smaller part; so this is Python's own HTTP with a Range header.
"""

import contextlib
import errno
import hashlib
import http.client
import json
import os
import re
import shutil
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cnncourse
from cnncourse.data import kept
from cnncourse.data.places import DataError, offline
from cnncourse.data.progress import Bar

_BLOCK = 1 << 18
_TRIES = 4  # without a single new byte


def download(url: str, target: Path, length: int, pause: float = 1.0, timeout: float = 30) -> str:
    """Bring a file of a known length to `target`; returns its SHA-256 in hex.

    What came before an interrupt or a broken connection stays in a ``.part`` file beside it, and
    the next call asks for the rest only, if the server still has the same file. target appears when
    all of it is on the disk; one of the right length that is there already is taken. pause: seconds
    before the second try; twice as long each time after.
    Raises DataError, saying what to do: offline, no network, gone, another length, no room.
    """
    if _size(target) == length:
        return _sha256(target)
    if offline():
        raise DataError(
            "CNNCOURSE_OFFLINE forbids the network. Unset it, or copy the file here from another "
            "computer and name it: load_cats_dogs('cats_and_dogs_filtered.zip')."
        )
    part, note = target.with_name(target.name + ".part"), target.with_name(target.name + ".json")
    with kept.said_plainly(target.parent, length):
        target.parent.mkdir(parents=True, exist_ok=True)
        if _size(part) > length:
            part.unlink()
        with Bar(length, "downloading", "bytes", start=_size(part)) as bar:
            failed = 0
            while (before := _size(part)) < length:
                try:
                    for now in _request(url, part, note, length, timeout):
                        bar.reach(now)
                except (OSError, http.client.HTTPException) as error:
                    if isinstance(error, OSError) and _is_the_disk(error):
                        raise
                    failed = failed + 1 if _size(part) <= before else 0
                    if failed == _TRIES or _is_final(error):
                        raise DataError(_why(error, url, _size(part), length)) from error
                    time.sleep(pause * 2**failed)
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(target)
        note.unlink(missing_ok=True)
    return _sha256(target)


def downloaded(target: Path) -> int:
    """Bytes that are here of a download, finished or broken off."""
    return _size(target) or _size(target.with_name(target.name + ".part"))


def _request(url: str, part: Path, note: Path, length: int, timeout: float) -> Iterator[int]:
    """Ask for what is missing and write it; yields how many bytes are there."""
    have, stamp = _size(part), _stamp(note, url)
    headers = {"User-Agent": f"cnncourse/{cnncourse.__version__}", "Accept-Encoding": "identity"}
    if have and stamp:
        # If-Range: the rest if it is still the same file, else all of it
        headers |= {"Range": f"bytes={have}-", "If-Range": stamp}
    request = urllib.request.Request(url, headers=headers)
    with _open(request, timeout) as answer:
        if url.startswith("https:") and not answer.url.startswith("https:"):
            raise DataError(f"{url} leads to an address without encryption: {answer.url}.")
        start, total = _range(answer, have)
        if total is not None and total != length:
            raise DataError(
                f"The file at {url} has {total} bytes and should have {length}: it is another one "
                "by now, or a page that asks to log in. Update cnncourse, or name photographs of "
                "your own: load_cats_dogs('my/pictures')."
            )
        if (free := shutil.disk_usage(part.parent).free) < length - start:
            raise OSError(errno.ENOSPC, f"{free} bytes are free")
        if not start:
            kept.write_json(note, {"url": url, "stamp": _stamp_of(answer)})
        with part.open("r+b" if start else "wb") as file:
            file.seek(start)
            while block := answer.read(min(_BLOCK, length - start + 1)):
                file.write(block)
                start += len(block)
                if start > length:
                    file.truncate(0)
                    raise DataError(
                        f"The server sends more than the {length} bytes that {url} should have. "
                        "Nothing of it was kept. Try again later."
                    )
                yield start
        if start < length:
            raise ConnectionError(f"it ended after {start} of {length} bytes")


@contextlib.contextmanager
def _open(request: urllib.request.Request, timeout: float) -> Iterator[Any]:
    try:
        answer = urllib.request.urlopen(request, timeout=timeout)
    except urllib.error.HTTPError as error:
        if error.code != 416 or not request.has_header("Range"):
            raise
        error.close()  # the rest that we want does not exist: then all of it
        plain = dict(request.header_items())
        plain.pop("Range"), plain.pop("If-range", None)
        answer = urllib.request.urlopen(
            urllib.request.Request(request.full_url, headers=plain), timeout=timeout
        )
    with answer:
        yield answer


def _range(answer: Any, have: int) -> tuple[int, int | None]:
    """Where the answer starts in the file, and how long the file is."""
    if answer.status == 206:
        found = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", answer.headers.get("Content-Range", ""))
        if not found or int(found[1]) != have:
            raise DataError("The server sends another part than was asked for. Try again later.")
        return have, None if found[2] == "*" else int(found[2])
    told = answer.headers.get("Content-Length", "")
    return 0, int(told) if told.isdigit() else None


def _stamp_of(answer: Any) -> str:
    """What tells that it is still the same file: a strong ETag, else the date."""
    tag = str(answer.headers.get("ETag", ""))
    return tag if tag.startswith('"') else str(answer.headers.get("Last-Modified", ""))


def _stamp(note: Path, url: str) -> str:
    try:
        noted = json.loads(note.read_text(encoding="utf-8"))
        return str(noted["stamp"]) if noted["url"] == url else ""
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def _is_the_disk(error: OSError) -> bool:
    """Whether our side failed; the network's errors share some of the numbers."""
    network = (urllib.error.URLError, ConnectionError, TimeoutError, ssl.SSLError)
    return error.errno in kept.DISK and not isinstance(error, network)


def _is_final(error: Exception) -> bool:
    """Whether asking again cannot help: 4xx, but for too many requests and time-outs."""
    return isinstance(error, urllib.error.HTTPError) and (
        400 <= error.code < 500 and error.code not in (408, 429)
    )


def _why(error: Exception, url: str, have: int, length: int) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return (
            f"The server answers {error.code} ({error.reason}) for {url}. Try again later, or name "
            "photographs of your own, load_cats_dogs('my/pictures'), or use source='drawn'."
        )
    reason = getattr(error, "reason", None) or error
    here = f" {have / 1e6:.1f} of {length / 1e6:.1f} MB are here and will not be asked for again."
    return (
        f"{url} cannot be reached or breaks off ({reason}).{here if have else ''} Look whether "
        "this computer is online, and run the same command again. Without a network, the course "
        "uses drawn animals: source='drawn'."
    )
