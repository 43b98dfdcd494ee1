"""Cats and dogs: real photographs where there are any, animals drawn by program where not."""

import functools
import hashlib
import html
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from cnncourse.data import kept
from cnncourse.data.decoding import decoded
from cnncourse.data.fetched import fetched_pictures
from cnncourse.data.places import DataError, cache_folder, data_folder, shipped_only
from cnncourse.data.progress import Bar
from cnncourse.data.sources import NAMES, Source, open_source

_PARTS = ("train", "validation", "test")
_CAPTIONS = {"photographs": "photographs", "drawn": "drawn animals"}
_REVISION = 1  # of decoding and splitting: another number, and everything is decoded anew


@dataclass(frozen=True, eq=False, repr=False)
class CatsDogs:
    """Pictures of cats (0) and dogs (1) in three parts; no picture is in two of them.

    x_…: read-only, memory-mapped (N, size, size, 3) uint8, shuffled, half of them cats. y_…: (N,)
    uint8. source: "photographs" or "drawn"; every figure made from them should say `caption`.
    found: pictures of each class in the source. skipped: how many were left out, by reason.
    """

    source: Literal["photographs", "drawn"]
    caption: str
    size: int
    x_train: np.ndarray
    y_train: np.ndarray
    x_validation: np.ndarray
    y_validation: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    origin: str
    found: Mapping[str, int]
    skipped: Mapping[str, int]
    wanted: int
    names: tuple[str, str] = NAMES

    def __repr__(self) -> str:
        lines = [f"Cats and dogs: {self.caption}, {self.size}×{self.size} pixels, {self.origin}"]
        lines += [
            f"{part:<11}{total:>6} = {cats} cats + {dogs} dogs"
            for part, total, cats, dogs in self._table()
        ]
        return "\n".join([*lines, *self._notes()])

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th scope='row' style='text-align:left'>{part}</th>"
            f"<td>{cats}</td><td>{dogs}</td><td>{total}</td></tr>"
            for part, total, cats, dogs in self._table()
        )
        notes = "".join(f"<br>{html.escape(note)}" for note in self._notes())
        return (
            f"<p><b>Cats and dogs: {self.caption}</b>, {self.size}×{self.size} pixels, "
            f"{html.escape(self.origin)}.{notes}</p><table><thead><tr><th></th>"
            "<th scope='col'>cats</th><th scope='col'>dogs</th><th scope='col'>all</th></tr>"
            f"</thead><tbody>{rows}</tbody></table>"
        )

    def _table(self) -> list[tuple[str, int, int, int]]:
        labels = {part: getattr(self, f"y_{part}") for part in _PARTS}
        return [
            (part, len(y), int((y == 0).sum()), int((y == 1).sum())) for part, y in labels.items()
        ]

    def _notes(self) -> list[str]:
        notes = []
        used = sum(len(getattr(self, f"y_{part}")) for part in _PARTS) // 2
        if used < self.wanted:
            notes.append(f"{self.wanted} of each were asked for; there are {used}.")
        if self.skipped:
            reasons = ", ".join(f"{count} {reason}" for reason, count in self.skipped.items())
            notes.append(f"Skipped: {reasons}.")
        return notes


def load_cats_dogs(
    source: str | Path = "auto",
    size: int = 150,
    per_class: int = 1000,
    split: Sequence[float] = (0.5, 0.25, 0.25),
    seed: int = 0,
) -> CatsDogs:
    """Pictures of cats and dogs for training, validation and test; prepared once, then kept.

    source: "photographs", "drawn", a folder or zip of photographs, or "auto": photographs where
    they are at hand (CNNCOURSE_DATA, or fetched with ``cnncourse data fetch cats-dogs``), else
    drawn. Nothing is downloaded here. size: pixels a side; of a photograph, the middle square.
    per_class: how many cats, and how many dogs; fewer where the source has fewer. split: shares of
    the three parts. seed: which picture goes where and, for drawn ones, which animals are drawn.

    Photographs are not resampled by seed: it is always the same per_class of each that are dealt
    out. Files that cannot be decoded, are tiny or show the same pixels as another are skipped.
    Raises ValueError for impossible sizes, numbers and shares; DataError, which says what to do,
    when the source cannot be used or the cache not be written.
    """
    ask = _Ask(size, per_class, tuple(split), seed)
    place = _find(source)
    try:
        if place is None:
            return _drawn(ask)
        return _photographs(place, ask)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(
            "stopped by hand before the pictures were ready. Nothing half-made was kept: "
            "call load_cats_dogs again and it starts anew."
        ) from None


