"""Two people with long work: the second sees their place, and what came of it without a reload."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewVisitor
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


def begin_long_work(visitor: Visitor) -> None:
    """Have something made that takes as long as one likes."""
    visitor.open("explain", method="rise", method_settings="masks=8000")
    visitor.page.locator(".st-key-make_maps button").click()
    progress = visitor.page.get_by_test_id("stProgress").first
    expect(progress).to_contain_text(re.compile(r"RISE: [\d,]+ of 8,000"))


def test_the_second_waits_in_the_queue_and_sees_what_came_of_it(new_visitor: NewVisitor) -> None:
    second, first = new_visitor(), new_visitor()
    second.open("network", source="demo:fair")
    begin_long_work(first)
    second.page.locator(".st-key-make_latency button").click()
    expect(second.page.get_by_test_id("stProgress")).to_contain_text("Place 2 in the queue")
    first.page.locator(".st-key-stop_maps button").click()
    expect(second.page.locator(".st-key-latency")).to_contain_text(re.compile(r"\d ms"))
    expect(second.page.get_by_test_id("stProgress")).to_have_count(0)
    expect(first.page.locator(".st-key-make_maps button")).to_be_visible()
    assert first.exceptions() + second.exceptions() == []
