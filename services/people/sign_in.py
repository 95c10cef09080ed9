"""That somebody signed in: who, when, and the seal by which the gate and the pages know it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from secrets import token_urlsafe
from typing import Final

from itsdangerous import BadSignature, URLSafeSerializer

from services.errors import SignedOutError
from services.people.person import NOBODY_ELSE, Person, Role
from services.people.roles import role_of
from services.settings import Login, settings

HEADER: Final = "X-Gradcam-Sign-In"  # from the gate to the pages; taken off what comes from outside
SIGN_IN: Final = "/sign-in"
SIGN_OUT: Final = "/sign-out"
_SALT: Final = "gradcam sign-in"
_AHEAD: Final = 60.0  # seconds that another replica's clock may be ahead


@dataclass(frozen=True)
class SignIn:
    """One sign-in of one person in one browser.

    Attributes:
        id: names this sign-in alone.
        issuer: who vouches for the person.
        subject: their name there, which never changes.
        at: when, in seconds since 1970.
        name: to be shown.
        email: verified; "" where none is known.
        groups: of what the issuer says of them, what gives a role; see `roles.groups_in`.
    """

    id: str
    issuer: str
    subject: str
    at: float
    name: str = ""
    email: str = ""
    groups: tuple[str, ...] = ()

    @property
    def person(self) -> Person:
        """Who signed in, and what they may do.

        Raises:
            NotAllowedError: they have no role here.
        """
        token = self.issuer == Login.TOKEN  # what its holder started, or was let in to by its owner
        role = Role.ADMIN if token else role_of(self.issuer, self.subject, self.email, self.groups)
        return Person(self.issuer, self.subject, self.name, role, self.email)

    @property
    def counted_as(self) -> str:
        """Whose sessions and limits are meant; "" for whoever does not sign in.

        A token is many people's, so each browser is for itself.
        """
        if self.issuer == Login.TOKEN:
            return self.id
        return f"{self.issuer}:{self.subject}" if self.issuer else ""


def new_sign_in(
    issuer: str, subject: str, *, name: str = "", email: str = "", groups: tuple[str, ...] = ()
) -> SignIn:
    """Somebody signs in now."""
    return SignIn(token_urlsafe(12), issuer, subject, time.time(), name, email, groups)


def sealed(sign_in: SignIn) -> str:
    """As a cookie and a header carry it: readable, and nobody else can write it; ASCII."""
    return str(_seal().dumps(asdict(sign_in)))


def unsealed(text: str | None) -> SignIn | None:
    """What a seal of this server's holds; None for anything else."""
    if not text:
        return None
    try:
        said = _seal().loads(text)
        return SignIn(**{**said, "groups": tuple(said["groups"])})
    except (BadSignature, KeyError, TypeError):
        return None


def asking(seal: Callable[[], str | None]) -> Person:
    """Who is asking.

    Args:
        seal: gives the seal that came with them; not needed where nobody signs in.

    Raises:
        SignedOutError: there is none, or what it says counts no longer.
        NotAllowedError: they have no role here.
    """
    if settings().login is Login.NONE:
        return NOBODY_ELSE
    sign_in = unsealed(seal())
    if sign_in is None or is_over(sign_in):
        raise SignedOutError
    return sign_in.person


def is_over(sign_in: SignIn) -> bool:
    """Whether it counts no longer: by its age, or since its person or an admin ended it.

    Raises:
        DatabaseError: it cannot be known whether it was revoked.
    """
    if has_expired(sign_in):
        return True
    from services.people.revoked import has_ended, is_revoked  # with the database

    person = f"{sign_in.issuer}:{sign_in.subject}"
    return has_ended(sign_in.id) or is_revoked(person, sign_in.at)


def has_expired(sign_in: SignIn) -> bool:
    """Whether it is older than sign-ins become."""
    return not -_AHEAD <= time.time() - sign_in.at < settings().login_hours * 3600


def ends_here() -> bool:
    """Whether people sign out of this server, and not of a proxy in front."""
    return settings().login in {Login.TOKEN, Login.OIDC}


def _seal() -> URLSafeSerializer:
    return URLSafeSerializer(settings().secret, salt=_SALT)
