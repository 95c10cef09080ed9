"""How people come in: one kind of door for each kind of sign-in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from math import inf
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import Send

from services.people.sign_in import SignIn, is_over

_ANYBODY: Final = SignIn("", "", "", inf)


@dataclass(frozen=True)
class Incoming:
    """A request as doors see it.

    Attributes:
        request: of HTTP, or the handshake of a websocket.
        path: what it is for, without the server's base path.
        base: that base path; "" as a rule.
        sign_in: of who asks; None for a stranger.
    """

    request: HTTPConnection
    path: str
    base: str
    sign_in: SignIn | None = None


class Door(ABC):
    """Knows people, and how others become known."""

    @abstractmethod
    def known(self, request: HTTPConnection) -> SignIn | None:
        """Who asks, as long as that counts; None for a stranger."""

    async def is_over(self, sign_in: SignIn) -> bool:
        """Whether a sign-in counts no longer.

        Raises:
            DatabaseError: that cannot be known.
        """
        return await run_in_threadpool(is_over, sign_in)

    def leads_through(self, incoming: Incoming) -> bool:  # noqa: ARG002 - as a rule nowhere
        """Whether Streamlit itself answers a stranger here, as a part of signing in."""
        return False

    def answering(self, incoming: Incoming, send: Send) -> Send:  # noqa: ARG002 - as a rule as it is
        """What changes the dashboard's answer on its way out."""
        return send

    @abstractmethod
    async def own_answer(self, request: Request, incoming: Incoming) -> Response | None:
        """What belongs to signing in and out itself; None for everything else."""

    @abstractmethod
    def refused(self, incoming: Incoming) -> Response:
        """What a stranger gets instead of what they asked for."""


class OpenDoor(Door):
    """Nobody signs in: one's own machine, or another gate in front."""

    def known(self, request: HTTPConnection) -> SignIn:  # noqa: ARG002 - whoever it is
        """Anybody."""
        return _ANYBODY

    async def is_over(self, sign_in: SignIn) -> bool:  # noqa: ARG002
        """Never."""
        return False

    async def own_answer(self, request: Request, incoming: Incoming) -> None:
        """Nothing belongs to it."""

    def refused(self, incoming: Incoming) -> Response:
        """Nobody is refused.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError
