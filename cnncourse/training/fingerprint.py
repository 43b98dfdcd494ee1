"""Short texts that are equal when, and only when, data or networks are."""

import hashlib
import json
from typing import Any

import numpy as np

_BYTES_AT_A_TIME = 2**24


def of_array(array: Any) -> str:
    """Of an array's shape, type and contents. A memory map is read piece by piece."""
    array = array if isinstance(array, np.ndarray) else np.asarray(array)
    digest = hashlib.blake2b(f"{array.shape} {array.dtype.str}".encode(), digest_size=16)
    if array.ndim == 0:
        digest.update(array.tobytes())
    else:
        rows = max(1, _BYTES_AT_A_TIME // max(1, array.nbytes // max(1, len(array))))
        for start in range(0, len(array), rows):
            digest.update(np.ascontiguousarray(array[start : start + rows]).data)
    return digest.hexdigest()


def of_weights(model: Any) -> str:
    """Of all the numbers in a Keras model's weights."""
    digest = hashlib.blake2b(digest_size=16)
    for weight in model.weights:
        digest.update(of_array(weight.numpy()).encode())
    return digest.hexdigest()


def of_architecture(model: Any, *, with_trainable: bool = True) -> str:
    """Of a Keras model's layers and connections; names that Keras made up do not matter.

    with_trainable: whether frozen and trainable layers are different architectures.
    """
    try:
        config = model.get_config()
    except NotImplementedError:  # a class of the user's own
        config = {"class": type(model).__name__}
    names: dict[str, str] = {}
    _collect(config, names)
    shapes = [tuple(weight.shape) for weight in model.weights]
    return of_text(_json([_renamed(config, names, with_trainable), shapes]))


def of_settings(model: Any) -> str:
    """Of what a Keras model was compiled with: optimizer, loss, metrics."""
    config = [model.optimizer.get_config(), model.get_compile_config() or {}]
    names: dict[str, str] = {}
    _collect(config, names)
    return of_text(_json(_renamed(config, names, True)))


def of_text(*texts: str) -> str:
    """Of several texts together."""
    return hashlib.blake2b("\n".join(texts).encode(), digest_size=16).hexdigest()


def _json(config: Any) -> str:
    return json.dumps(config, sort_keys=True, default=lambda value: type(value).__name__)


def _collect(config: Any, names: dict[str, str]) -> None:
    """Find the layers' names, in order. (Types of numbers have a "name" too, and keep it.)"""
    if isinstance(config, dict):
        if "DTypePolicy" in str(config.get("class_name")):
            return
        if isinstance(config.get("name"), str):
            names.setdefault(config["name"], f"#{len(names)}")
        for value in config.values():
            _collect(value, names)
    elif isinstance(config, (list, tuple)):
        for value in config:
            _collect(value, names)


def _renamed(config: Any, names: dict[str, str], with_trainable: bool) -> Any:
    if isinstance(config, dict):
        if "DTypePolicy" in str(config.get("class_name")):
            return config
        return {
            str(key): _renamed(value, names, with_trainable)
            for key, value in config.items()
            if with_trainable or key != "trainable"
        }
    if isinstance(config, (list, tuple)):
        return [_renamed(value, names, with_trainable) for value in config]
    return names.get(config, config) if isinstance(config, str) else config
