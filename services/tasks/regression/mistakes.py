"""What Mistakes shows of a regression."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from services.tables import Cell
from services.tasks.facets import Facet, Listed, OneByOne
from services.tasks.mistakes import Mistakes
from services.tasks.parts import Address, sample_of
from services.tasks.regression.pages import halves
from services.tasks.regression.verdicts import ValueVerdicts
from services.tasks.targets import Sight

WORST = 10


@dataclass(frozen=True)
class ValueMistakes(Mistakes):
    """The mistakes among N samples."""

    answers: ValueVerdicts

    def facets(self, threshold: float | None) -> tuple[Facet, ...]:
        """How far off it is, and picture by picture."""
        return self.answers.by_value(threshold), OneByOne()

    def listed(self, sure: int, threshold: float | None) -> Listed:
        """The largest errors, the largest first."""
        known = self.answers.judged
        size = np.abs(self.answers.errors[known])
        worst = known[np.argsort(-size, kind="stable")[:WORST]]
        caption = f"The {len(worst)} largest errors."
        return Listed({"": tuple(worst.tolist())}, caption, asks_sure=False, file="worst.csv")

    def sights(self, address: Address) -> tuple[Sight, ...]:
        """What raises the value, and what lowers it."""
        return halves(self.answers.output)

    def row(self, address: Address) -> dict[str, Cell]:
        """The label, what was read, and the error."""
        answers, position = self.answers, sample_of(address)
        return {
            "sample": answers.samples[position].id,
            "true": answers.samples[position].label,
            "read": float(answers.values[position]),
            "error": float(answers.errors[position]),
        }

    def own_boxes(self, position: int) -> set[str]:
        """As what is drawn on most of the samples."""
        return set(self._drawn_on_most)

    @cached_property
    def _drawn_on_most(self) -> frozenset[str]:
        samples = self.answers.samples
        drawn = Counter(label for one in samples for label in {box.label for box in one.boxes})
        return frozenset(label for label, count in drawn.items() if 2 * count > len(samples))
