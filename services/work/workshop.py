"""Whoever makes what is asked for: the interface, whatever machines stand behind it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, TypeVar

from services.work.asked import Asked
from services.work.asker import Asker
from services.work.job import Job
from services.work.listing import JobListing

T = TypeVar("T")


class Workshop(ABC):
    """One place for all long work of all people.

    Every workshop keeps these promises:

    - Who asks for what is under way joins in; it ends early only when the last one has left.
    - What need not queue starts at once, whatever else runs.
    - What queues is made one after the other, in turn between people: a second job of the same
      person, at whichever tab, goes behind the first of everybody else. `Job.place` says how far
      it is.
    - A batch that has had the machine for a while lets other people's batches go on.
    - Who signs in has at most so many jobs that queue; one more is refused in a sentence.
    - Weights that go first are never held up by others for longer than one item of these.
    - What cannot be made at all is refused with its reason.
    - What was made while it waited in the queue is not made again.
    """

    @abstractmethod
    def ask(self, asked: Asked[T], who: Asker) -> Job[T]:
        """Have something made, or join those who are having the same made.

        Args:
            asked: what is wanted.
            who: wants it.
        """

    @abstractmethod
    def under_way(self, asked: Asked[T]) -> Job[T] | None:
        """The job that makes it or will, whoever asked for it; None where there is none."""

    @abstractmethod
    def leave(self, job: Job[T], who: Asker) -> None:
        """Want it no longer; the job ends, or is never begun, unless somebody else waits for it.

        Args:
            job: what was asked for; nothing happens where it has ended.
            who: leaves.
        """

    @abstractmethod
    def is_lost(self, asked: Asked[Any], who: Asker) -> bool:
        """Whether a person waited for it at a server that has ended; then they should ask anew."""

    @abstractmethod
    def jobs(self) -> tuple[JobListing, ...]:
        """What is under way, of all people: what is worked on, then the queue in its order."""

    @abstractmethod
    def stop(self, job: str, who: Asker) -> None:
        """Want a job no longer at any of a person's tabs; see `leave`.

        Args:
            job: `JobListing.id`; nothing happens where it has ended.
            who: the person.
        """
