"""What people of each role see of sharing, and that pages offer nothing that services refuse."""

import pytest

from components.frame.text import plain
from services import session
from services.people import known
from services.people.known import note_seen
from services.people.person import NOBODY_ELSE, Person, Role
from services.settings import settings
from services.sharing.projects import shared_projects
from tests.components.visiting import on_page, settled, words

ADMIN = Person("https://issuer", "0", "Ada", Role.ADMIN, "ada@example.org")
ANN = Person("https://issuer", "1", "Ann", Role.REVIEWER)
CLEO = Person("https://issuer", "3", "Cleo", Role.VIEWER)


@pytest.fixture
def as_person(monkeypatch, numpy_app, tmp_path):
    """The dashboard as a person sees it."""
    monkeypatch.setenv("GRADCAM_NOTES", str(tmp_path / "notes"))
    settings.cache_clear()
    monkeypatch.setattr(known, "_noted", {})

    def begin(person, page="project", **query):
        monkeypatch.setattr(session, "asking", lambda _: person)
        return on_page(numpy_app(**query), page)

    return begin


def buttons(app):
    return {button.key: button for button in app.button}


def test_on_ones_own_machine_nothing_is_shared_and_nothing_is_written(as_person):
    app = as_person(NOBODY_ELSE)
    assert "sharing" not in str(app.main)
    assert not {"save_project", "unshare"} & set(buttons(app))
    assert not settings().notes.exists()


def test_an_admin_shares_the_open_project_and_others_see_it_with_its_figure(as_person):
    note_seen(ANN)
    app = as_person(ADMIN)
    assert "Ann" in app.multiselect(key="with_project").options
    buttons(app)["save_project"].click()
    settled(app)
    (project,) = shared_projects(CLEO)
    assert project.figure.endswith("% accuracy")
    app = as_person(CLEO, source="demo:cars")
    shown = " ".join(words(app))
    assert f"**{project.title}** · folder" in shown
    assert plain(project.figure) in shown
    assert "no open work" in shown
    assert not {"save_project", "unshare"} & set(buttons(app))
    app = as_person(ADMIN)
    buttons(app)["unshare"].click()
    settled(app)
    assert shared_projects(CLEO) == ()


@pytest.mark.parametrize(
    ("person", "sentence"),
    [
        (NOBODY_ELSE, "There is nobody to administer: this dashboard has no sign-in."),
        (ANN, "As a reviewer you may not see everybody's work and sign people out"),
        (CLEO, "As a viewer you may not see everybody's work and sign people out"),
    ],
)
def test_the_admin_page_is_for_admins_of_a_server_with_others(as_person, person, sentence):
    app = as_person(person, "admin")
    assert [error.value for error in app.error if plain(sentence) in error.value]
    assert not app.subheader


def test_an_admin_sees_people_jobs_cache_and_limits(as_person):
    note_seen(ANN)
    app = as_person(ADMIN, "admin")
    parts = ["Jobs", "People", "Shared projects", "Cache", "Limits"]
    assert [each.value for each in app.subheader] == parts
    people, limits = (each.value for each in app.dataframe)
    assert set(people["Name"]) == {"Ada", "Ann"}
    assert "GRADCAM_JOBS" in set(limits["Setting"])
    assert buttons(app)["revoke"].disabled


def test_who_may_only_look_is_told_what_they_may_not(as_person):
    app = as_person(CLEO, "export")
    export = buttons(app)["make_export"]
    assert export.disabled
    assert "As a viewer you may not make exports" in export.help
