"""Drop and increase of confidence: what the target says of the picture seen through its heatmap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gradcam.arrays import Floats
from gradcam.baseline import Baseline
from gradcam.heatmap import resize_heat
from gradcam.probe import Probe
from gradcam.truth.removal import USUAL_FILL, values_without


@dataclass(frozen=True)
class Confidence:
    """What happens to the target's number when only what is hot is shown.

    Attributes:
        whole: the number for the picture as it is.
        shown: the number for the picture seen through its heatmap.
    """

    whole: float
    shown: float

    @property
    def change(self) -> float:
        """How far the number moves either way: what counts for a value, which has no best end."""
        return abs(self.shown - self.whole)

    @property
    def drop(self) -> float:
        """The loss as a share of the number, never below 0; 0 where there is nothing to lose.

        A uniform map loses nothing, and so has the best drop there is: read it beside that.
        """
        return max(0.0, self.whole - self.shown) / self.whole if self.whole > 0.0 else 0.0

    @property
    def increase(self) -> bool:
        """Whether the number rises: what the heatmap hides spoke against the target."""
        return self.shown > self.whole


def bare_heat(raw: Floats) -> Floats:
    """After ReLU, divided by the maximum, with nothing refused: a uniform map is hot everywhere.

    Args:
        raw: (h, w) float32, signed.

    Returns:
        (h, w) float32 in 0..1.
    """
    positive = np.maximum(raw, 0.0)
    return (positive / (float(positive.max()) or 1.0)).astype(np.float32)


def confidence(
    probe: Probe, number: int, raw: Floats, fill: Baseline | str = USUAL_FILL
) -> Confidence:
    """Show of a picture what is hot, and ask again.

    Chattopadhay et al. 2018 (arXiv:1710.11063), section 4.1. There the picture is multiplied by
    its heatmap, so that what is cold becomes zero: that is `fill="zero"`, and misleads where the
    network sees something in black (the demo's calls a black picture a car).

    Args:
        probe: whose network and targets are asked.
        number: of the picture among the probe's, from 0.
        raw: (h, w) float32, its map.
        fill: what stands where the heatmap is cold.
    """
    whole, shown = values_without(probe, number, cold(probe.upright(raw), probe.plane), fill)
    return Confidence(float(whole), float(shown))


def cold(raw: Floats, size: Sequence[int]) -> Floats:
    """What is taken away: first nothing, then what is not hot.

    Args:
        raw: (h, w) float32, a map.
        size: height and width of the picture.

    Returns:
        (2, height, width) float32 in 0..1.
    """
    height, width = size
    heat = resize_heat(bare_heat(raw), width, height)
    return np.stack([np.zeros_like(heat), 1.0 - heat])
