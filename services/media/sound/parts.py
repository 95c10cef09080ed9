"""Parts of a window: cells of its short-time spectrum, and what the network gets without them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradcam.arrays import Floats
from services.media.sound.bands import centres
from services.media.sound.feature_block import FULL_SCALE, FeatureBlock
from services.media.sound.masking import Filling, heat_on_grid, masked_each, spectrum_grid


@dataclass(frozen=True, eq=False)
class SoundParts:
    """Parts of a window that was read; see `SourceParts`.

    Attributes:
        wave: (n,) float32 in -1..1, the window without what it is filled up with.
        length: values of the whole window.
        rate: values a second.
        blocks: that make the features.
        by_feature: brings a map to each block's features, see `Sound.by_feature`.
        windows_heard: gives the tensors of windows in the range of 16 bits, see `Sound.tensors`.
    """

    wave: Floats
    length: int
    rate: int
    blocks: Sequence[FeatureBlock]
    by_feature: Callable[[Floats], Sequence[Floats]]
    windows_heard: Callable[[Floats], Floats]

    def laid(self, raw: Floats) -> Floats:
        """A map on time and frequency, through the features that each of its cells is of.

        Of several blocks it is added up. Coefficients without a frequency count for all of them.
        """
        low, high = float(raw.min()), float(raw.max())
        heats = self.by_feature((raw - low) / ((high - low) or 1.0))
        grid = spectrum_grid(len(self.wave), self.rate)
        both = zip(self.blocks, heats, strict=True)
        each = [
            heat_on_grid(heat.T, *_middles(block, len(heat), self.rate), grid)
            for block, heat in both
        ]
        return np.sum(each, axis=0, dtype=np.float32)

    def left(self, kept: Floats, filling: Filling = Filling.NOISE) -> Floats:
        """The window with only some cells left, without what it is filled up with."""
        return masked_each(self.wave, self.rate, kept, filling)

    def tensors(self, left: Floats) -> Floats:
        """What the network gets of them, filled up again."""
        missing = self.length - left.shape[1]
        return self.windows_heard(np.pad(left, ((0, 0), (0, missing))) * np.float32(FULL_SCALE))


def _middles(
    block: FeatureBlock, frames: int, rate: int
) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
    """The middle of what each frame hears, in seconds, and of each band, in hertz."""
    framing = block.framing(rate)
    seconds = (np.arange(frames) * framing.hop + framing.heard / 2) / rate
    return seconds, None if block.names else centres(block.bank(rate), rate)
