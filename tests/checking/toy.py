"""A small exercise to try the checking room on: the sum of each window of a row."""

import numpy as np

from cnncourse.checking import Case, Exercise, Misconception


def _cases(rng: np.random.Generator) -> list[Case]:
    return [
        Case((rng.normal(size=8), 3), {"stride": 1}, label="stride 1", part="plain"),
        Case((rng.normal(size=9), 2), {"stride": 1}, label="width 2", part="plain"),
        Case((rng.normal(size=8), 3), {"stride": 2}, label="stride 2", part="stride"),
    ]


def windows(x: np.ndarray, k: int, stride: int = 1) -> np.ndarray:
    return np.array([x[i : i + k].sum() for i in range(0, len(x) - k + 1, stride)])


def stride_ignored(x: np.ndarray, k: int, stride: int = 1) -> np.ndarray:
    return windows(x, k)


WINDOW_SUMS = Exercise(
    name="window_sums",
    title="Sums of windows",
    lesson="00_toy",
    kind="function",
    cases=_cases,
    reference=windows,
    parts={"plain": 2, "stride": 1},
    alternatives={"list": lambda x, k, stride=1: windows(x, k, stride).tolist()},
    misconceptions=[
        Misconception("stride-ignored", stride_ignored, "The stride is not used.", "Try stride 2."),
        Misconception("mean", lambda x, k, stride=1: windows(x, k, stride) / k, "That is a mean."),
    ],
    forbids=["np.convolve", "scipy"],
    hints=["Start with the first window."],
    accepts="a NumPy array with one number a window",
)
