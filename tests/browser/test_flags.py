"""Keys and flags: quick presses, where keys work, and flags that outlive a server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import NewVisitor
from tests.browser.server import Dashboard, running_dashboard
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser
# Presses that no machine is too busy for: all within one turn of the browser.
QUICK = """([key, times]) => {
    for (let i = 0; i < times; i++) {
        const options = { key, bubbles: true, composed: true, cancelable: true }
        document.body.dispatchEvent(new KeyboardEvent("keydown", options))
    }
}"""


@pytest.fixture(scope="module")
def notes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a server of these tests keeps its flags, and the next one finds them."""
    return tmp_path_factory.mktemp("flags")


@pytest.fixture(scope="module")
def own(notes: Path) -> Iterator[Dashboard]:
    with running_dashboard(notes) as running:
        yield running


def bar(visitor: Visitor) -> Locator:
    """The bar of a page, once it hears keys."""
    place = visitor.page.locator(".st-key-keys .keys")
    expect(place.get_by_role("button", name="Keys")).to_be_visible()
    return place


def stands_at(visitor: Visitor, place: int) -> None:
    """Wait until a sample of the list is shown, not only told by the keys."""
    list_ = visitor.page.locator(".st-key-sample")
    expect(list_.get_by_text(re.compile(rf"^{place} of \d+")).first).to_be_visible()


def pressed(visitor: Visitor, *keys: str) -> None:
    for key in keys:
        visitor.page.keyboard.press(key)


def flag_tile(visitor: Visitor, key: str) -> Locator:
    return visitor.board(key).locator(".flag")


def test_five_quick_presses_move_five_samples_and_the_server_is_asked_once(
    visitor: Visitor,
) -> None:
    visitor.open("explain")
    place = bar(visitor)
    visitor.count_runs()
    visitor.page.evaluate(QUICK, ["k", 5])
    expect(place.locator(".told")).to_have_text("6 of 160")  # before any server has answered
    stands_at(visitor, 6)
    assert visitor.at_rest().runs() == 1
    visitor.page.evaluate(QUICK, ["j", 9])
    stands_at(visitor, 1)
    assert visitor.exceptions() == []


def test_presses_that_run_ahead_of_the_server_all_count(visitor: Visitor) -> None:
    visitor.open("explain")
    place = bar(visitor)
    for number in range(2, 10):
        visitor.page.evaluate(QUICK, ["k", 1])
        expect(place.locator(".told")).to_have_text(f"{number} of 160")
    stands_at(visitor, 9)
    visitor.at_rest()
    stands_at(visitor, 9)


def test_keys_work_beside_a_slider_and_not_in_a_field(visitor: Visitor) -> None:
    visitor.open("explain")
    bar(visitor)
    visitor.board("viewer").locator("input[name=alpha]").focus()
    pressed(visitor, "k")
    stands_at(visitor, 2)
    visitor.open("samples")
    bar(visitor)
    expect(visitor.board("gallery").locator(".frame")).to_have_count(48)
    visitor.page.locator("[data-testid=stSlider] input").first.focus()
    pressed(visitor, "k")
    focused = visitor.board("gallery").locator(".frame:focus")
    expect(focused).to_be_focused()
    field = visitor.page.locator(".st-key-text input")
    field.focus()
    pressed(visitor, "j", "k", "f", "o", "1", "?")
    expect(field).to_have_value("jkfo1?")
    expect(bar(visitor).locator(".menu, dialog")).to_have_count(0)


@pytest.mark.whole
def test_a_modifier_is_somebody_elses_key(visitor: Visitor) -> None:
    visitor.open("explain")
    bar(visitor)
    pressed(visitor, "Control+k", "Alt+k", "Meta+k", "k")
    stands_at(visitor, 2)


def test_the_keys_are_shown_and_the_overlay_hides(visitor: Visitor) -> None:
    visitor.open("explain")
    place = bar(visitor)
    pressed(visitor, "?")
    expect(place.get_by_role("dialog")).to_contain_text("next sample")
    expect(place.get_by_role("dialog")).to_contain_text("should be: 1 car, 2 no car")
    pressed(visitor, "Escape")
    expect(place.get_by_role("dialog")).to_have_count(0)
    overlay = visitor.board("viewer").locator(".heat.overlay")
    expect(overlay).to_be_visible()
    visitor.count_runs()
    pressed(visitor, "o")
    expect(overlay).to_be_hidden()
    pressed(visitor, "o")
    expect(overlay).to_be_visible()
    assert visitor.runs() == 0


