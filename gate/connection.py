"""A websocket on its way through the gate: whose it still is, at each message, and how many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.types import Message, Receive

from gate.door import Door
from gate.streamlit_inside import clears_caches, plain_run
from services.numbers import counted
from services.people.sign_in import SignIn
from services.settings import settings


class Connections:
    """Websockets that are open, by whose limits they count for; one event loop's."""

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()

    def full(self, who: str) -> str | None:
        """Why one more is too many, in a sentence; None where it is not.

        Args:
            who: `SignIn.counted_as`; "" for whoever does not sign in, who counts for all alone.
        """
        most, most_of_all = settings().connections, settings().connections_all
        if who and most and self._open[who] >= most:
            return (
                f"You have {counted(most, 'tab')} of this dashboard open, which is as many as one "
                "person may; close one, and this page opens by itself."
            )
        if most_of_all and self._open.total() >= most_of_all:
            return (
                f"This dashboard is open in {counted(most_of_all, 'tab')}, which is as many as it "
                "may have; this page opens by itself once one is closed."
            )
        return None

    @contextmanager
    def one_more(self, who: str) -> Iterator[None]:
        """Count one while it is open."""
        self._open[who] += 1
        try:
            yield
        finally:
            self._open[who] -= 1
            if not self._open[who]:
                del self._open[who]


def as_long_as_known(receive: Receive, door: Door, sign_in: SignIn) -> Receive:
    """What a browser sends, as long as its person is signed in; afterwards only runs of the page.

    Such a run tells them so. Nobody empties the caches of all.
    """

    async def passed() -> Message:
        while True:
            message = await receive()
            content = message.get("bytes") if message["type"] == "websocket.receive" else None
            if not content:
                return message
            if await door.is_over(sign_in):
                if (plain := plain_run(content)) is not None:
                    return {**message, "bytes": plain}
            elif not clears_caches(content):
                return message

    return passed
