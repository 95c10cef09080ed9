"""The shape of what a network takes, and the picture or sequence that it stands for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gradcam.arrays import Floats

Shape = tuple[int | None, ...]


@dataclass(frozen=True)
class Layout:
    """What a network takes.

    Attributes:
        own: shape of the network's own input, without the batch.
        height, width: of the picture; None where any size goes. A sequence is a picture of one
            row, on which time runs from left to right; or of one column, if the network itself
            takes (steps, 1, features).
        channels: 1 or 3 for a picture that an eye sees, any number for anything else.
        is_sequence: there are steps with features, such as the coefficients of a sound's frames.
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

    def plane(self, size: Sequence[int]) -> tuple[int, int]:
        """Rows and columns of what can be hidden by itself.

        Of a picture its pixels; of a sequence each coefficient of each frame: frames down,
        coefficients across. Their numbers lie in the same order: to reshape them is enough.

        Args:
            size: height, width and channels of one picture of a batch.
        """
        height, width, channels = size
        return (height * width, channels) if self.is_sequence else (height, width)

    def upright(self, maps: Floats) -> Floats:
        """Maps (…, h, w) as the plane lies: the steps of a sequence run down."""
        return maps.swapaxes(-1, -2) if self.is_sequence and maps.shape[-2] == 1 else maps


def said(shape: Shape) -> str:
    """A shape in words."""
    return " × ".join("any" if side is None else str(side) for side in shape)
