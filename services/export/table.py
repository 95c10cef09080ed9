"""predictions.csv: one line a sample."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Mapping, Sequence

from services.export.summary import Summary
from services.predictions.predictions import Predictions
from services.tables import harmless

FOCUS = ("peak_x", "peak_y", "hot_area", "border_share", "box_share")


def predictions_csv(summary: Summary, files: Mapping[str, str]) -> str:
    """The table as text.

    Columns: sample, file, true, predicted (or value and error), score, correct, each class's score
    (or each output), where the heat lies, why the map is blank if it is, and what it should be
    read with, such as LIME's fit.

    Args:
        summary: what was found.
        files: the overlay's path in the export, by sample id.
    """
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\n")
    for row in (_head(summary.predictions), *_rows(summary, files)):
        # A bare carriage return is not quoted by csv, and ends a line for whoever reads it.
        writer.writerow([harmless(cell.replace("\r", " ")) for cell in row])
    return sink.getvalue()


def _head(predictions: Predictions) -> list[str]:
    project = predictions.project
    if project.is_regression:
        own = ["value", "error", "correct"]
        numbers = [f"output_{unit}" for unit in range(project.network.units)]
    else:
        own = ["predicted", "score", "correct"]
        numbers = [f"score_{name}" for name in project.classes]
    return ["sample", "file", "true", *own, *numbers, *FOCUS, "blank_because", "note"]


def _rows(summary: Summary, files: Mapping[str, str]) -> Iterator[list[str]]:
    predictions = summary.predictions
    for position, sample in enumerate(predictions.samples):
        correct = summary.correct[position]
        verdict = "" if math.isnan(correct) else str(int(correct))
        if predictions.project.is_regression:
            value, error = predictions.values[position], predictions.errors[position]
            own = [_number(value), _number(error), verdict]
            numbers = [_number(x) for x in predictions.outputs[position]]
        else:
            scores = predictions.scores[position]
            best = int(predictions.predicted[position])
            own = [predictions.project.classes[best], _score(scores[best]), verdict]
            numbers = [_score(score) for score in scores]
        yield [
            sample.id,
            files[sample.id],
            sample.label or "",
            *own,
            *numbers,
            *_focus(summary.figures[position]),
            str(summary.blank.get(position, "")),
            summary.notes.get(position, ""),
        ]


def _focus(figures: Sequence[float]) -> list[str]:
    x, y, *shares = figures
    peak = ["", ""] if x < 0 else [f"{x:.0f}", f"{y:.0f}"]
    return [*peak, *("" if math.isnan(share) else f"{share:.4f}" for share in shares)]


def _number(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.9g}"  # so many digits bring a float32 back


def _score(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.6f}"
