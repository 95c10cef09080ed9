"""What becomes of verdicts with another network: of samples, and of their parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from services.tables import Cell
from services.tasks.paired import Paired
from services.tasks.shown import Number


class Flip(StrEnum):
    """What becomes of a verdict with the other network; the value says it."""

    BROKEN = "broken"  # right here, wrong there
    MENDED = "mended"  # wrong here, right there
    OTHERWISE = "wrong in another way"
    KEPT = "kept"


NOT_ALIKE = (Flip.BROKEN, Flip.MENDED, Flip.OTHERWISE)


def flip_of(here: float, there: float, *, agrees: bool) -> Flip:
    """What becomes of a verdict.

    Args:
        here: 1 right, 0 wrong, NaN where nobody said.
        there: likewise, of the other network.
        agrees: whether both say the same.
    """
    if here == 1 and there == 0:
        return Flip.BROKEN
    if here == 0 and there == 1:
        return Flip.MENDED
    return Flip.KEPT if agrees or here == 1 else Flip.OTHERWISE


@dataclass(frozen=True)
class JoinedPart:
    """A part of a sample, as two networks have it.

    Attributes:
        sample: its position here.
        here, there: its number among the parts of the sample; None where it is none of them.
        named: what it is, such as the class of an object.
        said_here, said_there: what became of it, in words.
        right_here, right_there: whether the network is right about it.
        agrees: whether both say the same of it.
        labelled: whether somebody said that it is there; else one of the networks alone says so.
    """

    sample: int
    here: int | None
    there: int | None
    named: str
    said_here: str
    said_there: str
    right_here: bool
    right_there: bool
    agrees: bool
    labelled: bool = True

    @property
    def flip(self) -> Flip:
        """What becomes of it."""
        return flip_of(float(self.right_here), float(self.right_there), agrees=self.agrees)


@dataclass(frozen=True, eq=False)
class PartFlips:
    """What becomes of the parts of samples.

    Attributes:
        called: what parts are, such as `Objects`.
        ids: the samples' names, by their positions here.
        parts: all that are labelled, and those that one network alone has.
        lost, won: what is called that only this network, or only the other one, says in vain.
        figures: what else there is to say of how alike both are.
    """

    called: str
    ids: Sequence[str]
    parts: tuple[JoinedPart, ...]
    lost: str
    won: str
    figures: tuple[Number, ...] = ()

    def of(self, flip: Flip, *, labelled: bool) -> tuple[JoinedPart, ...]:
        """Those with a flip."""
        return tuple(p for p in self.parts if p.flip is flip and p.labelled is labelled)

    @property
    def paired(self) -> Paired:
        """How often which network is right, of the labelled ones."""
        some = [part for part in self.parts if part.labelled]
        return paired_of(
            [float(part.right_here) for part in some], [float(part.right_there) for part in some]
        )

    def rows(self) -> list[dict[str, Cell]]:
        """A row for each that is not alike, broken ones first."""
        order = {flip: place for place, flip in enumerate(NOT_ALIKE)}
        some = sorted(
            (part for part in self.parts if part.flip in order),
            key=lambda part: (order[part.flip], not part.labelled),
        )
        return [
            {
                "sample": self.ids[part.sample],
                "what": part.named,
                "here": part.said_here,
                "there": part.said_there,
                "flip": self._said(part),
            }
            for part in some
        ]

    def _said(self, part: JoinedPart) -> str:
        if part.labelled:
            return str(part.flip)
        return {Flip.MENDED: self.lost, Flip.BROKEN: self.won}.get(part.flip, str(part.flip))


def paired_of(here: ArrayLike, there: ArrayLike) -> Paired:
    """How often which of two is right.

    Args:
        here: (n,) verdicts: 1 right, 0 wrong, NaN where nobody said.
        there: (n,) likewise, of the other network.
    """
    one, other = np.asarray(here, np.float64), np.asarray(there, np.float64)
    known = np.isfinite(one) & np.isfinite(other)
    first, second = one[known] == 1, other[known] == 1
    return Paired(
        int((first & second).sum()),
        int((first & ~second).sum()),
        int((~first & second).sum()),
        int((~first & ~second).sum()),
    )
