import pytest
from httpx import Headers
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient

from gate import hosted
from gate.gate import Gate
from gate.hosts import KnownHosts
from services.settings import settings

SECRET = "a secret that only tests know"
TOKEN = "a-token-that-only-tests-know"


@pytest.fixture(autouse=True)
def environment(monkeypatch, tmp_path):
    """No setting of this machine counts."""
    import os

    for name in [name for name in os.environ if name.startswith("GRADCAM_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GRADCAM_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("GRADCAM_NOTES", str(tmp_path / "notes"))
    settings.cache_clear()
    yield
    settings.cache_clear()


def connected(client, headers=()):
    """A websocket of the dashboard; headers may come twice."""
    url = f"{client.base_url.copy_with(scheme='ws')}/_stcore/stream"
    return client.websocket_connect(url, headers=Headers(headers))


async def _told(request):
    """What the dashboard is told."""
    answer = JSONResponse({"path": request.url.path, "headers": dict(request.headers)})
    answer.set_cookie("of_the_dashboard", "x")
    return answer


async def _talk(websocket):
    await websocket.accept()
    await websocket.send_json(dict(websocket.headers))
    async for message in websocket.iter_bytes():
        await websocket.send_bytes(message)


@pytest.fixture
def behind(monkeypatch):
    """A browser before the gate of a sign-in, with something that tells what it is told behind."""
    clients = []

    def made(login, base="", host="localhost", **given):
        monkeypatch.setenv("GRADCAM_LOGIN", login)
        monkeypatch.setenv("GRADCAM_TOKEN", TOKEN)
        monkeypatch.setenv("GRADCAM_SECRET", SECRET)
        for name, value in given.items():
            monkeypatch.setenv(f"GRADCAM_{name.upper()}", value)
        settings.cache_clear()
        door = hosted.door_of(settings().login)
        app = Starlette(
            routes=[
                WebSocketRoute(f"{base}/_stcore/stream", _talk),
                Route("/{rest:path}", _told, methods=["GET", "PUT", "POST", "DELETE"]),
            ],
            middleware=[
                Middleware(KnownHosts, settings().login, settings().hosts),
                Middleware(Gate, door, base, hosted.OPEN_PATHS),
            ],
        )
        client = TestClient(app, f"http://{host}", follow_redirects=False)
        client.headers["Accept"] = "text/html,*/*"
        clients.append(client)
        return client

    yield made
    for client in clients:
        client.close()
