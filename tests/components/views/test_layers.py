"""Layers: nothing is drawn that does nothing, and a 1 × 1 convolution is a matrix."""

import keras
import pytest

from services.settings import settings
from tests.components.visiting import on_page, visited, words
from tests.services.projects import noise

SIDE = 16


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A network with a 3 × 3 and a 1 × 1 convolution, and three pictures."""
    own = tmp_path_factory.mktemp("mixing")
    keras.utils.set_random_seed(1)
    network = keras.Sequential([
        keras.Input((SIDE, SIDE, 3)),
        keras.layers.Conv2D(4, 3, activation="relu", name="shapes"),
        keras.layers.Conv2D(20, 1, activation="relu", name="mixing"),
        keras.layers.GlobalAveragePooling2D(),
        keras.layers.Dense(2, activation="softmax"),
    ])  # fmt: skip
    network.save(own / "model.keras")
    for number in range(3):
        noise(own / "testing" / "ab"[number % 2] / f"{number}.png", number, SIDE)
    return own


@pytest.fixture
def layers(folder, tmp_path, monkeypatch):
    """The page Layers of that project, by a link."""
    monkeypatch.setenv("GRADCAM_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("GRADCAM_FOLDERS", str(folder))
    settings.cache_clear()
    yield lambda **query: visited(folder, "layers", **query)
    settings.cache_clear()


def keys(app):
    widgets = [*app.selectbox, *app.number_input, *app.toggle, *app.button_group]
    return {each.key for each in widgets}


def test_a_1_by_1_convolution_is_a_matrix_and_has_no_controls_of_tiles(layers):
    page = layers(layers_view="Learned filters", layer="mixing")
    assert any("weighted sum of the input channels" in said for said in words(page))
    assert keys(page) & {"channels_shown", "filter_input", "shared_scale"} == set()
    assert "filter_sort" in keys(page)
    assert "filters_csv" in {each.key for each in page.get("download_button")}
    assert "filters_png" not in {each.key for each in page.get("download_button")}


def test_of_four_filters_nobody_is_asked_how_many(layers):
    page = layers(layers_view="Learned filters", layer="shapes")
    assert keys(page) >= {"filter_sort", "filter_input", "shared_scale"}
    assert "channels_shown" not in keys(page)


def test_how_many_channels_offers_no_more_than_there_are(layers):
    page = layers(layers_view="Activation maps", layer="mixing", channels_shown="64")
    (shown,) = [each for each in page.selectbox if each.key == "channels_shown"]
    assert shown.options == ["first 16", "all"]
    assert shown.value == 0


def test_samples_below_each_other_are_no_more_than_there_are(layers):
    (rows,) = [each for each in layers(layer_rows="8").number_input if each.key == "layer_rows"]
    assert (rows.max, rows.value) == (3, 3)
    assert "layer_rows" not in keys(layers(predicted_class="a", sample="last"))


def test_what_is_chosen_has_a_mark_of_its_own(layers):
    page = layers()
    said = " ".join(words(page))
    assert "▲ better than chance" in said
    assert "✓" not in said


def test_methods_side_by_side_tell_their_proof_once_each(numpy_app):
    query = {"view": "Methods side by side", "compare": "grad-cam,hires-cam"}
    page = on_page(numpy_app(**query), "explain")
    said = [text for text in words(page) if "hottest fifth hidden" in text]
    assert len(said) == 1
    assert not any("Checking" in text for text in words(page))
