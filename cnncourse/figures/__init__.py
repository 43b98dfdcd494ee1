"""Pictures from numbers: pure functions that return a `Picture` with its alt text."""

from cnncourse.figures.bars import bars
from cnncourse.figures.picture import Picture, from_matplotlib
from cnncourse.figures.pixels import filter_bank, flattened, image_row
from cnncourse.figures.scene import drawn_scene
from cnncourse.figures.windows import depth_sum, slide_window

__all__ = [
    "Picture",
    "bars",
    "depth_sum",
    "drawn_scene",
    "filter_bank",
    "flattened",
    "from_matplotlib",
    "image_row",
    "slide_window",
]
