"""How long one prediction takes on this machine, measured in the background when asked."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from gradcam import Network
from services.inside.machine import machine_name
from services.keeping.digests import numbers_digest
from services.keeping.store import BoundedStore
from services.project import Project
from services.work.asked import ALONE, Asked
from services.work.progress import Progress

WARM_UP = 5  # runs that are not counted: traced, paged in
LEAST, MOST = 10, 50  # runs that are
SECONDS = 3.0  # after which no run beyond the least begins

_measured: BoundedStore[str, Latency] = BoundedStore(64)


@dataclass(frozen=True)
class Latency:
    """What single predictions took.

    Attributes:
        seconds: of each run, in order.
        height, width, channels: of the picture.
        machine: where it was measured.
    """

    seconds: tuple[float, ...]
    height: int
    width: int
    channels: int
    machine: str

    @property
    def median(self) -> float:
        """Half of the runs took at most so many milliseconds."""
        return self._percentile(50)

    @property
    def quarters(self) -> tuple[float, float]:
        """Between these milliseconds lies the middle half of the runs."""
        return self._percentile(25), self._percentile(75)

    def _percentile(self, share: float) -> float:
        return float(np.percentile(self.seconds, share)) * 1e3

    def __str__(self) -> str:
        """In words."""
        low, high = self.quarters
        return (
            f"{milliseconds(self.median)} (median of {len(self.seconds)} runs; the middle half "
            f"took {milliseconds(low)} to {milliseconds(high)}), one input of "
            f"{self.height} × {self.width} × {self.channels}, on {self.machine}"
        )


def milliseconds(value: float) -> str:
    """A duration with three figures that count."""
    return f"{value:.3g} ms" if value < 1000 else f"{value:,.0f} ms"


@dataclass(frozen=True)
class Timing(Asked[Latency]):
    """The latency of a project's network at the size it really gets.

    Attributes:
        network: that predicts.
        height, width: of its pictures.
    """

    network: Network
    height: int
    width: int

    words = "measurement of speed"
    weight = ALONE

    @classmethod
    def of(cls, project: Project) -> Timing:
        """Of this project."""
        return cls(project.network, project.medium.height, project.medium.width)

    @property
    def digest(self) -> str:
        """Tells whether two people measure the same."""
        return f"latency {numbers_digest(self.network)} {self.height}x{self.width}"

    @property
    def found(self) -> Latency | None:
        """The figures, once they are there."""
        return _measured.get(self.digest)

    def forget(self) -> None:
        """Have it to do again: the machine may have been busy."""
        _measured.drop(self.digest)

    def make(self, progress: Progress) -> Latency:
        """See `Asked.make`."""
        timed = self.took(measure(self.run(), progress))
        _measured.put(self.digest, timed)
        return timed

    def run(self) -> Callable[[], object]:
        """One prediction, of a batch that is always the same."""
        shape = (1, self.height, self.width, self.network.channels)
        batch = np.random.default_rng(0).random(shape, np.float32)
        return lambda: self.network.predict(batch)

    def took(self, seconds: tuple[float, ...]) -> Latency:
        """What so many runs took on this machine."""
        size = self.height, self.width, self.network.channels
        return Latency(seconds, *size, machine_name())


def measure(
    run: Callable[[], object],
    progress: Progress,
    clock: Callable[[], float] = time.perf_counter,
) -> tuple[float, ...]:
    """Time a run again and again; between two of them others get as long as one took.

    Args:
        run: what is timed.
        progress: is told how far it is, and may end it.
        clock: gives seconds.

    Returns:
        seconds of each run after the warm-up.

    Raises:
        Cancelled: the person left.
    """
    (seconds,) = measure_in_turn([run], progress, clock)
    return seconds


def measure_in_turn(
    runs: Sequence[Callable[[], object]],
    progress: Progress,
    clock: Callable[[], float] = time.perf_counter,
) -> tuple[tuple[float, ...], ...]:
    """Time some runs, one after the other in rounds, so that all of them see the same machine.

    In every other round they go backwards, so that none always has what another one left behind.

    Args:
        runs: what is timed.
        progress: is told how far it is, and may end it.
        clock: gives seconds.

    Returns:
        Of each run its seconds in every round after the warm-up.

    Raises:
        Cancelled: the person left.
    """
    progress.begin("Warming up", WARM_UP * len(runs))
    for run in (*runs,) * WARM_UP:
        run()
        progress.advance()
    progress.begin("Predicting one sample repeatedly", MOST)
    took: list[list[float]] = [[] for _ in runs]
    end = clock() + SECONDS * len(runs)
    while (done := len(took[0])) < LEAST or (done < MOST and clock() < end):
        for place in range(len(runs))[:: -1 if done % 2 else 1]:
            start = clock()
            runs[place]()
            took[place].append(clock() - start)
            progress.pause(took[place][-1])
        progress.advance()
    return tuple(map(tuple, took))
