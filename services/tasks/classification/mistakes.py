"""What Mistakes shows of a classification."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradcam import Target
from gradcam.arrays import Floats, Mask
from services.tables import Cell
from services.tasks.classification.targets import next_best
from services.tasks.classification.verdicts import ClassVerdicts
from services.tasks.facets import ByClass, Certainty, Facet, Listed, OneByOne
from services.tasks.mistakes import NO_SAMPLES, Mistakes
from services.tasks.parts import Address, sample_of
from services.tasks.shown import Positions
from services.tasks.targets import Sight

SURE_WRONG = "Sure and wrong"
UNSURE_WRONG = "Unsure and wrong"
UNSURE_RIGHT = "Unsure but right"


@dataclass(frozen=True)
class ClassMistakes(Mistakes):
    """The mistakes among N samples."""

    answers: ClassVerdicts

    def facets(self, threshold: float | None) -> tuple[Facet, ...]:
        """Class by class, picture by picture, and how sure it is."""
        answers, known = self.answers, self.answers.decided
        return (
            ByClass(answers.classes, answers.confusion, answers.true_ranks[known]),
            OneByOne(),
            Certainty(answers.confidence[known], answers.correct()[known]),
        )

    def listed(self, sure: int, threshold: float | None) -> Listed:
        """Errors that the network is sure of, other errors, and what it was right about by a hair.

        Errors by falling score, right ones by rising score.
        """
        known = self.answers.decided
        score = self.answers.confidence[known]
        right, unsure = self.answers.correct()[known] == 1, score * 100.0 < sure

        def ordered(chosen: Mask, by: Floats) -> tuple[Address, ...]:
            return tuple(known[chosen][np.argsort(by[chosen], kind="stable")].tolist())

        lists = {
            SURE_WRONG: ordered(~right & ~unsure, -score),
            UNSURE_WRONG: ordered(~right & unsure, -score),
            UNSURE_RIGHT: ordered(right & unsure, score),
        }
        return Listed(lists, "", asks_sure=True, file="mistakes.csv")

    def sights(self, address: Address) -> tuple[Sight, ...]:
        """Why the predicted class, why the other one, and why the one and not the other."""
        classes, position = self.answers.classes, sample_of(address)
        called, other = int(self.answers.predicted[position]), self.other_class(position)
        return (
            Sight(Target.for_class(called), f"why {classes[called]}", f"={classes[called]}"),
            Sight(Target.for_class(other), f"why {classes[other]}", f"={classes[other]}"),
            Sight(
                Target.contrast(called, other),
                f"why {classes[called]} and not {classes[other]}",
                f"={classes[called]}",
                f"={classes[other]}",
            ),
        )

    def other_class(self, position: int) -> int:
        """What a prediction is set against: the true class, or the next best if it is right."""
        called, true = int(self.answers.predicted[position]), int(self.answers.true[position])
        return next_best(self.answers.scores[position], called) if true in {-1, called} else true

    def taken_for(self, address: Address) -> tuple[str, Positions]:
        """The predicted class where it is wrong."""
        position = sample_of(address)
        called, true = int(self.answers.predicted[position]), int(self.answers.true[position])
        if true in {-1, called}:
            return "", NO_SAMPLES
        return self.answers.classes[called], np.flatnonzero(self.answers.true == called)

    def row(self, address: Address) -> dict[str, Cell]:
        """The true class and the predicted one, with their scores."""
        answers, position = self.answers, sample_of(address)
        called, true = int(answers.predicted[position]), int(answers.true[position])
        return {
            "sample": answers.samples[position].id,
            "true": answers.samples[position].label,
            "predicted": answers.classes[called],
            "score": float(answers.scores[position, called]),
            "score of the true class": float(answers.scores[position, true]),
        }

    def own_boxes(self, position: int) -> set[str]:
        """As its class."""
        return {self.answers.samples[position].label or ""}
