"""One person's session: which network of a project they look at."""

from dataclasses import replace
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from zipfile import ZipFile

import pytest

from gradcam import GradcamError
from services import asking, session
from services.errors import KeyMissingError, ProjectError
from services.keeping.store import BoundedStore
from services.opening import opening
from services.people.person import Person, Role
from services.settings import settings
from services.sharing.owners import share
from services.sharing.shareable import Shareable, ShareableKind
from services.sources.reference import DEMOS, SourceKind, SourceReference
from services.sources.upload import keep_upload
from tests.services.projects import BLUE, RED, folder_project, renamed
from tests.waiting import PATIENCE


@pytest.fixture
def person(monkeypatch, workshop):
    """A session without a browser: its state and its link."""
    bare = SimpleNamespace(session_state={}, query_params={}, rerun=lambda: None)
    for module in (session, asking):
        monkeypatch.setattr(module, "st", bare)
    monkeypatch.setattr(asking, "_workshop", workshop)
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
    assert (visit.opened, visit.error) == (first.opened, "Too large.")
    assert session.choices().recipe.network == ""


def refused(*_):
    raise ProjectError("Too large.")


# ---------------------------------------------------------------- links that cannot be opened


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("folder:nowhere", "This server does not open folders there; upload the project."),
        ("demo:carz", "There is no demo carz; the demos are " + ", ".join(DEMOS) + "."),
        ("sorce:demo", "The link names no project"),
        (f"upload:{'0' * 32}", "That upload is no longer kept"),
        ("edge-impulse:7/1/2", "The link is for project 7 in Edge Impulse and holds no key"),
    ],
)
def test_a_link_that_cannot_be_opened_shows_the_reason_and_no_other_project(
    person, source, wrong, said
):
    for _ in range(2):  # it stays so, and is not tried again at each run
        visit = arriving(person, wrong, verdict="Incorrect", layer="conv")
        assert (visit.opened, visit.is_refused) == (None, True)
        assert visit.error.startswith(said)
        assert session.choices().to_query() == {
            "source": wrong, "verdict": "Incorrect", "layer": "conv",
        }  # fmt: skip


def test_what_is_opened_in_its_place_is_shown_in_the_view_of_the_link(person, source):
    arriving(person, "folder:nowhere", verdict="Incorrect", layer="conv", sample="blue/a.png")
    session.start_opening(source)
    visit = settled()
    assert (visit.opened.reference, visit.error, visit.is_refused) == (source, None, False)
    assert session.choices().to_query() == {
        "source": str(source), "verdict": "Incorrect", "layer": "conv", "sample": "blue/a.png",
    }  # fmt: skip


def test_what_is_wrongly_opened_beside_a_project_leaves_it_open(person, source):
    first = arriving(person, source, verdict="Incorrect")
    session.start_opening(SourceReference(SourceKind.FOLDER, "/nowhere"))
    visit = settled()
    assert (visit.opened, visit.is_refused) == (first.opened, False)
    assert visit.error == "This server does not open folders there; upload the project."
    assert session.choices().to_query() == {"source": str(source), "verdict": "Incorrect"}
    assert settled().error is None  # said once


def test_what_left_memory_while_another_one_was_refused_is_opened_again(
    person, source, monkeypatch
):
    first = arriving(person, source)
    session.start_opening(SourceReference(SourceKind.FOLDER, f"{source.place} gone"))
    monkeypatch.setattr(opening, "_opened", BoundedStore(4))  # others have opened as many
    visit = settled()
    assert visit.opened.reference == first.opened.reference
    assert visit.error.startswith("There is no folder")


def test_what_left_memory_and_cannot_be_opened_again_leads_to_the_form(person, source, monkeypatch):
    arriving(person, source)
    session.start_opening(SourceReference(SourceKind.FOLDER, f"{source.place} gone"))
    monkeypatch.setattr(opening, "_opened", BoundedStore(4))
    monkeypatch.setattr(opening, "prepare_source", refused)
    for _ in range(4):
        visit = session.require()
        if visit.waiting is None:
            break
        assert visit.waiting.wait(PATIENCE)
    assert (visit.opened, visit.is_refused) == (None, True)
    assert visit.error == "Too large."


def test_a_link_that_is_spelled_in_another_way_is_refused_once(person, source):
    """A person wrote the path by hand; we write a blank and a colon in a way of our own."""
    gone = Path(source.place).with_name("a:b gone")
    person.query_params = {"source": f"folder:{gone}"}
    for _ in range(3):
        visit = session.require()
        if visit.waiting is None:
            break
        assert visit.waiting.wait(PATIENCE)
    assert (visit.opened, visit.waiting, visit.is_refused) == (None, None, True)
    assert visit.error.startswith("There is no folder")


def test_a_link_that_was_refused_is_tried_again_when_asked(person, source):
    moved = Path(source.place).rename(Path(source.place).with_name("moved"))
    assert arriving(person, source).is_refused
    moved.rename(source.place)
    assert settled().is_refused
    session.try_again()
    assert settled().opened.reference == source


