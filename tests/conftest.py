from hypothesis import settings
from xdist.scheduler import LoadFileScheduling

# The same examples in each run, however busy the machine is.
settings.register_profile("project", database=None, deadline=None, derandomize=True)
settings.load_profile("project")


class Together(LoadFileScheduling):
    """Of several processes one gets a whole file, and one all that shares a browser and servers."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return "browser" if file.startswith("tests/browser/") else file


def pytest_xdist_make_scheduler(config, log):
    return Together(config, log)
