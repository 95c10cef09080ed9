from collections import Counter

import pytest
from hypothesis import settings
from xdist.scheduler import LoadFileScheduling

from services.settings import settings as server_settings
from tests.postgresql import MISSING, postgresql_or_none

# The same examples in each run, however busy the machine is.
settings.register_profile("project", database=None, deadline=None, derandomize=True)
settings.load_profile("project")


@pytest.fixture(autouse=True, scope="session")
def notes_of_nobody(tmp_path_factory):
    """What tests write is kept from what the developer has written."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADCAM_NOTES", str(tmp_path_factory.mktemp("notes")))
        yield


@pytest.fixture(scope="session")
def postgresql_of_the_run():
    """One server for all tests, made for the first that asks."""
    with postgresql_or_none() as server:
        yield server


@pytest.fixture
def postgresql(postgresql_of_the_run):
    """A server, in which a test makes databases of its own."""
    if postgresql_of_the_run is None:
        pytest.skip(MISSING)
    yield postgresql_of_the_run
    postgresql_of_the_run.empty()


@pytest.fixture(params=["sqlite", "postgresql"])
def each_database(request, monkeypatch):
    """An empty database of each kind, for what has to hold on both."""
    monkeypatch.delenv("GRADCAM_DATABASE", raising=False)
    if request.param == "postgresql":
        server = request.getfixturevalue("postgresql")
        monkeypatch.setenv("GRADCAM_DATABASE", server.make_database())
    server_settings.cache_clear()
    yield request.param
    server_settings.cache_clear()


# Files whose tests share a server; a second one would take longer than they do.
SHARING = {
    "browser and Studio": ("tests/browser/test_edge_impulse",),
    "browser and provider": ("tests/browser/test_sign_in", "tests/browser/test_together"),
}


class LongestFirst(LoadFileScheduling):
    """A process gets a whole file, or all that share a server; those of a browser come first.

    They take the longest, and one of them at the end would leave the other process idle.
    """

    def __init__(self, config, log):
        config.option.loadscopereorder = False  # else by the number of tests
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return next((scope for scope, names in SHARING.items() if file.startswith(names)), file)


def pytest_collection_modifyitems(items):
    seen = Counter()
    for item in items:
        few, function = item.get_closest_marker("few"), item.nodeid.partition("[")[0]
        seen[function] += 1
        if few is not None and seen[function] > few.args[0]:
            item.add_marker(pytest.mark.whole)
    count = Counter(item.path for item in items)

    def place(item):
        browser = item.path.parent.name == "browser"
        studio = browser and "edge_impulse" in item.path.name
        return not studio, not browser, -count[item.path]

    items.sort(key=place)


def pytest_xdist_make_scheduler(config, log):
    return LongestFirst(config, log)
