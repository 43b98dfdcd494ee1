"""Plain values in and out of a student's process, as ``.npz`` files that are never unpickled.

One entry, ``structure``, is JSON (UTF-8 bytes) that says how numbers, texts, tuples, lists and
dicts nest; every array is an entry of its own. Whatever is not plain becomes `Other`: its type's
name travels, the object does not.
"""

import json
import math
import os
import stat
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

_KINDS = "biufcU"  # bool, integers, floats, complex, text; never objects or records


class WireError(ValueError):
    """A file that is not what `write` writes, or that is larger than allowed."""


@dataclass(frozen=True)
class Other:
    """Stands for a value that is not plain; only its type's name and a short text are kept."""

    type_name: str
    text: str = ""


@dataclass(frozen=True)
class Limits:
    """What a reader accepts: bytes in all, number of arrays, dimensions, nesting, JSON bytes."""

    total_bytes: int = 64 * 2**20
    arrays: int = 4096
    dimensions: int = 16
    depth: int = 32
    structure_bytes: int = 4 * 2**20


def write(path: str | os.PathLike[str], value: Any) -> None:
    """Write a plain value; the file appears whole or not at all."""
    arrays: dict[str, np.ndarray] = {}
    structure = json.dumps(_encode(value, arrays, 0), allow_nan=False)
    entries = {"structure": np.frombuffer(structure.encode(), dtype=np.uint8), **arrays}
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
    return _decode(json.loads(structure.tobytes().decode()), arrays, limits.depth)


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


def _encode(value: Any, arrays: dict[str, np.ndarray], depth: int) -> Any:
    if depth > Limits.depth - 2:
        return {"other": "deeply nested value", "text": ""}
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int) and not isinstance(value, np.generic):
        return {"int": str(value)} if abs(value) < 10**1000 else {"other": "int", "text": "huge"}
    if isinstance(value, float) and not isinstance(value, np.generic):
        return {"float": value.hex()}
    if isinstance(value, (np.ndarray, np.generic)):
        array = np.asarray(value)
        if array.dtype.kind not in _KINDS:
            return {"other": f"{type(value).__name__} of {array.dtype}", "text": ""}
        name = f"a{len(arrays)}"
        arrays[name] = array
        return {"scalar" if isinstance(value, np.generic) else "array": name}
    if isinstance(value, (tuple, list)):
        items = [_encode(item, arrays, depth + 1) for item in value]
        return {"tuple" if isinstance(value, tuple) else "list": items}
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {"dict": {key: _encode(item, arrays, depth + 1) for key, item in value.items()}}
    if isinstance(value, Other):
        return {"other": value.type_name, "text": value.text}
    tensor = _tensor_as_array(value)
    if tensor is not None:
        return _encode(tensor, arrays, depth)
    return {"other": type(value).__name__[:80], "text": ""}


def _tensor_as_array(value: Any) -> np.ndarray | None:
    """A TensorFlow or torch tensor, or anything else that offers itself as an array."""
    if not hasattr(type(value), "__array__"):
        return None
    try:
        array = np.asarray(value)
    except Exception:
        return None
    return array if array.dtype.kind in _KINDS else None


def _decode(node: Any, arrays: dict[str, np.ndarray], depth: int) -> Any:
    if depth < 0:
        raise WireError("The answers are nested too deeply.")
    if node is None or isinstance(node, (bool, str)):
        return node
    if not isinstance(node, dict) or not node:
        raise WireError("The answer file's structure is not understood.")
    tag, content = next(iter(node.items()))
    if tag == "int":
        return int(content)
    if tag == "float":
        return float.fromhex(content)
    if tag == "array":
        return arrays[content]
    if tag == "scalar":
        return arrays[content][()]
    if tag in ("tuple", "list"):
        items = [_decode(item, arrays, depth - 1) for item in content]
        return tuple(items) if tag == "tuple" else items
    if tag == "dict":
        return {key: _decode(item, arrays, depth - 1) for key, item in content.items()}
    if tag == "other":
        return Other(str(content)[:200], str(node.get("text", ""))[:500])
    raise WireError(f"Unknown structure {tag[:40]!r}.")
