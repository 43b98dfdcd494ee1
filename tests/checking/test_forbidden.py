"""Forbidden functions are found however they are imported, and only they."""

import pytest

from cnncourse.checking.forbidden import forbidden_uses

FORBIDS = ["np.convolve", "scipy", "tf", "cnncourse.ops", "np.lib.stride_tricks"]
USES = {
    "y = np.convolve(x, k)": "np.convolve",
    "import numpy\ny = numpy.convolve(x, k)": "numpy.convolve",
    "import numpy as N\ny = N.convolve(x, k)": "N.convolve",
    "from numpy import convolve as c\ny = c(x, k)": "c",
    "import scipy.signal\nscipy.signal.convolve2d(x, k)": "scipy.signal.convolve2d",
    "from scipy import signal\nsignal.convolve(x, k)": "signal.convolve",
    "from scipy.signal import convolve2d": "scipy.signal.convolve2d",
    "tf.nn.conv2d(x, k)": "tf.nn.conv2d",
    "from tensorflow import nn\nnn.conv2d(x)": "nn.conv2d",
    "from cnncourse import ops\nops.conv2d(x, k)": "ops.conv2d",
    "from cnncourse.ops import conv2d\nconv2d(x, k)": "conv2d",
    "f = np.convolve\nf(x, k)": "np.convolve",
    "w = np.lib.stride_tricks.sliding_window_view(x, 3)": (
        "np.lib.stride_tricks.sliding_window_view"
    ),
}


@pytest.mark.parametrize(("source", "name"), USES.items())
def test_found(source: str, name: str) -> None:
    assert name in [used for used, _ in forbidden_uses(source, FORBIDS)]


@pytest.mark.parametrize(
    "source",
    [
        "def convolve(x): return x\nconvolve(1)",
        "x.convolve()",
        "np.convolved",
        "def f(tf):\n    return tf + 1",
        "tf = 0\nfor _ in range(3):\n    tf += 1",
        "'np.convolve'",
        "# np.convolve(x)\n",
        "np.sum(x)",
        "not python (",
        "",
    ],
)
def test_left_alone(source: str) -> None:
    assert forbidden_uses(source, FORBIDS) == []


def test_the_line_is_the_students() -> None:
    assert forbidden_uses("\n\nx = 1\ny = np.convolve(x, x)\n", FORBIDS) == [("np.convolve", 4)]
