"""What goes wrong, how often, and for which requests."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, StrEnum, auto

from tests.studio.log import Origin
from tests.studio.paths import matches


class Action(Enum):
    """Kinds of mishap."""

    TOO_MANY = auto()  # 429 with Retry-After
    SERVER_ERROR = auto()  # 500 with a body of JSON, text or HTML
    HANG = auto()  # no answer until released, or until the client goes
    DROP = auto()  # the connection is closed without an answer
    CUT = auto()  # the right length announced, the connection closed after `at` bytes
    REFUSE = auto()  # 200 and {"success": false, "error": text}
    HTML = auto()  # 200 and a web page
    WRONG_MAGIC = auto()  # the right type announced, other bytes sent
    REDIRECT = auto()  # 302 to `location`
    QUOTA = auto()  # 402 or 403, compute time is used up
    MISSING_FIELD = auto()  # a JSON answer without the key `field`
    EXPIRED_URL = auto()  # the storage refuses the link
    JOB_FAILS = auto()  # the job that this request starts ends unsuccessfully
    JOB_TAKES = auto()  # the job that this request starts takes `polls` polls
    STALE_EXPORT = auto()  # get-url shows an export older than the last job


class Body(StrEnum):
    """The form of a SERVER_ERROR's body."""

    JSON = "json"
    TEXT = "text"
    HTML = "html"


# Instead of the answer, or around it; the rest is asked for by the handler that it concerns.
ON_THE_WIRE = frozenset(Action) - {
    Action.MISSING_FIELD, Action.EXPIRED_URL, Action.JOB_FAILS, Action.JOB_TAKES,
    Action.STALE_EXPORT,
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Fault:
    """One mishap for the requests that it names.

    Attributes:
        action: what goes wrong.
        path: a pattern for the path after `/v1/api`, see `paths.matches`; for the storage, for
            the whole path, which is `/exports/<project>/<number>.zip`.
        times: how many requests it meets; None: all.
        method: only requests of this method.
        skip: how many matching requests pass first.
        origin: only requests to this server.
        status: instead of 500, 403 (QUOTA), 200 (REFUSE, HTML) or 302.
        retry_after: TOO_MANY's header, seconds or a date; None: no header.
        text: the error's text.
        body: SERVER_ERROR's form.
        at: CUT's number of bytes; what exceeds the body is cut before its last byte.
        location: REDIRECT's target.
        field: MISSING_FIELD's key, with dots into depth: `impulses.0.learnBlocks`.
        polls: JOB_TAKES' number.
    """

    action: Action
    path: str = "**"
    times: int | None = 1
    method: str | None = None
    skip: int = 0
    origin: Origin | None = None
    status: int | None = None
    retry_after: int | str | None = 1
    text: str = ""
    body: Body = Body.JSON
    at: int = 0
    location: str = ""
    field: str = ""
    polls: int = 50


class Faults:
    """The mishaps to come. Safe to change from any thread."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._lock = threading.Lock()
        self._changed = changed
        self._faults: dict[Fault, list[int]] = {}  # → requests seen, requests met
        self._gates: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()

    def add(self, fault: Fault) -> Fault:
        """Let something go wrong from now on; the first fault added wins."""
        with self._lock:
            self._faults[fault] = [0, 0]
        return fault

    def remove(self, fault: Fault) -> None:
        """Let it go wrong no longer."""
        with self._lock:
            self._faults.pop(fault, None)

    def clear(self) -> None:
        """Let nothing go wrong any more, and answer the requests that hang."""
        with self._lock:
            self._faults.clear()
        self.release()

    def hits(self, fault: Fault) -> int:
        """How many requests a fault has met."""
        with self._lock:
            return self._faults.get(fault, [0, 0])[1]

    def take(
        self, actions: frozenset[Action], method: str, path: str, origin: Origin
    ) -> Fault | None:
        """The fault that meets a request, counted; None if all is well."""
        with self._lock:
            for fault, counts in self._faults.items():
                if fault.action not in actions or not _names(fault, method, path, origin):
                    continue
                if fault.times is not None and counts[1] >= fault.times:
                    continue
                counts[0] += 1
                if counts[0] <= fault.skip:
                    continue
                counts[1] += 1
                return fault
        return None

    # ------------------------------------------------------------------------- hanging

    @property
    def hanging(self) -> int:
        """How many requests hang now."""
        with self._lock:
            return len(self._gates)

    def release(self) -> None:
        """Let the requests that hang be answered."""
        with self._lock:
            gates = list(self._gates)
        for loop, event in gates:
            loop.call_soon_threadsafe(event.set)

    def hang(self) -> Gate:
        """A place to wait until released."""
        return Gate(self)

    def _enter(self, gate: tuple[asyncio.AbstractEventLoop, asyncio.Event]) -> None:
        with self._lock:
            self._gates.add(gate)
        self._changed()

    def _leave(self, gate: tuple[asyncio.AbstractEventLoop, asyncio.Event]) -> None:
        with self._lock:
            self._gates.discard(gate)
        self._changed()


class Gate:
    """An event of the server's loop, registered while somebody waits at it."""

    def __init__(self, faults: Faults) -> None:
        self.event = asyncio.Event()
        self._faults = faults
        self._entry = (asyncio.get_running_loop(), self.event)

    def __enter__(self) -> asyncio.Event:
        self._faults._enter(self._entry)
        return self.event

    def __exit__(self, *_: object) -> None:
        self._faults._leave(self._entry)


def _names(fault: Fault, method: str, path: str, origin: Origin) -> bool:
    return (
        fault.method in (None, method)
        and fault.origin in (None, origin)
        and matches(fault.path, path)
    )
