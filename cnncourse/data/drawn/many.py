"""Many drawings at once, on all cores: ``draw_images``."""

import contextlib
import itertools
import os
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable, Sequence

import numpy as np

from cnncourse.data.drawn import animals, others
from cnncourse.data.drawn.paint import picture
from cnncourse.data.drawn.parts import Part

_DRAW: dict[str, Callable[[np.random.Generator], list[Part]]] = {
    "cat": animals.cat,
    "dog": animals.dog,
    "fox": animals.fox,
    "bear": animals.bear,
    "rabbit": animals.rabbit,
    "mouse": animals.mouse,
    "pig": animals.pig,
    "cow": animals.cow,
    "horse": animals.horse,
    "sheep": animals.sheep,
    "deer": animals.deer,
    "raccoon": animals.raccoon,
    "squirrel": animals.squirrel,
    "giraffe": animals.giraffe,
    "owl": others.owl,
    "duck": others.duck,
    "fish": others.fish,
    "butterfly": others.butterfly,
    "snail": others.snail,
    "car": others.car,
    "house": others.house,
    "tree": others.tree,
    "cup": others.cup,
    "flower": others.flower,
    "boat": others.boat,
}
KINDS: tuple[str, ...] = tuple(_DRAW)
_SMALLEST, _LARGEST = 16, 1024
_ALONE = 200  # so few are done before another Python has started


def draw_image(kind: str, index: int, size: int = 150, seed: int = 0) -> np.ndarray:
    """One drawing, (size, size, 3) uint8. It depends on seed, kind and index; size only scales it.

    Raises ValueError for a kind that is not in ``KINDS`` and for other sizes than 16 to 1024.
    """
    _check([kind], index, size, seed)
    rng = np.random.Generator(np.random.PCG64([seed, zlib.crc32(kind.encode()), index]))
    return picture(rng, _DRAW[kind](rng), size)


def draw_images(
    kinds: Sequence[str],
    per_kind: int,
    size: int = 150,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Drawings of every kind: images (N, size, size, 3) uint8 and labels (N,) uint8, N = all.

    kinds: names from ``KINDS``; a label is a name's place here. The kinds take turns: a cat, a dog,
    a cat, a dog. Picture i of a kind depends on seed, kind and i alone, so that more pictures begin
    with the same ones. progress: called with (done, total) now and then. The same Pillow and NumPy
    draw the same bytes. Large numbers are shared out among the machine's cores. Raises ValueError.
    """
    kinds = [kinds] if isinstance(kinds, str) else list(kinds)
    _check(kinds, per_kind, size, seed)
    total = len(kinds) * per_kind
    images = np.empty((total, size, size, 3), np.uint8)
    helpers = min(_cores() - 1, 7, total // _ALONE)
    cuts = [total * part // (helpers + 1) for part in range(helpers + 2)]
    own, *shares = (range(low, high) for low, high in itertools.pairwise(cuts))
    workers = [_Helper(images, kinds, share, size, seed) for share in shares]
    try:
        for done, place in enumerate(own, start=1):
            images[place] = draw_image(kinds[place % len(kinds)], place // len(kinds), size, seed)
            if progress and done % 25 == 0:
                progress(min(done * (helpers + 1), total), total)
        for worker in workers:
            worker.finish(images)
    finally:
        for worker in workers:
            worker.stop()
    if progress:
        progress(total, total)
    return images, np.tile(np.arange(len(kinds), dtype=np.uint8), per_kind)


class _Helper:
    """A second Python that draws its share. A fresh one, neither a fork nor multiprocessing's: it
    is safe beside TensorFlow's threads and does not run a student's script a second time.
    """

    def __init__(
        self, images: np.ndarray, kinds: Sequence[str], share: range, size: int, seed: int
    ) -> None:
        self.got = 0
        self.work = (kinds, share, size, seed)
        self.process: subprocess.Popen[bytes] | None = None
        call = (*kinds, *map(str, (share.start, share.stop, size, seed)))
        code = "import sys; sys.path[:] = sys.argv.pop(1).split('\\n')\n"
        code += "from cnncourse.data.drawn.many import send; send(sys.argv[1:])"
        with contextlib.suppress(OSError):  # no second process here: `finish` draws the share
            self.process = subprocess.Popen(
                [sys.executable, "-c", code, "\n".join(sys.path), *call],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        # Read at once and all along: a full pipe would stop the drawing.
        self.reader = threading.Thread(target=self._read, args=(images,), daemon=True)
        self.reader.start()

    def _read(self, images: np.ndarray) -> None:
        if self.process is None or self.process.stdout is None:
            return
        for place in self.work[1]:
            sent = self.process.stdout.read(images[place].nbytes)
            if len(sent) < images[place].nbytes:
                return
            images[place] = np.frombuffer(sent, np.uint8).reshape(images[place].shape)
            self.got += 1

    def finish(self, images: np.ndarray) -> None:
        """Wait for the share, and draw what did not arrive."""
        self.reader.join()
        kinds, share, size, seed = self.work
        for place in share[self.got :]:
            images[place] = draw_image(kinds[place % len(kinds)], place // len(kinds), size, seed)

    def stop(self) -> None:
        """End the process; after an interrupt it may still be drawing."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        self.reader.join()
        if self.process is not None and self.process.stdout is not None:
            self.process.stdout.close()


def send(call: Sequence[str]) -> None:
    """What a helper runs: draw places start to stop of the row of drawings to standard output."""
    *kinds, start, stop, size, seed = call
    for place in range(int(start), int(stop)):
        image = draw_image(kinds[place % len(kinds)], place // len(kinds), int(size), int(seed))
        sys.stdout.buffer.write(image.tobytes())
    sys.stdout.buffer.flush()


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _check(kinds: Sequence[str], count: int, size: int, seed: int) -> None:
    unknown = [kind for kind in kinds if kind not in _DRAW]
    if unknown or not kinds:
        what = f"cannot draw {unknown[0]!r}" if unknown else "needs at least one kind"
        raise ValueError(f"draw_images {what}. It knows {', '.join(KINDS)}.")
    for name, value, low, high in (
        ("per_kind", count, 0, 10**6),
        ("size", size, _SMALLEST, _LARGEST),
        ("seed", seed, 0, 2**32 - 1),
    ):
        if (
            isinstance(value, bool)
            or not isinstance(value, int | np.integer)
            or not low <= value <= high
        ):
            raise ValueError(f"{name} must be a whole number from {low} to {high}, not {value!r}.")
