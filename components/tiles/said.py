"""What is said of one sample: its verdict, its classes or values."""

from __future__ import annotations

from services.choices.choices import Choices
from services.predictions.predictions import Predictions

GLYPHS = {"correct": "✓", "incorrect": "✗", "": "?"}


def verdict_of(predictions: Predictions, position: int, choices: Choices) -> str:
    """`correct`, `incorrect`, or "" where nobody said what is true."""
    value = predictions.correct(choices.filter.threshold)[position]
    return "correct" if value == 1 else "incorrect" if value == 0 else ""


def said(predictions: Predictions, position: int) -> str:
    """`true → predicted 93 %`, or for regression `0.42 → 0.57 (+0.15)`."""
    label = predictions.samples[position].label
    if predictions.project.is_regression:
        value = f"{predictions.values[position]:.3g}"
        if label is None:
            return f"? → {value}"
        return f"{label} → {value} ({predictions.errors[position]:+.3g})"
    predicted = int(predictions.predicted[position])
    name = predictions.project.classes[predicted]
    return f"{label or '?'} → {name} {percent(predictions.scores[position, predicted])}"


def percent(share: float, digits: int = 0) -> str:
    """`93 %`, with a space that does not break."""
    return f"{100 * share:.{digits}f}\u00a0%"
