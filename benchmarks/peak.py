"""Peak memory of some work in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys

from benchmarks.server_process import ROOT

# getrusage's peak is inherited from the parent
TELL = """
print(open("/proc/self/status").read().split("VmHWM:")[1].split()[0])
"""


def peak_megabytes(code: str, *arguments: object) -> float:
    """Most resident memory that a new Python process had when it ran the code.

    Args:
        code: what it runs.
        arguments: what it finds in `sys.argv[1:]`, as text.
    """
    told = subprocess.run(
        [sys.executable, "-c", code + TELL, *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "MALLOC_ARENA_MAX": "2"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return int(told.split()[-1]) / 1024
