"""A project in Edge Impulse: many samples against few, on a Studio of our own on this machine."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from tempfile import TemporaryDirectory

from benchmarks.server_process import APP, ROOT, serving
from benchmarks.sessions import PATIENCE, WAITING
from benchmarks.steps import in_rounds
from benchmarks.streamlit_client import Visitor, visit
from benchmarks.table import Note, Row
from benchmarks.timing import Effort
from tests.studio import Studio, drawn_project, running_studio

FEW, MANY = 100, 2500
DOWNLOAD = """
import sys
from pathlib import Path
from services.edge_impulse.access import Access, ApiKey
from services.edge_impulse.connect import connect
from services.edge_impulse.host import find_host
from services.work.progress import Progress
_, studio = connect(Access(ApiKey(sys.argv[2]), find_host(sys.argv[1], [sys.argv[1]])), Progress())
status = Path("/proc/self/status").read_text()  # getrusage's peak is inherited from the parent
print(status.split("VmHWM:")[1].split()[0])
"""


def rows(effort: Effort) -> Iterator[Row | Note]:
    """Browsing, and memory while downloading."""
    few, many = (drawn_project(n, id=n, key=f"ei_drawn_{n}") for n in (FEW, MANY))
    with running_studio(few, many) as studio:
        os.environ["GRADCAM_STUDIO_HOSTS"] = studio.url
        with serving(APP) as server:
            yield asyncio.run(_browsing(server.url, studio, effort))
        yield _memory(studio)
    yield Note(
        "Studio's samples are small drawn JPEGs on the same machine. A step is the Samples page "
        "turned to the next 48; memory is the peak of a process that connects and ends, "
        "TensorFlow not among it."
    )


async def _browsing(url: str, studio: Studio, effort: Effort) -> Row:
    async with (
        _browser(url, studio, f"ei_drawn_{FEW}") as few,
        _browser(url, studio, f"ei_drawn_{MANY}") as many,
    ):
        groups = [([few], _turn), ([many], _turn)]
        await in_rounds(groups, 1)
        a, b = await in_rounds(groups, effort.rounds)
    return Row.of(f"page of Samples, {MANY:,} samples : {FEW} ({b.said()} : {a.said()})", b.over(a))


@asynccontextmanager
async def _browser(url: str, studio: Studio, key: str) -> AsyncIterator[Visitor]:
    """A session that has connected by key and looks at Samples."""
    async with visit(url) as visitor:
        await visitor.open("project")
        await _until(visitor, lambda: "api_key" in visitor.widgets)
        visitor.fill("api_key", key)
        visitor.fill("host", studio.url)
        await visitor.press("connect")
        await _until(visitor, lambda: visitor.link.get("source", "").startswith("edge-impulse"))
        await visitor.open("samples")
        yield visitor


async def _until(visitor: Visitor, arrived: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while WAITING in visitor.widgets or not arrived():
            await asyncio.sleep(0.4)  # the waiting page's own timer
            await visitor.again()


async def _turn(visitor: Visitor, number: int) -> float:
    return await visitor.turn("page", number % 2 + 1)


def _memory(studio: Studio) -> Row:
    few, many = (_peak(studio, f"ei_drawn_{count}") for count in (FEW, MANY))
    return Row.of(
        f"peak memory while {MANY:,} pictures come : {FEW} ({many:.0f} : {few:.0f} MB)",
        [many / few],
    )


def _peak(studio: Studio, key: str) -> float:
    with TemporaryDirectory() as folder:
        told = subprocess.run(
            [sys.executable, "-c", DOWNLOAD, studio.url, key],
            cwd=ROOT, env={**os.environ, "GRADCAM_CACHE": folder},
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
    return int(told.split()[0]) / 1024
