"""Tables as a terminal shows them: as wide as it is, with what there is no room for left out."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rich import box
from rich.cells import cell_len
from rich.table import Table as RichTable
from rich.text import Text

if TYPE_CHECKING:
    from cnncourse.network.table import Table

_GAP = 2  # spaces between two columns
_SHORT = 12  # to so many letters a text may be cut where the terminal is narrow


def lines(table: "Table", width: int) -> Iterator[Any]:
    """The table, what it had no room for, and its notes."""
    yield fitted(table, width)
    yield ""
    there = _widths(table, width)
    hidden = [title for title in table.header if title not in there]
    if hidden:
        yield Text(f"Too narrow to show: {', '.join(hidden)}.", style="dim")
    for note in table.notes:
        yield Text(note)


def fitted(table: "Table", width: int) -> RichTable:
    """The table in so many columns; see `Table.rich`."""
    widths = _widths(table, width)
    right = dict(zip(table.header, table.numeric, strict=True))
    shown = rich_table({title: right[title] for title in widths})
    for column, size in zip(shown.columns, widths.values(), strict=True):
        column.width = size
    for column, text in zip(shown.columns, _chosen(table, table.total, widths), strict=True):
        column.footer = Text(text)
    shown.show_footer = True
    for row in table.rows:
        texts = _chosen(table, row, widths)
        shown.add_row(*(_cell(title, text) for title, text in zip(widths, texts, strict=True)))
    return shown


def rich_table(columns: dict[str, bool]) -> RichTable:
    """An empty table, ruled like the plain text; True: numbers, to the right."""
    found = RichTable(
        box=box.SIMPLE,
        show_edge=False,
        pad_edge=False,
        padding=(0, _GAP - 1, 0, 0),  # the box itself has one space between columns
        header_style="bold",
        footer_style="bold",
    )
    for title, right in columns.items():
        # A name or a number that is cut would be another one; of the rest the beginning will do.
        whole = right or title == "layer"
        found.add_column(
            Text(title),
            justify="right" if right else "left",
            overflow="fold" if whole else "ellipsis",
            no_wrap=not whole,
        )
    return found


def _chosen(table: "Table", row: Sequence[str], titles: Iterable[str]) -> list[str]:
    cells = dict(zip(table.header, row, strict=True))
    return [cells[title] for title in titles]


def _widths(table: "Table", width: int) -> dict[str, int]:
    """Which columns so wide a terminal has room for, and the width of each."""
    columns = zip(table.header, *table.rows, table.total, strict=True)
    full = {column[0]: max(map(cell_len, column)) for column in columns}
    short = {title: min(full[title], _SHORT) for title in ("layer", "type", "formula")}
    least = {**full, **short}
    found: dict[str, int] = {}

    def left() -> int:
        return width - sum(found.values()) - _GAP * len(found)

    for title in ("layer", "parameters", table.cost.convention.unit):
        found[title] = least[title]
    for title in ("output", "type"):
        if left() >= least[title]:
            found[title] = least[title]
    for title in ("layer", "type"):
        if title in found:
            spare = max(left() + _GAP, 0)  # no gap is needed: the column is there already
            found[title] = min(full[title], found[title] + spare)
    fields = table.header[table.header.index("activations") + 1 :]
    for title in (*fields, "activations", "formula"):
        if left() >= least[title]:
            found[title] = min(full[title], left())
    return {title: found[title] for title in table.header if title in found}


def _cell(title: str, text: str) -> Text:
    # A plain str would be searched for markup, such as [a name].
    return Text(text, style="cyan" if title == "formula" else "dim" if text == "?" else "")
