import pytest

from services.edge_impulse import transport
from services.settings import settings
from tests.services.edge_impulse.visits import LEARN, NETWORK
from tests.studio import drawn_project, running_studio
from tests.waiting import PATIENCE


@pytest.fixture(autouse=True)
def quick(fresh, monkeypatch):
    """Nothing of the machine's own settings, and no wait that a test does not ask for."""
    monkeypatch.delenv("GRADCAM_STUDIO_HOSTS", raising=False)
    monkeypatch.setenv("GRADCAM_STUDIO_TIMEOUT", str(PATIENCE))
    monkeypatch.setenv("GRADCAM_STUDIO_POLL", "0.05")
    monkeypatch.setattr(transport, "BACKOFF", 0.001)
    settings.cache_clear()


@pytest.fixture
def impatient(monkeypatch):
    """A server whose owner gives Studio less than half a second."""
    monkeypatch.setenv("GRADCAM_STUDIO_TIMEOUT", "0.4")
    settings.cache_clear()


def small_project(count=6, **more):
    """Small pictures, and a model that nobody can open but that is a file."""
    project = drawn_project(count, **more)
    project.learn(LEARN).model = NETWORK
    return project


@pytest.fixture
def project():
    return small_project()


@pytest.fixture
def studio(project):
    with running_studio(project) as running:
        yield running
