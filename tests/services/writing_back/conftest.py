import pytest

from services.settings import settings
from tests.services.edge_impulse.conftest import project, quick, studio

__all__ = ["project", "quick", "studio"]  # fixtures


@pytest.fixture(autouse=True)
def own_log(fresh, tmp_path, monkeypatch):
    """A log in which nothing stands yet."""
    monkeypatch.setenv("GRADCAM_NOTES", str(tmp_path / "notes"))
    settings.cache_clear()
