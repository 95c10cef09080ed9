"""Two processes on one cache do the same at once, and all ends right."""

import json
import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from services.keeping.files import size_of
from tests.services.edge_impulse.conftest import small_project
from tests.services.edge_impulse.visits import PICTURES
from tests.services.export.exports import spotted
from tests.services.replicas.one_of_two import BATCH, SAMPLES
from tests.studio import running_studio

ROOT = Path(__file__).parents[3]
BOUND = 400_000  # bytes


class Other:
    """One of the two, as the test sees it."""

    def __init__(self, process):
        self.process = process

    def begin(self, line):
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def answer(self):
        line = self.process.stdout.readline()
        assert line, "it has ended"
        return json.loads(line)


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """Both, ready; their cache and database are one."""
    folder = tmp_path_factory.mktemp("two")
    spotted(folder / "data", SAMPLES)
    env = {
        **os.environ,
        "GRADCAM_CACHE": str(folder / "cache"),
        "GRADCAM_CACHE_GB": str(BOUND / 1e9),
        "GRADCAM_DATABASE": f"sqlite:///{folder / 'shared.sqlite'}",
    }
    with ExitStack() as stack:
        both = []
        for number in range(2):
            command = [sys.executable, "-B", "-m", "tests.services.replicas.one_of_two"]
            process = subprocess.Popen(
                [*command, str(folder / "data"), str(number)],
                cwd=ROOT, env=env, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            )  # fmt: skip
            stack.callback(process.wait)
            stack.callback(process.kill)
            both.append(Other(process))
        assert [each.answer() for each in both] == ["ready", "ready"]
        both[0].cache = folder / "cache"
        yield both


def at_once(two, line):
    for each in two:
        each.begin(line)
    return [each.answer() for each in two]


def test_the_same_export_is_made_once_and_both_have_it(two):
    first, second = at_once(two, "export")
    assert first["zip"] == second["zip"]
    assert first["batches"] + second["batches"] == SAMPLES // BATCH


def test_eleven_exports_of_each_all_end_right_and_the_cache_stays_bounded(two):
    for answered in at_once(two, "exports"):
        assert len(answered["zips"]) == 11
        assert min(answered["zips"]) > 1_000
    kept = size_of(two[0].cache / "exports")
    assert 0 < kept < 1.5 * BOUND


def test_the_same_samples_are_predicted_once(two):
    first, second = at_once(two, "predict")
    assert first["outputs"] == second["outputs"]
    assert first["seen"] + second["seen"] == SAMPLES


def test_the_same_project_of_studio_is_fetched_once(two):
    with running_studio(small_project()) as studio:
        first, second = at_once(two, f"studio {studio.url}")
        assert len(first["files"]) == 6
        assert first == second
        assert studio.count(PICTURES) == 6


def test_an_export_whose_server_is_killed_goes_on_from_its_batches_at_another(two):
    """The last test: it kills one of the two."""
    ending, other = two
    ending.begin("ask 5")
    assert ending.answer() == {"held": 5}
    other.begin("ask")
    ending.process.kill()
    made = other.answer()
    assert made["error"] is None
    assert made["batches"] < SAMPLES // BATCH
