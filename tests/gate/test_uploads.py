"""How much of what people upload is kept, and what goes for more."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace

import pytest

from gate import uploads
from gate.uploads import TooMuchError, Uploads
from services.settings import settings
from tests.looping import run_through

MB = 1_000_000
OWN = frozenset({"a", "b"})  # tabs of one person


@pytest.fixture
def kept(monkeypatch):
    """Bytes by tab; at most 10 MB of a tab, 20 of a person, 30 of all."""
    for name, most in (("", 10), ("_PERSON", 20), ("_ALL", 30)):
        monkeypatch.setenv(f"GRADCAM_UPLOAD{name}_MB", str(most))
    settings.cache_clear()
    kept, closed = Counter(), set()
    monkeypatch.setattr(uploads, "uploaded", lambda: kept)
    monkeypatch.setattr(
        uploads, "closed_sessions", lambda: [each for each in kept if each in closed]
    )
    monkeypatch.setattr(uploads, "forget_uploads", kept.pop)
    yield SimpleNamespace(bytes=kept, closed=closed)
    settings.cache_clear()


def brought(size, session="a", *, told=True):
    """Bring a file in pieces of a megabyte; its bytes, once all have come."""
    request = SimpleNamespace(headers={"content-length": str(size)} if told else {})

    async def receive():
        return {"body": b"x" * MB}

    async def tried():
        with Uploads().coming(receive, request, session, OWN) as counted:
            return sum([len((await counted())["body"]) for _ in range(size // MB)])

    return run_through(tried())


@pytest.mark.parametrize("told", [True, False])
def test_what_a_closed_tab_holds_goes_for_what_its_person_brings(kept, told):
    kept.bytes.update({"b": 15 * MB, "other": 2 * MB})
    with pytest.raises(TooMuchError, match="your tabs together"):
        brought(8 * MB, told=told)
    kept.closed |= {"b", "other"}
    assert brought(8 * MB, told=told) == 8 * MB
    assert kept.bytes == {"other": 2 * MB}  # which was not in the way


@pytest.mark.parametrize("told", [True, False])
def test_closed_tabs_of_others_go_where_all_together_hold_too_much(kept, told):
    kept.bytes.update({"b": 1 * MB, "open": 10 * MB, "left": 12 * MB})
    with pytest.raises(TooMuchError, match="all people together"):
        brought(9 * MB, told=told)
    kept.closed.add("left")
    assert brought(9 * MB, told=told) == 9 * MB
    assert kept.bytes == {"b": 1 * MB, "open": 10 * MB}


def test_nothing_goes_where_there_is_room_or_where_it_would_not_help(kept):
    kept.bytes.update({"a": 4 * MB, "left": 5 * MB})
    kept.closed.add("left")
    assert brought(6 * MB) == 6 * MB
    assert kept.bytes == {"a": 4 * MB, "left": 5 * MB}
    with pytest.raises(TooMuchError, match="this tab"):
        brought(7 * MB)
    assert kept.bytes == {"a": 4 * MB, "left": 5 * MB}
