"""The order in which a network's outputs stand for its classes, as its own answers tell it."""

from __future__ import annotations

import numpy as np

from gradcam.arrays import Numbers
from services.tasks.shown import Positions

_FIRST = 1e-6  # of equal orders the one that is named


def best_order(true: Positions, predicted: Positions, classes: int) -> Positions:
    """Which class each output stands for, so that the balanced accuracy is highest.

    Args:
        true: (N,) indices of the true classes, as they are named.
        predicted: (N,) indices of the outputs.
        classes: how many.

    Returns:
        (classes,) the index of a class for each output. Those that are neither true nor said keep
        their own.
    """
    from scipy.optimize import linear_sum_assignment

    met = np.union1d(true, predicted)  # of 1000 classes some pictures meet few
    share = _shares(np.searchsorted(met, true), np.searchsorted(met, predicted), len(met))
    own, output = linear_sum_assignment(share + _FIRST * np.eye(len(met)), maximize=True)
    order = np.arange(classes)
    order[met[output]] = met[own]
    return order


def _shares(true: Positions, predicted: Positions, classes: int) -> Numbers:
    """(classes, classes) share of each class, in rows, that is called each."""
    counts = np.zeros((classes, classes))
    np.add.at(counts, (true, predicted), 1.0)
    return counts / np.maximum(counts.sum(axis=1, keepdims=True), 1.0)
