"""From map to heatmap: ReLU, one divisor, and a reason in words where there is nothing to show."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import cv2
import numpy as np

from gradcam.arrays import Floats


class Normalization(StrEnum):
    """What a map is divided by."""

    PERCENTILE = "percentile"
    SIMPLE = "simple"


class Degenerate(StrEnum):
    """Why a map shows nothing; the value is the sentence for the page."""

    NOT_FINITE = "The network gave numbers that are not finite here, so there is no map."
    ZERO = "The map is zero everywhere: this layer does not influence the target for this input."
    NEGATIVE = "Nothing in this layer speaks for the target: the map is negative everywhere."
    CONSTANT = "The map is the same everywhere, so no place stands out."


def degenerate_reason(raw: Floats) -> Degenerate | None:
    """Why a map shows nothing, or None where it shows something.

    Args:
        raw: (h, w) float32, signed.
    """
    if not np.isfinite(raw).all():
        return Degenerate.NOT_FINITE
    low, high = float(raw.min()), float(raw.max())
    if low == high == 0.0:
        return Degenerate.ZERO
    if high <= 0.0:
        return Degenerate.NEGATIVE
    if high - low <= 1e-6 * max(abs(high), abs(low)):
        return Degenerate.CONSTANT
    return None


def divisor(
    raw: Floats,
    mode: Normalization | str = Normalization.PERCENTILE,
    percentile: float = 100.0,
) -> float:
    """What the positive part of a map is divided by; 0 for a map that shows nothing.

    `percentile`: the q-th percentile of the positive part over all positions (100 is the maximum);
    where that is zero, the maximum. `simple`: the maximum, whatever the percentile.

    Args:
        raw: (h, w) float32, signed.
        mode: `percentile` or `simple`.
        percentile: q in 0..100.
    """
    if degenerate_reason(raw) is not None:
        return 0.0
    positive = np.maximum(raw, 0.0)
    highest = float(positive.max())
    if Normalization(mode) is Normalization.SIMPLE:
        return highest
    return float(np.percentile(positive, percentile)) or highest


def shared_divisor(
    maps: Iterable[Floats],
    mode: Normalization | str = Normalization.PERCENTILE,
    percentile: float = 100.0,
) -> float:
    """One divisor for several maps, the largest of their own, so that they can be compared."""
    return max((divisor(raw, mode, percentile) for raw in maps), default=0.0)


def normalize(
    raw: Floats,
    mode: Normalization | str = Normalization.PERCENTILE,
    percentile: float = 100.0,
    scale: float | None = None,
) -> Floats:
    """A map made comparable: ReLU, divided, clipped to 0..1.

    Args:
        raw: (h, w) float32, signed.
        mode: `percentile` or `simple`, see `divisor`.
        percentile: q in 0..100, for `percentile`.
        scale: a divisor shared with other maps, in place of this map's own.

    Returns:
        (h, w) float32 in 0..1; zeros for a degenerate map (see `degenerate_reason`).
    """
    by = divisor(raw, mode, percentile) if scale is None else scale
    if by <= 0.0 or degenerate_reason(raw) is not None:
        return np.zeros(raw.shape, np.float32)
    return np.clip(np.maximum(raw, 0.0) / np.float32(by), 0.0, 1.0).astype(np.float32)


def resize_heat(heat: Floats, width: int, height: int) -> Floats:
    """Half-pixel bilinear, then clipped: no align-corners shift, no overshoot.

    Args:
        heat: (h, w) float32 in 0..1.
        width: columns of the result.
        height: rows of the result.

    Returns:
        (height, width) float32 in 0..1.
    """
    resized = cv2.resize(heat, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.clip(resized, 0.0, 1.0).astype(np.float32)
