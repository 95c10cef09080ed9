"""Whether two maps put their places in the same order."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gradcam.arrays import Floats


def rank_correlation(first: Floats, second: Floats) -> float:
    """Spearman's rank correlation of two maps, equal numbers sharing their mean rank.

    Args:
        first: (h, w) float32, signed.
        second: (h, w) float32, signed.

    Returns:
        -1..1. Where it is not defined: 1 if both are the same everywhere, 0 if only one of them
        is, or has numbers that are not finite.
    """
    if not (np.isfinite(first).all() and np.isfinite(second).all()):
        return 0.0
    a, b = _centred_ranks(first), _centred_ranks(second)
    spread = float(np.sqrt((a @ a) * (b @ b)))
    if spread == 0.0:
        return float(not a.any() and not b.any())
    return float(a @ b) / spread


def _centred_ranks(raw: Floats) -> NDArray[np.float64]:
    _, place, count = np.unique(raw, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    ranks = last - (count - 1) / 2.0
    return ranks[place.ravel()] - (raw.size + 1) / 2.0
