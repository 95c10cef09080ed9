"""Layers: the strip and its recommendation, activation maps, one channel, learned filters."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, expect

import gradcam
from gradcam.kernels import kernel_figures
from tests.browser.server import ROOT
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser
WRONG = {"true_class": "no car", "predicted_class": "car"}


@pytest.fixture(scope="module")
def cars() -> gradcam.Network:
    return gradcam.load_network(ROOT / "demo" / "cars" / "model.h5")


def tiles(visitor: Visitor, key: str, count: int) -> Locator:
    found = visitor.board(key).locator(".tile")
    expect(found).to_have_count(count)
    visitor.at_rest()
    return found


def saved(visitor: Visitor, key: str) -> Path:
    with visitor.page.expect_download() as downloading:
        visitor.page.locator(f".st-key-{key} button").click()
    return Path(downloading.value.path())


def test_a_click_makes_a_layer_that_of_all_pages(visitor: Visitor, cars: gradcam.Network) -> None:
    visitor.open("layers", **WRONG)
    strip = tiles(visitor, "strip", len(cars.layers))
    names = [layer.name for layer in cars.layers]
    for tile, name in zip(strip.locator(".words").all_inner_texts(), names, strict=True):
        assert tile.startswith(f"{name} · ")
    notes = strip.locator(".note").all_inner_texts()
    assert notes[0].startswith(
        "48\u00a0×\u00a048\u00a0×\u00a024, receptive field 3\u00a0×\u00a03. "
    )
    assert all(re.search(r"→.* random [\d.]+ ± [\d.]+\s%$", note) for note in notes)
    expect(strip.locator(".badge", has_text="recommended")).to_have_count(1)
    badges = strip.locator(".badge").all_inner_texts()
    assert sorted(" · ".join(badges).split(" · ")) == ["recommended", "● chosen"]
    strip.nth(2).locator("button").click()
    expect(strip.nth(2).locator(".badge")).to_contain_text("chosen")
    visitor.at_rest()
    visitor.linked(layer="edges_relu")
    visitor.go("Explain")
    shown = visitor.page.locator(".st-key-layer [role=combobox]")
    expect(shown).to_have_value("edges_relu · 48 × 48 · ReLU")


def test_several_samples_are_rows_and_the_table_has_them(
    visitor: Visitor, cars: gradcam.Network
) -> None:
    visitor.open("layers", layer_rows="2", **WRONG)
    tiles(visitor, "strip", 2 * len(cars.layers))
    expect(visitor.board("strip").locator(".title")).to_have_count(2)
    said = visitor.page.locator(".st-key-recommended")
    expect(said).to_contain_text("The default layer and method do well")
    rows = list(csv.DictReader(saved(visitor, "strip_csv").open()))
    assert len(rows) == 2 * len(cars.layers)
    recommended = {row["layer"] for row in rows if row["recommended"] == "1"}
    assert recommended == {cars.default_layer.name}  # nothing tells clearly more of the cars
    picture = np.asarray(Image.open(saved(visitor, "strip_png")))
    assert picture.shape[1] > 1000
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 1000
    assert visitor.exceptions() == []


def test_a_method_that_looks_at_no_layer_says_so(visitor: Visitor) -> None:
    visitor.open("layers", method="rise", **WRONG)
    assert [text for text in visitor.notices() if "RISE works on the input picture" in text]
    assert visitor.exceptions() == []


def test_as_many_activation_maps_as_are_wanted_and_a_click_shows_the_channel(
    visitor: Visitor,
) -> None:
    visitor.open("layers", layers_view="Activation maps", channels_shown="16", **WRONG)
    found = tiles(visitor, "maps", 16)
    expect(
        visitor.page.get_by_text("128 of 128 channels are active; 0 are all zero")
    ).to_be_visible()
    expect(visitor.page.get_by_text(re.compile("Over 160 test samples: 0 of 128"))).to_be_visible()
    by_contribution = found.locator(".words").all_inner_texts()
    visitor.choose("channel_sort", "Activation")
    visitor.choose("channels_shown", "all")
    found = tiles(visitor, "maps", 128)
    assert found.locator(".words").all_inner_texts()[:16] != by_contribution
    rows = list(csv.DictReader(saved(visitor, "maps_csv").open()))
    order = sorted(rows, key=lambda row: -float(row["mean"]))
    shown = [words.split(" · ")[0] for words in found.locator(".words").all_inner_texts()]
    assert shown[:16] == [row["channel"] for row in order[:16]]
    found.nth(3).locator("button").click()
    tiles(visitor, "channel_board", 9)
    visitor.linked(channel=shown[3])
    visitor.linked(layers_view="One channel")
    peaks = visitor.board("channel_board").locator("p.note").all_inner_texts()
    values = [float(text.removeprefix("reaches ")) for text in peaks]
    assert values == sorted(values, reverse=True)
    assert visitor.exceptions() == []


@pytest.mark.whole
def test_one_scale_makes_weak_maps_look_weak(visitor: Visitor) -> None:
    query = {"layers_view": "Activation maps", "channel_sort": "Activation", **WRONG}
    visitor.open("layers", shared_scale="1", channels_shown="0", **query)
    tiles(visitor, "maps", 128)
    numbers = visitor.board("maps").locator(".legend .number").all_inner_texts()
    assert float(numbers[0]) == 0 < float(numbers[1])
    last = visitor.board("maps").locator("canvas.heat[data-painted]")
    expect(last).to_have_count(128)
    assert hottest(last.nth(127)) < 255
    visitor.open("layers", channels_shown="0", **query)
    tiles(visitor, "maps", 128)
    own = visitor.board("maps").locator("canvas.heat[data-painted]")
    expect(own).to_have_count(128)
    assert hottest(own.nth(127)) == 255


def hottest(canvas: Locator) -> int:
    table = gradcam.color_table("jet").tolist()
    pixels = canvas.evaluate(
        "c => Array.from(c.getContext('2d').getImageData(0, 0, c.width, c.height).data)"
    )
    colours = {tuple(pixels[i : i + 3]) for i in range(0, len(pixels), 4)}
    return max(table.index(list(colour)) for colour in colours)


def test_filters_are_the_network_s_weights(visitor: Visitor, cars: gradcam.Network) -> None:
    visitor.open("layers", layers_view="Learned filters", layer="edges_conv", **WRONG)
    found = tiles(visitor, "filters", 24)
    expect(found.locator("img")).to_have_count(24)  # three input channels: colours
    kernels = cars.kernels("edges_conv")
    assert kernels is not None
    figures = kernel_figures(kernels)
    first = int(np.argmax(figures.norm))
    expect(found.first).to_contain_text(f"{first} · L2 {figures.norm[first]:.3g}")
    rows = list(csv.DictReader(saved(visitor, "filters_csv").open()))
    np.testing.assert_allclose([float(row["l2"]) for row in rows], figures.norm)
    visitor.choose("filter_input", "2")
    expect(visitor.board("filters").locator("canvas.heat[data-painted]")).to_have_count(24)
    expect(visitor.page.locator(".st-key-weights .bars path").first).to_be_attached()
    visitor.choose("layer", "things_norm · 12 × 12 · BatchNormalization")
    expect(visitor.page.get_by_text("things_norm has no filters; these are of")).to_be_visible()
    assert visitor.exceptions() == []


@pytest.mark.whole
def test_before_any_convolution_there_is_a_sentence(visitor: Visitor, real: Path) -> None:
    source = f"folder:{(real / 'meter_digits').resolve()}"
    view = "Learned filters"
    visitor.open("layers", source=source, layers_view=view, layer="batch_normalization")
    expect(visitor.page.get_by_text("Neither this layer nor any before it")).to_be_visible()
    visitor.open("layers", source=source, layers_view="One channel", layer="conv2d")
    visitor.page.locator(".st-key-make_survey button", has_text="Look over 66 samples").click()
    expect(visitor.board("channel_board").locator(".tile").first).to_be_visible()
    visitor.open("layers", source=source, layers_view="Activation maps", layer="conv2d")
    expect(visitor.page.get_by_text(re.compile("Over 66 test samples"))).to_be_visible()
    assert visitor.exceptions() == []
