"""Work on its way: what whoever asked for it can see of it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Generic, Self, TypeVar
from uuid import uuid4

from gradcam import GradcamError
from services.errors import Cancelled
from services.work.listing import place_said
from services.work.progress import Progress

log = logging.getLogger(__name__)
R = TypeVar("R")


class Job(Generic[R]):
    """Work on its way, or waiting for its turn.

    Attributes:
        id: names it, on all servers.
        progress: what it is doing.
        place: in the queue, counted from 1 for who has the machine or gets it next; 0 while it is
            being worked on, and once it has ended.
        wait_seconds: until its turn comes, as far as that can be known.
        runs: whose work has the machine meanwhile; "" where that is not told.
        result: what it gave, once done.
        error: one sentence for the person, if it failed.
        cancelled: whether it ended because nobody wanted it any more.
    """

    def __init__(self, progress: Progress | None = None) -> None:
        self.id = uuid4().hex
        self.progress = progress or Progress()
        self.place = 0
        self.wait_seconds: float | None = None
        self.runs = ""
        self.result: R | None = None
        self.error: str | None = None
        self.cancelled = False
        self._ended = threading.Event()

    @property
    def done(self) -> bool:
        """Whether it ended, in whatever way."""
        return self._ended.is_set()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the end; whether it came in time."""
        return self._ended.wait(seconds)

    def __str__(self) -> str:
        """In words: its place in the queue, or what it is doing."""
        if self.place:
            return place_said(self.place, self.wait_seconds, self.runs)
        return str(self.progress)

    @classmethod
    def refused(cls, sentence: str) -> Self:
        """A job that ended before it began.

        Args:
            sentence: for the person, with the way out.
        """
        job = cls()
        job.error = sentence
        job.end()
        return job

    def run(self, work: Callable[[Progress], R]) -> None:
        """Do the work and keep its result or its error; the workshop then ends the job."""
        try:
            self.result = work(self.progress)
        except Cancelled:
            self.cancelled = True
        except GradcamError as error:
            log.info("a job was refused: %s", error)
            stage = self.progress.stage
            self.error = f"{stage}: {error}" if stage else str(error)
        except MemoryError:
            log.exception("a job ran out of memory")
            self.error = "There is not enough memory for this network and these samples."
        except Exception:  # whatever it is, the person who waits must hear of it
            log.exception("a job failed")
            self.error = "Unexpected error; the server's log has the details."

    def end(self) -> None:
        """Let everybody who waits go on."""
        self.place = 0
        self._ended.set()
