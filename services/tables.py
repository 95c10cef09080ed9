"""Tables as CSV files, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence

Cell = str | int | float | None
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_of(rows: Sequence[Mapping[str, Cell]]) -> str:
    """Rows as text, under the names of the first row's cells; what is no number stays empty.

    Args:
        rows: cells by column, the same columns in each.
    """
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\n")
    head: list[Cell] = list(rows[0]) if rows else []
    for cells in (head, *(list(row.values()) for row in rows)):
        writer.writerow([harmless(_text(cell).replace("\r", " ")) for cell in cells])
    return sink.getvalue()


def harmless(cell: str) -> str:
    """A spreadsheet would run a text that begins like a formula; numbers and lone signs do not."""
    if len(cell) == 1 or not cell.startswith(_FORMULA):
        return cell
    try:
        float(cell)
    except ValueError:
        return f"'{cell}"
    return cell


def quoted(cell: str) -> str:
    """A text that `harmless` may follow and `restored` will give back, whatever it begins with."""
    return f"'{cell}" if cell.startswith("'") else cell


def restored(cell: str) -> str:
    """The text that `quoted` and `harmless` made a cell of."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(("'", *_FORMULA)) else cell


def _text(cell: Cell) -> str:
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    return f"{cell:.9g}" if isinstance(cell, float) else str(cell)
