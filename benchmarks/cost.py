"""What some work costs a server: time, processor, peak memory, what is sent to the browser."""

from __future__ import annotations

import os
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from benchmarks.streamlit_client import Visitor

_TICK = os.sysconf("SC_CLK_TCK")
_OF_A_PROCESS = 2  # a clock as clock_getcpuclockid(3) names it
_RESET_PEAK = "5"  # proc(5), /proc/pid/clear_refs


@dataclass(frozen=True)
class Cost:
    """Of one turn of some work.

    Attributes:
        wall: seconds.
        processor: seconds, of the server and of the processes that it ended.
        peak: megabytes that the server had at most.
        sent: bytes to the browser.
    """

    wall: float
    processor: float
    peak: float
    sent: float

    @classmethod
    async def of(
        cls, pid: int, visitor: Visitor, work: Callable[[], Awaitable[object]], turns: int = 1
    ) -> Self:
        """Of some work of a server for a visitor, the mean of several turns.

        Args:
            pid: of the server's process.
            visitor: who asks for it.
            work: one turn.
            turns: how many.
        """
        Path(f"/proc/{pid}/clear_refs").write_text(_RESET_PEAK)
        processor, received, start = processor_seconds(pid), visitor.received, time.perf_counter()
        for _ in range(turns):
            await work()
        return cls(
            (time.perf_counter() - start) / turns,
            (processor_seconds(pid) - processor) / turns,
            _peak(pid),
            (visitor.received - received) / turns,
        )


def processor_seconds(pid: int) -> float:
    """Seconds that a process and those that it has waited for have had a processor."""
    own = time.clock_gettime(~pid << 3 | _OF_A_PROCESS)
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return own + sum(int(ticks) for ticks in after_name[13:15]) / _TICK


def _peak(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024
