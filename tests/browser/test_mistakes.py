"""The page of mistakes: a matrix to click, mistakes one by one, certainty, values."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, expect

from tests.browser.conftest import NewVisitor
from tests.browser.visitor import Visitor
from tests.services import projects

pytestmark = pytest.mark.browser
CLASSES = ("car", "no car")  # of the demo, whose matrix is 71, 9, 20, 60


def click_cell(visitor: Visitor, row: int, column: int, *, side: int = 3) -> None:
    """Click the middle of a cell, true by predicted."""
    area = visitor.page.locator(".st-key-confusion .nsewdrag").first
    area.scroll_into_view_if_needed()
    box = area.bounding_box()
    assert box is not None
    visitor.page.mouse.click(
        box["x"] + box["width"] * (column + 0.5) / side,
        box["y"] + box["height"] * (row + 0.5) / side,
    )
    visitor.at_rest()


def table(visitor: Visitor, key: str) -> list[dict[str, str]]:
    """A downloaded table."""
    with visitor.page.expect_download() as download:
        visitor.page.locator(f".st-key-{key} button").click()
    return list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text("utf-8"))))


def tiles(visitor: Visitor, key: str) -> Locator:
    return visitor.board(key).locator(".tile")


def test_a_cell_a_row_and_a_column_show_their_pictures_with_overlays(visitor: Visitor) -> None:
    visitor.open("mistakes")
    for cell, chosen, count in (
        ((0, 1), ("car", "no car"), "All 9, the most"),
        ((1, 2), ("no car", None), "The first 12 of 80"),
        ((2, 0), (None, "car"), "The first 12 of 91"),
        ((2, 2), (None, None), "The first 12 of 160"),
    ):
        click_cell(visitor, *cell)
        assert (visitor.query.get("true_class"), visitor.query.get("predicted_class")) == chosen
        expect(visitor.page.get_by_text(re.compile(count))).to_be_visible()
        drawn = min(12, 9 if cell == (0, 1) else 12)
        expect(visitor.page.locator(".st-key-cell canvas.heat[data-painted]")).to_have_count(drawn)
    assert visitor.exceptions() == []


def test_the_pictures_of_a_cell_are_found_again_in_samples(visitor: Visitor) -> None:
    visitor.open("mistakes", verdict="Correct", true_class="car", predicted_class="no car")
    visitor.page.locator(".st-key-browse_cell button").click()
    visitor.page.wait_for_url(re.compile("/samples"))
    visitor.settle()
    expect(tiles(visitor, "gallery")).to_have_count(9)


def test_rates_end_in_recall_precision_and_accuracy(visitor: Visitor) -> None:
    visitor.open("mistakes")
    visitor.press("counting", "Rates")
    visitor.linked(counting="Rates")
    texts = visitor.page.locator(".st-key-confusion .textpoint")
    expected = ["89", "11", "89", "25", "75", "75", "78", "87", "82"]
    expect(texts).to_have_text([re.compile(f"^{number}.%$") for number in expected])


@pytest.mark.whole
def test_the_tables_are_those_of_the_matrix(visitor: Visitor) -> None:
    visitor.open("mistakes")
    car, _, macro, weighted = table(visitor, "download_classes")
    assert (car["support"], car["predicted"], car["errors"]) == ("80", "91", "9")
    assert float(car["precision"]) == pytest.approx(71 / 91)
    assert float(car["recall"]) == pytest.approx(71 / 80)
    assert float(car["F1"]) == pytest.approx(142 / 171)
    assert (macro["class"], weighted["class"]) == ("macro mean", "weighted mean")
    assert [row["samples"] for row in table(visitor, "download_pairs")] == ["20", "9"]


def test_each_mistake_has_its_heatmaps_neighbours_and_reasons(visitor: Visitor) -> None:
    visitor.open("mistakes", facet="By picture")
    first = visitor.page.locator(".st-key-mistake-0")
    captions = [re.compile(f"^{words}") for words in (
        "original", "why car$", "why no car$", "why car and not no car", "✓?nearest correct",
        "[✓✗]?nearest that is car",
    )]  # fmt: skip
    expect(first.locator("figcaption")).to_have_text(captions)
    expect(first.locator("canvas.heat[data-painted]")).to_have_count(5)
    expect(first.get_by_text("Does it look at stamp?")).to_be_visible()
    expect(
        first.get_by_text(re.compile(r"\d+.% of the heat is on stamp; even heat"))
    ).to_be_visible()
    rows = table(visitor, "download_mistakes")
    scores = [float(row["score"]) for row in rows]
    assert scores == sorted(scores, reverse=True)
    assert all(row["true"] != row["predicted"] for row in rows)
    assert min(scores) >= 0.8
    why = table(visitor, "download_reasons")
    assert (why[0]["sample"], why[0]["question"]) == (rows[0]["sample"], "Does it look at stamp?")
    samples = list(dict.fromkeys(row["sample"] for row in why))
    assert samples == [row["sample"] for row in rows[:5]]
    with visitor.page.expect_download() as coming:
        visitor.page.locator(".st-key-download_rows button").click()
    sheet = np.asarray(Image.open(coming.value.path()))[:220]  # the first row of pictures
    tiles = [sheet[:, 12 + 204 * number :][:, :192] for number in range(6)]
    assert sheet.shape[1] == 12 + 204 * 6
    assert all(np.abs(tile - tiles[0].astype(int)).mean() > 10 for tile in tiles[1:])
    expect(visitor.page.get_by_role("radio", name=f"Sure and wrong {len(rows)}")).to_be_visible()
    first.locator("button.frame").nth(3).click()
    visitor.page.wait_for_url(re.compile("/explain"))
    visitor.settle()
    told = [visitor.query.get(name) for name in ("sample", "sight", "sight_against")]
    assert told == [rows[0]["sample"], "=car", "=no car"]
    assert not {"target", "against"} & visitor.query.keys()  # of no other page, and no export
    expect(visitor.page.locator(".st-key-drop_sight")).to_contain_text("car, not no car")
    expect(visitor.page.get_by_text(f"1 of {len(rows)} · sure and wrong")).to_be_visible()
    assert visitor.exceptions() == []


def test_sure_errors_and_lucky_hits_lie_apart_and_have_pages(visitor: Visitor) -> None:
    visitor.open("mistakes", facet="By picture", mistakes_page="2")
    expect(visitor.page.locator("[class*=st-key-mistake-]")).to_have_count(5)
    visitor.press("which", "Unsure but right")
    assert "mistakes_page" not in visitor.query
    rows = table(visitor, "download_mistakes")
    scores = [float(row["score"]) for row in rows]
    assert scores == sorted(scores)
    assert all(row["true"] == row["predicted"] for row in rows)
    assert max(scores) < 0.8
    expect(visitor.page.locator(".st-key-mistake-0").get_by_text("✓").first).to_be_visible()


@pytest.mark.whole
def test_a_slow_method_waits_for_its_button(visitor: Visitor) -> None:
    visitor.open(
        "mistakes", facet="By picture", method="rise", method_settings="masks=50",
        which="Unsure and wrong", sure="55",
    )  # fmt: skip
    expect(visitor.page.locator("[class*=st-key-mistake-]")).to_have_count(0)
    visitor.page.locator(".st-key-make_maps button").click()
    painted = visitor.page.locator(".st-key-mistake-0 canvas.heat[data-painted]")
    expect(painted).to_have_count(5)
    assert visitor.exceptions() == []


@pytest.mark.whole
def test_certainty_is_drawn_for_as_many_bins_as_wanted(visitor: Visitor) -> None:
    visitor.open("mistakes", facet="How sure it is", bins="4")
    rows = table(visitor, "download_bins")
    assert [row["to"] for row in rows] == ["0.25", "0.5", "0.75", "1"]
    counts = [int(row["samples"]) for row in rows]
    assert sum(counts) == 160
    gaps = [
        abs(float(row["mean score"]) - float(row["share correct"])) * count
        for row, count in zip(rows, counts, strict=True)
        if count
    ]
    ece = f"{100 * sum(gaps) / 160:.1f}"
    expect(visitor.page.get_by_test_id("stMetricValue")).to_have_text(re.compile(f"^{ece}.%$"))


def test_a_regression_has_its_errors_and_its_worst_ten(visitor: Visitor) -> None:
    visitor.open("mistakes", source="demo:gauge")
    expect(visitor.page.locator(".js-plotly-plot")).to_have_count(2)
    errors = sorted(abs(float(row["error"])) for row in table(visitor, "download_errors"))
    assert len(errors) == 120
    visitor.press("facet", "By picture")
    expect(visitor.page.locator("[class*=st-key-mistake-]")).to_have_count(5)
    worst = [abs(float(row["error"])) for row in table(visitor, "download_mistakes")]
    assert worst == errors[:-11:-1]
    captions = visitor.page.locator(".st-key-mistake-0 figcaption")
    expect(captions).to_have_count(4)
    assert visitor.exceptions() == []


def test_a_click_on_an_error_explains_it(visitor: Visitor) -> None:
    visitor.open("mistakes", source="demo:gauge")
    chart = visitor.page.locator(".st-key-errors")
    chart.scroll_into_view_if_needed()
    chart.locator(".scatterlayer .points path").nth(5).click(force=True)
    visitor.page.wait_for_url(re.compile("/explain"))
    assert visitor.settle().query["sample"]


@pytest.fixture(scope="session")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty classes; the network calls each sample by the class of its blueness, so all 0 or 1."""
    folder = tmp_path_factory.mktemp("many")
    model = projects.pointwise(
        [[0] * 20 + [1] * 21, [0] * 41, [1] * 20 + [0] * 21], [0] * 41, np.eye(41),
        [0.0] * 41, activation="softmax",
    )  # fmt: skip
    model.save(folder / "own.keras")
    pictures = {
        f"testing/c{i:02}/{i}.png": (projects.RED if i % 3 else projects.BLUE) for i in range(41)
    }
    return projects.folder_project(folder / "project", folder / "own.keras", pictures)


def test_of_many_classes_the_most_confused_pairs_stand_instead_of_the_matrix(
    new_visitor: NewVisitor, many: Path
) -> None:
    visitor = new_visitor()
    visitor.open("mistakes", source=f"folder:{many}")
    expect(visitor.page.locator(".st-key-confusion")).to_have_count(0)
    expect(visitor.page.locator(".st-key-pairs [data-testid=stDataFrame]")).to_be_visible()
    pairs = table(visitor, "download_pairs")
    assert {pair["predicted"] for pair in pairs} == {"c00", "c20"}
    visitor.page.locator(".st-key-pairs .dvn-scroller").first.click(position={"x": 15, "y": 52})
    visitor.at_rest()
    chosen = (visitor.query["true_class"], visitor.query["predicted_class"])
    assert chosen == (pairs[0]["true"], pairs[0]["predicted"])
    expect(tiles(visitor, "cell")).to_have_count(1)
