"""Full training for people, small training for tests and grading."""

import os
from typing import Literal

Profile = Literal["full", "quick"]


def profile() -> Profile:
    """How much to train: "full", or "quick" when the environment says CNNCOURSE_PROFILE=quick.

    Raises ValueError for any other word.
    """
    word = os.environ.get("CNNCOURSE_PROFILE", "").strip().lower() or "full"
    if word == "full":
        return "full"
    if word == "quick":
        return "quick"
    raise ValueError(
        f"CNNCOURSE_PROFILE is {word!r}; it can be 'full' (as the lesson says, the default) "
        "or 'quick' (a few seconds of training, for tests and grading)."
    )
