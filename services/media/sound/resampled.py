"""A sound at another number of values a second, by a polyphase filter."""

from __future__ import annotations

import math

import numpy as np

from gradcam.arrays import Numbers

HALF_FILTER = 10  # of scipy's own, in values at the lower of both rates


def resampled(wave: Numbers, rate: int, wanted: int) -> Numbers:
    """The same sound at another rate.

    Args:
        wave: (n,) float64.
        rate: of it, values a second.
        wanted: the other one.

    Returns:
        (about n · wanted / rate,) float64.
    """
    if rate == wanted or not len(wave):
        return wave
    from scipy.signal import resample_poly

    common = math.gcd(rate, wanted)
    return np.asarray(resample_poly(wave, wanted // common, rate // common), np.float64)


def part_for(start: int, stop: int, rate: int, wanted: int) -> tuple[int, int]:
    """The part to be read so that what lies from `start` to `stop` becomes as of the whole.

    Returns:
        Its first value, from which a whole number of new ones begins, and the value after its last.
    """
    if rate == wanted:
        return start, stop
    common = math.gcd(rate, wanted)
    up, down = wanted // common, rate // common
    margin = math.ceil(HALF_FILTER * max(up, down) / up) + 1
    first = max(0, start - margin) // down * down
    return first, stop + margin
