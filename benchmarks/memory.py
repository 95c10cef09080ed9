"""Memory of the server with one session, with twenty, and after they have left."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from time import perf_counter

from benchmarks.server_process import APP, Server, resident_megabytes, serving
from benchmarks.sessions import explaining
from benchmarks.steps import in_rounds, move_percentile
from benchmarks.table import Note, Row
from benchmarks.timing import Effort

CROWD = 20
KEPT = 1  # seconds that Streamlit keeps a session that left; 60 in the product
PATIENCE = 5.0  # seconds for memory to come down
TWENTY_AT_MOST = 1.2  # our own choice


def rows(effort: Effort, source: str) -> Iterator[Row | Note]:
    """Waves of sessions on one server."""
    with serving((*APP, f"--server.disconnectedSessionTTL={KEPT}")) as server:
        one, there, left = asyncio.run(_waves(server, source, min(3, effort.rounds)))
    yield Row.of(
        f"memory with {CROWD} sessions : with 1 ({max(there):.0f} : {one:.0f} MB)",
        [megabytes / one for megabytes in there],
        at_most=TWENTY_AT_MOST,
    )
    yield Row.of(
        f"memory after the {CROWD} have left : with 1 ({max(left):.0f} : {one:.0f} MB)",
        [megabytes / one for megabytes in left],
        at_most=TWENTY_AT_MOST,
    )
    yield Note(
        f"Memory is resident memory of the server's processes, in {len(there)} waves one after "
        f"another; each session looks at another sample and moves the percentile. Streamlit was "
        f"told to forget sessions {KEPT} s after they left and does so when the next one leaves."
    )


async def _waves(server: Server, source: str, waves: int) -> tuple[float, list[float], list[float]]:
    there, left = [], []
    async with explaining(server.url, source) as visitors:
        await in_rounds([(visitors, move_percentile)], 1)
        one = resident_megabytes(server.pid)
        for _ in range(waves):
            async with explaining(server.url, source, CROWD) as crowd:
                await in_rounds([(crowd, move_percentile)], 1)
                there.append(resident_megabytes(server.pid))
            left.append(await _after_leaving(server, source, one))
    return one, there, left


async def _after_leaving(server: Server, source: str, one: float) -> float:
    """The least memory seen while visitors come and go, for a bounded time."""
    least, deadline = resident_megabytes(server.pid), perf_counter() + PATIENCE
    while least > one and perf_counter() < deadline:
        async with explaining(server.url, source):
            pass
        least = min(least, resident_megabytes(server.pid))
    return least
