"""``cnncourse papers``: the papers' tables against counting."""

import json

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
