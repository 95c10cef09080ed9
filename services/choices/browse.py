"""Which samples are shown and in what order. Positions index `Predictions`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradcam.arrays import Floats
from services.choices.filter import Filter, Sort, Verdict
from services.choices.selection import read
from services.findings.report import members
from services.predictions.predictions import Predictions

Positions = NDArray[np.int64]
GONE = (
    "The finding of this link is no longer kept on this server; "
    "scan again on the Scan page, or clear the filters."
)


@dataclass(frozen=True)
class VerdictCounts:
    """How many samples of the filter, the verdict aside, are what."""

    all: int
    correct: int
    incorrect: int

    def of(self, verdict: Verdict) -> int:
        """The count beside a verdict's name."""
        return {
            Verdict.ALL: self.all,
            Verdict.CORRECT: self.correct,
            Verdict.INCORRECT: self.incorrect,
        }[verdict]


def sorts(predictions: Predictions) -> tuple[Sort, ...]:
    """The orders that make sense for a project, the default first."""
    if predictions.project.is_regression:
        return (Sort.LARGEST_ERROR, Sort.SMALLEST_ERROR, Sort.NAME)
    return (Sort.WRONG_FIRST, Sort.LEAST_SURE, Sort.MOST_SURE, Sort.NAME)


def select(predictions: Predictions, only: Filter) -> Positions:
    """Positions of the samples that pass the filter, in the chosen order."""
    passing = _without_verdict(predictions, only) & _verdict(predictions, only)
    found = np.flatnonzero(passing)
    return found[np.argsort(_order(predictions, only)[found], kind="stable")]


def is_gone(only: Filter) -> bool:
    """Whether only pictures of a finding are wanted that is no longer kept, so that none passes."""
    return bool(only.finding) and members(only.finding) is None


def count_verdicts(predictions: Predictions, only: Filter) -> VerdictCounts:
    """Counts for the verdict switch under the rest of the filter."""
    correct = predictions.correct(only.threshold)[_without_verdict(predictions, only)]
    return VerdictCounts(len(correct), int((correct == 1).sum()), int((correct == 0).sum()))


def confidence(predictions: Predictions) -> Floats:
    """(N,) score of the predicted class, 0..1. Classification only."""
    return predictions.scores.max(axis=1)


def confusion(predictions: Predictions) -> NDArray[np.int64]:
    """(classes, classes) counts, true by predicted class: labelled samples with finite scores."""
    count = len(predictions.project.classes)
    labelled = (predictions.true >= 0) & np.isfinite(predictions.scores).all(axis=1)
    matrix = np.zeros((count, count), np.int64)
    np.add.at(matrix, (predictions.true[labelled], predictions.predicted[labelled]), 1)
    return matrix


def _verdict(predictions: Predictions, only: Filter) -> NDArray[np.bool_]:
    correct = predictions.correct(only.threshold)
    if only.verdict is Verdict.CORRECT:
        return correct == 1
    if only.verdict is Verdict.INCORRECT:
        return correct == 0
    return np.ones(len(correct), bool)


def _without_verdict(predictions: Predictions, only: Filter) -> NDArray[np.bool_]:
    passing = np.ones(len(predictions), bool)
    picked = read(predictions, only.picked) if only.picked else None
    if picked is not None:
        passing &= picked
    passing &= _of_finding(predictions, only)
    if only.text:
        wanted = only.text.casefold()
        passing &= np.array(
            [
                wanted in f"{s.id} {s.label or ''} {' '.join(s.metadata.values())}".casefold()
                for s in predictions.samples
            ],
            bool,
        )
    if predictions.project.is_regression:
        return passing
    classes = predictions.project.classes
    if only.true_class in classes:
        passing &= predictions.true == classes.index(only.true_class)
    if only.predicted_class in classes:
        passing &= predictions.predicted == classes.index(only.predicted_class)
    if (only.low, only.high) != (0, 100):
        per_cent = confidence(predictions) * 100.0
        # The ends are rounded outward, so that 100 % keeps what shows as 100 %.
        passing &= (per_cent >= only.low - 0.5) & (per_cent <= only.high + 0.5)
    return passing


def _of_finding(predictions: Predictions, only: Filter) -> NDArray[np.bool_]:
    """The pictures of a scan's finding: all where none is chosen, none where it is gone."""
    if not only.finding:
        return np.ones(len(predictions), bool)
    found = members(only.finding) or frozenset()
    return np.array([digest in found for digest in predictions.digests], bool)


def _order(predictions: Predictions, only: Filter) -> NDArray[np.float64]:
    """A number for each sample; the smallest comes first."""
    sort = only.sort if only.sort in sorts(predictions) else sorts(predictions)[0]
    if sort is Sort.NAME:
        ids = [sample.id for sample in predictions.samples]
        rank = np.empty(len(ids))
        rank[sorted(range(len(ids)), key=lambda i: ids[i])] = np.arange(len(ids))
        return rank
    if predictions.project.is_regression:
        size = np.nan_to_num(np.abs(predictions.errors), nan=-1.0).astype(float)
        return -size if sort is Sort.LARGEST_ERROR else np.where(size < 0, np.inf, size)
    score = confidence(predictions).astype(float)
    if sort is Sort.WRONG_FIRST:  # wrong ones by falling score, then right ones by rising score
        wrong = predictions.correct(only.threshold) == 0
        return np.where(wrong, -1.0 - score, score)
    return score if sort is Sort.LEAST_SURE else -score
