"""Flips in the browser: from Compare into Samples, Explain and Review, and by object."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.visitor import Visitor
from tests.services.object_scenes import colour_detector, object_folder

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def objects(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Objects with a second network, which sees no blue."""
    folder = object_folder(tmp_path_factory.mktemp("flips") / "objects")
    later = colour_detector()
    kernel, bias = later.get_layer("logits").get_weights()
    kernel[..., 2] = 0.0
    later.get_layer("logits").set_weights([kernel, np.array(bias)])
    later.save(folder / "later.keras")
    return folder


def test_objects_that_break_are_opened_in_samples_and_explained(
    visitor: Visitor, objects: Path
) -> None:
    page = visitor.page
    visitor.open("compare", source=f"folder:{objects}?model=model.keras")
    page.get_by_role("button", name="Set it beside").click()
    expect(page.get_by_role("heading", name="Objects")).to_be_visible()
    expect(page.get_by_text("too few to tell which network is better").first).to_be_visible()
    visitor.settle()
    assert visitor.exceptions() == []

    page.get_by_role("button", name="Open in Samples: 5 broken").click()
    page.wait_for_url("**/samples*")
    visitor.linked(flipped="broken", by_part="1", beside="file:later.keras")
    expect(page.get_by_role("button", name="broken with later.keras")).to_be_visible()
    expect(page.locator(".board .tile")).to_have_count(5)

    page.locator(".board .tile").first.click()
    page.wait_for_url("**/explain*")
    visitor.settle()
    expect(page.get_by_role("button", name="broken with later.keras")).to_be_visible()
    visitor.go("Review")
    expect(page.get_by_role("button", name="broken with later.keras")).to_be_visible()
    assert visitor.exceptions() == []


def test_a_link_to_flips_asks_the_other_network_first(visitor: Visitor, objects: Path) -> None:
    page = visitor.page
    source = f"folder:{objects}?model=later.keras"
    visitor.open("samples", source=source, flipped="mended")
    page.get_by_role("button", name="Set it beside").click()
    expect(page.locator(".board .tile")).to_have_count(3)
    expect(page.get_by_role("button", name="mended with model.keras")).to_be_visible()
    assert visitor.exceptions() == []