def test_a_sample_is_flagged_by_menu_digit_and_note_and_each_is_undone(
    new_visitor: NewVisitor, own: Dashboard
) -> None:
    visitor = new_visitor(own.url).open("explain")
    place = bar(visitor)
    said = place.locator(".said")
    pressed(visitor, "f", "ArrowDown", "Enter")
    expect(said).to_have_text("unclear")
    pressed(visitor, "2")
    expect(said).to_have_text("label wrong (should be no car)")
    pressed(visitor, "f")
    place.get_by_label("Note").fill("hidden by <b>a tree</b>")
    pressed(visitor, "Enter")
    expect(said).to_have_text("label wrong (should be no car): hidden by <b>a tree</b>")
    pressed(visitor, "9")
    expect(place.locator(".told")).to_have_text("There are only 2 classes")
    for words in ("label wrong (should be no car)", "unclear", ""):
        pressed(visitor, "u")
        expect(said).to_have_text(words)
    pressed(visitor, "f", "Enter")
    expect(said).to_have_text("label wrong")
    pressed(visitor, "f", "f")  # again takes it back
    expect(said).to_have_text("")
    assert visitor.exceptions() == []


def test_a_tile_is_flagged_where_the_focus_or_the_pointer_is(
    new_visitor: NewVisitor, own: Dashboard
) -> None:
    visitor = new_visitor(own.url).open("samples")
    place = bar(visitor)
    frames = visitor.board("gallery").locator(".frame")
    expect(frames).to_have_count(48)
    pressed(visitor, "f")
    expect(place.locator(".told")).to_have_text("Point at a tile first, or press K")
    pressed(visitor, "k", "k", "f", "ArrowDown", "ArrowDown", "Enter")
    expect(flag_tile(visitor, "gallery")).to_have_attribute("title", "look again")
    expect(frames.nth(1)).to_be_focused()
    frames.nth(4).hover()
    pressed(visitor, "1")
    expect(flag_tile(visitor, "gallery")).to_have_count(2)
    expect(frames.nth(4).locator(".flag")).to_have_attribute("title", "label wrong (should be car)")
    visitor.at_rest().choose("flagged", "Flagged 2")
    expect(frames).to_have_count(2)
    visitor.linked(flagged="Flagged")
    pressed(visitor, "u")
    expect(frames).to_have_count(1)
    assert visitor.exceptions() == []


@pytest.mark.whole
def test_past_the_last_tile_the_page_turns(visitor: Visitor) -> None:
    visitor.open("samples")
    bar(visitor)
    frames = visitor.board("gallery").locator(".frame")
    last = 48
    expect(frames).to_have_count(last)
    visitor.page.evaluate(QUICK, ["k", last])
    first_page = frames.nth(last - 1)
    expect(first_page).to_be_focused()
    pressed(visitor, "k")
    visitor.page.wait_for_url(re.compile("page=2"))
    expect(frames.first).to_be_focused()
    pressed(visitor, "j")
    expect(visitor.page).not_to_have_url(re.compile("page=2"))
    expect(frames.nth(last - 1)).to_be_focused()


@pytest.mark.whole
@pytest.mark.parametrize(("verdict", "count"), [("Correct", 5), ("Incorrect", 30)])
def test_samples_flagged_by_keyboard_are_kept_over_a_restart(
    new_visitor: NewVisitor, own: Dashboard, notes: Path, verdict: str, count: int
) -> None:
    view = {"source": "demo:gauge", "verdict": verdict, "threshold": "0.01"}
    visitor = new_visitor(own.url).open("explain", **view)
    place = bar(visitor)
    for number in range(1, count + 1):
        stands_at(visitor, number)
        pressed(visitor, "f", "Enter")
        expect(place.locator(".said")).to_have_text("label wrong")
        pressed(visitor, "k")
    with running_dashboard(notes) as restarted:
        visitor = new_visitor(restarted.url).open("samples", **view, flagged="Label wrong")
        expect(visitor.board("gallery").locator(".flag")).to_have_count(count)
