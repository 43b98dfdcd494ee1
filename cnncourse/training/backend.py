"""Bring Keras in without the start-up lines of the libraries below it."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quietly() -> Iterator[None]:
    """Nothing reaches stderr inside the block, not even what compiled code writes.

    For imports only: TensorFlow writes advice there before it reads any setting, nbgrader gives a
    cell that does so no points, and a reader takes it for an error. Exceptions pass as usual.

    TensorFlow's own logger keeps quiet afterwards, but for errors: its advice against tracing anew
    is for programs that train one network, and a lesson makes many small ones.
    """
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        logging.getLogger("tensorflow").setLevel(logging.ERROR)
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
