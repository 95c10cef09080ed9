"""What can be asked for: a frozen value that knows whether it is there, and how it is made."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from gradcam import Fit
from services.work.price import Price
from services.work.progress import Progress

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True)
class Weight:
    """How a job shares the machine with others.

    Attributes:
        name: in words.
        queues: whether it waits for the machine, one after the other, in turn between people;
            other jobs start at once.
        first: whether it goes before those in the queue that are not, which give way to it at
            their next item even once they run.
        alone: whether what started at once rests at its next item, too, until it has ended.
        lasts: whether it goes on when whoever asked has gone away; they may come back for it.
    """

    name: str
    queues: bool
    first: bool = False
    alone: bool = False
    lasts: bool = False


INTERACTIVE = Weight("interactive", queues=False)  # a few seconds, or spent waiting for others
LONG = Weight("long", queues=True, first=True)  # a person looks at its bar
ALONE = replace(LONG, name="alone", alone=True)  # a measurement, which other work would spoil
UNSEEN = Weight("unseen", queues=True)  # nobody waits: it gives way to what is looked at
BATCH = Weight("batch", queues=True, lasts=True)  # made of many small parts


class Asked(ABC, Generic[T_co]):
    """Work that takes its time, asked for by a frozen value; a `Workshop` has it made."""

    @property
    @abstractmethod
    def digest(self) -> str:
        """Of everything that the result depends on: two people with the same want the same."""

    @property
    @abstractmethod
    def weight(self) -> Weight:
        """How it shares the machine with others."""

    @property
    def words(self) -> str:
        """What is made, as in *Ann's export*: a noun or two, and nothing of what is in it."""
        return "work"

    @property
    def fit(self) -> Fit:
        """Whether it can be made at all, or the reason why not."""
        return Fit()

    @property
    @abstractmethod
    def found(self) -> T_co | None:
        """What was made, once it is there; None also where nothing is ever kept."""

    @property
    def missing(self) -> int:
        """How much of it has still to be made, in whatever it is counted; 0 once it is there."""
        return int(self.found is None)

    @property
    def price(self) -> Price | None:
        """What is still missing of it in units that are measured; None where nobody counts them."""
        return None

    @abstractmethod
    def make(self, progress: Progress) -> T_co:
        """Make it now, keep it where `found` looks, and give it.

        Args:
            progress: is told what is being done; each time it is, others may go first.

        Raises:
            GradcamError: one sentence on why it cannot be made.
            Cancelled: nobody wants it any more; what is done so far may be kept.
        """
