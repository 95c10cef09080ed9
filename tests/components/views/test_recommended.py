"""What is recommended stands on Explain and on Layers, one click away; then the link says it."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from gradcam import METHODS
from services.settings import settings
from tests.services.heatmaps.test_recommending import pictures, two_branches
from tests.waiting import PATIENCE

APP = Path(__file__).parents[3] / "dashboard.py"


@pytest.fixture
def app(monkeypatch, tmp_path):
    folder = tmp_path / "branches"
    (folder / "testing" / "bright").mkdir(parents=True)
    pictures(folder / "testing" / "bright", 12)
    two_branches().save(folder / "model.keras")
    (folder / "project.toml").write_text('classes = ["bright", "dark"]\ndata = "testing"\n')
    monkeypatch.setenv("GRADCAM_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("GRADCAM_FOLDERS", str(tmp_path))
    settings.cache_clear()
    opened = AppTest.from_file(str(APP), default_timeout=PATIENCE)
    opened.query_params["source"] = f"folder:{folder}"
    settled(opened)
    yield opened
    settings.cache_clear()


def settled(app):
    for _ in range(2000):
        app.run()
        assert not app.exception
        if not any(str(button.key).startswith("stop_") for button in app.button):
            return
    raise AssertionError("the page is still busy")


def go(app, page):
    app.switch_page(f"pages/{page}.py")
    settled(app)


def said(app):
    return " ".join(str(each.value) for each in (*app.markdown, *app.caption)).replace("\\", "")


def test_a_blank_map_has_its_way_out_below_it(app):
    go(app, "explain")
    assert "**Recommended: Grad-CAM at sees.** Over " in said(app)
    assert "Blank maps: 0 instead of 12." in said(app)
    assert "It covers one of two branches; the others bypass it." in said(app)
    assert {"layer", "method"}.isdisjoint(app.query_params)
    app.button(key="take_recommended").click()
    settled(app)
    assert app.query_params["layer"] == "sees"
    assert "✓ Grad-CAM at sees is recommended." in said(app)
    assert "take_recommended" not in [button.key for button in app.button]
    assert "The heat lies where it counts" in said(app)


def test_layers_recommend_the_same(app):
    go(app, "layers")
    assert "**Recommended: Grad-CAM at sees.** Over " in said(app)
    app.button(key="take_recommended").click()
    settled(app)
    assert app.query_params["layer"] == "sees"


def test_a_heatmap_that_is_no_better_than_chance_has_the_way_out_beside_it(app):
    go(app, "explain")
    chosen = app.session_state["choices"].having(method=METHODS["random-map"], layer="sees")
    app.session_state["choices"] = chosen
    settled(app)
    drawn = [each for each in app.main if each.type in {"markdown", "button"}]
    (sentence,) = [
        place
        for place, each in enumerate(drawn)
        if each.type == "markdown" and "No better than chance:" in str(each.value)
    ]
    beside = drawn[sentence + 1]
    assert (beside.key, beside.label) == ("take_recommended", "Use Grad\\-CAM at sees")
    app.button(key="take_recommended").click()
    settled(app)
    assert app.get_by_key("method").value == METHODS["grad-cam"]
    assert app.get_by_key("layer").value == "sees"
    assert "The heat lies where it counts" in said(app)
    assert "take_recommended" not in [button.key for button in app.button]
