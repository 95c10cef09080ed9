"""What may be uploaded is said before somebody does."""

import pytest

from services.people.upload_limit import upload_limit_said
from services.settings import settings


@pytest.fixture
def said(monkeypatch):
    def of(**given):
        for name in ("LOGIN", "UPLOAD_MB", "UPLOAD_PERSON_MB"):
            monkeypatch.delenv(f"GRADCAM_{name}", raising=False)
        for name, value in given.items():
            monkeypatch.setenv(f"GRADCAM_{name.upper()}", value)
        settings.cache_clear()
        return upload_limit_said()

    return of


def test_on_ones_own_machine_nothing_is_limited_and_nothing_said(said):
    assert said() == ""


def test_where_people_sign_in_both_limits_are_told_with_the_way_out(said):
    told = said(login="token")
    assert told.startswith("At most 500 MB for this tab and 1,000 MB for your tabs together are")
    assert "remove others" in told
    assert said(login="token", upload_mb="0").startswith("At most 1,000 MB for your tabs")
    assert said(login="token", upload_mb="0", upload_person_mb="0") == ""
