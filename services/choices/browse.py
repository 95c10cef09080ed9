"""Which samples are shown and in what order. Positions index `Predictions`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gradcam.arrays import Floats, Mask
from services.choices.choices import Choices
from services.choices.conditions import asks_people, misfit
from services.choices.filter import Filter, Flipped, Verdict
from services.choices.flagged import flags_in
from services.choices.flipped import flipped_mask, flipped_parts, unknown_flips
from services.choices.selection import picked_mask
from services.findings.report import member_parts, members
from services.notes.passing import assigned, flagged, reviewed, tagged
from services.predictions.both_arithmetics import both_answers
from services.predictions.predictions import Predictions
from services.tasks.pages import Sides
from services.tasks.parts import Address, Place, sample_of
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


def passing_parts(predictions: Predictions, only: Filter) -> list[Place]:
    """The parts that pass the filter, sample by sample in the chosen order."""
    answers, parts = predictions.answers, predictions.answers.parts(only.threshold)
    there = _parts_without_verdict(predictions, only) & _verdict_on(parts.correct, only.verdict)
    every = np.ones(len(predictions), bool)
    order = answers.ordered(every, only.sort, only.threshold, only.order_seed)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return sorted(parts.places(there), key=lambda place: (rank[place.sample], place.part))


def sides_of(predictions: Predictions, choices: Choices) -> Sides:
    """The two sides of Review, of those whose verdicts flip as the filter asks."""
    both = predictions.answers.pages.sides(
        choices.by, choices.review_class, choices.filter.threshold
    )
    correct, incorrect = (
        with_flips(predictions, choices.filter, side) for side in (both.correct, both.incorrect)
    )
    return replace(both, correct=correct, incorrect=incorrect)


def with_flips(
    predictions: Predictions, only: Filter, addresses: Sequence[Address]
) -> tuple[Address, ...]:
    """Those of some samples or parts whose verdicts flip as the filter asks.

    All where it asks for none, and none where nobody can say which do.
    """
    if only.flipped is Flipped.ALL:
        return tuple(addresses)
    if unknown_flips(predictions, only) is not None:
        return ()
    samples, parts = flipped_mask(predictions, only, only.flipped), flipped_parts(predictions, only)
    every = predictions.answers.parts(only.threshold)

    def flips(address: Address) -> bool:
        if parts is not None and isinstance(address, Place):
            return bool(parts[every.at(address)])
        return samples is not None and bool(samples[sample_of(address)])

    return tuple(filter(flips, addresses))


def count_part_verdicts(predictions: Predictions, only: Filter) -> VerdictCounts:
    """Counts of parts for the verdict switch under the rest of the filter."""
    passing = _parts_without_verdict(predictions, only)
    correct = predictions.answers.parts(only.threshold).correct
    each = {verdict: _verdict_on(correct, verdict) & passing for verdict in Verdict}
    return VerdictCounts(*(int(each[verdict].sum()) for verdict in Verdict))


def _parts_without_verdict(predictions: Predictions, only: Filter) -> Mask:
    answers = predictions.answers
    flips = flipped_parts(predictions, only)
    of_sample = _without_verdict(predictions, only, flips=flips is None)
    some: Mask = of_sample[answers.parts(only.threshold).sample] & answers.passing_parts(only)
    if flips is not None:  # a part flips or does not, whatever becomes of its sample
        some &= flips
    if only.finding and (named := member_parts(only.finding)):
        places = answers.parts(only.threshold).places(np.ones(len(some), bool))
        some &= [(predictions.digests[place.sample], place.part) in named for place in places]
    return some


def _verdict_on(correct: Floats, verdict: Verdict) -> Mask:
    masks: dict[Verdict, Mask] = {
        Verdict.ALL: np.ones(len(correct), bool),
        Verdict.CORRECT: correct == 1,
        Verdict.INCORRECT: correct == 0,
        Verdict.UNCERTAIN: np.zeros(len(correct), bool),
    }
    return masks[verdict]


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


def _without_verdict(
    predictions: Predictions, only: Filter, *, flips: bool = True
) -> NDArray[np.bool_]:
    if misfit(predictions, only):
        return np.zeros(len(predictions), bool)
    passing = np.ones(len(predictions), bool)
    picked = picked_mask(predictions, only.picked) if only.picked else None
    if picked is not None:
        passing &= picked
    if only.finding:
        passing &= _of_finding(predictions, only)
    if only.changes and (both := both_answers(predictions)) is not None:
        passing &= both.differs
    if flips and (become := flipped_mask(predictions, only, only.flipped)) is not None:
        passing &= become
    if asks_people(only):
        passing &= _said_of(predictions, only)
    passing &= predictions.metadata.passing(only.metadata_values)
    if only.text:
        wanted = only.text.casefold()
        passing &= np.array([wanted in words for words in predictions.words], bool)
    return passing & predictions.answers.passing(only)


def _said_of(predictions: Predictions, only: Filter) -> Mask:
    flags, digests = flags_in(predictions, only.reader), predictions.digests
    passing = flagged(flags, digests, only.flagged)
    passing &= reviewed(flags, digests, only.reviewed)
    if only.assignee:
        passing &= assigned(flags, digests, only.assignee)
    if only.tag:
        passing &= tagged(flags, digests, only.tag)
    return passing


def _of_finding(predictions: Predictions, only: Filter) -> NDArray[np.bool_]:
    digests = members(only.finding) or frozenset()
    return np.array([digest in digests for digest in predictions.digests], bool)
