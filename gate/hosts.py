"""Names that this server is reached by; another one is somebody else's page in the browser.

A page of a foreign name can have that name lead here (DNS rebinding), and then reads what the
server says. It cannot do so with an address in figures, nor with a name that only this machine has.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from services.settings import Login

_FOREIGN: Final = (
    "This dashboard is not known by that name. If it is yours, start it with the name in "
    "GRADCAM_HOSTS."
)


class KnownHosts:
    """ASGI middleware: answers only what names this server.

    Args:
        app: what is behind it.
        login: how people sign in.
        names: see `is_known`.
    """

    def __init__(self, app: ASGIApp, login: Login, names: Sequence[str]) -> None:
        self._app = app
        self._login = login
        self._names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass it on, or refuse it."""
        if scope["type"] in {"http", "websocket"}:
            request = HTTPConnection(scope)
            if not is_known(request.headers.get("host"), self._login, self._names):
                from gate.answers import answer_with, declined

                foreign = declined(request, scope["path"], 403, "Unknown name", _FOREIGN)
                await answer_with(foreign, scope, receive, send)
                return
        await self._app(scope, receive, send)


def is_known(host: str | None, login: Login, names: Sequence[str]) -> bool:
    """Whether a request names this server.

    Args:
        host: its `Host` header.
        login: how people sign in. With a cookie a foreign name brings nothing: browsers do not
            send it along.
        names: by which it is reached beside; where there are some, they hold for every sign-in.
    """
    name = _name(host)
    if name is None:
        return False
    if _is_own(name) or (login is not Login.NONE and not names):
        return True
    return any(_fits(name, allowed.lower().rstrip(".")) for allowed in names)


def is_loopback(address: str | None) -> bool:
    """Whether only this machine reaches an address that a server listens at."""
    if address is None:
        return False
    try:
        return address.lower() == "localhost" or ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False


def _name(host: str | None) -> str | None:
    """The name in a `Host` header, without its port; None where it is none."""
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port
    except ValueError:
        return None
    if not host or not parts.hostname or parts.netloc != host or "@" in host:
        return None
    return parts.hostname.lower().rstrip(".")


def _is_own(name: str) -> bool:
    """Whether no foreign page can have this name."""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _fits(name: str, allowed: str) -> bool:
    if allowed.startswith("*."):
        return name.endswith(allowed[1:])
    return allowed in {"*", name}
