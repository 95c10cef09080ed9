"""What Mistakes shows of anomalies: what a threshold costs, and what it gets wrong."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradcam.arrays import Mask, Numbers
from services.tables import Cell
from services.tasks.anomaly.pages import AnomalyPages
from services.tasks.anomaly.verdicts import AnomalyVerdicts
from services.tasks.facets import Facet, Figures, Listed, OneByOne
from services.tasks.mistakes import NO_SAMPLES, Mistakes
from services.tasks.parts import Address, sample_of
from services.tasks.shown import Positions
from services.tasks.targets import Sight

MISSED = "Missed anomalies"
FALSE_ALARMS = "False alarms"


@dataclass(frozen=True)
class AnomalyMistakes(Mistakes):
    """The mistakes among N samples."""

    answers: AnomalyVerdicts

    def facets(self, threshold: float | None) -> tuple[Facet, ...]:
        """The threshold that is chosen beside others, and picture by picture."""
        pages = AnomalyPages(self.answers)
        tables = (pages.by_kind(threshold), pages.by_threshold(threshold))
        return Figures("By threshold", pages.at_threshold(threshold), tables), OneByOne()

    def listed(self, sure: int, threshold: float | None) -> Listed:
        """Anomalies that are not called so, then what is called so and is normal; worst first."""
        answers = self.answers
        wrong, scores = answers.correct(threshold) == 0, answers.scores.astype(np.float64)

        def ordered(some: Mask, by: Numbers) -> tuple[Address, ...]:
            positions = np.flatnonzero(some)
            return tuple(positions[np.argsort(by[positions], kind="stable")].tolist())

        lists = {
            MISSED: ordered(wrong & answers.anomalous, scores),
            FALSE_ALARMS: ordered(wrong & ~answers.anomalous, -scores),
        }
        return Listed(lists, "", asks_sure=False, file="mistakes.csv")

    def sights(self, address: Address) -> tuple[Sight, ...]:
        """What the hottest place consists of."""
        return AnomalyPages(self.answers).rows(sample_of(address))[:1]

    def taken_for(self, address: Address) -> tuple[str, Positions]:
        """Of a missed one the normal samples."""
        answers, position = self.answers, sample_of(address)
        if not answers.anomalous[position] or answers.called(None)[position]:
            return "", NO_SAMPLES
        return answers.normal, np.flatnonzero(answers.true == 0)

    def row(self, address: Address) -> dict[str, Cell]:
        """What is true, what is said, and the score."""
        answers, position = self.answers, sample_of(address)
        return {
            "sample": answers.samples[position].id,
            "true": answers.samples[position].label,
            "predicted": answers.answer_said(position),
            "score": float(answers.scores[position]),
        }

    def own_boxes(self, position: int) -> set[str]:
        """As its kind, or simply an anomaly."""
        own = self.answers.samples[position].label or ""
        return {own, "anomaly"} if self.answers.anomalous[position] else {own}
