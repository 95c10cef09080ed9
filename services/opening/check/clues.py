"""What speaks for one preprocessing or another before any label is looked at."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from gradcam import Scaling
from services.media.input_options import COLOR, SCALING
from services.media.medium import Medium


class Assurance(IntEnum):
    """How sure it is that pictures reach the network as in training."""

    GUESS = 0
    LIKELY = 1
    CERTAIN = 2

    def __str__(self) -> str:
        """As it is said on the page."""
        return ("a guess", "likely", "certain")[self]


@dataclass(frozen=True)
class Clue:
    """One piece of evidence.

    Attributes:
        what: it is, such as `first batch normalisation`.
        figure: what was read or measured.
        says: what follows.
        allows: the ways that it leaves possible; None where it rules none out.
        prefers: the ways that it puts first among those.
        assurance: how sure a way is that this clue chose.
    """

    what: str
    figure: str
    says: str
    allows: frozenset[Medium] | None = None
    prefers: frozenset[Medium] = frozenset()
    assurance: Assurance = Assurance.GUESS


@dataclass(frozen=True)
class Standing:
    """Where the clues leave the ways, before labels are asked.

    Attributes:
        usual: what is taken unless labels speak against it.
        open: the ways that are possible, the first ones first; `usual` is the first of all.
        assurance: how sure `usual` is by the clues alone.
        contradicted: whether clues rule out all that others leave.
    """

    usual: Medium
    open: tuple[Medium, ...]
    assurance: Assurance
    contradicted: bool


def weigh(variants: Sequence[Medium], clues: Sequence[Clue]) -> Standing:
    """Go through the clues in their order; an earlier one stands where a later one contradicts it.

    Args:
        variants: all ways, the usual ones first.
        clues: the strongest first.
    """
    left, more = list(variants), list[Medium]()
    assurance, contradicted = Assurance.GUESS, False
    for clue in clues:
        allowed = [way for way in left if clue.allows is None or way in clue.allows]
        if not allowed:
            contradicted = True
            more += [way for way in variants if way in (clue.allows or ())]
            continue
        preferred = [way for way in allowed if way in clue.prefers]
        left = preferred + [way for way in allowed if way not in clue.prefers]
        if clue.allows is not None or preferred:
            assurance = max(assurance, clue.assurance)
    if contradicted:
        assurance = Assurance.GUESS
    return Standing(left[0], tuple(dict.fromkeys(left + more)), assurance, contradicted)


def is_seldom(medium: Medium) -> bool:
    """Whether pictures are scaled each by itself: seldom done, and much like what is usual."""
    return medium.chosen.get(SCALING.word) in {Scaling.STANDARDIZED, Scaling.STRETCHED}


def is_turned(medium: Medium) -> bool:
    """Whether the scaling turns colours round by itself, so that their order may be its merit."""
    return medium.chosen.get(SCALING.word) == Scaling.CAFFE


def but_for_colour(medium: Medium) -> Hashable:
    """What is tried of a medium without the order of its colours."""
    return frozenset((word, value) for word, value in medium.chosen.items() if word != COLOR.word)
