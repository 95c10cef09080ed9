"""How a sound is cut into frames, and the power of each at every frequency."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from gradcam.arrays import Floats, Numbers

SKIPPED = 0.05  # share of a sound that is worth a word where no frame hears it
ABOVE = 0.001  # a length so little above a whole number of values is that number


@dataclass(frozen=True)
class Framing:
    """Frames of a sound, in values.

    Attributes:
        length: of a frame.
        hop: from the beginning of a frame to that of the next.
        fft: values that the Fourier transform takes; of a longer frame the first ones alone, a
            shorter one is padded with silence.
        last: whether the last whole frame counts, as it does not in version 1 of Edge Impulse's
            blocks.
    """

    length: int
    hop: int
    fft: int
    last: bool = True

    @property
    def heard(self) -> int:
        """Values of a frame that are heard at all."""
        return min(self.length, self.fft)

    @property
    def skipped(self) -> float:
        """The share of a sound that lies in no frame's heard part."""
        return max(0.0, 1.0 - self.heard / self.hop)

    def count(self, values: int) -> int:
        """Frames of a sound of so many values."""
        return max(0, (values - self.length) // self.hop + (1 if self.last else 0))

    def frames(self, wave: Numbers | Floats) -> Numbers:
        """The heard part of each frame.

        Args:
            wave: (n,) of numbers.

        Returns:
            (frames, heard) float64.
        """
        count = self.count(len(wave))
        if not count:
            return np.zeros((0, self.heard), np.float64)
        starts = sliding_window_view(wave, self.heard)[:: self.hop]
        return starts[:count].astype(np.float64)

    def power(self, wave: Numbers | Floats) -> Numbers:
        """The power of each frame without a window function: |FFT|² over the FFT's length.

        Returns:
            (frames, fft // 2 + 1) float64.
        """
        return np.abs(np.fft.rfft(self.frames(wave), self.fft)) ** 2 * (1.0 / self.fft)


def studio_framing(version: int, rate: int, length: float, stride: float, fft: int) -> Framing:
    """Frames as Edge Impulse's blocks cut them.

    Args:
        version: of the block's implementation, 1 to 4.
        rate: values a second.
        length: of a frame, in seconds.
        stride: from one frame to the next, in seconds.
        fft: values of the Fourier transform.
    """
    whole = round if version == 1 else _rounded_up
    return Framing(int(whole(rate * length)), int(whole(rate * stride)), fft, last=version > 1)


def _rounded_up(values: float) -> int:
    below = math.floor(values)
    return below if values - below < ABOVE else below + 1


def emphasized(wave: Numbers | Floats, share: float, shift: int = 1) -> Numbers | Floats:
    """A sound less a share of itself some values earlier; before the first value comes the last."""
    return wave - share * np.roll(wave, shift)
