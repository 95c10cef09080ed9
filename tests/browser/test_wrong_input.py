"""Wrong input gets one clear sentence, and what was open stays open."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


def save_network(path: Path, classes: int = 2) -> None:
    keras.utils.set_random_seed(1)
    keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            keras.layers.Conv2D(4, 3, activation="relu"),
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(classes, activation="softmax"),
        ]
    ).save(path)


def save_pictures(folder: Path, count: int = 10, classes: tuple[str, ...] = ("a", "b")) -> None:
    rng = np.random.default_rng(0)
    for name in classes:
        (folder / name).mkdir(parents=True)
        for number in range(count):
            pixels = rng.integers(0, 255, (8, 8, 3), np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{number}.png")


def no_model(folder: Path) -> None:
    save_pictures(folder / "images")


def lambda_model(folder: Path) -> None:
    save_pictures(folder / "images")
    config = {"class_name": "Sequential", "config": {"layers": [
        {"class_name": "Lambda", "config": {"name": "rescale", "function": ["bytecode"]}}
    ]}}  # fmt: skip
    with h5py.File(folder / "model.h5", "w") as file:
        file.attrs["model_config"] = json.dumps(config)


def weights_only(folder: Path) -> None:
    save_pictures(folder / "images")
    with h5py.File(folder / "model.h5", "w") as file:
        file.create_dataset("dense/kernel", data=np.zeros((2, 2)))


def lfs_pointer(folder: Path) -> None:
    save_pictures(folder / "images")
    (folder / "model.h5").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:1\n")


def no_pictures(folder: Path) -> None:
    save_network(folder / "model.h5")


def too_many_labels(folder: Path) -> None:
    save_network(folder / "model.h5")
    save_pictures(folder / "images", classes=("a", "b", "c"))


def wrong_class_count(folder: Path) -> None:
    save_network(folder / "model.h5")
    save_pictures(folder / "images")
    (folder / "project.toml").write_text('classes = ["a", "b", "c"]\n')


def wrong_toml(folder: Path) -> None:
    save_network(folder / "model.h5")
    save_pictures(folder / "images")
    (folder / "project.toml").write_text('[input]\nscaling = "0..2"\n')


@pytest.mark.few(3)
@pytest.mark.parametrize(
    ("build", "sentence"),
    [
        (no_model, "There is no model (.h5, "),
        (lambda_model, "carries Python code in its Lambda layer “rescale” and was not opened"),
        (weights_only, "holds weights without the network itself"),
        (lfs_pointer, "is a Git LFS pointer, not the model itself"),
        (no_pictures, "There is no picture or sound in"),
        (too_many_labels, "tells 2 classes apart, but the samples carry 3 labels (a, b, c)"),
        (wrong_class_count, "3 classes are named in project.toml, but the network tells 2 apart"),
        (wrong_toml, "In project.toml, scaling is '0..2', which is none of"),
    ],
)
def test_wrong_folder_gets_one_sentence_and_loses_nothing(
    visitor: Visitor, tmp_path: Path, build: Callable[[Path], None], sentence: str
) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    build(folder)
    visitor.open("project", pooling="sum_abs")
    open_folder(visitor, folder)
    expect(visitor.page.get_by_text(sentence)).to_be_visible()
    visitor.at_rest()
    (notice,) = visitor.notices()
    assert sentence in notice
    assert "\n" not in notice
    assert visitor.exceptions() == []
    expect(visitor.page.locator("h1")).to_have_text("Car or not")
    assert visitor.query == {"source": "demo:cars", "pooling": "sum_abs"}


def test_three_broken_pictures_among_twenty_are_listed_and_the_rest_goes_on(
    visitor: Visitor, tmp_path: Path
) -> None:
    save_network(tmp_path / "model.h5")
    save_pictures(tmp_path / "images")
    (tmp_path / "images/a/0.png").write_bytes(b"")
    (tmp_path / "images/a/1.png").write_text("this is no picture")
    whole = (tmp_path / "images/b/2.png").read_bytes()
    (tmp_path / "images/b/2.png").write_bytes(whole[: len(whole) // 2])
    visitor.open("project")
    open_folder(visitor, tmp_path)
    expect(visitor.page.get_by_text("3 files left out")).to_be_visible()
    expect(visitor.page.get_by_test_id("stMetricValue").nth(1)).to_have_text("17")
    visitor.go("Samples")
    expect(visitor.page.locator(".board .tile")).to_have_count(17)
    assert visitor.exceptions() == []


@pytest.mark.whole
def test_a_network_with_one_answer_is_said_to_be_so(visitor: Visitor, tmp_path: Path) -> None:
    save_pictures(tmp_path / "images")
    inputs = keras.Input((8, 8, 3))
    pooled = keras.layers.GlobalAveragePooling2D()(keras.layers.Conv2D(2, 3)(inputs))
    network = keras.Model(inputs, keras.layers.Dense(2, activation="softmax")(pooled))
    network.layers[-1].set_weights([np.zeros((2, 2)), np.array([9.0, 0.0])])
    network.save(tmp_path / "model.keras")
    visitor.open("project")
    open_folder(visitor, tmp_path)
    expect(visitor.page.get_by_text("for every sample, so heatmaps cannot show")).to_be_visible()


def test_a_network_whose_numbers_are_not_finite_is_said_to_be_so(
    visitor: Visitor, tmp_path: Path
) -> None:
    save_pictures(tmp_path / "images")
    save_network(tmp_path / "model.keras")
    network = keras.models.load_model(tmp_path / "model.keras")
    network.layers[-1].set_weights([np.full((4, 2), np.nan), np.zeros(2)])
    network.save(tmp_path / "model.keras")
    source = f"folder:{tmp_path}"
    visitor.open("project", source=source)
    said = "NaN or infinity for 20 of 20 samples"
    assert any(said in notice for notice in visitor.notices())  # the scaling is a guess besides
    visitor.open("explain", source=source)
    expect(visitor.board("scores").locator(".bars li")).to_have_count(2)
    expect(visitor.page.get_by_text("so there is no map")).to_be_visible()
    assert visitor.exceptions() == []


def test_pictures_without_labels_open_and_say_what_is_missing(
    visitor: Visitor, tmp_path: Path
) -> None:
    save_network(tmp_path / "model.h5")
    save_pictures(tmp_path, classes=("images",))
    source = f"folder:{tmp_path}"
    visitor.open("project", source=source)
    expect(
        visitor.page.get_by_text("No picture is labelled, so alternatives could not be compared.")
    ).to_be_visible()
    visitor.open("samples", source=source, tiles="Overlay")
    expect(visitor.page.locator(".board canvas[data-painted]")).to_have_count(10)
    visitor.open("review", source=source)
    visitor.told("No sample is labelled")
    assert visitor.exceptions() == []


@pytest.mark.whole
def test_misspelt_keys_of_project_toml_are_said(visitor: Visitor, tmp_path: Path) -> None:
    save_network(tmp_path / "model.h5")
    save_pictures(tmp_path / "images")
    (tmp_path / "project.toml").write_text('[inptu]\nscaling = "0..255"\n')
    visitor.open("project", source=f"folder:{tmp_path}")
    wanted = "In project.toml, inptu.scaling means nothing here and was passed over."
    assert wanted in visitor.notices()  # the scaling itself is a guess, which is another one


def test_an_upload_opens(visitor: Visitor, tmp_path: Path) -> None:
    save_network(tmp_path / "mine.keras")
    save_pictures(tmp_path / "images")
    upload(visitor, tmp_path / "mine.keras", zipped(tmp_path / "images"))
    expect(visitor.page.get_by_test_id("stMetricValue").nth(1)).to_have_text("20")
    visitor.at_rest()
    assert visitor.query["source"].startswith("upload:")
    expect(visitor.page.locator("h1")).to_have_text("mine")
    assert visitor.exceptions() == []


def test_a_link_to_an_upload_that_is_gone_says_so_and_shows_nothing_else(visitor: Visitor) -> None:
    source = f"upload:{'0' * 32}"
    gone = "That upload is no longer kept on this server; upload it again."
    for page in ("samples", "project"):
        visitor.open(page, source=source)
        assert visitor.notices() == [gone]
        visitor.linked(source=source)
        expect(visitor.page.locator("h1")).to_have_text(page.capitalize())
        expect(visitor.page.locator(".st-key-source [aria-checked=true]")).to_have_text("Upload")
    visitor.press("source", "Demo")
    visitor.page.locator(".st-key-open_cars button").click()
    expect(visitor.page.locator("h1")).to_have_text("Car or not")
    assert visitor.exceptions() == []


def test_a_zip_bomb_gets_one_sentence_and_loses_nothing(visitor: Visitor, tmp_path: Path) -> None:
    save_network(tmp_path / "model.h5")
    bomb = tmp_path / "pictures.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(4):
            archive.writestr(f"a/{number}.png", bytes(40_000_000))
    upload(visitor, tmp_path / "model.h5", bomb)
    expect(visitor.page.get_by_text("times its size, which no samples do")).to_be_visible()
    expect(visitor.page.locator("h1")).to_have_text("Car or not")
    assert visitor.exceptions() == []


def test_labels_are_text_and_never_markup(visitor: Visitor, tmp_path: Path) -> None:
    requests: list[str] = []
    visitor.page.on("request", lambda request: requests.append(request.url))
    save_network(tmp_path / "model.h5")
    evil = "![x](http:example.invalid)<img src=x onerror=alert(1)> **b** $x$ :red[c]"
    save_pictures(tmp_path / "images", classes=("plain", evil.replace("/", "")))
    for page in ("project", "samples", "explain", "review"):
        visitor.open(page, source=f"folder:{tmp_path}", verdict="All", by="Predicted class")
        assert visitor.exceptions() == []
        markup = visitor.page.locator('img[src=x], strong:text-is("b"), .katex, span:text-is("c")')
        assert markup.count() == 0
    assert not [url for url in requests if "example.invalid" in url]


def open_folder(visitor: Visitor, folder: Path) -> None:
    visitor.unfold("Open another project")
    visitor.press("source", "Folder")
    visitor.page.locator(".st-key-folder input").fill(str(folder))
    visitor.page.locator(".st-key-open_folder button").click()


def upload(visitor: Visitor, model: Path, pictures: Path) -> None:
    visitor.open("project")
    visitor.unfold("Open another project")
    visitor.press("source", "Upload")
    for place, file in (("upload_model", model), ("upload_pictures", pictures)):
        uploader = visitor.page.locator(f".st-key-{place}")
        uploader.locator("input[type=file]").set_input_files(file)
        expect(uploader.get_by_text(file.name)).to_be_visible()  # before the page is drawn anew
        visitor.at_rest()
    button = visitor.page.locator(".st-key-open_upload button")
    expect(button).to_be_enabled()
    button.click()


def zipped(folder: Path) -> Path:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted(folder.rglob("*.png")):
            archive.write(path, path.relative_to(folder.parent))
    target = folder.with_suffix(".zip")
    target.write_bytes(buffer.getvalue())
    return target
