"""Two things measured in turns, so that a busy machine slows both alike."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

LEAST = 3  # pairs, however slow they are


@dataclass(frozen=True)
class Effort:
    """How long to measure.

    Attributes:
        pairs: at most, of one row.
        seconds: at most, of one row, once there are `LEAST` pairs.
        rounds: of steps of the sessions of a server.
        steps: of one session, over which memory is watched.
        starts: pairs of started servers.
        processes: pairs of whole processes.
        samples: of a large project.
        soak: seconds for which many people are there.
    """

    pairs: int
    seconds: float
    rounds: int
    steps: int
    starts: int
    processes: int
    samples: int
    soak: float

    def longer(self, times: float) -> Effort:
        """More time for what is slow, so that the median stands on enough pairs."""
        return replace(self, seconds=self.seconds * times)


FULL = Effort(
    pairs=60, seconds=8.0, rounds=8, steps=10_000, starts=3, processes=7, samples=10_000, soak=600.0
)
QUICK = Effort(
    pairs=10, seconds=2.0, rounds=3, steps=1_000, starts=1, processes=3, samples=2_000, soak=60.0
)


@dataclass(frozen=True)
class Pairs:
    """Seconds that two things took, pair by pair."""

    first: tuple[float, ...]
    second: tuple[float, ...]

    @property
    def ratios(self) -> list[float]:
        """First over second, pair by pair."""
        return [a / b for a, b in zip(self.first, self.second, strict=True)]

    def said(self, pictures: int = 1) -> str:
        """Both medians for one picture, in milliseconds."""
        first, second = (np.median(each) * 1e3 / pictures for each in (self.first, self.second))
        return f"{first:.2f} : {second:.2f} ms"


def in_turns(first: Callable[[], object], second: Callable[[], object], effort: Effort) -> Pairs:
    """Time two things in turns; who goes first changes from pair to pair.

    Args:
        first: the one above the line.
        second: the one it is divided by.
        effort: how long.
    """
    first(), second()  # traced, cached, paged in
    pairs: list[tuple[float, float]] = []
    end = time.perf_counter() + effort.seconds
    while len(pairs) < LEAST or (len(pairs) < effort.pairs and time.perf_counter() < end):
        if len(pairs) % 2:
            b, a = seconds(second), seconds(first)
        else:
            a, b = seconds(first), seconds(second)
        pairs.append((a, b))
    return Pairs(tuple(a for a, _ in pairs), tuple(b for _, b in pairs))


def seconds(work: Callable[[], object]) -> float:
    """How long a call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
