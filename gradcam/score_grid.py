"""Scores of the places of a picture, as visual anomaly detection gives them, where each lies."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from gradcam.arrays import Floats, Numbers


@dataclass(frozen=True, eq=False)
class ScoreGrid:
    """Anomaly scores of N pictures on a grid of places.

    Attributes:
        scores: (N, rows, columns) float32; above zero where a place is less usual than those that
            were learned, below where it is more ordinary than they were.
        rows: (rows,) where the middle of each row lies, as a share of the picture's height.
        columns: (columns,) the same of its width.
        size: height and width of the picture that the network gets.
        window: how many cells of features along each side make one score; 0 where nobody knows.
        leading: (N, 2) of the highest score the projected feature that adds most to its distance,
            and its share of all that add; None where nobody knows.
    """

    scores: Floats
    rows: Numbers
    columns: Numbers
    size: tuple[int, int]
    window: int = 0
    leading: Numbers | None = None

    @property
    def sides(self) -> tuple[int, int]:
        """How many rows and columns of scores there are."""
        return len(self.rows), len(self.columns)

    def one(self, number: int) -> Self:
        """That of one of the pictures, in memory of its own."""
        own = slice(number, number + 1)
        leading = None if self.leading is None else self.leading[own].copy()
        return replace(self, scores=self.scores[own].copy(), leading=leading)

    def drawn(self) -> Floats:
        """The scores on the picture that the network gets: (N, height, width) float32.

        Linear between the middles, and the nearest score beyond the outermost ones: nothing is
        stretched to the picture's edges.
        """
        height, width = self.size
        down = _between(self.rows, height)
        across = _between(self.columns, width)
        return np.einsum("hr,nrc,wc->nhw", down, self.scores, across, optimize=True).astype("f4")


def pooled_middles(cells: int, window: int, stride: int) -> Numbers:
    """Where windows of cells that fill a side have their middles, as shares of it.

    Args:
        cells: along the side.
        window: cells in each.
        stride: cells from one to the next.
    """
    first = np.arange((cells - window) // stride + 1) * stride
    return (first + window / 2) / cells


def middles_of(count: int, cells: int) -> Numbers:
    """The same where only their number is known: of the shortest windows that reach both ends.

    Args:
        count: of windows.
        cells: along the side, of the last map before them; where fewer, the windows share the side.
    """
    if count < 1 or cells <= count:
        return (np.arange(count) + 0.5) / max(count, 1)
    stride = cells // count
    return pooled_middles(cells, cells - stride * (count - 1), stride)


def _between(middles: Numbers, pixels: int) -> Numbers:
    """(pixels, cells) how much of each cell's score stands at the middle of each pixel."""
    at = (np.arange(pixels) + 0.5) / pixels
    # Each score is flat over the pixel that its middle lies in, so that the highest one is shown.
    gap = float(np.diff(middles).min(initial=1.0))
    half = min(0.5 / pixels, gap / 2)
    ends = np.stack([middles - half, middles + half], axis=1).ravel()
    each = np.repeat(np.eye(len(middles)), 2, axis=1)
    return np.stack([np.interp(at, ends, own) for own in each], axis=1)
