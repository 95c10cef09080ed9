"""Processes that are started here, watched, and ended whatever happens."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PATIENCE = 300.0  # seconds that only a process which hangs needs, however busy the machine is
POLL = 0.1


class StartError(RuntimeError):
    """Something did not come up; its message is for the person who started it."""


@dataclass(frozen=True)
class Process:
    """A process of one's own.

    Attributes:
        name: what it is called in sentences.
        log: the file that gets what it prints.
        handle: the process itself.
        ends_by: the signal that it ends orderly by.
    """

    name: str
    log: Path
    handle: subprocess.Popen[bytes]
    ends_by: signal.Signals = signal.SIGTERM

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self.handle.poll() is None

    def end(self) -> None:
        """End it orderly, and by force if that takes too long."""
        if self.is_running:
            self.handle.send_signal(self.ends_by)
        try:
            self.handle.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it at once, as a machine that fails does."""
        self.handle.kill()
        self.handle.wait()

    def wait_until(self, ready: Callable[[], bool], patience: float = PATIENCE) -> None:
        """Wait for a state.

        Args:
            ready: whether it is reached.
            patience: seconds until it must be.

        Raises:
            StartError: the process ended, or it took too long; with the end of its log.
        """
        deadline = time.monotonic() + patience
        while not ready():
            if not self.is_running or time.monotonic() > deadline:
                end = self.log.read_text(encoding="utf-8", errors="replace")[-1500:]
                raise StartError(f"{self.name} did not come up:\n{end}")
            time.sleep(POLL)  # between two looks at its state, until the deadline


def start(
    name: str,
    command: Sequence[str | Path],
    logs: Path,
    environment: Mapping[str, str] | None = None,
    ends_by: signal.Signals = signal.SIGTERM,
) -> Process:
    """Start a process in the repository's folder.

    Args:
        name: what it is called; its log is named by it and added to.
        command: what is run.
        logs: the folder of its log.
        environment: what is set beside this process' own.
        ends_by: the signal that it ends orderly by.

    Raises:
        StartError: there is no such command.
    """
    log = logs / f"{name}.log"
    with log.open("ab") as sink:
        try:
            handle = subprocess.Popen(
                [str(word) for word in command],
                cwd=ROOT,
                env={**os.environ, **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                # Ctrl-C is for the one who started it, who then ends all in order.
                start_new_session=True,
            )
        except OSError as error:
            raise StartError(f"{name} cannot be started: {error}") from error
    return Process(name, log, handle, ends_by)


def free_port() -> int:
    """A port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
