"""Where data may be looked for and kept; three environment variables decide.

``CNNCOURSE_DATA``: a folder of the user's with data sets in it, or the word ``shipped``: use only
what comes with the package. ``CNNCOURSE_CACHE``: where to keep what was downloaded, decoded or
drawn. ``CNNCOURSE_OFFLINE=1``: never touch the network.
"""

import os
from pathlib import Path

_NO = ("", "0", "no", "off", "false")


class DataError(RuntimeError):
    """A data set cannot be had, or is damaged. The message says what to do about it."""


def cache_folder() -> Path:
    """Where downloaded, decoded and drawn data are kept; the folder need not be there yet.

    CNNCOURSE_CACHE, else ``cnncourse`` in the place that the system has for caches
    (``~/.cache`` on Linux, ``~/Library/Caches`` on macOS, ``%LOCALAPPDATA%`` on Windows).
    """
    named = os.environ.get("CNNCOURSE_CACHE", "").strip()
    if named:
        return Path(named).expanduser().absolute()
    import platformdirs

    return Path(platformdirs.user_cache_dir("cnncourse", appauthor=False))


def data_folder() -> Path | None:
    """The folder that CNNCOURSE_DATA names; None when it names none, or says ``shipped``.

    Raises DataError when it names a folder that is not there.
    """
    named = _data()
    if not named or shipped_only():
        return None
    folder = Path(named).expanduser().absolute()
    if not folder.is_dir():
        raise DataError(
            f"CNNCOURSE_DATA is {named!r}, and there is no such folder. Set it to a folder that "
            "has cats_dogs/cat and cats_dogs/dog in it, or to the word shipped, or unset it."
        )
    return folder


def shipped_only() -> bool:
    """Whether only what comes with the package may be used: CNNCOURSE_DATA is ``shipped``.

    Stored notebooks are built and graded so; otherwise they would depend on who built them.
    """
    return _data().lower() == "shipped"


def offline() -> bool:
    """Whether CNNCOURSE_OFFLINE forbids the network (anything but empty, 0, no, off, false)."""
    return os.environ.get("CNNCOURSE_OFFLINE", "").strip().lower() not in _NO


def _data() -> str:
    return os.environ.get("CNNCOURSE_DATA", "").strip()
