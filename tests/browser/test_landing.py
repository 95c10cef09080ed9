"""The Project page as a person lands on it."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_the_four_worst_mistakes_are_drawn_and_lead_to_explain(visitor):
    visitor.open("project")
    worst = visitor.board("worst")
    expect(worst.locator(".tile.incorrect canvas.heat[data-painted]")).to_have_count(4)
    first = worst.locator("button.frame").first
    sample = first.get_attribute("data-id")
    first.click()
    visitor.page.wait_for_url("**/explain*")
    visitor.settle()
    visitor.linked(sample=sample)
    assert not visitor.exceptions()
