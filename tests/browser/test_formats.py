"""The networks that people ship, in the browser: pages on each, and how whole numbers round."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.formats import WRITERS, write_project
from tests.browser.visitor import PAGES, Visitor

pytestmark = pytest.mark.browser
OTHERS = sorted(set(WRITERS) - {"onnx"})


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("formats")
    return {name: write_project(folder / name, name) for name in WRITERS}


# What a page shows does not depend on the format, so one of them is looked at each time.
@pytest.mark.parametrize(
    "name", ["onnx", *(pytest.param(name, marks=pytest.mark.whole) for name in OTHERS)]
)
def test_each_is_opened_explained_and_looked_into(
    visitor: Visitor, projects: dict[str, Path], name: str
) -> None:
    source = f"folder:{projects[name]}"
    visitor.open("explain", source=source)
    expect(visitor.page.locator(".board .tile")).not_to_have_count(0)
    visitor.open("network", source=source)
    expect(visitor.page.get_by_text("trainable: not known")).to_be_visible()
    assert (visitor.exceptions(), visitor.notices(), visitor.broken) == ([], [], [])


@pytest.mark.whole
@pytest.mark.parametrize("name", WRITERS)
def test_every_page_works_on_each(visitor: Visitor, projects: dict[str, Path], name: str) -> None:
    for page in PAGES:
        visitor.open(page, source=f"folder:{projects[name]}")
        assert (page, visitor.exceptions(), visitor.broken) == (page, [], [])
        assert visitor.page.get_by_test_id("stAlertContentError").count() == 0, page


def test_the_arithmetic_is_switched_and_the_samples_that_change_are_seen(
    visitor: Visitor, projects: dict[str, Path]
) -> None:
    page = visitor.page
    visitor.open("mistakes", source=f"folder:{projects['int8']}", facet="By arithmetic")
    page.get_by_role("button", name="Compare the arithmetics").click()
    expect(page.get_by_text("As on a microcontroller 2 of 24 samples get another")).to_be_visible()
    expect(page.locator(".board .tile")).to_have_count(2)
    page.get_by_role("button", name="See them in Samples").click()
    visitor.settle()
    expect(page.locator(".board .tile")).to_have_count(2)
    visitor.linked(changes="1")

    page.get_by_role("button", name="as on a phone or PC").click()
    page.get_by_text("as on a microcontroller", exact=True).last.click()
    visitor.settle()
    visitor.linked(arithmetic="microcontroller")
    expect(page.locator(".st-key-arithmetic_switch")).to_contain_text("as on a microcontroller")
    page.get_by_role("button", name="Compare the arithmetics").click()
    expect(page.locator(".board .tile")).to_have_count(2)
    page.locator(".board .tile").first.click()
    visitor.settle()
    expect(page.get_by_text("The answer changes by a tie.")).to_be_visible()
    assert visitor.exceptions() == []
