"""Every page of a project of objects: a small network whose every answer is known."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import Visitor
from tests.services.object_scenes import HITS, object_folder

pytestmark = pytest.mark.browser


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"folder:{object_folder(tmp_path_factory.mktemp('objects') / 'scenes')}"


def test_tiles_carry_their_objects_and_the_gallery_shows_each(
    visitor: Visitor, source: str
) -> None:
    visitor.open("samples", source=source)
    gallery = visitor.board("gallery")
    expect(gallery.locator(".tile")).to_have_count(8)
    for kind, count in (("hit", HITS), ("missed", 1), ("false-alarm", 1), ("wrong-class", 1)):
        marks = gallery.locator(f".mark.{kind}")
        expect(marks).to_have_count(count)
        expect(marks.first).to_be_visible()
    gallery.locator("input[data-name=boxes]").uncheck()
    expect(gallery.locator(".mark.hit").first).to_be_hidden()
    visitor.press("by_part", "Objects")
    expect(gallery.locator(".tile")).to_have_count(HITS + 3)
    visitor.press("verdict", "Incorrect 3")
    expect(gallery.locator(".tile.incorrect")).to_have_count(3)
    visitor.choose("object_verdict", "missed")
    expect(gallery.locator(".tile")).to_have_count(1)
    visitor.linked(object_verdict="missed")
    gallery.locator("button.frame").click()
    visitor.page.wait_for_url(re.compile("/explain"))
    visitor.settle()
    assert (visitor.query["sample"], visitor.query["part"]) == ("testing/scene.0003.png", "1")
    assert visitor.exceptions() == []


def test_an_object_is_chosen_on_the_picture_and_explained(visitor: Visitor, source: str) -> None:
    visitor.open("explain", source=source, sample="testing/scene.0004.png")
    viewer = visitor.board("viewer")
    expect(viewer.locator(".outline.field")).to_have_count(0)
    viewer.locator("button.mark").first.click()
    expect(viewer.locator(".outline.field")).not_to_have_count(0)
    visitor.at_rest()
    visitor.linked(part="0")
    expect(viewer.locator("button.mark.chosen")).not_to_have_count(0)
    visitor.press("part_sight", "why blue and not red")
    assert (visitor.query["sight"], visitor.query["sight_against"]) == ("=blue", "=red")
    visitor.press("part", "All together")
    assert "part" not in visitor.query
    assert visitor.exceptions() == []


def test_mistakes_are_told_by_class_by_object_and_by_threshold(
    visitor: Visitor, source: str
) -> None:
    visitor.open("mistakes", source=source)
    totals = visitor.page.locator(".st-key-totals")
    expect(totals).to_contain_text("80.0")
    visitor.press("rule", "Centre inside")
    expect(totals).to_contain_text("80.0")
    visitor.linked(rule="Centre inside")
    visitor.press("facet", "By object")
    visitor.press("which", "Wrong class 1")
    expect(visitor.board("sights-0").locator(".tile")).not_to_have_count(0)
    visitor.press("facet", "By threshold")
    expect(visitor.page.locator(".st-key-thresholds .js-plotly-plot")).to_be_visible()
    assert visitor.exceptions() == []


def test_hits_stand_beside_what_is_missed_or_wrongly_said(visitor: Visitor, source: str) -> None:
    visitor.open("review", source=source, review_class="red")
    expect(visitor.page.get_by_role("heading", name="Correct · 3", exact=True)).to_be_visible()
    expect(visitor.page.get_by_role("heading", name="Incorrect · 3", exact=True)).to_be_visible()
    assert visitor.exceptions() == []


@pytest.mark.few(2)
@pytest.mark.parametrize("page", ["project", "scan", "layers", "embeddings", "network", "export"])
def test_every_other_page_stands(visitor: Visitor, source: str, page: str) -> None:
    visitor.open(page, source=source)
    assert visitor.exceptions() == []
