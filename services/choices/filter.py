"""Which samples are shown, and in what order."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Annotated, Self

from services.choices.link import Between


class Verdict(StrEnum):
    """Which samples are shown."""

    ALL = "All"
    CORRECT = "Correct"
    INCORRECT = "Incorrect"


@dataclass(frozen=True)
class Filter:
    """Samples as a person asks for them.

    Attributes:
        verdict: of the network's answers.
        true_class, predicted_class: by name; "" for any.
        low, high: bounds of the score of the predicted class, in per cent.
        text: in a sample's name, label or metadata.
        sort: one of the task's orders, by its name; "" for the first.
        threshold: decides what is correct, in tasks that have one; None for the project's.
        picked: samples that were picked on a picture, see `selection`.
        finding: a kept finding of a scan; "" for none.
    """

    verdict: Verdict = Verdict.ALL
    true_class: str = ""
    predicted_class: str = ""
    low: Annotated[int, Between(0, 100)] = 0
    high: Annotated[int, Between(0, 100)] = 100
    text: str = ""
    sort: str = ""
    threshold: Annotated[float | None, Between(0, math.inf)] = None
    picked: str = ""
    finding: str = ""

    @property
    def narrows(self) -> bool:
        """Whether it leaves samples out."""
        return self != self.cleared()

    def cleared(self) -> Self:
        """The same order and threshold of all samples."""
        return type(self)(sort=self.sort, threshold=self.threshold)

    def upright(self) -> Self:
        """The same with the ends of the range in their places."""
        low, high = sorted((self.low, self.high))
        return replace(self, low=low, high=high)
