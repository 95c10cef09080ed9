"""What samples of one kind are called, for sentences about them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Called:
    """The words for samples of a medium.

    Attributes:
        one: a single one.
        many: several.
        sense: what a network does with them: `see`, `hear`.
        attention: what it may do with the wrong part: `looking at`, `listening to`.
        doubt: why heat in an odd place may be right after all.
        unit: what the numbers of a tensor's rows and columns are.
        short: the same in tables.
    """

    one: str
    many: str
    sense: str
    attention: str
    doubt: str
    unit: str
    short: str

    def said(self, words: str) -> str:
        """Words that speak of a picture, with what it is here: `By picture`, `By sound`."""
        return words.replace("picture", self.one).replace("Picture", self.one.capitalize())


PICTURES = Called(
    one="picture",
    many="pictures",
    sense="see",
    attention="looking at",
    doubt="the corner may be where the object is",
    unit="pixels",
    short="px",
)
SOUNDS = Called(
    one="sound",
    many="sounds",
    sense="hear",
    attention="listening to",
    doubt="what is always there may be what is meant",
    unit="features",
    short="features",
)
