"""A verdict as a word and as a glyph."""

from __future__ import annotations

from services.choices.choices import Choices
from services.predictions.predictions import Predictions
from services.tasks.parts import Address

GLYPHS = {"correct": "✓", "incorrect": "✗", "": "?"}


def verdict_of(predictions: Predictions, address: Address, choices: Choices) -> str:
    """`correct`, `incorrect`, or "" where nobody said what is true."""
    value = predictions.answers.verdict(address, choices.filter.threshold)
    return "correct" if value == 1 else "incorrect" if value == 0 else ""
