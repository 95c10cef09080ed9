"""The open connections, so that one can be closed in the middle of an answer."""

from __future__ import annotations

import asyncio

from starlette.types import Receive, Scope
from uvicorn.protocols.http.h11_impl import H11Protocol


class Connections:
    """Transports by the client's address. Used in the server's loop only."""

    def __init__(self) -> None:
        self._transports: dict[tuple[str, int], asyncio.Transport] = {}

    async def close(self, scope: Scope, receive: Receive) -> None:
        """Close a request's connection; what was sent before still arrives."""
        transport = self._transports.get(tuple(scope["client"]))
        if transport is None:  # the client was faster
            return
        transport.close()
        while (await receive())["type"] != "http.disconnect":
            pass

    def protocol(self) -> type[H11Protocol]:
        """A protocol for uvicorn that enters its connections here."""
        transports = self._transports

        class Entered(H11Protocol):
            def connection_made(self, transport: asyncio.Transport) -> None:
                super().connection_made(transport)
                transports[tuple(transport.get_extra_info("peername"))] = transport

            def connection_lost(self, exc: Exception | None) -> None:
                transports.pop(tuple(self.client), None)
                super().connection_lost(exc)

        return Entered
