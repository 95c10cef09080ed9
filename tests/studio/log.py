"""What the Studio was asked, for tests to look at from their own thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import overload

from tests.studio.paths import matches


class Origin(StrEnum):
    """Which of the two servers was asked."""

    STUDIO = "studio"
    STORAGE = "storage"


@dataclass(frozen=True)
class Request:
    """One request.

    Attributes:
        path: what follows `/v1/api`, or the whole path where it does not begin so.
        query: parameters, the last one of each name.
        status: None while there is no answer, and for ever if the connection was dropped.
        had_key: whether it carried an `x-api-key` header.
        byte_range: the Range header, empty without one.
    """

    method: str
    path: str
    query: dict[str, str]
    status: int | None
    had_key: bool
    origin: Origin
    byte_range: str = ""


class RequestLog(Sequence[Request]):
    """Requests in the order of arrival. Safe to read from any thread."""

    def __init__(self) -> None:
        self.bell = threading.Condition()  # rung at every change
        self._requests: list[Request] = []
        self._forgotten = 0

    def arrived(self, request: Request) -> int:
        """Enter a request that has no answer yet; returns its ticket."""
        with self.bell:
            self._requests.append(request)
            self.bell.notify_all()
            return self._forgotten + len(self._requests) - 1

    def answered(self, ticket: int, status: int) -> None:
        """Enter the status of a request's answer."""
        with self.bell:
            place = ticket - self._forgotten
            if place >= 0:
                self._requests[place] = replace(self._requests[place], status=status)
            self.bell.notify_all()

    def forget(self) -> None:
        """Empty the log."""
        with self.bell:
            self._forgotten += len(self._requests)
            self._requests.clear()

    def chosen(self, pattern: str = "**", method: str | None = None) -> list[Request]:
        """Requests whose path a pattern names, see `paths.matches`."""
        return [
            request
            for request in self.snapshot()
            if method in (None, request.method) and matches(pattern, request.path)
        ]

    def snapshot(self) -> list[Request]:
        """A copy that does not change any more."""
        with self.bell:
            return list(self._requests)

    def wait_for(self, happened: Callable[[], bool], seconds: float) -> bool:
        """Wait until something holds, asking again after each change; whether it does."""
        with self.bell:
            return self.bell.wait_for(happened, seconds)

    def ring(self) -> None:
        """Have everybody who waits look again."""
        with self.bell:
            self.bell.notify_all()

    @overload
    def __getitem__(self, index: int) -> Request: ...
    @overload
    def __getitem__(self, index: slice) -> list[Request]: ...
    def __getitem__(self, index):
        return self.snapshot()[index]

    def __len__(self) -> int:
        return len(self._requests)
