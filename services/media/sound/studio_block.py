"""What Edge Impulse's blocks for sounds have in common: versions, frames, bands.

Their public code is edgeimpulse/processing-blocks; what each version changes is told in its own
file. Numbers are equal to theirs, see `tests/services/media/sound/test_blocks.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import product
from typing import ClassVar, Self

import numpy as np

from gradcam.arrays import Floats, Numbers
from services.media.sound.bands import studio_bands
from services.media.sound.feature_block import FULL_SCALE, Range
from services.media.sound.framing import Framing, studio_framing

LOWER_EDGE = 300.0  # hertz: what blocks before May 2023 and devices took where 0 was asked for
LEAST_POWER, HIGHEST_DB = 1e-30, 12.0


@dataclass(frozen=True)
class StudioBlock:
    """A block of Edge Impulse, by the names of its parameters in Studio.

    Attributes:
        version: of its implementation, 1 to 4.
        frame_length, frame_stride: in seconds.
        fft_length: values of the Fourier transform.
        scale: of the values it is given.
    """

    version: int = 4
    frame_length: float = 0.02
    frame_stride: float = 0.02
    fft_length: int = 256
    scale: Range = Range.STORED

    name: ClassVar[str]
    names: ClassVar[tuple[str, ...]] = ()
    versions: ClassVar[tuple[int, ...]] = (4, 3, 2, 1)  # of which each gives other numbers

    @property
    def said(self) -> str:
        """Name and version."""
        return f"{self.name} version {self.version}"

    @property
    def parameters(self) -> Mapping[str, object]:
        """See `FeatureBlock.parameters`."""
        return asdict(self)

    def framing(self, rate: int) -> Framing:
        """See `FeatureBlock.framing`."""
        return studio_framing(
            self.version, rate, self.frame_length, self.frame_stride, self.fft_length
        )

    def bank(self, rate: int) -> Numbers:  # noqa: ARG002 - bins are what they are
        """Every bin by itself."""
        return np.eye(self.fft_length // 2 + 1)

    def energies(self, wave: Numbers, rate: int) -> Numbers:
        """See `FeatureBlock.energies`."""
        return self.framing(rate).power(wave / FULL_SCALE) @ self.bank(rate).T

    @property
    def scales(self) -> tuple[Range, ...]:
        """Ranges of values that give other numbers."""
        return (Range.STORED, Range.UNIT)

    def variants(self) -> Sequence[Self]:
        """Every version with every range of values."""
        return [
            replace(self, version=version, scale=scale)
            for version, scale in product(self.versions, self.scales)
        ]

    @property
    def chosen(self) -> Mapping[str, str]:
        """See `FeatureBlock.chosen`."""
        return {"version": f"{self.version}", "scale": self.scale}


@dataclass(frozen=True)
class BandBlock(StudioBlock):
    """A block that hears in bands.

    Attributes:
        num_filters: how many.
        low_frequency, high_frequency: edges in hertz; 0 is none, which above is half the rate.
        win_size: frames that a normalisation looks at; 0 for none.
    """

    num_filters: int = 40
    low_frequency: float = 0.0
    high_frequency: float = 0.0
    win_size: int = 101

    def bank(self, rate: int) -> Numbers:
        """See `studio_bands`."""
        low, high = self.low_frequency, self.high_frequency
        return studio_bands(self.version, rate, self.fft_length, self.num_filters, low, high)

    def variants(self) -> Sequence[Self]:
        """Every version, low edge and range of values."""
        edges = dict.fromkeys((self.low_frequency, *([] if self.low_frequency else [LOWER_EDGE])))
        return [replace(each, low_frequency=edge) for each in super().variants() for edge in edges]

    @property
    def chosen(self) -> Mapping[str, str]:
        """See `FeatureBlock.chosen`."""
        return {**super().chosen, "low edge": f"{self.low_frequency:g} Hz"}


def in_decibels(power: Numbers, floor: float) -> Numbers:
    """Power in decibels, 0 at a noise floor and 1 at +12 dB; not clipped."""
    decibels = 10.0 * np.log10(np.maximum(power, LEAST_POWER))
    return (decibels - floor) / (HIGHEST_DB - floor)


def stretched(numbers: Numbers | Floats) -> Numbers:
    """From the least, 0, to the highest, 1; where all are the same they are nothing."""
    least, highest = numbers.min(), numbers.max()
    with np.errstate(invalid="ignore"):
        return np.nan_to_num((numbers - least) / (highest - least), nan=0.0).astype(np.float64)
