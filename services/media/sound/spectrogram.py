"""Edge Impulse's spectrogram: the power of every bin, in decibels or stretched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from gradcam.arrays import Numbers
from services.media.sound.feature_block import FULL_SCALE, Range
from services.media.sound.studio_block import StudioBlock, in_decibels, stretched


@dataclass(frozen=True)
class Spectrogram(StudioBlock):
    """Power by frequency; from version 3 on in decibels over a noise floor."""

    frame_stride: float = 0.01
    fft_length: int = 128
    noise_floor_db: float = -52.0

    name: ClassVar[str] = "ei-spectrogram"

    @property
    def coefficients(self) -> int:
        """One for each bin."""
        return self.fft_length // 2 + 1

    @property
    def scales(self) -> tuple[Range, ...]:
        """One: version 3 brings its values to another, the first two stretch whatever they get."""
        return (self.scale,)

    def features(self, wave: Numbers, rate: int) -> Numbers:
        """See `FeatureBlock.features`."""
        wave = self.scale.brought(wave)
        if self.version == 3 and np.abs(wave).max(initial=0.0) > 1.0:
            wave = wave / FULL_SCALE
        power = self.framing(rate).power(wave)
        if self.version < 3:
            return stretched(power)
        share = in_decibels(power, self.noise_floor_db)
        return np.clip(share, 0.0, 1.0 if self.version == 3 else None)
