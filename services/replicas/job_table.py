"""The jobs of all replicas, by a table in the database that they share.

Each writes its own there once a second, as long as it has any, and hears what the others do. A
replica whose rows stand still has ended: clocks of several hosts need not agree for that.
"""

from __future__ import annotations

import logging
import os
import platform
import threading
import time
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, delete, insert, select, update

from services.database.transactions import reading, writing
from services.errors import DatabaseError
from services.replicas.tables import JOB_ROWS, LEAVES
from services.work.asker import Asker
from services.work.elsewhere import Elsewhere, Here
from services.work.listing import JobKey, JobListing

log = logging.getLogger(__name__)
BEAT = 1.0  # seconds between two times that a replica writes and looks
STALE = 15.0  # seconds without a beat after which a replica has ended
FORGOTTEN = 86_400.0  # seconds after which nobody comes back for what was lost
LINGERS = 5.0  # seconds that a replica waits for its last beat before it ends
ENDED = 0  # the beat of a replica that has said so
_TOLD = ("kind", "digest", "words", "place", "doing", "done", "total", "wait", "left")


class JobTable(Elsewhere):
    """The other replicas.

    Args:
        beat: see `BEAT`.
        stale: see `STALE`.
    """

    def __init__(self, beat: float = BEAT, stale: float = STALE) -> None:
        self.host = f"{platform.node()}:{os.getpid()}:{uuid4().hex[:8]}"
        self._beat, self._stale = beat, stale
        self._here: Here | None = None
        self._lock = threading.Lock()  # guards what follows
        self._known: tuple[JobListing, ...] = ()
        self._beats: dict[str, tuple[int, float]] = {}  # of each job: the last one, when it came
        self._looked = -beat
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._taken: set[JobKey] = set()
        self._count = ENDED
        self._closed = False

    def meet(self, here: Here) -> None:
        """See `Elsewhere.meet`."""
        self._here = here

    def tell(self) -> None:
        """See `Elsewhere.tell`."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._live, name="replica", daemon=True)
                self._thread.start()
        self._wake.set()

    def take(self, key: JobKey) -> None:
        """See `Elsewhere.take`."""
        with self._lock:
            self._taken.add(key)

    def look(self) -> None:
        """See `Elsewhere.look`."""
        with self._lock:
            if time.monotonic() - self._looked < self._beat:
                return
            self._looked = time.monotonic()
        try:
            with reading() as connection:
                self._hear(connection)
        except DatabaseError as error:
            log.warning("other replicas are not heard: %s", error)

    def known(self) -> tuple[JobListing, ...]:
        """See `Elsewhere.known`."""
        return self._known

    def leave(self, job: str, who: Asker) -> None:
        """See `Elsewhere.leave`."""
        for each in self._known:
            if each.id == job:
                try:
                    with writing() as connection:
                        _leave(connection, each, who)
                except DatabaseError as error:
                    log.warning("a job elsewhere cannot be left: %s", error)

    def close(self) -> None:
        """Say nothing any more."""
        self._closed = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join(LINGERS)

    def end(self) -> None:
        """Tell the others that this replica ends; what it did is theirs from now on."""
        self.close()
        if self._thread is None:
            return
        try:
            with writing() as connection:
                connection.execute(update(JOB_ROWS).where(self._own).values(beat=ENDED))
        except DatabaseError as error:
            log.warning("other replicas do not hear of the end: %s", error)

    @property
    def _own(self) -> Any:  # noqa: ANN401 - SQLAlchemy's own
        return JOB_ROWS.c.host == self.host

    def _live(self) -> None:
        """Beat while there is anything to tell, and once more when there is nothing left."""
        told = False
        jobs: tuple[JobListing, ...] = ()
        while True:
            if not (jobs or told):
                self._wake.wait()
            self._wake.clear()
            if self._closed:
                return
            jobs = self._here.own_jobs() if self._here else ()
            try:
                self._exchange(jobs)
                told = bool(jobs)
            except DatabaseError as error:
                log.warning("other replicas do not hear of jobs: %s", error)
            self._wake.wait(self._beat)

    def _exchange(self, jobs: tuple[JobListing, ...]) -> None:
        self._count += 1
        with self._lock:
            before, taken = self._known, frozenset(self._taken)
        with writing() as connection:
            self._write(connection, jobs, taken)
            left = _leaves(connection, jobs)
            self._hear(connection)
        with self._lock:
            self._taken -= taken
        if self._here is not None:
            for job, person in left:
                self._here.stop_here(job, Asker(person))
            if self._known != before:
                self._here.go_on()

    def _write(
        self, connection: Connection, jobs: Iterable[JobListing], taken: frozenset[JobKey]
    ) -> None:
        connection.execute(delete(JOB_ROWS).where(self._own))
        connection.execute(delete(JOB_ROWS).where(JOB_ROWS.c.told < time.time() - FORGOTTEN))
        lost = [each.id for each in self._known if each.is_lost and each.key in taken]
        connection.execute(delete(JOB_ROWS).where(JOB_ROWS.c.id.in_(lost)))
        if rows := [self._row(each) for each in jobs]:
            connection.execute(insert(JOB_ROWS), rows)

    def _row(self, job: JobListing) -> dict[str, Any]:
        return {
            **{name: getattr(job, name) for name in _TOLD},
            "id": job.id,
            "host": self.host,
            "askers": [[each.session, each.person, each.name] for each in job.askers],
            "queues": int(job.queues),
            "begun": int(job.begun),
            "beat": self._count,
            "told": time.time(),
        }

    def _hear(self, connection: Connection | None) -> None:
        rows = () if connection is None else connection.execute(select(JOB_ROWS)).mappings().all()
        now = time.monotonic()
        with self._lock:
            self._beats = {
                row["id"]: last
                if (last := self._beats.get(row["id"])) and last[0] == row["beat"]
                else (row["beat"], now)
                for row in rows
            }
            self._known = tuple(self._listing(row, now) for row in rows if row["host"] != self.host)
            self._looked = now

    def _listing(self, row: Mapping[Any, Any], now: float) -> JobListing:
        beat, came = self._beats[row["id"]]
        return JobListing(
            id=row["id"],
            askers=tuple(Asker(*each) for each in row["askers"]),
            queues=bool(row["queues"]),
            begun=bool(row["begun"]),
            host=row["host"],
            is_lost=beat == ENDED or now - came >= self._stale,
            **{name: row[name] for name in _TOLD},
        )


def _leave(connection: Connection, job: JobListing, who: Asker) -> None:
    if job.is_lost:
        if job.is_of(who):
            connection.execute(delete(JOB_ROWS).where(JOB_ROWS.c.id == job.id))
        return
    same = LEAVES.c.job == job.id, LEAVES.c.person == who.turns
    connection.execute(delete(LEAVES).where(*same))
    connection.execute(insert(LEAVES).values(job=job.id, person=who.turns))


def _leaves(connection: Connection, jobs: Iterable[JobListing]) -> list[tuple[str, str]]:
    """Who has left which of these jobs; is told once."""
    ids = [each.id for each in jobs]
    left = connection.execute(select(LEAVES).where(LEAVES.c.job.in_(ids))).all()
    connection.execute(delete(LEAVES).where(LEAVES.c.job.in_(ids)))
    return [(job, person) for job, person in left]
