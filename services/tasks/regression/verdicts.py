"""The values of a regression, and how far off they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from gradcam.arrays import Floats, Mask, Numbers
from services.numbers import label_said, rounded
from services.tasks.answers import Answers, Sieve
from services.tasks.facets import ByValue
from services.tasks.parts import Address, Parts, sample_of
from services.tasks.shown import Caption, Narrows
from services.tasks.value_spans import HAIR, value_span, within_span

LARGEST_ERROR = "Largest error first"
SMALLEST_ERROR = "Smallest error first"
SAME = 0.1  # of the threshold: two computations that are no further apart say the same


@dataclass(frozen=True, eq=False)
class ValueVerdicts(Answers):
    """The verdicts on N samples.

    Attributes:
        output: which unit is compared with the label.
        threshold: an error of at most this is correct, unless another one is chosen.
    """

    output: int
    threshold: float

    scores_said = "of the values"

    @property
    def values(self) -> Floats:
        """(N,) float32, the number read."""
        return self.outputs[:, self.output]

    @cached_property
    def true(self) -> Floats:
        """(N,) float32, NaN where nobody said."""
        labels = [sample.label for sample in self.samples]
        return np.array([np.nan if x is None else float(x) for x in labels], np.float32)

    @cached_property
    def errors(self) -> Floats:
        """(N,) float32, read minus true."""
        return self.values - self.true

    def limit(self, threshold: float | None) -> float:
        """The threshold that counts: the one chosen, else the project's own."""
        return self.threshold if threshold is None else threshold

    def correct(self, threshold: float | None = None) -> Floats:
        """(N,) 1 correct, 0 incorrect, NaN where nobody said."""
        # A hair of tolerance: 0.4 read as 0.3 must count as off by 0.1, and 100.4 as 100.3.
        hair = HAIR * np.maximum(1.0, np.abs(self.true))
        right = np.abs(self.errors) <= self.limit(threshold) + hair
        return np.where(np.isnan(self.true), np.nan, right).astype(np.float32)

    def parts(self, threshold: float | None = None) -> Parts:
        """Each sample is its own only part."""
        group = np.where(np.isnan(self.true), -1, 0)
        return Parts(np.arange(len(self)), group, self.correct(threshold))

    def by_value(self, threshold: float | None) -> ByValue:
        """How far off it is, and where."""
        right, limit = self.correct(threshold) == 1, self.limit(threshold)
        return ByValue(self.judged, self.true, self.values, right, limit, self.told)

    def answer_said(self, position: int) -> str:
        """See `Answers.answer_said`."""
        return rounded(float(self.values[position]), 4)

    def answers_as(self, other: Self) -> Mask:
        """See `Answers.answers_as`: a tenth of the threshold apart is still the same."""
        return np.abs(self.values - other.values) <= self.threshold * SAME

    def said(self, address: Address) -> str:
        """`0.42 → 0.57 (+0.15)`."""
        return str(self.caption(address))

    def caption(self, address: Address) -> Caption:
        """The same; both numbers are short."""
        position = sample_of(address)
        label, value = self.samples[position].label, rounded(self.values[position])
        if label is None:
            return Caption("?", value)
        return Caption(label_said(label), value, f"({self.error_said(position)})")

    def error_said(self, position: int) -> str:
        """Its error with the direction."""
        error = float(self.errors[position])
        return rounded(error) if error < 0 else f"+{rounded(error)}"

    def told(self, position: int) -> str:
        """What is said of a point in a plot."""
        sample, label = self.samples[position], self.samples[position].label
        true = "?" if label is None else label_said(label)
        read, error = rounded(self.values[position]), self.error_said(position)
        return f"{sample.id}: {true} predicted as {read}, error {error}"

    @property
    def ranks(self) -> Mapping[str, Callable[[float | None], Numbers]]:
        """By how far off it is; what nobody labelled comes last."""
        size = np.nan_to_num(np.abs(self.errors), nan=-1.0).astype(float)
        return {
            LARGEST_ERROR: lambda _: -size,
            SMALLEST_ERROR: lambda _: np.where(size < 0, np.inf, size),
        }

    @property
    def filters(self) -> tuple[Narrows, ...]:
        """The true value, the predicted one, and how far off that is, where these vary."""
        spans = (value_span(name, key, numbers) for key, (name, numbers) in self._spans.items())
        return tuple(span for span in spans if span is not None)

    def passing(self, sieve: Sieve) -> Mask:
        """See `Answers.passing`; what nobody labelled has no true value and no error."""
        passes = np.ones(len(self), bool)
        for key, (_, numbers) in self._spans.items():
            low, high = getattr(sieve, f"{key}_low"), getattr(sieve, f"{key}_high")
            passes &= within_span(numbers, low, high)
        return passes

    @property
    def _spans(self) -> Mapping[str, tuple[str, Floats]]:
        return {
            "true": ("True value", self.true),
            "predicted": ("Predicted value", self.values),
            "error": ("Error", self.errors),
        }
