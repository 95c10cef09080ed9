"""A person, and what their role lets them do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from services.errors import NotAllowedError


class Role(IntEnum):
    """What a person is here for; each may do what those before it may."""

    VIEWER = 1
    REVIEWER = 2
    ADMIN = 3

    def __str__(self) -> str:
        """In words."""
        return self.name.lower()


class Action(StrEnum):
    """What not everybody may do, in the words of a sentence that begins with *You may not*."""

    REVIEW = "say what you think of samples"
    UPLOAD = "upload projects"
    CONNECT = "open Edge Impulse projects with a key of your own"
    EXPORT = "make exports"
    CONFIRM = "write into a project's folder"
    ASSIGN = "give work to others"
    AGREE = "settle a label for all"
    WRITE_BACK = "change labels in Studio"
    SHARE = "share projects with everyone"
    DELETE_OTHERS = "delete what others wrote"
    ADMINISTER = "see everybody's work and sign people out"


_LEAST = {
    Action.REVIEW: Role.REVIEWER,
    Action.UPLOAD: Role.REVIEWER,
    Action.CONNECT: Role.REVIEWER,
    Action.EXPORT: Role.REVIEWER,
    Action.CONFIRM: Role.ADMIN,
    Action.ASSIGN: Role.REVIEWER,
    Action.AGREE: Role.REVIEWER,
    Action.WRITE_BACK: Role.ADMIN,
    Action.SHARE: Role.ADMIN,
    Action.DELETE_OTHERS: Role.ADMIN,
    Action.ADMINISTER: Role.ADMIN,
}


@dataclass(frozen=True)
class Person:
    """Who is asking.

    Attributes:
        issuer: who vouches for them; "" on one's own machine.
        subject: their name there, which never changes.
        name: to be shown; may be anything, and may be another person's as well.
        role: what they may do.
        email: as the issuer tells it; "" where it tells none, or has not verified it.
    """

    issuer: str
    subject: str
    name: str
    role: Role
    email: str = ""

    @property
    def id(self) -> str:
        """Names them in databases; "" for whoever sits at their own machine."""
        return f"{self.issuer}:{self.subject}" if self.issuer else ""

    @property
    def signed_in(self) -> bool:
        """Whether there is a sign-in here, so that there are others."""
        return bool(self.issuer)


NOBODY_ELSE = Person("", "", "", Role.ADMIN)  # whoever sits at their own machine


def may(person: Person, action: Action) -> bool:
    """Whether a person's role lets them do something."""
    return person.role >= _LEAST[action]


def demand(person: Person, action: Action) -> None:
    """Have a person be allowed something; services ask this before they do it.

    Raises:
        NotAllowedError: their role does not let them.
    """
    if reason := reason_against(person, action):
        raise NotAllowedError(reason)


def reason_against(person: Person, action: Action) -> str:
    """Why somebody may not do something, for what a page does not offer them; "" where they may."""
    if may(person, action):
        return ""
    return f"As a {person.role} you may not {action}; ask an admin for more."
