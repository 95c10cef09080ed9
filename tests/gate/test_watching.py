"""Is it there, may people be led to it, what does it count: and who may ask."""

import subprocess
import sys
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from gate.watching import watching_routes
from services import readiness
from services.readiness import Essential, Readiness
from services.settings import settings

ROOT = Path(__file__).parents[2]
TOKEN = "of whoever scrapes"


@pytest.fixture
def ask():
    """Asks from an address."""

    def asked(path, client="127.0.0.1", **headers):
        app = Starlette(routes=watching_routes())
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return TestClient(app, client=(client, 50000)).get(path, headers=given)

    return asked


@pytest.fixture
def lacking(monkeypatch):
    """Has needs that are met, or not."""

    def needs(**met):
        checks = {Essential[name]: lambda told=told: told for name, told in met.items()}
        monkeypatch.setattr(readiness, "READINESS", Readiness(checks))

    return needs


def test_live_says_so_in_json(ask):
    assert ask("/live").json() == {"live": True}


def test_ready_is_right_by_content_and_status(ask, lacking):
    lacking(DATABASE=True, DISK=True)
    answer = ask("/ready")
    assert (answer.status_code, answer.text) == (200, '{"ready":true}')
    assert answer.headers["Cache-Control"] == "no-store"


def test_what_is_lacking_is_told_to_nobody_but_the_log(ask, lacking, caplog):
    lacking(DATABASE=False, DISK=True)
    answer = ask("/ready", client="203.0.113.7")
    assert (answer.status_code, answer.json()) == (503, {"ready": False})
    assert "the database" in caplog.text


def test_metrics_are_for_this_machine_where_there_is_no_token(ask):
    assert "gradcam_ready" in ask("/metrics").text
    assert ask("/metrics", client="::1").status_code == 200
    assert ask("/metrics", client="203.0.113.7").status_code == 401


@pytest.mark.parametrize("header", ["x_forwarded_for", "forwarded", "via", "x_real_ip"])
def test_what_a_proxy_of_this_machine_passes_on_is_from_elsewhere(ask, header):
    assert ask("/metrics", **{header: "127.0.0.1"}).status_code == 401


def test_metrics_ask_everybody_for_the_token_where_there_is_one(ask, monkeypatch):
    monkeypatch.setenv("GRADCAM_METRICS_TOKEN", TOKEN)
    settings.cache_clear()
    for given in ("", "Bearer", f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer ü", TOKEN):
        answer = ask("/metrics", authorization=given.encode())
        assert answer.status_code == 401
        assert TOKEN not in answer.text
    passed = ask("/metrics", client="203.0.113.7", authorization=f"Bearer {TOKEN}")
    assert passed.status_code == 200
    assert "gradcam_opened" in passed.text
    assert TOKEN not in passed.text


@pytest.mark.parametrize("path", ["/live", "/ready", "/metrics"])
def test_strangers_reach_them_through_the_gate_and_nothing_beside(behind, path):
    visitor = behind("token")
    assert visitor.get(path).status_code != 303
    assert visitor.get(f"{path}/x").status_code in {303, 401, 403}


def test_what_nobody_asked_for_is_not_imported():
    code = "import sys, gate.entrance, services.page_run; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "gate.watching" in loaded
    assert loaded & {"prometheus_client", "services.readiness", "services.watching"} == set()
