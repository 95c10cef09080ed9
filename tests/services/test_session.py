"""One person's session: which network of a project they look at."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from gradcam import GradcamError
from services import session
from services.opening import opening
from services.settings import settings
from services.sources.reference import SourceKind, SourceReference
from tests.services.projects import BLUE, RED, folder_project, renamed
from tests.waiting import PATIENCE


@pytest.fixture
def person(monkeypatch, workshop):
    """A session without a browser: its state and its link."""
    bare = SimpleNamespace(session_state={}, query_params={})
    monkeypatch.setattr(session, "st", bare)
    monkeypatch.setattr(session, "_workshop", workshop)
    monkeypatch.setattr(session, "warm_up", lambda _: None)
    return bare


@pytest.fixture
def source(blue_or_red_file, tmp_path, monkeypatch):
    """A folder that opens with one network, `model.keras`."""
    monkeypatch.setenv("GRADCAM_FOLDERS", str(tmp_path))
    settings.cache_clear()
    pictures = {"testing/blue/a.png": BLUE, "testing/red/b.png": RED}
    folder = folder_project(tmp_path / "project", blue_or_red_file, pictures)
    return SourceReference(SourceKind.FOLDER, str(folder))


@pytest.fixture
def second(monkeypatch):
    """Another network beside it, as a source that has two will open them."""
    plain = opening.assemble

    def assemble(content, network, *rest):
        project, check = plain(content, network, *rest)
        return replace(project, networks=(network, renamed(network, "second"))), check

    monkeypatch.setattr(opening, "assemble", assemble)


def settled():
    """What a page shows once nothing is on its way any more."""
    while (visit := session.require()).waiting is not None:
        assert visit.waiting.wait(PATIENCE)
    return visit


def arriving(person, source, **more):
    person.query_params = {"source": str(source), **more}
    return settled()


def test_a_link_names_the_network(person, source, second):
    visit = arriving(person, source, network="second")
    assert visit.opened.project.network.name == "second"
    assert visit.opened.predictions.project.network.name == "second"
    assert session.choices().to_query()["network"] == "second"


def test_without_a_name_it_is_the_first(person, source, second):
    assert arriving(person, source).opened.project.network.name == "model.keras"
    assert session.choices().to_query() == {"source": str(source)}


@pytest.mark.parametrize("name", ["model.keras", "gone"])
def test_a_name_that_tells_none_apart_is_left_out_of_the_link(person, source, second, name):
    assert arriving(person, source, network=name).opened.project.network.name == "model.keras"
    assert session.choices().to_query() == {"source": str(source)}


def test_a_project_of_one_network_has_no_name_of_it_in_its_link(person, source):
    visit = arriving(person, source, network="second", layer="conv")
    assert visit.opened.project.network.name == "model.keras"
    assert session.choices().to_query() == {"source": str(source), "layer": "conv"}


def test_who_chooses_another_network_sees_it_and_may_go_back(person, source, second):
    first = arriving(person, source)
    session.choose("network", "second")
    assert settled().opened.project.network.name == "second"
    session.choose("network", "")
    assert settled().opened is first.opened


def test_a_network_that_cannot_be_asked_leaves_the_one_that_is_shown(
    person, source, second, monkeypatch
):
    first = arriving(person, source)
    monkeypatch.setattr(opening, "predict", refused)
    session.choose("network", "second")
    visit = settled()
    assert (visit.opened, visit.notice) == (first.opened, "Too large.")
    assert session.choices().recipe.network == ""


def refused(*_):
    raise GradcamError("Too large.")
