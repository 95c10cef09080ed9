"""Which objects a grid of class scores says are there (Edge Impulse's FOMO)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from gradcam.arrays import Floats
from gradcam.box import Box

USUAL_SCORE = 0.5  # of the score, in Studio

GridCell = tuple[int, int]  # its row and its column, from 0


@dataclass(frozen=True)
class Detection:
    """An object that the network says is there.

    Attributes:
        kind: index of its class.
        cells: that say so, in the order of the scan.
        best: the one of them with the highest score.
        score: of that cell.
        box: around its cells, in fractions of the input.
    """

    kind: int
    cells: tuple[GridCell, ...]
    best: GridCell
    score: float
    box: Box

    @property
    def centre(self) -> tuple[float, float]:
        """From the left and from the top, in fractions of the input."""
        return centre_of(self.box)


@dataclass
class _Growing:
    """A detection that the scan has not left yet: its cells with their scores, and its ends."""

    kind: int
    cells: list[tuple[GridCell, float]]
    top: int
    left: int
    bottom: int
    right: int

    @classmethod
    def begin(cls, kind: int, cell: GridCell, score: float) -> Self:
        row, column = cell
        return cls(kind, [(cell, score)], row, column, row, column)

    def touches(self, cell: GridCell) -> bool:
        """Whether a cell lies in its box or next to it, corners included."""
        row, column = cell
        rows = self.top - 1 <= row <= self.bottom + 1
        return rows and self.left - 1 <= column <= self.right + 1

    def join(self, cell: GridCell, score: float) -> None:
        row, column = cell
        self.cells.append((cell, score))
        self.top, self.bottom = min(self.top, row), max(self.bottom, row)
        self.left, self.right = min(self.left, column), max(self.right, column)

    def ended(self, rows: int, columns: int) -> Detection:
        best, score = max(self.cells, key=lambda each: each[1])
        box = Box(self.left, self.top, self.right - self.left + 1, self.bottom - self.top + 1)
        cells = tuple(cell for cell, _ in self.cells)
        return Detection(self.kind, cells, best, score, box.share_of(columns, rows))


def detections(scores: Floats, threshold: float, first: int = 1) -> tuple[Detection, ...]:
    """The objects that a grid says are there, fused as Edge Impulse Studio does.

    Row after row, a cell with a score above the threshold joins the first box of its class that it
    touches, corners included, else it begins one.

    Args:
        scores: (rows, columns, classes) float32 in 0..1.
        threshold: that a score has to be above.
        first: the first class that is no background.

    Returns:
        In the order in which the scan meets them.
    """
    rows, columns, _ = scores.shape
    growing: list[_Growing] = []
    above = scores[:, :, first:] > threshold
    for row, column, offset in np.argwhere(above).tolist():
        cell, kind = (row, column), offset + first
        score = float(scores[row, column, kind])
        near = (each for each in growing if each.kind == kind and each.touches(cell))
        if (own := next(near, None)) is not None:
            own.join(cell, score)
        else:
            growing.append(_Growing.begin(kind, cell, score))
    return tuple(each.ended(rows, columns) for each in growing)


def centre_of(box: Box) -> tuple[float, float]:
    """The middle of a box: from the left and from the top."""
    return box.x + box.width / 2, box.y + box.height / 2


def cell_at(x: float, y: float, grid: tuple[int, int]) -> GridCell:
    """The cell of a grid, (rows, columns), under a point in fractions of it."""
    rows, columns = grid
    return min(max(int(y * rows), 0), rows - 1), min(max(int(x * columns), 0), columns - 1)
