"""Damaged SavedModels end in one sentence or open: no crash, no hang, no memory gone."""

import subprocess
import sys

import pytest

from tests.gradcam.backends.back_ends import drawn_weights
from tests.gradcam.backends.graph.saved_model.written import small
from tests.waiting import PATIENCE


def survived(folder, first, count):
    """In a process of its own, since a crash would take the tests along."""
    module = "tests.gradcam.backends.graph.saved_model.mutating"
    command = [sys.executable, "-m", module, str(folder), str(first), str(count)]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=PATIENCE * count
    )


def check(run, count):
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-2000:]
    outcomes = [line.split(" ", 1)[1] for line in run.stdout.splitlines()[:count]]
    assert len(outcomes) == count
    assert set(outcomes) == {"refused", "opened"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return small(tmp_path_factory.mktemp("small") / "small", drawn_weights())


def test_fifty_damaged_folders(folder):
    check(survived(folder, 0, 50), 50)


@pytest.mark.whole
@pytest.mark.parametrize("first", [1000, 1250, 1500, 1750])
def test_a_thousand_damaged_folders(folder, first):
    check(survived(folder, first, 250), 250)
