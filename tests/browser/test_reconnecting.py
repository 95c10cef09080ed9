"""A server ends under an open page and another takes its place: the first press there counts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewVisitor
from tests.browser.server import free_port, running_dashboard
from tests.browser.visitor import REST

pytestmark = [pytest.mark.browser, pytest.mark.whole]


def test_the_first_press_after_a_server_came_back_counts(
    new_visitor: NewVisitor, tmp_path: Path
) -> None:
    port = free_port()
    with running_dashboard(tmp_path, port=port) as before:
        visitor = new_visitor(before.url).open("explain", source="demo:cars")
        following = visitor.page.locator(".st-key-next button")
        for _ in range(2):
            following.click()
            visitor.at_rest()
        seen = visitor.query
    expect(visitor.page.locator(REST)).to_have_count(0)
    with running_dashboard(tmp_path, port=port):
        expect(visitor.page.locator(REST)).to_have_count(1)
        assert visitor.query == seen
        following.click()  # the page is as it was, and the new server has drawn nothing of it
        visitor.page.wait_for_url(lambda url: seen["sample"] not in url)
        visitor.settle()
        assert {**visitor.query, "sample": ""} == {**seen, "sample": ""}
        assert visitor.exceptions() == []
        visitor.page.goto("about:blank")


def test_a_key_that_was_pressed_while_the_server_was_away_counts_once(
    new_visitor: NewVisitor, tmp_path: Path
) -> None:
    port = free_port()
    with running_dashboard(tmp_path, port=port) as before:
        visitor = new_visitor(before.url).open("explain", source="demo:cars")
        place = visitor.page.locator(".st-key-sample")
        keys = visitor.page.locator(".st-key-keys .keys")
        expect(keys.get_by_role("button", name="Keys")).to_be_visible()
        visitor.page.keyboard.press("k")
        expect(place.get_by_text(re.compile("^2 of")).first).to_be_visible()
        visitor.at_rest()
    expect(visitor.page.locator(REST)).to_have_count(0)
    visitor.page.keyboard.press("k")
    expect(keys.locator(".told")).to_have_text(re.compile("^3 of"))
    with running_dashboard(tmp_path, port=port):
        expect(place.get_by_text(re.compile("^3 of")).first).to_be_visible()
        visitor.settle()
        expect(place.get_by_text(re.compile("^3 of")).first).to_be_visible()
        visitor.page.keyboard.press("k")  # numbers go on from what the new server has heard
        expect(place.get_by_text(re.compile("^4 of")).first).to_be_visible()
        visitor.settle()
        expect(place.get_by_text(re.compile("^4 of")).first).to_be_visible()
        assert visitor.exceptions() == []
        visitor.page.goto("about:blank")
