"""A dashboard of one's own: started on a free port, stopped whatever happens."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Dashboard:
    """A running server.

    Attributes:
        url: its address, without a slash at the end.
        log: the file that gets what it prints.
        process: the server itself.
    """

    url: str
    log: Path
    process: subprocess.Popen[bytes]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_dashboard(
    folder: Path, *, port: int | None = None, **environment: str
) -> Iterator[Dashboard]:
    """Start the dashboard with a cache of its own in `folder` and wait until it is healthy.

    Args:
        folder: for its cache, its notes and its log.
        port: that it gets; None for a free one.
        environment: variables; `{port}` in them is the port that it gets.
    """
    port = port or free_port()
    log = folder / "server.log"
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    env = {
        **os.environ,
        "GRADCAM_CACHE": str(folder / "cache"),
        "GRADCAM_NOTES": str(folder / "notes"),
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "MALLOC_ARENA_MAX": "2",
        **{name: value.replace("{port}", str(port)) for name, value in environment.items()},
    }
    with log.open("wb") as sink:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=sink, stderr=sink)
    try:
        dashboard = Dashboard(f"http://localhost:{port}", log, process)
        wait_for_health(dashboard)
        yield dashboard
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(20)


def wait_for_health(dashboard: Dashboard, seconds: float = PATIENCE) -> None:
    """Wait until the server says that it is well; it has `seconds` to do so."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"{dashboard.url}/live", timeout=5):
                return
        except OSError:
            try:
                dashboard.process.wait(0.05)
            except subprocess.TimeoutExpired:
                continue
            break
    raise RuntimeError(f"the dashboard did not come up: {dashboard.log.read_text()}")
