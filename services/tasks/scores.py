"""How good a network is on its test set, in figures: per class, over all, how sure, how far off."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradcam.arrays import Floats, Mask, Numbers
from services.tasks.confusion import Confusion
from services.tasks.shown import Counts, Positions

Z95 = 1.959964  # standard deviations that hold 95 % of a normal distribution


@dataclass(frozen=True)
class ClassFigures:
    """Figures of each class, (classes,) each; NaN where nothing can be said.

    Attributes:
        precision: share of those called so that are so; NaN where none is called so.
        recall: share of those that are so that are called so; NaN where none is so.
        f1: harmonic mean of the two; NaN where none is so and none is called so.
        support: how many are so.
        called: how many are called so.
    """

    precision: Numbers
    recall: Numbers
    f1: Numbers
    support: Counts
    called: Counts


@dataclass(frozen=True)
class MeanFigures:
    """Precision, recall and F1 over the classes."""

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class Calibration:
    """Whether a network is right as often as it is sure (Guo et al. 2017, arXiv:1706.04599).

    Attributes:
        edges: (bins + 1,) from 0 to 1; a bin reaches up to and with its upper edge.
        count: (bins,) samples in each.
        confidence: (bins,) mean score of the predicted class; NaN of an empty bin.
        accuracy: (bins,) share of correct ones; NaN of an empty bin.
        ece: expected calibration error, eq. 3: the mean distance of the two, weighted by count.
        sure, right: mean confidence and accuracy over all samples.
    """

    edges: Numbers
    count: Counts
    confidence: Numbers
    accuracy: Numbers
    ece: float
    sure: float
    right: float


@dataclass(frozen=True)
class RegressionScores:
    """How far off a regression reads, over the labelled samples.

    Attributes:
        count: how many.
        mean_absolute, root_mean_square: of the errors.
        bias: the mean error; above zero it reads too high.
        median_absolute: half of the errors are smaller.
        r2: share of the labels' variance that is explained; NaN where they do not vary.
    """

    count: int
    mean_absolute: float
    root_mean_square: float
    bias: float
    median_absolute: float
    r2: float


def class_figures(of: Confusion) -> ClassFigures:
    """Figures of each class."""
    return figures_of(of.hits, of.support, of.predicted)


def label_figures(true: Mask, called: Mask) -> ClassFigures:
    """Figures of labels that are true or not by themselves.

    Args:
        true: (N, labels).
        called: (N, labels).
    """
    return figures_of((true & called).sum(axis=0), true.sum(axis=0), called.sum(axis=0))


def figures_of(hits: Counts, support: Counts, called: Counts) -> ClassFigures:
    """Figures of each class: out of (classes,) right ones, those that are so, those called so."""
    return ClassFigures(
        precision=_shares(hits, called),
        recall=_shares(hits, support),
        f1=_shares(2 * hits, support + called),
        support=support,
        called=called,
    )


def macro(scores: ClassFigures) -> MeanFigures:
    """The plain mean over the classes that occur; what cannot be said counts as 0."""
    occurring = (scores.support + scores.called) > 0
    return _mean(scores, occurring.astype(np.float64))


def weighted_mean(scores: ClassFigures) -> MeanFigures:
    """The mean weighted by support; what cannot be said counts as 0."""
    return _mean(scores, scores.support.astype(np.float64))


def accuracy(of: Confusion) -> float:
    """Share of correct ones; NaN where there are none."""
    return int(of.hits.sum()) / of.total if of.total else float("nan")


def rates(matrix: Counts) -> Numbers:
    """Each cell as its share of the true class; 0 in the row of a class without samples."""
    return np.nan_to_num(_shares(matrix, matrix.sum(axis=1, keepdims=True)))


def true_ranks(scores: Floats, true: Positions) -> Counts:
    """(N,) how many classes have a higher score than the true one: 0 where that is the highest.

    Of equal scores the class with the lower index comes first, as in `argmax`.

    Args:
        scores: (N, classes).
        true: (N,) indices.
    """
    own = np.take_along_axis(scores, true[:, None], axis=1)
    before = np.arange(scores.shape[1]) < true[:, None]
    return np.count_nonzero((scores > own) | ((scores == own) & before), axis=1)


def top_k(ranks: Counts, k: int) -> float:
    """How often the true class is among the k highest scores; NaN without samples.

    Args:
        ranks: (N,), see `true_ranks`.
        k: 1 gives the accuracy.
    """
    return float((ranks < k).mean()) if len(ranks) else float("nan")


def calibration(confidence: Floats, correct: Floats, bins: int) -> Calibration:
    """Compare how sure a network is with how often it is right, in bins of equal width.

    Args:
        confidence: (N,) scores of the predicted class, 0..1.
        correct: (N,) 1 or 0.
        bins: how many.
    """
    edges = np.linspace(0.0, 1.0, bins + 1)
    place = np.clip(np.searchsorted(edges, confidence, side="left") - 1, 0, bins - 1)
    count = np.bincount(place, minlength=bins)
    sure = _shares(np.bincount(place, confidence, bins), count)
    right = _shares(np.bincount(place, correct, bins), count)
    total = max(1, len(confidence))
    return Calibration(
        edges=edges,
        count=count,
        confidence=sure,
        accuracy=right,
        ece=float(np.nansum(np.abs(sure - right) * count)) / total,
        sure=float(confidence.sum()) / total,
        right=float(correct.sum()) / total,
    )


def regression_scores(true: Floats, read: Floats) -> RegressionScores:
    """Figures of a regression.

    Args:
        true: (N,) labels.
        read: (N,) what the network reads.
    """
    if not len(true):
        return RegressionScores(0, *[float("nan")] * 5)
    true, error = true.astype(np.float64), read.astype(np.float64) - true
    spread = float(((true - true.mean()) ** 2).sum())
    return RegressionScores(
        count=len(true),
        mean_absolute=float(np.abs(error).mean()),
        root_mean_square=float(np.sqrt((error**2).mean())),
        bias=float(error.mean()),
        median_absolute=float(np.median(np.abs(error))),
        r2=1.0 - float((error**2).sum()) / spread if spread else float("nan"),
    )


def wilson(right: Counts, of: Counts) -> tuple[Numbers, Numbers]:
    """Where a share lies with a confidence of 95 %: lower and upper ends, NaN of none.

    Wilson 1927, "Probable inference, the law of succession, and statistical inference". It holds
    for few samples and for shares of 0 and 1 too, where the usual interval has no width.

    Args:
        right: how many are.
        of: of how many.
    """
    share, weight = _shares(right, of), _shares(np.full(np.shape(of), Z95**2), of)
    middle = (share + weight / 2) / (1 + weight)
    half = np.sqrt(share * (1 - share) * weight + weight**2 / 4) / (1 + weight)
    return np.maximum(middle - half, 0.0), np.minimum(middle + half, 1.0)


def _shares(parts: Numbers | Counts, of: Counts) -> Numbers:
    return np.divide(parts, of, out=np.full(np.shape(parts), np.nan), where=of > 0)


def _mean(scores: ClassFigures, weights: Numbers) -> MeanFigures:
    if not weights.sum():
        return MeanFigures(float("nan"), float("nan"), float("nan"))
    columns = (scores.precision, scores.recall, scores.f1)
    return MeanFigures(*(float(np.average(np.nan_to_num(c), weights=weights)) for c in columns))
