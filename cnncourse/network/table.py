"""A network as a table: plain text, rich in a terminal, HTML in a notebook, or a pandas frame."""

import html
import sys
from collections.abc import Iterator, Sequence
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

_CELL = "padding:2px 10px;text-align:"


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
        from cnncourse.network.terminal import lines

        return lines(self, options.max_width)

    def rich(self, width: int) -> "RichTable":
        """The table as rich shows it in so many columns; the formula goes first where they are few.

        Numbers are never cut. Layer names go on in the next line, types and formulas end in "…".
        """
        from cnncourse.network.terminal import fitted

        return fitted(self, width)

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
