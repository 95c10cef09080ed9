"""Deletion and insertion: how the target follows as the picture goes, or comes, hottest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from gradcam.arrays import Floats
from gradcam.baseline import Baseline
from gradcam.probe import Probe
from gradcam.truth.removal import USUAL_FILL, hottest_each, importance, values_without

STEPS = 20


@dataclass(frozen=True)
class Curve:
    """The target's number while a share of the picture is taken away, or shown.

    Attributes:
        shares: (S + 1,) float32 from 0 to 1.
        values: (S + 1,) float32, the number that a person reads.
    """

    shares: Floats
    values: Floats

    @property
    def area(self) -> float:
        """Below the curve, by the trapezoidal rule: its mean height.

        Of a class, low is good for a deletion and high for an insertion.
        """
        return float(np.trapezoid(self.values, self.shares))

    def distance(self, whole: float) -> Curve:
        """How far the number is, either way, from that of the whole picture.

        For a value, which has no best end: hiding a gauge's hand may raise its reading or lower
        it. Of this area, high is good for a deletion and low for an insertion.

        Args:
            whole: the number of the picture as it is.
        """
        return Curve(self.shares, np.abs(self.values - np.float32(whole)))

    @classmethod
    def mean(cls, curves: Sequence[Curve]) -> Self:
        """The mean of several curves over the same shares."""
        return cls(curves[0].shares, np.mean([curve.values for curve in curves], axis=0))


def deletion(
    probe: Probe,
    number: int,
    raw: Floats,
    *,
    steps: int = STEPS,
    fill: Baseline | str = USUAL_FILL,
) -> Curve:
    """The picture fades, hottest pixels first: with a good map the number falls at once.

    Petsiuk et al. 2018 (arXiv:1806.07421), section 4.1. Pixels of equal importance fade together.

    Args:
        probe: whose network and targets are asked.
        number: of the picture among the probe's, from 0.
        raw: (h, w) float32, its map, signed; the order of its numbers is all that counts.
        steps: in which it fades.
        fill: what is left in the end.

    Raises:
        GradcamError: the map has numbers that are not finite.
    """
    gone = fading(probe.upright(raw), probe.plane, steps)
    return Curve(shares(steps), values_without(probe, number, gone, fill))


def insertion(
    probe: Probe,
    number: int,
    raw: Floats,
    *,
    steps: int = STEPS,
    fill: Baseline | str = USUAL_FILL,
) -> Curve:
    """The picture appears, hottest pixels first: with a good map the number rises at once.

    The other way about of `deletion`, which see: it begins where that one ends.
    """
    gone = 1.0 - fading(probe.upright(raw), probe.plane, steps)
    return Curve(shares(steps), values_without(probe, number, gone, fill))


def shares(steps: int) -> Floats:
    """From 0 to 1: (steps + 1,) float32."""
    return np.linspace(0.0, 1.0, steps + 1, dtype=np.float32)


def fading(raw: Floats, size: Sequence[int], steps: int) -> Floats:
    """What is gone of a picture while it fades, hottest first: (steps + 1, height, width) float32.

    Args:
        raw: (h, w) float32, a map, signed.
        size: height and width of the picture.
        steps: in which it fades.

    Raises:
        GradcamError: the map has numbers that are not finite.
    """
    return hottest_each(importance(raw, *size), shares(steps).tolist())
