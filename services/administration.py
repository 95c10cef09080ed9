"""What an admin sees of the server, and nobody else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Annotated, get_origin, get_type_hints

from services import asking
from services.keeping.bound import cached_bytes
from services.keeping.drawers import DRAWERS
from services.keeping.files import size_of
from services.numbers import bytes_said
from services.people.known import KnownPerson, known_people
from services.people.person import Action, Person, demand
from services.settings import Settings, Unit, settings
from services.work.listing import JobListing

_HINTS = get_type_hints(Settings, include_extras=True)
LIMITED = {
    name: hint.__metadata__[0] for name, hint in _HINTS.items() if get_origin(hint) is Annotated
}


@dataclass(frozen=True)
class CachePart:
    """A kind of what the cache holds.

    Attributes:
        name: of its folder.
        entries: how many there are.
        bytes: that they take.
    """

    name: str
    entries: int
    bytes: int


@dataclass(frozen=True)
class ServerLimit:
    """A bound of the server's.

    Attributes:
        what: it bounds.
        most: in words.
        setting: by which the server's owner chooses another.
    """

    what: str
    most: str
    setting: str


def everybodys_jobs(admin: Person) -> tuple[JobListing, ...]:
    """What is under way, of all people.

    Raises:
        NotAllowedError: that is for admins.
    """
    demand(admin, Action.ADMINISTER)
    return asking.jobs_of_all()


def who_was_here(admin: Person) -> Sequence[KnownPerson]:
    """Everybody who was ever here, the last one first.

    Raises:
        NotAllowedError: that is for admins.
        DatabaseError: it cannot be read.
    """
    demand(admin, Action.ADMINISTER)
    return sorted(known_people(), key=attrgetter("seen"), reverse=True)


def cache_parts(admin: Person) -> tuple[CachePart, ...]:
    """What the cache holds, the largest first; every file is looked at.

    Raises:
        NotAllowedError: that is for admins.
    """
    demand(admin, Action.ADMINISTER)
    parts = [
        CachePart(drawer.name, sum(1 for _ in drawer.entries()), size_of(drawer.folder))
        for drawer in DRAWERS
    ]
    rest = size_of(settings().cache) - sum(part.bytes for part in parts)
    parts.append(CachePart("predictions", 1, max(0, rest)))
    return tuple(sorted((p for p in parts if p.bytes), key=attrgetter("bytes"), reverse=True))


def cache_said(admin: Person) -> str:
    """How much of the cache is taken, as far as that is known without counting.

    Raises:
        NotAllowedError: that is for admins.
    """
    demand(admin, Action.ADMINISTER)
    bound, taken = bytes_said(settings().cache_bytes), cached_bytes()
    if taken is None:
        return f"Not counted yet; the bound is {bound}."
    return f"About {bytes_said(taken)} of {bound} are taken."


def limits(admin: Person) -> tuple[ServerLimit, ...]:
    """The bounds that hold here.

    Raises:
        NotAllowedError: that is for admins.
    """
    demand(admin, Action.ADMINISTER)
    now = settings()
    return tuple(
        ServerLimit(limit.what, _most(getattr(now, name), limit.unit), limit.setting)
        for name, limit in LIMITED.items()
    )


def _most(most: float, unit: Unit) -> str:
    if unit is Unit.BYTE:
        return bytes_said(most) if most else "any size"
    return f"{most:,g} {unit}{'s' * (most != 1)}" if most else f"any number of {unit}s"
