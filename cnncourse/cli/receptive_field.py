"""``cnncourse receptive-field``: what a layer sees of the input."""

import json
import sys
from collections.abc import Sequence
from typing import Any

import click


@click.command(name="receptive-field")
@click.argument("name", metavar="NAME|MODEL.keras")
@click.option("--layer", help="One layer; without it the last one that has rows and columns.")
@click.option("--input", "size", metavar="HxWxC", help="Another input size: 225x225x3, or ?x?x3.")
@click.option("--all", "every", is_flag=True, help="Every layer, as a table.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
def command(name: str, layer: str | None, size: str | None, every: bool, as_json: bool) -> None:
    """Size, stride and padding of a layer's receptive field, and whether all paths agree on it.

    NAME is a network of the course (vgg16, resnet50, mobilenet-0.5-160, …) or a .keras file.
    """
    from cnncourse.cli._networks import find
    from cnncourse.network.receptive import last_spatial, receptive_fields

    network = find(name, size)
    try:
        fields = receptive_fields(network)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    if layer is not None and layer not in network.names:
        from cnncourse.network.graph import near

        raise click.UsageError(near(layer, network.names, f"layer in {network.name!r}"))
    if layer is not None and layer not in fields:
        raise click.UsageError(f"{layer!r} does not depend on the first input of {network.name!r}.")
    chosen = list(fields.values()) if every else [fields[layer or last_spatial(network, fields)]]
    if as_json:
        data = [_as_data(field) for field in chosen]
        click.echo(json.dumps(data if every else data[0], ensure_ascii=False, indent=1))
    elif sys.stdout.isatty():
        _show(chosen, as_table=every)
    else:
        for field in chosen:
            click.echo(repr(field))


def _show(fields: Sequence[Any], *, as_table: bool) -> None:
    from rich.console import Console
    from rich.text import Text

    from cnncourse.network.shapes import shape_text
    from cnncourse.network.table import both
    from cnncourse.network.terminal import rich_table

    console = Console()
    if not as_table:
        for field in fields:
            console.print(Text(repr(field)))
        return
    columns = {"layer": False, "output": True, "size": True, "stride": True, "padding": True}
    shown = rich_table({**columns, "paths": False})
    where: dict[str, list[str]] = {}  # one reason often holds for all layers behind the first
    for field in fields:
        numbers = (field.size, field.stride, field.padding)
        state = {True: "aligned", False: "misaligned", None: "not known"}[field.aligned]
        cells = [Text(text, "dim" if text == "?" else "") for text in map(both, numbers)]
        style = "" if field.aligned else "bold"
        shown.add_row(Text(field.layer), Text(shape_text(field.output)), *cells, Text(state, style))
        if field.reason:
            where.setdefault(field.reason, []).append(field.layer)
    console.print(shown)
    for reason, layers in where.items():
        more = f" and {len(layers) - 1} more" if len(layers) > 1 else ""
        console.print(Text(f"\n{layers[0]}{more}: {reason}."))


def _as_data(field: Any) -> dict[str, Any]:
    data = {
        "network": field.network,
        "layer": field.layer,
        "input": list(field.input),
        "output": list(field.output),
        "size": list(field.size),
        "stride": list(field.stride),
        "padding": list(field.padding),
        "start": list(field.start),
        "center": list(field.center),
        "aligned": field.aligned,
    }
    if field.reason:
        data["reason"] = field.reason
    return data
