"""Where a word is spoken: its echo, other noise, the hum of a machine, the microphone."""

from __future__ import annotations

import numpy as np
from scipy.signal import fftconvolve
from voice import RATE, Wave

MAINS = 50.0  # hertz
# A motor's hum: twice the mains and its multiples, and how loud each of them is.
HUM = {100.0: 1.0, 200.0: 0.7, 300.0: 0.55, 400.0: 0.35, 500.0: 0.2, 600.0: 0.15}


def echoed(wave: Wave, seconds: float, rng: np.random.Generator) -> Wave:
    """With an echo that has faded by 60 dB after so many seconds; as long as before."""
    late = np.arange(int(seconds * RATE)) / RATE
    answer = rng.normal(0, 1, len(late)) * 10 ** (-3 * late / seconds)
    answer *= rng.uniform(0.1, 0.35) / np.sqrt((answer**2).sum())
    answer[0] = 1.0
    return fftconvolve(wave, answer)[: len(wave)]


def murmur(count: int, rng: np.random.Generator) -> Wave:
    """What a quiet room sounds like: noise that is louder below; root mean square 1."""
    spectrum = np.fft.rfft(rng.normal(0, 1, count))
    bands = np.fft.rfftfreq(count, 1 / RATE)
    wave = np.fft.irfft(spectrum / np.maximum(bands, 150.0) ** rng.uniform(0.2, 0.6), count)
    return wave / np.sqrt((wave**2).mean())


def hum(count: int, rng: np.random.Generator) -> Wave:
    """A machine beside the microphone; root mean square 1."""
    instants = np.arange(count) / RATE
    drift = 1 + rng.normal(0, 0.001)
    wave = np.zeros(count)
    for hertz, loud in HUM.items():
        strength = loud * np.exp(rng.normal(0, 0.25))
        wave += strength * np.cos(2 * np.pi * hertz * drift * instants + rng.uniform(0, 2 * np.pi))
    return wave / np.sqrt((wave**2).mean())


def babble(word: Wave, rng: np.random.Generator) -> Wave:
    """A word in pieces of some 50 ms in another order: its loudness and spectrum, but no word."""
    fade = int(0.006 * RATE)
    lengths = rng.integers(int(0.035 * RATE), int(0.065 * RATE), 1 + int(len(word) / 0.03 / RATE))
    stops = np.cumsum(lengths)
    stops = stops[stops <= len(word)]
    pieces = np.split(word, stops)[: len(stops)]
    wave, start = np.zeros(len(word) + fade), 0
    for which in rng.permutation(len(pieces)):
        piece = pieces[which]
        edge = np.minimum(np.arange(len(piece)), np.arange(len(piece))[::-1])
        wave[start : start + len(piece)] += piece * np.minimum(1.0, edge / fade)
        start += len(piece) - fade
    return wave[: len(word)] / np.abs(wave).max()


def recorded(wave: Wave, peak: float, rng: np.random.Generator) -> np.ndarray:
    """As a microphone's file holds it: tilted a little, so loud at its loudest; int16."""
    spectrum = np.fft.rfft(wave)
    bands = np.fft.rfftfreq(len(wave), 1 / RATE)
    tilt = 10 ** (rng.normal(0, 3.0) / 20 * np.log2(np.maximum(bands, 60.0) / 1000.0))
    wave = np.fft.irfft(spectrum * tilt, len(wave))
    return np.rint(wave / np.abs(wave).max() * peak * 32767).astype(np.int16)
