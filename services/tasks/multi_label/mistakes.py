"""What Mistakes shows of samples that may have several labels: each label that is wrong."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradcam.arrays import Mask, Numbers
from services.tables import Cell
from services.tasks.facets import Facet, Figures, Listed, OneByOne
from services.tasks.mistakes import Mistakes
from services.tasks.multi_label.pages import LabelPages
from services.tasks.multi_label.verdicts import LabelVerdicts
from services.tasks.parts import Address, Place, sample_of
from services.tasks.targets import Sight

MISSED = "Missed"
FALSE_ALARMS = "False alarms"


@dataclass(frozen=True)
class LabelMistakes(Mistakes):
    """The mistakes among N samples."""

    answers: LabelVerdicts

    def facets(self, threshold: float | None) -> tuple[Facet, ...]:
        """Label by label, and picture by picture."""
        pages = LabelPages(self.answers)
        table = pages.table(threshold)
        return Figures("By label", pages.figures(threshold), (table,)), OneByOne()

    def listed(self, sure: int, threshold: float | None) -> Listed:
        """Labels that are true and not said, and those that are said and not true; surest first."""
        answers = self.answers
        parts, true = answers.parts(threshold), answers.true.ravel()
        score = answers.scores.ravel().astype(np.float64)

        def ordered(some: Mask, by: Numbers) -> tuple[Address, ...]:
            places = parts.places(some)
            return tuple(places[at] for at in np.argsort(by[some], kind="stable"))

        lists = {
            MISSED: ordered((parts.correct == 0) & true, score),
            FALSE_ALARMS: ordered((parts.correct == 0) & ~true, -score),
        }
        return Listed(lists, "", asks_sure=False, file="mistakes.csv")

    def sights(self, address: Address) -> tuple[Sight, ...]:
        """Why the label is said, or what little speaks for it."""
        target = self.answers.own_target(address)
        name = self.answers.names[target.index]
        return (Sight(target, f"what speaks for {name}", f"={name}"),)

    def row(self, address: Address) -> dict[str, Cell]:
        """A label with its score, beside all that is true."""
        answers, position = self.answers, sample_of(address)
        k = answers.own_target(address).index
        return {
            "sample": answers.samples[position].id,
            "label": answers.names[k],
            "true": bool(answers.true[position, k]),
            "score": float(answers.scores[position, k]),
            "true labels": answers.samples[position].label,
        }

    def own_boxes(self, position: int) -> set[str]:
        """As the labels that are true."""
        return set(self.answers.named(self.answers.true[position]))

    def taken_for(self, address: Address) -> tuple[str, np.ndarray]:
        """The label of a false alarm, and the samples of which it is true."""
        if not isinstance(address, Place) or self.answers.true[address]:
            return super().taken_for(address)
        name = self.answers.names[address.part]
        return name, np.flatnonzero(self.answers.true[:, address.part])
