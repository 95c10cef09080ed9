"""Who was here, and whose sign-ins count no longer."""

import logging
from dataclasses import replace

import pytest

from services.errors import DatabaseError, NotAllowedError
from services.people import known, revoked
from services.people.known import known_people, name_of, note_seen
from services.people.person import NOBODY_ELSE, Person, Role
from services.people.revoked import is_revoked, revoke
from services.settings import settings

ANN = Person("https://issuer", "1", "Ann", Role.ADMIN, "ann@example.org")
BEN = Person("https://issuer", "2", "Ben", Role.REVIEWER)


class Clock:
    """In place of the module `time`."""

    def __init__(self):
        self.now = 1000.0

    def monotonic(self):
        return self.now

    time = monotonic


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    own = Clock()
    for module in (known, revoked):
        monkeypatch.setattr(module, "time", own)
    monkeypatch.setattr(known, "_noted", {})
    monkeypatch.setattr(revoked, "_revocations", revoked._Revocations())
    return own


def unreachable(monkeypatch):
    monkeypatch.setenv("GRADCAM_DATABASE", "mysql://elsewhere")
    settings.cache_clear()


def test_people_are_known_by_name_once_they_were_here(each_database):
    for person in (BEN, ANN, BEN):
        note_seen(person)
    assert [(str(each), each.role) for each in known_people()] == [
        ("Ann (ann@example.org)", Role.ADMIN),
        ("Ben", Role.REVIEWER),
    ]
    assert name_of(BEN.id) == "Ben"
    assert name_of("somebody") == ""


def test_a_person_is_written_down_once_a_minute_and_when_they_changed(monkeypatch, clock):
    note_seen(ANN)
    written = []
    monkeypatch.setattr(known, "writing", lambda: written.append(1) or _fails())
    note_seen(ANN)
    assert not written
    note_seen(replace(ANN, role=Role.VIEWER))
    assert len(written) == 1
    clock.now += known.EVERY
    note_seen(ANN)
    assert len(written) == 2


def _fails():
    raise DatabaseError("no answer")


def test_who_sits_at_their_own_machine_is_nobody_to_know():
    note_seen(NOBODY_ELSE)
    assert known_people() == ()
    assert not settings().notes.exists()


def test_a_database_that_does_not_answer_keeps_nobody_from_their_work(monkeypatch, caplog):
    unreachable(monkeypatch)
    with caplog.at_level(logging.WARNING):
        note_seen(ANN)
    assert "nobody is noted" in caplog.text


def test_sign_ins_up_to_now_count_no_longer(each_database, clock):
    assert not is_revoked(BEN.id, clock.now - 5)
    revoke(ANN, BEN.id)
    assert is_revoked(BEN.id, clock.now - 5)
    assert is_revoked(BEN.id, clock.now)
    assert not is_revoked(BEN.id, clock.now + 1)  # signed in again
    assert not is_revoked(ANN.id, clock.now - 5)
    clock.now += 100
    revoke(ANN, BEN.id)
    assert is_revoked(BEN.id, clock.now - 50)


def test_only_an_admin_revokes():
    with pytest.raises(NotAllowedError, match="As a reviewer you may not see everybody's work"):
        revoke(BEN, ANN.id)
    assert not is_revoked(ANN.id, 0.0)


def test_what_another_server_revoked_is_known_two_seconds_later(monkeypatch, clock):
    assert not is_revoked(BEN.id, 5.0)
    ours = revoked._revocations
    monkeypatch.setattr(revoked, "_revocations", revoked._Revocations())
    revoke(ANN, BEN.id)
    monkeypatch.setattr(revoked, "_revocations", ours)
    clock.now += revoked.KEPT_FOR - 0.1
    assert not is_revoked(BEN.id, 5.0)
    clock.now += 0.1
    assert is_revoked(BEN.id, 5.0)


def test_while_the_database_is_away_what_was_known_still_holds(monkeypatch, clock):
    revoke(ANN, BEN.id)
    assert is_revoked(BEN.id, 5.0)
    unreachable(monkeypatch)
    clock.now += 60
    assert is_revoked(BEN.id, 5.0)
    assert not is_revoked(ANN.id, 5.0)


def test_where_nothing_was_ever_known_nobody_is_let_in(monkeypatch):
    unreachable(monkeypatch)
    with pytest.raises(DatabaseError):
        is_revoked(BEN.id, 5.0)
