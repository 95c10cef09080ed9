"""A project in Edge Impulse that people open by a key of the server's, without one of their own."""

import logging
import traceback
from types import SimpleNamespace

import pytest

from services import asking, session, studio_session
from services.edge_impulse.client import StudioClient
from services.edge_impulse.place import Way
from services.edge_impulse.shared_keys import shared_access, shared_key_names
from services.errors import NotAllowedError, ProjectError
from services.people.person import Person
from services.people.person import Role as PersonRole
from services.settings import settings
from services.sharing.projects import SharedProject, share_no_longer, share_project
from services.sources.reference import parse_reference
from tests.services.edge_impulse.test_opening import PICTURES_OF_TWO, colored, models
from tests.services.edge_impulse.visits import LEARN, Noted, refused
from tests.services.projects import blue_or_red
from tests.studio import Role, running_studio
from tests.waiting import PATIENCE

__all__ = ["models"]
ADMIN = Person("https://issuer", "0", "Ada", PersonRole.ADMIN)
ANN = Person("https://issuer", "1", "Ann", PersonRole.REVIEWER)
CLEO = Person("https://issuer", "3", "Cleo", PersonRole.VIEWER)
SECRET, OWN = "ei_5ec2e7_of_the_server", "ei_drawn"


@pytest.fixture
def project(models):
    made = colored(models(blue_or_red), PICTURES_OF_TWO)
    made.keys[SECRET] = Role.READONLY
    return made


@pytest.fixture
def studio(project, monkeypatch):
    with running_studio(project) as running:
        monkeypatch.setenv("GRADCAM_STUDIO_HOSTS", running.url)
        settings.cache_clear()
        yield running


@pytest.fixture
def keys_file(monkeypatch, tmp_path):
    path = tmp_path / "keys"

    def write(text):
        path.write_text(text, encoding="utf-8")
        monkeypatch.setenv("GRADCAM_SHARED_KEYS", str(path))
        settings.cache_clear()

    write(f"# of the team\n\ncolours = {SECRET}\nmore of it = 'ei_another'\n")
    return write


@pytest.fixture
def visit(monkeypatch, workshop):
    """A session of somebody's, which nobody else looks into."""
    monkeypatch.setattr(asking, "_workshop", workshop)
    monkeypatch.setattr(session, "warm_up", lambda _: None)

    def begin(person, source=""):
        bare = SimpleNamespace(session_state={}, query_params={"source": source} if source else {})
        for module in (session, asking):
            monkeypatch.setattr(module, "st", bare)
        for module in (session, studio_session):
            monkeypatch.setattr(module, "person", lambda: person)
        return bare

    return begin


def settled():
    while (visit := session.require()).waiting is not None:
        assert visit.waiting.wait(PATIENCE)
    return visit


def shared(studio, **more):
    source = f"edge-impulse:{studio.url}/9/1/{LEARN}"
    share_project(ADMIN, SharedProject(source, "Colours", f"{studio.url}/9", "colours", **more))
    return source


# ----------------------------------------------------------------------------------- the file


def test_keys_stand_in_a_file_by_name(keys_file):
    assert shared_key_names() == ("colours", "more of it")
    access = shared_access("colours", "")
    assert (access.key.reveal(), access.lent) == (SECRET, "colours")
    keys_file("other = ei_other\n")
    assert shared_key_names() == ("other",)
    with pytest.raises(ProjectError, match="key for this project is gone"):
        shared_access("colours", "")


def test_without_a_file_there_are_none(monkeypatch):
    monkeypatch.delenv("GRADCAM_SHARED_KEYS", raising=False)
    settings.cache_clear()
    assert shared_key_names() == ()


@pytest.mark.parametrize("line", [SECRET, f"colours: {SECRET}", "colours = 5ec2e7", f"= {SECRET}"])
def test_a_fault_names_its_line_and_never_shows_a_key(keys_file, line, caplog):
    keys_file(f"one = ei_one\n{line}\n")
    with caplog.at_level(logging.DEBUG), pytest.raises(ProjectError) as caught:
        shared_key_names()
    assert "keys, line 2: write name = ei_…" in str(caught.value)
    assert "5ec2e7" not in "".join(traceback.format_exception(caught.value)) + caplog.text


