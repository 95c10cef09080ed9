"""What a table and a report hold of samples that may have several labels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gradcam.arrays import Floats
from services.numbers import percent
from services.tasks.export import Export, Section, score, verdict
from services.tasks.multi_label.pages import LabelPages
from services.tasks.multi_label.verdicts import LabelVerdicts
from services.tasks.shown import Number


@dataclass(frozen=True)
class LabelExport(Export):
    """What is written of N samples."""

    answers: LabelVerdicts

    worst_first = "Those with most labels wrong"

    @property
    def head(self) -> list[str]:
        """The labels said, then the score of each and whether it is right."""
        names = self.answers.names
        scores = (f"score_{name}" for name in names)
        return ["predicted", "correct", *scores, *(f"correct_{name}" for name in names)]

    def rows(self, threshold: float | None) -> Iterator[list[str]]:
        """See `Export.rows`."""
        answers = self.answers
        parts = answers.parts(threshold).correct.reshape(answers.scores.shape)
        for called, correct, scores, own in zip(
            answers.called(threshold),
            answers.correct(threshold),
            answers.scores,
            parts,
            strict=True,
        ):
            said = [answers.set_of(called), verdict(correct)]
            yield [*said, *map(score, scores), *map(verdict, own)]

    def figure(self, threshold: float | None) -> Number:
        """How many of the labels are right."""
        share = float(np.nanmean(self.answers.parts(threshold).correct))
        return Number("of the labels are correct", percent(share, 1))

    def sections(self, threshold: float | None) -> tuple[Section, ...]:
        """Each label by itself."""
        return (LabelPages(self.answers).table(threshold),)

    @property
    def badness(self) -> Floats:
        """(N,) how many labels are wrong."""
        return self.answers.wrong(None).astype(np.float32)

    def mistaken(self, position: int) -> str:
        """`red|green, predicted green`."""
        answers = self.answers
        said = answers.set_of(answers.said_labels[position])
        return f"{answers.samples[position].label}, predicted {said}"
