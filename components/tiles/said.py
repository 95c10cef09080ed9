"""A verdict as a word and as a glyph."""

from __future__ import annotations

from services.choices.choices import Choices
from services.predictions.predictions import Predictions
from services.tasks.marks import ObjectVerdict
from services.tasks.parts import Address, sample_of

GLYPHS = {"correct": "✓", "incorrect": "✗", "uncertain": "~", "": "?"}
MARK_GLYPHS = {
    ObjectVerdict.HIT: "✓",
    ObjectVerdict.MISSED: "○",
    ObjectVerdict.FALSE_ALARM: "!",
    ObjectVerdict.WRONG_CLASS: "≠",
    ObjectVerdict.UNJUDGED: "?",
}


def verdict_of(predictions: Predictions, address: Address, choices: Choices) -> str:
    """`correct`, `incorrect`, `uncertain`, or "" where nobody said what is true."""
    if predictions.answers.uncertain[sample_of(address)]:
        return "uncertain"
    value = predictions.answers.verdict(address, choices.filter.threshold)
    return "correct" if value == 1 else "incorrect" if value == 0 else ""
