"""What a training run measured, epoch by epoch."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, repr=False)
class History:
    """Loss and metrics after every epoch, as in Keras: ``history["val_loss"]`` is a list.

    history: name -> one number an epoch. seconds: how long it took. stopped: ended by hand.
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

    def __repr__(self) -> str:
        """Steady text: the last epoch in four digits, and no seconds."""
        word = "epoch" if self.epochs == 1 else "epochs"
        last = " · ".join(
            f"{name} {values[-1]:.4f}" for name, values in self.history.items() if values
        )
        stopped = ", stopped by hand" if self.stopped else ""
        return f"History of {self.epochs} {word}{stopped}" + (f": {last}" if last else "")
