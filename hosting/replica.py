"""One process of the dashboard among several."""

from __future__ import annotations

import json
import sys
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from hosting.processes import Process, StartError, free_port, start


class Replica:
    """A dashboard on a port of its own, which can end and come back there.

    Attributes:
        name: as the proxy's cookie says it.
        place: `host:port`.
    """

    def __init__(self, name: str, logs: Path, environment: Mapping[str, str]) -> None:
        self.name = name
        self._port = free_port()
        self.place = f"127.0.0.1:{self._port}"
        self._logs = logs
        self._environment = dict(environment)
        self._process: Process | None = None

    @property
    def process(self) -> Process:
        """Its process.

        Raises:
            StartError: it was never started.
        """
        if self._process is None:
            raise StartError(f"replica {self.name} was not started")
        return self._process

    def start(self) -> None:
        """Start it; it may not answer yet."""
        command = (
            sys.executable, "-m", "streamlit", "run", "app.py",
            "--server.address=127.0.0.1", f"--server.port={self._port}", "--server.headless=true",
        )  # fmt: skip
        self._process = start(f"replica-{self.name}", command, self._logs, self._environment)

    def wait_until_ready(self) -> None:
        """Wait until people may be led to it.

        Raises:
            StartError: it ended, or it took too long.
        """
        self.process.wait_until(self._is_ready)

    def end(self) -> None:
        """End it orderly."""
        if self._process is not None:
            self._process.end()

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://{self.place}/ready", timeout=10) as answer:
                return json.load(answer) == {"ready": True}
        except (OSError, ValueError):
            return False
