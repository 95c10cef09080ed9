"""All four pages on the demo and on real projects: no error, right counts, live controls."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from components.views.samples.gallery import PER_PAGE
from gradcam import color_table
from services.sources.reference import DEMOS
from tests.browser.conftest import NewVisitor
from tests.browser.visitor import PAGES, SECTIONS, Visitor

pytestmark = pytest.mark.browser
BOARD = ".board img, .board canvas"
DRAWN = {  # on pages that show something else first
    "mistakes": ".js-plotly-plot",
    "embeddings": ".js-plotly-plot",
    "scan": ".st-key-make_scan button",
    "network": ".st-key-blocks .slice",
    "compare": ".st-key-nothing_beside, .st-key-make_beside",
    "device": ".st-key-make_on_device button",
}


@pytest.mark.few(3)
@pytest.mark.parametrize("page", PAGES)
def test_pages_of_a_regression_have_no_error(visitor: Visitor, page: str) -> None:
    source = "demo:gauge"  # test_access.py sees those of a classification
    visitor.open(page, source=source)
    assert visitor.exceptions() == []
    assert visitor.notices() == []
    visitor.linked(source=source)


@pytest.mark.few(1)
@pytest.mark.parametrize(("name", "count"), [("meter_digits", 66), ("potato_leaves", 48)])
def test_real_folder_is_right_without_a_hint(
    visitor: Visitor, real: Path, name: str, count: int
) -> None:
    source = f"folder:{(real / name).resolve()}"
    visitor.open("project", source=source)
    expect(visitor.page.get_by_text(f"{count} of {count} correct")).to_be_visible()
    for page in PAGES[1:]:
        visitor.open(page, source=source)
        assert visitor.exceptions() == []
        assert visitor.notices() == []
        expect(visitor.page.locator(DRAWN.get(page, BOARD)).first).to_be_visible()


@pytest.mark.few(1)
@pytest.mark.parametrize(("name", "count"), [("meter_digits", 66), ("potato_leaves", 48)])
def test_real_folder_has_an_overlay_for_every_sample(
    visitor: Visitor, real: Path, name: str, count: int
) -> None:
    source = f"folder:{(real / name).resolve()}"
    pages = [min(PER_PAGE, count - first) for first in range(0, count, PER_PAGE)]
    for number, tiles in enumerate(pages, 1):
        visitor.open("samples", source=source, tiles="Overlay", page=str(number))
        expect(visitor.page.locator(".board .tile")).to_have_count(tiles)
        expect(visitor.page.locator(".board canvas.heat[data-painted=jet]")).to_have_count(tiles)


def test_home_leads_to_the_project(visitor: Visitor) -> None:
    visitor.open("")
    assert "/project" in visitor.page.url
    expect(visitor.page.locator("h1")).to_have_text("Car or not")


def test_tile_opens_its_sample_in_explain(visitor: Visitor) -> None:
    visitor.open("samples", verdict="Incorrect")
    tile = visitor.page.locator(".board button.frame").nth(1)
    sample = tile.get_attribute("data-id")
    tile.click()
    visitor.page.wait_for_url(re.compile("/explain"))
    visitor.settle()
    visitor.linked(sample=sample)
    visitor.linked(verdict="Incorrect")
    expect(visitor.page.get_by_text(re.compile("^2 of "))).to_be_visible()


def test_pictures_and_heat_lie_exactly_on_each_other(visitor: Visitor) -> None:
    visitor.open("samples", tiles="Overlay")
    expect(visitor.page.locator(".board .stage").first).to_be_visible()
    boxes = visitor.page.locator(".board .stage").evaluate_all(
        """stages => stages.map(stage => [stage, ...stage.querySelectorAll('img, canvas')].map(
            node => { const b = node.getBoundingClientRect()
                      return [b.x, b.y, b.width, b.height].map(Math.round) }))"""
    )
    assert len(boxes) == PER_PAGE
    for stage, image, heat in boxes:
        assert stage == image == heat
        assert min(stage[2:]) >= 80


def test_previous_and_next_go_by_button_and_by_key(visitor: Visitor) -> None:
    visitor.open("explain", verdict="Incorrect")
    expect(visitor.page.get_by_text(re.compile("^1 of "))).to_be_visible()
    expect(visitor.page.locator(".st-key-keys .ask")).to_be_visible()  # keys are heard by now
    visitor.page.locator(".st-key-next button").click()
    expect(visitor.page.get_by_text(re.compile("^2 of "))).to_be_visible()
    visitor.at_rest().page.keyboard.press("k")
    expect(visitor.page.get_by_text(re.compile("^3 of "))).to_be_visible()
    visitor.at_rest().page.keyboard.press("j")
    expect(visitor.page.get_by_text(re.compile("^2 of "))).to_be_visible()


def test_filters_with_no_result_offer_to_clear_them(visitor: Visitor) -> None:
    visitor.open("samples", text="nothing is called so")
    expect(visitor.page.get_by_text("No sample passes this filter.")).to_be_visible()
    visitor.page.locator(".st-key-without_text button").click()
    expect(visitor.page.locator(".board .tile").first).to_be_visible()
    visitor.at_rest()
    assert "text" not in visitor.query


def test_verdict_counts_add_up_and_filter(visitor: Visitor) -> None:
    visitor.open("samples")
    buttons = visitor.page.locator(".st-key-verdict button")
    expect(buttons).to_have_count(3)
    texts = buttons.all_inner_texts()
    counts = [int(re.sub(r"\D", "", text)) for text in texts]
    assert counts[0] == counts[1] + counts[2]
    visitor.press("verdict", f"Incorrect {counts[2]}")
    expect(visitor.page.locator(".board .tile")).to_have_count(min(counts[2], PER_PAGE))
    expect(visitor.page.locator(".board .tile.incorrect")).to_have_count(min(counts[2], PER_PAGE))


@pytest.mark.few(1)
@pytest.mark.parametrize("width", [1000, 1440])
def test_a_cell_of_the_matrix_filters_the_gallery(new_visitor: NewVisitor, width: int) -> None:
    visitor = new_visitor(width=width).open("samples")
    for _ in range(2):  # once more after the filters were cleared
        area = visitor.page.locator(".st-key-confusion .nsewdrag").first.bounding_box()
        assert area
        # Second row, first column: no car, called car. Off the middle, as people click.
        spot = (area["x"] + area["width"] * 0.35, area["y"] + area["height"] * 0.65)
        visitor.page.mouse.move(*spot)
        visitor.page.mouse.click(*spot)
        expect(visitor.page.locator(".board .tile.correct")).to_have_count(0)
        expect(visitor.page.locator(".board .tile.incorrect")).to_have_count(20)
        visitor.at_rest()
        visitor.linked(true_class="no car")
        visitor.linked(predicted_class="car")
        visitor.page.locator(".st-key-clear_filters button").click()
        expect(visitor.page.locator(".board .tile")).to_have_count(PER_PAGE)
        visitor.at_rest()


def test_shared_scale_is_one_for_the_whole_review(visitor: Visitor) -> None:
    visitor.open("review", shared_scale="1")
    numbers = visitor.page.locator(".st-key-sides .legend .number")
    expect(numbers.last).to_contain_text("(shared)")
    heats = visitor.page.locator(".st-key-sides canvas.heat, .st-key-pairs canvas.heat")
    expect(visitor.page.locator("canvas.heat[data-painted]")).to_have_count(heats.count())
    table = color_table("jet").tolist()
    hottest = []
    for number in range(heats.count()):
        pixels = heats.nth(number).evaluate(
            "c => Array.from(c.getContext('2d').getImageData(0, 0, c.width, c.height).data)"
        )
        colours = {tuple(pixels[i : i + 3]) for i in range(0, len(pixels), 4)}
        hottest.append(max(table.index(list(colour)) for colour in colours))
    # The two means have a scale of their own; of the others hardly any reaches the top.
    assert sum(level >= 250 for level in hottest) <= 4
    visitor.open("review")
    expect(visitor.page.locator(".st-key-sides .legend .number").last).to_have_text("1")


def test_many_quick_steps_are_all_made(visitor: Visitor) -> None:
    visitor.open("explain")
    following = visitor.page.locator(".st-key-next button")
    for number in range(2, 9):
        following.click()
        expect(visitor.page.get_by_text(re.compile(f"^{number} of "))).to_be_visible()


def test_what_was_chosen_survives_a_page_change(visitor: Visitor) -> None:
    chosen = {
        "pooling": "sum_abs",
        "layer": "strokes_relu",
        "percentile": "95",
        "target": "=no car",
    }
    drawn = {"colormap": "turbo", "alpha": "0.7"}
    visitor.open("explain", verdict="Incorrect", **chosen, **drawn)
    visitor.go("Review")
    assert chosen.items() <= visitor.query.items()
    shows_what_was_chosen(visitor)
    expect(visitor.page.locator("select[name=colormap]").first).to_have_value("turbo")
    visitor.go("Samples")
    assert (chosen | drawn).items() <= visitor.query.items()
    expect(visitor.page.locator(".st-key-verdict [aria-checked=true]")).to_contain_text("Incorrect")
    visitor.go("Explain")
    shows_what_was_chosen(visitor)


def shows_what_was_chosen(visitor: Visitor) -> None:
    pressed = visitor.page.locator(".st-key-pooling [aria-checked=true]")
    expect(pressed).to_have_text("sum_abs")
    for key, text in (("layer", "strokes_relu · 24 × 24 · ReLU"), ("target", "no car")):
        expect(visitor.page.locator(f".st-key-{key} [role=combobox]")).to_have_value(text)
    scale = visitor.page.locator(".st-key-percentile [role=combobox]")
    expect(scale).to_have_value("95th percentile")


def test_another_project_opens_and_a_wrong_one_loses_nothing(
    visitor: Visitor, new_visitor: NewVisitor, tmp_path: Path
) -> None:
    visitor.open("project")
    visitor.unfold("Open another project")
    visitor.at_rest().press("source", "Demo")
    visitor.page.locator(".st-key-open_gauge button").click()
    expect(visitor.page.locator("h1")).to_have_text("Pressure gauge")
    visitor.at_rest()
    visitor.unfold("Open another project")  # folded once a project was opened
    visitor.at_rest().press("source", "Folder")
    visitor.page.locator(".st-key-folder input").fill(str(tmp_path))
    visitor.page.locator(".st-key-open_folder button").click()
    expect(visitor.page.get_by_text("There is no model")).to_be_visible()
    expect(visitor.page.locator("h1")).to_have_text("Pressure gauge")
    assert visitor.exceptions() == []


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("folder:/nowhere/at/all", "There is no folder /nowhere/at/all"),
        ("demo:carz", "There is no demo carz; the demos are " + ", ".join(DEMOS) + "."),
        ("sorce:demo", "The link names no project"),
    ],
)
def test_a_link_that_cannot_be_opened_says_why_and_lands_on_its_page_once_it_is(
    visitor: Visitor, source: str, said: str
) -> None:
    visitor.open("samples", source=source, verdict="Incorrect")
    (notice,) = visitor.notices()
    assert notice.startswith(said)
    expect(visitor.page.locator(".board")).to_have_count(0)  # nothing of another project
    assert visitor.query == {"source": source, "verdict": "Incorrect"}
    visitor.press("source", "Demo")
    visitor.page.locator(".st-key-open_cars button").click()
    expect(visitor.page.locator(".st-key-verdict [aria-checked=true]")).to_contain_text("Incorrect")
    visitor.settle()
    assert visitor.query == {"source": "demo:cars", "verdict": "Incorrect"}
    assert visitor.page.title() == "Samples · Car or not"
    assert visitor.notices() == visitor.exceptions() == []


def test_the_header_leads_back_to_the_project_before_and_copies_the_link(visitor: Visitor) -> None:
    visitor.open("explain", source="demo:gauge")
    header = visitor.page.locator(".st-key-header")
    expect(header).to_contain_text("Pressure gauge · demo · Mean error 0.0534")
    assert visitor.page.title() == "Explain · Pressure gauge"
    expect(visitor.page.locator(".st-key-project_switch")).to_have_count(0)
    visitor.go("Project")
    visitor.unfold("Open another project")
    visitor.at_rest().press("source", "Demo")
    visitor.page.locator(".st-key-open_cars button").click()
    expect(visitor.page.locator("h1")).to_have_text("Car or not")
    visitor.settle().go("Samples")
    visitor.page.locator(".st-key-project_switch button").click()
    visitor.page.get_by_text("1. Pressure gauge · demo").click()
    expect(header).to_contain_text("Mean error 0.0534")
    visitor.settle()
    assert visitor.query == {"source": "demo:gauge"}
    assert visitor.page.title() == "Samples · Pressure gauge"
    visitor.page.evaluate(
        "() => { navigator.clipboard.writeText = async (text) => { window.got = text } }"
    )
    visitor.page.get_by_role("button", name="Copy link").click()
    expect(visitor.page.get_by_role("button", name="Copied")).to_be_visible()
    assert visitor.page.evaluate("() => window.got") == visitor.page.url
    visitor.page.evaluate(
        """() => { navigator.clipboard.writeText = () => Promise.reject()
                   const keep = () => { window.old = document.activeElement.value }
                   document.addEventListener("copy", keep) }"""
    )
    visitor.page.get_by_role("button", name="Copied").click()  # as without HTTPS
    visitor.page.wait_for_function("() => window.old === location.href")


def test_regression_threshold_sorts_live(visitor: Visitor) -> None:
    visitor.open("review", source="demo:gauge", threshold="0.02")
    strict = visitor.page.get_by_text(re.compile(r"^Beyond the threshold · ")).inner_text()
    visitor.open("review", source="demo:gauge", threshold="0.3")
    loose = visitor.page.get_by_text(re.compile(r"^Beyond the threshold · ")).inner_text()
    assert int(re.sub(r"\D", "", strict)) > int(re.sub(r"\D", "", loose))


@pytest.mark.parametrize("width", [1440, 420])
def test_the_navigation_leads_to_every_page_in_its_sections(
    new_visitor: NewVisitor, width: int
) -> None:
    visitor = new_visitor(width=width).open("explain")
    if width > 1000:
        shown = visitor.page.get_by_test_id("stTopNav")
        sections = shown.get_by_test_id("stTopNavSection").all_inner_texts()
        assert [text.strip() for text in sections] == list(SECTIONS)
        places = [shown.get_by_text(name).bounding_box()["x"] for name in (*SECTIONS, "Export")]
        assert places == sorted(places)
        for title in ("Scan", "Network", "Export", "Project"):
            visitor.go(title)
            assert visitor.exceptions() == []
        return
    visitor.page.get_by_test_id("stExpandSidebarButton").click()
    links = visitor.page.get_by_test_id("stSidebarNavLink")
    expect(links).to_have_count(len(PAGES))
    heights = {link.inner_text(): link.bounding_box()["y"] for link in links.all()}
    assert max(heights, key=heights.get) == "Export"
    links.filter(has_text="Samples").click()
    visitor.page.wait_for_url(re.compile("/samples"))
    assert visitor.settle().exceptions() == []


PLACES = """tiles => tiles.map(tile => {
    const [caption, figure] = ['figcaption', '.figure'].map(
        part => tile.querySelector(part).getBoundingClientRect())
    return { top: tile.getBoundingClientRect().top, line: [caption.left, caption.right],
             figure: [figure.left, figure.right], clipped: tile.querySelector('.figure')
                 .scrollWidth > tile.querySelector('.figure').clientWidth + 1,
             title: tile.title }
})"""


def test_samples_fill_the_width_and_the_matrix_stays_in_view(new_visitor: NewVisitor) -> None:
    visitor = new_visitor(width=1366).open("samples")
    tiles = visitor.page.locator(".st-key-gallery .tile")
    expect(tiles).to_have_count(PER_PAGE)
    places = tiles.evaluate_all(PLACES)
    assert 6 <= sum(place["top"] == places[0]["top"] for place in places) <= 8
    tiles.last.scroll_into_view_if_needed()
    expect(visitor.page.locator(".st-key-confusion .nsewdrag").first).to_be_in_viewport()


@pytest.mark.few(1)
@pytest.mark.parametrize("width", [420, 1366])
def test_a_score_is_never_cut_however_small_the_tile(new_visitor: NewVisitor, width: int) -> None:
    query = {"source": "demo:cars", "verdict": "Incorrect", "tile_size": "80"}
    visitor = new_visitor(width=width).open("samples", **query)
    tiles = visitor.page.locator(".st-key-gallery .tile")
    expect(tiles).to_have_count(29)
    for place in tiles.evaluate_all(PLACES):
        assert not place["clipped"]
        assert place["line"][0] <= place["figure"][0] < place["figure"][1] <= place["line"][1] + 1
        assert re.match(r"Incorrect: (no )?car → (no )?car \d+\s%, ", place["title"])
