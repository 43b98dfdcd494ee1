"""Plain values in and out of a student's process, as ``.npz`` files that are never unpickled.

One entry, ``structure``, is JSON (UTF-8 bytes) that says how numbers, texts, tuples, lists and
dicts nest; every array is an entry of its own. Whatever is not plain becomes `Other`: its type's
name travels, the object does not.
"""

import json
import math
import os
import re
import stat
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

_KINDS = "biufcU"  # bool, integers, floats, complex, text; never objects or records
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


class WireError(ValueError):
    """A file that is not what `write` writes, or that is larger than allowed."""


@dataclass(frozen=True)
class Other:
    """Stands for a value that is not plain; only its type's name and a short text are kept."""

    type_name: str
    text: str = ""


@dataclass(frozen=True)
class Limits:
    """What is accepted: bytes in all, arrays, dimensions, nesting, parts of a value, JSON bytes."""

    total_bytes: int = 64 * 2**20
    arrays: int = 4096
    dimensions: int = 16
    depth: int = 32
    parts: int = 200_000
    structure_bytes: int = 16 * 2**20


def plain(value: Any) -> Any:
    """The value as `read` would bring it back: arrays copied, `Other` for what is not plain.

    Never raises, whatever the value's own methods do.
    """
    encoder = _Encoder()
    try:
        node = encoder.encode(value)
        arrays = {key: array.copy() for key, array in encoder.arrays.items()}
        return _Decoder(arrays, Limits()).decode(node)
    except (WireError, MemoryError):
        return Other(f"{type_name(value)}, too large to judge")


def write(path: str | os.PathLike[str], value: Any) -> None:
    """Write a plain value; the file appears whole or not at all.

    Raises WireError when the value is too large.
    """
    encoder = _Encoder()
    structure = json.dumps(encoder.encode(value), allow_nan=False)
    entries = {"structure": np.frombuffer(structure.encode(), dtype=np.uint8), **encoder.arrays}
    target = Path(path)
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    with partial.open("wb") as file:
        np.savez(file, allow_pickle=False, **entries)
    partial.replace(target)


def read(path: str | os.PathLike[str], limits: Limits | None = None) -> Any:
    """Read what `write` wrote, trusting nothing about the file.

    Raises WireError for links, pickles, giant or odd entries; FileNotFoundError when absent.
    """
    limits = limits or Limits()
    # O_NOFOLLOW: a link planted in an outbox must not make the grader read something else.
    # O_NONBLOCK: opening a planted FIFO must not hang.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        descriptor = os.open(path, flags)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise WireError(f"The answer file cannot be opened: {error.strerror}.") from None
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        raise WireError("The answer file is not a regular file.")
    with os.fdopen(descriptor, "rb") as file:
        if status.st_size > limits.total_bytes:
            raise WireError(
                f"The answer file has {status.st_size:,} bytes; {limits.total_bytes:,} are allowed."
            )
        try:
            return _read(file, limits)
        except WireError:
            raise
        except Exception as error:  # a stranger's bytes can break any parser in any way
            raise WireError(f"The answer file cannot be read ({type(error).__name__}).") from None


def _read(file: IO[bytes], limits: Limits) -> Any:
    with zipfile.ZipFile(file) as archive:
        infos = archive.infolist()
        if len(infos) > limits.arrays + 1:
            raise WireError(f"{len(infos)} arrays; {limits.arrays} are allowed.")
        if sum(info.file_size for info in infos) > limits.total_bytes:
            raise WireError(f"The arrays exceed {limits.total_bytes:,} bytes.")
        arrays: dict[str, np.ndarray] = {}
        for info in infos:
            name = info.filename.removesuffix(".npy")
            if name in arrays:
                raise WireError(f"The entry {name!r} repeats.")
            if info.compress_type != zipfile.ZIP_STORED:
                raise WireError("The arrays are compressed; plain storage is expected.")
            with archive.open(info) as entry:
                arrays[name] = _read_array(entry, info.file_size, limits)
    structure = arrays.pop("structure", None)
    if structure is None or structure.dtype != np.uint8 or structure.ndim != 1:
        raise WireError("The answer file has no structure.")
    if structure.size > limits.structure_bytes:
        raise WireError(f"The answers nest {structure.size:,} bytes of structure.")
    return _Decoder(arrays, limits).decode(json.loads(structure.tobytes().decode()))


def _read_array(entry: IO[bytes], size: int, limits: Limits) -> np.ndarray:
    version = np.lib.format.read_magic(entry)
    if version == (1, 0):
        shape, fortran, dtype = np.lib.format.read_array_header_1_0(entry)
    elif version == (2, 0):
        shape, fortran, dtype = np.lib.format.read_array_header_2_0(entry)
    else:
        raise WireError(f"Array format {version} is not accepted.")
    if dtype.kind not in _KINDS or dtype.hasobject:
        raise WireError(f"Arrays of {dtype} are not accepted.")
    if len(shape) > limits.dimensions:
        raise WireError(f"An array has {len(shape)} dimensions.")
    # The header is a claim: believe it only when the bytes are really there.
    expected = math.prod(shape) * dtype.itemsize
    data = entry.read()
    if len(data) != expected or expected > size:
        raise WireError(f"An array claims {expected:,} bytes and has {len(data):,}.")
    flat = np.frombuffer(data, dtype=dtype)
    return flat.reshape(shape, order="F" if fortran else "C").copy()


