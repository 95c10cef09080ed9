"""Opening a page of a large project against the same of a small one, everything computed."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from benchmarks.server_process import APP, ROOT, serving
from benchmarks.sessions import until_open
from benchmarks.steps import Step, in_rounds
from benchmarks.streamlit_client import Visitor, visit
from benchmarks.table import Note, Row
from benchmarks.timing import Effort
from tests.studio.drawn import CLASSES, drawn_jpeg

FEW = 500
PAGES = ("samples", "explain", "review", "network")
OPENING = 900.0  # seconds for so many predictions


def rows(effort: Effort) -> Iterator[Row | Note]:
    """One row for each page."""
    with TemporaryDirectory() as place:
        few, many = (_project(Path(place) / str(n), n) for n in (FEW, effort.samples))
        with serving(APP) as server:
            yield from asyncio.run(_opening(server.url, few, many, effort))
    yield Note(
        "A page is opened by its link in a session that has seen it before, its predictions and "
        "heatmaps made; timed until the server has sent all of it. Pictures are not fetched."
    )


def _project(folder: Path, count: int) -> str:
    """Drawn pictures in a folder for each class, with the demo's network; the source of it."""
    folder.mkdir()
    shutil.copyfile(ROOT / "demo" / "cars" / "model.h5", folder / "model.h5")
    for name in CLASSES:
        (folder / "images" / name).mkdir(parents=True)
    for number in range(count):
        name = CLASSES[number % len(CLASSES)]
        (folder / "images" / name / f"{number:05d}.jpg").write_bytes(drawn_jpeg(number))
    return f"folder:{folder}"


async def _opening(url: str, few: str, many: str, effort: Effort) -> list[Row]:
    found = []
    async with _session(url, few) as small, _session(url, many) as large:
        for page in PAGES:
            groups = [([large], _open(page)), ([small], _open(page))]
            await in_rounds(groups, 1)
            a, b = await in_rounds(groups, effort.rounds)
            what = f"opening {page}, {effort.samples:,} samples : {FEW} ({a.said()} : {b.said()})"
            found.append(Row.of(what, a.over(b), at_most=1.5))
    return found


@asynccontextmanager
async def _session(url: str, source: str) -> AsyncIterator[Visitor]:
    async with visit(url, urlencode({"source": source})) as visitor:
        await visitor.open("project")
        await until_open(visitor, source, OPENING)
        yield visitor


def _open(page: str) -> Step:
    async def step(visitor: Visitor, number: int) -> float:  # noqa: ARG001 - a `Step`
        return await visitor.open(page)

    return step
