"""What arrives at a batch normalisation, beside what it saw in training.

A batch normalisation keeps the mean and the variance of each channel as training showed them. A
preprocessing that makes them again is the one that the network was trained with; no labels needed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from gradcam.arrays import Numbers

_NO_VARIANCE = 1e-6  # keeps a dead channel from deciding alone
_NO_SPREAD = 1e-9


@dataclass(frozen=True, eq=False)
class Arrived:
    """What one layer saw in training, and what arrives there now. Batches can be added up.

    Attributes:
        layer: path of the batch normalisation.
        stored_mean, stored_variance: of each channel in training, (C,) float64.
        count: numbers of each channel that arrived.
        total, squares: their sum and the sum of their squares, (C,) float64.
    """

    layer: str
    stored_mean: Numbers
    stored_variance: Numbers
    count: int
    total: Numbers
    squares: Numbers

    def __add__(self, more: Arrived) -> Arrived:
        """What arrived in both batches, at the same layer."""
        return replace(
            self,
            count=self.count + more.count,
            total=self.total + more.total,
            squares=self.squares + more.squares,
        )

    @property
    def mean(self) -> Numbers:
        """Of each channel that arrived, (C,) float64."""
        return self.total / self.count

    @property
    def variance(self) -> Numbers:
        """Of each channel that arrived, (C,) float64."""
        return np.maximum(self.squares / self.count - self.mean**2, 0.0)

    @property
    def is_trained(self) -> bool:
        """False where mean 0 and variance 1 stand everywhere, as before any training."""
        return bool(np.any(self.stored_mean != 0.0) or np.any(self.stored_variance != 1.0))


def distance(arrived: Arrived) -> float:
    """How far what arrives is from what training showed: 0 is the same.

    The mean over the channels of (μ - m)² / (v + 1e-6) + |log((σ² + 1e-9) / (v + 1e-9))|, with m
    and v the stored mean and variance, μ and σ² those that arrive. The right scaling is 20 to 300
    times nearer than the next. It means nothing unless `is_trained`.
    """
    shift = (arrived.mean - arrived.stored_mean) ** 2 / (arrived.stored_variance + _NO_VARIANCE)
    spread = np.log((arrived.variance + _NO_SPREAD) / (arrived.stored_variance + _NO_SPREAD))
    return float(shift.mean() + np.abs(spread).mean())
