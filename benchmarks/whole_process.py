"""A process of its own, measured from its start to its end."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

from benchmarks.server_process import ROOT

FOLDER = "{}"  # in a command: the process' own empty folder


@dataclass(frozen=True)
class Spent:
    """What a process took.

    Attributes:
        wall: seconds from its start to its end.
        processor: seconds of all its threads, of its own and in the system.
    """

    wall: float
    processor: float


@dataclass(frozen=True)
class Command:
    """What a process runs.

    Attributes:
        arguments: of Python; `FOLDER` stands for an empty folder that is there for one run.
        checkout: where it runs: this one, or an earlier state of it.
    """

    arguments: tuple[str, ...]
    checkout: Path = ROOT

    def run(self) -> Spent:
        """Run it once, with nothing kept from before.

        Raises:
            RuntimeError: it failed; with the end of what it wrote.
        """
        with TemporaryDirectory() as folder, TemporaryFile() as said:
            environment = {"MALLOC_ARENA_MAX": "2", **os.environ}
            environment |= {"GRADCAM_CACHE": f"{folder}/cache", "GRADCAM_NOTES": f"{folder}/notes"}
            started = time.perf_counter()
            process = subprocess.Popen(
                [sys.executable, *(word.replace(FOLDER, folder) for word in self.arguments)],
                cwd=self.checkout, env=environment, stdout=said, stderr=said,
            )  # fmt: skip
            _, status, usage = os.wait4(process.pid, 0)
            spent = Spent(time.perf_counter() - started, usage.ru_utime + usage.ru_stime)
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode:
                said.seek(0)
                raise RuntimeError(said.read()[-800:].decode(errors="replace"))
        return spent


def by_turns(first: Command, second: Command, count: int) -> list[tuple[Spent, Spent]]:
    """Run two commands in turns, once before it counts; who goes first changes."""
    first.run(), second.run()  # on the disk's cache, compiled
    pairs = []
    for number in range(count):
        if number % 2:
            b, a = second.run(), first.run()
        else:
            a, b = first.run(), second.run()
        pairs.append((a, b))
    return pairs
