"""Sign-ins that count no longer, on whichever server somebody is signed in."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping

from sqlalchemy import delete, insert, select

from services.database.transactions import reading, writing
from services.errors import DatabaseError
from services.people.person import Action, Person, demand
from services.people.tables import REVOKED
from services.settings import settings

_ONE = "sign-in:"  # before the id of one sign-in, which is no person's
log = logging.getLogger(__name__)
KEPT_FOR = 2.0  # seconds: each request asks


class _Revocations:
    """What the database said last, for all threads of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._before: Mapping[str, float] | None = None  # None: it never answered
        self._until = float("-inf")  # on the monotonic clock

    def before(self) -> Mapping[str, float]:
        """The times up to which sign-ins are revoked, by person."""
        with self._lock:  # one asks for all
            now = time.monotonic()
            if self._before is None or now >= self._until:
                self._before = self._asked()
                self._until = now + KEPT_FOR
            return self._before

    def forget(self) -> None:
        """Have the database asked the next time."""
        with self._lock:
            self._until = float("-inf")

    def _asked(self) -> Mapping[str, float]:
        try:
            with reading() as connection:
                if connection is None:
                    return {}
                rows = connection.execute(select(REVOKED.c.person, REVOKED.c.before))
                return {row.person: row.before for row in rows}
        except DatabaseError as error:
            if self._before is None:
                raise
            log.warning("revoked sign-ins may be out of date: %s", error)
            return self._before


_revocations = _Revocations()


def revoke(admin: Person, person: str) -> None:
    """Have all sign-ins of a person up to now count no longer; they may sign in again.

    Args:
        admin: who asks.
        person: `Person.id` of whose sign-ins.

    Raises:
        NotAllowedError: `admin` is none.
        DatabaseError: it cannot be written.
    """
    demand(admin, Action.ADMINISTER)
    with writing() as connection:
        connection.execute(delete(REVOKED).where(REVOKED.c.person == person))
        row = {"person": person, "before": time.time(), "by": admin.id}
        connection.execute(insert(REVOKED).values(**row))
    _revocations.forget()


def end(sign_in: str) -> None:
    """Have one sign-in count no longer: somebody signs out of one browser.

    Args:
        sign_in: `SignIn.id`.

    Raises:
        DatabaseError: it cannot be written.
    """
    now = time.time()
    old = now - settings().login_hours * 3600  # counts no longer anyway
    with writing() as connection:
        connection.execute(
            delete(REVOKED).where(REVOKED.c.person.startswith(_ONE), REVOKED.c.before < old)
        )
        connection.execute(insert(REVOKED).values(person=_ONE + sign_in, before=now, by=""))
    _revocations.forget()


def has_ended(sign_in: str) -> bool:
    """Whether somebody signed out; of another server, it may take two seconds to be known.

    Raises:
        DatabaseError: nothing is known of anybody, since it cannot be read.
    """
    return _ONE + sign_in in _revocations.before()


def is_revoked(person: str, signed_in_at: float) -> bool:
    """Whether a sign-in was revoked; by another server, it may take two seconds to be known.

    Args:
        person: `Person.id` of whose it is.
        signed_in_at: seconds since 1970.

    Raises:
        DatabaseError: nothing is known of anybody, since it cannot be read.
    """
    return signed_in_at <= _revocations.before().get(person, float("-inf"))
