import pytest

import gradcam
from gradcam.backends.keras.network import KerasNetwork
from services.heatmaps import heatmaps
from services.keeping.store import BoundedStore
from services.opening import networks, opening, side_by_side, switching
from services.opening.check import check
from services.people import known, revoked
from services.predictions import both_arithmetics, thumbnails
from services.settings import settings
from services.work.one_process import OneProcess
from tests.services import projects


@pytest.fixture(autouse=True)
def fresh(monkeypatch, tmp_path):
    """A server that was just started: its own cache folder, nothing in memory."""
    for name in ("FOLD", "FOLDERS", "CACHE_DAYS", "CACHE_GB", "CAPTURE_MB", "PROJECTS", "DATABASE"):
        monkeypatch.delenv(f"GRADCAM_{name}", raising=False)
    monkeypatch.setenv("GRADCAM_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("GRADCAM_NOTES", str(tmp_path / "notes"))
    settings.cache_clear()
    monkeypatch.setattr(known, "_noted", {})
    monkeypatch.setattr(revoked, "_revocations", revoked._Revocations())
    monkeypatch.setattr(opening, "_opened", BoundedStore(4))
    monkeypatch.setattr(switching, "_switched", BoundedStore(4))
    monkeypatch.setattr(networks, "_networks", BoundedStore(4))
    monkeypatch.setattr(check, "_checks", BoundedStore(64))
    monkeypatch.setattr(both_arithmetics, "_others", BoundedStore(4))
    # Neither timed nor run for it: how many pictures a network gets is counted in many tests.
    monkeypatch.setattr(side_by_side, "fastest", lambda _run: 1)
    monkeypatch.setattr(
        heatmaps,
        "_captures",
        BoundedStore(10**8, lambda c: c.activations.nbytes + c.gradients.nbytes),
    )
    monkeypatch.setattr(heatmaps, "_maps", BoundedStore(10**8, lambda found: found.raw.nbytes))
    monkeypatch.setattr(
        thumbnails, "_thumbnails", BoundedStore(10**8, lambda t: t.picture.nbytes + len(t.encoded))
    )
    yield
    settings.cache_clear()


@pytest.fixture
def workshop():
    """In which nothing is under way."""
    return OneProcess()


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="session")
def blue_or_red_file(model_folder):
    path = model_folder / "model.keras"
    projects.blue_or_red().save(path)
    return path


@pytest.fixture(scope="session")
def blue_or_red(blue_or_red_file):
    return gradcam.load_network(blue_or_red_file)


@pytest.fixture(scope="session")
def redness():
    """A regression: 4r - 2 for red in 0..1."""
    return KerasNetwork(projects.redness_scored("linear"), "redness.h5")


@pytest.fixture
def runs(monkeypatch):
    """How many pictures each run of a network got, in order."""
    sizes = []
    plain, perturbed = KerasNetwork.run, KerasNetwork.perturbed

    def run(self, batch):
        sizes.append(len(batch))
        return plain(self, batch)

    def through(self, picture, fill, masks, **asked):
        sizes.append(len(masks))
        return perturbed(self, picture, fill, masks, **asked)

    monkeypatch.setattr(KerasNetwork, "run", run)
    monkeypatch.setattr(KerasNetwork, "perturbed", through)
    return sizes
