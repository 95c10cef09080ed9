"""Which samples are shown and in what order. Positions index `Predictions`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.choices.conditions import misfit
from services.choices.filter import Filter, Verdict
from services.choices.flagged import flags_in
from services.choices.selection import picked_mask
from services.findings.report import members
from services.notes.flags import Flagged
from services.predictions.predictions import Predictions
from services.tasks.shown import Positions


@dataclass(frozen=True)
class VerdictCounts:
    """How many samples of the filter, the verdict aside, are what."""

    all: int
    correct: int
    incorrect: int
    uncertain: int = 0

    def of(self, verdict: Verdict) -> int:
        """The count beside a verdict's name."""
        return {
            Verdict.ALL: self.all,
            Verdict.CORRECT: self.correct,
            Verdict.INCORRECT: self.incorrect,
            Verdict.UNCERTAIN: self.uncertain,
        }[verdict]


def passing_samples(predictions: Predictions, only: Filter) -> Positions:
    """Positions of the samples that pass the filter, in the chosen order.

    None passes a filter that cannot be obeyed, see `misfit`: it never stands for all.
    """
    passing = _without_verdict(predictions, only) & _verdict(predictions, only)
    return predictions.answers.ordered(passing, only.sort, only.threshold, only.order_seed)


def count_verdicts(predictions: Predictions, only: Filter) -> VerdictCounts:
    """Counts for the verdict switch under the rest of the filter."""
    passing = _without_verdict(predictions, only)
    each = {verdict: _of(predictions, verdict, only.threshold) & passing for verdict in Verdict}
    counts = {verdict: int(mask.sum()) for verdict, mask in each.items()}
    return VerdictCounts(*(counts[verdict] for verdict in Verdict))


def _verdict(predictions: Predictions, only: Filter) -> NDArray[np.bool_]:
    return _of(predictions, only.verdict, only.threshold)


def _of(predictions: Predictions, verdict: Verdict, threshold: float | None) -> NDArray[np.bool_]:
    correct, uncertain = predictions.correct(threshold), predictions.answers.uncertain
    masks: dict[Verdict, NDArray[np.bool_]] = {
        Verdict.ALL: np.ones(len(correct), bool),
        Verdict.CORRECT: correct == 1,
        Verdict.INCORRECT: (correct == 0) & ~uncertain,
        Verdict.UNCERTAIN: uncertain,
    }
    return masks[verdict]


def _without_verdict(predictions: Predictions, only: Filter) -> NDArray[np.bool_]:
    if misfit(predictions, only):
        return np.zeros(len(predictions), bool)
    passing = np.ones(len(predictions), bool)
    picked = picked_mask(predictions, only.picked) if only.picked else None
    if picked is not None:
        passing &= picked
    if only.finding:
        passing &= _of_finding(predictions, only)
    if only.flagged is not Flagged.ALL:
        passing &= flags_in(predictions).mask(predictions.digests, only.flagged)
    passing &= predictions.metadata.passing(only.metadata_values)
    if only.text:
        wanted = only.text.casefold()
        passing &= np.array([wanted in words for words in predictions.words], bool)
    return passing & predictions.answers.passing(only)


def _of_finding(predictions: Predictions, only: Filter) -> NDArray[np.bool_]:
    digests = members(only.finding) or frozenset()
    return np.array([digest in digests for digest in predictions.digests], bool)
