"""The dashboard on a small project whose network is plain numpy."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from gradcam import loading
from services.settings import settings
from tests.components.visiting import APP, settled
from tests.gradcam.backends.back_ends import drawn_pictures, drawn_weights
from tests.gradcam.backends.numpy_network import NumpyNetwork, NumpyReader, written
from tests.services.projects import drawn
from tests.waiting import PATIENCE


@pytest.fixture
def numpy_app(monkeypatch, tmp_path):
    """The dashboard on a project whose network is of some kind."""

    def app(kind=NumpyNetwork, pictures=3, **query):
        own = tmp_path / f"{pictures} pictures"
        for number, picture in enumerate(drawn_pictures(pictures)):
            pixels = np.clip((picture + 1.5) * 85, 0, 255).round().astype(np.uint8)
            drawn(own / "testing" / "abc"[number % 3] / f"{number:03}.png", pixels)
        (own / "project.toml").write_text('model = "model.numpy"\ntask = "classification"\n')
        (own / "model.numpy").write_bytes(written(drawn_weights()))
        monkeypatch.setattr(loading, "READERS", (*loading.READERS, NumpyReader(kind)))
        monkeypatch.setenv("GRADCAM_CACHE", str(tmp_path / "cache"))
        monkeypatch.setenv("GRADCAM_FOLDERS", str(tmp_path))
        settings.cache_clear()
        opened = AppTest.from_file(str(APP), default_timeout=PATIENCE)
        opened.query_params["source"] = f"folder:{own}"
        for name, value in query.items():
            opened.query_params[name] = value
        settled(opened)
        return opened

    yield app
    settings.cache_clear()