class _Encoder:
    """A value as JSON, its arrays aside. A stranger's object may raise, lie or never end."""

    def __init__(self) -> None:
        self.arrays: dict[str, np.ndarray] = {}
        self._parts = 0
        self._bytes = 0

    def encode(self, value: Any, depth: int = 0) -> Any:
        self._parts += 1
        if self._parts > Limits.parts:
            raise WireError(f"The value has more than {Limits.parts:,} parts.")
        if depth > Limits.depth - 2:
            return {"other": "deeply nested value", "text": ""}
        try:
            return self._known(value, depth)
        except WireError:
            raise
        except Exception:  # its own __array__, __str__ … failed
            return {"other": type_name(value), "text": ""}

    def _known(self, value: Any, depth: int) -> Any:
        # The methods of the plain types, not those that a subclass may have put in their place.
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return str.__str__(value)
        if isinstance(value, int):
            whole = int.__int__(value)
            return {"int": str(whole)} if abs(whole) < 10**1000 else {"other": "int", "text": ""}
        if isinstance(value, float) and not isinstance(value, np.generic):
            return {"float": float.hex(value)}
        if isinstance(value, np.generic) and value.dtype.kind in "biuf" and value.itemsize <= 8:
            item = value.item()
            return {
                "number": [value.dtype.name, item.hex() if type(item) is float else str(int(item))]
            }
        if isinstance(value, (np.ndarray, np.generic)):
            return self._array(value, "array" if isinstance(value, np.ndarray) else "scalar")
        if isinstance(value, tuple):
            return {"tuple": [self.encode(item, depth + 1) for item in tuple.__iter__(value)]}
        if isinstance(value, list):
            return {"list": [self.encode(item, depth + 1) for item in list.__iter__(value)]}
        if isinstance(value, dict) and all(isinstance(key, str) for key in dict.keys(value)):
            items = dict.items(value)
            return {"dict": {str.__str__(k): self.encode(item, depth + 1) for k, item in items}}
        if isinstance(value, Other):
            return {"other": value.type_name, "text": value.text}
        # A TensorFlow or torch tensor, or anything else that offers itself as an array.
        if hasattr(type(value), "__array__"):
            return self._array(np.asarray(value), "array", type_name(value))
        return {"other": type_name(value), "text": ""}

    def _array(self, value: Any, tag: str, name: str = "") -> Any:
        array = np.asarray(value)
        if array.dtype.kind not in _KINDS:
            return {"other": name or f"{type_name(value)} of {array.dtype}", "text": ""}
        self._bytes += array.nbytes
        if self._bytes > Limits.total_bytes:
            raise WireError(f"The arrays exceed {Limits.total_bytes:,} bytes.")
        key = f"a{len(self.arrays)}"
        self.arrays[key] = array
        return {tag: key}


def type_name(value: Any) -> str:
    """The name of a value's type, whatever its metaclass says."""
    return printable(type.__dict__["__name__"].__get__(type(value))[:80])


def printable(text: str) -> str:
    """Text that can be stored and shown anywhere: no half characters, no terminal codes."""
    return _UNPRINTABLE.sub("\ufffd", text)


class _Decoder:
    """A value from JSON and its arrays: the other half of `_Encoder`, which trusts nothing."""

    def __init__(self, arrays: dict[str, np.ndarray], limits: Limits) -> None:
        self._arrays = arrays
        self._limits = limits
        self._parts = 0
        self._widest = 0

    def decode(self, node: Any) -> Any:
        value = self._value(node, self._limits.depth)
        # NumPy gives every text of a list the room of the longest.
        if self._parts * self._widest > self._limits.total_bytes:
            raise WireError("The texts are too long.")
        return value

    def _value(self, node: Any, depth: int) -> Any:
        self._parts += 1
        if depth < 0:
            raise WireError("The answers are nested too deeply.")
        if isinstance(node, str):
            self._widest = max(self._widest, 4 * len(node))
            return node
        if node is None or isinstance(node, bool):
            return node
        if not isinstance(node, dict) or not node:
            raise WireError("The answer file's structure is not understood.")
        tag, content = next(iter(node.items()))
        if tag == "int":
            return int(content)
        if tag == "float":
            return float.fromhex(content)
        if tag == "number":
            return _number(*content)
        if tag == "array":
            return self._array(content)
        if tag == "scalar":
            return self._array(content)[()]
        if tag in ("tuple", "list"):
            items = [self._value(item, depth - 1) for item in content]
            return tuple(items) if tag == "tuple" else items
        if tag == "dict":
            return {key: self._value(item, depth - 1) for key, item in content.items()}
        if tag == "other":
            text = str(node.get("text", ""))[:500]
            return Other(printable(str(content)[:200]), printable(text))
        raise WireError(f"Unknown structure {tag[:40]!r}.")

    def _array(self, name: str) -> np.ndarray:
        # Each once: a small file must not stand for a giant value.
        array = self._arrays.pop(name)
        if array.dtype.kind == "U":
            self._widest = max(self._widest, array.dtype.itemsize)
        return array


def _number(name: str, text: str) -> Any:
    dtype = np.dtype(name)
    if dtype.kind not in "biuf" or dtype.itemsize > 8:
        raise WireError(f"Numbers of {dtype} are not accepted.")
    return dtype.type(float.fromhex(text) if dtype.kind == "f" else int(text))
