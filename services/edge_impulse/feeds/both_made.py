"""What Studio makes of a sample beside what is made of it here."""

from __future__ import annotations

from dataclasses import dataclass

from gradcam.arrays import Picture


@dataclass(frozen=True, eq=False)
class BothMade:
    """Both, to be looked at.

    Attributes:
        theirs, ours: as pictures.
        made: how, in a few words.
        said: how far they are apart, in a sentence.
        fits: whether they have one shape.
    """

    theirs: Picture
    ours: Picture
    made: str
    said: str
    fits: bool = True
