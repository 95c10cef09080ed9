"""Who was here: for lists to choose people from, and for admins."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import delete, insert, select

from services.database.transactions import reading, writing
from services.errors import DatabaseError
from services.people.person import Person, Role
from services.people.tables import PEOPLE

log = logging.getLogger(__name__)
EVERY = 60.0  # seconds between two notes of one person

_noted: dict[Person, float] = {}  # on the monotonic clock
_lock = threading.Lock()


@dataclass(frozen=True)
class KnownPerson:
    """Somebody who was here.

    Attributes:
        id: `Person.id`.
        name: as they were called the last time.
        email: verified; "" where none is known.
        role: that they had then.
        seen: the last time, in UTC.
    """

    id: str
    name: str
    email: str
    role: Role
    seen: datetime

    def __str__(self) -> str:
        """Such as `Ann (ann@example.org)`: two people may have one name."""
        if not self.name:
            return self.email or self.id
        return f"{self.name} ({self.email})" if self.email not in {"", self.name} else self.name


def note_seen(person: Person) -> None:
    """Remember that somebody is here; at most once a minute it is written down.

    A database that does not answer keeps nobody from their work.
    """
    if not person.id:
        return
    with _lock:
        now = time.monotonic()
        if now - _noted.get(person, -EVERY) < EVERY:
            return
        _noted[person] = now
    row = {
        "id": person.id,
        "name": person.name,
        "email": person.email,
        "role": str(person.role),
        "seen": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    try:
        with writing() as connection:
            connection.execute(delete(PEOPLE).where(PEOPLE.c.id == person.id))
            connection.execute(insert(PEOPLE).values(**row))
    except DatabaseError as error:
        log.warning("nobody is noted as being here: %s", error)


def name_of(person: str) -> str:
    """What somebody is called, by their id; "" for whoever was never here.

    Raises:
        DatabaseError: it cannot be read.
    """
    return next((str(each) for each in known_people() if each.id == person), "")


def known_people() -> tuple[KnownPerson, ...]:
    """Everybody who was ever here, by name.

    Raises:
        DatabaseError: it cannot be read.
    """
    with reading() as connection:
        rows = connection.execute(select(PEOPLE)).mappings().all() if connection else []
    people = (
        KnownPerson(
            row["id"],
            row["name"],
            row["email"],
            Role[row["role"].upper()],
            datetime.fromisoformat(row["seen"]),
        )
        for row in rows
    )
    return tuple(sorted(people, key=lambda each: (str(each).casefold(), each.id)))
