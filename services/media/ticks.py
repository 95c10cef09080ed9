"""Where numbers stand along the axes of a shown sample, in seconds and in hertz."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from services.media.axes import Panel

APART = 0.085  # of an axis: numbers nearer than that run into each other
NAMED = 10  # names along an axis, at most


@dataclass(frozen=True)
class Tick:
    """A number on an axis.

    Attributes:
        at: how far from the axis' left or upper end, 0..1.
        text: what is written there.
    """

    at: float
    text: str


def second_ticks(start: float, stop: float, most: int = 8) -> tuple[Tick, ...]:
    """Whole steps of time between two moments, in seconds."""
    lasts = stop - start
    if lasts <= 0:
        return ()
    step = _step(lasts / most)
    first, last = math.ceil(start / step - 1e-9), math.floor(stop / step + 1e-9)
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    return tuple(
        Tick((n * step - start) / lasts, f"{n * step:.{digits}f} s") for n in range(first, last + 1)
    )


def row_ticks(panel: Panel) -> tuple[Tick, ...]:
    """Some frequencies along the rows of a panel, or some of the rows' names.

    A frequency stands where it lies between the middles of two rows, as the rows measure it: bands
    that widen towards the top have their numbers come closer there.
    """
    if panel.names:
        count = len(panel.names)
        every = -(-count // NAMED)
        # from the last row, which is the lowest coefficient, upwards
        return tuple(
            Tick((row + 0.5) / count, panel.names[row]) for row in range(count - 1, -1, -every)
        )
    hertz = np.asarray(panel.hertz)
    if len(hertz) < 2:
        return tuple(Tick(0.5, _hertz(each)) for each in panel.hertz)
    places = (np.arange(len(hertz)) + 0.5) / len(hertz)
    rising, known = np.unique(hertz, return_index=True)
    chosen: list[Tick] = []
    for each in _round(float(rising[0]), float(rising[-1])):
        at = float(np.interp(each, rising, places[known]))
        if all(abs(at - tick.at) >= APART for tick in chosen):
            chosen.append(Tick(at, _hertz(each)))
    return tuple(sorted(chosen, key=lambda tick: tick.at))


def _round(low: float, high: float) -> Iterator[float]:
    """Frequencies between two, the roundest first."""
    powers = range(1, 1 + math.ceil(math.log10(max(high, 10))))
    for factors in ((1,), (5, 2), (3, 4), (6, 8, 7, 9), (1.5, 2.5)):
        for power in reversed(powers):
            for factor in factors:
                if low <= factor * 10**power <= high:
                    yield factor * 10**power


def _hertz(each: float) -> str:
    return f"{each / 1000:g}k" if each >= 1000 else f"{each:.0f}"


def _step(least: float) -> float:
    """The least of 1, 2, 5, 10, 20 … and their tenths that is no less."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(power * each for each in (1, 2, 5, 10) if power * each >= least * (1 - 1e-9))
