"""Methods in the pages: settings, contrasts, several side by side, slow ones, and their proof."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import Visitor
from tests.gradcam.methods.quick import METHODS

pytestmark = pytest.mark.browser
HEAT = ".st-key-viewer canvas[role=img]"
WRONG = {"true_class": "no car", "predicted_class": "car"}


def heats(visitor: Visitor, key: str) -> list[list[int]]:
    """The colours of every heatmap of a board."""
    canvases = visitor.page.locator(f".st-key-{key} canvas.heat")
    painted = visitor.page.locator(f".st-key-{key} canvas.heat[data-painted]")
    expect(painted).to_have_count(canvases.count())
    return canvases.evaluate_all(
        "all => all.map(c => Array.from(c.getContext('2d')"
        ".getImageData(0, 0, c.width, c.height).data))"
    )


def test_every_quick_method_draws_without_a_word_more(visitor: Visitor) -> None:
    visitor.open("explain", **WRONG)
    seen = [visitor.pixels(HEAT)]
    for method in ("Grad-CAM++", "Eigen-CAM", "Mean activation (control)"):
        visitor.choose("method", method)
        assert visitor.exceptions() == []
        now = visitor.pixels(HEAT)
        assert now not in seen
        seen.append(now)
    visitor.linked(method="mean-activation")


def test_a_contrast_is_another_picture_and_stands_in_the_link(visitor: Visitor) -> None:
    visitor.open("explain", method="layer-cam", **WRONG)
    before = visitor.pixels(HEAT)
    visitor.choose("against", "the next best class")
    expect(visitor.page).to_have_url(re.compile("against=second"))
    assert visitor.pixels(HEAT) != before
    visitor.choose("against", "car")  # itself: no contrast
    assert visitor.pixels(HEAT) == before


def test_a_slow_method_waits_for_its_button_and_can_be_left(visitor: Visitor) -> None:
    visitor.open("explain", method="rise", method_settings="masks=8000", **WRONG)
    expect(visitor.page.locator(HEAT)).to_have_count(0)
    expect(visitor.page.locator(".st-key-alone img")).to_be_visible()
    visitor.page.locator(".st-key-make_maps button").click()
    progress = visitor.page.get_by_test_id("stProgress").first
    expect(progress).to_contain_text(re.compile(r"RISE: [\d,]+ of 8,000"))
    visitor.page.locator(".st-key-stop_maps button").click()
    expect(visitor.page.locator(".st-key-make_maps button")).to_be_visible()
    visitor.unfold("Settings of RISE")
    visitor.at_rest()
    visitor.page.locator(".st-key-set_masks input").fill("60")
    visitor.page.locator(".st-key-set_masks input").press("Enter")
    visitor.at_rest()
    visitor.linked(method_settings="masks=60")
    visitor.page.locator(".st-key-make_maps button").click()
    assert len(set(visitor.pixels(HEAT))) > 10
    assert visitor.exceptions() == []


def test_without_asking_it_runs_by_itself_and_tells_its_fit(visitor: Visitor) -> None:
    visitor.open("explain", method="lime", method_settings="samples=60", auto="1", **WRONG)
    assert len(set(visitor.pixels(HEAT))) > 2
    note = visitor.board("viewer").locator(".note")
    expect(note).to_have_text(re.compile(r"\d+ segments; the linear fit explains \d+.% of what"))


def test_a_page_of_tiles_waits_for_a_slow_method_as_a_whole(visitor: Visitor) -> None:
    visitor.open(
        "samples", tiles="Overlay", method="occlusion", method_settings="size=0.5", **WRONG
    )
    expect(visitor.page.locator(".board .tile")).to_have_count(20)
    expect(visitor.page.locator(".board canvas.heat")).to_have_count(0)
    button = visitor.page.locator(".st-key-make_maps button")
    expect(button).to_contain_text("Compute 20 heatmaps")
    button.click()
    expect(visitor.page.locator(".board canvas.heat[data-painted=jet]")).to_have_count(20)
    expect(button).to_have_count(0)


def test_rows_are_classes_and_columns_are_methods(visitor: Visitor) -> None:
    visitor.open("explain", view="Methods side by side", compare="grad-cam,eigen-cam", **WRONG)
    board = visitor.board("methods")
    expect(board.locator(".title")).to_have_text(
        [re.compile(r"^car · \d+.%$"), re.compile(r"^no car · \d+.% · true class$")]
    )
    expect(board.locator(".words")).to_have_text(["Grad-CAM", "Eigen-CAM"] * 2)
    car, eigen, no_car, eigen_again = heats(visitor, "methods")
    assert car != no_car
    assert eigen == eigen_again  # it knows no class
    board.locator("button.frame").nth(2).click()
    expect(visitor.page.locator(HEAT)).to_be_visible()
    visitor.at_rest()
    visitor.linked(sight="=no car")  # of this sample alone
    assert "target" not in visitor.query
    assert "view" not in visitor.query


@pytest.mark.whole
def test_methods_of_a_link_that_do_not_exist_are_passed_over(visitor: Visitor) -> None:
    visitor.open("explain", view="Methods side by side", compare="nonsense,layer-cam")
    expect(visitor.board("methods").locator(".words")).to_have_text(["LayerCAM"] * 2)
    assert visitor.exceptions() == []


def test_both_halves_of_a_value_have_one_scale(visitor: Visitor) -> None:
    visitor.open("explain", source="demo:gauge", view="Raises and lowers", layer="things_relu")
    titles = visitor.board("halves").locator(".title")
    expect(titles).to_have_text(["What raises the value", "What lowers the value"])
    raises, _, lowers, _ = heats(visitor, "halves")
    assert raises != lowers
    visitor.open("explain", source="demo:gauge", target="-0", layer="things_relu")
    alone = visitor.pixels(HEAT)
    assert alone != raises


@pytest.mark.whole
def test_the_view_of_a_regression_is_no_view_of_a_classification(visitor: Visitor) -> None:
    visitor.open("explain", source="demo:cars", view="Raises and lowers")
    assert len(set(visitor.pixels(HEAT))) > 10
    assert visitor.exceptions() == []


def test_the_badge_follows_the_method_and_not_the_opacity(visitor: Visitor) -> None:
    visitor.open("explain", **WRONG)
    badge = visitor.page.locator(".st-key-truth")
    expect(badge).to_contain_text(
        re.compile(
            r"The heat lies where it counts: hiding the hottest fifth takes car from [\d.]+ % to "
            r"[\d.]+ %; hiding a random fifth takes it to [\d.]+ ± [\d.]+ %\."
        )
    )
    visitor.choose("method", "Random map (control)")
    expect(badge).not_to_contain_text("where it counts")
    visitor.choose("method", "Uniform map (control)")
    expect(badge).to_have_count(0)  # no place stands out, and the board says so


def test_curves_and_shuffled_weights_come_on_their_buttons(visitor: Visitor) -> None:
    visitor.open("explain", **WRONG)
    visitor.page.locator(".st-key-make_measure button").click()
    expect(visitor.page.locator(".st-key-curves .legendtext")).to_have_count(4)
    table = visitor.page.get_by_test_id("stTable")
    expect(table).to_contain_text("this heatmap")
    rows = [row.locator("td").all_inner_texts() for row in table.locator("tbody tr").all()]
    own, chance = (float(row[-4]) for row in rows[:2])
    assert own < chance  # of a deletion
    visitor.page.locator(".st-key-make_shuffle button").click()
    expect(visitor.page.locator(".st-key-similarity .point").first).to_be_attached()
    expect(visitor.page.get_by_text("they follow what the network learned")).to_be_visible()
    assert visitor.exceptions() == []


def test_how_much_heat_lies_in_a_box_is_said(visitor: Visitor) -> None:
    visitor.open("explain", **WRONG)
    said = visitor.page.get_by_text(
        re.compile(r"of the heat is on stamp \(.* of the area\); the hottest point is")
    )
    share, area = (int(number) for number in re.findall(r"(\d+)\s%", said.inner_text()))
    assert share > 3 * area


@pytest.mark.whole
def test_every_method_is_offered(visitor: Visitor) -> None:
    visitor.open("explain")
    visitor.options("method")
    for method in METHODS.values():
        visitor.page.keyboard.type(method.title)
        expect(visitor.page.get_by_role("option", name=method.title, exact=True)).to_be_visible()
        for _ in method.title:
            visitor.page.keyboard.press("Backspace")
