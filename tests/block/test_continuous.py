"""The example for GitHub Actions in docs/command.md, run as the script that it is."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.services.conftest import blue_or_red_file  # noqa: F401 - a fixture
from tests.services.projects import BLUE, RED, folder_project, pointwise

ROOT = Path(__file__).parents[2]


def steps():
    """What each step of the job does, in order."""
    page = (ROOT / "docs" / "command.md").read_text(encoding="utf-8")
    (workflow,) = re.findall(r"```yaml\n(jobs:\n.*?)```", page, re.DOTALL)
    (job,) = yaml.safe_load(workflow)["jobs"].values()
    return job["steps"]


def checked_out():
    """Where the two repositories lie in the workspace: the project's and this one."""
    return [step["with"]["path"] for step in steps() if "checkout" in step.get("uses", "")]


def run(workspace):
    """The exit code of the script, as a runner has each step done until one fails."""
    tools = Path(sys.executable).parent
    # Whatever is not installed here is not to be fetched by a test.
    environment = {"PATH": f"{tools}:{os.environ['PATH']}", "PIP_NO_INDEX": "1"}
    for step in steps():
        if "run" in step:
            ended = subprocess.run(
                ["bash", "-e", "-c", step["run"]], cwd=workspace, env={**os.environ, **environment},
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            if ended.returncode:
                return ended.returncode, ended.stderr
    return 0, ""


@pytest.fixture
def workspace(tmp_path, blue_or_red_file):  # noqa: F811 - the fixture
    """An empty folder with both checkouts; old.h5 is right of all pictures."""
    project, ours = checked_out()
    pictures = {f"testing/{name}/{i}.png": color for name, color in (("blue", BLUE), ("red", RED))
                for i in range(4)}  # fmt: skip
    folder_project(
        tmp_path / project, blue_or_red_file, pictures,
        'classes = ["blue", "red"]\n[input]\nscaling = "0..1"\ncolor = "rgb"\n',
    )  # fmt: skip
    (model,) = (tmp_path / project).glob("model.*")
    model.rename(tmp_path / project / "old.h5")
    (tmp_path / ours).symlink_to(ROOT)
    return tmp_path


@pytest.mark.whole
def test_a_retrained_network_that_is_worse_ends_the_build(workspace):
    filters, head = [[0, 1], [0, 0], [1, 0]], [[4, 0], [0, 0]]
    worse = pointwise(filters, [0, 0], head, [1, 0], activation="softmax")
    worse.save(workspace / checked_out()[0] / "new.h5")
    code, told = run(workspace)
    assert code == 5, told
    assert "broken is 50.0\u00a0%, the limit is broken>1%" in told
    kept = json.loads((workspace / "gradcam-output" / "manifest.json").read_text())["comparison"]
    assert len(kept["limits_broken"]) == 2


@pytest.mark.whole
def test_a_retrained_network_that_is_as_good_passes(workspace):
    project = workspace / checked_out()[0]
    (project / "new.h5").write_bytes((project / "old.h5").read_bytes())
    assert run(workspace) == (0, "")
    assert (workspace / "gradcam-output" / "comparison.csv").is_file()
