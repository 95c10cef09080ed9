"""What a table and a report hold of anomalies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gradcam.arrays import Floats
from services.numbers import rounded
from services.tasks.anomaly.pages import AnomalyPages
from services.tasks.anomaly.verdicts import AnomalyVerdicts
from services.tasks.export import Export, Section, number, verdict
from services.tasks.shown import Number


@dataclass(frozen=True)
class AnomalyExport(Export):
    """What is written of N samples."""

    answers: AnomalyVerdicts

    worst_first = "Those furthest on the wrong side of the threshold"

    @property
    def head(self) -> list[str]:
        """What is said, the highest score and its place, then every place's."""
        rows, columns = self.answers.grid
        places = [f"score_{row}_{column}" for row in range(rows) for column in range(columns)]
        return ["predicted", "score", "correct", "row", "column", *places]

    def rows(self, threshold: float | None) -> Iterator[list[str]]:
        """See `Export.rows`; rows and columns are counted from 0."""
        answers = self.answers
        for called, score, correct, outputs in zip(
            answers.called(threshold),
            answers.scores,
            answers.correct(threshold),
            answers.outputs,
            strict=True,
        ):
            row, column = np.unravel_index(int(outputs.argmax()), answers.grid)
            own = [answers.sides[int(called)], number(score), verdict(correct)]
            yield [*own, str(row), str(column), *map(number, outputs)]

    def figure(self, threshold: float | None) -> Number:
        """How well the scores tell both sides apart."""
        return AnomalyPages(self.answers).figures(threshold)[0]

    def sections(self, threshold: float | None) -> tuple[Section, ...]:
        """Kind by kind, then what other thresholds cost."""
        pages = AnomalyPages(self.answers)
        return pages.by_kind(threshold), pages.by_threshold(threshold)

    @property
    def badness(self) -> Floats:
        """(N,) how far it is from the threshold."""
        return np.abs(self.answers.scores - self.answers.threshold)

    def mistaken(self, position: int) -> str:
        """`scratch, called good at 1.2`."""
        answers = self.answers
        said = f"called {answers.answer_said(position)} at {rounded(answers.scores[position])}"
        return f"{answers.samples[position].label}, {said}"
