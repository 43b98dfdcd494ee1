"""Convolution and pooling written by hand, in NumPy alone.

Read in this order: `geometry` (how many positions), `windows` (how to see them), `ladder` (one
convolution, four ways), `convolution`, `pooling`.
"""

from cnncourse.ops.convolution import (
    conv2d,
    convolve2d,
    cross_correlate2d,
    depthwise_conv2d,
    pointwise_conv2d,
    separable_conv2d,
)
from cnncourse.ops.geometry import (
    bin_edges,
    effective_kernel,
    output_size,
    output_size_2d,
    pad_amounts,
    pad_amounts_2d,
)
from cnncourse.ops.ladder import (
    LADDER,
    conv2d_im2col,
    conv2d_seven_loops,
    conv2d_sliding_windows,
    conv2d_window_loops,
    im2col,
)
from cnncourse.ops.pooling import (
    average_pool2d,
    global_average_pool2d,
    global_max_pool2d,
    l2_pool2d,
    max_pool2d,
    roi_pool2d,
)

__all__ = [
    "LADDER",
    "average_pool2d",
    "bin_edges",
    "conv2d",
    "conv2d_im2col",
    "conv2d_seven_loops",
    "conv2d_sliding_windows",
    "conv2d_window_loops",
    "convolve2d",
    "cross_correlate2d",
    "depthwise_conv2d",
    "effective_kernel",
    "global_average_pool2d",
    "global_max_pool2d",
    "im2col",
    "l2_pool2d",
    "max_pool2d",
    "output_size",
    "output_size_2d",
    "pad_amounts",
    "pad_amounts_2d",
    "pointwise_conv2d",
    "roi_pool2d",
    "separable_conv2d",
]
