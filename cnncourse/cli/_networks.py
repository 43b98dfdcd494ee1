"""A network from what the command line gave: a name of the zoo, or a .keras file."""

import os
from pathlib import Path

import click

from cnncourse.network import Network, ShapeError, parse_shape


def find(name: str, size: str | None) -> Network:
    """The network of a name or file, for another input size where one is given.

    Raises click.UsageError with what was wrong and the near names.
    """
    try:
        network = _named(name)
        return network.with_input(parse_shape(size)) if size else network
    except (ValueError, OSError, ShapeError) as error:
        raise click.UsageError(str(error)) from None


def _named(name: str) -> Network:
    path = Path(name)
    # A file of the same name does not hide a network of the zoo.
    if path.suffix in (".keras", ".h5", ".hdf5") or len(path.parts) > 1:
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        from cnncourse.network import load

        return load(name)
    from cnncourse import zoo

    try:
        return zoo.get(name)
    except ValueError:
        if not path.is_file():
            raise
    from cnncourse.network import load

    return load(name)  # which says what is wrong with its name
