"""predictions.csv: one line a sample; and one line a part, where samples have several."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from services.export.summary import ExportSummary
from services.tables import harmless

FOCUS = ("peak_x", "peak_y", "hot_area", "border_share", "box_share")


def predictions_csv(summary: ExportSummary, files: Mapping[str, str]) -> Iterator[str]:
    """The table, line by line.

    Columns: sample, file, true, what the task has to say, where the heat lies, why the map is blank
    if it is, and what it should be read with, such as LIME's fit.

    Args:
        summary: what was found.
        files: the overlay's path in the export, by sample id.
    """
    return _lines(_rows(summary, files))


def parts_csv(summary: ExportSummary) -> Iterator[str]:
    """The table of parts, line by line: the sample, the part's number, what the task says of it."""
    samples, export = summary.predictions.samples, summary.predictions.answers.export
    rows = (
        [samples[place.sample].id, str(place.part), *cells]
        for place, cells in export.part_rows(summary.threshold)
    )
    return _lines(chain([["sample", "number", *export.part_head]], rows))


def _lines(rows: Iterable[list[str]]) -> Iterator[str]:
    writer = csv.writer(sink := io.StringIO(), lineterminator="\n")
    for row in rows:
        # A bare carriage return is not quoted by csv, and ends a line for whoever reads it.
        writer.writerow([harmless(cell.replace("\r", " ")) for cell in row])
        yield sink.getvalue()
        sink.seek(0)
        sink.truncate()


def _rows(summary: ExportSummary, files: Mapping[str, str]) -> Iterator[list[str]]:
    predictions, export = summary.predictions, summary.predictions.answers.export
    yield ["sample", "file", "true", *export.head, *FOCUS, "blank_because", "note"]
    own = zip(predictions.samples, export.rows(summary.threshold), strict=True)
    for position, (sample, cells) in enumerate(own):
        yield [
            sample.id,
            files[sample.id],
            sample.label or "",
            *cells,
            *_focus(summary.figures[position]),
            str(summary.blank.get(position, "")),
            summary.notes.get(position, ""),
        ]


def _focus(figures: Sequence[float]) -> list[str]:
    x, y, *shares = figures
    peak = ["", ""] if x < 0 else [f"{x:.0f}", f"{y:.0f}"]
    return [*peak, *("" if math.isnan(share) else f"{share:.4f}" for share in shares)]
