"""What the gate answers by itself: pages for eyes, one sentence for everything else."""

from __future__ import annotations

from typing import Final

from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from components.sign_in.page import sign_in_page

# Nothing from elsewhere, not in a frame; the address, which may hold a token, is told to nobody.
_GUARDED: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_FILES: Final = ("/_stcore/", "/media/", "/component/", "/static/", "/app/static/")


def page(content: str, status: int = 200) -> Response:
    """A page of the gate's own."""
    return HTMLResponse(content, status, _GUARDED)


def redirect(link: str) -> RedirectResponse:
    """The way to another page of this server, by GET."""
    return RedirectResponse(
        link, 303, {name: _GUARDED[name] for name in ("Cache-Control", "Referrer-Policy")}
    )


def declined(
    request: HTTPConnection, path: str, status: int, title: str, sentence: str, again: int = 0
) -> Response:
    """No, in one sentence; as a page where a person asks for one.

    Args:
        request: that is refused.
        path: it is for, without the base path.
        status: of HTTP.
        title: of the page.
        sentence: why, and what to do.
        again: seconds after which it may be tried again; 0 where that is of no use.
    """
    if wants_page(request, path):
        answer = page(sign_in_page(title, lines=(sentence,), again=again), status)
    else:
        answer = PlainTextResponse(sentence, status, _GUARDED)
    if again:
        answer.headers["Retry-After"] = str(again)
    return answer


def wants_page(request: HTTPConnection, path: str) -> bool:
    """Whether a browser asks for a page to show, by GET."""
    return (
        request.scope["type"] == "http"
        and request.scope["method"] == "GET"
        and "text/html" in request.headers.get("accept", "")
        and not f"{path}/".startswith(_FILES)
    )


async def answer_with(answer: Response, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a request, or do not open a websocket."""
    if scope["type"] == "http":
        await answer(scope, receive, send)
    else:  # before it was accepted: the server makes 403 of it
        await send({"type": "websocket.close", "code": 1008})
