"""Starting the imitation, and the projects it starts with."""

import os
import re
import signal
import subprocess
import sys

import pytest
import requests

from tests.studio import (
    drawn_jpeg,
    drawn_project,
)
from tests.studio.demo import DEMO
from tests.waiting import PATIENCE


def test_drawn_pictures_are_all_different():
    project = drawn_project(300, training=10, seed=1)
    assert len({sample.sha256 for sample in project.samples.values()}) == 310
    assert {sample.size for sample in project.samples.values()} == {(32, 24), (48, 36), (64, 48)}
    assert drawn_jpeg(1, seed=0) != drawn_jpeg(1, seed=1)
    assert {sample.label for sample in project.samples.values()} == {"car", "no car"}


def test_the_imitation_does_not_wait_for_tensorflow():
    code = (
        "import sys, tests.studio as s; s.demo_project('cars'); print('tensorflow' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=DEMO.parent, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_command(number):
    command = [sys.executable, "-m", "tests.studio", "--port", "0", "--demo", "gauge"]
    with subprocess.Popen(
        command, cwd=DEMO.parent, stdout=subprocess.PIPE, text=True, env=os.environ
    ) as process:
        said = []
        for line in process.stdout:
            said.append(line)
            if "Ctrl-C" in line:
                break
        (url,) = re.findall(r"GRADCAM_STUDIO_HOSTS=(\S+) make run", "".join(said))
        (project,) = projects_at(url, "ei_demo_gauge")
        process.send_signal(number)
        assert process.wait(PATIENCE) == 0
    assert project["name"] == "Pressure gauge"


def projects_at(url, key):
    answer = requests.get(f"{url}/v1/api/projects", headers={"x-api-key": key}, timeout=PATIENCE)
    return answer.json()["projects"]
