"""The explorers of `cnncourse.figures` with controls, for a notebook with a kernel.

    from cnncourse import widgets
    widgets.window_explorer(image, kernel, stride=2)

Without ipywidgets or without a kernel the still picture is shown. ipywidgets is imported when an
explorer is first displayed.
"""

from cnncourse.widgets.explorer import Explorer
from cnncourse.widgets.explorers import (
    dilation_coverage,
    padding_explorer,
    pooling_explorer,
    receptive_field_explorer,
    window_explorer,
)
from cnncourse.widgets.mobilenet import mobilenet_explorer

__all__ = [
    "Explorer",
    "dilation_coverage",
    "mobilenet_explorer",
    "padding_explorer",
    "pooling_explorer",
    "receptive_field_explorer",
    "window_explorer",
]
