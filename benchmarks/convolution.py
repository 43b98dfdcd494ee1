"""Hand-written convolution beside TensorFlow's and beside the matrix product it cannot beat.

    python benchmarks/convolution.py [--json] [--full] [--repetitions N] [--threads N]

Every contender runs in the same process on the same numbers, in turns (A B C A B C …), and its
median counts, so that a busy moment of the machine hits all alike. Before the clock starts, each
result is compared with TensorFlow's. "GEMM" is one matrix product of the same size, without moving
any pixel: the floor for everything that unfolds windows. Seven loops are timed on one output row
and scaled up, unless --full.
"""

import json
import os
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

import click
import numpy as np

SLOW = "seven loops"
MIDDLING = ("window loops", "einsum")  # timed fewer times: they take up to a second each


@dataclass(frozen=True)
class Size:
    """One convolution with 3×3 kernels, float32, "valid"."""

    name: str
    x: tuple[int, int, int, int]
    filters: int

    @property
    def outputs(self) -> tuple[int, int, int]:
        count, height, width, _ = self.x
        return count, height - 2, width - 2

    @property
    def depth(self) -> int:
        return 9 * self.x[-1]


SIZES = (
    Size("64×28×28×1 → 32", (64, 28, 28, 1), 32),
    Size("1×56×56×64 → 64", (1, 56, 56, 64), 64),
)


def seconds(contender: Callable[[], Any]) -> float:
    start = time.perf_counter()
    contender()
    return time.perf_counter() - start


def contenders(size: Size) -> dict[str, Callable[[], Any]]:
    """Name → the thing to time, each on the same x and w."""
    import tensorflow as tf

    from cnncourse.ops import LADDER, conv2d

    rng = np.random.default_rng(0)
    x = rng.standard_normal(size.x, np.float32)
    w = rng.standard_normal((3, 3, size.x[-1], size.filters), np.float32)
    patches = rng.standard_normal((int(np.prod(size.outputs)), size.depth), np.float32)
    weights = w.reshape(size.depth, size.filters)
    view = np.lib.stride_tricks.sliding_window_view(x, (3, 3), axis=(1, 2))
    tensors = tf.constant(x), tf.constant(w)

    runs: dict[str, Callable[[], Any]] = {
        name: lambda rung=rung: rung(x, w)  # type: ignore[misc]
        for name, rung in LADDER.items()
    }
    runs["einsum"] = lambda: np.einsum("nijcab,abcf->nijf", view, w)
    runs["conv2d"] = lambda: conv2d(x, w)
    runs["GEMM"] = lambda: patches @ weights
    runs["tensorflow"] = lambda: tf.nn.conv2d(*tensors, strides=1, padding="VALID").numpy()

    expected = runs["tensorflow"]()
    for name, run in runs.items():
        if name not in (SLOW, "GEMM"):
            np.testing.assert_allclose(
                run(), expected, rtol=0, atol=1e-5 * np.abs(expected).max(), err_msg=name
            )
    # One row of one image, on its three rows of input.
    runs[f"{SLOW}, one row"] = lambda: LADDER[SLOW](x[:1, :3], w)
    return runs


def measure(size: Size, repetitions: int, full: bool) -> dict[str, float]:
    """Name → median seconds."""
    runs = contenders(size)
    one_row, all_rows = runs.pop(f"{SLOW}, one row"), runs.pop(SLOW)
    times: dict[str, list[float]] = {name: [] for name in (SLOW, *runs)}
    for repetition in range(repetitions):
        for name, run in runs.items():
            if name not in MIDDLING or repetition < 3:
                times[name].append(seconds(run))
    if full:
        times[SLOW] = [seconds(all_rows)]
    else:
        count, rows, _ = size.outputs
        times[SLOW] = [count * rows * median(seconds(one_row) for _ in range(3))]
    return {name: median(found) for name, found in times.items()}


def report(size: Size, medians: dict[str, float]) -> dict[str, Any]:
    tensorflow, gemm = medians["tensorflow"], medians["GEMM"]
    return {
        "size": size.name,
        "multiply_adds": int(np.prod(size.outputs)) * size.depth * size.filters,
        "milliseconds": {name: 1e3 * value for name, value in medians.items()},
        "ratio_to_tensorflow": {name: value / tensorflow for name, value in medians.items()},
        "ratio_to_gemm": {name: value / gemm for name, value in medians.items()},
    }


def table(found: dict[str, Any], estimated: bool) -> str:
    lines = [
        f"3×3, float32, {found['size']}: {found['multiply_adds'] / 1e6:.1f} M mult-adds",
        f"{'':24}{'ms':>12}{'÷ tensorflow':>14}{'÷ GEMM':>10}",
    ]
    for name, milliseconds in found["milliseconds"].items():
        label = f"{name} (estimated)" if estimated and name == SLOW else name
        to_tensorflow, to_gemm = (
            found[key][name] for key in ("ratio_to_tensorflow", "ratio_to_gemm")
        )
        lines.append(f"{label:24}{milliseconds:12.2f}{to_tensorflow:14.2f}{to_gemm:10.2f}")
    return "\n".join(lines)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
@click.option("--full", is_flag=True, help="Run the seven loops to the end (about a minute).")
@click.option("--repetitions", default=60, show_default=True, help="Turns for each contender.")
@click.option("--threads", default=0, help="Threads for NumPy and TensorFlow; 0 for every core.")
def main(as_json: bool, full: bool, repetitions: int, threads: int) -> None:
    """Time the ladder, conv2d, einsum, GEMM and tf.nn.conv2d side by side."""
    available = getattr(os, "sched_getaffinity", None)  # not on every system
    threads = threads or (len(available(0)) if available else os.cpu_count() or 1)
    # NumPy has read these already when this line runs; the process starts again with them.
    if os.environ.get("OPENBLAS_NUM_THREADS") != str(threads):
        os.environ.update(OPENBLAS_NUM_THREADS=str(threads), OMP_NUM_THREADS=str(threads))
        os.execv(sys.executable, [sys.executable, *sys.argv])
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    found = [report(size, measure(size, repetitions, full)) for size in SIZES]
    setting = {
        "threads": threads,
        "repetitions": repetitions,
        "seven_loops": "measured" if full else "estimated from one output row",
        "numpy": np.__version__,
        "tensorflow": tf.__version__,
        "machine": platform.machine(),
    }
    if as_json:
        click.echo(json.dumps({"setting": setting, "sizes": found}, ensure_ascii=False, indent=2))
        return
    click.echo(
        f"NumPy {setting['numpy']} and TensorFlow {setting['tensorflow']} (eager), {threads} "
        f"thread{'s' * (threads > 1)} each; medians of {repetitions} turns; "
        f"seven loops {setting['seven_loops']}."
    )
    for size in found:
        click.echo("\n" + table(size, estimated=not full))


if __name__ == "__main__":
    main()
