"""Studio's MFE block, version 4, on its own: nothing here is the product's, so both are compared.

After https://github.com/edgeimpulse/processing-blocks (mfe), written frame by frame.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from tests.studio.errors import StudioError
from tests.studio.impulse import DspBlock, Windows

USUAL = {
    "frame_length": 0.02,
    "frame_stride": 0.01,
    "num_filters": 40,
    "fft_length": 256,
    "low_frequency": 0,
    "high_frequency": 0,
    "noise_floor_db": -52,
}


def features(block: DspBlock, windows: Windows, values: NDArray[np.int16]) -> list[float]:
    """What the block makes of one window, frame after frame."""
    if block.type != "mfe" or block.version != 4:
        raise StudioError(f"The imitation knows no {block.type} block of version {block.version}")
    whole = np.zeros(windows.length, np.int16)
    whole[: len(values)] = values[: windows.length]
    sound = (whole / 32768).astype(np.float32)
    louder = sound - np.float32(0.98) * np.roll(sound, 1)
    options, rate = {**USUAL, **block.options}, windows.frequency
    length, hop = (_up(options[name] * rate) for name in ("frame_length", "frame_stride"))
    frames, _ = feature_shape(block, windows)
    bank, size, floor = _bank(options, rate), int(options["fft_length"]), options["noise_floor_db"]
    found: list[float] = []
    for number in range(frames):
        frame = louder[number * hop : number * hop + length]
        power = np.abs(np.fft.rfft(frame, size)) ** 2 / size
        for row in bank:
            decibels = 10 * math.log10(max(float(row @ power), 1e-30))
            share = min(1.0, max(0.0, (decibels - floor) / (12 - floor)))
            found.append(round(share * 256) % 256 / 256)
    return found


def feature_shape(block: DspBlock, windows: Windows) -> tuple[int, int]:
    """Frames, and numbers of each."""
    options = {**USUAL, **block.options}
    length = _up(options["frame_length"] * windows.frequency)
    hop = _up(options["frame_stride"] * windows.frequency)
    return max(0, (windows.length - length) // hop + 1), int(options["num_filters"])


def _up(length: float) -> int:
    return math.floor(length) if length % 1 < 0.001 else math.ceil(length)


def _bank(options: Mapping[str, float], rate: float) -> NDArray[np.float64]:
    size, count = int(options["fft_length"]), int(options["num_filters"])
    low, high = options["low_frequency"], options["high_frequency"] or rate / 2
    mels = [1127 * math.log(1 + edge / 700) for edge in (low, high)]
    steps = [mels[0] + (mels[1] - mels[0]) * n / (count + 1) for n in range(count + 2)]
    edges = [700 * (math.exp(step / 1127) - 1) for step in steps]
    edges[-1] -= 0.001
    bins = [math.floor((size + 1) * edge / rate) for edge in edges]
    bank = np.zeros((count, size // 2 + 1))
    for row in range(count):
        left, middle, right = bins[row : row + 3]
        for at in range(left, right + 1):
            if left < at <= middle:
                bank[row, at] = (at - left) / (middle - left)
            elif middle < at < right:
                bank[row, at] = (right - at) / (right - middle)
    return np.where(bank == 0, 0, bank)
