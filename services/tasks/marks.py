"""What lies where on a sample's picture, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ObjectVerdict(StrEnum):
    """What became of an object: of one that is there, or of one that the network says is there."""

    HIT = "hit"
    MISSED = "missed"
    FALSE_ALARM = "false alarm"
    WRONG_CLASS = "wrong class"
    UNJUDGED = "unjudged"  # nobody said what is there

    @property
    def is_right(self) -> bool:
        """Whether the network is right about it."""
        return self is ObjectVerdict.HIT


@dataclass(frozen=True)
class Mark:
    """Where something lies on a sample's picture.

    Attributes:
        x, y: its centre, in fractions of the picture.
        label: what it is, or what the network says it is.
        verdict: what became of it.
        part: its number among the sample's parts; None where it is none of them.
    """

    x: float
    y: float
    label: str
    verdict: ObjectVerdict
    part: int | None = None
