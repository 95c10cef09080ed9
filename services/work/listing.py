"""What is under way, as everybody may see it."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from services.numbers import duration
from services.work.asker import Asker
from services.work.progress import Step

JobKey = tuple[str, str]  # kind and digest: two with the same are the same, on whichever server


@dataclass(frozen=True)
class JobListing:
    """A job in the list of all jobs.

    Attributes:
        id: of the job, one for all servers.
        kind: name of the class of what was asked for.
        digest: of what was asked for.
        words: what is made, as in *Ann's export*.
        askers: who waits for it; who asked first comes first.
        queues: whether it waits for the machine, in turn between people.
        begun: whether it has had the machine.
        place: in the queue, from 1; 0 while it is being worked on.
        doing: what it is doing.
        done, total: items of that; 0 where they cannot be counted.
        wait: seconds until its turn comes; None where nobody knows.
        left: seconds that it still takes from then on; None where nobody knows.
        host: the server that makes it; "" for this one.
        asked_at: when it was asked for, on this server's monotonic clock; 0 for another's.
        is_lost: whether that server has ended, and nobody goes on with it so far.
    """

    id: str
    kind: str
    digest: str
    words: str
    askers: tuple[Asker, ...]
    queues: bool
    begun: bool
    place: int
    doing: str
    done: int = 0
    total: int = 0
    wait: float | None = None
    left: float | None = None
    host: str = ""
    asked_at: float = 0.0
    is_lost: bool = False

    @property
    def key(self) -> JobKey:
        """What tells it from other work."""
        return self.kind, self.digest

    @property
    def whose(self) -> str:
        """`Ann's export`; "" where nobody signs in."""
        names = [asker.name for asker in self.askers if asker.name]
        return f"{names[0]}'s {self.words}" if names else ""

    @property
    def step(self) -> Step:
        """What it is doing, how far it is, and how long that goes on."""
        step = Step(self.doing, self.done, self.total, time.monotonic())
        if not step.share or self.left is None:
            return step
        gone = self.left * step.share / max(1e-6, 1.0 - step.share)
        return replace(step, started=step.started - gone)

    def is_of(self, asker: Asker) -> bool:
        """Whether somebody waits for it, at whichever of their tabs."""
        return any(asker.is_same(each) for each in self.askers)


def place_said(place: int, wait: float | None, runs: str) -> str:
    """`Place 2 in the queue, about 4 min; at work: Ann's export`.

    Args:
        place: from 1.
        wait: seconds until the turn comes; None where nobody knows.
        runs: what has the machine; "" where it is not told.
    """
    when = "" if wait is None else f", {duration(wait)}"
    return f"Place {place} in the queue{when}" + (f"; at work: {runs}" if runs else "")
