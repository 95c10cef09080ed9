"""The Network page: its figures, its picture, its files, and its measurement."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


def test_figures_are_those_of_the_demo_s_network_and_can_be_taken_away(visitor: Visitor) -> None:
    visitor.open("network")
    figures = visitor.page.get_by_test_id("stMetricValue").all_inner_texts()
    assert figures == ["66,218", "265 kB", "15.2 M", "15"]
    for key, first in (("summary_txt", "Car or not"), ("summary_csv", "layer,kind,")):
        with visitor.page.expect_download() as taken:
            visitor.page.locator(f".st-key-{key} button").click()
        text = taken.value.path().read_text(encoding="utf-8")
        assert text.startswith(first)
        assert re.search(r"parts_conv.*Conv2D", text)
    with visitor.page.expect_download() as taken:
        visitor.page.locator(".st-key-blocks .modebar-btn").first.click()
    assert taken.value.suggested_filename == "blocks by parameters.png"
    assert taken.value.path().read_bytes().startswith(b"\x89PNG")


@pytest.mark.whole
def test_what_the_area_stands_for_is_in_the_link(visitor: Visitor) -> None:
    visitor.open("network")
    picture = visitor.page.locator(".st-key-blocks")
    expect(picture).to_contain_text("62.6 %")  # parts_conv has 41,472 of 66,218 parameters
    visitor.press("share", "Multiply-adds")
    expect(picture).to_contain_text("39.3 %")  # and 5,971,968 of 15,206,656 multiply-adds
    visitor.linked(share="Multiply-adds")
    visitor.open("network", share="Multiply-adds")
    expect(visitor.page.locator(".st-key-blocks")).to_contain_text("39.3 %")


def test_the_latency_is_measured_when_asked_and_told_with_the_machine(visitor: Visitor) -> None:
    visitor.open("network", source="demo:gauge")
    expect(visitor.page.locator(".st-key-latency")).to_have_count(0)
    visitor.page.locator(".st-key-make_latency button").click()
    told = visitor.page.locator(".st-key-latency")
    expect(told).to_contain_text(re.compile(r"\d ms"))
    expect(told).to_contain_text(re.compile(r"Measured on .+ cores?\).* 96 × 96 × 3 at a time"))
    visitor.page.locator(".st-key-again button").click()
    expect(visitor.page.locator(".st-key-make_latency button")).to_be_visible()
    assert visitor.exceptions() == []
