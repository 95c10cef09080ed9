"""A Streamlit server of one's own: on a free port, watched, stopped whatever happens."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
APP = ("-m", "streamlit", "run", "app.py")
HELLO = ("-m", "streamlit", "hello")
DEFAULT_CLEANUP = (
    "-m", "benchmarks.default_cleanup", "run", "app.py", "--runner.postScriptGC=true",
)  # fmt: skip
PATIENCE = 60.0  # seconds until a server must be healthy
POLL = 0.02


@dataclass(frozen=True)
class Server:
    """A server that answers.

    Attributes:
        url: `http://host:port`.
        pid: of its process.
        healthy_after: seconds from the start of the process to the first healthy answer.
        started: when it was started, on `time.perf_counter`'s clock.
    """

    url: str
    pid: int
    healthy_after: float
    started: float


@contextmanager
def serving(
    command: Sequence[str], checkout: Path = ROOT, cache: Path | None = None, **settings: str
) -> Iterator[Server]:
    """Start a server; it ends with the block.

    Args:
        command: of Python.
        cache: its cache folder; None for an empty one.
        checkout: where it runs: this one, or an earlier state of it.
        settings: variables of its environment.

    Raises:
        RuntimeError: it ended by itself or was not healthy in time; with the end of its log.
    """
    with TemporaryDirectory() as folder, (Path(folder) / "log").open("w+b") as log:
        port = _free_port()
        options = (
            f"--server.port={port}", "--server.address=127.0.0.1", "--server.headless=true",
            "--browser.gatherUsageStats=false",
        )  # fmt: skip
        environment = {
            "MALLOC_ARENA_MAX": "2", **os.environ, "GRADCAM_CACHE": str(cache or folder),
            **settings,
        }  # fmt: skip
        started = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, *command, *options],
            cwd=checkout, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
        try:
            url = f"http://127.0.0.1:{port}"
            _until_healthy(process, url, Path(log.name))
            yield Server(url, process.pid, time.perf_counter() - started, started)
        finally:
            _stop(process)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _until_healthy(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.perf_counter() + PATIENCE
    while time.perf_counter() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url + "/_stcore/health", timeout=5):
                return
        except urllib.error.HTTPError:
            return  # whoever refuses is there
        except (urllib.error.URLError, OSError):
            time.sleep(POLL)  # between two looks at its state, until the deadline
    end = log.read_text(encoding="utf-8", errors="replace")[-800:]
    raise RuntimeError(f"the server did not come up: {end}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def resident_megabytes(pid: int) -> float:
    """Resident memory of a process and all below it.

    Raises:
        OSError: this system has no `/proc`.
    """
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    own = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
    below = {
        int(child)
        for task in Path(f"/proc/{pid}/task").glob("*/children")
        for child in task.read_text(encoding="utf-8").split()
    }
    return own / 1024 + sum(resident_megabytes(child) for child in below)
