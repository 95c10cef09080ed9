import pytest
from hypothesis import settings
from xdist.scheduler import LoadFileScheduling

# The same examples in each run, however busy the machine is.
settings.register_profile("project", database=None, deadline=None, derandomize=True)
settings.load_profile("project")


@pytest.fixture(autouse=True, scope="session")
def notes_of_nobody(tmp_path_factory):
    """What tests write is kept from what the developer has written."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADCAM_NOTES", str(tmp_path_factory.mktemp("notes")))
        yield


class Together(LoadFileScheduling):
    """A process gets a whole file, or all files that share a browser and servers."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        if not file.startswith("tests/browser/"):
            return file
        return "browser and Studio" if "edge_impulse" in file else "browser"


def pytest_xdist_make_scheduler(config, log):
    return Together(config, log)
