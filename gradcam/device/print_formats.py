"""What a picture that a device printed is: how it was printed, and what is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gradcam.arrays import Mask, Picture


class PrintedAs(StrEnum):
    """What was printed; the value says it."""

    PACKED = "Studio's raw features, a number a pixel"
    SHARES = "features between 0 and 1"
    LEVELS = "levels from 0 to 255"
    INTEGERS = "an int8 network's input, from -128 to 127"
    WORDS = "RGB565, a word a pixel"
    PAIRS = "RGB565, two bytes a pixel"
    JPEG = "a frame as JPEG"
    SNAPSHOT = "a snapshot, byte for byte"
    STATIC = "raw features as binary numbers"


@dataclass(frozen=True, eq=False)
class Printed:
    """A picture that a device printed.

    Attributes:
        printed_as: the format.
        picture: (H, W, 3) uint8 RGB; grey three times where it was printed in grey.
        known: (H, W) bool: false where values were lost.
        missing: how many values were lost.
        is_grey: whether one value stood for a pixel.
        is_lossy: whether the format itself loses something.
        scores: what the device said, by class, where that was printed too.
    """

    printed_as: PrintedAs
    picture: Picture
    known: Mask
    missing: int
    is_grey: bool
    is_lossy: bool = False
    scores: tuple[tuple[str, float], ...] = ()
