"""A network as a table: plain text, rich in a terminal, HTML in a notebook, or a pandas frame."""

import html
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cnncourse.network.cost import Cost, LayerCost
from cnncourse.network.formula import grouped
from cnncourse.network.graph import Network
from cnncourse.network.receptive import ReceptiveField, receptive_fields
from cnncourse.network.shapes import shape_text

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions
    from rich.table import Table as RichTable
    from rich.text import Text

_CELL = "padding:2px 10px;text-align:"
_GAP = 2  # spaces between two columns of a terminal
_SHORT = 12  # to so many letters a text may be cut where the terminal is narrow


@dataclass(frozen=True)
class Table:
    """Rows of a network with their totals. Show it as the last value of a cell, or print it.

    ``print`` gives plain text of the full width; at a prompt, and with rich's ``print``, the table
    fits the terminal.
    """

    cost: Cost
    fields: dict[str, ReceptiveField] | None = None

    @property
    def header(self) -> tuple[str, ...]:
        """The columns' titles."""
        shown = ("layer", "type", "output", "parameters", "formula", self.cost.convention.unit)
        seen = ("receptive field", "stride") if self.fields is not None else ()
        return (*shown, "activations", *seen)

    @property
    def numeric(self) -> tuple[bool, ...]:
        """Which columns are numbers, and stand to the right."""
        return tuple(title not in ("layer", "type", "formula") for title in self.header)

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """One row of texts for each layer."""
        rows = []
        for layer in self.cost.layers:
            row = [
                layer.name,
                layer.kind,
                shape_text(layer.output),
                grouped(layer.parameters.value),
                layer.parameters.numbers if layer.parameters.terms else "",
                "?" if layer.mult_adds is None else grouped(layer.mult_adds.value),
                "?" if layer.activations is None else bytes_text(layer.activations.value),
            ]
            if self.fields is not None:
                row.extend(_field(self.fields.get(layer.name)))
            rows.append(tuple(row))
        return rows

    @property
    def total(self) -> tuple[str, ...]:
        """The row of sums; "at least" where a layer's work is not known."""
        cost = self.cost
        least = "" if cost.complete else "≥ "
        row = ["total", "", "", grouped(cost.parameters), "", least + grouped(cost.mult_adds)]
        row.append(least + bytes_text(cost.activations_bytes))
        return (*row, *[""] * (len(self.header) - len(row)))

    @property
    def notes(self) -> tuple[str, ...]:
        """What has to be said beside the numbers: the convention, and what is not known."""
        cost = self.cost
        lines = [
            f"{cost.network}, input {shape_text(cost.input)}. Counted as {cost.convention.name!r}: "
            f"{cost.convention.says}",
            f"{grouped(cost.parameters)} parameters ({grouped(cost.trainable)} trainable), "
            f"{bytes_text(cost.weights_bytes)} of weights.",
        ]
        if not cost.complete:
            kinds = [f"{name} ({why})" for name, why in cost.unknown]
            more = f" and {len(kinds) - 5} more" if len(kinds) > 5 else ""
            lines.append(f"At least, for not known: {'; '.join(kinds[:5])}{more}.")
        return tuple(lines)

    def __str__(self) -> str:
        lines = [self.header, *self.rows, self.total]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        texts = [self._line(line, widths) for line in lines]
        rule = "─" * max(map(len, texts))
        return "\n".join([texts[0], rule, *texts[1:-1], rule, texts[-1], "", *self.notes])

    def __repr__(self) -> str:
        # Only a person at a prompt gets colours: what a program logs stays plain.
        if not (hasattr(sys, "ps1") and sys.stdout.isatty()):
            return str(self)
        from rich.console import Console

        console = Console()
        with console.capture() as capture:
            console.print(self)
        return capture.get().rstrip("\n")

    def _line(self, cells: Sequence[str], widths: Sequence[int]) -> str:
        padded = (
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(cells, widths, self.numeric, strict=True)
        )
        return "  ".join(padded).rstrip()

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> Iterator[Any]:
        from rich.text import Text

        yield self.rich(options.max_width)
        yield ""
        there = self._fitting(options.max_width)
        hidden = [title for title in self.header if title not in there]
        if hidden:
            yield Text(f"Too narrow to show: {', '.join(hidden)}.", style="dim")
        for note in self.notes:
            yield Text(note)

    def rich(self, width: int) -> "RichTable":
        """The table as rich shows it in so many columns; the formula goes first where they are few.

        Numbers are never cut. Layer names go on in the next line, types and formulas end in "…".
        """
        from rich.text import Text

        widths = self._fitting(width)
        right = dict(zip(self.header, self.numeric, strict=True))
        shown = rich_table({title: right[title] for title in widths})
        for column, size in zip(shown.columns, widths.values(), strict=True):
            column.width = size
        for column, text in zip(shown.columns, self._chosen(self.total, widths), strict=True):
            column.footer = Text(text)
        shown.show_footer = True
        for row in self.rows:
            cells = []
            for title, text in zip(widths, self._chosen(row, widths), strict=True):
                cells.append(_rich_cell(title, text))
            shown.add_row(*cells)
        return shown

    def _chosen(self, row: Sequence[str], titles: Iterable[str]) -> list[str]:
        cells = dict(zip(self.header, row, strict=True))
        return [cells[title] for title in titles]

    def _fitting(self, width: int) -> dict[str, int]:
        """Which columns so wide a terminal has room for, and the width of each."""
        from rich.cells import cell_len

        columns = zip(self.header, *self.rows, self.total, strict=True)
        full = {column[0]: max(map(cell_len, column)) for column in columns}
        short = {title: min(full[title], _SHORT) for title in ("layer", "type", "formula")}
        least = {**full, **short}
        found: dict[str, int] = {}

        def left() -> int:
            return width - sum(found.values()) - _GAP * len(found)

        for title in ("layer", "parameters", self.cost.convention.unit):
            found[title] = least[title]
        for title in ("output", "type"):
            if left() >= least[title]:
                found[title] = least[title]
        for title in ("layer", "type"):
            if title in found:
                spare = max(left() + _GAP, 0)  # no gap is needed: the column is there already
                found[title] = min(full[title], found[title] + spare)
        fields = self.header[self.header.index("activations") + 1 :]
        for title in (*fields, "activations", "formula"):
            if left() >= least[title]:
                found[title] = min(full[title], left())
        return {title: found[title] for title in self.header if title in found}

    def _repr_html_(self) -> str:
        head = "".join(
            f'<th scope="col" style="{_CELL}{_side(right)}">{html.escape(title)}</th>'
            for title, right in zip(self.header, self.numeric, strict=True)
        )
        body = "".join(self._html_row(row) for row in self.rows)
        foot = self._html_row(self.total)
        caption = "<br>".join(html.escape(note) for note in self.notes)
        return (
            f'<table><caption style="caption-side:bottom;text-align:left">{caption}</caption>'
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
            f'<tfoot style="font-weight:bold">{foot}</tfoot></table>'
        )

    def _html_row(self, row: Sequence[str]) -> str:
        cells = []
        for index, (text, right) in enumerate(zip(row, self.numeric, strict=True)):
            tag = 'th scope="row"' if index == 0 else "td"
            style = f"{_CELL}{_side(right)};white-space:nowrap"
            cells.append(f'<{tag} style="{style}">{html.escape(text)}</{tag[:2]}>')
        return f"<tr>{''.join(cells)}</tr>"

    def frame(self) -> Any:
        """The table as a pandas DataFrame, a row a layer; what is not known is ``<NA>``.

        Numbers are numbers (``Int64``), outputs are tuples, and ``attrs`` names the network and
        the convention. Raises ImportError without pandas.
        """
        try:
            import pandas
        except ImportError as error:
            raise ImportError(
                "frame() needs pandas, which the course does not require: "
                "pip install 'cnncourse[pandas]', or pip install pandas. "
                "Without it, table.rows has the same rows as texts."
            ) from error
        rows = [self._frame_row(layer) for layer in self.cost.layers]
        found = pandas.DataFrame(rows).set_index("layer")
        # Int64 has a place for what is not known; pandas' own choice would be inexact floats.
        texts = ("type", "output", "formula", "mult_adds_formula")
        found = found.astype({name: "Int64" for name in found.columns if name not in texts})
        found.attrs.update(
            network=self.cost.network,
            convention=self.cost.convention.name,
            unit=self.cost.convention.unit,
        )
        return found

    def _frame_row(self, layer: LayerCost) -> dict[str, Any]:
        work, memory = layer.mult_adds, layer.activations
        row: dict[str, Any] = {  # the names that `cnncourse cost --json` gives
            "layer": layer.name,
            "type": layer.kind,
            "output": layer.output,
            "parameters": layer.parameters.value,
            "trainable": layer.trainable,
            "mult_adds": None if work is None else work.value,
            "activations_bytes": None if memory is None else memory.value,
            "weights_bytes": layer.weights.value,
            "formula": layer.parameters.numbers,
            "mult_adds_formula": None if work is None else work.numbers,
        }
        if self.fields is not None:
            field = self.fields.get(layer.name)
            for axis in ("rows", "columns"):
                along = getattr(field, axis, None)
                row[f"receptive_field_{axis}"] = along and along.size
                row[f"stride_{axis}"] = along and along.stride
        return row


