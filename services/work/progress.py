"""What a job is doing, in words and figures; and where it learns to wait or to stop."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from services.errors import Cancelled, Skipped


@dataclass(frozen=True)
class Step:
    """What a job is doing.

    Attributes:
        name: the work in the person's words.
        done: items finished.
        total: items in all; 0 where they cannot be counted.
        started: seconds on the monotonic clock.
        volume: bytes that came over the network.
        total_volume: bytes in all; 0 where nobody knows.
    """

    name: str
    done: int = 0
    total: int = 0
    started: float = 0.0
    volume: int = 0
    total_volume: int = 0

    @property
    def share(self) -> float:
        """How much of it is done, 0 to 1; 0 where that cannot be known."""
        if self.total:
            return min(1.0, self.done / self.total)
        return min(1.0, self.volume / self.total_volume) if self.total_volume else 0.0

    @property
    def seconds_left(self) -> float | None:
        """At the speed so far; None before it can be known."""
        if not self.share:
            return None
        return (time.monotonic() - self.started) * (1.0 - self.share) / self.share

    def __str__(self) -> str:
        """In words, see `said`."""
        return self.said(self.seconds_left)

    def said(self, left: float | None) -> str:
        """In words: what, how far, how many megabytes, how long.

        Args:
            left: seconds; None where nobody knows.
        """
        words = self.name
        if self.total:
            words += f": {self.done:,} of {self.total:,}"
        if self.volume:
            of = f" of {self.total_volume / 1e6:.1f}" if self.total_volume else ""
            words += f", {self.volume / 1e6:.1f}{of} MB"
        if left is not None and left >= 1:
            long = f"{left:.0f} s" if left < 120 else f"{left / 60:.0f} min"
            words += f", about {long} left"
        return words


@dataclass(frozen=True)
class Expected:
    """What work takes in all, by the last time.

    Attributes:
        seconds: for all of it.
        steps: in how many.
        started: when it began, on the monotonic clock.
        waited: `Progress.waited` then.
    """

    seconds: float
    steps: int
    started: float
    waited: float


@dataclass(frozen=True)
class Stage:
    """A part of a job that was planned and named before it began.

    Attributes:
        name: as the person reads it.
        outcome: what came of it; None until it has ended.
    """

    name: str
    outcome: str | None = None


class Progress:
    """Where a job writes what it is doing, and learns that it should stop.

    Args:
        give_way: waits while others go first, and gives the seconds that it took.
        alone: whether nobody else waits for anything.
    """

    def __init__(
        self,
        give_way: Callable[[], float] = lambda: 0.0,
        alone: Callable[[], bool] = lambda: True,
    ) -> None:
        self._give_way = give_way
        self.alone = alone
        self.step = Step("Starting", started=time.monotonic())
        self.stages: tuple[Stage, ...] = ()
        self.waited = 0.0  # seconds, while others went first
        self.steps = 0  # that were begun
        self._expected: Expected | None = None
        self.skips = ""  # what a person is offered instead of waiting for the step; "" for nothing
        self._stop = threading.Event()
        self._skip = threading.Event()

    def check(self) -> None:
        """Let others go first where they should; all that tells something does so, too.

        Raises:
            Cancelled: the person left.
            Skipped: the person goes on without this step.
        """
        if not self._stop.is_set() and (seconds := self._give_way()):
            self.step = replace(self.step, started=self.step.started + seconds)
            self.waited += seconds
        if self._stop.is_set():
            raise Cancelled
        if self.skips and self._skip.is_set():
            raise Skipped

    @contextmanager
    def skippable(self, words: str) -> Iterator[None]:
        """Around a step that a person may go on without; it then raises `Skipped`.

        Args:
            words: of the offer.
        """
        self._skip.clear()
        self.skips = words
        try:
            yield
        finally:
            self.skips = ""

    def skip(self) -> None:
        """Ask the job to go on without its step, if that may be skipped."""
        self._skip.set()

    def unseen(self) -> Progress:
        """Another one, whose words nobody sees; it waits and stops as this one does."""

        def follow() -> float:
            self.check()
            return 0.0

        return Progress(follow, self.alone)

    def at_once(self, most: int) -> Callable[[], int]:
        """How many of a job's runs may be under way together: all only while nobody else waits."""
        return lambda: most if self.alone() else 1

    def expect(self, seconds: float | None, steps: int) -> None:
        """Say what the work takes that begins now; None where nobody knows."""
        if seconds is not None:
            self._expected = Expected(seconds, self.steps + steps, time.monotonic(), self.waited)

    @property
    def seconds_left(self) -> float | None:
        """Of all steps, as far as it is known what comes after this one; None before it can be."""
        step, expected = self.step.seconds_left, self._expected
        if expected is None or (step is not None and self.steps >= expected.steps):
            return step
        gone = time.monotonic() - expected.started - (self.waited - expected.waited)
        rest = expected.seconds - gone
        return max(rest, step or 0.0) if rest > 0 or step is not None else None

    def __str__(self) -> str:
        """In words: what it is doing, how far that is, how long all of it still takes."""
        return self.step.said(self.seconds_left)

    def plan(self, *names: str) -> None:
        """Name the stages that will be gone through, in their order."""
        self.stages = tuple(Stage(name) for name in names)

    def conclude(self, outcome: str) -> None:
        """End the current stage with what came of it."""
        ended = [stage for stage in self.stages if stage.outcome is not None]
        current, *ahead = self.stages[len(ended) :]
        self.stages = (*ended, Stage(current.name, outcome), *ahead)

    @property
    def stage(self) -> str | None:
        """The planned stage that is being done; None where none was planned."""
        return next((stage.name for stage in self.stages if stage.outcome is None), None)

    def begin(self, name: str, total: int = 0) -> None:
        """Start a step.

        Raises:
            Cancelled: the person left.
        """
        self.check()
        self.steps += 1
        self.step = Step(name, 0, total, time.monotonic())

    def advance(self, count: int = 1, volume: int = 0) -> None:
        """Count items of the step, and the bytes that they took.

        Raises:
            Cancelled: the person left.
        """
        self.check()
        step = self.step
        self.step = replace(step, done=step.done + count, volume=step.volume + volume)

    def reach(self, done: int, total: int) -> None:
        """Say how many items are done by now, and of how many.

        Raises:
            Cancelled: the person left.
        """
        self.check()
        self.step = replace(self.step, done=done, total=total)

    def say(self, name: str) -> None:
        """Call the step by other words while it goes on.

        Raises:
            Cancelled: the person left.
        """
        self.check()
        self.step = replace(self.step, name=name)

    def measure(self, volume: int, total_volume: int = 0) -> None:
        """Say how many bytes there are by now, and of how many.

        Raises:
            Cancelled: the person left.
        """
        self.check()
        self.step = replace(self.step, volume=volume, total_volume=total_volume)

    def pause(self, seconds: float) -> None:
        """Wait, unless the person leaves.

        Raises:
            Cancelled: the person left.
        """
        self._stop.wait(seconds)
        self.check()

    def cancel(self) -> None:
        """Ask the job to stop at its next item."""
        self._stop.set()

    @property
    def stopping(self) -> bool:
        """Whether the job was asked to stop."""
        return self._stop.is_set()
