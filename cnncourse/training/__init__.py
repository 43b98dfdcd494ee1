"""What Keras needs around it in a lesson: progress that can be read, histories, seeds, profiles."""

from cnncourse.training.attempt import attempt
from cnncourse.training.backend import quietly
from cnncourse.training.fit import fit
from cnncourse.training.history import History
from cnncourse.training.profile import profile
from cnncourse.training.seeds import set_seeds

__all__ = ["History", "attempt", "fit", "profile", "quietly", "set_seeds"]
