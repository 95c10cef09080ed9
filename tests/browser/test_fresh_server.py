"""A deep link is the first thing that a fresh server ever sees."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewVisitor
from tests.browser.server import running_dashboard
from tests.browser.visitor import SECTIONS

pytestmark = pytest.mark.browser
OTHERS = ("project", "samples", "scan")


# Every page begins with the same call; these are of each kind: with a form, tiles, a board, a job.
@pytest.mark.parametrize(
    "page", ["explain", *(pytest.param(page, marks=pytest.mark.whole) for page in OTHERS)]
)
def test_deep_link_on_a_fresh_server(new_visitor: NewVisitor, tmp_path: Path, page: str) -> None:
    with running_dashboard(tmp_path) as fresh:
        visitor = new_visitor(fresh.url).open(page, source="demo:gauge")
        assert visitor.exceptions() == []
        expect(visitor.page.get_by_test_id("stTopNavSection")).to_have_count(len(SECTIONS))
        visitor.linked(source="demo:gauge")
        assert "Page not found" not in visitor.page.content()
        assert "Traceback" not in fresh.log.read_text()
        visitor.page.goto("about:blank")


@pytest.mark.whole
def test_components_that_another_page_is_the_first_to_need(
    new_visitor: NewVisitor, tmp_path: Path
) -> None:
    with running_dashboard(tmp_path) as fresh:
        visitor = new_visitor(fresh.url).open("project").go("Explain")
        keys = visitor.page.locator(".st-key-keys .keys")
        expect(keys.get_by_role("button", name="Keys")).to_be_visible()
        visitor.page.goto("about:blank")
