"""A course on convolutional networks: lessons, exercises, figures and grading.

``import cnncourse`` is cheap on purpose: TensorFlow, matplotlib and nbgrader are imported by the
functions that need them, never here.
"""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["__version__", "check"]

if TYPE_CHECKING:
    from cnncourse.exercises import check as check


def __getattr__(name: str) -> Any:
    if name == "check":
        from cnncourse.exercises import check

        return check
    raise AttributeError(f"module 'cnncourse' has no attribute {name!r}")
