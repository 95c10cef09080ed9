"""Damaged `.pt2` files end in one sentence or open: no crash, no hang, no memory gone."""

import subprocess
import sys

import pytest

from tests.gradcam.backends.back_ends import drawn_weights
from tests.gradcam.backends.graph.torch_export.exported import small_network
from tests.waiting import PATIENCE


def check(file, first, count):
    """In a process of its own, since a crash would take the tests along."""
    module = "tests.gradcam.backends.graph.torch_export.mutating"
    command = [sys.executable, "-m", module, str(file), str(first), str(count)]
    run = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=PATIENCE * count
    )
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-2000:]
    outcomes = [line.split(" ", 1)[1] for line in run.stdout.splitlines()]
    assert len(outcomes) == count
    assert set(outcomes) == {"refused", "opened"}


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return small_network(drawn_weights()).write(tmp_path_factory.mktemp("small") / "small.pt2")


def test_fifty_damaged_files(file):
    check(file, 0, 50)


@pytest.mark.whole
@pytest.mark.parametrize("first", [1000, 1250, 1500, 1750])
def test_a_thousand_damaged_files(file, first):
    check(file, first, 250)