def table(network: Network, convention: str = "mac", *, fields: bool = False) -> Table:
    """The cost table of a network; ``fields`` adds receptive fields."""
    return Table(network.cost(convention), receptive_fields(network) if fields else None)


def rich_table(columns: dict[str, bool]) -> "RichTable":
    """An empty table for a terminal, ruled like the plain text; True: numbers, to the right."""
    from rich import box
    from rich.table import Table as RichTable
    from rich.text import Text

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


def _rich_cell(title: str, text: str) -> "Text":
    from rich.text import Text  # a str would be searched for markup, such as [a name]

    style = "cyan" if title == "formula" else "dim" if text == "?" else ""
    return Text(text, style=style)


def bytes_text(count: int) -> str:
    """``1.5 MB``: a number of bytes in the unit that fits, powers of ten."""
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count} B"


def _field(field: ReceptiveField | None) -> tuple[str, str]:
    if field is None:
        return "–", "–"
    sign = {True: "", False: " misaligned", None: " ?"}[field.aligned]
    return both(field.size) + sign, both(field.stride)


def both(values: tuple[int | None, int | None]) -> str:
    """``3``, or ``3×5`` where rows and columns differ; ``?`` for what is not known."""
    texts = ["?" if value is None else str(value) for value in values]
    return texts[0] if texts[0] == texts[1] else "×".join(texts)


def _side(right: bool) -> str:
    return "right" if right else "left"
