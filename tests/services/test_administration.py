"""What an admin sees and does, and that nobody else does."""

from pathlib import Path
from typing import get_type_hints

import pytest

from services import administration, asking
from services.errors import NotAllowedError
from services.keeping.drawers import EXPORTS
from services.keeping.files import size_of
from services.people.known import note_seen
from services.people.person import Person, Role
from services.settings import Settings, settings
from services.work.asked import BATCH
from services.work.asker import Asker
from services.work.one_process import OneProcess
from tests.services.work.pieces import Piece
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[2]
ADMIN = Person("https://issuer", "0", "Ada", Role.ADMIN)
ANN = Person("https://issuer", "1", "Ann", Role.REVIEWER)
CLEO = Person("https://issuer", "3", "Cleo", Role.VIEWER)


@pytest.fixture
def server(monkeypatch):
    own = OneProcess()
    monkeypatch.setattr(asking, "_workshop", own)
    return own


@pytest.mark.parametrize("person", [ANN, CLEO])
@pytest.mark.parametrize(
    "look",
    [
        administration.everybodys_jobs,
        administration.who_was_here,
        administration.cache_parts,
        administration.cache_said,
        administration.limits,
        lambda person: asking.stop_for_all(person, None),
    ],
)
def test_it_is_for_admins_alone(person, look, server):
    with pytest.raises(NotAllowedError, match=f"As a {person.role} you may not see everybody's"):
        look(person)


def test_an_admin_stops_a_job_whoever_waits_for_it(server):
    piece = Piece("an export", BATCH, items=3)
    job = server.ask(piece, Asker("tab", ANN.id, "Ann"))
    assert server.ask(piece, Asker("another", CLEO.id, "Cleo")) is job
    assert piece.begun.wait(PATIENCE)
    (listed,) = administration.everybodys_jobs(ADMIN)
    assert [asker.name for asker in listed.askers] == ["Ann", "Cleo"]
    asking.stop_for_all(ADMIN, listed)
    piece.let_go()
    assert job.wait(PATIENCE)
    assert job.cancelled


def test_people_are_listed_with_the_last_one_first(monkeypatch):
    for person in (CLEO, ANN):
        note_seen(person)
    assert {each.name for each in administration.who_was_here(ADMIN)} == {"Ann", "Cleo"}


def test_the_cache_is_told_by_what_it_holds():
    for name, size in (("a", 300), ("b", 200)):
        folder = EXPORTS.folder / name
        folder.mkdir(parents=True)
        (folder / "deploy.zip").write_bytes(b"x" * size)
    parts = {part.name: part for part in administration.cache_parts(ADMIN)}
    assert (parts["exports"].entries, parts["exports"].bytes) == (2, 500)
    assert "uploads" not in parts
    assert sum(part.bytes for part in parts.values()) == size_of(settings().cache)


def test_limits_are_said_in_words_with_their_setting(monkeypatch):
    monkeypatch.setenv("GRADCAM_JOBS", "0")
    monkeypatch.setenv("GRADCAM_PERSON_GB", "2")
    settings.cache_clear()
    said = {each.setting: each.most for each in administration.limits(ADMIN)}
    assert said["GRADCAM_JOBS"] == "any number of jobs"
    assert said["GRADCAM_LOGIN_HOURS"] == "12 hours"
    assert said["GRADCAM_PERSON_GB"] == "2 GB"


def test_every_number_that_bounds_something_is_among_the_limits():
    """Those that bound nothing are named here: waiting for Studio, and what `/ready` asks for."""
    hints = get_type_hints(Settings)
    numbers = {name for name, hint in hints.items() if hint in {int, float}}
    no_bounds = {"studio_timeout", "studio_poll", "free_bytes"}
    assert numbers - no_bounds == set(administration.LIMITED)
    read = (ROOT / "services" / "settings.py").read_text(encoding="utf-8")
    told = (ROOT / "docs" / "hosting.md").read_text(encoding="utf-8")
    for limit in administration.limits(ADMIN):
        assert read.count(f'"{limit.setting}"') == 2, limit.setting  # where it is read as well
        assert f"`{limit.setting}`" in told, limit.setting