@dataclass(frozen=True)
class _Ask:
    size: int
    per_class: int
    split: tuple[float, ...]
    seed: int

    def __post_init__(self) -> None:
        _whole("size", self.size, 16, 1024)
        _whole("per_class", self.per_class, 1, 1_000_000)
        _whole("seed", self.seed, 0, 2**32 - 1)
        good = len(self.split) == 3 and all(
            isinstance(share, (int, float)) and 0 <= share <= 1 for share in self.split
        )
        if not good or not math.isclose(sum(self.split), 1, abs_tol=1e-6) or not self.split[0]:
            raise ValueError(
                "split has three shares, for training, validation and test, which add up to 1, "
                f"such as (0.5, 0.25, 0.25); training needs a share. It is {self.split!r}."
            )

    def parts(self, available: int) -> tuple[int, int, int]:
        """How many of each class go into each part when so many are there.

        Raises DataError when a part that has a share would be empty.
        """
        first, second = (round(available * share) for share in self.split[:2])
        counts = (first, min(second, available - first), max(0, available - first - second))
        if any(share > 0 and not count for share, count in zip(self.split, counts, strict=True)):
            raise DataError(
                f"{available} pictures of each class are too few for a split of {self.split}: "
                "a part would be empty. Use more pictures, or give that part the share 0."
            )
        return counts


