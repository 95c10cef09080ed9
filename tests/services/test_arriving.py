"""Pages that come too quickly wait a moment, and a person is told so once."""

from types import SimpleNamespace

import pytest

from services import asking
from services.people.person import NOBODY_ELSE, Person, Role
from services.settings import settings

ANN = Person("idp", "ann", "Ann", Role.REVIEWER)


@pytest.fixture
def tab(monkeypatch):
    """A tab of somebody; its clock stands still but for what is waited."""
    tab = SimpleNamespace(session_state={}, now=0.0, waited=[])

    def wait(seconds):
        tab.waited.append(seconds)
        tab.now += seconds

    monkeypatch.setattr(asking, "st", tab)
    monkeypatch.setattr(asking, "time", SimpleNamespace(monotonic=lambda: tab.now, sleep=wait))
    monkeypatch.setenv("GRADCAM_RUNS", "5")
    settings.cache_clear()
    yield tab
    settings.cache_clear()


def test_a_burst_is_drawn_at_once_and_what_follows_at_a_steady_pace(tab):
    told = [asking.arrive(ANN) for _ in range(14)]
    assert tab.waited == pytest.approx([0.2] * 4)
    sentence = "At most 5 pages a second are drawn for each tab here; yours follow in a moment."
    assert [each for each in told if each] == [sentence]
    assert told[10] == sentence


def test_who_sits_at_their_own_machine_waits_for_nothing(tab):
    assert {asking.arrive(NOBODY_ELSE) for _ in range(50)} == {""}
    assert tab.waited == []


def test_nobody_waits_where_there_is_no_limit(tab, monkeypatch):
    monkeypatch.setenv("GRADCAM_RUNS", "0")
    settings.cache_clear()
    assert {asking.arrive(ANN) for _ in range(50)} == {""}
    assert tab.waited == []
