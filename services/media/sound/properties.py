"""What can be said of a sound without a network: whether it hums, clicks, how loud it is."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcam.arrays import Numbers
from services.media.property import Property, Saying, Unusual

MAINS = (50.0, 60.0)  # hertz
LINES = 12  # multiples of the mains that are looked at
LOUDEST_LINES = 3  # of which the loudest are the hum
HUM_SECONDS = 0.2  # of a spectrum: lines of 50 and 60 Hz stand apart
ALWAYS = 0.25  # what a quarter of the moments stay below is what is there all the time
FRAME_SECONDS = 0.02
SILENT_DB = 35.0  # below its loud moments a sound is silent
LOUD, QUIET = 0.95, 0.1  # quantiles of the moments
CLICK_SECONDS, CLICK_DB = 0.002, 20.0  # so short, and so far above what is around it
AROUND = 6  # such moments to either side
LEAST = 1e-10  # power: digital silence is -100 dB
RAIL = 0.999  # of full scale

SOUND_PROPERTIES = (
    Property(
        "hum, dB",
        Saying("hum", "the hum in its sounds", "hums more"),
        Saying("hardly hum", "its sounds hardly humming", "hums less"),
        figure="hum (lines of the mains over what is beside them)",
        digits=".0f",
        unit=" dB",
        too_high=Unusual("Does it hum?", "hum more", plus=10.0),
    ),
    Property(
        "clicks a second",
        Saying("click", "the clicks in its sounds", "clicks more"),
        Saying("hardly click", "its sounds hardly clicking", "clicks less"),
    ),
    Property(
        "loudness, dB",
        Saying("are loud", "its sounds being loud", "is the louder one"),
        Saying("are quiet", "its sounds being quiet", "is the quieter one"),
        figure="loudness",
        digits=".0f",
        unit=" dB",
        too_low=Unusual("Is it too quiet?", "are quieter", plus=-12.0),
        too_high=Unusual("Is it too loud?", "are louder", plus=12.0),
    ),
    Property(
        "silence, share of the time",
        Saying("are silent for long", "the silence in its sounds", "is silent for longer"),
        Saying("have few pauses", "its sounds having few pauses", "has fewer pauses"),
    ),
    Property(
        "background, dB",
        Saying("have a loud background", "the loud background of its sounds",
               "has the louder background"),
        Saying("have a quiet background", "the quiet background of its sounds",
               "has the quieter background"),
        figure="background",
        digits=".0f",
        unit=" dB",
        too_high=Unusual("Is it noisy?", "have a louder background", plus=12.0),
    ),
    Property(
        "spectral centroid, Hz",
        Saying("are bright", "its sounds being bright", "is the brighter one"),
        Saying("are dull", "its sounds being dull", "is the duller one"),
    ),
    Property(
        "length, s",
        Saying("are long", "its sounds being long", "is the longer one"),
        Saying("are short", "its sounds being short", "is the shorter one"),
    ),
    Property(
        "offset (DC), share of full scale",
        Saying("have an offset (DC)", "the offset (DC) of its sounds", "has the larger offset"),
        Saying("have no offset (DC)", "its sounds having no offset (DC)", "has the smaller offset"),
    ),
    Property(
        "clipped, share of the values",
        Saying("are clipped", "its sounds being clipped", "is clipped more"),
        Saying("are not clipped", "its sounds not being clipped", "is clipped less"),
        figure="clipped share",
        digits=".2%",
        too_high=Unusual("Is it clipped?", "are clipped more", plus=0.001),
    ),
)  # fmt: skip


def sound_properties(wave: Numbers, rate: int) -> Numbers:
    """Listen to a sound; about a millisecond for a second of it.

    Args:
        wave: (n,) float64, -1..1.
        rate: values a second.

    Returns:
        (9,) float64, in the order of `SOUND_PROPERTIES`.
    """
    if len(wave) == 0:
        wave = np.zeros(1)
    offset = float(wave.mean())
    levels = _decibels(_moments(wave - offset, rate, FRAME_SECONDS))
    loud, quiet = np.quantile(levels, LOUD), np.quantile(levels, QUIET)
    return np.array(
        [
            hum_of(wave, rate),
            _clicks(wave, rate),
            float(_decibels(np.mean((wave - offset) ** 2))),
            float((levels < loud - SILENT_DB).mean()),
            float(quiet),
            _centroid(wave - offset, rate),
            len(wave) / rate,
            abs(offset),
            float((np.abs(wave) >= RAIL).mean()),
        ]
    )


def hum_of(wave: Numbers, rate: int) -> float:
    """How far lines of the mains stand out of what is there all the time, in decibels.

    A voice may pass over such a frequency; a machine stays on it. Less than two spectra long, a
    sound has no hum that could be told from a tone: 0.
    """
    size = round(HUM_SECONDS * rate)
    if len(wave) < 2 * size:
        return 0.0
    frames = np.lib.stride_tricks.sliding_window_view(wave, size)[:: size // 4]
    power = np.abs(np.fft.rfft(frames * np.hanning(size), axis=1)) ** 2
    always = np.quantile(power, ALWAYS, axis=0) + LEAST
    return max(_standing_out(always, mains, rate / size) for mains in MAINS)


def _standing_out(always: Numbers, mains: float, step: float) -> float:
    """The mean of the loudest lines over the loudest of their surroundings, in decibels."""
    lines = []
    for multiple in range(1, LINES + 1):
        at = round(multiple * mains / step)
        if at + 5 >= len(always):
            break
        beside = np.r_[always[at - 5 : at - 2], always[at + 3 : at + 6]].max()
        lines.append(float(10 * np.log10(always[at - 1 : at + 2].max() / beside)))
    return float(np.mean(sorted(lines)[-LOUDEST_LINES:])) if lines else 0.0


def _moments(wave: Numbers, rate: int, seconds: float) -> Numbers:
    """Mean power of one piece after the other; the last, shorter one belongs to the one before."""
    size = max(1, round(seconds * rate))
    count = max(1, len(wave) // size)
    return np.array((wave[: count * size] ** 2).reshape(count, -1).mean(axis=1))


def _decibels(power: Numbers | np.floating[Any]) -> Numbers:
    return np.asarray(10 * np.log10(np.asarray(power) + LEAST), np.float64)


def _clicks(wave: Numbers, rate: int) -> float:
    """Moments a second that are far louder than those before and after."""
    levels = _decibels(_moments(np.diff(wave, prepend=wave[:1]), rate, CLICK_SECONDS))
    if len(levels) < 2 * AROUND + 1:
        return 0.0
    around = np.lib.stride_tricks.sliding_window_view(levels, 2 * AROUND + 1)
    sides = np.maximum(
        np.median(around[:, : AROUND - 1], axis=1), np.median(around[:, AROUND + 2 :], axis=1)
    )
    return float((around[:, AROUND] > sides + CLICK_DB).sum() / (len(wave) / rate))


def _centroid(wave: Numbers, rate: int) -> float:
    """The middle of the spectrum, in hertz; 0 of digital silence."""
    power = np.abs(np.fft.rfft(wave)) ** 2
    total = power.sum()
    bands = np.fft.rfftfreq(len(wave), 1 / rate)
    return float((power * bands).sum() / total) if total > 0 else 0.0
