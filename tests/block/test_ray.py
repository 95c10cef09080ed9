"""`--engine ray`: a cluster makes the same files, also where a worker is lost."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.block.commands import ROOT
from tests.block.test_workers import SLOW, command, ended
from tests.services.export.exports import prints_of
from tests.waiting import PATIENCE

pytest.importorskip("ray", reason="Ray is not installed: pip install -r requirements-ray.txt")
pytestmark = pytest.mark.whole


def actor_of(driver):
    """A worker of the cluster that a command has begun, as soon as there is one."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and driver.poll() is None:
        for told in Path("/proc").glob("[0-9]*/cmdline"):
            if _command_line(told).startswith(b"ray::Worker.make"):
                return int(told.parent.name)
    pytest.fail("no worker was begun")


def all_gone():
    """Whether no process of a cluster stays; the last ones take a moment."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        told = b"".join(map(_command_line, Path("/proc").glob("[0-9]*/cmdline")))
        if b"raylet" not in told and b"ray::" not in told:
            return True
    return False


def _command_line(path):
    try:
        return path.read_bytes()
    except OSError:  # it ended just now
        return b""


@pytest.fixture
def alone(run, folder, tmp_path):
    """Prints of what one process makes."""
    assert run("--project", folder, "--output", tmp_path / "alone", *SLOW).code == 0
    return prints_of(tmp_path / "alone")


@pytest.mark.parametrize("workers", [1, 2])
def test_a_cluster_makes_the_same_files(folder, output, alone, workers):
    arguments = ("--project", folder, "--output", output, *SLOW, "--workers", workers)
    assert ended(*arguments, "--engine", "ray").summary.startswith("10 explained")
    assert prints_of(output) == alone
    assert all_gone()


def test_a_lost_worker_costs_its_batch_and_nothing_else(folder, output, alone):
    arguments = ("--project", folder, "--output", output, *SLOW, "--workers", 2, "--engine", "ray")
    with subprocess.Popen(
        command(*arguments), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as driver:
        os.kill(actor_of(driver), signal.SIGKILL)
        _, words = driver.communicate()
    assert driver.returncode == 0, words
    assert prints_of(output) == alone
