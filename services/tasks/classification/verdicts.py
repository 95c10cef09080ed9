"""The scores of a classification, what they say, and whether that is right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from gradcam import class_scores
from gradcam.arrays import Floats, Mask, Numbers
from gradcam.scores import best_tied
from services.numbers import percent
from services.short_names import short_names
from services.tasks.answers import Answers, Sieve
from services.tasks.classification.targets import called
from services.tasks.confusion import Confusion
from services.tasks.parts import Address, Parts, sample_of
from services.tasks.scores import true_ranks
from services.tasks.shown import Caption, Choose, Counts, Narrows, Positions, SpanChoice

WRONG_FIRST = "Most confidently wrong first"
LEAST_SURE = "Least sure first"
MOST_SURE = "Most sure first"


@dataclass(frozen=True, eq=False)
class ClassVerdicts(Answers):
    """The verdicts on N samples.

    Attributes:
        classes: their names, in the order of the outputs.
        threshold: of one unit, see `called`; None where the highest score counts.
        min_score: below this confidence an answer may count as uncertain; None where nobody set
            one.
        counts_uncertain: whether it does.
    """

    classes: tuple[str, ...]
    threshold: float | None = None
    min_score: float | None = None
    counts_uncertain: bool = False

    @cached_property
    def scores(self) -> Floats:
        """(N, classes) float32 in 0..1."""
        return class_scores(self.network, self.outputs)

    @cached_property
    def predicted(self) -> Positions:
        """(N,) index of the class that counts: with the highest score, or by the threshold."""
        return called(self.scores, self.threshold)

    @cached_property
    def true(self) -> Positions:
        """(N,) index of the true class, -1 where nobody said."""
        index = {name: number for number, name in enumerate(self.classes)}
        return np.array([index.get(sample.label or "", -1) for sample in self.samples], np.int64)

    @cached_property
    def confidence(self) -> Floats:
        """(N,) score of the predicted class, 0..1."""
        return np.take_along_axis(self.scores, self.predicted[:, None], axis=1)[:, 0]

    @cached_property
    def confusion(self) -> Confusion:
        """What is taken for what, of labelled samples with finite scores.

        Those that count as uncertain are in none of its cells.
        """
        known = (self.true >= 0) & np.isfinite(self.scores).all(axis=1) & ~self.uncertain
        return Confusion.of(self.true[known], self.predicted[known], len(self.classes))

    @cached_property
    def true_ranks(self) -> Counts:
        """(N,) how many classes have a higher score than the true one."""
        return true_ranks(self.scores, self.true)

    def correct(self, threshold: float | None = None) -> Floats:
        """(N,) 1 correct, 0 incorrect, NaN where nobody said."""
        if threshold is None or self.threshold in {None, threshold}:
            return self._right
        return self._judged(called(self.scores, threshold))

    @cached_property
    def uncertain(self) -> Mask:
        """See `Answers.uncertain`: the highest score is below the confidence threshold."""
        if self.min_score is None or not self.counts_uncertain:
            return np.zeros(len(self), bool)
        return (self.true >= 0) & (self.confidence.astype(float) < self.min_score)

    @cached_property
    def decided(self) -> Positions:
        """The judged samples that are right or wrong, and not uncertain."""
        return self.judged[~self.uncertain[self.judged]]

    @cached_property
    def _right(self) -> Floats:
        """Asked for each tile, so it is worked out once."""
        return self._judged(self.predicted)

    def _judged(self, predicted: Positions) -> Floats:
        # Numbers that are not finite have no highest one; the first would count as it.
        right = (predicted == self.true) & np.isfinite(self.scores).all(axis=1) & ~self.uncertain
        verdicts = np.where(self.true < 0, np.nan, right).astype(np.float32)
        verdicts.flags.writeable = False
        return verdicts

    def parts(self, threshold: float | None = None) -> Parts:
        """Each sample is its own only part, of its true class."""
        return Parts(np.arange(len(self)), self.true, self.correct(threshold))

    def said(self, address: Address) -> str:
        """`true → predicted 93 %`; of a right one `predicted 93 %`."""
        return str(self._captioned(sample_of(address), {}))

    def caption(self, address: Address) -> Caption:
        """See `Answers.caption`."""
        return self._captioned(sample_of(address), short_names(self.classes))

    @cached_property
    def tied(self) -> Mask:
        """See `Answers.tied`."""
        return best_tied(self.scores)

    def tie_said(self, position: int) -> str:
        """The classes that have the highest score, where these are several; else empty."""
        if not self.tied[position]:
            return ""
        best = np.flatnonzero(self.scores[position] == self.scores[position].max())
        return f"a tie of {' and '.join(self.classes[i] for i in best)}"

    def answer_said(self, position: int) -> str:
        """See `Answers.answer_said`."""
        best = int(self.predicted[position])
        score = percent(self.scores[position, best], 1)
        return ", ".join(filter(None, (f"{self.classes[best]} {score}", self.tie_said(position))))

    def answers_as(self, other: Self) -> Mask:
        """See `Answers.answers_as`: by the class that counts."""
        return self.predicted == other.predicted

    def _captioned(self, position: int, short: Mapping[str, str]) -> Caption:
        label, best = self.samples[position].label, int(self.predicted[position])
        answer, score = self.classes[best], percent(self.scores[position, best])
        score += ", tied" if self.tied[position] else ""
        true = "" if label == answer else "?" if label is None else short.get(label, label)
        return Caption(true, short.get(answer, answer), score)

    # ---------------------------------------------------------------------- which, in what order

    @property
    def ranks(self) -> Mapping[str, Callable[[float | None], Numbers]]:
        """By how sure the network is."""
        score = self.confidence.astype(float)
        # Wrong ones by falling score, then right ones by rising score.
        return {
            WRONG_FIRST: lambda _: np.where(
                (self.correct() == 0) & ~self.uncertain, -1.0 - score, score
            ),
            LEAST_SURE: lambda _: score,
            MOST_SURE: lambda _: -score,
        }

    @property
    def filters(self) -> tuple[Narrows, ...]:
        """Classes, and how sure the network is."""
        return (
            Choose("True class", "true_class", self.classes, "any", "true"),
            Choose("Predicted class", "predicted_class", self.classes, "any", "predicted"),
            SpanChoice("Confidence", "confidence", "low", "high", 0, 100),
        )

    def passing(self, sieve: Sieve) -> Mask:
        """See `Answers.passing`."""
        passes = np.ones(len(self), bool)
        if sieve.true_class in self.classes:
            passes &= self.true == self.classes.index(sieve.true_class)
        if sieve.predicted_class in self.classes:
            passes &= self.predicted == self.classes.index(sieve.predicted_class)
        if (sieve.low, sieve.high) != (0, 100):
            per_cent = self.confidence * 100.0
            # The ends are rounded outward, so that 100 % keeps what shows as 100 %.
            passes &= (per_cent >= sieve.low - 0.5) & (per_cent <= sieve.high + 0.5)
        return passes
