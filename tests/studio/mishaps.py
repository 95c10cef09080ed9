"""Faults on the wire: what the client gets instead of the answer, or around it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from html import escape
from http import HTTPStatus

from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.studio.connections import Connections
from tests.studio.faults import Action, Body, Fault, Faults

OTHER_BYTES = b"these are other bytes than the header promises"
QUOTA_TEXT = (
    "You have exceeded your compute time limit for this month. "
    "Upgrade your plan to start more jobs."
)


@dataclass(frozen=True)
class Exchange:
    """A request that a fault meets, and the means to answer it."""

    app: ASGIApp
    scope: Scope
    receive: Receive
    send: Send
    connections: Connections
    faults: Faults
    stopping: Callable[[], bool]


async def befall(fault: Fault, exchange: Exchange) -> None:
    """Let a fault happen to a request."""
    await _PLAYED[fault.action](fault, exchange)


def page(title: str, text: str) -> str:
    """A web page, as a proxy or a login screen would give."""
    return (
        f"<!DOCTYPE html>\n<html><head><title>{escape(title)}</title></head>"
        f"<body><h1>{escape(title)}</h1><p>{escape(text)}</p></body></html>\n"
    )


def refusal(text: str, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON error as Studio writes it."""
    body = json.dumps({"success": False, "error": text})
    return Response(body, status, headers, media_type="application/json")


# ------------------------------------------------------------------ instead of the answer


async def _too_many(fault: Fault, exchange: Exchange) -> None:
    headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    text = fault.text or "Too many requests, please try again later."
    await _reply(exchange, refusal(text, fault.status or 429, headers))


async def _server_error(fault: Fault, exchange: Exchange) -> None:
    status = fault.status or 500
    text = fault.text or "Internal server error"
    match fault.body:
        case Body.JSON:
            response = refusal(text, status)
        case Body.TEXT:
            response = Response(text, status, media_type="text/plain")
        case Body.HTML:
            title = f"{status} {HTTPStatus(status).phrase}"
            response = Response(page(title, text), status, media_type="text/html")
    await _reply(exchange, response)


async def _refuse(fault: Fault, exchange: Exchange) -> None:
    await _reply(exchange, refusal(fault.text or "Something went wrong", fault.status or 200))


async def _quota(fault: Fault, exchange: Exchange) -> None:
    await _reply(exchange, refusal(fault.text or QUOTA_TEXT, fault.status or 403))


async def _html(fault: Fault, exchange: Exchange) -> None:
    text = page("Edge Impulse", fault.text or "Please log in to continue.")
    await _reply(exchange, Response(text, fault.status or 200, media_type="text/html"))


async def _redirect(fault: Fault, exchange: Exchange) -> None:
    await _reply(exchange, Response(b"", fault.status or 302, {"Location": fault.location}))


async def _drop(fault: Fault, exchange: Exchange) -> None:
    await exchange.connections.close(exchange.scope, exchange.receive)


async def _reply(exchange: Exchange, response: Response) -> None:
    await response(exchange.scope, exchange.receive, exchange.send)


# ---------------------------------------------------------------------- around the answer


async def _hang(fault: Fault, exchange: Exchange) -> None:
    with exchange.faults.hang() as released:
        try:
            body = await _whole_body(exchange.receive)
        except ClientDisconnect:
            return
        gone = asyncio.ensure_future(_disconnected(exchange.receive))
        open_gate = asyncio.ensure_future(released.wait())
        if exchange.stopping():  # it came after those that hang were let go
            released.set()
        try:
            await asyncio.wait({gone, open_gate}, return_when=asyncio.FIRST_COMPLETED)
            client_left = gone.done()
        finally:
            gone.cancel()
            open_gate.cancel()
    if client_left:
        return
    if exchange.stopping():
        await exchange.connections.close(exchange.scope, exchange.receive)
        return
    await exchange.app(exchange.scope, _again(body, exchange.receive), exchange.send)


async def _cut(fault: Fault, exchange: Exchange) -> None:
    start, body = await _answered(exchange)
    await exchange.send(start)
    kept = body[: min(fault.at, max(0, len(body) - 1))]
    await exchange.send({"type": "http.response.body", "body": kept, "more_body": True})
    await exchange.connections.close(exchange.scope, exchange.receive)


async def _wrong_magic(fault: Fault, exchange: Exchange) -> None:
    start, _ = await _answered(exchange)
    headers = [pair for pair in start["headers"] if pair[0] != b"content-length"]
    headers.append((b"content-length", str(len(OTHER_BYTES)).encode()))
    await exchange.send({**start, "headers": headers})
    await exchange.send({"type": "http.response.body", "body": OTHER_BYTES})


async def _answered(exchange: Exchange) -> tuple[Message, bytes]:
    messages: list[Message] = []

    async def keep(message: Message) -> None:
        messages.append(message)

    await exchange.app(exchange.scope, exchange.receive, keep)
    return messages[0], b"".join(message.get("body", b"") for message in messages[1:])


async def _whole_body(receive: Receive) -> bytes:
    parts = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    unread = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return unread.pop() if unread else await receive()

    return replayed


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


_PLAYED: dict[Action, Callable[[Fault, Exchange], Awaitable[None]]] = {
    Action.TOO_MANY: _too_many,
    Action.SERVER_ERROR: _server_error,
    Action.HANG: _hang,
    Action.DROP: _drop,
    Action.CUT: _cut,
    Action.REFUSE: _refuse,
    Action.HTML: _html,
    Action.WRONG_MAGIC: _wrong_magic,
    Action.REDIRECT: _redirect,
    Action.QUOTA: _quota,
}