def test_who_stops_the_wait_for_a_link_is_not_made_to_wait_again(person, source, monkeypatch):
    monkeypatch.setattr(session, "PATIENCE", 0.0)
    begun, go_on = Event(), Event()

    def held_up(*_):
        begun.set()
        assert go_on.wait(PATIENCE)
        raise GradcamError("Too late.")

    monkeypatch.setattr(opening, "prepare_source", held_up)
    person.query_params = {"source": str(source)}
    assert session.require().waiting is not None
    assert begun.wait(PATIENCE)
    session.leave_waiting()
    visit = session.require()
    go_on.set()
    assert (visit.opened, visit.waiting, visit.is_refused) == (None, None, True)


# ------------------------------------------------------------------------- Back and Forward


@pytest.fixture
def history(monkeypatch):
    """Whether the browser's Back asks for the next runs."""
    state = SimpleNamespace(session_id="", is_history_navigation=False)
    monkeypatch.setattr(session, "get_script_run_ctx", lambda: state)
    return state


def test_a_link_of_the_browsers_history_is_followed_and_any_other_is_none(person, source, history):
    arriving(person, source)
    session.choose("sample", "red/b.png")
    person.query_params = {"source": str(source), "sample": "blue/a.png", "alpha": "0.4"}
    settled()
    assert session.choices().sample == "red/b.png"  # what the browser still says is old
    history.is_history_navigation = True
    settled()
    assert session.choices().to_query() == {"source": str(source), "sample": "blue/a.png"}


def test_back_to_the_project_before_shows_it_at_once(person, source, history, blue_or_red_file):
    arriving(person, source, verdict="Incorrect")
    other = folder_project(
        Path(source.place).parent / "other", blue_or_red_file, {"testing/blue/a.png": BLUE}
    )
    session.start_opening(SourceReference(SourceKind.FOLDER, str(other)))
    assert settled().opened.reference.place == str(other)
    assert [each.origin for each in session.recent()] == ["folder", "folder"]
    history.is_history_navigation = True
    person.query_params = {"source": str(source), "verdict": "Incorrect"}
    visit = session.require()
    assert (visit.waiting, visit.opened.reference) == (None, source)
    assert [each.source for each in session.recent()][-1] == str(source)


def test_a_link_to_an_upload_opens_for_whose_it_is_and_for_whom_it_is_shared_with(
    person, blue_or_red_file, tmp_path, monkeypatch
):
    ann, ben = (Person("https://issuer", name, name, Role.REVIEWER) for name in ("ann", "ben"))
    pictures = folder_project(tmp_path / "of ann", blue_or_red_file, {"blue/a.png": BLUE})
    with ZipFile(tmp_path / "pictures.zip", "w") as archive:
        archive.write(pictures / "blue" / "a.png", "blue/a.png")
    with blue_or_red_file.open("rb") as model, (tmp_path / "pictures.zip").open("rb") as packed:
        reference = keep_upload(ann, "model.keras", model, packed)
    arriving(person, reference)
    monkeypatch.setattr(session, "person", lambda: ann)
    assert settled().opened is not None
    person.session_state.clear()
    monkeypatch.setattr(session, "person", lambda: ben)
    visit = settled()  # while the server has it open
    assert visit.opened is None
    assert "no longer kept on this server" in visit.error
    upload = Shareable(ShareableKind.UPLOAD, reference.place)
    share(ann, upload, {ben.id})
    session.try_again()
    assert settled().opened is not None
    share(ann, upload, ())
    assert settled().opened is None  # at his next step


# --------------------------------------------------------------- what another server fetched anew


def test_what_is_new_elsewhere_is_opened_once_and_the_old_one_is_shown_meanwhile(
    person, source, monkeypatch
):
    first = arriving(person, source).opened
    monkeypatch.setattr(opening.Opened, "news", property(lambda _: "another fingerprint"))
    visit = session.require()
    opened_at_once = visit.waiting is None  # or it is on its way, and the old one is there
    assert opened_at_once or visit.opened is first
    begun = []
    monkeypatch.setattr(session, "start_opening", begun.append)
    for _ in range(3):
        settled()
    assert begun == []
    monkeypatch.setattr(opening.Opened, "news", property(lambda _: "a third"))
    settled()
    assert begun == [source]


def test_who_has_no_key_for_what_is_new_elsewhere_goes_on_with_what_there_is(
    person, source, monkeypatch
):
    first = arriving(person, source).opened
    monkeypatch.setattr(opening.Opened, "news", property(lambda _: "another fingerprint"))

    def refuse(_):
        raise KeyMissingError(9)

    monkeypatch.setattr(session, "start_opening", refuse)
    visit = session.require()
    assert (visit.opened, visit.error, visit.waiting) == (first, None, None)


def test_who_signs_in_where_somebody_else_was_has_nothing_of_theirs(person, source, monkeypatch):
    ann, ben = (Person("https://issuer", name, name, Role.REVIEWER) for name in ("ann", "ben"))
    monkeypatch.setattr(session, "person", lambda: ann)
    arriving(person, source)
    settled()
    own = session.keys()
    person.session_state["own_pictures"] = ("hers",)
    monkeypatch.setattr(session, "person", lambda: ben)
    assert session.keys() is not own  # also before a page is drawn
    settled()
    assert session.own_pictures() == ()
    assert session.keys() is not own
