"""Live controls: what runs on the server, what does not, and what a link carries."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

import gradcam
from tests.browser.conftest import NewVisitor
from tests.browser.server import Dashboard
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser
HEAT = ".st-key-viewer canvas[role=img]"
OVERLAY = ".st-key-viewer canvas.heat.overlay"


def opacity(visitor: Visitor) -> float:
    return float(visitor.page.locator(OVERLAY).evaluate("c => getComputedStyle(c).opacity"))


def drag_opacity(visitor: Visitor, share: float) -> None:
    slider = visitor.page.locator(".st-key-viewer input[name=alpha]")
    box = slider.bounding_box()
    assert box
    middle = box["y"] + box["height"] / 2
    visitor.page.mouse.move(box["x"] + box["width"] * 0.4, middle)
    visitor.page.mouse.down()
    for step in range(1, 41):
        at = 0.4 + (share - 0.4) * step / 40
        visitor.page.mouse.move(box["x"] + box["width"] * at, middle)
    visitor.page.mouse.up()


def test_dragging_opacity_makes_no_server_run(visitor: Visitor) -> None:
    visitor.open("explain")
    before = opacity(visitor)
    visitor.count_runs()
    drag_opacity(visitor, 0.9)
    visitor.at_rest()
    assert opacity(visitor) > before + 0.3
    assert visitor.runs() == 0
    assert float(visitor.query["alpha"]) == pytest.approx(opacity(visitor))


def test_runs_are_counted(visitor: Visitor) -> None:
    visitor.open("explain")
    visitor.count_runs()
    visitor.press("pooling", "sum_abs")
    assert visitor.runs() >= 1


def test_colour_map_changes_without_a_server_run(visitor: Visitor) -> None:
    visitor.open("explain")
    before = visitor.pixels(HEAT)
    visitor.count_runs()
    visitor.page.locator(".st-key-viewer select[name=colormap]").select_option("viridis")
    expect(visitor.page.locator(HEAT)).to_have_attribute("data-painted", "viridis")
    assert visitor.pixels(HEAT) != before
    assert visitor.runs() == 0
    visitor.linked(colormap="viridis")


def test_opacity_is_kept_by_the_next_run_and_the_next_page(visitor: Visitor) -> None:
    visitor.open("explain")
    drag_opacity(visitor, 0.8)
    chosen = visitor.query["alpha"]
    visitor.press("pooling", "sum_abs")
    visitor.linked(alpha=chosen)
    drag_opacity(visitor, 0.2)
    chosen = visitor.query["alpha"]
    visitor.go("Review")
    visitor.linked(alpha=chosen)
    slider = visitor.page.locator(".st-key-sides input[name=alpha]")
    assert float(slider.input_value()) == pytest.approx(float(chosen))


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("key", "change"),
    [
        ("layer", lambda v: v.choose("layer", v.page.evaluate("() => window.otherLayer"))),
        ("target", lambda v: v.choose("target", "no car")),
        ("pooling", lambda v: v.press("pooling", "sum_abs")),
    ],
)
def test_each_control_changes_the_picture(visitor: Visitor, key: str, change) -> None:
    visitor.open("explain", true_class="no car", predicted_class="car")
    before = visitor.pixels(HEAT)
    if key == "layer":
        first = visitor.options("layer").first.inner_text()
        visitor.page.keyboard.press("Escape")
        visitor.page.evaluate("name => { window.otherLayer = name }", first)
    change(visitor)
    expect(visitor.page.locator(HEAT)).to_have_attribute("data-painted", "jet")
    assert visitor.pixels(HEAT) != before
    assert key in visitor.query


def test_the_scale_changes_the_picture(visitor: Visitor) -> None:
    visitor.open("explain", percentile="90")
    ninety = visitor.pixels(HEAT)
    visitor.choose("percentile", "maximum")
    simple = visitor.pixels(HEAT)
    assert simple != ninety
    visitor.open("explain", percentile="95", normalization="simple")
    assert visitor.pixels(HEAT) == simple


def test_the_link_opens_the_same_view_in_another_browser(
    visitor: Visitor, new_visitor: NewVisitor
) -> None:
    visitor.open("explain", verdict="Incorrect")
    visitor.page.locator(".st-key-next button").click()
    expect(visitor.page.get_by_text(re.compile("^2 of "))).to_be_visible()
    visitor.at_rest().choose("target", "no car").press("pooling", "sum_abs")
    visitor.page.locator(".st-key-viewer select[name=colormap]").select_option("turbo")
    drag_opacity(visitor, 0.75)
    other = new_visitor()
    other.page.goto(visitor.page.url)
    other.settle()
    assert other.query == visitor.query
    assert other.pixels(HEAT) == visitor.pixels(HEAT)
    assert opacity(other) == pytest.approx(opacity(visitor))
    assert (
        other.page.get_by_test_id("stMain").inner_text()
        == visitor.page.get_by_test_id("stMain").inner_text()
    )
    expect(other.page.get_by_text(re.compile("^2 of "))).to_be_visible()


def test_the_downloaded_overlay_is_what_is_on_screen(visitor: Visitor, tmp_path: Path) -> None:
    visitor.open("explain", alpha="1")
    with visitor.page.expect_download() as waiting:
        visitor.page.locator(".st-key-viewer [data-name=download]").click()
    waiting.value.save_as(tmp_path / "overlay.png")
    assert waiting.value.suggested_filename.endswith(".overlay.png")
    downloaded = np.asarray(Image.open(tmp_path / "overlay.png").convert("RGB"), int)
    heat = np.array(visitor.pixels(HEAT)).reshape(*downloaded.shape[:2], 4)[..., :3]
    assert np.abs(downloaded - heat).max() <= 1


def test_the_slide_is_drawn_as_what_is_on_screen(visitor: Visitor, tmp_path: Path) -> None:
    visitor.open("explain")
    visitor.page.locator(".st-key-viewer select[name=colormap]").select_option("turbo")
    for number in range(2):  # again and again
        with visitor.page.expect_download() as waiting:
            visitor.page.locator(".st-key-viewer [data-name=slide]").click()
        waiting.value.save_as(tmp_path / f"{number}.png")
        assert waiting.value.suggested_filename.endswith(".slide.png")
        visitor.at_rest()
    page = np.asarray(Image.open(tmp_path / "1.png").convert("RGB"))
    assert min(page.shape[:2]) > 1000
    colours = {tuple(colour) for colour in page[40, 1000:]}
    assert tuple(gradcam.color_table("turbo")[255]) in colours
    assert visitor.exceptions() == []


def test_the_downloaded_map_is_the_raw_one(visitor: Visitor, tmp_path: Path) -> None:
    visitor.open("explain")
    with visitor.page.expect_download() as waiting:
        visitor.page.locator(".st-key-download_map button").click()
    waiting.value.save_as(tmp_path / "map.npy")
    raw = np.load(tmp_path / "map.npy", allow_pickle=False)
    assert raw.dtype == np.float32
    top = visitor.page.locator(".st-key-viewer .legend .number").last.inner_text()
    assert float(top) == pytest.approx(float(raw.max()), rel=0.01)


def test_server_drawing_gives_the_same_overlay_with_native_widgets(visitor: Visitor) -> None:
    visitor.open("explain", drawing="server", alpha="0.6")
    expect(
        visitor.page.locator(".st-key-alpha [role=slider], .st-key-alpha input").first
    ).to_be_visible()
    expect(visitor.page.get_by_test_id("stImage")).to_have_count(3)
    assert visitor.page.locator(".st-key-viewer").count() == 0
    assert visitor.exceptions() == []


@pytest.mark.whole
def test_the_server_drawn_opacity_follows_its_slider_again_and_again(visitor: Visitor) -> None:
    visitor.open("explain", drawing="server", alpha="0.6")
    thumb = visitor.page.locator(".st-key-alpha input[type=range]")
    for expected in ("0.61", "0.62", "0.61"):
        key = "ArrowLeft" if visitor.query["alpha"] == "0.62" else "ArrowRight"
        thumb.focus()
        visitor.page.keyboard.press(key)
        visitor.page.wait_for_url(re.compile(f"alpha={expected}(&|$)"))
        visitor.at_rest()
    assert visitor.exceptions() == []


def test_for_a_browser_that_gives_other_pixels_the_server_draws(
    browser: Browser, dashboard: Dashboard
) -> None:
    context = browser.new_context()  # not a tab that other tests get after this one
    context.add_init_script(
        "CanvasRenderingContext2D.prototype.getImageData = (x, y, w, h) => new ImageData(w, h)"
    )
    visitor = Visitor(context.new_page(), dashboard.url).open("explain")
    expect(visitor.page.get_by_test_id("stImage")).to_have_count(3)
    expect(visitor.page.get_by_text("This browser does not draw the heatmaps")).to_be_visible()
    assert "drawing" not in visitor.query
    assert visitor.exceptions() == []
    context.close()
