"""Projects that an admin shares."""

import pytest

from services.errors import NotAllowedError
from services.people.person import Person, Role
from services.sharing.projects import (
    SharedProject,
    key_for,
    note_figure,
    share_no_longer,
    share_project,
    shared_projects,
    shared_with,
)
from services.sharing.rights import may_open, take_in
from services.sharing.shareable import EVERYONE, Shareable, ShareableKind

ADMIN = Person("https://issuer", "0", "Ada", Role.ADMIN)
ANN = Person("https://issuer", "1", "Ann", Role.REVIEWER)
CLEO = Person("https://issuer", "3", "Cleo", Role.VIEWER)
DIGEST = "5" * 32
STUDIO = "https://studio.edgeimpulse.com/7"
CARS = SharedProject("edge-impulse:7/1/2", "Cars", STUDIO, "cars")
ROADS = SharedProject(f"upload:{DIGEST}?name=roads", "roads")


def seen_by(person):
    return [each.title for each in shared_projects(person)]


def test_a_shared_project_is_listed_for_everyone(each_database):
    share_project(ADMIN, CARS)
    share_project(ADMIN, ROADS)
    assert seen_by(CLEO) == ["Cars", "roads"]
    assert shared_with(CARS) == {EVERYONE}


def test_or_for_those_it_is_shared_with_and_admins():
    share_project(ADMIN, CARS, {ANN.id})
    assert (seen_by(ANN), seen_by(CLEO), seen_by(ADMIN)) == (["Cars"], [], ["Cars"])
    assert key_for(ANN, STUDIO) == "cars"
    assert key_for(CLEO, STUDIO) == ""


def test_its_key_is_for_that_project_alone():
    share_project(ADMIN, CARS)
    assert key_for(CLEO, STUDIO) == "cars"
    assert key_for(CLEO, f"{STUDIO}0") == ""
    assert key_for(CLEO, "https://studio.evil.test/7") == ""


def test_shared_no_longer_it_is_gone_for_everyone(each_database):
    share_project(ADMIN, CARS)
    share_no_longer(ADMIN, CARS.source)
    assert seen_by(ADMIN) == []
    assert key_for(CLEO, STUDIO) == ""
    assert not may_open(CLEO, CARS.item)


def test_a_shared_upload_opens_for_those_who_see_it():
    upload = Shareable(ShareableKind.UPLOAD, DIGEST)
    take_in(ADMIN, upload, "roads.keras")
    assert not may_open(CLEO, upload)
    share_project(ADMIN, ROADS, {CLEO.id})
    assert may_open(CLEO, upload)
    assert not may_open(ANN, upload)
    share_no_longer(ADMIN, ROADS.source)
    assert not may_open(CLEO, upload)


def test_any_admin_changes_what_another_has_shared():
    other = Person("https://issuer", "9", "Eve", Role.ADMIN)
    share_project(ADMIN, CARS)
    share_project(other, CARS, {ANN.id})
    assert seen_by(CLEO) == []


@pytest.mark.parametrize("person", [ANN, CLEO])
def test_nobody_else_shares_projects(person):
    with pytest.raises(NotAllowedError, match="share projects with everyone"):
        share_project(person, CARS)
    share_project(ADMIN, CARS)
    with pytest.raises(NotAllowedError, match="share projects with everyone"):
        share_no_longer(person, CARS.source)
    assert seen_by(CLEO) == ["Cars"]


def test_its_figure_is_that_of_its_last_opening():
    share_project(ADMIN, CARS)
    note_figure(CARS.source, "net", "91.0 % correct")
    note_figure("folder:/elsewhere", "net", "12.0 % correct")
    (project,) = shared_projects(CLEO)
    assert (project.network, project.figure) == ("net", "91.0 % correct")
