"""What changed: for history, for undo, and for pages that others write at the same time.

One thread of a process looks once a second, for all who listen, and only while somebody does.
"""

from __future__ import annotations

import logging
import threading
import time

from sqlalchemy import ColumnElement, select

from services.database.chosen import database
from services.database.kind import Database
from services.database.transactions import reading
from services.errors import NotesError
from services.notes.events import Event, event_of, last_event
from services.notes.tables import EVENTS

log = logging.getLogger(__name__)

LOOK = 1.0  # seconds between two looks
LISTENING = 30.0  # seconds that who asked is thought to listen
MOST = 1000  # changes at once


def changes(since: int) -> list[Event]:
    """Changes after one, the oldest first; at most 1000, so ask again after the last of them.

    Args:
        since: its number; 0 for all.

    Raises:
        NotesError: the notes cannot be read.
    """
    return _changes(EVENTS.c.id > since)


def history(sample: str) -> list[Event]:
    """All changes of a sample, the oldest first.

    Args:
        sample: its SHA-256.

    Raises:
        NotesError: the notes cannot be read.
    """
    return _changes(EVENTS.c.sample == sample)


def latest() -> int:
    """The number of the last change, a second old at most; 0 where there is none.

    Cheap: a page may ask every few seconds for each person. While the database cannot be read
    the number stays.
    """
    return _HUB.latest()


class _Hub:
    """Looks for all who listen."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._asked = 0.0
        self._number = 0
        self._of: Database | None = None

    def latest(self) -> int:
        with self._lock:
            self._asked = time.monotonic()
            if self._thread is None or self._of is not database():
                self._look()
            if self._thread is None:
                self._thread = threading.Thread(target=self._go_on, name="feed", daemon=True)
                self._thread.start()
            return self._number

    def _go_on(self) -> None:
        pause = threading.Event()
        while not pause.wait(LOOK):
            with self._lock:
                if time.monotonic() - self._asked > LISTENING:
                    self._thread = None
                    return
            self._look()

    def _look(self) -> None:
        try:
            self._of = database()
            with reading() as connection:
                self._number = 0 if connection is None else last_event(connection)
        except NotesError as error:
            log.debug("feed: %s", error)


_HUB = _Hub()


def _changes(wanted: ColumnElement[bool]) -> list[Event]:
    with reading() as connection:
        if connection is None:
            return []
        rows = connection.execute(select(EVENTS).where(wanted).order_by(EVENTS.c.id).limit(MOST))
        return [event_of(row) for row in rows.mappings()]
