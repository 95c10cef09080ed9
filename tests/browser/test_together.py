"""Two people in two browsers review the same sample: each sees the other, and nothing is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.server import Dashboard
from tests.browser.visitor import REST, Visitor

pytestmark = pytest.mark.browser
WITHIN = 5_000  # ms in which a person sees what others said, on a machine that is not busy
BUSY = 6  # times as long, where it is


@dataclass
class Reviewer(Visitor):
    """Somebody who signed in."""

    def sign_in(self, subject: str) -> Reviewer:
        self.page.goto(f"{self.url}/explain")
        self.page.get_by_role("button", name=subject, exact=True).click()
        expect(self.page.locator(REST)).to_be_attached()
        self.settle()
        return self

    def says(self, words: str) -> Locator:
        """What the page tells of others, in the first column of the page."""
        return self.page.get_by_test_id("stMarkdownContainer").get_by_text(words)

    def key_of(self, control: str) -> str:
        """The whole key of a control of the sample that is shown."""
        place = self.page.locator(f"[class*='st-key-{control}_']").first
        classes = (place.get_attribute("class") or "").split()
        (key,) = [name for name in classes if name.startswith(f"st-key-{control}_")]
        return key.removeprefix("st-key-")

    @property
    def note(self) -> Locator:
        return self.page.locator(".st-key-keys .menu input[data-name=note]")


@pytest.fixture(scope="module")
def signed_in(browser: Browser, hosted: Dashboard) -> Iterator[tuple[Reviewer, Reviewer]]:
    """Dan and Eve, each in a browser of their own."""
    contexts = [browser.new_context(viewport={"width": 1440, "height": 1000}) for _ in range(2)]
    dan, eve = (Reviewer(context.new_page(), hosted.url) for context in contexts)
    yield dan.sign_in("dan"), eve.sign_in("eve")
    for context in contexts:
        context.close()


@pytest.fixture
def both(signed_in: tuple[Reviewer, Reviewer]) -> tuple[Reviewer, Reviewer]:
    """The two, each at the first sample."""
    for person in signed_in:
        person.open("explain")
    return signed_in


def test_each_sees_the_others_flag_while_typing_and_keeps_what_is_typed(
    both: tuple[Reviewer, Reviewer],
) -> None:
    dan, eve = both
    eve.page.keyboard.press("n")
    eve.page.keyboard.type("a bicycle")
    dan.page.keyboard.press("1")
    expect(eve.says("label wrong (should be car)")).to_be_visible(timeout=WITHIN * BUSY)
    expect(eve.note).to_have_value("a bicycle")
    expect(eve.note).to_be_focused()
    eve.page.keyboard.type(" in front")
    eve.page.keyboard.press("Enter")
    expect(dan.says("a bicycle in front")).to_be_visible(timeout=WITHIN * BUSY)
    assert dan.says("Eve").count()
    assert dan.exceptions() == eve.exceptions() == []


def test_two_agreed_labels_are_both_shown_and_one_is_chosen(
    both: tuple[Reviewer, Reviewer],
) -> None:
    dan, eve = both
    dan.choose(dan.key_of("agreed"), "car")
    eve.choose(eve.key_of("agreed"), "no car")
    conflict = eve.page.locator(".st-key-conflict_0")
    expect(conflict).to_contain_text("Dan changed this at the same time")
    expect(conflict).to_contain_text("agreed label: no car")
    expect(conflict).to_contain_text("agreed label: car")
    eve.go("Samples").go("Explain")  # it waits, wherever one goes
    conflict.get_by_role("button", name="Keep mine").click()
    expect(conflict).to_have_count(0)
    expect(dan.says(re.compile("Agreed label no car"))).to_be_visible(timeout=WITHIN * BUSY)
    assert dan.exceptions() == eve.exceptions() == []


@pytest.mark.whole
def test_tiles_show_who_said_something_and_d_goes_on_to_ones_own(
    both: tuple[Reviewer, Reviewer],
) -> None:
    dan, eve = both
    eve.go("Samples")
    tile = eve.board("gallery").locator(".frame").nth(1)
    expect(tile.locator(".flag")).to_have_count(0)
    dan.page.keyboard.press("k")
    expect(
        dan.page.locator(".st-key-sample").get_by_text(re.compile("^2 of")).first
    ).to_be_visible()
    dan.page.keyboard.press("2")
    expect(tile.locator(".flag")).to_have_text("⚑ D", timeout=WITHIN * BUSY)
    expect(tile.locator(".flag")).to_have_attribute("title", re.compile("^Dan: label wrong"))

    eve.go("Worklist")
    eve.press("verdict", "Incorrect 29")
    chooser = eve.page.locator(".st-key-give_to input").first
    for name in ("Dan", "Eve"):
        chooser.click()
        eve.page.get_by_role("option", name=re.compile(f"^{name} ")).click()
        expect(eve.page.locator(".st-key-give_to").get_by_text(name).first).to_be_visible()
    eve.page.keyboard.press("Escape")
    eve.press("give", "Give out 29 samples")
    expect(eve.page.get_by_text("0 of 29 done")).to_be_visible()
    expect(eve.page.get_by_text("0 of 14 done")).to_be_visible()
    eve.press("next_of_mine", "Review the next of mine")
    place = eve.page.locator(".st-key-sample")
    expect(place.get_by_text(re.compile("^1 of 14 · my worklist")).first).to_be_visible()
    eve.page.keyboard.press("d")
    expect(place.get_by_text(re.compile("^2 of 14 · my worklist")).first).to_be_visible()
    eve.go("Worklist")
    expect(eve.page.get_by_text("1 of 14 done")).to_be_visible()
    assert dan.exceptions() == eve.exceptions() == []
