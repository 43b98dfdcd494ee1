"""Pictures to point at: windows, padding, pooling, dilation and receptive fields.

Each is one self-contained picture: pointing and arrow keys work by its own style rules, without a
kernel and in an exported page.
"""

from cnncourse.figures.explorers.dilation import dilation_coverage
from cnncourse.figures.explorers.effective import effective_field
from cnncourse.figures.explorers.mobilenet import mobilenet_explorer
from cnncourse.figures.explorers.padding import padding_explorer
from cnncourse.figures.explorers.pooling import pooling_explorer
from cnncourse.figures.explorers.receptive import receptive_field_explorer
from cnncourse.figures.explorers.window import window_explorer

__all__ = [
    "dilation_coverage",
    "effective_field",
    "mobilenet_explorer",
    "padding_explorer",
    "pooling_explorer",
    "receptive_field_explorer",
    "window_explorer",
]
