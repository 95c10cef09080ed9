"""Embeddings: hover shows the sample, a click explains it, a lasso filters, figures stand still."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser
CHART = ".st-key-embedding .js-plotly-plot"
DRAWN = {"reduction": "PCA"}  # the quickest
POINT = """chart => {
    // The place on the screen of the point that lies farthest from all others.
    const points = chart._fullData.filter(trace => trace.customdata).flatMap(trace =>
        Array.from(trace.x).map((x, i) => ({ x, y: trace.y[i], told: trace.customdata[i] })))
    const { xaxis, yaxis } = chart._fullLayout
    const box = chart.getBoundingClientRect()
    for (const point of points) {
        point.left = box.x + xaxis._offset + xaxis.l2p(point.x)
        point.top = box.y + yaxis._offset + yaxis.l2p(point.y)
    }
    const alone = a => Math.min(...points.filter(b => b !== a).map(b =>
        Math.hypot(a.left - b.left, a.top - b.top)))
    return points.reduce((a, b) => (alone(a) >= alone(b) ? a : b))
}"""


def drawn(visitor: Visitor) -> Visitor:
    expect(visitor.page.locator(f"{CHART} .points path").first).to_be_attached()
    visitor.at_rest()
    return visitor


def test_hover_shows_the_picture_and_the_verdict_without_a_run_of_the_page(
    visitor: Visitor,
) -> None:
    drawn(visitor.open("embeddings", **DRAWN))
    point = visitor.page.locator(CHART).evaluate(POINT)
    card = visitor.page.locator(".st-key-peek .peek")
    expect(card).to_be_hidden()
    visitor.page.mouse.move(point["left"], point["top"])
    expect(card).to_be_visible()
    expect(card.locator("img")).to_have_js_property("complete", value=True)
    assert card.locator("img").evaluate("image => image.naturalWidth") > 50
    expect(card.locator(".verdict")).to_have_text(point["told"][2])
    expect(card.locator(".caption")).to_have_text(point["told"][1])
    visitor.page.mouse.move(5, 5)
    expect(card).to_be_hidden()
    assert visitor.exceptions() == []


def test_a_click_on_a_point_explains_its_sample(visitor: Visitor) -> None:
    drawn(visitor.open("embeddings", **DRAWN))
    point = visitor.page.locator(CHART).evaluate(POINT)
    visitor.page.mouse.move(point["left"], point["top"])
    visitor.page.mouse.click(point["left"], point["top"])
    visitor.page.wait_for_url(re.compile("/explain"))
    visitor.settle()
    sample = visitor.query["sample"]
    visitor.go("Embeddings")
    drawn(visitor)
    ring = visitor.page.locator(".st-key-sample [role=combobox]")
    expect(ring).to_have_value(sample)


def test_points_drawn_around_filter_samples_until_that_is_cleared(visitor: Visitor) -> None:
    drawn(visitor.open("embeddings", **DRAWN))
    area = visitor.page.locator(f"{CHART} .nsewdrag").first.bounding_box()
    assert area
    left, top, right, bottom = (
        area["x"] + 2, area["y"] + 2, area["x"] + area["width"] / 2, area["y"] + area["height"] - 2
    )  # fmt: skip
    visitor.page.mouse.move(left, top)
    visitor.page.mouse.down()
    for x, y in ((right, top), (right, bottom), (left, bottom), (left, top)):
        visitor.page.mouse.move(x, y, steps=3)
    visitor.page.mouse.up()
    said = visitor.page.get_by_text(re.compile(r"^\d+ samples pass the filter$"))
    expect(said).to_be_visible()
    count = int(re.sub(r"\D", "", said.inner_text()))
    assert 0 < count < 160
    visitor.at_rest()
    picked = visitor.query["picked"]
    visitor.page.locator(".st-key-show_samples button").click()
    visitor.page.wait_for_url(re.compile("/samples"))
    visitor.settle()
    visitor.linked(picked=picked)
    expect(visitor.page.locator(".st-key-chip_picked")).to_contain_text(f"{count} picked samples")
    expect(visitor.page.locator(".st-key-verdict")).to_contain_text(f"All {count}")
    visitor.go("Embeddings")
    expect(said).to_be_visible()
    visitor.page.locator(".st-key-chip_picked button").first.click()
    expect(said).to_have_count(0)
    visitor.at_rest()
    assert "picked" not in visitor.query


def test_labels_to_check_are_shown_with_what_their_neighbours_carry(visitor: Visitor) -> None:
    drawn(visitor.open("embeddings", **DRAWN))
    tiles = visitor.board("doubt_tiles").locator(".tile")
    title = visitor.page.locator(".st-key-doubts h3, .st-key-doubts h2").first
    expect(title).to_have_text(f"Labels to check: {tiles.count()}")
    expect(tiles.first.locator("img")).to_be_visible()
    expect(tiles.first.locator(".note")).to_have_text(re.compile(r"^5 of 5 neighbours: (no )?car$"))
    visitor.page.locator(".st-key-doubts_samples button").click()
    visitor.page.wait_for_url(re.compile("/samples"))
    visitor.settle()
    expect(visitor.page.locator(".board .tile")).to_have_count(4)


@pytest.mark.whole
def test_the_figures_do_not_follow_the_picture(visitor: Visitor) -> None:
    drawn(visitor.open("embeddings", **DRAWN))
    separation = visitor.page.locator(".st-key-separation")
    before = separation.inner_text()
    visitor.press("reduction", "t-SNE")
    expect(visitor.page.locator(CHART)).to_contain_text("t-SNE 1")
    drawn(visitor)
    assert separation.inner_text() == before
    visitor.choose("features", "parts_relu · 12 × 12 · ReLU")
    visitor.settle()
    expect(separation).not_to_have_text(before)


def test_the_table_holds_what_the_figures_are_made_of(visitor: Visitor, tmp_path: Path) -> None:
    drawn(visitor.open("embeddings", **DRAWN))
    with visitor.page.expect_download() as download:
        visitor.page.locator(".st-key-download_embedding button").click()
    path = tmp_path / "embedding.csv"
    download.value.save_as(path)
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    assert len(rows) == 160
    mean = np.mean([float(row["agreement"]) for row in rows])
    expect(visitor.page.get_by_text(f"{100 * mean:.0f}\u00a0% of the 5")).to_be_visible()
    assert sum(bool(row["label to check"]) for row in rows) == 4


@pytest.mark.whole
def test_umap_is_offered_with_its_install_line(visitor: Visitor) -> None:
    visitor.open("embeddings", reduction="UMAP")
    text = visitor.page.get_by_text("pip install umap-learn")
    expect(text.or_(visitor.page.locator(CHART)).first).to_be_visible()
    assert visitor.exceptions() == []


def test_a_regression_is_coloured_by_value_and_says_why_it_has_no_classes(
    visitor: Visitor,
) -> None:
    drawn(visitor.open("embeddings", source="demo:gauge", colouring="Error", **DRAWN))
    expect(visitor.page.locator(CHART)).to_contain_text("size of error")
    expect(visitor.page.get_by_text("Values form no groups")).to_be_visible()
    assert visitor.exceptions() == []
