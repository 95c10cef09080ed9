"""What `app.py` puts before the dashboard, by the server's address and settings."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from components.frame.text import plain
from gate import entrance, hosted, streamlit_inside
from gate.door import OpenDoor
from gate.hosts import KnownHosts
from gate.proxy_door import ProxyDoor
from gate.token_door import TokenDoor
from services.database.chosen import FILE
from services.settings import settings

ROOT = Path(__file__).parents[2]


@pytest.fixture
def started(monkeypatch):
    """The door of a server that listens at an address; None where there is no gate."""

    def made(address, **given):
        for name, value in given.items():
            monkeypatch.setenv(f"GRADCAM_{name.upper()}", value)
        settings.cache_clear()
        monkeypatch.setattr(streamlit_inside, "bound_address", lambda: address)
        monkeypatch.setattr(streamlit_inside, "trust", lambda header: None)
        monkeypatch.setattr(streamlit_inside, "sign_with", lambda secret: None)
        monkeypatch.setattr(streamlit_inside, "run_the_dashboard_always", lambda: None)
        monkeypatch.setenv("GRADCAM_LOGIN", given.get("login", ""))  # so that it is put back
        known, *gates = entrance.middleware()
        assert known.cls is KnownHosts
        return gates[0].args[0] if gates else None

    return made


def test_on_ones_own_machine_nobody_signs_in(started):
    assert started("localhost") is None
    assert settings().folders is None


ALONE = """
import sys, streamlit.web.server.starlette, streamlit.web.bootstrap
from streamlit import config
config.set_option("server.address", "localhost")
from components.frame.text import plain
from gate import entrance
entrance.middleware(), entrance.routes(), entrance.secrets()
print(*sys.modules)
"""


def test_on_ones_own_machine_nothing_is_imported_for_others():
    done = subprocess.run(
        [sys.executable, "-c", ALONE], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "gate.hosts" in loaded
    assert not {"numpy", "sqlalchemy", "jinja2", "gradcam", "authlib", "gate.gate"} & loaded


@pytest.mark.parametrize("address", ["0.0.0.0", None, "10.1.2.3"])
def test_where_others_reach_it_a_token_is_asked_for(started, address):
    assert isinstance(started(address), TokenDoor)
    assert settings().folders == ()


def test_who_says_something_of_others_has_a_gate_on_loopback_as_well(started):
    assert isinstance(started("localhost", login="none", upload_mb="100"), OpenDoor)
    assert isinstance(started("localhost", login="none", url="https://cam.example.com"), OpenDoor)


def test_what_is_written_out_holds(started):
    assert isinstance(started("0.0.0.0", login="none"), OpenDoor)
    assert isinstance(started("localhost", login="token"), TokenDoor)
    assert isinstance(started("0.0.0.0", login="proxy", proxy_secret="x" * 16), ProxyDoor)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"login": "tokens"}, "GRADCAM_LOGIN must be none, token, oidc, proxy"),
        ({"login": "proxy"}, "needs GRADCAM_PROXY_SECRET"),
        ({"login": "token", "token": "short"}, "GRADCAM_TOKEN must have at least 16"),
        ({"login": "token", "secret": "short"}, "GRADCAM_SECRET must have at least 16"),
    ],
)
def test_what_cannot_be_followed_is_told_before_the_server_starts(started, given, told):
    with pytest.raises(SystemExit, match=told):
        started("0.0.0.0", **given)


def test_the_link_is_printed_with_the_token_where_there_is_one(started, monkeypatch):
    monkeypatch.setattr(streamlit_inside, "port", lambda: 8600)
    monkeypatch.setattr(streamlit_inside, "base", lambda: "")
    started("0.0.0.0", token="a-token-that-is-long")
    assert "http://localhost:8600/?token=a-token-that-is-long\n" in hosted.way_in()
    started("0.0.0.0", url="https://cam.example.com/")
    assert "https://cam.example.com/?token=a-token-that-is-long\n" in hosted.way_in()


def test_each_server_has_a_token_of_its_own(started):
    started("0.0.0.0")
    first = settings().token
    settings.cache_clear()
    assert len(first) > 40
    assert settings().token != first
    assert first not in repr(settings())


@pytest.mark.parametrize(("address", "made"), [("localhost", False), ("0.0.0.0", True)])
def test_the_database_is_made_before_several_people_come_and_never_for_one(started, address, made):
    started(address)
    assert (settings().notes / FILE).exists() is made


def test_a_database_that_is_no_use_keeps_the_server_from_starting(started):
    wrong = "postgresql+psycopg://ann:s3cr3t@host:x/notes"
    with pytest.raises(SystemExit, match="error: GRADCAM_DATABASE cannot be read") as caught:
        started("localhost", database=wrong)
    assert "s3cr3t" not in str(caught.value)


def test_a_database_that_does_not_answer_yet_keeps_nobody_from_what_needs_none(started, capsys):
    started("localhost", database="postgresql+psycopg://ann:s3cr3t@127.0.0.1:1/notes")
    told = capsys.readouterr().err
    assert "warning: The database notes on 127.0.0.1 does not answer" in told
    assert "s3cr3t" not in told


@pytest.mark.parametrize("address", ["0.0.0.0", None, "10.1.2.3"])
def test_without_the_gate_nobody_is_shown_anything_where_others_reach_it(monkeypatch, address):
    """As `streamlit run dashboard.py --server.address 0.0.0.0` would."""
    monkeypatch.setattr(entrance, "_guarding", threading.Event())
    monkeypatch.setattr(streamlit_inside, "bound_address", lambda: address)
    page = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60).run()
    assert [each.value for each in page.title] == ["Not open"]
    assert plain("start it with streamlit run app.py") in page.markdown[-1].value
    assert not page.sidebar
    assert not page.button


def test_with_the_gate_or_on_ones_own_machine_the_dashboard_is_open(started, monkeypatch):
    monkeypatch.setattr(entrance, "_guarding", threading.Event())
    monkeypatch.setattr(streamlit_inside, "bound_address", lambda: "localhost")
    assert entrance.reason_against_serving() == ""
    started("0.0.0.0")
    assert streamlit_inside.bound_address() == "0.0.0.0"
    assert entrance.reason_against_serving() == ""
