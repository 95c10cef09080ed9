"""Banks of filters: from the bins of a Fourier transform to bands as wide as an ear's."""

from __future__ import annotations

import math

import numpy as np

from gradcam.arrays import Numbers

SILENCE = 1e-10  # stands for a sum of nothing, whose logarithm there is none of


def mel(hertz: float) -> float:
    """The scale of O'Shaughnessy 1987."""
    return 1127.0 * math.log(1.0 + hertz / 700.0)


def hertz_of(mels: Numbers) -> Numbers:
    """The way back from `mel`."""
    return 700.0 * (np.exp(mels / 1127.0) - 1.0)


def studio_bands(version: int, rate: int, fft: int, count: int, low: float, high: float) -> Numbers:
    """The bank of Edge Impulse's blocks: triangles between whole bins.

    Up to version 3 edges are placed as if the transform had half its length, so that each row
    hears half the frequency that its edges say.

    Args:
        version: of the block's implementation, 1 to 4.
        rate: values a second.
        fft: values of the Fourier transform.
        count: of the bands.
        low: the lowest edge, in hertz.
        high: the highest edge, in hertz; 0 is half the rate.

    Returns:
        (count, fft // 2 + 1) float64.
    """
    bins = fft // 2 + 1
    length = fft if version > 3 else bins
    edges = hertz_of(np.linspace(mel(low), mel(high or rate / 2), count + 2))
    edges[-1] -= 0.001
    at = np.floor((length + 1) * edges / rate).astype(np.int64)
    bank = np.zeros((count, bins), np.float64)
    for row, (left, middle, right) in enumerate(zip(at, at[1:], at[2:], strict=False)):
        rising = np.arange(left, middle + 1)
        falling = np.arange(middle, right)
        if middle > left:
            bank[row, rising] = (rising - left) / (middle - left)
        if right > middle:
            bank[row, falling] = (right - falling) / (right - middle)
    return bank


def htk_bands(rate: int, fft: int, count: int, low: float, high: float) -> Numbers:
    """The bank of `tf.signal.linear_to_mel_weight_matrix`: triangles that are straight in mels.

    Args:
        rate: values a second.
        fft: values of the Fourier transform.
        count: of the bands.
        low: the lowest edge, in hertz.
        high: the highest edge, in hertz; 0 is half the rate.

    Returns:
        (count, fft // 2 + 1) float64; the bin of no frequency is heard by none.
    """
    bins = 1127.0 * np.log1p(np.arange(fft // 2 + 1) * rate / fft / 700.0)
    edges = np.linspace(mel(low), mel(high or rate / 2), count + 2)
    rising = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    bank = np.maximum(0.0, np.minimum(rising, falling))
    bank[:, 0] = 0.0
    return bank


def centres(bank: Numbers, rate: int) -> Numbers:
    """The frequency that each band hears in the middle, in hertz: its bins, weighed.

    Args:
        bank: (count, bins).
        rate: values a second.

    Returns:
        (count,) float64; NaN of a band that hears nothing.
    """
    frequencies = np.arange(bank.shape[1]) * rate / (2 * (bank.shape[1] - 1))
    with np.errstate(invalid="ignore"):
        return bank @ frequencies / bank.sum(axis=1)


def logarithm(sums: Numbers) -> Numbers:
    """Natural logarithm; of nothing, that of `SILENCE`."""
    return np.log(np.where(sums == 0.0, SILENCE, sums))
