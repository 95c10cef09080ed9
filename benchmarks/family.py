"""A command with all processes that it begins: measured, or one of them killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

from benchmarks.server_process import ROOT
from benchmarks.whole_process import FOLDER, Spent

LOOK = 0.25  # seconds between two looks; what a process does after the last one is not counted
_TICK = os.sysconf("SC_CLK_TCK")


def run_family(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    look: Callable[[Path], object],
    kills: str = "",
) -> Spent:
    """Run a command, nothing kept from before; the processor's time is of all its processes.

    Args:
        arguments: of Python; `FOLDER` stands for an empty folder that is there for one run.
        environment: beside this process' own.
        look: is given the folder before it goes.
        kills: words of a command line; the first process of the family that has them is killed.

    Raises:
        RuntimeError: it failed, with the end of what it wrote; or nothing could be killed.
    """
    with TemporaryDirectory() as folder, TemporaryFile() as said:
        own = {"GRADCAM_CACHE": f"{folder}/cache", "GRADCAM_NOTES": f"{folder}/notes"}
        started = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, *(word.replace(FOLDER, folder) for word in arguments)],
            cwd=ROOT, env={**os.environ, **environment, **own}, stdout=said, stderr=said,
        )  # fmt: skip
        family = _Family(own["GRADCAM_CACHE"], kills)
        ended = threading.Event()
        watch = threading.Thread(target=family.watch, args=(ended,))
        watch.start()
        try:
            code = process.wait()
        finally:
            wall = time.perf_counter() - started
            ended.set()
            watch.join()
        if code:
            said.seek(0)
            raise RuntimeError(said.read()[-800:].decode(errors="replace"))
        if kills and not family.killed:
            raise RuntimeError(f"no process was seen whose command line has {kills}")
        look(Path(folder))
        return Spent(wall, sum(family.seconds.values()))


class _Family:
    """Processes that have the same cache in their environment, as their command gave it to them."""

    def __init__(self, cache: str, kills: str) -> None:
        self._mark, self._kills = f"GRADCAM_CACHE={cache}\0".encode(), kills.encode()
        self._strangers: set[int] = set()
        self.seconds: dict[int, float] = {}
        self.killed = 0

    def watch(self, ended: threading.Event) -> None:
        """Look until it has ended."""
        while not ended.wait(LOOK):
            for pid in (int(each.name) for each in Path("/proc").glob("[0-9]*")):
                if pid not in self._strangers:
                    with suppress(OSError):  # it ended just now
                        self._see(Path(f"/proc/{pid}"), pid)

    def _see(self, place: Path, pid: int) -> None:
        if pid not in self.seconds and self._mark not in (place / "environ").read_bytes():
            self._strangers.add(pid)
            return
        words = (place / "stat").read_text().rpartition(") ")[2].split()
        self.seconds[pid] = (int(words[11]) + int(words[12])) / _TICK
        if self._kills and not self.killed and self._kills in (place / "cmdline").read_bytes():
            os.kill(pid, signal.SIGKILL)
            self.killed = pid
