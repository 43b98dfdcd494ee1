"""What a training run measured, epoch by epoch."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cnncourse.training.files import write_whole

FILE = "history.json"


@dataclass(frozen=True, repr=False)
class History:
    """Loss and metrics after every epoch, as in Keras: ``history["val_loss"]`` is a list.

    history: name -> one number an epoch. seconds: how long it took. stopped: ended by hand.
    ``first + second`` is one run after the other.
    """

    history: Mapping[str, list[float]]
    seconds: float = field(default=0.0, compare=False)
    stopped: bool = False

    @property
    def epochs(self) -> int:
        """How many epochs were finished."""
        return max((len(values) for values in self.history.values()), default=0)

    def __getitem__(self, name: str) -> list[float]:
        if name not in self.history:
            raise KeyError(f"{name!r} was not measured; there are {', '.join(self.history)}.")
        return self.history[name]

    def __add__(self, later: "History") -> "History":
        if not isinstance(later, History):
            return NotImplemented
        if not self.history:
            joined = dict(later.history)
        else:
            names = [name for name in self.history if name in later.history]
            joined = {name: [*self.history[name], *later.history[name]] for name in names}
        return History(joined, self.seconds + later.seconds, later.stopped)

    def __repr__(self) -> str:
        """Steady text: the last epoch in four digits, and no seconds."""
        word = "epoch" if self.epochs == 1 else "epochs"
        last = " · ".join(
            f"{name} {values[-1]:.4f}" for name, values in self.history.items() if values
        )
        stopped = ", stopped by hand" if self.stopped else ""
        return f"History of {self.epochs} {word}{stopped}" + (f": {last}" if last else "")

    def save(self, path: str | Path) -> Path:
        """Write the history as JSON; a file of that name is replaced whole. Returns the path.

        Raises ValueError when the folder for it does not exist.
        """
        path = Path(path)
        if not path.parent.is_dir():
            raise ValueError(f"There is no folder {str(path.parent)!r}; make it first.")
        write_whole(path, lambda file: file.write(self._text().encode()))
        return path

    @classmethod
    def load(cls, path: str | Path) -> "History":
        """The history that `save` wrote, or that `fit` keeps in a folder.

        Raises ValueError when there is none, or the file holds something else.
        """
        path = Path(path)
        if path.is_dir():
            path = path / FILE
        if not path.is_file():
            raise ValueError(
                f"There is no history in {str(path)!r}. Give the file that history.save(...) "
                "wrote, or the folder of fit(..., keep=folder)."
            )
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
            measured = {
                str(name): [float(value) for value in values]
                for name, values in kept["history"].items()
            }
            return cls(measured, float(kept["seconds"]), bool(kept["stopped"]))
        except (ValueError, KeyError, TypeError, AttributeError) as problem:
            raise ValueError(
                f"{str(path)!r} is not a history that history.save(...) wrote ({problem})."
            ) from None

    def _text(self) -> str:
        kept = {
            "history": dict(self.history),
            "seconds": round(self.seconds, 3),
            "stopped": self.stopped,
        }
        return json.dumps(kept, indent=1) + "\n"
