"""Whose a session is: its id alone opens nothing of somebody else's."""

from __future__ import annotations

from urllib.parse import quote

from gate.streamlit_inside import person_of, sessions_of
from services.people.sign_in import SignIn


def name_of_owner(sign_in: SignIn) -> str:
    """What sessions know their person by; "" where nobody signs in. ASCII."""
    return quote(sign_in.counted_as, safe="")


def is_foreign(session: str, sign_in: SignIn) -> bool:
    """Whether a session is somebody else's; one that is not there is nobody's."""
    owner = person_of(session)
    return owner is not None and owner != name_of_owner(sign_in)


def own_sessions(sign_in: SignIn) -> frozenset[str]:
    """All sessions of a person."""
    return frozenset(sessions_of(name_of_owner(sign_in)))
