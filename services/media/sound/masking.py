"""Keeping the hot part of a sound, or taking it out: on its short-time spectrum, and back.

What is taken away is replaced by noise as loud as the sound's quietest tenth, or by silence.
Digital silence is unlike anything that was recorded: features that are brought to a common scale
over the window all change with it, wherever it stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gradcam.arrays import Floats
from gradcam.truth import hottest

if TYPE_CHECKING:
    from scipy.signal import ShortTimeFFT

WINDOW = 0.032  # seconds: 512 values at 16 kHz
QUIET = 0.1  # the share of the frames whose loudness the noise has
_Bins = NDArray[np.complexfloating[Any, Any]]


class Filling(StrEnum):
    """What stands where a part of a sound is taken away."""

    NOISE = "low noise"
    SILENCE = "silence"


@dataclass(frozen=True)
class SpectrumGrid:
    """The cells of a short-time spectrum.

    Attributes:
        seconds: (T,) float64, the middle of each frame.
        hertz: (F,) float64, the middle of each band, rising.
    """

    seconds: NDArray[np.float64]
    hertz: NDArray[np.float64]


def spectrum_grid(count: int, rate: int) -> SpectrumGrid:
    """The cells of the spectrum of so many values."""
    transform = _transform(rate)
    return SpectrumGrid(transform.t(_enough(count, rate)), transform.f)


def heat_on_grid(
    heat: Floats,
    seconds: NDArray[np.float64],
    hertz: NDArray[np.float64] | None,
    grid: SpectrumGrid,
) -> Floats:
    """Heat over time and frequency on the cells of a spectrum.

    Between the middles of two rows or columns it is interpolated, which for triangular bands is
    each band's heat by its weight there; beyond the last ones it is that of the nearest.

    Args:
        heat: (rows, columns) float32; NaN, where the network heard nothing, counts as the least.
        seconds: (columns,) float64, the middle of each column, rising.
        hertz: (rows,) float64, the middle of each row, NaN of one that hears nothing; None where
            rows have no frequency, whose mean then holds for all.
        grid: the cells.

    Returns:
        (F, T) float32.
    """
    least = np.nanmin(heat) if np.isfinite(heat).any() else 0.0
    known = np.nan_to_num(heat, nan=float(least))
    if hertz is not None:
        known, hertz = known[np.isfinite(hertz)], hertz[np.isfinite(hertz)]
    if hertz is None or len(np.unique(hertz)) < 2:
        over_frequency = np.repeat(known.mean(axis=0, keepdims=True), len(grid.hertz), axis=0)
    else:
        order = np.argsort(hertz, kind="stable")
        over_frequency = _between(known[order], hertz[order], grid.hertz)
    return _between(over_frequency.T, seconds, grid.seconds).T.astype(np.float32)


def hottest_part(heat: Floats, share: float) -> Floats:
    """Which part of each cell belongs to the hottest share of all: (F, T) float32 in 0..1.

    Rounded as `gradcam.truth.importance` does: what differs by less differs by chance of the
    arithmetic, and is a tie, whose cells share alike in what is due.
    """
    largest = float(np.abs(heat).max()) or 1.0
    return hottest(np.rint(heat / largest * 1e6).astype(np.float32), share)


def masked(
    values: Floats, rate: int, kept: Floats, filling: Filling = Filling.NOISE, *, seed: int = 0
) -> Floats:
    """A sound of which only some cells are left.

    Args:
        values: (n,) float32, of any scale.
        rate: values a second.
        kept: (F, T) float32 in 0..1 on `spectrum_grid(n, rate)`: how much of each cell stays.
        filling: what stands where it does not.
        seed: of the noise.

    Returns:
        (n,) float32, of the same scale.
    """
    return masked_each(values, rate, kept[None], filling, seed=seed)[0]


def masked_each(
    values: Floats, rate: int, kept: Floats, filling: Filling = Filling.NOISE, *, seed: int = 0
) -> Floats:
    """The same for several masks of one sound: (M, F, T) gives (M, n)."""
    transform, count = _transform(rate), len(values)
    padded = _padded(values, rate)
    spectrum = transform.stft(padded)
    instead = np.zeros_like(spectrum)
    if filling is Filling.NOISE:
        white = np.random.default_rng(seed).standard_normal(len(padded))
        loudness = _quiet(spectrum, transform, len(padded))
        instead = transform.stft(white) * (loudness / np.sqrt(np.sum(transform.win**2)))
    return np.stack(
        [
            transform.istft(spectrum * one + instead * (1.0 - one), k1=len(padded))[:count]
            for one in kept
        ]
    ).astype(np.float32)


def as_loud(*several: Floats) -> tuple[Floats, ...]:
    """Sounds brought to one scale, on which the loudest value of all is ±1; silence stays."""
    peak = max((float(np.abs(one).max(initial=0.0)) for one in several), default=0.0)
    return tuple((one / (peak or 1.0)).astype(np.float32) for one in several)


def _quiet(spectrum: _Bins, transform: ShortTimeFFT, count: int) -> NDArray[np.float64]:
    """How loud each band is in the quietest tenth of the frames: (F, 1) float64.

    Frames that reach beyond the sound are quiet only because there is nothing.
    """
    first = transform.lower_border_end[1] - transform.p_min
    last = transform.upper_border_begin(count)[1] - transform.p_min
    whole = spectrum[:, first:last] if last > first else spectrum
    power = np.abs(whole) ** 2
    quietest = np.argsort(power.sum(axis=0), kind="stable")[: max(1, round(QUIET * len(power.T)))]
    return np.sqrt(power[:, quietest].mean(axis=1, keepdims=True))


def _between(
    rows: Floats, known: NDArray[np.float64], wanted: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Rows at other places, each between its two neighbours: (len(wanted), …) float64."""
    if len(known) == 1:
        return np.repeat(rows.astype(np.float64), len(wanted), axis=0)
    at = np.interp(wanted, known, np.arange(len(known)))
    below = np.minimum(at.astype(int), len(known) - 2)
    part = (at - below)[:, None]
    return rows[below] * (1.0 - part) + rows[below + 1] * part


def _padded(values: Floats, rate: int) -> Floats:
    return np.pad(values, (0, _enough(len(values), rate) - len(values)))


def _enough(count: int, rate: int) -> int:
    """A transform takes no sound that is shorter than its window."""
    return max(count, _transform(rate).m_num)


@lru_cache(maxsize=8)
def _transform(rate: int) -> ShortTimeFFT:
    from scipy.signal import ShortTimeFFT  # a third of a second, for who masks sounds
    from scipy.signal.windows import hann

    length = 1 << max(4, round(np.log2(WINDOW * rate)))
    return ShortTimeFFT(hann(length, sym=False), hop=length // 4, fs=rate, mfft=length)
