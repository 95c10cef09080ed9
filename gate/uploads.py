"""Files that people upload are kept in memory: how much of it each may take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from starlette.requests import HTTPConnection
from starlette.types import Message, Receive

from gate.streamlit_inside import closed_sessions, forget_uploads, uploaded
from services.settings import Settings, settings


class TooMuchError(Exception):
    """An upload is more than may be kept; the message says of whom, in a sentence."""


@dataclass(frozen=True)
class Occupied:
    """Bytes that are kept, or on their way.

    Attributes:
        tab: of one session.
        person: of all sessions of the same person.
        all: of everybody's.
    """

    tab: int
    person: int
    all: int


class Uploads:
    """Uploads on their way, beside what is kept of earlier ones; one event loop's."""

    def __init__(self) -> None:
        self._coming: Counter[str] = Counter()  # by session

    @contextmanager
    def coming(
        self, receive: Receive, request: HTTPConnection, session: str, own: frozenset[str]
    ) -> Iterator[Receive]:
        """An upload, counted while it comes; what is kept of it then is counted by Streamlit.

        Args:
            receive: gives its parts.
            request: it is.
            session: whose page it is for.
            own: sessions of the same person.

        Raises:
            TooMuchError: it is too much: by what it says of its own size, or once it is.
        """
        said = request.headers.get("content-length", "")
        declared = int(said) if said.isdigit() else 0
        room = self._room_for(declared, session, own)
        if declared > room.bytes:
            raise TooMuchError(room.sentence)
        come = 0

        async def counted() -> Message:
            nonlocal come, room
            message = await receive()
            size = len(message.get("body", b""))
            if come + size > room.bytes:
                more = self._room_for(size, session, own)
                room = replace(more, bytes=come + more.bytes)
            come += size
            self._coming[session] += size
            if come > room.bytes:
                raise TooMuchError(room.sentence)
            return message

        try:
            yield counted
        finally:
            self._coming[session] -= come
            if not self._coming[session]:
                del self._coming[session]

    def _room_for(self, size: int, session: str, own: frozenset[str]) -> Room:
        """What may still come.

        Where it is less than `size`, what closed tabs hold goes, the person's own first: Streamlit
        keeps it for a while, for a browser that may come back.
        """
        closed = [each for each in closed_sessions() if each != session]
        room, most = self._room(session, own), self._room(session, own, without=closed)
        for each in sorted(closed, key=lambda tab: tab not in own):
            if room.bytes < size <= most.bytes:
                forget_uploads(each)
                room = self._room(session, own)
        return room

    def _room(self, session: str, own: frozenset[str], without: Collection[str] = ()) -> Room:
        kept = Counter(uploaded()) + self._coming
        for each in without:
            del kept[each]
        person = sum(kept[each] for each in own | {session})
        return _room(Occupied(kept[session], person, kept.total()), settings())


@dataclass(frozen=True)
class Room:
    """What may still come.

    Attributes:
        bytes: at most so many.
        sentence: why no more.
    """

    bytes: float
    sentence: str


def _room(taken: Occupied, given: Settings) -> Room:
    """The least of what a tab, a person and all may still bring."""
    limits = (
        (given.upload_bytes, taken.tab, "this tab"),
        (given.upload_bytes_person, taken.person, "your tabs together"),
        (given.upload_bytes_all, taken.all, "all people together"),
    )
    rooms = [
        Room(
            max(0, most - used),
            f"At most {most / 1e6:g} MB of uploaded files are kept for {whose}, and "
            f"{used / 1e6:.0f} MB are; remove files that you do not need, or close tabs.",
        )
        for most, used, whose in limits
        if most
    ]
    return min(rooms, key=lambda room: room.bytes, default=Room(float("inf"), ""))
