"""A run kept in a folder after every epoch, so that it can go on where it ended."""

import json
import random
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cnncourse.training import fingerprint
from cnncourse.training.files import PART, write_whole
from cnncourse.training.history import FILE as HISTORY
from cnncourse.training.history import History

STATE = "kept.npz"


@dataclass(frozen=True)
class Kept:
    """A folder with one run: its last state, and what tells it from other runs.

    about: what must be the same for the run to go on, by name. seed: what the run is drawn with.
    """

    folder: Path
    about: Mapping[str, str]
    seed: int

    def save(self, model: Any, history: History) -> None:
        """Keep the run as it stands: weights, optimizer, dropout's seeds, history.

        Raises OSError with what to do when the disk takes no more.
        """
        header = {
            "about": dict(self.about),
            "seed": self.seed,
            "history": json.loads(_text(history)),
        }
        arrays: dict[str, Any] = {"header": np.frombuffer(json.dumps(header).encode(), np.uint8)}
        for number, variable in enumerate(_variables(model)):
            arrays[f"v{number}"] = _plain(variable)
        try:
            write_whole(self.folder / STATE, lambda file: np.savez(file, **arrays))
            history.save(self.folder / HISTORY)
        except OSError as problem:
            raise OSError(
                f"The run could not be kept in {str(self.folder)!r}: "
                f"{problem.strerror or problem}. Make room there and run the same call again: "
                "it goes on after the last epoch that was kept."
            ) from problem

    def load(self, model: Any) -> History:
        """Put the state into the model and its optimizer; the history up to there.

        Nothing kept yet: an empty history, and the model is left alone.
        """
        path = self.folder / STATE
        if not path.exists():
            return History({})
        header, arrays = _read(path)
        variables = _variables(model)
        if [np.shape(a) for a in arrays] != [tuple(v.shape) for v in variables]:
            _refuse(self.folder, "another network or optimizer")
        for variable, value in zip(variables, arrays, strict=True):
            variable.assign(value)
        kept = header["history"]
        return History(kept["history"], kept["seconds"])


def open_kept(
    folder: str | Path, about: Mapping[str, str], seed: int | None, *, build: bool = True
) -> Kept:
    """The run in a folder, new or begun.

    about: as in Kept, the seed left out. seed: None takes the run's own, or draws one.
    Raises ValueError, before any work, when the folder holds another run or other files.
    """
    folder = Path(folder).expanduser()
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"keep must name a folder, and {str(folder)!r} is a file.")
    path = folder / STATE
    if path.exists():
        header, _ = _read(path, header_only=True)
        for name, value in about.items():
            if header["about"].get(name) != value:
                _refuse(folder, f"another {name}")
        if seed is not None and seed != header["seed"]:
            _refuse(folder, f"the seed {header['seed']}")
        return Kept(folder, about, int(header["seed"]))
    others = [each.name for each in folder.iterdir()] if folder.exists() else []
    if strangers := sorted(name for name in others if not _ours(name)):
        raise ValueError(
            f"keep needs a folder of its own, and {str(folder)!r} holds {strangers[0]!r}. "
            "Name a new folder."
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise OSError(
            f"The folder {str(folder)!r} cannot be made: {problem.strerror}. Name another one."
        ) from problem
    return Kept(folder, about, random.getrandbits(31) if seed is None else seed)


def about_run(model: Any, x: Any, y: Any, validation: Any, batch_size: int) -> dict[str, str]:
    """What must be the same for a run to go on, by name, in the order of checking.

    Of a data set only the kind and the number of batches can be told.
    Raises ValueError for a network without weights.
    """
    if not model.built:
        raise ValueError(
            "A network can be kept once it knows its input: begin it with keras.Input(shape)."
        )
    return {
        "network": fingerprint.of_architecture(model),
        "setting in compile": fingerprint.of_settings(model),
        "training set": _data(x, y),
        "validation set": _data(*validation)
        if isinstance(validation, tuple)
        else _data(validation),
        "batch size": str(batch_size),
    }


def _data(x: Any, y: Any = None) -> str:
    if x is None:
        return "none"
    if hasattr(x, "element_spec"):
        return f"{x.element_spec} × {int(x.cardinality())}"
    if hasattr(x, "num_batches"):
        return f"{type(x).__name__} × {x.num_batches}"
    return fingerprint.of_text(fingerprint.of_array(x), fingerprint.of_array(y))


def _variables(model: Any) -> list[Any]:
    """Everything that training moves, dropout's random state included."""
    model.optimizer.build(model.trainable_variables)
    return [*model.variables, *model.optimizer.variables]


def _plain(variable: Any) -> np.ndarray:
    value = np.asarray(variable)
    return value if value.dtype.kind in "fiub" else value.astype(np.float32)


def _text(history: History) -> str:
    return json.dumps({"history": dict(history.history), "seconds": history.seconds})


def _read(path: Path, *, header_only: bool = False) -> tuple[dict[str, Any], list[np.ndarray]]:
    try:
        with np.load(path, allow_pickle=False) as file:
            header = json.loads(file["header"].tobytes().decode())
            count = 0 if header_only else len(file.files) - 1
            return header, [file[f"v{number}"] for number in range(count)]
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, EOFError) as problem:
        raise ValueError(
            f"{str(path)!r} cannot be read ({problem}). Delete the folder to begin again."
        ) from None


def _refuse(folder: Path, what: str) -> None:
    raise ValueError(
        f"The run kept in {str(folder)!r} has {what}. Name another folder for this run, "
        "or delete that one."
    )


def _ours(name: str) -> bool:
    return name in (STATE, HISTORY) or name.endswith(PART)
