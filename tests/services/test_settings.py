from pathlib import Path

import pytest

from services.settings import settings


def read(monkeypatch, **environment):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    return settings()


def test_the_cache_lies_where_the_owner_says(monkeypatch, tmp_path):
    assert read(monkeypatch, GRADCAM_CACHE=str(tmp_path / "mine")).cache == tmp_path / "mine"


@pytest.mark.parametrize(
    ("environment", "where"),
    [({"XDG_CACHE_HOME": "/x"}, "/x"), ({"XDG_CACHE_HOME": "", "HOME": "/me"}, "/me/.cache")],
)
def test_without_a_word_the_cache_lies_where_caches_lie(monkeypatch, environment, where):
    monkeypatch.delenv("GRADCAM_CACHE")
    assert read(monkeypatch, **environment).cache == Path(where) / "gradcam-dashboard"


def test_notes_lie_beside_the_cache_and_not_within(monkeypatch, tmp_path):
    assert read(monkeypatch, GRADCAM_NOTES=str(tmp_path / "mine")).notes == tmp_path / "mine"
    monkeypatch.delenv("GRADCAM_NOTES")
    mine = read(monkeypatch, XDG_DATA_HOME="", HOME="/me")
    assert mine.notes == Path("/me/.local/share/gradcam-dashboard")
    assert not mine.notes.is_relative_to(mine.cache)
    named = read(monkeypatch, XDG_DATA_HOME="/data")
    assert named.notes == Path("/data/gradcam-dashboard")


def test_any_folder_may_be_opened_unless_the_owner_says_which(monkeypatch):
    assert read(monkeypatch).folders is None
    assert read(monkeypatch, GRADCAM_FOLDERS="").folders == ()
    assert read(monkeypatch, GRADCAM_FOLDERS="/a:/b/../c:").folders == (Path("/a"), Path("/c"))


def test_bounds_are_read_as_numbers(monkeypatch):
    found = read(monkeypatch, GRADCAM_CAPTURE_MB="3", GRADCAM_PROJECTS="2")
    assert (found.capture_bytes, found.projects) == (3_000_000, 2)


def test_the_cache_is_bounded_by_ten_gigabytes_unless_the_owner_says_otherwise(monkeypatch):
    assert read(monkeypatch).cache_bytes == 10_000_000_000
    assert read(monkeypatch, GRADCAM_CACHE_GB="0.05").cache_bytes == 50_000_000


def test_settings_are_read_once(monkeypatch):
    first = read(monkeypatch, GRADCAM_PROJECTS="2")
    monkeypatch.setenv("GRADCAM_PROJECTS", "9")
    assert settings() is first


@pytest.mark.parametrize(("said", "folds"), [("0", False), ("1", True), ("", True)])
def test_batch_normalisation_is_folded_unless_the_owner_says_no(monkeypatch, said, folds):
    assert read(monkeypatch).fold
    assert read(monkeypatch, GRADCAM_FOLD=said).fold is folds
