"""MNIST, bundled with the package: 70 000 handwritten digits, no download."""

import functools
import lzma
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

SOURCE = (
    "MNIST database of handwritten digits: Yann LeCun, Corinna Cortes and Christopher J. C. "
    "Burges, http://yann.lecun.com/exdb/mnist/, licence CC BY-SA 3.0. Made from NIST Special "
    "Databases 1 and 3; described in LeCun, Bottou, Bengio and Haffner (1998), Gradient-based "
    "learning applied to document recognition, Proceedings of the IEEE 86(11), section III.A."
)

_BUNDLED = Path(__file__).with_name("mnist.npz")
_SHAPES = {
    "x_train": (60_000, 28, 28),
    "y_train": (60_000,),
    "x_test": (10_000, 28, 28),
    "y_test": (10_000,),
}


class DamagedDataError(RuntimeError):
    """A data file that came with the package is missing or not what it should be."""


@dataclass(frozen=True)
class Mnist:
    """The 70 000 digits. Arrays are read-only and decoded when first used (about a second in all).

    x_train: (60000, 28, 28) uint8, 0 is paper and 255 is ink. y_train: (60000,) uint8, 0 to 9.
    x_test: (10000, 28, 28), y_test: (10000,). source: who made the data, and the licence.
    """

    path: Path
    source: str = SOURCE

    @property
    def x_train(self) -> np.ndarray:
        return _array(self.path, "x_train")

    @property
    def y_train(self) -> np.ndarray:
        return _array(self.path, "y_train")

    @property
    def x_test(self) -> np.ndarray:
        return _array(self.path, "x_test")

    @property
    def y_test(self) -> np.ndarray:
        return _array(self.path, "y_test")

    def __repr__(self) -> str:
        return "MNIST: 60000 training and 10000 test digits, 28×28 uint8, labels 0 to 9"


def load_mnist(path: str | Path | None = None) -> Mnist:
    """The MNIST digits that ship with the package; another .npz of the same four arrays by path.

    Raises DamagedDataError when the file is missing, cut short or holds other arrays.
    """
    file = _BUNDLED if path is None else Path(path)
    if not file.is_file():
        raise _damaged(file, "the file is not there")
    try:
        with zipfile.ZipFile(file) as archive:
            held = {Path(name).stem for name in archive.namelist()}
    except zipfile.BadZipFile as error:
        raise _damaged(file, str(error)) from error
    missing = sorted(set(_SHAPES) - held)
    if missing:
        raise _damaged(file, f"it lacks {', '.join(missing)}")
    return Mnist(file)


def as_inputs(images: np.ndarray) -> np.ndarray:
    """Images as the lessons' networks read them.

    images: (N, H, W) uint8. Returns (N, H, W, 1) float32, 0 for paper and 1 for ink.
    Raises ValueError for other shapes or types.
    """
    images = np.asarray(images)
    if images.ndim != 3 or images.dtype != np.uint8:
        raise ValueError(
            f"as_inputs needs images of shape (N, H, W) and type uint8, "
            f"not shape {images.shape} and type {images.dtype}."
        )
    return images[..., np.newaxis] / np.float32(255)


@functools.cache
def _array(path: Path, name: str) -> np.ndarray:
    """One array of the file, decoded once a process; zip checks its checksum on the way."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            array: np.ndarray = archive[name]
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile, lzma.LZMAError) as error:
        raise _damaged(path, f"{name} cannot be read: {error}") from error
    if array.shape != _SHAPES[name] or array.dtype != np.uint8:
        raise _damaged(
            path,
            f"{name} has shape {array.shape} and type {array.dtype}, "
            f"and should have {_SHAPES[name]} and uint8",
        )
    array.flags.writeable = (
        False  # shared by everyone in the process: x_train / 255, not x_train /= 255
    )
    return array


def _damaged(path: Path, why: str) -> DamagedDataError:
    return DamagedDataError(
        f"The MNIST file {path.name} is damaged: {why}. "
        "Get it again: `git checkout -- cnncourse/data/mnist.npz` in a clone, "
        "or `pip install --force-reinstall cnncourse`."
    )
