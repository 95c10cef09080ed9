"""What every request passes first: the log, and the faults on the wire."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.studio.connections import Connections
from tests.studio.faults import ON_THE_WIRE, Faults
from tests.studio.log import Origin, Request, RequestLog
from tests.studio.mishaps import Exchange, befall
from tests.studio.paths import short


@dataclass(frozen=True)
class Front:
    """An ASGI application around another one."""

    app: ASGIApp
    origin: Origin
    log: RequestLog
    faults: Faults
    connections: Connections
    stopping: Callable[[], bool]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = seen(scope, self.origin)
        ticket = self.log.arrived(request)

        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.log.answered(ticket, message["status"])
            await send(message)

        fault = self.faults.take(ON_THE_WIRE, request.method, request.path, self.origin)
        if fault is None:
            await self.app(scope, receive, noted)
            return
        exchange = Exchange(
            self.app, scope, receive, noted, self.connections, self.faults, self.stopping
        )
        await befall(fault, exchange)


def seen(scope: Scope, origin: Origin) -> Request:
    """A request as the log keeps it."""
    headers = Headers(scope=scope)
    return Request(
        method=scope["method"],
        path=short(scope["path"]),
        query=dict(parse_qsl(scope["query_string"].decode(), keep_blank_values=True)),
        status=None,
        had_key="x-api-key" in headers,
        origin=origin,
        byte_range=headers.get("range", ""),
    )
