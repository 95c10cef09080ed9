"""A property of samples: what can be said of each without a network, such as bright or loud."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class Saying:
    """One end of a property in words.

    Attributes:
        that: ends `pictures that …`: `are bright`.
        by: ends `recognise it by …`: `its pictures being bright`.
        more: ends `of two pictures the first …`: `is the more bright one`.
    """

    that: str
    by: str
    more: str

    @classmethod
    def being(cls, many: str, word: str) -> Self:
        """From an adjective, of what is called `many`."""
        return cls(f"are {word}", f"its {many} being {word}", f"is the more {word} one")


@dataclass(frozen=True)
class Unusual:
    """When a single sample has so little or so much of a property that a person is asked of it.

    Attributes:
        question: to the person.
        others: what samples are or do that have still less, or still more: `are darker`.
        times, plus: beyond `times * median + plus` it is unusual, besides being among the few last.
    """

    question: str
    others: str
    times: float = 1.0
    plus: float = 0.0

    def limit(self, median: float) -> float:
        """The value beyond which a sample is unusual in its test set."""
        return self.times * median + self.plus


@dataclass(frozen=True)
class Property:
    """Something that each sample has more or less of.

    Attributes:
        name: with its unit, for an axis.
        high, low: samples that have much of it, or little.
        is_share: whether it is had or not: its numbers are 1 and 0.
        figure: as a sentence names it.
        digits, unit: how a sentence writes its numbers, such as `.2f`, and what follows them.
        too_high, too_low: when one sample stands out; None where it never does.
    """

    name: str
    high: Saying
    low: Saying
    is_share: bool = False
    figure: str = ""
    digits: str = ".3g"
    unit: str = ""
    too_low: Unusual | None = None
    too_high: Unusual | None = None
