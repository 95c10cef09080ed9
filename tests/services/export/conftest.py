import pytest

import gradcam
from services.export import background
from services.findings.report import reports
from services.keeping.store import BoundedStore
from tests.services.export.exports import contrast, spotted_project


@pytest.fixture(autouse=True)
def nothing_estimated(fresh, monkeypatch):
    """No export of another test was estimated, and none of its scans is kept."""
    monkeypatch.setattr(background, "_estimates", BoundedStore(64))
    monkeypatch.setattr(reports, "_memory", BoundedStore(64))


@pytest.fixture(scope="session")
def contrast_file(model_folder):
    path = model_folder / "contrast.keras"
    contrast().save(path)
    return path


@pytest.fixture(scope="session")
def network(contrast_file):
    return gradcam.load_network(contrast_file)


@pytest.fixture
def project(network, tmp_path):
    """Ten samples, of which two are incorrect."""
    return spotted_project(network, tmp_path / "data")
