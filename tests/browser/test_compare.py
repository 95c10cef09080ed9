"""Two networks side by side in the browser: the float file and the int8 file of one network."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, expect

import gradcam
from gradcam.arrays import Mask
from tests.browser.connecting import Person, Site
from tests.browser.formats import write_float, write_project, write_retrained
from tests.browser.visitor import Visitor
from tests.studio import cars_as_lite, demo_project

pytestmark = pytest.mark.browser
HEAT = ".st-key-viewer canvas[role=img]"


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with both files; the weights differ a little, so that some answers flip."""
    folder = tmp_path_factory.mktemp("both")
    write_project(folder, "int8")
    write_float(folder)
    return folder


def test_the_float_file_and_the_int8_file_side_by_side(visitor: Visitor, both: Path) -> None:
    page = visitor.page
    visitor.open("compare", source=f"folder:{both}")
    page.get_by_role("button", name="Set it beside").click()
    expect(page.get_by_test_id("stMetric")).to_have_count(5)
    expect(page.get_by_text("24 samples that both know")).to_be_visible()
    visitor.settle()
    assert visitor.exceptions() == []

    page.get_by_role("button", name="Compare the heatmaps").click()
    expect(page.get_by_test_id("stMetric")).to_have_count(7)
    page.get_by_role("button", name="Compare the layers").click()
    expect(page.get_by_test_id("stDataFrame").last).to_be_visible()
    visitor.settle()
    assert visitor.exceptions() == []

    there_and_back(visitor, "model.tflite", "model_int8.tflite")
    assert visitor.exceptions() == []


def there_and_back(visitor: Visitor, here: str, there: str) -> None:
    """Explain a flip in the other network, then in this one, by what the pages offer."""
    page, flip = visitor.page, visitor.board("flips").locator(".tile button.frame")
    flip.nth(1).click()
    page.wait_for_url("**/explain*")
    expect_network(visitor, there)
    sample, heat = visitor.query["sample"], visitor.pixels(HEAT)
    page.get_by_role("button", name=f"Explain it in {here}").click()
    expect_network(visitor, here)
    assert visitor.query["sample"] == sample
    assert visitor.pixels(HEAT) != heat
    expect(page.get_by_role("button", name=f"Explain it in {there}")).to_be_visible()


def expect_network(visitor: Visitor, name: str) -> None:
    """Wait until Explain looks at a network: the one that it does not lead to."""
    other = visitor.page.get_by_role("button", name="Explain it in")
    expect(other).not_to_contain_text(name)
    visitor.settle()
    expect(other).not_to_contain_text(name)


@pytest.mark.whole
def test_before_and_after_a_retraining_beside_another_seed(
    visitor: Visitor, tmp_path: Path
) -> None:
    folder, page = write_retrained(tmp_path), visitor.page
    visitor.open("compare", source=f"folder:{folder}")  # after.h5 comes first
    page.get_by_role("button", name="Set it beside").click()
    expect(page.get_by_test_id("stMetric")).to_have_count(5)
    right = {name: right_of(folder, f"{name}.h5") for name in ("before", "after", "seed")}
    broken, mended = flips(right["after"], right["before"])
    assert broken
    expect(metric(visitor, "Broken")).to_contain_text(f"Broken{broken}")
    expect(metric(visitor, "Mended")).to_contain_text(f"Mended{mended}")

    visitor.choose("baseline", "seed.h5")
    page.get_by_role("button", name="Set the seed beside").click()
    by_chance = sum(flips(right["after"], right["seed"]))
    words = f"the other network flips {broken + mended}, another seed {by_chance}"
    expect(page.get_by_text(words)).to_be_visible()
    page.get_by_role("button", name="Compare the heatmaps").click()
    page.get_by_role("button", name="Compare the heatmaps of the seeds").click()
    expect(metric(visitor, "Heat that moved between two seeds")).to_be_visible()
    visitor.settle()
    there_and_back(visitor, "after.h5", "before.h5")

    visitor.go("Compare").choose("beside", "seed.h5")  # what was the seed is compared with now
    assert visitor.query["beside"] == "file:seed.h5"
    assert visitor.exceptions() == []


def metric(visitor: Visitor, name: str) -> Locator:
    return visitor.page.get_by_test_id("stMetric").filter(has_text=name)


def right_of(folder: Path, name: str) -> Mask:
    """Which pictures a network has right, asked itself."""
    paths = sorted((folder / "testing").glob("*/*.png"), key=lambda path: path.name)
    pictures = np.stack([np.asarray(Image.open(path)) for path in paths])
    outputs = gradcam.load_network(folder / name).predict(pictures.astype(np.float32) / 127.5 - 1)
    return outputs.argmax(axis=1) == np.arange(len(paths)) % 3


def flips(here: Mask, there: Mask) -> tuple[int, int]:
    return int((here & ~there).sum()), int((~here & there).sum())


@pytest.mark.whole
def test_the_downloads_of_edge_impulse_side_by_side(regular: Person, site: Site) -> None:
    project = demo_project("cars")
    project.impulses[0].learns[0].lite = cars_as_lite()
    regular.connect(site.hold(project))
    regular.choose("model", "TensorFlow Lite, float32")
    regular.settle()
    regular.go("Compare")
    regular.choose("beside", "TensorFlow Lite, int8")
    regular.do(regular.page.get_by_role("button", name="Set it beside").click)
    expect(regular.page.get_by_test_id("stMetric")).to_have_count(5)
    expect(metric(regular, "Same answer")).to_contain_text("%")
    regular.page.get_by_role("button", name="Compare the layers").click()
    expect(regular.page.get_by_text("No layer is to blame")).to_be_visible()
    assert regular.exceptions() == []


def test_a_project_of_one_network_says_what_to_do(visitor: Visitor) -> None:
    visitor.open("compare", source="demo:cars")
    words = "This project holds one network. Put another into its folder"
    expect(visitor.page.get_by_text(words)).to_be_visible()
