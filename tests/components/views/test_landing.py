"""The Project page as what a person lands on."""

import json

import pytest

from services.settings import settings
from tests.components.visiting import settled, visited, words
from tests.services import projects

RED, BLUE = projects.RED, projects.BLUE
MIXED = {
    "testing/red/sure.png": BLUE,
    "testing/red/own.png": RED,
    "testing/blue/own.png": BLUE,
    "testing/blue/other.png": BLUE,
}
RIGHT = {"testing/red/own.png": RED, "testing/blue/own.png": BLUE}
TOLD = '[input]\nscaling = "0..1"\n'


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADCAM_CACHE", str(tmp_path / "cache"))
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def landed(tmp_path):
    def landed(pictures, **query):
        model = tmp_path / "built.keras"
        projects.blue_or_red().save(model)
        folder = projects.folder_project(tmp_path / "shop", model, pictures, TOLD)
        return visited(folder, "project", **query)

    return landed


def links(app):
    return [each.proto.label for each in app.get("page_link")]


def drawn(app, key):
    """What a board of the page got."""
    boards = [each.proto for each in app.get("bidi_component")]
    (one,) = [json.loads(each.json) for each in boards if key in each.id]
    for tile in (tile for group in one["groups"] for tile in group["tiles"]):
        tile["heat"] = None if tile["heat"] is None else one["pictures"][tile["heat"]]
    return one["groups"]


def test_the_worst_mistakes_come_first_as_overlays(landed):
    app = landed(MIXED)
    assert {"Most confidently wrong", "Accuracy by class", "Next steps"} <= set(words(app))
    assert any(each.startswith("1 of 1 mistake") for each in words(app))
    (group,) = drawn(app, "worst")
    (tile,) = group["tiles"]
    assert (tile["id"], tile["shows"], tile["verdict"]) == (
        "red/sure.png", "overlay", "incorrect",
    )  # fmt: skip
    assert tile["heat"].startswith("data:image/")


def test_where_nothing_is_wrong_it_says_so_and_shows_the_closest_calls(landed):
    app = landed(RIGHT)
    assert "Least certain" in words(app)
    assert any("No sample is wrong" in each for each in words(app))
    assert len(drawn(app, "worst")[0]["tiles"]) == 2
    assert links(app)[0] == "No mistakes"


def test_next_steps_lead_on_with_their_figures(landed):
    app = landed(MIXED)
    assert links(app) == [
        "1 mistake",
        "Scan for shortcuts",
        "Browse 4 samples",
        "Export heatmaps and a report",
    ]


def test_a_scan_that_is_kept_is_told(landed):
    app = landed(MIXED)
    app.switch_page("pages/scan.py")
    settled(app)
    app.button("make_scan").click()
    settled(app)
    app.switch_page("pages/project.py")
    settled(app)
    assert links(app)[1] == "The scan found nothing"


def test_a_slow_method_asks_before_it_starts(landed):
    app = landed(MIXED, method="rise")
    assert drawn(app, "worst")[0]["tiles"][0]["shows"] == "picture"
    app.button("make_worst").click()
    settled(app)
    assert drawn(app, "worst")[0]["tiles"][0]["shows"] == "overlay"
