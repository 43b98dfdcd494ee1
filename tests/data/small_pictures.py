"""Small photographs for tests: made of noise, as JPEG files in the layouts people have."""

import io
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image


def jpeg(seed: int, size: tuple[int, int] = (48, 40), kind: str = "JPEG") -> bytes:
    """A picture's file. seed: another one, another picture. size: (width, height)."""
    rng = np.random.default_rng(seed)
    small = rng.integers(0, 256, (5, 6, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(small).resize(size).save(file, kind)
    return file.getvalue()


def write(folder: Path, files: dict[str, bytes]) -> Path:
    """Files by relative path below a folder."""
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def pack(file: Path, files: dict[str, bytes]) -> Path:
    """The same files as a zip."""
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file


def animals(pattern: str = "{kind}/{number}.jpg", count: int = 6) -> dict[str, bytes]:
    """So many cats and so many dogs; pattern: how a file is named, {Kind} for a capital."""
    return {
        pattern.format(kind=kind, Kind=kind.title(), number=number): jpeg(100 * place + number)
        for place, kind in enumerate(("cat", "dog"))
        for number in range(count)
    }
