"""From the bytes of a picture's file to a square of pixels, or to the reason why not."""

import io
import os
import warnings
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np

SMALLEST = 32  # pixels on the shorter side; below that an animal is a smudge
LARGEST = 50_000_000  # pixels in all: about what a camera makes; more is a trap or a scan


def decode(data: bytes, size: int) -> np.ndarray | str:
    """A picture's middle square, resized to (size, size, 3) uint8; or, as text, what is wrong.

    The largest centred square is kept: the animal keeps its proportions, and there are no bars at
    the sides for a network to learn. (Keras's loaders squeeze the whole picture by default.)
    Turned as its EXIF entry says; transparency becomes black; grey becomes three equal channels.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    if not data:
        return "empty file"
    try:
        with Image.open(io.BytesIO(data)) as opened:
            if min(opened.size) < SMALLEST:
                return f"smaller than {SMALLEST} pixels"
            if opened.width * opened.height > LARGEST:
                return f"larger than {LARGEST // 1_000_000} megapixels"
            # A JPEG can be decoded at 1/2, 1/4 or 1/8 for little; never below twice the size.
            opened.draft("RGB", (2 * size, 2 * size))
            picture = ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, Image.DecompressionBombError):
        return "not an image"
    except Exception:  # Pillow's readers raise whatever they stumble over in damaged files
        return "cut short or damaged"
    side = min(picture.size)
    left, top = (picture.width - side) / 2, (picture.height - side) / 2
    square = picture.resize(
        (size, size), Image.Resampling.BICUBIC, box=(left, top, left + side, top + side)
    )
    return np.asarray(square)


def decoded(
    read: Callable[[str], bytes], names: Sequence[str], size: int
) -> Iterator[tuple[str, np.ndarray | str]]:
    """Decode pictures side by side; (name, pixels or reason) in the order of the names.

    Pillow lets other threads work while it decodes, so threads are enough to use every core, and
    only a few pictures are in memory at a time.
    """

    def one(name: str) -> np.ndarray | str:
        try:
            data = read(name)
        except OSError:
            return "could not be read"
        return decode(data, size)

    workers = min(8, os.cpu_count() or 1)
    pool = ThreadPoolExecutor(workers)
    waiting: deque[tuple[str, Future[np.ndarray | str]]] = deque()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about odd metadata, and sizes that we limit ourselves
            for name in names:
                waiting.append((name, pool.submit(one, name)))
                if len(waiting) > 8 * workers:
                    first, result = waiting.popleft()
                    yield first, result.result()
            for name, result in waiting:
                yield name, result.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
