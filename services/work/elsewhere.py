"""What other servers do, as far as a workshop has to know it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Protocol

from services.work.asker import Asker
from services.work.job import Job
from services.work.listing import JobKey, JobListing


class Here(Protocol):
    """The workshop of this server, as others may see it."""

    def own_jobs(self) -> tuple[JobListing, ...]:
        """What is under way here."""

    def stop_here(self, job: str, who: Asker) -> None:
        """Somebody wants a job no longer."""

    def go_on(self) -> None:
        """Something has changed elsewhere."""


class Elsewhere(ABC):
    """The other servers, which may come and go; nothing here raises."""

    @abstractmethod
    def meet(self, here: Here) -> None:
        """Know the workshop of this server from now on."""

    @abstractmethod
    def tell(self) -> None:
        """Let others hear soon that something has begun here."""

    @abstractmethod
    def take(self, key: JobKey) -> None:
        """Something is made here from now on, whoever has lost it."""

    @abstractmethod
    def look(self) -> None:
        """Hear from the others, unless that was a moment ago."""

    @abstractmethod
    def known(self) -> tuple[JobListing, ...]:
        """What was under way elsewhere at the last look, and what was lost."""

    @abstractmethod
    def leave(self, job: str, who: Asker) -> None:
        """Somebody wants a job no longer that may be made elsewhere."""

    def jobs(self) -> tuple[JobListing, ...]:
        """What is under way elsewhere, and what was lost."""
        self.look()
        return self.known()

    def making(self, key: JobKey) -> JobListing | None:
        """Who makes the same already, as of the last look; None where nobody does."""
        return next((each for each in self._same(key) if each.begun), None)

    def lost(self, key: JobKey, who: Asker) -> bool:
        """Whether a person waited for it at a server that has ended."""
        self.look()
        same = (each for each in self.known() if each.key == key)
        return any(each.is_lost and each.is_of(who) for each in same)

    def _same(self, key: JobKey) -> list[JobListing]:
        same = (each for each in self.known() if each.key == key)
        return [each for each in same if not each.is_lost]

    def job(self, key: JobKey) -> Job[Any] | None:
        """The job of whoever has the same made, or will; None where nobody has."""
        self.look()
        same = sorted(self._same(key), key=lambda each: not each.begun)
        return _Mirrored(self, same[0]) if same else None


class _Nowhere(Elsewhere):
    """There is no other server."""

    def meet(self, here: Here) -> None:
        pass

    def tell(self) -> None:
        pass

    def take(self, key: JobKey) -> None:
        pass

    def look(self) -> None:
        pass

    def known(self) -> tuple[JobListing, ...]:
        return ()

    def leave(self, job: str, who: Asker) -> None:
        pass


class _Mirrored(Job[Any]):
    """A job that is made elsewhere; what it gave is found where it is kept."""

    def __init__(self, elsewhere: Elsewhere, listing: JobListing) -> None:
        super().__init__()
        self._elsewhere = elsewhere
        self.id = listing.id
        self._follow(listing)

    @property
    def done(self) -> bool:
        """Whether it ended, or its server did."""
        if not super().done:
            same = (each for each in self._elsewhere.jobs() if each.id == self.id)
            listing = next((each for each in same if not each.is_lost), None)
            if listing is None:
                self.end()
            else:
                self._follow(listing)
        return super().done

    def _follow(self, listing: JobListing) -> None:
        self.place, self.wait_seconds = listing.place, listing.wait
        self.progress.step = listing.step


NOWHERE = _Nowhere()
