"""What the image would run: installed from the lock into an empty environment, both ways."""

import os
import shlex
import subprocess
import sys
import time
import urllib.request
import zipfile
from pathlib import Path

import pytest

from tests.browser.server import Dashboard, free_port, wait_for_health
from tests.container.recipe import copy_context, stages, steps
from tests.waiting import PATIENCE


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    """A folder as the image's root: /opt/venv, /opt/gradcam, /out, /cache."""
    root = tmp_path_factory.mktemp("image")
    uv = Path(sys.executable).with_name("uv")
    venv = root / "opt" / "venv"
    copy_context(root / "opt" / "gradcam")
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, venv], check=True)
    lock = root / "opt" / "gradcam" / "requirements.lock"
    subprocess.run(
        [uv, "pip", "install", "--quiet", "--python", venv, "--require-hashes", "-r", lock],
        check=True,
    )
    (root / "out").mkdir()
    (root / "cache").mkdir()
    (root / "notes").mkdir()
    return root


def environment(root, **more):
    """The image's ENV, its folders below `root`, and nothing of this process but what finds it."""
    _, final = stages()
    pairs = [pair for step in steps(final, "ENV") for pair in shlex.split(step.rest)]
    told = dict(pair.split("=", 1) for pair in pairs)
    assert told["PATH"].startswith("/opt/venv/bin:")
    told["PATH"] = f"{root}/opt/venv/bin:/usr/bin:/bin"
    for folder in ("GRADCAM_CACHE", "GRADCAM_NOTES"):
        told[folder] = f"{root}{told[folder]}"
    return told | {"LANG": "C.UTF-8"} | more


def entrypoint(root):
    _, final = stages()
    (step,) = steps(final, "ENTRYPOINT")
    (program,) = step.json
    return f"{root}{program}"


def workdir(root):
    _, final = stages()
    return f"{root}{steps(final, 'WORKDIR')[-1].rest}"


def test_with_arguments_it_is_the_block(image):
    done = subprocess.run(
        [entrypoint(image), "--demo", "cars", "--limit", "6"],
        cwd=workdir(image), env=environment(image), capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("6 explained: ")
    with zipfile.ZipFile(image / "out" / "gradcam-output" / "deploy.zip") as packed:
        assert len([name for name in packed.namelist() if name.endswith(".jpg")]) == 6


def test_wrong_arguments_end_with_code_2(image):
    done = subprocess.run(
        [entrypoint(image), "--alpha", "0.4"],
        cwd=workdir(image), env=environment(image), capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 2
    assert "give one of --api-key" in done.stderr


def test_without_arguments_it_is_the_dashboard_and_says_that_it_is_well(image, tmp_path):
    port = free_port()
    log = tmp_path / "log"
    env = environment(image, PORT=str(port), GRADCAM_ADDRESS="127.0.0.1")
    with log.open("wb") as sink:
        process = subprocess.Popen(
            [entrypoint(image)], cwd=workdir(image), env=env, stdout=sink, stderr=sink
        )
    try:
        wait_for_health(Dashboard(f"http://127.0.0.1:{port}", log, process))
        _, final = stages()
        (check,) = steps(final, "HEALTHCHECK")
        command = [word.replace("8501", str(port)) for word in check.json]
        deadline = time.monotonic() + PATIENCE
        while subprocess.run(command, env=env, stderr=subprocess.DEVNULL).returncode:
            assert time.monotonic() < deadline  # until TensorFlow is there and has explained one
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/export", timeout=PATIENCE) as page:
            assert page.status == 200
    finally:
        process.terminate()
        process.wait(PATIENCE)
    assert subprocess.run(command, env=env, stderr=subprocess.DEVNULL).returncode != 0


def test_the_context_holds_nothing_of_ours_that_it_does_not_need(image):
    there = {path.name for path in (image / "opt" / "gradcam").iterdir()}
    assert there.isdisjoint({"tests", "benchmarks", ".git", ".venv", "README.md"})
    assert os.access(entrypoint(image), os.X_OK)
