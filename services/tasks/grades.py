"""How well a network does on some samples: what two ways of feeding it are compared by."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from gradcam.arrays import Mask, Numbers

_SAME = 1e-6  # of the largest answer: noise of rounding
_STEPS = 200  # the heaviest sample's weight on the grid that chances are added up on


@dataclass(frozen=True, eq=False)
class Grades:
    """How one way of feeding a network does on N samples.

    Attributes:
        score: the task's measure, as people read it.
        merits: (N,) of each sample, higher is better.
        weights: (N,) how much each sample counts, above 0; the classes alike, however many have it.
        blind: (N,) merits of who answers without looking.
        luck: the chance that such a one does better than `blind` on a sample.
        perfect: the merit of a sample that cannot be bettered.
        is_constant: whether the answers are all the same though the truth is not; it earns nothing.
    """

    score: float
    merits: Numbers
    weights: Numbers
    blind: Numbers
    luck: float
    perfect: float
    is_constant: bool

    @property
    def mean(self) -> float:
        """The merit of all."""
        return float(np.average(self.merits, weights=self.weights))

    @property
    def by_luck(self) -> float:
        """The chance that who answers without looking does as well."""
        return chance(self.weights, self.luck, self.merits > self.blind)

    @property
    def tells(self) -> bool:
        """Whether it does better than who answers without looking, at a level of 1 %."""
        return self.by_luck <= 0.01

    def beats(self, other: Grades) -> float:
        """The chance of being so much better than another on the same samples by luck alone.

        The exact sign test on the samples on which the two differ (McNemar 1947, Psychometrika 12),
        each with its weight: 1 where the other is as good or better.
        """
        better, worse = self.merits > other.merits, self.merits < other.merits
        if not self.weights @ better > self.weights @ worse:
            return 1.0
        differ = better | worse
        return chance(self.weights[differ], 0.5, better[differ])

    def joined(self, other: Self, others: Mask) -> Self:
        """These grades with those of some samples, (N,), taken from another's."""
        return replace(self, merits=np.where(others, other.merits, self.merits))


def chance(weights: Numbers, share: float, hits: Mask) -> float:
    """The chance that hits by luck weigh as much as these.

    Args:
        weights: (N,) of each sample, above 0.
        share: the chance of a hit, the same for all.
        hits: (N,) which were hit.

    Returns:
        P(Σ wᵢ·Xᵢ ≥ Σ wᵢ·hitᵢ) with Xᵢ independent and 1 with that chance: exact up to the weights'
        rounding.
    """
    if not len(weights):
        return 1.0
    whole = np.maximum(np.rint(weights / weights.max() * _STEPS), 1).astype(int)
    density = np.ones(1)
    for step in whole:
        longer = np.zeros(len(density) + step)
        longer[: len(density)] += density * (1.0 - share)
        longer[step:] += density * share
        density = longer
    return float(min(1.0, density[whole[hits].sum() :].sum()))


def alike(groups: NDArray[Any]) -> Numbers:
    """(N,) weights with which each group counts as much as any other, 1 in all."""
    _, which, counts = np.unique(groups, return_inverse=True, return_counts=True)
    return 1.0 / (counts[which] * len(counts))


def answers_one(answers: NDArray[Any], truth: NDArray[Any]) -> bool:
    """Whether N answers are all the same, though what is true, (N,), is not."""
    spread, size = float(np.ptp(answers)), float(np.abs(answers).max())  # NaN where not finite
    return bool(spread <= _SAME * size and len(np.unique(truth)) > 1)
