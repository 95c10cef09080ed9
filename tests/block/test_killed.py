"""The command is killed five times in the middle of its work; a restart ends as if nothing was."""

import os
import random
import signal
import subprocess
import sys
from contextlib import ExitStack

import pytest

from tests.block.commands import ROOT
from tests.services.export.exports import MANIFEST, RESULTS, files_of, packed, prints_of, spotted
from tests.services.projects import folder_project

COUNT = 70  # samples: three batches
# Says "held", and does nothing more, at the n-th event of a kind on a path that ends in some way.
HELD = """
import os, re, sys, threading
import block

event, pattern, number, *arguments = sys.argv[1:]
seen, pattern, number = [], re.compile(pattern), int(number)

def watch(happening, details):
    if happening == event and details and pattern.search(str(details[0])):
        seen.append(details)
        if len(seen) == number:
            os.write(1, b"held\\n")
            threading.Event().wait()

sys.addaudithook(watch)
print("ended with", block.main(arguments))
"""
OVERLAY = r"/results/gradcam/\w+/\.?\d+\.jpg(\.\d+\.\d+\.part)?$"
# Where to hold it: an event, a path, the how manieth one.
STATES = {
    "while the first overlays are drawn": ("open", OVERLAY, (1, 32)),
    "while the last overlays are drawn": ("open", OVERLAY, (33, COUNT)),
    "while the zip is packed": ("open", OVERLAY, (COUNT + 1, 2 * COUNT)),
    "while results take their place": ("os.rename", r"/results/[\w.]+$", (1, 5)),
    "while the working folder is removed": ("os.remove", r"(npz|npy|made-by|complete)$", (1, 8)),
}


@pytest.fixture
def project(contrast_file, tmp_path):
    spotted(tmp_path / "project" / "testing", COUNT)
    return folder_project(tmp_path / "project", contrast_file, {}, MANIFEST)


@pytest.fixture
def killed(project, tmp_path):
    """Output folders of commands that were killed, each in another state, by its name."""
    chance, outputs, where = random.SystemRandom(), {}, {}
    with ExitStack() as stack:
        children = {}
        for name, (event, pattern, (least, most)) in STATES.items():
            where[name] = chance.randint(least, most)
            outputs[name] = tmp_path / f"out-{len(outputs)}"
            command = [sys.executable, "-B", "-c", HELD, event, pattern, str(where[name])]
            command += ["--project", str(project), "--output", str(outputs[name])]
            child = subprocess.Popen(
                command, cwd=ROOT, env=dict(os.environ), stdout=subprocess.PIPE, text=True
            )
            children[name] = stack.enter_context(child)
            stack.callback(child.kill)
        for name, child in children.items():
            said = child.stdout.readline()
            print(f"killed {name}: at number {where[name]}")
            assert said == "held\n", (name, where[name])
            child.send_signal(signal.SIGKILL)
            assert child.wait() == -signal.SIGKILL
    return outputs


@pytest.mark.whole  # tests/services/export/test_killed.py: at any moment
def test_each_restart_ends_as_an_undisturbed_run(run, project, killed, tmp_path):
    run("--project", project, "--output", tmp_path / "undisturbed")
    expected = prints_of(tmp_path / "undisturbed")
    assert len(killed) == 5
    for name, output in killed.items():
        if (output / "deploy.zip").exists():  # whole, or not there
            beside = {n: body for n, body in files_of(output).items() if not n.startswith(".")}
            assert packed(output) == beside, name
        assert any(path.name.startswith(".gradcam") for path in output.iterdir()), name
        assert run("--project", project, "--output", output).code == 0, name
        assert prints_of(output) == expected, name
        assert {path.name for path in output.iterdir()} == RESULTS, name
