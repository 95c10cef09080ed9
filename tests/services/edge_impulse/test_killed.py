"""The process is killed in the middle of a download; the next one goes on with it."""

import os
import random
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from services.edge_impulse.place import Way
from services.edge_impulse.transport import CHUNK_BYTES
from services.settings import settings
from tests.services.edge_impulse.conftest import small_project
from tests.services.edge_impulse.visits import (
    KEY,
    MODELS,
    NETWORK,
    PICTURES,
    ZIPS,
    connected,
    half_made,
    kept_files,
    samples_of,
    shelf_at,
)
from tests.studio import Action, Fault
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[3]
VISIT = """
import sys
from services.edge_impulse import transport
from services.edge_impulse.access import Access, ApiKey
from services.edge_impulse.connect import connect
from services.edge_impulse.host import find_host
from services.edge_impulse.place import Way
from services.work.progress import Progress

url, key, way = sys.argv[1:]
transport.BACKOFF = 0.001
connect(Access(ApiKey(key), find_host(url, [url])), Progress(), way=Way(way))
"""


@pytest.fixture
def project():
    """Pictures and a model so large that they come in many pieces."""
    project = small_project(40)
    for number, sample in list(project.samples.items()):
        tail = random.Random(number).randbytes(30_000)
        project.replace_sample(number, sample.content + tail)
    project.learn(7).model = NETWORK + random.Random(1).randbytes(500_000)
    return project


def killed(studio, way, hanging):
    """Connect in another process, and kill it as soon as so many of its requests hang."""
    command = [sys.executable, "-B", "-c", VISIT, studio.url, KEY, way]
    visitor = subprocess.Popen(command, cwd=ROOT, env=dict(os.environ))
    try:
        studio.wait_for(
            lambda: studio.faults.hanging == hanging or visitor.poll() is not None, PATIENCE
        )
        assert visitor.poll() is None
    finally:
        visitor.send_signal(signal.SIGKILL)
        visitor.wait(PATIENCE)
    studio.wait_for(lambda: studio.faults.hanging == 0, PATIENCE)
    studio.faults.clear()
    studio.forget()


def fresh_files(studio, tmp_path, monkeypatch, way):
    """What a visit keeps in a cache that was empty before."""
    with monkeypatch.context() as patch:
        patch.setenv("GRADCAM_CACHE", str(tmp_path / "fresh"))
        settings.cache_clear()
        content, _ = connected(studio, way=way)
        kept = kept_files()
    settings.cache_clear()
    return kept, [sample.path.name for sample in content.labelled.samples]


def begun_at(request):
    return int(request.byte_range.removeprefix("bytes=").removesuffix("-"))


def compare(studio, content, tmp_path, monkeypatch, way):
    assert half_made() == []
    kept, names = fresh_files(studio, tmp_path, monkeypatch, way)
    assert kept_files() == kept
    assert [sample.path.name for sample in content.labelled.samples] == names
    assert len(names) == 40


def test_picture_by_picture_goes_on_where_it_was_killed(studio, project, tmp_path, monkeypatch):
    studio.faults.add(Fault(Action.HANG, PICTURES, skip=25, times=None))
    killed(studio, Way.SAMPLES, hanging=4)
    assert len(kept_files(shelf_at(studio).pictures)) == 25
    content, told = connected(studio)
    assert studio.count(PICTURES) == 15
    assert studio.count(MODELS) == 0
    assert told.fetched[0] == 15
    for number, sample in samples_of(content).items():
        assert sample.path.read_bytes() == project.samples[number].content
    compare(studio, content, tmp_path, monkeypatch, Way.SAMPLES)


def test_an_export_goes_on_where_it_was_killed(studio, project, tmp_path, monkeypatch):
    studio.faults.add(Fault(Action.CUT, ZIPS, at=700_000))
    studio.faults.add(Fault(Action.HANG, ZIPS, times=None))
    killed(studio, Way.EXPORT, hanging=1)
    assert not list(shelf_at(studio).exports.glob("*"))
    content, told = connected(studio, way=Way.EXPORT)
    (request,) = studio.log.chosen(ZIPS)
    assert request.status == 206
    assert 700_000 - CHUNK_BYTES <= begun_at(request) <= 700_000
    assert told.fetched == (1, len(project.exports[0].content) - begun_at(request))
    assert studio.count("/jobs/export/original") == 0
    assert studio.leaks == []
    for number, sample in samples_of(content).items():
        assert sample.path.read_bytes() == project.samples[number].content
    compare(studio, content, tmp_path, monkeypatch, Way.EXPORT)


def test_a_process_killed_while_studio_packs_leaves_nothing_to_go_on_with(
    studio, project, tmp_path, monkeypatch
):
    studio.faults.add(Fault(Action.HANG, "/jobs/*/status", times=None))
    killed(studio, Way.EXPORT, hanging=1)
    content, _ = connected(studio, way=Way.EXPORT)
    assert studio.count("/jobs/export/original") == 1
    compare(studio, content, tmp_path, monkeypatch, Way.EXPORT)


def test_a_model_is_never_half_there(studio, project):
    studio.faults.add(Fault(Action.CUT, MODELS, at=300_000))
    studio.faults.add(Fault(Action.HANG, MODELS, times=None))
    killed(studio, Way.SAMPLES, hanging=1)
    assert not list(shelf_at(studio).folder.glob("models/[0-9]*"))
    content, _ = connected(studio)
    assert studio.count(MODELS) == 1
    with zipfile.ZipFile(content.model) as archive:
        assert archive.read("model.h5") == project.learn(7).model
