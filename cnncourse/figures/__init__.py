"""Pictures from numbers: pure functions that return a `Picture` with its alt text."""

from cnncourse.figures.picture import Picture, from_matplotlib

__all__ = ["Picture", "from_matplotlib"]
