"""Whose an export is, and who may download it."""

import pytest

from services.choices.choices import Choices
from services.errors import NotAllowedError
from services.export.background import requested
from services.export.whose import as_shareable, claim, kept_for
from services.opening.opening import open_source
from services.people.person import NOBODY_ELSE, Person, Role
from services.settings import settings
from services.sharing.owners import share
from services.sources.reference import SourceKind, SourceReference
from services.work.progress import Progress
from tests.services.projects import BLUE, RED, folder_project

ANN = Person("https://issuer", "1", "Ann", Role.REVIEWER)
BEN = Person("https://issuer", "2", "Ben", Role.REVIEWER)
CLEO = Person("https://issuer", "3", "Cleo", Role.VIEWER)


@pytest.fixture
def request_(blue_or_red_file, tmp_path):
    pictures = {"testing/blue/a.png": BLUE, "testing/red/b.png": RED}
    folder = folder_project(tmp_path / "colours", blue_or_red_file, pictures)
    opened = open_source(SourceReference(SourceKind.FOLDER, str(folder)))
    return requested(opened, Choices())


def downloaders(request):
    return {each.name for each in (ANN, BEN, CLEO) if kept_for(each, request) is not None}


def test_an_export_is_for_who_asked_for_it_and_whom_they_share_it_with(request_):
    claim(ANN, request_)
    assert kept_for(ANN, request_) is None  # still to be made
    request_.make(Progress())
    assert downloaders(request_) == {"Ann"}
    share(ANN, as_shareable(request_), {CLEO.id})
    assert downloaders(request_) == {"Ann", "Cleo"}
    claim(BEN, request_)  # who may make it has it at once
    assert downloaders(request_) == {"Ann", "Ben", "Cleo"}


def test_who_may_only_look_claims_none(request_):
    claim(ANN, request_)
    with pytest.raises(NotAllowedError, match="As a viewer you may not make exports"):
        claim(CLEO, request_)
    request_.make(Progress())
    assert downloaders(request_) == {"Ann"}


def test_on_ones_own_machine_it_is_there_and_nothing_is_written(request_):
    claim(NOBODY_ELSE, request_)
    request_.make(Progress())
    assert kept_for(NOBODY_ELSE, request_) is not None
    assert not settings().notes.exists()
