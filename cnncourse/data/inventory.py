"""What data there are, where, how large, and whether they are sound."""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cnncourse.data import kept
from cnncourse.data.cats_dogs import photographs_at_hand
from cnncourse.data.fetched import (
    REMOTES,
    digest_of,
    fetched_folder,
    fetched_pictures,
    fetched_record,
)
from cnncourse.data.mnist import DamagedDataError, load_mnist
from cnncourse.data.places import cache_folder

# What the course keeps for speed and makes again when it is gone: folder in the cache -> what it is
_MADE = {
    "pictures": "cats and dogs, decoded or drawn",
    "features": "what borrowed networks see in them",
}
_OURS = re.compile(r"(\.making-.+|[0-9a-f]{16,64}(\.\w+)*)\Z")  # drafts, and names by digest


@dataclass(frozen=True)
class Item:
    """A data set, or something that was made from one.

    here: whether it can be used now. where: path, or "". size: bytes on the disk. removable: it is
    the course's own copy, in its cache.
    """

    name: str
    what: str
    here: bool
    where: str
    size: int
    removable: bool

    def as_data(self) -> dict[str, Any]:
        return asdict(self)


def items() -> list[Item]:
    """Everything the course knows of, here or not.

    Raises DataError when CNNCOURSE_DATA names a folder that is not there.
    """
    mnist = load_mnist().path
    found = [
        Item("mnist", "digits, with the package", True, str(mnist), mnist.stat().st_size, False),
        Item("cats-dogs-drawn", "cats and dogs, drawn by program", True, "", 0, False),
    ]
    own = photographs_at_hand()
    for name, remote in REMOTES.items():
        folder = fetched_pictures(name)
        if own is not None and own != folder:
            size = own.stat().st_size if own.is_file() else kept.size_of(own)
            found.append(Item(f"{name}-own", "photographs of yours", True, str(own), size, False))
        size = kept.size_of(folder) if folder else remote.length
        here, where = folder is not None, str(folder or "")
        found.append(Item(name, remote.origin, here, where, size, here))
    for name, what in _MADE.items():
        if made := _made(name):
            size = sum(map(_bytes, made))
            found.append(Item(name, what, True, str(cache_folder() / name), size, True))
    return found


def removable(name: str) -> list[Path]:
    """The course's own copies of something, files and folders in its cache; there may be none.

    Only what has the names that the course gives, so that nothing of the user's is among them
    should CNNCOURSE_CACHE be a folder that holds other things too. Raises ValueError for a name
    that is nothing the course may remove.
    """
    if name in _MADE:
        return _made(name)
    if name not in REMOTES:
        names = ", ".join([*REMOTES, *_MADE])
        raise ValueError(f"{name!r} is nothing that the course may remove; there are {names}.")
    archive = cache_folder() / "fetched" / ".downloads" / f"{name}.zip"
    places = [fetched_folder(name), archive, *archive.parent.glob(f"{archive.name}.*")]
    return [place for place in places if place.exists() and not place.is_symlink()]


def remove(name: str) -> int:
    """Remove the course's own copies of something; returns the bytes that are free again.

    Raises ValueError for a name that is nothing the course may remove.
    """
    freed = 0
    for place in removable(name):
        freed += _bytes(place)
        if place.is_dir():
            shutil.rmtree(place)
        else:
            place.unlink()
    return freed


def check() -> Iterator[tuple[str, str]]:
    """Read everything once; (name, what is wrong and what to do), with "" for what is sound."""
    checks: list[tuple[str, Callable[[], str]]] = [("mnist", _check_mnist)]
    checks += [(name, _Fetched(name)) for name in REMOTES if fetched_folder(name).exists()]
    checks += [
        (f"{name}/{folder.name}", _Prepared(folder))
        for name in _MADE
        for folder in _made(name)
        if not folder.name.startswith(".")  # a draft: somebody is at it, or it is swept away later
    ]
    for name, look in checks:
        yield name, look()


def _check_mnist() -> str:
    try:
        data = load_mnist()
        return "" if len(data.x_train) and len(data.x_test) else "it is empty"
    except DamagedDataError as error:
        return str(error)


@dataclass(frozen=True)
class _Fetched:
    name: str

    def __call__(self) -> str:
        again = (
            f"Remove it and fetch it again: cnncourse data remove {self.name}, "
            f"cnncourse data fetch {self.name}."
        )
        record = fetched_record(self.name)
        if record is None:
            return f"its record is missing, so it is not used. {again}"
        folder = fetched_pictures(self.name)
        if folder is None or digest_of(folder) != record.get("digest"):
            return f"files have changed since it was fetched. {again}"
        return ""


@dataclass(frozen=True)
class _Prepared:
    folder: Path

    def __call__(self) -> str:
        if kept.open_kept(self.folder) is None:
            return "damaged; it is never read, and made again when it is needed"
        return ""


def _made(name: str) -> list[Path]:
    folder = cache_folder() / name
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    return [place for place in found if _OURS.match(place.name) and not place.is_symlink()]


def _bytes(place: Path) -> int:
    return kept.size_of(place) if place.is_dir() else place.stat().st_size
