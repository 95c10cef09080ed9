"""What somebody has in mind to write: which samples have to be looked at, and what follows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

from services.edge_impulse.model import StudioSample
from services.writing_back.log import entries_of
from services.writing_back.plan import AgreedSample, WritePlan, planned
from services.writing_back.steps import WriteStep
from services.writing_back.undoing import undoing


@dataclass(frozen=True)
class Draft(ABC):
    """What is to be written to a project.

    Attributes:
        origin, project: where.
    """

    origin: str
    project: int

    @property
    @abstractmethod
    def numbers(self) -> tuple[int, ...]:
        """Of the samples that it is about."""

    @abstractmethod
    def plan(self, present: Mapping[int, StudioSample | None]) -> WritePlan:
        """What would be written.

        Args:
            present: what Studio says of the samples now, by number; None where one is gone.

        Raises:
            DatabaseError: the log cannot be read.
        """


@dataclass(frozen=True)
class Agreed(Draft):
    """Agreed labels, by one of the steps.

    Attributes:
        step: what is done.
        targets: the samples with their labels.
        classes: what a label may be; empty where it is a number.
    """

    step: WriteStep
    targets: tuple[AgreedSample, ...]
    classes: tuple[str, ...]

    @property
    def numbers(self) -> tuple[int, ...]:
        """See `Draft.numbers`."""
        return tuple(target.seen.id for target in self.targets)

    def plan(self, present: Mapping[int, StudioSample | None]) -> WritePlan:
        """See `Draft.plan`."""
        return planned(self.origin, self.project, self.step, self.targets, present, self.classes)


@dataclass(frozen=True)
class Undo(Draft):
    """A run that is taken back.

    Attributes:
        run: its id in the log.
    """

    run: str

    @property
    def numbers(self) -> tuple[int, ...]:
        """See `Draft.numbers`."""
        return tuple(dict.fromkeys(entry.sample for entry in entries_of(self.run)))

    def plan(self, present: Mapping[int, StudioSample | None]) -> WritePlan:
        """See `Draft.plan`."""
        return undoing(self.origin, self.project, self.run, entries_of(self.run), present)
