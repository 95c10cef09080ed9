"""Whatever the server answers, it answers nobody who is not signed in; a new route as well."""

import itertools
from unittest.mock import MagicMock

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from streamlit.web.server.starlette.starlette_app import create_streamlit_routes

from gate import entrance, hosted
from gate.gate import Gate
from services import readiness
from services.settings import Login
from tests.gate.conftest import connected

NOT_LED = ("/_stcore/", "/media/", "/component/", "/static/", "/app/static/")
OPEN = {"/live", "/ready", "/metrics"}  # and nothing else: who opens more, opens it here


def all_routes():
    """Of Streamlit and of ours, with something in place of each parameter."""
    for route in [*entrance.routes(), *create_streamlit_routes(MagicMock())]:
        path = route.path
        for given in ("{file_id:path}", "{path:path}", "{session_id}", "{file_id}"):
            path = path.replace(given, "x")
        assert "{" not in path
        yield route, f"{path}/index.html" if isinstance(route, Mount) else path or "/"


PATHS = sorted({path for route, path in all_routes() if not isinstance(route, WebSocketRoute)})
METHODS = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE"]
OF_SIGNING_IN = {"/auth/login", "/auth/logout", "/oauth2callback"}  # in tests of the browser
DOORS = ["token", "oidc", "proxy"]


@pytest.fixture
def stranger(behind, monkeypatch):
    """Somebody at the gate of the whole server who never signed in."""

    def made(login):
        behind(login, proxy_secret="x" * 16)
        app = Starlette(
            routes=[route for route, _ in all_routes()],
            middleware=[Middleware(Gate, hosted.door_of(Login(login)), "", hosted.OPEN_PATHS)],
        )
        return TestClient(app, "http://localhost", follow_redirects=False)

    return made


def test_there_are_as_many_paths_as_streamlit_and_we_have():
    assert {"/_stcore/health", "/_stcore/metrics", "/media/x", "/_stcore/upload_file/x/x",
            "/oauth2callback", "/live"} <= set(PATHS)  # fmt: skip
    assert len(PATHS) >= 14


@pytest.mark.parametrize("login", DOORS)
def test_strangers_are_refused_or_led_to_the_sign_in(stranger, login):
    asked = [path for path in (*PATHS, "/", "/explain", "/unknown", "/_stcore/x", "/media")
             if path not in OPEN and not (login == "oidc" and path in OF_SIGNING_IN)]  # fmt: skip
    refused = 403 if login == "proxy" else 401
    wrong = {}
    with stranger(login) as client:
        for path, method in itertools.product(asked, METHODS):
            plain = client.request(method, path)
            page = client.request(method, path, headers={"Accept": "text/html"})
            leads = method == "GET" and not f"{path}/".startswith(NOT_LED) and login != "proxy"
            led = page.headers.get("location", "").startswith("/sign-in?next=")
            told = plain.status_code, page.status_code, led
            if told != (refused, 303 if leads else refused, leads):
                wrong[method, path] = told
    assert wrong == {}


@pytest.mark.parametrize("login", DOORS)
def test_what_answers_strangers_says_nothing(stranger, login, monkeypatch):
    monkeypatch.setattr(readiness.READINESS, "lacking", lambda: ["of which nothing is told"])
    client = stranger(login)
    assert client.get("/live").json() == {"live": True}
    assert client.get("/ready").json() == {"ready": False}
    for token in ("", "wrong", "x" * 16):
        answer = client.get("/metrics", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401
        assert "python_info" not in answer.text
    assert hosted.OPEN_PATHS == OPEN


@pytest.mark.parametrize("login", DOORS)
def test_no_websocket_is_opened_to_strangers(stranger, login):
    with pytest.raises(WebSocketDisconnect), connected(stranger(login)):
        pass


@pytest.mark.parametrize(
    "path", ["//media/x", "/live/../media/x", "/LIVE", "/live/", "/live%2f", "/static/%2e%2e/live"]
)
def test_no_spelling_opens_more(stranger, path):
    assert stranger("token").get(path).status_code in {401, 303}
