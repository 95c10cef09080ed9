"""How well scores tell anomalies from what is normal, whatever the threshold and at one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradcam.arrays import Floats, Mask, Numbers


def auroc(scores: Floats, anomalous: Mask) -> float:
    """The area under the receiver operating characteristic; NaN where one side is missing.

    The chance that an anomaly has a higher score than a normal picture, ties counting half
    (Hanley and McNeil 1982, Radiology 143).

    Args:
        scores: (N,).
        anomalous: (N,).
    """
    if anomalous.all() or not anomalous.any():
        return float("nan")
    return float(ordered_rightly(scores, anomalous)[anomalous].mean())


def ordered_rightly(scores: Floats, anomalous: Mask) -> Numbers:
    """(N,) which share of the other side each is ordered rightly against; 0.5 where there is none.

    Args:
        scores: (N,).
        anomalous: (N,).
    """
    right = np.full(len(scores), 0.5)
    for own, sign in ((anomalous, 1.0), (~anomalous, -1.0)):
        others = np.sort(sign * scores[~own])
        if len(others):
            below = np.searchsorted(others, sign * scores[own], "left")
            not_above = np.searchsorted(others, sign * scores[own], "right")
            right[own] = (below + not_above) / (2 * len(others))
    return right


@dataclass(frozen=True)
class AtThreshold:
    """What a threshold makes of N pictures; shares are NaN where nothing can be said.

    Attributes:
        threshold: from which a picture is called anomalous.
        precision: share of those called anomalous that are.
        recall: share of the anomalies that are called so.
        false_alarms: share of the normal ones that are called anomalous.
    """

    threshold: float
    precision: float
    recall: float
    false_alarms: float

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall; 0 where one of them is nothing."""
        both = np.nan_to_num(self.precision) + np.nan_to_num(self.recall)
        return 2 * self.precision * self.recall / both if both else 0.0

    @property
    def balance(self) -> float:
        """Recall minus false alarms (Youden 1950, Cancer 3): 1 at best, 0 for who guesses."""
        return self.recall - self.false_alarms


def at_threshold(scores: Floats, anomalous: Mask, threshold: float) -> AtThreshold:
    """What a threshold makes of some pictures.

    Args:
        scores: (N,).
        anomalous: (N,).
        threshold: from which a picture is called anomalous.
    """
    called = scores >= threshold
    return AtThreshold(
        threshold,
        _share(called & anomalous, called),
        _share(called & anomalous, anomalous),
        _share(called & ~anomalous, ~anomalous),
    )


def best_threshold(scores: Floats, anomalous: Mask) -> AtThreshold | None:
    """The threshold that tells the two sides apart best by `AtThreshold.balance`.

    It lies in the middle between two scores; None where one side is missing.
    """
    if anomalous.all() or not anomalous.any():
        return None
    order = np.argsort(-scores, kind="stable")
    ordered = scores[order].astype(np.float64)
    hits = np.cumsum(anomalous[order]) / anomalous.sum()
    alarms = np.cumsum(~anomalous[order]) / (~anomalous).sum()
    last = np.append(ordered[:-1] > ordered[1:], True)  # of equal scores all are called, or none
    best = int(np.where(last, hits - alarms, -np.inf).argmax())
    below = ordered[best + 1] if best + 1 < len(ordered) else ordered[best]
    return at_threshold(scores, anomalous, float(ordered[best] + below) / 2)


def _share(part: Mask, of: Mask) -> float:
    return int(part.sum()) / int(of.sum()) if of.any() else float("nan")
