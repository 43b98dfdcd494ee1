"""Take the pictures out of a zip from elsewhere, and nothing else."""

import shutil
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath, PureWindowsPath

from cnncourse.data.places import DataError
from cnncourse.data.progress import Bar
from cnncourse.data.sources import is_picture


def unpack_pictures(archive: Path, folder: Path, largest: int, most: int) -> int:
    """Write the pictures of a zip below `folder`; returns how many there were.

    Other files (programs, lists) stay in the zip. All names are looked at before anything is
    written. largest: bytes that all pictures together may have; most: how many files there may be.
    Raises DataError for a damaged zip, for names that lead elsewhere (absolute, with "..", links)
    and for more than the limits.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            files = [entry for entry in opened.infolist() if not entry.is_dir()]
            pictures = [entry for entry in files if is_picture(entry.filename)]
            _look(files, pictures, largest, most)
            with Bar(len(pictures), "unpacking", "pictures") as bar:
                for entry in pictures:
                    target = folder / entry.filename
                    target.parent.mkdir(parents=True, exist_ok=True)
                    # zipfile gives no more bytes than the header says, and compares the checksum
                    with opened.open(entry) as source, target.open("xb") as written:
                        shutil.copyfileobj(source, written, 1 << 18)
                    bar.update(1)
            return len(pictures)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise DataError(
            f"{archive.name} is damaged or cut short ({error}). Nothing of it is used; "
            "run the same command again to download it anew."
        ) from error


def _look(
    files: list[zipfile.ZipInfo], pictures: list[zipfile.ZipInfo], largest: int, most: int
) -> None:
    """Refuse an archive that could write elsewhere or fill the disk."""
    for entry in files:
        name, kind = entry.filename, stat.S_IFMT(entry.external_attr >> 16)
        path = PurePosixPath(name)
        if (
            not path.parts
            or path.is_absolute()
            or PureWindowsPath(name).drive
            or "\\" in entry.orig_filename
            or ".." in path.parts
        ):
            raise _refused(f"the name {name!r} leads out of its folder")
        if kind not in (0, stat.S_IFREG):
            raise _refused(f"{name!r} is a link or a device")
    if any(entry.flag_bits & 1 for entry in files):
        raise _refused("it asks for a password")
    if len({entry.filename.casefold() for entry in pictures}) < len(pictures):
        raise _refused("it has two files of one name")
    if len(files) > most or sum(entry.file_size for entry in pictures) > largest:
        raise _refused(f"unpacked it is more than {most} files or {largest // 1_000_000} MB")


def _refused(why: str) -> DataError:
    return DataError(
        f"This zip is not unpacked: {why}. It is not the one that the course knows. "
        "Download it again with `cnncourse data fetch`, or name photographs of your own."
    )
