"""The highest score of each picture, what it says, and whether that is right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from gradcam import Target
from gradcam.arrays import Floats, Mask, Numbers
from services.numbers import rounded
from services.tasks.anomaly.targets import PlaceTargets
from services.tasks.anomaly.words import ANOMALY
from services.tasks.answers import Answers, Sieve
from services.tasks.confusion import Confusion
from services.tasks.geometry import Geometries
from services.tasks.parts import Address, Parts, sample_of
from services.tasks.shown import Caption, Choose, Counts, Narrows
from services.tasks.value_spans import value_span, within_span

WRONG_FIRST = "Furthest on the wrong side first"
HIGHEST_FIRST = "Highest score first"
LOWEST_FIRST = "Lowest score first"
BORDERLINE_FIRST = "Nearest to the threshold first"


@dataclass(frozen=True, eq=False)
class AnomalyVerdicts(Answers):
    """The verdicts on N samples.

    Attributes:
        kinds: what samples may be labelled: the normal one first, then what is wrong with others.
        threshold: from this highest score on a picture is called anomalous.
        geometry: where each picture and the network's input lie on each other, see `Task.read`.
    """

    kinds: tuple[str, ...]
    threshold: float
    geometry: Geometries | None = None

    scores_said = "of the highest scores"

    @cached_property
    def scores(self) -> Floats:
        """(N,) float32, the highest of each picture."""
        return self.outputs.max(axis=1)

    @property
    def normal(self) -> str:
        """What samples are called in which nothing is wrong."""
        return self.kinds[0]

    @cached_property
    def true(self) -> Counts:
        """(N,) which kind each sample is; -1 where nobody said."""
        index = {kind: number for number, kind in enumerate(self.kinds)}
        return np.array([index.get(each.label or "", -1) for each in self.samples], np.int64)

    @property
    def anomalous(self) -> Mask:
        """(N,) of which something is wrong, as somebody said."""
        return self.true > 0

    def limit(self, threshold: float | None) -> float:
        """The threshold that counts: the one chosen, else its own."""
        return self.threshold if threshold is None else threshold

    def called(self, threshold: float | None) -> Mask:
        """(N,) which samples are called anomalous."""
        return self.scores >= self.limit(threshold)

    def correct(self, threshold: float | None = None) -> Floats:
        """(N,) 1 correct, 0 incorrect, NaN where nobody said."""
        right = (self.called(threshold) == self.anomalous) & np.isfinite(self.scores)
        return np.where(self.true < 0, np.nan, right).astype(np.float32)

    def parts(self, threshold: float | None = None) -> Parts:
        """Each sample is its own only part."""
        return Parts(np.arange(len(self)), self.true, self.correct(threshold))

    def confusion(self, threshold: float | None) -> Confusion:
        """What is normal and what is not, against what each is called, of the judged samples."""
        known = self.judged
        said = self.called(threshold)[known].astype(np.int64)
        return Confusion.of(self.anomalous[known].astype(np.int64), said, 2)

    @property
    def sides(self) -> tuple[str, str]:
        """What the network can say."""
        return self.normal, ANOMALY

    # ----------------------------------------------------------------------- what is explained

    @cached_property
    def place_targets(self) -> PlaceTargets:
        """What can be explained of them."""
        return PlaceTargets(self.grid)

    @property
    def grid(self) -> tuple[int, int]:
        """Rows and columns of places."""
        return self.network.heads[0].grid or (1, self.outputs.shape[1])

    def own_target(self, position: int, target: str) -> Target:
        """What is meant of a sample."""
        return self.place_targets.of(target, self.outputs[position], self.threshold)

    # ---------------------------------------------------------------------------- in words

    def answer_said(self, position: int) -> str:
        """See `Answers.answer_said`."""
        return self.sides[int(self.called(None)[position])]

    def answers_as(self, other: Self) -> Mask:
        """See `Answers.answers_as`."""
        same: Mask = self.called(None) == other.called(None)
        return same

    def said(self, address: Address) -> str:
        """`scratch → anomaly 4.2`, or `good 0.8` where it is the same."""
        return str(self.caption(address))

    def caption(self, address: Address) -> Caption:
        """See `Answers.caption`."""
        position = sample_of(address)
        true = self.samples[position].label or "?"
        said = self.answer_said(position)
        score = rounded(float(self.scores[position]))
        return Caption("" if true == said else true, said, score)

    # ---------------------------------------------------------------------- which, in what order

    @property
    def ranks(self) -> Mapping[str, Callable[[float | None], Numbers]]:
        """By how far on the wrong side it is, and by the score."""
        scores = np.nan_to_num(self.scores.astype(np.float64))

        def distance(threshold: float | None) -> Numbers:
            return np.abs(scores - self.limit(threshold))

        def wrongness(threshold: float | None) -> Numbers:
            away, correct = distance(threshold), self.correct(threshold)
            return np.where(np.isnan(correct), np.inf, np.where(correct == 0, -away, away))

        return {
            WRONG_FIRST: wrongness,
            HIGHEST_FIRST: lambda _: -scores,
            LOWEST_FIRST: lambda _: scores,
            BORDERLINE_FIRST: distance,
        }

    @property
    def filters(self) -> tuple[Narrows, ...]:
        """What is true, what is said, and the score."""
        several = (ANOMALY,) if self.kinds[1:] != (ANOMALY,) else ()
        span = value_span("Score", "predicted", self.scores)
        labels = (self.normal, *several, *self.kinds[1:])
        return (
            Choose("True label", "true_class", labels, "any", "true"),
            Choose("Called", "predicted_class", self.sides, "any", "called"),
            *(() if span is None else (span,)),
        )  # fmt: skip

    def passing(self, sieve: Sieve) -> Mask:
        """See `Answers.passing`; of an anomaly any kind is meant where none is called so."""
        passes = np.ones(len(self), bool)
        if sieve.true_class in self.kinds:
            passes &= self.true == self.kinds.index(sieve.true_class)
        elif sieve.true_class == ANOMALY:
            passes &= self.anomalous
        if sieve.predicted_class in self.sides:
            passes &= self.called(None) == (sieve.predicted_class == ANOMALY)
        return passes & within_span(self.scores, sieve.predicted_low, sieve.predicted_high)
