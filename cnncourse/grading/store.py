"""Results by the hash of what they depend on: a killed run goes on, a repeated one does nothing."""

import contextlib
import functools
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import cnncourse
from cnncourse.grading.work import Task


@dataclass(frozen=True)
class Store:
    """A folder of results. A file is there whole or not at all, whenever the machine stops."""

    folder: Path

    def get(self, key: str) -> bytes | None:
        """The stored result, or None."""
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError:
            return None

    def has(self, key: str) -> bool:
        return self._path(key).is_file()

    def put(self, key: str, result: bytes) -> None:
        """Store a result; it is on the disk when this returns."""
        self.folder.mkdir(parents=True, exist_ok=True)
        partial = self.folder / f".{key}.{os.getpid()}.partial"
        with partial.open("wb") as file:
            file.write(result)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(self._path(key))

    def forget(self, key: str) -> None:
        """Take a result away, so that it is made anew."""
        self._path(key).unlink(missing_ok=True)

    def keep_only(self, keys: set[str]) -> None:
        """Remove results of earlier submissions and earlier versions, and what a crash left."""
        if not self.folder.is_dir():
            return
        for path in self.folder.iterdir():
            if path.suffix == ".partial" or (path.suffix == ".json" and path.stem not in keys):
                with contextlib.suppress(FileNotFoundError):
                    path.unlink()

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.json"


def key_of(task: Task) -> str:
    """The hash of a task and of the code that grades it."""
    return hashlib.sha256(version().encode() + task.to_bytes()).hexdigest()[:40]


@functools.cache
def version() -> str:
    """A hash of the package: with other code a grade could be another."""
    package = Path(cnncourse.__file__).parent
    digest = hashlib.sha256(cnncourse.__version__.encode())
    for path in sorted(package.rglob("*.py")):
        digest.update(str(path.relative_to(package)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
