"""Edge Impulse's MFCC: what the shape of a spectrum is made of, normalised over the window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from gradcam.arrays import Numbers
from services.media.sound.bands import logarithm
from services.media.sound.feature_block import Range
from services.media.sound.framing import emphasized
from services.media.sound.normalized import normalized_locally
from services.media.sound.studio_block import BandBlock


@dataclass(frozen=True)
class Mfcc(BandBlock):
    """Cepstral coefficients; the first one is the logarithm of the frame's energy.

    Attributes:
        num_cepstral: how many.
        pre_cof: share of an earlier value that each one loses.
        pre_shift: how many values earlier.
    """

    num_filters: int = 32
    num_cepstral: int = 13
    pre_cof: float = 0.98
    pre_shift: int = 1

    name: ClassVar[str] = "ei-mfcc"
    versions: ClassVar[tuple[int, ...]] = (4, 3, 1)  # the second gives the third's numbers

    @property
    def coefficients(self) -> int:
        """See `FeatureBlock.coefficients`."""
        return self.num_cepstral

    @property
    def names(self) -> tuple[str, ...]:  # type: ignore[override]
        """Their numbers: cepstral coefficients have no frequency."""
        return ("energy", *(f"{number}" for number in range(1, self.num_cepstral)))

    @property
    def scales(self) -> tuple[Range, ...]:
        """One where the deviation is divided by, which makes up for any range."""
        return (self.scale,) if self.win_size else super().scales

    def features(self, wave: Numbers, rate: int) -> Numbers:
        """See `FeatureBlock.features`."""
        from scipy.fft import dct

        louder = emphasized(self.scale.brought(wave), self.pre_cof, self.pre_shift)
        power = self.framing(rate).power(louder)
        bands = logarithm(power @ self.bank(rate).T)
        cepstra = dct(bands, 2, axis=-1, norm="ortho")[:, : self.num_cepstral]
        if self.num_cepstral:
            cepstra[:, 0] = logarithm(power.sum(axis=1))
        if not self.win_size:
            return cepstra
        return normalized_locally(cepstra, self.win_size).astype(np.float64)
