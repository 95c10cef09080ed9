"""What whoever runs the server asks it: is it there, may people be led to it, what does it count.

Answers are right by their content: Streamlit says 200 to any path. What is needed for them is
imported when somebody asks.
"""

from __future__ import annotations

import hmac
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from gate.hosts import is_loopback
from services.settings import settings

_LATEST: Final = {"Cache-Control": "no-store"}
_PASSED_ON: Final = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
_REFUSED: Final = (
    "Metrics are for whoever runs this server: set GRADCAM_METRICS_TOKEN and send it as a bearer "
    "token, or ask from the server's own machine.\n"
)


def watching_routes() -> list[BaseRoute]:
    """Ways to watch the server; each looks after itself who may ask."""
    return [
        Route("/live", _live, methods=["GET"]),
        Route("/ready", _ready, methods=["GET"]),
        Route("/metrics", _metrics, methods=["GET"]),
    ]


async def _live(_: Request) -> Response:
    """That the event loop answers."""
    return JSONResponse({"live": True}, headers=_LATEST)


async def _ready(_: Request) -> Response:
    """Whether people may be led here; why not is told to the log alone."""
    from services.readiness import READINESS

    ready = not await run_in_threadpool(READINESS.lacking)
    return JSONResponse({"ready": ready}, 200 if ready else 503, headers=_LATEST)


async def _metrics(request: Request) -> Response:
    if not _may_read(request):
        return PlainTextResponse(_REFUSED, 401, {**_LATEST, "WWW-Authenticate": "Bearer"})
    from services.watching.exposition import CONTENT_TYPE, exposition

    told = await run_in_threadpool(exposition)
    return Response(told, headers={**_LATEST, "Content-Type": CONTENT_TYPE})


def _may_read(request: Request) -> bool:
    """Whether they know the token, or where there is none, sit at this machine."""
    if token := settings().metrics_token:
        kind, _, given = request.headers.get("authorization", "").partition(" ")
        return kind.lower() == "bearer" and hmac.compare_digest(given.encode(), token.encode())
    passed_on = any(name in request.headers for name in _PASSED_ON)
    return not passed_on and request.client is not None and is_loopback(request.client.host)
