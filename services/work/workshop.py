"""Whoever makes what is asked for: the interface, whatever machines stand behind it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TypeVar

from services.work.asked import Asked
from services.work.job import Job

T = TypeVar("T")


class Workshop(ABC):
    """One place for all long work of all people.

    Who asks is an opaque name, such as a session's. Every workshop keeps these promises:

    - Who asks for what is under way joins in; it ends early only when the last one has left.
    - What need not queue starts at once, whatever else runs.
    - What queues is made one after the other, in turn between people: a second job of the same
      person goes behind the first of everybody else. `Job.place` says how far it is.
    - Weights that go first are never held up by others for longer than one item of these.
    - What was made while it waited in the queue is not made again.
    """

    @abstractmethod
    def ask(self, asked: Asked[T], who: str) -> Job[T]:
        """Have something made, or join those who are having the same made.

        Args:
            asked: what is wanted.
            who: wants it.
        """

    @abstractmethod
    def under_way(self, asked: Asked[T]) -> Job[T] | None:
        """The job that makes it or will, whoever asked for it; None where there is none."""

    @abstractmethod
    def leave(self, job: Job[T], who: str) -> None:
        """Want it no longer; the job ends, or is never begun, unless somebody else waits for it.

        Args:
            job: what was asked for; nothing happens where it has ended.
            who: leaves.
        """
