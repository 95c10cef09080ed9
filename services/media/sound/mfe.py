"""Edge Impulse's MFE: energies in bands as wide as an ear's, in decibels or normalised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from gradcam.arrays import Floats, Numbers
from services.media.sound.bands import SILENCE
from services.media.sound.feature_block import FULL_SCALE
from services.media.sound.framing import emphasized
from services.media.sound.normalized import less_local_mean
from services.media.sound.studio_block import BandBlock, in_decibels, stretched

EMPHASIS = 0.98
LEVELS = 256


@dataclass(frozen=True)
class Mfe(BandBlock):
    """Energies; from version 3 on in decibels over a noise floor, in 256 levels."""

    frame_stride: float = 0.01
    noise_floor_db: float = -52.0

    name: ClassVar[str] = "ei-mfe"

    @property
    def coefficients(self) -> int:
        """One for each band."""
        return self.num_filters

    def variants(self) -> Sequence[Self]:
        """Every version and low edge; the first two versions stretch whatever they get."""
        ways = super().variants()
        return [each for each in ways if each.version > 2 or each.scale is self.scale]

    def features(self, wave: Numbers, rate: int) -> Numbers:
        """See `FeatureBlock.features`."""
        wave = self.scale.brought(wave)
        if self.version < 3:
            energies = self._energies(wave, rate)
            return stretched(
                less_local_mean(energies, self.win_size) if self.win_size else energies
            )
        small = (wave / FULL_SCALE).astype(np.float32)
        energies = self._energies(emphasized(small, EMPHASIS), rate)
        share = np.clip(in_decibels(energies, self.noise_floor_db), 0.0, 1.0)
        # As 8 bits: the highest level does not fit into them and becomes the lowest.
        return np.rint(share * LEVELS) % LEVELS / LEVELS

    def _energies(self, wave: Numbers | Floats, rate: int) -> Numbers:
        energies = self.framing(rate).power(wave) @ self.bank(rate).T
        return np.where(energies == 0.0, SILENCE, energies)
