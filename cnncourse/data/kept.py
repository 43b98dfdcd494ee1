"""Arrays kept in the cache: written whole or not at all, checked whenever they are opened."""

import errno
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from cnncourse.data.places import DataError

MANIFEST = "manifest.json"
_DRAFT = ".making-"
_FULL = (errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC))
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST)
DISK = (*_FULL, *_FORBIDDEN)  # error numbers of a full or forbidden disk
_FORGOTTEN = 24 * 3600  # seconds after which a draft belongs to a process that was killed


def key(**about: Any) -> str:
    """A name for what is described: the same description, the same name."""
    text = json.dumps(about, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def open_kept(folder: Path) -> tuple[dict[str, np.ndarray], dict[str, Any]] | None:
    """The arrays of a folder, memory-mapped and read-only, and what was noted with them.

    None when the folder is not there or any of its files is not, byte for byte, what was written.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        arrays = {}
        for name, digest in manifest["arrays"].items():
            with (folder / f"{name}.npy").open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != digest:
                    return None
            arrays[name] = _map(folder / f"{name}.npy")
        return arrays, manifest["about"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def keep(
    folder: Path, make: Callable[[Path], Mapping[str, Any]], needs: int = 0
) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Let `make` write .npy files into a draft folder, then give it its name in one step.

    make: gets the draft folder, returns what to note with the arrays (for JSON). needs: bytes that
    will be written. Returns as open_kept. Raises DataError when there is no room or no permission.
    """
    parent = folder.parent
    with said_plainly(parent, needs):
        parent.mkdir(parents=True, exist_ok=True)
        _forget_drafts(parent)
        if shutil.disk_usage(parent).free < needs + 50_000_000:
            raise OSError(errno.ENOSPC, "no room")
        draft = Path(tempfile.mkdtemp(prefix=_DRAFT, dir=parent))
        try:
            about = dict(make(draft))
            digests = {}
            for file in sorted(draft.glob("*.npy")):
                with file.open("rb+") as opened:
                    os.fsync(opened.fileno())  # on the disk before the name that vouches for it
                    digests[file.stem] = hashlib.file_digest(opened, "sha256").hexdigest()
            write_json(draft / MANIFEST, {"about": about, "arrays": digests})
            _give_name(draft, folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    kept = open_kept(folder)
    if kept is None:
        raise DataError(
            f"What was just written to {folder} reads back differently: is the disk all right? "
            "Set CNNCOURSE_CACHE to a folder on another one."
        )
    return kept


def write_json(path: Path, data: Any) -> None:
    """Write a JSON file whole or not at all."""
    draft = path.with_name(path.name + ".part")
    with draft.open("w", encoding="utf-8") as file:
        json.dump(data, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


@contextmanager
def said_plainly(folder: Path, needs: int = 0) -> Iterator[None]:
    """Inside, an OSError of a full or forbidden disk becomes a DataError that says what to do."""
    try:
        yield
    except OSError as error:
        size = f" About {max(1, round(needs / 1e6))} MB are needed." if needs else ""
        if error.errno in _FULL:
            raise DataError(
                f"The disk with {folder} is full.{size} Nothing half-written was kept. Make room "
                "(`cnncourse data list` shows what the course keeps, `cnncourse data remove` "
                "removes it), or set CNNCOURSE_CACHE to a folder on another disk."
            ) from error
        if error.errno in _FORBIDDEN:
            raise DataError(
                f"{folder} cannot be written to.{size} Set CNNCOURSE_CACHE to a folder of yours."
            ) from error
        raise


def size_of(folder: Path) -> int:
    """Bytes in all files below a folder; 0 when it is not there."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def _map(file: Path) -> np.ndarray:
    array: np.ndarray
    try:
        array = np.load(file, mmap_mode="r", allow_pickle=False)
    except ValueError:  # an empty file cannot be mapped
        array = np.load(file, allow_pickle=False)
        if array.size:
            raise
        array.flags.writeable = False
    return array


def _give_name(draft: Path, folder: Path) -> None:
    try:
        draft.rename(folder)
    except OSError:
        if open_kept(folder) is not None:
            return  # another process was quicker, with the same
        shutil.rmtree(folder)  # damaged: that is why it was made again
        draft.rename(folder)


def _forget_drafts(parent: Path) -> None:
    for draft in parent.glob(_DRAFT + "*"):
        try:
            if time.time() - draft.stat().st_mtime > _FORGOTTEN:
                shutil.rmtree(draft, ignore_errors=True)
        except OSError:
            continue
