"""What is counted of this process: plain sums in memory, without any library until somebody asks.

Labels have few values: kinds, outcomes, pages; never what people or their data are called.
"""

from __future__ import annotations

import threading
import time
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from gradcam import GradcamError
from services.errors import Cancelled

Values = tuple[str, ...]  # of the labels


@dataclass(frozen=True)
class Metric:
    """Something that is counted.

    Attributes:
        name: as Prometheus has it, without the unit's or the kind's ending.
        about: in words.
        labels: what tells its values apart.
    """

    name: str
    about: str
    labels: Values = ()
    _lock: threading.Lock = field(
        default_factory=threading.Lock, init=False, repr=False, compare=False
    )


@dataclass(frozen=True)
class Counter(Metric):
    """How often something happened."""

    _sums: dict[Values, float] = field(default_factory=dict, init=False, repr=False, compare=False)

    def add(self, *values: str, count: float = 1) -> None:
        """Say that it happened.

        Args:
            values: of the labels.
            count: how often.
        """
        with self._lock:
            self._sums[values] = self._sums.get(values, 0) + count

    @contextmanager
    def outcome(self, *values: str) -> Iterator[None]:
        """Say what becomes of the block, as the last label: done, left, refused or failed."""
        outcome = "failed"
        try:
            yield
            outcome = "done"
        except Cancelled:
            outcome = "left"
            raise
        except GradcamError:
            outcome = "refused"
            raise
        finally:
            self.add(*values, outcome)

    def sums(self) -> dict[Values, float]:
        """How often by now, by the values of the labels."""
        with self._lock:
            return dict(self._sums)


@dataclass(frozen=True)
class Observed:
    """Durations by now.

    Attributes:
        counts: how many of at most each bound, and beyond the last one.
        sum: of all, in seconds.
    """

    counts: tuple[int, ...]
    sum: float = 0.0

    def with_one(self, place: int, seconds: float) -> Observed:
        """One more."""
        counts = (*self.counts[:place], self.counts[place] + 1, *self.counts[place + 1 :])
        return Observed(counts, self.sum + seconds)


@dataclass(frozen=True)
class Duration(Metric):
    """How long something takes, in seconds.

    Attributes:
        bounds: of the ranges that are told apart, in seconds.
    """

    bounds: tuple[float, ...] = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60)
    _observed: dict[Values, Observed] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def observe(self, seconds: float, *values: str) -> None:
        """Say that it took so long.

        Args:
            seconds: that it took.
            values: of the labels.
        """
        place = bisect_left(self.bounds, seconds)
        with self._lock:
            before = self._observed.get(values) or Observed((0,) * (len(self.bounds) + 1))
            self._observed[values] = before.with_one(place, seconds)

    @contextmanager
    def timed(self, *values: str) -> Iterator[None]:
        """Observe how long the block takes, however it ends."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self.observe(time.perf_counter() - started, *values)

    def observed(self) -> dict[Values, Observed]:
        """The durations by now, by the values of the labels."""
        with self._lock:
            return dict(self._observed)


OPENED: Final = Counter(
    "gradcam_opened", "Projects that were opened, or could not be", ("kind", "outcome")
)
RUN_SECONDS: Final = Duration("gradcam_run_seconds", "Seconds of a page's run", ("page",))
CAPTURES_NEEDED: Final = Counter(
    "gradcam_captures", "Captures that a heatmap needed: hit where one was kept", ("outcome",)
)
JOBS_ENDED: Final = Counter("gradcam_jobs", "Jobs that ended", ("kind", "outcome"))
JOB_WAIT_SECONDS: Final = Duration(
    "gradcam_job_wait_seconds",
    "Seconds that a job waited for its turn",
    ("kind",),
    (0.1, 1, 5, 10, 30, 60, 300, 900, 3600),
)
STUDIO_CALLS: Final = Counter(
    "gradcam_studio_calls", "Requests to Edge Impulse Studio by what came of them", ("status",)
)
ERRORS: Final = Counter("gradcam_errors", "What was logged as an error, by its part", ("logger",))
DATABASE_ERRORS: Final = Counter("gradcam_database_errors", "What the database could not do")

COUNTERS: Final = (OPENED, CAPTURES_NEEDED, JOBS_ENDED, STUDIO_CALLS, ERRORS, DATABASE_ERRORS)
DURATIONS: Final = (RUN_SECONDS, JOB_WAIT_SECONDS)