def test_a_host_that_is_not_allowed_gets_no_key(keys_file):
    with pytest.raises(ProjectError, match="may not connect"):
        shared_access("colours", "https://studio.evil.test")


# --------------------------------------------------------------------------------- what it may


def test_with_a_key_of_the_servers_nothing_is_sent_but_requests_to_read(studio, keys_file):
    client = StudioClient(shared_access("colours", studio.url), Noted())
    for change in (
        lambda: client.start_testing(9, 1),
        lambda: client.start_export(9),
        lambda: client.cancel(9, 1),
        lambda: client.transport.post("/9/raw-data/1001/edit-label", {"label": "red"}),
    ):
        assert "shared with a key of the server's, which only reads" in refused(change)
    assert studio.count("**", "POST") == 0


@pytest.mark.parametrize("role", [Role.ADMIN, Role.INGESTION_DEPLOYMENT])
def test_a_key_that_may_do_more_is_refused(studio, project, keys_file, visit, role):
    project.keys[SECRET] = role
    visit(CLEO, shared(studio))
    error = settled().error
    assert f"“colours” may do more than read (its role is {role})" in error
    assert "5ec2e7" not in error


# ------------------------------------------------------------------------------------ by link


@pytest.mark.parametrize("person", [ANN, CLEO])
def test_whom_it_is_shared_with_opens_it_by_its_link(studio, keys_file, visit, person):
    bare = visit(person, shared(studio))
    assert settled().opened.project.name == "Colours"
    assert "5ec2e7" not in f"{bare.session_state} {bare.query_params}"
    studio.forget()
    visit(person, parse_reference(session.choices().source).__str__())
    assert settled().opened.project.name == "Colours"
    assert studio.count("/projects/api-key-info") == 1  # each opening shows the key


def test_whom_it_is_not_shared_with_is_asked_for_a_key(studio, keys_file, visit):
    source = f"edge-impulse:{studio.url}/9/1/{LEARN}"
    visit(ANN, source)
    assert "holds no key; type the project's API key" in settled().error
    visit(ADMIN, shared(studio))
    assert settled().opened is not None
    share_project(ADMIN, SharedProject(source, "Colours", f"{studio.url}/9", "colours"), {CLEO.id})
    visit(ANN, source)  # while the server has it open
    found = settled()
    assert found.opened is None
    assert "holds no key" in found.error


def test_who_looks_at_it_sees_at_the_next_step_that_it_is_shared_no_longer(
    studio, keys_file, visit
):
    source = shared(studio)
    visit(CLEO, source)
    assert settled().opened is not None
    share_no_longer(ADMIN, source)
    found = settled()
    assert found.opened is None
    assert "holds no key" in found.error


def test_a_key_of_ones_own_goes_before_that_of_the_server(studio, keys_file, visit):
    source = shared(studio)
    visit(ANN)
    studio_session.open_with_key(OWN, studio.url, Way.SAMPLES)
    opened = settled().opened
    assert studio_session.access_of(opened).lent == ""
    share_no_longer(ADMIN, source)
    assert settled().opened is not None


def test_nobody_has_studio_test_with_a_key_of_the_servers(studio, keys_file, visit):
    visit(ANN, shared(studio))
    opened = settled().opened
    assert studio_session.access_of(opened).lent == "colours"
    studio.forget()
    studio_session.test_in_studio(opened)
    assert session.require().waiting is None
    assert studio.count("**", "POST") == 0


def test_an_admin_opens_it_with_a_key_of_the_servers_before_it_is_shared(studio, keys_file, visit):
    bare = visit(ADMIN)
    studio_session.open_with_shared_key("colours", studio.url)
    assert settled().opened.project.name == "Colours"
    assert settled().opened is not None
    assert "5ec2e7" not in repr(bare.session_state)
    visit(ANN)
    with pytest.raises(NotAllowedError, match="share projects with everyone"):
        studio_session.open_with_shared_key("colours", studio.url)


def test_who_may_only_look_connects_no_key(studio, visit):
    visit(CLEO)
    with pytest.raises(NotAllowedError, match="As a viewer you may not open Edge Impulse"):
        studio_session.open_with_key(OWN, studio.url, Way.SAMPLES)
    assert len(studio.log) == 0
