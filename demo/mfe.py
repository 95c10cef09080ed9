"""Mel filter bank energies as Edge Impulse's MFE block (version 4) makes them, for one second."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from voice import RATE

FRAME, HOP, FILTERS, FFT, FLOOR = 320, 160, 40, 256, -52.0  # Studio's own choice at 16 kHz
FRAMES = (RATE - FRAME) // HOP + 1


def features(values: NDArray[np.int16]) -> NDArray[np.float32]:
    """What the network gets of a second: (99 * 40,) float32, frame after frame."""
    wave = values.astype(np.float32) / np.float32(32768)
    wave = wave - np.float32(0.98) * np.roll(wave, 1)
    frames = np.lib.stride_tricks.sliding_window_view(wave, FRAME)[::HOP, :FFT]
    power = np.abs(np.fft.rfft(frames, FFT, axis=1)) ** 2 / FFT
    decibels = 10 * np.log10(np.maximum(power @ _bands().T, 1e-30))
    share = np.clip((decibels - FLOOR) / (12 - FLOOR), 0, 1)
    return (np.rint(share * 256).astype(np.uint8) / 256).astype(np.float32).ravel()


@cache
def _bands() -> NDArray[np.float64]:
    """The triangles: (40, 129)."""
    highest = 1127 * np.log(1 + RATE / 2 / 700)
    hertz = 700 * (np.exp(np.linspace(0, highest, FILTERS + 2) / 1127) - 1)
    hertz[-1] -= 0.001
    edges = np.floor((FFT + 1) * hertz / RATE).astype(int)
    bins = np.arange(FFT // 2 + 1)
    rows = []
    for left, middle, right in zip(edges, edges[1:], edges[2:], strict=False):
        row = np.zeros(len(bins))
        up, down = (bins > left) & (bins <= middle), (bins >= middle) & (bins < right)
        row[up] = (bins[up] - left) / (middle - left)
        row[down] = (right - bins[down]) / (right - middle)
        rows.append(row)
    return np.array(rows)
