"""However many samples a project has: few listings, and memory that does not grow with pictures."""

import os
import subprocess
import sys
from pathlib import Path

from tests.services.edge_impulse.conftest import small_project
from tests.services.edge_impulse.visits import KEY, LISTING, PICTURES
from tests.studio import running_studio

ROOT = Path(__file__).parents[3]
EACH = 40_000  # bytes of a picture
VISITS = """
import resource, sys
from services.edge_impulse.access import Access, ApiKey
from services.edge_impulse.client import StudioClient
from services.edge_impulse.host import find_host
from services.edge_impulse.feeds.pictures import PictureFeed
from services.edge_impulse.shelf import shelf_of
from services.edge_impulse.test_set import fetch_files, list_samples
from services.work.progress import Progress

url, *keys = sys.argv[1:]
feed = PictureFeed(None, None)
for key in keys:
    progress = Progress()
    client = StudioClient(Access(ApiKey(key), find_host(url, [url])), progress)
    project = client.key_info().project
    samples = list_samples(client, project, feed, progress)
    found = fetch_files(client, project, feed, samples, shelf_of(url, project), progress)
    print(found.count, found.volume, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""
# Linux counts what a process was forked from as its own; so a small one forks it.
SMALL = "import subprocess, sys; sys.exit(subprocess.call(sys.argv[1:]))"


def large_pictures(count, number, key):
    project = small_project(count, id=number, key=key)
    tail = bytes(range(256)) * (EACH // 256)
    for sample in list(project.samples.values()):
        project.change_sample(sample.id, content=sample.content + tail, stored_name="")
    return project


def test_memory_is_flat_while_pictures_are_fetched():
    few, many = large_pictures(250, 1, f"{KEY}_few"), large_pictures(2500, 2, f"{KEY}_many")
    command = [sys.executable, "-c", SMALL, sys.executable, "-B", "-c", VISITS]
    with running_studio(few, many) as studio:
        done = subprocess.run(
            [*command, studio.url, f"{KEY}_few", f"{KEY}_many"],
            cwd=ROOT,
            env=dict(os.environ),
            capture_output=True,
            text=True,
            check=True,
        )
        assert studio.count(f"/1{LISTING}") == 1
        assert studio.count(f"/2{LISTING}") == 3
        assert studio.count(PICTURES) == 2750
    (few_count, few_bytes, after_few), (many_count, many_bytes, after_many) = [
        [int(word) for word in line.split()] for line in done.stdout.splitlines()
    ]
    assert (few_count, many_count) == (250, 2500)
    assert few_bytes > 250 * EACH * 0.99
    assert many_bytes > 2500 * EACH * 0.99
    print(f"at most {after_few} MB until 250 were there, {after_many} MB until 2,500 were")
    # 100 MB more went through it; what stays is a line of notes for each.
    assert after_many - after_few < 30
