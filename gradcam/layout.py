"""The shape of what a network takes, and the picture or sequence that it stands for."""

from __future__ import annotations

from dataclasses import dataclass

Shape = tuple[int | None, ...]


@dataclass(frozen=True)
class Layout:
    """What a network takes.

    Attributes:
        own: shape of the network's own input, without the batch.
        height, width: of the picture; None where any size goes. A sequence is a picture of one
            row, on which time runs from left to right.
        channels: 1 or 3 for a picture that an eye sees, any number for anything else.
        is_sequence: there are steps and no rows.
    """

    own: Shape
    height: int | None
    width: int | None
    channels: int
    is_sequence: bool = False

    @property
    def picture(self) -> Shape:
        """Height, width and channels of one picture of a batch."""
        return self.height, self.width, self.channels


def said(shape: Shape) -> str:
    """A shape in words."""
    return " × ".join("any" if side is None else str(side) for side in shape)
