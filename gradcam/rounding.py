"""Maps that are no more than the rounding of the arithmetic: they count as zero, and say so."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import cast

import numpy as np

from gradcam.arrays import Floats
from gradcam.network import Capture, Pooled

# Of what is added up, the share below which a sum is rounding: float32 has 6e-8, and errors add up
# on the way through a network. True maps of real networks had at least 1e-3.
SHARE = 1e-5


def settled(maps: Floats, floors: Floats) -> tuple[Floats, tuple[str, ...]]:
    """Maps without those that are rounding, and for each a sentence; "" where it is as it was.

    Args:
        maps: (N, h, w) float32, signed.
        floors: (N,) how large rounding may be; a map that is nowhere larger is set to zero.
    """
    largest = np.abs(maps).max(axis=(1, 2))
    rounding = (largest > 0.0) & (largest <= floors)
    if not rounding.any():
        return maps, ("",) * len(maps)
    kept = np.where(rounding[:, None, None], np.zeros_like(maps), maps)
    told = zip(rounding, largest, floors, strict=True)
    return kept, tuple(
        _said(float(top), float(floor)) if is_one else "" for is_one, top, floor in told
    )


def _said(largest: float, floor: float) -> str:
    return (
        f"It counts as zero because it is rounding of the arithmetic: at most {largest:.0e}, where "
        f"rounding alone may reach {floor:.0e}."
    )


def uncancelled(capture: Capture, function: Callable[[Capture], Floats]) -> Floats:
    """What a method makes of a capture's absolute values, so that nothing cancels: (N, h, w)."""
    return function(cast("Capture", _Uncancelled(capture)))


class _Uncancelled:
    """The absolute values of a capture: made when they are asked for, since maps are large."""

    def __init__(self, capture: Capture) -> None:
        self._own, self.outputs, self.logits = capture, capture.outputs, capture.logits
        self.scores = capture.scores
        self.pooled = None
        if capture.pooled is not None:
            bare = capture.pooled.uncancelled
            self.pooled = Pooled(bare, bare)

    @cached_property
    def activations(self) -> Floats:
        return _magnitudes(self._own.activations)

    @cached_property
    def gradients(self) -> Floats:
        return np.abs(self._own.gradients)


def _magnitudes(numbers: Floats) -> Floats:
    """Absolute values; of a layer behind a ReLU the numbers themselves, which need no copy."""
    return numbers if numbers.min() >= 0.0 else np.abs(numbers)


def capture_floors(maps: Floats, bare: Floats, logits: Floats | None) -> Floats:
    """How large rounding may be in maps that add up activations times gradients: (N,).

    A small share of what the same method makes of the absolute values, where nothing cancels; and
    a map that all in all moves the logit by a small share of the logits is rounding of these.

    Args:
        maps: (N, h, w) float32.
        bare: (N, h, w) float32, see `uncancelled`.
        logits: (N, K) float32, before the last activations; None where the map is not in their
            unit, or nobody knows them.
    """
    floors = SHARE * np.abs(bare).max(axis=(1, 2))
    if logits is None:
        return floors
    moved, all_of_it = np.abs(maps).sum(axis=(1, 2)), np.abs(logits).max(axis=1)
    largest = np.abs(maps).max(axis=(1, 2))
    return np.where(moved <= SHARE * all_of_it, np.maximum(floors, largest), floors)


def apart_from_rounding(capture: Capture, function: Callable[[Capture], Floats]) -> Floats:
    """A method's maps (N, h, w), those that are rounding set to zero."""
    maps = function(capture)
    floors = capture_floors(maps, uncancelled(capture, function), capture.logits)
    return settled(maps, floors)[0]
