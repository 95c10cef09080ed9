"""The scan from its button to the filtered samples, in a link, and left half way."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from components.views.samples.gallery import PER_PAGE
from services.choices.conditions import FINDING_GONE
from tests.browser.conftest import NewVisitor
from tests.browser.test_access import serious
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


def scanned(visitor: Visitor, **query: str) -> Visitor:
    """The Scan page with its cards; another test may have scanned already."""
    visitor.open("scan", **query)
    make = visitor.page.locator(".st-key-make_scan button")
    if make.count():
        make.click()
    expect(visitor.page.get_by_text("checks on")).to_be_visible()
    return visitor.at_rest()


def test_a_card_s_pictures_are_what_samples_shows(
    visitor: Visitor, new_visitor: NewVisitor
) -> None:
    scanned(visitor)
    expect(visitor.page.locator("[class*=st-key-finding_]")).to_have_count(3)
    card = visitor.page.locator(".st-key-finding_0")
    expect(card.get_by_text("at the bottom left of these 34 pictures")).to_be_visible()
    expect(card.locator(".board canvas.heat[data-painted]")).to_have_count(6)
    card.get_by_role("button", name="Show all 34 in Samples").click()
    visitor.page.wait_for_url(re.compile("/samples"))
    visitor.settle()
    expect(visitor.page.locator(".board .tile")).to_have_count(34)
    expect(visitor.page.locator(".board .tile.incorrect")).to_have_count(20)
    assert visitor.query["finding"].endswith(".0")
    colleague = new_visitor().open("samples", **visitor.query)
    expect(colleague.page.locator(".board .tile")).to_have_count(34)
    visitor.page.locator(".st-key-chip_finding button").first.click()
    expect(visitor.page.locator(".board .tile")).to_have_count(PER_PAGE)
    visitor.at_rest()
    assert "finding" not in visitor.query
    assert visitor.exceptions() == []


def test_a_link_to_a_finding_that_is_not_kept_says_so(visitor: Visitor) -> None:
    for page in ("explain", "samples"):
        visitor.open(page, finding="0123456789abcdef.0")
        assert visitor.notices() == [FINDING_GONE]
    expect(visitor.page.locator(".board .tile")).to_have_count(0)
    visitor.page.locator(".st-key-clear_refused button").click()
    expect(visitor.page.locator(".board .tile")).to_have_count(PER_PAGE)


def test_the_findings_can_be_downloaded(visitor: Visitor) -> None:
    scanned(visitor)
    with visitor.page.expect_download() as coming:
        visitor.page.locator(".st-key-download_findings button").click()
    lines = coming.value.path().read_text(encoding="utf-8").splitlines()
    assert lines[0] == "finding,kind,question,figures,chance,sample"
    assert sum(line.startswith("1,Heatmaps that are alike,") for line in lines) == 34


@pytest.mark.few(1)
@pytest.mark.parametrize("source", ["demo:fair", "demo:gauge"])
def test_a_project_in_which_nothing_stands_out_says_so(visitor: Visitor, source: str) -> None:
    scanned(visitor, source=source)
    expect(visitor.page.get_by_text("Nothing stands out")).to_be_visible()
    expect(visitor.page.locator("[class*=st-key-finding_]")).to_have_count(0)
    assert visitor.exceptions() == []


@pytest.mark.few(1)
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_no_serious_fault_in_the_cards(new_visitor: NewVisitor, dark: bool) -> None:
    visitor = scanned(new_visitor(dark=dark))
    visitor.unfold("How findings are chosen")
    visitor.at_rest()
    assert serious(visitor) == []


@pytest.mark.whole
def test_cards_do_not_scroll_sideways_on_a_phone(new_visitor: NewVisitor) -> None:
    visitor = scanned(new_visitor(width=400))
    main = visitor.page.get_by_test_id("stMain")
    assert main.evaluate("m => m.scrollWidth - m.clientWidth") <= 1


def test_a_card_of_objects_leads_to_those_objects_and_to_one_of_them(visitor: Visitor) -> None:
    scanned(visitor, source="demo:marks")
    card = visitor.page.locator(".st-key-finding_1")
    expect(card.get_by_text("miss “washer” where what is above it is even?")).to_be_visible()
    expect(card.locator(".board canvas.heat[data-painted]")).to_have_count(6)
    card.get_by_role("button", name="Show all 19 objects in Samples").click()
    visitor.page.wait_for_url(re.compile("/samples"))
    visitor.settle()
    expect(visitor.page.locator(".board .tile.incorrect")).to_have_count(19)
    visitor.linked(by_part="1")
    scanned(visitor, source="demo:marks")
    visitor.page.locator(".st-key-finding_1 .board .tile").first.click()
    visitor.page.wait_for_url(re.compile("/explain"))
    visitor.settle()
    assert visitor.query["part"].isdecimal()
    assert visitor.query["within"].endswith(".1")
    assert visitor.exceptions() == []


@pytest.mark.whole
def test_nothing_stands_out_among_the_fair_detector_s_objects(visitor: Visitor) -> None:
    scanned(visitor, source="demo:fair_marks")
    expect(visitor.page.get_by_text("Nothing stands out")).to_be_visible()
