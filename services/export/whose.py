"""Whose an export is: who asked for it has it, and those whom they share it with."""

from __future__ import annotations

from services.export.background import Request
from services.export.job import Exported
from services.numbers import counted
from services.people.person import Action, Person, demand
from services.sharing.rights import may_open, take_in
from services.sharing.shareable import Shareable, ShareableKind


def as_shareable(request: Request) -> Shareable:
    """An export as what belongs to people."""
    return Shareable(ShareableKind.EXPORT, request.digest)


def claim(person: Person, request: Request) -> None:
    """Have an export belong to a person who is about to ask for it.

    Who asks for what somebody else has made already has it at once.

    Raises:
        NotAllowedError: they may not export.
        ProjectError: they keep too much already.
        DatabaseError: it cannot be written.
    """
    demand(person, Action.EXPORT)
    samples = counted(len(request.samples), "sample")
    take_in(person, as_shareable(request), f"{request.opened.project.name}, {samples}")


def kept_for(person: Person, request: Request) -> Exported | None:
    """What a person may download of an export; None also where it is only others'.

    Raises:
        DatabaseError: it cannot be known.
    """
    made = request.found
    return made if made is not None and may_open(person, as_shareable(request)) else None
