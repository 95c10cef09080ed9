"""A waveform in few columns, so that it can be drawn."""

from __future__ import annotations

import numpy as np

from gradcam.arrays import Floats

COLUMNS = 800
FULL = 100  # what 1 is drawn as


def envelope_of(values: Floats, columns: int = COLUMNS) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The least and the largest value in each column, in hundredths.

    Args:
        values: (n,) float32 in -1..1.
        columns: at most so many.
    """
    count = max(1, min(columns, len(values)))
    if not len(values):
        return (0,), (0,)
    starts = np.arange(count) * len(values) // count
    low = np.rint(np.minimum.reduceat(values, starts) * FULL).astype(int)
    high = np.rint(np.maximum.reduceat(values, starts) * FULL).astype(int)
    return tuple(low.tolist()), tuple(high.tolist())
