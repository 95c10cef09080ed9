"""Of files only those are given that a page of the same person was told of."""

import pytest

from gate import shown
from gate.shown import Shown
from tests.gate.conftest import TOKEN, connected

MINE, OTHER = "/media/0123abc.png", "/media/4567def.png"


@pytest.fixture
def told():
    kept = Shown()
    kept.note("ann", f"x{MINE}y and /media/{'f' * 56}.zip".encode())
    return kept


def test_what_was_said_is_known(told):
    assert told.is_to("ann", MINE)
    assert told.is_to("ann", "/media/0123abc")
    assert told.is_to("ann", f"/media/{'f' * 56}.zip")


@pytest.mark.parametrize("path", [OTHER, "/media/", "/media/0123abcd", "/media/0123ab", "/media"])
def test_all_else_is_not(told, path):
    assert not told.is_to("ann", path)
    assert not told.is_to("ben", MINE)


def test_of_many_the_last_are_remembered(told, monkeypatch):
    monkeypatch.setattr(shown, "_FILES", 2)
    told.note("ann", OTHER.encode())
    assert told.is_to("ann", OTHER)
    assert not told.is_to("ann", MINE)
    monkeypatch.setattr(shown, "_PEOPLE", 1)
    told.note("ben", MINE.encode())
    assert told.is_to("ben", MINE)
    assert not told.is_to("ann", OTHER)


def test_through_the_gate(behind):
    one = behind("token")
    one.get(f"/?token={TOKEN}")
    with connected(one) as socket:
        socket.receive_json()
        assert one.get(MINE).status_code == 403
        socket.send_bytes(MINE.encode())  # what is behind the gate says it back
        socket.receive_bytes()
        assert one.get(MINE).status_code == 200
        assert one.get(OTHER).status_code == 403
    kept = dict(one.cookies)
    one.cookies.clear()
    one.get(f"/?token={TOKEN}")
    assert dict(one.cookies) != kept
    assert one.get(MINE).status_code == 403
    assert behind("none").get(MINE).status_code == 200
