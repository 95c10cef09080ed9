"""The two web applications: Studio's API, and the storage of its exports."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request as HttpRequest
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.studio.call import Blob, Call, Endpoint, Json
from tests.studio.editing import EDITING
from tests.studio.errors import StudioError
from tests.studio.faults import Action
from tests.studio.mishaps import page, refusal
from tests.studio.paths import PREFIX, short
from tests.studio.project import StudioProject
from tests.studio.reading import KEY_INFO, READING
from tests.studio.roles import Right
from tests.studio.working import WORKING

if TYPE_CHECKING:
    from tests.studio.server import Studio

ENDPOINTS = (*READING, *EDITING, *WORKING)


def studio_app(studio: Studio) -> ASGIApp:
    """Studio: every path begins with `/v1/api`."""
    routes = [
        Route(PREFIX + item.path, _handler(studio, item), methods=[item.method])
        for item in ENDPOINTS
    ]
    return Router(routes, default=_nothing_here, redirect_slashes=False)


def storage_app(studio: Studio) -> ASGIApp:
    """The storage: it knows no keys."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        request = HttpRequest(scope)
        studio.look_for_leaks(request)
        response = studio.storage.answer(request, studio.faults)
        await response(scope, receive, send)

    return app


async def _nothing_here(scope: Scope, receive: Receive, send: Send) -> None:
    text = f"Cannot {scope['method']} {scope['path']}"
    await HTMLResponse(page("404 Not Found", text), 404)(scope, receive, send)


def _handler(studio: Studio, endpoint: Endpoint) -> Callable[[HttpRequest], Any]:
    async def handle(request: HttpRequest) -> Response:
        try:
            call = await _checked(studio, endpoint, request)
            if endpoint.heavy:
                answer = await run_in_threadpool(endpoint.answer, call)
            else:
                answer = endpoint.answer(call)
            return _response(call, answer)
        except StudioError as error:
            return refusal(error.text, error.status)
        except Exception as error:  # noqa: BLE001 - a mistake of the fake itself, told at the end
            studio.mistakes.append(error)
            return refusal(f"tests.studio: {error!r}", 500)

    return handle


async def _checked(studio: Studio, endpoint: Endpoint, request: HttpRequest) -> Call:
    if endpoint.path == KEY_INFO and not studio.key_info:
        raise StudioError("Not found", 404)
    key = request.headers.get("x-api-key")
    if key is None:
        raise StudioError("Not authenticated, no x-api-key header was given", 401)
    project, role = _owner(studio, key)
    numbers = {name: at for name, at in request.path_params.items() if isinstance(at, int)}
    if numbers.get("project", project.id) != project.id:
        raise StudioError("You do not have access to this project", 403)
    if role not in endpoint.right.value:
        # Both shapes of error are real; which call uses which is not known.
        raise StudioError(endpoint.right.refusal(), 403 if endpoint.right is Right.READ else 200)
    words = {name: at for name, at in request.path_params.items() if isinstance(at, str)}
    return Call(
        studio, project, key, role, request.method, short(request.url.path),
        dict(request.query_params), numbers, words, await request.body(),
    )  # fmt: skip


def _owner(studio: Studio, key: str) -> tuple[StudioProject, Any]:
    for project in studio.projects.values():
        if key in project.keys:
            return project, project.keys[key]
    raise StudioError("Invalid API key", studio.bad_key_status)


def _response(call: Call, answer: Json | Blob) -> Response:
    if isinstance(answer, Blob):
        return Response(answer.content, media_type=answer.media_type)
    whole: Json = {"success": True, **answer}
    fault = call.fault(Action.MISSING_FIELD)
    if fault is not None:
        _without(whole, fault.field)
    return JSONResponse(whole)


def _without(answer: Json, field: str) -> None:
    """Drop a key. A name that is not there is a mistake in the test, and told."""
    *way, last = field.split(".")
    holder: Any = answer
    for step in way:
        holder = holder[int(step)] if isinstance(holder, list) else holder[step]
    del holder[int(last) if isinstance(holder, list) else last]
