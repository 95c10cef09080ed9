"""Flags on the pages: a filter with counts, a table in, and what is said where nothing is kept."""

import hashlib

import pytest

from services.database.chosen import FILE
from services.notes.flags import flags_of
from services.notes.notebook import say
from services.notes.opinion import Flag, Opinion, Subject
from services.people.person import NOBODY_ELSE
from services.settings import settings
from tests.components.visiting import options, settled, visited, words
from tests.services.projects import blue_or_red, folder_project

PICTURES = {"testing/blue/a.png": (0, 0, 255), "testing/blue/b.png": (9, 9, 200)} | {
    "testing/red/c.png": (255, 0, 0)
}


@pytest.fixture
def folder(monkeypatch, tmp_path):
    for name in ("cache", "notes"):
        monkeypatch.setenv(f"GRADCAM_{name.upper()}", str(tmp_path / name))
    settings.cache_clear()
    blue_or_red().save(model := tmp_path / "model.keras")
    yield folder_project(tmp_path / "project", model, PICTURES)
    settings.cache_clear()


def digest(folder, name):
    return hashlib.sha256((folder / "testing" / name).read_bytes()).hexdigest()


def test_the_filter_counts_flags_and_keeps_the_flagged(folder):
    subject = Subject(digest(folder, "blue/a.png"))
    say(NOBODY_ELSE, subject, "a.png", lambda old: old.toggled(Flag.LABEL_WRONG, "red"))
    app = visited(folder, "samples")
    assert options(app, "flagged") == ["All 3", "Flagged 1", "Label wrong 1"]
    assert options(app, "verdict")[0] == "All 3"
    app.get_by_key("flagged").select("Flagged 1")
    settled(app)
    assert app.query_params["flagged"] == "Flagged"
    assert options(app, "verdict")[0] == "All 1"


def test_without_flags_nothing_is_asked(folder):
    app = visited(folder, "samples")
    assert "flagged" not in [each.key for each in app.selectbox]
    assert any("No flags yet" in said for said in words(app))


def test_a_table_is_read_and_what_became_of_it_is_said(folder):
    app = visited(folder, "samples")
    rows = "sample,flag,should be\nblue/b.png,label wrong,red\nelsewhere.png,unclear,\n"
    app.get_by_key("flags_file").upload("mine.csv", rows.encode(), "text/csv")
    settled(app)
    said = [each.value.replace("\\", "") for each in app.success]
    assert said == ["1 flag taken over. 1 not of this project, left out: elsewhere.png."]
    about = Subject(digest(folder, "blue/b.png"))
    assert flags_of("any").about(about) == Opinion(Flag.LABEL_WRONG, "red")


@pytest.mark.parametrize("page", ["samples", "explain", "mistakes"])
def test_notes_that_cannot_be_read_leave_the_pages_standing(folder, page):
    settings().notes.mkdir()
    (settings().notes / FILE).write_bytes(b"no database " * 100)
    app = visited(folder, page)
    errors = " ".join(each.value for each in app.error)
    assert ("is damaged" in errors) == (page == "samples")
