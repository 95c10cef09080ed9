"""Opening a page of a large project against the same of a small one, everything computed."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
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
View = tuple[str, Mapping[str, str]]
VIEWS: tuple[View, ...] = (  # a page and the choices of its link
    ("samples", {}),
    ("explain", {}),
    ("review", {}),
    ("mistakes", {"facet": "By class"}),
    ("mistakes", {"facet": "By picture"}),
    ("mistakes", {"facet": "How sure it is"}),
    ("layers", {"layers_view": "Layer by layer"}),
    ("layers", {"layers_view": "Activation maps"}),
    ("layers", {"layers_view": "One channel"}),
    ("layers", {"layers_view": "Learned filters"}),
    ("embeddings", {}),
    ("scan", {}),
    ("network", {}),
)
STARTS = ("make_scan", "make_survey", "make_beside")  # buttons of what a page does not do by itself
OPENING = 900.0  # seconds for so many predictions, and for a page's long work


def rows(effort: Effort) -> Iterator[Row | Note]:
    """One row for each page and view."""
    with TemporaryDirectory() as place:
        few, many = (drawn_project(Path(place) / str(n), n) for n in (FEW, effort.samples))
        said = f"{effort.samples:,} samples : {FEW}"
        with serving(APP) as server:
            yield from asyncio.run(opening(server.url, many, few, said, effort))
    yield Note(
        "A page is opened by its link in a session that has seen it before, all that it shows "
        "computed; timed until the server has sent all of it. Pictures are not fetched."
    )


def drawn_project(folder: Path, count: int) -> str:
    """Drawn pictures in a folder for each class, with the demo's network; the source of it."""
    folder.mkdir()
    shutil.copyfile(ROOT / "demo" / "cars" / "model.h5", folder / "model.h5")
    for name in CLASSES:
        (folder / "images" / name).mkdir(parents=True)
    for number in range(count):
        name = CLASSES[number % len(CLASSES)]
        (folder / "images" / name / f"{number:05d}.jpg").write_bytes(drawn_jpeg(number))
    return f"folder:{folder}"


async def opening(
    url: str,
    large: str,
    small: str,
    said: str,
    effort: Effort,
    views: Sequence[View] = VIEWS,
) -> list[Row]:
    """Every page of one project against the same of another, and the largest message of the first.

    Args:
        url: of the server.
        large, small: the sources.
        said: what sets them apart.
        effort: how long to measure.
        views: pages, each with the choices of its link.
    """
    measured, largest = [], 0
    for page, choices in views:
        async with (
            _session(url, large, page, choices) as first,
            _session(url, small, page, choices) as second,
        ):
            groups = [([visitor], _open(page)) for visitor in (first, second)]
            await in_rounds(groups, 1)
            a, b = await in_rounds(groups, effort.rounds)
            largest = max(largest, first.largest)
        name = ", ".join((page, *choices.values()))
        what = f"opening {name}, {said} ({a.said()} : {b.said()})"
        measured.append(Row.of(what, a.over(b), at_most=1.5))
    what = f"largest message to the browser ({largest / 1e6:.2f} MB) : 2 MB, {said}"
    return [*measured, Row.of(what, [largest / 2e6], at_most=1.0)]


@asynccontextmanager
async def _session(
    url: str, source: str, page: str, choices: Mapping[str, str]
) -> AsyncIterator[Visitor]:
    """Somebody who opened the page by its link, pressed its button and waited until it stands."""
    async with visit(url, urlencode({"source": source, **choices})) as visitor:
        await visitor.open("project")
        await until_open(visitor, source, OPENING)
        await visitor.open(page)
        for key in STARTS:
            if key in visitor.widgets:
                await visitor.press(key)
        async with asyncio.timeout(OPENING):
            while any(key.startswith("stop_") for key in visitor.widgets):
                await asyncio.sleep(0.4)  # the progress bar's own timer
                await visitor.again()
        if missed := {k: v for k, v in choices.items() if visitor.link.get(k, v) != v}:
            raise LookupError(f"{page} shows something else than {missed}")
        yield visitor


def _open(page: str) -> Step:
    async def step(visitor: Visitor, number: int) -> float:  # noqa: ARG001 - a `Step`
        return await visitor.open(page)

    return step
