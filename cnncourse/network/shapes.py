"""Shapes as tuples without the batch axis, how they read, and the error for one that does not fit.

``(28, 28, 1)`` is height, width and channels; ``(10,)`` a vector. ``None`` is a size not yet known.
"""

import math
from collections.abc import Sequence

Shape = tuple[int | None, ...]


class ShapeError(ValueError):
    """A layer was given something that it cannot take. The message names the layer and its need."""


def shape_text(shape: Shape) -> str:
    """``28×28×1``; a size that is not known reads ``?``."""
    return "×".join("?" if size is None else str(size) for size in shape) or "one number"


def shapes_text(shapes: Sequence[Shape]) -> str:
    """Several shapes as words: ``56×56×64 and 56×56×256``."""
    texts = [shape_text(shape) for shape in shapes]
    return (
        " and ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts) or "nothing"
    )


def volume(shape: Shape) -> int | None:
    """How many numbers a tensor of this shape holds, or None where a size is not known."""
    return None if None in shape else math.prod(shape)  # type: ignore[arg-type]


def parse_shape(text: str) -> Shape:
    """``"224x224x3"`` as a shape; ``?`` stands for a size that is not known.

    Raises ValueError that shows the form to use.
    """
    parts = text.lower().replace("×", "x").split("x")
    try:
        shape = tuple(None if part.strip() == "?" else int(part) for part in parts)
    except ValueError:
        shape = ()
    if len(shape) != 3 or any(size is not None and size < 1 for size in shape):
        raise ValueError(
            f"{text!r} is not an input shape. Write height, width and channels: 224x224x3."
        )
    return shape
