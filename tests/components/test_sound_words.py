"""Every page of a project of sounds: no sentence speaks of pictures."""

import json
import re
from pathlib import Path

import pytest

from gradcam import METHODS
from services.settings import settings
from tests.components.test_task_words import all_said
from tests.components.test_words import VIEWS
from tests.components.visiting import on_page, settled, visited

WORDS = Path(__file__).parents[2] / "demo" / "words"
OF_PICTURES = re.compile(r"\b(picture|image)s?\b", re.IGNORECASE)
PAGES = ("project", "samples", "explain", "review", "mistakes", "layers", "embeddings", "scan",
         "network", "compare", "device", "worklist", "export")  # fmt: skip
DEEPER = (
    *((page, query) for page, query in VIEWS if query),
    *(("layers", {"layers_view": view}) for view in ("Activation maps", "One channel")),
    ("layers", {"layers_view": "Learned filters"}),
)
STARTS = ("make_scan", "make_survey", "make_timing")
MORE_KINDS = ("download_button", "checkbox", "radio", "multiselect", "file_uploader", "text_area")


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADCAM_CACHE", str(tmp_path_factory.mktemp("cache")))
        settings.cache_clear()
        yield
    settings.cache_clear()


@pytest.fixture(scope="module")
def app(kept):
    """Somebody who goes from page to page."""
    return visited(WORDS, "project")


def of_pictures(app):
    """What speaks of pictures."""
    said = [*all_said(app), *_of_boards(app)]
    for kind in MORE_KINDS:
        for each in app.get(kind):
            said += [str(getattr(each.proto, name, "")) for name in ("label", "help")]
    return [text for text in said if OF_PICTURES.search(text)]


def _of_boards(app):
    """Titles, notes, captions and texts for who sees nothing."""
    parts = [part.proto for part in app.get("bidi_component")]
    boards = [json.loads(part.json) for part in parts if part.component_name == "gradcam.board"]
    for group in (group for board in boards for group in board["groups"]):
        yield from (group["title"], group["note"])
        for tile in group["tiles"]:
            yield from (str(tile[name]) for name in ("alt", "caption", "note", "badge"))


@pytest.mark.parametrize("page", PAGES)
def test_sounds_are_not_called_pictures(app, page):
    assert of_pictures(on_page(app, page)) == []


@pytest.mark.whole
@pytest.mark.parametrize(("page", "query"), [*DEEPER, ("scan", {}), ("network", {})])
@pytest.mark.usefixtures("kept")
def test_nor_in_the_deeper_views(page, query):
    app = visited(WORDS, page, **query)
    for key in STARTS:
        if any(button.key == key for button in app.button):
            app.get_by_key(key).click()
            settled(app)
    assert of_pictures(app) == []


def test_methods_are_told_for_any_input():
    every = METHODS.values()
    said = [each.help for method in every for each in (method, *method.parameters)]
    assert [text for text in said if OF_PICTURES.search(text)] == []
