"""Killed before any change of a file, or with a file half written, an export can be begun again."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_an_export_may_be_killed_at_any_moment(tmp_path):
    done = subprocess.run(
        [sys.executable, "-B", "-m", "tests.services.export.crash", str(tmp_path)],
        cwd=ROOT,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    print(f"killed before each of {told['operations']} changes of files")
    assert told["operations"] > 50
    assert told["written"] > 10
    assert told["wrong"] == []
