"""Data sets that can be downloaded: brought here whole, checked, and recorded."""

import datetime
import errno
import hashlib
import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnncourse.data import kept
from cnncourse.data.decoding import decoded
from cnncourse.data.download import download, downloaded
from cnncourse.data.places import DataError, cache_folder
from cnncourse.data.progress import Bar
from cnncourse.data.sources import NAMES, Source, open_source
from cnncourse.data.unpack import unpack_pictures

_PICTURES = "pictures"
_TOLERATED = 0.01  # share of pictures that may be unreadable; load_cats_dogs skips and counts them


@dataclass(frozen=True)
class Remote:
    """A data set elsewhere.

    length: of the zip, in bytes. per_class: pictures of each class in it. origin: who made it.
    """

    name: str
    url: str
    length: int
    per_class: int
    origin: str


REMOTES = {
    "cats-dogs": Remote(
        name="cats-dogs",
        url="https://storage.googleapis.com/mledu-datasets/cats_and_dogs_filtered.zip",
        length=68_606_236,
        per_class=1500,
        origin="3000 photographs of Kaggle's Dogs vs. Cats, in Google's selection",
    )
}


def remote(name: str) -> Remote:
    """The data set of that name. Raises ValueError with the names there are."""
    if name not in REMOTES:
        raise ValueError(f"There is no data set {name!r} to fetch; there is {', '.join(REMOTES)}.")
    return REMOTES[name]


def fetched_folder(name: str) -> Path:
    """Where a fetched data set is kept, whether it is there or not."""
    return cache_folder() / "fetched" / name


def fetched_record(name: str) -> dict[str, Any] | None:
    """What was noted when it was fetched: url, bytes, sha256, date, pictures, unreadable, digest.

    None when it is not there. The record is the last thing written before a data set gets its
    name, so a record means that all of it came and was checked.
    """
    try:
        record = json.loads((fetched_folder(name) / kept.MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return record if isinstance(record, dict) else None


def fetched_pictures(name: str) -> Path | None:
    """The folder of a fetched data set's pictures; None when it is not there."""
    return fetched_folder(name) / _PICTURES if fetched_record(name) else None


def fetch(name: str) -> dict[str, Any]:
    """Download, unpack, check and record a data set; nothing is done when it is there already.

    Returns its record. A second call goes on with a download that was broken off. Raises DataError,
    saying what to do; KeyboardInterrupt, saying how much is here, when stopped by hand.
    """
    wanted = remote(name)
    record = fetched_record(name)
    if record is not None:
        return record
    archive = cache_folder() / "fetched" / ".downloads" / f"{name}.zip"
    try:
        return _fetch(wanted, archive)
    except KeyboardInterrupt:
        have = downloaded(archive)
        here = f"{have / 1e6:.1f} of {wanted.length / 1e6:.1f} MB are here. " if have else ""
        raise KeyboardInterrupt(
            f"Stopped by hand. {here}Run `cnncourse data fetch {name}` again to go on."
        ) from None


def digest_of(folder: Path) -> str:
    """One SHA-256 for the names and bytes of all files below a folder."""
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            with file.open("rb") as opened:
                inner = hashlib.file_digest(opened, "sha256").hexdigest()
            digest.update(f"{file.relative_to(folder).as_posix()}\0{inner}\n".encode())
    return digest.hexdigest()


def _fetch(wanted: Remote, archive: Path) -> dict[str, Any]:
    home = fetched_folder(wanted.name)
    with kept.said_plainly(home.parent, 2 * wanted.length):
        home.parent.mkdir(parents=True, exist_ok=True)
        missing = 2 * wanted.length - downloaded(archive)  # the zip, and what is in it
        if shutil.disk_usage(home.parent).free < missing:
            raise OSError(errno.ENOSPC, "no room")
        sha256 = download(wanted.url, archive, wanted.length)
        draft = Path(tempfile.mkdtemp(prefix=".making-", dir=home.parent))
        try:
            # JPEGs hardly shrink in a zip: three times its length is already not our data
            limits = {"largest": 3 * wanted.length + 1_000_000, "most": 10 * wanted.per_class + 100}
            unpack_pictures(archive, draft / _PICTURES, **limits)
            record = {
                "url": wanted.url,
                "bytes": wanted.length,
                "sha256": sha256,
                "fetched": datetime.datetime.now(datetime.UTC).isoformat("T", "seconds"),
                **_look(draft / _PICTURES, wanted),
                "digest": digest_of(draft / _PICTURES),
            }
            kept.write_json(draft / kept.MANIFEST, record)
            if home.exists():
                shutil.rmtree(home)  # without a record: something that nobody reads
            draft.rename(home)
        except DataError:
            archive.unlink(missing_ok=True)  # whole and still wrong: never read again
            raise
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        archive.unlink(missing_ok=True)
    return record


def _look(folder: Path, wanted: Remote) -> dict[str, Any]:
    """Count and decode all pictures. Raises DataError when they are not the expected ones."""
    folder.mkdir(exist_ok=True)
    with open_source(folder) as source:
        counts = {kind: len(source.pictures[kind]) for kind in NAMES}
        if counts != dict.fromkeys(NAMES, wanted.per_class):
            raise DataError(
                f"The zip from {wanted.url} has {counts['cat']} cats and {counts['dog']} dogs, and "
                f"should have {wanted.per_class} of each. Nothing of it is used. Update cnncourse, "
                "or name photographs of your own: load_cats_dogs('my/pictures')."
            )
        unreadable = _unreadable(source, sum(counts.values()))
    if unreadable > _TOLERATED * sum(counts.values()):
        raise DataError(
            f"{unreadable} of the {sum(counts.values())} pictures from {wanted.url} cannot be "
            "decoded. Nothing of it is used; run the same command again to download it anew."
        )
    return {"pictures": counts, "unreadable": unreadable}


def _unreadable(source: Source, total: int) -> int:
    count = 0
    with Bar(total, "checking", "pictures") as bar:
        for kind in NAMES:
            for _, picture in decoded(source.read, source.pictures[kind], 8):
                count += isinstance(picture, str)
                bar.update(1)
    return count
