"""A rectangle, in one convention everywhere."""

from __future__ import annotations

from typing import NamedTuple


class Box(NamedTuple):
    """Where a rectangle begins, and how large it is; a plain tuple of the four is as good.

    In pixels of a picture or of the network's input, or in fractions of them: who holds it says.

    Attributes:
        x, y: its left and its upper edge.
        width, height: of it.
    """

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The edge after its last column."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The edge after its last row."""
        return self.y + self.height

    @property
    def slices(self) -> tuple[slice, slice]:
        """Rows and columns to the nearest pixel, to index a picture; none before its first."""
        rows, columns = (round(self.y), round(self.bottom)), (round(self.x), round(self.right))
        return slice(*(max(0, edge) for edge in rows)), slice(*(max(0, edge) for edge in columns))

    def scaled(self, across: float, down: float) -> Box:
        """The same on a picture that is so many times as wide and as high."""
        return Box(self.x * across, self.y * down, self.width * across, self.height * down)

    def share_of(self, width: float, height: float) -> Box:
        """From pixels of a picture of this size to fractions of it."""
        return Box(self.x / width, self.y / height, self.width / width, self.height / height)
