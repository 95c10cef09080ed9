"""A network's summary as text for a person and as a table for a program."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from gradcam.layout import Shape
from gradcam.summary import Line, Summary
from services.inside.latency import Latency
from services.numbers import bytes_said
from services.tables import harmless

_COUNTED = (
    "A multiply-add is a product that is added up; FLOPs are two for each of them, and one for "
    "each bias, activation, comparison, addition and division. Padding counts like the input."
)


def counting_said(summary: Summary) -> str:
    """What is counted, and what is not."""
    if not summary.uncounted:
        return f"{_COUNTED} Every layer is counted."
    return f"{_COUNTED} Not counted: {', '.join(summary.uncounted)}."


def shapes_said(shapes: Sequence[Shape]) -> str:
    """Shapes of outputs without the batch, as `24 × 24 × 16`."""
    return ", ".join(
        " × ".join("any" if side is None else str(side) for side in shape[1:]) or "1"
        for shape in shapes
    )


def field_said(line: Line) -> str:
    """Rows × columns of the input that one cell sees; "" where it cannot be told."""
    return "" if line.receptive_field is None else " × ".join(map(str, line.receptive_field))


def count_said(count: int) -> str:
    """A large number with three figures that count: `300 M`."""
    for power, unit in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if count >= power:
            value = count / power
            return f"{value:.3g} {unit}" if value < 999.5 else f"{value:,.0f} {unit}"
    return str(count)


def summary_csv(summary: Summary) -> str:
    """One row for each layer, numbers written out; an empty cell is not known or not counted."""
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\n")
    writer.writerow([
        "layer", "kind", "output_shape", "parameters", "trainable", "bytes", "multiply_adds",
        "flops", "receptive_field_rows", "receptive_field_columns", "runs",
    ])  # fmt: skip
    for line in summary.lines:
        cost = ("", "") if line.cost is None else (line.cost.multiply_adds, line.cost.flops)
        writer.writerow([
            harmless(line.path), line.kind, shapes_said(line.shapes).replace(" × ", "x"),
            line.parameters, "" if line.trainable is None else line.trainable, line.size, *cost,
            *(line.receptive_field or ("", "")), line.runs,
        ])  # fmt: skip
    return sink.getvalue()


HEAD = ("layer", "kind", "output", "parameters", "multiply-adds", "FLOPs", "sees")


def summary_text(name: str, summary: Summary, latency: Latency | None, numbers: str = "") -> str:
    """The summary to be read: totals, a table, what is counted.

    Args:
        name: of the project.
        summary: of its network.
        latency: if it was measured.
        numbers: what kinds of them its file holds; "" where there is nothing to say.
    """
    height, width, channels = summary.picture
    totals = [
        name,
        "",
        f"Input: {height} × {width} × {channels}",
        f"Parameters: {summary.parameters:,}{_trainable_said(summary)}",
        f"Size of the weights: {summary.size:,} bytes ({bytes_said(summary.size)})",
        *([f"Numbers: {numbers}"] if numbers else []),
        f"Multiply-adds for one input: {summary.cost.multiply_adds:,}",
        f"FLOPs for one input: {summary.cost.flops:,}",
        f"Latency: {latency or 'not measured'}",
        "",
    ]
    rows = [HEAD, *(_cells(line) for line in summary.lines)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(HEAD))]
    rows.insert(1, tuple("-" * width for width in widths))
    table = ["  ".join(_padded(row, widths)).rstrip() for row in rows]
    return "\n".join([*totals, *table, "", counting_said(summary), ""])


def _trainable_said(summary: Summary) -> str:
    if summary.trainable is None:
        return ", trainable: not known"
    return f", of which training changes {summary.trainable:,}"


def _padded(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    numbers = {3, 4, 5}
    return [
        cell.rjust(width) if i in numbers else cell.ljust(width)
        for i, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]


def _cells(line: Line) -> tuple[str, ...]:
    counted = line.cost is not None
    return (
        line.path + (f" (run {line.runs} times)" if line.runs > 1 else ""),
        line.kind,
        shapes_said(line.shapes),
        f"{line.parameters:,}",
        f"{line.cost.multiply_adds:,}" if counted and line.cost else "?",
        f"{line.cost.flops:,}" if counted and line.cost else "?",
        field_said(line),
    )
