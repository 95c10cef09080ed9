"""What the columns and rows of a shown picture measure, where they are not merely pixels."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Panel:
    """A part of the picture that goes from its left to its right, with rows of its own.

    Attributes:
        title: what is drawn in it, such as `MFE, dB`.
        top, bottom: its edges as shares of the picture's height.
        hertz: the frequency in the middle of each row from the top down; none where rows have
            names instead.
        names: of each row from the top down, where it has no frequency.
    """

    title: str
    top: float
    bottom: float
    hertz: tuple[float, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Axes:
    """Time from left to right, and one panel or several above each other.

    Attributes:
        seconds: that the whole width lasts; the sample begins at its left edge.
        starts: in seconds, where each column of the tensor begins; in a picture of several blocks,
            of the one with most.
        panels: from top to bottom.
        skipped: the share of what is shown that the network does not hear, between its frames;
            0 where it is too little for a word.
    """

    seconds: float
    starts: tuple[float, ...]
    panels: tuple[Panel, ...]
    skipped: float = 0.0
