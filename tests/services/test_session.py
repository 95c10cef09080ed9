"""Who is still there: asked by the workshop, from any thread."""

from types import SimpleNamespace

import pytest

from services import session
from services.session import AWAY


@pytest.fixture
def server(monkeypatch):
    """A running server: which sessions are connected, and its clock."""
    state = SimpleNamespace(connected={"a"}, now=100.0)
    runtime = SimpleNamespace(
        exists=lambda: True,
        get_instance=lambda: SimpleNamespace(is_active_session=state.connected.__contains__),
    )
    monkeypatch.setattr(session, "runtime", runtime)
    monkeypatch.setattr(session, "time", SimpleNamespace(monotonic=lambda: state.now))
    monkeypatch.setattr(session, "_connections", {"ann": "a"})
    monkeypatch.setattr(session, "_lost", {})
    return state


def test_who_is_connected_is_here(server):
    assert session._is_here("ann")


def test_who_lost_the_connection_is_away_after_a_while(server):
    server.connected.clear()
    assert session._is_here("ann")
    server.now += AWAY - 1
    assert session._is_here("ann")
    server.now += 2
    assert not session._is_here("ann")


def test_who_came_back_may_be_away_again_as_long(server):
    server.connected.clear()
    assert session._is_here("ann")
    server.now += AWAY - 1
    server.connected.add("a")
    assert session._is_here("ann")
    server.connected.clear()
    server.now += AWAY - 1
    assert session._is_here("ann")


def test_the_server_itself_and_a_test_without_one_are_always_here(server, monkeypatch):
    assert session._is_here(session.SERVER)
    server.connected.clear()
    monkeypatch.setattr(session.runtime, "exists", lambda: False)
    server.now += 10 * AWAY
    assert session._is_here("ann")
