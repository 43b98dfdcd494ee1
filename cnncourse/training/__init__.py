"""What Keras needs around it in a lesson.

Progress that can be read, histories and runs that are kept, features computed once, freezing and
unfreezing by name, networks that grow, seeds, profiles.
"""

from cnncourse.training.attempt import attempt
from cnncourse.training.backend import quietly
from cnncourse.training.features import extract_features
from cnncourse.training.fit import fit
from cnncourse.training.freezing import TrainableRow, TrainableTable, set_trainable, trainable
from cnncourse.training.gradual import Grown, Stage, grow_gradually
from cnncourse.training.history import History
from cnncourse.training.profile import profile
from cnncourse.training.seeds import set_seeds

__all__ = [
    "Grown",
    "History",
    "Stage",
    "TrainableRow",
    "TrainableTable",
    "attempt",
    "extract_features",
    "fit",
    "grow_gradually",
    "profile",
    "quietly",
    "set_seeds",
    "set_trainable",
    "trainable",
]
