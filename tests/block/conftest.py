import logging

import pytest

import block
from services.edge_impulse import transport
from services.settings import settings
from tests.block.commands import Run
from tests.services.conftest import fresh, model_folder  # noqa: F401 - fixtures
from tests.services.export.conftest import contrast_file, network  # noqa: F401 - fixtures
from tests.services.export.exports import MANIFEST, spotted
from tests.services.projects import folder_project
from tests.waiting import PATIENCE


@pytest.fixture(autouse=True)
def alone(fresh, monkeypatch, tmp_path):  # noqa: F811 - the fixture
    """Nothing of the machine's own settings, and no wait that a test does not ask for."""
    for name in ("EI_API_KEY", "GRADCAM_STUDIO_HOSTS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GRADCAM_STUDIO_TIMEOUT", str(PATIENCE))
    monkeypatch.setenv("GRADCAM_STUDIO_POLL", "0.05")
    monkeypatch.setattr(transport, "BACKOFF", 0.001)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    monkeypatch.chdir(tmp_path)
    settings.cache_clear()
    before, level = logging.getLogRecordFactory(), logging.root.level
    yield
    logging.setLogRecordFactory(before)
    logging.root.setLevel(level)


@pytest.fixture
def run(capsys):
    """Runs the command in this process."""

    def command(*arguments):
        capsys.readouterr()
        try:
            code = block.main([str(argument) for argument in arguments])
        except SystemExit as ended:
            code = ended.code
        return Run(code, *capsys.readouterr())

    return command


@pytest.fixture
def output(tmp_path):
    return tmp_path / "out"


@pytest.fixture
def folder(contrast_file, tmp_path):  # noqa: F811 - the fixture
    """A project of ten samples, of which two are incorrect."""
    spotted(tmp_path / "project" / "testing", 10)
    return folder_project(tmp_path / "project", contrast_file, {}, MANIFEST)
