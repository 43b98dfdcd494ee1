"""Pictures from numbers: pure functions that return a `Picture` with its alt text."""

from cnncourse.figures.bars import bars
from cnncourse.figures.confusion import confusion
from cnncourse.figures.curves import curves
from cnncourse.figures.explorers import (
    dilation_coverage,
    effective_field,
    mobilenet_explorer,
    padding_explorer,
    pooling_explorer,
    receptive_field_explorer,
    window_explorer,
)
from cnncourse.figures.feature_maps import feature_maps, filter_grid, image_grid
from cnncourse.figures.histories import histories
from cnncourse.figures.lesson_04 import dilated_dots, influence_chart
from cnncourse.figures.lesson_09 import gradient_panels, seed_dots, two_shares
from cnncourse.figures.lesson_10 import repeated
from cnncourse.figures.picture import Picture, from_matplotlib
from cnncourse.figures.pixels import filter_bank, flattened, image_row
from cnncourse.figures.scene import drawn_scene
from cnncourse.figures.windows import depth_sum, slide_window

__all__ = [
    "Picture",
    "bars",
    "confusion",
    "curves",
    "depth_sum",
    "dilated_dots",
    "dilation_coverage",
    "drawn_scene",
    "effective_field",
    "feature_maps",
    "filter_bank",
    "filter_grid",
    "flattened",
    "from_matplotlib",
    "gradient_panels",
    "histories",
    "image_grid",
    "image_row",
    "influence_chart",
    "mobilenet_explorer",
    "padding_explorer",
    "pooling_explorer",
    "receptive_field_explorer",
    "repeated",
    "seed_dots",
    "slide_window",
    "two_shares",
    "window_explorer",
]
