"""Every page of a regression and of a multi-label project: no sentence is of a classification."""

import re
from pathlib import Path

import pytest

from services.settings import settings
from tests.components.test_words import VIEWS
from tests.components.visiting import settled, visited, words
from tests.services.tasks.colours import colours

GAUGE = Path(__file__).parents[2] / "demo" / "gauge"
KINDS = ("selectbox", "slider", "toggle", "text_input", "number_input", "button_group", "metric")
OF_CLASSES = re.compile(
    r"\bclass(es)?\b|\bconfus|\bcalibrat|\bmisclassif|\baccuracy\b|most confident", re.IGNORECASE
)
OF_NUMBERS_TOO = re.compile(r"same label|\bconfiden(t|ce)\b|carry their label", re.IGNORECASE)


def all_said(app):
    """All words of a page: sentences, and labels, options and tooltips of what can be set."""
    yield from words(app)
    for kind in (*KINDS, "button", "expander", "table"):
        for each in app.get(kind):
            for name in ("label", "help", "options"):
                said = getattr(each, name, None) or ""
                yield from [said] if isinstance(said, str) else map(str, said)


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADCAM_CACHE", str(tmp_path_factory.mktemp("cache")))
        settings.cache_clear()
        yield
    settings.cache_clear()


@pytest.fixture(scope="module")
def several(kept, tmp_path_factory):
    return colours(tmp_path_factory.mktemp("several") / "colours")


@pytest.mark.parametrize(("page", "query"), VIEWS)
def test_samples_with_several_labels_are_told_in_their_own_words(several, page, query):
    said = list(all_said(visited(several, page, **query)))
    said = [text for text in said if not text.startswith("- **")]  # facts have the file's own keys
    assert [text for text in said if OF_CLASSES.search(text)] == []


@pytest.mark.usefixtures("kept")
def test_a_scan_of_a_regression_is_told_in_its_own_words():
    app = visited(GAUGE, "scan")
    app.get_by_key("make_scan").click()
    settled(app)
    said = list(all_said(app))
    assert any("checks" in text for text in said)
    assert [text for text in said if OF_CLASSES.search(text)] == []


@pytest.mark.parametrize(("page", "query"), VIEWS)
@pytest.mark.usefixtures("kept")
def test_a_regression_is_told_in_its_own_words(page, query):
    said = list(all_said(visited(GAUGE, page, **query)))
    assert [text for text in said if OF_CLASSES.search(text)] == []
    assert [text for text in said if OF_NUMBERS_TOO.search(text)] == []
