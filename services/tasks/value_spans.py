"""From where to where numbers of the samples go: a control, and what passes it."""

from __future__ import annotations

from math import ceil, floor, log10

import numpy as np

from gradcam.arrays import Floats, Mask
from services.tasks.shown import ValueSpan

BESIDE = 1e-2  # of a slider's step: so far beyond its end a value may lie; the end is no bound
HAIR = 1e-6  # of a number, or of one: float32's rounding


def value_span(name: str, key: str, numbers: Floats) -> ValueSpan | None:
    """A control over some numbers; None where they do not vary.

    Args:
        name: on the page.
        key: of its choices, `key_low` and `key_high`.
        numbers: (N,) of the samples.
    """
    known = numbers[np.isfinite(numbers)].astype(np.float64)
    if not len(known) or np.ptp(known) <= HAIR * max(1.0, np.abs(known).max()):
        return None
    tens = floor(log10(np.ptp(known)))
    digits, step = 2 - tens, 10.0 ** (tens - 2)
    low, high = floor(known.min() / step + BESIDE), ceil(known.max() / step - BESIDE)
    ends = round(low * step, digits), round(high * step, digits)
    return ValueSpan(name, f"{key}_span", f"{key}_low", f"{key}_high", *ends, step)


def within_span(numbers: Floats, low: float | None, high: float | None) -> Mask:
    """(N,) which numbers lie between two ends; None for no end, and NaN passes none."""
    passes = np.ones(len(numbers), bool)
    # A hair of tolerance: a label of 0.7 is a little less as float32.
    hair = HAIR * np.maximum(1.0, np.abs(numbers))
    if low is not None:
        passes &= numbers >= low - hair
    if high is not None:
        passes &= numbers <= high + hair
    return passes
