"""Whether those who asked for something are still there."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

AWAY = 30.0  # seconds after which who lost the connection has gone


class Presence(Protocol):
    """Asked from any thread, and often: it must be quick."""

    def connected(self, who: str) -> bool:
        """Whether somebody is there at this moment."""

    def gone(self, who: str) -> bool:
        """Whether somebody has been away for so long that they are not expected back."""


class Browsers:
    """People by their browsers; whoever has none, such as the server itself, is always there.

    Args:
        is_connected: whether a browser is there at this moment, by its name.
    """

    def __init__(self, is_connected: Callable[[str], bool] = lambda _browser: True) -> None:
        self._is_connected = is_connected
        self._browsers: dict[str, str] = {}
        self._lost: dict[str, float] = {}  # when first seen to be away, on the monotonic clock

    def note(self, who: str, browser: str) -> None:
        """Say by which browser somebody asks."""
        self._browsers[who] = browser

    def connected(self, who: str) -> bool:
        """See `Presence`."""
        browser = self._browsers.get(who)
        return browser is None or self._is_connected(browser)

    def gone(self, who: str) -> bool:
        """See `Presence`."""
        if self.connected(who):
            self._lost.pop(who, None)
            return False
        return time.monotonic() - self._lost.setdefault(who, time.monotonic()) >= AWAY
