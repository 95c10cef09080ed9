"""Everyone can use it: no serious fault for axe; nothing is cut, too small to touch, or moves."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import NewVisitor
from tests.browser.layout import WATCH, framed, measured, shifts
from tests.browser.visitor import PAGES, Visitor

pytestmark = pytest.mark.browser
MOST_SHIFT = 0.1  # what the Web Vitals call good


# A colour on its way from one theme to the other is nobody's fault.
# One of what is out of sight may never end.
STILL = """() => !document.getAnimations().some(each => each instanceof CSSTransition
    && each.playState === 'running' && each.effect.target?.checkVisibility()
    && Number.isFinite(each.effect.getComputedTiming().endTime))"""


def serious(visitor: Visitor) -> list[str]:
    visitor.drawn()
    visitor.page.wait_for_function(STILL)
    found = Axe().run(visitor.page).response["violations"]
    return [
        f"{fault['id']}: {node['html'][:200]}"
        for fault in found
        if fault["impact"] in {"serious", "critical"}
        for node in fault["nodes"]
    ]


@pytest.mark.parametrize("page", PAGES)
def test_each_page_can_be_used_light_dark_and_narrow(visitor: Visitor, page: str) -> None:
    visitor.page.add_init_script(WATCH)
    visitor.page.set_viewport_size({"width": 1366, "height": 768})
    visitor.open(page, tiles="Overlay", source="demo:cars")
    assert visitor.exceptions() == []
    assert visitor.notices() == []
    visitor.linked(source="demo:cars")
    lies_well(visitor)
    if page == "explain":
        above_the_fold(visitor, ("method", "layer", "target", "percentile"))
    assert serious(visitor) == []
    visitor.page.emulate_media(color_scheme="dark")
    expect(visitor.page.get_by_test_id("stApp")).to_have_css("color-scheme", "dark")
    assert serious(visitor) == []
    fits(visitor, 420)
    lies_well(visitor)


@pytest.mark.whole
@pytest.mark.parametrize("page", PAGES)
def test_each_page_can_be_used_on_a_tablet(visitor: Visitor, page: str) -> None:
    visitor.page.add_init_script(WATCH)
    visitor.open(page, tiles="Overlay", source="demo:cars")
    fits(visitor, 1024)
    lies_well(visitor)


def lies_well(visitor: Visitor) -> None:
    """Nothing is cut, broken, outside of the window or too small to touch, and little moved."""
    framed(visitor)
    wrong = measured(visitor)
    assert not any(wrong.values()), wrong
    if visitor.page.viewport_size["width"] > 640:  # a phone's header may take another line
        moved = shifts(visitor)
        assert sum(each["value"] for each in moved) <= MOST_SHIFT, moved


def above_the_fold(visitor: Visitor, keys: tuple[str, ...]) -> None:
    for key in keys:
        box = visitor.page.locator(f".st-key-{key}").bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 768, key


@pytest.mark.few(1)
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_no_serious_fault_in_what_explain_can_show(
    new_visitor: NewVisitor, dark: bool
) -> None:
    visitor = new_visitor(dark=dark).open("explain", view="Methods side by side")
    assert serious(visitor) == []
    if dark:
        fits(visitor)
        visitor.page.set_viewport_size({"width": 1440, "height": 900})
    visitor.open("explain", method="rise")  # with the button that starts it
    assert serious(visitor) == []
    # A method that no other test measures: what was measured once is there at once.
    visitor.open("explain", method="hires-cam" if dark else "element-wise")
    visitor.page.locator(".st-key-make_measure button").click()
    expect(visitor.page.locator(".st-key-curves .legendtext")).to_have_count(4)
    visitor.page.locator(".st-key-make_shuffle button").click()
    expect(visitor.page.locator(".st-key-similarity .point").first).to_be_attached()
    assert serious(visitor) == []


def fits(visitor: Visitor, width: int = 400) -> None:
    """Opened in a window so wide, nothing stands out of the page at its side."""
    visitor.page.set_viewport_size({"width": width, "height": 900})
    visitor.page.reload()
    visitor.settle()
    main = visitor.page.get_by_test_id("stMain")
    assert main.evaluate("m => m.scrollWidth - m.clientWidth") <= 1
