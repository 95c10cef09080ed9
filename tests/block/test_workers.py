"""`--workers`: the same files as of one process, whatever becomes of the workers."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from command.workers import arguments_of_worker
from tests.block.commands import ROOT, Run
from tests.services.export.exports import prints_of
from tests.waiting import PATIENCE

SLOW = ("--method", "occlusion", "--method-settings", "size=0.5")


def command(*arguments):
    return [sys.executable, "-B", "block.py", *map(str, arguments)]


def ended(*arguments):
    """The command run by a process of its own, as its workers are."""
    done = subprocess.run(
        command(*arguments), cwd=ROOT, env=dict(os.environ), capture_output=True, text=True
    )
    return Run(done.returncode, done.stdout, done.stderr)


def worker_of(driver):
    """A process that a command has begun, as soon as there is one."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and driver.poll() is None:
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                words = stat.read_text().rpartition(") ")[2].split()
            except OSError:  # it ended just now
                continue
            if int(words[1]) == driver.pid:
                return int(stat.parent.name)
    pytest.fail("no worker was begun")


@pytest.fixture
def alone(run, folder, tmp_path):
    """Prints of what one process makes."""
    assert run("--project", folder, "--output", tmp_path / "alone", *SLOW).code == 0
    return prints_of(tmp_path / "alone")


@pytest.mark.whole
def test_several_make_the_same_files(folder, output, alone):
    done = ended("--project", folder, "--output", output, *SLOW, "--workers", "2")
    assert done.summary.startswith("10 explained")
    assert prints_of(output) == alone


@pytest.mark.whole
def test_a_shared_scale_is_the_same_for_all_of_them(run, folder, output, tmp_path):
    shared = ("--project", folder, *SLOW, "--shared-scale")
    run(*shared, "--output", tmp_path / "alone")
    assert ended(*shared, "--output", output, "--workers", "2").code == 0
    assert prints_of(output) == prints_of(tmp_path / "alone")


def test_a_killed_worker_costs_its_batch_and_nothing_else(folder, output, alone):
    arguments = ("--project", folder, "--output", output, *SLOW, "--workers", "2")
    with subprocess.Popen(
        command(*arguments), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as driver:
        os.kill(worker_of(driver), signal.SIGKILL)
        _, words = driver.communicate()
    assert driver.returncode == 0, words
    assert prints_of(output) == alone


@pytest.mark.whole
def test_a_stop_ends_the_workers_and_the_same_command_goes_on(folder, output, alone):
    arguments = ("--project", folder, "--output", output, *SLOW, "--workers", "2")
    with subprocess.Popen(
        command(*arguments), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as driver:
        worker = worker_of(driver)
        driver.send_signal(signal.SIGINT)
        _, words = driver.communicate()
    assert driver.returncode == 130, words
    assert not Path(f"/proc/{worker}").exists()
    assert ended(*arguments).code == 0
    assert prints_of(output) == alone


def test_a_key_is_not_among_the_arguments_of_a_worker():
    given = ("--api-key", "ei_secret", "--limit", "3", "--api-key=ei_other", "--alpha", "0.5")
    own = arguments_of_worker(given)
    assert own == ["--limit", "3", "--alpha", "0.5", "--skip-dataset-download"]
