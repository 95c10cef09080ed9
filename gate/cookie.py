"""The cookie of a sign-in."""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import Message, Send

from services.people.sign_in import SignIn, sealed, unsealed
from services.settings import settings

_TOLD: Final = 24  # hours after its end


def name() -> str:
    """Its name: of the secret, since all servers of one host share their cookies."""
    return f"gradcam_{sha256(settings().secret.encode()).hexdigest()[:8]}"


def read(request: HTTPConnection) -> SignIn | None:
    """The sign-in that a browser sends; whether it still counts is not asked here."""
    return unsealed(request.cookies.get(name()))


def give(response: Response, request: HTTPConnection, sign_in: SignIn, base: str) -> None:
    """Have a browser keep a sign-in, longer than it counts, so that its end can be told."""
    response.set_cookie(
        name(),
        sealed(sign_in),
        max_age=round((settings().login_hours + _TOLD) * 3600),
        path=base or "/",
        secure=is_secure(request),
        httponly=True,
        samesite="lax",
    )


def take(response: Response, base: str) -> None:
    """Have a browser forget it."""
    response.delete_cookie(name(), path=base or "/", httponly=True, samesite="lax")


def secured(request: HTTPConnection, send: Send) -> Send:
    """Have every cookie of an answer be sent over HTTPS alone, where that is what is spoken.

    Streamlit's own are not marked so.
    """
    if not is_secure(request):
        return send

    async def marked(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=message.setdefault("headers", []))
            cookies = headers.getlist("set-cookie")
            del headers["set-cookie"]
            for each in cookies:
                known = "secure" in each.lower().split("; ")
                headers.append("set-cookie", each if known else f"{each}; Secure")
        await send(message)

    return marked


def is_secure(request: HTTPConnection) -> bool:
    """Whether the browser speaks HTTPS, as far as is known here."""
    forwarded = request.headers.get("x-forwarded-proto", "").split(",")[0].strip().lower()
    return (
        request.url.scheme in {"https", "wss"}
        or forwarded == "https"
        or settings().url.startswith("https:")
    )
