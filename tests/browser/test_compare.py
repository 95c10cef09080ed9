"""Two networks side by side in the browser: the float file and the int8 file of one network."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.formats import write_float, write_project
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with both files; the weights differ a little, so that some answers flip."""
    folder = tmp_path_factory.mktemp("both")
    write_project(folder, "int8")
    write_float(folder)
    return folder


def test_the_float_file_and_the_int8_file_side_by_side(visitor: Visitor, both: Path) -> None:
    page = visitor.page
    visitor.open("compare", source=f"folder:{both}")
    page.get_by_role("button", name="Set it beside").click()
    expect(page.get_by_test_id("stMetric")).to_have_count(5)
    expect(page.get_by_text("24 samples that both know")).to_be_visible()
    visitor.settle()
    assert visitor.exceptions() == []

    page.get_by_role("button", name="Compare the heatmaps").click()
    expect(page.get_by_test_id("stMetric")).to_have_count(7)
    page.get_by_role("button", name="Compare the layers").click()
    expect(page.get_by_test_id("stDataFrame").last).to_be_visible()
    visitor.settle()
    assert visitor.exceptions() == []

    tiles = page.locator(".board .tile")
    if tiles.count():
        tiles.first.click()
        page.wait_for_url("**/explain*")
        visitor.settle()
        assert visitor.query["sample"]


def test_a_project_of_one_network_says_what_to_do(visitor: Visitor) -> None:
    visitor.open("compare", source="demo:cars")
    words = "This project holds one network. Put another into its folder"
    expect(visitor.page.get_by_text(words)).to_be_visible()
