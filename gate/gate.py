"""The gate of a server for several people: every request and every websocket passes here."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from gate.answers import answer_with, declined, wants_page
from gate.connection import Connections, as_long_as_known
from gate.cookie import secured
from gate.door import Door, Incoming
from gate.links import base_path
from gate.owners import is_foreign, name_of_owner, own_sessions
from gate.shown import Shown, noting
from gate.streamlit_inside import MEDIA_PATH, UPLOAD_PATH
from gate.uploads import TooMuchError, Uploads
from services.errors import DatabaseError
from services.people.sign_in import HEADER, SignIn, sealed

PERSON_HEADER: Final = "X-Gradcam-Person"  # whose a session of Streamlit's is
_OURS: Final = b"x-gradcam-"
_NOT_YOURS: Final = "Not yours", "That belongs to a page of somebody else."
_AGAIN: Final = 5  # seconds after which a browser tries again


class Gate:
    """ASGI middleware: lets people in and tells the dashboard who they are.

    Args:
        app: what is behind it.
        door: how people come in.
        base: the server's base path; "" as a rule.
        open_paths: what answers everybody, and says nothing of people and projects.
    """

    def __init__(
        self, app: ASGIApp, door: Door, base: str = "", open_paths: frozenset[str] = frozenset()
    ) -> None:
        self._app = app
        self._door = door
        self._base = base_path(base)
        self._open = open_paths
        self._connections = Connections()
        self._uploads = Uploads()
        self._shown = Shown()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass it on, or answer it here."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        incoming = Incoming(HTTPConnection(scope), self._path(scope), self._base)
        try:
            incoming = replace(incoming, sign_in=await self._who(incoming.request))
            own = await self._own(incoming, scope, receive)
        except DatabaseError as error:  # whether a sign-in was ended cannot be known
            await answer_with(_no(incoming, 503, "Not now", str(error)), scope, receive, send)
            return
        send = self._door.answering(incoming, secured(incoming.request, send))
        if own is not None:
            await answer_with(own, scope, receive, send)
        elif incoming.sign_in is not None:
            known = _with(scope, incoming.sign_in)
            await self._let_in(incoming, incoming.sign_in, known, receive, send)
        elif scope["type"] == "http" and self._is_open(incoming):
            await self._app(_with(scope, None), receive, send)
        else:
            await answer_with(self._door.refused(incoming), scope, receive, send)

    async def _who(self, request: HTTPConnection) -> SignIn | None:
        sign_in = self._door.known(request)
        return None if sign_in is None or await self._door.is_over(sign_in) else sign_in

    async def _own(self, incoming: Incoming, scope: Scope, receive: Receive) -> Response | None:
        if scope["type"] != "http":
            return None
        return await self._door.own_answer(Request(scope, receive), incoming)

    def _is_open(self, incoming: Incoming) -> bool:
        """Whether strangers are answered."""
        return incoming.path in self._open or self._door.leads_through(incoming)

    def _path(self, scope: Scope) -> str:
        """What a request is for, without the base path."""
        path: str = scope["path"]
        below = self._base and f"{path}/".startswith(f"{self._base}/")
        return path[len(self._base) :] or "/" if below else path

    async def _let_in(
        self, incoming: Incoming, sign_in: SignIn, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Somebody who is known: to what is theirs, within their limits."""
        path, who = incoming.path, sign_in.counted_as
        if scope["type"] == "websocket":
            if self._connections.full(who) is not None:
                await answer_with(Response(), scope, receive, send)
                return
            if who:
                receive = as_long_as_known(receive, self._door, sign_in)
                send = noting(send, who, self._shown)
            with self._connections.one_more(who):
                await self._app(scope, receive, send)
        elif (full := self._connections.full(who)) and wants_page(incoming.request, path):
            answer = _no(incoming, 503, "Too many tabs", full, again=_AGAIN)
            await answer(scope, receive, send)
        elif path.startswith(UPLOAD_PATH):
            await self._take(incoming, sign_in, scope, receive, send)
        elif who and path.startswith(MEDIA_PATH) and not self._shown.is_to(who, path):
            await _no(incoming, 403, *_NOT_YOURS)(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _take(
        self, incoming: Incoming, sign_in: SignIn, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """An upload, as long as there is room for it."""
        session = incoming.path.removeprefix(UPLOAD_PATH).partition("/")[0]
        if sign_in.counted_as and is_foreign(session, sign_in):
            await _no(incoming, 403, *_NOT_YOURS)(scope, receive, send)
            return
        try:
            own = own_sessions(sign_in)
            with self._uploads.coming(receive, incoming.request, session, own) as counted:
                await self._app(scope, counted, send)
        except TooMuchError as error:
            await _no(incoming, 413, "Too much", str(error))(scope, receive, send)


def _no(incoming: Incoming, status: int, title: str, sentence: str, again: int = 0) -> Response:
    return declined(incoming.request, incoming.path, status, title, sentence, again)


def _with(scope: Scope, sign_in: SignIn | None) -> Scope:
    """A request with nothing in it that only the gate may say, but what the gate says."""
    headers = [
        (name, value)
        for name, value in scope["headers"]
        if not name.lower().replace(b"_", b"-").startswith(_OURS)
    ]
    if sign_in is not None and sign_in.counted_as and scope["type"] == "websocket":
        headers += [
            (HEADER.lower().encode(), sealed(sign_in).encode()),
            (PERSON_HEADER.lower().encode(), name_of_owner(sign_in).encode()),
        ]
    return {**scope, "headers": headers}