def _whole(name: str, value: object, least: int, most: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise ValueError(f"{name} is a whole number from {least} to {most}, not {value!r}.")


def _find(source: str | Path) -> Path | None:
    """The folder or zip of photographs to use; None for drawn animals."""
    if source == "drawn":
        return None
    if source not in ("auto", "photographs"):
        if isinstance(source, (str, Path)) and str(source):
            return Path(source)
        raise ValueError(
            "source is 'auto', 'photographs', 'drawn', or the path of a folder or zip, "
            f"not {source!r}."
        )
    at_hand = photographs_at_hand()
    if at_hand is None and source == "photographs":
        if shipped_only():
            raise DataError(
                "CNNCOURSE_DATA is 'shipped', so only what comes with the package is used, and "
                "photographs do not. Unset it, or use source='drawn'."
            )
        raise DataError(
            "There are no photographs here. `cnncourse data fetch cats-dogs` in a terminal "
            "downloads 3000 (69 MB); or name a folder or zip of your own, "
            "load_cats_dogs('my/pictures'); or use source='drawn'."
        )
    return at_hand


def photographs_at_hand() -> Path | None:
    """Where "auto" finds photographs: in CNNCOURSE_DATA's cats_dogs, else what was fetched."""
    if shipped_only():
        return None
    own = data_folder()
    if own is not None:
        for name in ("cats_dogs", "cats_dogs.zip"):
            if (own / name).exists():
                return own / name
    return fetched_pictures("cats-dogs")


def _photographs(place: Path, ask: _Ask) -> CatsDogs:
    with open_source(place) as source:
        name = kept.key(
            what="photographs",
            revision=_REVISION,
            files=source.fingerprint,
            unnamed=source.unnamed,
            ask=[ask.size, ask.per_class, ask.split, ask.seed],
        )
        make = functools.partial(_decode_all, source, ask)
        needs = 2 * sum(_most(source, ask)) * 3 * ask.size**2
        return _kept(name, ask, make, needs, f"from {source.name}", "photographs")


def _drawn(ask: _Ask) -> CatsDogs:
    name = kept.key(
        what="drawn",
        revision=_REVISION,
        drawing=_drawing_code(),
        ask=[ask.size, ask.per_class, ask.split, ask.seed],
    )
    ask.parts(ask.per_class)  # an impossible split is refused before anything is drawn
    make = functools.partial(_draw_all, ask)
    needs = 2 * ask.per_class * 3 * ask.size**2
    return _kept(name, ask, make, needs, "by program", "drawn")


def _kept(
    name: str,
    ask: _Ask,
    make: Callable[[Path], Mapping[str, Any]],
    needs: int,
    origin: str,
    source: Literal["photographs", "drawn"],
) -> CatsDogs:
    """The prepared pictures of that name, made first if they are not there or not sound."""
    folder = cache_folder() / "pictures" / name
    found = kept.open_kept(folder)
    if found is None:
        found = kept.keep(folder, make, needs)
    arrays: dict[str, Any] = found[0]
    about = found[1]
    return CatsDogs(
        source=source,
        caption=_CAPTIONS[source],
        size=ask.size,
        origin=origin,
        found=about["found"],
        skipped=about["skipped"],
        wanted=ask.per_class,
        **arrays,
    )


def _decode_all(source: Source, ask: _Ask, folder: Path) -> dict[str, Any]:
    """Decode as many as wanted of each class into .npy files of the three parts."""
    most = _most(source, ask)
    rows: list[list[int]] = []
    skipped = Counter({"neither cat nor dog by name": source.unnamed})
    seen: set[bytes] = set()
    raw = folder / "pool"
    with raw.open("wb") as pool, Bar(sum(most), "decoding photographs", "photographs") as bar:
        for kind, limit in zip(NAMES, most, strict=True):
            rows.append([])
            for _, picture in decoded(source.read, _some_order(source.pictures[kind]), ask.size):
                if isinstance(picture, str):
                    skipped[picture] += 1
                    continue
                mark = hashlib.blake2b(picture.tobytes(), digest_size=16).digest()
                if mark in seen:
                    skipped["the same picture as another"] += 1
                    continue
                seen.add(mark)
                rows[-1].append(sum(map(len, rows)))
                # Written, not mapped: a full disk under a map would end the process.
                pool.write(picture.tobytes())
                bar.update(1)
                if len(rows[-1]) == limit:
                    break
    counts = {kind: len(names) for kind, names in source.pictures.items()}
    skipped = +skipped
    for kind, usable in zip(NAMES, rows, strict=True):
        if not usable:
            reasons = ", ".join(f"{count} {reason}" for reason, count in skipped.items())
            raise DataError(
                f"None of the {counts[kind]} pictures of {kind}s in {source.name} can be used "
                f"({reasons}). Copy them again from where they came from."
            )
    shape = (sum(map(len, rows)), ask.size, ask.size, 3)
    pictures = np.memmap(raw, dtype=np.uint8, mode="r", shape=shape)
    _deal(pictures, rows, ask, folder)
    del pictures  # closes the map, so that the file can go
    raw.unlink()
    return {"found": counts, "skipped": dict(skipped)}


def _most(source: Source, ask: _Ask) -> list[int]:
    """How many of each class can come of it at most."""
    return [min(ask.per_class, len(source.pictures[kind])) for kind in NAMES]


def _draw_all(ask: _Ask, folder: Path) -> dict[str, Any]:
    from cnncourse.data.drawn import draw_images

    with Bar(2 * ask.per_class, "drawing animals", "pictures") as bar:
        images, labels = draw_images(
            NAMES,
            ask.per_class,
            size=ask.size,
            seed=ask.seed,
            progress=lambda done, total: bar.reach(done),
        )
    _deal(images, [np.flatnonzero(labels == kind).tolist() for kind in (0, 1)], ask, folder)
    return {"found": dict.fromkeys(NAMES, ask.per_class), "skipped": {}}


def _deal(pool: np.ndarray, rows: Sequence[Sequence[int]], ask: _Ask, folder: Path) -> None:
    """Write the three parts: as many cats as dogs in each, in an order drawn by the seed."""
    rng = np.random.default_rng(ask.seed)
    counts = ask.parts(min(map(len, rows)))
    decks = [rng.permutation(deck)[: sum(counts)] for deck in rows]
    bounds = np.cumsum((0, *counts))
    for part, start, stop in zip(_PARTS, bounds, bounds[1:], strict=False):
        chosen = np.concatenate([deck[start:stop] for deck in decks]).astype(np.intp)
        labels = np.repeat(np.arange(len(decks), dtype=np.uint8), stop - start)
        order = rng.permutation(len(chosen))
        np.save(folder / f"y_{part}.npy", labels[order])
        _save_rows(folder / f"x_{part}.npy", pool, chosen[order])


def _save_rows(file: Path, pool: np.ndarray, rows: np.ndarray) -> None:
    """Save those rows of a large array without a copy of all of them in memory."""
    with file.open("wb") as opened:
        header = {"descr": "|u1", "fortran_order": False, "shape": (len(rows), *pool.shape[1:])}
        np.lib.format.write_array_header_1_0(opened, header)
        for start in range(0, len(rows), 256):
            opened.write(pool[rows[start : start + 256]].tobytes())


def _some_order(names: Iterable[str]) -> list[str]:
    """The same order on every machine, and none that a photographer or a numbering had in mind."""
    return sorted(names, key=lambda name: hashlib.blake2b(name.encode()).digest())


@functools.cache
def _drawing_code() -> str:
    """A digest of the code that draws: changed code draws anew."""
    from cnncourse.data import drawn

    digest = hashlib.sha256()
    for file in sorted(Path(drawn.__file__).parent.glob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()
