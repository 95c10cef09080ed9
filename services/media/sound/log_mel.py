"""Logarithms of energies in mel bands, and their cepstra, as TensorFlow's recipes make them.

`tf.signal.stft`, `linear_to_mel_weight_matrix` and `mfccs_from_log_mel_spectrograms`: YAMNet's
features are of the first kind, those of MLPerf Tiny's keywords of the second.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import ClassVar, Self

import numpy as np

from gradcam.arrays import Numbers
from services.media.sound.bands import htk_bands
from services.media.sound.feature_block import FULL_SCALE, Range
from services.media.sound.framing import Framing


@dataclass(frozen=True)
class LogMel:
    """Energies in mel bands; by default as YAMNet takes them.

    Attributes:
        frame_length, frame_stride: in seconds.
        fft_length: values of the Fourier transform.
        num_filters: bands.
        low_frequency, high_frequency: edges in hertz; 0 above is half the rate.
        log_offset: added to energies before their logarithm.
        exponent: of the magnitudes: 1, or 2 for power.
        scale: of the values it is given.
    """

    frame_length: float = 0.025
    frame_stride: float = 0.01
    fft_length: int = 512
    num_filters: int = 64
    low_frequency: float = 125.0
    high_frequency: float = 7500.0
    log_offset: float = 0.001
    exponent: float = 1.0
    scale: Range = Range.UNIT

    name: ClassVar[str] = "log-mel"
    names: ClassVar[tuple[str, ...]] = ()

    @property
    def said(self) -> str:
        """Name and bands."""
        return f"{self.name}, {self.num_filters} bands"

    @property
    def parameters(self) -> Mapping[str, object]:
        """See `FeatureBlock.parameters`."""
        return asdict(self)

    @property
    def coefficients(self) -> int:
        """One for each band."""
        return self.num_filters

    def framing(self, rate: int) -> Framing:
        """See `FeatureBlock.framing`; lengths are rounded."""
        length, hop = round(rate * self.frame_length), round(rate * self.frame_stride)
        return Framing(length, hop, self.fft_length)

    def bank(self, rate: int) -> Numbers:
        """See `htk_bands`."""
        low, high = self.low_frequency, min(self.high_frequency, rate / 2)
        return htk_bands(rate, self.fft_length, self.num_filters, low, high)

    def features(self, wave: Numbers, rate: int) -> Numbers:
        """See `FeatureBlock.features`."""
        bands = self._magnitudes(self.scale.brought(wave), rate) ** self.exponent
        return np.log(bands @ self.bank(rate).T + self.log_offset)

    def energies(self, wave: Numbers, rate: int) -> Numbers:
        """See `FeatureBlock.energies`."""
        power = self._magnitudes(wave / FULL_SCALE, rate) ** 2 / self.fft_length
        return power @ self.bank(rate).T

    def _magnitudes(self, wave: Numbers, rate: int) -> Numbers:
        framing = self.framing(rate)
        at = np.arange(framing.heard)
        window = 0.5 - 0.5 * np.cos(2.0 * np.pi * at / framing.length)
        return np.abs(np.fft.rfft(framing.frames(wave) * window, self.fft_length))

    def variants(self) -> Sequence[Self]:
        """Every range of values."""
        return [replace(self, scale=scale) for scale in (Range.UNIT, Range.PEAK, Range.STORED)]

    @property
    def chosen(self) -> Mapping[str, str]:
        """See `FeatureBlock.chosen`."""
        return {"scale": self.scale}


@dataclass(frozen=True)
class TfMfcc(LogMel):
    """Cepstral coefficients; by default as MLPerf Tiny's keyword spotting takes them.

    Attributes:
        num_cepstral: how many.
    """

    frame_length: float = 0.03
    frame_stride: float = 0.02
    num_filters: int = 40
    low_frequency: float = 20.0
    high_frequency: float = 4000.0
    log_offset: float = 1e-6
    scale: Range = Range.PEAK
    num_cepstral: int = 10

    name: ClassVar[str] = "tf-mfcc"

    @property
    def said(self) -> str:
        """Name and coefficients."""
        return f"{self.name}, {self.num_cepstral} coefficients"

    @property
    def names(self) -> tuple[str, ...]:  # type: ignore[override]
        """Their numbers: cepstral coefficients have no frequency."""
        return tuple(f"{number}" for number in range(self.num_cepstral))

    @property
    def coefficients(self) -> int:
        """See `FeatureBlock.coefficients`."""
        return self.num_cepstral

    def features(self, wave: Numbers, rate: int) -> Numbers:
        """See `FeatureBlock.features`."""
        from scipy.fft import dct

        cepstra = dct(super().features(wave, rate), 2, axis=-1)
        return cepstra[:, : self.num_cepstral] / np.sqrt(2.0 * self.num_filters)

    def variants(self) -> Sequence[Self]:
        """Every range of values, the one it has first."""
        return [replace(self, scale=scale) for scale in (Range.PEAK, Range.UNIT, Range.STORED)]
