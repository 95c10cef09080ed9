"""A finding: a question to a person, the figures behind it, and the pictures it is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

FALSE_ONES = 0.05  # share of the findings that may be chance, over all questions of a scan


class QuestionKind(StrEnum):
    """What was asked; reports on disk hold the values."""

    GROUP = "Heatmaps that are alike"
    PLACE = "Heat at the edge"
    VERDICT = "Pictures that are got wrong"
    CLASS = "Pictures of a class"
    BESIDE = "Heat beside objects"
    MISSED = "Objects that are missed"
    FALSE_ALARM = "Objects where nothing is labelled"
    LABELLED = "Objects of a class"

    def said(self, many: str) -> str:
        """What a page calls it, where samples are called so."""
        return self.value.replace("Pictures", many.capitalize())


@dataclass(frozen=True)
class ShareBar:
    """A share, 0..1, and of what."""

    name: str
    share: float


@dataclass(frozen=True)
class Spread:
    """How a property is spread over two lots of pictures.

    Attributes:
        name: of the property, with its unit.
        edges: (steps + 1,) of the histogram.
        first, second: (steps,) shares of either lot.
        names: of both lots.
    """

    name: str
    edges: tuple[float, ...]
    first: tuple[float, ...]
    second: tuple[float, ...]
    names: tuple[str, str]


@dataclass(frozen=True)
class Finding:
    """Something that is hardly chance and large enough to look at.

    Attributes:
        kind: what was asked.
        question: for the person.
        figures: the numbers behind it, in a sentence.
        members: digests of its samples, the clearest first.
        strength: the kind's own measure of how large it is, for the order of the cards.
        chance: how likely chance alone gives as much, adjusted for all questions of the scan.
        bars: shares that the page draws.
        spread: of a property.
        parts: of each member the number of its part, where parts are meant; else empty.
    """

    kind: QuestionKind
    question: str
    figures: str
    members: tuple[str, ...]
    strength: float
    chance: float = 1.0
    bars: tuple[ShareBar, ...] = ()
    spread: Spread | None = None
    parts: tuple[int, ...] = ()


@dataclass(frozen=True)
class Question:
    """A question that was put to the test set, whatever came of it.

    Attributes:
        p: how likely chance alone gives as much.
        finding: what it would say; None where it is too small to matter.
    """

    p: float
    finding: Finding | None


def standing(asked: Sequence[Question]) -> tuple[Finding, ...]:
    """The findings that stand when all questions are counted, the strongest of a kind first.

    Benjamini and Hochberg 1995: among those that stand, at most 5 % are chance on average.
    Small effects are counted among the questions too, so leaving them out hides nothing.
    """
    from scipy.stats import false_discovery_control

    if not asked:
        return ()
    adjusted = false_discovery_control(np.clip([one.p for one in asked], 0.0, 1.0))
    significant = [
        replace(one.finding, chance=float(chance))
        for one, chance in zip(asked, adjusted, strict=True)
        if one.finding is not None and chance <= FALSE_ONES
    ]
    order = list(QuestionKind)
    return tuple(sorted(significant, key=lambda each: (order.index(each.kind), -each.strength)))
