"""``cnncourse cost``: what a network costs, layer by layer."""

import json
import sys
from typing import Any

import click


@click.command(name="cost")
@click.argument("name", metavar="NAME|MODEL.keras")
@click.option("--input", "size", metavar="HxWxC", help="Another input size: 224x224x3.")
@click.option(
    "--convention",
    default="mac",
    show_default=True,
    help="How to count: mac, mac+bias, mac+bias+bn, flops, torchinfo, fvcore, thop, tf-profiler, "
    "xla-compiled, xla-lowered.",
)
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
def command(name: str, size: str | None, convention: str, as_json: bool) -> None:
    """Parameters, mult-adds and memory of a network of the course or of a saved Keras model.

    NAME is vgg16, resnet34, plain34, googlenet, mobilenet, mobilenet-0.5-160, mnist, cats-dogs, …
    """
    from cnncourse.cli._networks import find
    from cnncourse.network.conventions import convention as known
    from cnncourse.network.table import Table

    try:
        chosen = known(convention)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--convention") from None
    counted = find(name, size).cost(chosen)
    if as_json:
        click.echo(json.dumps(_as_data(counted), ensure_ascii=False, indent=1))
    elif sys.stdout.isatty():
        from rich.console import Console

        Console().print(Table(counted))
    else:
        click.echo(str(Table(counted)))


def _as_data(counted: Any) -> dict[str, Any]:
    layers = []
    for layer in counted.layers:
        work, memory = layer.mult_adds, layer.activations
        row = {
            "name": layer.name,
            "type": layer.kind,
            "output": list(layer.output),
            "parameters": layer.parameters.value,
            "trainable": layer.trainable,
            "mult_adds": None if work is None else work.value,
            "activations_bytes": None if memory is None else memory.value,
            "weights_bytes": layer.weights.value,
            "formula": str(layer.parameters),
            "mult_adds_formula": None if work is None else str(work),
            "activations_formula": None if memory is None else str(memory),
        }
        if layer.unknown:
            row["unknown"] = layer.unknown
        layers.append(row)
    return {
        "network": counted.network,
        "convention": counted.convention.name,
        "input": list(counted.input),
        "layers": layers,
        "totals": {
            "parameters": counted.parameters,
            "trainable": counted.trainable,
            "non_trainable": counted.non_trainable,
            "mult_adds": counted.mult_adds,
            "activations_bytes": counted.activations_bytes,
            "weights_bytes": counted.weights_bytes,
            "complete": counted.complete,
        },
    }
