"""Whose uploads and exports are, who else opens them, and how much one may keep."""

import pytest

from services.errors import NotAllowedError, ProjectError
from services.keeping.drawers import EXPORTS, UPLOADS
from services.keeping.locks import hold
from services.people.person import NOBODY_ELSE, Person, Role
from services.settings import settings
from services.sharing.holdings import holdings, remove
from services.sharing.owners import share
from services.sharing.rights import may_open, take_in
from services.sharing.shareable import EVERYONE, Shareable, ShareableKind

ADMIN = Person("https://issuer", "0", "Ada", Role.ADMIN)
ANN = Person("https://issuer", "1", "Ann", Role.REVIEWER)
BEN = Person("https://issuer", "2", "Ben", Role.REVIEWER)
CLEO = Person("https://issuer", "3", "Cleo", Role.VIEWER)
UPLOAD = Shareable(ShareableKind.UPLOAD, "5" * 32)
EXPORT = Shareable(ShareableKind.EXPORT, "e" * 32)


@pytest.fixture(params=[UPLOAD, EXPORT], ids=["upload", "export"])
def item(request):
    return request.param


def kept(item, volume=0):
    """Have it on the disk as well."""
    drawer = {ShareableKind.UPLOAD: UPLOADS, ShareableKind.EXPORT: EXPORTS}[item.kind]
    folder = drawer.folder / item.name
    folder.mkdir(parents=True)
    (folder / "deploy.zip").write_bytes(b"x" * volume)
    return folder


def openers(item):
    return {each.name for each in (ADMIN, ANN, BEN, CLEO) if may_open(each, item)}


def test_what_somebody_brought_is_theirs_alone(each_database, item):
    take_in(ANN, item, "mine")
    assert openers(item) == {"Ann"}


def test_what_two_brought_is_both_s(item):
    take_in(ANN, item, "mine")
    take_in(BEN, item, "the same")
    assert openers(item) == {"Ann", "Ben"}


def test_what_was_kept_before_there_was_a_sign_in_opens_for_whoever_has_its_link(item):
    assert openers(item) == {"Ada", "Ann", "Ben", "Cleo"}
    take_in(ANN, UPLOAD if item is EXPORT else EXPORT, "another")
    assert openers(item) == {"Ada", "Ann", "Ben", "Cleo"}


def test_on_ones_own_machine_everything_opens_and_nothing_is_written(item):
    take_in(NOBODY_ELSE, item, "mine")
    assert may_open(NOBODY_ELSE, item)
    assert not settings().notes.exists()


def test_an_owner_shares_with_people_and_takes_that_back(each_database, item):
    take_in(ANN, item, "mine")
    share(ANN, item, {BEN.id, CLEO.id})
    assert openers(item) == {"Ann", "Ben", "Cleo"}
    share(ANN, item, {CLEO.id})
    assert openers(item) == {"Ann", "Cleo"}
    share(ANN, item, ())
    assert openers(item) == {"Ann"}


def test_what_one_owner_takes_back_another_still_shares(item):
    for owner in (ANN, BEN):
        take_in(owner, item, "mine")
        share(owner, item, {CLEO.id})
    share(ANN, item, ())
    assert openers(item) == {"Ann", "Ben", "Cleo"}


def test_nobody_shares_what_is_not_theirs(item):
    take_in(ANN, item, "mine")
    share(ANN, item, {BEN.id})
    for other in (BEN, ADMIN):
        with pytest.raises(NotAllowedError, match="somebody else's"):
            share(other, item, {CLEO.id})
    assert openers(item) == {"Ann", "Ben"}


def test_only_an_admin_shares_with_everyone(item):
    take_in(ANN, item, "mine")
    with pytest.raises(NotAllowedError, match="share projects with everyone"):
        share(ANN, item, {EVERYONE})
    assert openers(item) == {"Ann"}
    take_in(ADMIN, item, "mine")
    share(ADMIN, item, {EVERYONE})
    assert openers(item) == {"Ada", "Ann", "Ben", "Cleo"}


def test_every_upload_opens_for_everyone_where_the_owner_of_the_server_says_so(monkeypatch):
    take_in(ANN, UPLOAD, "mine")
    take_in(ANN, EXPORT, "mine")
    monkeypatch.setenv("GRADCAM_OPEN_UPLOADS", "1")
    settings.cache_clear()
    assert openers(UPLOAD) == {"Ada", "Ann", "Ben", "Cleo"}
    assert openers(EXPORT) == {"Ann"}


def test_what_is_removed_is_gone_for_those_it_was_shared_with(each_database, item):
    folder = kept(item)
    take_in(ANN, item, "mine")
    share(ANN, item, {BEN.id})
    remove(ANN, item)
    assert not folder.exists()
    assert openers(item) == set()
    take_in(ANN, item, "mine again")
    assert openers(item) == {"Ann"}


def test_what_another_has_as_well_stays_theirs(item):
    folder = kept(item)
    take_in(ANN, item, "mine")
    take_in(BEN, item, "mine")
    remove(ANN, item)
    assert folder.exists()
    assert openers(item) == {"Ben"}


def test_what_somebody_looks_at_opens_for_nobody_new_and_goes_first(item):
    folder = kept(item)
    held = hold(folder)
    take_in(ANN, item, "mine")
    remove(ANN, item)
    assert folder.exists()
    assert openers(item) == set()  # not everyone's, as what never had an owner
    assert folder.stat().st_mtime == 0
    held.release()


def test_nobody_removes_what_is_another_s(item):
    folder = kept(item)
    take_in(ANN, item, "mine")
    remove(BEN, item)
    assert folder.exists()
    assert openers(item) == {"Ann"}


def test_what_somebody_has_is_listed_with_its_size_while_it_is_kept():
    kept(UPLOAD, 300)
    take_in(ANN, UPLOAD, "cars.keras")
    take_in(ANN, EXPORT, "cars, 12 samples")
    (listed,) = holdings(ANN)
    assert (listed.item, listed.title, listed.bytes) == (UPLOAD, "cars.keras", 300)
    kept(EXPORT, 20)
    assert [each.bytes for each in holdings(ANN)] == [300, 20]
    assert holdings(BEN) == ()
    assert holdings(NOBODY_ELSE) == ()


def test_who_keeps_too_much_brings_no_more_until_they_remove_some(monkeypatch):
    monkeypatch.setenv("GRADCAM_PERSON_GB", "0.0000005")  # 500 bytes
    settings.cache_clear()
    kept(UPLOAD, 500)
    take_in(ANN, UPLOAD, "cars.keras")
    with pytest.raises(ProjectError, match="remove some below Yours on the Project page"):
        take_in(ANN, EXPORT, "cars")
    take_in(BEN, EXPORT, "cars")  # his own count for him alone
    remove(ANN, UPLOAD)
    take_in(ANN, EXPORT, "cars")
