"""Which layer to look at: the one whose heat counts most, late rather than early."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from gradcam.truth.quick import Check, Outcome

NEAR = 0.9  # of the best gain: what is as near is as good, and the later layer knows more


class LayerReason(StrEnum):
    """Why a layer is recommended, as a sentence."""

    BEST = (
        "Beside a random fifth, hiding its hottest fifth changes the target more than with any "
        "other layer"
    )
    LATEST = (
        "Beside a random fifth, hiding its hottest fifth changes the target about as much as with "
        "the best of the layers, and it is the latest of these"
    )
    USUAL = (
        "No layer's heat counts clearly more than chance here, so it is the usual one: the last "
        "with a map larger than 1 × 1"
    )


@dataclass(frozen=True)
class Recommendation:
    """A layer and why.

    Attributes:
        layer: its name.
        reason: why.
        gain: what hiding its hottest fifth takes from the target beyond a random fifth, the mean
            over the pictures.
    """

    layer: str
    reason: LayerReason
    gain: float


def recommend(checks: Mapping[str, Sequence[Check]], usual: str) -> Recommendation:
    """Choose among layers by quick checks of the same pictures.

    A layer comes into question if its map does better than chance in at least half of the
    pictures.

    Args:
        checks: for each layer's name, first to last, one for each picture.
        usual: the layer that is taken where none does better than chance.
    """
    gains = {
        name: float(np.mean([each.gain for each in checked])) for name, checked in checks.items()
    }
    good = {name: gains[name] for name, checked in checks.items() if _supported(checked)}
    best = max(good.values(), default=0.0)
    if best <= 0:
        return Recommendation(usual, LayerReason.USUAL, gains.get(usual, 0.0))
    near = [name for name, gain in good.items() if gain >= NEAR * best]
    reason = LayerReason.BEST if len(near) == 1 else LayerReason.LATEST
    return Recommendation(near[-1], reason, gains[near[-1]])


def _supported(checks: Sequence[Check]) -> bool:
    count = sum(check.outcome is Outcome.SUPPORTED for check in checks)
    return 2 * count >= len(checks) > 0
