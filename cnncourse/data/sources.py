"""Pictures of cats and dogs in a folder or a zip, in whatever layout they were handed round."""

import hashlib
import os
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

from cnncourse.data.places import DataError

NAMES = ("cat", "dog")
LAYOUTS = (
    "cat/ and dog/, cats/ and dogs/, PetImages/Cat and PetImages/Dog, train/cat.0.jpg …, "
    "train/ and validation/ with cats/ and dogs/, or a zip of one of these"
)
_ENDINGS = {".jpg", ".jpeg", ".png", ".gif", ".bmp", ".webp", ".tif", ".tiff"}
_FOLDERS = {"cat": "cat", "cats": "cat", "dog": "dog", "dogs": "dog"}
_FILE = re.compile(r"(cat|dog)s?(?![a-z])", re.IGNORECASE)
_DEEPEST = 4  # folders below the named one: a wrong folder must not have us walk a whole disk
_LARGEST_FILE = 64 * 1024 * 1024


class Source(Protocol):
    """Where pictures are read from.

    name: the last part of its path. pictures: class -> names of files, sorted. unnamed: how many
    pictures say neither cat nor dog. fingerprint: changes when a file changes.
    """

    @property
    def name(self) -> str: ...
    @property
    def pictures(self) -> Mapping[str, tuple[str, ...]]: ...
    @property
    def unnamed(self) -> int: ...
    @property
    def fingerprint(self) -> str: ...

    def read(self, picture: str) -> bytes:
        """The bytes of a picture's file. Raises OSError when they cannot be had."""


@contextmanager
def open_source(path: str | Path) -> Iterator[Source]:
    """The pictures in a folder or zip.

    Raises DataError when there is nothing at `path`, or no cats, or no dogs, with what to do.
    """
    place = Path(path).expanduser()
    if place.is_dir():
        yield _both(_Folder(place))
    elif place.is_file():
        try:
            with zipfile.ZipFile(place) as archive:
                yield _both(_Zip(place, archive))
        except zipfile.BadZipFile as error:
            raise DataError(
                f"{place} is not a zip, or one that is cut short ({error}). "
                "Download or copy it again, or name the folder it was unpacked to."
            ) from error
    else:
        raise DataError(
            f"There is no folder or zip {str(path)!r} (looked for at {place.absolute()}). "
            "Name the one that holds the pictures, or 'auto', 'photographs' or 'drawn'."
        )


def label(name: str) -> str | None:
    """What a picture shows by its path: "cat", "dog", or None where that does not say.

    Its own folder decides, else its file name (``cat.0.jpg``), else the nearest folder above.
    """
    *folders, file = PurePosixPath(name).parts
    known = [_FOLDERS.get(folder.lower()) for folder in reversed(folders)]
    if known and known[0]:
        return known[0]
    begins = _FILE.match(file)
    if begins:
        return begins[1].lower()
    return next(filter(None, known), None)


@dataclass(frozen=True)
class _Entry:
    name: str
    size: int
    stamp: int


class _Folder:
    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self.name = self.path.name
        self.pictures, self.unnamed, self.fingerprint = _sort(_walk(self.path))
        self.beside = sorted(entry.name for entry in self.path.iterdir())

    def read(self, picture: str) -> bytes:
        file = self.path / picture
        if file.stat().st_size > _LARGEST_FILE:
            raise OSError("larger than a picture should be")
        return file.read_bytes()


class _Zip:
    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        self.name, self._archive = path.name, archive
        files = [entry for entry in archive.infolist() if not entry.is_dir()]
        self.pictures, self.unnamed, self.fingerprint = _sort(
            _Entry(file.filename, file.file_size, file.CRC)
            for file in files
            if is_picture(file.filename)
        )
        self.beside = sorted({PurePosixPath(file.filename).parts[0] for file in files})
        if any(file.flag_bits & 1 for file in files):
            raise DataError(f"{path} asks for a password. Unpack it, and name the folder instead.")

    def read(self, picture: str) -> bytes:
        try:
            with self._archive.open(picture) as file:
                data = file.read(_LARGEST_FILE + 1)  # never more, whatever the header says
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            raise OSError(str(error)) from error
        if len(data) > _LARGEST_FILE:
            raise OSError("larger than a picture should be")
        return data


def _walk(folder: Path) -> Iterator[_Entry]:
    seen = set()
    for here, folders, files in os.walk(folder, followlinks=True):
        place = Path(here)
        depth = len(place.relative_to(folder).parts)
        seen.add(place.resolve())
        folders[:] = sorted(
            name
            for name in folders
            if depth < _DEEPEST
            and not name.startswith((".", "__"))
            and (place / name).resolve() not in seen
        )
        for name in files:
            relative = (place / name).relative_to(folder).as_posix()
            if is_picture(relative):
                try:
                    status = (place / name).stat()
                except OSError:  # a link that leads nowhere: reading will say so
                    yield _Entry(relative, 0, 0)
                else:
                    yield _Entry(relative, status.st_size, status.st_mtime_ns)


def is_picture(name: str) -> bool:
    """Whether a path ends like a picture's and is not hidden."""
    path = PurePosixPath(name)
    hidden = any(part.startswith((".", "__")) for part in path.parts)  # __MACOSX/._cat.0.jpg
    return path.suffix.lower() in _ENDINGS and not hidden


def _sort(entries: Iterator[_Entry]) -> tuple[dict[str, tuple[str, ...]], int, str]:
    """Names by class, how many have none, and a fingerprint of all that have one."""
    found: dict[str, list[str]] = {name: [] for name in NAMES}
    digest, unnamed = hashlib.sha256(), 0
    for entry in sorted(entries, key=lambda entry: entry.name):
        kind = label(entry.name)
        if kind is None:
            unnamed += 1
            continue
        found[kind].append(entry.name)
        digest.update(f"{kind}\0{entry.name}\0{entry.size}\0{entry.stamp}\n".encode())
    return {kind: tuple(names) for kind, names in found.items()}, unnamed, digest.hexdigest()


def _both(source: _Folder | _Zip) -> Source:
    """The source itself, if it has pictures of both."""
    counts = {kind: len(names) for kind, names in source.pictures.items()}
    if all(counts.values()):
        return source
    if not any(counts.values()):
        holds = ", ".join(source.beside[:6]) + (", …" if len(source.beside) > 6 else "")
        inner = [name for name in source.beside if name.lower().endswith(".zip")]
        hint = f" Unpack it and name its {inner[-1]}." if inner else ""
        raise DataError(
            f"No pictures that say cat or dog in {source.name}; it holds {holds or 'nothing'}."
            f"{hint} What can be read: {LAYOUTS}."
        )
    have, lack = sorted(counts, key=lambda kind: -counts[kind])
    raise DataError(
        f"{source.name} has {counts[have]} pictures of {have}s and none of {lack}s. "
        f"Name the folder above, with both. What can be read: {LAYOUTS}."
    )
