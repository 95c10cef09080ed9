"""A step of a control on Explain while long work of two others runs and waits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from urllib.parse import urlencode

from benchmarks.server_process import APP, serving
from benchmarks.sessions import explaining, until_open
from benchmarks.steps import Rounds, in_rounds, move_percentile
from benchmarks.streamlit_client import visit
from benchmarks.table import Note, Row
from benchmarks.timing import Effort

MOST = 2.5  # times an idle server's
RISE = {"method": "rise", "method_settings": "masks=8000,seed={seed}"}


def rows(effort: Effort, source: str) -> Iterator[Row | Note]:
    """The step on an idle server and beside long work, in turns on the same one."""
    with serving(APP) as ours:
        idle, busy = asyncio.run(_idle_and_busy(ours.url, source, effort.rounds))
    yield Row.of(
        "percentile step on Explain, while one person's RISE of 8,000 masks runs and a second "
        f"person's waits : nobody else ({busy.said()} : {idle.said()})",
        busy.over(idle),
        at_most=MOST,
    )


async def _idle_and_busy(url: str, source: str, rounds: int) -> tuple[Rounds, Rounds]:
    idle, busy = [], []
    async with explaining(url, source) as third:
        await in_rounds([(third, move_percentile)], 1)
        for number in range(rounds):
            (alone,) = await in_rounds([(third, move_percentile)], 1)
            async with _long_work(url, source, number):
                (beside,) = await in_rounds([(third, move_percentile)], 1)
            idle += alone.seconds
            busy += beside.seconds
    return Rounds(tuple(idle)), Rounds(tuple(busy))


@asynccontextmanager
async def _long_work(url: str, source: str, number: int) -> AsyncIterator[None]:
    """Work that two people want; stopped at the end.

    Raises:
        LookupError: it had ended by then.
    """
    async with AsyncExitStack() as stack:
        people = []
        for seed in (2 * number + 1, 2 * number + 2):  # nothing that was made before
            choices = {name: value.format(seed=seed) for name, value in RISE.items()}
            query = urlencode({"source": source, **choices})
            person = await stack.enter_async_context(visit(url, query))
            await person.open("explain")
            await until_open(person, source)
            await person.press("make_maps")
            people.append(person)
        yield
        for person in people:
            await person.again()
            await person.press("stop_maps")
