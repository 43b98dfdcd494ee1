"""How long the arithmetic of networks takes, beside the import of the libraries it does without.

    python benchmarks/networks.py [--json]

Prints medians over several runs: the full table of ResNet-152 (declared, counted and traced, as
text and as HTML), and ``cnncourse cost vgg16`` as a command beside ``import tensorflow``.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

from cnncourse import zoo
from cnncourse.network import receptive_fields

RUNS = 15


def milliseconds(work: Callable[[], object], runs: int = RUNS) -> float:
    """The median of several runs, after one that is not counted."""
    work()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times)


def counted() -> None:
    """Declare ResNet-152, count it, and trace its receptive fields."""
    network = zoo.resnet(152)
    network.cost()
    receptive_fields(network)


def command(*arguments: str) -> Callable[[], object]:
    """A whole process, from its start to its end."""
    return lambda: subprocess.run([sys.executable, *arguments], check=True, capture_output=True)


def measure() -> dict[str, float]:
    """Every figure, in milliseconds."""
    return {
        "resnet152_cost_and_fields_ms": milliseconds(counted),
        "resnet152_table_text_ms": milliseconds(lambda: str(zoo.resnet(152).table(fields=True))),
        "resnet152_table_html_ms": milliseconds(
            lambda: zoo.resnet(152).table(fields=True)._repr_html_()
        ),
        "command_cost_vgg16_ms": milliseconds(command("-m", "cnncourse", "cost", "vgg16"), 5),
        "import_numpy_ms": milliseconds(command("-c", "import numpy"), 5),
        "import_tensorflow_ms": milliseconds(command("-c", "import tensorflow"), 1),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    figures = measure()
    if parser.parse_args().json:
        print(json.dumps(figures, indent=1))
        return
    for name, value in figures.items():
        print(f"{name.removesuffix('_ms').replace('_', ' '):<32} {value:>9.1f} ms")


if __name__ == "__main__":
    main()
