"""Something that was asked for and has not ended, as the workshop sees it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from services.work.asked import Asked
from services.work.asker import Asker
from services.work.job import Job
from services.work.listing import JobKey, JobListing


def key_of(asked: Asked[Any]) -> JobKey:
    """Two that are asked for with the same key are the same, on whichever server."""
    return type(asked).__name__, asked.digest


@dataclass(eq=False)
class Order:
    """Something that was asked for and has not ended.

    Attributes:
        key: two with the same are the same.
        asked: what it is.
        number: in the order of asking.
        turn: the rounds that others have before it.
        before: the same, given up and still ending; both may write the same files.
        seconds: that it takes in all; None where nobody knows.
        askers: who waits for it, in the order of asking.
        begun: whether its thread runs.
        goes_on: whether it has had the machine and goes before those that have not.
        asked_at: when it was asked for, on the monotonic clock.
        since: when it got the machine, on the monotonic clock.
        job: what the askers see.
    """

    key: JobKey
    asked: Asked[Any]
    number: int
    turn: int
    before: Order | None
    seconds: float | None = None
    askers: list[Asker] = field(default_factory=list)
    begun: bool = False
    goes_on: bool = False
    asked_at: float = field(default_factory=time.monotonic)
    since: float = 0.0
    job: Job[Any] = field(default_factory=Job)

    @property
    def given_up(self) -> bool:
        """Whether nobody waits any more."""
        return self.job.progress.stopping

    @property
    def rank(self) -> tuple[bool, bool, int, int]:
        """The lowest in the queue is next."""
        return not self.asked.weight.first, not self.goes_on, self.turn, self.number

    @property
    def left(self) -> float | None:
        """Seconds that it still takes once it has the machine; None where nobody knows."""
        left = self.job.progress.seconds_left if self.begun else None
        return self.seconds if left is None else left

    def is_of(self, who: Asker) -> bool:
        """Whether a person waits for it, at whichever of their tabs."""
        return any(map(who.is_same, self.askers))

    @property
    def listing(self) -> JobListing:
        """What everybody may see of it."""
        step = self.job.progress.step
        return JobListing(
            self.job.id,
            self.key[0],
            self.key[1],
            self.asked.words,
            tuple(self.askers),
            self.asked.weight.queues,
            self.begun,
            self.job.place,
            step.name,
            step.done,
            step.total,
            self.job.wait_seconds,
            self.left,
            asked_at=self.asked_at,
        )
