"""A project of 100,000 samples: turning its pages, against one of 500, and exporting it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

import numpy as np

from benchmarks.cost import Cost
from benchmarks.drawn_folder import drawn_folder
from benchmarks.peak import peak_megabytes
from benchmarks.server_process import APP, Server, serving
from benchmarks.sessions import until_open
from benchmarks.streamlit_client import Visitor, visit
from benchmarks.table import Note, Row
from benchmarks.timing import QUICK, Effort

MANY, QUICK_MANY, FEW = 100_000, 10_000, 500
AT_MOST, FLAT = 1.5, 1.3
TURNS, PAGES = 10, 9  # turns of one measurement; pages that are turned to, of at least ten
OPENING = 3600.0  # seconds
EXPORTING = """
import sys
from pathlib import Path
from services.choices.choices import Choices
from services.export.job import export
from services.export.plan import ExportPlan
from services.opening.opening import prepare_source
from services.sample import spread
from services.sources.reference import parse_reference
from services.work.progress import Progress

source, count, output = sys.argv[1:]
prepared = prepare_source(parse_reference(source), Progress())
project = prepared.project
samples = spread(project.samples, int(count))
export(project, ExportPlan.of(project, Choices()), samples, Path(output), source)
"""


def rows(effort: Effort) -> Iterator[Row | Note]:
    """Turning a page of Samples, and the peak memory of a server and of an export."""
    many = QUICK_MANY if effort is QUICK else MANY
    with TemporaryDirectory() as place:
        large = drawn_folder(Path(place) / "large", many, 2)
        small = drawn_folder(Path(place) / "small", FEW, 2)
        with serving(APP) as server:
            yield from asyncio.run(_turning(server, large, small, many, effort.rounds))
        outputs = ((n, Path(place) / str(n)) for n in (many // 10, many))
        some, every = (peak_megabytes(EXPORTING, large, n, output) for n, output in outputs)
    yield Row.of(
        f"peak memory of an export, {many:,} samples : {many // 10:,} of the same project "
        f"({every:,.0f} : {some:,.0f} MB)",
        [every / some],
        at_most=FLAT,
    )
    yield Note(
        f"Drawn pictures of 32 to 64 pixels, no two alike, and an untrained network. {TURNS} pages "
        "of Samples are turned in the large project, then in the small one, and so on."
    )


async def _turning(
    server: Server, large: str, small: str, many: int, rounds: int
) -> list[Row | Note]:
    async with AsyncExitStack() as stack:
        both = [await stack.enter_async_context(visit(server.url, urlencode({"source": source})))
                for source in (large, small)]  # fmt: skip
        opened = []
        for visitor, source in zip(both, (large, small), strict=True):
            opened.append(await Cost.of(server.pid, visitor, partial(_open, visitor, source)))
            await _turn(visitor, 0)
        costs = [
            [await Cost.of(server.pid, visitor, partial(_turns, visitor)) for visitor in both]
            for _ in range(rounds)
        ]
    said = f"turning a page of Samples, {many:,} samples : {FEW}"
    walls = [large.wall / small.wall for large, small in costs]
    processor = [large.processor / small.processor for large, small in costs]
    peak = max(large.peak for large, _ in costs)
    a, b = (float(np.median([pair[i].wall for pair in costs])) / TURNS * 1e3 for i in (0, 1))
    return [
        Row.of(f"{said}: wall time ({a:.0f} : {b:.0f} ms)", walls, at_most=AT_MOST),
        Row.of(f"{said}: processor", processor, at_most=AT_MOST),
        Note(
            f"Opening {many:,} samples of which nothing was kept took {opened[0].wall:.0f} s "
            f"({opened[0].processor:.0f} s of the processor); the server had {opened[0].peak:,.0f} "
            f"MB at most meanwhile, and {peak:,.0f} MB while pages were turned."
        ),
    ]


async def _open(visitor: Visitor, source: str) -> None:
    await visitor.open("project")
    await until_open(visitor, source, OPENING)
    await visitor.open("samples")


async def _turns(visitor: Visitor) -> None:
    for number in range(TURNS):
        await _turn(visitor, number)


async def _turn(visitor: Visitor, number: int) -> None:
    await visitor.turn("page", number % PAGES + 2)
