"""A cache of 50 MB: ten projects, nine of them closed, and two servers that fill it together."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from services.errors import ProjectError
from services.keeping.files import size_of
from services.keeping.store import BoundedStore
from services.opening import opening
from services.opening.opening import open_source
from services.settings import settings
from tests.services.opening.filling import is_whole, upload
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[3]
BOUND = 50_000_000


@pytest.fixture(autouse=True)
def fifty_megabytes(monkeypatch):
    monkeypatch.setenv("GRADCAM_CACHE_GB", "0.05")
    settings.cache_clear()


def keeps(count, monkeypatch):
    """From now on the server has so many projects open."""
    monkeypatch.setattr(opening, "_opened", BoundedStore(count))


def opened_afresh(reference):
    """As by a process that does not have it open: what it knows it has from the cache."""
    opening._opened.drop(str(reference))
    return open_source(reference)


def test_ten_projects_one_after_the_other_pass_no_bound(blue_or_red_file, monkeypatch):
    keeps(1, monkeypatch)
    references = []
    for number in range(10):
        references.append(upload(blue_or_red_file, f"project {number}"))
        opened = open_source(references[-1])
        assert is_whole(opened)
        assert size_of(settings().cache) <= BOUND
    assert opened_afresh(references[-1]).predictions.computed == 0
    with pytest.raises(ProjectError, match="no longer kept on this server; upload it again"):
        open_source(references[0])
    assert opened_afresh(references[-2]).predictions.computed == 0  # there was room for it


def test_what_is_open_stays_and_what_is_closed_goes(blue_or_red_file, monkeypatch):
    keeps(10, monkeypatch)
    opened = [open_source(upload(blue_or_red_file, f"project {n}")) for n in range(10)]
    assert all(is_whole(each) for each in opened)
    assert size_of(settings().cache) > BOUND
    files = [each.project.samples[0].path for each in opened]
    for each in opened[1:]:
        opening._opened.drop(str(each.reference))
    first = opened[0]
    del opened, each
    assert opened_afresh(first.reference).predictions.computed == 0
    assert size_of(settings().cache) <= BOUND
    assert is_whole(first)
    assert not files[1].exists()
    assert files[9].exists()


def server(model, name, count):
    return subprocess.Popen(
        [sys.executable, "-m", "tests.services.opening.filling", str(model), name, str(count)],
        cwd=ROOT,
        env={**os.environ, "GRADCAM_PROJECTS": "1", "TF_CPP_MIN_LOG_LEVEL": "3"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_two_servers_fill_it_together_and_both_go_on(blue_or_red_file):
    servers = [server(blue_or_red_file, name, 6) for name in ("one", "two")]
    try:
        for each in servers:
            assert each.stdout.readline() == "ready\n"
        for each in servers:
            each.stdin.write("go\n")
            each.stdin.flush()
        told = [json.loads(each.communicate(timeout=PATIENCE)[0]) for each in servers]
    finally:
        for each in servers:
            each.kill()
            each.wait()
    assert [each["lost"] for each in told] == [[], []]
    assert [each["whole"] for each in told] == [True, True]
    assert sorted(each["computed"] for each in told) == [0, 2]  # one predicted, one read
    assert sorted(each["explained"] for each in told) == [0, 1]  # one exported, one found it
    assert size_of(settings().cache) <= BOUND
    assert len(list((settings().cache / "uploads").iterdir())) < 13
