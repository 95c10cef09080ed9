"""What a table and a report hold of a classification."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gradcam.arrays import Floats
from services.numbers import percent
from services.tables import Cell
from services.tasks.classification.verdicts import ClassVerdicts
from services.tasks.confusion import ConfusedPairs
from services.tasks.export import Export, Section, score, verdict
from services.tasks.shown import Matrix, Number, Table

MATRIX = 15  # classes at most in a matrix; beyond it the most confused pairs
PAIRS = 20


@dataclass(frozen=True)
class ClassExport(Export):
    """What is written of N samples."""

    answers: ClassVerdicts

    worst_first = "The most confident ones"

    @property
    def head(self) -> list[str]:
        """The predicted class with its score, then the score of each."""
        scores = [f"score_{name}" for name in self.answers.classes]
        return ["predicted", "score", "correct", *scores]

    def rows(self, threshold: float | None) -> Iterator[list[str]]:
        """See `Export.rows`."""
        answers = self.answers
        for best, scores, correct, uncertain in zip(
            answers.predicted, answers.scores, answers.correct(), answers.uncertain, strict=True
        ):
            said = verdict(correct, uncertain=bool(uncertain))
            own = [answers.classes[best], score(scores[best]), said]
            yield [*own, *(score(each) for each in scores)]

    def figure(self, threshold: float | None) -> Number:
        """How many of the labelled ones are right."""
        correct = self.answers.correct()
        share = correct[~np.isnan(correct)].mean()
        return Number("of the labelled samples are correct", percent(share, 1))

    def sections(self, threshold: float | None) -> tuple[Section, ...]:
        """The confusion matrix, or the most confused pairs of many classes."""
        classes, confusion = self.answers.classes, self.answers.confusion
        if len(classes) <= MATRIX:
            return (Matrix(classes, confusion),)
        rows: tuple[dict[str, Cell], ...] = tuple(
            {"true": classes[pair.true], "called": classes[pair.called], "times": pair.count}
            for pair in ConfusedPairs(confusion).first(PAIRS)
        )
        return (Table("Most confused classes", rows, ""),) if rows else ()

    @property
    def badness(self) -> Floats:
        """(N,) how sure it is."""
        return self.answers.confidence

    def mistaken(self, position: int) -> str:
        """`cat, predicted dog with 93%`."""
        answers, best = self.answers, int(self.answers.predicted[position])
        called = f"predicted {answers.classes[best]} with {percent(answers.scores[position, best])}"
        return f"{answers.samples[position].label}, {called}"
