"""The browser's Back and Forward bring the view back, entry by entry."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.server import Dashboard
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


def entries(visitor: Visitor) -> int:
    """How many entries the tab's history has."""
    return int(visitor.page.evaluate("() => history.length"))


@pytest.fixture
def visitor(browser: Browser, dashboard: Dashboard) -> Iterator[Visitor]:
    """A tab that nobody has used: a browser keeps fifty entries of a tab and counts no further."""
    with browser.new_context() as context:
        yield Visitor(context.new_page(), dashboard.url)


def shows(visitor: Visitor, number: int) -> None:
    """Wait for the sample of a number in the list."""
    words = visitor.page.locator("p").filter(has_text=re.compile(f"^{number} of "))
    expect(words).to_be_visible()


def test_a_first_visit_is_one_entry_and_so_is_each_page_and_step(visitor: Visitor) -> None:
    visitor.page.goto("about:blank")
    before = entries(visitor)
    visitor.open("explain")
    visitor.page.wait_for_url(re.compile("source=demo"))
    assert entries(visitor) == before + 1
    assert visitor.query == {"source": "demo:cars"}
    for number in (2, 3, 4):
        visitor.at_rest().page.keyboard.press("k")
        shows(visitor, number)
    visitor.at_rest()
    assert entries(visitor) == before + 4
    visitor.go("Samples")
    assert entries(visitor) == before + 5
    visitor.press("verdict", "Incorrect")
    assert entries(visitor) == before + 6
    visitor.page.locator(".board button.frame").nth(1).click()
    visitor.page.wait_for_url(re.compile("/explain"))
    shows(visitor.settle(), 2)
    assert entries(visitor) == before + 7
    visitor.page.go_back()  # from the tile to the gallery with its filter
    visitor.page.wait_for_url(re.compile("/samples.*Incorrect"))
    expect(visitor.page.locator(".st-key-verdict [aria-checked=true]")).to_contain_text("Incorrect")
    visitor.page.go_back()
    expect(visitor.page.locator(".st-key-verdict [aria-checked=true]")).to_contain_text("All")
    for number in (4, 3, 2, 1):
        visitor.page.go_back()
        visitor.page.wait_for_url(re.compile("/explain"))
        shows(visitor, number)
    visitor.at_rest()
    assert visitor.query == {"source": "demo:cars"}
    for number in (2, 3):
        visitor.page.go_forward()
        shows(visitor, number)
    visitor.at_rest()
    assert entries(visitor) == before + 7
    assert visitor.exceptions() == []


@pytest.mark.parametrize("steps", [8, pytest.param(30, marks=pytest.mark.whole)])
def test_steps_by_key_are_as_many_steps_back(visitor: Visitor, steps: int) -> None:
    visitor.open("explain", tiles="Picture")
    before = entries(visitor)
    for number in range(2, steps + 2):
        visitor.at_rest().page.keyboard.press("k")
        shows(visitor, number)
    visitor.at_rest()
    assert entries(visitor) == before + steps
    for number in range(steps, 0, -1):
        visitor.page.go_back()
        shows(visitor, number)


def test_sliders_and_switches_replace_the_entry_and_come_back_with_it(visitor: Visitor) -> None:
    visitor.open("explain")
    before = entries(visitor)
    visitor.press("pooling", "sum_abs")
    slider = visitor.page.locator(".st-key-viewer input[name=alpha]")
    slider.focus()
    visitor.page.keyboard.press("ArrowRight")
    visitor.page.wait_for_url(re.compile("alpha=0.41"))
    assert entries(visitor) == before
    visitor.choose("target", "no car")
    assert entries(visitor) == before + 1
    slider.focus()
    visitor.page.keyboard.press("ArrowRight")
    visitor.page.wait_for_url(re.compile("alpha=0.42"))
    visitor.page.go_back()
    visitor.page.wait_for_url(re.compile(r"^(?!.*target)"))
    visitor.at_rest()
    assert visitor.query == {"source": "demo:cars", "pooling": "sum_abs", "alpha": "0.41"}
    expect(slider).to_have_value("0.41")
    expect(visitor.page.locator(".st-key-target [role=combobox]")).to_have_value("predicted class")


def test_back_leads_to_the_project_before(visitor: Visitor) -> None:
    visitor.open("samples", verdict="Incorrect")
    before = entries(visitor)
    visitor.go("Project")
    visitor.unfold("Open another project")
    visitor.at_rest().press("source", "Demo")
    visitor.page.locator(".st-key-open_gauge button").click()
    expect(visitor.page.locator("h1")).to_have_text("Pressure gauge")
    visitor.settle()
    assert entries(visitor) == before + 2
    visitor.page.go_back()
    expect(visitor.page.locator("h1")).to_have_text("Car or not")
    visitor.page.go_back()
    expect(visitor.page.locator(".st-key-verdict [aria-checked=true]")).to_contain_text("Incorrect")
    visitor.page.go_forward()
    visitor.page.go_forward()
    expect(visitor.page.locator("h1")).to_have_text("Pressure gauge")
    assert visitor.exceptions() == []


def test_quick_backs_and_forwards_end_in_the_view_of_the_address(visitor: Visitor) -> None:
    visitor.open("samples", verdict="Incorrect").go("Mistakes")
    visitor.press("facet", "How sure it is").settle()
    title, facet = visitor.page.locator("h1"), ".st-key-facet [aria-checked=true]"
    last, count = visitor.page.url, entries(visitor)
    for _ in range(4):
        for back, ends in ((True, "Samples"), (False, "Mistakes")):
            step = visitor.page.go_back if back else visitor.page.go_forward
            step()
            step()  # while the first one is still on its way
            expect(title).to_have_text(ends)
        expect(visitor.page.locator(facet)).to_have_text("How sure it is")
        assert (visitor.settle().page.url, entries(visitor)) == (last, count)
    assert visitor.exceptions() == []


@pytest.mark.whole
def test_home_is_no_entry_of_its_own(visitor: Visitor) -> None:
    visitor.page.goto("about:blank")
    before = entries(visitor)
    visitor.open("", verdict="Incorrect")
    visitor.page.wait_for_url(re.compile("/project.*source=demo"))
    assert entries(visitor) == before + 1
    assert visitor.query == {"source": "demo:cars", "verdict": "Incorrect"}
