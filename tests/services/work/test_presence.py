"""Who is still there: asked by a workshop, from any thread."""

from types import SimpleNamespace

import pytest
from streamlit.runtime import Runtime

from services import asking
from services.work import presence as module
from services.work.presence import AWAY, Browsers


@pytest.fixture
def server(monkeypatch):
    """Which browsers are connected, and the clock."""
    state = SimpleNamespace(connected={"a"}, now=100.0)
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: state.now))
    return state


@pytest.fixture
def browsers(server):
    found = Browsers(server.connected.__contains__)
    found.note("ann", "a")
    return found


def test_who_is_connected_is_not_gone(browsers):
    assert (browsers.connected("ann"), browsers.gone("ann")) == (True, False)


def test_who_lost_the_connection_is_gone_after_a_while(server, browsers):
    server.connected.clear()
    assert (browsers.connected("ann"), browsers.gone("ann")) == (False, False)
    server.now += AWAY - 1
    assert not browsers.gone("ann")
    server.now += 2
    assert browsers.gone("ann")


def test_who_came_back_may_be_away_again_as_long(server, browsers):
    server.connected.clear()
    assert not browsers.gone("ann")
    server.now += AWAY - 1
    server.connected.add("a")
    assert not browsers.gone("ann")
    server.connected.clear()
    server.now += AWAY - 1
    assert not browsers.gone("ann")


def test_who_has_no_browser_is_always_there(server, browsers):
    server.connected.clear()
    assert browsers.connected("the server itself")
    server.now += 10 * AWAY
    assert not browsers.gone("the server itself")


def test_streamlit_tells_which_browsers_are_connected(monkeypatch):
    assert asking._is_connected("a")  # without a server
    assert callable(Runtime.is_active_session)
    running = SimpleNamespace(is_active_session={"a"}.__contains__)
    monkeypatch.setattr(asking.runtime, "get_instance", lambda: running)
    assert (asking._is_connected("a"), asking._is_connected("b")) == (True, False)
