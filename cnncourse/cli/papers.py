"""``cnncourse papers``: the papers' tables against counting."""

import json
import sys
from collections.abc import Sequence
from typing import Any

import click


@click.command(name="papers")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
def command(as_json: bool) -> None:
    """Compare the tables of the VGG, GoogLeNet, ResNet and MobileNet papers with counting."""
    from cnncourse.zoo.papers import check

    rows = check()
    if as_json:
        fields = ("paper", "table", "row", "quantity", "printed", "unit", "counted")
        listed = [
            {name: getattr(row, name) for name in (*fields, "verdict", "reason")} for row in rows
        ]
        click.echo(json.dumps(listed, ensure_ascii=False, indent=1))
        return
    if sys.stdout.isatty():
        _show(rows)
        return
    paper = ""
    for row in rows:
        if row.paper != paper:
            paper = row.paper
            click.echo(f"\n{click.style(paper, bold=True)}")
        number = f"{row.printed} {row.unit}"
        line = f"  {row.table:14} {row.row:20} {row.quantity:11}{number:>9}{row.counted_text:>14}"
        click.echo(f"{line}  {row.verdict}")
        if row.verdict not in ("exact", "rounded"):
            click.echo(f"{'':8}{row.reason}")


def _show(rows: Sequence[Any]) -> None:
    """The same for a terminal: narrow columns, and reasons that wrap under their row."""
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    console = Console()
    for paper in dict.fromkeys(row.paper for row in rows):
        console.print(Text(f"\n{paper}", style="bold"))
        its = [row for row in rows if row.paper == paper]
        texts = [
            (row.table, row.row, row.quantity, f"{row.printed} {row.unit}", row.counted_text)
            for row in its
        ]
        widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
        for row, cells in zip(its, texts, strict=True):
            good = row.verdict in ("exact", "rounded", "truncated")
            style = "green" if good else "red" if row.verdict.startswith("error") else "cyan"
            line = Text()
            for index, (cell, width) in enumerate(zip(cells, widths, strict=True)):
                line.append(cell.rjust(width) if index > 2 else cell.ljust(width)).append("  ")
            console.print(line.append(row.verdict, style=style))
            if row.verdict not in ("exact", "rounded"):
                console.print(Padding(Text(row.reason), (0, 0, 0, 4)))
