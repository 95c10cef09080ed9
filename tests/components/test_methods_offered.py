"""What is offered on the pages for a network that cannot be asked everything."""

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from gradcam import METHODS, loading
from gradcam.abilities import Ability
from services.settings import settings
from tests.gradcam.backends.back_ends import drawn_pictures, drawn_weights
from tests.gradcam.backends.numpy_network import NumpyNetwork, NumpyReader, limited_to, written
from tests.services.projects import drawn
from tests.waiting import PATIENCE

APP = Path(__file__).parents[2] / "app.py"
FIT = ["Eigen-CAM", "Occlusion", "LIME", "RISE", "Score-CAM"]


@pytest.fixture
def app(monkeypatch, tmp_path):
    """The dashboard on a project whose network is of some kind."""

    def app(kind):
        own = tmp_path / "project"
        for number, picture in enumerate(drawn_pictures(3)):
            pixels = np.clip((picture + 1.5) * 85, 0, 255).round().astype(np.uint8)
            drawn(own / "testing" / "abc"[number] / f"{number}.png", pixels)
        (own / "project.toml").write_text('model = "model.numpy"\ntask = "classification"\n')
        (own / "model.numpy").write_bytes(written(drawn_weights()))
        monkeypatch.setattr(loading, "READERS", (*loading.READERS, NumpyReader(kind)))
        monkeypatch.setenv("GRADCAM_CACHE", str(tmp_path / "cache"))
        monkeypatch.setenv("GRADCAM_FOLDERS", str(tmp_path))
        settings.cache_clear()
        opened = AppTest.from_file(str(APP), default_timeout=PATIENCE)
        opened.query_params["source"] = f"folder:{own}"
        settled(opened)
        return opened

    yield app
    settings.cache_clear()


def settled(app):
    for _ in range(2000):
        app.run()
        assert not app.exception
        if not any(str(button.key).startswith("stop_") for button in app.button):
            return
    raise AssertionError("the page is still busy")


def on_page(app, page):
    app.switch_page(f"pages/{page}.py")
    settled(app)
    return app


def test_explain_offers_what_fits_and_says_why_the_rest_does_not(app):
    page = on_page(app(limited_to(Ability.ACTIVATIONS)), "explain")
    offered = page.get_by_key("method")
    assert offered.value in {METHODS["eigen-cam"], "Eigen-CAM"}
    assert [each for each in offered.options if "control" not in each] == FIT
    (why,) = [each for each in page.expander if "not for this network" in each.label]
    assert why.label == f"{len(METHODS) - len(offered.options)} methods are not for this network"
    assert (
        "- Grad-CAM needs gradients with respect to a layer, which model.numpy does not give."
        in why.markdown[0].value.replace("\\", "")
    )
    assert not page.warning


def test_a_scan_says_why_it_cannot_be_made(app):
    page = on_page(app(limited_to(Ability.ACTIVATIONS)), "scan")
    assert [each.value.replace("\\", "") for each in page.info] == [
        "Grad-CAM needs gradients with respect to a layer, which model.numpy does not give."
    ]
    assert "make_scan" not in {button.key for button in page.button}


def test_of_a_network_that_can_do_all_every_method_is_offered(app):
    page = on_page(app(NumpyNetwork), "explain")
    assert page.get_by_key("method").options == [each.title for each in METHODS.values()]
    assert not [each for each in page.expander if "not for this network" in each.label]
    assert not page.warning


def test_the_network_page_says_what_nobody_knows(app):
    page = on_page(app(NumpyNetwork), "network")
    (parameters,) = [each for each in page.metric if each.label == "Parameters"]
    assert (parameters.value, parameters.delta) == (
        "525", "which of them are trainable is not known",
    )  # fmt: skip
