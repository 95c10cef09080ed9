"""Visual anomaly detection in the browser: browse, explain, mistakes, export, as ever."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import PAGES, Visitor
from tests.services.anomalies import anomaly_folder

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"folder:{anomaly_folder(tmp_path_factory.mktemp('sheets'), each=3)}"


def test_a_person_browses_explains_and_looks_at_mistakes(visitor: Visitor, source: str) -> None:
    page = visitor.page
    visitor.open("samples", source=source)
    expect(page.locator(".board .tile")).to_have_count(15)
    expect(page.get_by_text("Called anomalous from a score of 4.")).to_be_visible()
    visitor.choose("true_class", "scratch")
    expect(page.locator(".board .tile")).to_have_count(3)

    page.locator(".board .tile").first.click()
    visitor.settle()
    assert "/explain" in page.url
    expect(page.get_by_text("the grid that decides is a map already")).to_be_visible()
    expect(page.get_by_text(re.compile(r"The highest score is [\d.]+; feature"))).to_be_visible()
    expect(page.locator(".board .mark").first).to_be_visible()
    expect(page.locator(".control").filter(has_text="Anomalies")).to_be_visible()
    expect(page.get_by_text("heatmap · from 5 × 5 cells")).to_be_visible()
    visitor.choose("method", "Finer anomaly score")
    visitor.linked(method="finer-anomaly-score")
    expect(page.get_by_text("heatmap · from 11 × 11 cells")).to_be_visible()

    visitor.open("mistakes", source=source)
    for name in ("AUROC", "Precision", "Recall", "Best threshold"):
        expect(page.get_by_test_id("stMetric").filter(has_text=name)).to_be_visible()
    visitor.press("facet", "By picture")
    expect(page.get_by_text(re.compile("Missed anomalies|False alarms")).first).to_be_visible()
    assert (visitor.exceptions(), visitor.broken) == ([], [])


def test_what_is_exported_has_the_scores_of_the_places(
    visitor: Visitor, source: str, tmp_path: Path
) -> None:
    visitor.open("export", source=source)
    visitor.page.locator(".st-key-make_export button").first.click()
    button = visitor.page.locator(".st-key-download_export button").first
    expect(button).to_be_visible()
    visitor.at_rest()
    with visitor.page.expect_download() as coming:
        button.click()
    coming.value.save_as(tmp_path / "export.zip")
    with zipfile.ZipFile(tmp_path / "export.zip") as packed:
        (name,) = [each for each in packed.namelist() if each.endswith(".csv")]
        rows = list(csv.DictReader(io.StringIO(packed.read(name).decode("utf-8-sig"))))
        pictures = [each for each in packed.namelist() if each.endswith((".jpg", ".png"))]
    assert len(rows) == len(pictures) == 15
    places = [f"score_{row}_{column}" for row in range(5) for column in range(5)]
    for row in rows:
        assert float(row["score"]) == max(float(row[place]) for place in places)
        assert (row["predicted"] == "anomaly") == (float(row["score"]) >= 4)


@pytest.mark.whole
def test_every_page_works(visitor: Visitor, source: str) -> None:
    for page in PAGES:
        visitor.open(page, source=source)
        assert (page, visitor.exceptions(), visitor.broken) == (page, [], [])
        told = visitor.page.get_by_test_id("stAlertContentError").all_inner_texts()
        assert (page, told) == (page, [])
